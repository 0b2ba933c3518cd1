"""Numbers of a machine that are none, or none that can be: what they would say is not known, and no more."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from tests import machines
from tests.machines import our_checks
from vaudit import procfs
from vaudit.evidence import dump
from vaudit.evidence.recorder import Recorder
from vaudit.model.versions import read_report
from vaudit.output import FORMATS, render
from vaudit.pipeline import scan

CHECKS = our_checks()
NASTY = (
    "", "²", "٣", "-1", "-0", "+1", "1_0", " 7 ", "1e400", "nan", "inf", "0x", "0x²", "x", ".", "1.2.3",
    str(2**63 - 1), str(2**63), str(2**64 - 1), str(2**64), "9" * 400, "9" * 5000, "f" * 5000, "0" * 5000,
)  # fmt: skip
MACHINES = ("synthetic-kvm-emulated", "synthetic-xen-dom0", "synthetic-bare-metal", "synthetic-arm-weak")
FITS = range(-(2**63), 2**64)


def numbers(value: Any) -> Iterator[int]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from numbers(one)
    elif isinstance(value, int):
        yield value


@pytest.mark.slow
@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("nasty", NASTY, ids=lambda text: text[:12] + f"({len(text)})")
def test_whatever_stands_for_a_number_makes_a_report(name: str, nasty: str) -> None:
    """In every place of every file and output at once; once for whole words, once for all digits."""
    source = machines.source(name)
    for pattern in (r"(?<!\S)(?:0x)?[0-9a-f]+(?!\S)", r"\d+"):
        entries = [
            msgspec.structs.replace(one, data=re.sub(pattern, nasty, one.data.decode("utf-8")).encode())
            if isinstance(one.data, bytes) and one.kind in ("file", "run", "call")
            else one
            for one in source.entries
        ]
        report = scan(Recorder(dump.Dump("x", entries, {})), CHECKS)
        assert not [one for one in report.findings if one.status == "error"]
        for form in FORMATS:
            assert render(form, report)
        text = render("json", report)
        assert all(number in FITS for number in numbers(json.loads(text)))
        assert read_report(text.encode(), "x").facts == report.facts


READERS: dict[str, tuple[Callable[[str], object], dict[str, object]]] = {
    "whole": (procfs.whole, {"0": 0, "7": 7, "007": 7, str(2**64 - 1): 2**64 - 1}),
    "signed": (procfs.signed, {"0": 0, "-1": -1, "7": 7, "-0": 0, str(2**63 - 1): 2**63 - 1}),
    "hexadecimal": (procfs.hexadecimal, {"0x0": 0, "0xfF": 255, "0x" + "f" * 16: 2**64 - 1}),
    "bits": (procfs.bits, {"0": 0, "fF": 255, "f" * 16: 2**64 - 1}),
    "fraction": (procfs.fraction, {"0": 0.0, "7": 7.0, "2.5": 2.5, "2000.000": 2000.0, ".5": 0.5}),
}
NONE = ("", "²", "٣", "+1", "1_0", " 7 ", "7\n", "1e3", "nan", "inf", "0x", "x", ".", "1.2.3", "--1", "-",
        str(2**64), "9" * 400, "9" * 5000)  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_a_reader_takes_what_a_kernel_writes_and_nothing_else(name: str) -> None:
    read, known = READERS[name]
    assert {text: read(text) for text in known} == known
    own = {"bits": "1e3", "fraction": str(2**64)}  # hexadecimal, and no more than a large figure
    refused = [text for text in NONE if text != own.get(name)]
    assert [text for text in refused if read(text) is not None] == []
    assert procfs.signed(str(2**63)) is None
    assert procfs.bits("1ffffffff", 32) is None


def test_what_no_machine_has_in_bytes_is_not_known() -> None:
    assert procfs.size(2, 512) == 1024
    assert procfs.size(None, 512) is procfs.size(-1, 512) is procfs.size(2**62, 512) is None
    assert procfs.meminfo(f"a: {2**54} kB\nb: {2**52} kB\n") == {"b": 2**62}
