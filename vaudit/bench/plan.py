"""What a benchmark run will do, as data: jobs, seconds, bytes, programs, and why something cannot be done.

`make` looks but writes nothing; `describe` is what `--dry-run` prints.
"""

import ipaddress
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from vaudit import words
from vaudit.bench import cgroups
from vaudit.bench.errors import BenchError
from vaudit.bench.place import MIB, Place, file_size, look_within
from vaudit.procfs import meminfo

if TYPE_CHECKING:
    from vaudit.model.facts import Facts

Mode = Literal["quick", "full"]
IPERF3_PORT = 5201
UDP_CEILING = 20e6
"""Bits per second of the loss test, or half of what TCP reached if that is less: not to overload anything."""


class Job(msgspec.Struct, frozen=True):
    """One kind of disk access, for the embedded engine and for fio alike."""

    id: str
    kind: Literal["read", "write", "sync"]
    """`sync` is a write followed by fdatasync."""
    block: int
    """Bytes of a request: 4096 in random order, 1 MiB in sequence."""
    depth: int
    """Requests in flight."""
    seconds: float
    """At most so long in one round."""
    bytes: int = 64 * MIB
    """At most so much in one round."""


JOBS = (
    Job("disk.randread-qd1", "read", 4096, 1, 0.5, 32 * MIB),
    Job("disk.randread-qd32", "read", 4096, 32, 0.5),
    Job("disk.fdatasync", "sync", 4096, 1, 0.5, 16 * MIB),
    Job("disk.read", "read", MIB, 8, 0.5),
    Job("disk.write", "write", MIB, 8, 0.5),
)
LONG_JOBS = tuple(Job(job.id, job.kind, job.block, job.depth, 4 * job.seconds, 4 * job.bytes) for job in JOBS)
"""For `full`."""


class Peer(msgspec.Struct, frozen=True):
    """The other end of a network benchmark."""

    host: str
    port: int = IPERF3_PORT


class Program(msgspec.Struct, frozen=True):
    """An outside program: where it is, or why it is not used."""

    path: str | None = None
    version: str | None = None
    missing: str = ""


class Nic(msgspec.Struct, frozen=True):
    """What the facts say of a network card and what matters for its figures."""

    name: str
    path: str = "unknown"
    driver: str | None = None
    mtu: int | None = None
    queues: int | None = None
    """The smaller number of receive and transmit queues."""
    speed: int | None = None
    """Mbit/s."""


class Plan(msgspec.Struct, frozen=True):
    """All that a run needs to know; nothing else is decided later but when to stop."""

    mode: Mode
    folder: str
    place: Place
    seconds: float
    """Budget for everything."""
    bytes: int
    """Budget for everything: read, written, sent and received."""
    disk_seconds: float
    disk_bytes: int
    size: int
    """Bytes of the test file; 0 when the disk is not measured."""
    jobs: tuple[Job, ...]
    rounds: tuple[int, int]
    """At least and at most so many rounds."""
    hold_seconds: float
    """How long a disk that looks capped (in `full`: any) is kept busy in search of a burst's end."""
    fio: Program
    iperf3: Program
    net_seconds: float
    """One direction."""
    net_bytes: int
    """One direction; 0 is no limit."""
    udp_seconds: float
    """One direction of the loss test."""
    memory_bytes: int
    """Bytes that are touched, left alone and read again; 0 when the memory is not measured."""
    memory_refusal: str = ""
    spin_seconds: float = 1.0
    """How long the clock is watched for gaps."""
    peer: Peer | None = None
    peer_refusal: str = ""
    device_path: str | None = None
    """How the device is served, as in the facts: paravirtual, emulated, …; None when not known."""
    nics: tuple[Nic, ...] = ()
    bare_metal: bool = False
    """The facts found no hypervisor."""
    alone: bool = False
    """Only the disk or the network that is named: no memory, no speed of the CPU."""
    last_seconds: float = 0.0
    """Kept for the CPU and the memory, which are measured last."""


