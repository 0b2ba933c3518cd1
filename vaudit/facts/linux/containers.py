"""Marks of containers on Linux: files and variables that engines leave, cgroups, the kernel, namespaces."""

import re
from collections.abc import Iterable, Iterator

from msgspec import structs

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts.ask import KERNEL_LOG, call_id, kernel_log, output_id
from vaudit.facts.linux import fields, kernel, lscpu, pasted
from vaudit.facts.values import Isolation, Mark
from vaudit.model.facts import Container

# include/linux/proc_ns.h: PROC_IPC_INIT_INO, PROC_UTS_INIT_INO, PROC_PID_INIT_INO
_INITIAL = {"ipc": 0xEFFFFFFF, "uts": 0xEFFFFFFE, "pid": 0xEFFFFFFC}

_MARK_FILES: tuple[tuple[str, Container], ...] = (
    ("/.dockerenv", "docker"),
    ("/.dockerinit", "docker"),
    ("/run/.containerenv", "podman"),
    ("/.flatpak-info", "bubblewrap"),
)
NAMES: dict[str, Container] = {
    "docker": "docker",
    "podman": "podman",
    "lxc": "lxc",
    "lxc-libvirt": "lxc",
    "systemd-nspawn": "systemd-nspawn",
    "oci": "oci",
    "crio": "crio",
    "openvz": "openvz",
    "openvzve": "openvz",
    "container": "container-other",
    "container-other": "container-other",
    "rkt": "container-other",
    "wsl": "wsl",
    "proot": "container-other",
    "pouch": "container-other",
}
"""The values of container= (systemd's container interface) that have a name here."""
_LSCPU: dict[str, Container] = {
    "Parallels": "openvz",
    "OpenVZ": "openvz",
    "Linux-VServer": "linux-vserver",
    "WSL": "wsl",
}
"""What lscpu calls the vendor of a container (util-linux sys-utils/lscpu-virt.c)."""
_CGROUPS: tuple[tuple[str, str, Container], ...] = (
    ("kubepods", r"kubepods", "kubernetes"),
    ("docker", r"/docker[-/][0-9a-f]{12,}|/docker/", "docker"),
    ("libpod", r"/libpod-[0-9a-f]{12,}|/libpod_parent", "podman"),
    ("crio-", r"/crio-[0-9a-f]{12,}", "crio"),
    ("crio-", r"/crio-[0-9a-f]{12,}", "kubernetes"),
    ("cri-containerd", r"/cri-containerd-[0-9a-f]{12,}", "kubernetes"),
    ("lxc", r"/lxc(?:\.payload)?[./][^/\n]+|/lxc/", "lxc"),
    ("machine.slice", r"/machine\.slice/(?:machine-|systemd-nspawn@)", "systemd-nspawn"),
    ("garden", r"/garden/[0-9a-f-]{8,}", "container-other"),
)
"""A word that must be there before the pattern is worth compiling, the pattern, and whose cgroup that is."""
_GVISOR = "Sun Jan 10 15:06:54 PST 2016"
HEARD = ("gvisor",)
"""What the lines of the kernel log hold, in lower case, that are looked for here."""
"""gVisor's fixed version string (pkg/sentry/syscalls/linux)."""


def isolation(source: Source) -> Isolation | None:
    """Whether the namespaces are the kernel's first ones; None when none can be read."""
    links = {name: source.link(f"/proc/self/ns/{name}") for name in _INITIAL}
    found = [link == f"{name}:[{_INITIAL[name]}]" for name, link in links.items() if link]
    if len(found) < len(_INITIAL) or len(set(found)) > 1:
        return None
    # a chroot shows in what is mounted, gVisor by its kernel's version
    whole = source.is_whole("/proc/self/mountinfo") and source.call("uname -v") is not None
    return Isolation(found[0], "pid, uts and ipc", "link:/proc/self/ns/pid", whole)


def marks(source: Source) -> list[Mark]:
    """What engines leave, then what shows in the kernel, which holds even against the namespaces."""
    return [mark for find in _MARKS for mark in find(source)]


def _files(source: Source) -> Iterator[Mark]:
    for path, name in _MARK_FILES:
        if source.status("file", path) == "read":
            yield Mark(name, f"{path} exists", f"file:{path}")
    for path in ("/run/systemd/container", "/run/host/container-manager"):
        text = source.line(path)
        if text:
            yield Mark(NAMES.get(text, "container-other"), f"{path} says {text!r}", f"file:{path}")


