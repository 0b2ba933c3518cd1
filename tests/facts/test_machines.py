"""Every machine in tests/machines, recorded or made, is seen as what its .toml file says of it."""

import msgspec
import pytest

from tests.machines import FOLDER, NAMES, RECORDED, machine, source
from tests.machines import expected as expected_of
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.model.facts import Block, Controller, Facts, Net

TOLD = {path.stem for path in FOLDER.glob("*.toml")}


def test_every_machine_says_what_is_expected_of_it() -> None:
    # of a machine that was made, its checks may say it
    assert set(RECORDED) <= TOLD
    # the truth of a lab case is written down before it is recorded
    assert all(name.startswith("lab-") for name in TOLD - set(NAMES))


@pytest.mark.parametrize("name", sorted(TOLD & set(NAMES)))
def test_a_machine(name: str) -> None:
    found, expected = machine(name).facts, expected_of(name)
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
    for key in ("offered", "used"):
        for name_, features in expected.get(key, {}).items():
            (interface,) = (one for one in beneath.interfaces if one.name == name_)
            told = {one.name: getattr(one, key) for one in interface.features}
            assert {one: told[one] for one in features} == features
    possible = {one.kind: one.possible for one in found.guests}
    for kind, answer in expected.get("guests", {}).items():
        assert possible[kind] is answer, found.guests


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_of_a_machine_names_evidence_that_was_asked_for(name: str) -> None:
    recorder = Recorder(source(name))
    found = collect(recorder)
    for witness in found.hypervisor.witnesses:
        if witness.signal != "inference":
            entry = recorder.find(witness.evidence)
            assert entry is not None and entry.status == "read", witness
    devices: list[Block | Net | Controller] = [*found.block, *found.net, *found.controllers]
    for device in devices:
        assert device.because
        assert all(recorder.find(id_) for id_ in device.evidence), device


@pytest.mark.parametrize("name", NAMES)
def test_facts_are_strict_data(name: str) -> None:
    found = machine(name).facts
    assert msgspec.json.decode(msgspec.json.encode(found), type=Facts) == found
