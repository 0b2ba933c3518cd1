"""Whether a Windows would start in another place is told by the drivers that start at boot."""

from typing import Any

import pytest
from msgspec import structs

from tests.machines import machine
from tests.machines.windows import builder, disks, hives
from vaudit.evidence.hive import Hive
from vaudit.evidence.offline import Offline
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.registry import MULTI_SZ, SZ, RegistryValue
from vaudit.evidence.source import HIBERFIL
from vaudit.facts.asked import asked, unanswered
from vaudit.facts.collect import collect
from vaudit.facts.windows import firmware, left
from vaudit.facts.windows.services import services
from vaudit.model.facts import Driver, Facts, Move, Windows


def windows(facts: Facts) -> Windows:
    assert facts.windows
    return facts.windows


def move(name: str, place: str) -> Move:
    return next(one for one in windows(machine(f"windows-{name}").facts).moves if one.name == place)


def of(keys: builder.Keys) -> Facts:
    return collect(Recorder(Offline("changed", {"system": Hive(hives.hive(keys))}, [])))


@pytest.mark.parametrize(
    ("name", "place", "driver", "state", "boots"),
    [
        ("kvm-emulated", "kvm", "viostor", "ready", True),
        ("kvm-emulated", "kvm-scsi", "vioscsi", "absent", False),
        ("kvm-no-disk-driver", "kvm", "viostor", "absent", False),
        ("kvm-disk-driver-staged", "kvm", "viostor", "staged", False),
        ("kvm-disk-driver-late", "kvm", "viostor", "late", False),
        ("kvm-disk-driver-disabled", "kvm", "viostor", "late", False),
        ("kvm-disk-driver-unmet", "kvm", "viostor", "unmet", False),
        ("kvm-disk-driver-overridden", "kvm", "viostor", "overridden", None),
        ("kvm-virtio-blk", "hyperv", "storvsc", "overridden", None),
        ("kvm-hyperv-ready", "hyperv", "storvsc", "ready", True),
        ("kvm-virtio-blk", "nvme", "stornvme", "overridden", None),
        ("nitro", "nvme", "AWSNVMe", "ready", True),
        ("xcp-ng", "xen", "xenvbd", "ready", True),
        ("xen-gplpv", "xen", "XenVbd", "ready", True),
        ("ec2-red-hat-pv", "xen", "rhelscsi", "ready", True),
        ("kvm-suse", "kvm", "virtio_blk", "ready", True),
        ("xen-hvm-without-drivers", "xen", "xenvbd", "absent", True),
        ("vmware", "vmware", "pvscsi", "ready", True),
        ("hyperv-prepared", "kvm-scsi", "vioscsi", "ready", True),
    ],
)
def test_a_driver_stands_as_it_starts(
    name: str, place: str, driver: str, state: str, boots: bool | None
) -> None:
    found = move(name, place)
    assert (found.disk.driver, found.disk.state, found.boots) == (driver, state, boots)
    assert found.because


def test_a_disk_is_of_no_use_without_the_bus_that_it_hangs_on() -> None:
    keys = builder.keys("kvm-hyperv-ready")
    keys[f"{builder.SET}\\Services\\vmbus\\StartOverride"] = [RegistryValue("0", 4, 3)]
    found = next(one for one in windows(of(keys)).moves if one.name == "hyperv")
    assert (found.disk.driver, found.disk.state, found.boots) == ("vmbus", "overridden", None)


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("kvm-virtio-blk", "kvm"), ("kvm-virtio-scsi", "kvm-scsi"), ("gce", "kvm-scsi"), ("nitro", "nvme"),
        ("kvm-other-disk-driver", "kvm-scsi"), ("kvm-disk-driver-staged", "kvm"), ("xcp-ng", "xcp-ng"),
        ("aws-xen-pv", "xen"), ("hyperv-gen2", "hyperv"), ("vmware-hyperv-role", "vmware"),
        ("bare-metal", None), ("virtualbox", None),
    ],
)  # fmt: skip
def test_the_place_where_it_is_is_one_of_them(name: str, here: str | None) -> None:
    found = windows(machine(f"windows-{name}").facts).moves
    assert [one.name for one in found if one.here] == ([here] if here else [])
    assert [one.asked for one in found] == [one.here for one in found]


def test_a_place_that_is_named_is_asked_for_and_no_other() -> None:
    facts = asked(machine("windows-kvm-virtio-blk").facts, ["vmware", "nvme"])
    assert [one.name for one in windows(facts).moves if one.asked] == ["vmware", "nvme"]
    assert unanswered(facts, ["nvme"]) == []