def _first_process(source: Source) -> Iterator[Mark]:
    if source.line("/proc/1/comm") == "bwrap":
        yield Mark("bubblewrap", "PID 1 is bwrap", "file:/proc/1/comm")
    for item in (source.binary("/proc/1/environ") or b"").split(b"\0"):
        if item.startswith(b"KUBERNETES_SERVICE_HOST="):
            yield Mark("kubernetes", "PID 1 was given KUBERNETES_SERVICE_HOST", "file:/proc/1/environ")
        if item.startswith(b"container=") and item != b"container=zone":
            text = item[10:].decode("utf-8", "replace")
            name = NAMES.get(text, "container-other")
            yield Mark(name, f"PID 1 was given container={text}", "file:/proc/1/environ")


def _cgroups(source: Source) -> Iterator[Mark]:
    for path in ("/proc/self/cgroup", "/proc/1/cgroup"):
        text = source.read(path) or ""
        for word, pattern, name in _CGROUPS:
            if word in text and re.search(pattern, text):
                yield Mark(name, f"{path} lies in a cgroup of {name}", f"file:{path}", "cgroup")


def _shared_kernels(source: Source) -> Iterator[Mark]:
    """OpenVZ (its host has /proc/bc too) and Linux-VServer."""
    if source.status("dir", "/proc/vz") == "read" and source.status("dir", "/proc/bc") != "read":
        yield Mark("openvz", "/proc/vz exists without /proc/bc", "dir:/proc/vz", "kernel")
    path = "/proc/self/status"
    status = fields(source.read(path) or "")
    context = status.get("VxID") or status.get("s_context", "0")
    if context not in ("0", "1"):
        yield Mark("linux-vserver", f"security context {context}", f"file:{path}", "kernel")
    if status.get("envID", "0") != "0":
        yield Mark("openvz", f"environment {status['envID']}", f"file:{path}", "kernel")


def _console(source: Source) -> Iterator[Mark]:
    """systemd on its own console; what a log says behind a stamp can be that of a container on this host."""
    for line in procfs.lines(kernel_log(source)) if _CONSOLE in kernel_log(source) else ():
        word = line.strip().removeprefix(_CONSOLE).strip("'.")
        if line.strip().startswith(_CONSOLE) and word in NAMES:
            yield Mark(NAMES[word], f"systemd detected {word!r}", KERNEL_LOG)
            return


_CONSOLE = "Detected virtualization "


def _wsl(source: Source) -> Iterator[Mark]:
    told = kernel.told(source)
    if told and ("microsoft" in told.text.lower() or "wsl" in told.text.lower()):
        yield Mark("wsl", f"the kernel calls itself {told.text}", told.evidence, "kernel")


def _lscpu(source: Source) -> Iterator[Mark]:
    told = lscpu.lscpu(source)
    if told.get("Virtualization type") == "container":
        vendor = told.get("Hypervisor vendor")
        name = _LSCPU.get(vendor or "", "container-other")
        yield Mark(name, f"lscpu named the container {vendor!r}", output_id("lscpu"), "kernel")


def _gvisor(source: Source) -> Iterator[Mark]:
    version = source.call("uname -v")
    for text, evidence in (
        (version or "", call_id("uname -v")),
        (kernel_log(source), KERNEL_LOG),
        ("" if version else source.line("/proc/version") or "", "file:/proc/version"),
        ("" if version else source.output("uname -a") or "", output_id("uname -a")),
    ):
        is_log = evidence == KERNEL_LOG
        if "gVisor" in text or "-gvisor " in text or (not is_log and _GVISOR in text):
            yield Mark("gvisor", "the kernel is gVisor's", evidence, "kernel")
            return


