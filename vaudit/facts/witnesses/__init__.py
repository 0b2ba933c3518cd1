"""The signals of a hypervisor: each function reads one kind of signal and says what it points to.

No function decides anything; hypervisor.py weighs what they say. `points_to` is a hypervisor kind,
`vmm:NAME`, `cloud:NAME`, or `guest` where a signal proves a hypervisor without naming it.
"""

from collections.abc import Iterator

from vaudit.evidence.source import Registers, Source
from vaudit.facts.linux import printed
from vaudit.facts.linux.sysfs import Function
from vaudit.facts.signatures import (
    ACPI_DEVICES,
    ACPI_OEMS,
    CPUID_NAMES,
    DEVICE_TREE,
    DISK_NAMES,
    DMI_PLACEHOLDERS,
    DMI_RULES,
    KERNEL_LOG_NAMES,
    LSCPU_NAMES,
    LSPCI_WORDS,
    PCI_IDS,
    PCI_SUBSYSTEMS,
    QEMU_MODELS,
    DmiRule,
)
from vaudit.facts.smbios import TABLE, Dmi
from vaudit.facts.text import after, fields
from vaudit.model.facts import Witness
from vaudit.model.names import KINDS

BOARD_KEYS = ("Hardware", "Model", "machine", "system type", "uarch")
"""Fields of /proc/cpuinfo that name the board, on ARM, MIPS, POWER, RISC-V and LoongArch."""
VIRTUAL_BOARDS = ("virt", "qemu", "kvm", "dummy", "emulated", "generic", "pseries", "generic dt")
HYPERV_FEATURES = 3
"""Offset of Hyper-V's feature leaf; EBX bit 0, CreatePartitions, is the root partition's (TLFS)."""


def gather(
    source: Source, dmi: Dmi, functions: list[Function], hypervisor_flag: bool | None
) -> list[Witness]:
    """Everything that is said about the platform, in no order of trust."""
    return [
        *cpuid(source),
        *flag(source, hypervisor_flag),
        *xen(source),
        *firmware(dmi),
        *acpi(source),
        *pci(functions),
        *buses(source),
        *device_tree(source),
        *cpuinfo(source),
        *sysinfo(source),
        *kernel_log(source),
        *clock(source),
        *lscpu(source),
        *names(source),
        *sparc(source),
        *zone(source),
    ]


def signature(registers: Registers) -> str:
    """The twelve characters that a hypervisor leaf holds."""
    data = b"".join(part.to_bytes(4, "little") for part in registers[1:])
    return data.decode("latin-1").strip("\0 ")


def cpuid(source: Source) -> Iterator[Witness]:
    """Hypervisor leaves from 0x40000000 in steps of 0x100: a second interface moves up."""
    for base in range(0x40000000, 0x40000800, 0x100):
        found = source.cpuid(base)
        # where the range is not implemented, Intel processors answer with the highest basic leaf
        if not found or not (base <= found.eax <= base + 0xFF or found.eax == 0):
            continue
        name = signature(found)
        if name in CPUID_NAMES:
            kind = CPUID_NAMES[name]
            weight = 50 if kind == "hyperv" else 90 if base == 0x40000000 else 95
            says = f"{KINDS[kind]} (signature {name!r} at leaf {base:#x})"
            yield Witness("cpuid", says, f"cpuid:{base:x} 0", kind, weight)
            if kind == "hyperv":
                yield from _hyperv_root(source, base)
    recorded = (source.run("cpuid-signature") or "").strip("\0 \n") if source.kind == "capture" else ""
    if recorded in CPUID_NAMES:
        kind = CPUID_NAMES[recorded]
        weight = 50 if kind == "hyperv" else 90
        yield Witness("cpuid", f"{KINDS[kind]} (signature {recorded!r})", "run:cpuid-signature", kind, weight)
    prefixed = _behind_xen_prefix(source)
    if prefixed:
        yield prefixed


def _hyperv_root(source: Source, base: int) -> Iterator[Witness]:
    features = source.cpuid(base + HYPERV_FEATURES)
    if features and features.ebx & 1:
        says = "this partition may create partitions: the root partition of Hyper-V"
        yield Witness("cpuid", says, f"cpuid:{base + HYPERV_FEATURES:x} 0", "role:host", 90)


