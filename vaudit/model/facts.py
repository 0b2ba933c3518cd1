"""The vocabulary: what can be true of a machine. Every other module speaks in these words.

`None` always means "not known", never "no". Each group of facts lists in `evidence` the ids of the
evidence entries (for example `file:/proc/cpuinfo`) that it was read from. Names in the JSON report are
these names; they only ever grow.
"""

from __future__ import annotations  # worked out where they are asked for: half a millisecond of a start

from typing import Literal

import msgspec

HwVirt = Literal["vt-x", "amd-v", "arm-el2"]
HwVirtState = Literal["usable", "present", "firmware-disabled", "absent", "hidden", "unknown"]
KvmDevice = Literal["openable", "denied", "absent", "broken"]
HypervisorKind = Literal[
    "none", "kvm", "qemu", "xen", "hyperv", "vmware", "virtualbox", "bhyve", "parallels",
    "openbsd-vmm", "acrn", "qnx", "jailhouse", "apple", "lkvm", "uml", "lx86", "zvm", "lpar",
    "powervm", "ldoms", "wine", "virtualpc", "illumos", "other", "unknown",
]  # fmt: skip
HypervisorMode = Literal["pv", "pvh", "hvm", "full", "para", "none"]
Role = Literal["guest", "host", "none"]
Vmm = Literal[
    "qemu", "firecracker", "cloud-hypervisor", "crosvm", "nitro", "ahv", "rhev", "ovirt", "google",
]  # fmt: skip
"""The program that serves the guest's devices."""
Cloud = Literal[
    "aws", "azure", "gcp", "alibaba", "oracle", "digitalocean", "hetzner", "scaleway", "upcloud", "vultr",
    "linode", "huawei", "tencent", "yandex", "exoscale", "ionos", "timeweb", "ovh", "ibm",
]  # fmt: skip
Confidential = Literal["sev", "sev-es", "sev-snp", "tdx", "cca", "protvirt", "pef", "vbs"]
"""What hides a guest's memory from its host: AMD's, Intel's, ARM's, s390's, POWER's, and Hyper-V's own."""
Container = Literal[
    "bubblewrap", "chroot", "gvisor", "docker", "podman", "lxc", "systemd-nspawn", "oci", "container-other",
    "crio", "kubernetes", "openvz", "linux-vserver", "wsl",
]  # fmt: skip
"""From the inside out, where several are at work at once."""
Signal = Literal[
    "cpuid", "cpu-flag", "sys-hypervisor", "proc-xen", "dmi", "smbios", "acpi", "pci", "bus", "device-tree",
    "cpuinfo", "sysinfo", "kernel-log", "clocksource", "lscpu", "lspci", "disk", "device", "kernel",
    "container", "namespaces", "inference", "inventory", "cpufreq", "driver",
]  # fmt: skip
"""The kinds of signals that say something about the platform."""
Path = Literal["paravirtual", "emulated", "passthrough", "physical", "software", "unknown"]
Family = Literal["virtio", "xen", "hyperv", "vmware", "virtualbox", "cloud", "parallels"]
Task = Literal["disk", "network", "memory", "console", "platform", "other"]
"""What a driver serves."""
DriverState = Literal["in-use", "loaded", "builtin", "available", "absent", "unknown", "left-over"]
"""`left-over`: of a hypervisor that is not there, and set to start all the same."""
Start = Literal["boot", "system", "auto", "demand", "disabled"]
"""When Windows starts a driver or service (winnt.h: 0 to 4)."""
Target = Literal["kvm", "kvm-scsi", "xen", "xcp-ng", "hyperv", "vmware", "nvme"]
"""Where a machine can be moved to: a hypervisor, and of KVM's two paravirtual disks which; `nvme` is whatever
gives guests NVMe disks, as Amazon's Nitro does."""
Standing = Literal["ready", "overridden", "late", "unmet", "lost", "staged", "absent", "unknown"]
"""How a driver stands that would have to bring a machine up.

`ready`: it starts at boot; `overridden`: it would, if what was noted for this hardware did not say later;
`late`: it starts later or never; `unmet`: it starts at boot, and Windows knows no device that it serves;
`lost`: its file is not there; `staged`: it lies in the driver store alone; `absent`: not even there."""
Actor = Literal["owner", "provider"]
NeedName = Literal[
    "hardware-virtualization", "nested-paging", "iommu", "iommu-groups", "interrupt-remapping",
    "vfio-pci", "sr-iov", "huge-pages", "secure-guests", "own-kernel", "linux-2.6.26", "nesting",
    "user-namespaces-for-users", "guest-kvm", "guest-xen-pv", "guest-xen-pvh", "guest-xen-hvm",
    "guest-windows", "guest-nested", "namespace-mnt", "namespace-pid", "namespace-net", "namespace-ipc",
    "namespace-uts", "namespace-user", "namespace-cgroup", "cgroup-cpu", "cgroup-cpuacct",
    "cgroup-cpuset", "cgroup-memory", "cgroup-devices", "cgroup-blkio", "cgroup-freezer", "cgroup-pids",
    "seccomp", "keys", "message-queues", "overlay", "squashfs", "fuse", "loop", "tun", "vhost-net",
    "veth", "bridge", "bridge-netfilter", "packet-filter", "nat", "conntrack", "macvlan", "wireguard",
    "tun-device", "fuse-device", "vhost-net-device", "xen-control-devices", "kvm-hv",
]  # fmt: skip
"""What it takes to host the work of others; `guest-…` is the answer for that kind of guest."""
NeedState = Literal["met", "unmet", "unknown"]
Confidence = Literal["certain", "likely", "weak", "none"]
Unseen = Literal["block", "net", "controllers"]
AddressKind = Literal["public", "private", "shared", "link-local", "special"]
"""shared: behind a carrier's translation (RFC 6598); special: for documentation, tests and tunnels."""


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all facts: immutable, and strict when a report is read back."""


class Cache(Fact, frozen=True):
    """A cache of the processor, as the hypervisor shows it."""

    level: int
    sort: Literal["data", "instruction", "unified"]
    size: int
    """Bytes."""
    shared_by: int
    """How many logical processors may share it."""


class Vulnerability(Fact, frozen=True):
    """A hardware vulnerability, and what the kernel says of it (admin-guide/hw-vuln)."""

    name: str
    state: Literal["not-affected", "mitigated", "vulnerable", "unknown"]
    because: str
    """As the kernel says it."""
    actor: Actor | None = None
    """Who has to act where it is vulnerable, or alone knows whether it is; None where that does not show."""


class Cpu(Fact, frozen=True):
    """The processor and its virtualization extensions."""

    arch: str | None = None
    """As `uname -m` says: x86_64, aarch64, ppc64le, s390x, …"""
    vendor: str | None = None
    model: str | None = None
    threads: int | None = None
    """Logical processors that are online."""
    sockets: int | None = None
    cores: int | None = None
    """In all sockets, as shown; how they lie on the metal cannot be seen from inside."""
    threads_per_core: int | None = None
    numa_nodes: int | None = None
    caches: list[Cache] = []
    """Of the first processor."""
    level: int | None = None
    """Of x86-64, by the kernel's flags: 1 to 4, which glibc's loader calls x86-64-v1 to v4."""
    level_by_name: int | None = None
    """The level that processors of this name have at least, all of them with AES."""
    flags: list[str] | None = None
    """Those of aes, avx, avx2, avx512f, sha_ni, rdrand, pdpe1gb and la57 that are there."""
    named: Literal["whole", "generic", "masked", "contradicting"] | None = None
    """What the model's name is worth: it has a number; a hypervisor calls a set of features so; it has no
    number; it contradicts what the processor can."""
    named_because: str = ""
    invariant_tsc: bool | None = None
    """Whether the TSC ticks alike in all states of the processor."""
    vulnerabilities: list[Vulnerability] = []
    untold_vulnerabilities: list[str] = []
    """Those of which a guest's kernel says that they hang on its host, which does not tell."""
    """The names of those of which the hypervisor does not tell."""
    mhz: float | None = None
    hw_virt: HwVirt | None = None
    hw_virt_state: HwVirtState = "unknown"
    """`usable`: a KVM or Xen here uses it; `present`: the flag shows; `hidden`: a hypervisor lies between
    and does not show it; `absent`: the physical processor has none."""
    hw_virt_because: str = ""
    nested_paging: Literal["ept", "npt"] | None = None
    nested: bool | None = None
    """Whether the kvm module here lets its guests use hardware virtualization."""
    iommu: bool | None = None
    iommu_groups: int | None = None
    kvm_device: KvmDevice | None = None
    """Whether this process can open /dev/kvm for reading and writing."""
    hypervisor_flag: bool | None = None
    """CPUID leaf 1 ECX bit 31, which hypervisors set for their guests."""
    clocksource: str | None = None
    clocksources: list[str] = []
    """All that the kernel could take, the best first."""
    better_clock: str | None = None
    """Of those the best that answers without asking a device, where the one in use has to ask; empty where
    there is none or none is needed; None where that is not known."""
    steal: float | None = None
    """Share (0 to 1) of busy-or-stolen time since boot that the hypervisor withheld, from /proc/stat. Also
    None where the hypervisor does not measure it, so that 0 would say nothing."""
    steal_shown: float | None = None
    """The same as vmstat, top and sar show it ("st"): a share of all time since boot, idle time too."""
    wanted_seconds: float | None = None
    """Seconds of processor time since boot that this machine wanted, what was withheld included."""
    up_seconds: float | None = None
    """Seconds that were counted since boot, of one processor."""
    steal_because: str = ""
    """Why it is not known, where that shows."""
    steal_measured: bool | None = None
    """Whether somebody measures it; None where nothing shows that, or there is no hypervisor."""
    evidence: list[str] = []
    shown_by: dict[str, list[str]] = {}
    """Of single fields, by their names, where other evidence shows them than all that is listed here."""

    @property
    def stolen(self) -> float | None:
        """The steal that people are shown: of all time, or, in older reports, of the wanted time."""
        return self.steal if self.steal_shown is None else self.steal_shown

    @property
    def stolen_of(self) -> str:
        """Of what `stolen` is a share."""
        return "the wanted time" if self.steal_shown is None else "all time"


