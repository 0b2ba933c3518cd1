"""What is measured: of each benchmark its label, unit, direction, words, figures, and which change matters.

Who shows, judges or compares a benchmark asks here; a check that names one which is not here, or a word or
figure that it cannot have, is refused when it is loaded.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from vaudit.model.report import Grade, TileName

Id = Literal[
    "disk.randread-qd1", "disk.randread-qd32", "disk.fdatasync", "disk.randwrite-qd32", "disk.read",
    "disk.write", "disk.fill", "disk.mixed-4k", "disk.mixed-64k", "disk.mixed-512k", "disk.mixed-1m",
    "disk.small-set", "disk.old-blocks", "disk.light", "disk.verdict",
    "network.send", "network.receive", "network.udp-send", "network.udp-receive", "network.latency",
    "network.latency-loaded", "network.verdict",
    "cpu.steal", "cpu.gaps", "cpu.clock", "cpu.single", "cpu.all", "cpu.plain", "cpu.scaling",
    "memory.reread", "memory.merging", "memory.bandwidth", "memory.latency", "memory.verdict",
]  # fmt: skip
MIXED = {
    "disk.mixed-4k": "4k",
    "disk.mixed-64k": "64k",
    "disk.mixed-512k": "512k",
    "disk.mixed-1m": "1m",
}
"""The lines of the table of mixed reads and writes, and what YABS calls them."""
Unit = Literal["iops", "B/s", "bit/s", "us", "ns", "share", "vCPUs", ""]
Direction = Literal["more", "less", "neither"]


class Meaning(msgspec.Struct, frozen=True):
    """What a verdict's word means for people."""

    grade: Grade
    """What its tile says of it."""
    clause: str
    """Part of a sentence."""
    on_metal: Grade | None = None
    """The grade on a physical machine, where it differs: a disk that turns is what its owner bought."""


class LeastChange(msgspec.Struct, frozen=True):
    """The least change between two measurements of the same thing that is worth telling."""

    relative: float
    """Share of the earlier value."""
    because: str
    least: float = 0.0
    """And at least so much, in the benchmark's unit."""


class Measured(msgspec.Struct, frozen=True):
    """One kind of benchmark."""

    label: str
    unit: Unit = ""
    """Of its value; empty for a verdict, which has none."""
    better: Direction = "neither"
    change: LeastChange | None = None
    """None for a verdict: another word is a change."""
    short: str = ""
    """The label where several stand in one line."""
    words: dict[str, Meaning] = {}
    """All that its verdict can be, besides nothing."""
    details: tuple[str, ...] = ()
    """All further figures that it can carry; a suffix _us is microseconds."""
    tile: TileName | None = None
    plan: str = ""
    """What measuring it does, where --dry-run says no more of it."""


_LATENCIES = tuple(
    f"{name}_us" for name in ("mean", "p1", "p10", "p25", "p50", "p75", "p90", "p99", "p99.9", "max")
)
_RANDOM = LeastChange(0.25, "two short runs on one shared disk differed by up to 25 % when measured by turns")
_STREAM = LeastChange(0.25, "one disk's windows of 1 to 5 s lay up to 26 % from its value over 60 s")
_RATE = LeastChange(0.20, "no interval of one run is narrower than 20 % to each side")
_TRIP = LeastChange(0.20, "no interval of one run is narrower; under 1 ms the ends themselves decide", 1000)
_TIME = LeastChange(0.20, "no interval of one run is narrower than 20 % to each side")
_STOLEN = LeastChange(0.50, "under 2 % a short look cannot tell it from accounting noise", 0.02)
_LOSS = LeastChange(0.50, "a test of a second cannot tell less than 0.5 % from chance", 0.005)

_UNSURE = {"inconclusive": Meaning("unknown", "the measurement was inconclusive")}
_HERE = {"loopback": Meaning("unknown", "the peer is this host itself")}
_STILL = {"nothing-arrived": Meaning("poor", "no data arrived")}
_AT_LEAST = {"at-least": Meaning("unknown", "it may be faster than this test could tell")}

