"""What is fuzzed: how an input of each target is made, and what is done with it."""

import gc
from collections.abc import Callable, Iterable
from random import Random
from typing import NamedTuple

from tests import machines
from tests.fuzz import documents, dumps, pipeline, trees
from tests.fuzz.batches import Try
from tests.fuzz.parsers import PARSERS, Parser, random_of
from vaudit.bench.network.iperf3 import parse_iperf3
from vaudit.bench.system.errors import BenchError
from vaudit.judge import read_checks

READY = 40
"""Inputs of a target that are made before children are: they open what all others are made of."""
Scan = Callable[[str, Random], None]
"""Scans what lies at a path. Raises for a fault."""


class Target(NamedTuple):
    """One kind of input."""

    about: str
    make: Callable[[Random], dict[str, bytes]]
    """The files of an input, by their names."""
    run: Callable[[str, dict[str, bytes], Random], None]
    """Does with the files, which it may put into a folder of that name, what vaudit does. Raises for a
    fault."""
    share: float = 1
    """Of all inputs of a run of several targets."""
    batch: int = 250
    """Inputs of one child."""


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


def _whole(about: str, make: Callable[[Random], dict[str, bytes]], run: Scan, share: float) -> Target:
    """What is read from a path, and is scanned, judged and shown."""
    return Target(about, make, lambda at, made, random: run(pipeline.write(at, made), random), share)


def _alone(parser: Parser) -> Target:
    """What one parser reads, in memory."""

    def run(_folder: str, made: dict[str, bytes], _random: Random) -> None:
        parser.read(made["input"])

    return Target(parser.about, _one("input", parser.input), run, 20 * parser.share, 5000)


# what iperf3 prints is judged as a benchmark that ran it would


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


WHOLE = {
    "dump": _whole("recorded machines, changed", _one("a.vdump", dumps.dump), pipeline.machines, 6),
    "capture": _whole("trees of files, and sosreports", _tree, pipeline.machines, 2),
    "archive": _whole("tar, gzip, bzip2, xz and zip of them", trees.archive, pipeline.machines, 3),
    "loose": _whole("what one program printed", documents.loose, pipeline.machines, 4),
    "cpuid": _whole("CPUID as text", documents.cpuid, pipeline.machines, 2),
    "smbios": _whole("tables of firmware", documents.smbios, pipeline.machines, 3),
    "device-tree": _whole("device trees", _one("a.vdump", documents.device_tree), pipeline.machines, 1),
    "registry": _whole("registry keys", _one("a.vdump", documents.registry), pipeline.machines, 2),
    "hive": _whole("registry hives and their logs", documents.hive, pipeline.machines, 2),
    "report": _whole("stored reports of both versions", documents.report, pipeline.stored, 3),
    "checks": _whole("checks, conditions and thresholds", documents.checks, _checks, 2),
    "long": _whole("a megabyte of any of these", documents.long, pipeline.machines, 0.05),
    "iperf3": _whole("what iperf3 printed", _one("iperf3", documents.iperf3), _iperf3, 2),
}
"""Everything that a command does with an input: dozens a second."""
ALONE = {name: _alone(parser) for name, parser in PARSERS.items()}
"""One parser, in memory: thousands a second."""
TARGETS = WHOLE | ALONE


def attempt(name: str) -> Try:
    """Makes and runs the inputs of a target."""
    target = TARGETS[name]

    def run(number: int, folder: str) -> None:
        random = random_of(name, number)
        target.run(folder, target.make(random), random)

    return run


def ready(names: Iterable[str]) -> None:
    """What is read, imported and made for the first input is there before children are made."""
    pipeline.ready()
    for name in names:
        for number in range(READY):
            TARGETS[name].make(random_of(name, number))
    gc.collect()
    gc.freeze()  # of what no child changes no child has a copy
