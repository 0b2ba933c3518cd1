"""What has fooled other tools, one test a trap. Each record holds only what the trap needs."""

import pytest

from tests.machines.record import Record, record
from vaudit.evidence.source import Registers
from vaudit.model.facts import Facts

DELL = {"sys_vendor": "Dell Inc.", "product_name": "PowerEdge R640", "bios_vendor": "Dell Inc."}


def said(facts: Facts) -> tuple[str, str]:
    return facts.hypervisor.kind, facts.hypervisor.role


def metal() -> Record:
    """A physical machine: the hypervisor flag is clear."""
    return record().cpu(hypervisor=False, flags="vmx ept")


# physical machines that look virtual


@pytest.mark.parametrize(
    "names",
    [
        {"sys_vendor": "Microsoft Corporation", "product_name": "Surface Laptop 3"},
        {
            "sys_vendor": "Microsoft Corporation",
            "product_name": "Surface Pro 4",
            "bios_version": "108.2318.768",
        },
        {"sys_vendor": "Google", "product_name": "Eve", "bios_vendor": "coreboot"},
        {"sys_vendor": "GOOGLE", "product_name": "Link", "bios_vendor": "coreboot"},
        {
            "sys_vendor": "System manufacturer",
            "product_name": "P5GD1-HVM",
            "board_vendor": "ASUSTeK Computer INC.",
        },
        {"sys_vendor": "XENTA", "product_name": "XENIA 15", "board_vendor": "XENTA"},
        {"sys_vendor": "Gigabyte", "product_name": "P9XXEN", "bios_vendor": "XENON BIOS"},
        {"sys_vendor": "Nutanix", "product_name": "NX-1065-G5"},
        {"sys_vendor": "Oracle Corporation", "product_name": "SUN FIRE X4170 M2 SERVER"},
        {"sys_vendor": "Red Hat", "product_name": "Workstation"},
        {"sys_vendor": "ATEN", "product_name": "IPKVM-8"},
        {"sys_vendor": "Apple Inc.", "product_name": "MacBookPro15,1"},
    ],
    ids=lambda names: names["product_name"],
)
def test_names_of_physical_machines(names: dict[str, str]) -> None:
    assert said(metal().dmi(**names).facts()) == ("none", "none")
    assert said(record().dmi(**names).facts()) == ("none", "none")


def test_a_metal_instance_of_a_cloud_is_metal() -> None:
    facts = record().dmi(sys_vendor="Amazon EC2", product_name="i3.metal", bios_vendor="Amazon EC2").facts()
    assert said(facts) == ("none", "none")
    assert facts.hypervisor.cloud == "aws"


def test_the_smbios_virtual_machine_bit_alone_proves_nothing() -> None:
    strings = b"TOSHIBA\0V1.2\0\0"
    bios = bytes([0, 0x14, 0, 0, 1, 2]) + bytes(13) + b"\x10" + strings
    system = bytes([1, 0x1B, 1, 0, 1, 2, 0, 0]) + bytes(19) + b"TOSHIBA\0SATELLITE\0\0"
    facts = metal().add("file", "/sys/firmware/dmi/tables/DMI", bios + system).facts()
    assert said(facts) == ("none", "none")
    assert any("virtual machine" in one for one in facts.hypervisor.contradictions)


def test_garbage_in_a_hypervisor_leaf_is_no_hypervisor() -> None:
    garbage = metal().add("cpuid", "40000000 0", Registers(0x40000001, 0x20444E45, 0x21212121, 0x7))
    assert said(garbage.facts())[0] == "none"


def test_a_leaf_out_of_range_repeats_the_highest_basic_leaf() -> None:
    """Intel processors answer so where the range is not implemented; a name in it would be chance."""
    lying = metal().leaf(0x40000100, "KVMKVMKVM", top=0x16)
    assert said(lying.facts())[0] == "none"


def test_modules_of_a_host_are_no_guest() -> None:
    host = metal().dmi(**DELL).file("/proc/modules", "vboxdrv 1 0 - Live 0\nkvm_intel 1 0 - Live 0\n")
    host.add("dir", "/sys/bus/pci/drivers/virtio-pci", ["bind", "new_id"])
    host.add("dir", "/sys/bus/pci/drivers/xen-platform-pci", ["bind"])
    host.add("dir", "/sys/bus/virtio/drivers/virtio_net", ["bind"])
    facts = host.facts()
    assert said(facts) == ("none", "none")
    assert {one.name: one.state for one in facts.drivers}["virtio_net"] != "in-use"


