"""Disks of known behaviour, built as root on loop devices: see benchmarks/disk_truth.py for all of them."""

import subprocess
from pathlib import Path

import pytest

from benchmarks import network_truth
from benchmarks.disk_truth import capped, judge, why_not

REASON = why_not()


@pytest.mark.skipif(bool(REASON), reason=f"SKIPPED, NOT PASSED: {REASON}")
def test_a_disk_limited_to_1000_requests_a_second_is_called_capped(tmp_path):
    """If this machine is too busy to tell, the verdict must say so; any other word is wrong."""
    try:
        with capped(tmp_path, unit="iops", limit=1000) as point:
            verdict, found = judge(point, hold_seconds=1.5, disk_seconds=12.0)
            assert list(point.iterdir()) == [point / "lost+found"]
    except subprocess.CalledProcessError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: no loop device can be made here: {error.stderr.strip()}")
    assert verdict.verdict in ("capped", "inconclusive")
    assert verdict.device
    assert verdict.device.startswith("loop")
    if verdict.verdict == "capped":
        assert verdict.details["cap_iops"] == pytest.approx(1000, rel=0.1)
    else:
        assert "rounds counted" in verdict.reason or "differ too much" in verdict.reason
    assert any(each.id == "disk.randread-qd32" for each in found)
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()


NO_LINK = network_truth.why_not()


@pytest.mark.skipif(bool(NO_LINK), reason=f"SKIPPED, NOT PASSED: {NO_LINK}")
def test_a_link_of_100_mbit_is_measured_as_such_both_ways():
    """More than the link carries can never arrive; much less only if this machine had no time for it."""
    queue, _rate, _words = network_truth.TRUTHS["100-Mbit/s"]
    try:
        with network_truth.link(queue) as namespace:
            found = network_truth.measure(namespace, 2.0)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: no namespaces can be made here: {error.stderr.strip()}")
    for way in ("network.send", "network.receive"):
        assert found[way]["status"] == "ok"
        assert 40e6 < float(str(found[way]["value"])) < 105e6
    assert found["network.send"]["device"] == "va"
    assert found["network.verdict"]["verdict"] in ("measured", "burst-bucket")
    assert network_truth.CLIENT not in Path("/proc/net/fib_trie").read_text()
