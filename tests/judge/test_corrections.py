"""Advice that was once wrong, sentence by sentence: a machine that shows each fault, and what is said now."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.facts.test_steal import WHOLE
from tests.machines import our_checks
from tests.machines.bases import KVM, XEON, firecracker, guest, kvm_good, kvm_virtio, metal, qemu, vmware
from tests.machines.devices import GIB
from tests.machines.linux import MIB, Machine
from vaudit.evidence.recorder import Recorder
from vaudit.model.finding import Finding
from vaudit.model.report import Report
from vaudit.output.terminal import render
from vaudit.pipeline import scan

CHECKS = our_checks()
STEAL = ("cpu.steal-high", "cpu.steal-elevated", "cpu.steal-noticeable")
TSC_UNSTABLE = "tsc: Marking TSC unstable due to clocksource watchdog"
BALLOON = "/sys/bus/virtio/drivers/virtio_balloon"


def report(made: Machine) -> Report:
    return scan(Recorder(made.source()), CHECKS)


def found(made: Machine, check: str) -> Finding:
    return next(one for one in report(made).findings if one.check == check)


def letters(made: Machine, check: str) -> str:
    told = report(made)
    return " ".join(told.about(one).fix.provider for one in told.findings if one.check == check)


def typed(check: str) -> str:
    """All that its commands do."""
    commands = CHECKS.rules[check].check.fix.commands
    return "\n".join(commands.run) if commands else ""


# Nobody is accused by arithmetic


def test_an_idle_machine_whose_st_is_next_to_nothing_is_not_told_of_steal() -> None:
    """30 days, 0.7 % busy, st = 0.08 % in vmstat: an eighth of what it wanted, and next to nothing."""
    told = report(kvm_good().steal(0.118, busy=0.007))
    assert told.facts.cpu.steal_shown == pytest.approx(0.0008, abs=0.0001)
    assert [one.status for one in told.findings if one.check in STEAL] == ["pass"] * 3
    assert "withheld" not in render(told, 80).partition("\nVERDICT")[2]


def test_a_zero_that_nobody_measured_is_not_praised() -> None:
    """VMware without its steal clock: the kernel's log does not name it, so 0 is what always stands there."""
    told = report(vmware().log(WHOLE).steal(0))
    assert told.facts.cpu.steal is None and "does not say" in told.facts.cpu.steal_because
    assert {one.status for one in told.findings if one.check in STEAL} <= {"skipped", "unknown"}


def test_a_letter_on_write_through_names_no_mode() -> None:
    made = guest(KVM).disk("vda", "virtio-blk", "0000:00:04.0", size=40 * GIB)
    said = letters(
        made.file("/sys/class/block/vda/queue/write_cache", "write through\n"), "storage.write-through"
    )
    words = said + CHECKS.rules["storage.write-through"].check.why
    assert "power failure" in said
    assert not [mode for mode in ("unsafe", "cache=", "writethrough", "writeback") if mode in words]


def test_no_text_names_the_mode_that_shows_as_write_back() -> None:
    files = Path(__file__).parents[2].joinpath("checks").rglob("*.toml")
    assert [file.name for file in files if "cache=unsafe" in file.read_text()] == []


@pytest.mark.parametrize(
    "check",
    [
        "network.slow-link", "storage.disk-capped", "storage.disk-capped-low", "storage.disk-spinning",
        "storage.disk-writes-capped-low", "network.burst-bucket", "cpu.steal-high", "cpu.steal-elevated",
        "cpu.gaps", "cpu.vcpus-do-little", "cpu.host-limit", "memory.host-limit", "cpu.host-contention",
        "memory.balloon-held", "memory.balloon-inflated", "hypervisor.nested-guest",
        "cpu.virtualization-hidden",
    ],
)  # fmt: skip
def test_a_plan_is_asked_for_before_a_fault_is_claimed(check: str) -> None:
    assert "plan" in CHECKS.rules[check].check.fix.provider


# Corrections


@pytest.mark.parametrize("parameter", ["nopvspin", "hv_nopvspin", "nopvspin hv_nopvspin"])
def test_spinlocks_of_bare_metal_are_a_choice(parameter: str) -> None:
    assert found(kvm_good().kernel(parameters=parameter), "kernel.paravirtualization-off").status == "pass"
    worse = kvm_good().kernel(parameters=f"{parameter} no-kvmclock")
    assert found(worse, "kernel.paravirtualization-off").status == "fail"


