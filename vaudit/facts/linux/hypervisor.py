"""What Linux shows of Xen under it (Documentation/ABI/stable/sysfs-hypervisor-xen), and of its own KVM."""

from collections.abc import Iterator

from msgspec import structs

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.ask import output_id
from vaudit.facts.linux import fields, log, lscpu, pasted
from vaudit.facts.linux.kernel import MELTDOWN, xen_linux
from vaudit.facts.values import Hosting, Told, Xen
from vaudit.facts.weights import witness
from vaudit.model.facts import HypervisorMode, KvmDevice, Points, Witness

_TYPE = "/sys/hypervisor/type"
FEATURES = "/sys/hypervisor/properties/features"
_CAPABILITIES = "/proc/xen/capabilities"
_DRIVERS = "/sys/bus/xen/drivers"
_STARTS = "/sys/hypervisor/properties/capabilities"
_MODES: tuple[HypervisorMode, ...] = ("pv", "pvh", "hvm")
_DEVICE: dict[str, KvmDevice] = {
    "read": "openable",
    "denied": "denied",
    "absent": "absent",
    "error": "broken",
}
_MODULES = ("kvm_intel", "kvm_amd")
_MISC = "/proc/misc"
# XENFEAT_* of xen/include/public/features.h
_AUTO_TRANSLATED = 1 << 2
_DOM0 = 1 << 11


def xen(source: Source) -> Xen | None:
    """Sysfs, xenfs and the kernel log; None where nothing of Xen is shown."""
    capabilities = _capabilities(source)
    folder = source.status("dir", "/proc/xen") == "read"
    found = Xen(
        interface=_interface(source),
        capabilities=capabilities,
        # the kernel makes this folder only where it runs on Xen (arch/x86/xen, xenfs)
        folder=Told("", "/proc/xen exists", "dir:/proc/xen") if folder else None,
        mode=_mode_elsewhere(source),
        paravirtual=log.paravirtual_xen(source),
        guests_evidence=f"file:{_STARTS}",
    )
    features = _features(source)
    starts = _starts_by_xl(source)
    if starts:
        found = structs.replace(found, guests=starts, guests_evidence=output_id("xl info"))
    if not found.shown and not features:
        return found if found.mode or found.paravirtual or starts else None
    control = _control(capabilities, features)
    return structs.replace(
        found,
        control=control,
        controls=bool(control) if capabilities or features else None,
        mode=_mode(source) or found.mode,
        auto_translated=bool(features & _AUTO_TRANSLATED),
        version=_version(source),
        guests=(source.line(_STARTS) or "").split() if control and not starts else starts,
    )


def _starts_by_xl(source: Source) -> list[str]:
    """Xen's capabilities as `xl info` prints them, which only the control domain can ask."""
    printed = source.output("xl info") if source.held("run", "xl info") else None
    return fields(pasted(printed)).get("xen_caps", "").split() if printed else []


def frontends(source: Source) -> Iterator[Witness]:
    """The drivers of Xen's disks and cards, which register on Xen only (xlblk_init, netif_init)."""
    registered = sorted({"vbd", "vif"} & set(source.names(_DRIVERS)))
    if registered:
        says = f"the driver {registered[0]} is registered on the Xen bus"
        yield witness(w.XEN_DRIVERS, says, f"dir:{_DRIVERS}", Points(kind="xen"))


def _interface(source: Source) -> Told | None:
    if source.line(_TYPE) == "xen":
        return Told("xen", f"{_TYPE} is xen", f"file:{_TYPE}")
    if source.line(FEATURES):  # drivers/xen/sys-hypervisor.c: nobody else has it
        return Told("xen", f"{FEATURES} is there", f"file:{FEATURES}")
    return None


def _capabilities(source: Source) -> Told | None:
    if source.status("file", _CAPABILITIES) != "read":
        return None
    text = source.line(_CAPABILITIES) or ""  # empty in a guest
    return Told(text, f"{_CAPABILITIES} holds {text!r}", f"file:{_CAPABILITIES}")


def _features(source: Source) -> int:
    """XENFEAT_* as a bit mask; 0 when it is not shown."""
    return procfs.bits(source.line(FEATURES) or "") or 0


def _control(capabilities: Told | None, features: int) -> str:
    if capabilities and "control_d" in capabilities.text:
        return capabilities.evidence
    return f"file:{FEATURES}" if features & _DOM0 else ""


def _mode(source: Source) -> HypervisorMode | None:
    """Linux 4.10 and newer name it."""
    named = (source.line("/sys/hypervisor/guest_type") or "").lower()
    return next((mode for mode in _MODES if named == mode), None)


def _mode_elsewhere(source: Source) -> HypervisorMode | None:
    """From the kernel log, what the kernel says of Meltdown, or what lscpu printed."""
    if "XEN PV" in (source.line(MELTDOWN) or ""):
        return "pv"
    found = log.xen_mode(source) or ("pv" if xen_linux(source) else None) or lscpu.xen_mode(source)
    return found or ("hvm" if "xen-hvm" in (source.output("virt-what") or "") else None)


def _version(source: Source) -> str | None:
    parts = [source.line(f"/sys/hypervisor/version/{name}") for name in ("major", "minor", "extra")]
    return f"{parts[0]}.{parts[1]}{parts[2] or ''}" if parts[0] and parts[1] else None


_PVM = "kvm_pvm"


def kvm(source: Source) -> Hosting:
    """Whether its device opens, its guests may nest, and guests run now (virt/kvm/kvm_main.c)."""
    device = _device(source)
    return Hosting(
        device=device,
        device_evidence=["device:/dev/kvm"],
        in_kernel=device not in ("openable", "broken") and _registered(source),
        nested=_nested(source),
        software=_software(source),
        # each guest holds the module once
        running=any((source.number(f"/sys/module/{name}/refcnt") or 0) > 0 for name in _MODULES)
        or _in_use(source),
        evidence=["file:/proc/cpuinfo", "device:/dev/kvm"],
        nested_evidence=[f"file:/sys/module/{name}/parameters/nested" for name in _MODULES],
        running_evidence=["file:/sys/module/kvm_intel/refcnt"],
    )


def _software(source: Source) -> str:
    """kvm_pvm runs guests without the processor's help, if their kernels are made for it (patches of 2024 for
    arch/x86/kvm/pvm, "PVM: Introduce a new KVM vendor")."""
    loaded = source.names("/sys/module")
    return _PVM if _PVM in loaded and not any(name in loaded for name in _MODULES) else ""


def _registered(source: Source) -> bool:
    """Whether the kernel lists KVM among its devices: `232 kvm` (drivers/char/misc.c)."""
    return "kvm" in procfs.registered(source.read(_MISC) or "")


def _in_use(source: Source) -> bool:
    """Whether /proc/modules, or lsmod of it, counts users of the module: `kvm_intel 458752 4 - Live`."""
    for text in (source.read("/proc/modules"), source.output("lsmod")):
        for line in (text or "").splitlines():
            name, *numbers = line.split()[:3] or [""]
            if name in _MODULES and len(numbers) == 2 and numbers[1].strip("0").isdecimal():
                return True
    return False


def _device(source: Source) -> KvmDevice | None:
    return _DEVICE.get(source.status("device", "/dev/kvm"))


def _nested(source: Source) -> bool | None:
    for module in _MODULES:
        value = source.line(f"/sys/module/{module}/parameters/nested")
        if value:
            return value in ("Y", "1")
    return None
