"""What is missing or unused by design, or where it is not seen, is no fault: one by one."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.facts.test_virtio import bits
from tests.machines import RECORDED, our_checks, source
from tests.machines.bases import firecracker
from vaudit.evidence.dump import Dump
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry, EntryKind, Registers
from vaudit.model.report import Report
from vaudit.output import outline
from vaudit.pipeline import scan

CHECKS = our_checks()
NEW = (
    "cpu.steal-not-offered", "cpu.scheduling-not-offered", "cpu.no-cheap-clock", "cpu.tsc-emulated",
    "cpu.below-its-name", "cpu.name-contradicted", "cpu.no-microcode", "cpu.vulnerable-by-choice",
    "cpu.better-clock-unused", "storage.legacy-virtio", "storage.no-discard", "storage.single-queue",
    "network.legacy-virtio", "network.no-offload", "network.queues-unused", "memory.balloon-no-deflate",
    "hypervisor.virtio-switched-off", "storage.queues-unused",
)  # fmt: skip
REAL = "firecracker-offered"
ALL_OF_KVM = 0x01007EFB


def read(kind: EntryKind, key: str, data: Any) -> Entry:
    return Entry(kind, key, "read", data)


def report(name: str, *entries: Entry) -> Report:
    found = source(name)
    return scan(Recorder(Dump(name, [*found.entries, *entries], found.meta)), CHECKS)


def failed(found: Report) -> list[str]:
    return [one.check for one in found.findings if one.status == "fail" and one.check in NEW]


def features(value: int, hints: int = 0) -> Entry:
    return read("cpuid", "40000001 0", Registers(value, 0, 0, hints))


def shown(found: Report) -> set[str]:
    return {row.name for row in outline.unused_offers(found)}


def of(found: Report, names: Iterable[str]) -> list[str]:
    return [one.check for one in found.findings if one.check in names and one.status != "skipped"]


def test_they_are_all_there() -> None:
    assert set(NEW) <= set(CHECKS.rules)


def test_a_good_machine_is_not_complained_of() -> None:
    found = report(REAL)
    assert failed(found) == []
    assert {one.status for one in found.findings if one.check in NEW} <= {"pass", "skipped"}
    assert shown(found) == {"poll-control"}


def test_the_clock_of_kvm_is_needless_where_the_tsc_is_invariant() -> None:
    log = read("call", "dmesg", b"Linux version 6.18\nHypervisor detected: KVM\n")
    found = report(REAL, features(ALL_OF_KVM & ~0b1001), log)
    assert found.facts.cpu.invariant_tsc and found.facts.cpu.clocksource == "tsc"
    assert not {"cpu.no-cheap-clock", "cpu.better-clock-unused"} & set(failed(found))
    assert not {"clocksource", "clocksource2"} & shown(found)


LOCKS = {"pv-unhalt", "pv-tlb-flush", "pv-send-ipi", "pv-sched-yield"}
ONE = read("file", "/sys/devices/system/cpu/online", b"0\n")


def test_locks_need_two_processors() -> None:
    log = b"Linux version 6.18\nHypervisor detected: KVM\nkvm-guest: PV spinlocks disabled, single CPU\n"
    for value in (ALL_OF_KVM, ALL_OF_KVM & ~(1 << 7 | 1 << 9 | 1 << 11 | 1 << 13)):
        found = report(REAL, ONE, features(value), read("call", "dmesg", log))
        assert found.facts.cpu.threads == 1
        assert failed(found) == []
        assert not shown(found) & LOCKS


@pytest.mark.parametrize("name", ["lab-kvm-no-steal", "lab-kvm-hyperv-timers"])
def test_a_recorded_guest_of_one_processor_misses_no_locks(name: str) -> None:
    found = report(name)
    assert found.facts.cpu.threads == 1
    assert "cpu.scheduling-not-offered" not in failed(found) and not shown(found) & LOCKS


def test_a_promise_of_realtime_needs_no_locks() -> None:
    many = read("file", "/sys/devices/system/cpu/online", b"0-15\n")
    plain = report(REAL, many, features(0x0100007B))
    assert "cpu.scheduling-not-offered" in failed(plain)
    promised = report(REAL, many, features(0x0100007B, hints=1))
    assert "cpu.scheduling-not-offered" not in failed(promised)
    assert shown(plain) & LOCKS and not shown(promised) & LOCKS


def test_the_small_cards_of_firecracker_are_by_design() -> None:
    found = report(REAL)
    (card,) = (one for one in found.facts.net if one.virtio)
    assert card.virtio and {"ctrl-vq", "status"} <= {one.name for one in card.virtio.missing}
    said = [one for one in found.findings if one.check.startswith("network.") and one.status == "fail"]
    assert [(one.check, one.severity) for one in said] == [("network.no-control-queue", "info")]


def test_they_are_told_of_once_however_many_there_are() -> None:
    features = bits(0, 1, 5, 7, 11, 15, 29, 32)
    made = firecracker().card("eth1", "mmio-net", "platform/LNRO0005:02", mac="06:00:ac:10:00:03")
    for card in ("eth0", "eth1"):
        place = made.real(f"/sys/class/net/{card}").partition("/net/")[0]
        made.file(f"{place}/features", features).file(f"{place}/status", "0x0000000f\n")
    found = scan(made.source(), CHECKS)
    said = [one for one in found.findings if one.check == "network.no-control-queue"]
    assert [(one.status, one.severity) for one in said] == [("fail", "info")]
    assert not [one for one in found.findings if one.check in NEW and one.status == "fail"]


def test_packed_rings_are_nobodys_fault() -> None:
    texts = "".join(f"{rule.check.fail} {rule.check.applies}" for rule in CHECKS.rules.values())
    assert "packed" not in texts and "in-order" not in texts


@pytest.mark.parametrize("name", ["lab-xen-dom0", "synthetic-xen-dom0", "synthetic-hyperv-root"])
def test_a_host_is_not_judged_by_what_guests_need(name: str) -> None:
    found = report(name)
    assert found.facts.hypervisor.role == "host"
    assert failed(found) == [] and outline.unused_offers(found) == []


@pytest.mark.parametrize("name", ["lab-kvm-hidden", "synthetic-kvm-hidden"])
def test_of_a_hidden_hypervisor_nothing_is_said(name: str) -> None:
    found = report(name)
    assert found.facts.hypervisor.interfaces == []
    judged = {"cpu.steal-not-offered", "cpu.scheduling-not-offered", "cpu.no-cheap-clock", "cpu.tsc-emulated"}
    assert of(found, judged) == []


@pytest.mark.parametrize("name", [name for name in RECORDED if name.startswith("lab-container-")])
def test_a_container_sees_what_the_kernel_of_its_host_uses(name: str) -> None:
    judged = {"cpu.steal-not-offered", "cpu.scheduling-not-offered", "cpu.no-cheap-clock", "cpu.tsc-emulated"}
    assert not judged & set(failed(report(name)))


@pytest.mark.parametrize("name", RECORDED)
def test_a_record_of_before_is_not_blamed_for_what_it_does_not_hold(name: str) -> None:
    """What the interfaces offer was not recorded: unknown, and why."""
    found = report(name)
    kept = source(name).status("cpuid", "40000001 0") == "read"
    for one in found.facts.hypervisor.interfaces:
        for feature in one.features:
            if one.name == "kvm" and not kept and not feature.used:
                assert feature.offered is None and feature.because, feature


def test_no_sentence_about_arm_speaks_of_cpuid() -> None:
    found = report("synthetic-arm-weak")
    said = [one.message for one in found.findings if one.check in NEW]
    assert not [text for text in said if "cpuid" in text.lower() or "leaf" in text.lower()]
