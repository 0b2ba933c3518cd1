"""What the commands do, without the command line: each returns an exit code or raises Stop.

Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 usage; 3 could not audit, or could not write.
Heavy modules are imported inside the functions, so that a scan feels instant.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from vaudit.model.report import Report

if TYPE_CHECKING:
    from vaudit.bench.borders import Borders
    from vaudit.bench.plan import Plan
    from vaudit.bench.recording import Recordings
    from vaudit.evidence.recorder import Recorder
    from vaudit.judge.checks import Checks
    from vaudit.model.facts import Facts
    from vaudit.recorded import Measure

FINDINGS, USAGE, FAILED = 1, 2, 3
BENCH = ("quick", "full", "off")
FAIL_ON = ("info", "low", "medium", "high", "never")
COLOR = ("auto", "always", "never")


class Wanted(NamedTuple):
    """What the user wants measured."""

    mode: str
    """quick, full or off."""
    disk: str | None = None
    """A folder."""
    peer: str | None = None
    device: str | None = None
    """A raw device, which takes the folder's place."""
    yes: bool = False
    """The user knows that it is a raw device or a network file system."""
    alone: bool = False
    """Nothing else of the machine."""


class Stop(Exception):
    """The command ends here: an exit code, and one line that says what, where and what to do."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def complain(message: str) -> None:
    """One line on stderr, with nothing in it that a terminal could obey."""
    print(f"vaudit: {plain(message)}", file=sys.stderr)


def plain(text: str) -> str:
    """The text with `?` for what a terminal would not print."""
    return "".join(char if char.isprintable() else "?" for char in text)


def choose(option: str, value: str, choices: Sequence[str]) -> str:
    """The value, if it is one of the choices. Raises Stop."""
    if value not in choices:
        raise Stop(USAGE, f"{option} {value!r}: choose one of {', '.join(choices)}")
    return value


def scan(
    *,
    from_: Sequence[str] = (),
    bench: str | None = None,
    format_: str = "terminal",
    output: Sequence[str] = (),
    fail_on: str = "high",
    disk: str = ".",
    peer: str | None = None,
    device: str | None = None,
    yes: bool = False,
    checks: Sequence[str] = (),
    color: str = "auto",
    verbose: bool = False,
    dry_run: bool = False,
) -> int:
    """Audits this machine or records of machines, prints a report of each and writes the files asked for."""
    from vaudit import output as outputs

    choose("--format", format_, tuple(outputs.FORMATS))
    choose("--fail-on", fail_on, FAIL_ON)
    choose("--color", color, COLOR)
    mode = choose("--bench", bench or ("off" if from_ else "quick"), BENCH)
    if from_ and mode != "off":
        raise Stop(USAGE, "--bench measures this machine: it cannot go with --from")
    if from_ and output and len(from_) > 1:
        raise Stop(USAGE, "-o writes the report of one machine: use --format jsonl for many")
    wanted = Wanted(mode, disk, peer, device, yes)
    if dry_run:
        write("\n".join(describe(wanted)) + "\n")
        return 0
    files = [(path, format_of(path)) for path in output]
    code, count = 0, 0
    reports = recorded(from_, checks) if from_ else [live(wanted, checks)]
    for report in reports:
        count += 1
        if report is None:
            code = FAILED
            continue
        if files and count > 1:
            raise Stop(USAGE, "-o writes the report of one machine: use --format jsonl for many")
        write(outputs.render(format_, report, width=width(), color=colored(color), verbose=verbose))
        for path, name in files:
            save(path, outputs.render(name, report))
        code = max(code, verdict_code(report, fail_on))
    return code


def live(wanted: Wanted, checks: Sequence[str]) -> Report:
    """The report of this machine."""
    with machine() as recorder:
        # imported only now: the CPUID child works beside these imports
        from vaudit.scan import scan as run

        return run(recorder, load(checks), measure(recorder, wanted))


def recorded(names: Iterable[str], checks: Sequence[str]) -> Iterator[Report | None]:
    """One report a machine; None for each record that could not be read, which is said on stderr."""
    from vaudit.evidence.errors import EvidenceError
    from vaudit.evidence.origin import sources
    from vaudit.evidence.recorder import Recorder
    from vaudit.scan import scan as run

    ruled = load(checks)
    for name in names:
        try:
            for open_source in sources(name):
                try:
                    source = open_source()
                except EvidenceError as error:
                    complain(str(error))
                    yield None
                else:
                    yield run(Recorder(source), ruled)
        except EvidenceError as error:
            complain(str(error))
            yield None


@contextmanager
def machine() -> "Iterator[Recorder]":
    """This machine, with a ledger of what is asked of it. Raises Stop where no live scan is possible."""
    if not sys.platform.startswith("linux"):
        raise Stop(FAILED, f"a live scan needs Linux, this is {sys.platform}: scan a record with --from")
    from vaudit.evidence.linux import Machine
    from vaudit.evidence.recorder import Recorder

    source = Machine()
    try:
        yield Recorder(source)
    finally:
        source.close()


@contextmanager
def record_at(path: str) -> "Iterator[Recorder]":
    """The one record at a path. Raises Stop."""
    from vaudit.evidence.errors import EvidenceError
    from vaudit.evidence.origin import one
    from vaudit.evidence.recorder import Recorder

    try:
        source = one(path)
    except EvidenceError as error:
        raise Stop(FAILED, str(error)) from error
    yield Recorder(source)


def load(extra: Sequence[str]) -> "Checks":
    """vaudit's checks and those of the system, the user and this call."""
    for folder in extra:
        if not os.path.isdir(folder):
            raise Stop(USAGE, f"--checks {folder}: no such folder")
    from vaudit.judge.checks import load as read
    from vaudit.scan import check_folders

    return read(check_folders(extra))


