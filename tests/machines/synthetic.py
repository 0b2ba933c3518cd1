"""Machines that nobody could record: each is a base and what deviates from it.

What is expected of one stands in its .toml beside this file, or in the checks that name it.
"""

from collections.abc import Callable

from tests.machines import addresses, measured
from tests.machines.bases import (
    FIRMWARE,
    HYPERV,
    KVM,
    QEMU_ATA,
    ROOT,
    TCG,
    XEN,
    XEON,
    arm_guest,
    dom0,
    emulated,
    firecracker,
    guest,
    hyperv,
    kvm_good,
    kvm_virtio,
    mainframe,
    metal,
    nitro,
    on_xens_bus,
    qemu,
    virtualbox,
    vmware,
    vmware_nvme,
    vmware_told,
    without_nesting,
    xen_hvm,
    xen_pv,
    xen_pvh,
)
from tests.machines.devices import GIB
from tests.machines.linux import MIB, Machine
from tests.machines.record import Record
from vaudit.evidence.source import Registers

HVM_AND_PV = "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64"


def device_zoo() -> Machine:
    """One device of each sort that a KVM guest can have."""
    made = qemu("q35")
    made.disk("sda", "virtio-scsi-1.0", "0000:00:05.0", model=("QEMU", "QEMU HARDDISK"), mounts=ROOT)
    made.disk("nvme0n1", "qemu-nvme", "0000:00:06.0", model=("", "QEMU NVMe Ctrl"))
    made.disk("vdb", "mmio-blk", "platform/LNRO0005:00")
    made.usb_disk("sdb", "qemu-xhci", "0000:00:07.0", "46f4")
    made.block("dm-0", "virtual/block", 20 * GIB).folder("/sys/class/block/dm-0/slaves", "sda")
    made.block("loop0", "virtual/block", 0).block("loop1", "virtual/block", 64 * MIB)
    made.card("enp8s0", "mlx5", "0000:00:08.0", speed=25000).card("eth1", "vdpa-net", "vdpa0")
    return made.own_card("br0")


def all_emulated() -> Machine:
    """The cheapest settings: an IDE disk, an old card of 100 Mbit/s, a clock that traps."""
    made = qemu("i440fx").clock("hpet", "acpi_pm")
    made.disk("sda", "piix-ide", "0000:00:01.1", model=QEMU_ATA, mounts=ROOT)
    made.disk("sr0", "piix-ide", "0000:00:01.1", model=("QEMU", "QEMU DVD-ROM"))
    return made.card("eth0", "rtl8139", "0000:00:03.0", speed=100)


def tuned_badly() -> Machine:
    """What its owner did to it: from copied advice and left-over experiments."""
    made = (
        kvm_good(threads=16, queues=(1, 8), mtu=1200)
        .agrees("eth0", "mq")
        .kernel(parameters="mitigations=off")
    )
    made.memory(4090 * MIB, 200 * MIB, swap=GIB, swap_used=800 * MIB, zram=True).zswap(True)
    made.file("/sys/class/block/vda/queue/scheduler", "mq-deadline kyber [bfq] none\n")
    return made.huge_pages("always")


def hyperv_root() -> Machine:
    """Hyper-V holds the machine, and this system manages it: it may create partitions."""
    made = metal().processor(XEON, flags="hypervisor vmx ept").leaf(0x40000000, HYPERV, 0x4000000C)
    made.add("cpuid", "40000003 0", Registers(0xBFFF, 3, 0x22, 0))
    return made.clock("hyperv_clocksource_tsc_page", "hpet")


def xen_without_pv() -> Machine:
    """A Xen guest whose kernel was told to know nothing of Xen, so that the emulated devices serve it."""
    made = guest(XEN, 0x40000005).kernel(parameters="xen_nopv").firmware(**FIRMWARE["xen"]).acpi("Xen")
    made.pci("0000:00:02.0", "5853:0001", "5853:0001", "ff8000")
    made.disk("sda", "piix-ide", "0000:00:01.1", subsystem="5853:0001", model=QEMU_ATA, mounts=ROOT)
    return made.card(
        "eth0", "e1000", "0000:00:04.0", subsystem="5853:0001", mac="00:16:3e:01:02:03", speed=1000
    )


