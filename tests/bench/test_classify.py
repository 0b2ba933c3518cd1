"""The classifier against disks of known behaviour. The rows are measurements, made on a 2-vCPU KVM guest."""

from collections.abc import Sequence
from math import comb
from statistics import median

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.runner import BORDERS
from vaudit.bench.disk.judge.classify import Context, DiskClass, Series, decide, word_of
from vaudit.bench.disk.judge.reasons import Shape
from vaudit.bench.disk.recording import BlockDevice
from vaudit.bench.stats import COVERAGE, NARROWEST, find_cliff, trimmed, widened
from vaudit.model.benchmark import Round


def classify(series: Series, context: Context) -> DiskClass:
    """By the borders that vaudit comes with."""
    return decide(series, context, BORDERS)


WOBBLE = (0.96, 1.0, 1.05, 0.98)


def rounds(value: float, latencies: dict[str, float] | None = None, disturbed: str = "") -> list[Round]:
    return [
        Round(value * by, percentiles={k: v / by for k, v in (latencies or {}).items()}, disturbed=disturbed)
        for by in WOBBLE
    ]


Row = tuple[float, float, float, float, float]


def measured(row: Row, p1: float | None = None, disturbed: str = "") -> Series:
    """IOPS at depth 1, mean, median and 99th percentile in ms, IOPS at depth 32."""
    qd1, mean, p50, p99, qd32 = row
    latencies = {"mean": mean * 1e3, "p50": p50 * 1e3, "p99": p99 * 1e3, "p1": (p1 or p50 * 0.9) * 1e3}
    return Series(rounds(qd1, latencies, disturbed), rounds(qd32, disturbed=disturbed))


TRUTHS = [
    # truth                        QD1     mean   p50    p99    QD32     word
    ("a virtio disk, free", (13_100, 0.06, 0.06, 0.12, 97_800), "local-flash"),
    ("blk-throttle at 100 IOPS", (100.1, 9.96, 0.05, 100.1, 100.3), "capped"),
    ("blk-throttle at 500 IOPS", (499.7, 1.98, 0.06, 95.9, 505.5), "capped"),
    ("blk-throttle at 3000 IOPS", (2996, 0.31, 0.06, 0.22, 3001), "capped"),
    ("qemu throttle at 200 IOPS", (205.2, 4.85, 4.95, 8.2, 205.1), "capped"),
    ("qemu throttle at 2000 IOPS", (2050, 0.47, 0.49, 0.86, 2050), "capped"),
    ("latency 1 ms", (868, 1.14, 1.04, 3.5, 8843), "network-block"),
    ("latency 10 ms", (98.9, 10.09, 10.03, 10.6, 1169), "network-block"),
    ("nbdkit delay 5 ms", (133, 7.5, 5.41, 16, 837), "network-block"),
    ("EBS gp3 (fcvm, 2026)", (1770, 0.565, 0.55, 1.0, 3000), "network-block"),
    ("Ceph on SATA SSDs (vitastor docs)", (1750, 0.57, 0.55, 1.5, 50_000), "network-block"),
    ("SATA SSD (vitastor docs)", (9800, 0.101, 0.1, 0.2, 81_700), "local-flash"),
    ("local NVMe, loop + btrfs (fcvm)", (11_600, 0.086, 0.08, 0.2, 54_600), "local-flash"),
    ("zram", (152_000, 0.0062, 0.006, 0.01, 150_000), "memory-speed"),
]


@pytest.mark.parametrize(("truth", "row", "word"), TRUTHS, ids=[t[0] for t in TRUTHS])
def test_each_known_disk_is_named_right(truth, row, word):
    verdict = classify(measured(row), Context())
    assert verdict.word == word
    assert verdict.certain
    assert verdict.confidence == "high"
    assert verdict.reason


def test_a_hard_disk_has_a_head_that_moves():
    """89 IOPS, mean 11.1 ms, p1 0.42 ms, p50 9.9 ms, p99 31.6 ms: a published fio run."""
    verdict = classify(measured((89, 11.1, 9.9, 31.6, 200), p1=0.42), Context())
    assert verdict.word == "spinning"


def test_an_even_pace_that_lets_its_first_requests_pass_is_a_limit_and_no_hard_disk():
    """qemu-storage-daemon at 200 IOPS: a few reads pass at once, all others wait for their turn alike."""
    paced = {"mean": 4400.0, "p1": 120.0, "p25": 4700.0, "p50": 4900.0, "p75": 5000.0, "p99": 5300.0}
    assert classify(Series(rounds(227, paced), rounds(200)), Context()).word == "capped"
    turning = {**paced, "p25": 2500.0, "p75": 7500.0, "p99": 12_000.0}
    assert classify(Series(rounds(227, turning), rounds(200)), Context()).word == "spinning"


def test_the_cap_is_the_rate_at_depth_32():
    verdict = classify(measured((499.7, 1.98, 0.06, 95.9, 505.5)), Context())
    assert verdict.cap_iops == pytest.approx(505.5, rel=0.05)
    assert verdict.cap_bytes is None
    assert f"limited to {verdict.cap_iops:,.0f} IOPS" in verdict.reason


def test_the_cap_is_the_rate_of_the_search_for_its_end_where_there_was_one():
    """Rounds after a pause begin with a credit; those that follow each other at once do not."""
    start = measured((499.7, 1.98, 0.06, 95.9, 560))
    held = [Round(500.0, at, 1.0) for at in (10.0, 11.0, 12.0)]
    assert classify(Series(start.qd1, start.qd32, hold=held), Context()).cap_iops == pytest.approx(500)
    assert classify(Series(start.qd1, start.qd32, hold=held[:1]), Context()).cap_iops == 500


