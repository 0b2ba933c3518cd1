"""A machine's pseudonym: always the same, never the identity that it is made from."""

from pathlib import Path
from typing import Any

import pytest

from tests.machines import our_checks
from vaudit.evidence import dump, record
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.identity import PLACEHOLDERS, Identity
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry, Source
from vaudit.pipeline import asked, scan

ID = "0123456789abcdef0123456789abcdef"
UUID = "ec2a1b2c-3d4e-5f60-7182-93a4b5c6d7e8"


KNOWN_OF_ID, KNOWN_OF_UUID = "b4d3f806243573243ff8fe21a4b17be1", "e608e06e37b17e01f1ba7be5d18cf3fc"
"""What was once written for them; all that compares reports over time rests on it."""


class Host(Source):
    """A machine with a few files; a None is denied."""

    kind = "machine"
    name = "host"
    taken = "2026-01-01T00:00:00Z"

    def __init__(self, **files: str | None) -> None:
        names = {"id": "/etc/machine-id", "dbus": "/var/lib/dbus/machine-id", "xen": "/sys/hypervisor/uuid",
                 "uuid": "/sys/class/dmi/id/product_uuid"}  # fmt: skip
        self._files = {names[name]: text for name, text in files.items()}

    def entry(self, kind: Any, key: str) -> Entry:
        if kind != "file" or key not in self._files:
            return Entry(kind, key, "absent")
        text = self._files[key]
        return Entry("file", key, "denied") if text is None else Entry("file", key, "read", text.encode())


def test_a_machine_keeps_its_pseudonym_for_ever() -> None:
    assert Host(id=f"{ID}\n").identity() == Identity(KNOWN_OF_ID, "made from /etc/machine-id")
    assert Host(uuid=f"{UUID}\n").identity() == Identity(
        KNOWN_OF_UUID, "made from /sys/class/dmi/id/product_uuid"
    )


def test_another_machine_has_another_and_neither_shows_what_it_is_made_from() -> None:
    ours = Host(id=ID).identity().id
    assert Host(id=ID.replace("0", "1")).identity().id != ours
    assert not any(ID[at : at + 6] in ours for at in range(len(ID) - 6))


def test_the_spelling_does_not_matter() -> None:
    same = {
        Host(uuid=text).identity().id for text in (UUID, UUID.upper(), f" {UUID}\n", UUID.replace("-", ""))
    }
    assert same == {KNOWN_OF_UUID}


def test_the_machine_id_goes_before_the_hardware() -> None:
    assert Host(id=ID, dbus=ID[::-1], uuid=UUID, xen=UUID).identity().id == KNOWN_OF_ID
    assert Host(id="", dbus=ID, uuid=UUID).identity() == Identity(
        KNOWN_OF_ID, "made from /var/lib/dbus/machine-id"
    )
    assert Host(uuid=None, xen=UUID).identity() == Identity(KNOWN_OF_UUID, "made from /sys/hypervisor/uuid")


@pytest.mark.parametrize(
    "text",
    ["", "uninitialized", "0" * 32, "f" * 32, ID[1:], ID + "0", "g" * 32, *PLACEHOLDERS,
     "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "Not Settable"],
)  # fmt: skip
def test_what_stands_for_no_identity_is_none(text: str) -> None:
    assert Host(id=text, uuid=text).identity().id == ""


def test_why_there_is_none_is_said() -> None:
    assert Host(id="", uuid=None).identity().because == (
        "nothing identifies this machine: /etc/machine-id read, /var/lib/dbus/machine-id absent, "
        "/sys/class/dmi/id/product_uuid denied, /sys/hypervisor/uuid absent, /proc/device-tree/vm,uuid absent"
    )


@pytest.mark.parametrize("sanitize", [True, False])
def test_a_record_holds_the_pseudonym_and_never_the_identity(sanitize: bool) -> None:
    recorder = Recorder(Host(id=ID))
    live = scan(recorder, our_checks())
    text, _ = record.write(recorder, sanitize=sanitize)
    assert ID not in text
    assert all("machine-id" not in entry.key for entry in recorder.entries)
    again = scan(Recorder(dump.parse(text.encode(), "a.vdump")), our_checks())
    assert (live.machine, live.machine_because) == (KNOWN_OF_ID, "made from /etc/machine-id")
    assert (again.machine, again.machine_because) == (KNOWN_OF_ID, "as it was recorded")
    copied, _ = record.write(Recorder(dump.parse(text.encode(), "a.vdump")), sanitize=sanitize)
    assert f"id={KNOWN_OF_ID}" in copied


@pytest.mark.parametrize("id", ["", "x", "5" * 31, "g" * 32, "A" * 32, "%1b[31m" + "0" * 25])
def test_what_is_no_pseudonym_in_a_record_is_not_taken_for_one(id: str) -> None:
    found = dump.parse(f"vdump 1\n@meta id={id} uid=0\n@end\n".encode(), "a").identity()
    assert found == Identity("", "this record holds no pseudonym of its machine")


def test_a_record_of_before_holds_none_and_its_masked_ids_are_none() -> None:
    text = f"vdump 1\n@meta uid=0\n@file /sys/class/dmi/id/product_uuid\n|{UUID}\n@end\n"
    assert dump.parse(text.encode(), "a").identity().id == ""


def test_a_root_tree_that_somebody_kept_tells_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "version").write_text("Linux version 6.1.0\n")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "machine-id").write_text(f"{ID}\n")
    assert one(str(tmp_path)).identity().id == KNOWN_OF_ID
    (tmp_path / "etc" / "machine-id").unlink()
    assert "unrecorded" in one(str(tmp_path)).identity().because
    with pytest.raises(EvidenceError):
        one(str(tmp_path / "none"))


def test_of_a_path_or_a_host_the_report_says_only_that_it_was_given() -> None:
    run = asked(
        "quick", {"disk": "/home/jane", "peer": "192.0.2.1", "yes": True, "device": None, "checks": []}
    )
    assert run.options == {"disk": "given", "peer": "given", "yes": "yes"}
    report = scan(Recorder(Host()), our_checks(), run=run)
    assert (report.run.mode, report.run.options) == ("quick", run.options)
    assert report.run.started <= report.run.ended
    assert report.run.started.endswith("Z")
