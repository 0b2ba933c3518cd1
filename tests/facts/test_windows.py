"""What is true of a Windows machine is said from its registry alone, on every platform that a table knows."""

import subprocess
import sys

import pytest

from tests.machines import FOLDER
from tests.machines.windows import builder, hives
from tests.machines.windows.broken import ALL as MADE
from tests.machines.windows.devices import DISK, NET, pci
from tests.machines.windows.made import Made
from vaudit.evidence import dump
from vaudit.evidence.hive import Hive
from vaudit.evidence.offline import Offline
from vaudit.evidence.record import shared
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.registry import DWORD, MULTI_SZ, SZ, RegistryValue
from vaudit.facts.collect import collect
from vaudit.judge.wording import machine
from vaudit.model.facts import Facts


def facts(name: str) -> Facts:
    return collect(Recorder(Offline(name, {"system": Hive(builder.hive(name))}, [])))


@pytest.mark.parametrize("name", MADE)
def test_the_platform_and_each_device_are_told(name: str) -> None:
    found, made = facts(name), MADE[name]
    assert (found.hypervisor.kind, found.hypervisor.role) == (made.kind, made.role)
    assert {one.name: (one.driver, one.path) for one in found.block} == made.block
    assert {one.name: (one.driver, one.path) for one in found.net} == made.net
    states = {one.name: one.state for one in found.drivers}
    assert {driver: states.get(driver) for driver in made.drivers} == made.drivers
    assert found.windows
    assert tuple(sorted(found.windows.boots_by)) == made.boots_by
    assert (found.os.family, found.os.version, found.os.build) == ("windows", "10.0", "17763")
    assert found.unseen == []


@pytest.mark.parametrize("name", MADE)
def test_a_dump_of_a_hive_says_the_same(name: str) -> None:
    again = collect(Recorder(dump.parse(builder.recorded(name).encode(), name)))
    assert again == facts(name)


def test_what_was_moved_away_from_serves_nothing() -> None:
    """Cards and disks of the old hypervisor are listed as what they are, and speak for nobody."""
    found = facts("kvm-moved-from-vmware")
    assert found.windows
    assert {(one.driver, one.state) for one in found.windows.phantoms or ()} == {
        ("vmci", "removed"), ("pvscsi", "removed"), ("vmxnet3ndis6", "removed"),
    }  # fmt: skip
    assert found.hypervisor.contradictions == []
    assert not [one for one in found.controllers if one.id.startswith("15ad")]


def test_a_disabled_device_serves_nothing_either() -> None:
    made = MADE["kvm-virtio-blk"]
    disabled = tuple(
        one._replace(state="disabled" if one.service == "netkvm" else "there") for one in made.devices
    )
    found = from_made(made._replace(devices=disabled))
    assert found.windows
    assert [(one.driver, one.state) for one in found.windows.phantoms or ()] == [("netkvm", "disabled")]
    assert found.net == []


def from_made(made: Made) -> Facts:
    MADE["changed"] = made
    try:
        return facts("changed")
    finally:
        del MADE["changed"]


@pytest.mark.parametrize(("override", "start"), [(3, "demand"), (0, "boot"), (None, "boot")])
def test_an_override_decides_when_a_driver_starts(override: int | None, start: str) -> None:
    keys = builder.keys("kvm-virtio-blk")
    place = f"{builder.SET}\\Services\\viostor\\StartOverride"
    if override is not None:
        keys[place] = [RegistryValue("0", DWORD, override), RegistryValue("1", DWORD, 3)]
    found = of(keys)
    assert next(one.start for one in found.drivers if one.name == "viostor") == start
    assert found.windows
    assert ("viostor" in found.windows.boots_by) == (start == "boot")


def of(keys: builder.Keys) -> Facts:
    return collect(Recorder(Offline("changed", {"system": Hive(hives.hive(keys))}, [])))


def test_a_card_of_amds_under_vmwares_driver_is_paravirtual() -> None:
    """The bound driver decides, not the id of the device."""
    card = pci("1022:2000:1022:2000:020000", 9, "vmxnet3ndis6", NET, "VMware Accelerated AMD PCNet Adapter")
    made = MADE["vmware"]
    found = from_made(made._replace(devices=(*made.devices, card)))
    assert [one.path for one in found.net if one.name == card.name] == ["paravirtual"]


def test_where_firmware_was_edited_the_devices_are_believed() -> None:
    found = facts("kvm-edited-strings").hypervisor
    assert found.kind == "kvm"
    assert [one for one in found.contradictions if "Dell Inc." in one]


def test_without_a_controller_a_disks_path_is_unknown_and_why() -> None:
    made = MADE["kvm-virtio-scsi"]
    devices = [
        one for one in made.devices if one.service not in ("vioscsi", "vhdmp") and "Msft" not in one.id
    ]
    lone = tuple(one._replace(parent="") for one in devices)
    found = from_made(made._replace(devices=lone))
    assert [(one.path, one.driver) for one in found.block] == [("unknown", None)]
    assert "no controller" in found.block[0].because


