"""Finds a machine among those of the tests, for whoever adds a check.

    python -m tests.machines                                   every fact, and how many machines show it
    python -m tests.machines --where "net.path == 'emulated'"  the machines of which that is true
    python -m tests.machines --write FOLDER                    the dumps of the made ones, to read or scan

A condition is what it is in a check. Where it names a list and a dot, it is asked of each element, and those
of which it is true stand beside the machine.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tests.machines import NAMES, SYNTHETIC, WINDOWS, machine, text
from vaudit.judge.checks import load
from vaudit.judge.read_conditions import ConditionError, read_condition, read_expression
from vaudit.judge.vocabulary import names
from vaudit.model.facts import Facts


def where(condition: str) -> Iterator[tuple[str, list[str]]]:
    """The machines of which a condition is true, and the elements. ConditionError where it makes no sense."""
    checks = load()
    known = names(checks.borders)
    lists = [name for name, kind in known.items() if kind.kind == "list"]
    group = re.search(rf"(?<![\w.])({'|'.join(lists)})\.", condition)
    each = read_expression(group[1], known) if group else None
    asked = re.sub(rf"(?<![\w.]){group[1]}\.", "it.", condition) if group else condition
    read = read_condition(asked, known, each).expression
    for name in NAMES:
        values = checks.values(*machine(name))
        items = values[group[1]] or [] if group else [None]
        true = [item for item in items if read.evaluate({**values, "it": item}).value]
        if true:
            yield name, [_called(item) for item in true if item is not None]


def shown() -> dict[str, list[str]]:
    """Each fact of the model, and the machines that show it: where it is neither unknown nor empty."""
    found: dict[str, list[str]] = {path: [] for path in _paths(Facts)}
    for name in [*NAMES, *WINDOWS]:
        for path in dict.fromkeys(_told(machine(name).facts)):
            found[path].append(name)
    return found


def _members(group: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(group, name) for name in group.__struct_fields__}


def _called(item: Any) -> str:
    named = ("name", "address", "id", "kind", "signal")
    return next(str(getattr(item, name)) for name in named if hasattr(item, name))


def _paths(struct: Any, before: str = "") -> Iterator[str]:
    """`cpu.model`, `net.path`, … of a struct of the model."""
    for field in msgspec.structs.fields(struct):
        inner = next(_structs(field.type), None)
        yield from _paths(inner, f"{before}{field.name}.") if inner else [before + field.name]


def _structs(annotation: Any) -> Iterator[Any]:
    """The struct that an annotation speaks of: itself, in a list, or where it is known."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _structs(part)


def _told(value: Any, path: str = "") -> Iterator[str]:
    """The paths of a value that say something."""
    if isinstance(value, msgspec.Struct):
        for name, member in _members(value).items():
            yield from _told(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and isinstance(value[0], msgspec.Struct):
        for item in value:
            yield from _told(item, path)
    elif value not in (None, "unknown", "", []):
        yield path


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.machines", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--where", metavar="CONDITION", help="the machines of which this is true")
    parser.add_argument(
        "--write", metavar="FOLDER", type=Path, help="keep the dumps of the made machines there"
    )
    options = parser.parse_args()
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        for name in SYNTHETIC:
            (options.write / f"{name}.vdump").write_text(text(name))
    elif options.where:
        try:
            for name, elements in where(options.where):
                print(name, *elements)
        except ConditionError as error:
            parser.error(str(error))
    else:
        for fact, machines in shown().items():
            print(f"{len(machines):>4}  {fact:<30} {' '.join(machines[:3])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
