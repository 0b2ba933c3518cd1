"""Which container this process lives in: marks, and the namespaces that prove or disprove them.

A mark is a file or a variable that an engine leaves; marks outlive their container when its file system is
reused as a machine's root. The initial namespaces have fixed inode numbers (include/linux/proc_ns.h), so a
process in the initial pid, uts and ipc namespaces is in no container of an engine that makes them.
"""

import re
from typing import NamedTuple

from vaudit.evidence.source import Source
from vaudit.facts.linux import printed
from vaudit.facts.text import fields
from vaudit.model.facts import Witness

# include/linux/proc_ns.h: PROC_IPC_INIT_INO, PROC_UTS_INIT_INO, PROC_PID_INIT_INO
_INITIAL = {"ipc": 0xEFFFFFFF, "uts": 0xEFFFFFFE, "pid": 0xEFFFFFFC}

_MARK_FILES = (
    ("/.dockerenv", "docker"),
    ("/.dockerinit", "docker"),
    ("/run/.containerenv", "podman"),
    ("/.flatpak-info", "bubblewrap"),
)
_NAMES = {
    "docker": "docker",
    "podman": "podman",
    "lxc": "lxc",
    "lxc-libvirt": "lxc",
    "systemd-nspawn": "systemd-nspawn",
    "oci": "oci",
    "rkt": "container-other",
    "wsl": "wsl",
    "proot": "container-other",
    "pouch": "container-other",
}
"""The values of container= (systemd's container interface) that have a name here."""
_LSCPU = {"Parallels": "openvz", "OpenVZ": "openvz", "Linux-VServer": "linux-vserver", "WSL": "wsl"}
"""What lscpu calls the vendor of a container (util-linux sys-utils/lscpu-virt.c)."""
_CGROUPS = (
    ("kubepods", r"kubepods", "kubernetes"),
    ("docker", r"/docker[-/][0-9a-f]{12,}|/docker/", "docker"),
    ("libpod", r"/libpod-[0-9a-f]{12,}|/libpod_parent", "podman"),
    ("crio-", r"/crio-[0-9a-f]{12,}", "kubernetes"),
    ("cri-containerd", r"/cri-containerd-[0-9a-f]{12,}", "kubernetes"),
    ("lxc", r"/lxc(?:\.payload)?[./][^/\n]+|/lxc/", "lxc"),
    ("machine.slice", r"/machine\.slice/(?:machine-|systemd-nspawn@)", "systemd-nspawn"),
    ("garden", r"/garden/[0-9a-f-]{8,}", "container-other"),
)
"""A word that must be there before the pattern is worth compiling, the pattern, and whose cgroup that is."""
_ORDER = (
    "bubblewrap",
    "chroot",
    "gvisor",
    "docker",
    "podman",
    "lxc",
    "systemd-nspawn",
    "oci",
    "container-other",
    "kubernetes",
    "openvz",
    "linux-vserver",
    "wsl",
)
"""From the inside out, where several are at work at once."""


class Containers(NamedTuple):
    """Names, innermost first; what spoke; and what was found not to hold."""

    names: list[str]
    witnesses: list[Witness]
    contradictions: list[str]
    why: dict[str, Witness]


def collect(source: Source) -> Containers:
    """Weighs the marks against the namespaces."""
    initial = _in_initial_namespaces(source)
    marks = [*_marks(source), *_kernel_marks(source)]
    witnesses: list[Witness] = []
    contradictions: list[str] = []
    why: dict[str, Witness] = {}
    for mark, strong in marks:
        if initial and not strong:
            contradictions.append(
                f"{mark.says}, but this process is in the initial namespaces: a left-over mark"
            )
            witnesses.append(_set_aside(mark))
            continue
        witnesses.append(mark)
        why.setdefault(mark.points_to.removeprefix("container:"), mark)
    if initial is not None:
        says = "the initial namespaces: no container" if initial else "namespaces of its own: a container"
        witness = Witness("namespaces", f"pid, uts and ipc: {says}", "link:/proc/self/ns/pid")
        witnesses.append(witness)
        if not initial and not why:
            why["container-other"] = witness
    if "container-other" in why and len(why) > 1:
        del why["container-other"]
    names = sorted(why, key=_ORDER.index)
    return Containers(names, witnesses, contradictions, why)


