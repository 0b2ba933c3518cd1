"""What shells complete, how fast, and that the scripts do it in the shells themselves."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.outer import program
from vaudit.commands import COMMANDS, command
from vaudit.commands.completion import SCRIPTS, check_ids, following, parted
from vaudit.commands.options import declared
from vaudit.judge.checks import load
from vaudit.machines import check_folders

ROOT = Path(__file__).parent.parent
CPU = 0.2
"""Seconds of CPU that an answer may take."""


def words(line: str) -> list[str]:
    return [word.text for word in following(*parted(line))]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("vaudit rec", ["record"]),
        ("vaudit bench ", ["disk", "network"]),
        ("vaudit scan --form", ["--format"]),
        ("vaudit scan --format j", ["json", "jsonl", "junit"]),
        ("vaudit scan --format=mark", ["--format=markdown"]),
        ("vaudit scan --verbose --fail-on ", ["info", "low", "medium", "high", "never"]),
        ("vaudit scan --no-sh", ["--no-share"]),
        ("vaudit scan -V --from ", []),
        ("vaudit explain storage.emulated-disk", ["storage.emulated-disk", "storage.emulated-disk-fits"]),
        ("vaudit completion f", ["fish"]),
        ("vaudit --ver", ["--version"]),
        ("vaudit nonsense ", []),
    ],
)
def test_what_may_follow(line: str, found: list[str]) -> None:
    assert words(line) == found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_every_command_is_offered(name: str) -> None:
    flags = {option.flags[0] for _, option in declared(command(name).Options).values() if option.flags}
    assert flags <= set(words(f"vaudit {name} --"))


def test_the_ids_are_those_of_the_checks_in_force() -> None:
    assert check_ids() == sorted(load(check_folders(())).rules)


def test_an_answer_comes_at_once() -> None:
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command_ = [sys.executable, "-m", "vaudit", "completion", "zsh", "--line=vaudit explain "]
        subprocess.run(command_, cwd=ROOT, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < CPU


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment in which `vaudit` is a program."""
    (tmp_path / "vaudit").write_text(f'#!/bin/sh\nexec {sys.executable} -m vaudit "$@"\n')
    (tmp_path / "vaudit").chmod(0o755)
    for shell, script in SCRIPTS.items():
        (tmp_path / f"completion.{shell}").write_text(script)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "TERM": "dumb"}


def said(shell: str, script: str, env: dict[str, str], folder: Path) -> list[str]:
    done = subprocess.run(
        [shell, "-c", script], env=env, cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split("\n")[:-1]


def test_bash_completes(env: dict[str, str], tmp_path: Path) -> None:
    for line, found in (
        ("vaudit scan --format j", ["json", "jsonl", "junit"]),
        ("vaudit scan --fail-on=m", ["medium"]),
    ):
        ask = f'. ./completion.bash; COMP_LINE="{line}" COMP_POINT={len(line)}; _vaudit; '
        ask += 'printf "%s\\n" "${COMPREPLY[@]}"'
        assert said("bash", ask, env, tmp_path) == found
    assert said("bash", ". ./completion.bash; complete -p vaudit", env, tmp_path) == [
        "complete -o default -F _vaudit vaudit"
    ]


@pytest.mark.outer("zsh")
def test_zsh_completes(env: dict[str, str], tmp_path: Path) -> None:
    """Its own `_describe` needs a terminal: what it is given is looked at."""
    ask = (
        'compdef() { print "$@"; }; _describe() { print -l "${(@P)2}"; }; _files() { print files; }\n'
        ". ./completion.zsh\n"
        "words=(vaudit scan --format j); CURRENT=4; _vaudit; words=(vaudit re); CURRENT=2; _vaudit\n"
        "words=(vaudit report ''); CURRENT=3; _vaudit"
    )
    shown = said(program("zsh"), ask, env, tmp_path)
    assert shown[:5] == [
        "_vaudit vaudit",
        "json",
        "jsonl",
        "junit",
        "record:Record what a scan reads, so that it can be replayed elsewhere",
    ]
    assert shown[-1] == "files"


@pytest.mark.outer("fish")
def test_fish_completes(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "some-report.json").touch()
    ask = "source completion.fish; complete -C 'vaudit scan --format j'; complete -C 'vaudit report som'"
    shown = said(program("fish"), ask, env, tmp_path)
    assert [line.split("\t")[0] for line in shown] == ["json", "jsonl", "junit", "some-report.json"]
