"""Schedules: what systemd and cron are given, that only what is ours is changed, and what exit codes mean."""

import os
import subprocess
import sys
import zipapp
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.outer import program
from vaudit.commands.common import Stop
from vaudit.commands.planned import Plan, cron, is_ours, systemd
from vaudit.commands.planned.systemd import quoted
from vaudit.commands.schedule import minutes

ROOT = Path(__file__).parent.parent
UNITS = [
    "vaudit-again.service",
    "vaudit-again.timer",
    "vaudit-weekly.service",
    "vaudit-weekly.timer",
    "vaudit.service",
    "vaudit.timer",
]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a schedule needs Linux")


def plan(folder: Path | str = "", minute: int = 240, bench: str = "light", **more: Any) -> Plan:
    return Plan(["/usr/bin/vaudit"], minute, bench, root=str(folder), **more)


def schedule(*words: object, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vaudit", "schedule", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **more)


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_daily_scan_measures_a_little_and_the_weekly_one_more() -> None:
    units = {os.path.basename(path): text for path, text in systemd.units(plan()).items()}
    assert sorted(units) == UNITS
    command = "ExecStart=/usr/bin/vaudit scan --bench {} --keep --fail-on never --wait 3600\n"
    assert command.format("light") in units["vaudit.service"]
    assert command.format("quick") in units["vaudit-weekly.service"]
    assert "OnCalendar=*-*-* 04:00:00\n" in units["vaudit.timer"]
    assert "OnCalendar=Sun *-*-* 04:00:00\n" in units["vaudit-weekly.timer"]
    again = "ExecStart=/usr/bin/vaudit scan --if-due --keep --fail-on never --wait 3600\n"
    assert again in units["vaudit-again.service"]
    assert "OnCalendar=*:0/15\n" in units["vaudit-again.timer"]


@pytest.mark.parametrize(("bench", "number"), [("off", 1), ("light", 3), ("quick", 2)])
def test_a_weekly_scan_and_one_that_is_due_are_only_there_where_it_does_more(bench: str, number: int) -> None:
    assert len(systemd.units(plan(bench=bench))) == 2 * number
    assert cron.table(plan(bench=bench)).count("/usr/bin/vaudit scan") == number


def test_the_timers_catch_up_and_their_delay_is_at_most_an_hour_and_always_the_same() -> None:
    for path, text in systemd.units(plan()).items():
        lines = text.splitlines()
        if path.endswith(".timer") and "again" not in path:
            assert {"Persistent=true", "RandomizedDelaySec=1h", "FixedRandomDelay=true"} <= set(lines)


def test_what_is_measured_is_not_slowed_down_and_nothing_that_is_looked_at_is_hidden() -> None:
    hides = [
        "Nice",
        "IOSchedulingClass",
        "CPUSchedulingPolicy",
        "MemoryDenyWriteExecute",
        "ProcSubset",
        "ProtectProc",
        "PrivateDevices",
        "DevicePolicy",
        "DeviceAllow",
        "ProtectClock",
        "PrivateNetwork",
        "ProtectKernelLogs",
        "PrivateUsers",
        "ProtectKernelModules",
        "CapabilityBoundingSet",
        "SuccessExitStatus",
    ]
    for text in systemd.units(plan()).values():
        assert not [line for line in text.splitlines() if line.partition("=")[0] in hides]


@pytest.mark.parametrize(
    ("word", "line"),
    [("/usr/bin/vaudit", "/usr/bin/vaudit"), ("/opt/my tools/vaudit", '"/opt/my tools/vaudit"'),
     ("/opt/100%/vaudit", '"/opt/100%%/vaudit"'), ("/opt/$x/v", '"/opt/$$x/v"'), ('a"b\\', '"a\\"b\\\\"')],
)  # fmt: skip
def test_words_are_what_systemd_reads_as_them(word: str, line: str) -> None:
    assert quoted(word) == line


def test_the_program_is_named_by_its_absolute_path(tmp_path: Path) -> None:
    made = tmp_path / "vaudit.pyz"
    made.write_text(f"#!{sys.executable}\nimport sys; sys.path.insert(0, {str(ROOT)!r})\n"
                    "from vaudit.main import main; main()\n")  # fmt: skip
    for mode, starts in ((0o755, f"{made}"), (0o644, f"{sys.executable} {made}")):
        made.chmod(mode)
        words = [sys.executable, made.name, "schedule", "systemd"]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert f"ExecStart={starts} scan " in done.stdout
    assert f"ExecStart={sys.executable} -m vaudit scan " in schedule("systemd", "--root", tmp_path).stdout


@pytest.mark.parametrize("started", ["relative", "by a link", "on the path"])
def test_a_program_that_is_one_file_is_named_whole_and_has_a_cache_in_its_unit(
    started: str, tmp_path: Path
) -> None:
    (tmp_path / "app").mkdir()
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom vaudit.main import main; main()\n"
    (tmp_path / "app" / "__main__.py").write_text(code)
    (tmp_path / "bin").mkdir()
    made = tmp_path / "bin" / "vaudit.pyz"
    zipapp.create_archive(tmp_path / "app", made, sys.executable)
    (tmp_path / "vaudit").symlink_to(made)
    ways = {
        "relative": (["bin/vaudit.pyz"], made),
        "by a link": ([str(tmp_path / "vaudit")], tmp_path / "vaudit"),
        "on the path": (["vaudit.pyz"], made),
    }
    words, path = ways[started]
    env = {**os.environ, "PATH": f"{made.parent}:{os.environ['PATH']}"}
    units, table = (
        subprocess.run(
            [*words, "schedule", how, "--show"],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for how in ("systemd", "cron")
    )
    starts = [line for line in units.splitlines() if line.startswith("ExecStart=")]
    assert len(starts) == 3 and all(line.startswith(f"ExecStart={path} scan ") for line in starts)
    assert units.count("\nCacheDirectory=vaudit\n") == 3
    assert units.count("\nEnvironment=SHIV_ROOT=/var/cache/vaudit PEX_ROOT=/var/cache/vaudit\n") == 3
    assert table.count(f" root {path} scan ") == 3


def test_a_program_whose_path_would_be_more_than_one_line_is_refused(tmp_path: Path) -> None:
    made = tmp_path / "a\n* * * * * root reboot\n" / "vaudit"
    made.parent.mkdir()
    made.write_text(f"#!{sys.executable}\nimport sys; sys.path.insert(0, {str(ROOT)!r})\n"
                    "from vaudit.main import main; main()\n")  # fmt: skip
    made.chmod(0o755)
    for how in ("systemd", "cron"):
        done = subprocess.run([str(made), "schedule", how], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
        assert "cannot stand in a schedule" in done.stderr


@pytest.mark.parametrize("how", ["systemd", "cron"])
def test_what_is_installed_is_what_was_shown_and_goes_away_again(how: str, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "hosts").write_text("ours\n")
    shown = schedule(how, "--root", tmp_path, "--daily", "3:30").stdout
    assert files(tmp_path) == {"etc/hosts": "ours\n"}
    for _ in range(2):  # the second time over the first
        done = schedule(how, "--install", "--root", tmp_path, "--daily", "3:30", umask=0o077)
        assert (done.returncode, done.stderr) == (0, "")
    for path in done.stdout.splitlines():
        text = Path(path).read_text()
        assert f"== {path}\n{text}" in shown
        assert text.endswith("\n")
        assert Path(path).stat().st_mode & 0o777 == 0o644
    gone = schedule(how, "--remove", "--root", tmp_path)
    assert gone.returncode == 0
    assert sorted(gone.stdout.splitlines()) == sorted(done.stdout.splitlines())
    assert files(tmp_path) == {"etc/hosts": "ours\n"}
    assert not [path for path in tmp_path.rglob("*") if path.is_symlink()]
    assert schedule(how, "--remove", "--root", tmp_path).returncode == 0


def test_the_timers_of_a_system_in_a_folder_are_switched_on(tmp_path: Path) -> None:
    schedule("systemd", "--install", "--root", tmp_path)
    wants = tmp_path / "etc" / "systemd" / "system" / "timers.target.wants"
    assert {path.name: os.readlink(path) for path in wants.iterdir()} == {
        name: f"/etc/systemd/system/{name}"
        for name in ("vaudit.timer", "vaudit-weekly.timer", "vaudit-again.timer")
    }
    schedule("systemd", "--install", "--root", tmp_path, "--bench", "off")  # has no weekly one
    assert [path.name for path in wants.iterdir()] == ["vaudit.timer"]
    assert not (wants.parent / "vaudit-weekly.service").exists()


@pytest.mark.parametrize("how", ["systemd", "cron"])
@pytest.mark.parametrize("asked", ["--install", "--remove"])
def test_a_file_that_was_changed_by_hand_stays_and_so_does_all_else(
    how: str, asked: str, tmp_path: Path
) -> None:
    paths = schedule(how, "--install", "--root", tmp_path).stdout.splitlines()
    changed = Path(paths[-1])
    changed.write_text(changed.read_text().replace("4", "5"))
    before = files(tmp_path)
    done = schedule(how, asked, "--root", tmp_path, "--bench", "quick")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert f"{changed}: was made or changed by somebody else" in done.stderr
    assert files(tmp_path) == before


def test_a_file_of_somebody_elses_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "etc" / "cron.d").mkdir(parents=True)
    (tmp_path / "etc" / "cron.d" / "vaudit").write_text("0 4 * * * root vaudit scan\n")
    assert schedule("cron", "--install", "--root", tmp_path).returncode == 3
    assert files(tmp_path) == {"etc/cron.d/vaudit": "0 4 * * * root vaudit scan\n"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["at"], "choose one of systemd, cron, schtasks"),
        (["cron", "--daily", "4"], "--daily '4'"),
        (["cron", "--daily", "24:00"], "a day goes from 00:00 to 23:59"),
        (["cron", "--daily", "04:0x"], "such as 04:00"),
        (["cron", "--install", "--remove"], "name one of"),
        (["cron", "--bench", "full"], "choose one of off, light, quick"),
    ],
)
def test_mistakes(words: list[str], said: str) -> None:
    done = schedule(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_times() -> None:
    assert [minutes(time) for time in ("00:00", "4:05", "23:59")] == [0, 245, 1439]
    with pytest.raises(Stop):
        minutes("²:00")


def lines(table: str) -> list[list[str]]:
    return [line.split(None, 6) for line in table.splitlines() if line[:1].isdigit()]


def test_cron_begins_within_an_hour_at_a_minute_of_the_machines_own(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    starts = set()
    for number in range(40):
        (tmp_path / "etc" / "machine-id").write_text(f"{number:032x}\n")
        first = cron.table(plan(tmp_path))
        assert first == cron.table(plan(tmp_path))
        (minute, hour, *_), *_ = lines(first)
        starts.add((hour, minute))
    assert {hour for hour, _ in starts} == {"4"}
    assert len(starts) > 15


def test_cron_asks_four_times_an_hour_whether_something_is_due(tmp_path: Path) -> None:
    *_, again = lines(cron.table(plan(tmp_path)))
    minutes_of_hour = [int(one) for one in again[0].split(",")]
    assert (len(minutes_of_hour), again[1:5]) == (4, ["*"] * 4)
    assert {late - early for early, late in pairwise(minutes_of_hour)} == {15}
    assert " scan --if-due --keep " in again[-1]


def test_cron_past_midnight_is_the_next_day(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "machine-id").write_text("f" * 32)
    late = cron.delay(plan(tmp_path))
    assert late > 0
    daily, weekly, _ = lines(cron.table(plan(tmp_path, 1439)))
    assert daily[:5] == [str(late - 1), "0", "*", "*", "*"]
    assert weekly[:5] == [str(late - 1), "0", "*", "*", "1"]


def test_a_line_of_cron_has_all_that_cron_leaves_out() -> None:
    made = Plan(["/opt/50% off/vaudit"], 240, "off")
    text = cron.table(made)
    assert "PATH=/usr/local/sbin:" in text
    assert "\nSHELL=/bin/sh\n" in text
    ((*_, user, command),) = lines(text)
    assert user == "root"
    assert command.startswith("'/opt/50\\% off/vaudit' scan ")
    assert "." not in os.path.basename(cron.FILE)


@pytest.fixture
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's table, and the program that reads and writes it as Debian's does."""
    table = tmp_path / "table"
    (tmp_path / "crontab").write_text(
        f'#!/bin/sh\ncase "$1" in\n'
        f'-l) test -f {table} || echo "no crontab for me" >&2; cat {table} 2>/dev/null;;\n'
        f"-r) rm {table};;\n-) cat > {table};;\nesac\n"
    )
    (tmp_path / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return table


@pytest.mark.parametrize("before", ["", "0 1 * * * backup\n", "MAILTO=me\n0 1 * * * backup"])
def test_a_users_table_keeps_all_that_is_the_users(before: str, crontab: Path) -> None:
    own = plan(is_system=False)
    if before:
        crontab.write_text(before)
    cron.install(own)
    cron.install(plan(is_system=False, bench="off"))
    text = crontab.read_text()
    assert text.startswith(before)
    assert text.count("/usr/bin/vaudit scan") == 1
    assert "root" not in text
    assert "* PATH=/usr/local/sbin:" in text
    assert cron.remove(own) == "your crontab\n"
    assert (crontab.read_text() if crontab.exists() else "") == before + "\n" * (
        before[-1:] not in ("", "\n")
    )
    assert "no schedule" in cron.remove(own)


def test_a_users_table_in_which_our_lines_were_changed_stays(crontab: Path) -> None:
    cron.install(plan(is_system=False))
    changed = crontab.read_text().replace("light", "off")
    crontab.write_text(changed)
    for work in (cron.install, cron.remove):
        with pytest.raises(Stop, match="changed by hand"):
            work(plan(is_system=False))
    assert crontab.read_text() == changed


def test_a_users_units_lie_in_the_users_folder_and_ask_nothing_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    units = systemd.units(plan(is_system=False))
    assert {os.path.dirname(path) for path in units} == {f"{tmp_path}/systemd/user"}
    assert not [text for text in units.values() if "Protect" in text or "StateDirectory" in text]
    assert all(is_ours(text) for text in units.values())


@pytest.mark.outer("systemd-analyze")
@pytest.mark.parametrize("is_system", [True, False])
def test_systemd_has_nothing_to_say_of_the_units(is_system: bool, tmp_path: Path) -> None:
    made = Plan([sys.executable, "-m", "vaudit"], 240, "light", is_system)
    for path, text in systemd.units(made).items():
        (tmp_path / os.path.basename(path)).write_text(text)
    env = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    verify = [program("systemd-analyze"), *([] if is_system else ["--user"]), "verify", "--man=no"]
    done = subprocess.run(
        [*verify, *map(str, tmp_path.iterdir())], capture_output=True, text=True, check=False, env=env
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    wrong = tmp_path / "vaudit.timer"
    wrong.write_text(wrong.read_text().replace("Persistent", "Persistant"))
    done = subprocess.run([*verify, str(wrong)], capture_output=True, text=True, check=False, env=env)
    assert "Persistant" in done.stderr


def test_an_error_never_ends_with_1(tmp_path: Path) -> None:
    """1 is findings, and a schedule's own lines never end so: --fail-on never."""
    code = "import sys; sys.argv = ['vaudit', 'scan', '--bench', 'off', '--fail-on', 'never']\n"
    code += "import vaudit.commands.scan as scan\ndef broken(_): raise RuntimeError('x')\nscan.run = broken\n"
    code += "from vaudit.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
