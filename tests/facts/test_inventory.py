"""Windows by WMI's values and by msinfo32's text, written by hand after real ones, without identities."""

import json
from pathlib import Path

import pytest

from vaudit.evidence.loose import place_of
from vaudit.evidence.masks import of_output
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.model.facts import Facts

COMPUTER = "\nManufacturer=BOCHS_\nModel=BXPC____\n\n"
BIOS = "\nBIOSVersion={x}\nSMBIOSPresent=FALSE\nVersion=BOCHS  - 1\n"
DISK = "\nInterfaceType=SCSI\nMediaType=Fixed hard disk media\nModel=VMware Virtual disk SCSI Disk Device\n"
CARD = (
    "\nAdapterType=\nName={name}\nPNPDeviceID={instance}\nServiceName={service}\n"
    "CreationClassName=Win32_NetworkAdapter\n\n"
)
MSINFO = """System Information report written at: 12/28/15 04:28:51
[System Summary]

Item\tValue\t
OS Name\tMicrosoft Windows Server 2012 R2 Standard\t
Version\t6.3.9600 Build 9600\t
System Name\tZEPHYRINE\t
System Manufacturer\tXen\t
System Model\tHVM domU\t
System Type\tx64-based PC\t
BIOS Version/Date\tXen 4.2.amazon, 12/7/2015\t

[Adapter]

Item\tValue\t
Name\t[00000009] AWS PV Network Device\t
Product Type\tAWS PV Network Device\t
PNP Device ID\tXENVIF\\VEN_XS0001&DEV_NET&REV_00000000\\0\t
Service Name\txennet\t

[Disks]

Item\tValue\t
Description\tDisk drive\t
Model\tAWS PVDISK SCSI Disk Device\t

[SCSI]

Item\tValue\t
Name\tMicrosoft Storage Spaces Controller\t
PNP Device ID\tROOT\\SPACEPORT\\0000\t
\t\t
Name\tAWS PV Storage Host Adapter\t
PNP Device ID\tXENBUS\\VEN_XS0001&DEV_VBD&REV_00000001\\_\t
Driver\tc:\\windows\\system32\\drivers\\xenvbd.sys (7.3.2.0, 192.77 KB (197,392 bytes))\t

[System Drivers]

Name\tDescription\tFile\tType\tStarted\tStart Mode\tState\tStatus\t
xenbus\tAWS PV Bus\tc:\\windows\\xenbus.sys\tKernel Driver\tYes\tBoot\tRunning\tOK\t
vmci\tVMware VMCI\tc:\\windows\\vmci.sys\tKernel Driver\tYes\tBoot\tRunning\tOK\t
viostor\tVirtIO\tc:\\windows\\viostor.sys\tKernel Driver\tNo\tManual\tStopped\tOK\t
"""


def of(folder: Path, coding: str = "utf-16", **texts: str) -> Facts:
    for name, text in texts.items():
        (folder / name).write_bytes(text.replace("\n", "\r\n").encode(coding))
    return collect(Recorder(one(str(folder))))


def card(name: str, instance: str, service: str) -> str:
    return CARD.format(name=name, instance=instance.replace("&", "&amp;"), service=service)


def test_where_there_is_no_smbios_the_tables_name_their_maker(tmp_path: Path) -> None:
    facts = of(tmp_path, bios=BIOS, computer=COMPUTER)
    assert facts.hypervisor.kind in ("kvm", "qemu")
    assert facts.hypervisor.role == "guest"
    assert (facts.os.family, facts.block, facts.net) == ("windows", [], [])


def test_a_disk_without_its_controller_names_the_platform_and_no_path(tmp_path: Path) -> None:
    facts = of(tmp_path, disk=DISK)
    assert (facts.hypervisor.kind, facts.hypervisor.role) == ("vmware", "guest")
    assert [each.path for each in facts.block] == ["unknown"]


