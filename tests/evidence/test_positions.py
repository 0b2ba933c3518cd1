"""A name in its place is replaced, even where it is a word of the evidence: virtio, debian, web."""

from pathlib import Path

import msgspec
import pytest

from tests.output.samples import bad, bench
from vaudit import render, share
from vaudit.evidence.sanitize import Sanitizer
from vaudit.evidence.source import Entry, EntryKind
from vaudit.model.finding import Finding
from vaudit.model.report import Origin, Report
from vaudit.output import FORMATS

WORDS = ("virtio", "debian", "backup", "xen")


def shared(kind: EntryKind, key: str, text: str) -> str:
    data = Sanitizer(b"salt").entry(Entry(kind, key, "read", text.encode())).data
    return data.decode() if isinstance(data, bytes) else ""


LOGGED = (
    "Aug 22 05:38:32 {} kernel: [    0.448265] virtio_net debian xen backup",
    "2024-08-22T05:38:32.123456+02:00 {} kernel: virtio_net debian xen backup",
    "Aug  2 05:38:32 {} systemd[1]: Detected virtualization kvm, virtio_net debian xen backup",
    "systemd[1]: Hostname set to <{}> virtio_net debian xen backup",
    "{} login: virtio_net debian xen backup",
    "root@{}:~# virtio_net debian xen backup",
    "[root@{} ~]# virtio_net debian xen backup",
    "Linux {} 6.1.0-18-amd64 #1 SMP virtio_net debian xen backup",
    "hostname={} virtio_net debian xen backup",
    "hostname: {} virtio_net debian xen backup",
    "nodename '{}' virtio_net debian xen backup",
    "mail to {}@virtio.example, virtio_net debian xen backup",
    "at ssh://{}/srv virtio_net debian xen backup",
    "FQDN {}.quuxcorp.example virtio_net debian xen backup",
    "/machine.slice/machine-qemu\\x2d1\\x2d{}.scope virtio_net debian xen backup",
    "/machine.slice/systemd-nspawn@{}.service virtio_net debian xen backup",
    "/lxc.payload.{}/init.scope virtio_net debian xen backup",
    "session of user '{}' virtio_net debian xen backup",
    "uid=1000({}) virtio_net debian xen backup",
    "/home/{}/x virtio_net debian xen backup",
)
"""A line of a log in which one name stands as a name, and others as words."""


@pytest.mark.parametrize("line", LOGGED)
@pytest.mark.parametrize("name", WORDS)
def test_a_name_in_its_place_is_replaced_and_the_same_word_stays_elsewhere(line: str, name: str) -> None:
    found = shared("call", "dmesg", line.format(name))
    before, after = line.split("{}")
    tail = "virtio_net debian xen backup"
    assert found.endswith(tail), found
    head = found.removesuffix(tail)
    assert name not in head.removeprefix(before) and f"{before}{name}{after[:1]}" not in head, found


@pytest.mark.parametrize(
    "line",
    [
        "user: 4711 nice: 12, uid=0(root), user=root, of user 1000, Hostname=(none), localhost login: ",
        "pci 0000:00:03.0: [1af4:1000] type 00",
        "0::/system.slice/user@1000.service of lxcfs",
        "22 1 0:3 / /proc rw - proc proc rw,user_id=0",
        "Linux version 6.1.0 (gcc 12) #1 SMP Debian",
    ],
)
def test_what_stands_there_and_is_no_name_stays(line: str) -> None:
    assert shared("call", "dmesg", line) == line


def test_a_container_of_systemd_is_told_by_its_masked_group() -> None:
    text = shared("file", "/proc/1/cgroup", "1:name=systemd:/machine.slice/systemd-nspawn@debian.service\n")
    assert "debian" not in text and "/machine.slice/systemd-nspawn@x" in text


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("path", ["/etc/hostname", "/proc/sys/kernel/hostname", "/etc/mailname"])
def test_a_file_that_holds_a_hosts_name_holds_a_pseudonym(path: str, name: str) -> None:
    assert name not in shared("file", path, f"{name}\n")


@pytest.mark.parametrize("path", ["/etc/hosts", "/etc/passwd", "/etc/resolv.conf"])
def test_tables_of_names_stay_at_home(path: str) -> None:
    assert shared("file", path, "127.0.0.1 localhost virtio\nroot:x:0:0::/root:/bin/sh\n") == ""


def measured() -> Report:
    """A report that was stored, whose peer, folders and disks are called like words."""
    report = bad()
    disk = bench("disk.read", 1e6, "B/s", target="/backup/server", series="disk.read embedded vda:/backup")
    network = bench(
        "network.send",
        1e8,
        "bit/s",
        target="server:5201",
        reason="server did not answer at server:5201",
        command=["iperf3 -c server -p 5201"],
        series="network.send iperf3 server:5201",
    )
    facts = report.facts
    block = [msgspec.structs.replace(facts.block[0], mounts=["/backup", "/"]), *facts.block[1:]]
    said = "/backup lies on vda; server:5201 is slow"
    finding = Finding("a.b", "fail", "high", subject="/backup", message=said)
    return msgspec.structs.replace(
        report,
        source=Origin("machine", "debian"),
        benchmarks=[disk, network],
        findings=[finding],
        facts=msgspec.structs.replace(facts, block=block),
    )


@pytest.mark.parametrize("format", FORMATS)
def test_what_a_report_names_is_replaced_even_where_it_is_a_word(format: str) -> None:
    report = measured()
    plain, shared_text = render(report, format, verbose=True), render(share(report), format, verbose=True)
    for name in ("/backup", "server:5201", "-c server", "vda:/backup"):
        assert name not in shared_text, name
    assert plain != shared_text or format == "letter"  # which names nobody
    assert "server did" not in shared_text


def test_what_is_pasted_goes_the_same_way_as_all_that_is_shared() -> None:
    text = render(measured(), "paste")
    assert "/backup" not in text and "server:5201" not in text
    source = Path("vaudit/output/paste.py").read_text()
    assert "re.compile" not in source and "import re" not in source
