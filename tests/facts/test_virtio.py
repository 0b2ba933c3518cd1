"""On what a virtio device and its driver agreed, and whose doing it is that something is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.machines import machine
from tests.machines.bases import kvm_virtio
from vaudit.facts import virtio
from vaudit.model.facts import Virtio

NEW = (6, 1)
ROWS = [
    pytest.param(driver, row, id=f"{driver}-{row[1]}")
    for driver, rows in virtio.TABLES.items()
    for row in (*rows, *virtio.GENERIC)
]


def bits(*there: int, length: int = 64) -> str:
    return "".join(str(int(at in there)) for at in range(length))


def of(text: str, status: int | None = 15, driver: str = "virtio_blk", release: tuple[int, int] | None = NEW,
       **taken: bool) -> Virtio:  # fmt: skip
    names = {name.replace("__", "."): off for name, off in taken.items()}
    found = virtio.device(driver, text, status, release, names)
    assert found is not None
    return found


@pytest.mark.parametrize(("driver", "row"), ROWS)
def test_a_bit_is_one_feature_and_no_other(driver: str, row: virtio.Row) -> None:
    at, name, since = row
    other = 0 if at else 2
    with_it, without = (of(bits(other, 32, *more), driver=driver, release=(9, 0)) for more in ((at,), ()))
    if at != 32:
        assert set(with_it.negotiated) - set(without.negotiated) == {name}
    missing = {one.name for one in without.missing} - {one.name for one in with_it.missing}
    assert missing == ({name} if since and name != "ro" and at != 32 else set())


def test_the_first_character_is_bit_0() -> None:
    real = "11000101101110110000000000000100100000000000000000000000000000000000000000000000" + "0" * 48
    found = of(real, driver="virtio_net")
    assert len(real) == 128
    assert found.negotiated == [
        "csum", "guest-csum", "mac", "guest-tso4", "guest-tso6", "guest-ufo", "host-tso4", "host-tso6",
        "host-ufo", "mrg-rxbuf", "event-idx", "version-1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "status", "generation"),
    [((32,), 15, "modern"), ((9,), 7, "legacy"), ((32,), None, "modern"), ((9,), None, "legacy"),
     ((9,), 15, None), ((32,), 7, None)],
)  # fmt: skip
def test_the_generation_has_two_witnesses(
    there: tuple[int, ...], status: int | None, generation: str
) -> None:
    assert of(bits(*there), status).generation == generation


def whose(name: str, **how: object) -> str:
    found = of(bits(9, 32), **how)  # type: ignore[arg-type]
    return next(one.because for one in found.missing if one.name == name)


def test_a_missing_bit_is_the_devices_only_if_this_kernel_asks_for_it() -> None:
    assert whose("discard") == "device"
    assert whose("discard", release=(4, 19)) == "unknown", "Red Hat's 4.18 asks for it"
    assert whose("discard", release=None) == "unknown"
    assert whose("in-order") == "driver"
    found = of(bits(9), 7, virtio_pci__force_legacy=True)
    assert next(one.because for one in found.missing if one.name == "version-1") == "parameter"
    found = of(bits(1, 32), driver="virtio_net", virtio_net__gso=True)
    assert {one.name for one in found.missing if one.because == "parameter"} >= {"host-tso4", "host-tso6"}


def test_before_a_driver_has_agreed_nothing_is_missing() -> None:
    assert of(bits(), 1) == Virtio()
    assert of(bits(9, 32), 3) == Virtio()


def test_what_nobody_named_is_shown_by_its_number() -> None:
    assert of(bits(32, 41)).negotiated == ["version-1", "bit 41"]


@given(st.one_of(st.text(max_size=4096), st.text("01", max_size=4096), st.text("012\0", max_size=200)))
def test_no_text_breaks_it(text: str) -> None:
    found = virtio.device("virtio_net", text, 15, NEW, {})
    if found is not None:
        assert not text.strip().strip("01") and len(text.strip()) <= virtio.LONGEST


def test_a_million_characters_are_none() -> None:
    assert virtio.device("virtio_net", "1" * 1_000_000, 15, NEW, {}) is None


def test_a_disk_and_a_card_of_a_machine() -> None:
    facts = kvm_virtio().agrees("vda", "discard").agrees("eth0", "csum", "mq").facts()
    (disk,), (card,) = facts.block, facts.net
    assert disk.virtio and disk.virtio.generation == "modern" and "flush" in disk.virtio.negotiated
    assert "discard" in {one.name for one in disk.virtio.missing if one.because == "device"}
    assert card.virtio and virtio.lacks(card.virtio, "csum") and card.offered_queues == 1
    assert any("features" in id_ for id_ in disk.virtio.evidence)


def test_parameters_are_read_where_something_is_missing() -> None:
    made = kvm_virtio().agrees("eth0", "csum").file("/sys/module/virtio_net/parameters/csum", "N\n")
    (card,) = made.facts().net
    assert card.virtio and [one.because for one in card.virtio.missing if one.name == "csum"] == ["parameter"]


def test_a_record_without_the_file_says_nothing() -> None:
    made = kvm_virtio()
    made.file("/sys/devices/pci0000:00/0000:00:03.0/virtio0/features", "2" * 64)
    (card,) = made.facts().net
    assert card.virtio is None and card.offered_queues is None


ASKED = {
    "legacy": ("legacy", {"discard", "write-zeroes"}, {"mq"}, 1),
    "bare": ("modern", set[str](), {"discard", "write-zeroes", "mq"}, 1),
    "queues": ("modern", {"mq", "discard", "write-zeroes"}, set[str](), None),
}
"""What QEMU was asked for of a disk, in tests/lab/cases.toml: generation, there, not there, queues."""


@pytest.mark.parametrize("name", ASKED)
def test_what_qemu_was_asked_for_is_what_a_recorded_guest_shows(name: str) -> None:
    generation, there, not_there, queues = ASKED[name]
    facts = machine(f"lab-qemu-virtio-{name}").facts
    (disk,) = (one for one in facts.block if one.virtio)
    (card,) = (one for one in facts.net if one.virtio)
    assert disk.virtio and card.virtio
    assert disk.virtio.generation == card.virtio.generation == generation
    assert there <= set(disk.virtio.negotiated)
    assert not_there <= {one.name for one in disk.virtio.missing if one.because == "device"}
    assert disk.offered_queues == queues
    assert ("mq" in card.virtio.negotiated) is (name == "queues")
    assert virtio.lacks(card.virtio, "csum"), "QEMU's user-mode network computes none"
    assert virtio.lacks(disk.virtio, "version-1") is (name == "legacy")
