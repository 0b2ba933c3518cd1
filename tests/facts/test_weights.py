"""What outweighs what, said by verdicts and not by numbers; and that weights stand in the table only."""

import ast
from pathlib import Path

import pytest

from tests.machines.record import Record, captured, record
from vaudit.evidence.source import Registers
from vaudit.facts import hypervisor, weights
from vaudit.facts.values import Seen
from vaudit.facts.weights import Weight, witness
from vaudit.model.facts import Facts, HypervisorKind, Points

FACTS = Path(__file__).parent.parent.parent / "vaudit" / "facts"
TABLE = {name: row for name, row in vars(weights).items() if isinstance(row, Weight)}


def acpi(oem: str) -> bytes:
    return b"FACP" + bytes(6) + oem.encode().ljust(6) + bytes(20)


def hyperv_interface() -> Record:
    return record().leaf(0x40000000, "Microsoft Hv")


def tree(hypervisor_: str = "", model: str = "") -> Record:
    found = record("aarch64").file("/proc/device-tree/model", f"{model}\0")
    return found.file("/proc/device-tree/hypervisor/compatible", f"{hypervisor_}\0") if hypervisor_ else found


def silent(model: str) -> Record:
    """CPUID answers, and names nobody."""
    return record().cpu(model=model).leaf(0x40000000, "", top=0)


def flag(*, instruction: bool) -> Record:
    """No hypervisor flag, by the processor's own word or by the kernel's list alone."""
    return (
        record().cpu(hypervisor=False)
        if instruction
        else record().file("/proc/cpuinfo", "flags\t: fpu monitor\n")
    )


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        # the hypervisor's own name outweighs every name in the firmware, which owners and clouds rewrite
        (record().leaf(0x40000000, "KVMKVMKVM").dmi(product_name="ACRN"), "kvm"),
        (record().leaf(0x40000000, "KVMKVMKVM").pci("0000:00:04.0", "5853:0001"), "kvm"),
        # a device that only one hypervisor offers outweighs a name in the firmware
        (record().dmi(sys_vendor="VMware, Inc.").pci("0000:00:04.0", "80EE:CAFE"), "virtualbox"),
        (record().dmi(sys_vendor="Xen").pci("0000:00:04.0", "15AD:0740"), "vmware"),
        (record().dmi(product_name="BHYVE").add("dir", "/sys/bus/xen/devices", ["vbd-51712"]), "xen"),
        # in the first range of CPUID stands whatever is imitated, above it nobody
        (record().leaf(0x40000000, "VMwareVMware").leaf(0x40000100, "ACRNACRNACRN"), "acrn"),
        # an interface that everybody imitates weighs less than any name, its devices weigh more
        (hyperv_interface().dmi(product_name="ACRN"), "acrn"),
        (
            hyperv_interface().dmi(product_name="ACRN").add("dir", "/sys/bus/vmbus/devices", ["vmbus_1"]),
            "hyperv",
        ),
        (record().log("Hypervisor detected: Microsoft Hyper-V\n").dmi(product_name="ACRN"), "acrn"),
        (record().log("Hypervisor detected: VMware\n").dmi(product_name="ACRN"), "vmware"),
        # the kernel's word for Xen outweighs a name in CPUID, which may be of what lies under Xen
        (record().file("/sys/hypervisor/type", "xen").leaf(0x40000000, "KVMKVMKVM"), "xen"),
        # what makes the device tree outweighs the board that it imitates
        (tree("linux,kvm", "Raspberry Pi 4"), "kvm"),
        (tree(model="Raspberry Pi 4").add("dir", "/proc/device-tree", ["fw-cfg@9020000"]), "kvm"),
        # the processor's word that there is no hypervisor outweighs a weak name, the kernel's list does not
        (flag(instruction=True).dmi(bios_version="VMW71.00V"), "none"),
        (flag(instruction=False).dmi(bios_version="VMW71.00V"), "vmware"),
        # and neither outweighs a device
        (flag(instruction=True).pci("0000:00:04.0", "80EE:CAFE"), "virtualbox"),
        # a maker's name is no proof against a virtual device
        (record().dmi(sys_vendor="Dell Inc.").pci("0000:00:04.0", "15AD:0405"), "vmware"),
        # a whole computer of a cloud, against the names that its guests have too
        (record().dmi(sys_vendor="Amazon EC2", product_name="m5.metal"), "none"),
        # three fields tell Virtual PC from Hyper-V, which has two of them
        (
            record().dmi(
                sys_vendor="Microsoft Corporation", product_name="Virtual Machine", product_version="VS2005R2"
            ),
            "virtualpc",
        ),
        # a hint alone names nobody
        (record().add("file", "/sys/firmware/acpi/tables/FACP", acpi("PTLTD")), "unknown"),
        (record().add("file", "/sys/firmware/acpi/tables/FACP", acpi("VMWARE")), "vmware"),
        # an imitated interface is nobody's name, but no physical machine answers there
        (hyperv_interface().dmi(sys_vendor="Acme", bios_vendor="SeaBIOS"), "kvm"),
        # an unnamed hypervisor outweighs firmware that says nothing, and not the processor's word
        (record().cpu(hypervisor=True).dmi(sys_vendor="Dell Inc."), "unknown"),
        (record().add("dir", "/sys/bus/virtio/devices", ["virtio0"]).dmi(sys_vendor="Dell Inc."), "unknown"),
        (flag(instruction=True).add("dir", "/sys/bus/virtio/devices", ["virtio0"]), "none"),
        # a program of the machine's own lies above its partition
        (record("s390x").file("/proc/sysinfo", "LPAR Number: 1\nVM00 Control Program: z/VM 7\n"), "zvm"),
    ],
)
def test_what_outweighs_what(found: Record, kind: HypervisorKind) -> None:
    assert found.facts().hypervisor.kind == kind


