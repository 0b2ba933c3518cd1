"""What the README shows is what happens: its commands run, its output is real, its links lead somewhere.

VAUDIT_UPDATE=1 writes the output as it is now into the README; look at the change before you keep it.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text()
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines() if line
]
SHOWN = re.findall(r"<!-- output: (vaudit .*?) -->\n```text\n(.*?)```", TEXT, re.DOTALL)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", *shlex.split(command)]
    env = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    return subprocess.run(
        words, cwd=folder, capture_output=True, text=True, check=False, timeout=300, env=env
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder that looks like the checkout to the README's relative paths."""
    path: Path = tmp_path_factory.mktemp("readme")
    (path / "tests").symlink_to(ROOT / "tests")
    return path


@pytest.mark.slow
def test_the_commands_of_the_readme_run_in_its_order(folder: Path) -> None:
    """One after the other in one folder: what `record` leaves there, `scan --from` reads."""
    done = {command: run(command, folder) for command in COMMANDS if command.startswith("vaudit ")}
    said = {command: one.stderr for command, one in done.items() if one.returncode not in (0, 1)}
    assert said == {}
    assert not [command for command, one in done.items() if "Traceback" in one.stderr]


def test_the_make_targets_of_the_readme_exist() -> None:
    targets = [line.split()[1] for line in COMMANDS if line.startswith("make ")]
    makefile = (ROOT / "Makefile").read_text()
    assert targets == ["scan", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


@pytest.mark.parametrize(("command", "text"), SHOWN)
def test_output_in_the_readme_is_what_the_program_prints(command: str, text: str, folder: Path) -> None:
    shown = run(command, folder).stdout.strip()
    if os.environ.get("VAUDIT_UPDATE"):
        (ROOT / "README.md").write_text(TEXT.replace(text, shown + "\n"))
    else:
        assert shown == text.strip()


def test_every_command_is_in_the_readme() -> None:
    from vaudit.commands import COMMANDS

    assert all(f"vaudit {command}" in TEXT for command in COMMANDS)


def test_the_readmes_check_is_a_check(tmp_path: Path) -> None:
    from vaudit.judge.checks import load

    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "mine.toml").write_text(block)
    loaded = load([tmp_path])
    assert not loaded.problems
    assert "mine.no-swap" in loaded.rules


def test_files_that_the_readme_names_exist() -> None:
    for path in re.findall(r"\]\(([\w./-]+)\)", TEXT):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"`((?:vaudit|tests|checks|reports|benchmarks)/[\w./-]*)`", TEXT):
        assert (ROOT / path).exists(), path
