"""What hosting the work of others takes, need by need: met, not met or not known, because of what, and who
could change it.

virt-host-validate (libvirt tools/virt-host-validate-{qemu,ch,lxc}.c), kvm-ok, lxc-checkconfig and moby's
check-config.sh look for parts of it.
"""

from collections.abc import Collection, Iterator, Sequence

from msgspec import structs

from vaudit.facts.containers import Containers
from vaudit.facts.guests import OWN_KERNEL_FROM_OUTSIDE
from vaudit.facts.values import Ability
from vaudit.model.facts import Actor, Cpu, Guest, Hypervisor, Kernel, Need, NeedName, NeedState
from vaudit.model.names import VMMS
from vaudit.words import many

_STATES: dict[str, NeedState] = {
    "shown": "met",
    "loadable": "met",
    "unloaded": "unmet",
    "missing": "unmet",
    "unknown": "unknown",
}
_ANSWERED: dict[bool | None, NeedState] = {True: "met", False: "unmet", None: "unknown"}
_OLDEST = (2, 6, 26)
"""Linux with the namespaces that LXC takes (virt-host-validate-lxc.c)."""
_OF_THIS_PROCESS = ("nesting", "tun-device", "fuse-device", "vhost-net-device")
"""Needs that are about what this process may do."""
_SETTINGS = ("user-namespaces-for-users",)
"""What the owner of a machine can change, whoever chose its kernel."""
_DEVICES = ("tun", "fuse", "vhost-net", "loop")
"""Abilities that nobody has without a device."""
_MOUNTED = ("squashfs",)
"""File systems that only the first user namespace mounts (no FS_USERNS_MOUNT in fs/squashfs/super.c)."""


def collect(
    found: Sequence[Ability] | None,
    *,
    cpu: Cpu,
    hypervisor: Hypervisor,
    containers: Containers,
    guests: Sequence[Guest],
    kernel: Kernel,
) -> list[Need]:
    """All needs. `found`: what the kernel and this process show; in a container they are the host's.
    None: this system has nothing of it, and is asked for guests alone."""
    inside = containers.names[0] if containers.names else ""
    kernels: Actor = "provider" if inside or hypervisor.vmm in OWN_KERNEL_FROM_OUTSIDE else "owner"
    hosts: Actor = "provider" if inside or hypervisor.role == "guest" else "owner"
    opened = {one.need for one in found or () if one.how == "shown" and one.need in _OF_THIS_PROCESS}
    needs = [
        _hardware(cpu, hypervisor, inside),
        *(_as_guest(one, "owner" if cpu.kvm_device == "denied" else hosts) for one in guests),
    ]
    if found is not None:
        needs += [
            _nested_pages(cpu),
            *_iommu(cpu, hypervisor),
            _own_kernel(hypervisor, containers),
            _nesting(containers, found),
            _new_enough(kernel),
        ]
    needs += [
        _need(one, inside, kernels, opened)
        for one in found or ()
        if one.need != "nesting" and (one.need != "kvm-hv" or (cpu.arch or "").startswith("ppc64"))
    ]
    return [one if one.state == "unmet" or inside else structs.replace(one, actor=None) for one in needs]


def _hardware(cpu: Cpu, hypervisor: Hypervisor, inside: str) -> Need:
    state = {"usable": True, "present": True, "absent": False, "hidden": False, "firmware-disabled": False}
    # the help of a Hyper-V root's processor is in use beneath it, and hidden from it (TLFS, "Partitions")
    root = hypervisor.kind == "hyperv" and hypervisor.role == "host"
    because = "Hyper-V has it, and hides it from its root partition" if root else cpu.hw_virt_because
    actor: Actor = "provider" if cpu.hw_virt_state == "hidden" or inside else "owner"
    return Need(
        "hardware-virtualization",
        _ANSWERED[root or state.get(cpu.hw_virt_state)],
        because,
        actor,
        cpu.evidence,
    )


_GUESTS: dict[str, NeedName] = {
    "kvm": "guest-kvm",
    "xen-pv": "guest-xen-pv",
    "xen-pvh": "guest-xen-pvh",
    "xen-hvm": "guest-xen-hvm",
    "windows": "guest-windows",
    "nested": "guest-nested",
}


def _as_guest(found: Guest, actor: Actor) -> Need:
    """What is said of that kind of guest."""
    return Need(_GUESTS[found.kind], _ANSWERED[found.possible], found.because, actor, found.evidence)


