"""What vaudit says of recorded Windows machines, held against what is known of them.

    python benchmarks/windows.py FOLDER [--verbose]

FOLDER holds a folder a machine: what was recorded of it (hives may be packed with xz), and expected.json
with kind, kind_may_be, role, role_may_be, block, net and drivers. Right, wrong and unknown are counted by
platform for kind, role, disks, cards and drivers; each machine is scanned in a process of its own, whose
processor time and memory are shown. Of the traps that expected.json names it is told which are found, which
missed, and what checks of Windows claim besides (windows_traps.py). Of hives it is told what a scan takes,
beside that of a dump of the same machine; and of all machines what facter, ohai and systeminfo would say of
them (windows_others.py).
"""

import argparse
import json
import lzma
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks import windows_others, windows_traps

ASPECTS = ("kind", "role", "disks", "cards", "drivers")
STATES = {"auto-start": ("in-use", "available"), "installed": ("in-use", "available")}
"""States of drivers that records of others name, and those of vaudit that say the same."""


class Scan(NamedTuple):
    """One machine as vaudit sees it."""

    report: dict[str, Any] | None
    error: str
    seconds: float
    """Of processor time, its start included."""
    mib: int
    """The most memory that it had."""


def unpacked(machine: Path, to: Path) -> Path:
    """The record of a machine without what is expected of it."""
    for path in sorted(machine.iterdir()):
        if path.suffix == ".xz":
            with lzma.open(path) as packed, (to / path.stem).open("wb") as plain:
                shutil.copyfileobj(packed, plain)
        elif path.name != "expected.json":
            shutil.copy(path, to / path.name)
    return to


RUNS = 3
"""Scans of which the least counts, where times are compared."""


