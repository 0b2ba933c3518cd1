"""Plans as they are pasted from sellers' pages: nothing is understood wrongly, and what is not understood, or
cannot be seen from inside, is said."""

import time
from typing import Any

import pytest
from msgspec.structs import replace

from tests.judge.test_promises import CHECKS, GIB, GUEST, of, understood
from vaudit.judge.checks import judge
from vaudit.judge.promises import held
from vaudit.judge.read_plan import PlanError, read, read_toml
from vaudit.judge.verdict import verdict
from vaudit.model.facts import Balloon, Block, Cpu, Hypervisor, HypervisorKind, Memory

THREE = {"processors": 4, "memory": 8e9, "disk": 160e9}
NVME = THREE | {"disk-kind": "nvme"}


@pytest.mark.parametrize(
    "text",
    [
        "4 vCPU\n8 GB RAM\n160 GB NVMe",
        "• 4 vCPU\n• 8 GB RAM\n• 160 GB NVMe",
        "- 4 vCores\n- 8 GB RAM\n- 160 GB NVMe SSD",
        "* 4 vCPU\n* 8GB DDR4 ECC\n* 160GB NVMe",
        "✅ 4 vCPU ✅ 8 GB RAM ✅ 160 GB NVMe SSD",
        "✔ 4 vCPU\n✔ 8 GB RAM\n✔ 160 GB NVMe",
        "🚀 4 vCPU 💾 8 GB RAM 📦 160 GB NVMe",
        "4\ufe0f\u20e3 vCPU, 8\u00a0GB\u200b RAM, 160 GB NVMe",
        "４ vCPU，8 GB RAM，160 GB NVMe",
        "4 vCPU | 8 GB RAM | 160 GB NVMe",
        "vCPU\t4\nRAM\t8 GB\nNVMe\t160 GB",
        "vCPU\tRAM\tNVMe\n4\t8 GB\t160 GB",
        "vCPU\n4\nRAM\n8 GB\nNVMe\n160 GB",
        "4\nvCPU\n8 GB\nRAM\n160 GB\nNVMe",
        "CPU 4 RAM 8GB NVMe 160GB",
        "NVMe 160 GB RAM 8 GB CPU 4",
        "<table><tr><td>vCPU</td><td>4</td></tr>\n"
        "<tr><td>RAM</td><td>8 GB</td></tr><tr><td>NVMe</td><td>160 GB</td></tr></table>",
        "<table><tr><th>vCPU</th><th>RAM</th><th>NVMe</th></tr>"
        "<tr><td>4</td><td>8 GB</td><td>160 GB</td></tr></table>",
        "<ul><li>4 vCPU</li><li>8&nbsp;GB RAM</li><li>160&nbsp;GB NVMe&nbsp;SSD</li></ul>",
        '"4 vCPU","8 GB RAM","160 GB NVMe"',
        "4C8G160G, NVMe",
        "4 Kerne, 8 GB Arbeitsspeicher, 160 GB NVMe-Speicher",
        "4 vCPU-Kerne\n8 GB RAM\n160 GB NVMe SSD-Speicherplatz",
        "4 CPU-Kerne, 8 GB RAM, 160 GB NVMe-Festplatte",
        "4 cœurs, 8 Go de RAM, 160 Go de stockage NVMe",
        "4 coeurs, 8 Go de mémoire vive, 160 Go NVMe",
        "4 núcleos, 8 GB de memoria RAM, 160 GB de almacenamiento NVMe",
        "4 nuclei, 8 GB di RAM, 160 GB di spazio NVMe",
        "4 núcleos, 8 GB de memória, 160 GB de armazenamento NVMe",
        "4 ядра, 8 ГБ ОЗУ, 160 ГБ NVMe",
        "4 rdzenie, 8 GB pamięci RAM, 160 GB dysk NVMe",
        "4 kernen, 8 GB geheugen, 160 GB NVMe opslag",
        "4核 8G内存 160G NVMe硬盘",
        "4コア 8GBメモリ 160GB NVMe",
    ],
)
def test_one_plan_in_many_ways(text: str) -> None:
    assert understood(text) == NVME


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("2x vCore", {"processors": 2}),
        ("0.5 vCPU", {"processors": 0.5}),
        ("2 dedicated cores", {"processors": 2, "dedicated": None}),
        ("2 dedizierte Kerne", {"processors": 2, "dedicated": None}),
        ("2 vCPU dédiés", {"processors": 2, "dedicated": None}),
        ("AMD EPYC 7443P", {"model": "7443p"}),
        ("4 vCPU (AMD EPYC 7443P)", {"processors": 4, "model": "7443p"}),
        ("Intel® Xeon® E5-2680 v4", {"model": "e5-2680 v4"}),  # and no x86-64-v4
        ("Intel VT-x", {"nested": None}),
        ("8C/16T", {"processors": 16}),
        ("8GB DDR4 ECC", {"memory": 8e9}),
        ("16 GB ECC DDR4-3200", {"memory": 16e9}),
        ("8.192 MB RAM", {"memory": 8192e6}),
        ("SSD 25 GB RAM 1 GB", {"disk": 25e9, "disk-kind": "ssd", "memory": 1e9}),
        ("2C4G RAM 40G SSD", {"processors": 2, "memory": 4e9, "disk": 40e9, "disk-kind": "ssd"}),
        ("1 TB NVMe RAID10", {"disk": 1e12, "disk-kind": "nvme", "unseen": "RAID 10"}),
        ("2x 1TB NVMe (RAID 1)", {"disk": 1e12, "disk-kind": "nvme", "unseen": "RAID 1"}),
        ("4x 4TB HDD RAID10", {"disk": 8e12, "disk-kind": "hdd", "unseen": "RAID 10"}),
        ("3x 2TB HDD RAID-5", {"disk": 4e12, "disk-kind": "hdd", "unseen": "RAID 5"}),
        ("25 GB SSD + 500 GB HDD", {"disk": 525e9, "disk-kind": "hdd"}),
        ("1.000 GB SSD", {"disk": 1e12, "disk-kind": "ssd"}),
        ("1'000 GB NVMe", {"disk": 1e12, "disk-kind": "nvme"}),
        ("20.000 IOPS", {"iops": 20_000}),
        ("32TB @ 1Gbps", {"traffic": 32e12, "network": 1e9}),
        ("Bandwidth: 4 TB", {"traffic": 4e12}),
        ("3 TB monthly bandwidth", {"traffic": 3e12}),
        ("Premium bandwidth 4TB", {"traffic": 4e12}),
        ("10G bandwidth", {"network": 10e9}),
        ("5M带宽", {"network": 5e6}),
        ("Traffic-Flat", {"traffic": None}),
        ("trafic illimité", {"traffic": None}),
        ("1 Gbit/s Anbindung", {"network": 1e9}),
        ("bande passante 1 Gbit/s", {"network": 1e9}),
        ("100 Мбит/с", {"network": 100e6}),
        ("IPv4: 1\nIPv6: /64", {"ipv4": None, "ipv6": None}),
        ("KVM: yes", {"virtualization": "kvm"}),
        ("OpenVZ 7", {"virtualization": "openvz"}),
        ("€4.51/month, 2 vCPU", {"processors": 2, "unseen": "a price"}),
        ("2 vCPU, free daily backups, 99.9% uptime", {"processors": 2, "unseen": "backups and an uptime"}),
        ("2 vCPU, Unmetered DDoS protection", {"processors": 2, "unseen": "protection against DDoS"}),
    ],
)  # fmt: skip
def test_what_sellers_write(text: str, promises: dict[str, object]) -> None:
    assert understood(text) == promises