def _set_aside(mark: Witness) -> Witness:
    return Witness(mark.signal, f"{mark.says} (left over, set aside)", mark.evidence, mark.points_to, 0)


def _in_initial_namespaces(source: Source) -> bool | None:
    """True in all of them, False in none, None when they differ or cannot be read."""
    links = {name: source.link(f"/proc/self/ns/{name}") for name in _INITIAL}
    found = [link == f"{name}:[{_INITIAL[name]}]" for name, link in links.items() if link]
    if len(found) < len(_INITIAL) or len(set(found)) > 1:
        return None
    return found[0]


def _marks(source: Source) -> list[tuple[Witness, bool]]:
    """Marks of engines; the flag tells whether the mark holds even against the namespaces."""
    found: list[tuple[Witness, bool]] = []

    def add(name: str, says: str, evidence: str, *, strong: bool = False) -> None:
        found.append((Witness("container", says, evidence, f"container:{name}", 60), strong))

    for path, name in _MARK_FILES:
        if source.status("file", path) == "read":
            add(name, f"{path} exists", f"file:{path}")
    for path in ("/run/systemd/container", "/run/host/container-manager"):
        text = source.line(path)
        if text:
            add(_NAMES.get(text, "container-other"), f"{path} says {text!r}", f"file:{path}")
    if source.line("/proc/1/comm") == "bwrap":
        add("bubblewrap", "PID 1 is bwrap", "file:/proc/1/comm")
    environ = source.binary("/proc/1/environ") or b""
    for item in environ.split(b"\0"):
        if item.startswith(b"container="):
            text = item[10:].decode("utf-8", "replace")
            add(
                _NAMES.get(text, "container-other"),
                f"PID 1 was given container={text}",
                "file:/proc/1/environ",
            )
    for path in ("/proc/self/cgroup", "/proc/1/cgroup"):
        text = source.read(path) or ""
        for word, pattern, name in _CGROUPS:
            if word in text and re.search(pattern, text):
                add(name, f"{path} lies in a cgroup of {name}", f"file:{path}", strong=True)
    return found


def _kernel_marks(source: Source) -> list[tuple[Witness, bool]]:
    """Containers that show in the kernel itself; namespaces do not speak against them."""
    found: list[tuple[Witness, bool]] = []

    def add(name: str, says: str, evidence: str) -> None:
        found.append((Witness("container", says, evidence, f"container:{name}", 90), True))

    if source.status("dir", "/proc/vz") == "read" and source.status("dir", "/proc/bc") != "read":
        add("openvz", "/proc/vz exists without /proc/bc", "dir:/proc/vz")
    status = fields(source.read("/proc/self/status") or "")
    context = status.get("VxID") or status.get("s_context", "0")
    if context not in ("0", "1"):
        add("linux-vserver", f"security context {context}", "file:/proc/self/status")
    if status.get("envID", "0") != "0":
        add("openvz", f"environment {status['envID']}", "file:/proc/self/status")
    release = (
        source.line("/proc/sys/kernel/osrelease") or source.run("uname -r") or source.run("uname -a") or ""
    )
    if "microsoft" in release.lower() or "wsl" in release.lower():
        add("wsl", f"the kernel calls itself {release}", "file:/proc/sys/kernel/osrelease")
    told = printed.lscpu(source)
    if told.get("Virtualization type") == "container":
        name = _LSCPU.get(told.get("Hypervisor vendor", ""), "container-other")
        add(name, f"lscpu named the container {told.get('Hypervisor vendor')!r}", "run:lscpu")
    # gVisor's fixed version string (pkg/sentry/syscalls/linux)
    if "Sun Jan 10 15:06:54 PST 2016" in (source.run("uname -v") or "") or "gVisor" in (
        source.run("dmesg") or ""
    ):
        add("gvisor", "the kernel is gVisor's", "run:uname -v")
    mounts = source.read("/proc/self/mountinfo")
    if mounts and not any(line.split(" ")[4:5] == ["/"] for line in mounts.splitlines()):
        add("chroot", "the root folder is no mount point", "file:/proc/self/mountinfo")
    return found
