"""What this machine can host, as vaudit and its peers say it, and what really happens.

Peers: virt-host-validate, kvm-ok, lxc-checkconfig and moby's check-config.sh; those that are not installed
are left out. Run it as root. The same is asked in an unprivileged container (systemd-nspawn with users of its
own; without it, plain namespaces), and glibc's loader says the level of x86-64. What really happens is tried
in mount and network namespaces of their own, which end with the trial: devices are opened, namespaces made,
file systems mounted, interfaces added. Doing so the kernel may load modules that it has at hand, as it would
for whoever needs them.

--lab asks the same in machines of tests/lab as well: a guest with AMD-V shown (QEMU's emulation has no VT-x)
and cgroups of version 2, and Xen's dom0 with those of version 1.
"""

import argparse
import ctypes
import errno
import fcntl
import json
import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
KVM_GET_API_VERSION = 0xAE00
"""include/uapi/linux/kvm.h; every KVM answers 12."""
MISC, TUNSETIFF, IFF_TAP, IFF_NO_PI = 10, 0x400454CA, 0x0002, 0x1000
SPACES = {"cgroup": 0x02000000, "uts": 0x04000000, "ipc": 0x08000000, "user": 0x10000000, "pid": 0x20000000,
          "net": 0x40000000, "mnt": 0x00020000}  # fmt: skip
"""CLONE_NEW* of include/uapi/linux/sched.h, by the names of /proc/self/ns."""
ALONE = ["unshare", "--mount", "--net", "--"]


class Need(NamedTuple):
    """What is asked, how it is tried, and what each program calls it."""

    name: str
    """As vaudit calls it."""
    trial: Callable[[], bool]
    libvirt: str = ""
    lxc: str = ""
    docker: str = ""


def runs(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def opens(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
    except OSError:
        return False
    return True


def node(path: str, minor: int) -> bool:
    """Whether a device opens; where none lies ready one of its number: the kernel loads its module then."""
    if os.path.exists(path):
        return opens(path)
    with tempfile.TemporaryDirectory() as place:
        own = os.path.join(place, "device")
        try:
            os.mknod(own, 0o600 | stat.S_IFCHR, os.makedev(MISC, minor))
        except OSError:
            return False
        return opens(own)


def tap() -> bool:
    """Whether a network card of a program's own can be made (include/uapi/linux/if_tun.h)."""
    if not node("/dev/net/tun", 200):
        return False
    try:
        device = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"t0", IFF_TAP | IFF_NO_PI))
    except OSError:
        return False
    return True


def kvm() -> bool:
    try:
        device = os.open("/dev/kvm", os.O_RDWR)
        return fcntl.ioctl(device, KVM_GET_API_VERSION) == 12
    except OSError:
        return False


def mounts(kind: str, options: str = "") -> bool:
    """Whether the kernel knows a file system: what it says of a mistake in the rest is a yes too."""
    with tempfile.TemporaryDirectory() as place:
        libc = ctypes.CDLL(None, use_errno=True)
        done = libc.mount(b"none", place.encode(), kind.encode(), 0, options.encode() or None)
        if done == 0:
            libc.umount2(place.encode(), 2)
        return done == 0 or ctypes.get_errno() not in (errno.ENODEV, errno.EPERM)


def controls(first: str, second: str = "") -> bool:
    """A controller of version 1 can be mounted, or version 2 has it."""
    at_root = Path("/proc/cgroups").read_text().splitlines()
    if any(line.split()[0] == first and line.split()[3] == "1" for line in at_root if line[:1] != "#"):
        return True
    listed = Path("/sys/fs/cgroup/cgroup.controllers")
    return second in listed.read_text().split() if listed.exists() and second else False


def links(*words: str) -> bool:
    return runs("ip", "link", "add", *words)


def macvlan() -> bool:
    return links("v0", "type", "veth", "peer", "name", "v1") and links("m0", "link", "v0", "type", "macvlan")


def groups() -> bool:
    place = Path("/sys/kernel/iommu_groups")
    return place.is_dir() and any(place.iterdir())


def new_enough() -> bool:
    numbers = os.uname().release.split("-")[0].split(".")[:3]
    return tuple(map(int, numbers)) >= (2, 6, 26)