def test_of_linux_it_is_said_that_nobody_can_tell() -> None:
    facts = machine("lab-kvm-virtio").facts
    assert asked(facts, ["nvme"]) == facts
    assert len(unanswered(facts, ["nvme"])) == 1
    assert unanswered(facts, []) == []


def test_what_lies_in_damage_is_neither_ready_nor_absent() -> None:
    data = bytearray(builder.hive("kvm-virtio-blk"))
    at = data.index(b"storahci") - 76
    data[at : at + 2] = b"??"
    found = collect(Recorder(Offline("broken", {"system": Hive(bytes(data))}, [])))
    states = {one.name: (one.disk.state, one.boots) for one in windows(found).moves}
    assert states["kvm"] == ("ready", True)
    assert states["kvm-scsi"] == ("unknown", None)
    assert states["vmware"] == ("unknown", None)


def test_who_stays_behind_is_told_for_each_place() -> None:
    assert set(move("vmware-with-tools", "kvm").leaves) == {"VMTools", "pvscsi", "vmci"}
    assert move("vmware-with-tools", "vmware").leaves == []


def test_the_makers_of_xen_drivers_are_told_apart() -> None:
    makers = {name: windows(machine(f"windows-{name}").facts).xen_makers for name in (
        "xcp-ng", "xcp-ng-mixed-makers", "aws-xen-pv", "xen-gplpv", "kvm-virtio-blk")}  # fmt: skip
    assert makers == {
        "xcp-ng": ["XCP-ng"], "xcp-ng-mixed-makers": ["Citrix/XenServer", "XCP-ng"],
        "aws-xen-pv": ["Amazon"], "xen-gplpv": ["GPLPV"], "kvm-virtio-blk": [],
    }  # fmt: skip


def test_a_card_that_was_never_installed_is_a_ghost_of_a_card() -> None:
    """It has no class of Windows' yet; the PCI specification's tells."""
    keys = builder.keys("kvm-virtio-blk")
    place = f"{builder.SET}\\Enum\\PCI\\VEN_1022&DEV_2000&SUBSYS_20001022&REV_10\\4&b70f118&0&0888"
    keys[place] = [
        RegistryValue("DeviceDesc", SZ, "Ethernet Controller"),
        RegistryValue("ConfigFlags", 4, 0x60),
        RegistryValue("CompatibleIDs", MULTI_SZ, ["PCI\\VEN_1022&DEV_2000&CC_0200"]),
    ]
    found = windows(of(keys)).phantoms or []
    assert [(one.name, one.sort, one.state) for one in found] == [
        ("Ethernet Controller", "network", "not-installed")
    ]


def test_a_filter_of_one_device_is_told_with_it() -> None:
    keys = builder.keys("kvm-virtio-blk")
    disk = next(path for path in keys if "Enum\\SCSI\\Disk" in path and path.count("\\") == 4)
    keys[disk].append(RegistryValue("LowerFilters", MULTI_SZ, ["lost"]))
    found = [one for one in windows(of(keys)).filters or [] if one.device]
    assert [(one.device_class, one.place, one.service, one.installed) for one in found] == [
        ("DiskDrive", "lower", "lost", False)
    ]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ({"bios_vendor": "SeaBIOS", "bios_version": "rel-1.16.2"}, "bios"),
        ({"bios_vendor": "EFI Development Kit II / OVMF", "bios_version": "0.0.0"}, "uefi"),
        ({"bios_vendor": "Proxmox distribution of EDK II", "bios_version": "4.2023"}, "uefi"),
        ({"bios_vendor": "Microsoft Corporation", "bios_version": "Hyper-V UEFI Release v4.1"}, "uefi"),
        ({"bios_vendor": "VMware, Inc.", "bios_version": "VMW71.00V.16707776.B64.2008070230"}, "uefi"),
        ({"bios_vendor": "Phoenix Technologies LTD", "bios_version": "6.00"}, None),
        ({"bios_vendor": "innotek GmbH", "bios_version": "VirtualBox"}, None),
        ({"bios_vendor": "Xen", "bios_version": "4.17.3"}, None),
        ({}, None),
    ],
)
def test_firmware_is_told_by_its_name_only_where_that_tells(names: dict[str, str], kind: str | None) -> None:
    assert firmware.by_names(names)[0] == kind


def test_firmware_is_told_by_the_disk_that_it_starts_from() -> None:
    """Windows starts by UEFI from GPT alone."""
    told = {name: windows(machine(f"windows-{name}").facts).firmware for name in ("vmware", "vmware-uefi")}
    assert told == {"vmware": "bios", "vmware-uefi": "uefi"}
    keys = builder.keys("vmware")
    del keys["MountedDevices"]
    assert windows(of(keys)).firmware is None


def driver(name: str, service: str) -> Driver:
    return next(one for one in machine(f"windows-{name}").facts.drivers if one.name == service)


