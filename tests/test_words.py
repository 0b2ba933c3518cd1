"""Figures and small grammar read as people say them, whatever the number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit import words

ANY = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(2**70), 2**70),
    st.sampled_from([10**400, -(10**5000), 0, -0.0, 5e-324]),
)
SAID = (words.figure, words.size, words.latency, words.percent, words.count, words.duration)
_STEPS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50, "B": 1}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"), (-0.0, "0"), (1, "1"), (1.239, "1.24"), (12.39, "12.4"), (123.9, "124"), (1239.4, "1,239"),
        (9.999, "10"), (99.96, "100"), (0.12345, "0.123"), (0.0012345, "0.00123"), (0.00001, "0.00001"),
        (0.9999, "1"), (-3.14159, "-3.14"), (-1e-12, "0"), (1e6, "1,000,000"), (1e15, "?"), (math.nan, "?"),
    ],
)  # fmt: skip
def test_a_figure_has_three_digits_and_all_whole_ones(value: float, said: str) -> None:
    assert words.figure(value) == said


def test_memory_just_under_a_gib_is_said_in_whole_mib() -> None:
    assert words.size(1_030_000 * 1024) == "1,006 MiB"


@pytest.mark.parametrize(
    ("count", "said"),
    [(None, "unknown"), (0, "0 B"), (512, "512 B"), (1023.7, "1 KiB"), (1024, "1 KiB"), (1536, "1.5 KiB"),
     (25 << 30, "25 GiB"), ((1 << 30) - 1, "1 GiB"), (3 << 50, "3 PiB"), (5000 << 50, "5,000 PiB"),
     (10**400, "? PiB")],
)  # fmt: skip
def test_sizes_are_binary(count: float | None, said: str) -> None:
    assert words.size(count) == said


def test_a_rate_reaches_the_next_prefix_when_it_is_shown_as_such() -> None:
    assert words.rate(999.9e3, "B/s") == "1 MB/s"
    assert words.rate(999.4e3, "B/s") == "999 kB/s"
    assert words.rate(9.41e9, "bit/s") == "9.41 Gbit/s"


def test_times_have_no_exponent() -> None:
    said = [words.latency(us) for us in (0.05, 85, 1230, 1.23e6, 3e6)]
    assert said == ["0.05 µs", "85 µs", "1.23 ms", "1.23 s", "3 s"]
    assert [words.duration(s) for s in (0.4, 12, 59.99, 60, 185)] == [
        "0.4 s", "12 s", "60 s", "1 min 0 s", "3 min 5 s",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(61234.0, "iops", "61,234 IOPS"), (15.7, "iops", "15.7 IOPS"), (1.24e9, "B/s", "1.24 GB/s"),
     (85.0, "us", "85 µs"), (0.174, "share", "17.4 %"), (0.0, "share", "0 %"), (3.0, "rows", "3 rows"),
     (3.0, "", "3"), (None, "iops", "no value"), (math.nan, "B/s", "? B/s")],
)  # fmt: skip
def test_a_quantity_is_said_in_its_unit(value: float | None, unit: str, said: str) -> None:
    assert words.quantity(value, unit) == said


def test_an_interval_names_its_unit_once() -> None:
    assert words.span((1.1e9, 1.3e9), "B/s") == "1.1 to 1.3 GB/s"
    assert words.span((9e8, 1.3e9), "B/s") == "900 MB/s to 1.3 GB/s"
    assert words.span(None, "B/s") == ""


def test_a_threshold_keeps_all_its_digits() -> None:
    assert [words.exact(v) for v in (2147483648, 10000.0, 0.0005, 1.25)] == [
        "2147483648", "10000", "0.0005", "1.25",
    ]  # fmt: skip


@given(ANY)
def test_no_number_has_an_exponent_or_is_long(value: float) -> None:
    for say in SAID:
        said = say(value)
        assert "e" not in said.replace("unknown", ""), said
        assert len(said) < 30


@given(st.floats(1e-6, 1e14))
def test_a_figure_is_the_number_to_three_digits(value: float) -> None:
    assert float(words.figure(value).replace(",", "")) == pytest.approx(value, rel=0.005)


@given(st.floats(1, 1e17))
def test_a_size_is_the_number_of_bytes(value: float) -> None:
    number, unit = words.size(value).split()
    assert float(number.replace(",", "")) * _STEPS[unit] == pytest.approx(value, rel=0.006)
    assert unit == "PiB" or float(number.replace(",", "")) < 1024


def test_several_things_are_counted_and_joined() -> None:
    assert [words.many(number, "disk") for number in (0, 1, 2, 2000)] == [
        "no disks", "1 disk", "2 disks", "2,000 disks",
    ]  # fmt: skip
    assert words.many(2, "thing needs", "things need") == "2 things need"
    assert [words.joined(["a", "b", "c"][:number]) for number in range(4)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
