"""Which container this process lives in: marks, and the namespaces that prove or disprove them.

A mark outlives its container when its file system is reused as a machine's root. A process in the machine's
first namespaces is in no container of an engine that makes new ones.
"""

from vaudit.facts.values import Isolation, Mark, Value
from vaudit.model.facts import Witness

_ORDER = (
    "bubblewrap",
    "chroot",
    "gvisor",
    "docker",
    "podman",
    "lxc",
    "systemd-nspawn",
    "oci",
    "container-other",
    "kubernetes",
    "openvz",
    "linux-vserver",
    "wsl",
)
"""From the inside out, where several are at work at once."""


class Containers(Value, frozen=True):
    """Names, innermost first; what spoke; and what was found not to hold."""

    names: list[str]
    witnesses: list[Witness]
    contradictions: list[str]
    why: dict[str, Witness]


def weigh(marks: list[Mark], isolation: Isolation | None) -> Containers:
    """Weighs the marks against the namespaces."""
    initial = isolation.initial if isolation else None
    witnesses = []
    contradictions = []
    why: dict[str, Witness] = {}
    for mark in marks:
        witness = _witness(mark)
        if initial and mark.sort == "left":
            reason = "this process is in the initial namespaces: a left-over mark"
            contradictions.append(f"{mark.says}, but {reason}")
            witnesses.append(_set_aside(witness))
        else:
            witnesses.append(witness)
            why.setdefault(mark.name, witness)
    if isolation:
        says = "the initial namespaces: no container" if initial else "namespaces of its own: a container"
        witness = Witness("namespaces", f"{isolation.says}: {says}", isolation.evidence)
        witnesses.append(witness)
        if not initial and not why:
            why["container-other"] = witness
    if "container-other" in why and len(why) > 1:
        del why["container-other"]
    names = sorted(why, key=_ORDER.index)
    return Containers(names, witnesses, contradictions, why)


def _witness(mark: Mark) -> Witness:
    weight = 90 if mark.sort == "kernel" else 60
    return Witness("container", mark.says, mark.evidence, f"container:{mark.name}", weight)


def _set_aside(mark: Witness) -> Witness:
    return Witness(mark.signal, f"{mark.says} (left over, set aside)", mark.evidence, mark.points_to, 0)
