"""Inside facts/: providers read, the rest judges values; and which provider answers a question."""

import ast
from pathlib import Path

import pytest

from tests.machines.record import captured, record
from vaudit.facts import paths
from vaudit.facts.ask import first
from vaudit.facts.values import Function, Node
from vaudit.model.facts import Served

FACTS = Path(__file__).parent.parent.parent / "vaudit" / "facts"
SHARED = [*sorted(FACTS.glob("*.py")), *sorted((FACTS / "witnesses").glob("*.py"))]
JUDGING = [path for path in SHARED if path.name != "collect.py"]
PLACES = ("/proc", "/sys", "/dev/", "/etc", "/lib", "/run", "file:", "dir:", "link:", "run:", "call:")


def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


@pytest.mark.parametrize("path", JUDGING, ids=lambda path: path.name)
def test_who_judges_sees_values_and_never_a_source(path: Path) -> None:
    imported = {node.module for node in nodes(path) if isinstance(node, ast.ImportFrom)}
    assert not [
        name for name in imported if name and name.startswith(("vaudit.evidence", "vaudit.facts.linux"))
    ]


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.name)
def test_what_all_systems_share_names_no_place_of_linux(path: Path) -> None:
    told = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}  # docstrings may
    texts = [node for node in nodes(path) if isinstance(node, ast.Constant) and id(node) not in told]
    named = [node.value for node in texts if isinstance(node.value, str) and node.value.startswith(PLACES)]
    # the sentences about KVM guests name its device, whatever says that it opens
    assert [text for text in named if not text.startswith("/dev/kvm ")] == []


def test_nobody_asks_which_kind_of_record_it_is() -> None:
    """A question has providers: what a record does not hold, they do not know."""
    for path in FACTS.rglob("*.py"):
        asked = [node for node in nodes(path) if isinstance(node, ast.Attribute) and node.attr == "kind"]
        assert not [node.lineno for node in asked if getattr(node.value, "id", "") == "source"], path


def test_the_first_provider_that_knows_answers() -> None:
    asked = []

    def silent(question: str) -> list[str] | None:
        asked.append("silent")
        return None

    def empty(question: str) -> list[str] | None:
        asked.append("empty")
        return []

    def knows(question: str) -> list[str] | None:
        asked.append("knows")
        return [question]

    assert first((silent, empty, knows, silent), "pci") == ["pci"]
    assert asked == ["silent", "empty", "knows"]
    assert first((silent, empty), "pci") is None


# one question, several who may know


NUMERIC = "00:03.0 0200: 1af4:1000\n\tSubsystem: 1af4:0001\n\tKernel driver in use: virtio-pci\n"
OLD = "0018\t1af41000\tb\t      c001\t0 0 0 0 0 0\tvirtio-pci\n0020\t80861237\t0\n"


def test_functions_are_read_from_sysfs_before_what_lspci_printed(tmp_path: Path) -> None:
    address = "0000:00:05.0"
    files = {f"root/sys/bus/pci/devices/{address}/uevent": "PCI_CLASS=20000\nPCI_ID=8086:100E\n"}
    facts = captured(tmp_path, {**files, "commands/lspci-nnk.txt": NUMERIC})
    assert [one.address for one in facts.controllers] == [address]


def test_functions_are_read_from_what_lspci_printed(tmp_path: Path) -> None:
    facts = captured(tmp_path, {"commands/lspci-nnk.txt": NUMERIC})
    (card,) = facts.controllers
    assert (card.address, card.id, card.driver) == ("0000:00:03.0", "1af4:1000", "virtio-pci")
    assert card.path == "paravirtual"


def test_a_function_on_another_pci_domain_keeps_its_address(tmp_path: Path) -> None:
    (card,) = captured(tmp_path, {"commands/lspci-nnk.txt": f"0001:{NUMERIC}"}).controllers
    assert card.address == "0001:00:03.0"


def test_functions_are_read_from_proc_where_nothing_else_shows_them() -> None:
    facts = record().file("/proc/bus/pci/devices", OLD + "nonsense\n0xyz 12345678 1\n").facts()
    (said,) = [one for one in facts.hypervisor.witnesses if one.signal == "pci"]
    assert said.says == "1 virtio function(s) on the PCI bus"
    assert said.evidence == "file:/proc/bus/pci/devices"


def test_a_function_in_proc_has_its_address_and_driver() -> None:
    from vaudit.facts.linux.sysfs import old_functions

    assert old_functions(record().file("/proc/bus/pci/devices", OLD).source()) == [
        Function("0000:00:03.0", "1af4", "1000", "", "", "", "virtio-pci", "file:/proc/bus/pci/devices"),
        Function("0000:00:04.0", "8086", "1237", "", "", "", None, "file:/proc/bus/pci/devices"),
    ]


