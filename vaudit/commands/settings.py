"""What is configured: the options of a TOML file and, above them, of the environment.

The file is the one that is named (--config, VAUDIT_CONFIG), else the user's, else the system's: never two.
Its keys are the long flags of `vaudit scan` (`busy_ok = true`; two are called otherwise, which stands at the
option), those of the environment in capitals (`VAUDIT_BUSY_OK=1`). What stands on the command line comes
before both.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from vaudit import files, machines
from vaudit.commands.common import USAGE, Stop
from vaudit.commands.options import Option, Strings, declared

PREFIX = "VAUDIT_"
OTHERS = ("VAUDIT_CONFIG", "VAUDIT_DEBUG")
"""Variables that are no settings."""
MAX_FILE = 64 * 1024
"""Bytes of a configuration file."""
_SWITCH = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


class Setting(NamedTuple):
    """A value that is configured, and where."""

    value: Any
    origin: str
    """`/etc/vaudit/config.toml, line 3` or `VAUDIT_PEER`."""


def known() -> dict[str, tuple[Any, Option]]:
    """Type and declaration of each option that can be set, by its key."""
    from vaudit.commands.scan import Options

    return {option.key: (kind, option) for kind, option in declared(Options).values() if option.set}


def settings(options: type[Any], given: Mapping[str, Any], path: str) -> dict[str, Any]:
    """What is configured for the fields of a command's Options, in the file at a path and in the environment.
    What is said of this machine is not said of a record or a stored report. Raises Stop."""
    found = configured(path)
    of_record = any(given.get(name) for name in ("from_", "path", "can"))
    if "disk" in given:  # a device would take its place
        found.pop("device", None)
    return {
        field: found[option.key].value
        for field, (_, option) in declared(options).items()
        if option.key in found and not (option.set == "live" and of_record)
    }


def configured(path: str) -> dict[str, Setting]:
    """All that is configured, by key: in a file, if one is named, and above it in the environment. Raises
    Stop."""
    in_file = _of_file(path) if path and path != os.devnull else {}
    return {**in_file, **dict(_of_environment())}


def strange() -> list[str]:
    """Variables of the environment that look like settings, and are none."""
    names = {PREFIX + key.upper() for key in known()} | set(OTHERS)
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in names)


def meant(name: str, among: list[str]) -> str:
    """What somebody may have meant, as the end of a sentence."""
    from difflib import get_close_matches

    close = get_close_matches(name, among, n=1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(among)}"


def _of_environment() -> Iterator[tuple[str, Setting]]:
    for key, (kind, option) in known().items():
        origin = PREFIX + key.upper()
        text = os.environ.get(origin, "")
        if not text:
            continue
        value: Any = text
        if kind is bool:
            value = _SWITCH.get(text.lower())
            if value is None:
                raise Stop(USAGE, f"{origin}={text!r}: choose 1 or 0")
        elif kind == Strings:
            between = os.pathsep if option.metavar in _PATHS else ","
            value = [one.strip() for one in text.split(between) if one.strip()]
        yield key, Setting(_value(origin, kind, option, value), origin)


def _of_file(path: str) -> dict[str, Setting]:
    text = _text(path)
    from vaudit import toml

    try:
        table = toml.loads(text)
    except toml.TomlError as error:
        raise Stop(USAGE, f"{path}: not TOML: {error}") from error
    there, found = known(), {}
    for key, value in table.items():
        origin = f"{path}, line {_line(text, key, toml.loads)}"
        if key not in there:
            raise Stop(USAGE, f"{origin}: no setting {key!r}; {meant(key, list(there))}")
        kind, option = there[key]
        found[key] = Setting(_value(origin, kind, option, _at_home(origin, option, value)), origin)
    return found


def _text(path: str) -> str:
    """What a configuration file holds. Raises Stop, also where root would follow what others wrote."""
    advice = f"--config {os.devnull} leaves it out"
    try:
        reason = _distrust(path)
        if reason:
            raise Stop(
                USAGE, f"{path}: not trusted by root: {reason}; chown root: and chmod go-w it; {advice}"
            )
        content = files.beginning(path, MAX_FILE + 1)
    except OSError as error:
        raise Stop(USAGE, f"{path}: cannot be read: {error.strerror}; {advice}") from error
    if len(content) > MAX_FILE:
        raise Stop(USAGE, f"{path}: larger than {MAX_FILE >> 10} KiB")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Stop(USAGE, f"{path}: is no text in UTF-8") from error


def _distrust(path: str) -> str:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return ""
    from vaudit.trust import distrust

    return distrust(path)


def _line(text: str, key: str, loads: Callable[[str], dict[str, Any]]) -> int:
    """The line on which a key begins: the last that names it first, and above which it is not there yet. What
    looks alike inside a text of several lines stands below what is no TOML."""
    from vaudit.toml import TomlError

    lines, found = text.split("\n"), 1
    for number, line in enumerate(lines, 1):
        if not line.lstrip(" \t[\"'").startswith(key):
            continue
        try:
            if key not in loads("\n".join(lines[: number - 1])):
                found = number
        except TomlError:
            continue
    return found


_PATHS = ("DIR", "FILE", "DEV")
"""What options call a path."""


def _at_home(origin: str, option: Option, value: Any) -> Any:
    """A value of a file with its paths made whole: they mean the same wherever vaudit is started."""
    if isinstance(value, list):
        return [_at_home(origin, option, one) for one in value]
    is_path = option.metavar in _PATHS or (option.key == "plan" and str(value).endswith(".toml"))
    if not isinstance(value, str) or not is_path:
        return value
    path = os.path.expanduser(value)
    if not os.path.isabs(path):
        raise Stop(USAGE, f"{origin}: {option.key} = {value!r}: write the whole path, from / or ~ on")
    return path


def _value(origin: str, kind: Any, option: Option, value: Any) -> Any:
    """A value as the option's field has it. Raises Stop for one that it cannot have."""
    if option.key == "plan":
        return _plan(origin, value)
    if kind is bool:
        good = isinstance(value, bool)
    elif kind == Strings:
        value = (value,) if isinstance(value, str) else value
        good = isinstance(value, list | tuple) and all(isinstance(one, str) and one for one in value)
        value = tuple(value) if good else value
    else:
        good = isinstance(value, str) and value != ""
    if not good:
        wanted = (
            "true or false" if kind is bool else "a text or a list of texts" if kind == Strings else "a text"
        )
        raise Stop(USAGE, f"{origin}: {option.key} = {value!r}: {wanted} is wanted")
    if option.choices and value not in option.choices:
        raise Stop(USAGE, f"{origin}: {option.key} = {value!r}: choose one of {', '.join(option.choices)}")
    if option.key in ("keep", "size"):
        _limit(origin, option.key, value)
    for folder in value if option.key == "checks" else ():
        if not os.path.isdir(folder):
            raise Stop(USAGE, f"{origin}: checks: {folder}: no such folder")
    return value


def _limit(origin: str, key: str, value: str) -> None:
    from vaudit.history.limits import limits

    try:
        limits(**{key: value})
    except ValueError as error:
        raise Stop(USAGE, f"{origin}: {key} = {error}") from error


def _plan(origin: str, value: Any) -> str:
    """A plan in words, or the file that holds one; a table has the keys of such a file."""
    from vaudit.judge.read_plan import PlanError, in_words

    try:
        plan = in_words(value) if isinstance(value, dict) else value
        if not isinstance(plan, str) or not plan:
            raise Stop(USAGE, f"{origin}: plan: a text or a table is wanted")
        machines.promised(plan, whole=True)  # it stands for every scan: a slip of the pen must show
    except (PlanError, machines.UsageError) as error:
        raise Stop(USAGE, f"{origin}: plan: {str(error).removeprefix('--plan').lstrip(' :')}") from error
    return plan
