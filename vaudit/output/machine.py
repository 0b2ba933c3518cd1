"""The machine in one line, which every report begins with: what was bought, before anything is said of it."""

from vaudit import words
from vaudit.model.facts import Block, Protocol
from vaudit.model.report import Report
from vaudit.output import text

_MEASURED = "cpu.single"
"""The benchmark that tells as what the processor is sold (bench/cpu/advertised.py)."""


def line(report: Report) -> str:
    """`t3.micro, Intel Xeon E5-2686 v4, 2 vCPUs, 3.8 GiB of memory, no swap, 80 GB of disk, Debian …`."""
    facts = report.facts
    said = [_sold(report), processor(report), count(report), *memory(report), disks(facts.block)]
    said += [facts.os.name or facts.os.id or "", kernel(report), *_reached(report)]
    return ", ".join(cleaned for each in said if (cleaned := text.clean(each, 80)))


def rows(report: Report) -> list[tuple[str, str]]:
    """The same with what one line has no room for."""
    facts = report.facts
    it, cpu = facts.machine, facts.cpu
    caches = [f"L{one.level} {one.sort} {words.size(one.size)}" for one in cpu.caches]
    since = [f"since {moment}"] if (moment := _moment(facts.kernel.booted)) else []
    said = [
        ("built or sold as", [it.vendor or "", it.product or "", it.instance_type or it.instance_because]),
        ("processor", [processor(report), count(report), *caches]),
        ("memory", memory(report)),
        ("disks", [f"{disk.name} {words.rate(disk.size, 'B')}" for disk in _own(facts.block) if disk.size]),
        ("system", [facts.os.name or "", kernel(report), *since]),
        ("IPv4", _protocol(facts.addresses.ipv4)),
        ("IPv6", _protocol(facts.addresses.ipv6)),
    ]
    return [(name, ", ".join(filter(None, parts)) or "not known") for name, parts in said]


def _sold(report: Report) -> str:
    """The type of a cloud; of metal what it was built as."""
    it = report.facts.machine
    if it.instance_type:
        return it.instance_type
    built = report.facts.hypervisor.kind == "none"
    return " ".join(filter(None, (it.vendor, it.product))) if built else ""


def processor(report: Report) -> str:
    cpu = report.facts.cpu
    name = cpu.model or cpu.vendor or cpu.arch or "processor not known"
    told = next((b.details.get("advertised_mhz") for b in report.benchmarks if b.id == _MEASURED), None)
    return name + (
        f" at {words.figure(told / 1000)} GHz" if isinstance(told, float) and "@" not in name else ""
    )


def count(report: Report) -> str:
    number = report.facts.cpu.threads
    if number is None:
        return ""
    return words.many(number, "thread" if report.facts.hypervisor.kind == "none" else "vCPU")


def memory(report: Report) -> list[str]:
    memory = report.facts.memory
    said = [] if memory.total is None else [f"{words.size(memory.total)} of memory"]
    if memory.swap is not None:
        said.append(f"{words.size(memory.swap)} of swap" if memory.swap else "no swap")
    return said


def _own(disks: list[Block]) -> list[Block]:
    return [disk for disk in disks if disk.path != "software" and not disk.removable]


def disks(found: list[Block]) -> str:
    """As sellers count: in powers of ten."""
    own = _own(found)
    if not own:
        return ""
    number = words.many(len(own), "disk")
    if any(disk.size is None for disk in own):
        return f"{number} of unknown size"
    total = words.rate(sum(disk.size or 0 for disk in own), "B")
    return f"{total} of disk" if len(own) == 1 else f"{number} with {total}"


def kernel(report: Report) -> str:
    kernel = report.facts.kernel
    return " ".join(filter(None, (kernel.name, kernel.release)))


def _moment(seconds: int | None) -> str:
    import time

    known = seconds is not None and 0 < seconds < 1 << 36
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds)) if known else ""


def _reached(report: Report) -> list[str]:
    both = (("IPv4", report.facts.addresses.ipv4), ("IPv6", report.facts.addresses.ipv6))
    if all(it.addresses is None for _, it in both):
        return []
    return [f"{name} {_kind(it)}" for name, it in both]


def _kind(it: Protocol) -> str:
    """Of the address that leads farthest."""
    if it.addresses is None:
        return "not known"
    return kind(it.addresses[0].kind) if it.addresses else "none"


def kind(word: str) -> str:
    """Of an address, in words that buyers know."""
    return {"shared": "behind the provider's NAT", "special": "of a reserved range"}.get(word, word)


def _protocol(it: Protocol) -> list[str]:
    if it.addresses is None:
        return [f"not known: {it.because}" if it.because else "not known"]
    ways = {True: "a default route", False: "no default route", None: "default route not known"}
    return [*(f"{kind(one.kind)} /{one.prefix}" for one in it.addresses), ways[it.default_route], it.because]
