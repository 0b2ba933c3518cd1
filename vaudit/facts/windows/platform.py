"""What Windows shows of the machine beneath it: firmware, functions, buses, and its own part in it."""

from collections.abc import Iterator

from vaudit.evidence.source import WINE, Source
from vaudit.facts import weights as w
from vaudit.facts.values import BusDevices, Function, Hosting, Processor, Smbios, Told
from vaudit.facts.weights import witness
from vaudit.facts.windows import inventory, machine
from vaudit.facts.windows.boot import boots_by
from vaudit.facts.windows.keys import CONTROL, SYSTEM, Key, read
from vaudit.facts.windows.known import BY_NAME, COPIED, DISKS, HOST_SERVICES, HOSTS, RADIO, SOFTWARE
from vaudit.facts.windows.services import HARDWARE, services
from vaudit.facts.windows.tree import DISK, NET, tree
from vaudit.model.facts import Cpu, HypervisorKind, Points, Witness

_FIELDS = {
    "SystemManufacturer": "sys_vendor", "SystemProductName": "product_name",
    "SystemVersion": "product_version", "SystemFamily": "family", "BIOSVendor": "bios_vendor",
    "BIOSVersion": "bios_version", "BaseBoardManufacturer": "board_vendor", "BaseBoardProduct": "board_name",
}  # fmt: skip
"""Values of HardwareConfig, and how SMBIOS is called elsewhere."""
_LIVE = f"{SYSTEM.rpartition(chr(92))[0]}\\HARDWARE\\DESCRIPTION\\System\\BIOS"
_LAUNCH = "HYPERVISORLAUNCHTYPE=AUTO"


def smbios(source: Source) -> Smbios | None:
    """The firmware's words: its own table, else as Windows keeps them of the running machine or of the last
    start."""
    if data := source.firmware("SMBIOS"):
        from vaudit.facts.smbios import parse

        return parse(data, "firmware:SMBIOS")
    values: dict[str, str] = {}
    evidence: dict[str, str] = {}
    for key in (read(source, _LIVE), _configuration(source)):
        for theirs, ours in _FIELDS.items():
            text = key.text(theirs).strip() if key else ""
            if key and text and ours not in values:
                values[ours], evidence[ours] = text, key.id
    for name, (text, where) in _joined(source).items():
        if name not in values:
            values[name], evidence[name] = text, where
    if not values:
        values, where = machine.names(source)
        evidence = dict.fromkeys(values, where)
    return Smbios(values, evidence) if values else None


def _configuration(source: Source) -> Key | None:
    found = read(source, HARDWARE)
    last = found.text("LastConfig") if found else ""
    return read(source, f"{HARDWARE}\\{last}") if last else None


def _joined(source: Source) -> dict[str, tuple[str, str]]:
    """Maker and model from ComputerIds, which hold them joined by `&`: the shortest text has two or one."""
    own = _configuration(source)
    ids = read(source, f"{own.path}\\ComputerIds") if own else None
    texts = (
        sorted((str(text) for text in ids.values.values() if isinstance(text, str)), key=len) if ids else []
    )
    if not ids or not texts:
        return {}
    maker = texts[0].strip("& ")
    if not all(text.startswith(maker) for text in texts) or "&" in maker:
        maker = texts[0].partition("&")[0]
    found = {"sys_vendor": (maker, ids.id)} if maker else {}
    pairs = [rest for text in texts if (rest := text.removeprefix(f"{maker}&")) != text and "&" not in rest]
    model = next((one.strip() for one in pairs if one.strip() and not one.strip().isdigit()), "")
    if model:
        found["product_name"] = (model, ids.id)
    return found


def acpi_maker(source: Source) -> Told | None:
    """SystemBiosVersion begins with the OEM id of the ACPI tables: `VBOX   - 1`, `DELL   - 1072009`."""
    own = _configuration(source)
    for key in (own, read(source, f"{SYSTEM}\\CurrentControlSet\\Control\\SystemInformation")):
        text = key.text("SystemBiosVersion") if key else ""
        maker, dash, _ = text.partition(" - ")
        if key and dash:
            return Told(maker.strip(), f"the firmware's version is {text!r}", key.id)
    text, where = machine.acpi(source)
    maker = text.partition(" - ")[0].strip()
    return Told(maker, f"the firmware's version is {text!r}", where) if maker else None


def acpi_devices(source: Source) -> BusDevices | None:
    """The hardware ids below Enum\\ACPI."""
    found = [one for one in tree(source).there if one.bus == "ACPI"]
    names = dict.fromkeys(one.instance.split("\\")[1].upper() for one in found)
    return BusDevices(list(names), found[0].evidence) if found else None


