"""The first screen: one sentence in plain words, five tiles, and the count of findings."""

from collections.abc import Sequence
from typing import Literal

from vaudit.judge.messages import count, latency, percent, rate
from vaudit.judge.wording import first_lower, first_upper, joined, kind_name, machine, many, vmm_name
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Block, Facts, Net
from vaudit.model.finding import SEVERITIES, Finding
from vaudit.model.report import Summary, Tile, Verdict

Word = Literal["good", "fair", "poor", "unknown"]

NOT_MEASURED = "not measured: run with --bench quick"
UNREAD = "not readable"
NO_PEER = "network not measured: name a peer with --peer HOST"
_DIRECTIONS = {"send": "sent", "receive": "received"}
_NETWORK_TROUBLE = {
    "network.retransmits": "the network loses packets",
    "network.burst-bucket": "the network slows down after a burst",
}
_FINE = ("paravirtual", "passthrough", "physical")
_DISKS: dict[str, tuple[Word, str]] = {
    "local-flash": ("good", "the disk is local flash, not throttled"),
    "network-block": ("fair", "the disk answers like network storage"),
    "spinning": ("poor", "the disk answers like a spinning one"),
    "capped": ("fair", "the disk is held to a limit"),
    "burst-bucket": ("fair", "the disk is fast only until its credit is used up"),
    "contended": ("poor", "the disk is shared with busy neighbours"),
    "emulated-no-queueing": ("poor", "the disk takes one request at a time"),
    "memory-speed": ("unknown", "the disk was answered from a cache, so its speed is not known"),
    "inconclusive": ("unknown", "the disk measurement was inconclusive"),
}
"""What a disk.verdict means: the tile's word and the clause of the sentence."""


def verdict(facts: Facts, benchmarks: Sequence[Benchmark], findings: Sequence[Finding]) -> Verdict:
    """The sentence and the five tiles, from what is known; nothing is said that was not seen."""
    clauses = [machine(facts), _devices_clause(facts), _storage_clause(benchmarks), _action_clause(findings)]
    tiles = [
        _platform(facts),
        _hardware_virtualization(facts),
        _devices(facts),
        _storage(facts, benchmarks, findings),
        _network_and_cpu(facts, benchmarks, findings),
    ]
    return Verdict(first_upper("; ".join(clauses)), tiles)


def summary(findings: Sequence[Finding]) -> Summary:
    """Findings counted by status, and the worst severity among the failed."""
    counts = dict.fromkeys(("pass", "fail", "unknown", "skipped", "error"), 0)
    for finding in findings:
        counts[finding.status] += 1
    failed = [finding.severity for finding in findings if finding.status == "fail"]
    worst = max(failed, key=SEVERITIES.index, default=None)
    return Summary(
        counts["pass"], counts["fail"], counts["unknown"], counts["skipped"], counts["error"], worst
    )


def _own_devices(facts: Facts) -> list[Block | Net]:
    """The devices that somebody serves: no loops, bridges or tunnels, no drives for removable media."""
    disks = [disk for disk in facts.block if disk.path != "software" and not disk.removable]
    return [*disks, *(card for card in facts.net if card.path != "software")]


def _devices_clause(facts: Facts) -> str:
    devices = _own_devices(facts)
    if not devices:
        return "no disk or network card was seen"
    emulated = [device.name for device in devices if device.path == "emulated"]
    unknown = [device.name for device in devices if device.path == "unknown"]
    if emulated:
        return _share(len(emulated), len(devices), "emulated", emulated)
    if unknown:
        return "how " + _share(len(unknown), len(devices), "served", unknown) + " is not known"
    return _share(len(devices), len(devices), _paths(devices), [])


def _share(part: int, whole: int, what: str, named: Sequence[str]) -> str:
    """`both devices are paravirtual`, `1 of 3 devices is emulated (sda)`."""
    which = f" ({joined(named[:3])}{' and others' if len(named) > 3 else ''})" if named else ""
    if part < whole:
        return f"{part} of {whole} devices {'is' if part == 1 else 'are'} {what}{which}"
    if whole == 1:
        return f"its only device is {what}{which}"
    return f"{'both' if whole == 2 else f'all {whole}'} devices are {what}{which}"


def _paths(devices: Sequence[Block | Net]) -> str:
    words = {"paravirtual": "paravirtual", "passthrough": "passed through", "physical": "physical"}
    return " or ".join(words[path] for path in _FINE if any(device.path == path for device in devices))