def measured(record: Path) -> Scan:
    """One scan in a process of its own."""
    command = [sys.executable, "-m", "vaudit", "scan", "--bench", "off", "--format", "json"]
    command += ["--from", str(record)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, stdout=out, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        text, said = out.read(), errors.read().decode().strip()
    seconds = usage.ru_utime + usage.ru_stime
    return Scan(json.loads(text) if text.strip() else None, said, seconds, usage.ru_maxrss >> 10)


def judged(expected: dict[str, Any], facts: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(aspect, right or wrong or unknown, what was said) of all that is expected."""
    found = facts["hypervisor"]
    yield _word("kind", found["kind"], [expected["kind"], *expected.get("kind_may_be", [])])
    if expected.get("role") is not None:
        role = found["role"] if found["kind"] != "unknown" or found["role"] == "guest" else "unknown"
        yield _word("role", role, [expected["role"], *expected.get("role_may_be", [])])
    for aspect, name in (("disks", "block"), ("cards", "net")):
        for device in expected.get(name) or []:
            yield _device(aspect, device, facts[name])
    states = {one["name"].lower(): one["state"] for one in facts["drivers"]}
    for driver in expected.get("drivers") or []:
        state = states.get(driver["name"].lower(), "unknown")
        yield _word("drivers", state, [driver["state"], *STATES.get(driver["state"], ())], driver["name"])


def _word(aspect: str, said: str, right: list[str], subject: str = "") -> tuple[str, str, str]:
    verdict = "right" if said in right else "unknown" if said == "unknown" else "wrong"
    return aspect, verdict, f"{subject} {said}, not {right[0]}".strip() if verdict != "right" else said


def _device(aspect: str, expected: dict[str, Any], devices: list[dict[str, Any]]) -> tuple[str, str, str]:
    """A device by its driver, else by its name, and whether its path is right."""
    alike = [one for one in devices if expected["driver"] and _same(one["driver"], expected["driver"])]
    alike = alike or [one for one in devices if expected.get("name") and expected["name"] in one["name"]]
    paths = {one["path"] for one in alike} or {"unknown"}
    expected_path = expected["path"] or "unknown"
    name = str(expected["driver"] or expected.get("name"))
    verdict = "right" if expected_path in paths else "unknown" if "unknown" in paths else "wrong"
    return aspect, verdict, f"{name}: {', '.join(sorted(paths))}, not {expected_path}"


def _same(one: str | None, other: str) -> bool:
    return (one or "").lower() == other.lower()


def machines(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("*/expected.json"))


class Hive(NamedTuple):
    """What a scan of a hive takes, and one of a dump of it."""

    mib: float
    """Of the file."""
    scan: Scan
    dump: Scan


def hive(record: Path) -> Hive | None:
    """None where the record holds none."""
    path = record / "SYSTEM"
    if not path.exists():
        return None
    with tempfile.TemporaryDirectory() as place:
        dump = Path(place, "machine.vdump")
        command = [sys.executable, "-m", "vaudit", "record", "--from", str(record), "-o", str(dump)]
        subprocess.run(command, check=True, capture_output=True)
        return Hive(path.stat().st_size / (1 << 20), _least(record), _least(dump))


def _least(record: Path) -> Scan:
    return min((measured(record) for _ in range(RUNS)), key=lambda one: one.seconds)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--verbose", action="store_true", help="show what was not right")
    options = parser.parse_args()
    counted: dict[str, Counter[tuple[str, str]]] = {}
    traps: Counter[str] = Counter()
    hives: dict[str, Hive] = {}
    others: dict[str, tuple[dict[str, Any], dict[str, Any], windows_others.Others]] = {}
    for machine in machines(options.folder):
        expected = json.loads((machine / "expected.json").read_text())
        counts = counted.setdefault(expected["kind"], Counter())
        with tempfile.TemporaryDirectory() as place:
            record = unpacked(machine, Path(place))
            found = measured(record)
            print(f"{machine.name:42} {found.seconds:5.2f} s {found.mib:4} MiB  {found.error[:60]}")
            if not found.report:
                counts["kind", "unread"] += 1
                continue
            if of_hive := hive(record):
                hives[machine.name] = of_hive
            others[machine.name] = expected, found.report, windows_others.said(record, found.report)
        traps += _told(expected, found.report, verbose=options.verbose)
        for aspect, verdict, said in judged(expected, found.report["facts"]):
            counts[aspect, verdict] += 1
            if options.verbose and verdict != "right":
                print(f"    {aspect}: {said}")
    _show_counts(counted)
    words = ("found", "missed", "not judged", "besides")
    print("\ntraps: " + ", ".join(f"{traps[word]} {word}" for word in words))
    _show_hives(hives)
    _show_others(others)
    return 0


def _show_counts(counted: dict[str, Counter[tuple[str, str]]]) -> None:
    print("\nright/wrong/unknown (of unread ones nothing is counted)")
    print(f"{'platform':12}" + "".join(f"{aspect:>12}" for aspect in ASPECTS) + f"{'unread':>8}")
    for kind, counts in sorted(counted.items()):
        row = (
            "/".join(str(counts[aspect, one]) for one in ("right", "wrong", "unknown")) for aspect in ASPECTS
        )
        print(f"{kind:12}" + "".join(f"{cell:>12}" for cell in row) + f"{counts['kind', 'unread']:>8}")


def _show_hives(hives: dict[str, Hive]) -> None:
    print(f"\n{'hive':42}{'file':>10}{'a scan':>18}{'of its dump':>18}")
    for name, one in hives.items():
        scans = "".join(f"{each.seconds:8.2f} s {each.mib:3} MiB" for each in (one.scan, one.dump))
        print(f"{name:42}{one.mib:6.1f} MiB  {scans}")


def _show_others(
    others: dict[str, tuple[dict[str, Any], dict[str, Any], windows_others.Others]],
) -> None:
    """Each machine, and how often each program names its kind."""
    print(f"\n{'kind':42}{'is':>11}{'vaudit':>11}{'facter':>11}{'ohai':>11}{'systeminfo':>11}")
    right: Counter[str] = Counter()
    programs = ("vaudit", "facter", "ohai")
    for name, (expected, report, said) in others.items():
        words = (report["facts"]["hypervisor"]["kind"], *said)
        print(f"{name:42}{expected['kind']:>11}" + "".join(f"{word:>11}" for word in words))
        kinds = [expected["kind"], *expected.get("kind_may_be", [])]
        named = zip(programs, words, strict=False)  # systeminfo names none
        right += Counter(who for who, word in named if word in kinds)
    print("right: " + ", ".join(f"{who} {right[who]}" for who in programs) + f" of {len(others)}")


def _told(expected: dict[str, Any], report: dict[str, Any], *, verbose: bool) -> Counter[str]:
    """Prints what became of a machine's traps; how many of each sort."""
    counts: Counter[str] = Counter()
    for verdict, text in windows_traps.judged(expected, report):
        counts[verdict] += 1
        print(f"    trap {verdict}: {text}")
    claims = windows_traps.besides(expected, report)
    counts["besides"] = len(claims)
    for claim in claims if verbose else ():
        print(f"    besides: {claim}")
    return counts


if __name__ == "__main__":
    sys.exit(main())
