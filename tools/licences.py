"""Prints the table of docs/dependencies.md: the packages of requirements-dev.txt and their licences.

    python tools/licences.py          prints it
    python tools/licences.py --write  puts it into the document

The licences are those that the installed packages name themselves. Of a package that is not installed here
(it is for another system or Python) the row of the document stays.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK, DOCUMENT = ROOT / "requirements-dev.txt", ROOT / "docs" / "dependencies.md"
SPELLINGS = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What packages write that name no identifier of SPDX. Those that say BSD alone have three clauses."""
HEAD = "| package | licence | needed by |\n| --- | --- | --- |\n"
_ROW = re.compile(r"^\| (\S+) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def names() -> list[str]:
    """The packages that are locked."""
    return sorted(set(re.findall(r"^([a-z0-9-]+)==", LOCK.read_text(), re.MULTILINE)))


def licence(name: str) -> str:
    """The SPDX expression of an installed package. Raises PackageNotFoundError."""
    told = metadata(name)
    classes = [each for each in told.get_all("Classifier", []) if each.startswith("License ::")]
    said = told["License-Expression"] or told["License"] or "".join(classes).rpartition(" :: ")[2]
    return SPELLINGS.get(said, said)


def of_program() -> set[str]:
    """What an installed vaudit brings along, and what that needs: for this Python and all others."""
    found: set[str] = set()
    pending = ["vaudit"]
    while pending:
        name = pending.pop()
        try:
            needs = requires(name) or []
        except PackageNotFoundError:
            continue
        plain = (re.split(r"[^A-Za-z0-9._-]", each)[0] for each in needs if "extra ==" not in each)
        new = {re.sub(r"[-_.]+", "-", each).lower() for each in plain} - found
        found |= new
        pending += new
    return found


def table() -> str:
    """The whole table."""
    before = {name: licence for name, licence, _ in _ROW.findall(DOCUMENT.read_text())}
    program = of_program()
    rows = []
    for name in names():
        try:
            told = licence(name)
        except PackageNotFoundError:
            told = before.get(name, "?")
        rows.append(f"| {name} | {told} | {'the program' if name in program else 'development'} |\n")
    return HEAD + "".join(rows)


def main() -> None:
    if "--write" not in sys.argv:
        print(table(), end="")
        return
    text = DOCUMENT.read_text()
    DOCUMENT.write_text(text[: text.index(HEAD)] + table())


if __name__ == "__main__":
    main()