def test_a_static_address_is_told_with_its_card() -> None:
    keys, guid = builder.keys("kvm-moved-from-vmware"), "{C1795443-FD81-4EF2-A1E0-565057BB897F}"
    card = next(path for path in keys if "VEN_15AD&DEV_07B0" in path and path.count("\\") == 4)
    network = f"{builder.SET}\\Control\\Network\\{NET.upper()}\\{guid}\\Connection"
    keys[network] = [RegistryValue("PnPInstanceId", SZ, card.partition("Enum\\")[2].lower())]
    keys[f"{builder.SET}\\Services\\Tcpip\\Parameters\\Interfaces\\{guid}"] = [
        RegistryValue("EnableDHCP", DWORD, 0),
        RegistryValue("IPAddress", MULTI_SZ, ["192.0.2.7"]),
    ]
    found = of(keys).windows
    assert found
    assert [(one.name, one.present) for one in found.static_addresses or ()] == [
        ("vmxnet3 Ethernet Adapter", False)
    ]


def test_software_tells_release_and_build() -> None:
    software = hives.hive(
        {
            "Microsoft\\Windows NT\\CurrentVersion": [
                RegistryValue("ProductName", SZ, "Windows 10 Pro"),
                RegistryValue("CurrentMajorVersionNumber", DWORD, 10),
                RegistryValue("CurrentMinorVersionNumber", DWORD, 0),
                RegistryValue("CurrentBuildNumber", SZ, "22631"),
            ]
        }
    )
    system = Hive(builder.hive("bare-metal"))
    found = collect(Recorder(Offline("both", {"system": system, "software": Hive(software)}, [])))
    assert (found.os.name, found.os.version, found.os.build) == ("Windows 11 Pro", "10.0", "22631")


@pytest.mark.parametrize("name", MADE)
def test_a_shared_record_of_it_says_the_same(name: str) -> None:
    """What is masked of a registry is nothing that decides."""
    recorder = Recorder(Offline(name, {"system": Hive(builder.hive(name))}, []))
    whole = collect(recorder)
    _, entries = shared(recorder, "salt")
    again = collect(Recorder(dump.parse(dump.write(entries, {}).encode(), name)))
    assert told(again) == told(whole)


def told(found: Facts) -> list[object]:
    devices = [(one.path, one.driver, one.controller, one.model) for one in [*found.block, *found.net]]
    drivers = [(one.name, one.state, one.start) for one in found.drivers]
    return [found.hypervisor.kind, found.hypervisor.role, found.os, *devices, *drivers]


def test_nobody_is_named_in_a_shared_record() -> None:
    """Neither machine, owner nor the serial of a device; what the hardware is stays."""
    keys = builder.keys("kvm-moved-from-vmware")
    enum, processor = f"{builder.SET}\\Enum", "GenuineIntel_-_Intel64_Family_6_Model_58_-_CPU_@_2.70GHz"
    keys[f"{builder.SET}\\Control\\ComputerName\\ComputerName"] = [
        RegistryValue("ComputerName", SZ, "WKS-ROSE42")
    ]
    keys[f"{builder.SET}\\Services\\Tcpip\\Parameters"] = [RegistryValue("Domain", SZ, "rosegarden.example")]
    keys[f"{enum}\\USBSTOR\\Disk&Ven_SanDisk&Prod_Ultra\\4C530001230987654321&0"] = [
        RegistryValue("FriendlyName", SZ, "SanDisk Ultra USB Device of wks-rose42"),
        RegistryValue("ClassGUID", SZ, DISK),
    ]
    keys[f"{enum}\\PCI\\VEN_15B3&DEV_1016\\0002C9FFFF123456"] = [RegistryValue("ClassGUID", SZ, NET)]
    keys[f"{builder.SET}\\Services\\backup"] = [RegistryValue("ObjectName", SZ, "SHOP\\anna.smith")]
    keys[f"{enum}\\ACPI\\{processor}\\_1"] = [RegistryValue("FriendlyName", SZ, "A CPU @ 2.70GHz")]
    recorder = Recorder(Offline("changed", {"system": Hive(hives.hive(keys))}, []))
    collect(recorder)
    _, entries = shared(recorder, "salt")
    text = dump.write(entries, {})
    for secret in (
        "rose42",
        "rosegarden",
        "anna.smith",
        "4C530001230987654321",
        "0002C9FFFF123456",
        builder.UUID[10:-1],
    ):
        assert secret.lower() not in text.lower(), secret
    for kept in ("Disk&Ven_SanDisk&Prod_Ultra", "VEN_15B3&DEV_1016", processor, "SanDisk Ultra USB Device"):
        assert kept in text, kept