def _behind_xen_prefix(source: Source) -> Witness | None:
    """Asked only where Xen has shown itself otherwise: elsewhere the prefix is an invalid instruction."""
    hints = (source.status("dir", "/proc/xen"), source.status("file", "/sys/hypervisor/type"))
    if "read" not in hints:
        return None
    found = source.cpuid(0x40000000, xen=True)
    if found and signature(found) == "XenVMMXenVMM":
        return Witness("cpuid", "Xen, behind its forced-emulation prefix", "cpuid-xen:40000000 0", "xen", 95)
    return None


def flag(source: Source, hypervisor_flag: bool | None) -> Iterator[Witness]:
    """CPUID leaf 1 ECX bit 31, which no processor sets by itself."""
    from_cpuid = source.status("cpuid", "1 0") == "read"
    listed = source.status("file", "/proc/cpuinfo") == "read"
    evidence = "cpuid:1 0" if from_cpuid else "file:/proc/cpuinfo" if listed else "run:lscpu"
    if hypervisor_flag:
        yield Witness("cpu-flag", "the hypervisor flag is set", evidence, "guest", 50)
    elif hypervisor_flag is False:
        # kernels before 2.6.27 do not list the flag, so its absence there says less than the instruction
        yield Witness("cpu-flag", "the hypervisor flag is clear", evidence, "none", 55 if from_cpuid else 45)


def xen(source: Source) -> Iterator[Witness]:
    """What a Xen kernel shows in /sys/hypervisor (Documentation/ABI/stable/sysfs-hypervisor-xen)."""
    if source.line("/sys/hypervisor/type") == "xen":
        yield Witness(
            "sys-hypervisor", "/sys/hypervisor/type is xen", "file:/sys/hypervisor/type", "xen", 100
        )
    capabilities = source.line("/proc/xen/capabilities")
    if capabilities is not None:
        says = f"/proc/xen/capabilities holds {capabilities!r}"
        yield Witness("proc-xen", says, "file:/proc/xen/capabilities", "xen", 90)
    elif source.status("dir", "/proc/xen") == "read":
        # the kernel makes this folder only where it runs on Xen (arch/x86/xen, xenfs)
        yield Witness("proc-xen", "/proc/xen exists", "dir:/proc/xen", "xen", 85)
    if is_dom0(source):
        yield Witness("proc-xen", "this is the control domain", _dom0_evidence(source), "role:host", 100)


def is_dom0(source: Source) -> bool:
    """control_d in /proc/xen/capabilities, or XENFEAT_dom0 (bit 11, xen/include/public/features.h)."""
    return bool(_dom0_evidence(source))


def _dom0_evidence(source: Source) -> str:
    if "control_d" in (source.line("/proc/xen/capabilities") or ""):
        return "file:/proc/xen/capabilities"
    if xen_features(source) & 1 << 11:
        return "file:/sys/hypervisor/properties/features"
    return ""


def xen_features(source: Source) -> int:
    """XENFEAT_* as a bit mask; 0 when it is not shown."""
    text = source.line("/sys/hypervisor/properties/features") or ""
    try:
        return int(text, 16)
    except ValueError:
        return 0


def firmware(dmi: Dmi) -> Iterator[Witness]:
    """DMI names, vendor and product together; a physical maker's name where nothing virtual matches."""
    matched = False
    for rule in DMI_RULES if dmi.values else ():
        if all(_field_matches(words, name, dmi) for name, words in rule.fields.items()):
            matched = matched or bool(rule.kind or rule.vmm)
            yield from _dmi_witnesses(rule, dmi)
    named = [dmi.values.get(name, "") for name in ("sys_vendor", "product_name", "board_vendor")]
    maker = next((text for text in named if text and not text.lower().startswith(DMI_PLACEHOLDERS)), "")
    if dmi.virtual_bit:
        says = "SMBIOS says that this is a virtual machine (a bit that some physical machines set too)"
        yield Witness("smbios", says, f"file:{TABLE}", "guest", 20)
    if dmi.values and not maker and not matched:
        first = next(iter(dmi.values))
        yield Witness("dmi", "the firmware names no hypervisor", dmi.evidence[first], "none", 25)
    if maker and not matched:
        first = next(
            name for name in ("sys_vendor", "product_name", "board_vendor") if dmi.values.get(name) == maker
        )
        yield Witness("dmi", f"the firmware names {maker!r}, no hypervisor", dmi.evidence[first], "none", 40)


