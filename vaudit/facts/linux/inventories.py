"""What inventory programs printed of a machine: hostnamectl, facter, Ansible, ohai, inxi, hwinfo, cloud-init.

Each says names from SMBIOS, which count as such, and what it concluded, which counts as another program's
conclusion. What a program does not print is not known.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import structs

from vaudit.evidence.source import Source
from vaudit.facts import paths
from vaudit.facts import weights as w
from vaudit.facts.ask import output_id
from vaudit.facts.better import better
from vaudit.facts.cpu import X86_MODELS
from vaudit.facts.linux import after, fields, pasted, tools
from vaudit.facts.linux.containers import NAMES
from vaudit.facts.paths import Platform
from vaudit.facts.signatures import DETECT_VIRT, INVENTORY_CLOUDS, INVENTORY_WORDS, LSPCI_WORDS
from vaudit.facts.values import Function, Mark, Processor, Smbios, Value
from vaudit.facts.weights import witness
from vaudit.model.facts import Block, Cpu, HwVirt, Net, Points, Served, Witness

MAX_DEPTH = 16
"""How deep facts are nested."""
MAX_FACTS = 20_000
_EMPTY = ("", "na", "n/a", "none", "null", "not specified")


class Inventory(Value, frozen=True, kw_only=True):
    """What one program printed."""

    names: dict[str, str] = {}  # noqa: RUF012 (msgspec copies it)
    """SMBIOS' fields."""
    concluded: str = ""
    """Its word for the hypervisor or container, or for none; empty where it says nothing."""
    role: str = ""
    """`host` where it says that guests run here or could."""
    cloud: str = ""
    architecture: str = ""
    model: str = ""
    clocked: str = ""
    """The limits of the processor's clock, which guests are seldom given."""
    functions: tuple[Function, ...] = ()
    words: str = ""
    """Names of devices."""
    disks: tuple[str, ...] = ()
    """What the disks are called, by which some drivers give themselves away."""
    extension: str = ""
    """`vmx` or `svm`, where it is among the few flags of the processor that are shown."""
    tells_extension: bool = False
    """And it would be."""
    listed_extension: bool = False
    """That one of both is there, whichever the processor is."""


_EXTENSIONS: dict[str, HwVirt] = {"vmx": "vt-x", "svm": "amd-v"}
Reader = Callable[[str], Inventory]


def hostnamectl(text: str) -> Inventory:
    """`hostnamectl`, which systemd prints in one language only."""
    told = fields(text)
    names = {"sys_vendor": told.get("Hardware Vendor", ""), "product_name": told.get("Hardware Model", "")}
    physical = told.get("Chassis", "") in ("desktop", "laptop", "convertible", "server", "tablet", "handset")
    word = told.get("Virtualization", "") or ("none" if physical else "")
    if not word and told.get("Chassis") == "vm":
        word = "vm-other"
    architecture = told.get("Architecture", "").replace("x86-64", "x86_64").replace("arm64", "aarch64")
    return Inventory(names=names, concluded=word, architecture=architecture)


_FACTER = {
    "sys_vendor": ("dmi.manufacturer", "manufacturer"),
    "product_name": ("dmi.product.name", "productname"),
    "product_version": ("dmi.product.version",),
    "board_vendor": ("dmi.board.manufacturer", "boardmanufacturer"),
    "board_name": ("dmi.board.product", "boardproductname"),
    "bios_vendor": ("dmi.bios.vendor", "bios_vendor"),
    "bios_version": ("dmi.bios.version", "bios_version"),
    "chassis_asset_tag": ("dmi.chassis.asset_tag",),
}
"""SMBIOS' fields, and the facts that hold them: since facter 3, and before."""


def facter(text: str) -> Inventory:
    """`facter -j`, or its text: `virtual => kvm`, in whose braces facts are nested."""
    facts = _flat(_json(text)) if text.lstrip().startswith("{") else _of_arrows(text)
    told = next((key.split(".")[1] for key in facts if key.startswith("hypervisors.")), "")
    return Inventory(
        names={name: _first(facts, *keys) for name, keys in _FACTER.items()},
        concluded=_first(facts, "virtual") or told,
        disks=tuple(
            one
            for one in [
                *facts.get("blockdevices", "").split(","),
                *(key.split(".")[1] for key in facts if key.startswith("disks.")),
            ]
            if one
        ),
        architecture=_first(facts, "os.architecture", "architecture", "os.hardware", "hardwaremodel")
        .replace("amd64", "x86_64")
        .replace("x64", "x86_64")
        .replace("arm64", "aarch64"),
        model=_first(facts, "processors.models.0", "processor0"),
    )


