"""Whether packets come through at all: sizes that vanish, heavy loss, and TCP that stood still for either."""

from vaudit.bench.borders import Borders
from vaudit.bench.network.judge.loss import share_interval
from vaudit.bench.network.recording import Attempt, IperfRun, Recording
from vaudit.words import joined, many, percent, rate, were

STILL = 5e4
"""Bits a second below which TCP stood still: a segment now and then."""
CRAWLING = 1e6
"""Bits a second below which lost segments are what keeps TCP down: much may be lost on the way."""
SEGMENT = 1448
"""Bytes of payload of a usual segment."""
FEW_SEGMENTS = 50
"""From which on a share of them tells something."""
WAYS = {"network.send": "on the way to the peer", "network.receive": "on the way back"}


def stood_still(test: Attempt) -> bool:
    """Whether a TCP test found the peer, and yet next to nothing arrived."""
    return test.run is not None and test.run.bits_per_second < STILL


def black_hole(recording: Recording, borders: Borders) -> str:
    """In words, that large packets vanish where small ones pass; empty where that was not seen.

    Told only where TCP stood still or failed in its usual segments: many a firewall answers no large echo,
    and where a router lowers the segments of TCP (MSS clamping), a small MTU does no harm.
    """
    if _echo_loss(recording)[0] > borders.heavy_loss:
        return ""  # then large ones vanish with the small ones
    small = {test.name: test.run for test in recording.small if test.run}
    moved = [
        name for name, run in small.items() if run.bits_per_second >= STILL and not _resent(run, borders)
    ]
    edge = vanishing(recording)
    tried = [test.name for test in recording.small]
    ways = moved or (tried if edge else [])
    if not ways:
        return ""
    where = "both ways" if len(ways) > 1 else WAYS[ways[0]]
    size = f" (of more than about {edge[0]:,} bytes)" if edge else ""
    told = [f"{rate(small[name].bits_per_second, 'bit/s')} {_verb(name)}" for name in moved]
    flows = f"; in small segments {joined(told)}" if told else ""
    return f"large packets{size} vanish {where} while small ones pass: an MTU black hole{flows}"


def _verb(name: str) -> str:
    return "were sent" if name == "network.send" else "were received"


def vanishing(recording: Recording) -> tuple[int, int] | None:
    """The largest size of echoes that was answered, and the smallest from which on all were lost, in bytes,
    where nobody said that they are too large; None where all came through, or small ones were lost too."""
    sizes = [each for each in (recording.trips.sizes if recording.trips else []) if not each.refused]
    answered = [each.bytes for each in sizes if each.answered]
    lost = [each.bytes for each in sizes if not each.answered]
    if not answered or not lost or min(lost) < max(answered):
        return None
    return max(answered), min(lost)


def heavy_loss(recording: Recording, borders: Borders) -> str:
    """In words, what was lost of what was sent, where it is so much that TCP cannot work; else empty."""
    found = [*_datagrams(recording), *_segments(recording), *_echoes(recording)]
    told = (words for lost, sent, words in found if share_interval(lost, sent)[0] > borders.heavy_loss)
    return next(told, "")


def _datagrams(recording: Recording) -> list[tuple[int, int, str]]:
    runs = [test.run for test in recording.datagrams if test.run and test.run.packets]
    return [
        (run.lost_packets or 0, run.packets or 0, f"{_share(run)} of the datagrams are lost {WAYS[way]}")
        for run in runs
        for way in (("network.receive",) if run.reverse else ("network.send",))
    ]


def _share(run: IperfRun) -> str:
    return percent((run.lost_packets or 0) / (run.packets or 1))


def _segments(recording: Recording) -> list[tuple[int, int, str]]:
    """Only of what crawls: a sender that fills a long queue for the first time loses many segments at once,
    and yet the link is full."""
    found = []
    for test in (*recording.streams, *recording.small):
        if test.run is None or test.run.bits_per_second > CRAWLING:
            continue
        again, sent = _sent_again(test.run)
        if sent >= FEW_SEGMENTS:
            found.append((again, sent, f"{again:,} of about {many(sent, 'segment')} had to be sent again"))
    return found


def _sent_again(run: IperfRun) -> tuple[int, int]:
    """Segments that were sent again, and about how many were sent in all."""
    again = run.retransmits or 0
    return again, again + int(run.sent_bytes / SEGMENT)


def _resent(run: IperfRun, borders: Borders) -> bool:
    """Whether it crawled, and so much was sent again that its segments, small as they are, were lost too."""
    again, sent = _sent_again(run)
    return run.bits_per_second < CRAWLING and sent > 0 and again / sent > borders.heavy_loss


def _echo_loss(recording: Recording) -> tuple[float, float]:
    """Between what shares of the idle echoes the loss lies; nothing is known where none was answered."""
    idle = recording.trips.idle if recording.trips else []
    lost = sum(not each.answered for each in idle)
    return share_interval(lost, len(idle)) if lost < len(idle) else (0.0, 1.0)


def _echoes(recording: Recording) -> list[tuple[int, int, str]]:
    """Only where TCP stood still or did not end: else a peer that answers few echoes would be taken for a
    path that loses."""
    idle = recording.trips.idle if recording.trips else []
    lost = sum(not each.answered for each in idle)
    if lost == len(idle) or not any(test.stopped or stood_still(test) for test in recording.streams):
        return []
    return [(lost, len(idle), f"{lost} of {many(len(idle), 'echo', 'echoes')} {were(lost)} not answered")]
