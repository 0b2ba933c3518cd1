"""Memory: who can take it back, how much the firmware declares, and what hinders a move to another host."""

import pytest

from tests.machines import machine
from tests.machines.record import Record, record

BALLOON = "/sys/bus/virtio/drivers/virtio_balloon"
XEN = "/sys/devices/system/xen_memory/xen_memory0"


def guest() -> Record:
    return record().cpu(hypervisor=True).leaf(0x40000000, "KVMKVMKVM")


def test_a_virtio_balloon_and_its_features() -> None:
    found = (
        guest()
        .add("dir", BALLOON, ["bind", "virtio3"])
        .file(f"{BALLOON}/virtio3/features", "0110010" + "0" * 57)
    )
    balloon = found.facts().memory.balloon
    assert balloon is not None
    assert (balloon.kind, balloon.features) == ("virtio", ["stats", "deflate-on-oom", "reporting"])


def test_a_driver_without_a_device_is_no_balloon() -> None:
    assert guest().add("dir", BALLOON, ["bind", "unbind"]).facts().memory.balloon is None


@pytest.mark.parametrize(
    ("vmstat", "held"),
    [
        ("nr_balloon_pages 256\nballoon_inflate 9\nballoon_deflate 9\n", 1 << 20),
        ("balloon_inflate 1280\nballoon_deflate 1024\n", 1 << 20),
        ("balloon_inflate 0\nballoon_deflate 0\n", 0),
        ("nr_free_pages 10\n", None),
        ("balloon_inflate 7\n", None),
        ("nr_balloon_pages ²\nballoon_inflate -4\nballoon_deflate 0\n", None),
    ],
)
def test_what_a_virtio_balloon_holds_is_what_the_kernel_counts(vmstat: str, held: int | None) -> None:
    found = guest().add("dir", BALLOON, ["virtio3"]).file("/proc/vmstat", vmstat)
    balloon = found.file("/proc/meminfo", "MemTotal: 1000 kB\nDirectMap4k: 90 kB\n").facts().memory.balloon
    assert balloon is not None
    assert balloon.held == held


def test_pages_of_a_kernel_that_may_have_larger_ones_are_not_turned_into_bytes() -> None:
    found = guest().add("dir", BALLOON, ["virtio3"]).file("/proc/vmstat", "nr_balloon_pages 256\n")
    balloon = found.file("/proc/meminfo", "MemTotal: 1000 kB\n").facts().memory.balloon
    assert balloon is not None
    assert balloon.held is None


def test_xens_balloon_tells_what_it_holds_and_what_is_wanted() -> None:
    found = guest().file(f"{XEN}/info/current_kb", "1048576\n").file(f"{XEN}/target_kb", "524288\n")
    balloon = found.facts().memory.balloon
    assert balloon is not None
    assert (balloon.current, balloon.target) == (1 << 30, 1 << 29)


def test_the_firmwares_memory_map_is_summed() -> None:
    root = "/sys/firmware/memmap"
    found = guest().add("dir", root, ["0", "1", "2"])
    for number, (start, end, kind) in enumerate(
        [
            ("0x0", "0x9fbff", "System RAM"),
            ("0x9fc00", "0x9ffff", "Reserved"),
            ("0x100000", "0x1ffffff", "System RAM"),
        ]
    ):
        for name, text in (("start", start), ("end", end), ("type", kind)):
            found.file(f"{root}/{number}/{name}", text + "\n")
    assert found.facts().memory.installed == 0x9FC00 + 0x1F00000


def test_switches_of_the_kernel() -> None:
    found = guest().file("/sys/kernel/mm/ksm/run", "1\n").file("/sys/module/zswap/parameters/enabled", "Y\n")
    found.file("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n")
    found.file("/proc/swaps", "Filename Type Size\n/dev/zram0 partition 1000\n")
    found.file("/proc/meminfo", "MemTotal: 1000 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB\n")
    memory = found.facts().memory
    assert (memory.ksm, memory.zswap, memory.hugepages, memory.swap_on_zram) == (True, True, "madvise", True)
    assert (memory.total, memory.swap, memory.swap_used) == (1024000, 102400, 61440)


def test_what_is_not_recorded_is_not_known() -> None:
    memory = guest().facts().memory
    assert (memory.ksm, memory.zswap, memory.balloon, memory.tmem, memory.installed) == (None,) * 5


def test_what_hinders_a_live_migration() -> None:
    found = guest().dmi(sys_vendor="QEMU", product_name="Standard PC (Q35)")
    found.pci("0000:01:00.0", "10DE:1EB8", "10DE:12A2", "30200", "nvidia")
    found.file("/sys/module/kvm_intel/refcnt", "2\n")
    kinds = {one.kind for one in found.facts().migration}
    assert kinds == {"passthrough", "nested-guests", "cpu-model"}


def test_by_what_a_device_is_known_to_be_handed_through_stands_with_the_device_alone() -> None:
    facts = machine("synthetic-aws-nitro").facts
    told = {one.because for one in [*facts.block, *facts.net] if one.path == "passthrough"}
    assert told
    assert {"passthrough", "local-storage"} & {one.kind for one in facts.migration}
    assert not [one for one in facts.migration if any(why in one.because for why in told)]


@pytest.mark.parametrize(
    ("vendor", "product", "hinders"),
    [("QEMU", "Standard PC (Q35)", True), ("Google", "Google Compute Engine", False)],
)
def test_qemu_moves_no_guest_with_an_invariant_tsc(vendor: str, product: str, hinders: bool) -> None:
    found = guest().dmi(sys_vendor=vendor, product_name=product)
    found.file("/proc/cpuinfo", "flags\t: fpu constant_tsc nonstop_tsc tsc_scale hypervisor\n")
    assert ("invariant-tsc" in {one.kind for one in found.facts().migration}) is hinders


def test_a_machine_that_is_no_guest_does_not_migrate() -> None:
    metal = record().cpu(hypervisor=False).pci("0000:01:00.0", "10DE:1EB8", "10DE:12A2", "30200", "nvidia")
    assert metal.facts().migration == []


def test_numbers_that_are_none_are_left_out() -> None:
    found = (
        record()
        .file("/proc/meminfo", f"MemTotal: ² kB\nMemAvailable: {'9' * 5000} kB\nSwapTotal: 8 kB\n")
        .file("/sys/devices/system/cpu/online", "0-,²\n")
        .add("dir", "/sys/firmware/memmap", ["0", "1"])
    )
    for number, end in enumerate(("0x", "0x63ff@ffff")):
        root = f"/sys/firmware/memmap/{number}"
        found.file(f"{root}/type", "System RAM").file(f"{root}/start", "0x0").file(f"{root}/end", end)
    facts = found.facts()
    assert (facts.memory.total, facts.memory.available, facts.memory.swap) == (None, None, 8192)
    assert facts.memory.installed is None
    assert facts.cpu.threads is None
