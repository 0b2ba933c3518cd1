"""The machines that the others deviate from: what their makers, hypervisors and providers give them."""

from typing import Literal

from tests.machines.devices import GIB
from tests.machines.linux import MIB, Machine
from vaudit.evidence.source import Registers

XEON, EPYC = "Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz", "AMD EPYC 7543 32-Core Processor"
SERVER = "Intel(R) Xeon(R) E-2288G CPU @ 3.70GHz"
KVM, TCG, HYPERV, XEN = "KVMKVMKVM", "TCGTCGTCGTCG", "Microsoft Hv", "XenVMMXenVMM"
"""How hypervisors name themselves in their CPUID leaf."""
KVM_FEATURES = Registers(0x0100FAFB, 0, 0, 0)
"""What `-cpu host` passes on of KVM's features (seen with QEMU's microvm)."""
FIRMWARE: dict[str, dict[str, str]] = {
    "dell": {
        "sys_vendor": "Dell Inc.", "product_name": "PowerEdge R440", "board_vendor": "Dell Inc.",
        "board_name": "0H28RR", "bios_vendor": "Dell Inc.", "bios_version": "2.4.8",
        "chassis_vendor": "Dell Inc.",
    },
    "surface": {
        "sys_vendor": "Microsoft Corporation", "product_name": "Surface Laptop 3",
        "bios_vendor": "Microsoft Corporation", "bios_version": "9.103.143",
    },
    "i440fx": {
        "sys_vendor": "QEMU", "product_name": "Standard PC (i440FX + PIIX, 1996)", "bios_vendor": "SeaBIOS",
        "product_version": "pc-i440fx-7.2", "bios_version": "1.16.2", "chassis_vendor": "QEMU",
    },
    "q35": {
        "sys_vendor": "QEMU", "product_name": "Standard PC (Q35 + ICH9, 2009)", "bios_vendor": "SeaBIOS",
        "product_version": "pc-q35-7.2", "bios_version": "1.16.2", "chassis_vendor": "QEMU",
    },
    "edk2": {"bios_vendor": "EFI Development Kit II / OVMF", "bios_version": "2022.11"},
    "xen": {
        "sys_vendor": "Xen", "product_name": "HVM domU", "product_version": "4.17.3", "bios_vendor": "Xen",
        "bios_version": "4.17.3", "chassis_vendor": "Xen",
    },
    "hyperv": {
        "sys_vendor": "Microsoft Corporation", "product_name": "Virtual Machine",
        "product_version": "Hyper-V UEFI Release v4.1", "bios_vendor": "Microsoft Corporation",
        "bios_version": "Hyper-V UEFI Release v4.1",
    },
    "vmware": {
        "sys_vendor": "VMware, Inc.", "product_name": "VMware Virtual Platform",
        "bios_vendor": "Phoenix Technologies LTD", "bios_version": "6.00",
    },
    "virtualbox": {
        "sys_vendor": "innotek GmbH", "product_name": "VirtualBox", "product_version": "1.2",
        "board_name": "VirtualBox", "bios_vendor": "innotek GmbH", "bios_version": "VirtualBox",
    },
    "ec2": {
        "sys_vendor": "Amazon EC2", "product_name": "i4i.large", "bios_vendor": "Amazon EC2",
        "bios_version": "1.0", "chassis_vendor": "Amazon EC2", "chassis_asset_tag": "Amazon EC2",
        "product_uuid": "ec2f1a2b-0000-0000-0000-000000000001",
    },
}  # fmt: skip
"""What the firmware says of the machine."""
QEMU_ATA, ROOT = ("ATA", "QEMU HARDDISK"), ("/",)
VMBUS = "LNXSYSTM:00/LNXSYBUS:00/VMBUS:00"


