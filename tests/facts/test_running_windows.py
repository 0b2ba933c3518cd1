"""What a running Windows tells beyond its registry: its devices, its counter, what CPUID answers it."""

import pytest

from tests.machines.windows import builder, live
from vaudit.evidence import cpuid, dump
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import ADMIN, COUNTER, DEVICES, Entry, Registers, Source
from vaudit.evidence.windows import Machine
from vaudit.facts.collect import collect
from vaudit.facts.windows.clock import clock
from vaudit.facts.windows.tree import tree
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.model.facts import Facts
from vaudit.pipeline import coverage

MACHINE = "kvm-virtio-blk"


def recorded(*lines: str, machine: str = MACHINE) -> Source:
    """A record of a machine with these lines more."""
    text = builder.recorded(machine).replace("@end\n", "".join(f"{line}\n" for line in (*lines, "@end")))
    return dump.parse(text.encode(), machine)


def told(*devices: tuple[str, int, int]) -> list[str]:
    return [f"@call {DEVICES}", *(f"|{name}\t{state:x}\t{problem:x}" for name, state, problem in devices)]


def instances() -> list[str]:
    return [one.instance for one in tree(recorded()).all]


def gone(*devices: tuple[str, int, int]) -> dict[str, str]:
    return {one.instance: one.gone for one in tree(recorded(*told(*devices))).all}


def test_what_windows_says_while_it_runs_counts_more_than_dates() -> None:
    there = [name for name in instances() if name.startswith("PCI")]
    found = gone(*((name, 0x180200A, 0) for name in there[:-1]))
    assert found[there[0]] == "" and found[there[-1]] == "removed"


@pytest.mark.parametrize(
    ("state", "problem", "word"),
    [(0x180200A, 0, ""), (0x1802400, 22, "disabled"), (0x1802400, 28, "not-installed"),
     (0x1802400, 45, "removed"), (0x1802400, 10, ""), (0x180200A, 22, "")],
)  # fmt: skip
def test_a_problem_is_one_only_where_the_state_says_so(state: int, problem: int, word: str) -> None:
    one = next(name for name in instances() if name.startswith("PCI"))
    assert gone((one, state, problem))[one] == word


def test_where_nobody_asked_dates_tell() -> None:
    assert {one.gone for one in tree(recorded(machine="kvm-moved-from-vmware")).all} >= {"", "removed"}


def test_a_record_keeps_of_the_devices_hardware_alone_and_masks_it_as_its_keys() -> None:
    from vaudit.evidence import masks

    names = Pseudonyms(b"salt" * 8)
    key = "HKLM\\SYSTEM\\CurrentControlSet\\Enum\\"
    usb, printer = "USB\\VID_0781&PID_5581\\4C530001090811", "SWD\\PRINTENUM\\Anna's printer"
    said = masks.of_call(names, DEVICES, f"{usb}\t0\t0\n{printer}\t0\t0\nPCI\\VEN_1AF4\\3&1\ta\t0\n".encode())
    assert said is not None
    first, second = said.decode().splitlines()
    assert first == masks.of_registry_key(names, key + usb)[len(key) :] + "\t0\t0" and "4C53" not in first
    assert second == "PCI\\VEN_1AF4\\3&1\ta\t0"


@pytest.mark.parametrize(
    ("hertz", "what"),
    [("10000000", "tsc"), ("2929687", "tsc"), ("14318180", "hpet"), ("14318179", "hpet"),
     ("100000000", "hpet"), ("62500000", "hpet"), ("3579545", "acpi-pm"), ("24000000", None), ("0", ""),
     ("-5", "")],
)  # fmt: skip
def test_the_frequency_of_the_counter_tells_what_counts(hertz: str, what: str | None) -> None:
    source = recorded(f"@call {COUNTER}", f">{hertz}")
    assert clock(source)[0] == what


def test_of_a_registry_alone_nobody_says_how_it_counts() -> None:
    assert clock(recorded()) == ("", None)


HYPERV = Registers(0x40000006, 0x7263694D, 0x666F736F, 0x76482074)
KVM = Registers(0x40000101, 0x4B4D564B, 0x564B4D56, 0x4D)
XEN = Registers(0x40000104, 0x566E6558, 0x65584D4D, 0x4D4D566E)
LEAF1 = Registers(0x306F2, 0x10800, 1 << 31, 0)


def facts(answers: dict[int, Registers]) -> Facts:
    """Of a machine with a processor that answers just this, walked as the processor of a machine is."""

    def ask(leaf: int, sub: int) -> list[int]:
        return list(answers.get(leaf, Registers(0, 0, 0, 0)) if sub == 0 else (0, 0, 0, 0))

    lines = [
        f"@cpuid {leaf:x} {sub:x} " + " ".join(f"{word:x}" for word in ask(leaf, sub))
        for leaf, sub in cpuid.leaves(ask)
    ]
    return collect(Recorder(recorded(*lines, machine="bare-metal")))


FIRST = {0: Registers(0xD, 0x756E6547, 0x6C65746E, 0x49656E69), 1: LEAF1}


@pytest.mark.parametrize(("behind", "kind"), [(KVM, "kvm"), (XEN, "xen")])
def test_what_stands_behind_hyperv_is_what_lies_beneath(behind: Registers, kind: str) -> None:
    leaves = {**FIRST, 0x40000000: HYPERV, 0x40000001: Registers(0x31237648, 0, 0, 0), 0x40000100: behind}
    found = facts(leaves)
    assert found.hypervisor.kind == kind
    assert {"hyperv", kind} <= {one.name for one in found.hypervisor.interfaces}


@pytest.mark.parametrize(("rights", "role"), [(1, "host"), (0, "guest")])
def test_who_may_create_partitions_is_the_root(rights: int, role: str) -> None:
    leaves = {**FIRST, 0x40000000: HYPERV, 0x40000001: Registers(0x31237648, 0, 0, 0),
              0x40000003: Registers(0xFFF, rights | 0x2B8, 0, 0)}  # fmt: skip
    found = facts(leaves)
    assert (found.hypervisor.kind, found.hypervisor.role) == ("hyperv", role)


def test_without_cpuid_what_the_registry_says_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on ARM64, whose processors have no such instruction."""
    source = Machine()
    entry = source.entry("cpuid", "40000000 0")
    assert (entry.status, entry.reason) == ("absent", "this architecture has no CPUID")
    found = collect(Recorder(recorded(machine="hyperv-gen2")))
    assert (found.hypervisor.kind, found.hypervisor.role) == ("hyperv", "guest")
    assert live.LIVE


_KEY = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\BitLockerStatus"


@pytest.mark.parametrize(
    ("admin", "denied", "said"),
    [("0", [_KEY], "As an administrator a scan also tells what 1 key of the registry holds."),
     ("0", [f"{_KEY}\\Properties\\x"], ""), ("0", [], ""), ("1", [_KEY], "")],
)  # fmt: skip
def test_what_an_administrator_would_see_besides_is_one_line(
    admin: str, denied: list[str], said: str
) -> None:
    recorder = Recorder(recorded(f"@call {ADMIN}", f">{admin}"))
    found = collect(recorder)
    assert found.os.root is (admin == "1")
    for key in denied:
        recorder.add(Entry("registry", key, "denied", reason="denied"))
    assert coverage(recorder, found).root_adds == said
