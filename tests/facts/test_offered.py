"""What a hypervisor offers and what this kernel uses: each bit alone, each trace, and what does not show."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.machines import source
from tests.machines.record import Record, record
from vaudit.evidence.dump import Dump
from vaudit.evidence.source import Entry, EntryKind, Registers
from vaudit.facts import features
from vaudit.facts.collect import collect
from vaudit.model.facts import Feature, Interface

KVM, HYPERV, XEN, VMWARE = "KVMKVMKVM", "Microsoft Hv", "XenVMMXenVMM", "VMwareVMware"
HV1 = 0x31237648
REGISTERS = ("eax", "ebx", "ecx", "edx")
REAL = "firecracker-offered"
ROOT = Path(__file__).parent.parent.parent


def changed(name: str, *entries: Entry) -> Dump:
    """A recorded machine with other answers to some questions."""
    found = source(name)
    return Dump(name, [*found.entries, *entries], found.meta)


def read(kind: EntryKind, key: str, data: Any) -> Entry:
    return Entry(kind, key, "read", data)


def interfaces(found: Dump) -> dict[str, Interface]:
    return {one.name: one for one in collect(found).hypervisor.interfaces}


def named(one: Interface) -> dict[str, Feature]:
    return {feature.name: feature for feature in one.features}


def leaf(base: int, word: str, value: int, top: int = 0) -> Entry:
    offset, _, register = word.partition(" ")
    values = {register: value} if register else {}
    return read(
        "cpuid", f"{base + int(offset, 16):x} 0", Registers(*(values.get(one, 0) for one in REGISTERS))
    )


def with_word(interface: str, word: str, value: int) -> Dump:
    """A real recording in which one word has a value; the others of the interface are 0."""
    if word == "features":
        text = f"{value:08x}\n".encode()
        return changed("lab-xen-hvm", read("file", "/sys/hypervisor/properties/features", text))
    if word == "services":
        line = f"Linux version 6.1\nKVM: hypervisor services detected (0x0 0x0 0x0 {value:#010x})\n"
        return changed("synthetic-arm-weak", read("call", "dmesg", line.encode()))
    machine, base = {
        "kvm": (REAL, 0x40000000),
        "hyperv": ("lab-kvm-hyperv", 0x40000000),
        "xen": ("lab-xen-hvm-nopv", 0x40000000),
        "vmware": ("synthetic-vmware", 0x40000000),
    }[interface]
    name = {"kvm": KVM, "hyperv": HYPERV, "xen": XEN, "vmware": VMWARE}[interface]
    words = [int.from_bytes(name.ljust(12, "\0")[at : at + 4].encode(), "little") for at in (0, 4, 8)]
    entries = {f"{base:x} 0": read("cpuid", f"{base:x} 0", Registers(base + 0x10, *words))}
    for offset in range(1, 0x11):
        entries[f"{base + offset:x} 0"] = read("cpuid", f"{base + offset:x} 0", Registers(0, 0, 0, 0))
    if word.startswith("c "):  # Hyper-V's leaf of isolation is there where a bit says so
        entries[f"{base + 3:x} 0"] = leaf(base, "3 ebx", 1 << 22)
    wanted = leaf(base, word, value)
    entries[wanted.key] = wanted
    return changed(machine, *entries.values())


ROWS = [
    pytest.param(interface, row, id=f"{interface}-{row[0]}")
    for interface, rows in {**features.TABLES, "arm": features.KVM_ARM}.items()
    for row in rows
    if row[1]
]


@pytest.mark.parametrize(("interface", "row"), ROWS)
def test_a_bit_is_one_feature_and_no_other(interface: str, row: features.Row) -> None:
    name, word, bit = row[:3]
    kind = "kvm" if interface == "arm" else interface
    bit = max(bit, 0)
    every = [other[2] for other in (features.KVM_ARM if interface == "arm" else features.TABLES[kind])
             if other[1] == word and other[2] >= 0]  # fmt: skip
    everything = sum(1 << other for other in every) if every else 1
    for rest in (0, everything & ~(1 << bit)):
        clear = named(interfaces(with_word(kind, word, rest))[kind])
        there = named(interfaces(with_word(kind, word, rest | 1 << bit))[kind])
        assert there.keys() == clear.keys()
        other = {at for at in there if there[at].offered != clear[at].offered}
        assert other == {name}
        assert (clear[name].offered, there[name].offered) == (False, True)
        assert clear[name].lost and not there[name].lost
        assert clear[name].used is False


def test_each_line_of_the_table_is_whole() -> None:
    for interface, rows in {**features.TABLES, "arm": features.KVM_ARM}.items():
        assert len({row[0] for row in rows}) == len(rows), interface
        bits = [row[1:3] for row in rows if row[1]]
        assert len(set(bits)) == len(bits), interface
        for row in rows:
            assert row[6], row
            assert all(words == words.lower() for _, words in row[4]), row


def kvm(features_: int, hints: int = 0, log: str = "", name: str = REAL, **files: str) -> dict[str, Feature]:
    entries = [read("cpuid", "40000001 0", Registers(features_, 0, 0, hints))]
    if log:
        entries.append(
            read("call", "dmesg", f"Linux version 6.1\nHypervisor detected: KVM\n{log}\n".encode())
        )
    return named(interfaces(changed(name, *entries))["kvm"])


def test_what_a_real_guest_uses() -> None:
    found = named(interfaces(source(REAL))["kvm"])
    assert {name for name, one in found.items() if one.used} == {
        "clocksource2", "async-pf", "async-pf-int", "steal-time", "pv-unhalt", "pv-tlb-flush", "pv-send-ipi",
        "pv-sched-yield",
    }  # fmt: skip
    assert found["poll-control"].used is False and "idle driver is none" in found["poll-control"].because
    assert found["pv-eoi"].used is None and found["pv-eoi"].because == "pv-eoi leaves no trace"
    assert found["realtime"].offered is False
    for one in found.values():
        assert one.because and one.evidence


def test_reserved_bits_are_shown() -> None:
    found = kvm(1 << 27 | 1 << 5)
    assert (found["bit 27"].offered, found["bit 27"].used) == (True, None)
    assert "0x40000001" in found["bit 27"].because


@pytest.mark.parametrize(
    ("log", "name", "used"),
    [
        ("kvm-guest: PV spinlocks disabled, single CPU", "pv-unhalt", False),
        ("kvm-guest: PV spinlocks disabled, no host support", "pv-unhalt", False),
        ("kvm-guest: PV spinlocks enabled", "pv-unhalt", True),
        ("nothing", "pv-unhalt", None),
        ("kvm-guest: KVM setup pv remote TLB flush", "pv-tlb-flush", True),
        ("nothing", "pv-tlb-flush", False),
        ("KVM setup pv IPIs", "pv-send-ipi", True),
        ("nothing", "pv-send-ipi", False),
        ("nothing", "pv-eoi", None),
    ],
)
def test_the_log_shows_use(log: str, name: str, used: bool | None) -> None:
    assert kvm(0x01007EFB, log=log)[name].used is used


LOGS = [
    Entry("call", "dmesg", "denied"),
    read("call", "dmesg", b"virtio\n"),
    Entry("call", "dmesg", "read", b"Linux version 6.1\n", "cut at 9 lines"),
]


@pytest.mark.parametrize("log", LOGS)
def test_a_log_that_is_denied_rotated_or_cut_is_no_no(log: Entry) -> None:
    found = named(interfaces(changed(REAL, log))["kvm"])
    assert [found[name].used for name in ("pv-tlb-flush", "pv-send-ipi", "pv-sched-yield", "pv-unhalt")] == [
        None
    ] * 4
    assert found["pv-tlb-flush"].offered is True


def test_steal_at_0_proves_neither() -> None:
    quiet = read("file", "/proc/stat", b"cpu  100 0 100 1000 0 0 0 0 0 0\n")
    assert named(interfaces(changed(REAL, quiet))["kvm"])["steal-time"].used is None


def test_a_parameter_switches_off() -> None:
    for parameter, name in (
        ("no-kvmapf", "async-pf-int"),
        ("nopvspin", "pv-unhalt"),
        ("nopv", "pv-tlb-flush"),
    ):
        line = read("file", "/proc/cmdline", f"quiet {parameter}\n".encode())
        one = named(interfaces(changed(REAL, line))["kvm"])[name]
        assert (one.offered, one.used, one.because) == (True, False, f"switched off by {parameter}")


def test_steal_that_the_scheduler_does_not_see_is_counted_all_the_same() -> None:
    """no-steal-acc: "steal time is computed, but won't influence scheduler behaviour"."""
    line = read("file", "/proc/cmdline", b"quiet no-steal-acc\n")
    assert named(interfaces(changed(REAL, line))["kvm"])["steal-time"].used is True


def test_lines_that_somebody_picked_from_the_log_are_not_all_of_it() -> None:
    """`dmesg | grep -i hypervisor` says nothing of what else the kernel said."""
    for log, used in (
        ("Hypervisor detected: KVM\n", None),
        ("Linux version 6.18\nHypervisor detected: KVM\n", False),
    ):
        found = named(interfaces(changed(REAL, read("call", "dmesg", log.encode())))["kvm"])
        assert found["pv-tlb-flush"].used is used


def test_an_old_kernel_does_not_know_it() -> None:
    old = read("file", "/proc/sys/kernel/osrelease", b"4.9.0-6-amd64\n")
    one = named(interfaces(changed(REAL, old, read("call", "dmesg", b"Linux version 4.9\n")))["kvm"])[
        "pv-tlb-flush"
    ]
    assert (one.offered, one.used) == (True, False) and "older than 4.16" in one.because


def test_what_an_old_kernel_says_that_it_uses_it_uses() -> None:
    """Red Hat's 3.10 has spinlocks of 3.12."""
    old = read("file", "/proc/sys/kernel/osrelease", b"3.10.0-1160.el7.x86_64\n")
    for line, used in (("KVM setup paravirtual spinlock", True), ("nothing", None)):
        log = read("call", "dmesg", f"Linux version 3.10.0\nHypervisor detected: KVM\n{line}\n".encode())
        quiet = read("file", "/proc/stat", b"cpu  100 0 100 1000 0 0 0 0 0 0\n")
        found = named(interfaces(changed(REAL, old, log, quiet))["kvm"])
        assert found["pv-unhalt"].used is used
        assert used or "older than 3.12" in found["pv-unhalt"].because


