"""How much each signal counts: the one table of weights, and the borders of the verdict that is made of them.

A name with a heavier signal wins (hypervisor.py); sums decide between equals only. What a number means is its
place among the others: a name that the hypervisor gives itself (90 and more) outweighs a device that only it
offers (60 and more), which outweighs what its firmware is called (50 to 70; owners and clouds rewrite that),
which outweighs what physical machines show too (up to 45). tests/facts/test_weights.py holds that order.
"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from collections.abc import Iterator

from vaudit.facts.values import Value
from vaudit.model.facts import Cloud, HypervisorKind, Points, Role, Signal, Vmm, Witness

DECIDES = 40
"""The least weight of a signal that can name a hypervisor by itself."""
CERTAIN = 75
"""From here on one signal is enough to be certain."""
LIKELY = 50
"""From here on one signal is enough to be likely; below, the verdict is weak."""
IMITATED: dict[HypervisorKind, int] = {"hyperv": 50}
"""An imitated interface weighs less: every other hypervisor can offer Hyper-V's (signatures.IMITATIONS)."""


class Weight(Value, frozen=True):
    """A line of the table."""

    signal: Signal
    value: int
    because: str
    imitable: bool = False
    """An interface that other hypervisors can offer too, not a device or a name of its own."""


# fmt: off
# CPUID
FIRST_LEAF = Weight("cpuid", 90, "its own name, where that of another may be imitated", True)
UPPER_LEAF = Weight("cpuid", 95, "its own name in a higher range, where nobody is imitated", True)
XEN_PREFIX = Weight("cpuid", 95, "only Xen answers behind its prefix")
HYPERV_ROOT = Weight("cpuid", 90, "only the root partition may create partitions (TLFS)")
FLAG_SET = Weight("cpu-flag", 50, "no processor sets it by itself; it names nobody")
FLAG_CLEAR = Weight("cpu-flag", 55, "the processor says so; QEMU can be told to hide it (-hypervisor)")
FLAG_NOT_LISTED = Weight("cpu-flag", 52, "as FLAG_CLEAR, by a kernel that lists the flag where it is set")
FLAG_UNLISTED = Weight("cpu-flag", 45, "kernels before 2.6.27 list no such flag: less than the instruction")

# Xen's own interfaces
XEN_SYSFS = Weight("sys-hypervisor", 100, "the kernel runs on Xen and says so")
XEN_CAPABILITIES = Weight("proc-xen", 90, "only a kernel on Xen mounts xenfs")
XEN_FOLDER = Weight("proc-xen", 85, "only a kernel on Xen makes the folder, but it is empty")
XEN_FIRMWARE = Weight("dmi", 60, "Xen shows the machine's firmware to its control domain, and to no PV guest")
XEN_CONTROL = Weight("proc-xen", 100, "Xen itself grants control")

# firmware
DMI_PARALLELS = Weight("dmi", 90, "as much as KVM's or Hyper-V's name with which it answers CPUID")
DMI_THREE = Weight("dmi", 80, "three fields together: outweighs the two that Hyper-V and Virtual PC share")
DMI_METAL = Weight("dmi", 75, "a whole computer that a cloud rents out: outweighs its other names")
DMI_OWN = Weight("dmi", 70, "vendor and product together, or a name that no other firmware carries")
DMI_EXACT = Weight("dmi", 61, "says more exactly what a wider rule says, which must not win")
DMI_NAME = Weight("dmi", 60, "vendor or product, as the hypervisor's or the cloud's firmware writes it")
DMI_SIDE = Weight("dmi", 50, "a field beside them, or software that runs on several hypervisors")
DMI_BUILD = Weight("dmi", 44, "firmware built for virtual machines: of QEMU mostly, of Xen and bhyve too")
DMI_FIRMWARE = Weight("dmi", 40, "firmware that QEMU's guests get, and that others build on too")
DMI_UUID = Weight("dmi", 40, "the first digits of a number that is random elsewhere")
DMI_MAKER = Weight("dmi", 41, "a physical maker's name; owners of guests can set one (-smbios)")
DMI_UNNAMED = Weight("dmi", 25, "nobody wrote a name; hypervisors seldom leave that out")
SMBIOS_BIT = Weight("smbios", 20, "some physical machines set the bit too (Toshiba)")
ACPI_PARALLELS = Weight("acpi", 70, "its own name, but in one table only")
ACPI_MAKER = Weight("acpi", 60, "the maker of the virtual firmware")
ACPI_TOOL = Weight("acpi", 43, "the tool that built the table, not its maker")
ACPI_HINT = Weight("acpi", 30, "a maker of physical machines' firmware too, or a cloud that rents out metal")
ACPI_DEVICE = Weight("acpi", 60, "a device of that hypervisor only")
ACPI_SHARED = Weight("acpi", 50, "a device that its imitators declare too")
ACPI_PVPANIC = Weight("acpi", 43, "other VMMs offer QEMU's pvpanic too (crosvm, Cloud Hypervisor)")

