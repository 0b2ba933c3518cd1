"""All kept reports of a folder, in one SQLite file: the reports whole, and their figures by themselves.

A report is there whole or not at all: it is written in one transaction, to a write-ahead log, synchronously.
sqlite3 is imported here alone, and this module only where reports are kept or asked for.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import msgspec

from vaudit.history import packed
from vaudit.history.changes import Point
from vaudit.history.measured import Figure, figures
from vaudit.history.state import DATABASE, Missing, StateError
from vaudit.history.trend import Series, by_plan
from vaudit.model.report import Report
from vaudit.model.versions import VersionError, read_report

FORMAT = 1
"""Of the tables (user_version). A file of a newer one is left alone."""
APPLICATION = 0x76617564
"""`vaud`: by which file(1) and we know such a file (application_id)."""
_TABLES = """
CREATE TABLE bases (id INTEGER PRIMARY KEY, report BLOB NOT NULL);
CREATE TABLE scans (
    id INTEGER PRIMARY KEY,
    taken TEXT NOT NULL,      -- ISO 8601 UTC: when the evidence was read
    machine TEXT NOT NULL,    -- the report's pseudonym
    measured TEXT NOT NULL,   -- which benchmarks were run: quick, full, off
    pinned INTEGER NOT NULL DEFAULT 0,
    base INTEGER REFERENCES bases,
    report BLOB NOT NULL      -- vaudit/history/packed.py
);
CREATE INDEX scans_by_time ON scans (taken, id);
CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, benchmark TEXT NOT NULL,
    unit TEXT NOT NULL);