def test_a_version_of_virtio_win_tells_its_release_and_its_windows() -> None:
    found = driver("kvm-hanging-driver", "viostor")
    assert (found.release, found.made_for) == (229, "10.0")
    assert driver("kvm-driver-of-windows-7", "viostor").made_for == "6.1"
    assert driver("vmware", "pvscsi").release is None


def test_the_age_of_a_driver_is_counted_to_the_day_of_the_record() -> None:
    assert driver("kvm-old-driver", "viostor").age == pytest.approx(6.1)
    assert driver("kvm-virtio-blk", "vmbus").age is None  # whose date is that of Windows Vista


def test_whether_a_driver_is_signed_is_told_by_the_store() -> None:
    signed = {name: driver(name, "viostor").package for name in ("kvm-virtio-blk", "kvm-unsigned-driver")}
    assert {name: one.signed for name, one in signed.items() if one} == {
        "kvm-virtio-blk": True, "kvm-unsigned-driver": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "present"),
    [("kvm-virtio-blk", [False]),
     ("kvm-balloon-without-driver", [True, False]),
     ("kvm-equipped", [True, True]), ("hyperv-gen2", [True]),
     ("gce", []), ("bare-metal", [])],
)  # fmt: skip
def test_what_a_host_expects_in_its_guests_is_looked_for(name: str, present: list[bool]) -> None:
    assert [one.present for one in windows(machine(f"windows-{name}").facts).agents] == present


def test_what_nobody_could_look_at_is_no_empty_list() -> None:
    """systeminfo names no filter, no address and no device that is gone."""
    from vaudit.evidence import dump

    text = "Host Name: x\nOS Name: Microsoft Windows Server 2022\nSystem Manufacturer: QEMU\n" \
           "Network Card(s): 1 NIC(s) Installed.\n   [01]: Red Hat VirtIO Ethernet Adapter\n"  # fmt: skip
    rows = "".join(f"|{row}\n" for row in text.splitlines())
    found = collect(Recorder(dump.parse(f"vdump 2\n@run rc=0 systeminfo\n{rows}@end\n".encode(), "x")))
    told: Any = structs.asdict(windows(found))
    assert [told[name] for name in ("filters", "static_addresses", "phantoms", "xen_makers")] == [None] * 4
    kvm = next(one for one in windows(found).moves if one.name == "kvm")
    assert (kvm.disk.state, kvm.boots) == ("unknown", None)
    assert kvm.network and kvm.network.state == "ready"  # its card is served by it


@pytest.mark.parametrize(
    ("begin", "asleep"),
    [(b"HIBR", True), (b"hibr", True), (b"wake", False), (bytes(8), False), (b"RSTR", None), (b"", None)],
)
def test_a_machine_sleeps_where_the_file_of_its_sleep_says_so(begin: bytes, asleep: bool | None) -> None:
    disk = disks.Disk("disk-shut-down")
    disk.answers["file", HIBERFIL] = begin
    assert left.hibernated(disk) is asleep


def test_without_its_disk_nobody_knows_how_it_was_left() -> None:
    found = windows(machine("windows-kvm-virtio-blk").facts)
    assert (found.hibernated, found.unclean) == (False, None)  # it cannot sleep
    able = windows(machine("windows-vmware-fast-start").facts)
    assert (able.hibernated, able.unclean) == (None, None)
    assert {one.file for one in found.filters or []} == {None}


def test_how_it_was_left_is_told_by_its_disk() -> None:
    found = {name: windows(machine(f"windows-disk-{name}").facts) for name in (
        "shut-down", "hibernated", "unclean")}  # fmt: skip
    assert {name: (one.hibernated, one.unclean) for name, one in found.items()} == {
        "shut-down": (False, False), "hibernated": (True, False), "unclean": (False, True),
    }  # fmt: skip


def test_a_driver_without_its_file_brings_nothing_up() -> None:
    found = windows(machine("windows-disk-without-a-driver").facts)
    kvm = next(one for one in found.moves if one.name == "kvm")
    assert (kvm.disk.state, kvm.boots) == ("lost", False)
    assert {one.service: one.file for one in found.filters or []} == {
        "partmgr": True, "volsnap": True, "snapflt": False,
    }  # fmt: skip


def test_a_driver_that_lies_elsewhere_is_not_called_lost() -> None:
    disk = disks.Disk("disk-without-a-driver")
    found = services(disk)["viostor"]
    assert left.has_file(disk, found) is False
    elsewhere = "\\SystemRoot\\System32\\DriverStore\\FileRepository\\viostor.inf_amd64\\viostor.sys"
    assert left.has_file(disk, structs.replace(found, image=elsewhere)) is None
