"""Round trips while the link is idle and while it is full.

ICMP echoes run beside the TCP transfers, in a worker of their own. Where ICMP is not possible or not
answered, `problem` says why, and what the sending kernel saw of its own TCP connection takes its place.
"""

import contextlib
from collections.abc import Iterator
from functools import partial
from statistics import median

from vaudit.bench.network import echo
from vaudit.bench.network.recording import Peer, Sized, Trips
from vaudit.bench.system.errors import BenchError, sentence
from vaudit.bench.system.worker import Tell, beside, isolate, result, results

PATIENCE = 4.0
"""Seconds beyond the echoes for resolving the peer's name."""
LONGEST = 60.0
"""Seconds that echoes beside a transfer may take at most."""


LEAST_WAIT = 0.2
"""Seconds that echoes of all sizes are waited for at least."""


def idle(peer: Peer, seconds: float) -> Trips:
    """Echo while nothing else goes on; if that fails, nothing more is to be echoed."""
    try:
        found = echo.ping_within(peer, seconds, PATIENCE)
    except BenchError as error:
        return Trips(problem=str(error))
    except OSError as error:
        return Trips(problem=sentence(error, "sending ICMP echoes"))
    answered = any(each.answered for each in found)
    first = found[0].at if found else 0.0
    return Trips(echo.since(first, found), problem="" if answered else "the peer does not answer ICMP echo")


def sizes(peer: Peer, trips: Trips) -> list[Sized]:
    """Which sizes of echoes come back; nothing where small ones do not."""
    if trips.problem:
        return []
    wait = LEAST_WAIT + 3 * middle(trips) / 1e6

    def work(tell: Tell) -> None:
        tell(result(echo.sizes(peer, wait)))

    try:
        told = results(list(isolate(work, wait + PATIENCE)), list[Sized])
    except (BenchError, OSError):
        return []
    return told[0] if told else []


def middle(trips: Trips) -> float:
    """The usual idle round trip in microseconds; 0 where none is known."""
    answered = [each.us for each in trips.idle if each.answered]
    return median(answered) if answered else 0.0


@contextlib.contextmanager
def loaded(peer: Peer, recording: Trips, name: str) -> Iterator[None]:
    """Echo beside the transfer that is done in this context."""
    with contextlib.ExitStack() as undo:
        finish = None
        if not recording.problem:
            with contextlib.suppress(BenchError, OSError):
                finish = undo.enter_context(beside(partial(echo.beside, peer), LONGEST))
        yield
        if finish is not None:
            with contextlib.suppress(BenchError, OSError):
                recording.loaded[name] = echo.answers(finish())
