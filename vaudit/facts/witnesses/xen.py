"""What a kernel shows that runs on Xen."""

from collections.abc import Iterator

from vaudit.facts import weights as w
from vaudit.facts.values import Xen
from vaudit.facts.weights import witness
from vaudit.model.facts import Points, Witness

_XEN = Points(kind="xen")


def xen(found: Xen) -> Iterator[Witness]:
    """Xen's own interfaces, and whether this domain controls it."""
    if found.interface:
        yield witness(w.XEN_SYSFS, found.interface.says, found.interface.evidence, _XEN)
    if found.capabilities:
        yield witness(w.XEN_CAPABILITIES, found.capabilities.says, found.capabilities.evidence, _XEN)
    elif found.folder:
        yield witness(w.XEN_FOLDER, found.folder.says, found.folder.evidence, _XEN)
    if found.control:
        yield witness(w.XEN_CONTROL, "this is the control domain", found.control, Points(role="host"))
