"""Two scans that measure: the second leaves or waits; and what a plain scan does not import for all this."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.history.test_state import HOLDER

SCAN = [sys.executable, "-m", "vaudit", "scan"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="it measures this machine")


@linux
def test_the_second_benchmark_leaves_and_names_the_process_of_the_first(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        for wait in ((), ("--wait", "1")):
            words = [*SCAN, "--bench", "light", "--keep", "--state", str(tmp_path), *wait]
            done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
            assert (done.returncode, done.stdout) == (3, "")
            (line,) = done.stderr.splitlines()
            assert f"process {holder.pid} " in line
        assert not (tmp_path / "history.db").exists()
        words = [*SCAN, "--bench", "off", "--keep", "--state", str(tmp_path), "--fail-on", "never"]
        assert (
            subprocess.run(words, capture_output=True, check=False).returncode == 0
        )  # which measures nothing
        holder.kill()


@linux
def test_a_plain_scan_imports_nothing_of_what_keeps_reports() -> None:
    code = (
        "import sys, os; from vaudit.main import start; sys.stdout = open(os.devnull, 'w');"
        "start(['scan', '--bench', 'off', '--fail-on', 'never']);"
        "print([name for name in sys.modules if 'sqlite' in name or '.history' in name], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == "[]\n"


def test_whoever_reads_the_last_report_needs_no_database() -> None:
    code = "import sys, vaudit.history.state; print('sqlite3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "False\n"
