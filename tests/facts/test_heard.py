"""No collector looks for a line of the kernel log that a live machine does not keep."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.machines.record import record
from vaudit.evidence.linux import LOG, telling
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry, Registers, Source
from vaudit.facts.ask.platform import HEARD
from vaudit.facts.collect import collect

BASE, FULL = 0x40000000, 0xFFFFFFFF
INTERFACES = ("Microsoft Hv", "KVMKVMKVM", "XenVMMXenVMM", "VMwareVMware")
ARCHES = ("x86_64", "aarch64", "s390x", "ppc64le", "riscv64")


class Spy(str):
    """A kernel log, or a line of it, that notes what is looked for in it, and holds what `echo` says."""

    needles: dict[str, str]
    """What is looked for in a line may stand in that line alone: the line. Else empty."""
    echo: str
    is_line: bool

    def __new__(cls, needles: dict[str, str], echo: str, is_line: bool = False) -> "Spy":
        made = super().__new__(cls, f"{echo} 1\n" if echo else "nothing of note\n")
        made.needles, made.echo, made.is_line = needles, echo, is_line
        return made

    def _note(self, needle: str) -> str:
        self.needles.setdefault(needle, self.echo if self.is_line else "")
        return needle

    def __contains__(self, needle: str) -> bool:  # type: ignore[override]
        return self._note(needle) in str(self)

    def find(self, needle: str, *where: Any) -> int:
        return str(self).find(self._note(needle), *where)

    def count(self, needle: str, *where: Any) -> int:
        return str(self).count(self._note(needle), *where)

    def partition(self, needle: str) -> Any:
        return str(self).partition(self._note(needle))

    def rpartition(self, needle: str) -> Any:
        return str(self).rpartition(self._note(needle))

    def lower(self) -> "Spy":
        return Spy(self.needles, self.echo.lower(), self.is_line)

    def splitlines(self, keepends: bool = False) -> Any:
        return [Spy(self.needles, self.echo, is_line=True)]

    def split(self, *by: Any) -> Any:
        return self.splitlines()


class Overheard(Source):
    """A machine of a kind, whose log is a spy."""

    kind = "machine"
    name = taken = ""

    def __init__(self, arch: str, log: Spy, interface: str = "") -> None:
        made = record(arch).cpu(hypervisor=True)
        if interface:
            made.leaf(BASE, interface, BASE + 0x10)
            for leaf in range(BASE + 1, BASE + 0x11):
                made.add("cpuid", f"{leaf:x} 0", Registers(FULL, FULL, FULL, FULL - 1))
        self._beneath = made.source()
        self._log = log

    def entry(self, kind: Any, key: str) -> Entry:
        return self._beneath.entry(kind, key)

    def call(self, question: str) -> str | None:
        return self._log if question == "dmesg" else super().call(question)


def looked_for() -> dict[str, str]:
    """Every text that a collector compares with the log, also behind one that was found, and the line in
    which it is looked for where it is one line alone. It takes seconds, and one test needs it."""
    found: dict[str, str] = {}
    pending = {"": ""}
    while pending:
        found |= pending
        heard: dict[str, str] = {}
        for echo in pending:
            for arch in ARCHES:
                collect(Overheard(arch, Spy(heard, echo)))
            for interface in INTERFACES:
                collect(Overheard("x86_64", Spy(heard, echo), interface))
        pending = {needle: line for needle, line in heard.items() if needle not in found}
    return {needle: line for needle, line in found.items() if needle.strip()}


@pytest.mark.slow
def test_a_line_that_a_collector_looks_for_is_kept() -> None:
    found = looked_for()
    for heard in (
        "Hypervisor detected: ", "CPU: All CPU(s) started at EL2", "RME: Using RSI version",
        "kvm setup pv remote tlb flush", "hyper-v: using ipi hypercalls", "vmware-stealtime: cpu",
        "svm disabled", "QEMU HARDDISK", "ACPI: FACP ", "gVisor", "is running natively in",
    ):  # fmt: skip
        assert heard in found
    for needle, before in found.items():
        line = f"{before}{needle} x"
        assert list(telling(f"6,1,2,-;{line}\n".encode(), HEARD)) == [line]


def test_the_words_are_few_and_in_lower_case() -> None:
    assert all(word == word.lower() for word in (*HEARD, *LOG))
    doubled = [word for word in HEARD for other in HEARD if other != word and other in word]
    assert doubled == []


def test_collectors_say_what_they_listen_for_before_they_ask() -> None:
    class Asked(Overheard):
        words: Sequence[str] = ()

        def listen(self, words: Sequence[str]) -> None:
            self.words = words

        def call(self, question: str) -> str | None:
            assert self.words or question != "dmesg"
            return super().call(question)

    machine = Asked("x86_64", Spy({}, ""))
    collect(Recorder(machine))
    assert machine.words == HEARD


def test_without_a_word_to_listen_for_every_line_is_kept_once() -> None:
    assert list(telling(b"6,1,2,-;one\n6,2,3,-;two\n", ("",))) == ["one", "two"]
