"""The plugin: state, first line, figures, 4 KB; UNKNOWN for whatever goes wrong; real monitoring systems."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.outer import DEBS, LIBRARIES, program
from tests.output.samples import ALL, bad, bench, good
from vaudit.commands.common import Stop
from vaudit.commands.nagios import seconds
from vaudit.model.finding import Finding
from vaudit.model.report import Report
from vaudit.output.json import compact
from vaudit.output.nagios import Answer, Asked, answer, unknown

ROOT = Path(__file__).parent.parent.parent
LIMITS = {"steal_warn": 0.05, "steal_fail": 0.1}
FIGURE = re.compile(r"[\w.@/:-]+=-?[\d.e+-]+(s|B|%)?(;[\d.]*){0,4}")


def said(report: Report, warn: str = "low", crit: str = "high", **more: Any) -> Answer:
    return answer(report, Asked(warn, crit), 60, 93600, LIMITS, **more)


def of(*findings: Finding, **more: Any) -> Report:
    return msgspec.structs.replace(good(), findings=list(findings), **more)


def failed(severity: str, message: str = "sda is an emulated disk", subject: str = "sda") -> Finding:
    return Finding("storage.emulated-disk", "fail", severity, subject, message)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("warn", "crit", "severities", "code"),
    [
        ("low", "high", [], 0),
        ("low", "high", ["info"], 0),
        ("low", "high", ["low"], 1),
        ("low", "high", ["medium", "low"], 1),
        ("low", "high", ["low", "high"], 2),
        ("medium", "high", ["low"], 0),
        ("never", "high", ["medium"], 0),
        ("never", "never", ["high"], 0),
        ("low", "never", ["high"], 1),
        ("high", "medium", ["medium"], 2),
    ],
)
def test_the_severities_make_the_state(warn: str, crit: str, severities: list[str], code: int) -> None:
    assert said(of(*map(failed, severities)), warn, crit).code == code


def test_the_first_line_says_which_is_worst_and_how_many_more() -> None:
    found = [failed("low", "no swap"), failed("high"), failed("medium", "a slow clock")]
    first, *lines = said(of(*found)).text.splitlines()
    assert first.startswith(
        "VAUDIT CRITICAL - sda is an emulated disk, and 2 more | age=60s;;93600;0 high=1;;;0 "
    )
    assert lines == [
        "high: sda is an emulated disk (storage.emulated-disk)",
        "medium: a slow clock (storage.emulated-disk)",
        "low: no swap (storage.emulated-disk)",
    ]


def test_a_check_that_could_not_be_used_is_unknown_where_nothing_is_worse() -> None:
    broken = Finding("mine.swap", "error", "low", "", "no fact memory.swop")
    assert said(of(broken)).text.startswith(
        "VAUDIT UNKNOWN - a check could not be used: no fact memory.swop |"
    )
    assert said(of(broken, failed("high"))).code == 2


def test_figures_are_in_base_units_and_have_the_thresholds_of_the_checks() -> None:
    benches = [
        bench("cpu.steal", 0.2, "share", target="cpu"),
        bench("network.send", 8e9, "bit/s", target="a b=c'd"),
        bench("disk.fdatasync", 300, "iops"),
        bench("disk.read", 1e8, "B/s", confidence="none"),
    ]
    figures = said(of(benchmarks=benches)).text.splitlines()[0].split(" | ")[1].split()
    assert figures[6:] == ["cpu.steal=20%;5;10", "network.send@a_b_c_d=1e+09B", "disk.fdatasync@/var/tmp=300"]


@pytest.mark.parametrize("name", ALL)
def test_it_keeps_the_form_of_plugins_for_every_report(name: str) -> None:
    made = said(ALL[name]()).text
    first, *lines = made.splitlines()
    assert len(made.encode()) <= 4096
    assert made.count("|") == 1
    assert all(FIGURE.fullmatch(one) for one in first.split(" | ")[1].split()), first
    assert not [line for line in lines if not line.isprintable()]


@given(st.text())
def test_no_text_of_a_machine_begins_figures_or_a_line(text: str) -> None:
    made = said(of(failed("high", f"x{text}", text), failed("high", text)))
    assert (made.text.count("|"), made.text.count("\n"), made.code) == (1, 3, 2)


def test_eighty_long_findings_are_counted_within_4_kilobytes() -> None:
    made = said(of(*(failed("medium", f"disk {n} " + "x" * 170) for n in range(80)))).text
    *_, last = made.splitlines()
    told = made.count("\nmedium: ")
    assert len(made.encode()) <= 4096
    assert (last, told > 10) == (f"and {80 - told} more findings", True)


def test_only_of_news_where_that_is_asked() -> None:
    report = of(failed("high"), failed("low", "no swap"))
    assert said(report, news=[]).text.startswith("VAUDIT OK - nothing new |")
    assert said(report, news=[failed("low", "no swap")]).text.startswith("VAUDIT WARNING - new: no swap |")


def test_what_is_not_known_is_said_on_one_line_without_figures() -> None:
    made = unknown("a|b\nc" * 200)
    assert (made.code, made.text.count("|"), made.text.count("\n")) == (3, 0, 1)


@pytest.mark.parametrize(
    ("age", "value"), [("90s", 90), ("30m", 1800), ("26h", 93600), ("8d", 691200), ("2w", 1209600)]
)
def test_ages(age: str, value: float) -> None:
    assert seconds(age) == value


@pytest.mark.parametrize("age", ["", "h", "26", "-1h", "1.5h", "26x", "²h"])
def test_what_is_no_age(age: str) -> None:
    with pytest.raises(Stop):
        seconds(age)


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A folder with a report that was kept just now, of a machine with findings."""
    folder = tmp_path / "state"
    folder.mkdir()
    keep(folder, msgspec.structs.replace(bad(), taken=now()))
    return folder


