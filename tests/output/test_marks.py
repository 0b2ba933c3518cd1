"""Figures that are not to be relied on, and how each format marks them."""

import json

import pytest
from msgspec.structs import replace

from tests import machines
from tests.machines import our_checks
from vaudit import output, share
from vaudit.evidence.recorder import Recorder
from vaudit.model.benchmark import Benchmark, Confidence, Round
from vaudit.model.doubt import doubt, marked, signed
from vaudit.model.report import Report
from vaudit.output import outline
from vaudit.pipeline import scan

CALM, HELD = Round(1.0), Round(1.0, disturbed="other programs used 98 % of the CPUs")


def hashed(confidence: Confidence, *rounds: Round, verdict: str = "") -> Benchmark:
    """181 MB/s of one thread."""
    return Benchmark(
        "cpu.single", "one thread", "embedded", "B/s", value=181e6, samples=list(rounds), verdict=verdict,
        confidence=confidence,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("bench", "said"),
    [
        (hashed("high"), "181 MB/s"),
        (hashed("medium", HELD), "181 MB/s"),
        (hashed("low"), "±181 MB/s"),
        (hashed("none", CALM, HELD), "±181 MB/s (busy machine)"),
        (hashed("none", CALM), "±181 MB/s (not sure)"),
        (hashed("none", verdict="loopback"), "±181 MB/s (this host itself)"),
    ],
)
def test_a_figure_is_marked_by_what_it_is_worth(bench: Benchmark, said: str) -> None:
    assert marked(bench, "181 MB/s") == said
    assert signed(bench, "181 MB/s") == said.partition(" (")[0]


def test_what_has_no_figure_has_no_doubt() -> None:
    assert doubt(Benchmark("disk.verdict", "/", "vaudit", "")) == ""
    assert doubt(replace(hashed("none"), status="error")) == ""


def report(*found: Benchmark) -> Report:
    made = scan(Recorder(machines.source("synthetic-arm-weak")), our_checks())
    return replace(made, benchmarks=list(found))


def test_every_format_marks_it() -> None:
    busy = replace(hashed("none", HELD), doubt="busy machine")
    rough = replace(hashed("low"), id="cpu.all", value=444e6, doubt="rough")
    shown = report(busy, rough)
    terminal = output.render("terminal", shown, width=200, verbose=True)
    assert "one thread ±181 MB/s; hashing, all threads ±444 MB/s; ±: busy machine" in terminal
    assert "±181 MB/s (busy machine)" in terminal
    paste = " ".join(output.render("paste", shown).split())
    assert "one thread +/-181 MB/s" in paste
    assert "+/-: busy machine" in paste
    assert output.render("html", shown).count("±181 MB/s (busy machine)") >= 3  # bar, title and table
    assert [each["doubt"] for each in json.loads(output.render("json", shown))["benchmarks"]] == [
        "busy machine", "rough",
    ]  # fmt: skip


def test_no_format_marks_what_is_sure() -> None:
    shown = report(hashed("medium", CALM))
    assert outline.figures(outline.targets(shown)[0]) == ["hashing, one thread 181 MB/s"]
    for name in ("terminal", "paste", "html"):
        assert "181 MB/s" in output.render(name, shown)
        assert "±181" not in output.render(name, shown)
        assert "+/-181" not in output.render(name, shown)


@pytest.mark.parametrize("form", ["json", "paste", "terminal", "html"])
def test_a_peer_that_is_measured_by_both_families_is_shared_without_its_name(form: str) -> None:
    """What stands behind its port does not keep its name from being replaced."""
    peers = [f"vps.acme-hosting.example:5201 {family}" for family in ("IPv4", "IPv6")]
    said = "nothing listens on vps.acme-hosting.example:5201 IPv6; vps.acme-hosting.example is down"
    found = [Benchmark("network.verdict", peer, "vaudit", "", status="error", reason=said) for peer in peers]
    told = output.render(form, share(report(*found), salt="x"))
    assert "acme-hosting" not in told
    assert form == "paste" or "IPv6" in told
