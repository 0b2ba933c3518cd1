"""The kernel log in the spellings of its versions, alone: the second most pasted evidence."""

from pathlib import Path

import pytest

from tests.machines.record import Record, captured, record
from vaudit.model.facts import Facts


def said(facts: Facts) -> tuple[str, str]:
    return facts.hypervisor.kind, facts.hypervisor.role


def log(*lines: str) -> Record:
    return record().log(*lines)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Booting paravirtualized kernel on KVM", "kvm"),
        ("kvm-clock: Using msrs 4b564d01 and 4b564d00", "kvm"),
        ("clocksource: Switched to clocksource kvm-clock", "kvm"),
        ("kvm-guest: stealtime: cpu 0, msr 13bc2c080", "kvm"),
        ("KVM setup async PF for cpu 0", "kvm"),
        ("Booting paravirtualized kernel on VMware hypervisor", "vmware"),
        ("vmware: TSC freq read from hypervisor : 2399.999 MHz", "vmware"),
        ("scsi 0:0:0:0: Direct-Access     VMware   Virtual disk     1.0  PQ: 0 ANSI: 2", "vmware"),
        ("hv_vmbus: Vmbus version:5.2", "hyperv"),
        ("Hyper-V: privilege flags low 0x2e7f, high 0x3b8030, hints 0x2c2c", "hyperv"),
        ("hyperv_drm 5620e0c7-8062-4dce: [drm] Synthvid Version major 3, minor 5", "hyperv"),
        ("hv_utils: Heartbeat IC version 3.0", "hyperv"),
        ("hv_balloon: Max. dynamic memory size: 1048576 MB", "hyperv"),
        ("vmw_vmci 0000:00:07.7: Using capabilities 0x1c", "vmware"),
        ("vboxguest: host-version: 6.1.26r145957 0x8000000f", "virtualbox"),
        ("ata1.00: ATA-6: VBOX HARDDISK, 1.0, max UDMA/133", "virtualbox"),
        ("ata1.00: ATA-7: QEMU HARDDISK, 2.5+, max UDMA/100", "kvm"),
        ("DMI: QEMU Standard PC (i440FX + PIIX, 1996), BIOS rel-1.16.2-0-gea1b7a073390 04/01/2014", "kvm"),
        ("DMI: Acme Rack/Board, BIOS rel-1.16.2-0-gea1b7a073390-prebuilt.qemu.org 04/01/2014", "kvm"),
        ("ACPI: RSDP 0x00000000000F5AA0 000014 (v00 BOCHS )", "kvm"),
        ("ACPI: XSDT 00000000fc00f710 00005C (v01    Xen      HVM 00000000 HVML 00000000)", "xen"),
        ("ACPI: FACP 0x000000003FFFE040 0000F4 (v04 QEMU   QEMUFACP 00000001)", "kvm"),
        ("smccc: KVM: hypervisor services detected (0x00000000 0x00000000 0x00000000 0x00000003)", "kvm"),
        ("setup: Linux is running as a z/VM guest operating system in 64-bit mode", "zvm"),
        ("setup: Linux is running under KVM in 64-bit mode", "kvm"),
        ("setup: Linux is running natively in 64-bit mode", "lpar"),
        ("Xen version: 3.3.1-rc4 (preserve-AD)", "xen"),
        ("xen:events: Using FIFO-based ABI", "xen"),
        ("systemd[1]: Detected virtualization kvm.", "kvm"),
        ("systemd[1]: Detected virtualization 'microsoft'.", "hyperv"),
        ("systemd[1]: Detected virtualization oracle.", "virtualbox"),
    ],
)
@pytest.mark.parametrize("prefix", ["", "[    0.000000] ", "Dec 11 09:44:20 host kernel: "])
def test_a_line_alone(prefix: str, line: str, kind: str) -> None:
    assert said(log(prefix + line).facts()) == (kind, "guest")


@pytest.mark.parametrize(
    ("line", "mode"),
    [
        ("Xen virtual console successfully installed as xvc0", "pv"),
        ("Linux version 2.6.18-308.el5xen (mockbuild@builder10.centos.org) (gcc version 4.1.2)", "pv"),
        ("Linux version 2.6.16.60-0.21-xen (geeko@buildhost)", "pv"),
        ("Hypervisor signature: xen-3.0-x86_64p", "pv"),
        ("Xen-provided physical RAM map:", "pv"),
        (" Xen: 0000000000000000 - 000000007a100000 (usable)", "pv"),
        ("Xen: [mem 0x0000000000000000-0x000000000009ffff] usable", "pv"),
        # drivers of guests of either mode
        ("xen-vbd: registered block device major 8", None),
        ("netfront: Initialising virtual ethernet driver.", None),
    ],
)
def test_kernels_of_xen_s_own_tree(line: str, mode: str | None) -> None:
    facts = log(line).facts()
    assert said(facts) == ("xen", "guest")
    assert mode is None or facts.hypervisor.mode == mode


