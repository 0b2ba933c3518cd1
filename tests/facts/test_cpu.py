"""VT-x and AMD-V: usable, present, switched off, hidden and absent are told apart, each with its reason."""

import pytest

from tests.machines.record import Record, record
from vaudit.evidence.source import Entry, Registers

VMX, HYPERVISOR = 1 << 5, 1 << 31


def machine(flags: str, leaf: int, vendor: str = "GenuineIntel") -> Record:
    found = record().file(
        "/proc/cpuinfo", f"vendor_id\t: {vendor}\nmodel name\t: x\nflags\t\t: fpu {flags}\n"
    )
    return no_container(found).add("cpuid", "1 0", Registers(0x306F2, 0, leaf, 0))


def no_container(found: Record) -> Record:
    for name, number in (("pid", 0xEFFFFFFC), ("uts", 0xEFFFFFFE), ("ipc", 0xEFFFFFFF)):
        found.link(f"/proc/self/ns/{name}", f"{name}:[{number}]")
    mounts = "22 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
    return found.file("/proc/self/mountinfo", mounts).call("uname -v", "#1 SMP")


def kvm(found: Record, status: str) -> Record:
    return found.answer(Entry("device", "/dev/kvm", status, "openable" if status == "read" else None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "state", "guests"),
    [
        (kvm(machine("vmx ept", VMX), "read"), "usable", True),
        (kvm(machine("vmx ept", VMX), "denied"), "present", None),
        (kvm(machine("vmx ept", VMX), "absent"), "present", True),
        (kvm(machine("", VMX), "absent"), "firmware-disabled", False),
        (kvm(machine("vmx", VMX), "absent").add("msr", "3a", "1"), "firmware-disabled", False),
        (kvm(machine("vmx", VMX), "absent").add("msr", "3a", "5"), "present", True),
        (
            kvm(machine("svm", 0, "AuthenticAMD"), "absent").add("msr", "c0010114", "18"),
            "firmware-disabled",
            False,
        ),
        (kvm(machine("svm", 0, "AuthenticAMD"), "absent").add("msr", "c0010114", "8"), "present", True),
        (
            kvm(machine("vmx", VMX), "absent").log("kvm: disabled by bios\n"),
            "firmware-disabled",
            False,
        ),
        (kvm(machine("", 0), "absent"), "absent", False),
        (kvm(machine("hypervisor", HYPERVISOR), "absent"), "hidden", False),
        (kvm(machine("hypervisor", HYPERVISOR), "read"), "hidden", True),
        (kvm(machine("hypervisor vmx", HYPERVISOR | VMX), "read"), "usable", True),
        (kvm(record(), "absent"), "unknown", None),
    ],
)
def test_the_state_of_hardware_virtualization(found: Record, state: str, guests: bool | None) -> None:
    facts = found.facts()
    assert facts.cpu.hw_virt_state == state
    assert facts.cpu.hw_virt_because
    assert {one.kind: one.possible for one in facts.guests}["kvm"] is guests


@pytest.mark.parametrize(("value", "nested"), [("Y", True), ("1", True), ("N", False), ("0", False)])
def test_nesting_is_the_kvm_modules_parameter(value: str, nested: bool) -> None:
    facts = (
        kvm(machine("vmx ept", VMX), "read").file("/sys/module/kvm_intel/parameters/nested", value).facts()
    )
    assert facts.cpu.nested is nested
    assert {one.kind: one.possible for one in facts.guests}["nested"] is nested


def test_nested_paging_and_iommu() -> None:
    facts = machine("svm npt", 0, "AuthenticAMD").add("dir", "/sys/class/iommu", ["ivhd0"]).facts()
    assert (facts.cpu.nested_paging, facts.cpu.iommu) == ("npt", True)
    assert machine("vmx ept", VMX).add("dir", "/sys/class/iommu", []).facts().cpu.iommu is False
    assert machine("vmx", VMX).facts().cpu.iommu is None


