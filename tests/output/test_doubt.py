"""What is only probable is called so in every format, and nobody is told of what a processor has not."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests import machines
from tests.machines import our_checks
from tests.machines.record import Record, record
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Source
from vaudit.judge.explain import explain
from vaudit.model.report import Report
from vaudit.output import FORMATS, render
from vaudit.pipeline import scan

OF_THE_MACHINE = [name for name in FORMATS if name != "letter"]
"""A letter says nothing where there is nothing to ask for."""
NOT_SHOWN = "QEMU serves it, and this record does not show whether KVM does"


def reported(source: Source) -> Report:
    source.name = "host.example"  # a name that is no word of a sentence
    return scan(Recorder(source), our_checks())


def served_by_qemu() -> Record:
    """QEMU's firmware, and no CPUID: the log of a guest, say."""
    return record().dmi(sys_vendor="QEMU", product_name="Standard PC (i440FX + PIIX, 1996)")


def shown(report: Report, name: str) -> str:
    """A format as a person reads it, without how its lines are broken; of a page what is shown."""
    text = render(name, report, width=200)
    page = text.partition("<script")[0] if name == "html" else text
    return " ".join(page.split()).replace("&#39;", "'")


@pytest.mark.parametrize("name", OF_THE_MACHINE)
def test_kvm_or_qemu_is_said_in_every_format(name: str) -> None:
    text = shown(reported(served_by_qemu().dump()), name)
    assert "robably KVM" in text
    assert NOT_SHOWN in text


def test_a_check_does_not_praise_what_is_not_shown() -> None:
    found = {one.check: one for one in reported(served_by_qemu().dump()).findings}
    assert found["hypervisor.qemu-without-kvm"].status == "unknown"
    assert "or QEMU translates them" in found["hypervisor.qemu-without-kvm"].message


DOUBTFUL = {
    "metal": record().dmi(sys_vendor="Dell Inc.", product_name="PowerEdge R640"),
    "vmware": record().dmi(sys_vendor="VMware, Inc."),
    "virtualbox": record().dmi(sys_vendor="innotek GmbH"),
    "qemu": record("riscv64").dmi(sys_vendor="QEMU"),
    "hyperv": record().dmi(sys_vendor="Microsoft Corporation", product_name="Virtual Machine"),
}


@pytest.mark.parametrize("name", OF_THE_MACHINE)
@pytest.mark.parametrize("what", DOUBTFUL)
def test_what_is_probable_is_called_so_in_every_format(what: str, name: str) -> None:
    report = reported(DOUBTFUL[what].dump())
    assert report.facts.hypervisor.doubtful, report.facts.hypervisor
    assert report.facts.hypervisor.kind == ("none" if what == "metal" else what)
    assert "robably" in shown(report, name)


@pytest.mark.parametrize("what", DOUBTFUL)
def test_every_sentence_about_the_platform_says_it(what: str) -> None:
    report = reported(DOUBTFUL[what].dump())
    assert report.verdict.sentence.startswith("Probably ")
    assert report.verdict.tiles[0].figure.startswith("probably ")
    platform = next(one for one in report.facts.layers if one.why != "it cannot be seen from inside")
    assert platform.name.startswith("probably ")
    for one in report.findings:
        if one.check in ("hypervisor.qemu-without-kvm", "hypervisor.nested-guest"):
            assert one.status not in ("pass", "fail") or one.message.startswith("probably "), one
        if one.check == "hypervisor.qemu-without-kvm" and one.status == "fail":
            assert report.about(one).fix.provider.startswith("As far as I can see")


def test_a_certain_platform_is_told_flatly() -> None:
    report = reported(machines.source("synthetic-kvm-good"))
    assert "robably" not in report.verdict.sentence + render("paste", report)


X86 = ("x86_64", "i686", "i586", None)
FOREIGN = ["synthetic-nested-kvm", "synthetic-arm-weak"]
_ARCHES = ("aarch64", "ppc64le", "s390x", "riscv64", "loongarch64", "sparc64", "ia64")
MADE = {
    arch: record(arch).dmi(sys_vendor="QEMU", product_name="virt").file("/proc/cpuinfo", "processor\t: 0\n")
    for arch in _ARCHES
}


def strings(value: Any) -> Iterator[str]:
    """Every text in a report, down to the last."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from strings(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from strings(inside)


def said(report: Report) -> list[str]:
    """What is said, and all that `vaudit explain` adds to it. Ids of evidence are no sentences."""
    whole = msgspec.to_builtins(report)
    whole.pop("evidence")
    whole["coverage"].pop("errors"), whole["coverage"].pop("denied")
    explained = [explain(our_checks(), one.check) for one in report.findings]
    return [*strings(whole), *explained]


@pytest.mark.slow
@pytest.mark.parametrize("what", [*FOREIGN, *MADE])
def test_nobody_is_told_of_cpuid_where_there_is_none(what: str) -> None:
    source = MADE[what].dump() if what in MADE else machines.source(what)
    assert [text for text in said(reported(source)) if "cpuid" in text.lower()] == []


def test_there_are_such_machines() -> None:
    assert FOREIGN
    assert [name for name in machines.NAMES if machines.machine(name).facts.cpu.arch not in X86] == FOREIGN
