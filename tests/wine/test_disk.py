"""The disk benchmark in a Windows Python under Wine: its engine, its files, and how it ends."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wine import wine
from tests.wine.fio import FIO
from vaudit.bench.disk.judge.outcome import WINE

pytestmark = [pytest.mark.outer("wine"), pytest.mark.xdist_group("wine")]
DRIVE_C = wine.PREFIX / "drive_c"
UTF8 = {"PYTHONUTF8": "1"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of Windows' that is empty afterwards."""
    made = DRIVE_C / "a disk"
    made.mkdir(exist_ok=True)
    yield made
    assert not list(made.iterdir())
    made.rmdir()


def ran(code: str, **environment: str) -> str:
    """What a program prints in that Python, with an open test file `drive` in `a disk`."""
    before = "from vaudit.bench.disk.windows import drive as d, file, ring\n"
    before += "from vaudit.bench.disk.recording import Job\n"
    inside = "".join(f"    {line}\n" for line in code.splitlines())
    done = wine.python(
        "-c", f"{before}with d.opened('C:\\\\a disk') as drive:\n{inside}", **UTF8, **environment
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode().strip()


def test_what_is_written_is_read_again_at_its_place(windows: None, folder: Path) -> None:
    code = """
made = drive.fill(8 << 20, 30.0)
with file.opened_to_read(sorted(__import__('glob').glob('C:/a disk/.vaudit-*'))[0]) as again:
    one = ring.Ring(again, 4096, 4, fresh=False)
    found = set()
    for slot, offset in enumerate((0, 4096, 1 << 20, (8 << 20) - 4096)):
        one.prepare(slot, offset, False, 0)
    assert one.send([0, 1, 2, 3]) == 4
    done = []
    while len(done) < 4:
        done += one.returned(wait=True)
    pages = [bytes(one._pages[slot * 4096 : slot * 4096 + 4096]) for slot in range(4)]
    one.close()
print(made.bytes, made.count, sorted(done), len(set(pages)), all(any(page) for page in pages))
"""
    assert ran(code) == "8388608 8 [0, 1, 2, 3] 4 True"


@pytest.mark.parametrize("job", ["read", "write", "sync", "mixed"])
def test_every_kind_of_job_makes_the_requests_that_it_is_given(windows: None, folder: Path, job: str) -> None:
    depth = 1 if job == "sync" else 16
    code = f"""
drive.fill(4 << 20, 30.0)
timed = drive.run_at(Job('x', {job!r}, 4096, {depth}, 60.0, 1 << 20), [4096 * n for n in range(200)])
print(timed.count, timed.bytes, len(timed.latencies), 0 <= timed.busy <= 1, 0 <= timed.writes < 200)
"""
    assert ran(code) == "200 819200 200 True True"


def test_reads_and_writes_are_mixed_and_old_files_are_read(windows: None, folder: Path) -> None:
    code = """
import os, time
from vaudit.bench.disk.recording import Mix
drive.fill(4 << 20, 30.0)
[part] = drive.mix(Mix('m', 65536, 30.0, 1 << 20, depth=8), 4 << 20)
print(part.count, 0 < part.writes < part.count)
path = 'C:/windows/system32/shell32.dll'
taken = list(d._read_old([(path, os.path.getsize(path))], time.monotonic() + 30, True))
print(len(taken) > 100, all(one > 0 for one in taken))
"""
    assert ran(code).split() == ["32", "True", "True", "True"]


def test_a_request_that_windows_would_refuse_is_never_sent(windows: None, folder: Path) -> None:
    code = """
one = ring.Ring(drive._target, 4096, 1, fresh=False)
for what, change in (('offset', 100), ('address', 8), ('size', 100)):
    one._memory += change if what == 'address' else 0
    one.block -= change if what == 'size' else 0
    try:
        one.prepare(0, 4096 + (change if what == 'offset' else 0), True, 0)
        print(what, 'was taken')
    except file.Misaligned as error:
        print(what, str(error).split()[-2])
    one._memory -= change if what == 'address' else 0
one.block = 4096
one.close()
print(drive._target.sector)
"""
    assert ran(code).split() == ["offset", "512", "address", "512", "size", "512", "512"]


def test_a_process_that_is_ended_at_once_leaves_nothing(windows: None, folder: Path) -> None:
    code = (
        "import os\nfrom vaudit.bench.disk.windows import drive\n"
        "with drive.opened('C:\\\\a disk') as one:\n    one.fill(1 << 20, 9.0)\n"
        "    print(*os.listdir('C:/a disk'), flush=True)\n    os._exit(3)\n"
    )
    done = wine.python("-c", code, **UTF8)
    assert done.returncode == 3 and done.stdout.startswith(b".vaudit-")
    wine.close()


def test_a_folder_that_is_not_there_is_one_sentence(windows: None) -> None:
    done = wine.vaudit("bench", "disk", "C:\\nowhere at all", **UTF8)
    assert done.returncode == 3
    assert b"C:\\nowhere at all is not an existing folder: choose another one" in done.stderr


@pytest.mark.parametrize(("words", "said"), [
    (("--peer", "192.0.2.1"), b"measuring a network needs Linux"),
    (("--device", "\\\\.\\PhysicalDrive0", "--yes"), b"measuring a raw device needs Linux"),
])  # fmt: skip
def test_what_only_linux_measures_is_said(windows: None, words: tuple[str, ...], said: bytes) -> None:
    done = wine.vaudit("scan", "--bench", "quick", *words, **UTF8)
    assert done.returncode == 3 and said in done.stderr and done.stderr.count(b"\n") == 1


def test_a_folder_beyond_260_characters_is_measured_too(windows: None, folder: Path) -> None:
    deep = folder / ("d" * 140) / ("e" * 140)
    deep.mkdir(parents=True)
    where = f"C:\\a disk\\{deep.parent.name}\\{deep.name}"
    code = (
        "import sys\nfrom vaudit.bench.disk.windows import drive, place\n"
        "found = place.look(sys.argv[1], 1 << 20)\n"
        "assert not found.refusal, found\n"
        "with drive.opened(found.folder) as one:\n    print(one.fill(1 << 20, 9.0).bytes, found.system)\n"
    )
    done = wine.python("-c", code, where, **UTF8)
    assert done.stdout.split() == [b"1048576", b"wine"], done.stderr
    deep.rmdir()
    deep.parent.rmdir()


def test_a_light_look_ends_soon_and_leaves_nothing(windows: None, folder: Path) -> None:
    done = wine.vaudit("bench", "disk", "C:\\a disk", "--bench", "light", "--format", "json", **UTF8)
    assert done.returncode == 0, done.stderr
    found = {one["id"]: one for one in json.loads(done.stdout)}
    assert found["disk.fdatasync"]["value"] > 0
    assert {(one["confidence"], one["reason"]) for one in found.values()} == {("none", WINE)}


def test_a_scan_measures_the_disk_and_no_figure_counts_under_wine(windows: None, folder: Path) -> None:
    words = ("scan", "--bench", "quick", "--busy-ok", "--disk", "C:\\a disk", "--format", "json")
    done = wine.vaudit(*words, **UTF8)
    assert done.returncode in (0, 1, 3), done.stderr  # 3 where this machine is too busy for it
    found = json.loads(done.stdout)["benchmarks"]
    assert {"disk.randread-qd1", "disk.randwrite-qd32", "disk.verdict"} <= {one["id"] for one in found}
    assert {one["confidence"] for one in found} == {"none"}
    assert all(one["id"].startswith("disk.") for one in found)
    assert {one["reason"] for one in found if one["value"] is not None} == {WINE}
    assert any("FILE_FLAG_NO_BUFFERING" in word for one in found for word in one["command"])


def test_fio_measures_beside_us_where_it_is(windows: None, folder: Path) -> None:
    if not FIO.exists():
        pytest.skip("NOT RUN: there is no fio for Windows: python -m tests.wine.fio builds it")
    path = f"{wine.windows(FIO.parent)};C:\\windows\\system32"
    code = (
        "from vaudit.bench.disk import fio\nfrom vaudit.bench.disk.plan import JOBS\n"
        "from vaudit.bench.disk.recording import Mix\n"
        "found = fio.find()\nprint(found.version)\n"
        "for job in JOBS:\n"
        "    made = fio.run(found.path, job, drive.fio_file, 1 << 30)[0].jobs[0]\n"
        "    print(made.error, max(made.read.iops, made.write.iops) > 0)\n"
        "mix = Mix('m', 65536, 1.0, 1 << 24)\n"
        "made = fio.run_mixed(found.path, mix, drive.fio_file, 1 << 30)[0].jobs[0]\n"
        "print(made.error, made.read.iops > 0, made.write.iops > 0)\n"
    )
    said = ran(code, WINEPATH=path).splitlines()
    assert said[0].startswith("fio 3.")
    assert said[1:] == ["0 True"] * 6 + ["0 True True"]


def test_an_interrupted_benchmark_leaves_nothing(windows: None, folder: Path) -> None:
    code = (
        "import _thread, sys, threading\n"
        "threading.Timer(4, _thread.interrupt_main).start()\n"
        "from vaudit.main import main\n"
        "sys.argv = ['vaudit', 'bench', 'disk', 'C:\\\\a disk']\n"
        "main()\n"
    )
    began = time.monotonic()
    done = wine.python("-c", code, **UTF8)
    assert done.returncode == 130, (done.returncode, done.stderr)
    assert b"Traceback" not in done.stderr
    assert time.monotonic() - began < 60


def test_nothing_is_left_running(windows: None) -> None:
    wine.close()
    running = subprocess.run(["pgrep", "-f", str(wine.PREFIX)], capture_output=True, text=True, check=False)
    assert running.stdout == ""
