"""The first screen: the sentence is right for every number of devices and every kind of machine."""

import msgspec
import pytest

from tests.machines import machine, our_checks
from vaudit.judge.checks import Judgement, judge, load
from vaudit.judge.verdict import summary, verdict
from vaudit.judge.wording import article, first_lower
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Block, Cpu, Facts, Hypervisor, Net
from vaudit.model.finding import CheckText, Finding, Severity, Status
from vaudit.words import joined, many

CHECKS = our_checks()
NOTHING = Judgement([], {}, [])


def first_screen(name: str):
    found = machine(name)
    return verdict(found.facts, found.benchmarks, judge(found.facts, found.benchmarks, CHECKS))


def tile(name: str, which: str) -> tuple[str, str]:
    (found,) = [each for each in first_screen(name).tiles if each.name == which]
    assert found.reason
    return found.word, found.figure


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "synthetic-bench-local-flash",
            "A KVM guest on QEMU; both devices take the fast way (paravirtual); the disk is local flash; "
            "nothing needs doing",
        ),
        (
            "synthetic-firecracker-stale-mark",
            "A KVM guest on Firecracker; both devices take the fast way (paravirtual); "
            "storage speed was not measured; "
            "nothing needs doing",
        ),
        (
            "synthetic-qemu-tcg",
            "A QEMU guest without KVM; both devices imitate real hardware (emulated: sda and ens3); "
            "storage speed was not measured; "
            "3 things need doing, first: the processor itself is emulated in software, which is very slow",
        ),
        (
            "synthetic-metal-good",
            "A physical machine that runs guests; both devices are physical; storage speed was not measured; "
            "nothing needs doing",
        ),
        (
            "synthetic-bare-metal-vtx-off",
            "A physical machine; both devices are physical; storage speed was not measured; "
            "1 thing needs doing: hardware virtualization is switched off in the firmware",
        ),
        (
            "synthetic-nothing-recorded",
            "A machine whose platform is not known; no disk or network card was seen; "
            "storage speed was not measured; nothing needs doing as far as could be seen",
        ),
    ],
)
def test_the_sentence(name, sentence):
    assert first_screen(name).sentence == sentence


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("synthetic-xen-dom0", "The control domain (dom0) of a Xen host;"),
        ("synthetic-hyperv-root", "The root partition of a Hyper-V host;"),
        ("synthetic-xen-pvh", "A Xen PVH guest;"),
        ("synthetic-docker-in-kvm", "A Docker container in a KVM guest on QEMU;"),
        ("synthetic-lxc-in-kvm", "An LXC container in a KVM guest on QEMU;"),
        ("synthetic-kubernetes-docker", "A Docker container in a Kubernetes pod in a KVM guest on QEMU;"),
        ("synthetic-metal-container", "A Docker container on a physical machine;"),
        ("synthetic-xen-pv", "A Xen PV guest, which runs in a KVM guest;"),
        ("synthetic-virtualbox", "A VirtualBox guest;"),
    ],
)
def test_what_the_machine_is_called(name, start):
    assert first_screen(name).sentence.startswith(start)


def disks(*paths: str) -> list[Block]:
    return [Block(f"sd{'abcdef'[at]}", path=path) for at, path in enumerate(paths)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("block", "net", "clause"),
    [
        ([], [], "no disk or network card was seen"),
        (disks("software"), [Net("lo", path="software")], "no disk or network card was seen"),
        (disks("paravirtual"), [], "its only device takes the fast way (paravirtual)"),
        (disks("emulated"), [], "its only device imitates real hardware (emulated: sda)"),
        (
            disks("paravirtual"),
            [Net("eth0", path="passthrough")],
            "both devices take the fast way (paravirtual or passed through)",
        ),
        (disks("physical", "physical", "physical"), [], "all 3 devices are physical"),
        (disks("emulated", "paravirtual"), [], "1 of 2 devices imitates real hardware (emulated: sda)"),
        (
            disks("emulated", "emulated", "physical"),
            [],
            "2 of 3 devices imitate real hardware (emulated: sda and sdb)",
        ),
        (
            disks(*["emulated"] * 5),
            [],
            "all 5 devices imitate real hardware (emulated: sda, sdb, sdc and others)",
        ),
        (disks("unknown", "physical"), [], "how 1 of 2 devices is served (sda) is not known"),
        ([Block("sr0", path="emulated", removable=True)], [], "no disk or network card was seen"),
    ],
)
def test_any_number_of_devices(block, net, clause):
    found = verdict(Facts(block=block, net=net), [], NOTHING)
    assert found.sentence.split("; ")[1] == clause


def finding(status: Status, severity: Severity, title: str = "A thing") -> Finding:
    """A finding of a check that has its title for an id."""
    return Finding(title, status, severity)


