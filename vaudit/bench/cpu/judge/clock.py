"""What one reading of the clock costs, judged: cpu/clock.py tells how it is measured."""

from vaudit.bench.borders import Borders
from vaudit.bench.cpu.recording import ClockCost
from vaudit.model.benchmark import Benchmark, Round
from vaudit.words import figure


def clock(made: ClockCost, borders: Borders) -> Benchmark:
    """The benchmark `cpu.clock`. What disturbs a batch makes it longer, never shorter: the least counts."""
    least = min(made.ns)
    slow = least > borders.clock_slow
    named = f" ({made.source})" if made.source else ""
    said = f"one reading of the clock{named} takes {figure(least)} ns"
    if slow:
        said += (
            f", more than the {figure(borders.clock_slow)} ns that a program needs which reads it by itself"
        )
    return Benchmark(
        id="cpu.clock",
        target="one vCPU",
        engine="embedded",
        unit="ns",
        value=least,
        interval=(least, max(made.ns)),
        samples=[Round(each) for each in made.ns],
        verdict="clock-slow" if slow else "clock-quick",
        confidence="medium",
        reason=said,
        limits=["what the clock costs while others use the processor"],
        details={"clocksource": made.source, "calls": made.calls},
        command=[f"clock_gettime(CLOCK_MONOTONIC), {made.calls} calls in a row, less as many empty calls"],
    )
