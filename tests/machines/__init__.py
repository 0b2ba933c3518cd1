"""The tests' machines by their names: recorded ones (NAME.vdump), and those that are made (synthetic.py)."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import structs

from tests.machines.synthetic import MADE
from tests.machines.windows import builder, disks, live
from tests.machines.windows.broken import ALL as OF_WINDOWS
from vaudit import toml
from vaudit.evidence import dump
from vaudit.evidence.dump import Dump
from vaudit.evidence.recorder import Recorder
from vaudit.facts.asked import asked
from vaudit.facts.collect import collect
from vaudit.judge.checks import load
from vaudit.judge.promises import held
from vaudit.judge.read_plan import read
from vaudit.judge.rules import Checks
from vaudit.judge.workloads import answers
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts
from vaudit.model.promise import Promise
from vaudit.recorded import benchmarks

FOLDER = Path(__file__).parent
RECORDED = sorted(path.stem for path in FOLDER.glob("*.vdump"))
SYNTHETIC = [f"synthetic-{name}" for name in MADE]
NAMES = [*RECORDED, *SYNTHETIC]
WINDOWS = [f"windows-{name}" for name in (*OF_WINDOWS, *live.LIVE, *disks.DISKS)]
"""Registries, which have no Linux in them: most walks over all machines ask what only Linux shows."""
MOVES = {
    f"windows-{name}-to-{place}": (f"windows-{name}", place)
    for name, places in {
        "vmware": ("kvm", "nvme"), "kvm-virtio-blk": ("hyperv",), "kvm-hyperv-ready": ("hyperv",),
        "hyperv-prepared": ("kvm",), "kvm-other-disk-driver": ("kvm",), "xcp-ng": ("xen",),
        "xcp-ng-filtered": ("kvm",), "vmware-uefi": ("kvm",), "vmware-bitlocker": ("kvm",),
        "vmware-no-bitlocker": ("kvm",), "vmware-fast-start": ("kvm",), "vmware-disks-offline": ("kvm",),
        "vmware-with-tools": ("kvm",),
    }.items()
    for place in places
}  # fmt: skip
"""Machines of which it is asked whether they would start elsewhere: the machine, and where."""


PLANS = {
    "lab-qemu-virtio": "1 vCPU, 512 MB RAM",
    "lab-kvm-virtio": "2 vCPU, 8 GB RAM",
}
"""What was promised to those who rent some of them."""


class Machine(NamedTuple):
    """What a check judges."""

    facts: Facts
    benchmarks: list[Benchmark]
    promises: list[Promise]


@cache
def text(name: str) -> str:
    """The dump of a machine."""
    if name in RECORDED:
        return (FOLDER / f"{name}.vdump").read_text()
    if name in MOVES:
        return text(MOVES[name][0])
    if name in WINDOWS:
        made = name.removeprefix("windows-")
        if made in disks.DISKS:
            return disks.recorded(made)
        return live.recorded(made) if made in live.LIVE else builder.recorded(made)
    return MADE[name.removeprefix("synthetic-")]().text()


def source(name: str) -> Dump:
    """The dump, opened as a scan with --from opens it."""
    return dump.parse(text(name).encode(), name)


@cache
def our_checks() -> Checks:
    """vaudit's own checks, read once: that takes ten times as long as to judge a machine."""
    return load()


@cache
def machine(name: str) -> Machine:
    """The machine replayed, with what its record holds of benchmarks."""
    recorder = Recorder(source(name))
    places = [MOVES[name][1]] if name in MOVES else []
    facts, checks = asked(collect(recorder), places), our_checks()
    facts = structs.replace(facts, workloads=answers(facts, checks))
    measured = benchmarks(recorder, facts, checks.borders, None)[0]
    promised = held(read(PLANS[name]), facts, measured, checks.borders) if name in PLANS else []
    return Machine(facts, measured, promised)


def expected(name: str) -> dict[str, Any]:
    """What NAME.toml says of a machine; empty where there is none."""
    told = FOLDER / f"{name}.toml"
    return toml.loads(told.read_text()) if told.is_file() else {}


@cache
def path(name: str) -> Path:
    """A file that holds the machine's dump; that of a made machine lies there while the tests run."""
    if name in RECORDED:
        return FOLDER / f"{name}.vdump"
    written = _written() / f"{name}.vdump"
    written.write_text(text(name))
    return written


@cache
def _written() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="vaudit-machines-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