def test_the_smbios_bit_does_not_outweigh_firmware_that_names_nobody() -> None:
    bios = bytes([0, 0x14, 0, 0, 1, 0]) + bytes(13) + b"\x10" + b"Acme\0\0"
    assert record().add("file", "/sys/firmware/dmi/tables/DMI", bios).facts().hypervisor.kind == "none"


def test_a_more_exact_rule_outweighs_the_wider_one() -> None:
    facts = record().dmi(sys_vendor="Red Hat", product_name="RHEV Hypervisor").facts()
    assert facts.hypervisor.vmm == "rhev"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # what lscpu concluded weighs more than what lspci calls a device, unless everybody imitates it
        ("Hypervisor vendor: KVM\n", "kvm"),
        ("Hypervisor vendor: Microsoft\n", "vmware"),
    ],
)
def test_what_programs_concluded(tmp_path: Path, text: str, kind: HypervisorKind) -> None:
    printed = {"commands/lscpu.txt": text, "commands/lspci.txt": "00:0f.0 VGA: VMware PCI bridge\n"}
    assert captured(tmp_path, printed).hypervisor.kind == kind


def test_what_lscpu_concluded_from_an_imitated_interface(tmp_path: Path) -> None:
    firmware = "System Information\n\tProduct Name: ACRN\n"
    printed = {"commands/lscpu.txt": "Hypervisor vendor: Microsoft\n", "commands/dmidecode.txt": firmware}
    assert captured(tmp_path, printed).hypervisor.kind == "acrn"


def confidence(found: Record) -> tuple[HypervisorKind, str]:
    facts: Facts = found.facts()
    return facts.hypervisor.kind, facts.hypervisor.confidence


def test_how_sure_a_verdict_is() -> None:
    strong, middling, faint = "KVMKVMKVM", {"sys_vendor": "VMware"}, {"bios_vendor": "SeaBIOS"}
    assert confidence(record().leaf(0x40000000, strong)) == ("kvm", "certain")
    assert confidence(record().dmi(**middling)) == ("vmware", "likely")
    assert confidence(record().dmi(**faint)) == ("kvm", "weak")
    # two kinds of signals that agree are certain; two of one kind are one source
    assert confidence(record().dmi(**middling).pci("0000:00:04.0", "15AD:0740")) == ("vmware", "certain")
    assert confidence(record().dmi(sys_vendor="VMware", product_name="VMware")) == ("vmware", "likely")
    # where something speaks against it, nothing is certain
    assert confidence(record().leaf(0x40000000, strong).dmi(product_name="ACRN")) == ("kvm", "likely")
    assert confidence(record()) == ("unknown", "none")


