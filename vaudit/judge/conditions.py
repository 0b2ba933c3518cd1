"""Conditions as they stand after reading, and how they are evaluated.

A condition that `read_conditions` found sound is a form: nested sequences that begin with the name of an
operation, such as `("==", ("fact", ("name", "cpu"), "vendor", "cpu.vendor", False), ("value", "AMD"))`.
JSON can hold it, so that an installed vaudit reads no condition again. It is evaluated by walking through it,
in a few microseconds: building closures of it first would take longer than all that a scan evaluates.

Truth has three values (Kleene): None is "not known", `False and None` is False, `True or None` is True. A
comparison with something unknown is unknown; only `is None` and `is not None` ask whether a fact is known.
Where the model says "unknown" in words, conditions see None.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

UNKNOWN = "unknown"
"""The word that the model uses for "not known" where it lists words; conditions see None instead."""

Form = Any
"""A sequence: an operation of _OPERATIONS, then what it takes, forms among it."""


class Scope:
    """What one evaluation sees: values by name, and the names of facts that turned out not to be known."""

    __slots__ = ("missing", "values")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.missing: list[str] = []


class Outcome(msgspec.Struct, frozen=True):
    """True, False or None (not known), and then the facts that were missing."""

    value: Any
    missing: tuple[str, ...]

    @property
    def not_known(self) -> str:
        """Why it is None, in words."""
        missing = ", ".join(self.missing) or "a value"
        return f"{missing} {'are' if len(self.missing) > 1 else 'is'} not known"


class Expression(msgspec.Struct, frozen=True, array_like=True):
    """An expression that was read."""

    text: str
    form: Form
    uses: frozenset[str]
    """The top-level names that it reads: cpu, net, it, …"""
    limits: frozenset[str]
    """The thresholds that it reads."""

    def evaluate(self, values: Mapping[str, Any]) -> Outcome:
        """Its value for facts by name (and `it`); never raises for values of the types it was checked for."""
        scope = Scope(values)
        value = value_of(self.form, scope)
        return Outcome(value, tuple(dict.fromkeys(scope.missing)) if value is None else ())


def fields_of(form: Form) -> Iterator[tuple[str, str]]:
    """What a form reads, in its order: group and field, or the name of a list and nothing."""
    if not isinstance(form, list | tuple) or form[:1] in (["value"], ("value",)):
        return
    if form[:1] in (["fact"], ("fact",)) and form[1][0] == "name":
        yield form[1][1], form[2]
    elif form[:1] in (["name"], ("name",)):
        yield form[1], ""
    else:
        for part in form:
            yield from fields_of(part)


def value_of(form: Form, scope: Scope) -> Any:
    """The value of a form; None where it is not known."""
    return _OPERATIONS[form[0]](form, scope)


def _value(form: Form, _scope: Scope) -> Any:
    return form[1]


def _name(form: Form, scope: Scope) -> Any:
    value = scope.values[form[1]]
    if value is None:  # a list that nobody could look at
        scope.missing.append(form[1])
    return value


def _limit(form: Form, scope: Scope) -> Any:
    return scope.values["limits"][form[1]]


def _fact(form: Form, scope: Scope) -> Any:
    """A member of a group; `worded`: the model may say in a word that it is not known."""
    _, group, member, label, worded = form
    found = _name(group, scope) if group[0] == "name" else value_of(group, scope)  # mostly a name
    if found is None:
        return None  # the group itself was noted as missing
    value = getattr(found, member)
    if value is None or (worded and value == UNKNOWN):
        scope.missing.append(label)
        return None
    return value


def _item(form: Form, scope: Scope) -> Any:
    _, table, key, label = form
    found = value_of(table, scope)
    if found is None:
        return None
    value = found.get(key) if isinstance(found, dict) else found[key]
    if value is None:
        scope.missing.append(label)
    return value


def _only(form: Form, scope: Scope) -> Any:
    """For values of `details`, whose types only the benchmark knows: others count as not known."""
    value = value_of(form[1], scope)
    return value if isinstance(value, _KINDS[form[0]]) else None


def _unary(form: Form, scope: Scope) -> Any:
    value = value_of(form[1], scope)
    return None if value is None else _UNARY[form[0]](value)


def _arithmetic(form: Form, scope: Scope) -> Any:
    sign, left, right, label = form
    a, b = value_of(left, scope), value_of(right, scope)
    if a is None or b is None:
        return None
    try:
        return _ARITHMETIC[sign](a, b)
    except ArithmeticError:
        scope.missing.append(label)
        return None


def _comparison(form: Form, scope: Scope) -> bool | None:
    sign, left, right = form
    a, b = value_of(left, scope), right[1] if right[0] == "value" else value_of(right, scope)
    if a is None or b is None:
        return None
    try:
        return bool(_COMPARISONS[sign](a, b))
    except TypeError:  # a value from `details`, whose type only the benchmark knows
        return None


def _known(form: Form, scope: Scope) -> bool:
    mark = len(scope.missing)
    value = value_of(form[1], scope)
    del scope.missing[mark:]
    return (value is not None) is (form[0] == "is not None")


def _kleene(form: Form, scope: Scope) -> bool | None:
    """`and` or `or` of three-valued parts; what decides forgets what was missing."""
    operation, *parts = form
    stop, mark = operation == "or", len(scope.missing)
    result: bool | None = not stop
    for part in parts:
        value: bool | None = value_of(part, scope)
        if value is stop:
            del scope.missing[mark:]
            return stop
        if value is None:
            result = None
    return result


def _steps(loop: Form, items: list[Any], scope: Scope) -> Iterator[bool | None]:
    """Goes through a list; gives, for each element that may count, whether the loop's `where` is so."""
    _, variable, where = loop
    scope.values = values = dict(scope.values)  # those that were given stay as they are
    for item in items:
        values[variable] = item
        kept = value_of(where, scope)
        if kept is not False:
            yield kept


