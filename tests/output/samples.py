"""Reports of recorded machines with findings and figures put in by hand, from a good one to a hostile one."""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from tests.machines import machine
from vaudit.model.benchmark import Benchmark, Round
from vaudit.model.facts import (
    Facts,
    Layer,
)
from vaudit.model.finding import CheckText, Finding, Fix, Severity, Status
from vaudit.model.report import Coverage, Excerpt, Origin, Report, Summary, Tile, Verdict

GiB = 2**30


def rounds(
    value: float, spread: float = 0.05, number: int = 12, disturbed: tuple[int, ...] = ()
) -> list[Round]:
    """Rounds of half a second around a value, the same at every call; with latencies below 100,000."""
    chance = Random(f"{value}")  # noqa: S311
    made = []
    for i in range(number):
        bad = i in disturbed
        got = value * (1 + chance.uniform(-spread, spread)) * (0.55 if bad else 1)
        p50 = 1e6 / got
        times = {"p50": p50, "p99": p50 * 2.2, "p99.9": p50 * 6, "max": p50 * 30} if value < 1e5 else {}
        made.append(
            Round(
                value=got,
                start=i * 0.5,
                seconds=0.5,
                disturbed="0.3 s of CPU time stolen" if bad else "",
                percentiles=times,
            )
        )
    return made


def bench(id: str, value: float, unit: str, **more: Any) -> Benchmark:
    """A measured quantity of /var/tmp with an interval of 4 %."""
    base: dict[str, Any] = {
        "target": "/var/tmp",
        "engine": "embedded",
        "interval": (value * 0.96, value * 1.04),
        "device": "vda",
        "samples": rounds(value),
        "confidence": "high",
        "seconds": 6.0,
        "command": ["O_DIRECT, 4 KiB, depth 1"],
    }
    return Benchmark(id=id, value=value, unit=unit, **{**base, **more})


class Said(NamedTuple):
    """A finding and what its check says of it."""

    finding: Finding
    text: CheckText


def finding(
    check: str,
    status: Status,
    severity: Severity = "medium",
    *,
    title: str = "",
    why: str = "",
    fix: Fix = Fix(),  # noqa: B008 - immutable
    references: tuple[str, ...] = (),
    **more: Any,
) -> Said:
    made = Finding(check=check, status=status, severity=severity, **more)
    return Said(made, CheckText(title or check, why, fix, list(references)))


def summary(findings: list[Finding]) -> Summary:
    """The findings counted."""
    order = ("info", "low", "medium", "high")
    failed = [f.severity for f in findings if f.status == "fail"]
    number = {
        s: sum(f.status == s for f in findings) for s in ("pass", "fail", "unknown", "skipped", "error")
    }
    worst = max(failed, key=order.index, default=None)
    return Summary(
        number["pass"], number["fail"], number["unknown"], number["skipped"], number["error"], worst
    )


def report(facts: Facts, said: list[Said], **more: Any) -> Report:
    findings = [each.finding for each in said]
    base: dict[str, Any] = {
        "checks": {each.finding.check: each.text for each in said},
        "source": Origin("machine", "vps-17"),
        "taken": "2026-03-14T09:26:53Z",
        "vaudit": "0.1.0",
        "summary": summary(findings),
    }
    return Report(facts=facts, findings=findings, **{**base, **more})


def tiles(*said: tuple[str, str, str]) -> list[Tile]:
    names = ("platform", "hardware virtualization", "devices", "storage", "network and CPU")
    return [
        msgspec.convert({"name": n, "word": w, "figure": f, "reason": r}, Tile)
        for n, (w, f, r) in zip(names, said, strict=True)
    ]


PASSES = [
    finding(
        f"kernel.passing-{i}", "pass", "low", title=f"Something fine, number {i}", message="as it should be"
    )
    for i in range(21)
]


