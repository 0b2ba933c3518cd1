"""The block for a forum post: short, plain, and without the machine's name or addresses."""

import re

import msgspec
import pytest

from tests import machines
from tests.output.samples import ALL, bad, bare_metal, bench, good
from tests.output.test_every_string import behind_every_word
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.judge.read_plan import read
from vaudit.model import catalogue
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Address, Addresses, Protocol
from vaudit.model.finding import Finding
from vaudit.model.promise import NOT_UNDERSTOOD
from vaudit.model.report import Origin, Report
from vaudit.output.paste import render
from vaudit.pipeline import scan


@pytest.mark.parametrize("name", sorted(ALL))
def test_it_is_at_most_25_ascii_lines_of_80_columns(name: str) -> None:
    rows = render(ALL[name]()).splitlines()
    assert len(rows) <= 25
    assert max(map(len, rows)) <= 80
    assert all(row.isascii() and row.isprintable() for row in rows)


def test_it_says_what_a_reader_of_a_forum_asks_for() -> None:
    made = " ".join(render(bad()).split())
    for wanted in (
        "platform KVM guest (QEMU) in the provider's host",
        "2 vCPUs",
        "AES yes, VT-x/AMD-V no (hidden)",
        "of memory",
        "swap",
        "Debian GNU/Linux 12 (bookworm), Linux 6.1.0-18-amd64",
        "IPv4 unknown, IPv6 unknown",
        "not kvm",
        "sda: emulated (ata_piix",
        "ens3: emulated (e1000",
        "the disk is held to a limit",
        "500 IOPS",
        "send 940 Mbit/s",
        "2 high, 1 medium and 1 low failed",
        "high sda is an emulated IDE disk",
    ):
        assert wanted in made


def test_it_names_neither_the_host_nor_its_peer_nor_any_address() -> None:
    message = "vps-17 at 203.0.113.9 and 2a01:4f8::17 (52:54:00:12:34:56) talks to iperf.example.net"
    finding = Finding("a.b", "fail", "high", message=message)
    report = msgspec.structs.replace(bad(), findings=[finding])
    made = render(report)
    for secret in ("vps-17", "203.0.113.9", "2a01:4f8", "52:54:00:12", "iperf.example.net", "0000:00:01.1"):
        assert secret not in made
    assert "6.1.0-18-amd64" in made, "a kernel's version is no address"


def test_a_host_called_like_a_word_does_not_garble_the_text() -> None:
    report = msgspec.structs.replace(
        good(), source=Origin("machine", ""), benchmarks=[bench("network.send", 1, "bit/s", target="")]
    )
    assert "platform   KVM guest (Firecracker)" in render(report)


def test_two_hundred_disks_are_one_line() -> None:
    assert "sdaa and 199 more: physical (nvme, Samsung SSD 970 EVO" in " ".join(render(bare_metal()).split())


def rows_of(report: Report) -> list[str]:
    """The lines, which fit."""
    rows = render(report).splitlines()
    assert len(rows) <= 25
    assert max(map(len, rows)) <= 80
    assert rows[0] == rows[-1] == "```"
    assert not [row for row in rows if "more line" in row]
    return rows[1:-1]


@pytest.fixture(scope="module")
def mixed() -> list[Benchmark]:
    """The table of YABS, and what a full run measures beside it."""
    table = [
        bench(id_, 1e8 * n, "B/s", details={f"{way}{what}": 5e7 * n for way in ("read_", "write_")
              for what in ("bytes_per_second", "iops")} | {"iops": 25_000.0 / n, "shortened": True})
        for n, id_ in enumerate(catalogue.MIXED, 1)
    ]  # fmt: skip
    own = [
        bench("cpu.single", 4e8, "B/s", target="one thread", device=None),
        bench("cpu.all", 8e8, "B/s", target="all", device=None, confidence="low"),
        bench("memory.bandwidth", 9e9, "B/s", target="memory", device=None),
        bench("network.send", 9e8, "bit/s", target="198.51.100.4:5201 IPv4"),
        bench("network.send", 7e8, "bit/s", target="[2001:db8::7]:5201 IPv6"),
    ]
    return [*good().benchmarks, *table, *own]


def test_it_has_what_people_hold_against_that_of_others(mixed: list[Benchmark]) -> None:
    rows = rows_of(msgspec.structs.replace(good(), benchmarks=mixed))
    made = " ".join(" ".join(rows).split())
    for wanted in (
        "mixed r+w 4k 100 MB/s (25.0k), 64k 200 MB/s (12.5k), 512k 300 MB/s (8.3k), 1m 400 MB/s",
        "1m 400 MB/s (6.2k); as YABS, shortened",
        "hashing, one thread 400 MB/s; hashing, all threads +/-800 MB/s",
        "copying memory 9 GB/s",
        "send 900 Mbit/s",
        "peer 3 v6 ",
    ):
        assert wanted in made
    assert "2001:db8" not in made


def test_addresses_are_told_by_kind_and_never_shown() -> None:
    public = Protocol([Address("public", 24), Address("private", 24)], True)
    facts = msgspec.structs.replace(good().facts, addresses=Addresses(public, Protocol([], False)))
    made = render(msgspec.structs.replace(good(), facts=facts))
    assert "IPv4 yes (public), IPv6 no" in made


@pytest.mark.slow
@pytest.mark.parametrize("name", machines.NAMES)
def test_every_machine_fits(name: str, mixed: list[Benchmark]) -> None:
    made = scan(Recorder(machines.source(name)), load())
    rows = rows_of(made)
    assert rows[0].startswith("processor  ")
    assert rows[-1].startswith("vaudit ")
    others = [one for one in made.benchmarks if not one.id.startswith("disk.")]
    tight = rows_of(msgspec.structs.replace(made, benchmarks=[*others, *mixed]))
    for label in (
        "processor",
        "flags",
        "memory",
        "disk",
        "network",
        "platform",
        "mixed r+w",
        "cpu test",
        "checks",
    ):
        assert [row for row in tight if row.startswith(label)], label


def test_a_hostile_machine_fits_too() -> None:
    rows_of(behind_every_word("W" * 10_000))


def test_the_worst_stand_even_where_there_is_no_room_for_all(mixed: list[Benchmark]) -> None:
    rows = rows_of(msgspec.structs.replace(bare_metal(), benchmarks=mixed))
    assert [row for row in rows if row.startswith("high")]
    assert not [row for row in rows if row.startswith(("info", "low"))]
    assert "failed" in " ".join(rows)


PLAN = "4 vCPU, 8 GB RAM, 160 GB NVMe, 20k IOPS, 1 Gbit/s, KVM, nested virtualization, IPv4, IPv6, unmetered"


@pytest.mark.parametrize(
    "name", ["lab-kvm-virtio", "synthetic-nothing-recorded", "synthetic-bench-capped-low"]
)
def test_no_promise_of_a_plan_is_left_out(name: str) -> None:
    made = scan(Recorder(machines.source(name)), load(), plan=read(f"{PLAN}, Frankfurt"))
    said = " ".join(render(made).split())
    assert all(one.promised in said for one in made.plan if one.subject != "unread")
    assert NOT_UNDERSTOOD in said and "Frankfurt" not in said


@pytest.mark.parametrize("name", machines.NAMES[::4])
def test_no_label_is_cut_and_memory_and_disk_are_always_there(name: str) -> None:
    rows = rows_of(scan(Recorder(machines.source(name)), load()))
    assert not [row for row in rows if re.match(r"\S+ \S+\. ", row[:12])]
    for label in ("memory", "disk", "network"):
        assert [row for row in rows if row.startswith(f"{label} ")]
