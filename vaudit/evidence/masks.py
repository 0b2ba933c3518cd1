"""What leaves a machine, and how: says of every answer, by its kind and key, what of it is replaced.

A mask gives the answer without identities, or None where nothing says that it holds none: content that no
editor shows, and that no rule here names, stays at home.
"""

import posixpath
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING

from vaudit import procfs
from vaudit.evidence.source import (
    ADMIN,
    COUNTER,
    DEVICES,
    DIRTY,
    HIBERFIL,
    MEMORY,
    PRINTED_BY_WINDOWS,
    SMBIOS_FILE,
    TOOLS,
    WINE,
    Registers,
)
from vaudit.masking.identities import is_disk, is_model
from vaudit.masking.pseudonyms import IPV4, MAIL, Pseudonyms

if TYPE_CHECKING:
    from vaudit.evidence.registry import RegistryKey

ContentMask = Callable[[Pseudonyms, bytes], bytes | None]

KERNEL_NAMES = ("/sys/", "/proc/", "/dev/", "/boot/", "/lib/modules/", "/usr/lib/modules/")
"""Where folders and files are named by the kernel, so that a host called `virtio` does not spoil them."""
USER_FOLDERS = ("/home/", "/media/", "/run/media/", "/Users/")
"""The folders in which names are those of users."""
SERIALS = (
    "_serial", "/serial", "/serial-number", "/wwid", "asset_tag", "/uniqueid", "/vpd_pg80", "/vpd_pg83",
    "product_uuid",
)  # fmt: skip
"""How the names of files end whose whole content is a serial number."""
ANONYMOUS = (
    "/proc/config.gz",
    "/proc/modules",
    "/boot/config-",
    "/proc/meminfo",
    "/proc/vmstat",
    "/proc/stat",
    "/proc/misc",
    "/proc/devices",
    "/proc/cgroups",
    "/proc/filesystems",
    "/proc/interrupts",
    "/proc/sys/user/max_",
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "/sys/fs/cgroup/cgroup.controllers",
    "/sys/fs/cgroup/unified/cgroup.controllers",
    "/proc/self/status",
    "/sys/bus/pci/",
    "/sys/bus/virtio/",
    "/sys/bus/vmbus/",
    "/sys/bus/xen/",
    "/sys/devices/system/",
    "/lib/modules/",
)
"""How the names of kernel files begin that say nothing of their owner; but for names that are known to be
this machine's they stay as they are."""
OS_RELEASE = (
    "ID", "ID_LIKE", "NAME", "PRETTY_NAME", "VERSION", "VERSION_ID", "VERSION_CODENAME", "PLATFORM_ID",
    "UBUNTU_CODENAME", "CPE_NAME",
)  # fmt: skip
"""The fields of os-release that name the system; others may name its owner's images and deployments."""
OS_IMAGE = ("VARIANT", "VARIANT_ID", "BUILD_ID")
"""Those that owners of images choose: unknown words of them go."""
ACPI_HARDWARE = (b"FACP", b"APIC", b"HPET", b"MCFG", b"WAET", b"SRAT", b"SLIT")
"""ACPI tables of numbers. Of others (a licence's MSDM) only the header stays, which names their maker."""
_ACPI_HEADER = 36
PARAMETERS = (
    "iommu", "intel_iommu", "amd_iommu", "mitigations", "nomodule", "noapic", "nolapic", "acpi", "noacpi",
    "pci", "clocksource", "tsc", "no-kvmclock", "swiotlb", "console", "quiet", "ro", "rw", "tmem",
    "idle", "transparent_hugepage", "elevator", "earlyprintk", "reboot", "panic", "maxcpus", "nr_cpus", "mem",
    "nosmt", "nosmap", "nosmep", "net.ifnames", "psi", "vsyscall", "isolcpus",
)  # fmt: skip
"""Kernel parameters whose values are kept; of others only the name is."""
PARAMETER_FAMILIES = (
    "xen", "kvm", "nested", "nokvm", "hv_", "virtio", "balloon", "hugepages", "scsi_mod", "zswap", "nohz",
    "cgroup", "systemd.unified",
)  # fmt: skip
"""How further parameters begin whose values are kept."""
INITS = (
    "/init", "/linuxrc", "/lib/systemd/systemd", "/usr/lib/systemd/systemd",
    *(f"{folder}/{name}" for folder in ("/bin", "/sbin", "/usr/bin", "/usr/sbin")
      for name in ("init", "bash", "sh", "dash", "busybox", "systemd", "openrc-init", "runit-init", "s6-init",
                   "finit", "dinit", "sulogin")),
)  # fmt: skip
"""The first programs that systems come with (init(1), sulogin(8)); another one's path is its owner's."""
_ENVIRONMENT = (b"container", b"container_host_variant_id", b"TERM")
"""Variables of a process whose values are kept."""
_LABELLED_SERIALS = ("Serial", "Serial Number", "Asset Tag", "UUID")
"""The labels of `label: value` lines whose values are serials."""


