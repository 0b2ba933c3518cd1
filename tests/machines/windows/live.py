"""Windows as a scan sees it while it runs: its registry, and what the processor answers."""

from tests.machines.windows import builder

_KVM = "4b4d564b 564b4d56 4d"
"""KVMKVMKVM."""
_PLAIN = {"40000000 0": f"40000001 {_KVM}", "40000001 0": "1007efb 0 0 0"}
_ENLIGHTENED = {
    "40000000 0": "40000006 7263694d 666f736f 76482074",
    "40000001 0": "31237648 0 0 0",
    "40000002 0": "3839 a0000 0 0",
    "40000003 0": "afe 0 0 80100",
    "40000004 0": "62c fff 0 0",
    "40000005 0": "ffffffff 40 0 0",
    "40000006 0": "0 0 0 0",
    "40000100 0": f"40000101 {_KVM}",
    "40000101 0": "1007efb 0 0 0",
}
"""Written after QEMU's target/i386/kvm/hyperv-proto.h: hv_relaxed, hv_vapic, hv_vpindex, hv_synic, hv_stimer,
hv_time, hv_tlbflush, hv_ipi, hv_frequencies, hv_runtime and hv_reset."""
LIVE = {
    "live-kvm-plain": ("kvm-virtio-blk", _PLAIN, 100_000_000),
    "live-kvm-acpi-timer": ("kvm-virtio-blk", _PLAIN, 3_579_545),
    "live-kvm-enlightened": ("kvm-virtio-blk", _ENLIGHTENED, 10_000_000),
}
"""The registry, what CPUID answers, and the frequency of the counter in hertz."""


def recorded(name: str) -> str:
    """A record of the running machine."""
    registry, leaves, hertz = LIVE[name]
    lines = "".join(f"@cpuid {leaf} {registers}\n" for leaf, registers in leaves.items())
    lines += f"@call QueryPerformanceFrequency\n>{hertz}\n"
    return builder.recorded(registry).replace("@end\n", f"{lines}@end\n")
