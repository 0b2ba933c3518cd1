"""Options are declared once: read plainly or by Typer, the same words mean the same."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.main import get_command

from vaudit import cli
from vaudit.commands import COMMANDS, GROUPS, command
from vaudit.commands.common import USAGE, Stop
from vaudit.commands.options import Option, declared
from vaudit.commands.plainly import checked, plain
from vaudit.commands.scan import Options

VALUES = (
    "a",
    "b/c.json",
    "host:5201",
    "quick",
    "json",
    "7",
    "0.5",
    "07",
    "1e3",
    "",
    "=",
    "a=b",
    "-x",
    "-",
    "é",
)


@pytest.fixture(scope="module", autouse=True)
def nothing_is_configured() -> Iterator[None]:
    """Whatever stands in the files of who runs the tests, or is named with --config: test_settings.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vaudit.commands.settings.settings", lambda options, given, path: {})
        yield


def asked(name: str) -> st.SearchStrategy[list[str]]:
    """Words that a command might be given: its flags, flags of others, values, in any order and spelling."""
    flags = [flag for _, option in declared(command(name).Options).values() for flag in option.flags]
    flag, value = st.sampled_from([*flags, "--bogus", "-z", "--"]), st.sampled_from(VALUES)
    word = st.one_of(
        flag.map(lambda one: [one]),
        value.map(lambda one: [one]),
        st.tuples(flag, value).map(list),
        st.tuples(flag, value).map(lambda pair: ["=".join(pair)]),
        st.tuples(flag, value).map(lambda pair: ["".join(pair)]),
    )
    return st.lists(word, max_size=5).map(
        lambda words: [*name.split(), *(one for each in words for one in each)]
    )


def spelt(kind: Any, option: Option) -> st.SearchStrategy[list[str]]:
    """An option spelt out, with a value of its type, in one word or two."""
    flag = st.sampled_from(option.flags or ("",))
    if kind is bool:
        return flag.map(lambda one: [one])
    numbers = ("7", "0007", "123456", *(("0.5", ".5", "5.") if kind is float else ()))
    value = st.sampled_from(numbers if kind in (int, float) else [v for v in VALUES if v[:1] != "-"])
    if not option.flags:
        return value.map(lambda one: [one])
    long = st.tuples(st.sampled_from(option.flags[:1]), value).map(lambda pair: ["=".join(pair)])
    return st.one_of(st.tuples(flag, value).map(list), long)


def usual(name: str) -> st.SearchStrategy[list[str]]:
    """A command with all that it requires, and some options."""
    options = command(name).Options
    words = {field: spelt(*found) for field, found in declared(options).items()}
    required = [field for field in words if field not in options._field_defaults]
    free = [field for field, (_, option) in declared(options).items() if option.flags]
    more = st.lists(st.sampled_from(free), max_size=6) if free else st.just([])
    each = more.flatmap(lambda found: st.tuples(*(words[field] for field in [*found, *required])))
    return each.map(lambda found: [*name.split(), *(word for one in found for word in one)])


@settings(max_examples=3 * settings().max_examples)
@given(st.sampled_from(sorted(COMMANDS)).flatmap(usual))
def test_usual_words_are_read_without_typer_and_mean_the_same_to_it(words: list[str]) -> None:
    read = plain(words)
    assert read is not None
    assert cli.read(words) == read


@settings(max_examples=4 * settings().max_examples)
@given(st.sampled_from(sorted(COMMANDS)).flatmap(asked))
def test_a_plain_command_line_means_the_same_to_typer(words: list[str]) -> None:
    read = plain(words)
    if read is not None:
        assert cli.read(words) == read


