"""Storage, network and display functions on the PCI bus, with or without a disk or card on them."""

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
    functions: list[Function], disks: list[Block], cards: list[Net], guest: bool | None
) -> list[Controller]:
    """In the order of their addresses."""
    used = {one.controller for one in disks} | {one.controller for one in cards}
    found = []
    for one in functions:
        class_ = _CLASSES.get(one.class_[:2])
        if class_:
            in_use = one.address in used if class_ != "display" else None
            served = structs.asdict(paths.of_function(one, guest))
            found.append(Controller(one.address, class_, one.id, in_use, **served))
    return found
