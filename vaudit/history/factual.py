"""Which facts differ between two scans, by the table in vaudit/model/change.py; and which cannot be told."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from vaudit.model.change import DERIVED, KEYS, LISTED, NEAR, NONE, PASSING, STEADY, VOLATILE, WORDS
from vaudit.model.facts import Facts
from vaudit.words import joined, size

_STEADY = {f"{where}.{name}".lstrip(".") for where, names in STEADY.items() for name in names.split()}
_SILENT = {*VOLATILE, *DERIVED}
_NOUNS = {
    "cpu": "processor",
    "block[]": "disk",
    "net[]": "network interface",
    "controllers[]": "controller",
    "drivers[]": "driver",
    "guests[]": "guest",
    "readiness[]": "need",
    "workloads[]": "running",
    "layers[]": "layer",
    "os": "system",
    "migration[]": "in the way of moving",
    "contained": "being a container",
    "containers": "containers",
}
"""What people call it; all else is called as the fact is."""
_BYTES = ("size", "total", "installed", "swap")


class Fact(NamedTuple):
    """A fact that differs."""

    path: str
    """As in vaudit/model/change.py: `block[].driver`."""
    label: str
    """For people: `disk vda: driver`."""
    before: str
    """Empty where there was none of it."""
    after: str

    @property
    def text(self) -> str:
        """The difference in one line."""
        if not self.before or not self.after:
            return f"{self.label}: {f'new: {self.after}' if self.after else f'gone: {self.before}'}"
        return f"{self.label}: {self.before} → {self.after}"


class Unknown(NamedTuple):
    """A fact that is known on one side alone."""

    path: str
    label: str
    because: str


class _Sides(NamedTuple):
    before: Facts
    after: Facts
    is_same_version: bool


def facts(before: Facts, after: Facts, *, is_same_version: bool) -> Iterator[Fact | Unknown]:
    """What differs, in the order of the model."""
    sides = _Sides(before, after, is_same_version)
    yield from _walk("", "", msgspec.to_builtins(before), msgspec.to_builtins(after), sides)


def _walk(path: str, label: str, before: Any, after: Any, sides: _Sides) -> Iterator[Fact | Unknown]:
    if before == after or path in _SILENT or _is_said(path):
        return
    if _is_unknown(path, before) or _is_unknown(path, after):
        known = after if _is_unknown(path, before) else before
        if known not in ("", [], {}):
            yield Unknown(path, label, f"not known {'before' if _is_unknown(path, before) else 'now'}")
    elif isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            inside = f"{path}.{name}".lstrip(".")
            yield from _walk(inside, _label(inside, label, name), before.get(name), after.get(name), sides)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(f"{path}[]", label, before, after, sides)
    elif not _is_near(path, before, after):
        yield Fact(path, label, _said(path, before), _said(path, after))


def _lists(
    path: str, label: str, before: list[Any], after: list[Any], sides: _Sides
) -> Iterator[Fact | Unknown]:
    if path in _SILENT or _is_said(path) or (path not in KEYS and any(map(_is_group, (*before, *after)))):
        return
    name = path.removesuffix("[]")
    if name in sides.before.unseen or name in sides.after.unseen:
        yield Unknown(path, label, "could not be looked at on one side")
    elif not sides.is_same_version and not (before and after):
        yield Unknown(path, label, "the older version may not have looked at it")
    elif path in KEYS:
        yield from _elements(path, label, _keyed(path, before), _keyed(path, after), sides)
    elif sorted(map(str, before)) != sorted(map(str, after)):
        gone, new = (
            [_plain(one) for one in mine if one not in other]
            for mine, other in ((before, after), (after, before))
        )
        yield Fact(path, label, joined(gone) if gone or new else "another order", joined(new))


def _elements(
    path: str, label: str, before: dict[str, Any], after: dict[str, Any], sides: _Sides
) -> Iterator[Fact | Unknown]:
    noun = _NOUNS.get(path, label)
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        named = f"{noun} {key}".strip()
        if one is not None and other is not None:
            yield from _walk(path, named, one, other, sides)
        elif sides.is_same_version or path not in LISTED:
            about = _about(one or other or {})
            yield Fact(path, named, about if other is None else "", about if one is None else "")


def _keyed(path: str, elements: list[Any]) -> dict[str, Any]:
    """The elements by what makes each the same in another scan; a number behind those that share that."""
    found: dict[str, Any] = {}
    for one in elements:
        if path in PASSING and one.get("path") == "software":
            continue
        key = " ".join(_plain(one.get(name)) for name in KEYS[path] if one.get(name) is not None)
        number = 1
        while (named := key if number == 1 else f"{key} ({number})") in found:
            number += 1
        found[named] = one
    return found


def _about(element: dict[str, Any]) -> str:
    """The few words that tell what came or went."""
    names = ("path", "driver", "model", "state", "kind")
    told = [_plain(element[name]) for name in names if element.get(name) not in (None, "unknown")]
    told += [size(element["size"])] if isinstance(element.get("size"), int) else []
    return ", ".join(told) or "yes"


def _label(path: str, label: str, name: str) -> str:
    if not label:
        return _NOUNS.get(path, name)
    between = ", " if ": " in label else ": "
    return f"{label}{between}{name.replace('_', ' ')}"


def _is_said(path: str) -> bool:
    return path not in _STEADY and path.rpartition(".")[2].removesuffix("[]").endswith(WORDS)


def _is_unknown(path: str, value: Any) -> bool:
    return value == "unknown" or (value is None and path.rpartition(".")[2] not in NONE)


def _is_group(value: Any) -> bool:
    return isinstance(value, dict)


def _is_near(path: str, before: Any, after: Any) -> bool:
    if path not in NEAR or not isinstance(before, int) or not isinstance(after, int):
        return False
    return abs(after - before) <= NEAR[path] * max(abs(before), abs(after))


def _said(path: str, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and path.rpartition(".")[2] in _BYTES:
        return size(value)
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in ("", [], None) else "nothing"
