"""The boxes that a person would draw: metal outside, container innermost; listed innermost first."""

from collections.abc import Sequence

from vaudit.facts.containers import Containers
from vaudit.facts.signatures import CONTROLLED_KINDS
from vaudit.facts.values import Protected
from vaudit.model.facts import Hypervisor, Layer, Points, Witness
from vaudit.model.names import CLOUDS, CONFIDENTIAL, CONTAINERS, KINDS, VMMS


def collect(
    hypervisor: Hypervisor, containers: Containers, listed: list[Layer], protected: Sequence[Protected] = ()
) -> list[Layer]:
    """Containers, then guests, then the host, each with the signal that proves it.

    `listed` are the outer layers that the machine itself lists.
    """
    layers = [
        Layer("container", CONTAINERS[name], witness.says, [witness.evidence])
        for name in containers.names
        for witness in [containers.why[name]]
    ]
    layers += [*_platform(hypervisor), *_protection(hypervisor, protected)]
    return [*layers, *_beneath(hypervisor, listed)]


def _platform(hypervisor: Hypervisor) -> list[Layer]:
    """The machine that this kernel runs on."""
    why, evidence = _proof(hypervisor)
    name, perhaps = KINDS[hypervisor.kind], "probably " if hypervisor.doubtful else ""
    if hypervisor.kind == "none":
        runs = "guests" if any(one.points.role == "host" for one in hypervisor.witnesses) else "KVM guests"
        title = f"bare metal that runs {runs}" if hypervisor.role == "host" else "bare metal"
        return [Layer("host", perhaps + title, why, evidence)]
    if hypervisor.role == "host" and hypervisor.kind in CONTROLLED_KINDS:
        title = f"{name} dom0" if hypervisor.kind == "xen" else f"{name} root partition"
        mode = f" ({hypervisor.mode.upper()})" if hypervisor.kind == "xen" and hypervisor.mode else ""
        return [Layer("host", perhaps + title + mode, why, evidence)]
    if hypervisor.kind == "unknown" and hypervisor.role == "none":
        return [Layer("host", "unknown", "no signal says what lies beneath", [])]
    mode = f" {hypervisor.mode.upper()}" if hypervisor.kind == "xen" and hypervisor.mode else ""
    if hypervisor.kind == "qemu":
        return [Layer("guest", f"{perhaps}QEMU guest without KVM", why, evidence)]
    if hypervisor.served_by_qemu_alone:
        return [Layer("guest", f"probably {name}", why, evidence)]
    beside = f" ({VMMS[hypervisor.vmm]})" if hypervisor.vmm else ""
    hosts = " that runs guests of its own" if hypervisor.role == "host" else ""
    return [Layer("guest", f"{perhaps}{name}{mode} guest{beside}{hosts}", why, evidence)]


def _protection(hypervisor: Hypervisor, protected: Sequence[Protected]) -> list[Layer]:
    """What stands between a guest and its host, and belongs to neither."""
    if not hypervisor.confidential:
        return []
    said = [one for one in protected if one.name == hypervisor.confidential]
    title = f"memory that the host cannot read ({CONFIDENTIAL[hypervisor.confidential]})"
    return [Layer("host", title, said[0].says, list(dict.fromkeys(one.evidence for one in said)))]


def _proof(hypervisor: Hypervisor) -> tuple[str, list[str]]:
    speakers = _speakers(hypervisor, Points(kind=hypervisor.kind))
    if not speakers and hypervisor.kind == "unknown":
        speakers = _speakers(hypervisor, Points(role="guest"))
    return speakers[0].says if speakers else "", list(
        dict.fromkeys(one.evidence for one in speakers if one.evidence)
    )


def _speakers(hypervisor: Hypervisor, points: Points) -> list[Witness]:
    return [one for one in hypervisor.witnesses if one.points == points and one.weight]


def _beneath(hypervisor: Hypervisor, listed: list[Layer]) -> list[Layer]:
    """Outer layers that a guest can see; elsewhere only that a host must exist."""
    layers = [one for one in listed if one.layer == "guest" or hypervisor.kind != "lpar"]
    under = hypervisor.beneath if hypervisor.beneath != "none" else None
    if under:
        speakers = _speakers(hypervisor, Points(kind=under, beneath=True))
        evidence = list(dict.fromkeys(one.evidence for one in speakers))
        layers.append(Layer("guest", f"{KINDS[under]} guest", speakers[0].says, evidence))
    inside = hypervisor.role != "none" and hypervisor.kind not in ("none", *CONTROLLED_KINDS)
    if under or ((hypervisor.role == "guest" or inside) and not layers):
        name = f"{CLOUDS[hypervisor.cloud]} host" if hypervisor.cloud else "the provider's host"
        layers.append(Layer("host", name, "it cannot be seen from inside"))
    return layers
