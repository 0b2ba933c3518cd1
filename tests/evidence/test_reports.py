# ruff: noqa: E501 - the lines are those of machines
"""Reports of bugs as they stand in mails and trackers: wrapped, broken, of several machines, in sentences.

Written by hand after such reports; each is one kind of them, with names and figures of its own.
"""

import time
from pathlib import Path

import pytest

from vaudit.evidence import posted
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.model.facts import Facts


def facts_of(folder: Path, text: str) -> Facts:
    (folder / "report").write_text(text, newline="")
    return collect(Recorder(one(str(folder / "report"))))


def notes_of(folder: Path, text: str) -> list[str]:
    (folder / "report").write_text(text, newline="")
    return list(one(str(folder / "report")).notes)


def possible(facts: Facts, kind: str) -> bool | None:
    return next(guest.possible for guest in facts.guests if guest.kind == kind)


# lines that a mail broke


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[  4.1] Hardware name: Parallels Software International Inc.\nParallels Virtual Platform/Parallels Virtual Platform, BIOS 15.0.1\n[  4.2] Call Trace:\n", "parallels"),
        ("> [  4.1] Hardware name: Dell Inc.\n> PowerEdge R630/02C2CP, BIOS 2.4.3 01/17/2017\n> [  4.2] Call Trace:\n", "none"),
        (">> [  4.1] Hardware name: IBM,9009-22A POWER9 (raw) 0x4e0202 \n>> 0xf000005 of:IBM,FW950.A0 (VL950_141) hv:phyp pSeries\n>> [  4.2] NIP:  c0000000009c0e60 LR: c0\n", "powervm"),
    ],
)  # fmt: skip
def test_the_name_of_the_hardware_in_two_lines(tmp_path: Path, text: str, kind: str) -> None:
    assert facts_of(tmp_path, text).hypervisor.kind == kind


def test_what_follows_a_whole_name_is_no_part_of_it() -> None:
    text = "Hardware name: A B, BIOS 1.0\nother, BIOS of mine\nHardware name: Board (DT)\nx, BIOS 2\n"
    assert posted.cleaned(text) == text


BROKEN = (
    "Aug 26 19:25:37 vm-1 kernel: WARNING: CPU: 0 PID: 128 at fs/pidfs.c:1055 p=\nidfs_get_pid+0x2f/0x40=20\n"
    "Aug 26 19:25:37 vm-1 kernel: Hardware name: Hetzner vServer/Standard PC (Q3=\n5 + ICH9, 2009), BIOS 20171111 11/11/2017\n"
)


def test_a_mail_in_quoted_printable(tmp_path: Path) -> None:
    found = facts_of(tmp_path, BROKEN).hypervisor
    assert (found.kind, found.cloud) == ("kvm", "hetzner")
    assert "idfs_get_pid+0x2f/0x40 \n" in posted.cleaned(BROKEN)


@pytest.mark.parametrize("text", ["A=\nB=\nvalue\n", "=====\n=====\nkvm\n", "x" * 74 + "=\nonce\n"])
def test_lines_that_end_in_an_equals_sign_are_no_mail(text: str) -> None:
    assert posted.cleaned(text) == text


# names that are cut short, or say more than they seem to


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Hardware name: Huawei Cloud OpenStack Nova, BIOS", ("kvm", "huawei")),
        ("Hardware name: Vultr VC2, BIOS", ("kvm", "vultr")),
        ("Hardware name: Oracle Corporation ORACLE SERVER X6-2/ASM,MOTHERBOARD,1U", ("none", None)),
        ("Hardware name: Some Board v1/rev2 (DT)", ("none", None)),
        ("Hardware name: Yandex xeon-gold-6230/xeon-gold-6230, BIOS 1.11.1-1 04/01/2014", ("kvm", "yandex")),
        # Yandex has its own computers built
        ("Hardware name: Yandex T100-N00-Y0N/MY00-EX0-Y0N, BIOS R05 06/20/2019", ("none", "yandex")),
    ],
)  # fmt: skip
def test_a_name_of_the_hardware(tmp_path: Path, line: str, said: tuple[str, str | None]) -> None:
    found = facts_of(tmp_path, f"CPU: 1 PID: 7 Comm: x Not tainted 6.1.0 #1\n{line}\n").hypervisor
    assert (found.kind, found.cloud) == said


