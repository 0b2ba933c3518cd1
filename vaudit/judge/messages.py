"""Messages as they stand after reading: text, and between it what is filled in.

`{it.name} had {cpu.steal:percent} stolen`; `[[ ({it.driver})]]` is an aside, which is left out where its fact
is not known. Nothing of Python's own formatting is reachable, so text from a machine can only ever be shown.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from vaudit import words
from vaudit.judge.conditions import Form, Scope, value_of

MAX_VALUE = 200
"""Characters of one value in a message."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:@%+-")
"""What a shell takes as it is: no blank, no slash, nothing that it expands."""
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
    "duration": words.duration,
    "size": words.size,
    "rate": lambda bits: words.rate(bits, "bit/s"),
    "latency": words.latency,
    "count": words.count,
}


class Slot(msgspec.Struct, frozen=True, array_like=True):
    """What is filled in."""

    form: Form
    """The expression, see `conditions`."""
    format: str
    """One of FORMATS; empty for the value as it is."""
    around: tuple[str, str] | None = None
    """Of an aside: what stands before and behind it; all of it is left out where the value is not known."""


Message = tuple[str | Slot, ...]
"""A message that was read."""


def render(message: Message, values: Mapping[str, Any]) -> str:
    """The text for facts by name; what is not known is called so."""
    return "".join(part if isinstance(part, str) else _show(part, values) for part in message)


def typed(message: Message, values: Mapping[str, Any]) -> str | None:
    """The text for a shell; None where what is filled in is not known, or might be more than a plain word
    there (a network card may be called `$(reboot)`)."""
    parts = [part if isinstance(part, str) else _word(part, values) for part in message]
    return None if None in parts else "".join(part for part in parts if part)


def _word(slot: Slot, values: Mapping[str, Any]) -> str | None:
    value = value_of(slot.form, Scope(values))
    text = "" if value is None else plain(value)
    return text if 0 < len(text) <= MAX_VALUE and _PLAIN.issuperset(text) and text[0] not in "-.~" else None


def _show(slot: Slot, values: Mapping[str, Any]) -> str:
    value = value_of(slot.form, Scope(values))
    if value is None or (slot.format and not isinstance(value, (int, float))):
        return "" if slot.around else NOT_KNOWN
    text = FORMATS[slot.format](value) if slot.format else plain(value)
    text = text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
    return text.join(slot.around) if slot.around else text