_TEXT = bytes(byte for byte in range(256) if (byte >= 0x20 and byte != 0x7F) or byte in b"\n\t\r")
"""All bytes but the control characters of ASCII."""


def legible(data: bytes) -> str | None:
    """The text, if it is one: UTF-8 without control characters other than those between words and lines."""
    if data.translate(None, _TEXT):
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if b"\xc2" in data and any("\x80" <= char < "\xa0" for char in text) else text


# one answer's content


def text(names: Pseudonyms, data: bytes) -> bytes | None:
    """Names of makers and products, which no list holds: what identifies in them shows itself."""
    plain = legible(data)
    return None if plain is None else names.text(plain).encode()


def closed(names: Pseudonyms, data: bytes) -> bytes | None:
    """Text in which any word may be a name: those that are not known to be none are replaced."""
    if data.strip().isdigit():
        return data  # a counter
    plain = legible(data)
    return None if plain is None else names.closed(plain).encode()


def kept(names: Pseudonyms, data: bytes) -> bytes | None:
    """Text that says nothing of its owner."""
    plain = legible(data)
    return None if plain is None else names.listed(plain).encode()


def undeclared(names: Pseudonyms, data: bytes) -> bytes | None:
    """What no rule names: nothing of it leaves but numbers and words that are no one's name."""
    plain = legible(data)
    return data if plain is not None and names.closed(plain) == plain else None


def address(names: Pseudonyms, data: bytes) -> bytes | None:
    """A card's, of whatever length."""
    return text(names, data)


def os_release(names: Pseudonyms, data: bytes) -> bytes | None:
    plain = legible(data)
    if plain is None:
        return None
    return "\n".join(_field(names, line) for line in names.listed(plain).split("\n")).encode()


def _field(names: Pseudonyms, line: str) -> str:
    name, equals, value = line.partition("=")
    if not equals or name in OS_IMAGE:
        return names.closed(line)
    if name in OS_RELEASE:
        return line
    return f"{names.closed(name)}={names.mask('field', value, 6)}" if value.strip("'\"") else line


def model(names: Pseudonyms, data: bytes) -> bytes | None:
    """A disk's maker and model. Targets on a network bear what their owner called them."""
    plain = legible(data)
    return None if plain is None else names.closed(plain, is_model).encode()


def printed(names: Pseudonyms, data: bytes) -> bytes | None:
    """What a program printed is text, even where it printed a byte that is none."""
    return None if b"\0" in data else names.text(data.decode("utf-8", "replace")).encode()


def strings(names: Pseudonyms, data: bytes) -> bytes | None:
    """Texts that end with NUL, such as a device tree's."""
    found = [text(names, piece) for piece in data.split(b"\0")]
    return b"\0".join(piece for piece in found if piece is not None) if None not in found else None


def closed_strings(names: Pseudonyms, data: bytes) -> bytes | None:
    """Texts that end with NUL, in which any word may be a name."""
    found = [closed(names, piece) for piece in data.split(b"\0")]
    return b"\0".join(piece for piece in found if piece is not None) if None not in found else None


