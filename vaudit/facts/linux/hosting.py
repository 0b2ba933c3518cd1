"""What this process and this machine may do for guests and containers of their own, as Linux shows it."""

from collections.abc import Iterator
from typing import Literal

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts.ask import KERNEL_LOG, kernel_log
from vaudit.facts.linux import UNSEEN, fields
from vaudit.facts.values import Ability
from vaudit.model.facts import NeedName
from vaudit.procfs import bits

DEVICES: tuple[tuple[NeedName, str, str], ...] = (
    ("tun-device", "tun", "/dev/net/tun"),
    ("fuse-device", "fuse", "/dev/fuse"),
    ("vhost-net-device", "vhost-net", "/dev/vhost-net"),
)
"""A need, what the kernel calls the device in /proc/misc, and where it lies."""
_MISC = "/proc/misc"
_STATUS = "/proc/self/status"
_MAP = "/proc/self/uid_map"
"""`0 0 4294967295` where this is the first user namespace (user_namespaces(7))."""
_SYS_ADMIN = 1 << 21
"""CAP_SYS_ADMIN (include/uapi/linux/capability.h)."""
_USERS = "/proc/sys/user/max_user_namespaces"
HEARD = ("remapping",)
"""What the lines of the kernel log hold, in lower case, that are looked for here."""
_REMAPS = ("Enabled IRQ remapping", "Interrupt remapping enabled")
"""How the drivers of Intel's and AMD's IOMMU say it (drivers/iommu/intel/irq_remapping.c, amd/init.c)."""
_SECURE = (
    ("file", "/sys/module/kvm_amd/parameters/sev", ("Y", "1")),
    ("file", "/sys/module/kvm_intel/parameters/tdx", ("Y", "1")),
    ("file", "/sys/firmware/uv/prot_virt_host", ("1",)),
)
"""Where a host's kernel says that it starts confidential guests."""
_XEN = "/dev/xen"
_XEN_DEVICES = ("evtchn", "gntdev", "privcmd")
MAX_CARDS = 64
"""Network cards that are asked for virtual functions."""


def collect(source: Source) -> list[Ability]:
    """One entry for each device and switch that hosts need."""
    found = [_device(source, *one) for one in DEVICES]
    found += [_nesting(source), _for_users(source), _remapping(source), _secure(source)]
    return [*found, _huge_pages(source), _virtual_functions(source), *_xen_control(source)]


def _device(source: Source, need: NeedName, name: str, path: str) -> Ability:
    """Opened only where the kernel has registered it: opening it would load its module otherwise."""
    what, text = f"{path} for this process", source.read(_MISC)
    where = [f"file:{_MISC}", f"device:{path}"]
    if text is None:
        return Ability(need, what, "unknown", f"{_MISC} is not known", where[:1])
    if name not in procfs.registered(text):
        says = f"{_MISC} does not list {name}; opening {path} could load it"
        return Ability(need, what, "unknown", says, where[:1])
    status = source.status("device", path)
    if status == "read":
        return Ability(need, what, "shown", f"{path} opens", where[1:])
    reason = {"denied": "may not be opened by this process", "absent": "is not there"}.get(status)
    how = f"the kernel has {name}, and {path} {reason or 'was not looked at'}"
    return Ability(need, what, "unknown", how, where)


def _nesting(source: Source) -> Ability:
    """Whether this process may mount and make namespaces: CAP_SYS_ADMIN in its effective set (proc(5))."""
    need: NeedName = "nesting"
    what, where = "rights to make containers", [f"file:{_STATUS}"]
    text = fields(source.read(_STATUS) or "").get("CapEff", "")
    held = bits(text)
    if held is None:
        return Ability(need, what, "unknown", f"{_STATUS} does not show capabilities", where)
    able = held & _SYS_ADMIN
    if able and (source.line(_MAP) or "0 0 ").split()[:2] != ["0", "0"]:
        return Ability(
            need, what, "unknown", "CAP_SYS_ADMIN holds in a user namespace only", [*where, f"file:{_MAP}"]
        )
    if able:
        return Ability(need, what, "shown", "this process has CAP_SYS_ADMIN", where)
    return Ability(need, what, "missing", "this process does not have CAP_SYS_ADMIN", where)


