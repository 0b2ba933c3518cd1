"""The examples in docs/ci.md: CI systems can read them; their lines run, and leave what is promised."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests import machines
from tests.outer import program

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "ci.md").read_text()
EXAMPLES = dict(re.findall(r"<!-- example: (\w+) -->\n```yaml\n(.*?)```", PAGE, re.DOTALL))
SCHEMAS = {
    "github": ["vendor.github-workflows", "custom.github-workflows-require-timeout"],
    "gitlab": ["vendor.gitlab-ci"],
}


def shell_lines(example: str) -> list[str]:
    """What an example runs: GitHub's `run:`, GitLab's `script:` items."""
    return re.findall(r"^ +(?:- )?run: (.*)$|^    - (\S.*)$", example, re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as the page asks for it, and a machine that has vaudit."""
    (tmp_path / "machines").mkdir()
    for name in ("lab-kvm-virtio", "synthetic-kvm-emulated"):
        (tmp_path / "machines" / f"{name}.vdump").write_text(machines.text(name))
    (tmp_path / "vaudit-1.0-py3-none-any.whl").touch()
    (tmp_path / "bin").mkdir()
    for name, does in (("vaudit", f'exec {sys.executable} -m vaudit "$@"'), ("pip", 'test -f "$2"')):
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "shell"), [("github", ["bash", "-e", "-c"]), ("gitlab", ["sh", "-e", "-c"])]
)
def test_the_lines_run_and_leave_both_files(name: str, shell: list[str], project: Path) -> None:
    lines = ["".join(found) for found in shell_lines(EXAMPLES[name])]
    assert len(lines) == {"github": 3, "gitlab": 2}[name]
    path = f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = {
        **os.environ,
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(project / "step.md"),
    }
    codes = [subprocess.run([*shell, line], cwd=project, env=env, check=False).returncode for line in lines]
    assert codes == {"github": [0, 1, 0], "gitlab": [0, 1]}[name]  # 1: one of the machines has findings
    assert len(ElementTree.parse(project / "junit.xml").getroot()) == 2  # noqa: S314
    summary = (project / "summary.md").read_text()
    assert summary.startswith("## vaudit: 1 of 2 machines needs attention")
    if name == "github":
        assert (project / "step.md").read_text() == summary


@pytest.mark.outer("check-jsonschema")
@pytest.mark.parametrize(("name", "schema"), [(name, one) for name in SCHEMAS for one in SCHEMAS[name]])
def test_the_systems_can_read_them(name: str, schema: str, tmp_path: Path) -> None:
    (tmp_path / "ci.yml").write_text(EXAMPLES[name])
    command = [program("check-jsonschema"), "--builtin-schema", schema, str(tmp_path / "ci.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "ci.yml").write_text(EXAMPLES[name].replace("timeout", "timeoot"))
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
