"""The key of a measured series: what was measured, by what, on which device or peer.

    disk.read embedded vda:/var        id, engine, device and mount point of the file system
    disk.read fio vdb                  the same of a raw device, or where the mount point is not known
    network.send iperf3 192.0.2.7:5201 id, engine and peer
    cpu.all embedded                   the machine itself

Two runs with the same key measured the same thing and may be compared, whatever folder was typed: `.` in
/root and /root are one series of one disk. Nothing personal is in it: of /home/NAME the name becomes `*`.
"""

import msgspec

from vaudit.model.benchmark import Benchmark
from vaudit.procfs import impersonal


def key(id_: str, engine: str, where: str = "") -> str:
    """The key of one series. Never empty."""
    return f"{id_} {engine} {where}".rstrip()


def on_disk(device: str | None, mount: str) -> str:
    """Where a disk's series was measured: `vda:/var`, `vda`, or `:/var` where no single device is known."""
    return f"{device or ''}:{impersonal(mount)}" if mount else device or ""


def keyed(found: list[Benchmark], where: str = "") -> list[Benchmark]:
    """The benchmarks of one place, each with the key of its series."""
    return [
        msgspec.structs.replace(each, series=key(each.id, each.engine, where)) if not each.series else each
        for each in found
    ]
