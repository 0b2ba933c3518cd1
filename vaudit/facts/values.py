"""What providers read, in words of no operating system: the language between facts/linux and the rest."""

from __future__ import annotations  # nothing here is encoded: types need not be made at every start

from typing import Literal

import msgspec

from vaudit.model.facts import (
    Cache,
    Confidential,
    Container,
    Cpu,
    HwVirt,
    HypervisorMode,
    KvmDevice,
    NeedName,
    Signal,
)


class Value(msgspec.Struct, frozen=True):
    """Base of all that is read: immutable, and cheap to define and to make."""


class Told(Value, frozen=True):
    """A text that was read, a sentence that says where, and the id of the evidence."""

    text: str
    says: str
    evidence: str


class BusDevices(Value, frozen=True):
    """The devices on one bus, by their names there; none when it has none or is not there."""

    names: list[str] = []
    evidence: str = ""


class Function(Value, frozen=True):
    """A PCI function. Ids are lower-case hex without 0x: vendor 1af4, device 1001, class 010802.

    Ids are empty where only a name was printed, and nobody knows whose it is.
    """

    address: str
    vendor: str
    device: str
    subvendor: str
    subdevice: str
    class_: str
    driver: str | None
    evidence: str

    @property
    def id(self) -> str:
        return f"{self.vendor}:{self.device}"

    @property
    def subsystem(self) -> str:
        return f"{self.subvendor}:{self.subdevice}"


class Node(Value, frozen=True):
    """One device on the way from a disk or card up to the root of all devices."""

    name: str
    bus: str | None
    """A word of paths.py where it has one, else the system's own; None where it sits on none."""
    driver: str | None
    """By its module name."""
    evidence: str
    vendor: str | None = None
    """Of a USB device: its vendor id in hex."""
    vendor_evidence: str = ""


class Smbios(Value, frozen=True):
    """Field name -> value, and -> the evidence entry that it came from. Empty when there is no SMBIOS."""

    values: dict[str, str] = {}
    evidence: dict[str, str] = {}
    virtual_bit: bool | None = None
    """SMBIOS type 0, characteristics extension byte 2 bit 4: "the system is a virtual machine"."""
    virtual_evidence: str = ""
    memory: int | None = None
    """Bytes of all memory devices (type 17)."""
    loose: bool = False
    """Vendor and product stand together in one string, as the kernel log prints them."""
    absent: bool = False
    """It was looked for, and this machine has none."""
    unread: bool = False
    """A field that could name a hypervisor was refused, or could not be read."""


class Processor(Value, frozen=True, kw_only=True):
    """What the operating system says of the processor."""

    known: Cpu = Cpu()
    """Names, counts and switches; nothing that has to be judged."""
    flags: frozenset[str] = frozenset()
    """As Linux spells them: vmx, svm, ept, npt, hypervisor, tsc_scale, …; empty when none were listed."""
    whole: bool = True
    """The list of flags is known to be whole: what is not in it is not set."""
    lists_hypervisor: bool = True
    """And the hypervisor flag would be in it."""
    extension: HwVirt | None = None
    """Named in words, whether or not flags are listed."""
    tells_extension: bool = False
    """It would be named so: Windows tells whether it sees one."""
    not_kvm: str = ""
    """What of it KVM shows no guest, but QEMU without KVM does: `clock of 1000 MHz`; empty: nothing."""
    bugs: list[tuple[str, str]] = []
    """The vulnerabilities that the system knows of, and what it says of each."""
    parameters: list[str] = []
    """The words of the kernel's command line."""
    locked: str = ""
    """The register that says that firmware locked virtualization off; empty where none says so."""
    switched_off: str = ""
    """What else says that firmware switched it off."""
    used: str = ""
    """What says that a hypervisor of this system's own uses it, and so hides it."""
    el2: bool | None = None
    """ARM: the kernel was started at EL2; False: at EL1; None: it is not shown."""
    evidence: list[str] = []
    clock_evidence: list[str] = []


class Interface(Value, frozen=True):
    """A hypervisor's name in CPUID."""

    name: str
    """The twelve characters, stripped."""
    evidence: str
    base: int | None = None
    """The leaf that holds it; None where a record does not tell."""
    creates: str = ""
    """Hyper-V: the evidence that this partition may create partitions."""


class Cpuid(Value, frozen=True, kw_only=True):
    """What the CPUID instruction answers, or a record of its answers."""

    asked: bool = False
    """Leaf 1 was answered."""
    hypervisor: bool | None = None
    """Leaf 1 ECX bit 31, which no processor sets by itself."""
    extended: bool = False
    """Leaf 0x80000001, where AMD's flags stand, was answered, or the processor has none."""
    vmx: bool = False
    svm: bool = False
    npt: bool = False
    interfaces: list[Interface] = []
    searched: bool = False
    """The leaves of hypervisors were answered, whether or not a name was in them."""
    invariant_tsc: bool | None = None
    """0x80000007 EDX bit 8."""
    caches: list[Cache] = []
    """The subleaves that describe caches."""
    behind_prefix: str = ""
    """The evidence that Xen answers behind its forced-emulation prefix."""
    xen_version: str | None = None
    """As Xen's kernel shows it, else as its leaf says."""


