"""The levels of STSI on s390 (Documentation/arch/s390): each VMnn is one hypervisor, VM00 the innermost."""

from vaudit.evidence.source import Source
from vaudit.facts.text import fields
from vaudit.model.facts import Layer

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
