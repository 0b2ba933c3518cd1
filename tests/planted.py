"""A machine whose every answer holds secrets: names, addresses, serials, keys, in all their spellings."""

# ruff: noqa: E501 - the lines are those of machines

import json

from tests.evidence.test_masks import structure
from tests.machines.bases import kvm_good
from tests.machines.devices import GIB
from tests.machines.linux import Machine
from tests.machines.record import _Told
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import SMBIOS_FILE

HOST = "zephyrine42.quuxcorp.example"
MAC = "52:54:00:c7:e9:1b"
WIREGUARD = "kHq3X9pLwZ0bVfT7sYd2MnRc5gJu8aEo1xQiW4tB6lM="
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJxdXV4In0.c2lnbmF0dXJlLXF1dXg"
UUID = "7f3c9a1e-52d4-4b8e-9c61-0d7ae5b3f284"
SSH = "AAAAC3NzaC1lZDI1NTE5AAAAIQuuxQuuxQuuxQuuxQuuxQuuxQuux"
CONTAINER = "c0ffee17" * 8

SECRETS: tuple[str, ...] = (
    # the host and its domain
    "zephyrine42", "quuxcorp", "gatehousex", "ldapquux", "printquux", "resolvquux", "mailquux",
    # people
    "hildegunn", "Hildegunn", "Bjarkensen", "ottokarl", "svc_krummel", "builderella", "mailwolf", "operatrix",
    # folders, mounts, volumes
    "kundenakte", "mandantx", "projektzeta", "USBSTICKEL", "archivolum", "quuxpool", "vgquux", "lvkram", "subvolquux",
    "labelquux", "partlabquux", "zvolquux", "backingquux", "nfsquux", "exportquux", "smbquux", "shareduxx",
    "domquux", "cephquux", "cephusr", "sshfsquux", "glusterquux", "overlayquux", "swapquux",
    # virtual machines, containers, pods
    "vmkramer", "ctkramer", "lxckramer", "podkramer", "unitkramer", CONTAINER, "c0ffee17c0ff", "netnskramer",
    UUID[3:], UUID.replace("-", "")[3:], "1122aabb-33cc",
    # interfaces and their addresses
    "c7:e9:1b", "c7-e9-1b", "c7e91b", "00c7.e91b", "fec7:e91b", "wgkramer", "brkramer", "tapkramer",
    "ifaliaskram", "a4bb6d0f3e72", "0f3e72", "0f:3e:72",
    "10.77.66.55", "192.168.231.77", "203.0.113.99", "81.2.69.142", "2a02:26f0:dead:beef", "fd12:3456:789a",
    "fe80::5054:ff", "10.77.0.53", "172.31.99.7",
    # storage on networks
    "5000c500a1b2c3d4", "naa.600508b1001c0123", "600508b1001c01234567", "iqn.2004-10.com.quuxvendor",
    "targetkramer", "nqn.2014-08.org.kramer", "50:01:43:80:1a", "eui.0025385b71b0", "chapkramer", "chapsecretxx",
    # serials and tags
    "CZ3QUUX8842", "BRDQUUX5523", "CHSQUUX7719", "DIMMQUUX9931", "TAGQUUX4417", "OEMQUUXTEXT", "CPUQUUX3311",
    "rackquux", "VMware-42 0a 1b 2c", "S4QUUXN0K1234", "10000000deadc0de", "USBQUUX556677", "EDIDQUUX",
    "STICKQUUX99", "SOCQUUX8811", "7d3e55f0a1b2", "GoogleCloud-5D0E",
    # keys and tokens
    "hunter2quux", "tok3nquuxvalue", JWT[20:], "AKIAQUUXQUUXQUUX1234", "ghp_QuuxQuuxQuuxQuux", WIREGUARD[:40],
    SSH[20:], "opskramer", "$6$quuxsalt$", "LS0tLS1CRUdJTiBRVVVY", "ssidkramer", "pskkramer99", "-----BEGIN OPENSSH",
    "AIzaQuuxQuuxQuux", "userdataquux",
    # clouds
    "i-0a1b2c3d4e5f6a7b8", "vol-0a1b2c3d4e5f60718", "ocidkramer", "instancequux", "dskramer", "seedquux",
    "tenantquux", "imagequux", "hypervguid", "9a7b5c3d-1e2f",
    # benchmarks
    "peerquux", "cookiequuxcookie", "benchfolderx", "titlequux",
    # the kernel's words
    "paramquux", "initquux", "initargquux", "modelquux", "LUNQUUX", "nodenamequux", "commquux", "envquux", "rootquux",
    "bootifquux", "consolequux", "pathquux", "tsmquux", "distroquux",
)  # fmt: skip


