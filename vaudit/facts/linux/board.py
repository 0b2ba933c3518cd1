"""Machines that are no PC, as Linux names them: device tree, /proc/cpuinfo, s390, sun4v."""

from collections.abc import Iterator

from vaudit import procfs
from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.ask.os import architecture
from vaudit.facts.linux import fields
from vaudit.facts.signatures import DEVICE_TREE
from vaudit.facts.weights import witness
from vaudit.model.facts import HypervisorKind, Layer, Points, Witness

BOARD_KEYS = ("Hardware", "Model", "machine", "system type", "uarch")
"""Fields of /proc/cpuinfo that name the board, on ARM, MIPS, POWER, RISC-V and LoongArch."""
VIRTUAL_BOARDS = (
    "xen,",
    "jailhouse",
    "vmware",
    "virt",
    "qemu",
    "kvm",
    "dummy",
    "emulated",
    "generic",
    "pseries",
)
POWER_METAL = ("PowerNV", "Cell")
POWER_BOARDS = ("Maple", "PowerMac", "CHRP", "PReP")
"""Physical boards that QEMU emulates too (hw/ppc)."""
_APPLE, _APPLE_NONE = "0x61", "0x000"
"""Implementer of Apple's processors, and the part that its hypervisor shows its guests instead of one."""
_FIRMWARE_HYPERVISORS = ("qcom,gunyah", "qcom,haven", "gunyah-hypervisor")
"""/hypervisor of boards whose firmware is a hypervisor under the one system (arm64 of Qualcomm)."""
_TREES = ("/proc/device-tree", "/sys/firmware/devicetree/base")
"""The second is what the first links to; records may hold either."""
_SYSINFO = "/proc/sysinfo"
_METAL = Points(kind="none")


def device_tree(source: Source) -> Iterator[Witness]:
    """`compatible` of the root and of /hypervisor (Documentation/devicetree/bindings/arm/xen.txt)."""
    root = next((path for path in _TREES if source.names(path)), _TREES[0])
    for path in (f"{root}/hypervisor/compatible", f"{root}/compatible", f"{root}/model"):
        text = (source.line(path) or "").strip("\0")
        for name, speaks in DEVICE_TREE.items():
            if name in text:
                yield from speaks.witnesses(f"{path} is {text!r}", f"file:{path}")
    named = "model" if source.line(f"{root}/model") else "compatible"  # records may hold one of them only
    board = (source.line(f"{root}/{named}") or "").partition("\0")[0]
    above = source.line(f"{root}/hypervisor/compatible") or ""
    if (not above or above.startswith(_FIRMWARE_HYPERVISORS)) and is_board(board):
        under = ", on a hypervisor that is its firmware" if above else ""
        says = f"the board is {board!r}{under}"
        yield witness(w.TREE_BOARD, says, f"file:{root}/{named}", _METAL)
    if any(name.startswith("fw-cfg@") for name in source.names(root)):
        says = "QEMU's fw-cfg in the device tree"
        yield witness(w.TREE_FW_CFG, says, f"dir:{root}", Points(vmm="qemu"))


