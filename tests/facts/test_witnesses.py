"""What each signal says: for whom it speaks, on what evidence, in which words. One line a signal."""

from pathlib import Path

import pytest

from tests.machines.record import Record, captured, record
from vaudit.evidence.source import Registers
from vaudit.facts.ask import KERNEL_LOG, call_id, output_id
from vaudit.model.facts import Facts, Witness

CPUINFO = "/proc/cpuinfo"
CLOCKS = "/sys/devices/system/clocksource/clocksource0/available_clocksource"
SYSINFO = "/proc/sysinfo"
TREE = "/proc/device-tree"
XEN = "/sys/hypervisor"
FOREIGN = "Sun Jan 1 00:00:00 UTC 2023 BrandZ virtual linux"


def saying(facts: Facts, signal: str, points_to: str) -> list[Witness]:
    return [one for one in facts.hypervisor.witnesses if (one.signal, one.points_to) == (signal, points_to)]


def file(path: str, text: str, arch: str = "x86_64") -> Record:
    return record(arch).file(path, text)


def acpi(oem: str) -> Record:
    header = b"FACP" + bytes(6) + oem.encode().ljust(6) + bytes(20)
    return record().add("file", "/sys/firmware/acpi/tables/FACP", header)


def board(key: str, name: str, arch: str = "armv7l") -> Record:
    return file(CPUINFO, f"processor\t: 0\n{key}\t: {name}\n", arch)


def log(line: str) -> Record:
    return record().log(f"Linux version 6.1\n{line}\nCommand line: quiet\n")


def clock(names: str) -> Record:
    return file(
        "/sys/devices/system/clocksource/clocksource0/available_clocksource", f"tsc {names} acpi_pm\n"
    )


