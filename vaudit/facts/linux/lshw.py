"""What lshw printed, as JSON or as text: names of machine and board, processor, functions, disks and cards.

lshw lists a tree of nodes; what a disk or card hangs on stands above it, by `bus info`: pci@0000:00:03.0,
virtio@1. Of most functions it prints names without ids.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts import paths
from vaudit.facts import weights as w
from vaudit.facts.ask import output_id
from vaudit.facts.better import better
from vaudit.facts.cpu import would_list_hypervisor
from vaudit.facts.linux import lspci, pasted, tools
from vaudit.facts.values import Function, Node, Processor, Smbios, Value
from vaudit.facts.weights import witness
from vaudit.model.facts import Block, Cpu, HypervisorKind, Net, Points, Served, Witness

MAX_NODES = 10_000
MAX_ABOVE = 32
"""Nodes above one that are kept."""
_ID = output_id("lshw")
_BUSES = {"pci": "pci", "virtio": "virtio", "usb": "usb", "vmbus": "vmbus", "mmc": "mmc"}
"""The first word of a node's bus info, and the bus."""
_TOO_OLD = ("lo",)


class Item(Value, frozen=True):
    """A node, with those above it, the nearest first."""

    id: str
    fields: dict[str, str]
    above: "tuple[Item, ...]" = ()

    def get(self, name: str) -> str:
        return self.fields.get(name, "")


def nodes(source: Source) -> list[Item]:
    """All nodes in the order in which they were printed; none where it was not recorded."""
    text = source.output("lshw")
    if not text:
        return []
    return _parsed(text)


@lru_cache(maxsize=1)
def _parsed(text: str) -> list[Item]:
    """Each question of a scan asks again."""
    return (_of_json(text) if text.lstrip().startswith(("{", "[")) else []) or _of_text(pasted(text))


def _of_json(text: str) -> list[Item]:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return []
    items: list[Item] = []
    pending: list[tuple[Any, tuple[Item, ...]]] = [(found, ())]
    while pending and len(items) < MAX_NODES:
        one, above = pending.pop()
        if isinstance(one, list):
            pending += [(child, above) for child in reversed(one)]
        elif isinstance(one, dict):
            item = Item(str(one.get("id", "")), _flat(one), above)
            items.append(item)
            children = one.get("children")
            if isinstance(children, list):
                pending += [(child, (item, *above)[:MAX_ABOVE]) for child in reversed(children)]
    return items


def _flat(one: dict[str, Any]) -> dict[str, str]:
    fields = {name: value for name, value in one.items() if isinstance(value, str)}
    names = one.get("logicalname")
    if isinstance(names, list) and names:
        fields["logicalname"] = str(names[0])
    configuration, capabilities = one.get("configuration"), one.get("capabilities")
    if isinstance(configuration, dict):
        fields["driver"] = str(configuration.get("driver") or "")
    if isinstance(capabilities, dict):
        fields["capabilities"] = " ".join(map(str, capabilities))
    return fields


_LABELS = {"bus info": "businfo", "logical name": "logicalname"}


def _of_text(text: str) -> list[Item]:
    """`  *-network` begins a node; the lines below it are deeper."""
    items: list[Item] = []
    stack: list[tuple[int, Item]] = []
    for line in text.splitlines():
        if line.startswith("WARNING: "):
            continue
        depth, words = len(line) - len(line.lstrip()), line.strip()
        if (words.startswith("*-") or not items) and words and len(items) < MAX_NODES:
            stack = [(at, item) for at, item in stack if at < depth]
            item = Item(
                words.removeprefix("*-").split(" ")[0],
                {},
                tuple(one for _, one in stack[: -MAX_ABOVE - 1 : -1]),
            )
            items.append(item)
            stack.append((depth, item))
        elif items:
            key, colon, value = words.partition(": ")
            if colon:
                _set(items[-1].fields, _LABELS.get(key, key), value)
    return items


def _set(fields: dict[str, str], key: str, value: str) -> None:
    if key == "configuration":
        words = dict(word.partition("=")[::2] for word in value.split())
        fields["driver"] = words.get("driver", "")
    else:
        fields.setdefault(key, value)


def smbios(source: Source) -> Smbios | None:
    """The machine's, the board's and the firmware's names, which lshw takes from SMBIOS."""
    items = nodes(source)
    if items and items[0].get("description") in (*_PARTITIONS, _GUEST):
        return None
    values: dict[str, str] = {}
    for item, names in ((items[:1], ("sys_vendor", "product_name", "product_version")),
                        ([one for one in items if one.id == "core"], ("board_vendor", "board_name", "")),
                        ([one for one in items if one.id.startswith("firmware")],
                         ("bios_vendor", "", "bios_version"))):  # fmt: skip
        for one in item[:1]:
            told = zip(names, ("vendor", "product", "version"), strict=True)
            values |= {name: one.get(field) for name, field in told if name and one.get(field)}
    if "product_name" in values:  # `Standard PC (Q35 + ICH9, 2009) (SKU)`: the SKU stands behind the name
        values["product_name"] = values["product_name"].removesuffix(" ()")
    return Smbios(values, dict.fromkeys(values, _ID)) if values else None


