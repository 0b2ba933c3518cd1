"""What people paste of a Windows: dxdiag, pnputil, Get-ComputerInfo, and what pages make of systeminfo.

All are written by hand in the layouts that people published; ids are those of the devices that they name.
"""

from pathlib import Path

import pytest

from vaudit import systeminfo
from vaudit.evidence.loose import place_of
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.model.facts import Facts


def of(folder: Path, text: str, coding: str = "utf-8") -> Facts:
    (folder / "record").write_bytes(text.encode(coding))
    return collect(Recorder(one(str(folder / "record"))))


def notes(folder: Path, text: str) -> list[str]:
    (folder / "record").write_text(text)
    return list(one(str(folder / "record")).notes)


HEAD = """Host Name:                     {host}
OS Name:                       Microsoft Windows 11 Pro
OS Version:                    10.0.26100 N/A Build 26100
System Manufacturer:           {maker}
System Model:                  {model}
System Type:                   x64-based PC
Processor(s):                  1 Processor(s) Installed.
                               [01]: Intel64 Family 6 Model 154 Stepping 3 GenuineIntel ~2100 Mhz
"""
CARDS = """Network Card(s):               2 NIC(s) Installed.
                               [01]: {first}
                                     Connection Name: Ethernet
                                     IP address(es)
                                     [01]: 192.0.2.7
                                     [02]: fe80::7
                               [02]: {second}
                                     Connection Name: Ethernet 2
"""
NEEDS = """Hyper-V Requirements:          VM Monitor Mode Extensions: {seen}
                               Virtualization Enabled In Firmware: {switch}
                               Second Level Address Translation: Yes
                               Data Execution Prevention Available: Yes
"""
METAL, GUEST = ("Dell Inc.", "Latitude 5440"), ("innotek GmbH", "VirtualBox")


def head(maker: str, model: str, host: str = "ONE") -> str:
    return HEAD.format(maker=maker, model=model, host=host)


@pytest.mark.parametrize("columns", [True, False])
@pytest.mark.parametrize(
    ("machine", "said", "state"),
    [
        (METAL, ("Yes", "Yes"), "present"),
        (METAL, ("Yes", "No"), "firmware-disabled"),
        (METAL, ("No", "No"), "unknown"),  # only the processor could tell whether firmware switched it off
        (GUEST, ("No", "No"), "hidden"),
        (GUEST, ("Yes", "Yes"), "present"),
    ],
)
def test_what_hyperv_would_need_tells_the_state_of_the_processors_help(
    tmp_path: Path, columns: bool, machine: tuple[str, str], said: tuple[str, str], state: str
) -> None:
    text = head(*machine) + NEEDS.format(seen=said[0], switch=said[1])
    if not columns:
        text = "\n".join(" ".join(line.split()) for line in text.splitlines())
    assert of(tmp_path, text).cpu.hw_virt_state == state


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ("Требования Hyper-V: Режим мониторинга: Да\n{b}Включена в прошивке: Нет\n{b}SLAT: Да\n"
         "{b}Предотвращение: Да\n", (True, False)),
        ("Requisitos Hyper-V: Modo de monitor: Sí\n{b}Habilitada en el firmware: Sí\n{b}x: Sí\n"
         "{b}y: Sí\n", (True, True)),
        ("Hyper-V 要求: VM 监视器模式扩展: 是\n{b}固件中已启用虚拟化: 否\n"
         "{b}x: 是\n{b}y: 是\n", (True, False)),
        ("Hyper-V Requirements: VM Monitor Mode Extensions: Kyllä\n", (None, None)),
        ("Requisitos Hyper-V: Modo de monitor: Sí\n", (True, None)),  # the others were cut out
        ("Hyper-V Requirements: A hypervisor has been detected. Features required for\n"
         "{b}Hyper-V will not be displayed.\n", None),
    ],
)  # fmt: skip
def test_the_answers_stand_in_one_order_in_every_language(
    line: str, needs: tuple[bool | None, bool | None] | None
) -> None:
    found = systeminfo.needs(systeminfo.parse(line.format(b=" " * 31)))
    assert (found and (found.extension, found.firmware)) == needs


