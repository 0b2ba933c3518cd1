"""The lock fits pyproject.toml on every Python, and the licences are those that the packages name."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from vaudit import toml

ROOT = Path(__file__).parent.parent
PROJECT = toml.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements-dev.txt").read_text()
DOCUMENT = (ROOT / "docs" / "dependencies.md").read_text()
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
SYSTEMS = ("linux", "win32")
PERMISSIVE = {"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0"}


def wanted() -> list[Requirement]:
    """All that pyproject.toml asks for: of the program, of development and of the build."""
    groups = PROJECT["dependency-groups"]
    build = PROJECT["build-system"]["requires"]
    return [
        Requirement(one)
        for one in (*PROJECT["project"]["dependencies"], *build, *groups["dev"], *groups["locked"])
    ]


def entries() -> list[str]:
    """The lock's entries, each with its checksums."""
    body = "".join(f"{line}\n" for line in LOCK.splitlines() if not line.startswith("#"))
    return [one for one in re.split(r"\n(?=\S)", body.strip()) if one]


def there(marker: "Marker | None", python: str, system: str) -> bool:
    here: dict[str, Any] = {**default_environment(), "python_version": python, "sys_platform": system}
    return marker is None or marker.evaluate({**here, "python_full_version": f"{python}.1"})


def pinned(python: str, system: str) -> dict[str, str]:
    """Package -> version that the lock installs there."""
    found: dict[str, str] = {}
    for entry in entries():
        made = Requirement(entry.partition("\\")[0].partition("--hash")[0].strip())
        if there(made.marker, python, system):
            assert made.name not in found, f"{made.name} is locked twice on Python {python}"
            found[canonicalize_name(made.name)] = str(made.specifier).removeprefix("==")
    return found


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_all_that_is_asked_for_is_locked_within_its_bounds(python: str, system: str) -> None:
    locked = pinned(python, system)
    for one in wanted():
        if there(one.marker, python, system):
            version = locked[canonicalize_name(one.name)]
            assert one.specifier.contains(version, prereleases=True), f"{one} and {version}: make lock"


def test_every_entry_has_the_checksums_of_its_files() -> None:
    assert len(entries()) >= len(wanted())
    for entry in entries():
        assert re.search(r"^[a-z0-9-]+==[\w.]+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry


def test_compiled_packages_have_the_files_of_each_python_and_system() -> None:
    """One source archive and a wheel for a Python would be two."""
    compiled = [entry for entry in entries() if re.match(r"(msgspec|psutil|markupsafe|mypy)==", entry)]
    assert len(compiled) == 4
    assert all(entry.count("--hash=") > 15 for entry in compiled)


def test_the_lock_names_no_host() -> None:
    assert "://" not in LOCK
    assert not re.search(r"--(?:extra-)?index-url|--find-links", LOCK)


def test_what_users_install_has_an_upper_bound() -> None:
    for one in map(Requirement, (*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"])):
        assert any(each.operator == "<" for each in one.specifier), str(one)


# licences


def test_the_document_has_the_licences_that_packages_name() -> None:
    words = [sys.executable, str(ROOT / "tools" / "licences.py")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout in DOCUMENT, "python tools/licences.py --write"


def test_each_locked_package_has_a_row_and_a_licence() -> None:
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (.+?) \| (.+?) \|$", DOCUMENT, re.MULTILINE)
    named = {name: licence for name, licence, _ in rows if name not in ("package", "---")}
    assert set(named) == {re.split("==", entry)[0] for entry in entries()}
    program = {licence for _, licence, by in rows if by == "the program"}
    assert program
    assert program <= PERMISSIVE
    assert set(" OR ".join(named.values()).split(" OR ")) <= PERMISSIVE | {"MPL-2.0", "LGPL-3.0-or-later"}
