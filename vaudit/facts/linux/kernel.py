"""The kernel and the user space around it."""

from vaudit.evidence.source import Source
from vaudit.model.facts import Kernel, Os

_PARAMETERS = (
    "xen",
    "kvm",
    "nested",
    "no-kvm",
    "nokvm",
    "nopv",
    "intel_iommu",
    "amd_iommu",
    "iommu",
    "mitigations",
    "nomodule",
    "clocksource",
    "tsc",
    "hv_",
    "virtio",
    "swiotlb",
    "tmem",
    "elevator",
    "scsi_mod",
    "hugepages",
    "transparent_hugepage",
    "balloon",
    "mem=",
    "noapic",
)
"""How the parameters begin that change how the machine is virtualized or how its devices are driven."""


def collect(source: Source) -> Kernel:
    """Kernel release, version and the parameters that matter here."""
    release = source.line("/proc/sys/kernel/osrelease") or source.run("uname -r")
    cmdline = (source.line("/proc/cmdline") or "").partition(" -- ")[0]
    parameters = [word for word in cmdline.split() if word.startswith(_PARAMETERS)]
    folder = f"/lib/modules/{release}/kernel/drivers"
    modules = source.status("dir", folder) if release else "unrecorded"
    loadable = source.status("file", "/proc/modules")
    return Kernel(
        name=source.run("uname -s") or source.line("/proc/sys/kernel/ostype"),
        release=release,
        version=source.run("uname -v"),
        loadable_modules={"read": True, "absent": False}.get(loadable),
        modules_folder={"read": True, "absent": False}.get(modules),
        parameters=parameters,
        evidence=["file:/proc/sys/kernel/osrelease", "file:/proc/cmdline"],
    )


def os(source: Source) -> Os:
    """The distribution, by os-release (freedesktop.org's specification)."""
    path = "/etc/os-release" if source.read("/etc/os-release") is not None else "/usr/lib/os-release"
    text = source.read(path) or ""
    values = {
        key: value.strip("\"'") for key, _, value in (line.partition("=") for line in text.splitlines())
    }
    uid = source.run("id -u")
    return Os(
        family="linux",
        id=values.get("ID"),
        name=values.get("PRETTY_NAME") or values.get("NAME"),
        version=values.get("VERSION_ID"),
        root=None if uid is None else uid.strip() == "0",
        evidence=[f"file:{path}"] if text else [],
    )