class Points(Fact, frozen=True, omit_defaults=True):
    """What a signal speaks for: the one field that is set; none for a plain observation."""

    kind: HypervisorKind | None = None
    vmm: Vmm | None = None
    cloud: Cloud | None = None
    role: Role | None = None
    """`guest`: there is a hypervisor, and the signal does not name it; `host`: this is its host."""
    container: Container | None = None
    beneath: bool = False
    """It is true of the layer under this hypervisor, which the signal shows through it."""

    @property
    def text(self) -> str:
        """For people, and for readers of older reports: `kvm`, `vmm:qemu`, `beneath:xen`, `guest`."""
        role = self.role and ("guest" if self.role == "guest" else f"role:{self.role}")
        named = (("vmm", self.vmm), ("cloud", self.cloud), ("container", self.container))
        prefixed = next((f"{what}:{name}" for what, name in named if name), "")
        return ("beneath:" if self.beneath else "") + (self.kind or role or prefixed)


class Witness(Fact, frozen=True):
    """One signal that says something about the platform."""

    signal: Signal
    says: str
    """What it says, in words: `KVM (signature KVMKVMKVM at leaf 0x40000000)`."""
    evidence: str
    """The id of the evidence entry."""
    points_to: str = ""
    """`points` as one text; empty for plain observations."""
    weight: int = 0
    """How much it counts: 100 decides, 1 is a hint, 0 was set aside (see `says`)."""
    points: Points = Points()


