"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the checkout, do what they promise."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
pytestmark = pytest.mark.slow


class Step(NamedTuple):
    """A block of a recipe: a file, the line behind which it goes (none: the file is new), and its text."""

    path: str
    behind: str | None
    text: str


def steps(recipe: str) -> Iterator[Step]:
    """The blocks of one recipe, each with where it goes, which the sentence before it says."""
    chapter = re.split(r"^#{2,3} ", TEXT.partition(f"### {recipe}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    for before, block in re.findall(r"([^\n]+):\n\n```\w+\n(.*?)```", chapter, re.DOTALL):
        place = re.search(r"(?:New file|in) `([^`]+)`(?:, behind `([^`]+)`)?$", before, re.IGNORECASE)
        assert place, before
        yield Step(place[1], place[2], block)


def follow(step: Step, house: Path) -> None:
    file = house / step.path
    if step.behind is None:
        assert not file.exists(), f"{step.path} is there already"
        file.write_text(step.text)
        return
    lines = file.read_text().splitlines(keepends=True)
    (at,) = [number for number, line in enumerate(lines) if line.strip() == step.behind]
    file.write_text("".join([*lines[: at + 1], step.text, *lines[at + 1 :]]))


def run(house: Path, *words: str, codes: tuple[int, ...] = (0,)) -> str:
    env = {**os.environ, "PYTHONPATH": str(house), "NO_COLOR": "1", "COLUMNS": "100"}
    command = [sys.executable, *words]
    done = subprocess.run(
        command, cwd=house, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode in codes, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def passes(house: Path, *words: str) -> None:
    """Tests of the copy pass, of which there is at least one."""
    run(house, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is under version control, as it is now."""
    made: Path = tmp_path_factory.mktemp("recipes") / "checkout"
    left = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "vaudit-report.*")
    shutil.copytree(ROOT, made, ignore=left)
    return made


@pytest.fixture
def house(checkout: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy in which a recipe was followed."""
    made = tmp_path / "house"
    shutil.copytree(checkout, made)
    found = list(steps(request.param))
    assert found
    for step in found:
        follow(step, made)
    changed = {step.path for step in found if step.path.endswith(".py")}
    if shutil.which("ruff", path=str(Path(sys.executable).parent)):
        run(made, "-m", "ruff", "check", "-q", *changed)
        run(made, "-m", "ruff", "format", "--check", "-q", *changed)
    return made


def recipe(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("house", [name], indirect=True, ids=[""])


def test_each_recipe_is_followed_here() -> None:
    names = re.findall(r"^### (.*)$", TEXT.partition("## Recipes")[2], re.MULTILINE)
    text = Path(__file__).read_text()
    assert names
    assert [name for name in names if f'@recipe("{name}")' not in text] == []


@pytest.fixture
def dump(house: Path, tmp_path: Path) -> str:
    """Writes the made machines; gives their folder."""
    run(house, "-m", "tests.machines", "--write", str(tmp_path / "dumps"))
    return str(tmp_path / "dumps")


@recipe("Add a check")
def test_a_new_check_fires_where_it_says_and_keeps_the_rules(house: Path, dump: str) -> None:
    (id_,) = re.findall(r"^id = '(.*)'$", "".join(step.text for step in steps("Add a check")), re.MULTILINE)
    shown = run(house, "-m", "vaudit", "scan", "--from", f"{dump}/synthetic-large-swap.vdump", codes=(0, 1))
    assert f"({id_})" in shown
    assert "7.81 GiB" in shown or "8 GiB" in shown
    assert id_ in run(house, "-m", "vaudit", "checks")
    passes(house, "tests/judge/test_builtin.py")


FORMATS = ("terminal", "paste", "json", "jsonl", "html")


@recipe("Add a hypervisor")
def test_a_new_hypervisor_is_named_everywhere(house: Path, dump: str) -> None:
    path = f"{dump}/synthetic-acme.vdump"
    for name in FORMATS:
        shown = run(house, "-m", "vaudit", "scan", "--from", path, "--format", name, codes=(0, 1))
        assert "Acme Hypervisor" in shown, name
    report = json.loads(run(house, "-m", "vaudit", "scan", "--from", path, "--format", "json", codes=(0, 1)))
    assert report["facts"]["hypervisor"]["kind"] == "acme"
    assert {one["signal"] for one in report["facts"]["hypervisor"]["witnesses"]} >= {"cpuid", "dmi"}
    schema = house / "reports" / "schema" / "report.schema.json"
    schema.write_text(run(house, "-m", "vaudit", "schema"))  # what `make schema` does
    passes(
        house,
        "tests/facts/test_machines.py",
        "tests/facts/test_words.py",
        "tests/output/test_json.py",
        "tests/judge/test_builtin.py",
        "tests/test_walls.py",
    )


@recipe("Add a format")
def test_a_new_format_is_rendered_and_offered(house: Path, dump: str, tmp_path: Path) -> None:
    path = f"{dump}/synthetic-kvm-emulated.vdump"
    shown = run(house, "-m", "vaudit", "scan", "--from", path, "--format", "csv", codes=(0, 1))
    assert shown.startswith("check,status,severity,subject,message\n")
    assert "\nstorage.emulated-disk,fail," in shown
    run(house, "-m", "vaudit", "scan", "--from", path, "-o", str(tmp_path / "findings.csv"), codes=(0, 1))
    assert (tmp_path / "findings.csv").read_text() == shown
    assert "csv" in run(house, "-m", "vaudit", "scan", "--help")
    code = f"import vaudit; print(vaudit.render(vaudit.scan({path!r}), 'csv'), end='')"
    assert run(house, "-c", code) == shown
    passes(house, "tests/output/test_formats.py", "tests/test_walls.py", "tests/test_options.py")