def test_a_host_on_metal(tmp_path: Path) -> None:
    wireless = card(
        "Intel(R) Wireless-AC 8260", r"PCI\VEN_8086&DEV_24F3&SUBSYS_01308086&REV_3A\44", "Netwtw06"
    )
    switch = card("Hyper-V Virtual Ethernet Adapter", r"ROOT\VMS_MP\0000", "VMSNPXYMP")
    facts = of(tmp_path, cards=wireless + switch)
    assert (facts.hypervisor.kind, facts.hypervisor.role) == ("none", "host")
    assert {each.driver: each.path for each in facts.net} == {"Netwtw06": "physical", "VMSNPXYMP": "software"}


def test_of_a_host_alone_nobody_knows_what_it_runs_on(tmp_path: Path) -> None:
    switch = card("Hyper-V Virtual Ethernet Adapter", r"ROOT\VMS_MP\0000", "VMSNPXYMP")
    ethernet = card("Intel(R) I219-LM", r"PCI\VEN_8086&DEV_15B7&SUBSYS_80551043&REV_31\3", "e1dexpress")
    facts = of(tmp_path, cards=ethernet + switch)
    assert facts.hypervisor.kind != "none"
    assert {each.path for each in facts.net if each.driver == "e1dexpress"} <= {"unknown", "physical"}


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "utf-16-le", "cp850"])
def test_msinfo32(tmp_path: Path, coding: str) -> None:
    facts = of(tmp_path, coding, msinfo=MSINFO)
    assert (facts.hypervisor.kind, facts.hypervisor.mode, facts.hypervisor.cloud) == ("xen", "hvm", "aws")
    assert (facts.os.version, facts.os.build) == ("6.3", "9600")
    assert [(each.driver, each.path) for each in facts.block] == [("xenvbd", "paravirtual")]
    assert [(each.driver, each.path) for each in facts.net] == [("xennet", "paravirtual")]
    states = {each.name: each.state for each in facts.drivers}
    assert (states["xenbus"], states["vmci"], states["viostor"]) == ("in-use", "left-over", "available")


def test_of_two_controllers_nobody_knows_which_is_the_disks(tmp_path: Path) -> None:
    other = "Name\tOther\t\nPNP Device ID\tPCI\\VEN_1000&DEV_0054&SUBSYS_00000000&REV_01\\3\t\n\n"
    facts = of(tmp_path, msinfo=MSINFO.replace("[System Drivers]", f"{other}[System Drivers]"))
    assert [each.path for each in facts.block] == ["unknown"]


PNP = r"""[
 {"Class": "DiskDrive", "FriendlyName": "QEMU QEMU HARDDISK SCSI Disk Device", "Status": "OK",
  "InstanceId": "SCSI\\DISK&VEN_QEMU&PROD_QEMU_HARDDISK\\4&1", "Service": "disk", "Present": true},
 {"Class": "SCSIAdapter", "FriendlyName": "Red Hat VirtIO SCSI pass-through controller", "Status": "OK",
  "InstanceId": "PCI\\VEN_1AF4&DEV_1004&SUBSYS_00081AF4&REV_00\\3&1", "Service": "vioscsi", "Present": true},
 {"Class": "Net", "FriendlyName": "Red Hat VirtIO Ethernet Adapter", "Status": "OK",
  "InstanceId": "PCI\\VEN_1AF4&DEV_1000&SUBSYS_00011AF4&REV_00\\3&2", "Service": "netkvm", "Present": true},
 {"Class": "Net", "FriendlyName": "vmxnet3 Ethernet Adapter", "Status": "Unknown",
  "InstanceId": "PCI\\VEN_15AD&DEV_07B0&SUBSYS_07B015AD&REV_01\\FF", "Service": "vmxnet3ndis6",
  "Present": false}
]"""
INVENTORY = """{"drives": [{"Model": "QEMU QEMU HARDDISK SCSI Disk Device"}], "os": {"Version": "10.0.19045"},
 "gpu": [{"Name": "Microsoft Basic Display Adapter"}],
 "identifiers": {"bios_vendor": "SeaBIOS", "product_name": "Standard PC (Q35 + ICH9, 2009)"}}"""


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_get_pnpdevice(tmp_path: Path, coding: str) -> None:
    facts = of(tmp_path, coding, pnp=PNP)
    assert facts.hypervisor.role == "guest"
    assert [each.path for each in facts.block] == ["paravirtual"]
    assert [(each.driver, each.path) for each in facts.net] == [("netkvm", "paravirtual")]