class Feature(Fact, frozen=True):
    """Something that a hypervisor may offer its guests, and whether this kernel uses it."""

    name: str
    """By the field's word: `steal-time`, `synic`; `bit 27` where nobody has named it."""
    offered: bool | None
    used: bool | None
    because: str = ""
    """Why both are so, or why one is not known."""
    lost: str = ""
    """What is lost without it, where it is not offered."""
    evidence: list[str] = []


class Interface(Fact, frozen=True):
    """A set of features that a hypervisor announces as one; a hypervisor may announce several."""

    name: Literal["kvm", "hyperv", "xen", "vmware", "tcg", "other"]
    """By its own word, whatever the hypervisor calls itself."""
    leaf: str | None = None
    """The CPUID leaf that it begins with: `0x40000100`; None where it is told by something else."""
    version: str | None = None
    features: list[Feature] = []
    evidence: list[str] = []


class Hypervisor(Fact, frozen=True):
    """The innermost hypervisor under this kernel."""

    kind: HypervisorKind = "unknown"
    mode: HypervisorMode | None = None
    """xen: pv, pvh, hvm; others: full, para, none."""
    role: Role = "none"
    """guest; host (Xen dom0, Hyper-V root partition, a machine that runs guests now); none."""
    version: str | None = None
    vmm: Vmm | None = None
    cloud: Cloud | None = None
    beneath: HypervisorKind | None = None
    """What lies under this hypervisor, where this kernel can look through it (Xen PV, dom0, Hyper-V root)."""
    confidential: Confidential | None = None
    """What hides this guest's memory from its host; None also where nothing shows it."""
    protected: bool | None = None
    """Whether its memory is hidden from its host; None: nothing shows it, and not all was looked at."""
    accelerated: bool | None = None
    """Whether a processor runs the instructions itself; False: QEMU translates them; None: not shown."""
    confidence: Confidence = "none"
    interfaces: list[Interface] = []
    """What it offers its guests, and what this kernel uses of that; empty where nothing shows."""
    witnesses: list[Witness] = []
    contradictions: list[str] = []
    evidence: list[str] = []

    @property
    def doubtful(self) -> bool:
        """Whether its name is only probable, which every sentence about it says."""
        return self.confidence in ("likely", "weak")

    @property
    def served_by_qemu_alone(self) -> bool:
        """Whether QEMU serves the guest, and nothing shows whether KVM runs it."""
        return self.kind == "kvm" and self.vmm == "qemu" and self.accelerated is None


