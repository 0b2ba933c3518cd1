"""The JSON Schema of a report, generated from the model."""

from inspect import cleandoc
from typing import Any

import msgspec

from vaudit.model.report import SCHEMA, Report


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12. Unlike the model it allows fields that it does not know: reports only ever grow
    within a major version, and a reader that holds an older schema must go on working."""
    made = _plain(_open(msgspec.json.schema(Report)))
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
    }
    return {**head, "title": f"{SCHEMA}: one vaudit scan of one machine", **made}


def render() -> str:
    """The schema as the file reports/schema/report.schema.json holds it."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n"


def _open(node: Any) -> Any:
    if isinstance(node, dict):
        closed = node.get("additionalProperties") is False
        return {k: _open(v) for k, v in node.items() if not (closed and k == "additionalProperties")}
    return [_open(item) for item in node] if isinstance(node, list) else node


def _plain(node: Any) -> Any:
    """Docstrings as Python keeps them since 3.13: without the indentation that they have in the source."""
    if isinstance(node, dict):
        return {
            k: cleandoc(v) if k == "description" and isinstance(v, str) else _plain(v)
            for k, v in node.items()
        }
    return [_plain(item) for item in node] if isinstance(node, list) else node
