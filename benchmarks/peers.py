"""What vaudit and virt-what say of the same recorded hosts, side by side: python benchmarks/peers.py FOLDER

FOLDER holds labelled hosts, unpacked (see accuracy.py). `--machines` adds the recorded ones of the tests.
Each host is laid out as a tree, and `virt-what --test-root` is run on it as its own tests do: programs that
it would ask (dmidecode, uname, its CPUID helper) print what was recorded. On metal it prints nothing: that is
right there, and silence elsewhere. systemd-detect-virt takes no root and asks the processor that it runs on,
so that it cannot be held against records: it is only named.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from vaudit import toml
from vaudit.evidence import dump, origin
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.source import Source
from vaudit.facts.ask.cpu import cpuid
from vaudit.facts.ask.firmware import smbios
from vaudit.facts.collect import collect
from vaudit.facts.values import Xen

sys.path.insert(0, str(Path(__file__).parent))
from accuracy import NAMES, hosts, lab, platform  # type: ignore[import-not-found]

MACHINES = Path(__file__).resolve().parent.parent / "tests" / "machines"
SAYS = {
    "kvm": "kvm", "qemu": "qemu", "xen": "xen", "hyperv": "hyperv", "vmware": "vmware", "lkvm": "lkvm",
    "virtualbox": "virtualbox", "parallels": "parallels", "bhyve": "bhyve", "uml": "uml", "rhev": "kvm",
    "ovirt": "kvm", "redhat": "kvm", "virtualpc": "virtualpc", "hitachi": "lpar", "virtage": "lpar",
    "ibm_systemz-kvm": "kvm", "ibm_systemz-zvm": "zvm", "ibm_systemz-lpar": "lpar", "powervm_lx86": "lx86",
    "ibm_power-kvm": "kvm", "ibm_power-lpar_shared": "powervm", "ibm_power-lpar_dedicated": "powervm",
    "vmm": "openbsd-vmm", "nutanix_ahv": "kvm", "ldoms": "ldoms", "illumos-lx": "illumos", "crosvm": "kvm",
}  # fmt: skip
"""What virt-what prints, in vaudit's words; its other words name clouds, roles and containers."""
_FIELDS = {"sys_vendor": "Manufacturer", "product_name": "Product Name", "product_version": "Version",
           "bios_vendor": "Vendor", "bios_version": "Version"}  # fmt: skip


class Told(NamedTuple):
    """What both say of one host, each `right`, `wrong` or `silent`, and in seconds how long it took."""

    name: str
    ours: str
    theirs: str
    printed: str
    our_seconds: float
    their_seconds: float


def labelled(folder: Path) -> Iterator[Told]:
    """The hosts of a folder with labels."""
    for host in hosts(folder):
        label = host.label
        outcome = lab(host)[0][0] if label.get("kind") == "lab" else platform(host)[0]
        wanted = {str(label.get("hypervisor", label.get("hv"))), *map(str, label.get("accept") or ())}
        wanted = {NAMES.get(name.lower(), name.lower()) for name in wanted}
        recorded = folder / host.name
        source = origin.one(str(recorded))
        yield _told((host.name, outcome, host.seconds), wanted, source, recorded / "root")


def machines() -> Iterator[Told]:
    """The recorded machines of the tests."""
    for path in sorted(MACHINES.glob("*.vdump")):
        wanted = toml.loads(path.with_suffix(".toml").read_text()).get("kind", "*")
        source = dump.parse(path.read_bytes(), path.stem)
        start = time.perf_counter()
        kind = collect(Recorder(source)).hypervisor.kind
        seconds = time.perf_counter() - start
        outcome = "right" if wanted in ("*", kind) else "unknown" if kind == "unknown" else "wrong"
        yield _told((path.stem, outcome, seconds), {wanted}, source, None)


