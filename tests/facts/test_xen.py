"""Xen's modes, its version and its control domain, from whichever of its marks a record holds."""

from pathlib import Path

import pytest

from tests.machines.record import Record, captured, record
from vaudit.evidence.source import Entry, Registers
from vaudit.model.facts import HypervisorMode

XEN = "/sys/hypervisor"
PLATFORM = ("0000:00:02.0", "5853:0001", "5853:0001", "ff8000")
NO_FIRMWARE = Entry("file", "/sys/class/dmi/id/sys_vendor", "absent")
VERSION = Registers(4 << 16 | 19, 0, 0, 0)
AUTO_TRANSLATED, DOM0 = 1 << 2, 1 << 11


def guest() -> Record:
    return record().file(f"{XEN}/type", "xen\n")


def hvm() -> Record:
    """A guest in which the CPUID instruction itself is answered by Xen."""
    return guest().leaf(0x40000000, "XenVMMXenVMM")


def featured(features: int) -> Record:
    return guest().file(f"{XEN}/properties/features", f"{features:08x}\n")


@pytest.mark.parametrize(
    ("found", "mode"),
    [
        # the kernel names it, at once or in its log
        (guest().file(f"{XEN}/guest_type", "PVH\n"), "pvh"),
        (guest().file(f"{XEN}/guest_type", "HVM\n").log("Booting paravirtualized kernel on Xen\n"), "hvm"),
        (guest().log("Booting paravirtualized kernel on Xen PVH\n"), "pvh"),
        (guest().log("Booting paravirtualized kernel on Xen HVM\n"), "hvm"),
        # a kernel of EL6 calls that Xen alone in an HVM guest too, which has the platform device
        (guest().log("Booting paravirtualized kernel on Xen\n"), "pv"),
        (guest().log("Booting paravirtualized kernel on Xen\n").pci(*PLATFORM), "hvm"),
        # a mode that nobody has heard of is passed over
        (guest().file(f"{XEN}/guest_type", "PVX\n").pci(*PLATFORM), "hvm"),
        # features and devices tell
        (guest(), "pv"),
        (guest().pci(*PLATFORM), "hvm"),
        (guest().dmi(sys_vendor="Xen", product_name="HVM domU"), "hvm"),
        (featured(AUTO_TRANSLATED).pci(*PLATFORM), "hvm"),
        (hvm().pci(*PLATFORM), "hvm"),
        # PVH has neither firmware nor a PCI bus, where both were looked for
        (hvm().answer(NO_FIRMWARE), "pvh"),
        (hvm().answer(NO_FIRMWARE).pci(*PLATFORM), "hvm"),
        (hvm(), "hvm"),
        # a control domain is PV, or PVH where Xen translates its memory; it sees the machine's devices
        (featured(DOM0).dmi(sys_vendor="Dell Inc."), "pv"),
        (featured(DOM0 | AUTO_TRANSLATED).dmi(sys_vendor="Dell Inc."), "pvh"),
    ],
)
def test_the_mode_of_a_domain(found: Record, mode: HypervisorMode) -> None:
    assert found.facts().hypervisor.mode == mode


@pytest.mark.parametrize(("said", "mode"), [("full", "hvm"), ("para", "pv"), ("none", "pv")])
def test_the_mode_that_lscpu_printed(tmp_path: Path, said: str, mode: HypervisorMode) -> None:
    text = f"Hypervisor vendor: Xen\nVirtualization type: {said}\n"
    assert captured(tmp_path, {"commands/lscpu.txt": text}).hypervisor.mode == mode


@pytest.mark.parametrize(
    ("parts", "version"),
    [
        ({"major": "4", "minor": "17", "extra": ".3-pre"}, "4.17.3-pre"),
        ({"major": "4", "minor": "14"}, "4.14"),
        ({"major": "4"}, None),
        ({}, None),
    ],
)
def test_the_version_that_the_kernel_shows(parts: dict[str, str], version: str | None) -> None:
    found = guest()
    for name, text in parts.items():
        found.file(f"{XEN}/version/{name}", text + "\n")
    assert found.facts().hypervisor.version == version


@pytest.mark.parametrize("base", [0x40000000, 0x40000100])
def test_the_version_in_the_leaf_behind_xens_name(base: int) -> None:
    """Behind Hyper-V's interface, which Xen offers to Windows, its own range moves up."""
    found = record().leaf(0x40000000, "Microsoft Hv").leaf(base, "XenVMMXenVMM")
    found.add("cpuid", f"{base + 1:x} 0", VERSION)
    assert (found.facts().hypervisor.kind, found.facts().hypervisor.version) == ("xen", "4.19")


def test_another_hypervisor_has_no_version_of_xens() -> None:
    found = record().leaf(0x40000000, "KVMKVMKVM").add("cpuid", "40000001 0", VERSION)
    assert found.facts().hypervisor.version is None