class Layer(Fact, frozen=True):
    """One box in the picture that a person would draw of this machine."""

    layer: Literal["container", "guest", "host"]
    name: str
    why: str
    evidence: list[str] = []


class Missing(Fact, frozen=True):
    """A feature on which a device and its driver did not agree."""

    name: str
    because: Literal["device", "driver", "parameter", "unknown"]
    """Who did not want it: the device, though this kernel's driver asks for it; the driver; a parameter of
    the driver, which its owner has set."""


class Virtio(Fact, frozen=True):
    """On what a virtio device and its driver agreed."""

    generation: Literal["modern", "legacy"] | None = None
    """Of virtio 1.0 and later, or of before."""
    negotiated: list[str] = []
    """Bits by their names, the lowest first; `bit 41` where nobody has named one."""
    missing: list[Missing] = []
    evidence: list[str] = []


class Package(Fact, frozen=True, omit_defaults=True):
    """What Windows installed a driver from."""

    provider: str | None = None
    """Who made it, as it says."""
    version: str | None = None
    date: str | None = None
    """ISO 8601."""
    inf: str | None = None
    signed: bool | None = None
    """Whether somebody signed it; a signature for tests counts."""


class Served(Fact, frozen=True, kw_only=True):
    """How a device is served: what is said alike of disks, network interfaces and controllers."""

    path: Path = "unknown"
    because: str = ""
    """Why `path` is so."""
    driver: str | None = None
    """The driver that decides the path, by its module name: virtio_blk, xen-blkfront, ata_piix."""
    bus: str | None = None
    """virtio, xen, vmbus, pci, usb, virtual, ccw, platform, …"""
    model: str | None = None
    controller: str | None = None
    """The controller in words, its bus address or hardware id; of a controller its own address."""
    at: str | None = None
    """The bus address of the controller, where `controller` is none."""
    package: Package | None = None
    """Windows: what the driver was installed from."""
    better: str | None = None
    """The paravirtual driver that this kernel has and that could serve this device."""
    better_by: Actor | None = None
    """Who has to act so that `better` is used."""
    evidence: list[str] = []


