"""What hypervisors, clouds and their devices call themselves: tables, no code. What they weigh: weights.py.

Sources: CPUID names from the Linux kernel (arch/x86/kernel/cpu/{vmware,mshyperv}.c, arch/x86/xen,
arch/x86/include/uapi/asm/kvm_para.h) and each hypervisor's own headers; DMI names as the makers' firmware and
the clouds' metadata documents print them; PCI ids from the PCI ID database (pci-ids.ucw.cz) and QEMU's
docs/specs/pci-ids.rst.
"""

from vaudit.facts import weights as w
from vaudit.facts.weights import Speaks
from vaudit.model.facts import Cloud, HypervisorKind, Vmm

CPUID_NAMES: dict[str, HypervisorKind] = {
    "KVMKVMKVM": "kvm",
    "Linux KVM Hv": "kvm",
    "TCGTCGTCGTCG": "qemu",
    "XenVMMXenVMM": "xen",
    "Microsoft Hv": "hyperv",
    "VMwareVMware": "vmware",
    "VBoxVBoxVBox": "virtualbox",
    "Apple VZ": "apple",
    "prl hyperv": "parallels",
    "lrpepyh  vr": "parallels",
    "lrpepyh vr": "parallels",
    "bhyve bhyve": "bhyve",
    "BHyVE BHyVE": "bhyve",
    "ACRNACRNACRN": "acrn",
    "QNXQVMBSQG": "qnx",
    "Jailhouse": "jailhouse",
    "OpenBSDVMM58": "openbsd-vmm",
    "LKVMLKVMLKVM": "lkvm",
    "PowerVM Lx86": "lx86",
    "___ NVMM ___": "other",
    "HAXMHAXMHAXM": "other",
    "EVMMEVMMEVMM": "other",
    "SRESRESRESRE": "other",
    "UnisysSpar64": "other",
}
"""The twelve characters at leaf 0x40000000, stripped of NULs and outer spaces, and who says so."""

IMITATIONS: dict[tuple[HypervisorKind, HypervisorKind], str] = {
    ("hyperv", "kvm"): "KVM offers Hyper-V enlightenments to its guests",
    ("hyperv", "qemu"): "QEMU offers Hyper-V enlightenments to its guests",
    ("hyperv", "xen"): "Xen offers Hyper-V enlightenments (viridian) to its guests",
    ("hyperv", "virtualbox"): "VirtualBox offers a Hyper-V interface to its guests",
    ("hyperv", "vmware"): "VMware offers Hyper-V enlightenments to its guests",
    ("hyperv", "parallels"): "Parallels offers Hyper-V enlightenments to its guests",
    ("hyperv", "bhyve"): "bhyve can show a Hyper-V interface",
    ("zvm", "kvm"): "lscpu names z/VM where KVM runs in it",
    ("kvm", "virtualbox"): "VirtualBox offers the KVM paravirtual clock to its guests",
    ("kvm", "parallels"): "Parallels answers CPUID with KVM's name",
    ("kvm", "lkvm"): "lkvm is a VMM on KVM, reported by its own name",
    ("kvm", "bhyve"): "bhyve can answer with KVM's name",
}
"""(who is imitated, who imitates): the imitated one's signals are set aside where the other one speaks."""


PARAVIRTUAL_KINDS: tuple[HypervisorKind, ...] = ("uml", "lx86", "zvm", "lpar", "powervm")
"""Hypervisors that have nothing but paravirtual guests."""
PROCESS_KINDS: tuple[HypervisorKind, ...] = ("uml", "lx86", "wine", "illumos")
"""Kinds whose kernel is a process of the host and runs no privileged code."""
CONTROLLED_KINDS: tuple[HypervisorKind, ...] = ("xen", "hyperv", "ldoms")
"""Hypervisors whose host is a guest of theirs with rights: dom0, the root partition, the control domain."""
OWN_VMM_KINDS: tuple[HypervisorKind, ...] = ("vmware", "virtualbox", "hyperv", "parallels")
"""Hypervisors that serve their guests themselves; what looks like QEMU's there is only made alike."""