@pytest.mark.parametrize(
    "line",
    [
        "CPU MTRRs all blank - virtualized system.",
        "virtio_blk virtio1: [vda] 41943040 512-byte logical blocks (21.5 GB/20.0 GiB)",
        "virtio-pci 0000:00:03.0: enabling device",
        "systemd[1]: Detected virtualization vm-other.",
    ],
)
def test_a_guest_of_nobody_named(line: str) -> None:
    assert said(log(line).facts()) == ("unknown", "guest")


@pytest.mark.parametrize(
    "line",
    [
        "Booting paravirtualized kernel on bare hardware",
        "kvm: disabled by bios",
        # drivers that many kernels have built in, whatever they run on
        "hv_vmbus: registering driver hv_storvsc",
        "VMware PVSCSI driver - version 1.0.7.0-k",
        "kvm_intel: VMX not supported by CPU 0",
        "systemd[1]: Detected virtualization docker.",
        # printed on any hypervisor with SEV, Hyper-V among them
        "kvm-guest: setup_efi_kvm_sev_migration : EFI live migration variable not found",
    ],
)
def test_lines_that_prove_nothing(line: str) -> None:
    assert said(log(line).facts()) == ("unknown", "none")


def test_the_line_of_the_firmware_is_a_name_and_no_disk() -> None:
    facts = log("DMI: VMware, Inc. VMware Virtual Platform, BIOS 1.16.2 04/01/2014").facts()
    assert {one.signal for one in facts.hypervisor.witnesses} == {"dmi"}


def test_an_imitated_interface_is_set_aside() -> None:
    guest = log(
        "Hyper-V: features 0x2, hints 0x0", "DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16 04/01/2014"
    )
    assert said(guest.facts()) == ("kvm", "guest")
    other = log("Booting paravirtualized kernel on KVM", "ata1.00: ATA-6: VBOX HARDDISK, 1.0, max UDMA/133")
    assert said(other.facts()) == ("virtualbox", "guest")


# what an oops calls the machine: most reports of one hold no other line


@pytest.mark.parametrize(
    ("name", "kind", "role"),
    [
        ("Xen HVM domU, BIOS 4.11.amazon 08/24/2006", "xen", "guest"),
        ("QEMU Standard PC (i440FX + PIIX, 1996), BIOS rel-1.16.2-0-gea1b7a0 04/01/2014", "kvm", "guest"),
        (
            "VMware, Inc. VMware Virtual Platform/440BX Desktop Reference Platform, BIOS 6.00",
            "vmware",
            "guest",
        ),
        ("Acme Rack/Board, BIOS 1.2 08/24/2006", "none", "none"),
        ("linux,dummy-virt (DT)", "kvm", "guest"),
        ("riscv-virtio,qemu (DT)", "kvm", "guest"),
        ("Raspberry Pi 4 Model B Rev 1.2 (DT)", "none", "none"),
        (
            "IBM pSeries (emulated by qemu) POWER9 (raw) 0x4e1202 0xf000005 hv:linux,kvm pSeries",
            "kvm",
            "guest",
        ),
        ("IBM,9009-42A POWER9 (architected) 0x4e0202 of:IBM,FW950.30 hv:phyp pSeries", "powervm", "guest"),
        ("8335-GTW POWER9 0x4e1202 opal:skiboot-v6.4 PowerNV", "none", "none"),
        ("IBM 8561 T01 703 (LPAR)", "lpar", "guest"),
        ("IBM 3906 M04 704 (z/VM 6.4.0)", "zvm", "guest"),
        ("IBM 3906 M04 704 (KVM/Linux)", "kvm", "guest"),
    ],
)
def test_an_oops_names_the_hardware(name: str, kind: str, role: str) -> None:
    assert said(log("Oops: 0000 [#1] SMP", f"Hardware name: {name}").facts()) == (kind, role)


def test_an_oops_on_qemu_alone() -> None:
    facts = log("Hardware name: IBM pSeries (emulated by qemu) POWER10 (architected) of:SLOF,HEAD pSeries")
    assert (facts.facts().hypervisor.role, facts.facts().hypervisor.vmm) == ("guest", "qemu")