def test_cards_are_told_from_addresses_where_a_page_took_the_columns_away(tmp_path: Path) -> None:
    text = head("VMware, Inc.", "VMware7,1") + CARDS.format(
        first="vmxnet3 Ethernet Adapter", second="Intel(R) 82574L Gigabit Network Connection"
    )
    for between in ("\n", "\n\n"):
        flat = between.join(" ".join(line.split()) for line in text.splitlines()) + "\n"
        facts = of(tmp_path, f"{flat}Hotfix(s): 1\n[01]: KB5066128\n")
        assert [(one.name, one.path) for one in facts.net] == [
            ("vmxnet3 Ethernet Adapter", "paravirtual"),
            ("Intel(R) 82574L Gigabit Network Connection", "emulated"),
        ]


def test_a_systeminfo_in_one_line_is_taken_apart(tmp_path: Path) -> None:
    text = head("VMware, Inc.", "VMware7,1") + CARDS.format(first="vmxnet3 Ethernet Adapter", second="Citrix")
    side_by_side = "C:\\> systeminfo " + " ".join(text.split())
    escaped = '{"out": "' + text.replace("\n", "\\r\\n") + '"}'
    for line in (side_by_side, escaped):
        facts = of(tmp_path, f"It prints this:\n{line}\n")
        assert (facts.hypervisor.kind, facts.os.build, facts.machine.product) == (
            "vmware", "26100", "VMware7,1",
        )  # fmt: skip
        assert facts.net[0].path == "paravirtual"
        assert len(facts.net) == 2


@pytest.mark.parametrize(
    ("maker", "kind"),
    [("Microsoft Corporation", "unknown"), ("innotek GmbH", "virtualbox"), ("Dell Inc.", "none")],
)
def test_a_text_cut_behind_a_maker_of_machines_and_hypervisors_tells_of_neither(
    tmp_path: Path, maker: str, kind: str
) -> None:
    text = head(maker, "")
    assert of(tmp_path, text[: text.index("System Model")]).hypervisor.kind == kind


LISTED = {
    "Host Name": "ONE", "OS Name": "Microsoft Windows Server 2019 Standard",
    "OS Version": "10.0.17763 N/A Build 17763", "System Manufacturer": "VMware, Inc.",
    "System Model": "VMware7,1", "System Type": "x64-based PC",
    "Processor(s)": "2 Processor(s) Installed.,[01]: Intel64 Family 6 Model 85 GenuineIntel ~2494 Mhz,"
    "[02]: Intel64 Family 6 Model 85 GenuineIntel ~2494 Mhz",
    "Hotfix(s)": "2 Hotfix(s) Installed.,[01]: KB5029925,[02]: KB4512577",
    "Network Card(s)": "2 NIC(s) Installed.,[01]: vmxnet3 Ethernet Adapter,      Connection Name: Ethernet0,"
    "      DHCP Enabled:    No,      IP address(es),      [01]: 192.0.2.5,      [02]: fe80::5,"
    "[02]: Intel(R) 82574L Gigabit Network Connection,      Connection Name: Ethernet1",
    "Hyper-V Requirements": "A hypervisor has been detected.",
}  # fmt: skip


def test_a_systeminfo_in_commas_is_read_and_so_is_what_powershell_makes_of_it(tmp_path: Path) -> None:
    """`systeminfo /fo csv`, and behind it `| ConvertFrom-Csv`, which wraps what is long."""
    commas = "\n".join(",".join(f'"{one}"' for one in row) for row in (LISTED, LISTED.values()))
    shown = ""
    for label, value in LISTED.items():
        shown += f"{label:<26}: " + value.replace("Mhz,", f"\n{' ' * 28}Mhz,").replace(
            ",      DHCP", f",\n{' ' * 28}DHCP"
        )
        shown += "\n"
    for text in (f"C:\\> systeminfo /fo csv\n{commas}\n", shown):
        facts = of(tmp_path, text)
        assert (facts.hypervisor.kind, facts.os.build, facts.cpu.sockets) == ("vmware", "17763", 2)
        assert facts.cpu.hw_virt_state == "hidden"
        assert [(one.name, one.path) for one in facts.net] == [
            ("vmxnet3 Ethernet Adapter", "paravirtual"),
            ("Intel(R) 82574L Gigabit Network Connection", "emulated"),
        ]


def test_the_marks_of_a_page_are_no_part_of_values(tmp_path: Path) -> None:
    text = head("VMware, Inc.", "VMware7,1").replace(
        "10.0.26100 N/A Build 26100", '<span style="color: #f00;"><strong>10.0.26100 N/A</strong></span>'
    )
    assert of(tmp_path, f"<pre>C:\\&gt;systeminfo\n{text}</pre>\n").os.build == "26100"