DMI_RULES: tuple[tuple[dict[str, str], Speaks], ...] = (
    # a machine of its own: clouds that rent whole computers
    ({"sys_vendor": "Amazon EC2", "product_name": "*.metal"}, Speaks(w.DMI_METAL, "none", cloud="aws")),
    # hypervisors by their own firmware
    ({"sys_vendor": "Xen", "product_name": "HVM domU"}, Speaks(w.DMI_OWN, "xen")),
    ({"sys_vendor": "Xen$", "product_name": "?"}, Speaks(w.DMI_NAME, "xen")),
    ({"product_name": "HVM domU", "sys_vendor": "?"}, Speaks(w.DMI_NAME, "xen")),
    ({"bios_vendor": "Xen$"}, Speaks(w.DMI_NAME, "xen")),
    ({"sys_vendor": "VMware"}, Speaks(w.DMI_NAME, "vmware")),
    ({"product_name": "VMware"}, Speaks(w.DMI_NAME, "vmware")),
    ({"bios_version": "VMW"}, Speaks(w.DMI_SIDE, "vmware")),
    ({"product_name": "VirtualBox"}, Speaks(w.DMI_OWN, "virtualbox")),
    ({"bios_vendor": "innotek GmbH"}, Speaks(w.DMI_OWN, "virtualbox")),
    ({"sys_vendor": "innotek GmbH"}, Speaks(w.DMI_NAME, "virtualbox")),  # which made nothing else
    ({"board_name": "VirtualBox"}, Speaks(w.DMI_NAME, "virtualbox")),
    # owners copy a host's names into the guest; the board's maker is forgotten
    ({"board_vendor": "Oracle Corporation", "sys_vendor": "!Oracle|Sun"}, Speaks(w.DMI_SIDE, "virtualbox")),
    ({"sys_vendor": "Microsoft", "product_name": "Virtual Machine", "product_version": "VS2005|6.0"},
     Speaks(w.DMI_THREE, "virtualpc")),
    ({"sys_vendor": "Microsoft", "product_name": "Virtual Machine"}, Speaks(w.DMI_NAME, "hyperv")),
    ({"board_vendor": "Microsoft", "board_name": "Virtual Machine"}, Speaks(w.DMI_SIDE, "hyperv")),
    ({"board_vendor": "Microsoft", "product_name": "Virtual Machine$", "sys_vendor": "?"},
     Speaks(w.DMI_SIDE, "hyperv")),
    ({"bios_version": "VRTUAL|Hyper-V"}, Speaks(w.DMI_SIDE, "hyperv")),
    ({"product_version": "Hyper-V", "product_name": "?"}, Speaks(w.DMI_SIDE, "hyperv")),
    ({"product_version": "Hyper-V", "product_name": "Virtual Machine$", "sys_vendor": "?"},
     Speaks(w.DMI_SIDE, "hyperv")),
    ({"sys_vendor": "Parallels"}, Speaks(w.DMI_PARALLELS, "parallels")),
    ({"product_name": "Parallels"}, Speaks(w.DMI_PARALLELS, "parallels")),
    ({"bios_vendor": "Parallels"}, Speaks(w.DMI_PARALLELS, "parallels")),
    ({"board_vendor": "Parallels", "sys_vendor": "?"}, Speaks(w.DMI_PARALLELS, "parallels")),
    ({"product_name": "BHYVE"}, Speaks(w.DMI_NAME, "bhyve")),
    ({"bios_vendor": "BHYVE"}, Speaks(w.DMI_NAME, "bhyve")),
    ({"sys_vendor": "OpenBSD", "product_name": "VMM"}, Speaks(w.DMI_NAME, "openbsd-vmm")),
    ({"product_name": "Apple Virtualization"}, Speaks(w.DMI_NAME, "apple")),
    ({"board_name": "Apple Virtualization"}, Speaks(w.DMI_NAME, "apple")),
    ({"product_name": "ACRN"}, Speaks(w.DMI_NAME, "acrn")),
    ({"sys_vendor": "HITACHI", "product_name": "* LPAR"}, Speaks(w.DMI_NAME, "lpar")),
    # QEMU and what is built on it; KVM is told from plain QEMU by other signals
    ({"product_name": "KVM|* KVM"}, Speaks(w.DMI_NAME, "kvm", "qemu")),
    ({"sys_vendor": "KVM"}, Speaks(w.DMI_NAME, "kvm", "qemu")),
    ({"product_version": "* KVM"}, Speaks(w.DMI_SIDE, "kvm", "qemu")),
    # the names of QEMU's machine types (hw/i386/pc_piix.c, pc_q35.c), where a cloud put its own into the rest
    ({"product_version": "pc-i440fx-|pc-q35-|pc-0.|pc-1.|virt-"}, Speaks(w.DMI_NAME, vmm="qemu")),
    ({"bios_version": "pc-i440fx-|pc-q35-", "product_version": "?"}, Speaks(w.DMI_SIDE, vmm="qemu")),
    ({"sys_vendor": "QEMU"}, Speaks(w.DMI_OWN, vmm="qemu")),
    # distributions write their own name before that of the machine type
    ({"product_name": "Standard PC (|* PC (i440FX|* PC (Q35"}, Speaks(w.DMI_NAME, vmm="qemu")),
    ({"product_name": "QEMU"}, Speaks(w.DMI_NAME, vmm="qemu")),
    # QEMU's machine `virt` is a "KVM Virtual Machine" under KVM, else this (hw/{arm,riscv,loongarch}/virt.c)
    ({"product_name": "QEMU Virtual Machine$"}, Speaks(w.DMI_OWN, "qemu", "qemu")),
    ({"bios_vendor": "Bochs|BOCHS"}, Speaks(w.DMI_SIDE, vmm="qemu")),
    ({"sys_vendor": "Bochs|BOCHS"}, Speaks(w.DMI_SIDE, vmm="qemu")),
    ({"product_name": "Bochs$|BOCHS$", "sys_vendor": "?"}, Speaks(w.DMI_SIDE, vmm="qemu")),
    ({"chassis_vendor": "QEMU|Bochs"}, Speaks(w.DMI_SIDE, vmm="qemu")),
    ({"bios_vendor": "SeaBIOS"}, Speaks(w.DMI_FIRMWARE, vmm="qemu")),
    # a firmware project is no platform: boards are built on EDK II too; these builds of it are for QEMU alone
    ({"bios_vendor": "*OVMF|*ArmVirtQemu|*distribution of EDK II"}, Speaks(w.DMI_BUILD, vmm="qemu")),
    ({"bios_vendor": "QEMU"}, Speaks(w.DMI_SIDE, vmm="qemu")),
    ({"bios_version": "*prebuilt.qemu.org"}, Speaks(w.DMI_SIDE, vmm="qemu")),
    ({"bios_version": "rel-1.|seabios-"}, Speaks(w.DMI_FIRMWARE, vmm="qemu")),
    ({"sys_vendor": "Red Hat", "product_name": "RHEL|RHEV|oVirt|OpenStack|OpenShift"},
     Speaks(w.DMI_NAME, "kvm", "qemu")),
    ({"sys_vendor": "Red Hat", "product_name": "RHEV Hypervisor"}, Speaks(w.DMI_EXACT, "kvm", "rhev")),
    ({"sys_vendor": "oVirt"}, Speaks(w.DMI_NAME, "kvm", "ovirt")),
    ({"product_name": "oVirt"}, Speaks(w.DMI_NAME, "kvm", "ovirt")),
    ({"product_name": "RHEV Hypervisor"}, Speaks(w.DMI_NAME, "kvm", "rhev")),
    ({"sys_vendor": "Nutanix", "product_name": "AHV"}, Speaks(w.DMI_OWN, "kvm", "ahv")),
    ({"product_name": "AHV"}, Speaks(w.DMI_NAME, "kvm", "ahv")),
    ({"sys_vendor": "KubeVirt"}, Speaks(w.DMI_NAME, "kvm", "qemu")),
    ({"family": "KubeVirt|Red Hat OpenStack|RHEV"}, Speaks(w.DMI_SIDE, "kvm", "qemu")),
    ({"product_name": "OpenStack Nova|OpenStack Compute"}, Speaks(w.DMI_SIDE, "kvm", "qemu")),
    ({"sys_vendor": "OpenStack Foundation"}, Speaks(w.DMI_SIDE, "kvm", "qemu")),
    ({"product_name": "CloudStack KVM"}, Speaks(w.DMI_NAME, "kvm", "qemu")),
    ({"product_name": "SmartDC HVM"}, Speaks(w.DMI_NAME, "kvm", "qemu")),
    ({"sys_vendor": "Cloud Hypervisor"}, Speaks(w.DMI_NAME, "kvm", "cloud-hypervisor")),
    ({"sys_vendor": "ChromiumOS", "product_name": "crosvm"}, Speaks(w.DMI_NAME, "kvm", "crosvm")),
    # clouds
    ({"sys_vendor": "Amazon EC2"}, Speaks(w.DMI_NAME, "kvm", "nitro", "aws")),
    ({"bios_vendor": "Amazon EC2"}, Speaks(w.DMI_NAME, cloud="aws")),
    ({"bios_version": "*amazon"}, Speaks(w.DMI_OWN, "xen", cloud="aws")),
    ({"product_uuid": "ec2|EC2"}, Speaks(w.DMI_UUID, cloud="aws")),
    ({"sys_vendor": "Google", "product_name": "Google"}, Speaks(w.DMI_NAME, "kvm", "google", "gcp")),
    # whole machines are called "Alibaba Cloud" alone where the processor has no flag to tell them by (ARM)
    ({"product_name": "Alibaba Cloud ECS"}, Speaks(w.DMI_NAME, "kvm", cloud="alibaba")),
    ({"sys_vendor": "Alibaba Cloud"}, Speaks(w.DMI_NAME, cloud="alibaba")),
    ({"sys_vendor": "DigitalOcean"}, Speaks(w.DMI_NAME, "kvm", "qemu", "digitalocean")),
    ({"sys_vendor": "Hetzner"}, Speaks(w.DMI_NAME, "kvm", "qemu", "hetzner")),
    ({"sys_vendor": "Scaleway"}, Speaks(w.DMI_NAME, "kvm", "qemu", "scaleway")),
    ({"sys_vendor": "3DS Outscale|Outscale"}, Speaks(w.DMI_NAME, "kvm", "qemu")),
    ({"sys_vendor": "UpCloud"}, Speaks(w.DMI_NAME, "kvm", "qemu", "upcloud")),
    ({"sys_vendor": "Vultr"}, Speaks(w.DMI_NAME, "kvm", "qemu", "vultr")),
    ({"sys_vendor": "Linode|Akamai"}, Speaks(w.DMI_NAME, "kvm", "qemu", "linode")),
    ({"sys_vendor": "Huawei Cloud|HUAWEICLOUD"}, Speaks(w.DMI_NAME, "kvm", "qemu", "huawei")),
    ({"sys_vendor": "Tencent Cloud"}, Speaks(w.DMI_NAME, "kvm", "qemu", "tencent")),
    # its guests are called as their processor; Yandex has its own computers built, and calls those otherwise
    ({"sys_vendor": "Yandex", "product_name": "xeon-|amd-|epyc-|standard-"},
     Speaks(w.DMI_NAME, "kvm", "qemu", "yandex")),
    ({"sys_vendor": "Yandex"}, Speaks(w.DMI_NAME, cloud="yandex")),
    ({"sys_vendor": "Exoscale"}, Speaks(w.DMI_NAME, "kvm", "qemu", "exoscale")),
    ({"sys_vendor": "IONOS|1&1"}, Speaks(w.DMI_NAME, "kvm", "qemu", "ionos")),
    ({"sys_vendor": "Timeweb"}, Speaks(w.DMI_NAME, "kvm", "qemu", "timeweb")),
    ({"sys_vendor": "OVHcloud|OVH"}, Speaks(w.DMI_NAME, cloud="ovh")),
    ({"chassis_asset_tag": "OracleCloud"}, Speaks(w.DMI_NAME, cloud="oracle")),
    ({"chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77"}, Speaks(w.DMI_NAME, cloud="azure")),
    ({"chassis_asset_tag": "HUAWEICLOUD"}, Speaks(w.DMI_NAME, cloud="huawei")),
    ({"chassis_asset_tag": "Amazon EC2"}, Speaks(w.DMI_NAME, cloud="aws")),
    ({"chassis_vendor": "IBM:Cloud Compute"}, Speaks(w.DMI_NAME, cloud="ibm")),
    # what owners and small clouds call their machines; who runs them is not said
    ({"product_name": "Virtual Machine$", "sys_vendor": "?"}, Speaks(w.DMI_BUILD, role="guest")),
    ({"product_name": "*Virtual Server|*Virtual Private|*Cloud Server|VPS|vServer", "sys_vendor": "!Hetzner"},
     Speaks(w.DMI_BUILD, role="guest")),
    ({"product_name": "*Virtual Server|*Virtual Private|*Cloud Server|VPS|vServer", "sys_vendor": "?"},
     Speaks(w.DMI_BUILD, role="guest")),
)  # fmt: skip
"""Fields of SMBIOS, and what they speak for where each of them begins with one of the words between `|`;
`*word` may stand anywhere, `word$` is all; `!` before them all: with none of them, but with something;
`?` alone: it is not recorded."""