def test_a_promise_of_realtime_makes_locks_needless() -> None:
    found = kvm(0x01007EFB, hints=1, log="nothing")
    assert found["realtime"].offered is True
    assert found["pv-tlb-flush"].used is False and "never preempted" in found["pv-tlb-flush"].because


def test_what_is_used_is_offered_where_no_leaf_is_recorded() -> None:
    found = named(interfaces(source("firecracker-stale-dockerenv"))["kvm"])
    assert (found["pv-tlb-flush"].offered, found["pv-tlb-flush"].used) == (True, True)
    assert (found["pv-eoi"].offered, found["pv-eoi"].used) == (None, None)
    assert found["pv-eoi"].because == "this record does not tell what is offered"


def test_hyperv_is_told_by_its_word_under_any_signature() -> None:
    for name in (VMWARE, HYPERV, "QEMUsSignatu", KVM):
        made = record().leaf(0x40000000, name, 0x40000006)
        made.add("cpuid", "40000001 0", Registers(HV1, 0, 0, 0)).add(
            "cpuid", "40000003 0", Registers(0xA72, 0, 0, 0x508)
        )
        found = {one.name: one for one in made.facts().hypervisor.interfaces}
        assert named(found["hyperv"])["reference-tsc"].offered is True
        assert "kvm" not in found, "Hv#1 is no set of KVM's features"
        assert ("vmware" in found) is (name == VMWARE)


