"""What does this kernel itself show of a hypervisor: of Xen, of guests of its own, of the levels under it?"""

from vaudit.evidence.source import Source
from vaudit.facts.ask import first
from vaudit.facts.linux import hosting as kvm
from vaudit.facts.linux import s390
from vaudit.facts.linux import xen as linux
from vaudit.facts.values import Hosting, Xen
from vaudit.model.facts import Layer

XEN = (linux.xen,)
HOSTING = (kvm.kvm,)
LAYERS = (s390.layers,)


def xen(source: Source) -> Xen:
    """What a Xen kernel shows of Xen; all empty elsewhere."""
    return first(XEN, source) or Xen()


def hosting(source: Source) -> Hosting:
    """What this system does for guests of its own."""
    return first(HOSTING, source) or Hosting()


def outer_layers(source: Source) -> list[Layer]:
    """The layers under the innermost one that the machine itself lists, from the inside out."""
    return first(LAYERS, source) or []
