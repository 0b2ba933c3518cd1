"""vaudit installed from its wheel by pip, in a Windows Python under Wine, without a network."""

import ensurepip
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wine import wine

pytestmark = [pytest.mark.outer("wine"), pytest.mark.xdist_group("wine")]
HOME = wine.PREFIX / "drive_c" / "Program Files" / "Python 3.12"
"""With spaces, as Windows has them."""
UTF8 = {"PYTHONUTF8": "1"}


@pytest.fixture(scope="module")
def installed(windows: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The program that `pip install` made."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=wine.ROOT, check=True, capture_output=True)
    shutil.rmtree(HOME, ignore_errors=True)
    shutil.copytree(wine.PYTHON, HOME, ignore=shutil.ignore_patterns("site-packages", "ready"))
    # pip is not part of the embeddable build, which looks nowhere but where its list says
    paths = [f"python{wine.TAG}.zip", ".", "Lib\\site-packages", "import site"]
    (HOME / f"python{wine.TAG}._pth").write_text("\n".join(paths) + "\n")
    (pip,) = (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")
    with zipfile.ZipFile(pip) as opened:
        opened.extractall(HOME / "Lib" / "site-packages")
    found = ["--no-index", "--find-links", wine.windows(folder), "--find-links"]
    words = ["-m", "pip", "install", "--no-warn-script-location", "--disable-pip-version-check"]
    python, folders = str(HOME / "python.exe"), [*found, wine.windows(wine.CACHE / "wheels")]
    done = wine.wine(python, *words, *folders, "vaudit", **UTF8)
    assert done.returncode == 0, done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")
    yield HOME / "Scripts" / "vaudit.exe"
    shutil.rmtree(HOME)


def vaudit(program: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    return wine.wine(str(program), *words, **UTF8)


def test_the_program_that_pip_made_scans_this_machine(installed: Path) -> None:
    assert vaudit(installed, "--version").stdout.startswith(b"vaudit ")
    done = vaudit(installed, "scan", "--bench", "off", "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)["facts"]["hypervisor"]["kind"] == "wine"


def test_a_schedule_starts_the_program_that_pip_made(installed: Path) -> None:
    done = vaudit(installed, "schedule", "schtasks", "--bench", "off")
    assert done.returncode == 0, done.stderr
    assert '/TR "\\"C:\\Program Files\\Python 3.12\\Scripts\\vaudit.exe\\" scan ' in done.stdout.decode()


def test_what_pip_installed_is_what_the_wheel_holds(installed: Path) -> None:
    done = wine.wine(str(HOME / "python.exe"), "-m", "pip", "check", **UTF8)
    assert done.returncode == 0, done.stdout
    assert os.path.isdir(HOME / "Lib" / "site-packages" / "vaudit" / "checks")
