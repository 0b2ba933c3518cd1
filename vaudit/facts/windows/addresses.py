"""Network cards whose address somebody wrote down: Windows keeps it by card, and with the card it goes."""

from vaudit.evidence.source import Source
from vaudit.facts.windows.keys import CONTROL, SERVICES, read
from vaudit.facts.windows.tree import NET, tree
from vaudit.model.facts import StaticAddress

_CONNECTIONS = f"{CONTROL}\\Network\\{NET.upper()}"
_INTERFACES = f"{SERVICES}\\Tcpip\\Parameters\\Interfaces"


def written_down(source: Source) -> dict[str, tuple[str, str]] | None:
    """By the card's instance in lower case: the interface's GUID and the evidence. None where the list of
    connections was not read."""
    names = read(source, _CONNECTIONS)
    if not names:
        return None
    found = {}
    for guid in names.subkeys:
        own = read(source, f"{_INTERFACES}\\{guid}")
        # no DHCP, and an address that is one at all
        if own and own.number("EnableDHCP") == 0 and any(map(_is_address, own.texts("IPAddress"))):
            connection = read(source, f"{_CONNECTIONS}\\{guid}\\Connection")
            instance = connection.text("PnpInstanceID").lower() if connection else ""
            found[instance or guid] = (guid, own.id)
    return found


def static_addresses(source: Source) -> list[StaticAddress] | None:
    """Cards whose interface does not ask for its address; None where nobody could look."""
    found = written_down(source)
    if found is None:
        return None
    devices = {one.instance.lower(): one for one in tree(source).all}
    said = []
    for instance, (guid, evidence) in found.items():
        one = devices.get(instance)
        present = None if not one else False if one.gone else one.shown or None
        said.append(StaticAddress(name=one.name if one else guid, present=present, evidence=[evidence]))
    return said


def _is_address(text: str) -> bool:
    """Whether it is one at all: not empty, and not all zeros."""
    return bool(text.strip("0."))