@pytest.mark.parametrize(("line", "better"), [("", "tsc"), (TSC_UNSTABLE, "")])
def test_a_tsc_that_was_marked_unstable_is_not_advised(line: str, better: str) -> None:
    made = kvm_good().clock("acpi_pm", "tsc").log(WHOLE, *([line] if line else []))
    told = report(made)
    assert told.facts.cpu.better_clock == better
    slow = next(one for one in told.findings if one.check == "cpu.slow-clocksource")
    commands = told.about(slow).fix.commands
    assert bool(commands) is bool(better)
    assert "not tsc where the kernel log says that it was marked unstable" in told.about(slow).fix.linux


def test_only_a_clock_that_is_listed_is_advised() -> None:
    told = report(kvm_good().clock("acpi_pm", "hpet").log(WHOLE))
    assert told.facts.cpu.better_clock == ""
    assert not any(
        told.about(one).fix.commands for one in told.findings if one.check == "cpu.slow-clocksource"
    )


def test_merged_pages_are_not_split_without_a_look_at_the_room_for_them() -> None:
    fix = CHECKS.rules["memory.ksm"].check.fix
    assert "pages_sharing" in fix.linux and "getconf PAGESIZE" in fix.linux
    assert "echo 2" not in typed("memory.ksm")


def test_a_swap_file_is_made_as_its_file_system_wants_it() -> None:
    lines, said = typed("memory.no-swap"), CHECKS.rules["memory.no-swap"].check.fix.linux
    assert "fallocate" not in lines and "refused on some file systems" in said
    assert "chattr +C /swapfile" in lines and "btrfs" in lines
    assert "ext|xfs|btrfs" in lines, "nowhere else: ZFS and overlays take no swap file"
    assert "/var/lib/kubelet" in lines and "Kubernetes" in said


@pytest.mark.parametrize("scheduler", ["noop deadline [cfq]", "none mq-deadline kyber [bfq]"])
def test_a_scheduler_is_named_that_the_kernel_has(scheduler: str) -> None:
    made = kvm_virtio().file("/sys/class/block/vda/queue/scheduler", f"{scheduler}\n")
    told = report(made)
    failed = next(one for one in told.findings if one.check == "storage.fair-scheduler")
    assert failed.status == "fail"
    commands = told.about(failed).fix.commands
    assert commands and "none" in commands.run[0] and "noop" in commands.run[0]
    assert "noop and deadline" in told.about(failed).fix.linux


def test_a_host_of_guests_without_mitigations_is_serious_and_a_guest_is_not() -> None:
    host = report(metal().kernel(parameters="mitigations=off").kvm(guests=3))
    own = report(kvm_good().kernel(parameters="mitigations=off"))
    severities = {
        one.check: one.severity for told in (host, own) for one in told.findings if one.status == "fail"
    }
    assert severities["kernel.mitigations-off-on-host"] == "high"
    assert severities["kernel.mitigations-off"] == "low"


def ballooned(pages: int) -> Machine:
    made = kvm_good().add("dir", BALLOON, ["virtio3"]).file(f"{BALLOON}/virtio3/features", "0" * 64 + "\n")
    return made.file(
        "/proc/vmstat", f"nr_balloon_pages {pages}\nballoon_inflate {pages}\nballoon_deflate 0\n"
    )


def test_a_balloon_that_holds_nothing_is_there_and_not_at_work() -> None:
    there = found(ballooned(0), "memory.balloon")
    assert (there.status, there.severity) == ("fail", "info")
    assert there.message.endswith("balloon is there")
    assert found(ballooned(0), "memory.balloon-held").status == "pass"