_ANSIBLE = {
    "sys_vendor": "system_vendor",
    "product_name": "product_name",
    "product_version": "product_version",
    "board_vendor": "board_vendor",
    "board_name": "board_name",
    "bios_vendor": "bios_vendor",
    "bios_version": "bios_version",
    "chassis_vendor": "chassis_vendor",
    "chassis_asset_tag": "chassis_asset_tag",
}


def ansible(text: str) -> Inventory:
    """`ansible -m setup HOST`: `HOST | SUCCESS => {…}`, or the facts alone, as fact caches hold them."""
    found = _json(text[max(text.find("{"), 0) :])
    inner = found.get("ansible_facts", found) if isinstance(found, dict) else {}
    inner = inner or _of_members(text)
    facts = {key.removeprefix("ansible_"): value for key, value in _flat(inner, limit=1).items()}
    role, kind = facts.get("virtualization_role", ""), facts.get("virtualization_type", "")
    # since 2.5 it may tell no role, of a host that can run such guests
    is_host = role == "host" or (not role and kind in _HOSTED)
    return Inventory(
        names={name: facts.get(key, "") for name, key in _ANSIBLE.items()},
        # in the role of a host it names the hypervisor that could run here, not the one beneath
        # it is called a host where a module of KVM is loaded, in guests too: no word on what is beneath
        concluded="" if is_host else kind,
        disks=tuple(key.split(".")[1] for key in _flat(inner, limit=2) if "devices." in key),
        architecture=facts.get("architecture", ""),
        words="\n".join(value for key, value in _flat(inner).items() if key.endswith(".host")),
    )


_HOSTED = ("kvm", "xen", "virtualbox")
"""What Ansible calls a host too (module_utils/facts/virtual/linux.py)."""


def cloud_init(text: str) -> Inventory:
    """instance-data.json, which names the cloud; clouds rent out whole machines too, so no more than that."""
    facts = _flat(_json(text))
    kind = _first(facts, "ds.meta_data.instance_type", "ds.meta_data.instance-type")
    return Inventory(
        cloud=_first(facts, "v1.cloud_name", "v1.cloud-name", "cloud_name", "v1.platform"),
        concluded="none" if ".metal" in kind else "",
        architecture=_first(facts, "v1.machine", "machine"),
    )


def inxi(text: str) -> Inventory:
    """`inxi -F`, with or without -x: sections, in which `key: value` follow each other and lines are wrapped.

    What it calls the type of the machine is left out: it says Kvm on hosts of KVM too.
    """
    machine = _pairs(_section(text, "Machine"))
    names: dict[str, str] = {}
    for key, value in machine:
        name = {"System": "sys_vendor", "product": "product_name", "Mobo": "board_vendor"}.get(key)
        if key.startswith(("UEFI", "BIOS", "Firmware")):
            name = "bios_vendor"
        if name and value:
            names.setdefault(name, value)
    processor = dict(_pairs(_section(text, "CPU")))
    limits = processor.get("min/max", "")
    flags = processor.get("flags", "").split()
    system = dict(_pairs(_section(text, "System")))
    return Inventory(
        names=names,
        architecture=next((word for word in ("x86_64", "aarch64") if word in " ".join(system.values())), ""),
        clocked=limits if limits[:1].isdigit() else "",
        extension=next((one for one in ("vmx", "svm") if one in flags), ""),
        functions=tuple(one for name in _CLASSES for one in _chips(text, name)),
        words=_section(text, "Network") + _section(text, "Graphics"),
    )