def test_of_two_machines_in_one_text_the_first_is_read_and_it_is_said(tmp_path: Path) -> None:
    mine = head(*METAL)
    theirs = head(*GUEST, host="TWO") + CARDS.format(first="A", second="B")
    said = "it tells of several machines: the first was read, the others were left out"
    facts = of(tmp_path, f"{mine}\nAnd this is the guest on it:\n\n{theirs}")
    assert (facts.hypervisor.kind, facts.net) == ("none", [])
    assert said in notes(tmp_path, mine + theirs)
    assert said in notes(tmp_path, head(*GUEST) + head(*GUEST, host="TWO"))
    assert said not in notes(tmp_path, mine + mine)


VBS = "Virtualization-based security: Status: {status}\n{b}Services Running:\n{b}      Credential Guard\n"


@pytest.mark.parametrize(
    ("status", "on"),
    [("Running", True), ("Enabled but not running", True), ("Not enabled", False), ("?", None)],
)
def test_security_by_virtualization_is_told_by_systeminfo_and_msinfo32(
    tmp_path: Path, status: str, on: bool | None
) -> None:
    text = head(*GUEST) + VBS.format(status=status, b=" " * 31)
    page = PAGE + f"Virtualization-based security\t{status}\n"
    for each in (text, page):
        windows = of(tmp_path, each).windows
        assert windows is not None
        assert windows.vbs is on
        assert windows.evidence


PAGE = """OS Name\tMicrosoft Windows 10 Pro
Version\t10.0.19045 Build 19045
System Name\tONE
System Manufacturer\tVMware, Inc.
System Model\tVMware7,1
System Type\tx64-based PC
Processor\tIntel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz, 2993 Mhz, 2 Core(s), 2 Logical Processor(s)
BIOS Version/Date\tVMware, Inc. 1.00, 1/1/2020
Total Physical Memory\t7.99 GB
"""
SEEN = (
    "Hyper-V - VM Monitor Mode Extensions\t{seen}\nHyper-V - Virtuali{z}ation Enabled in Firmware\t{switch}\n"
)
RUNS = "A hypervisor has been detected. Features required for Hyper-V will not be displayed.\t\n"


@pytest.mark.parametrize("tab", ["\t", "    ", "\t\t\t"])
@pytest.mark.parametrize(
    ("maker", "lines", "state"),
    [
        ("HP", SEEN.format(seen="Yes", z="z", switch="No"), "firmware-disabled"),
        ("HP", SEEN.format(seen="Yes", z="s", switch="No"), "firmware-disabled"),
        ("HP", SEEN.format(seen="Yes", z="z", switch="Yes"), "present"),
        ("VMware, Inc.", SEEN.format(seen="No", z="z", switch="No"), "hidden"),
        ("VMware, Inc.", RUNS, "hidden"),
    ],
)
def test_msinfo32_tells_the_state_of_the_processors_help_whatever_a_page_made_of_its_tabs(
    tmp_path: Path, tab: str, maker: str, lines: str, state: str
) -> None:
    model = "HP ProDesk 400 G9" if maker == "HP" else "VMware7,1"
    page = PAGE.replace("Model\tVMware7,1", f"Model\t{model}").replace("VMware, Inc.", maker)
    facts = of(tmp_path, (page + lines).replace("\t", tab))
    assert (facts.cpu.hw_virt_state, facts.os.build, facts.cpu.sockets) == (state, "19045", 1)
    assert facts.hypervisor.kind == ("none" if maker == "HP" else "vmware")


def test_the_system_alone_of_msinfo32_is_read_within_a_post(tmp_path: Path) -> None:
    text = (
        "I run it in VMware on my host:\n\nMS Windows XP\nSystem Manufacturer\tinnotek GmbH\n"
        "System Model\tVirtualBox\nSystem Type\tX86-based PC\n"
    )
    assert of(tmp_path, text).hypervisor.kind == "virtualbox"


