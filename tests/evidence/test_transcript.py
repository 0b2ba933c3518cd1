# ruff: noqa: E501 - the lines are those of machines
"""A text of a terminal or of a bug report: which command printed what, and whose machine it was.

Written by hand as people send them; the facts of each are those of a machine that cannot be mistaken.
"""

import json
import time
from pathlib import Path

import pytest

from vaudit.evidence import posted, transcript
from vaudit.evidence.loose import of_linux, places_in
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.model.facts import Facts

DMI = "root/sys/class/dmi/id"
DMIDECODE = (
    "Handle 0x0001, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: QEMU\n\tProduct Name: X\n"
)
LSCPU = "Architecture:  x86_64\nCPU(s):        2\nHypervisor vendor:  KVM\nVirtualization type:  full\n"


def places(text: str) -> dict[str, str]:
    return {place: found.decode() for place, found in transcript.places(text, of_linux).items()}


def facts_of(folder: Path, text: str) -> Facts:
    (folder / "report").write_text(text, newline="")
    return collect(Recorder(one(str(folder / "report"))))


@pytest.mark.parametrize(
    "prompt",
    [
        "$ ",
        "# ",
        "root@vm:~# ",
        "[root@vm ~]# ",
        "vm:~ # ",
        "(venv) me@vm:/tmp$ ",
        "~ # ",
        "vm % ",
        "❯ ",
        "> $ ",
    ],
)
def test_a_prompt_of_any_shell(prompt: str) -> None:
    told = places(f"{prompt}systemd-detect-virt\nkvm\n{prompt}sudo lscpu\n{LSCPU}")
    assert told["commands/systemd-detect-virt.txt"] == "kvm"
    assert told["commands/lscpu.txt"] == LSCPU


@pytest.mark.parametrize(
    "heading",
    ["lscpu", "lscpu:", "### lscpu", "**`lscpu`**", "Output of `sudo lscpu`:", "<summary>lscpu</summary>"],
)
def test_a_heading_that_is_a_command(heading: str) -> None:
    text = posted.cleaned(f"My machine\n\n{heading}\n```\n{LSCPU}```\nThanks\n")
    assert places(text)["commands/lscpu.txt"] == LSCPU


def test_a_sentence_is_no_heading() -> None:
    assert places("lscpu shows nothing of use, and mount is missing\ncat\nlspci is fine\n") == {}


def test_what_dmidecode_prints_of_itself_is_no_command() -> None:
    assert list(places(f"# dmidecode 3.4\nGetting SMBIOS data from sysfs.\n{DMIDECODE}")) == [
        "commands/dmidecode.txt"
    ]


def test_fences_part_what_no_command_introduces() -> None:
    told = places(f"Guest:\n```\n{DMIDECODE}```\nand\n```text\n{LSCPU}```\n")
    assert set(told) == {"commands/dmidecode.txt", "commands/lscpu.txt"}


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ("$ cat /sys/class/dmi/id/sys_vendor\nQEMU\n\nThat is all.\n", f"{DMI}/sys_vendor", "QEMU"),
        ("$ cat /sys/devices/virtual/dmi/id/sys_vendor\nQEMU\n", f"{DMI}/sys_vendor", "QEMU"),
        (
            "$ cat /sys/class/dmi/id/{sys_vendor,bios_vendor}\nQEMU\nSeaBIOS\n",
            f"{DMI}/bios_vendor",
            "SeaBIOS",
        ),
        ("$ grep . /sys/class/dmi/id/*\n/sys/class/dmi/id/sys_vendor:QEMU\n", f"{DMI}/sys_vendor", "QEMU"),
        ("$ sh -c 'cd /sys/class/dmi/id && grep -r . *'\nsys_vendor:QEMU\n", f"{DMI}/sys_vendor", "QEMU"),
        (
            "$ grep -H '' /sys/class/dmi/id/{sys_vendor,bios_vendor}\n/sys/class/dmi/id/sys_vendor:QEMU\n",
            f"{DMI}/sys_vendor",
            "QEMU",
        ),
        (
            "$ head -n1 /sys/class/dmi/id/*_vendor\n==> /sys/class/dmi/id/sys_vendor <==\nQEMU\n\n",
            f"{DMI}/sys_vendor",
            "QEMU",
        ),
        ("for i in *; do …\nsys_vendor: QEMU\nproduct_name: X\n", f"{DMI}/sys_vendor", "QEMU"),
        ("# dmidecode -s system-manufacturer\nQEMU\n", f"{DMI}/sys_vendor", "QEMU"),
        ("# dmidecode --string baseboard-product-name\nX1\n", f"{DMI}/board_name", "X1"),
        ("$ uname -r\n6.1.0\n", "root/proc/sys/kernel/osrelease", "6.1.0"),
        ("$ sudo ethtool -i eth0\ndriver: ena\n", "commands/ethtool_-i_eth0.txt", "driver: ena\n"),
        ("$ LC_ALL=C lspci -nnk\n00:00.0 X\n", "commands/lspci-nnk.txt", "00:00.0 X\n"),
        ("# xl info\nxen_major : 4\n", "commands/xl-info.txt", "xen_major : 4\n"),
    ],
)
def test_where_an_answer_belongs(text: str, place: str, value: str) -> None:
    assert places(text)[place] == value


