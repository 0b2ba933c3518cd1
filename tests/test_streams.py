"""Standard streams that are closed, full, or of another encoding lose nothing of what was asked for."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import machines

GOOD = machines.path("synthetic-bare-metal")
PROGRAM = f"{sys.executable} -m vaudit"
ENV = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
ENV |= {"COLUMNS": "80", "XDG_CONFIG_HOME": "/nonexistent"}
SCAN = f"{PROGRAM} scan --from {GOOD}"


def shell(line: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    words = ["bash", "-c", line]
    return subprocess.run(words, capture_output=True, check=False, timeout=120, env={**ENV, **env})


@pytest.mark.slow
@pytest.mark.parametrize("closed", [c for n in (1, 2, 3) for c in itertools.combinations((0, 1, 2), n)])
def test_whichever_streams_are_closed_the_file_is_whole_and_holds_nothing_else(
    tmp_path: Path, closed: tuple[int, ...]
) -> None:
    target = tmp_path / "a.json"
    away = " ".join(f"{number}>&-" for number in closed)
    done = shell(f"{SCAN} -o {target} {away}")
    assert done.returncode == (3 if 1 in closed else 0)
    assert json.loads(target.read_text())["schema"] == "vaudit.report/2"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    if 1 in closed and 2 not in closed:
        assert done.stderr == b"vaudit: standard output could not be written: Bad file descriptor\n"


@pytest.mark.slow
@pytest.mark.parametrize("to", ["1>/dev/full", "2>/dev/full", ">/dev/full 2>&1"])
def test_full_streams_end_in_the_documented_code(tmp_path: Path, to: str) -> None:
    done = shell(f"{SCAN} -o {tmp_path}/a.json {to}")
    assert done.returncode == (0 if to.startswith("2") else 3)
    assert json.loads((tmp_path / "a.json").read_text())
    assert shell(f"{PROGRAM} scan --from /none {to}").returncode == 3
    assert shell(f"{PROGRAM} scan --none {to}").returncode == 2


@pytest.mark.slow
def test_a_file_is_in_its_place_before_a_slow_reader_has_read_anything(tmp_path: Path) -> None:
    large = machines.path("synthetic-kvm-emulated")
    script = f"{PROGRAM} scan --from {large} --format html -o {tmp_path}/a.json"
    process = subprocess.Popen(["bash", "-c", f"exec {script}"], stdout=subprocess.PIPE, env=ENV)
    try:
        assert process.stdout
        assert process.stdout.read(1) == b"<"
        assert json.loads((tmp_path / "a.json").read_text())
    finally:
        process.kill()
        process.communicate()


def test_a_reader_that_goes_away_loses_no_file(tmp_path: Path) -> None:
    """Of many machines the files come last, as they hold all."""
    done = shell(f"{SCAN} --from {GOOD} --format json -o {tmp_path}/a.json | head -c 1")
    assert (done.stdout, done.stderr) == (b"[", b"")
    assert len(json.loads((tmp_path / "a.json").read_text())) == 2


NAMED = b'/[\xc3\xa4\xe2\x80\xae\xc4\x9b\xf0\x9f\x90\xa7] x \xe2\x80\x94 "\xe2\x82\xac"'
"""An umlaut, a bidi override, a letter that ends in a C1 control on a Latin-1 terminal, a penguin, a euro."""


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A machine whose processor has a name in many letters."""
    path = tmp_path / "m\u2014ä.vdump"
    text = b"vdump 2\n@meta\n@file /proc/cpuinfo\n|model name\t: " + NAMED
    path.write_bytes(text + b"\n|flags : hypervisor\n@end\n")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "koi8-r", "utf-8"])
@pytest.mark.parametrize("form", ["terminal", "paste", "json", "jsonl", "html"])
def test_any_encoding_takes_any_text(foreign: Path, encoding: str, form: str) -> None:
    line = f"{PROGRAM} scan --from {foreign} --fail-on never --format {form}"
    done = shell(line, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    if form in ("json", "jsonl"):
        usual = json.loads(shell(line, PYTHONIOENCODING="utf-8").stdout)
        model = usual["facts"]["cpu"]["model"]
        assert "ä" in model and "🐧" in model
        assert json.loads(done.stdout)["facts"]["cpu"]["model"] == model
        assert encoding == "utf-8" or done.stdout.isascii()
    elif form == "html":
        assert "ä" in done.stdout.decode("utf-8")
    else:
        text = done.stdout.decode(encoding)
        assert (
            " x - " in text
            if form == "paste"
            else {"ascii": "m-a", "latin-1": "m-ä"}.get(encoding, "m") in text
        )
        assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize(
    "words", ["--help", "checks", "explain storage.emulated-disk", "evidence --from FOREIGN"]
)
def test_every_command_speaks_ascii_where_it_must(foreign: Path, words: str) -> None:
    done = shell(f"{PROGRAM} {words.replace('FOREIGN', str(foreign))}", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


@pytest.mark.parametrize("error", ["MemoryError", "RecursionError"])
def test_too_much_is_told_in_one_line_that_is_no_internal_error(tmp_path: Path, error: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import vaudit.facts.linux.kernel as kernel\ndef fails(source):\n"
        f"    raise {error}()\nkernel.collect = fails\n"
    )
    done = shell(SCAN, PYTHONPATH=str(tmp_path))
    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1
    assert b"internal" not in done.stderr
    assert b"memory" in done.stderr or b"nested" in done.stderr


def test_a_dash_is_standard_output(tmp_path: Path) -> None:
    done = shell(f"cd {tmp_path} && {SCAN} -f json -o -")
    assert json.loads(done.stdout)["schema"] == "vaudit.report/2"
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_record_on_standard_output_is_the_one_in_a_file(tmp_path: Path, encoding: str) -> None:
    record = f"cd {tmp_path} && {PROGRAM} record --from {GOOD} --salt one -o"
    assert shell(f"{record} host.vdump").returncode == 0
    done = shell(f"{record} -", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stdout) == (0, (tmp_path / "host.vdump").read_bytes())
    assert [path.name for path in tmp_path.iterdir()] == ["host.vdump"]
    assert done.stderr.startswith(b"vaudit: -: ")
    assert shell(f"{record} - | head -1").stdout == b"vdump 2\n"


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_a_terminal_that_knows_no_escapes_gets_none(term: str) -> None:
    code = (
        "from vaudit.commands.screen import progress\nfrom vaudit.main import start\n"
        "with progress() as show:\n    show('at work')\n"
        f"start(['scan', '--from', {str(GOOD)!r}])\n"
    )
    main, other = os.openpty()
    words = [sys.executable, "-c", code]
    done = subprocess.Popen(words, stdout=other, stderr=other, env={**ENV, "TERM": term})
    os.close(other)
    shown = b""
    try:
        while more := os.read(main, 65536):
            shown += more
    except OSError:  # how the end of a terminal shows
        pass
    os.close(main)
    assert done.wait() == 0
    assert (b"\x1b" in shown, b"at work" in shown) == (term != "dumb",) * 2
    assert b"VERDICT" in shown