def parse_peer(text: str) -> Peer:
    """HOST, HOST:PORT, [IPV6] or [IPV6]:PORT. Raises BenchError."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:\[\]/-][^\s:\[\]/]*))(?::(\d{1,5}))?", text)
    if match is None:
        bare = _is_ipv6(text)
        hint = f"write [{text}] or [{text}]:PORT" if bare else "write HOST, HOST:PORT or [IPV6]:PORT"
        raise BenchError(f"--peer {text[:80]!r} is not an address: {hint}")
    port = int(match[3] or IPERF3_PORT)
    if not 0 < port < 65536:
        raise BenchError(f"--peer: port {port} is not between 1 and 65535")
    if match[1] and not _is_ipv6(match[1]):
        raise BenchError(f"--peer: {match[1]!r} in brackets is not an IPv6 address")
    return Peer(match[1] or match[2], port)


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


NOT_ASKED = "not asked for"
NO_PEER = "no --peer HOST was given, and a network is only measured against another host"
LOOK_SECONDS = 5.0
"""After so long a folder or device that does not answer is given up."""
IDLE_PINGS_SECONDS = 0.8
STARTING = 0.4
"""Seconds that one iperf3 test takes beyond its own time."""
LAST_SECONDS: dict[Mode, float] = {"quick": 4.0, "full": 16.0}
"""For the gaps and the speed of the CPU and for the memory: touching it, reading it again, its speed."""


def make(
    mode: Mode,
    folder: str | None,
    peer: str | None = None,
    facts: "Facts | None" = None,
    *,
    device: str | None = None,
    consent: bool = False,
    alone: bool = False,
) -> Plan:
    """Plan a run in `folder` or on the raw `device` (both None: no disk benchmark) and against `peer`.

    `consent` lets a network file system be measured and a raw device be read; `alone` leaves everything else
    of the machine out. Never raises: what cannot be done is written into the plan as a refusal.
    """
    quick = mode == "quick"
    target, refusal = None, NOT_ASKED if alone else NO_PEER
    if peer is not None:
        try:
            target, refusal = parse_peer(peer), ""
        except BenchError as error:
            refusal = str(error)
    net_seconds, udp_seconds = (3.0, 1.0) if quick else (10.0, 5.0)
    net_share = IDLE_PINGS_SECONDS + 2 * (net_seconds + udp_seconds + 2 * STARTING) if target else 0.0
    seconds = 28.0 if quick else 240.0
    total = (2 if quick else 32) * 1024 * MIB
    net_bytes = 512 * MIB if quick and target else 0
    udp_bytes = int(udp_seconds * UDP_CEILING / 8) if target else 0
    wanted = (256 if quick and target else 512 if quick else 2048) * MIB
    place = _place(folder, device, wanted, consent)
    size = _size_of(place, wanted)
    memory_bytes, memory_refusal = (0, NOT_ASKED) if alone else memory_share()
    last_seconds = 0.0 if alone else LAST_SECONDS[mode]
    return Plan(
        mode=mode,
        folder=place.folder,
        place=place,
        seconds=seconds,
        bytes=total,
        disk_seconds=seconds - net_share - last_seconds,
        disk_bytes=total - 2 * (net_bytes + udp_bytes),
        size=size,
        jobs=_jobs(quick, place),
        rounds=(3, 6) if quick else (8, 16),
        hold_seconds=6.0 if quick else 60.0,
        fio=find_fio() if size else Program(missing="no disk benchmark is run"),
        iperf3=find_iperf3() if target else Program(missing="no network benchmark is run"),
        net_seconds=net_seconds,
        net_bytes=net_bytes,
        udp_seconds=udp_seconds,
        memory_bytes=memory_bytes,
        memory_refusal=memory_refusal,
        spin_seconds=1.0 if quick else 5.0,
        peer=target,
        peer_refusal=refusal,
        device_path=_path_in(facts, place),
        nics=_nics(facts),
        bare_metal=facts is not None and facts.hypervisor.kind == "none",
        alone=alone,
        last_seconds=last_seconds,
    )


def _place(folder: str | None, device: str | None, wanted: int, consent: bool) -> Place:
    if folder is None and device is None:
        return Place("", refusal=NOT_ASKED)
    return look_within(LOOK_SECONDS, folder, device, wanted, consent)


def _size_of(place: Place, wanted: int) -> int:
    if place.refusal:
        return 0
    return place.total // MIB * MIB if place.raw else file_size(place.total, place.free, wanted)


def _jobs(quick: bool, place: Place) -> tuple[Job, ...]:
    jobs = JOBS if quick else LONG_JOBS
    return tuple(job for job in jobs if job.kind == "read") if place.raw else jobs


def _nics(facts: "Facts | None") -> tuple[Nic, ...]:
    return tuple(
        Nic(net.name, net.path, net.driver, net.mtu, _least(net.rx_queues, net.tx_queues), net.speed)
        for net in (facts.net if facts else [])
    )


def _least(*numbers: int | None) -> int | None:
    known = [number for number in numbers if number is not None]
    return min(known) if known else None


MEMORY_MOST = 256 * MIB
MEMORY_LEAST = 16 * MIB


def memory_share() -> tuple[int, str]:
    """(bytes, "") that a memory probe may take: a tenth of what is free, at most 256 MiB; else (0, why not).

    Free is the least of MemAvailable (proc(5)) and what the own control group and all around it still allow.
    """
    try:
        available = meminfo(Path("/proc/meminfo").read_text("ascii", "replace")).get("MemAvailable")
    except OSError:
        return 0, "/proc/meminfo cannot be read"
    if available is None:
        return 0, "this kernel does not say how much memory is available"
    size = min(MEMORY_MOST, min(available, cgroups.memory_room()) // 10) // MIB * MIB
    if size < MEMORY_LEAST:
        return 0, f"too little memory is free: a tenth of it must be {MEMORY_LEAST // MIB} MiB or more"
    return size, ""


def _path_in(facts: "Facts | None", place: Place) -> str | None:
    """How the disk is served that does the work: a volume on it is software, and says nothing of speed."""
    if facts is None or place.device is None:
        return None
    name = (place.device.disk or place.device.name).replace("/", "!")  # as sysfs writes it
    return next((disk.path for disk in facts.block if disk.name == name), None)


def find_fio() -> Program:
    """The I/O tester named fio; Fiona's command for maps bears the same name (YABS issue #27)."""
    return _find("fio", r"^fio-(\d\S*)", "apt-get install fio")


