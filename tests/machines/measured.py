"""What benchmarks said of machines that are made of a few words: the figures, the word and the sentence."""

from typing import Literal

import msgspec

from vaudit.model.benchmark import Benchmark

Details = dict[str, float | int | str | bool | None]
_DISK, _PEER, _CPU, _MEMORY = "/var/tmp", "192.0.2.7:5201", "all vCPUs", "memory"
_PAGES, _REST = 65536, 18.0
"""Pages that are reread, and seconds of rest before."""


def _measured(
    id_: str,
    target: str,
    unit: str,
    value: float,
    *,
    word: str = "",
    said: str = "",
    span: tuple[float, float] | None = None,
    engine: Literal["embedded", "fio", "iperf3", "vaudit"] = "embedded",
    confidence: Literal["high", "medium", "low"] = "high",
    **details: float,
) -> Benchmark:
    """One quantity; within a tenth where no span is given."""
    return Benchmark(
        id_, target, engine, unit, value=value, interval=span or (value * 0.9, value * 1.1), verdict=word,
        reason=said, confidence=confidence, details={**details}, seconds=5.0,
    )  # fmt: skip


def _judged(id_: str, target: str, word: str, said: str, details: Details | None = None) -> Benchmark:
    """The word over several quantities."""
    return Benchmark(
        id_,
        target,
        "vaudit",
        "",
        verdict=word,
        reason=said,
        confidence="high",
        details=details or {},
        seconds=5.0,
    )


# disks


def _disk(
    word: str, said: str, *, qd1: float, mean_us: float, qd32: float, sync_us: float, cap: float | None = None
) -> list[Benchmark]:
    """Reads one and 32 at a time a second; `sync_us`: 99 of 100 flushed writes end within it."""
    flushed = f"99 % of flushed writes end within {sync_us / 1000:g} ms"
    sync = "sync-ok" if sync_us <= 10_000 else "sync-slow"
    return [
        _measured("disk.randread-qd1", _DISK, "iops", qd1, mean_us=mean_us),
        _measured("disk.randread-qd32", _DISK, "iops", qd32),
        _measured("disk.fdatasync", _DISK, "iops", 2e6 / sync_us, word=sync, said=flushed, p99_us=sync_us),
        _judged(
            "disk.verdict", _DISK, word, said, {"mean_us": mean_us, "ratio": qd32 / qd1, "cap_iops": cap}
        ),
    ]


def _fio(id_: str, value: float, apart: float) -> Benchmark:
    where = f"{apart:.2f} times outside of" if apart > 1 else "within"
    said = f"fio lies {where} what the rounds of the embedded engine span"
    return _measured(id_, _DISK, "iops", value, engine="fio", said=said, apart=apart)


def local_flash() -> list[Benchmark]:
    said = (
        "a random read takes 65 us on average and 32 at once bring 6.1 times as many: flash in or near the "
        "host, not throttled in this time"
    )
    return [
        *_disk("local-flash", said, qd1=15100, mean_us=65, qd32=92000, sync_us=240),
        _fio("disk.randread-qd1", 14800, 1.0),
        _fio("disk.randread-qd32", 89000, 1.0),
    ]


def spinning() -> list[Benchmark]:
    said = (
        "a random read takes 11.1 ms on average (1 % under 420 us, 1 % over 31.6 ms) and 32 at once bring "
        "1.9 times as many: a head that moves"
    )
    return _disk("spinning", said, qd1=89, mean_us=11100, qd32=170, sync_us=38000)


def capped(iops: int) -> list[Benchmark]:
    said = f"32 reads at once bring no more than one at a time: limited to {iops:,} IOPS"
    one = round(iops * 0.9967)
    return _disk(
        "capped", said, qd1=one, mean_us=990_000 / iops, qd32=iops, sync_us=1_200_000 / iops, cap=iops
    )


