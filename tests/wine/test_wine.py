"""vaudit in a Windows Python under Wine: live, with the registries of machines that the tests make."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.machines.windows.builder import hive
from tests.machines.windows.made import MADE
from tests.wine import wine
from vaudit.evidence.hive import Hive
from vaudit.evidence.offline import Offline
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.facts.windows.tree import tree

pytestmark = [pytest.mark.outer("wine"), pytest.mark.xdist_group("wine")]
MACHINES = (
    "kvm-virtio-blk",
    "kvm-virtio-scsi",
    "kvm-emulated",
    "xcp-ng",
    "hyperv-gen2",
    "vmware",
    "bare-metal",
)
UTF8 = {"PYTHONUTF8": "1"}


def scan(*words: str) -> dict[str, Any]:
    done = wine.vaudit("scan", "--bench", "off", "--format", "json", *words, **UTF8)
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def devices(facts: dict[str, Any]) -> set[tuple[str, str, str, str]]:
    return {
        (room, one["name"], one["driver"], one["path"]) for room in ("block", "net") for one in facts[room]
    }


@pytest.mark.parametrize("name", MACHINES)
def test_a_running_windows_tells_of_its_devices_what_its_hive_tells(windows: None, name: str) -> None:
    wine.become(name)
    live = scan()
    offline = collect(Recorder(Offline(name, {"system": Hive(hive(name))}, [])))
    told = {(one.name, one.driver) for one in (*offline.block, *offline.net)}
    assert {(name, driver) for _, name, driver, _ in devices(live["facts"])} == told
    served = {("block", name, *how) for name, how in MADE[name].block.items()}
    # what a device is where nothing paravirtual serves it depends on what lies beneath, which is Wine here
    assert {one for one in served if one[3] == "paravirtual"} <= devices(live["facts"])


def test_wine_is_named_as_wine_with_what_lies_beneath(windows: None) -> None:
    wine.restore()
    report = scan()
    assert report["source"]["kind"] == "machine"
    assert report["facts"]["hypervisor"]["kind"] == "wine"
    assert "Wine" in report["facts"]["layers"][0]["name"]
    assert report["facts"]["memory"]["total"] > 1 << 28
    assert report["facts"]["os"]["family"] == "windows"
    answered = {one["id"] for one in report["evidence"] if one["status"] == "read"}
    assert "call:wine_get_version" in answered
    assert (report["facts"]["windows"]["clock"], report["facts"]["windows"]["clock_hz"]) == (
        "tsc",
        10_000_000,
    )
    assert report["facts"]["os"]["root"] is True


def test_setupapi_lists_the_devices_that_are_there(windows: None) -> None:
    """All that the registry has: Wine 8 leaves none out, and knows neither state nor problem of any."""
    wine.become("kvm-virtio-blk")
    code = "from vaudit.evidence import setupapi; print(*setupapi.present(), sep='\\n')"
    done = wine.python("-c", code, **UTF8)
    told = {line.partition("\t")[0].upper() for line in done.stdout.decode().splitlines()}
    every = tree(Offline("x", {"system": Hive(hive("kvm-virtio-blk"))}, [])).all
    assert {one.instance.upper() for one in every} <= told
    assert all(line.endswith("\t0\t0") for line in done.stdout.decode().splitlines())


def test_what_was_recorded_there_is_replayed_here(windows: None, tmp_path: Path) -> None:
    wine.become("kvm-virtio-scsi")
    out = tmp_path / "live.vdump"
    done = wine.vaudit("record", "-o", wine.windows(tmp_path) + "\\live.vdump", **UTF8)
    assert done.returncode == 0, done.stderr
    live = scan()
    words = [sys.executable, "-m", "vaudit", "scan", "--from", str(out), "--format", "json"]
    replayed = json.loads(subprocess.run(words, capture_output=True, check=False).stdout)
    assert devices(replayed["facts"]) == devices(live["facts"])
    for facts in ("hypervisor", "os", "memory"):
        kept = {
            name: value for name, value in replayed["facts"][facts].items() if name in ("kind", "id", "total")
        }
        assert kept == {name: live["facts"][facts][name] for name in kept}
    again = scan("--from", wine.windows(tmp_path) + "\\live.vdump")
    assert devices(again["facts"]) == devices(live["facts"])


@pytest.mark.parametrize("encoding", ["cp437", "cp1252", "ascii", "utf-8"])
def test_no_character_stops_a_pipe_of_an_old_code_page(windows: None, encoding: str) -> None:
    done = wine.vaudit("scan", "--bench", "off", PYTHONIOENCODING=encoding)
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr
    assert b"VERDICT" in done.stdout
    assert b"\x1b[" not in done.stdout  # a plain console shows no colour


def test_a_console_shows_every_character_and_no_colour_of_its_own(windows: None) -> None:
    """Wine's console on a terminal of Linux, where what Python writes goes through its own cells."""
    wine.restore()
    environment = os.environ | wine.ENVIRONMENT | {"NO_COLOR": "1", "TERM": "xterm"}
    words = [
        "wine",
        str(wine.PYTHON / "python.exe"),
        "-c",
        "print(chr(0x2013) + chr(0x1F600) + chr(0xB5) + 'end')",
    ]
    primary, secondary = os.openpty()
    with subprocess.Popen(words, stdin=secondary, stdout=secondary, stderr=secondary, env=environment) as ran:
        os.close(secondary)
        said = b""
        try:
            while piece := os.read(primary, 4096):
                said += piece
        except OSError:  # the last holder of the other end is gone
            pass
        ran.wait(wine.PATIENCE)
    os.close(primary)
    assert ran.returncode == 0 and b"end" in said and b"Traceback" not in said, said


