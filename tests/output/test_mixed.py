"""The table to hold against that of YABS, in every readable format; and latencies in words."""

import msgspec
import pytest

from tests.bench.runner import BORDERS
from tests.bench.test_mixed import recorded
from tests.output.samples import bench, good
from vaudit.bench.disk.judge.outcome import judge
from vaudit.model.report import Report
from vaudit.output import html, paste, terminal


def report(whole: bool = True, disturbed: str = "") -> Report:
    lines = [b for b in judge(recorded(whole, disturbed), BORDERS) if b.id.startswith("disk.mixed-")]
    lines = [msgspec.structs.replace(line, target="/var/tmp") for line in lines]
    others = [bench("disk.randread-qd1", 12_000, "iops"), bench("disk.read", 1.2e9, "B/s")]
    return msgspec.structs.replace(good(), benchmarks=[*others, *lines])


def test_a_terminal_shows_the_table_and_the_latencies() -> None:
    text = terminal.render(report(), 100)
    [line] = [line.split() for line in text.splitlines() if line.strip().startswith("512k ")]
    assert " ".join(line) == "512k 300 MB/s (572) 300 MB/s (572) 600 MB/s (1.1k)"
    assert "2 jobs of depth 64, as YABS has it, by fio" in " ".join(text.split())
    assert "shortened" not in text
    assert "p99.9" in text


def test_it_says_that_it_was_shortened_or_disturbed() -> None:
    text = terminal.render(report(False, "the CPUs were busy"), 100)
    assert "shortened, so only roughly comparable; disturbed" in " ".join(text.split())
    assert "±600 MB/s" in text


def test_a_post_has_it_in_two_lines() -> None:
    text = " ".join(paste.render(report(False)).split())
    assert "mixed r+w 4k 200 MB/s (48.8k), 64k 400 MB/s" in text
    assert "1m 800 MB/s (763); as YABS, shortened" in text
    assert "latency random read, one at a time: p50 82" in text


@pytest.mark.parametrize("words", ["Mixed reads and writes", "<td>100 MB/s (24.4k)</td>", ">800 MB/s"])
def test_a_page_has_the_table(words: str) -> None:
    assert words in html.render(report())


def test_its_lines_are_drawn_nowhere_else() -> None:
    assert "random reads and writes of 4 KiB" not in terminal.render(report())