def writes_capped(iops: int) -> list[Benchmark]:
    held = f"writes are held to {iops:,} a second"
    said = f"a random read takes 65 us on average and 32 at once bring 6.1 times as many: {held}"
    *figures, verdict = _disk("capped", said, qd1=15100, mean_us=65, qd32=92000, sync_us=2e6 / iops)
    told: Details = {**verdict.details, "cap_write_iops": iops, "but": held}
    return [*figures, msgspec.structs.replace(verdict, details=told)]


def failing() -> list[Benchmark]:
    """A disk that returned errors while it was measured."""
    said = "reading the test file failed: the device reported an I/O error: look into the kernel log"
    return [
        Benchmark(
            "disk.verdict", _DISK, "vaudit", "", status="error", reason=said, details={"failure": "errors"},
            seconds=4.0,
        )
    ]  # fmt: skip


def memory_speed() -> list[Benchmark]:
    said = "a random read takes 8 us on average: no disk is that fast, memory or a cache answers"
    return _disk("memory-speed", said, qd1=120_000, mean_us=8, qd32=170_000, sync_us=40)


def crowded() -> list[Benchmark]:
    """Others use the same host: the disk, so that two engines differ, and the processor."""
    said = "half of the reads take under 80 us, but the average is 4.1 ms: others use the same storage"
    return [
        *_disk("contended", said, qd1=240, mean_us=4100, qd32=900, sync_us=8000),
        _fio("disk.randread-qd1", 820, 2.8),
        _steal(0.17),
    ]


# processor and memory


def _steal(share: float) -> Benchmark:
    return _measured("cpu.steal", "cpu", "share", share, engine="vaudit", busy_seconds=20.0)


def _gaps(word: str, share: float, said: str) -> Benchmark:
    return _measured(
        "cpu.gaps", _CPU, "share", share, span=(0.0, 2 * share), word=word, said=said, confidence="low",
        gaps=3, longest_gap_us=9000.0, reported_steal_seconds=0.0,
    )  # fmt: skip


def _memory(word: str, us: float, slow: int, moved: int) -> list[Benchmark]:
    """Pages reread after a rest, of which some were slow, and bytes that a balloon moved meanwhile."""
    said = f"after {_REST:g} s of rest {slow:,} of {_PAGES:,} resident pages took over 100 µs, then 0"
    balloon: Details = {"balloon_moved_bytes": moved, "balloon_held_bytes": moved}
    reread = _measured(
        "memory.reread", _MEMORY, "us", us, word=word, said=said, confidence="medium",
        pages=_PAGES, resident_pages=_PAGES, slow_pages=slow, control_slow_pages=0, rested_seconds=_REST,
    )  # fmt: skip
    return [reread, _judged("memory.verdict", _MEMORY, word if slow else "no-sign", said, balloon)]


def memory_moved() -> list[Benchmark]:
    gone = "6.2 % of the time vanished beneath this kernel, up to 9.0 ms at once"
    return [_gaps("gaps-high", 0.062, gone), *_memory("reread-slow", 90.0, 4012, 64 << 20)]


# network


def _network(word: str, said: str, bits: float, again: int) -> list[Benchmark]:
    """Bits a second both ways, and the segments sent again."""
    ways = ("network.send", "network.receive")
    rates = [
        _measured(way, _PEER, "bit/s", bits, engine="iperf3", said=said, retransmits=again) for way in ways
    ]
    return [*rates, _judged("network.verdict", _PEER, word, said)]


def _udp(way: str, sent: int, lost: int, span: tuple[float, float]) -> Benchmark:
    return _measured(
        f"network.udp-{way}", _PEER, "share", lost / sent, span=span, word="lossy" if lost else "no-loss",
        said=f"{lost:,} of {sent:,} datagrams at 20.0 Mbit/s were lost, jitter 0.05 ms", engine="iperf3",
        confidence="medium", jitter_ms=0.05, packets=sent, lost_packets=lost,
    )  # fmt: skip


def _round_trips(idle_us: float, loaded_us: float, word: str) -> list[Benchmark]:
    said = f"a round trip takes {idle_us / 1000:.1f} ms when idle and {loaded_us / 1000:.1f} ms under load"
    return [
        _measured("network.latency", _PEER, "us", idle_us, confidence="medium", p50_us=idle_us),
        _measured("network.latency-loaded", _PEER, "us", loaded_us, word=word, said=said, confidence="medium",
                  idle_us=idle_us, added_us=loaded_us - idle_us),
    ]  # fmt: skip


