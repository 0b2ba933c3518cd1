"""The fuzzer itself: a few inputs of each target, and that what is wrong is found."""

import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests import machines
from tests.fuzz import documents, faults, parsers, targets
from tests.fuzz.parsers import random_of
from tests.machines import our_checks
from vaudit.evidence import smbios
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry
from vaudit.output import render
from vaudit.pipeline import scan

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="it forks, and limits its children")
NAMES = sorted(targets.TARGETS)


def fuzz(*words: str) -> "subprocess.CompletedProcess[str]":
    """In a process of its own: one of pytest-xdist's has threads and must not fork."""
    command = [sys.executable, "-m", "tests.fuzz", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)


@pytest.mark.slow
@LINUX
def test_nothing_breaks_on_a_few_inputs_of_each_target() -> None:
    """The same ones in every run: `python -m tests.fuzz` goes on where this ends."""
    done = fuzz("--inputs", "12000", "--seed", "11", "--jobs", "1")
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    tried = dict(re.findall(r"^(\S+) +(\d+) inputs", done.stdout, re.MULTILINE))
    assert sorted(tried) == NAMES
    assert all(int(count) >= 10 or name == "long" for name, count in tried.items())
    assert all(int(tried[name]) >= 100 for name in targets.ALONE)
    assert re.search(r"^read-fio .* faults +\d+ MiB; the slowest", done.stdout, re.MULTILINE)
    alone = sum(int(tried[name]) for name in targets.ALONE)
    whole = sum(int(tried[name]) for name in targets.WHOLE)
    assert f"{whole} inputs of whole scans and {alone} of parsers alone in " in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_number_makes_the_same_input_again(name: str) -> None:
    make = targets.TARGETS[name].make
    first, second, other = (make(random_of(name, number)) for number in (7, 7, 8))
    assert first == second != other


@pytest.mark.parametrize("name", NAMES)
def test_an_input_is_a_file_or_a_folder_of_files(name: str) -> None:
    for number in range(20):
        files = targets.TARGETS[name].make(random_of(name, number))
        assert files and all(isinstance(content, bytes) for content in files.values())
        assert not [path for path in files if path.startswith("/") or ".." in path.split("/")]


@pytest.mark.parametrize("name", sorted(parsers.PARSERS))
def test_a_parser_reads_what_begins_like_its_inputs(name: str) -> None:
    """Fuzzing that is guided by coverage begins with these, and then feeds it any bytes."""
    parser = parsers.PARSERS[name]
    for number in range(3):
        whole = parser.input(random_of(name, number))
        for data in (whole, whole[: len(whole) // 2], b"", b"\xff\x00\n\t1\n"):
            parser.read(data)


def test_files_are_packed_and_unpacked() -> None:
    found: dict[str, bytes | str] = {"a/b": b"1\n\t2", "c": "", "d": "../\u00e9", "e": b""}
    assert parsers.unpacked(parsers.packed(found)) == found


def test_a_dump_that_another_is_read_of_is_a_fault() -> None:
    """What cannot be told apart from what was read is none: here two answers to one question."""
    entries = [Entry("file", "/proc/version", "read", content) for content in (b"1\n", b"2\n")]
    with pytest.raises(faults.Fault, match="another one"):
        parsers.same(entries, {})


def test_a_masked_table_that_lost_a_structure_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    table = documents.tables()[-1]
    parsers.PARSERS["read-smbios"].read(table)
    monkeypatch.setattr(smbios, "masked", lambda _names, data: data[:24])
    with pytest.raises(faults.Fault, match="other structures"):
        parsers.PARSERS["read-smbios"].read(table)


TRIED = """
import os, sys
from tests.fuzz.batches import Batch, Limits, run

def attempt(number, folder):
    if number == 2:
        raise ValueError("broken")
    if number == 3:
        while True:
            pass
    if number == 4:
        os.kill(os.getpid(), 9)
    if number == 5:
        bytearray(1 << 30)
    if number == 6:
        os._exit(0) if os.fork() == 0 else None
    if number == 7:
        import re
        re.match("(a*)*b", "a" * 40)

for told in run([Batch("t", 0, 10)], {"t": attempt}, limits=Limits(64 << 20, 0.3)):
    print(told.done)
    for one in told.faults:
        print(one.number, one.site)
"""


@pytest.mark.slow
@LINUX
def test_each_sort_of_fault_is_found_and_the_others_go_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRIED], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    lines = done.stdout.splitlines()
    counted = sum(int(line) for line in lines if line.isdecimal())
    found = {int(line.split()[0]): line.split(" ", 1)[1] for line in lines if not line.isdecimal()}
    assert counted == 10, done.stdout + done.stderr
    assert found == {
        2: "ValueError: broken",
        3: "no end: too much CPU",
        4: "SIGKILL",
        5: "MemoryError: ",
        7: "no end: too much CPU",
    }


@pytest.mark.slow
@LINUX
def test_an_input_that_broke_something_is_kept(tmp_path: Path) -> None:
    """With no processor time to speak of, all that take more than a tick of the clock do."""
    done = fuzz("checks", "--inputs", "9", "--seed", "1", "--cpu", "0.000001", "--keep", str(tmp_path))
    assert done.returncode == 1
    assert "--seed 1" in done.stdout
    kept = list(tmp_path.iterdir())
    assert kept
    assert all({path.name for path in one.iterdir()} == {"checks", "fault"} for one in kept)


# the laws that every report keeps


REPORT = scan(Recorder(machines.source("synthetic-kvm-good")), our_checks())


@pytest.mark.parametrize("name", ["json", "jsonl", "html", "terminal", "paste"])
def test_an_ordinary_report_keeps_all_laws(name: str) -> None:
    faults.report(REPORT, ours=True)
    faults.shown(name, render(name, REPORT), REPORT)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("paste", "KVM", "\x1b]0;x\x07"),
        ("terminal", "KVM", "\u202e"),
        ("html", "</h1>", "</h1><zq>"),
        ("html", "</h1>", "</h1><p onclick=x>"),
        ("html", "<title>", "<title><!-- x"),
        ("html", "</script>", "<b></script>"),
        ("json", '"kvm"', '"xen"'),
        ("json", "KVM", "\t"),
        ("json", "\n", ""),
    ],
)
def test_a_report_that_breaks_a_law_is_a_fault(name: str, old: str, new: str) -> None:
    text = render(name, REPORT)
    assert old in text
    with pytest.raises((faults.Fault, ValueError)):
        faults.shown(name, text.replace(old, new), REPORT)


def test_random_choices_reach_every_change() -> None:
    """Words of each list get into inputs, not only those of one."""
    from tests.fuzz import mutate

    seen = {mutate.text(Random(number), "a 1\nb 2\n") for number in range(3000)}  # noqa: S311
    for part in ("²", "9" * 5000, "\x1b]0;", "<zq", "{{7*7}}"):
        assert any(part in one for one in seen), part
