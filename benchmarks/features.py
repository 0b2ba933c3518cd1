"""The features of hypervisors, as vaudit and the program `cpuid` read the same recorded CPUID.

    python benchmarks/features.py [RECORD…]     all of tests/machines otherwise

`cpuid` (Debian: cpuid) decodes KVM's and Hyper-V's leaves from 0x40000000 on; Hyper-V's under another
signature it leaves raw.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from vaudit.evidence.origin import one as record  # noqa: E402
from vaudit.evidence.recorder import Recorder  # noqa: E402
from vaudit.evidence.source import Entry, Registers  # noqa: E402
from vaudit.facts.collect import collect  # noqa: E402

MACHINES = ROOT / "tests" / "machines"
LABELS = {
    "kvm": {
        "kvmclock available at MSR 0x11": "clocksource",
        "delays unnecessary for PIO ops": "nop-io-delay",
        "mmu_op": "mmu-op",
        "kvmclock available at MSR 0x4b564d00": "clocksource2",
        "async pf enable available by MSR": "async-pf",
        "steal clock supported": "steal-time",
        "guest EOI optimization enabled": "pv-eoi",
        "guest spinlock optimization enabled": "pv-unhalt",
        "guest TLB flush optimization enabled": "pv-tlb-flush",
        "async PF VM exit enable available by MSR": "async-pf-vmexit",
        "guest send IPI optimization enabled": "pv-send-ipi",
        "host HLT poll disable at MSR 0x4b564d05": "poll-control",
        "guest sched yield optimization enabled": "pv-sched-yield",
        "guest uses intrs for page ready APF evs": "async-pf-int",
        "extended destination ID": "msi-ext-dest-id",
        "map gpa range hypercall supported": "hc-map-gpa-range",
        "MSR_KVM_MIGRATION_CONTROL supported": "migration-control",
        "stable: no guest per-cpu warps expected": "clocksource-stable",
        "realtime hint: no unbound preemption": "realtime",
    },
    "hyperv": {
        "VP run time": "vp-runtime",
        "partition reference counter": "time-ref-count",
        "basic synIC MSRs": "synic",
        "synthetic timer MSRs": "synthetic-timers",
        "APIC access MSRs": "apic-access",
        "hypercall MSRs": "hypercall",
        "access virtual process index MSR": "vp-index",
        "virtual system reset MSR": "reset",
        "map/unmap statistics pages MSR": "stat-pages",
        "reference TSC access": "reference-tsc",
        "guest idle state MSR": "guest-idle",
        "TSC/APIC frequency MSRs": "frequency-msrs",
        "reenlightenment MSRs": "reenlightenment",
        "invariant TSC MSR": "tsc-invariant",
        "CreatePartitions": "create-partitions",
        "CPUManagement": "cpu-management",
        "EnableExtendedHypercalls": "extended-hypercalls",
        "Isolation": "isolation",
        "hypercall XMM input parameters available": "xmm-input",
        "virtual guest idle state available": "guest-idle-state",
        "determine timer frequency available": "frequencies",
        "guest crash MSRs available": "crash-msr",
        "extended gva ranges for flush virt addrs": "ext-gva-flush",
        "use direct synthetic timers": "stimer-direct",
        "use hypercalls for local TLB flushes": "local-tlb-flush",
        "use hypercalls for remote TLB flushes": "remote-tlb-flush",
        "use MSRs to access EOI, ICR, TPR": "apic-msr",
        "use relaxed timing": "relaxed-timing",
        "deprecate AutoEOI": "no-auto-eoi",
        "use SyntheticClusterIpi hypercall": "cluster-ipi",
        "use ExProcessorMasks": "ex-masks",
        "hypervisor is nested with Hyper-V": "nested",
        "use enlightened VMCS interface": "evmcs",
        "no non-architectural core sharing": "no-nonarch-coresharing",
    },
}
"""What `cpuid` calls each feature, by the interface."""
_FIRST = "0x40000000"
_SIGNATURES = {"KVMKVMKVM": "kvm", "Microsoft Hv": "hyperv"}
_LINE = re.compile(r"^ {6}(\S.*?) += (true|false)$", re.MULTILINE)


def raw(entries: Iterable[Entry]) -> str:
    """Recorded leaves as `cpuid -r` prints them, which `cpuid -f` reads."""
    leaves = {
        tuple(int(word, 16) for word in one.key.split()): one.data
        for one in entries
        if one.kind == "cpuid" and isinstance(one.data, Registers)
    }
    rows = (
        f"   0x{leaf:08x} 0x{sub:02x}: eax=0x{found.eax:08x} ebx=0x{found.ebx:08x}"
        f" ecx=0x{found.ecx:08x} edx=0x{found.edx:08x}\n"
        for (leaf, sub), found in sorted(leaves.items())
    )
    return f"CPU 0:\n{''.join(rows)}"


def decoded(text: str) -> tuple[str, dict[str, bool]]:
    """The interface of the first block, and by our names what `cpuid` says of its features."""
    with tempfile.NamedTemporaryFile("w", suffix=".cpuid") as file:
        file.write(text)
        file.flush()
        done = subprocess.run(["cpuid", "-f", file.name], capture_output=True, text=True, check=False)
    told = done.stdout.partition(f"hypervisor_id ({_FIRST}) = ")[2].partition("hypervisor_id (")[0]
    name = next((one for mark, one in _SIGNATURES.items() if told.startswith(f'"{mark}')), "")
    ours = LABELS.get(name, {})
    return name, {ours[label]: value == "true" for label, value in _LINE.findall(told) if label in ours}


def compared(path: Path) -> Iterator[tuple[str, str]]:
    """A word for each feature that both speak of: right, WRONG, or silent where vaudit does not know."""
    source = Recorder(record(str(path)))
    found = {one.name: one for one in collect(source).hypervisor.interfaces}
    name, theirs = decoded(raw(source.entries))
    ours = {one.name: one.offered for one in found[name].features} if name in found else {}
    for feature, value in theirs.items():
        mine = ours.get(feature)
        yield feature, "silent" if mine is None else "right" if mine is value else "WRONG"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("records", nargs="*", type=Path, help="records; those of the tests by default")
    given = parser.parse_args()
    if not shutil.which("cpuid"):
        print("the program cpuid is not here")
        return 2
    total = {"right": 0, "WRONG": 0, "silent": 0}
    for path in given.records or sorted(MACHINES.glob("*.vdump")):
        words = dict(compared(path))
        for word in words.values():
            total[word] += 1
        wrong = [feature for feature, word in words.items() if word == "WRONG"]
        if words:
            print(f"{path.stem}: {len(words)} features{', WRONG: ' + ', '.join(wrong) if wrong else ''}")
    print(", ".join(f"{count} {word}" for word, count in total.items()))
    return 1 if total["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
