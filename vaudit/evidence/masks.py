"""What leaves a machine, and how: says of every answer, by its kind and key, what of it is replaced.

A mask gives the answer without identities, or None where nothing says that it holds none: content that no
editor shows, and that no rule here names, stays at home.
"""

import posixpath
from collections.abc import Callable

from vaudit.evidence import smbios
from vaudit.evidence.source import SMBIOS_FILE, Registers
from vaudit.masking.pseudonyms import Pseudonyms

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
    "/boot/config-",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/self/status",
    "/proc/sys/kernel/osrelease",
    "/etc/os-release",
    "/sys/bus/",
    "/sys/devices/system/",
    "/sys/module/",
    "/lib/modules/",
)
"""How the names of kernel files begin that say nothing of their owner; they stay as they are."""
ACPI_HARDWARE = (b"FACP", b"APIC", b"HPET", b"MCFG", b"WAET", b"SRAT", b"SLIT")
"""ACPI tables of numbers. Of others (a licence's MSDM) only the header stays, which names their maker."""
_ACPI_HEADER = 36
PARAMETERS = (
    "iommu", "intel_iommu", "amd_iommu", "mitigations", "nomodule", "noapic", "nolapic", "acpi", "noacpi",
    "pci", "clocksource", "tsc", "no-kvmclock", "swiotlb", "console", "init", "quiet", "ro", "rw", "tmem",
    "idle", "transparent_hugepage", "elevator", "earlyprintk", "reboot", "panic", "maxcpus", "nr_cpus", "mem",
    "nosmt", "nosmap", "nosmep", "net.ifnames", "psi", "vsyscall", "isolcpus",
)  # fmt: skip
"""Kernel parameters whose values are kept; of others only the name is."""
PARAMETER_FAMILIES = (
    "xen", "kvm", "nested", "nokvm", "hv_", "virtio", "balloon", "hugepages", "scsi_mod", "zswap", "nohz",
    "cgroup", "systemd.unified",
)  # fmt: skip
"""How further parameters begin whose values are kept."""
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
    """Text like any other."""
    plain = legible(data)
    return None if plain is None else names.text(plain).encode()


def kept(_names: Pseudonyms, data: bytes) -> bytes | None:
    """Text that says nothing of its owner."""
    return None if legible(data) is None else data


def printed(names: Pseudonyms, data: bytes) -> bytes | None:
    """What a program printed is text, even where it printed a byte that is none."""
    return None if b"\0" in data else names.text(data.decode("utf-8", "replace")).encode()


def strings(names: Pseudonyms, data: bytes) -> bytes | None:
    """Texts that end with NUL, such as a device tree's."""
    found = [text(names, piece) for piece in data.split(b"\0")]
    return b"\0".join(piece for piece in found if piece is not None) if None not in found else None


def serial(names: Pseudonyms, data: bytes) -> bytes | None:
    """A serial or UUID alone in a file."""
    whole = legible(data)
    if whole is None:
        return None
    hidden = names.serial(whole.strip())
    return data if hidden == whole.strip() else hidden.encode() + b"\n"


def labelled(names: Pseudonyms, data: bytes) -> bytes:
    """Lines of `label: value`, whose serials are told by their labels; the rest is kept as it is."""
    lines = data.decode("latin-1").split("\n")
    return "\n".join(_labelled(names, line) for line in lines).encode("latin-1", "replace")


def _labelled(names: Pseudonyms, line: str) -> str:
    label, colon, value = line.partition(":")
    if not colon or label.strip() not in _LABELLED_SERIALS:
        return line
    return f"{label}: {names.serial(value.strip())}"


def dmidecode(names: Pseudonyms, data: bytes) -> bytes | None:
    return printed(names, labelled(names, data))


def environment(names: Pseudonyms, data: bytes) -> bytes:
    """A process's environment: names stay, values go."""
    return b"\0".join(_variable(names, item) for item in data.split(b"\0"))


def _variable(names: Pseudonyms, item: bytes) -> bytes:
    name, equals, value = item.partition(b"=")
    if not item or (equals and name in _ENVIRONMENT):
        return item
    if not equals or not name.isascii() or not name.decode().isprintable():
        return names.mask("environment", item.decode("latin-1"), 6).encode()
    return name + b"=" + names.mask("environment", value.decode("latin-1"), 6).encode()


def command_line(names: Pseudonyms, data: bytes) -> bytes | None:
    """The kernel's: what stands behind ` -- ` belongs to init and goes; unknown values are replaced."""
    plain = legible(data)
    return None if plain is None else names.text(_parameters(names, plain.rstrip("\n"))).encode() + b"\n"


def _parameters(names: Pseudonyms, line: str) -> str:
    words = []
    for word in line.partition(" -- ")[0].split():
        name, equals, value = word.partition("=")
        plain = not equals or name in PARAMETERS or name.startswith(PARAMETER_FAMILIES) or _is_plain(value)
        words.append(word if plain else f"{name}={names.mask('parameter', value, 6)}")
    return " ".join(words)


def _is_plain(value: str) -> bool:
    return value in ("on", "off", "yes", "no") or (0 < len(value) <= 8 and not value.strip("0123456789,."))


def kernel_log(names: Pseudonyms, data: bytes) -> bytes | None:
    """The kernel repeats its command line in its log."""
    lines = data.decode("utf-8", "replace").split("\n")
    return printed(names, "\n".join(_log_line(names, line) for line in lines).encode())


def _log_line(names: Pseudonyms, line: str) -> str:
    head, mark, parameters = line.partition("ommand line: ")
    return f"{head}{mark}{_parameters(names, parameters)}" if mark else line


