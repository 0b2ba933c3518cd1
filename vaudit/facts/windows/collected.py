"""What facter and Ansible collected of Windows: which release it is, and how much memory it has."""

import msgspec

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts.ask import output_id
from vaudit.facts.values import Value
from vaudit.model.facts import Kernel, Memory, Os

Facts = dict[str, object]


class Collected(Value, frozen=True):
    """Empty or None where it was not told."""

    evidence: str
    name: str
    version: str
    """10.0.22621, often with a fourth number behind it."""
    memory: int | None
    """Bytes."""


def collected(source: Source) -> Collected | None:
    """What the first of them told."""
    for program, reader in (("facter", _facter), ("ansible", _ansible)):
        text = source.output(program) or ""
        facts = _json(text[max(text.find("{"), 0) :])
        if facts:
            return reader(facts, output_id(program))
    return None


def _json(text: str) -> Facts:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _facter(facts: Facts, evidence: str) -> Collected:
    """Of facter 3 and later, and of the flat names before it."""
    name = _text(facts, "os", "windows", "product_name") or _text(facts, "operatingsystem")
    version = _text(facts, "kernelversion") or _text(facts, "kernelrelease")
    return Collected(evidence, name, version, _bytes(facts, "memory", "system", "total_bytes"))


def _ansible(facts: Facts, evidence: str) -> Collected:
    inner = facts.get("ansible_facts", facts)
    told = inner if isinstance(inner, dict) else {}
    mib = _bytes(told, "ansible_memtotal_mb")
    return Collected(
        evidence,
        _text(told, "ansible_distribution") or _text(told, "ansible_os_name"),
        _text(told, "ansible_distribution_version"),
        mib << 20 if mib else None,
    )


def _inner(facts: Facts, *names: str) -> object:
    found: object = facts
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _text(facts: Facts, *names: str) -> str:
    found = _inner(facts, *names)
    return found.strip()[:200] if isinstance(found, str) else ""


def _bytes(facts: Facts, *names: str) -> int | None:
    found = _inner(facts, *names)
    return found if isinstance(found, int) and 0 < found < 1 << 50 else None


def system(source: Source) -> Os | None:
    found = collected(source)
    if not found:
        return None
    numbers = found.version.split(".")[:3]
    told = len(numbers) == 3 and all(procfs.whole(one) is not None for one in numbers)
    name = found.name.replace("Windows 10", "Windows 11") if told and _is_eleven(numbers[2]) else found.name
    return Os(
        family="windows",
        id="windows",
        name=name or None,
        version=".".join(numbers[:2]) if told else None,
        build=numbers[2] if told else None,
        evidence=[found.evidence],
    )


_ELEVEN = 22000


def _is_eleven(build: str) -> bool:
    """Windows 11 calls itself 10 in the registry still."""
    return (procfs.whole(build) or 0) >= _ELEVEN


def kernel(source: Source) -> Kernel | None:
    found = system(source)
    if not found or not found.version:
        return None
    return Kernel(name="Windows NT", release=f"{found.version}.{found.build}", evidence=found.evidence)


def memory(source: Source) -> Memory | None:
    found = collected(source)
    return Memory(total=found.memory, evidence=[found.evidence]) if found and found.memory else None
