"""Outputs of programs that people send: a folder of them, or one file whose program its content tells.

tests/fixtures/formats holds what the programs themselves printed on a Firecracker guest: lshw 02.19,
inxi 3.3.26, hwinfo 21.82, facter 4.3.0, Ansible 2.14, cloud-init 22.4.2 (of a seed folder), pciutils 3.9,
util-linux 2.38, systemd 252, ethtool 6.1. What names an owner was replaced by hand. dmidecode 3.4 and lsmod
(kmod 30) printed what lab-kvm-host has: its SMBIOS table and its modules were laid where they look.
Older programs do not run here, and hostnamectl's text needs a running systemd: their outputs are written by
hand, as their sources print them.
"""

from pathlib import Path

import pytest

from tests.machines.record import captured
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.loose import KNOWN, START, place_of, refusal
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.facts.linux.lspci import functions
from vaudit.model.facts import Facts

FIXTURES = Path(__file__).parent.parent / "fixtures" / "formats"


def facts_of(path: Path) -> Facts:
    return collect(Recorder(one(str(path))))


def of_text(folder: Path, text: str) -> Facts:
    (folder / "pasted").write_text(text)
    return facts_of(folder / "pasted")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("ansible.txt", "commands/ansible.json"),
        ("dmidecode.txt", "commands/dmidecode.txt"),
        ("dmidecode-q.txt", "commands/dmidecode.txt"),
        ("facter.json", "commands/facter.json"),
        ("facter.txt", "commands/facter.txt"),
        ("hwinfo-short.txt", "commands/hwinfo.txt"),
        ("instance-data.json", "commands/instance-data.json"),
        ("inxi-F.txt", "commands/inxi.txt"),
        ("lsmod.txt", "commands/lsmod.txt"),
        ("inxi-Fxxx.txt", "commands/inxi.txt"),
        ("lsblk.json", "commands/lsblk.txt"),
        ("lsblk.txt", "commands/lsblk.txt"),
        ("lshw.json", "commands/lshw.json"),
        ("lshw.txt", "commands/lshw.txt"),
        ("lspci-k.txt", "commands/lspci.txt"),
        ("lspci-mm.txt", "commands/lspci.txt"),
        ("lspci-mmn.txt", "commands/lspci.txt"),
        ("lspci-nn.txt", "commands/lspci.txt"),
        ("lspci-vmm.txt", "commands/lspci.txt"),
        ("mount.txt", "commands/mount.txt"),
        ("udevadm.txt", "commands/udevadm.txt"),
    ],
)
def test_a_file_is_known_by_its_content(name: str, place: str) -> None:
    assert place_of((FIXTURES / name).read_bytes()) == place


@pytest.mark.parametrize("name", ["lshw.json", "lshw.txt"])
def test_lshw(name: str) -> None:
    facts = facts_of(FIXTURES / name)
    assert facts.hypervisor.role == "guest"
    assert facts.cpu.model == "Intel(R) Xeon(R) Processor"
    assert facts.cpu.hypervisor_flag is True
    assert [(one.name, one.path, one.driver) for one in facts.block] == [("vda", "paravirtual", "virtio_blk")]
    assert [(one.name, one.path, one.driver) for one in facts.net] == [("eth0", "paravirtual", "virtio_net")]
    assert [one.id for one in facts.controllers] == ["1af4:1042", "1af4:1041"]


def test_lshw_of_a_machine_with_smbios(tmp_path: Path) -> None:
    text = """host
    description: Computer
    product: Standard PC (i440FX + PIIX, 1996)
    vendor: QEMU
    version: pc-i440fx-7.2
  *-core
       description: Motherboard
     *-firmware
          description: BIOS
          vendor: SeaBIOS
          version: 1.16.2
     *-cpu
          product: QEMU Virtual CPU version 2.5+
          vendor: Advanced Micro Devices [AMD]
          capabilities: fpu de pse hypervisor svm
     *-pci
          description: Host bridge
        *-ide
             description: IDE interface
             product: 82371SB PIIX3 IDE [Natoma/Triton II]
             vendor: Intel Corporation
             bus info: pci@0000:00:01.1
             configuration: driver=ata_piix latency=0
           *-disk
                description: ATA Disk
                bus info: scsi@0:0.0.0
                logical name: /dev/sda
              *-volume
                   description: EXT4 volume
                   logical name: /dev/sda1
"""
    facts = of_text(tmp_path, text)
    assert (facts.hypervisor.vmm, facts.hypervisor.role, facts.cpu.hw_virt) == ("qemu", "guest", "amd-v")
    assert [(one.name, one.path, one.driver) for one in facts.block] == [("sda", "emulated", "ata_piix")]


