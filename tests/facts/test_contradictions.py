"""Edited records, spoofed names, two machines in one record: never a confident wrong.

Every truth is dressed up as every other platform in one kind of evidence. What comes of it is the truth,
"unknown", or a verdict beside which the contradiction stands and which is not called certain.
"""

from itertools import permutations
from typing import NamedTuple

import pytest

from tests.machines.record import Record, record
from vaudit.model.facts import Facts

FLAGS = "fpu vme sse2 lm ept nopl"
BASE = 0x40000000


_DEVICES = {"kvm": "1af4:1000", "vmware": "15ad:0740", "xen": "5853:0001", "hyperv": "1414:5353"}


class Platform(NamedTuple):
    """What each kind of evidence shows of one platform."""

    kind: str
    maker: str
    product: str
    signature: str
    bridge: str
    lines: str

    def dmi(self, made: Record) -> None:
        made.dmi(sys_vendor=self.maker, product_name=self.product)

    def cpuid(self, made: Record) -> None:
        made.cpu(flags=f"{FLAGS} hypervisor" if self.signature else FLAGS, hypervisor=bool(self.signature))
        if self.signature:
            made.leaf(BASE, self.signature, BASE + 1)

    def pci(self, made: Record) -> None:
        made.pci("0000:00:00.0", self.bridge, class_="60000")
        made.pci("0000:00:07.0", _DEVICES.get(self.kind, "14e4:165f"))

    def log(self, made: Record) -> None:
        made.log(f"DMI: {self.maker} {self.product}, BIOS 1.0 01/01/2020\n{self.lines}")


PLATFORMS = {
    one.kind: one
    for one in (
        Platform("kvm", "QEMU", "Standard PC (Q35 + ICH9, 2009)", "KVMKVMKVM", "8086:29c0",
                 "Hypervisor detected: KVM\n"),
        Platform("vmware", "VMware, Inc.", "VMware20,1", "VMwareVMware", "8086:7190",
                 "Hypervisor detected: VMware\n"),
        Platform("xen", "Xen", "HVM domU", "XenVMMXenVMM", "8086:1237", "Hypervisor detected: Xen HVM\n"),
        Platform("hyperv", "Microsoft Corporation", "Virtual Machine", "Microsoft Hv", "8086:7192",
                 "Hypervisor detected: Microsoft Hyper-V\n"),
        Platform("none", "Dell Inc.", "PowerEdge R640", "", "8086:2020", ""),
    )
}  # fmt: skip
EVIDENCE = ("dmi", "cpuid", "pci", "log")


def disguised(truth: str, lie: str, kinds: tuple[str, ...], shown: tuple[str, ...] = EVIDENCE) -> Facts:
    made = record()
    for kind in shown:
        getattr(PLATFORMS[lie if kind in kinds else truth], kind)(made)
    return made.facts()


def is_honest(facts: Facts, truth: str) -> bool:
    found = facts.hypervisor
    return found.kind in (truth, "unknown") or (bool(found.contradictions) and found.confidence != "certain")


@pytest.mark.parametrize(("truth", "lie"), list(permutations(PLATFORMS, 2)))
def test_one_kind_of_evidence_is_another_platforms(truth: str, lie: str) -> None:
    for kind in EVIDENCE:
        assert is_honest(disguised(truth, lie, (kind,)), truth), kind
        for missing in EVIDENCE:
            if missing != kind:
                shown = tuple(one for one in EVIDENCE if one != missing)
                assert is_honest(disguised(truth, lie, (kind,), shown), truth), (kind, missing)


@pytest.mark.parametrize("truth", PLATFORMS)
def test_what_agrees_is_certain_and_nothing_is_said_against_it(truth: str) -> None:
    found = disguised(truth, truth, ()).hypervisor
    assert (found.kind, found.confidence, found.contradictions) == (truth, "certain", [])


def test_qemus_names_beside_a_hypervisor_that_needs_no_qemu_are_shown() -> None:
    found = disguised("kvm", "vmware", ("cpuid", "log")).hypervisor
    assert found.confidence != "certain"
    assert any("Standard PC" in said and "QEMU" in said for said in found.contradictions)


def test_a_log_of_another_machine_is_shown() -> None:
    found = record().dmi(sys_vendor="QEMU").cpu(hypervisor=True).leaf(BASE, "KVMKVMKVM", BASE)
    found.log("DMI: Dell Inc. PowerEdge R640/0H28RR, BIOS 2.10.2 02/24/2021\n")
    said = found.facts().hypervisor
    assert (said.kind, said.confidence != "certain") == ("kvm", True)
    assert any("Dell" in one for one in said.contradictions)


def test_a_log_that_writes_the_same_name_otherwise_is_no_other_machine() -> None:
    found = record().dmi(sys_vendor="Dell  Inc.", product_name="PowerEdge R640").cpu(hypervisor=False)
    said = found.log("DMI: Dell Inc. PowerEdge R640/0H28RR, BIOS 2.10.2 02/24/2021\n").facts().hypervisor
    assert (said.kind, said.contradictions) == ("none", [])