class Named(Served, frozen=True):
    """A device with a name of the operating system's, which the report gives first."""

    name: str


class Block(Named, frozen=True, kw_only=True):
    """A block device as a whole (never a partition)."""

    size: int | None = None
    """Bytes."""
    rotational: bool | None = None
    """What the device claims; a hypervisor often claims what is not so."""
    scheduler: str | None = None
    write_cache: Literal["write back", "write through"] | None = None
    queues: int | None = None
    offered_queues: int | None = None
    """How many its device has, where that shows."""
    virtio: Virtio | None = None
    logical_block: int | None = None
    """Bytes."""
    removable: bool | None = None
    read_only: bool | None = None
    mounts: list[str] = []
    """Mount points that lie on it or on its partitions; the first of them where there are many."""
    more_mounts: int = 0
    """How many more mount points lie on it."""
    parents: list[str] = []
    """For dm, md, loop and the like: the block devices under it."""


class Net(Named, frozen=True, kw_only=True):
    """A network interface."""

    oui: str | None = None
    """The first three bytes of the MAC address, e.g. 52:54:00; the rest is never kept."""
    state: str | None = None
    """operstate: up, down, unknown, …"""
    speed: int | None = None
    """Mbit/s that the device claims."""
    mtu: int | None = None
    rx_queues: int | None = None
    tx_queues: int | None = None
    offered_queues: int | None = None
    """How many pairs of queues its device has, where that shows."""
    virtio: Virtio | None = None
    static: bool | None = None
    """Windows: whether its address was written down for it, so that it stays behind with this card."""


class Controller(Served, frozen=True):
    """A storage, network or display function on a bus, whether or not a disk or card hangs on it."""

    address: str
    """The bus address, e.g. 0000:00:03.0."""
    class_: Literal["storage", "network", "display"] = msgspec.field(name="class")
    id: str
    """vendor:device in hex, e.g. 1af4:1001."""
    in_use: bool | None = None
    """Whether a disk or network interface of this machine sits on it; None where one may, unseen."""


class Driver(Fact, frozen=True):
    """A paravirtual driver, and whether this kernel has it."""

    name: str
    family: Family
    state: DriverState = "unknown"
    version: str | None = None
    serves: Task = "other"
    cdrom: bool = False
    """Whether it serves CD-ROM drives too: those do that carry SCSI."""
    evidence: list[str] = []
    start: Start | None = None
    """Windows: when it starts on this hardware, overrides considered."""
    package: Package | None = None
    staged: str | None = None
    """Windows: the INF by which it lies in the driver store, whether or not it was ever installed."""
    inbox: bool | None = None
    """Windows: whether it comes with the system, so that its being there says nothing."""
    belongs: bool | None = None
    """Windows: whether its hypervisor is the one beneath; None where that is not known."""
    release: int | None = None
    """The build of virtio-win that its version ends with: 229 of 100.92.104.22900, which is 0.1.229."""
    made_for: str | None = None
    """The version of Windows that its own version begins with: 6.1 of 61.83.104.17300."""
    age: float | None = None
    """Years between its date and the day on which this was read; of Microsoft's own, which bear the date of
    another driver, it is not told."""


class Guest(Fact, frozen=True):
    """A kind of guest that this machine could host."""

    kind: Literal["kvm", "xen-pv", "xen-pvh", "xen-hvm", "windows", "nested"]
    possible: bool | None
    because: str
    evidence: list[str] = []


class Need(Fact, frozen=True):
    """Something that it takes to host the work of others here, and whether it is there."""

    need: NeedName
    state: NeedState
    because: str
    actor: Actor | None = None
    """Who could change it, where it is not met."""
    evidence: list[str] = []


