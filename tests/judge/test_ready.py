"""Checks made ready when the wheel is built are those that a checkout reads from TOML."""

import shutil
from pathlib import Path

import msgspec
import pytest

from tests.machines import NAMES, machine
from vaudit import resources
from vaudit.judge import read_checks, ready
from vaudit.judge.checks import judge, load
from vaudit.judge.read_checks import read
from vaudit.judge.rules import Checks
from vaudit.judge.workloads import answers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the checks, and beside it what the wheel would hold of them."""
    copy, made = tmp_path / "checks", tmp_path / ready.NAME
    shutil.copytree(resources.folder("checks"), copy)
    made.write_bytes(ready.content(read([copy], builtin=True), copy))
    monkeypatch.setattr(resources, "folder", lambda _name: str(copy))
    monkeypatch.setattr(resources, "ready", lambda _name: str(made))
    return copy


def plain(checks: Checks) -> bytes:
    return msgspec.json.encode(checks, order="deterministic")


@pytest.mark.slow
def test_they_are_the_same_and_say_the_same_of_every_machine(folder: Path) -> None:
    made, fresh = ready.load(folder), read([folder], builtin=True)
    assert made is not None
    assert fresh.problems == []
    assert plain(made) == plain(fresh)
    assert list(made.rules) == list(fresh.rules)
    for name in NAMES:
        seen = machine(name)
        assert judge(seen.facts, seen.benchmarks, made) == judge(seen.facts, seen.benchmarks, fresh), name
        assert answers(seen.facts, made) == answers(seen.facts, fresh), name
        own = ready.load(folder, "windows" if seen.facts.os.family == "windows" else "linux")
        assert own is not None
        assert judge(seen.facts, seen.benchmarks, own) == judge(seen.facts, seen.benchmarks, fresh), name


def test_for_one_system_those_of_others_are_left_out(folder: Path) -> None:
    systems = {rule.check.id: rule.check.systems for rule in load().known.values()}
    assert set(load(only="linux").known) == {name for name, on in systems.items() if on != ["windows"]}
    assert set(load(only="windows").known) == {name for name, on in systems.items() if on != ["linux"]}
    assert set(load([folder.parent], only="linux").known) == set(systems)  # one of them may be overridden


def test_they_are_read_only_where_nothing_was_made_ready(folder: Path, monkeypatch) -> None:
    fresh = plain(load())
    Path(resources.ready(ready.NAME)).rename(folder.parent / "aside")
    assert ready.load(folder) is None
    assert plain(load()) == fresh
    (folder.parent / "aside").rename(resources.ready(ready.NAME))
    monkeypatch.setattr(read_checks, "read", None)
    assert plain(load()) == fresh


@pytest.mark.parametrize("name", ["thresholds.toml", "cpu/gaps.toml"])
def test_a_file_that_was_changed_is_read(folder: Path, name: str) -> None:
    text = (folder / name).read_text()
    (folder / name).write_text(text.replace("1", "2").replace("Time vanishes", "Time vanished"))
    assert len((folder / name).read_text()) == len(text)
    assert ready.load(folder) is None


def test_a_file_that_came_is_read(folder: Path) -> None:
    (folder / "mine.toml").write_text("# nothing")
    assert ready.load(folder) is None


@pytest.mark.parametrize("damage", [b"", b"{}", b"12345678\n{}", None])
def test_what_is_damaged_is_not_used(folder: Path, damage: bytes | None) -> None:
    made = Path(resources.ready(ready.NAME))
    made.write_bytes(made.read_bytes().replace(b"fail", b"fial", 1) if damage is None else damage)
    assert ready.load(folder) is None
    assert load().problems == []


def test_what_another_version_made_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "__version__", "0.0.1")
    assert ready.load(folder) is None


def test_a_users_check_overrides_what_was_made_ready(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "checks.d"
    user.mkdir()
    (user / "mine.toml").write_text('id = "cpu.gaps"\nseverity = "low"\n')
    (user / "thresholds.toml").write_text("gaps_fail = 0.5\n")
    checks = load([user])
    assert checks.rules["cpu.gaps"].check.severity == "low"
    assert checks.rules["cpu.gaps"].check.title == "Time vanishes beneath the kernel"
    assert checks.limits["gaps_fail"].value == 0.5
    assert checks.problems == []
