"""Markdown: any number of machines in 60,000 characters, the worst first; no text of theirs does anything."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import machines
from tests.output.samples import good
from vaudit.model.finding import Finding
from vaudit.model.report import Origin, Report
from vaudit.output import markdown, render


def of(name: str, *findings: Finding) -> Report:
    return msgspec.structs.replace(good(), source=Origin("dump", name), findings=list(findings))


def failed(severity: str, message: str = "it is bad", subject: str = "sda") -> Finding:
    return Finding("storage.emulated-disk", "fail", severity, subject, message)  # type: ignore[arg-type]


def gathered(*reports: Report) -> str:
    found = markdown.Gathered()
    for report in reports:
        found.add(report)
    return found.text()


def test_the_worst_machine_stands_first_and_what_could_not_be_audited_before_it() -> None:
    found = markdown.Gathered()
    for name, severity in (("fine", ""), ("a", "low"), ("b", "high"), ("c", "medium")):
        found.add(of(name, *([failed(severity)] if severity else [])))
    found.failed("broken", "damaged at line 7")
    said = found.text()
    assert said.startswith("## vaudit: 2 of 5 machines need attention, 1 could not be audited\n")
    rows = [line.split("|")[1].strip() for line in said.splitlines() if line.startswith("| ")][2:7]
    assert rows == ["broken", "b", "c", "a", "fine"]
    assert [line[4:] for line in said.splitlines() if line.startswith("### ")] == rows


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 30, 500, 5000])
def test_it_is_short_for_any_number_of_machines_and_counts_what_is_left_out(number: int) -> None:
    long = [failed("high", "x" * 390, f"sd{n}") for n in range(50)]
    said = gathered(*(of(f"host-{n:04}", *long) for n in range(number)))
    assert len(said) <= 60_000
    shown = said.count("\n| host-")
    if number == 5000:
        assert f"{5000 - shown:,} more machines, none of them worse, are left out." in said
    elif number == 500:
        told = said.count("\n### ")
        assert shown == 500 or f"{500 - shown} more machines" in said
        assert shown < 500 or f"What {500 - told} more machines failed is left out" in said


def test_one_machine_with_very_much_to_say_is_cut_with_a_count() -> None:
    many = [Finding(f"mine.check-{n}", "fail", "high", "sda", f"{n} " + "word " * 70) for n in range(400)]
    said = gathered(of("a", *many))
    assert len(said) <= 60_000
    assert "- 360 more checks failed" in said


@pytest.mark.parametrize(
    ("said", "safe"),
    [
        ("a | b", r"a \| b"),
        ("<script>", r"\<script\>"),
        ("[x](http://e.org)", r"\[x\](http:<!-- -->//e.org)"),
        ("@everyone", "@<!-- -->everyone"),
        ("see #12", "see #<!-- -->12"),
        ("www.example.org", "www<!-- -->.example.org"),
        ("*a* _b_ `c`\n# d", r"\*a\* \_b\_ \`c\` #<!-- --> d"),
        ("x\x1b[31my\u202e", "xy"),
    ],
)
def test_what_a_machine_says_is_text(said: str, safe: str) -> None:
    assert markdown.escaped(said, 200) == safe


@given(st.text(max_size=60))
def test_no_text_of_a_machine_begins_a_line_or_a_cell(said: str) -> None:
    plain = render("markdown", of("a", failed("high", "x")))
    shown = render("markdown", of("a", failed("high", f"x{said}")))
    assert shown.count("\n") == plain.count("\n")
    assert shown.replace(r"\|", "").count("|") == plain.count("|")


def test_it_is_written_to_files_and_for_damaged_records_too(tmp_path: Path) -> None:
    (tmp_path / "good.vdump").write_text(machines.text("synthetic-kvm-emulated"))
    (tmp_path / "m.vdump").write_text("vdump 2\nnonsense\n")
    words = [
        sys.executable,
        "-m",
        "vaudit",
        "scan",
        "--from",
        ".",
        "--format",
        "markdown",
        "-o",
        "summary.md",
    ]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert (tmp_path / "summary.md").read_text() == done.stdout
    assert "| ./m.vdump | **error** | could not be audited: " in done.stdout