def partition(source: Source) -> Iterator[Witness]:
    """What lshw calls a partition of POWER, whose names it takes from the device tree, not from SMBIOS."""
    for item in nodes(source)[:1]:
        name, kind = item.get("description"), _PARTITIONS.get(item.get("description"))
        if kind:
            says = f"lshw calls the machine {name!r}"
            yield witness(w.INVENTORY, says, _ID, Points(kind=kind))
        elif name == _GUEST:
            says = f"lshw calls the machine {name!r}, {item.get('product')!r}"
            points = Points(kind="kvm") if "linux,kvm" in item.get("product") else Points(role="guest")
            yield witness(w.INVENTORY, says, _ID, points)
            if any("qemu_pseries" in one.get("capabilities") for one in nodes(source)):
                says = "lshw calls the board qemu_pseries"
                yield witness(w.INVENTORY, says, _ID, Points(vmm="qemu"))


_PARTITIONS: dict[str, HypervisorKind] = {"pSeries LPAR": "powervm", "PowerNV": "none"}
_GUEST = "pSeries Guest"


def processor(source: Source) -> Processor | None:
    """The first processor; its capabilities are the flags of /proc/cpuinfo."""
    found = next((one for one in nodes(source) if one.id.startswith("cpu") and one.get("capabilities")), None)
    if not found:
        return None
    flags = frozenset(found.get("capabilities").split())
    known = Cpu(vendor=found.get("vendor") or None, model=found.get("product") or None)
    whole = "fpu" in flags
    lists = whole and would_list_hypervisor(flags)
    return Processor(known=known, flags=flags, whole=whole, lists_hypervisor=lists, evidence=[_ID])


def functions(source: Source) -> list[Function]:
    """The PCI functions, by their names, or by ids where lshw was told to print them (-numeric)."""
    return [_function(item) for item in nodes(source) if item.get("businfo").startswith("pci@")]


def _function(item: Item) -> Function:
    name = f"{item.get('vendor').partition(' [')[0]} {item.get('product')}"
    class_ = lspci.CLASSES.get(item.get("description"), "")
    vendor, device = lspci.ids_of(name)
    driver = item.get("driver") or None
    return Function(item.get("businfo")[4:], vendor, device, "", "", class_, driver, _ID)


def disks(source: Source, platform: paths.Platform) -> list[Block]:
    """Disks and CD drives with a name of the kernel's."""
    found: dict[str, Block] = {}
    for item in nodes(source):
        name = item.get("logicalname").rpartition("/dev/")[2]
        if (item.get("class") in ("disk", "") and _is_disk(item)) and name and "/" not in name:
            served = _served(item, platform) or tools.of_disk(name, [], platform, _ID)
            what = "cdrom" if name.startswith(("sr", "cdrom")) else "disk"
            served = better(served, what, platform.hypervisor, platform.drivers)  # type: ignore[arg-type]
            found.setdefault(name, Block(name, **structs.asdict(served)))
    return list(found.values())


def _is_disk(item: Item) -> bool:
    """By its node's name in the text, which lists no classes."""
    named = item.id.startswith(("disk", "cdrom", "virtio", "namespace", "nvme"))
    return (
        named and item.get("logicalname").startswith("/dev/") and "partition" not in item.get("description")
    )


def cards(source: Source, platform: paths.Platform) -> list[Net]:
    """Cards with a name of the kernel's."""
    found: dict[str, Net] = {}
    for item in nodes(source):
        name, driver = item.get("logicalname"), item.get("driver")
        if item.get("class") not in ("network", "") or "/" in name or not name or name in _TOO_OLD:
            continue
        if "interface" in item.get("description") or item.id.startswith("network"):
            served = _served(item, platform) or tools.by_driver(driver, "", _ID, platform.guest)
            served = served or Served(because="lshw does not show what it hangs on", evidence=[_ID])
            served = better(served, "network", platform.hypervisor, platform.drivers)
            found.setdefault(name, Net(name, **structs.asdict(served)))
    return list(found.values())


def _served(item: Item, platform: paths.Platform) -> Served | None:
    chain = [node for one in (item, *item.above) if (node := _node(one))]
    return paths.of_chain(chain, platform.functions, platform.guest)


def _node(item: Item) -> Node | None:
    word, _, name = item.get("businfo").partition("@")
    bus = _BUSES.get(word)
    place = name if bus == "pci" else f"{word}{name}" if bus == "virtio" else name
    return Node(place, bus, item.get("driver") or None, _ID) if bus else None