def find_iperf3() -> Program:
    """iperf3 itself; version 2 bears another name."""
    return _find("iperf3", r"^iperf (3\S*)", "apt-get install iperf3")


def _find(name: str, pattern: str, install: str) -> Program:
    path = shutil.which(name)
    if path is None:
        return Program(missing=f"{name} is not installed ({install})")
    from vaudit.bench.child import run_program

    try:
        output = run_program([path, "--version"], 5.0)
    except BenchError as error:
        return Program(missing=str(error))
    match = re.match(pattern, output.out)
    if match is None:
        return Program(missing=f"{path} is another program of that name: it does not call itself {name}")
    return Program(path, f"{name} {match[1]}")


def describe(plan: Plan) -> list[str]:
    """What a run would do, one line each: jobs, commands, bytes, seconds, refusals. Nothing is run."""
    lines = [
        f"budget: at most {plan.seconds + 2:.0f} s and {words.size(plan.bytes)} "
        "read, written, sent and received"
    ]
    lines += _describe_disk(plan)
    lines += _describe_network(plan)
    if plan.alone:
        return [line for line in lines if not line.endswith(f"skipped: {NOT_ASKED}")]
    memory = f"{words.size(plan.memory_bytes)} are touched, left alone and read again"
    lines.append(f"memory: {memory if plan.memory_bytes else 'skipped: ' + plan.memory_refusal}")
    lines.append("cpu: time that the hypervisor withheld, gaps while spinning, a short figure of speed")
    return lines


def _describe_disk(plan: Plan) -> list[str]:
    if plan.place.refusal:
        return [f"disk: skipped: {plan.place.refusal}"]
    device = plan.place.device.name if plan.place.device else "no single device"
    low, high = plan.rounds
    what = (
        f"only read, nothing is written to its {words.size(plan.size)}"
        if plan.place.raw
        else f"a nameless test file of {words.size(plan.size)}"
    )
    lines = [
        f"disk: {plan.folder} ({device}): {what}, "
        f"at most {plan.disk_seconds:.0f} s and {words.size(plan.disk_bytes)}",
        f"disk: {low} to {high} rounds of:",
    ]
    lines += [
        f"  {job.id}: {job.kind} {job.block} bytes, {job.depth} at once, "
        f"at most {job.seconds} s and {words.size(job.bytes)}"
        for job in plan.jobs
    ]
    when = "if it looks capped, " if plan.mode == "quick" else ""
    lines.append(f"disk: {when}{plan.hold_seconds:.0f} s more in search of a burst's end")
    if plan.fio.path:
        from vaudit.bench.fio import command

        lines += [f"cross-check: {' '.join(command(plan.fio.path, job, 3, plan.size))}" for job in plan.jobs]
    else:
        lines.append(f"cross-check: skipped: {plan.fio.missing}")
    return lines


def _describe_network(plan: Plan) -> list[str]:
    if plan.peer is None or plan.iperf3.path is None:
        return [f"network: skipped: {plan.peer_refusal or plan.iperf3.missing}"]
    from vaudit.bench.iperf3 import command, udp_command

    tests = [command(plan, reverse) for reverse in (False, True)]
    tests += [udp_command(plan, reverse, UDP_CEILING) for reverse in (False, True)]
    return [f"network: {' '.join(argv)}" for argv in tests]
