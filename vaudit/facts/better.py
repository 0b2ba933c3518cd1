"""Which paravirtual driver of this kernel could serve an emulated device, and who has to act for it."""

from msgspec import structs

from vaudit.model.facts import Actor, Driver, Hypervisor, Served

# hypervisor kind -> (disk, network): what its provider can offer instead of an emulated device
_OFFERS: dict[str, dict[str, tuple[str, ...]]] = {
    "kvm": {"disk": ("virtio_blk", "virtio_scsi"), "network": ("virtio_net",)},
    "qemu": {"disk": ("virtio_blk", "virtio_scsi"), "network": ("virtio_net",)},
    "xen": {"disk": ("xen-blkfront",), "network": ("xen-netfront",)},
    "hyperv": {"disk": ("hv_storvsc",), "network": ("hv_netvsc",)},
    "vmware": {"disk": ("vmw_pvscsi",), "network": ("vmxnet3",)},
    "virtualbox": {"disk": (), "network": ("virtio_net",)},
    "bhyve": {"disk": ("virtio_blk",), "network": ("virtio_net",)},
    "parallels": {"disk": (), "network": ("virtio_net",)},
}
_HAVE = ("in-use", "loaded", "builtin", "available")


CDROM = ("virtio_scsi", "hv_storvsc", "vmw_pvscsi")
"""The paravirtual disk drivers that can serve a CD-ROM drive; virtio_blk and xen-blkfront cannot."""


def better(served: Served, what: str, hypervisor: Hypervisor, drivers: list[Driver]) -> Served:
    """With the better driver for an emulated disk, cdrom or network card, where this kernel has one.

    Xen offers its PV devices to every HVM guest beside the emulated ones, so there the owner acts (by not
    switching them off); everywhere else the provider has to attach another device.
    """
    if served.path != "emulated":
        return served
    have = {one.name for one in drivers if one.state in _HAVE}
    for name in _OFFERS.get(hypervisor.kind, {}).get("disk" if what == "cdrom" else what, ()):
        if name in have and (what != "cdrom" or name in CDROM):
            actor: Actor = "owner" if hypervisor.kind == "xen" else "provider"
            return structs.replace(served, better=name, better_by=actor)
    return served
