"""A very large machine: work that grows no faster than it, a report that stays readable, and nothing cut in
silence. Seconds and memory are measured by benchmarks/scale.py."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.machines import our_checks
from tests.machines.big import Size, big
from tests.machines.linux import Machine
from vaudit.evidence import linux, source
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Cut, Entry, EntryKind, Source, whole_or_cut
from vaudit.facts.collect import collect
from vaudit.judge.checks import MOST, Judgement, judge, load
from vaudit.model.facts import Facts, Net
from vaudit.model.report import Report
from vaudit.model.versions import read_report
from vaudit.output import html, outline, terminal
from vaudit.output import json as json_output
from vaudit.pipeline import MAX_EXCERPTS, scan

SMALL = Size().times(0.02)


@pytest.fixture(scope="module")
def report() -> Report:
    """Of a guest with 1,000 disks and 500 cards, each of which is emulated."""
    return scan(big(Size(), guest=True).source(), our_checks())


class Counting(Source):
    """Asks another source, and counts what for."""

    kind = "dump"

    def __init__(self, asked: Source) -> None:
        self.name, self.taken, self._asked = asked.name, asked.taken, asked
        self.questions = 0

    def entry(self, kind: EntryKind, key: str) -> Entry:
        self.questions += 1
        return self._asked.entry(kind, key)


def questions(size: Size) -> int:
    counting = Counting(big(size).source())
    collect(Recorder(counting))
    return counting.questions


def test_a_scan_asks_no_more_than_in_proportion() -> None:
    once, twice, thrice = (questions(SMALL.times(factor)) for factor in (1, 2, 3))
    assert twice - once == pytest.approx(thrice - twice, rel=0.02)


def test_a_scan_reads_the_list_of_mounts_no_more_often_for_more_mounts() -> None:
    assert questions(SMALL) == questions(SMALL._replace(mounts=4 * SMALL.mounts))


@pytest.mark.slow
def test_every_device_socket_and_mount_of_a_large_machine_is_counted(report: Report) -> None:
    facts = report.facts
    assert (len(facts.block), len(facts.net), len(facts.controllers)) == (1000, 500, 1500)
    assert (facts.cpu.threads, facts.cpu.sockets) == (2048, 8)
    assert sum(len(disk.mounts) + disk.more_mounts for disk in facts.block) == 50_000


@pytest.mark.slow
def test_the_report_of_a_large_machine_has_2_mb_and_its_page_3(report: Report) -> None:
    assert len(json_output.render(report).encode()) <= 2_000_000
    assert len(html.render(report).encode()) <= 3_000_000


@pytest.mark.slow
def test_findings_beyond_a_bound_are_counted_and_that_is_said(report: Report) -> None:
    of_disks = [one for one in report.findings if one.check == "storage.emulated-disk"]
    assert [one.number for one in of_disks] == [1] * MOST["fail"] + [1000 - MOST["fail"]]
    assert of_disks[-1].message == "800 more like this"
    assert (of_disks[-1].status, of_disks[-1].severity) == ("fail", "high")
    assert any("storage.emulated-disk (800 fail)" in note for note in report.notes)


@pytest.mark.slow
def test_the_summary_counts_all_findings(report: Report) -> None:
    failed = Counter(one.check for one in report.findings if one.status == "fail")
    assert report.summary.fail == 1500 + sum(number == 1 for number in failed.values())
    assert report.summary.passed >= 3000
    assert outline.count(report, "fail") == report.summary.fail
    assert f"{report.summary.passed} passed" in outline.tally(report)


@pytest.mark.slow
def test_those_that_are_folded_are_counted_for_people_too(report: Report) -> None:
    assert "and 997 more like this" in terminal.render(report)
    page = html.render(report)
    assert "1000 times" in page
    assert "and 994 more" in page


@pytest.mark.slow
def test_what_to_do_stands_once_where_only_the_device_differs(report: Report) -> None:
    assert "initial ramdisk" in report.checks["storage.emulated-disk"].fix.linux
    disks = [one for one in report.findings if one.check == "storage.emulated-disk"][:2]
    for disk in disks:
        fix = report.about(disk).fix
        assert disk.subject in fix.provider and "initial ramdisk" in fix.linux
    assert "initial ramdisk" not in json.dumps(json.loads(json_output.compact(report))["findings"])


@pytest.mark.slow
def test_every_finding_keeps_the_evidence_of_its_own_device(report: Report) -> None:
    disks = {disk.name: disk for disk in report.facts.block}
    for one in report.findings:
        if one.check == "storage.emulated-disk" and one.number == 1:
            assert set(disks[one.subject].evidence) <= set(one.evidence)


MANY = """id = "net.many"
title = "T"
severity = "low"
fail = "any(card.mtu == 1 for card in net)"
message = "m"
why = "w"
[expect]
fail = ["one"]
pass = ["another"]
"""


def test_that_a_finding_names_only_some_of_its_evidence_is_said(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "many.toml").write_text(MANY)

    def judged(cards: int) -> Judgement:
        net = [Net(f"eth{at}", mtu=9, evidence=[f"file:/{at}"]) for at in range(cards)]
        return judge(Facts(net=net), [], load(builtin=tmp_path))

    note = "1 finding rests on more than the 50 pieces of evidence that are named"
    for cards, notes in ((50, []), (51, [note])):
        found = judged(cards)
        assert (len(found.findings[0].evidence), found.notes) == (50, notes)


@pytest.mark.slow
def test_excerpts_are_bounded_and_that_is_said(report: Report) -> None:
    assert len(report.evidence) == MAX_EXCERPTS
    kept = {one.id for one in report.evidence}
    assert set(report.facts.hypervisor.evidence) <= kept
    assert any("pieces of evidence are named and not shown" in note for note in report.notes)


@pytest.mark.slow
def test_a_large_report_reads_back_with_an_element_a_line(report: Report) -> None:
    text = json_output.render(report)
    assert read_report(text.encode(), "x") == report
    lines = text.splitlines()
    assert sum(line.lstrip().startswith('{"name":"sd') for line in lines) == 1000


def test_a_small_report_is_indented_and_says_nothing_of_what_is_left_out() -> None:
    made = scan(big(Size(1, 1, 10, 10, 4, 2)).source(), our_checks())
    assert json.loads(json_output.render(made)) == json.loads(json_output.compact(made))
    assert '\n      "threads": 4' in json_output.render(made)
    assert made.notes == []


# what is cut


def test_text_is_cut_between_lines() -> None:
    assert whole_or_cut(b"one\ntwo\n", 8) == b"one\ntwo\n"
    assert whole_or_cut(b"one\ntwo\n", 7) == Cut(b"one\n", "cut at 7 bytes")
    assert whole_or_cut(b"\xff" * 9, 8) == Cut(b"\xff" * 8, "cut at 8 bytes")


def test_a_live_file_that_is_too_long_says_that_it_was_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MAX_FILE", 10)
    (tmp_path / "long").write_text("first\nsecond\nthird\n")
    (tmp_path / "short").write_text("first\n")
    machine = linux.Machine(None)
    try:
        found, short = (machine.entry("file", str(tmp_path / name)) for name in ("long", "short"))
    finally:
        machine.close()
    assert (found.data, found.reason, found.is_cut) == (b"first\n", "cut at 10 bytes", True)
    assert (short.data, short.reason, short.is_cut) == (b"first\n", "", False)


def test_a_live_folder_of_too_many_names_says_that_it_was_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linux, "MAX_NAMES", 3)
    for name in "abcd":
        (tmp_path / name).touch()
    machine = linux.Machine(None)
    try:
        found = machine.entry("dir", str(tmp_path))
        (tmp_path / "a").unlink()
        assert not machine.entry("dir", str(tmp_path)).is_cut
    finally:
        machine.close()
    assert len(machine.names(str(tmp_path))) == 3
    assert found.is_cut and found.reason == "cut at 3 names"


def cut_at_half(made: Machine, path: str) -> Machine:
    """The machine with half of a file."""
    data = made.files[path]
    half = data[: data.index(b"\n", len(data) // 2) + 1]
    made.answer(Entry("file", path, "read", half, reason="cut at 1 MiB"))
    return made


def large() -> Machine:
    made = big(SMALL)
    assert isinstance(made, Machine)
    return made


def test_a_cut_list_of_processors_counts_no_sockets() -> None:
    assert large().facts().cpu.sockets == 8
    made = cut_at_half(large(), "/proc/cpuinfo")
    assert made.facts().cpu.sockets is None
    assert made.facts().cpu.threads == SMALL.threads
    made.without("/sys/devices/system/cpu/online")
    assert made.facts().cpu.threads is None


def test_a_cut_list_of_mounts_makes_no_chroot() -> None:
    without_root = "29 1 0:5 / /proc rw - proc proc rw\n30 1 254:1 / /srv rw - ext4 /dev/vda1 rw\n"
    made = Machine().file("/proc/self/mountinfo", without_root)
    assert "chroot" in made.facts().containers
    made.answer(Entry("file", "/proc/self/mountinfo", "read", without_root.encode(), reason="cut at 32 MiB"))
    assert "chroot" not in made.facts().containers


def test_what_was_cut_is_said_in_the_report_and_by_a_replay() -> None:
    made = cut_at_half(large(), "/proc/cpuinfo")
    said = "only the beginning was looked at: file:/proc/cpuinfo (cut at 1 MiB)"
    assert said in scan(made.source(), our_checks()).notes
    replayed = scan(Recorder(made.dump()), our_checks())
    assert said in replayed.notes
    assert next(one for one in replayed.evidence if one.id == "file:/proc/cpuinfo").clipped


def test_a_list_of_processors_that_fills_a_page_is_not_trusted() -> None:
    made = large()
    listed = ",".join(str(number) for number in range(0, 2048, 2))[:4095]
    made.file("/sys/devices/system/cpu/online", f"{listed}\n")
    assert made.facts().cpu.threads == SMALL.threads


def test_a_line_that_is_too_long_ends_in_an_ellipsis() -> None:
    made = Machine().file("/x", "7" * 5000).file("/y", "7" * 4096)
    assert (made.source().line("/x") or "").endswith("7…")
    assert made.source().number("/x") is None
    assert made.source().line("/y") == "7" * 4096


def test_memory_in_more_ranges_than_are_read_is_not_known() -> None:
    made = Machine().memory_map(1 << 30)
    assert made.facts().memory.installed == (1 << 30) - 0x60000
    made.folder("/sys/firmware/memmap", *(str(number) for number in range(3, 1100)))
    assert made.facts().memory.installed is None


def test_a_container_shows_behind_however_many_mounts() -> None:
    many = "".join(f"{at} 1 0:{at} / /srv/{at} rw - tmpfs tmpfs rw\n" for at in range(5000))
    bound = "9999 1 0:5 / /run/secrets/kubernetes.io/serviceaccount ro - tmpfs tmpfs ro\n"
    made = Machine().file("/proc/self/mountinfo", f"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n{many}{bound}")
    assert "kubernetes" in made.facts().containers
