"""What is fuzzed: how an input of each target is made, and what is done with it."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from tests import machines
from tests.fuzz import documents, dumps, pipeline, trees
from tests.fuzz.batches import Try
from vaudit.bench.disk.fio import parse_fio
from vaudit.bench.network.iperf3 import parse_iperf3
from vaudit.bench.system.errors import BenchError
from vaudit.judge import read_checks


class Target(NamedTuple):
    """One kind of input."""

    about: str
    make: Callable[[Random], dict[str, bytes]]
    """The files of an input, by their names."""
    run: Callable[[str, Random], None]
    """Does with the input at a path all that vaudit does. Raises for a fault."""
    share: float = 1
    """Of all inputs of a run of several targets."""


def _one(name: str, make: Callable[[Random], bytes]) -> Callable[[Random], dict[str, bytes]]:
    return lambda random: {name: make(random)}


def _tree(random: Random) -> dict[str, bytes]:
    """Files of a capture; its links are in archives, which nobody has to unpack."""
    found = trees.files(random)
    kept = {name: content for name, content in found.items() if isinstance(content, bytes)}
    return _fitting(kept) or {"root/proc/cpuinfo": b""}


def _fitting(found: dict[str, bytes]) -> dict[str, bytes]:
    """Without what no file system takes: a file below a file, a name too long."""
    kept: dict[str, bytes] = {}
    taken: set[str] = set()
    for name, content in found.items():
        if not name.isprintable() or len(name) > 900:
            continue
        parts = name.split("/")
        above = {"/".join(parts[:at]) for at in range(1, len(parts))}
        if (
            name in taken
            or above & kept.keys()
            or any(len(part.encode("utf-8", "replace")) > 200 for part in parts)
        ):
            continue
        if "" not in parts:
            kept[name] = content
            taken |= above
    return kept


# what fio and iperf3 print is judged as a benchmark that ran them would


def _fio(path: str, _random: Random) -> None:
    try:
        with open(path, "rb") as file:
            parse_fio(file.read().decode("utf-8", "replace"))
    except BenchError as error:
        pipeline.refused(error)


def _iperf3(path: str, random: Random) -> None:
    from vaudit.bench.network.recording import Attempt, Peer, Recording
    from vaudit.bench.recording import Recordings, encoded

    try:
        with open(path, "rb") as file:
            run = parse_iperf3(file.read().decode("utf-8", "replace"))
    except BenchError as error:
        pipeline.refused(error)
        return
    streams = [Attempt("network.send", ["iperf3"], run=run, seconds=run.seconds)]
    made = encoded(Recordings(network=Recording(Peer("192.0.2.1", 5201), streams=streams)))
    text = machines.text("synthetic-nothing-recorded").removesuffix("@end\n")
    with open(path, "w") as file:
        file.write(f"{text}@recording network\n>{made['network'].decode()}\n@end\n")
    pipeline.machines(path, random)


def _checks(path: str, random: Random) -> None:
    """The checks are read, and judge a machine."""
    made = read_checks.read([path], pipeline.CHECKS)
    pipeline.machines(str(machines.path(random.choice(documents.REPORTED))), random, made)


TARGETS = {
    "dump": Target("recorded machines, changed", _one("a.vdump", dumps.dump), pipeline.machines, 6),
    "capture": Target("trees of files, and sosreports", _tree, pipeline.machines, 2),
    "archive": Target("tar, gzip, bzip2, xz and zip of them", trees.archive, pipeline.machines, 3),
    "loose": Target("what one program printed", documents.loose, pipeline.machines, 4),
    "cpuid": Target("CPUID as text", documents.cpuid, pipeline.machines, 2),
    "smbios": Target("tables of firmware", documents.smbios, pipeline.machines, 3),
    "device-tree": Target("device trees", _one("a.vdump", documents.device_tree), pipeline.machines, 1),
    "registry": Target("registry keys", _one("a.vdump", documents.registry), pipeline.machines, 2),
    "report": Target("stored reports of both versions", documents.report, pipeline.stored, 3),
    "checks": Target("checks, conditions and thresholds", documents.checks, _checks, 2),
    "long": Target("a megabyte of any of these", documents.long, pipeline.machines, 0.05),
    "fio": Target("what fio printed", _one("fio", documents.fio), _fio, 2),
    "iperf3": Target("what iperf3 printed", _one("iperf3", documents.iperf3), _iperf3, 2),
}


def random_of(name: str, number: int) -> Random:
    """Where all chance of one input comes from."""
    return Random(f"{name} {number}")  # noqa: S311 - inputs that can be made again


def attempt(name: str) -> Try:
    """Makes and runs the inputs of a target."""
    target = TARGETS[name]

    def run(number: int, folder: str) -> None:
        random = random_of(name, number)
        target.run(pipeline.write(folder, target.make(random)), random)

    return run
