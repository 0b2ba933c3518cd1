"""What conditions may speak of: the facts, the benchmarks and the thresholds, with their types.

The types come from the annotations of the facts model itself, so a new fact needs no line here.
"""

from collections.abc import Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts

UNKNOWN = "unknown"
"""The word that the model uses for "not known" where it lists words; conditions see None instead."""

Kind = Literal["text", "number", "yes or no", "any", "list", "table", "pair", "group", "nothing"]


class Type(NamedTuple):
    """The type of an expression. `kind` is the word used in messages."""

    kind: Kind
    words: tuple[str, ...] = ()
    """The only values that a text can have; empty when any."""
    of: Any = None
    """list, table, pair: the Type of an element; group: a Struct class, or a Mapping of names to Types."""


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
        kinds = {type_of(arg) for arg in args if arg is not NoneType}
        return kinds.pop() if len(kinds) == 1 else ANY
    if origin is list:
        return Type("list", of=type_of(args[0]))
    if origin is dict:
        return Type("table", of=type_of(args[1]))
    if origin is tuple:
        return Type("pair", of=type_of(args[0]))
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return Type("group", of=annotation)
    raise TypeError(f"conditions have no type for {annotation!r}")


def fields(group: Type) -> Mapping[str, Type]:
    """The members of a group by name."""
    return group.of if isinstance(group.of, Mapping) else _struct_fields(group.of)


@cache
def _struct_fields(struct: type[msgspec.Struct]) -> dict[str, Type]:
    bases = [base for base in reversed(struct.__mro__) if issubclass(base, msgspec.Struct)]
    notes = {name: note for base in bases for name, note in base.__annotations__.items()}
    return {name: type_of(notes[name]) for name in struct.__struct_fields__}


def names(limits: Mapping[str, float]) -> dict[str, Type]:
    """All names that a condition can begin with, except `it`."""
    found = dict(_struct_fields(Facts))
    found["benchmarks"] = Type("list", of=Type("group", of=Benchmark))
    found["limits"] = Type("group", of=dict.fromkeys(limits, NUMBER))
    return found
