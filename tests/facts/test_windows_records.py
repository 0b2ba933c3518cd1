"""What others wrote down of a Windows in further ways: ohai, a pasted page of msinfo32, names of cards alone.

All are written by hand as the programs write them; real ones belong to those who published them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from vaudit import systeminfo
from vaudit.evidence.loose import place_of
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.facts.windows import machine
from vaudit.model.facts import Facts

DISK, NET = "{4d36e967-e325-11ce-bfc1-08002be10318}", "{4d36e972-e325-11ce-bfc1-08002be10318}"
IDE = "{4d36e96a-e325-11ce-bfc1-08002be10318}"


def of(folder: Path, text: str) -> Facts:
    (folder / "record").write_text(text)
    return collect(Recorder(one(str(folder / "record"))))


def ohai(maker: str, model: str, *devices: tuple[str, str, str]) -> dict[str, Any]:
    """As ohai 14 has it of Windows; `devices` by instance, class and name."""
    return {
        "chef_packages": {"ohai": {"version": "14.8.10"}},
        "kernel": {
            "cs_info": {"manufacturer": maker, "model": model, "total_physical_memory": "8482549760"},
            "machine": "x86_64",
            "os_info": {"caption": "Microsoft Windows Server 2019 Datacenter", "version": "10.0.17763"},
            "pnp_drivers": {
                instance: {"device_id": instance, "class_guid": guid, "device_name": name}
                for instance, guid, name in devices
            },
        },
        "network": {
            "interfaces": {
                "0xe": {
                    "instance": {
                        "name": "Ethernet Adapter",
                        "pnp_device_id": "PCI\\VEN_0000&DEV_0000\\0",
                        "service_name": "netkvm",
                    }
                }
            }
        },
        "platform_family": "windows",
        "virtualization": {"systems": {}},
    }


def test_ohai_of_a_windows_tells_its_platform_its_release_and_its_memory(tmp_path: Path) -> None:
    facts = of(tmp_path, json.dumps(ohai("Amazon EC2", "t3.large")))
    assert (facts.hypervisor.kind, facts.hypervisor.vmm, facts.hypervisor.cloud) == ("kvm", "nitro", "aws")
    assert (facts.os.name, facts.os.build) == ("Microsoft Windows Server 2019 Datacenter", "17763")
    assert facts.memory.total == 8482549760
    assert facts.cpu.arch == "x86_64"
    assert facts.net == []  # a card whose maker is 0 was blotted out


def test_ohai_lists_the_devices_of_a_windows(tmp_path: Path) -> None:
    devices = (
        ("PCI\\VEN_8086&DEV_100E&SUBSYS_001E8086&REV_02\\3&18", NET, "Intel(R) PRO/1000 MT Desktop Adapter"),
        ("PCI\\VEN_8086&DEV_2829&SUBSYS_00000000&REV_02\\3&68", IDE, "Standard SATA AHCI Controller"),
        ("SCSI\\DISK&VEN_VBOX&PROD_HARDDISK\\4&26&0&000000", DISK, "Disk drive"),
    )
    node = {"name": "node", "automatic": ohai("innotek GmbH", "VirtualBox", *devices)}  # as Chef keeps it
    facts = of(tmp_path, json.dumps(node))
    assert facts.hypervisor.kind == "virtualbox"
    assert [(one.path, one.controller) for one in facts.block] == [("emulated", "PCI\\VEN_8086&DEV_2829")]
    assert [(one.name, one.path) for one in facts.net] == [
        ("Intel(R) PRO/1000 MT Desktop Adapter", "emulated")
    ]


@pytest.mark.parametrize(
    ("role", "system", "kind"), [("guest", "vbox", "virtualbox"), ("host", "kvm", "unknown")]
)
def test_ohai_of_a_linux(tmp_path: Path, role: str, system: str, kind: str) -> None:
    attributes = {
        "ohai_time": 1,
        "platform_family": "debian",
        "kernel": {"machine": "aarch64"},
        "cpu": {"0": {"model_name": "Some Processor"}},
        "virtualization": {"system": system, "role": role, "systems": {system: role}},
    }
    facts = of(tmp_path, json.dumps(attributes))
    assert (facts.hypervisor.kind, facts.cpu.arch, facts.cpu.model) == (kind, "aarch64", "Some Processor")


def test_ohai_is_known_wherever_its_names_stand() -> None:
    assert place_of(b'{"filesystem": {}, "kernel": {"os_info": {}}}') == "commands/ohai.json"
    assert place_of(b'{"filesystem": {}, "platform_family": "x"}') != "commands/ohai.json"


PRINTED = """Host Name:                 SOMEBODY
OS Name:                   Microsoft Windows Server 2022 Standard
OS Version:                10.0.20348 N/A Build 20348
System Manufacturer:       {maker}
System Model:              {model}
System Type:               x64-based PC
Processor(s):              1 Processor(s) Installed.
                           [01]: Intel64 Family 6 Model 85 Stepping 7 GenuineIntel ~2200 Mhz
