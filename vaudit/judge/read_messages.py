"""Reads messages: text with `{expressions}` of the condition language in it, each with an optional format."""

from collections.abc import Iterator, Mapping

import msgspec

from vaudit.judge.messages import FORMATS, Message, Slot
from vaudit.judge.read_conditions import ConditionError, Reading, read_expression
from vaudit.judge.vocabulary import Type


def read_message(text: str, names: Mapping[str, Type], each: Reading | None = None) -> Message:
    """Raises ConditionError for a brace that is not closed, a wrong expression or an unknown format."""
    parts: list[str | Slot] = []
    for before, inside in _pieces(text, "[[", "]]"):
        parts += read_line(before, names, each)
        if inside is not None:
            parts.append(_aside(inside, names, each))
    return tuple(parts)


def _aside(text: str, names: Mapping[str, Type], each: Reading | None) -> Slot:
    """What is left out where its one fact is not known."""
    parts = read_line(text, names, each)
    slots = [part for part in parts if isinstance(part, Slot)]
    if len(slots) != 1:
        raise ConditionError(f"an aside fills in one fact: [[{text}]]")
    before, behind = text.split("{", maxsplit=1)[0], text.rpartition("}")[2]
    return msgspec.structs.replace(slots[0], around=(before, behind))


def read_line(text: str, names: Mapping[str, Type], each: Reading | None = None) -> Message:
    """As `read_message`, of a command, in which a shell has a use of its own for `[[`."""
    parts: list[str | Slot] = []
    for before, inside in _pieces(text, "{", "}"):
        if "}" in before:
            raise ConditionError(f"a '}}' without its '{{' in: {text}")
        if before:
            parts.append(before)
        if inside is not None:
            parts.append(_slot(inside, names, each))
    return tuple(parts)


def _pieces(text: str, opening: str, closing: str) -> Iterator[tuple[str, str | None]]:
    """What stands before a pair of brackets and what within, which is None behind the last."""
    rest = text
    while rest:
        before, found, rest = rest.partition(opening)
        if not found:
            yield before, None
            return
        inside, end, rest = rest.partition(closing)
        if not end:
            raise ConditionError(f"a '{opening}' without its '{closing}' in: {text}")
        yield before, inside


def _slot(inside: str, names: Mapping[str, Type], each: Reading | None) -> Slot:
    text, colon, form = inside.rpartition(":")
    found = read_expression(text if colon else inside, names, each)
    kind = found.type
    if kind.kind in ("group", "table", "nothing") or (kind.kind == "list" and kind.of.kind == "group"):
        raise ConditionError(f"{{{inside}}} cannot be shown; name one of its facts")
    if colon and form not in FORMATS:
        raise ConditionError(f"no format '{form}' in {{{inside}}}; one of {', '.join(FORMATS)}")
    if colon and kind.kind not in ("number", "any"):
        text = found.expression.text
        raise ConditionError(f"{{{inside}}}: '{form}' shows numbers; {text} is a {kind.kind}")
    return Slot(found.expression.form, form if colon else "")