# the PCI bus in a boot log


def test_the_bus_of_a_boot_log() -> None:
    guest = log(
        "pci 0000:00:00.0: [8086:1237] type 00 class 0x060000",
        "pci 0000:00:02.0: [1234:1111] type 00 class 0x030000 conventional PCI endpoint",
        "pci 0000:00:03.0: [1ae0:0042] type 00 class 0x020000",
        "pci 0000:00:04.0: [1af4:1002] type 00 class 0x00ff00",
    )
    facts = guest.facts()
    assert said(facts) == ("kvm", "guest")
    assert [(one.address, one.class_) for one in facts.controllers] == [
        ("0000:00:02.0", "display"),
        ("0000:00:03.0", "network"),
    ]


def test_a_class_of_old_kernels_has_no_interface() -> None:
    facts = log("pci 0000:00:03.0: [8086:100e] type 0 class 0x000200", "kvm-clock: x").facts()
    assert [one.class_ for one in facts.controllers] == ["network"]


def test_a_chipset_in_a_boot_log_is_metal() -> None:
    assert said(log("pci 0000:00:00.0: [8086:0e00] type 00 class 0x060000").facts()) == ("none", "none")


# Xen's modes


@pytest.mark.parametrize(
    "line",
    [
        "Hypervisor detected: Xen HVM",
        "DMI: Xen HVM domU, BIOS 4.2.amazon 06/02/2014",
        "Xen HVM callback vector for event delivery is enabled",
        "xen:events: Xen HVM callback vector for event delivery is enabled",
        "Xen Platform PCI: I/O protocol version 1",
        "Blkfront and the Xen platform PCI driver have been compiled for this kernel: unplug emulated disks.",
    ],
)
def test_hvm_whatever_the_kernel_calls_itself(line: str) -> None:
    facts = log("Booting paravirtualized kernel on Xen", line).facts()
    assert (said(facts), facts.hypervisor.mode) == (("xen", "guest"), "hvm")


def test_pv_and_pvh_by_the_log() -> None:
    assert log("Booting paravirtualized kernel on Xen").facts().hypervisor.mode == "pv"
    assert log("Hypervisor detected: Xen PV").facts().hypervisor.mode == "pv"
    assert log("Booting paravirtualized kernel on Xen PVH").facts().hypervisor.mode == "pvh"


# boards


def test_the_board_of_a_log() -> None:
    assert said(log("OF: fdt: Machine model: Raspberry Pi 4 Model B Rev 1.4").facts()) == ("none", "none")
    assert said(log("OF: fdt: Machine model: linux,dummy-virt").facts())[1] == "guest"
    facts = log("OF: fdt: Machine model: riscv-virtio,qemu").facts()
    assert (said(facts)[1], facts.hypervisor.vmm) == ("guest", "qemu")


# systemd-detect-virt, lsmod


def test_what_systemd_detect_virt_printed(tmp_path: Path) -> None:
    assert said(captured(tmp_path, {"commands/systemd-detect-virt.txt": "vmware\n"})) == ("vmware", "guest")


def test_guests_of_its_own_by_the_count_of_the_module(tmp_path: Path) -> None:
    text = (
        "Module                  Size  Used by\nkvm_intel             458752  {}\nkvm 1327104  1 kvm_intel\n"
    )
    for count, role in ((4, "host"), (0, "none")):
        metal = {"root/sys/class/dmi/id/sys_vendor": "ASUS\n", "commands/lsmod.txt": text.format(count)}
        assert said(captured(tmp_path, metal)) == ("none", role)


# what a VMM hands to a kernel by its command line; what Xen shows its control domain


@pytest.mark.parametrize("word", ["virtio_mmio.device=4K@0xd0000000:5", "root=/dev/vda1"])
def test_a_command_line_that_only_a_guest_has(word: str) -> None:
    assert said(log(f"Command line: console=ttyS0 {word} ro").facts()) == ("unknown", "guest")
    assert said(log("Command line: console=ttyS0 root=/dev/sda1 ro").facts()) == ("unknown", "none")


@pytest.mark.parametrize(
    "shown", ["ACPI: RSDP 00000000000f0490 00024 (v02 DELL  )", "ACPI: HPET id: 0x8086a301 base"]
)
def test_no_pv_domain_but_dom0_has_acpi(shown: str) -> None:
    booted = "Booting paravirtualized kernel on Xen\nXen version: 4.8.5 (preserve-AD)"
    assert said(log(f"{booted}\n{shown}").facts()) == ("xen", "host")
    assert said(log(f"{booted}\nACPI: Interpreter disabled.").facts()) == ("xen", "guest")
    # HVM and PVH have tables of their own
    assert said(log(f"Booting paravirtualized kernel on Xen HVM\n{shown}").facts()) == ("xen", "guest")
    assert said(log(f"Booting paravirtualized kernel on Xen PVH\n{shown}").facts()) == ("xen", "guest")


