"""What is configured counts as if it had been said, unless it is said; each value tells where it is from."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import machines
from tests.test_cli import BAD, complaint, vaudit
from vaudit.commands import COMMANDS, command
from vaudit.commands.options import declared
from vaudit.commands.settings import known

RECORD = machines.path("lab-kvm-virtio")
ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "configuration.md"
is_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="SKIPPED, NOT PASSED: only root distrusts"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's folder for settings."""
    (tmp_path / "vaudit").mkdir()
    return tmp_path


def write(home: Path, text: str) -> Path:
    path = home / "vaudit" / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


def run(home: Path, *words: object, **env: str) -> subprocess.CompletedProcess[str]:
    return vaudit(*words, env={"XDG_CONFIG_HOME": str(home), **env}, cwd=home)


def shown(home: Path, **env: str) -> dict[str, tuple[str, str]]:
    """Value and origin of each setting, as `vaudit config` tells them."""
    done = run(home, "config", **env)
    assert done.returncode == 0, done.stderr
    rows = [line.split("  ") for line in done.stdout.splitlines()[1:]]
    cells = [[cell.strip() for cell in row if cell] for row in rows]
    return {key: (value, origin) for key, value, origin in cells}


def test_each_value_tells_where_it_comes_from(home: Path) -> None:
    path = write(
        home,
        '# mine\nfail_on = "low"\nsalt = "hidden"\n\nplan = """\n4 vCPU\n"""\n',
    )
    told = shown(home, VAUDIT_PEER="a, b:5202", VAUDIT_BUSY_OK="1")
    assert told["fail_on"] == ("low", f"{path}, line 2")
    assert told["plan"][1] == f"{path}, line 5"
    assert told["peer"] == ("a, b:5202", "VAUDIT_PEER")
    assert told["busy_ok"] == ("true", "VAUDIT_BUSY_OK")
    assert told["bench"][1] == told["disk"][1] == "default"
    assert told["salt"][0] == "(given)"
    assert set(told) == set(known())


@pytest.mark.slow
def test_the_command_line_comes_before_the_environment_and_that_before_the_file(home: Path) -> None:
    write(home, 'fail_on = "never"\nshare = true\n')
    assert run(home, "scan", "--from", BAD).returncode == 0
    assert run(home, "scan", "--from", BAD, VAUDIT_FAIL_ON="high").returncode == 1
    assert run(home, "scan", "--from", BAD, "--fail-on", "never", VAUDIT_FAIL_ON="high").returncode == 0
    assert run(home, "scan", "--from", BAD, "--config", "/dev/null").returncode == 1
    for words, masked in (([], True), (["--no-share"], False), (["--share"], True)):
        told = run(home, "scan", "--from", RECORD, "-f", "json", *words)
        assert ("masked" in json.loads(told.stdout)) == masked


def test_a_file_that_is_named_takes_the_place_of_the_usual_ones(home: Path) -> None:
    write(home, 'fail_on = "never"\n')
    other = home / "other.toml"
    other.write_text("share = true\n")
    other.chmod(0o600)
    for words, env in ((["--config", other], {}), ([], {"VAUDIT_CONFIG": str(other)})):
        told = run(home, "config", *words, **env).stdout
        assert told.startswith(f"file: {other}\n") and "never" not in told
    assert run(home, "config", "--config", home / "none").returncode == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="it scans this machine")
def test_what_is_said_of_this_machine_is_not_said_of_a_record(home: Path) -> None:
    out = home / "out.json"
    write(
        home,
        f'bench = "off"\noutput = "{out}"\nfail_on = "never"\n[plan]\nprocessors = 4000\nmemory = "8 GB"\n',
    )
    live = run(home, "scan")
    assert (live.returncode, live.stderr) == (0, "")
    assert "4,000 processors  not kept" in live.stdout
    assert json.loads(out.read_text())["plan"][0]["kept"] is False
    out.unlink()
    record = run(home, "scan", "--from", RECORD)
    assert (record.returncode, record.stderr) == (0, "")
    assert "YOUR PLAN" not in record.stdout
    assert run(home, "scan", "--can", "docker", "--from", RECORD).stderr == ""
    assert run(home, "scan", "--from", RECORD, "-o", "kept.json").returncode == 0
    assert run(home, "report", "kept.json").returncode == 0
    assert not out.exists()


def test_checks_of_the_configuration_are_those_of_every_command(home: Path) -> None:
    (home / "mine").mkdir()
    check = (ROOT / "checks" / "memory" / "no-swap.toml").read_text()
    (home / "mine" / "a.toml").write_text(check.replace("memory.no-swap", "mine.no-swap"))
    write(home, f'checks = ["{home}/mine"]\n')
    assert "mine.no-swap" in run(home, "checks").stdout
    assert run(home, "explain", "mine.no-swap").returncode == 0
    told = run(home, "scan", "--from", RECORD, "-v", "-o", "a.json")
    assert "mine.no-swap" in told.stdout
    stored = run(home, "report", "a.json", "-f", "json")
    assert (stored.returncode, "judged again" in stored.stdout) == (0, False)