def test_inxi() -> None:
    facts = facts_of(FIXTURES / "inxi-Fxxx.txt")
    assert (facts.hypervisor.role, facts.cpu.arch) == ("guest", "x86_64")
    assert [(one.address, one.id, one.driver) for one in facts.controllers] == [
        ("0000:00:03.0", "1af4:1041", "virtio-pci")
    ]
    assert facts_of(FIXTURES / "inxi-F.txt").hypervisor.role == "guest"


def test_inxis_type_is_no_evidence(tmp_path: Path) -> None:
    """It said Kvm of physical hosts (inxi issue 194)."""
    text = """System:    Host: host Kernel: 4.9.0 x86_64 bits: 64
Machine:   Type: Kvm System: Supermicro product: SYS-5039MS v: X serial: X
           Mobo: Supermicro model: X11SSE-F v: 1.01 UEFI [Legacy]: American Megatrends v: 2.2
CPU:       Topology: Quad Core model: Intel Xeon E3-1240 v6 bits: 64
           Speed: 3900 MHz min/max: 800/4100 MHz
"""
    assert of_text(tmp_path, text).hypervisor.kind == "none"
    guest = text.replace("Supermicro product: SYS-5039MS", "QEMU product: Standard PC (Q35 + ICH9, 2009)")
    guest = guest.replace("American Megatrends", "SeaBIOS").replace("Mobo: Supermicro", "Mobo: N/A")
    assert of_text(tmp_path, guest.replace("800/4100 MHz", "N/A")).hypervisor.vmm == "qemu"


@pytest.mark.parametrize("name", ["facter.json", "facter.txt"])
def test_facter(name: str) -> None:
    facts = facts_of(FIXTURES / name)
    assert (facts.hypervisor.kind, facts.hypervisor.role, facts.cpu.arch) == ("kvm", "guest", "x86_64")


@pytest.mark.parametrize(
    ("virtual", "said"),
    [
        ("kvm", ("kvm", "guest")),
        ("physical", ("none", "none")),
        ("xenhvm", ("xen", "guest")),
        ("hyperv", ("hyperv", "guest")),
        ("gce", ("kvm", "guest")),
    ],
)
def test_facters_words(virtual: str, said: tuple[str, str], tmp_path: Path) -> None:
    facts = of_text(tmp_path, f'{{"virtual": "{virtual}", "is_virtual": true}}')
    assert (facts.hypervisor.kind, facts.hypervisor.role) == said


def test_names_from_smbios_count_more_than_a_conclusion(tmp_path: Path) -> None:
    """facter says physical of guests whose makers it does not know (openfact issue 61)."""
    dmi = '"dmi": {"manufacturer": "QEMU", "product": {"name": "Standard PC (Q35 + ICH9, 2009)"}}'
    facts = of_text(tmp_path, f'{{"virtual": "physical", "is_virtual": false, {dmi}}}')
    assert (facts.hypervisor.kind, facts.hypervisor.vmm) == ("kvm", "qemu")


def test_ansible() -> None:
    facts = facts_of(FIXTURES / "ansible.txt")
    assert (facts.hypervisor.role, facts.containers) == ("guest", ["docker"])


def test_ansibles_host_is_no_guest(tmp_path: Path) -> None:
    told = '"ansible_virtualization_type": "kvm", "ansible_virtualization_role": "host"'
    facts = of_text(tmp_path, f'{{"ansible_facts": {{{told}, "ansible_system_vendor": "Dell Inc."}}}}')
    assert facts.hypervisor.kind == "none"


def test_hwinfo_names_devices_only() -> None:
    facts = facts_of(FIXTURES / "hwinfo-short.txt")
    assert (facts.hypervisor.kind, facts.hypervisor.role, facts.cpu.hw_virt_state) == (
        "unknown", "guest", "unknown",
    )  # fmt: skip


def test_cloud_init_names_the_cloud_and_no_hypervisor(tmp_path: Path) -> None:
    made = (FIXTURES / "instance-data.json").read_text()
    assert facts_of(FIXTURES / "instance-data.json").hypervisor.kind == "unknown"
    facts = of_text(tmp_path, made.replace('"cloud_name": "unknown"', '"cloud_name": "aws"'))
    assert (facts.hypervisor.cloud, facts.hypervisor.kind, facts.cpu.arch) == ("aws", "unknown", "x86_64")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("Virtualization: kvm\n", ("kvm", "guest", [])),
        ("Chassis: vm\n", ("unknown", "guest", [])),
        ("Chassis: server\n", ("none", "none", [])),
        ("Chassis: container\n  Virtualization: lxc\n", ("unknown", "none", ["lxc"])),
        ("Hardware Vendor: QEMU\n   Hardware Model: Standard PC _Q35_\n", ("kvm", "guest", [])),
    ],
)
def test_hostnamectl(lines: str, said: tuple[str, str, list[str]], tmp_path: Path) -> None:
    text = f" Static hostname: host\n{lines:>20}          Kernel: Linux 6.1.0\n    Architecture: x86-64\n"
    facts = of_text(tmp_path, text)
    assert (facts.hypervisor.kind, facts.hypervisor.role, list(facts.containers)) == said
    assert facts.cpu.arch == "x86_64"


