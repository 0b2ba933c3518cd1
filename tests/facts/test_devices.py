"""How devices are served: chips that hypervisors copy, and what records hold instead of sysfs."""

from pathlib import Path

import pytest

from tests.machines.record import captured, record
from vaudit.facts import paths
from vaudit.facts.values import Function
from vaudit.model.facts import Block, Net


def served(ids: str, subsystem: str = "", *, guest: bool | None = True) -> str:
    """The path of one function in a guest."""
    vendor, device = ids.split(":")
    subvendor, _, subdevice = subsystem.partition(":")
    one = Function("0000:00:03.0", vendor, device, subvendor, subdevice, "020000", None, "file:x")
    return paths.of_function(one, guest).path


def test_a_card_of_a_maker_whose_chips_nobody_copies() -> None:
    """lspci printed no ids, and its name is in no table."""
    assert [served("15b3:"), served("10de:"), served("144d:")] == ["passthrough"] * 3
    assert [served("8086:"), served("1af4:"), served(":")] == ["unknown", "paravirtual", "unknown"]
    assert served("15b3:", guest=None) == "unknown"


@pytest.mark.parametrize(
    ("ids", "subsystem"),
    [
        ("8086:10c9", ""),  # QEMU igb
        ("8086:10ca", "8086:0000"),  # QEMU igbvf, which writes no subsystem
        ("1011:0019", "103c:104f"),  # QEMU tulip writes that of an HP card
        ("8086:2449", "8086:0070"),  # QEMU i82801
        ("1000:0079", "1000:9261"),  # QEMU megasas-gen2
        ("106b:0021", ""),  # QEMU sungem
        ("108e:1001", ""),  # QEMU sunhme
        ("1095:0646", ""),  # QEMU CMD646
        ("1095:3112", ""),  # QEMU SiI3112
        ("8086:269e", ""),  # VirtualBox ICH6 IDE
        ("8086:10d3", "15ad:07d0"),  # VMware e1000e
        ("1000:0054", "15ad:1976"),  # VMware LSI SAS
    ],
)
def test_a_copied_chip_is_emulated_in_a_guest(ids: str, subsystem: str) -> None:
    assert served(ids, subsystem) == "emulated"
    assert served(ids, "", guest=False) == "physical"


@pytest.mark.parametrize(
    ("ids", "subsystem"),
    [("8086:10c9", "103c:323f"), ("8086:10d3", "15d9:10d3"), ("1000:005b", "1028:1f38")],
)
def test_a_chip_under_the_name_of_a_maker_of_servers_is_hardware(ids: str, subsystem: str) -> None:
    """Hypervisors write the chip maker's subsystem, or their own; never that of a Dell card."""
    assert served(ids, subsystem) == "passthrough"


@pytest.mark.parametrize("ids", ["15ad:0720", "15ad:0820", "15ad:0710", "15ad:0406"])
def test_vmwares_own_devices_are_paravirtual(ids: str) -> None:
    assert served(ids, ids) == "paravirtual"


# links whose text names the way, in records that keep no more of it

VIRTIO = "pci0000:00/0000:00:03.0/virtio0"
VMBUS = "LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00"
STORVSC = f"{VMBUS}/f8b3781a-1e82-4818-a1c3-63d806ec15bb"


@pytest.mark.parametrize(
    ("link", "place", "path", "driver", "bus"),
    [
        ("class/net/ens3", f"{VIRTIO}/net/ens3", "paravirtual", "virtio_net", "virtio"),
        ("block/vda", f"{VIRTIO}/block/vda", "paravirtual", "virtio_blk", "virtio"),
        (
            "block/sda",
            f"{VIRTIO}/host2/target2:0:0/2:0:0:0/block/sda",
            "paravirtual", "virtio_scsi", "virtio",
        ),
        ("class/block/vdb", "platform/a003e00/virtio3/block/vdb", "paravirtual", "virtio_blk", "virtio"),
        ("block/sdb", f"{STORVSC}/host0/target0:0:0/0:0:0:0/block/sdb", "paravirtual", "hv_storvsc", "vmbus"),
        ("class/net/eth0", f"{VMBUS}/vmbus_15/net/eth0", "paravirtual", "hv_netvsc", "vmbus"),
        ("block/xvda", "vbd-51712/block/xvda", "paravirtual", "xen-blkfront", "xen"),
        ("class/net/eth1", "vif-0/net/eth1", "paravirtual", "xen-netfront", "xen"),
        ("class/net/vif1.0", "vif-1-0/net/vif1.0", "software", None, "xen-backend"),
        ("class/net/lo0", "virtual/net/lo0", "software", None, "virtual"),
        ("block/sdc", "pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/host3/target3:0:0/3:0:0:0/block/sdc",
         "unknown", None, "usb"),
    ],
)  # fmt: skip
def test_the_text_of_a_link_names_the_bus(link: str, place: str, path: str, driver: str, bus: str) -> None:
    made = record().cpu(hypervisor=True).points(f"/sys/{link}", f"/sys/devices/{place}")
    facts = made.facts()
    devices: list[Block | Net] = [*facts.block, *facts.net]
    (found,) = devices
    assert (found.path, found.driver, found.bus) == (path, driver, bus)