def test_of_several_pages_of_msinfo32_the_first_is_read_and_it_is_said(tmp_path: Path) -> None:
    surface = (
        PAGE.replace("ONE", "TWO")
        .replace("VMware, Inc.", "Microsoft Corporation")
        .replace("VMware7,1", "Surface Laptop 6")
    )
    text = f"### 1\n```\n{PAGE}```\n\n### 2\n```\n{surface}```\n"
    facts = of(tmp_path, text)
    assert (facts.hypervisor.kind, facts.cpu.sockets) == ("vmware", 1)
    assert any("several machines" in note for note in notes(tmp_path, text))
    assert not any("several machines" in note for note in notes(tmp_path, PAGE + PAGE))


@pytest.mark.parametrize(
    ("maker", "status", "lines", "state"),
    [
        ("HP", "Running", RUNS, "usable"),
        ("HP", "Running", "", "usable"),  # the text ends before the lines that would tell
        ("HP", "Enabled but not running", "", "unknown"),
        ("VMware, Inc.", "Running", RUNS, "unknown"),
        ("VMware, Inc.", "Not enabled", RUNS, "hidden"),
    ],
)
def test_a_windows_that_guards_itself_by_a_hypervisor_hides_the_processors_help_from_itself(
    tmp_path: Path, maker: str, status: str, lines: str, state: str
) -> None:
    """It does so on metal, where it uses it, and in a guest, where nobody knows what lies beneath."""
    model = "HP ProDesk 400 G9" if maker == "HP" else "VMware7,1"
    page = PAGE.replace("Model\tVMware7,1", f"Model\t{model}").replace("VMware, Inc.", maker)
    page += f"Virtualization-based security\t{status}\n{lines}"
    text = head(maker, model) + VBS.format(status=status, b=" " * 31)
    text += f"Hyper-V Requirements:          {lines}" if lines else ""
    assert of(tmp_path, page).cpu.hw_virt_state == state
    assert of(tmp_path, text).cpu.hw_virt_state == state


PROCESSOR = """
Manufacturer                            : GenuineIntel
MaxClockSpeed                           : 2304
Name                                    : 11th Gen Intel(R) Core(TM) i7-11800H @ 2.30GHz
NumberOfLogicalProcessors               : 16
VirtualizationFirmwareEnabled           : {switch}
VMMonitorModeExtensions                 : {seen}
"""


@pytest.mark.parametrize(
    ("seen", "switch", "state"),
    [
        ("True", "False", "firmware-disabled"), ("True", "True", "present"),
        ("False", "False", "unknown"), ("False", "True", "unknown"),
    ],
)  # fmt: skip
def test_wmi_tells_that_the_firmware_switched_the_help_off(
    tmp_path: Path, seen: str, switch: str, state: str
) -> None:
    """Where a hypervisor runs both may be FALSE (`Win32_Processor` of a laptop with WSL 2)."""
    assert of(tmp_path, PROCESSOR.format(seen=seen, switch=switch)).cpu.hw_virt_state == state


def test_what_powershell_shows_of_objects_where_nobody_asks_for_more_is_read(tmp_path: Path) -> None:
    name = "QEMU QEMU HARDDISK SCSI Disk Device"
    disk = f"Partitions : 2\nDeviceID   : \\\\.\\PHYSICALDRIVE{{n}}\nModel      : {name}\n"
    disk += f"Size       : 107372805120\nCaption    : {name}\n\n"
    facts = of(tmp_path, f"Get-WmiObject Win32_DiskDrive\n\n{disk.format(n=0)}{disk.format(n=1)}")
    assert (facts.hypervisor.vmm, [one.path for one in facts.block]) == ("qemu", ["unknown", "unknown"])
    bios = "SMBIOSBIOSVersion : VMW71.00V.1\nManufacturer      : VMware, Inc.\nVersion : INTEL  - 6040000\n"
    assert of(tmp_path, bios).hypervisor.kind == "vmware"


def test_objects_of_several_classes_in_one_text_are_told_by_what_they_hold(tmp_path: Path) -> None:
    text = (
        "# System\nName         : x\nManufacturer : Red Hat\nModel        : KVM\nDomain       : WORKGROUP\n\n"
        "# Networks\nDescription      : Intel(R) PRO/1000 MT Network Connection\nServiceName      : E1G60\n"
        "DHCPEnabled      : False\nIPAddress        : {192.0.2.6}\n\n"
        "Description      : WAN Miniport (IP)\nServiceName      : NdisWan\nDHCPEnabled      : False\n"
        "IPAddress        :\n"
    )
    facts = of(tmp_path, text)
    assert (facts.hypervisor.kind, [(one.name, one.path) for one in facts.net]) == (
        "kvm", [("Intel(R) PRO/1000 MT Network Connection", "emulated")],
    )  # fmt: skip