def serial(names: Pseudonyms, data: bytes) -> bytes | None:
    """A serial or UUID alone in a file."""
    whole = legible(data.rstrip(b"\0"))
    if whole is None:
        return None
    hidden = names.serial(whole.strip())
    return data if hidden == whole.strip() else hidden.encode() + b"\n"


def labelled(names: Pseudonyms, data: bytes) -> bytes:
    """Lines of `label: value`, whose serials are told by their labels; the rest is kept as it is."""
    lines = data.decode("latin-1").split("\n")
    return names.listed("\n".join(_labelled(names, line) for line in lines)).encode("latin-1", "replace")


def _labelled(names: Pseudonyms, line: str) -> str:
    label, colon, value = line.partition(":")
    if not colon or label.strip() not in _LABELLED_SERIALS:
        return line
    return f"{label}: {names.serial(value.strip())}"


DMIDECODE = (
    "Vendor", "Version", "Release Date", "Address", "Runtime Size", "ROM Size", "BIOS Revision",
    "Firmware Revision", "Manufacturer", "Product Name", "Family", "SKU Number", "Socket Designation", "Type",
    "Part Number", "Locator", "Bank Locator", "Form Factor", "Size", "Speed", "ID", "Signature", "Upgrade",
    "Wake-up Type", "Designation", "Bus Address", "Handle", "Status", "Boot-up State", "Supported SRAM Types",
)  # fmt: skip
"""The labels of dmidecode whose values name makers, products and sizes."""


def dmidecode(names: Pseudonyms, data: bytes) -> bytes | None:
    plain = printed(names, labelled(names, data))
    if plain is None:
        return None
    return "\n".join(_dmi_line(names, line) for line in plain.decode().split("\n")).encode()


def _dmi_line(names: Pseudonyms, line: str) -> str:
    label, colon, value = line.partition(":")
    if colon and (label.strip() in DMIDECODE or label.strip() in _LABELLED_SERIALS):
        return line
    return f"{label}:{names.words(value)}" if colon else names.words(line)


def environment(names: Pseudonyms, data: bytes) -> bytes:
    """A process's environment: names stay, values go."""
    return b"\0".join(_variable(names, item) for item in data.split(b"\0"))


def _variable(names: Pseudonyms, item: bytes) -> bytes:
    name, equals, value = item.partition(b"=")
    if not item:
        return item
    if equals and name in _ENVIRONMENT:
        return name + equals + (closed(names, value) or b"")
    if not equals or not name.isascii() or not name.decode().isprintable():
        return names.mask("environment", item.decode("latin-1"), 6).encode()
    hidden = names.mask("environment", value.decode("latin-1"), 6)
    return f"{names.closed(name.decode())}={hidden}".encode()


def command_line(names: Pseudonyms, data: bytes) -> bytes | None:
    """The kernel's: what stands behind ` -- ` belongs to init and goes; unknown words are replaced."""
    plain = legible(data.rstrip(b"\0"))
    return None if plain is None else parameters(names, plain.rstrip("\n")).encode() + b"\n"


def parameters(names: Pseudonyms, line: str) -> str:
    """A kernel's command line."""
    return " ".join(_parameter(names, word) for word in line.partition(" -- ")[0].split())


def _parameter(names: Pseudonyms, word: str) -> str:
    name, equals, value = word.partition("=")
    if name in ("init", "rdinit") and value in INITS:
        return word
    if name == "root" and value.startswith(_DEV) and is_disk(value.removeprefix(_DEV)):
        return word
    if not equals or name in PARAMETERS or name.startswith(PARAMETER_FAMILIES) or _is_plain(value):
        return names.closed(word)
    return f"{names.closed(name)}={names.mask('parameter', value, 6)}"


_DEV = "/dev/"


def _is_plain(value: str) -> bool:
    return value in ("on", "off", "yes", "no") or (0 < len(value) <= 8 and not value.strip("0123456789,."))