def test_xen_behind_its_prefix_is_asked_for_only_where_xen_has_shown_itself() -> None:
    answer = Registers(0x40000005, 0x566E6558, 0x65584D4D, 0x4D4D566E)
    shown = record().add("dir", "/proc/xen", []).add("cpuid-xen", "40000000 0", answer)
    (said,) = (one for one in shown.facts().hypervisor.witnesses if "prefix" in one.says)
    assert (said.signal, said.evidence) == ("cpuid", "cpuid-xen:40000000 0")
    silent = record().add("cpuid-xen", "40000000 0", answer)
    assert silent.facts().hypervisor.witnesses == []


# what Xen alone can show


def test_what_xen_alone_shows_outweighs_what_lies_beneath() -> None:
    pv = record().file("/proc/xen/capabilities", "").file(f"{XEN}/properties/features", "00000000\n")
    facts = pv.leaf(0x40000000, "VMwareVMware").facts()
    assert (facts.hypervisor.kind, facts.hypervisor.mode, facts.hypervisor.beneath) == ("xen", "pv", "vmware")


def test_a_physical_makers_firmware_under_xen_is_not_hvm() -> None:
    facts = guest().dmi(sys_vendor="Dell Inc.", product_name="PowerEdge R640").facts()
    assert facts.hypervisor.mode == "pv"


def test_what_the_kernel_says_of_meltdown() -> None:
    meltdown = "/sys/devices/system/cpu/vulnerabilities/meltdown"
    facts = record().file(meltdown, "Unknown (XEN PV detected, hypervisor mitigation required)\n").facts()
    assert (facts.hypervisor.kind, facts.hypervisor.mode) == ("xen", "pv")
    assert record().file(meltdown, "Mitigation: PTI\n").facts().hypervisor.kind == "unknown"


def test_drivers_that_register_only_in_a_domain() -> None:
    for name in ("vbd", "vif"):
        facts = record().add("dir", "/sys/bus/xen/drivers", [name]).facts()
        assert (facts.hypervisor.kind, facts.hypervisor.role) == ("xen", "guest")
    assert record().add("dir", "/sys/bus/xen/drivers", ["xenconsole"]).facts().hypervisor.kind == "unknown"


def test_a_pv_domain_that_sees_the_machines_firmware_is_the_control_domain() -> None:
    dell = {"sys_vendor": "Dell Inc.", "product_name": "PowerEdge R640"}
    facts = guest().dmi(**dell).facts()
    assert (facts.hypervisor.mode, facts.hypervisor.role) == ("pv", "host")
    # unless it says itself that it is not
    denies = guest().dmi(**dell).file("/proc/xen/capabilities", "")
    assert denies.facts().hypervisor.role == "guest"
    assert record().dmi(**dell).log("Booting paravirtualized kernel on Xen").facts().hypervisor.role == "host"
    assert guest().dmi(sys_vendor="Xen", product_name="HVM domU").facts().hypervisor.role == "guest"


@pytest.mark.parametrize(("mode", "vmm"), [("HVM", "qemu"), ("PVH", None), ("PV", None)])
def test_only_a_guest_with_emulated_devices_has_somebody_who_serves_them(mode: str, vmm: str | None) -> None:
    found = guest().file(f"{XEN}/guest_type", mode).add("dir", "/sys/firmware/qemu_fw_cfg", ["rev"])
    assert found.facts().hypervisor.vmm == vmm


def test_a_control_domain_leaves_the_processor_to_xen() -> None:
    facts = featured(DOM0).cpu(hypervisor=True).facts()
    assert facts.cpu.hw_virt_state == "unknown"
    assert "Xen runs here" in facts.cpu.hw_virt_because
    able = featured(DOM0).file(f"{XEN}/properties/capabilities", "xen-3.0-x86_64 hvm-3.0-x86_64 ").facts()
    assert able.cpu.hw_virt_state == "usable"
    unable = featured(DOM0).file(f"{XEN}/properties/capabilities", "xen-3.0-x86_64 ").facts()
    assert (unable.cpu.hw_virt_state, "without it" in unable.cpu.hw_virt_because) == ("unknown", True)
    assert guest().cpu(hypervisor=True).facts().cpu.hw_virt_state == "hidden"


QEMU = {"sys_vendor": "QEMU", "product_name": "Standard PC (i440FX + PIIX, 1996)"}


@pytest.mark.parametrize(
    "found",
    [
        record().log("Hypervisor detected: Xen HVM\n"),
        hvm().log("Booting paravirtualized kernel on Xen HVM\n").pci(*PLATFORM),
    ],
)
def test_kvm_imitates_xen(found: Record) -> None:
    """QEMU 8.0 and later, -accel kvm,xen-version=…: hvmloader, which names Xen in SMBIOS, is not run."""
    told = found.dmi(**QEMU).facts().hypervisor
    assert (told.kind, told.role, told.vmm) == ("kvm", "guest", "qemu")
    assert any("set aside" in one.says for one in told.witnesses)
    assert found.dmi(sys_vendor="Xen", product_name="HVM domU").facts().hypervisor.kind == "xen"


@pytest.mark.parametrize("mode", ["PV", "PVH"])
def test_xen_that_runs_in_qemu_is_no_imitation(mode: str) -> None:
    told = featured(DOM0).file(f"{XEN}/guest_type", f"{mode}\n").dmi(**QEMU).facts().hypervisor
    assert (told.kind, told.role) == ("xen", "host")
