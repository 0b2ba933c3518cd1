"""Schedules on Windows: the lines for a command prompt, read again as Windows reads them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vaudit.commands import schedule
from vaudit.commands.common import FAILED, USAGE, Stop
from vaudit.commands.planned import Plan, schtasks

PROGRAM = r"C:\Program Files\Python312\Scripts\vaudit.exe"


def plan(*program: str, bench: str = "light") -> Plan:
    return Plan(list(program) or [PROGRAM], 4 * 60 + 5, bench)


def read(line: str) -> list[str]:
    r"""The words of a line, as Windows' programs take them apart: \" is a quote, quotes hold spaces."""
    found, word, quoted, at = list[str](), "", False, 0
    while at < len(line):
        if line.startswith('\\"', at):
            word, at = word + '"', at + 1
        elif line[at] == '"':
            quoted = not quoted
        elif line[at] == " " and not quoted:
            found, word = [*found, word], ""
        else:
            word += line[at]
        at += 1
    return [*found, word]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda _: r"C:\Users\A Name")


def test_a_day_has_a_small_scan_and_a_week_a_larger_one() -> None:
    day, week = map(read, schtasks.shown(plan()).splitlines())
    assert day[:-1] == ["schtasks", "/Create", "/TN", "vaudit", "/SC", "DAILY", "/ST", "04:05", "/TR"]
    assert week[2:9] == ["/TN", "vaudit-weekly", "/SC", "WEEKLY", "/D", "SUN", "/ST"]
    command = read(day[-1])
    assert command[:4] == [PROGRAM, "scan", "--bench", "light"]
    assert command[-2:] == ["--disk", r"C:\Users\A Name"]
    assert command[5:7] == ["--fail-on", "never"] and "--keep" in command


def test_without_a_benchmark_there_is_one_line_and_no_folder() -> None:
    shown = schtasks.shown(plan(bench="off"))
    assert shown.count("\n") == 1 and "--disk" not in shown and "/XML" not in shown


@pytest.mark.parametrize("name", [r"C:\100%\vaudit.exe", "C:\\" + "d" * 260 + "\\vaudit.exe"])
def test_what_a_prompt_or_a_task_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(Stop) as stopped:
        schtasks.shown(plan(name))
    assert stopped.value.code == FAILED


def test_nothing_is_installed_and_elsewhere_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vaudit", "schedule", "schtasks"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3 and "schtasks needs Windows" in done.stderr
    monkeypatch.setattr(sys, "platform", "win32")
    for asked in ({"install": True}, {"remove": True}, {"root": "C:\\"}):
        with pytest.raises(Stop) as stopped:
            schedule.run(schedule.Options("schtasks", **asked))
        assert stopped.value.code == USAGE
    with pytest.raises(Stop, match="use `vaudit schedule schtasks`"):
        schedule.run(schedule.Options("cron"))


@pytest.mark.parametrize("there", ["vaudit.exe", "vaudit.pyz", "__main__.py"])
def test_the_program_is_what_was_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there: str) -> None:
    file = tmp_path / there
    file.touch()
    monkeypatch.setattr(sys, "argv", [str(file).removesuffix(".exe")])
    wanted = {
        "vaudit.exe": [str(file)],
        "vaudit.pyz": [sys.executable, str(file)],
        "__main__.py": [sys.executable, "-m", "vaudit"],
    }
    assert schedule.program_of_windows() == wanted[there]