def functions(source: Source) -> list[Function] | None:
    """The PCI functions that are there, each once."""
    found: dict[str, Function] = {}
    for one in tree(source).there:
        if one.pci:
            vendor, device, subvendor, subdevice = one.pci
            address = one.address or one.instance
            found.setdefault(
                address,
                Function(
                    address,
                    vendor,
                    device,
                    subvendor,
                    subdevice,
                    one.pci_class or (_BRIDGE if address == _FIRST else ""),
                    one.service or None,
                    one.evidence,
                ),
            )
    return [found[address] for address in sorted(found)] or None


_FIRST, _BRIDGE = "0000:00:00.0", "060000"
"""What lies first on the first bus of a PC is its host bridge, where a record shows no classes."""


def buses(source: Source) -> dict[str, BusDevices] | None:
    """Devices on the buses that hypervisors bring along."""
    found: dict[str, BusDevices] = {}
    for one in tree(source).there:
        if one.bus == "VMBUS":
            found.setdefault("vmbus", BusDevices([one.instance], one.evidence))
        elif one.bus in ("XENBUS", "XEN", "XENVIF", "XENVBD"):
            kind = "vif-0" if "VIF" in one.instance.upper() or "NET" in one.instance.upper() else "vbd-0"
            found.setdefault("xen", BusDevices([kind], one.evidence))
    return found or None


def processor(source: Source) -> Processor | None:
    """Name and number of the processors, where Windows remembers those of one machine alone."""
    there = [one for one in tree(source).there if one.bus == "ACPI" and "_Family_" in one.instance]
    names = {one.name.strip() for one in there}
    if len(names) != 1:
        return machine.processor(source)
    vendor = there[0].instance.split("\\")[1].partition("_-_")[0]
    threads = len(there) if all(one.shown for one in there) else None
    name = " ".join(names.pop().split())
    known = Cpu(vendor=vendor or None, model=name or None, threads=threads)
    return Processor(known=known, whole=False, lists_hypervisor=False, evidence=[there[0].evidence])


def hosting(source: Source) -> Hosting | None:
    """Whether this system runs guests of its own, or is the root of a hypervisor that it started."""
    said = list(_hosts(source))
    if not said:
        return None
    ids = [evidence for _, evidence in said]
    return Hosting(running=True, hosts=True, running_evidence=ids, evidence=ids)


def _hosts(source: Source) -> Iterator[tuple[str, str]]:
    for one in tree(source).there:
        what = HOSTS.get(one.service.lower())
        if what:
            yield what, one.evidence
    control = read(source, CONTROL)
    if control and _LAUNCH in control.text("SystemStartOptions").upper().replace(" =", "=").replace(
        "= ", "="
    ):
        yield "Hyper-V starts before Windows does", control.id
    for name, what in HOST_SERVICES.items():
        service = services(source).get(name)
        if service and service.start in ("boot", "system", "auto"):
            yield f"{what} is installed", service.evidence


def signals(source: Source) -> Iterator[Witness]:
    """What only Windows shows: names of virtual disks, drivers that serve a device, its part as a host."""
    if version := source.call(WINE):
        yield witness(w.WINE, f"no Windows, but Wine {version}", f"call:{WINE}", Points(kind="wine"))
    for what, evidence in _hosts(source):
        yield witness(w.WINDOWS_HOST, f"this Windows hosts guests: {what}", evidence, Points(role="host"))
    yield from _disks(source)
    yield from _bound(source)
    yield from _booted(source)
    yield from _wireless(source)
    yield from _named(source)
    yield from _installed(source)


_MARKED: dict[str, Points] = {
    "VMBUS\\{": Points(kind="hyperv"), "XENBUS\\": Points(kind="xen"), "XENVIF\\": Points(kind="xen"),
    "VEN_5853": Points(kind="xen"), "15AD&": Points(kind="vmware"), "VEN_80EE": Points(kind="virtualbox"),
    "VEN_1AB8": Points(kind="parallels"), "SUBSYS_00015853": Points(kind="xen"),
    "DISK&VEN_VMWARE": Points(kind="vmware"), "DISKVBOX": Points(kind="virtualbox"),
    "CDROMVBOX": Points(kind="virtualbox"), "DISK&VEN_VBOX": Points(kind="virtualbox"),
    "DISK&VEN_XENSRC": Points(kind="xen"), "DISK&VEN_AWS&PROD_PVDISK": Points(kind="xen"),
    "SUBSYS_11001AF4": Points(vmm="qemu"), "DISKQEMU": Points(vmm="qemu"), "CDROMQEMU": Points(vmm="qemu"),
    "VEN_QEMU": Points(vmm="qemu"), "ACPI\\QEMU": Points(vmm="qemu"), "VEN_1AF4": Points(role="guest"),
}  # fmt: skip
"""What in a device's instance only one hypervisor's guests have: buses, vendors, subsystems of its chips."""


