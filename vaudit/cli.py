"""The command line: the Typer commands and their exit codes, and nothing else.

Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 usage; 3 could not audit, or could not write.
Heavy modules are imported inside the commands, so that a scan feels instant.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from vaudit.bench.samples import Benchmark
    from vaudit.evidence.recorder import Recorder
    from vaudit.facts.model import Facts
    from vaudit.judge.checks import Checks
    from vaudit.report import Report
    from vaudit.scan import Measure

FINDINGS, USAGE, FAILED = 1, 2, 3
INTERRUPTED = 130
BENCH = ("quick", "full", "off")
SEVERITIES = ("info", "low", "medium", "high", "never")

app = typer.Typer(
    name="vaudit",
    help="Audits a machine: what it is, what it can host, how its devices are served, how fast it is.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)
bench_app = typer.Typer(help="Measures one thing alone.", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(bench_app, name="bench")

From = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="PATH",
        help="Scan a record instead of this machine: a dump or a folder of dumps. May be repeated.",
    ),
]
Format = Annotated[str, typer.Option("--format", "-f", help="terminal, paste, json, jsonl or html.")]
Checks_ = Annotated[
    list[Path] | None,
    typer.Option(
        "--checks",
        metavar="DIR",
        help="A folder of checks that adds to vaudit's own or overrides them. May be repeated.",
    ),
]
Output = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Also write a report there; its suffix (.html .json .jsonl .txt) says which. May be repeated.",
    ),
]
FailOn = Annotated[
    str,
    typer.Option(
        "--fail-on", metavar="SEVERITY", help="Exit 1 at or above: info, low, medium, high or never."
    ),
]
Color = Annotated[str, typer.Option("--color", help="auto, always or never.")]
Peer = Annotated[
    str | None,
    typer.Option("--peer", metavar="HOST[:PORT]", help="An iperf3 server to measure the network against."),
]
Disk = Annotated[Path, typer.Option("--disk", metavar="DIR", help="The folder whose disk is measured.")]


def fail(code: int, message: str) -> NoReturn:
    """One line on stderr, then the exit code."""
    typer.echo(f"vaudit: {_plain(message)}", err=True)
    raise typer.Exit(code)


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)


def _choice(option: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        fail(USAGE, f"{option} {value!r}: choose one of {', '.join(choices)}")
    return value


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from vaudit import __version__

        typer.echo(f"vaudit {__version__}")
        raise typer.Exit


@app.command()
def scan(
    *,
    from_: From = None,
    bench: Annotated[
        str | None,
        typer.Option("--bench", help="quick (30 s, 2 GiB), full or off. [default: quick; off with --from]"),
    ] = None,
    format_: Format = "terminal",
    output: Output = None,
    fail_on: FailOn = "high",
    disk: Disk = Path(),
    peer: Peer = None,
    checks: Checks_ = None,
    color: Color = "auto",
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show passes, evidence and reasons too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be measured, and stop.")
    ] = False,
) -> None:
    """Audit this machine, or a record of one, and report."""
    from vaudit import output as outputs

    _choice("--format", format_, tuple(outputs.FORMATS))
    _choice("--fail-on", fail_on, SEVERITIES)
    _choice("--color", color, ("auto", "always", "never"))
    mode = _choice("--bench", bench or ("off" if from_ else "quick"), BENCH)
    if from_ and mode != "off":
        fail(USAGE, "--bench measures this machine: it cannot go with --from")
    if dry_run:
        _describe(mode, disk, peer)
        return
    files = [(path, _format_of(path)) for path in output or []]
    if from_ and files and len(from_) > 1:
        fail(USAGE, "-o writes the report of one machine: use --format jsonl for many")
    ruled = _load(checks or [])
    code = 0
    for report in _reports(from_ or [], ruled, mode, disk, peer):
        if report is None:
            code = FAILED
            continue
        text = outputs.render(format_, report, width=_width(), color=_colored(color), verbose=verbose)
        _write(text)
        for path, name in files:
            _save(path, outputs.render(name, report))
        code = max(code, _verdict_code(report, fail_on))
    raise typer.Exit(code)


def _reports(
    names: list[str], ruled: "Checks", mode: str, disk: Path, peer: str | None
) -> "Iterator[Report | None]":
    """One report a machine; None for each record that could not be read, which is said on stderr."""
    from vaudit import scan as pipeline
    from vaudit.evidence.recorder import Recorder

    if not names:
        with _machine() as recorder:
            yield pipeline.scan(recorder, ruled, _measure(recorder, mode, disk, peer))
        return
    from vaudit.evidence.errors import EvidenceError
    from vaudit.evidence.origin import sources

    for name in names:
        try:
            for open_source in sources(name):
                try:
                    source = open_source()
                except EvidenceError as error:
                    _unreadable(error)
                    yield None
                else:
                    yield pipeline.scan(Recorder(source), ruled)
        except EvidenceError as error:
            _unreadable(error)
            yield None


def _unreadable(error: Exception) -> None:
    """Says so; the other records are scanned all the same."""
    typer.echo(f"vaudit: {_plain(str(error))}", err=True)


@contextmanager
def _machine() -> "Iterator[Recorder]":
    if not sys.platform.startswith("linux"):
        fail(FAILED, f"a live scan needs Linux, this is {sys.platform}: scan a record with --from")
    from vaudit.evidence.machine import Machine
    from vaudit.evidence.recorder import Recorder

    machine = Machine()
    try:
        yield Recorder(machine)
    finally:
        machine.close()


@contextmanager
def _record(path: str) -> "Iterator[Recorder]":
    from vaudit.evidence.errors import EvidenceError
    from vaudit.evidence.origin import one
    from vaudit.evidence.recorder import Recorder

    try:
        yield Recorder(one(path))
    except EvidenceError as error:
        fail(FAILED, str(error))


def _measure(recorder: "Recorder", mode: str, disk: Path, peer: str | None) -> "Measure | None":
    """What runs the benchmarks; None when they are off."""
    if mode == "off":
        return None

    def measure(facts: "Facts") -> "list[Benchmark]":
        from vaudit.bench import plan, run
        from vaudit.bench.errors import BenchError
        from vaudit.evidence.source import Entry

        try:
            made = plan.make(mode, str(disk), peer, facts)  # type: ignore[arg-type]
        except BenchError as error:
            fail(USAGE, str(error))
        keep = lambda name, text: recorder.add(Entry("run", name, "read", text.encode()))  # noqa: E731
        return run.run(made, _progress(), keep)

    return measure


def _progress() -> "Callable[[str], None]":
    """Shows one line that rewrites itself, on a terminal only."""
    if not sys.stderr.isatty():
        return lambda _line: None

    def show(line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{_plain(line)[: _width() - 1]}")
        sys.stderr.flush()

    return show


def _describe(mode: str, disk: Path, peer: str | None) -> None:
    if mode == "off":
        typer.echo("Nothing would be measured.")
        return
    from vaudit.bench import plan
    from vaudit.bench.errors import BenchError

    try:
        lines = plan.describe(plan.make(mode, str(disk), peer))  # type: ignore[arg-type]
    except BenchError as error:
        fail(USAGE, str(error))
    typer.echo("\n".join(lines))


def _load(extra: list[Path]) -> "Checks":
    for folder in extra:
        if not folder.is_dir():
            fail(USAGE, f"--checks {folder}: no such folder")
    from vaudit.judge.checks import load
    from vaudit.scan import check_folders

    return load(check_folders(extra))


def _format_of(path: Path) -> str:
    from vaudit import files
    from vaudit.output import FORMATS, format_of

    name = format_of(str(path))
    if name is None:
        known = " ".join(suffix for form in FORMATS.values() for suffix in form.suffixes)
        fail(USAGE, f"-o {path}: its suffix names no format; use one of {known}")
    reason = files.writable(path)
    if reason:
        fail(FAILED, reason)
    return name


def _save(path: Path, text: str) -> None:
    from vaudit import files

    try:
        files.save(path, text)
    except OSError as error:
        fail(FAILED, f"{path}: could not be written: {error.strerror}; nothing was changed there")


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader had enough; keep the interpreter from complaining at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        fail(FAILED, f"standard output could not be written: {error.strerror}")


def _verdict_code(report: "Report", fail_on: str) -> int:
    worst = report.summary.worst
    if fail_on == "never" or worst is None:
        return 0
    return FINDINGS if SEVERITIES.index(worst) >= SEVERITIES.index(fail_on) else 0


def _width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def _colored(choice: str) -> bool:
    """`always` and `never` decide; then NO_COLOR (no-color.org), FORCE_COLOR, and the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


