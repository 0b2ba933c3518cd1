"""What was refused, or is not in a record, or was cut, is never "no": tried on every machine, piece by piece.

Of each machine some of its evidence is taken away, and it is audited again. What was unknown or so before may
become unknown, or another sign may now decide; but no "no" and no pass may come of it.
"""

from collections.abc import Iterator
from functools import cache
from random import Random

import pytest

from tests import machines
from tests.machines import our_checks
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry, EntryKind, EntryStatus, Source, filed
from vaudit.facts.collect import collect
from vaudit.judge.checks import judge
from vaudit.model.facts import Facts
from vaudit.model.finding import Finding

Hidden = dict[tuple[str, str], EntryStatus | None]
"""What is taken away, and how: None stands for all but the beginning."""
LACKS = (
    "cpu.iommu-off", "cpu.kvm-not-loaded", "cpu.nested-off", "cpu.virtualization-absent",
    "cpu.virtualization-hidden", "cpu.virtualization-off-in-firmware", "drivers.no-paravirtual-disk",
    "drivers.no-paravirtual-network", "hypervisor.no-windows-guests", "kernel.modules-folder-missing",
    "memory.no-swap", "storage.unused-emulated-controller",
)  # fmt: skip
"""Checks that fail because something is not there."""
OF_WHAT_SPOKE = ("hypervisor.contradictions", "hypervisor.migration-obstacle")
"""Checks about the witnesses that were heard, and about what a guest is known to have."""
SHARES = (0.05, 0.2, 0.5, 0.9)
ONE_BY_ONE = (
    "firecracker-stale-dockerenv", "lab-xen-pv", "synthetic-bare-metal-vtx-off", "synthetic-kvm-sev-snp",
    "synthetic-kvm-no-virtio",
)  # fmt: skip


class Without(Source):
    """A machine of which some evidence was refused, not recorded or cut."""

    kind = "dump"

    def __init__(self, whole: Source, hidden: Hidden) -> None:
        self.name, self.taken = whole.name, whole.taken
        self.whole, self.hidden = whole, hidden

    def entry(self, kind: EntryKind, key: str) -> Entry:
        at = filed(kind, key)
        if at not in self.hidden:
            return self.whole.entry(kind, key)
        status = self.hidden[at]
        return Entry(kind, key, status) if status else beginning(self.whole.entry(kind, key))


def beginning(entry: Entry) -> Entry:
    """The first half of an answer, as of one that is too long."""
    data = entry.data
    half = data[: len(data) // 2] if isinstance(data, bytes | list) else data
    if isinstance(data, bytes) and isinstance(half, bytes):  # whole lines, and one at least
        half = data[: (half.rfind(b"\n") + 1) or (data.find(b"\n") + 1) or len(data)]
    return Entry(entry.kind, entry.key, "read", half, reason="cut at 1 MiB")


def audited(source: Source) -> tuple[Facts, list[Finding]]:
    facts = collect(Recorder(source))
    return facts, judge(facts, [], our_checks()).findings


def noes(facts: Facts) -> set[str]:
    """Everything that the facts say is not there or cannot be."""
    cpu, memory, kernel = facts.cpu, facts.memory, facts.kernel
    said = {
        "the processor's help": cpu.hw_virt_state in ("absent", "hidden", "firmware-disabled"),
        "/dev/kvm": cpu.kvm_device in ("absent", "broken"),
        "an IOMMU": cpu.iommu is False,
        "IOMMU groups": cpu.iommu_groups == 0,
        "nesting": cpu.nested is False,
        "KSM": memory.ksm is False,
        "tmem": memory.tmem is False,
        "zram": memory.swap_on_zram is False,
        "zswap": memory.zswap is False,
        "swap": memory.swap == 0,
        "a balloon": memory.ballooned is False,
        "loadable modules": kernel.loadable_modules is False,
        "modules": kernel.modules_folder is False,
        "a container": facts.contained is False,
        "hidden memory": facts.hypervisor.protected is False,
        **{f"{one.kind} guests": one.possible is False for one in facts.guests},
        **{one.name: one.state == "absent" for one in facts.drivers},
        **{f"use of {one.address}": one.in_use is False for one in facts.controllers},
    }
    return {name for name, denied in said.items() if denied}


def wrong(before: tuple[Facts, list[Finding]], after: tuple[Facts, list[Finding]]) -> Iterator[str]:
    """What the lack of evidence made a "no" or a pass."""
    old, new = before[0], after[0]
    beneath = new.hypervisor
    # a positive sign of metal may be left: the processor's own word, or less, which is worded so
    if beneath.kind == "none" and old.hypervisor.kind != "none" and not beneath.doubtful:
        yield "certainly no hypervisor"
    if _identity(new) != _identity(old):
        return  # other signs decide now, and what follows from them follows
    yield from sorted(noes(new) - noes(old))
    was = {(one.check, one.subject): one.status for one in before[1]}
    for one in after[1]:
        status = was.get((one.check, one.subject))
        if one.status == "pass" and status not in ("pass", "skipped") and one.check not in OF_WHAT_SPOKE:
            yield f"{one.check} {one.subject} passes, and was {status}: {one.message}"
        if one.status == "fail" and status in ("pass", "unknown") and one.check in LACKS:
            yield f"{one.check} {one.subject} fails, and was {status}: {one.message}"


def _identity(facts: Facts) -> tuple[object, ...]:
    """What this is taken for."""
    return facts.hypervisor.kind, facts.hypervisor.mode, facts.hypervisor.role, facts.containers


@cache
def whole(name: str) -> tuple[Source, tuple[Facts, list[Finding]], list[tuple[EntryKind, str]]]:
    """A machine, what it is with all its evidence, and what that is."""
    source = machines.source(name)
    recorder = Recorder(source)
    facts = collect(recorder)
    asked = [filed(one.kind, one.key) for one in recorder.entries if one.status != "unrecorded"]
    return source, (facts, judge(facts, [], our_checks()).findings), asked


def ways(source: Source, kind: EntryKind, key: str) -> list[EntryStatus | None]:
    """How an answer can be missing; that a device is denied says that it is there."""
    found = source.entry(kind, key)
    ways: list[EntryStatus | None] = ["unrecorded"]
    if kind not in ("device", "call"):
        ways.append("denied")
    if found.status == "read" and kind in ("file", "dir"):
        ways.append(None)
    return ways


@pytest.mark.slow
@pytest.mark.parametrize("name", machines.NAMES)
def test_evidence_that_is_missing_is_no_no(name: str) -> None:
    source, before, asked = whole(name)
    random = Random(name)  # noqa: S311 - the same choice at every run
    for share in SHARES:
        some = [at for at in asked if random.random() < share]
        hidden: Hidden = {(kind, key): random.choice(ways(source, kind, key)) for kind, key in some}
        assert list(wrong(before, audited(Without(source, hidden)))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_no_single_piece_of_evidence_is_missed_as_a_no(name: str) -> None:
    source, before, asked = whole(name)
    for number, (kind, key) in enumerate(asked):
        possible = ways(source, kind, key)
        way = possible[number % len(possible)]
        assert list(wrong(before, audited(Without(source, {(kind, key): way})))) == [], (kind, key, way)
