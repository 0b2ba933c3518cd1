"""Texts in folders of folders, and beside a hive: read, or said to be left out."""

import shutil
from pathlib import Path

import pytest

from tests.evidence.test_hive import OPEN
from tests.facts.test_windows_records import PASTED
from vaudit.evidence import origin
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Source
from vaudit.facts.collect import collect

LSCPU = "Architecture: x86_64\nCPU(s): 4\nHypervisor vendor: KVM\nVirtualization type: full\n"
LSMOD = "Module                  Size  Used by\nvirtio_blk             20480  2\n"
DMESG = "[    0.000000] Linux version 6.1.0-18-amd64\n[    0.000000] Hypervisor detected: KVM\n"


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_txt", ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def opened(path: Path) -> list[Source]:
    return [opener() for opener in origin.sources(str(path))]


@pytest.mark.parametrize("form", ["", "zip", "gztar"])
def test_folders_of_different_texts_are_one_machine_and_that_is_said(tmp_path: Path, form: str) -> None:
    folder = written(tmp_path / "host", cpu__lscpu_txt=LSCPU, kernel__more__lsmod_txt=LSMOD)
    path = Path(shutil.make_archive(str(tmp_path / "packed"), form, folder)) if form else folder
    [source] = opened(path)
    assert source.notes == ["taken for parts of one machine: cpu and kernel"]
    assert source.run("lscpu") is not None
    assert source.run("lsmod") is not None
    assert collect(Recorder(source)).hypervisor.kind == "kvm"


def test_two_folders_with_the_same_text_are_two_machines(tmp_path: Path) -> None:
    folder = written(tmp_path / "hosts", a__lscpu_txt=LSCPU, b__lscpu_txt=LSCPU, b__lsmod_txt=LSMOD)
    found = opened(folder)
    assert [one.name.rpartition("/")[2] for one in found] == ["a", "b"]
    assert [one.run("lsmod") is not None for one in found] == [False, True]


def test_beside_texts_at_the_top_those_in_folders_are_said_to_be_left_out(tmp_path: Path) -> None:
    [source] = opened(written(tmp_path / "host", lscpu_txt=LSCPU, old__dmesg_txt=DMESG))
    assert source.notes == ["not read: what lies in old"]


def test_folders_without_a_text_that_is_known_hold_no_machine(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="holds no record of a machine"):
        opened(written(tmp_path / "host", a__letter_txt="Dear all,\n", b__c__notes_txt="x\n"))


@pytest.mark.parametrize("form", ["", "zip"])
def test_of_texts_beside_a_hive_it_is_said_that_they_were_left_out(tmp_path: Path, form: str) -> None:
    folder = written(tmp_path / "disk", systeminfo_txt=PASTED, readme_txt="what I copied\n")
    (folder / "SYSTEM").write_bytes(OPEN)
    path = Path(shutil.make_archive(str(tmp_path / "packed"), form, folder)) if form else folder
    [source] = opened(path)
    assert source.kind == "hive"
    [note] = [one for one in source.notes if "registry alone" in one]
    assert "not read: systeminfo.txt" in note
    assert "readme" not in note


def test_a_hive_alone_lacks_nothing(tmp_path: Path) -> None:
    (tmp_path / "SYSTEM").write_bytes(OPEN)
    [source] = opened(tmp_path)
    assert not [one for one in source.notes if "registry alone" in one]