CASES: list[tuple[Record, str, str, str, str]] = [
    # the processor
    (
        record().leaf(0x40000000, "KVMKVMKVM"),
        "cpuid",
        "kvm",
        "cpuid:40000000 0",
        "'KVMKVMKVM' at leaf 0x40000000",
    ),
    (record().leaf(0x40000100, "XenVMMXenVMM"), "cpuid", "xen", "cpuid:40000100 0", "at leaf 0x40000100"),
    (record().leaf(0x40000000, "Linux KVM Hv"), "cpuid", "kvm", "cpuid:40000000 0", "KVM"),
    (record().cpu(hypervisor=True), "cpu-flag", "guest", "cpuid:1 0", "is set"),
    (record().cpu(hypervisor=False), "cpu-flag", "none", "cpuid:1 0", "is clear"),
    (file(CPUINFO, "flags\t: fpu monitor\n"), "cpu-flag", "none", f"file:{CPUINFO}", "is clear"),
    (record().cpu(model="QEMU TCG CPU version 2.5+"), "cpuinfo", "qemu", f"file:{CPUINFO}", "TCG"),
    (record().cpu(model="Common KVM processor"), "cpuinfo", "vmm:qemu", f"file:{CPUINFO}", "'Common KVM"),
    # Xen
    (file(f"{XEN}/type", "xen\n"), "sys-hypervisor", "xen", f"file:{XEN}/type", "is xen"),
    (file("/proc/xen/capabilities", ""), "proc-xen", "xen", "file:/proc/xen/capabilities", "holds ''"),
    (record().add("dir", "/proc/xen", []), "proc-xen", "xen", "dir:/proc/xen", "exists"),
    (
        file("/proc/xen/capabilities", "control_d\n"),
        "proc-xen",
        "role:host",
        "file:/proc/xen/capabilities",
        "control domain",
    ),
    (
        file(f"{XEN}/properties/features", "00000800\n"),
        "proc-xen",
        "role:host",
        f"file:{XEN}/properties/features",
        "control domain",
    ),
    # firmware
    (acpi("BOCHS"), "acpi", "vmm:qemu", "file:/sys/firmware/acpi/tables/FACP", "table FACP is by 'BOCHS'"),
    (acpi("FIRECK"), "acpi", "kvm", "file:/sys/firmware/acpi/tables/FACP", "'FIRECK'"),
    (acpi("FIRECK"), "acpi", "vmm:firecracker", "file:/sys/firmware/acpi/tables/FACP", "'FIRECK'"),
    (
        log("ACPI: XSDT 0x00000000BFFE1A2E 00004C (v01 VBOX   VBOXXSDT 00000001 ASL  00000061)"),
        "acpi",
        "virtualbox",
        KERNEL_LOG,
        "by 'VBOX'",
    ),
    (log("ACPI: RSDT 0x7FFE1A2E 00003C (v01 bhyve)"), "acpi", "bhyve", KERNEL_LOG, "by 'bhyve'"),
    (log("ACPI: FACP 0x7FFE1A2E 0000F4 (v06 PRLS   PRLS_OEM)"), "acpi", "parallels", KERNEL_LOG, "'PRLS'"),
    (
        record().add("dir", "/sys/bus/acpi/devices", ["PNP0A03:00", "QEMU0002:00"]),
        "acpi",
        "vmm:qemu",
        "dir:/sys/bus/acpi/devices",
        "ACPI device QEMU0002",
    ),
    (
        record().add("dir", "/sys/bus/acpi/devices", ["VMBUS:00"]),
        "acpi",
        "hyperv",
        "dir:/sys/bus/acpi/devices",
        "VMBUS",
    ),
    # devices
    (
        record().add("dir", "/sys/bus/vmbus/devices", ["00000000-0000-8899-0000-000000000000"]),
        "bus",
        "hyperv",
        "dir:/sys/bus/vmbus/devices",
        "vmbus",
    ),
    (
        record().add("dir", "/sys/bus/xen/devices", ["console-0", "vif-0"]),
        "bus",
        "xen",
        "dir:/sys/bus/xen/devices",
        "vif-0 on",
    ),
    (
        record().add("dir", "/sys/bus/virtio/devices", ["virtio0", "virtio1"]),
        "bus",
        "guest",
        "dir:/sys/bus/virtio/devices",
        "2 device(s)",
    ),
    (
        record().add("dir", "/sys/firmware/qemu_fw_cfg", ["by_key", "rev"]),
        "bus",
        "vmm:qemu",
        "dir:/sys/firmware/qemu_fw_cfg",
        "fw_cfg",
    ),
    (
        record().pci("0000:00:04.0", "80EE:CAFE"),
        "pci",
        "virtualbox",
        "file:/sys/bus/pci/devices/0000:00:04.0/uevent",
        "guest service at 0000:00:04.0",
    ),
    (
        record().pci("0000:00:04.0", "8086:100E", "1AF4:1100"),
        "pci",
        "vmm:qemu",
        "file:/sys/bus/pci/devices/0000:00:04.0/uevent",
        "subsystem 1af4:1100",
    ),
    (
        record().pci("0000:00:04.0", "1AF4:1000", "1AF4:0001"),
        "pci",
        "guest",
        "file:/sys/bus/pci/devices/0000:00:04.0/uevent",
        "1 virtio function(s)",
    ),
    # boards and machines that are no PC
    (
        file(f"{TREE}/hypervisor/compatible", "linux,kvm\0", "ppc64le"),
        "device-tree",
        "kvm",
        f"file:{TREE}/hypervisor/compatible",
        "is 'linux,kvm'",
    ),
    (
        file(f"{TREE}/model", "Raspberry Pi 4 Model B\0", "aarch64"),
        "device-tree",
        "none",
        f"file:{TREE}/model",
        "'Raspberry Pi 4 Model B'",
    ),
    (
        record("aarch64").add("dir", TREE, ["compatible", "fw-cfg@9020000"]),
        "device-tree",
        "vmm:qemu",
        f"dir:{TREE}",
        "fw-cfg",
    ),
    (board("Hardware", "BCM2835"), "cpuinfo", "none", f"file:{CPUINFO}", "board 'BCM2835'"),
    (board("Model", "Raspberry Pi 3"), "cpuinfo", "none", f"file:{CPUINFO}", "board 'Raspberry Pi 3'"),
    (board("machine", "PowerMac10,1", "ppc"), "cpuinfo", "none", f"file:{CPUINFO}", "board 'PowerMac10,1'"),
    (board("system type", "EdgeRouter", "mips"), "cpuinfo", "none", f"file:{CPUINFO}", "board 'EdgeRouter'"),
    (board("uarch", "sifive,u74-mc", "riscv64"), "cpuinfo", "none", f"file:{CPUINFO}", "'sifive,u74-mc'"),
    (
        file(CPUINFO, "cpu\t: UltraSparc\ntype\t: sun4u\n", "sparc64"),
        "cpuinfo",
        "none",
        f"file:{CPUINFO}",
        "sun4u",
    ),
    (
        file(CPUINFO, "platform\t: Maple\n", "ppc64"),
        "cpuinfo",
        "none",
        f"file:{CPUINFO}",
        "platform is Maple",
    ),
    (board("platform", "pSeries", "ppc64"), "cpuinfo", "powervm", f"file:{CPUINFO}", "pSeries"),
    (
        file(CPUINFO, "platform\t: pSeries\nmachine\t: CHRP IBM pSeries (emulated by qemu)\n", "ppc64"),
        "cpuinfo",
        "vmm:qemu",
        f"file:{CPUINFO}",
        "emulated by QEMU",
    ),
    (file(CPUINFO, "vendor_id\t: PowerVM Lx86\n"), "cpuinfo", "lx86", f"file:{CPUINFO}", "Lx86"),
    (file(CPUINFO, "vendor_id\t: User Mode Linux\n"), "cpuinfo", "uml", f"file:{CPUINFO}", "User Mode"),
    (
        file(SYSINFO, "VM00 Control Program: Foo 1.0\n", "s390x"),
        "sysinfo",
        "other",
        f"file:{SYSINFO}",
        "'Foo 1.0'",
    ),
    (
        file("/proc/sysinfo", "LPAR Number: 3\n", "s390x"),
        "sysinfo",
        "lpar",
        "file:/proc/sysinfo",
        "partition",
    ),
    (record("sparc64").add("dir", "/dev", ["mdesc"]), "device", "ldoms", "dir:/dev", "/dev/mdesc"),
    (
        record("sparc64").add("dir", "/dev", ["mdesc"]).add("dir", "/sys/class/vlds", ["ctrl", "sp", "x"]),
        "device",
        "role:host",
        "dir:/sys/class/vlds",
        "control domain's services",
    ),
    # what the kernel found
    (log("Hypervisor detected: VMware"), "kernel-log", "vmware", KERNEL_LOG, "detected 'VMware'"),
    (log("Hypervisor detected: Microsoft Hyper-V"), "kernel-log", "hyperv", KERNEL_LOG, "Hyper-V"),
    (log("[ 0.0] Hypervisor detected: Nitro"), "kernel-log", "other", KERNEL_LOG, "detected 'Nitro'"),
    (log("Booting paravirtualized kernel on Xen PVH"), "kernel-log", "xen", KERNEL_LOG, "booted"),
    (clock("kvm-clock"), "clocksource", "kvm", f"file:{CLOCKS}", "kvm-clock is offered"),
    (clock("xen"), "clocksource", "xen", f"file:{CLOCKS}", "clock source xen"),
    (
        clock("hyperv_clocksource_msr"),
        "clocksource",
        "hyperv",
        f"file:{CLOCKS}",
        "hyperv_clocksource_msr",
    ),
    (record().call("uname -v", FOREIGN), "kernel", "illumos", call_id("uname -v"), "BrandZ"),
    (
        record().add("file", "/proc/1/environ", b"PATH=/\0container=zone\0"),
        "kernel",
        "illumos",
        "file:/proc/1/environ",
        "container=zone",
    ),
]


