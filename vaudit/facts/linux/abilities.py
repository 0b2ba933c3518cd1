"""What this kernel offers to those who host the work of others: namespaces, control groups, file systems,
devices, modules.

Behaviour is asked first (what the kernel has registered, what is loaded), then the modules that could be
loaded, and the kernel's configuration only where those are silent. No device is opened that the kernel has
not registered: that alone would load its module (modules.devname).
Lists of what is looked for: virt-host-validate (libvirt tools/virt-host-validate*.c), lxc-checkconfig
(lxc src/lxc/cmd/lxc-checkconfig.in), moby contrib/check-config.sh.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Literal

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts.linux import UNSEEN, kernel, modules
from vaudit.facts.values import Ability, Value
from vaudit.model.facts import NeedName

_GENERATED = "# Automatically generated"
"""How a whole configuration begins (scripts/kconfig/confdata.c); excerpts of one do not."""


_List = Literal["ns", "filesystem", "misc", "loaded", "v1", "v2", "file", "dir"]


class Known(Value, frozen=True):
    """An ability of the Linux kernel, and where it shows."""

    need: NeedName
    what: str
    """In words, as `no …` goes on."""
    shown: tuple[tuple[_List, str], ...] = ()
    """Where its behaviour shows: a list of _LISTS and the word there, any of them."""
    files: tuple[str, ...] = ()
    """The files of its modules below kernel/, without their ends: any of them will do."""
    config: tuple[str, ...] = ()
    """The configuration symbols without CONFIG_, any of them."""
    architecture: str = ""
    """How `uname -m` begins where it is asked for; empty: on all."""


KNOWN: tuple[Known, ...] = (
    # the names of namespaces(7) and of init/Kconfig
    Known("namespace-mnt", "mount namespaces", (("ns", "mnt"),), config=("NAMESPACES",)),
    Known("namespace-pid", "process namespaces", (("ns", "pid"),), config=("PID_NS",)),
    Known("namespace-net", "network namespaces", (("ns", "net"),), config=("NET_NS",)),
    Known("namespace-ipc", "IPC namespaces", (("ns", "ipc"),), config=("IPC_NS",)),
    Known("namespace-uts", "host name namespaces", (("ns", "uts"),), config=("UTS_NS",)),
    Known("namespace-user", "user namespaces", (("ns", "user"),), config=("USER_NS",)),
    Known("namespace-cgroup", "control group namespaces", (("ns", "cgroup"),), config=("CGROUPS",)),
    Known("seccomp", "system call filters (seccomp)", (("file", "/proc/sys/kernel/seccomp/actions_avail"),),
          config=("SECCOMP_FILTER",)),
    Known("keys", "key rings", (("dir", "/proc/sys/kernel/keys"),), config=("KEYS",)),
    Known("message-queues", "POSIX message queues", (("filesystem", "mqueue"),), config=("POSIX_MQUEUE",)),
    Known("overlay", "overlay file system", (("filesystem", "overlay"), ("loaded", "overlay")),
          ("fs/overlayfs/overlay",), ("OVERLAY_FS",)),
    Known("squashfs", "squashfs file system", (("filesystem", "squashfs"),), ("fs/squashfs/squashfs",),
          ("SQUASHFS",)),
    Known("fuse", "file systems in user space (FUSE)", (("misc", "fuse"), ("filesystem", "fuse")),
          ("fs/fuse/fuse",), ("FUSE_FS",)),
    Known("loop", "loop devices", (("misc", "loop-control"), ("loaded", "loop")), ("drivers/block/loop",),
          ("BLK_DEV_LOOP",)),
    Known("tun", "TUN and TAP interfaces", (("misc", "tun"), ("loaded", "tun")), ("drivers/net/tun",),
          ("TUN",)),
    Known("vhost-net", "vhost-net, which serves a guest's network in the kernel",
          (("misc", "vhost-net"), ("loaded", "vhost_net")), ("drivers/vhost/vhost_net",), ("VHOST_NET",)),
    Known("veth", "veth, cables between network namespaces", (("loaded", "veth"),), ("drivers/net/veth",),
          ("VETH",)),
    Known("bridge", "network bridges", (("loaded", "bridge"),), ("net/bridge/bridge",), ("BRIDGE",)),
    Known("bridge-netfilter", "packet filters on bridges",
          (("loaded", "br_netfilter"), ("dir", "/proc/sys/net/bridge")), ("net/bridge/br_netfilter",),
          ("BRIDGE_NETFILTER",)),
    Known("packet-filter", "iptables and no nftables",
          (("loaded", "nf_tables"), ("loaded", "ip_tables"), ("file", "/proc/net/ip_tables_names")),
          ("net/netfilter/nf_tables", "net/ipv4/netfilter/ip_tables"), ("NF_TABLES", "IP_NF_IPTABLES")),
    Known("nat", "network address translation", (("loaded", "nf_nat"), ("loaded", "iptable_nat")),
          ("net/netfilter/nf_nat", "net/ipv4/netfilter/nf_nat"), ("NF_NAT", "IP_NF_NAT")),
    Known("conntrack", "connection tracking",
          (("loaded", "nf_conntrack"), ("file", "/proc/sys/net/netfilter/nf_conntrack_max")),
          ("net/netfilter/nf_conntrack",), ("NF_CONNTRACK",)),
    Known("macvlan", "macvlan interfaces", (("loaded", "macvlan"),), ("drivers/net/macvlan",), ("MACVLAN",)),
    Known("wireguard", "WireGuard", (("loaded", "wireguard"),), ("drivers/net/wireguard/wireguard",),
          ("WIREGUARD",)),
    Known("kvm-hv", "kvm_hv, with which POWER helps its guests", (("loaded", "kvm_hv"),),
          ("arch/powerpc/kvm/kvm-hv",), ("KVM_BOOK3S_64_HV",), "ppc64"),
    Known("vfio-pci", "vfio-pci, which hands cards to guests", (("loaded", "vfio_pci"),),
          ("drivers/vfio/pci/vfio-pci",), ("VFIO_PCI",)),
)  # fmt: skip

_CONTROLLERS: tuple[tuple[NeedName, str, str, str], ...] = (
    ("cgroup-cpu", "cpu", "cpu", "CGROUP_SCHED"),
    ("cgroup-cpuacct", "cpuacct", "cpu", "CGROUP_CPUACCT"),
    ("cgroup-cpuset", "cpuset", "cpuset", "CPUSETS"),
    ("cgroup-memory", "memory", "memory", "MEMCG"),
    ("cgroup-devices", "devices", "", "CGROUP_DEVICE"),
    ("cgroup-blkio", "blkio", "io", "BLK_CGROUP"),
    ("cgroup-freezer", "freezer", "", "CGROUP_FREEZER"),
    ("cgroup-pids", "pids", "pids", "CGROUP_PIDS"),
)
"""A controller of version 1, the word for it in cgroup.controllers of version 2 (none: it needs no word
there, Documentation/admin-guide/cgroup-v2.rst), and its configuration symbol."""
_V1, _V2 = "/proc/cgroups", "/sys/fs/cgroup/cgroup.controllers"


class Shown(Value, frozen=True):
    """The words of one list; None where it could not be had."""

    words: frozenset[str] | None
    evidence: str
    whole: bool = True
    """What is not in it is not there."""


def collect(source: Source) -> list[Ability]:
    """One entry for each ability in KNOWN, and for each controller of control groups."""
    asked = _Kernel(source)
    here = kernel.architecture(source) or ""
    wanted = (known for known in KNOWN if not here or here.startswith(known.architecture))
    return [*(_ability(asked, known) for known in wanted), *_controllers(asked)]


class _Kernel:
    """What is known of this kernel; each list is read when it is first asked for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.lists: dict[str, Shown] = {}

    def shown(self, name: str) -> Shown:
        if name not in self.lists:
            self.lists[name] = _LISTS[name](self.source)
        return self.lists[name]

    @cached_property
    def release(self) -> str:
        told = kernel.release(self.source)
        return told.text if told else ""

    @cached_property
    def builtin(self) -> frozenset[str] | None:
        return modules.builtin(self.source, self.release)

    @property
    def folder(self) -> str:
        return f"/lib/modules/{self.release}"

    @cached_property
    def loads(self) -> bool | None:
        """Whether this kernel can load modules that lie in its folder."""
        if self.source.status("file", "/proc/modules") == "absent":
            return False
        return {"read": True, "absent": False}.get(self.source.status("dir", f"{self.folder}/kernel"))

    def in_folder(self, module: str) -> tuple[bool | None, str]:
        """Whether a module's file lies there; None where that cannot be seen."""
        folder, _, name = module.rpartition("/")
        every = self.source.entry("dir", f"{self.folder}/kernel")
        if every.status == "absent":  # then none lies in any of its folders: one question for all modules
            return False, every.id
        entry = self.source.entry("dir", f"{self.folder}/kernel/{folder}")
        if entry.status == "absent":
            return False, entry.id
        if entry.status != "read" or not isinstance(entry.data, list):
            return None, entry.id
        return name.replace("-", "_") in modules.names(entry.data), entry.id

    @cached_property
    def configuration(self) -> tuple[str, str] | None:
        """Its text and its path."""
        return modules.configuration(self.source, self.release)