def space(name: str) -> Callable[[], bool]:
    """Of pid a child is the first that lives in it; without one nobody knows whether that works."""

    def trial() -> bool:
        made = ctypes.CDLL(None, use_errno=True).unshare(SPACES[name]) == 0
        return made and (name != "pid" or runs("true"))

    return trial


NEEDS = (
    Need("guest-kvm", kvm, "hardware virtualization"),
    Need("vhost-net", lambda: node("/dev/vhost-net", 238), "device /dev/vhost-net exists"),
    Need("tun", tap, "device /dev/net/tun exists"),
    Need("fuse", lambda: node("/dev/fuse", 229), "device /sys/fs/fuse/connections exists", "FUSE"),
    Need("namespace-mnt", space("mnt"), "namespace mnt", "Namespaces", "NAMESPACES"),
    Need("namespace-pid", space("pid"), "namespace pid",
         "Pid namespace", "PID_NS"),
    Need("namespace-net", space("net"), "namespace net", "Network namespace", "NET_NS"),
    Need("namespace-ipc", space("ipc"), "namespace ipc", "Ipc namespace", "IPC_NS"),
    Need("namespace-uts", space("uts"), "namespace uts", "Utsname namespace", "UTS_NS"),
    Need("namespace-user", space("user"), "namespace user", "User namespace", "USER_NS"),
    Need("namespace-cgroup", space("cgroup"), "", "Cgroup namespace"),
    Need("cgroup-cpu", lambda: controls("cpu", "cpu"), "cgroup 'cpu' controller", "Cgroup sched",
         "CGROUP_SCHED"),
    Need("cgroup-cpuacct", lambda: controls("cpuacct", "cpu"), "cgroup 'cpuacct' controller",
         "Cgroup cpu account", "CGROUP_CPUACCT"),
    Need("cgroup-cpuset", lambda: controls("cpuset", "cpuset"), "cgroup 'cpuset' controller", "Cgroup cpuset",
         "CPUSETS"),
    Need("cgroup-memory", lambda: controls("memory", "memory"), "cgroup 'memory' controller",
         "Cgroup memory controller", "MEMCG"),
    Need("cgroup-devices", lambda: controls("devices") or mounts("cgroup2"), "cgroup 'devices' controller",
         "Cgroup device", "CGROUP_DEVICE"),
    Need("cgroup-blkio", lambda: controls("blkio", "io"), "cgroup 'blkio' controller", "", "BLK_CGROUP"),
    Need("cgroup-freezer", lambda: controls("freezer") or mounts("cgroup2"), "cgroup 'freezer' controller",
         "", "CGROUP_FREEZER"),
    Need("cgroup-pids", lambda: controls("pids", "pids"), "", "", "CGROUP_PIDS"),
    Need("overlay", lambda: mounts("overlay"), "", "", "OVERLAY_FS"),
    Need("squashfs", lambda: mounts("squashfs")),
    Need("message-queues", lambda: mounts("mqueue"), "", "", "POSIX_MQUEUE"),
    Need("loop", lambda: node("/dev/loop-control", 237)),
    Need("veth", lambda: links("v0", "type", "veth", "peer", "name", "v1"), "", "Veth pair device", "VETH"),
    Need("bridge", lambda: links("b0", "type", "bridge"), "", "Bridges", "BRIDGE"),
    Need("macvlan", macvlan, "", "Macvlan", "MACVLAN"),
    Need("linux-2.6.26", new_enough, "Linux >= 2.6.26"),
    Need("iommu-groups", groups, "device assignment IOMMU support"),
    Need("secure-guests", lambda: opens("/dev/sev"), "secure guest support"),
    Need("wireguard", lambda: links("w0", "type", "wireguard")),
)  # fmt: skip
_GOOD = re.compile(r"\b(?:PASS|enabled)\b")


def tried(name: str) -> bool:
    """What really happens, in namespaces that end with it."""
    return runs(*ALONE, sys.executable, __file__, "--try", name)


def printed(*command: str) -> list[str]:
    """What a program printed, without colours; nothing where it is not installed."""
    if not shutil.which(command[0]) and not os.path.exists(command[-1]):
        return []
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1"}
    )
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).splitlines()


def says(lines: list[str], label: str) -> bool | None:
    """What the line with a label says, such as `Bridges: enabled`; None where there is none."""
    named = re.compile(rf"(?<![\w']){re.escape(label)}(?!\w).*:")
    found = next((line for line in lines if label and named.search(line)), None)
    return None if found is None or "Unknown if" in found else bool(_GOOD.search(found))


