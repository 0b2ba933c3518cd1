"""JSON holds the whole report, reads back into the same one, and fits the published schema."""

import json
import re
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from tests.output.samples import ALL, hostile
from vaudit.model.facts import Facts
from vaudit.model.report import Origin, Report
from vaudit.output import render, schema
from vaudit.output.text import UNSAFE
from vaudit.resources import folder

Draft202012Validator = import_module("jsonschema").Draft202012Validator

EXACT = sorted(set(ALL) - {"hostile"})
"""The hostile report has lone surrogates, which no JSON can hold."""


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_report_reads_back_as_it_was(name: str, form: str) -> None:
    report = ALL[name]()
    assert msgspec.json.decode(render(form, report), type=Report) == report


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_a_hostile_report_is_json_that_cannot_steer_a_terminal(form: str) -> None:
    made = render(form, hostile())
    assert not re.search(UNSAFE, made)
    again = msgspec.json.decode(made, type=Report)
    assert "\x1b[31mred" in again.source.name, "nothing but the lone surrogate is lost"
    assert "\u202e" in again.source.name


def test_every_unsafe_character_is_escaped_alone() -> None:
    everything = "".join(map(chr, range(0x110000)))
    unsafe = [char for char in re.findall(UNSAFE, everything) if not "\ud800" <= char <= "\udfff"]
    for char in unsafe:
        report = Report(Origin("machine", ""), Facts(), "", "", notes=[char])
        assert not re.search(UNSAFE, render("jsonl", report)), hex(ord(char))
    assert len(unsafe) > 4000


def test_json_is_indented_and_jsonl_is_one_line() -> None:
    assert render("json", ALL["good"]()).startswith('{\n  "source"')
    assert render("jsonl", ALL["good"]()).count("\n") == 1


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_report_fits_the_schema(name: str) -> None:
    validator = Draft202012Validator(schema.schema())
    assert list(validator.iter_errors(json.loads(render("json", ALL[name]())))) == []


def test_the_schema_rejects_what_is_not_a_report() -> None:
    broken = json.loads(render("json", ALL["good"]()))
    broken["facts"]["hypervisor"]["kind"] = "magic"
    broken["summary"]["fail"] = "many"
    found = {
        tuple(error.absolute_path) for error in Draft202012Validator(schema.schema()).iter_errors(broken)
    }
    assert found == {("facts", "hypervisor", "kind"), ("summary", "fail")}


def test_the_schema_lets_later_reports_say_more() -> None:
    later = json.loads(render("json", ALL["good"]()))
    later["facts"]["cpu"]["something_new"] = 1
    assert Draft202012Validator(schema.schema()).is_valid(later)


def test_the_schema_is_itself_valid_and_the_published_one_is_not_stale() -> None:
    Draft202012Validator.check_schema(schema.schema())
    kept = (Path(folder("reports")) / "schema" / "report.schema.json").read_text(encoding="utf-8")
    assert kept == schema.render(), "run: vaudit schema > reports/schema/report.schema.json"
