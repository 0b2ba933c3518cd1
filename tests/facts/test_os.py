"""The operating system, its kernel, and which paravirtual drivers that kernel has."""

import pytest

from tests import machines
from tests.machines.record import Record, record
from vaudit.evidence.source import Entry
from vaudit.facts.better import better
from vaudit.model.facts import Driver, DriverState, Hypervisor, HypervisorKind, Served

RELEASE = "6.1.0-28-amd64"
MODULES = f"/lib/modules/{RELEASE}"
BLK = "/sys/bus/virtio/drivers/virtio_blk"


def machine() -> Record:
    return record().file("/proc/sys/kernel/osrelease", RELEASE + "\n")


def state(found: Record, name: str = "virtio_blk") -> DriverState:
    return {one.name: one.state for one in found.facts().drivers}[name]


def test_the_distribution_by_its_release_file() -> None:
    found = record().file("/usr/lib/os-release", 'ID=debian\nPRETTY_NAME="Debian 12"\nVERSION_ID="12"\n')
    system = found.facts().os
    assert (system.family, system.id, system.name, system.version) == ("linux", "debian", "Debian 12", "12")
    assert system.evidence == ["file:/usr/lib/os-release"]
    nearer = found.file("/etc/os-release", "ID=alpine\nNAME=Alpine\n").facts().os
    assert (nearer.id, nearer.name, nearer.version) == ("alpine", "Alpine", None)


@pytest.mark.parametrize(("uid", "root"), [("0\n", True), ("1000\n", False)])
def test_who_scans(uid: str, root: bool) -> None:
    assert record().call("id -u", uid).facts().os.root is root
    assert record().facts().os.root is None


def test_the_kernel_and_the_parameters_that_matter() -> None:
    found = machine().call("uname -s", "Linux").call("uname -v", "#1 SMP")
    found.file("/proc/cmdline", "root=/dev/vda1 quiet nopv iommu=off -- kvm.init=1\n")
    kernel = found.facts().kernel
    assert (kernel.name, kernel.release, kernel.version) == ("Linux", RELEASE, "#1 SMP")
    assert kernel.parameters == ["nopv", "iommu=off"]
    assert record().call("uname -r", "5.10").facts().kernel.release == "5.10"


@pytest.mark.parametrize(("status", "loadable"), [("absent", False), ("denied", None)])
def test_a_kernel_without_loadable_modules(status: str, loadable: bool | None) -> None:
    found = machine().answer(Entry("file", "/proc/modules", status))  # type: ignore[arg-type]
    assert found.facts().kernel.loadable_modules is loadable
    assert machine().file("/proc/modules", "").facts().kernel.loadable_modules is True


# drivers


def test_a_driver_that_serves_a_device_is_in_use() -> None:
    assert state(machine().add("dir", BLK, ["bind", "module", "virtio0"])) == "in-use"


def without_folder(found: Record) -> Record:
    """No driver is registered on these buses."""
    for bus, driver in (("virtio", "virtio_blk"), ("xen", "vbd")):
        found.answer(Entry("dir", f"/sys/bus/{bus}/drivers/{driver}", "absent"))
    return found


@pytest.mark.parametrize(
    ("builtin", "names", "expected"),
    [
        ("kernel/drivers/block/virtio_blk.ko\n", ["bind", "module"], "builtin"),
        ("kernel/drivers/block/other_virtio_blk.ko\n", ["bind", "module"], "loaded"),
        ("", ["bind", "uevent"], "builtin"),  # what cannot be a module has no such link
        (None, ["bind", "module"], "loaded"),
    ],
)
def test_a_driver_without_a_device(builtin: str | None, names: list[str], expected: DriverState) -> None:
    found = machine().add("dir", BLK, names)
    if builtin is not None:
        found.file(f"{MODULES}/modules.builtin", builtin)
    assert state(found) == expected


