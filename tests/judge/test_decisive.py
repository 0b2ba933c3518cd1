"""The evidence of what failed: the piece that decided first, and only what bears on it."""

import pytest

from tests import machines
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.judge.conditions import fields_of
from vaudit.model.report import Report
from vaudit.pipeline import scan

WITNESS = "cpuid:40000000 0"


def report(name: str) -> Report:
    return scan(Recorder(machines.source(name)), load())


@pytest.mark.parametrize(
    ("name", "check", "evidence"),
    [
        (
            "firecracker-stale-dockerenv",
            "memory.balloon",
            ["file:/sys/bus/virtio/drivers/virtio_balloon/virtio0/features", "file:/proc/vmstat", WITNESS],
        ),
        ("firecracker-stale-dockerenv", "cpu.steal-noticeable", ["file:/proc/stat", WITNESS]),
        (
            "lab-kvm-emulated",
            "storage.emulated-disk",
            ["link:/sys/class/block/sda", "file:/sys/bus/pci/devices/0000:00:01.1/uevent", WITNESS],
        ),
        ("lab-kvm-host", "memory.huge-pages-always", ["file:/sys/kernel/mm/transparent_hugepage/enabled"]),
        ("synthetic-kvm-tuned-badly", "kernel.mitigations-off", ["file:/proc/cmdline", WITNESS]),
        ("synthetic-metal-container", "cpu.kvm-denied", ["device:/dev/kvm"]),
    ],
)
def test_a_finding_shows_what_decided_it(name: str, check: str, evidence: list[str]) -> None:
    (found,) = [one for one in report(name).findings if one.check == check and one.status == "fail"]
    assert found.evidence == evidence


def test_it_is_in_the_report_too() -> None:
    made = report("firecracker-stale-dockerenv")
    shown = {one.id: one for one in made.evidence}
    assert shown["file:/proc/stat"].text.startswith("cpu ")


def test_the_fields_of_a_condition_come_in_its_order_and_words_are_none() -> None:
    form = ["or", [["==", ["fact", ["name", "cpu"], "vendor", "cpu.vendor", False], ["value", ["name", "x"]]],
                   ["any", "d", ["name", "drivers"]]]]  # fmt: skip
    assert list(fields_of(form)) == [("cpu", "vendor"), ("drivers", "")]