@pytest.mark.parametrize(
    "line",
    ["- `/sys/class/dmi/id/sys_vendor`: `QEMU`", "/sys/class/dmi/id/sys_vendor -> 'QEMU'",
     "cat /sys/devices/virtual/dmi/id/sys_vendor: QEMU", "its /sys/class/dmi/id/sys_vendor = QEMU"],
)  # fmt: skip
def test_a_file_that_is_named_beside_its_value(line: str) -> None:
    assert places(f"I see\n{line}\n")[f"{DMI}/sys_vendor"] == "QEMU"
    assert places("cat: /sys/class/dmi/id/sys_vendor: No such file or directory\n") == {}


def test_names_without_their_values_are_not_guessed() -> None:
    assert places("$ cat /sys/class/dmi/id/{sys_vendor,bios_vendor}\nQEMU\n") == {}


def test_reasons_in_sentences_are_no_words() -> None:
    text = "$ SYSTEMD_LOG_LEVEL=debug systemd-detect-virt\nVirtualization XEN not found\nnone found\nvmware\n"
    assert places(text) == {"commands/systemd-detect-virt.txt": "vmware"}


def test_a_second_machine_is_not_this_one(tmp_path: Path) -> None:
    text = (
        f"root@guest:~# lscpu\n{LSCPU}root@host:~# cat /sys/class/dmi/id/sys_vendor\nDell Inc.\n"
        "root@host:~# lsmod\nModule                  Size  Used by\nkvm_intel 458752 4\n"
    )
    assert list(places(text)) == ["commands/lscpu.txt"]
    source = one(str(_written(tmp_path, text)))
    assert ["host" in note and "guest" in note for note in source.notes] == [True]
    assert (collect(source).hypervisor.kind, collect(source).hypervisor.role) == ("kvm", "guest")


def _written(folder: Path, text: str) -> Path:
    (folder / "report").write_text(text)
    return folder / "report"


