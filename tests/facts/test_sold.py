"""The processor as it is sold: level, flags, name, topology, caches, clocks, vulnerabilities, steal."""

import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.machines import machine
from tests.machines.bases import KVM, guest, metal
from tests.machines.linux import Machine
from tests.machines.record import record
from vaudit.evidence.source import Registers
from vaudit.facts import sold
from vaudit.model.facts import Cache

V1 = "fpu lm cmov cx8 fxsr mmx syscall sse2"
V2 = f"{V1} cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"
V3 = f"{V2} avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"
V4 = f"{V3} avx512f avx512bw avx512cd avx512dq avx512vl"
LOADER = next((path for path in ("/lib64/ld-linux-x86-64.so.2",) if Path(path).exists()), "")


@pytest.mark.parametrize(("flags", "level"), [("", None), (V1, 1), (V2, 2), (V3, 3), (V4, 4)])
def test_the_level_is_that_of_all_its_flags(flags: str, level: int | None) -> None:
    there = frozenset(flags.split())
    assert sold.level(there) == level
    for flag in there:
        assert (sold.level(there - {flag}) or 0) < (level or 0)


@pytest.mark.skipif(not LOADER, reason="glibc's loader is the oracle")
def test_the_loader_says_the_same_of_this_machine() -> None:
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("levels are of x86-64")
    done = subprocess.run([LOADER, "--help"], capture_output=True, text=True, check=False)
    told = [
        line.split()[0] for line in done.stdout.splitlines() if "x86-64-v" in line and "supported" in line
    ]
    if not told:
        pytest.skip("glibc before 2.33 tells no levels")
    import vaudit

    assert vaudit.scan().facts.cpu.level == max(int(name.rpartition("v")[2]) for name in told)


@pytest.mark.parametrize(
    ("model", "vendor", "flags", "named"),
    [
        ("Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz", "GenuineIntel", "avx2", "whole"),
        ("AMD EPYC 7543 32-Core Processor", "AuthenticAMD", "avx2", "whole"),
        ("Intel(R) Xeon(R) Processor", "GenuineIntel", "avx512f", "masked"),
        ("Intel(R) Xeon(R) CPU @ 2.20GHz", "GenuineIntel", "", "masked"),
        ("AMD EPYC", "AuthenticAMD", "", "masked"),
        ("QEMU Virtual CPU version 2.5+", "AuthenticAMD", "", "generic"),
        ("Common KVM processor", "GenuineIntel", "", "generic"),
        ("Westmere E56xx/L56xx/X56xx (Nehalem-C)", "GenuineIntel", "", "generic"),
        ("Westmere E56xx/L56xx/X56xx (Nehalem-C)", "GenuineIntel", "avx512f", "contradicting"),
        ("Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz", "GenuineIntel", "avx512f", "contradicting"),
        ("Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz", "AuthenticAMD", "", "contradicting"),
        ("", "GenuineIntel", "", None),
    ],
)
def test_a_name_is_worth_what_it_says(model: str, vendor: str, flags: str, named: str | None) -> None:
    found, because = sold.named(model, vendor, frozenset(flags.split()))
    assert found == named
    assert bool(because) == bool(named)


def test_caches_are_as_shown() -> None:
    made = record().cpu(hypervisor=True)
    made.add("cpuid", "4 0", Registers(0x121, 0x02C0003F, 0x3F, 0))
    made.add("cpuid", "4 1", Registers(0x1C163, 0x0380003F, 0x4FFF, 4)).add(
        "cpuid", "4 2", Registers(0, 0, 0, 0)
    )
    assert made.facts().cpu.caches == [Cache(1, "data", 48 << 10, 1), Cache(3, "unified", 15 * 64 * 20480, 8)]


def test_a_recorded_processor() -> None:
    cpu = machine("firecracker-offered").facts.cpu
    assert (cpu.level, cpu.named, cpu.sockets, cpu.cores, cpu.threads_per_core) == (4, "masked", 1, 2, 1)
    assert cpu.flags == ["aes", "avx", "avx2", "avx512f", "sha_ni", "rdrand", "pdpe1gb"]
    assert cpu.invariant_tsc is True
    assert {one.state for one in cpu.vulnerabilities} == {"not-affected", "mitigated"}
    assert cpu.untold_vulnerabilities == []