def _section(text: str, name: str) -> str:
    """The lines of a section, joined; its name begins a line, alone or before the first words."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        head, colon, rest = line.partition(":") if line[:1].strip() else ("", "", line)
        if head:
            inside = colon == ":" and head.strip() == name
        if inside:
            lines.append(rest.strip())
    return " ".join(lines)


def _pairs(section: str) -> list[tuple[str, str]]:
    """The `key: value` of a section in their order; a key is one word, or one with brackets behind it."""
    found: list[tuple[str, list[str]]] = []
    for word in section.split():
        if word.endswith(":") and word != ":":
            key = word[:-1]
            if key == "[Legacy]" and found:
                key = found[-1][1].pop() if found[-1][1] else "UEFI"
            found.append((key, []))
        elif found:
            found[-1][1].append(word)
    return [(key, " ".join(words)) for key, words in found]


_CLASSES = {"Graphics": "030000", "Network": "020000", "Drives": "010000", "RAID": "010400"}


def _chips(text: str, name: str) -> Iterator[Function]:
    """`Device-1: … driver: NAME … bus-ID: 00:03.0 chip-ID: 1af4:1041 class-ID: 0200`."""
    told: dict[str, str] = {}
    for key, value in [*_pairs(_section(text, name)), ("Device-0", "")]:
        if key.startswith(("Device-", "IF")) and told:
            vendor, _, device = told.get("chip-ID", "").partition(":")
            place = told.get("bus-ID", "")
            if len(vendor) == len(device) == 4 and place.count(":") == 1:
                class_ = told["class-ID"] + "00" if len(told.get("class-ID", "")) == 4 else _CLASSES[name]
                driver = told.get("driver") or None
                yield Function(
                    f"0000:{place}", vendor, device, "", "", class_, driver, output_id("inxi")
                )  # fmt: skip
            told = {}
        told[key] = value.split(" ")[0]


def ds_identify(text: str) -> Inventory:
    """cloud-init's ds-identify.log: `DMI_SYS_VENDOR=QEMU`, `VIRT=kvm`, the word of systemd-detect-virt."""
    pairs = (line.strip().partition("=") for line in text.splitlines())
    told: dict[str, str] = {}
    for key, _, value in pairs:
        told.setdefault(key, value if value != "unavailable" else "")
    return Inventory(
        names={name: told.get(f"DMI_{key}", "") for name, key in _DS_IDENTIFY.items()},
        concluded=told.get("VIRT", ""),
        architecture=told.get("UNAME_MACHINE", ""),
    )


_DS_IDENTIFY = {
    "sys_vendor": "SYS_VENDOR",
    "product_name": "PRODUCT_NAME",
    "board_name": "BOARD_NAME",
    "chassis_asset_tag": "CHASSIS_ASSET_TAG",
}
"""SMBIOS' fields, and ds-identify's names of them behind DMI_ (cloud-init, tools/ds-identify)."""


def xl(text: str) -> Inventory:
    """`xl info` and `xl dmesg`, which Xen answers in its control domain alone."""
    told = fields(text)
    answered = told.get("xen_major") or told.get("xen_caps") or "(XEN) " in text
    built = text.partition("Xen version ")[2][:MAX_BUILT]
    arm = "armv7l" if "(arm-" in built else "aarch64" if "(aarch64-" in built or _ARM_OF_XEN in text else ""
    return Inventory(concluded="xen-dom0" if answered else "", architecture=told.get("machine", "") or arm)


MAX_BUILT = 300
"""Characters behind Xen's version among which its compiler is named, though a mail wrapped the line."""
_ARM_OF_XEN = ': "ARM Limited", variant'
"""How Xen names an ARM processor in its log (xen/arch/arm/setup.c)."""


_SUBSCRIPTION = {
    "sys_vendor": "dmi.system.manufacturer",
    "product_name": "dmi.system.product_name",
    "product_version": "dmi.system.version",
    "board_vendor": "dmi.baseboard.manufacturer",
    "bios_vendor": "dmi.bios.vendor",
    "bios_version": "dmi.bios.version",
    "chassis_vendor": "dmi.chassis.manufacturer",
}
"""SMBIOS' fields, and Red Hat's names of them (subscription-manager, rhsmlib/facts)."""


def subscription(text: str) -> Inventory:
    """`subscription-manager facts`, or the JSON that it keeps: it asks virt-what, whose words it joins."""
    facts = _flat(_json(text), limit=1) if text.lstrip().startswith("{") else fields(text)
    words = facts.get("virt.host_type", "").split(",")[0].strip()
    guest = facts.get("virt.is_guest", "").lower() == "true" or '"virt.is_guest": true' in text
    flags = f"{facts.get('proc_cpuinfo.common.flags', '')} {facts.get('lscpu.flags', '')}".split()
    return Inventory(
        names={name: facts.get(key, "") for name, key in _SUBSCRIPTION.items()},
        concluded=(words or "vm-other") if guest else "none",
        architecture=facts.get("uname.machine", ""),
        extension=next((one for one in _EXTENSIONS if one in flags), ""),
    )


