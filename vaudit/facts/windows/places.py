"""The places that a Windows can be moved to, and what each asks of it: tables, no code.

Sources: the drivers of KNOWN; libvirt's, Proxmox', XCP-ng's and Microsoft's documents for what new machines
start by; that Xen, Hyper-V's generation 1 and VMware offer emulated disks beside the others: xl.cfg(5),
learn.microsoft.com ("Should I create a generation 1 or 2 virtual machine in Hyper-V?"), VMware's
"Virtual Machine Setup Guide".
"""

from typing import Literal

from vaudit.facts.values import Value
from vaudit.model.facts import HypervisorKind, Target


class Place(Value, frozen=True, kw_only=True):
    """Services are named in lower case; of several that would do the usual one stands first."""

    title: str
    kind: HypervisorKind
    """Whose drivers belong there."""
    disk: tuple[str, ...]
    beside: tuple[str, ...] = ()
    """Of these one has to start at boot as well: the bus of the disk's controller."""
    emulated: tuple[tuple[str, ...], ...] = ()
    """Inbox drivers of the emulated disks that it offers besides; all of one row have to start at boot."""
    network: tuple[str, ...] = ()
    firmware: Literal["bios", "uefi"] | None = None
    """What new machines start by unless somebody chooses; None where that depends on the system."""


_IDE = (("intelide", "atapi"),)
_XEN = ("xenvbd", "xenblk", "pvvxblk", "rhelscsi")
_XEN_BUS = ("xenbus", "xenpci", "pvvxbn", "rhelscsi")
_XEN_NET = ("xennet", "pvvxnet", "rhelnet", "xennet6")
_VIRTIO_NET = ("netkvm", "virtio_net", "pvvxnet")
_VMXNET = (
    "vmxnet3ndis6", "vmxnet3", "vmxnet3ndis5", "vmxnet3n61x64", "vmxnet3n61x86", "vmxnet3n51x64",
    "vmxnet3n51x86", "vmxnet",
)  # fmt: skip
PLACES: dict[Target, Place] = {
    "kvm": Place(
        title="KVM with a virtio-blk disk", kind="kvm", firmware="bios", network=_VIRTIO_NET,
        disk=("viostor", "virtio_blk", "vrtioblk", "pvvxblk"),
    ),
    "kvm-scsi": Place(
        title="KVM with a virtio-scsi disk", kind="kvm", firmware="bios", network=_VIRTIO_NET,
        disk=("vioscsi", "virtio_scsi", "vtioscsi", "pvvxscsi"),
    ),
    "xen": Place(
        title="Xen", kind="xen", disk=_XEN, beside=_XEN_BUS, emulated=_IDE, network=_XEN_NET,
        firmware="bios",
    ),
    "xcp-ng": Place(title="XCP-ng", kind="xen", disk=_XEN, beside=_XEN_BUS, emulated=_IDE, network=_XEN_NET),
    "hyperv": Place(
        title="Hyper-V", kind="hyperv", disk=("storvsc",), beside=("vmbus",), emulated=_IDE,
        network=("netvsc", "netvsc63", "netvsc60"),
    ),
    "vmware": Place(
        title="VMware", kind="vmware", disk=("pvscsi",), network=_VMXNET,
        emulated=(("lsi_sas",), ("storahci",), ("msahci",), *_IDE),
    ),
    "nvme": Place(
        title="a place with NVMe disks", kind="kvm", disk=("stornvme", "awsnvme"), firmware="uefi",
    ),
}  # fmt: skip


class Expected(Value, frozen=True):
    """What a hypervisor expects to run inside its guests, and the services that are it."""

    title: str
    what: Literal["guest-agent", "balloon", "tools"]
    services: tuple[str, ...]


EXPECTED: dict[HypervisorKind, tuple[Expected, ...]] = {
    "kvm": (
        Expected("QEMU guest agent", "guest-agent", ("qemu-ga", "qemu guest agent", "ovirt-guest-agent")),
        Expected("virtio balloon", "balloon", ("balloon", "virtio_balloon", "balloonservice", "blnsvr")),
    ),
    "xen": (
        Expected("Xen guest agent", "guest-agent", (
            "xenagent", "xensvc", "xeniface", "xenguestagent", "awsliteagent", "liteagent", "xen-guest-agent",
            "rhelsvc", "xenshutdownmonitor", "shutdownmon",
        )),
    ),
    "vmware": (Expected("VMware Tools", "tools", ("vmtools",)),),
    "hyperv": (
        Expected("Hyper-V heartbeat service", "guest-agent", ("vmicheartbeat",)),
    ),
    "virtualbox": (Expected("VirtualBox Guest Additions", "tools", ("vboxservice", "vboxguest")),),
    "parallels": (Expected("Parallels Tools", "tools", ("prl_tools_service", "prl_tg", "prl tools")),),
}  # fmt: skip
"""Sources: virtio-win's installer, xenserver/win-xeniface, AWS' PV drivers, Microsoft's list of the
integration services, Oracle's and Parallels' manuals."""

MAKERS: dict[str, str] = {
    "citrix": "Citrix/XenServer", "xenserver": "Citrix/XenServer", "cloud software": "Citrix/XenServer",
    "amazon": "Amazon", "xcp-ng": "XCP-ng", "vates": "XCP-ng", "xen project": "Xen Project",
    "linux foundation": "Xen Project", "invisible things": "Xen Project", "qubes": "Xen Project",
    "james harper": "GPLPV", "suse": "SUSE", "novell": "SUSE", "red hat": "Red Hat",
}  # fmt: skip
"""Makers of Xen drivers, by what stands in the provider of their INF files, in lower case."""
VENDORS: dict[str, str] = {"VEN_XN": "XCP-ng", "VEN_XP": "Xen Project"}
"""Whose devices on the Xen bus these are. XS is the XenServer's, whose bus Amazon's drivers have too."""
