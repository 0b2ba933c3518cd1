"""How devices are served: chips that hypervisors copy, and what records hold instead of sysfs."""

import pytest

from vaudit.facts import paths
from vaudit.facts.values import Function


def served(ids: str, subsystem: str = "", *, guest: bool | None = True) -> str:
    """The path of one function in a guest."""
    vendor, device = ids.split(":")
    subvendor, _, subdevice = subsystem.partition(":")
    one = Function("0000:00:03.0", vendor, device, subvendor, subdevice, "020000", None, "file:x")
    return paths.of_function(one, guest).path


@pytest.mark.parametrize(
    ("ids", "subsystem"),
    [
        ("8086:10c9", ""),  # QEMU igb
        ("8086:10ca", "8086:0000"),  # QEMU igbvf, which writes no subsystem
        ("1011:0019", "103c:104f"),  # QEMU tulip writes that of an HP card
        ("8086:2449", "8086:0070"),  # QEMU i82801
        ("1000:0079", "1000:9261"),  # QEMU megasas-gen2
        ("106b:0021", ""),  # QEMU sungem
        ("108e:1001", ""),  # QEMU sunhme
        ("1095:0646", ""),  # QEMU CMD646
        ("1095:3112", ""),  # QEMU SiI3112
        ("8086:269e", ""),  # VirtualBox ICH6 IDE
        ("8086:10d3", "15ad:07d0"),  # VMware e1000e
        ("1000:0054", "15ad:1976"),  # VMware LSI SAS
    ],
)
def test_a_copied_chip_is_emulated_in_a_guest(ids: str, subsystem: str) -> None:
    assert served(ids, subsystem) == "emulated"
    assert served(ids, "", guest=False) == "physical"


@pytest.mark.parametrize(
    ("ids", "subsystem"),
    [("8086:10c9", "103c:323f"), ("8086:10d3", "15d9:10d3"), ("1000:005b", "1028:1f38")],
)
def test_a_chip_under_the_name_of_a_maker_of_servers_is_hardware(ids: str, subsystem: str) -> None:
    """Hypervisors write the chip maker's subsystem, or their own; never that of a Dell card."""
    assert served(ids, subsystem) == "passthrough"


@pytest.mark.parametrize("ids", ["15ad:0720", "15ad:0820", "15ad:0710", "15ad:0406"])
def test_vmwares_own_devices_are_paravirtual(ids: str) -> None:
    assert served(ids, ids) == "paravirtual"
