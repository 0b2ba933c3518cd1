"""Storage, network and display functions on the PCI bus, with or without a disk or card on them."""

from __future__ import annotations  # those of tables take longer to work out than the tables

from collections.abc import Collection
from typing import Literal

from msgspec import structs

from vaudit.facts import paths
from vaudit.facts.values import Function
from vaudit.model.facts import Block, Controller, Net

# PCI base classes (PCI Code and ID Assignment Specification, 1.1 to 1.4)
_CLASSES: dict[str, Literal["storage", "network", "display"]] = {
    "01": "storage",
    "02": "network",
    "03": "display",
}


def collect(
    functions: list[Function],
    disks: list[Block],
    cards: list[Net],
    guest: bool | None,
    looked: Collection[str] = ("block", "net"),
) -> list[Controller]:
    """In the order of their addresses. `looked`: the lists of devices that are known to be whole."""
    used = {one.at or one.controller for one in [*disks, *cards]}
    placed = {
        "storage": "block" in looked and all(map(_is_placed, disks)),
        "network": "net" in looked and all(map(_is_placed, cards)),
    }
    found = []
    for one in functions:
        class_ = _CLASSES.get(one.class_[:2]) or _VIRTIO.get(one.id)
        if class_:
            in_use = True if one.address in used else False if placed.get(class_) else None
            served = structs.asdict(paths.of_function(one, guest))
            found.append(Controller(one.address, class_, one.id, in_use, **served))
    return found


_VIRTIO: dict[str, Literal["storage", "network"]] = {
    "1af4:1000": "network",
    "1af4:1001": "storage",
    "1af4:1004": "storage",
}
"""Devices to which QEMU gave no class until 2.1, as Google does."""


def _is_placed(one: Block | Net) -> bool:
    """Whether it is known which controller a device hangs on: if none is, any may serve it."""
    if one.path == "software":
        return True
    # a virtio device hangs on something, which was not seen where it stands for itself
    itself = one.controller == one.name or (one.controller or "").removeprefix("virtio").isdigit()
    return one.controller is not None and not (one.bus == "virtio" and itself)
