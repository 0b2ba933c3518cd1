"""The CPU: time that the hypervisor withheld during the whole run, and a short figure of its speed.

Steal only shows while the vCPUs want to run: a zero from an idle guest proves nothing. So it is judged on
the busy part of the run, to which the speed probe adds a stretch with every vCPU busy.
"""

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable
from statistics import median

from vaudit.bench import guards, spin
from vaudit.bench.plan import Plan
from vaudit.bench.samples import Benchmark, Round
from vaudit.bench.stats import widened

BUSY = 0.20
"""Share of all vCPUs above which a stretch of the run counts for steal."""
ENOUGH_SECONDS = 1.0
SURE_SECONDS = 20.0
"""Busy seconds below which the confidence in a share of steal is low."""
ROUNDS = 5
ROUND_SECONDS = 0.1
_PIECE = bytes(range(256)) * 256  # 64 KiB: stays in the first caches, and hashlib releases the lock

LIMITS = [
    "some hypervisors never report stolen time: a zero may mean that it is hidden",
    "whether it lasts: the rule of thumb speaks of 10 % over 20 minutes",
    "a limit that only bites after minutes of load (CPU credits)",
]
WORDS = ((0.10, "steal-severe"), (0.05, "steal-high"), (0.02, "steal-noticeable"), (0.0, "steal-none"))
"""Lowest share, verdict. 10 % over minutes is a rule of thumb for a degraded guest; the rest is ours."""


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
        word = next(word for least, word in WORDS if share >= least)
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


def measure(plan: Plan, tick: Callable[[], None]) -> list[Benchmark]:
    """The gaps that a spinning thread sees, and the speed of one vCPU and of all."""
    gaps = spin.measure(plan.spin_seconds, plan.bare_metal)
    return [gaps, *speed(tick, ROUNDS if plan.mode == "quick" else 4 * ROUNDS)]


def speed(tick: Callable[[], None], number: int = ROUNDS) -> list[Benchmark]:
    """SHA-256 of cached data on one vCPU and on all: figures to compare one host with itself over time."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = []
    for name, threads in (("cpu.single", 1), ("cpu.all", cpus)):
        tick()
        rounds = [_hash_round(threads, time.monotonic()) for _ in range(number)]
        clock = _clock()
        tick()
        found.append(_speed(name, threads, rounds, clock))
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


def _hash_round(threads: int, start: float) -> Round:
    before, counts = guards.sample(None), [0] * threads
    deadline = time.monotonic() + ROUND_SECONDS

    def work(index: int) -> None:
        while time.monotonic() < deadline:
            hashlib.sha256(_PIECE).digest()
            counts[index] += 1

    workers = [threading.Thread(target=work, args=(index,), daemon=True) for index in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    after = guards.sample(None)
    seconds = after.at - before.at
    # /proc/stat counts in steps of 10 ms, too coarse for one round: what we wanted and did not get tells more
    missing = 1 - (after.own - before.own) / (threads * seconds)
    disturbed = f"this program had a CPU only {1 - missing:.0%} of the time" if missing > 0.15 else ""
    return Round(sum(counts) * len(_PIECE) / seconds, start, seconds, disturbed=disturbed)


def _speed(
    name: str, threads: int, rounds: list[Round], clock: dict[str, float | int | str | bool | None]
) -> Benchmark:
    counted = [each.value for each in rounds if not each.disturbed]
    values = counted or [each.value for each in rounds]
    first = rounds[0].start
    return Benchmark(
        id=name,
        target="one vCPU" if threads == 1 else f"{threads} vCPUs",
        engine="embedded",
        unit="B/s",
        value=median(values),
        interval=widened(values),
        samples=[
            Round(each.value, each.start - first, each.seconds, disturbed=each.disturbed) for each in rounds
        ],
        verdict="" if len(counted) >= 3 else "inconclusive",
        confidence="low" if len(counted) >= 3 else "none",
        reason="" if len(counted) >= 3 else "other programs or the hypervisor took the CPU in most rounds",
        limits=["speed at anything but hashing; processors with SHA instructions look several times faster"],
        details={"threads": threads, **clock},
        command=["SHA-256 over 64 KiB pieces"],
        seconds=sum(each.seconds for each in rounds),
    )
