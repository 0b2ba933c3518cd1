"""--baseline and --quiet: only what is new is told, in a mail that can be read; else there is silence."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.history.kept import MACHINES, audited, bench, day, report
from tests.history.series import series, stepped
from vaudit.commands.news import Around, lines
from vaudit.history.differ import Line
from vaudit.history.keep import keep, told
from vaudit.model.finding import Finding, Fix
from vaudit.output import render
from vaudit.output.json import compact

GOOD, BAD = MACHINES / "lab-kvm-four.vdump", MACHINES / "lab-kvm-emulated.vdump"


def scan(*words: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "vaudit", "scan", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.slow
def test_first_silence_then_a_mail_then_silence_again(tmp_path: Path) -> None:
    words = ("--keep", "--quiet", "--state", tmp_path)
    first = scan("--from", GOOD, *words)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    for one in ("kept again", "a day later"):
        assert scan("--from", GOOD, *words).stdout == "", one
    audited_bad = msgspec.structs.replace(audited("lab-kvm-emulated"), taken="2030-01-01T00:00:00Z")
    (tmp_path / "bad.json").write_text(render("json", audited_bad))
    second = scan("--from", BAD, *words)
    assert (second.returncode, second.stderr) == (1, "")
    head, since, *rest = second.stdout.splitlines()
    assert (
        head.startswith(f"vaudit {BAD}: ") and "first high: A network card is emulated, which is slow" in head
    )
    assert since.startswith("taken 20") and "held against 20" in since
    assert f"report: {tmp_path}/last.json" in rest
    assert len(rest) <= 23
    keep(str(tmp_path), audited_bad, compact(audited_bad))
    third = scan("--from", BAD, *words)
    assert (third.returncode, third.stdout, third.stderr) == (0, "", "")


@pytest.mark.slow
def test_the_exit_code_speaks_of_what_is_new_alone(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(render("json", audited("lab-kvm-emulated")))
    (tmp_path / "good.json").write_text(render("json", audited("lab-kvm-four")))
    assert scan("--from", BAD).returncode == 1
    assert scan("--from", BAD, "--baseline", tmp_path / "bad.json").returncode == 0
    assert scan("--from", BAD, "--baseline", tmp_path / "good.json").returncode == 1
    assert scan("--from", BAD, "--baseline", tmp_path / "good.json", "--fail-on", "never").returncode == 0
    assert scan("--from", GOOD, "--baseline", tmp_path / "bad.json").returncode == 0
    assert (
        "A disk is emulated, which is slow" in scan("--from", BAD, "--baseline", tmp_path / "bad.json").stdout
    )


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [("pass", "unknown", 1), ("unknown", "unknown", 0), ("skipped", "unknown", 0)],
)
def test_unknown_that_was_known_is_news_and_what_was_always_unknown_is_not(
    before: str, after: str, code: int
) -> None:
    from vaudit.commands.news import Baseline

    old, new = (
        msgspec.structs.replace(report(), findings=[Finding("a.check", status, "high")])  # type: ignore[arg-type]
        for status in (before, after)
    )
    baseline = Baseline.__new__(Baseline)
    baseline._report, baseline._accepted, baseline._state = old, {}, "/none"
    assert baseline.code(new, baseline.against(new), "high") == code
    assert baseline.code(new, baseline.against(new), "never") == 0


def test_a_baseline_that_is_none_is_one_line(tmp_path: Path) -> None:
    done = scan("--from", GOOD, "--baseline", tmp_path / "no")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)


def test_a_damaged_last_report_stops_no_scan_and_is_mended_by_the_next(tmp_path: Path) -> None:
    words = ("--from", GOOD, "--keep", "--quiet", "--state", tmp_path)
    (tmp_path / "last.json").write_text("{")
    done = scan(*words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert f"--baseline last: {tmp_path}/last.json: not a vaudit report" in done.stderr
    assert scan(*words).returncode == 0
    (tmp_path / "last.json").write_text("{")
    done = scan(*words)  # the history has it too
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (0, "", 1)


@pytest.mark.parametrize(
    ("before", "after", "which", "said"),
    [
        ("a" * 32, "b" * 32, "old.json", "is of another machine: nothing is compared, everything counts"),
        ("", "b" * 32, "old.json", "nothing tells whether it is of this machine: compared as if it were"),
        ("a" * 32, "", "old.json", "nothing tells whether it is of this machine"),
        ("a" * 32, "a" * 32, "old.json", ""),
        ("", "", "last", ""),
        ("a" * 32, "a" * 32, "last", ""),
        ("a" * 32, "", "last", "nothing tells whether it is of this machine"),
        ("a" * 32, "b" * 32, "last", "is of another machine: nothing is compared, everything counts"),
    ],
)
def test_a_baseline_of_which_nothing_tells_whose_it_is_is_doubted(
    before: str, after: str, which: str, said: str, tmp_path: Path
) -> None:
    from vaudit.commands.news import Baseline

    old = msgspec.structs.replace(audited("lab-kvm-emulated"), machine=before)
    (tmp_path / "old.json").write_text(render("json", old))
    (tmp_path / "last.json").write_text(render("json", old))
    path = "last" if which == "last" else str(tmp_path / which)
    doubt = Baseline(path, str(tmp_path)).doubt(msgspec.structs.replace(old, machine=after))
    assert doubt == "" if not said else doubt.startswith(f"{path}: ") and said in doubt


def test_a_doubt_is_on_stderr_of_a_scan_and_in_the_mail(tmp_path: Path) -> None:
    old = msgspec.structs.replace(audited("lab-kvm-four"), machine="")
    (tmp_path / "old.json").write_text(render("json", old))
    words = ("--from", BAD, "--baseline", tmp_path / "old.json")
    said = f"{tmp_path}/old.json: nothing tells whether it is of this machine"
    loud, quiet = scan(*words), scan(*words, "--quiet")
    assert (loud.returncode, quiet.returncode) == (1, 1)
    assert said in loud.stderr and said not in loud.stdout
    assert said in quiet.stdout and quiet.stderr == ""


def test_another_machine_is_said_and_counts_as_new(tmp_path: Path) -> None:
    one = msgspec.structs.replace(audited("lab-kvm-emulated"), machine="a" * 32)
    (tmp_path / "a.json").write_text(render("json", one))
    from vaudit.commands.news import Baseline

    baseline = Baseline(str(tmp_path / "a.json"), str(tmp_path))
    other = msgspec.structs.replace(one, machine="b" * 32)
    assert baseline.against(other) is None
    assert baseline.code(other, None, "high") == 1
    assert baseline.code(one, baseline.against(one), "high") == 0


def test_files_are_written_though_nothing_is_said(tmp_path: Path) -> None:
    done = scan("--from", GOOD, "--quiet", "--state", tmp_path, "-o", tmp_path / "a.json")
    assert (done.returncode, done.stdout) == (0, "")
    assert '"findings"' in (tmp_path / "a.json").read_text()


@pytest.mark.parametrize("number", [1, 5, 12, 40, 400])
def test_a_mail_has_at_most_25_lines_and_counts_what_it_leaves_out(number: int) -> None:
    news = [Line("new finding", f"c{at}", f"check {at} fails", severity="low") for at in range(number)]
    shown = lines(report(), news, [], Around(day(0), ["/var/lib/vaudit/last.json"]))
    assert len(shown) <= 25
    assert shown[0].startswith("vaudit ") and "first low: check 0 fails" in shown[0]
    named = sum(one.startswith("- low") for one in shown)
    assert named == number or f"- and {number - named} more" in shown
    assert all(len(one) <= 300 for one in lines(report(), news[:1], ["x" * 999], Around(day(0))))


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        (Fix(linux="Move  it.", provider="Why?"), "  do: Move it."),
        (Fix(provider="Why is\nit so?"), "  ask the provider: Why is it so?"),
        (Fix(windows="Only there."), None),
    ],
)
def test_a_mail_says_what_to_do_or_whom_to_ask(fix: Fix, said: str | None) -> None:
    one = Finding("a.check", "fail", "high", "sda")
    about = msgspec.structs.replace(next(iter(audited().checks.values())), fix=fix)
    made = msgspec.structs.replace(report(), findings=[one], checks={"a.check": about})
    shown = lines(made, [Line("new finding", "a.check", "it fails", "sda", "high")], [], Around(day(0)))
    at = shown.index("- high: it fails")
    assert (shown[at + 1] == said) if said else (shown[at + 1] == "")


def test_a_figure_over_time_is_told_once(tmp_path: Path) -> None:
    points = series(stepped(20, 12, 0.5), 1, 0.03)
    fresh = []
    for number, point in enumerate(points):
        one = report(number, bench(value=point.value * 1e6))
        keep(str(tmp_path), one, compact(one))
        fresh.append([it.text for it in told(str(tmp_path), one.taken)[1]])
    said = [number for number, texts in enumerate(fresh) if texts]
    assert said == [22], fresh
    assert "slower now, since 2026-01-21" in fresh[22][0]
    now, _ = told(str(tmp_path), day(len(points) - 1))
    assert [one.is_proven for one in now] == [True]


def test_what_kept_scans_say_stands_behind_a_report(tmp_path: Path) -> None:
    from vaudit.commands.keeping import Keeper

    keeper = Keeper(str(tmp_path), "400d", "100M")
    for number, point in enumerate(series(stepped(20, 4, 0.5), 1, 0.03)):
        keeper.keep(report(number, bench(value=point.value * 1e6)))
    assert [one.word for one in keeper.told] == ["worse"]
    assert keeper.end() == 0


def test_a_file_in_place_of_the_folder_is_said_in_one_line(tmp_path: Path) -> None:
    place = tmp_path / "state"
    place.write_text("no folder")
    done = scan("--from", GOOD, "--keep", "--quiet", "--fail-on", "never", "--state", place)
    assert (done.returncode, done.stdout) == (3, "")
    (said,) = done.stderr.splitlines()
    assert said == f"vaudit: not kept: {place}: cannot be made: File exists"
    assert place.read_text() == "no folder"
