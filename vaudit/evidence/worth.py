"""What a record of Linux keeps beyond what a scan of this version reads: later ones will want it.

Asked only where a record is written. What a record does not hold can never be asked of it again, and machines
are seldom recorded twice.
"""

from collections.abc import Iterator

from vaudit.evidence import cpuid
from vaudit.evidence.source import Source

FILES = (
    "/proc/misc",
    "/proc/devices",
    "/proc/cgroups",
    "/proc/filesystems",
    "/sys/fs/cgroup/cgroup.controllers",
    "/sys/fs/cgroup/unified/cgroup.controllers",
    "/sys/devices/system/cpu/cpuidle/current_driver",
    "/sys/devices/system/cpu/cpuidle/current_governor",
    "/sys/devices/system/cpu/cpuidle/available_governors",
    "/sys/devices/system/cpu/smt/control",
    "/proc/sys/user/max_user_namespaces",
    "/proc/sys/user/max_mnt_namespaces",
    "/proc/sys/user/max_net_namespaces",
    "/proc/sys/user/max_pid_namespaces",
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
)
"""Short files that hold names of the kernel's and numbers."""
FOLDERS = (
    "/sys/devices/system/cpu/vulnerabilities",
    "/sys/module/haltpoll/parameters",
    "/sys/module/kvm/parameters",
    "/sys/module/kvm_amd/parameters",
    "/sys/module/kvm_intel/parameters",
)
"""Folders of such files."""
NAMESPACES = "/proc/self/ns"
VIRTIO = "/sys/bus/virtio/devices"
DEVICE_FILES = ("device", "features", "status")
"""Of every virtio device."""
_SILENT = (0, 0, 0, 0)
MOST = 1024
"""Names in one folder that are followed."""


def ask(source: Source) -> None:
    """Asks `source`, which keeps every answer, for all of it."""
    for path in FILES:
        source.entry("file", path)
    for folder in FOLDERS:
        for path in _inside(source, folder):
            source.entry("file", path)
    for path in _inside(source, NAMESPACES):
        source.entry("link", path)
    for folder in _inside(source, VIRTIO):
        source.entry("link", f"{folder}/driver")
        for name in DEVICE_FILES:
            source.entry("file", f"{folder}/{name}")
    source.entry("call", "interrupts")
    if source.cpuid(0) is not None:
        _leaves(source, xen=False)
        if source.status("dir", "/proc/xen") == "read":
            _leaves(source, xen=True)


def _inside(source: Source, folder: str) -> Iterator[str]:
    return (f"{folder}/{name}" for name in source.names(folder)[:MOST])


def _leaves(source: Source, xen: bool) -> None:
    """All of CPUID that a live source's child asks for; `xen`: what Xen itself answers."""

    def answer(leaf: int, sub: int) -> list[int]:
        return [*(source.cpuid(leaf, sub, xen=xen) or _SILENT)]

    for leaf, sub in cpuid.leaves(answer):
        answer(leaf, sub)
