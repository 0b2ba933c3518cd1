"""A report that holds no identity of its machine: what `--share` makes of one, and what is always pasted.

The names that a report itself tells (its machine, peers, folders, interfaces, parameters) are looked for in
all of its texts; every other word that is not known to be no one's name is replaced too, but for those of
makers and products.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from vaudit.masking.folders import folder
from vaudit.masking.identities import RUN, Identities, is_model, is_pseudonym, unknown_parts
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.model.facts import Facts
from vaudit.model.learned import learned
from vaudit.model.names import CLOUDS, CONFIDENTIAL, CONTAINERS, KINDS, VMMS
from vaudit.model.report import Excerpt, Origin, Report
from vaudit.output.json import compact

LEFT_OUT = "left out of what is shared: an editor could not show it"
MOST_SHARED = 4 << 20
"""Characters of a report in JSON that is masked whole; that of the largest machine has two million."""
MOST_ELEMENTS, MOST_CHARACTERS = 500, 2000
"""Of a larger one: elements of each list, characters of each text."""
OUR_WORDS = (
    "schema", "vaudit", "taken", "machine", "status", "severity", "unit", "engine", "confidence",
    "started", "ended", "mode", "word", "state", "family", "serves", "signal", "layer",
)  # fmt: skip
"""The fields that hold vaudit's own words, numbers and times."""
VERSION = "version"
"""The field of versions, of which those of Windows' drivers look like addresses and are none."""
RELEASE = "release"
"""The field of the kernel's release, which its owner may have added to."""
SAID = ("checks", "findings", "verdict", "notes")
"""What checks say, which may be their owner's, and notes, which name what was left out."""
PUBLIC = (
    "docs.kernel.org", "libvirt.org", "www.qemu.org", "www.linux-kvm.org", "man7.org", "xenbits.xen.org",
    "docs.oasis-open.org", "wiki.xenproject.org", "scoutapm.com", "fio.readthedocs.io", "docs.aws.amazon.com",
    "www.rfc-editor.org", "www.freedesktop.org", "software.es.net", "etcd.io", "www.virtualbox.org",
    "www.itu.int", "redis.io", "developers.redhat.com",
)  # fmt: skip
"""The hosts that vaudit's own checks refer to; on one where people have pages of their own, no link stays."""
OF_MAKERS = ("vendor", "arch", "oui", "driver", "scheduler", "address")
"""The fields of facts that hold the names of makers and products, and bus addresses."""


def shared(report: Report, names: Pseudonyms, *, closed: bool = True) -> Report:
    """The report without identities. `closed` is False where it was made of masked evidence: then only what
    shows itself or is known to be this machine's is replaced."""
    if closed:
        names.own.missing.append("a report does not say all that its machine calls its own")
    report = _bounded(report)
    _learn(report, names.own)
    products = " ".join((*_products(report.facts), *_literals(), *_written()))
    kept = set(re.findall(RUN, products))
    places = _places(report, names)
    mask = _Mask(names, kept, closed, places)
    said = _Mask(names, kept, True, places)  # checks may be the owner's, and what they say
    plain = {
        name: (said if name in SAID else mask).value(value, name) for name, value in _builtins(report).items()
    }
    plain["checks"] = {said.text(id_): about for id_, about in plain["checks"].items()}
    measured = _Mask(names, kept, closed, {**_peers(report, names), **places})
    plain["benchmarks"] = measured.value(msgspec.to_builtins(report.benchmarks), "benchmarks")
    plain["source"] = {"kind": report.source.kind, "name": _origin(report.source, names)}
    plain["evidence"] = [msgspec.to_builtins(_excerpt(one, mask)) for one in report.evidence]
    plain["masked"] = dict(sorted(names.masked.items()))
    return msgspec.convert(plain, learned(Report))