def test_a_link_to_a_function_that_lspci_printed(tmp_path: Path) -> None:
    (tmp_path / "root/sys/class/net").mkdir(parents=True)
    place = "../../devices/pci0000:00/0000:00:1f.6/net/eno1"
    (tmp_path / "root/sys/class/net/eno1").symlink_to(place)
    lspci = "00:1f.6 Ethernet controller [0200]: Intel Corporation I219 [8086:15b8]\n"
    lspci += "\tKernel driver in use: e1000e\n"
    facts = captured(
        tmp_path, {"commands/lspci-nnk.txt": lspci, "root/proc/cpuinfo": "flags\t: fpu monitor\n"}
    )
    [card] = facts.net
    assert (card.path, card.driver, card.controller) == ("physical", "e1000e", "0000:00:1f.6")


# what lspci printed, in each of its forms

FORMS = {
    "-nnk": """00:00.0 Host bridge [0600]: Intel Corporation 440FX - 82441FX PMC [Natoma] [8086:1237] (rev 02)
\tSubsystem: Red Hat, Inc. Qemu virtual machine [1af4:1100]
00:03.0 Ethernet controller [0200]: Red Hat, Inc. Virtio network device [1af4:1000]
\tSubsystem: Red Hat, Inc. Device [1af4:0001]
\tKernel driver in use: virtio-pci
00:04.0 IDE interface [0101]: Intel Corporation 82371SB PIIX3 IDE [8086:7010]
\tSubsystem: Red Hat, Inc. Qemu virtual machine [1af4:1100]
""",
    "-k": """lspci: Unable to load libkmod resources: error -2
00:00.0 Host bridge: Intel Corporation 440FX - 82441FX PMC [Natoma] (rev 02)
\tSubsystem: Red Hat, Inc. Qemu virtual machine
00:03.0 Ethernet controller: Red Hat, Inc. Virtio network device
\tSubsystem: Red Hat, Inc. Device 0001
\tKernel driver in use: virtio-pci
00:04.0 IDE interface: Intel Corporation 82371SB PIIX3 IDE [Natoma/Triton II]
\tSubsystem: Red Hat, Inc. Qemu virtual machine
""",
    "-n": "00:00.0 0600: 8086:1237 (rev 02)\n00:03.0 0200: 1af4:1000\n00:04.0 Class 0101: 8086:7010\n",
    "-mm -n": """00:00.0 "0600" "8086" "1237" -r02 "1af4" "1100"
00:03.0 "0200" "1af4" "1000" -p00 "1af4" "0001"
00:04.0 "0101" "8086" "7010" -p80 "1af4" "1100"
""",
    "-mm -nn": """\
00:00.0 "Host bridge [0600]" "Intel Corporation [8086]" "440FX [1237]" -r02 "Red Hat [1af4]" "[1100]"
00:03.0 "Ethernet controller [0200]" "Red Hat, Inc. [1af4]" "Virtio network device [1000]" "" ""
00:04.0 "IDE interface [0101]" "Intel Corporation [8086]" "82371SB PIIX3 IDE [7010]" -p80 "" ""
""",
    "-mm": """\
00:00.0 "Host bridge" "Intel Corporation" "440FX - 82441FX" -r02 "Red Hat, Inc." "Qemu virtual machine"
00:03.0 "Ethernet controller" "Red Hat, Inc." "Virtio network device" "Red Hat, Inc." "Device 0001"
00:04.0 "IDE interface" "Intel Corporation" "82371SB PIIX3 IDE [Natoma/Triton II]" "" ""
""",
    "-vmm": """Slot:\t00:00.0
Class:\tHost bridge
Vendor:\tIntel Corporation
Device:\t440FX - 82441FX PMC [Natoma]

Slot:\t00:03.0
Class:\tEthernet controller
Vendor:\tRed Hat, Inc.
Device:\tVirtio network device
Driver:\tvirtio-pci

Slot:\t00:04.0
Class:\tIDE interface
Vendor:\tIntel Corporation
Device:\t82371SB PIIX3 IDE [Natoma/Triton II]
""",
    "plain, indented by a paste": """\
    0000:00:00.0 Host bridge: Intel Corporation 440FX - 82441FX PMC [Natoma] (rev 02)
    0000:00:03.0 Ethernet controller: Red Hat, Inc. Virtio network device
    0000:00:04.0 IDE interface: Intel Corporation 82371SB PIIX3 IDE [Natoma/Triton II]
""",
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_lspci(form: str, tmp_path: Path) -> None:
    facts = captured(tmp_path, {"commands/lspci.txt": FORMS[form], "commands/uname-m.txt": "x86_64\n"})
    found = [(one.address, one.class_, one.id, one.path) for one in facts.controllers]
    assert found[0] == ("0000:00:03.0", "network", "1af4:1000", "paravirtual")
    assert found[1][:3] == ("0000:00:04.0", "storage", "8086:7010")
    assert facts.hypervisor.role == "guest"


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("Google, Inc. Compute Engine Virtual Ethernet [gVNIC]", "1ae0:0042"),
        ("Amazon.com, Inc. Device 8061", "1d0f:8061"),
        ("Red Hat, Inc. Device 1041 (rev 01)", "1af4:1041"),
        ("Red Hat, Inc. Device 0010", "1b36:0010"),
        ("Device 1234:1111", "1234:1111"),
        ("VMware VMXNET3 Ethernet Controller (rev 01)", "15ad:07b0"),
        ("Intel Corporation I350 Gigabit Network Connection (rev 01)", "8086:"),
        ("Some Maker Unheard-of", ":"),
    ],
)
def test_names_without_ids(name: str, ids: str, tmp_path: Path) -> None:
    [one] = captured(tmp_path, {"commands/lspci.txt": f"00:03.0 Ethernet controller: {name}\n"}).controllers
    assert one.id == ids