def _find(benchmarks: Sequence[Benchmark], name: str) -> Benchmark | None:
    """The benchmark with this id that worked; the embedded engine's before another's."""
    found = [each for each in benchmarks if each.id == name and each.status == "ok"]
    return min(found, key=lambda each: each.engine not in ("vaudit", "embedded"), default=None)


def _unread(benchmarks: Sequence[Benchmark], area: str) -> str:
    """Why what a record holds of an area could not be read; empty where nothing was lost."""
    lost = (each for each in benchmarks if each.id.startswith(f"{area}.") and each.verdict == "unreadable")
    return next((each.reason for each in lost), "")


def _storage_clause(benchmarks: Sequence[Benchmark]) -> str:
    disk = _find(benchmarks, "disk.verdict")
    if disk is None and _unread(benchmarks, "disk"):
        return "storage speed was measured, but cannot be read here"
    if disk is None or not disk.verdict:
        return "storage speed was not measured"
    return _DISKS.get(disk.verdict, ("unknown", f"the disk was judged {disk.verdict}"))[1]


def _action_clause(findings: Sequence[Finding]) -> str:
    failed = [each for each in findings if each.status == "fail"]
    todo = sorted(
        {each.title: each for each in failed if each.severity in ("high", "medium")}.values(),
        key=lambda each: -SEVERITIES.index(each.severity),
    )
    if todo:
        start = f"{many(len(todo), 'thing needs', 'things need')} doing{', first' if todo[1:] else ''}"
        return f"{start}: {first_lower(todo[0].title)}"
    minor = {each.title for each in failed if each.severity == "low"}
    if minor:
        return f"nothing is urgent, {many(len(minor), 'small thing')} could be better"
    unseen = any(each.status == "unknown" and each.severity in ("high", "medium") for each in findings)
    return "nothing needs doing" + (" as far as could be seen" if unseen else "")


def _platform(facts: Facts) -> Tile:
    hypervisor = facts.hypervisor
    name = kind_name(hypervisor)
    loudest = max(hypervisor.witnesses, key=lambda each: each.weight, default=None)
    reason = loudest.says if loudest and loudest.weight > 0 else ""
    if hypervisor.kind == "unknown":
        return Tile("platform", "unknown", name, reason or "no evidence speaks of the platform")
    if hypervisor.kind == "qemu":
        return Tile("platform", "poor", "QEMU without KVM", "every instruction is translated in software")
    if hypervisor.vmm and hypervisor.vmm != hypervisor.kind:
        name += f" on {vmm_name(hypervisor.vmm)}"
    if hypervisor.kind == "xen" and hypervisor.mode == "pv" and hypervisor.role == "guest":
        return Tile("platform", "fair", name, "classic Xen PV; PVH is its faster successor")
    word: Word = "fair" if hypervisor.confidence in ("weak", "none") else "good"
    return Tile("platform", word, name, reason or f"confidence: {hypervisor.confidence}")


def _hardware_virtualization(facts: Facts) -> Tile:
    cpu = facts.cpu
    name = {"vt-x": "VT-x", "amd-v": "AMD-V", "arm-el2": "EL2"}.get(cpu.hw_virt or "", "")
    states: dict[str, tuple[Word, str, str]] = {
        "usable": ("good", name or "/dev/kvm", "guests can run here with hardware acceleration"),
        "present": ("fair", name or "present", "the processor has it, nothing here uses it yet"),
        "firmware-disabled": ("poor", "off in firmware", "switch it on in the firmware setup"),
        "hidden": ("fair", "not offered", "the hypervisor does not pass it on; only nested guests need it"),
        "absent": ("fair", "none", "the processor has none; only guests of this machine would need it"),
    }
    if facts.hypervisor.kind == "xen" and facts.hypervisor.role == "host":
        hvm = any(each.kind == "xen-hvm" and each.possible for each in facts.guests)
        states["usable"] = ("good" if hvm else "fair", "Xen HVM" if hvm else "Xen PV only", "")
    if cpu.hw_virt_state == "hidden" and cpu.kvm_device == "openable":
        states["hidden"] = ("fair", "/dev/kvm", "guests run, but without help of the processor")
    word, figure, reason = states.get(cpu.hw_virt_state, ("unknown", "not known", "no evidence speaks of it"))
    return Tile("hardware virtualization", word, figure, cpu.hw_virt_because or reason)


