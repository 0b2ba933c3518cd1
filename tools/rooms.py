"""How much of each room the tests run: python tools/rooms.py < coverage.json (`coverage json -o -`)."""

import json
import sys
from collections import defaultdict
from pathlib import PurePath


def room(path: str) -> str:
    """The folder of a file below vaudit/; of bench/ also the room in it."""
    parts = PurePath(path).parts[1:-1]
    return "/".join(parts[: 2 if parts[:1] == ("bench",) else 1]) or "vaudit"


def main() -> None:
    rooms: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for path, told in json.load(sys.stdin)["files"].items():
        counts = told["summary"]
        whole = counts["num_statements"] + counts.get("num_branches", 0)
        run = counts["covered_lines"] + counts.get("covered_branches", 0)
        for name in (room(path), "all"):
            rooms[name] = [a + b for a, b in zip(rooms[name], (1, whole, run), strict=True)]
    print(f"{'room':<16}{'files':>6}{'lines and branches':>20}{'run':>7}")
    for name in sorted(rooms, key=lambda one: (one == "all", one)):
        files, whole, run = rooms[name]
        print(f"{name:<16}{files:>6}{whole:>20}{run / max(1, whole):>7.1%}")


if __name__ == "__main__":
    main()