@pytest.mark.parametrize(("found", "signal", "points_to", "evidence", "words"), CASES)
def test_a_signal(found: Record, signal: str, points_to: str, evidence: str, words: str) -> None:
    (said,) = saying(found.facts(), signal, points_to)
    assert said.evidence == evidence
    assert words in said.says
    assert said.weight > 0
    assert said.points.text == points_to


SILENT: list[tuple[Record, str]] = [
    (record().leaf(0x40000000, "NobodyKnows"), "cpuid"),
    (file(f"{XEN}/type", "kvm\n"), "sys-hypervisor"),
    (file(f"{XEN}/properties/features", "000007ff\n"), "proc-xen"),
    (acpi("LENOVO"), "acpi"),
    (log("ACPI: FACP 0x7FFE1A2E 0000F4 without an oem"), "acpi"),
    (log("ACPI: DSDT 0x7FFE1A2E 0000F4 (v06 BOCHS  BXPC)"), "acpi"),
    (record().add("dir", "/sys/bus/acpi/devices", ["LNRO0005:00"]), "acpi"),
    (record().add("dir", "/sys/bus/xen/devices", ["console-0"]), "bus"),
    (record().add("dir", "/sys/bus/vmbus/devices", []), "bus"),
    (file(f"{TREE}/model", "linux,virt\0", "aarch64"), "device-tree"),
    (record("aarch64").add("dir", TREE, ["compatible"]), "device-tree"),
    (board("Hardware", "Generic DT based system"), "cpuinfo"),
    (board("Serial", "0000"), "cpuinfo"),
    (file(CPUINFO, "platform\t: Other\n", "ppc64"), "cpuinfo"),
    (record("x86_64").add("dir", "/dev", ["mdesc"]), "device"),
    (record("sparc64").add("dir", "/dev", ["null"]), "device"),
    (log("Booting paravirtualized kernel on bare hardware"), "kernel-log"),
    (clock("hpet"), "clocksource"),
    (record().call("uname -v", "#1 SMP"), "kernel"),
    (record().add("file", "/proc/1/environ", b"container=lxc\0"), "kernel"),
]


