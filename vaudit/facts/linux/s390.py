"""The levels of STSI on s390 (Documentation/arch/s390): each VMnn is one hypervisor, VM00 the innermost."""

from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.text import fields
from vaudit.facts.weights import witness
from vaudit.model.facts import HypervisorKind, Layer, Points, Witness

PATH = "/proc/sysinfo"


def layers(source: Source) -> list[Layer]:
    """The hypervisors under the innermost one, from the inside out, and the machine's own partition."""
    info = fields(source.read(PATH) or "")
    seen = [f"file:{PATH}"]
    levels = sorted(key[2:4] for key in info if key.startswith("VM") and key.endswith("Control Program"))
    found = [
        Layer("guest", f"{info[f'VM{level} Control Program']} guest", f"level {level} in {PATH}", seen)
        for level in levels[1:]
    ]
    if "LPAR Number" in info:
        found.append(Layer("host", "LPAR", f"{PATH} names a logical partition", seen))
    return found


def sysinfo(source: Source) -> Iterator[Witness]:
    """The innermost control program, else the partition."""
    info = fields(source.read(PATH) or "")
    program = info.get("VM00 Control Program")
    if program:
        kind: HypervisorKind = "kvm" if "KVM" in program else "zvm" if "z/VM" in program else "other"
        says = f"control program {program!r}"
        yield witness(w.S390_PROGRAM, says, f"file:{PATH}", Points(kind=kind))
    elif "LPAR Number" in info:
        says = "a logical partition of the machine"
        yield witness(w.S390_LPAR, says, f"file:{PATH}", Points(kind="lpar"))