def plan(wanted: Wanted, facts: "Facts | None" = None) -> "Plan":
    """What would be measured. A peer that cannot be meant, and a raw device without --yes, raise Stop."""
    from vaudit.bench import plan as planning
    from vaudit.bench.network.plan import parse_peer
    from vaudit.bench.system.errors import BenchError

    if wanted.device is not None and not wanted.yes:
        raise Stop(USAGE, f"--device {wanted.device}: reading a raw device needs --yes; nothing is written")
    if wanted.peer is not None:
        try:
            parse_peer(wanted.peer)
        except BenchError as error:
            raise Stop(USAGE, str(error)) from error
    return planning.make(
        wanted.mode,  # type: ignore[arg-type]
        wanted.disk,
        wanted.peer,
        facts,
        device=wanted.device,
        consent=wanted.yes,
        alone=wanted.alone,
    )


def describe(wanted: Wanted) -> list[str]:
    """The lines that --dry-run prints."""
    if wanted.mode == "off":
        return ["Nothing would be measured."]
    from vaudit.bench import plan as planning

    return planning.describe(plan(wanted))


def measure(recorder: "Recorder", wanted: Wanted) -> "Measure | None":
    """What runs the benchmarks; None when they are off. Raw outputs of programs are kept as evidence."""
    if wanted.mode == "off":
        return None

    def run(facts: "Facts", borders: "Borders") -> "Recordings":
        from vaudit.bench.run import run as start
        from vaudit.evidence.source import Entry

        def keep(name: str, text: str) -> None:
            recorder.add(Entry("run", name, "read", text.encode()))

        show, clear = progress()
        try:
            return start(plan(wanted, facts), borders, show, keep)
        finally:
            clear()

    return run


def progress() -> tuple[Callable[[str], None], Callable[[], None]]:
    """Shows one line that rewrites itself, and takes it away; both do nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        return (lambda _line: None), (lambda: None)

    def show(line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{plain(line)[: width() - 1]}")
        sys.stderr.flush()

    return show, lambda: show("")


def record(*, output: str, raw: bool, wanted: Wanted) -> int:
    """Records this machine into a dump."""
    choose("--bench", wanted.mode, BENCH)
    refuse_unwritable(output)
    with machine() as recorder:
        from vaudit.evidence.record import write as dump
        from vaudit.scan import scan as run

        run(recorder, load([]), measure(recorder, wanted))
        text, masked = dump(recorder, sanitize=not raw)
    save(output, text)
    complain(
        f"{output}: {sum(line[:1] == '@' for line in text.splitlines()) - 2} entries, {len(text) >> 10} KiB"
    )
    if masked:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(masked.items()))
        complain(f"masked: {counts}; look it over before you share it")
    return 0


def evidence(*, from_: Sequence[str]) -> int:
    """Lists what a scan reads."""
    if len(from_) > 1:
        raise Stop(USAGE, "evidence lists one record: give --from once")
    with record_at(from_[0]) if from_ else machine() as recorder:
        from vaudit.evidence.listing import listing
        from vaudit.scan import scan as run

        made = run(recorder, load([]))
        lines = [*listing(recorder, made.coverage.root_adds), *witnesses(made)]
    write("".join(f"{plain(line)}\n" for line in lines))
    return 0


def witnesses(made: Report) -> Iterator[str]:
    """Why the platform is called what it is: each signal, what it speaks for and how much, and doubts."""
    found = made.facts.hypervisor
    yield ""
    yield f"The platform is called {found.kind} (role {found.role}, confidence {found.confidence}) because of"
    for one in found.witnesses:
        yield f"  {one.weight:>3}  {one.points_to or '-':<18} {one.says}  [{one.evidence}]"
    if found.contradictions:
        yield "although"
        yield from (f"       {text}" for text in found.contradictions)


def report(*, path: str, format_: str, output: Sequence[str], color: str, verbose: bool) -> int:
    """Shows a stored report again."""
    from vaudit import output as outputs

    choose("--format", format_, tuple(outputs.FORMATS))
    choose("--color", color, COLOR)
    files = [(one, format_of(one)) for one in output]
    made = stored(path)
    write(outputs.render(format_, made, width=width(), color=colored(color), verbose=verbose))
    for one, name in files:
        save(one, outputs.render(name, made))
    return 0


def stored(path: str) -> Report:
    """A report in a JSON file, or embedded in an HTML page. Raises Stop."""
    import msgspec

    try:
        with open(path, "rb") as file:
            data = file.read()
        if data.lstrip()[:1] == b"<":
            from vaudit.output.html import embedded

            return embedded(data.decode("utf-8"))
        return msgspec.json.decode(data, type=Report)
    except OSError as error:
        raise Stop(FAILED, f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise Stop(FAILED, f"{path}: not a vaudit report: {error}") from error


def checks(*, folders: Sequence[str]) -> int:
    """Lists all checks; USAGE when a user's check cannot be used."""
    from vaudit.judge.explain import overview

    ruled = load(folders)
    write(overview(ruled))
    return USAGE if ruled.problems else 0


