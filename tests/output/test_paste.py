"""The block for a forum post: short, plain, and without the machine's name or addresses."""

import msgspec
import pytest

from tests.output.samples import ALL, bad, bare_metal, bench, good
from vaudit.model.finding import Finding
from vaudit.model.report import Origin
from vaudit.output.paste import render


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
        "2 threads",
        "hardware virtualization hidden",
        "not kvm",
        "sda: emulated (ata_piix",
        "ens3: emulated (e1000",
        "capped",
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
    assert "platform  KVM guest (Firecracker)" in render(report)


def test_two_hundred_disks_are_one_line() -> None:
    assert "sdaa and 199 more: physical (nvme, Samsung SSD 970 EVO" in render(bare_metal())
