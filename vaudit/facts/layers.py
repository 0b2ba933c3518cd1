"""The boxes that a person would draw: metal outside, container innermost; listed innermost first."""

from vaudit.evidence.source import Source
from vaudit.facts.linux.containers import Containers
from vaudit.facts.text import fields
from vaudit.model.facts import Hypervisor, Layer
from vaudit.model.names import CLOUDS, CONTAINERS, KINDS, VMMS


def collect(source: Source, hypervisor: Hypervisor, containers: Containers) -> list[Layer]:
    """Containers, then guests, then the host, each with the signal that proves it."""
    layers = [
        Layer("container", CONTAINERS.get(name, name), witness.says, [witness.evidence])
        for name in containers.names
        for witness in [containers.why[name]]
    ]
    layers += _platform(hypervisor)
    return [*layers, *_beneath(source, hypervisor)]


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


def _beneath(source: Source, hypervisor: Hypervisor) -> list[Layer]:
    """Outer layers that a guest can see: s390 lists them all; elsewhere only that a host must exist."""
    info = fields(source.read("/proc/sysinfo") or "")
    seen = ["file:/proc/sysinfo"]
    levels = [key[2:4] for key in info if key.startswith("VM") and key.endswith("Control Program")]
    layers = [
        Layer("guest", f"{info[f'VM{level} Control Program']} guest", f"level {level} in /proc/sysinfo", seen)
        for level in sorted(levels)[1:]
    ]
    if "LPAR Number" in info and hypervisor.kind != "lpar":
        layers.append(Layer("host", "LPAR", "/proc/sysinfo names a logical partition", seen))
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
