"""The gallery and the pictures in docs/: `python -m tools.pages`, or `make docs`.

Each page shows something that vaudit tells apart. The pages carry no JSON, which would double their size.
Pictures need Chromium; what each was made of is written down, so that a test says when it is old.
"""

import json
import sys
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from msgspec.structs import replace

from tests import machines
from tests.outer import found
from vaudit import __version__
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.judge.read_plan import read
from vaudit.model.report import Origin, Report, Run
from vaudit.output import html, render
from vaudit.pipeline import scan
from vaudit.resources import folder

DOCS = Path(__file__).parent.parent / "docs"
GALLERY = DOCS / "gallery"
PASTE = DOCS / "paste.md"
MADE_OF = GALLERY / "made_of.json"
PLAN, BROKEN = "2 vCPU, 4 GB RAM, 40 GB SSD, KVM", "4 vCPU, 8 GB RAM, 40 GB SSD, KVM"


class Shown(NamedTuple):
    """A machine of the gallery."""

    page: str
    machine: str
    title: str
    plan: str = ""


SHOWN = (
    Shown("good", "synthetic-bench-local-flash", "A good VPS, and what its plan promised", PLAN),
    Shown("microvm", "firecracker-stale-dockerenv", "A microVM that other tools call a container"),
    Shown("emulated", "lab-kvm-emulated", "A guest whose disk and card are emulated"),
    Shown(
        "throttled",
        "lab-slow-iops-1000",
        "A disk that is held to 1000 requests a second, without KVM beneath",
    ),
    Shown(
        "neighbours", "synthetic-bench-crowded", "An oversold host: stolen time, and a disk that others use"
    ),
    Shown("xen-hvm", "lab-xen-hvm-nopv", "Xen HVM without PV drivers"),
    Shown("xen-dom0", "lab-xen-dom0", "Xen's dom0, itself in a guest"),
    Shown("metal", "synthetic-bare-metal-vtx-off", "Metal with VT-x switched off in the firmware"),
    Shown("windows", "windows-kvm-emulated", "Windows, by its registry: emulated, with a driver at hand"),
    Shown("boxes", "synthetic-docker-in-xen-in-kvm", "A container in a guest in a guest"),
)


class Picture(NamedTuple):
    """The first screen of a page."""

    file: str
    page: str
    width: int
    height: int
    dark: bool = False
    media: str = ""


PICTURES = (
    Picture("report.png", "good", 1280, 900),
    Picture("gallery/dark.png", "throttled", 1280, 900, dark=True),
    Picture("gallery/phone.png", "emulated", 390, 844),
    Picture("gallery/print.png", "good", 794, 1123, media="print"),
)


def report(one: Shown) -> Report:
    """The machine's report, alike whenever it is made."""
    made = scan(Recorder(machines.source(one.machine)), load(), plan=read(one.plan) if one.plan else ())
    return replace(made, run=Run("off"), source=Origin("dump", one.title))


def page(one: Shown) -> str:
    """The page, without the report in it."""
    return html.render(report(one), carry=False)


def first_screen(page: str) -> str:
    """What a page says first, whatever version says it."""
    return page.partition("<body>")[2].partition('<nav class="contents"')[0].replace(__version__, "")


def made_of(page: str) -> str:
    """A checksum of what a picture shows: the first screen, and how it is drawn."""
    style = (Path(folder("reports")) / "style.css").read_text(encoding="utf-8")
    return f"{crc32((style + first_screen(page)).encode()):08x}"


def block() -> str:
    """The block of docs/paste.md."""
    (one,) = [each for each in SHOWN if each.page == "neighbours"]
    return render("paste", report(one._replace(plan=BROKEN)))


def index(reports: dict[str, Report]) -> str:
    """docs/gallery/README.md."""
    rows = [f"| [{one.title}]({one.page}.html) | {reports[one.page].verdict.sentence}. |" for one in SHOWN]
    return f"""# Gallery

Machines and what vaudit says of them (`make docs` makes these pages anew). A page is one file without a
script; where a site shows its source, download it, or open it from a checkout.

| machine | verdict |
| --- | --- |
{chr(10).join(rows)}

In the dark:

![A page in the dark](dark.png)

On a phone, and on paper:

![A page on a phone](phone.png) ![A page on paper](print.png)
"""


def main() -> int:
    GALLERY.mkdir(exist_ok=True)
    reports = {one.page: report(one) for one in SHOWN}
    pages = {name: html.render(made, carry=False) for name, made in reports.items()}
    for name, text in pages.items():
        (GALLERY / f"{name}.html").write_text(text, encoding="utf-8")
    (GALLERY / "README.md").write_text(index(reports), encoding="utf-8")
    before, _, rest = PASTE.read_text(encoding="utf-8").partition("~~~text\n")
    PASTE.write_text(f"{before}~~~text\n{block()}~~~{rest.partition('~~~')[2]}", encoding="utf-8")
    chromium = found("chromium")
    if not chromium:
        print("the pictures need Chromium: make outer-programs installs it", file=sys.stderr)
        return 1
    _draw(chromium)
    said = {one.file: made_of(pages[one.page]) for one in PICTURES}
    MADE_OF.write_text(json.dumps(said, indent=2) + "\n")
    return 0


def _draw(chromium: str) -> None:
    from tests.browser import Browser

    with Browser(chromium) as browser:
        for one in PICTURES:
            browser.open(GALLERY / f"{one.page}.html", one.width, one.height, dark=one.dark, media=one.media)
            (DOCS / one.file).write_bytes(browser.picture())


if __name__ == "__main__":
    sys.exit(main())