def libvirt(text: str) -> Inventory:
    """`virsh capabilities`: the features of the host's processor, those of CPUID among them by the kernel's
    names (libvirt, src/cpu_map/x86_features.xml)."""
    host = text.partition("<host>")[2].partition("</host>")[0]
    features = {piece.partition("'")[0] for piece in host.replace('"', "'").split("<feature name='")[1:]}
    told = "vm-other" if "hypervisor" in features else "none" if features & {*_EXTENSIONS} else ""
    return Inventory(
        concluded=told,
        architecture=host.partition("<arch>")[2].partition("</arch>")[0],
        extension=next((one for one in _EXTENSIONS if one in features), ""),
    )


_OHAI = {
    "sys_vendor": ("dmi.system.manufacturer", "kernel.cs_info.manufacturer", "manufacturer"),
    "product_name": ("dmi.system.product_name", "kernel.cs_info.model", "product_name"),
    "product_version": ("dmi.system.version",),
    "board_vendor": ("dmi.base_board.manufacturer",),
    "board_name": ("dmi.base_board.product_name", "dmi.base_board.product"),
    "bios_vendor": ("dmi.bios.vendor", "dmi.bios.manufacturer"),
    "bios_version": ("dmi.bios.version",),
    "chassis_vendor": ("dmi.chassis.manufacturer",),
    "chassis_asset_tag": ("dmi.chassis.asset_tag",),
}
"""SMBIOS' fields, and the attributes that hold them, of Linux and of Windows (ohai's plugins dmi, kernel)."""


def ohai(text: str) -> Inventory:
    """`ohai`, one part of it, or the `automatic` attributes of a node that Chef keeps.

    As a host it names what could run here, no word on what is beneath.
    """
    found = _json(text[max(text.find("{"), 0) :])
    facts = _flat(found.get("automatic", found) if isinstance(found, dict) else {})
    guest = [key.rpartition(".")[2] for key, value in facts.items() if "systems." in key and value == "guest"]
    bare = facts.get("virtualization.role", facts.get("role")) == "guest"
    named = _first(facts, "virtualization.system", "system") if bare else ""
    return Inventory(
        names={name: _first(facts, *keys) for name, keys in _OHAI.items()},
        concluded=named or (guest[0] if guest else ""),
        cloud=_first(facts, "cloud.provider", "cloud_v2.provider"),
        architecture=_first(facts, "kernel.machine"),
        model=_first(facts, "cpu.0.model_name"),
        disks=tuple({key.split(".")[1] for key in facts if key.startswith("block_device.")}),
    )


def script(text: str) -> Inventory:
    """What scripts that compare servers print of them: YABS, bench.sh and those made of it, nench.

    `VM Type` and `Virtualization` are systemd's word in capitals, or that of a table like virt-what's.
    """
    told = fields(text)
    word = told.get("VM Type") or told.get("Virtualization") or told.get("Virt") or ""
    shown = next((value for key, value in told.items() if key.startswith("VM-x")), "")
    return Inventory(
        concluded=_SCRIPTS.get(word.lower(), word.lower()),
        architecture=told.get("Arch", "").partition(" ")[0],
        model=told.get("CPU Model") or told.get("CPU model") or told.get("Processor") or "",
        listed_extension="Enabled" in shown,
        tells_extension="Disabled" in shown,
    )


_SCRIPTS = {"dedicated": "none", "hyper-v": "microsoft", "virtualbox": "oracle", "xen-hvm": "xen-hvm"}
"""Words of such scripts that systemd does not have."""


def fetch(text: str) -> Inventory:
    """neofetch, fastfetch, screenfetch: `Host: KVM/QEMU (Standard PC (Q35 + ICH9, 2009) pc-q35-7.2)`.

    The host's name is SMBIOS' product and version, beside a drawing; of QEMU's own they make `KVM/QEMU`.
    """
    product = after(text, "Host: ").removeprefix("KVM/QEMU ").removeprefix("(").strip()
    system = after(text, "OS: ").split()  # its name, and behind it the architecture
    names = {"product_name": product}
    if product.startswith(_HYPERV):
        names = {"product_name": _HYPERV.strip(), "product_version": product[len(_HYPERV) :].strip("( )")}
    return Inventory(
        names=names,
        model=after(text, "CPU: ").partition(" @")[0].strip(),
        architecture=next((word for word in system if word in _FETCHED), ""),
    )


