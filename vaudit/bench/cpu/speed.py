"""The CPU: time that the hypervisor withheld during the whole run, and a short figure of its speed.

Steal only shows while the vCPUs want to run: a zero from an idle guest proves nothing. So it is judged on
the busy part of the run. On many vCPUs that is the speed probe alone, which keeps every vCPU busy for a
little longer than ENOUGH_SECONDS.
"""

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable
from statistics import median

import msgspec

from vaudit.bench.cpu import spin
from vaudit.bench.stats import widened
from vaudit.bench.system import guards
from vaudit.model.benchmark import Benchmark, Round

BUSY = 0.20
"""Share of all vCPUs above which a stretch of the run counts for steal."""
ENOUGH_SECONDS = 1.0
"""Busy seconds below which a share of steal is not told."""
SURE_SECONDS = 20.0
"""Busy seconds below which the confidence in a share of steal is low."""
ROUNDS = 5
ROUND_SECONDS = 0.1
ALL_SECONDS = 0.21
"""A round on all vCPUs: ROUNDS of them make ENOUGH_SECONDS."""
HAD = 0.85
"""Share of a round for which its threads must have had a CPU."""
_PIECE = bytes(range(256)) * 4096
"""1 MiB, which the caches hold. hashlib lets other threads run meanwhile: a piece must take so long that the
interpreter's lock is not what a hundred threads wait for."""

LIMITS = [
    "some hypervisors never report stolen time: a zero may mean that it is hidden",
    "whether it lasts: the rule of thumb speaks of 10 % over 20 minutes",
    "a limit that only bites after minutes of load (CPU credits)",
]


def _had(seen: guards.Change, threads: int) -> float:
    """Share of the time for which so many threads of ours had a CPU."""
    return max(0.0, seen.own / threads)


def held_up(seen: guards.Change, threads: int = 1) -> str:
    """Why a round in which so many threads of ours only computed does not count; empty when it does.

    /proc/stat counts in ticks of 10 ms, too coarse for a round; what we wanted and did not get tells more.
    """
    had = _had(seen, threads)
    return f"this program had a CPU only {had:.0%} of the time" if had < HAD else ""


def why_held_up(seen: guards.Change, threads: int = 1) -> str:
    """The same over all rounds, with its cause where the kernel tells one: a CPU quota, steal, others."""
    said = f"this program had a CPU only {_had(seen, threads):.0%} of the time"
    each = msgspec.structs.replace(seen, stolen_cpus=seen.stolen_cpus / threads)
    cause = guards.disturbed(each, 0, 0, syncs=True)
    return f"{said}: {cause}" if cause else said


class Meter:
    """Samples /proc/stat between the steps of a run."""

    def __init__(self) -> None:
        self.cpus = os.cpu_count() or 1
        self.began = time.monotonic()
        self._last = guards.sample(None)
        self.changes: list[tuple[float, guards.Change]] = []

    def tick(self) -> None:
        """End one stretch and begin the next; stretches under 0.2 s are too coarse and are joined."""
        now = guards.sample(None)
        if now.at - self._last.at >= 0.2:
            self.changes.append((self._last.at - self.began, guards.change(self._last, now, self.cpus)))
            self._last = now

    def result(self) -> Benchmark:
        """The benchmark `cpu.steal`: the share of wanted time that was withheld, over the busy stretches."""
        samples = [
            Round(
                seen.steal, at, seen.seconds, disturbed="" if seen.busy + seen.stolen > BUSY else "vCPUs idle"
            )
            for at, seen in self.changes
        ]
        busy = [seen for _, seen in self.changes if seen.busy + seen.stolen > BUSY]
        seconds = sum(seen.seconds for seen in busy)
        if seconds < ENOUGH_SECONDS:
            return _steal(
                samples, None, "inconclusive", "the vCPUs were not busy long enough to tell", seconds
            )
        wanted = sum((seen.busy + seen.stolen) * seen.seconds for seen in busy)
        share = sum(seen.stolen * seen.seconds for seen in busy) / wanted
        word = f"steal-{spin.grade(share)}"
        reason = (
            f"{share:.1%} of the CPU time that this machine wanted in {seconds:.0f} busy seconds was withheld"
        )
        return _steal(samples, share, word, reason, seconds)


def _steal(samples: list[Round], share: float | None, word: str, reason: str, seconds: float) -> Benchmark:
    counted = [each.value for each in samples if not each.disturbed]
    return Benchmark(
        id="cpu.steal",
        target="all vCPUs",
        engine="vaudit",
        unit="share",
        value=share,
        interval=(min(counted), max(counted)) if share is not None and counted else None,
        samples=samples,
        verdict=word,
        confidence="none" if share is None else "medium" if seconds >= SURE_SECONDS else "low",
        reason=reason,
        limits=LIMITS,
        details={"busy_seconds": seconds},
        command=["/proc/stat between the steps of the run"],
        seconds=sum(each.seconds for each in samples),
    )