def keep(folder: Path, report: Report) -> None:
    (folder / "last.json").write_text(compact(report))


def taken(last: Path, when: str) -> None:
    """Gives a kept report another time."""
    last.write_text(json.dumps({**json.loads(last.read_text()), "taken": when}))


def plugin(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vaudit", "nagios", *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **env}
    )


def test_it_answers_from_the_newest_kept_report(state: Path) -> None:
    done = plugin("--state", str(state))
    assert (done.returncode, done.stderr) == (2, "")
    assert re.match(r"VAUDIT CRITICAL - .*, and \d+ more \| age=\d+s;;93600;0 ", done.stdout)
    assert plugin("--state", str(state), "--crit", "never").returncode == 1


@pytest.mark.parametrize(
    ("does", "words", "reason"),
    [
        (lambda last: last.unlink(), [], "no report was kept yet"),
        (lambda last: last.write_text(""), [], "not a vaudit report"),
        (lambda last: last.write_text(last.read_text()[:500]), [], "not a vaudit report"),
        (lambda last: last.write_text("[" * 100_000), [], "last.json"),
        (lambda last: taken(last, "2020-01-01T00:00:00Z"), [], "older than 26h"),
        (lambda last: taken(last, "2120-01-01T00:00:00Z"), [], "time is none that was"),
        (lambda last: taken(last, "yesterday"), [], "time is none that was"),
        (lambda last: (last.unlink(), last.mkdir()), [], "cannot be read"),
        (lambda last: None, ["--max-age", "soon"], "--max-age 'soon'"),
        (lambda last: None, ["--warn", "loud"], "choose one of"),
        (lambda last: None, ["--nonsense"], "no such option"),
        (lambda last: None, ["--state"], "requires an argument"),
        (lambda last: None, ["--config", "/nonexistent/config.toml"], "cannot be read"),
        (lambda last: None, ["--changes"], "history.db"),
    ],
)  # fmt: skip
def test_whatever_goes_wrong_is_unknown_and_said_in_its_line(
    does: Any, words: list[str], reason: str, state: Path
) -> None:
    does(state / "last.json")
    done = plugin("--state", str(state), *words)
    assert (done.returncode, done.stdout.count("\n")) == (3, 1)
    assert done.stdout.startswith("VAUDIT UNKNOWN - ")
    assert reason in done.stdout


def test_an_error_within_is_unknown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from vaudit import main
    from vaudit.commands import nagios

    def fail(_options: Any) -> int:
        raise RuntimeError("a | broken thing")

    monkeypatch.setattr(nagios, "run", fail)
    assert main._code(["nagios"]) == 3
    assert capsys.readouterr().out == "VAUDIT UNKNOWN - internal error: RuntimeError: a / broken thing\n"


