"""What conditions may speak of: facts, benchmarks, promises and thresholds, with their types.

The types come from the annotations of the facts model and, for benchmarks, from the catalogue of what is
measured, so a new fact and a new benchmark need no line here.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from vaudit.model import catalogue
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts
from vaudit.model.promise import Promise

Sort = Literal["text", "number", "yes or no", "any", "list", "table", "pair", "group", "nothing"]


class Type(NamedTuple):
    """The type of an expression. `kind` is the word used in messages."""

    kind: Sort
    words: tuple[str, ...] = ()
    """The only values that a text, or keys that a table can have; empty when any."""
    of: Any = None
    """list, table, pair: the Type of an element; group: a Struct class, or a Mapping of names to Types."""
    no: str = ""
    """How a message begins that one is none of `words`: `no verdict {} of disk.fdatasync`."""


TEXT, NUMBER, BOOL, ANY, NOTHING = (
    Type("text"),
    Type("number"),
    Type("yes or no"),
    Type("any"),
    Type("nothing"),
)
_PLAIN: dict[object, Type] = {str: TEXT, int: NUMBER, float: NUMBER, bool: BOOL}


@cache
def type_of(annotation: Any) -> Type:
    """The Type that an annotation of the model stands for; None is possible for every value.

    Raises TypeError for an annotation that conditions have no notion of.
    """
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Type("text", words=args)
    if origin in (Union, UnionType):
        return _either([type_of(arg) for arg in args if arg is not NoneType])
    if origin is list:
        return Type("list", of=type_of(args[0]))
    if origin is dict:
        return Type("table", of=type_of(args[1]))
    if origin is tuple:
        return Type("pair", of=type_of(args[0]))
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return Type("group", of=annotation)
    raise TypeError(f"conditions have no type for {annotation!r}")


def _either(kinds: list[Type]) -> Type:
    """What can be one of several; of texts that list their words, one of all these."""
    if all(kind == kinds[0] for kind in kinds):
        return kinds[0]
    if all(kind.kind == "text" and kind.words for kind in kinds):
        return Type("text", words=tuple(dict.fromkeys(word for kind in kinds for word in kind.words)))
    return ANY


def fields(group: Type) -> Mapping[str, Type]:
    """The members of a group by name."""
    return group.of if isinstance(group.of, Mapping) else _struct_fields(group.of)


@cache
def _struct_fields(struct: type[msgspec.Struct]) -> dict[str, Type]:
    notes = get_type_hints(struct)
    return {name: type_of(notes[name]) for name in struct.__struct_fields__}


@cache
def benchmark(ids: tuple[str, ...] = ()) -> Type:
    """A benchmark with one of some ids, or with any: words and details are those that it can have."""
    of, here = (f" of {' or '.join(ids)}", " here") if ids else ("", "")
    ids = ids or tuple(catalogue.MEASURED)
    known = dict(_struct_fields(Benchmark))
    known["id"] = Type("text", ids, no=f"no benchmark {{}}{here}")
    known["verdict"] = Type("text", catalogue.words(ids), no=f"no verdict {{}}{of}")
    known["unit"] = Type(
        "text", tuple(dict.fromkeys(catalogue.of(id).unit for id in ids)), no=f"no unit {{}}{of}"
    )
    known["details"] = known["details"]._replace(words=catalogue.details(ids), no=f"no detail {{}}{of}")
    return Type("group", of=known)


def narrowed(group: Type, ids: Iterable[str]) -> Type:
    """The benchmark that can only have one of these ids; any other group, and ids that are not, as it is."""
    known = fields(group).get("id") if group.kind == "group" else None
    if known is None or not known.no:
        return group
    kept = tuple(id for id in known.words if id in set(ids))
    return benchmark(kept) if kept else group


def names(limits: Mapping[str, float]) -> dict[str, Type]:
    """All names that a condition can begin with, except `it`."""
    found = dict(_struct_fields(Facts))
    found["benchmarks"] = Type("list", of=benchmark())
    found["promises"] = Type("list", of=type_of(Promise))
    found["limits"] = Type("group", of=dict.fromkeys(limits, NUMBER))
    return found