def test_kvm_behind_hyperv_and_kvm_of_old() -> None:
    made = record().leaf(0x40000000, HYPERV, 0x40000005).leaf(0x40000100, KVM, 0x40000101)
    made.add("cpuid", "40000001 0", Registers(HV1, 0, 0, 0)).add(
        "cpuid", "40000101 0", Registers(0x20, 0, 0, 0)
    )
    found = {one.name: one for one in made.facts().hypervisor.interfaces}
    assert found["kvm"].leaf == "0x40000100" and named(found["kvm"])["steal-time"].offered is True
    old = record().leaf(0x40000000, KVM, 0).add("cpuid", "40000001 0", Registers(0x20, 0, 0, 0))
    assert named(old.facts().hypervisor.interfaces[0])["steal-time"].offered is True


def test_the_empty_leaf_of_tcg_is_no_kvm() -> None:
    made = (
        record()
        .leaf(0x40000000, "TCGTCGTCGTCG", 0x40000001)
        .add("cpuid", "40000001 0", Registers(0, 0, 0, 0))
    )
    found = made.facts().hypervisor.interfaces
    assert [(one.name, one.features) for one in found] == [("tcg", [])]


def test_of_an_interface_no_leaf_beyond_its_last_is_read() -> None:
    made = record().leaf(0x40000000, HYPERV, 0x40000003)
    for at in (1, 3, 4, 10):
        made.add("cpuid", f"{0x40000000 + at:x} 0", Registers(*[0xFFFFFFFF] * 4))
    found = named(made.facts().hypervisor.interfaces[0])
    assert found["synic"].offered is True
    assert found["relaxed-timing"].offered is False and found["direct-flush"].offered is False