def _mounts(source: Source) -> Iterator[Mark]:
    """Mounts that engines make: with cgroup v2 and a cgroup namespace they are all that shows.

    mountinfo lists the folder of the source's file system (proc(5), fields 4 and 5), which lies on the host.
    """
    path = next((one for one in _LISTS if source.read(one)), _LISTS[0])
    text = pasted(source.read(path) or "")
    if text:
        found = list(_unique(_mounted(line.split(" "), path) for line in _telling(text)))
        # CRI-O keeps its layers where Podman does
        pod = any(mark.name == "kubernetes" for mark in found)
        yield from _unless_named(
            structs.replace(one, name="crio") if pod and one.name == "podman" else one for one in found
        )
        return
    path = next((one for one in _OLD_LISTS if source.read(one)), _OLD_LISTS[1])
    for line in procfs.lines(source.read(path) or source.output("mount") or ""):
        words = _of_mount(line.split(" "))
        if words[1:2] == ["/"]:
            yield from _root(words[0], words[2], " ".join(words[3:]), f"file:{path}")
        elif words[2:3] == [_LXCFS]:
            yield from _lxcfs(words[1], f"file:{path}")
            return  # the other files are mounted so too


def _unless_named(marks: Iterable[Mark]) -> Iterator[Mark]:
    """LXC's file system serves containers of others too, which are named by more than that."""
    found = list(marks)
    others = any(one.name not in ("lxc", "container-other") for one in found)
    yield from (one for one in found if not (others and one.says.startswith(_LXCFS)))


def _lxcfs(point: str, evidence: str) -> Iterator[Mark]:
    """What LXC shows its containers in place of the host's figures; a host has it in /var/lib."""
    if point.startswith("/proc/"):
        yield Mark("lxc", f"{_LXCFS} stands in place of files in /proc", evidence, "kernel")


def _telling(text: str) -> Iterator[str]:
    """The lines of mountinfo in which an engine may show: a host has many thousand others."""
    points = (*(f" {point} " for point in _POINTS[1:]), *(f" {folder}" for folder in _SECRETS))
    for line in procfs.holding(text, (_AT_ROOT, *points, " - cgroup", _LXCFS)):
        point = line.split(" ", 5)[4:5]
        telling = point and (point[0] in _POINTS or point[0].startswith(_SECRETS))
        if telling or " - cgroup" in line or _LXCFS in line:
            yield line


def _of_mount(words: list[str]) -> list[str]:
    """The words of /proc/mounts: what mount(8) prints has `on` and `type` between them."""
    return [words[0], words[2], words[4], *words[5:]] if words[1:2] == ["on"] and len(words) > 4 else words


def _unique(marks: Iterator[Iterator[Mark]]) -> Iterator[Mark]:
    """One mark for each name and sentence: a pod has dozens of such mounts."""
    seen: set[str] = set()
    for found in marks:
        for mark in found:
            if mark.says not in seen:
                seen.add(mark.says)
                yield mark


def _mounted(words: list[str], path: str) -> Iterator[Mark]:
    if len(words) < 7 or "-" not in words[6:]:
        return
    kind, device, options = (*words[words.index("-", 6) + 1 :], "", "", "")[:3]
    evidence, root, point = f"file:{path}", words[3], words[4]
    if point == "/":
        yield from _root(device, kind, options, evidence)
        name = next((name for word, name in _FOLDERS if word in root), None)
        if name or (root.endswith("/rootfs") and ("/lxc/" in root or "/containers/" in root)):
            yield Mark(name or "lxc", f"the root is the folder {root}", evidence, "kernel")
    elif point in _POD_FILES:
        word, name = next(((word, name) for word, name in _BINDS if word in root), ("", None))
        if name:
            yield Mark(name, f"a file of {word.strip('/')} is mounted at {point}", evidence, "kernel")
    elif point.startswith(_SECRETS):
        yield Mark("kubernetes", "a secret of Kubernetes is mounted", evidence, "kernel")
    elif point == _LXC_PROC:
        yield Mark("lxc", f"{point} is mounted alone, as LXC does", evidence, "kernel")
    elif kind == _LXCFS:
        yield from _lxcfs(point, evidence)
    if kind in ("cgroup", "cgroup2") and root != "/":
        yield from _cgroup_root(root, evidence)


def _cgroup_root(root: str, evidence: str) -> Iterator[Mark]:
    """Engines mount the container's own group in place of the first one, which is all that a machine has."""
    if root.startswith("/../"):
        yield Mark("container-other", "the root of cgroups lies above its own", evidence)
    for word, pattern, name in _CGROUPS:
        if word in root and re.search(pattern, root):
            yield Mark(name, f"the root of cgroups is one of {name}", evidence, "cgroup")


