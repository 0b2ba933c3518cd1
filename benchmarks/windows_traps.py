"""What of a recorded Windows machine is easily mistaken, and whether a report sees through it.

expected.json tells it in words. A row here knows such words, and asks the report; what no row knows is not
judged. What checks of Windows claim besides is listed, for a person to look at.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Report = dict[str, Any]
Expected = dict[str, Any]


class Trap(NamedTuple):
    """A trap, by words that stand in its description, in lower case."""

    words: tuple[str, ...]
    is_seen: Callable[[Report, Expected], bool]
    checks: tuple[str, ...] = ()
    """The checks that speak of it where they fail."""


def failed(report: Report, *checks: str) -> list[dict[str, Any]]:
    return [one for one in report["findings"] if one["status"] == "fail" and one["check"] in checks]


def _kind(report: Report, expected: Expected) -> bool:
    return report["facts"]["hypervisor"]["kind"] in (expected["kind"], *expected.get("kind_may_be", ()))


def _paths(report: Report, expected: Expected) -> bool:
    """Whether every disk and card of which the path is known is told so."""
    for name in ("block", "net"):
        told = {(one["driver"] or "").lower(): one["path"] for one in report["facts"][name]}
        for one in expected.get(name) or ():
            if one["driver"] and told.get(one["driver"].lower()) != one["path"]:
                return False
    return True


def _windows(report: Report) -> dict[str, Any]:
    found: dict[str, Any] = report["facts"]["windows"] or {}
    return found


def _static(report: Report, _expected: Expected) -> bool:
    return bool(failed(report, "windows.static-address", "windows.static-address-on-ghost"))


def _ghost(report: Report, _expected: Expected) -> bool:
    return bool(failed(report, "windows.ghost-devices")) or bool(_windows(report).get("phantoms"))


def _boots_by(report: Report, expected: Expected) -> bool:
    told = {one.lower() for one in _windows(report).get("boots_by", ())}
    return told == {one.lower() for one in expected["boots_by"]}


def _noted(word: str) -> Callable[[Report, Expected], bool]:
    return lambda report, _expected: any(word in one for one in report["notes"])


def _replayed(report: Report, _expected: Expected) -> bool:
    return not any("last changes are missing" in one for one in report["notes"])


def _inbox(report: Report, expected: Expected) -> bool:
    """That the services exist makes neither a guest nor a driver that is in use."""
    used = [
        one
        for one in report["facts"]["drivers"]
        if one.get("inbox") and one["state"] in ("in-use", "left-over")
    ]
    return _kind(report, expected) and (expected["kind"] == "hyperv" or not used)


def _no_cdrom(report: Report, _expected: Expected) -> bool:
    return not [one for one in report["facts"]["block"] if "cdrom" in (one["controller"] or "").lower()]


def _mounted(report: Report, expected: Expected) -> bool:
    paths = {one["path"] for one in report["facts"]["block"] if (one["driver"] or "").lower() == "vhdmp"}
    return _kind(report, expected) and paths <= {"software"}


def _hosts(report: Report, expected: Expected) -> bool:
    return report["facts"]["hypervisor"]["role"] in (expected["role"], *expected.get("role_may_be", ()))


TRAPS = (
    Trap(("static address",), _static, ("windows.static-address", "windows.static-address-on-ghost")),
    Trap(("ghost",), _ghost, ("windows.ghost-devices",)),
    Trap(("phantom",), _ghost, ("windows.ghost-devices",)),
    Trap(("no startoverride",), _boots_by),
    Trap(("inbox", "services"), _inbox),
    Trap(("inbox", "drivers"), _inbox),
    Trap(("dirty hive",), _replayed),
    Trap(("corrupt",), _noted("damaged")),
    Trap(("damaged",), _noted("damaged")),
    Trap(("dates",), _paths),
    Trap(("cd-rom",), _no_cdrom),
    Trap(("mounted", "vhd"), _mounted),
    Trap(("hypervisor", "line"), _kind),
    Trap(("hypervisorlaunchtype",), _hosts, ("windows.hypervisor-inside",)),
    Trap(("hyper-v role",), _hosts, ("windows.hypervisor-inside",)),
    Trap(("vmbusr",), _hosts, ("windows.hypervisor-inside",)),
    Trap(("generation counter",), _kind),
    Trap(("pcnet",), _paths),
    Trap(("intelide",), _paths),
    Trap(("atapi",), _paths),
    Trap(("e1000",), _paths),
    Trap(("manufacturer",), _kind),
)  # fmt: skip
"""The first that knows a description counts."""


def judged(expected: Expected, report: Report) -> Iterator[tuple[str, str]]:
    """(found, missed or not judged; the description) of each trap."""
    for text in expected.get("traps", ()):
        trap = _known(text)
        yield ("not judged" if not trap else "found" if trap.is_seen(report, expected) else "missed"), text


def besides(expected: Expected, report: Report) -> list[str]:
    """What checks of Windows say that no trap of the machine tells of: for a person to look at."""
    told = {check for text in expected.get("traps", ()) if (trap := _known(text)) for check in trap.checks}
    return [
        f"{one['check']}: {one['message']}"
        for one in report["findings"]
        if one["status"] == "fail" and one["check"].startswith("windows.") and one["check"] not in told
    ]


def _known(text: str) -> Trap | None:
    return next((one for one in TRAPS if all(word in text.lower() for word in one.words)), None)
