"""What differs between two reports: worst first, like for like, and nothing where nothing changed."""

from typing import Any

import msgspec
import pytest

from tests.history.kept import audited, bench, report
from vaudit.history.borders import borders
from vaudit.history.differ import Diff, diff
from vaudit.history.measured import figures
from vaudit.judge.checks import load
from vaudit.model.finding import Finding
from vaudit.model.report import Report

LIMITS = borders(load().borders)
replace = msgspec.structs.replace


def differing(before: Report, after: Report, **more: Any) -> Diff:
    return diff(before, after, LIMITS, **more)


def told(found: Diff, sort: str = "") -> list[str]:
    return [one.text for one in found.lines if sort in ("", one.sort)]


def with_findings(*found: Finding, **more: Any) -> Report:
    return replace(report(), findings=list(found), **more)


def finding(
    status: str, check: str = "net.emulated-card", subject: str = "eth0", severity: str = "high"
) -> Finding:
    return Finding(check, status, severity, subject, f"{subject} {status}")  # type: ignore[arg-type]


def with_facts(of: Report, **changes: Any) -> Report:
    """The report with some fields of some groups of its facts replaced."""
    groups = {name: replace(getattr(of.facts, name), **fields) for name, fields in changes.items()}
    return replace(of, facts=replace(of.facts, **groups))


def test_a_report_does_not_differ_from_itself() -> None:
    for name in ("lab-kvm-four", "lab-xen-hvm", "lab-container-docker"):
        assert not differing(audited(name), audited(name)).lines


def test_what_got_worse_comes_first_and_what_got_better_last() -> None:
    before = with_findings(
        finding("fail", subject="eth1"),
        finding("pass", "a.low", severity="low"),
        finding("pass"),
        finding("pass", "a.gone"),
    )
    after = with_findings(
        finding("pass", subject="eth1"),
        finding("fail", "a.low", severity="low"),
        finding("fail"),
        finding("unknown", "a.gone"),
    )
    after = with_facts(replace(after, benchmarks=[]), kernel={"release": "6.99"})
    sorts = [(one.sort, one.what, one.severity) for one in differing(before, after).lines]
    assert sorts == [
        ("new finding", "net.emulated-card", "high"),
        ("new finding", "a.low", "low"),
        ("unknown now", "a.gone", "high"),
        ("fact", "kernel.release", ""),
        ("better", "net.emulated-card", "high"),
    ]


def test_a_finding_that_is_graver_than_before_is_worse() -> None:
    found = differing(with_findings(finding("fail", severity="low")), with_findings(finding("fail")))
    assert [one.sort for one in found.lines] == ["new finding"]
    assert not differing(with_findings(finding("fail")), with_findings(finding("fail", severity="low"))).news


@pytest.mark.parametrize(("status", "sorts"), [("pass", []), ("unknown", []), ("fail", ["not compared"])])
def test_a_check_that_the_older_version_did_not_know_is_no_news(status: str, sorts: list[str]) -> None:
    found = differing(
        with_findings(finding("pass", "old")), with_findings(finding("pass", "old"), finding(status))
    )
    assert [one.sort for one in found.lines] == sorts
    assert not found.news


def test_what_was_always_unknown_is_no_news() -> None:
    assert not differing(with_findings(finding("unknown")), with_findings(finding("unknown"))).lines
    assert not differing(with_findings(finding("unknown")), with_findings(finding("pass"))).lines


def test_a_fact_that_changed_is_told_in_the_words_of_people() -> None:
    before = report()
    disks = [
        replace(one, driver="virtio_scsi", size=2 << 30) if one.name == "vda" else one
        for one in before.facts.block
    ]
    after = replace(before, facts=replace(before.facts, block=disks))
    assert told(differing(before, after), "fact") == [
        "disk vda: driver: virtio_blk → virtio_scsi",
        "disk vda: size: 256 MiB → 2 GiB",
    ]


def test_what_changes_by_itself_is_no_news_nor_is_the_order_of_devices() -> None:
    before = report()
    after = with_facts(
        before,
        cpu={"steal": 0.3, "mhz": 1234.0, "up_seconds": 1e6},
        memory={"available": 5},
        kernel={"booted": 99},
    )
    facts = replace(after.facts, block=[replace(one, mounts=["/mnt"]) for one in reversed(after.facts.block)])
    assert not differing(before, replace(after, facts=facts)).lines


def test_a_device_of_software_comes_and_goes_and_one_of_hardware_is_news() -> None:
    before = report()
    card = before.facts.net[0]
    for path, lines in (("software", 0), ("emulated", 1)):
        new = replace(card, name="veth9", path=path)
        after = replace(before, facts=replace(before.facts, net=[*before.facts.net, new]))
        assert len(told(differing(before, after), "fact")) == lines
        assert len(told(differing(after, before), "fact")) == lines


def test_a_little_more_memory_is_the_same_and_much_more_is_not() -> None:
    before = report()
    total = before.facts.memory.total or 0
    assert not differing(before, with_facts(before, memory={"total": int(total * 1.01)})).lines
    (line,) = told(differing(before, with_facts(before, memory={"total": total * 2})))
    assert line.startswith("memory: total: ")