@pytest.mark.parametrize(("found", "signal"), SILENT)
def test_what_says_nothing(found: Record, signal: str) -> None:
    assert [one for one in found.facts().hypervisor.witnesses if one.signal == signal] == []


@pytest.mark.parametrize("services", [["ctrl"], ["sp"], ["x"]])
def test_a_domain_with_some_services_does_not_control_the_machine(services: list[str]) -> None:
    found = record("sparc64").add("dir", "/dev", ["mdesc"]).add("dir", "/sys/class/vlds", services)
    assert saying(found.facts(), "device", "ldoms")
    assert not saying(found.facts(), "device", "role:host")


def test_lines_of_the_log_that_speak_for_the_same_are_one_witness_which_quotes_the_first_word_known() -> None:
    found = log("kvm-clock: cpu 0, msr 1\nKVM setup pv remote TLB flush\nxen:events: Using FIFO-based ABI")
    (kvm,) = saying(found.facts(), "kernel-log", "kvm")
    assert kvm.says == "the kernel log says 'kvm-clock: cpu 0, msr 1'"
    assert saying(found.facts(), "kernel-log", "xen")


def test_a_name_of_cpuid_without_its_leaf_weighs_as_in_the_first(tmp_path: Path) -> None:
    """Only a higher range is beyond imitation, and of this name it is not known where it stood."""
    with_leaf, above = (
        saying(record().leaf(base, "KVMKVMKVM").facts(), "cpuid", "kvm")[0]
        for base in (0x40000000, 0x40000100)
    )
    printed = captured(tmp_path, {"commands/cpuid_hypervisor_signature.txt": "KVMKVMKVM"})
    (bare,) = saying(printed, "cpuid", "kvm")
    assert (bare.says, bare.evidence) == ("KVM (signature 'KVMKVMKVM')", output_id("cpuid-signature"))
    assert bare.weight == with_leaf.weight < above.weight


def test_a_board_under_a_hypervisor_is_no_physical_machine() -> None:
    tree = (
        record("aarch64")
        .file(f"{TREE}/model", "XENVM-4.17\0")
        .file(f"{TREE}/hypervisor/compatible", "xen,xen\0")
    )
    assert saying(tree.facts(), "device-tree", "xen")
    assert not saying(tree.facts(), "device-tree", "none")


def test_an_id_speaks_once_however_many_functions_have_it() -> None:
    guest = record().pci("0000:00:04.0", "1B36:000C").pci("0000:00:05.0", "1B36:000C")
    (said,) = saying(guest.facts(), "pci", "vmm:qemu")
    assert said.says.endswith("at 0000:00:04.0")


def test_the_subsystem_of_a_virtio_function_does_not_name_qemu() -> None:
    """virtio's own subsystem vendor is QEMU's, whoever offers the device."""
    guest = record().pci("0000:00:04.0", "1AF4:1041", "1AF4:1100")
    assert not saying(guest.facts(), "pci", "vmm:qemu")


def test_a_signature_answers_for_its_own_range_only() -> None:
    guest = record().add("cpuid", "40000100 0", Registers(0x40000001, 0x4B4D564B, 0x564B4D56, 0x4D))
    assert not saying(guest.facts(), "cpuid", "kvm")