def test_an_oops_shows_the_segment_that_xen_gives_its_pv_kernels() -> None:
    facts = log("RIP: e030:[<ffffffff812a588f>] notify_remote_via_irq+0x13/0x34").facts()
    assert (facts.hypervisor.kind, facts.hypervisor.mode) == ("xen", "pv")
    assert said(log("RIP: 0010:[<ffffffff812a588f>] native_set_pte+0x4/0x10").facts())[0] == "unknown"


@pytest.mark.parametrize(
    ("line", "kind", "role"),
    [
        ("Using pSeries machine description", "unknown", "guest"),
        ("Using PowerNV machine description", "none", "none"),
        ('Hypervisor: Origin = "KVMKVMKVM"', "kvm", "guest"),
        ('Hypervisor: Origin = "Microsoft Hv"', "hyperv", "guest"),
        ('Hypervisor: Origin = "bhyve bhyve "', "bhyve", "guest"),
        ("pvbus0 at mainbus0: OpenBSD", "openbsd-vmm", "guest"),
        ("pvbus0 at mainbus0: KVM", "kvm", "guest"),
        ("pvbus0 at mainbus0: Xen 4.6", "xen", "guest"),
    ],
)
def test_machines_of_power_and_systems_of_the_bsds(line: str, kind: str, role: str) -> None:
    assert said(log(line).facts()) == (kind, role)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("hv_netvsc: hv_netvsc channel opened successfully", "hyperv"),
        ("hv_utils: Using TimeSync version 4.0", "hyperv"),
        ("scsi host0: storvsc_host_t", "hyperv"),
        ("input: Microsoft Vmbus HID-compliant Mouse as /devices/0006:045E:0621.0001/input/input4", "hyperv"),
        (
            "input: VirtualBox mouse integration as /devices/pci0000:00/0000:00:04.0/input/input7",
            "virtualbox",
        ),
        (
            "input: VirtualBox USB Tablet as /devices/pci0000:00/0000:00:06.0/usb1/1-1/1-1:1.0/input",
            "virtualbox",
        ),
        ("gve 0000:00:04.0: GVE queue format 1", "kvm"),
    ],
)
def test_a_driver_that_found_its_device(line: str, kind: str) -> None:
    assert said(log(f"[    1.2] {line}").facts()) == (kind, "guest")


@pytest.mark.parametrize(
    "line",
    ["ena 0000:00:05.0: Elastic Network Adapter (ENA) v2.8.3g", "nvme0n1: Amazon Elastic Block Store"],
)
def test_a_device_of_a_clouds_metal_too_names_the_cloud_alone(line: str) -> None:
    found = log(f"[    1.2] {line}").facts().hypervisor
    assert (found.kind, found.cloud) == ("unknown", "aws")


@pytest.mark.parametrize(
    "line", ["hv_vmbus: registering driver hv_netvsc", "input: VirtualPS/2 VMware VMMouse as /devices/x"]
)
def test_what_drivers_say_before_they_look_names_nobody(line: str) -> None:
    assert said(log(f"[    1.2] {line}").facts())[0] == "unknown"


def test_only_a_guest_of_hvm_asks_for_its_parameters() -> None:
    found = log("xen:grant_table: Grant tables using version 1 layout",
                "Cannot get hvm parameter CONSOLE_EVTCHN (18): -22!").facts()  # fmt: skip
    assert (found.hypervisor.kind, found.hypervisor.mode) == ("xen", "hvm")


@pytest.mark.parametrize(
    ("dmi", "beneath"),
    [
        ("QEMU Standard PC (i440FX + PIIX, 1996), BIOS unknown 02/02/2022", "kvm"),
        ("Microsoft Corporation Virtual Machine/Virtual Machine, BIOS 090008  12/07/2018", "hyperv"),
        ("Dell Inc. PowerEdge R740/06WXJT, BIOS 2.4.8 11/26/2019", "none"),
    ],
)
def test_what_lies_beneath_xen_is_told_by_the_machines_firmware(dmi: str, beneath: str) -> None:
    found = log(f"DMI: {dmi}", "Hypervisor detected: Xen PV").facts().hypervisor
    assert (found.kind, found.mode, found.beneath) == ("xen", "pv", beneath)
