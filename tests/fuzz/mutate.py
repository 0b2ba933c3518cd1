"""Small changes to text, bytes and JSON, of the sort that break readers."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from random import Random
from typing import Any

NUMBERS = (
    "", "0", "-0", "-1", "+1", "00", "1_000", " 1", "1 ", "0x", "0x10", "1e5", "1e400", "-1e400", "nan",
    "inf",
    "0.0", ".5", "5.", "1,5", "²", "٣", "①", "Ⅷ", "𝟙", "255", "256", "65536", str(2**31), str(2**32),
    str(2**53 + 1), str(2**63 - 1), str(2**63), str(-(2**63) - 1), str(2**64), str(10**19), "9" * 25,
    "9" * 310,
    "9" * 400, "9" * 4300, "9" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000, "1" + "0" * 308,
)  # fmt: skip
"""What stands where a number is expected. int() refuses more than 4,300 digits, a float holds 308."""
TEXTS = (
    "\x1b]0;OWNED\x07\x1b[2J", "\x9b31m", "\x90q\x9c", "\u202eevil\u202c", "\u2028", "\ud7ff", "\ufeff",
    "\x00",
    "\x7f", "\r", "\t", "<zq onload=alert(1)>", "</pre><zq>", "\"><zq onerror=alert(1)>", "</script><b>",
    "]]>",
    "{{7*7}}", "{0}", "{x.__class__}", "%s%n", "%", "%zz", "%00", "%0A@end", "$(id)", "`id`", "..",
    "../../etc", "/",
    "//", "\\", "'", '"', "=", ":", ",", "|", ">", "~", "@end", "#", "-", "A" * 5000, "é" * 3000,
    "\U0001f600" * 900,
    " " * 1600, "a " * 2000, "(" * 500, "[" * 500, "\t\n" * 99, "none", "null", "kvm", "xen", "virtio",
    "vda", "eth0",
)  # fmt: skip
WORDS = (*NUMBERS, *TEXTS)
_TOKEN = re.compile(r"[^\s:=,;/|<>\"'(){}\[\]]+")
_DIGITS = re.compile(r"\d+|0x[0-9a-fA-F]+")
LONGEST = 1 << 18
"""Characters that a change may let a text grow to."""

Change = Callable[[Random, str], str]


def word(random: Random) -> str:
    """Something that was not meant to stand there."""
    return random.choice(NUMBERS if random.random() < 0.6 else TEXTS)


def _in_place(random: Random, text: str, pattern: re.Pattern[str], to: str) -> str:
    """One of the first pieces that fit the pattern, replaced."""
    start = random.randrange(len(text)) if len(text) > 2000 else 0
    found = [one.span() for one in pattern.finditer(text, start, start + 2000)]
    if not found:
        return text + to
    begin, end = random.choice(found)
    return text[:begin] + to + text[end:]


def token(random: Random, text: str) -> str:
    """One word or number becomes another."""
    return _in_place(random, text, _TOKEN, word(random))


def number(random: Random, text: str) -> str:
    """One number becomes what is no number, or none that fits."""
    return _in_place(random, text, _DIGITS, random.choice(NUMBERS))


def near(random: Random, text: str) -> str:
    """One number becomes one beside it, or a multiple."""
    start = random.randrange(len(text)) if len(text) > 2000 else 0
    found = [
        one for one in _DIGITS.finditer(text, start, start + 2000) if one[0].isdecimal() and len(one[0]) < 20
    ]
    if not found:
        return text
    one = random.choice(found)
    value = random.choice(
        (int(one[0]) + 1, int(one[0]) - 1, int(one[0]) * 1024, int(one[0]) // 2, -int(one[0]))
    )
    return text[: one.start()] + str(value) + text[one.end() :]


def character(random: Random, text: str) -> str:
    """One character more, less or another."""
    at = random.randrange(len(text) + 1)
    new = random.choice(
        ("", chr(random.randrange(32, 127)), chr(random.randrange(0, 0x250)), random.choice(TEXTS))
    )
    return text[:at] + new + text[at + random.randrange(2) :]


def cut(random: Random, text: str) -> str:
    """The beginning, or the end, or all but a piece."""
    begin, end = sorted(random.randrange(len(text) + 1) for _ in range(2))
    return random.choice((text[:begin], text[begin:], text[:begin] + text[end:]))


def repeated(random: Random, text: str) -> str:
    """A short piece many times: what is worse than linear shows."""
    begin = random.randrange(len(text) + 1)
    piece = text[begin : begin + random.choice((1, 2, 3, 10, 80, 400))]
    times = min(random.choice((3, 30, 300, 3000, 30000)), LONGEST // 4 // max(1, len(piece)))
    return text[:begin] + piece * times + text[begin:]


_PIECES = (
    " ", "\t", "\n", "a", "9", ":", ": ", " :", "=", ",", ", ", "-", "(", "[", "{", "|", "\\", '"', "/", ".",
    "é", "\x1b[", "a b", "a:", "a=b ", " a\n", "\n\n", "\t\t:", "[0.0] ", "00:00.0 ", "a: b\n", "#", "<", "@",
    "E: A=b\n", "\r\n", "%20", "..", "0x",
)  # fmt: skip


def long(random: Random, text: str, size: int) -> str:
    """A text that a piece of it, or of others, makes so many characters long."""
    begin = random.randrange(len(text) + 1)
    own = text[begin : begin + random.choice((1, 2, 5, 20, 80, 300))]
    piece = own if own and random.random() < 0.5 else random.choice(_PIECES) + random.choice(("", *_PIECES))
    at = random.randrange(len(text) + 1)
    return text[:at] + piece * ((size - len(text)) // len(piece)) + text[at:]


def lines(random: Random, text: str) -> str:
    """A line is dropped, doubled, moved, or joined to the next."""
    rows = text.split("\n")
    at, to = random.randrange(len(rows)), random.randrange(len(rows))
    how = random.randrange(4)
    if how == 0:
        del rows[at]
    elif how == 1:
        rows.insert(to, rows[at])
    elif how == 2:
        rows[at], rows[to] = rows[to], rows[at]
    else:
        rows[at : at + 2] = [" ".join(rows[at : at + 2])]
    return "\n".join(rows)


CHANGES: tuple[Change, ...] = (
    token,
    token,
    token,
    number,
    number,
    near,
    character,
    cut,
    lines,
    lines,
    repeated,
)


def text(random: Random, value: str) -> str:
    """A text with one to four changes."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        value = random.choice(CHANGES)(random, value)[:LONGEST]
    return value