def _field_matches(words: str, name: str, dmi: Dmi) -> bool:
    text = dmi.values.get(name, "")
    for word in words.split("|"):
        if word.startswith("*"):
            if word[1:] in text:
                return True
        elif word.endswith("$"):
            if text == word[:-1]:
                return True
        elif text.startswith(word) or (dmi.loose and name == "product_name" and f" {word}" in text):
            return True
    return False


def _dmi_witnesses(rule: DmiRule, dmi: Dmi) -> Iterator[Witness]:
    name = next(iter(rule.fields))
    says = " and ".join(f"{field} is {dmi.values.get(field, '')!r}" for field in rule.fields)
    for points_to in (rule.kind, rule.vmm and f"vmm:{rule.vmm}", rule.cloud and f"cloud:{rule.cloud}"):
        if points_to:
            yield Witness("dmi", says, dmi.evidence.get(name, ""), points_to, rule.weight)


def acpi(source: Source) -> Iterator[Witness]:
    """The OEM id in the header of an ACPI table (ACPI 5.2.6), and hardware ids of virtual devices."""
    for table in ("FACP", "APIC", "DSDT"):
        path = f"/sys/firmware/acpi/tables/{table}"
        data = source.binary(path)
        if data and len(data) >= 36:
            oem = data[10:16].decode("latin-1").strip("\0 ").upper()
            yield from _named(ACPI_OEMS.get(oem), "acpi", f"ACPI table {table} is by {oem!r}", f"file:{path}")
            break
    else:
        oem = _acpi_oem_in_log(source.run("dmesg") or "")
        says = f"the kernel log says that the ACPI tables are by {oem!r}"
        yield from _named(ACPI_OEMS.get(oem.upper()), "acpi", says, "run:dmesg")
    seen = {name.partition(":")[0] for name in source.names("/sys/bus/acpi/devices")}
    for hid in sorted(seen & set(ACPI_DEVICES)):
        yield from _named(ACPI_DEVICES[hid], "acpi", f"ACPI device {hid}", "dir:/sys/bus/acpi/devices")


def _acpi_oem_in_log(text: str) -> str:
    """The maker in a line such as `ACPI: FACP 0x… 000114 (v06 FIRECK FCVMFADT …)`."""
    for line in text.splitlines():
        if "ACPI: XSDT" in line or "ACPI: RSDT" in line or "ACPI: FACP" in line:
            words = line.partition("(v")[2].split()
            return words[1].rstrip(")") if len(words) > 1 else ""
    return ""


def _named(found: tuple[str, str, int] | None, signal: str, says: str, evidence: str) -> Iterator[Witness]:
    if found:
        kind, vmm, weight = found
        if kind:
            yield Witness(signal, says, evidence, kind, weight)
        if vmm:
            yield Witness(signal, says, evidence, f"vmm:{vmm}", weight)


def pci(functions: list[Function]) -> Iterator[Witness]:
    """Devices that only a hypervisor offers, and copied chips that their subsystem gives away."""
    said: set[str] = set()
    virtio = [one for one in functions if one.vendor == "1af4"]
    for one in functions:
        for key, table in ((one.id, PCI_IDS), (one.subsystem, PCI_SUBSYSTEMS)):
            rule = table.get(key)
            if not rule or key in said or (table is PCI_SUBSYSTEMS and one.vendor == "1af4"):
                continue
            said.add(key)
            says = f"{rule.words} at {one.address}"
            targets = (rule.kind, rule.vmm and f"vmm:{rule.vmm}", rule.cloud and f"cloud:{rule.cloud}")
            for points_to in targets:
                if points_to:
                    yield Witness("pci", says, one.evidence, points_to, rule.weight)
    if virtio:
        says = f"{len(virtio)} virtio function(s) on the PCI bus"
        yield Witness("pci", says, virtio[0].evidence, "guest", 45)
    if any(one.id == "8086:0d57" for one in functions):
        bridge = next(one for one in functions if one.id == "8086:0d57")
        says = "the host bridge 8086:0d57 of Firecracker and Cloud Hypervisor"
        yield Witness("pci", says, bridge.evidence, "vmm:firecracker", 25)