def _told(ours: tuple[str, str, float], wanted: set[str], source: Source, tree: Path | None) -> Told:
    name, outcome, seconds = ours
    printed, elapsed = _virt_what(source, tree)
    kinds = {SAYS[word] for word in printed if word in SAYS}
    if "kvm" in kinds and len(kinds) > 1:
        kinds.discard("qemu")
    right = bool(kinds & wanted) or (not kinds and "none" in wanted) or bool(wanted & {"*", "unknown"})
    theirs = "right" if right else "wrong" if kinds else "silent"
    outcome = outcome.replace("unknown", "silent")
    return Told(name, outcome, theirs, " ".join(printed), seconds, elapsed)


def _virt_what(source: Source, tree: Path | None) -> tuple[list[str], float]:
    """The words that it prints, and the seconds that it takes."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made) / "root"
        if tree and tree.is_dir():
            shutil.copytree(tree, root, symlinks=True)
        elif isinstance(source, dump.Dump):
            _lay_out(source, root)
        _stand_in(root, "usr/libexec/virt-what-cpuid-helper", _signature(source) + "\n")
        _stand_in(root, "usr/sbin/dmidecode", source.output("dmidecode") or _firmware(source))
        _stand_in(root, "usr/sbin/uname", source.call("uname -m") or "x86_64\n")
        start = time.perf_counter()
        done = subprocess.run(
            ["virt-what", f"--test-root={root}"], capture_output=True, text=True, check=False
        )
        return done.stdout.split(), time.perf_counter() - start


def _lay_out(source: dump.Dump, root: Path) -> None:
    """The files and folders of a dump as a tree; links are not followed by virt-what."""
    kept = [one for one in source.entries if one.status == "read" and ".." not in one.key]
    folders = {root / one.key.lstrip("/"): one.data for one in kept if isinstance(one.data, list)}
    files = {root / one.key.lstrip("/"): one.data for one in kept if one.kind == "file"}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for place, data in files.items():
        if isinstance(data, bytes) and not place.is_dir():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    for folder, names in folders.items():
        for name in names:
            if not (folder / name).exists():
                (folder / name).touch()


def _stand_in(root: Path, name: str, text: str) -> None:
    """A program that prints what was recorded."""
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.with_name(f"{place.name}.txt").write_text(text)
    place.write_text(f'#!/bin/sh\nexec cat "{place}.txt"\n')
    place.chmod(0o755)


def _signature(source: Source) -> str:
    return next((one.name for one in cpuid(source, Xen()).interfaces), "")


def _firmware(source: Source) -> str:
    """As dmidecode prints the few fields that are known."""
    values = smbios(source).values
    return "".join(f"\t{_FIELDS[name]}: {text}\n" for name, text in values.items() if name in _FIELDS)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("folders", nargs="*", type=Path, help="folders of labelled hosts, unpacked")
    parser.add_argument("--machines", action="store_true", help="also the recorded machines of the tests")
    options = parser.parse_args()
    if not shutil.which("virt-what"):
        raise SystemExit("virt-what is not installed")
    told = [one for folder in options.folders for one in labelled(folder)]
    told += machines() if options.machines else []
    ours, theirs = Counter(one.ours for one in told), Counter(one.theirs for one in told)
    print(f"{'':<22}{'right':>7}{'wrong':>7}{'silent':>8}{'hosts/s':>9}")
    for name, count, seconds in (
        ("vaudit", ours, sum(one.our_seconds for one in told)),
        ("virt-what", theirs, sum(one.their_seconds for one in told)),
    ):
        speed = len(told) / seconds if seconds else 0
        print(f"{name:<22}{count['right']:>7}{count['wrong']:>7}{count['silent']:>8}{speed:>9.0f}")
    print(f"{'systemd-detect-virt':<22}cannot: it takes no root and asks this machine's processor")
    print(f"\n{len(told)} hosts. Where they differ:")
    for one in told:
        if one.ours != one.theirs:
            print(f"  {one.name}: vaudit {one.ours}, virt-what {one.theirs} ({one.printed or 'nothing'})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