def test_a_balloon_that_has_long_held_much_is_found_at_rest() -> None:
    made = ballooned(2 * GIB // 4096)
    assert found(made, "memory.balloon-held").status == "fail"
    recorder = Recorder(made.source())
    scan(recorder, CHECKS)
    assert any((one.kind, one.key) == ("file", "/proc/vmstat") for one in recorder.entries)


@pytest.mark.parametrize(("made", "stands"), [(qemu("q35"), True), (firecracker(), False)])
def test_an_invariant_tsc_under_qemu_stands_in_the_way_of_a_migration(made: Machine, stands: bool) -> None:
    told = report(made)
    assert told.facts.cpu.invariant_tsc
    assert ("invariant-tsc" in {one.kind for one in told.facts.migration}) is stands
    obstacles = [one for one in told.findings if one.check == "hypervisor.migration-obstacle"]
    failed = [one.message for one in obstacles if one.status == "fail"]
    assert all("unless its frequency was fixed" in message for message in failed)
    assert bool(failed) is stands


def test_tsc_scale_in_a_guest_says_nothing_of_its_host() -> None:
    plain, scaled = (
        report(qemu("q35").processor(XEON, flags=f"hypervisor {more}".strip())) for more in ("", "tsc_scale")
    )
    assert plain.facts.migration == scaled.facts.migration
    assert "tsc_scale" not in render(scaled, 100)


def test_memory_is_as_it_was_recorded() -> None:
    """The guests here have room, so that a balloon is what fails them."""
    assert (kvm_good().facts().memory.total or 0) > 512 * MIB


# Commands that fit where they are typed

COMMANDS = {
    name: (*rule.check.fix.commands.run, *rule.check.fix.commands.back)
    for name, rule in CHECKS.rules.items()
    if rule.check.fix.commands
}
MENUS = [(name, line) for name, lines in COMMANDS.items() for line in lines if "update-grub" in line]
WORLDS = {
    "debian": (("update-grub", "grub-mkconfig"), "update-grub"),
    "rhel": (("grubby", "grub2-mkconfig"), "grubby"),
    "arch": (("grub-mkconfig",), "grub-mkconfig -o /boot/grub/grub.cfg"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_line_that_a_plain_shell_reads(name: str) -> None:
    for line in COMMANDS[name]:
        read = subprocess.run(["sh", "-n", "-c", line], capture_output=True, text=True, check=False)
        assert (read.returncode, read.stderr) == (0, ""), line


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(("name", "line"), MENUS)
def test_the_boot_menu_is_made_by_what_the_distribution_has(
    name: str, line: str, world: str, tmp_path: Path
) -> None:
    there, called = WORLDS[world]
    for program in there:
        file = tmp_path / program
        file.write_text('#!/bin/sh\necho "${0##*/} $*"\n')
        file.chmod(0o755)
    for program in ("sed", "grep", "tr"):  # what they change and read is not there
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-c", line], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    said = [row for row in done.stdout.splitlines() if not row.startswith(str(tmp_path))]
    assert done.returncode == 0, done.stderr
    assert [row[: len(called)] for row in said] == [called], name


def test_nobody_is_put_into_the_group_root() -> None:
    assert COMMANDS["cpu.kvm-denied"][0] == 'test "$(stat -c %G /dev/kvm)" != root'


def test_what_may_have_to_be_put_back_is_kept_first() -> None:
    for name, lines in COMMANDS.items():
        changes = [at for at, line in enumerate(lines) if "/etc/modprobe.d" in line and "blacklist" in line]
        kept = [
            at for at, line in enumerate(lines) if line.startswith("tar -cf") and "/etc/modprobe.d" in line
        ]
        assert not changes or (kept and kept[0] < changes[0]), name


def test_a_driver_is_switched_off_only_where_it_is_no_filter_any_more() -> None:
    """A filter that is named and cannot start keeps Windows from its disk: error 0x7B (qubes-issues 1078)."""
    said = {name: rule.check.fix.windows for name, rule in our_checks().rules.items()}
    off = {
        name: text for name, text in said.items() if re.search(r"start= disabled|disable its service", text)
    }
    assert set(off) >= {"windows.left-over-drivers", "windows.xen-filters-left"}
    for name, text in off.items():
        assert "UpperFilters" in re.split("start= disabled|disable its service", text)[0], name


def test_no_reference_leads_to_a_site_that_is_closed() -> None:
    """VMware's manuals moved to Broadcom's in 2024."""
    links = {link for rule in our_checks().rules.values() for link in rule.check.references}
    assert [link for link in links if "docs.vmware.com" in link] == []
