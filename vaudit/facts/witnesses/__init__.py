"""The signals of a hypervisor: each function reads one kind of signal and says what it points to.

No function decides anything; hypervisor.py weighs what they say. `points_to` is a hypervisor kind,
`vmm:NAME`, `cloud:NAME`, or `guest` where a signal proves a hypervisor without naming it.
"""

from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts.ask.output import KERNEL_LOG, call, call_id, kernel_log, output, output_id
from vaudit.facts.linux import printed
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
from vaudit.facts.text import after, fields
from vaudit.facts.values import Cpuid, Devices, Flags, Function, Seen, Smbios, Told, Xen
from vaudit.model.facts import Witness
from vaudit.model.names import KINDS

BOARD_KEYS = ("Hardware", "Model", "machine", "system type", "uarch")
"""Fields of /proc/cpuinfo that name the board, on ARM, MIPS, POWER, RISC-V and LoongArch."""
VIRTUAL_BOARDS = ("virt", "qemu", "kvm", "dummy", "emulated", "generic", "pseries", "generic dt")


def gather(source: Source, seen: Seen) -> list[Witness]:
    """Everything that is said about the platform, in no order of trust."""
    return [
        *cpuid(seen.cpuid),
        *flag(seen.flags),
        *xen(seen.xen),
        *firmware(seen.smbios),
        *acpi(seen.acpi_maker, seen.acpi_devices),
        *pci(seen.functions),
        *buses(source),
        *device_tree(source),
        *cpuinfo(source),
        *sysinfo(source),
        *log(source),
        *clock(source),
        *lscpu(source),
        *names(source),
        *sparc(source, seen.architecture),
        *zone(source),
    ]


def cpuid(found: Cpuid) -> Iterator[Witness]:
    """Names of hypervisors; an interface in a higher range is nobody's imitation."""
    for one in found.interfaces:
        if one.name in CPUID_NAMES:
            kind = CPUID_NAMES[one.name]
            weight = 50 if kind == "hyperv" else 90 if one.base in (None, 0x40000000) else 95
            place = f" at leaf {one.base:#x}" if one.base is not None else ""
            yield Witness(
                "cpuid", f"{KINDS[kind]} (signature {one.name!r}{place})", one.evidence, kind, weight
            )
        if one.creates:
            says = "this partition may create partitions: the root partition of Hyper-V"
            yield Witness("cpuid", says, one.creates, "role:host", 90)
    if found.behind_prefix:
        yield Witness("cpuid", "Xen, behind its forced-emulation prefix", found.behind_prefix, "xen", 95)


def flag(flags: Flags) -> Iterator[Witness]:
    """CPUID leaf 1 ECX bit 31, which no processor sets by itself."""
    if flags.hypervisor:
        yield Witness("cpu-flag", "the hypervisor flag is set", flags.hypervisor_evidence, "guest", 50)
    elif flags.hypervisor is False:
        # kernels before 2.6.27 do not list the flag, so its absence there says less than the instruction
        weight = 55 if flags.by_instruction else 45
        yield Witness("cpu-flag", "the hypervisor flag is clear", flags.hypervisor_evidence, "none", weight)


def xen(found: Xen) -> Iterator[Witness]:
    """What a kernel shows that runs on Xen."""
    if found.interface:
        yield Witness("sys-hypervisor", found.interface.says, found.interface.evidence, "xen", 100)
    if found.capabilities:
        yield Witness("proc-xen", found.capabilities.says, found.capabilities.evidence, "xen", 90)
    elif found.folder:
        yield Witness("proc-xen", found.folder.says, found.folder.evidence, "xen", 85)
    if found.control:
        yield Witness("proc-xen", "this is the control domain", found.control, "role:host", 100)


def firmware(dmi: Smbios) -> Iterator[Witness]:
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
        yield Witness("smbios", says, dmi.virtual_evidence, "guest", 20)
    if dmi.values and not maker and not matched:
        first = next(iter(dmi.values))
        yield Witness("dmi", "the firmware names no hypervisor", dmi.evidence[first], "none", 25)
    if maker and not matched:
        first = next(
            name for name in ("sys_vendor", "product_name", "board_vendor") if dmi.values.get(name) == maker
        )
        yield Witness("dmi", f"the firmware names {maker!r}, no hypervisor", dmi.evidence[first], "none", 40)