def explain(*, id_: str, folders: Sequence[str]) -> int:
    """Explains one check."""
    from vaudit.judge.checks import CheckError
    from vaudit.judge.explain import explain as text

    try:
        write(text(load(folders), id_))
    except CheckError as error:
        raise Stop(USAGE, str(error)) from error
    return 0


def schema() -> int:
    """Prints the report's JSON Schema."""
    from vaudit.output.schema import render

    write(render())
    return 0


def bench_alone(wanted: Wanted, *, format_: str, dry_run: bool) -> int:
    """Measures a disk or a network alone, and prints what was measured."""
    choose("--bench", wanted.mode, BENCH[:2])
    choose("--format", format_, ("terminal", "json"))
    if dry_run:
        write("\n".join(describe(wanted)) + "\n")
        return 0
    with machine() as recorder:
        from vaudit.scan import scan as run

        made = run(recorder, load([]), measure(recorder, wanted))
    if format_ == "json":
        import msgspec

        write(msgspec.json.format(msgspec.json.encode(made.benchmarks)).decode() + "\n")
    else:
        from vaudit.output.terminal import benchmarks

        write(benchmarks(made, width=width()))
    return FAILED if any(one.status == "error" for one in made.benchmarks) else 0


def peer(*, bind: str, port: int, minutes: float) -> int:
    """Serves network benchmarks of other hosts for so long, or until Ctrl-C or SIGTERM."""
    from vaudit.bench.network import serve
    from vaudit.bench.system.errors import BenchError

    if not 0 < port < 65536:
        raise Stop(USAGE, f"--port {port}: choose one between 1 and 65535")
    if not 0 < minutes <= serve.MOST_MINUTES:
        raise Stop(USAGE, f"--minutes {minutes:g}: choose more than 0 and at most {serve.MOST_MINUTES:.0f}")
    try:
        serve.serve(bind, port, minutes * 60, lambda line: write(line + "\n"))
    except BenchError as error:
        raise Stop(FAILED, str(error)) from error
    return 0


def format_of(path: str) -> str:
    """The format that a file's suffix asks for, if the file can be written. Raises Stop."""
    from vaudit.output import FORMATS
    from vaudit.output import format_of as by_suffix

    name = by_suffix(path)
    if name is None:
        known = " ".join(suffix for form in FORMATS.values() for suffix in form.suffixes)
        raise Stop(USAGE, f"-o {path}: its suffix names no format; use one of {known}")
    refuse_unwritable(path)
    return name


def refuse_unwritable(path: str) -> None:
    """Raises Stop where a file could not be written, before any work is done for it."""
    from vaudit import files

    reason = files.writable(path)
    if reason:
        raise Stop(FAILED, reason)


def save(path: str, text: str) -> None:
    """Writes a file whole or not at all. Raises Stop."""
    from vaudit import files

    try:
        files.save(path, text)
    except OSError as error:
        raise Stop(FAILED, f"{path}: could not be written: {error.strerror}; nothing was changed") from error


def write(text: str) -> None:
    """Writes to standard output. A reader that went away is no error; a full disk raises Stop."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
    except OSError as error:
        _discard_output()
        raise Stop(FAILED, f"standard output could not be written: {error.strerror}") from error


def _discard_output() -> None:
    """What is still buffered goes nowhere, so that the interpreter does not complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def verdict_code(report: Report, fail_on: str) -> int:
    """FINDINGS when a failed check is as severe as `fail_on` or more so."""
    worst = report.summary.worst
    if fail_on == "never" or worst is None:
        return 0
    return FINDINGS if FAIL_ON.index(worst) >= FAIL_ON.index(fail_on) else 0


def width() -> int:
    """The terminal's columns: COLUMNS, what the terminal says, or 80."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def colored(choice: str) -> bool:
    """`always` and `never` decide; then NO_COLOR (no-color.org), FORCE_COLOR, and the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")
