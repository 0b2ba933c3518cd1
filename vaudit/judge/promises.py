"""Is the machine what was promised? Each promise of a plan, held against facts and benchmarks.

A promise is broken only where something was seen that breaks it. What cannot be seen from inside, was not
measured, or may have another reason, cannot be told.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from vaudit.judge.verdict import NOT_MEASURED, own_disks
from vaudit.judge.wording import machine
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Block, Facts, Memory, Net
from vaudit.model.names import KINDS
from vaudit.model.promise import Asked, Promise, Subject
from vaudit.words import count, joined, many, percent, quantity, rate, size

LIMITS = (
    "plan_memory", "plan_disk", "plan_rate", "plan_peers", "sata_rate", "memory_kept", "steal_warn",
    "steal_fail",
    "steal_shown_warn", "steal_wanted", "steal_uptime",
)  # fmt: skip
"""The thresholds that are read here."""
MOST_EVIDENCE = 4
NOT_KNOWN = "not known"
BY_FLAGS = "by the flags that the kernel shows"
SHARE = ", and may have a share of them"
_SURE = ("high", "medium")
_READS = ("disk.randread-qd32", "disk.randread-qd1")


class Seen(NamedTuple):
    """What promises are held against."""

    facts: Facts
    benchmarks: Sequence[Benchmark]
    limits: Mapping[str, float]

    def measured(self, *names: str) -> Benchmark | None:
        """The best figure of some benchmarks, if it is sure enough."""
        found = [each for each in self._sure(*names) if each.value is not None]
        return max(found, key=lambda each: each.value or 0, default=None)

    def judged(self, name: str) -> Benchmark | None:
        """The verdict on an area, if it is sure enough."""
        return next(self._sure(name), None)

    def _sure(self, *names: str) -> Iterator[Benchmark]:
        for each in self.benchmarks:
            if each.id in names and each.status == "ok" and each.confidence in _SURE:
                yield each


class _Found(NamedTuple):
    kept: bool | None
    found: str
    because: str
    evidence: Sequence[str] = ()
    doubtful: bool = False


def held(
    plan: Sequence[Asked], facts: Facts, benchmarks: Sequence[Benchmark], limits: Mapping[str, float]
) -> list[Promise]:
    """Each promise with what was found, in the order of the plan."""
    seen = Seen(facts, benchmarks, limits)
    return [_promise(asked, _LOOK[asked.subject](asked, seen)) for asked in plan]


def _promise(asked: Asked, it: _Found) -> Promise:
    if it.kept is False and asked.at_most:
        it = it._replace(kept=None, because=f"{it.because}; “up to” promises no least")
    broken = f"My plan promises {asked.words}, but I find {it.found} ({it.because}). "
    letter = broken + "Please look into it, or tell me what the plan means." if it.kept is False else ""
    evidence = list(it.evidence[:MOST_EVIDENCE])
    return Promise(asked.subject, asked.words, it.found, it.kept, it.because, letter, evidence, it.doubtful)


def _untold(because: str, evidence: Sequence[str] = ()) -> _Found:
    """Nothing tells."""
    return _Found(None, NOT_KNOWN, because, evidence)


def _processors(asked: Asked, seen: Seen) -> _Found:
    cpu = seen.facts.cpu
    if cpu.threads is None:
        return _untold("no evidence tells how many processors there are", cpu.evidence)
    found = many(cpu.threads, "processor")
    if cpu.threads < (asked.amount or 0):
        return _Found(False, found, f"{cpu.threads} of {count(asked.amount or 0)} are online", cpu.evidence)
    if seen.facts.contained is not False:
        return _Found(None, found, f"a container sees its host's processors{SHARE}", cpu.evidence)
    if seen.facts.hypervisor.kind == "none" and asked.words.endswith(("core", "cores")) and cpu.cores:
        because = "a core of a machine of one's own is a whole one"
        return _Found(
            cpu.cores >= (asked.amount or 0), f"{many(cpu.cores, 'core')}, {found}", because, cpu.evidence
        )
    return _Found(True, found, "as many logical processors are online", cpu.evidence)


def _dedicated(asked: Asked, seen: Seen) -> _Found:
    cpu, during = seen.facts.cpu, seen.measured("cpu.steal")
    if seen.facts.hypervisor.kind == "none" and seen.facts.contained is False:
        return _Found(True, "no hypervisor", "nobody else runs on them", seen.facts.hypervisor.evidence)
    share = cpu.steal if during is None else during.value
    if share is None:
        return _untold(cpu.steal_because or "steal is not known", cpu.evidence)
    found = f"steal {percent(share)}"
    if during is not None and share >= seen.limits["steal_warn"]:
        return _Found(False, found, "so much of the wanted time was withheld", during.evidence)
    if _withheld_since_boot(seen):
        because = (
            f"so much of the time wanted since boot was withheld, {percent(cpu.steal_shown or 0)} of all time"
        )
        return _Found(False, f"steal {percent(cpu.steal or 0)}", because, cpu.evidence)
    if cpu.steal_measured is not False and (cpu.steal or 0) >= seen.limits["steal_fail"]:
        because = (
            "so much of the time wanted since boot was withheld, which is "
            f"{percent(cpu.steal_shown or 0)} of all time and may be wake-ups of an idle machine: "
            "measure with --bench quick"
        )
        return _Found(None, f"steal {percent(cpu.steal or 0)}", because, cpu.evidence, doubtful=True)
    return _Found(None, found, "whether others may use them does not show from inside", cpu.evidence)


def _withheld_since_boot(seen: Seen) -> bool:
    """Whether much was withheld since boot: a tenth of the wanted time as for the check cpu.steal-high, and
    of all time what is noticed on a shared host, since on processors of one's own nobody else should run. A
    short look of the benchmark that finds as much stands for the share of all time, in which a machine may
    have been idle."""
    cpu, limits = seen.facts.cpu, seen.limits
    if cpu.steal_measured is False or (cpu.steal or 0) < limits["steal_fail"]:
        return False
    if (cpu.wanted_seconds or 0) < limits["steal_wanted"] or (cpu.up_seconds or 0) < limits["steal_uptime"]:
        return False
    looks = (each.value or 0 for each in seen.benchmarks if each.id == "cpu.steal" and each.status == "ok")
    return (cpu.steal_shown or 0) >= limits["steal_shown_warn"] or max(looks, default=0) >= limits[
        "steal_fail"
    ]


def _level(asked: Asked, seen: Seen) -> _Found:
    cpu = seen.facts.cpu
    if cpu.level is None:
        return _untold("the processor's flags are not known", cpu.evidence)
    return _Found(cpu.level >= (asked.amount or 0), f"x86-64-v{cpu.level}", BY_FLAGS, cpu.evidence)


def _model(asked: Asked, seen: Seen) -> _Found:
    """By its number, or by its maker and family where the plan names no more."""
    cpu, it = seen.facts.cpu, seen.facts.hypervisor
    if not cpu.model:
        return _untold("no evidence tells the processor's name", cpu.evidence)
    said = " ".join(re.sub(r"\((?:r|tm)\)|®|™", " ", cpu.model.lower()).replace("-", " ").split())
    if re.search(rf"(?<!\w){re.escape(asked.name.replace('-', ' '))}(?!\w)", said):
        return _Found(True, cpu.model, "it calls itself so", cpu.evidence)
    if it.kind in ("unknown", "other", "qemu") or it.served_by_qemu_alone or cpu.named == "contradicting":
        return _Found(None, cpu.model, "a hypervisor may call it as it likes", cpu.evidence)
    numbered = any(map(str.isdigit, asked.name))
    if (numbered and cpu.named == "whole") or _other_maker(asked.words.lower(), said):
        return _Found(False, cpu.model, "it calls itself otherwise", cpu.evidence)
    return _Found(None, cpu.model, "its name has no number: which one it is does not show", cpu.evidence)


_MAKERS = {"amd": "intel", "epyc": "intel", "ryzen": "intel", "intel": "amd", "xeon": "amd"}


def _other_maker(promised: str, said: str) -> bool:
    return any(name in promised and other in said for name, other in _MAKERS.items())


def _unseen(asked: Asked, seen: Seen) -> _Found:
    return _untold("no machine shows it from inside")


def _unread(asked: Asked, seen: Seen) -> _Found:
    return _untold("not understood: say it otherwise, or leave it out")


def _flag(asked: Asked, seen: Seen) -> _Found:
    cpu = seen.facts.cpu
    if cpu.flags is None:
        return _untold("the processor's flags are not known", cpu.evidence)
    there = asked.name in cpu.flags
    return _Found(there, asked.name if there else f"no {asked.name}", BY_FLAGS, cpu.evidence)


def _sockets(asked: Asked, seen: Seen) -> _Found:
    cpu = seen.facts.cpu
    if cpu.sockets is None:
        return _untold("no evidence tells how many sockets there are", cpu.evidence)
    enough = cpu.sockets >= (asked.amount or 0)
    return _Found(enough, many(cpu.sockets, "socket"), "as the machine shows them", cpu.evidence)


def _memory(asked: Asked, seen: Seen) -> _Found:
    memory, wanted = seen.facts.memory, asked.amount or 0
    if taken := _taken_back(seen, wanted):
        return taken
    most = max(memory.installed or 0, (memory.total or 0) / seen.limits["plan_memory"])
    if seen.facts.contained is not False and most >= wanted:
        return _Found(
            None,
            size(memory.total),
            "a container sees its host's memory, and may have a part of it",
            _shown(memory),
        )
    if memory.installed is not None and memory.installed >= wanted:
        return _declared(memory, wanted * seen.limits["memory_kept"])
    if memory.total is None:
        return _untold("no evidence tells how much memory there is", _shown(memory))
    found, share = size(memory.total), memory.total / wanted
    if share >= seen.limits["plan_memory"]:
        return _Found(True, found, "what the kernel keeps for itself is not counted", _shown(memory))
    less = f"{percent(share)} of it"
    if share >= seen.limits["memory_kept"] and memory.installed is None:
        because = f"{less}; the kernel and a crash kernel may keep so much"
        return _Found(None, found, because, _shown(memory))
    return _Found(False, found, less, _shown(memory))


def _shown(memory: Memory) -> Sequence[str]:
    """What shows its size, and not its balloon."""
    return memory.shown_by.get("total") or memory.evidence


def _declared(memory: Memory, least: float) -> _Found:
    """As the firmware declares it, unless the kernel has far less of it."""
    installed = size(memory.installed)
    if memory.total is None or memory.total >= least:
        return _Found(True, installed, "as the firmware declares it", _shown(memory))
    because = f"the firmware declares {installed}: what holds the rest does not show"
    return _Found(None, size(memory.total), because, _shown(memory))


def _taken_back(seen: Seen, wanted: float) -> _Found | None:
    """What a balloon holds is not there, whatever the firmware declares. Linux takes it out of MemTotal but
    where it may take it back when it runs out (drivers/virtio/virtio_balloon.c)."""
    memory, balloon = seen.facts.memory, seen.facts.memory.balloon
    if memory.total is None or balloon is None or not balloon.held:
        return None
    counted = balloon.held if "deflate-on-oom" in balloon.features else 0
    left, least = memory.total - counted, wanted * seen.limits["plan_memory"]
    if left >= least or left + balloon.held < least:
        return None
    because = f"the host took {size(balloon.held)} back through the balloon"
    return _Found(False, size(left), because, memory.evidence)


def _disk(asked: Asked, seen: Seen) -> _Found:
    disks = own_disks(seen.facts)
    if "block" in seen.facts.unseen or not disks or any(disk.size is None for disk in disks):
        return _untold("no disk with its size was seen")
    evidence = [id_ for disk in disks for id_ in disk.evidence[:1]]
    total = sum(disk.size or 0 for disk in disks)
    found = rate(total, "B") + (f" on {many(len(disks), 'disk')}" if len(disks) > 1 else "")
    if seen.facts.contained is not False:
        return _Found(None, found, f"a container sees its host's disks{SHARE}", evidence)
    enough = total >= (asked.amount or 0) * seen.limits["plan_disk"]
    return _Found(enough, found, f"the size of {joined([disk.name for disk in disks[:4]])}", evidence)


def _disk_kind(asked: Asked, seen: Seen) -> _Found:
    real = [disk for disk in own_disks(seen.facts) if disk.path in ("physical", "passthrough")]
    nvme = next((disk for disk in real if disk.driver == "nvme"), None)
    judged = seen.judged("disk.verdict")
    turns = judged is not None and judged.verdict == "spinning"  # as EBS st1 does behind an NVMe controller
    if asked.name == "nvme" and nvme and not turns:
        return _Found(True, "NVMe", f"{nvme.name} answers as NVMe, and nothing emulates it", nvme.evidence)
    return _measured_kind(asked.name, judged, seen) if judged else _untold(NOT_MEASURED)


def _measured_kind(name: str, judged: Benchmark, seen: Seen) -> _Found:
    if judged.verdict == "spinning":
        return _Found(name == "hdd", "a hard disk", "it answers as one that turns", judged.evidence)
    if judged.verdict not in ("local-flash", "memory-speed"):
        return _untold("how it answers does not show what lies behind", judged.evidence)
    if name in ("ssd", "hdd"):
        return _Found(True, "flash", "it answers as fast as flash", judged.evidence)
    large = seen.measured("disk.read")
    if large and (large.value or 0) > seen.limits["sata_rate"]:
        return _Found(True, quantity(large.value, large.unit), "faster than SATA can be", large.evidence)
    return _Found(None, "flash", "whether by NVMe or SATA does not show", judged.evidence)


def _iops(asked: Asked, seen: Seen) -> _Found:
    return _figure(asked, seen, seen.measured(*_READS), "random reads of 4 KiB")


def _disk_speed(asked: Asked, seen: Seen) -> _Found:
    return _figure(asked, seen, seen.measured("disk.read"), "large reads")


def _figure(asked: Asked, seen: Seen, best: Benchmark | None, of: str) -> _Found:
    if best is None or best.value is None:
        return _untold(NOT_MEASURED)
    enough = best.value >= (asked.amount or 0) * seen.limits["plan_rate"]
    return _Found(enough, quantity(best.value, best.unit), f"{of}, measured on {best.target}", best.evidence)


def _network(asked: Asked, seen: Seen) -> _Found:
    wanted = asked.amount or 0
    real = [card for card in seen.facts.net if card.path in ("physical", "passthrough")]
    fastest = max(real, key=lambda card: card.speed or 0, default=None)
    link = (fastest.speed or 0) * 1e6 if fastest else 0
    if fastest and 0 < link < wanted:
        because = f"the link of {fastest.name} runs no faster"
        return _Found(False, rate(link, "bit/s"), because, fastest.evidence)
    best = seen.measured("network.send", "network.receive")
    if slow := _slow_with_each(seen, wanted):
        return slow
    if best is None or best.value is None or best.verdict == "loopback":
        return _untold("not measured: name an iperf3 server with --peer HOST")
    enough = best.value >= wanted * seen.limits["plan_rate"]
    because = "reached with one peer" if enough else "with one peer; it or the way there may be slower"
    return _Found(enough or None, rate(best.value, "bit/s"), because, best.evidence)


def _slow_with_each(seen: Seen, wanted: float) -> _Found | None:
    """The same low rate with several peers is this machine's own; None where they differ, where one is fast
    enough, or where all of them may have a usual port of that speed."""
    best: dict[str, Benchmark] = {}
    for each in seen.benchmarks:
        host = _host(each.target)
        if each.id in _WAYS and each.status == "ok" and each.value and each.verdict != "loopback":
            best[host] = max(best.get(host, each), each, key=lambda one: one.value or 0)
    rates = [one.value or 0 for one in best.values() if one.confidence in _SURE and not one.verdict]
    if len(rates) < 2 or max(one.value or 0 for one in best.values()) >= wanted * seen.limits["plan_rate"]:
        return None
    usual = any(port * seen.limits["plan_rate"] <= max(rates) <= port for port in _PORTS)
    if usual or max(rates) > min(rates) * seen.limits["plan_peers"]:
        return None
    because = f"with each of {len(rates)} peers: what they have in common is this end"
    return _Found(False, rate(max(rates), "bit/s"), because)


_WAYS = ("network.send", "network.receive")
_PORTS = (1e9, 2.5e9, 5e9, 10e9, 25e9)
"""Bits a second of the ports that servers have as a rule: two peers are alike there by chance."""


def _host(target: str) -> str:
    """Of `192.0.2.7:5201 IPv4` the host."""
    return target.partition(" ")[0].rpartition(":")[0] or target


def _traffic(asked: Asked, seen: Seen) -> _Found:
    return _untold("the provider counts it; it cannot be seen from inside")


def _addresses(asked: Asked, seen: Seen) -> _Found:
    """An address that is not set up may still be given: it breaks nothing."""
    facts = seen.facts.addresses
    it, name = (facts.ipv4, "IPv4") if asked.subject == "ipv4" else (facts.ipv6, "IPv6")
    if it.addresses is None or (it.because and not it.addresses):
        return _untold(it.because or "no evidence tells of addresses", it.evidence)
    best = next(iter(it.addresses), None)
    if best is None or best.kind not in ("public", "private", "shared"):
        found = f"no {name} address that leads out"
        return _Found(None, found, "the plan's may only have to be set up: ask for it", it.evidence)
    found = f"a {best.kind} address, /{best.prefix}"
    if best.kind != "public":
        return _Found(None, found, "whether a public one is translated to it does not show here", it.evidence)
    if it.default_route is False:
        return _Found(None, found, "no default route leads out: it may have to be set up", it.evidence)
    return _Found(True, found, "and a default route" if it.default_route else "it is set up", it.evidence)


def _virtualization(asked: Asked, seen: Seen) -> _Found:
    facts, name = seen.facts, asked.name
    it, found = facts.hypervisor, machine(facts)
    if name in ("lxc", "openvz"):
        inside = name in facts.containers
        known = inside or facts.contained is not None
        return _Found(inside if known else None, found, "by what this system shows of itself", it.evidence)
    kind, _, mode = name.partition(" ")
    same = it.kind == kind and (not mode or it.mode == mode)
    if facts.contained and not same:
        return _Found(False, found, "this is a container", it.evidence)
    if it.kind in ("unknown", "other") or it.doubtful or it.served_by_qemu_alone:
        return _Found(None, found, "what lies beneath is not certain", it.evidence)
    if name == "none" and it.role == "host":
        return _Found(not it.beneath, found, "what runs guests here is its owner's", it.evidence)
    named = f"it calls itself {KINDS.get(it.kind, it.kind)}"
    return _Found(same, found, "no hypervisor was seen" if it.kind == "none" else named, it.evidence)


def _paravirtual(asked: Asked, seen: Seen) -> _Found:
    """What is passed through is better than promised; what this system could have is not the provider's."""
    net = asked.name == "net"
    unseen, what = ("net", "network card") if net else ("block", "disk")
    own: Sequence[Block | Net] = (
        [card for card in seen.facts.net if card.path != "software"] if net else own_disks(seen.facts)
    )
    if unseen in seen.facts.unseen or not own:
        return _untold(f"no {what} was seen")
    evidence = [id_ for one in own for id_ in one.evidence[:1]]
    slow = [one for one in own if one.path == "emulated"]
    if any(one.better_by == "owner" for one in slow):
        return _Found(None, "emulated", "this system can use the better one that is offered", evidence)
    if slow:
        named = joined([one.name for one in slow[:3]])
        return _Found(
            False, f"an emulated {what}", f"{named}, driver {slow[0].driver or 'unknown'}", evidence
        )
    if any(one.path == "unknown" for one in own):
        return _Found(None, NOT_KNOWN, f"how a {what} is served does not show", evidence)
    return _Found(True, own[0].path, f"{own[0].name}, driver {own[0].driver or 'unknown'}", evidence)


def _nested(asked: Asked, seen: Seen) -> _Found:
    found = next((one for one in seen.facts.workloads if one.name == "kvm"), None)
    if found is None or found.possible is None:
        return _untold(found.because if found else "it was not asked", found.evidence if found else ())
    by_hardware = found.possible and seen.facts.cpu.hw_virt_state in ("present", "usable")
    said = "in hardware" if by_hardware else "in software only" if found.possible else "no virtual machines"
    return _Found(by_hardware, said, found.because, found.evidence)


_LOOK: dict[Subject, Callable[[Asked, Seen], _Found]] = {
    "processors": _processors, "dedicated": _dedicated, "level": _level, "flag": _flag, "sockets": _sockets,
    "memory": _memory, "disk": _disk, "disk-kind": _disk_kind, "iops": _iops, "disk-speed": _disk_speed,
    "network": _network, "traffic": _traffic, "ipv4": _addresses, "ipv6": _addresses,
    "virtualization": _virtualization, "paravirtual": _paravirtual, "nested": _nested, "model": _model,
    "unseen": _unseen, "unread": _unread,
}  # fmt: skip
