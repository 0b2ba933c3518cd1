"""The names, addresses and serials that a machine calls its own, gathered before anything of it is written.

What is asked for here, a scan does not ask for: a raw record keeps it, so that it can be masked later, and a
shared one does not.
"""

import posixpath
import re
from collections.abc import Callable

from vaudit import procfs
from vaudit.evidence import smbios
from vaudit.evidence.registry import RegistryKey
from vaudit.evidence.source import SMBIOS_FILE, Source
from vaudit.masking.identities import Identities, unknown_parts

NAMES = ("/proc/sys/kernel/hostname", "/etc/hostname", "/etc/mailname")
"""Files that hold the host's name, and nothing else."""
NEEDED = ("/proc/sys/kernel/hostname", "/etc/hosts", "/etc/passwd", "/proc/self/mountinfo")
"""Without these the list is not whole, and what looks like a name is masked more strictly."""
NO_LOGIN = ("nologin", "false", "sync", "halt", "shutdown", "true")
"""How the shells end of users that nobody logs in as."""
SYSTEM_USERS = ("root", "admin", "ubuntu", "debian", "centos", "ec2-user", "cloud-user", "fedora", "opc")
"""Users that images come with."""
FOLDERS = ("/home", "/mnt", "/srv", "/media", "/run/media", "/Users", "/root", "/dev/mapper", "/run/netns",
           "/dev/disk/by-label", "/dev/disk/by-partlabel", "/dev/disk/by-uuid", "/dev/disk/by-id",
           "/etc/libvirt/qemu", "/var/lib/libvirt/images", "/var/lib/lxc", "/var/lib/machines",
           "/sys/kernel/config/target/iscsi", "/sys/kernel/config/nvmet/subsystems", "/dev/zvol",
           "/etc/wireguard", "/etc/NetworkManager/system-connections", "/proc/spl/kstat/zfs",
           "/sys/fs/cgroup/machine.slice", "/sys/fs/cgroup/lxc.payload", "/proc/drbd")  # fmt: skip
"""Folders in which people choose the names."""
SERIAL_FILES = (
    "/sys/class/dmi/id/product_serial", "/sys/class/dmi/id/board_serial", "/sys/class/dmi/id/chassis_serial",
    "/sys/class/dmi/id/chassis_asset_tag", "/sys/class/dmi/id/board_asset_tag",
    "/proc/device-tree/serial-number", "/proc/sys/kernel/random/boot_id",
    "/var/lib/cloud/data/instance-id", "/sys/devices/soc0/serial_number",
)  # fmt: skip
"""Not the machine's id and its UUID, which no record holds (identity.py): both show themselves."""
DEVICE_SERIALS = (
    ("/sys/class/block", ("serial", "wwid", "device/serial", "device/wwid", "dm/uuid", "dm/name", "md/uuid",
                          "loop/backing_file")),
    ("/sys/class/net", ("address", "perm_address", "phys_port_id", "phys_switch_id", "ifalias")),
    ("/sys/class/nvme", ("serial", "subsysnqn", "hostnqn", "address")),
    ("/sys/class/fc_host", ("port_name", "node_name", "fabric_name", "symbolic_name")),
    ("/sys/class/iscsi_session", ("targetname", "initiatorname", "username", "password", "ifacename")),
    ("/sys/class/iscsi_connection", ("address", "persistent_address")),
    ("/sys/class/iscsi_host", ("initiatorname", "ipaddress", "hwaddress")),
    ("/sys/class/infiniband", ("node_guid", "sys_image_guid", "node_desc")),
    ("/sys/class/power_supply", ("serial_number",)),
    ("/sys/bus/usb/devices", ("serial",)),
)  # fmt: skip
"""Classes of devices, and which of their files identify one."""
_CONTROL_SET = "HKLM\\SYSTEM\\CurrentControlSet"
WINDOWS_NAMES = (
    (f"{_CONTROL_SET}\\Control\\ComputerName\\ComputerName", "host", ("ComputerName",)),
    (f"{_CONTROL_SET}\\Services\\Tcpip\\Parameters", "host",
     ("Hostname", "NV Hostname", "Domain", "NV Domain", "DhcpDomain")),
    ("HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "user",
     ("RegisteredOwner", "RegisteredOrganization")),
)  # fmt: skip
"""Keys in which Windows keeps its own name and its owner's, and the values that hold them."""
MOST_DEVICES = 2000
"""Devices of a class that are asked for their serials."""
_ADDRESS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_LOCAL = re.compile(r"\|-- (\S+)\s+/32 host LOCAL")
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\Z")


