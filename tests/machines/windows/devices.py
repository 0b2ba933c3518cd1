"""The devices of made Windows machines: what firmware, hypervisors and makers of drivers give them. Data."""

from typing import NamedTuple

DISK, NET = "{4d36e967-e325-11ce-bfc1-08002be10318}", "{4d36e972-e325-11ce-bfc1-08002be10318}"
SCSI, IDE = "{4d36e97b-e325-11ce-bfc1-08002be10318}", "{4d36e96a-e325-11ce-bfc1-08002be10318}"
SYSTEM, DISPLAY = "{4d36e97d-e325-11ce-bfc1-08002be10318}", "{4d36e968-e325-11ce-bfc1-08002be10318}"


class Driver(NamedTuple):
    """A driver package: who made it, and when."""

    service: str
    provider: str = "Microsoft"
    version: str = "10.0.17763.1"
    date: str = "6-21-2006"
    inf: str = "machine.inf"
    start: int = 3
    group: str = ""


FILTERS = {
    ("{4d36e967-e325-11ce-bfc1-08002be10318}", "UpperFilters"): ("partmgr",),
    ("{71a27cdd-812a-11d0-bec7-08002be2092f}", "UpperFilters"): ("volsnap",),
}
"""Those of every Windows."""
STORE = {
    "PCI\\CC_010601": "mshdc.inf", "PCI\\CC_010802": "stornvme.inf", "ACPI\\VMBus": "wvmbus.inf",
    "VMBUS\\{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}": "wstorvsc.inf",
}  # fmt: skip
"""What the driver store of every Windows knows, of what matters here."""
REDHAT, XCPNG, AMAZON, VMWARE = "Red Hat, Inc.", "XCP-ng", "Amazon Inc.", "VMware, Inc."
MINIPORT = "SCSI Miniport"
DRIVERS = {
    one.service: one
    for one in (
        Driver("viostor", REDHAT, "100.101.104.27100", "4-1-2025", "oem2.inf", 0, MINIPORT),
        Driver("vioscsi", REDHAT, "100.101.104.27100", "4-1-2025", "oem3.inf", 0, MINIPORT),
        Driver("netkvm", REDHAT, "100.101.104.27100", "4-1-2025", "oem4.inf"),
        Driver("BALLOON", REDHAT, "100.101.104.27100", "4-1-2025", "oem5.inf"),
        Driver("storahci", inf="mshdc.inf", start=0, group=MINIPORT),
        Driver("stornvme", inf="stornvme.inf", start=0, group=MINIPORT),
        Driver("intelide", inf="mshdc.inf", start=0, group="System Bus Extender"),
        Driver("atapi", inf="mshdc.inf", start=0, group=MINIPORT),
        Driver("E1G60", "Intel", "8.4.13.0", "3-23-2010", "nete1g3e.inf"),
        Driver("e1iexpress", "Intel", "12.17.10.8", "6-12-2018", "net1ix64.inf"),
        Driver("RTL8023x64", "Realtek", "5.836.101.2016", "1-1-2016", "netrtl64.inf"),
        Driver("xenbus", XCPNG, "9.0.9030.0", "5-22-2024", "oem6.inf", 0),
        Driver("xenfilt", XCPNG, "9.0.9030.0", "5-22-2024", "oem6.inf", 0),
        Driver("xenvbd", XCPNG, "9.0.9030.0", "5-22-2024", "oem7.inf", 0, MINIPORT),
        Driver("xenvif", XCPNG, "9.0.9030.0", "5-22-2024", "oem8.inf"),
        Driver("xennet", XCPNG, "9.0.9030.0", "5-22-2024", "oem9.inf"),
        Driver("vmbus", inf="wvmbus.inf", start=0),
        Driver("storvsc", inf="wstorvsc.inf", start=0),
        Driver("netvsc", inf="wnetvsc.inf"),
        Driver("vmbusr", inf="wvmbusr.inf"),
        Driver("VMSNPXYMP", inf="wvms_mp_windows.inf"),
        Driver("pvscsi", VMWARE, "1.3.17.0", "4-5-2021", "oem10.inf", 0, MINIPORT),
        Driver("vmxnet3ndis6", VMWARE, "1.9.2.0", "4-5-2021", "oem11.inf"),
        Driver("vmci", VMWARE, "9.8.16.0", "7-11-2019", "oem12.inf", 0),
        Driver("LSI_SAS", "LSI", "1.34.3.83", "1-1-2018", "lsi_sas.inf", 0, MINIPORT),
        Driver("VBoxGuest", "Oracle Corporation", "7.0.10.0", "7-17-2023", "oem13.inf", 0),
        Driver("XenPCI", "James Harper", "0.11.0.373", "1-1-2014", "oem20.inf", 0),
        Driver("XenVbd", "James Harper", "0.11.0.373", "1-1-2014", "oem21.inf", 0, MINIPORT),
        Driver("XenNet", "James Harper", "0.11.0.373", "1-1-2014", "oem22.inf"),
        Driver("xenblk", "SUSE", "2.5.4.1", "1-1-2021", "oem23.inf", 0, MINIPORT),
        Driver("virtio_blk", "SUSE", "2.5.4.1", "1-1-2021", "oem24.inf", 0, MINIPORT),
        Driver("virtio_net", "SUSE", "2.5.4.1", "1-1-2021", "oem25.inf"),
        Driver("rhelscsi", "Red Hat, Inc.", "1.3.10.0", "1-1-2011", "oem26.inf", 0, MINIPORT),
        Driver("rhelnet", "Red Hat, Inc.", "1.3.10.0", "1-1-2011", "oem27.inf"),
        Driver("ena", "Amazon Inc.", "2.6.0.0", "6-1-2023", "oem28.inf"),
        Driver("AWSNVMe", "Amazon Inc.", "1.4.2.0", "6-1-2023", "oem29.inf", 0, MINIPORT),
        Driver("gvnic", "Google LLC", "1.0.0.27", "6-1-2023", "oem30.inf"),
        Driver("mana", inf="mana.inf"),
        Driver("prl_strg", "Parallels", "18.1.0.53311", "9-1-2022", "oem31.inf", 0, MINIPORT),
        Driver("prl_eth5", "Parallels", "18.1.0.53311", "9-1-2022", "oem32.inf"),
        Driver("pci", inf="pci.inf", start=0),
        Driver("disk", inf="disk.inf", start=0),
        Driver("vhdmp", inf="vhdmp.inf"),
        Driver("partmgr", inf="partmgr.inf", start=0),
        Driver("volsnap", inf="volsnap.inf", start=0),
        Driver("VBoxService", "Oracle Corporation", "7.0.10.0", "7-17-2023", "oem13.inf", 2),
        Driver("VMTools", VMWARE, "12.1.0.0", "6-1-2022", "oem12.inf", 2),
        Driver("QEMU-GA", REDHAT, "107.0.1.0", "4-1-2025", "oem33.inf", 2),
        Driver("xenagent", XCPNG, "9.0.9030.0", "5-22-2024", "oem34.inf", 2),
        Driver("vmicheartbeat", inf="vmic.inf"),
        Driver("RTL8139", "Realtek", "5.836.101.2016", "1-1-2016", "netrtx64.inf"),
        Driver("e1i65x64", "Intel", "12.15.22.6", "4-5-2016", "net1i65.inf"),
        Driver("storflt", inf="wstorflt.inf", start=0),
        Driver("snapflt", "Backup Software Ltd", "3.1.0.0", "2-1-2019", "oem35.inf", 0),
    )
}
INBOX = (
    "storahci",
    "stornvme",
    "intelide",
    "atapi",
    "vmbus",
    "storvsc",
    "netvsc",
    "LSI_SAS",
    "E1G60",
    "pci",
    "disk",
    "partmgr",
    "volsnap",
    "vmicheartbeat",
)
"""Services of which every Windows has the key, whether or not it has use for it."""


