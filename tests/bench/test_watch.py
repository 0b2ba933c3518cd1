"""A day of light looks, which takes no time here: its worst hour, its spread, and its end by Ctrl-C."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from tests.bench.runner import BORDERS
from tests.bench.test_light import Counted, plan
from tests.bench.virtual import Disk
from tests.machines import machine, our_checks
from vaudit.bench.cpu.recording import Gap, Gaps, Slice
from vaudit.bench.cpu.recording import Recording as Cpu
from vaudit.bench.day import Times, World, watch
from vaudit.bench.day_recording import Recording
from vaudit.bench.disk.measure import session_of
from vaudit.bench.disk.recording import Recording as DiskRecording
from vaudit.bench.disk.recording import Where
from vaudit.bench.judge import judge
from vaudit.bench.recording import Recordings, decoded, encoded
from vaudit.bench.system.counters import Sample
from vaudit.commands.common import Stop
from vaudit.commands.watch import _looks, seconds
from vaudit.judge.checks import judge as judge_all
from vaudit.judge.verdict import verdict
from vaudit.model.benchmark import Benchmark

DAY = Times(145, 600.0)


class Clock:
    """Time that passes where somebody waits for it; the watch begins at midnight."""

    def __init__(self, stolen: Callable[[float], float] = lambda _at: 0.0, ends: float = 1e9) -> None:
        self.at, self.stolen_until, self.stolen, self.ends = 0.0, 0.0, stolen, ends

    def rest(self, seconds: float) -> None:
        self.stolen_until += self.stolen(self.at) * seconds * os.cpu_count()  # type: ignore[operator]
        self.at += seconds
        if self.at > self.ends:
            raise KeyboardInterrupt

    def text(self) -> str:
        minutes = int(self.at) // 60
        return f"2026-11-{27 + minutes // 1440}T{minutes // 60 % 24:02}:{minutes % 60:02}:00Z"

    def sample(self) -> Sample:
        return Sample(self.at, self.at / 2, self.stolen_until, self.at / 2, 0.0, 0.0, 0.0)

    @property
    def world(self) -> World:
        return World(lambda: self.at, self.rest, self.text, self.sample)


def looked(
    clock: Clock, disk: Callable[[int], Disk], times: Times = DAY
) -> tuple[Recording, list[Benchmark]]:
    """A watch of a disk that is another in each hour, as a record keeps it."""
    number = iter(range(times.number))

    def look() -> Recordings:
        hour = int(clock.at) // 3600
        made = session_of(plan(), Counted(disk(hour), next(number)), BORDERS, lambda _told: None)
        clock.at += 3.0
        gap = [Gap(0, 10_000_000, 0)] if hour == 20 else []
        slices = [Slice(0, 0.1 * at, 100_000_000, gap, 100) for at in range(5)]
        return Recordings(disk=made, cpu=Cpu(gaps=Gaps(slices)))

    made = watch(look, times, BORDERS, lambda _line: None, clock.world)
    kept, unread = decoded(encoded(Recordings(watch=made)))
    assert not unread
    return made, judge(kept, BORDERS)


def by_id(found: list[Benchmark]) -> dict[str, Benchmark]:
    return {each.id: each for each in found}


def test_a_quiet_day_is_steady() -> None:
    recording, found = looked(Clock(), lambda _hour: Disk(old=80, fl=300))
    assert len(recording.probes) == 145
    told = by_id(found)
    assert {told[name].verdict for name in ("disk.day-read", "disk.day-flush", "cpu.day-steal")} == {"steady"}
    assert told["disk.day-flush"].details["looks"] == 145


def test_the_worst_hour_is_named_by_the_clock() -> None:
    evening = Disk(old=80, fl=2500)
    _, found = looked(Clock(), lambda hour: evening if hour == 20 else Disk(old=80, fl=300))
    flush = by_id(found)["disk.day-flush"]
    assert flush.verdict == "uneven"
    assert flush.details["worst_hour"] == "2026-11-27T20:00Z"
    assert "worst in the hour from 20:00 UTC on 2026-11-27" in flush.reason
    assert float(flush.details["worst_hour_value"] or 0) > 2000
    assert (flush.value or 0) < 500
    assert by_id(found)["disk.day-read"].verdict == "steady"
    gaps = by_id(found)["cpu.day-gaps"]
    assert (gaps.verdict, gaps.details["worst_hour"]) == ("uneven", "2026-11-27T20:00Z")


def test_one_bad_look_is_no_bad_hour() -> None:
    looks = iter(range(200))
    _, found = looked(Clock(), lambda _hour: Disk(old=80, fl=9000 if next(looks) == 40 else 300))
    flush = by_id(found)["disk.day-flush"]
    assert flush.verdict == "steady"
    assert float(flush.details["worst_value"] or 0) > 8000


def test_steal_between_two_looks_counts() -> None:
    clock = Clock(lambda at: 0.2 if 3 <= at // 3600 < 4 else 0.001)
    _, found = looked(clock, lambda _hour: Disk(old=80))
    steal = by_id(found)["cpu.day-steal"]
    assert steal.verdict == "uneven"
    assert str(steal.details["worst_hour"]).startswith("2026-11-27T03")
    assert float(steal.details["worst_hour_value"] or 0) == pytest.approx(0.2, rel=0.2)


def test_ctrl_c_shows_what_was_seen_so_far() -> None:
    recording, found = looked(Clock(ends=7000), lambda _hour: Disk(old=80))
    assert len(recording.probes) == 12
    assert recording.wanted == 145
    assert by_id(found)["disk.day-flush"].details["looks"] == 12


def test_too_few_looks_call_nothing_steady() -> None:
    _, found = looked(Clock(), lambda _hour: Disk(old=80), Times(3, 600.0))
    assert by_id(found)["disk.day-flush"].verdict == "inconclusive"


def test_ended_before_the_first_look_nothing_is_claimed() -> None:
    def look() -> Recordings:
        raise KeyboardInterrupt

    made = watch(look, DAY, BORDERS, lambda _line: None, Clock().world)
    [told] = judge(Recordings(watch=made), BORDERS)
    assert (told.status, told.value) == ("skipped", None)
    assert "before the first look was over" in told.reason


def test_a_disk_that_cannot_be_looked_at_says_why() -> None:
    refused = DiskRecording(Where("/x"), "light", refusal="/x is full: choose another folder")
    made = watch(lambda: Recordings(disk=refused), Times(2, 60.0), BORDERS, lambda _line: None, Clock().world)
    assert by_id(judge(Recordings(watch=made), BORDERS))["disk.day-flush"].reason.startswith("/x is full")


def test_the_page_says_it_in_its_first_sentence() -> None:
    facts = machine("synthetic-kvm-good").facts
    _, found = looked(Clock(), lambda hour: Disk(old=80, fl=2500 if hour == 20 else 300))
    told = verdict(facts, found, judge_all(facts, found, our_checks()))
    assert "looked at 145 times: the worst hour was far worse than the others" in told.sentence


@pytest.mark.parametrize(
    ("length", "every", "made"),
    [
        ("24h", "10m", (145, 600.0)),
        ("2d", "1h", (49, 3600.0)),
        ("90m", "60s", (91, 60.0)),
    ],
)
def test_times_are_understood(length: str, every: str, made: tuple[int, float]) -> None:
    assert _looks(length, every) == made


@pytest.mark.parametrize(
    "words",
    [["8d"], ["24"], ["h"], ["0h"], ["-1h"], ["24h", "--every", "30s"], ["1.5h"], ["5m", "--every", "1h"]],
)
def test_what_cannot_be_meant_is_refused_at_once(words: list[str]) -> None:
    command = [sys.executable, "-m", "vaudit", "watch", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_too_long_a_watch_is_told_what_is_possible() -> None:
    with pytest.raises(Stop, match=r"30d is too long: 7d at most \(vaudit schedule"):
        _looks("30d", "10m")


def test_times_without_a_unit_are_refused_in_one_line() -> None:
    with pytest.raises(Stop, match="such as 24h"):
        seconds("24", "TIME")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_watch_in_the_foreground_ends_with_a_page(tmp_path: Path, ending: signal.Signals) -> None:
    page = tmp_path / "day.json"
    words = ["watch", "1h", "--disk", str(tmp_path), "-o", str(page), "--every", "1h"]
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run by nohup
    child = subprocess.Popen([sys.executable, "-m", "vaudit", *words], stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGHUP, before)
    time.sleep(8)
    child.send_signal(ending)
    out, _ = child.communicate(timeout=60)
    assert child.returncode in (0, 3)  # 3: this machine was too busy, or the folder is no disk
    assert "VERDICT" in out
    report = msgspec.json.decode(page.read_bytes())
    assert any(each["id"] == "disk.day-flush" for each in report["benchmarks"])
    assert os.listdir(tmp_path) == ["day.json"]


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal: what shows it, which the test closes, and what programs are given."""
    screen, ends = pty.openpty()
    yield screen, ends
    os.close(ends)


def test_a_lost_terminal_ends_a_watch_with_its_page(tmp_path: Path, terminal: tuple[int, int]) -> None:
    """As SSH does when its connection breaks: nothing can be written there any more."""
    screen, ends = terminal
    page = tmp_path / "day.json"
    words = ["watch", "1h", "--disk", str(tmp_path), "-o", str(page), "--every", "1h"]
    child = subprocess.Popen(
        [sys.executable, "-c", TERMINALS_OWN, *words],
        stdin=ends,
        stdout=ends,
        stderr=ends,
        start_new_session=True,
    )
    with child:
        time.sleep(8)
        os.close(screen)
        assert child.wait(60) in (0, 3)  # 3: this machine was too busy, or the folder is no disk
    assert json.loads(page.read_text())["benchmarks"]
    assert [one.name for one in tmp_path.iterdir()] == ["day.json"]


TERMINALS_OWN = """
import fcntl, signal, sys, termios
signal.signal(signal.SIGHUP, signal.SIG_DFL)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from vaudit.main import main
main()
"""
