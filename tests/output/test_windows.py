"""A report of Windows speaks of Windows: nothing in it names what only Linux has."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks import windows
from tests.machines.windows import builder
from tests.machines.windows.made import MADE
from vaudit.evidence import dump, origin
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.model.report import Report
from vaudit.output import FORMATS
from vaudit.pipeline import scan

CHECKS = load()
RECORDS = windows.machines(Path(os.environ.get("VAUDIT_WINDOWS", "/nowhere")))
"""Real machines, where a folder of them is at hand."""
PRINTED = """Host Name: W
OS Name: Microsoft Windows Server 2019 Standard
OS Version: 10.0.17763 N/A Build 17763
System Manufacturer: QEMU
System Model: Standard PC (i440FX + PIIX, 1996)
System Type: x64-based PC
Network Card(s): 1 NIC(s) Installed.
                 [01]: Intel(R) PRO/1000 MT Network Connection
"""
COLLECTED = '{"virtual": "kvm", "is_virtual": true, "os": {"family": "windows"}}'
LINUX = (
    r"/dev/\w+", r"/sys/\w+", r"/proc/\w+", r"/etc/\w+", r"/run/\w+", "sysfs", "modprobe", "modules?",
    "lsblk", "lspci", "lscpu", "dmidecode", "dmesg", "Linux", "distribution kernels?", "initramfs", "initrd",
    "sudo", "systemctl", "sysctl", "GRUB", "udev", "cgroups?", "namespaces?", "swap", "swappiness", "LXC",
    "Proxmox VE", "command line", "kernel log", "your kernel", "this kernel", "the kernel", "loadable",
)  # fmt: skip
"""Words of Linux that mean nothing to who has Windows."""
NAMED = re.compile(rf"(?<![\w.-])(?:{'|'.join(LINUX)})(?![\w-])", re.IGNORECASE)


def report(name: str) -> Report:
    source = dump.parse(builder.recorded(name).encode(), f"{name}.vdump")
    return scan(Recorder(source), CHECKS)


def texts(value: Any, path: str = "") -> Iterator[str]:
    """Every text in a report's JSON, but what its checks say to owners of other systems."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not path.endswith(".fix") or key != "linux":
                yield from texts(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, path)
    elif isinstance(value, str):
        yield f"{path}: {value}"


def without_addresses(text: str) -> str:
    """Documents that are referred to are named as they are."""
    return re.sub(r"https?://\S+", "", text)


def foreign(lines: Iterator[str] | list[str]) -> list[str]:
    return [line.strip() for line in lines if NAMED.search(without_addresses(line))]


@pytest.fixture(params=[*MADE, *RECORDS, "systeminfo.txt", "facter.json"], ids=str)
def said(request: pytest.FixtureRequest, tmp_path: Path) -> Report:
    """The report of a machine that was made, of one that was recorded, and of what programs printed."""
    of = request.param
    if of in MADE:
        return report(of)
    if isinstance(of, Path):
        return scan(Recorder(origin.one(str(windows.unpacked(of, tmp_path)))), CHECKS)
    (tmp_path / of).write_text(PRINTED if of == "systeminfo.txt" else COLLECTED)
    return scan(Recorder(origin.one(str(tmp_path / of))), CHECKS)


def test_no_text_of_the_report_names_what_only_linux_has(said: Report) -> None:
    assert said.facts.os.family == "windows"
    assert foreign(texts(msgspec.to_builtins(said))) == []


def test_nor_does_what_people_read(said: Report) -> None:
    for form in ("terminal", "paste", "letter", "html"):
        made = FORMATS[form].render(said, width=100, color=False, verbose=True)
        shown = re.sub(r"<(script|style).*?</\1>|<[^>]*>", "\n", made, flags=re.DOTALL)
        assert foreign(shown.splitlines()) == [], form


def test_windows_speaks_of_its_drivers_as_windows_does() -> None:
    shown = FORMATS["terminal"].render(report("kvm-virtio-blk"), width=120, verbose=True)
    assert re.search(r"boots by +viostor", shown)
    assert re.search(r"viostor +virtio +disk +in-use .* boot start", shown)
    assert re.search(r"VirtIO SCSI Disk Device +paravirtual +viostor \d", shown)
    assert "viostor 1" in FORMATS["paste"].render(report("kvm-virtio-blk"))


def test_what_it_remembers_is_said() -> None:
    shown = FORMATS["terminal"].render(report("kvm-moved-from-vmware"), width=120, verbose=True)
    assert "VMware PVSCSI Controller (pvscsi, removed)" in " ".join(shown.split())


def test_a_test_of_words_can_fail() -> None:
    assert foreign(["load the kvm module", "no /dev/kvm here", "the kernel log"])
    assert not foreign(["a module-free text", "Windows Subsystem for Linu", "the system"])
