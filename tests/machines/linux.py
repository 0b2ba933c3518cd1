"""A whole Linux machine made of a few words: what is not said of it is absent, as a live machine answers.

Each method writes what one part of the kernel shows. A later word overwrites an earlier one, so a machine is
a base (bases.py) and what deviates from it.
"""

from typing import Literal

from typing_extensions import Self

from tests.machines.devices import GIB, Devices
from tests.machines.record import DMI
from vaudit.evidence.source import Entry, EntryKind, Registers

MIB = 1 << 20
_BASE_FLAGS = (
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat clflush mmx fxsr sse sse2 syscall nx "
    "lm rep_good nopl constant_tsc nonstop_tsc cpuid pni pclmulqdq ssse3 cx16 sse4_1 sse4_2 popcnt aes xsave "
    "avx lahf_lm"
)
_LEAF_1 = {"vmx": 1 << 5, "hypervisor": 1 << 31}
_HYPERVISOR_LEAVES = range(0x40000000, 0x40000800)
_INITIAL = {"ipc": 0xEFFFFFFF, "pid": 0xEFFFFFFC, "uts": 0xEFFFFFFE}
"""Inode numbers of the initial namespaces (include/linux/proc_ns.h)."""
_MODULES: dict[str, tuple[str, ...]] = {
    "block": ("loop", "virtio_blk", "xen-blkfront"),
    "char": ("virtio_console",),
    "char/hw_random": ("virtio-rng",),
    "hv": ("hv_balloon", "hv_utils", "hv_vmbus"),
    "misc": ("vmw_balloon",),
    "net": ("tun", "veth", "virtio_net", "xen-netfront"),
    "net/ethernet/amazon/ena": ("ena",),
    "net/ethernet/google/gve": ("gve",),
    "net/ethernet/microsoft/mana": ("mana",),
    "net/hyperv": ("hv_netvsc",),
    "net/vmxnet3": ("vmxnet3",),
    "scsi": ("hv_storvsc", "sd_mod", "sr_mod", "virtio_scsi", "vmw_pvscsi"),
    "virt/vboxguest": ("vboxguest",),
    "virtio": ("virtio", "virtio_balloon", "virtio_mmio", "virtio_pci", "virtio_ring"),
}
"""Of Debian's modules those that vaudit looks for, by their folder below kernel/drivers."""
_HOSTING = {
    "drivers/net": ("macvlan",), "drivers/net/wireguard": ("wireguard",),
    "drivers/vfio/pci": ("vfio-pci",), "drivers/vhost": ("vhost_net",), "fs/fuse": ("fuse",),
    "fs/overlayfs": ("overlay",), "fs/squashfs": ("squashfs",), "net/bridge": ("br_netfilter", "bridge"),
    "net/ipv4/netfilter": ("ip_tables",), "net/netfilter": ("nf_conntrack", "nf_nat", "nf_tables"),
}  # fmt: skip
"""Of Debian's modules those that hosts of containers and guests need, by their folder below kernel."""
_NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")
_FILESYSTEMS = ("sysfs", "tmpfs", "proc", "cgroup2", "mqueue", "ext4", "fuse", "fuseblk")
_MISC = {"fuse": 229, "hw_random": 183, "loop-control": 237, "vga_arbiter": 63}
_DEVICES = {"fuse": "/dev/fuse", "tun": "/dev/net/tun", "vhost-net": "/dev/vhost-net"}
_FIRST_CONTROLLERS = ("cpuset", "cpu", "cpuacct", "blkio", "memory", "devices", "freezer", "pids")
_CONTROLLERS = ("cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma", "misc")
_BUILTIN = "kernel/fs/binfmt_elf.ko\nkernel/drivers/xen/xenbus/xenbus.ko\nkernel/drivers/virt/vmgenid.ko\n"
_OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'
_VIRTIO_BALLOON = (
    "must-tell-host", "stats", "deflate-on-oom", "free-page-hint", "page-poison", "reporting",
)  # fmt: skip
_TABLES = "/sys/firmware/acpi/tables"
_XEN_MEMORY = "/sys/devices/system/xen_memory/xen_memory0"
AUTO_TRANSLATED, DOM0 = 1 << 2, 1 << 11
"""XENFEAT_* (xen/include/public/features.h)."""


