"""The processor is believed before a name; what speaks for hardware, and what does not silence it."""

import pytest

from tests.machines.record import Record, captured, record
from vaudit.model.facts import Facts

FLAGS = "fpu vme sse2 lm vmx ept nopl"
GOOGLE = {"sys_vendor": "Google", "product_name": "Google Compute Engine", "bios_vendor": "Google"}
ALIBABA = {"sys_vendor": "Alibaba Cloud", "product_name": "Alibaba Cloud ECS"}


def said(facts: Facts) -> tuple[str, str]:
    return facts.hypervisor.kind, facts.hypervisor.role


def listed(*, hypervisor: bool = False) -> Record:
    return record().cpu(flags=f"{FLAGS} hypervisor" if hypervisor else FLAGS)


# clouds


@pytest.mark.parametrize(
    ("names", "cloud"),
    [(GOOGLE, "gcp"), (ALIBABA, "alibaba"), ({"sys_vendor": "DigitalOcean"}, "digitalocean")],
)
def test_a_whole_machine_of_a_cloud_under_the_names_of_its_guests(names: dict[str, str], cloud: str) -> None:
    for metal in (record().cpu(hypervisor=False), listed()):
        facts = metal.dmi(**names).facts()
        assert said(facts) == ("none", "none")
        assert (facts.hypervisor.cloud, facts.hypervisor.vmm) == (cloud, None)
    guest = listed(hypervisor=True).dmi(**names).facts()
    assert (said(guest), guest.hypervisor.cloud) == (("kvm", "guest"), cloud)


def test_a_clouds_own_devices_are_on_its_whole_machines_too() -> None:
    metal = listed().dmi(**GOOGLE).pci("0000:00:00.0", "8086:09a2", class_="60000")
    metal.pci("0000:05:00.0", "1ae0:0042").pci("0000:06:00.0", "1ae0:001f")
    assert said(metal.facts()) == ("none", "none")


def test_a_clouds_own_devices_behind_the_chipset_that_vmms_copy_are_a_guests() -> None:
    """A machine of 1996 has no NVMe; the record shows neither CPUID nor firmware."""
    for card in ("1d0f:8061", "1ae0:0042"):
        guest = record().pci("0000:00:00.0", "8086:1237", class_="60000").pci("0000:00:04.0", card)
        assert guest.facts().hypervisor.role == "guest"
    old = record().pci("0000:00:00.0", "8086:1237", class_="60000").pci("0000:00:04.0", "8086:1229")
    assert old.facts().hypervisor.role == "none"


def test_virtio_of_a_card_on_a_chipset_is_no_hypervisor() -> None:
    metal = (
        listed()
        .dmi(**ALIBABA)
        .pci("0000:00:00.0", "8086:09a2", class_="60000")
        .pci("0000:17:00.0", "1af4:1001")
    )
    facts = metal.facts()
    assert said(facts) == ("none", "none")
    assert facts.hypervisor.cloud == "alibaba"


@pytest.mark.parametrize("bridge", ["8086:1237", "8086:29c0", "8086:7190"])
def test_virtio_behind_a_copied_chipset_is_a_guests_whatever_else_is_hidden(bridge: str) -> None:
    """A guest made to look like its owner's machine: names and the flag say so, devices do not."""
    hidden = listed().dmi(sys_vendor="ASUSTeK COMPUTER INC.", product_name="PRIME Z370-A")
    hidden.pci("0000:00:00.0", bridge, class_="60000").pci("0000:00:01.0", "1af4:1000")
    found = hidden.facts().hypervisor
    assert (found.role, found.confidence in ("none", "weak", "likely")) == ("guest", True)
    assert found.kind != "none"


def test_a_guest_that_hides_the_flag_stays_a_guest() -> None:
    assert (
        said(listed().dmi(sys_vendor="QEMU", product_name="Standard PC (Q35 + ICH9, 2009)").facts())[0]
        == "kvm"
    )


def test_on_arm_the_product_decides() -> None:
    guest = record("aarch64").dmi(**ALIBABA).facts()
    metal = record("aarch64").dmi(sys_vendor="Alibaba Cloud", product_name="Alibaba Cloud").facts()
    assert (said(guest), guest.hypervisor.cloud) == (("kvm", "guest"), "alibaba")
    assert (said(metal), metal.hypervisor.cloud) == (("none", "none"), "alibaba")


