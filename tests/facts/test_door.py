"""Which system a machine has is decided once, and only that system's providers are asked."""

import json
from pathlib import Path

import pytest

from tests.machines.record import captured, record
from tests.machines.windows import builder
from vaudit.evidence import dump
from vaudit.evidence.recorder import Recorder
from vaudit.facts.ask.door import system_of
from vaudit.facts.collect import collect

FACTER = {
    "virtual": "hyperv",
    "is_virtual": True,
    "kernelversion": "10.0.22621",
    "os": {"family": "windows", "name": "windows", "windows": {"product_name": "Windows 10 Pro"}},
    "memory": {"system": {"total_bytes": 4 << 30}},
}
OLD = "facterversion => 2.4.6\nkernelversion => 6.3.9600\nosfamily => windows\nvirtual => xenhvm\n"


def test_a_scan_of_windows_asks_for_nothing_of_linux() -> None:
    seen = Recorder(dump.parse(builder.recorded("kvm-virtio-blk").encode(), "made"))
    collect(seen)
    asked = {one.key for one in seen.entries if one.kind in ("file", "dir", "link", "device")}
    assert {key for key in asked if key.startswith(("/proc", "/sys", "/dev", "/etc", "/run"))} == set()


def test_linux_is_asked_for_no_registry_but_at_the_door() -> None:
    seen = Recorder(record().file("/proc/cpuinfo", "processor\t: 0\n").source())
    collect(seen)
    assert len([one for one in seen.entries if one.kind == "registry"]) <= 2


@pytest.mark.parametrize(
    ("name", "text", "system"),
    [
        ("facter.json", json.dumps(FACTER), "windows"),
        ("facter.txt", OLD, "windows"),
        ("facter.json", json.dumps({**FACTER, "os": {"family": "Debian"}}), "linux"),
        ("ansible.json", 'host | SUCCESS => {"ansible_facts": {"ansible_os_family": "Windows"}}', "windows"),
        ("lscpu.txt", "Architecture: x86_64\n", "linux"),
    ],
)
def test_inventories_name_the_system(tmp_path: Path, name: str, text: str, system: str) -> None:
    found = captured(tmp_path, {f"commands/{name}": text})
    assert (found.os.family == "windows") == (system == "windows")


def test_facter_names_the_release(tmp_path: Path) -> None:
    found = captured(tmp_path, {"commands/facter.json": json.dumps(FACTER)})
    assert (found.os.name, found.os.version, found.os.build) == ("Windows 11 Pro", "10.0", "22621")
    assert (found.kernel.release, found.memory.total) == ("10.0.22621", 4 << 30)
    assert (found.hypervisor.kind, found.windows) == ("hyperv", None)


def test_the_door_is_passed_once() -> None:
    source = Recorder(dump.parse(builder.recorded("nitro").encode(), "made"))
    assert system_of(source) == system_of(source) == "windows"
