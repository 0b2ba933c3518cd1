"""Two more looks where a figure falls out of the usual; the test drives the clock."""

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from tests.history.kept import bench, report
from vaudit.history import due
from vaudit.history.keep import is_unusual, keep, told
from vaudit.history.state import StateError
from vaudit.output.json import compact

ROOT = Path(__file__).parent.parent.parent
BEGUN = datetime(2026, 3, 1, 4)


def moment(hours: float) -> str:
    """ISO 8601 UTC so many hours after the beginning."""
    return f"{(BEGUN + timedelta(hours=hours)).isoformat()}Z"


def scanned(where: Path, taken: str, value: float, *, asks: bool = True) -> list[str]:
    """What is said for the first time of a kept scan with that figure; it asks for more as --keep does."""
    made = msgspec.structs.replace(report(0, bench(value=value)), taken=taken)
    keep(str(where), made, compact(made))
    if asks and is_unusual(str(where), taken):
        due.ask(str(where), taken, "light")
    return [one.text for one in told(str(where), taken)[1]]


def usual(where: Path, days: int) -> None:
    for day in range(days):
        assert scanned(where, moment(24 * day), 1e9 * (1 + 0.02 * (day % 3 - 1))) == []
        assert due.due(str(where)) == []


@pytest.mark.parametrize("ratio", [0.67, 0.5])
def test_with_a_scan_a_day_a_step_of_half_is_told_the_same_morning(tmp_path: Path, ratio: float) -> None:
    usual(tmp_path, 12)
    start, said = 24.0 * 12, list[tuple[float, str]]()
    assert scanned(tmp_path, moment(start), 1e9 * ratio) == []
    ticks = [start + tick / 4 for tick in range(1, 96)]  # the timer's, each quarter of an hour
    for hours in ticks:
        if due.take(str(tmp_path), moment(hours)):
            said += [
                (hours - start, text) for text in scanned(tmp_path, moment(hours), 1e9 * ratio, asks=False)
            ]
    ((after, text),) = said
    assert after == 1.5
    assert "slower now, since 2026-03-13" in text
    scanned(tmp_path, moment(start + 24), 1e9 * ratio)
    assert due.due(str(tmp_path)) == []  # it was told


def test_what_is_well_again_half_an_hour_later_is_not_told(tmp_path: Path) -> None:
    usual(tmp_path, 12)
    start = 24.0 * 12
    scanned(tmp_path, moment(start), 0.5e9)
    assert due.due(str(tmp_path)) == [(moment(start + 0.5), "light"), (moment(start + 1.5), "light")]
    for hours in (0.5, 1.5):
        assert due.take(str(tmp_path), moment(start + hours)) == "light"
        assert scanned(tmp_path, moment(start + hours), 1e9, asks=False) == []
    assert due.take(str(tmp_path), moment(start + 9)) == ""
    assert not (tmp_path / due.FILE).exists()


@pytest.mark.parametrize("value", [0.85e9, 1.1e9])
def test_what_a_first_word_would_not_be_spoken_of_asks_for_nothing(tmp_path: Path, value: float) -> None:
    usual(tmp_path, 12)
    scanned(tmp_path, moment(24 * 12), value)
    assert due.due(str(tmp_path)) == []


def test_nothing_is_taken_before_its_time_and_nothing_that_is_a_day_old(tmp_path: Path) -> None:
    due.ask(str(tmp_path), moment(0), "quick")
    assert due.take(str(tmp_path), moment(0.4)) == ""
    assert due.ready(str(tmp_path), moment(0.5)) == "quick"
    assert due.take(str(tmp_path), moment(0.5)) == "quick"
    assert due.take(str(tmp_path), moment(0.5)) == ""
    assert due.take(str(tmp_path), moment(26)) == ""
    assert due.due(str(tmp_path)) == []


@pytest.mark.parametrize(
    "text", ["", "\0\n", "2026 light more\n", "9999-99-99T00:00:00Z light\n", "x" * 9000]
)
def test_what_stands_there_may_be_anything(tmp_path: Path, text: str) -> None:
    (tmp_path / due.FILE).write_text(text)
    assert due.take(str(tmp_path), moment(0)) in ("", "light")
    (tmp_path / due.FILE).unlink()
    (tmp_path / due.FILE).mkdir()
    with pytest.raises(StateError):
        due.take(str(tmp_path), moment(0))


def if_due(where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "vaudit",
        "scan",
        "--if-due",
        "--config",
        "/dev/null",
        "--state",
        str(where),
        *words,
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="measures")
def test_the_command_does_nothing_unless_something_is_due(tmp_path: Path) -> None:
    done = if_due(tmp_path, "--keep")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
    assert if_due(tmp_path).returncode == 2
    assert if_due(tmp_path, "--keep", "--from", "x").returncode == 2
    taken = datetime.now(timezone.utc) - timedelta(minutes=40)
    due.ask(str(tmp_path), f"{taken.isoformat()[:19]}Z", "light")
    done = if_due(tmp_path, "--keep", "--fail-on", "never", "--dry-run")
    assert done.returncode == 0
    assert "Nothing would be measured" not in done.stdout
    assert len(due.due(str(tmp_path))) == 2  # nothing was measured, so it is due still