class Flags(Value, frozen=True, kw_only=True):
    """What the listed flags and CPUID together say of virtualization; None where neither was read."""

    hypervisor: bool | None = None
    hypervisor_evidence: str = ""
    by_instruction: bool = False
    """The hypervisor flag was asked of the processor, not of a list."""
    new_list: bool = False
    """The list is of a kernel that lists the flag (2.6.27 and newer)."""
    hw_virt: HwVirt | None = None
    """The extension whose flag shows."""
    unlisted: bool = False
    """The processor alone shows it: no list was read that a kernel takes it from where it is locked off."""
    asked: bool = False
    """The processor was asked for its flags itself."""
    cleared: bool = False
    """CPUID shows the extension but the kernel cleared the flag: it found it locked off."""
    readable: bool = False
    nested_paging: bool | None = None
    evidence: list[str] = []


class Hosting(Value, frozen=True, kw_only=True):
    """What this system does for guests of its own."""

    device: KvmDevice | None = None
    device_evidence: list[str] = []
    nested: bool | None = None
    """The guests here may host guests of their own."""
    in_kernel: bool = False
    """The kernel has KVM, whether or not its device is shown here."""
    running: bool = False
    """Guests run now."""
    hosts: bool = False
    """It is made to run guests, whatever it runs on itself: what does so starts with the system."""
    software: str = ""
    """The module that serves KVM's device without the processor's help; empty where another could."""
    evidence: list[str] = []
    """Where it is seen whether guests are possible at all."""
    nested_evidence: list[str] = []
    running_evidence: list[str] = []


class Ability(Value, frozen=True):
    """Something that a kernel offers to those who host the work of others."""

    need: NeedName
    what: str
    """In words, as `no …` goes on."""
    how: Literal["shown", "loadable", "unloaded", "missing", "unknown"]
    """`shown`: it is at work or built in; `loadable`: its module lies ready; `unloaded`: it is not,
    and no module of it lies here (which says nothing of the host of a container)."""
    says: str
    """What was seen, or why nothing was."""
    evidence: list[str] = []


class Xen(Value, frozen=True, kw_only=True):
    """What a Xen kernel shows of the Xen under it; all empty elsewhere."""

    interface: Told | None = None
    capabilities: Told | None = None
    """What this domain may do: `control_d` in the control domain."""
    folder: Told | None = None
    """The place where capabilities would be."""
    control: str = ""
    """The evidence that this is the control domain; empty where none says so."""
    controls: bool | None = None
    """Whether this is the control domain; None where nothing says."""
    mode: HypervisorMode | None = None
    """As the system itself names it."""
    paravirtual: bool = False
    """The kernel calls itself paravirtualized, which PV does, and old kernels as HVM."""
    auto_translated: bool = False
    """The guest's memory is translated for it: HVM and PVH."""
    version: str | None = None
    guests: list[str] = []
    """The capabilities string of the hypervisor: what it can start."""
    guests_evidence: str = ""

    @property
    def shown(self) -> bool:
        return bool(self.interface or self.capabilities or self.folder)


class Protected(Value, frozen=True):
    """A sign that the memory of this guest is hidden from its host."""

    name: Confidential
    says: str
    evidence: str
    signal: Signal


class Mark(Value, frozen=True):
    """A sign of a container."""

    name: Container
    says: str
    evidence: str
    sort: Literal["left", "cgroup", "kernel"] = "left"
    """`left` by an engine, and it may have been left over; the others hold even against the namespaces."""


class Isolation(Value, frozen=True):
    """Whether this process lives in the namespaces that the machine began with."""

    initial: bool
    says: str
    """Which namespaces were looked at."""
    evidence: str
    whole: bool = False
    """All else that shows a container was looked at too: what is mounted, and whose the kernel is."""


InterfaceName = Literal["kvm", "hyperv", "xen", "vmware", "tcg", "other"]


class Offer(Value, frozen=True, kw_only=True):
    """An interface of a hypervisor, undecoded."""

    name: InterfaceName
    base: int | None = None
    """The CPUID leaf that it begins with; None where something else tells it."""
    own: bool = True
    """It carries its maker's name: Hyper-V's is imitated under others, and then only Windows takes it."""
    version: str | None = None
    words: dict[str, int | None] = {}
    """By their names in features.py, such as `1 eax`: 32 bits; None: this record does not tell."""
    evidence: dict[str, str] = {}
    """Of the words, and under the empty name that of the interface itself."""


class Uses(Value, frozen=True, kw_only=True):
    """What shows that a kernel uses what its hypervisor offers. None: not known."""

    release: tuple[int, int] | None = None
    """Of the kernel: 6.18."""
    log: str = ""
    """The kernel log in lower case."""
    whole: bool = False
    """The log reaches back to the start, so that what it does not say was not said."""
    parameters: frozenset[str] = frozenset()
    """Of the kernel's command line, without values."""
    interrupts: dict[str, int] | None = None
    """How often since boot, by name: HYP, HVS, HRE."""
    flags: frozenset[str] = frozenset()
    """Of the processor, as the kernel lists them."""
    idle: str | None = None
    """The driver that idles the processor."""
    evidence: dict[str, str] = {}
    """The id of the evidence of log, clock, clocks, interrupts, idle, parameters, steal and flags."""


class Seen(Value, frozen=True, kw_only=True):
    """What was read of the platform, before anybody judges it."""

    system: Literal["linux", "windows"] = "linux"
    cpuid: Cpuid = Cpuid()
    processor: Processor = Processor()
    flags: Flags = Flags()
    xen: Xen = Xen()
    hosting: Hosting = Hosting()
    smbios: Smbios = Smbios()
    logged: Smbios = Smbios()
    """What the kernel log names instead, where it names another machine."""
    acpi_maker: Told | None = None
    acpi_devices: BusDevices = BusDevices()
    functions: list[Function] = []
    buses: dict[str, BusDevices] = {}
    protected: list[Protected] = []
    unprotected: bool = False
    """What could protect this guest was asked, and none of it does."""
    architecture: str | None = None