def good() -> Report:
    """A Firecracker guest on KVM with nothing to complain about."""
    facts = machine("firecracker-stale-dockerenv").facts
    findings = [
        *PASSES,
        finding(
            "cpu.nested",
            "unknown",
            "low",
            title="Guests can use hardware virtualization",
            message="/sys/module/kvm_intel/parameters/nested is absent",
        ),
    ]
    sentence = (
        "A KVM guest on Firecracker; both devices are paravirtual; the disk is local flash; "
        "nothing needs doing."
    )
    verdict = Verdict(
        sentence,
        tiles(
            ("good", "KVM, Firecracker", "three witnesses agree, one is stale"),
            ("fair", "usable, flag hidden", "/dev/kvm opens without a vmx flag"),
            ("good", "2 of 2 paravirtual", "virtio_blk and virtio_net"),
            ("good", "61,200 IOPS", "local flash, no limit seen"),
            ("good", "steal 0.4 %", "no peer was given for the network"),
        ),
    )
    shown = [
        Excerpt("cpuid:40000000 0", "read", "eax=40000001 ebx=4b4d564b ecx=564b4d56 edx=0000004d KVMKVMKVM"),
        Excerpt("file:/.dockerenv", "read", ""),
        Excerpt(
            "file:/proc/cpuinfo", "read", "processor\t: 0\nvendor_id\t: GenuineIntel\n" * 30, clipped=True
        ),
        Excerpt("file:/sys/class/dmi/id/sys_vendor", "absent", "No such file or directory"),
        Excerpt("file:/proc/1/environ", "denied", "Permission denied"),
    ]
    return report(
        facts,
        findings,
        verdict=verdict,
        benchmarks=disk_benchmarks(),
        evidence=shown,
        coverage=Coverage(
            214,
            63,
            ["file:/proc/1/environ", "device:/dev/cpu/0/cpuid"],
            0,
            [],
            "Root would add: dmesg, /proc/1/environ and the CPUID device.",
        ),
        notes=["Network benchmark not run: no --peer was given."],
    )


def disk_benchmarks() -> list[Benchmark]:
    """A fast local disk, measured by two engines."""
    return [
        bench(
            "disk.randread-qd1",
            10400,
            "iops",
            samples=rounds(10400, disturbed=(4,)),
            details={"p50_us": 92.0, "p99_us": 188.0, "p99.9_us": 520.0, "max_us": 4100.0},
        ),
        bench(
            "disk.randread-qd32",
            61200,
            "iops",
            samples=rounds(61200, 0.08),
            details={"p50_us": 480.0, "p99_us": 1400.0, "p99.9_us": 3900.0, "max_us": 11000.0},
        ),
        bench(
            "disk.randread-qd32",
            63900,
            "iops",
            engine="fio",
            version="3.33",
            samples=rounds(63900, 0.02),
            command=["fio", "--name=randread", "--thread", "--iodepth=32"],
        ),
        bench(
            "disk.fdatasync",
            1450,
            "iops",
            details={"p50_us": 640.0, "p99_us": 1900.0, "p99.9_us": 5200.0, "max_us": 21000.0},
        ),
        bench("disk.read", 1.21e9, "B/s"),
        bench("disk.write", 6.4e8, "B/s", samples=rounds(6.4e8, 0.2)),
        Benchmark(
            id="disk.verdict",
            target="/var/tmp",
            engine="vaudit",
            unit="",
            verdict="local-flash",
            confidence="high",
            reason="92 µs reads one at a time and rounds within 5 %: no queue, no cap",
            limits=["writes were measured for 6 s: a burst credit that lasts longer is not seen"],
            device="vda",
        ),
        Benchmark(
            id="network.verdict",
            target="",
            engine="iperf3",
            unit="",
            status="skipped",
            reason="no --peer was given",
        ),
    ]


