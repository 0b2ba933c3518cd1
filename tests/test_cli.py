"""The program as a user runs it: exit codes, one clear line for each mistake, nothing half-written."""

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import machines
from vaudit.commands import COMMANDS, GROUPS
from vaudit.main import _code
from vaudit.output import FORMATS

MACHINES = Path(__file__).parent / "machines"
Inside = Callable[..., "subprocess.CompletedProcess[str]"]
GOOD = machines.path("synthetic-bare-metal")
BAD = machines.path("synthetic-kvm-emulated")


def vaudit(*words: object, **options) -> subprocess.CompletedProcess[str]:
    """Runs the program with no colour variables and a fixed width; both outputs are captured."""
    env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    env |= {"COLUMNS": "80", "XDG_CONFIG_HOME": "/nonexistent", **options.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "vaudit", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=env,
        **options,
    )


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Inside:
    """Runs the program within this process, in a folder of its own: all but that it ends."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        code = _code([*map(str, words)])
        out, err = capsys.readouterr()
        return subprocess.CompletedProcess([*map(str, words)], code, out, err)

    return run


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The only line on stderr."""
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


# exit codes


@pytest.mark.parametrize(
    ("machine", "fail_on", "code"),
    [(GOOD, "high", 0), (BAD, "high", 1), (BAD, "never", 0), (BAD, "info", 1)],
)
def test_the_exit_code_says_whether_there_are_findings(machine: Path, fail_on: str, code: int) -> None:
    assert vaudit("scan", "--from", machine, "--fail-on", fail_on).returncode == code


@pytest.mark.parametrize(
    ("machine", "names", "code", "lines"),
    [
        ("synthetic-bare-metal", "docker,proxmox", 0, ["docker: yes: ", "proxmox: yes: "]),
        ("synthetic-hyperv-root", "kvm, docker", 1, ["kvm: no: Hyper-V", "docker: yes: "]),
        ("synthetic-nothing-recorded", "docker", 3, ["docker: unknown: "]),
        ("lab-xen-dom0", "docker,proxmox", 1, ["docker: unknown: ", "proxmox: no: 891 MiB of memory"]),
    ],
)
def test_scripts_ask_what_runs_here(machine: str, names: str, code: int, lines: list[str]) -> None:
    done = vaudit("scan", "--can", names, "--from", machines.path(machine))
    assert done.returncode == code, done.stderr
    assert all(line.startswith(start) for line, start in zip(done.stdout.splitlines(), lines, strict=True))


