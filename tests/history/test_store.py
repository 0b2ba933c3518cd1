"""What is kept reads back equal, is small, and survives what happens to files."""

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.kept import audited, bench, day, report
from vaudit.history import packed, state
from vaudit.history.keep import keep
from vaudit.history.store import Damaged, Newer, Store
from vaudit.output.json import compact


def kept(where: Path, *reports) -> None:
    for one in reports:
        keep(str(where), one, compact(one))


def test_a_stored_report_reads_back_equal_to_what_was_written(tmp_path: Path) -> None:
    written = [report(0, bench()), report(1), report(2, bench(), of=audited("lab-xen-pv"))]
    kept(tmp_path, *written)
    with Store(str(tmp_path)) as store:
        assert [store.report(one.id) for one in store.kept()] == written
        assert [store.text(one.id).decode() for one in store.kept()] == [compact(one) for one in written]


def test_the_last_report_is_the_newest_in_whatever_order_they_are_kept(tmp_path: Path) -> None:
    kept(tmp_path, report(3), report(5), report(4))
    assert state.last_report(str(tmp_path)).taken == day(5)
    with Store(str(tmp_path)) as store:
        assert [one.taken for one in store.kept()] == [day(3), day(4), day(5)]


def test_only_the_owner_reads_the_database(tmp_path: Path) -> None:
    kept(tmp_path, report())
    assert (tmp_path / "history.db").stat().st_mode & 0o777 == 0o600


def test_another_user_and_a_read_only_folder_read_what_is_there(tmp_path: Path) -> None:
    kept(tmp_path, report(0), report(1))
    (tmp_path / "history.db").chmod(0o444)
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o555)
    child = os.fork()
    if not child:  # a user of whom nothing here is
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            os._exit(len(Store(str(tmp_path)).kept()))
        finally:
            os._exit(99)
    try:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    finally:
        for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
            folder.chmod(0o700)


def test_a_damaged_file_is_set_aside_under_a_name_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "history.db").write_bytes(b"this is no database" * 1000)
    said = keep(str(tmp_path), report(), compact(report()))
    assert "is damaged" in said and "history.db.damaged-" in said
    (aside,) = tmp_path.glob("history.db.damaged-*")
    assert aside.read_bytes().startswith(b"this is no database")
    with Store(str(tmp_path)) as store:
        assert len(store.kept()) == 1


def test_a_damaged_page_is_seen_before_anything_is_added(tmp_path: Path) -> None:
    kept(tmp_path, *(report(number, bench()) for number in range(20)))
    path = tmp_path / "history.db"
    data = bytearray(path.read_bytes())
    for at in range(8192, len(data), 4096):
        data[at : at + 64] = os.urandom(64)
    path.write_bytes(data)
    assert "damaged" in keep(str(tmp_path), report(30), compact(report(30)))
    with Store(str(tmp_path)) as store:
        assert [one.taken for one in store.kept()][-1] == day(30)


def test_a_newer_format_is_left_alone(tmp_path: Path) -> None:
    kept(tmp_path, report())
    with sqlite3.connect(tmp_path / "history.db") as raw:
        raw.execute("PRAGMA user_version = 99")
    before = (tmp_path / "history.db").read_bytes()
    with pytest.raises(Newer, match="newer vaudit"):
        kept(tmp_path, report(1))
    assert (tmp_path / "history.db").read_bytes() == before


def test_reading_what_was_never_kept_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(state.Missing):
        Store(str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_a_thousand_reports_of_one_machine_are_small(tmp_path: Path) -> None:
    for number in range(20):
        kept(tmp_path, report(number, *(bench(value=1e9 + number * 1e6 + part) for part in range(3))))
    size = (tmp_path / "history.db").stat().st_size
    assert size / 20 < 12_000


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=40_000) | st.integers() | st.none(), max_size=4),
    st.dictionaries(st.text(max_size=5), st.text(max_size=40_000), max_size=4),
)
def test_what_is_packed_is_unpacked_to_the_same_bytes(one: dict[str, object], base: dict[str, str]) -> None:
    import msgspec

    data, like = msgspec.json.encode(one), msgspec.json.encode(base)
    assert packed.unpack(packed.pack(data, like), like) == data
    assert packed.unpack(packed.pack(data, data), data) == data


@pytest.mark.parametrize("at", [0, 1, 10, 100, 1000])
def test_what_was_packed_and_is_damaged_is_no_report(at: int) -> None:
    data = compact(report(0, bench())).encode()
    small = bytearray(packed.pack(data))
    small[at] ^= 0x41
    with pytest.raises(ValueError):
        packed.unpack(bytes(small))


def test_a_damaged_report_is_told_by_its_number(tmp_path: Path) -> None:
    kept(tmp_path, report(0), report(1))
    with sqlite3.connect(tmp_path / "history.db") as raw:
        raw.execute("UPDATE scans SET report = x'92cd' WHERE id = 2")
    with Store(str(tmp_path)) as store:
        assert store.report(1).taken == day(0)
        with pytest.raises(Damaged, match="report 2 cannot be read"):
            store.report(2)
