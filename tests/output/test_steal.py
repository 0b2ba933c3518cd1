"""A steal of 0 is praised where somebody measures it, and nowhere else: all machines, all formats.

In Linux on x86 KVM, Xen and VMware alone have a clock of what they withhold (pv_steal_clock in
arch/x86/kernel/{kvm,cpu/vmware}.c and arch/x86/xen/time.c); Hyper-V, VirtualBox and QEMU by itself have none.
"""

import re

import pytest

from tests import machines
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.model.report import Report
from vaudit.output import FORMATS, render
from vaudit.pipeline import scan

CHECKS = load()
NOBODY = (
    "lab-container-", "lab-kvm-hidden", "lab-kvm-host", "lab-kvm-no-steal", "lab-qemu-", "lab-slow-",
    "lab-xen-hvm-nopv", "synthetic-hyperv", "synthetic-kvm-hidden", "synthetic-kvm-hyperv-enlightenments",
    "synthetic-kvm-no-steal", "synthetic-qemu-", "synthetic-virtualbox", "synthetic-xen-hvm-no-pv",
)  # fmt: skip
"""Where nobody measures it: how the names of those machines begin."""
UNTOLD = ("synthetic-arm-weak", "synthetic-vmware")
"""Where nothing shows whether somebody does."""
EXCEPT = ("lab-container-gvisor", "synthetic-kvm-no-steal-acc")
"""That keeps no count of its processor time; and this parameter takes steal from the scheduler alone."""
PRAISE = re.compile(
    r"steal (since boot is )?0(\.0+)? ?%(?! reported)"
    r"|\b0(\.0+)? ?% (since boot|of (all time|the (wanted|CPU time|processor time)))"
    r"|no processor time (worth telling|is withheld)|\"steal\": ?0"
)


def starts(name: str, words: tuple[str, ...]) -> bool:
    return name.startswith(words) and name not in EXCEPT


def reported(name: str) -> Report:
    source = machines.source(name)
    source.name = "host.example"
    return scan(Recorder(source), CHECKS)


def shown(report: Report, name: str) -> str:
    """A format as a person reads it; of a page what is shown before its data."""
    text = render(name, report, width=200, verbose=True)
    page = text.partition("<script")[0] if name == "html" else text
    return " ".join(page.split())


@pytest.mark.parametrize("name", machines.NAMES)
def test_a_steal_of_0_that_nobody_measures_is_praised_nowhere(name: str) -> None:
    report = reported(name)
    cpu = report.facts.cpu
    if starts(name, NOBODY):
        assert cpu.steal_measured is False and cpu.steal is None and cpu.steal_because
    elif starts(name, UNTOLD):
        assert cpu.steal_measured is None and cpu.steal is None and cpu.steal_because
    elif report.facts.hypervisor.kind != "none" and cpu.steal is not None:
        assert cpu.steal_measured
    for form in FORMATS if cpu.steal_because else ():
        text = shown(report, form)
        assert not PRAISE.search(text), f"{form}: {PRAISE.search(text)}"
        if form == "paste":
            said = "steal 0 % reported" if cpu.steal_measured is None else "steal not measured"
            assert said in text
        elif form not in ("letter", "junit", "markdown"):  # which speak of what has to change
            assert cpu.steal_because in text, form


def test_the_words_are_those_of_a_praise() -> None:
    """What the test above would find."""
    text = " ".join(shown(reported("synthetic-kvm-virtio"), form) for form in FORMATS)
    assert len({found.group() for found in PRAISE.finditer(text)}) >= 4


def test_what_nobody_measures_and_what_nobody_knows_read_differently() -> None:
    for name, figure, reason in (
        ("synthetic-hyperv", "steal not measured", "steal is not measured by this hypervisor"),
        (
            "synthetic-xen-hvm-no-pv",
            "steal not measured",
            "or not used by this kernel: switched off by xen_nopv",
        ),
        ("synthetic-vmware", "steal 0 % reported", "nothing shows whether this hypervisor measures it"),
    ):
        [tile] = [one for one in reported(name).verdict.tiles if one.name == "network and CPU"]
        assert figure in tile.figure and reason in tile.reason
        assert tile.word == "unknown"