@app.command()
def record(
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where the dump goes, e.g. host.vdump.")
    ],
    raw: Annotated[
        bool, typer.Option("--raw", help="Keep serials, addresses and names as they are.")
    ] = False,
    bench: Annotated[
        str, typer.Option("--bench", help="Also keep benchmark results: quick, full or off.")
    ] = "off",
    disk: Disk = Path(),
    peer: Peer = None,
) -> None:
    """Record what a scan reads, so that it can be replayed elsewhere. Identities are masked."""
    from vaudit import files

    _choice("--bench", bench, BENCH)
    reason = files.writable(output)
    if reason:
        fail(FAILED, reason)
    from vaudit.evidence.record import write
    from vaudit.scan import scan as run

    with _machine() as recorder:
        run(recorder, _load([]), _measure(recorder, bench, disk, peer))
        text, masked = write(recorder, sanitize=not raw)
    _save(output, text)
    typer.echo(f"{output}: {text.count(chr(10) + '@')} entries, {len(text) >> 10} KiB", err=True)
    if masked:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(masked.items()))
        typer.echo(f"masked: {counts}; look it over before you share it", err=True)


@app.command()
def evidence(from_: From = None) -> None:
    """List what a scan reads: what was there, absent, denied, and what root would add."""
    from vaudit.evidence.listing import listing
    from vaudit.scan import scan as run

    if from_ and len(from_) > 1:
        fail(USAGE, "evidence lists one record: give --from once")
    with _record(from_[0]) if from_ else _machine() as recorder:
        made = run(recorder, _load([]))
    _write(listing(recorder, made.coverage.root_adds))


