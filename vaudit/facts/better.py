"""Which paravirtual driver of this kernel could serve an emulated device, and who has to act for it."""

from typing import Literal

from msgspec import structs

from vaudit.model.facts import Actor, Driver, DriverState, Family, Hypervisor, HypervisorKind, Served, Task

OFFERS: dict[HypervisorKind, tuple[Family, tuple[Task, ...]]] = {
    "kvm": ("virtio", ("disk", "network")),
    "qemu": ("virtio", ("disk", "network")),
    "xen": ("xen", ("disk", "network")),
    "hyperv": ("hyperv", ("disk", "network")),
    "vmware": ("vmware", ("disk", "network")),
    "virtualbox": ("virtio", ("network",)),
    "bhyve": ("virtio", ("disk", "network")),
    "parallels": ("virtio", ("network",)),
}
"""What a hypervisor can offer instead of an emulated device: the family of drivers, and for which tasks."""
_HAVE: tuple[DriverState, ...] = ("in-use", "loaded", "builtin", "available")


def better(
    served: Served, what: Literal["disk", "cdrom", "network"], hypervisor: Hypervisor, drivers: list[Driver]
) -> Served:
    """With the better driver for an emulated device, where this kernel has one; the first of `drivers` wins.

    Xen offers its PV devices to every HVM guest beside the emulated ones, so there the owner acts (by not
    switching them off); everywhere else the provider has to attach another device.
    """
    if served.path != "emulated" or hypervisor.kind not in OFFERS:
        return served
    family, tasks = OFFERS[hypervisor.kind]
    task: Task = "network" if what == "network" else "disk"
    able = [one for one in drivers if one.family == family and one.serves == task and one.state in _HAVE]
    fit = [one.name for one in able if what != "cdrom" or one.cdrom]
    if task not in tasks or not fit:
        return served
    actor: Actor = "owner" if hypervisor.kind == "xen" else "provider"
    return structs.replace(served, better=fit[0], better_by=actor)