def quiet() -> list[Benchmark]:
    """Nothing is wrong: no loss, a short queue, next to no steal, memory that nobody takes."""
    return [
        *_network("measured", "920 Mbit/s arrived", 9.2e8, 12),
        _udp("send", 2080, 0, (0.0, 0.0018)),
        *_round_trips(400, 2300, "short-queue"),
        _steal(0.004),
        _gaps("gaps-none", 0.0, "no moment vanished beneath this kernel while one thread read the clock"),
        *_memory("reread-fast", 0.4, 0, 0),
        _clock(41.0),
        _scaling("scales", 3.8, 4),
    ]


def _clock(ns: float) -> Benchmark:
    said = f"one reading of the clock takes {ns:.0f} ns"
    word = "clock-slow" if ns > 200 else "clock-quick"
    return _measured("cpu.clock", "one vCPU", "ns", ns, word=word, said=said, confidence="medium", calls=2000)


def _scaling(word: str, work: float, vcpus: int) -> Benchmark:
    said = f"{vcpus} vCPUs do the work of {work} ({0.9 * work:.2f} to {1.1 * work:.2f})"
    return _measured("cpu.scaling", f"{vcpus} vCPUs", "vCPUs", work, word=word, said=said, vcpus=vcpus,
                     share=work / vcpus)  # fmt: skip


def slow_clock() -> list[Benchmark]:
    """As with a clock for which the kernel has to be called."""
    return [_clock(640.0)]


def vcpus_little() -> list[Benchmark]:
    """As under a quota of little more than one processor."""
    return [_scaling("scales-little", 1.3, 4)]


def lossy() -> list[Benchmark]:
    """A policed link: a burst, then a low rate, datagrams lost on the way out, and a long queue."""
    fell = "40 Mbit/s arrived, but the rate fell from 226 to 44 Mbit/s and stayed low"
    return [
        *_network("burst-bucket", fell, 4e7, 900),
        _udp("send", 17262, 825, (0.0447, 0.0511)),
        _udp("receive", 2080, 0, (0.0, 0.0018)),
        *_round_trips(4700, 410_900, "bufferbloat"),
    ]


def black_hole() -> list[Benchmark]:
    """What is larger than a tunnel takes vanishes on the way out; what comes back is small enough."""
    hole = (
        "large packets (of more than about 1,400 bytes) vanish on the way to the peer while small ones pass"
    )
    return [
        _measured("network.send", _PEER, "bit/s", 0.0, engine="iperf3", word="nothing-arrived",
                  said="nothing arrived", confidence="medium"),
        _measured("network.receive", _PEER, "bit/s", 4.1e8, engine="iperf3", said="410 Mbit/s arrived"),
        _judged("network.verdict", _PEER, "mtu-black-hole", hole),
    ]  # fmt: skip


def standstill() -> list[Benchmark]:
    """Two of three packets are lost, and no datagram is answered."""
    still = _measured("network.send", _PEER, "bit/s", 12e3, engine="iperf3", word="nothing-arrived",
                      said="12 kbit/s arrived", confidence="medium")  # fmt: skip
    said = f"UDP is blocked: {_PEER} answers over TCP, and to no datagram"
    blocked = Benchmark("network.udp-send", _PEER, "iperf3", "share", verdict="udp-blocked",
                        confidence="medium", reason=said)  # fmt: skip
    lost = "61 of about 92 segments had to be sent again; send: 12 kbit/s arrived"
    return [still, blocked, _judged("network.verdict", _PEER, "lossy", lost)]


def no_peer() -> list[Benchmark]:
    """Nobody listens there."""
    said = f"nothing listens on {_PEER}: start `iperf3 -s` there, or name another port"
    return [Benchmark("network.verdict", _PEER, "vaudit", "", status="error", reason=said)]