@app.command()
def report(
    *,
    path: Annotated[Path, typer.Argument(help="A JSON report of an earlier scan.")],
    format_: Format = "terminal",
    output: Output = None,
    color: Color = "auto",
    verbose: Annotated[bool, typer.Option("--verbose", "-v")] = False,
) -> None:
    """Show a stored JSON report again, in any format."""
    from vaudit import output as outputs

    _choice("--format", format_, tuple(outputs.FORMATS))
    files = [(one, _format_of(one)) for one in output or []]
    stored = _stored(path)
    _write(outputs.render(format_, stored, width=_width(), color=_colored(color), verbose=verbose))
    for one, name in files:
        _save(one, outputs.render(name, stored))


def _stored(path: Path) -> "Report":
    import msgspec

    from vaudit.report import Report

    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except OSError as error:
        fail(FAILED, f"{path}: cannot be read: {error.strerror}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        fail(FAILED, f"{path}: not a vaudit report: {error}")


@app.command()
def checks(checks: Checks_ = None) -> None:
    """List all checks."""
    from vaudit.judge.explain import overview

    ruled = _load(checks or [])
    _write(overview(ruled))
    if ruled.problems:
        raise typer.Exit(USAGE)


@app.command()
def explain(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A check's id: see `vaudit checks`.")],
    checks: Checks_ = None,
) -> None:
    """Say what a check looks at, why it matters and what to do."""
    from vaudit.judge.checks import CheckError
    from vaudit.judge.explain import explain as text

    try:
        _write(text(_load(checks or []), id_))
    except CheckError as error:
        fail(USAGE, str(error))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the report."""
    from vaudit.output.schema import render

    _write(render())


@bench_app.command("disk")
def bench_disk(
    *,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder whose disk is measured.")
    ] = Path(),
    mode: Annotated[str, typer.Option("--bench", help="quick or full.")] = "quick",
    format_: Format = "terminal",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be measured, and stop.")
    ] = False,
) -> None:
    """Measure a disk alone: the class that it falls into, and why."""
    _bench_alone(_choice("--bench", mode, BENCH[:2]), folder, None, format_, dry_run, "disk.", "cpu.")


@bench_app.command("network")
def bench_network(
    *,
    peer: Annotated[str, typer.Option("--peer", metavar="HOST[:PORT]", help="An iperf3 server.")],
    mode: Annotated[str, typer.Option("--bench", help="quick or full.")] = "quick",
    format_: Format = "terminal",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be measured, and stop.")
    ] = False,
) -> None:
    """Measure the network to an iperf3 server alone, in both directions."""
    _bench_alone(_choice("--bench", mode, BENCH[:2]), None, peer, format_, dry_run, "network.", "cpu.")


def main() -> None:
    """The `vaudit` program: no traceback for a user, a documented exit code for a script."""
    try:
        app(prog_name="vaudit")
    except Exception as error:
        if os.environ.get("VAUDIT_DEBUG"):
            raise
        what = f"{type(error).__name__}: {error}"
        typer.echo(f"vaudit: internal error: {_plain(what)} (VAUDIT_DEBUG=1 shows where)", err=True)
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
