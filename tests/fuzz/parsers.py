"""What reads bytes or text of others, alone: for fuzzing by coverage, which needs many tries a second."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.fuzz import documents, dumps, trees
from tests.fuzz.targets import random_of
from vaudit.bench.disk.fio import parse_fio
from vaudit.bench.network.iperf3 import parse_iperf3
from vaudit.bench.system.errors import BenchError
from vaudit.evidence import cpuid, dump, loose, smbios
from vaudit.evidence.capture import parse_cpuid
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.tree import from_archive
from vaudit.facts import smbios as tables
from vaudit.facts.collect import collect
from vaudit.judge import read_checks
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.model.versions import VersionError, read_report


class Parser(NamedTuple):
    """Something that reads what others wrote. What it may raise is documented."""

    read: Callable[[bytes], object]
    begin: Callable[[int], bytes]
    """Inputs to begin with, by a number."""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _dump(data: bytes) -> None:
    with suppress(EvidenceError):
        collect(Recorder(dump.parse(data, "x")))


def _report(data: bytes) -> None:
    with suppress(VersionError):
        read_report(data, "x")


def _smbios(data: bytes) -> None:
    tables.parse(data, "x")
    smbios.masked(Pseudonyms(b"x", []), data)


def _fio(data: bytes) -> None:
    with suppress(BenchError):
        parse_fio(_text(data))


def _iperf3(data: bytes) -> None:
    with suppress(BenchError):
        parse_iperf3(_text(data))


def _cpuid(data: bytes) -> None:
    parse_cpuid(_text(data))
    cpuid.parse(_text(data))


def _loose(data: bytes) -> None:
    """What a program printed, in the place that its content tells."""
    place = loose.place_of(data)
    if place:
        from vaudit.evidence.capture import Capture

        collect(Recorder(Capture(loose.tree_of({place: data}), "/", "x", "")))


def _archive(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".tar") as file, suppress(EvidenceError):
        file.write(data)
        file.flush()
        from_archive(file.name)


def _checks(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.toml").write_bytes(data)
        read_checks.read([folder])


def _made(name: str, make: Callable[..., bytes | str | dict[str, bytes]]) -> Callable[[int], bytes]:
    def begin(number: int) -> bytes:
        made = make(random_of(name, number))
        made = next(iter(made.values())) if isinstance(made, dict) else made
        return made.encode("utf-8", "replace") if isinstance(made, str) else made

    return begin


PARSERS = {
    "dump": Parser(_dump, _made("dump", dumps.dump)),
    "loose": Parser(_loose, _made("loose", documents.loose)),
    "archive": Parser(_archive, _made("archive", trees.archive)),
    "report": Parser(_report, _made("report", documents.report)),
    "smbios": Parser(_smbios, _made("smbios", documents.smbios)),
    "cpuid": Parser(_cpuid, _made("cpuid", documents.cpuid)),
    "checks": Parser(_checks, _made("checks", documents.checks)),
    "fio": Parser(_fio, _made("fio", documents.fio)),
    "iperf3": Parser(_iperf3, _made("iperf3", documents.iperf3)),
}
