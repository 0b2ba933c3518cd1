"""What Windows' systeminfo tells: firmware, release, processors, memory, and network cards by their names.

It names no disk, no driver and no id of a device. A card's name is its driver's: makers of hypervisors write
their own into it, and it stays as it is in every language but for words about it.
"""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from vaudit import procfs, systeminfo
from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.ask import output_id
from vaudit.facts.better import better
from vaudit.facts.paths import Platform
from vaudit.facts.values import Hosting, Processor, Smbios, Told
from vaudit.facts.weights import witness
from vaudit.facts.windows import firmware, machine
from vaudit.facts.windows.known import (
    BUILT_IN,
    CARDS,
    COPIED,
    HOST_CARDS,
    OWN_CARDS,
    RADIO,
    UNTOLD_CARDS,
    CardName,
)
from vaudit.facts.windows.moves import moves
from vaudit.model.facts import (
    Block,
    Cpu,
    Kernel,
    Memory,
    Net,
    Os,
    Path,
    Points,
    Served,
    Windows,
    Witness,
)
from vaudit.systeminfo import Printed

PROGRAM = "systeminfo"
EVIDENCE = output_id(PROGRAM)
_ARCHITECTURES = {"x64": "x86_64", "x86": "i686", "arm64": "aarch64", "itanium": "ia64"}
_VENDORS = ("GenuineIntel", "AuthenticAMD", "CentaurHauls", "HygonGenuine")
_UNTOLD = ("n/a", "n/d", "н/д", "k. a.", "暂缺")
"""Not available, in the languages in which it was seen."""

_READ: WeakKeyDictionary[Source, Printed] = WeakKeyDictionary()


def printed(source: Source) -> Printed:
    """Read once of each source."""
    found = _READ.get(source)
    if found is None:
        entry = source.held("run", PROGRAM)
        data = entry.data if entry else b""
        text = systeminfo.decoded(data) if isinstance(data, bytes) else ""
        found = _READ[source] = systeminfo.parse(text)
    return found


def smbios(source: Source) -> Smbios | None:
    """Maker, model and firmware as SMBIOS has them."""
    found = printed(source)
    firmware, version = _firmware(found)
    told = {
        "sys_vendor": found.text("maker"), "product_name": found.text("model"),
        "bios_vendor": firmware, "bios_version": version,
    }  # fmt: skip
    values = {name: text for name, text in told.items() if text and text.lower() not in _UNTOLD}
    # the board's names, which owners forget when they rewrite the others, are not printed
    return Smbios(values, dict.fromkeys(values, EVIDENCE), unread=True) if values else None


def _firmware(found: Printed) -> tuple[str, str]:
    """Vendor and version from `SeaBIOS rel-1.14.0, 4/1/2014`; without a digit the last word is none."""
    text = found.text("firmware")
    if " - " in text:
        return "", ""  # what ACPI says of itself
    named = text.rpartition(", ")[0] or text
    vendor, _, version = named.rpartition(" ")
    return (vendor, version) if any(one.isdigit() for one in version) else (named, "")


def acpi_maker(source: Source) -> Told | None:
    """`VBOX   - 1`, `INTEL  - 6040000`: before SMBIOS 2.4 was read, and where there is none."""
    text = printed(source).text("firmware")
    maker, dash, _ = text.partition(" - ")
    return Told(maker.strip(), f"the firmware's version is {text!r}", EVIDENCE) if dash else None


def processor(source: Source) -> Processor | None:
    """Its family and model: systeminfo has no other name for it, and counts sockets."""
    every = printed(source).items("processors")
    if not every:
        return None
    name = every[0].partition("~")[0].strip()
    vendor = next((one for one in _VENDORS if one in name), None)
    model = name.replace(vendor, "").strip() if vendor else name
    known = Cpu(vendor=vendor, model=model or None, sockets=len(every))
    listed = systeminfo.needs(printed(source))
    # no list of what it would need: a hypervisor runs already
    tells = listed.extension is not None if listed else "hyperv" in printed(source).lines
    status = printed(source).text("vbs")
    own = status.endswith("Running") or (tells and (bool(_hosts(source)) or machine.secured(status)))
    shown = Processor(
        known=known, tells_extension=tells, whole=False, lists_hypervisor=False, evidence=[EVIDENCE],
        used=machine.OWN if own and not listed else "",
    )  # fmt: skip
    return machine.helped(shown, listed.extension, listed.firmware) if listed else shown


def architecture(source: Source) -> str | None:
    return _ARCHITECTURES.get(printed(source).text("type").lower().partition("-")[0])


def system(source: Source) -> Os | None:
    """`10.0.17763 N/A Build 17763`: numbers stand first in every language."""
    found = printed(source)
    numbers = found.text("version").partition(" ")[0].split(".")
    told = len(numbers) == 3 and all(procfs.whole(one) is not None for one in numbers)
    if not found.lines:
        return None
    return Os(
        family="windows",
        id="windows",
        name=" ".join(found.text("name").split()) or None,
        version=".".join(numbers[:2]) if told else None,
        build=numbers[2] if told else None,
        evidence=[EVIDENCE],
    )


