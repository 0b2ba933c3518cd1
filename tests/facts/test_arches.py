"""ARM, POWER, RISC-V, SPARC: what names a hypervisor there, and when QEMU means KVM."""

import pytest

from tests.machines.record import Record, record
from vaudit.model.facts import Facts

TREE = "/proc/device-tree"
CPUINFO = "/proc/cpuinfo"
PSERIES = "clock\t: {}\nplatform\t: pSeries\nmachine\t: CHRP IBM pSeries (emulated by qemu)\n"
APPLE = "CPU implementer\t: 0x61\nCPU part\t: {}\n"


def said(facts: Facts) -> tuple[str, str, str | None]:
    return facts.hypervisor.kind, facts.hypervisor.role, facts.hypervisor.vmm


def tree(*names: str, **files: str) -> Record:
    found = record("aarch64").add("dir", TREE, list(names))
    for name, text in files.items():
        found.file(f"{TREE}/{name.replace('__', '/')}", f"{text}\0")
    return found


def cpuinfo(arch: str, text: str) -> Record:
    return record(arch).file(CPUINFO, text)


def qemu(found: Record) -> Record:
    """QEMU's own graphics on the bus: it serves this guest."""
    return found.pci("0000:00:02.0", "1234:1111")


# device trees


def test_a_device_tree_that_many_vmms_write_names_none() -> None:
    facts = tree(compatible="linux,dummy-virt").facts()
    assert said(facts) == ("kvm", "guest", None)
    assert facts.hypervisor.confidence == "likely"


@pytest.mark.parametrize(
    "found",
    [
        tree("fw-cfg@9020000", compatible="linux,dummy-virt"),
        tree(compatible="linux,dummy-virt").pci("0000:00:00.0", "1b36:0008"),
        tree(compatible="linux,dummy-virt").dmi(sys_vendor="QEMU"),
    ],
)
def test_qemu_shows_itself_beside_it(found: Record) -> None:
    facts = found.facts()
    assert said(facts) == ("kvm", "guest", "qemu")
    assert facts.hypervisor.confidence == "likely"
    assert any("does not show whether KVM does" in one.says for one in facts.hypervisor.witnesses)
    assert not any("CPUID" in one.says for one in facts.hypervisor.witnesses)


def test_the_tree_is_found_under_either_name() -> None:
    other = record("aarch64").file("/sys/firmware/devicetree/base/compatible", "linux,dummy-virt\0")
    assert said(other.facts()) == ("kvm", "guest", None)


@pytest.mark.parametrize("above", ["qcom,gunyah-hypervisor", "qcom,haven", "gunyah-hypervisor-1.0"])
def test_a_hypervisor_in_the_firmware_leaves_the_board_its_voice(above: str) -> None:
    board = tree(hypervisor__compatible=above, model="Thundercomm Dragonboard 845c")
    assert said(board.facts()) == ("none", "none", None)
    assert tree(hypervisor__compatible=above).facts().hypervisor.kind != "none"
    assert tree(hypervisor__compatible="acme,other", model="Some Board").facts().hypervisor.kind == "unknown"


def test_a_board_by_what_it_is_compatible_with() -> None:
    assert said(tree(compatible="qcom,sm8550-hdk").facts()) == ("none", "none", None)
    for name in ("xen,xenvm-4.17", "linux,dummy-virt", "riscv-virtio"):
        assert tree(compatible=name).facts().hypervisor.kind != "none"


# QEMU with KVM and without


@pytest.mark.parametrize(("name", "kind"), [("KVM Virtual Machine", "kvm"), ("QEMU Virtual Machine", "qemu")])
@pytest.mark.parametrize("arch", ["aarch64", "riscv64", "loongarch64"])
def test_the_machine_virt_says_in_its_name_whether_kvm_runs_it(arch: str, name: str, kind: str) -> None:
    assert said(record(arch).dmi(sys_vendor="QEMU", product_name=name).facts()) == (kind, "guest", "qemu")


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (cpuinfo("ppc64le", PSERIES.format("1000.000000MHz")), "qemu"),
        (cpuinfo("ppc64le", PSERIES.format("3425.000000MHz")), "kvm"),
        (qemu(cpuinfo("aarch64", APPLE.format("0x000"))), "qemu"),
        (qemu(cpuinfo("aarch64", "CPU implementer\t: 0x00\nCPU part\t: 0x051\n")), "qemu"),
        (qemu(cpuinfo("aarch64", "CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n")), "kvm"),
        (qemu(cpuinfo("ppc", "cpu\t: 740/750\nplatform\t: PowerMac\n")), "qemu"),
        (qemu(record("riscv64")), "qemu"),
        (qemu(record("sparc64")), "qemu"),
    ],
)
def test_kvm_is_inferred_where_the_processor_allows_it(found: Record, kind: str) -> None:
    facts = found.facts()
    assert said(facts) == (kind, "guest", "qemu")
    assert kind == "qemu" or facts.hypervisor.confidence == "likely"


def test_an_apple_processor_with_part_zero_is_a_guest() -> None:
    assert said(cpuinfo("aarch64", APPLE.format("0x000")).facts())[:2] == ("unknown", "guest")
    assert said(cpuinfo("aarch64", APPLE.format("0x022")).facts())[:2] == ("unknown", "none")


def test_apples_name_in_cpuid() -> None:
    assert said(record().cpu(hypervisor=True).leaf(0x40000000, "Apple VZ").facts())[:2] == ("apple", "guest")


# names that are no boards, and boards that are emulated


def test_a_processors_name_is_no_board() -> None:
    text = "vendor\t: GenuineIntel\narch\t: IA-64\nfamily\t: Itanium 2\n"
    assert said(cpuinfo("ia64", text).facts())[:2] == ("unknown", "none")


@pytest.mark.parametrize("platform", ["PowerMac", "CHRP", "Maple"])
def test_a_board_that_qemu_offers_does_not_beat_virtio(platform: str) -> None:
    text = f"cpu\t: 970\nplatform\t: {platform}\n"
    assert said(cpuinfo("ppc64", text).facts())[:2] == ("none", "none")
    virtio = cpuinfo("ppc64", text).pci("0000:00:0e.0", "1af4:1000")
    assert said(virtio.facts())[:2] == ("unknown", "guest")


@pytest.mark.parametrize("line", ["type\t: sun4v", "MMU Type\t: Hypervisor (sun4v)"])
def test_sun4v_is_a_logical_domain(line: str) -> None:
    text = f"cpu\t: UltraSparc T2\n{line}\n"
    assert said(cpuinfo("sparc64", text).facts())[:2] == ("ldoms", "guest")
