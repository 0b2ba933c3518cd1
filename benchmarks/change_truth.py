"""Which changes are found in series and pairs of known change: python benchmarks/change_truth.py FOLDER

FOLDER holds series.json and labels.json (series of one figure with what changed in them, and where), and
pairs.json and pairs-labels.json (two scans with what lies between them). Prints what was found, after how
many scans, and what was a false alarm. With --answer it answers instead: one series or pair as JSON a line
on standard input, one answer a line: a list of {"index", "cause"}, or better, worse, same.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from vaudit.history.borders import Borders, borders
from vaudit.history.changes import Change, Point, changes
from vaudit.history.compare import word
from vaudit.history.lately import lately
from vaudit.judge.checks import load

QUIET = {
    "quiet",
    "quiet-autocorrelated",
    "outliers",
    "weekly-cycle",
    "bimodal",
    "episode",
    "host-move-same-speed",
}
CONTEXT = {"machine": "machine", "cpu_model": "processor", "vaudit": "vaudit"}
NEAR = 5
"""Scans: a change counts as found so near to the true place."""


def points(series: dict[str, Any]) -> list[Point]:
    """A series as the product keeps it."""
    return [
        Point(one["value"], one["taken"], one["disturbed"], {CONTEXT[key]: one[key] for key in CONTEXT})
        for one in series["points"]
    ]


def cause(change: Change) -> str:
    """In the words of the truth set."""
    if change.explained.keys() & {"machine", "processor"}:
        return "host-move"
    if "vaudit" in change.explained:
        return "tool-change"
    return "drift" if change.shape == "drift" else "unannounced"


def pair(one: dict[str, Any], limits: Borders) -> str:
    """What is said of two scans."""
    return word(one["history"], one["before"], one["after"], one["better"] == "lower", limits)


def answer(limits: Borders) -> None:
    """One answer a line, for a judge."""
    for text in sys.stdin:
        one = json.loads(text)
        if "points" not in one:
            said: Any = pair(one, limits)
        else:
            said = [{"index": it.index, "cause": cause(it)} for it in changes(points(one), limits)]
        print(json.dumps(said), flush=True)


def asked_after_every_scan(series: list[Point], label: dict[str, Any], limits: Borders) -> dict[str, Any]:
    """Whether true changes were found, after how many scans, and what else was said meanwhile."""
    true = [one for one in label["changes"] if one["ratio"] != 1]
    found: int | None = None
    false = early = False
    for end in range(10, len(series) + 1):
        said = changes(series[:end], limits)
        hits = [it for it in said if any(fits(it, one) for one in true)]
        if hits and found is None:
            found = end - true[0]["index"]
        false |= any(it not in hits and not it.explained for it in said)
        early |= not true and lately(series[:end], said, limits) is not None
    return {"found": found, "false": false, "early": early}


def fits(change: Change, true: dict[str, Any]) -> bool:
    """Whether it stands where a true change stands; a drift goes on for long."""
    away = change.index - int(true["index"])
    return away >= -NEAR if true["cause"] == "drift" else abs(away) <= NEAR


def table(folder: Path, limits: Borders) -> None:
    """What is printed of series."""
    labels = json.loads((folder / "labels.json").read_text())["labels"]
    rows = defaultdict(list)
    for series in json.loads((folder / "series.json").read_text())["series"]:
        label = labels[series["id"]]
        rows[label["category"]].append(asked_after_every_scan(points(series), label, limits))
    print(f"{'series':24} number  found  false alarm  early word  after scans")
    for name, row in sorted(rows.items()):
        found = [one["found"] for one in row if one["found"] is not None]
        print(f"{name:24} {len(row):6} {len(found):6} {sum(one['false'] for one in row):12} "
              f"{sum(one['early'] for one in row):11}  {median(found) if found else '':>11}")  # fmt: skip
    quiet = [one for name in QUIET & rows.keys() for one in rows[name]]
    alarms, words = (sum(one[key] for one in quiet) / len(quiet) for key in ("false", "early"))
    print(f"of 100 quiet series {100 * alarms:.1f} ever alarmed, and {100 * words:.1f} had an early word\n")


def pairs(folder: Path, limits: Borders) -> None:
    """What is printed of pairs."""
    labels = json.loads((folder / "pairs-labels.json").read_text())["labels"]
    rows: dict[float, Counter[str]] = defaultdict(Counter)
    for one in json.loads((folder / "pairs.json").read_text())["pairs"]:
        ratio, said = labels[one["id"]]["ratio"], pair(one, limits)
        true = "same" if ratio == 1 else "better" if (ratio > 1) == (one["better"] == "higher") else "worse"
        rows[round(max(ratio, 1 / ratio), 2)][
            "right" if said == true else "missed" if said == "same" else "wrong"
        ] += 1
    print("pairs: times  right  missed  wrong")
    for ratio, row in sorted(rows.items()):
        print(f"{ratio:12.2f} {row['right']:6} {row['missed']:7} {row['wrong']:6}")


def main() -> None:
    """Prints the tables, or answers a judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--answer", action="store_true", help="answer what stands on standard input")
    args = parser.parse_args()
    limits = borders(load().borders)
    if args.answer:
        answer(limits)
    elif args.folder:
        table(args.folder, limits)
        pairs(args.folder, limits)
    else:
        parser.error("name the folder with series and pairs, or --answer")


if __name__ == "__main__":
    main()
