"""Windows machines with one thing wrong each, which a check has to find: what is changed of a sound one."""

from typing import Any

from tests.machines.windows.devices import DISK, IDE, NET, REDHAT, SCSI, SYSTEM, Device, Driver, pci
from tests.machines.windows.made import E1000, MADE, Made

_VMWARE = {one.service: one for one in MADE["vmware"].devices}
PVSCSI, VMXNET = _VMWARE["pvscsi"], _VMWARE["vmxnet3ndis6"]
_GUARD = "Control\\DeviceGuard"
BLK_INF = {"PCI\\VEN_1AF4&DEV_1001": "oem2.inf"}
SCSI_INF = {"PCI\\VEN_1AF4&DEV_1004": "oem3.inf"}


def of(name: str, **changes: Any) -> Made:
    """A sound machine with something changed; what is expected of its drivers is told anew."""
    return MADE[name]._replace(**{"drivers": {}, **changes})


def packed(name: str, driver: Driver, **changes: Any) -> Made:
    """A sound machine with another package of a driver."""
    return of(name, packages={driver.service: driver}, **changes)


OLD_BLK = Driver("viostor", REDHAT, "100.92.104.22900", "11-15-2022", "oem2.inf", 0)
BROKEN: dict[str, Made] = {
    # a paravirtual storage driver, and what keeps it from bringing the machine up
    "kvm-no-disk-driver": of("kvm-emulated", also=(), store={}, boots_by=("storahci",),
                             drivers={"viostor": "absent", "vioscsi": "absent"}),
    "kvm-disk-driver-staged": of("kvm-emulated", also=(), store=BLK_INF, boots_by=("storahci",),
                                 drivers={"viostor": "available"}),
    "kvm-disk-driver-late": of("kvm-emulated", starts={"viostor": 3}, boots_by=("storahci",)),
    "kvm-disk-driver-disabled": of("kvm-emulated", starts={"viostor": 4}, boots_by=("storahci",)),
    "kvm-disk-driver-unmet": of("kvm-emulated", store={}),
    "kvm-disk-driver-overridden": of("kvm-emulated", overrides={"viostor": 3}, boots_by=("storahci",)),
    "kvm-other-disk-driver": of("kvm-emulated", also=("vioscsi",), store=SCSI_INF,
                                boots_by=("storahci", "vioscsi")),
    "kvm-hyperv-ready": of("kvm-virtio-blk", overrides={"storvsc": 0, "vmbus": 0},
                           boots_by=("storvsc", "viostor"), also=("QEMU-GA",)),
    # filters
    "kvm-filter-missing": of("kvm-virtio-blk", filters={f"{DISK}\\UpperFilters": ("snapflt",)}),
    "kvm-filter-disabled": of("kvm-virtio-blk", filters={f"{SCSI}\\LowerFilters": ("snapflt",)},
                              also=("snapflt",), starts={"snapflt": 4}),
    "kvm-filter-sound": of("kvm-virtio-blk", filters={f"{DISK}\\UpperFilters": ("snapflt",)},
                           also=("snapflt",)),
    "kvm-filter-and-emulated": of("kvm-emulated", filters={f"{DISK}\\UpperFilters": ("snapflt",)},
                                  also=("snapflt", "viostor")),
    "kvm-moved-from-xen": of(
        "kvm-virtio-blk",
        filters={f"{SYSTEM}\\UpperFilters": ("XENFILT",), f"{IDE}\\UpperFilters": ("XENFILT",)},
        also=("xenfilt", "xenbus"),
        drivers={"xenfilt": "left-over", "xenbus": "left-over"},
    ),
    "xcp-ng-filtered": of(
        "xcp-ng", filters={f"{SYSTEM}\\UpperFilters": ("XENFILT",)}, also=("xenfilt", "xenagent"),
    ),
    "xcp-ng-mixed-makers": of(
        "xcp-ng",
        packages={
            "xenvif": Driver("xenvif", "Citrix Systems Inc.", "8.2.2.200", "4-1-2020", "oem36.inf"),
            "xennet": Driver("xennet", "Citrix Systems Inc.", "8.2.2.200", "4-1-2020", "oem37.inf"),
        },
    ),
    # what other hypervisors left behind
    "kvm-moved-from-virtualbox": of(
        "kvm-virtio-blk", also=("VBoxGuest", "VBoxService"), drivers={"VBoxGuest": "left-over"}
    ),
    "kvm-moved-from-parallels": of("kvm-virtio-blk", also=("prl_strg",), boots_by=("prl_strg", "viostor")),
    "kvm-foreign-driver": of("kvm-virtio-blk", also=("vmxnet3ndis6",),
                             drivers={"vmxnet3ndis6": "available"}),
    "hyperv-prepared": of("hyperv-gen2", also=("viostor", "vioscsi", "netkvm"), store={**BLK_INF, **SCSI_INF},
                          boots_by=("storvsc", "vioscsi", "viostor")),
    "vmware-with-tools": of("vmware", also=("VMTools",)),
    # addresses
    "kvm-address-on-ghost": of(
        "kvm-moved-from-vmware", static=(VMXNET.id,),
    ),
    "vmware-address": of("vmware", static=(VMXNET.id,)),
    # power, encryption, firmware, disks
    "vmware-fast-start": of("vmware", also_keys={"Control\\Power": {"HibernateEnabled": 1}}),
    "vmware-bitlocker": of("vmware", also_keys={"Control\\BitLockerStatus": {"BootStatus": 1}}),
    "vmware-no-bitlocker": of("vmware", also_keys={"Control\\BitLockerStatus": {"BootStatus": 0}}),
    "vmware-uefi": of("vmware", gpt=True),
    "vmware-disks-offline": of(
        "vmware",
        devices=(
            *MADE["vmware"].devices,
            Device("SCSI\\Disk&Ven_VMware&Prod_Virtual_disk\\5&2b8&0&000100", "disk", DISK,
                   "VMware Virtual disk SCSI Disk Device", parent=PVSCSI.id),
        ),
        block={**MADE["vmware"].block, "VMware Virtual disk SCSI Disk Device (2)": ("pvscsi", "paravirtual")},
        also_keys={"Services\\partmgr\\Parameters": {"SanPolicy": 2}},
    ),
    # drivers and their signatures
    "kvm-hanging-driver": packed("kvm-virtio-blk", OLD_BLK),
    "kvm-old-driver": packed(
        "kvm-virtio-blk", OLD_BLK._replace(version="100.77.104.17100", date="8-12-2019"),
    ),
    "kvm-driver-of-windows-7": packed(
        "kvm-virtio-blk", OLD_BLK._replace(version="61.83.104.18500", date="6-1-2025"),
    ),
    "kvm-test-signing": of("kvm-virtio-blk", options="NOEXECUTE=OPTIN TESTSIGNING"),
    "kvm-unsigned-driver": of("kvm-virtio-blk", unsigned=("oem2.inf",)),
    # what is there and not used, or not there
    "kvm-emulated-card": of(
        "kvm-virtio-blk",
        devices=(
            *(one for one in MADE["kvm-virtio-blk"].devices if one.service != "netkvm"),
            pci("8086:100e:1af4:1100:020000", 3, "E1G60", NET, E1000),
        ),
        net={E1000: ("E1G60", "emulated")},
        also=("netkvm",),
        drivers={"netkvm": "available"},
    ),
    "kvm-disabled-card": of(
        "kvm-virtio-blk",
        devices=tuple(
            one._replace(state="disabled" if one.service == "netkvm" else one.state)
            for one in MADE["kvm-virtio-blk"].devices
        ),
        net={},
    ),
    "kvm-equipped": of(
        "kvm-virtio-blk",
        devices=(
            *MADE["kvm-virtio-blk"].devices,
            pci("1af4:1002:1af4:0005:00ff00", 6, "BALLOON", SYSTEM, "VirtIO Balloon Driver"),
        ),
        also=("QEMU-GA",),
        drivers={"BALLOON": "in-use"},
    ),
    "kvm-vbs": of("kvm-virtio-blk", also_keys={_GUARD: {"EnableVirtualizationBasedSecurity": 1}}),
}  # fmt: skip
ALL: dict[str, Made] = {**MADE, **BROKEN}