_DISK_WORDS = {
    "local-flash": Meaning("good", "the disk is local flash"),
    "network-block": Meaning("fair", "the disk answers like network storage"),
    "spinning": Meaning("poor", "the disk answers like a spinning one", on_metal="fair"),
    "capped": Meaning("fair", "the disk is held to a limit"),
    "burst-bucket": Meaning("fair", "the disk is fast only until its credit is used up"),
    "contended": Meaning("poor", "the disk is shared with busy neighbours"),
    "emulated-no-queueing": Meaning("poor", "the disk takes one request at a time"),
    "memory-speed": Meaning("unknown", "the disk was answered from a cache, so its speed is not known"),
    "inconclusive": Meaning("unknown", "the disk measurement was inconclusive"),
}
_LIGHT_WORDS = {
    "soon": Meaning("unknown", "single requests to the disk come back soon, and no more was looked at"),
    "slow": Meaning("fair", "single requests to the disk take long"),
    "very-slow": Meaning("poor", "single requests to the disk take very long"),
    "inconclusive": Meaning("unknown", "the light look at the disk was inconclusive"),
}
_SYNC_WORDS = _UNSURE | {
    "sync-ok": Meaning("good", "flushed writes are as fast as databases want them"),
    "sync-slow": Meaning("fair", "flushed writes are slower than databases want them"),
    "sync-very-slow": Meaning("poor", "flushed writes are much slower than databases want them"),
}
_CACHE_WORDS = _UNSURE | {
    "cache-beneath": Meaning("unknown", "a cache beneath this machine keeps what was read"),
    "same-speed": Meaning("good", "reading again is no faster"),
}
_OLD_WORDS = _UNSURE | {
    "old-blocks-slow": Meaning("fair", "old data is read more slowly than fresh data"),
    "old-blocks-ok": Meaning("good", "old data is read as fast as fresh data"),
}
_NETWORK_WORDS = _UNSURE | _HERE | _AT_LEAST | {
    "measured": Meaning("unknown", "the network was measured: compare with your plan"),
    "burst-bucket": Meaning("fair", "the network slows down after a burst"),
    "mtu-black-hole": Meaning("poor", "large packets vanish on the network"),
    "lossy": Meaning("poor", "the network loses so many packets that TCP stands still"),
    "nothing-arrived": Meaning("poor", "no data arrived over the network"),
}  # fmt: skip
_LOSS_WORDS = _UNSURE | _HERE | {
    "udp-blocked": Meaning("fair", "UDP is blocked"),
    "no-loss": Meaning("good", "no datagram was lost"),
    "little-loss": Meaning("good", "few datagrams were lost"),
    "lossy": Meaning("fair", "datagrams are lost"),
}  # fmt: skip
_QUEUE_WORDS = _UNSURE | _HERE | {
    "short-queue": Meaning("good", "round trips stay short under load"),
    "bufferbloat": Meaning("fair", "a long queue fills up under load"),
}  # fmt: skip
_STEAL_WORDS = _UNSURE | {
    "steal-none": Meaning("good", "no processor time worth telling was withheld"),
    "steal-noticeable": Meaning("fair", "a little processor time was withheld"),
    "steal-high": Meaning("fair", "processor time was withheld"),
    "steal-severe": Meaning("poor", "much processor time was withheld"),
}
_GAPS_WORDS = _UNSURE | {
    "gaps-none": Meaning("good", "no time worth telling vanished"),
    "gaps-noticeable": Meaning("good", "a little time vanished beneath the kernel"),
    "gaps-high": Meaning("fair", "time vanished beneath the kernel"),
    "gaps-severe": Meaning("poor", "much time vanished beneath the kernel"),
}
_CLOCK_WORDS = {
    "clock-quick": Meaning("good", "programs read the clock by themselves"),
    "clock-slow": Meaning("fair", "reading the clock is slow"),
}
_SCALING_WORDS = _UNSURE | {
    "scales": Meaning("good", "all vCPUs together do the work of as many"),
    "scales-partly": Meaning(
        "good", "the vCPUs do the work of fewer together, as threads of shared cores do"
    ),
    "scales-little": Meaning("fair", "the vCPUs do the work of far fewer together"),
}
_REREAD_WORDS = _UNSURE | {
    "reread-fast": Meaning("good", "rested pages came back at once"),
    "reread-slow": Meaning("poor", "rested pages came back slowly"),
}
_MERGE_WORDS = {
    "pages-merged": Meaning("fair", "pages of equal content had been merged beneath"),
    "no-sign": Meaning("good", "nothing speaks of overcommitted memory"),
}
_BALLOON_WORDS = {"balloon-moved": Meaning("fair", "a balloon moved memory meanwhile")}