LATER = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABkrummhorn root@krummhorn", 'btrfs label krummlabel', "zpool krummtank", "VG krummvg-root",
    "docker container epic_krummel", "CPU 0/KVM krummdomain", "SSID='Krummels WLAN'", "SerialNumber: 0123456789KRUMM",
    "EDID: DEL U2720Q 7KRUMM3 2021", "krummel@krummhaus.de", "PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=",
    "x.krummcloud.io:/vol", "i-0fedcba9876543210", "VMGENID {6F1D3C2B-9A8E-4D7C-B6A5-F4E3D2C1B0A9}", "lease 10.9.8.7",
    "Bearer abcdefKRUMM0123456789abcdefKRUMM0123456789", "https://krumm:geheim@git.krumm.de/repo?token=abc123krumm",
    "WWPN 21:00:00:24:ff:7c:8d:9e", "DUID 00:01:00:01:2a:3b:4c:5d:52:54:00:ab:cd:ef", "krummé-ünïcode-höst", "КрумХост",
    "主机克鲁姆", "KRUMM-DC01$", "DOMAIN\\krummadmin", "IMEI 356938035643809", "S/N: KRUMM88", "luks-6f1d3c2b-9a8e-4d7c-b6a5-f4e3d2c1b0a9",
    "PCI SN 00-11-22-ff-ff-8a-7b-6c", "fe80::211:22ff:fe8a:7b6c%eth0", "2a01:4f8:c17:b8f::2", "/dev/krummvg/krummlv",
    "nqn.1994-11.com.samsung:nvme:KRUMM", "rbd krummpool/krummimage", "openvpn[krummvpn]", "ovs-krumm0", "krumm_default network",
)  # fmt: skip
"""Kinds that nobody thought of at first, as they stand in logs."""
SECRETS += (
    "krumm", "AAAAB3NzaC1yc2EAAAADAQAB", "yAnz5TF", "0fedcba98", "9a8e-4d7c", "geheim", "abc123", "24:ff:7c", "7c:8d:9e",
    "ab:cd:ef", "höst", "КрумХост", "主机", "356938035643809", "8a-7b-6c", "fe8a:7b6c", "2a01:4f8:c17",
)  # fmt: skip


def machine() -> "Planted":
    """The machine, as it answers live."""
    made = kvm_good()
    for plant in (_names, _firmware, _mounts, _groups, _network, _devices, _kernel, _log):
        plant(made)
    return Planted(made)


class Planted(_Told):
    """It as a live machine: a host's name, and nothing that is not said."""

    kind = "machine"  # type: ignore[assignment]
    name = HOST


def source() -> Recorder:
    return Recorder(machine())


def _names(made: Machine) -> None:
    made.file("/proc/sys/kernel/hostname", "zephyrine42\n").file("/etc/hostname", f"{HOST}\n")
    made.file(
        "/etc/hosts",
        "127.0.0.1 localhost\n10.77.66.55 zephyrine42.quuxcorp.example zephyrine42\n"
        "172.31.99.7 gatehousex ldapquux.intern\n::1 ip6-localhost\n",
    )
    made.file("/etc/resolv.conf", "search resolvquux.example printquux.lan\nnameserver 10.77.0.53\n")
    made.file("/etc/mailname", "mailquux.example\n")
    made.file(
        "/etc/passwd",
        "root:x:0:0:root:/root:/bin/bash\nhildegunn:x:1000:1000:Hildegunn Bjarkensen,,,:/home/ottokarl:/bin/zsh\n"
        "vm:x:1001:1001::/home/vm:/bin/sh\nbin:x:1:1::/:/usr/sbin/nologin\noperatrix:x:1002:::/srv/x:/bin/bash\n",
    )
    made.folder("/home", "hildegunn", "ottokarl", "vm").folder("/mnt", "kundenakte", "backup")
    made.folder("/srv", "mandantx").folder("/root", "projektzeta").folder("/media", "hildegunn")
    made.file("/var/lib/cloud/data/instance-id", "instancequux\n")
    made.file("/etc/os-release", 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12"\nVERSION_ID="12"\nIMAGE_ID=imagequux\n'
              'HOME_URL="https://distroquux.example/"\n')  # fmt: skip


