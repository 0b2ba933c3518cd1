"""`vaudit history` and `vaudit accept`: what they print, write and note."""

import csv
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from random import Random

import msgspec
import pytest

from tests.history.kept import bench, day, report
from vaudit.history.store import Store
from vaudit.model.finding import Finding
from vaudit.output.json import compact


def run(*words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "vaudit", *map(str, words)],
        capture_output=True, text=True, check=False, timeout=60, encoding="utf-8",
    )  # fmt: skip


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty days; from the 26th on the disk reads at half the speed, on another processor."""
    where, rng = tmp_path_factory.mktemp("state"), Random(1)  # noqa: S311
    with Store(str(where), writing=True) as store:
        for number in range(40):
            value = rng.lognormvariate(20.7, 0.03) * (0.5 if number >= 26 else 1)
            one = report(number, bench(value=value), bench("disk.write", rng.lognormvariate(20, 0.03)))
            if number >= 26:
                cpu = msgspec.structs.replace(one.facts.cpu, model="Xeon <E5> & more")
                one = msgspec.structs.replace(one, facts=msgspec.structs.replace(one.facts, cpu=cpu))
            hint = Finding("a.hint", "fail", "medium", group="tuning")
            one = msgspec.structs.replace(one, findings=[Finding("a.check", "fail", "low"), hint])
            store.add(one, compact(one))
    return where


def test_each_figure_has_its_line_and_what_changed_is_news(state: Path) -> None:
    done = run("history", "--state", state)
    assert (done.returncode, done.stderr) == (0, "")
    first, _, read, write, _, title, news, *rest = done.stdout.splitlines()
    assert first == f"40 scans from 2026-01-01 to 2026-02-12 ({state})"
    assert read.startswith("  sequential read (vda:/)") and "▁▁▁▁" in read and read.endswith("B/s")
    assert "sequential write" in write
    assert title == "News:"
    assert "slower since the change of the processor from " in news and f"on {day(26)[:10]}" in news
    assert not rest


def test_a_kept_report_is_shown_again_by_its_name(state: Path, tmp_path: Path) -> None:
    for name, number in (("last", 39), ("last~3", 36), (day(20), 20), (day(20)[:10], 20)):
        done = run("report", name, "--state", state, "--format", "json")
        assert (done.returncode, json.loads(done.stdout)["taken"]) == (0, day(number))
    done = run("report", "last~40", "--state", state)
    assert (done.returncode, done.stdout) == (3, "")
    assert "only 40 reports are kept" in done.stderr
    done = run("report", "last", "--state", tmp_path)
    assert done.returncode == 3 and "no report was kept yet" in done.stderr


def test_programs_get_json_and_csv(state: Path) -> None:
    found = json.loads(run("history", "--format", "json", "--state", state).stdout)
    assert len(found["scans"]) == 40
    assert [one["benchmark"] for one in found["series"]] == ["disk.read", "disk.write"]
    assert [one["index"] for one in found["series"][0]["changes"]] == [26]
    rows = list(csv.DictReader(StringIO(run("history", "--format", "csv", "--state", state).stdout)))
    assert len(rows) == 80
    assert rows[0]["taken"] == day(0) and rows[39]["processor"] == "Xeon <E5> & more"
    assert float(rows[39]["value"]) < 6e8 and rows[0]["disturbed"] == "0"


def test_the_page_draws_each_figure_and_holds_no_markup_of_the_machine(state: Path, tmp_path: Path) -> None:
    done = run("history", "--html", tmp_path / "h.html", "--state", state)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    page = (tmp_path / "h.html").read_text()
    assert page.count("<svg") == 2 and page.count('<path class="mark"') == 2
    assert "Xeon &lt;E5&gt; &amp; more" in page and "<E5>" not in page
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")
    assert "is slower" not in page and page.rstrip().endswith("</html>")


def test_reports_are_named_pinned_and_forgotten(tmp_path: Path) -> None:
    with Store(str(tmp_path), writing=True) as store:
        for number in range(10):
            one = report(number, bench())
            store.add(one, compact(one))
    assert (
        run("history", "--pin", "last~8", "--state", tmp_path).stdout
        == f"The report of {day(1)} is pinned.\n"
    )
    done = run("history", "--prune", "--keep-for", "3d", "--state", tmp_path)
    assert done.stdout.startswith("4 reports forgotten; 6 reports of ")
    listed = run("history", "--list", "--state", tmp_path).stdout
    assert f"last      {day(9)}  quick\n" in listed and f"last~5    {day(1)}  quick    pinned\n" in listed
    assert run("history", "--unpin", day(1)[:10], "--state", tmp_path).returncode == 0
    assert "1 report forgotten" in run("history", "--prune", "--keep-for", "3d", "--state", tmp_path).stdout


def test_limits_that_cannot_be_meant_and_what_was_never_kept_are_one_line(tmp_path: Path) -> None:
    for command in ("history", "accept"):
        for where in (tmp_path, tmp_path / "none"):
            done = run(command, "--state", where)
            assert (done.returncode, done.stdout) == (3, "")
            assert "no report was kept yet: vaudit scan --keep does" in done.stderr
    assert not list(tmp_path.iterdir())
    one = report()
    with Store(str(tmp_path), writing=True) as store:
        store.add(one, compact(one))
    done = run("history", "--prune", "--keep-for", "soon", "--state", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert run("history", "--pin", "last~7", "--state", tmp_path).returncode == 3


def test_a_benchmark_that_is_accepted_is_news_no_more_and_marked(state: Path, tmp_path: Path) -> None:
    (tmp_path / "history.db").write_bytes((state / "history.db").read_bytes())
    done = run("accept", "disk.read", "--state", tmp_path)
    assert done.stdout == f"Accepted up to {day(39)}: disk.read embedded vda:/\n"
    shown = run("history", "--state", tmp_path).stdout
    assert "News:\n  nothing is slower than it was\n" in shown
    assert shown.rstrip().endswith("(accepted)")
    run("history", "--html", tmp_path / "h.html", "--state", tmp_path)
    assert (tmp_path / "h.html").read_text().count('class="accepted"') == 1


def test_all_that_is_news_is_accepted_at_once_and_what_always_failed_is_none(
    state: Path, tmp_path: Path
) -> None:
    (tmp_path / "history.db").write_bytes((state / "history.db").read_bytes())
    done = run("accept", "--state", tmp_path)
    assert done.stdout == f"Accepted up to {day(39)}: disk.read embedded vda:/\n"
    assert run("accept", "--state", tmp_path).stdout == "There is no news to accept\n"
    assert run("accept", "--all", "--state", tmp_path).stdout == f"Accepted up to {day(39)}: a.check\n"
    assert run("accept", "--all", "--state", tmp_path).stdout == "There is no news to accept\n"


def test_what_was_accepted_is_no_news_for_diff_until_something_else_changes(tmp_path: Path) -> None:
    def scanned(number: int, *failed: str, model: str) -> None:
        one = report(number, bench(value=1e9 if number < 2 else 4e8))
        cpu = msgspec.structs.replace(one.facts.cpu, model=model)
        facts = msgspec.structs.replace(one.facts, cpu=cpu)
        found = [Finding(name, "fail" if name in failed else "pass", "high") for name in ("a.one", "a.other")]
        one = msgspec.structs.replace(one, facts=facts, findings=found)
        with Store(str(tmp_path), writing=True) as store:
            store.add(one, compact(one))

    scanned(0, model="Xeon")
    scanned(2, "a.one", model="EPYC")
    assert run("diff", "--state", tmp_path).returncode == 1
    said = run("accept", "--state", tmp_path).stdout
    assert all(name in said for name in ("a.one", "cpu.model", "disk.read"))
    done = run("diff", "--state", tmp_path)
    assert done.returncode == 0
    assert "Accepted:" in done.stdout and "Nothing got worse." in done.stdout
    scanned(3, "a.one", "a.other", model="EPYC")
    done = run("diff", "--state", tmp_path)
    assert done.returncode == 1
    assert "a.other" in done.stdout and "a.one" not in done.stdout


def test_a_history_without_figures_says_so_without_empty_lines(tmp_path: Path) -> None:
    one = report()
    with Store(str(tmp_path), writing=True) as store:
        store.add(one, compact(one))
    first, second = run("history", "--state", tmp_path).stdout.splitlines()
    assert first.startswith("1 scan from ")
    assert second.startswith("nothing was measured")


def test_what_is_neither_a_benchmark_nor_a_check_is_refused(state: Path) -> None:
    done = run("accept", "disk.raed", "--state", state)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean disk.read?" in done.stderr
