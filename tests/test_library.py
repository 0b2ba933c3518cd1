"""`import vaudit`: the program's own functions, for other programs; also for those that have threads."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

import vaudit
from tests import machines
from vaudit.evidence import cpuid
from vaudit.evidence.dump import read

ROOT = Path(__file__).parent.parent
EMULATED = "synthetic-kvm-emulated"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a live scan needs Linux")


def python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, *options, "-c", code]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def program(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "vaudit", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def told(text: str) -> dict[str, object]:
    """What a report says, without when it was made, and pseudonyms, of which each report has its own."""
    raw: dict[str, object] = json.loads(text)
    assert raw.pop("evidence")
    run = raw.pop("run")
    assert isinstance(run, dict)
    return {**raw, "options": run["options"], "mode": run["mode"]}


# the door


def test_importing_it_imports_nothing_of_the_house() -> None:
    done = python("import sys, vaudit; print([m for m in sys.modules if m.startswith('vaudit.')])")
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", vaudit.__all__)
def test_each_name_is_there_and_listed(name: str) -> None:
    assert callable(getattr(vaudit, name))
    assert name in dir(vaudit)


def test_what_editors_see_is_what_there_is() -> None:
    """The names imported for type checkers, those that are found late, and __all__ are the same."""
    import ast

    door = ast.parse((ROOT / "vaudit" / "__init__.py").read_text())
    seen = {
        alias.name: node.module
        for node in ast.walk(door)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vaudit.")
        for alias in node.names
    }
    late = {name: f"vaudit.{home}" for home, names in vaudit._HOMES.items() for name in names}
    assert seen == late
    assert sorted(late) == sorted(vaudit.__all__)


def test_no_module_takes_the_name_of_a_function() -> None:
    """Importing vaudit.scan would put the module in the function's place."""
    assert not [name for name in vaudit.__all__ if (ROOT / "vaudit" / f"{name}.py").exists()]


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="scann"):
        vaudit.scann  # type: ignore[attr-defined]  # noqa: B018


def test_its_types_are_told_to_type_checkers() -> None:
    assert (ROOT / "vaudit" / "py.typed").is_file()


# scan, scans


@LINUX
def test_this_machine() -> None:
    report = vaudit.scan()
    assert report.source.kind == "machine"
    assert report.run.mode == "off"
    assert report.benchmarks == []
    assert report.verdict.sentence


def test_a_record_gives_what_the_program_gives() -> None:
    path = machines.path(EMULATED)
    ours = told(vaudit.render(vaudit.scan(path), "json"))
    theirs = told(program("scan", "--from", str(path), "--format", "json"))
    assert ours == theirs


@LINUX
def test_what_was_asked_is_told_as_the_program_tells_it(tmp_path: Path) -> None:
    theirs = json.loads(
        program("scan", "--bench", "off", "--checks", str(tmp_path), "--disk", "/srv", "--format", "json")
    )
    ours = vaudit.scan(checks=[tmp_path], disk="/srv")
    assert ours.run.options == theirs["run"]["options"] == {"disk": "given", "checks": "given"}