def test_a_report_of_several_commands_is_one_machine(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path, f"Hello\n\n$ systemd-detect-virt\nmicrosoft\n\n# dmidecode\n{DMIDECODE}$ lscpu\n{LSCPU}"
    )
    assert (facts.hypervisor.kind, facts.hypervisor.vmm, facts.cpu.arch) == ("kvm", "qemu", "x86_64")


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[32m[    0.000000] \x1b[0m\x1b[33mHypervisor detected\x1b[0m: KVM\n",
        "[    0.000000] x\r\n[    0.000000] Hypervisor detected: KVM\r\n",
        "&lt;6&gt;[    0.000000] Hypervisor detected: KVM\n",
        "\x1b]0;me@vm: ~\x07\x1b[?2004hme@vm:~$ dmesg\r\n\x1b[?2004l\r[    0.0] Hypervisor detected: KVM\r\n",
        "> > [    0.000000] Hypervisor detected: KVM\n",
        "<pre>[    0.000000] Hypervisor detected: KVM\n</pre>\n",
    ],
)
def test_colours_pages_and_mails(text: str, tmp_path: Path) -> None:
    assert facts_of(tmp_path, text).hypervisor.kind == "kvm"


@pytest.mark.parametrize("coding", ["utf-16", "utf-8-sig"])
def test_what_powershell_wrote_into_a_file(coding: str, tmp_path: Path) -> None:
    (tmp_path / "lscpu.txt").write_bytes(LSCPU.encode(coding))
    assert collect(one(str(tmp_path / "lscpu.txt"))).hypervisor.kind == "kvm"


def test_a_supportconfig(tmp_path: Path) -> None:
    (tmp_path / "hardware.txt").write_text(
        "=====\n  Support Utilities\n=====\n\n#==[ Command ]======================================#\n"
        f"# /usr/bin/lscpu\n{LSCPU}\n#==[ Command ]======================================#\n"
        f"# /usr/sbin/dmidecode\n{DMIDECODE}"
    )
    (tmp_path / "boot.txt").write_text(
        "#==[ Configuration File ]===========================#\n# /proc/cmdline\nquiet root=/dev/vda2\n"
        "#==[ Command ]======================================#\n# /bin/dmesg -T\n[x] kvm-clock: cpu 0\n"
    )
    facts = collect(Recorder(one(str(tmp_path))))
    assert (facts.hypervisor.kind, facts.hypervisor.vmm) == ("kvm", "qemu")
    assert "call:dmesg" in facts.hypervisor.evidence


def test_what_a_supportconfig_says_of_virtualization() -> None:
    text = (
        "#==[ System ]======#\n# Virtualization\nManufacturer:  VMware, Inc.\nHardware:      X\nIdentity: Y\n"
    )
    assert places(text) == {f"{DMI}/sys_vendor": "VMware, Inc.", f"{DMI}/product_name": "X"}


@pytest.mark.parametrize("folder", ["cloud-init-logs-2026", "a/b"])
def test_what_an_archive_keeps_in_a_folder(folder: str, tmp_path: Path) -> None:
    top = tmp_path / "archive" / folder
    (top / "run/cloud-init").mkdir(parents=True)
    (top / "dmesg.txt").write_text("[    0.000000] Hypervisor detected: KVM\n")
    (top / "run/cloud-init/ds-identify.log").write_text("DMI_SYS_VENDOR=QEMU\nVIRT=kvm\n")
    found = collect(one(str(tmp_path / "archive"))).hypervisor
    assert (found.kind, found.vmm) == ("kvm", "qemu")


def test_of_two_machines_nothing_is_read_as_a_whole() -> None:
    text = f"root@host:~# lscpu\nArchitecture: x86_64\nCPU(s): 8\nroot@vm:~# lscpu\n{LSCPU}".encode()
    notes: list[str] = []
    found = places_in(text, text, notes)
    assert found == {"commands/lscpu.txt": b"Architecture: x86_64\nCPU(s): 8\n"}
    assert len(notes) == 1


@pytest.mark.parametrize(
    "text",
    ["#" * 200_000, "[" * 200_000, "$ " * 100_000, "root@" * 50_000, "a " * 100_000, "\x1b[" * 100_000,
     "`" * 200_000, "> " * 100_000, "<p " * 80_000, "</p>" + "<p " * 80_000, "&lt;" * 50_000,
     "# cat /sys/class/dmi/id/{" + "a," * 90_000, "\n".join(["$ lscpu"] * 30_000), "a@b:~$ x\n" * 30_000],
)  # fmt: skip
def test_a_hostile_text_takes_no_long(text: str) -> None:
    start = time.process_time()
    places(posted.cleaned(text))
    assert time.process_time() - start < 2


FACTER_DMI = """{
  bios => {
    vendor => "SeaBIOS",
    version => "rel-1.17.0-0-prebuilt.qemu.org"
  },
  manufacturer => "QEMU",
  product => {
    name => "Standard PC (i440FX + PIIX, 1996)"
  }
}
"""


@pytest.mark.parametrize("prompt", ["# facter dmi", "root@vm:~# facter dmi", "$ facter -p dmi"])
def test_one_fact_that_was_asked_of_facter_is_printed_without_its_name(tmp_path: Path, prompt: str) -> None:
    found = facts_of(tmp_path, f"{prompt}\n{FACTER_DMI}").hypervisor
    assert (found.kind, found.vmm) == ("kvm", "qemu")


def test_a_word_that_was_asked_of_facter(tmp_path: Path) -> None:
    assert facts_of(tmp_path, "$ facter virtual\nxenhvm\n$ uname -m\nx86_64\n").hypervisor.kind == "xen"


OHAI = '{\n  "systems": {\n    "hyperv": "guest"\n  },\n  "system": "hyperv",\n  "role": "guest"\n}\n'


@pytest.mark.parametrize(
    "text", [OHAI, f"`ohai virtualization`\n```json\n{OHAI}```\n", f"$ ohai virtualization\n{OHAI}"]
)
def test_a_part_of_ohai(tmp_path: Path, text: str) -> None:
    found = facts_of(tmp_path, text).hypervisor
    assert (found.kind, found.role) == ("hyperv", "guest")


@pytest.mark.parametrize("prompt", ["", "[me@vm ~]$ ansible -i h, -m setup h|grep -i virt\n"])
def test_lines_that_grep_left_of_ansible(tmp_path: Path, prompt: str) -> None:
    lines = '                "model": "Virtual disk",\n        "ansible_product_name": "VMware Virtual Platform",\n        "ansible_virtualization_role": "NA",\n        "ansible_virtualization_type": "NA",\n'
    assert facts_of(tmp_path, prompt + lines).hypervisor.kind == "vmware"


def test_the_lower_half_of_what_lscpu_printed(tmp_path: Path) -> None:
    text = "                         avx f16c rdrand hypervisor lahf_lm cmp_legacy sv\nVirtualization features: \n  Virtualization:        AMD-V\n  Hypervisor vendor:     KVM\n  Virtualization type:   full\n"
    found = facts_of(tmp_path, text)
    assert (found.hypervisor.kind, found.cpu.hw_virt) == ("kvm", "amd-v")


CAPABILITIES = """<capabilities>

  <host>
    <cpu>
      <arch>x86_64</arch>
      <vendor>Intel</vendor>
      <feature name='{flag}'/>
      <feature name='smx'/>
    </cpu>
  </host>
  <guest>
    <arch name='x86_64'>
      <domain type='qemu'/>
      <domain type='kvm'/>
    </arch>
  </guest>
</capabilities>
"""


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("vmx", ("none", "none", "vt-x")),
        ("svm", ("none", "none", "amd-v")),
        ("hypervisor", ("unknown", "guest", None)),
    ],
)
@pytest.mark.parametrize("before", ["", "$ virsh capabilities\n", "``` xml\n"])
def test_what_libvirt_tells_of_its_host(
    tmp_path: Path, before: str, flag: str, said: tuple[str, str, str | None]
) -> None:
    found = facts_of(tmp_path, before + CAPABILITIES.format(flag=flag))
    assert (found.hypervisor.kind, found.hypervisor.role, found.cpu.hw_virt) == said