def test_parallels_on_arm_by_its_device_tree(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, "[    0.0] Machine model: Parallels ARM Virtual Machine\n")
    assert (facts.hypervisor.kind, facts.hypervisor.role, facts.cpu.arch) == ("parallels", "guest", "aarch64")


def test_a_product_called_bochs_is_qemus(tmp_path: Path) -> None:
    found = facts_of(tmp_path, "# dmidecode -s system-product-name\nBochs\n").hypervisor
    assert (found.role, found.vmm) == ("guest", "qemu")


def test_the_processors_maker_by_smbios(tmp_path: Path) -> None:
    text = "# dmidecode 3.0\nSMBIOS 2.8 present.\n\nHandle 0x0400, DMI type 4, 42 bytes\nProcessor Information\n\tSocket Designation: CPU 0\n\tManufacturer: {}\n\tVersion: {}\n\nHandle 0x1000, DMI type 16, 23 bytes\nPhysical Memory Array\n\tLocation: Other\n"
    found = facts_of(tmp_path, text.format("Alibaba Cloud", "pc-i440fx-2.1")).hypervisor
    assert (found.kind, found.vmm, found.cloud) == ("kvm", "qemu", "alibaba")
    physical = facts_of(
        tmp_path, text.format("Intel(R) Corporation", "Intel(R) Xeon(R) Silver 4110")
    ).hypervisor
    assert physical.kind == "unknown"


def test_user_mode_linux_says_what_it_asks_its_host_for(tmp_path: Path) -> None:
    text = "Checking that ptrace can change system call numbers...OK\nChecking syscall emulation for ptrace...OK\nLinux version 6.12.38 (me@here) #1\n"
    found = facts_of(tmp_path, text)
    assert (found.hypervisor.kind, possible(found, "kvm")) == ("uml", False)


# sentences


@pytest.mark.parametrize(
    "sentence",
    [
        'On the other machine it says "Hypervisor detected: VMware", so it is not the kernel.',
        "my laptop prints Hypervisor detected: VMware",
        "while the guest has `Booting paravirtualized kernel on KVM` there",
    ],
)
def test_a_line_that_a_sentence_quotes_is_anothers(tmp_path: Path, sentence: str) -> None:
    text = f"```\n[    0.0] DMI: ASUS System/PRIME B550M-A, BIOS 2803 04/27/2022\n```\n{sentence}\n```\n[   12.1] amdgpu 0000:09:00.0: ring gfx timeout\n```\n"
    found = facts_of(tmp_path, text).hypervisor
    assert (found.kind, found.role) == ("none", "none")


@pytest.mark.parametrize(
    "before",
    ["[    0.0] ", "Nov 28 21:25:01 host kernel: ", "warning kern kernel - - ", "<6>[    0.0] ", "- ", "`",
     "[07:50:35.019][Moby           ][Info   ] ", "> > ", "", "kern  :info  : [    0.0] ", "Jan 1 h kernel "],
)  # fmt: skip
def test_what_stands_before_a_line_of_the_log(tmp_path: Path, before: str) -> None:
    text = f"[    0.0] Linux version 6.1\n{before}Hypervisor detected: VMware\n"
    assert facts_of(tmp_path, text).hypervisor.kind == "vmware"


# two machines in one thread


THREAD = (
    "alice:\n```\n[    0.0] DMI: Dell Inc. PowerEdge R630/02C2CP, BIOS 2.4.3 01/17/2017\n```\n"
    "bob: the same in my VM\n```\n[    0.0] Linux version 5.10 root=/dev/vda1\n"
    "[    0.0] DMI: VMware, Inc. VMware Virtual Platform/440BX Desktop Reference Platform, BIOS 6.00 09/21/2015\n"
    "[    0.0] Hypervisor detected: VMware\n```\n"
)


def test_of_two_machines_in_a_thread_the_first_is_read(tmp_path: Path) -> None:
    found = facts_of(tmp_path, THREAD).hypervisor
    assert (found.kind, found.role) == ("none", "none")
    note = next(note for note in notes_of(tmp_path, THREAD) if "several machines" in note)
    assert "Dell Inc. PowerEdge R630" in note and "VMware Virtual Platform" in note