def test_a_scan_of_linux_loads_nothing_of_it() -> None:
    code = (
        "import sys; from vaudit.evidence.dump import read; from vaudit.facts.collect import collect;"
        f"collect(read({str(FOLDER / 'lab-kvm-virtio.vdump')!r}));"
        "print([one for one in sys.modules if 'facts.windows' in one or 'hive' in one or 'offline' in one])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_may_lie_in_damage_is_unknown_and_not_absent() -> None:
    """Of a list of services that is broken nothing is told that is not in what is left of it."""
    data = bytearray(builder.hive("kvm-virtio-blk"))
    at = data.index(b"storahci") - 76
    assert data[at : at + 2] == b"nk"
    data[at : at + 2] = b"??"
    found = collect(Recorder(Offline("broken", {"system": Hive(bytes(data))}, [])))
    states = {one.name: one.state for one in found.drivers}
    assert (states["viostor"], states["vioscsi"]) == ("in-use", "unknown")
    assert found.windows
    assert found.windows.wsl is None


def test_security_by_virtualization_makes_no_guest_of_metal() -> None:
    """A hypervisor beneath the owner's own Windows, on a board of a maker of computers."""
    keys = builder.keys("bare-metal")
    keys[f"{builder.SET}\\Control\\DeviceGuard"] = [
        RegistryValue("EnableVirtualizationBasedSecurity", DWORD, 1)
    ]
    keys[f"{builder.SET}\\Control"] = [RegistryValue("SystemStartOptions", SZ, "HYPERVISORLAUNCHTYPE=AUTO")]
    found = of(keys)
    assert (found.hypervisor.kind, found.hypervisor.role) == ("none", "host")
    assert found.windows
    assert found.windows.vbs is True
    assert [one.path for one in found.block] == ["physical"]


def test_a_guest_that_runs_guests_is_a_host_and_its_layers_show_both() -> None:
    found = facts("vmware-hyperv-role")
    assert [one.name for one in found.layers] == [
        "VMware guest that runs guests of its own", "the provider's host",
    ]  # fmt: skip


def test_a_running_windows_counts_its_disks() -> None:
    """Services\\disk\\Enum is there while it runs, and in what was exported then: never on the disk."""
    keys = builder.keys("kvm-virtio-blk")
    disk = next(one for one in of(keys).block)
    assert not disk.name.startswith("disk ")
    instance = disk.evidence[0].partition("Enum\\")[2]
    keys[f"{builder.SET}\\Services\\disk\\Enum"] = [
        RegistryValue("0", SZ, instance.upper()), RegistryValue("Count", DWORD, 1),
    ]  # fmt: skip
    assert [one.name for one in of(keys).block] == [f"disk 0: {disk.name}"]


@pytest.mark.parametrize(
    ("filters", "path", "driver"), [(["storflt"], "paravirtual", "storflt"), ([], "emulated", "intelide")]
)
def test_a_disk_of_hypervs_ide_is_fast_with_windows_own_filter(
    filters: list[str], path: str, driver: str
) -> None:
    """wstorflt.inf, which every Windows has, puts storflt below "Virtual HD ATA Device"."""
    keys = builder.keys("hyperv-gen2")
    enum, classes = f"{builder.SET}\\Enum", f"{builder.SET}\\Control\\Class"
    chip = f"{enum}\\PCI\\VEN_8086&DEV_7111&SUBSYS_00000000&REV_01\\3&267a616a&0&39"
    keys[chip] = [
        RegistryValue("Service", SZ, "intelide"),
        RegistryValue("ClassGUID", SZ, "{4D36E96A-E325-11CE-BFC1-08002BE10318}"),
        RegistryValue("ParentIdPrefix", SZ, "4&3741b84d&0"),
        RegistryValue("LocationInformation", SZ, "PCI bus 0, device 7, function 1"),
    ]
    key = f"{DISK}\\0099"
    keys[f"{classes}\\{key}"] = [RegistryValue("ProviderName", SZ, "Microsoft")]
    keys[f"{enum}\\IDE\\DiskVirtual_HD______________________________1.1.0___\\4&3741b84d&0&0.0.0"] = [
        RegistryValue("Service", SZ, "disk"),
        RegistryValue("ClassGUID", SZ, DISK),
        RegistryValue("Driver", SZ, key),
        RegistryValue("FriendlyName", SZ, "Virtual HD ATA Device"),
        RegistryValue("LowerFilters", MULTI_SZ, filters),
    ]
    disk = next(one for one in of(keys).block if one.name == "Virtual HD ATA Device")
    assert (disk.path, disk.driver) == (path, driver)


@pytest.mark.parametrize(
    ("name", "said"),
    [("citrix", "with paravirtual drivers"), ("xen-hvm-without-drivers", "without paravirtual drivers")],
)
def test_a_windows_on_xen_is_hvm_with_or_without_drivers(name: str, said: str) -> None:
    assert machine(facts(name)) == f"a Xen HVM guest on QEMU {said}"
