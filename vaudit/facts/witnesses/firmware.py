"""What the firmware says of the platform: SMBIOS and ACPI."""

from collections.abc import Iterator

from vaudit.facts import weights as w
from vaudit.facts.signatures import ACPI_DEVICES, ACPI_OEMS, DMI_PLACEHOLDERS, DMI_RULES
from vaudit.facts.values import BusDevices, Smbios, Told
from vaudit.facts.weights import witness
from vaudit.model.facts import Points, Witness

_MAKERS = ("sys_vendor", "product_name", "board_vendor")


def smbios(found: Smbios) -> Iterator[Witness]:
    """Names, vendor and product together; a physical maker's name where nothing virtual matches."""
    rules = [(fields, speaks) for fields, speaks in DMI_RULES if found.values and _match(fields, found)]
    for fields, speaks in rules:
        says = " and ".join(
            f"{field} is {found.values[field]!r}" for field in fields if field in found.values
        )
        yield from speaks.witnesses(says, found.evidence[next(iter(fields))])
    if found.virtual_bit:
        says = "SMBIOS says that this is a virtual machine (a bit that some physical machines set too)"
        yield witness(w.SMBIOS_BIT, says, found.virtual_evidence, Points(role="guest"))
    named = [speaks.weight for _, speaks in rules if speaks.kind or speaks.vmm or speaks.role]
    # clouds rent out both under one name: without the product's nobody knows
    both = any(speaks.cloud for _, speaks in rules) or _is_of_both(found)
    untold = both and "product_name" not in found.values
    nobody = _no_hypervisor(found) if _is_told(found) and not untold else None
    # firmware that others build on too must not take a maker's voice away
    if nobody and all(row.value < nobody.weight for row in named):
        yield nobody


def _is_of_both(found: Smbios) -> bool:
    """Whether its maker makes machines, and hypervisors that call themselves by its name."""
    return found.values.get("sys_vendor", "").lower().startswith(_OF_BOTH)


_OF_BOTH = ("microsoft corporation",)


def _no_hypervisor(found: Smbios) -> Witness | None:
    """What firmware says that names none: whose it is, where somebody wrote that down."""
    for field in _MAKERS:
        text = found.values.get(field, "")
        if text and not text.lower().startswith(DMI_PLACEHOLDERS):
            says = f"the firmware names {text!r}, no hypervisor"
            return witness(w.DMI_MAKER, says, found.evidence[field], Points(kind="none"))
    if found.unread:
        return None  # what was not read may name one
    evidence = found.evidence[next(iter(found.values))]
    return witness(w.DMI_UNNAMED, "the firmware names no hypervisor", evidence, Points(kind="none"))


def _is_told(found: Smbios) -> bool:
    """Whether enough is recorded to miss a hypervisor's name in it: a maker's or a firmware's field."""
    return any(found.values.get(name) for name in (*_MAKERS, "bios_vendor"))


def _match(fields: dict[str, str], found: Smbios) -> bool:
    return all(_says(words, name, found) for name, words in fields.items())


def _says(words: str, name: str, found: Smbios) -> bool:
    if words == "?":
        return name not in found.values
    if words.startswith("!"):
        return bool(found.values.get(name)) and not _field_matches(words[1:].split("|"), name, found)
    return _field_matches(words.split("|"), name, found)


def _field_matches(words: list[str], name: str, found: Smbios) -> bool:
    """Whether a field begins with one of the words, holds one (`*word`), or is one (`word$`)."""
    text = found.values.get(name, "")
    loose = found.loose and name == "product_name"
    for word in words:
        if word.startswith("*"):
            matches = word[1:] in text
        elif word.endswith("$"):
            matches = text == word[:-1]
        else:
            matches = text.startswith(word) or (loose and f" {word}" in text)
        if matches:
            return True
    return False


def acpi(maker: Told | None, devices: BusDevices) -> Iterator[Witness]:
    """The maker of the ACPI tables, and hardware ids of virtual devices."""
    if maker and maker.text in ACPI_OEMS:
        yield from ACPI_OEMS[maker.text].witnesses(maker.says, maker.evidence)
    for hid in devices.names:
        if hid in ACPI_DEVICES:
            yield from ACPI_DEVICES[hid].witnesses(f"ACPI device {hid}", devices.evidence)
