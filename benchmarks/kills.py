"""Kills vaudit at random moments, and at the moment at which it writes: what does it leave behind?

Each run is a command of its own kind in an empty folder, or one with an older report; it is ended by a signal
that is sent to the process alone, or to all of its group as terminals do. Then nothing may be left: no
process, no file, no half of a report, and the terminal as it was. The seed is printed; faults exit with 1.
"""

import argparse
import contextlib
import json
import os
import pty
import random
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SIGNALS = ("INT", "TERM", "HUP", "QUIT", "PIPE", "KILL")
LONGEST = 20.0
"""Seconds in which each run must have ended after its signal, on a busy machine."""
ENDING = 5.0
"""Seconds that the kernel has to end what it was told to end."""
UNIMPRESSED = 90.0
"""The same after SIGPIPE, which Python ignores: it ends when its work is done."""
MACHINES = ROOT / "tests" / "machines"
RECORDED = len(list(MACHINES.glob("*.vdump")))
OLD = '{"old": true}\n'


class Kind(NamedTuple):
    """A command that is killed, and how long it runs at least: the moments are within that."""

    words: list[str]
    seconds: float
    files: tuple[str, ...] = ()
    """What it writes. One in three runs finds the first of them there already."""


KINDS = {
    "scan": Kind(["scan", "--bench", "off", "-o", "a.json", "-o", "a.html"], 0.3, ("a.json", "a.html")),
    "record": Kind(["record", "-o", "a.vdump"], 0.3, ("a.vdump",)),
    "many": Kind(["scan", "--from", str(MACHINES), "-o", "a.jsonl", "--format", "jsonl"], 3.0, ("a.jsonl",)),
    "measure": Kind(["scan", "--disk", ".", "-o", "a.json"], 4.0, ("a.json",)),
    "disk": Kind(["bench", "disk", "."], 3.0),
    "evidence": Kind(["evidence"], 0.3),
    "keep": Kind(["scan", "--bench", "off", "--keep", "--state", "."], 0.5, ("last.json",)),
}
KEEPS = 0.08
"""Seconds that keeping a report takes, about."""
STATE = ("history.db", "history.db-wal", "history.db-shm", "history.db-journal", "salt")
"""What `keep` leaves besides: a database is whole with its log, whatever the moment."""


class Kill(NamedTuple):
    """How one run is ended."""

    kind: str
    signal: str
    to_group: bool
    moment: float
    """Seconds after its start; where it is aimed, after it has opened a file to write."""
    is_aimed: bool
    has_old: bool

    def __str__(self) -> str:
        where = "the group" if self.to_group else "the process"
        when = f"{1000 * self.moment:.1f} ms after {'it wrote' if self.is_aimed else 'its start'}"
        return (
            f"{self.kind}: SIG{self.signal} to {where}, {when}{', an old file there' if self.has_old else ''}"
        )


class End(NamedTuple):
    """How one run ended."""

    seconds: float
    """After the signal."""
    was_running: bool
    faults: list[str]


def kills(count: int, seed: int, only: str = "", by: str = "") -> Iterator[Kill]:
    """As many as asked for; each signal as often as the others, or one kind and one signal."""
    choose = random.Random(seed)  # noqa: S311 - moments, not secrets
    for number in range(count):
        kind = choose.choice([only] if only else list(KINDS))
        is_aimed = bool(KINDS[kind].files) and choose.random() < 0.4
        writes = KEEPS if kind == "keep" else 0.004
        moment = choose.uniform(0, writes) if is_aimed else choose.uniform(0, KINDS[kind].seconds)
        to_group, has_old = choose.random() < 0.3, bool(KINDS[kind].files) and choose.random() < 1 / 3
        yield Kill(kind, by or SIGNALS[number % len(SIGNALS)], to_group, moment, is_aimed, has_old)


def ended(kill: Kill, kept: str) -> End:
    """One run, killed, and what it left. Reports are kept in one folder, so that a database that was killed
    is used again."""
    kind, mark = KINDS[kill.kind], f"vaudit-kill-{uuid.uuid4()}"
    where = contextlib.nullcontext(kept) if kill.kind == "keep" else _empty()
    with where as folder, _terminal() as (screen, terminal):
        if kill.has_old and kill.kind != "keep":
            Path(folder, kind.files[0]).write_text(OLD)
        before = termios.tcgetattr(terminal)
        with subprocess.Popen(
            [sys.executable, "-m", "vaudit", *kind.words],
            cwd=folder, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
            env={**os.environ, "VAUDIT_KILL": mark, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        ) as child:  # fmt: skip
            shown = _wait_for_moment(child, kill, screen, folder)
            was_running = child.poll() is None
            began = time.monotonic()
            _send(child, kill)
            patience = LONGEST if kill.signal != "PIPE" else UNIMPRESSED
            shown += _until_ended(child, screen, patience)
            seconds = time.monotonic() - began
            faults = [] if child.poll() is not None else [f"it still ran after {patience:.0f} s"]
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL) if faults else None
        faults += [f"left running: {one}" for one in left(mark)]
        faults += faults_of_files(Path(folder), kind, kill)
        faults += faults_of_terminal(before, termios.tcgetattr(terminal), shown)
    return End(seconds, was_running, faults)


def _empty() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="kills-", dir=ROOT)