def test_a_limit_in_bytes_is_told_from_one_in_requests():
    """20 MB/s: 4,882 blocks of 4 KiB a second, and large reads move no more bytes than small ones."""
    small = measured((4882, 0.205, 0.08, 0.3, 5100))
    verdict = classify(Series(small.qd1, small.qd32, read=rounds(20_000_000)), Context())
    assert verdict.word == "capped"
    assert verdict.cap_bytes == pytest.approx(20_000_000, rel=0.05)
    assert verdict.cap_iops is None
    assert "MB/s" in verdict.reason


def test_a_limit_in_bytes_is_what_large_reads_keep_up_without_a_pause():
    """QEMU's throttle gives credit for 0.1 s of pause: rounds of 0.5 s at 10.5 MB/s reach 12.1 MB/s."""
    small = measured((2600, 0.38, 0.08, 3.0, 2900))
    held = rounds(10_500_000)
    verdict = classify(Series(small.qd1, small.qd32, read=rounds(12_100_000), hold_read=held), Context())
    assert verdict.cap_bytes == pytest.approx(10_500_000, rel=0.03)


def test_the_figure_of_a_limit_kept_in_slices_is_the_rate_over_all_rounds():
    """blk-throttle at 200 MB/s: rounds of 64 MiB, one after the other, take 0.30, 0.30 and 0.38 s."""
    free = measured((13_000, 0.082, 0.07, 0.15, 45_000))
    reads, writes = ([Round(value * 1e6) for value in row] for row in ((216, 217, 214), (217, 217, 217)))
    held, at = [], 11.7
    for seconds in (0.313, 0.300, 0.380, 0.298, 0.292, 0.386, 0.295, 0.302, 0.379):
        held.append(Round((64 << 20) / seconds, at, seconds))
        at += seconds + 0.005
    verdict = classify(Series(free.qd1, free.qd32, reads, writes, hold_read=held), Context())
    assert verdict.cap_bytes == pytest.approx(200e6, rel=0.03)
    assert verdict.cap_bytes == pytest.approx(9 * (64 << 20) / (at - 0.005 - 11.7))
    uneven = [
        Round(value * 1e6 / 4096) for value in (199, 224, 226, 222)
    ]  # with the same credit as the large
    verdict = classify(Series(free.qd1, uneven, reads, writes, hold_read=held), Context())
    assert verdict.cap_bytes == pytest.approx(200e6, rel=0.03)
    disturbed = [*held[:-1], msgspec.structs.replace(held[-1], disturbed="busy")]
    verdict = classify(Series(free.qd1, free.qd32, reads, writes, hold_read=disturbed), Context())
    assert verdict.cap_bytes == pytest.approx(222e6, rel=0.03)


def test_a_credit_of_bytes_that_ends_is_a_bucket():
    small = measured((24_000, 0.35, 0.3, 3.0, 25_000))
    held = [Round(value, seconds=1.0) for value in (99e6, 101e6, 40e6, 20e6, 20e6, 21e6)]
    series = Series(small.qd1, small.qd32, read=rounds(100e6), hold_read=held)
    verdict = classify(series, Context())
    assert verdict.word == "burst-bucket"
    assert verdict.cap_bytes == pytest.approx(20e6, rel=0.1)
    assert (verdict.confidence, verdict.certain) == ("high", True)
    assert "it began with 100 and fell to 20 MB/s when its credit ended" in verdict.reason


@pytest.mark.parametrize("held", [(), (99e6, 40e6, 20e6, 30e6, 20e6)])
def test_large_reads_that_fall_without_being_held_or_to_no_level_are_no_bucket(held):
    """Between the rounds of other jobs a credit fills up again; a neighbour's load keeps no level."""
    free = measured((13_000, 0.077, 0.07, 0.15, 45_000))
    reads = [Round(value) for value in (100e6, 101e6, 100e6, *((20e6, 20e6, 20e6) if not held else ()))]
    series = Series(free.qd1, free.qd32, reads, hold_read=[Round(value, seconds=1.0) for value in held])
    assert classify(series, Context()).word == "local-flash"


def test_the_median_alone_never_decides():
    """A disk capped at 100 IOPS and a fast one have the same median latency."""
    fast = classify(measured((13_100, 0.06, 0.05, 0.12, 97_800)), Context())
    capped = classify(measured((100.1, 9.96, 0.05, 100.1, 100.3)), Context())
    assert (fast.word, capped.word) == ("local-flash", "capped")


def test_a_burst_that_ends_is_a_bucket():
    start = measured((2954, 0.33, 0.32, 3.2, 3010))
    held = [Round(value, seconds=1.0) for value in (2989, 3013, 444, 300, 288, 312)]
    verdict = classify(Series(start.qd1, start.qd32, hold=held), Context())
    assert verdict.word == "burst-bucket"
    assert verdict.cap_iops == pytest.approx(300, rel=0.1)


def test_one_slow_second_is_no_bucket():
    start = measured((2954, 0.33, 0.32, 3.2, 3010))
    held = [Round(value, seconds=1.0) for value in (2989, 3013, 444, 3000, 2988)]
    assert classify(Series(start.qd1, start.qd32, hold=held), Context()).word == "capped"