def gathered(source: Source) -> Identities:
    """What this machine calls its own. A source that does not answer is named in `missing`."""
    found = Identities()
    found.missing = [
        path for path in NEEDED if source.status("file", path) in ("denied", "error", "unrecorded")
    ]
    for collect in _COLLECTORS:
        collect(source, found)
    return found


def _hosts(source: Source, found: Identities) -> None:
    """The host's own names and all that its tables name."""
    for name in ([source.name] if source.kind == "machine" else []) + [
        source.line(path) or "" for path in NAMES
    ]:
        found.add_host(name)
    for line in (source.read("/etc/hosts") or "").splitlines():
        address, *names = line.partition("#")[0].split()[:50] or [""]
        for name in names:
            found.add_host(name)
        _add_address(found, address)
    _resolver(source, found)


def _resolver(source: Source, found: Identities) -> None:
    for line in (source.read("/etc/resolv.conf") or "").splitlines():
        word, *rest = line.split() or [""]
        if word in ("search", "domain"):
            found.add("host", rest)
        if word == "nameserver":
            for address in rest[:1]:
                _add_address(found, address)


def _users(source: Source, found: Identities) -> None:
    """Users with a login shell: their names, what stands beside them, and their folders."""
    for line in (source.read("/etc/passwd") or "").splitlines():
        name, _, _, _, about, home, shell = [*line.split(":"), *[""] * 7][:7]
        if shell.rpartition("/")[2] in NO_LOGIN or name in SYSTEM_USERS:
            continue
        found.add("user", [name, posixpath.basename(home), *unknown_parts(about)])


def _folders(source: Source, found: Identities) -> None:
    """Names that people gave to folders, volumes, machines and connections."""
    for folder in FOLDERS:
        sort = "user" if folder in ("/home", "/Users", "/media", "/run/media") else "name"
        for name in source.names(folder):
            if not name.startswith("."):  # what programs keep there, alike on many machines
                _add_parts(found, sort, name)
            if folder.endswith(("by-uuid", "by-id")):
                found.add("uuid", [name])


def _mounts(source: Source, found: Identities) -> None:
    """Servers, shares, volumes and mount points."""
    words = set[str]()
    for path in ("/proc/self/mountinfo", "/proc/self/mounts", "/proc/mounts", "/proc/swaps"):
        for line in (source.read(path) or "").split("\n"):
            words.update(_named_by(line.split(" ")))
    for word in words:
        _add_mount(found, word.replace("\\040", " "))


def _named_by(words: list[str]) -> list[str]:
    """Folder, mount point and source of a line of mountinfo, source and mount point of one of /proc/mounts,
    and the values of the options of either."""
    dash = words.index("-", 6) if "-" in words[6:] else 0
    named = [*words[3:5], *words[dash + 2 : dash + 3]] if dash else words[:2]
    return named + [option.partition("=")[2] for option in words[-1].split(",") if "=" in option]


def _add_mount(found: Identities, word: str) -> None:
    """A path, or a server and what it shares."""
    server, mark, _ = word.removeprefix("//").partition("/" if word.startswith("//") else ":/")
    if mark and (word.startswith("//") or not word.startswith("/")):
        for each in server.rpartition("@")[2].split(","):
            name = each.rpartition("=")[2].strip("[]")
            found.add_host(name)
            _add_address(found, name)
    for address in _ADDRESS.findall(word):
        _add_address(found, address)
    _add_parts(found, "name", word)