class Device(NamedTuple):
    """A device: on PCI `id` is vendor:device:subvendor:subdevice:class, elsewhere its place below Enum."""

    id: str
    service: str
    class_: str = SYSTEM
    name: str = "a device"
    slot: tuple[int, int, int] | None = None
    parent: str = ""
    """The `id` of another device of the machine."""
    state: str = "there"
    """there, removed, disabled"""
    lower: tuple[str, ...] = ()
    """Services below its driver."""


def pci(id_: str, slot: int, service: str, class_: str = SYSTEM, name: str = "a device") -> Device:
    return Device(id_, service, class_, name, (0, slot, 0))


def disk(place: str, name: str, parent: str) -> Device:
    return Device(place, "disk", DISK, name, parent=parent)


FIRMWARE = {
    "i440fx": {
        "SystemManufacturer": "QEMU", "SystemProductName": "Standard PC (i440FX + PIIX, 1996)",
        "BIOSVendor": "SeaBIOS", "BIOSVersion": "rel-1.16.2", "SystemVersion": "pc-i440fx-7.2",
        "bios": "BOCHS  - 1",
    },
    "q35": {
        "SystemManufacturer": "QEMU", "SystemProductName": "Standard PC (Q35 + ICH9, 2009)",
        "BIOSVendor": "SeaBIOS", "BIOSVersion": "rel-1.16.2", "SystemVersion": "pc-q35-7.2",
        "bios": "BOCHS  - 1",
    },
    "xen": {
        "SystemManufacturer": "Xen", "SystemProductName": "HVM domU", "BIOSVendor": "Xen",
        "BIOSVersion": "4.17.3", "bios": "Xen - 0",
    },
    "hyperv": {
        "SystemManufacturer": "Microsoft Corporation", "SystemProductName": "Virtual Machine",
        "BIOSVendor": "Microsoft Corporation", "BIOSVersion": "Hyper-V UEFI Release v4.1",
        "SystemVersion": "Hyper-V UEFI Release v4.1", "bios": "VRTUAL - 1",
    },
    "vmware": {
        "SystemManufacturer": "VMware, Inc.", "SystemProductName": "VMware Virtual Platform",
        "BIOSVendor": "Phoenix Technologies LTD", "BIOSVersion": "6.00", "bios": "INTEL  - 6040000",
    },
    "virtualbox": {
        "SystemManufacturer": "innotek GmbH", "SystemProductName": "VirtualBox", "BIOSVendor": "innotek GmbH",
        "BIOSVersion": "VirtualBox", "bios": "VBOX   - 1",
    },
    "ec2": {
        "SystemManufacturer": "Amazon EC2", "SystemProductName": "t3.large", "BIOSVendor": "Amazon EC2",
        "BIOSVersion": "1.0", "bios": "AMAZON - 1",
    },
    "ec2-xen": {
        "SystemManufacturer": "Xen", "SystemProductName": "HVM domU", "BIOSVendor": "Xen",
        "BIOSVersion": "4.11.amazon", "bios": "Xen - 0",
    },
    "gce": {
        "SystemManufacturer": "Google", "SystemProductName": "Google Compute Engine", "BIOSVendor": "Google",
        "BIOSVersion": "Google", "bios": "Google - 1",
    },
    "parallels": {
        "SystemManufacturer": "Parallels International GmbH.",
        "SystemProductName": "Parallels Virtual Platform", "BIOSVendor": "Parallels International GmbH.",
        "BIOSVersion": "18.1.0", "bios": "PRLS   - 1",
    },
    "hyperv-bios": {
        "SystemManufacturer": "Microsoft Corporation", "SystemProductName": "Virtual Machine",
        "BIOSVendor": "American Megatrends Inc.", "BIOSVersion": "090008", "SystemVersion": "7.0",
        "bios": "VRTUAL - 12001807",
    },
    "dell": {
        "SystemManufacturer": "Dell Inc.", "SystemProductName": "OptiPlex 7060", "BIOSVendor": "Dell Inc.",
        "BIOSVersion": "1.4.2", "bios": "DELL   - 1072009",
    },
    "default": {
        "SystemManufacturer": "System manufacturer", "SystemProductName": "System Product Name",
        "BIOSVendor": "American Megatrends Inc.", "BIOSVersion": "0405", "bios": "ALASKA - 1072009",
    },
}  # fmt: skip
I440FX = (pci("8086:1237:1af4:1100:060000", 0, "", name="host bridge"),)
Q35 = (pci("8086:29c0:1af4:1100:060000", 0, "", name="host bridge"),)
PIIX_IDE = "8086:7010:1af4:1100:010180"
AHCI = "8086:2922:1af4:1100:010601"
XEN_PLATFORM = "5853:0001:5853:0001:ff8000"
BLK, SCSI_BLK, VIRTIO_NET = (
    "1af4:1001:1af4:0002:010000",
    "1af4:1004:1af4:0008:010000",
    "1af4:1000:1af4:0001:020000",
)
CHIPSET = (pci("8086:3ec2:1028:085a:060000", 0, "", name="host bridge"),)