class Machine(Devices):
    """Says of a machine what `vaudit record` would find when root runs it there."""

    rest = "absent"

    def __init__(self, arch: str = "x86_64") -> None:
        super().__init__(arch)
        self.loads_modules = False
        self._names: dict[str, str] = {}
        self._installed: int | None = None
        self._log: list[str] = []
        self._modules: list[str] = []
        self.run("uname -s", "Linux").run("uname -v", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)")
        self.run("id -u", "0").file("/proc/1/comm", "systemd\n").file("/proc/1/environ", "TERM=linux\0")
        self.file("/proc/self/status", "Name:\tvaudit\nUid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n")
        self.namespaces(_INITIAL).cgroup("0::/system.slice/ssh.service")
        self.file("/etc/os-release", _OS_RELEASE)
        for empty in ("/sys/class/iommu", "/sys/kernel/iommu_groups", "/sys/bus/pci/devices"):
            self.folder(empty)
        self.own_card("lo", 772, "00:00:00:00:00:00").mount("/", "0:2", "rootfs", "rootfs")
        self.file("/sys/kernel/mm/ksm/run", "0\n").log("Booting paravirtualized kernel on bare hardware")
        self.huge_pages("madvise").zswap(False).kernel().memory().steal(0).hosting()

    def entry(self, kind: EntryKind, key: str) -> Entry:
        found = super().entry(kind, key)
        if kind != "cpuid" or found.status == "read" or ("cpuid", "1 0") not in self.answers:
            return found
        # x86 answers every leaf: where nobody speaks, with zeros
        silent = int(key.partition(" ")[0], 16) in _HYPERVISOR_LEAVES
        return Entry(kind, key, "read", Registers(0, 0, 0, 0)) if silent else found

    # the kernel and what runs on it

    def kernel(
        self,
        release: str = "6.1.0-18-amd64",
        parameters: str = "",
        *,
        loads_modules: bool = True,
        without: tuple[str, ...] = (),
        folder: bool = True,
    ) -> Self:
        """`without`: modules that it has not; `folder`: whether the modules lie on the disk."""
        self.loads_modules = loads_modules
        self.run("uname -r", release).file("/proc/sys/kernel/osrelease", f"{release}\n")
        self.file("/proc/cmdline", f"BOOT_IMAGE=/boot/vmlinuz-{release} root=LABEL=root ro {parameters}\n")
        modules = f"/lib/modules/{release}"
        self.without("/lib/modules")
        if folder:
            self.file(f"{modules}/modules.builtin", _BUILTIN)
            for place, names in self._modules_by_folder().items():
                self.folder(
                    f"{modules}/kernel/{place}", *(f"{name}.ko" for name in names if name not in without)
                )
        return self.without("/proc/modules").loads()

    @staticmethod
    def _modules_by_folder() -> dict[str, list[str]]:
        found = {place: list(names) for place, names in _HOSTING.items()}
        for place, names in _MODULES.items():
            found.setdefault(f"drivers/{place}", []).extend(names)
        return found

    def hosting(self, *, misc: tuple[str, ...] = (), version: Literal[1, 2] = 2) -> Self:
        """What Debian's kernel offers to containers and guests. `misc`: more devices that it has registered;
        `version`: of control groups."""
        for name in _NAMESPACES:
            if f"/proc/self/ns/{name}" not in self.links:
                self.link(f"/proc/self/ns/{name}", f"{name}:[4026531835]")
        numbers = _MISC | dict.fromkeys(misc, 200)
        self.file("/proc/misc", "".join(f"{number:3} {name}\n" for name, number in numbers.items()))
        for name in {"fuse", "tun", "vhost-net"} & set(numbers):
            self.add("device", _DEVICES[name], "openable")
        self.file("/proc/filesystems", "".join(f"nodev\t{name}\n" for name in _FILESYSTEMS))
        if version == 2:
            self.file("/sys/fs/cgroup/cgroup.controllers", f"{' '.join(_CONTROLLERS)}\n")
        else:
            lines = (f"{name}\t{at}\t1\t1\n" for at, name in enumerate(_FIRST_CONTROLLERS))
            self.file("/proc/cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\n" + "".join(lines))
        self.file("/proc/sys/kernel/seccomp/actions_avail", "kill_process trap errno log allow\n")
        self.folder("/proc/sys/kernel/keys", "maxkeys").folder("/sys/kernel/mm/hugepages", "hugepages-2048kB")
        self.file("/proc/self/uid_map", "         0          0 4294967295\n")
        return self.file("/proc/sys/user/max_user_namespaces", "15569\n")

    def loads(self, *modules: str, users: int = 0) -> Self:
        """Loaded modules, where the kernel takes any. `users`: how many hold each (guests hold kvm_intel)."""
        if not self.loads_modules:
            return self
        for module in modules:
            self.file(f"/sys/module/{module}/refcnt", f"{users}\n")
            self._modules += [module] if module not in self._modules else []
        return self._list_modules()

    def unloads(self, *modules: str) -> Self:
        for module in modules:
            self.without(f"/sys/module/{module}")
        self._modules = [module for module in self._modules if module not in modules]
        return self._list_modules() if self.loads_modules else self

    def _list_modules(self) -> Self:
        lines = (f"{name} 28672 0 - Live 0xffffffffc0{at:03x}000\n" for at, name in enumerate(self._modules))
        return self.file("/proc/modules", "".join(lines))

    def driver(self, bus: str, name: str, module: str = "") -> Self:
        """A kernel that loads no modules has all its drivers built in."""
        self.loads(*([module] if module else []))
        return super().driver(bus, name, module if self.loads_modules else "")

    def log(self, *lines: str, instead: str = "\0") -> Self:
        """Lines of the kernel log; those that begin with `instead` give way to them."""
        self._log = [*(line for line in self._log if not line.startswith(instead)), *lines]
        return self.run("dmesg", "".join(f"{line}\n" for line in self._log))

    def namespaces(self, inodes: dict[str, int]) -> Self:
        for name, inode in inodes.items():
            self.link(f"/proc/self/ns/{name}", f"{name}:[{inode}]")
        return self

    def cgroup(self, line: str) -> Self:
        return self.file("/proc/self/cgroup", f"{line}\n").file("/proc/1/cgroup", "0::/init.scope\n")

    def container(self, mark: str, content: str = "", cgroup: str = "0::/") -> Self:
        """A container of its own namespaces: a mark, no modules on its disk, an end of a veth for a card."""
        self.namespaces({name: 0xF0000000 + at for at, name in enumerate(_INITIAL, 0x259)}).cgroup(cgroup)
        self.without("/lib/modules").mount("/", "0:52", "overlay", "overlay")
        for card in self.folders["/sys/class/net"] - {"lo"}:
            self.without(f"/sys/class/net/{card}")
        return self.own_card("eth0").file(mark, content)

    # the processor

    def processor(
        self,
        model: str,
        vendor: str = "GenuineIntel",
        *,
        threads: int = 2,
        flags: str = "",
        silent: str = "",
    ) -> Self:
        """`flags`: beyond those of every processor. `silent`: what CPUID shows and the kernel does not."""
        listed = f"{_BASE_FLAGS} {flags}".split()
        lines = [
            f"processor\t: {at}\nvendor_id\t: {vendor}\nmodel name\t: {model}\ncpu MHz\t\t: 2800.000\n"
            f"physical id\t: 0\ncore id\t\t: {at}\nflags\t\t: {' '.join(listed)}\n\n"
            for at in range(threads)
        ]
        self.file("/proc/cpuinfo", "".join(lines)).online(threads)
        shown = {*listed, *silent.split()}
        basic = sum(bit for flag, bit in _LEAF_1.items() if flag in shown)
        self.add("cpuid", "1 0", Registers(0x306F2, 0x800, 0x7EDA3203 | basic, 0x1F8BFBFF))
        self.add("cpuid", "80000001 0", Registers(0, 0, 0x21 | ("svm" in shown) << 2, 0x2C100800))
        return self.add("cpuid", "8000000a 0", Registers(1, 16, 0, int("npt" in shown)))

    def online(self, threads: int) -> Self:
        return self.file("/sys/devices/system/cpu/online", f"0-{threads - 1}\n" if threads > 1 else "0\n")

    def kvm(
        self,
        state: Literal["openable", "denied", "broken", "absent"] = "openable",
        *,
        module: str = "kvm_intel",
        nested: bool = True,
        guests: int = 0,
    ) -> Self:
        """/dev/kvm and the module behind it; `guests`: how many run now."""
        told = {
            "openable": Entry("device", "/dev/kvm", "read", "openable"),
            "denied": Entry("device", "/dev/kvm", "denied"),
            "broken": Entry("device", "/dev/kvm", "error", reason="No such device"),
            "absent": Entry("device", "/dev/kvm", "absent"),
        }
        self.answer(told[state]).unloads("kvm", "kvm_intel", "kvm_amd")
        if state == "absent":
            return self
        self.loads("kvm").loads(module, users=guests)
        return self.file(f"/sys/module/{module}/parameters/nested", "Y\n" if nested else "N\n")

    def steal(self, share: float, busy: float = 0.1) -> Self:
        """The share of the time wanted since boot that was withheld; and of all time, how much was wanted."""
        stolen, idle = round(share * 100_000), round(100_000 * (1 - busy) / busy)
        return self.file("/proc/stat", f"cpu  {80_000 - stolen} 0 20000 {idle} 0 0 0 {stolen} 0 0\n")

    def clock(self, current: str, *others: str) -> Self:
        root = "/sys/devices/system/clocksource/clocksource0"
        self.file(f"{root}/available_clocksource", " ".join((current, *others)) + " \n")
        return self.file(f"{root}/current_clocksource", f"{current}\n")

    def iommu(self, groups: int = 24) -> Self:
        """The IOMMU's groups; none where it is off."""
        self.without("/sys/kernel/iommu_groups").without("/sys/class/iommu/dmar0")
        if groups:
            self.points("/sys/class/iommu/dmar0", self.device("virtual/iommu/dmar0"))
        return self.folder("/sys/kernel/iommu_groups", *(str(group) for group in range(groups)))

    # memory

    def memory(
        self,
        total: int = 3990 * MIB,
        available: int = 3 * GIB,
        *,
        swap: int = GIB,
        swap_used: int = 0,
        zram: bool = False,
        installed: int | None = None,
    ) -> Self:
        """Bytes. `installed`: what the firmware declares."""
        told = {"MemTotal": total, "MemAvailable": available, "SwapTotal": swap, "SwapFree": swap - swap_used}
        told["DirectMap4k"] = total >> 5
        lines = (f"{name + ':':<16}{size >> 10:>8} kB\n" for name, size in told.items())
        self.file("/proc/meminfo", "".join(lines))
        device = "/dev/zram0" if zram else "/dev/vda5"
        line = f"{device}\tpartition\t{swap >> 10}\t{swap_used >> 10}\t-2\n" if swap else ""
        self.file("/proc/swaps", f"Filename\tType\tSize\tUsed\tPriority\n{line}")
        self._installed = installed or self._installed
        return self._firmware() if self._names else self

    def huge_pages(self, word: str) -> Self:
        words = (f"[{one}]" if one == word else one for one in ("always", "madvise", "never"))
        return self.file("/sys/kernel/mm/transparent_hugepage/enabled", " ".join(words) + "\n")

    def zswap(self, on: bool) -> Self:
        return self.file("/sys/module/zswap/parameters/enabled", "Y\n" if on else "N\n")

    def balloon(self, at: str, *features: str) -> Self:
        """A virtio balloon and what it agreed on (include/uapi/linux/virtio_balloon.h)."""
        place = f"/sys/devices/{self.attach('virtio-balloon', at)}"
        bits = "".join(str(int(name in features)) for name in _VIRTIO_BALLOON)
        return self.file(f"{place}/features", f"{bits:0<64}\n")

    # firmware

    def firmware(self, **names: str) -> Self:
        """DMI names in sysfs and in the table that only root may read; and the log's line of them."""
        self._names = names
        said = f"{names.get('sys_vendor', '')} {names.get('product_name', '')}"
        self.without(DMI).log(f"DMI: {said}, BIOS 1.0 01/01/2024", instead="DMI: ")
        return self.dmi(**names)._firmware()

    def _firmware(self) -> Self:
        return self.file(_DMI_TABLE, smbios(self._names, self._installed))

    def memory_map(self, size: int) -> Self:
        """/sys/firmware/memmap of a machine without SMBIOS."""
        hole = (0xA0000, 0xFFFFF, "Reserved")
        spans = ((0, 0x9FFFF, "System RAM"), hole, (0x100000, size - 1, "System RAM"))
        for at, (start, end, kind) in enumerate(spans):
            place = f"/sys/firmware/memmap/{at}"
            self.file(f"{place}/start", f"{start:#x}\n").file(f"{place}/end", f"{end:#x}\n")
            self.file(f"{place}/type", f"{kind}\n")
        return self

    def acpi(self, oem: str, *devices: str) -> Self:
        """The header of a table names its maker (ACPI 5.2.6)."""
        header = b"FACP" + (276).to_bytes(4, "little") + b"\6\0" + f"{oem:<6}TABLE   ".encode()
        self.file(f"{_TABLES}/FACP", header.ljust(276, b"\0"))
        said = f"000114 (v06 {oem:<6} TABLE    00000001 TEST 00000001)"
        self.log(f"ACPI: FACP 0x000000001FFE1966 {said}", instead="ACPI: ")
        return self.folder("/sys/bus/acpi/devices", "LNXSYSTM:00", "PNP0A08:00", *devices)

    def fw_cfg(self) -> Self:
        return self.folder("/sys/firmware/qemu_fw_cfg", "by_key", "by_name", "rev")

    # hypervisors

    def detected(self, name: str, booted: str = "Booting paravirtualized kernel on bare hardware") -> Self:
        """What the kernel says of a hypervisor that it found at boot."""
        return self.log(f"Hypervisor detected: {name}", booted, instead="Booting ")

    def xen(
        self,
        mode: Literal["PV", "PVH", "HVM"],
        version: str = "4.17.3",
        *,
        dom0: str = "",
        kb: int = 1048576,
        target_kb: int = 0,
    ) -> Self:
        """What a Xen kernel shows. `dom0`: Xen's capabilities, which only the control domain sees."""
        major, minor, extra = (*version.split("."), "")[:3]
        root = "/sys/hypervisor"
        features = 0x2F0 | (0 if mode == "PV" else AUTO_TRANSLATED) | (DOM0 if dom0 else 0)
        self.file(f"{root}/type", "xen\n").file(f"{root}/guest_type", f"{mode}\n")
        self.file(f"{root}/version/major", f"{major}\n").file(f"{root}/version/minor", f"{minor}\n")
        self.file(f"{root}/version/extra", f".{extra}\n" if extra else "\n")
        self.file(f"{root}/properties/features", f"{features:08x}\n")
        self.folder("/proc/xen", "privcmd", "xenbus")
        self.file("/proc/xen/capabilities", "control_d\n" if dom0 else "")
        if dom0:
            self.file(f"{root}/properties/capabilities", f"{dom0} \n")
        self.file(f"{_XEN_MEMORY}/info/current_kb", f"{kb}\n")
        self.file(f"{_XEN_MEMORY}/target_kb", f"{target_kb or kb}\n")
        self.add("cpuid-xen", "40000000 0", _XEN_LEAF)
        return self if mode == "PV" else self.add("cpuid", "40000000 0", _XEN_LEAF)