@pytest.mark.parametrize(
    ("context", "word"),
    [
        (Context(path="emulated"), "emulated-no-queueing"),
        (Context(BlockDevice("sda", queue_depth=1), "emulated"), "emulated-no-queueing"),
        (Context(BlockDevice("sda", queue_depth=1)), "emulated-no-queueing"),
        (Context(BlockDevice("sda", queue_depth=1), "unknown"), "emulated-no-queueing"),
        (Context(BlockDevice("sda"), "unknown"), "capped"),
        (Context(BlockDevice("sda", queue_depth=32), "emulated"), "capped"),
        (Context(BlockDevice("vda"), "paravirtual"), "capped"),
    ],
)
def test_only_an_emulated_controller_without_a_queue_is_not_called_a_limit(context, word):
    assert classify(measured((4000, 0.25, 0.24, 0.5, 4050)), context).word == word


def test_a_limit_on_a_device_that_takes_one_at_a_time_may_be_the_device():
    verdict = classify(
        measured((4000, 0.25, 0.24, 0.5, 4050)), Context(BlockDevice("sda", queue_depth=1), "paravirtual")
    )
    assert verdict.word == "capped"
    assert "or by a device that takes one at a time" in verdict.reason
    deep = Context(BlockDevice("sda", queue_depth=32), "paravirtual")
    assert "one at a time:" in classify(measured((4000, 0.25, 0.24, 0.5, 4050)), deep).reason
    assert "or by a device" not in classify(measured((4000, 0.25, 0.24, 0.5, 4050)), deep).reason


@pytest.mark.parametrize(
    ("row", "rotational", "word"),
    [
        ((2500, 0.4, 0.38, 0.9, 2550), False, "local-flash"),  # eMMC: no queue, and nobody who limits it
        ((180, 5.4, 5.3, 9.5, 470), True, "spinning"),
        ((180, 5.4, 5.3, 9.5, 200), True, "spinning"),
    ],
)
def test_nobody_limits_a_machines_own_disk(row, rotational, word):
    context = Context(BlockDevice("sda", rotational=rotational, queue_depth=1), "physical")
    assert classify(measured(row, p1=1.3), context).word == word


@pytest.mark.parametrize("qd32", [470, 580, 200])
def test_a_hard_disk_behind_a_guests_disk_is_known_by_how_its_reads_spread(qd32):
    """A file of 500 MiB spares the head its long ways, but the turning remains: 1.3 to 9.5 ms."""
    latencies = {"mean": 5400.0, "p1": 1300.0, "p25": 3200.0, "p50": 5300.0, "p75": 7400.0, "p99": 9500.0}
    verdict = classify(Series(rounds(185, latencies), rounds(qd32)), Context(path="paravirtual"))
    assert (verdict.word, verdict.confidence) == ("spinning", "medium")


@pytest.mark.parametrize("limit", [100e6, 200e6, 400e6])
def test_a_limit_in_bytes_that_one_reader_does_not_reach(limit):
    """13,000 reads a second, one at a time; 32 at once and large ones, reading and writing, move the same."""
    free = measured((13_000, 0.077, 0.07, 0.15, limit / 4096))
    wobble = [Round(limit * by) for by in (1.0, 1.01, 0.99, 1.0)]
    series = Series(free.qd1, [Round(each.value / 4096) for each in wobble], wobble, wobble)
    verdict = classify(series, Context())
    assert (verdict.word, verdict.confidence) == ("capped", "high")
    assert verdict.cap_bytes == pytest.approx(limit, rel=0.02)
    assert verdict.cap_iops is None
    assert classify(series, Context(probe_limited=True)).word == "capped"
    unwritten = Series(series.qd1, series.qd32, wobble, [Round(each.value * 3) for each in wobble])
    assert classify(unwritten, Context()).confidence == "medium"
    assert classify(unwritten, Context(probe_limited=True)).word == "local-flash"


def test_large_reads_and_writes_that_move_just_the_same_meet_one_limit():
    """A loop device limited to 200 MB/s on a machine where 32 readers at once do not reach that."""
    free = measured((13_000, 0.082, 0.07, 0.15, 45_000))
    reads, writes = ([Round(value * 1e6) for value in row] for row in ((209, 215, 214), (216, 216, 217)))
    verdict = classify(Series(free.qd1, free.qd32, reads, writes), Context())
    assert (verdict.word, verdict.confidence) == ("capped", "medium")
    assert verdict.cap_bytes == pytest.approx(214e6)
    own = Series(free.qd1, free.qd32, reads, writes)
    assert classify(own, Context(BlockDevice("sda", rotational=False), "physical")).word == "local-flash"


def test_a_sata_disk_reads_a_little_faster_than_it_writes_and_is_not_limited():
    free = measured((9800, 0.101, 0.1, 0.2, 81_700))
    reads, writes = ([Round(value * 1e6) for value in row] for row in ((560, 561, 560), (529, 530, 530)))
    assert classify(Series(free.qd1, free.qd32, reads, writes), Context()).word == "local-flash"


def test_large_reads_at_the_speed_of_memory_suggest_a_cache_of_the_host():
    """A loop device without direct I/O, its file in the page cache: reads of 55 to 75 µs, 6 GB/s."""
    free = measured((14_000, 0.066, 0.06, 0.15, 48_000))
    fast = Series(free.qd1, free.qd32, rounds(6.3e9), rounds(3.5e9))
    verdict = classify(fast, Context(path="paravirtual"))
    assert (verdict.word, verdict.confidence) == ("local-flash", "medium")
    assert "a cache of the host may answer" in verdict.reason
    assert "cache" not in classify(fast, Context(path="physical")).reason