# dmidecode of all ages, and indented by a paste

NEW = """# dmidecode 3.4
Handle 0x0000, DMI type 0, 24 bytes
BIOS Information
\tVendor: SeaBIOS
\tCharacteristics:
\t\tBIOS characteristics not supported

Handle 0x0100, DMI type 1, 27 bytes
System Information
\tManufacturer: QEMU
\tProduct Name: Standard PC (i440FX + PIIX, 1996)

Handle 0x1100, DMI type 17, 40 bytes
Memory Device
\tManufacturer: Kingston
"""
OLD = """# dmidecode 2.2
Handle 0x0000
\tDMI type 0, 20 bytes.
\tBIOS Information
\t\tVendor: SeaBIOS
Handle 0x0001
\tDMI type 1, 25 bytes.
\tSystem Information
\t\tManufacturer: QEMU
\t\tProduct Name: Standard PC (i440FX + PIIX, 1996)
Handle 0x0002
\tDMI type 17, 27 bytes.
\tMemory Device
\t\tManufacturer: Kingston
"""
OLDEST = """Handle 0x0000
\tDMI type 0, 20 bytes.
\tBIOS Information Block
\t\tVendor: SeaBIOS
Handle 0x0001
\tDMI type 1, 25 bytes.
\tSystem Information Block
\t\tVendor: QEMU
\t\tProduct: Standard PC (i440FX + PIIX, 1996)
"""


@pytest.mark.parametrize("text", [NEW, OLD, OLDEST], ids=["3.4", "2.2", "before 2.0"])
@pytest.mark.parametrize("indent", ["", "    "])
def test_dmidecode_of_all_ages(text: str, indent: str, tmp_path: Path) -> None:
    pasted = "".join(f"{indent}{line}\n" for line in text.splitlines())
    facts = of_text(tmp_path, pasted)
    says = {one.says for one in facts.hypervisor.witnesses}
    assert {"sys_vendor is 'QEMU'", "bios_vendor is 'SeaBIOS'"} <= says
    assert not any("Kingston" in one for one in says)


@pytest.mark.parametrize("name", ["dmidecode.txt", "dmidecode-q.txt", "dmi.bin"])
@pytest.mark.parametrize("indent", ["", "    "])
def test_what_dmidecode_itself_printed_and_dumped(name: str, indent: str, tmp_path: Path) -> None:
    data = (FIXTURES / name).read_bytes()
    pasted = data if name == "dmi.bin" else indent.encode() + data.replace(b"\n", b"\n" + indent.encode())
    (tmp_path / name).write_bytes(pasted)
    facts = facts_of(tmp_path / name)
    says = {one.says for one in facts.hypervisor.witnesses}
    assert {"sys_vendor is 'QEMU'", "bios_vendor is 'SeaBIOS'"} <= says
    assert (facts.hypervisor.kind, facts.hypervisor.vmm) == ("kvm", "qemu")


def test_what_lsmod_itself_printed(tmp_path: Path) -> None:
    """kvm_amd is loaded and runs no guest."""
    text = (FIXTURES / "lsmod.txt").read_text()
    metal = {"root/sys/class/dmi/id/sys_vendor": "ASUS\n", "commands/lsmod.txt": text}
    assert captured(tmp_path, metal).hypervisor.role == "none"
    used = {**metal, "commands/lsmod.txt": text.replace("163840  0", "163840  2", 1)}
    assert captured(tmp_path / "used", used).hypervisor.role == "host"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ("Product Name: VMware Virtual Platform\n\tProduct Name: 440BX Desktop Reference Platform", "vmware"),
        ("Manufacturer: QEMU\n\tProduct Name: Standard PC\n\tManufacturer: QEMU\n\tVersion: pc", "kvm"),
        ("Product Name: RHEV Hypervisor", "kvm"),
        # a name of memory or of a processor is none of the machine
        ("Manufacturer: QEMU\n\tManufacturer: Acme\n\tProduct Name: Book", "none"),
        ("Manufacturer: QEMU\n\tManufacturer: Kingston", "unknown"),
    ],
)
def test_dmidecode_without_its_headings(lines: str, kind: str, tmp_path: Path) -> None:
    text = f'[root@host ~]# dmidecode | grep -E "Manufacturer|Product"\n\t{lines}\n'
    assert captured(tmp_path / "a", {"commands/dmidecode.txt": text}).hypervisor.kind == kind
    if "Product" in lines:
        assert of_text(tmp_path, text).hypervisor.kind == kind


