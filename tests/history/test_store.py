"""What is kept reads back equal, is small, and survives what happens to files."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history.kept import audited, bench, day, report
from vaudit.history import packed, state
from vaudit.history.keep import keep
from vaudit.history.limits import limits
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


def test_another_user_and_a_read_only_folder_read_what_is_there() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own are within one that is root's alone
        kept(Path(folder), report(0), report(1))
        Path(folder, "history.db").chmod(0o444)
        Path(folder).chmod(0o555)
        child = os.fork()
        if not child:  # a user of whom nothing here is
            try:
                if os.geteuid() == 0:
                    os.setuid(65534)
                os._exit(len(Store(folder).kept()))
            finally:
                os._exit(99)
        try:
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
        finally:
            Path(folder).chmod(0o700)


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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
@pytest.mark.parametrize(("folder", "file"), [(0o755, 0o600), (0o700, 0o644)])
def test_what_another_user_may_not_read_is_not_called_missing(folder: int, file: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        where = Path(place, "state")
        where.mkdir()
        kept(where, report(0))
        (where / "history.db").chmod(file)
        Path(place).chmod(0o755)
        where.chmod(folder)
        child = os.fork()
        if not child:
            said = ""
            try:
                os.setuid(65534)
                Store(str(where))
            except state.StateError as error:
                said = str(error)
            finally:
                os._exit(0 if said.endswith("history.db: cannot be used: Permission denied") else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_pipe_in_the_place_of_the_last_report_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "last.json")
    with pytest.raises(state.StateError, match=f"{tmp_path}/last.json: cannot be written: is a pipe"):
        kept(tmp_path, report(0))


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


def test_what_is_old_is_forgotten_but_never_the_newest_nor_what_is_pinned(tmp_path: Path) -> None:
    kept(tmp_path, *(report(number, bench()) for number in range(10)))
    with Store(str(tmp_path), writing=True) as store:
        store.pin(store.kept()[2].id, pinned=True)
        assert store.prune(day(6), 1 << 30) == 5
        assert [one.taken for one in store.kept()] == [day(2), day(6), day(7), day(8), day(9)]
        assert store.prune(day(99), 0) == 3
        assert [one.taken for one in store.kept()] == [day(2), day(9)]
        assert store.report(store.kept()[0].id) == report(2, bench())
        store.check()


def test_what_is_too_much_is_forgotten_from_the_oldest_on(tmp_path: Path) -> None:
    kept(tmp_path, *(report(number, bench()) for number in range(40)))
    with Store(str(tmp_path), writing=True) as store:
        full = store.size()
        store.prune("", full * 2 // 3)
        left = [one.taken for one in store.kept()]
        assert store.size() <= full * 2 // 3
        assert 1 < len(left) < 35
        assert left == [day(number) for number in range(40)][-len(left) :]
    assert (tmp_path / "history.db").stat().st_size <= full * 2 // 3 + 8192


def test_keeping_forgets_by_the_limits(tmp_path: Path) -> None:
    for number in range(12):
        keep(str(tmp_path), report(number), compact(report(number)), limits("5d"))
    with Store(str(tmp_path)) as store:
        assert [one.taken for one in store.kept()] == [day(number) for number in range(5, 12)]


def test_one_scan_with_a_wrong_clock_does_not_make_all_others_old(tmp_path: Path) -> None:
    kept(tmp_path, report(0), report(1), msgspec.structs.replace(report(2), taken="2099-01-01T00:00:00Z"))
    with Store(str(tmp_path)) as store:
        assert len(store.kept()) == 3


def live(taken: str):
    source = msgspec.structs.replace(report().source, kind="machine")
    return msgspec.structs.replace(report(), taken=taken, source=source)


@pytest.mark.parametrize(
    ("wrong", "last"), [(["2090-01-01T03:00:00Z"], day(9)), ([day(10), day(11), day(12)], day(9))]
)
def test_a_clock_that_ran_ahead_and_was_set_right_stays_no_newest_report(
    wrong: list[str], last: str, tmp_path: Path
) -> None:
    kept(tmp_path, *(live(day(number)) for number in range(6)), *map(live, wrong))
    with Store(str(tmp_path), writing=True) as store:
        store.accept("a.check", wrong[-1], wrong[-1])
    kept(tmp_path, live(day(9)))
    assert json.loads((tmp_path / "last.json").read_text())["taken"] == day(9)
    with Store(str(tmp_path)) as store:
        assert store.kept()[-1].taken == last
        assert store.report(store.kept()[-1].id).taken == last
        assert store.report(store.kept()[-2].id).taken == wrong[-1]  # the report stays as it was
        assert store.accepted() == {"a.check": day(9)}


def test_one_scan_with_a_clock_far_behind_changes_nothing_of_the_others(tmp_path: Path) -> None:
    kept(tmp_path, *(live(day(number)) for number in range(6)))
    with pytest.raises(state.StateError, match=r"so old a report \(of 1970-01-01\) is forgotten at once"):
        kept(tmp_path, live("1970-01-01T00:00:07Z"))
    with Store(str(tmp_path)) as store:
        assert [one.taken for one in store.kept()] == [day(at) for at in range(6)]


def test_an_older_record_that_is_kept_later_makes_no_newer_one_older(tmp_path: Path) -> None:
    kept(tmp_path, *(report(number) for number in (0, 1, 2, 3, 9, 5)))
    with Store(str(tmp_path)) as store:
        assert [one.taken for one in store.kept()] == [day(at) for at in (0, 1, 2, 3, 5, 9)]
    assert json.loads((tmp_path / "last.json").read_text())["taken"] == day(9)


@pytest.mark.parametrize("said", ["5", "d", "-1d", "0d", "5 d", "5D", "٣d", "1e3d", "99999999999d", "5M"])
def test_an_age_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="how long is wanted"):
        limits(said)


ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")


def scanned(where: Path, before: str = "") -> "subprocess.CompletedProcess[str]":
    """A scan that keeps its report, in a file system of its own."""
    command = f"{sys.executable} -m vaudit scan --bench off --keep --state {where} --format json"
    words = f"{before}; exec {command}"
    return subprocess.run(
        ["unshare", "-m", "sh", "-c", words], capture_output=True, text=True, check=False, timeout=60
    )


@ROOT
@pytest.mark.parametrize("size", ["4k", "16k", "60k", "150k"])
def test_a_full_disk_keeps_nothing_and_the_scan_reports(tmp_path: Path, size: str) -> None:
    done = scanned(tmp_path, f"mount -t tmpfs -o size={size} none {tmp_path} || exit 77")
    if done.returncode == 77:
        pytest.skip("no mount here")
    assert done.returncode == 3
    assert json.loads(done.stdout)["schema"]
    (line,) = done.stderr.splitlines()
    assert line.startswith("vaudit: not kept: ")


@ROOT
@pytest.mark.parametrize("number", [0, 1])
def test_a_read_only_file_system_keeps_nothing_and_the_scan_reports(tmp_path: Path, number: int) -> None:
    kept(tmp_path, *[report(at) for at in range(number)])
    bind = f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}"
    done = scanned(tmp_path, f"{bind} || exit 77")
    if done.returncode == 77:
        pytest.skip("no mount here")
    assert done.returncode == 3
    assert json.loads(done.stdout)["schema"]
    (line,) = done.stderr.splitlines()
    assert line.startswith("vaudit: not kept: ") and "ead-only" in line


def test_a_newer_format_is_one_line_and_the_scan_reports(tmp_path: Path) -> None:
    kept(tmp_path, report())
    with sqlite3.connect(tmp_path / "history.db") as raw:
        raw.execute("PRAGMA user_version = 99")
    words = [sys.executable, "-m", "vaudit", "scan", "--from", "tests/machines/lab-xen-pv.vdump", "--keep"]
    words += ["--state", str(tmp_path), "--format", "json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["schema"]) == (3, "vaudit.report/2")
    (line,) = done.stderr.splitlines()
    assert "was written by a newer vaudit" in line


@pytest.mark.slow
def test_equal_identities_have_equal_pseudonyms_in_all_kept_reports(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "vaudit", "scan", "--from", "tests/machines/lab-kvm-virtio.vdump"]

    def evidence(*more: str) -> object:
        done = subprocess.run(
            [*words, "--format", "json", *more], capture_output=True, text=True, check=False
        )
        return json.loads(done.stdout)["evidence"]

    first, again = (evidence("--keep", "--state", str(tmp_path / "a")) for _ in range(2))
    other, alone = evidence("--keep", "--state", str(tmp_path / "b")), evidence()
    assert first == again
    assert first != other != alone != first