def test_a_name_that_tells_nothing_is_no_verdict(tmp_path: Path) -> None:
    lspci = "00:03.0 Ethernet controller: Some Maker Unheard-of\n"
    files = {"commands/lspci.txt": lspci, "commands/systemd-detect-virt.txt": "kvm\n"}
    assert [one.path for one in captured(tmp_path, files).controllers] == ["unknown"]


# the tree of devices, and udev's list


def test_the_tree_of_devices_alone(tmp_path: Path) -> None:
    """A record of /sys/devices without /sys/bus and /sys/class."""
    function = "root/sys/devices/pci0000:00/0000:00:04.0"
    ids = "DRIVER=virtio-pci\nPCI_CLASS=10000\nPCI_ID=1AF4:1001\nPCI_SUBSYS_ID=1AF4:0002\n"
    facts = captured(
        tmp_path,
        {
            f"{function}/uevent": ids,
            f"{function}/virtio1/uevent": "DRIVER=virtio_blk\nMODALIAS=virtio:d00000002v00001AF4\n",
            f"{function}/virtio1/block/vda/size": "41943040\n",
            f"{function}/virtio1/block/vda/queue/scheduler": "[none]\n",
            f"{function}/virtio1/block/vda/vda1/size": "41943000\n",
            "root/sys/devices/virtual/net/lo/type": "772\n",
            "root/sys/devices/virtual/net/br0/mtu": "1500\n",
            "root/sys/devices/system/cpu/online": "0-1\n",
        },
    )
    [disk], [card], [controller] = facts.block, facts.net, facts.controllers
    assert (disk.name, disk.path, disk.driver, disk.size) == ("vda", "paravirtual", "virtio_blk", 20 << 30)
    assert (card.name, card.path) == ("br0", "software")
    assert (controller.address, controller.in_use) == ("0000:00:04.0", True)
    assert facts.hypervisor.role == "guest"


