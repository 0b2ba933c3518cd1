"""No secret of a machine is in what is shared of it, wherever and however it stands; what was found stays."""

import base64
import re
from functools import cache
from pathlib import Path

import pytest

from tests.machines import source as machine_source
from tests.planted import RECORDING, SECRETS, source
from vaudit.api import render, share
from vaudit.api import scan as api_scan
from vaudit.evidence import dump, record
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry
from vaudit.judge.checks import load as checks
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.model.report import Report
from vaudit.output import FORMATS
from vaudit.pipeline import scan, scan_to_share


@cache
def planted() -> Recorder:
    recorder = source()
    recorder.add(Entry("recording", "network", "read", RECORDING))
    scan(recorder, checks())
    return recorder


@cache
def shared_dump() -> str:
    return record.write(planted(), sanitize=True)[0]


@cache
def shared_report() -> Report:
    return scan_to_share(planted(), checks())


def surviving(text: str) -> list[str]:
    """The secrets that a text holds, in its base64 too, without regard to case."""
    packed = re.findall(r"(?m)^=([A-Za-z0-9+/=]+)$", text)
    whole = b"".join(base64.b64decode(row + "=" * (-len(row) % 4)) for row in packed)
    for long in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        whole += base64.b64decode(long[: len(long) // 4 * 4])
    folded = text.casefold() + whole.decode("latin-1").casefold() + whole.hex()
    return [secret for secret in SECRETS if secret.casefold() in folded]


def test_more_than_a_hundred_secrets_are_planted_and_all_are_in_the_raw_record() -> None:
    assert len(set(SECRETS)) >= 130
    raw = source()
    scan(raw, checks())
    text = record.write(raw, sanitize=False)[0]
    held = text + RECORDING.decode()
    missing = set(SECRETS) - set(surviving(held))
    print(len(SECRETS), sorted(missing))
    assert len(missing) <= 12, sorted(missing)


def test_none_is_in_a_shared_record() -> None:
    assert surviving(shared_dump()) == []


@pytest.mark.parametrize("format", FORMATS)
def test_none_is_in_a_shared_report(format: str) -> None:
    assert surviving(render(shared_report(), format, verbose=True)) == []


@pytest.mark.parametrize("format", FORMATS)
def test_none_is_in_a_report_that_was_stored_and_is_shared_later(format: str) -> None:
    later = share(scan(planted(), checks()))
    assert surviving(render(later, format, verbose=True)) == []


def test_none_is_in_what_is_pasted_of_any_report() -> None:
    assert surviving(render(scan(planted(), checks()), "paste")) == []


def findings(report: Report) -> list[tuple[str, str, str]]:
    return [(one.check, one.status, one.severity) for one in report.findings]


def test_findings_stay_the_same() -> None:
    plain = scan(planted(), checks())
    again = scan(Recorder(dump.parse(shared_dump().encode(), "shared")), checks())
    assert findings(plain) == findings(shared_report()) == findings(share(plain))
    # what was measured is read of a record alone
    raw = scan(Recorder(dump.parse(record.write(planted(), sanitize=False)[0].encode(), "raw")), checks())
    assert findings(raw) == findings(again)
    assert plain.facts.hypervisor.kind == again.facts.hypervisor.kind
    assert plain.verdict.tiles[0].word == shared_report().verdict.tiles[0].word


OWN_CHECK = """
id = 'quuxcorp.baseline'
title = 'Quuxcorp demands a tidy machine'
severity = 'low'
fail = "cpu.threads > 0"
message = 'Quuxcorp counts {cpu.threads} on {os.name}'
why = 'Ask hildegunn of Quuxcorp at https://wiki.quuxcorp.example/x'
fix.linux = 'Call quuxfix'
references = ['https://wiki.quuxcorp.example/baseline']
"""


@pytest.mark.parametrize("way", ["scanned", "stored"])
@pytest.mark.parametrize("format", FORMATS)
def test_what_a_check_of_the_owners_says_is_masked_too(tmp_path: Path, format: str, way: str) -> None:
    (tmp_path / "own.toml").write_text(OWN_CHECK)
    own = checks([str(tmp_path)])
    recorder = Recorder(machine_source("lab-kvm-virtio"))
    report = scan_to_share(recorder, own) if way == "scanned" else share(scan(recorder, own))
    assert any("baseline" in one.check for one in report.findings)
    text = render(report, format, verbose=True)
    assert "quux" not in text.casefold() and "hildegunn" not in text


def test_a_shared_report_of_a_trimmed_record_says_no_more_than_its_own(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "cpuinfo").write_text("processor\t: 0\nvendor_id\t: GenuineIntel\n")
    plain, shared = (api_scan(tmp_path, share=masked) for masked in (False, True))
    assert plain.source.kind == shared.source.kind == "capture"
    assert "as far as this record shows" in plain.verdict.sentence
    assert plain.verdict.sentence == shared.verdict.sentence


def test_links_of_our_own_checks_stay_and_are_of_hosts_that_are_named() -> None:
    links = {link for text in shared_report().checks.values() for link in text.references}
    assert links == {link for text in scan(planted(), checks()).checks.values() for link in text.references}
    assert links and not [link for link in links if "//x" in link]


def test_the_ids_of_a_pci_device_stay() -> None:
    text = "MODALIAS=pci:v00001AF4d00001042sv00001AF4sd00001100bc01sc00i00"
    assert Pseudonyms(b"salt").closed(text) == text
