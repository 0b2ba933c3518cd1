"""Windows machines made of a few words each, where nobody could record one, and what is true of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from tests.machines.windows.devices import (
    AHCI,
    BLK,
    CHIPSET,
    I440FX,
    IDE,
    NET,
    Q35,
    SCSI,
    SCSI_BLK,
    SYSTEM,
    VIRTIO_NET,
    XEN_PLATFORM,
    Device,
    Driver,
    disk,
    pci,
)


class Made(NamedTuple):
    """A machine, and what a scan of it has to say."""

    firmware: str
    devices: tuple[Device, ...]
    kind: str
    role: str
    block: dict[str, tuple[str, str]]
    """Name -> driver and path."""
    net: dict[str, tuple[str, str]]
    boots_by: tuple[str, ...] = ()
    options: str = ""
    """SystemStartOptions."""
    also: tuple[str, ...] = ()
    """Services that are installed without a device."""
    drivers: Mapping[str, str] = MappingProxyType({})
    """Driver -> state."""
    starts: Mapping[str, int] = MappingProxyType({})
    """Service -> its Start, where that is not its driver's."""
    overrides: Mapping[str, int | None] = MappingProxyType({})
    """Service -> its StartOverride; None where it has none."""
    packages: Mapping[str, Driver] = MappingProxyType({})
    """Service -> what it was installed from here."""
    store: Mapping[str, str] = MappingProxyType({})
    """Key below DriverDatabase\\DeviceIds -> the INF that it names."""
    filters: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """Class and UpperFilters or LowerFilters -> services, besides those of every Windows."""
    static: tuple[str, ...] = ()
    """The ids of cards whose address was written down."""
    unsigned: tuple[str, ...] = ()
    """INF files without a signature."""
    gpt: bool = False
    """Whether it starts from a GPT disk; from an MBR disk otherwise."""
    also_keys: Mapping[str, Mapping[str, int]] = MappingProxyType({})
    """Key below the control set -> numbers in it."""


