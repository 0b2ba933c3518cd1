"""The drivers that hypervisors and clouds have Windows use: tables, no code.

Sources: the INF files of virtio-win/kvm-guest-drivers-windows, xcp-ng/win-xen*, xenserver/win-xen*,
SUSE/vmdp and the GPLPV mirror; the driver databases of Windows; VMware's, Oracle's and Parallels' tools as
virt-v2v and libguestfs list them; Amazon's and Google's documents.
"""

from vaudit.facts.values import Value
from vaudit.model.facts import Family, HypervisorKind, Path, Task

AUTO = (0, 1, 2)


class Known(Value, frozen=True, kw_only=True):
    """A driver, by the name of its service."""

    name: str
    family: Family
    serves: Task = "other"
    path: Path | None = "paravirtual"
    """How it serves what it is bound to; None where its device tells that, not it."""
    inbox: bool = False
    """It comes with Windows: that it is there says nothing."""
    ids: tuple[str, ...] = ()
    """Hardware ids by which the driver store knows it, in lower case."""
    cdrom: bool = False


def _many(
    names: str, family: Family, serves: Task = "other", path: Path | None = "paravirtual"
) -> list[Known]:
    return [Known(name=name, family=family, serves=serves, path=path) for name in names.split()]


def _pci(*ids: str) -> tuple[str, ...]:
    return tuple(f"ven_{one[:4]}&dev_{one[5:]}" for one in ids)


# the better one stands first among those of one family for one task
KNOWN: tuple[Known, ...] = (
    Known(name="viostor", family="virtio", serves="disk", ids=_pci("1af4:1001", "1af4:1042")),
    Known(name="vioscsi", family="virtio", serves="disk", ids=_pci("1af4:1004", "1af4:1048"), cdrom=True),
    Known(name="netkvm", family="virtio", serves="network", ids=_pci("1af4:1000", "1af4:1041")),
    *_many("virtio_blk vrtioblk vtioscsi virtio_scsi", "virtio", "disk"),
    *_many("virtio_net", "virtio", "network"),
    Known(name="balloon", family="virtio", serves="memory", ids=_pci("1af4:1002", "1af4:1045")),
    Known(name="vioserial", family="virtio", serves="console", ids=_pci("1af4:1003", "1af4:1043")),
    *_many("virtioserial vioser virtio_serial", "virtio", "console"),
    *_many("viorng virtrng viofs virtiofsdrv viogpudo viogpudod vioinput viohidkmdf virtiosocket viosock "
           "viomem viocrypt ivshmem pvpanic fwcfg virtio_balloon virtio_rng virtio_fs qxldod qxl", "virtio"),
    # pvvx* serve Xen and virtio alike: the bus of their device tells
    *_many("pvvxblk pvvxscsi", "virtio", "disk"),
    *_many("pvvxnet", "virtio", "network"),
    *_many("xenvbd xenblk xenscsi rhelscsi", "xen", "disk"),
    *_many("xennet xenvif rhelnet xennet6", "xen", "network"),
    *_many("xenbus xenfilt xeniface xendisk xenpci xenvbdfilter scsifilt rhelfltr xenevtchn xencons xenvkbd "
           "xen xenlite xenusb xencache xencrsh xenhid xeninput", "xen", "platform"),
    Known(name="storvsc", family="hyperv", serves="disk", inbox=True, cdrom=True,
          ids=("{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}",)),
    Known(name="netvsc", family="hyperv", serves="network", inbox=True,
          ids=("{f8615163-df3e-46c5-913f-f2d2f965ed0e}",)),
    Known(name="netvsc60", family="hyperv", serves="network", inbox=True),
    Known(name="netvsc63", family="hyperv", serves="network", inbox=True),
    Known(name="vmbus", family="hyperv", serves="platform", inbox=True, ids=("vmbus",)),
    Known(name="dmvsc", family="hyperv", serves="memory", inbox=True),
    Known(name="hyperkbd", family="hyperv", inbox=True),
    Known(name="vmbushid", family="hyperv", inbox=True),
    Known(name="hypervideo", family="hyperv", inbox=True),
    Known(name="synthvid", family="hyperv", inbox=True),
    Known(name="pvscsi", family="vmware", serves="disk", ids=_pci("15ad:07c0"), cdrom=True),
    Known(name="vmxnet3ndis6", family="vmware", serves="network", ids=_pci("15ad:07b0")),
    *_many("vmxnet3 vmxnet3ndis5 vmxnet3n61x64 vmxnet3n61x86 vmxnet3n51x64 vmxnet3n51x86 vmxnet vmxnet2",
           "vmware", "network"),
    *_many("vmmemctl", "vmware", "memory"),
    *_many("vmci vsock vsockets", "vmware", "platform"),
    *_many("vm3dmp vm3dmp_loader vmx_svga vmmouse vmusbmouse vmhgfs vmrawdsk giappdef vgauthservice vmtools "
           "vmvss vmware_vmx86 vm3dservice", "vmware"),
    # a driver of VMware's for a controller of BusLogic's, which is emulated
    *_many("vmscsi", "vmware", "disk", "emulated"),
    *_many("vboxguest", "virtualbox", "platform"),
    *_many("vboxmouse vboxsf vboxvideo vboxvideow8 vboxwddm vboxservice", "virtualbox"),
    *_many("prl_strg prl_scsi prl_dd", "parallels", "disk"),
    *_many("prl_eth5 prl_eth", "parallels", "network"),
    *_many("prl_boot prl_fs prl_memdev prl_mouf prl_pv32 prl_pv64 prl_sound prl_tg prl_time prl_uprof prl_va "
           "prl_kmdd", "parallels"),
    Known(name="ena", family="cloud", serves="network", path="passthrough",
          ids=_pci("1d0f:ec20", "1d0f:ec21")),
    Known(name="awsnvme", family="cloud", serves="disk", path="passthrough",
          ids=_pci("1d0f:8061", "1d0f:cd01")),
    Known(name="gvnic", family="cloud", serves="network", ids=_pci("1ae0:0042")),
    Known(name="gve", family="cloud", serves="network"),
    Known(name="mana", family="cloud", serves="network", path="passthrough", ids=_pci("1414:00ba")),
    Known(name="gnscvmbus", family="cloud", serves="network", path="passthrough"),
)  # fmt: skip
BY_NAME = {one.name: one for one in KNOWN}