def test_hyperv_in_the_log_where_no_leaf_is_recorded() -> None:
    line = "Hyper-V: privilege flags low 0x2e7f, high 0x3b8030, hints 0x24e24, misc 0xbed7b2"
    made = record().log(
        f"Linux version 5.15\nHypervisor detected: Microsoft Hyper-V\n{line}\nHyper-V: Using IPI hypercalls\n"
    )
    found = named(made.facts().hypervisor.interfaces[0])
    assert [found[name].offered for name in ("synic", "reference-tsc", "tsc-invariant", "crash-msr")] == [
        True, True, False, True,
    ]  # fmt: skip
    assert found["cluster-ipi"].offered is True and found["cluster-ipi"].used is True
    assert found["direct-flush"].offered is None
    assert found["relaxed-timing"].evidence == ["call:dmesg"]


NEW_KVM = (  # lines of Linux 5.16 (arch/x86/kernel/kvm.c), of one processor
    "Linux version 5.16.0\nHypervisor detected: KVM\nkvm-clock: Using msrs 4b564d01 and 4b564d00\n"
    "kvm-guest: setup async PF for cpu 0\nkvm-guest: stealtime: cpu 0, msr 4e633080\n"
    "kvm-guest: PV spinlocks disabled, single CPU\n"
)
OLD_KVM = (  # of Red Hat's 3.10, which has spinlocks of a later kernel
    "Linux version 3.10.0-957.el7.x86_64\nHypervisor detected: KVM\nKVM setup async PF for cpu 0\n"
    "kvm-stealtime: cpu 0, msr 13fc1c040\nPV qspinlock hash table entries: 256 (order: 0, 4096 bytes)\n"
)
XEN_HVM = (
    "Linux version 5.10.47\nHypervisor detected: Xen HVM\n"
    "xen:events: Xen HVM callback vector for event delivery is enabled\n"
)
VMWARE_68 = (
    "Linux version 6.8.0\nvmware: hypercall mode: 0x02\nHypervisor detected: VMware\n"
    "vmware: TSC freq read from hypervisor : 2496.001 MHz\n"
    "vmware: Host bus clock speed read from hypervisor : 66000000 Hz\n"
)


