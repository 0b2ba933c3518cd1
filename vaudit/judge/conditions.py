"""Conditions as they stand after reading, and how they are evaluated.

A condition that `read_conditions` found sound is a form: nested sequences that begin with the name of an
operation, such as `("==", ("fact", ("name", "cpu"), "vendor", "cpu.vendor", False), ("value", "AMD"))`.
JSON can hold it, so that an installed vaudit reads no condition again. When first needed it becomes a tree of
closures, which takes a few microseconds to evaluate.

Truth has three values (Kleene): None is "not known", `False and None` is False, `True or None` is True. A
comparison with something unknown is unknown; only `is None` and `is not None` ask whether a fact is known.
Where the model says "unknown" in words, conditions see None.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

import msgspec

UNKNOWN = "unknown"
"""The word that the model uses for "not known" where it lists words; conditions see None instead."""

Form = Any
"""A sequence: an operation of _OPERATIONS, then what it takes, forms among it."""


class Scope:
    """What one evaluation sees: values by name, and the names of facts that turned out not to be known."""

    __slots__ = ("missing", "values")

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.missing: list[str] = []


Evaluate = Callable[[Scope], Any]
Truth = Callable[[Scope], bool | None]


class Outcome(msgspec.Struct, frozen=True):
    """True, False or None (not known), and then the facts that were missing."""

    value: Any
    missing: tuple[str, ...]


class Expression(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """An expression that was read."""

    text: str
    form: Form
    uses: frozenset[str]
    """The top-level names that it reads: cpu, net, it, …"""
    limits: frozenset[str]
    """The thresholds that it reads."""

    @cached_property
    def run(self) -> Evaluate:
        """What evaluates the form."""
        return build(self.form)

    def evaluate(self, values: Mapping[str, Any]) -> Outcome:
        """Its value for facts by name (and `it`); never raises for values of the types it was checked for."""
        scope = Scope(dict(values))
        value = self.run(scope)
        return Outcome(value, tuple(dict.fromkeys(scope.missing)) if value is None else ())


def build(form: Form) -> Evaluate:
    """The closure that evaluates a form."""
    operation, *parts = form
    return _OPERATIONS[operation](*parts)


def _value(value: Any) -> Evaluate:
    return lambda scope: value


def _name(name: str) -> Evaluate:
    return lambda scope: scope.values[name]


def _limit(name: str) -> Evaluate:
    return lambda scope: scope.values["limits"][name]


def _fact(group: Form, member: str, label: str, worded: bool) -> Evaluate:
    """A member of a group; `worded`: the model may say in a word that it is not known."""
    base = build(group)

    def read(scope: Scope) -> Any:
        found = base(scope)
        if found is None:
            return None  # the group itself was noted as missing
        value = getattr(found, member)
        if value is None or (worded and value == UNKNOWN):
            scope.missing.append(label)
            return None
        return value

    return read


def _item(table: Form, key: Any, label: str) -> Evaluate:
    base = build(table)

    def pick(scope: Scope) -> Any:
        found = base(scope)
        if found is None:
            return None
        value = found.get(key) if isinstance(found, dict) else found[key]
        if value is None:
            scope.missing.append(label)
        return value

    return pick


def _only(kinds: type | tuple[type, ...], form: Form) -> Evaluate:
    """For values of `details`, whose types only the benchmark knows: others count as not known."""
    run = build(form)

    def checked(scope: Scope) -> Any:
        value = run(scope)
        return value if isinstance(value, kinds) else None

    return checked


def _unary(apply: Callable[[Any], Any], form: Form) -> Evaluate:
    run = build(form)
    return lambda scope: None if (value := run(scope)) is None else apply(value)


def _arithmetic(apply: Callable[[Any, Any], Any], one: Form, other: Form, label: str) -> Evaluate:
    left, right = build(one), build(other)

    def run(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        if a is None or b is None:
            return None
        try:
            return apply(a, b)
        except ArithmeticError:
            scope.missing.append(label)
            return None

    return run


def _comparison(apply: Callable[[Any, Any], Any], one: Form, other: Form) -> Truth:
    left, right = build(one), build(other)

    def run(scope: Scope) -> bool | None:
        a, b = left(scope), right(scope)
        if a is None or b is None:
            return None
        try:
            return bool(apply(a, b))
        except TypeError:  # a value from `details`, whose type only the benchmark knows
            return None

    return run


def _known(wanted: bool, form: Form) -> Truth:
    run = build(form)

    def known(scope: Scope) -> bool:
        mark = len(scope.missing)
        value = run(scope)
        del scope.missing[mark:]
        return (value is not None) is wanted

    return known


def _kleene(stop: bool, *forms: Form) -> Truth:
    """`and` (stop=False) or `or` (stop=True) of three-valued parts; what decides forgets what was missing."""
    parts: list[Truth] = [build(form) for form in forms]

    def run(scope: Scope) -> bool | None:
        mark = len(scope.missing)
        result: bool | None = not stop
        for part in parts:
            value = part(scope)
            if value is stop:
                del scope.missing[mark:]
                return stop
            if value is None:
                result = None
        return result

    return run


def _walker(box: Form, variable: str, where: Form) -> Callable[[Scope], Iterator[bool | None] | None]:
    """Goes through a list; gives, for each element that it may go on with, whether `where` is so."""
    members, keep = build(box), build(where)

    def walk(scope: Scope) -> Iterator[bool | None] | None:
        items = members(scope)
        return None if items is None else steps(scope, items)

    def steps(scope: Scope, items: list[Any]) -> Iterator[bool | None]:
        for item in items:
            scope.values[variable] = item
            kept = keep(scope)
            if kept is not False:
                yield kept

    return walk


def _quantifier(stop: bool, loop: Form, body: Form) -> Truth:
    """`any` (stop=True) or `all` (stop=False) of what a loop goes through."""
    walk, run = _walker(*loop), build(body)

    def quantify(scope: Scope) -> bool | None:
        mark = len(scope.missing)
        steps = walk(scope)
        if steps is None:
            return None
        result: bool | None = not stop
        for kept in steps:
            value: bool | None = run(scope)
            if value is stop and kept:
                del scope.missing[mark:]
                return stop
            if value is None or value is stop:
                result = None
        if result is not None:
            del scope.missing[mark:]
        return result

    return quantify


def _reducer(fold: Callable[[list[Any]], Any], loop: Form, body: Form, label: str) -> Evaluate:
    """What `fold` makes of the values of what a loop goes through; of none only a sum is known."""
    walk, run = _walker(*loop), build(body)

    def reduce(scope: Scope) -> Any:
        steps = walk(scope)
        if steps is None:
            return None
        values = []
        for kept in steps:
            value = run(scope) if kept else None
            if value is None:
                return None
            values.append(value)
        if values or fold is sum:
            return fold(values)
        scope.missing.append(label)
        return None

    return reduce


_OPERATIONS: dict[str, Callable[..., Evaluate]] = {
    "value": _value,
    "name": _name,
    "limit": _limit,
    "fact": _fact,
    "item": _item,
    "yes or no": partial(_only, bool),
    "number": partial(_only, (int, float)),
    "not": partial(_unary, operator.not_),
    "negative": partial(_unary, operator.neg),
    "len": partial(_unary, len),
    "+": partial(_arithmetic, operator.add),
    "-": partial(_arithmetic, operator.sub),
    "*": partial(_arithmetic, operator.mul),
    "/": partial(_arithmetic, operator.truediv),
    "==": partial(_comparison, operator.eq),
    "!=": partial(_comparison, operator.ne),
    "<": partial(_comparison, operator.lt),
    "<=": partial(_comparison, operator.le),
    ">": partial(_comparison, operator.gt),
    ">=": partial(_comparison, operator.ge),
    "in": partial(_comparison, lambda item, box: item in box),
    "not in": partial(_comparison, lambda item, box: item not in box),
    "is None": partial(_known, False),
    "is not None": partial(_known, True),
    "and": partial(_kleene, False),
    "or": partial(_kleene, True),
    "any": partial(_quantifier, True),
    "all": partial(_quantifier, False),
    "sum": partial(_reducer, sum),
    "min": partial(_reducer, min),
    "max": partial(_reducer, max),
}
"""By operation: what builds its closure of the rest of a form."""