@pytest.mark.parametrize(
    "text",
    [
        "Debian 12", "location Frankfurt", "IPv6 on request", "no Frankfurt",
        "KVM (optional)", "NAT IPv4", "4 GB RAM (expandable to 16 GB)",
        "8 GB RAM (7.76 GiB usable)", "8 GB RAM (burst 16 GB)", "1-4 vCPU", "2–8 cores", "½ core",
        "1/2 core", "2.5 vCPU",
        "50% of a core", "1 CPU core @ 25%", "2GB vSwap", "120GB SSD cache", "500 GB SAS 15k",
        "unlimited websites",
        "75 GB NVMe or 150 GB SSD", "from 2 vCPU", "ohne Traffic-Limit", "gp3 100 GB",
        "t3.medium",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_promises_nothing(text: str) -> None:
    found = {one.subject: one for one in read(f"96 vCPU, {text}")}
    assert set(found) == {"processors", "unread"}
    assert found["processors"].amount == 96
    with pytest.raises(PlanError, match="is not understood"):
        read(text)
    with pytest.raises(PlanError, match="is not understood"):
        read(f"96 vCPU, {text}", whole=True)


@pytest.mark.parametrize(
    "text",
    ["no IPv6", "❌ IPv6", "IPv6 ✘", "0 IPv4", "0x IPv4", "IPv6: no", "VT-x not available", "kein IPv6",
     "sans IPv6"],
)  # fmt: skip
def test_what_a_plan_denies_is_understood_and_promises_nothing(text: str) -> None:
    assert understood(f"96 vCPU, {text}") == {"processors": 96}


@pytest.mark.parametrize(
    "text", ["no ", "up to ", "not available ", "0 ", "free ", "1 ", "(", "<td>", "核", "de la "]
)
def test_what_is_said_again_and_again_is_refused_at_once(text: str) -> None:
    began = time.process_time()
    with pytest.raises(PlanError):
        read((text * 4000)[:4000])
    assert time.process_time() - began < 2


def test_a_file_is_understood_whole_or_refused() -> None:
    with pytest.raises(PlanError, match="'Debian 12' is not understood"):
        read_toml("processors = 4\nvirtualization = 'Debian 12'\n")


def test_what_is_not_understood_stands_in_the_answer_and_counts_as_no_promise() -> None:
    promises = held(read("4 vCPU, Frankfurt, RAID 10"), GUEST, [], CHECKS.borders)
    assert [(one.subject, one.kept) for one in promises] == [
        ("processors", True),
        ("unseen", None),
        ("unread", None),
    ]
    said = verdict(GUEST, [], judge(GUEST, [], CHECKS, promises), promises).sentence
    assert said.startswith("1 of 1 promise of the plan is kept, part of it is not understood; ")


def test_up_to_promises_no_least() -> None:
    found = of("up to 6 vCPU")
    assert (found.promised, found.kept, found.letter) == ("up to 6 processors", None, "")
    assert of("up to 4 vCPU").kept is True
    assert of("bis zu 6 vCPU").kept is None


def test_sizes_are_said_as_they_were_written() -> None:
    assert of("4096 MB RAM").promised == "4,096 MB of memory"
    assert of("8 GB RAM").promised == "8 GB of memory"


EPYC = replace(GUEST, cpu=Cpu(model="AMD EPYC 7443P 24-Core Processor", named="whole"))


@pytest.mark.parametrize(
    ("text", "model", "named", "kept"),
    [
        ("AMD EPYC 7443P", "AMD EPYC 7443P 24-Core Processor", "whole", True),
        ("AMD EPYC 7443P", "Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "whole", False),
        ("AMD EPYC 7443P", "AMD EPYC Processor (with IBPB)", "generic", None),
        ("AMD EPYC 7443P", "QEMU Virtual CPU version 2.5+", "generic", None),
        ("AMD EPYC 7443P", "Intel(R) Xeon(R) Processor", "masked", False),
        ("Xeon E5-2680 v4", "Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "whole", True),
        ("Xeon E5-2680 v4", "Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz", "whole", False),
        ("Intel Xeon Gold 6230R", "Intel(R) Xeon(R) Gold 6230R CPU @ 2.10GHz", "whole", True),
        ("Ryzen 9 7950X", "AMD Ryzen 9 7950X 16-Core Processor", "whole", True),
        ("AMD EPYC", "AMD EPYC-Rome Processor", "generic", True),
        ("AMD EPYC", "Intel Xeon Processor (Skylake, IBRS)", "generic", False),
        ("Intel", "QEMU Virtual CPU version 2.5+", "generic", None),
        ("AMD EPYC 7443P", None, None, None),
    ],
)
def test_a_processor_is_told_by_its_name(text: str, model: str, named: Any, kept: bool | None) -> None:
    facts = replace(GUEST, cpu=Cpu(model=model, named=named))
    assert of(text, facts).kept is kept


def test_a_name_that_a_hypervisor_made_up_breaks_nothing() -> None:
    kinds: tuple[HypervisorKind, ...] = ("unknown", "qemu")
    for kind in kinds:
        emulated = replace(EPYC, hypervisor=Hypervisor(kind=kind))
        assert of("Xeon E5-2680 v4", emulated).kept is None


METAL = replace(GUEST, hypervisor=Hypervisor(kind="none"), cpu=Cpu(threads=8, cores=4))


def test_cores_are_whole_ones_on_metal_and_threads_elsewhere() -> None:
    assert of("8 cores", METAL).kept is False
    assert of("4 cores", METAL).kept is True
    assert of("8 threads", METAL).kept is True
    assert of("4 cores").kept is True  # what VPS sellers call cores are threads


def test_memory_that_a_balloon_took_is_not_there() -> None:
    memory = Memory(total=4 * GIB, installed=8 * GIB, balloon=Balloon("virtio", held=round(3.7 * GIB)))
    found = of("8 GB RAM", replace(GUEST, memory=memory))
    assert found.kept is False and "took 3.7 GiB back" in found.because
    assert of("4 GB RAM", replace(GUEST, memory=memory)).kept is True
    features = ["deflate-on-oom"]  # with which MemTotal stays as it is
    whole = Memory(total=round(7.8 * GIB), balloon=Balloon("virtio", features, held=4 * GIB))
    assert of("8 GB RAM", replace(GUEST, memory=whole)).kept is False
    silent = replace(memory, balloon=Balloon("virtio"))
    assert of("8 GB RAM", replace(GUEST, memory=silent)).kept is None


def test_what_a_crash_kernel_keeps_is_there() -> None:
    memory = Memory(total=round(7.4 * GIB), installed=8 * GIB, swap=2 * GIB)
    assert of("8 GB RAM", replace(GUEST, memory=memory)).kept is True
    assert of("10 GB RAM", replace(GUEST, memory=memory)).kept is False  # swap is none


def test_a_container_sees_its_hosts_memory() -> None:
    assert of("4 GB RAM", replace(GUEST, containers=["docker"], contained=True)).kept is None
    inside = replace(GUEST, containers=["docker"], contained=True)
    assert of("16 GB RAM", inside).kept is False
    declared = replace(inside, memory=Memory(total=31 * GIB, installed=32 * GIB))
    assert of("16 GB RAM", declared).kept is None


def test_who_runs_xen_on_a_machine_of_his_own_was_promised_none() -> None:
    dom0 = replace(METAL, hypervisor=Hypervisor(kind="xen", role="host", confidence="certain"))
    assert of("dedicated server", dom0).kept is True
    assert of("Xen", dom0).kept is True
    nested = replace(dom0.hypervisor, beneath="kvm")
    assert of("dedicated server", replace(dom0, hypervisor=nested)).kept is False


def test_disks_are_summed() -> None:
    two = [
        Block(name=name, path="paravirtual", size=size)
        for name, size in (("vda", 25 * 10**9), ("vdb", 500 * 10**9))
    ]
    both = replace(GUEST, block=two)
    assert [one.kept for one in held(read("25 GB SSD + 500 GB HDD"), both, [], CHECKS.borders)] == [
        True,
        None,
        None,
    ]
    assert (
        held(read("25 GB SSD + 500 GB HDD"), replace(GUEST, block=two[1:]), [], CHECKS.borders)[0].kept
        is False
    )


def test_what_decided_is_shown_and_nothing_else() -> None:
    meminfo, balloon = "file:/proc/meminfo", "file:/sys/bus/virtio/drivers/virtio_balloon/virtio0/features"
    memory = Memory(total=8 * GIB, evidence=[meminfo, balloon], shown_by={"total": [meminfo]})
    assert of("8 GB RAM", replace(GUEST, memory=memory)).evidence == [meminfo]
    taken = replace(memory, total=4 * GIB, balloon=Balloon("virtio", held=4 * GIB))
    assert balloon in of("8 GB RAM", replace(GUEST, memory=taken)).evidence