def test_what_the_readme_shows_runs_there(windows: None) -> None:
    """But for `reg save`, which Wine does not know: the hive is one that the tests make."""
    (wine.PREFIX / "drive_c" / "SYSTEM").write_bytes(hive("kvm-virtio-blk"))
    for words in ((), ("--target", "kvm")):
        report = scan("--from", "C:\\SYSTEM", *words)
        assert report["facts"]["hypervisor"]["kind"] == "kvm"
        assert {one["driver"] for one in report["facts"]["block"]} == {"viostor"}
    moves = {one["name"]: one["boots"] for one in report["facts"]["windows"]["moves"]}
    assert moves["kvm"] is True


@pytest.mark.parametrize("deep", [0, 260])
def test_a_report_is_written_to_a_path_of_windows(windows: None, deep: int) -> None:
    folder = wine.PREFIX / "drive_c" / "reports" / ("d" * 120) / ("e" * (deep or 1))[:140]
    folder.mkdir(parents=True, exist_ok=True)
    inside = "C:\\" + "\\".join(folder.relative_to(wine.PREFIX / "drive_c").parts)
    done = wine.vaudit(
        "scan", "--bench", "off", "-o", f"{inside}\\report.html", "-o", f"{inside}\\report.json"
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Wine" in (folder / "report.html").read_text(encoding="utf-8")
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["source"]["kind"] == "machine"
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("scan", "--from", "C:\\nowhere"), 3, b"C:\\nowhere: no such file or folder"),
        (("scan", "--bench", "slow"), 2, b"--bench"),
        (("bench", "network", "--peer", "192.0.2.1"), 3, b"measuring a network needs Linux"),
        (("peer",), 3, b"needs Linux"),
    ],
)
def test_what_cannot_be_done_there_is_one_line_and_the_documented_code(
    windows: None, words: tuple[str, ...], code: int, said: bytes
) -> None:
    done = wine.vaudit(*words)
    assert done.returncode == code
    assert said in done.stderr and done.stderr.count(b"\n") == 1 and not done.stdout


@pytest.mark.parametrize(
    "words", [("--version",), ("checks",), ("schema",), ("config",), ("explain", "cpu.steal-high")]
)
def test_commands_that_need_no_machine_run_there(windows: None, words: tuple[str, ...]) -> None:
    done = wine.vaudit(*words, **UTF8)
    assert done.returncode == 0, done.stderr
    assert done.stdout and not done.stderr


def test_a_schedule_is_a_line_that_windows_reads_as_it_was_meant(windows: None) -> None:
    """Wine's own schtasks knows /XML alone, so the line is read by the function that programs use."""
    done = wine.vaudit("schedule", "schtasks", "--daily", "3:30", "--bench", "off", **UTF8)
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.decode().splitlines()
    code = (
        "import ctypes, json, subprocess, sys\n"
        "def words(line):\n"
        "    number, read = ctypes.c_int(), ctypes.windll.shell32.CommandLineToArgvW\n"
        "    read.restype = ctypes.POINTER(ctypes.c_wchar_p)\n"
        "    found = read(line, ctypes.byref(number))\n"
        "    return [found[at] for at in range(number.value)]\n"
        "task = words(sys.argv[1])\n"
        "command = words(task[-1])\n"
        "done = subprocess.run(task[-1].replace('--keep', '--format json'), capture_output=True)\n"
        "kind = json.loads(done.stdout)['source']['kind']\n"
        "print(json.dumps([task[:-1], command, done.returncode, kind]))\n"
    )
    ran = wine.python("-c", code, line, **UTF8)
    assert ran.returncode == 0, ran.stderr
    task, command, returned, kind = json.loads(ran.stdout)
    assert task == ["schtasks", "/Create", "/TN", "vaudit", "/SC", "DAILY", "/ST", "03:30", "/TR"]
    assert command[0].lower().endswith("python.exe") and command[1:4] == ["-m", "vaudit", "scan"]
    assert (returned, kind) == (0, "machine")


def test_nothing_is_left_running(windows: None) -> None:
    wine.close()
    running = subprocess.run(["pgrep", "-f", str(wine.PREFIX)], capture_output=True, text=True, check=False)
    assert running.stdout == ""