def test_a_disk_of_get_disk_is_told_by_its_whole_name_and_its_instance(tmp_path: Path) -> None:
    text = (
        "PartitionStyle : GPT\nBusType        : SAS\nFriendlyName   : VMware Virtual disk\n"
        "UniqueId       : SCSI\\DISK&VEN_VMWARE&PROD_VIRTUAL_DISK\\5&1982005&0&000000:HOST\n"
        "Model          : Virtual disk\nNumber         : 0\nSize           : 53687091200\n"
    )
    facts = of(tmp_path, text)
    assert facts.hypervisor.kind == "vmware"
    assert [(one.name, one.path) for one in facts.block] == [("disk 0: VMware Virtual disk", "unknown")]


INFO = """
OsName                                            : Microsoft Windows Server 2022 Standard
OsVersion                                         : 10.0.20348
BiosManufacturer                                  : SeaBIOS
BiosSMBIOSBIOSVersion                             : rel-1.16.3
CsManufacturer                                    : QEMU
CsModel                                           : Standard PC (Q35 + ICH9, 2009)
CsProcessors                                      : {Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz}
CsSystemType                                      : x64-based PC
CsTotalPhysicalMemory                             : 8589398016
HyperVisorPresent                                 : True
DeviceGuardSmartStatus                            : Off
"""


@pytest.mark.parametrize("indented", ["", "    "])
def test_get_computerinfo_is_read(tmp_path: Path, indented: str) -> None:
    text = INFO.replace("\n", "\n" + indented)
    facts = of(tmp_path, f"PS C:\\> Get-ComputerInfo\n{text}\n")
    assert (facts.hypervisor.kind, facts.hypervisor.role) == ("kvm", "guest")
    assert (facts.os.name, facts.os.build) == ("Microsoft Windows Server 2022 Standard", "20348")
    assert (facts.cpu.arch, facts.cpu.hw_virt_state) == ("x86_64", "hidden")
    assert facts.memory.total == 8589398016
    assert facts.windows is not None
    assert facts.windows.vbs is False


DXDIAG = """Here is my dxdiag:
------------------
System Information
------------------
      Time of this report: 9/25/2025, 06:44:18
             Machine name: ONE
         Operating System: Windows 10 Pro 64-bit (10.0, Build 19045) (19041.vb_release.191206-1406)
      System Manufacturer: {maker}
             System Model: {model}
                     BIOS: {bios} (type: UEFI)
                Processor: Intel(R) Core(TM) i7-10700 CPU @ 2.90GHz (16 CPUs), ~2.9GHz
                   Memory: 8192MB RAM
          DirectX Version: DirectX 12

---------------
Display Devices
---------------
           Card name: {card}
        Manufacturer: NVIDIA
          Device Key: Enum\\PCI\\{display}

------------------------
Disk & DVD/CD-ROM Drives
------------------------
      Drive: C:
Total Space: 953.8 GB
      Model: {disk}

      Drive: E:
      Model: {disk}

      Drive: D:
      Model: hp DVD A  DH16ABLH SATA CdRom Device
     Driver: c:\\windows\\system32\\drivers\\cdrom.sys, 6.01.7601.17514 (English), 147456 bytes

--------------
System Devices
--------------
     Name: {controller}
Device ID: PCI\\{id}
   Driver: C:\\Windows\\system32\\DRIVERS\\{driver}.sys, 6.01.7601.24056 (English), 185024 bytes
   Driver: C:\\Windows\\system32\\DRIVERS\\other.sys, 6.01.7601.24056 (English), 185024 bytes

     Name: {nic}
Device ID: PCI\\{nic_id}
   Driver: n/a
"""
LAPTOP = {
    "maker": "Dell Inc.", "model": "Vostro 3681", "bios": "2.5.1", "card": "NVIDIA GeForce GTX 1050",
    "display": "VEN_10DE&DEV_1C82&SUBSYS_219010DE&REV_A1", "disk": "ST1000DM 003-1CH162 ATA Device",
    "controller": "Standard SATA AHCI Controller", "driver": "storahci",
    "id": "VEN_8086&DEV_A352&SUBSYS_085A1028&REV_10\\3&11583659&0&B8",
    "nic": "Realtek PCIe GbE Family Controller",
    "nic_id": "VEN_10EC&DEV_8168&SUBSYS_085A1028&REV_15\\4&C011167&0&0050",
}  # fmt: skip
ESX = {
    "maker": "VMware, Inc.", "model": "VMware7,1", "bios": "VMW71.00V.1", "card": "VMware SVGA 3D",
    "display": "VEN_15AD&DEV_0405&SUBSYS_040515AD&REV_00", "disk": "VMware Virtual disk SCSI Disk Device",
    "controller": "VMware PVSCSI Controller", "driver": "pvscsi",
    "id": "VEN_15AD&DEV_07C0&SUBSYS_07C015AD&REV_02\\4&1F7D5AA&0&00A8",
    "nic": "Intel(R) 82574L Gigabit Network Connection",
    "nic_id": "VEN_8086&DEV_10D3&SUBSYS_07D015AD&REV_00\\000C29FFFF00000000",
}  # fmt: skip


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("machine", "kind", "paths"),
    [(LAPTOP, "none", ("physical", "physical")), (ESX, "vmware", ("paravirtual", "emulated"))],
)
def test_dxdiag_tells_the_platform_the_disks_and_the_cards(
    tmp_path: Path, machine: dict[str, str], kind: str, paths: tuple[str, str], coding: str
) -> None:
    facts = of(tmp_path, DXDIAG.format(**machine), coding)
    assert facts.hypervisor.kind == kind
    assert [(one.name, one.path) for one in facts.block] == [(machine["disk"], paths[0])]
    assert [(one.name, one.path) for one in facts.net] == [(machine["nic"], paths[1])]
    assert (facts.os.name, facts.os.version, facts.os.build) == ("Windows 10 Pro", "10.0", "19045")
    assert facts.cpu.model == "Intel(R) Core(TM) i7-10700 CPU @ 2.90GHz"
    assert (facts.cpu.arch, facts.memory.total) == ("x86_64", 8 << 30)
    assert facts.windows is not None
    assert facts.windows.firmware == "uefi"