LOG_OF_MAKERS = (
    "ACPI: ",
    "DMI: ",
    "Hardware name: ",
    "Machine model: ",
    "Hypervisor detected: ",
    "smpboot: CPU0: ",
    "efi: EFI v",
)
"""How the lines of the kernel log begin, behind its time, that hold names of makers and products."""
_LOG_LABELS = (
    "Hostname set to <",
    "SerialNumber: ",
    "Serial Number: ",
    "serial number ",
    "hostname ",
    "UUID ",
)
"""What stands in a line of the kernel log before an identity."""
_COMMAND_LINE = "ommand line: "
_LOG_MARKS = (_COMMAND_LINE, *_LOG_LABELS)
_TIME = "[] .0123456789"


def kernel_log(names: Pseudonyms, data: bytes) -> bytes | None:
    """The kernel repeats its command line in its log; in other lines any word may be a name."""
    if b"\0" in data:
        return None
    lines = data.decode("utf-8", "replace").split("\n")
    if names.is_closed:
        return "\n".join(_log_line(names, line) for line in lines).encode()
    # those between two that tell more than their words do are looked at at once
    runs = groupby(lines, key=lambda line: any(map(line.__contains__, _LOG_MARKS)))
    kept = (_log_line(names, line) for marked, run in runs for line in (run if marked else ["\n".join(run)]))
    return "\n".join(kept).encode()


def _log_line(names: Pseudonyms, line: str) -> str:
    head, mark, rest = line.partition(_COMMAND_LINE)
    if mark:
        return f"{names.closed(head + mark.rstrip())} {parameters(names, rest)}"
    if line.lstrip(_TIME).startswith(LOG_OF_MAKERS):
        return names.text(line)
    for label in _LOG_LABELS:
        head, mark, rest = line.partition(label)
        if mark and rest:
            value, blank, rest = rest.partition(" ")
            return f"{names.closed(head)}{mark}{names.mask('serial', value, 12)}{blank}{names.closed(rest)}"
    return names.closed(line)


def uname(names: Pseudonyms, data: bytes) -> bytes | None:
    """`uname -a`: the system, then the host's name."""
    system, _, rest = data.decode("utf-8", "replace").partition(" ")
    host, _, rest = rest.partition(" ")
    if not host:
        return closed(names, data)
    kernel, _, rest = rest.partition(" ")
    return f"{system} {names.host(host)} {names.release(kernel)} {names.closed(rest)}".encode()


def host_name(names: Pseudonyms, data: bytes) -> bytes | None:
    """A host's name alone in a file."""
    plain = legible(data)
    if plain is None or plain.strip() in ("(none)", "localhost"):
        return data if plain else None
    return b"".join(names.host(name).encode() + b"\n" for name in plain.split())


def release(names: Pseudonyms, data: bytes) -> bytes | None:
    """`uname -r`."""
    plain = legible(data)
    return None if plain is None else names.release(plain).encode()


def version(names: Pseudonyms, data: bytes) -> bytes | None:
    """`uname -v`: how a kernel was built, when, and by whom."""
    return closed(names, data)


def acpi(_names: Pseudonyms, data: bytes) -> bytes | None:
    """An ACPI table: signature and maker; what follows only where it is known to be harmless."""
    return data if data[:4] in ACPI_HARDWARE else data[:_ACPI_HEADER]


def withheld(_names: Pseudonyms, _data: bytes) -> None:
    """Inventories hold names, serials, addresses and keys in too many places."""
    return


UDEV = ("DEVPATH", "SUBSYSTEM", "DRIVER", "DEVTYPE", "INTERFACE", "MODALIAS", "PCI_")
"""How the properties begin that are kept of udev's list; others hold serials."""


def udev_properties(names: Pseudonyms, data: bytes) -> bytes | None:
    begins = ("P: ", *(f"E: {name}" for name in UDEV))
    lines = data.decode("utf-8", "replace").splitlines()
    return printed(names, "".join(f"{line}\n" for line in lines if line.startswith(begins)).encode())


# what most reports need no mask for is imported where it is needed