def test_bare_hardware_in_the_kernel_log_proves_nothing() -> None:
    guest = record().cpu(hypervisor=True).leaf(0x40000000, "bhyve bhyve ")
    guest.log("Booting paravirtualized kernel on bare hardware\n")
    assert said(guest.facts()) == ("bhyve", "guest")


@pytest.mark.parametrize("vendor", ["vertical", "(null)", "horizontal"])
def test_a_nonsense_vendor_of_lscpu_is_passed_over(vendor: str, tmp_path) -> None:
    from vaudit.evidence.origin import one
    from vaudit.evidence.recorder import Recorder
    from vaudit.facts.collect import collect

    (tmp_path / "commands").mkdir()
    text = f"Architecture: x86_64\nHypervisor vendor: {vendor}\nVirtualization type: full\n"
    (tmp_path / "commands" / "lscpu.txt").write_text(text)
    assert said(collect(Recorder(one(str(tmp_path))))) == ("none", "none")


# guests that look like something else


def test_a_qemu_guest_with_the_firmware_names_of_vmware() -> None:
    guest = record().cpu(hypervisor=True).leaf(0x40000000, "TCGTCGTCGTCG")
    guest.dmi(sys_vendor="VMware, Inc.", product_name="VMware Virtual Platform")
    guest.pci("0000:00:01.0", "15AD:07C0", "15AD:07C0", "10000", "vmw_pvscsi")
    facts = guest.facts()
    assert facts.hypervisor.kind == "qemu"
    assert any("VMware" in one for one in facts.hypervisor.contradictions)
    assert facts.controllers[0].path == "paravirtual"


def test_a_qemu_guest_without_the_hypervisor_flag_and_with_the_names_of_dell() -> None:
    guest = record().cpu(hypervisor=False).dmi(**DELL).leaf(0x40000000, "", top=0)
    guest.pci("0000:00:01.1", "8086:7010", "1AF4:1100", "10180", "ata_piix")
    facts = guest.facts()
    assert facts.hypervisor.role == "guest"
    assert facts.hypervisor.vmm == "qemu"
    assert facts.controllers[0].path == "emulated"


@pytest.mark.parametrize(("name", "kind"), [("KVMKVMKVM", "kvm"), ("XenVMMXenVMM", "xen")])
def test_the_real_hypervisor_behind_hyperv_enlightenments(name: str, kind: str) -> None:
    guest = record().cpu(hypervisor=True).leaf(0x40000000, "Microsoft Hv", 0x40000005).leaf(0x40000100, name)
    facts = guest.facts()
    assert said(facts) == (kind, "guest")
    assert any("enlightenments" in one for one in facts.hypervisor.contradictions)


def test_nutanix_shows_the_name_of_hyperv() -> None:
    guest = (
        record()
        .cpu(hypervisor=True)
        .leaf(0x40000000, "Microsoft Hv")
        .dmi(sys_vendor="Nutanix", product_name="AHV")
    )
    facts = guest.facts()
    assert said(facts) == ("kvm", "guest")
    assert facts.hypervisor.vmm == "ahv"


def test_parallels_answers_with_the_name_of_kvm() -> None:
    guest = record().cpu(hypervisor=True).leaf(0x40000000, "KVMKVMKVM")
    guest.dmi(sys_vendor="Parallels International GmbH.", product_name="Parallels ARM Virtual Machine")
    assert said(guest.facts()) == ("parallels", "guest")


def test_a_root_partition_of_hyperv_is_a_host() -> None:
    host = record().cpu(hypervisor=True, flags="vmx").leaf(0x40000000, "Microsoft Hv", 0x4000000C).dmi(**DELL)
    host.add("cpuid", "40000003 0", Registers(0xBFFF, 0x2BB9FF, 0x22, 0))
    host.pci("0000:04:00.0", "14E4:165F", "1028:0739", "20000", "tg3")
    facts = host.facts()
    assert said(facts) == ("hyperv", "host")
    assert facts.controllers[0].path == "physical"


