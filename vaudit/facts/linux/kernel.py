"""The kernel and the user space around it, and what the kernel shows of its platform while it runs."""

from collections.abc import Iterator

from vaudit import procfs
from vaudit.evidence.source import EntryKind, Source
from vaudit.facts import weights as w
from vaudit.facts.ask import KERNEL_LOG, call_id, kernel_log, output_id
from vaudit.facts.linux import after
from vaudit.facts.signatures import CLOCKS
from vaudit.facts.values import Told
from vaudit.facts.weights import witness
from vaudit.model.facts import Kernel, Os, Points, Witness

_RELEASE = "/proc/sys/kernel/osrelease"
_VERSION = "Linux version "
_CLOCKS = "/sys/devices/system/clocksource/clocksource0/available_clocksource"
MELTDOWN = "/sys/devices/system/cpu/vulnerabilities/meltdown"
_CLOCK_DRIVER = "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver"
_ANSWER = {"read": True, "absent": False}
_PARAMETERS = (
    "xen",
    "kvm",
    "nested",
    "no-kvm",
    "nokvm",
    "nopv",
    "no-steal",
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
        name=source.call("uname -s") or source.line("/proc/sys/kernel/ostype"),
        release=told.text if told else None,
        version=source.call("uname -v"),
        loadable_modules=_ANSWER.get(source.status("file", "/proc/modules")),
        modules_folder=_ANSWER.get(modules),
        parameters_read=True if source.is_whole("/proc/cmdline") else None,
        parameters=[word for word in cmdline.split() if word.startswith(_PARAMETERS)],
        booted=procfs.counters(source.read("/proc/stat") or "").get("btime"),
        evidence=[f"file:{_RELEASE}", "file:/proc/cmdline"],
        shown_by={"release": [f"file:{_RELEASE}"], "parameters": ["file:/proc/cmdline"]},
    )


def release(source: Source) -> Told | None:
    """The kernel's release, by which its module folder is called."""
    text = source.line(_RELEASE)
    if text:
        return Told(text, "", f"file:{_RELEASE}")
    text = source.call("uname -r")
    return Told(text, "", call_id("uname -r")) if text else None


def version(source: Source) -> tuple[int, int] | None:
    """The first two numbers of the release: 6.18."""
    found = told(source)
    major, _, rest = (found.text if found else "").partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    first, second = procfs.whole(major), procfs.whole(digits)
    return (first, second) if first is not None and second is not None else None


def told(source: Source) -> Told | None:
    """The release wherever a record holds it: in /proc/version, the log, `uname -a` (not the host's name)."""
    known = release(source)
    if known:
        return known
    for text, evidence in (
        (source.line("/proc/version") or "", "file:/proc/version"),
        (f"{_VERSION}{after(kernel_log(source), _VERSION)}", KERNEL_LOG),
        (source.output("uname -a") or "", output_id("uname -a")),
    ):
        words = text.split()
        if words[:1] == ["Linux"] and len(words) > 2:
            return Told(words[2], "", evidence)
    return None


def wsl(source: Source) -> Iterator[Witness]:
    """The kernel that Microsoft builds for WSL 2, which is a guest of Hyper-V; WSL 1 has no kernel."""
    known = told(source)
    if known and "microsoft-standard" in known.text:
        says = f"the kernel {known.text} is WSL 2's, which Hyper-V runs"
        yield witness(w.WSL2_KERNEL, says, known.evidence, Points(kind="hyperv"))


def xen_linux(source: Source) -> Told | None:
    """The release of a kernel that boots on Xen PV alone: 2.6.18-308.el5xen, 2.6.16.60-0.21-xen."""
    known = told(source)
    return known if known and known.text.endswith("xen") else None


def xen(source: Source) -> Iterator[Witness]:
    """Such a kernel, which runs on Xen wherever it runs."""
    known = xen_linux(source)
    if known:
        says = f"the kernel {known.text} is built for Xen PV alone"
        yield witness(w.XEN_KERNEL, says, known.evidence, Points(kind="xen"))


def folders(source: Source) -> Iterator[Witness]:
    """Folders that a host shares over virtio: its own file system, and that of Plan 9."""
    for text, evidence in (
        (source.read("/proc/self/mountinfo"), "file:/proc/self/mountinfo"),
        (source.read("/proc/mounts"), "file:/proc/mounts"),
        (source.output("mount"), output_id("mount")),
    ):
        if text:
            if " virtiofs " in text or "trans=virtio" in text:
                says = "a folder that a host shares over virtio is mounted"
                yield witness(w.VIRTIO_FOLDER, says, evidence, Points(role="guest"))
            return