def test_a_table_that_dmidecode_dumped(tmp_path: Path) -> None:
    """The entry point stands in the first 32 bytes (dmidecode.c, dmi_table_dump)."""
    entry = (b"_SM3_" + bytes([0, 24, 3, 0, 0, 1, 0]) + bytes(4) + (32).to_bytes(8, "little")).ljust(
        32, b"\0"
    )
    system = bytes([1, 0x1B, 1, 0, 1, 2, 0, 0]) + bytes(19) + b"QEMU\0Standard PC (Q35)\0\0"
    (tmp_path / "dmi.bin").write_bytes(entry + system)
    assert facts_of(tmp_path / "dmi.bin").hypervisor.vmm == "qemu"


# single files, and folders of them


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("kvm\n", "commands/systemd-detect-virt.txt"),
        ("$ lscpu\nArchitecture:        x86_64\nCPU(s): 2\n", "commands/lscpu.txt"),
        ("Architektur:         x86_64\nHypervisor-Anbieter: KVM\n", "commands/lscpu.txt"),
        ('{"lscpu": [{"field": "Architecture:", "data": "x86_64"}]}', "commands/lscpu.json"),
        ("processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu\n", "root/proc/cpuinfo"),
        ("[    0.000000] Hypervisor detected: KVM\n", "commands/dmesg.txt"),
        ("[Mon Jan  1 00:00:00 2024] Hypervisor detected: KVM\n", "commands/dmesg.txt"),
        ("Jan  1 00:00:00 host kernel: Hypervisor detected: KVM\n", "commands/dmesg.txt"),
        ("    00:03.0 Ethernet controller: Red Hat, Inc. Virtio network device\n", "commands/lspci.txt"),
        ("Module                  Size  Used by\nkvm  1 0\n", "commands/lsmod.txt"),
        ("20 1 8:1 / / rw - ext4 /dev/sda1 rw\n", "root/proc/self/mountinfo"),
        ("/dev/sda1 / ext4 rw,relatime 0 0\n", "root/proc/mounts"),
        ("nothing of the kind\n", None),
        ("", None),
    ],
)
def test_what_people_paste(text: str, place: str | None) -> None:
    assert place_of(text.encode()) == place


