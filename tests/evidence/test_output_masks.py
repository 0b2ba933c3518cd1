# ruff: noqa: E501 - the lines are those of machines
"""What people wrote below an output, in the mail or the ticket that it was copied from, is no line of its."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.evidence.sanitize import Sanitizer
from vaudit.evidence.source import Entry, EntryKind
from vaudit.masking.pseudonyms import Pseudonyms

PRINTED: dict[tuple[EntryKind, str], str] = {
    ("run", "lscpu"): "Architecture:        x86_64\nModel name:          AMD EPYC 7B12\nHypervisor vendor:   KVM\n"
    "Flags:               fpu vme hyper\n                     visor lahf_lm topoext\nrdseed adx\n",
    ("run", "lspci"): "00:03.0 Ethernet controller: Red Hat, Inc. Virtio network device (rev 01)\n"
    "\tSubsystem: Hetzner Device 1100\n\tKernel driver in use: virtio-pci\n\tKernel modules: virtio_pci\n"
    "Slot:\t00:04.0\nVendor:\tRed Hat, Inc.\n-[0000:00]-+-00.0  Intel Natoma\n           +-02.0  Cirrus Logic\n",
    ("run", "lsmod"): "Module                  Size  Used by\nvirtio_net             61440  0\n"
    "net_failover           24576  1 virtio_net\nhv_balloon             13836  0 [permanent]\n",
    ("run", "ethtool -i"): "driver: virtio_net\nversion: 1.0.0\nfirmware-version: \nbus-info: 0000:00:03.0\n",
    ("file", "/proc/cpuinfo"): "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel Xeon Skylake\n"
    "flags\t\t: fpu vme avx512_vnni hypervisor\nHardware\t: BCM2835\npower management:\n",
    ("run", "virt-what"): "kvm\nibm_systemz\n",
    ("run", "systemd-detect-virt"): "systemd-nspawn\n",
}  # fmt: skip
WORDS = ("Bjarkensen", "quuxhost", "zephyrine", "hildegunn@quuxmail.example")
PROSE = (
    "Regards, Bjarkensen of quuxhost",
    "Provider: quuxhost",
    "    my quuxhost is called zephyrine",
    "Mail me: hildegunn@quuxmail.example",
    "quuxhost 1 zephyrine",
    "Virtualization: whatever quuxhost sells",
    "Device: a server of zephyrine",
    "Architecture: quuxhost",
)


def shared(kind: EntryKind, key: str, text: str) -> str:
    found = Sanitizer(b"salt").entry(Entry(kind, key, "read", text.encode())).data
    assert isinstance(found, bytes)
    return found.decode()


@pytest.mark.parametrize(("kind", "key"), PRINTED)
def test_what_a_program_printed_stays_as_it_is(kind: EntryKind, key: str) -> None:
    assert shared(kind, key, PRINTED[kind, key]) == PRINTED[kind, key]


@pytest.mark.parametrize(("kind", "key"), PRINTED)
@pytest.mark.parametrize("prose", PROSE)
def test_what_stands_below_an_output_is_somebodys_words(kind: EntryKind, key: str, prose: str) -> None:
    printed = PRINTED[kind, key]
    found = shared(kind, key, f"{prose}\n{printed}\n{prose}\n")
    assert not [word for word in WORDS for part in word.split("@") if part in found], found
    assert printed in found


@pytest.mark.parametrize("label", ["processor 0: version = FF,  identification = 0DA1E7,  machine = 2964"])
def test_the_serial_that_a_processor_of_s390_bears_goes(label: str) -> None:
    found = shared("file", "/proc/cpuinfo", f"vendor_id       : IBM/S390\n{label}\n")
    assert "DA1E7" not in found and "machine = 2964" in found and "IBM/S390" in found


def test_of_hostnamectl_the_release_loses_what_its_owner_added() -> None:
    found = shared(
        "run", "hostnamectl", "    Virtualization: kvm\n            Kernel: Linux 6.1.0-18-amd64-quuxhost\n"
    )
    assert "quux" not in found and "Kernel: Linux 6.1.0-18-amd64-x" in found and "kvm" in found


GLUED = st.sampled_from(
    ["pod", "/pod", "kubepods-pod", "k8s_pod_web_", "luks-", "d", "id:", "fade", "uuid_", ""]
)


@given(GLUED, st.uuids(), st.sampled_from("-_"), st.sampled_from(["", ".slice", "_0", "/x"]))
def test_no_tail_of_a_uuid_survives_whatever_is_joined_to_it(
    before: str, uuid: object, joint: str, after: str
) -> None:
    spelt = str(uuid).replace("-", joint)
    found = Pseudonyms(b"salt").text(f"a {before}{spelt}{after} b")
    assert (
        spelt[9:] not in found and found.startswith(f"a {before}{spelt[:3]}") and found.endswith(f"{after} b")
    )


def test_a_uuid_has_one_pseudonym_in_both_its_spellings() -> None:
    names = Pseudonyms(b"salt")
    spelt = "9c3fa2d1-b7d1-4c3e-9a55-12ab34cd56ef"
    hidden = names.text(spelt)
    assert (
        names.text(f"kubepods-pod{spelt.replace('-', '_')}.slice")
        == f"kubepods-pod{hidden.replace('-', '_')}.slice"
    )


@given(
    st.sampled_from(["_", "-", "=", "/", ":"]),
    st.sampled_from("_-./ "),
    st.integers(1 << 255, (1 << 256) - 1),
)
def test_an_id_of_a_container_goes_whatever_separates_it(before: str, after: str, number: int) -> None:
    spelt = f"{number:064x}"
    assert spelt not in Pseudonyms(b"salt").text(f"k8s{before}{spelt}{after}x")


LOG = (
    (
        "Linux version 5.10.16.3-microsoft-standard-WSL2 (oe-user@oe-host)",
        "5.10.16.3-microsoft-standard-WSL2",
    ),
    ("[    1.5] Hardware name: Amazon EC2 m5.2xlarge/, BIOS 1.0 10/16/2017", "Amazon EC2 m5.2xlarge/"),
    ("[    0.0] Command line: console=ttyS1 root=/dev/vda1 rw", "root=/dev/vda1"),
)


@pytest.mark.parametrize(("line", "kept"), LOG)
def test_what_facts_are_read_from_stays_in_a_shared_log(line: str, kept: str) -> None:
    assert kept in shared("call", "dmesg", f"{line}\n")


def test_of_a_root_that_has_a_name_nothing_stays() -> None:
    for root in ("/dev/vgquux/root", "/dev/mapper/quux-root", "UUID=quux", "/dev/disk/by-label/quux"):
        assert "quux" not in shared("call", "dmesg", f"Command line: ro root={root} quiet\n")