def _firmware(made: Machine) -> None:
    made.dmi(
        product_serial="CZ3QUUX8842", board_serial="BRDQUUX5523", chassis_serial="CHSQUUX7719",
        product_uuid=UUID, chassis_asset_tag="TAGQUUX4417 rackquux", board_asset_tag="GoogleCloud-5D0E",
    )  # fmt: skip
    raw = bytes.fromhex(UUID.replace("-", ""))
    system = structure(1, bytes([1, 2, 3, 4]) + raw + bytes([6, 5, 6]), "QEMU", "Standard PC", "pc-i440fx-7.2",
                       "CZ3QUUX8842", "SKU", "Fam")  # fmt: skip
    table = (
        structure(0, bytes([1, 2, 0, 0, 3, 0]) + bytes(8), "SeaBIOS", "1.16.2", "04/01/2014")
        + system
        + structure(
            2, bytes([1, 2, 0, 3, 4, 0, 5]), "QEMU", "Board", "BRDQUUX5523", "TAGQUUX4417", "rackquux"
        )
        + structure(3, bytes([1, 1, 2, 3, 4]) + bytes(8), "QEMU", "pc", "CHSQUUX7719", "TAGQUUX4417")
        + structure(
            4,
            bytes([1, 3, 0xB3, 2]) + bytes(8) + bytes([3]) + bytes(15) + bytes([4, 5, 0]),
            "CPU 0",
            "QEMU",
            "pc",
            "CPUQUUX3311",
            "CPUTAG",
        )
        + structure(11, bytes([3]), "OEMQUUXTEXT", f"ds=nocloud;h={HOST};s=https://seedquux/", JWT)
        + structure(
            17,
            bytes(12) + bytes([1, 0, 7]) + bytes(4) + bytes([2, 3, 4, 5]),
            "DIMM 0",
            "Samsung",
            "DIMMQUUX9931",
            "TAG",
            "M393",
        )
        + structure(
            42, bytes([0x40, 16]) + bytes.fromhex(MAC.replace(":", "")) + bytes(10), "bmc-zephyrine42"
        )
        + structure(221, b"OEMQUUXTEXT" + raw, "VMware-42 0a 1b 2c")
        + structure(127, b"")
    )
    made.file(SMBIOS_FILE, table)
    made.file("/proc/device-tree/serial-number", "10000000deadc0de\0")
    made.file("/sys/devices/soc0/serial_number", "SOCQUUX8811\n")


def _mounts(made: Machine) -> None:
    lines = [
        "22 1 254:0 / / rw,relatime - ext4 /dev/mapper/vgquux-lvkram rw,errors=remount-ro",
        "23 22 254:0 /subvolquux /mnt/kundenakte rw - btrfs /dev/vda1 rw,subvol=/subvolquux",
        "24 22 0:40 / /srv/mandantx rw - nfs4 nfsquux.quuxcorp.example:/exportquux rw,vers=4.2,addr=192.168.231.77",
        "25 22 0:41 / /mnt/backup rw - cifs //smbquux/shareduxx rw,username=svc_krummel,domain=domquux,"
        "addr=172.31.99.7",
        "26 22 0:42 / /root/projektzeta rw - ceph 10.77.66.55:6789,cephquux:6789:/ rw,name=cephusr,secret=hunter2quux",
        "27 22 0:43 / /media/hildegunn/USBSTICKEL rw - vfat /dev/sdb1 rw",
        "28 22 0:44 / /archivolum rw - zfs quuxpool/archivolum rw,xattr",
        "29 22 0:45 / /home/ottokarl/remote rw - fuse.sshfs operatrix@sshfsquux:/home/operatrix rw,user_id=0",
        "30 22 0:46 / /opt/glusterquux rw - fuse.glusterfs glusterquux.lan:/gv0 rw",
        f"31 22 0:47 / /var/lib/docker/overlay2/{CONTAINER}/merged rw - overlay overlay "
        f"rw,lowerdir=/var/lib/docker/overlay2/l/OVERLAYQUUX,upperdir=/var/lib/docker/overlay2/{CONTAINER}/diff",
        f"32 22 0:48 / /run/netns/netnskramer rw - nsfs nsfs rw,fsid={UUID}",
        "33 22 0:49 / /home/hildegunn/Meine\\040Akten rw - ext4 /dev/disk/by-label/labelquux rw",
    ]
    made.file("/proc/self/mountinfo", "".join(f"{line}\n" for line in lines))
    made.file(
        "/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/mapper/vgquux-swapquux partition 1 0 -2\n"
    )
    made.folder("/dev/mapper", "control", "vgquux-lvkram", "vgquux-swapquux")
    made.folder("/dev/disk/by-label", "labelquux").folder("/dev/disk/by-partlabel", "partlabquux")
    made.folder("/dev/disk/by-uuid", UUID, "1122aabb-33cc").folder("/dev/zvol", "zvolquux")
    made.folder("/sys/kernel/config/tsm/report", "tsmquux")