def test_a_plan_is_part_of_the_answer_and_decides_the_exit_code(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('processors = 1\nmemory = "8 GB"\n')
    machine = machines.path("lab-kvm-virtio")
    done = vaudit("scan", "--plan", plan, "--from", machine)
    assert done.returncode == 1, done.stderr
    assert done.stdout.index("FINDINGS") < done.stdout.index("YOUR PLAN")  # the answer stands last
    assert "8 GB of memory  not kept" in done.stdout
    assert "My plan promises 8 GB of memory" in done.stdout
    kept = vaudit("scan", "--plan", "1 vCPU, 512 MB RAM", "--from", machine, "-f", "json")
    assert kept.returncode == 0, kept.stderr
    assert [one["kept"] for one in json.loads(kept.stdout)["plan"]] == [True, True]
    shared = vaudit("scan", "--plan", plan, "--from", machine, "-f", "paste")
    assert "not kept: 8 GB of memory (" in shared.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["scan", "--can", "docker,podmann", "--from", GOOD],
            "--can 'podmann': name some of docker, rootless",
        ),
        (["scan", "--can", ",", "--from", GOOD], "--can ',': name some of docker"),
        (["scan", "--can", "docker", "--format", "html", "--from", GOOD], "leave --format and --output out"),
        (["scan", "--can", "docker", "--from", GOOD, "--from", BAD], "name one record"),
        (["scan", "--plan", "Debian 12", "--from", GOOD], "--plan: 'Debian 12' is not understood"),
        (["scan", "--plan", "none.toml", "--from", GOOD], "--plan none.toml: cannot be read"),
        (["scan", "--format", "pdf", "--from", GOOD], f"choose one of {', '.join(FORMATS)}"),
        (["scan", "--fail-on", "awful", "--from", GOOD], "choose one of info, low, medium, high, never"),
        (["record", "-o", "x.vdump", "--bench", "quick", "--device", "/dev/vdz"], "needs --yes"),
        (["bench", "disk", "--device", "/dev/vdz"], "needs --yes"),
        (["scan", "--bench", "slow"], "choose one of light, quick, full, off"),
        (["scan", "--bench", "quick", "--from", GOOD], "cannot go with --from"),
        (["scan", "--from", GOOD, "-o", "report.pdf"], "names no format"),
        (["scan", "--from", GOOD, "--checks", "/nonexistent"], "no such folder"),
        (["scan", "--from", GOOD, "--from", BAD, "-o", "x.html"], "-o x.html shows one machine"),
        (
            ["scan", "--from", GOOD, "--from", BAD, "-f", "html"],
            "use terminal, paste, letter, json, jsonl, junit or markdown",
        ),
        (["scan", "--from", MACHINES, "-f", "html"], "--format html shows one machine"),
        (["report", "x.json", "--color", "red"], "choose one of auto, always, never"),
        (["bench", "disk", "--bench", "off"], "choose one of light, quick, full"),
        (["bench", "network"], "missing option '--peer'; see `vaudit bench network --help`"),
        (["scan", "--frm", GOOD], "no such option"),
        (["scan", "--bench"], "'--bench' requires an argument; see `vaudit scan --help`"),
        (["bench", "disk", "--device"], "'--device' requires an argument; see `vaudit bench disk --help`"),
        (["bench", "disk", ""], "the disk to measure: '' names no folder"),
        (["bench", "disk", "", "--dry-run"], "the disk to measure: '' names no folder"),
        (["scan", "--disk", ""], "the disk to measure: '' names no folder"),
        (["record", "-o", "x.vdump", "--bench", "quick", "--disk="], "'' names no folder"),
        (["bench", "disk", "--device", "", "--yes"], "the disk to measure: '' names no device"),
        (["scn"], "no such command 'scn'"),
        (["explain", "storage.emulated-dick"], "storage.emulated-disk"),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(
    words: list[object], said: str, tmp_path: Path, inside: Inside
) -> None:
    done = inside(*words)
    assert done.returncode == 2
    assert said in complaint(done)
    assert not list(tmp_path.iterdir())


def test_a_process_that_was_used_wrongly_ends_with_2(tmp_path: Path) -> None:
    done = vaudit("scn", cwd=tmp_path)
    assert done.returncode == 2
    assert "no such command 'scn'" in complaint(done)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a vaudit dump"),
        (b"\x7fELF" + bytes(range(256)) * 10, "not a vaudit dump"),
        (GOOD.read_bytes()[:2000], "cut off"),
        (GOOD.read_bytes().replace(b"@cpuid ", b"@cpuid zz", 1), "damaged at line"),
    ],
)
def test_a_damaged_dump_is_3(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "host.vdump").write_bytes(content)
    done = vaudit("scan", "--from", tmp_path / "host.vdump")
    assert (done.returncode, done.stdout) == (3, "")
    assert said in complaint(done)
    assert "host.vdump" in done.stderr


def test_a_huge_dump_is_3(tmp_path: Path) -> None:
    with (tmp_path / "huge.vdump").open("wb") as file:
        file.write(b"vdump 1\n")
        file.truncate(10 << 30)
    done = vaudit("scan", "--from", tmp_path / "huge.vdump")
    assert done.returncode == 3
    assert "larger than" in complaint(done)


def test_a_missing_path_and_an_empty_folder_are_3(tmp_path: Path) -> None:
    assert "no such file" in complaint(vaudit("scan", "--from", tmp_path / "nothing"))
    done = vaudit("scan", "--from", tmp_path)
    assert done.returncode == 3
    assert "holds no" in complaint(done)


def test_a_report_that_cannot_be_written_is_3(tmp_path: Path) -> None:
    done = vaudit("scan", "--from", GOOD, "-o", tmp_path / "missing" / "report.html")
    assert done.returncode == 3
    assert "does not exist" in complaint(done)
    done = vaudit("scan", "--from", GOOD, "-o", "/proc/report.json")
    assert done.returncode == 3
    assert "/proc/report.json" in complaint(done)