def test_what_is_unknown_on_one_side_is_said_and_not_compared() -> None:
    before = report()
    found = differing(before, with_facts(before, kernel={"release": None}))
    assert told(found) == ["kernel: release: not known now"]
    assert not found.news


def test_lists_that_nobody_could_look_at_are_not_compared() -> None:
    before = report()
    after = replace(before, facts=replace(before.facts, block=[], unseen=["block"]))
    assert [one.sort for one in differing(before, after).lines] == ["not compared"]


def test_what_another_version_asks_for_is_no_news_of_the_machine() -> None:
    before = replace(report(), vaudit="0.1.0")
    facts = replace(before.facts, drivers=before.facts.drivers[:-1], containers=[])
    older = replace(before, facts=facts)
    assert not differing(older, report()).news
    assert differing(replace(older, vaudit=report().vaudit), report()).news


def test_a_figure_is_better_worse_or_the_same_and_never_a_percentage_alone() -> None:
    before = report(
        0, bench("disk.read", 1e9), bench("disk.write", 5e8), bench("disk.fdatasync", 900, unit="iops")
    )
    after = report(
        1, bench("disk.read", 4e8), bench("disk.write", 1.1e9), bench("disk.fdatasync", 950, unit="iops")
    )
    found = differing(before, after)
    assert told(found, "benchmark") == ["sequential read (vda:/): worse, 1 GB/s → 400 MB/s"]
    assert told(found, "better") == [
        "sequential write, over what was there (vda:/): better, 500 MB/s → 1.1 GB/s"
    ]
    assert found.same == 1


def test_with_a_history_the_usual_is_told_and_a_smaller_change_is_seen() -> None:
    earlier = [next(figures(report(number, bench(value=1e9 + number % 3 * 1e7)))) for number in range(10)]
    before, after = report(20, bench(value=1e9)), report(21, bench(value=8.5e8))
    assert differing(before, after).same == 1
    (line,) = told(differing(before, after, earlier={earlier[0].series: earlier}), "benchmark")
    assert "worse, 1 GB/s → 850 MB/s (usual: " in line


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (bench(command=["read 4 MiB"]), "was measured in another way"),
        (bench(doubt="busy machine"), "now something else was at work"),
        (bench(engine="fio", series="disk.read fio vda:/"), "now fio measured it"),
        (bench(device="vdb", series="disk.read embedded vdb:/"), "now it was measured on vdb"),
        (bench(series="disk.read embedded vda:/var"), "now it was measured at another place"),
        (bench("disk.write"), "was not measured now"),
        (
            msgspec.structs.replace(bench(), value=None, status="error", samples=[]),
            "now it could not be measured",
        ),
    ],
)
def test_what_is_not_like_for_like_is_said_and_not_compared(now: Any, why: str) -> None:
    found = differing(report(0, bench()), report(1, now))
    assert not found.news and not found.same
    assert f"sequential read (vda:/): {why}" in told(found, "not compared")


def test_what_else_changed_is_named_beside_a_change() -> None:
    before, after = report(0, bench(value=1e9)), report(1, bench(value=4e8))
    moved = with_facts(after, cpu={"model": "Intel Xeon E5-2650"})
    (line,) = told(differing(before, moved), "benchmark")
    assert line.endswith(" to Intel Xeon E5-2650") and "meanwhile the change of the processor from " in line


def test_a_finding_about_a_figure_that_did_not_change_is_no_news() -> None:
    of_figure = Finding("storage.slow-fdatasync", "fail", "medium", "disk.read /", "slow")
    passed = replace(of_figure, status="pass")
    before = replace(report(0, bench(value=1e9)), findings=[passed])
    same = replace(report(1, bench(value=1.02e9)), findings=[of_figure])
    worse = replace(report(1, bench(value=4e8)), findings=[of_figure])
    assert not differing(before, same).news
    assert [one.sort for one in differing(before, worse).news] == ["new finding", "benchmark"]


def test_the_folder_that_was_typed_makes_no_other_subject() -> None:
    before = replace(report(0, bench(value=1e9, target="/")), findings=[finding("fail", "x", "disk.read /")])
    after = replace(
        report(1, bench(value=1e9, target="/root")), findings=[finding("fail", "x", "disk.read /root")]
    )
    assert not differing(before, after).lines


def test_a_hint_for_tuning_is_neither_news_nor_better() -> None:
    hint = replace(finding("fail", "memory.tight", "", "medium"), group="tuning")
    for other in ("pass", "skipped", "unknown"):
        sound = finding(other, "memory.tight", "", "medium")
        sound = replace(sound, group="tuning") if other == "unknown" else sound
        for before, after in ((sound, hint), (hint, sound)):
            assert not differing(with_findings(before), with_findings(after)).lines
    assert not differing(with_findings(hint, finding("pass")), with_findings(finding("pass"))).lines
    fault = finding("fail", "memory.tight", "", "medium")
    assert [
        one.sort
        for one in differing(with_findings(hint), with_findings(replace(fault, severity="high"))).lines
    ]