CREATE TABLE contexts (id INTEGER PRIMARY KEY, said TEXT NOT NULL UNIQUE);  -- a JSON object
CREATE TABLE figures (
    series INTEGER NOT NULL REFERENCES series,
    scan INTEGER NOT NULL REFERENCES scans ON DELETE CASCADE,
    value REAL NOT NULL,
    rounds BLOB NOT NULL,     -- msgpack
    disturbed INTEGER NOT NULL,
    context INTEGER NOT NULL REFERENCES contexts,
    PRIMARY KEY (series, scan)
) WITHOUT ROWID;
CREATE INDEX figures_by_scan ON figures (scan);
CREATE TABLE accepted (scan_taken TEXT NOT NULL, what TEXT NOT NULL, accepted TEXT NOT NULL);
"""
_UNUSED = (
    "DELETE FROM bases WHERE id NOT IN (SELECT base FROM scans WHERE base IS NOT NULL)",
    "DELETE FROM contexts WHERE id NOT IN (SELECT context FROM figures)",
    "DELETE FROM series WHERE id NOT IN (SELECT series FROM figures)",
)
"""What nothing refers to any more."""
_FIRST = """SELECT min(taken) FROM (SELECT taken FROM scans WHERE taken < ? AND measured != 'off'
    ORDER BY taken DESC LIMIT ?)"""
_EARLIER = """SELECT name, benchmark, unit, value, rounds, disturbed, said
    FROM scans JOIN figures ON figures.scan = scans.id JOIN series ON series.id = figures.series
    JOIN contexts ON contexts.id = figures.context WHERE taken < ? AND taken >= ? ORDER BY taken, scans.id"""
_LATEST = "SELECT taken, strftime('%Y-%m-%dT%H:%M:%SZ', taken, '+1 hour') FROM scans WHERE id = ?"
_SETTLED = (
    "UPDATE scans SET taken = ? WHERE taken > ?",
    "UPDATE accepted SET scan_taken = ? WHERE scan_taken > ?",
)
_PATIENCE = 20.0
"""Seconds that are waited for another process that writes."""
_FAR = 0.6
"""Of what a report takes alone: from here on the base is no longer like it, and a new one is taken."""


class Damaged(StateError):
    """The file is no database, or one whose pages contradict each other."""


class Newer(StateError):
    """The file was written by a newer vaudit."""


class Kept(NamedTuple):
    """A kept report, without its content."""

    id: int
    taken: str
    machine: str
    measured: str
    pinned: bool


class Store:
    """The kept reports of a folder. All methods raise StateError."""

    def __init__(self, where: str, *, writing: bool = False) -> None:
        """Opens what is there; `writing` makes it where there is none. Raises Missing, Damaged, Newer, and
        StateError for a full disk and whatever else is in the way."""
        self.path = os.path.join(where, DATABASE)
        self._open = _connected(self.path, writing=writing)
        try:
            with self._told():
                self._ready(writing=writing)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        with suppress(sqlite3.Error):
            self._open.close()

    def add(self, report: Report, text: str) -> int:
        """Keeps a report, whose compact JSON the text is; its number."""
        with self.writing():
            base, content = self._packed(text.encode())
            row = (report.taken, report.machine, report.run.mode, base, content)
            said = "INSERT INTO scans (taken, machine, measured, base, report) VALUES (?, ?, ?, ?, ?)"
            scan = int(self._open.execute(said, row).lastrowid or 0)
            for one in figures(report):
                context = msgspec.json.encode(one.context, order="sorted").decode()
                row_of = (
                    self._id("series", "name", one.series, benchmark=one.benchmark, unit=one.unit),
                    scan, one.value, msgspec.msgpack.encode(one.rounds), one.disturbed,
                    self._id("contexts", "said", context),
                )  # fmt: skip
                self._open.execute("INSERT OR IGNORE INTO figures VALUES (?, ?, ?, ?, ?, ?)", row_of)
        return scan

    def settle(self, scan: int) -> None:
        """What was kept before this scan of the machine itself cannot have been taken an hour after it: the
        clock was wrong then, unless it is now, which it is where most reports say so. It counts as taken with
        this one: else this one, and all that follow until then, would not be the newest."""
        with self.writing():
            taken, after = self._open.execute(_LATEST, (scan,)).fetchone()
            false, all_kept = self._open.execute(
                "SELECT count(*) FILTER (WHERE taken > ?), count(*) FROM scans WHERE id < ?", (after, scan)
            ).fetchone()
            if 0 < 2 * false <= all_kept:
                for said in _SETTLED:
                    self._open.execute(said, (taken, after))

    def prune(self, oldest: str, size: int) -> int:
        """Forgets reports that were taken before `oldest` (ISO 8601 UTC), and then the oldest, until all
        takes at most `size` bytes. Never the newest, never one that is pinned. How many were forgotten."""
        with self.writing():
            rows = self._open.execute(
                "SELECT id, taken FROM scans WHERE NOT pinned ORDER BY taken, id LIMIT "
                "(SELECT count(*) FROM scans WHERE NOT pinned) - NOT (SELECT pinned FROM scans "
                "ORDER BY taken DESC, id DESC LIMIT 1)"
            ).fetchall()
            gone = 0
            for scan, taken in rows:
                if taken >= oldest and self.size() <= size:
                    break
                self._open.execute("DELETE FROM scans WHERE id = ?", (scan,))
                gone += 1
            if gone:
                for said in _UNUSED:
                    self._open.execute(said)
        if gone:
            with self._told():
                self._open.executescript("PRAGMA incremental_vacuum")  # execute takes one page
        return gone

    def size(self) -> int:
        """Bytes that are in use in the file."""
        pages, free, each = (
            self._open.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * each)

    def pin(self, scan: int, *, pinned: bool) -> None:
        """A report that is pinned is never forgotten."""
        with self.writing():
            self._open.execute("UPDATE scans SET pinned = ? WHERE id = ?", (pinned, scan))

    def kept(self) -> list[Kept]:
        """All kept reports, the oldest first."""
        with self._told():
            rows = self._open.execute(
                "SELECT id, taken, machine, measured, pinned FROM scans ORDER BY taken, id"
            ).fetchall()
        return [Kept(scan, taken, machine, mode, bool(pinned)) for scan, taken, machine, mode, pinned in rows]

    def text(self, scan: int) -> bytes:
        """A kept report as compact JSON."""
        with self._told():
            row = self._open.execute("SELECT base, report FROM scans WHERE id = ?", (scan,)).fetchone()
            if row is None:
                raise Missing(f"{self.path}: no report {scan} is kept")
            base = self._base(row[0]) if row[0] else b""
        try:
            return packed.unpack(row[1], base)
        except ValueError as error:
            raise Damaged(f"{self.path}: report {scan} cannot be read: {error}") from error

    def report(self, scan: int) -> Report:
        """A kept report."""
        try:
            return read_report(self.text(scan), f"{self.path}, report {scan}")
        except VersionError as error:
            raise StateError(str(error)) from error

    def series(self) -> list[Series]:
        """All figures over time."""
        with self._told():
            taken = dict(self._open.execute("SELECT id, taken FROM scans"))
            known = {
                number: msgspec.json.decode(said)
                for number, said in self._open.execute("SELECT id, said FROM contexts")
            }
            named = self._open.execute("SELECT id, name, benchmark, unit FROM series ORDER BY id").fetchall()
            rows = self._open.execute(
                "SELECT series, scan, value, disturbed, context FROM figures ORDER BY series, scan"
            ).fetchall()
        points: dict[int, list[Point]] = {number: [] for number, *_ in named}
        for number, scan, value, disturbed, context in rows:
            points[number].append(Point(value, taken[scan], bool(disturbed), known[context]))
        for found in points.values():
            found.sort(key=lambda one: one.taken)
        series = (Series(name, benchmark, unit, points[number]) for number, name, benchmark, unit in named)
        return [one for each in series for one in by_plan(each)]

    def accept(self, what: str, taken: str, now: str) -> None:
        """What is said of a series or a check up to a scan is the new normal."""
        with self.writing():
            self._open.execute("DELETE FROM accepted WHERE what = ?", (what,))
            self._open.execute("INSERT INTO accepted VALUES (?, ?, ?)", (taken, what, now))

    def accepted(self) -> dict[str, str]:
        """Up to which scan what is said of each accepted series or check is normal."""
        with self._told():
            return dict(self._open.execute("SELECT what, scan_taken FROM accepted").fetchall())

    def earlier(self, taken: str, most: int = 60) -> dict[str, list[Figure]]:
        """What was measured in so many scans before a moment, by series, oldest first."""
        with self._told():
            row = self._open.execute(_FIRST, (taken, most)).fetchone()
            rows = self._open.execute(_EARLIER, (taken, row[0] or "")).fetchall()
        found: dict[str, list[Figure]] = {}
        for name, benchmark, unit, value, rounds, disturbed, context in rows:
            found.setdefault(name, []).append(
                Figure(name, benchmark, unit, value, msgspec.msgpack.decode(rounds), bool(disturbed),
                       msgspec.json.decode(context))
            )  # fmt: skip
        return found

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all that is done inside, or nothing of it. No other process writes meanwhile."""
        with self._told():
            self._open.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._open.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._open.execute("ROLLBACK")
                raise

    def check(self) -> None:
        """Raises Damaged where pages of the file contradict each other."""
        with self._told():
            (said,) = self._open.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise Damaged(f"{self.path}: is damaged: {' '.join(str(said).split())}")

    def _ready(self, *, writing: bool) -> None:
        (version,) = self._open.execute("PRAGMA user_version").fetchone()
        if version > FORMAT:
            raise Newer(f"{self.path}: was written by a newer vaudit (format {version}, {FORMAT} is known)")
        if not version:
            if not writing:
                raise Missing.all(self.path)
            self._open.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self._open.execute("PRAGMA journal_mode = WAL")
            self._made()
        if writing:
            self._open.execute("PRAGMA synchronous = FULL")
            self._open.execute("PRAGMA foreign_keys = ON")

    def _made(self) -> None:
        with self.writing():
            if self._open.execute("PRAGMA user_version").fetchone()[0]:
                return  # another process was faster
            for said in _TABLES.split(";"):
                self._open.execute(said)
            self._open.execute(f"PRAGMA application_id = {APPLICATION}")
            self._open.execute(f"PRAGMA user_version = {FORMAT}")

    def _packed(self, data: bytes) -> tuple[int, bytes]:
        """A report made small, and its base: the newest one, or a new one where that is not like it."""
        row = self._open.execute("SELECT max(id) FROM bases").fetchone()
        if row[0]:
            small = packed.pack(data, self._base(row[0]))
            if len(small) < _FAR * len(packed.pack(data)):
                return row[0], small
        base = self._open.execute("INSERT INTO bases (report) VALUES (?)", (packed.pack(data),)).lastrowid
        return int(base or 0), packed.pack(data, data)

    def _base(self, number: int) -> bytes:
        (small,) = self._open.execute("SELECT report FROM bases WHERE id = ?", (number,)).fetchone()
        try:
            return packed.unpack(small)
        except ValueError as error:
            raise Damaged(f"{self.path}: base {number} cannot be read: {error}") from error

    def _id(self, table: str, key: str, value: str, **more: str) -> int:
        """The number of a row that is there once, made where it is not there yet."""
        found = self._open.execute(f"SELECT id FROM {table} WHERE {key} = ?", (value,)).fetchone()  # noqa: S608
        if found:
            return int(found[0])
        names = ", ".join([key, *more])
        marks = ", ".join("?" * (1 + len(more)))
        said = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
        return int(self._open.execute(said, (value, *more.values())).lastrowid or 0)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of SQLite in one line each."""
        try:
            yield
        except sqlite3.Error as error:
            raise told(self.path, error) from error


def told(path: str, error: sqlite3.Error) -> StateError:
    """What SQLite says, as one of ours."""
    if type(error) is sqlite3.DatabaseError:  # SQLITE_CORRUPT and SQLITE_NOTADB have no class of their own
        return Damaged(f"{path}: is damaged: {error}")
    return StateError(f"{path}: cannot be used: {error}")


def _connected(path: str, *, writing: bool) -> sqlite3.Connection:
    """The file, open. Reading needs no right to write: then nobody else writes either, or what they write is
    not seen."""
    try:
        if writing:
            _reserve(path)
            return sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        os.close(os.open(path, os.O_RDONLY))  # SQLite does not say why it cannot be read
        return _reading(path)
    except FileNotFoundError:
        raise Missing.all(path) from None
    except OSError as error:
        raise StateError(f"{path}: cannot be used: {error.strerror}") from error
    except sqlite3.Error as error:
        raise told(path, error) from error


def _reserve(path: str) -> None:
    """Makes an empty file that only this user reads; what SQLite puts beside it gets the same mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))


def _reading(path: str) -> sqlite3.Connection:
    from urllib.parse import quote

    uri = f"file:{quote(os.path.abspath(path))}"
    for mode in ("mode=ro", "immutable=1"):
        connection = sqlite3.connect(f"{uri}?{mode}", uri=True, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            if mode == "immutable=1":
                raise
        else:
            break
    return connection
