"""lscpu as people paste it: wrapped, indented, as JSON, in their language, of other processors than x86's."""

from pathlib import Path

import pytest

from tests.machines.record import captured
from vaudit.model.facts import Facts

HEAD = "Architecture: x86_64\nCPU(s): 4\nVendor ID: AuthenticAMD\n"
PLAIN = "fpu vme sse2 ht syscall nx lm pni cx16"


def printed(tmp_path: Path, text: str, **more: str) -> Facts:
    return captured(
        tmp_path,
        {"commands/lscpu.txt": text, **{f"commands/{name}.txt": what for name, what in more.items()}},
    )


def said(facts: Facts) -> tuple[str, str]:
    return facts.hypervisor.kind, facts.hypervisor.role


# flags over several lines


@pytest.mark.parametrize(
    "broken",
    [
        f"{PLAIN} hypervisor\n        lahf_lm svm",
        f"{PLAIN} \n        hypervisor lahf_lm svm",
        f"{PLAIN} hyper\n        visor lahf_lm svm",
        f"{PLAIN} hyper        \n        visor lahf_lm svm       ",
        f"{PLAIN} hyper\nvisor lahf_lm svm\n",
    ],
)
def test_a_terminal_breaks_the_flags_at_or_within_a_word(tmp_path: Path, broken: str) -> None:
    facts = printed(tmp_path, f"{HEAD}Flags:  {broken}\nL1d cache: 32K\n")
    assert said(facts) == ("unknown", "guest")
    assert facts.cpu.hypervisor_flag is True
    assert facts.cpu.hw_virt == "amd-v"


def test_a_list_that_reaches_past_the_flag_says_that_it_is_clear(tmp_path: Path) -> None:
    facts = printed(tmp_path, f"{HEAD}Flags: {PLAIN}\n    lahf_lm svm\n")
    assert said(facts) == ("none", "none")
    assert facts.cpu.hypervisor_flag is False


def test_a_list_that_ends_before_the_flag_says_nothing(tmp_path: Path) -> None:
    facts = printed(tmp_path, f"{HEAD}Flags: {PLAIN}\n")
    assert said(facts) == ("unknown", "none")
    assert facts.cpu.hypervisor_flag is None
    assert facts.cpu.hw_virt_state == "unknown"


def test_the_extension_counts_beside_flags_that_were_cut(tmp_path: Path) -> None:
    facts = printed(tmp_path, f"{HEAD}Virtualization: VT-x\nHypervisor vendor: Microsoft\nFlags: {PLAIN}\n")
    assert facts.cpu.hw_virt == "vt-x"
    assert facts.cpu.hw_virt_state == "present"


# forms


@pytest.mark.parametrize("mark", ["    ", "> ", "| ", "\t"])
def test_indented_and_quoted_pastes(tmp_path: Path, mark: str) -> None:
    lines = f"{HEAD}Hypervisor vendor: KVM\nVirtualization type: full\n".splitlines()
    facts = printed(tmp_path, "".join(f"{mark}{line}\n" for line in lines))
    assert said(facts) == ("kvm", "guest")
    assert facts.cpu.arch == "x86_64"


@pytest.mark.parametrize("note", ["   <-----", " # the hypervisor", "\t// look here", " <== !"])
def test_a_note_behind_a_value_is_no_part_of_it(tmp_path: Path, note: str) -> None:
    lines = f"{HEAD}Hypervisor vendor: VMware{note}\nVirtualization type: full{note}\n"
    assert said(printed(tmp_path, lines)) == ("vmware", "guest")


