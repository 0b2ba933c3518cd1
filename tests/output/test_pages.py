"""The page in a browser: what axe, the W3C's validator and a ruler say of it, on a phone and on a desk."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import machines
from tests.browser import Browser
from tests.outer import program
from tests.output import samples
from tests.output.test_every_string import behind_every_word, of_the_types
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.judge.read_plan import read
from vaudit.model.report import Report
from vaudit.output.html import render
from vaudit.pipeline import scan

pytestmark = pytest.mark.outer("chromium", "axe.min.js")
LONG = "W" * 10_000
PHONE, SMALL, DESK = 390, 320, 1280
WIDTHS = (SMALL, PHONE, 700, DESK)


def recorded(name: str, plan: str = "") -> Report:
    return scan(Recorder(machines.source(name)), load(), plan=read(plan) if plan else ())


PAGES: dict[str, Callable[[], Report]] = {
    **samples.ALL,
    "names of 10,000 letters": lambda: behind_every_word(LONG),
    "every field is 10,000 letters": lambda: of_the_types(LONG),
    "throttled": lambda: recorded("lab-slow-iops-1000", "4 vCPU, 8 GB RAM, 160 GB NVMe, 1 Gbit/s, KVM"),
    "many devices": lambda: recorded("synthetic-kvm-device-zoo"),
    "offers": lambda: recorded("lab-kvm-hyperv"),
}
HOSTILE = ("hostile", "names of 10,000 letters", "every field is 10,000 letters")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(program("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder: Path = tmp_path_factory.mktemp("pages")

    def written(name: str) -> Path:
        path = folder / f"{name.replace(' ', '-').replace(',', '')}.html"
        if not path.exists():
            path.write_text(render(PAGES[name]()))
        return path

    return written


OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"
AXE = """axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})
  .then(found => found.violations.map(one => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200)]))"""


@pytest.mark.parametrize("name", sorted(PAGES))
def test_axe_finds_nothing_with_all_details_open(
    name: str, browser: Browser, page: Callable[[str], Path]
) -> None:
    axe = Path(program("axe.min.js")).read_text()
    for width, dark in ((PHONE, False), (DESK, False), (DESK, True)):
        browser.open(page(name), width, dark=dark)
        browser.ask(OPEN)
        browser.ask(f"{axe};0")
        assert browser.ask(AXE) == [], width


@pytest.mark.outer("java", "vnu.jar")
def test_the_w3c_validator_finds_no_error(page: Callable[[str], Path]) -> None:
    paths = [str(page(name)) for name in PAGES]
    young = ".*details-content.*"  # of 2025, and younger than the validator that PyPI has
    flags = ["--errors-only", "--format", "json", "--filterpattern", young]
    words = [program("java"), "-jar", program("vnu.jar"), *flags, *paths]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    found = json.loads(done.stderr)["messages"]
    assert [(Path(one["url"]).name, one["message"], one.get("extract")) for one in found] == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_no_page_is_wider_than_the_screen(name: str, browser: Browser, page: Callable[[str], Path]) -> None:
    for width in WIDTHS:
        browser.open(page(name), width)
        browser.ask(OPEN)
        assert browser.ask("document.documentElement.scrollWidth") == width


CUT = """[...document.querySelectorAll('header *, main *')].filter(one => {
  if (one.closest('svg, thead')) return false;
  const style = getComputedStyle(one);
  return style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
    || (['hidden', 'clip'].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1);
}).map(one => one.outerHTML.slice(0, 200))"""
OVER = """[...document.querySelectorAll('svg.chart')].flatMap(chart => {
  const found = [...chart.querySelectorAll('text')];
  const texts = found.map(one => [one.textContent, one.getBoundingClientRect()]);
  return texts.flatMap(([a, p], at) => texts.slice(at + 1).filter(([b, q]) =>
    Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1
    && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 3).map(([b, q]) => [a, b]));
})"""
OUTSIDE = """[...document.querySelectorAll('svg.chart text')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width && (box.left < 0 || box.right > innerWidth);
}).map(one => one.textContent)"""
BROKEN = """[...document.querySelectorAll('.option')].filter(one => one.getClientRects().length > 1)
  .map(one => one.textContent)"""


@pytest.mark.parametrize("name", sorted(set(PAGES) - set(HOSTILE)))
def test_nothing_that_is_said_is_cut_and_no_label_lies_over_another(
    name: str, browser: Browser, page: Callable[[str], Path]
) -> None:
    for width in WIDTHS:
        browser.open(page(name), width)
        browser.ask(OPEN)
        found = {what: browser.ask(script) for what, script in
                 {"cut": CUT, "over": OVER, "outside": OUTSIDE, "broken": BROKEN}.items()}  # fmt: skip
        assert found == {"cut": [], "over": [], "outside": [], "broken": []}, width


TABS = (
    "[...document.querySelectorAll('.wide')].filter(one => one.scrollWidth > one.clientWidth && one.tabIndex)"
)


def test_a_keyboard_comes_to_the_verdict_first_and_into_what_scrolls(
    browser: Browser, page: Callable[[str], Path]
) -> None:
    browser.open(page("throttled"), PHONE)
    browser.ask(OPEN)
    browser.do("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert browser.ask("document.activeElement.getAttribute('href')") == "#main"
    assert browser.ask("document.activeElement.getBoundingClientRect().top >= 0"), "it is seen when it counts"
    assert browser.ask(f"{TABS}.length") == 0


def test_on_paper_the_report_is_whole_and_no_wider(browser: Browser, page: Callable[[str], Path]) -> None:
    browser.open(page("throttled"), DESK)
    browser.do("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.ask("getComputedStyle(document.querySelector('.contents')).display") == "none"
        assert browser.ask("getComputedStyle(document.querySelector('#benchmarks')).display") == "block"
        assert browser.printed().startswith(b"%PDF")
    finally:
        browser.do("Emulation.setEmulatedMedia", media="")
