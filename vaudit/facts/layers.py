"""The boxes that a person would draw: metal outside, container innermost; listed innermost first."""

from vaudit.facts.containers import Containers
from vaudit.model.facts import Hypervisor, Layer
from vaudit.model.names import CLOUDS, CONTAINERS, KINDS, VMMS


def collect(hypervisor: Hypervisor, containers: Containers, listed: list[Layer]) -> list[Layer]:
    """Containers, then guests, then the host, each with the signal that proves it.

    `listed` are the outer layers that the machine itself lists.
    """
    layers = [
        Layer("container", CONTAINERS.get(name, name), witness.says, [witness.evidence])
        for name in containers.names
        for witness in [containers.why[name]]
    ]
    layers += _platform(hypervisor)
    return [*layers, *_beneath(hypervisor, listed)]


def _platform(hypervisor: Hypervisor) -> list[Layer]:
    """The machine that this kernel runs on."""
    why, evidence = _proof(hypervisor)
    name = KINDS[hypervisor.kind]
    if hypervisor.kind == "none":
        title = "bare metal that runs KVM guests" if hypervisor.role == "host" else "bare metal"
        return [Layer("host", title, why, evidence)]
    if hypervisor.role == "host":
        title = f"{name} dom0" if hypervisor.kind == "xen" else f"{name} root partition"
        mode = f" ({hypervisor.mode.upper()})" if hypervisor.kind == "xen" and hypervisor.mode else ""
        return [Layer("host", title + mode, why, evidence)]
    if hypervisor.kind == "unknown" and hypervisor.role == "none":
        return [Layer("host", "unknown", "no signal says what lies beneath", [])]
    mode = f" {hypervisor.mode.upper()}" if hypervisor.kind == "xen" and hypervisor.mode else ""
    vmm = VMMS.get(hypervisor.vmm or "", hypervisor.vmm or "")
    if hypervisor.kind == "qemu":
        return [Layer("guest", "QEMU guest without KVM", why, evidence)]
    beside = f" ({vmm})" if vmm else ""
    return [Layer("guest", f"{name}{mode} guest{beside}", why, evidence)]


def _proof(hypervisor: Hypervisor) -> tuple[str, list[str]]:
    speakers = [one for one in hypervisor.witnesses if one.points_to == hypervisor.kind and one.weight]
    if not speakers and hypervisor.kind == "unknown":
        speakers = [one for one in hypervisor.witnesses if one.points_to == "guest"]
    if not speakers:
        return "", []
    return speakers[0].says, [one.evidence for one in speakers if one.evidence]


def _beneath(hypervisor: Hypervisor, listed: list[Layer]) -> list[Layer]:
    """Outer layers that a guest can see; elsewhere only that a host must exist."""
    layers = [one for one in listed if one.layer == "guest" or hypervisor.kind != "lpar"]
    if hypervisor.beneath not in (None, "none"):
        name = KINDS[hypervisor.beneath or "unknown"]
        speakers = [one for one in hypervisor.witnesses if one.points_to == f"beneath:{hypervisor.beneath}"]
        layers.append(Layer("guest", f"{name} guest", speakers[0].says, [one.evidence for one in speakers]))
    if (hypervisor.role == "guest" and not layers) or hypervisor.beneath not in (None, "none"):
        cloud = CLOUDS.get(hypervisor.cloud or "", "")
        layers.append(
            Layer(
                "host", f"{cloud} host" if cloud else "the provider's host", "it cannot be seen from inside"
            )
        )
    return layers