BIOS Version:              {firmware}
Network Card(s):           1 NIC(s) Installed.
                           [01]: {card}
                                 Connection Name: Ethernet
"""


@pytest.mark.parametrize(
    ("maker", "model", "firmware", "kind"),
    [
        ("QEMU", "Standard PC (i440FX + PIIX, 1996)", "SeaBIOS rel-1.16.3, 4/1/2014", "kvm"),
        ("Dell Inc.", "Precision 3650", "Phoenix Technologies LTD 6.00, 11/12/2020", "vmware"),
    ],
)
def test_a_card_of_vmwares_that_qemu_copies_names_vmware_where_qemu_is_silent(
    tmp_path: Path, maker: str, model: str, firmware: str, kind: str
) -> None:
    text = PRINTED.format(maker=maker, model=model, firmware=firmware, card="vmxnet3 Ethernet Adapter")
    facts = of(tmp_path, text)
    assert (facts.hypervisor.kind, facts.hypervisor.role) == (kind, "guest")
    assert facts.net[0].path == "paravirtual"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Realtek 8812AE Wireless LAN 802.11ac PCI-E NIC", "none"),
        ("Intel(R) Wi-Fi 6E AX211 160MHz", "none"),
        ("Realtek 8811CU Wireless LAN 802.11ac USB NIC", "unknown"),  # guests are handed such sticks
        ("Microsoft Wi-Fi Direct Virtual Adapter", "unknown"),
    ],
)
def test_a_card_for_radio_that_is_no_stick_is_of_a_physical_machine(
    tmp_path: Path, name: str, kind: str
) -> None:
    text = PRINTED.format(
        maker="System manufacturer", model="System Product Name", firmware="AMI 4602, 2/23/2023", card=name
    )
    assert of(tmp_path, text).hypervisor.kind == kind


@pytest.mark.parametrize(
    ("name", "driver"),
    [("SUSE Network Driver for Windows", "pvvxnet"), ("Parallels Ethernet Adapter", "prl_eth5")],
)
def test_a_card_by_its_makers_name_for_it(tmp_path: Path, name: str, driver: str) -> None:
    text = PRINTED.format(maker="Xen", model="HVM domU", firmware="Xen 4.17.3, 1/1/2024", card=name)
    card = of(tmp_path, text).net[0]
    assert (card.path, card.driver) == ("paravirtual", driver)


PASTED = """My machine, as msinfo32 shows it:
 > OS Name\tMicrosoft Windows 10 Pro
 > Version\t10.0.19042 Build 19042
 > System Manufacturer\tDell Inc.
 > System Model\tInspiron 7559
 > BIOS Version/Date\tDell Inc. 1.2.0, 9/22/2016
