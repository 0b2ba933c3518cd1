"""`vaudit config`: what is configured, and where each value comes from."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from vaudit import machines
from vaudit.commands.common import USAGE, Stop, printable, write
from vaudit.commands.options import Config, declared

if TYPE_CHECKING:
    from vaudit.commands.settings import Setting


class Options(NamedTuple):
    """What `vaudit config` is asked for."""

    config: Config = ""


def run(options: Options) -> int:
    """Shows each setting with its origin; USAGE for a variable that is none."""
    from vaudit.commands.settings import PREFIX, configured, known, meant, strange

    path = options.config or os.environ.get("VAUDIT_CONFIG") or machines.configuration()
    found, defaults = configured(path), _defaults()
    write(
        "".join(f"{line}\n" for line in _lines(path, {key: found.get(key, defaults[key]) for key in known()}))
    )
    for wrong in strange():
        names = [PREFIX + key.upper() for key in known()]
        raise Stop(USAGE, f"{wrong}: no such setting; {meant(wrong, names)}")
    return 0


def _defaults() -> "dict[str, Setting]":
    from vaudit.commands.scan import Options as Scan
    from vaudit.commands.settings import Setting

    made = {}
    for field, (_, option) in declared(Scan).items():
        told = option.help.partition("[default: ")[2].rstrip("]")  # where it depends on something
        made[option.key] = Setting(told or Scan._field_defaults.get(field), "default")
    return made


def _lines(path: str, found: "dict[str, Setting]") -> Iterator[str]:
    usual = [os.path.join(home, "config.toml") for home in machines.homes()]
    yield printable(f"file: {path}" if path else f"file: none ({usual[0]} and {usual[1]} are not there)")
    rows = [(key, _shown(key, one.value), one.origin) for key, one in found.items()]
    wide = min(max(len(value) for _, value, _ in rows), 40)
    long = max(map(len, found))
    for key, value, origin in rows:
        yield printable(f"{key:<{long}}  {value:<{wide}}  {origin}")


def _shown(key: str, value: Any) -> str:
    """A value for people; of a salt only that there is one, for who knows it can undo pseudonyms."""
    if key == "salt" and value:
        return "(given)"
    if isinstance(value, bool):
        return "true" if value else "false"
    return (", ".join(value) if isinstance(value, tuple) else value) or "-"