def metal() -> Machine:
    """A physical server with VT-x, an IOMMU and no guests."""
    made = Machine().processor(SERVER, threads=16, flags="vmx ept").kvm().iommu()
    made.add("cpuid", "40000000 0", Registers(7, 0x340, 7, 0x340))  # the highest basic leaf, as Intel answers
    made.kernel(parameters="intel_iommu=on").clock("tsc", "hpet", "acpi_pm")
    made.firmware(**FIRMWARE["dell"]).acpi("DELL").memory(63 * GIB, 50 * GIB, installed=64 * GIB)
    made.part("intel-ahci", "0000:00:1f.2").card(
        "eno1", "tg3", "0000:04:00.0", mac="d0:94:66:01:02:03", speed=1000, queues=(5, 5)
    )
    return made.disk(
        "nvme0n1", "samsung-nvme", "0000:05:00.0", size=500 * GIB, model=("", "Samsung SSD 970 EVO"),
        queues=16, scheduler="[none] mq-deadline", rotational=False, mounts=ROOT,
    )  # fmt: skip


def guest(leaf: str, top: int | None = None) -> Machine:
    """A guest as CPUID shows it, without any disk or card yet. `leaf`: how the hypervisor names itself."""
    made = Machine().processor(XEON, flags="hypervisor").leaf(0x40000000, leaf, top)
    if leaf == KVM:
        made.add("cpuid", "40000001 0", KVM_FEATURES)
    return made.memory(installed=4 * GIB).clock("tsc", "hpet", "acpi_pm").kvm("absent")


def qemu(board: Literal["i440fx", "q35"], *, leaf: str = KVM) -> Machine:
    """A guest that QEMU serves; without a name in the leaf it is hidden what runs it."""
    made = guest(leaf, None if leaf else 0).firmware(**FIRMWARE[board]).acpi("BOCHS", "QEMU0002:00").fw_cfg()
    made.part(f"{board}-host", "0000:00:00.0")
    if leaf == KVM:
        made.detected("KVM", "Booting paravirtualized kernel on KVM").clock("kvm-clock", "tsc", "acpi_pm")
    return made


def kvm_virtio(leaf: str = KVM) -> Machine:
    """A KVM guest as most providers make it: disk and card on virtio."""
    made = qemu("q35", leaf=leaf).card("eth0", "virtio-net", "0000:00:03.0")
    return made.disk("vda", "virtio-blk", "0000:00:04.0", size=40 * GIB, mounts=ROOT)


def kvm_good(
    *, threads: int = 2, queues: tuple[int, int] = (2, 2), of_disk: int = 2, mtu: int = 1500
) -> Machine:
    """A KVM guest with all that helps, nested virtualization too, and a forgotten IDE controller."""
    made = qemu("i440fx").processor(
        EPYC, "AuthenticAMD", threads=threads, flags="hypervisor svm npt tsc_scale"
    )
    made.kvm(module="kvm_amd").steal(0.003).part("piix-ide", "0000:00:01.1")
    made.card("eth0", "virtio-net", "0000:00:03.0", queues=queues, mtu=mtu)
    made.disk("vda", "virtio-blk", "0000:00:04.0", size=40 * GIB, queues=of_disk, mounts=ROOT)
    return made.balloon("0000:00:05.0", "stats", "deflate-on-oom").block("loop0", "virtual/block", 64 * MIB)


def without_nesting(made: Machine) -> Machine:
    """The same guest where the provider passes no AMD-V on."""
    made.processor(EPYC, "AuthenticAMD", flags="hypervisor").kvm("absent")
    return made.without("/sys/module/kvm_amd")


def emulated(made: Machine) -> Machine:
    """An IDE disk and an e1000 card, as QEMU has had them since its beginnings."""
    made.disk("sda", "piix-ide", "0000:00:01.1", model=QEMU_ATA, mounts=ROOT)
    return made.card("ens3", "e1000", "0000:00:03.0", speed=1000)


def firecracker() -> Machine:
    """A microVM: no PCI bus, no firmware, all drivers built in."""
    made = guest(KVM).processor(EPYC, "AuthenticAMD", flags="hypervisor").detected("KVM")
    made.kernel("6.1.102-fc", "nomodule", loads_modules=False, folder=False).clock("kvm-clock", "tsc")
    made.acpi("FIRECK", "LNRO0005:00", "LNRO0005:01").kvm(module="kvm_pvm")
    made.disk(
        "vda",
        "mmio-blk",
        "platform/LNRO0005:00",
        scheduler="[none]",
        write_cache="write through",
        mounts=ROOT,
    )
    return made.card("eth0", "mmio-net", "platform/LNRO0005:01", mac="06:00:ac:10:00:02")