def buses(source: Source) -> Iterator[Witness]:
    """Devices (never drivers) on the buses that hypervisors bring along."""
    if source.names("/sys/bus/vmbus/devices"):
        yield Witness("bus", "devices on Hyper-V's vmbus", "dir:/sys/bus/vmbus/devices", "hyperv", 75)
    frontends = [name for name in source.names("/sys/bus/xen/devices") if name.startswith(("vbd-", "vif-"))]
    if frontends:
        yield Witness("bus", f"{frontends[0]} on the Xen bus", "dir:/sys/bus/xen/devices", "xen", 90)
    virtio = source.names("/sys/bus/virtio/devices")
    if virtio:
        yield Witness(
            "bus", f"{len(virtio)} device(s) on the virtio bus", "dir:/sys/bus/virtio/devices", "guest", 45
        )
    fw_cfg = "/sys/firmware/qemu_fw_cfg"
    if source.status("dir", fw_cfg) == "read" and source.names(fw_cfg):
        yield Witness("bus", "QEMU's fw_cfg device", f"dir:{fw_cfg}", "vmm:qemu", 60)


def device_tree(source: Source) -> Iterator[Witness]:
    """`compatible` of the root and of /hypervisor (Documentation/devicetree/bindings/arm/xen.txt)."""
    root = "/proc/device-tree"
    for path in (f"{root}/hypervisor/compatible", f"{root}/compatible", f"{root}/model"):
        text = source.line(path)
        for name, (kind, vmm) in DEVICE_TREE.items():
            if text and name in text:
                for points_to in (kind, vmm and f"vmm:{vmm}"):
                    if points_to:
                        yield Witness("device-tree", f"{path} is {text!r}", f"file:{path}", points_to, 80)
    board = source.line(f"{root}/model") or ""
    if board and not source.line(f"{root}/hypervisor/compatible") and _is_board(board):
        yield Witness("device-tree", f"the board is {board!r}", f"file:{root}/model", "none", 42)
    if any(name.startswith("fw-cfg@") for name in source.names(root)):
        yield Witness("device-tree", "QEMU's fw-cfg in the device tree", f"dir:{root}", "vmm:qemu", 60)


def cpuinfo(source: Source) -> Iterator[Witness]:
    """Architectures whose /proc/cpuinfo names the hypervisor itself, and QEMU's own processor models."""
    info = fields(source.read("/proc/cpuinfo") or "")
    evidence = "file:/proc/cpuinfo"
    vendor, model, platform = info.get("vendor_id", ""), info.get("model name", ""), info.get("platform", "")
    if vendor == "User Mode Linux":
        yield Witness("cpuinfo", "User Mode Linux", evidence, "uml", 100)
    if vendor.startswith("PowerVM Lx86"):
        yield Witness("cpuinfo", "PowerVM Lx86", evidence, "lx86", 100)
    if model.startswith("QEMU TCG CPU"):
        yield Witness("cpuinfo", "the processor is QEMU's TCG CPU", evidence, "qemu", 60)
    elif model.startswith(QEMU_MODELS):
        yield Witness("cpuinfo", f"{model!r} is a processor model of QEMU's", evidence, "vmm:qemu", 45)
    if "emulated by qemu" in info.get("machine", "") + info.get("model", ""):
        yield Witness("cpuinfo", "pSeries emulated by QEMU", evidence, "vmm:qemu", 80)
    elif platform == "pSeries":
        yield Witness("cpuinfo", "the platform is pSeries, which PowerVM offers", evidence, "powervm", 60)
    elif platform in ("PowerNV", "Cell", "Maple", "PowerMac", "CHRP"):
        yield Witness("cpuinfo", f"the platform is {platform}, a physical machine", evidence, "none", 80)
    board = next((info[key] for key in BOARD_KEYS if info.get(key)), "")
    if info.get("arch") == "IA-64" or info.get("type") == "sun4u":
        board = info.get("family") or info.get("type", "")
    if board and _is_board(board):
        yield Witness("cpuinfo", f"/proc/cpuinfo names the board {board!r}", evidence, "none", 42)


def _is_board(name: str) -> bool:
    return not any(word in name.lower() for word in VIRTUAL_BOARDS)


def sysinfo(source: Source) -> Iterator[Witness]:
    """s390: the levels of STSI (Documentation/arch/s390; each VMnn is one hypervisor, VM00 the innermost)."""
    info = fields(source.read("/proc/sysinfo") or "")
    evidence = "file:/proc/sysinfo"
    program = info.get("VM00 Control Program")
    if program:
        kind = "kvm" if "KVM" in program else "zvm" if "z/VM" in program else "other"
        yield Witness("sysinfo", f"control program {program!r}", evidence, kind, 100)
    elif "LPAR Number" in info:
        yield Witness("sysinfo", "a logical partition of the machine", evidence, "lpar", 90)


