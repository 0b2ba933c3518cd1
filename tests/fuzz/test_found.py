"""What fuzzing found, as small as it gets: each stands for its kind."""

import msgspec
import pytest

from tests.machines.record import record
from vaudit.bench.disk.fio import parse_fio
from vaudit.bench.network.iperf3 import parse_iperf3
from vaudit.bench.system.errors import BenchError
from vaudit.evidence import dump, masks
from vaudit.evidence.errors import EvidenceError
from vaudit.masking.pseudonyms import Pseudonyms

DEEP = "[" * 20_000 + "]" * 20_000


def test_json_nested_too_deep_is_no_json_of_fio() -> None:
    with pytest.raises(BenchError, match="incomplete"):
        parse_fio(f'{{\n"jobs": {DEEP}\n}}\n')


def test_json_nested_too_deep_is_no_json_of_iperf3() -> None:
    with pytest.raises(BenchError, match="incomplete"):
        parse_iperf3(f'{{"end": {DEEP}}}')


def test_what_is_wrong_with_an_entry_is_said_in_one_short_line() -> None:
    """It quotes the entry, which may be a megabyte."""
    for line in (f"@registry HKLM\n|{'9' * 5000} x", f"@run rc={'9' * 5000} x", f"@msr 3a {'x' * 5000}"):
        with pytest.raises(EvidenceError, match="damaged at line 2") as caught:
            dump.parse(f"vdump 2\n{line}\n@end\n".encode(), "a.vdump")
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("odd", ["VM\u2167  Control Program", "VM0 Control Program", "VMControl Program"])
def test_a_level_of_z_vm_without_its_two_digits_is_no_layer(odd: str) -> None:
    """/proc/sysinfo of s390: a key that begins and ends like one of a level had to be one."""
    text = f"VM00 Control Program: KVM/Linux\nVM01 Control Program: z/VM 7\n{odd}: z/VM 9\n"
    layers = record("s390x").file("/proc/sysinfo", text).facts().layers
    assert [one.name for one in layers if "z/VM" in one.name] == ["z/VM 7 guest"]


def test_what_ends_no_document_of_fio_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """70 KB of closing braces took seconds: each was tried with all that stood before it."""
    tried: list[int] = []
    decode = msgspec.json.decode

    def counted(text: str) -> object:
        tried.append(len(text))
        return decode(text)

    monkeypatch.setattr("msgspec.json.decode", counted)
    with pytest.raises(BenchError, match="incomplete"):
        parse_fio("{\n" + '"a": 1,\n}\n' * 2000)
    assert 1 < len(tried) < 100


def test_many_documents_of_fio_are_read_up_to_the_last() -> None:
    """As `--status-interval` prints them."""
    one = '{\n  "fio version": "fio-3.%d",\n  "jobs": [{}]\n}\n'
    assert parse_fio("".join(one % at for at in range(500))).version == "fio-3.499"


def test_a_long_path_of_a_folder_is_not_masked_again_for_each_of_its_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """30 KB of path and a hundred names took a second."""
    names = Pseudonyms(b"x", ["planted"])
    short = masks.of_folder(names, "/sys/devices", ["virtio0", "planted"])
    assert short[0] == "virtio0" and short[1] != "planted"
    monkeypatch.delattr(masks, "of_path")
    listed = [*map(str, range(1000)), "planted", "virtio0"]
    folder = "/sys/devices/" + "v" * 30_000
    assert masks.of_folder(names, folder, listed) == [names.closed(name) for name in listed]