DMI_PLACEHOLDERS = (
    "to be filled",
    "system manufacturer",
    "system product name",
    "system version",
    "default string",
    "not specified",
    "not available",
    "unknown",
    "undefined",
    "none",
    "empty",
    "o.e.m",
    "oem",
    "n/a",
    "...",
    "xxx",
    "000",
)
"""How that begins, in lower case, which firmware prints where the maker wrote nothing."""

ACPI_OEMS: dict[str, Speaks] = {
    "BOCHS": Speaks(w.ACPI_MAKER, vmm="qemu"),
    "QEMU": Speaks(w.ACPI_MAKER, vmm="qemu"),
    "FIRECK": Speaks(w.ACPI_MAKER, "kvm", "firecracker"),
    "CLOUDH": Speaks(w.ACPI_MAKER, "kvm", "cloud-hypervisor"),
    "CROSVM": Speaks(w.ACPI_MAKER, "kvm", "crosvm"),
    "XEN": Speaks(w.ACPI_MAKER, "xen"),
    "VBOX": Speaks(w.ACPI_MAKER, "virtualbox"),
    "VRTUAL": Speaks(w.ACPI_MAKER, "hyperv"),
    "MSFTVM": Speaks(w.ACPI_MAKER, "hyperv"),
    "PRLS": Speaks(w.ACPI_PARALLELS, "parallels"),
    "BHYVE": Speaks(w.ACPI_MAKER, "bhyve"),
    "BVUTIL": Speaks(w.ACPI_TOOL, "bhyve"),
    "GOOGLE": Speaks(w.ACPI_HINT, vmm="google"),
    "AMAZON": Speaks(w.ACPI_HINT, vmm="nitro"),
    "ACRNVM": Speaks(w.ACPI_MAKER, "acrn"),
    "PTLTD": Speaks(w.ACPI_HINT, "vmware"),
    "VMWARE": Speaks(w.ACPI_MAKER, "vmware"),
}
"""The OEM id in the headers of ACPI tables."""