def test_a_full_disk_leaves_the_old_report_whole(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # noqa: E731
    # coverage writes a file of its own, which would be cut too
    done = vaudit(
        "scan",
        "--from",
        GOOD,
        "-o",
        target,
        preexec_fn=limit,
        env={"PYTHONDONTWRITEBYTECODE": "1", "COVERAGE_PROCESS_CONFIG": ""},
    )
    assert done.returncode == 3
    assert "could not be written" in complaint(done)
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert target.read_text() == "old"


def test_a_full_standard_output_is_3() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vaudit", "scan", "--from", str(GOOD)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert "standard output could not be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["scan --help", "--version", "checks", "scan --from GOOD -f json"])
@pytest.mark.parametrize(("to", "reason"), [(">/dev/full", "No space left"), (">&-", "Bad file descriptor")])
def test_an_output_that_takes_nothing_is_3_and_one_line(words: str, to: str, reason: str) -> None:
    asked = words.replace("GOOD", str(GOOD))
    shell = f"{sys.executable} -m vaudit {asked} {to}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert complaint(done).startswith(f"vaudit: standard output could not be written: {reason}")


def test_a_report_is_written_and_the_complaint_kept_apart_where_outputs_are_closed(tmp_path: Path) -> None:
    shell = f"{sys.executable} -m vaudit scan --from {GOOD} -o {tmp_path}/a.json >&- 2>&-"
    assert subprocess.run(["bash", "-c", shell], check=False).returncode == 3
    assert json.loads((tmp_path / "a.json").read_text())["schema"] == "vaudit.report/2"
    shell = f"{sys.executable} -m vaudit report {tmp_path}/none.json 2>&-"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (3, b"")


def test_a_reader_that_goes_away_is_no_error() -> None:
    shell = f"{sys.executable} -m vaudit scan --from {BAD} --format json | head -c 10"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    assert done.stderr == ""


# many machines


@pytest.mark.slow
def test_one_process_scans_a_folder_one_line_each() -> None:
    done = vaudit("scan", "--from", MACHINES, "--format", "jsonl", "--fail-on", "never")
    assert done.returncode == 0
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(reports) == len(list(MACHINES.glob("*.vdump")))
    assert {one["schema"] for one in reports} == {"vaudit.report/2"}
    assert reports[0]["source"]["kind"] == "dump"


def json_of(*words: object) -> Any:
    return json.loads(vaudit("scan", *words, "--format", "json", "--fail-on", "never").stdout)


@pytest.mark.slow
def test_many_machines_are_one_json_document() -> None:
    reports = json_of("--from", MACHINES)
    assert [Path(one["source"]["name"]) for one in reports] == sorted(MACHINES.glob("*.vdump"))
    assert [one["source"]["name"] for one in json_of("--from", BAD, "--from", GOOD)] == [str(BAD), str(GOOD)]


@pytest.mark.slow
def test_one_record_is_an_object_and_a_folder_of_records_a_list(tmp_path: Path) -> None:
    (tmp_path / "host.vdump").write_bytes(GOOD.read_bytes())
    assert json_of("--from", tmp_path / "host.vdump")["schema"]
    assert [one["source"]["name"] for one in json_of("--from", tmp_path)] == [f"{tmp_path}/host.vdump"]
    root = tmp_path / "host" / "proc"
    root.mkdir(parents=True)
    (root / "cpuinfo").write_text("processor : 0\n")
    assert json_of("--from", root.parent)["source"] == {"kind": "capture", "name": str(root.parent)}


def test_no_readable_record_is_an_empty_list_and_3(tmp_path: Path) -> None:
    (tmp_path / "a.vdump").write_text("vdump 1\n")
    done = vaudit("scan", "--from", tmp_path, "--format", "json", "-o", tmp_path / "all.json")
    assert (done.returncode, json.loads(done.stdout)) == (3, [])
    assert not (tmp_path / "all.json").exists()


@pytest.mark.slow
def test_files_of_many_machines_do_not_depend_on_standard_output(tmp_path: Path) -> None:
    words = [word for name in ("all.json", "all.jsonl", "all.txt") for word in ("-o", tmp_path / name)]
    done = vaudit("scan", "--from", BAD, "--from", GOOD, "--format", "paste", *words)
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("vaudit ") == 2
    reports = json.loads((tmp_path / "all.json").read_text())
    assert [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()] == reports
    each = [vaudit("scan", "--from", machine).stdout for machine in (BAD, GOOD)]
    told = "".join(line for text in each for line in text.splitlines(True) if not line.startswith("  page "))
    assert (tmp_path / "all.txt").read_text() == told  # only a terminal is told how to have a page
    assert len(list(tmp_path.iterdir())) == 3


