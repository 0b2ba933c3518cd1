"""Who measures the time that a hypervisor withholds: by the kernels' sources, one by one."""

import pytest

from tests.machines.bases import (
    KVM,
    XEN,
    arm_guest,
    guest,
    hyperv,
    kvm_virtio,
    mainframe,
    virtualbox,
    vmware,
    xen_pv,
)
from tests.machines.linux import Machine
from vaudit.evidence.source import Registers
from vaudit.facts.steal import NEITHER, NOT_MEASURED, NOT_USED, UNSURE, UNTOLD

WHOLE = "Linux version 6.1.0-18-amd64"
LINE = "vmware: vmware-stealtime: cpu 0, pa 13bc2c080"


def with_features(made: Machine, value: int) -> Machine:
    return made.add("cpuid", "40000001 0", Registers(value, 0, 0, 0))


def told(made: Machine) -> tuple[bool | None, str]:
    cpu = made.facts().cpu
    assert cpu.steal == (0.0 if cpu.steal_measured else None)
    return cpu.steal_measured, cpu.steal_because


def test_a_steal_above_0_is_measured_whoever_does_it() -> None:
    cpu = hyperv().steal(0.02).facts().cpu
    assert (cpu.steal, cpu.steal_measured, cpu.steal_because) == (0.02, True, "")


def test_by_what_kvm_announces() -> None:
    assert told(with_features(guest(KVM).steal(0), 0x01007AFB)) == (True, "")
    assert told(with_features(guest(KVM).steal(0), 0x01007ADB)) == (False, NOT_MEASURED)
    made = with_features(guest(KVM).steal(0), 0x01007AFB).detected("KVM")
    assert told(made.kernel(parameters="no-steal-acc")) == (True, "")
    assert told(made.kernel(parameters="nopv")) == (False, f"{NOT_USED}: switched off by nopv")
    assert told(made.without("/proc/cmdline")) == (None, UNSURE)


def test_a_kernel_that_took_hyperv_for_its_hypervisor_counts_none() -> None:
    made = guest("Microsoft Hv", 0x40000005).leaf(0x40000100, KVM, 0x40000101).steal(0)
    made.add("cpuid", "40000001 0", Registers(0x31237648, 0, 0, 0)).add(
        "cpuid", "40000101 0", Registers(0x01007AFB, 0, 0, 0)
    )
    assert told(made.detected("Microsoft Hyper-V"))[0] is False


def test_virtualbox_that_speaks_as_kvm_measures_none() -> None:
    """Its KVM interface has clocks alone (GIMKvm.cpp)."""
    assert told(virtualbox().steal(0)) == (False, NOT_MEASURED)
    spoken = with_features(virtualbox().leaf(0x40000000, KVM, 0x40000001).steal(0), 0x01000009)
    assert told(spoken) == (False, NOT_MEASURED)


def test_vmware_says_so_in_the_log() -> None:
    assert told(vmware().steal(0)) == (None, UNTOLD)
    said = vmware().log(WHOLE).steal(0)
    assert told(said) == (False, f"{NEITHER}: the kernel log does not say 'vmware-stealtime: cpu'")
    assert told(vmware().log(WHOLE, LINE).steal(0)) == (True, "")
    assert told(vmware().log(LINE).steal(0)) == (True, "")


def test_xen_counts_for_all_whose_clock_it_is() -> None:
    assert told(xen_pv().steal(0)) == (True, "")
    assert told(guest(XEN).clock("tsc", "xen").steal(0)) == (True, "")
    assert told(guest(XEN).clock("tsc", "hpet").steal(0)) == (
        False, f"{NEITHER}: xen is none of the clock sources",
    )  # fmt: skip


SERVICES = "smccc: KVM: hypervisor services detected (0x00000000 0x00000000 0x00000000 0x00000003)"


@pytest.mark.parametrize(
    ("lines", "measured"),
    [([], None), ([SERVICES], None), ([WHOLE, SERVICES], False), (["arm-pv: using stolen time PV"], True)],
)
def test_kvm_on_arm_says_so_in_the_log(lines: list[str], measured: bool | None) -> None:
    assert told(arm_guest().log(*lines).steal(0))[0] is measured


def test_a_mainframe_measures_it_by_itself() -> None:
    assert told(mainframe().steal(0)) == (True, "")


def test_a_hypervisor_that_shows_none_of_its_leaves_gives_no_clock() -> None:
    """KVM with kvm=off: the kernel finds none, whoever else tells of it."""
    assert told(kvm_virtio("").steal(0)) == (False, NOT_MEASURED)