class Workload(Fact, frozen=True):
    """Whether a kind of software runs on this machine: an answer to "can I run it here?"."""

    name: str
    """docker, kvm-guests, proxmox, …: checks/workloads.toml has them."""
    title: str
    """The name for people."""
    possible: bool | None
    because: str
    """What decides first."""
    better: str = ""
    """Where it runs, but not as well as it could: what is missing."""
    actor: Actor | None = None
    """Who could change what decides, or what is missing."""
    evidence: list[str] = []

    @property
    def word(self) -> str:
        """yes, slowly, no or unknown."""
        return {True: "slowly" if self.better else "yes", False: "no", None: "unknown"}[self.possible]

    @property
    def reason(self) -> str:
        """What is missing, or else what decides."""
        return self.better or self.because


class Balloon(Fact, frozen=True):
    """A device through which the hypervisor can take memory back."""

    kind: Literal["virtio", "xen", "vmware", "hyperv"]
    features: list[str] = []
    """virtio: must-tell-host, stats, deflate-on-oom, free-page-hint, page-poison, reporting."""
    current: int | None = None
    """Bytes that the guest has now, where the interface says so."""
    target: int | None = None
    """Bytes that the hypervisor asks for."""
    held: int | None = None
    """Bytes that it has taken from the guest and not given back, where the kernel counts them."""


class Memory(Fact, frozen=True):
    """All sizes in bytes."""

    total: int | None = None
    available: int | None = None
    installed: int | None = None
    """What the firmware declares, where it does."""
    balloon: Balloon | None = None
    ballooned: bool | None = None
    """Whether a balloon is there; None: none was seen, and not all places of one were looked at."""
    ksm: bool | None = None
    """Whether this kernel merges equal pages (of its own processes or guests)."""
    tmem: bool | None = None
    """Whether Xen's transcendent memory is used."""
    swap: int | None = None
    swap_used: int | None = None
    swap_on_zram: bool | None = None
    zswap: bool | None = None
    hugepages: str | None = None
    """Transparent huge pages: always, madvise, never."""
    evidence: list[str] = []
    shown_by: dict[str, list[str]] = {}
    """Of single fields, by their names, where other evidence shows them than all that is listed here."""


class Vmware(Fact, frozen=True):
    """What VMware tells its guest of what its host does with it. Sizes in bytes."""

    swapped: int | None = None
    """Of this machine's memory, what lies on the host's disk."""
    ballooned: int | None = None
    """What the host has taken back through the balloon."""
    memory_limited: bool | None = None
    memory_limit: int | None = None
    """That the host gives at most; None where there is no limit, or it is not told."""
    memory_reserved: int | None = None
    """That the host keeps for this machine whatever others want."""
    cpu_limited: bool | None = None
    cpu_limit: float | None = None
    """MHz, of all processors together; None as above."""
    cpu_reserved: float | None = None
    """MHz."""
    contention: float | None = None
    """Share of the processor time that this machine wanted in its session, in which it had to wait."""
    waited_seconds: float | None = None
    """That long in all, of all processors together. A session begins with a start, a reset or a move."""
    because: str = ""
    """Why nothing is told; empty where something is."""
    evidence: list[str] = []


class Machine(Fact, frozen=True):
    """As what the machine was built or is sold."""

    vendor: str | None = None
    """By its firmware, as is `product`; of a guest what its hypervisor makes it say."""
    product: str | None = None
    instance_type: str | None = None
    """What a cloud calls it: `t3.micro`."""
    instance_because: str = ""
    """Why that is not known."""
    evidence: list[str] = []


class Address(Fact, frozen=True):
    """Network addresses of one kind in networks of one size; never an address itself."""

    kind: AddressKind
    prefix: int
    """Bits of the number of the network: 24 of 192.0.2.1/24."""


class Protocol(Fact, frozen=True):
    """IPv4 or IPv6, as this machine is set up for it."""

    addresses: list[Address] | None = None
    """The kinds that are there but loopback, public ones first."""
    default_route: bool | None = None
    """Whether a route leads everywhere."""
    because: str = ""
    """Why the addresses are not known, or known in part only, or why there are none."""
    evidence: list[str] = []


