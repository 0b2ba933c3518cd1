"""What one run of a job gave, whichever engine ran it."""

import msgspec


class Timed(msgspec.Struct):
    """Requests that were sent and came back, each with its latency."""

    start: float
    """time.monotonic() at the first request."""
    seconds: float
    """Until the last request came back."""
    count: int
    bytes: int
    latencies: list[int]
    """Nanoseconds of each request, in no certain order where the depth is above 1."""
    busy: float = 0.0
    """Share of the time in which the engine had something to do and did not wait for the disk, or of its
    threads that did not, on average (where that cannot be seen, the CPUs that they used, at most 1): above
    0.9 the engine was the limit and not the disk. 0 where requests are made one at a time."""
    writes: int = 0
    """How many of the requests of a mixed job were writes; 0 for other jobs."""

    @property
    def per_second(self) -> float:
        return self.count / self.seconds if self.seconds > 0 else 0.0

    @property
    def bytes_per_second(self) -> float:
        return self.bytes / self.seconds if self.seconds > 0 else 0.0
