"""Which container this process lives in: marks, and the namespaces that prove or disprove them.

A mark outlives its container when its file system is reused as a machine's root. A process in the machine's
first namespaces is in no container of an engine that makes new ones.
"""

from typing import get_args

from msgspec import structs

from vaudit.facts import weights as w
from vaudit.facts.values import Isolation, Mark, Value
from vaudit.facts.weights import witness
from vaudit.model.facts import Container, Points, Witness

_ORDER = get_args(Container)


class Containers(Value, frozen=True):
    """Names, innermost first; what spoke; and what was found not to hold."""

    names: list[Container]
    witnesses: list[Witness]
    contradictions: list[str]
    why: dict[Container, Witness]
    certain: bool | None = None
    """Whether this is a container; None where nothing proves it, nor that it is none."""


def weigh(marks: list[Mark], isolation: Isolation | None) -> Containers:
    """Weighs the marks against the namespaces."""
    initial = isolation.initial if isolation else None
    witnesses = []
    contradictions = []
    why: dict[Container, Witness] = {}
    for mark in marks:
        row = w.CONTAINER_KERNEL if mark.sort == "kernel" else w.CONTAINER_MARK
        said = witness(row, mark.says, mark.evidence, Points(container=mark.name))
        if initial and mark.sort == "left":
            reason = "this process is in the initial namespaces: a left-over mark"
            contradictions.append(f"{mark.says}, but {reason}")
            said = structs.replace(said, weight=0, says=f"{mark.says} (left over, set aside)")
        else:
            why.setdefault(mark.name, said)
        witnesses.append(said)
    if isolation:
        says = "the initial namespaces: no container" if initial else "namespaces of its own: a container"
        seen = witness(w.NAMESPACES, f"{isolation.says}: {says}", isolation.evidence, Points())
        witnesses.append(seen)
        if not initial and not why:
            why["container-other"] = seen
    if "container-other" in why and len(why) > 1:
        del why["container-other"]
    names = sorted(why, key=_ORDER.index)
    return Containers(names, witnesses, contradictions, why, _certain(marks, isolation))


def _certain(marks: list[Mark], isolation: Isolation | None) -> bool | None:
    if any(mark.sort != "left" for mark in marks) or (isolation and not isolation.initial):
        return True
    return False if isolation and isolation.whole else None