# firmware


@pytest.mark.parametrize(
    ("names", "points_to", "words"),
    [
        # `*word` may stand anywhere
        ({"product_name": "Acme KVM"}, {"kvm", "vmm:qemu"}, "product_name is 'Acme KVM'"),
        ({"product_version": "RHEL 7.6 KVM"}, {"kvm", "vmm:qemu"}, "product_version is 'RHEL 7.6 KVM'"),
        ({"sys_vendor": "HITACHI", "product_name": "E57A3 LPAR"}, {"lpar"}, "'HITACHI' and product_name"),
        ({"sys_vendor": "Amazon EC2", "product_name": "c5.metal"}, {"none", "cloud:aws"}, "'c5.metal'"),
        ({"bios_version": "4.11.amazon"}, {"xen", "cloud:aws"}, "bios_version is '4.11.amazon'"),
        # `word$` is all of it
        ({"bios_vendor": "Xen"}, {"xen"}, "bios_vendor is 'Xen'"),
        ({"bios_vendor": "Xen Solutions"}, {"none"}, "names no hypervisor"),
        # the rest must begin so, with any of the words
        ({"bios_vendor": "BOCHS"}, {"vmm:qemu"}, "'BOCHS'"),
        ({"bios_vendor": "Super Bochs"}, {"none"}, "names no hypervisor"),
        ({"sys_vendor": "Akamai"}, {"kvm", "vmm:qemu", "cloud:linode"}, "'Akamai'"),
        # all fields of a rule, not one of them
        ({"sys_vendor": "Xen", "product_name": "PowerEdge"}, {"none"}, "names 'Xen'"),
        ({"sys_vendor": "Nutanix", "product_name": "AHV"}, {"kvm", "vmm:ahv"}, "'Nutanix' and"),
        # `?`: the other field is not recorded, and this one is enough
        ({"sys_vendor": "Xen"}, {"xen"}, "sys_vendor is 'Xen'"),
        ({"product_name": "HVM domU"}, {"xen"}, "product_name is 'HVM domU'"),
        ({"product_name": "Virtual Machine"}, {"guest"}, "product_name is 'Virtual Machine'"),
        ({"product_version": "Hyper-V UEFI Release v4.1"}, {"hyperv"}, "'Hyper-V UEFI Release v4.1'"),
        ({"product_name": "Apple Virtualization Generic Platform"}, {"apple"}, "'Apple Virtualization"),
        ({"product_name": "Alibaba Cloud ECS"}, {"kvm", "cloud:alibaba"}, "'Alibaba Cloud ECS'"),
        ({"product_name": "Ubuntu 18.04 PC (i440FX + PIIX, 1996)"}, {"vmm:qemu"}, "'Ubuntu 18.04 PC"),
        # what small clouds call their machines
        ({"sys_vendor": "Acme", "product_name": "VPS"}, {"guest"}, "product_name is 'VPS'"),
        # a cloud's name, which its whole machines have too, and no product
        ({"sys_vendor": "Alibaba Cloud"}, {"cloud:alibaba"}, "'Alibaba Cloud'"),
    ],
)
def test_names_in_the_firmware(names: dict[str, str], points_to: set[str], words: str) -> None:
    spoken = [one for one in record().dmi(**names).facts().hypervisor.witnesses if one.signal == "dmi"]
    loudest = [one for one in spoken if one.weight == max(each.weight for each in spoken)]
    assert {one.points_to for one in loudest} == points_to
    assert all(words in one.says for one in loudest)


def test_the_evidence_of_a_name_is_the_file_that_holds_it() -> None:
    guest = record().dmi(product_name="VirtualBox", bios_vendor="innotek GmbH").facts()
    held = {one.evidence for one in saying(guest, "dmi", "virtualbox")}
    assert held == {"file:/sys/class/dmi/id/product_name", "file:/sys/class/dmi/id/bios_vendor"}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"sys_vendor": "Dell Inc."}, "the firmware names 'Dell Inc.', no"),
        ({"sys_vendor": "To be filled by O.E.M.", "product_name": "X10"}, "the firmware names 'X10', no"),
        ({"sys_vendor": "Default string", "board_vendor": "ASRock"}, "the firmware names 'ASRock', no"),
        ({"sys_vendor": "System manufacturer"}, "the firmware names no hypervisor"),
        ({"bios_vendor": "American Megatrends"}, "the firmware names no hypervisor"),
    ],
)
def test_whose_the_firmware_is_where_it_names_no_hypervisor(names: dict[str, str], said: str) -> None:
    (witness,) = saying(record().dmi(**names).facts(), "dmi", "none")
    assert witness.says.startswith(said)
    assert witness.evidence.removeprefix("file:/sys/class/dmi/id/") in names