def _groups(made: Machine) -> None:
    made.file(
        "/proc/self/cgroup",
        "3:name=systemd:/machine.slice/machine-qemu\\x2d1\\x2dvmkramer.scope/libvirt/emulator\n"
        f"2:cpu:/system.slice/docker-{CONTAINER}.scope\n4:pids:/kubepods/burstable/pod{UUID}/{CONTAINER}\n"
        "0::/user.slice/user-1000.slice/user@1000.service/app-unitkramer.scope\n",
    )
    made.file(
        "/proc/1/cgroup",
        f"0::/kubepods.slice/kubepods-pod{UUID.replace('-', '_')}.slice/podkramer\n"
        + "".join(f"9:x:/foo/{line}\n" for line in LATER)
        + "1:x:/lxc.payload.lxckramer/ns\n2:y:/machine.slice/systemd-nspawn@ctkramer.service\n",
    )
    made.file("/proc/1/comm", "commquux\n")
    made.file(
        "/proc/1/environ",
        f"TERM=linux\0HOME=/home/hildegunn\0API_TOKEN=tok3nquuxvalue\0ENVQUUX=envquux\0SSH={SSH} opskramer@x\0",
    )
    made.folder("/run/netns", "netnskramer").folder("/var/lib/lxc", "lxckramer")


def _network(made: Machine) -> None:
    made.card("eth0", "virtio-net", "0000:00:03.0", mac=MAC)
    made.own_card("enxa4bb6d0f3e72", mac="a4:bb:6d:0f:3e:72").own_card("wgkramer", 65534).own_card("brkramer")
    made.own_card("tapkramer")
    made.file("/sys/class/net/eth0/ifalias", "ifaliaskram\n")
    made.file(
        "/proc/net/fib_trie",
        "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.77.66.55\n        /32 host LOCAL\n"
        "     |-- 81.2.69.142\n        /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n",
    )
    made.file(
        "/proc/net/if_inet6",
        "2a0226f0deadbeef0000000000000042 02 40 00 80 eth0\nfd123456789a00000000000000000007 02 40 00 80 eth0\n"
        "fe80000000000000505400fffec7e91b 02 40 20 80 eth0\n00000000000000000000000000000001 01 80 10 80 lo\n",
    )
    made.folder("/etc/wireguard", "wgkramer.conf")


def _devices(made: Machine) -> None:
    made.disk("sda", "virtio-scsi-1.0", "0000:00:07.0", model=("LIO-ORG", "LUNQUUX modelquux"))
    made.block("dm-0", "virtual/block", 20 * GIB)
    real = made.real("/sys/class/block/sda")
    made.file(f"{real}/device/wwid", "naa.600508b1001c01234567\n").file(f"{real}/serial", "S4QUUXN0K1234\n")
    made.file(f"{made.real('/sys/class/block/dm-0')}/dm/name", "vgquux-lvkram\n")
    made.file(f"{made.real('/sys/class/block/loop0')}/loop/backing_file", "/srv/mandantx/backingquux.img\n")
    made.file(f"{real}/uevent", "MAJOR=8\nMINOR=0\nDEVNAME=sda\nDEVTYPE=disk\nPARTNAME=partlabquux\n")
    made.file("/sys/class/fc_host/host1/port_name", "0x5000c500a1b2c3d4\n").folder(
        "/sys/class/fc_host", "host1"
    )
    made.file("/sys/class/iscsi_session/session1/targetname", "iqn.2004-10.com.quuxvendor:targetkramer\n")
    made.file("/sys/class/iscsi_session/session1/username", "chapkramer\n")
    made.folder("/sys/class/iscsi_session", "session1")
    made.file("/sys/bus/usb/devices/1-1/serial", "USBQUUX556677\n").folder("/sys/bus/usb/devices", "1-1")


