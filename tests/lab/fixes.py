"""Executes the fixes of our own checks as they are written, on machines that fail them: `make lab-fix`.

A machine is booted with what is wrong on it, vaudit looks, the commands of its findings are executed, it
restarts where one of them says so, and vaudit looks again.
"""

import argparse
import json
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.lab import debian, images
from tests.lab.boot import PATIENCE, LabError, qemu, run_folder, sent, with_backends
from vaudit import toml
from vaudit.model.report import Report

TABLE = Path(__file__).parent / "fixes.toml"
FAILED, UNUSABLE = 1, 2


@dataclass(frozen=True)
class Machine:
    """A machine that fails some checks, all at once. `seconds` is what it takes on a quiet 2-core machine."""

    name: str
    about: str
    checks: list[str]
    """Those whose fixes are executed, in this order."""
    args: str
    seconds: int
    parameters: str = ""
    """What stands on its kernel's command line from the start, and in /etc/default/grub."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What lies on its disk from the start, by path."""
    breaks: list[str] = field(default_factory=list)
    """Lines of a shell that make what is wrong."""
    switched: str = ""
    """The arguments with which the provider starts it after the fix; empty where that is nobody's work."""
    brings: list[str] = field(default_factory=list)
    """Checks that what the provider attaches fails by itself, whatever the owner did."""
    user: int = 0
    """Who scans."""
    quick: bool = False
    """Whether it belongs to the short part."""


def table() -> tuple[dict[str, Machine], dict[str, str]]:
    """The machines by name, and the checks whose commands cannot be executed here, with the reason."""
    data = toml.loads(TABLE.read_text())
    machines = {name: Machine(name=name, **one) for name, one in data["machine"].items()}
    return machines, data["not-here"]


def executed(machines: list[Machine]) -> Iterator[tuple[Machine, dict[str, list[str]]]]:
    """Each machine with what is wrong with each of its fixes: nothing, where it did what it says."""
    folder = debian.build()
    (folder / "runs").mkdir(exist_ok=True)
    with images.lock(folder / "runs/lock"), tempfile.TemporaryDirectory(dir=folder) as work:
        root = debian.Root(folder, Path(work))
        for machine in machines:
            yield machine, _boot(folder, root, machine)


def _boot(folder: Path, root: debian.Root, machine: Machine) -> dict[str, list[str]]:
    run = run_folder(folder, f"fix-{machine.name}")
    job = {"break": machine.breaks, "checks": machine.checks, "user": machine.user}
    job["switched"] = bool(machine.switched)
    disk = root.disk(run / "disk", job, machine.parameters, machine.files)
    out, problem = run / "out.tar", ""
    for number, args in enumerate(filter(None, (machine.args, machine.switched))):
        arguments = [
            *("-drive", f"file={disk},format=raw,if=none,id=root,cache=unsafe"),
            *("-serial", f"file:{run / f'console{number}.log'}", "-serial", f"file:{out}"),
            *with_backends(shlex.split(args)),
        ]
        _, problem = qemu(arguments, machine.seconds * PATIENCE, run, restarts=True)
    disk.unlink()
    said = sent(out)
    if not said:
        why = f"{problem or 'it did not come up, or sent nothing'}; its console: {run}/console*.log"
        return {check: [why] for check in machine.checks}
    shutil.rmtree(run / "said", ignore_errors=True)
    (run / "said").mkdir()
    for name, content in said.items():
        (run / "said" / name).write_bytes(content)
    return {check: list(wrong(said, check, machine.brings)) for check in machine.checks}


def wrong(said: Mapping[str, bytes], check: str, brings: Sequence[str] = ()) -> Iterator[str]:
    """What is wrong with the fix of a check, one line each, and with its machine afterwards."""
    try:
        before, after = (
            msgspec.json.decode(said[f"{name}.json"], type=Report) for name in ("before", "after")
        )
    except msgspec.MsgspecError:
        yield f"no report: {said.get('before.json.err', b'')!r} {said.get('after.json.err', b'')!r}"
        return
    yield from (
        f"the fault could not be made: {_told(one)}" for one in json.loads(said["broken.json"]) if one["code"]
    )
    if check not in _failed(before):
        found = [(one.status, one.message) for one in before.findings if one.check == check]
        yield f"it did not fail before: {found}"
        return
    done = [one for each in json.loads(said["executed.json"])[check] for one in each["done"]]
    if not done:
        yield "its finding has no commands"
    yield from (f"a command failed: {_told(one)}" for one in done if one["code"])
    if check in _failed(after):
        yield "it fails still: " + "; ".join(
            one.message for one in after.findings if (one.status, one.check) == ("fail", check)
        )
    now = _failed(after)
    yield from (f"this fails now: {one}" for one in sorted(now.keys() - _failed(before).keys() - set(brings)))
    state = json.loads(said["state.json"])
    yield from (f"gone: {one} ({state})" for one in ("root", "writable", "network") if not state[one])


def _failed(report: Report) -> dict[str, list[str]]:
    """The checks that fail, with the subjects."""
    found: dict[str, list[str]] = {}
    for one in (each for each in report.findings if each.status == "fail"):  # hints for tuning too
        found.setdefault(one.check, []).append(one.subject)
    return found


def _told(one: dict[str, Any]) -> str:
    return f"{one['line']}: {one['code']}: {one['said'].strip()[-300:]}"


def main() -> int:
    """Exit codes: 0 all fixes did what they say; 1 some did not; 2 the lab could not run."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.fixes", description=__doc__)
    parser.add_argument("machines", nargs="*", metavar="MACHINE", help="all of fixes.toml otherwise")
    given = parser.parse_args()
    known, not_here = table()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    good, count = 0, 0
    try:
        if lost := set(given.machines) - set(known):
            raise LabError(f"no machine {', '.join(lost)}; there are {', '.join(known)}")
        images.install_programs()
        for machine, problems in executed([known[name] for name in given.machines or known]):
            for check, found in problems.items():
                print(f"{'FAIL' if found else 'ok':4} {check} ({machine.name})", flush=True)
                print("".join(f"     {line}\n" for line in found), end="", flush=True)
                good, count = good + (not found), count + 1
    except LabError as error:
        images.say(str(error))
        return UNUSABLE
    except KeyboardInterrupt:
        images.say("stopped")
        return 130
    print(f"\n{good} of {count} fixes were executed as they are written, and the finding was gone")
    print(f"the commands of {len(not_here)} more cannot be executed here:")
    print("\n".join(f"  {check}: {why}" for check, why in not_here.items()))
    return 0 if good == count else FAILED


if __name__ == "__main__":
    sys.exit(main())
