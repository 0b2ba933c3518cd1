"""Hives in an archive or deep in a folder: all of a machine that lies together, and never what is secret."""

import lzma
import shutil
from pathlib import Path

import pytest

from tests.evidence.test_hive import AFTER, BEFORE, NETKVM, OPEN, SOFTWARE
from tests.machines.windows import hives
from vaudit.evidence import loose, origin, tree
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.secret import is_secret

INSIDE = "C/Windows/System32/config"


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """What collectors pack of a disk: hives with their logs, older copies beside them, and secrets."""
    folder = tmp_path / "disk" / INSIDE
    for name, data in {
        "SYSTEM": OPEN,
        "SYSTEM.LOG1": hives.log(BEFORE, AFTER, 5),
        "SOFTWARE": hives.hive(SOFTWARE),
        "RegBack/SYSTEM": OPEN,
        "SAM": OPEN,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return tmp_path / "disk"


@pytest.mark.parametrize("form", ["", "zip", "tar", "gztar", "xztar"])
def test_the_hives_of_a_disk_are_found_wherever_they_lie(disk: Path, tmp_path: Path, form: str) -> None:
    path = Path(shutil.make_archive(str(tmp_path / "packed"), form, disk)) if form else disk
    source = origin.one(str(path))
    assert (source.kind, source.name, source.notes) == ("hive", str(path), [])
    assert source.status("registry", NETKVM) == "read"  # which the log alone has
    version = source.registry("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion")
    assert version
    assert version.value("productname") == "Windows 10 Pro"


def test_hives_that_were_packed_themselves_are_read_in_an_archive(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "SYSTEM.xz").write_bytes(lzma.compress(OPEN))
    (tmp_path / "one" / "SYSTEM.LOG1.xz").write_bytes(lzma.compress(hives.log(BEFORE, AFTER, 5)))
    source = origin.one(shutil.make_archive(str(tmp_path / "packed"), "tar", tmp_path / "one"))
    assert (source.status("registry", NETKVM), source.notes) == ("read", [])


def test_an_archive_of_several_machines_holds_each(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "system.hiv").write_bytes(BEFORE)
    path = shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path / "all")
    assert [one().name for one in origin.sources(path)] == [f"{path}/one", f"{path}/other"]


def test_what_is_secret_is_passed_over_in_an_archive_and_in_a_folder(disk: Path, tmp_path: Path) -> None:
    for form in ("zip", "tar"):
        found = tree.from_archive(shutil.make_archive(str(tmp_path / form), form, disk))
        assert not [path for path in found.files if "SAM" in path]
    assert not [path for path in tree.from_folder(str(disk)).files if "SAM" in path]


def test_secrets_are_known_by_their_names() -> None:
    for name in (
        "SAM",
        "Security",
        "a/NTUSER.DAT",
        "sam.LOG1",
        "SECURITY.hiv",
        "sam.log2.xz",
        "x\\UsrClass.dat",
    ):
        assert is_secret(name), name
    assert not any(
        map(is_secret, ("SYSTEM", "samba", "sam.txt", "security.log.txt", "etc/security/limits.conf"))
    )


def test_a_hive_that_is_too_large_for_an_archive_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "SYSTEM").write_bytes(OPEN)
    monkeypatch.setattr(tree, "MAX_DUMP", 8192)
    path = shutil.make_archive(str(tmp_path / "packed"), "tar", tmp_path / "one")
    with pytest.raises(EvidenceError, match="too much in an archive: unpack it"):
        origin.one(path)


@pytest.mark.parametrize(("start", "kind"), [(b"7z\xbc\xaf'\x1c\0\4", "7z"), (b"Rar!\x1a\x07\1\0", "rar")])
def test_archives_that_are_not_read_are_named(start: bytes, kind: str) -> None:
    assert f"an archive of the kind {kind}, which is not read" in loose.refusal(start)
