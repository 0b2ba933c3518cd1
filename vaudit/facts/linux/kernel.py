"""The kernel and the user space around it."""

from vaudit.evidence.source import Source
from vaudit.facts.ask.output import call, call_id
from vaudit.facts.values import Told
from vaudit.model.facts import Kernel, Os

_RELEASE = "/proc/sys/kernel/osrelease"
_ANSWER = {"read": True, "absent": False}
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
    told = release(source)
    cmdline = (source.line("/proc/cmdline") or "").partition(" -- ")[0]
    modules = source.status("dir", f"/lib/modules/{told.text}/kernel/drivers") if told else "unrecorded"
    return Kernel(
        name=call(source, "uname -s") or source.line("/proc/sys/kernel/ostype"),
        release=told.text if told else None,
        version=call(source, "uname -v"),
        loadable_modules=_ANSWER.get(source.status("file", "/proc/modules")),
        modules_folder=_ANSWER.get(modules),
        parameters=[word for word in cmdline.split() if word.startswith(_PARAMETERS)],
        evidence=[f"file:{_RELEASE}", "file:/proc/cmdline"],
    )


def release(source: Source) -> Told | None:
    """The kernel's release, by which its module folder is called."""
    text = source.line(_RELEASE)
    if text:
        return Told(text, "", f"file:{_RELEASE}")
    text = call(source, "uname -r")
    return Told(text, "", call_id("uname -r")) if text else None


def architecture(source: Source) -> str | None:
    """As `uname -m` says."""
    return (call(source, "uname -m") or "").strip() or None


def system(source: Source) -> Os:
    """The distribution, by os-release (freedesktop.org's specification)."""
    path = "/etc/os-release" if source.read("/etc/os-release") is not None else "/usr/lib/os-release"
    text = source.read(path) or ""
    pairs = (line.partition("=") for line in text.splitlines())
    values = {key: value.strip("\"'") for key, _, value in pairs}
    uid = call(source, "id -u")
    return Os(
        family="linux",
        id=values.get("ID"),
        name=values.get("PRETTY_NAME") or values.get("NAME"),
        version=values.get("VERSION_ID"),
        root=None if uid is None else uid.strip() == "0",
        evidence=[f"file:{path}"] if text else [],
    )
