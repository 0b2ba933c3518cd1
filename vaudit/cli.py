"""The Typer commands, made of the same declarations that commands/plainly.py reads plain command lines by."""

import inspect
import os
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from typing import Annotated, Any

import typer
from typer.main import get_command

from vaudit import __version__
from vaudit.commands import COMMANDS, GROUPS, command, helped
from vaudit.commands.common import USAGE, Stop, lost, write
from vaudit.commands.options import HELP, VERSION, Option, Strings, declared
from vaudit.commands.plainly import complete

ABOUT = "Audits a machine: what it is, what it can host, how its devices are served, how fast it is."
_SETTINGS: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False}
_WHOLE: dict[str, Any] = {"add_completion": False}
"""commands/completion.py answers shells, sooner than Typer."""
_HELP = {"help_option_names": sorted(HELP, key=len)}


def read(words: Sequence[str], columns: int | None = None) -> tuple[str, Any] | int:
    """The command that the words name, and its Options; or the exit code where help or the version was asked
    for and is printed, in so many columns or in those of the terminal. Raises Stop for a mistake."""
    mistake: Any = typer.BadParameter.__base__  # Click's UsageError; since 0.26 Typer has a copy of its own
    try:
        done = get_command(app(words)).main(
            list(words), prog_name="vaudit", standalone_mode=False, terminal_width=columns
        )
    except mistake as error:
        said = " ".join(error.format_message().split()).rstrip(".")
        where = error.ctx.command_path if error.ctx else " ".join(["vaudit", *_named(words)[:1]])
        raise Stop(USAGE, f"{said[:1].lower() + said[1:]}; see `{where} --help`") from error
    except OSError as error:  # of the help, which Click writes
        lost(error)
        return 0
    return done if isinstance(done, tuple) else int(done or 0)


def write_help(folder: str) -> None:
    """Writes all help into a folder, for `commands.helped`."""
    os.makedirs(os.path.join(folder, helped.FOLDER))
    for name in helped.NAMES:
        path = os.path.join(folder, helped.file_of(name))
        with open(path, "w", encoding="utf-8") as file, redirect_stdout(file):
            read([*name.split(), HELP[0]], columns=helped.WIDTH - 2)  # Click leaves two free


def app(words: Sequence[str] = ()) -> typer.Typer:
    """The program's commands; only the one that the words name, where they name one."""
    made = typer.Typer(help=ABOUT, context_settings=_HELP, **_SETTINGS, **_WHOLE)
    made.callback(invoke_without_command=True)(_group)
    groups = {"": made}
    wanted = _named(words)
    for name in wanted or COMMANDS:
        group, _, last = name.rpartition(" ")
        if group not in groups:
            groups[group] = typer.Typer(help=GROUPS[group], **_SETTINGS)
            groups[group].callback(invoke_without_command=True)(_group)
            made.add_typer(groups[group], name=group)
        # where words name none, none is run: they are but listed, and need not be imported
        groups[group].command(last, help=COMMANDS[name])(_callback(name) if wanted or not words else _listed)
    return made


def _named(words: Sequence[str]) -> list[str]:
    """The command that the words name; none where they name none."""
    plain = [word for word in words if word[:1] != "-"]
    return [name for name in COMMANDS if name.split() == plain[: len(name.split())]]


def _show_version(asked: bool) -> None:
    if asked:
        write(f"vaudit {__version__}\n")
        raise typer.Exit


def _version(hidden: bool) -> Any:
    flags = typer.Option(
        *VERSION, help="Print the version.", is_eager=True, callback=_show_version, hidden=hidden
    )
    return Annotated[bool, flags]


def _group(context: typer.Context, version: _version(False) = False) -> None:  # type: ignore[valid-type]
    """Without a command there is nothing to do but to show which there are."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(USAGE)


def _listed() -> None:
    """A command that is only named in a list of commands."""


def _callback(name: str) -> Callable[..., tuple[str, Any]]:
    """A function whose signature is a command's Options, and which gives them."""
    options = command(name).Options

    def given(context: typer.Context, **values: Any) -> tuple[str, Any]:
        said = {key: _frozen(value) for key, value in values.items() if _is_said(context, key)}
        return name, complete(options, said)

    parameters = [inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
    parameters += [
        inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)
        for key, default, hint in _parameters(options)
    ]
    given.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return given


def _is_said(context: typer.Context, key: str) -> bool:
    """Whether a value is of the command line, and no default."""
    source = context.get_parameter_source(key)
    return key != "version" and source is not None and source.name == "COMMANDLINE"


def _parameters(options: type[Any]) -> list[tuple[str, Any, Any]]:
    """Name, default and annotation for Typer of each field, and of the version, which every command tells."""
    found = [
        (key, options._field_defaults.get(key, inspect.Parameter.empty), _annotation(kind, option))
        for key, (kind, option) in declared(options).items()
    ]
    return [*found, ("version", False, _version(True))]


def _annotation(kind: Any, option: Option) -> Any:
    metavar = option.metavar or (f"[{'|'.join(option.choices)}]" if option.choices else None)
    shared: dict[str, Any] = {"help": option.help, "metavar": metavar}
    made = typer.Option(*_flags(kind, option), **shared) if option.flags else typer.Argument(**shared)
    if kind is bool and option.flags:
        made.show_default = False  # what is off unless it is asked for needs no words
    typed = list[str] if kind == Strings else kind if kind in (bool, int, float) else str
    return Annotated[typed, made]


def _flags(kind: Any, option: Option) -> Strings:
    """The flags of an option; what the configuration can switch on has one that switches it off."""
    long, *short = option.flags
    return (f"{long}/--no-{long[2:]}", *short) if kind is bool and option.set else option.flags


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
