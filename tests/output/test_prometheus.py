"""Metrics: base units, families that never change their help, nothing that was not measured; and alerts."""

import json
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.outer import program
from tests.output.samples import ALL, bad, bench, good, hostile
from vaudit import toml
from vaudit.commands.prometheus import RULES
from vaudit.model.finding import Finding
from vaudit.output.prometheus import HELP, families, render

ROOT = Path(__file__).parent.parent.parent
FROZEN = {
    "vaudit_info": "Which vaudit looked, and what it found the machine to be.",
    "vaudit_last_scan_timestamp_seconds": "When the machine was looked at, in seconds since 1970.",
    "vaudit_last_benchmark_timestamp_seconds": "When it was measured, in seconds since 1970.",
    "vaudit_checks": "Findings by status.",
    "vaudit_finding": "Failed findings of a check about a subject.",
    "vaudit_benchmark_operations_per_second": "Measured requests a second.",
    "vaudit_benchmark_bytes_per_second": "Measured bytes a second; of networks too.",
    "vaudit_benchmark_seconds": "Measured times.",
    "vaudit_benchmark_ratio": "Measured shares, between 0 and 1.",
}
"""Never to be changed: two machines with another text for one family, and node_exporter shows neither. What
has to be said otherwise needs another name."""


def test_the_texts_of_help_are_frozen() -> None:
    assert {**HELP, **FROZEN} == HELP


def test_help_and_type_stand_once_before_all_samples_of_a_family() -> None:
    lines = render(bad()).splitlines()
    order = [line.split("{")[0].split()[0 if line[0] != "#" else 2] for line in lines]
    seen = list(dict.fromkeys(order))
    assert order == sorted(order, key=seen.index)
    for name in seen:
        assert [line.split()[1] for line in lines if line.startswith(f"# HELP {name} ")] == ["HELP"]
    assert render(bad()).endswith("\n")


def test_units_are_base_units() -> None:
    benches = [
        bench("network.send", 8e9, "bit/s"),
        bench("memory.latency", 85, "us"),
        bench("cpu.steal", 0.2, "share"),
    ]
    made = families(msgspec.structs.replace(good(), benchmarks=benches))
    assert list(made["vaudit_benchmark_bytes_per_second"].values()) == [1e9]
    assert list(made["vaudit_benchmark_seconds"].values()) == [pytest.approx(85e-6)]
    assert list(made["vaudit_benchmark_ratio"].values()) == [0.2]


@pytest.mark.parametrize(
    "more",
    [
        {"status": "error"},
        {"value": None},
        {"value": float("nan")},
        {"confidence": "none"},
        {"verdict": "inconclusive"},
    ],
)
def test_what_was_not_measured_or_disturbed_is_absent(more: dict[str, Any]) -> None:
    one = msgspec.structs.replace(bench("disk.read", 1e8, "B/s"), **more)
    said = render(msgspec.structs.replace(good(), benchmarks=[one]))
    assert "vaudit_benchmark" not in said
    assert "vaudit_last_benchmark_timestamp_seconds" not in said
    assert "vaudit_last_scan_timestamp_seconds 1" in said


def test_alike_findings_are_one_series_and_counted() -> None:
    one = Finding("a.b", "fail", "high", "sda")
    made = families(msgspec.structs.replace(good(), findings=[one, one]))["vaudit_finding"]
    assert list(made.values()) == [2]


def test_no_label_changes_from_scan_to_scan() -> None:
    later = msgspec.structs.replace(bad(), taken="2026-11-26T01:02:03Z")
    before, after = families(bad()), families(later)
    assert {name: list(samples) for name, samples in before.items()} == {
        name: list(samples) for name, samples in after.items()
    }


@given(st.text())
def test_no_text_of_a_machine_makes_a_line(said: str) -> None:
    def shown(subject: str) -> str:
        return render(msgspec.structs.replace(good(), findings=[Finding("a.b", "fail", "high", subject)]))

    assert shown(said).count("\n") == shown("x").count("\n")


