"""What others can change is not followed by root, and their programs are run by nobody."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vaudit.bench.system import programs
from vaudit.judge.checks import load
from vaudit.machines import check_folders
from vaudit.trust import distrust

ROOT = Path(__file__).parent.parent
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="SKIPPED, NOT PASSED: owners are changed by root alone")
OTHER = 54321
"""A user that this machine does not know."""
CHECK = """id = 'site.check'
title = 'Far too little memory'
severity = 'high'
fail = "memory.total > 0"
message = 'as it is'
why = 'Because.'
"""


def folder_of_checks(path: Path) -> Path:
    path.mkdir(mode=0o755, parents=True)
    (path / "own.toml").write_text(CHECK)
    (path / "own.toml").chmod(0o644)
    return path


def test_what_only_root_and_this_user_can_change_is_trusted(tmp_path: Path) -> None:
    folder = folder_of_checks(tmp_path / "checks.d")
    (tmp_path / "link").symlink_to("checks.d")
    for path in (folder, folder / "own.toml", tmp_path / "link" / "own.toml", sys.executable, "/usr/bin/env"):
        assert distrust(path) == ""


@pytest.mark.parametrize(("mode", "trusted"), [(0o600, True), (0o644, True), (0o664, None), (0o646, False)])
def test_a_file_that_others_may_write_to_is_not(tmp_path: Path, mode: int, trusted: bool | None) -> None:
    """A group of root alone, or of this user alone, is nobody else."""
    path = tmp_path / "file"
    path.write_text("")
    path.chmod(mode)
    own = path.stat().st_gid == 0 or path.stat().st_gid == os.geteuid()
    assert distrust(path) == (
        "" if (own if trusted is None else trusted) else f"{path} may be written to by others"
    )


@as_root
def test_a_group_with_others_in_it_is_others(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    path.chmod(0o664)
    os.chown(path, 0, OTHER)
    assert distrust(path) == f"{path} may be written to by others"


def test_a_folder_above_counts_unless_others_may_only_add_to_it(tmp_path: Path) -> None:
    path = folder_of_checks(tmp_path / "open" / "checks.d") / "own.toml"
    (tmp_path / "open").chmod(0o777)
    assert distrust(path) == f"{tmp_path}/open may be written to by others"
    (tmp_path / "open").chmod(0o1777)
    assert distrust(path) == ""
    path.parent.chmod(0o1777)
    assert distrust(path.parent) == f"{path.parent} may be written to by others"


@as_root
def test_a_link_of_another_user_leads_where_that_user_likes(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/usr/bin/env")
    os.lchown(tmp_path / "link", OTHER, OTHER)
    assert distrust(tmp_path / "link") == f"{tmp_path}/link belongs to user {OTHER}"
    (tmp_path / "second").symlink_to("link")
    assert distrust(tmp_path / "second") == f"{tmp_path}/link belongs to user {OTHER}"


def test_links_in_a_circle_and_nothing_are_errors(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")
    for name in ("circle", "nothing"):
        with pytest.raises(OSError, match=name):
            distrust(tmp_path / name)


def _of_another(folder: Path) -> None:
    os.chown(folder, OTHER, OTHER)


def _file_of_another(folder: Path) -> None:
    os.chown(folder / "own.toml", OTHER, OTHER)


UNTRUSTED = {
    "the folder is another's": _of_another,
    "a file is another's": _file_of_another,
    "all may write to the folder": lambda folder: folder.chmod(0o777),
    "all may write to a file": lambda folder: (folder / "own.toml").chmod(0o666),
    "all may write above": lambda folder: folder.parent.chmod(0o777),
}


@as_root
@pytest.mark.parametrize("spoil", UNTRUSTED.values(), ids=UNTRUSTED.keys())
def test_root_follows_no_checks_that_others_can_change(tmp_path: Path, spoil) -> None:
    folder = folder_of_checks(tmp_path / "vaudit" / "checks.d")
    assert "site.check" in load([folder]).known
    spoil(folder)
    checks = load([folder])
    assert "site.check" not in checks.known
    assert len(checks.known) == len(load().known)
    (problem,) = checks.problems
    assert problem.status == "error"
    assert "not trusted by root" in problem.message
    assert "chown -R root: and chmod -R go-w" in problem.message
    assert "\n" not in problem.message


@as_root
def test_a_report_says_which_checks_root_did_not_follow(tmp_path: Path) -> None:
    folder = folder_of_checks(tmp_path / "vaudit" / "checks.d")
    os.chown(folder, OTHER, OTHER)
    words = [sys.executable, "-m", "vaudit", "scan", "--format", "json", "--from", "lab-kvm-virtio.vdump"]
    done = subprocess.run(
        words, cwd=ROOT / "tests" / "machines", capture_output=True, text=True, check=False,
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    (told,) = [one for one in json.loads(done.stdout)["findings"] if one["status"] == "error"]
    assert f"{folder} belongs to user {OTHER}" in told["message"]


def test_checks_in_the_folder_of_the_moment_are_nobodys(tmp_path: Path, monkeypatch) -> None:
    folder_of_checks(tmp_path / "vaudit" / "checks.d")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for value in (".", "", "../" + tmp_path.name):
        monkeypatch.setenv("XDG_CONFIG_HOME", value)
        assert [one for one in check_folders([]) if not one.startswith("/etc/")] == []
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert str(tmp_path / "vaudit" / "checks.d") in check_folders([])


def test_other_users_follow_what_they_name(tmp_path: Path, monkeypatch) -> None:
    folder = folder_of_checks(tmp_path / "checks.d")
    folder.chmod(0o777)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "site.check" in load([folder]).known


# programs


def program(folder: Path, version: str, name: str = "tool") -> Path:
    """A program that says its version, and leaves a file behind when it is run."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n: >'{folder}/was-run'\necho {name}-{version}\n")
    path.chmod(0o755)
    return path