def test_a_folder_of_loose_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("[    0.000000] Hypervisor detected: KVM\n")
    (tmp_path / "b.txt").write_text((FIXTURES / "lspci-nn.txt").read_text())
    (tmp_path / "notes.txt").write_text("the disk is slow\n")
    facts = facts_of(tmp_path)
    assert (facts.hypervisor.kind, len(facts.controllers)) == ("kvm", 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<?xml version="1.0"?>\n<list>\n<node id="host">\n', "lshw -xml, which is not read; lshw -json"),
        ("H/W path   Device  Class  Description\n", "lshw -short, which is not read; lshw would be"),
        ("  QEMU: Checking for hardware virtualization : PASS\n", "virt-host-validate"),
        ("some notes\n", "nor is it the output of a program that is read (lscpu, dmesg"),
    ],
)
def test_what_is_not_read_is_refused_with_what_would_be(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(text)
    with pytest.raises(EvidenceError, match="not a vaudit dump") as refused:
        one(str(tmp_path / "file"))
    assert words in str(refused.value)


# hostile content

HOSTILE = {
    "deep JSON": '{"facterversion": ' + "[" * 200_000,
    "deep objects": '{"id":"a","class":"b","claimed":1,"children":[' * 20_000,
    "wrong types": '{"facterversion": 1, "virtual": {"a": []}, "dmi": [1], "hypervisors": "x"}',
    "lshw of wrong types": '[{"id": 1, "class": [], "claimed": 1, "children": 5, "configuration": 3}]',
    "ansible of wrong types": 'h | SUCCESS => {"ansible_facts": ["ansible_virtualization_type"]}',
    "ansible of numbers": '{"ansible_facts": {"ansible_virtualization_type": 5}}',
    "no JSON": '{"lscpu": [{"field": ',
    "long lines": "00:00.0 " + "[" * 500_000,
    "blanks": " " * 500_000 + "\n" + "\t" * 500_000,
    "colons": "System: Machine: CPU: " + ":" * 400_000,
    "braces": "virtual => {\n" * 50_000,
    "words": "P: /devices/\nE: " + "=" * 400_000,
    "mounts": "1 1 1:1 / / rw - " + "- " * 200_000,
    "marks": "x\n  *-core\n" + "     *-a\n" * 60_000 + "description: ",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_a_moment_or_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(HOSTILE[name])
    try:
        collect(Recorder(one(str(tmp_path / "file"))))
    except EvidenceError as error:
        assert "not a vaudit dump" in str(error)
    for _, place, _ in KNOWN:
        folder = tmp_path / place.replace("/", "-")
        captured(folder, {place: HOSTILE[name]})
    assert len(refusal(HOSTILE[name].encode()[:START])) < 400


# pastes: quoted in a mail, indented in a report, behind another program's columns


INXI = "Machine:\n  System: Acme product: Book v: 2\nCPU:\n  Info: x\nSystem:\n  Kernel: 6\n"
LSHW = "host\n    description: Laptop\n    product: Book\n    vendor: Acme\n  *-core\n"
DMIDECODE = "Handle 0x0001, DMI type 1\nSystem Information\n\tManufacturer: Acme\n\tProduct Name: Book\n"


@pytest.mark.parametrize("before", ["", "    ", "\t", "> ", ">> ", "| ", "# ", "#"])
@pytest.mark.parametrize("text", [INXI, LSHW, DMIDECODE])
def test_what_stands_before_each_line_is_no_part_of_it(tmp_path: Path, before: str, text: str) -> None:
    facts = of_text(tmp_path, "".join(f"{before}{line}\n" for line in text.splitlines()))
    assert facts.hypervisor.kind == "none"
    assert any("Acme" in one.says for one in facts.hypervisor.witnesses)


def test_a_prompt_is_no_json(tmp_path: Path) -> None:
    prompt = "[root@host ~]# lscpu\n"
    facts = of_text(tmp_path, f"{prompt}Architecture:  x86_64\nHypervisor vendor:  VMware\n")
    assert facts.hypervisor.kind == "vmware"
    facts = of_text(tmp_path, f"[root@host ~]# lshw\n{LSHW}")
    assert any("Acme" in one.says for one in facts.hypervisor.witnesses)


@pytest.mark.parametrize("end", ["<br>", "<br/>", "<br />"])
def test_line_ends_of_a_web_page(tmp_path: Path, end: str) -> None:
    text = f"Architecture:  x86_64{end}\nHypervisor vendor:  VMware{end}\n"
    assert of_text(tmp_path, text).hypervisor.kind == "vmware"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("<6>[    0.000000] SMBIOS 3.0.0 present.\n", "commands/dmesg.txt"),
        ("[01:13:22.717][Moby ][Info ] [    0.000000] SMBIOS 3.1.0 present.\n", "commands/dmesg.txt"),
        ("CPU: 0 PID: 0 Comm: swapper\nHardware name: Xen HVM domU, BIOS 4.2\n", "commands/dmesg.txt"),
        ("Linux host 6.1.0-25-amd64 #1 SMP x86_64 GNU/Linux\n", "commands/uname-a.txt"),
        ("[root@host ~]# lscpu\n架构：                  aarch64\n", "commands/lscpu.txt"),
        ("アーキテクチャ:        x86_64\n", "commands/lscpu.txt"),
        ("9:memory:/lxc/web\n", "root/proc/self/cgroup"),
        ("0::/\n", "root/proc/self/cgroup"),
        ("505 496 254:1 /docker/containers/66/hostname /etc/hostname rw - ext4 /dev/vda1 rw\n",
         "root/proc/self/mountinfo"),
        ("Manufacturer:         IBM\nLPAR Number:          13\n", "root/proc/sysinfo"),
    ],
)  # fmt: skip
def test_more_pastes_that_are_known_by_their_content(text: str, place: str) -> None:
    assert place_of(text.encode()) == place


def test_lspci_as_a_tree(tmp_path: Path) -> None:
    text = (
        "-[0000:00]-+-00.0  Intel Corporation 82G33/G31/P35/P31 Express DRAM Controller\n"
        "           +-02.0-[01]----00.0  Red Hat, Inc. Virtio 1.0 network device\n"
        "           \\-1f.2  Intel Corporation 82801IR/IO/IH (ICH9R/DO/DH) 6 port SATA Controller\n"
    )
    (tmp_path / "pasted").write_text(text)
    found = functions(Recorder(one(str(tmp_path / "pasted"))))
    assert [(one.address, one.id) for one in found] == [
        ("0000:00:00.0", "8086:29c0"),
        ("0000:01:00.0", "1af4:1041"),
        ("0000:00:1f.2", "8086:2922"),
    ]