ACPI_DEVICES: dict[str, Speaks] = {
    "QEMU0002": Speaks(w.ACPI_DEVICE, vmm="qemu"),  # fw_cfg, QEMU docs/specs/fw_cfg.rst
    "QEMU0001": Speaks(w.ACPI_PVPANIC, vmm="qemu"),
    "VMBUS": Speaks(w.ACPI_DEVICE, "hyperv"),
    "MSFT1000": Speaks(w.ACPI_SHARED, "hyperv"),
    "XEN0000": Speaks(w.ACPI_DEVICE, "xen"),
}
"""ACPI hardware ids. LNRO0005, virtio-mmio, speaks for nobody: any VMM declares it."""

PCI_IDS: dict[str, tuple[str, Speaks]] = {
    "5853:0001": ("Xen platform device", Speaks(w.PCI_OWN, "xen")),
    "5853:0002": ("Xen platform device (XenServer)", Speaks(w.PCI_OWN, "xen")),
    "5853:c000": ("Xen platform device (XenServer)", Speaks(w.PCI_OWN, "xen")),
    "1414:5353": ("Hyper-V video", Speaks(w.PCI_NAMED, "hyperv")),
    "15ad:0740": ("VMware VMCI", Speaks(w.PCI_VMWARE, "vmware")),
    "15ad:0790": ("VMware PCI bridge", Speaks(w.PCI_VMWARE, "vmware")),
    "15ad:07a0": ("VMware PCIe port", Speaks(w.PCI_VMWARE, "vmware")),
    "15ad:0405": ("VMware SVGA (QEMU offers a copy)", Speaks(w.PCI_COPIED, "vmware")),
    "80ee:cafe": ("VirtualBox guest service", Speaks(w.PCI_OWN, "virtualbox")),
    "80ee:beef": ("VirtualBox graphics", Speaks(w.PCI_OWN, "virtualbox")),
    "1ab8:4000": ("Parallels tools device", Speaks(w.PCI_PARALLELS, "parallels")),
    "1ab8:4005": ("Parallels video", Speaks(w.PCI_PARALLELS, "parallels")),
    "1ab8:4006": ("Parallels memory device", Speaks(w.PCI_PARALLELS, "parallels")),
    "fb5d:0a0a": ("bhyve NVMe", Speaks(w.PCI_COPIED, "bhyve")),
    "1275:1275": ("bhyve host bridge", Speaks(w.PCI_COPIED, "bhyve")),
    "0b5d:0777": ("OpenBSD VMM control device", Speaks(w.PCI_NAMED, "openbsd-vmm")),
    "1b36:0008": ("QEMU PCIe host bridge", Speaks(w.PCI_NAMED, vmm="qemu")),
    "1b36:0001": ("QEMU PCI bridge", Speaks(w.PCI_NAMED, vmm="qemu")),
    "1b36:000c": ("QEMU PCIe root port", Speaks(w.PCI_NAMED, vmm="qemu")),
    "1b36:000d": ("QEMU xHCI host controller", Speaks(w.PCI_NAMED, vmm="qemu")),
    "1b36:0010": ("QEMU NVMe", Speaks(w.PCI_NAMED, vmm="qemu")),
    "1b36:0100": ("QXL video", Speaks(w.PCI_NAMED, vmm="qemu")),
    "1234:1111": ("QEMU or Bochs standard VGA", Speaks(w.PCI_COPIED, vmm="qemu")),
    "1d0f:0200": ("Amazon Nitro host bridge", Speaks(w.PCI_COPIED, "kvm", "nitro", "aws")),
    "1ae0:001f": ("Google NVMe", Speaks(w.PCI_COPIED, "kvm", "google", "gcp")),
    "1ae0:0042": ("Google gVNIC", Speaks(w.PCI_COPIED, "kvm", "google", "gcp")),
    "106b:1a05": ("Apple Virtualization host bridge", Speaks(w.PCI_NAMED, "apple")),
    "8086:0d57": (
        "the host bridge 8086:0d57 of Firecracker and Cloud Hypervisor",
        Speaks(w.PCI_BRIDGE, vmm="firecracker"),
    ),
}
"""What a PCI function proves when it is there: what it is, and what that speaks for."""

QEMU_BRIDGES = (
    "8086:1237", "8086:29c0",  # i440FX, Q35
    "1057:0002", "1057:4801", "106b:", "1014:", "1957:",  # Grackle, Raven, UniNorth, POWER, e500
    "11ab:", "10ee:", "108e:", "10de:01a4", "df53:", "16c3:",  # Malta, Versatile, SPARC, Bonito, DesignWare
)  # fmt: skip
"""Host bridges of boards that QEMU emulates (hw/pci-host/*.c); with a colon at the end, all of a vendor."""
VIRTUAL_BRIDGES = (
    *QEMU_BRIDGES,
    "8086:7190", "8086:7192", "8086:29e0", "8086:29a0",  # VMware, Hyper-V, VirtualBox, Parallels
    "8086:0d57", "8086:5af0", "1275:", "1022:7432", "0b5d:",  # Firecracker, ACRN, bhyve, OpenBSD
    "1b36:", "1af4:", "1234:", "15ad:", "80ee:", "1ab8:", "5853:", "1414:", "1ae0:", "1d0f:",
)  # fmt: skip
"""Host bridges that a VMM offers; any other is a chipset."""

PCI_SUBSYSTEMS: dict[str, tuple[str, Speaks]] = {
    "1af4:1100": ("a chip emulated by QEMU (subsystem 1af4:1100)", Speaks(w.PCI_CHIP, vmm="qemu")),
    "5853:0001": ("a chip emulated for Xen (subsystem 5853:0001)", Speaks(w.PCI_CHIP, "xen", "qemu")),
    "15ad:1976": ("VMware's virtual chipset (subsystem 15ad:1976)", Speaks(w.PCI_VMWARE_CHIP, "vmware")),
    "15ad:0750": ("a chip emulated by VMware (subsystem 15ad:0750)", Speaks(w.PCI_VMWARE_CHIP, "vmware")),
}
"""The subsystem id tells an emulated chip from the real one that it copies."""