@pytest.mark.parametrize(
    "fields",
    [
        '{"field": "Architecture:", "data": "x86_64"}, {"field": "Hypervisor vendor:", "data": "Xen"},'
        ' {"field": "Virtualization type:", "data": "para"}',
        '{"field": "Architecture:", "data": "x86_64"}, {"field": "Virtualization features:", "data": null,'
        ' "children": [{"field": "Hypervisor vendor:", "data": "Xen"},'
        ' {"field": "Virtualization type:", "data": "para"}]}',
    ],
)
def test_json_flat_and_nested(tmp_path: Path, fields: str) -> None:
    facts = captured(tmp_path, {"commands/lscpu.json": f'{{"lscpu": [{fields}]}}'})
    assert said(facts) == ("xen", "guest")
    assert facts.hypervisor.mode == "pv"


@pytest.mark.parametrize(
    ("architecture", "vendor", "sort"),
    [
        ("Architektur:", "Hypervisor-Anbieter:", "Virtualisierungstyp:   neben"),
        ("Architecture :", "Constructeur d'hyperviseur :", "Type de virtualisation :   para"),
        ("Arquitectura:", "Fabricante del hipervisor:", "Tipo de virtualización:  para"),
        ("Архитектура:", "Разработчик гипервизора:", "Тип виртуализации:  para"),
        ("Architektura:", "Producent hipernadzorcy:", "Typ wirtualizacji:  para"),
        ("アーキテクチャ:", "ハイパーバイザのベンダー:", "仮想化タイプ:  準仮想化"),
        ("架构：", "超管理器厂商：", "虚拟化类型：  半"),
        ("Arquitetura:", "Fabricante do hipervisor:", "Tipo de virtualização:  para"),
        ("Architettura:", "Produttore hypervisor:", "Tipo di virtualizzazione:  para"),
        ("Architektura:", "Výrobce hypervizoru:", "Druh virtualizace:  paravirtualizace"),
        ("Arkitektur:", "Hypervisortillverkare:", "Virtualiseringstyp:  para"),
        ("Mimari:", "Hypervizör sağlayıcı:", "Sanallaştırma tipi:  para"),
        ("Архітектура:", "Виробник гіпервізора:", "Тип віртуалізації:  пара"),
    ],
)
def test_other_languages(tmp_path: Path, architecture: str, vendor: str, sort: str) -> None:
    facts = printed(tmp_path, f"{architecture}  x86_64\n{vendor}  Xen\n{sort}\n")
    assert (said(facts), facts.hypervisor.mode) == (("xen", "guest"), "pv")
    assert facts.cpu.arch == "x86_64"


def test_flags_and_extension_under_any_name(tmp_path: Path) -> None:
    facts = printed(
        tmp_path, f"Architektur: x86_64\nVirtualisierung: AMD-V\nMarkierungen: {PLAIN} lahf_lm svm\n"
    )
    assert (facts.cpu.hw_virt, facts.cpu.hypervisor_flag) == ("amd-v", False)


# other processors


def test_flags_of_arm_are_no_flags_of_x86(tmp_path: Path) -> None:
    facts = printed(
        tmp_path, "Architecture: aarch64\nVendor ID: ARM\nModel name: Neoverse-N1\nFlags: fp asimd aes\n"
    )
    assert said(facts) == ("unknown", "none")
    assert facts.cpu.hypervisor_flag is None


def test_an_apple_processor_without_a_part_number_is_a_guest(tmp_path: Path) -> None:
    text = "Architecture: aarch64\nVendor ID: Apple\nModel name: {}\nModel: 0\n"
    assert said(printed(tmp_path, text.format("-"))) == ("unknown", "guest")
    assert said(printed(tmp_path, text.format("Icestorm-M1"))) == ("unknown", "none")


# what firmware says of the processor


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("BIOS Vendor ID", "QEMU"),
        ("BIOS Model name", "pc-i440fx-6.2  CPU @ 2.0GHz"),
        ("BIOS Model name", "virt-rhel7.6.0  CPU @ 2.0GHz"),
        ("BIOS Model name", "RHEL 7.6.0 PC (i440FX + PIIX, 1996)  CPU @ 2.0GHz"),
        ("BIOS-Anbieterkennung", "QEMU"),
        ("Identifiant constructeur du BIOS", "QEMU"),
    ],
)
def test_firmware_names_qemu_beside_the_processor(tmp_path: Path, field: str, text: str) -> None:
    facts = printed(tmp_path, f"Architecture: x86_64\n{field}: {text}\n")
    assert (said(facts), facts.hypervisor.vmm) == (("kvm", "guest"), "qemu")
    assert facts.hypervisor.confidence == "likely"


