"""No regular expression of the package takes more than its share of a long text, whatever the text is.

All are found: those that stand in a call or a table, and those that are put together while machines are
scanned. Each is tried on texts that are made of its own parts, by the time that the processor spends on it.
"""

import ast
import importlib
import itertools
import re
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import machines
from tests.machines import our_checks
from vaudit.evidence import loose
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.sanitize import Sanitizer
from vaudit.output import FORMATS, render
from vaudit.pipeline import scan

pytestmark = pytest.mark.truth  # by processor time, which a busy machine makes longer

parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
ROOT = Path(__file__).parent.parent
CALLS = ("compile", "search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split")
HELD = ("match", "fullmatch")
"""They begin at the text's beginning alone."""
Pattern = tuple[str | bytes, int, bool]
"""Text, flags, and whether it is held at the beginning wherever it is used."""


def in_the_source() -> Iterator[Pattern]:
    """The patterns that can be known from the source: the first argument of a call of re with its flags, and
    what was compiled for the methods that are called of it."""
    for path in (ROOT / "vaudit").rglob("*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name.endswith("__main__"):
            continue
        values = vars(importlib.import_module(name))
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                    and node.func.attr in CALLS and isinstance(node.func.value, ast.Name)):  # fmt: skip
                continue
            called, held = values.get(node.func.value.id), node.func.attr in HELD
            if isinstance(called, re.Pattern):
                yield called.pattern, called.flags & ~re.UNICODE, held
            elif called is re and node.func.attr != "compile":
                pattern = worked_out(node.args[0], values)
                flags = [worked_out(one, values) for one in node.args if "re." in ast.unparse(one)]
                if isinstance(pattern, str | bytes):
                    yield pattern, int(next((one for one in flags if one), 0)), held


def worked_out(node: ast.expr, values: dict[str, Any]) -> Any:
    try:
        return eval(compile(ast.Expression(node), "", "eval"), dict(values))  # noqa: S307 - our own source
    except (NameError, AttributeError, TypeError, KeyError):
        return None  # put together there: it is seen when it is used


SIGNS = ("(?", "\\d", "\\w", "\\s", "\\S", "\\b", "[^", "[0-9", ".*", ".+")
"""What a text has that is a pattern."""


def in_tables() -> Iterator[Pattern]:
    """The patterns among the texts that modules hold in tables, and that functions made there remember."""
    for name, module in list(sys.modules.items()):
        if name.startswith("vaudit.") and "re" in vars(module) and module is not loose:
            yield from ((one, 0, False) for value in vars(module).values() for one in texts(value)
                        if any(sign in one for sign in SIGNS))  # fmt: skip
    for one in {text for table in (loose.KNOWN, loose.REFUSED) for text in texts(table)}:
        if any(sign in one for sign in SIGNS):
            yield rf"^[ \t>|]*(?![>|]){one}", int(re.MULTILINE), False


def texts(value: Any) -> Iterator[str]:
    """The texts of one line in a table, and those that its functions remember."""
    if isinstance(value, str) and "\n" not in value and is_pattern(value):
        yield value
    elif isinstance(value, dict | list | tuple | set | frozenset):
        for one in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from texts(one)
    for cell in getattr(value, "__closure__", None) or ():
        yield from texts(cell.cell_contents)


def is_pattern(text: str) -> bool:
    try:
        return bool(re.compile(text))
    except re.error:
        return False


def in_use() -> Iterator[Pattern]:
    """The patterns of the package that are compiled while machines are scanned, masked and shown."""
    found: set[Pattern] = set()
    real = re._compile  # type: ignore[attr-defined]

    def seen(pattern: Any, flags: int) -> Any:
        how = sys._getframe(1).f_code.co_name
        ours = str(ROOT / "vaudit") in sys._getframe(2).f_code.co_filename
        if ours and how != "compile" and isinstance(pattern, str | bytes):
            found.add((pattern, int(flags), how in HELD))
        return real(pattern, flags)

    re._compile = seen  # type: ignore[attr-defined]
    try:
        for name in ("synthetic-kvm-emulated", "synthetic-xen-dom0", "lab-slow-iops-100"):
            recorder = Recorder(machines.source(name))
            report = scan(recorder, our_checks())
            for form in FORMATS:
                render(form, report)
            masks = Sanitizer(b"salt", ["host"])
            for entry in recorder.entries:
                masks.entry(entry)
        for _, _, fits in (*loose.KNOWN, *loose.REFUSED):
            fits("x: {\n" * 3)
    finally:
        re._compile = real  # type: ignore[attr-defined]
    yield from found


def example(parsed: Any) -> str:
    """A text that a parsed pattern fits, more or less: as short as can be, one way through."""
    return "".join(map(_one, parsed))