def _kernel(made: Machine) -> None:
    made.call("uname -v", f"#1 SMP PREEMPT_DYNAMIC (builderella@{HOST}) Debian 6.1.76-1 (2024-02-01)")
    made.file("/proc/cmdline", f"{PARAMETERS}\n")
    made.file(
        "/proc/cpuinfo",
        made.files["/proc/cpuinfo"].decode() + "Hardware\t: BCM2835\nSerial\t\t: 10000000deadc0de\n",
    )


PARAMETERS = (
    f"BOOT_IMAGE=/boot/vmlinuz root=UUID={UUID} ro quiet ip=10.77.66.55::172.31.99.7:255.255.255.0:nodenamequux:eth0 "
    f"BOOTIF=01-{MAC.replace(':', '-')} nfsroot=192.168.231.77:/rootquux,vers=3 console=consolequux init=/sbin/initquux "
    "ds=nocloud;h=dskramer;s=http://seedquux/ rd.iscsi.initiator=iqn.2004-10.com.quuxvendor:init "
    "netroot=iscsi:chapkramer:chapsecretxx@203.0.113.99::3260:1:iqn.2004-10.com.quuxvendor:targetkramer paramquux "
    "kvm.pathquux=1 mitigations=auto -- --serve initargquux"
)


def _log(made: Machine) -> None:
    dotted = "5254.00c7.e91b"
    made.log(
        f"Kernel command line: {PARAMETERS}",
        f"Command line: {PARAMETERS}",
        f"Linux version 6.1.0 (builderella@{HOST}) virtual",
        "systemd[1]: Hostname set to <zephyrine42> kvm.",
        "systemd[1]: Detected virtualization kvm on zephyrine42.",
        f"virtio_net virtio0 eth0: address {MAC} aka {dotted} {MAC.replace(':', '')} {MAC.replace(':', '-')}",
        "IPv6: fe80::5054:ff:fec7:e91b virtual on eth0, kvm 2a02:26f0:dead:beef::42 from 81.2.69.142 fd12:3456:789a::7",
        "usb 1-1: SerialNumber: USBQUUX556677 virtual",
        "usb 1-2: kvm stick STICKQUUX99 virtual",
        "drm: virtual monitor EDIDQUUX attached",
        f"EXT4-fs (vda1): virtual mounted filesystem {UUID} r/w",
        "scsi 2:0:0:0: kvm wwn 0x5000c500a1b2c3d4 naa.600508b1001c01234567 50:01:43:80:1a:2b:3c:4d eui.0025385b71b0",
        "iscsi: kvm session iqn.2004-10.com.quuxvendor:targetkramer nqn.2014-08.org.kramer:uuid",
        "nfs: server nfsquux virtual not responding",
        "xen: domain vmkramer is virtual, kvm ctkramer",
        "brkramer: port 1(tapkramer) entered virtual state",
        f"wireguard: kvm peer {WIREGUARD} via wgkramer",
        f"kvm token {JWT} key AKIAQUUXQUUXQUUX1234 ghp_QuuxQuuxQuuxQuuxQuux AIzaQuuxQuuxQuuxQuuxQuuxQuuxQuuxQu",
        f"kvm ssh-ed25519 {SSH} opskramer@quux -----BEGIN OPENSSH PRIVATE KEY-----",
        "kvm user crypt $6$quuxsalt$abcdefghijkl mail mailwolf@quuxcorp.example",
        "wlan0: kvm ssid=ssidkramer psk=pskkramer99",
        "kvm seed LS0tLS1CRUdJTiBRVVVYUVVVWFFVVVhRVVVYUVVVWFFVVVhRVVVY userdataquux",
        "kvm i-0a1b2c3d4e5f6a7b8 vol-0a1b2c3d4e5f60718 ocid1.instance.oc1.ocidkramer tenantquux",
        "hv_vmbus: kvm guid 9a7b5c3d-1e2f-4a6b-8c9d-0e1f2a3b4c5d hypervguid",
        "kvm image 7d3e55f0a1b2 container c0ffee17c0ff titlequux bootifquux",
        "VFAT kvm 1122aabb-33cc label labelquux",
        *(f"kvm: {line}" for line in LATER),
    )


RECORDING = json.dumps({
    "peer": {"host": "peerquux.example", "port": 5201},
    "mode": "quick",
    "version": "3.12",
    "cookie": "cookiequuxcookie",
    "title": "titlequux",
    "folder": "/srv/mandantx/benchfolderx",
    "refusal": f"peerquux.example refused {HOST} at /srv/mandantx/benchfolderx",
}).encode()  # fmt: skip