def _quantifier(form: Form, scope: Scope) -> bool | None:
    """`any` or `all` of what a loop goes through."""
    operation, loop, body = form
    items, stop, mark = value_of(loop[0], scope), operation == "any", len(scope.missing)
    if items is None:
        return None
    result: bool | None = not stop
    for kept in _steps(loop, items, scope):
        value: bool | None = value_of(body, scope)
        if value is stop and kept:
            del scope.missing[mark:]
            return stop
        if value is None or value is stop:
            result = None
    if result is not None:
        del scope.missing[mark:]
    return result


def _reducer(form: Form, scope: Scope) -> Any:
    """`sum`, `min` or `max` of the values of what a loop goes through; of none only the sum is known."""
    operation, loop, body, label = form
    items = value_of(loop[0], scope)
    if items is None:
        return None
    values = []
    for kept in _steps(loop, items, scope):
        value = value_of(body, scope) if kept else None
        if value is None:
            return None
        values.append(value)
    if values or operation == "sum":
        return _REDUCERS[operation](values)
    scope.missing.append(label)
    return None


_KINDS: dict[str, Any] = {"yes or no": bool, "number": (int, float)}
_UNARY: dict[str, Callable[[Any], Any]] = {"not": operator.not_, "negative": operator.neg, "len": len}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda item, box: item in box,
    "not in": lambda item, box: item not in box,
}
_REDUCERS: dict[str, Callable[[list[Any]], Any]] = {"sum": sum, "min": min, "max": max}
_OPERATIONS: dict[str, Callable[[Form, Scope], Any]] = {
    "value": _value,
    "name": _name,
    "limit": _limit,
    "fact": _fact,
    "item": _item,
    **dict.fromkeys(_KINDS, _only),
    **dict.fromkeys(_UNARY, _unary),
    **dict.fromkeys(_ARITHMETIC, _arithmetic),
    **dict.fromkeys(_COMPARISONS, _comparison),
    **dict.fromkeys(("is None", "is not None"), _known),
    **dict.fromkeys(("and", "or"), _kleene),
    **dict.fromkeys(("any", "all"), _quantifier),
    **dict.fromkeys(_REDUCERS, _reducer),
}