def shrunk() -> Machine:
    """Xen asks for half of the memory back."""
    made = on_xens_bus(xen_hvm()).memory(1990 * MIB, 512 * MIB, swap=0)
    return made.xen("HVM", kb=2 << 20, target_kb=1 << 20)


def with_addresses() -> Machine:
    """A guest that can be reached by both protocols."""
    made = kvm_good()
    for path, text in addresses.FILES.items():
        made.file(path, text)
    return made


def ballooned(pages: int) -> Machine:
    """A guest from which its host took pages of 4 KiB, and gave 1,000 back since."""
    made = kvm_good().file("/proc/vmstat", f"balloon_inflate {pages + 1000}\nballoon_deflate 1000\n")
    return made.memory(3990 * MIB, 3 * GIB - pages * 4096)


def plain_host() -> Machine:
    """A KVM host as it comes, which also merges the pages of its guests."""
    made = metal().kernel(parameters="intel_iommu=off mitigations=off").iommu(0).kvm(nested=False, guests=3)
    return made.file("/sys/kernel/mm/ksm/run", "1\n")


def tcg() -> Machine:
    """A guest whose processor QEMU emulates in software."""
    model = "QEMU Virtual CPU version 2.5+"
    return emulated(qemu("q35", leaf=TCG)).processor(model, "AuthenticAMD", flags="hypervisor svm")


def confidential() -> Machine:
    """A guest whose memory its host cannot read, by AMD's SEV-SNP."""
    made = kvm_good().folder("/sys/class/misc", "sev-guest", "hw_random")
    return made.log("Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP", "SEV: SNP running at VMPL0.")


def with_features(made: Machine, features: int) -> Machine:
    """What KVM offers, as the word of its second leaf."""
    return made.add("cpuid", "40000001 0", Registers(features, 0, 0, 0))


def named_model() -> Machine:
    """Where a CPU model is named, QEMU gives the oldest of KVM's features alone."""
    made = kvm_good(threads=8, queues=(8, 8)).processor("Westmere E56xx/L56xx/X56xx (Nehalem-C)", threads=8)
    return with_features(made, 0x0100007B)


def without_clock() -> Machine:
    """KVM hides its clock, and the TSC is not invariant."""
    made = with_features(kvm_good().clock("hpet", "acpi_pm"), 0x01007AF2)
    text = made.files["/proc/cpuinfo"].decode().replace(" constant_tsc nonstop_tsc", "")
    return made.file("/proc/cpuinfo", text)


def kvm64() -> Machine:
    """QEMU's plainest model."""
    made = kvm_good().processor("Common KVM processor")
    text = made.files["/proc/cpuinfo"].decode().replace(" lahf_lm", "").replace(" aes", "")
    return made.file("/proc/cpuinfo", text)


def bare_virtio() -> Machine:
    """Virtio without what makes it fast, and many processors to wait for it."""
    made = kvm_good(threads=16)
    made.file("/sys/bus/virtio/drivers/virtio_balloon/virtio2/features", f"{'01':0<64}\n")
    made.agrees("vda", "mq", "discard", "write-zeroes")
    return made.agrees("eth0", "csum", "host-tso4", "host-tso6", "host-ecn", "host-ufo", "mq")


def xen_time(emulated: bool) -> Machine:
    """Xen's leaf on time says whether it emulates the TSC."""
    made = on_xens_bus(xen_hvm()).add("cpuid", "40000003 0", Registers(int(emulated), 0, 2_500_000, 0))
    return made.add("cpuid", "40000004 0", Registers(0x5C, 0, 7, 0))


def vulnerable(parameters: str = "", **files: str) -> Machine:
    """What the kernel says of each vulnerability."""
    made = kvm_good().kernel(parameters=parameters)
    for name, text in files.items():
        made.file(f"/sys/devices/system/cpu/vulnerabilities/{name}", f"{text}\n")
    return made


def in_kvm(mark: str, content: str = "", cgroup: str = "0::/") -> Machine:
    return kvm_virtio().container(mark, content, cgroup)


