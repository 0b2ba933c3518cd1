"""How a person writes the words that the model keeps in lower case."""

from typing import TypeVar

from vaudit.model.facts import Cloud, Confidential, Container, HypervisorKind, Vmm

_Word = TypeVar("_Word", bound=str)


class Names(dict[_Word, str]):
    """Word -> how a person writes it. A word without a name is written as it is: never a KeyError."""

    def __missing__(self, word: _Word) -> str:
        return word


KINDS: Names[HypervisorKind] = Names(
    {
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
)

VMMS: Names[Vmm] = Names(
    {
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
)

CLOUDS: Names[Cloud] = Names(
    {
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
)

CONFIDENTIAL: Names[Confidential] = Names(
    {
        "sev": "AMD SEV",
        "sev-es": "AMD SEV-ES",
        "sev-snp": "AMD SEV-SNP",
        "tdx": "Intel TDX",
        "cca": "Arm CCA",
        "protvirt": "IBM Secure Execution",
        "pef": "IBM Protected Execution",
        "vbs": "Hyper-V VBS",
    }
)

CONTAINERS: Names[Container] = Names(
    {
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
        "crio": "CRI-O container",
    }
)
NO_WINDOWS = "whether it would start there (--target) is judged of Windows alone, and this is another system"
