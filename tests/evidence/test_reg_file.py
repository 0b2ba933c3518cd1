"""A registry that was exported as text says what the registry itself says."""

from pathlib import Path

import pytest

from tests.machines.windows import builder
from tests.machines.windows.made import MADE
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.reg_file import Exported, is_one, text_of
from vaudit.facts.collect import collect
from vaudit.model.facts import Facts

HEAD = "Windows Registry Editor Version 5.00\n\n"
SYSTEM = "HKLM\\SYSTEM\\CurrentControlSet"


def facts(folder: Path, *files: bytes) -> Facts:
    for number, data in enumerate(files):
        (folder / f"{number}.reg").write_bytes(data)
    return collect(Recorder(one(str(folder if len(files) > 1 else folder / "0.reg"))))


@pytest.mark.parametrize("name", MADE)
def test_it_says_what_the_hive_says(name: str, tmp_path: Path) -> None:
    found, made = facts(tmp_path, builder.reg(name).encode("utf-16")), MADE[name]
    assert (found.hypervisor.kind, found.hypervisor.role) == (made.kind, made.role)
    assert {one.name: (one.driver, one.path) for one in found.block} == made.block
    assert {one.name: (one.driver, one.path) for one in found.net} == made.net
    states = {one.name: one.state for one in found.drivers}
    assert {driver: states.get(driver) for driver in made.drivers} == made.drivers
    assert found.windows
    assert tuple(sorted(found.windows.boots_by)) == made.boots_by
    assert found.unseen == []


@pytest.mark.parametrize("coding", ["utf-16", "utf-8", "utf-8-sig", "utf-16-le"])
def test_encodings(coding: str, tmp_path: Path) -> None:
    assert facts(tmp_path, builder.reg("kvm-virtio-blk").encode(coding)).hypervisor.kind == "kvm"


def test_some_keys_in_some_files(tmp_path: Path) -> None:
    """As `reg export` of Enum, Services and HardwareConfig gives them, by the name of the current set."""
    text = builder.reg("kvm-virtio-blk").replace("ControlSet001", "CurrentControlSet")
    sections, files = text.split("\r\n\r\n"), []
    for key in ("CurrentControlSet\\Enum", "CurrentControlSet\\Services", "HardwareConfig"):
        begin = f"[HKEY_LOCAL_MACHINE\\SYSTEM\\{key}"
        kept = [each for each in sections if each.startswith((f"{begin}\\", f"{begin}]"))]
        files.append((HEAD + "\r\n\r\n".join(kept)).encode("utf-16"))
    found = facts(tmp_path, *files)
    assert (found.hypervisor.kind, [one.path for one in found.block]) == ("kvm", ["paravirtual"])


def test_what_was_not_exported_is_not_absent() -> None:
    held = Exported([f"{HEAD}[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services]\n\n"])
    assert held.entry(f"{SYSTEM}\\Services\\viostor").status == "absent"
    assert held.entry(f"{SYSTEM}\\Enum").status == "unrecorded"
    assert held.entry("HKLM\\SOFTWARE").status == "unrecorded"


def test_values_of_all_kinds() -> None:
    text = (
        f'{HEAD}[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n"Current"=dword:00000002\n\n'
        '[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet002]\n@="own"\n'
        '"Path \\"x\\\\y"="a \\"quoted\\" C:\\\\dir"\n"Two"="first\nsecond"\n'
        '"Many"=hex(7):61,00,00,00,62,00,00,00,\\\n  00,00\n"Raw"=hex:01,ff\n"Gone"=-\n"Bad"=hex:zz\n'
    )
    held = Exported([text])
    key = held.entry(SYSTEM).data
    values = {value.name: value.data for value in key.values}  # type: ignore[union-attr]
    assert values == {
        "": "own", 'Path "x\\y': 'a "quoted" C:\\dir', "Two": "first\nsecond", "Many": ["a", "b"],
        "Raw": b"\x01\xff",
    }  # fmt: skip
    assert held.unread == 2


def test_regedit4_writes_bytes() -> None:
    data = b'REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\r\n"\xc4"=hex(2):25,78,25,00\r\n'
    key = Exported([text_of(data)]).entry("HKLM\\SYSTEM\\Select").data
    assert [(value.name, value.data) for value in key.values] == [("Ä", "%x%")]  # type: ignore[union-attr]


@pytest.mark.parametrize("top", ["SAM\\SAM", "SECURITY\\Policy"])
def test_secrets_are_passed_over(top: str) -> None:
    held = Exported([f'{HEAD}[HKEY_LOCAL_MACHINE\\{top}]\n"V"=hex:01\n[HKEY_CURRENT_USER\\x]\n"n"="me"\n'])
    assert held.entry(f"HKLM\\{top}").status == "unrecorded"


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "[]\n@=",
        '"',
        '"a',
        '"a"=hex(',
        HEAD * 3,
        "\\\n" * 50,
        "[HKEY_LOCAL_MACHINE\\SYSTEM" + "\\a" * 9000 + "]",
        '"a"="' + "x\n" * 99,
    ],
)
def test_a_hostile_text_is_read(text: str) -> None:
    Exported([HEAD + "[HKEY_LOCAL_MACHINE\\SYSTEM]\n" + text])
    assert is_one(HEAD + text)