def test_the_log_of_another_machine_begins_before_it_is_named(tmp_path: Path) -> None:
    text = (
        "[    0.0] DMI: Tencent Cloud CVM, BIOS seabios-1.9.1-qemu-project.org 04/01/2014\n\nAnd here:\n\n"
        "  blkfront: xvda: barrier or flush: disabled; persistent grants: enabled;\n  invalid opcode: 0000 [#1] SMP PTI\n"
        "  Hardware name: Xen HVM domU, BIOS 4.11.amazon 08/24/2006\n"
    )
    found = facts_of(tmp_path, text).hypervisor
    assert (found.kind, found.role, found.cloud) == ("kvm", "guest", "tencent")


def test_two_commands_that_print_the_same_are_not_read_as_one(tmp_path: Path) -> None:
    text = (
        "[me@one ~]# hostnamectl\n   Static hostname: one\n    Virtualization: bhyve\n            Kernel: Linux 5.4\n\n"
        "My other one:\n\n$ hostnamectl\n Static hostname: two\n Virtualization: parallels\n Kernel: Linux 5.15\n"
        " Hardware Vendor: Parallels International GmbH.\n"
    )
    assert facts_of(tmp_path, text).hypervisor.kind == "bhyve"


@pytest.mark.parametrize(
    "second",
    ["Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.17.0-9 04/01/2014",
     "DMI: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.0 04/01/2014", "DMI: Memory slots populated: 1/1",
     "Hardware name: QEMU Standard PC (i440FX"],
)  # fmt: skip
def test_one_machine_is_named_again_and_again(second: str) -> None:
    text = f"[ 0.0] DMI: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.17.0 04/01/2014\n[ 9.0] {second}\n[ 9.1] end\n"
    assert posted.of_first_machine(text) == (text, [])


@pytest.mark.parametrize(
    "word", ["Hardware name: ", "DMI: ", "Hardware name: A{}, BIOS 1\n", "=\n", "x" * 74 + "=\n", "\n> "]
)
def test_a_hostile_mail_takes_no_long(word: str) -> None:
    start = time.process_time()
    text = "".join(word.replace("{}", str(n)) for n in range(400_000 // len(word)))
    posted.of_first_machine(posted.cleaned(f"DMI: Maker X/Y, BIOS 1\n{text}DMI: Other X/Y, BIOS 1\n"))
    assert time.process_time() - start < 2


# what programs say in few words


@pytest.mark.parametrize("line", ["flags\t\t: {}", "> flags           : {}"])
def test_grep_left_the_flags_alone(tmp_path: Path, line: str) -> None:
    flags = "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr monitor ds_cpl vmx est tm2 ssse3 nopl xsave avx2 ept vpid"
    facts = facts_of(tmp_path, f"$ it gave me\n\n{line.format(flags)}\n")
    assert (facts.cpu.hw_virt, facts.cpu.hw_virt_state) == ("vt-x", "present")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("    systemd[1]: No virtualization found in CPUID\n    systemd[1]: Found VM virtualization qemu\n", ("qemu", "guest", [])),
        ("x systemd-networkd[5]: Found VM virtualization vmware\n", ("vmware", "guest", [])),
        ("Found container virtualization none.\nFound VM virtualization none\n", ("unknown", "none", [])),
        ("Found container virtualization lxc.\n", ("unknown", "none", ["lxc"])),
    ],
)  # fmt: skip
def test_how_systemd_came_to_its_word(tmp_path: Path, text: str, said: tuple[str, str, list[str]]) -> None:
    facts = facts_of(tmp_path, text)
    assert (facts.hypervisor.kind, facts.hypervisor.role, facts.containers) == said


FETCH = "OS: Ubuntu 24.04.2 LTS {arch}\nHost: Virtual Machine (Hyper-V UEFI Release v4.1)\nKernel: Linux {kernel}\nUptime: 5 mins\nCPU: Neoverse-N2 (4)\n"