def _devices(facts: Facts) -> Tile:
    devices = _own_devices(facts)
    if not devices:
        return Tile("devices", "unknown", "none seen", "no disk or network card was seen")
    clause = first_upper(_devices_clause(facts))
    words: tuple[tuple[str, Word], ...] = (("emulated", "poor"), ("unknown", "unknown"))
    for path, word in words:
        number = sum(device.path == path for device in devices)
        if number:
            return Tile("devices", word, f"{number} of {len(devices)} {path}", clause)
    return Tile("devices", "good", f"{len(devices)} {_paths(devices)}", clause)


def _storage(facts: Facts, benchmarks: Sequence[Benchmark], findings: Sequence[Finding]) -> Tile:
    disk = _find(benchmarks, "disk.verdict")
    if disk is None and (unread := _unread(benchmarks, "disk")):
        return Tile("storage", "unknown", UNREAD, unread)
    if disk is None:
        tried = next((each for each in benchmarks if each.id.startswith("disk.") and each.reason), None)
        return Tile("storage", "unknown", "not measured", tried.reason if tried else NOT_MEASURED)
    word, clause = _DISKS.get(disk.verdict, ("unknown", f"judged {disk.verdict or 'nothing'}"))
    if disk.verdict == "spinning" and facts.hypervisor.kind == "none":
        word = "fair"
    if word != "unknown" and _failed(findings, "storage.disk-capped-low", "storage.slow-fdatasync"):
        word = "poor"
    read = _find(benchmarks, "disk.randread-qd1")
    figure = f"{count(read.value)} IOPS" if read and read.value is not None else disk.verdict
    mean = read.details.get("mean_us") if read else None
    if isinstance(mean, (int, float)):
        figure += f", {latency(mean)}"
    return Tile("storage", word, figure, disk.reason or first_upper(clause))


def _network_and_cpu(facts: Facts, benchmarks: Sequence[Benchmark], findings: Sequence[Finding]) -> Tile:
    words: list[Word] = []
    figures, reasons = [], []
    steal, during, gaps = facts.cpu.steal, _find(benchmarks, "cpu.steal"), _find(benchmarks, "cpu.gaps")
    if facts.hypervisor.kind == "none":
        words.append("good")
        reasons.append("no hypervisor takes processor time")
    elif steal is not None:
        words.append(_steal_word(findings))
        figures.append(f"steal {percent(steal)}")
        reasons.append(f"{percent(steal)} of the wanted processor time was withheld since boot")
        if during is not None and during.value is not None:
            figures[-1] = f"steal {percent(during.value)} while measured"
            reasons[-1] += f", {percent(during.value)} while it was measured"
    if gaps is not None and _failed(findings, "cpu.gaps"):
        words.append("poor" if gaps.verdict == "gaps-severe" else "fair")
        reasons.append(gaps.reason)
    rates = _network_rates(benchmarks)
    figures += rates
    unread = _unread(benchmarks, "network")
    reasons.append("the network is not judged: compare with your plan" if rates else unread or NO_PEER)
    for check, reason in _NETWORK_TROUBLE.items():
        if _failed(findings, check):
            words.append("fair")
            reasons.append(reason)
    order: tuple[Word, ...] = ("poor", "fair", "good")
    word: Word = next((each for each in order if each in words), "unknown")
    nothing = UNREAD if unread or _unread(benchmarks, "cpu") else "not measured"
    return Tile("network and CPU", word, ", ".join(figures) or nothing, "; ".join(reasons))


def _network_rates(benchmarks: Sequence[Benchmark]) -> list[str]:
    """`920 Mbit/s sent`, … : what went over a network; a peer on this very host is none."""
    tests = [(_find(benchmarks, f"network.{name}"), what) for name, what in _DIRECTIONS.items()]
    return [
        f"{rate(test.value)} {what}"
        for test, what in tests
        if test is not None and test.value is not None and test.verdict != "loopback"
    ]


def _steal_word(findings: Sequence[Finding]) -> Word:
    if _failed(findings, "cpu.steal-high", "cpu.steal-during-benchmark"):
        return "poor"
    return "fair" if _failed(findings, "cpu.steal-elevated", "cpu.steal-noticeable") else "good"


def _failed(findings: Sequence[Finding], *checks: str) -> bool:
    return any(each.status == "fail" and each.check in checks for each in findings)