def _disk(label: str, short: str, unit: Unit, *more: str, change: LeastChange = _STREAM) -> Measured:
    """A job of the disk benchmark, which fio may repeat (`apart`)."""
    return Measured(
        label,
        unit,
        "more",
        change,
        short,
        details=(*_LATENCIES, "over_100ms", "over_1s", "longest_us", "apart", *more),
        tile="storage",
    )


def _again(label: str, words: dict[str, Meaning], *more: str) -> Measured:
    """An average latency of reading again or elsewhere."""
    return Measured(label, "us", "less", _RANDOM, "", words, (*_LATENCIES, *more), "storage")


def _mixed(size: str, short: str) -> Measured:
    """A line of the table that YABS prints."""
    details = ("read_bytes_per_second", "write_bytes_per_second", "read_iops", "write_iops", "iops",
               "moved_bytes", "shortened")  # fmt: skip
    label = f"random reads and writes of {size}, half of each, 128 at once"
    return Measured(label, "B/s", "more", _STREAM, f"mixed {short}", _AT_LEAST, details, "storage")


def _transfer(label: str) -> Measured:
    details = ("retransmits", "min_rtt_us", "mean_rtt_us", "congestion", "cpu_percent", "peer_cpu_percent",
               "cpu_seconds_per_gbit", "local_address_is_peer", "streams", "slowest_stream_bits",
               "fastest_stream_bits", "window_bytes", "idle_rtt_us")  # fmt: skip
    return Measured(
        label,
        "bit/s",
        "more",
        _RATE,
        words=_HERE | _AT_LEAST | _STILL,
        details=details,
        tile="network and CPU",
    )


def _loss(label: str) -> Measured:
    details = ("jitter_ms", "packets", "lost_packets")
    return Measured(label, "share", "less", _LOSS, words=_LOSS_WORDS, details=details, tile="network and CPU")


def _trip(label: str, words: dict[str, Meaning], *more: str) -> Measured:
    details = (*_LATENCIES, "method", "echoes", *more)
    return Measured(label, "us", "less", _TRIP, words=words, details=details, tile="network and CPU")


def _hashing(label: str) -> Measured:
    return Measured(
        label, "B/s", "more", _RATE, words=_UNSURE,
        details=("threads", "mhz", "clocksource", "library", "same_as", "advertised_mhz", "l1_data_bytes",
                 "l2_bytes", "l3_bytes"),
        tile="network and CPU", plan="a short figure of speed",
    )  # fmt: skip