_SWITCHES = (
    (_USERS, "0", "user.max_user_namespaces is 0"),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone is 0"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "kernel.apparmor_restrict_unprivileged_userns is 1: AppArmor lets only programs with a profile",
    ),
)
"""A switch that takes user namespaces from ordinary users, the value that does, and how to say it. The second
is Debian's, the third Ubuntu's; other kernels do not have them."""


def _for_users(source: Source) -> Ability:
    need: NeedName = "user-namespaces-for-users"
    what = "user namespaces for ordinary users"
    for path, off, says in _SWITCHES:
        if source.line(path) == off:
            return Ability(need, what, "missing", says, [f"file:{path}"])
    if source.line(_USERS):
        return Ability(need, what, "shown", "no setting takes them away", [f"file:{_USERS}"])
    return Ability(need, what, "unknown", f"{_USERS} is not known", [f"file:{_USERS}"])


def _remapping(source: Source) -> Ability:
    need: NeedName = "interrupt-remapping"
    what = "remapping of interrupts"
    log = kernel_log(source)
    said = next((words for words in _REMAPS if words in log), None)
    if said:
        return Ability(need, what, "shown", f"the kernel log says {said!r}", [KERNEL_LOG])
    # the log forgets its beginning
    return Ability(need, what, "unknown", "the kernel log does not say so (any more)", [KERNEL_LOG])


def _secure(source: Source) -> Ability:
    need: NeedName = "secure-guests"
    what = "confidential guests (SEV, TDX, protected virtualization)"
    looked = []
    for _, path, on in _SECURE:
        value = source.line(path)
        if value in on:
            return Ability(need, what, "shown", f"{path} is {value}", [f"file:{path}"])
        looked.append(source.status("file", path))
    where = [f"file:{path}" for _, path, _ in _SECURE]
    if "unrecorded" in looked or "denied" in looked:
        return Ability(need, what, "unknown", "the modules' parameters are not known", where)
    return Ability(need, what, "missing", "no module for guests says that it has them", where)


def _huge_pages(source: Source) -> Ability:
    need: NeedName = "huge-pages"
    what, path = "huge pages to reserve", "/sys/kernel/mm/hugepages"
    entry = source.entry("dir", path)
    sizes = [name.removeprefix("hugepages-") for name in source.names(path)]
    if sizes:
        return Ability(need, what, "shown", f"{', '.join(sizes)}", [entry.id])
    how, says = _none_there(entry.status)
    return Ability(need, what, how, f"{path} {says}", [entry.id])


def _virtual_functions(source: Source) -> Ability:
    """Whether a network card can be split (SR-IOV, Documentation/ABI/testing/sysfs-bus-pci)."""
    need: NeedName = "sr-iov"
    what, folder = "network card with virtual functions (SR-IOV)", "/sys/class/net"
    entry = source.entry("dir", folder)
    if entry.status != "read":
        return Ability(need, what, "unknown", f"{folder} {_none_there(entry.status)[1]}", [entry.id])
    for name in source.names(folder)[:MAX_CARDS]:
        if "/virtual/" in (source.link(f"{folder}/{name}") or ""):  # no device of its own: veth, bridges, lo
            continue
        path = f"{folder}/{name}/device/sriov_totalvfs"
        if (source.number(path) or 0) > 0:
            return Ability(need, what, "shown", f"{name} has {source.number(path)}", [f"file:{path}"])
    return Ability(need, what, "missing", "no network card shows virtual functions", [entry.id])


def _xen_control(source: Source) -> Iterator[Ability]:
    """The devices that Xen's tools in the control domain open."""
    entry = source.entry("dir", _XEN)
    if entry.status != "read":
        return
    lacking = [name for name in _XEN_DEVICES if name not in source.names(_XEN)]
    says = f"{_XEN} lacks {', '.join(lacking)}" if lacking else f"{_XEN} has {', '.join(_XEN_DEVICES)}"
    what = "the devices that Xen's tools need"
    yield Ability("xen-control-devices", what, "missing" if lacking else "shown", says, [entry.id])


def _none_there(status: str) -> tuple[Literal["missing", "unknown"], str]:
    if status in ("read", "absent"):
        return "missing", "has none" if status == "read" else "is not there"
    return "unknown", UNSEEN[status]