# devices
PCI_PARALLELS = Weight("pci", 90, "as DMI_PARALLELS")
PCI_OWN = Weight("pci", 70, "the device through which guest and hypervisor speak")
PCI_CHIP = Weight("pci", 70, "the subsystem gives away who copies the chip")
PCI_VMWARE = Weight("pci", 65, "QEMU copies VMware's disks and cards, never these")
PCI_NAMED = Weight("pci", 60, "an id of the hypervisor's makers")
PCI_VMWARE_CHIP = Weight("pci", 60, "the subsystem of VMware's chips, weaker than its own devices")
PCI_COPIED = Weight("pci", 50, "others offer the same id, or a cloud's physical machines have it too")
PCI_VIRTIO = Weight("pci", 45, "any hypervisor, and some physical cards: names nobody")
PCI_VIRTIO_COPIED = Weight("pci", 57, "no chipset of metal has virtio behind it: more than a flag")
PCI_CHIPSET = Weight("pci", 47, "no VMM copies it; less than a flag, more than virtio, which cards speak")
PCI_CLOUD_BUS = Weight("pci", 45, "as PCI_VIRTIO: it says that this is a guest, and names nobody")
PCI_BRIDGE = Weight("pci", 25, "an id that two VMMs share")
VMBUS = Weight("bus", 75, "devices of Hyper-V's host: imitated interfaces have none")
XEN_BUS = Weight("bus", 90, "disks and cards that only a Xen backend serves")
XEN_DRIVERS = Weight("bus", 80, "blkfront and netfront register nowhere else, unlike Xen's other drivers")
VIRTIO_BUS = Weight("bus", 45, "as PCI_VIRTIO")
FW_CFG = Weight("bus", 60, "QEMU's own device; few others copy it")
DISK_NAME = Weight("disk", 50, "how the hypervisor's virtual disks call themselves")

DRIVER_BOUND = Weight("driver", 65, "its maker's driver serves a device that is there")
DRIVER_SHARED = Weight("driver", 50, "as DRIVER_BOUND; Windows has it anyway, or nothing tells of the device")
DRIVER_BOOTS = Weight("driver", 38, "the system starts by it, and may have been moved since")
WIRELESS = Weight("driver", 41, "as DMI_MAKER; hypervisors make no card for radio, and seldom hand one on")
WINDOWS_HOST = Weight("driver", 60, "what serves the guests of a host serves nobody else")

# the processor's and the board's names
CPUFREQ = Weight("cpufreq", 43, "guests are seldom given the clock; the largest of EC2 may set P-states")
QEMU_TCG = Weight("cpuinfo", 60, "the processor of QEMU's software emulation")
QEMU_MODEL = Weight("cpuinfo", 45, "names that QEMU gives; other VMMs copy some")
FOREIGN_KERNEL = Weight("cpuinfo", 100, "the kernel is itself the guest, and says so")
WINE = Weight("cpuinfo", 100, "a function that only Wine has: no Windows is there at all")
PSERIES_QEMU = Weight("cpuinfo", 80, "QEMU writes this into the device tree itself")
PSERIES = Weight("cpuinfo", 60, "the platform that PowerVM offers; KVM and QEMU offer it too")
POWER_METAL = Weight("cpuinfo", 80, "platforms on which only physical machines run")
CPUINFO_BOARD = Weight("cpuinfo", 42, "the name of a physical board; emulators write some too")
TREE_HYPERVISOR = Weight("device-tree", 80, "what makes the tree names itself in it")
TREE_FW_CFG = Weight("device-tree", 60, "as FW_CFG")
TREE_BOARD = Weight("device-tree", 42, "as CPUINFO_BOARD")
S390_PROGRAM = Weight("sysinfo", 100, "STSI: the machine itself lists its levels")
S390_LPAR = Weight("sysinfo", 90, "a partition, and no program is listed above it")
SUN4V_CPU = Weight("cpuinfo", 60, "sun4v runs on its hypervisor always; QEMU's niagara aside")
SUN4V = Weight("device", 90, "the machine description of a logical domain")
SUN4V_CONTROL = Weight("device", 90, "services that only the control domain has")

# what hides a guest's memory: it is a guest, even where its hypervisor hides itself
CONFIDENTIAL_CPUID = Weight("cpuid", 85, "what protects the guest answers itself")
CONFIDENTIAL_FLAG = Weight("cpu-flag", 80, "the kernel lists it in such guests only")
CONFIDENTIAL_DEVICE = Weight("device", 80, "its drivers make the device in such guests only")
CONFIDENTIAL_LOG = Weight("kernel-log", 80, "the kernel says what is active, and is none of a host's lines")

