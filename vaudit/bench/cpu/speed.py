"""How fast the CPUs hash: short figures, to compare hosts, and one host with itself over time.

`openssl speed -elapsed -evp sha256 -bytes 1048576` computes the same where Python hashes by OpenSSL: the two
lay within 6 % of each other, on an idle machine and on a busy one. There is no scale of other hosts: no
published figures of just this were found. Processors with SHA instructions are several times faster at
SHA-256; few have any for SHA-512.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable

import msgspec

from vaudit import procfs
from vaudit.bench.cpu.plan import ROUNDS
from vaudit.bench.cpu.recording import Speed
from vaudit.bench.system import counters, guards
from vaudit.model.benchmark import Round

ROUND_SECONDS = 0.1
ALL_SECONDS = 0.21
"""A round on all vCPUs: ROUNDS of them keep every vCPU busy a little longer than steal needs to be told."""
_PIECE = bytes(range(256)) * 4096
"""1 MiB, which the caches hold. hashlib lets other threads run meanwhile: a piece must take so long that the
interpreter's lock is not what a hundred threads wait for."""


def speed(tick: Callable[[], None], number: int = ROUNDS) -> list[Speed]:
    """SHA-256 of cached data on one vCPU and on all, SHA-512 on one."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = []
    for name, algorithm, wanted, seconds in (
        ("cpu.single", "sha256", 1, ROUND_SECONDS),
        ("cpu.all", "sha256", cpus, ALL_SECONDS),
        ("cpu.plain", "sha512", 1, ROUND_SECONDS),
    ):
        tick()
        rounds, threads, before = list[Round](), wanted, counters.sample(None)
        for _ in range(number):
            made, threads = _hash_round(algorithm, threads, seconds)
            rounds.append(made)
        seen = counters.since(before)
        found.append(Speed(name, wanted, threads, _from_zero(rounds), seen, *_clock(), algorithm, _library()))
        tick()
    return found


def _from_zero(rounds: list[Round]) -> list[Round]:
    return [msgspec.structs.replace(each, start=each.start - rounds[0].start) for each in rounds]


def _clock() -> tuple[float | None, str | None]:
    """The highest frequency in MHz that a CPU has just now (guests often see a constant), and the clock
    source."""
    lines = counters.text("/proc/cpuinfo").splitlines()
    told = [procfs.fraction(line.partition(":")[2].strip()) for line in lines if line.startswith("cpu MHz")]
    hertz = [each for each in told if each is not None]
    if not hertz:  # in kHz (kernel, admin-guide/pm/cpufreq.rst)
        now = procfs.whole(counters.text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq").strip())
        hertz = [] if now is None else [now / 1000]
    source = counters.text("/sys/devices/system/clocksource/clocksource0/current_clocksource").strip()
    return max(hertz, default=None), source or None


def _library() -> str:
    """What hashes: Python's hashlib takes OpenSSL where it was built with it."""
    return "OpenSSL" if hashlib.sha256.__module__ == "_hashlib" else "Python"


def _hash_round(algorithm: str, threads: int, seconds: float) -> tuple[Round, int]:
    """One round, and on how many threads: this one, and as many more as can be started."""
    before, counts, digest = counters.sample(None), [0] * threads, getattr(hashlib, algorithm)
    deadline = before.at + seconds

    def work(index: int) -> None:
        while time.monotonic() < deadline:
            digest(_PIECE).digest()
            counts[index] += 1

    others = _started([threading.Thread(target=work, args=(n,), daemon=True) for n in range(1, threads)])
    work(0)
    for other in others:
        other.join()
    seen = counters.since(before)
    speed = sum(counts) * len(_PIECE) / seen.seconds
    ran = 1 + len(others)
    return Round(speed, before.at, seen.seconds, disturbed=guards.held_up(seen, ran)), ran


def _started(threads: list[threading.Thread]) -> list[threading.Thread]:
    """Those that could be started; a limit on processes (pids.max, ulimit -u) counts threads as well."""
    for number, thread in enumerate(threads):
        try:
            thread.start()
        except RuntimeError:
            return threads[:number]
    return threads
