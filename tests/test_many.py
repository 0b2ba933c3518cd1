"""Many machines in one process: what it takes, and that the first is shown before the last is looked at."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MEMORY = 60 << 20
"""Bytes that 500 records may take."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 500 records."""
    made: Path = tmp_path_factory.mktemp("many")
    paths = sorted((ROOT / "tests" / "machines").glob("*.vdump"))
    for number in range(500):
        (made / f"{number:03}.vdump").symlink_to(paths[number % len(paths)])
    return made


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory as Linux gives it")
@pytest.mark.parametrize("form", ["junit", "jsonl", "markdown"])
def test_500_records_take_little_memory(form: str, folder: Path) -> None:
    code = (
        "import resource, subprocess, sys\n"
        f"subprocess.run([sys.executable, '-m', 'vaudit', 'scan', '--from', {str(folder)!r}, '--format',"
        f" {form!r}, '--fail-on', 'never'], stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < MEMORY


@pytest.mark.slow
@pytest.mark.parametrize("form", ["junit", "jsonl"])
def test_the_first_is_shown_before_the_last_is_looked_at(form: str, folder: Path) -> None:
    words = [
        sys.executable,
        "-m",
        "vaudit",
        "scan",
        "--from",
        str(folder),
        "--format",
        form,
        "--fail-on",
        "never",
    ]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        begun = process.stdout.read(4096)
        used = cpu_of(process.pid)
        rest = process.stdout.read()
        process.wait()
    whole = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert begun and rest
    assert used < 0.5 * (whole.ru_utime + whole.ru_stime)


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_what_shows_no_evidence_makes_no_excerpts() -> None:
    from vaudit.commands.documents import Documents

    shown = {form: Documents(form, [], "never", False).excerpts for form in ("junit", "markdown", "json")}
    assert shown == {"junit": False, "markdown": False, "json": True}
    assert Documents("junit", ["a.html"], "never", False).excerpts
