"""Message templates: text with `{expressions}` of the condition language in it, each with an optional format.

`{it.name} had {cpu.steal:percent} stolen`. Templates are checked when compiled, like conditions; nothing of
Python's own formatting is reachable, so text from a machine can only ever be shown.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from vaudit import words
from vaudit.judge.conditions import ConditionError, Expression, Scope, compile_expression
from vaudit.judge.vocabulary import Type

MAX_VALUE = 200
"""Characters of one value in a message."""
NOT_KNOWN = "not known"


def plain(value: Any) -> str:
    """Text as it is, numbers short, lists with commas (or semicolons, around items with commas)."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return words.figure(value)
    if isinstance(value, (list, tuple)):
        items = [plain(item) for item in value]
        return ("; " if any(", " in item for item in items) else ", ").join(items) or "none"
    return str(value)


FORMATS: dict[str, Callable[[float], str]] = {
    "percent": words.percent,
    "size": words.size,
    "rate": lambda bits: words.rate(bits, "bit/s"),
    "latency": words.latency,
    "count": words.count,
}


class _Slot(NamedTuple):
    expression: Expression
    show: Callable[[Any], str]


class Template(NamedTuple):
    """A compiled message."""

    parts: tuple[str | _Slot, ...]

    def render(self, values: Mapping[str, Any]) -> str:
        """The message for facts by name; what is not known is called so."""
        return "".join(part if isinstance(part, str) else _show(part, values) for part in self.parts)


def compile_template(text: str, names: Mapping[str, Type], each: Expression | None = None) -> Template:
    """Raises ConditionError for a brace that is not closed, a wrong expression or an unknown format."""
    parts: list[str | _Slot] = []
    rest = text
    while rest:
        before, brace, rest = rest.partition("{")
        if "}" in before:
            raise ConditionError(f"a '}}' without its '{{' in: {text}")
        if before:
            parts.append(before)
        if not brace:
            break
        inside, closing, rest = rest.partition("}")
        if not closing:
            raise ConditionError(f"a '{{' without its '}}' in: {text}")
        parts.append(_slot(inside, names, each))
    return Template(tuple(parts))


def _slot(inside: str, names: Mapping[str, Type], each: Expression | None) -> _Slot:
    text, colon, form = inside.rpartition(":")
    expression = compile_expression(text if colon else inside, names, each)
    kind = expression.type
    if kind.kind in ("group", "table", "nothing") or (kind.kind == "list" and kind.of.kind == "group"):
        raise ConditionError(f"{{{inside}}} cannot be shown; name one of its facts")
    if not colon:
        return _Slot(expression, plain)
    if form not in FORMATS:
        raise ConditionError(f"no format '{form}' in {{{inside}}}; one of {', '.join(FORMATS)}")
    if kind.kind not in ("number", "any"):
        raise ConditionError(f"{{{inside}}}: '{form}' shows numbers; {expression.text} is a {kind.kind}")
    return _Slot(expression, FORMATS[form])


def _show(slot: _Slot, values: Mapping[str, Any]) -> str:
    value = slot.expression.run(Scope(dict(values)))
    if value is None or (slot.show is not plain and not isinstance(value, (int, float))):
        return NOT_KNOWN
    text = slot.show(value)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