def test_a_display_of_dxdiag_alone_names_its_hypervisor(tmp_path: Path) -> None:
    text = (
        "off of my virtual machine:\n> \n---------------\nDisplay Devices\n---------------\n"
        "        Card name: VirtualBox Graphics Adapter\n     Manufacturer: Sun Microsystems, Inc.\n"
        "        Chip type: VBOX\n       Device Key: Enum\\PCI\\VEN_80EE&DEV_BEEF&SUBSYS_00000000&REV_00\n"
    )
    assert of(tmp_path, text).hypervisor.kind == "virtualbox"


def test_dxdiag_is_no_dmidecode_and_no_systeminfo() -> None:
    text = DXDIAG.format(**LAPTOP)
    assert place_of(text.encode()) == "commands/dxdiag.txt"
    for cut in ("DirectX Version: DirectX 12", "Time of this report", "Machine name: ONE"):
        assert place_of(text.replace(cut, "").encode()) == "commands/dxdiag.txt"
    assert (
        place_of(b"System Information\n\tManufacturer: QEMU\n\tProduct Name: x\n") == "commands/dmidecode.txt"
    )


PNPUTIL = """Microsoft PnP Utility

Instance ID:                PCI\\VEN_1AF4&DEV_1042&SUBSYS_11001AF4&REV_01\\3&11583659&0&18
Device Description:         Red Hat VirtIO SCSI controller
Class Name:                 SCSIAdapter
Class GUID:                 {4d36e97b-e325-11ce-bfc1-08002be10318}
Manufacturer Name:          Red Hat, Inc.
Status:                     Started
Driver Name:                oem3.inf
Extension Driver Names:     oem4.inf
oem5.inf

Instance ID:                SCSI\\Disk&Ven_Red_Hat&Prod_VirtIO\\4&1a2c3f4&0&000000
Device Description:         Disk drive
Class GUID:                 {4d36e967-e325-11ce-bfc1-08002be10318}
Status:                     Started

Instance ID:                PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03\\3&11583659&0&20
Device Description:         Intel(R) PRO/1000 MT Network Connection
Class GUID:                 {4d36e972-e325-11ce-bfc1-08002be10318}
Status:                     STATUS
"""


