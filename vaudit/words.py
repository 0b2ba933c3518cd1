"""Figures and small grammar for people: three significant digits, no exponent, the unit that suits.

Whole digits are never rounded away (`1,006 MiB`, not `1,010 MiB`): people compare them with what they bought.
"""

from collections.abc import Sequence

_ABSURD = 1e15
"""From here on, in the largest unit there is, a figure is a mistake and not worth its digits."""
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DECIMAL = ("", "k", "M", "G", "T")


def figure(value: float) -> str:
    """`1.24`, `12.4`, `1,240`, `0.0124`; `?` for what is no number or none that can be meant."""
    amount = abs(_float(value))
    if not amount < _ABSURD:
        return "?"
    places = 0
    while 0 < amount * 10**places < 100 and places < 9:
        places += 1
    text = f"{value:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def size(count: float | None) -> str:
    """Bytes with a binary prefix: `25 GiB`."""
    return "unknown" if count is None else _scaled(count, 1024, _BINARY)


def rate(value: float, unit: str) -> str:
    """A rate with a decimal prefix: `1.24 GB/s`, `940 Mbit/s`."""
    return _scaled(value, 1000, [prefix + unit for prefix in _DECIMAL])


def latency(microseconds: float) -> str:
    """`85 µs`, `12.3 ms`, `3 s`."""
    return _scaled(microseconds, 1000, ("µs", "ms", "s"))


def percent(share: float) -> str:
    """0.034 as `3.4 %`."""
    return f"{figure(share * 100)} %"


def count(number: float) -> str:
    """A whole number with thousands apart: `15,700`."""
    return f"{number:,.0f}" if abs(_float(number)) < _ABSURD else "?"


def exact(value: float) -> str:
    """A number with all its digits, as somebody set it: `2147483648`, `0.0005`."""
    return f"{value:.9f}".rstrip("0").rstrip(".")


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 5 s`."""
    if seconds < 60:
        return f"{figure(seconds)} s"
    return f"{count(seconds // 60)} min {count(seconds % 60 // 1)} s"


def quantity(value: float | None, unit: str) -> str:
    """What a benchmark measured in its unit (iops, B/s, bit/s, us, share), as a person says it."""
    if value is None:
        return "no value"
    if unit in ("B/s", "bit/s"):
        return rate(value, unit)
    if unit == "us":
        return latency(value)
    if unit == "share":
        return percent(value)
    return f"{figure(value)} {'IOPS' if unit == 'iops' else unit}".strip()


def span(interval: tuple[float, float] | None, unit: str) -> str:
    """An interval in words: `1.1 to 1.3 GB/s`; empty when there is none."""
    if interval is None:
        return ""
    low, high = (quantity(end, unit) for end in interval)
    number, _, name = low.rpartition(" ")
    return f"{number} to {high}" if name == high.rpartition(" ")[2] else f"{low} to {high}"


def _scaled(value: float, step: int, units: Sequence[str]) -> str:
    """In the largest unit of which it is one or more, as it is then shown: 999.9 kB/s are 1 MB/s."""
    value = _float(value)
    *smaller, largest = units
    for unit in smaller:
        if not abs(value) >= step - 0.5:
            return f"{figure(value)} {unit}"
        value /= step
    return f"{figure(value)} {largest}"


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return float("inf")


def many(number: int, one: str, several: str = "") -> str:
    """`1 disk`, `2,000 disks`, `no disks`."""
    return f"{count(number) if number else 'no'} {one if number == 1 else several or one + 's'}"


def were(number: int) -> str:
    """The verb after `1 of 20 echoes`."""
    return "was" if number == 1 else "were"


def joined(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; `last` is the word before the last one."""
    return f" {last} ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
