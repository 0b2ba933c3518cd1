"""What the processor is sold as stands beside its figure, and no program is run to learn it."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.bench.runner import BORDERS
from vaudit.bench import run as run_module
from vaudit.bench.cpu import advertised, gaps, speed
from vaudit.bench.cpu import plan as cpu
from vaudit.bench.cpu.judge.outcome import judge
from vaudit.bench.cpu.recording import Advertised, Recording, Speed
from vaudit.bench.cpu.steal import Meter
from vaudit.bench.recording import Recordings, decoded, encoded
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.guards import Change
from vaudit.model import catalogue
from vaudit.model.benchmark import Round

ROOT = Path(__file__).parents[2]
XEON = "model name\t: Intel(R) Xeon(R) CPU @ 2.20GHz\ncpu MHz\t\t: 2999.998\ncache size\t: 56320 KB\n"
EPYC = "model name\t: AMD EPYC 7763 64-Core Processor\ncpu MHz\t\t: 2445.404\ncache size\t: 512 KB\n"
MAINFRAME = "cpu number      : 0\ncpu MHz dynamic : 4100\ncpu MHz static  : 5200\n"
ARM = "processor\t: 0\nBogoMIPS\t: 243.75\nCPU implementer\t: 0x41\n"
POWER = "cpu\t\t: POWER9 (architected), altivec supported\nclock\t\t: 2300.000000MHz\n"
CACHES = "L1d cache: 48K\nL1i cache: 32K\nL2 cache: 2048K\nL3 cache: 307200K"


@pytest.mark.parametrize(
    ("cpuinfo", "mhz"),
    [(XEON, 2200.0), (MAINFRAME, 5200.0), (EPYC, None), (ARM, None), (POWER, None), ("", None)],
)
def test_the_advertised_frequency_is_never_that_of_the_moment(cpuinfo: str, mhz: float | None) -> None:
    assert advertised.understood(cpuinfo, "") == Advertised(mhz)


@pytest.mark.parametrize(
    ("lscpu", "sizes"),
    [
        (CACHES, (48 << 10, 2 << 20, 300 << 20)),
        ("L1d cache: 64K\nL2 cache: 512K", (64 << 10, 512 << 10, None)),
        ("L3 cache: much", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_caches_are_those_of_a_cpu_and_none_is_guessed(
    lscpu: str, sizes: tuple[int | None, int | None, int | None]
) -> None:
    assert advertised.understood(EPYC, lscpu) == Advertised(None, *sizes)


def test_what_the_kernel_says_of_this_machine_is_read() -> None:
    found = advertised.read()
    level2 = Path("/sys/devices/system/cpu/cpu0/cache/index2")
    if level2.is_dir() and (level2 / "level").read_text() == "2\n":
        assert found.l2 == int((level2 / "size").read_text().rstrip("K\n")) << 10
    assert found.problem == ""


@pytest.mark.parametrize(("code", "run"), [
    ("from vaudit.bench.cpu.advertised import read; read()", []),
    ("import cpuinfo", ["file", "uname"]),
])  # fmt: skip
def test_no_program_on_path_is_run(code: str, run: list[str], tmp_path: Path) -> None:
    """To import py-cpuinfo runs two, which shows that this test would see it."""
    for name in ("file", "uname", "cat", "lscpu", "dmesg", "sestatus", "sysctl", "cpufreq-info"):
        (tmp_path / name).write_text(f"#!/bin/sh\n: > {tmp_path}/ran-$(basename $0)\n")
        (tmp_path / name).chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=env, cwd=tmp_path, check=True)
    assert sorted(path.name.removeprefix("ran-") for path in tmp_path.glob("ran-*")) == run


def test_it_is_kept_with_the_figures_and_stands_beside_them_on_replay() -> None:
    zeros = dict.fromkeys(("foreign", "idle", "stolen", "steal", "delay", "pressure", "read", "written"), 0)
    seen = msgspec.convert({"seconds": 1.0, "busy": 1.0, "own": 1.0, **zeros}, Change)
    made = Speed("cpu.single", 1, 1, [Round(1e9)] * 5, seen, 2999.998, "tsc")
    sold = Advertised(2200.0, 48 << 10, 2 << 20)
    kept = encoded(Recordings(cpu=Recording(speeds=[made], advertised=sold)))
    again = decoded(kept)[0].cpu
    assert again is not None
    (figure,) = (each for each in judge(again, BORDERS) if each.id == "cpu.single")
    assert figure.details == {
        "threads": 1, "mhz": 2999.998, "clocksource": "tsc",
        "advertised_mhz": 2200.0, "l1_data_bytes": 48 << 10, "l2_bytes": 2 << 20, "l3_bytes": None,
        "library": None, "same_as": None,
    }  # fmt: skip
    assert set(figure.details) <= set(catalogue.details(["cpu.single"]))


def test_a_record_that_has_none_says_nothing_of_it() -> None:
    assert msgspec.json.decode(b'{"speeds":[]}', type=Recording).advertised is None


def test_where_py_cpuinfo_fails_the_figures_stand_and_the_record_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_text: str, _caches: str) -> Advertised:
        raise ValueError("no such processor")

    monkeypatch.setattr(advertised, "_asked", broken)
    with pytest.raises(BenchError, match="ValueError: no such processor"):
        advertised.read()
    monkeypatch.setattr(gaps, "measure", lambda *_: None)
    monkeypatch.setattr(speed, "speed", lambda *_: [])
    found = Recording()
    run_module._cpu(cpu.make("quick", bare_metal=False), found, Meter())
    assert (found.problems, found.advertised) == ({}, Advertised(problem="ValueError: no such processor"))