@pytest.mark.skipif(sys.platform != "linux", reason="only there is measured")
def test_a_peer_that_is_configured_need_not_be_said(home: Path) -> None:
    assert run(home, "bench", "network", "--dry-run").returncode == 2
    write(home, 'peer = ["a.example:5202"]\n')
    assert "a.example" in run(home, "bench", "network", "--dry-run").stdout
    assert "a.example" in run(home, "scan", "--dry-run").stdout
    assert "a.example" not in run(home, "scan", "--dry-run", "--peer", "b.example").stdout


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('peer = """\nplann = 3\n"""\nplann = "4 vCPU"\n', 4, "no setting 'plann'; did you mean plan?"),
        ('fail-on = "low"', 1, "did you mean fail_on?"),
        ('[scan]\nplan = "4 vCPU"', 1, "no setting 'scan'; there are bench, "),
        ('\n\nplan = "4 vCPU, Debian 12"', 3, "plan: 'Debian 12' is not understood"),
        ('plan = "/none/plan.toml"', 1, "plan: /none/plan.toml: cannot be read"),
        ('[plan]\nmemry = "8 GB"', 1, "plan: unknown key 'memry'"),
        ("plan = 3", 1, "plan: a text or a table is wanted"),
        ('fail_on = "awful"', 1, "choose one of info, low, medium, high, never"),
        ("peer = [1]", 1, "a text or a list of texts is wanted"),
        ('share = "yes"', 1, "true or false is wanted"),
        ('checks = "mine"', 1, "write the whole path, from / or ~ on"),
        ('checks = "/none"', 1, "checks: /none: no such folder"),
        ('disk = ""', 1, "write the whole path"),
    ],
)
def test_a_mistake_is_told_with_its_line(home: Path, text: str, line: int, said: str) -> None:
    path = write(home, text)
    done = run(home, "scan", "--from", RECORD)
    assert (done.returncode, done.stdout) == (2, "")
    assert complaint(done).startswith(f"vaudit: {path}, line {line}: ")
    assert said in done.stderr


@pytest.mark.parametrize(
    ("text", "said"), [(b"x = = 3", "at line 1"), (b"\xff", "UTF-8"), (b"#" * 70_000, "larger than 64 KiB")]
)
def test_a_file_that_is_none_is_told(home: Path, text: bytes, said: str) -> None:
    write(home, "").write_bytes(text)
    done = run(home, "checks")
    assert done.returncode == 2
    assert said in complaint(done)


def test_a_mistake_in_the_environment_is_told(home: Path) -> None:
    done = run(home, "checks", VAUDIT_SHARE="perhaps")
    assert (done.returncode, complaint(done)) == (2, "vaudit: VAUDIT_SHARE='perhaps': choose 1 or 0")
    done = run(home, "config", VAUDIT_PLANN="4 vCPU")
    assert done.returncode == 2
    assert complaint(done) == "vaudit: VAUDIT_PLANN: no such setting; did you mean VAUDIT_PLAN?"
    assert run(home, "config", VAUDIT_SHARE="", VAUDIT_DEBUG="1").returncode == 0


@is_root
def test_root_follows_no_configuration_that_others_can_change(home: Path) -> None:
    path = write(home, 'fail_on = "never"\n')
    assert run(home, "config").returncode == 0
    path.chmod(0o666)
    done = run(home, "config")
    assert done.returncode == 2
    assert f"{path}: not trusted by root: {path} may be written to by others" in complaint(done)
    path.chmod(0o600)
    os.chown(path, 12345, -1)
    assert "belongs to user 12345" in run(home, "scan", "--from", RECORD).stderr


def test_where_nothing_is_configured_it_costs_two_looks(home: Path) -> None:
    code = (
        "import os, sys\nfrom vaudit.commands.plainly import plain\nlooks, usual = [], os.path.lexists\n"
        "os.path.lexists = lambda path: looks.append(path) or usual(path)\n"
        "assert plain(['scan', '--bench', 'off'])\nprint(*looks)\nprint(*sys.modules)\n"
    )
    env = {key: value for key, value in os.environ.items() if not key.startswith("VAUDIT_")}
    env |= {"XDG_CONFIG_HOME": str(home), "COVERAGE_PROCESS_CONFIG": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    looks, loaded = (line.split() for line in done.stdout.splitlines())
    assert looks == [f"{home}/vaudit/config.toml", "/etc/vaudit/config.toml"]
    assert not {"tomllib", "tomli", "vaudit.toml", "vaudit.commands.settings", "vaudit.trust"} & set(loaded)


def test_every_command_knows_its_options_by_the_keys_of_scan() -> None:
    for name in COMMANDS:
        for _, option in declared(command(name).Options).values():
            assert not option.set or option.key in known(), (name, option.flags)


def test_the_page_on_configuration_names_every_key_and_its_example_is_one(home: Path) -> None:
    text = DOCS.read_text()
    assert all(f"| `{key}` |" in text for key in known())
    example = text.partition("```toml\n")[2].partition("```")[0]
    write(home, example)
    told = shown(home)
    assert {key for key, (_, origin) in told.items() if origin != "default"} >= {"plan", "peer", "fail_on"}
