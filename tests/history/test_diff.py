"""`vaudit diff`: what it takes, how it ends, and that real scans of an unchanged machine do not differ."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.history.kept import MACHINES, audited, bench, day, report
from vaudit.history.keep import keep
from vaudit.output import render
from vaudit.output.json import compact

FOUR, EMULATED = MACHINES / "lab-kvm-four.vdump", MACHINES / "lab-kvm-emulated.vdump"


def run(*words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "vaudit", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Five kept days; on the last the disk is slower."""
    for number in range(5):
        one = report(number, bench(value=4e8 if number == 4 else 1e9))
        keep(str(tmp_path), one, compact(one))
    return tmp_path


@pytest.mark.slow
def test_the_last_two_kept_reports_are_compared_unless_others_are_named(state: Path) -> None:
    for words in ((), ("last~1", "last"), ("last~1",), ("last~3", day(4)[:10]), (day(0)[:10],)):
        done = run("diff", *words, "--state", state)
        assert (done.returncode, done.stderr) == (1, ""), words
        assert "sequential read (vda:/): worse, 1 GB/s → 400 MB/s" in done.stdout
    done = run("diff", "last~2", "last~1", "--state", state)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Nothing changed.\n1 benchmark is the same.\n")


@pytest.mark.slow
def test_dumps_reports_and_pages_are_taken(tmp_path: Path) -> None:
    one, two = audited("lab-kvm-four"), audited("lab-kvm-emulated")
    (tmp_path / "a.json").write_text(render("json", one))
    (tmp_path / "a.html").write_text(render("html", one))
    (tmp_path / "b.json").write_text(render("json", two))
    for before in (FOUR, tmp_path / "a.json", tmp_path / "a.html"):
        for after in (EMULATED, tmp_path / "b.json"):
            done = run("diff", before, after, "--other")
            assert (done.returncode, done.stderr) == (1, "")
            assert "high: A disk is emulated, which is slow" in done.stdout
    assert run("diff", FOUR, tmp_path / "a.html").returncode == 0


def test_two_machines_are_not_compared_unless_that_is_asked_for(tmp_path: Path) -> None:
    for name in "ab":
        one = msgspec.structs.replace(audited(), machine=name)
        (tmp_path / f"{name}.json").write_text(render("json", one))
    pair = tmp_path / "a.json", tmp_path / "b.json"
    assert run("diff", *pair, "--other").returncode == 0
    done = run("diff", *pair)
    assert (done.returncode, done.stdout) == (2, "")
    assert "these are two machines" in done.stderr and "--other" in done.stderr


def test_where_nothing_tells_which_machine_it_is_that_is_said() -> None:
    done = run("diff", FOUR, FOUR)
    assert done.returncode == 0
    assert done.stdout.startswith("Nothing tells whether both are of one machine")


def test_what_differs_is_told_to_programs_too(state: Path) -> None:
    found = json.loads(run("diff", "--format", "json", "--state", state).stdout)
    assert [(one["sort"], one["what"]) for one in found["lines"]] == [
        ("benchmark", "disk.read embedded vda:/")
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("no-such-file",), 3, "no such file, and no name of a kept report"),
        (("last~9",), 3, "only 5 reports are kept"),
        (("2020-01-01",), 3, "nothing was kept by then; the first report is of 2026-01-01"),
        (("--format", "yaml"), 2, "choose"),
    ],
)
def test_what_cannot_be_compared_is_one_line(
    state: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = run("diff", *words, "--state", state)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_where_nothing_is_kept_that_is_said(tmp_path: Path) -> None:
    done = run("diff", "--state", tmp_path)
    assert done.returncode == 3
    assert "no report was kept yet" in done.stderr


def test_another_machine_that_was_kept_tells_nothing_of_what_is_usual(tmp_path: Path) -> None:
    for number in range(12):
        machine = "one" if number > 9 else "other"
        one = msgspec.structs.replace(
            report(number, bench(value=1e9 if number < 11 else 8.5e8)), machine=machine
        )
        keep(str(tmp_path), one, compact(one))
    done = run("diff", "--state", tmp_path)
    assert done.returncode == 0


INSIDE = {
    "plain": (),
    "all namespaces": ("unshare", "-m", "-p", "-n", "-u", "-i", "--fork", "--mount-proc"),
    "no network": ("unshare", "-n"),
    "user namespace": ("unshare", "-U", "-r"),
    "one processor": ("taskset", "-c", "0"),
    "another architecture": ("setarch", "i686", "-R"),
    "without environment": ("env", "-i", "PATH=/usr/bin:/bin"),
    "its own /sys": ("unshare", "-m", "sh", "-c", 'mount -t sysfs s /sys && exec "$@"', "sh"),
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="it records this machine")
@pytest.mark.parametrize("words", INSIDE.values(), ids=INSIDE)
def test_two_records_of_this_machine_do_not_differ(words: tuple[str, ...], tmp_path: Path) -> None:
    """The guests of the lab are looked at twice in the same way: tests/lab/compare.py."""
    if words and not shutil.which(words[0]):
        pytest.skip(f"no {words[0]} here")
    for name in ("a.vdump", "b.vdump"):
        record = [*words, sys.executable, "-m", "vaudit", "record", "-o", str(tmp_path / name), "--salt", "x"]
        done = subprocess.run(record, capture_output=True, text=True, check=False)
        if done.returncode and words:
            pytest.skip(done.stderr)
    assert (tmp_path / "a.vdump").read_text() != (tmp_path / "b.vdump").read_text()
    done = run("diff", tmp_path / "a.vdump", tmp_path / "b.vdump")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1:] == ["", "Nothing changed."], done.stdout
