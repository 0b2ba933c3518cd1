"""The whole report as JSON: it reads back into the same Report."""

import re
from typing import Any

import msgspec

from vaudit.model.report import Report
from vaudit.output.text import UNSAFE


def render(report: Report) -> str:
    """One indented object. `vaudit.model.versions.read_report` gives the report again."""
    return msgspec.json.format(compact(report), indent=2) + "\n"


def compact(report: Report) -> str:
    """One line. Characters that could steer a terminal are written as JSON escapes, so that printing a
    hostile machine's report is safe and nothing of it is lost."""
    try:
        text = msgspec.json.encode(report).decode()
    except UnicodeEncodeError:  # lone surrogates: a file name or an argument that is not UTF-8
        text = msgspec.json.encode(_whole(msgspec.to_builtins(report))).decode()
    return UNSAFE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _whole(value: Any) -> Any:
    """The value with every string made encodable: JSON has no lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(k): _whole(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(v) for v in value]
    return value