def test_windows_is_never_hosted_by_xen_pv() -> None:
    dom0 = record().file("/sys/hypervisor/type", "xen").file("/proc/xen/capabilities", "control_d\n")
    facts = dom0.file("/sys/hypervisor/properties/capabilities", "xen-3.0-x86_64 ").facts()
    possible = {one.kind: one.possible for one in facts.guests}
    assert possible["xen-pv"] is True
    assert possible["xen-hvm"] is False
    assert possible["windows"] is False
    assert "never under Xen PV" in next(one.because for one in facts.guests if one.kind == "windows")


def test_steal_is_a_share_of_the_time_that_was_wanted() -> None:
    facts = record().file("/proc/stat", "cpu  60 10 10 9000 500 0 10 10 0 0\n").facts()
    assert facts.cpu.steal == 0.1
    assert record().file("/proc/stat", "cpu  1 2\n").facts().cpu.steal is None


@pytest.mark.parametrize(("text", "threads"), [("0-3", 4), ("0", 1), ("0-1,4,6-7", 5), ("nonsense", None)])
def test_processors_that_are_online(text: str, threads: int | None) -> None:
    assert record().file("/sys/devices/system/cpu/online", text).facts().cpu.threads == threads


SVM, NPT = 1 << 2, 1 << 0


@pytest.mark.parametrize(
    ("leaves", "extension", "paging"),
    [
        # where nobody lists flags, the processor is asked (AMD APM 3: 0x80000001 ECX, 0x8000000A EDX)
        ({"1 0": Registers(0, 0, VMX, 0)}, "vt-x", None),
        ({"1 0": Registers(0, 0, 0, 0), "80000001 0": Registers(0, 0, SVM, 0)}, "amd-v", None),
        (
            {"80000001 0": Registers(0, 0, SVM, 0), "8000000a 0": Registers(0, 0, 0, NPT)},
            "amd-v",
            "npt",
        ),
        ({"1 0": Registers(0, 0, ~VMX & 0xFFFFFFFF, 0)}, None, None),
        ({"80000001 0": Registers(0, 0, ~SVM & 0xFFFFFFFF, 0)}, None, None),
    ],
)
def test_the_processors_own_word_on_its_extensions(
    leaves: dict[str, Registers], extension: str | None, paging: str | None
) -> None:
    found = record()
    for key, registers in leaves.items():
        found.add("cpuid", key, registers)
    assert (found.facts().cpu.hw_virt, found.facts().cpu.nested_paging) == (extension, paging)


def test_a_flag_that_the_kernel_lists_without_paging_has_none() -> None:
    """Nested paging is unknown (None) where only the extension is known; the report says the same word."""
    assert machine("vmx", VMX).facts().cpu.nested_paging is None
    assert machine("svm npt", 0).facts().cpu.nested_paging == "npt"
    assert machine("vmx ept", VMX).facts().cpu.nested_paging == "ept"


def test_arm_tells_by_the_level_at_which_its_kernel_was_started() -> None:
    started = record("aarch64").log("CPU: All CPU(s) started at EL2\n")
    assert started.facts().cpu.hw_virt == "arm-el2"
    assert record("aarch64").log("CPU: All CPU(s) started at EL1\n").facts().cpu.hw_virt is None
    opened = kvm(record("aarch64"), "read").facts().cpu
    assert (opened.hw_virt, opened.hw_virt_state) == ("arm-el2", "usable")


def test_the_processors_own_name_where_nobody_lists_it() -> None:
    found = record()
    text = b"AMD EPYC 9654 96-Core Processor".ljust(48, b"\0")
    for number in range(3):
        part = text[16 * number : 16 * number + 16]
        words = (int.from_bytes(part[at : at + 4], "little") for at in (0, 4, 8, 12))
        found.add("cpuid", f"{0x80000002 + number:x} 0", Registers(*words))
    assert found.facts().cpu.model == "AMD EPYC 9654 96-Core Processor"