def uname(names: Pseudonyms, data: bytes) -> bytes | None:
    """`uname -a`: the system, then the host's name."""
    system, _, rest = data.decode("utf-8", "replace").partition(" ")
    host, _, rest = rest.partition(" ")
    return printed(names, f"{system} {names.host(host)} {rest}".encode()) if host else printed(names, data)


def acpi(_names: Pseudonyms, data: bytes) -> bytes | None:
    """An ACPI table: signature and maker; what follows only where it is known to be harmless."""
    return data if data[:4] in ACPI_HARDWARE else data[:_ACPI_HEADER]


def withheld(_names: Pseudonyms, _data: bytes) -> None:
    """Inventories hold names, serials, addresses and keys in too many places."""
    return


def only_labels(*labels: str) -> ContentMask:
    """Of lines `label: value` those that say nothing of the owner."""

    def mask(names: Pseudonyms, data: bytes) -> bytes | None:
        lines = data.decode("utf-8", "replace").splitlines()
        kept_lines = [line for line in lines if line.partition(":")[0].strip() in labels]
        return printed(names, "".join(f"{line}\n" for line in kept_lines).encode())

    return mask


UDEV = ("DEVPATH", "SUBSYSTEM", "DRIVER", "DEVTYPE", "INTERFACE", "MODALIAS", "PCI_")
"""How the properties begin that are kept of udev's list; others hold serials."""


def udev_properties(names: Pseudonyms, data: bytes) -> bytes | None:
    begins = ("P: ", *(f"E: {name}" for name in UDEV))
    lines = data.decode("utf-8", "replace").splitlines()
    return printed(names, "".join(f"{line}\n" for line in lines if line.startswith(begins)).encode())


# which rule is for which key

FILES: tuple[tuple[tuple[str, ...], tuple[str, ...], ContentMask], ...] = (
    (("",), SERIALS, serial),
    (("/proc/cpuinfo",), ("",), labelled),
    (ANONYMOUS, ("",), kept),
    (("",), ("/environ",), environment),
    (("/proc/cmdline",), ("",), command_line),
    ((SMBIOS_FILE,), ("",), smbios.masked),
    (("/sys/firmware/acpi/tables/",), ("",), acpi),
    (("/proc/device-tree/", "/sys/firmware/devicetree/"), ("",), strings),
    (("",), ("",), text),
)
"""How a path begins and ends, and the mask of such a file; the first that fits counts."""
OUTPUTS: dict[str, ContentMask] = {
    "hostnamectl": only_labels(
        "Icon name",
        "Chassis",
        "Virtualization",
        "Operating System",
        "Kernel",
        "Architecture",
        "Hardware Vendor",
        "Hardware Model",
        "Firmware Version",
    ),
    "udevadm": udev_properties,
    **dict.fromkeys(("facter", "ansible", "cloud-init", "lshw", "inxi", "lsblk"), withheld),
    "uname": uname,
    "dmidecode": dmidecode,
    "dmesg": kernel_log,
    "cpuid-signature": strings,
}
"""By a command's first word; other outputs are `printed`."""
CALL_MASKS: dict[str, ContentMask] = {"dmesg": kernel_log}
FIRMWARE: dict[str, ContentMask] = {"SMBIOS": smbios.masked}
MSRS = ("3a", "c0010114", "c0010131")
"""These say only how virtualization is set: IA32_FEATURE_CONTROL, VM_CR, SEV_STATUS; a PPIN is a serial."""
_PROCESSOR_SERIAL = "3"
"""The CPUID leaf that holds a Pentium III's serial number."""


def of_file(names: Pseudonyms, path: str, data: bytes) -> bytes | None:
    rule = next(mask for begins, ends, mask in FILES if path.startswith(begins) and path.endswith(ends))
    return rule(names, data)


def of_output(names: Pseudonyms, command: str, data: bytes) -> bytes | None:
    return OUTPUTS.get(command.partition(" ")[0], printed)(names, data)


def of_call(names: Pseudonyms, question: str, data: bytes) -> bytes | None:
    return CALL_MASKS.get(question, printed)(names, data)


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


def of_path(names: Pseudonyms, path: str) -> str:
    """A path without names of users, hosts, containers and file systems."""
    if path.startswith(KERNEL_NAMES):
        return "/".join(map(names.identifiers, path.split("/"))) if len(path) >= 32 else path
    return "/".join(names.own_host(names.text(part)) for part in _without_user(names, path).split("/"))


def _without_user(names: Pseudonyms, path: str) -> str:
    home = next((folder for folder in USER_FOLDERS if path.startswith(folder)), "")
    user, slash, rest = path.removeprefix(home).partition("/")
    return f"{home}{names.user(user)}{slash}{rest}" if home and user else path


def of_folder(names: Pseudonyms, path: str, listed: list[str]) -> list[str]:
    """A folder's names, as they are masked in the paths below it."""
    if path.startswith(KERNEL_NAMES):
        return list(map(names.identifiers, listed))
    return [posixpath.basename(of_path(names, f"{path.rstrip('/')}/{name}")) for name in listed]


def of_link(names: Pseudonyms, path: str, target: str) -> str:
    """Where a link leads, so that it leads there from its own masked path."""
    folder = posixpath.dirname(path)
    whole = posixpath.normpath(posixpath.join(folder, target))
    hidden = of_path(names, whole)
    if hidden == whole:
        return target
    return hidden if target.startswith("/") else posixpath.relpath(hidden, of_path(names, folder))