LSPCI_BRIDGES = ("440FX", "82G33/G31/P35/P31", "440BX/ZX/DX", "82P965/G965", "Device 0d57", "Device 7432")
"""What lspci calls the host bridges of VIRTUAL_BRIDGES whose vendors make chipsets too."""

LSPCI_WORDS: dict[str, Speaks] = {
    "VirtualBox": Speaks(w.LSPCI_NAMED, "virtualbox"),
    "InnoTek Systemberatung": Speaks(w.LSPCI_NAMED, "virtualbox"),
    "VMware Virtual Machine Communication": Speaks(w.LSPCI_VMWARE, "vmware"),
    "VMware PCI bridge": Speaks(w.LSPCI_VMWARE, "vmware"),
    "Hyper-V virtual VGA": Speaks(w.LSPCI_NAMED, "hyperv"),
    "XenSource": Speaks(w.LSPCI_XEN, "xen"),
    "Parallels, Inc.": Speaks(w.LSPCI_PARALLELS, "parallels"),
    "Qemu virtual machine": Speaks(w.LSPCI_QEMU, vmm="qemu"),
    "Compute Engine Virtual": Speaks(w.LSPCI_QEMU, "kvm", "google", "gcp"),
    "Amazon.com, Inc.": Speaks(w.LSPCI_QEMU, cloud="aws"),
    "VMware SVGA": Speaks(w.LSPCI_QEMU, "vmware"),
    "VMware VMXNET": Speaks(w.LSPCI_QEMU, "vmware"),
    "VMware PVSCSI": Speaks(w.LSPCI_QEMU, "vmware"),
    "Network Appliance Corporation Device 1275": Speaks(w.LSPCI_QEMU, "bhyve"),
    "Virtio": Speaks(w.LSPCI_VIRTIO, role="guest"),
    "virtio": Speaks(w.LSPCI_VIRTIO, role="guest"),
    "QEMU": Speaks(w.LSPCI_QEMU, vmm="qemu"),
    "QXL": Speaks(w.LSPCI_QEMU, vmm="qemu"),
}
"""What lspci calls virtual devices where it prints no ids."""

DISK_NAMES: dict[str, Speaks] = {
    "VMware": Speaks(w.DISK_NAME, "vmware"),
    "VBOX": Speaks(w.DISK_NAME, "virtualbox"),
    "QEMU": Speaks(w.DISK_NAME, vmm="qemu"),
    "Msft": Speaks(w.DISK_NAME, "hyperv"),
    "Parallels": Speaks(w.DISK_NAME, "parallels"),
    "XENSRC": Speaks(w.DISK_NAME, "xen"),
}
"""How hypervisors name their virtual disks (/proc/scsi/scsi, /proc/ide/*/model)."""

DEVICE_TREE: dict[str, Speaks] = {
    "xen,xen": Speaks(w.TREE_HYPERVISOR, "xen"),
    "linux,kvm": Speaks(w.TREE_HYPERVISOR, "kvm"),
    # QEMU, Firecracker, Cloud Hypervisor, crosvm, kvmtool: they write it alike
    "linux,dummy-virt": Speaks(w.TREE_HYPERVISOR, role="guest"),
    "qemu,fw-cfg-mmio": Speaks(w.TREE_HYPERVISOR, vmm="qemu"),
    "vmware": Speaks(w.TREE_HYPERVISOR, "vmware"),
    "qemu,pseries": Speaks(w.TREE_HYPERVISOR, vmm="qemu"),
    "riscv-virtio": Speaks(w.TREE_HYPERVISOR, vmm="qemu"),
    "linux,lkvm": Speaks(w.TREE_HYPERVISOR, "lkvm"),
    "jailhouse": Speaks(w.TREE_HYPERVISOR, "jailhouse"),
    "Parallels ARM Virtual Machine": Speaks(w.TREE_HYPERVISOR, "parallels"),
}
"""`compatible` strings, and models."""

CLOCKS: dict[str, Speaks] = {
    "kvm-clock": Speaks(w.CLOCK, "kvm"),
    "xen": Speaks(w.CLOCK, "xen"),
    "hyperv_clocksource_tsc_page": Speaks(w.CLOCK, "hyperv"),
    "hyperv_clocksource_msr": Speaks(w.CLOCK, "hyperv"),
}
"""Clock sources of Linux that only one hypervisor offers, unless it is imitated (drivers/clocksource)."""

KERNEL_LOG_NAMES: tuple[tuple[str, HypervisorKind], ...] = (
    ("Microsoft Hyper-V", "hyperv"),
    ("Microsoft HyperV", "hyperv"),
    ("KVM", "kvm"),
    ("Xen", "xen"),
    ("VMware", "vmware"),
    ("ACRN", "acrn"),
    ("Jailhouse", "jailhouse"),
    ("Parallels", "parallels"),
    ("BHYVE", "bhyve"),
)
"""What follows `Hypervisor detected: ` (arch/x86/kernel/cpu/hypervisor.c)."""

PVBUS_NAMES: tuple[tuple[str, HypervisorKind], ...] = (
    ("KVM", "kvm"),
    ("Hyper-V", "hyperv"),
    ("VMware", "vmware"),
    ("Xen", "xen"),
    ("bhyve", "bhyve"),
    ("OpenBSD", "openbsd-vmm"),
)
"""What follows `pvbus0 at mainbus0: ` (OpenBSD, sys/dev/pv/pvbus.c)."""

BOOTED_ON: tuple[tuple[str, HypervisorKind], ...] = (
    ("KVM", "kvm"),
    ("Xen", "xen"),
    ("VMware", "vmware"),
    ("Hyper-V", "hyperv"),
    ("Jailhouse", "jailhouse"),
    ("ACRN", "acrn"),
)
"""What follows `Booting paravirtualized kernel on ` (pv_info.name)."""

