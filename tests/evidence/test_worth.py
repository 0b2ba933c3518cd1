"""What a record keeps for later versions: all of it, bounded, and without an identity in it."""

import platform
import re
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit import procfs
from vaudit.evidence import cpuid, dump, here, kinds, masks, record, worth
from vaudit.evidence.linux import MAX_INTERRUPTS
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.sanitize import Sanitizer
from vaudit.evidence.source import Entry, Registers, Source

X86 = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="CPUID exists on x86 only"
)
IDENTITIES = re.compile(
    r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}|\b\d{1,3}(?:\.\d{1,3}){3}\b|@\w", re.I
)
"""Hardware addresses, UUIDs, IPv4 addresses and e-mail addresses."""
KVM, XEN, HYPERV = (b"KVMKVMKVM\0\0\0", b"XenVMMXenVMM", b"Microsoft Hv")
BASE = 0x40000000


def words(name: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(name[at : at + 4], "little") for at in (0, 4, 8))


class Processor:
    """Answers CPUID as a processor does: what it has not, with the last basic leaf."""

    def __init__(self, **blocks: tuple[int, bytes]) -> None:
        self.tops = {0: 0x20, 0x80000000: 0x8000001F}
        self.names = {int(base, 16): words(name) for base, (_, name) in blocks.items()}
        self.tops |= {int(base, 16): top for base, (top, _) in blocks.items()}

    def __call__(self, leaf: int, _sub: int) -> list[int]:
        return [self.tops.get(leaf, 0x207), *self.names.get(leaf, (7, 7, 7))]


@pytest.mark.parametrize(
    ("top", "name", "found"),
    [
        (BASE + 1, KVM, [(1, 0)]),
        (0, KVM, [(1, 0)]),
        (0, HYPERV, []),
        (BASE + 3, XEN, [(1, 0), (2, 0), (3, 0), (3, 1), (3, 2)]),
        (BASE + 0xFF, b"x" * 12, [(leaf, 0) for leaf in range(1, 0x11)]),
        (BASE + 0x100, b"x" * 12, []),
        (0x207, b"x" * 12, []),
    ],
)
def test_of_an_interface_no_leaf_beyond_its_last_is_read(
    top: int, name: bytes, found: list[tuple[int, int]]
) -> None:
    asked = list(cpuid.leaves(Processor(**{f"{BASE:x}": (top, name)})))
    assert [(leaf - BASE, sub) for leaf, sub in asked if BASE < leaf < BASE + 0x100] == found


def test_a_second_interface_and_the_clock_of_the_processor_are_read() -> None:
    asked = list(cpuid.leaves(Processor(**{"40000000": (BASE + 5, HYPERV), "40000100": (BASE + 0x101, KVM)})))
    assert {(0x40000003, 0), (0x40000101, 0), (0x80000007, 0)} <= set(asked)


class Machine(Source):
    """Answers every file with its own name, every folder with two."""

    kind = "machine"
    name = "web42"
    taken = "2026-01-01T00:00:00Z"

    def entry(self, kind: Any, key: str) -> Entry:
        if kind == "cpuid":
            leaf, sub = (int(word, 16) for word in key.split())
            return Entry(kind, key, "read", Registers(*Processor(**{"40000000": (BASE + 1, KVM)})(leaf, sub)))
        known: dict[str, Any] = {"file": b"1\n", "dir": ["a", "b"], "link": "../x", "call": b"3 HYP\n"}
        return Entry(kind, key, "read", known[kind]) if kind in known else Entry(kind, key, "absent")


def test_a_record_holds_what_no_collector_asked_for() -> None:
    text, _ = record.write(Recorder(Machine()), sanitize=True)
    again = dump.parse(text.encode(), "x")
    for path in (*worth.FILES, *(f"{folder}/b" for folder in worth.FOLDERS), f"{worth.VIRTIO}/a/features"):
        assert again.read(path) == "1\n", path
    assert again.link(f"{worth.VIRTIO}/b/driver") and again.link(f"{worth.NAMESPACES}/a")
    assert again.call("interrupts") == "3 HYP\n"
    assert again.cpuid(BASE + 1) and again.cpuid(0x80000007)
    assert again.cpuid(BASE, xen=True) is None


@X86
def test_a_record_of_this_machine_holds_all_that_the_child_reads() -> None:
    machine = here()
    child = cpuid.start()
    try:
        text, _ = record.write(Recorder(machine), sanitize=True)
        assert child is not None
        again = dump.parse(text.encode(), "x")
        assert all(again.status("cpuid", f"{leaf:x} {sub:x}") == "read" for leaf, sub in child.answers())
    finally:
        machine.close()
        if child:
            child.close()


def test_how_each_of_them_is_masked_is_declared() -> None:
    """By a rule of its own, not by the one for all that nobody thought of."""
    paths = [*worth.FILES, *(f"{folder}/x" for folder in worth.FOLDERS)]
    paths += [f"{worth.VIRTIO}/virtio0/{name}" for name in worth.DEVICE_FILES]
    for path in paths:
        rule = next(
            rule for begins, ends, rule in masks.FILES if path.startswith(begins) and path.endswith(ends)
        )
        # what a module was told may be a name that somebody gave
        assert rule is (masks.closed if path.startswith("/sys/module/") else masks.kept), path
    assert "interrupts" in masks.CALL_MASKS


def kept(source: Source) -> list[Entry]:
    recorder = Recorder(source)
    worth.ask(recorder)
    return [entry for entry in recorder.entries if entry.status == "read"]


@pytest.mark.skipif(sys.platform != "linux", reason="it asks this machine")
def test_none_of_them_holds_an_identity() -> None:
    machine = here()
    try:
        found = kept(machine)
    finally:
        machine.close()
    assert len(found) > 10
    sanitizer = Sanitizer(b"salt", [platform.node()])
    for entry in found:
        assert not IDENTITIES.search(kinds.form_of(entry).show(entry.data)), entry
        assert sanitizer.entry(entry) == entry
    assert not sanitizer.masked


INTERRUPTS = """            CPU0       CPU1
  0:         44          0  IR-IO-APIC    2-edge      timer
 36:          0   10906014 PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0
 65:         12         30   xen-dyn    -event     eth0-q0-tx
NMI:          0          0   Non-maskable interrupts
HYP:          2          3   Hypervisor callback interrupts
HVS:          0          0   Hyper-V stimer0 interrupts
ERR:          0
"""


def test_interrupts_are_sums_and_names() -> None:
    assert list(procfs.interrupts(INTERRUPTS)) == [
        (10906014, "PCI-MSIX-0000:00:02.0 1-edge virtio1-req.0"),
        (42, "xen-dyn -event eth0-q0-tx"),
        (5, "HYP"),
        (0, "HVS"),
    ]


@given(st.text() | st.text().map(lambda text: f"HYP: {text}\nxen-: 1 {text}"))
def test_no_text_of_interrupts_breaks_it(data: str) -> None:
    for count, name in procfs.interrupts(data):
        assert count >= 0
        assert 0 < len(name) <= 120


def test_many_lines_of_interrupts_are_cut_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from vaudit.evidence import linux

    many = b"".join(b"%d: 1 2 xen-dyn -event blkif\n" % number for number in range(MAX_INTERRUPTS + 1))
    monkeypatch.setattr(linux, "_file", lambda path: many)
    entry = linux.Machine(None).entry("call", "interrupts")
    assert isinstance(entry.data, bytes) and entry.data.count(b"\n") == MAX_INTERRUPTS
    assert entry.reason == f"cut at {MAX_INTERRUPTS} lines"
