"""The page: complete, self-contained, and immune to what a hostile machine calls its devices."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from tests.machines import our_checks, source
from tests.output.samples import ALL, bad, bare_metal, docker_in_kvm, empty, good, hostile, tiles, xen_pv
from vaudit.evidence.recorder import Recorder
from vaudit.model.promise import Promise
from vaudit.model.report import Report, Verdict
from vaudit.output import html
from vaudit.output.html import decades, embedded, render
from vaudit.output.text import UNSAFE
from vaudit.pipeline import scan
from vaudit.resources import folder

VOID = {"meta", "circle", "path", "line", "rect", "use"}


class Page(HTMLParser):
    """Every element with its attributes, the text outside of style and script, and the nesting."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.stack: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.stack):
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@cache
def drawn(make: Callable[[], Report]) -> str:
    """The page of a sample, drawn once."""
    return render(make())


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The templates compiled as the wheel has them, and taken from there."""
    html.compile_templates(str(tmp_path / html.COMPILED))
    monkeypatch.setattr(html, "ready", lambda name: str(tmp_path / name))
    html._environment.cache_clear()
    yield tmp_path / html.COMPILED
    html._environment.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ALL))
def test_compiled_templates_make_the_same_page(name: str, compiled: Path) -> None:
    made = render(ALL[name]())
    (compiled / "made_of").unlink()
    html._environment.cache_clear()
    assert render(ALL[name]()) == made  # by the sources


def test_compiled_templates_are_taken_only_where_they_are_of_these_sources(
    compiled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in compiled.glob("*.py"):
        module.write_text("1 / 0")
    with pytest.raises(ZeroDivisionError):
        render(good())
    monkeypatch.setattr("jinja2.__version__", "0")
    html._environment.cache_clear()
    assert "</html>" in render(good())


def shape(page: Page) -> list[tuple[str, frozenset[str]]]:
    return [(tag, frozenset(attributes)) for tag, attributes in page.elements]


def known() -> set[tuple[str, frozenset[str]]]:
    pages = [drawn(make) for make in (good, bad, docker_in_kvm, bare_metal, xen_pv, empty)]
    return {shape_of for page in pages for shape_of in shape(Page(page))}


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_page_is_well_nested(name: str) -> None:
    assert Page(drawn(ALL[name])).stack == []


def test_a_hostile_machine_adds_no_element_and_no_attribute() -> None:
    assert set(shape(Page(drawn(hostile)))) <= known()


def test_a_hostile_machine_sets_no_attribute_that_could_act() -> None:
    for tag, attributes in Page(drawn(hostile)).elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), tag
            assert name != "style"
            if name in ("href", "src"):
                assert re.fullmatch(r"#\w+|https://ok\.example/plain", value), value
            if name in ("class", "id"):
                assert re.fullmatch(r"[a-z0-9 -]*", value), value


def test_the_page_shows_hostile_text_without_controls_and_keeps_it_short() -> None:
    page = drawn(hostile)
    shown = page.split('<script type="application/json"')[0]
    assert not re.search(UNSAFE, shown.replace("\n", ""))
    assert "<script>alert" not in shown
    assert max(map(len, shown.split("\n"))) < 20_000
    assert len(shown) < 400_000


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ALL))
def test_nothing_is_loaded_and_no_script_runs(name: str) -> None:
    page = Page(drawn(ALL[name]))
    for tag, attributes in page.elements:
        assert tag not in (
            "link",
            "img",
            "iframe",
            "object",
            "embed",
            "base",
            "form",
            "video",
            "audio",
            "image",
        )
        assert "src" not in attributes
        assert "srcset" not in attributes
        if tag == "script":
            assert attributes == {"type": "application/json", "id": "report"}
        if attributes.get("href", "#").startswith("http"):
            assert tag == "a"
            assert "noreferrer" in attributes["rel"]
    style = re.search(r"<style>(.*?)</style>", drawn(ALL[name]), re.DOTALL)
    assert style
    assert not re.search(r"url\(|@import|expression|http", style[1])


def test_the_policy_allows_this_style_sheet_and_nothing_else() -> None:
    page = drawn(good)
    policy = next(
        a["content"] for _, a in Page(page).elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not any("style" in attributes for _, attributes in Page(page).elements), (
        "the policy would block it"
    )


@pytest.mark.parametrize("name", sorted(set(ALL) - {"hostile"}))
def test_the_page_carries_the_report_and_gives_it_back(name: str) -> None:
    assert embedded(drawn(ALL[name])) == ALL[name]()


def test_a_hostile_report_cannot_leave_its_script_element() -> None:
    page = drawn(hostile)
    assert page.count("</script>") == 1
    assert "<script>alert(1)</script>" in embedded(page).source.name


def test_a_page_without_a_report_is_named_as_such() -> None:
    with pytest.raises(ValueError, match="carries no vaudit report"):
        embedded("<html></html>")
    with pytest.raises(ValueError, match="cannot be read"):
        embedded('<script type="application/json" id="report">{}</script>')


def test_the_sections_come_in_the_order_of_the_design() -> None:
    page = drawn(bad)
    names = ("layers", "findings", "devices", "guests", "benchmarks", "memory", "unseen", "evidence")
    places = [page.index(f'<section id="{name}"') for name in names]
    assert places == sorted(places)
    assert page.index("ask the provider for virtio") < page.index('class="tiles"') < places[0]


def test_every_tile_says_its_word_and_its_reason() -> None:
    words = Page(drawn(bad)).words
    assert "storage poor 500 IOPS capped: rounds within 0.4 %" in words


def test_the_terms_of_the_field_stand_in_a_fold_beneath_the_tiles() -> None:
    page = render(scan(Recorder(source("lab-kvm-virtio")), our_checks()))
    tiles, _, after = page.partition('<ul class="tiles">')[2].partition("</ul>")
    assert "A virtual machine, which the processor runs itself" in tiles
    assert "KVMKVMKVM" not in tiles
    fold = after.partition("</details>")[0]
    assert "What these words rest on" in fold
    assert "leaf 0x40000000" in fold


def test_of_what_stolen_time_is_a_share_is_said() -> None:
    words = Page(render(scan(Recorder(source("lab-kvm-virtio")), our_checks()))).words
    assert "Stolen CPU time since boot 4.35 % of all time ( st in vmstat), 4.83 % of the wanted time" in words
    assert "steal 4.35 % 4.35 % of all time is withheld" in words


def test_the_layers_are_boxes_in_one_another_from_the_metal_inwards() -> None:
    page = drawn(docker_in_kvm)
    kinds = re.findall(r'<div class="box (\w+)', page)
    assert kinds == ["host", "guest", "container"]
    assert re.search(r'class="box container innermost".*?This system', page, re.DOTALL)


def test_metal_that_cannot_be_seen_is_drawn_and_said() -> None:
    assert "Nothing speaks of what lies under this system" in Page(drawn(empty)).words


def test_a_finding_has_its_reason_its_fix_and_its_raw_evidence() -> None:
    words = Page(drawn(bad)).words
    for wanted in (
        "A disk is emulated, which is slow",
        "Why it matters Each request leaves the guest",
        "What you do Mount by UUID",
        "Send to the provider Please attach my server's disk",
        "../devices/pci0000:00/0000:00:01.1/ata1/host0/block/sda",
        "Documentation/networking/e1000.rst",
    ):
        assert wanted in words


def test_the_worst_findings_are_open_and_small_ones_are_folded() -> None:
    found = re.findall(r'<details class="finding (\w+)"( open)?>', drawn(bad))
    assert found == [("high", " open"), ("high", " open"), ("medium", " open"), ("low", "")]


def test_two_hundred_disks_and_sixty_faults_stay_one_readable_page() -> None:
    page = drawn(bare_metal)
    assert page.count('<details class="finding') == 61
    assert "sdaa" in page
    assert "sdhr" in page


def test_every_chart_has_a_title_and_its_numbers_are_in_the_text_too() -> None:
    page = drawn(good)
    charts = re.findall(r'<svg class="chart[^>]*role="img"[^>]*>\s*<title>([^<]+)</title>', page)
    assert len(charts) == page.count('role="img"') >= 8
    assert any("1 disturbed" in title for title in charts)
    words = Page(page).words
    for number in ("61,200 IOPS", "92 µs", "1.21 GB/s", "58,752 to 63,648 IOPS"):
        assert number in words


def test_every_table_names_its_columns_and_rows() -> None:
    page = drawn(good)
    assert page.count("<table") == page.count("<thead>")
    assert '<th scope="row"' in page


def test_evidence_is_linked_from_where_it_is_used() -> None:
    page = Page(drawn(good))
    anchors = {a["href"][1:] for tag, a in page.elements if tag == "a" and a.get("href", "").startswith("#")}
    assert anchors
    assert anchors <= {a["id"] for _, a in page.elements if "id" in a}


def test_what_could_not_be_seen_says_what_root_would_add() -> None:
    words = Page(drawn(good)).words
    assert "2 sources were refused" in words
    assert "Root would add: dmesg" in words


@pytest.mark.parametrize(("low", "high", "ends"), [(92, 4100, (1, 4)), (1, 1, (0, 1)), (0.5, 10, (-1, 1))])
def test_a_logarithmic_axis_spans_whole_decades(low: float, high: float, ends: tuple[int, int]) -> None:
    assert decades(low, high) == ends


def palettes() -> dict[str, dict[str, str]]:
    """The colours of the style sheet by where they are used: light, dark, print."""
    style = (Path(folder("reports")) / "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{([^}]*)\}", style)
    light, dark, paper = (dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6});", block)) for block in blocks)
    return {"light": light, "dark": dark, "print": paper}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", ["light", "dark", "print"])
@pytest.mark.parametrize("ground", ["paper", "wash", "deep"])
@pytest.mark.parametrize("colour", ["ink", "soft", "accent"])
def test_text_has_the_contrast_that_wcag_asks_for(palette: str, ground: str, colour: str) -> None:
    used = palettes()[palette]
    high, low = sorted((luminance(used[colour]), luminance(used[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


@pytest.mark.parametrize("palette", ["light", "dark", "print"])
@pytest.mark.parametrize(
    ("mark", "ground"),
    [("ink", "bar"), ("ink", "wash"), ("bar", "wash"), ("soft", "deep"), ("soft", "paper"), ("ink", "deep")],
)
def test_the_marks_of_an_interval_have_the_contrast_that_wcag_asks_for(
    palette: str, mark: str, ground: str
) -> None:
    """The whisker on its bar and on the track, the bar on the track, the edges and dots of a band."""
    used = {**palettes()["light"], **palettes()[palette]}
    high, low = sorted((luminance(used[mark]), luminance(used[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 3


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ("2026-03-14T09:26:53Z", '<time datetime="2026-03-14T09:26Z">2026-03-14 09:26 UTC</time>'),
        ("2026-03-14T09:26:53.25+00:00", '<time datetime="2026-03-14T09:26Z">2026-03-14 09:26 UTC</time>'),
        ("2026-13-14T09:26:53Z", "2026-13-14T09:26:53Z ·"),
        ("last week", "last week ·"),
    ],
)
def test_a_time_is_one_for_programs_too_and_what_is_none_is_called_none(taken: str, said: str) -> None:
    page = render(msgspec.structs.replace(good(), taken=taken))
    assert said in page.replace("\n", "")
    assert page.count("<time") == said.count("<time")


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_column_is_without_a_name(name: str) -> None:
    page = render(ALL[name]())
    assert not re.search(r"<th[^>]*>\s*</th>", page)


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_contents_lead_to_every_section_that_is_there_and_the_first_link_to_the_verdict(
    name: str,
) -> None:
    page = Page(render(ALL[name]()))
    links = [a["href"] for tag, a in page.elements if tag == "a" and "href" in a]
    assert links[0] == "#main"
    sections = [f"#{a['id']}" for tag, a in page.elements if tag == "section" and "id" in a]
    contents = page.elements[[tag for tag, _ in page.elements].index("nav") :]
    links = [a["href"] for tag, a in contents if tag == "a" and "href" in a]
    assert [link for link in links if link in sections and link != "#main"][: len(sections)] == sections


def test_what_was_promised_stands_between_the_sentence_and_the_tiles() -> None:
    promise = Promise("memory", "8 GB of memory", "4 GiB", False, "the kernel has less")
    page = render(msgspec.structs.replace(good(), plan=[promise]))
    marks = ('class="sentence', '<section id="plan">', 'class="tiles"', 'class="contents"', 'id="layers"')
    assert sorted(marks, key=page.index) == list(marks)


def test_the_options_of_commands_are_kept_in_one_piece() -> None:
    tile = ("unknown", "", "not measured: run with --bench quick & <b>")
    page = render(msgspec.structs.replace(good(), verdict=Verdict("So.", tiles(*[tile] * 5))))
    assert 'run with <span class="option">--bench</span> quick &amp; &lt;b&gt;' in page


def test_what_may_scroll_can_be_reached_without_a_mouse() -> None:
    wide = [a for tag, a in Page(render(good())).elements if a.get("class") == "wide"]
    assert wide
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in wide)
