"""The manual page tells all that there is, says it as man(7) wants it, and is made anew when that changes."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.outer import program
from vaudit.commands import COMMANDS, command
from vaudit.commands.options import declared
from vaudit.commands.settings import known

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "vaudit.1"
SAID = PAGE.read_text().replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")


def test_it_is_what_the_declarations_make() -> None:
    sys.path.insert(0, str(ROOT))
    from tools import manpage

    assert PAGE.read_text() == manpage.page(), "python -m tools.manpage writes it anew"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_a_section_with_each_of_its_options(name: str) -> None:
    (section,) = re.findall(rf"^\.SS vaudit {name}\n(.*?)^\.S[SH]", SAID, re.MULTILINE | re.DOTALL)
    for _, option in declared(command(name).Options).values():
        for word in option.flags or option.choices or (option.metavar,):
            assert word in section, word


def test_it_tells_each_variable_that_the_program_reads() -> None:
    code = "".join(path.read_text() for path in (ROOT / "vaudit").rglob("*.py"))
    read = set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", code)) - {"PATH"}
    assert {"VAUDIT_DEBUG", "XDG_STATE_HOME", "COLUMNS"} < read
    for name in read | {f"VAUDIT_{key.upper()}" for key in known()}:
        assert name in SAID, name


def test_it_tells_each_exit_code() -> None:
    (section,) = re.findall(r"^\.SH EXIT STATUS\n(.*?)^\.SH", SAID, re.MULTILINE | re.DOTALL)
    told = re.findall(r"\| (\d[\d, ]*) \|", (ROOT / "docs" / "use.md").read_text())
    assert told
    for codes in told:
        assert rf"\fB{codes}\fR" in section, codes


@pytest.mark.outer("mandoc")
def test_mandoc_has_nothing_to_say() -> None:
    done = subprocess.run(
        [program("mandoc"), "-T", "lint", str(PAGE)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
