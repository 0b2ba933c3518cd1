"""JUnit XML: a suite a machine, a case a finding, whatever a machine says; and what CI systems ask of it."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import machines
from tests.outer import program
from tests.output.samples import good
from vaudit.model.finding import Finding
from vaudit.model.report import Origin, Report
from vaudit.output import junit, markdown, render

ROOT = Path(__file__).parent.parent.parent
STATUS = {"failure": "fail", "error": "error", "skipped": "skipped"}


def suite(report: Report) -> ElementTree.Element:
    (one,) = ElementTree.fromstring(render("junit", report)).iter("testsuite")  # noqa: S314
    return one


def cases(report: Report) -> list[ElementTree.Element]:
    return list(suite(report).iter("testcase"))


def scan(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vaudit", "scan", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def of(name: str, *findings: Finding) -> Report:
    return msgspec.structs.replace(good(), source=Origin("dump", name), findings=list(findings))


def test_each_finding_is_a_case_with_what_became_of_it() -> None:
    statuses = ("pass", "fail", "unknown", "skipped", "error")
    found = [Finding(f"storage.check-{one}", one, "medium", "sda", f"said of {one}") for one in statuses]  # type: ignore[arg-type]
    passed, failed, unknown, skipped, broken = cases(of("a.vdump", *found))
    assert not list(passed)
    assert (failed[0].tag, failed[0].get("type"), failed[0].get("message")) == (
        "failure",
        "medium",
        "said of fail",
    )
    assert (unknown[0].tag, unknown[0].get("message")) == ("skipped", "unknown: said of unknown")
    assert (skipped[0].tag, skipped[0].get("message")) == ("skipped", "said of skipped")
    assert (broken[0].tag, broken[0].get("message")) == ("error", "said of error")
    counted = suite(of("a.vdump", *found)).attrib
    assert [counted[name] for name in ("tests", "failures", "errors", "skipped")] == ["5", "1", "1", "2"]


@pytest.mark.parametrize(
    ("fail_on", "failures"), [("info", 4), ("low", 3), ("medium", 2), ("high", 1), ("never", 3)]
)
def test_what_the_exit_code_counts_is_a_failure_and_all_else_passes_with_its_text(
    fail_on: str, failures: int
) -> None:
    severities = ("high", "medium", "low", "info")
    found = [Finding(f"a.{one}", "fail", one, "", f"said of {one}") for one in severities]  # type: ignore[arg-type]
    text = junit.render(of("a.vdump", *found), fail_on=fail_on)
    made = ElementTree.fromstring(text)  # noqa: S314
    assert made.get("failures") == str(failures)
    tags = [case[0].tag for case in made.iter("testcase")]
    assert tags == ["failure"] * failures + ["system-out"] * (4 - failures)
    assert all(f"said of {one}" in text for one in severities)
    for one, case in list(zip(severities, made.iter("testcase"), strict=True))[failures:]:
        assert (case[0].text or "").startswith(f"{one}, which --fail-on lets pass: said of {one}\n")
    told = made.findtext("system-out") or ""
    passed = ", ".join(f"1 {one}" for one in severities[failures:])
    assert told.endswith(f"{passed}: failed checks that --fail-on lets pass; the system-out of each case has "
                         "its text") if passed else "--fail-on" not in told  # fmt: skip
    gathered = markdown.Gathered(fail_on)
    gathered.add(of("a.vdump", *found[failures:]))
    gathered.add(of("b.vdump", *found[:failures]))
    assert gathered.text().startswith("## vaudit: 1 of 2 machines needs attention\n")


def test_a_class_is_machine_and_area_and_a_name_check_and_subject() -> None:
    one = Finding("storage.emulated-disk", "fail", "high", "sda")
    (case,) = cases(of("./hosts/web1.example.com.vdump", one))
    assert case.get("classname") == "hosts.web1_example_com.storage"
    assert case.get("name") == "storage.emulated-disk [sda]"


def test_names_are_unique_in_a_document_and_stay_the_same() -> None:
    one = Finding("storage.emulated-disk", "fail", "high", "sda", "a message")
    other = msgspec.structs.replace(one, message="another message")
    names: set[str] = set()
    texts = [junit.render(of(name, one, one), names) for name in ("a.vdump", "a.tar.xz", "a")]
    texts.append(junit.failed("a", "damaged", names))
    seen = [(case.get("classname"), case.get("name")) for text in texts
            for case in ElementTree.fromstring(text).iter("testcase")]  # fmt: skip  # noqa: S314
    assert len(set(seen)) == len(seen) == 7
    assert [case.get("name") for case in cases(of("a", one, one))] == [
        case.get("name") for case in cases(of("a", other, one))
    ]


@given(st.text(), st.text())
def test_no_text_of_a_machine_breaks_the_xml(said: str, name: str) -> None:
    found = Finding("a.b" + said, "fail", "high", said, f"<&\"'>]]>{said}", [said])
    (case,) = cases(of(name, found, Finding(said, "error", "low", said, said)))[:1]
    assert case[0].tag == "failure"
    assert "<&\"'>]]>" in (case[0].get("message") or "")
    ElementTree.fromstring(junit.failed(name, said))  # noqa: S314


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x9b", "\ufffe", "\ud800", "\u202e"])
def test_characters_that_xml_has_not_are_replaced(char: str) -> None:
    (case,) = cases(of("a", Finding("a.b", "fail", "high", "", f"x{char}y")))
    assert case[0].get("message") == "x\ufffdy"


def test_a_damaged_record_is_one_error_and_exit_3_and_the_others_are_reported(tmp_path: Path) -> None:
    for name in ("lab-xen-pv", "synthetic-kvm-emulated"):
        (tmp_path / f"{name}.vdump").write_text(machines.text(name))
    (tmp_path / "m.vdump").write_text(machines.text("lab-xen-pv")[:-200])
    done = scan(tmp_path, "--from", ".", "--format", "junit", "-o", "both.xml", "--fail-on", "never")
    assert done.returncode == 3
    assert done.stdout == (tmp_path / "both.xml").read_text()
    suites = list(ElementTree.fromstring(done.stdout.encode()).iter("testsuite"))  # noqa: S314
    assert [one.get("name") for one in suites] == [
        "./lab-xen-pv.vdump", "./m.vdump", "./synthetic-kvm-emulated.vdump",
    ]  # fmt: skip
    assert [one.get("errors") for one in suites] == ["0", "1", "0"]
    (error,) = suites[1].iter("error")
    assert "cut off" in (error.get("message") or "")


def test_a_record_alone_that_is_damaged_is_a_document_too(tmp_path: Path) -> None:
    (tmp_path / "m.vdump").write_text("vdump 2\nnonsense\n")
    done = scan(tmp_path, "--from", "m.vdump", "--format", "junit")
    assert done.returncode == 3
    assert [one.get("errors") for one in ElementTree.fromstring(done.stdout.encode())] == ["1"]  # noqa: S314


def test_what_is_below_the_default_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "m.vdump").write_text(machines.text("lab-qemu-virtio-bare"))
    done = scan(tmp_path, "--from", "m.vdump", "--format", "junit")
    (one,) = ElementTree.fromstring(done.stdout.encode()).iter("testsuite")  # noqa: S314
    assert done.returncode == 1
    assert {each.get("type") for each in one.iter("failure")} == {"high"}
    said = [text for case in one.iter("testcase") if (text := case.findtext("system-out"))]
    low = next(text for text in said if text.startswith("low, which --fail-on lets pass: "))
    assert "\nWhy: " in low and "\nThe provider: " in low
    assert f"{sum(text.startswith('low') for text in said)} low" in (one.findtext("system-out") or "")


@pytest.mark.outer("xmllint", "junit-10.xsd")
def test_it_is_valid_by_the_schema_of_jenkins(tmp_path: Path) -> None:
    scan(
        ROOT,
        "--from",
        "tests/machines",
        "--from",
        "README.md",
        "-o",
        str(tmp_path / "all.xml"),
        "--format",
        "jsonl",
    )
    (tmp_path / "one.xml").write_text(render("junit", of("a", Finding("a.b", "fail", "high", "", "x\0y"))))
    schema = program("junit-10.xsd")
    for name in ("all.xml", "one.xml"):
        words = [program("xmllint"), "--noout", "--schema", schema, str(tmp_path / name)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