def test_a_guest_of_hyperv_is_no_root_partition() -> None:
    guest = record().cpu(hypervisor=True).leaf(0x40000000, "Microsoft Hv", 0x4000000C)
    guest.add("cpuid", "40000003 0", Registers(0x2E7F, 0x3B8030, 0x22, 0))
    assert said(guest.facts()) == ("hyperv", "guest")


def test_a_control_domain_without_xenfs_is_told_by_its_features() -> None:
    host = record().file("/sys/hypervisor/type", "xen\n").dmi(**DELL)
    host.file("/sys/hypervisor/properties/features", f"{1 << 11 | 1:08x}\n")
    assert said(host.facts()) == ("xen", "host")


def test_a_guest_of_xen_whose_pv_interface_is_switched_off() -> None:
    guest = record().cpu(hypervisor=True).leaf(0x40000000, "XenVMMXenVMM")
    guest.dmi(sys_vendor="Xen", product_name="HVM domU").pci(
        "0000:00:02.0", "5853:0001", "5853:0001", "ff8000"
    )
    facts = guest.facts()
    assert said(facts) == ("xen", "guest")
    assert facts.hypervisor.mode == "hvm"


def test_kvm_that_hides_its_name_is_told_from_tcg_that_never_does() -> None:
    guest = (
        record()
        .cpu(hypervisor=True)
        .leaf(0x40000000, "", top=0)
        .dmi(sys_vendor="QEMU", product_name="Standard PC (x)")
    )
    assert said(guest.facts()) == ("kvm", "guest")


def test_a_flag_without_a_name_is_an_unknown_guest() -> None:
    facts = record().cpu(hypervisor=True).facts()
    assert said(facts) == ("unknown", "guest")
    assert facts.cpu.hw_virt_state == "hidden"


def test_refused_evidence_is_unknown_not_fatal() -> None:
    guest = record().cpu(hypervisor=True).leaf(0x40000000, "KVMKVMKVM")
    guest.denied("/proc/1/environ")
    assert said(guest.facts()) == ("kvm", "guest")


# layers


def test_levels_of_a_mainframe_are_all_drawn() -> None:
    sysinfo = (
        "Manufacturer:         IBM\nLPAR Number:          1\nLPAR Name:            A\n"
        "VM00 Control Program: KVM/Linux\nVM01 Control Program: z/VM 6.4.0\n"
    )
    facts = record("s390x").file("/proc/sysinfo", sysinfo).facts()
    assert said(facts) == ("kvm", "guest")
    assert [one.layer for one in facts.layers] == ["guest", "guest", "host"]
    assert "z/VM" in facts.layers[1].name
    assert facts.layers[2].name == "LPAR"


def test_a_container_never_hides_the_machine() -> None:
    guest = (
        record().cpu(hypervisor=True).leaf(0x40000000, "KVMKVMKVM").file("/run/systemd/container", "podman\n")
    )
    facts = guest.facts()
    assert facts.containers == ["podman"]
    assert said(facts) == ("kvm", "guest")
    assert [one.layer for one in facts.layers] == ["container", "guest", "host"]


@pytest.mark.parametrize(
    ("key", "text", "name"),
    [
        (
            "/proc/self/cgroup",
            "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-0123456789abcdef.scope",
            "kubernetes",
        ),
        ("/proc/self/cgroup", "1:name=systemd:/docker/0123456789abcdef0123", "docker"),
        ("/proc/self/cgroup", "0::/machine.slice/libpod-0123456789abcdef.scope", "podman"),
        ("/proc/self/cgroup", "4:cpu:/lxc/web1", "lxc"),
        ("/proc/1/environ", "container=lxc\0TERM=linux\0", "lxc"),
        ("/proc/1/environ", "container=oci\0", "oci"),
        ("/proc/self/status", "Name:\tsh\nVxID:\t40001\n", "linux-vserver"),
        ("/proc/self/status", "Name:\tsh\nenvID:\t101\n", "openvz"),
        ("/proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\n", "wsl"),
        ("/proc/self/mountinfo", "22 20 0:21 / /proc rw - proc proc rw\n", "chroot"),
    ],
)
def test_marks_of_containers(key: str, text: str, name: str) -> None:
    assert record().file(key, text).facts().containers == [name]