def test_the_json_of_a_script(tmp_path: Path) -> None:
    facts = of(tmp_path, "utf-8", inventory=INVENTORY)
    assert facts.hypervisor.kind in ("kvm", "qemu")
    assert (facts.os.version, facts.os.build) == ("10.0", "19045")
    assert [each.path for each in facts.block] == ["unknown"]


@pytest.mark.parametrize(
    "text",
    [
        '{"InstanceId": "Microsoft", "FriendlyName": ' + "[" * 50_000,
        '[{"InstanceId": 1, "FriendlyName": [], "Class": {"Microsoft": 5}, "Model": null}]',
        '{"Model": "Microsoft", "Manufacturer": "x", "drives": {"drives": {"Model": 7}}}',
    ],
)
def test_json_of_other_types_tells_nothing(tmp_path: Path, text: str) -> None:
    facts = of(tmp_path, "utf-8", inventory=text)
    assert (facts.block, facts.net) == ([], [])


LOG = """[Device Install Log]
     OS Version = 10.0.10240
     Architecture = amd64

[BeginLog]

>>>  [Device Install (UpdateDriverForPlugAndPlayDevices) - PCI\\VEN_15AD&DEV_0740&SUBSYS_074015AD&REV_10]
     inf:                          Service Name  = vmci
<<<  [Exit status: SUCCESS]
>>>  [Device Install (UpdateDriverForPlugAndPlayDevices) - PCI\\VEN_80EE&DEV_CAFE&SUBSYS_00000000&REV_00]
     dvi:                          Add Service: Created service 'VBoxGuest'.
<<<  [Exit status: {last}]
"""


@pytest.mark.parametrize(("last", "kind"), [("SUCCESS", "virtualbox"), ("FAILURE(0x1)", "vmware")])
def test_a_log_of_what_was_installed(tmp_path: Path, last: str, kind: str) -> None:
    facts = of(tmp_path, "utf-8", log=LOG.replace("{last}", last))
    assert (facts.hypervisor.kind, facts.hypervisor.role) == (kind, "guest")
    assert (facts.os.version, facts.os.build, facts.block, facts.net) == ("10.0", "10240", [], [])
    states = {each.name.lower(): each.state for each in facts.drivers}
    assert states.get("vboxguest") == ("available" if kind == "virtualbox" else None)


def test_neither_is_shared() -> None:
    for program in ("wmi", "msinfo32", "Get-PnpDevice", "setupapi"):
        assert of_output(Pseudonyms(b"salt"), program, MSINFO.encode()) is None


@pytest.mark.parametrize(
    "text", ["NAME=Debian\nVERSION=12\n", "Model=x\n", "Manufacturer = x\n", "a=b\n" * 9]
)
def test_other_texts_with_equals_signs_are_none_of_it(text: str) -> None:
    assert place_of(text.encode()) is None