@pytest.mark.parametrize(
    ("findings", "clause"),
    [
        ([], "nothing needs doing"),
        ([finding("fail", "info"), finding("pass", "high")], "nothing needs doing"),
        ([finding("unknown", "info")], "nothing needs doing"),
        ([finding("unknown", "high")], "nothing needs doing as far as could be seen"),
        ([finding("fail", "low")], "nothing is urgent, 1 small thing could be better"),
        (
            [finding("fail", "low"), finding("fail", "low", "B")],
            "nothing is urgent, 2 small things could be better",
        ),
        ([finding("fail", "medium")], "1 thing needs doing: a thing"),
        ([finding("fail", "high"), finding("fail", "high")], "1 thing needs doing: a thing"),
        (
            [finding("fail", "medium", "A"), finding("fail", "high", "IPv6 is off")],
            "2 things need doing, first: IPv6 is off",
        ),
    ],
)
def test_what_needs_doing(findings, clause):
    judged = Judgement(findings, {each.check: CheckText(each.check) for each in findings}, [])
    assert verdict(Facts(), [], judged).sentence.split("; ")[-1] == clause


@pytest.mark.parametrize(
    ("name", "which", "word", "figure"),
    [
        ("synthetic-kvm-good", "platform", "good", "KVM on QEMU"),
        ("synthetic-firecracker-stale-mark", "platform", "good", "KVM on Firecracker"),
        ("synthetic-qemu-tcg", "platform", "poor", "QEMU without KVM"),
        ("synthetic-xen-small-vps", "platform", "fair", "Xen PV"),
        ("synthetic-arm-weak", "platform", "fair", "probably KVM on QEMU"),
        ("synthetic-nothing-recorded", "platform", "unknown", "not known"),
        ("synthetic-metal-good", "platform", "good", "bare metal"),
        ("synthetic-metal-good", "hardware virtualization", "good", "VT-x"),
        ("synthetic-bare-metal-vtx-off", "hardware virtualization", "poor", "off in firmware"),
        ("synthetic-kvm-crowded-host", "hardware virtualization", "fair", "not offered"),
        ("synthetic-nothing-recorded", "hardware virtualization", "unknown", "not known"),
        ("synthetic-kvm-good", "devices", "good", "2 paravirtual"),
        ("synthetic-kvm-all-emulated", "devices", "poor", "2 of 2 emulated"),
        ("synthetic-nothing-recorded", "devices", "unknown", "none seen"),
        ("synthetic-kvm-good", "storage", "unknown", "not measured"),
        ("synthetic-bench-local-flash", "storage", "good", "15,100 IOPS, 65 µs"),
        ("synthetic-bench-spinning", "storage", "poor", "89 IOPS, 11.1 ms"),
        ("synthetic-bench-capped-low", "storage", "poor", "299 IOPS, 3.3 ms"),
        ("synthetic-bench-capped-high", "storage", "fair", "2,990 IOPS, 330 µs"),
        ("synthetic-bench-memory-speed", "storage", "unknown", "120,000 IOPS, 8 µs"),
        ("synthetic-bench-local-flash", "network and CPU", "good",
         "steal 0.4 % while measured, 920 Mbit/s sent, 920 Mbit/s received"),
        ("synthetic-bench-lossy", "network and CPU", "fair",
         "steal 0.03 %, 40 Mbit/s sent, 40 Mbit/s received"),
        ("synthetic-kvm-crowded-host", "network and CPU", "poor", "steal 7 %"),
        ("synthetic-kvm-shared-host", "network and CPU", "fair", "steal 3.5 %"),
        ("synthetic-nothing-recorded", "network and CPU", "unknown", "not measured"),
    ],
)  # fmt: skip
def test_the_tiles(name, which, word, figure):
    assert tile(name, which) == (word, figure)


def test_kvm_without_the_processors_help_is_told_apart():
    cpu = Cpu(hw_virt_state="hidden", kvm_device="openable")
    found = verdict(Facts(cpu=cpu), [], NOTHING).tiles[1]
    assert (found.word, found.figure) == ("fair", "/dev/kvm")


def test_an_unmeasured_disk_says_how_to_measure_it():
    (found,) = [each for each in first_screen("synthetic-kvm-good").tiles if each.name == "storage"]
    assert found.reason == "not measured: run with --bench quick"


def test_a_refused_benchmark_says_why():
    refused = Benchmark("disk.verdict", "/tmp", "vaudit", "", status="skipped", reason="/tmp is a tmpfs")
    (found,) = [each for each in verdict(Facts(), [refused], NOTHING).tiles if each.name == "storage"]
    assert (found.word, found.reason) == ("unknown", "/tmp is a tmpfs")


def test_the_steal_while_it_was_measured_stands_beside_that_since_boot():
    (found,) = [e for e in first_screen("synthetic-bench-local-flash").tiles if e.name == "network and CPU"]
    assert "of the wanted time was withheld, 0.4 % while it was measured" in found.reason