@pytest.mark.parametrize("name", ["/.dockerenv", "/run/.containerenv"])
def test_a_left_over_mark_is_seen_through_by_the_namespaces(name: str) -> None:
    machine = record().cpu(hypervisor=False).file(name, "")
    for kind, inode in (("pid", 4026531836), ("uts", 4026531838), ("ipc", 4026531839)):
        machine.add("link", f"/proc/self/ns/{kind}", f"{kind}:[{inode}]")
    facts = machine.facts()
    assert facts.containers == []
    assert any("left-over" in one for one in facts.hypervisor.contradictions)


# other architectures


@pytest.mark.parametrize(
    ("arch", "path", "text", "kind"),
    [
        ("aarch64", "/proc/device-tree/hypervisor/compatible", "xen,xen-4.17\0xen,xen\0", "xen"),
        ("aarch64", "/proc/device-tree/compatible", "linux,dummy-virt\0", "kvm"),
        ("riscv64", "/proc/device-tree/compatible", "riscv-virtio\0", "qemu"),
        ("ppc64le", "/proc/device-tree/hypervisor/compatible", "linux,kvm\0", "kvm"),
        ("ppc64le", "/proc/cpuinfo", "platform\t: pSeries\nmodel\t: IBM pSeries (emulated by qemu)\n", "kvm"),
        ("ppc64le", "/proc/cpuinfo", "platform\t: pSeries\nmodel\t: IBM,8286-42A\n", "powervm"),
        ("ppc64le", "/proc/cpuinfo", "platform\t: PowerNV\nmodel\t: 8247-22L\n", "none"),
        ("s390x", "/proc/sysinfo", "LPAR Number:          1\n", "lpar"),
        ("s390x", "/proc/sysinfo", "VM00 Control Program: z/VM 6.4.0\n", "zvm"),
        ("x86_64", "/proc/cpuinfo", "vendor_id\t: User Mode Linux\nmodel name\t: UML\n", "uml"),
        ("armv7l", "/proc/cpuinfo", "Hardware\t: BCM2711\nModel\t: Raspberry Pi 4 Model B\n", "none"),
        (
            "loongarch64",
            "/proc/cpuinfo",
            "system type\t: generic-loongson-machine\nModel Name\t: 3A5000-HV\n",
            "unknown",
        ),
    ],
)
def test_hypervisors_of_other_architectures(arch: str, path: str, text: str, kind: str) -> None:
    assert record(arch).file(path, text).facts().hypervisor.kind == kind


def test_logical_domains_tell_control_from_guest() -> None:
    guest = record("sparc64").add("dir", "/dev", ["mdesc", "null"])
    assert said(guest.facts()) == ("ldoms", "guest")
    assert said(guest.add("dir", "/sys/class/vlds", ["ctrl", "sp"]).facts()) == ("ldoms", "host")


def test_a_container_that_lscpu_named(tmp_path) -> None:
    from vaudit.evidence.origin import one
    from vaudit.evidence.recorder import Recorder
    from vaudit.facts.collect import collect

    (tmp_path / "commands").mkdir()
    text = "Architecture: x86_64\nHypervisor vendor: Parallels\nVirtualization type: container\n"
    text += "Flags: fpu vmx ept\n"
    (tmp_path / "commands" / "lscpu.txt").write_text(text)
    facts = collect(Recorder(one(str(tmp_path))))
    assert facts.containers == ["openvz"]
    assert facts.cpu.hw_virt == "vt-x"
    assert facts.hypervisor.kind == "none"


def test_a_bridge_that_two_vmms_share_names_neither() -> None:
    """8086:0d57 is Firecracker's and Cloud Hypervisor's."""
    bridge = record().pci("0000:00:00.0", "8086:0d57", class_="60000").leaf(0x40000000, "KVMKVMKVM")
    assert (bridge.facts().hypervisor.kind, bridge.facts().hypervisor.vmm) == ("kvm", None)
    named = bridge.log("ACPI: FACP 0x00000000000A0000 000114 (v06 FIRECK FCMVFADT 00000000 FCAT 20240119)")
    assert named.facts().hypervisor.vmm == "firecracker"