QEMU_DISK, VIRTIO_DISK = "QEMU QEMU HARDDISK SCSI Disk Device", "Red Hat VirtIO SCSI Disk Device"
CHANNEL = "PCIIDE\\IDEChannel\\4&1c4ec8e8&0&0"
VMBUS_DISK, VMBUS_NET = (
    "VMBUS\\{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}",
    "VMBUS\\{f8615163-df3e-46c5-913f-f2d2f965ed0e}",
)
NETKVM = pci(VIRTIO_NET, 3, "netkvm", NET, "Red Hat VirtIO Ethernet Adapter")
VIRTIO = {"Red Hat VirtIO Ethernet Adapter": ("netkvm", "paravirtual")}
E1000 = "Intel(R) PRO/1000 MT Network Connection"
XEN_DISK = (
    pci(XEN_PLATFORM, 2, "xenbus", name="XCP-ng PV Bus"),
    Device("XENBUS\\VEN_XN0001&DEV_VBD&REV_09000006\\_", "xenvbd", SCSI, "XCP-ng PV Storage Host Adapter",
           parent=XEN_PLATFORM),
    disk("SCSI\\Disk&Ven_XENSRC&Prod_PVDISK\\000000", "XENSRC PVDISK SCSI Disk Device",
         "XENBUS\\VEN_XN0001&DEV_VBD&REV_09000006\\_"),
    Device("XENBUS\\VEN_XN0001&DEV_VIF&REV_09000006\\_", "xenvif", SYSTEM, "XCP-ng PV Network Class",
           parent=XEN_PLATFORM),
    Device("XENVIF\\VEN_XN0001&DEV_NET&REV_09000000\\0", "xennet", NET, "XCP-ng PV Network Device #0",
           parent="XENBUS\\VEN_XN0001&DEV_VIF&REV_09000006\\_"),
)  # fmt: skip
IDE_DISK = (
    Device(CHANNEL, "atapi", IDE, "ATA Channel 0", parent="8086:7010:5853:0001:010180"),
    disk("IDE\\DiskQEMU_HARDDISK___________________________2.5+____\\5&2ab&0&0.0.0",
         "QEMU HARDDISK ATA Device",
         CHANNEL),
)  # fmt: skip
MOUNTED = (
    Device("ROOT\\vhdmp\\0000", "vhdmp", SCSI, "Microsoft VHD Loopback Controller"),
    disk(
        "SCSI\\Disk&Ven_Msft&Prod_Virtual_Disk\\2&1f4adffe&0&000001", "Msft Virtual Disk", "ROOT\\vhdmp\\0000"
    ),
)
MADE: dict[str, Made] = {
    "kvm-virtio-blk": Made(
        "i440fx",
        (*I440FX, NETKVM, pci(BLK, 4, "viostor", SCSI, "Red Hat VirtIO SCSI controller"),
         disk("SCSI\\Disk&Ven_Red_Hat&Prod_VirtIO&Rev_0001\\4&2b8&0&000000", VIRTIO_DISK, BLK)),
        "kvm", "guest", {VIRTIO_DISK: ("viostor", "paravirtual")}, VIRTIO, ("viostor",),
        drivers={"viostor": "in-use", "netkvm": "in-use", "vioscsi": "absent", "vmbus": "available"},
    ),
    "kvm-virtio-scsi": Made(
        "q35",
        (*Q35, NETKVM, pci(SCSI_BLK, 5, "vioscsi", SCSI, "Red Hat VirtIO SCSI pass-through controller"),
         disk("SCSI\\Disk&Ven_QEMU&Prod_QEMU_HARDDISK\\4&2b8&0&000000", QEMU_DISK, SCSI_BLK), *MOUNTED),
        "kvm", "guest",
        {QEMU_DISK: ("vioscsi", "paravirtual"), "Msft Virtual Disk": ("vhdmp", "software")}, VIRTIO,
        ("vioscsi",),
        drivers={"vioscsi": "in-use", "storvsc": "available"},
    ),
    "kvm-emulated": Made(
        "q35",
        (*Q35, pci(AHCI, 31, "storahci", IDE, "Standard SATA AHCI Controller"),
         pci("8086:100e:1af4:1100:020000", 3, "E1G60", NET, E1000),
         disk("SCSI\\Disk&Ven_QEMU&Prod_HARDDISK\\4&2b8&0&000000", "QEMU HARDDISK", AHCI)),
        "kvm", "guest", {"QEMU HARDDISK": ("storahci", "emulated")}, {E1000: ("E1G60", "emulated")},
        ("storahci", "viostor"), also=("viostor",), store={"PCI\\VEN_1AF4&DEV_1001": "oem2.inf"},
        drivers={"viostor": "available", "netkvm": "absent"},
    ),
    "xcp-ng": Made(
        "xen", (*I440FX, *XEN_DISK), "xen", "guest",
        {"XENSRC PVDISK SCSI Disk Device": ("xenvbd", "paravirtual")},
        {"XCP-ng PV Network Device #0": ("xennet", "paravirtual")}, ("xenvbd",),
        drivers={"xenvbd": "in-use", "xennet": "in-use", "xenbus": "in-use"},
    ),
    "xen-hvm-without-drivers": Made(
        "xen",
        (*I440FX, pci("8086:7010:5853:0001:010180", 1, "intelide", IDE, "Intel PIIX3 IDE"), *IDE_DISK,
         pci("10ec:8139:5853:0001:020000", 4, "RTL8023x64", NET, "Realtek RTL8139C+"),
         pci(XEN_PLATFORM, 2, "", name="PCI Device")),
        "xen", "guest", {"QEMU HARDDISK ATA Device": ("intelide", "emulated")},
        {"Realtek RTL8139C+": ("RTL8023x64", "emulated")}, ("atapi", "intelide"),
        drivers={"vmbus": "available"},
    ),
    "hyperv-gen2": Made(
        "hyperv",
        (Device("ACPI\\VMBus\\0", "vmbus", name="Microsoft Hyper-V Virtual Machine Bus"),
         Device(f"{VMBUS_DISK}\\{{0a2b}}", "storvsc", SCSI, "Microsoft Hyper-V SCSI Controller",
                parent="ACPI\\VMBus\\0"),
         disk("SCSI\\Disk&Ven_Msft&Prod_Virtual_Disk\\4&2b8&0&000000", "Msft Virtual Disk SCSI Disk Device",
              f"{VMBUS_DISK}\\{{0a2b}}"),
         Device(f"{VMBUS_NET}\\{{0c4d}}", "netvsc", NET, "Microsoft Hyper-V Network Adapter",
                parent="ACPI\\VMBus\\0")),
        "hyperv", "guest", {"Msft Virtual Disk SCSI Disk Device": ("storvsc", "paravirtual")},
        {"Microsoft Hyper-V Network Adapter": ("netvsc", "paravirtual")}, ("storvsc",),
        drivers={"storvsc": "in-use", "netvsc": "in-use", "vmbus": "in-use"},
    ),
    "vmware": Made(
        "vmware",
        (pci("8086:7190:15ad:1976:060000", 0, "", name="host bridge"),
         pci("15ad:0740:15ad:0740:088000", 7, "vmci", name="VMware VMCI Bus Device"),
         pci("15ad:07c0:15ad:07c0:010700", 21, "pvscsi", SCSI, "VMware PVSCSI Controller"),
         disk("SCSI\\Disk&Ven_VMware&Prod_Virtual_disk\\5&2b8&0&000000",
              "VMware Virtual disk SCSI Disk Device",
              "15ad:07c0:15ad:07c0:010700"),
         pci("15ad:07b0:15ad:07b0:020000", 11, "vmxnet3ndis6", NET, "vmxnet3 Ethernet Adapter")),
        "vmware", "guest", {"VMware Virtual disk SCSI Disk Device": ("pvscsi", "paravirtual")},
        {"vmxnet3 Ethernet Adapter": ("vmxnet3ndis6", "paravirtual")}, ("pvscsi",),
        drivers={"pvscsi": "in-use", "vmxnet3ndis6": "in-use", "vmci": "in-use"},
    ),
    "virtualbox": Made(
        "virtualbox",
        (pci("8086:1237:0000:0000:060000", 0, "", name="host bridge"),
         pci("80ee:cafe:0000:0000:088000", 4, "VBoxGuest", name="VirtualBox Device"),
         pci("8086:2829:0000:0000:010601", 13, "storahci", IDE, "Standard SATA AHCI Controller"),
         disk("SCSI\\Disk&Ven_VBOX&Prod_HARDDISK\\4&8f5&0&000000", "VBOX HARDDISK",
              "8086:2829:0000:0000:010601"),
         pci("8086:100e:8086:001e:020000", 3, "E1G60", NET, E1000)),
        "virtualbox", "guest", {"VBOX HARDDISK": ("storahci", "emulated")}, {E1000: ("E1G60", "emulated")},
        ("storahci",), drivers={"VBoxGuest": "in-use"},
    ),
    "bare-metal": Made(
        "dell",
        (*CHIPSET, pci("8086:a352:1028:085a:010601", 23, "storahci", IDE, "Intel(R) 300 Series SATA AHCI"),
         disk("SCSI\\Disk&Ven_Samsung&Prod_SSD_860\\4&2b8&0&000000", "Samsung SSD 860 EVO 500GB",
              "8086:a352:1028:085a:010601"),
         pci("8086:15bb:1028:085a:020000", 31, "e1iexpress", NET, "Intel(R) Ethernet Connection I219-LM")),
        "none", "none", {"Samsung SSD 860 EVO 500GB": ("storahci", "physical")},
        {"Intel(R) Ethernet Connection I219-LM": ("e1iexpress", "physical")}, ("storahci",),
        drivers={"vmbus": "available", "storvsc": "available"},
    ),
}  # fmt: skip
XEN_BUS = "XENBUS\\VEN_XS0001&DEV_VBD&REV_08000009\\_"
GPL_DISK, SUSE_DISK = "XEN PVDISK SCSI Disk Device", "SUSE Block SCSI Disk Device"
MADE["aws-xen-pv"] = MADE["xcp-ng"]._replace(
    firmware="ec2-xen",
    devices=(
        pci(XEN_PLATFORM, 2, "xenbus", name="AWS PV Bus"),
        Device(XEN_BUS, "xenvbd", SCSI, "AWS PV Storage Host Adapter", parent=XEN_PLATFORM),
        disk("SCSI\\Disk&Ven_AWS&Prod_PVDISK\\000000", "AWS PVDISK SCSI Disk Device", XEN_BUS),
        Device("XENVIF\\VEN_XS0001&DEV_NET&REV_08\\0", "xennet", NET, "AWS PV Network Device #0"),
    ),
    block={"AWS PVDISK SCSI Disk Device": ("xenvbd", "paravirtual")},
    net={"AWS PV Network Device #0": ("xennet", "paravirtual")},
    drivers={"xenvbd": "in-use", "xennet": "in-use"},
    packages={
        name: Driver(name, "Amazon Inc.", "8.4.3.0", "6-1-2024", "oem6.inf")
        for name in ("xenbus", "xenvbd", "xennet")
    },
)
MADE["xen-gplpv"] = MADE["xcp-ng"]._replace(
    devices=(
        pci(XEN_PLATFORM, 2, "XenPCI", name="Xen PCI Device Driver"),
        Device("XEN\\VBD\\4&2b8&0&000768", "XenVbd", SCSI, "Xen Block Device Driver", parent=XEN_PLATFORM),
        disk("SCSI\\Disk&Ven_XEN&Prod_PVDISK\\5&2b8&0&000", GPL_DISK, "XEN\\VBD\\4&2b8&0&000768"),
        Device("XEN\\VIF\\4&2b8&0&0", "XenNet", NET, "Xen Net Device Driver", parent=XEN_PLATFORM),
    ),
    block={GPL_DISK: ("XenVbd", "paravirtual")},
    net={"Xen Net Device Driver": ("XenNet", "paravirtual")},
    boots_by=("XenVbd",),
    drivers={"XenPCI": "in-use", "XenVbd": "in-use"},
)
MADE["ec2-red-hat-pv"] = MADE["aws-xen-pv"]._replace(
    devices=(
        pci(XEN_PLATFORM, 2, "rhelscsi", SCSI, "Red Hat Paravirtualized SCSI Adapter"),
        disk("SCSI\\Disk&Ven_XENSRC&Prod_PVDISK\\000000", GPL_DISK, XEN_PLATFORM),
        Device("XEN\\VIF\\0", "rhelnet", NET, "Citrix PV Ethernet Adapter", parent=XEN_PLATFORM),
    ),
    block={GPL_DISK: ("rhelscsi", "paravirtual")},
    net={"Citrix PV Ethernet Adapter": ("rhelnet", "paravirtual")},
    boots_by=("rhelscsi",),
    drivers={"rhelscsi": "in-use"},
)
MADE["kvm-suse"] = MADE["kvm-virtio-blk"]._replace(
    devices=(
        *I440FX,
        pci(BLK, 4, "virtio_blk", SCSI, "SUSE Block Driver for Windows"),
        disk("SCSI\\Disk&Ven_SUSE&Prod_Block\\4&2b8&0&000000", SUSE_DISK, BLK),
        pci(VIRTIO_NET, 3, "virtio_net", NET, "SUSE Network Driver for Windows"),
    ),
    block={SUSE_DISK: ("virtio_blk", "paravirtual")},
    net={"SUSE Network Driver for Windows": ("virtio_net", "paravirtual")},
    boots_by=("virtio_blk",),
    drivers={"virtio_blk": "in-use", "virtio_net": "in-use"},
)
EBS, GVNIC, ENA = "1d0f:8061:1d0f:0000:010802", "1ae0:0042:1ae0:0058:020000", "1d0f:ec20:1d0f:ec20:020000"
MADE["nitro"] = Made(
    "ec2",
    (
        *I440FX,
        pci(EBS, 4, "AWSNVMe", SCSI, "AWS NVMe Elastic Block Storage Adapter"),
        disk("SCSI\\Disk&Ven_NVMe&Prod_Amazon_Elastic_B\\5&2b8&0&000000", "NVMe Amazon Elastic B", EBS),
        pci(ENA, 5, "ena", NET, "Amazon Elastic Network Adapter"),
    ),
    "kvm", "guest", {"NVMe Amazon Elastic B": ("AWSNVMe", "passthrough")},
    {"Amazon Elastic Network Adapter": ("ena", "passthrough")}, ("AWSNVMe",), drivers={"ena": "in-use"},
)  # fmt: skip
MADE["gce"] = Made(
    "gce",
    (
        *I440FX,
        pci(SCSI_BLK, 3, "vioscsi", SCSI, "Google VirtIO SCSI pass-through controller"),
        disk("SCSI\\Disk&Ven_Google&Prod_PersistentDisk\\4&2b8&0&000100",
             "Google PersistentDisk SCSI Disk Device", SCSI_BLK),
        pci(GVNIC, 4, "gvnic", NET, "Google Ethernet Adapter"),
    ),
    "kvm", "guest", {"Google PersistentDisk SCSI Disk Device": ("vioscsi", "paravirtual")},
    {"Google Ethernet Adapter": ("gvnic", "paravirtual")}, ("vioscsi",), drivers={"gvnic": "in-use"},
)  # fmt: skip
MANA = "1414:00ba:1414:00ba:020000"
MADE["azure-mana"] = MADE["hyperv-gen2"]._replace(
    devices=(*MADE["hyperv-gen2"].devices, pci(MANA, 0, "mana", NET, "Microsoft Azure Network Adapter")),
    net={**MADE["hyperv-gen2"].net, "Microsoft Azure Network Adapter": ("mana", "passthrough")},
    drivers={"mana": "in-use", "netvsc": "in-use"},
)
PRL = "1ab8:4000:1ab8:0400:ff0000"
MADE["parallels"] = Made(
    "parallels",
    (
        pci(PRL, 3, "prl_strg", SCSI, "Parallels Virtual Storage Device"),
        disk("SCSI\\Disk&Ven_&Prod_Virtual_HDD\\4&2b8&0&000000", "Virtual HDD [0]", PRL),
        pci("1ab8:4006:1ab8:0400:020000", 5, "prl_eth5", NET, "Parallels Ethernet Adapter"),
    ),
    "parallels", "guest", {"Virtual HDD [0]": ("prl_strg", "paravirtual")},
    {"Parallels Ethernet Adapter": ("prl_eth5", "paravirtual")}, ("prl_strg",),
    drivers={"prl_strg": "in-use"},
)  # fmt: skip
MADE["bare-metal-hyperv-role"] = MADE["bare-metal"]._replace(
    devices=(
        *MADE["bare-metal"].devices,
        Device("ROOT\\VMBus\\0000", "vmbusr", name="Microsoft Hyper-V Virtualization Infrastructure Driver"),
        Device("ROOT\\VMS_MP\\0000", "VMSNPXYMP", NET, "Hyper-V Virtual Ethernet Adapter"),
        *MOUNTED,
    ),
    role="host",
    options="NOEXECUTE=OPTIN HYPERVISORLAUNCHTYPE=AUTO",
    block={**MADE["bare-metal"].block, "Msft Virtual Disk": ("vhdmp", "software")},
    net={**MADE["bare-metal"].net, "Hyper-V Virtual Ethernet Adapter": ("VMSNPXYMP", "software")},
)
_OLD = tuple(one._replace(state="removed") for one in MADE["vmware"].devices if "Virtual_disk" not in one.id)
MADE["kvm-moved-from-vmware"] = MADE["kvm-virtio-blk"]._replace(
    devices=(*MADE["kvm-virtio-blk"].devices, *_OLD[1:]),
    boots_by=("pvscsi", "viostor"),
    drivers={"viostor": "in-use", "pvscsi": "left-over", "vmci": "left-over"},
)
MADE["kvm-edited-strings"] = MADE["kvm-virtio-blk"]._replace(firmware="dell")
MADE["kvm-default-strings"] = MADE["kvm-virtio-blk"]._replace(firmware="default")
MADE["vmware-hyperv-role"] = MADE["vmware"]._replace(
    devices=(*MADE["vmware"].devices, Device("ROOT\\VMBus\\0000", "vmbusr")),
    role="host",
    options="HYPERVISORLAUNCHTYPE=AUTO",
)
PIIX3 = "8086:7010:1af4:1100:010180"
MADE["kvm-emulated-ide"] = MADE["kvm-emulated"]._replace(
    firmware="i440fx",
    devices=(
        *I440FX,
        pci(PIIX3, 1, "intelide", IDE, "Intel PIIX3 IDE"),
        Device(CHANNEL, "atapi", IDE, "ATA Channel 0", parent=PIIX3),
        IDE_DISK[1],
        pci("10ec:8139:1af4:1100:020000", 3, "RTL8139", NET, "Realtek RTL8139C+"),
    ),
    block={"QEMU HARDDISK ATA Device": ("intelide", "emulated")},
    net={"Realtek RTL8139C+": ("RTL8139", "emulated")},
    boots_by=("atapi", "intelide"), also=(), store={}, drivers={"viostor": "absent", "netkvm": "absent"},
)  # fmt: skip


