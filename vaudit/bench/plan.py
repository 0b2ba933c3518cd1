"""What a benchmark run will do, as data: jobs, seconds, bytes, programs, and why something cannot be done.

`make` looks but writes nothing; `describe` is what `--dry-run` prints.
"""

import ipaddress
import re
import shutil
from typing import TYPE_CHECKING, Literal

import msgspec

from vaudit.bench.errors import BenchError
from vaudit.bench.place import MIB, Place, file_size, look

if TYPE_CHECKING:
    from vaudit.facts.model import Facts

Mode = Literal["quick", "full"]
IPERF3_PORT = 5201


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
    peer: Peer | None = None
    peer_refusal: str = ""
    device_path: str | None = None
    """How the device is served, as in the facts: paravirtual, emulated, …; None when not known."""


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


def make(mode: Mode, folder: str | None, peer: str | None = None, facts: "Facts | None" = None) -> Plan:
    """Plan a run in `folder` (None: no disk benchmark) and against `peer` (None: no network benchmark).

    Never raises: what cannot be done is written into the plan as a refusal.
    """
    quick = mode == "quick"
    target, refusal = None, "no --peer HOST was given, and a network is only measured against another host"
    if peer is not None:
        try:
            target, refusal = parse_peer(peer), ""
        except BenchError as error:
            refusal = str(error)
    net_seconds = 3.0 if quick else 10.0
    net_share = 2 * (net_seconds + 1.0) if target else 0.0
    seconds = 28.0 if quick else 180.0
    total = (2 if quick else 32) * 1024 * MIB
    net_bytes = 512 * MIB if quick and target else 0
    wanted = (256 if quick and target else 512 if quick else 2048) * MIB
    place = Place("", refusal="not asked for") if folder is None else look(folder, wanted)
    size = 0 if place.refusal else file_size(place.total, place.free, wanted)
    return Plan(
        mode=mode,
        folder=place.folder,
        place=place,
        seconds=seconds,
        bytes=total,
        disk_seconds=seconds - net_share - 2.0,
        disk_bytes=total - 2 * net_bytes,
        size=size,
        jobs=JOBS if quick else LONG_JOBS,
        rounds=(3, 6) if quick else (8, 16),
        hold_seconds=6.0 if quick else 60.0,
        fio=find_fio() if size else Program(missing="no disk benchmark is run"),
        iperf3=find_iperf3() if target else Program(missing="no network benchmark is run"),
        net_seconds=net_seconds,
        net_bytes=net_bytes,
        peer=target,
        peer_refusal=refusal,
        device_path=_path_in(facts, place),
    )


def _path_in(facts: "Facts | None", place: Place) -> str | None:
    if facts is None or place.device is None:
        return None
    return next((disk.path for disk in facts.block if disk.name == place.device.name), None)


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
        f"budget: at most {plan.seconds + 2:.0f} s and {_size(plan.bytes)} read, written, sent and received"
    ]
    lines += _describe_disk(plan)
    lines += _describe_network(plan)
    return lines


def _describe_disk(plan: Plan) -> list[str]:
    if plan.place.refusal:
        return [f"disk: skipped: {plan.place.refusal}"]
    device = plan.place.device.name if plan.place.device else "no single device"
    low, high = plan.rounds
    lines = [
        f"disk: {plan.folder} ({device}): a nameless test file of {_size(plan.size)}, "
        f"at most {plan.disk_seconds:.0f} s and {_size(plan.disk_bytes)}",
        f"disk: {low} to {high} rounds of:",
    ]
    lines += [
        f"  {job.id}: {job.kind} {job.block} bytes, {job.depth} at once, "
        f"at most {job.seconds} s and {_size(job.bytes)}"
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
    from vaudit.bench.network import command

    return [f"network: {' '.join(command(plan, reverse))}" for reverse in (False, True)]


def _size(number: int) -> str:
    return f"{number / (1024 * MIB):g} GiB" if number >= 1024 * MIB else f"{number / MIB:g} MiB"
