"""Where in a capture the output of a program lies: `commands/`, and what the files there are called."""

PROGRAMS: dict[str, str] = {
    "ansible": "commands/ansible.json",
    "cpuid": "cpuid.txt",
    "dmesg": "commands/dmesg.txt",
    "dmidecode": "commands/dmidecode.txt",
    "ds-identify": "commands/ds-identify.txt",
    "dxdiag": "commands/dxdiag.txt",
    "ethtool": "commands/ethtool.txt",
    "facter": "commands/facter.txt",
    "hostnamectl": "commands/hostnamectl.txt",
    "hwinfo": "commands/hwinfo.txt",
    "instance-data": "commands/instance-data.json",
    "inxi": "commands/inxi.txt",
    "ipconfig": "commands/ipconfig.txt",
    "lsblk": "commands/lsblk.txt",
    "lscpu": "commands/lscpu.txt",
    "lshw": "commands/lshw.txt",
    "lsmod": "commands/lsmod.txt",
    "lspci": "commands/lspci.txt",
    "lspci -nnk": "commands/lspci-nnk.txt",
    "mount": "commands/mount.txt",
    "msinfo32": "commands/msinfo32.txt",
    "neofetch": "commands/neofetch.txt",
    "ohai": "commands/ohai.json",
    "pnputil": "commands/pnputil.txt",
    "setupapi": "commands/setupapi.dev.log",
    "subscription-manager": "commands/subscription-manager.txt",
    "systemd-detect-virt": "commands/systemd-detect-virt.txt",
    "systeminfo": "commands/systeminfo.txt",
    "tables": "commands/tables.txt",
    "udevadm": "commands/udevadm.txt",
    "uname -a": "commands/uname-a.txt",
    "virsh capabilities": "commands/virsh-capabilities.txt",
    "virt-what": "commands/virt-what.txt",
    "xl dmesg": "commands/xl-dmesg.txt",
    "xl info": "commands/xl-info.txt",
    "yabs": "commands/yabs.txt",
}
"""By the program, or its call where one program prints several things."""


def as_json(name: str) -> str:
    """Where a program's output lies that it wrote as JSON."""
    return f"commands/{name}.json"
