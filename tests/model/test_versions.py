"""Reports of every version are read, and what a newer vaudit wrote beyond ours is left out and said."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.output.samples import ALL, bad, good
from vaudit import __version__
from vaudit.evidence import dump
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.model.benchmark import Benchmark
from vaudit.model.finding import Fix
from vaudit.model.report import SCHEMA, Report
from vaudit.model.versions import EMBEDDED, VersionError, read_report, tolerant
from vaudit.output import FORMATS, render, schema
from vaudit.pipeline import scan
from vaudit.resources import folder

OLD = sorted((Path(__file__).parents[1] / "fixtures").glob("[0-9]*/*.json"))
"""Reports that earlier versions wrote; they are read for ever."""
ADVICE = ("title", "why", "references")


def raw(report: Report) -> Any:
    return json.loads(render("json", report))


def read(content: Any, name: str = "a.json") -> Report:
    return read_report(json.dumps(content).encode(), name)


def without_notes(report: Report) -> Report:
    return msgspec.structs.replace(report, notes=[])


# earlier versions


def test_there_are_reports_of_the_first_version() -> None:
    assert [path.parent.name for path in OLD].count("0.1.0") >= 2


@pytest.mark.parametrize("path", OLD, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_report_of_an_earlier_version_says_what_it_said(path: Path) -> None:
    before = json.loads(path.read_bytes())
    after = read_report(path.read_bytes(), str(path))
    assert (after.schema, after.notes) == (SCHEMA, before["notes"])
    kept = raw(after)
    for name in ("source", "taken", "vaudit", "summary", "coverage", "evidence", "verdict"):
        assert kept[name] == before[name], name
    for name in ("facts", "benchmarks"):
        assert list(within(before[name], kept[name], name)) == []
    assert len(after.findings) == len(before["findings"])
    for old, new in zip(before["findings"], after.findings, strict=True):
        assert {
            name: old[name] for name in ("check", "status", "severity", "subject", "message", "evidence")
        } == {
            name: msgspec.to_builtins(new)[name]
            for name in ("check", "status", "severity", "subject", "message", "evidence")
        }
        text = after.about(new)
        assert text.title == old["title"]
        if new.status in ("fail", "unknown"):
            assert (text.why, text.references) == (old["why"], old["references"])
        if new.status == "fail":
            assert text.fix == msgspec.convert(old["fix"], Fix)


def within(old: Any, new: Any, at: str) -> Iterator[str]:
    """Where `new` lacks or changes something of `old`."""
    if isinstance(old, dict):
        for name, value in old.items():
            yield from within(value, new.get(name), f"{at}.{name}") if isinstance(new, dict) else [at]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, pair in enumerate(zip(old, new, strict=True)):
            yield from within(*pair, f"{at}[{number}]")
    elif old != new:
        yield at


@pytest.mark.parametrize("path", OLD, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_report_of_an_earlier_version_fits_the_schemas_of_then_and_now(path: Path) -> None:
    validator = import_module("jsonschema").Draft202012Validator
    kept = Path(folder("reports")) / "schema" / "report-1.schema.json"
    assert list(validator(json.loads(kept.read_bytes())).iter_errors(json.loads(path.read_bytes()))) == []
    now = raw(read_report(path.read_bytes(), str(path)))
    assert list(validator(schema.schema()).iter_errors(now)) == []


@pytest.mark.parametrize("page", sorted((Path(__file__).parents[1] / "fixtures").glob("*/*.html")))
def test_the_page_of_an_earlier_version_carries_the_same_report(page: Path) -> None:
    assert read_report(page.read_bytes(), "page") == read_report(
        page.with_suffix(".json").read_bytes(), "json"
    )


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_report_of_an_earlier_version_shows_in_every_format(form: str) -> None:
    for path in OLD:
        assert len(render(form, read_report(path.read_bytes(), "old"))) > 200


def test_a_fix_of_version_1_that_speaks_of_its_subject_stays_with_it() -> None:
    old = {"check": "a.b", "title": "T", "status": "fail", "severity": "low", "why": "W", "references": ["R"]}
    before = {
        **raw(ALL["empty"]()),
        "schema": "vaudit.report/1",
        "findings": [
            {
                **old,
                "subject": name,
                "fix": {"provider": f"Please change {name}.", "linux": "", "windows": ""},
            }
            for name in ("vda", "vdb")
        ],
    }
    after = read(before)
    assert [after.about(each).fix.provider for each in after.findings] == [
        "Please change vda.", "Please change vdb.",
    ]  # fmt: skip
    before["findings"] = [{**each, "fix": {"linux": "Do it."}} for each in before["findings"]]
    after = read(before)
    assert [each.fix for each in after.findings] == [msgspec.UNSET] * 2
    assert after.checks["a.b"].fix == Fix(linux="Do it.")


# newer vaudits of the same version


def test_a_report_of_ours_is_read_as_it_is() -> None:
    for name in sorted(set(ALL) - {"hostile"}):
        assert read_report(render("json", ALL[name]()).encode(), name) == ALL[name]()


def test_what_fits_is_read_without_looking_for_what_is_newer(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(render("json", good()))
    code = (
        "import sys; from vaudit.model.versions import read_report; "
        f"read_report(open({str(tmp_path / 'a.json')!r}, 'rb').read(), 'a'); "
        "print('vaudit.model.newer' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def change(content: Any, path: str, value: Any) -> Any:
    """The report with something put somewhere: `facts.net.0.path`."""
    made = copy.deepcopy(content)
    *way, last = [int(word) if word.isdecimal() else word for word in path.split(".")]
    at = made
    for word in way:
        at = at[word]
    at[last] = value
    return made


UNKNOWN = "1 value of a newer vaudit was not understood: "
LEFT = "of a newer vaudit was left out: "


@pytest.mark.parametrize(
    ("path", "value", "note"),
    [
        ("budget", 3, f"1 field {LEFT}budget"),
        ("facts.cpu.dice", [1], f"1 fact {LEFT}cpu.dice"),
        ("facts.gpu", {"name": "x"}, f"1 fact {LEFT}gpu"),
        ("facts.net.0.offload", True, f"1 fact {LEFT}net.offload"),
        ("facts.hypervisor.kind", "nvmm", UNKNOWN + "facts.hypervisor.kind 'nvmm'"),
        ("facts.hypervisor.mode", "half", UNKNOWN + "facts.hypervisor.mode 'half'"),
        ("facts.net.0.path", "astral", UNKNOWN + "facts.net.path 'astral'"),
        ("source.kind", "telepathy", UNKNOWN + "source.kind 'telepathy'"),
        ("benchmarks.0.engine", "diskspd", UNKNOWN + "benchmarks.engine 'diskspd'"),
        ("findings.0.status", "fixed", UNKNOWN + "findings.status 'fixed'"),
        ("benchmarks.0.status", "late", f"1 benchmark {LEFT}benchmarks.status 'late'"),
        ("findings.0.severity", "dire", f"1 finding {LEFT}findings.severity 'dire'"),
        ("facts.guests.0", {"kind": "bhyve"}, f"1 part of facts.guests {LEFT}"),
        ("benchmarks.0", {"id": "disk.x"}, f"1 benchmark {LEFT}Object missing required"),
        ("benchmarks.0.details.histogram", [1, 2], UNKNOWN + "benchmarks.details.histogram '[1, 2]'"),
        ("verdict.tiles.0.name", "energy", f"1 part of verdict.tiles {LEFT}"),
        ("checks.cpu.steal.since", "0.9", f"1 field {LEFT}checks.cpu.steal.since"),
    ],
)  # fmt: skip
def test_what_a_newer_vaudit_adds_is_left_out_and_said(path: str, value: Any, note: str) -> None:
    before = raw(bad())
    if path.startswith("checks."):
        before["checks"]["cpu.steal"]["since"] = value
        after = read(before)
    else:
        after = read(change(before, path, value))
    (said,) = after.notes
    assert said.startswith(note)
    render("terminal", after)


def test_what_is_not_understood_becomes_not_known_and_the_rest_stays() -> None:
    before = bad()
    after = read(change(raw(before), "facts.hypervisor.kind", "nvmm"))
    assert after.facts.hypervisor == msgspec.structs.replace(before.facts.hypervisor, kind="unknown")
    after = read(change(raw(before), "benchmarks.0.engine", "diskspd"))
    assert after.benchmarks[0] == msgspec.structs.replace(before.benchmarks[0], engine="other")
    assert after.benchmarks[1:] == before.benchmarks[1:]
    after = read(change(raw(before), "benchmarks.0.status", "late"))
    assert after.benchmarks == before.benchmarks[1:]
    after = read(change(raw(before), "facts.cpu.hw_virt", "riscv-h"))
    assert after.facts.cpu.hw_virt is None


def words(value: Any, at: str = "") -> Iterator[str]:
    """Where in a report there is a text."""
    if isinstance(value, str):
        yield at
    for key, inner in value.items() if isinstance(value, dict) else []:
        if "." not in key:
            yield from words(inner, f"{at}.{key}" if at else key)
    for number, inner in enumerate(value) if isinstance(value, list) else []:
        yield from words(inner, f"{at}.{number}")


GROWN = raw(good())
"""A report of all sorts of things."""


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted({path for path in words(GROWN) if path not in ("schema", "notes.0")}))
def test_any_word_may_be_one_of_a_newer_vaudit(path: str) -> None:
    """Wherever the word is free it is kept, wherever it is one of a list the note names it."""
    after = read(change(GROWN, path, "quantum"))
    assert "quantum" in render("json", after)


def tables(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value:
            yield value
        for inner in value.values():
            yield from tables(inner)
    for inner in value if isinstance(value, list) else []:
        yield from tables(inner)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.text(min_size=1, max_size=8)), min_size=1, max_size=6))
def test_fields_may_be_added_anywhere(places: list[tuple[int, str]]) -> None:
    grown = copy.deepcopy(GROWN)
    free = {"details", "percentiles", "guards", "options", "checks", "shown_by"}
    for key in list(grown["checks"]):
        grown["checks"][key] = dict(grown["checks"][key])
    open_ = {id(inner) for outer in tables(grown) for key, inner in outer.items() if key in free}
    closed = tables({key: value for key, value in grown.items() if key != "checks"})
    found = [table for table in closed if id(table) not in open_][1:]
    for number, name in places:
        found[number % len(found)][f"+{name}"] = {"x": 1}
    after = read(grown)
    assert without_notes(after) == without_notes(good())
    assert any("left out" in note for note in after.notes)


@pytest.mark.slow
def test_the_notes_are_bounded() -> None:
    grown = copy.deepcopy(GROWN)
    grown["facts"]["cpu"] |= {f"new-{number}-{'x' * 1000}": number for number in range(5000)}
    grown["benchmarks"] = [{**GROWN["benchmarks"][0], "status": f"s{number}"} for number in range(5000)]
    grown["facts"]["net"] = [{"name": "a", "path": f"p{number}"} for number in range(5000)]
    notes = read(grown).notes[1:]
    assert [note[:35] for note in notes] == [
        "5000 facts of a newer vaudit were l", "5000 values of a newer vaudit were ",
        "5000 benchmarks of a newer vaudit w",
    ]  # fmt: skip
    assert all(len(note) < 1200 for note in notes)


def test_benchmarks_of_a_record_are_read_alike() -> None:
    kept = msgspec.json.encode(good().benchmarks)
    assert tolerant(kept, list[Benchmark], "benchmarks") == (good().benchmarks, [])
    newer = kept.replace(b'"engine":"embedded"', b'"engine":"diskspd"')
    found, notes = tolerant(newer, list[Benchmark], "benchmarks")
    assert len(found) == len(good().benchmarks)
    assert notes == [f"{UNKNOWN}benchmarks.engine 'diskspd'"]


SLOW = Path(__file__).parents[1] / "machines" / "lab-slow-20ms.vdump"


def test_benchmarks_that_a_newer_vaudit_recorded_are_not_lost_in_silence() -> None:
    newer = SLOW.read_bytes().replace(b'"engine":"embedded"', b'"engine":"diskspd"')
    report = scan(Recorder(dump.parse(newer, "a.vdump")), load([]))
    ours = scan(Recorder(dump.parse(SLOW.read_bytes(), "a.vdump")), load([]))
    assert [each.id for each in report.benchmarks] == [each.id for each in ours.benchmarks]
    assert report.verdict.tiles[3].figure == ours.verdict.tiles[3].figure
    assert report.notes == ["1 value of a newer vaudit was not understood: benchmarks.engine 'diskspd'"]
    assert report.notes[0] in " ".join(render("terminal", report).split())


def test_benchmarks_that_cannot_be_read_are_said() -> None:
    for broken in (b'[{"id":', b'{"id"'):
        content = SLOW.read_bytes().replace(b'[{"id":', broken + b"?", 1)
        report = scan(Recorder(dump.parse(content, "a.vdump")), load([]))
        assert {each.verdict for each in report.benchmarks} == {"unreadable"}
        assert report.verdict.tiles[3].figure == "not readable"
        assert report.notes[0].startswith("what was measured cannot be read: ")


# what is no report


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a vaudit report: Input data was truncated"),
        (b"{", "not a vaudit report: Input data was truncated"),
        (b"[1]", "not a vaudit report but a list: take one report out of it"),
        (b"3", "not a vaudit report: Expected `object`, got `int`"),
        (b"hello", "not a vaudit report: JSON is malformed"),
        (b"{}", "not a vaudit report: it names no schema; vaudit.report/1 and vaudit.report/2 are read"),
        (b'{"schema":"banana"}', "not a vaudit report: its schema is 'banana'; vaudit.report/1 and"),
        (b'{"schema":7}', "not a vaudit report: its schema is '7'"),
        (b'{"schema":"vaudit.report/x"}', "not a vaudit report: its schema is 'vaudit.report/x'"),
        (b'{"schema":"vaudit.report/0"}', "not a vaudit report: its schema is 'vaudit.report/0'"),
        (b'{"schema":"vaudit.dump/1"}', "not a vaudit report: its schema is 'vaudit.dump/1'"),
        (b'{"schema":"vaudit.report/3","vaudit":"2.0"}',
         f"vaudit.report/3 is newer than vaudit {__version__}, which reads vaudit.report/1 and "
         "vaudit.report/2: update vaudit (the report was written by vaudit 2.0)"),
        (b'{"schema":"vaudit.report/2"}', "not a vaudit report: Object missing required field `source`"),
        (b'{"schema":"vaudit.report/1","findings":3}', "not a vaudit report: Expected `array`"),
        (b'{"schema":"vaudit.report/1","findings":[3]}', "not a vaudit report: Object missing"),
        (b'{"schema":"vaudit.report/2","facts":' + b"[" * 100_000, "not a vaudit report: "),
        (b"<html></html>", "this page carries no vaudit report"),
        (EMBEDDED + b"{}</script>", "not a vaudit report: it names no schema"),
        (b"\xff\xfe{\0}\0", "not a vaudit report: "),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_line(content: bytes, message: str) -> None:
    with pytest.raises(VersionError) as caught:
        read_report(content, "x.json")
    assert str(caught.value).startswith(f"x.json: {message}")
    assert "\n" not in str(caught.value)


def test_damage_is_named_by_its_place() -> None:
    with pytest.raises(VersionError, match=r"Expected `int`, got `str` - at `\$\.summary\.fail`"):
        read(change(GROWN, "summary.fail", "many"))


def test_a_schema_of_a_minor_version_is_one_of_its_major_version() -> None:
    after = read(change(GROWN, "schema", "vaudit.report/2.7"))
    assert after == good()


def test_a_mark_that_editors_put_before_a_text_is_passed_over() -> None:
    assert read_report(b"\xef\xbb\xbf" + render("json", good()).encode(), "a") == good()


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(ANY, st.sampled_from(sorted(GROWN)), st.sampled_from([1, 2]))
def test_any_part_may_be_damaged_and_the_report_is_read_or_refused(
    value: Any, part: str, version: int
) -> None:
    content = {**GROWN, part: value, "schema": f"vaudit.report/{version}"}
    try:
        render("jsonl", read(content))
    except VersionError as error:
        assert "\n" not in str(error)
