"""The first screen: one sentence in plain words, five tiles, and the count of findings."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import UNSET
from msgspec.structs import replace

from vaudit.judge.checks import PROBABLY, Judgement, worst
from vaudit.judge.rules import Blame
from vaudit.judge.wording import first_lower, first_upper, kind_name, machine
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Block, Facts, Net, Signal
from vaudit.model.finding import SEVERITIES, Finding
from vaudit.model.names import NO_WINDOWS, VMMS
from vaudit.model.promise import Promise
from vaudit.model.report import Grade, Summary, Tile, TileName, Verdict
from vaudit.words import count, joined, latency, many, percent, rate

if TYPE_CHECKING:
    from vaudit.model.catalogue import Id

MOST_BLAMES = 6
"""What a tile names of failed checks; of more it says how many."""
NOT_MEASURED = "not measured: run with --bench quick"
UNREAD = "not readable"
AS_RECORDED = ", as far as this record shows"
NO_PEER = "network not measured: name a peer with --peer HOST"
_TRANSFERS: "dict[Id, str]" = {"network.send": "sent", "network.receive": "received"}
_FINE = ("paravirtual", "passthrough", "physical")


def verdict(
    facts: Facts,
    benchmarks: Sequence[Benchmark],
    judged: Judgement,
    promises: Sequence[Promise] = (),
    *,
    places: Collection[str] = (),
    trimmed: bool = False,
) -> Verdict:
    """The sentence and the five tiles, from what is known; nothing is said that was not seen.

    `places`: where it was asked whether this Windows would start.
    `trimmed`: others made the record, and what is not in it was perhaps not looked at.
    """
    metal = trimmed and facts.hypervisor.kind == "none"
    clauses = [
        *_plan_clause(promises),
        *_places_clauses(facts, places),
        machine(facts) + (AS_RECORDED if metal else ""),
        _devices_clause(facts),
        _storage_clause(benchmarks),
        _action_clause(judged, trimmed),
    ]
    tiles = [
        _platform(facts),
        _hardware_virtualization(facts),
        _devices(facts),
        _storage(facts, benchmarks, judged.blames),
        _network_and_cpu(facts, benchmarks, judged),
    ]
    return Verdict(first_upper("; ".join(clauses)), tiles)


def _plan_clause(promises: Sequence[Promise]) -> list[str]:
    """`4 of 6 promises of the plan are kept, 1 is not (8 GB of memory), 1 cannot be told from here`; what no
    machine could show, or is not understood, is not counted."""
    unread = ["part of it is not understood"] if any(one.subject == "unread" for one in promises) else []
    promises = [one for one in promises if one.subject not in ("unseen", "unread")]
    if not promises:
        return []
    broken = [one.promised for one in promises if one.kept is False]
    doubtful = [one.promised for one in promises if one.doubtful]
    untold = sum(one.kept is None for one in promises) - len(doubtful)
    kept = sum(one.kept is True for one in promises)
    said = f"{kept} of {many(len(promises), 'promise')} of the plan {'is' if kept == 1 else 'are'} kept"
    if broken:
        named = _named(broken)
        said += f", {len(broken)} {'is' if len(broken) == 1 else 'are'} not ({named})"
    if doubtful:
        said += f", {len(doubtful)} {'is' if len(doubtful) == 1 else 'are'} doubtful ({_named(doubtful)})"
    return [", ".join([said, *([f"{untold} cannot be told from here"] if untold else []), *unread])]


def _places_clauses(facts: Facts, places: Collection[str]) -> Iterator[str]:
    """`it would not start on Xen: xenvbd is not installed`, of each place that somebody named."""
    if places and not facts.windows:
        yield NO_WINDOWS
    for one in facts.windows.moves if facts.windows else ():
        if one.name in places:
            yield _STARTS[one.boots].format(one.title, one.because)


_STARTS: dict[bool | None, str] = {
    True: "its drivers would start it on {0}",
    False: "it would not start on {0}: {1}",
    None: "whether it would start on {0} cannot be told: {1}",
}


def summary(findings: Sequence[Finding]) -> Summary:
    """Findings counted by status, and the worst severity among the failed that tell of faults."""
    counts = dict.fromkeys(("pass", "fail", "unknown", "skipped", "error"), 0)
    for finding in findings:
        counts[finding.status] += finding.number
    failed = [one.severity for one in findings if one.status == "fail" and not one.is_hint]
    worst = max(failed, key=SEVERITIES.index, default=None)
    hints = sum(one.number for one in findings if one.status == "fail" and one.is_hint)
    found = Summary(worst=worst, tuning=hints or UNSET)
    counts["passed"] = counts.pop("pass")
    return replace(found, **counts)


def own_disks(facts: Facts) -> list[Block]:
    """The disks that somebody serves: no loops, no drives for removable media."""
    return [disk for disk in facts.block if disk.path != "software" and not disk.removable]


def _own_devices(facts: Facts) -> list[Block | Net]:
    """The devices that somebody serves: those disks, and no bridges or tunnels."""
    return [*own_disks(facts), *(card for card in facts.net if card.path != "software")]


def _devices_clause(facts: Facts) -> str:
    devices = _own_devices(facts)
    if not devices:
        return "no disk or network card was seen"
    emulated = [device.name for device in devices if device.path == "emulated"]
    unknown = [device.name for device in devices if device.path == "unknown"]
    if emulated:
        how = f"(emulated: {_named(emulated)})"
        return f"{_share(len(emulated), len(devices), 'imitates', 'imitate')} real hardware {how}"
    if unknown:
        served = _share(len(unknown), len(devices), "is served", "are served")
        return f"how {served} ({_named(unknown)}) is not known"
    return _fine(devices)


def _share(part: int, whole: int, one: str, many: str) -> str:
    """`both devices imitate`, `1 of 3 devices imitates`: some devices, and the verb for one and for more."""
    if part < whole:
        return f"{part} of {whole} devices {one if part == 1 else many}"
    if whole == 1:
        return f"its only device {one}"
    return f"{'both' if whole == 2 else f'all {whole}'} devices {many}"


def _named(devices: Sequence[str]) -> str:
    """`sda`, `sda and sdb`, `sda, sdb, sdc and others`."""
    return joined([*devices[:3], "others"] if len(devices) > 3 else devices)


def _fine(devices: Sequence[Block | Net]) -> str:
    """`both devices take the fast way (paravirtual)`; of what is physical only that it is."""
    number, said = len(devices), _paths(devices)
    if not said.startswith("paravirtual"):
        return f"{_share(number, number, 'is', 'are')} {said}"
    return f"{_share(number, number, 'takes', 'take')} the fast way ({said})"


def _paths(devices: Sequence[Block | Net]) -> str:
    words = {"paravirtual": "paravirtual", "passthrough": "passed through", "physical": "physical"}
    return " or ".join(words[path] for path in _FINE if any(device.path == path for device in devices))


def _find(benchmarks: Sequence[Benchmark], name: "Id") -> Benchmark | None:
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
    if disk is None and (failed := _failed(benchmarks)):
        return f"the disk {_FAILURES[failed.details['failure']][1]}"
    if disk is None and (light := _find(benchmarks, "disk.light")):
        return _said(light)
    if disk is None and (day := _find(benchmarks, "disk.day-flush")):
        return f"single flushed writes were looked at {_often(day.details.get('looks'))}: {_said(day)}"
    if disk is None or not disk.verdict:
        return "storage speed was not measured"
    return _said_of_disk(disk)


def _often(number: object) -> str:
    return "once" if number == 1 else f"{number} times"


_FAILURES: dict[object, tuple[str, str]] = {
    "errors": ("I/O errors", "returned I/O errors"),
    "silence": ("no answer", "stopped answering"),
}
"""What a tile and a sentence call a disk that failed while it was measured."""


def _failed(benchmarks: Sequence[Benchmark]) -> Benchmark | None:
    """The verdict over a disk that failed while it was measured."""
    return next(
        (
            each
            for each in benchmarks
            if each.id == "disk.verdict"
            and each.status == "error"
            and each.details.get("failure") in _FAILURES
        ),
        None,
    )


def _said_of_disk(disk: Benchmark) -> str:
    """Its word, hedged where it is not certain, with what the word does not tell."""
    said, but = _said(disk), disk.details.get("but")
    if disk.confidence == "low":
        said = f"{PROBABLY}{said}"
    if not but:
        return said
    limits = disk.verdict == "capped" and "held to" in str(but)
    return f"{said}{': ' if limits else ', but '}{but}"


def _said(measured: Benchmark) -> str:
    """What a verdict says, as part of a sentence."""
    from vaudit.model import catalogue

    known = catalogue.meaning(measured.id, measured.verdict)
    judged = measured.verdict or "nothing"
    return known.clause if known else f"{catalogue.label(measured.id)} was judged {judged}"


def _action_clause(judged: Judgement, trimmed: bool) -> str:
    told = [each for each in judged.findings if not each.is_hint]
    failed = [(each, judged.texts[each.check].title) for each in told if each.status == "fail"]
    todo = sorted(
        {title: each for each, title in failed if each.severity in ("high", "medium")}.items(),
        key=lambda item: -SEVERITIES.index(item[1].severity),
    )
    if todo:
        start = f"{many(len(todo), 'thing needs', 'things need')} doing{', first' if todo[1:] else ''}"
        perhaps = PROBABLY if todo[0][1].message.startswith(PROBABLY) else ""
        return f"{start}: {perhaps}{first_lower(todo[0][0])}"
    minor = {title for each, title in failed if each.severity == "low"}
    if minor:
        return f"nothing is urgent, {many(len(minor), 'small thing')} could be better"
    unseen = any(each.status == "unknown" and each.severity in ("high", "medium") for each in told)
    if trimmed:
        return f"nothing needs doing{AS_RECORDED}"
    return "nothing needs doing" + (" as far as could be seen" if unseen else "")


def _platform(facts: Facts) -> Tile:
    hypervisor = facts.hypervisor
    name = kind_name(hypervisor)
    loudest = max(hypervisor.witnesses, key=lambda each: each.weight, default=None)
    reason = loudest.says if loudest and loudest.weight > 0 else ""
    meaning = _platform_means(facts)
    if hypervisor.kind == "unknown":
        return Tile("platform", "unknown", name, reason or "no evidence speaks of the platform", meaning)
    perhaps = PROBABLY if hypervisor.doubtful else ""
    if hypervisor.kind == "qemu":
        figure = f"{perhaps}QEMU without KVM"
        return Tile("platform", "poor", figure, "every instruction is translated in software", meaning)
    if hypervisor.served_by_qemu_alone:
        reason = "QEMU serves it, and this record does not show whether KVM does"
    name = perhaps + name
    if hypervisor.vmm:
        name += f" on {VMMS[hypervisor.vmm]}"
    if hypervisor.kind == "xen" and hypervisor.mode == "pv" and hypervisor.role == "guest":
        return Tile("platform", "fair", name, "classic Xen PV; PVH is its faster successor", meaning)
    word: Grade = "fair" if hypervisor.confidence in ("weak", "none") else "good"
    return Tile("platform", word, name, reason or f"confidence: {hypervisor.confidence}", meaning)


_LOOKED: dict[Signal, str] = {
    "cpuid": "processor", "cpu-flag": "processor", "cpuinfo": "processor", "cpufreq": "processor",
    "dmi": "firmware", "smbios": "firmware", "acpi": "firmware", "pci": "devices", "bus": "devices",
    "disk": "devices", "device": "devices", "device-tree": "board", "kernel-log": "kernel log",
    "lscpu": "lscpu", "lspci": "devices", "inventory": "an inventory",
}  # fmt: skip
"""Where each signal was looked for, in plain words."""


def _platform_means(facts: Facts) -> str:
    hypervisor = facts.hypervisor
    perhaps = PROBABLY if hypervisor.doubtful else ""
    if hypervisor.kind == "unknown":
        return "Nothing tells what this machine runs on"
    if hypervisor.kind == "none":
        told = [one.signal for one in hypervisor.witnesses if one.points.kind == "none" and one.weight]
        places = list(dict.fromkeys(_LOOKED[signal] for signal in told if signal in _LOOKED))
        looked = f": {joined(places)} {'show' if places[1:] else 'shows'} no hypervisor" if places else ""
        return first_upper(f"{perhaps}a physical machine{looked}")
    if hypervisor.kind == "qemu":
        return first_upper(f"{perhaps}a virtual machine whose every instruction is translated: very slow")
    if hypervisor.role == "host":
        return first_upper(f"{perhaps}it runs virtual machines of its own")
    if hypervisor.kind == "xen" and hypervisor.mode == "pv":
        return first_upper(f"{perhaps}a virtual machine of an old kind; a newer one would be faster")
    inside = "a container in a virtual machine" if facts.containers else "a virtual machine"
    how = ", which the processor runs itself" if hypervisor.accelerated else ""
    return first_upper(f"{perhaps}{inside}{how}")


def _hardware_virtualization(facts: Facts) -> Tile:
    cpu = facts.cpu
    name = {"vt-x": "VT-x", "amd-v": "AMD-V", "arm-el2": "EL2"}.get(cpu.hw_virt or "", "")
    states: dict[str, tuple[Grade, str, str]] = {
        "usable": (
            "good",
            name or ("/dev/kvm" if cpu.kvm_device else "in use"),
            "guests can run here with hardware acceleration",
        ),
        "present": ("fair", name or "present", "the processor has it, nothing here uses it yet"),
        "firmware-disabled": ("poor", "off in firmware", "switch it on in the firmware setup"),
        "hidden": ("fair", "not offered", "the hypervisor does not pass it on; only nested guests need it"),
        "absent": ("fair", "none", "the processor has none; only guests of this machine would need it"),
    }
    if facts.hypervisor.kind == "xen" and facts.hypervisor.role == "host":
        hvm = next((each.possible for each in facts.guests if each.kind == "xen-hvm"), None)
        states["usable"] = ("good", "Xen HVM", "Xen's capabilities name HVM")
        if hvm is False:
            states["unknown"] = ("fair", "Xen PV only", "Xen's capabilities do not name HVM")
    if cpu.hw_virt_state == "hidden" and cpu.kvm_device == "openable":
        states["hidden"] = ("fair", "/dev/kvm", "guests run, but without help of the processor")
    word, figure, reason = states.get(cpu.hw_virt_state, ("unknown", "not known", "no evidence speaks of it"))
    meaning = _runs_guests(facts, figure)
    return Tile("hardware virtualization", word, figure, cpu.hw_virt_because or reason, meaning)


_RUNS = {
    "usable": "Virtual machines can run {here} at full speed",
    "present": "The processor can run virtual machines; nothing here uses it yet",
    "firmware-disabled": "Virtual machines cannot run {here} until the firmware allows it",
    "hidden": "Virtual machines cannot run {here}; few need that",
    "absent": "The processor gives no help to virtual machines; few need that",
}


def _runs_guests(facts: Facts, figure: str) -> str:
    """Whether this machine can run others."""
    here = (
        "on it" if facts.hypervisor.kind == "none" or facts.hypervisor.role == "host" else "inside this one"
    )
    if figure == "Xen PV only":
        return f"Virtual machines can run {here} that are made for Xen"
    if facts.cpu.kvm_device == "denied" and facts.cpu.hw_virt_state in ("usable", "present", "hidden"):
        return f"Virtual machines may run {here} for those who may open /dev/kvm; this user may not"
    possible = next((each.possible for each in facts.guests if each.kind == "kvm"), None)
    if facts.cpu.hw_virt_state == "hidden" and possible is not False:
        slowly = f"Virtual machines can run {here}, but slowly"
        return slowly if possible else f"Whether virtual machines can run {here} does not show"
    said = _RUNS.get(facts.cpu.hw_virt_state, "Nothing tells whether virtual machines can run {here}")
    return said.format(here=here)


def _devices(facts: Facts) -> Tile:
    devices = _own_devices(facts)
    if not devices:
        said = "no disk or network card was seen"
        return Tile("devices", "unknown", "none seen", said, first_upper(said))
    clause = first_upper(_devices_clause(facts))
    words: tuple[tuple[str, Grade], ...] = (("emulated", "poor"), ("unknown", "unknown"))
    for path, word in words:
        number = sum(device.path == path for device in devices)
        if number:
            meaning = _NOT_FINE[path].format(
                some="Disks and cards" if number == len(devices) else "Some disks or cards"
            )
            return Tile("devices", word, f"{number} of {len(devices)} {path}", clause, meaning)
    return Tile("devices", "good", f"{len(devices)} {_paths(devices)}", clause, _ways(devices))


_NOT_FINE = {
    "emulated": "{some} imitate old hardware, which is slow",
    "unknown": "Whether they are fast ones does not show",
}


def _ways(devices: Sequence[Block | Net]) -> str:
    """How disks and network cards are reached, in plain words."""
    ways = {device.path for device in devices}
    if ways == {"physical"}:
        return "Disks and network cards are the machine's own hardware"
    if ways == {"paravirtual"}:
        return "Disks and network cards take the fast way through the host"
    return "Disks and network cards take a fast way or are hardware"


def _storage(facts: Facts, benchmarks: Sequence[Benchmark], blames: Sequence[Blame]) -> Tile:
    disk, failed = _find(benchmarks, "disk.verdict"), _failed(benchmarks)
    if disk is None and failed:
        figure, said = _FAILURES[failed.details["failure"]]
        return Tile("storage", "poor", figure, failed.reason, f"The disk {said} while it was measured")
    if disk is None and (light := _find(benchmarks, "disk.light")):
        return _storage_lightly(light, blames)
    if disk is None:
        return _storage_not_measured(benchmarks)
    from vaudit.model import catalogue
    from vaudit.model.doubt import signed

    known = catalogue.meaning(disk.id, disk.verdict)
    word: Grade = known.grade if known else "unknown"
    if known and known.on_metal and facts.hypervisor.kind == "none":
        word = known.on_metal
    if word == "good" and disk.details.get("but"):
        word = "fair"
    if word != "unknown":
        word = worst([word, *(blame.word for blame in blames if blame.name == "storage")])
    read = _find(benchmarks, "disk.randread-qd1")
    figure = f"{count(read.value)} IOPS" if read and read.value is not None else "no figure"
    mean = read.details.get("mean_us") if read else None
    if isinstance(mean, (int, float)):
        figure += f", {latency(mean)}"
    figure = signed(read, figure) if read else figure
    said = first_upper(_said_of_disk(disk)) if disk.verdict else "The disk was measured and not judged"
    return Tile("storage", word, figure, disk.reason or first_upper(_said(disk)), said)


def _storage_lightly(light: Benchmark, blames: Sequence[Blame]) -> Tile:
    """Of single requests alone: they can tell that a disk is slow, never that it is a good one."""
    from vaudit.model import catalogue

    known = catalogue.meaning(light.id, light.verdict)
    word: Grade = known.grade if known else "unknown"
    words = [word, *(blame.word for blame in blames if blame.name == "storage")]
    told = (("read", light.details.get("read_p50_us")), ("flush", light.details.get("flush_p50_us")))
    figure = ", ".join(f"{name} {latency(us)}" for name, us in told if isinstance(us, (int, float)))
    return Tile("storage", worst(words), figure or "no figure", light.reason, first_upper(_said(light)))


def _storage_not_measured(benchmarks: Sequence[Benchmark]) -> Tile:
    if unread := _unread(benchmarks, "disk"):
        return Tile("storage", "unknown", UNREAD, unread, "What was measured of the disk cannot be read here")
    tried = next((each.reason for each in benchmarks if each.reason and _tile(each) == "storage"), "")
    meaning = "How fast the disk is was not measured"
    return Tile("storage", "unknown", "not measured", tried or NOT_MEASURED, meaning)


def _tile(measured: Benchmark) -> TileName | None:
    from vaudit.model import catalogue

    return catalogue.of(measured.id).tile


def _network_and_cpu(facts: Facts, benchmarks: Sequence[Benchmark], judged: Judgement) -> Tile:
    blamed = [blame for blame in judged.blames if blame.name == "network and CPU"]
    words = [blame.word for blame in blamed]
    figures, reasons = [], []
    steal, stolen = facts.cpu.steal, facts.cpu.stolen
    during = _find(benchmarks, "cpu.steal")
    settled = all(one.status != "skipped" for one in judged.findings if one.check == "cpu.steal-high")
    if facts.hypervisor.kind == "none":
        words.append("good")
        figures.append("no hypervisor")
        reasons.append("no hypervisor takes processor time")
    elif steal is not None and stolen is not None:
        words += ["good"] if settled or during is not None else []
        figures.append(f"steal {percent(stolen)}")
        reasons.append(f"since boot {percent(steal)} of the wanted time was withheld")
        if not settled:
            reasons.append("it has run or computed too little since boot for that to say much")
        if during is not None and during.value is not None:
            figures[-1] = f"steal {percent(during.value)} while measured"
            reasons[-1] += f", {percent(during.value)} while it was measured"
    elif facts.cpu.steal_because:
        figures.append("steal 0 % reported" if facts.cpu.steal_measured is None else "steal not measured")
        reasons.append(f"steal is {facts.cpu.steal_because}")
    said = list(dict.fromkeys(blame.because for blame in blamed if blame.because))
    more = [f"and {len(said) - MOST_BLAMES} more like this"] if len(said) > MOST_BLAMES else []
    reasons += [*said[:MOST_BLAMES], *more]
    rates = _network_rates(benchmarks)
    figures += rates
    unread = _unread(benchmarks, "network")
    reasons.append("the network is not judged: compare with your plan" if rates else unread or NO_PEER)
    nothing = UNREAD if unread or _unread(benchmarks, "cpu") else "not measured"
    word = worst(words)
    if word == "good" and not rates:
        word = "unknown"  # of the network nothing is known
    meaning = f"{_time_means(facts, during, settled)}; {_network_means(rates, unread)}"
    return Tile("network and CPU", word, ", ".join(figures) or nothing, "; ".join(reasons), meaning)


def _time_means(facts: Facts, during: Benchmark | None, settled: bool) -> str:
    """Whether this machine gets the processor time that it wants; `settled`: it has run and computed long
    enough for the time since boot to tell."""
    if facts.hypervisor.kind == "none":
        return "No hypervisor takes processor time"
    share, whole = facts.cpu.stolen, facts.cpu.stolen_of
    if during is not None and during.value is not None:
        share, whole = during.value, "the wanted time"
    if share is None:
        return "Whether processor time is withheld does not show"
    early = "" if settled or during is not None else ", but it has run too little to tell"
    return f"{percent(share)} of {whole} is withheld{early}" if share else "No processor time is withheld"


def _network_means(rates: Sequence[str], unread: str) -> str:
    if rates:
        return "compare the speed of the network with your plan"
    return "what was measured of the network cannot be read" if unread else "the network was not measured"


def _network_rates(benchmarks: Sequence[Benchmark]) -> list[str]:
    """`920 Mbit/s sent`, … : what went over a network; a peer on this very host is none."""
    tests = [(_find(benchmarks, id), what) for id, what in _TRANSFERS.items()]
    return [
        _signed_rate(test, test.value, what)
        for test, what in tests
        if test is not None and test.value is not None and test.verdict != "loopback"
    ]


def _signed_rate(test: Benchmark, value: float, what: str) -> str:
    from vaudit.model.doubt import signed

    return f"{signed(test, rate(value, 'bit/s'))} {what}"