def test_ansible_without_a_role_may_speak_of_a_host(tmp_path: Path) -> None:
    text = 'h | SUCCESS => {\n    "ansible_facts": {\n        "ansible_virtualization_type": "kvm"\n    },\n    "changed": false\n}\n'
    for told in (text, f"```\n{text}```\n"):
        assert facts_of(tmp_path, told).hypervisor.kind == "unknown"


@pytest.mark.parametrize(
    ("word", "name"), [("docker", "docker"), ("lxc", "lxc"), ("wsl", "wsl"), ("podman", "podman")]
)
def test_what_systemd_says_on_the_console_of_a_container(tmp_path: Path, word: str, name: str) -> None:
    text = f"Detected virtualization {word}.\nDetected architecture arm64.\n\nWelcome to Ubuntu!\n"
    found = facts_of(tmp_path, text)
    assert (found.containers, found.hypervisor.kind) == ([name], "unknown")


@pytest.mark.parametrize("line", ["Kernel:                  Linux {}", " Kernel Version: {}", "kernel: {}"])
def test_a_kernel_of_wsl_names_itself_in_any_list(tmp_path: Path, line: str) -> None:
    told = line.format("6.6.87.2-microsoft-standard-WSL2")
    found = facts_of(
        tmp_path,
        f"```\nHypervisor vendor:       Microsoft\nVirtualization type:     full\n```\nSoftware\n```\n{told}\n```\n",
    )
    assert (found.containers, found.hypervisor.kind) == (["wsl"], "hyperv")


SUBSCRIPTION = """dmi.bios.vendor: SeaBIOS
dmi.system.manufacturer: {maker}
dmi.system.product_name: {product}
network.ipv6_address: ::1
proc_cpuinfo.common.flags: fpu vmx est
uname.machine: x86_64
virt.host_type: {word}
virt.is_guest: {guest}
"""


@pytest.mark.parametrize(
    ("firmware", "concluded", "said"),
    [
        (("Red Hat", "RHEV Hypervisor"), ("rhev, kvm", "True"), ("kvm", "guest", "rhev")),
        (("Dell Inc.", "PowerEdge R740"), ("Not Applicable", "False"), ("none", "none", None)),
        (("VMware, Inc.", "VMware7,1"), ("vmware", "True"), ("vmware", "guest", None)),
    ],
)
def test_what_red_hats_registration_knows(
    tmp_path: Path, firmware: tuple[str, str], concluded: tuple[str, str], said: tuple[str, str, str | None]
) -> None:
    maker, product = firmware
    text = SUBSCRIPTION.format(maker=maker, product=product, word=concluded[0], guest=concluded[1])
    rows = dict(line.split(": ", 1) for line in text.splitlines())
    as_json = json.dumps({**rows, "virt.is_guest": concluded[1] == "True"}, indent=4)
    for told in (text, as_json, f"# subscription-manager facts\n{text}"):
        found = facts_of(tmp_path, told)
        hypervisor = found.hypervisor
        assert (hypervisor.kind, hypervisor.role, hypervisor.vmm) == said
        assert found.cpu.hw_virt == "vt-x"
