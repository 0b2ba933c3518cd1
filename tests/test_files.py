"""A file is written whole or not at all."""

import os
from pathlib import Path

import pytest

from vaudit.files import Draft, save


def test_a_draft_takes_the_old_files_place_only_when_it_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    save(target, "old\n")
    draft = Draft(target)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    draft.write("new")
    assert target.read_text() == "old\n"
    draft.write("er\n")
    draft.keep()
    draft.drop()
    assert target.read_bytes() == b"newer\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_dropped_draft_leaves_nothing(tmp_path: Path) -> None:
    draft = Draft(tmp_path / "a.json")
    draft.write("new")
    draft.drop()
    draft.drop()
    Draft(tmp_path / "b.json").keep()
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "a.json"
    save(target, "old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
