"""What other programs say of the same recorded Windows machines: facter, ohai, and systeminfo itself.

facter and ohai decide by two of WMI's words, maker and model, which a record holds: their rules stand here as
tables (facter 4, lib/facter/resolvers/windows/virtualization.rb; ohai, lib/ohai/mixin/dmi_decode.rb and
plugins/windows/virtualization.rb). Where a record is facter's own, its word counts. systeminfo names nobody:
it says that there is a hypervisor, from Windows 8 on, on physical machines with VBS too.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from vaudit import systeminfo

_FACTER = (
    ("virtualbox", "", "virtualbox"), ("vmware", "", "vmware"), ("kvm", "", "kvm"), ("bochs", "", "kvm"),
    ("google", "", "kvm"), ("openstack", "", "kvm"), ("ahv", "", "kvm"),
    ("virtual machine", "microsoft", "hyperv"), ("", "xen", "xen"), ("", "amazon ec2", "kvm"),
)  # fmt: skip
"""How a model begins, how a maker does, and what is said; else: physical."""
_OHAI = (
    ("virtual machine", "microsoft", "hyperv"), ("", "vmware", "vmware"), ("", "xen", "xen"),
    ("virtualbox", "", "virtualbox"), ("openstack", "", "kvm"), ("", "qemu", "kvm"), ("kvm", "", "kvm"),
    ("rhev", "", "kvm"), ("", "amazon ec2", "kvm"), ("bhyve", "", "bhyve"), ("", "parallels", "parallels"),
)  # fmt: skip
"""As above; else nothing is said."""


class Others(NamedTuple):
    facter: str
    ohai: str
    systeminfo: str


def said(record: Path, report: dict[str, Any]) -> Others:
    """By the record, and by the maker and model that a report has of it; `-` where one cannot know."""
    told = report["facts"]["machine"] or {}
    maker, model = (str(told.get(name) or "").lower() for name in ("vendor", "product"))
    known = bool(maker or model)
    return Others(
        _own_word(record) or (_by(_FACTER, maker, model) or "none" if known else "-"),
        (_by(_OHAI, maker, model) or "none") if known else "-",
        _line(record),
    )


def _by(rules: tuple[tuple[str, str, str], ...], maker: str, model: str) -> str:
    return next((word for of, by, word in rules if model.startswith(of) and maker.startswith(by)), "")


def _own_word(record: Path) -> str:
    """What facter itself wrote."""
    path = record / "facts.json"
    word = json.loads(path.read_text()).get("virtual", "") if path.exists() else ""
    return {"physical": "none"}.get(word, word)


def _line(record: Path) -> str:
    """What stands behind Hyper-V in a systeminfo: its requirements, or that there is a hypervisor."""
    for path in sorted(record.iterdir()):
        if path.suffix == ".txt" and systeminfo.is_one(path.read_bytes()):
            found = systeminfo.parse(systeminfo.decoded(path.read_bytes())).lines.get("hyperv")
            return "-" if not found else "none" if found.below else "some"
    return "-"
