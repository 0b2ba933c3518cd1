"""The pages in docs/ and beside the README: their code runs, their links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import vaudit
from tests import machines
from vaudit.commands import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
API = (ROOT / "docs" / "python-api.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", API, re.DOTALL)
CHECKS = (ROOT / "docs" / "checks.md").read_text()
CHECK = re.findall(r"```toml\n(id = 'mine.no-swap'.*?)```", CHECKS, re.DOTALL)[0]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="it scans this machine")
def test_the_code_of_the_library_page_runs_block_by_block(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    for name in ("lab-xen-pv", "synthetic-kvm-emulated"):
        (tmp_path / "records" / f"{name}.vdump").write_text(machines.text(name))
    (tmp_path / "records" / "other.vdump").write_text(machines.text("lab-kvm-virtio"))
    (tmp_path / "our-checks").mkdir()
    (tmp_path / "our-checks" / "no-swap.toml").write_text(CHECK)
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n" + "\n".join(BLOCKS)
    words = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.stderr == ""
    assert "records/lab-xen-pv.vdump xen" in done.stdout
    assert "no-such-file: no such file or folder" in done.stdout
    assert "'not a host' is not an address" in done.stdout
    assert "host.vdump: not a vaudit report" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="it scans this machine")
def test_the_python_of_the_readme_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.count("[")) == ("", 1)


@pytest.mark.parametrize("name", vaudit.__all__)
def test_the_library_page_speaks_of_each_function_and_error(name: str) -> None:
    if name.islower() or name.endswith("Error"):
        assert f"vaudit.{name}" in API


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text()
    for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text):
        assert (page.parent / link).exists(), link
    named = r"`((?:vaudit|tests|checks|reports|benchmarks|docs|tools)/[\w./-]*)`"
    if page.name not in (
        "CHANGELOG.md",
        "CONTRIBUTING.md",
    ):  # of old times; of files that are still to be made
        for path in re.findall(named, text):
            assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_a_page_names_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`make ([a-z-]+)", page.read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    firsts = {name.split()[0] for name in COMMANDS}
    for command in re.findall(r"`vaudit ([a-z]+)", page.read_text()):
        assert command in firsts, command


def test_the_version_is_that_of_the_changelog_and_in_development_until_it_is_released() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    number, when = re.findall(r"^## (\d+\.\d+\.\d+) \((.*)\)$", changelog, re.MULTILINE)[0]
    assert vaudit.__version__ == (f"{number}.dev0" if when == "unreleased" else number)