_FETCHED = ("x86_64", "i686", "i386", "aarch64", "armv7l", "riscv64", "ppc64le", "s390x", "loongarch64")
"""The architectures that they name, as `uname -m` does."""
_HYPERV = "Virtual Machine "
"""Hyper-V's product, before its version: others have one of the same name, and another version."""


def hwinfo(text: str) -> Inventory:
    """`hwinfo --short`: names of devices only."""
    return Inventory(words=text)


READERS: dict[str, Reader] = {
    "hostnamectl": hostnamectl,
    "facter": facter,
    "ansible": ansible,
    "ohai": ohai,
    "inxi": inxi,
    "hwinfo": hwinfo,
    "yabs": script,
    "neofetch": fetch,
    "ds-identify": ds_identify,
    "subscription-manager facts": subscription,
    "virsh capabilities": libvirt,
    "xl info": xl,
    "xl dmesg": xl,
    "cloud-init query --all": cloud_init,
}
"""The program, and who reads what it printed."""


def printed(source: Source) -> Iterator[tuple[str, Inventory]]:
    """What is recorded of them, by the id of the evidence."""
    for program, reader in READERS.items():
        text = source.output(program)
        if text:
            yield output_id(program), _read(reader, text)
    for word in (source.output("virt-what") or "").split():
        yield output_id("virt-what"), Inventory(concluded=word)


@lru_cache(maxsize=8)
def _read(reader: Reader, text: str) -> Inventory:
    """Each question of a scan asks again."""
    return reader(pasted(text))


_VIRTIO_DISK = "vd"
"""How the kernel calls the disks of virtio_blk, and no others (Documentation/admin-guide/devices.txt)."""

# what is made of it


def cards(source: Source, platform: Platform) -> list[Net]:
    """The cards whose name inxi printed right behind their device."""
    found: dict[str, Net] = {}
    evidence = output_id("inxi")
    for name, driver, place in _interfaces(pasted(source.output("inxi") or "")):
        function = platform.functions.get(f"0000:{place}")
        served = paths.of_function(function, platform.guest) if function else None
        served = served or tools.by_driver(driver, "", evidence, platform.guest)
        served = served or Served(because="inxi does not show what it hangs on", evidence=[evidence])
        served = better(served, "network", platform.hypervisor, platform.drivers)
        found.setdefault(name, Net(name, **structs.asdict(served)))
    return list(found.values())


def _interfaces(text: str) -> Iterator[tuple[str, str, str]]:
    """`Device-1: … driver: NAME … bus-ID: 00:03.0 … IF: eth0`; before inxi 3 a device was a `Card`."""
    told: dict[str, str] = {}
    for key, value in _pairs(_section(text, "Network")):
        if key.startswith(("Device-", "Card")):
            told = {}
        told[key] = value.split(" ")[0]
        if key == "IF" and told[key]:
            yield told[key], told.get("driver", ""), told.get("bus-ID", "")
            told = {}


def disks(source: Source, platform: Platform) -> list[Block]:
    """The disks that inxi listed, by their names alone."""
    found: dict[str, Block] = {}
    for key, value in _pairs(_section(pasted(source.output("inxi") or ""), "Drives")):
        name = value.partition(" ")[0].removeprefix("/dev/")
        if key.startswith("ID-") and value.startswith("/dev/") and name.isalnum():
            served = tools.of_disk(name, [], platform, output_id("inxi"))
            served = better(served, "disk", platform.hypervisor, platform.drivers)
            found.setdefault(name, Block(name, **structs.asdict(served)))
    return list(found.values())


def smbios(source: Source) -> Smbios | None:
    """The names that the first of them printed."""
    for evidence, found in printed(source):
        values = {name: text for name, text in found.names.items() if text.lower() not in _EMPTY}
        if values:
            return Smbios(values, dict.fromkeys(values, evidence))
    return None


def architecture(source: Source) -> str | None:
    """As the first of them says that knows."""
    return next((found.architecture for _, found in printed(source) if found.architecture), None)