def test_sums_decide_between_equals_only() -> None:
    even = record().dmi(sys_vendor="VMware", bios_vendor="BHYVE")
    both = even.dmi(product_name="BHYVE")
    assert both.facts().hypervisor.kind == "bhyve"
    assert (
        both.dmi(board_name="VirtualBox").pci("0000:00:04.0", "80EE:CAFE").facts().hypervisor.kind
        == "virtualbox"
    )


def test_what_a_vmm_implies_is_no_surer_than_the_vmm() -> None:
    """SeaBIOS hardly proves QEMU; that QEMU runs on KVM is surer, but follows from it."""
    witnesses = record().dmi(bios_vendor="SeaBIOS").facts().hypervisor.witnesses
    weight = {one.signal: one.weight for one in witnesses}
    assert weight["inference"] == weight["dmi"] < weights.MOST_QEMU.value


@pytest.mark.parametrize(
    ("found", "kind", "words"),
    [
        (record().cpu(flags="vmx"), "kvm", "never shows vmx"),
        (silent("QEMU Virtual CPU version 1.5.3"), "qemu", "QEMU 1.5 could not hide KVM"),
        (silent("QEMU Virtual CPU version 2.0.0"), "qemu", "QEMU 2.0 could not hide KVM"),
        (silent("QEMU Virtual CPU version 2.1.0"), "kvm", "name itself"),
        (silent("QEMU Virtual CPU version 2.5+"), "kvm", "name itself"),
        (silent("QEMU Virtual CPU version x"), "kvm", "name itself"),
        (record().cpu(model="QEMU Virtual CPU version 1.5.3"), "kvm", "does not show whether KVM does"),
        (
            record().cpu(model="Westmere E56xx/L56xx/X56xx (Nehalem-C)"),
            "kvm",
            "does not show whether KVM does",
        ),
    ],
)
def test_kvm_or_software_under_qemu(found: Record, kind: HypervisorKind, words: str) -> None:
    facts = found.dmi(sys_vendor="QEMU").facts().hypervisor
    assert facts.kind == kind
    assert any(words in one.says for one in facts.witnesses if one.signal == "inference")


# the table itself