@pytest.mark.parametrize(
    ("name", "log", "feature", "offered", "used"),
    [
        ("kvm", NEW_KVM, "steal-time", True, True),
        ("kvm", NEW_KVM, "clocksource2", True, True),
        ("kvm", NEW_KVM, "async-pf-int", True, True),
        ("kvm", NEW_KVM, "pv-unhalt", None, False),
        ("kvm", NEW_KVM, "pv-tlb-flush", None, False),
        ("kvm", NEW_KVM, "pv-eoi", None, None),
        ("kvm", NEW_KVM.replace("single CPU", "no host support"), "pv-unhalt", False, False),
        ("kvm", NEW_KVM.replace("Linux version 5.16.0\n", ""), "pv-tlb-flush", None, None),
        ("kvm", OLD_KVM, "async-pf", True, True),
        ("kvm", OLD_KVM, "pv-unhalt", True, True),
        ("kvm", "Hypervisor detected: KVM\n", "steal-time", None, None),
        ("xen", XEN_HVM, "callback-vector", True, True),
        ("xen", XEN_HVM, "safe-pvclock", None, None),
        ("vmware", VMWARE_68, "tsc-frequency", True, True),
        ("vmware", VMWARE_68, "bus-frequency", True, True),
        ("vmware", VMWARE_68, "steal-time", None, False),
        ("vmware", "vmware: hypercall mode: 0x02\n", "steal-time", None, None),
    ],
)
def test_the_log_alone_names_an_interface_and_what_is_used_of_it(
    name: str, log: str, feature: str, offered: bool | None, used: bool | None
) -> None:
    [found] = record().log(log).facts().hypervisor.interfaces
    one = named(found)[feature]
    assert (found.name, found.leaf, one.offered, one.used) == (name, None, offered, used)


def test_what_cpuid_does_not_show_the_log_does_not_add() -> None:
    """User-mode Linux and containers see the log of the machine beneath, or none of their own."""
    made = record().leaf(0x40000000, "TCGTCGTCGTCG", 0x40000001).log(NEW_KVM)
    assert [one.name for one in made.facts().hypervisor.interfaces] == ["tcg"]


def test_arm_tells_by_the_log_and_no_sentence_speaks_of_cpuid() -> None:
    services = "KVM: hypervisor services detected (0x0 0x0 0x0 0x00000003)"
    made = record("aarch64").log("Linux version 6.1", services, "arm-pv: using stolen time PV")
    facts = made.facts()
    (one,) = facts.hypervisor.interfaces
    found = named(one)
    assert one.name == "kvm" and one.leaf is None
    assert [found[name].offered for name in ("steal-time", "features", "ptp")] == [True, True, True]
    assert found["steal-time"].used is True
    assert not any("leaf" in each.because.lower() or "cpuid" in each.because.lower() for each in one.features)
    for arch in ("s390x", "ppc64le", "riscv64"):
        assert record(arch).facts().hypervisor.interfaces == []


def test_xen_pv_is_asked_behind_its_prefix() -> None:
    found = interfaces(source("lab-xen-pv"))
    assert set(found) == {"xen"}
    listed = named(found["xen"])
    assert listed["dom0"].offered is False
    assert listed["tsc-emulated"].offered is None


def test_an_interface_beside_the_one_in_use_is_not_used() -> None:
    line = read("call", "dmesg", b"Linux version 6.1\nHypervisor detected: KVM\n")
    found = interfaces(changed("lab-kvm-hyperv", line))
    time = named(found["hyperv"])["time-ref-count"]
    assert (time.offered, time.used, time.because) == (True, False, "this kernel uses the interface of KVM")


WORDS = st.integers(0, (1 << 32) - 1)