def _bounded(report: Report) -> Report:
    """The report, or of one that is larger than those of machines as much as is masked in some seconds."""
    if len(compact(report)) <= MOST_SHARED:
        return report
    cut = (
        f"the report is larger than {MOST_SHARED >> 20} MiB: of each list the first {MOST_ELEMENTS} elements "
        f"are shared, of each text the first {MOST_CHARACTERS} characters"
    )
    first = msgspec.structs.replace(
        report,
        notes=[*report.notes[: MOST_ELEMENTS - 1], cut],
        evidence=report.evidence[:MOST_ELEMENTS],
        findings=report.findings[:MOST_ELEMENTS],
        benchmarks=report.benchmarks[:MOST_ELEMENTS],
    )
    return msgspec.convert(_clipped(msgspec.to_builtins(first)), learned(Report))


def _clipped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clipped(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clipped(inner) for inner in value[:MOST_ELEMENTS]]
    return value[:MOST_CHARACTERS] if isinstance(value, str) else value


def _builtins(report: Report) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(report, evidence=[]))
    return plain


def _learn(report: Report, own: Identities) -> None:
    """What the report itself says that its machine and its owner call their own."""
    if report.source.kind == "machine":
        own.add_host(report.source.name)
    else:
        ours = {run.casefold() for text in (*_literals(), *_written()) for run in re.findall(RUN, text)}
        own.add("name", (one for one in unknown_parts(report.source.name) if one.casefold() not in ours))
    for bench in report.benchmarks:
        if bench.id.startswith("network."):
            own.add_host(_parted(bench.target)[0].strip("[]"))
        elif bench.id.startswith("disk."):
            own.add("name", unknown_parts(bench.target))
    own.add("name", _of_facts(report.facts))


def _places(report: Report, names: Pseudonyms) -> dict[str, str]:
    """Folders and peers that the report names, and what stands in their place, even if they are words."""
    found = dict[str, str]()
    for point in (point for disk in report.facts.block for point in disk.mounts):
        found[point] = folder(names, point)
    for bench in report.benchmarks:
        if bench.target.startswith("/"):
            found[bench.target] = folder(names, bench.target)
    for peer, hidden in _peers(report, names).items():
        found.update({f"{peer}:{port}": f"{hidden}:{port}" for port in _ports(report, peer)})
    return {place: hidden for place, hidden in found.items() if place and place != hidden}


def _peers(report: Report, names: Pseudonyms) -> dict[str, str]:
    """The hosts that were measured against, which stand alone where their benchmarks speak of them."""
    targets = [bench.target for bench in report.benchmarks if bench.id.startswith("network.")]
    peers = {_parted(target)[0] for target in targets}
    others = (peer for peer in peers if peer and not peer.startswith(_HERE) and not is_pseudonym(peer))
    return {peer: names.host(peer) for peer in others}


def _ports(report: Report, peer: str) -> Iterator[str]:
    for bench in report.benchmarks:
        host, port = _parted(bench.target)
        if host == peer and port:
            yield port


def _parted(target: str) -> tuple[str, str]:
    """Host and port of a peer, which may bear the family by which it was measured (`vps.example:5201 IPv6`);
    without a port all of it is the host."""
    found = re.fullmatch(r"(.+):(\d+)(?: IPv[46])?", target, re.DOTALL)
    return (found[1], found[2]) if found else (target, "")


_HERE = ("127.", "localhost", "[::1]", "::1", "host-x")
"""How the names of peers begin that are this machine, or are pseudonyms already."""


def _of_facts(facts: Facts) -> Iterator[str]:
    """Names that people gave to interfaces, folders and parameters."""
    for net in facts.net:
        yield from unknown_parts(net.name)
    for disk in facts.block:
        for text in (disk.name, *disk.mounts, *disk.parents):
            yield from unknown_parts(text)
    for word in facts.kernel.parameters:
        yield from unknown_parts(word.partition("=")[2])