def test_a_credit_that_ends_between_the_first_rounds_is_a_bucket():
    fast = {"mean": 77.0, "p1": 60.0, "p50": 75.0, "p99": 150.0, "p25": 70.0, "p75": 80.0}
    slow = {"mean": 2000.0, "p1": 60.0, "p50": 2000.0, "p99": 2500.0, "p25": 1990.0, "p75": 2010.0}
    ones = [Round(13_000, percentiles=fast)] * 3 + [Round(500, percentiles=slow)] * 3
    many = [Round(70_000)] * 3 + [Round(500), Round(505), Round(498)]
    verdict = classify(Series(ones, many), Context())
    assert (verdict.word, verdict.confidence) == ("burst-bucket", "medium")
    assert verdict.cap_iops == pytest.approx(500, rel=0.02)
    held = classify(Series(ones, many, hold=[Round(500), Round(502), Round(499)]), Context())
    assert held.confidence == "high"


def test_a_neighbour_who_slows_the_last_rounds_down_is_no_bucket():
    fast = {"mean": 77.0, "p1": 60.0, "p50": 75.0, "p99": 150.0, "p25": 70.0, "p75": 80.0}
    ones = [Round(13_000, percentiles=fast)] * 6
    many = [Round(value) for value in (70_000, 71_000, 69_000, 30_000, 22_000, 33_000)]
    assert classify(Series(ones, many), Context()).word == "local-flash"
    held = [Round(value) for value in (70_000, 68_000, 30_000, 21_000, 33_000)]
    assert classify(Series(ones[:3], many[:3], hold=held), Context()).word == "local-flash"


def test_a_disk_at_a_border_is_named_as_such_with_little_confidence():
    at = {"mean": 260.0, "p1": 200.0, "p50": 255.0, "p99": 400.0, "p25": 240.0, "p75": 280.0}
    verdict = classify(Series([Round(3800, percentiles=at)] * 6, [Round(30_000)] * 6), Context())
    assert (verdict.word, verdict.confidence) == ("network-block", "low")
    assert "at the border between local-flash and network-block" in verdict.reason
    assert not verdict.certain


def test_a_probe_at_its_own_ceiling_does_not_find_a_limit():
    verdict = classify(measured((50_000, 0.02, 0.018, 0.04, 60_000)), Context(probe_limited=True))
    assert verdict.word == "local-flash"


def test_a_quick_median_with_a_slow_average_is_contention():
    assert classify(measured((1000, 1.0, 0.1, 20, 5000)), Context()).word == "contended"


def test_a_rate_that_providers_sell_and_that_never_moves_is_mentioned():
    ones = {"mean": 565.0, "p50": 550.0, "p99": 1000.0, "p1": 500.0}
    series = Series([Round(1770, percentiles=ones)] * 3, [Round(value) for value in (3000, 3010, 2995)])
    verdict = classify(series, Context())
    assert (verdict.word, verdict.cap_iops) == ("network-block", 3000)


SLOW = [row for row in TRUTHS if row[-1] in ("capped", "network-block")]


@pytest.mark.parametrize(("truth", "row", "word"), SLOW, ids=[t[0] for t in SLOW])
def test_disturbed_rounds_never_make_a_disk_slow(truth, row, word):
    verdict = classify(measured(row, disturbed="other programs used 90% of the CPUs"), Context())
    assert verdict.word == "inconclusive"
    assert "only 0 of 4 rounds counted: other programs used 90% of the CPUs" in verdict.reason


def test_a_disk_that_is_fast_even_under_noise_is_fast():
    verdict = classify(measured((13_100, 0.06, 0.06, 0.12, 97_800), disturbed="busy"), Context())
    assert (verdict.word, verdict.confidence) == ("local-flash", "low")


def test_rounds_on_both_sides_of_a_border_are_inconclusive():
    spread = [
        Round(1e6 / mean, percentiles={"mean": mean, "p50": mean, "p99": mean * 2, "p1": mean / 2})
        for mean in (150.0, 260.0, 400.0)
    ]
    series = Series(spread, [Round(one.value * 8) for one in spread])
    verdict = classify(series, Context())
    assert verdict.word == "inconclusive"
    assert "local-flash" in verdict.reason
    assert "network-block" in verdict.reason


def test_one_strange_round_in_six_does_not_undo_the_others():
    capped = {"mean": 4000.0, "p50": 60.0, "p99": 90_000.0, "p1": 50.0}
    ones = [Round(250.0, percentiles=capped)] * 6
    even = [Round(value) for value in (251, 252, 250, 251, 253, 251)]
    assert classify(Series(ones, even), Context()).word == "capped"
    strange = [*even[:5], Round(380)]
    assert classify(Series(ones, strange), Context()).word == "capped"
    assert classify(Series(ones[:5], strange[1:]), Context()).word == "inconclusive"