def kernel_log(source: Source) -> Iterator[Witness]:
    """What the kernel found at boot; "bare hardware" is said inside old guests too and proves nothing."""
    text = source.run("dmesg") or ""
    found = after(text, "Hypervisor detected: ")
    if found:
        kind = next((kind for name, kind in KERNEL_LOG_NAMES if name in found), "other")
        weight = 50 if kind == "hyperv" else 80
        yield Witness("kernel-log", f"the kernel detected {found!r}", "run:dmesg", kind, weight)
    if "Booting paravirtualized kernel on Xen" in text:
        yield Witness("kernel-log", "the kernel booted paravirtualized on Xen", "run:dmesg", "xen", 80)


def clock(source: Source) -> Iterator[Witness]:
    """Clock sources that only one hypervisor offers; whether or not the kernel prefers them."""
    path = "/sys/devices/system/clocksource/clocksource0/available_clocksource"
    names = (source.line(path) or "").split()
    for name, kind, weight in (
        ("kvm-clock", "kvm", 75),
        ("xen", "xen", 75),
        ("hyperv_clocksource_tsc_page", "hyperv", 50),
        ("hyperv_clocksource_msr", "hyperv", 50),
    ):
        if name in names:
            yield Witness("clocksource", f"the clock source {name} is offered", f"file:{path}", kind, weight)


def names(source: Source) -> Iterator[Witness]:
    """Names of virtual devices in records that hold no ids."""
    if source.kind != "capture":
        return
    listed = source.run("lspci") or ""
    for word, points_to, weight in LSPCI_WORDS:
        if word in listed:
            yield Witness("lspci", f"lspci lists {word!r}", "run:lspci", points_to, weight)
    paths = ["/proc/scsi/scsi", *(f"/proc/ide/{name}/model" for name in source.names("/proc/ide"))]
    for path in paths:
        text = source.read(path) or ""
        for word, points_to in DISK_NAMES:
            if word in text:
                yield Witness("disk", f"a disk calls itself {word!r}", f"file:{path}", points_to, 50)


def lscpu(source: Source) -> Iterator[Witness]:
    """What lscpu concluded on the recorded machine; names that it made up of garbage are passed over."""
    told = printed.lscpu(source)
    vendor = told.get("Hypervisor vendor") or told.get("Hypervisor") or ""
    kind = LSCPU_NAMES.get(vendor)
    if told.get("Virtualization type") == "container":
        return  # containers.py hears it
    if kind:
        weight = 50 if kind == "hyperv" else 75
        yield Witness("lscpu", f"lscpu named the hypervisor vendor {vendor!r}", "run:lscpu", kind, weight)
        if kind == "xen" and told.get("Virtualization type") == "none":
            # lscpu says "none" in the control domain (sys-utils/lscpu-virt.c)
            yield Witness(
                "lscpu", "lscpu says that this is Xen's control domain", "run:lscpu", "role:host", 60
            )
    elif told and not kind and "Flags" not in told and told.get("Architecture") in ("x86_64", "i686"):
        yield Witness("lscpu", "lscpu named no hypervisor", "run:lscpu", "none", 45)


def sparc(source: Source) -> Iterator[Witness]:
    """Logical Domains: the machine description device of sun4v (Linux drivers for Oracle VM Server)."""
    if not (printed.architecture(source) or "").startswith("sparc") or "mdesc" not in source.names("/dev"):
        return
    yield Witness(
        "device", "/dev/mdesc, the machine description of a logical domain", "dir:/dev", "ldoms", 90
    )
    if {"ctrl", "sp"} <= set(source.names("/sys/class/vlds")):
        yield Witness("device", "the control domain's services", "dir:/sys/class/vlds", "role:host", 90)


def zone(source: Source) -> Iterator[Witness]:
    """An LX-branded zone of illumos, whose kernel only plays Linux (usr/src/uts/common/brand/lx)."""
    if "BrandZ virtual linux" in (source.run("uname -v") or ""):
        yield Witness("kernel", "the kernel is illumos' BrandZ", "run:uname -v", "illumos", 95)
    elif b"container=zone" in (source.binary("/proc/1/environ") or b""):
        yield Witness("kernel", "PID 1 was given container=zone", "file:/proc/1/environ", "illumos", 85)