def test_checks_of_ones_own_apply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check = (
        "id = 'mine.{0}'\ntitle = 'Mine'\nseverity = 'low'\nfail = \"hypervisor.kind == 'kvm'\"\n"
        "message = 'so it is'\nwhy = 'For a test.'\n"
    )
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "a.toml").write_text(check.format("given"))
    (tmp_path / "vaudit" / "checks.d").mkdir(parents=True)
    (tmp_path / "vaudit" / "checks.d" / "b.toml").write_text(check.format("usual"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    report = vaudit.scan(machines.path(EMULATED), checks=[tmp_path / "given"])
    assert {"mine.given", "mine.usual"} <= {finding.check for finding in report.failed()}


def test_what_cannot_be_meant_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(vaudit.UsageError, match="no such folder"):
        vaudit.scan(checks=[tmp_path / "none"])
    with pytest.raises(vaudit.UsageError, match="choose one of off, light, quick, full"):
        vaudit.scan(bench="fast")  # type: ignore[arg-type]
    with pytest.raises(vaudit.UsageError, match="cannot go with a record"):
        vaudit.scan(machines.path(EMULATED), bench="quick")
    assert issubclass(vaudit.UsageError, ValueError)


@LINUX
@pytest.mark.parametrize("given", [{"peer": "a b"}, {"device": "/dev/null"}, {"disk": ""}])
def test_so_are_unclear_benchmarks(given: dict[str, str]) -> None:
    with pytest.raises(vaudit.UsageError):
        vaudit.scan(bench="quick", **given)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (EMULATED, "synthetic-xen-pv"):
        (tmp_path / f"{name}.vdump").write_text(machines.text(name))
    return tmp_path


def test_one_machine_or_a_clear_error(folder: Path) -> None:
    with pytest.raises(vaudit.EvidenceError, match="holds 2 machines"):
        vaudit.scan(folder)
    with pytest.raises(vaudit.EvidenceError, match="no such file"):
        vaudit.scan(folder / "none")


def test_many_machines_one_after_another(folder: Path) -> None:
    kinds = {report.facts.hypervisor.kind for report in vaudit.scans(folder)}
    assert kinds == {"kvm", "xen"}
    (folder / "aa.vdump").write_text("no dump")
    with pytest.raises(vaudit.EvidenceError):
        list(vaudit.scans(folder))
    refused: list[vaudit.EvidenceError] = []
    assert len(list(vaudit.scans(folder, unreadable=refused.append))) == 2
    assert "aa.vdump" in str(refused[0])


# load, render, record


@pytest.mark.parametrize("form", ["json", "jsonl", "html"])
def test_what_was_rendered_is_loaded(form: str, tmp_path: Path) -> None:
    report = vaudit.scan(machines.path(EMULATED))
    (tmp_path / "stored").write_text(vaudit.render(report, form))
    assert vaudit.load(tmp_path / "stored") == report


def test_reports_of_all_versions_are_loaded() -> None:
    old = sorted((ROOT / "tests" / "fixtures" / "0.1.0").glob("*.[jh]*"))
    assert old
    assert {vaudit.load(path).vaudit for path in old} == {"0.1.0"}


def test_what_is_no_report_is_a_version_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{}")
    with pytest.raises(vaudit.VersionError, match="names no schema"):
        vaudit.load(tmp_path / "a")
    with pytest.raises(FileNotFoundError):
        vaudit.load(tmp_path / "b")


def test_several_reports_are_loaded_one_by_one(folder: Path) -> None:
    many = folder / "many.jsonl"
    many.write_text("".join(vaudit.render(report, "jsonl") for report in vaudit.scans(folder)))
    with pytest.raises(vaudit.VersionError, match="several"):
        vaudit.load(many)
    assert len(list(vaudit.load_all(many))) == 2
    many.write_text("[]")
    with pytest.raises(vaudit.VersionError, match="no report"):
        vaudit.load(many)


def test_rendering_takes_the_formats_and_their_options() -> None:
    report = vaudit.scan(machines.path(EMULATED))
    assert "\x1b[" in vaudit.render(report, "terminal", color=True)
    assert max(map(len, vaudit.render(report, "terminal", width=60).splitlines())) <= 60
    with pytest.raises(ValueError, match="choose one of"):
        vaudit.render(report, "pdf")


@pytest.mark.slow
@LINUX
def test_a_recorded_machine_is_scanned_like_the_live_one(tmp_path: Path) -> None:
    host = os.uname().nodename
    told = vaudit.record(tmp_path / "host.vdump")
    assert told.entries > 50
    assert told.size == len((tmp_path / "host.vdump").read_text())
    assert told.masked
    assert vaudit.scan(tmp_path / "host.vdump").facts.hypervisor.kind == vaudit.scan().facts.hypervisor.kind
    assert vaudit.record(tmp_path / "raw.vdump", raw=True).masked == {}
    assert read(str(tmp_path / "raw.vdump")).kind == "dump"
    assert host


@LINUX
def test_a_record_that_cannot_be_written_is_refused_first(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="does not exist"):
        vaudit.record(tmp_path / "none" / "host.vdump")


def test_failed_findings_by_severity() -> None:
    report = vaudit.scan(machines.path("synthetic-kvm-all-emulated"))
    high = report.failed("high")
    assert high
    assert {finding.severity for finding in high} == {"high"}
    assert len(report.failed()) == report.summary.fail
    assert len(high) < len(report.failed())


# callers with threads


@pytest.fixture
def another_thread():
    ended = Event()
    thread = Thread(target=ended.wait)
    thread.start()
    yield
    ended.set()
    thread.join()


def answers(xen: bool = False) -> cpuid.Answers:
    child = cpuid.Child(xen=xen)
    try:
        return child.answers()
    finally:
        child.close()


def printed(found: cpuid.Answers | None = None) -> str:
    """The answers, without what differs between the processors of one machine."""
    found = answers() if found is None else found
    return str({leaf: tuple(words) for leaf, words in sorted(found.items()) if leaf not in MOVING})


X86 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="CPUID is of x86")
MOVING = {(1, 0)}
"""The leaf that holds the id of whichever processor runs the child."""


@X86
def test_a_new_interpreter_asks_the_same_as_a_forked_child(
    another_thread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbidden = []
    monkeypatch.setattr(os, "fork", lambda: forbidden.append("fork"))
    beside = answers()
    monkeypatch.undo()
    assert forbidden == []
    code = "from tests.test_library import printed; print(printed())"
    assert len(beside) > 10
    assert printed(beside) == python(code).stdout.strip()


@X86
@LINUX
def test_without_an_interpreter_the_reason_is_told(
    another_thread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/uwsgi")
    monkeypatch.setattr(sys, "base_exec_prefix", "/nowhere")
    child = cpuid.Child()
    assert child.answers() == {}
    assert "could not be started: this Python is built into another program" in child.reason
    assert vaudit.scan().facts.cpu.arch == "x86_64"
    with pytest.raises(vaudit.BenchError, match="built into another program"):
        vaudit.scan(bench="quick")


TWO_AT_ONCE = """
import threading, warnings, vaudit
reports, wrong = [], []
def scan():
    try:
        reports.append(vaudit.scan())
    except BaseException as error:
        wrong.append(repr(error))
both = [threading.Thread(target=scan) for _ in range(2)]
[one.start() for one in both]
[one.join() for one in both]
assert not wrong, wrong
first, second = reports
assert first.facts.cpu.model == second.facts.cpu.model
assert first.facts.hypervisor.kind == second.facts.hypervisor.kind == vaudit.scan().facts.hypervisor.kind
assert not [e for e in first.coverage.errors if e.startswith("cpuid")]
print("well")
"""


@LINUX
def test_two_scans_in_two_threads_at_once_warn_of_nothing() -> None:
    done = python(TWO_AT_ONCE, "-W", "error")
    assert (done.stdout.strip(), done.stderr) == ("well", "")


LOADED_AT_ONCE = """
import sys, threading, vaudit
sys.setswitchinterval(1e-6)
start, found = threading.Barrier(8), []
def load():
    start.wait()
    found.append(vaudit.load(sys.argv[1]).machine)
threads = [threading.Thread(target=load) for _ in range(8)]
[one.start() for one in threads]
[one.join() for one in threads]
print(len(found))
"""


def test_the_first_report_may_be_read_by_many_threads_at_once() -> None:
    """msgspec alone crashes, where one uses what another one is learning (vaudit/model/learned.py)."""
    old = str(ROOT / "tests" / "fixtures" / "0.1.0" / "report.json")
    words = [sys.executable, "-c", LOADED_AT_ONCE, old]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "8\n", "")


MEASURED = """
import threading, vaudit
lines, found = [], []
def measure():
    found.append(vaudit.scan(bench="quick", disk="{folder}", progress=lines.append))
thread = threading.Thread(target=measure)
thread.start()
thread.join()
(report,) = found
print(report.run.mode, bool(lines), sorted({{one.id.partition(".")[0] for one in report.benchmarks}}),
      [one.reason for one in report.benchmarks if one.status == "error"])
"""


@LINUX
@pytest.mark.slow
def test_benchmarks_beside_threads_run_in_a_process_of_their_own(tmp_path: Path) -> None:
    done = python(MEASURED.format(folder=tmp_path), "-W", "error")
    assert done.stderr == ""
    assert done.stdout.strip() == "quick True ['cpu', 'disk', 'memory', 'network'] []"
    assert list(tmp_path.iterdir()) == []


def test_quota_files_follow_the_control_group(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from vaudit.bench.system import cgroups

    for name, held in (("a", 2_000_000), ("b", 5_000_000)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cpu.stat").write_text(f"throttled_usec {held}\n")
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "mountinfo").write_text(f"1 0 0:1 / {tmp_path} rw - cgroup2 cgroup2 rw\n")
    monkeypatch.setattr(cgroups, "PROC", tmp_path / "proc")
    find: Callable[..., list[Path]] = cgroups.groups
    monkeypatch.setattr(cgroups, "groups", lambda controller: find(controller, tmp_path / "proc"))
    (tmp_path / "proc" / "cgroup").write_text("0::/a\n")
    assert cgroups.throttled() == 2.0
    (tmp_path / "proc" / "cgroup").write_text("0::/b\n")
    assert cgroups.throttled() == 5.0