def kernel(source: Source) -> Kernel | None:
    found = system(source)
    if not found:
        return None
    release = ".".join(part for part in (found.version, found.build) if part) or None
    return Kernel(name="Windows NT", release=release, evidence=[EVIDENCE])


def memory(source: Source) -> Memory | None:
    """MiB, whatever stands between the digits."""
    digits = "".join(one for one in printed(source).text("memory") if one.isascii() and one.isdigit())
    size = procfs.whole(digits) if len(digits) < 10 else None
    return Memory(total=size << 20, evidence=[EVIDENCE]) if size else None


def windows(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows | None:
    """The report says where labels of an unknown language were passed over."""
    if not printed(source).lines:
        return None
    lines = [one for one in printed(source).by_order if one != "build"]
    because = f"; known by their order: {', '.join(lines)}" if lines else ""
    named = smbios(source)
    kind, kind_because = firmware.by_names(named.values if named else {})
    return Windows(
        build_because=f"as systeminfo says{because}",
        firmware=kind,
        firmware_because=kind_because,
        filters=None,
        vbs=machine.secured(printed(source).text("vbs")),
        static_addresses=None,
        phantoms=None,
        xen_makers=None,
        moves=moves(source, platform, block, net, ()),
        evidence=[EVIDENCE],
    )


def cards(source: Source, platform: Platform) -> list[Net] | None:
    """Network cards by their names."""
    names: dict[str, int] = {}
    result = []
    for name in printed(source).items("cards"):
        names[name] = names.get(name, 0) + 1
        called = name if names[name] == 1 else f"{name} ({names[name]})"
        served = better(
            served_by_name(name, platform.guest), "network", platform.hypervisor, platform.drivers
        )
        result.append(_net(called, served))
    return result or None


def _net(name: str, served: Served) -> Net:
    return Net(
        name,
        path=served.path,
        because=served.because,
        driver=served.driver,
        bus=served.bus,
        better=served.better,
        better_by=served.better_by,
        evidence=served.evidence,
    )


def served_by_name(name: str, guest: bool | None) -> Served:
    """By what only one maker calls a card so; else by where it is."""
    known = _known(name)
    if known and guest in _NAMED.get(known.path, (True, False, None)):
        return Served(path=known.path, because=known.because, driver=known.driver, evidence=[EVIDENCE])
    if guest is False and not _has(name, UNTOLD_CARDS):
        because = "no hypervisor lies beneath, and its name is none of software's"
        return Served(path="physical", because=because, evidence=[EVIDENCE])
    return Served(because="only its name is known, which tells nothing of it", evidence=[EVIDENCE])


_NAMED: dict[Path, tuple[bool | None, ...]] = {"emulated": (True,), "passthrough": (True, None)}
"""Paths that a name tells only in a guest, or where nobody knows that it is none."""


def _known(name: str) -> CardName | None:
    low = name.lower()
    return next((one for one in CARDS if all(word in low for word in one.words)), None)


def _has(name: str, words: tuple[str, ...]) -> bool:
    return any(word in name.lower() for word in words)


def hosting(source: Source) -> Hosting | None:
    """Whether networks for guests are here."""
    if not _hosts(source):
        return None
    return Hosting(running=True, hosts=True, running_evidence=[EVIDENCE], evidence=[EVIDENCE])


def _hosts(source: Source) -> list[str]:
    return [name for name in printed(source).items("cards") if _has(name, HOST_CARDS)]


def signals(source: Source) -> Iterator[Witness]:
    """Networks for guests of its own, and cards that one hypervisor's guests alone have."""
    for name in _hosts(source)[:1]:
        yield witness(w.WINDOWS_HOST, f"this Windows hosts guests: {name!r}", EVIDENCE, Points(role="host"))
    for name in printed(source).items("cards"):
        yield from named(name, _of_qemu(source), EVIDENCE)
    for name in printed(source).items("cards"):
        if _has(name, RADIO) and _has(name, BUILT_IN) and not _has(name, ("usb", "virtual")):
            yield witness(w.WIRELESS, f"a card for radio: {name!r}", EVIDENCE, Points(kind="none"))
            return


def named(name: str, of_qemu: bool, evidence: str) -> Iterator[Witness]:
    """What a card's name says of the hypervisor beneath, where only a guest's is called so."""
    known = _known(name)
    if known and known.path in ("paravirtual", "emulated") and known.driver in OWN_CARDS:
        kind = None if known.driver in COPIED and of_qemu else OWN_CARDS[known.driver]
        points = Points(kind=kind) if kind else Points(role="guest")
        yield witness(w.DRIVER_SHARED, f"a network card is called {name!r}", evidence, points)


def _of_qemu(source: Source) -> bool:
    """Whether QEMU's firmware lies beneath, which offers copies of VMware's cards."""
    text = " ".join(printed(source).text(one) for one in ("maker", "model", "firmware")).lower()
    return any(word in text for word in ("qemu", "standard pc (", "bochs"))
