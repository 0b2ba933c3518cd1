"""Windows itself: release and build, how it boots, and what stands in the way of moving it."""

from msgspec import structs

from vaudit import procfs
from vaudit.evidence.source import ADMIN, COUNTER, Source
from vaudit.facts.paths import Platform
from vaudit.facts.windows import firmware, left, machine
from vaudit.facts.windows.addresses import static_addresses
from vaudit.facts.windows.agents import agents, xen_makers
from vaudit.facts.windows.boot import boots_by
from vaudit.facts.windows.clock import clock
from vaudit.facts.windows.devices import phantoms
from vaudit.facts.windows.filters import filters
from vaudit.facts.windows.keys import CONTROL, SERVICES, Key, is_whole, read
from vaudit.facts.windows.moves import moves
from vaudit.facts.windows.platform import smbios
from vaudit.facts.windows.services import Service, configuration, services
from vaudit.facts.windows.tree import DISK, IDE, SYSTEM_CLASS, tree
from vaudit.model.facts import Block, Kernel, Net, Os, Windows

_VERSION = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
_DRIVER = "{a8b865dd-2e3d-4094-ad97-e593a70c75d6}"
"""DEVPKEY_Device_DriverVersion is property 3 of it."""
_INBOX = ("Microsoft",)
RELEASES: dict[str, tuple[str, str]] = {
    "5.1": ("Windows XP", "Windows XP"),
    "5.2": ("Windows XP x64", "Windows Server 2003"),
    "6.0": ("Windows Vista", "Windows Server 2008"),
    "6.1": ("Windows 7", "Windows Server 2008 R2"),
    "6.2": ("Windows 8", "Windows Server 2012"),
    "6.3": ("Windows 8.1", "Windows Server 2012 R2"),
    "10.0": ("Windows 10", "Windows Server"),
}
"""By version: of a client and of a server (learn.microsoft.com, "Operating System Version")."""
_BUILDS = (
    (26100, "Windows 11", "Windows Server 2025"), (22000, "Windows 11", "Windows Server"),
    (20348, "Windows 10", "Windows Server 2022"), (17763, "Windows 10", "Windows Server 2019"),
    (14393, "Windows 10", "Windows Server 2016"),
)  # fmt: skip
"""Of 10.0 from which build on (learn.microsoft.com, "Windows Server release information")."""
_ELEVEN = 22000


def system(source: Source) -> Os | None:
    """Release and build, and whether an administrator asked for them."""
    found, asks = _release(source), source.call(ADMIN)
    return structs.replace(found, root=asks == "1") if found and asks else found


def _release(source: Source) -> Os | None:
    """Of SOFTWARE, else of the drivers that came with it."""
    told = read(source, _VERSION)
    if told and (found := _told(told)):
        return found
    told_name, version, number, where = machine.release(source)
    if version:
        return Os(
            family="windows", id="windows", name=told_name or None, version=version, build=number,
            evidence=[where],
        )  # fmt: skip
    version, build, where = _inbox(source)
    if not version:
        return None
    name = _name(source, version, procfs.whole(build or "") or 0)
    return Os(family="windows", id="windows", name=name, version=version, build=build, evidence=[where])


def _name(source: Source, version: str, build: int) -> str | None:
    """The release by its numbers; both names where nothing tells whether this is a server."""
    names = RELEASES.get(version)
    if not names:
        return None
    if version == "10.0":
        names = next((named[1:] for named in _BUILDS if build >= named[0]), names)
    options = read(source, f"{CONTROL}\\ProductOptions")
    sort = options.text("ProductType").lower() if options else ""
    if not sort:
        return names[0] if names[0] == names[1] else f"{names[0]} or {names[1].removeprefix('Windows ')}"
    return names[0] if sort == "winnt" else names[1]


def _told(key: Key) -> Os | None:
    """What SOFTWARE says of its own."""
    version = key.text("CurrentVersion")
    major, minor = key.number("CurrentMajorVersionNumber"), key.number("CurrentMinorVersionNumber")
    if major is not None:
        version = f"{major}.{minor or 0}"
    build = key.text("CurrentBuildNumber") or key.text("CurrentBuild") or None
    if not version and not build:
        return None
    name = key.text("ProductName") or RELEASES.get(version, ("",))[0] or None
    if name and (procfs.whole(build or "") or 0) >= _ELEVEN:
        name = name.replace("Windows 10", "Windows 11")  # it calls itself so still
    return Os(
        family="windows", id="windows", name=name, version=version or None, build=build, evidence=[key.id]
    )


def _inbox(source: Source) -> tuple[str, str | None, str]:
    """Version and build of the newest driver of Microsoft's that serves a disk, a volume or the system."""
    found: list[tuple[tuple[int, ...], str]] = []
    for one in tree(source).there:
        if one.class_ not in (DISK, SYSTEM_CLASS, IDE) or not one.key:
            continue
        key = read(source, f"{CONTROL}\\Class\\{one.key}")
        if key and key.text("ProviderName").endswith(_INBOX) and not key.text("InfPath").startswith("oem"):
            parts = tuple(procfs.whole(part) or 0 for part in key.text("DriverVersion").split("."))
            if len(parts) >= 3 and (f"{parts[0]}.{parts[1]}" in RELEASES):
                found.append((parts, key.id))
    if not found:
        return "", None, ""
    best, where = max(found)
    return f"{best[0]}.{best[1]}", str(best[2]), where