DEVICES = [
    {"InstanceId": r"PCI\VEN_1AF4&DEV_1048&SUBSYS_11001AF4&REV_01\3&13c0b0c5&0&28", "Class": "SCSIAdapter",
     "FriendlyName": "Red Hat VirtIO SCSI pass-through controller", "Service": "vioscsi", "Present": True,
     "Manufacturer": "Red Hat, Inc."},
    {"InstanceId": r"SCSI\DISK&VEN_QEMU&PROD_QEMU_HARDDISK\4&2b8&0&000000", "Class": "DiskDrive",
     "FriendlyName": "QEMU QEMU HARDDISK SCSI Disk Device", "Service": "disk", "Present": True},
    {"InstanceId": r"PCI\VEN_8086&DEV_29C0&SUBSYS_11001AF4&REV_00\3&13c0b0c5&0&00", "Class": "System",
     "FriendlyName": "PCI standard host CPU bridge", "Service": None, "Present": True},
    {"InstanceId": r"PCI\VEN_15AD&DEV_07B0&SUBSYS_07B015AD&REV_01\4&1", "Class": "Net", "Present": False,
     "FriendlyName": "vmxnet3 Ethernet Adapter", "Service": "vmxnet3ndis6"},
]  # fmt: skip


def test_get_pnpdevice_shows_the_controller_of_a_disk(tmp_path: Path) -> None:
    facts = of(tmp_path, "utf-16", pnp=json.dumps(DEVICES))
    assert (facts.hypervisor.kind, facts.hypervisor.role) in (("kvm", "guest"), ("qemu", "guest"))
    assert [(one.driver, one.path) for one in facts.block] == [("vioscsi", "paravirtual")]
    assert facts.net == []  # what is not there serves nothing


def test_get_disk_and_get_netadapter_beside_each_other(tmp_path: Path) -> None:
    disks = [{"Number": 0, "FriendlyName": "VMware Virtual disk", "Size": 64 << 30, "PartitionStyle": "GPT",
              "BusType": "SAS", "Model": "Virtual disk", "Manufacturer": "VMware",
              "Path": r"\\?\scsi#disk&ven_vmware&prod_virtual_disk#5&2b8&0&000000#{53f5}"}]  # fmt: skip
    cards = {"InterfaceDescription": "vmxnet3 Ethernet Adapter", "DriverProvider": "VMware, Inc.",
             "PnPDeviceID": r"PCI\VEN_15AD&DEV_07B0&SUBSYS_07B015AD&REV_01\FF565000"}  # fmt: skip
    facts = of(tmp_path, "utf-8", disks=json.dumps(disks), cards=json.dumps(cards))
    assert (facts.hypervisor.kind, facts.hypervisor.role) == ("vmware", "guest")
    assert [(one.name, one.size) for one in facts.block] == [("disk 0: VMware Virtual disk", 64 << 30)]
    assert [(one.name, one.path) for one in facts.net] == [("vmxnet3 Ethernet Adapter", "paravirtual")]


def test_format_list_writes_colons(tmp_path: Path) -> None:
    listed = (
        "\nManufacturer           : innotek GmbH\nModel                  : VirtualBox\n"
        "CreationClassName      : Win32_ComputerSystem\nTotalPhysicalMemory    : 4294496256\n"
        "Roles                  : {LM_Workstation, LM_Server,\n                         NT}\n"
        "BootupState            : Normal boot\n\n"
    )
    facts = of(tmp_path, "utf-8", listed=listed)
    assert (facts.hypervisor.kind, facts.memory.total) == ("virtualbox", 4294496256)


def test_a_board_and_a_screen_tell_the_platform(tmp_path: Path) -> None:
    device = "PCI\\VEN_15AD&DEV_0405&SUBSYS_040515AD&REV_00\\3&0&78"
    screen = f"\nName=VMware SVGA 3D\nPNPDeviceID={device}\nVideoProcessor=VMware\n"
    board = "\nHostingBoard=TRUE\nManufacturer=Intel Corporation\nProduct=440BX Desktop Reference Platform\n"
    facts = of(tmp_path, "utf-8", screen=screen, board=board)
    assert (facts.hypervisor.kind, facts.hypervisor.role) == ("vmware", "guest")


def test_a_switched_off_device_serves_nothing(tmp_path: Path) -> None:
    card = CARD.format(name="x", instance="PCI\\VEN_1AF4&DEV_1000\\3", service="netkvm")
    assert of(tmp_path, "utf-8", cards=card.rstrip() + "\nConfigManagerErrorCode=22\n").net == []