def _groups(source: Source, found: Identities) -> None:
    r"""Virtual machines, containers and pods: systemd writes a dash in a name as `\x2d`."""
    for path in ("/proc/self/cgroup", "/proc/1/cgroup"):
        text = source.read(path) or ""
        _add_parts(found, "name", re.sub(r"\\x([0-9a-f]{2})", lambda m: chr(procfs.bits(m[1]) or 0), text))


def _addresses(source: Source, found: Identities) -> None:
    """This machine's own addresses, private ones too."""
    for address in _LOCAL.findall(re.sub(r"\n\s+", " ", source.read("/proc/net/fib_trie") or "")):
        _add_address(found, address)
    for line in (source.read("/proc/net/if_inet6") or "").splitlines():
        digits = line.partition(" ")[0]
        if len(digits) == 32:
            _add_address(found, ":".join(digits[at : at + 4] for at in range(0, 32, 4)))


def _add_address(found: Identities, text: str) -> None:
    """An address in the spellings in which it is written, unless it is every machine's."""
    import ipaddress

    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return
    if not (address.is_loopback or address.is_unspecified or address.is_multicast):
        found.add("address", [address.compressed, address.exploded, text])


def _serials(source: Source, found: Identities) -> None:
    for path in SERIAL_FILES:
        _add_serial(found, source.line(path) or "")
    for line in (source.read("/proc/cpuinfo") or "").splitlines()[-40:]:
        if line.startswith("Serial"):
            _add_serial(found, line.partition(":")[2].strip())
    _add_serial(found, (source.line("/etc/iscsi/initiatorname.iscsi") or "").rpartition("=")[2])
    for structure in smbios.structures(source.firmware("SMBIOS") or source.binary(SMBIOS_FILE) or b""):
        for text in smbios.identities(structure):
            _add_serial(found, text)


def _add_serial(found: Identities, text: str) -> None:
    """A serial, and the parts of one that is several words: an asset tag may hold a host's name."""
    found.add("serial", [text, text.replace("-", ""), text.replace(" ", "")])
    _add_parts(found, "serial", text)


def _devices(source: Source, found: Identities) -> None:
    """Serials, addresses and names of devices."""
    for folder, files in DEVICE_SERIALS:
        for device in source.names(folder)[:MOST_DEVICES]:
            if folder == "/sys/class/net":
                _add_parts(found, "name", device)
            for file in files:
                text = source.line(f"{folder}/{device}/{file}") or ""
                if _MAC.match(text.lower()):
                    _add_mac(found, text.lower())
                elif file != "address" or folder != "/sys/class/nvme":
                    _add_serial(found, text)


def _add_mac(found: Identities, address: str) -> None:
    """A MAC without separators, and as the EUI-64 that is made of it, with the bit that RFC 4291 turns."""
    bare = address.replace(":", "")
    if bare.strip("0") and bare.strip("f"):
        turned = f"{(procfs.bits(bare[:2]) or 0) ^ 2:02x}{bare[2:6]}"
        found.add("mac", [bare, f"{bare[:6]}fffe{bare[6:]}", f"{turned}fffe{bare[6:]}", f"0x{bare}"])


def _add_parts(found: Identities, sort: str, text: str) -> None:
    found.add(sort, unknown_parts(text))


def _windows(source: Source, found: Identities) -> None:
    """What Windows calls itself and its owner."""
    for path, sort, values in WINDOWS_NAMES:
        entry = source.held("registry", path)
        key = entry.data if entry and isinstance(entry.data, RegistryKey) else RegistryKey()
        names = [name for value in values if isinstance(name := key.value(value), str) and name]
        for name in names:
            if sort == "host":
                found.add_host(name)
            else:
                found.add(sort, unknown_parts(name))


_COLLECTORS: tuple[Callable[[Source, Identities], None], ...] = (
    _hosts, _users, _folders, _mounts, _groups, _addresses, _serials, _devices, _windows,
)  # fmt: skip