def speed(tick: Callable[[], None], number: int = ROUNDS) -> list[Benchmark]:
    """SHA-256 of cached data on one vCPU and on all: figures to compare one host with itself over time."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = []
    for name, wanted, seconds in (("cpu.single", 1, ROUND_SECONDS), ("cpu.all", cpus, ALL_SECONDS)):
        tick()
        rounds, threads, before = list[Round](), wanted, guards.sample(None)
        for _ in range(number):
            made, threads = _hash_round(threads, seconds)
            rounds.append(made)
        seen = guards.since(before)
        found.append(_speed(_empty(name, wanted, threads), threads, rounds, seen))
        tick()
    return found


def _clock() -> dict[str, float | int | str | bool | None]:
    """The clock source, and the highest frequency that a CPU has just now; guests often see a constant."""
    lines = guards.text("/proc/cpuinfo").splitlines()
    hertz = [float(line.split(":")[1]) for line in lines if re.match(r"cpu MHz\s*: *\d+(\.\d+)?$", line)]
    if not hertz:  # in kHz (kernel, admin-guide/pm/cpufreq.rst)
        now = guards.text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq").strip()
        hertz = [int(now) / 1000] if now.isdecimal() else []
    source = guards.text("/sys/devices/system/clocksource/clocksource0/current_clocksource").strip()
    return {"mhz": max(hertz, default=None), "clocksource": source or None}


def _hash_round(threads: int, seconds: float) -> tuple[Round, int]:
    """One round, and on how many threads: this one, and as many more as can be started."""
    before, counts = guards.sample(None), [0] * threads
    deadline = before.at + seconds

    def work(index: int) -> None:
        while time.monotonic() < deadline:
            hashlib.sha256(_PIECE).digest()
            counts[index] += 1

    others = _started([threading.Thread(target=work, args=(n,), daemon=True) for n in range(1, threads)])
    work(0)
    for other in others:
        other.join()
    seen = guards.since(before)
    speed = sum(counts) * len(_PIECE) / seen.seconds
    ran = 1 + len(others)
    return Round(speed, before.at, seen.seconds, disturbed=held_up(seen, ran)), ran


def _started(threads: list[threading.Thread]) -> list[threading.Thread]:
    """Those that could be started; a limit on processes (pids.max, ulimit -u) counts threads as well."""
    for number, thread in enumerate(threads):
        try:
            thread.start()
        except RuntimeError:
            return threads[:number]
    return threads


def _empty(name: str, wanted: int, threads: int) -> Benchmark:
    """A figure of speed without its rounds; told if fewer threads ran than were wanted."""
    limits = ["speed at anything but hashing; processors with SHA instructions look several times faster"]
    target = "one vCPU" if wanted == 1 else f"{wanted} vCPUs"
    if threads < wanted:
        target = f"{threads} of {wanted} vCPUs"
        ran = f"{threads} thread{'s' * (threads > 1)}"
        limits.append(f"all vCPUs together: no more than {ran} could run, as a limit on processes is reached")
    return Benchmark(
        id=name, target=target, engine="embedded", unit="B/s",
        limits=limits, details={"threads": threads, **_clock()}, command=["SHA-256 over 1 MiB pieces"],
    )  # fmt: skip


def _speed(base: Benchmark, threads: int, rounds: list[Round], seen: guards.Change) -> Benchmark:
    first, seconds = rounds[0].start, sum(each.seconds for each in rounds)
    shifted = [msgspec.structs.replace(each, start=each.start - first) for each in rounds]
    made = figure(base, shifted, seen, threads, enough=min(ENOUGH_ROUNDS, len(rounds)))
    return msgspec.structs.replace(made, seconds=seconds)


ENOUGH_ROUNDS = 3
"""Rounds that count, for a figure that can be trusted."""


def figure(
    base: Benchmark, rounds: list[Round], seen: guards.Change, threads: int = 1, enough: int = ENOUGH_ROUNDS
) -> Benchmark:
    """The benchmark with its rounds, their median and what that is worth; `seen`: over all of them."""
    counted = [each.value for each in rounds if not each.disturbed]
    values, sure = counted or [each.value for each in rounds], len(counted) >= enough
    return msgspec.structs.replace(
        base,
        value=median(values),
        interval=widened(values),
        samples=rounds,
        verdict="" if sure else "inconclusive",
        confidence="low" if sure else "none",
        reason="" if sure else why_held_up(seen, threads),
    )