@given(st.sampled_from(sorted(COMMANDS)).flatmap(asked))
def test_any_words_give_options_or_one_clear_line(words: list[str]) -> None:
    try:
        read = cli.read(words)
    except Stop as stop:
        assert stop.code == USAGE
        assert "\n" not in str(stop)
    else:
        assert read == 0 or isinstance(read, tuple)


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ([], Options()),
        (["--bench", "off"], Options(bench="off")),
        (["--bench=off", "--format=json"], Options(bench="off", format="json")),
        (["-f", "json", "--fail-on", "never", "-v"], Options(format="json", fail_on="never", verbose=True)),
        (["--from", "a", "--from=b", "-o", "x.html", "--output", "y.json"],
         Options(from_=("a", "b"), output=("x.html", "y.json"))),
        (["--disk", "/srv", "--peer", "host:5201", "--checks", "one", "--checks", "two"],
         Options(disk="/srv", peer=("host:5201",), checks=("one", "two"))),
        (["--device", "/dev/vdb", "--yes", "--dry-run"], Options(device="/dev/vdb", yes=True, dry_run=True)),
    ],
)  # fmt: skip
def test_a_usual_scan_is_read_without_typer(words: list[str], options: Options) -> None:
    assert plain(["scan", *words]) == cli.read(["scan", *words]) == ("scan", options)


@pytest.mark.parametrize(
    "words",
    [["explain", "a.b"], ["report", "a.json", "-f", "html"], ["checks"], ["schema"],
     ["peer", "--port", "5202", "--minutes", "0.5"], ["bench", "disk", "/srv"],
     ["bench", "network", "--peer", "host"], ["record", "-o", "x.vdump"]],
)  # fmt: skip
def test_so_is_every_other_command(words: list[str]) -> None:
    assert plain(words) == cli.read(words)
    assert plain(words) is not None


@pytest.mark.parametrize(
    "words",
    [["scan", "--help"], ["scan", "--bench"], ["scan", "-o", "-v"], ["scan", "x"], ["scan", "-fjson"], [],
     ["bench"], ["report"], ["peer", "--port", "x"], ["--version"]],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_typer(words: list[str]) -> None:
    assert plain(words) is None


def test_rarer_spellings_are_typers() -> None:
    assert cli.read(["scan", "-fjson", "-v"]) == ("scan", Options(format="json", verbose=True))
    assert cli.read(["bench", "disk", "--", "-odd"])[1].folder == "-odd"  # type: ignore[index]


def test_a_shell_completes_the_choices() -> None:
    words = [sys.executable, "-m", "vaudit", "completion", "bash", "--line=vaudit scan --bench "]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["light", "quick", "full", "off"]


def test_options_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Options().bench = "full"  # type: ignore[misc]


def test_every_option_says_what_it_is_for() -> None:
    for name in COMMANDS:
        for kind, option in declared(command(name).Options).values():
            assert option.help.endswith((".", "]")), option
            assert kind is bool or option.metavar or option.choices, option
            assert all(flag.startswith("-") for flag in option.flags)


def test_every_command_is_one_module_in_the_table() -> None:
    from pathlib import Path

    import vaudit.commands

    folder = Path(vaudit.commands.__file__).parent
    with_run = {path.stem for path in folder.glob("*.py") if "\ndef run(" in path.read_text()}
    assert with_run == {name.replace(" ", "_") for name in COMMANDS}
    groups: Any = get_command(cli.app())
    assert set(groups.commands) == {name.split()[0] for name in COMMANDS}
    assert {name.rpartition(" ")[0] for name in COMMANDS} == {"", *GROUPS}


def test_a_value_that_is_no_choice_is_one_line() -> None:
    class Colours(NamedTuple):
        color: Annotated[str, Option("c.", ("--color", "-c"), choices=("red", "blue"))] = "red"

    assert checked(Colours("blue")) == Colours("blue")
    with pytest.raises(Stop, match=r"^--color 'pink': choose one of red, blue$"):
        checked(Colours("pink"))


def test_a_list_of_commands_imports_none_of_them() -> None:
    code = "import sys; from vaudit import cli; cli.read(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "  scan  " in done.stdout
    assert not {"vaudit.commands.scan", "vaudit.commands.peer", "msgspec"} & set(done.stdout.split())


@pytest.mark.parametrize("words", [["--", "checks"], ["bench", "--", "network", "--peer=a", "--dry-run"]])
def test_a_command_behind_a_double_dash_is_run(words: list[str]) -> None:
    found = cli.read(words)
    assert isinstance(found, tuple)
    assert found[0] == " ".join(word for word in words if word[:1] != "-")
