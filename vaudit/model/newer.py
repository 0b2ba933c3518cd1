"""What a newer vaudit wrote, read by this one: what is not known here is left out, and said.

A word that is not known becomes `unknown`, `other` or `none` where the model has such a word, and nothing
where the model allows that; else its element is left out, since any other word would be a claim.
"""

from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from msgspec import inspect

from vaudit.model.learned import learned

T = TypeVar("T")
MOST_NAMED, LONGEST = 5, 80
"""Of what was left out so many are named, in so many characters each."""
NEUTRAL = ("unknown", "other", "none")

_FORMS: dict[type, tuple[type[inspect.Type], ...]] = {
    dict: (inspect.StructType, inspect.DictType),
    list: (inspect.ListType, inspect.VarTupleType, inspect.TupleType),
    str: (inspect.LiteralType, inspect.StrType),
    bool: (inspect.BoolType,),
    int: (inspect.IntType, inspect.FloatType),
    float: (inspect.FloatType,),
    type(None): (inspect.NoneType,),
}
"""What of a union a value in JSON can be."""


def convert(raw: Any, kind: type[T], at: str = "") -> tuple[T, list[str]]:
    """Decoded JSON as a type of the model, and in words what was left out of it; `at` is where it lies.

    Raises msgspec.ValidationError for what does not fit even so.
    """
    left, hashable = LeftOut(), cast(Any, kind)
    return msgspec.convert(left.known(raw, _shape(hashable), at), learned(kind)), left.notes()


_shape = cache(inspect.type_info)


class _NotKnown(Exception):
    """A value that has no place in the model; the text names it."""


class LeftOut:
    """Takes out of decoded JSON what the model does not know, and remembers it."""

    def __init__(self) -> None:
        self.fields: dict[str, None] = {}
        self.values: dict[str, None] = {}
        self.elements: dict[str, dict[str, int]] = {}
        """By the name of the list: why, and how often."""

    def known(self, value: Any, kind: inspect.Type, at: str) -> Any:
        """The part of a value that fits a type. Raises _NotKnown where nothing of it does. What is of another
        type altogether stays: it is damage, which msgspec.convert names."""
        match kind:
            case inspect.StructType() if isinstance(value, dict):
                return self._struct(value, kind, at)
            case inspect.ListType() | inspect.VarTupleType() if isinstance(value, list):
                return [each for one in value for each in self._element(one, kind.item_type, at)]
            case inspect.DictType() if isinstance(value, dict):
                within = kind.value_type
                return {k: each for k, v in value.items() for each in self._element(v, within, f"{at}.{k}")}
            case inspect.LiteralType() if value not in kind.values:
                return self._neutral(value, kind.values, at)
            case inspect.UnionType():
                return self._union(value, kind.types, at)
        return value

    def _struct(self, value: dict[str, Any], kind: inspect.StructType, at: str) -> dict[str, Any]:
        fields = {field.encode_name: field.type for field in kind.fields}
        at = f"{at}." if at else ""
        self.fields |= dict.fromkeys(f"{at}{name}" for name in value if name not in fields)
        return {
            name: self.known(one, fields[name], at + name) for name, one in value.items() if name in fields
        }

    def _element(self, value: Any, kind: inspect.Type, at: str) -> list[Any]:
        """The element in a list, or nothing where it does not fit."""
        try:
            made = self.known(value, kind, at)
            if isinstance(kind, inspect.StructType):
                msgspec.convert(made, learned(kind.cls))
        except (_NotKnown, msgspec.ValidationError) as error:
            reasons = self.elements.setdefault(at, {})
            reasons[str(error)] = reasons.get(str(error), 0) + 1
            return []
        return [made]

    def _neutral(self, word: Any, words: tuple[Any, ...], at: str) -> Any:
        neutral = next((each for each in NEUTRAL if each in words), None)
        if neutral is None:
            raise _NotKnown(_named(at, word))
        self.values[_named(at, word)] = None
        return neutral

    def _union(self, value: Any, kinds: tuple[inspect.Type, ...], at: str) -> Any:
        forms = _FORMS.get(type(value), ())
        fitting = (kind for form in forms for kind in kinds if isinstance(kind, form))
        try:
            for kind in fitting:
                if not isinstance(kind, inspect.LiteralType) or value in kind.values:
                    return self.known(value, kind, at)
            raise _NotKnown(_named(at, value))
        except _NotKnown as error:
            if not any(isinstance(kind, inspect.NoneType) for kind in kinds):
                raise
            self.values[str(error)] = None
            return None

    def notes(self) -> list[str]:
        """What was left out, in words: a sentence for each sort."""
        facts = [name.removeprefix("facts.") for name in self.fields if name.startswith("facts.")]
        others = [name for name in self.fields if not name.startswith("facts.")]
        said = [
            *_sentence(len(facts), "fact", "left out", facts),
            *_sentence(len(others), "field", "left out", others),
            *_sentence(len(self.values), "value", "not understood", list(self.values)),
        ]
        for at, reasons in self.elements.items():
            noun = {"benchmarks": "benchmark", "findings": "finding"}.get(at, f"part of {at}")
            said += _sentence(sum(reasons.values()), noun, "left out", list(reasons))
        return said


def _named(at: str, value: Any) -> str:
    """`facts.hypervisor.kind 'nvmm'`"""
    return f"{at} {str(value)[:LONGEST]!r}"


def _sentence(count: int, noun: str, done: str, named: list[str]) -> list[str]:
    """`3 facts of a newer vaudit were left out: cpu.cache, gpu, npu`; nothing for none."""
    if not count:
        return []
    first, space, rest = noun.partition(" ")
    what = f"{count} {first}{'' if count == 1 else 's'}{space}{rest}"
    shown = ", ".join(name[: 2 * LONGEST] for name in named[:MOST_NAMED])
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return [f"{what} of a newer vaudit {'was' if count == 1 else 'were'} {done}: {shown}{more}"]