def data(random: Random, value: bytes) -> bytes:
    """Bytes with one to eight changes."""
    raw = bytearray(value)
    for _ in range(random.choice((1, 1, 2, 4, 8))):
        at = random.randrange(len(raw) + 1)
        how = random.randrange(6)
        if how == 0:
            raw[at : at + 1] = bytes([random.randrange(256)])
        elif how == 1:
            raw[at : at + 1] = bytes([random.choice((0, 1, 0x7F, 0x80, 0xFF))])
        elif how == 2:
            del raw[at : at + random.choice((1, 2, 8, 64))]
        elif how == 3:
            raw[at:at] = random.randbytes(random.choice((1, 2, 8, 64)))
        elif how == 4:
            raw[at:at] = raw[at : at + random.choice((1, 16, 256, 4096))]
        else:
            del raw[at if random.random() < 0.3 else len(raw) :]
    return bytes(raw)


def packed(random: Random, value: str) -> str:
    """Base64 of changed bytes, or a changed base64."""
    try:
        return (
            b64encode(data(random, b64decode(value))).decode()
            if random.random() < 0.8
            else text(random, value)
        )
    except ValueError:
        return text(random, value)


# JSON

_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, -0.0, 1e308, -1e308, 2**31, 2**53 + 1, 2**63, 2**64, 10**25, "", "x", [],
    {}, [[]],
    [None], {"": ""}, [0] * 3, "nan", "²",
)  # fmt: skip


def _leaf(random: Random, old: Any) -> Any:
    """A value in the place of another: of its own type more often than not."""
    if random.random() < 0.3:
        return random.choice(_ODD)
    if isinstance(old, bool) or old is None:
        return random.choice((True, False, None, 0, 1, ""))
    if isinstance(old, int | float):
        new = random.choice((0, -1, 1.0, 10**20, 1e300, 5e-324, 10**400, 1e6, 1e-3, 2**31))
        return old * new if random.random() < 0.4 and abs(old) < 1e300 and abs(new) < 1e7 else new
    if isinstance(old, str):
        return word(random) if random.random() < 0.6 else text(random, old)
    return random.choice(_ODD)


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """All (container, key) of a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        found.append((value, key))
        _places(inner, found)
    return found


def document(random: Random, value: Any) -> Any:
    """A JSON document, changed in place in one to six of its places; the document."""
    places = _places(value, [])
    if not places:
        return _leaf(random, value)
    for inside, key in random.sample(places, min(len(places), random.choice((1, 1, 2, 3, 6)))):
        if (isinstance(inside, list) and key < len(inside)) or (isinstance(inside, dict) and key in inside):
            _change(random, inside, key)
    return value


def _change(random: Random, inside: Any, key: Any) -> None:
    how = random.random()
    if how < 0.6:
        inside[key] = _leaf(random, inside[key])
    elif how < 0.75:
        del inside[key]
    elif how < 0.85 and isinstance(inside, dict):
        inside[word(random)] = inside.pop(key)
    elif how < 0.97 and isinstance(inside, list):
        inside[key:key] = [inside[key]] * random.choice((1, 1, 10, 300))
    elif how < 0.9:
        inside[key] = [inside[key]]
    else:
        inside[key] = deep(random)


def deep(random: Random) -> Any:
    """A list in a list in a list."""
    value: Any = []
    for _ in range(random.choice((3, 50, 200))):
        value = [value] if random.random() < 0.7 else {"a": value}
    return value


def written(random: Random, value: Any) -> str:
    """JSON as text; sometimes with what JSON has no word for, or broken, or nested far too deep."""
    made = json.dumps(value, indent=random.choice((*[None] * 9, 1)), ensure_ascii=random.random() < 0.9)
    how = random.random()
    if how < 0.8:
        return made
    if how < 0.83:
        return _in_place(random, made, _DIGITS, "[" * 20_000 + "]" * 20_000)
    return text(random, made)