def _ability(asked: _Kernel, known: Known) -> Ability:
    looked, evidence = list[str](), list[str]()
    silent = not known.shown
    for name, word in known.shown:
        state, said, where = _said(asked, name, word)
        evidence.append(where)
        if state:
            return Ability(known.need, known.what, "shown", said, [where])
        silent |= state is None
        looked += [said] if state is False else []
    on_disk = _as_module(asked, known)
    if on_disk and on_disk.how != "unloaded":
        return on_disk
    if on_disk:
        looked.append(on_disk.says)
        evidence += on_disk.evidence
    # lists of namespaces and the like are the kernel's own; a module that is built in may leave no trace
    if not known.files and not silent:
        return Ability(known.need, known.what, "missing", words_of(looked), evidence)
    configured = _configured(asked, known)
    if configured:
        return configured
    if on_disk and not silent:
        return Ability(known.need, known.what, "unloaded", words_of(looked), evidence)
    return Ability(known.need, known.what, "unknown", _unseen(asked, evidence), evidence)


def words_of(looked: list[str]) -> str:
    return "; ".join(dict.fromkeys(looked))


def _unseen(asked: _Kernel, evidence: list[str]) -> str:
    """Why nothing is known: what was denied or is not recorded."""
    for id_ in evidence:
        kind, _, key = id_.partition(":")
        status = asked.source.status("file" if kind == "file" else "dir", key)
        if status in UNSEEN:
            return f"{key} {UNSEEN[status]}"
    return "nothing shows it, and the kernel's configuration is not known"