def systeminfo(names: Pseudonyms, data: bytes) -> bytes | None:
    """Without host, owner, product id, domain, logon server, addresses, dates and names of connections."""
    from vaudit.systeminfo import shared

    return printed(names, shared(data))


def printed_by(program: str) -> ContentMask:
    """What a program printed, whose own lines are known."""

    def mask(names: Pseudonyms, data: bytes) -> bytes | None:
        from vaudit.evidence import output_masks

        if b"\0" in data:
            return None
        hide: Callable[[Pseudonyms, str], str] = getattr(output_masks, program)
        return hide(names, data.decode("utf-8", "replace")).encode()

    return mask


def cpuinfo(names: Pseudonyms, data: bytes) -> bytes | None:
    return printed_by("cpuinfo")(names, data) if names.is_closed else labelled(names, data)


def mounts(names: Pseudonyms, data: bytes) -> bytes | None:
    from vaudit.evidence import mount_masks

    return mount_masks.mounts(names, data)


def cgroups(names: Pseudonyms, data: bytes) -> bytes | None:
    from vaudit.evidence import mount_masks

    return mount_masks.cgroups(names, data)


def addresses(how: str) -> ContentMask:
    """What lists addresses and routes, by the name of its function."""

    def mask(names: Pseudonyms, data: bytes) -> bytes | None:
        from vaudit.evidence import address_masks

        masked: bytes = getattr(address_masks, how)(names, data)
        return masked

    return mask


def instance_data(names: Pseudonyms, data: bytes) -> bytes | None:
    """What cloud-init knows of its cloud: the type that it sells alone."""
    from vaudit import cloudinit

    name = cloudinit.instance_type(data)
    return cloudinit.written(names.closed(name)) if name else None


def smbios(names: Pseudonyms, data: bytes) -> bytes | None:
    from vaudit.evidence import smbios

    return smbios.masked(names, data)


def of_recording(names: Pseudonyms, key: str, data: bytes) -> bytes | None:
    from vaudit.evidence import recordings

    return recordings.of_recording(names, key, data)


def of_registry(names: Pseudonyms, key: str, data: "RegistryKey") -> "RegistryKey | None":
    from vaudit.evidence import registry_masks

    return registry_masks.of_registry(names, key, data)


def of_registry_key(names: Pseudonyms, key: str) -> str:
    from vaudit.evidence import registry_masks

    return registry_masks.of_key(names, key)


# which rule is for which key

ADDRESSES = ("fib_trie", "if_inet6", "ipv6_route", "route")
"""Files of /proc/net."""