def processor(source: Source) -> Processor | None:
    """The processor's name; flags are not printed whole by any of them."""
    for evidence, found in printed(source):
        if found.model or found.extension:
            extension = _EXTENSIONS.get(found.extension)
            if found.listed_extension:
                extension = "amd-v" if "AMD" in found.model else "vt-x"
            told = found.tells_extension and any(word in found.model for word in X86_MODELS)
            known = Cpu(model=found.model or None)
            return Processor(known=known, extension=extension, tells_extension=told, evidence=[evidence])
    return None


def functions(source: Source) -> list[Function]:
    """The PCI functions whose ids were printed."""
    return [one for _, found in printed(source) for one in found.functions]


def conclusions(source: Source) -> Iterator[Witness]:
    """What they concluded, and what the names of devices say."""
    for evidence, found in printed(source):
        program = evidence.partition(":")[2].split(" ")[0]
        word = found.concluded.lower()
        speaks = INVENTORY_WORDS.get(word)
        if word in DETECT_VIRT:
            speaks = structs.replace(DETECT_VIRT[word], weight=w.INVENTORY)
        if speaks:
            yield from speaks.witnesses(f"{program} said {found.concluded!r}", evidence)
        cloud = INVENTORY_CLOUDS.get(found.cloud.lower())
        if cloud:
            says = f"{program} named the cloud {found.cloud!r}"
            yield witness(w.INVENTORY, says, evidence, Points(cloud=cloud))
        paravirtual = next((name for name in sorted(found.disks) if name.startswith(_VIRTIO_DISK)), None)
        if paravirtual and paravirtual[2:].isalpha():
            says = f"{program} lists the disk {paravirtual}, which virtio serves"
            yield witness(w.PCI_VIRTIO, says, evidence, Points(role="guest"))
        if found.clocked:
            says = f"{program} shows the limits of the processor's clock"
            yield witness(w.CPUFREQ, says, evidence, Points(kind="none"))
        for name, speaks in LSPCI_WORDS.items():
            if name in found.words:
                yield from speaks.witnesses(f"{program} lists {name!r}", evidence)


def marks(source: Source) -> list[Mark]:
    """The containers that they concluded."""
    return list(_marks(source))


def _marks(source: Source) -> Iterator[Mark]:
    for evidence, found in printed(source):
        name = NAMES.get(found.concluded.lower().replace("_", "-"))
        if name:
            yield Mark(name, f"{evidence.partition(':')[2]} said {found.concluded!r}", evidence)
    for word in (source.output("systemd-detect-virt") or "").split():
        if word in NAMES:
            evidence = output_id("systemd-detect-virt")
            yield Mark(NAMES[word], f"systemd-detect-virt said {word!r}", evidence)


# JSON and facter's text, flattened: `dmi.product.name`


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return {}


def _flat(found: Any, limit: int = MAX_DEPTH) -> dict[str, str]:
    """The texts in nested objects and lists by their path, at most `limit` deep; empty for empty objects."""
    result: dict[str, str] = {}
    pending: list[tuple[str, Any, int]] = [("", found, 0)]
    while pending and len(result) < MAX_FACTS:
        path, one, depth = pending.pop()
        inner = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        if inner and depth < limit:
            pending += [(f"{path}.{key}" if path else str(key), value, depth + 1) for key, value in inner]
        elif path and isinstance(one, str | dict):
            result[path] = one if isinstance(one, str) else ""
    return result


def _of_members(text: str) -> dict[str, str]:
    """What grep left of JSON: lines such as `"ansible_product_name": "KVM",`."""
    told = (line.strip().rstrip(",").partition(": ") for line in text.splitlines()[:MAX_FACTS])
    return {key.strip('"'): value.strip('"') for key, _, value in told if key[:1] == '"' and value[:1] == '"'}


def _first(facts: dict[str, str], *keys: str) -> str:
    return next((facts[key] for key in keys if facts.get(key)), "")


def _of_arrows(text: str) -> dict[str, str]:
    """`dmi => {`, `  manufacturer => "QEMU",`, `}`."""
    found: dict[str, str] = {}
    path: list[str] = []
    for line in text.splitlines()[:MAX_FACTS]:
        key, arrow, value = (part.strip() for part in line.partition(" =>"))
        if value in ("{", "[") and len(path) < MAX_DEPTH:
            path.append(key)
            found.setdefault(".".join(path), "")
        elif arrow:
            found.setdefault(".".join([*path, key]), value.rstrip(",").strip('"'))
        elif line.strip().rstrip(",") in ("}", "]") and path:
            path.pop()
    return found
