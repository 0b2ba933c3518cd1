"""What fuzzing found, as small as it gets: each stands for its kind."""

import pytest

from tests.machines.record import record
from vaudit.bench.disk.fio import parse_fio
from vaudit.bench.network.iperf3 import parse_iperf3
from vaudit.bench.system.errors import BenchError
from vaudit.evidence import dump
from vaudit.evidence.errors import EvidenceError

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