def _of_maker(vendor: str, provider: str, title: str) -> Made:
    """XCP-ng's machine with the drivers of another maker of the same family."""
    made = MADE["xcp-ng"]
    renamed = {"VEN_XN0001": vendor, "XCP-ng PV": title}
    changed = []
    for one in made.devices:
        fields = {name: getattr(one, name) for name in ("id", "name", "parent")}
        for old, new in renamed.items():
            fields = {name: text.replace(old, new) for name, text in fields.items()}
        changed.append(one._replace(**fields))
    services = ("xenbus", "xenvbd", "xenvif", "xennet")
    return made._replace(
        devices=tuple(changed),
        net={f"{title} Network Device #0": ("xennet", "paravirtual")},
        packages={name: Driver(name, provider, "9.1.0.24", "6-1-2023", "oem6.inf") for name in services},
    )


MADE["citrix"] = _of_maker("VEN_XSC000", "Citrix Systems, Inc.", "XenServer PV")
MADE["xen-project"] = _of_maker("VEN_XP0001", "Xen Project", "Xen Project PV")
PIIX4, VIRTUAL_IDE = "8086:7111:0000:0000:010180", "PCIIDE\\IDEChannel\\4&3741b84d&0&0"
MADE["hyperv-gen1"] = MADE["hyperv-gen2"]._replace(
    firmware="hyperv-bios",
    devices=(
        pci("8086:7192:0000:0000:060000", 0, "", name="host bridge"),
        *MADE["hyperv-gen2"].devices,
        pci(PIIX4, 7, "intelide", IDE, "Intel(R) 82371AB/EB PCI Bus Master IDE Controller"),
        Device(VIRTUAL_IDE, "atapi", IDE, "ATA Channel 0", parent=PIIX4),
        disk("IDE\\DiskVirtual_HD______________________________1.1.0___\\5&35dc7040&0&0.0.0",
             "Virtual HD ATA Device", VIRTUAL_IDE)._replace(lower=("storflt",)),
    ),
    block={**MADE["hyperv-gen2"].block, "Virtual HD ATA Device": ("storflt", "paravirtual")},
    boots_by=("atapi", "intelide", "storvsc"), also=("storflt",),
)  # fmt: skip
LSI = "1000:0054:15ad:1976:010700"
MADE["vmware-without-drivers"] = MADE["vmware"]._replace(
    devices=(
        pci("8086:7190:15ad:1976:060000", 0, "", name="host bridge"),
        pci("15ad:0740:15ad:0740:088000", 7, "", name="Base System Device"),
        pci(LSI, 21, "LSI_SAS", SCSI, "LSI Adapter, SAS 3000 series"),
        disk("SCSI\\Disk&Ven_VMware_&Prod_VMware_Virtual_S\\5&2b8&0&000000",
             "VMware, VMware Virtual S SCSI Disk Device", LSI),
        pci("8086:10d3:15ad:07d0:020000", 11, "e1i65x64", NET, "Intel(R) 82574L Gigabit Network Connection"),
    ),
    block={"VMware, VMware Virtual S SCSI Disk Device": ("LSI_SAS", "emulated")},
    net={"Intel(R) 82574L Gigabit Network Connection": ("e1i65x64", "emulated")},
    boots_by=("LSI_SAS",), drivers={"pvscsi": "absent", "vmxnet3ndis6": "absent"},
)  # fmt: skip