def _installed(source: Source) -> Iterator[Witness]:
    """The newest device of a hypervisor's that a log says was installed; virtio's tell of a guest, and QEMU's
    whose it is."""
    guest = False
    for one in reversed(inventory.installed(source)):
        points = _points(one)
        if points and (not guest or points.vmm):
            says = f"a driver was installed for {one.instance[:80]}"
            yield witness(w.DRIVER_SHARED, says, one.evidence, points)
            guest = True
            if points.role != "guest":
                return


def _points(one: inventory.Met) -> Points | None:
    """Whose device it is, by its instance or by the driver that was installed for it."""
    known = BY_NAME.get(one.service.lower())
    kind = _SPEAKS.get(known.family) if known and not known.inbox else None
    if kind:
        return Points(kind=kind)
    own = next((points for mark, points in _MARKED.items() if mark in one.instance.upper()), None)
    return own or (Points(role="guest") if known and known.family == "virtio" else None)


def _named(source: Source) -> Iterator[Witness]:
    """Cards of which nothing but a guest's name for them is known."""
    cards = [one for one in tree(source).of_class(NET) if one.bus == inventory.NAMED]
    if cards:
        from vaudit.facts.windows import systeminfo

        for card in cards:
            yield from systeminfo.named(card.name, of_qemu(source), card.evidence)


def _wireless(source: Source) -> Iterator[Witness]:
    """A card for radio on PCI, which no hypervisor imitates."""
    for one in tree(source).of_class(NET):
        if one.bus == "PCI" and one.service and any(word in one.name.lower() for word in RADIO):
            yield witness(w.WIRELESS, f"a card for radio: {one.name!r}", one.evidence, Points(kind="none"))
            return


def _disks(source: Source) -> Iterator[Witness]:
    found = tree(source)
    said = set()
    for disk in found.of_class(DISK):
        if any(one.service.lower() in SOFTWARE for one in found.above(disk)):
            continue
        for begin, kind in DISKS.items():
            if begin not in said and disk.name.startswith(begin):
                said.add(begin)
                points = Points(kind=kind) if kind else _unnamed(begin)
                yield witness(w.DISK_NAME, f"a disk calls itself {disk.name!r}", disk.evidence, points)


def _unnamed(begin: str) -> Points:
    return Points(vmm="qemu") if begin == "QEMU" else Points(role="guest")


_SPEAKS: dict[str, HypervisorKind] = {
    "xen": "xen", "hyperv": "hyperv", "vmware": "vmware", "virtualbox": "virtualbox",
    "parallels": "parallels",
}  # fmt: skip


def _bound(source: Source) -> Iterator[Witness]:
    """Drivers that hypervisors' makers wrote and that are bound to a device which is there."""
    said = set()
    for one in tree(source).there:
        known = BY_NAME.get(one.service.lower())
        if not known or one.bus == "ROOT" or known.name in said:
            continue
        kind = _SPEAKS.get(known.family)
        said.add(known.name)
        # Windows of its own accord brings vmbus along, and QEMU and others offer VMware's cards
        shared = known.inbox or not one.shown or known.name in COPIED
        kind = None if known.name in COPIED and of_qemu(source) else kind
        row = w.DRIVER_SHARED if shared else w.DRIVER_BOUND
        points = Points(kind=kind) if kind else Points(role="guest")
        if kind or known.family == "virtio" or known.name in COPIED:
            yield witness(row, f"{one.service} serves {one.id}", one.evidence, points)


def of_qemu(source: Source) -> bool:
    """Whether firmware or chips are QEMU's, which copies some devices of others'."""
    found, tables = smbios(source), acpi_maker(source)
    text = " ".join(found.values.values() if found else ()).lower()
    return (
        "qemu" in text or "standard pc (" in text or bool(tables and tables.text.startswith("BOCHS"))
        or any(one.pci and one.pci[2:] == ("1af4", "1100") for one in tree(source).there)
    )  # fmt: skip


def _booted(source: Source) -> Iterator[Witness]:
    """Storage drivers without which this Windows does not start."""
    there = {one.service.lower() for one in tree(source).there}
    for service in boots_by(source):
        known = BY_NAME.get(service.name.lower())
        kind = _SPEAKS.get(known.family) if known else None
        speaks = known and (kind or known.family == "virtio")
        if known and known.name in COPIED and of_qemu(source):
            continue
        if known and speaks and known.serves == "disk" and known.name in there:
            points = Points(kind=kind) if kind else Points(role="guest")
            yield witness(w.DRIVER_BOOTS, f"it boots by {service.name}", service.evidence, points)
