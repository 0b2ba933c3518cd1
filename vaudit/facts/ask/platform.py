"""What does the system itself show of what it runs on, and in: Xen, containers, levels, guests of its own?"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from collections.abc import Iterable

from vaudit.evidence.source import Source
from vaudit.facts.ask import By, ask, everyone, systeminfo, windows
from vaudit.facts.linux import (
    board,
    confidential,
    containers,
    cpu,
    firmware,
    hosting,
    hypervisor,
    kernel,
    log,
    lscpu,
    outputs,
    printed,
    vmware,
)
from vaudit.facts.values import Hosting, Isolation, Mark, Xen
from vaudit.model.facts import Hypervisor, Layer, Vmware, Witness

HEARD = (*hosting.HEARD, *log.HEARD, *cpu.HEARD, *firmware.HEARD, *confidential.HEARD, *containers.HEARD)
"""What the lines of the kernel log hold, in lower case, that providers listen for."""
XEN: By[Xen | None] = {"windows": (windows.xen,), "linux": (hypervisor.xen,)}
HOSTING: By[Hosting | None] = {
    "windows": (windows.hosting, systeminfo.hosting),
    "linux": (hypervisor.kvm,),
}
LAYERS: By[list[Layer] | None] = {"linux": (board.s390_layers,)}
MARKS: By[list[Mark] | None] = {"linux": (containers.marks, outputs.marks)}
ISOLATION: By[Isolation | None] = {"linux": (containers.isolation,)}
VMWARE: By[Vmware | None] = {"linux": (vmware.collect,)}
SIGNALS: By[Iterable[Witness]] = {
    "windows": (windows.signals, systeminfo.signals, outputs.conclusions),
    "linux": (
        board.device_tree,
        board.cpuinfo,
        board.s390,
        log.found,
        log.board,
        log.partition,
        log.control,
        log.systemd,
        kernel.meltdown,
        kernel.wsl,
        kernel.xen,
        kernel.folders,
        hypervisor.frontends,
        kernel.clock,
        kernel.clock_limits,
        lscpu.verdict,
        printed.lspci_names,
        outputs.conclusions,
        printed.lspci_chipset,
        printed.disk_names,
        printed.processor_names,
        board.sparc,
        kernel.zone,
    ),
}


def xen(source: Source) -> Xen:
    """What a Xen kernel shows of Xen; all empty elsewhere."""
    return ask(XEN, source) or Xen()


def own_guests(source: Source) -> Hosting:
    """What this system does for guests of its own."""
    return ask(HOSTING, source) or Hosting()


def outer_layers(source: Source) -> list[Layer]:
    """The layers under the innermost one that the machine itself lists, from the inside out."""
    return ask(LAYERS, source) or []


def marks(source: Source) -> list[Mark]:
    """The signs of containers, in no order of trust."""
    return ask(MARKS, source) or []


def isolation(source: Source) -> Isolation | None:
    """Whether this process lives in the namespaces that the machine began with; None: not known."""
    return ask(ISOLATION, source)


def signals(source: Source) -> list[Witness]:
    """What only one system shows of its platform. Here every provider is heard, not only the first."""
    return everyone(SIGNALS, source)


def own_word(source: Source, beneath: Hypervisor) -> Vmware:
    """What VMware tells of what its host does with this guest; nobody is asked on other machines."""
    is_guest = beneath.kind == "vmware" and beneath.role == "guest"
    return (ask(VMWARE, source) if is_guest else None) or Vmware()