DEVICE_TREES = ("/proc/device-tree/", "/sys/firmware/devicetree/")
FILES: tuple[tuple[tuple[str, ...], tuple[str, ...], ContentMask], ...] = (
    ((HIBERFIL,), ("",), kept),  # its signature alone
    (
        ("/etc/hostname", "/etc/mailname", "/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname"),
        ("",),
        host_name,
    ),
    (("/etc/hosts", "/etc/passwd", "/etc/group", "/etc/resolv.conf"), ("",), withheld),
    (("",), SERIALS, serial),
    (("/proc/cpuinfo",), ("",), cpuinfo),
    *(((f"/proc/net/{name}",), ("",), addresses(name)) for name in ADDRESSES),
    (("/run/cloud-init/instance-data.json",), ("",), instance_data),
    (ANONYMOUS, ("",), kept),
    (("/sys/module/",), ("/version", "/srcversion"), kept),
    (("",), ("/environ",), environment),
    (("/proc/cmdline",), ("",), command_line),
    (("/proc/sys/kernel/osrelease",), ("",), release),
    ((SMBIOS_FILE,), ("",), smbios),
    (("/sys/firmware/acpi/tables/",), ("",), acpi),
    (DEVICE_TREES, ("/bootargs",), command_line),
    (DEVICE_TREES, ("/system-id", "/host-serial", "/vm,uuid"), serial),
    (DEVICE_TREES, ("/model", "/compatible", "/device_type", "/banner-name", "/host-model"), strings),
    (DEVICE_TREES, ("",), closed_strings),
    (("/proc/",), ("/mountinfo", "/mounts"), mounts),
    (("/proc/",), ("/cgroup",), cgroups),
    (("/etc/os-release", "/usr/lib/os-release"), ("",), os_release),
    (("/sys/class/dmi/id/", "/sys/devices/virtual/dmi/id/"), ("",), text),
    (("/sys/",), ("/address", "/broadcast"), address),
    (("/sys/", "/proc/ide/"), ("/model", "/vendor"), model),
    (("/proc/scsi/scsi",), ("",), model),
    (("/proc/", "/sys/", "/run/"), ("",), closed),
    (("",), ("",), undeclared),
)
"""How a path begins and ends, and the mask of such a file; the first that fits counts."""
OUTPUTS: dict[str, ContentMask] = {
    "hostnamectl": printed_by("hostnamectl"),
    "udevadm": udev_properties,
    **dict.fromkeys(
        ("facter", "ansible", "ohai", "cloud-init", "lshw", "inxi", "lsblk", *PRINTED_BY_WINDOWS), withheld
    ),
    "uname": uname,
    "dmidecode": dmidecode,
    "dmesg": kernel_log,
    "mount": mounts,
    "cpuid-signature": strings,
    "lscpu": printed_by("lscpu"),
    "lspci": printed_by("lspci"),
    "lsmod": printed_by("lsmod"),
    "systeminfo": systeminfo,
    "ethtool": printed_by("ethtool"),
    "systemd-detect-virt": printed_by("words"),
    "virt-what": printed_by("words"),
    "vaudit": lambda names, data: of_recording(names, "", data),
}
"""By a command's first word; other outputs stay at home."""


def devices(names: Pseudonyms, data: bytes) -> bytes:
    from vaudit.evidence import registry_masks

    return registry_masks.of_devices(names, data)


CALL_MASKS: dict[str, ContentMask] = {
    "dmesg": kernel_log,
    "interrupts": printed,
    "uname -v": version,
    "uname -r": release,
    **dict.fromkeys(("uname -m", "uname -s", "id -u", WINE, MEMORY, DIRTY, COUNTER, ADMIN), kept),
    DEVICES: devices,
}
"""What system calls answer."""
FIRMWARE: dict[str, ContentMask] = {"SMBIOS": smbios}
MSRS = ("3a", "c0010114", "c0010131")
"""These say only how virtualization is set: IA32_FEATURE_CONTROL, VM_CR, SEV_STATUS; a PPIN is a serial."""
_PROCESSOR_SERIAL = "3"
"""The CPUID leaf that holds a Pentium III's serial number."""


def of_file(names: Pseudonyms, path: str, data: bytes) -> bytes | None:
    rule = next(mask for begins, ends, mask in FILES if path.startswith(begins) and path.endswith(ends))
    return rule(names, data)


def of_output(names: Pseudonyms, command: str, data: bytes) -> bytes | None:
    return OUTPUTS.get(command.partition(" ")[0], withheld)(names, data)


def of_call(names: Pseudonyms, question: str, data: bytes) -> bytes | None:
    return CALL_MASKS.get(question, withheld)(names, data)


_TOLD = ("vm.", "guest.", "host.", "ovhd.")
"""How the names begin of what VMware tells its guest in rows."""


def of_tool(_names: Pseudonyms, _question: str, data: bytes) -> bytes:
    """Of a hypervisor's own program the lines that are a number with its unit or its name, and no other."""
    return b"".join(line for line in data.splitlines(keepends=True) if _is_figure(line.decode("latin-1")))


def of_tool_key(names: Pseudonyms, question: str) -> str:
    """What the program was asked; in a record that anybody wrote it may be anything."""
    return question if question in TOOLS else names.closed(question)


def _is_figure(line: str) -> bool:
    name, equals, value = line.rstrip("\r\n").partition(" = ")
    if not equals:
        number, _, unit = name.partition(" ")
        return procfs.whole(number) is not None and unit in ("MB", "MHz")
    plain = name.replace(".", "").isalpha() and name.isascii() and len(name) <= _LONGEST_NAME
    return plain and name.startswith(_TOLD) and procfs.whole(value) is not None


