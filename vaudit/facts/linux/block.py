"""Disks: how each whole block device is served and what lies on it (Documentation/ABI/stable/sysfs-block)."""

import posixpath

from vaudit.evidence.source import Source
from vaudit.facts import better, paths
from vaudit.facts.linux.sysfs import ancestors
from vaudit.model.facts import Block
from vaudit.model.names import impersonal

VIRTUAL_DISKS = ("QEMU", "VBOX", "VMware", "Msft")
"""How hypervisors name their own disks."""
_SLOTS = ("loop", "ram", "zram", "nbd", "fd")
"""Devices that a kernel makes in advance; those without a size are not in use."""


def collect(source: Source, platform: paths.Platform) -> list[Block]:
    """All block devices that hold something: no partitions, no empty loop or RAM devices."""
    root = "/sys/class/block" if source.names("/sys/class/block") else "/sys/block"
    names = source.names(root)
    real = {name: source.resolve(f"{root}/{name}") or f"{root}/{name}" for name in names}
    mounts = _mounts(source, names, real)
    found = []
    for name in names:
        if posixpath.basename(posixpath.dirname(real[name])) in names:
            continue  # a partition
        if name.rstrip("0123456789") in _SLOTS and not source.number(f"{real[name]}/size"):
            continue  # an unused slot
        verdict = _path(source, name, real[name], platform)
        found.append(_block(source, real[name], verdict, mounts.get(name, []), platform))
    return found


def _path(source: Source, name: str, real: str, platform: paths.Platform) -> paths.Verdict:
    if "/devices/virtual/nvme-subsystem/" in real:  # native multipath: the namespace hangs on its controllers
        return _multipath(source, real, platform)
    if "/virtual/" in real or name.startswith(paths.SOFTWARE_BLOCK):
        return paths.Verdict("software", "made by this kernel, not a device", None, "virtual")
    chain = ancestors(source, real)
    verdict = paths.of_chain(chain, platform.functions, platform.guest)
    if verdict and verdict.bus == "usb" and verdict.path == "passthrough":
        model = _model(source, real) or ""
        if model.startswith(VIRTUAL_DISKS):
            return verdict._replace(path="emulated", because=f"on USB, and it calls itself {model!r}")
    if verdict is None:
        return paths.Verdict(
            "unknown", "sysfs does not show what it hangs on", evidence=f"link:/sys/class/block/{name}"
        )
    return verdict


def _multipath(source: Source, real: str, platform: paths.Platform) -> paths.Verdict:
    subsystem = posixpath.dirname(real)
    for name in source.names(subsystem):
        controller = source.resolve(f"{subsystem}/{name}") if name.removeprefix("nvme").isdecimal() else None
        chain = ancestors(source, controller) if controller else []
        verdict = paths.of_chain(chain, platform.functions, platform.guest)
        if verdict:
            return verdict
    return paths.Verdict("unknown", "its NVMe controllers are not shown", bus="nvme")


def _block(
    source: Source, real: str, verdict: paths.Verdict, mounts: list[str], platform: paths.Platform
) -> Block:
    name = posixpath.basename(real)
    size = source.number(f"{real}/size")
    rotational = source.number(f"{real}/queue/rotational")
    scheduler = source.line(f"{real}/queue/scheduler") or ""
    cache = source.line(f"{real}/queue/write_cache")
    removable, read_only = source.number(f"{real}/removable"), source.number(f"{real}/ro")
    what = "cdrom" if name.startswith("sr") else "disk"
    best, actor = better.driver(what, verdict.path, platform.hypervisor, platform.drivers)
    return Block(
        name=name,
        path=verdict.path,
        because=verdict.because,
        driver=verdict.driver,
        bus=verdict.bus,
        model=_model(source, real) or verdict.model,
        controller=verdict.controller,
        better=best,
        better_by=actor,
        size=None if size is None else size * 512,  # always 512, whatever the block size (sysfs-block)
        rotational=None if rotational is None else rotational == 1,
        scheduler=_chosen(scheduler),
        write_cache=cache if cache in ("write back", "write through") else None,  # type: ignore[arg-type]
        queues=len(source.names(f"{real}/mq")) or None,
        logical_block=source.number(f"{real}/queue/logical_block_size"),
        removable=None if removable is None else removable == 1,
        read_only=None if read_only is None else read_only == 1,
        mounts=mounts,
        parents=source.names(f"{real}/slaves"),
        evidence=list(
            dict.fromkeys(one for one in (f"link:/sys/class/block/{name}", verdict.evidence) if one)
        ),
    )


def _chosen(scheduler: str) -> str | None:
    return scheduler.partition("[")[2].partition("]")[0] or scheduler or None


def _model(source: Source, real: str) -> str | None:
    """Vendor and model as SCSI or NVMe devices give them."""
    parts = [source.line(f"{real}/device/{name}") for name in ("vendor", "model")]
    words = [part for part in parts if part and not part.startswith("0x")]
    return " ".join(" ".join(words).split()) or None


def _mounts(source: Source, names: list[str], real: dict[str, str]) -> dict[str, list[str]]:
    """Whole disk -> mount points on it or its partitions (fields of /proc/PID/mountinfo: proc(5))."""
    numbers = {}
    for name in names:
        number = source.line(f"{real[name]}/dev")
        if number:
            numbers[number] = name
    result: dict[str, list[str]] = {}
    for line in (source.read("/proc/self/mountinfo") or "").splitlines():
        fields = line.split(" ")
        if len(fields) < 10 or " - " not in line:
            continue
        device = line.split(" - ", 1)[1].split(" ")[1]
        name = numbers.get(fields[2]) or posixpath.basename(device)
        if name not in real:
            continue
        parent = posixpath.basename(posixpath.dirname(real[name]))
        where = impersonal(fields[4].replace("\\040", " "))
        found = result.setdefault(parent if parent in real else name, [])
        if where not in found:
            found.append(where)
    return result
