"""How often vaudit names recorded hosts right: python benchmarks/accuracy.py ARCHIVE-or-FOLDER

Each host is a folder with an `expected.json` beside its record: kind (baremetal, vm, lpar, container,
hypervisor-host, host), hypervisor, mode, vtx_or_svm, accept (other right names), containers, devices (the
path of each PCI function), tier. All hosts are scanned in this one process; nothing of them is special-cased.

`unknown` is counted apart from `wrong`: a record may hold no evidence. Exit code 1 when any verdict is wrong.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from vaudit.evidence import capture
from vaudit.evidence.capture import Capture
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.tree import from_archive, from_folder
from vaudit.judge.checks import load
from vaudit.model.facts import Facts
from vaudit.model.report import Report
from vaudit.pipeline import scan

Outcome = str  # "right", "wrong" or "unknown"
# labels of the records, in vaudit's words
NAMES = {
    "vmm": "openbsd-vmm",
    "nutanix_ahv": "kvm",
    "none": "none",
    "microsoft": "hyperv",
    "oracle": "virtualbox",
}
ROLES = {"hypervisor-host": "host", "host": "host"}


class Host(NamedTuple):
    """One recorded host with its label and what was found."""

    name: str
    label: dict[str, Any]
    report: Report
    seconds: float

    @property
    def facts(self) -> Facts:
        return self.report.facts


def hosts(path: Path) -> list[Host]:
    """Scans every labelled host at a path, whole pipeline included."""
    tree = from_folder(str(path)) if path.is_dir() else from_archive(str(path))
    checks, found = load(), []
    for base in capture.machines(tree):
        label_path = f"{base}/expected.json"
        if label_path not in tree.files:
            continue
        start = time.perf_counter()
        report = scan(Recorder(Capture(tree, base, base, "")), checks)
        seconds = time.perf_counter() - start
        found.append(Host(base.strip("/"), json.loads(tree.content(label_path)), report, seconds))
    return found


def platform(host: Host) -> tuple[Outcome, str]:
    """Whether the hypervisor and the role are right, and what was said."""
    label, found = host.label, host.facts.hypervisor
    said = f"{found.kind}/{found.mode}/{found.role}" + (
        f" in {host.facts.containers}" if host.facts.containers else ""
    )
    expected = {str(label.get("hypervisor")), *map(str, label.get("accept") or ())}
    expected = {NAMES.get(name.lower(), name.lower()) for name in expected}
    kind = label.get("kind")
    if kind == "container":
        wanted = str(label.get("container") or (label.get("containers") or ["?"])[0])
        if wanted not in host.facts.containers and (wanted != "?" or not host.facts.containers):
            return ("unknown" if not host.facts.containers else "wrong"), said
        if expected & {"unknown", "*"}:
            return "right", said
    if "*" in expected or "unknown" in expected:
        return ("wrong", said) if found.kind == "none" and kind == "vm" else ("right", said)
    if found.kind == "unknown":
        return "unknown", said
    if found.kind not in expected:
        return "wrong", said
    if kind in ROLES and found.kind != "none" and found.role != "host":
        return "wrong", said
    if kind == "vm" and found.role == "host":
        return "wrong", said
    return _mode(label, found.mode), said


def _mode(label: dict[str, Any], said: str | None) -> Outcome:
    wanted = str(label.get("mode") or "").lower()
    if label.get("hypervisor") != "xen" or wanted in ("", "none", "unknown", "dom0", "full", "domu"):
        return "right"
    if said is None:
        return "unknown"
    # PVHVM is HVM whose devices are paravirtual
    wanted = "hvm" if wanted in ("hvm", "pvhvm") else wanted
    return "right" if said == wanted else "wrong"


def flag(host: Host) -> Outcome | None:
    """Whether the visible VT-x or AMD-V flag was seen; None where the label does not say."""
    wanted = host.label.get("vtx_or_svm")
    if wanted is None:
        return None
    seen = host.facts.cpu.hw_virt is not None
    return "right" if seen == wanted else "unknown" if host.facts.cpu.hw_virt_state == "unknown" else "wrong"


def device_paths(host: Host) -> list[tuple[Outcome, str]]:
    """One outcome for each labelled device: by its bus address, else by its name."""
    said: dict[str, str] = {one.name: one.path for one in host.facts.block}
    said |= {one.name: one.path for one in host.facts.net}
    said |= {one.address: one.path for one in host.facts.controllers}
    outcomes = []
    for device in host.label.get("devices") or ():
        where = str(device.get("addr") or device.get("name"))
        path = said.get(where, "unknown")
        outcome = "right" if path == device["expected"] else "unknown" if path == "unknown" else "wrong"
        outcomes.append((outcome, f"{where} {device.get('id')}: is {device['expected']}, said {path}"))
    return outcomes


def lab(host: Host) -> list[tuple[Outcome, str]]:
    """One outcome for each thing that a label in vaudit's own words says; the platform first."""
    label, found = host.label, host.facts.hypervisor
    accepted = {label.get("hv"), *label.get("accept", ())}
    right = "*" in accepted or found.kind in accepted
    outcomes = [_told("kind", found.kind, "/".join(sorted(map(str, accepted))), right)]
    for key in ("mode", "role", "vmm"):
        if key in label:
            said = getattr(found, key)
            outcomes.append(_told(key, said, label[key], said == label[key]))
    if "not_vmm" in label:
        outcomes.append(
            _told("vmm", found.vmm or "none", f"not {label['not_vmm']}", found.vmm != label["not_vmm"])
        )
    if "containers" in label:
        inside = set(label["containers"]) <= set(host.facts.containers)
        outcomes.append(_told("containers", host.facts.containers or None, label["containers"], inside))
    if "vt" in label:
        seen = host.facts.cpu.hw_virt is not None
        outcomes.append(_told("vt", host.facts.cpu.hw_virt_state, label["vt"], seen == label["vt"]))
    outcomes += _lab_devices(host)
    failed = {one.check for one in host.report.findings if one.status == "fail" and one.severity == "high"}
    outcomes += [
        _told(f"high {check}", check in failed, False, check not in failed)
        for check in label.get("no_high", ())
    ]
    return outcomes