"""


def test_the_first_page_of_msinfo32_is_read_from_a_mail(tmp_path: Path) -> None:
    facts = of(tmp_path, PASTED)
    assert (facts.hypervisor.kind, facts.os.name, facts.os.build) == (
        "none",
        "Microsoft Windows 10 Pro",
        "19042",
    )


ELSEWHERE = {
    "de": "Systemname\tM60\t\nSystemhersteller\tVMware, Inc.\t\nSystemmodell\tVMware Virtual Platform\t\n"
    "Systemtyp\tX86-based PC\t\nProzessor\tx86 Family 6 Model 13 Stepping 6 GenuineIntel ~1993 Mhz\t\n",
    "fr": "[Résumé système]\nÉlément\tValeur\n"
    "Nom du système d’exploitation\tMicrosoft Windows 10 Professionnel\n"
    "Version\t10.0.19041 Build 19041\nFabricant du système d’exploitation\tMicrosoft Corporation\n"
    "Fabricant\tVMware, Inc.\nModèle\tVMware7,1\nType\tPC à base de x64\n"
    "Processeur\tAMD PRO A10-8730B R5, 2400 MHz, 4 cœur(s)\n"
    "Version du BIOS/Date\tVMware, Inc. VMW71.00V.0, 09/01/2019\nMémoire physique totale\t7,43 Go\n"
    "\n[Ressources matérielles]\n\n[Réseau]\nNom\tX\nFabricant\tIntel\n",
    "es": "Nombre del SO\tMicrosoft Windows 11 Pro\nVersión\t10.0.26200 compilación 26200\n"
    "Fabricante del SO\tMicrosoft Corporation\nFabricante del sistema\tVMware, Inc.\n"
    "Modelo del sistema\tVMware20,1\nTipo de sistema\tPC basado en x64\n"
    "Procesador\tIntel(R) Core(TM) i5-10300H CPU @ 2.50GHz, 2496 Mhz\n"
    "Versión y fecha de BIOS\tX 1.0, 1/02/2024\n",
    "pt": "Fabricante do sistema\tVMware, Inc.\t\nModelo do sistema\tVMware7,1\t\n"
    "Tipo do sistema\tx64-based PC\t\n"
    "Processador\tIntel(R) Core(TM) i7-3517U CPU @ 1.90GHz, 1901 Mhz\t\n"
    "Versão/data do BIOS\tDell Inc. A03, 03/08/2012\t\nMemória física total\t7,88 GB\t\n",
    "zh": "系统制造商\tVMware, Inc.\n系统型号\tVMware20,1\n系统类型\t基于 x64 的电脑\n"
    "处理器\t12th Gen Intel(R) Core(TM) i9-12900H，2500 Mhz\n"
    "BIOS 版本/日期\tAmerican Megatrends International, LLC. G533ZW.324, 2023/2/21\n",
}
"""The labels as people published them (forums, wikis, a report in French), the values those of a guest."""


@pytest.mark.parametrize("language", list(ELSEWHERE))
def test_the_first_page_of_msinfo32_is_read_in_other_languages(tmp_path: Path, language: str) -> None:
    facts = of(tmp_path, ELSEWHERE[language])
    assert facts.hypervisor.kind == "vmware"
    assert facts.cpu.model
    assert facts.cpu.arch == ("i686" if language == "de" else "x86_64")
    if language in ("fr", "es"):
        assert facts.os.build in ("19041", "26200")
    if language in ("fr", "pt"):
        assert 7.4 < (facts.memory.total or 0) / (1 << 30) < 7.9


def test_of_msinfo32_elsewhere_it_is_said_that_its_first_page_alone_was_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "report.txt").write_bytes(ELSEWHERE["fr"].encode("utf-16"))
    source = one(str(tmp_path / "report.txt"))
    assert any("is not English" in note for note in source.notes)
    assert collect(Recorder(source)).hypervisor.kind == "vmware"


def test_a_table_with_words_of_that_page_is_none() -> None:
    assert not systeminfo.is_msinfo_elsewhere("Fabricant\tDacia\nModèle\tDuster\nPrix\t12000\n")
    assert not systeminfo.is_msinfo_elsewhere(PASTED + "Type\tx\n")


def test_a_card_of_which_json_tells_the_name_alone_is_judged_by_it(tmp_path: Path) -> None:
    told = {
        "ComputerSystem": {"Manufacturer": "QEMU", "Model": "Standard PC (Q35 + ICH9, 2009)"},
        "NetworkAdapters": [{"Name": "Red Hat VirtIO Ethernet Adapter"}],
        "Disks": [{"Model": "QEMU QEMU HARDDISK SCSI Disk Device", "PNPDeviceID": ""}],
        "OperatingSystem": {"Caption": "Microsoft Windows Server 2019 Standard", "Version": "10.0.17763"},
    }
    facts = of(tmp_path, json.dumps(told))
    assert [(one.name, one.path) for one in facts.net] == [("Red Hat VirtIO Ethernet Adapter", "paravirtual")]
    assert [one.path for one in facts.block] == ["unknown"]  # a disk's name tells nothing of its controller


HEAD = "[Device Install Log]\n     OS Version = 10.0.20348\n     Architecture = amd64\n\n[BeginLog]\n\n"
SECTION = """>>>  [Device Install (Hardware initiated) - {instance}]
>>>  Section start 2026/01/22 17:59:28.110
     inf:                     {line}
