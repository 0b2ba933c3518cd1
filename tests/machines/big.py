"""A machine as large as they come, or any share of it: what a scan takes must grow with it, and no faster."""

from typing import NamedTuple

from tests.machines.bases import metal, qemu
from tests.machines.linux import Machine
from tests.machines.record import Record

_PARTITIONS = 4
_FLAGS = 110
"""A server's processor has about as many flags more than the builder's."""


class Size(NamedTuple):
    """How many there are of what a machine can have many of."""

    disks: int = 1000
    cards: int = 500
    functions: int = 10_000
    """On the PCI bus, with those of disks and cards."""
    mounts: int = 100_000
    threads: int = 2048
    sockets: int = 8

    def times(self, factor: float) -> "Size":
        """The same with so many times all but sockets."""
        return Size(**{name: round(count * factor) for name, count in self._asdict().items()})._replace(
            sockets=self.sockets
        )


def big(size: Size, *, guest: bool = False) -> Record:
    """A server, or a guest of KVM with emulated devices alone, so that there is something to say of each."""
    made = qemu("q35") if guest else metal()
    disk, card = ("ich9-ahci", "e1000") if guest else ("samsung-nvme", "igb")
    for at in range(1, size.functions + 1):
        address = f"{at >> 16:04x}:{at >> 8 & 0xFF:02x}:{at >> 3 & 0x1F:02x}.{at & 7}"
        if at <= size.disks:
            _disk(made, at, disk, address)
        elif at <= size.disks + size.cards:
            made.card(f"eth{at}", card, address, mac=f"52:54:00:00:{at >> 8 & 0xFF:02x}:{at & 0xFF:02x}")
        elif address not in made.functions:
            made.pci(address, "8086:1905", "8086:7270", "60400", "pcieport")
    return _mounts(_processors(made, size), size)


def _disk(made: Machine, at: int, part: str, address: str) -> None:
    """A disk with its partitions."""
    name = f"nvme{at}n1" if "nvme" in part else f"sd{at}x"
    made.disk(name, part, address, model=("", f"ACME SSD {at % 7}"), queues=4)
    place = made.real(f"/sys/class/block/{name}")
    for number in range(1, _PARTITIONS + 1):
        told: dict[str, int | str] = {"dev": f"259:{at * 16 + number}", "partition": number, "size": 2048}
        made.shown("block", f"{name}p{number}", f"{place}/{name}p{number}", told)
    made.file(f"{place}/dev", f"259:{at * 16}\n")


def _processors(made: Machine, size: Size) -> Machine:
    """What /proc/cpuinfo says of each thread, socket by socket."""
    one = made.files["/proc/cpuinfo"].decode().partition("\n\n")[0].split("\n")
    one[-1] += "".join(f" feature_{at}" for at in range(_FLAGS))
    kept = [line for line in one if not line.startswith(("processor", "physical id", "core id"))]
    told = []
    for at in range(size.threads):
        socket = at * size.sockets // size.threads
        told += [f"processor\t: {at}", f"physical id\t: {socket}", f"core id\t\t: {at}", *kept, ""]
    return made.file("/proc/cpuinfo", "\n".join([*told, ""])).online(size.threads)


def _mounts(made: Machine, size: Size) -> Machine:
    """Half of them on the disks, in turn; half are layers of containers, as overlayfs shows them."""
    lines = [made.files["/proc/self/mountinfo"].decode().rstrip("\n")]
    for at in range(size.mounts - len(made.mounts)):
        if at % 2 or not size.disks:
            kind = f"overlay overlay rw,lowerdir=/var/lib/layers/l/{at:026d}"
            lines.append(f"{100 + at} 21 0:{60 + at} / /run/containers/{at:016x}/rootfs rw - {kind}")
        else:
            disk, partition = at // 2 % size.disks + 1, at // 2 // size.disks % _PARTITIONS + 1
            device = f"259:{disk * 16 + partition}"
            kind = f"ext4 /dev/nvme{disk}n1p{partition} rw"
            lines.append(f"{100 + at} 21 {device} / /srv/volumes/{at:08x} rw,relatime shared:{at} - {kind}")
    return made.file("/proc/self/mountinfo", "\n".join([*lines, ""]))