def _one(item: tuple[Any, Any]) -> str:
    op, value = str(item[0]), item[1]
    if op in ("LITERAL", "NOT_LITERAL"):
        return chr(value) if op == "LITERAL" else ("a" if value != ord("a") else "b")
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return example(value[2]) * int(max(value[0], 1))
    if op == "SUBPATTERN":
        return example(value[-1])
    if op == "BRANCH":
        return example(value[1][0])
    if op == "IN":
        return _member(value)
    return "a" if op == "ANY" else ""


_CATEGORIES = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a", "CATEGORY_NOT_SPACE": "a",
               "CATEGORY_NOT_DIGIT": "a", "CATEGORY_NOT_WORD": "-"}  # fmt: skip


def _member(items: Any) -> str:
    op, value = str(items[0][0]), items[0][1]
    if op == "NEGATE":
        given = example(items[1:])
        return next(char for char in "a1 x" if char not in given)
    if op == "CATEGORY":
        return _CATEGORIES[str(value)]
    return chr(value if op == "LITERAL" else value[0])


def pieces(parsed: Any) -> Iterator[tuple[str, str]]:
    """What stands before each repeated part of a pattern, and the part, with all ways through it."""
    before = ""
    for item in parsed:
        op, value = str(item[0]), item[1]
        if op.endswith("_REPEAT"):
            for inner in _ways(value[2]):
                yield before, inner
            for inside, inner in pieces(value[2]):
                yield before + inside, inner
        elif op == "SUBPATTERN":
            for inside, inner in pieces(value[-1]):
                yield before + inside, inner
        elif op == "BRANCH":
            for way in value[1]:
                for inside, inner in pieces(way):
                    yield before + inside, inner
        before += _one(item)


def _ways(parsed: Any) -> Iterator[str]:
    yield example(parsed)
    if len(parsed) == 1 and str(parsed[0][0]) == "IN":
        for one in parsed[0][1]:
            if str(one[0]) != "NEGATE":
                yield _member([one])
    if len(parsed) == 1 and str(parsed[0][0]) == "BRANCH":
        for way in parsed[0][1][1]:
            yield example(way)


def attacks(pattern: str | bytes, flags: int) -> set[tuple[str, str]]:
    """A beginning, and what is repeated behind it."""
    parsed = parser.parse(pattern, flags)
    whole = example(parsed)
    found = {
        ("", whole),
        ("", " "),
        ("", "a"),
        ("", "\n"),
        ("", "a "),
        ("", "1."),
        ("", "a-"),
        ("", whole[:-1]),
    }
    for before, piece in pieces(parsed):
        found |= {(before, piece), ("", before + piece), ("", piece), ("", f"{piece} "), ("", f"{piece}\n")}
        found |= {("\n" + before, piece), ("", piece + before)}
    return {(before, piece) for before, piece in found if piece}


def cost(found: "re.Pattern[Any]", text: Any, held: bool) -> float:
    """Seconds of this process's own time."""
    begin = time.process_time()
    if held:
        found.match(text)
        found.fullmatch(text)
    else:
        for _ in found.finditer(text):
            pass
    return time.process_time() - begin


LENGTHS = (500, 4_000, 16_000)
MOST = 0.025
"""Seconds. What is linear takes two thousandths; what is quadratic 16,000 * 8,000 steps, a tenth at least."""


@cache
def everywhere() -> list[Pattern]:
    """All of them: to find them takes seconds, so that it is not done where this file is only looked at."""
    found = {*in_the_source(), *in_use(), *in_tables()}
    return sorted((one for one in found if one[2] or (*one[:2], True) not in found), key=repr)


def worst(pattern: str | bytes, flags: int, held: bool) -> str:
    """The text that takes too long; empty where none does."""
    found = re.compile(pattern, flags)
    for (before, piece), behind, length in itertools.product(attacks(pattern, flags), ("\0", ""), LENGTHS):
        text = before + piece * (length // len(piece)) + behind
        given = text.encode("utf-8", "replace") if isinstance(pattern, bytes) else text
        if all(cost(found, given, held) > MOST for _ in range(3)):
            return f"{before!r} and {length} of {piece!r}"
    return ""


def test_a_pattern_takes_steps_in_proportion_to_the_text() -> None:
    slow = [(pattern, text) for pattern in everywhere() if (text := worst(*pattern))]
    assert slow == []


def test_what_is_worse_than_linear_is_found() -> None:
    for pattern in (r"\s+$", r"[a-z]+@", r"a.*b.*c"):
        assert worst(pattern, 0, False), pattern
    assert not worst(r"(?<!\d)\d+ \w", 0, False)


def test_the_patterns_of_the_package_are_found() -> None:
    """Of each way in which they stand there: in a call, compiled, in a table, in a function of a table."""
    texts = "\n".join(str(pattern) for pattern, _, _ in everywhere())
    assert len(everywhere()) > 80
    for part in (r"00\.0 Host bridge", "https?://", r"/lxc(?:\.payload)?", r"\S+ on / type", "eax=0x"):
        assert part in texts