@pytest.mark.parametrize(
    ("files", "name", "expected"),
    [
        (["virtio_blk.ko.xz", "loop.ko.xz"], "virtio_blk", "available"),
        (["virtio-blk.ko"], "virtio_blk", "available"),  # kernels mix - and _ in names
        (["virtio_blk_extra.ko", "README"], "virtio_blk", "absent"),
        (["xen-blkfront.ko.zst"], "xen-blkfront", "available"),
    ],
)
def test_a_driver_in_the_folder_of_modules(files: list[str], name: str, expected: DriverState) -> None:
    found = machine().file(f"{MODULES}/modules.builtin", "kernel/fs/ext4/ext4.ko\n")
    found.add("dir", f"{MODULES}/kernel/drivers/block", files)
    assert state(without_folder(found), name) == expected


def test_a_driver_whose_file_has_another_name() -> None:
    found = machine().file(f"{MODULES}/modules.builtin", "kernel/drivers/xen/platform-pci.ko\n")
    assert state(found, "xen-platform-pci") == "builtin"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("CONFIG_64BIT=y\nCONFIG_VIRTIO_BLK=y\n", "builtin"),
        ("CONFIG_64BIT=y\nCONFIG_VIRTIO_BLK=m\n", "absent"),  # and no folder holds it
        ("CONFIG_64BIT=y\n# CONFIG_VIRTIO_BLK is not set\n", "absent"),
        ("CONFIG_64BIT=y\nCONFIG_VIRTIO_BLK=", "absent"),  # cut off
    ],
)
def test_a_driver_by_the_kernels_configuration(config: str, expected: DriverState) -> None:
    found = machine().file("/proc/config.gz", config)
    # where nobody looked whether it is registered, an initial ramdisk may have brought it along
    assert state(found) == ("unknown" if expected == "absent" else expected)
    assert state(without_folder(found)) == expected


def test_a_kernel_of_which_nothing_is_known() -> None:
    assert state(record()) == "unknown"


# the better driver


def offered(
    kind: HypervisorKind, what: str, *drivers: Driver, path: str = "emulated"
) -> tuple[object, object]:
    served = better(Served(path=path), what, Hypervisor(kind=kind), list(drivers))  # type: ignore[arg-type]
    return served.better, served.better_by


BLOCK = Driver("blk", "virtio", "available", None, "disk")
SCSI = Driver("scsi", "virtio", "loaded", None, "disk", True)
CARD = Driver("card", "virtio", "builtin", None, "network")


def test_the_better_driver_is_of_the_family_that_the_provider_can_offer() -> None:
    assert offered("kvm", "disk", BLOCK, SCSI, CARD) == ("blk", "provider")
    assert offered("kvm", "network", BLOCK, SCSI, CARD) == ("card", "provider")
    assert offered("vmware", "disk", BLOCK, SCSI, CARD) == (None, None)
    assert offered("virtualbox", "disk", BLOCK) == (None, None)
    assert offered("virtualbox", "network", CARD) == ("card", "provider")
    assert offered("zvm", "disk", BLOCK) == (None, None)


def test_a_cdrom_needs_a_driver_that_carries_scsi() -> None:
    assert offered("kvm", "cdrom", BLOCK, SCSI) == ("scsi", "provider")
    assert offered("kvm", "cdrom", BLOCK) == (None, None)


def test_on_xen_the_owner_acts_because_the_devices_are_there_already() -> None:
    assert offered("xen", "disk", Driver("front", "xen", "available", None, "disk")) == ("front", "owner")


@pytest.mark.parametrize("driver_state", ["absent", "unknown"])
def test_a_driver_that_this_kernel_does_not_have_is_no_help(driver_state: DriverState) -> None:
    assert offered("kvm", "disk", Driver("blk", "virtio", driver_state, None, "disk")) == (None, None)


def test_only_an_emulated_device_has_a_better_driver() -> None:
    assert offered("kvm", "disk", BLOCK, path="passthrough") == (None, None)


def test_an_empty_record_is_of_no_system() -> None:
    assert machines.machine("synthetic-nothing-recorded").facts.os.family is None
    assert record().file("/proc/cpuinfo", "processor\t: 0\n").facts().os.family == "linux"
