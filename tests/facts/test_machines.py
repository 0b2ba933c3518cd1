"""Every recorded machine in tests/machines is seen as what its .toml file says of it.

`synthetic-…` were written by hand; the others were recorded by `vaudit record`.
"""

import tomllib
from pathlib import Path

import msgspec
import pytest

from vaudit.evidence import dump
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.model.facts import Block, Controller, Facts, Net

FOLDER = Path(__file__).parent.parent / "machines"
MACHINES = sorted(path.stem for path in FOLDER.glob("*.vdump"))


def facts(name: str) -> Facts:
    return collect(Recorder(dump.read(str(FOLDER / f"{name}.vdump"))))


def test_every_machine_says_what_is_expected_of_it() -> None:
    told = {path.stem for path in FOLDER.glob("*.toml")}
    assert set(MACHINES) <= told
    # the truth of a lab case is written down before it is recorded
    assert all(name.startswith("lab-") for name in told - set(MACHINES))


@pytest.mark.parametrize("name", MACHINES)
def test_a_recorded_machine(name: str) -> None:
    found = facts(name)
    expected = tomllib.loads((FOLDER / f"{name}.toml").read_text())
    beneath = found.hypervisor
    for key in ("kind", "mode", "role", "vmm", "cloud", "confidence"):
        if key in expected:
            assert getattr(beneath, key) == expected[key], f"{key}: {beneath}"
    if "hw_virt_state" in expected:
        assert found.cpu.hw_virt_state == expected["hw_virt_state"]
    if "containers" in expected:
        assert found.containers == expected["containers"]
    if "layers" in expected:
        assert [layer.layer for layer in found.layers] == expected["layers"]
    assert bool(beneath.contradictions) == expected.get("contradictory", False), beneath.contradictions
    devices: list[Block | Net] = [*found.block, *found.net]
    paths = {one.name: str(one.path) for one in devices}
    for name_, path in {**expected.get("block", {}), **expected.get("net", {})}.items():
        assert paths[name_] == path
    better = {one.name: one.better for one in devices if one.better}
    assert better == expected.get("better", {})
    if "better_by" in expected:
        assert {one.better_by for one in devices if one.better} == {expected["better_by"]}
    possible = {one.kind: one.possible for one in found.guests}
    for kind, answer in expected.get("guests", {}).items():
        assert possible[kind] is answer, found.guests


@pytest.mark.parametrize("name", MACHINES)
def test_every_fact_of_a_machine_names_evidence_that_was_asked_for(name: str) -> None:
    recorder = Recorder(dump.read(str(FOLDER / f"{name}.vdump")))
    found = collect(recorder)
    for witness in found.hypervisor.witnesses:
        if witness.signal != "inference":
            entry = recorder.find(witness.evidence)
            assert entry is not None and entry.status == "read", witness
    devices: list[Block | Net | Controller] = [*found.block, *found.net, *found.controllers]
    for device in devices:
        assert device.because
        assert all(recorder.find(id_) for id_ in device.evidence), device


@pytest.mark.parametrize("name", MACHINES)
def test_facts_are_strict_data(name: str) -> None:
    found = facts(name)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Facts) == found