class Addresses(Fact, frozen=True):
    """How this machine is reached, as it shows from inside."""

    ipv4: Protocol = Protocol()
    ipv6: Protocol = Protocol()


class Kernel(Fact, frozen=True):
    """The running kernel."""

    name: str | None = None
    release: str | None = None
    version: str | None = None
    loadable_modules: bool | None = None
    modules_folder: bool | None = None
    """Whether /lib/modules/RELEASE is there, so that a missing driver can be loaded."""
    parameters: list[str] = []
    """Those command line parameters that change how the machine is virtualized."""
    parameters_read: bool | None = None
    """True where the command line was read; None where a parameter may be there that is not listed."""
    booted: int | None = None
    """Seconds since 1970 at which it was started; in a container that of its host."""
    evidence: list[str] = []
    shown_by: dict[str, list[str]] = {}
    """Of single fields, by their names, where other evidence shows them than all that is listed here."""


class Os(Fact, frozen=True):
    """The operating system's user space."""

    family: Literal["linux", "windows"] | None = None
    id: str | None = None
    name: str | None = None
    version: str | None = None
    build: str | None = None
    """Windows: what is counted on from one release to the next; 10.0 alone names none."""
    root: bool | None = None
    """Whether the scan ran with uid 0 (in its own user namespace)."""
    evidence: list[str] = []


class Phantom(Fact, frozen=True, kw_only=True):
    """A device that Windows remembers, and that is not there or not at work; it serves nothing."""

    name: str
    sort: Literal["disk", "network", "controller", "other"]
    id: str
    """The hardware id, such as PCI\\VEN_15AD&DEV_07B0."""
    driver: str | None = None
    state: Literal["removed", "replaced", "not-installed", "disabled", "not-shown"]
    """`replaced`: another device is in its place; `not-shown`: nothing tells whether it is there."""
    because: str
    evidence: list[str] = []


class StaticAddress(Fact, frozen=True, kw_only=True):
    """A network card whose address somebody wrote down, which stays behind when the card is replaced."""

    name: str
    present: bool | None
    """Whether the card is there; None: nothing tells."""
    evidence: list[str] = []


class ClassFilter(Fact, frozen=True, kw_only=True):
    """A driver that Windows puts above or below every device of a class, or one device."""

    device_class: str
    """DiskDrive, hdc, SCSIAdapter, System, Volume, Net."""
    place: Literal["upper", "lower"]
    service: str
    installed: bool | None
    """Whether the service is there."""
    start: Start | None = None
    file: bool | None = None
    """Whether its file is there; None where the record does not hold the disk."""
    device: str | None = None
    """The one device that it belongs to; None: all of the class."""
    family: Family | None = None
    """Of a hypervisor's maker."""
    evidence: list[str] = []

    @property
    def name(self) -> str:
        """Of the place that it has: `DiskDrive, upper: partmgr`."""
        return f"{self.device_class}, {self.place}: {self.service}"


class Carried(Fact, frozen=True, kw_only=True):
    """A driver that would have to serve a device which another place gives, and how it stands."""

    driver: str
    """By the name of its service: of several that could the one that stands best."""
    state: Standing
    start: Start | None = None
    because: str = ""
    evidence: list[str] = []


class Move(Fact, frozen=True, kw_only=True):
    """What becomes of this Windows in a place: whether it has what it takes to start there."""

    name: Target
    title: str
    """For people: `KVM with a virtio-blk disk`."""
    here: bool
    """Whether this is the place where it is."""
    asked: bool = False
    """Whether the checks look at it: the place that was named, else where it is."""
    disk: Carried
    """The paravirtual driver of its disk."""
    fallback: Carried | None = None
    """What serves the emulated disk that the place offers as well, where it offers one."""
    network: Carried | None = None
    """The driver of its card; None where the place fixes none."""
    other: str | None = None
    """The driver for the other one of KVM's two disks, where that is ready and this is not."""
    firmware: Literal["bios", "uefi"] | None = None
    """What its machines start by unless somebody chooses; None where that differs."""
    leaves: list[str] = []
    """Drivers and services that start all the same there, though their hypervisor is gone."""
    boots: bool | None = None
    """Whether it would start there, as far as drivers decide."""
    because: str = ""
    evidence: list[str] = []


