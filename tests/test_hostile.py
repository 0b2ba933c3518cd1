"""A machine whose every string is an attack is reported like any other, and nothing of it takes effect."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import machines
from tests.machines import our_checks
from vaudit.evidence import dump
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Entry
from vaudit.model.report import Report
from vaudit.output import FORMATS, render
from vaudit.pipeline import scan

CHECKS = our_checks()
ATTACK = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>"
    "\x1b]0;owned\x07\x1b[31m\x9b2J\u202e\"'`${x}{{7*7}}</style>"
)
LONG = "A" * (1 << 20)
NAME = "eth<b>\x1b[2J"


def hostile() -> Report:
    """A KVM guest whose firmware, devices, kernel and mounts all carry the attack."""
    machine = machines.source("synthetic-kvm-emulated")
    entries = {(one.kind, one.key): one for one in machine._entries.values()}

    def put(kind, key, data) -> None:
        entries[kind, key] = Entry(kind, key, "read", data)

    for name in ("sys_vendor", "product_name", "bios_vendor", "board_name", "chassis_asset_tag"):
        put("file", f"/sys/class/dmi/id/{name}", (ATTACK + LONG).encode())
    put("file", "/proc/cpuinfo", f"model name : {ATTACK}{LONG}\nflags : hypervisor {ATTACK}\n".encode())
    put("file", "/proc/cmdline", f"xen_{ATTACK} kvm.{LONG}".encode())
    put("file", "/proc/sys/kernel/osrelease", f"6.1{ATTACK}\n".encode())
    put("file", "/etc/os-release", f'PRETTY_NAME="{ATTACK}"\nID={ATTACK}\n'.encode())
    put("run", "dmesg", f"Hypervisor detected: {ATTACK}\nACPI: FACP (v1 {ATTACK} x)\n{LONG}\n".encode())
    put("dir", "/sys/class/net", [NAME, "lo"])
    put("link", f"/sys/class/net/{NAME}", f"../../devices/pci0000:00/0000:00:03.0/net/{NAME}")
    put("file", f"/sys/devices/pci0000:00/0000:00:03.0/net/{NAME}/operstate", ATTACK.encode())
    block = next(key for kind, key in entries if kind == "link" and key.startswith("/sys/class/block/"))
    real = machine.resolve(block)
    put("file", f"{real}/device/model", (ATTACK + LONG).encode())
    put("file", f"{real}/queue/scheduler", f"[{ATTACK}]".encode())
    put("file", "/run/systemd/container", ATTACK.encode())
    return scan(Recorder(dump.Dump(f"/tmp/{ATTACK}", entries.values(), {"time": ATTACK})), CHECKS)


@pytest.fixture(scope="module")
def report() -> Report:
    return hostile()


class Elements(HTMLParser):
    """Counts elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_it_is_still_recognized(report: Report) -> None:
    assert report.facts.hypervisor.kind == "kvm"
    assert any(one.name == NAME for one in report.facts.net)


def test_no_element_of_the_page_comes_from_the_machine(report: Report) -> None:
    page = render("html", report)
    found = Elements()
    found.feed(page)
    assert "img" not in found.tags
    assert not {name for name in found.attributes if name.startswith("on")}
    assert page.count("<script") == page.count('<script type="application/json"')
    assert "49" not in page.split("{{7*7}}")[0][-5:]
    assert len(page) < 2_000_000


@pytest.mark.parametrize("name", ["terminal", "paste"])
def test_no_control_character_reaches_a_terminal(report: Report, name: str) -> None:
    text = render(name, report)
    assert all(char.isprintable() or char == "\n" for char in text)
    assert len(text) < 100_000
    coloured = render("terminal", report, color=True, verbose=True)
    assert "\x1b]" not in coloured
    assert "\x1b[2J" not in coloured
    assert "\x9b" not in coloured
    assert "\u202e" not in coloured


def test_json_carries_the_words_as_data(report: Report) -> None:
    text = render("json", report)
    assert json.loads(text)["facts"]["net"][0]["name"] == NAME
    assert "\x1b" not in text
    assert len(text) < 20_000_000


lines = machines.text("synthetic-xen-dom0").splitlines()


@pytest.mark.slow
@settings(max_examples=150)
@given(st.data())
def test_a_dump_with_changed_lines_is_reported_or_refused(data: st.DataObject) -> None:
    """Lines are dropped, doubled, swapped and rewritten: the result is a report, or one clear error."""
    changed = list(lines)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(1, len(changed) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "text", "cut"])):
            case "drop":
                del changed[at]
            case "double":
                changed.insert(at, changed[at])
            case "swap":
                changed[at - 1], changed[at] = changed[at], changed[at - 1]
            case "text":
                changed[at] = "|" + data.draw(st.text(max_size=40)).replace("\n", " ")
            case "cut":
                changed[at] = changed[at][: data.draw(st.integers(0, 20))]
    try:
        machine = dump.parse("\n".join(changed).encode("utf-8", "replace"), "mutated")
    except EvidenceError as error:
        assert "\n" not in str(error)
        return
    report = scan(Recorder(machine), CHECKS)
    assert not [one for one in report.findings if one.status == "error"]
    for name in FORMATS:
        if name != "html":
            assert render(name, report)