def test_a_page_of_a_folder_with_one_machine_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "host.vdump").write_bytes(GOOD.read_bytes())
    done = vaudit("scan", "--from", tmp_path, "--format", "html")
    assert done.stdout.lower().startswith("<!doctype html>")
    assert done.stdout.count("</html>") == 1


def test_a_document_that_cannot_be_written_does_not_keep_the_others_from_it(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vaudit", "scan", "--from", str(GOOD), "-o", str(tmp_path / "a.json")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert "standard output could not be written" in complaint(done)
    assert json.loads((tmp_path / "a.json").read_text())["schema"]


@pytest.mark.slow
def test_many_machines_take_little_more_memory_than_one() -> None:
    code = (
        "import resource, sys\nfrom vaudit.main import start\n"
        "start(sys.argv[1:])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )

    def peak(times: int) -> int:
        words = ["scan", "--format", "json", *["--from", str(MACHINES)] * times]
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
        )
        return int(done.stderr)

    assert peak(8) < 1.25 * peak(1)


def test_from_may_be_given_twice_and_a_damaged_record_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "bad.vdump").write_text("vdump 1\n")
    done = vaudit("scan", "--from", tmp_path / "bad.vdump", "--from", GOOD, "--format", "jsonl")
    assert done.returncode == 3
    assert "cut off" in complaint(done)
    assert json.loads(done.stdout)["source"]["name"] == str(GOOD)


# recording


def at_rest(*scan: str | Path) -> dict[str, Any]:
    """A report of a scan without what changes from one second to the next, and what records mask."""
    report: dict[str, Any] = json.loads(vaudit("scan", *scan, "-f", "json", "--fail-on", "never").stdout)
    for name in ("available", "swap_used", "balloon"):
        report["facts"]["memory"].pop(name)
    for name in ("steal", "steal_shown", "wanted_seconds", "up_seconds", "mhz"):
        report["facts"]["cpu"].pop(name)
    for disk in report["facts"]["block"]:
        disk.pop("mounts")
    return report


def recorded_undisturbed(dump: Path) -> dict[str, Any]:
    """A scan that is alike before and after the recording: other tests bring and remove loop devices."""
    for _ in range(5):
        before = at_rest("--bench", "off")
        done = vaudit("record", "-o", dump)
        assert done.returncode == 0, done.stderr
        assert "masked" in done.stderr
        live = at_rest("--bench", "off")
        if live["facts"] == before["facts"]:
            return live
    pytest.fail("devices came or went in each of five recordings")


def test_a_recorded_machine_is_scanned_alike_elsewhere(tmp_path: Path) -> None:
    dump = tmp_path / "host.vdump"
    live = recorded_undisturbed(dump)
    elsewhere = at_rest("--from", dump)
    assert elsewhere["facts"] == live["facts"]
    assert elsewhere["source"] == {"kind": "dump", "name": str(dump)}
    assert elsewhere["coverage"]["unrecorded"] == 0


def test_nothing_is_recorded_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = vaudit("record", "-o", tmp_path / "no" / "host.vdump")
    assert done.returncode == 3
    assert "does not exist" in complaint(done)


# what a scan prints


def test_json_stands_alone_on_standard_output() -> None:
    done = vaudit("scan", "--from", GOOD, "--format", "json")
    assert json.loads(done.stdout)["schema"] == "vaudit.report/2"
    assert done.stderr == ""