_LONGEST_NAME = 60


def of_firmware(names: Pseudonyms, table: str, data: bytes) -> bytes | None:
    rule = FIRMWARE.get(table)
    return rule(names, data) if rule else None


def of_msr(_names: Pseudonyms, number: str, value: str) -> str | None:
    return value if number in MSRS else None


def of_leaf(_names: Pseudonyms, key: str, registers: Registers) -> Registers | None:
    return None if key.partition(" ")[0] == _PROCESSOR_SERIAL else registers


def of_word(names: Pseudonyms, _key: str, word: str) -> str:
    """The word that says whether a device could be opened."""
    return names.text(word)


# paths: a folder's names, the keys below it and links to it are masked alike, or a replay would lose its way


RELEASES = ("/lib/modules/", "/usr/lib/modules/", "/boot/")
"""Folders in which a kernel's release stands in the names, which are masked as it is."""
CHOSEN = ("/sys/kernel/config/", "/sys/class/net/", "/proc/sys/net/", "/dev/mapper/", "/dev/disk/")
"""Folders of the kernel in which names are given by whoever owns the machine."""


def of_path(names: Pseudonyms, path: str) -> str:
    """A path without names of users, hosts, containers and file systems."""
    for folder in RELEASES:
        if path.startswith(folder):
            kernel, slash, rest = path.removeprefix(folder).partition("/")
            return f"{folder}{names.release(kernel)}{slash}{names.listed(rest)}"
    if path.startswith(KERNEL_NAMES):
        return _of_kernel(names, path)
    return "/".join(names.own_host(names.closed(part)) for part in _without_user(names, path).split("/"))


def _of_kernel(names: Pseudonyms, path: str) -> str:
    """A path in which the kernel gave the names, but for those of interfaces and of what is configured."""
    if not names.is_closed and len(path) < _LONG:
        return names.listed(path)
    start = next((folder for folder in CHOSEN if path.startswith(folder)), "")
    parts = path.removeprefix(start).split("/")
    chosen = [bool(start) or above == "net" for above in ("", *parts)]
    hidden = (_part(names, part, by_owner) for part, by_owner in zip(parts, chosen, strict=False))
    return start + "/".join(hidden)


def _part(names: Pseudonyms, part: str, by_owner: bool) -> str:
    if by_owner:
        return names.closed(part)
    return names.text(part, but=(IPV4, MAIL)) if len(part) >= _TELLING else names.listed(part)


_LONG = 32
"""Characters of the shortest path with an identity that shows itself, in what its owner keeps."""
_TELLING = 12
"""Characters of the shortest identity that a name of the kernel's may hold."""


def of_command(names: Pseudonyms, command: str) -> str:
    """A command line, of which a record has the output."""
    return names.closed(command)


def _without_user(names: Pseudonyms, path: str) -> str:
    home = next((folder for folder in USER_FOLDERS if path.startswith(folder)), "")
    user, slash, rest = path.removeprefix(home).partition("/")
    return f"{home}{names.user(user)}{slash}{rest}" if home and user else path


_LONGEST_FOLDER = 512
"""Characters of a folder's path that is looked at again for each name in it: sysfs has some 200."""


def of_folder(names: Pseudonyms, path: str, listed: list[str]) -> list[str]:
    """A folder's names, as they are masked in the paths below it."""
    folder = path.rstrip("/")
    if len(folder) > _LONGEST_FOLDER:
        return [names.closed(name) for name in listed]
    return [posixpath.basename(of_path(names, f"{folder}/{name}")) for name in listed]


def of_link(names: Pseudonyms, path: str, target: str) -> str:
    """Where a link leads, so that it leads there from its own masked path."""
    folder = posixpath.dirname(path)
    whole = posixpath.normpath(posixpath.join(folder, target))
    hidden = of_path(names, whole)
    if hidden == whole:
        return target
    return hidden if target.startswith("/") else posixpath.relpath(hidden, of_path(names, folder))
