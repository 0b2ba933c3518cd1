"""The lab's table is whole, its kept dumps say what is true, and (`make outer`) its short real part boots.

The short part takes about 3 minutes on two cores: `make lab-ci`. All of it, 20 minutes: `make lab`.
"""

import io
import struct
from pathlib import Path

import pytest

from tests.lab import compare, images
from tests.lab.__main__ import choose, keep, problems
from tests.lab.boot import Case, LabError, Said, boot, table, with_backends
from tests.lab.cpio import Cpio
from vaudit.evidence import dump

HOSTS, CASES = table()
RECORDED = sorted(name for name in CASES if compare.recorded(name).exists())
SHORT = ("qemu-virtio", "qemu-emulated", "kvm-virtio", "xen-dom0", "xen-pv")


def test_a_case_belongs_to_a_host_or_is_a_plain_guest() -> None:
    for case in CASES.values():
        assert bool(case.args) == (case.group in ("qemu", "slow")), case
        assert bool(case.flaw) == (case.group == "slow"), case
        assert bool(case.run) == (case.group in HOSTS), case
        assert case.about


def test_every_case_says_what_is_true_of_it_and_has_its_dump() -> None:
    for name, case in CASES.items():
        assert compare.truth(name) or case.opt_in, f"write tests/machines/lab-{name}.toml"
        assert compare.recorded(name).exists() or case.opt_in, f"run make lab-refresh CASE={name}"


def test_every_dump_of_the_lab_has_its_case() -> None:
    assert {path.stem.removeprefix("lab-") for path in compare.MACHINES.glob("lab-*")} <= set(CASES)


@pytest.mark.parametrize("name", RECORDED)
def test_a_kept_dump_says_what_is_true_of_its_machine(name: str) -> None:
    report = compare.replay(compare.recorded(name).read_bytes(), name)
    assert compare.wrong(report, compare.truth(name)) == []


@pytest.mark.parametrize("name", RECORDED)
def test_a_kept_dump_comes_from_a_kernel_of_the_lab(name: str) -> None:
    """Debian 12's 6.1, or gVisor's constant version; never that of the machine that ran the lab."""
    release = dump.read(str(compare.recorded(name))).meta["kernel"]
    assert release.startswith("6.1.") or name == "container-gvisor"


def test_a_disk_and_a_network_are_made_for_each_device() -> None:
    made = with_backends(["-device", "ide-hd,drive=d1", "-device", "e1000,netdev=n1"])
    assert "driver=null-co,node-name=d1,size=268435456,read-zeroes=on" in made
    assert "user,id=n1,restrict=on" in made


def test_an_unknown_case_is_refused_and_an_opt_in_one_is_never_run_by_a_pattern() -> None:
    with pytest.raises(LabError, match="no case 'nothing'"):
        choose(["nothing"], CASES)
    known = {"a-1": Case("a-1", "a", "one"), "a-2": Case("a-2", "a", "two", opt_in=True)}
    assert [one.name for one in choose([], known)] == ["a-1"]
    assert [one.name for one in choose(["a-*"], known)] == ["a-1"]
    assert [one.name for one in choose(["a-2"], known)] == ["a-2"]


def test_an_archive_is_what_the_kernel_unpacks() -> None:
    file = io.BytesIO()
    with Cpio(file) as cpio:
        cpio.file("ab", 0o755, b"12345")
    data = file.getvalue()
    size, name_size = int(data[54:62], 16), int(data[94:102], 16)
    assert (data[:6], size, name_size, data[110:113]) == (b"070701", 5, 3, b"ab\0")
    assert data[116:121] == b"12345"  # header and name, then data, each padded to four bytes
    assert data[124:130] == b"070701" and b"TRAILER!!!" in data


def test_a_kernel_that_is_not_understood_is_refused() -> None:
    image = bytearray(4096)
    struct.pack_into("<II", image, 0x248, 0, 16)
    with pytest.raises(LabError, match="not compressed with xz"):
        images.elf_kernel(bytes(image))


def test_a_case_that_sent_nothing_is_a_problem() -> None:
    case = Case("qemu-none", "qemu", "nothing")
    assert problems(Said(case, problem="it sent no result")) == ["it sent no result"]
    assert problems(Said(case, files={"scan.txt": b"no"})) == ["vaudit wrote no report or no dump: no"]


def test_a_machine_in_which_programs_died_is_booted_again() -> None:
    case = Case("qemu-none", "qemu", "nothing")
    assert not Said(case, files={"faults.txt": b"", "scan.txt": b""}).is_broken
    assert Said(case, files={"faults.txt": b"python3[132]: segfault at 0"}).is_broken
    assert Said(case, problem="it sent no result").is_broken


def test_a_refreshed_dump_never_replaces_a_right_one_by_a_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = (compare.recorded(name).read_bytes() for name in ("qemu-virtio", "qemu-emulated"))
    truth = (compare.MACHINES / "lab-qemu-virtio.toml").read_text()
    monkeypatch.setattr(compare, "MACHINES", tmp_path)
    (tmp_path / "lab-qemu-virtio.toml").write_text(truth)
    assert keep("qemu-virtio", right) == []
    said = keep("qemu-virtio", wrong)
    assert said[-1] == "the old dump stays, which is right"
    assert "was, is: drivers[virtio_blk].state: 'in-use' -> 'available'" in said
    assert compare.recorded("qemu-virtio").read_bytes() == right


TRIES = 4
"""A guest on an emulated AMD processor may stand still, and its host with it: with QEMU 7.2 twice running."""


@pytest.fixture(scope="module")
def said() -> dict[str, Said]:
    """What vaudit said inside the machines of the short part, each booted until no program died in it."""
    found: dict[str, Said] = {}
    try:
        for _ in range(TRIES):
            if broken := [CASES[name] for name in SHORT if name not in found or found[name].is_broken]:
                found |= {one.case.name: one for one in boot(broken, 2)}
    except LabError as error:
        pytest.skip(f"NOT RUN: the lab could not be built: {error}")
    return found


@pytest.mark.outer(*images.PROGRAMS)
@pytest.mark.parametrize("name", SHORT)
def test_vaudit_says_what_is_true_inside_a_real_machine(name: str, said: dict[str, Said]) -> None:
    assert problems(said[name]) == []
