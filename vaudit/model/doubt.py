"""Which figures of benchmarks are not to be relied on, and how each format marks them: the one place."""

from vaudit.model.benchmark import Benchmark

SIGN = "±"
ROUGH = "rough"
"""Of a figure with a low confidence: about so much."""
BUSY, HERE, UNSURE = "busy machine", "this host itself", "not sure"
"""Of one with none, and why: other programs or the hypervisor took part, both ends were here, or neither."""


def doubt(bench: Benchmark) -> str:
    """Why a figure is not to be relied on, in two words; empty where it is, and where there is none."""
    if bench.value is None or bench.status != "ok" or bench.confidence in ("medium", "high"):
        return ""
    if bench.confidence == "low":
        return ROUGH
    if bench.verdict == "loopback":
        return HERE
    return BUSY if any(each.disturbed for each in bench.samples) else UNSURE


def signed(bench: Benchmark, said: str) -> str:
    """The figure in words, with a sign before it where it is doubtful: `±181 MB/s`."""
    return f"{SIGN}{said}" if doubt(bench) else said


def marked(bench: Benchmark, said: str) -> str:
    """The same with the reason, where it is more than rough: `±181 MB/s (busy machine)`."""
    why = doubt(bench)
    return f"{signed(bench, said)} ({why})" if why not in ("", ROUGH) else signed(bench, said)