def _lab_devices(host: Host) -> list[tuple[Outcome, str]]:
    said: dict[str, str] = {one.name: one.path for one in host.facts.block}
    said |= {one.name: one.path for one in host.facts.net}
    said |= {one.address.removeprefix("0000:"): one.path for one in host.facts.controllers}
    outcomes = []
    for group in ("block", "net", "controllers"):
        for name, path in host.label.get(group, {}).items():
            here = said.get(name.removeprefix("0000:"))
            outcomes.append(_told(name, here, path, here == path))
    for start, path in host.label.get("block_driver", {}).items():
        paths = {one.path for one in host.facts.block if (one.driver or one.name).startswith(start)}
        outcomes.append(_told(start, ", ".join(sorted(paths)) or None, path, paths == {path}))
    return outcomes


def _told(what: str, said: object, wanted: object, right: bool) -> tuple[Outcome, str]:
    outcome = "right" if right else "unknown" if said in (None, "unknown", "none seen") else "wrong"
    return outcome, f"{what} is {wanted}, said {said}"


def table(title: str, rows: dict[str, Counter[str]]) -> None:
    print(f"\n{title:<24}{'right':>7}{'wrong':>7}{'unknown':>9}{'hosts':>7}")
    for name in sorted(rows):
        count = rows[name]
        print(f"{name:<24}{count['right']:>7}{count['wrong']:>7}{count['unknown']:>9}{count.total():>7}")


def main(path: Path) -> int:
    start = time.perf_counter()
    found = hosts(path)
    elapsed = time.perf_counter() - start
    by_kind: dict[str, Counter[str]] = {}
    by_tier: dict[str, Counter[str]] = {}
    also: dict[str, Counter[str]] = {"VT-x or AMD-V flag": Counter(), "device paths": Counter()}
    bad: list[str] = []
    for host in found:
        label = host.label
        if label.get("kind") == "lab":
            told = lab(host)
            words = [outcome for outcome, _ in told]
            worst = next((word for word in ("wrong", "unknown") if word in words), "right")
            by_kind.setdefault("lab", Counter())[worst] += 1
            bad += [f"{outcome:<8}{host.name}: {text}" for outcome, text in told if outcome != "right"]
            continue
        outcome, said = platform(host)
        by_kind.setdefault(str(label.get("kind")), Counter())[outcome] += 1
        by_tier.setdefault(str(label.get("tier")), Counter())[outcome] += 1
        truth = f"is {label.get('kind')} {label.get('hypervisor')}/{label.get('mode')}, said {said}"
        results = [(outcome, truth)]
        seen = flag(host)
        if seen:
            also["VT-x or AMD-V flag"][seen] += 1
            results.append((seen, f"flag is {label['vtx_or_svm']}, said {host.facts.cpu.hw_virt_state}"))
        for result in device_paths(host):
            also["device paths"][result[0]] += 1
            results.append(result)
        bad += [f"{verdict:<8}{host.name}: {text}" for verdict, text in results if verdict != "right"]
    table("kind", by_kind)
    table("tier", by_tier)
    table("also", also)
    busy = sum(host.seconds for host in found)
    speeds = f"{len(found) / busy:.0f} hosts/s, {len(found) / elapsed:.0f} with reading them"
    print(f"\n{len(found)} hosts: {speeds}\n")
    print("\n".join(bad))
    return 1 if any(count["wrong"] for count in (*by_kind.values(), *also.values())) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("records", type=Path, help="an archive or a folder of labelled records")
    sys.exit(main(parser.parse_args().records))