@pytest.mark.parametrize("names", [{"sys_vendor": "QEMU"}, {"sys_vendor": "Acme", "product_name": "KVM"}, {}])
def test_firmware_that_names_a_hypervisor_or_nothing_speaks_for_no_metal(names: dict[str, str]) -> None:
    assert not saying(record().dmi(**names).facts(), "dmi", "none")


def test_a_cloud_alone_is_no_hypervisor() -> None:
    """OVH rents out guests and whole machines under one name."""
    facts = record().dmi(sys_vendor="OVHcloud", product_name="SP-64").facts()
    assert (facts.hypervisor.kind, facts.hypervisor.cloud) == ("none", "ovh")


def test_names_stand_together_in_the_kernel_log() -> None:
    """`DMI: VENDOR PRODUCT/BOARD, BIOS …`: the product is found inside, the vendor at the beginning only."""
    facts = log("DMI: Red Hat KVM, BIOS 0.5.1 01/01/2011").facts()
    assert {one.points_to for one in facts.hypervisor.witnesses if one.signal == "dmi"} == {"kvm", "vmm:qemu"}
    assert saying(facts, "dmi", "kvm")[0].evidence == KERNEL_LOG
    acme = log("DMI: Acme QEMU/Board, BIOS 1.0").facts()
    assert [one.says.partition(" is ")[0] for one in saying(acme, "dmi", "vmm:qemu")] == ["product_name"]


@pytest.mark.parametrize(
    ("field", "text", "points_to"),
    [
        ("chassis_vendor", "QEMU", "vmm:qemu"),
        ("chassis_asset_tag", "OracleCloud", "cloud:oracle"),
        ("board_name", "VirtualBox", "virtualbox"),
        ("product_uuid", "ec2e1916-9099-7caf-fd21-012345abcdef", "cloud:aws"),
        ("bios_version", "Hyper-V UEFI Release v4.1", "hyperv"),
    ],
)
def test_each_field_of_the_firmware_is_read(field: str, text: str, points_to: str) -> None:
    assert saying(record().dmi(**{field: text}).facts(), "dmi", points_to)


@pytest.mark.parametrize(
    ("section", "field", "text", "points_to"),
    [
        ("BIOS Information", "Vendor", "innotek GmbH", "virtualbox"),
        ("BIOS Information", "Version", "VirtualBox Hyper-V", None),
        ("System Information", "Manufacturer", "QEMU", "vmm:qemu"),
        ("System Information", "Product Name", "BHYVE", "bhyve"),
        ("System Information", "Version", "pc-q35-7.2", "vmm:qemu"),
        ("System Information", "UUID", "EC2E1916-9099", "cloud:aws"),
        ("System Information", "Family", "Red Hat OpenStack", "kvm"),
        ("Base Board Information", "Product Name", "Apple Virtualization", "apple"),
        ("Chassis Information", "Manufacturer", "QEMU", "vmm:qemu"),
        ("Chassis Information", "Asset Tag", "7783-7084-3265-9085-8269-3286-77", "cloud:azure"),
        ("Processor Information", "Manufacturer", "QEMU", "vmm:qemu"),
        ("Processor Information", "Version", "pc-i440fx-2.1", "vmm:qemu"),
        ("Memory Device", "Manufacturer", "QEMU", None),
    ],
)
def test_each_section_that_dmidecode_printed_is_read(
    tmp_path: Path, section: str, field: str, text: str, points_to: str | None
) -> None:
    printed = f"Handle 0x0001, DMI type 1, 27 bytes\n{section}\n\t{field}: {text}\n\tWake-up Type:\n"
    facts = captured(tmp_path, {"commands/dmidecode.txt": printed + f"\n{section}\n\t{field}: a second\n"})
    virtual = {one.points_to for one in facts.hypervisor.witnesses if one.signal == "dmi"} - {"none"}
    assert (points_to in virtual) if points_to else not virtual


