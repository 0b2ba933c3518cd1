"""The gallery and the README's picture show what the program shows now; `make docs` makes them anew."""

import json
import re
from pathlib import Path

import pytest

from tools import pages
from tools.pages import DOCS, GALLERY, MADE_OF, PICTURES, SHOWN, Picture, Shown
from vaudit import __version__

STALE = "make docs"


@pytest.mark.parametrize("one", SHOWN, ids=lambda one: one.page)
def test_a_page_says_first_what_is_said_now(one: Shown) -> None:
    kept = (GALLERY / f"{one.page}.html").read_text(encoding="utf-8")
    assert pages.first_screen(kept) == pages.first_screen(pages.page(one)), STALE
    assert len(kept) < 120_000
    assert "<script" not in kept


@pytest.mark.parametrize("one", PICTURES, ids=lambda one: one.file)
def test_a_picture_was_made_of_the_page_as_it_is(one: Picture) -> None:
    assert (DOCS / one.file).read_bytes().startswith(b"\x89PNG")
    (shown,) = [each for each in SHOWN if each.page == one.page]
    assert json.loads(MADE_OF.read_text())[one.file] == pages.made_of(pages.page(shown)), STALE


@pytest.mark.slow
def test_the_index_is_that_of_these_machines() -> None:
    made = pages.index({one.page: pages.report(one) for one in SHOWN})
    assert (GALLERY / "README.md").read_text(encoding="utf-8") == made, STALE
    here = {path.name for path in Path(GALLERY).iterdir()}
    drawn = {Path(one.file).name for one in PICTURES if one.file.startswith("gallery/")}
    assert here == {*(f"{one.page}.html" for one in SHOWN), *drawn, "README.md", MADE_OF.name}


def test_another_style_or_sentence_makes_a_picture_old_and_another_version_does_not() -> None:
    page = pages.page(SHOWN[0])
    assert pages.made_of(page) != pages.made_of(page.replace("local flash", "a disk"))
    older = page.replace(f"vaudit {__version__}", "vaudit ")
    assert pages.made_of(page) == pages.made_of(older)
    assert re.search(r"vaudit \d", page)


def test_the_block_in_the_docs_is_what_is_printed() -> None:
    kept = pages.PASTE.read_text(encoding="utf-8").partition("~~~text\n")[2].partition("~~~")[0]
    assert kept.split("vaudit  ")[0] == pages.block().split("vaudit  ")[0], STALE
