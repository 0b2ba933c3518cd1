"""The programs in benchmarks/ run as docs/truth.md writes them, from any folder."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import light_truth, network_truth, scan_speed

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "benchmarks"
PARTS = ("__init__.py", "ends.py", "windows_traps.py", "windows_others.py")
PROGRAMS = sorted(path.name for path in FOLDER.glob("*.py") if path.name not in PARTS)


def run(name: str, *words: str, cwd: Path, asked: str = "") -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(FOLDER / name), *words]
    return subprocess.run(argv, cwd=cwd, input=asked, capture_output=True, text=True, check=False)


def test_every_program_is_told_of() -> None:
    told = "".join((ROOT / page).read_text() for page in ("README.md", "docs/truth.md"))
    assert [name for name in PROGRAMS if f"benchmarks/{name}" not in told] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_it_says_what_it_does_and_how_it_is_called(name: str, tmp_path: Path) -> None:
    done = run(name, "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: {name}")
    assert len(done.stdout.split("\n\n")[1]) > 20
    undescribed = r"^  -(?!.*  \S).*\n(?!    +\S)"
    assert re.findall(undescribed, done.stdout, re.MULTILINE) == []


@pytest.mark.slow
def test_the_speed_of_each_command_is_told_and_that_of_a_scan_stage_by_stage(tmp_path: Path) -> None:
    here = str(Path(sys.executable).parent)
    done = run("scan_speed.py", "--runs", "1", "--stages", "--installed", here, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for said in ("scan, JSON", "bench disk --help", "python -c pass", "where a scan spends it", "judged"):
        assert said in done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_checkout_says_the_same_as_itself(tmp_path: Path) -> None:
    done = run("same.py", str(ROOT), cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "unexplained" not in done.stdout


@pytest.mark.slow
def test_hosts_with_a_label_are_scored(tmp_path: Path) -> None:
    host = tmp_path / "records" / "nothing"
    (host / "root" / "proc").mkdir(parents=True)
    (host / "root" / "proc" / "cpuinfo").write_text("flags\t\t: fpu vme\n")
    (host / "expected.json").write_text('{"kind": "baremetal", "hypervisor": "none", "tier": 1}')
    done = run("accuracy.py", str(tmp_path / "records"), cwd=tmp_path)
    assert "1 hosts" in done.stdout, done.stderr


def test_changes_are_answered_a_line_each(tmp_path: Path) -> None:
    pair = {"better": "higher", "history": [], "before": [100, 101], "after": [200, 201]}
    point = {"taken": "", "disturbed": False, "machine": "a", "cpu_model": "b", "vaudit": "1"}
    moved = [point | {"value": 100 + at % 3} for at in range(20)]
    moved += [point | {"value": 50 + at % 3, "machine": "b"} for at in range(5)]
    asked = "".join(json.dumps(one) + "\n" for one in (pair, {"points": moved}))
    done = run("change_truth.py", "--answer", cwd=tmp_path, asked=asked)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        "better",
        [{"index": 20, "cause": "host-move"}],
    ], done.stderr


def test_what_lies_in_the_folder_where_it_is_called_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder such as /tmp holds files of others; Python code that is given as text begins to look there."""
    (tmp_path / "msgspec.py").write_text("print('a stranger')")
    monkeypatch.chdir(tmp_path)
    code = "import msgspec; print(msgspec.__version__)"
    assert "a stranger" not in network_truth._run(sys.executable, "-c", code)
    assert "scan" in scan_speed.commands(Path(sys.executable).parent)


@pytest.mark.parametrize(
    ("lost", "unrest", "said"),
    [
        ([0.01, 0.02, 0.03, 0.04], [-0.01, 0.0, 0.01, 0.02], "holds"),
        ([0.07, 0.08, 0.09, 0.1], [-0.01, 0.0, 0.01, 0.02], "FAILS"),
        ([0.07, 0.08, 0.09, 0.1], [-0.2, 0.0, 0.01, 0.3], "unsure"),
        ([-1.4], [-0.9], "unsure"),
    ],
)
def test_what_a_neighbour_loses_is_said_only_where_the_machine_is_at_rest(
    lost: list[float], unrest: list[float], said: str
) -> None:
    assert light_truth.word(lost, unrest) == said
