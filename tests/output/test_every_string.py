"""Every string of the model, ids and keys included, may be an attack; no format lets one through.

The reports are made from the model's own types, so that a field that is added is tried too.
"""

import json
import re
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from itertools import count
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from tests.output import samples
from vaudit.commands.common import printable
from vaudit.model.report import Report
from vaudit.output import FORMATS, harmless, render
from vaudit.output.terminal import benchmarks

ATTACKS = {
    "title": "\x1b]0;PWNED\x07",
    "clear": "\x1b[2J\x1b[31;1mRED",
    "c1": "\x9b2J\x9d0;PWNED\x9c\x90q\x9c",
    "half": "\x1b",
    "colour": "\x1b[0m\x1b[8m",
    "unended": "\x1b]8;;http://evil",
    "bidi": "\u202e\u2066\u200fdnim\u2069",
    "zero": "a\u200bb\u00adc\ufeffd\u2060\U000e0041",
    "lines": "x\nPWNED\r\nPWNED\x0bPWNED\x0cPWNED\u2028PWNED\u2029PWNED\x85PWNED",
    "controls": "".join(map(chr, [*range(1, 9), *range(11, 32), 127, *range(128, 160)])),
    "nul": "\0\0",
    "surrogate": "\ud83d\udcff",
    "markup": "</script></style><img src=x onerror=alert(1)>\"'`{{7*7}}<!--",
    "long": "\x1b[" + "9" * 300 + "m",
}
ESCAPE = re.compile("\x1b\\[[0-9;]{1,16}m")


def made(kind: inspect.Type, text: Callable[[], str], depth: int = 0) -> Any:
    """A value of a type in which every string that is free is `text`."""
    match kind:
        case inspect.StructType():
            return {field.encode_name: made(field.type, text, depth + 1) for field in kind.fields}
        case inspect.ListType() | inspect.VarTupleType():
            return [made(kind.item_type, text, depth + 1) for _ in range(3)]
        case inspect.TupleType():
            return [made(one, text, depth + 1) for one in kind.item_types]
        case inspect.DictType():
            return {text(): made(kind.value_type, text, depth + 1) for _ in range(2)}
        case inspect.LiteralType():
            return sorted(kind.values, key=str)[0]
        case inspect.UnionType():
            return made(max(kind.types, key=_richest), text, depth + 1)
        case inspect.StrType():
            return text()
    return {"IntType": 7, "FloatType": 7.5, "BoolType": True, "NoneType": None}[type(kind).__name__]


def _richest(kind: inspect.Type) -> int:
    order = (inspect.NoneType, inspect.BoolType, inspect.IntType, inspect.FloatType, inspect.LiteralType,
             inspect.StrType)  # fmt: skip
    return order.index(type(kind)) if type(kind) in order else len(order)


def of_the_types(attack: str) -> Report:
    numbers = count()
    raw = made(inspect.type_info(Report), lambda: f"{next(numbers)}{attack}")
    raw["schema"] = "vaudit.report/2"
    return msgspec.convert(raw, Report)


def behind_every_word(attack: str) -> Report:
    """A usual report with the attack behind every string of it, where the model leaves it free."""
    return spoilt(lambda word: word + attack, attack)


def in_every_word(attack: str) -> Report:
    """The same inside, behind the first part of what has a dot: an area, a folder of checks."""
    return spoilt(lambda word: word.replace(".", f".{attack}", 1) if "." in word else attack + word, attack)


def spoilt(change: Callable[[str], str], attack: str) -> Report:
    def walk(value: Any, kind: inspect.Type) -> Any:
        match kind:
            case inspect.UnionType():
                fitting = [one for one in kind.types if _fits(value, one)]
                return walk(value, fitting[0]) if fitting else value
            case inspect.StructType():
                return {field.encode_name: walk(value[field.encode_name], field.type)
                        for field in kind.fields if field.encode_name in value}  # fmt: skip
            case inspect.ListType() | inspect.VarTupleType():
                return [walk(one, kind.item_type) for one in value]
            case inspect.DictType():
                return {change(key): walk(one, kind.value_type) for key, one in value.items()}
            case inspect.StrType():
                return change(value)
        return value

    raw = walk(msgspec.to_builtins(samples.bad()), inspect.type_info(Report))
    return msgspec.convert({**raw, "schema": "vaudit.report/2"}, Report)