SOFTWARE: dict[str, str] = {
    "vhdmp": "a disk image that this Windows attached",
    "spaceport": "a pool of Storage Spaces",
    "msiscsi": "an iSCSI initiator of this Windows",
    "iscsiprt": "an iSCSI initiator of this Windows",
    "vmsmp": "Hyper-V's virtual switch of this machine's own",
    "vmsp": "Hyper-V's virtual switch of this machine's own",
    "vmsnpxymp": "Hyper-V's virtual switch of this machine's own",
    "vmsvsmp": "Hyper-V's virtual switch of this machine's own",
    "vmsvsp": "Hyper-V's virtual switch of this machine's own",
    "vmnetadapter": "a virtual network of VMware's for guests here",
    "vboxnetadp": "a virtual network of VirtualBox's for guests here",
    "vboxnetadp6": "a virtual network of VirtualBox's for guests here",
    "tap0901": "a tunnel", "tap0801": "a tunnel", "tapoas": "a tunnel", "wintun": "a tunnel",
    "wireguard": "a tunnel", "tunnel": "a tunnel", "ovpn-dco": "a tunnel", "npcap": "a tap for programs",
    "msloop": "a loopback", "kmloop": "a loopback", "kdnic": "for debuggers",
    "vwifimp": "a second face of a wireless card", "mslbfoprovider": "cards put together",
    "bthpan": "over Bluetooth", "ndisimplatformmp": "cards put together", "bridgemp": "cards put together",
}  # fmt: skip
"""Services whose devices are made by software on this system itself, and what they are."""

HOSTS: dict[str, str] = {
    "vmbusr": "Hyper-V's root bus, which its host alone has",
    "vmsmp": "the switch of Hyper-V's host",
    "vmsnpxymp": "the switch of Hyper-V's host",
    "vmsvsmp": "the switch of Hyper-V's host",
    "vmnetadapter": "VMware's networks for guests here",
    "vboxnetadp": "VirtualBox's networks for guests here",
    "vboxnetadp6": "VirtualBox's networks for guests here",
}
"""Services that serve a device only where guests are hosted."""
HOST_SERVICES: dict[str, str] = {
    "vboxdrv": "VirtualBox", "vboxsup": "VirtualBox",
    "hcmon": "VMware Workstation", "vmx86": "VMware Workstation",
}  # fmt: skip
"""Services of programs that run guests, which have no device of their own."""


class CardName(Value, frozen=True):
    """Network cards by their drivers' names for them, as Windows shows them."""

    words: tuple[str, ...]
    """All of them stand in it, in lower case."""
    path: Path
    driver: str | None
    because: str


def _cards(path: Path, because: str, *rows: tuple[str, str]) -> tuple[CardName, ...]:
    return tuple(CardName(tuple(words.split("&")), path, driver or None, because) for words, driver in rows)