def test_time_that_vanishes_beneath_the_kernel_stands_in_the_tile_whatever_steal_says():
    gaps = Benchmark(
        "cpu.gaps", "all vCPUs", "embedded", "share", value=0.2, verdict="gaps-severe", confidence="medium",
        reason="20.0% of the time vanished beneath this kernel",
    )  # fmt: skip
    guest = Facts(cpu=Cpu(steal=0.0), hypervisor=Hypervisor(kind="kvm", role="guest"))
    found = verdict(guest, [gaps], judge(guest, [gaps], CHECKS)).tiles[-1]
    assert found.word == "poor"
    assert "vanished beneath this kernel" in found.reason
    gaps = msgspec.structs.replace(gaps, verdict="gaps-high")
    assert verdict(guest, [gaps], judge(guest, [gaps], CHECKS)).tiles[-1].word == "fair"


def test_no_tile_rests_on_the_name_of_a_check(tmp_path):
    """Whoever switches off or renames a check changes what is reported, not what the first screen says."""
    for rule in CHECKS.rules.values():
        (tmp_path / f"{rule.check.id}.toml").write_text(f'id = "{rule.check.id}"\nenabled = false\n')
    off = load([tmp_path])
    assert off.rules == {}
    for end in ("kvm-crowded-host", "xen-small-vps", "bench-capped-low", "bench-lossy", "bench-spinning",
                "bench-memory-moved"):  # fmt: skip
        name = f"synthetic-{end}"
        found = machine(name)
        silent = verdict(found.facts, found.benchmarks, judge(found.facts, found.benchmarks, off))
        assert silent.tiles == first_screen(name).tiles


def test_a_disk_that_turns_is_fair_where_it_was_bought_and_poor_where_it_was_rented():
    disk = Benchmark("disk.verdict", "/", "vaudit", "", verdict="spinning")
    words = {
        kind: verdict(Facts(hypervisor=Hypervisor(kind=kind)), [disk], NOTHING).tiles[3].word
        for kind in ("none", "kvm", "unknown")
    }
    assert words == {"none": "fair", "kvm": "poor", "unknown": "poor"}


def test_a_word_that_is_not_known_is_told_as_it_is():
    disk = Benchmark("disk.verdict", "/", "vaudit", "", verdict="quantum")
    found = verdict(Facts(), [disk], NOTHING)
    assert found.sentence.split("; ")[2] == "the disk was judged quantum"
    assert (found.tiles[3].word, found.tiles[3].reason) == ("unknown", "The disk was judged quantum")


def test_always_five_tiles_with_a_reason():
    for facts in (Facts(), Facts(cpu=Cpu(steal=0.0), hypervisor=Hypervisor(kind="xen", role="host"))):
        found = verdict(facts, [], NOTHING).tiles
        assert [each.name for each in found] == [
            "platform", "hardware virtualization", "devices", "storage", "network and CPU",
        ]  # fmt: skip
        assert all(each.figure and each.reason for each in found)


def test_summary_counts_and_names_the_worst_failure():
    found = summary(
        [
            finding("fail", "low"),
            finding("fail", "medium"),
            finding("pass", "high"),
            finding("unknown", "high"),
        ]
    )
    assert (found.fail, found.passed, found.unknown, found.worst) == (2, 1, 1, "medium")
    assert summary([]).worst is None


def test_small_grammar():
    assert [article(word) for word in ("KVM guest", "LXC container", "ACRN guest", "UML guest")] == [
        "a KVM guest", "an LXC container", "an ACRN guest", "a UML guest",
    ]  # fmt: skip
    assert [many(number, "disk") for number in (0, 1, 2)] == ["no disks", "1 disk", "2 disks"]
    assert [joined(["a", "b", "c"][:number]) for number in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert [first_lower(title) for title in ("A disk", "QEMU is slow", "IPv6")] == [
        "a disk",
        "QEMU is slow",
        "IPv6",
    ]


def test_a_peer_on_this_host_is_no_network():
    loop = Benchmark("network.send", "127.0.0.1", "iperf3", "bit/s", value=4e10, verdict="loopback")
    (found,) = [each for each in verdict(Facts(), [loop], NOTHING).tiles if each.name == "network and CPU"]
    assert (found.word, found.figure) == ("unknown", "not measured")


def test_a_measured_rate_alone_is_not_called_good():
    send = Benchmark("network.send", "192.0.2.1", "iperf3", "bit/s", value=4e7, confidence="medium")
    (found,) = [each for each in verdict(Facts(), [send], NOTHING).tiles if each.name == "network and CPU"]
    assert (found.word, found.figure) == ("unknown", "40 Mbit/s sent")
    assert found.reason == "the network is not judged: compare with your plan"
