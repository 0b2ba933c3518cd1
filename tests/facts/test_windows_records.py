"""What others wrote down of a Windows in further ways: ohai, a pasted page of msinfo32, names of cards alone.

All are written by hand as the programs write them; real ones belong to those who published them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from vaudit.evidence.loose import place_of
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
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
