"""A disk among the classes and the storage that others measured."""

import re
from pathlib import Path

import msgspec
import pytest

from tests.machines import our_checks
from tests.output.samples import bench, good
from vaudit.evidence import dump
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.model.report import Report
from vaudit.output import outline
from vaudit.output.html import render
from vaudit.output.outline import Target
from vaudit.output.scale import LEAST, MOST, scale
from vaudit.pipeline import scan as audit
from vaudit.words import latency

SLOW = Path(__file__).parent.parent / "machines" / "lab-slow-5ms.vdump"
"""A virtual machine whose disk takes 5 ms, measured by vaudit inside it."""


@pytest.fixture(scope="module")
def slow() -> Report:
    return audit(Recorder(dump.parse(SLOW.read_bytes(), "slow")), load([]))


def disk(report: Report) -> Target:
    return next(target for target in outline.targets(report) if target.area == "disk")


def test_a_disk_of_5_ms_stands_between_the_network_storage_and_the_hard_disk(slow: Report) -> None:
    stands = scale(disk(slow))
    assert stands
    assert 4000 < stands.low < stands.us < stands.high < 10_000
    assert stands.us > 5000
    names = [one.name for one in stands.references if one.us < stands.us]
    assert names[-1] == "Ceph, SATA SSDs"
    assert stands.references[-1].name == "hard disk"


def test_the_classes_fill_the_whole_axis(slow: Report) -> None:
    stands = scale(disk(slow))
    assert stands
    ends = [low for _, low, _ in stands.bands] + [stands.bands[-1][2]]
    assert ends == sorted(ends)
    assert (ends[0], ends[-1]) == (LEAST, MOST)
    assert all(high == low for (_, _, high), (_, low, _) in zip(stands.bands, stands.bands[1:], strict=False))


def test_the_borders_are_those_of_the_verdict(slow: Report) -> None:
    stands = scale(disk(slow))
    assert stands
    limits = [our_checks().limits[name].value for name in ("memory_us", "flash_us", "network_us")]
    assert [low for _, low, _ in stands.bands[1:]] == limits


def test_borders_of_ones_own_move_the_classes_on_the_axis(tmp_path: Path) -> None:
    (tmp_path / "thresholds.toml").write_text('flash_us = { value = 300, unit = "µs", source = "mine" }')
    report = audit(Recorder(dump.parse(SLOW.read_bytes(), "slow")), load([tmp_path]))
    stands = scale(disk(report))
    assert stands
    assert stands.bands[2][1] == 300


def test_a_report_without_borders_is_drawn_by_those_of_today(slow: Report) -> None:
    found = disk(slow)
    assert found.verdict
    bare = {name: value for name, value in found.verdict.details.items() if not name.startswith("border_")}
    old = msgspec.structs.replace(found, verdict=msgspec.structs.replace(found.verdict, details=bare))
    stands, today = scale(old), scale(found)
    assert stands
    assert today
    assert stands.bands == today.bands


def test_every_reference_lies_on_the_axis_and_names_its_source(slow: Report) -> None:
    stands = scale(disk(slow))
    assert stands
    for one in stands.references:
        assert LEAST < one.us < MOST
        assert one.by
        assert one.source.startswith("https://") or (Path(__file__).parents[2] / one.source).exists()


def test_the_page_draws_the_disk_its_interval_and_links_the_sources(slow: Report) -> None:
    page = render(slow)
    drawn = re.search(r'<svg class="chart scale".*?</svg>\s*<p.*?</p>', page, re.DOTALL)
    assert drawn
    stands = scale(disk(slow))
    assert stands
    assert f"this disk, {latency(stands.us)}" in drawn[0]
    assert drawn[0].count('class="whisker"') == 3
    assert "https://github.com/koct9i/ioping/" in drawn[0]


def test_a_disk_beyond_the_axis_is_drawn_at_its_end() -> None:
    read = bench("disk.randread-qd1", 2.0, "iops", details={"mean_us": 900_000.0}, samples=[])
    page = render(msgspec.structs.replace(good(), benchmarks=[read]))
    assert "this disk, 900 ms" in page
    assert not re.search(r'x1?="(?!100\.00)1\d\d\.', page)


@pytest.mark.parametrize("borders", [(-1.0, 250.0, 2000.0), (15.0, 15.0, 2000.0), (15.0, 250.0, 1e9)])
def test_borders_that_make_no_axis_are_not_drawn(slow: Report, borders: tuple[float, ...]) -> None:
    found = disk(slow)
    assert found.verdict
    names = ("border_memory_us", "border_flash_us", "border_network_us")
    odd = found.verdict.details | dict(zip(names, borders, strict=True))
    stands = scale(
        msgspec.structs.replace(found, verdict=msgspec.structs.replace(found.verdict, details=odd))
    )
    today = scale(found)
    assert stands
    assert today
    assert stands.bands == today.bands


@pytest.mark.parametrize(
    ("value", "interval", "mean"),
    [(2.0, (-1.0, 0.0), 500.0), (1e-320, (1e308, 1e308), 1e-320), (1e308, (1e-320, 1.0), 1e308)],
)
def test_figures_that_nobody_measured_are_drawn_at_an_end(
    value: float, interval: tuple[float, float], mean: float
) -> None:
    read = bench("disk.randread-qd1", value, "iops", interval=interval, details={"mean_us": mean}, samples=[])
    assert 'class="chart scale"' in render(msgspec.structs.replace(good(), benchmarks=[read]))


def test_without_a_random_read_there_is_no_scale() -> None:
    assert scale(Target("disk", "/var/tmp", None, [bench("disk.read", 1e9, "B/s")])) is None
    assert scale(Target("network", "peer", None, [])) is None
