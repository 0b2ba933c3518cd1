"""Machines with one broken promise each, and honest ones: altered records, and the plans they came with.

A seed decides everything. What is broken is broken in the record: fewer processors are listed, the firmware
declares less memory, a benchmark recorded a slower disk. Nothing is taken from what vaudit says of it.
"""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from tests.bench.runner import BORDERS
from tests.bench.virtual import Disk, Virtual
from tests.machines.altered import GIB, MIB, Altered
from tests.machines.plans import Wanted, written
from vaudit.bench.cpu.recording import Recording as Cpu
from vaudit.bench.cpu.recording import Stretch
from vaudit.bench.disk.measure import session_of
from vaudit.bench.disk.place import Place
from vaudit.bench.disk.recording import Recording as DiskRecording
from vaudit.bench.network.recording import Attempt, Interval, IperfRun, Peer
from vaudit.bench.network.recording import Recording as Network
from vaudit.bench.plan import make
from vaudit.bench.recording import Recordings
from vaudit.bench.system.guards import Change
from vaudit.bench.system.programs import Program

Chance = random.Random


class Case(NamedTuple):
    name: str
    """The recorded machine beneath, and what was planted."""
    record: str
    """A dump."""
    plan: str
    planted: str = ""
    """The subject of the promise that is broken; empty where all are kept."""


class Base(NamedTuple):
    """A recorded machine, and what may be truly said of it."""

    name: str
    platform: str
    """As plans name it."""
    nests: bool = False
    """Whether virtual machines run inside, where its flag is passed on."""
    card: str = "paravirtual"


BASES = (
    Base("lab-kvm-virtio", "kvm", nests=True), Base("lab-kvm-four", "kvm", nests=True),
    Base("lab-kvm-qemu64", "kvm"), Base("lab-kvm-microvm", "kvm", nests=True), Base("lab-kvm-no-steal",
    "kvm", nests=True),
    Base("synthetic-kvm-good", "kvm", nests=True), Base("synthetic-kvm-virtio", "kvm"),
    Base("firecracker-offered", "kvm"),
    Base("lab-xen-pv", "xen pv"), Base("lab-xen-pvh", "xen pvh"), Base("lab-xen-hvm", "xen hvm"),
    Base("synthetic-xen-hvm-pv-drivers", "xen hvm"), Base("synthetic-hyperv", "hyperv"),
    Base("synthetic-aws-nitro", "kvm", card="passthrough"),
    Base("synthetic-bare-metal", "none", nests=True, card="physical"),
    Base("lab-kvm-emulated", "kvm", nests=True, card="emulated"), Base("synthetic-kvm-all-emulated", "kvm",
    card="emulated"),
    Base("synthetic-kvm-emulated", "kvm", card="emulated"), Base("lab-qemu-emulated", "qemu",
    card="emulated"),
    Base("synthetic-virtualbox", "virtualbox", card="emulated"), Base("lab-qemu-virtio", "qemu"),
    Base("synthetic-vmware-nvme", "vmware"),
)  # fmt: skip
_PROMISES_PARAVIRTUAL = ("kvm", "xen hvm", "xen pv")
_COUNTS_STEAL = ("lab-kvm-virtio", "lab-kvm-four", "lab-kvm-qemu64", "synthetic-kvm-good", "lab-xen-pv",
"lab-xen-hvm",
                 "lab-kvm-microvm", "synthetic-xen-hvm-pv-drivers", "lab-xen-pvh")  # fmt: skip
_PEERS = ("192.0.2.7", "198.51.100.20", "203.0.113.80")


