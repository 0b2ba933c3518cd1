"""A plan is understood as people write it, and is only called broken by what was seen."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.machines import machine, our_checks
from vaudit.judge.checks import judge
from vaudit.judge.promises import held
from vaudit.judge.read_plan import PlanError, read, read_toml
from vaudit.judge.verdict import verdict
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Block, Cpu, Facts, Hypervisor, Memory, Net
from vaudit.model.promise import Promise

CHECKS = our_checks()
GIB = 1 << 30


def understood(text: str) -> dict[str, object]:
    return {
        one.subject: one.words if one.subject in ("unseen", "unread") else one.name or one.amount
        for one in read(text)
    }


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("4 vCPU", {"processors": 4}),
        ("4 cores", {"processors": 4}),
        ("4x vCores", {"processors": 4}),
        ("8 AMD EPYC cores", {"processors": 8, "model": "epyc"}),
        ("CPU: 2", {"processors": 2}),
        ("2 dedicated vCPUs", {"processors": 2, "dedicated": None}),
        ("shared vCPU, 1 GB RAM", {"memory": 1e9}),
        ("8 GB RAM", {"memory": 8e9}),
        ("8GiB memory", {"memory": 8e9}),
        ("RAM: 512 MB", {"memory": 512e6}),
        ("16 GB DDR4 ECC RAM", {"memory": 16e9}),
        ("160 GB NVMe", {"disk": 160e9, "disk-kind": "nvme"}),
        ("2x 480 GB NVMe SSD", {"disk": 960e9, "disk-kind": "nvme"}),
        ("1.5 TB HDD", {"disk": 1.5e12, "disk-kind": "hdd"}),
        ("1,5 TB storage", {"disk": 1.5e12}),
        ("SSD 80 GB", {"disk": 80e9, "disk-kind": "ssd"}),
        ("8 GB, 160 GB", {"memory": 8e9, "disk": 160e9}),
        ("160 GB, 8 GB RAM", {"memory": 8e9, "disk": 160e9}),
        ("20,000 IOPS", {"iops": 20_000}),
        ("20k iops", {"iops": 20_000}),
        ("500 MB/s disk", {"disk-speed": 500e6}),
        ("1 Gbit/s", {"network": 1e9}),
        ("1Gbps", {"network": 1e9}),
        ("1 Gigabit uplink", {"network": 1e9}),
        ("250 MBit/s", {"network": 250e6}),
        ("2.5 Gb/s port", {"network": 2.5e9}),
        ("unmetered", {"traffic": None}),
        ("20 TB traffic", {"traffic": 20e12}),
        ("IPv4/IPv6", {"ipv4": None, "ipv6": None}),
        ("1 IPv4 address, /64 IPv6", {"ipv4": None, "ipv6": None}),
        ("KVM virtualization", {"virtualization": "kvm"}),
        ("Xen HVM", {"virtualization": "xen hvm"}),
        ("bare metal", {"virtualization": "none"}),
        ("nested virtualization", {"nested": None}),
        ("VT-x/AMD-V", {"nested": None}),
        ("x86-64-v3", {"level": 3}),
        ("AES-NI", {"flag": "aes"}),
        ("AVX-512", {"flag": "avx512f"}),
        ("2 sockets", {"sockets": 2}),
        ("1 vCPU / 1 GB / 25 GB SSD", {"processors": 1, "memory": 1e9, "disk": 25e9, "disk-kind": "ssd"}),
        (
            "2 vCPU 4GB RAM 1Gbps KVM",
            {"processors": 2, "memory": 4e9, "network": 1e9, "virtualization": "kvm"},
        ),
        ("4 vcpu,8 gb,160 gb", {"processors": 4, "memory": 8e9, "disk": 160e9}),
        (
            "4 cores / 8 GB / 160 GB / KVM",
            {"processors": 4, "memory": 8e9, "disk": 160e9, "virtualization": "kvm"},
        ),
        ("RAM - 8 GB\nCPU - 4", {"memory": 8e9, "processors": 4}),
        ("4-core CPU - 8 GB RAM - 160 GB disk", {"processors": 4, "memory": 8e9, "disk": 160e9}),
        ("CPU: 2,1 GB RAM", {"processors": 2, "memory": 1e9}),  # and no 2.1 GB
        ("4C8G", {"processors": 4, "memory": 8e9}),
        ("quad-core CPU", {"processors": 4}),
        ("1 IPv4 2 cores", {"ipv4": None, "processors": 2}),
        ("6 Ryzen 9 7950X cores", {"processors": 6, "model": "7950x"}),
        ("1 vCore @ 3.50GHz+", {"processors": 1, "unseen": "a clock of 3.5 GHz"}),
        ("4 guaranteed vCPU", {"processors": 4, "dedicated": None}),
        ("8 GB guaranteed RAM", {"memory": 8e9}),
        ("20 GB Pure SSD RAID-10 Storage", {"disk": 20e9, "disk-kind": "ssd", "unseen": "RAID 10"}),
        ("40 GB SSD NVMe", {"disk": 40e9, "disk-kind": "nvme"}),
        ("80 GB NVMe (RAID 10)", {"disk": 80e9, "disk-kind": "nvme", "unseen": "RAID 10"}),
        ("IOPS: 20,000", {"iops": 20_000}),
        ("2 vCPU, no nested virtualization, VT-x: no", {"processors": 2}),
        ("2 vCPU; IPv6 not supported; without nested KVM.", {"processors": 2}),
        ("Storage: 240GB SATA HDD", {"disk": 240e9, "disk-kind": "hdd"}),
        ("80 GB SATA HDD disk space", {"disk": 80e9, "disk-kind": "hdd"}),
        ("4 exclusive cores\n5,000 IOPS", {"processors": 4, "dedicated": None, "iops": 5000}),
        ("SAS HDD: 160 GB", {"disk": 160e9, "disk-kind": "hdd"}),
        ("20 GB SATA SSD", {"disk": 20e9, "disk-kind": "ssd"}),
        ("IOPS 3000,10 Gbps", {"iops": 3000, "network": 10e9}),
        ("IOPS 20,000,1 Gbps", {"iops": 20_000, "network": 1e9}),
        ("iops: 5000,100 GB SSD", {"iops": 5000, "disk": 100e9, "disk-kind": "ssd"}),
        ("20,000 random read IOPS", {"iops": 20_000}),
        ("500 MB/s sequential read", {"disk-speed": 500e6}),
        ("10G uplink", {"network": 10e9}),
        ("2.5GbE", {"network": 2.5e9}),
        ("5 TB/month", {"traffic": 5e12}),
        ("traffic: 20 TB", {"traffic": 20e12}),
        ("1 Dedicated IPv4 Address", {"ipv4": None}),
        ("Xen (PV)", {"virtualization": "xen pv"}),
        ("PVH on Xen", {"virtualization": "xen pvh"}),
        ("VMware ESXi", {"virtualization": "vmware"}),
        ("QEMU/KVM (full virtualization)", {"virtualization": "kvm"}),
        ("nested KVM", {"nested": None}),
        ("VMX/SVM enabled", {"nested": None}),
        ("virtio NIC", {"paravirtual": "net"}),
        ("PV disk drivers", {"paravirtual": "disk"}),
    ],
)
def test_a_persons_spelling_is_understood(text: str, promises: dict[str, object]) -> None:
    assert understood(text) == promises


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing is promised"),
        ("8 GB", "8 GB of what? write 8 GB RAM or 8 GB disk"),
        ("Debian 12", "'Debian 12' is not understood"),
        ("DDoS protection, 24/7 support", "no machine shows protection against DDoS and support"),
        ("8 GB RAM, 160 GB NVMe, 20 GB", "20 GB of what?"),
        ("x" * 5000, "more than 4,000 characters"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_name(text: str, said: str) -> None:
    with pytest.raises(PlanError, match=said.replace("?", r"\?")):
        read(text)


def test_a_file_says_the_same() -> None:
    told = "processors = 4\nmemory = '8 GB'\ndisk = '160 GB NVMe'\nflags = ['AES', 'AVX2']\nipv6 = true\n"
    assert read_toml(told) == read("4 vCPU, 8 GB RAM, 160 GB NVMe, AES, AVX2, IPv6")


@pytest.mark.parametrize(
    "text", ["memry = '8 GB'", "memory = true", "ipv6 = false", "memory = {}", "memory =", "disk = [[1]]"]
)
def test_a_file_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(PlanError):
        read_toml(text)


@given(st.text(max_size=300) | st.from_regex(r"[0-9., GBMTiKVxXeNnspaRrAM/+-]{0,200}"))
def test_any_text_is_a_plan_or_refused(text: str) -> None:
    try:
        assert all(one.words for one in read(text))
    except PlanError as error:
        assert str(error)


GUEST = Facts(
    cpu=Cpu(threads=4, level=3, flags=["aes"], sockets=1, steal=0.001),
    hypervisor=Hypervisor(kind="kvm", mode="full", role="guest", confidence="certain"),
    block=[Block(name="vda", path="paravirtual", size=160 * GIB)],
    net=[Net(name="eth0", path="paravirtual", speed=10)],
    memory=Memory(total=round(7.76 * GIB)),
    contained=False,
)


def of(text: str, facts: Facts = GUEST, *benchmarks: Benchmark) -> Promise:
    (found,) = held(read(text), facts, benchmarks, CHECKS.borders)
    return found


def measured(id: str, value: float | None = None, **more: object) -> Benchmark:
    given = {"id": id, "target": "/srv", "engine": "embedded", "unit": "iops", "confidence": "high"} | more
    return Benchmark(value=value, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("4 vCPU", True),
        ("6 vCPU", False),
        ("8 GB RAM", True),  # which a guest of 8 GiB shows as 7.76
        ("16 GB RAM", False),
        ("10 GB RAM", None),  # a crash kernel may keep so much
        ("160 GB disk", True),
        ("180 GB disk", False),
        ("NVMe", None),
        ("20,000 IOPS", None),
        ("1 Gbit/s", None),
        ("20 TB traffic", None),
        ("KVM", True),
        ("Xen", False),
        ("OpenVZ", False),
        ("bare metal", False),
        ("x86-64-v3", True),
        ("x86-64-v4", False),
        ("AES", True),
        ("AVX2", False),
        ("2 sockets", False),
        ("dedicated vCPU", None),
    ],
)
def test_a_promise_is_held_against_what_is_there(text: str, kept: bool | None) -> None:
    found = of(text)
    assert found.kept is kept, found
    assert bool(found.letter) is (kept is False)


@pytest.mark.parametrize(
    "text",
    ["4 vCPU", "8 GB RAM", "160 GB disk", "SSD", "KVM", "virtio NIC", "PV disk", "Xen", "LXC", "AES",
    "x86-64-v2", "2 sockets",
     "nested", "1 Gbit/s", "3000 IOPS", "500 MB/s", "dedicated vCPU", "IPv6", "unmetered"],
)  # fmt: skip
def test_nothing_is_broken_where_nothing_is_known(text: str) -> None:
    assert of(text, Facts(unseen=["block", "net", "controllers"])).kept is None


def test_a_container_may_have_a_share_of_what_it_sees() -> None:
    inside = replace(GUEST, containers=["docker"], contained=True)
    assert of("4 vCPU", inside).kept is None
    assert of("160 GB disk", inside).kept is None
    assert of("8 vCPU", inside).kept is False
    assert of("KVM", inside).kept is True  # beneath it
    assert of("Xen", inside).kept is False


def test_a_doubtful_name_breaks_no_promise() -> None:
    doubtful = replace(GUEST, hypervisor=Hypervisor(kind="xen", confidence="weak"))
    assert of("KVM", doubtful).kept is None


def test_what_is_measured_decides_if_it_is_sure_enough() -> None:
    assert of("20,000 IOPS", GUEST, measured("disk.randread-qd32", 3000)).kept is False
    assert of("20,000 IOPS", GUEST, measured("disk.randread-qd32", 3000, confidence="low")).kept is None
    assert of("20,000 IOPS", GUEST, measured("disk.randread-qd32", 19_000)).kept is True


def test_a_kind_of_disk_is_told_by_how_it_answers() -> None:
    flash, slow = (measured("disk.verdict", verdict=word) for word in ("local-flash", "spinning"))
    large = measured("disk.read", 900e6, unit="B/s")
    assert of("NVMe", GUEST, flash).kept is None
    assert of("NVMe", GUEST, flash, large).kept is True  # SATA carries 600 MB/s
    assert of("SSD", GUEST, flash).kept is True
    assert of("SSD", GUEST, slow).kept is False
    assert of("HDD", GUEST, slow).kept is True
    assert of("SSD", GUEST, measured("disk.verdict", verdict="network-block")).kept is None


def test_a_slow_peer_breaks_no_promise_but_a_slow_link_does() -> None:
    sent = measured("network.send", 300e6, unit="bit/s")
    assert of("1 Gbit/s", GUEST, sent).kept is None
    assert of("300 Mbit/s", GUEST, sent).kept is True
    metal = replace(GUEST, net=[Net(name="eth0", path="physical", speed=100)])
    assert of("1 Gbit/s", metal, sent).kept is False
    assert of("1 Gbit/s", GUEST, replace(sent, verdict="loopback")).kept is None


def test_what_turns_is_no_nvme_whatever_its_controller_says() -> None:
    """As EBS st1 does: a hard disk behind Amazon's NVMe controller."""
    passed = replace(GUEST, block=[Block(name="nvme0n1", path="passthrough", driver="nvme", size=160 * GIB)])
    assert of("NVMe", passed).kept is True
    assert of("NVMe", passed, measured("disk.verdict", verdict="spinning")).kept is False


