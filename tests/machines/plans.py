"""Plans as people write them and sellers print them: each promise in the spellings of offers."""

import random
from typing import Any, NamedTuple


class Wanted(NamedTuple):
    """One promise: of what, and how much or which."""

    subject: str
    """As in vaudit.model.promise; `paravirtual` for the kind of card."""
    value: Any = None
    also: Any = None
    """Of a disk its kind."""


_MANY = {1: "one", 2: "two", 4: "four", 6: "six", 8: "eight"}
_PROCESSORS = (
    "{n} vCPU", "{n} vCPUs", "{n} vcpu", "{n}vCPU", "{n} CPU", "{n} cores", "{n} Core", "{n}x vCPU",
    "{n} x vCore",
    "{n} vCores", "{n} CPU cores", "{n} vCPU Cores", "{n} virtual CPUs",

    "{n} shared vCPU", "CPU: {n} cores", "CPU: {n}", "vCPU: {n}", "vCPUs {n}",
    "Cores: {n}",
    "{n} threads", "{n} vCore @ 2.60 GHz", "{n} cores @ 3.5GHz", "{n} x 2.4 GHz vCPU", "{n}-core CPU",
    "{n} core CPU",
    "{word} vCPUs", "{word} cores", "{n} CPU Core(s)", "CPU {n} vCores", "processor: {n} cores",
    "{n} vCPU core(s)",
)  # fmt: skip
_DEDICATED = (
    "{n} dedicated vCPU", "{n} dedicated cores", "{n} dedicated vCPUs", "{n} dedicated CPU cores",
    "{n} vCPU dedicated",
    "{n} vCPU (dedicated)", "{n}x dedicated vCPU", "{n} guaranteed vCPU",
    "{n} dedicated threads", "{n} cores, dedicated CPU", "{n} dedicated core", "CPU: {n} dedicated cores",
    "{n} vCPU, dedicated vCPU", "{n} exclusive cores", "{n} reserved vCPUs",
)  # fmt: skip
_MEMORY = (
    "{g} GB RAM", "{g}GB RAM", "{g} GB", "{g}GB of RAM", "{g} GiB RAM", "{g} GiB memory", "{g}G RAM",
    "{m} MB RAM",
    "{m} MB memory", "{m}MB RAM", "RAM: {g} GB", "RAM {g}GB", "Memory: {g} GB", "memory {m} MB",
    "{g} GB DDR4",
    "{g} GB DDR4 RAM", "{g} GB DDR4 ECC RAM", "{g} GB DDR5 RAM (ECC)", "{g} gb ram", "{g} GB of memory",
    "{g} GB guaranteed RAM", "{g} GB dedicated RAM", "{g} gigs of RAM", "{g} GB Ram", "{g} GB ECC RAM",
    "Ram - {g} GB",
)  # fmt: skip
_DISK = (
    "{d} GB {k}", "{d}GB {k}", "{d} GB {k} storage", "{d} GB {k} disk", "{d}G {k}", "{k} {d} GB",
    "{k}: {d} GB",
    "{d} GB of {k} storage", "{d} GB {k} disk space", "{d} GB {k} space", "{d}GB pure {k}",
    "{d} GB fast {k} storage",
    "{d} GB {k} (RAID 10)", "{d} GB {k} RAID-10 storage", "{d} GB local {k}", "disk: {d} GB {k}",
    "1x {d} GB {k}",
    "Storage: {d}GB {k}", "{d} GB enterprise {k}", "{d} GB {k} drive",
)  # fmt: skip
_PLAIN_DISK = (
    "{d} GB disk", "{d}GB storage", "disk {d} GB", "Disk: {d} GB", "Storage: {d} GB", "{d} GB disk space",
    "{d}G disk",
    "{d} GB of storage", "{d} GB block storage", "HD: {d} GB",
)  # fmt: skip
_NVME = ("NVMe", "NVMe SSD", "nvme", "SSD NVMe", "NVME", "NVMe-SSD")
_SSD = ("SSD", "ssd", "SSDs")
_NETWORK = (
    "{b} Gbit/s", "{b}Gbps", "{b} Gbps", "{b} Gbps port", "{b}Gbps uplink", "{b} Gb/s", "{b} GBit/s",
    "{b} gbit",
    "{mb} Mbps", "{mb} Mbit/s", "{mb}Mbps port", "{b} Gigabit", "{b} Gbps network port", "port: {b} Gbit/s",
    "{b} Gbps unmetered", "network: {b} Gbps", "{mb} MBit/s uplink", "{b} Gbit/s bandwidth", "{b} Gig port",
    "uplink {b} Gbit/s", "{b} Gbps shared port", "{b}GbE", "{mb} Mbit/s Port",
    "@ {b}Gbps",
)  # fmt: skip
_IOPS = (
    "{i} IOPS", "{ic} IOPS", "{ik}k IOPS", "{ik}K iops", "IOPS: {ic}", "IOPS {i}",
    "{ic} read IOPS",
    "{ic} random IOPS", "{ik}k IOPS guaranteed", "{ic} iops disk", "{ic} 4k IOPS",
)  # fmt: skip
_DISK_SPEED = (
    "{s} MB/s", "{s}MB/s disk", "{s} MB/s disk speed", "{s} MB/s throughput", "disk: {s} MB/s",
    "{s} MB/s read",
    "{s} MBps disk", "{s} MB/sec", "disk speed {s} MB/s", "I/O: {s} MB/s", "{s} MB/s sequential read",
)  # fmt: skip
_VIRTUALIZATION = {
    "kvm": ("KVM", "kvm", "KVM virtualization", "KVM VPS", "KVM virtualisation", "KVM hypervisor",
    "KVM based",
            "virtualization: KVM", "KVM full virtualization", "full KVM virtualization", "virtualized by KVM",
            "KVM-based", "Hypervisor: KVM", "Linux KVM", "QEMU/KVM", "KVM (full virtualization)"),
    "xen pv": ("Xen PV", "Xen-PV", "xen pv", "Xen paravirtualized", "Xen (PV)", "virtualization: Xen PV"),
    "xen pvh": ("Xen PVH", "xen-pvh", "PVH on Xen"),
    "xen hvm": ("Xen HVM", "Xen-HVM", "Xen (HVM)", "xen hvm", "XenServer HVM"),
    "xen": ("Xen", "Xen VPS", "Xen virtualization", "xen hypervisor"),
    "vmware": ("VMware", "VMware ESXi", "vmware", "VMware vSphere", "ESXi"),
    "hyperv": ("Hyper-V", "HyperV", "Hyper V", "Microsoft Hyper-V"),
    "none": ("bare metal", "dedicated server", "bare-metal server", "baremetal"),
}  # fmt: skip
_NESTED = (
    "nested virtualization", "nested virtualisation", "nested virt", "VT-x", "VT-x/AMD-V", "nested KVM",
    "VMX/SVM",
    "nested virtualization enabled", "hardware virtualization", "AMD-V", "nested virtualization support",
    "VT-x / AMD-V", "supports nested virtualization", "nesting",
)  # fmt: skip
_PARAVIRTUAL = (
    "VirtIO network", "virtio NIC", "virtio-net", "VirtIO drivers", "VirtIO", "paravirtualized network",
    "virtio network card", "paravirtual network card", "virtio network adapter", "VirtIO NIC",
    "network: virtio",
    "PV network drivers", "virtio disk and network",
)  # fmt: skip
_SHARED = (
    "{n} shared vCPU", "{n} shared vCPUs", "{n} vCPU (shared)", "{n} shared cores", "{n} burstable vCPU",
)  # fmt: skip
_NOT_NESTED = (
    "no nested virtualization", "without nested virtualization", "nested virtualization: no",
    "nested virtualization not supported", "no VT-x", "no nested virtualisation",
)  # fmt: skip
_TRAFFIC = (
    "20 TB traffic", "20TB bandwidth", "unmetered", "unlimited traffic", "5 TB/month", "2 TB transfer",
    "10 TB monthly traffic", "3 TB monthly bandwidth", "unmetered bandwidth", "32 TB outgoing traffic",
    "traffic: 20 TB",
    "1000 GB transfer", "unlimited bandwidth", "20 TB traffic included", "2TB/mo",
)  # fmt: skip
_ADDRESSES = (
    "1 IPv4", "1x IPv4", "IPv4 + IPv6", "1 IPv4, /64 IPv6", "IPv6", "1 dedicated IPv4",
    "1 public IPv4 address",
    "IPv6 /64", "1 IPv4 & 1 IPv6", "native IPv6", "IPv4/IPv6",
)  # fmt: skip
_SEPARATORS = (", ", ", ", ", ", "; ", "\n", " | ", " / ", " + ", " · ", " • ", ",", " - ")


