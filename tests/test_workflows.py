"""What runs elsewhere is what runs here: the workflow and `.ci/run` call targets of the Makefile."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.outer import program
from vaudit import toml

ROOT = Path(__file__).parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text()


def commands(pattern: str) -> list[str]:
    """What the workflow runs."""
    return re.findall(rf"- run: ({pattern}.*)", WORKFLOW.read_text())


def test_they_call_targets_that_exist() -> None:
    called = re.findall(r"^make ([\w-]+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert called == ["outer-programs", "test", "outer"]
    for target in [*called, *(command.split()[1] for command in commands("make "))]:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_every_python_is_tried_from_the_oldest_that_is_allowed() -> None:
    oldest = toml.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    (matrix,) = re.findall(r"python: \[(.*)\]", WORKFLOW.read_text())
    assert f">={matrix.split(',')[0].strip(chr(34))}" == oldest
    assert f"in {matrix.replace(chr(34), '').replace(',', '')};" in (ROOT / "tools" / "matrix.sh").read_text()


def test_the_replay_answers() -> None:
    (command,) = commands("vaudit ")
    argv = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    assert '"schema": "vaudit.report/' in done.stdout


@pytest.mark.outer("check-jsonschema")
@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", [WORKFLOW]),
        ("custom.github-workflows-require-timeout", [WORKFLOW]),
        ("vendor.github-issue-forms", FORMS),
    ],
)
def test_github_can_read_them(schema: str, files: list[Path]) -> None:
    argv = [program("check-jsonschema"), "--builtin-schema", schema, *map(str, files)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
