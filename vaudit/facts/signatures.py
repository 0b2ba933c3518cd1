"""What hypervisors, clouds and their devices call themselves: tables, no code.

Sources: CPUID names from the Linux kernel (arch/x86/kernel/cpu/{vmware,mshyperv}.c, arch/x86/xen,
arch/x86/include/uapi/asm/kvm_para.h) and each hypervisor's own headers; DMI names as the makers' firmware and
the clouds' metadata documents print them; PCI ids from the PCI ID database (pci-ids.ucw.cz) and QEMU's
docs/specs/pci-ids.rst.
"""

from typing import NamedTuple

CPUID_NAMES: dict[str, str] = {
    "KVMKVMKVM": "kvm",
    "Linux KVM Hv": "kvm",
    "TCGTCGTCGTCG": "qemu",
    "XenVMMXenVMM": "xen",
    "Microsoft Hv": "hyperv",
    "VMwareVMware": "vmware",
    "VBoxVBoxVBox": "virtualbox",
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

IMITATIONS: dict[tuple[str, str], str] = {
    ("hyperv", "kvm"): "KVM offers Hyper-V enlightenments to its guests",
    ("hyperv", "qemu"): "QEMU offers Hyper-V enlightenments to its guests",
    ("hyperv", "xen"): "Xen offers Hyper-V enlightenments (viridian) to its guests",
    ("hyperv", "virtualbox"): "VirtualBox offers a Hyper-V interface to its guests",
    ("hyperv", "vmware"): "VMware offers Hyper-V enlightenments to its guests",
    ("hyperv", "parallels"): "Parallels offers Hyper-V enlightenments to its guests",
    ("hyperv", "bhyve"): "bhyve can show a Hyper-V interface",
    ("kvm", "virtualbox"): "VirtualBox offers the KVM paravirtual clock to its guests",
    ("kvm", "parallels"): "Parallels answers CPUID with KVM's name",
    ("kvm", "lkvm"): "lkvm is a VMM on KVM, reported by its own name",
    ("kvm", "bhyve"): "bhyve can answer with KVM's name",
}
"""(who is imitated, who imitates): the imitated one's signals are set aside where the other one speaks."""


class DmiRule(NamedTuple):
    """Each field must begin with one of the words between `|`; `*word` may stand anywhere, `word$` is all."""

    fields: dict[str, str]
    kind: str = ""
    vmm: str = ""
    cloud: str = ""
    weight: int = 60


DMI_RULES: tuple[DmiRule, ...] = (
    # a machine of its own: clouds that rent whole computers
    DmiRule({"sys_vendor": "Amazon EC2", "product_name": "*.metal"}, "none", cloud="aws", weight=75),
    # hypervisors by their own firmware
    DmiRule({"sys_vendor": "Xen", "product_name": "HVM domU"}, "xen", weight=70),
    DmiRule({"bios_vendor": "Xen$"}, "xen"),
    DmiRule({"sys_vendor": "VMware"}, "vmware"),
    DmiRule({"product_name": "VMware"}, "vmware"),
    DmiRule({"bios_version": "VMW"}, "vmware", weight=50),
    DmiRule({"product_name": "VirtualBox"}, "virtualbox", weight=70),
    DmiRule({"bios_vendor": "innotek GmbH"}, "virtualbox", weight=70),
    DmiRule({"board_name": "VirtualBox"}, "virtualbox"),
    DmiRule({"sys_vendor": "Microsoft", "product_name": "Virtual Machine", "product_version": "VS2005|6.0"},
            "virtualpc", weight=80),
    DmiRule({"sys_vendor": "Microsoft", "product_name": "Virtual Machine"}, "hyperv"),
    DmiRule({"board_vendor": "Microsoft", "board_name": "Virtual Machine"}, "hyperv", weight=50),
    DmiRule({"bios_version": "VRTUAL|Hyper-V"}, "hyperv", weight=50),
    DmiRule({"sys_vendor": "Parallels"}, "parallels", weight=90),
    DmiRule({"product_name": "Parallels"}, "parallels", weight=90),
    DmiRule({"bios_vendor": "Parallels"}, "parallels", weight=90),
    DmiRule({"product_name": "BHYVE"}, "bhyve"),
    DmiRule({"bios_vendor": "BHYVE"}, "bhyve"),
    DmiRule({"sys_vendor": "OpenBSD", "product_name": "VMM"}, "openbsd-vmm"),
    DmiRule({"sys_vendor": "Apple", "product_name": "Apple Virtualization"}, "apple"),
    DmiRule({"board_name": "Apple Virtualization"}, "apple"),
    DmiRule({"product_name": "ACRN"}, "acrn"),
    DmiRule({"sys_vendor": "HITACHI", "product_name": "* LPAR"}, "lpar"),
    # QEMU and what is built on it; KVM is told from plain QEMU by other signals
    DmiRule({"product_name": "KVM|* KVM"}, "kvm", "qemu"),
    DmiRule({"sys_vendor": "KVM"}, "kvm", "qemu"),
    DmiRule({"product_version": "* KVM"}, "kvm", "qemu", weight=50),
    # the names of QEMU's machine types (hw/i386/pc_piix.c, pc_q35.c), where a cloud put its own into the rest
    DmiRule({"product_version": "pc-i440fx-|pc-q35-|pc-0.|pc-1.|virt-"}, vmm="qemu", weight=60),
    DmiRule({"sys_vendor": "QEMU"}, vmm="qemu", weight=70),
    DmiRule({"product_name": "Standard PC ("}, vmm="qemu", weight=60),
    DmiRule({"product_name": "QEMU"}, vmm="qemu", weight=60),
    DmiRule({"bios_vendor": "Bochs|BOCHS"}, vmm="qemu", weight=50),
    DmiRule({"sys_vendor": "Bochs|BOCHS"}, vmm="qemu", weight=50),
    DmiRule({"chassis_vendor": "QEMU|Bochs"}, vmm="qemu", weight=50),
    DmiRule({"bios_vendor": "SeaBIOS"}, vmm="qemu", weight=40),
    DmiRule({"bios_vendor": "EFI Development Kit II|Proxmox distribution of EDK II"}, vmm="qemu", weight=40),
    DmiRule({"sys_vendor": "Red Hat", "product_name": "RHEL|RHEV|oVirt|OpenStack|OpenShift"}, "kvm", "qemu"),
    DmiRule({"sys_vendor": "Red Hat", "product_name": "RHEV Hypervisor"}, "kvm", "rhev", weight=61),
    DmiRule({"sys_vendor": "oVirt"}, "kvm", "ovirt"),
    DmiRule({"product_name": "oVirt"}, "kvm", "ovirt"),
    DmiRule({"product_name": "RHEV Hypervisor"}, "kvm", "rhev"),
    DmiRule({"sys_vendor": "Nutanix", "product_name": "AHV"}, "kvm", "ahv", weight=70),
    DmiRule({"product_name": "AHV"}, "kvm", "ahv"),
    DmiRule({"sys_vendor": "KubeVirt"}, "kvm", "qemu"),
    DmiRule({"family": "KubeVirt|Red Hat OpenStack|RHEV"}, "kvm", "qemu", weight=50),
    DmiRule({"product_name": "OpenStack Nova|OpenStack Compute"}, "kvm", "qemu", weight=50),
    DmiRule({"sys_vendor": "OpenStack Foundation"}, "kvm", "qemu", weight=50),
    DmiRule({"product_name": "CloudStack KVM"}, "kvm", "qemu"),
    DmiRule({"product_name": "SmartDC HVM"}, "kvm", "qemu"),
    DmiRule({"sys_vendor": "Cloud Hypervisor"}, "kvm", "cloud-hypervisor"),
    DmiRule({"sys_vendor": "ChromiumOS", "product_name": "crosvm"}, "kvm", "crosvm"),
    # clouds
    DmiRule({"sys_vendor": "Amazon EC2"}, "kvm", "nitro", "aws"),
    DmiRule({"bios_vendor": "Amazon EC2"}, cloud="aws"),
    DmiRule({"bios_version": "*amazon"}, "xen", cloud="aws", weight=70),
    DmiRule({"product_uuid": "ec2|EC2"}, cloud="aws", weight=40),
    DmiRule({"sys_vendor": "Google", "product_name": "Google"}, "kvm", "google", "gcp"),
    DmiRule({"sys_vendor": "Alibaba Cloud"}, "kvm", cloud="alibaba"),
    DmiRule({"sys_vendor": "DigitalOcean"}, "kvm", "qemu", "digitalocean"),
    DmiRule({"sys_vendor": "Hetzner"}, "kvm", "qemu", "hetzner"),
    DmiRule({"sys_vendor": "Scaleway"}, "kvm", "qemu", "scaleway"),
    DmiRule({"sys_vendor": "UpCloud"}, "kvm", "qemu", "upcloud"),
    DmiRule({"sys_vendor": "Vultr"}, "kvm", "qemu", "vultr"),
    DmiRule({"sys_vendor": "Linode|Akamai"}, "kvm", "qemu", "linode"),
    DmiRule({"sys_vendor": "Huawei Cloud|HUAWEICLOUD"}, "kvm", "qemu", "huawei"),
    DmiRule({"sys_vendor": "Tencent Cloud"}, "kvm", "qemu", "tencent"),
    DmiRule({"sys_vendor": "Yandex"}, "kvm", "qemu", "yandex"),
    DmiRule({"sys_vendor": "Exoscale"}, "kvm", "qemu", "exoscale"),
    DmiRule({"sys_vendor": "IONOS|1&1"}, "kvm", "qemu", "ionos"),
    DmiRule({"sys_vendor": "Timeweb"}, "kvm", "qemu", "timeweb"),
    DmiRule({"sys_vendor": "OVHcloud|OVH"}, cloud="ovh"),
    DmiRule({"chassis_asset_tag": "OracleCloud"}, cloud="oracle"),
    DmiRule({"chassis_asset_tag": "7783-7084-3265-9085-8269-3286-77"}, cloud="azure"),
    DmiRule({"chassis_asset_tag": "HUAWEICLOUD"}, cloud="huawei"),
    DmiRule({"chassis_asset_tag": "Amazon EC2"}, cloud="aws"),
    DmiRule({"chassis_vendor": "IBM:Cloud Compute"}, cloud="ibm"),
)  # fmt: skip

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

ACPI_OEMS: dict[str, tuple[str, str, int]] = {
    "BOCHS": ("", "qemu", 60),
    "FIRECK": ("kvm", "firecracker", 60),
    "CLOUDH": ("kvm", "cloud-hypervisor", 60),
    "CROSVM": ("kvm", "crosvm", 60),
    "XEN": ("xen", "", 60),
    "VBOX": ("virtualbox", "", 60),
    "VRTUAL": ("hyperv", "", 60),
    "MSFTVM": ("hyperv", "", 60),
    "PRLS": ("parallels", "", 70),
    "BHYVE": ("bhyve", "", 60),
    "BVUTIL": ("bhyve", "", 40),
    "GOOGLE": ("", "google", 30),
    "AMAZON": ("", "nitro", 30),
    "ACRNVM": ("acrn", "", 60),
    "PTLTD": ("vmware", "", 30),
    "VMWARE": ("vmware", "", 60),
}
"""The OEM id in ACPI table headers: (kind, vmm, weight)."""

ACPI_DEVICES: dict[str, tuple[str, str, int]] = {
    "QEMU0002": ("", "qemu", 60),  # fw_cfg, QEMU docs/specs/fw_cfg.rst
    "QEMU0001": ("", "qemu", 40),  # pvpanic
    "VMBUS": ("hyperv", "", 60),
    "MSFT1000": ("hyperv", "", 50),
    "XEN0000": ("xen", "", 60),
    "LNRO0005": ("", "", 0),  # virtio-mmio: any VMM
}
"""ACPI hardware ids (the folder names below /sys/bus/acpi/devices, without the instance)."""


class PciRule(NamedTuple):
    """What a PCI function proves when it is there."""

    kind: str
    vmm: str
    cloud: str
    weight: int
    words: str


PCI_IDS: dict[str, PciRule] = {
    "5853:0001": PciRule("xen", "", "", 70, "Xen platform device"),
    "5853:0002": PciRule("xen", "", "", 70, "Xen platform device (XenServer)"),
    "5853:c000": PciRule("xen", "", "", 70, "Xen platform device (XenServer)"),
    "1414:5353": PciRule("hyperv", "", "", 60, "Hyper-V video"),
    "15ad:0740": PciRule("vmware", "", "", 65, "VMware VMCI"),
    "15ad:0790": PciRule("vmware", "", "", 65, "VMware PCI bridge"),
    "15ad:07a0": PciRule("vmware", "", "", 65, "VMware PCIe port"),
    "15ad:0405": PciRule("vmware", "", "", 50, "VMware SVGA (QEMU offers a copy)"),
    "80ee:cafe": PciRule("virtualbox", "", "", 70, "VirtualBox guest service"),
    "80ee:beef": PciRule("virtualbox", "", "", 70, "VirtualBox graphics"),
    "1ab8:4000": PciRule("parallels", "", "", 90, "Parallels tools device"),
    "1ab8:4005": PciRule("parallels", "", "", 90, "Parallels video"),
    "1ab8:4006": PciRule("parallels", "", "", 90, "Parallels memory device"),
    "fb5d:0a0a": PciRule("bhyve", "", "", 50, "bhyve NVMe"),
    "1275:1275": PciRule("bhyve", "", "", 50, "bhyve host bridge"),
    "0b5d:0777": PciRule("openbsd-vmm", "", "", 60, "OpenBSD VMM control device"),
    "1b36:0008": PciRule("", "qemu", "", 60, "QEMU PCIe host bridge"),
    "1b36:0001": PciRule("", "qemu", "", 60, "QEMU PCI bridge"),
    "1b36:000c": PciRule("", "qemu", "", 60, "QEMU PCIe root port"),
    "1b36:000d": PciRule("", "qemu", "", 60, "QEMU xHCI host controller"),
    "1b36:0010": PciRule("", "qemu", "", 60, "QEMU NVMe"),
    "1b36:0100": PciRule("", "qemu", "", 60, "QXL video"),
    "1234:1111": PciRule("", "qemu", "", 50, "QEMU or Bochs standard VGA"),
    "1d0f:0200": PciRule("kvm", "nitro", "aws", 50, "Amazon Nitro host bridge"),
    "1ae0:001f": PciRule("kvm", "google", "gcp", 50, "Google NVMe"),
    "1ae0:0042": PciRule("kvm", "google", "gcp", 50, "Google gVNIC"),
    "106b:1a05": PciRule("apple", "", "", 60, "Apple Virtualization host bridge"),
}

PCI_SUBSYSTEMS: dict[str, PciRule] = {
    "1af4:1100": PciRule("", "qemu", "", 70, "a chip emulated by QEMU (subsystem 1af4:1100)"),
    "5853:0001": PciRule("xen", "qemu", "", 70, "a chip emulated for Xen (subsystem 5853:0001)"),
    "15ad:1976": PciRule("vmware", "", "", 60, "VMware's virtual chipset (subsystem 15ad:1976)"),
    "15ad:0750": PciRule("vmware", "", "", 60, "a chip emulated by VMware (subsystem 15ad:0750)"),
}
"""The subsystem id tells an emulated chip from the real one that it copies."""

LSPCI_WORDS: tuple[tuple[str, str, int], ...] = (
    ("VirtualBox", "virtualbox", 60),
    ("InnoTek Systemberatung", "virtualbox", 60),
    ("VMware Virtual Machine Communication", "vmware", 65),
    ("VMware PCI bridge", "vmware", 65),
    ("Hyper-V virtual VGA", "hyperv", 60),
    ("XenSource", "xen", 70),
    ("Parallels, Inc.", "parallels", 90),
    ("Virtio", "guest", 45),
    ("virtio", "guest", 45),
    ("QEMU", "vmm:qemu", 50),
    ("QXL", "vmm:qemu", 50),
)
"""What lspci calls virtual devices where it prints no ids: (words, what they point to, weight)."""

DISK_NAMES: tuple[tuple[str, str], ...] = (
    ("VMware", "vmware"),
    ("VBOX", "virtualbox"),
    ("QEMU", "vmm:qemu"),
    ("Msft", "hyperv"),
    ("Parallels", "parallels"),
    ("XENSRC", "xen"),
)
"""How hypervisors name their virtual disks (/proc/scsi/scsi, /proc/ide/*/model)."""

DEVICE_TREE: dict[str, tuple[str, str]] = {
    "xen,xen": ("xen", ""),
    "linux,kvm": ("kvm", ""),
    "linux,dummy-virt": ("", "qemu"),
    "qemu,fw-cfg-mmio": ("", "qemu"),
    "vmware": ("vmware", ""),
    "qemu,pseries": ("", "qemu"),
    "riscv-virtio": ("", "qemu"),
    "linux,lkvm": ("lkvm", ""),
    "jailhouse": ("jailhouse", ""),
}
"""`compatible` strings: (kind, vmm)."""

KERNEL_LOG_NAMES: tuple[tuple[str, str], ...] = (
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

LSCPU_NAMES: dict[str, str] = {
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

VMM_IMPLIES: dict[str, str] = {
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
