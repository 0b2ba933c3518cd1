"""Addresses are told by their kind, prefix and way out; no address is in a fact, nor in what is shared."""

import pytest
from msgspec import json

from tests.machines.addresses import FILES, NONE, ROUTES, SIX_ROUTES, SIX_TEXT, TRIE_TEXT
from tests.machines.bases import kvm_good
from vaudit import cloudinit, procfs
from vaudit.evidence import dump
from vaudit.evidence.record import shared
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.facts.linux.addresses import OFF, ROUTE, SIX, SIX_ROUTE, TRIE
from vaudit.judge.checks import load
from vaudit.judge.promises import held
from vaudit.judge.read_plan import read
from vaudit.model.facts import Address, Facts


def recorder(files: dict[str, str]) -> Recorder:
    made = kvm_good()
    for path, text in files.items():
        made.file(path, text)
    return Recorder(dump.parse(made.text().encode(), "made"))


def facts(files: dict[str, str]) -> Facts:
    return collect(recorder(files))


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("8.8.8.8", "public"), ("10.255.0.1", "private"), ("172.16.0.1", "private"), ("172.32.0.1", "public"),
        ("192.168.1.1", "private"), ("100.64.0.1", "shared"), ("100.128.0.1", "public"),
        ("169.254.1.1", "link-local"), ("127.0.0.1", ""), ("192.0.2.1", "special"), ("198.19.0.1", "special"),
        ("240.0.0.1", "special"), ("256.1.1.1", ""), ("1.2.3", ""), ("", ""),
    ],
)  # fmt: skip
def test_each_address_of_ipv4_has_its_kind(address: str, kind: str) -> None:
    assert procfs.kind4(address) == kind


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("2a010480000000000000000000000001", "public"), ("fd000000000000000000000000000002", "private"),
        ("fe800000000000000000000000000001", "link-local"),
        ("febf0000000000000000000000000001", "link-local"),
        ("20010db8000000000000000000000001", "special"), ("20010000000000000000000000000001", "special"),
        ("20014860000000000000000000008888", "public"), ("2002c000020400000000000000000001", "special"),
        ("64ff9b00000000000000000000000001", "special"), (NONE, ""), (f"{NONE[:-1]}1", ""), ("fe80", ""),
    ],
)  # fmt: skip
def test_each_address_of_ipv6_has_its_kind(digits: str, kind: str) -> None:
    assert procfs.kind6(digits) == kind


def test_kinds_prefixes_and_default_routes_are_facts() -> None:
    found = facts(FILES).addresses
    assert found.ipv4.addresses == [Address("public", 22), Address("private", 32)]
    assert found.ipv6.addresses == [Address("public", 64), Address("link-local", 64)]
    assert (found.ipv4.default_route, found.ipv6.default_route) == (True, True)


def test_no_address_is_in_facts_nor_in_what_is_shared() -> None:
    asked = recorder(FILES)
    found = json.encode(collect(asked)).decode()
    text = dump.write(shared(asked)[1], {})
    for secret in ("8.8.", "10.1.0.1", "2a01", "beef", "505400", "fe80"):
        assert secret not in found
        assert secret not in text
    assert collect(Recorder(dump.parse(text.encode(), "shared"))).addresses == collect(asked).addresses


def test_what_was_not_recorded_is_not_known_and_says_so() -> None:
    found = facts({}).addresses
    assert (found.ipv4.addresses, found.ipv6.addresses, found.ipv4.default_route) == (None, None, None)
    assert found.ipv4.because == f"{TRIE} is not there"
    recorded = collect(Recorder(dump.parse(b"vdump 2\n@file /proc/cpuinfo\n|\n@end\n", "x"))).addresses
    assert recorded.ipv6.because == f"{SIX} was not recorded"
    assert recorded.ipv6.default_route is None


def test_without_the_trie_the_table_of_routes_still_tells_of_the_way_out() -> None:
    found = facts({ROUTE: ROUTES}).addresses.ipv4
    assert (found.addresses, found.default_route) == (None, True)
    assert "0100A8C0" not in dump.write(shared(recorder({ROUTE: ROUTES}))[1], {})


def test_a_route_that_refuses_leads_nowhere() -> None:
    refusing = TRIE_TEXT.replace("universe UNICAST", "universe UNREACHABLE")
    found = facts({TRIE: refusing, SIX: SIX_TEXT, SIX_ROUTE: SIX_ROUTES.splitlines()[2] + "\n"}).addresses
    assert (found.ipv4.default_route, found.ipv6.default_route) == (False, False)


def test_a_kernel_without_ipv6_is_told_from_one_that_was_not_looked_at() -> None:
    found = facts({TRIE: TRIE_TEXT}).addresses.ipv6
    assert (found.addresses, found.default_route, found.because) == ([], False, OFF)


@pytest.mark.parametrize(
    "text", ["", "|--", "|-- \n /x y z", "a" * 40, "/32 host LOCAL", "|-- 1.2.3.4\n/99 host LOCAL"]
)
def test_what_is_no_table_has_no_address(text: str) -> None:
    assert not procfs.local4(text) and not procfs.local6(text)
    assert not procfs.default4(text) and not procfs.default6(text) and not procfs.default4_of_routes(text)


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({}, [True, True]),
        ({TRIE: TRIE_TEXT.replace("8.8.", "10.8.")}, [None, True]),
        ({TRIE: TRIE_TEXT.replace("8.8.5.6", "100.64.5.6"), SIX: SIX_TEXT.splitlines()[2]}, [None, None]),
        ({TRIE: TRIE_TEXT.replace("/0 universe UNICAST", "/0 universe BLACKHOLE")}, [None, True]),
        ({SIX: ""}, [True, None]),
    ],
)
def test_what_a_plan_promises_of_addresses_is_held_against_them(
    changed: dict[str, str], kept: list[bool]
) -> None:
    told = held(read("IPv4, IPv6"), facts(FILES | changed), [], load().borders)
    assert [one.kept for one in told] == kept
    assert all(one.because for one in told)


INSTANCE = b"""{"ds": {"meta_data": {"instance-type": "t2.micro", "local-hostname": "secret",
"public-ipv4": "8.8.8.8"}}}"""


def test_the_type_of_a_cloud_is_read_and_shared_alone() -> None:
    asked = recorder({cloudinit.PATH: INSTANCE.decode()})
    assert collect(asked).machine.instance_type == "t2.micro"
    text = dump.write(shared(asked)[1], {})
    assert "t2.micro" in text
    assert "secret" not in text and "8.8.8.8" not in text


@pytest.mark.parametrize(
    "data", [b"", b"[1]", b"{", b'{"ds": 1}', b'{"ds":{"meta_data":{"instance-type":"a b"}}}']
)
def test_what_is_no_type_is_none(data: bytes) -> None:
    assert cloudinit.instance_type(data) == ""
