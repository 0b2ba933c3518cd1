"""A scan always ends: also where a file, a folder or a link never answers, and whatever asks for the end."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import hanging
from vaudit.evidence import apart

ROOT = Path(__file__).parent.parent
VAUDIT = [sys.executable, "-m", "vaudit"]
SCAN = [*VAUDIT, "scan", "--bench", "off", "--format", "json"]
needs_fuse = pytest.mark.skipif(bool(hanging.NEEDS), reason=f"SKIPPED, NOT PASSED: {hanging.NEEDS}")
BESIDE = 15.0
"""Seconds that a scan may take on a busy machine, besides those that it waits."""


@contextlib.contextmanager
def started(places: list[str], words: list[str]) -> Iterator["subprocess.Popen[str]"]:
    """The command, with some places replaced by those that do not answer."""
    argv = [sys.executable, "-m", "tests.hanging", *places, "--", *words]
    with subprocess.Popen(
        argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        try:
            yield child
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def run(places: list[str], words: list[str]) -> tuple[int, str, str, float]:
    """Exit code, outputs, seconds. Skips where nothing can be mounted."""
    began = time.monotonic()
    with started(places, words) as child:
        out, err = child.communicate(timeout=apart.MOST + 2 * BESIDE)
        if "unshare: " in err or "mount: " in err:
            pytest.skip(f"SKIPPED, NOT PASSED: {err.splitlines()[-1]}")
        return child.returncode, out, err, time.monotonic() - began


@needs_fuse
def test_the_stand_in_hangs_who_reads_it_and_not_even_kill_ends_that() -> None:
    """Else the tests below prove nothing."""
    code = (
        "import os, time\nchild = os.fork()\nif child == 0:\n    open('/proc/swaps').read()\n"
        "time.sleep(0.3); os.kill(child, 9); time.sleep(0.3)\n"
        "print(open(f'/proc/{child}/stat').read().split()[2])"
    )
    _, out, _, _ = run(["hang=/proc/swaps"], [sys.executable, "-c", code])
    assert out == "D\n"
    assert run(["fine=/proc/swaps"], ["cat", "/proc/swaps"])[1] == "fine\n"
    assert "Input/output error" in run(["eio=/proc/swaps"], ["cat", "/proc/swaps"])[2]


HANGING = [
    ("hang=/proc/meminfo", "file:/proc/meminfo"),
    ("openhang=/proc/swaps", "file:/proc/swaps"),
    ("stathang=/proc/meminfo", "file:/proc/meminfo"),
    ("slow=/proc/meminfo", "file:/proc/meminfo"),
    ("dirhang=/sys/class/net", "dir:/sys/class/net"),
    ("links=/sys/class/net", "link:/sys/class/net/eth9"),
]


@needs_fuse
@pytest.mark.slow
@pytest.mark.parametrize(("place", "question"), HANGING, ids=[place for place, _ in HANGING])
def test_what_never_answers_is_an_error_that_is_told_and_costs_two_seconds(place: str, question: str) -> None:
    code, out, err, seconds = run([place], SCAN)
    assert (code in (0, 1), err) == (True, "")
    report = json.loads(out)
    assert question in report["coverage"]["errors"]
    assert [note for note in report["notes"] if "no answer" in note and question in note]
    assert apart.PATIENCE <= seconds < apart.PATIENCE + BESIDE


@needs_fuse
def test_what_would_follow_from_it_is_unknown() -> None:
    _, out, _, _ = run(["hang=/proc/meminfo"], SCAN)
    report = json.loads(out)
    statuses = {one["check"]: one["status"] for one in report["findings"]}
    assert "total" not in report["facts"]["memory"] or report["facts"]["memory"]["total"] is None
    assert statuses["memory.less-than-installed"] in ("unknown", "skipped")
    assert statuses["memory.tight"] == statuses["memory.no-swap"] == "unknown"


@needs_fuse
@pytest.mark.slow
def test_many_that_never_answer_cost_ten_seconds_together() -> None:
    names = ("meminfo", "swaps", "stat", "cpuinfo", "cmdline", "sys/kernel/osrelease")
    code, out, err, seconds = run([f"hang=/proc/{name}" for name in names], SCAN)
    assert (code in (0, 1), err) == (True, "")
    assert set(json.loads(out)["coverage"]["errors"]) >= {f"file:/proc/{name}" for name in names}
    assert apart.MOST <= seconds < apart.MOST + BESIDE


@needs_fuse
@pytest.mark.slow
@pytest.mark.parametrize("command", ["record", "evidence", "scan", "bench disk"])
def test_every_command_that_asks_this_machine_ends(command: str, tmp_path: Path) -> None:
    """A scan of its own accord measures too; where something does not answer, it does not."""
    dump = tmp_path / "host.vdump"
    words = [*VAUDIT, *command.split(), *(["-o", str(dump)] if command == "record" else [])]
    code, out, err, _ = run(["hang=/proc/meminfo", "hang=/proc/uptime"], words)
    told = {
        "record": lambda: "@error /proc/meminfo file no answer" in dump.read_text(),
        "evidence": lambda: "file:/proc/meminfo  no answer" in out,
        "scan": lambda: "nothing was measured: /proc/meminfo, /proc/uptime gave no" in " ".join(out.split()),
        "bench disk": lambda: "nothing was measured: /proc/meminfo" in err,
    }
    assert told[command]()
    assert code in ((3,) if command == "bench disk" else (0, 1))


@needs_fuse
@pytest.mark.slow
def test_a_record_of_it_says_the_same_elsewhere(tmp_path: Path) -> None:
    dump = tmp_path / "host.vdump"
    run(["hang=/proc/meminfo"], [*VAUDIT, "record", "-o", str(dump)])
    words = [*SCAN, "--from", str(dump)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    assert [note for note in json.loads(done.stdout)["notes"] if "no answer" in note]


LIBRARY = """
import threading, vaudit
done = threading.Event()
other = threading.Thread(target=done.wait)
other.start()
reports = []
asking = threading.Thread(target=lambda: reports.append(vaudit.scan()))
asking.start(); asking.join(); done.set(); other.join()
print(*(note for note in reports[0].notes if "no answer" in note))
"""


@needs_fuse
@pytest.mark.slow
def test_a_program_with_threads_gets_its_report_too() -> None:
    code, out, err, _ = run(["hang=/proc/meminfo"], [sys.executable, "-W", "error", "-c", LIBRARY])
    assert (code, err) == (0, "")
    assert "file:/proc/meminfo" in out


@needs_fuse
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_while_it_waits_it_is_ended_at_once(number: signal.Signals) -> None:
    """The process that hangs stays behind, and nobody waits for it: neither a shell nor a pipe."""
    with started(["hang=/proc/meminfo"], ["sh", "-c", '"$@" | cat; echo end', "sh", *SCAN]) as child:
        scan = _waiting_for_its_reader(child)
        began = time.monotonic()
        os.kill(scan, number)
        out, err = child.communicate(timeout=BESIDE)
    assert time.monotonic() - began < apart.PATIENCE / 2 + 1
    assert out == "end\n"
    said = {signal.SIGINT: "vaudit: stopped; nothing is left behind\n", signal.SIGTERM: ""}
    assert err.replace("Terminated\n", "") == said[number]


def _waiting_for_its_reader(child: "subprocess.Popen[str]") -> int:
    """The process of the scan, once the process that it asks hangs."""
    deadline = time.monotonic() + BESIDE
    while time.monotonic() < deadline:
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                waits = (path.parent / "wchan").read_text() == "request_wait_answer"
                parent = int(path.read_text().rpartition(") ")[2].split()[1])
                if waits and os.getsid(int(path.parent.name)) == os.getsid(parent) == child.pid:
                    return parent
        time.sleep(0.01)
    child.kill()
    pytest.skip(f"SKIPPED, NOT PASSED: nothing hangs here: {child.communicate()[1]}")
