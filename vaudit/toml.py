"""TOML: Python's own reader, which came with 3.11; before that tomli, from which Python took it."""

import sys
from typing import Any, BinaryIO

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class TomlError(ValueError):
    """What is no TOML that can be read."""


def loads(text: str) -> dict[str, Any]:
    """The table that a text holds. Raises TomlError, whatever is wrong with it."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(str(error)) from error
    except ValueError as error:  # int() of more than 4,300 digits
        raise TomlError("a number has more digits than can be read") from error
    except RecursionError as error:
        raise TomlError("it is nested too deeply") from error


def load(file: BinaryIO) -> dict[str, Any]:
    """The same of a file."""
    return loads(file.read().decode())