def test_what_is_not_recorded_is_not_known() -> None:
    cpu = record().facts().cpu
    assert (cpu.level, cpu.flags, cpu.named, cpu.invariant_tsc) == (None, None, None, None)
    arm = (
        record("aarch64")
        .file("/proc/cpuinfo", "processor : 0\nFeatures : fp aes\nmodel name : ARM 123\n")
        .facts()
        .cpu
    )
    assert (arm.level, arm.flags, arm.named, arm.invariant_tsc) == (None, None, None, None)


FOLDER = "/sys/devices/system/cpu/vulnerabilities"


def told(made: Machine, **files: str) -> dict[str, Any]:
    for name, text in files.items():
        made.file(f"{FOLDER}/{name}", f"{text}\n")
    return {one.name: (one.state, one.actor) for one in made.facts().cpu.vulnerabilities}


def test_vulnerabilities_say_who_has_to_act() -> None:
    texts = {
        "mds": "Vulnerable: Clear CPU buffers attempted, no microcode; SMT Host state unknown",
        "tsx_async_abort": "Mitigation: Clear CPU buffers; SMT Host state unknown",
        "mmio_stale_data": "Unknown: No mitigations",
        "srbds": "Unknown: Dependent on hypervisor status",
        "gather_data_sampling": "Vulnerable: No microcode",
        "spec_store_bypass": "Vulnerable",
        "l1tf": "Mitigation: PTE Inversion",
        "meltdown": "Not affected",
        "itlb_multihit": "KVM: Mitigation: VMX unsupported",
        "next_one": "Something nobody has heard of",
    }
    assert told(guest(KVM), **texts) == {
        "mds": ("vulnerable", "provider"),
        "tsx_async_abort": ("unknown", "provider"),
        "mmio_stale_data": ("unknown", None),
        "srbds": ("unknown", "provider"),
        "gather_data_sampling": ("vulnerable", "provider"),
        "spec_store_bypass": ("vulnerable", None),
        "l1tf": ("mitigated", None),
        "meltdown": ("not-affected", None),
        "itlb_multihit": ("mitigated", None),
        "next_one": ("unknown", None),
    }
    assert (
        told(metal(), gather_data_sampling="Vulnerable: No microcode")["gather_data_sampling"][1] == "owner"
    )


@pytest.mark.parametrize("word", ["mitigations=off", "mds=off", "nopti", "nospec_store_bypass_disable"])
def test_what_the_command_line_switched_off_is_the_owners(word: str) -> None:
    made = guest(KVM).kernel(parameters=word)
    found = told(made, mds="Vulnerable", meltdown="Vulnerable", spec_store_bypass="Vulnerable")
    mine = {name for name, (_, actor) in found.items() if actor == "owner"}
    assert (
        mine
        == {
            "mitigations=off": {"mds", "meltdown", "spec_store_bypass"},
            "mds=off": {"mds"},
            "nopti": {"meltdown"},
            "nospec_store_bypass_disable": {"spec_store_bypass"},
        }[word]
    )


def test_a_bug_that_the_processor_has_not_costs_no_file() -> None:
    made = guest(KVM)
    text = made.files["/proc/cpuinfo"].decode().replace("flags\t", "bugs\t\t: spectre_v1 taa\nflags\t")
    made.file("/proc/cpuinfo", text)
    found = told(made, tsx_async_abort="Mitigation: TSX disabled", meltdown="this is not read")
    assert found == {"tsx_async_abort": ("mitigated", None), "meltdown": ("not-affected", None)}


def test_steal_that_nobody_measures_is_no_praise() -> None:
    without = guest(KVM).steal(0).add("cpuid", "40000001 0", Registers(0x01007ADB, 0, 0, 0)).facts()
    assert (without.cpu.steal, without.cpu.steal_because) == (None, "not measured by this hypervisor")
    counted = guest(KVM).steal(0.02).add("cpuid", "40000001 0", Registers(0x01007ADB, 0, 0, 0)).facts()
    assert counted.cpu.steal == 0.02
    off = guest(KVM).steal(0).add("cpuid", "40000001 0", Registers(0x01007AFB, 0, 0, 0)).detected("KVM")
    told = off.kernel(parameters="nopv").facts().cpu.steal_because
    assert told == "not counted by this kernel: switched off by nopv"
    known = guest(KVM).steal(0).add("cpuid", "40000001 0", Registers(0x01007AFB, 0, 0, 0)).facts()
    assert (known.cpu.steal, known.cpu.steal_because) == (0.0, "")