<<<  Section end 2026/01/22 17:59:31.000
<<<  [Exit status: {status}]

"""


def log(*devices: tuple[str, str], status: str = "SUCCESS") -> str:
    """setupapi.dev.log: devices by instance, and a line of their installation."""
    sections = (SECTION.format(instance=one, line=line, status=status) for one, line in devices)
    return HEAD + "".join(sections)


CHIP, VIRTIO = "PCI\\VEN_8086&DEV_2922&SUBSYS_11001AF4&REV_02\\3&1&FA", "PCI\\VEN_1AF4&DEV_1004\\3&1&28"


@pytest.mark.parametrize(
    ("devices", "kind", "role"),
    [
        ([(CHIP, ""), (VIRTIO, "{Add Service: vioscsi}")], "kvm", "guest"),
        ([(VIRTIO, " AddService=vioscsi,0x2,vioscsi_Inst  (oem3.inf line 87)")], "unknown", "guest"),
        ([("SCSI\\Disk&Ven_VMware&Prod_Virtual_disk\\5&1", ""), (CHIP, "")], "kvm", "guest"),
        ([("IDE\\DiskVBOX_HARDDISK____1.0\\5&1", "")], "virtualbox", "guest"),
        ([("ROOT\\VMWARE\\0000", "Service Name  = VMnetAdapter")], "unknown", "none"),
    ],
)  # fmt: skip
def test_the_newest_device_of_a_hypervisor_in_a_log_tells_the_platform(
    tmp_path: Path, devices: list[tuple[str, str]], kind: str, role: str
) -> None:
    found = of(tmp_path, log(*devices)).hypervisor
    assert (found.kind, found.role) == (kind, role)


@pytest.mark.parametrize(
    "line",
    ["{Add Service: vioscsi}", " AddService=vioscsi,0x00000002,x", "Service Name  = vioscsi",
     "Created new service 'vioscsi'."],
)  # fmt: skip
def test_the_driver_of_an_installed_device_is_known_as_each_windows_writes_it(
    tmp_path: Path, line: str
) -> None:
    drivers = {one.name.lower(): one.state for one in of(tmp_path, log((VIRTIO, line))).drivers}
    assert drivers.get("vioscsi") == "available"


def test_what_could_not_be_installed_is_not() -> None:
    from vaudit.facts.windows.objects import _of_log

    text = log((VIRTIO, "{Add Service: vioscsi}"), status="FAILURE(0xe0000219)")
    assert [values for kind, values in _of_log(text) if "pnpdeviceid" in values] == []


@pytest.mark.parametrize(
    ("bridge", "kind", "path"),
    [
        ("PCI\\VEN_8086&DEV_3EC2&SUBSYS_085A1028&REV_07\\3&11583659&0&00", "none", "physical"),
        ("PCI\\VEN_8086&DEV_1237&SUBSYS_11001AF4&REV_02\\3&267A616A&0&00", "kvm", "passthrough"),
        ("PCI\\VEN_8086&DEV_3EC2&SUBSYS_085A1028&REV_07\\4&11583659&0&0008", "unknown", "unknown"),
    ],
)
def test_a_list_of_devices_tells_by_its_host_bridge_what_lies_beneath(
    tmp_path: Path, bridge: str, kind: str, path: str
) -> None:
    """Where no address is told, an instance on the first bus tells it."""
    card = "PCI\\VEN_8086&DEV_15BB&SUBSYS_085A1028&REV_10\\3&11583659&0&FE"
    devices = [
        {"FriendlyName": "PCI standard host CPU bridge", "Class": "System", "InstanceId": bridge},
        {"FriendlyName": "Intel(R) Ethernet Connection (7) I219-LM", "Class": "Net", "InstanceId": card},
    ]
    told = [{**one, "Manufacturer": "Microsoft", "Present": True, "Status": "OK"} for one in devices]
    facts = of(tmp_path, json.dumps(told))
    assert (facts.hypervisor.kind, [one.path for one in facts.net]) == (kind, [path])


PROCESSOR = """
AddressWidth=64
Architecture=9
CreationClassName=Win32_Processor
Manufacturer=AuthenticAMD
MaxClockSpeed=2200
Name=AMD EPYC Processor (with IBPB)
NumberOfCores=4
NumberOfLogicalProcessors=8
SecondLevelAddressTranslationExtensions={seen}
VirtualizationFirmwareEnabled=TRUE
VMMonitorModeExtensions={seen}