MADE: dict[str, Callable[[], Record]] = {
    # guests of KVM and QEMU
    "kvm-good": kvm_good,
    "kvm-virtio": lambda: kvm_virtio().processor(XEON, flags="hypervisor vmx ept"),
    "kvm-many-cpus": lambda: kvm_good(threads=16, queues=(8, 8)),
    "kvm-crowded-host": lambda: without_nesting(kvm_good()).steal(0.14, busy=0.5),
    "kvm-idle": lambda: kvm_good().steal(0.118, busy=0.007),
    "kvm-shared-host": lambda: kvm_good().steal(0.07, busy=0.5),
    "kvm-tuned-badly": tuned_badly,
    "kvm-emulated": lambda: emulated(qemu("q35")).memory(swap=0),
    "kvm-all-emulated": all_emulated,
    "kvm-no-virtio": lambda: all_emulated().kernel(without=("virtio_blk", "virtio_scsi", "virtio_net")),
    "kvm-device-zoo": device_zoo,
    "kvm-hidden": lambda: kvm_virtio(leaf=""),
    "kvm-hyperv-enlightenments": lambda: kvm_virtio(HYPERV).leaf(0x40000100, KVM).detected("KVM"),
    "kvm-sev-snp": confidential,
    "qemu-tcg": tcg,
    "qemu-dell-mimic": lambda: emulated(qemu("q35", leaf=TCG)).processor(XEON).firmware(**FIRMWARE["dell"]),
    "firecracker-stale-mark": lambda: firecracker().file("/.dockerenv", ""),
    "aws-nitro": nitro,
    "nested-kvm": mainframe,
    "arm-weak": lambda: arm_guest().memory(1400 * MIB, GIB, installed=4 * GIB, swap=2 * GIB, zram=True),
    "kvm-no-steal": lambda: with_features(kvm_good().steal(0), 0x0100FADB),
    "kvm-no-steal-acc": lambda: kvm_good().kernel(parameters="no-steal-acc").steal(0),
    "kvm-named-model": named_model,
    "kvm-no-clock": without_clock,
    "kvm-with-addresses": with_addresses,
    "kvm-balloon-full": lambda: ballooned(1 << 18),
    "kvm-balloon-empty": lambda: ballooned(0),
    "kvm-slow-clock": lambda: kvm_good().clock("acpi_pm", "kvm-clock", "tsc"),
    "kvm-kvm64": kvm64,
    "kvm-renamed": lambda: kvm_good().processor(XEON, flags="hypervisor avx2 avx512f"),
    "kvm-old-virtio": lambda: kvm_good().agrees("vda", "version-1").agrees("eth0", "version-1"),
    "kvm-bare-virtio": bare_virtio,
    "kvm-queues-unused": lambda: kvm_good(threads=4, queues=(1, 1)),
    "kvm-disk-queues-unused": lambda: kvm_good(threads=4, queues=(4, 4), of_disk=1),
    "kvm-csum-off": lambda: (
        kvm_good().agrees("eth0", "csum").file("/sys/module/virtio_net/parameters/csum", "N\n")
    ),
    "kvm-no-microcode": lambda: vulnerable(
        gather_data_sampling="Vulnerable: No microcode", srbds="Unknown: Dependent on hypervisor status"
    ),
    "kvm-host-untold": lambda: vulnerable(
        mds="Mitigation: Clear CPU buffers; SMT Host state unknown", meltdown="Mitigation: PTI"
    ),
    "kvm-vulnerable-by-choice": lambda: vulnerable("mitigations=off", mds="Vulnerable"),
    # containers in them
    "docker-in-kvm": lambda: in_kvm("/.dockerenv", cgroup="0::/docker/5e2c7f0d6a1b5e2c7f0d6a1b"),
    "podman-in-kvm": lambda: in_kvm("/run/.containerenv", 'engine="podman-4.3.1"\n'),
    "lxc-in-kvm": lambda: in_kvm("/run/systemd/container", "lxc\n", "0::/.lxc"),
    "nspawn-in-kvm": lambda: in_kvm("/run/systemd/container", "systemd-nspawn\n"),
    "kubernetes-docker": lambda: in_kvm(
        "/.dockerenv", cgroup="11:memory:/kubepods/besteffort/pod0f/5e2c7f0d6a1b"
    ),
    "docker-in-xen-in-kvm": lambda: (
        xen_pv()
        .leaf(0x40000000, KVM)
        .processor(XEON, silent="hypervisor")
        .container("/.dockerenv", cgroup="0::/docker/5e2c7f0d6a1b5e2c7f0d6a1b")
    ),
    # Xen
    "xen-pv": lambda: xen_pv().leaf(0x40000000, KVM).processor(XEON, silent="hypervisor"),
    "xen-pvh": xen_pvh,
    "xen-hvm-pv-drivers": lambda: on_xens_bus(xen_hvm()).part(
        "piix-ide", "0000:00:01.1", subsystem="5853:0001"
    ),
    "xen-hvm-no-pv": xen_without_pv,
    "xen-shrunk": shrunk,
    "xen-tsc-emulated": lambda: xen_time(emulated=True),
    "xen-tsc-native": lambda: xen_time(emulated=False),
    "xen-small-vps": lambda: xen_pv().kernel("5.10.0-28-amd64", folder=False).steal(0.03, busy=0.5),
    "xen-dom0": lambda: dom0(HVM_AND_PV),
    "xen-dom0-old": lambda: dom0("xen-3.0-x86_64 xen-3.0-x86_32p"),
    # other hypervisors
    "hyperv": hyperv,
    "hyperv-root": hyperv_root,
    "vmware": vmware,
    "vmware-nvme": vmware_nvme,
    "vmware-told": vmware_told,
    "vmware-short-host": lambda: vmware_told(
        swapped=512, ballooned=1024, megahertz=1000, megabytes=2048, waited=0.4
    ),
    "virtualbox": virtualbox,
    # physical machines
    "bare-metal": metal,
    "bare-metal-kvm-host": lambda: metal().kvm(guests=12),
    "bare-metal-vtx-off": lambda: metal().processor(XEON, silent="vmx").kvm("absent").add("msr", "3a", "1"),
    "surface-laptop": lambda: metal().kvm("absent").firmware(**FIRMWARE["surface"]),
    "metal-good": lambda: metal().kvm(guests=12).own_card("br0"),
    "metal-kvm-host-plain": plain_host,
    "metal-kvm-broken": lambda: metal().kvm("broken"),
    "metal-no-kvm": lambda: metal().kvm("absent"),
    "metal-container": lambda: metal().kvm("denied").container("/.dockerenv"),
    "metal-old": lambda: metal().processor("Intel(R) Celeron(R) D CPU 3.06GHz").kvm("absent").iommu(0),
    # nothing is known
    "nothing-recorded": Record,
    # what benchmarks said
    "bench-local-flash": lambda: kvm_good().measured(*measured.local_flash(), *measured.quiet()),
    "bench-spinning": lambda: kvm_good().measured(*measured.spinning()),
    "bench-capped-low": lambda: kvm_good().measured(*measured.capped(300)),
    "bench-capped-high": lambda: kvm_good().measured(*measured.capped(3000)),
    "bench-memory-speed": lambda: kvm_good().measured(*measured.memory_speed()),
    "bench-writes-capped-low": lambda: kvm_good().measured(*measured.writes_capped(200)),
    "bench-writes-capped-high": lambda: kvm_good().measured(*measured.writes_capped(3000)),
    "bench-failing-disk": lambda: kvm_good().measured(*measured.failing()),
    "bench-crowded": lambda: kvm_good().measured(*measured.crowded()),
    "bench-lossy": lambda: kvm_good().measured(*measured.lossy()),
    "bench-black-hole": lambda: kvm_good().measured(*measured.black_hole()),
    "bench-standstill": lambda: kvm_good().measured(*measured.standstill()),
    "bench-no-peer": lambda: kvm_good().measured(*measured.no_peer()),
    "bench-slow-clock": lambda: kvm_good().measured(*measured.slow_clock()),
    "bench-vcpus-little": lambda: kvm_good().measured(*measured.vcpus_little()),
    "bench-memory-moved": lambda: kvm_good().measured(*measured.memory_moved()),
}
