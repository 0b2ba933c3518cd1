"""How a person writes the names that the model keeps in lower case."""

KINDS: dict[str, str] = {
    "none": "bare metal",
    "kvm": "KVM",
    "qemu": "QEMU",
    "xen": "Xen",
    "hyperv": "Hyper-V",
    "vmware": "VMware",
    "virtualbox": "VirtualBox",
    "bhyve": "bhyve",
    "parallels": "Parallels",
    "openbsd-vmm": "OpenBSD vmm",
    "acrn": "ACRN",
    "qnx": "QNX",
    "jailhouse": "Jailhouse",
    "apple": "Apple Virtualization",
    "lkvm": "lkvm",
    "uml": "User-mode Linux",
    "lx86": "PowerVM Lx86",
    "zvm": "z/VM",
    "lpar": "LPAR",
    "powervm": "PowerVM",
    "ldoms": "LDoms",
    "wine": "Wine",
    "virtualpc": "Virtual PC",
    "illumos": "illumos LX",
    "other": "another hypervisor",
    "unknown": "an unknown hypervisor",
}

VMMS: dict[str, str] = {
    "qemu": "QEMU",
    "firecracker": "Firecracker",
    "cloud-hypervisor": "Cloud Hypervisor",
    "crosvm": "crosvm",
    "nitro": "AWS Nitro",
    "ahv": "Nutanix AHV",
    "rhev": "RHEV",
    "ovirt": "oVirt",
    "google": "Google Compute Engine",
}

CLOUDS: dict[str, str] = {
    "aws": "AWS",
    "azure": "Azure",
    "gcp": "Google Cloud",
    "alibaba": "Alibaba Cloud",
    "oracle": "Oracle Cloud",
    "digitalocean": "DigitalOcean",
    "hetzner": "Hetzner",
    "scaleway": "Scaleway",
    "upcloud": "UpCloud",
    "vultr": "Vultr",
    "linode": "Linode",
    "huawei": "Huawei Cloud",
    "tencent": "Tencent Cloud",
    "yandex": "Yandex Cloud",
    "exoscale": "Exoscale",
    "ionos": "IONOS",
    "timeweb": "Timeweb",
    "ovh": "OVH",
    "ibm": "IBM Cloud",
}

CONTAINERS: dict[str, str] = {
    "docker": "Docker container",
    "podman": "Podman container",
    "lxc": "LXC container",
    "systemd-nspawn": "systemd-nspawn container",
    "openvz": "OpenVZ container",
    "linux-vserver": "Linux-VServer context",
    "kubernetes": "Kubernetes pod",
    "wsl": "WSL system",
    "gvisor": "gVisor sandbox",
    "bubblewrap": "bubblewrap sandbox",
    "chroot": "chroot",
    "oci": "OCI container",
    "container-other": "container",
}

_PERSONAL = ("/home/", "/media/", "/run/media/")
"""Folders in which each user has one that bears the user's name."""


def impersonal(path: str) -> str:
    """A mount point without the name of a user: facts and keys hold no identities."""
    for start in _PERSONAL:
        if path.startswith(start):
            _, slash, rest = path[len(start) :].partition("/")
            return f"{start}*{slash}{rest}"
    return path
