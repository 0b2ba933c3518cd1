"""What a virtio device and its driver agreed on, by name, and whose doing it is that something is missing.

sysfs shows what both agreed on, never what was offered: a missing bit is the device's only if this kernel's
driver asks for it. So each line has the first Linux whose driver does (before it, nobody knows: makers of
distributions take features from later kernels); NEVER: no driver of Linux does; empty: it is named where it
is set, and its absence says nothing (of the days before virtio 1.0).

Sources: include/uapi/linux/virtio_{config,ring,net,blk,scsi}.h, drivers/net/virtio_net.c,
drivers/block/virtio_blk.c, drivers/virtio/virtio_ring.c; virtio 1.3, 2.2 and 6.
"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from collections.abc import Mapping
from typing import Literal

from vaudit import procfs
from vaudit.model.facts import Missing, Virtio

Row = tuple[int, str, str]
NEVER = "never"
LONGEST = 512
"""Characters of a feature string that are believed: kernels write 64, 128 from 6.18 on, and old ones 32."""
_DRIVER_OK, _FEATURES_OK = 4, 8
_VERSION_1 = 32
GENERIC: tuple[Row, ...] = (
    (24, "notify-on-empty", ""),
    (27, "any-layout", ""),
    (28, "indirect", "2.6.31"),
    (29, "event-idx", "3.0"),
    (32, "version-1", "4.0"),
    (33, "access-platform", "4.8"),
    (34, "packed", "5.0"),
    (35, "in-order", NEVER),
    (36, "order-platform", "5.1"),
    (37, "sr-iov", "4.18"),
    (38, "notification-data", "6.4"),
    (40, "ring-reset", "6.0"),
)
NET: tuple[Row, ...] = (
    (0, "csum", "2.6.24"),
    (1, "guest-csum", "2.6.26"),
    (2, "ctrl-guest-offloads", "4.14"),
    (3, "mtu", "4.8"),
    (5, "mac", "2.6.24"),
    (6, "gso", ""),
    (7, "guest-tso4", "2.6.27"),
    (8, "guest-tso6", "2.6.27"),
    (9, "guest-ecn", "2.6.27"),
    (10, "guest-ufo", "2.6.27"),
    (11, "host-tso4", "2.6.26"),
    (12, "host-tso6", "2.6.26"),
    (13, "host-ecn", "2.6.26"),
    (14, "host-ufo", "2.6.26"),
    (15, "mrg-rxbuf", "2.6.29"),
    (16, "status", "2.6.29"),
    (17, "ctrl-vq", "2.6.30"),
    (18, "ctrl-rx", "2.6.30"),
    (19, "ctrl-vlan", "2.6.30"),
    (20, "ctrl-rx-extra", NEVER),
    (21, "guest-announce", "3.5"),
    (22, "mq", "3.8"),
    (23, "ctrl-mac-addr", "3.9"),
    (52, "vq-notf-coal", "6.6"),
    (53, "notf-coal", "6.0"),
    (54, "guest-uso4", "6.2"),
    (55, "guest-uso6", "6.2"),
    (56, "host-uso", "6.2"),
    (57, "hash-report", "5.18"),
    (59, "guest-hdrlen", "6.3"),
    (60, "rss", "5.18"),
    (61, "rsc-ext", NEVER),
    (62, "standby", "4.18"),
    (63, "speed-duplex", "4.16"),
)
BLK: tuple[Row, ...] = (
    (0, "barrier", ""),
    (1, "size-max", "2.6.25"),
    (2, "seg-max", "2.6.24"),
    (4, "geometry", "2.6.26"),
    (5, "ro", "2.6.28"),
    (6, "blk-size", "2.6.27"),
    (7, "scsi", ""),
    (9, "flush", "2.6.32"),
    (10, "topology", "2.6.34"),
    (11, "config-wce", "3.6"),
    (12, "mq", "3.17"),
    (13, "discard", "5.0"),
    (14, "write-zeroes", "5.0"),
    (15, "lifetime", NEVER),
    (16, "secure-erase", "6.1"),
    (17, "zoned", "6.3"),
)
SCSI: tuple[Row, ...] = (
    (0, "inout", NEVER),
    (1, "hotplug", "3.6"),
    (2, "change", "3.7"),
    (3, "t10-pi", "3.17"),
)
TABLES: dict[str, tuple[Row, ...]] = {"virtio_net": NET, "virtio_blk": BLK, "virtio_scsi": SCSI}
"""By the driver."""
PARAMETERS: dict[str, tuple[str, ...]] = {
    "virtio_net.csum": ("csum",),
    "virtio_net.gso": ("host-tso4", "host-tso6"),
    "virtio_pci.force_legacy": ("version-1",),
}
"""The module parameters that take something away, and what."""
_FIRST: dict[str, tuple[int, int]] = {}
"""Versions as numbers, for all devices of a machine once."""
_OF_FLAG = {"ro"}
"""Says how the device is, and is no lack where it is not set."""


def device(
    driver: str,
    bits: str,
    status: int | None,
    release: tuple[int, int] | None,
    taken: Mapping[str, bool | None],
) -> Virtio | None:
    """The facts of one device. None where `bits` is no feature string.

    `taken`: of PARAMETERS those that were looked at, and whether they take something away.
    """
    bits = bits.strip()
    if not bits or len(bits) > LONGEST or len(bits) % 32 or bits.strip("01"):
        return None
    if "1" not in bits or (status is not None and not status & _DRIVER_OK):
        return Virtio()  # no driver has agreed on anything yet
    rows = sorted(TABLES.get(driver, ()) + GENERIC)
    names = {bit: name for bit, name, _ in rows}
    generation = _generation(bits, status)
    last = _VERSION_1 if generation == "legacy" else LONGEST  # before 1.0 there were no higher bits
    parameters = {name for key, off in taken.items() if off for name in PARAMETERS[key]}
    unsure = {name for key, off in taken.items() if off is None for name in PARAMETERS[key]}
    missing = [
        Missing(name, "unknown" if name in unsure else _whose(name, since, release, parameters))
        for bit, name, since in rows
        if since and bit <= last and name not in _OF_FLAG and bits[bit : bit + 1] != "1"
    ]
    negotiated = [names.get(bit, f"bit {bit}") for bit, one in enumerate(bits) if one == "1"]
    return Virtio(generation, negotiated, missing)


def _generation(bits: str, status: int | None) -> Literal["modern", "legacy"] | None:
    """A device of before virtio 1.0 has neither the bit nor the step of the status that came with it."""
    new = bits[_VERSION_1 : _VERSION_1 + 1] == "1"
    if status is not None and bool(status & _FEATURES_OK) is not new:
        return None  # the two contradict each other
    return "modern" if new else "legacy"


def _whose(
    name: str, since: str, release: tuple[int, int] | None, parameters: set[str]
) -> Literal["device", "driver", "parameter", "unknown"]:
    if since == NEVER:
        return "driver"
    if name in parameters:
        return "parameter"
    if release is None:
        return "unknown"
    first = _FIRST.get(since)
    if first is None:
        major, minor = (procfs.whole(part) or 0 for part in since.split(".")[:2])
        first = _FIRST[since] = major, minor
    # makers of distributions take features of drivers from later kernels
    return "device" if release >= first else "unknown"


def suspects(driver: str, bits: str) -> list[str]:
    """The parameters that may have taken what is missing, of those of PARAMETERS that a driver has."""
    missing = {name for bit, name, _ in (*TABLES.get(driver, ()), *GENERIC) if bits[bit : bit + 1] != "1"}
    return [parameter for parameter, taken in PARAMETERS.items() if missing.intersection(taken)]


def lacks(agreed: Virtio, name: str) -> bool:
    """Whether the device does not offer something that this kernel asks for."""
    return any(one.name == name and one.because == "device" for one in agreed.missing)