def xen_hvm() -> Machine:
    """A fully virtualized Xen guest, without any disk or card yet."""
    made = guest(XEN, 0x40000005).xen("HVM", kb=2 << 20).clock("xen", "tsc", "hpet", "acpi_pm")
    made.detected("Xen HVM", "Booting paravirtualized kernel on Xen HVM")
    made.firmware(**FIRMWARE["xen"]).acpi("Xen").part("xen-platform", "0000:00:02.0")
    return made.memory(1990 * MIB, 1500 * MIB, installed=2 * GIB)


def on_xens_bus(made: Machine) -> Machine:
    """Disk and card on Xen's own bus."""
    made.disk("xvda", "xen-vbd", "vbd-51712", rotational=False, mounts=ROOT)
    return made.card("eth0", "xen-vif", "vif-0", mac="00:16:3e:01:02:03", speed=None)


def xen_pv() -> Machine:
    """A Xen PV guest: CPUID is the processor's own, and no firmware says anything."""
    made = Machine().processor(XEON).kvm("absent").xen("PV").clock("xen", "tsc")
    made.detected("Xen PV", "Booting kernel on Xen").memory_map(GIB).memory(993 * MIB, 512 * MIB, swap=0)
    return on_xens_bus(made)


def xen_pvh() -> Machine:
    """A Xen PVH guest: hardware help, but no firmware and no PCI bus."""
    made = guest(XEN, 0x40000005).xen("PVH").clock("xen", "tsc")
    made.detected("Xen PVH", "Booting kernel on Xen PVH").memory_map(GIB).memory(993 * MIB, 512 * MIB, swap=0)
    return on_xens_bus(made)


def dom0(capabilities: str) -> Machine:
    """Xen's control domain on a physical server. `capabilities`: what guests this Xen can start."""
    made = metal().processor(SERVER, threads=16).kvm("absent").kernel().clock("xen", "tsc")
    return made.xen("PV", dom0=capabilities, kb=4 << 20).detected("Xen PV", "Booting kernel on Xen")


def hyperv() -> Machine:
    """A guest of Hyper-V, second generation: everything on the vmbus, no PCI bus."""
    made = guest(HYPERV, 0x4000000C).detected("Microsoft Hyper-V")
    made.add("cpuid", "40000001 0", Registers(0x31237648, 0, 0, 0))
    made.add("cpuid", "40000003 0", Registers(0x2E7F, 2, 0x22, 0x71FFFFF6))
    made.add("cpuid", "40000004 0", Registers(0x24E24, 0xFFF, 0, 0))
    made.firmware(**FIRMWARE["hyperv"]).acpi("VRTUAL", "VMBUS:00").clock("hyperv_clocksource_tsc_page")
    channel, model = f"{VMBUS}/f8b3781a-1e82-4818-a1c3-63d806ec15bb", ("Msft", "Virtual Disk")
    made.disk("sda", "hv-storvsc", channel, model=model, mounts=ROOT)
    channel = f"{VMBUS}/f8615163-df3e-46c5-913f-f2d2f965ed0e"
    return made.card("eth0", "hv-netvsc", channel, mac="00:15:5d:01:02:03")


def vmware() -> Machine:
    """A VMware guest with an emulated disk, one emulated and one paravirtual card."""
    made = guest("VMwareVMware", 0x40000010).detected("VMware").firmware(**FIRMWARE["vmware"]).acpi("PTLTD")
    made.part("vmci", "0000:00:07.7").clock("tsc", "acpi_pm")
    made.disk("sda", "lsi-53c1030", "0000:00:10.0", model=("VMware", "Virtual disk"), mounts=ROOT)
    made.card("ens33", "e1000-82545", "0000:00:11.0", mac="00:50:56:01:02:03", speed=1000)
    return made.card("ens34", "vmxnet3", "0000:00:12.0", mac="00:50:56:01:02:04", speed=10000)


UNLIMITED = 2**32 - 1
"""What VMware's tools print where there is no limit."""