def test_a_pipe_gets_no_colour_unless_it_is_forced() -> None:
    assert "\x1b" not in vaudit("scan", "--from", BAD).stdout
    assert "\x1b" in vaudit("scan", "--from", BAD, env={"FORCE_COLOR": "1"}).stdout
    assert "\x1b" in vaudit("scan", "--from", BAD, "--color", "always").stdout
    assert "\x1b" not in vaudit("scan", "--from", BAD, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout


def test_files_are_written_in_the_format_of_their_suffix(tmp_path: Path) -> None:
    names = ["a.html", "a.json", "a.jsonl", "a.txt"]
    done = vaudit("scan", "--from", GOOD, *[word for name in names for word in ("-o", tmp_path / name)])
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert (tmp_path / "a.html").read_text().lower().startswith("<!doctype html>")
    assert json.loads((tmp_path / "a.json").read_text())["schema"] == "vaudit.report/2"


@pytest.mark.slow
def test_a_stored_report_can_be_shown_again(tmp_path: Path) -> None:
    vaudit("scan", "--from", BAD, "-o", tmp_path / "a.json")
    again = vaudit("report", tmp_path / "a.json")
    assert again.returncode == 0, again.stderr
    assert again.stdout == vaudit("scan", "--from", BAD).stdout
    vaudit("scan", "--from", BAD, "--from", GOOD, "-o", tmp_path / "all.json", "-o", tmp_path / "all.jsonl")
    both = vaudit("scan", "--from", BAD, "--from", GOOD).stdout
    assert vaudit("scan", "--from", GOOD).stdout.splitlines()[0] in both
    assert vaudit("report", tmp_path / "all.json").stdout == both
    assert vaudit("report", tmp_path / "all.jsonl").stdout == both
    assert len(json.loads(vaudit("report", tmp_path / "all.jsonl", "-f", "json").stdout)) == 2
    assert vaudit("report", tmp_path / "all.json", "-f", "html").returncode == 2
    for name in ("all.json", "all.jsonl"):  # as an editor on Windows saves them
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf\r\n" + (tmp_path / name).read_bytes())
        assert vaudit("report", tmp_path / name).stdout == both
    (tmp_path / "b.json").write_text('{"schema": "vaudit.report/1"')
    done = vaudit("report", tmp_path / "b.json")
    assert done.returncode == 3
    assert "not a vaudit report" in complaint(done)


@pytest.mark.slow
def test_a_stored_report_is_judged_by_plan_checks_and_severity(tmp_path: Path) -> None:
    stored = tmp_path / "a.jsonl"
    stored.write_text(vaudit("scan", "--from", BAD, "--from", GOOD, "-f", "jsonl").stdout)
    (tmp_path / "mine.toml").write_text('id = "mine.x"\n')
    assert vaudit("report", stored).returncode == 0
    assert vaudit("report", stored, "--fail-on", "high").returncode == 1
    kept = vaudit("report", stored, "--plan", "1 vCPU", "--fail-on", "never", "-f", "jsonl")
    assert kept.returncode == 0
    assert [json.loads(line)["plan"][0]["kept"] for line in kept.stdout.splitlines()] == [True, True]
    broken = vaudit("report", stored, "--plan", "900 vCPU")
    plans = [line for line in broken.stdout.splitlines() if line.strip().startswith("YOUR PLAN")]
    assert (broken.returncode, len(plans)) == (1, 2)
    assert vaudit("report", stored, "--plan", "a good server").returncode == 2
    left_out = vaudit("report", stored, "--checks", tmp_path, "--fail-on", "never")
    assert left_out.returncode == 3
    assert "a check was left out" in complaint(left_out)


def test_a_report_of_another_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for schema, said in (("banana", "its schema is 'banana'"), ("vaudit.report/9", "update vaudit")):
        (tmp_path / "a.json").write_text(json.dumps({"schema": schema}))
        done = vaudit("report", tmp_path / "a.json")
        assert done.returncode == 3
        assert said in complaint(done)


def test_a_report_of_a_newer_vaudit_is_shown_and_what_was_left_out_is_said(tmp_path: Path) -> None:
    vaudit("scan", "--from", BAD, "-o", tmp_path / "a.json")
    newer = json.loads((tmp_path / "a.json").read_text())
    newer["facts"]["gpu"] = newer["facts"]["cpu"]["dice"] = 1
    (tmp_path / "a.json").write_text(json.dumps(newer))
    done = vaudit("report", tmp_path / "a.json")
    assert done.returncode == 0
    assert "2 facts of a newer vaudit were left out" in done.stdout


def test_evidence_lists_what_was_read_absent_denied_and_not_recorded(tmp_path: Path) -> None:
    recorded = (MACHINES / "firecracker-stale-dockerenv.vdump").read_text()
    (tmp_path / "trimmed.vdump").write_text(re.sub(r"@file /proc/stat\n([|>].*\n)+", "", recorded))
    done = vaudit("evidence", "--from", tmp_path / "trimmed.vdump")
    assert done.returncode == 0
    assert "denied" in done.stdout
    assert "file:/proc/1/environ" in done.stdout
    assert "absent" in done.stdout
    assert "not in this record" in done.stdout


def test_a_dry_run_measures_nothing(tmp_path: Path) -> None:
    done = vaudit("scan", "--dry-run", "--disk", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "MiB" in done.stdout or "GiB" in done.stdout
    assert not list(tmp_path.iterdir())


# the checks


def test_a_users_check_adds_and_overrides(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'id = "mine.no-swap"\ntitle = "t"\nseverity = "high"\nfail = "memory.swap == 0"\nmessage = "none"\n'
        'why = "w"\nreferences = []\n'
    )
    (tmp_path / "quiet.toml").write_text('id = "storage.emulated-disk"\nseverity = "info"\n')
    done = vaudit("scan", "--from", BAD, "--checks", tmp_path, "-f", "json")
    findings = {one["check"]: one for one in json.loads(done.stdout)["findings"]}
    assert findings["mine.no-swap"]["status"] == "fail"
    assert findings["storage.emulated-disk"]["severity"] == "info"


def test_a_broken_check_of_a_user_becomes_an_error_finding(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'id = "mine.x"\ntitle = "t"\nseverity = "high"\nfail = "hypervisor.knd == 1"\n'
    )
    done = vaudit("scan", "--from", GOOD, "--checks", tmp_path, "-f", "json")
    errors = [one for one in json.loads(done.stdout)["findings"] if one["status"] == "error"]
    assert len(errors) == 1
    assert "mine.toml" in errors[0]["message"]
    assert done.returncode == 3
    assert complaint(done).startswith(f"vaudit: a check was left out: {tmp_path}/mine.toml: ")


@pytest.mark.parametrize("more", [["--fail-on", "never"], ["--can", "proxmox"], ["--from", str(BAD)]])
def test_a_check_that_looked_at_nothing_is_never_a_good_end(tmp_path: Path, more: list[str]) -> None:
    (tmp_path / "mine.toml").write_text('id = "mine.x"\n')
    done = vaudit("scan", "--from", GOOD, "--checks", tmp_path, *more)
    assert done.returncode == 3
    assert complaint(done).startswith("vaudit: a check was left out: ")


@pytest.mark.parametrize("command", ["", *GROUPS, *COMMANDS])
def test_every_command_has_help_and_the_version(command: str, inside: Inside) -> None:
    from vaudit import __version__

    for flag in ("-h", "--help"):
        done = inside(*command.split(), flag)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"Usage: vaudit {command}".rstrip())
    for flag in ("-V", "--version"):
        assert inside(*command.split(), flag).stdout == f"vaudit {__version__}\n"


def test_a_process_that_was_asked_for_its_version_ends_with_0() -> None:
    from vaudit import __version__

    done = vaudit("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"vaudit {__version__}\n", "")


def test_without_a_command_the_program_shows_which_there_are() -> None:
    done = vaudit()
    assert (done.returncode, done.stdout) == (2, "")
    for command in ("scan", "record", "evidence", "report", "bench", "checks", "explain", "schema", "peer"):
        assert f"\n  {command} " in done.stderr


def test_help_shows_the_choices_and_the_formats_there_are() -> None:
    told = " ".join(vaudit("scan", "--help", env={"COLUMNS": "200"}).stdout.split())
    assert "--bench [light|quick|full|off]" in told
    assert "--color [auto|always|never]" in told
    assert f"--format [{'|'.join(FORMATS)}]" in told
    for form in FORMATS.values():
        assert form.about in told
        assert not form.suffixes or form.suffixes[0] in told


def test_an_internal_error_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import vaudit.facts.linux.kernel as kernel\ndef fails(source):\n"
        "    raise RuntimeError('boom\\x1b[31m')\n"
        "kernel.collect = fails\n"
    )
    done = vaudit("scan", "--from", GOOD, env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 3
    assert f"{GOOD}: internal error: RuntimeError: boom?[31m" in complaint(done)
    seen = vaudit("scan", "--from", GOOD, env={"PYTHONPATH": str(tmp_path), "VAUDIT_DEBUG": "1"})
    assert seen.returncode == 3
    assert "sitecustomize.py" in seen.stderr


@pytest.mark.parametrize(
    ("where", "name"),
    [("facts.collect", "collect"), ("output.json", "render"), ("judge.verdict", "verdict")],
)
def test_one_machine_that_fails_does_not_end_the_others(tmp_path: Path, where: str, name: str) -> None:
    """Whether it cannot be looked at, be judged or be shown."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import vaudit.{where} as module\nimport vaudit.pipeline as pipeline\n"
        f"usual = module.{name}\ncalls = []\n"
        "def fails(*given, **more):\n    calls.append(1)\n    if len(calls) == 2:\n"
        "        raise KeyError('nvmm')\n    return usual(*given, **more)\n"
        f"module.{name} = fails\nif hasattr(pipeline, {name!r}):\n    pipeline.{name} = fails\n"
    )
    folder = tmp_path / "records"
    folder.mkdir()
    for each in "abc":
        (folder / f"{each}.vdump").write_bytes(GOOD.read_bytes())
    done = vaudit("scan", "--from", folder, "-f", "json", env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 3
    assert [Path(one["source"]["name"]).name for one in json.loads(done.stdout)] == ["a.vdump", "c.vdump"]
    assert "b.vdump: internal error: KeyError: 'nvmm'" in complaint(done)


@pytest.mark.parametrize(
    "spoilt",
    [
        "sys.modules['msgspec'] = None",
        "sys.modules['vaudit.output'] = None",
        "sys.modules['gc'] = None",
        "import vaudit.commands.common as c; c.complain = c.put = None",
        "import vaudit.commands.common as c; c.ready_streams = lambda: 1 / 0",
        "import vaudit.commands.scan as s; s.run = lambda options: sys.exit(1)",
        "import vaudit.commands.scan as s; s.run = lambda options: (_ for _ in ()).throw(GeneratorExit)",
    ],
)
def test_what_goes_wrong_in_vaudit_is_never_the_code_of_findings(tmp_path: Path, spoilt: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import sys\n{spoilt}\n")
    done = vaudit("scan", "--from", GOOD, env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 3, done
    assert "Traceback" not in done.stderr


def test_a_json_scan_imports_nothing_heavy() -> None:
    code = (
        "import os, sys\nfrom vaudit.main import main\n"
        f"sys.argv = ['vaudit', 'scan', '--from', {str(GOOD)!r}, '--format', 'json']\n"
        "def leave(code):\n    print(*sys.modules, file=sys.stderr, flush=True)\n    sys.exit(code)\n"
        "os._exit = leave\nmain()\n"
    )
    bare = {**os.environ, "COVERAGE_PROCESS_CONFIG": ""}  # coverage imports things of its own
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=bare)
    loaded = set(done.stderr.split())
    heavy = {"typer", "pydantic", "jinja2", "rich", "rich.table", "psutil", "cpuinfo", "pathlib", "asyncio"}
    assert "vaudit.judge.checks" in loaded
    assert not loaded & (heavy | {"sqlite3", "vaudit.bench.disk"})


# other systems


@pytest.mark.parametrize(
    "words",
    [
        ["scan", "--bench", "quick", "--peer", "x"], ["watch"], ["schedule", "cron"],
        ["scan", "--bench", "light", "--dry-run", "--device", "x", "--yes"],
        ["record", "--bench", "quick", "-o", "x.vdump", "--peer", "x"],
        ["bench", "disk", "--dry-run", "--device", "x", "--yes"],
        ["bench", "network", "--peer", "x", "--dry-run"], ["peer"],
    ],
)  # fmt: skip
def test_what_needs_linux_says_so_elsewhere(words: list[str], tmp_path: Path) -> None:
    done = on_windows(*words, cwd=tmp_path)
    assert done.returncode == 3
    assert "needs Linux, this is win32" in complaint(done)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_records_are_read_elsewhere(tmp_path: Path) -> None:
    done = on_windows("scan", "--from", str(GOOD), "--format", "json", "-o", str(tmp_path / "a.html"))
    assert done.returncode == 0, done.stderr
    assert on_windows("report", str(tmp_path / "a.html"), "-f", "paste").returncode == 0
    assert on_windows("checks").returncode == on_windows("schema").returncode == 0


def on_windows(*words: str, **options) -> subprocess.CompletedProcess[str]:
    """The program where Python calls the system so, and has nothing that only Unix has."""
    code = (
        "import os, shutil, subprocess, sys\n"  # these ask for modules of Windows where they are imported
        "sys.platform = 'win32'\n"
        "for name in ('fork', 'uname', 'geteuid', 'O_NOFOLLOW', 'O_NONBLOCK', 'O_NOCTTY', 'O_CLOEXEC'):\n"
        "    delattr(os, name)\n"
        "from vaudit.main import main\nmain()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False, **options
    )
