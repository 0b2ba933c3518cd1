"""Reads plain command lines, and puts together what was said and what is configured.

Importing Typer takes as long as a scan. So a plain command line is read here, and everything else (help,
mistakes, rarer spellings) by the Typer commands that cli.py makes of the same declarations.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from vaudit import machines
from vaudit.commands import COMMANDS, command
from vaudit.commands.common import USAGE, Stop
from vaudit.commands.options import Strings, declared


def plain(words: Sequence[str]) -> tuple[str, Any] | None:
    """The command that a plain command line names, and its Options; None where Typer has to read it."""
    for length in (1, 2):
        name = " ".join(words[:length])
        if name in COMMANDS:
            options = read(command(name).Options, words[length:])
            return None if options is None else (name, options)
    return None


def read(options: type[Any], words: Sequence[str]) -> Any:
    """The Options that the words mean; None where one of them is not plain, or one is missing."""
    fields = declared(options)
    flags = {flag: name for name, (_, option) in fields.items() for flag in option.flags}
    places = [name for name, (_, option) in fields.items() if not option.flags]
    values: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=") if word[:2] == "--" else (word, "", "")
        if word[:1] != "-":
            name, value = (places.pop(0) if places else ""), word
        else:
            name = flags.get(flag, "")
        if not name:
            return None
        kind = fields[name][0]
        if kind is not bool and word[:1] == "-" and not equals:
            value = next(rest, "--")
        # a dash alone is standard output, and all others begin an option
        if (value[:1] == "-" and value != "-") or (kind is bool and equals):
            return None
        values[name] = _value(kind, value, values.get(name, ()))
        if values[name] is None:
            return None
    required = [name for name in fields if name not in options._field_defaults]
    return complete(options, values) if all(name in values for name in required) else None


def complete(options: type[Any], given: Mapping[str, Any]) -> Any:
    """The Options: what was given, else what is configured, else the defaults. Raises Stop."""
    if "config" not in options.__annotations__:
        return options(**given)
    path = given.get("config") or os.environ.get("VAUDIT_CONFIG") or machines.configuration()
    if not path and not any(name.startswith("VAUDIT_") for name in os.environ):
        return options(**given)
    from vaudit.commands.settings import settings  # most machines have none

    return options(**{**settings(options, given, path), **given})


def _value(kind: Any, word: str, before: Strings) -> Any:
    """A word as a field's type has it; None for a number in a spelling that is not plain."""
    if kind is bool:
        return True
    if kind == Strings:
        return (*before, word)
    if kind in (int, float):
        digits = word.replace(".", "", 1) if kind is float else word
        return kind(word) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None
    return word


def checked(options: Any) -> Any:
    """The options, if each value is one of its choices. Raises Stop."""
    for name, (_, option) in declared(type(options)).items():
        value = getattr(options, name)
        if option.choices and value is not None and value not in option.choices:
            wrong = f"{option.flags[0] if option.flags else option.metavar} {value!r}"
            raise Stop(USAGE, f"{wrong}: choose one of {', '.join(option.choices)}")
    return options
