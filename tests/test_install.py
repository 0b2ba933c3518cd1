"""The virtual environment is made of nothing but a Python, also where Debian left ensurepip out."""

import hashlib
import http.server
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.outer import program

ROOT = Path(__file__).parent.parent
WHEEL = b"a wheel, for all that matters here"
PAGE = '<html><a href="../../files/{0}#sha256=0">{0}</a> <a href="/x/pip-1-py3-none-any.whl">pip-1</a></html>'
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it is for make and sh")


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("tools_pip", ROOT / "tools" / "pip.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SHA256", hashlib.sha256(WHEEL).hexdigest())
    monkeypatch.setattr(module, "FILES", (str(tmp_path / "none"), str(tmp_path / "pip.conf")))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return module


@pytest.fixture
def index(pip: ModuleType) -> Iterator[str]:
    """A package index on this host."""
    held = {"/simple/pip/": PAGE.format(pip.WHEEL).encode(), f"/files/{pip.WHEEL}": WHEEL,
            "/bare/pip/": b"<html></html>", "/other/pip/": b'<a href="/simple/pip/%s">' % pip.WHEEL.encode(),
            f"/simple/pip/{pip.WHEEL}": b"another"}  # fmt: skip

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = held.get(self.path)
            self.send_response(200 if content else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_pip_is_fetched_from_the_index_that_pip_would_ask(
    pip: ModuleType, index: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pip.index() == pip.PYPI
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {index}/simple/\n")
    assert pip.wheel(pip.index()) == WHEEL
    monkeypatch.setenv("PIP_INDEX_URL", f"{index}/bare")
    assert pip.index() == f"{index}/bare"


@pytest.mark.parametrize(
    ("place", "said"), [("bare", "does not list"), ("other", "checksum is another"), ("none", "404")]
)
def test_what_is_not_that_very_file_is_refused(pip: ModuleType, index: str, place: str, said: str) -> None:
    with pytest.raises(OSError, match=said):
        pip.wheel(f"{index}/{place}")
    with pytest.raises(OSError, match="no address of the web"):
        pip.wheel("file:///etc")


def test_the_pip_that_is_fetched_knows_dependency_groups(pip: ModuleType) -> None:
    major, minor = pip.WHEEL.split("-")[1].split(".")[:2]
    assert (int(major), int(minor)) >= (25, 1)
    assert len(pip.SHA256) == 64


def stand_in(folder: Path, name: str, version: str) -> None:
    """A Python that is nothing but its version."""
    minor = version.split(".")[1]
    text = f"#!/bin/sh\n[ \"$1\" = --version ] && echo 'Python {version}' && exit 0\n"
    text += f'case "$2" in *version_info*) [ {minor} -ge 10 ];; *) exit 1;; esac\n'
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def made(folder: Path, python: str = "python3") -> subprocess.CompletedProcess[str]:
    """What tools/venv.sh says where there are just the programs of a folder."""
    for name in ("sh", "dirname", "sed", "mktemp", "rm"):
        (folder / name).symlink_to(str(shutil.which(name)))
    env = {"PATH": str(folder), "HOME": str(folder), "PYTHON": python}
    words = ["sh", str(ROOT / "tools" / "venv.sh"), str(folder / "venv")]
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.parametrize("version", ["", "3.9.2"])
def test_a_python_that_is_too_old_is_one_line_that_says_how_to_have_another(
    tmp_path: Path, version: str
) -> None:
    if version:
        stand_in(tmp_path, "python3", version)
    done = made(tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    is_so = f"Python {version}" if version else "not installed"
    assert f"python3 is {is_so}, 3.10 or newer is needed; to have one: " in done.stderr
    assert "make again" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_newer_python_that_is_here_is_used_unless_another_was_named(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3", "3.9.2")
    stand_in(tmp_path, "python3.12", "3.12.1")
    done = made(tmp_path)
    assert "python3 is Python 3.9.2, so python3.12 is used\n" in done.stderr
    assert "python3.12 lacks its module venv" in done.stderr
    for name in ("sh", "dirname", "sed", "mktemp", "rm"):
        (tmp_path / name).unlink()
    stand_in(tmp_path, "python3.9", "3.9.2")
    named = made(tmp_path, "python3.9")
    assert (named.returncode, named.stderr.count("\n")) == (3, 1)
    assert "run make PYTHON=python3.12" in named.stderr


BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
TRUST = f"export SSL_CERT_FILE={BUNDLE} PIP_CERT={BUNDLE}"
SCAN = f"cd /home/joe/vaudit; {TRUST}; make scan && make wheel && ls dist"


@pytest.mark.outer("mmdebstrap", "unshare")
@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED, NOT PASSED: only root changes its root")
def test_an_ordinary_user_of_a_fresh_debian_scans_with_make(tmp_path: Path) -> None:
    root = tmp_path / "debian"
    packages = "--include=make,python3,ca-certificates,libc-bin,passwd"
    subprocess.run([program("mmdebstrap"), "--variant=minbase", packages, "bookworm", root], check=True)
    (root / "etc" / "resolv.conf").write_bytes(Path("/etc/resolv.conf").read_bytes())
    (root / str(BUNDLE)[1:]).write_bytes(BUNDLE.read_bytes())
    subprocess.run(["chroot", root, "useradd", "-m", "joe"], check=True)
    home = root / "home" / "joe" / "vaudit"
    ours = shutil.ignore_patterns(".venv*", ".git", ".outer", ".*_cache", "__pycache__", ".hypothesis")
    shutil.copytree(ROOT, home, ignore=ours, symlinks=True)
    subprocess.run(["chroot", root, "chown", "-R", "joe:", "/home/joe"], check=True)
    inside = f"mount -t proc proc {root}/proc; mount --rbind /sys {root}/sys; mount --rbind /dev {root}/dev; "
    inside += f"exec chroot {root} su - joe -c '{SCAN}'"
    words = ["unshare", "-m", "-p", "-f", "--propagation", "private", "sh", "-ec", inside]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    assert not (root / "usr/lib/python3.11/ensurepip").exists()
    assert "The whole report: /home/joe/vaudit/vaudit-report.html" in done.stdout
    assert (home / "vaudit-report.json").stat().st_size > 10_000
    assert done.stdout.rstrip().endswith("-py3-none-any.whl")


@pytest.mark.outer
@pytest.mark.parametrize("words", ["pipx run --spec WHEEL vaudit scan", "uvx --from WHEEL vaudit scan"])
def test_a_wheel_runs_as_the_readme_writes_it(tmp_path: Path, words: str) -> None:
    assert f"`{words.replace('WHEEL', 'dist/vaudit-*.whl')}`" in (ROOT / "README.md").read_text()
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True)
    (wheel,) = tmp_path.glob("vaudit-*.whl")
    first, *rest = words.replace("WHEEL", str(wheel)).split()
    env = {**os.environ, "HOME": str(tmp_path), "SSL_CERT_FILE": str(BUNDLE)}
    done = subprocess.run(
        [program(first), *rest, "--bench", "off", "-f", "json", "--fail-on", "never"],
        env=env, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("{")