def answers(script: str) -> dict[str, dict[str, bool | None]]:
    """By program, what it says of each need; None where it says nothing, or that it does not know."""
    libvirt, lxc = printed("virt-host-validate"), printed("lxc-checkconfig")
    docker = printed("bash", script) if script else []
    report = printed(sys.executable, "-m", "vaudit", "scan", "--bench", "off", "--format", "json")
    ready = {one["need"]: one["state"] for one in json.loads("\n".join(report))["facts"]["readiness"]}
    state = {"met": True, "unmet": False}
    found: dict[str, dict[str, bool | None]] = {
        "virt-host-validate": {one.name: says(libvirt, one.libvirt) for one in NEEDS if libvirt},
        "lxc-checkconfig": {one.name: says(lxc, one.lxc) for one in NEEDS if lxc},
        "check-config.sh": {
            one.name: says(docker, one.docker and f"CONFIG_{one.docker}") for one in NEEDS if docker
        },
        "vaudit": {one.name: state.get(ready.get(one.name, "")) for one in NEEDS},
    }
    if shutil.which("kvm-ok"):
        found["kvm-ok"] = {"guest-kvm": runs("kvm-ok")}
    return {name: said for name, said in found.items() if said}


NSPAWN = (
    *("systemd-nspawn", "--quiet", "--directory=/", "--volatile=yes", "--register=no", "--keep-unit"),
    *("--console=pipe", "--private-network", "--private-users=65536", f"--machine=vaudit-{os.getpid()}"),
)
ALL_SPACES = (
    *("unshare", "--user", "--map-root-user", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork"),
    *("--mount-proc", "--"),
)


def into_container() -> list[str]:
    """The words before a command that start it in a container, with this Python and this tree in it."""
    if not shutil.which("systemd-nspawn"):
        return [*ALL_SPACES]
    seen = {str(ROOT), sys.prefix, sys.base_prefix}
    return [*NSPAWN, *(f"--bind-ro={path}:{path}:rootidmap" for path in sorted(seen))]


def asked(place: list[str], script: str) -> tuple[dict[str, bool], dict[str, dict[str, bool | None]]]:
    """What really happens in a place, and what each program says there."""
    command = [*place, sys.executable, __file__, "--answers", "--check-config", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise SystemExit(f"nothing came from {place[:1]}: {done.stderr[-300:]}")
    found = json.loads(lines[-1])
    return found["true"], found["said"]


def table(true: dict[str, bool], said: dict[str, dict[str, bool | None]]) -> None:
    word = {True: "yes", False: "no", None: "-"}
    print(f"{'':<18}{'is so':<8}" + "".join(f"{name:<20}" for name in said))
    for name, value in true.items():
        cells = (
            word[told.get(name)] + ("" if told.get(name) in (None, value) else " WRONG")
            for told in said.values()
        )
        print(f"{name:<18}{word[value]:<8}" + "".join(f"{cell:<20}" for cell in cells))
    asked_by_libvirt = {one.name for one in NEEDS if one.libvirt}
    for program, told in said.items():
        mine = {name: value for name, value in true.items() if name in asked_by_libvirt}
        print(f"{program}: {counted(true, told)}; of virt-host-validate's questions {counted(mine, told)}")


def counted(true: dict[str, bool], told: dict[str, bool | None]) -> str:
    right = sum(told.get(name) is value for name, value in true.items())
    silent = sum(told.get(name) is None for name in true)
    return f"{right} right, {len(true) - right - silent} wrong, {silent} silent of {len(true)}"


LAB = "/lab/boot"
FIRST = """mount -t tmpfs cgroup /sys/fs/cgroup ; cd /sys/fs/cgroup ;
  for one in cpu cpuacct cpuset memory devices freezer blkio pids ;
  do mkdir $one && mount -t cgroup -o $one cgroup $one ; done ; cd / """
HYBRID = f"{FIRST} ; mkdir /sys/fs/cgroup/unified && mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified"
CGROUPS = {"kvm": "mount -t cgroup2 cgroup /sys/fs/cgroup", "xen": FIRST}
"""How a machine of the lab mounts control groups."""
BESIDE_EACH_OTHER = ["unshare", "--mount", "--", "sh", "-c", f'{HYBRID} ; exec "$@"', "sh"]
"""Before a command: both versions of control groups, in a mount namespace that ends with it."""
IN_LAB = f"""export PATH={LAB}/peers:$PATH PYTHONPATH=/opt/vaudit ; mkdir /tmp/said ;
  python3 {LAB}/readiness.py --answers --check-config /usr/share/docker.io/contrib/check-config.sh
  >/tmp/said/answers.json 2>/tmp/said/errors.txt ; tar -C /tmp/said -cz . >$out"""
LAB_SECONDS = 200
"""How long a machine of the lab takes to answer on a quiet machine, at most."""


def peers_for_lab(folder: Path) -> Path:
    """The peers that the lab's root lacks, with the libraries that they take, from this machine."""
    place = folder / "peers"
    place.mkdir()
    for name in ("virt-host-validate", "kvm-ok"):
        path = shutil.which(name)
        if path is None:
            continue
        shutil.copy(path, place / name)
        if Path(path).read_bytes()[:4] == b"\x7fELF":
            libraries = folder / "peers" / f"{name}-libraries"
            libraries.mkdir()
            for line in printed("ldd", path):
                words = line.split()
                if "=>" in words and words[2].startswith("/"):
                    shutil.copy(words[2], libraries)
            (place / name).rename(libraries / name)
            start = f'#!/bin/sh\nLD_LIBRARY_PATH="$0-libraries" exec "$0-libraries/{name}" "$@"\n'
            (place / name).write_text(start)
            (place / name).chmod(0o755)
    return place


def in_lab(titles: dict[str, str]) -> None:
    """The tables of the lab's machines, in turn. `titles`: by the name of the host in its table."""
    sys.path.insert(0, str(ROOT))
    from tests.lab.boot import Case, boot

    with tempfile.TemporaryDirectory() as work:
        files = [Path(__file__), peers_for_lab(Path(work))]
        cases = [
            Case(f"{name}-ready", name, title, LAB_SECONDS, run=f"{CGROUPS[name]} ; {IN_LAB}")
            for name, title in titles.items()
        ]
        for said in boot(cases, 1, files):
            print(f"\n{said.case.about}\n")
            lines = said.files.get("answers.json", b"").decode("utf-8", "replace").splitlines()
            found = next((json.loads(line) for line in lines if line.startswith("{")), None)
            if found:
                table(found["true"], found["said"])
            else:
                print(said.problem or said.files.get("errors.txt", b"").decode("utf-8", "replace")[-300:])


def level() -> str:
    """The level of x86-64 by glibc's loader, and by vaudit."""
    loader = next(iter(sorted(Path("/lib64").glob("ld-linux-x86-64.so.2"))), None)
    if loader is None:
        return "no loader of x86-64 here"
    lines = [line for line in printed(str(loader), "--help") if "x86-64-v" in line and "(supported" in line]
    levels = [line.split("x86-64-v")[1][0] for line in lines]
    report = printed(sys.executable, "-m", "vaudit", "scan", "--bench", "off", "--format", "json")
    ours = json.loads("\n".join(report))["facts"]["cpu"]["level"]
    theirs = max(map(int, levels), default=1)
    return f"x86-64 level: {theirs} by {loader}, {ours} by vaudit{'' if ours == theirs else ' WRONG'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--check-config", default="", metavar="FILE", help="moby's contrib/check-config.sh")
    parser.add_argument(
        "--lab", nargs="*", choices=tuple(CGROUPS), help="ask in these machines of the lab alone"
    )
    parser.add_argument("--try", dest="name", help=argparse.SUPPRESS)
    parser.add_argument("--answers", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.name:
        return 0 if next(one for one in NEEDS if one.name == options.name).trial() else 1
    os.chdir(ROOT)
    if options.lab is not None:
        titles = {"kvm": "a lab guest with AMD-V shown, cgroups v2", "xen": "a lab dom0, cgroups v1"}
        in_lab({name: titles[name] for name in options.lab or titles})
        return 0
    if options.answers:
        true, said = {one.name: tried(one.name) for one in NEEDS}, answers(options.check_config)
        print(json.dumps({"true": true, "said": said}))
        return 0
    places = {
        "this machine": [],
        "both versions of cgroups on it": BESIDE_EACH_OTHER,
        "an unprivileged container on it": into_container(),
    }
    for title, place in places.items():
        print(f"\n{title}\n")
        table(*asked(place, options.check_config))
    print(f"\n{level()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