"""


@pytest.mark.parametrize(("seen", "state"), [("FALSE", "hidden"), ("TRUE", "present")])
def test_a_guests_processor_tells_whether_it_shows_what_guests_need(
    tmp_path: Path, seen: str, state: str
) -> None:
    """VirtualizationFirmwareEnabled is TRUE in guests that have nothing of it."""
    facts = of(tmp_path, PROCESSOR.format(seen=seen))
    assert (facts.cpu.model, facts.cpu.cores, facts.cpu.threads, facts.cpu.arch) == (
        "AMD EPYC Processor (with IBPB)", 4, 8, "x86_64",
    )  # fmt: skip
    assert facts.cpu.hw_virt_state == state
    assert (facts.hypervisor.vmm, facts.hypervisor.role) == ("qemu", "guest")  # whose model it is


def test_of_a_physical_machine_under_its_own_hypervisor_nothing_is_said_to_be_absent(tmp_path: Path) -> None:
    text = PROCESSOR.format(seen="FALSE").replace("AMD EPYC Processor (with IBPB)", "AMD Ryzen 7 5800H")
    maker = "\nManufacturer=LENOVO\nModel=82L5\nCreationClassName=Win32_ComputerSystem\n\n"
    (tmp_path / "computer").write_text(maker)
    assert of(tmp_path, text).cpu.hw_virt_state == "unknown"
    facts = collect(Recorder(one(str(tmp_path))))
    assert (facts.hypervisor.kind, facts.cpu.hw_virt_state) == ("none", "unknown")


def test_msinfo32_names_the_processor_and_the_type_of_the_system(tmp_path: Path) -> None:
    more = " > System Type\tx64-based PC\n > Processor\tIntel(R) Core(TM) i5-6300HQ CPU @ 2.30GHz, 2301 Mhz\n"
    facts = of(tmp_path, PASTED + more)
    assert (facts.cpu.model, facts.cpu.arch) == ("Intel(R) Core(TM) i5-6300HQ CPU @ 2.30GHz", "x86_64")


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("Hyper-V Requirements:      A hypervisor has been detected. Features…\n", "hidden"),
        ("", "unknown"),
    ],
)
def test_a_guest_whose_systeminfo_sees_a_hypervisor_has_its_help_hidden(
    tmp_path: Path, line: str, state: str
) -> None:
    text = PRINTED.format(maker="QEMU", model="Standard PC", firmware="SeaBIOS 1.16, 4/1/2014", card="x")
    assert of(tmp_path, text + line).cpu.hw_virt_state == state


@pytest.mark.parametrize(
    ("told", "size"),
    [
        ("8589934592", 8 << 30),
        ("8.589.934.592", 8 << 30),
        ("8.00 GB", 8 << 30),
        ("7,99\xa0Go", 799 * (1 << 30) // 100),
        ("16’384.50 MB", 1638450 * (1 << 20) // 100),
        ("16 777 216 Ko", 16 << 30),
        ("8 furlongs", None),
        ("12345678901234567890 GB", None),
        ("", None),
    ],
)
def test_the_memory_that_windows_writes_down_is_read_in_its_spellings(told: str, size: int | None) -> None:
    assert machine._bytes(told) == size
