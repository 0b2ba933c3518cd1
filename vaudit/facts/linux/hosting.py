"""Guests of this machine's own, as the kvm module shows them (virt/kvm/kvm_main.c)."""

from vaudit.evidence.source import Source
from vaudit.facts.values import Hosting
from vaudit.model.facts import KvmDevice

_DEVICE: dict[str, KvmDevice] = {
    "read": "openable",
    "denied": "denied",
    "absent": "absent",
    "error": "broken",
}
_MODULES = ("kvm_intel", "kvm_amd")


def kvm(source: Source) -> Hosting:
    """Whether its device opens, its guests may use hardware virtualization, and guests run now."""
    return Hosting(
        device=_device(source),
        device_evidence=["device:/dev/kvm"],
        nested=_nested(source),
        # each guest holds the module once
        running=any((source.number(f"/sys/module/{name}/refcnt") or 0) > 0 for name in _MODULES),
        evidence=["file:/proc/cpuinfo", "device:/dev/kvm"],
        nested_evidence=[f"file:/sys/module/{name}/parameters/nested" for name in _MODULES],
        running_evidence=["file:/sys/module/kvm_intel/refcnt"],
    )


def _device(source: Source) -> KvmDevice | None:
    return _DEVICE.get(source.status("device", "/dev/kvm"))


def _nested(source: Source) -> bool | None:
    for module in _MODULES:
        value = source.line(f"/sys/module/{module}/parameters/nested")
        if value:
            return value in ("Y", "1")
    return None