def sent(host: str, bits: float, **more: object) -> Benchmark:
    return measured(
        "network.send", bits, unit="bit/s", target=f"{host}:5201", **({"confidence": "medium"} | more)
    )


@pytest.mark.parametrize(
    ("rates", "more", "kept"),
    [
        ((94e6, 94.5e6), {}, False),
        ((94e6, 94.5e6), {"confidence": "low"}, None),
        ((94e6, 94.5e6), {"verdict": "at-least"}, None),
        ((94e6, 180e6), {}, None),  # then it is the way there, or the peer
        ((94e6, 94.5e6, 930e6), {}, True),
        ((94e6, 94.5e6, 300e6), {}, None),
        ((94e6,), {}, None),
    ],
)
def test_the_same_rate_with_several_peers_is_this_machines(
    rates: tuple[float, ...], more: dict[str, object], kept: bool | None
) -> None:
    peers = [sent(f"192.0.2.{at}", bits, **more) for at, bits in enumerate(rates)]
    assert of("1 Gbit/s", GUEST, *peers).kept is kept


def test_several_peers_may_have_the_port_that_servers_have() -> None:
    assert of("10 Gbit/s", GUEST, sent("192.0.2.1", 941e6), sent("192.0.2.2", 940e6)).kept is None


def test_one_peer_by_two_families_is_one_peer() -> None:
    both = [
        measured("network.send", 94e6, unit="bit/s", target=f"192.0.2.1:5201{of_}")
        for of_ in (" IPv4", " IPv6")
    ]
    assert of("1 Gbit/s", GUEST, *both).kept is None