# firmware projects


@pytest.mark.parametrize(
    "project", ["EFI Development Kit II / Sophgo", "EFI Development Kit II", "EDK II", "SeaBIOS", "coreboot"]
)
def test_a_firmware_project_does_not_silence_a_maker(project: str) -> None:
    board = record("riscv64").dmi(sys_vendor="SOPHGO", product_name="SG2042", bios_vendor=project)
    assert said(board.facts()) == ("none", "none")


@pytest.mark.parametrize(
    "build",
    [
        "EFI Development Kit II / OVMF",
        "EFI Development Kit II / ArmVirtQemu",
        "Proxmox distribution of EDK II",
    ],
)
def test_builds_of_it_for_qemu_alone_do(build: str) -> None:
    facts = record().dmi(sys_vendor="Contoso", product_name="VPS", bios_vendor=build).facts()
    assert (said(facts), facts.hypervisor.vmm) == (("kvm", "guest"), "qemu")


def test_a_maker_is_no_argument_where_a_hypervisor_is_certain() -> None:
    guest = listed(hypervisor=True).dmi(sys_vendor="Contoso", bios_vendor="SeaBIOS").facts()
    assert (said(guest), guest.hypervisor.vmm) == (("kvm", "guest"), "qemu")


def test_virtualbox_with_the_names_of_its_host() -> None:
    names = {"sys_vendor": "LENOVO", "product_name": "20KG", "board_vendor": "Oracle Corporation"}
    assert said(record().dmi(**names).facts()) == ("virtualbox", "guest")
    assert said(record().dmi(**{**names, "sys_vendor": "Oracle Corporation"}).facts()) == ("none", "none")


# the chipset


@pytest.mark.parametrize("bridge", ["8086:0e00", "1022:1480", "17cb:0113", "0014:7a00", "1e30:2042"])
def test_a_chipset_speaks_for_metal(bridge: str) -> None:
    facts = record("").pci("0000:00:00.0", bridge, class_="60000").facts()
    assert said(facts) == ("none", "none")


@pytest.mark.parametrize(
    "bridge",
    [
        "8086:1237",
        "8086:29c0",
        "8086:7190",
        "8086:7192",
        "1b36:0008",
        "8086:0d57",
        "1d0f:0200",
        "106b:1a05",
        "1275:1275",
    ],
)
def test_a_bridge_that_is_offered_to_guests_does_not(bridge: str) -> None:
    assert record().pci("0000:00:00.0", bridge, class_="60000").facts().hypervisor.kind != "none"


def test_a_virtual_device_overrules_the_chipset() -> None:
    emulated = record("ppc").pci("0000:00:00.0", "ffff:0001", class_="60000").pci("0000:00:0e.0", "1234:1111")
    assert emulated.facts().hypervisor.kind != "none"
    flagged = listed(hypervisor=True).pci("0000:00:00.0", "8086:0e00", class_="60000")
    assert said(flagged.facts()) == ("unknown", "guest")


def test_what_partitions_are_given_is_no_chipset() -> None:
    assert (
        record("ppc64le").pci("0000:00:00.0", "15b3:1017", class_="60400").facts().hypervisor.kind
        == "unknown"
    )


# the clock


def test_a_driver_that_sets_the_clock_speaks_for_metal() -> None:
    path = "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver"
    assert said(record("ppc64le").file(path, "powernv-cpufreq\n").facts()) == ("none", "none")
    assert record("aarch64").file(path, "virtual-cpufreq\n").facts().hypervisor.kind == "unknown"
    guest = record("aarch64").file(path, "cppc_cpufreq\n").add("dir", "/sys/bus/virtio/devices", ["virtio0"])
    assert said(guest.facts()) == ("unknown", "guest")


