"""What vaudit said of a machine, against the truth and against what it says of the dump."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from vaudit import toml
from vaudit.evidence import dump
from vaudit.evidence.recorder import Recorder
from vaudit.history import borders as history
from vaudit.history import differ
from vaudit.judge.checks import load
from vaudit.model.facts import Block, Net
from vaudit.model.report import Report
from vaudit.pipeline import scan

MACHINES = Path(__file__).parent.parent / "machines"
VOLATILE = {
    *(f"cpu.{name}" for name in ("steal", "steal_shown", "wanted_seconds", "up_seconds", "mhz")),
    *(f"memory.{name}" for name in ("available", "swap_used", "balloon.current", "balloon.held")),
    *(f"vmware.{name}" for name in ("swapped", "ballooned", "contention", "waited_seconds")),
    # a router may advertise one while a machine is looked at that has just booted
    *(f"addresses.ipv6.{name}" for name in ("addresses", "default_route", "because")),
}
VOLATILE_CHECKS = ("cpu.steal-",)
"""Facts that differ between two looks at the same machine, and findings that follow them."""
_PLAIN = ("kind", "mode", "role", "version", "vmm", "cloud", "confidence", "beneath")


def recorded(name: str) -> Path:
    """Where a case's dump is kept."""
    return MACHINES / f"lab-{name}.vdump"


def truth(name: str) -> dict[str, Any]:
    """What is true of a case: tests/machines/lab-NAME.toml; empty where nobody has written it yet."""
    path = MACHINES / f"lab-{name}.toml"
    return toml.loads(path.read_text()) if path.exists() else {}


def replay(data: bytes, name: str) -> Report:
    """What vaudit says of a dump."""
    return scan(Recorder(dump.parse(data, name)), load([]))


def wrong(report: Report, expected: dict[str, Any]) -> list[str]:
    """Where a report and the truth differ, one line each; every device but software has to be named."""
    facts = report.facts
    found: dict[str, Any] = {key: getattr(facts.hypervisor, key) for key in _PLAIN}
    found["hw_virt_state"] = facts.cpu.hw_virt_state
    found["containers"] = facts.containers
    found["layers"] = [one.layer for one in facts.layers]
    found["contradictory"] = bool(facts.hypervisor.contradictions)
    found["block"] = _paths(facts.block, expected.get("block", {}), expected)
    found["net"] = _paths(facts.net, expected.get("net", {}), expected)
    devices: list[Block | Net] = [*facts.block, *facts.net]
    found["better"] = {one.name: one.better for one in devices if one.better}
    needed = {"contradictory": False, "block": {}, "net": {}, "better": {}, **expected}
    lines = [
        f"{key}: {found[key]!r}, but it is {needed[key]!r}"
        for key in found
        if key in needed and found[key] != needed[key]
    ]
    lines += _each("drivers", expected, {one.name: one.state for one in facts.drivers})
    lines += _each("guests", expected, {one.kind: one.possible for one in facts.guests})
    lines += _interfaces(report, expected)
    lines += _benchmarks(report, expected)
    failed = {f"{one.check} {one.subject}".strip() for one in report.findings if one.status == "fail"}
    lines += [f"finding {one!r} does not fail" for one in expected.get("fail", []) if one not in failed]
    lines += [f"finding {one!r} fails" for one in expected.get("not_fail", []) if one in failed]
    broken = [one.check for one in report.findings if one.status == "error"]
    return lines + [f"the check {one} is in error" for one in broken]


def _benchmarks(report: Report, expected: dict[str, Any]) -> Iterator[str]:
    """`disk` and `memory` hold the verdict and details of their benchmarks; figures may be off by a tenth."""
    for area in ("disk", "memory"):
        made = next((one for one in report.benchmarks if one.id == f"{area}.verdict"), None)
        found = {"verdict": made.verdict, "status": made.status, **made.details} if made else {}
        for key, value in expected.get(area, {}).items():
            is_figure = isinstance(value, int | float)
            close = is_figure and abs((found.get(key) or 0) - value) <= value / 10
            if not close and found.get(key) != value:
                yield f"{area}.{key}: {found.get(key)!r}, but it is {value!r} ({made and made.reason})"


def _interfaces(report: Report, expected: dict[str, Any]) -> Iterator[str]:
    """`[offered.kvm]` and `[used.kvm]`: features by name, true or false."""
    for key in ("offered", "used"):
        for name, features in expected.get(key, {}).items():
            shown = (one for one in report.facts.hypervisor.interfaces if one.name == name)
            found = {each.name: getattr(each, key) for one in shown for each in one.features}
            for line in _each(key, {key: features}, found):
                yield f"{name} {line}"


def _paths(devices: Sequence[Block | Net], named: dict[str, str], expected: dict[str, Any]) -> dict[str, str]:
    """Devices by name with their paths; without software, and those `others` whose path is expected."""
    ignored = {"software", expected.get("others")}
    return {one.name: one.path for one in devices if one.name in named or one.path not in ignored}


def _each(key: str, expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    wanted = expected.get(key, {})
    return [
        f"{key}.{name}: {found.get(name)!r}, but it is {value!r}"
        for name, value in wanted.items()
        if found.get(name) != value
    ]


def changed(before: Report, after: Report) -> list[str]:
    """Facts and findings of two reports on the same machine that differ, one line each."""
    lines = list(_walk("", msgspec.to_builtins(before.facts), msgspec.to_builtins(after.facts)))
    old, new = _findings(before), _findings(after)
    for key in old.keys() | new.keys():
        if old.get(key) != new.get(key):
            lines.append(f"finding {key}: {old.get(key)} -> {new.get(key)}")
    return lines


def news(before: Report, after: Report) -> list[str]:
    """What `vaudit diff` calls news of two scans of one machine."""
    borders = history.borders(load([]).borders)
    return [one.text for one in differ.diff(before, after, borders).lines if one.sort != "not compared"]


def _findings(report: Report) -> dict[str, str]:
    return {
        f"{one.check} {one.subject}".strip(): one.status
        for one in report.findings
        if not one.check.startswith(VOLATILE_CHECKS)
    }


def _walk(path: str, before: Any, after: Any) -> Iterator[str]:
    if path in VOLATILE:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            yield from _walk(f"{path}.{key}".lstrip("."), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            name = one.get("name", index) if isinstance(one, dict) else index
            yield from _walk(f"{path}[{name}]", one, other)
    elif isinstance(before, list) and isinstance(after, list):
        yield from (f"{path}: - {_short(one)}" for one in before if one not in after)
        yield from (f"{path}: + {_short(one)}" for one in after if one not in before)
    elif before != after:
        yield f"{path}: {_short(before)} -> {_short(after)}"


def _short(value: Any) -> str:
    text = str(value.get("says") or value.get("name") or value) if isinstance(value, dict) else repr(value)
    return text if len(text) < 160 else f"{text[:160]}…"