@pytest.mark.parametrize(
    "name",
    ["linux,dummy-virt", "QEMU Malta", "KVM guest", "Generic DT based system", "pSeries", "emulated x"],
)
def test_a_board_that_is_made_up_is_no_physical_machine(name: str) -> None:
    assert not saying(board("Hardware", name).facts(), "cpuinfo", "none")
    assert not saying(file(f"{TREE}/model", name, "aarch64").facts(), "device-tree", "none")


# records of others, which hold what programs printed


@pytest.mark.parametrize(
    ("files", "signal", "points_to", "evidence"),
    [
        ({"lscpu": "Hypervisor vendor:  KVM\n"}, "lscpu", "kvm", output_id("lscpu")),
        (
            {"lscpu": "Hypervisor vendor: Xen\nVirtualization type: none\n"},
            "lscpu",
            "role:host",
            output_id("lscpu"),
        ),
        (
            {"lscpu": "Architecture: x86_64\nCPU(s): 1\nNUMA node0 CPU(s): 0\n"},
            "lscpu",
            "none",
            output_id("lscpu"),
        ),
        (
            {"lspci": "00:02.0 VGA: InnoTek Systemberatung GmbH Adapter\n"},
            "lspci",
            "virtualbox",
            output_id("lspci"),
        ),
        ({"lspci": "00:03.0 Ethernet: Red Hat, Inc. Virtio network\n"}, "lspci", "guest", output_id("lspci")),
        ({"lspci": "00:02.0 VGA: Red Hat, Inc. QXL\n"}, "lspci", "vmm:qemu", output_id("lspci")),
        ({"cpuid_hypervisor_signature": "bhyve bhyve \n"}, "cpuid", "bhyve", output_id("cpuid-signature")),
        ({"dmesg": "Hypervisor detected: KVM\n"}, "kernel-log", "kvm", KERNEL_LOG),
        (
            {"dmidecode": "System Information\n\tManufacturer: QEMU\n"},
            "dmi",
            "vmm:qemu",
            output_id("dmidecode"),
        ),
    ],
)
def test_what_programs_printed(
    tmp_path: Path, files: dict[str, str], signal: str, points_to: str, evidence: str
) -> None:
    facts = captured(tmp_path, {f"commands/{name}.txt": text for name, text in files.items()})
    assert [one.evidence for one in saying(facts, signal, points_to)] == [evidence]


@pytest.mark.parametrize(
    "text",
    [
        "Architecture: x86_64\nFlags: fpu vmx\n",  # new enough to list flags, which say more
        "Architecture: aarch64\n",
        "Architecture: x86_64\nVirtualization type: container\nHypervisor vendor: KVM\n",
    ],
)
def test_what_lscpu_does_not_say(tmp_path: Path, text: str) -> None:
    facts = captured(tmp_path, {"commands/lscpu.txt": text})
    assert [one for one in facts.hypervisor.witnesses if one.signal == "lscpu"] == []


def test_disks_call_themselves_by_name_where_their_folders_were_not_recorded(tmp_path: Path) -> None:
    scsi = "Attached devices:\nHost: scsi0 Channel: 00\n  Vendor: VMware   Model: Virtual disk\n"
    facts = captured(tmp_path, {"root/proc/scsi/scsi": scsi, "root/proc/ide/hda/model": "VBOX HARDDISK\n"})
    assert saying(facts, "disk", "vmware")[0].evidence == "file:/proc/scsi/scsi"
    assert saying(facts, "disk", "virtualbox")[0].evidence == "file:/proc/ide/hda/model"


def test_a_machine_whose_disks_are_seen_is_not_asked_for_their_names() -> None:
    machine = record().add("dir", "/sys/class/block", []).file("/proc/scsi/scsi", "Vendor: VMware\n")
    assert not saying(machine.facts(), "disk", "vmware")


def test_what_a_program_printed_is_heard_from_every_record_that_holds_it() -> None:
    told = record().run("lscpu", "Hypervisor vendor: KVM\n").facts().hypervisor.witnesses
    assert [one.says for one in told] == ["lscpu named the hypervisor vendor 'KVM'"]