@pytest.mark.parametrize(
    ("cpu", "looked", "kept"),
    [
        ({"steal": 0.2, "steal_shown": 0.08}, None, False),
        (
            {"steal": 0.2, "steal_shown": 0.0008},
            None,
            None,
        ),  # an idle machine: nobody is accused by arithmetic
        ({"steal": 0.2, "steal_shown": 0.03}, None, False),
        ({"steal": 0.2, "steal_shown": 0.019}, None, None),
        ({"steal": 0.2, "steal_shown": 0.0008}, 0.15, False),
        ({"steal": 0.2, "steal_shown": 0.0008}, 0.02, None),
        ({"steal": 0.03, "steal_shown": 0.02}, 0.15, None),  # one second of a benchmark alone is no proof
        ({"steal": 0.2, "steal_shown": 0.08, "wanted_seconds": 20}, None, None),
        ({"steal": 0.2, "steal_shown": 0.08, "up_seconds": 300}, None, None),
    ],
)
def test_time_that_is_withheld_breaks_a_promise_of_own_processors(
    cpu: dict[str, float], looked: float | None, kept: bool | None
) -> None:
    told = replace(GUEST.cpu, **({"wanted_seconds": 9000, "up_seconds": 90_000} | cpu))
    looks = [] if looked is None else [measured("cpu.steal", looked, unit="share", confidence="low")]
    assert of("dedicated vCPU", replace(GUEST, cpu=told), *looks).kept is kept


