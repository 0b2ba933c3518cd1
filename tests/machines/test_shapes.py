"""What is made of a few words has the shape of what was recorded.

A machine of the lab, said again in words, answers every question about its devices as it did itself.
"""

import re
from collections.abc import Callable

import pytest

from tests.machines import SYNTHETIC, source
from tests.machines.devices import Devices
from tests.machines.linux import Machine
from tests.machines.synthetic import MADE
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry, Source
from vaudit.facts.collect import collect

_DEVICES = (
    "/sys/devices/",
    "/sys/class/block",
    "/sys/class/net",
    "/sys/bus/virtio/",
    "/sys/bus/xen/",
    "/sys/bus/pci",
)
_NUMBERS = (
    (r"\b(host|ata|nvme|virtio)\d+", r"\1N"),
    (r"\b(target)?\d+:\d+:\d+(:\d+)?\b(?!\.)", r"\1N"),
)
_OWN = ("/address", "/features")
"""Files whose content is the machine's own."""
MIB = 1 << 20


def lab(*clocks: str) -> Machine:
    """What all machines of the lab have."""
    made = Machine().kernel("6.1.0-56-amd64").clock(*clocks)
    made.processor("QEMU Virtual CPU version 2.5+", threads=1)
    return made.driver("pci", "xen-platform-pci").folder("/sys/bus/xen/devices")


def board(functions: str) -> Machine:
    """A QEMU machine with the functions of its board: address, ids and class of each."""
    made = lab("tsc", "hpet", "acpi_pm")
    for function in functions.split(", "):
        at, ids, class_ = function.split()
        made.pci(f"0000:00:{at}", ids, "1af4:1100", class_)
    return made


Q35 = "00.0 8086:29c0 60000, 1f.0 8086:2918 60100, 1f.3 8086:2930 c0500"
I440FX = "00.0 8086:1237 60000, 01.0 8086:7000 60100, 01.3 8086:7113 68000"


def virtio() -> Devices:
    made = board(Q35).part("ich9-ahci", "0000:00:1f.2").part("virtio-rng", "0000:00:05.0")
    made.disk("vda", "virtio-blk", "0000:00:01.0", size=256 * MIB)
    made.disk("sda", "virtio-scsi", "0000:00:02.0", size=256 * MIB, model=("QEMU", "QEMU HARDDISK"))
    return made.card("eth0", "virtio-net", "0000:00:03.0").balloon("0000:00:04.0", "stats")


def emulated() -> Devices:
    made, ide = board(I440FX), "0000:00:01.1"
    made.disk("sda", "piix-ide", ide, size=256 * MIB, model=("ATA", "QEMU HARDDISK"))
    made.disk(
        "sr0", "piix-ide", ide, size=256 * MIB, model=("QEMU", "QEMU DVD-ROM"), write_cache="write through"
    )
    made.card("eth1", "e1000", "0000:00:02.0", speed=1000)
    return made.card("eth0", "rtl8139", "0000:00:03.0", speed=100)


def ahci_and_nvme() -> Devices:
    made = board(Q35)
    made.disk("sda", "ich9-ahci", "0000:00:1f.2", size=256 * MIB, model=("ATA", "QEMU HARDDISK"))
    made.disk(
        "nvme0n1", "qemu-nvme", "0000:00:01.0", size=256 * MIB, model=("", "QEMU NVMe Ctrl"), rotational=False
    )
    return made.card("eth0", "e1000e-82574", "0000:00:02.0", speed=1000)


def xen_pv() -> Devices:
    made = lab("xen", "tsc").xen("PV", "4.17.7", kb=512 << 10)
    made.disk("xvda", "xen-vbd", "vbd-51712", size=16 * MIB, rotational=False)
    made.card("eth0", "xen-vif", "vif-0", speed=None)
    return made


def microvm() -> Devices:
    made = lab("kvm-clock", "tsc")
    made.disk("vda", "mmio-blk", "platform/LNRO0005:00", size=256 * MIB)
    made.card("eth0", "mmio-net", "platform/LNRO0005:01")
    return made


def _shape(text: str) -> str:
    for pattern, instead in _NUMBERS:
        text = re.sub(pattern, instead, text)
    return text


def _told(entry: Entry) -> str:
    """What an entry says, as far as it is the same on every machine."""
    if isinstance(entry.data, bytes):
        return "" if entry.key.endswith(_OWN) else entry.data.decode()
    return entry.status if entry.data is None else _shape(str(entry.data))


def _devices(machine: Source) -> dict[tuple[str, str], str]:
    """What a scan asks of the devices, and the answers; an old record may not hold what is asked since."""
    recorder = Recorder(machine)
    collect(recorder)
    asked = (one for one in recorder.entries if one.key.startswith(_DEVICES))
    kept = (one for one in asked if one.status != "unrecorded")
    return {(one.kind, _shape(one.key)): _told(one) for one in kept}


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("lab-qemu-virtio", virtio),
        ("lab-qemu-emulated", emulated),
        ("lab-qemu-ahci-nvme", ahci_and_nvme),
        ("lab-xen-pv", xen_pv),
        ("lab-kvm-microvm", microvm),
    ],
)
def test_a_recorded_machine_said_in_words_is_the_same(name: str, made: Callable[[], Devices]) -> None:
    recorded, said = _devices(source(name)), _devices(made().dump())
    assert {question: said.get(question) for question in recorded} == recorded


@pytest.mark.parametrize("name", [name for name in SYNTHETIC if name != "synthetic-nothing-recorded"])
def test_a_made_machine_holds_all_that_a_scan_asks_for(name: str) -> None:
    recorder = Recorder(source(name))
    collect(recorder)
    assert [one.id for one in recorder.entries if one.status == "unrecorded"] == []


def test_the_made_machines_are_the_same_whenever_they_are_made() -> None:
    assert MADE["kvm-good"]().text() == MADE["kvm-good"]().text()