LOG_WORDS: dict[str, Speaks] = {
    # User Mode Linux, which asks its host for them (arch/um/os-Linux/start_up.c)
    "Checking that ptrace can change system call numbers": Speaks(w.LOG_OWN, "uml"),
    "Checking syscall emulation for ptrace": Speaks(w.LOG_OWN, "uml"),
    "kvm-clock: ": Speaks(w.LOG_OWN, "kvm"),
    "clocksource: kvm-clock: ": Speaks(w.LOG_OWN, "kvm"),
    # only a VMM hands its devices to a kernel by its command line (virtio_mmio.c)
    " virtio_mmio.device=": Speaks(w.LOG_VIRTUAL, role="guest"),
    " root=/dev/vd": Speaks(w.LOG_VIRTUAL, role="guest"),
    "xen:grant_table: ": Speaks(w.LOG_XEN, "xen"),
    # the kernel's code segment in an oops: of Xen, which alone hands out segments (xen-x86_64.h)
    "RIP: e030:": Speaks(w.LOG_XEN, "xen"),
    "Switched to clocksource xen": Speaks(w.LOG_XEN, "xen"),
    "clocksource kvm-clock": Speaks(w.LOG_OWN, "kvm"),
    # setup_efi_kvm_sev_migration says kvm-guest on any hypervisor
    "kvm-guest: stealtime": Speaks(w.LOG_OWN, "kvm"),
    "kvm-guest: PV": Speaks(w.LOG_OWN, "kvm"),
    "kvm-guest: APIC": Speaks(w.LOG_OWN, "kvm"),
    "kvm-guest: KVM": Speaks(w.LOG_OWN, "kvm"),
    "KVM setup async PF": Speaks(w.LOG_OWN, "kvm"),
    "KVM setup pv": Speaks(w.LOG_OWN, "kvm"),
    "kvm-stealtime: cpu": Speaks(w.LOG_OWN, "kvm"),
    "KVM: hypervisor services detected": Speaks(
        w.LOG_OWN, "kvm"
    ),  # arm64, drivers/firmware/smccc/kvm_guest.c
    # s390, arch/s390/kernel/setup.c
    "is running as a z/VM guest": Speaks(w.LOG_OWN, "zvm"),
    "are running under VM (": Speaks(w.LOG_OWN, "zvm"),
    "is running under KVM in": Speaks(w.LOG_OWN, "kvm"),
    "are running under KVM (": Speaks(w.LOG_OWN, "kvm"),
    "is running natively in": Speaks(w.LOG_OWN, "lpar"),
    "are running native (": Speaks(w.LOG_OWN, "lpar"),
    # arch/powerpc/kernel/setup-common.c
    "Using pSeries machine description": Speaks(w.LOG_VIRTUAL, role="guest"),
    "Using PowerNV machine description": Speaks(w.POWER_METAL, "none"),
    "arm-pv: using stolen time PV": Speaks(w.LOG_VIRTUAL, role="guest"),
    "Xen version": Speaks(w.LOG_XEN, "xen"),
    "xen:events: ": Speaks(w.LOG_XEN, "xen"),
    "clocksource xen": Speaks(w.LOG_XEN, "xen"),
    "Grant tables using version": Speaks(w.LOG_XEN, "xen"),
    "Grant table initialized": Speaks(w.LOG_XEN, "xen"),
    "Initialising Xen virtual ethernet": Speaks(w.LOG_XEN, "xen"),
    # the kernels of Xen's own tree, until 2.6.3x (linux-2.6.18-xen.hg, drivers/xen)
    "Xen virtual console successfully installed": Speaks(w.LOG_XEN, "xen"),
    "Event-channel device installed": Speaks(w.LOG_XEN, "xen"),
    "netfront: Initialising virtual ethernet": Speaks(w.LOG_XEN, "xen"),
    "xen-vbd: registered block device": Speaks(w.LOG_XEN, "xen"),
    "xen_net: Initialising virtual ethernet": Speaks(w.LOG_XEN, "xen"),
    "Hypervisor signature: xen": Speaks(w.LOG_XEN, "xen"),
    "Xen-provided physical": Speaks(w.LOG_XEN, "xen"),
    # memory as Xen gives it to its PV domains
    "Xen: 00000000": Speaks(w.LOG_XEN, "xen"),
    "Xen: [mem ": Speaks(w.LOG_XEN, "xen"),
    "blkfront: xvd": Speaks(w.LOG_XEN, "xen"),
    "vmware: TSC freq": Speaks(w.LOG_OWN, "vmware"),
    "vmware: using": Speaks(w.LOG_OWN, "vmware"),
    "vmware: hypercall mode": Speaks(w.LOG_OWN, "vmware"),
    "TSC freq read from hypervisor": Speaks(w.LOG_OWN, "vmware"),
    "hv_vmbus: Vmbus version": Speaks(w.LOG_BUS, "hyperv"),
    "hv_vmbus: Hyper-V Host Build": Speaks(w.LOG_BUS, "hyperv"),
    # its host's devices were found; the drivers alone are in other guests' kernels too
    "hv_netvsc channel opened": Speaks(w.LOG_BUS, "hyperv"),
    "hv_utils: Using TimeSync version": Speaks(w.LOG_BUS, "hyperv"),
    ": storvsc_host_t": Speaks(w.LOG_BUS, "hyperv"),
    "input: Microsoft Vmbus": Speaks(w.LOG_BUS, "hyperv"),
    "Synthvid Version": Speaks(w.LOG_BUS, "hyperv"),
    "hv_balloon: Using Dynamic Memory": Speaks(w.LOG_BUS, "hyperv"),
    "hv_balloon: Max. dynamic memory": Speaks(w.LOG_BUS, "hyperv"),
    "hv_utils: Heartbeat IC version": Speaks(w.LOG_BUS, "hyperv"),
    "hv_utils: Shutdown IC version": Speaks(w.LOG_BUS, "hyperv"),
    "hv_utils: TimeSync IC version": Speaks(w.LOG_BUS, "hyperv"),
    "SEV: Status: vTom": Speaks(w.LOG_DEVICE, "hyperv"),  # only its paravisor splits memory so (TLFS)
    "clocksource hyperv_clocksource": Speaks(w.LOG_OWN, "hyperv"),
    "Hyper-V: privilege flags": Speaks(w.LOG_OWN, "hyperv"),
    "Hyper-V: features 0x": Speaks(w.LOG_OWN, "hyperv"),
    "HyperV: features 0x": Speaks(w.LOG_OWN, "hyperv"),
    "vboxguest: host-version": Speaks(w.LOG_BUS, "virtualbox"),
    "vboxguest: misc device minor": Speaks(w.LOG_BUS, "virtualbox"),
    "VirtualBox mouse integration": Speaks(w.LOG_BUS, "virtualbox"),
    "VirtualBox USB Tablet": Speaks(w.LOG_DEVICE, "virtualbox"),
    "gve 0000:": Speaks(w.LOG_DEVICE, "kvm", "google", "gcp"),
    "Elastic Network Adapter (ENA)": Speaks(w.LOG_DEVICE, cloud="aws"),
    "Amazon Elastic Block Store": Speaks(w.LOG_DEVICE, cloud="aws"),
    "vmw_vmci 0000:": Speaks(w.LOG_BUS, "vmware"),
    "QEMU HARDDISK": Speaks(w.LOG_DEVICE, vmm="qemu"),
    "QEMU DVD-ROM": Speaks(w.LOG_DEVICE, vmm="qemu"),
    "QEMU CD-ROM": Speaks(w.LOG_DEVICE, vmm="qemu"),
    "QEMU USB": Speaks(w.LOG_DEVICE, vmm="qemu"),
    "VBOX HARDDISK": Speaks(w.LOG_DEVICE, "virtualbox"),
    "VBOX CD-ROM": Speaks(w.LOG_DEVICE, "virtualbox"),
    "VMware Virtual disk": Speaks(w.LOG_DEVICE, "vmware"),
    "VMware Virtual SATA": Speaks(w.LOG_DEVICE, "vmware"),
    "VMware Virtual IDE": Speaks(w.LOG_DEVICE, "vmware"),
    "VMware Virtual USB": Speaks(w.LOG_DEVICE, "vmware"),
    "VMware, VMware Virtual": Speaks(w.LOG_DEVICE, "vmware"),
    "VMware   Virtual": Speaks(w.LOG_DEVICE, "vmware"),
    "Msft     Virtual": Speaks(w.LOG_DEVICE, "hyperv"),
    "Virtual HD, 1.1.0": Speaks(w.LOG_DEVICE, "hyperv"),
    "virtualized system": Speaks(w.LOG_VIRTUAL, role="guest"),
    "virtio_blk virtio": Speaks(w.LOG_VIRTUAL, role="guest"),
    "virtio_net virtio": Speaks(w.LOG_VIRTUAL, role="guest"),
    "virtio_scsi virtio": Speaks(w.LOG_VIRTUAL, role="guest"),
    "Virtio SCSI HBA": Speaks(w.LOG_VIRTUAL, role="guest"),
    "virtio-mmio: ": Speaks(w.LOG_VIRTUAL, role="guest"),
    "virtio-pci 0000:": Speaks(w.LOG_VIRTUAL, role="guest"),
}
"""Lines of the kernel log, and what they speak for."""