class Agent(Fact, frozen=True, kw_only=True):
    """A service with which a hypervisor expects to be served inside its guests."""

    name: str
    """What people call it: QEMU guest agent."""
    what: Literal["guest-agent", "balloon", "tools"]
    present: bool | None
    start: Start | None = None
    evidence: list[str] = []


class Windows(Fact, frozen=True, kw_only=True):
    """What Windows alone has. None: not known."""

    build_because: str = ""
    """What the release and the build were read from."""
    firmware: Literal["bios", "uefi"] | None = None
    firmware_because: str = ""
    hibernation: bool | None = None
    """Whether it may hibernate; only the disk itself shows whether it did."""
    hibernated: bool | None = None
    """Whether it lies asleep on its disk, its kernel alone too."""
    unclean: bool | None = None
    """Whether its volume was not closed."""
    fast_start: bool | None = None
    """Whether shutting down hibernates the kernel, which leaves volumes unclean."""
    test_signing: bool | None = None
    """Whether it was started so that it loads drivers with signatures for tests, or with none."""
    bitlocker: bool | None = None
    """Whether the volume that it starts from was encrypted when it last did."""
    vbs: bool | None = None
    """Whether virtualization-based security is configured: then a hypervisor runs beneath the owner's own."""
    hyperv: bool | None = None
    """Whether Hyper-V starts with it, which makes this system its root partition."""
    wsl: bool | None = None
    clock: Literal["", "tsc", "hpet", "acpi-pm"] | None = ""
    """What it counts time by while it runs; empty where nobody could ask it."""
    clock_hz: int | None = None
    """How often in a second that counter moves."""
    boots_by: list[str] = []
    """The storage drivers that start at boot on this hardware, without an override."""
    configuration: int | None = None
    """The number of the hardware configuration by which StartOverride goes."""
    san_policy: int | None = None
    """What becomes of new disks: 1 brings all of them online (VDS_SAN_POLICY)."""
    filters: list[ClassFilter] | None = []
    """None: nobody could look."""
    static_addresses: list[StaticAddress] | None = []
    """None: nobody could look."""
    phantoms: list[Phantom] | None = []
    """None: nobody could look."""
    xen_makers: list[str] | None = []
    """Who made the Xen drivers that are at work, or start: several do not go together."""
    agents: list[Agent] = []
    """Those that the hypervisor beneath expects."""
    moves: list[Move] = []
    """One for each place that it can be moved to."""
    evidence: list[str] = []


class Obstacle(Fact, frozen=True):
    """Something in this guest that stands in the way of moving it to another host while it runs."""

    kind: Literal[
        "passthrough",
        "local-storage",
        "usb",
        "nested-guests",
        "cpu-model",
        "clock",
        "invariant-tsc",
        "confidential",
    ]
    subject: str
    because: str
    evidence: list[str] = []


class Facts(Fact, frozen=True):
    """All that is known of one machine."""

    cpu: Cpu = Cpu()
    hypervisor: Hypervisor = Hypervisor()
    containers: list[Container] = []
    """Innermost first."""
    layers: list[Layer] = []
    """Innermost first."""
    block: list[Block] = []
    net: list[Net] = []
    controllers: list[Controller] = []
    drivers: list[Driver] = []
    guests: list[Guest] = []
    readiness: list[Need] = []
    workloads: list[Workload] = []
    memory: Memory = Memory()
    kernel: Kernel = Kernel()
    os: Os = Os()
    vmware: Vmware = Vmware()
    machine: Machine = Machine()
    addresses: Addresses = Addresses()
    migration: list[Obstacle] = []
    """Empty for a machine that is no guest."""
    contained: bool | None = None
    """Whether this is a container; None: no sign that proves it, and not all that would was looked at."""
    unseen: list[Unseen] = []
    """Lists that are empty because nobody could look, not because there is nothing."""
    windows: Windows | None = None
    """None on other systems."""
