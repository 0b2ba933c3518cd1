"""Disks and cards of a machine that is made of a few words: where sysfs shows them and what it says of them.

The shapes are those of the recorded machines beside this file (lab-*.vdump); test_shapes.py compares the two.
"""

import posixpath
from typing import NamedTuple

from typing_extensions import Self

from tests.machines.record import Record
from vaudit.evidence.source import Entry
from vaudit.facts.virtio import GENERIC, TABLES

GIB = 1 << 30
_MODULES = {"xen-platform-pci": "", "xhci_hcd": "xhci_pci", "vbd": "xen_blkfront", "vif": "xen_netfront"}
"""Drivers whose module has another name; empty: never a module."""
_MAJORS = {"vd": 254, "sd": 8, "sr": 11, "xvd": 202, "nvme": 259, "dm-": 253, "loop": 7, "md": 9}
_SECTOR = 512
_VIRTIO_MAKERS = {"platform": "0x554d4551"}
"""A virtio device's vendor: PCI's number of Red Hat, or over MMIO what QEMU writes there (`QEMU`)."""


_RING = "indirect event-idx version-1"
_AGREED = {
    "virtio_net": "csum guest-csum ctrl-guest-offloads mac guest-tso4 guest-tso6 guest-ecn guest-ufo"
    " host-tso4 host-tso6 host-ecn host-ufo mrg-rxbuf status ctrl-vq ctrl-rx ctrl-vlan guest-announce"
    f" mq {_RING}",
    "virtio_blk": f"seg-max geometry blk-size flush topology config-wce mq discard write-zeroes {_RING}",
    "virtio_scsi": f"hotplug change {_RING}",
    "virtio_balloon": _RING,
    "virtio_rng": _RING,
}
"""On what Linux agrees with the devices of QEMU 7.2 with vhost and several queues, by driver."""


class Part(NamedTuple):
    """A function or device as its maker offers it, and the driver that Linux binds to it."""

    driver: str
    ids: str = ""
    subsystem: str = ""
    class_: str = ""
    virtio: str = ""
    """The driver of the virtio device on it."""
    bus: str = "pci"