def _fits(value: Any, kind: inspect.Type) -> bool:
    forms: dict[type, tuple[type, ...]] = {
        dict: (inspect.StructType, inspect.DictType),
        list: (inspect.ListType, inspect.TupleType),
        str: (inspect.StrType, inspect.LiteralType),
    }
    return isinstance(kind, forms.get(type(value), ()))


WAYS = (of_the_types, behind_every_word, in_every_word)
SHOWN: dict[str, Callable[[Report], str]] = {
    **{name: partial(render, name, width=5000, verbose=True) for name in FORMATS},
    "narrow": lambda report: render("terminal", report, width=20, verbose=True),
    "in colour": lambda report: ESCAPE.sub("", render("terminal", report, color=True, verbose=True)),
    "bench": lambda report: benchmarks(report, width=5000),
}


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("way", WAYS)
def test_no_string_of_the_model_reaches_a_terminal_raw(way: Callable[[str], Report], attack: str) -> None:
    report = way(ATTACKS[attack])
    for name, show in SHOWN.items():
        text = show(report)
        unsafe = {char for char in text if harmless(char) != char}
        assert not unsafe, (name, unsafe)
        assert text.encode("utf-8")
        if name in ("terminal", "bench"):  # the others fold lines, or are not read as lines
            assert not [line for line in text.split("\n") if line.strip().startswith("PWNED")], name


@pytest.mark.parametrize("way", WAYS)
def test_colours_are_ours_alone(way: Callable[[str], Report]) -> None:
    """The colours of a machine do not count: only what the program itself uses is there."""
    ours = set(ESCAPE.findall(render("terminal", samples.bad(), color=True, verbose=True)))
    for attack in ("clear", "colour", "long", "half"):
        text = render("terminal", way(ATTACKS[attack]), color=True, verbose=True)
        assert set(ESCAPE.findall(text)) - {"\x1b[1;36m"} <= ours
        assert "\x1b" not in ESCAPE.sub("", text)


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("way", WAYS)
def test_json_loses_nothing_but_what_json_cannot_hold(way: Callable[[str], Report], attack: str) -> None:
    report = way(ATTACKS[attack])
    for name in ("json", "jsonl"):
        read = json.loads(render(name, report))
        assert ATTACKS[attack].encode("utf-8", "replace").decode() in read["verdict"]["sentence"]


class Elements(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, ""), *((tag, name) for name, _ in attrs)}


@pytest.mark.parametrize("way", WAYS)
def test_no_element_of_a_page_is_the_machines(way: Callable[[str], Report]) -> None:
    usual = Elements(render("html", way("x"))).found
    assert Elements(render("html", way(ATTACKS["markup"]))).found <= usual


@pytest.mark.slow
def test_paste_stays_short_and_plain_whatever_it_is_told() -> None:
    for way in WAYS:
        for attack in ATTACKS.values():
            rows = render("paste", way(attack * 50)).splitlines()
            assert len(rows) <= 25
            assert all(len(row) <= 80 and row.isascii() for row in rows)


def test_the_gate_itself_keeps_what_is_harmless() -> None:
    text = "Größe: 3 µs — \u00a0中文 \U0001f427\n\tnext\n"
    assert harmless(text) == text
    assert harmless("a\x1b[31mb\x1b[0m") == "a[31mb[0m"
    assert harmless("a\x1b[31mb\x1b[0m\x1b[2J", colored=True) == "a\x1b[31mb\x1b[0m[2J"
    assert printable("a\nb\x1b") == "a?b?"