@given(
    st.sampled_from([KVM, HYPERV, XEN, VMWARE, "TCGTCGTCGTCG", "?"]),
    st.lists(WORDS, min_size=68, max_size=68),
)
def test_no_word_breaks_it(name: str, words: list[int]) -> None:
    made = record().leaf(0x40000000, name, words[0])
    for at in range(1, 17):
        made.add("cpuid", f"{0x40000000 + at:x} 0", Registers(*words[4 * at : 4 * at + 4]))
    for one in made.facts().hypervisor.interfaces:
        for feature in one.features:
            assert feature.offered in (True, False, None) and feature.because


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_log_and_no_count_breaks_it(log: str, counts: str) -> None:
    made: Record = (
        record()
        .leaf(0x40000000, KVM)
        .log(f"Hyper-V: privilege flags {log}\nhypervisor services detected ({log}")
    )
    made.add("call", "interrupts", counts.encode("utf-8", "replace"))
    assert made.facts().hypervisor.interfaces


def test_a_hidden_hypervisor_shows_nothing() -> None:
    assert record().cpu(hypervisor=True).leaf(0x40000000, "").facts().hypervisor.interfaces == []


AS_NOBODY = """
import _ctypes, json, mmap, os  # what a child of CPUID needs too
from vaudit.evidence import here
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.pipeline import scan

def told():
    machine = here()
    report = scan(Recorder(machine), checks)
    machine.close()
    facts = report.facts
    offered = [(one.name, f) for one in facts.hypervisor.interfaces for f in one.features]
    return {
        "features": {f"{name} {f.name}": [f.offered, f.used] for name, f in offered},
        "virtio": [one.virtio.negotiated for one in [*facts.block, *facts.net] if one.virtio],
        "level": facts.cpu.level,
        "vulnerabilities": len(facts.cpu.vulnerabilities),
        "adds": report.coverage.root_adds,
        "denied": report.coverage.denied,
    }

checks = load()
root = told()  # and all that is imported late is there
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
print(json.dumps([root, told()]))
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root becomes another user")
def test_another_user_sees_all_of_it_but_the_log() -> None:
    words, env = [sys.executable, "-c", AS_NOBODY], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    root, nobody = json.loads(done.stdout)
    assert "call:dmesg" in nobody["denied"] and "call:dmesg" not in root["denied"]
    assert "the kernel log" in nobody["adds"] and not root["adds"]
    for alike in ("virtio", "level", "vulnerabilities"):
        assert nobody[alike] == root[alike]
    assert nobody["features"].keys() == root["features"].keys()
    for name, (offered, used) in nobody["features"].items():
        assert offered is root["features"][name][0], name
        assert used in (root["features"][name][1], None), name


def test_a_capture_holds_interrupts_as_the_kernel_prints_them(tmp_path: Path) -> None:
    from vaudit.evidence.origin import one

    leaves = {0x40000000: (0x40000001, 0x4B4D564B, 0x564B4D56, 0x4D), 0x40000001: (0x01007EFB, 0, 0, 0)}
    rows = (
        f"   {at:#010x} 0x00: "
        + " ".join(f"e{name}x={value:#010x}" for name, value in zip("abcd", leaf, strict=True))
        for at, leaf in leaves.items()
    )
    (tmp_path / "cpuid.txt").write_text("CPU 0:\n" + "\n".join(rows) + "\n")
    root = tmp_path / "root" / "proc"
    root.mkdir(parents=True)
    (root / "version").write_text("Linux version 6.1.0-18-amd64 (x@y) #1 SMP\n")
    (root / "interrupts").write_text("      CPU0  CPU1\nHYP:   71    44   Hypervisor callback interrupts\n")
    found = named(collect(one(str(tmp_path))).hypervisor.interfaces[0])
    assert (found["async-pf-int"].offered, found["async-pf-int"].used) == (True, True)
    assert found["async-pf-int"].because == "115 HYP interrupts since boot"
    assert found["pv-tlb-flush"].used is None