def _field_matches(words: str, name: str, dmi: Smbios) -> bool:
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


def _dmi_witnesses(rule: DmiRule, dmi: Smbios) -> Iterator[Witness]:
    name = next(iter(rule.fields))
    says = " and ".join(f"{field} is {dmi.values.get(field, '')!r}" for field in rule.fields)
    for points_to in (rule.kind, rule.vmm and f"vmm:{rule.vmm}", rule.cloud and f"cloud:{rule.cloud}"):
        if points_to:
            yield Witness("dmi", says, dmi.evidence.get(name, ""), points_to, rule.weight)


def acpi(maker: Told | None, devices: Devices) -> Iterator[Witness]:
    """The maker of the ACPI tables, and hardware ids of virtual devices."""
    if maker:
        yield from _named(ACPI_OEMS.get(maker.text), "acpi", maker.says, maker.evidence)
    for hid in devices.names:
        yield from _named(ACPI_DEVICES.get(hid), "acpi", f"ACPI device {hid}", devices.evidence)


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


def log(source: Source) -> Iterator[Witness]:
    """What the kernel found at boot; "bare hardware" is said inside old guests too and proves nothing."""
    text = kernel_log(source)
    found = after(text, "Hypervisor detected: ")
    if found:
        kind = next((kind for name, kind in KERNEL_LOG_NAMES if name in found), "other")
        weight = 50 if kind == "hyperv" else 80
        yield Witness("kernel-log", f"the kernel detected {found!r}", KERNEL_LOG, kind, weight)
    if "Booting paravirtualized kernel on Xen" in text:
        yield Witness("kernel-log", "the kernel booted paravirtualized on Xen", KERNEL_LOG, "xen", 80)


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
    listed = output(source, "lspci")
    for word, points_to, weight in LSPCI_WORDS:
        if word in (listed or ""):
            yield Witness("lspci", f"lspci lists {word!r}", output_id("lspci"), points_to, weight)
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
        yield Witness(
            "lscpu", f"lscpu named the hypervisor vendor {vendor!r}", output_id("lscpu"), kind, weight
        )
        if kind == "xen" and told.get("Virtualization type") == "none":
            # lscpu says "none" in the control domain (sys-utils/lscpu-virt.c)
            yield Witness(
                "lscpu", "lscpu says that this is Xen's control domain", output_id("lscpu"), "role:host", 60
            )
    elif told and not kind and "Flags" not in told and told.get("Architecture") in ("x86_64", "i686"):
        yield Witness("lscpu", "lscpu named no hypervisor", output_id("lscpu"), "none", 45)


def sparc(source: Source, architecture: str | None) -> Iterator[Witness]:
    """Logical Domains: the machine description device of sun4v (Linux drivers for Oracle VM Server)."""
    if not (architecture or "").startswith("sparc") or "mdesc" not in source.names("/dev"):
        return
    yield Witness(
        "device", "/dev/mdesc, the machine description of a logical domain", "dir:/dev", "ldoms", 90
    )
    if {"ctrl", "sp"} <= set(source.names("/sys/class/vlds")):
        yield Witness("device", "the control domain's services", "dir:/sys/class/vlds", "role:host", 90)


def zone(source: Source) -> Iterator[Witness]:
    """An LX-branded zone of illumos, whose kernel only plays Linux (usr/src/uts/common/brand/lx)."""
    if "BrandZ virtual linux" in (call(source, "uname -v") or ""):
        yield Witness("kernel", "the kernel is illumos' BrandZ", call_id("uname -v"), "illumos", 95)
    elif b"container=zone" in (source.binary("/proc/1/environ") or b""):
        yield Witness("kernel", "PID 1 was given container=zone", "file:/proc/1/environ", "illumos", 85)