def cpuinfo(source: Source) -> Iterator[Witness]:
    """Kernels and platforms that name themselves in /proc/cpuinfo."""
    info = fields(source.read("/proc/cpuinfo") or "")
    evidence = "file:/proc/cpuinfo"
    vendor, platform = info.get("vendor_id", ""), info.get("platform", "")
    if vendor == "User Mode Linux":
        yield witness(w.FOREIGN_KERNEL, "User Mode Linux", evidence, Points(kind="uml"))
    if vendor.startswith("PowerVM Lx86"):
        yield witness(w.FOREIGN_KERNEL, "PowerVM Lx86", evidence, Points(kind="lx86"))
    if "emulated by qemu" in info.get("machine", "") + info.get("model", ""):
        yield witness(w.PSERIES_QEMU, "pSeries emulated by QEMU", evidence, Points(vmm="qemu"))
    elif platform == "pSeries":
        says = "the platform is pSeries, which PowerVM offers"
        yield witness(w.PSERIES, says, evidence, Points(kind="powervm"))
    elif platform in POWER_BOARDS and "(null)" in info.get("detected as", ""):
        says = f"a {platform} that the kernel does not know: QEMU's, which no processor of its own fits"
        yield witness(w.QEMU_MODEL, says, evidence, Points(kind="qemu"))
        yield witness(w.QEMU_MODEL, says, evidence, Points(vmm="qemu"))
    elif platform in POWER_BOARDS:
        says = f"the platform is {platform}, a physical board that QEMU emulates too"
        yield witness(w.CPUINFO_BOARD, says, evidence, _METAL)
    elif platform in POWER_METAL:
        yield witness(w.POWER_METAL, f"the platform is {platform}, a physical machine", evidence, _METAL)
    if info.get("CPU implementer") == _APPLE and info.get("CPU part") == _APPLE_NONE:
        says = "an Apple processor with part 0x000, as Apple's hypervisor shows it"
        yield witness(w.APPLE_PART, says, evidence, Points(role="guest"))
    if info.get("type") == "sun4v" or "sun4v" in info.get("MMU Type", ""):
        says = "a sun4v processor, whose hypervisor divides every machine into logical domains"
        yield witness(w.SUN4V_CPU, says, evidence, Points(kind="ldoms"))
    board = _board(info)
    if is_board(board):
        yield witness(w.CPUINFO_BOARD, f"/proc/cpuinfo names the board {board!r}", evidence, _METAL)


def _board(info: dict[str, str]) -> str:
    if info.get("type") == "sun4u":
        return info["type"]
    return next((info[key] for key in BOARD_KEYS if info.get(key)), "")


def is_board(name: str) -> bool:
    """Whether a name is none of those that virtual machines have."""
    return bool(name) and not any(word in name.lower() for word in VIRTUAL_BOARDS)


def sparc(source: Source) -> Iterator[Witness]:
    """Logical Domains: the machine description device of sun4v (Linux drivers for Oracle VM Server)."""
    if not (architecture(source) or "").startswith("sparc") or "mdesc" not in source.names("/dev"):
        return
    says = "/dev/mdesc, the machine description of a logical domain"
    yield witness(w.SUN4V, says, "dir:/dev", Points(kind="ldoms"))
    if {"ctrl", "sp"} <= set(source.names("/sys/class/vlds")):
        says = "the control domain's services"
        yield witness(w.SUN4V_CONTROL, says, "dir:/sys/class/vlds", Points(role="host"))


def s390_layers(source: Source) -> list[Layer]:
    """The hypervisors under the innermost one, from the inside out, and the machine's own partition.

    /proc/sysinfo lists the levels of STSI (Documentation/arch/s390): VM00 is the innermost.
    """
    info = fields(source.read(_SYSINFO) or "")
    seen = [f"file:{_SYSINFO}"]
    named = {key[2:4]: name for key, name in info.items() if f"VM{key[2:4]} Control Program" == key}
    levels = {level: name for level, name in named.items() if procfs.whole(level) is not None}
    found = [
        Layer("guest", f"{levels[level]} guest", f"level {level} in {_SYSINFO}", seen)
        for level in sorted(levels)[1:]
    ]
    if "LPAR Number" in info:
        found.append(Layer("host", "LPAR", f"{_SYSINFO} names a logical partition", seen))
    return found


def s390(source: Source) -> Iterator[Witness]:
    """The innermost control program, else the partition."""
    info = fields(source.read(_SYSINFO) or "")
    program = info.get("VM00 Control Program")
    if program:
        kind: HypervisorKind = "kvm" if "KVM" in program else "zvm" if "z/VM" in program else "other"
        says = f"control program {program!r}"
        yield witness(w.S390_PROGRAM, says, f"file:{_SYSINFO}", Points(kind=kind))
    elif "LPAR Number" in info:
        says = "a logical partition of the machine"
        yield witness(w.S390_LPAR, says, f"file:{_SYSINFO}", Points(kind="lpar"))
