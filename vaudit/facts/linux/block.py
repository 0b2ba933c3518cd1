"""Disks: how each whole block device is served and what lies on it (Documentation/ABI/stable/sysfs-block)."""

import posixpath

from msgspec import structs

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts import paths
from vaudit.facts.better import better
from vaudit.facts.linux import queues, shown, virtio
from vaudit.facts.linux.sysfs import SOFTWARE_DISKS, ancestors
from vaudit.model.facts import Block, Served

MAX_MOUNTS = 4000
"""Mount points that are named in all, the same number of each disk: of more it is said how many there are."""
_FEWEST, _MOST = 3, 64
"""Of one disk."""
VIRTUAL_DISKS = ("QEMU", "VBOX", "VMware", "Msft")
"""How hypervisors name their own disks."""
_SLOTS = ("loop", "ram", "zram", "nbd", "fd")
"""Devices that a kernel makes in advance; those without a size are not in use."""


def collect(source: Source, platform: paths.Platform) -> list[Block]:
    """All block devices that hold something: no partitions, no empty loop or RAM devices."""
    real = shown.of_class(source, "block")
    names = list(real)
    whole = {name: _whole(name, real) for name in names}
    mounts = _mounts(source, real, whole)
    most = max(_FEWEST, min(_MOST, MAX_MOUNTS // max(1, len(set(whole.values())))))
    found = []
    for name in names:
        if whole[name] != name:
            continue  # a partition
        if name.rstrip("0123456789") in _SLOTS and not source.number(f"{real[name]}/size"):
            continue  # an unused slot
        served = _served(source, name, real[name], platform)
        block = _block(source, real[name], served)
        points = mounts.get(name, [])
        found.append(structs.replace(block, mounts=points[:most], more_mounts=len(points[most:])))
    return found


def _whole(name: str, real: dict[str, str]) -> str:
    """The disk that a partition lies on, or the disk itself."""
    parent = posixpath.basename(posixpath.dirname(real[name]))
    if parent in real:
        return parent
    if real[name].startswith("/sys/devices/"):
        return name
    # where the link was not read, the name alone tells: vda1, nvme0n1p1
    disk = name.rstrip("0123456789")
    return next((one for one in (disk, disk.removesuffix("p")) if one != name and one in real), name)


def _served(source: Source, name: str, real: str, platform: paths.Platform) -> Served:
    """How a disk is served, with its own name for itself and the better driver for it."""
    served = _path(source, name, real, platform)
    served = structs.replace(
        served,
        model=_model(source, real) or served.model,
        evidence=list(dict.fromkeys([shown.evidence_of(source, "block", name, real), *served.evidence])),
    )
    cdrom = name.startswith("sr")
    return better(served, "cdrom" if cdrom else "disk", platform.hypervisor, platform.drivers)


def _path(source: Source, name: str, real: str, platform: paths.Platform) -> Served:
    if "/devices/virtual/nvme-subsystem/" in real:  # native multipath: the namespace hangs on its controllers
        return _multipath(source, real, platform)
    if "/virtual/" in real or name.startswith(SOFTWARE_DISKS):
        return Served(path="software", because="made by this kernel, not a device", bus="virtual")
    chain = ancestors(source, real)
    served = paths.of_chain(chain, platform.functions, platform.guest)
    if served and served.bus == "usb" and served.path == "passthrough":
        model = _model(source, real) or ""
        if model.startswith(VIRTUAL_DISKS):
            return structs.replace(served, path="emulated", because=f"on USB, and it calls itself {model!r}")
    if not served and name.startswith(("vd", "xvd")):
        from vaudit.facts.linux import tools

        return tools.of_disk(name, [], platform, "")
    return served or Served(because="sysfs does not show what it hangs on")


def _multipath(source: Source, real: str, platform: paths.Platform) -> Served:
    subsystem = posixpath.dirname(real)
    for name in source.names(subsystem):
        controller = source.resolve(f"{subsystem}/{name}") if name.removeprefix("nvme").isdecimal() else None
        chain = ancestors(source, controller) if controller else []
        served = paths.of_chain(chain, platform.functions, platform.guest)
        if served:
            return served
    return Served(because="its NVMe controllers are not shown", bus="nvme")


def _block(source: Source, real: str, served: Served) -> Block:
    size = source.number(f"{real}/size")
    rotational = source.number(f"{real}/queue/rotational")
    scheduler = source.line(f"{real}/queue/scheduler") or ""
    cache = source.line(f"{real}/queue/write_cache")
    removable, read_only = source.number(f"{real}/removable"), source.number(f"{real}/ro")
    used = len(source.names(f"{real}/mq")) or None
    agreed = virtio.of(source, real, served)
    if agreed:
        served = structs.replace(served, evidence=[*served.evidence, *agreed.evidence])
    return Block(
        posixpath.basename(real),
        **structs.asdict(served),
        virtio=agreed,
        offered_queues=queues.offered(source, real, served, used, agreed),
        size=procfs.size(size, 512),  # always 512, whatever the block size (sysfs-block)
        rotational=None if rotational is None else rotational == 1,
        scheduler=_chosen(scheduler),
        write_cache=cache if cache in ("write back", "write through") else None,  # type: ignore[arg-type]
        queues=used,
        logical_block=source.number(f"{real}/queue/logical_block_size"),
        removable=removable == 1 if removable is not None else _is_removable(posixpath.basename(real)),
        read_only=None if read_only is None else read_only == 1,
        parents=source.names(f"{real}/slaves"),
    )


def _is_removable(name: str) -> bool | None:
    """What the name says: CD-ROM and floppy drives are, of others it is not known."""
    return True if name.rstrip("0123456789") in ("sr", "fd") else None


def _chosen(scheduler: str) -> str | None:
    return scheduler.partition("[")[2].partition("]")[0] or scheduler or None


def _model(source: Source, real: str) -> str | None:
    """Vendor and model as SCSI or NVMe devices give them."""
    parts = [source.line(f"{real}/device/{name}") for name in ("vendor", "model")]
    words = [part for part in parts if part and not part.startswith("0x")]
    return " ".join(" ".join(words).split()) or None


def _mounts(source: Source, real: dict[str, str], whole: dict[str, str]) -> dict[str, list[str]]:
    """The mount points by the name of the whole disk."""
    numbers = {source.line(f"{real[name]}/dev") or "": disk for name, disk in whole.items()}
    found: dict[str, list[str]] = {disk: [] for disk in whole.values()}
    for number, point, what in procfs.mounted(source.read("/proc/self/mountinfo") or ""):
        # what has no number of a disk's is told by its name alone
        disk = numbers.get(number) or whole.get(what.split(" ", 2)[1].rpartition("/")[2])
        if disk:
            found[disk].append(point)
    return {disk: _points(points) for disk, points in found.items()}


def _points(escaped: list[str]) -> list[str]:
    """Each mount point once, without the name of a user."""
    return list(dict.fromkeys(procfs.impersonal(procfs.unescaped(point)) for point in escaped))