# what the kernel says
LOG_DETECTED = Weight("kernel-log", 80, "the kernel found it at boot, by its CPUID name", True)
LOG_XEN = Weight("kernel-log", 80, "the kernel booted on Xen")
LOG_OWN = Weight("kernel-log", 75, "a line that a kernel prints on this hypervisor only", True)
LOG_BUS = Weight("kernel-log", 74, "the host answered over its bus, which imitators do not have")
LOG_SYSTEMD = Weight("kernel-log", 65, "systemd's conclusion, which is another program's", True)
LOG_DEVICE = Weight("kernel-log", 50, "as DISK_NAME")
LOG_VIRTUAL = Weight("kernel-log", 45, "as PCI_VIRTIO")
VIRTIO_FOLDER = Weight("kernel", 45, "as VIRTIO_BUS")
CLOCK = Weight("clocksource", 75, "a clock that only this hypervisor offers", True)
BRANDZ = Weight("kernel", 95, "illumos' fixed version string")
XEN_KERNEL = Weight("kernel", 60, "kernels of that name boot on Xen PV alone; anyone can name one so")
WSL2_KERNEL = Weight("kernel", 55, "Microsoft builds it for WSL 2 alone; others can boot it")
ZONE = Weight("kernel", 85, "a variable that the zone's init was given; anyone can set one")

# what programs printed, in records without the files behind it
LSCPU_VENDOR = Weight("lscpu", 75, "lscpu read CPUID or sysfs on the machine", True)
LSCPU_DOM0 = Weight("lscpu", 60, "lscpu says `none` in the control domain (sys-utils/lscpu-virt.c)")
LSCPU_NONE = Weight("lscpu", 45, "lscpu lists what it finds; it may have lacked root or a new name")
LSCPU_BIOS = Weight("lscpu", 60, "as DMI_NAME: SMBIOS' words for the processor (type 4)")
MELTDOWN_PV = Weight("kernel", 85, "the kernel's word on Meltdown names Xen PV (bugs.c)")
APPLE_PART = Weight("cpuinfo", 50, "Apple's hypervisor shows part 0x000, which no processor of Apple's has")
LSPCI_PARALLELS = Weight("lspci", 90, "as PCI_PARALLELS, by name")
LSPCI_XEN = Weight("lspci", 70, "as PCI_OWN, by name")
LSPCI_VMWARE = Weight("lspci", 65, "as PCI_VMWARE, by name")
LSPCI_NAMED = Weight("lspci", 60, "as PCI_NAMED, by name")
LSPCI_QEMU = Weight("lspci", 50, "as PCI_COPIED, by name")
LSPCI_CHIPSET = Weight("lspci", 47, "as PCI_CHIPSET, by name")
LSPCI_VIRTIO = Weight("lspci", 45, "as PCI_VIRTIO, by name")

INVENTORY = Weight("inventory", 64, "another program's conclusion, as LOG_SYSTEMD, by older tables", True)
INVENTORY_NONE = Weight("inventory", 40, "it found no hypervisor; such tables know no new ones")

# containers
CONTAINER_KERNEL = Weight("container", 90, "it shows in the kernel, which no left-over file can do")
CONTAINER_MARK = Weight("container", 60, "a mark of an engine")
NAMESPACES = Weight("namespaces", 0, "an observation against which marks are held")

# what follows where nobody names the hypervisor under a VMM
NEVER_VMX = Weight("inference", 80, "QEMU's software emulation never shows vmx")
WOULD_SPEAK = Weight("inference", 75, "QEMU's software emulation names itself, since 2.9")
COULD_NOT_HIDE = Weight("inference", 75, "kvm=off, which hides KVM's name, came with QEMU 2.1")
NOT_KVM = Weight("inference", 78, "KVM shows the host's own processor and clock, never this one")
MOST_QEMU = Weight("inference", 60, "most QEMU guests run on KVM; nothing speaks against it")
MOST_TREES = Weight("inference", 55, "most VMMs that write this device tree run on KVM")
VMM_ON = Weight("inference", 60, "the VMM runs on this hypervisor only, or nearly")
# fmt: on


def witness(row: Weight, says: str, evidence: str, points: Points, at_most: int = 100) -> Witness:
    """A signal with the weight of its line in the table."""
    value = min(row.value, at_most)
    if row.imitable and points.kind in IMITATED:
        value = min(value, IMITATED[points.kind])
    return Witness(row.signal, says, evidence, points.text, value, points)


class Speaks(Value, frozen=True):
    """What a name in one of the tables of signatures.py speaks for: a weight, and all that it names."""

    weight: Weight
    kind: HypervisorKind | None = None
    vmm: Vmm | None = None
    cloud: Cloud | None = None
    role: Role | None = None

    def witnesses(self, says: str, evidence: str) -> Iterator[Witness]:
        """One for each name."""
        if self.kind:
            yield witness(self.weight, says, evidence, Points(kind=self.kind))
        if self.vmm:
            yield witness(self.weight, says, evidence, Points(vmm=self.vmm))
        if self.cloud:
            yield witness(self.weight, says, evidence, Points(cloud=self.cloud))
        if self.role:
            yield witness(self.weight, says, evidence, Points(role=self.role))