@pytest.mark.parametrize(
    ("status", "cards"), [("Started", ["emulated"]), ("Disconnected", []), ("Disabled", [])]
)
def test_pnputil_lists_the_devices_that_serve(tmp_path: Path, status: str, cards: list[str]) -> None:
    facts = of(tmp_path, PNPUTIL.replace("STATUS", status))
    assert (facts.hypervisor.role, facts.hypervisor.vmm) == ("guest", "qemu" if cards else None)
    assert [one.path for one in facts.block] == ["paravirtual"]
    assert [one.path for one in facts.net] == cards


CARD_TABLE = """PS C:\\> Get-NetAdapter

Name                      InterfaceDescription                    ifIndex Status       MacAddress
----                      --------------------                    ------- ------       ----------
Ethernet                  {name:39} 12 Up           52-54-00-00-00-07
Ethernet 2                Intel(R) 82574L Gigabit Network Con...       14 Up           52-54-00-00-00-08
Ethernet 3                Realtek USB GbE Family Controller            15 Not Present  52-54-00-00-00-09

"""


@pytest.mark.parametrize(
    ("name", "kind", "role"),
    [
        ("Red Hat VirtIO Ethernet Adapter", "unknown", "guest"),
        ("vmxnet3 Ethernet Adapter", "vmware", "guest"),
        ("XenServer PV Network Device #0", "xen", "guest"),
        ("Microsoft Hyper-V Network Adapter", "hyperv", "guest"),
    ],
)
def test_a_table_of_cards_tells_whose_guest_it_is(tmp_path: Path, name: str, kind: str, role: str) -> None:
    facts = of(tmp_path, CARD_TABLE.format(name=name))
    assert (facts.hypervisor.kind, facts.hypervisor.role) == (kind, role)
    assert [(one.name, one.path) for one in facts.net] == [(name, "paravirtual")]


def test_a_table_of_disks_names_them_with_their_numbers(tmp_path: Path) -> None:
    text = """
Number Friendly Name                            OperationalStatus        Total Size
------ -------------                            -----------------        ----------
0      QEMU QEMU HARDDISK SCSI                  Online                        50 GB
       Disk Device
1      Red Hat VirtIO SCSI Disk Device          Offline                       10 GB

Text.
"""
    facts = of(tmp_path, text)
    assert [(one.name, one.path) for one in facts.block] == [
        ("disk 0: QEMU QEMU HARDDISK SCSI Disk Device", "unknown"),
        ("disk 1: Red Hat VirtIO SCSI Disk Device", "unknown"),
    ]
    assert facts.hypervisor.vmm == "qemu"


def test_the_head_of_a_table_may_stand_in_two_lines(tmp_path: Path) -> None:
    """As Get-Disk's does where nobody asks for other columns."""
    text = """
Number Friendly Name             Serial Number       HealthStatus  OperationalStatus Total Size Partition
                                                                                                Style
------ -------------             -------------       ------------  ----------------- ---------- ---------
0      Samsung SSD 980 PRO 1TB   0025_3859_1142.     Healthy       Online             931.51 GB GPT
1      Msft Virtual Disk                             Healthy       Online                 60 GB GPT
"""
    facts = of(tmp_path, text)
    assert [one.name for one in facts.block] == [
        "disk 0: Samsung SSD 980 PRO 1TB",
        "disk 1: Msft Virtual Disk",
    ]
    assert facts.hypervisor.role == "none"  # Windows attaches disk images on metal too


def test_a_table_of_devices_is_read_but_for_what_its_columns_cut(tmp_path: Path) -> None:
    text = """
Status     Class           FriendlyName                             InstanceId
------     -----           ------------                             ----------
OK         SCSIAdapter     Red Hat VirtIO SCSI pass-through con...  PCI\\VEN_1AF4&DEV_1004&SU...
OK         Net             XenServer PV Network Device #0           XENVIF\\VEN_XS0001&DEV_NET...
OK         DiskDrive       XENSRC PVDISK SCSI Disk Device           SCSI\\DISK&VEN_XENSRC\\0
Unknown    Net             Intel(R) PRO/1000 MT Network Connection  PCI\\VEN_8086&DEV_100E\\3&1
"""
    facts = of(tmp_path, text)
    assert facts.hypervisor.kind == "xen"
    assert [(one.name, one.path) for one in facts.net] == [("XenServer PV Network Device #0", "paravirtual")]
    assert [one.name for one in facts.block] == ["XENSRC PVDISK SCSI Disk Device"]
