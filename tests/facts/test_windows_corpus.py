"""Real Windows machines, where a folder of them is at hand: VAUDIT_WINDOWS names it."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks import windows
from vaudit.evidence import origin
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.facts.windows.known import BY_NAME

CORPUS = Path(os.environ.get("VAUDIT_WINDOWS", "/nowhere"))
MACHINES = windows.machines(CORPUS)


@pytest.mark.skipif(not MACHINES, reason="VAUDIT_WINDOWS names no folder of recorded machines")
@pytest.mark.parametrize("machine", MACHINES, ids=lambda path: path.name)
def test_what_is_known_of_a_real_machine_is_said(machine: Path, tmp_path: Path) -> None:
    expected = json.loads((machine / "expected.json").read_text())
    try:
        source = origin.one(str(windows.unpacked(machine, tmp_path)))
    except EvidenceError as error:
        pytest.skip(f"its records are not read: {error}")
    facts = msgspec.to_builtins(collect(Recorder(source)))
    missed = [one for one in windows.judged(expected, facts) if one[1] != "right"]
    assert [one for one in missed if not of_no_hypervisor(one)] == []
    assert list(certain_of_nothing(expected, facts)) == []


def of_no_hypervisor(judged: tuple[str, str, str]) -> bool:
    """Whether it is of a driver that no maker of a hypervisor wrote: those are not reported at all."""
    aspect, verdict, said = judged
    return (aspect, verdict) == ("drivers", "unknown") and said.split(" ")[0].lower() not in BY_NAME


def certain_of_nothing(expected: dict[str, Any], facts: dict[str, Any]) -> list[str]:
    """The lists that are null, of which nothing is known, and in which a path is told all the same."""
    told = {name: {one["path"] for one in facts[name]} - {"unknown"} for name in ("block", "net")}
    return [name for name, paths in told.items() if expected.get(name) is None and paths]