def bad() -> Report:
    """IDE disk, e1000 card, a capped disk and much stolen time."""
    facts = machine("synthetic-kvm-emulated").facts
    why = "Each request leaves the guest several times and is decoded by a program: more latency, more CPU."
    findings = [
        finding(
            "net.emulated-card",
            "fail",
            "medium",
            title="A network card is emulated, which is slow",
            subject="ens3",
            message="ens3 is an emulated 82540EM Gigabit Ethernet Controller (e1000)",
            why=why,
            fix=Fix(
                "Please change the network card model of my server from e1000 to virtio.",
                "Nothing to install: this kernel has virtio_net. Check that it is in the initramfs.",
            ),
            references=("https://www.linux-kvm.org/page/Virtio", "Documentation/networking/e1000.rst"),
            evidence=["link:/sys/class/net/ens3"],
        ),
        finding(
            "storage.emulated-disk",
            "fail",
            "high",
            title="A disk is emulated, which is slow",
            subject="sda",
            message="sda is an emulated IDE disk (ata_piix): one request at a time, whatever the disk below",
            why=why,
            fix=Fix(
                "Please attach my server's disk as virtio-blk or virtio-scsi instead of IDE.",
                "Mount by UUID before the change: sda will be called vda after it.",
                "Install the viostor driver before the change.",
            ),
            references=("https://www.linux-kvm.org/page/Virtio",),
            evidence=["link:/sys/block/sda"],
        ),
        finding(
            "cpu.steal",
            "fail",
            "high",
            title="The hypervisor withholds CPU time",
            message="17.4 % of the time that this machine wanted to compute since boot was given to others",
            why="The host is oversold.",
            fix=Fix("My server has had 17 % CPU steal since boot. Please move it to a less loaded host."),
            evidence=["file:/proc/stat"],
        ),
        finding(
            "storage.capped",
            "fail",
            "low",
            title="The disk is throttled",
            subject="/var/tmp",
            message="all rounds between 498 and 502 IOPS",
        ),
        finding("kernel.dmesg", "unknown", "low", title="Kernel log", message="reading dmesg needs root"),
        finding(
            "kernel.odd", "error", "low", title="An odd check", message="the condition could not be evaluated"
        ),
        finding("xen.only", "skipped", "low", title="Xen only", message="not a Xen guest"),
        *PASSES[:8],
    ]
    benches = [
        bench("disk.randread-qd1", 499, "iops", samples=rounds(499, 0.004), device="sda"),
        bench("disk.randread-qd32", 500, "iops", samples=rounds(500, 0.004), device="sda"),
        bench("disk.fdatasync", 88, "iops", samples=rounds(88, 0.4, disturbed=(2, 3, 7)), device="sda"),
        Benchmark(
            "disk.verdict",
            "/var/tmp",
            "vaudit",
            "",
            verdict="capped",
            confidence="high",
            device="sda",
            reason="all rounds between 498 and 502 IOPS: a limit, not a disk",
        ),
        bench(
            "network.send",
            9.4e8,
            "bit/s",
            target="iperf.example.net:5201",
            engine="iperf3",
            device="ens3",
            samples=rounds(9.4e8, 0.1),
            details={"retransmits": 412},
        ),
        bench(
            "network.receive",
            2.1e8,
            "bit/s",
            target="iperf.example.net:5201",
            engine="iperf3",
            device="ens3",
            samples=rounds(2.1e8, 0.5, disturbed=(1,)),
        ),
    ]
    verdict = Verdict(
        "A KVM guest on QEMU with an emulated disk and an emulated network card; the disk is limited to "
        "500 IOPS and 17 % of CPU time is stolen: ask the provider for virtio and a less loaded host.",
        tiles(
            ("good", "KVM, QEMU 7.2", "one witness"),
            ("poor", "absent", "no svm flag; guests cannot run here"),
            ("poor", "0 of 2 paravirtual", "IDE disk and e1000 card are emulated"),
            ("poor", "500 IOPS", "capped: rounds within 0.4 %"),
            ("poor", "steal 17.4 %", "940 Mbit/s out, 210 Mbit/s in"),
        ),
    )
    shown = [
        Excerpt("link:/sys/block/sda", "read", "../devices/pci0000:00/0000:00:01.1/ata1/host0/block/sda"),
        Excerpt("file:/proc/stat", "read", "cpu  84125 120 30211 902211 4411 0 812 26120 0 0"),
    ]
    return report(
        facts,
        findings,
        verdict=verdict,
        benchmarks=benches,
        evidence=shown,
        coverage=Coverage(301, 40, [], 0, ["file:/sys/block/sda/queue/zoned"]),
    )


def xen_pv() -> Report:
    """A Xen PV guest from a recorded machine, without benchmarks."""
    facts = machine("lab-xen-pv").facts
    return report(
        facts,
        PASSES[:3],
        source=Origin("dump", "hosts/xen-pv.vdump"),
        coverage=Coverage(40, 3, [], 12),
        verdict=Verdict(
            "A Xen PV guest on Xen 4.14; both devices are paravirtual.",
            tiles(
                ("good", "Xen 4.14, PV", ""),
                ("unknown", "hidden", ""),
                ("good", "2 of 2", ""),
                ("unknown", "", "not measured"),
                ("unknown", "", "not measured"),
            ),
        ),
    )


def docker_in_kvm() -> Report:
    """Three boxes in one another."""
    base = good()
    layers = [
        Layer(
            "container",
            "docker container",
            "overlay root and /docker/ in /proc/self/cgroup",
            ["file:/proc/self/cgroup"],
        ),
        *base.facts.layers,
    ]
    facts = msgspec.structs.replace(base.facts, containers=["docker"], layers=layers)
    return msgspec.structs.replace(base, facts=facts, benchmarks=[])