ORDER = [
    # what it calls itself, what only it has, what its firmware is called, what physical machines show too
    ("UPPER_LEAF", "FIRST_LEAF", "VMBUS", "PCI_OWN", "DMI_NAME", "DMI_SIDE", "PCI_VIRTIO", "PCI_BRIDGE"),
    ("XEN_SYSFS", "XEN_PREFIX", "XEN_CAPABILITIES", "XEN_FOLDER", "LOG_XEN"),
    ("XEN_CONTROL", "HYPERV_ROOT", "LSCPU_DOM0"),
    ("DMI_PARALLELS", "DMI_THREE", "DMI_METAL", "DMI_OWN", "DMI_EXACT", "DMI_NAME", "DMI_SIDE", "DMI_MAKER"),
    ("DMI_SIDE", "DMI_FIRMWARE", "DMI_UNNAMED", "SMBIOS_BIT"),
    ("ACPI_PARALLELS", "ACPI_MAKER", "ACPI_TOOL", "ACPI_HINT"),
    ("ACPI_DEVICE", "ACPI_SHARED", "ACPI_PVPANIC", "ACPI_HINT"),
    ("PCI_PARALLELS", "PCI_OWN", "PCI_VMWARE", "PCI_NAMED", "PCI_COPIED", "PCI_VIRTIO", "PCI_BRIDGE"),
    ("PCI_CHIP", "PCI_VMWARE_CHIP", "PCI_COPIED"),
    ("XEN_BUS", "XEN_DRIVERS", "VMBUS", "FW_CFG", "VIRTIO_BUS"),
    ("PCI_VIRTIO_COPIED", "FLAG_CLEAR", "FLAG_NOT_LISTED", "FLAG_SET", "PCI_CHIPSET", "FLAG_UNLISTED"),
    ("DMI_SIDE", "DMI_BUILD", "DMI_MAKER", "DMI_FIRMWARE"),
    ("WINE", "UPPER_LEAF", "FIRST_LEAF"),
    ("FOREIGN_KERNEL", "PSERIES_QEMU", "PSERIES", "QEMU_MODEL", "CPUINFO_BOARD"),
    ("POWER_METAL", "QEMU_TCG", "QEMU_MODEL"),
    ("TREE_HYPERVISOR", "TREE_FW_CFG", "TREE_BOARD"),
    ("S390_PROGRAM", "S390_LPAR"),
    ("LOG_DETECTED", "CLOCK", "LSCPU_DOM0"),
    ("CONFIDENTIAL_CPUID", "CONFIDENTIAL_LOG", "LOG_OWN"),
    ("LOG_DETECTED", "LOG_OWN", "LOG_BUS", "LOG_SYSTEMD", "LOG_DEVICE", "LOG_VIRTUAL"),
    ("BRANDZ", "ZONE", "XEN_KERNEL", "WSL2_KERNEL", "VIRTIO_FOLDER"),
    ("LSCPU_VENDOR", "LSPCI_XEN", "LSPCI_VMWARE", "LSPCI_NAMED", "LSPCI_QEMU", "LSPCI_VIRTIO"),
    ("LSCPU_DOM0", "LSCPU_NONE", "CPUFREQ"),
    ("LOG_DETECTED", "LSCPU_BIOS", "LSCPU_NONE"),
    ("LOG_SYSTEMD", "INVENTORY", "DMI_NAME"),
    ("CPUFREQ", "DMI_MAKER", "INVENTORY_NONE"),
    ("XEN_CAPABILITIES", "MELTDOWN_PV", "LSCPU_VENDOR"),
    ("VIRTIO_BUS", "CPUFREQ", "DMI_MAKER"),
    ("QEMU_TCG", "APPLE_PART", "QEMU_MODEL"),
    ("CONTAINER_KERNEL", "CONTAINER_MARK", "NAMESPACES"),
    ("NEVER_VMX", "NOT_KVM", "WOULD_SPEAK", "MOST_QEMU", "MOST_TREES"),
    ("SUN4V", "SUN4V_CPU"),
    ("VMBUS", "DRIVER_BOUND", "WINDOWS_HOST", "DRIVER_SHARED", "PCI_VIRTIO", "DRIVER_BOOTS"),
]
ALIKE = [
    ("PCI_VIRTIO", "VIRTIO_BUS", "LSPCI_VIRTIO"),
    ("DMI_PARALLELS", "PCI_PARALLELS", "LSPCI_PARALLELS", "FIRST_LEAF"),
    ("PCI_OWN", "LSPCI_XEN"),
    ("PCI_CHIPSET", "LSPCI_CHIPSET"),
    ("LSCPU_DOM0", "XEN_FIRMWARE"),
    ("PCI_VMWARE", "LSPCI_VMWARE"),
    ("PCI_NAMED", "LSPCI_NAMED", "ACPI_DEVICE", "FW_CFG", "TREE_FW_CFG"),
    ("PCI_COPIED", "LSPCI_QEMU", "DISK_NAME"),
    ("CPUINFO_BOARD", "TREE_BOARD"),
    ("CLOCK", "LSCPU_VENDOR", "LOG_OWN"),
    ("DISK_NAME", "LOG_DEVICE"),
    ("CONFIDENTIAL_LOG", "CONFIDENTIAL_DEVICE", "CONFIDENTIAL_FLAG"),
    ("PCI_VIRTIO", "LOG_VIRTUAL", "PCI_CLOUD_BUS"),
    ("DMI_FIRMWARE", "DMI_UUID"),
    ("DMI_MAKER", "WIRELESS"),
    ("WOULD_SPEAK", "COULD_NOT_HIDE"),
    ("MOST_QEMU", "VMM_ON"),
    ("SUN4V", "SUN4V_CONTROL"),
]
HINTS = {"ACPI_HINT", "DRIVER_BOOTS", "PCI_BRIDGE", "SMBIOS_BIT", "DMI_UNNAMED", "NAMESPACES"}
"""What cannot name anybody alone."""


