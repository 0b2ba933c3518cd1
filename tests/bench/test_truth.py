"""Disks and links of known behaviour, built as root: some of benchmarks/disk_truth.py and network_truth.py.

How true a figure is depends on what else this machine does meanwhile: `make truth` prints these, and nothing
waits for them. What vaudit makes of recorded figures is tested in test_classify.py, in test_network.py and by
the machines lab-slow-*.
"""

import os
import subprocess
from pathlib import Path

import pytest

from benchmarks import network_truth
from benchmarks.disk_truth import TRUTHS, capped, judge, missing, why_not

pytestmark = pytest.mark.truth
REASON = why_not()


@pytest.mark.skipif(bool(REASON), reason=f"SKIPPED, NOT PASSED: {REASON}")
def test_a_disk_limited_to_1000_requests_a_second_is_called_capped(tmp_path):
    """If this machine is too busy to tell, the verdict must say so; any other word is wrong."""
    try:
        with capped(tmp_path, unit="iops", limit=1000) as point:
            verdict, found = judge(point, hold_seconds=1.5, seconds=10.0, spin_seconds=0.2)
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
    truth = network_truth.TRUTHS["100-Mbit/s"]
    try:
        with network_truth.link(truth) as namespace:
            found = network_truth.measure(namespace, 1.0)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: no namespaces can be made here: {error.stderr.strip()}")
    for way in ("network.send", "network.receive"):
        assert found[way].status == "ok"
        assert 40e6 < (found[way].value or 0) < 105e6
    assert found["network.send"].device == "va"
    assert found["network.verdict"].verdict in ("measured", "at-least", "burst-bucket")
    assert network_truth.CLIENT not in Path("/proc/net/fib_trie").read_text()


@pytest.mark.skipif(bool(NO_LINK), reason=f"SKIPPED, NOT PASSED: {NO_LINK}")
@pytest.mark.parametrize("name", ["loss-5%", "delay-5ms"])
def test_loss_and_delay_of_a_link_are_found(name):
    """The loss is told as a loss of about that size, the delay never as less than it is."""
    truth = network_truth.TRUTHS[name]
    if reason := network_truth.why_not_this(truth):
        pytest.skip(f"SKIPPED, NOT PASSED: {reason}")
    try:
        with network_truth.link(truth) as namespace:
            found = network_truth.measure(namespace, 1.0)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: this link cannot be made here: {(error.stderr or '').strip()}")
    if truth.delay:
        assert (found["network.latency"].value or 0) >= 2e6 * truth.delay
    if truth.drop:
        # a second's sample of a random loss: benchmarks/network_truth.py asks for more
        for way in ("send", "receive"):
            lost = found[f"network.udp-{way}"]
            if lost.value is None:
                pytest.skip(f"SKIPPED, NOT PASSED: {lost.reason}")
            assert 0.4 * truth.drop < lost.value * 1000 < 2 * truth.drop
    assert not [file for file in Path("/run/netns").glob("vaudit-*") if str(os.getpid()) in file.name]


NO_EXPORT = REASON or missing(TRUTHS["qemu-5-ms"])


@pytest.mark.skipif(bool(NO_EXPORT), reason=f"SKIPPED, NOT PASSED: {NO_EXPORT}")
def test_a_disk_where_every_request_takes_5_ms_is_slow_by_latency_not_by_a_limit(tmp_path):
    """Measured as a raw device, which is only read."""
    told = TRUTHS["qemu-5-ms"]
    try:
        with told.make(tmp_path) as device:
            verdict, found = judge(device, seconds=6.0, spin_seconds=0.2)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"SKIPPED, NOT PASSED: no export can be made here: {(error.stderr or '').strip()}")
    assert verdict.verdict in ("network-block", "inconclusive"), verdict.reason
    assert float(verdict.details["mean_us"] or 0) >= 5000
    assert not [each for each in found if each.id in ("disk.write", "disk.fdatasync", "disk.fill")]
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
