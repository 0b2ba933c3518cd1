"""Names and small grammar for sentences about a machine."""

from vaudit.model.facts import Facts, Hypervisor
from vaudit.model.names import CLOUDS, CONTAINERS, KINDS, VMMS

_SPELLED_WITH_A_VOWEL = ("LXC", "LPAR", "lkvm")
"""Names whose first letter is a consonant but is spoken with a vowel."""


def article(words: str) -> str:
    """`a KVM guest`, `an LXC container`."""
    vowel = words[:1] in "aeioAEIO" or words.startswith(_SPELLED_WITH_A_VOWEL)
    return f"{'an' if vowel else 'a'} {words}"


def first_upper(sentence: str) -> str:
    """The sentence with a capital; the rest keeps its letters."""
    return sentence[:1].upper() + sentence[1:]


def first_lower(title: str) -> str:
    """The title inside a sentence; a first word that is a name (`QEMU`, `IPv6`) keeps its letters."""
    word = title.split(" ", 1)[0]
    return title if word[1:] != word[1:].lower() else title[:1].lower() + title[1:]


def kind_name(hypervisor: Hypervisor) -> str:
    """`KVM`, `Xen PVH`, `bare metal`, `not known`."""
    if hypervisor.kind == "none":
        return "bare metal"
    if hypervisor.kind in ("unknown", "other"):
        return "not known" if hypervisor.kind == "unknown" else "another hypervisor"
    name = KINDS[hypervisor.kind]
    if hypervisor.kind == "xen" and hypervisor.role == "guest" and hypervisor.mode in ("pv", "pvh", "hvm"):
        return f"{name} {hypervisor.mode.upper()}"
    return name


def machine(facts: Facts) -> str:
    """What this is, innermost first: `a Docker container in a KVM guest on Firecracker`."""
    parts = [article(CONTAINERS[name]) for name in facts.containers]
    inside = " in ".join(parts)
    where = "on" if facts.hypervisor.kind == "none" else "in"
    platform = _platform(facts.hypervisor) + _drivers_of_windows(facts)
    if parts and facts.contained is None:
        inside = f"probably {inside}"
    if inside.startswith("probably "):
        return f"{inside} {where} {platform}"
    if facts.hypervisor.doubtful:
        return f"{inside}, probably {where} {platform}" if parts else f"probably {platform}"
    return f"{inside} {where} {platform}" if parts else platform


def _drivers_of_windows(facts: Facts) -> str:
    """Windows is never a PV guest of Xen: what differs is whether its own drivers speak to Xen."""
    beneath = facts.hypervisor
    if facts.os.family != "windows" or beneath.kind != "xen" or beneath.role != "guest":
        return ""
    paths = {one.path for one in (*facts.block, *facts.net)}
    if "paravirtual" in paths:
        return " with paravirtual drivers"
    return " without paravirtual drivers" if paths and "unknown" not in paths else ""


def _platform(hypervisor: Hypervisor) -> str:
    kind, name = hypervisor.kind, kind_name(hypervisor)
    cloud = f" at {CLOUDS[hypervisor.cloud]}" if hypervisor.cloud else ""
    if hypervisor.served_by_qemu_alone:
        return f"{name}{cloud}: QEMU serves it, and this record does not show whether KVM does"
    if kind == "unknown":
        return "a machine whose platform is not known"
    if kind == "none":
        return f"a physical machine{cloud}" + (" that runs guests" if hypervisor.role == "host" else "")
    if hypervisor.role == "host" and kind in ("xen", "hyperv", "ldoms"):
        place = {"xen": "the control domain (dom0)", "hyperv": "the root partition"}.get(kind)
        return f"{place} of {article(name + ' host')}" if place else article(f"{name} host")
    text = article(f"{name} guest")
    if kind == "qemu":
        text += " without KVM"
    if hypervisor.vmm and hypervisor.vmm != kind:
        text += f" on {VMMS[hypervisor.vmm]}"
    text += cloud
    if hypervisor.role == "host":
        text += " that runs guests of its own"
    if hypervisor.beneath not in (None, "none", "unknown"):
        text += f", which runs in {article(KINDS[hypervisor.beneath])} guest"
    return text
