"""The house's walls: which part may import which, and that data folders hold only data."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "vaudit"

# what a folder may import of vaudit, besides itself
ALLOWED = {
    "evidence": set(),
    "facts": {"vaudit.evidence.source"},
    "judge": {
        "vaudit.facts.model",
        "vaudit.facts.names",
        "vaudit.bench.samples",
        "vaudit.report",
        "vaudit.resources",
    },
    "output": {
        "vaudit.report",
        "vaudit.resources",
        "vaudit.facts.model",
        "vaudit.bench.samples",
        "vaudit.judge.finding",
    },
    "bench": {"vaudit.facts.model"},
}
REACHES_THE_MACHINE = {"os", "subprocess", "platform", "socket", "shutil", "psutil", "pathlib", "io", "glob"}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def sources(folder: str) -> list[Path]:
    return sorted((PACKAGE / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_folder_imports_only_what_its_wall_lets_through(folder: str) -> None:
    modules = {
        f"vaudit.{path.relative_to(PACKAGE).with_suffix('').as_posix().replace('/', '.')}"
        for path in PACKAGE.rglob("*.py")
    }
    for path in sources(folder):
        own = f"vaudit.{folder}"
        others = {name for name in imports(path) & modules if not name.startswith(own)}
        assert others <= ALLOWED[folder] | {"vaudit.__init__"}, path


@pytest.mark.parametrize("path", sources("facts"), ids=lambda path: path.name)
def test_facts_reach_the_world_only_through_a_source(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & REACHES_THE_MACHINE
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"open", "exec", "eval", "__import__"}


@pytest.mark.parametrize("path", [*sources("judge"), *sources("output")], ids=lambda path: path.name)
def test_judge_and_output_never_touch_the_machine(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & {"subprocess", "platform", "socket", "psutil"}
    assert not {name for name in imports(path) if name.startswith("vaudit.evidence")}


@pytest.mark.parametrize("folder", ["checks", "reports"])
def test_data_folders_hold_no_python(folder: str) -> None:
    assert not list((ROOT / folder).rglob("*.py"))


def test_no_shell_is_ever_used() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "shell":
                raise AssertionError(f"{path}:{node.value.lineno} uses a shell")
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("system", "popen")
                and isinstance(node.value, ast.Name)
            ):
                assert node.value.id != "os", path