UDEV = """P: /devices/pci0000:00/0000:00:03.0
E: DEVPATH=/devices/pci0000:00/0000:00:03.0
E: SUBSYSTEM=pci
E: DRIVER=ahci
E: PCI_CLASS=10601
E: PCI_ID=8086:2922
E: PCI_SUBSYS_ID=1AF4:1100

P: /devices/pci0000:00/0000:00:03.0/ata1/host0/target0:0:0/0:0:0:0/block/sda
N: sda
E: DEVPATH=/devices/pci0000:00/0000:00:03.0/ata1/host0/target0:0:0/0:0:0:0/block/sda
E: DEVTYPE=disk
E: SUBSYSTEM=block

P: /devices/pci0000:00/0000:00:03.0/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1
E: DEVTYPE=partition
E: SUBSYSTEM=block

P: /devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00/vmbus_15
E: DRIVER=hv_netvsc
E: SUBSYSTEM=vmbus

P: /devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00/vmbus_15/net/eth0
E: INTERFACE=eth0
E: SUBSYSTEM=net
"""


def test_what_udev_listed(tmp_path: Path) -> None:
    facts = captured(tmp_path, {"sos_commands/devices/udevadm_info_--export-db": UDEV})
    [disk], [card], [controller] = facts.block, facts.net, facts.controllers
    assert (disk.name, disk.path, disk.driver, disk.controller) == ("sda", "emulated", "ahci", "0000:00:03.0")
    assert (card.name, card.path, card.driver) == ("eth0", "paravirtual", "hv_netvsc")
    assert (controller.id, controller.in_use) == ("8086:2922", True)


def test_a_tree_without_end_is_cut(tmp_path: Path) -> None:
    deep = "/".join(f"a{at}" for at in range(60))
    wide = {f"root/sys/devices/platform/b{at}/uevent": "" for at in range(50)}
    facts = captured(tmp_path, {**wide, f"root/sys/devices/{deep}/block/vda/size": "8\n"})
    assert facts.block == []


# what ethtool and lsblk printed

LSPCI = "00:03.0 Ethernet controller [0200]: Intel Corporation 82540EM [8086:100e]\n"
ETHTOOL = "driver: {}\nversion: 1\nfirmware-version: \nbus-info: {}\nsupports-test: no\n"


def test_what_ethtool_printed_of_each_card(tmp_path: Path) -> None:
    places = {
        "ens3": ETHTOOL.format("virtio_net", "0000:00:04.0"),
        "ens4": ETHTOOL.format("e1000", "0000:00:03.0"),
        "eth0": ETHTOOL.format("vif", "vif-0"),
        "br0": ETHTOOL.format("bridge", "N/A"),
        "lo": "Cannot get driver information: Operation not supported\n",
        "ens9": ETHTOOL.format("mlx5_core", "0000:00:09.0"),
    }
    files = {f"sos_commands/networking/ethtool_-i_{name}": text for name, text in places.items()}
    files |= {"sos_commands/pci/lspci_-nnvv": LSPCI, "commands/systemd-detect-virt.txt": "kvm\n"}
    facts = captured(tmp_path, files)
    assert {one.name: (one.path, one.driver) for one in facts.net} == {
        "br0": ("software", None),
        "ens3": ("paravirtual", "virtio_net"),
        "ens4": ("emulated", None),
        "ens9": ("unknown", None),
        "eth0": ("paravirtual", "xen-netfront"),
    }


def test_what_lsblk_printed(tmp_path: Path) -> None:
    text = """NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS
sda      8:0    0   20G  0 disk
└─sda1   8:1    0   20G  0 part /
vda    252:0    0   20G  0 disk
sr0     11:0    1 1024M  0 rom
"""
    facts = captured(tmp_path, {"sos_commands/block/lsblk": text})
    assert [(one.name, one.path) for one in facts.block] == [
        ("sda", "unknown"),
        ("vda", "paravirtual"),
        ("sr0", "unknown"),
    ]


def test_virtio_of_no_class(tmp_path: Path) -> None:
    """QEMU gave some the class 0000 until 2.1, and Google does."""
    lines = (
        "00:03.0 Non-VGA unclassified device: Red Hat, Inc Virtio SCSI",
        "00:04.0 Non-VGA unclassified device [0000]: Red Hat, Inc. Virtio network device [1af4:1000]",
        "00:05.0 Unclassified device [00ff]: Red Hat, Inc. Virtio RNG [1af4:1005]",
    )
    facts = captured(tmp_path, {"commands/lspci.txt": "".join(f"{one}\n" for one in lines)})
    found = [(one.address, one.class_, one.path) for one in facts.controllers]
    assert found == [("0000:00:03.0", "storage", "paravirtual"), ("0000:00:04.0", "network", "paravirtual")]