def cases(seed: int, broken: int = 60, honest: int = 20) -> list[Case]:
    """So many machines with one broken promise each, every kind as often, and so many honest ones."""
    chance = random.Random(seed)  # noqa: S311 - the same seed must give the same machines
    kinds = list(PLANTS) * (broken // len(PLANTS)) + chance.sample(list(PLANTS), broken % len(PLANTS))
    return [_broken(kind, chance) for kind in kinds] + [_honest(chance) for _ in range(honest)]


def odd_cases(seed: int, number: int = 20) -> list[Case]:
    """Honest machines that look as if something was kept back: it is the plan, or nobody's fault."""
    chance = random.Random(f"odd {seed}")  # noqa: S311 - the same seed must give the same machines
    kinds = list(ODD) * (number // len(ODD)) + chance.sample(list(ODD), number % len(ODD))
    return [_odd(kind, chance) for kind in kinds]


class _Made:
    """One machine while it is made: its record, what it truly is, and what is promised of it."""

    def __init__(self, base: Base, chance: Chance) -> None:
        self.base, self.chance = base, chance
        self.record = Altered(base.name)
        self.threads = chance.choice((1, 2, 2, 4, 4, 6, 8, 16))
        self.installed = chance.choice((1024, 2048, 2048, 4096, 4096, 8192, 8192, 12288, 16384))
        self.size = chance.choice((20, 25, 40, 60, 80, 160, 240, 400))
        self.stolen, self.busy = chance.uniform(0, 0.03), chance.uniform(0.01, 0.5)
        self.disk: Disk | None = None
        self.peers: dict[str, float] = {}
        self.plan: dict[str, Wanted] = {}
        self.reserved = 0
        """Bytes that are set aside at start, beside what the kernel keeps as a rule."""
        self.hours = chance.uniform(0.5, 2000)
        self.measures_cpu = chance.random() < 0.7

    def promise(self, subject: str, value: Any = None, also: Any = None) -> None:
        self.plan[subject] = Wanted(subject, value, also)

    def finished(self, planted: str = "") -> Case:
        chance = self.chance
        kept = round(self.installed * MIB * chance.uniform(0.017, 0.025)) + chance.randrange(30, 100) * MIB
        kept += self.reserved
        self.record.threads(self.threads).memory(self.installed * MIB, kept, chance.uniform(0.2, 0.9))
        self.record.disks(self.size * (GIB if chance.random() < 0.5 else 10**9))
        self.record.time(self.hours, self.busy, self.stolen).measured(self._recordings())
        order = list(self.plan.values())
        if chance.random() < 0.3:
            chance.shuffle(order)
        name = f"{self.base.name} {planted or 'honest'}"
        return Case(name, self.record.text(), written(order, chance), planted)

    def _recordings(self) -> Recordings:
        return Recordings(
            disk=_disk(self.disk, self.chance) if self.disk else None,
            network=_network(self.peers, self.chance) if self.peers else None,
            cpu=_cpu(self.threads, self.busy, self.stolen, self.chance) if self.measures_cpu else None,
        )


def _usual(made: _Made) -> _Made:
    """What most plans promise, and all of it kept; more by chance."""
    chance = made.chance
    made.promise("processors", made.threads)
    made.promise("memory", made.installed)
    kind = chance.choice(("nvme", "nvme", "ssd", None))
    made.promise("disk", made.size, kind)
    if chance.random() < 0.7:
        made.disk = Disk(rd=chance.uniform(50, 110), wr=chance.uniform(30, 100), fl=chance.uniform(60, 1500))
    if (
        made.base.platform in ("kvm", "xen pv", "xen pvh", "xen hvm", "hyperv", "vmware", "none")
        and chance.random() < 0.6
    ):
        platform = made.base.platform
        made.promise(
            "virtualization", "xen" if platform.startswith("xen") and chance.random() < 0.4 else platform
        )
    if chance.random() < 0.6:
        rate = chance.choice((1000, 1000, 1000, 500, 200, 2500, 10000))
        made.promise("network", rate)
        _reached(made, rate)
        if made.base.card == "physical":
            made.record.link(max(1000, rate))
    return made


def _reached(made: _Made, rate: float) -> None:
    """Nobody measured, or a peer that was fast enough, or slow ones that differ."""
    word = made.chance.choice(("none", "fast", "fast", "one slow", "two slow"))
    first, second = made.chance.sample(_PEERS, 2)
    if word == "fast":
        made.peers = {first: rate * made.chance.uniform(0.925, 0.945)}
    elif word == "one slow":
        made.peers = {first: rate * made.chance.uniform(0.1, 0.7)}
    elif rate > 1000 and word == "two slow":  # which have the port that most servers have
        made.peers = {peer: made.chance.uniform(935, 943) for peer in (first, second)}
    elif word == "two slow":
        slow = rate * made.chance.uniform(0.1, 0.5)
        made.peers = {first: slow, second: slow * made.chance.uniform(1.15, 1.7)}


def _honest(chance: Chance) -> Case:
    made = _usual(_Made(chance.choice([base for base in BASES if base.card != "emulated"]), chance))
    if made.base.nests and made.base.platform == "kvm" and chance.random() < 0.4:
        made.promise("nested")
        made.record.virtualization(given=True)
    if (
        made.base.platform in _PROMISES_PARAVIRTUAL
        and made.base.card == "paravirtual"
        and chance.random() < 0.3
    ):
        made.promise("paravirtual")
    if chance.random() < 0.3:
        del made.plan["processors"]
        made.promise("dedicated", made.threads)
    if chance.random() < 0.4:
        promised = chance.choice((1000, 3000, 5000))
        made.promise("iops", promised)
        held = promised * chance.uniform(1.0, 1.1)
        made.disk = chance.choice((Disk(rd=chance.uniform(50, 110)), Disk(riops=held, wiops=held)))
    return made.finished()


def _broken(kind: str, chance: Chance) -> Case:
    plant, fits = PLANTS[kind]
    made = _usual(_Made(chance.choice([base for base in BASES if fits(base)]), chance))
    return made.finished(plant(made))


# What may be broken; each says of which promise


def _fewer(made: _Made) -> str:
    made.threads = made.chance.choice((1, 2, 3, 4, 6))
    made.promise("processors", made.threads + made.chance.choice((1, 2, 4)))
    return "processors"


def _less(made: _Made) -> str:
    promised = made.chance.choice((2048, 4096, 8192, 16384))
    made.installed = round(promised * made.chance.choice((0.5, 0.5, 0.62, 0.75, 0.8, 0.85)))
    made.promise("memory", promised)
    return "memory"


def _imitated(made: _Made) -> str:
    made.promise("paravirtual")
    return "paravirtual"


def _slow_disk(made: _Made) -> str:
    chance = made.chance
    kind = chance.choice(("iops", "iops", "disk-speed", "disk-kind"))
    share = chance.uniform(0.05, 0.7)
    if kind == "iops":
        promised = chance.choice((3000, 5000, 10000, 16000, 20000))
        made.promise("iops", promised)
        made.disk = Disk(rd=chance.uniform(50, 110), riops=promised * share, wiops=promised * share)
    elif kind == "disk-speed":
        promised = chance.choice((200, 300, 500, 1000))
        made.promise("disk-speed", promised)
        made.disk = Disk(rd=chance.uniform(50, 110), rbps=promised * 1e6 * share, wbps=promised * 1e6 * share)
    else:
        made.promise("disk", made.size, chance.choice(("nvme", "ssd")))
        made.disk = Disk(hdd=chance.choice((1, 2, 4)), fl=8000, wr=60)
    return kind


def _slow_link(made: _Made) -> str:
    chance = made.chance
    promised = chance.choice((1000, 1000, 2500, 10000))
    made.promise("network", promised)
    if made.base.card == "physical":
        made.peers = {}
        made.record.link(chance.choice([speed for speed in (100, 1000) if speed < promised]))
        return "network"
    port = chance.choice([speed for speed in (50, 100, 200, 250, 500) if speed < promised])
    peers = chance.sample(_PEERS, chance.choice((2, 2, 3)))
    made.peers = {peer: port * 0.94 * chance.uniform(0.985, 1.005) for peer in peers}
    return "network"


def _stolen(made: _Made) -> str:
    chance = made.chance
    del made.plan["processors"]
    made.promise("dedicated", made.threads)
    made.stolen, made.busy = chance.uniform(0.12, 0.45), chance.uniform(0.1, 0.8)
    return "dedicated"


def _no_nesting(made: _Made) -> str:
    made.promise("nested")
    made.record.virtualization(given=False)
    return "nested"


def _other(made: _Made) -> str:
    """What is sold in place of what was promised."""
    true = made.base.platform
    others = [
        name for name in ("kvm", "xen hvm", "xen", "vmware", "hyperv", "none") if not true.startswith(name)
    ]
    made.promise("virtualization", made.chance.choice(["kvm", *others] if true != "kvm" else others))
    return "virtualization"


def _paravirtual_card(base: Base) -> bool:
    return base.card != "emulated"


PLANTS: dict[str, tuple[Callable[[_Made], str], Callable[[Base], bool]]] = {
    "fewer processors": (_fewer, lambda base: True),
    "less memory": (_less, lambda base: True),
    "an emulated card": (_imitated, lambda base: base.card == "emulated"),
    "a slow disk": (_slow_disk, _paravirtual_card),
    "a slow link": (_slow_link, lambda base: base.card in ("paravirtual", "physical")),
    "stolen processor time": (_stolen, lambda base: base.name in _COUNTS_STEAL),
    "no nested virtualization": (_no_nesting, lambda base: base.nests or base.platform.startswith("xen")),
    "another virtualization": (_other, lambda base: True),
}


# What looks broken and is not


def _odd(kind: str, chance: Chance) -> Case:
    make, fits = ODD[kind]
    made = _Made(chance.choice([base for base in (*BASES, *CONTAINERS) if fits(base)]), chance)
    made.promise("processors", made.threads)
    made.promise("memory", made.installed)
    made.promise("disk", made.size)
    make(made)
    case = made.finished()
    return case._replace(name=f"{made.base.name} honest: {kind}")


def _crash_kernel(made: _Made) -> None:
    """crashkernel=auto keeps some hundred MiB."""
    made.installed = made.chance.choice((2048, 4096, 8192))
    made.promise("memory", made.installed)
    made.reserved = made.chance.choice((160, 192, 256)) * MIB


def _ballooned(made: _Made) -> None:
    """The firmware declares the most that may be added; the plan promises what a balloon leaves."""
    made.installed = made.chance.choice((4096, 8192, 16384))
    made.reserved = made.installed * MIB // 2
    made.promise("memory", made.installed // 2)


def _container(made: _Made) -> None:
    """A part of its host's processors, memory and disk, by cgroups: it sees all of them."""
    made.promise("processors", min(made.threads, made.chance.choice((1, 2))))
    made.promise("memory", 1024)
    made.promise("disk", 20)
    made.stolen, made.busy = made.chance.uniform(0, 0.3), made.chance.uniform(0.1, 0.6)


def _small_container(made: _Made) -> None:
    """More is promised than its small host seems to have: what it may use does not show inside."""
    _container(made)
    made.threads, made.installed = 2, 2048
    made.promise("memory", 2048)
    made.promise("disk", made.size)
    del made.plan["processors"]


def _slow_port(made: _Made) -> None:
    rate = made.chance.choice((10, 100, 100, 200))
    made.promise("network", rate)
    if made.base.card == "physical":
        made.record.link(1000 if rate == 200 else rate)
    peers = made.chance.sample(_PEERS, 2)
    made.peers = {peer: rate * 0.94 * made.chance.uniform(0.985, 1.005) for peer in peers}


def _hard_disk(made: _Made) -> None:
    made.promise("disk", made.size, "hdd")
    made.disk = Disk(hdd=made.chance.choice((1, 2, 4)), fl=8000, wr=60)


def _shared(made: _Made) -> None:
    """Sold as shared, and shared it is."""
    made.promise("shared", made.threads)
    del made.plan["processors"]
    made.stolen, made.busy = made.chance.uniform(0.12, 0.4), made.chance.uniform(0.2, 0.8)


def _not_nested(made: _Made) -> None:
    made.promise("not nested")
    made.record.virtualization(given=False)


def _capped(made: _Made) -> None:
    limit = made.chance.choice((300, 500, 1000))
    made.promise("iops", limit)
    made.disk = Disk(rd=made.chance.uniform(50, 110), riops=limit * 1.02, wiops=limit * 1.02)


def _just_started(made: _Made) -> None:
    """A host is busy with a guest that boots: some minutes tell nothing of processors of one's own."""
    del made.plan["processors"]
    made.promise("dedicated", made.threads)
    made.hours, made.stolen, made.busy = 0.1, made.chance.uniform(0.12, 0.3), 0.9
    made.measures_cpu = False


def _nearly_idle(made: _Made) -> None:
    """Wake-ups of an idle guest: a large share of next to nothing."""
    del made.plan["processors"]
    made.promise("dedicated", made.threads)
    made.hours, made.stolen, made.busy = 700, made.chance.uniform(0.1, 0.2), made.chance.uniform(0.004, 0.02)
    made.measures_cpu = False


def _more(made: _Made) -> None:
    """More of everything than was promised."""
    made.promise("processors", max(1, made.threads // 2))
    made.promise("memory", made.installed // 2)
    made.promise("disk", max(5, made.size // 2))


def _emulated_by_plan(made: _Made) -> None:
    """Nobody promised a paravirtual card."""


CONTAINERS = (
    Base("lab-container-lxc", "lxc"), Base("lab-container-nspawn", "lxc"),
    Base("lab-container-docker", "lxc"),
)  # fmt: skip
_NAMES = {one.name for one in CONTAINERS}


def _machine(base: Base) -> bool:
    return base.name not in _NAMES


ODD: dict[str, tuple[Callable[[_Made], None], Callable[[Base], bool]]] = {
    "a crash kernel": (_crash_kernel, _machine),
    "ballooned by plan": (_ballooned, lambda base: base.name in _COUNTS_STEAL),
    "a container by plan": (_container, lambda base: not _machine(base)),
    "a container that sees a small host": (_small_container, lambda base: not _machine(base)),
    "a slow port by plan": (
        _slow_port,
        lambda base: _machine(base) and base.card in ("paravirtual", "physical"),
    ),
    "a hard disk by plan": (_hard_disk, lambda base: _machine(base) and base.card != "emulated"),
    "shared processors by plan": (_shared, lambda base: base.name in _COUNTS_STEAL),
    "no nesting by plan": (_not_nested, lambda base: base.nests),
    "a limit by plan": (_capped, lambda base: _machine(base) and base.card != "emulated"),
    "just started": (_just_started, lambda base: base.name in _COUNTS_STEAL),
    "nearly idle": (_nearly_idle, lambda base: base.name in _COUNTS_STEAL),
    "more than promised": (_more, _machine),
    "an emulated card by plan": (_emulated_by_plan, lambda base: base.card == "emulated"),
}


# What benchmarks would have recorded there


def _disk(disk: Disk, chance: Chance) -> DiskRecording:
    plan = make("quick", "/").disk
    assert plan
    nowhere: dict[str, Any] = {"place": Place("/x"), "path": None, "fio": Program(missing="not installed")}
    plan = msgspec.structs.replace(plan, size=512 * MIB, seconds=28.0, bytes=2048 * MIB, **nowhere)
    return session_of(plan, Virtual(disk, chance.randrange(1 << 30)), BORDERS, lambda _told: None)


def _network(peers: dict[str, float], chance: Chance) -> Network:
    first, *others = [_of_peer(host, megabits * 1e6, chance) for host, megabits in peers.items()]
    first.others = others
    return first


def _of_peer(host: str, bits: float, chance: Chance) -> Network:
    streams = [
        Attempt(name, ["iperf3"], run=_run(name, host, bits * chance.uniform(0.99, 1.0), chance), seconds=5.2)
        for name in ("network.send", "network.receive")
    ]
    return Network(peer=Peer(host, 5201), version="iperf 3.12", streams=streams)


def _run(name: str, host: str, bits: float, chance: Chance) -> IperfRun:
    rates = [bits * chance.uniform(0.98, 1.02) for _ in range(5)]
    return IperfRun(
        version="iperf 3.12", reverse=name == "network.receive", bits_per_second=sum(rates) / 5, seconds=5.0,
        retransmits=chance.randrange(60), local_host="10.0.0.5", remote_host=host, congestion="cubic",
        cpu_here=12.0, cpu_there=9.0, intervals=[Interval(float(at), 1.0, rate) for at,
        rate in enumerate(rates)],
        sent_bytes=sum(rates) / 8,
    )  # fmt: skip


def _cpu(threads: int, usual: float, stolen: float, chance: Chance) -> Cpu:
    """Single threads for most of a run, all of them for a second at its end."""
    steps = [(chance.uniform(1, 4), min(1.0, 1 / threads + usual / 4)) for _ in range(7)] + [(1.1, 1.0)]
    stretches, at = [], 0.0
    for seconds, wanted in steps:
        lost = (
            min(0.95, stolen * chance.uniform(0.7, 1.3))
            if wanted == 1.0
            else stolen * chance.uniform(0.5, 1.2)
        )
        gone, used = wanted * lost, wanted * (1 - lost)
        seen = Change(
            seconds=seconds, busy=used, foreign=0.02, idle=1 - wanted, own=used * threads, stolen=gone,
            steal=lost,
            delay=0.01, pressure=0.0, read=0, written=0, stolen_cpus=gone * threads,
        )  # fmt: skip
        stretches.append(Stretch(at, seen))
        at += seconds
    return Cpu(stretches=stretches)