def vaudit(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vaudit", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120, **more)


@pytest.mark.skipif(sys.platform != "linux", reason="it scans this machine")
def test_a_scan_writes_them_for_all_to_read_and_the_newest_kept_report_gives_the_same(tmp_path: Path) -> None:
    made, again = tmp_path / "vaudit.prom", tmp_path / "again.prom"
    keep = ("--bench", "off", "--fail-on", "never", "--keep", "--state", str(tmp_path / "state"))
    done = vaudit("scan", *keep, "--prometheus", str(made), umask=0o077)
    assert (done.returncode, made.stat().st_mode & 0o777) == (0, 0o644)
    assert vaudit("prometheus", "--state", str(tmp_path / "state"), "-o", str(again)).returncode == 0
    assert (
        vaudit("prometheus", "--state", str(tmp_path / "state")).stdout
        == again.read_text()
        == made.read_text()
    )


def test_the_exit_codes_of_mistakes(tmp_path: Path) -> None:
    done = vaudit("prometheus", "--state", str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "no report was kept yet" in done.stderr
    record = ("scan", "--from", "tests/machines/lab-xen-pv.vdump")
    assert vaudit(*record, "--prometheus", str(tmp_path / "a.prom")).returncode == 2
    done = vaudit("scan", "--bench", "off", "--prometheus", str(tmp_path / "no" / "a.prom"))
    assert (done.returncode, done.stdout) == (3, "")


def test_the_border_of_steal_is_that_of_the_checks() -> None:
    borders = toml.loads((ROOT / "checks" / "thresholds.toml").read_text())
    steal = borders["steal_fail"]["value"]
    assert f'{{benchmark="cpu.steal"}} > {steal:g}\n' in vaudit("prometheus", "--rules").stdout


@pytest.mark.outer("promtool")
@pytest.mark.parametrize("name", ALL)
def test_promtool_has_nothing_to_say_of_the_metrics(name: str) -> None:
    done = subprocess.run(
        [program("promtool"), "check", "metrics"],
        input=render(ALL[name]()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.outer("promtool")
def test_the_alert_rules_do_what_they_say() -> None:
    """What is alerted and what is not, in virtual time: tests/output/alerts.yml."""
    rules = ROOT / "reports" / RULES
    words = [program("promtool"), "check", "rules", "--lint-fatal", str(rules)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    words = [program("promtool"), "test", "rules", str(ROOT / "tests" / "output" / "alerts.yml")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(*words: str) -> Iterator[None]:
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def asked(url: str, good: Callable[[str], bool], seconds: float = 60) -> str:
    """What a server on this machine answers, as soon as it is good."""
    until, said = time.monotonic() + seconds, ""
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310
                said = answer.read().decode()
        except OSError as error:
            said = str(error)
        if good(said):
            return said
        time.sleep(0.3)
    pytest.fail(f"{url}: {said[:2000]}")


@pytest.mark.outer("prometheus", "prometheus-node-exporter")
def test_node_exporter_and_prometheus_show_every_sample(tmp_path: Path) -> None:
    report = msgspec.structs.replace(hostile(), benchmarks=bad().benchmarks)
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "vaudit.prom").write_text(render(report))
    exporter, server = (f"127.0.0.1:{free_port()}" for _ in range(2))
    (tmp_path / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s}\n"
        f"scrape_configs: [{{job_name: node, static_configs: [{{targets: ['{exporter}']}}]}}]\n"
        f"rule_files: ['{ROOT / 'reports' / RULES}']\n"
    )
    collect = (f"--web.listen-address={exporter}", "--collector.disable-defaults", "--collector.textfile",
               f"--collector.textfile.directory={tmp_path / 'text'}")  # fmt: skip
    store = (f"--web.listen-address={server}", f"--config.file={tmp_path / 'prometheus.yml'}",
             f"--storage.tsdb.path={tmp_path / 'data'}")  # fmt: skip
    wanted = {name: samples for name, samples in families(report).items() if samples}
    with running(program("prometheus-node-exporter"), *collect), running(program("prometheus"), *store):
        said = asked(f"http://{exporter}/metrics", lambda text: "vaudit_info" in text)
        assert "node_textfile_scrape_error 0" in said
        query = urllib.parse.urlencode({"query": '{__name__=~"vaudit_.*"}'})
        url = f"http://{server}/api/v1/query?{query}"
        answer = json.loads(asked(url, lambda text: "vaudit_checks" in text))
    found: dict[str, dict[Any, float]] = {}
    for one in answer["data"]["result"]:
        own = {
            name: value
            for name, value in one["metric"].items()
            if name not in ("__name__", "instance", "job")
        }
        found.setdefault(one["metric"]["__name__"], {})[frozenset(own.items())] = float(one["value"][1])
    assert found == {
        name: {
            frozenset((key, value) for key, value in labels if value): number
            for labels, number in samples.items()
        }
        for name, samples in wanted.items()
    }