def _said(asked: _Kernel, name: _List, word: str) -> tuple[bool | None, str, str]:
    """Whether a list shows a word; None where the list could not be had."""
    if name in ("file", "dir"):
        return _exists(asked.source, name, word)
    shown = asked.shown(name)
    where = shown.evidence.partition(":")[2]
    if shown.words is not None and word in shown.words:
        return True, f"{where} lists {word}", shown.evidence
    if shown.words is None or not shown.whole:
        return None, "", shown.evidence
    return False, f"{where} does not list {word}", shown.evidence


def _exists(source: Source, kind: Literal["file", "dir"], path: str) -> tuple[bool | None, str, str]:
    status = source.status(kind, path)
    if status in ("read", "denied"):
        return True, f"{path} is there", f"{kind}:{path}"
    return (
        (False, f"{path} is not there", f"{kind}:{path}")
        if status == "absent"
        else (None, "", f"{kind}:{path}")
    )


def _as_module(asked: _Kernel, known: Known) -> Ability | None:
    """Built in, to be loaded, or neither; None where that cannot be seen or it is no module."""
    if not known.files or not asked.release:
        return None
    seen = []
    for module in known.files:
        name = module.rpartition("/")[2].replace("-", "_")
        if asked.builtin is not None and name in asked.builtin:
            where = f"file:{asked.folder}/modules.builtin"
            return Ability(known.need, known.what, "shown", f"{name} is built into the kernel", [where])
        there, where = asked.in_folder(module)
        seen.append((there, where))
        if there and asked.loads:
            return Ability(known.need, known.what, "loadable", f"the module {name} can be loaded", [where])
    if any(there is None for there, _ in seen) or asked.loads is None:
        return None
    files = " or ".join(dict.fromkeys(module.rpartition("/")[2] for module in known.files))
    return Ability(
        known.need, known.what, "unloaded", f"no module {files} can be loaded", [where for _, where in seen]
    )