def written(plan: list[Wanted], chance: random.Random) -> str:
    """A plan in one person's words; memory comes before a disk where neither is named, as sellers do."""
    said = [_one(wanted, chance) for wanted in plan]
    if chance.random() < 0.4:
        said.append(chance.choice(_TRAFFIC))
    if chance.random() < 0.3:
        said.append(chance.choice(_ADDRESSES))
    separator = chance.choice(_SEPARATORS)
    text = separator.join(said)
    return text + chance.choice(("", "", "", ".", " "))


def _one(wanted: Wanted, chance: random.Random) -> str:
    value: Any = wanted.value
    match wanted.subject:
        case "processors" | "dedicated":
            forms = _PROCESSORS if wanted.subject == "processors" else _DEDICATED
            known = [form for form in forms if "{word}" not in form or value in _MANY]
            return chance.choice(known).format(n=value, word=_MANY.get(value))
        case "memory":
            whole = [form for form in _MEMORY if "{m}" in form or value >= 1024]
            return chance.choice(whole).format(g=f"{value / 1024:g}", m=value)
        case "disk":
            kind = {"nvme": _NVME, "ssd": _SSD, "hdd": ("HDD", "hdd", "SATA HDD")}.get(wanted.also)
            return chance.choice(_DISK if kind else _PLAIN_DISK).format(
                d=value, k=chance.choice(kind or ("",))
            )
        case "network":
            return chance.choice(_NETWORK).format(b=f"{value / 1000:g}", mb=value)
        case "iops":
            return chance.choice(_IOPS).format(i=value, ic=f"{value:,}", ik=f"{value / 1000:g}")
        case "disk-speed":
            return chance.choice(_DISK_SPEED).format(s=value)
        case "virtualization":
            return chance.choice(_VIRTUALIZATION[value])
    others = {"nested": _NESTED, "paravirtual": _PARAVIRTUAL, "shared": _SHARED, "not nested": _NOT_NESTED}
    return chance.choice(others[wanted.subject]).format(n=value)
