"""The wheel carries the checks and the reports, nothing stray, and works without the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tests import machines
from vaudit import cli
from vaudit.commands import helped
from vaudit.judge import ready
from vaudit.judge.read_checks import read
from vaudit.output import html

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.mark.slow
def test_everything_lies_below_vaudit(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith((".dist-info", ".data"))} == {"vaudit"}
    data = [name.partition(".data/")[2] for name in names if ".data/" in name]
    assert data == ["data/share/man/man1/vaudit.1"]


@pytest.mark.slow
def test_checks_and_reports_are_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("checks", "reports"):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert f"vaudit/{path.relative_to(ROOT)}" in names
    assert "vaudit/py.typed" in names
    assert not [name for name in names if "tests/" in name or name.endswith((".pyc", ".vdump"))]


def test_the_checks_are_inside_as_they_were_read(wheel: Path) -> None:
    folder = ROOT / "checks"
    made = zipfile.ZipFile(wheel).read(f"vaudit/ready/{ready.NAME}")
    assert made == ready.content(read([folder], builtin=True), folder)


def test_the_templates_are_inside_as_they_were_compiled(wheel: Path, tmp_path: Path) -> None:
    html.compile_templates(str(tmp_path))
    names = zipfile.ZipFile(wheel).namelist()
    inside = [name for name in names if name.startswith(f"vaudit/ready/{html.COMPILED}/")]
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {Path(name).name: zipfile.ZipFile(wheel).read(name) for name in inside} == made
    assert len(made) == 1 + len(list((ROOT / "reports").glob("*.j2")))


def test_the_help_is_inside_as_typer_writes_it(
    wheel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in helped.NAMES:
        words = [*name.split(), "--help"]
        assert cli.read(words) == 0
        monkeypatch.setattr("vaudit.resources._PACKAGE", str(tmp_path / "vaudit"))
        assert helped.ready(words) == capsys.readouterr().out
        assert helped.ready([*words[:-1], "-h"]) == helped.ready(words)


@pytest.mark.parametrize("columns", ["79", "80"])
def test_help_that_is_too_wide_is_not_used(
    columns: str, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = "import sys; sys.argv[0] = 'vaudit'; import vaudit.main; vaudit.main.main()"
    monkeypatch.setenv("COLUMNS", columns)
    path = os.pathsep.join([str(tmp_path), *(each for each in sys.path if each and each != str(ROOT))])
    words = [sys.executable, "-S", "-X", "importtime", "-c", code, "scan", "--help"]
    done = subprocess.run(
        words,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert "--fail-on" in done.stdout
    assert max(map(len, done.stdout.splitlines())) < int(columns)
    assert ("typer" in done.stderr) == (columns == "79")


@pytest.mark.slow
def test_it_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    dump = machines.path("synthetic-kvm-emulated")
    code = (
        f"import sys; sys.path[:] = [p for p in sys.path if p not in ('', {str(ROOT)!r})]\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "import vaudit.main, vaudit\n"
        f"assert vaudit.__file__.startswith({str(tmp_path)!r}), vaudit.__file__\n"
        f"sys.argv = ['vaudit', 'scan', '--from', {str(dump)!r}, '-o', 'report.html']\n"
        "vaudit.main.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "emulated" in done.stdout
    assert (tmp_path / "report.html").stat().st_size > 10_000


BUILD = """
import sys
from hatchling.build import build_sdist, build_wheel
build_wheel(sys.argv[1])
build_sdist(sys.argv[1])
"""


def built(folder: Path, **environment: str) -> dict[str, str]:
    """The checksums of what is built of a copy of the checkout in that folder."""
    skipped = shutil.ignore_patterns(".*", "__pycache__", "dist", "build")
    shutil.copytree(ROOT, folder / "checkout", ignore=skipped)
    for path in folder.rglob("*.toml"):
        os.utime(path, (0, int(environment["PYTHONHASHSEED"]) * 10**9))
    env = {**os.environ, "PYTHONPATH": "", **environment}
    words = [sys.executable, "-c", BUILD, str(folder / "built")]
    subprocess.run(words, cwd=folder / "checkout", env=env, check=True, capture_output=True, umask=0o77)
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in (folder / "built").iterdir()}


@pytest.mark.slow
def test_two_builds_are_equal_byte_for_byte(tmp_path: Path) -> None:
    """In other folders, at other times, of files of other times; of a wheel and of a source archive."""
    one = built(tmp_path / "one", PYTHONHASHSEED="1", TZ="UTC")
    other = built(tmp_path / "a second one", PYTHONHASHSEED="2", TZ="Asia/Tokyo", LC_ALL="C")
    assert len(one) == 2
    assert one == other


SMALL = {"_blake2", "_struct", "base64", "binascii", "errno", "gc", "select", "struct", "zlib"}
"""What a scan of a dump may import besides msgspec and what that imports."""
WATCHED = """
import sys
sys.path[:] = {path}
import msgspec
before = set(sys.modules)
if sys.version_info >= (3, 11):
    import re._compiler as compiler
else:
    import sre_compile as compiler
made = []
def watched(pattern, flags=0, compile=compiler.compile):
    made.append(pattern)
    return compile(pattern, flags)
compiler.compile = watched
import os
def leave(code):
    sys.stdout.flush()
    print(*sorted(set(sys.modules) - before - {{"re._compiler"}}), file=sys.stderr)
    print(*map(repr, made), sep="\\t", file=sys.stderr, flush=True)
    os.kill(os.getpid(), 9)
os._exit = leave
sys.argv = ["vaudit", "scan", "--from", {dump!r}, "--format", "json"]
import vaudit.main
vaudit.main.main()
"""


def test_a_plain_scan_imports_next_to_nothing(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    dump = str(tmp_path / "a.vdump")
    lines = machines.text("synthetic-kvm-good").splitlines(keepends=True)
    Path(dump).write_text("".join(line for line in lines if "%" not in line))  # only a dump is unescaped
    path = [str(tmp_path), *(each for each in sys.path if each and each != str(ROOT))]
    code = WATCHED.format(path=path, dump=dump)
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False)
    assert "vaudit.report/2" in done.stdout, done.stderr
    modules, patterns = done.stderr.split("\n")[:2]
    loaded = set(modules.split())
    assert "vaudit.judge.checks" in loaded
    escapes = {"urllib", "urllib.parse", "ipaddress", "math"}  # keys of a dump that hold blanks
    assert {name for name in loaded if not name.startswith("vaudit")} <= SMALL | escapes
    assert not {name for name in loaded if name.startswith(("vaudit.judge.read_", "vaudit.bench"))}
    assert not loaded & {"vaudit.judge.vocabulary", "vaudit.model.catalogue", "vaudit.toml", "vaudit.cli"}
    of_python = ("'([\\x00-\\x7f]+)'", "b'[A-Za-z0-9+/]*={0,2}'")  # urllib.parse, and base64 until 3.10
    assert [each for each in patterns.split("\t") if each and each not in of_python] == []