def _configured(asked: _Kernel, known: Known) -> Ability | None:
    """As the kernel was configured; None where that is not known or says too little."""
    if not known.config or asked.configuration is None:
        return None
    text, path = asked.configuration
    where = f"file:{path}"
    values = {symbol: modules.configured(text, symbol) for symbol in known.config}
    for symbol, value in values.items():
        if value == "y":
            return Ability(known.need, known.what, "shown", f"CONFIG_{symbol}=y", [where])
    for symbol, value in values.items():
        if value == "m":
            # the module would have been found where its folder can be seen
            says = f"CONFIG_{symbol}=m, and no such module"
            return Ability(
                known.need, known.what, "missing" if asked.loads is False else "unknown", says, [where]
            )
    if _GENERATED not in text or not asked.source.is_whole(path):
        return None
    symbols = " or ".join(f"CONFIG_{symbol}" for symbol in known.config)
    return Ability(known.need, known.what, "missing", f"the kernel was made without {symbols}", [where])


def _controllers(asked: _Kernel) -> Iterator[Ability]:
    """Each controller of control groups; versions 1 and 2, and both at once, are right as they are."""
    first, second = asked.shown("v1"), asked.shown("v2")
    for need, name, word, symbol in _CONTROLLERS:
        what = f"control group controller {name}"
        if first.words and name in first.words:
            yield Ability(need, what, "shown", f"{_V1} lists {name} as enabled", [first.evidence])
        elif second.words and (word in second.words or not word):
            says = f"{_V2} lists {word}" if word else f"version 2 has no controller {name}, and needs none"
            yield Ability(need, what, "shown", says, [second.evidence])
        elif first.words or (second.words and word):
            seen = first if first.words else second
            where = seen.evidence.partition(":")[2]
            yield Ability(need, what, "missing", f"{where} does not list {word or name}", [seen.evidence])
        else:
            known = Known(need, what, config=(symbol,))
            yield _configured(asked, known) or Ability(
                need, what, "unknown", _unseen(asked, [first.evidence]), [first.evidence]
            )


def _file_list(path: str, words: Callable[[str], Iterator[str]]) -> Callable[[Source], Shown]:
    def read(source: Source) -> Shown:
        text = source.read(path)
        found = None if text is None else frozenset(words(text))
        return Shown(found, f"file:{path}", source.is_whole(path))

    return read


def _last_words(text: str) -> Iterator[str]:
    """`nodev\\toverlay`, and `\\text4`."""
    return (line.split()[-1] for line in text.splitlines() if line.strip())


def _enabled(text: str) -> Iterator[str]:
    """`memory\\t4\\t20\\t1`: the last column is 0 where cgroup_disable= took it away."""
    columns = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return (words[0] for words in columns if len(words) == 4 and words[3] == "1")


def _loaded(source: Source) -> Shown:
    """Loaded modules, and those built-in ones that have parameters; of /proc/modules loaded ones alone."""
    entry = source.entry("dir", "/sys/module")
    if isinstance(entry.data, list):
        # a built-in module without parameters has no folder, so that a missing name proves nothing alone
        return Shown(frozenset(name.replace("-", "_") for name in entry.data), entry.id)
    text = source.read("/proc/modules")
    names = None if text is None else frozenset(line.partition(" ")[0] for line in text.splitlines())
    return Shown(names, "file:/proc/modules" if text is not None else entry.id)


def _namespaces(source: Source) -> Shown:
    entry = source.entry("dir", "/proc/self/ns")
    return Shown(frozenset(entry.data) if isinstance(entry.data, list) else None, entry.id)


_LISTS: dict[str, Callable[[Source], Shown]] = {
    "ns": _namespaces,
    "filesystem": _file_list("/proc/filesystems", _last_words),
    "misc": _file_list("/proc/misc", procfs.registered),
    "loaded": _loaded,
    "v1": _file_list(_V1, _enabled),
    "v2": _file_list(_V2, lambda text: iter(text.split())),
}