_POD_FILES = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log", "/run/.containerenv")
"""Files that engines bind into each container, and nobody into a machine."""
_LXCFS = "fuse.lxcfs"
_LXC_PROC = "/proc/sys/net"
"""What stays writable of /proc/sys where LXC mounts it (lxc.mount.auto = proc:mixed)."""
_POINTS = ("/", _LXC_PROC, *_POD_FILES)
_AT_ROOT = " / r"
"""The first of them with what follows it, `rw` or `ro` (fs/proc_namespace.c): nearly all lines hold ` / `."""
_LISTS = ("/proc/self/mountinfo", "/proc/1/mountinfo")
_OLD_LISTS = ("/proc/self/mounts", "/proc/mounts", "/proc/1/mounts")
_FOLDERS: tuple[tuple[str, Container], ...] = (
    ("/docker/btrfs/subvolumes/", "docker"),
    ("/docker/vfs/dir/", "docker"),
    ("/containers/storage/btrfs/subvolumes/", "podman"),
    ("/containers/storage/vfs/dir/", "podman"),
    ("/var/lib/machines/", "systemd-nspawn"),
)
"""Where engines keep roots that are no overlays, in their host's file system."""
_SECRETS = ("/var/run/secrets/kubernetes.io/", "/run/secrets/kubernetes.io/")
_BINDS: tuple[tuple[str, Container], ...] = (
    ("/kubelet/pods/", "kubernetes"),
    ("/io.containerd.grpc.v1.cri/", "kubernetes"),
    ("/docker/containers/", "docker"),
    ("/containers/storage/overlay-containers/", "podman"),
    ("/overlay-containers/", "podman"),
)
"""What stands in the folder that such a file is bound from, and whose it is."""
_LAYERS: tuple[tuple[str, Container], ...] = (
    ("/docker/overlay2/", "docker"),
    ("/docker/aufs/", "docker"),
    ("/docker/fuse-overlayfs/", "docker"),
    ("/docker/rootfs/overlayfs/", "docker"),
    ("/containers/storage/overlay/", "podman"),
    ("/io.containerd.snapshotter", "container-other"),
    ("/containerd/", "container-other"),
    ("/buildkit/", "container-other"),
)
"""What stands in the folders of an overlay that is a container's root, and whose it is."""


def _root(device: str, kind: str, options: str, evidence: str) -> Iterator[Mark]:
    """What the file system at / says."""
    if kind == "simfs" or device.startswith(("/dev/ploop", "/dev/simfs")):
        yield Mark("openvz", f"the root is {kind if kind == 'simfs' else device}", evidence, "kernel")
    elif "-disk-" in device and any(word in device for word in _PROXMOX):
        yield Mark("lxc", f"the root is {device}, which Proxmox VE made for a container", evidence, "kernel")
    elif device == "kataShared":
        yield Mark("container-other", "the root is what Kata Containers share with their guest", evidence)
    elif kind in ("overlay", "aufs", "fuse.fuse-overlayfs"):
        name = next((name for word, name in _LAYERS if word in options), None)
        if name:
            yield Mark(name, f"the root is an {kind} of layers of {_ENGINES[name]}", evidence, "kernel")


_PROXMOX = ("/subvol-", "-vm--")
"""What Proxmox VE calls the volumes of its containers in ZFS; in LVM, whose names no virtual machine sees."""
_ENGINES: dict[Container, str] = {
    "docker": "Docker",
    "podman": "Podman or CRI-O",
    "container-other": "containerd",
}


def _chroot(source: Source) -> Iterator[Mark]:
    path = "/proc/self/mountinfo"
    mounts = source.read(path) if source.is_whole(path) else None
    points = [line.split(" ", 5)[4:5] for line in procfs.holding(mounts or "", (_AT_ROOT, " /proc "))]
    if ["/proc"] in points and [
        "/"
    ] not in points:  # without the first, through which it was read, it was cut
        yield Mark("chroot", "the root folder is no mount point", f"file:{path}", "kernel")


_MARKS = (
    _files,
    _first_process,
    _cgroups,
    _mounts,
    _shared_kernels,
    _console,
    _wsl,
    _lscpu,
    _gvisor,
    _chroot,
)