MEASURED: dict[str, Measured] = {
    "disk.randread-qd1": _disk("random read, one at a time", "4K read QD1", "iops", change=_RANDOM),
    "disk.randread-qd32": msgspec.structs.replace(
        _disk("random read, 32 at a time", "QD32", "iops", change=_RANDOM), words=_AT_LEAST
    ),
    "disk.fdatasync": msgspec.structs.replace(
        _disk("write and sync", "write+sync", "iops", change=_RANDOM), words=_SYNC_WORDS
    ),
    "disk.randwrite-qd32": _disk("random write, 32 at a time", "write QD32", "iops", change=_RANDOM),
    "disk.read": _disk("sequential read", "read", "B/s"),
    "disk.write": _disk("sequential write, over what was there", "write", "B/s"),
    "disk.fill": Measured(
        "sequential write, for the first time", "B/s", "more", _STREAM, "first write",
        details=("bytes",), tile="storage",
    ),
    "disk.mixed-4k": _mixed("4 KiB", "4k"),
    "disk.mixed-64k": _mixed("64 KiB", "64k"),
    "disk.mixed-512k": _mixed("512 KiB", "512k"),
    "disk.mixed-1m": _mixed("1 MiB", "1m"),
    "disk.small-set": _again("random read, 64 MiB working set", _CACHE_WORDS, "first_us"),
    "disk.old-blocks": _again("reading old blocks", _OLD_WORDS),
    "disk.light": Measured(
        "single requests", words=_LIGHT_WORDS, tile="storage",
        details=("read_p50_us", "read_p99_us", "flush_p50_us", "flush_p99_us", "reads", "flushes",
                 "written_bytes", "read_bytes"),
    ),
    "disk.verdict": Measured(
        "the disk", words=_DISK_WORDS, tile="storage",
        details=("cap_iops", "cap_bytes_per_second", "mean_us", "ratio", "rounds", "disturbed", "file_bytes",
                 "written_bytes", "read_bytes", "reached_device", "cap_write_iops",
                 "cap_write_bytes_per_second", "but", "over_100ms", "over_1s", "longest_us", "failure",
                 "border_memory_us", "border_flash_us", "border_network_us"),
    ),
    "network.send": _transfer("send"),
    "network.receive": _transfer("receive"),
    "network.udp-send": _loss("datagrams lost, sending"),
    "network.udp-receive": _loss("datagrams lost, receiving"),
    "network.latency": _trip("round trip, idle", _HERE),
    "network.latency-loaded": _trip(
        "round trip under load", _QUEUE_WORDS, "idle_us", "added_us", "unanswered_send", "unanswered_receive"
    ),
    "network.verdict": Measured("the network", words=_NETWORK_WORDS, tile="network and CPU"),
    "cpu.steal": Measured(
        "stolen CPU time", "share", "less", _STOLEN, words=_STEAL_WORDS, details=("busy_seconds",),
        tile="network and CPU", plan="time that the hypervisor withheld",
    ),
    "cpu.gaps": Measured(
        "time vanished while spinning", "share", "less", _STOLEN, words=_GAPS_WORDS, tile="network and CPU",
        details=("gaps", "longest_gap_us", "own_scheduler_share", "interrupts_share",
                 "reported_steal_seconds", "clock_read_ns", "cpus"),
        plan="gaps while spinning",
    ),
    "cpu.clock": Measured(
        "one reading of the clock", "ns", "less", _TIME, words=_CLOCK_WORDS,
        details=("clocksource", "calls"), tile="network and CPU", plan="the cost of a reading of the clock",
    ),
    "cpu.single": _hashing("hashing, one thread"),
    "cpu.all": _hashing("hashing, all threads"),
    "cpu.plain": _hashing("hashing without special instructions, one thread"),
    "cpu.scaling": Measured(
        "work of all vCPUs together", "vCPUs", "more", _RATE, words=_SCALING_WORDS,
        details=("vcpus", "share", "stolen_share", "gaps_share"), tile="network and CPU",
        plan="the work of all vCPUs together",
    ),
    "memory.reread": Measured(
        "reading rested pages again", "us", "less", _TIME, words=_REREAD_WORDS,
        details=(*_LATENCIES, "pages", "resident_pages", "slow_pages", "control_slow_pages",
                 "own_scheduler_pages", "stolen_seconds", "rested_seconds", "first_touch_p50_us",
                 "first_touch_p99.9_us"),
        plan="touched, left alone and read again",
    ),
    "memory.merging": Measured(
        "writing to equal pages", "us", "less", _TIME, words=_MERGE_WORDS,
        details=("equal_p50_us", "unequal_p50_us", "ratio"),
    ),
    "memory.bandwidth": Measured(
        "copying memory", "B/s", "more", _RATE, words=_UNSURE,
        details=("bytes", "stream_copy_bytes_per_second", "same_as"),
    ),
    "memory.latency": Measured("memory latency", "us", "less", _TIME, words=_UNSURE, details=("bytes",)),
    "memory.verdict": Measured(
        "the memory", words=_UNSURE | _REREAD_WORDS | _MERGE_WORDS | _BALLOON_WORDS,
        details=("balloon_moved_bytes", "balloon_held_bytes"),
    ),
}  # fmt: skip
_OTHER = Measured("")


def of(id: str) -> Measured:
    """What is known of a benchmark; of one that a newer vaudit measured, nothing."""
    return MEASURED.get(id, _OTHER)


def label(id: str) -> str:
    """What was measured, in words; the id where it is not known here."""
    return of(id).label or id


def short(id: str) -> str:
    """The same where several stand in one line."""
    return of(id).short or label(id)


def meaning(id: str, word: str) -> Meaning | None:
    """What a verdict's word means; None for one that is not known here."""
    return of(id).words.get(word)


def words(ids: Iterable[str] = MEASURED) -> tuple[str, ...]:
    """All words that some benchmarks can say; the empty one is a measurement without a verdict."""
    return ("", *dict.fromkeys(word for id in ids for word in of(id).words))


def details(ids: Iterable[str] = MEASURED) -> tuple[str, ...]:
    """All further figures that some benchmarks can carry."""
    return tuple(dict.fromkeys(name for id in ids for name in of(id).details))


def plans(area: str) -> list[str]:
    """What measuring the ids that begin with `area` does, as --dry-run says it."""
    named = (measured.plan for id, measured in MEASURED.items() if id.startswith(f"{area}."))
    return [phrase for phrase in dict.fromkeys(named) if phrase]