@pytest.mark.parametrize(
    ("files", "arch"),
    [
        ({"commands/uname-m.txt": "aarch64\n", "commands/lscpu.txt": "Architecture: x86_64\n"}, "aarch64"),
        ({"commands/lscpu.txt": "Architecture: riscv64\n"}, "riscv64"),
        ({"commands/uname-a.txt": "Linux host 6.1.0 #1 SMP 2024 s390x GNU/Linux\n"}, "s390x"),
        ({"commands/uname-a.txt": "Linux s390x 6.1.0 #1 SMP 2024 unheard-of GNU/Linux\n"}, "s390x"),
        ({"commands/dmesg.txt": "x86_64\n"}, None),
    ],
)
def test_the_architecture(tmp_path: Path, files: dict[str, str], arch: str | None) -> None:
    assert captured(tmp_path, files).cpu.arch == arch


def test_smbios_from_files_table_and_log_in_this_order(tmp_path: Path) -> None:
    strings = b"Table Inc.\0Product\0\0"
    system = bytes([1, 0x1B, 1, 0, 1, 2, 0, 0]) + bytes(19) + strings
    machine = record().dmi(sys_vendor="File Inc.").add("file", "/sys/firmware/dmi/tables/DMI", system)
    machine.log("DMI: Log Inc. Product, BIOS 1.0\n")
    said = {one.says: one.evidence for one in machine.facts().hypervisor.witnesses if one.signal == "dmi"}
    assert said == {
        "the firmware names 'File Inc.', no hypervisor": "file:/sys/class/dmi/id/sys_vendor",
        "the firmware names 'Log Inc. Product', no hypervisor": "call:dmesg",  # another name, and so shown
    }
    table = record().add("file", "/sys/firmware/dmi/tables/DMI", system).log("DMI: Log Inc., BIOS 1.0\n")
    assert any("'Table Inc.'" in one.says for one in table.facts().hypervisor.witnesses)


def test_the_virtual_machine_bit_names_who_told_it(tmp_path: Path) -> None:
    text = "BIOS Information\n\tVendor: Acme\n\t\tSystem is a virtual machine\n"
    facts = captured(tmp_path, {"commands/dmidecode.txt": text})
    (said,) = [one for one in facts.hypervisor.witnesses if one.signal == "smbios"]
    assert said.evidence.endswith("dmidecode")


# devices, in words of no operating system


def node(bus: str | None, name: str = "x", driver: str | None = None, vendor: str | None = None) -> Node:
    return Node(name, bus, driver, f"of:{name}", vendor, f"vendor:{name}")


CARD = Function("0000:00:03.0", "8086", "100e", "1af4", "1100", "020000", "e1000", "of:card")


@pytest.mark.parametrize(
    ("chain", "guest", "path", "bus", "evidence"),
    [
        ([node("virtio"), node("pci", CARD.address)], True, "paravirtual", "virtio", ["of:x"]),
        ([node("xen")], True, "paravirtual", "xen", ["of:x"]),
        ([node("vmbus")], True, "paravirtual", "vmbus", ["of:x"]),
        ([node("scsi"), node("pci", CARD.address)], True, "emulated", "pci", ["of:card"]),
        ([node("usb", vendor="46f4")], True, "emulated", "usb", ["vendor:x"]),
        ([node("usb", vendor="0951")], True, "passthrough", "usb", ["of:x"]),
        ([node("usb", vendor="0951")], False, "physical", "usb", ["of:x"]),
        ([node("usb", vendor="0951")], None, "unknown", "usb", ["of:x"]),
        ([node("usb-interface"), node("usb", "above")], False, "physical", "usb", ["of:above"]),
        ([node("vio")], True, "paravirtual", "vio", ["of:x"]),
        ([node("vio")], False, "physical", "vio", ["of:x"]),
        ([node("uml")], True, "paravirtual", "uml", ["of:x"]),
        ([node("platform")], False, "physical", "platform", ["of:x"]),
        ([node("mmc")], True, "unknown", "mmc", ["of:x"]),
        ([node("xen-backend")], False, "software", "xen-backend", ["of:x"]),
    ],
)
def test_a_device_is_judged_by_its_bus(
    chain: list[Node], guest: bool | None, path: str, bus: str, evidence: list[str]
) -> None:
    served = paths.of_chain(chain, {CARD.address: CARD}, guest)
    assert served is not None
    assert (served.path, served.bus, served.evidence) == (path, bus, evidence)
    assert served.because


def test_a_device_on_buses_that_say_nothing_is_not_judged() -> None:
    assert paths.of_chain([node("scsi"), node(None), node("pci", "elsewhere")], {}, True) is None


@pytest.mark.parametrize(
    ("above", "words", "controller"),
    [
        ([node("pci", "0000:00:03.0")], "over PCI", "0000:00:03.0"),
        (
            [node(None, "between"), node("platform", "a003e00.virtio_mmio")],
            "over mmio",
            "a003e00.virtio_mmio",
        ),
        ([node("vdpa", "vdpa0")], "over vDPA (hardware)", "vdpa0"),
        ([node("mystery", "m0")], "over mystery", "m0"),
        ([], "on the virtio bus", "virtio0"),
    ],
)
def test_a_virtio_device_says_over_what_it_is_reached(above: list[Node], words: str, controller: str) -> None:
    served = paths.of_chain([node("virtio", "virtio0", "virtio_blk"), *above], {}, True)
    assert isinstance(served, Served)
    assert words in served.because
    assert (served.controller, served.driver) == (controller, "virtio_blk")