def _products(facts: Facts) -> Iterator[str]:
    """Texts that name makers, products and systems, and no owner."""
    yield from filter(None, (facts.cpu.vendor, facts.cpu.model, facts.cpu.clocksource))
    yield from filter(None, (facts.os.id, facts.os.name, facts.os.version))
    yield from filter(None, (facts.hypervisor.version, facts.hypervisor.kind))
    for driver in facts.drivers:
        yield from filter(None, (driver.name, driver.version))
    for device in (*facts.block, *facts.net, *facts.controllers):
        yield from filter(None, (device.driver, device.better, device.bus))
    for controller in facts.controllers:
        yield from filter(None, (controller.model, controller.address))
    for disk in facts.block:
        yield from (run for run in re.findall(RUN, disk.model or "") if is_model(run))


@cache
def _literals() -> frozenset[str]:
    """The words that the model has for what may be so and no other way."""
    return frozenset(_of_type(inspect.type_info(Report)))


def _written() -> Iterator[str]:
    """How people write those words."""
    for table in (KINDS, VMMS, CLOUDS, CONFIDENTIAL, CONTAINERS):
        yield from table.values()


def _of_type(kind: inspect.Type) -> Iterator[str]:
    match kind:
        case inspect.LiteralType():
            yield from (value for value in kind.values if isinstance(value, str))
        case inspect.StructType():
            yield from (value for field in kind.fields for value in _of_type(field.type))
        case inspect.UnionType():
            yield from (value for each in kind.types for value in _of_type(each))
        case inspect.ListType():
            yield from _of_type(kind.item_type)
        case inspect.DictType():
            yield from _of_type(kind.value_type)


_PUBLIC = (*(f"https://{host}/" for host in PUBLIC), "https://github.com/koct9i/ioping")


class _Mask:
    """Replaces identities in the values of a report."""

    def __init__(self, names: Pseudonyms, kept: set[str], closed: bool, places: dict[str, str]) -> None:
        self._names, self._kept, self._closed, self._places = names, kept, closed, places
        self._texts: dict[str, str] = {}
        longest = sorted(places, key=lambda place: (-len(place), place))
        any_place = "|".join(re.escape(place) for place in longest)
        self._any_place = re.compile(rf"(?<![\w./-])(?:{any_place})(?![\w-])") if places else None

    def value(self, value: Any, field: str) -> Any:
        """A value, by the name of the field that holds it."""
        if isinstance(value, dict):
            # the keys are fields, ids of checks, options and figures
            return {key: self.value(inner, key) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner, field) for inner in value]
        if not isinstance(value, str) or field in OUR_WORDS or value in _literals():
            return value
        if field == RELEASE:
            return self._names.release(value)
        if field == VERSION and not value.strip("0123456789."):
            return value
        if field == "references" and value.startswith(_PUBLIC):
            return self._names.listed(value)
        return self._names.listed(value) if field in OF_MAKERS else self.text(value)

    def text(self, text: str) -> str:
        """A text; the same always becomes the same, so that references hold."""
        known = self._texts.get(text)
        if known is None:
            hide = self._names.closed if self._closed else self._open
            known = self._texts[text] = hide(self._elsewhere(text), self._kept.__contains__)
        return known

    def _elsewhere(self, text: str) -> str:
        """The text with the places that the report names replaced."""
        if self._any_place is None:
            return text
        return self._any_place.sub(lambda found: self._places[found[0]], text)

    def _open(self, text: str, _keep: object) -> str:
        return self._names.text(text)


def _origin(source: Origin, names: Pseudonyms) -> str:
    """What the machine is called: a pseudonym, or of a path what is no one's name."""
    return names.host(source.name) if source.kind == "machine" else names.closed(source.name)


def _excerpt(one: Excerpt, mask: _Mask) -> Excerpt:
    if not one.text.replace("\n", "").replace("\t", "").isprintable():
        return Excerpt(mask.text(one.id), "unrecorded", LEFT_OUT)
    return Excerpt(mask.text(one.id), one.status, mask.text(one.text), one.clipped)
