"""Whose Xen drivers these are, and which services of its hypervisor's run in this Windows."""

from vaudit.evidence.source import Source
from vaudit.facts.windows.keys import SERVICES, is_whole
from vaudit.facts.windows.known import BY_NAME
from vaudit.facts.windows.places import EXPECTED, MAKERS, VENDORS, Expected
from vaudit.facts.windows.services import services
from vaudit.facts.windows.tree import Device, package, tree
from vaudit.model.facts import Agent, Hypervisor


def xen_makers(source: Source) -> list[str]:
    """The makers of Xen drivers that are bound to a device which is there."""
    found = (_maker(source, one) for one in tree(source).there)
    return sorted({maker for maker in found if maker})


def _maker(source: Source, one: Device) -> str:
    """By the provider of the driver's INF, else by the vendor in the device's id; empty where none tells."""
    known = BY_NAME.get(one.service.lower())
    if not known or known.family != "xen":
        return ""
    came_from = package(source, one)
    provider = (came_from.provider if came_from else "") or ""
    named = next((maker for word, maker in MAKERS.items() if word in provider.lower()), provider)
    return named or next((maker for mark, maker in VENDORS.items() if mark in one.instance.upper()), "")


def agents(source: Source, beneath: Hypervisor) -> list[Agent]:
    """Those that the hypervisor beneath expects; a cloud's own are another matter."""
    if beneath.role != "guest" or beneath.cloud:
        return []
    kind = "kvm" if beneath.kind == "qemu" else beneath.kind
    return [_agent(source, one) for one in EXPECTED.get(kind, ())]


def _agent(source: Source, wanted: Expected) -> Agent:
    there = services(source)
    found = next((there[name] for name in wanted.services if name in there), None)
    present = found.start != "disabled" if found else False if is_whole(source, SERVICES) else None
    return Agent(
        name=wanted.title, what=wanted.what, present=present, start=found.start if found else None,
        evidence=[found.evidence if found else f"registry:{SERVICES}"],
    )  # fmt: skip
