"""Guests whose memory is hidden from their host, by each sign alone; and hosts that could hide it."""

from pathlib import Path

import pytest

from tests.machines.record import Record, captured, record
from vaudit.evidence.source import Registers
from vaudit.model.facts import Facts


def said(facts: Facts) -> tuple[str, str | None]:
    return facts.hypervisor.role, facts.hypervisor.confidential


def text(name: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(name[at : at + 4], "little") for at in (0, 4, 8))


def tdx() -> Record:
    first, second, third = text(b"IntelTDX    ")
    return record().add("cpuid", "21 0", Registers(0, first, third, second))


def sev(status: int) -> Record:
    return record().add("cpuid", "8000001f 0", Registers(0x1B, 0, 0, 0)).add("msr", "c0010131", f"{status:x}")


def isolated(kind: int, *, paravisor: bool = False) -> Record:
    found = record().leaf(0x40000000, "Microsoft Hv", 0x4000000C)
    found.add("cpuid", "40000003 0", Registers(0, 1 << 22, 0, 0))
    return found.add("cpuid", "4000000c 0", Registers(int(paravisor), 0xBA0 | kind, 0, 0))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Memory Encryption Features active: AMD SEV SEV-ES SEV-SNP", "sev-snp"),
        ("Memory Encryption Features active: AMD SEV SEV-ES", "sev-es"),
        ("AMD Memory Encryption Features active: SEV", "sev"),
        ("AMD Secure Encrypted Virtualization (SEV) active", "sev"),
        ("Memory Encryption Features active: Intel TDX", "tdx"),
        ("SEV: Status: SEV SEV-ES SEV-SNP ", "sev-snp"),
        ("SEV: Status: vTom", "sev-snp"),
        ("SEV: SNP running at VMPL0.", "sev-snp"),
        ("sev-guest sev-guest: Initialized SEV guest driver (using vmpck_id 0)", "sev-snp"),
        ("tdx: Guest detected", "tdx"),
        ("RME: Using RSI version 1.0", "cca"),
        ("Hyper-V: Isolation Config: Group A 0x1, Group B 0xba2", "sev-snp"),
        ("Hyper-V: Isolation Config: Group A 0x1, Group B 0xba3", "tdx"),
        ("systemd[1]: Detected confidential virtualization sev-snp.", "sev-snp"),
    ],
)
def test_the_kernel_log(line: str, name: str) -> None:
    assert said(record().log(line).facts()) == ("guest", name)


@pytest.mark.parametrize(
    "line",
    [
        "Memory Encryption Features active: AMD SME",
        "AMD Memory Encryption Features active: SME",
        "kvm_amd: SEV-SNP enabled (ASIDs 1 - 99)",
        "ccp 0000:02:00.5: SEV-SNP API:1.55 build:8",
        "virt/tdx: BIOS enabled: private KeyID range [64, 128)",
        "virt/tdx: module initialized",
        "SEV-SNP: RMP table physical range [0x0000000035600000 - 0x0000000075bfffff]",
    ],
)
def test_what_hosts_say_is_no_guest(line: str) -> None:
    assert said(record().log(line).facts()) == ("none", None)


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (record().add("dir", "/sys/class/misc", ["sev-guest"]), "sev-snp"),
        (record().add("dir", "/dev", ["tdx_guest"]), "tdx"),
        (record("aarch64").add("dir", "/sys/devices/platform", ["arm-cca-dev"]), "cca"),
        (record("s390x").file("/sys/firmware/uv/prot_virt_guest", "1\n"), "protvirt"),
        (record("ppc64le").file("/sys/devices/system/cpu/svm", "1\n"), "pef"),
        (record().file("/sys/kernel/config/tsm/report/a/provider", "tdx_guest\n"), "tdx"),
        (record().file("/proc/cpuinfo", "flags\t: fpu tdx_guest\n"), "tdx"),
        (tdx(), "tdx"),
        (sev(7), "sev-snp"),
        (sev(3), "sev-es"),
        (sev(1), "sev"),
        (isolated(2), "sev-snp"),
        (isolated(3, paravisor=True), "tdx"),
        (isolated(1), "vbs"),
    ],
)
def test_devices_files_and_cpuid(found: Record, name: str) -> None:
    facts = found.facts()
    assert said(facts) == ("guest", name)
    assert any(layer.name.startswith("memory that the host cannot read") for layer in facts.layers)
    assert [one.kind for one in facts.migration if one.kind == "confidential"] == ["confidential"]


@pytest.mark.parametrize(
    "found",
    [
        # a processor that could is no guest
        record().add("cpuid", "8000001f 0", Registers(0x1B, 0, 0, 0)),
        sev(0),
        isolated(0),
        record().add("dir", "/dev", ["sev", "kvm"]),
        record("s390x").file("/sys/firmware/uv/prot_virt_guest", "0\n"),
    ],
)
def test_what_could_hide_memory_does_not_say_that_it_does(found: Record) -> None:
    assert found.facts().hypervisor.confidential is None


def test_a_guest_even_where_the_hypervisor_hides_itself() -> None:
    hidden = record().cpu(hypervisor=False).add("dir", "/sys/class/misc", ["sev-guest"])
    assert said(hidden.facts()) == ("guest", "sev-snp")
    assert hidden.facts().hypervisor.kind == "unknown"


def test_beside_a_hypervisor_that_names_itself() -> None:
    facts = isolated(2).facts()
    assert facts.hypervisor.kind == "hyperv"
    assert [layer.layer for layer in facts.layers] == ["guest", "host", "host"]


def test_memory_split_by_a_paravisor_is_hyperv() -> None:
    lines = ("Memory Encryption Features active: AMD SEV", "SEV: Status: vTom ")
    facts = record().log(*lines).facts()
    assert (facts.hypervisor.kind, *said(facts)) == ("hyperv", "guest", "sev-snp")


def test_what_systemd_detect_virt_printed(tmp_path: Path) -> None:
    facts = captured(tmp_path, {"commands/systemd-detect-virt.txt": "kvm\nsev-snp\n"})
    assert (facts.hypervisor.kind, *said(facts)) == ("kvm", "guest", "sev-snp")
