"""Compares what two versions of vaudit say of the same recorded machines.

    python benchmarks/same.py OTHER [PATH ...]

OTHER is another checkout of vaudit (`git worktree add ../before v0.1.0`). Each version scans the machines of
its own tests/machines (a dump's form may have changed between them); what only OTHER keeps there, and each
PATH, is scanned by both. What is compared: the facts, the verdict and the findings (check, status, severity,
subject, message). What only the newer version knows is counted as added. A difference that is meant stands in
same.toml with its reason.

Exit code 0 when nothing differs but what is meant, 1 otherwise.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from vaudit import toml

HERE = Path(__file__).resolve().parent
FINDING = ("check", "status", "severity", "subject", "message")
MISSING = object()


def reports(tree: Path, paths: list[str]) -> dict[str, dict[str, Any]]:
    """Report by the name of its machine, as the vaudit in `tree` makes them."""
    command = [sys.executable, "-m", "vaudit", "scan", "--format", "jsonl"]
    for path in paths:
        command += ["--from", path]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{tree}: {done.stderr.strip()}")
    made = [json.loads(line) for line in done.stdout.splitlines()]
    return {name_of(report["source"]["name"]): report for report in made}


def name_of(path: str) -> str:
    return Path(path).name.removesuffix(".vdump")


def compared(report: dict[str, Any]) -> dict[str, Any]:
    """What must stay the same of a report."""
    findings: dict[str, Any] = {}
    for finding in report["findings"]:
        findings.setdefault(f"{finding['check']}|{finding.get('subject', '')}", []).append(
            {name: finding.get(name, "") for name in FINDING}
        )
    return {"facts": report["facts"], "verdict": report["verdict"], "findings": findings}


def differences(before: Any, after: Any, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(where, before, after) of all that is not the same; `before` is MISSING for what was added."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            inside = f"{at}.{key}" if at else key
            yield from differences(before.get(key, MISSING), after.get(key, MISSING), inside)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{at}[{number}]")
    elif before != after:
        yield at, before, after


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("other", type=Path, help="another checkout of vaudit: the version before")
    parser.add_argument("paths", nargs="*", help="further records, scanned by both versions")
    parser.add_argument("--limit", type=int, default=40, help="differences that are shown (default 40)")
    options = parser.parse_args()
    with open(HERE / "same.toml", "rb") as file:
        meant = toml.load(file).get("meant", [])
    paths = [str(Path(path).resolve()) for path in options.paths]
    kept = [tree / "tests" / "machines" for tree in (options.other.resolve(), HERE.parent)]
    lost = [str(path) for path in sorted(kept[0].glob("*.vdump")) if not (kept[1] / path.name).exists()]
    both = [
        reports(options.other.resolve(), [str(kept[0]), *paths]),
        reports(HERE.parent, [str(kept[1]), *lost, *paths]),
    ]
    counts: Counter[str] = Counter()
    shown = 0
    shared = sorted(both[0].keys() & both[1].keys())
    for name in sorted(both[0].keys() - both[1].keys()):
        print(f"{name}: is not scanned any more")
        counts["unexplained"] += 1
    for name in shared:
        for where, old, new in differences(compared(both[0][name]), compared(both[1][name])):
            if old is MISSING:
                counts["added"] += 1
                continue
            rule = next((one for one in meant if _covers(one, name, where, old, new)), None)
            counts[f"meant: {rule['why']}" if rule else "unexplained"] += 1
            if rule is None and shown < options.limit:
                shown += 1
                gone = "(gone)" if new is MISSING else json.dumps(new)[:200]
                print(f"{name}: {where}\n    before {json.dumps(old)[:200]}\n    after  {gone}")
    print(f"{len(shared)} machines; {len(both[1].keys() - both[0].keys())} new")
    for what, count in sorted(counts.items()):
        print(f"{count:>6}  {what}")
    return 1 if counts["unexplained"] else 0


def _covers(rule: dict[str, str | list[str]], name: str, where: str, old: object, new: object) -> bool:
    """Whether the rule's patterns fit, of a list one; `before` and `after` are patterns of the values."""
    values = {"machine": name, "where": where, "before": str(old), "after": str(new)}
    return all(_fits(values[key], patterns) for key, patterns in rule.items() if key != "why")


def _fits(value: str, patterns: str | list[str]) -> bool:
    some = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in some)


if __name__ == "__main__":
    sys.exit(main())