@pytest.mark.parametrize(
    ("description", "product", "said"),
    [
        ("pSeries Guest", "linux,kvm Model# 8286-42A", ("kvm", "guest")),
        ("pSeries LPAR", "IBM,8408-E8E", ("powervm", "guest")),
        ("PowerNV", "IBM Power System S824", ("none", "none")),
    ],
)
def test_lshw_on_power(tmp_path: Path, description: str, product: str, said: tuple[str, str]) -> None:
    """There the names are the device tree's: IBM is the maker of a guest's host."""
    text = f"host\n    description: {description}\n    product: {product}\n    vendor: IBM\n  *-core\n"
    found = captured(tmp_path, {"commands/lshw.txt": text}).hypervisor
    assert (found.kind, found.role) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("xen\nxen-hvm\n", ("xen", "hvm", "guest", [])),
        ("xen\nxen-dom0\n", ("xen", "pv", "host", [])),
        ("kvm\n", ("kvm", "full", "guest", [])),
        ("# virt-what\nhyperv\n", ("hyperv", "full", "guest", [])),
        ("nutanix_ahv\n", ("kvm", "full", "guest", [])),
        ("ibm_power-lpar_shared\n", ("powervm", "para", "guest", [])),
        ("ibm_systemz\nibm_systemz-zvm\n", ("zvm", "para", "guest", [])),
        ("lxc\nkvm\n", ("kvm", "full", "guest", ["lxc"])),
        # it says nothing on a physical machine, and where it failed
        ("\n", ("unknown", None, "none", [])),
        # a cloud has whole machines too
        ("aws\n", ("unknown", None, "none", [])),
    ],
)
def test_virt_what(words: str, said: tuple[str, str | None, str, list[str]], tmp_path: Path) -> None:
    facts = captured(tmp_path, {"commands/virt-what.txt": words, "commands/uname-m.txt": "x86_64\n"})
    found = facts.hypervisor
    assert (found.kind, found.mode, found.role, list(facts.containers or [])) == said
    assert found.cloud == ("aws" if "aws" in words else None)


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\nModule Name  Display Name           Driver Type   Link Date\n============ ==================\n",
         "output of driverquery"),
        ("Microsoft PnP Utility\n\nPublished Name:     oem0.inf\nOriginal Name:      netkvm.inf\n",
         "output of pnputil"),
        ('<?xml version="1.0"?>\n<MsInfo>\n<Metadata>\n', ".nfo"),
    ],
)  # fmt: skip
def test_what_is_not_read_of_windows_is_named(text: str, words: str, coding: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(text.encode(coding))
    for place in (tmp_path / "file", tmp_path):
        with pytest.raises(EvidenceError, match="which is not read") as refused:
            one(str(place))
        assert words in str(refused.value)
        assert "would be" in str(refused.value)


# what collectors of clouds and of Xen write


def test_what_ds_identify_found(tmp_path: Path) -> None:
    text = (
        "[up 2.96s] ds-identify\npolicy loaded: mode=search\nDMI_PRODUCT_NAME=VMware Virtual Platform\n"
        "DMI_SYS_VENDOR=VMware, Inc.\nPID_1_PRODUCT_NAME=unavailable\nVIRT=vmware\nUNAME_MACHINE=x86_64\n"
    )
    facts = of_text(tmp_path, text)
    assert (facts.hypervisor.kind, facts.hypervisor.confidence) == ("vmware", "certain")
    assert facts.cpu.arch == "x86_64"
    kept = {"root/run/cloud-init/ds-identify.log": text.replace("vmware", "kvm")}
    assert captured(tmp_path / "kept", kept).hypervisor.kind in ("vmware", "kvm")


def test_nobody_but_a_control_domain_asks_xen(tmp_path: Path) -> None:
    info = "release : 4.19.0+1\nmachine : x86_64\nxen_major : 4\nxen_minor : 13\nxen_caps : hvm-3.0-x86_64\n"
    said = of_text(tmp_path, info).hypervisor
    assert (said.kind, said.mode, said.role) == ("xen", "pv", "host")
    log = "(XEN) Xen version 4.4.3 (user@)\n(XEN) Command line: dom0_mem=1024M\n"
    assert (of_text(tmp_path, log).hypervisor.kind, of_text(tmp_path, log).hypervisor.role) == ("xen", "host")
    failed = captured(tmp_path / "no", {"commands/xl-info.txt": "xencall: error: Could not obtain handle\n"})
    assert failed.hypervisor.kind == "unknown"


OHAI = '{{"platform_family": "debian", "languages": {{}}, "kernel": {{"machine": "x86_64"}}, {}}}'


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ('"dmi": {"system": {"manufacturer": "VMware, Inc."}}', ("vmware", "guest")),
        (
            '"virtualization": {"systems": {"kvm": "guest"}, "system": "kvm", "role": "guest"}',
            ("kvm", "guest"),
        ),
        # a module of KVM is loaded: in a guest as well as on a host
        (
            '"virtualization": {"systems": {"kvm": "host"}, "system": "kvm", "role": "host"}',
            ("unknown", "none"),
        ),
        ('"dmi": {"system": {"manufacturer": "Dell Inc."}}', ("none", "none")),
        ('"block_device": {"vda": {"size": "1"}, "loop0": {}}', ("unknown", "guest")),
    ],
)
def test_ohai(part: str, said: tuple[str, str], tmp_path: Path) -> None:
    found = of_text(tmp_path, OHAI.format(part)).hypervisor
    assert (found.kind, found.role) == said


