"""`--target` asks whether a Windows would start in another place, of records and of kept reports."""

import json
from pathlib import Path
from typing import Any

import pytest

import vaudit
from tests.machines import path
from tests.test_cli import vaudit as run
from vaudit import machines
from vaudit.machines import UsageError

WINDOWS, LINUX = "windows-vmware", "lab-kvm-virtio"


def report(*words: str) -> dict[str, Any]:
    done = run("scan", "--format", "json", "--fail-on", "never", *words)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def asked(found: dict[str, Any]) -> list[str]:
    return [one["name"] for one in found["facts"]["windows"]["moves"] if one["asked"]]


def failed(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["check"], one["subject"]) for one in found["findings"] if one["status"] == "fail"}


def test_a_place_that_is_named_is_judged() -> None:
    without, named = (
        report("--from", str(path(WINDOWS))),
        report("--from", str(path(WINDOWS)), "--target", "kvm", "--target", "hyperv"),
    )
    assert asked(without) == ["vmware"] and asked(named) == ["kvm", "hyperv"]
    assert ("windows.no-boot-driver", "kvm") in failed(named) - failed(without)
    assert ("windows.boot-driver-overridden", "hyperv") in failed(named) - failed(without)
    assert named["run"]["options"]["target"] == "kvm, hyperv"


def test_it_decides_the_exit_code() -> None:
    assert run("scan", "--from", str(path("windows-hyperv-prepared")), "--target", "kvm").returncode == 0
    assert run("scan", "--from", str(path(WINDOWS)), "--target", "kvm").returncode == 1


def test_a_place_that_nobody_knows_is_refused() -> None:
    done = run("scan", "--from", str(path(WINDOWS)), "--target", "kvn")
    assert done.returncode == 2
    assert "--target 'kvn': choose some of kvm, kvm-scsi, xen, xcp-ng, hyperv, vmware, nvme" in done.stderr


def test_of_linux_it_is_said_that_nobody_can_tell() -> None:
    found = report("--from", str(path(LINUX)), "--target", "nvme")
    assert [one for one in found["notes"] if "--target" in one]
    assert not [one for one in report("--from", str(path(LINUX)))["notes"] if "--target" in one]


def test_a_kept_report_can_be_asked_later(tmp_path: Path) -> None:
    kept = tmp_path / "report.json"
    kept.write_text(json.dumps(report("--from", str(path(WINDOWS)))))
    done = run("report", str(kept), "--target", "kvm", "--format", "json")
    assert done.returncode == 1
    assert asked(json.loads(done.stdout)) == ["kvm"]


def test_the_library_asks_the_same() -> None:
    found = vaudit.scan(path(WINDOWS), target="kvm,nvme")
    again = vaudit.rejudge(vaudit.scan(path(WINDOWS)), target=["kvm", "nvme"])
    assert found.facts == again.facts
    assert [one.check for one in found.failed()] == [one.check for one in again.failed()]
    with pytest.raises(UsageError):
        machines.targets("kvm,metal")


SYSTEMINFO = """Host Name:                 SOMEBODY
OS Name:                   Microsoft Windows Server 2022 Standard
OS Version:                10.0.20348 N/A Build 20348
System Manufacturer:       VMware, Inc.
System Model:              VMware7,1
System Type:               x64-based PC
"""


def test_where_a_record_shows_no_driver_nobody_can_tell(tmp_path: Path) -> None:
    (tmp_path / "systeminfo.txt").write_text(SYSTEMINFO)
    words = ("scan", "--from", str(tmp_path), "--target", "kvm")
    done = run(*words)
    assert done.returncode == 3
    said = " ".join(done.stdout.split())
    assert "Whether it would start on KVM with a virtio-blk disk cannot be told: the list of services" in said
    assert run(*words, "--fail-on", "never").returncode == 0
    assert run("scan", "--from", str(tmp_path)).returncode == 0
    kept = tmp_path / "report.json"
    kept.write_text(run(*words, "--format", "json").stdout)
    assert run("report", str(kept), "--target", "kvm").returncode == 3


def test_the_verdict_answers_what_was_asked() -> None:
    ready = report("--from", str(path("windows-hyperv-prepared")), "--target", "kvm")
    assert ready["verdict"]["sentence"].startswith(
        "Its drivers would start it on KVM with a virtio-blk disk;"
    )
    lost = report("--from", str(path(WINDOWS)), "--target", "kvm")
    assert lost["verdict"]["sentence"].startswith("It would not start on KVM with a virtio-blk disk: ")
    assert "would" not in report("--from", str(path(WINDOWS)))["verdict"]["sentence"]


def test_of_another_system_the_verdict_says_so_and_no_success_is_promised() -> None:
    done = run("scan", "--from", str(path(LINUX)), "--target", "nvme")
    assert "is judged of Windows alone" in " ".join(done.stdout.split())
    assert done.returncode in (1, 3)
