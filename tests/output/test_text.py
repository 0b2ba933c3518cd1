"""Text that is shown is safe to show, and units read as people say them."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.output.samples import HOSTILE
from vaudit.output import text

CONTROLS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def harmful(shown: str) -> list[str]:
    return [c for c in shown if unicodedata.category(c) in CONTROLS and c != "\n"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "cleared"),
        ("\x90payload\x9cafter", "after"),
        ("\x1b]0;never ended", "0;never ended"),
        ("\x1bcreset", "reset"),
        ("\u202etxt.exe", "txt.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("two\r\n lines\tand\x00 NUL", "two lines and NUL"),
        ("two\u2028lines", "two lines"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("日本語 stays", "日本語 stays"),
        ("", ""),
    ],
)
def test_a_shown_line_has_no_escape_and_no_control(raw: str, shown: str) -> None:
    assert text.clean(raw) == shown


@given(st.text(st.characters(), max_size=400))
def test_no_text_at_all_leaves_anything_harmful(raw: str) -> None:
    assert set(harmful(text.clean(raw))) <= set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f") | {
        c for c in raw if not re.match(text.UNSAFE, c)
    }
    assert not re.search(text.UNSAFE, text.clean(raw))
    assert not any(re.search(text.UNSAFE, line) for line in text.lines(raw))


@given(st.text(st.sampled_from("\x1b[]0;m\x07\x9b\x90\x9cab ?"), max_size=60))
def test_broken_escape_sequences_leave_no_control_either(raw: str) -> None:
    assert not harmful(text.clean(raw))


def test_a_megabyte_line_is_shortened_and_says_so() -> None:
    shown = text.clean("x" * 2**20)
    assert len(shown) == text.MAX_LINE
    assert shown.endswith("…")
    (line,) = text.lines("x" * 2**20)
    assert line.endswith("…")


def test_raw_evidence_keeps_its_lines_and_says_how_many_were_cut() -> None:
    assert text.lines("a\n  b\tc\n\n") == ["a", "  b     c"]
    assert text.lines("A=1\0B=2\0") == ["A=1", "B=2"]
    shown = text.lines("\n".join(map(str, range(100))), most=10)
    assert shown[-1] == "… 90 more lines"
    assert len(shown) == 11


@given(st.text(max_size=200), st.integers(1, 60))
def test_wrapped_text_fits_and_loses_no_letter(raw: str, width: int) -> None:
    rows = text.wrap(text.clean(raw), width)
    assert all(text.columns(row) <= max(width, 2) for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.clean(raw).split())


def test_ascii_only_keeps_what_has_a_plain_spelling() -> None:
    assert text.ascii_only("92 µs – “good” é") == '92 us - "good" e'
    assert text.ascii_only(text.clean(HOSTILE)).isascii()


def test_a_time_is_shortened_and_nonsense_is_shown_as_it_is() -> None:
    assert text.when("2026-03-14T09:26:53Z") == "2026-03-14 09:26 UTC"
    assert text.when("2026-03-14T09:26:53.12+00:00") == "2026-03-14 09:26 UTC"
    assert text.when("yesterday\x1b[1m") == "yesterday"