def vmware_told(
    swapped: int = 0,
    ballooned: int = 0,
    megahertz: int = UNLIMITED,
    megabytes: int = UNLIMITED,
    waited: float = 0.01,
) -> Machine:
    """The same with VMware's own tools: what its host has swapped and taken back (MB), limits, and the share
    of the wanted processor time in which it waited. Up for an hour and 40 minutes, four tenths of it busy."""
    made, ask, wanted = vmware(), "vmware-toolbox-cmd stat", 4_800_000_000
    made.file("/proc/stat", "cpu  380000 0 100000 720000 0 0 0 0 0 0\n")
    times = (round(wanted * (1 - waited)), round(wanted * waited))
    resources = "vm.cpu.reserved = 0\nvm.cpu.used = {}\nvm.cpu.contention.cpu = {}".format(*times)
    told = {"swap": f"{swapped} MB", "balloon": f"{ballooned} MB", "memlimit": f"{megabytes} MB",
            "memres": "0 MB", "cpulimit": f"{megahertz} MHz", "cpures": "0 MHz",
            "raw text resources": resources}  # fmt: skip
    for what, said in told.items():
        made.add("tool", f"{ask} {what}", f"{said}\n".encode())
    return made


def vmware_nvme() -> Machine:
    """A VMware guest as new versions make it: the disk on a virtual NVMe controller."""
    made = guest("VMwareVMware", 0x40000010).detected("VMware").firmware(**FIRMWARE["vmware"])
    made.part("vmci", "0000:00:07.7").clock("tsc", "acpi_pm")
    made.disk("nvme0n1", "vmware-nvme", "0000:0b:00.0", model=("", "VMware Virtual NVMe Disk"), mounts=ROOT)
    return made.card("ens34", "vmxnet3", "0000:00:12.0", mac="00:50:56:01:02:04", speed=10000)


def virtualbox() -> Machine:
    """A VirtualBox guest: an emulated SATA disk and an emulated card."""
    made = guest("VBoxVBoxVBox", 0x40000006).firmware(**FIRMWARE["virtualbox"]).acpi("VBOX")
    made.part("vboxguest", "0000:00:04.0")
    made.disk("sda", "ich8-ahci", "0000:00:0d.0", model=("ATA", "VBOX HARDDISK"), mounts=ROOT)
    return made.card("enp0s3", "e1000", "0000:00:03.0", subsystem="8086:001e", speed=1000)


def nitro() -> Machine:
    """A guest on AWS: disks and card are functions of Amazon's own hardware."""
    made = guest(KVM).detected("KVM").firmware(**FIRMWARE["ec2"]).acpi("AMAZON")
    made.part("ec2-host", "0000:00:00.0").clock("kvm-clock", "tsc", "hpet", "acpi_pm")
    made.disk("nvme0n1", "ebs-nvme", "0000:00:04.0", model=("", "Amazon Elastic Block Store"), mounts=ROOT)
    made.disk("nvme1n1", "ec2-local-nvme", "0000:00:1f.0", model=("", "Amazon EC2 NVMe Instance Storage"))
    return made.card("ens5", "ena", "0000:00:05.0", mac="0a:58:a9:01:02:03", queues=(2, 2))


def mainframe() -> Machine:
    """A KVM guest under z/VM in a partition of a mainframe, which lists the levels beneath it."""
    made = Machine("s390x").kernel("6.1.0-18-s390x").clock("tod").kvm("absent")
    made.file("/proc/cpuinfo", "vendor_id       : IBM/S390\n# processors    : 2\n").online(2)
    made.file(
        "/proc/sysinfo",
        "Manufacturer:         IBM\nLPAR Number:          7\n"
        "VM00 Control Program: KVM/Linux\nVM01 Control Program: z/VM    7.3.0\n",
    )
    made.disk("vda", "ccw-blk", "css0/0.0.0001/0.0.0001", mounts=ROOT)
    return made.card("eth0", "ccw-net", "css0/0.0.0002/0.0.0002")


def arm_guest() -> Machine:
    """A guest on ARM, where nothing but the maker of its firmware gives the hypervisor away."""
    made = Machine("aarch64").kernel("6.1.0-18-arm64").clock("arch_sys_counter").kvm("absent")
    core = "BogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\n"
    made.file("/proc/cpuinfo", "".join(f"processor\t: {at}\n{core}" for at in range(2))).online(2)
    made.firmware(**FIRMWARE["edk2"]).acpi("LINARO").card("eth0", "virtio-net", "0000:00:03.0")
    return made.disk("vda", "virtio-blk", "0000:00:04.0", mounts=ROOT)