PARTS: dict[str, Part] = {
    # offered by hypervisors, for guests alone
    "virtio-blk": Part("virtio-pci", "1af4:1001", "1af4:0002", "10000", "virtio_blk"),
    "virtio-scsi": Part("virtio-pci", "1af4:1004", "1af4:0008", "10000", "virtio_scsi"),
    "virtio-scsi-1.0": Part("virtio-pci", "1af4:1048", "1af4:1100", "10000", "virtio_scsi"),
    "virtio-net": Part("virtio-pci", "1af4:1000", "1af4:0001", "20000", "virtio_net"),
    "virtio-balloon": Part("virtio-pci", "1af4:1002", "1af4:0005", "ff00", "virtio_balloon"),
    "virtio-rng": Part("virtio-pci", "1af4:1005", "1af4:0004", "ff00", "virtio_rng"),
    "mmio-blk": Part("virtio-mmio", virtio="virtio_blk", bus="platform"),
    "mmio-net": Part("virtio-mmio", virtio="virtio_net", bus="platform"),
    "ccw-blk": Part("virtio_ccw", virtio="virtio_blk", bus="ccw"),
    "ccw-net": Part("virtio_ccw", virtio="virtio_net", bus="ccw"),
    "vdpa-net": Part("virtio_vdpa", virtio="virtio_net", bus="vdpa"),
    "xen-vbd": Part("vbd", bus="xen"),
    "xen-vif": Part("vif", bus="xen"),
    "xen-platform": Part("xen-platform-pci", "5853:0001", "5853:0001", "ff8000"),
    "hv-storvsc": Part("hv_storvsc", bus="vmbus"),
    "hv-netvsc": Part("hv_netvsc", bus="vmbus"),
    "vmxnet3": Part("vmxnet3", "15ad:07b0", "15ad:07b0", "20000"),
    "pvscsi": Part("vmw_pvscsi", "15ad:07c0", "15ad:07c0", "10700"),
    "vmci": Part("vmw_vmci", "15ad:0740", "15ad:0740", "88000"),
    "vboxguest": Part("vboxguest", "80ee:cafe", "0000:0000", "88000"),
    # old chips that hypervisors imitate
    "q35-host": Part("", "8086:29c0", "1af4:1100", "60000"),
    "i440fx-host": Part("", "8086:1237", "1af4:1100", "60000"),
    "piix-ide": Part("ata_piix", "8086:7010", "1af4:1100", "10180"),
    "piix4-ide": Part("ata_piix", "8086:7111", "15ad:1976", "1018a"),
    "ich9-ahci": Part("ahci", "8086:2922", "1af4:1100", "10601"),
    "ich8-ahci": Part("ahci", "8086:2829", "0000:0000", "10601"),
    "lsi-53c1030": Part("mptspi", "1000:0030", "15ad:1976", "10000"),
    "qemu-nvme": Part("nvme", "1b36:0010", "1af4:1100", "10802"),
    "vmware-nvme": Part("nvme", "15ad:07f0", "15ad:07f0", "10802"),
    "qemu-xhci": Part("xhci_hcd", "1b36:000d", "1af4:1100", "c0330"),
    "e1000": Part("e1000", "8086:100e", "1af4:1100", "20000"),
    "e1000-82545": Part("e1000", "8086:100f", "15ad:0750", "20000"),
    "e1000e-82574": Part("e1000e", "8086:10d3", "8086:0000", "20000"),
    "rtl8139": Part("8139cp", "10ec:8139", "1af4:1100", "20000"),
    # a cloud's own cards
    "ebs-nvme": Part("nvme", "1d0f:8061", "1d0f:8061", "10802"),
    "ec2-local-nvme": Part("nvme", "1d0f:cd01", "1d0f:cd01", "10802"),
    "ena": Part("ena", "1d0f:ec20", "1d0f:ec20", "20000"),
    "ec2-host": Part("", "8086:1237", "1d0f:1237", "60000"),
    # hardware
    "samsung-nvme": Part("nvme", "144d:a808", "144d:a801", "10802"),
    "intel-ahci": Part("ahci", "8086:a182", "1028:0739", "10601"),
    "igb": Part("igb", "8086:1533", "15d9:1533", "20000"),
    "tg3": Part("tg3", "14e4:165f", "1028:0739", "20000"),
    "e1000e": Part("e1000e", "8086:10bd", "1028:01db", "20000"),
    "mlx5": Part("mlx5_core", "15b3:1018", "15b3:0016", "20000"),
}