def test_lspci_alone_of_a_whole_server(tmp_path) -> None:
    text = "00:00.0 Host bridge [0600]: Intel Corporation Xeon E5 DMI2 [8086:0e00] (rev 04)\n"
    assert said(captured(tmp_path, {"commands/lspci-nnk.txt": text})) == ("none", "none")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("00:00.0 Host bridge: Intel Corporation Xeon E5/Core i7 DMI2 (rev 07)\n", "none"),
        ("00:00.0 Host bridge: Advanced Micro Devices, Inc. [AMD] Starship/Matisse Root Complex\n", "none"),
        ("00:00.0 Host bridge: Intel Corporation 440FX - 82441FX PMC [Natoma] (rev 02)\n", "unknown"),
        ("00:00.0 Host bridge: Intel Corporation 82G33/G31/P35/P31 Express DRAM Controller\n", "unknown"),
        (
            "00:00.0 Host bridge: Intel Corporation Xeon E5/Core i7 DMI2 (rev 07)\n"
            "00:03.0 Ethernet controller: Red Hat, Inc. Virtio network device\n",
            "unknown",
        ),
    ],
)
def test_a_chipset_by_its_name(tmp_path, text: str, kind: str) -> None:
    assert captured(tmp_path, {"commands/lspci.txt": text}).hypervisor.kind == kind


def test_a_list_that_was_cut_by_hand_denies_nothing() -> None:
    for cut in ("...", "[...]", "…"):
        facts = record().file("/proc/cpuinfo", f"flags\t: fpu vme sse2 {cut}\n").facts()
        assert facts.cpu.hypervisor_flag is None


def test_a_leaf_that_repeats_what_was_there_says_nothing() -> None:
    """A VIA C3 knows leaf 1 only, and leaves ECX as it was."""
    from vaudit.evidence.source import Registers

    old = record().add("cpuid", "0 0", Registers(1, 0, 0, 0))
    old.add("cpuid", "1 0", Registers(0x680, 0, 0x8000_0020, 0)).add(
        "cpuid", "80000000 0", Registers(0, 0, 0x8000_0020, 0)
    )
    facts = old.facts()
    assert (facts.cpu.hypervisor_flag, facts.cpu.hw_virt) == (None, None)


def test_a_table_that_dmidecode_dumped_has_its_entry_point_before_it() -> None:
    from vaudit.facts.smbios import parse

    system = bytes([1, 0x1B, 1, 0, 1, 2, 0, 0]) + bytes(19) + b"QEMU\0VPS\0\0"
    for anchor in (b"_SM3_", b"_SM_"):
        assert parse(anchor.ljust(0x20, b"\0") + system, "x").values["sys_vendor"] == "QEMU"


# what a list of an old kernel says by its silence


OLD = "fpu vme de pse tsc msr pae mce cx8 apic sep cmov mmx fxsr sse sse2 ht syscall nx lm pni cx16 lahf_lm"


@pytest.mark.parametrize(
    ("flags", "kind", "flag"),
    [
        (OLD, "unknown", None),  # as 2.6.18 lists them in a guest of Hyper-V, too
        (f"{OLD} vmx est", "unknown", None),  # and in one of Xen PV, which sees the machine's own
        (f"{OLD} monitor", "none", False),  # hypervisors hide it
        (f"{OLD} nopl", "none", False),  # newer kernels list the hypervisor flag too
    ],
)
def test_a_kernel_that_never_lists_the_flag_does_not_deny_it(
    flags: str, kind: str, flag: bool | None
) -> None:
    facts = record().file("/proc/cpuinfo", f"flags\t\t: {flags}\n").facts()
    assert (facts.hypervisor.kind, facts.cpu.hypervisor_flag) == (kind, flag)


def test_a_mac_that_the_kernel_does_not_know_is_qemus() -> None:
    """QEMU's board of a G4 takes a G5's processor, which no Mac of the kernel's list has."""
    mac = "cpu\t\t: PPC970\nplatform\t: PowerMac\nmachine\t\t: PowerMac3,1\n"
    known = "detected as\t: 65 (PowerMac G4 AGP Graphics)\n"
    assert said(record("ppc64").file("/proc/cpuinfo", f"{mac}{known}").facts()) == ("none", "none")
    unknown = record("ppc64").file("/proc/cpuinfo", f"{mac}detected as\t: 0 ((null))\n").facts()
    assert said(unknown) == ("qemu", "guest")