@given(st.lists(st.floats(1, 1e9), min_size=1, max_size=40))
def test_what_is_left_of_the_rounds_still_covers_their_median(values):
    left = trimmed(values)
    assert left[0] <= median(values) <= left[-1]
    assert len(values) >= 6 or left == sorted(values)
    below = sum(comb(len(values), lost) for lost in range((len(values) - len(left)) // 2 + 1))
    assert len(values) < 3 or 1 - 2 * below / 2 ** len(values) >= COVERAGE


def test_too_few_rounds_decide_nothing():
    one = measured((100.1, 9.96, 0.05, 100.1, 100.3))
    assert classify(Series(one.qd1[:2], one.qd32[:2]), Context()).word == "inconclusive"
    assert classify(Series([], []), Context()) == DiskClass("inconclusive", "none", "no round was finished")


def test_an_interval_is_never_narrower_than_it_deserves():
    low, high = widened([100.0, 100.0, 100.0])
    assert (low, high) == (100 * (1 - NARROWEST), 100 * (1 + NARROWEST))
    assert widened([50.0, 100.0, 300.0]) == (50.0, 300.0)


def test_a_cliff_needs_a_plateau_after_it():
    assert find_cliff([3000, 3000, 300, 300]) == (3000, 300)
    assert find_cliff([3000, 3000, 300]) is None
    assert find_cliff([300, 300, 3000, 3000]) is None
    assert find_cliff([]) is None


def shaped(mean: float = 500.0, ratio: float = 8.0, **more: float) -> Shape:
    """Latencies that lie close to each other around a mean."""
    near = {"p1": 0.9, "p25": 0.95, "p50": 1.0, "p75": 1.05, "p99": 1.2}
    return Shape(mean, ratio, **{name: mean * share for name, share in near.items()} | more)


PHYSICAL = Context(BlockDevice("sda", rotational=True), "physical")
SWIFT = 0.999
"""A little faster than a border."""


@pytest.mark.parametrize(
    ("border", "faster", "at"),
    [
        ("memory_us", "memory-speed", "local-flash"),
        ("flash_us", "local-flash", "network-block"),
    ],
)
def test_a_disk_that_stands_at_a_border_of_latency_belongs_to_the_slower_class(border, faster, at):
    mean = getattr(BORDERS, border)
    assert word_of(shaped(mean * SWIFT), Context(), BORDERS) == faster
    assert word_of(shaped(mean), Context(), BORDERS) == at


def test_from_the_border_of_the_network_on_a_disk_may_be_one_that_turns():
    """Of the same spread and scaling, one a little faster is storage behind a network."""
    mean = BORDERS.network_us
    wide = {"p25": 0.5 * mean, "p75": 1.5 * mean}
    assert word_of(shaped(mean * SWIFT, 2.0, **wide), Context(), BORDERS) == "network-block"
    assert word_of(shaped(mean, 2.0, **wide), Context(), BORDERS) == "spinning"
    assert word_of(shaped(mean * SWIFT, 1.0, **wide), Context(), BORDERS) == "capped"
    assert word_of(shaped(mean, 1.0, **wide), Context(), BORDERS) == "spinning"
    assert word_of(shaped(mean * SWIFT), PHYSICAL, BORDERS) == "network-block"
    assert word_of(shaped(mean), PHYSICAL, BORDERS) == "spinning"


def test_at_the_border_of_scaling_more_requests_at_once_do_bring_something():
    assert word_of(shaped(ratio=BORDERS.no_scaling * SWIFT), Context(), BORDERS) == "capped"
    assert word_of(shaped(ratio=BORDERS.no_scaling), Context(), BORDERS) == "network-block"
    slow = BORDERS.network_us * 2
    assert word_of(shaped(slow, BORDERS.scaling * SWIFT), Context(), BORDERS) == "contended"
    assert word_of(shaped(slow, BORDERS.scaling), Context(), BORDERS) == "network-block"
    wide = {"p25": 0.5 * slow, "p75": 1.5 * slow}
    assert word_of(shaped(slow, BORDERS.spinning_scaling * SWIFT, **wide), Context(), BORDERS) == "spinning"
    assert word_of(shaped(slow, BORDERS.spinning_scaling, **wide), Context(), BORDERS) == "network-block"


@pytest.mark.parametrize(
    ("device", "path", "word"),
    [
        (BlockDevice("sda", rotational=True), "physical", "network-block"),
        (BlockDevice("sda", rotational=None), "physical", "network-block"),
        (BlockDevice("sda", rotational=False), "physical", "local-flash"),
        (BlockDevice("sda", rotational=False), "paravirtual", "network-block"),
        (None, "physical", "network-block"),
    ],
)
def test_a_machines_own_disk_must_both_turn_and_be_slow_to_be_called_spinning(device, path, word):
    """1 ms a read: a disk that turns behind a cache of its controller is not slow by turning."""
    assert word_of(shaped(1000.0), Context(device, path), BORDERS) == word


def test_a_machines_own_disk_that_is_slow_without_turning_is_judged_as_any_other():
    steady = Context(BlockDevice("sda", rotational=False), "physical")
    assert word_of(shaped(BORDERS.network_us), steady, BORDERS) == "network-block"
    assert word_of(shaped(BORDERS.network_us * SWIFT), steady, BORDERS) == "local-flash"
    for rotational in (None, False):
        slow = Context(BlockDevice("sda", rotational=rotational), "physical")
        assert word_of(shaped(5000.0), slow, BORDERS) == "network-block"
    assert word_of(shaped(5000.0), PHYSICAL, BORDERS) == "spinning"


def test_reads_are_sliced_when_their_median_lies_below_a_third_of_their_mean():
    at, below = shaped(900.0, 1.0, p50=300.0), shaped(900.0, 1.0, p50=299.0)
    queue = Context(BlockDevice("sda", queue_depth=1), "emulated")
    assert word_of(at, queue, BORDERS) == "emulated-no-queueing"
    assert word_of(below, queue, BORDERS) == "capped"
    busy = shaped(900.0, 8.0, p50=BORDERS.flash_us * SWIFT)
    assert word_of(busy, Context(), BORDERS) == "contended"
    assert word_of(shaped(900.0, 8.0, p50=BORDERS.flash_us), Context(), BORDERS) == "network-block"
    assert word_of(shaped(300.0, 8.0, p50=200.0), Context(), BORDERS) == "network-block"  # not sliced


def test_reads_are_spread_as_by_turning_from_half_as_long_again_on():
    """A quarter under 4 ms, one over 6 ms; without quartiles, one in a hundred over ten times another."""
    assert word_of(shaped(5000.0, 1.0, p25=4000.0, p75=6000.0), Context(), BORDERS) == "spinning"
    assert word_of(shaped(5000.0, 1.0, p25=4000.0, p75=5999.0), Context(), BORDERS) == "capped"
    bare = {"p25": 0.0, "p75": 0.0}
    assert word_of(shaped(5000.0, 1.0, p1=1000.0, p99=10_001.0, **bare), Context(), BORDERS) == "spinning"
    assert word_of(shaped(5000.0, 1.0, p1=1000.0, p99=10_000.0, **bare), Context(), BORDERS) == "capped"
    half = {"p25": 0.0, "p75": 5000.0}, {"p25": 4000.0, "p75": 0.0}
    for known in half:  # of a quartile alone nothing follows
        assert word_of(shaped(5000.0, 1.0, **known), Context(), BORDERS) == "capped"
        spread = shaped(5000.0, 1.0, p1=100.0, p99=20_000.0, **known)
        assert word_of(spread, Context(), BORDERS) == "spinning"


@pytest.mark.parametrize(
    ("mean_us", "gain", "word"),
    [
        (12.0, 1.0, "memory-speed"),  # 14.4 µs if noise made it 1.2 times slower
        (12.5, 1.0, "inconclusive"),  # 15
        (200.0, 8.0, "local-flash"),  # 240
        (210.0, 8.0, "inconclusive"),  # 252
        (200.0, 2.9, "inconclusive"),  # few at once: it may be a limit
    ],
)
def test_what_is_called_fast_despite_noise_would_be_so_with_a_fifth_more(mean_us, gain, word):
    us = {"mean": mean_us, "p50": mean_us, "p99": 2 * mean_us, "p1": mean_us / 2}
    busy = measured_rounds(us, 1e6 / mean_us, gain / mean_us * 1e6, "busy")
    verdict = classify(busy, Context())
    assert verdict.word == word
    assert verdict.mean_us == pytest.approx(mean_us)
    assert verdict.ratio == pytest.approx(gain)
    assert (
        verdict.confidence == {"memory-speed": "medium", "local-flash": "low", "inconclusive": "none"}[word]
    )
    assert not verdict.certain
    assert "busy" in verdict.reason


def test_what_stands_just_at_a_border_after_a_fifth_more_is_not_called_fast():
    us = {"mean": 200.0, "p50": 200.0, "p99": 400.0, "p1": 100.0}
    busy = measured_rounds(us, 5000.0, 15_000.0, "busy")
    near = msgspec.structs.replace(BORDERS, flash_us=240.0)
    assert decide(busy, Context(), near).word == "inconclusive"
    assert (
        decide(busy, Context(), BORDERS).word == "local-flash"
    )  # three times as many, the least that counts


def measured_rounds(us: dict[str, float], qd1: float, qd32: float, disturbed: str = "") -> Series:
    ones = [Round(qd1, percentiles=us, disturbed=disturbed)] * 3
    return Series(ones, [Round(qd32, disturbed=disturbed)] * 3)


def test_the_most_frequent_disturbance_is_named_and_how_many_rounds_counted():
    us = {"mean": 900.0, "p50": 900.0, "p99": 950.0, "p1": 800.0}
    reasons = ["", "steal", "steal", "other programs"]
    ones = [Round(1100.0, percentiles=us, disturbed=why) for why in reasons]
    verdict = classify(Series(ones, [Round(9000.0)] * 4), Context())
    assert verdict.word == "inconclusive"
    assert verdict.reason.startswith("only 1 of 4 rounds counted: steal;")
    many = [Round(9000.0), Round(9000.0, disturbed="steal"), Round(9000.0), Round(9000.0)]
    verdict = classify(Series([Round(1100.0, percentiles=us)] * 2, many[:2]), Context())
    assert verdict.reason.startswith("only 1 of 2 rounds counted: steal;")
    assert classify(Series([Round(1100.0, percentiles=us)] * 3, [many[0], *many[2:]]), Context()).certain
    assert not classify(Series([Round(1100.0, percentiles=us)] * 3, many[:3]), Context()).certain


def test_of_two_disturbances_as_frequent_the_first_is_named():
    us = {"mean": 900.0, "p50": 900.0, "p99": 950.0, "p1": 800.0}
    for first, second in (("steal", "other programs"), ("other programs", "steal")):
        ones = [Round(1100.0, percentiles=us, disturbed=why) for why in (first, second, second, first)]
        assert f"counted: {first};" in classify(Series(ones, [Round(9000.0)] * 4), Context()).reason


def test_rounds_that_measured_nothing_are_left_out():
    """A depth that was cut off, a round in which no read came back, one whose latencies were not kept."""
    us = {"mean": 500.0, "p50": 490.0, "p99": 900.0, "p1": 400.0}
    good = Round(2000.0, percentiles=us)
    nothing, bare = Round(0.0, percentiles=us), Round(2000.0)
    series = Series([good, nothing, good, bare, good, good], [Round(20_000.0)] * 5)
    verdict = classify(series, Context())
    assert (verdict.word, verdict.ratio) == ("network-block", 10.0)
    assert classify(Series([good, nothing, good, bare], series.qd32), Context()).word == "inconclusive"


@pytest.mark.parametrize(
    ("rates", "probe_limited", "plateau"),
    [
        ((2950, 3000, 3090), False, 3000),
        ((2850, 3000, 3090), False, None),  # not even: no limit holds its level so badly
        ((3100, 3110, 3120), False, None),  # even, but nobody sells that
        ((3058, 3058, 3058), False, 3000),
        ((3061, 3061, 3061), False, None),
        ((2950, 3000, 3090), True, None),  # that is what the probe can do
        ((500, 500, 500), False, 500),
        ((100_000, 100_000, 100_000), False, 100_000),
    ],
)
def test_a_plateau_is_even_and_lies_at_a_figure_that_is_sold(rates, probe_limited, plateau):
    us = {"mean": 600.0, "p50": 590.0, "p99": 900.0, "p1": 500.0}
    series = Series([Round(rates[0] / 8, percentiles=us)] * 3, [Round(rate) for rate in rates])
    verdict = classify(series, Context(probe_limited=probe_limited))
    assert verdict.word == "network-block"
    assert verdict.cap_iops == plateau
    assert (f"within 5 % of {plateau:,}" in verdict.reason) if plateau else "within" not in verdict.reason
    fast = {name: value / 6 for name, value in us.items()}
    series = Series([Round(rates[0] / 8, percentiles=fast)] * 3, series.qd32)
    near = classify(series, Context(probe_limited=probe_limited))
    assert (near.word, near.cap_iops) == ("local-flash", plateau)


def with_large(reads: Sequence[float], writes: Sequence[float], small: float, even: float = 1.0) -> Series:
    """A disk of 80 µs, in MB/s: large reads and writes, and what small reads at depth 32 move."""
    us = {"mean": 80.0, "p50": 78.0, "p99": 150.0, "p1": 60.0}
    many = [Round(small * 1e6 / 4096 * by) for by in (1.0, even, 1.0)]
    large, written = ([Round(value * 1e6) for value in row] for row in (reads, writes))
    return Series([Round(12_500.0, percentiles=us)] * 3, many, large, written)


EVEN = (200.0, 201.0, 200.0)


@pytest.mark.parametrize(
    ("series", "sure"),
    [
        (with_large(EVEN, EVEN, 200.0), "high"),
        (with_large(EVEN, (300.0, 300.0, 300.0), 200.0), "medium"),  # writes are another matter
        (with_large(EVEN, (), 200.0), "medium"),
        (with_large(EVEN, (235.0, 235.0, 235.0), 200.0), "high"),
        (with_large(EVEN, (245.0, 245.0, 245.0), 200.0), "medium"),  # writes a little faster
        (with_large(EVEN, EVEN, 219.0), "high"),  # small reads move 9.5 % more
        (with_large(EVEN, (205.0, 205.0, 205.0), 170.0), "medium"),  # small ones do not reach it
        (with_large(EVEN, EVEN, 200.0, even=1.09), "high"),
    ],
)
def test_a_limit_in_bytes_is_even_and_the_same_for_large_and_small(series, sure):
    verdict = classify(series, Context())
    assert (verdict.word, verdict.confidence) == ("capped", sure)
    assert verdict.cap_bytes == pytest.approx(200e6, rel=0.02)
    assert verdict.certain


@pytest.mark.parametrize(
    "series",
    [
        with_large(EVEN, EVEN, 221.0),  # small reads move more: what binds the large ones does not bind them
        with_large(EVEN, EVEN, 400.0),
        with_large(EVEN, (), 170.0),
        with_large(EVEN, (207.0, 207.0, 207.0), 170.0),  # 3.5 % apart
        with_large(EVEN, (200.0, 212.0, 200.0), 170.0),  # not level
        with_large((200.0, 212.0, 200.0), EVEN, 170.0),
        with_large(EVEN, (300.0, 300.0, 300.0), 200.0, even=1.11),
        with_large((200.0, 222.0, 200.0), (300.0, 300.0, 300.0), 200.0),
        with_large(EVEN[:2], EVEN, 200.0),  # too few rounds
        with_large(EVEN, EVEN[:2], 170.0),
    ],
)
def test_large_reads_that_are_uneven_or_apart_meet_no_limit(series):
    assert classify(series, Context()).word == "local-flash"


def test_a_limit_that_large_reads_and_writes_share_is_none_of_a_machines_own_disk():
    series = with_large(EVEN, (205.0, 205.0, 205.0), 170.0)
    assert classify(series, Context(path="paravirtual")).word == "capped"
    assert classify(series, Context(path="physical")).word == "local-flash"


def test_small_reads_alone_prove_no_limit_in_bytes_where_the_probe_was_at_its_ceiling():
    apart = with_large(EVEN, (300.0, 300.0, 300.0), 200.0)
    assert classify(apart, Context()).word == "capped"
    assert classify(apart, Context(probe_limited=True)).word == "local-flash"
    near = with_large(EVEN, (225.0, 225.0, 225.0), 200.0)  # 12 % apart: together with them they do
    assert classify(near, Context(probe_limited=True)).word == "capped"


@pytest.mark.parametrize(
    ("large", "in_bytes"),
    [
        (4.096 / 1.25, False),
        (5.0, True),
        (4.096 * 1.33, True),
        (4.096 * 1.34, False),
        (4.096 / 1.26, False),
        (4.096 / 1.24, True),
    ],
)
def test_the_unit_of_a_limit_is_bytes_where_large_reads_move_about_as_many(large, in_bytes):
    """1,000 requests of 4 KiB a second are 4.1 MB/s; short rounds begin with a credit: a quarter is near."""
    us = {"mean": 950.0, "p50": 940.0, "p99": 1500.0, "p1": 900.0}
    series = Series([Round(1000.0, percentiles=us)] * 3, [Round(1000.0)] * 3, [Round(large * 1e6)] * 3)
    verdict = classify(series, Context())
    assert verdict.word == "capped"
    assert (verdict.cap_bytes is not None) == in_bytes
    assert (verdict.cap_iops is None) == in_bytes


@pytest.mark.parametrize(
    ("held", "word"),
    [
        ((60_000, 60_000, 500, 500), "burst-bucket"),
        ((60_000, 60_000, 500, 620), "burst-bucket"),
        ((60_000, 60_000, 500, 640), "local-flash"),  # 1.28 times: no limit moves so
        ((60_000, 60_000, 20_000, 500, 500, 500), "burst-bucket"),  # the fall itself lies between
        ((60_000, 60_000, 700, 500, 500, 500), "burst-bucket"),
        ((60_000, 60_000, 700, 500, 500), "local-flash"),  # too few for one to be left out
        ((60_000, 60_000, 900, 700, 500, 500), "local-flash"),  # one only
        ((60_000, 31_000, 31_000), "local-flash"),  # no fall to under a half
        ((60_000, 29_000, 29_000), "burst-bucket"),
    ],
)
def test_a_credit_of_requests_ends_in_a_fall_to_a_level_that_is_held(held, word):
    us = {"mean": 80.0, "p50": 78.0, "p99": 150.0, "p1": 60.0}
    start = measured_rounds(us, 12_500.0, 60_000.0)
    series = Series(start.qd1, start.qd32, hold=[Round(value) for value in held])
    verdict = classify(series, Context())
    assert verdict.word == word
    assert verdict.certain
    assert word != "burst-bucket" or "it began with 60,000 and fell to " in verdict.reason


@pytest.mark.parametrize(
    ("gain", "word"), [(1.4, "inconclusive"), (1.39, "burst-bucket"), (1.41, "inconclusive")]
)
def test_without_a_search_for_its_end_a_credit_is_told_by_what_32_readers_get_after_the_fall(gain, word):
    fast = {"mean": 77.0, "p1": 60.0, "p50": 75.0, "p99": 150.0, "p25": 70.0, "p75": 80.0}
    slow = {name: 20 * value for name, value in fast.items()}
    ones = [Round(13_000, percentiles=fast)] * 3 + [Round(500, percentiles=slow)] * 3
    many = [Round(70_000)] * 3 + [Round(500 * gain)] * 3
    assert classify(Series(ones, many), Context()).word == word


@pytest.mark.parametrize(
    ("path", "rate", "cached"),
    [
        ("paravirtual", 4.01e9, True),
        ("paravirtual", 4.0e9, False),
        (None, 4.01e9, True),
        ("physical", 4.01e9, False),
        ("passthrough", 4.01e9, False),
    ],
)
def test_large_reads_beyond_a_flash_disk_are_doubted_but_on_a_disk_of_ones_own(path, rate, cached):
    free = measured((14_000, 0.066, 0.06, 0.15, 48_000))
    verdict = classify(Series(free.qd1, free.qd32, [Round(rate)] * 3), Context(path=path))
    assert verdict.word == "local-flash"
    assert verdict.confidence == ("medium" if cached else "high")
    assert ("a cache of the host" in verdict.reason) == cached
    far = measured((1770, 0.565, 0.55, 1.0, 9000))
    assert "cache" not in classify(Series(far.qd1, far.qd32, [Round(rate)] * 3), Context(path=path)).reason


@pytest.mark.parametrize(
    ("context", "p99", "sure"),
    [
        (Context(path="paravirtual"), 1300.0 * 10, "high"),
        (Context(path="paravirtual"), 1300.0 * 9.9, "medium"),
        (PHYSICAL, 1300.0 * 9.9, "high"),
        (Context(BlockDevice("sda"), "physical"), 1300.0 * 9.9, "medium"),
        (Context(BlockDevice("sda", rotational=True), "paravirtual"), 1300.0 * 9.9, "medium"),
    ],
)
def test_a_guests_disk_is_surely_a_turning_one_only_where_its_reads_differ_tenfold(context, p99, sure):
    us = {"mean": 5400.0, "p1": 1300.0, "p25": 3200.0, "p50": 5300.0, "p75": 7400.0, "p99": p99}
    verdict = classify(measured_rounds(us, 185.0, 470.0), context)
    assert (verdict.word, verdict.confidence) == ("spinning", sure)


def test_contention_is_never_more_than_likely():
    us = {"mean": 900.0, "p1": 60.0, "p25": 70.0, "p50": 80.0, "p75": 90.0, "p99": 20_000.0}
    verdict = classify(measured_rounds(us, 1100.0, 9000.0), Context())
    assert (verdict.word, verdict.confidence) == ("contended", "medium")


def test_steady_rounds_at_a_border_of_scaling_are_told_and_decide_nothing():
    """Between a limit and a network there is no disk that is a little of both."""
    us = {"mean": 500.0, "p50": 490.0, "p99": 600.0, "p1": 450.0}
    verdict = classify(measured_rounds(us, 2000.0, 2000.0 * 1.45), Context())
    assert (verdict.word, verdict.confidence) == ("inconclusive", "none")
    assert "at the border between capped and network-block" in verdict.reason


def test_rounds_whose_scaling_differs_stand_at_no_border():
    at = {"mean": 260.0, "p1": 200.0, "p50": 255.0, "p99": 400.0}
    many = [Round(3800.0 * gain) for gain in (6.0, 8.0, 10.0)]
    verdict = classify(Series([Round(3800.0, percentiles=at)] * 3, many), Context())
    assert (verdict.word, verdict.confidence) == ("inconclusive", "none")
    assert "the rounds differ too much to tell between local-flash and network-block" in verdict.reason