@pytest.mark.parametrize(
    ("path", "better_by", "kept"),
    [
        ("paravirtual", None, True),
        ("passthrough", None, True),
        ("emulated", "provider", False),
        ("emulated", None, False),
        ("emulated", "owner", None),  # it is offered, and this system does not use it
        ("unknown", None, None),
    ],
)
def test_an_emulated_card_breaks_a_promise_of_virtio(path: Any, better_by: Any, kept: bool | None) -> None:
    facts = replace(GUEST, net=[Net(name="eth0", path=path, driver="e1000", better_by=better_by)])
    assert of("virtio network", facts).kept is kept
    assert of("virtio disk", facts).kept is True


def test_each_promise_is_a_finding_and_leads_the_sentence() -> None:
    promises = held(read("2 vCPU, 8 GB RAM, IPv6"), GUEST, [], CHECKS.borders)
    judged = judge(GUEST, [], CHECKS, promises)
    found = {one.subject: one for one in judged.findings if one.check == "plan.promise"}
    assert {subject: one.status for subject, one in found.items()} == {
        "2 processors": "pass",
        "8 GB of memory": "pass",
        "IPv6": "unknown",
    }
    said = verdict(GUEST, [], judged, promises).sentence
    assert said.startswith("2 of 3 promises of the plan are kept, 1 cannot be told from here; ")


def test_what_is_not_kept_is_asked_of_the_provider() -> None:
    promises = held(read("8 vCPU, 64 GB RAM"), GUEST, [], CHECKS.borders)
    judged = judge(GUEST, [], CHECKS, promises)
    asked = [one.fix.provider for one in judged.findings if one.check == "plan.promise" and one.fix]
    assert asked == [one.letter for one in promises]
    assert "My plan promises 8 processors, but I find 4 processors" in asked[0]
    said = verdict(GUEST, [], judged, promises).sentence
    assert said.startswith(
        "0 of 2 promises of the plan are kept, 2 are not (8 processors and 64 GB of memory); "
    )


def test_on_a_recorded_machine() -> None:
    found = machine("lab-kvm-virtio")
    assert [one.kept for one in found.promises] == [False, False]