def test_a_part_of_ohai(tmp_path: Path) -> None:
    text = '# ohai dmi/system\n{"all_records": [{"record_id": "0x0001"}], "manufacturer": "QEMU"}\n'
    assert of_text(tmp_path, text).hypervisor.vmm == "qemu"


@pytest.mark.parametrize("names", ["sr0,vda,vdb", "vda"])
def test_a_disk_of_virtio_is_a_guests_whatever_facter_concluded(names: str, tmp_path: Path) -> None:
    text = f'{{"facterversion": "1.7.6", "virtual": "physical", "blockdevices": "{names}"}}'
    assert of_text(tmp_path, text).hypervisor.role == "guest"
    plain = of_text(tmp_path, text.replace("vda", "sda").replace("vdb", "sdb")).hypervisor
    assert (plain.kind, plain.confidence) == ("none", "weak")


def test_ansible_calls_guests_with_kvms_module_hosts(tmp_path: Path) -> None:
    text = '{"ansible_facts": {"ansible_virtualization_role": "host", "ansible_virtualization_type": "kvm"}}'
    assert of_text(tmp_path, text).hypervisor.kind == "unknown"
    disks = text.replace('{"ansible_v', '{"ansible_devices": {"vda": {"size": "1 GB"}}, "ansible_v', 1)
    assert of_text(tmp_path, disks).hypervisor.role == "guest"


@pytest.mark.parametrize(("flag", "state"), [("vmx", "present"), ("svm", "present"), ("nx", "unknown")])
def test_inxi_lists_some_flags(flag: str, state: str, tmp_path: Path) -> None:
    text = (
        "System:    Kernel: 6.1 x86_64\nMachine:   Type: Desktop\n"
        f"CPU:       Info: Quad Core\n           flags: avx lm {flag}\n"
    )
    facts = of_text(tmp_path, text)
    assert facts.cpu.hw_virt_state == state
    assert facts.hypervisor.kind == "unknown"  # that `hypervisor` is not among a few says nothing


def test_virt_what_calls_a_surface_a_virtual_pc(tmp_path: Path) -> None:
    said = {"commands/virt-what.txt": "virtualpc\n", "root/sys/class/dmi/id/product_name": "Surface Book\n",
            "root/sys/class/dmi/id/sys_vendor": "Microsoft Corporation\n"}  # fmt: skip
    assert captured(tmp_path, said).hypervisor.kind == "none"


def test_the_name_of_xen_alone_tells_no_mode(tmp_path: Path) -> None:
    said = captured(tmp_path, {"commands/systemd-detect-virt.txt": "xen\n"}).hypervisor
    assert (said.kind, said.mode, said.role) == ("xen", None, "guest")


# what people of virtual servers paste

YABS = """Basic System Information:
---------------------------------
Uptime     : 0 days, 1 hours, 2 minutes
Processor  : {0}
CPU cores  : 2 @ 2000.000 MHz
AES-NI     : ✔ Enabled
VM-x/AMD-V : {1}
RAM        : 1.9 GiB
Distro     : Debian GNU/Linux 12 (bookworm)
Kernel     : 6.1.0-13-amd64
VM Type    : {2}
"""


@pytest.mark.parametrize(
    ("model", "shown", "word", "said"),
    [
        ("AMD EPYC 7502", "✔ Enabled", "KVM", ("kvm", "guest", "present", "amd-v")),
        # it looks for both flags in /proc/cpuinfo, so that it has not seen them
        ("Intel Xeon", "❌ Disabled", "MICROSOFT", ("hyperv", "guest", "hidden", None)),
        ("Intel Xeon", "✔ Enabled", "NONE", ("none", "none", "present", "vt-x")),
    ],
)
def test_yabs(model: str, shown: str, word: str, said: tuple[str, ...], tmp_path: Path) -> None:
    facts = of_text(tmp_path, YABS.format(model, shown, word))
    found = facts.hypervisor
    assert (found.kind, found.role, facts.cpu.hw_virt_state, facts.cpu.hw_virt) == said
    assert found.confidence in ("likely", "weak")