CARDS: tuple[CardName, ...] = (
    *_cards("software", "a network that programs make on this system",
            ("vmware virtual ethernet adapter", "vmnetadapter"), ("virtualbox host-only", "vboxnetadp"),
            ("virtualbox bridged", "vboxnetlwf"), ("hyper-v virtual ethernet", "vmsmp"),
            ("hyper-v virtual switch", "vmsmp"), ("parallels host-only", ""), ("parallels shared", ""),
            ("tap-win", "tap0901"), ("tap-windows", "tap0901"), ("wintun", "wintun"), ("wireguard", ""),
            ("openvpn", ""), ("private internet access", ""), ("vpn", ""), ("anyconnect", ""),
            ("fortinet virtual", ""), ("zerotier", ""), ("hamachi", ""), ("tailscale", ""),
            ("npcap", "npcap"),
            ("loopback", "msloop"), ("wi-fi direct virtual", "vwifimp"),
            ("microsoft virtual wifi", "vwifimp"),
            ("kernel debug", "kdnic"), ("multiplexor", "mslbfoprovider"), ("miniport", "")),
    *_cards("paravirtual", "so the paravirtual driver of a hypervisor calls its card",
            ("virtio&ethernet", "netkvm"), ("virtio&network", "netkvm"), ("aws pv network", "xennet"),
            ("citrix pv", "xennet"), ("xenserver pv", "xennet"), ("xen&network device", "xennet"),
            ("xen net device", "xennet"), ("xcp-ng&network", "xennet"), ("xen pv network", "xennet"),
            ("vmxnet3", "vmxnet3ndis6"), ("vmware accelerated amd pcnet", "vmxnet"),
            ("vmware pci ethernet", "vmxnet"), ("virtual machine bus", "netvsc"),
            ("suse network driver", "pvvxnet"), ("parallels&virtio", "netkvm"),
            ("parallels ethernet", "prl_eth5"), ("google&gvnic", "gvnic"),
            ("google ethernet adapter", "gvnic"), ("microsoft hyper-v", "netvsc")),
    *_cards("passthrough", "the cloud's own card, or a function of one, handed on as hardware",
            ("amazon elastic network", "ena"), ("azure network adapter&microsoft", "mana"),
            ("virtual function", ""), ("mellanox&virtual", "")),
    *_cards("emulated", "a card that hypervisors imitate, in a guest",
            ("pro/1000 mt", ""), ("82574l", ""), ("82545em", ""), ("82540em", ""), ("82543gc", ""),
            ("rtl8139", ""), ("rtl8029", ""), ("amd pcnet", ""), ("21140", ""), ("intel 21143", "")),
)  # fmt: skip
"""The first that fits counts. Sources: the INF files of the drivers in KNOWN, and texts of systeminfo."""
OWN_CARDS: dict[str | None, HypervisorKind | None] = {
    "netkvm": None, "gvnic": None, "xennet": "xen", "netvsc": "hyperv", "vmxnet": "vmware",
    "vmxnet3ndis6": "vmware",
}  # fmt: skip
"""Drivers whose card a guest of that hypervisor has; of virtio's nobody knows whose."""
COPIED = ("pvscsi", "vmxnet3ndis6", "vmxnet3", "vmxnet3n61x64", "vmxnet3n61x86", "vmxnet3ndis5")
"""Drivers of VMware's for devices that QEMU offers too (QEMU hw/net/vmxnet3.c, hw/scsi/vmw_pvscsi.c)."""
RADIO = ("wireless", "wi-fi", "wifi", "802.11", "wlan")
"""Words in the names of cards for radio."""
BUILT_IN = ("pci", "intel", "killer")
"""Words in the names of those that are no USB stick, which a guest can be handed: makers of none."""
HOST_CARDS = ("vmware virtual ethernet adapter", "virtualbox host-only", "hyper-v virtual ethernet")
"""Networks for guests here."""
UNTOLD_CARDS = ("bluetooth", "virtual", "tunnel", "bridge", "teredo", "isatap", "kvm", "xen")
"""Words in names of which nobody knows whether they are a device's."""

LEFT_BY: dict[HypervisorKind, tuple[Family, ...]] = {
    "kvm": ("virtio", "cloud"),
    "qemu": ("virtio", "cloud"),
    "xen": ("xen", "cloud", "virtio"),
    "hyperv": ("hyperv", "cloud"),
    "vmware": ("vmware",),
    "virtualbox": ("virtualbox", "virtio"),
    "parallels": ("parallels", "virtio"),
    "bhyve": ("virtio",),
    "none": ("hyperv",),
}
"""The families of drivers that belong where a hypervisor is known."""

DISKS: dict[str, HypervisorKind | None] = {
    "VBOX": "virtualbox", "VMware": "vmware", "QEMU": None, "XENSRC": "xen", "AWS PVDISK": "xen",
    "XEN": "xen", "Parallels": "parallels", "Virtual HD": "hyperv", "Red Hat VirtIO": None,
    "BHYVE": "bhyve", "Google PersistentDisk": None,
}  # fmt: skip
"""How the virtual disks of hypervisors begin to call themselves. None: QEMU, on whatever it runs."""
PARAVIRTUAL_BUSES = {
    "VMBUS": "on Hyper-V's vmbus", "XENBUS": "on the Xen bus", "XENVIF": "on the Xen bus",
    "XENVBD": "on the Xen bus", "XEN": "on the Xen bus", "VIRTIO": "on the virtio bus",
}  # fmt: skip