def architecture(source: Source) -> str | None:
    """As `uname -m` says."""
    return (source.call("uname -m") or "").strip() or None


def architecture_in_log(source: Source) -> str | None:
    """By the registers of an oops, which each architecture calls otherwise; None where the log has none."""
    text = kernel_log(source)
    return next((name for sign, name in _REGISTERS if sign in text), None)


_REGISTERS = (
    ("RIP: 0010:", "x86_64"),
    ("RIP: e030:", "x86_64"),
    (" pstate: ", "aarch64"),
    ("Krnl PSW : ", "s390x"),
    ("NIP:  c0", "ppc64"),
    ("CPU: ARMv7 Processor", "armv7l"),
    ("Parallels ARM Virtual Machine", "aarch64"),
)
"""show_regs of arch/*/kernel; and the name of a machine of one architecture only."""


def system(source: Source) -> Os:
    """The distribution, by os-release (freedesktop.org's specification)."""
    path = "/etc/os-release" if source.read("/etc/os-release") is not None else "/usr/lib/os-release"
    text = source.read(path) or ""
    pairs = (line.partition("=") for line in text.splitlines())
    values = {key: value.strip("\"'") for key, _, value in pairs}
    uid = source.call("id -u")
    return Os(
        family="linux" if _is_linux(source) else None,
        id=values.get("ID"),
        name=values.get("PRETTY_NAME") or values.get("NAME"),
        version=values.get("VERSION_ID"),
        root=None if uid is None else uid.strip() == "0",
        evidence=[f"file:{path}"] if text else [],
    )


def _is_linux(source: Source) -> bool:
    """Whether anything of the record is Linux's: an empty one is of no system."""
    return any(source.status(kind, key) == "read" for kind, key in _LINUX)


_LINUX: tuple[tuple[EntryKind, str], ...] = (
    ("call", "uname -s"),
    ("call", "uname -r"),
    ("call", "uname -v"),
    ("call", "dmesg"),
    ("file", "/proc/cpuinfo"),
    ("file", "/proc/meminfo"),
    ("file", _RELEASE),
    ("file", "/proc/version"),
    ("file", "/etc/os-release"),
    ("file", "/usr/lib/os-release"),
    ("file", "/proc/1/comm"),
    ("file", "/proc/self/mountinfo"),
    ("dir", "/sys/bus/pci/devices"),
    ("dir", "/sys/class/net"),
    ("dir", "/sys/devices"),
    ("run", "lscpu"),
    ("run", "lsmod"),
    ("run", "hostnamectl"),
    ("run", "systemd-detect-virt"),
)
"""What only Linux has, or is asked of it alone; the first that is there ends the search."""


def clock(source: Source) -> Iterator[Witness]:
    """Clock sources that only one hypervisor offers; whether or not the kernel prefers them."""
    offered = (source.line(_CLOCKS) or "").split()
    for name, speaks in CLOCKS.items():
        if name in offered:
            yield from speaks.witnesses(f"the clock source {name} is offered", f"file:{_CLOCKS}")


def clock_limits(source: Source) -> Iterator[Witness]:
    """A driver that sets the processor's clock: guests are seldom given it (admin-guide/pm/cpufreq.rst)."""
    driver = source.line(_CLOCK_DRIVER)
    if driver and not driver.startswith("virtual"):
        says = f"{driver} sets the clock of the processor"
        yield witness(w.CPUFREQ, says, f"file:{_CLOCK_DRIVER}", Points(kind="none"))


def meltdown(source: Source) -> Iterator[Witness]:
    """A guest of Xen PV says that it cannot see to Meltdown itself (arch/x86/kernel/cpu/bugs.c)."""
    if "XEN PV" in (source.line(MELTDOWN) or ""):
        says = "the kernel says of Meltdown that Xen PV has to mitigate it"
        yield witness(w.MELTDOWN_PV, says, f"file:{MELTDOWN}", Points(kind="xen"))


def zone(source: Source) -> Iterator[Witness]:
    """An LX-branded zone of illumos, whose kernel only plays Linux (usr/src/uts/common/brand/lx)."""
    zone = Points(kind="illumos")
    if "BrandZ virtual linux" in (source.call("uname -v") or ""):
        yield witness(w.BRANDZ, "the kernel is illumos' BrandZ", call_id("uname -v"), zone)
    elif b"container=zone" in (source.binary("/proc/1/environ") or b""):
        yield witness(w.ZONE, "PID 1 was given container=zone", "file:/proc/1/environ", zone)