def test_bench_sh(tmp_path: Path) -> None:
    text = " CPU Model          : AMD EPYC\n CPU Cores          : 1\n Arch               : x86_64 (64 Bit)\n"
    facts = of_text(tmp_path, f"{text} Virtualization     : KVM\n")
    assert (facts.hypervisor.kind, facts.cpu.arch) == ("kvm", "x86_64")
    assert of_text(tmp_path, f"{text} Virtualization     : OpenVZ\n").containers == ["openvz"]
    assert of_text(tmp_path, f"{text} Virtualization     : Dedicated\n").hypervisor.confidence == "weak"


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("KVM/QEMU (Standard PC (Q35 + ICH9, 2009) pc-q35-7.2)", ("kvm", "likely")),
        ("VMware Virtual Platform None", ("vmware", "likely")),
        ("Virtual Machine Hyper-V UEFI Release v4.0", ("hyperv", "likely")),
        ("Virtual Machine (Hyper-V UEFI Release v4.1)", ("hyperv", "likely")),
        ("VirtualBox 1.2", ("virtualbox", "likely")),
        ("ThinkPad T14 Gen 1", ("none", "weak")),
    ],
)
def test_a_drawing_with_the_name_of_the_host(host: str, said: tuple[str, str], tmp_path: Path) -> None:
    text = f"     _,met$$$$$gg.    OS: Debian 12\n    ,g$$P      Host: {host}\n  Kernel: 6.1\n  Uptime: 1\n"
    found = of_text(tmp_path, text).hypervisor
    assert (found.kind, found.confidence) == said


def test_a_probe_keeps_its_logs_in_a_folder(tmp_path: Path) -> None:
    logs = tmp_path / "probe" / "hw.info" / "logs"
    logs.mkdir(parents=True)
    (logs.parent / "host").write_text("system:debian-12\n")
    for number in range(80):
        (logs / f"a{number}").write_text("nothing\n")
    (logs / "lscpu").write_text("Architecture: x86_64\nCPU(s): 2\nHypervisor vendor: KVM\n")
    assert collect(one(str(tmp_path / "probe"))).hypervisor.kind == "kvm"


INXI = """System:    Host: h Kernel: 5.10.0 x86_64 bits: 64
Machine:   Type: Vm System: {system} product: {product} v: N/A
CPU:       Info: dual core model: X bits: 64 type: MCP
Network:   Device-1: Some card driver: {driver} {place}
           IF: eth7 state: up speed: 1000 Mbps duplex: full mac: <filter>
           Device-2: Another driver: other IF: eth8 state: down
Drives:    Local Storage: total: 20 GiB used: 4 GiB (20.0%)
           ID-1: /dev/{disk} vendor: Some model: Thing size: 20 GiB
Partition: ID-1: / size: 19 GiB fs: ext4 dev: /dev/{disk}1
"""
VMWARE = ("VMware", "VMware Virtual Platform")
QEMU = ("QEMU", "Standard PC (Q35 + ICH9, 2009)")
METAL = ("Supermicro", "SYS-5039MS")


@pytest.mark.parametrize(
    ("machine", "driver", "place", "card"),
    [
        (VMWARE, "pcnet32", "", "emulated"),
        (VMWARE, "vmxnet3", "", "paravirtual"),
        (VMWARE, "igb", "", "unknown"),
        (QEMU, "virtio-pci", "bus-ID: 01:00.0 chip-ID: 1af4:1041", "paravirtual"),
        (QEMU, "e1000", "bus-ID: 01:00.0 chip-ID: 8086:100e", "emulated"),
        (METAL, "igb", "bus-ID: 01:00.0 chip-ID: 8086:1521", "physical"),
        (METAL, "e1000", "", "unknown"),
    ],
)
def test_inxis_cards(tmp_path: Path, machine: tuple[str, str], driver: str, place: str, card: str) -> None:
    text = INXI.format(system=machine[0], product=machine[1], driver=driver, place=place, disk="sda")
    facts = of_text(tmp_path, text)
    assert [(one.name, one.path) for one in facts.net] == [("eth7", card), ("eth8", "unknown")]


@pytest.mark.parametrize(
    ("disk", "path"), [("vda", "paravirtual"), ("xvda", "paravirtual"), ("sda", "unknown")]
)
def test_inxis_disks(tmp_path: Path, disk: str, path: str) -> None:
    text = INXI.format(system=QEMU[0], product=QEMU[1], driver="virtio-pci", place="", disk=disk)
    assert [(one.name, one.path) for one in of_text(tmp_path, text).block] == [(disk, path)]


def test_lshw_names_qemu_on_power(tmp_path: Path) -> None:
    text = (
        "h\n    description: pSeries Guest\n    product: linux,kvm Model# 8286-42A\n    vendor: IBM\n"
        "  *-core\n       description: Motherboard\n       capabilities: qemu_pseries\n"
    )
    found = of_text(tmp_path, text).hypervisor
    assert (found.kind, found.vmm) == ("kvm", "qemu")