@pytest.mark.skipif(os.name != "posix", reason="it becomes another user")
def test_a_report_that_may_not_be_read_is_unknown(state: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, who may read all")
    (state / "last.json").chmod(0)
    code = f"import os, sys; os.setuid(65534); sys.argv = ['vaudit', 'nagios', '--state', {str(state)!r}]; "
    code += "from vaudit.main import main; main()"
    for folder in (state, *state.parents):
        folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run([sys.executable, "-c", code], cwd="/", env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=False)  # fmt: skip
    if "vaudit" not in done.stdout:
        pytest.skip("another user cannot read this checkout")
    assert (done.returncode, "cannot be read" in done.stdout) == (3, True), done


@pytest.mark.skipif(sys.platform != "linux", reason="it scans this machine")
def test_changes_are_held_against_the_report_before(tmp_path: Path) -> None:
    from vaudit.history.keep import keep as kept

    for report in (
        of(failed("low", "no swap"), taken="2026-11-26T00:00:00Z"),
        of(failed("low", "no swap"), taken=now()),
    ):
        kept(str(tmp_path), report, compact(report))
    done = plugin("--state", str(tmp_path), "--changes")
    assert (done.returncode, done.stdout.split(" |")[0]) == (0, "VAUDIT OK - nothing new")
    report = of(failed("low", "no swap"), failed("high", "vdb is emulated", "vdb"), taken=now())
    kept(str(tmp_path), report, compact(report))
    done = plugin("--state", str(tmp_path), "--changes")
    assert (done.returncode, done.stdout.split(" |")[0]) == (2, "VAUDIT CRITICAL - new: vdb is emulated")
    words = [sys.executable, "-m", "vaudit", "accept", report.findings[-1].check, "--state", str(tmp_path)]
    subprocess.run(words, check=True, capture_output=True)
    done = plugin("--state", str(tmp_path), "--changes")
    assert (done.returncode, done.stdout.split(" |")[0]) == (0, "VAUDIT OK - nothing new")


CPU = 0.15
"""Seconds of CPU that an answer may take."""


def test_it_answers_at_once_and_imports_nothing_heavy(state: Path) -> None:
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        plugin("--state", str(state))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < CPU
    command = [sys.executable, "-X", "importtime", "-m", "vaudit", "nagios", "--state", str(state)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "msgspec" in loaded
    assert not loaded & {"rich", "jinja2", "typer", "click", "sqlite3", "psutil", "cpuinfo"}
    assert "vaudit.bench" not in done.stderr


@contextmanager
def daemon(words: list[str], said: Path, **env: str) -> Iterator[None]:
    """A program and its children, while something is looked at; what it says goes into a file."""
    with said.open("w") as file:
        process = subprocess.Popen(
            words, env={**os.environ, **env}, start_new_session=True, stdout=file, stderr=file
        )
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def told(path: Path, wanted: str) -> dict[str, str]:
    """What a status file says of the service, as soon as its check has the result that is wanted."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        text = path.read_text() if path.exists() else ""
        for block in re.findall(r"^servicestatus \{(.*?)^\t?\}", text, re.MULTILINE | re.DOTALL):
            found = dict(re.findall(r"^\t(\w+)=(.*)$", block, re.MULTILINE))
            if found.get("plugin_output", "").startswith(f"VAUDIT {wanted}"):
                return found
        time.sleep(0.3)
    pytest.fail(f"no result in {path}")


NAGIOS = """\
log_file={0}/nagios.log
cfg_file={0}/objects.cfg
object_cache_file={0}/objects.cache
temp_file={0}/tmp
temp_path={0}
status_file={0}/status.dat
status_update_interval=1
lock_file={0}/lock
check_result_path={0}/results
state_retention_file={0}/retention.dat
query_socket={0}/qh
command_file={0}/rw
check_external_commands=0
check_for_updates=0
enable_notifications=0
interval_length=1
service_inter_check_delay_method=n
nagios_user={1}
nagios_group={2}
"""
OBJECTS = """\
define timeperiod {{
  timeperiod_name all
  alias all
  sunday 00:00-24:00
  monday 00:00-24:00
  tuesday 00:00-24:00
  wednesday 00:00-24:00
  thursday 00:00-24:00
  friday 00:00-24:00
  saturday 00:00-24:00
}}
define command {{
  command_name vaudit
  command_line {0}
}}
define contact {{
  contact_name me
  host_notification_period all
  service_notification_period all
  host_notification_commands vaudit
  service_notification_commands vaudit
}}
define host {{
  host_name here
  address 127.0.0.1
  max_check_attempts 1
  contacts me
  check_period all
  notification_period all
}}
define service {{
  host_name here
  service_description vaudit
  check_command vaudit
  max_check_attempts 1
  check_interval 1
  retry_interval 1
  check_period all
  notification_period all
  contacts me
}}
"""


def check(state: Path) -> list[str]:
    return [
        "/usr/bin/env",
        f"PYTHONPATH={ROOT}",
        sys.executable,
        "-m",
        "vaudit",
        "nagios",
        "--state",
        str(state),
    ]


def looked(status: Path, state: Path) -> None:
    """What a monitoring system made of the plugin's answers: critical, then well, then nothing to be read."""
    found = told(status, "CRITICAL")
    assert found["current_state"] == "2"
    assert found["performance_data"].startswith("age=")
    assert "high: " in found["long_plugin_output"]
    keep(state, of(taken=now()))
    assert told(status, "OK")["current_state"] == "0"
    (state / "last.json").unlink()
    found = told(status, "UNKNOWN")
    assert (found["current_state"], found["performance_data"]) == ("3", "")


@pytest.mark.outer("nagios4")
def test_nagios_reads_it(state: Path, tmp_path: Path) -> None:
    import grp
    import pwd

    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    (tmp_path / "results").mkdir()
    (tmp_path / "nagios.cfg").write_text(NAGIOS.format(tmp_path, user, group))
    (tmp_path / "objects.cfg").write_text(OBJECTS.format(" ".join(check(state))))
    with daemon([program("nagios4"), str(tmp_path / "nagios.cfg")], tmp_path / "said"):
        looked(tmp_path / "status.dat", state)


ICINGA = """\
object CheckerComponent "checker" {{ }}
library "compat"
object StatusDataWriter "status" {{
  status_path = "{0}/status.dat"
  objects_path = "{0}/objects.cache"
  update_interval = 1s
}}
object CheckCommand "vaudit" {{ command = {1} }}
object CheckCommand "up" {{ command = [ "/bin/true" ] }}
object Host "here" {{ check_command = "up" }}
object Service "vaudit" {{
  host_name = "here"
  check_command = "vaudit"
  check_interval = 1s
  retry_interval = 1s
  max_check_attempts = 1
}}
"""


@pytest.mark.outer("icinga2")
def test_icinga_reads_it(state: Path, tmp_path: Path) -> None:
    import grp
    import pwd

    command = "[ " + ", ".join(f'"{word}"' for word in check(state)) + " ]"
    (tmp_path / "icinga2.conf").write_text(ICINGA.format(tmp_path, command))
    places = {"ConfigDir": "conf", "DataDir": "data", "LogDir": "log", "CacheDir": "cache"}
    places |= {"SpoolDir": "spool", "InitRunDir": "run"}
    words = [program("icinga2"), "daemon", "-c", str(tmp_path / "icinga2.conf")]
    for name, folder in places.items():
        (tmp_path / folder).mkdir()
        words += ["--define", f"{name}={tmp_path / folder}"]
    user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
    words += ["--define", f"RunAsUser={user}", "--define", f"RunAsGroup={group}"]
    words += ["-I", str(DEBS / "usr" / "share" / "icinga2" / "include")]
    with daemon(words, tmp_path / "said", LD_LIBRARY_PATH=str(LIBRARIES)):
        looked(tmp_path / "status.dat", state)


def test_hints_for_tuning_are_in_no_state_line_or_count() -> None:
    hints = [
        msgspec.structs.replace(failed("high"), status=status, group="tuning")
        for status in ("fail", "unknown")
    ]
    code, text = said(of(*hints), warn="info")
    assert (code, text.count("\n")) == (0, 1)
    assert "high=0;" in text and "unknown=0;" in text
