"""`vaudit completion`: what makes a shell complete vaudit's commands, options, choices and check ids.

The script of each shell is a few lines that ask this command, which reads the declarations of the options and
not Typer: a key must be answered at once.
"""

import os
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

from vaudit import machines, resources
from vaudit.commands import COMMANDS, GROUPS, command
from vaudit.commands.common import write
from vaudit.commands.options import HELP, VERSION, Option, declared

SHELLS = ("bash", "zsh", "fish")
MAX_CHECK = 1 << 14
"""Bytes of a check's file in which its id is looked for: it stands at the top."""


class Options(NamedTuple):
    """What `vaudit completion` is asked for."""

    shell: Annotated[str, Option("The shell that completes.", metavar="SHELL", choices=SHELLS)]
    line: Annotated[
        str | None,
        Option(
            "Print what may follow this beginning of a command line, as the script asks.", ("--line",), "TEXT"
        ),
    ] = None


class Word(NamedTuple):
    """What may stand next, and what it is for."""

    text: str
    about: str = ""


def run(options: Options) -> int:
    """Prints a shell's script; or what may follow the beginning of a command line."""
    if options.line is None:
        write(SCRIPTS[options.shell])
        return 0
    words, last = parted(options.line)
    write("".join(f"{_as_in(options.shell, word, last)}\n" for word in following(words, last)))
    return 0


def parted(line: str) -> tuple[list[str], str]:
    """The whole words of a command line after the program's name, and the one that is being typed."""
    words = line.split()
    last = words.pop() if words and not line[-1:].isspace() else ""
    return words[1:], last


def following(words: list[str], last: str) -> list[Word]:
    """What begins with the last word and may follow the others; nothing where a file may."""
    return [word for word in _possible(words, last) if word.text.startswith(last)]


def _possible(words: list[str], last: str) -> Iterator[Word]:
    name = _named(words)
    if not name:
        yield from _commands(words, last)
        return
    fields = declared(command(name).Options).values()
    flag, equals, _ = last.partition("=")
    before = words[-1] if len(words) > len(name.split()) else ""
    for kind, option in fields:
        if equals and flag in option.flags:
            yield from (Word(f"{flag}={value.text}", value.about) for value in _values(option))
            return
        if before in option.flags and kind is not bool:
            yield from _values(option)
            return
    if last.startswith("-"):
        yield from _flags(fields)
        return
    for _, option in fields:
        if not option.flags:
            yield from _values(option)


def _named(words: list[str]) -> str:
    """The command that the words begin with; empty where none is named yet."""
    return next((name for name in COMMANDS if words[: len(name.split())] == name.split()), "")


def _commands(words: list[str], last: str) -> Iterator[Word]:
    if last.startswith("-"):
        yield Word(HELP[0], "Show help.")
        yield Word(VERSION[0], "Print the version.")
        return
    seen = set[str]()
    for name, about in COMMANDS.items():
        parts = name.split()
        if parts[: len(words)] == words and parts[len(words)] not in seen:
            seen.add(parts[len(words)])
            grouped = len(parts) > len(words) + 1
            yield Word(parts[len(words)], GROUPS[parts[0]] if grouped else about)


def _flags(fields: Any) -> Iterator[Word]:
    for kind, option in fields:
        for flag in option.flags[:1]:
            yield Word(flag, option.help)
            if kind is bool and option.set:
                yield Word(f"--no-{flag[2:]}", f"Not: {option.help}")
    yield Word(HELP[0], "Show help.")


def _values(option: Option) -> Iterator[Word]:
    if option.choices:
        yield from map(Word, option.choices)
    elif "ID" in option.metavar.split("|") or "CHECK" in option.metavar:
        yield from map(Word, check_ids())


def check_ids() -> list[str]:
    """The ids of all checks in force, read from their files' first lines: loading them takes longer."""
    folders = [resources.folder("checks"), *machines.check_folders(())]
    found = (
        _id(os.path.join(base, name))
        for folder in folders
        for base, _, names in os.walk(folder)
        for name in names
        if name.endswith(".toml")
    )
    return sorted({one for one in found if one})


def _id(path: str) -> str:
    """The id that a check's file begins with; empty where none is found."""
    from vaudit import files

    try:
        text = files.beginning(path, MAX_CHECK).decode("utf-8", "replace")
    except OSError:
        return ""
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and key.strip() == "id":
            return value.strip().strip("\"'")
    return ""


def _as_in(shell: str, word: Word, last: str) -> str:
    """A word as the shell wants it: bash completes what stands behind the last `=`, the others show what a
    word is for."""
    about = word.about.partition(". ")[0].rstrip(".")
    if shell == "bash":
        return word.text.rpartition("=")[2] if "=" in last else word.text
    if shell == "fish":
        return f"{word.text}\t{about}"
    return f"{word.text.replace(':', chr(92) + ':')}:{about}" if about else word.text.replace(":", "\\:")


SCRIPTS = {
    "bash": """\
# completion of vaudit for bash: vaudit completion bash
_vaudit() {
    local IFS=$'\\n'
    COMPREPLY=($(vaudit completion bash --line="${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
}
complete -o default -F _vaudit vaudit
""",
    "zsh": """\
#compdef vaudit
# completion of vaudit for zsh: vaudit completion zsh
_vaudit() {
    local -a found
    found=("${(@f)$(vaudit completion zsh --line="${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
    if [[ -n "$found" ]]; then
        _describe vaudit found
    else
        _files
    fi
}
if [[ "$funcstack[1]" = _vaudit ]]; then
    _vaudit "$@"
else
    compdef _vaudit vaudit
fi
""",
    "fish": """\
# completion of vaudit for fish: vaudit completion fish
function __vaudit_words
    set -l found (vaudit completion fish --line=(commandline -cp | string collect) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c vaudit -f -a '(__vaudit_words)'
""",
}
"""What each shell reads."""