def bare_metal() -> Report:
    """A big physical machine: two hundred disks behind one controller, one of them called at length."""
    one = machine("synthetic-bare-metal-kvm-host").facts
    disks = [
        msgspec.structs.replace(one.block[0], name=f"sd{chr(97 + i // 26)}{chr(97 + i % 26)}")
        for i in range(200)
    ]
    card = "enp59s0f0np0-a-very-long-name-that-an-interface-could-hardly-have"
    cards = [msgspec.structs.replace(one.net[0], name=card, model="MT27800 Family [ConnectX-5]" * 3)]
    facts = msgspec.structs.replace(one, block=disks, net=cards)
    severities: tuple[Severity, ...] = ("info", "low", "medium", "high")
    findings = [
        finding(
            "disk.write-cache",
            "fail",
            "medium",
            title="A disk's write cache is on",
            subject=d.name,
            message=f"{d.name} acknowledges writes that a power cut loses",
        )
        for d in disks
    ]
    findings += [
        finding(
            f"many.check-{i}",
            "fail",
            severities[i % 4],
            title=f"Fault number {i}",
            message="seen here " * (i % 9 + 1),
        )
        for i in range(60)
    ]
    return report(
        facts, findings, verdict=Verdict("Bare metal with two AMD EPYC 7763; it can run any guest.", [])
    )


def empty() -> Report:
    """Nothing is known of anything."""
    return Report(source=Origin("dump", ""), facts=Facts(), taken="", vaudit="0.1.0")


HOSTILE = (
    "<script>alert(1)</script></script><!--<img src=x onerror=alert(1)>'\"` onload=x "
    "\x1b[31mred\x1b]0;title\x07\x9b2J\x90q\x9c\x00\x08\x7f\r\n\u202egnp.exe\u2066\u200b\ufeff{{7*7}}"
    "{% raw %}[bold]javascript:alert(1) ]]> &amp; https://evil.example/x \ud83d 日本語"
)
"""Everything that a string should not be."""


def hostile() -> Report:
    """The bad machine, whose every free string is an attack, some of them a megabyte long."""
    raw = msgspec.to_builtins(bad())
    spoilt: dict[str, Any] = _spoil(raw, inspect.type_info(Report))
    spoilt["schema"] = raw["schema"]
    for tile, kept in zip(spoilt["verdict"]["tiles"], raw["verdict"]["tiles"], strict=True):
        tile["name"] = kept["name"]
    for number, (each, kept) in enumerate(zip(spoilt["findings"], raw["findings"], strict=True)):
        each["check"] = f"{number}{HOSTILE}"
        spoilt["checks"][each["check"]] = spoilt["checks"].pop(kept["check"])
    spoilt["checks"][spoilt["findings"][0]["check"]]["references"] = [
        "javascript:alert(1)",
        'https://ok.example/"onclick=x',
        HOSTILE,
        "https://ok.example/plain",
    ]
    for bench in spoilt["benchmarks"]:
        bench["id"] = f"disk.{HOSTILE}"
    spoilt["evidence"][0]["text"] = HOSTILE * 9000
    spoilt["facts"]["block"][0]["model"] = "A" * 2**20
    spoilt["verdict"]["sentence"] = HOSTILE + "B" * 2**20
    return msgspec.convert(spoilt, Report, strict=False)


def _spoil(value: Any, kind: inspect.Type) -> Any:
    """Each free text in a value as an attack; a word of a closed list stays."""
    match kind:
        case inspect.UnionType():
            return next((_spoil(value, one) for one in kind.types if _fits(value, one)), value)
        case inspect.StrType():
            return HOSTILE
        case inspect.ListType() | inspect.VarTupleType():
            return [_spoil(item, kind.item_type) for item in value]
        case inspect.DictType():
            return {key: _spoil(item, kind.value_type) for key, item in value.items()}
        case inspect.StructType():
            types = {field.encode_name: field.type for field in kind.fields}
            spoilt = {key: _spoil(item, types[key]) for key, item in value.items()}
            return spoilt | ({"percentiles": {HOSTILE: 3.0, "p50": 1.0}} if kind.cls is Round else {})
    return value


def _fits(value: Any, kind: inspect.Type) -> bool:
    if isinstance(value, str):
        return isinstance(kind, inspect.StrType) or (
            isinstance(kind, inspect.LiteralType) and value in kind.values
        )
    if isinstance(value, dict):
        return isinstance(kind, inspect.StructType | inspect.DictType)
    return isinstance(value, list) and isinstance(kind, inspect.ListType | inspect.VarTupleType)


ALL: dict[str, Callable[[], Report]] = {
    "good": good,
    "bad": bad,
    "xen_pv": xen_pv,
    "docker_in_kvm": docker_in_kvm,
    "bare_metal": bare_metal,
    "empty": empty,
    "hostile": hostile,
}