def test_neofetch_names_the_architecture_and_the_kernel_of_wsl(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, FETCH.format(arch="aarch64", kernel="6.8.0-1021-azure"))
    assert (facts.hypervisor.kind, facts.cpu.arch, possible(facts, "xen-pv")) == ("hyperv", "aarch64", False)
    drawn = "".join(
        f"   ;looool;.    {line}\n"
        for line in FETCH.format(arch="aarch64", kernel="6.6.87-microsoft-standard-WSL2").splitlines()
    )
    assert facts_of(tmp_path, drawn).containers == ["wsl"]


def test_four_lines_of_neofetch(tmp_path: Path) -> None:
    text = "```\nHost: KVM/QEMU (Standard PC (i440FX + PIIX, 1996) pc-i440fx-3.1)\nKernel: 5.2.6-arch1\nCPU: Intel (Skylake, IBRS) (4) @ 2.9GHz\nMemory: 139MiB / 3943MiB\n```\n"
    assert facts_of(tmp_path, text).hypervisor.vmm == "qemu"


def test_a_list_of_somebodys_own_is_not_neofetchs(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("Host: Ubuntu 20.04\nGuest: Windows 10\nKernel: 5.4.0\nCPU: i7\n")
    with pytest.raises(EvidenceError):
        one(str(tmp_path / "report"))


def test_an_inxi_whose_first_line_is_glued_to_a_question(tmp_path: Path) -> None:
    text = "Install it? (N/y)System:\n  Kernel: 6.18 arch: x86_64\nMachine:\n  Type: Virtualbox System: innotek GmbH product: VirtualBox v: 1.2\nCPU:\n  Info: dual core model: Intel Core i5\nGraphics:\n  Device-1: VMware SVGA II Adapter\n"
    assert facts_of(tmp_path, text).hypervisor.kind == "virtualbox"


def test_a_hostnamectl_whose_first_line_is_missing(tmp_path: Path) -> None:
    text = "    Virtualization: openvz\n  Operating System: Debian GNU/Linux 10\n            Kernel: Linux 4.19.0\n      Architecture: x86-64\n"
    assert facts_of(tmp_path, text).containers == ["openvz"]


@pytest.mark.parametrize(
    ("processor", "kind", "state"),
    [
        ("AMD EPYC-v4 Processor", "KVM", "hidden"),
        ("Intel(R) Xeon(R) CPU E3-1230 V2 @ 3.30GHz", "NONE", "unknown"),
        ("Neoverse-N1", "KVM", "unknown"),
    ],
)
def test_a_bench_script_that_found_no_flag(tmp_path: Path, processor: str, kind: str, state: str) -> None:
    text = f"Processor  : {processor}\nCPU cores  : 2 @ 2794 MHz\nVM-x/AMD-V : ❌ Disabled\nKernel     : 6.12\nVM Type    : {kind}\n"
    assert facts_of(tmp_path, text).cpu.hw_virt_state == state


def test_kvm_says_that_it_uses_amd_v(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path,
        "> [   18.271613] kvm: Nested Virtualization enabled\n> [   18.271676] SVM: kvm: Nested Paging enabled\n",
    )
    assert (facts.cpu.hw_virt, facts.cpu.hw_virt_state) == ("amd-v", "present")
    assert facts.cpu.evidence[:1] == ["call:dmesg"]


@pytest.mark.parametrize(
    ("line", "name", "bus"),
    [
        ("virtio_blk virtio0: [vda] 2816420 512-byte logical blocks", "vda", "virtio"),
        ("EXT4-fs (vdb3): mounted filesystem with ordered data mode", "vdb", "virtio"),
        ("XFS (xvdf): Mounting V5 Filesystem", "xvdf", "xen"),
        ("blkfront: xvda: barrier or flush: disabled", "xvda", "xen"),
    ],
)
def test_a_disk_that_the_log_names(tmp_path: Path, line: str, name: str, bus: str) -> None:
    text = f"[    0.1] Linux version 6.1\n[    0.4] {line}\n[    0.5] sd 0:0:0:0: [sda] Attached SCSI disk\n"
    found = facts_of(tmp_path, text).block
    assert [(one.name, one.path, one.bus) for one in found] == [(name, "paravirtual", bus)]
    assert found[0].evidence == ["call:dmesg"]


# what can be hosted


XL = "host                   : {host}\nmachine                : {machine}\nvirt_caps              : hvm\nxen_major              : 4\nxen_minor              : 17\nxen_caps               : {caps}\n"


@pytest.mark.parametrize(
    ("machine", "caps", "starts", "mode"),
    [
        ("x86_64", "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_64", [True, True, True], "pv"),
        ("x86_64", "xen-3.0-x86_64", [True, False, False], "pv"),
        ("aarch64", "xen-3.0-aarch64 xen-3.0-armv7l", [False, True, False], None),
    ],
)
def test_xl_info_lists_what_xen_can_start(
    tmp_path: Path, machine: str, caps: str, starts: list[bool], mode: str | None
) -> None:
    facts = facts_of(tmp_path, XL.format(host="d0", machine=machine, caps=caps))
    assert (facts.hypervisor.kind, facts.hypervisor.role, facts.hypervisor.mode) == ("xen", "host", mode)
    assert [possible(facts, kind) for kind in ("xen-pv", "xen-pvh", "xen-hvm")] == starts
    assert "run:xl info" in next(guest.evidence for guest in facts.guests if guest.kind == "xen-hvm")


@pytest.mark.parametrize(
    ("log", "arch", "mode"),
    [
        ("(XEN) Xen version 4.18.1 (me@) (aarch64-poky-linux-gcc (GCC) 13.4.0) debug=n 2024\n", "aarch64", None),
        ("> (XEN) Xen version 4.17.2 (Debian 4.17.1)\n> (me@here) (arm-linux-gnueabihf-gcc (Debian\n> 12.2.0-14)\n", "armv7l", None),
        ('(XEN) Xen version 4.16 (me@) (gcc (Ubuntu) 9.3)\n(XEN) Processor: 410fd034: "ARM Limited", variant: 0x0\n', "aarch64", None),
        ("(XEN) Xen version 4.17.3 (me@) (gcc (GCC) 12.3.1) debug=n\n(XEN) Bootloader: GRUB 2.06\n", None, "pv"),
    ],
)  # fmt: skip
def test_a_xen_on_arm_knows_no_pv(tmp_path: Path, log: str, arch: str | None, mode: str | None) -> None:
    facts = facts_of(tmp_path, log)
    assert (facts.hypervisor.kind, facts.hypervisor.role) == ("xen", "host")
    assert (facts.cpu.arch, facts.hypervisor.mode) == (arch, mode)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hardware name: IBM 3931 A01 704 (z/VM 7.4.0)\n", False),
        ("Hardware name: IBM,9009-22A POWER9 (raw) 0x4e0202 0xf000005 of:IBM,FW950 hv:phyp pSeries\n", False),
        ("[    0.0] Machine model: linux,dummy-virt\n", None),
        ("cpu\t\t: POWER8E, altivec supported\nclock\t\t: 2061.000000MHz\nplatform\t: PowerNV\nmachine\t\t: PowerNV 8247-21L\n", None),
        ("[    0.0] Hypervisor detected: Jailhouse\n", None),
        ("Processor  : Common KVM processor\nVM-x/AMD-V : ❌ Disabled\nVM Type    : KVM\n", True),
        ("processor\t: 0\nmodel name\t: QEMU Virtual CPU\nflags\t\t: fpu vme hypervisor nopl\n[    0.0] Hypervisor detected: KVM\n", True),
        ("[    0.0] Machine model: linux,dummy-virt\n[    0.1] x pstate: 61400005 (nZCv daif)\n", False),
        ("[    0.0] Hypervisor detected: KVM\n[    0.1] RIP: 0010:f+0x1/0x2\n", True),
    ],
)  # fmt: skip
def test_xen_has_pv_guests_on_x86_alone(tmp_path: Path, text: str, said: bool | None) -> None:
    assert possible(facts_of(tmp_path, text), "xen-pv") is said


def test_kvm_ok_is_known_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "report").write_text(
        "INFO: Your CPU does not support KVM extensions\nKVM acceleration can NOT be used\n"
    )
    with pytest.raises(EvidenceError, match="kvm-ok"):
        one(str(tmp_path / "report"))


def test_empty_settings_are_no_lines_that_a_mail_broke() -> None:
    text = "VARIANT=\nmem=2048M\nID_SERIAL=\nTimeoutStopUSec=20s\n"
    assert posted.cleaned(text) == text
