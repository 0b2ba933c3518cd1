"""The words of the facts: closed sets, each with a name for people, which no check can misspell."""

from typing import Any, get_args

import msgspec
import pytest

from tests.machines.record import record
from vaudit.facts import signatures
from vaudit.facts.better import OFFERS
from vaudit.facts.linux.drivers import KNOWN
from vaudit.facts.weights import Speaks
from vaudit.judge import vocabulary
from vaudit.judge.read_conditions import ConditionError, read_condition
from vaudit.judge.wording import machine
from vaudit.model import names
from vaudit.model.facts import (
    Cloud,
    Container,
    Facts,
    Hypervisor,
    HypervisorKind,
    Points,
    Served,
    Vmm,
    Witness,
)

TABLES: list[tuple[Any, dict[Any, str]]] = [
    (HypervisorKind, names.KINDS),
    (Vmm, names.VMMS),
    (Cloud, names.CLOUDS),
    (Container, names.CONTAINERS),
]


@pytest.mark.parametrize(("words", "table"), TABLES)
def test_every_word_has_a_name_and_every_name_a_word(words: Any, table: dict[Any, str]) -> None:
    assert set(table) == set(get_args(words))
    assert all(table.values())


def test_a_kind_without_a_name_is_written_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever adds a hypervisor and forgets its name gets an ugly report of such a guest, not a crash."""
    for _, table in TABLES:
        for word in list(table):
            monkeypatch.delitem(table, word)
    guest = record().leaf(0x40000000, "ACRNACRNACRN").dmi(sys_vendor="Hetzner", product_name="ACRN")
    facts = guest.file("/.dockerenv", "").facts()
    assert [layer.name for layer in facts.layers] == ["docker", "probably acrn guest (qemu)", "hetzner host"]
    assert facts.hypervisor.witnesses[0].says.startswith("acrn (signature")
    assert machine(facts) == "probably a docker in an acrn guest on qemu at hetzner"


@pytest.mark.parametrize("kind", get_args(HypervisorKind))
def test_every_kind_can_be_spoken_of(kind: HypervisorKind) -> None:
    roles: tuple[Any, ...] = ("guest", "host", "none")
    for role in roles:
        assert machine(Facts(hypervisor=Hypervisor(kind=kind, role=role, beneath=kind)))


@pytest.mark.parametrize("container", get_args(Container))
def test_every_container_has_its_place_among_the_layers(container: Container) -> None:
    from vaudit.facts.containers import weigh
    from vaudit.facts.values import Mark

    found = weigh([Mark("kubernetes", "a", "b"), Mark(container, "c", "d", "kernel")], None)
    assert set(found.names) == {"kubernetes", container} - {"container-other"}


# what a signal points to


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (Points(kind="kvm"), "kvm"),
        (Points(vmm="qemu"), "vmm:qemu"),
        (Points(cloud="aws"), "cloud:aws"),
        (Points(role="guest"), "guest"),
        (Points(role="host"), "role:host"),
        (Points(container="docker"), "container:docker"),
        (Points(kind="xen", beneath=True), "beneath:xen"),
        (Points(vmm="qemu", beneath=True), "beneath:vmm:qemu"),
        (Points(), ""),
    ],
)
def test_what_a_signal_points_to_is_one_text_for_people(points: Points, text: str) -> None:
    assert points.text == text


def test_a_witness_of_an_older_report_is_read() -> None:
    old = b'{"signal":"cpuid","says":"KVM","evidence":"cpuid:40000000 0","points_to":"kvm","weight":90}'
    assert msgspec.json.decode(old, type=Witness).points == Points()


def test_what_a_signal_points_to_is_written_short() -> None:
    """Only the field that is set: a report has many witnesses."""
    assert msgspec.json.encode(Points(vmm="qemu")) == b'{"vmm":"qemu"}'


# tables speak in words of the model


def spoken() -> list[Speaks]:
    tables: list[Any] = [dict(enumerate(each for _, each in signatures.DMI_RULES))]
    tables += [signatures.ACPI_OEMS, signatures.ACPI_DEVICES, signatures.DEVICE_TREE, signatures.CLOCKS]
    tables += [signatures.LSPCI_WORDS, signatures.DISK_NAMES]
    pairs = [*signatures.PCI_IDS.values(), *signatures.PCI_SUBSYSTEMS.values()]
    return [*(each for table in tables for each in table.values()), *(each for _, each in pairs)]


def test_every_line_of_a_table_speaks_for_somebody() -> None:
    for each in spoken():
        assert list(each.witnesses("", "")), each


def test_tables_hold_words_of_the_model() -> None:
    for each in spoken():
        for word, words in ((each.kind, HypervisorKind), (each.vmm, Vmm), (each.cloud, Cloud)):
            assert word is None or word in get_args(words), each
    assert set(signatures.CPUID_NAMES.values()) <= set(get_args(HypervisorKind))
    assert set(signatures.VMM_IMPLIES) <= set(get_args(Vmm))


def test_each_offer_has_a_driver_in_the_table_of_drivers() -> None:
    """`better` knows no module by name: families and tasks meet the table of the platform."""
    have = {(known.family, known.serves) for known in KNOWN}
    assert {(family, task) for family, tasks in OFFERS.values() for task in tasks} <= have


# checks cannot misspell them


@pytest.mark.parametrize(
    ("condition", "hint"),
    [
        ("hypervisor.vmm == 'qemo'", "qemu"),
        ("hypervisor.cloud == 'azur'", "azure"),
        ("hypervisor.beneath == 'kvn'", "kvm"),
        ("'dokcer' in containers", "docker"),
        ("any(w.signal == 'kernel_log' for w in hypervisor.witnesses)", "kernel-log"),
        ("any(w.points.vmm == 'firecraker' for w in hypervisor.witnesses)", "firecracker"),
        ("any(b.path == 'emulatd' for b in block)", "emulated"),
        ("any(c.better_by == 'ower' for c in controllers)", "owner"),
        ("any(d.serves == 'disc' for d in drivers)", "disk"),
    ],
)
def test_a_misspelt_word_in_a_check_is_found_when_it_is_loaded(condition: str, hint: str) -> None:
    with pytest.raises(ConditionError, match=hint):
        read_condition(condition, vocabulary.names({}))


def test_conditions_see_what_devices_inherit() -> None:
    seen = vocabulary.fields(vocabulary.names({})["block"].of)
    assert set(Served.__struct_fields__) < set(seen)
    assert {"name", "size"} <= set(seen)
