"""A scan of the machine that runs the tests, through the real command, in every format."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from vaudit.model.report import Report
from vaudit.output import FORMATS, render, schema
from vaudit.output.html import embedded


@pytest.fixture(scope="module")
def scanned() -> str:
    command = [sys.executable, "-m", "vaudit", "scan", "--bench", "off", "--format", "json"]
    done = subprocess.run(
        [*command, "--fail-on", "never"], capture_output=True, text=True, check=True, timeout=120,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return done.stdout


def test_a_real_report_fits_the_schema(scanned: str) -> None:
    validator = import_module("jsonschema").Draft202012Validator(schema.schema())
    assert [error.message for error in validator.iter_errors(json.loads(scanned))] == []


def test_a_real_report_reads_back_from_every_machine_readable_format(scanned: str) -> None:
    report = msgspec.json.decode(scanned, type=Report)
    assert render("json", report) == scanned
    assert msgspec.json.decode(render("jsonl", report), type=Report) == report
    assert embedded(render("html", report)) == report


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_real_report_renders_in_every_format(form: str, scanned: str) -> None:
    made = render(form, msgspec.json.decode(scanned, type=Report))
    assert len(made) > 200 or (form == "letter" and made.startswith("Nothing was found"))