def _nested_pages(cpu: Cpu) -> Need:
    if cpu.nested_paging:
        return Need("nested-paging", "met", f"{cpu.nested_paging} is listed", None, cpu.evidence)
    return Need("nested-paging", "unknown", "neither ept nor npt is listed", None, cpu.evidence)


def _iommu(cpu: Cpu, hypervisor: Hypervisor) -> Iterator[Need]:
    actor: Actor = "provider" if hypervisor.role == "guest" else "owner"
    says = {
        True: "the kernel drives an IOMMU",
        False: "the kernel drives no IOMMU",
        None: "nothing says whether there is an IOMMU",
    }
    yield Need("iommu", _ANSWERED[cpu.iommu], says[cpu.iommu], actor, cpu.evidence)
    groups = cpu.iommu_groups
    told = (
        "the IOMMU's groups are not known"
        if groups is None
        else many(groups, "group of devices", "groups of devices")
    )
    yield Need("iommu-groups", _ANSWERED[None if groups is None else groups > 0], told, actor, cpu.evidence)


def _own_kernel(hypervisor: Hypervisor, containers: Containers) -> Need:
    """Whether the owner can boot another kernel or hypervisor here."""
    need: NeedName = "own-kernel"
    seen = hypervisor.evidence[:2]
    if containers.names and containers.certain:
        return Need(need, "unmet", f"{containers.names[0]} shares the kernel of its host", "provider", seen)
    if containers.names:
        because = (
            f"nothing proves or disproves that this is {containers.names[0]}, which has no kernel of its own"
        )
        return Need(need, "unknown", because, None, seen)
    if hypervisor.vmm in OWN_KERNEL_FROM_OUTSIDE:
        because = f"{VMMS[hypervisor.vmm]} boots the kernel that its user gives it"
        return Need(need, "unmet", because, "provider", seen)
    if hypervisor.kind == "unknown":
        return Need(need, "unknown", "it is not known what lies beneath", None, seen)
    return Need(need, "met", "this machine boots its own kernel", None, seen)


_UNTOLD = Ability("nesting", "rights to make containers", "unknown", "nothing shows what this process may do")


def _nesting(containers: Containers, found: Sequence[Ability]) -> Need:
    """Whether containers may be made here: a container has to be given the right to it."""
    told = next((one for one in found if one.need == "nesting"), _UNTOLD)
    if containers.names:
        return _inside(told, containers.names[0])
    if containers.certain is False:
        return Need(told.need, "met", "this is no container", None, told.evidence)
    return Need(told.need, "unknown", "nothing shows whether this is a container", None, told.evidence)


def _new_enough(kernel: Kernel) -> Need:
    numbers = (kernel.release or "").split("-", 1)[0].split(".")[:3]
    if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in numbers):
        return Need("linux-2.6.26", "unknown", "the kernel's release is not known", None, kernel.evidence)
    state: NeedState = "met" if tuple(map(int, numbers)) >= _OLDEST[: len(numbers)] else "unmet"
    return Need("linux-2.6.26", state, f"Linux {kernel.release}", "owner", kernel.evidence)


def _need(found: Ability, inside: str, actor: Actor, opened: Collection[str]) -> Need:
    if inside:
        return _inside(found, inside, opened)
    state, says = _STATES[found.how], found.says
    if state == "unmet":
        says = f"no {found.what}: {says}"
    return Need(found.need, state, says, "owner" if found.need in _SETTINGS else actor, found.evidence)


def _inside(found: Ability, container: str, opened: Collection[str] = ()) -> Need:
    """What is seen in a container is the host's kernel; what of it may be used here is the host's to say."""
    state, says = _STATES[found.how], found.says
    if found.need in _OF_THIS_PROCESS and state != "met":
        state, says = "unknown", f"{says}: ask the host of {container}"
    elif found.need in _DEVICES and state == "met" and f"{found.need}-device" not in opened:
        state, says = "unknown", "the host's kernel has it; ask the host for its device"
    elif found.need in _MOUNTED and state == "met":
        state, says = "unknown", "the host's kernel has it; ask the host whether it may be mounted here"
    elif found.how in ("loadable", "unloaded"):
        state, says = "unknown", f"{says}; what can be loaded is for the host to say"
    elif state == "unmet":
        says = f"no {found.what}: {says}"
    return Need(found.need, state, says, "provider", found.evidence)
