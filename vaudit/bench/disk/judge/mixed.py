"""The table that buyers compare, as benchmarks: `disk.mixed-4k` to `disk.mixed-1m`."""

from vaudit.bench.disk.judge.classify import PROBE_BUSY
from vaudit.bench.disk.recording import Mixed, Recording
from vaudit.bench.stats import widened
from vaudit.bench.units import MIB
from vaudit.model.benchmark import Benchmark, Round
from vaudit.words import many

_AS_YABS = "as YABS measures it"


def table(recording: Recording) -> list[Benchmark]:
    """A benchmark for each line, and for each that is missing."""
    device = recording.where.device.name if recording.where.device else None
    found = [_line(recording, made, device) for made in recording.mixed]
    return found + [
        Benchmark(id, recording.where.target, "vaudit", "B/s", status="skipped", reason=reason,
                  device=device)
        for id, reason in recording.mixed_missing.items()
    ]  # fmt: skip


def _line(recording: Recording, made: Mixed, device: str | None) -> Benchmark:
    value = made.read.bytes_per_second + made.write.bytes_per_second
    said = f"{_AS_YABS}: {many(made.mix.jobs, 'job')} of depth {made.mix.depth}, half of the requests reads"
    if not made.whole:
        said += f"; shortened to {made.seconds:.2g} s and {made.moved // MIB} MiB"
    if made.busy > PROBE_BUSY:
        said += "; the engine itself was the limit: the disk may do more"
    return Benchmark(
        id=made.mix.id,
        target=recording.where.target,
        engine=made.engine,
        unit="B/s",
        value=value,
        interval=widened([value]),
        samples=[Round(value, made.start, made.seconds, disturbed=made.disturbed, guards=made.guards)],
        verdict="at-least" if made.busy > PROBE_BUSY else "",
        confidence="none" if made.disturbed else "medium" if made.whole else "low",
        reason=f"{said}; {made.disturbed}" if made.disturbed else said,
        details={
            "read_bytes_per_second": made.read.bytes_per_second,
            "write_bytes_per_second": made.write.bytes_per_second,
            "read_iops": made.read.iops,
            "write_iops": made.write.iops,
            "iops": made.read.iops + made.write.iops,
            "moved_bytes": made.moved,
            "shortened": not made.whole,
        },
        device=device,
        command=made.command,
        version=made.version or None,
        seconds=made.seconds,
        evidence=made.evidence,
    )
