"""What other programs concluded on a machine, for records that hold their output and few files."""

from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.ask.output import output, output_id
from vaudit.facts.linux import printed
from vaudit.facts.signatures import DISK_NAMES, LSCPU_NAMES, LSPCI_WORDS
from vaudit.facts.weights import Speaks, witness
from vaudit.model.facts import Points, Witness


def lscpu(source: Source) -> Iterator[Witness]:
    """What lscpu concluded; names that it made up of garbage are passed over."""
    told = printed.lscpu(source)
    vendor = told.get("Hypervisor vendor") or told.get("Hypervisor") or ""
    kind, how = LSCPU_NAMES.get(vendor), told.get("Virtualization type")
    evidence = output_id("lscpu")
    if how == "container":
        return  # containers.py hears it
    if kind:
        says = f"lscpu named the hypervisor vendor {vendor!r}"
        yield witness(w.LSCPU_VENDOR, says, evidence, Points(kind=kind))
        if kind == "xen" and how == "none":
            says = "lscpu says that this is Xen's control domain"
            yield witness(w.LSCPU_DOM0, says, evidence, Points(role="host"))
    elif told and "Flags" not in told and told.get("Architecture") in ("x86_64", "i686"):
        yield witness(w.LSCPU_NONE, "lscpu named no hypervisor", evidence, Points(kind="none"))


def lspci(source: Source) -> Iterator[Witness]:
    """What lspci calls virtual devices, with or without their ids."""
    yield from _named(output(source, "lspci"), LSPCI_WORDS, "lspci lists", output_id("lspci"))


def disks(source: Source) -> Iterator[Witness]:
    """How disks call themselves, where the folders of disks were not recorded."""
    if source.status("dir", "/sys/class/block") != "unrecorded":
        return
    for path in ("/proc/scsi/scsi", *(f"/proc/ide/{name}/model" for name in source.names("/proc/ide"))):
        yield from _named(source.read(path), DISK_NAMES, "a disk calls itself", f"file:{path}")


def _named(text: str | None, table: dict[str, Speaks], says: str, evidence: str) -> Iterator[Witness]:
    for word, speaks in table.items():
        if word in (text or ""):
            yield from speaks.witnesses(f"{says} {word!r}", evidence)