@contextlib.contextmanager
def _terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a terminal of our own: what shows it, and what programs are given."""
    ends = pty.openpty()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def _wait_for_moment(child: "subprocess.Popen[bytes]", kill: Kill, screen: int, folder: str) -> bytes:
    shown, began = b"", time.monotonic()
    if kill.is_aimed:
        while child.poll() is None and not _writes(child.pid, folder):
            shown += _read(screen, 0)
        time.sleep(kill.moment)
        return shown
    while (left := began + kill.moment - time.monotonic()) > 0 and child.poll() is None:
        shown += _read(screen, min(left, 0.05))
    return shown


def _writes(pid: int, folder: str) -> bool:
    """Whether a process has a file in a folder open, be it one without a name."""
    for path in _listed(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            if os.readlink(path).startswith(f"{folder}/"):
                return True
    return False


def _listed(folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in os.listdir(folder)]
    except OSError:
        return []


def _send(child: "subprocess.Popen[bytes]", kill: Kill) -> None:
    number = getattr(signal, f"SIG{kill.signal}")
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number) if kill.to_group else child.send_signal(number)


def _until_ended(child: "subprocess.Popen[bytes]", screen: int, seconds: float) -> bytes:
    """What it still shows in at most so many seconds."""
    shown, deadline = b"", time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < deadline:
        shown += _read(screen, 0.02)
    return shown + _read(screen, 0)


def _read(screen: int, seconds: float) -> bytes:
    if not select.select([screen], [], [], seconds)[0]:
        return b""
    try:
        return os.read(screen, 1 << 16)
    except OSError:
        return b""


def left(mark: str) -> list[str]:
    """Processes that inherited our mark, once the kernel had time to end what it was told to end."""
    deadline = time.monotonic() + ENDING
    while (found := list(_living(mark))) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def _living(mark: str) -> Iterator[str]:
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (entry / "environ").read_bytes():
                yield (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()


def faults_of_files(folder: Path, kind: Kind, kill: Kill) -> Iterator[str]:
    """What is wrong with the files that are there."""
    yield from faults_of_database(folder / "history.db")
    for path in folder.iterdir():
        if path.name in STATE and "--keep" in kind.words:
            continue
        if path.name not in kind.files:
            yield f"left: {path.name}"
        elif not _is_whole(path, path.read_text()):
            yield f"half a report: {path.name}, {path.stat().st_size} bytes"
    if kill.has_old and kill.kind != "keep" and not (folder / kind.files[0]).exists():
        yield f"lost: the old {kind.files[0]}"


def faults_of_database(path: Path) -> Iterator[str]:
    """What is wrong with kept reports: pages that contradict each other, or a report that is not whole."""
    if not path.exists() or not path.stat().st_size:
        return
    from vaudit.history.state import StateError
    from vaudit.history.store import Store

    try:
        with Store(str(path.parent)) as store:
            store.check()
            for one in store.kept():
                store.report(one.id)
    except StateError as error:
        if "no report was kept yet" not in str(error):
            yield str(error)


def reports_in(folder: Path) -> int:
    """How many reports are kept there."""
    from vaudit.history.state import StateError
    from vaudit.history.store import Store

    with contextlib.suppress(StateError), Store(str(folder)) as store:
        return len(store.kept())
    return 0


def _is_whole(path: Path, text: str) -> bool:
    if text == OLD:
        return True
    if path.suffix in (".json", ".jsonl"):
        lines, count = (text.splitlines(), RECORDED) if path.suffix == ".jsonl" else ([text], 1)
        with contextlib.suppress(ValueError):
            return len(lines) == count and all("findings" in json.loads(line) for line in lines)
        return False
    return text.rstrip().endswith("</html>") if path.suffix == ".html" else text.rstrip().endswith("@end")


def faults_of_terminal(before: object, after: object, shown: bytes) -> Iterator[str]:
    """What is changed of the terminal. Who is killed cannot show a cursor again, and so must not hide it."""
    if before != after:
        yield "the terminal's settings are changed"
    modes = re.findall(rb"\x1b\[\?(\d+)([hl])", shown)
    if modes:
        yield f"the terminal's modes were changed: {modes[:3]}"


def main() -> int:
    about, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=about, epilog=more)
    parser.add_argument("count", type=int, nargs="?", default=300, help="how often [300]")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="for the same moments")  # noqa: S311
    parser.add_argument("--only", choices=list(KINDS), default="", help="kill this kind alone")
    parser.add_argument("--by", choices=SIGNALS, default="", help="and by this signal alone")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in SIGNALS[:-1]:  # a shell has them ignored by what it starts in the background
        signal.signal(getattr(signal, f"SIG{name}"), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(f"seed {options.seed}", flush=True)
    faults, running, longest, by_signal = 0, 0, (0.0, ""), Counter[str]()
    keeps = _empty()
    for kill in kills(options.count, options.seed, options.only, options.by):
        end = ended(kill, keeps.name)
        by_signal[kill.signal] += 1
        running += end.was_running
        faults += bool(end.faults)
        if kill.signal != "PIPE":
            longest = max(longest, (end.seconds, str(kill)))
        for fault in end.faults:
            print(f"{kill}: {fault}", flush=True)
    print(f"{sum(by_signal.values())} kills ({', '.join(f'{n} {s}' for s, n in by_signal.items())})")
    print(f"{running} while it ran; the longest end took {longest[0]:.2f} s ({longest[1]})")
    print(f"{faults} left something behind")
    print(f"{reports_in(Path(keeps.name))} reports were kept, and read back")
    keeps.cleanup()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