_DMI_TABLE = "/sys/firmware/dmi/tables/DMI"
_XEN_LEAF = Registers(0x40000005, 0x566E6558, 0x65584D4D, 0x4D4D566E)
_STRINGS = {
    0: (0x18, {"bios_vendor": 0x04, "bios_version": 0x05}),
    1: (0x1B, {"sys_vendor": 0x04, "product_name": 0x05, "product_version": 0x06}),
    2: (0x0F, {"board_vendor": 0x04, "board_name": 0x05}),
    3: (0x16, {"chassis_vendor": 0x04, "chassis_asset_tag": 0x08}),
}
"""SMBIOS type -> (length, field -> where the number of its string stands): DMTF DSP0134."""
_STICK = 16 << 10
"""MiB of one memory device, so that its size fits the word."""


def smbios(names: dict[str, str], installed: int | None) -> bytes:
    """A raw SMBIOS table: the names, and memory devices that add up to the bytes installed."""
    table = b""
    for kind, (length, fields) in _STRINGS.items():
        body, strings = bytearray([kind, length, kind, 0]).ljust(length, b"\0"), []
        for field, offset in fields.items():
            if field in names:
                strings.append(names[field].encode())
                body[offset] = len(strings)
        table += bytes(body) + (b"\0".join(strings) + b"\0" if strings else b"\0") + b"\0"
    for at in range(0, (installed or 0) >> 20, _STICK):
        size = min(_STICK, ((installed or 0) >> 20) - at)
        table += bytes([17, 0x15, 17, 0]) + bytes(8) + size.to_bytes(2, "little") + bytes(7) + b"\0\0"
    return table + bytes([127, 4, 127, 0, 0, 0])