def test_a_makers_name_beside_the_processor_says_nothing(tmp_path: Path) -> None:
    text = "Architecture: aarch64\nBIOS Vendor ID: Ampere(R)\nBIOS Model name: Ampere(R) Altra(R) Processor\n"
    assert said(printed(tmp_path, text)) == ("unknown", "none")


# limits of the clock


@pytest.mark.parametrize("key", ["CPU max MHz", "Maximale Taktfrequenz der CPU in MHz", "CPU 最大 MHz"])
def test_limits_of_the_clock_speak_for_metal(tmp_path: Path, key: str) -> None:
    facts = printed(tmp_path, f"Architecture: aarch64\n{key}: 2600.0000\n")
    assert (said(facts), facts.hypervisor.confidence) == (("none", "none"), "weak")


def test_limits_of_the_clock_are_weaker_than_any_hypervisor(tmp_path: Path) -> None:
    text = f"{HEAD}CPU max MHz: 3500.0\nFlags: {PLAIN} hypervisor lahf_lm\n"
    assert said(printed(tmp_path, text)) == ("unknown", "guest")
    facts = printed(
        tmp_path, "Architecture: aarch64\nCPU max MHz: 3500.0\n", lspci="00:01.0 SCSI: Red Hat Virtio block\n"
    )
    assert facts.hypervisor.kind != "none"


def test_a_cut_paste_without_a_hypervisor_says_nothing(tmp_path: Path) -> None:
    assert said(printed(tmp_path, HEAD)) == ("unknown", "none")
    assert said(printed(tmp_path, f"{HEAD}L1d cache: 32K\n")) == ("none", "none")


def test_xen_pv_by_what_the_kernel_says_of_meltdown(tmp_path: Path) -> None:
    said_of_meltdown = "Unknown (XEN PV detected, hypervisor mitigation required)"
    text = f"{HEAD}Virtualization type: full\nVulnerability Meltdown: {said_of_meltdown}\n"
    facts = printed(tmp_path, text)
    assert (said(facts), facts.hypervisor.mode) == (("xen", "guest"), "pv")


def test_partitions_and_guests_of_a_mainframe(tmp_path: Path) -> None:
    text = "Architecture: s390x\nHypervisor: {}\nHypervisor vendor: IBM\nVirtualization type: full\n"
    assert said(printed(tmp_path, text.format("PR/SM"))) == ("lpar", "guest")
    assert said(printed(tmp_path, text.format("z/VM 7.3.0"))) == ("zvm", "guest")


def test_old_versions_count_the_nodes_before_they_name_the_vendor(tmp_path: Path) -> None:
    """What is cut there has not come to the line in which a hypervisor would be named."""
    cut = f"{HEAD}NUMA node(s): 1\nVendor ID: GenuineIntel\nModel name: Intel(R) Xeon(R) CPU\n"
    assert said(printed(tmp_path, cut)) == ("unknown", "none")


def test_kvm_in_zvm_is_kvm(tmp_path: Path) -> None:
    """lscpu names the outermost of s390's hypervisors (util-linux issue 685), systemd the innermost."""
    text = "Architecture: s390x\nVendor ID: IBM/S390\nHypervisor: z/VM 6.3.0\nHypervisor vendor: IBM\n"
    record = {"commands/lscpu.txt": text}
    assert captured(tmp_path / "a", record).hypervisor.kind == "zvm"
    record["commands/systemd-detect-virt.txt"] = "kvm\n"
    assert captured(tmp_path / "b", record).hypervisor.kind == "kvm"