HARDWARE_NAMES: dict[str, Speaks] = {
    " hv:phyp": Speaks(w.LOG_OWN, "powervm"),
    " hv:linux,kvm": Speaks(w.LOG_OWN, "kvm"),
    "emulated by qemu": Speaks(w.PSERIES_QEMU, vmm="qemu"),
    " opal:": Speaks(w.POWER_METAL, "none"),
    "(KVM/Linux": Speaks(w.LOG_OWN, "kvm"),
    "(z/VM": Speaks(w.LOG_OWN, "zvm"),
    "(LPAR)": Speaks(w.LOG_OWN, "lpar"),
}
"""What stands behind `Hardware name: ` on POWER (arch/powerpc/kernel/setup-common.c, platforms/pseries and
powernv) and on s390 (arch/s390/kernel/early.c, setup_arch_string); the first that is there counts."""

DETECT_VIRT: dict[str, Speaks] = {
    "kvm": Speaks(w.LOG_SYSTEMD, "kvm"),
    "amazon": Speaks(w.LOG_SYSTEMD, "kvm", "nitro", "aws"),
    "google": Speaks(w.LOG_SYSTEMD, "kvm", "google", "gcp"),
    "qemu": Speaks(w.LOG_SYSTEMD, "qemu", "qemu"),
    "bochs": Speaks(w.LOG_SYSTEMD, vmm="qemu"),
    "xen": Speaks(w.LOG_SYSTEMD, "xen"),
    "uml": Speaks(w.LOG_SYSTEMD, "uml"),
    "vmware": Speaks(w.LOG_SYSTEMD, "vmware"),
    "oracle": Speaks(w.LOG_SYSTEMD, "virtualbox"),
    "microsoft": Speaks(w.LOG_SYSTEMD, "hyperv"),
    "zvm": Speaks(w.LOG_SYSTEMD, "zvm"),
    "parallels": Speaks(w.LOG_SYSTEMD, "parallels"),
    "bhyve": Speaks(w.LOG_SYSTEMD, "bhyve"),
    "qnx": Speaks(w.LOG_SYSTEMD, "qnx"),
    "acrn": Speaks(w.LOG_SYSTEMD, "acrn"),
    "powervm": Speaks(w.LOG_SYSTEMD, "powervm"),
    "apple": Speaks(w.LOG_SYSTEMD, "apple"),
    "sre": Speaks(w.LOG_SYSTEMD, "other"),
    "vm-other": Speaks(w.LOG_SYSTEMD, role="guest"),
}
"""systemd's words for virtual machines (src/basic/virt.c)."""