def found(monkeypatch, *entries: str) -> programs.Program:
    monkeypatch.setenv("PATH", os.pathsep.join(entries))
    return programs.find("tool", r"tool-(\d)")


def test_a_program_in_a_folder_of_the_path_is_found(tmp_path: Path, monkeypatch) -> None:
    path = program(tmp_path / "bin", "1")
    assert found(monkeypatch, str(tmp_path / "none"), str(tmp_path / "bin")).path == str(path)


@pytest.mark.parametrize("entry", ["", ".", "bin", "./bin", "../work/bin"])
def test_the_folder_in_which_somebody_happens_to_be_is_no_place_for_programs(
    tmp_path: Path, monkeypatch, entry: str
) -> None:
    work = tmp_path / "work"
    program(work, "1")
    program(work / "bin", "1")
    monkeypatch.chdir(work)
    good = program(tmp_path / "good", "2")
    assert found(monkeypatch, entry).missing == "tool is not installed (apt-get install tool)"
    assert found(monkeypatch, entry, str(good.parent)).version == "tool 2"
    assert not list(work.rglob("was-run"))


def _open(path: Path) -> None:
    path.parent.chmod(0o777)


def _sticky(path: Path) -> None:
    path.parent.chmod(0o1777)


def _writable(path: Path) -> None:
    path.chmod(0o777)


@pytest.mark.parametrize("spoil", [_open, _sticky, _writable])
def test_a_program_that_others_can_put_there_is_not_run(tmp_path: Path, monkeypatch, spoil) -> None:
    bad, good = program(tmp_path / "bad", "1"), program(tmp_path / "good", "2")
    spoil(bad)
    told = found(monkeypatch, str(bad.parent))
    assert told.path is None
    assert told.missing.startswith(f"{bad} is not run: {tmp_path}/bad")
    assert told.missing.endswith("may be written to by others")
    assert found(monkeypatch, str(bad.parent), str(good.parent)).path == str(good)
    assert not (bad.parent / "was-run").exists()


@as_root
def test_a_program_of_another_user_is_not_run(tmp_path: Path, monkeypatch) -> None:
    bad = program(tmp_path / "bad", "1")
    os.chown(bad, OTHER, OTHER)
    assert found(monkeypatch, str(bad.parent)).missing == f"{bad} is not run: {bad} belongs to user {OTHER}"


# `python -m vaudit` in a folder of somebody else

BEFORE_US = ("runpy", "pkgutil")
"""What Python itself imports before it begins with a package that `-m` names: no package can help that."""
SAFE = (["-I"], ["-P"]) if sys.version_info >= (3, 11) else (["-I"],)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder of modules that bear the names of the standard library's, and of what vaudit needs."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    begun = subprocess.run(
        [sys.executable, "-c", "import runpy, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {*begun.stdout.split(), *BEFORE_US, "__main__"}
    for name in {*sys.stdlib_module_names, "msgspec", "typer", "jinja2", "psutil", "cpuinfo"} - imported:
        (folder / f"{name}.py").write_text(f"open('{tmp_path}/was-imported', 'a').write('{name} ')\n")
    return folder


def ran(folder: Path, *words: str, path: str = str(ROOT)) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}, "PYTHONPATH": path},
    )  # fmt: skip


def was_imported(folder: Path) -> str:
    told = folder.parent / "was-imported"
    return told.read_text() if told.exists() else ""


@pytest.mark.parametrize("words", [["--version"], ["checks"], ["scan", "--bench", "off", "--format", "html"]])
def test_nothing_is_imported_from_the_folder_in_which_it_is_started(hostile: Path, words: list[str]) -> None:
    done = ran(hostile, "-m", "vaudit", *words)
    assert (was_imported(hostile), done.stderr) == ("", "")
    assert done.returncode in (0, 1)


def test_the_stand_ins_would_be_imported(hostile: Path) -> None:
    """Else the test above proves nothing."""
    ran(hostile, "-c", "import json, typing")
    assert {"json", "typing"} <= set(was_imported(hostile).split())


@pytest.mark.parametrize("options", SAFE, ids=" ".join)
def test_the_safe_way_that_is_told_imports_no_other_vaudit_either(hostile: Path, options: list[str]) -> None:
    """A folder `vaudit` comes first where Python puts this folder first: only Python can help that."""
    assert "python3 -I -m vaudit" in (ROOT / "SECURITY.md").read_text()
    (hostile / "vaudit").mkdir()
    (hostile / "vaudit" / "__init__.py").write_text("raise SystemExit('the wrong one')")
    done = ran(hostile, *options, "-m", "vaudit", "--version")
    assert "the wrong one" not in done.stderr
    assert was_imported(hostile) == ""


def test_every_python_that_vaudit_starts_is_isolated() -> None:
    """-I: neither the folder of the moment nor PYTHON… in the environment say what it imports."""
    starting = [
        path for path in (ROOT / "vaudit").rglob("*.py") if "threads.interpreter()" in path.read_text()
    ]
    assert len(starting) >= 3
    assert [path for path in starting if '"-I"' not in path.read_text()] == []


def test_started_in_its_own_checkout_it_still_finds_itself() -> None:
    done = ran(ROOT, "-m", "vaudit", "--version", path="")
    assert (done.returncode, done.stderr) == (0, "")