@pytest.mark.parametrize("names", ORDER)
def test_the_order_of_the_table(names: tuple[str, ...]) -> None:
    values = [TABLE[name].value for name in names]
    assert values == sorted(set(values), reverse=True)


@pytest.mark.parametrize("names", ALIKE)
def test_what_is_as_sure_as_another_weighs_the_same(names: tuple[str, ...]) -> None:
    assert len({TABLE[name].value for name in names}) == 1


def test_what_cannot_name_anybody_alone() -> None:
    assert {name for name, row in TABLE.items() if row.value < weights.DECIDES} == HINTS


def test_what_is_enough_alone_is_a_name_of_its_own_or_a_device_and_never_a_name_that_anybody_can_set() -> (
    None
):
    sure = {row.signal for row in TABLE.values() if row.value >= weights.CERTAIN}
    assert {"cpuid", "sys-hypervisor", "bus", "device-tree", "clocksource"} <= sure
    assert not {"smbios", "disk", "acpi"} & sure
    assert TABLE["DMI_OWN"].value < weights.CERTAIN


def test_every_line_of_the_table_has_its_place_among_others() -> None:
    placed = {name for names in (*ORDER, *ALIKE) for name in names}
    assert set(TABLE) - placed == set()


def test_every_line_of_the_table_has_a_weight_on_the_scale_and_a_reason() -> None:
    assert len(TABLE) > 60
    for name, row in TABLE.items():
        assert 0 <= row.value <= 100, name
        assert row.because, name


def test_borders_lie_on_the_scale_in_their_order() -> None:
    assert 0 < weights.DECIDES < weights.LIKELY < weights.CERTAIN < 100


def test_every_signal_has_a_line_in_the_table() -> None:
    from typing import get_args

    from vaudit.model.facts import Signal

    assert {row.signal for row in TABLE.values()} == set(get_args(Signal))


def test_every_line_of_the_table_is_used() -> None:
    text = "".join(path.read_text() for path in FACTS.rglob("*.py") if path.name != "weights.py")
    assert [name for name in TABLE if f"w.{name}" not in text] == []


def test_an_interface_that_is_imitated_weighs_less_and_its_devices_do_not() -> None:
    hyperv, kvm = Points(kind="hyperv"), Points(kind="kvm")
    for row in TABLE.values():
        lighter = witness(row, "", "", hyperv).weight < witness(row, "", "", kvm).weight
        assert lighter == row.imitable, row


def numbers(path: Path) -> list[int]:
    """Lines on which a call that makes a witness is given a number."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    made = [call for call in calls if getattr(call.func, "id", "") in ("Witness", "witness", "Weight")]
    arguments = [(call, [*call.args, *(word.value for word in call.keywords)]) for call in made]
    return [
        call.lineno
        for call, given in arguments
        if any(isinstance(one, ast.Constant) and isinstance(one.value, int) for one in given)
    ]


def test_weights_stand_in_the_table_only() -> None:
    assert numbers(FACTS / "weights.py")
    for path in FACTS.rglob("*.py"):
        if path.name != "weights.py":
            assert numbers(path) == [], path


def test_a_witness_of_nothing_changes_no_verdict() -> None:
    silent = witness(weights.NAMESPACES, "an observation", "", Points())
    assert hypervisor.collect(Seen(), [silent]).kind == "unknown"


def test_a_root_partition_needs_the_right_to_create_partitions() -> None:
    host = hyperv_interface().add("cpuid", "40000003 0", Registers(0, 1, 0, 0))
    guest = hyperv_interface().add("cpuid", "40000003 0", Registers(1, 0xFFFE, 1, 1))
    assert (host.facts().hypervisor.role, guest.facts().hypervisor.role) == ("host", "guest")