INVENTORY_WORDS: dict[str, Speaks] = {
    "none": Speaks(w.INVENTORY_NONE, "none"),
    "na": Speaks(w.INVENTORY_NONE, "none"),
    "physical": Speaks(w.INVENTORY_NONE, "none"),
    "xenu": Speaks(w.INVENTORY, "xen"),
    "xenhvm": Speaks(w.INVENTORY, "xen"),
    "xen0": Speaks(w.INVENTORY, "xen", role="host"),
    "hyperv": Speaks(w.INVENTORY, "hyperv"),
    "hyper-v": Speaks(w.INVENTORY, "hyperv"),
    # virt-what says so of any machine that Microsoft made, Surface laptops among them
    "virtualpc": Speaks(w.INVENTORY_NONE, "hyperv"),
    "virtualbox": Speaks(w.INVENTORY, "virtualbox"),
    "vbox": Speaks(w.INVENTORY, "virtualbox"),
    "amazonec2": Speaks(w.INVENTORY, cloud="aws"),
    "gce": Speaks(w.INVENTORY, "kvm", "google", "gcp"),
    "rhev": Speaks(w.INVENTORY, "kvm", "rhev"),
    "ovirt": Speaks(w.INVENTORY, "kvm", "ovirt"),
    "kubevirt": Speaks(w.INVENTORY, "kvm", "qemu"),
    "openstack": Speaks(w.INVENTORY, vmm="qemu"),
    "zlinux": Speaks(w.INVENTORY, role="guest"),
    "ibm_systemz": Speaks(w.INVENTORY, role="guest"),
    "vmware_server": Speaks(w.INVENTORY, "vmware"),
    "vmware_workstation": Speaks(w.INVENTORY, "vmware"),
    "xen-hvm": Speaks(w.INVENTORY, "xen"),
    "xen-domu": Speaks(w.INVENTORY, "xen"),
    "xen-dom0": Speaks(w.INVENTORY, "xen", role="host"),
    "nutanix_ahv": Speaks(w.INVENTORY, "kvm", "ahv"),
    "redhat": Speaks(w.INVENTORY, "kvm"),
    "lkvm": Speaks(w.INVENTORY, "lkvm"),
    "vmm": Speaks(w.INVENTORY, "openbsd-vmm"),
    "powervm_lx86": Speaks(w.INVENTORY, "lx86"),
    "illumos-lx": Speaks(w.INVENTORY, "illumos"),
    "ibm_power-kvm": Speaks(w.INVENTORY, "kvm"),
    "ibm_power-lpar_shared": Speaks(w.INVENTORY, "powervm"),
    "ibm_power-lpar_dedicated": Speaks(w.INVENTORY, "powervm"),
    "ibm_systemz-kvm": Speaks(w.INVENTORY, "kvm"),
    "ibm_systemz-zvm": Speaks(w.INVENTORY, "zvm"),
    "ibm_systemz-lpar": Speaks(w.INVENTORY, "lpar"),
    "aws": Speaks(w.INVENTORY, cloud="aws"),
    "google_cloud": Speaks(w.INVENTORY, cloud="gcp"),
    "alibaba_cloud": Speaks(w.INVENTORY, cloud="alibaba"),
    "alibaba_cloud-ebm": Speaks(w.INVENTORY, cloud="alibaba"),
}
"""What facter, Ansible (module_utils/facts/virtual/linux.py), ohai, virt-what say beyond systemd's words."""

INVENTORY_CLOUDS: dict[str, Cloud] = {
    "aws": "aws",
    "ec2": "aws",
    "azure": "azure",
    "gce": "gcp",
    "aliyun": "alibaba",
    "oracle": "oracle",
    "digitalocean": "digitalocean",
    "hetzner": "hetzner",
    "scaleway": "scaleway",
    "upcloud": "upcloud",
    "vultr": "vultr",
    "akamai": "linode",
    "exoscale": "exoscale",
    "ibmcloud": "ibm",
}
"""cloud-init's names of clouds (cloudinit/sources)."""

LSCPU_NAMES: dict[str, HypervisorKind] = {
    "KVM": "kvm",
    "Xen": "xen",
    "Microsoft": "hyperv",
    "VMware": "vmware",
    "QEMU": "qemu",
    "Oracle": "virtualbox",
    "innotek GmbH": "virtualbox",
    "Parallels": "parallels",
    "IBM": "zvm",
    "z/VM": "zvm",
    "PR/SM": "lpar",
    "pHyp": "powervm",
    "User-mode Linux": "uml",
    "ACRN": "acrn",
    "bhyve": "bhyve",
    "Wind River": "other",
}
"""lscpu's hypervisor vendors (util-linux sys-utils/lscpu-virt.c)."""

LSCPU_BIOS: dict[str, Speaks] = {
    "QEMU": Speaks(w.LSCPU_BIOS, vmm="qemu"),
    "pc-": Speaks(w.LSCPU_BIOS, vmm="qemu"),
    "virt-": Speaks(w.LSCPU_BIOS, vmm="qemu"),
    "RHEL ": Speaks(w.LSCPU_BIOS, vmm="qemu"),
    "Red Hat": Speaks(w.LSCPU_BIOS, vmm="qemu"),
    "Standard PC (": Speaks(w.LSCPU_BIOS, vmm="qemu"),
    "Bochs": Speaks(w.LSCPU_BIOS, vmm="qemu"),
    "KVM": Speaks(w.LSCPU_BIOS, "kvm", "qemu"),
    "Alibaba Cloud": Speaks(w.LSCPU_BIOS, "kvm", cloud="alibaba"),
    "Google": Speaks(w.LSCPU_BIOS, "kvm", "google", "gcp"),
    "Xen": Speaks(w.LSCPU_BIOS, "xen"),
    "VMware": Speaks(w.LSCPU_BIOS, "vmware"),
    "Microsoft": Speaks(w.LSCPU_BIOS, "hyperv"),
    "Parallels": Speaks(w.LSCPU_BIOS, "parallels"),
    "bhyve": Speaks(w.LSCPU_BIOS, "bhyve"),
    "BHYVE": Speaks(w.LSCPU_BIOS, "bhyve"),
}
"""How the processor's maker and model begin in SMBIOS (type 4) where firmware is virtual: lscpu's
`BIOS Vendor ID` and `BIOS Model name`. QEMU writes its name and machine type there (hw/smbios/smbios.c)."""

QEMU_MODELS = (
    "QEMU ",
    "Common KVM processor",
    "Common 32-bit KVM processor",
    "Intel Xeon Processor",
    "Intel Core Processor",
    "Intel Atom Processor",
    "Intel Xeon E312xx (",
    "Intel Xeon E3-12xx v2 (",
    "Intel Core i7 9xx (",
    "Intel Core 2 Duo P9xxx (",
    "Intel Celeron_4x0 (",
    "Westmere E56xx/L56xx/X56xx (",
    "AMD EPYC Processor",
    "AMD EPYC-",
    "AMD Opteron 240 (",
    "AMD Opteron 22xx (",
    "AMD Opteron 23xx (",
    "AMD Opteron 62xx class CPU",
    "AMD Opteron 63xx class CPU",
    "Hygon Dhyana Processor",
)
"""How processor models begin that no maker sells: QEMU names its models so (target/i386/cpu.c, model_id)."""

VMM_IMPLIES: dict[Vmm, HypervisorKind] = {
    "firecracker": "kvm",
    "cloud-hypervisor": "kvm",
    "crosvm": "kvm",
    "nitro": "kvm",
    "ahv": "kvm",
    "rhev": "kvm",
    "ovirt": "kvm",
    "google": "kvm",
    "qemu": "kvm",
}
"""The hypervisor under a VMM where no other signal names it."""