class Devices(Record):
    """A record whose hardware is named by parts."""

    def __init__(self, arch: str = "x86_64") -> None:
        super().__init__(arch)
        self.mounts: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self.functions: set[str] = set()
        self._disks: list[str] = []

    def part(self, name: str, at: str, *, subsystem: str = "") -> Self:
        """A part without a disk or card on it."""
        self.attach(name, at, subsystem)
        return self

    def attach(self, name: str, at: str, subsystem: str = "") -> str:
        """Puts a part at a PCI address, or at a place below /sys/devices; says where its children lie."""
        part = PARTS[name]
        module = _MODULES.get(part.driver, part.driver.replace("-", "_"))
        if part.bus != "pci":
            self.device(at, part.bus, part.driver, module)
        elif at not in self.functions:
            self.pci(at, part.ids, subsystem or part.subsystem, part.class_, part.driver, module=module)
        if part.bus == "pci":
            self.functions.add(at)
            at = f"pci{at[:7]}/{at}"
        if part.virtio:
            at = f"{at}/virtio{self._next('virtio')}"
            self.device(at, "virtio", part.virtio, part.virtio)
            self.file(f"/sys/devices/{at}/vendor", f"{_VIRTIO_MAKERS.get(part.bus, '0x1af4')}\n")
            self._agree(f"/sys/devices/{at}", part.virtio, _AGREED.get(part.virtio, ""))
        return at

    def _agree(self, place: str, driver: str, names: str) -> None:
        bits = {name: bit for bit, name, _ in (*TABLES.get(driver, ()), *GENERIC)}
        agreed = {bits[name] for name in names.split()}
        self.file(f"{place}/features", "".join(str(int(bit in agreed)) for bit in range(64)) + "\n")
        self.file(f"{place}/status", "0x0000000f\n" if bits["version-1"] in agreed else "0x00000007\n")

    def agrees(self, name: str, *without: str, also: str = "") -> Self:
        """On what the driver of a disk or card agreed with its device: all but, and some more."""
        kind, driver = ("net", "virtio_net") if name.startswith("e") else ("block", "virtio_blk")
        real = posixpath.normpath(f"/sys/class/{kind}/{self.links[f'/sys/class/{kind}/{name}']}")
        names = (one for one in _AGREED[driver].split() if one not in without)
        self._agree(posixpath.dirname(posixpath.dirname(real)), driver, " ".join([*names, also]))
        return self

    def disk(
        self,
        name: str,
        part: str,
        at: str,
        *,
        size: int = 20 * GIB,
        queues: int = 1,
        scheduler: str = "[mq-deadline] none",
        write_cache: str = "write back",
        rotational: bool = True,
        model: tuple[str, str] = ("", ""),
        mounts: tuple[str, ...] = (),
        subsystem: str = "",
    ) -> Self:
        """A disk behind a part. `model`: vendor and product, as SCSI and NVMe devices name themselves."""
        unit = self._unit(name, self.attach(part, at, subsystem), part, model)
        folder = unit if name.startswith("nvme") else f"{unit}/block"
        self.points(f"/sys/devices/{folder}/{name}/device", f"/sys/devices/{unit}")
        return self.block(
            name, folder, size, mounts,
            queues=queues, scheduler=scheduler, write_cache=write_cache, rotational=rotational,
        )  # fmt: skip

    def block(
        self,
        name: str,
        folder: str,
        size: int,
        mounts: tuple[str, ...] = (),
        *,
        queues: int = 1,
        scheduler: str = "none",
        write_cache: str = "write through",
        rotational: bool = False,
    ) -> Self:
        """A block device with its queue; what is mounted of it is its first partition."""
        place = f"/sys/devices/{folder}/{name}"
        told: dict[str, int | str] = {
            "dev": self._block_number(name),
            "size": size // _SECTOR,
            "removable": int(name.startswith("sr")),
            "ro": int(name.startswith("sr")),
            "queue/rotational": int(rotational),
            "queue/scheduler": scheduler,
            "queue/write_cache": write_cache,
            "queue/logical_block_size": 2048 if name.startswith("sr") else _SECTOR,
        }
        self.shown("block", name, place, told)
        self.folder(f"{place}/slaves")
        for queue in range(queues):
            self.folder(f"{place}/mq/{queue}")
        return self._partition(name, place, mounts) if mounts else self

    def _partition(self, disk: str, place: str, mounts: tuple[str, ...]) -> Self:
        """The first partition, with what is mounted of it."""
        name, number = f"{disk}{'p' * disk[-1].isdigit()}1", self._block_number(disk, 1)
        self.shown("block", name, f"{place}/{name}", {"dev": number, "partition": 1})
        for where in mounts:
            self.mount(where, number, f"/dev/{name}", "ext4")
        return self

    def card(
        self,
        name: str,
        part: str,
        at: str,
        *,
        mac: str = "52:54:00:12:34:56",
        speed: int | None = -1,
        mtu: int = 1500,
        queues: tuple[int, int] = (1, 1),
        subsystem: str = "",
    ) -> Self:
        """A network card with its receive and transmit queues; `speed` None: the driver names none."""
        place = f"/sys/devices/{self.attach(part, at, subsystem)}/net/{name}"
        told: dict[str, int | str] = {"address": mac, "mtu": mtu, "operstate": "up", "type": 1}
        self.shown("net", name, place, told)
        if speed is None:
            self.answer(Entry("file", f"{place}/speed", "error", reason="Invalid argument"))
        else:
            self.file(f"{place}/speed", f"{speed}\n")
        for which, count in zip(("rx", "tx"), queues, strict=True):
            for queue in range(count):
                self.folder(f"{place}/queues/{which}-{queue}")
        return self

    def own_card(self, name: str, type_: int = 1, mac: str = "02:42:ac:11:00:02") -> Self:
        """A card that the kernel makes itself: a bridge, a veth, the loopback (ARPHRD in if_arp.h)."""
        told: dict[str, int | str] = {"address": mac, "mtu": 1500, "operstate": "up", "type": type_}
        return self.shown("net", name, f"/sys/devices/virtual/net/{name}", told)

    def usb_disk(self, name: str, controller: str, at: str, vendor: str) -> Self:
        """A stick: its device carries the maker's id, its interface the driver."""
        stick = f"{self.attach(controller, at)}/usb1/1-1"
        self.file(f"{self.device(stick, 'usb', 'usb')}/idVendor", f"{vendor}\n")
        self.device(f"{stick}/1-1:1.0", "usb", "usb-storage", "usb_storage")
        unit = self._scsi(f"{stick}/1-1:1.0", "sd", ("QEMU", "QEMU HARDDISK"))
        self.points(f"/sys/devices/{unit}/block/{name}/device", f"/sys/devices/{unit}")
        return self.block(name, f"{unit}/block", 8 * GIB, scheduler="[mq-deadline] none", rotational=True)

    def mount(self, where: str, number: str | int, device: str, kind: str) -> Self:
        """A line of /proc/self/mountinfo (proc(5)); a later one of the same place stands instead."""
        self.mounts[where] = f"{number} / {where} rw,relatime - {kind} {device} rw"
        lines = (f"{20 + at} 1 {line}\n" for at, line in enumerate(self.mounts.values()))
        return self.file("/proc/self/mountinfo", "".join(lines))

    # where a disk hangs on its controller

    def _unit(self, name: str, controller: str, part: str, model: tuple[str, str]) -> str:
        driver = PARTS[part].virtio or PARTS[part].driver
        if driver == "nvme":
            unit = f"{controller}/nvme/nvme{self._next('nvme')}"
            place = self.device(unit)
            self.points(f"{place}/subsystem", "/sys/class/nvme")
            self.file(f"{place}/model", f"{model[1]:<40}\n")
            return unit
        if driver in ("virtio_blk", "vbd"):
            return controller
        if driver in ("ata_piix", "ahci"):
            controller = f"{controller}/ata{self._next('ata') + 1}"
        return self._scsi(controller, name[:2], model)

    def _scsi(self, above: str, driver: str, model: tuple[str, str]) -> str:
        host = self._next("host")
        unit = f"{above}/host{host}/target{host}:0:0/{host}:0:0:0"
        self.device(f"{above}/host{host}", "scsi")
        self.device(f"{above}/host{host}/target{host}:0:0", "scsi")
        place = self.device(unit, "scsi", driver, f"{driver}_mod")
        self.file(f"{place}/vendor", f"{model[0]:<8}\n").file(f"{place}/model", f"{model[1]:<16}\n")
        return unit

    def shown(self, name: str, device: str, place: str, told: dict[str, int | str]) -> Self:
        self.points(f"/sys/class/{name}/{device}", place)
        self.points(f"{place}/subsystem", f"/sys/class/{name}")
        for file, value in told.items():
            self.file(f"{place}/{file}", f"{value}\n")
        return self

    def _block_number(self, name: str, partition: int = 0) -> str:
        """Major and minor: each kind of disk is counted by itself, in steps of 16."""
        kind = next(one for one in _MAJORS if name.startswith(one))
        if name not in self._disks:
            self._disks.append(name)
        alike = [one for one in self._disks if one.startswith(kind)]
        return f"{_MAJORS[kind]}:{alike.index(name) * 16 + partition}"

    def _next(self, what: str) -> int:
        self._counts[what] = self._counts.get(what, -1) + 1
        return self._counts[what]
