"""What a disk benchmark will do: where, which jobs, how many rounds, how long; or why it cannot be done."""

from typing import TYPE_CHECKING

import msgspec

from vaudit.bench.disk import fio, gently, yabs
from vaudit.bench.disk.place import Place, file_size, look_within
from vaudit.bench.disk.recording import QD1, QD32, READ, SYNC, WRITE, WRITE32, Job, Where
from vaudit.bench.system.programs import Program
from vaudit.bench.units import BLOCK, MIB, Effort
from vaudit.model.catalogue import MIXED
from vaudit.words import size

if TYPE_CHECKING:
    from vaudit.model.facts import Facts

JOBS = (
    Job(QD1, "read", BLOCK, 1, 0.5, 32 * MIB),
    Job(QD32, "read", BLOCK, 32, 0.5, 48 * MIB),
    Job(SYNC, "sync", BLOCK, 1, 0.5, 16 * MIB),
    Job(WRITE32, "write", BLOCK, 32, 0.5, 32 * MIB),
    Job(READ, "read", MIB, 8, 0.5, 64 * MIB),
    Job(WRITE, "write", MIB, 8, 0.5, 64 * MIB),
)
LONG_JOBS = tuple(Job(job.id, job.kind, job.block, job.depth, 4 * job.seconds, 4 * job.bytes) for job in JOBS)
"""For `full`."""
LIGHT_JOBS = (Job(SYNC, "sync", BLOCK, 1, gently.SECONDS, BLOCK),)
"""Of each flushed write a run of its own."""
ROUNDS: dict[Effort, tuple[int, int]] = {"light": (0, 0), "quick": (3, 6), "full": (8, 16)}
HOLD_SECONDS: dict[Effort, float] = {"light": 0.0, "quick": 16.0, "full": 60.0}
LOOK_SECONDS = 5.0
"""After so long a folder or device that does not answer is given up."""
NOT_ASKED = "not asked for"


class DiskPlan(msgspec.Struct, frozen=True):
    """All that a disk benchmark needs to know; nothing else is decided later but when to stop."""

    mode: Effort
    place: Place
    seconds: float
    """Budget."""
    bytes: int
    """Budget: read and written."""
    size: int
    """Bytes of the test file; 0 when the disk is not measured."""
    jobs: tuple[Job, ...]
    rounds: tuple[int, int]
    """At least and at most so many rounds."""
    hold_seconds: float
    """For how long a burst's end is searched for, at most: where somebody may have set a limit."""
    fio: Program
    busy_ok: bool = False
    """Judge although other programs keep the CPUs busy."""
    path: str | None = None
    """How the device is served, as in the facts: paravirtual, emulated, …; None when not known."""


def make(
    mode: Effort,
    folder: str | None,
    device: str | None,
    consent: bool,
    *,
    wanted: int,
    facts: "Facts | None",
    busy_ok: bool = False,
) -> DiskPlan:
    """Plan the benchmark of a folder, or of a raw device, with a test file of at most `wanted` bytes.

    The budgets are left to the caller, who knows what else is measured. Never raises: what cannot be done is
    a refusal in `place`.
    """
    place = Place("", refusal=NOT_ASKED)
    if folder is not None or device is not None:
        place = look_within(LOOK_SECONDS, folder, device, wanted, consent)
    bytes_used = _size_of(place, wanted)
    return DiskPlan(
        mode=mode,
        place=place,
        seconds=0.0,
        bytes=0,
        size=bytes_used,
        jobs=_jobs(mode, place),
        rounds=ROUNDS[mode],
        hold_seconds=HOLD_SECONDS[mode],
        fio=_fio(mode, bytes_used),
        busy_ok=busy_ok,
        path=_path_in(facts, place),
    )


def where(plan: DiskPlan, watched: bool) -> Where:
    """What is measured, as a recording names it; `watched`: the kernel counts what others do to it."""
    place = plan.place
    point = place.mount.point if place.mount else ""
    return Where(place.folder, point, place.device, plan.path, place.raw, watched, place.system)


def _size_of(place: Place, wanted: int) -> int:
    if place.refusal:
        return 0
    return place.total // MIB * MIB if place.raw else file_size(place.total, place.free, wanted)


def _fio(mode: Effort, size: int) -> Program:
    if not size:
        return Program(missing="no disk benchmark is run")
    return Program(missing="a light look asks no other program") if mode == "light" else fio.find()


def _jobs(mode: Effort, place: Place) -> tuple[Job, ...]:
    jobs = {"light": LIGHT_JOBS, "quick": JOBS, "full": LONG_JOBS}[mode]
    return tuple(job for job in jobs if job.kind == "read") if place.raw else jobs


def _path_in(facts: "Facts | None", place: Place) -> str | None:
    """How the disk is served that does the work: a volume on it is software, and says nothing of speed."""
    if facts is None or place.device is None:
        return None
    name = (place.device.disk or place.device.name).replace("/", "!")  # as sysfs writes it
    return next((disk.path for disk in facts.block if disk.name == name), None)


def describe(plan: DiskPlan) -> list[str]:
    """What would be done, one line each."""
    place = plan.place
    if place.refusal:
        return [f"disk: skipped: {place.refusal}"]
    device = place.device.name if place.device else "no single device"
    what = f"a nameless test file of {size(plan.size)}"
    if place.raw:
        what = f"only read, nothing is written to its {size(plan.size)}"
    first = f"disk: {place.folder} ({device}): {what}, at most {plan.seconds:.0f} s and {size(plan.bytes)}"
    if plan.mode == "light":
        return [first, *_lightly(place)]
    low, high = plan.rounds
    return [
        first,
        f"disk: {low} to {high} rounds of:",
        *map(_described, plan.jobs),
        *([] if place.raw else ["disk: single requests after pauses; blocks of old files, if there are any"]),
        f"disk: at most {plan.hold_seconds:.0f} s more in search of a burst's end",
        *_mixed(plan),
        *_cross_checks(plan),
    ]


def _lightly(place: Place) -> list[str]:
    pauses = f"at most {gently.SECONDS:g} s; a request is under way {gently.SHARE:.0%} of the time"
    lines = [f"  single reads of {'its blocks' if place.raw else 'old blocks'}, at most {gently.WANTED}"]
    lines += [] if place.raw else [f"  single writes of {BLOCK} bytes, each flushed, at most {gently.WANTED}"]
    return [f"disk: of each {pauses}:", *lines]


def _mixed(plan: DiskPlan) -> list[str]:
    if plan.place.raw:
        return []
    most = yabs.SHORT_BYTES if plan.mode == "quick" else 2 * len(yabs.BLOCKS) * yabs.SIZE
    by = "fio" if plan.fio.path else "the embedded engine"
    what = f"mixed reads and writes of {', '.join(MIXED[id] for id, _ in yabs.BLOCKS)} as YABS has them"
    return [f"disk: {what}, by {by}, at most {yabs.seconds(plan.mode)} s each and {size(most)}"]


def _described(job: Job) -> str:
    what = f"{job.kind} {job.block} bytes, {job.depth} at once"
    return f"  {job.id}: {what}, at most {job.seconds} s and {size(job.bytes)}"


def _cross_checks(plan: DiskPlan) -> list[str]:
    if plan.fio.path is None:
        return [f"cross-check: skipped: {plan.fio.missing}"]
    file: fio.File = f"{plan.place.folder}\\.vaudit-….fio" if plan.place.system else 3
    return [f"cross-check: {' '.join(fio.command(plan.fio.path, job, file, plan.size))}" for job in plan.jobs]