def windows(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows | None:
    """All the rest that Windows alone has; None where nothing tells of its devices and services."""
    if not tree(source).all and not services(source) and not read(source, _VERSION):
        return None
    power, session = read(source, f"{CONTROL}\\Power"), read(source, f"{CONTROL}\\Session Manager\\Power")
    control = read(source, CONTROL)
    options = control.text("SystemStartOptions").upper() if control else None
    if not options and not is_whole(source, CONTROL):
        options = None
    guard = read(source, f"{CONTROL}\\DeviceGuard")
    partmgr = read(source, f"{SERVICES}\\partmgr\\Parameters")
    hibernation = _switch(power, "HibernateEnabled")
    if hibernation is None:
        hibernation = _switch(power, "HibernateEnabledDefault")
    quick = _switch(session, "HiberbootEnabled")
    locked = read(source, f"{CONTROL}\\BitLockerStatus")
    there = services(source)
    names = smbios(source)
    kind, kind_because, kind_evidence = firmware.kind(source, names.values if names else {})
    listed = bool(tree(source).all)
    makers = xen_makers(source)
    counted, hertz = clock(source)
    used = [power, session, control, guard, partmgr, locked]
    told, told_by = machine.vbs(source)
    return Windows(
        build_because=_because(source),
        firmware=kind,
        firmware_because=kind_because,
        hibernation=hibernation,
        hibernated=False if hibernation is False else left.hibernated(source),
        unclean=left.unclean(source),
        fast_start=_fast_start(source, quick, hibernation),
        test_signing=None if options is None else any(word in options for word in _UNSIGNED),
        bitlocker=_switch(locked, "BootStatus"),
        vbs=told if told is not None else _vbs(source, guard),
        hyperv=_hyperv(source, options),
        wsl=_wsl(source, there),
        clock=counted,
        clock_hz=hertz,
        boots_by=[one.name for one in boots_by(source)],
        configuration=configuration(source),
        san_policy=partmgr.number("SanPolicy") if partmgr else None,
        filters=filters(source),
        static_addresses=static_addresses(source),
        phantoms=list(phantoms(source)) if listed else None,
        xen_makers=makers if listed else None,
        agents=agents(source, platform.hypervisor),
        moves=moves(source, platform, block, net, makers),
        evidence=[
            *(one.id for one in used if one),
            *filter(None, (kind_evidence, told_by)),
            *([f"call:{COUNTER}"] if hertz else []),
        ],
    )


_OLD = ("5.0", "5.1", "5.2", "6.0", "6.1")
"""Before Windows 8, which shuts down by hibernating its kernel where that is switched on."""


def _fast_start(source: Source, quick: bool | None, hibernation: bool | None) -> bool | None:
    found = system(source)
    if hibernation is False or (found and found.version in _OLD):
        return False
    return quick


def untold(source: Source, platform: Platform, block: list[Block], net: list[Net]) -> Windows:
    """Where nothing tells of its devices and services: what it would need elsewhere is known all the same."""
    vbs, evidence = machine.vbs(source)
    return Windows(
        filters=None, static_addresses=None, phantoms=None, xen_makers=None, vbs=vbs,
        moves=moves(source, platform, block, net, ()), evidence=[evidence] if evidence else [],
    )  # fmt: skip


_UNSIGNED = ("TESTSIGNING", "NOINTEGRITYCHECKS", "DISABLE_INTEGRITY_CHECKS")
"""Options of the boot loader (learn.microsoft.com, "BCDEdit /set")."""
_EVERYWHERE = 22000
"""Windows 11: from it on virtualization-based security is on where nobody said so, if the hardware can."""


def _vbs(source: Source, guard: Key | None) -> bool | None:
    """As it is configured; before Windows 11 it is off where nobody did."""
    integrity = read(source, f"{CONTROL}\\DeviceGuard\\Scenarios\\HypervisorEnforcedCodeIntegrity")
    told = (_switch(guard, "EnableVirtualizationBasedSecurity"), _switch(integrity, "Enabled"))
    if True in told:
        return True
    found = system(source)
    build = procfs.whole((found.build if found else "") or "")
    if told[0] is False or build is None or not is_whole(source, CONTROL):
        return told[0]
    return None if build >= _EVERYWHERE else False


def _wsl(source: Source, there: dict[str, Service]) -> bool | None:
    if "wslservice" in there or "lxssmanager" in there:
        return True
    return False if is_whole(source, SERVICES) else None


def _switch(key: Key | None, name: str) -> bool | None:
    number = key.number(name) if key else None
    return None if number is None else number != 0


def _because(source: Source) -> str:
    if read(source, _VERSION):
        return "as SOFTWARE says"
    _, build, _ = _inbox(source)
    return "the newest driver that came with it; SOFTWARE was not there to read" if build else ""


def _hyperv(source: Source, options: str | None) -> bool | None:
    if any(one.service.lower() == "vmbusr" for one in tree(source).there):
        return True
    return None if options is None else "HYPERVISORLAUNCHTYPE=AUTO" in options.replace(" ", "")


_ARCHITECTURES = {"AMD64": "x86_64", "X86": "i686", "ARM64": "aarch64", "IA64": "ia64"}


def architecture(source: Source) -> str | None:
    """As `uname -m` would say."""
    environment = read(source, f"{CONTROL}\\Session Manager\\Environment")
    if not environment:
        return machine.architecture(source)
    return _ARCHITECTURES.get(environment.text("PROCESSOR_ARCHITECTURE").upper())


def kernel(source: Source) -> Kernel | None:
    """Windows NT, by version and build."""
    found = system(source)
    if not found:
        return None
    release = ".".join(part for part in (found.version, found.build) if part) or None
    return Kernel(name="Windows NT", release=release, evidence=found.evidence)
