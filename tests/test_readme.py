"""What the README and the pages in docs/ show is what happens: commands run, output is real, links lead on.

VAUDIT_UPDATE=1 writes the output as it is now into the pages; look at the change before you keep it.
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
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = [
    (page, command, text)
    for page in PAGES
    for command, _, text in re.findall(
        r"<!-- output: (vaudit .*?) -->\n(`{3,})text\n(.*?)\n\2\n", page.read_text(), re.DOTALL
    )
]


def commands(page: Path) -> list[str]:
    """What a page tells its readers to run, line by line."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


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
@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.name)
def test_the_commands_of_a_page_run_in_its_order(page: Path, folder: Path) -> None:
    """One after the other in one folder: what `record` leaves there, `scan --from` reads."""
    done = {command: run(command, folder) for command in commands(page) if command.startswith("vaudit ")}
    said = {command: one.stderr for command, one in done.items() if one.returncode not in (0, 1)}
    assert said == {}
    assert not [command for command, one in done.items() if "Traceback" in one.stderr]


def test_the_make_targets_of_the_readme_exist() -> None:
    targets = [line.split()[1] for line in commands(ROOT / "README.md") if line.startswith("make ")]
    makefile = (ROOT / "Makefile").read_text()
    assert targets == ["scan", "wheel", "test"]  # the first two are run by tests/test_install.py
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_nothing_but_these_two_programs_is_to_be_run() -> None:
    assert {line.split()[0] for page in PAGES for line in commands(page)} == {"vaudit", "make"}


@pytest.mark.parametrize(("page", "command", "text"), SHOWN)
def test_output_in_a_page_is_what_the_program_prints(
    page: Path, command: str, text: str, folder: Path
) -> None:
    shown = run(command, folder).stdout.strip()
    assert shown
    if os.environ.get("VAUDIT_UPDATE"):
        page.write_text(page.read_text().replace(f"text\n{text}\n`", f"text\n{shown}\n`"))
    else:
        assert shown == text.strip()


def test_every_command_is_told() -> None:
    from vaudit.commands import COMMANDS

    told = "".join(page.read_text() for page in (ROOT / "README.md", ROOT / "docs" / "use.md"))
    assert all(f"vaudit {command}" in told for command in COMMANDS)


def test_the_checks_that_are_shown_are_checks(tmp_path: Path) -> None:
    from vaudit.judge.checks import load

    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "checks.md").read_text(), re.DOTALL)
    for number, block in enumerate(blocks):
        (tmp_path / f"{number}.toml").write_text(block)
    loaded = load([tmp_path])
    assert not loaded.problems
    assert {"mine.no-swap", "mine.slow-flush"} <= set(loaded.rules)


def test_the_check_of_a_benchmark_judges_one(tmp_path: Path) -> None:
    """Not two, where fio and the engine of vaudit's own measured the same."""
    import vaudit
    from tests import machines

    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "checks.md").read_text(), re.DOTALL)
    (tmp_path / "a.toml").write_text(next(block for block in blocks if "slow-flush" in block))
    report = vaudit.scan(machines.path("lab-slow-20ms"), checks=[tmp_path])
    (found,) = [one for one in report.findings if one.check == "mine.slow-flush"]
    assert (found.status, found.severity) == ("fail", "high")
    assert found.message == "flushed writes take 22.3 ms at the 99th percentile"


def test_files_that_the_readme_names_exist() -> None:
    for path in re.findall(r"\]\(([\w./-]+)\)", TEXT):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"`((?:vaudit|tests|checks|reports|benchmarks)/[\w./-]*)`", TEXT):
        assert (ROOT / path).exists(), path
