"""The library: what `import vaudit` offers. The commands call the same functions.

Errors: EvidenceError for a machine or record that cannot be used, VersionError for a report that cannot be
read, BenchError for benchmarks that could not be started, UsageError (a ValueError) for what cannot be meant,
and OSError for files. Ctrl-C is KeyboardInterrupt, after all is cleaned up.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Literal, get_args

from vaudit.machines import UsageError, checks_with, machine, promised, record_at, targets

if TYPE_CHECKING:
    from vaudit.bench.plan import Wanted
    from vaudit.evidence.errors import EvidenceError
    from vaudit.evidence.recorder import Recorder
    from vaudit.model.report import Report
    from vaudit.recorded import Measure
    from vaudit.written import Recorded

StrPath = str | os.PathLike[str]
Bench = Literal["off", "light", "quick", "full"]
"""Nothing is measured; 3 s beside which others hardly lose anything; at most 30 s and 2 GiB; in full."""
Progress = Callable[[str], None]
"""Is called with one line at a time while benchmarks run."""


def scan(
    path: StrPath | None = None,
    *,
    bench: Bench = "off",
    disk: StrPath = ".",
    peer: str | Sequence[str] | None = None,
    device: StrPath | None = None,
    yes: bool = False,
    busy_ok: bool = False,
    checks: Sequence[StrPath] = (),
    plan: str = "",
    target: str | Sequence[str] | None = None,
    share: bool = False,
    salt: str = "",
    secret: bytes = b"",
    excerpts: bool = True,
    progress: Progress | None = None,
) -> "Report":
    """Audits this machine, or the one machine of a record: a dump, a root tree, a capture, an archive.

    `bench` measures this machine: the folder `disk`, or a raw `device`, which is only read; the network too
    where `peer` (HOST or HOST:PORT, or several of them) names an iperf3 server. `yes` consents to a raw
    device, to a network file system and to what a disk image names outside of its folder; with `busy_ok` the
    disk is judged although other programs keep the CPUs busy, which is said. `checks` are folders of checks
    that add to vaudit's own, the system's and the user's. `plan` is what was promised (`4 vCPU, 8 GB RAM,
    160 GB NVMe, KVM`, or a TOML file). `target` names places (kvm, kvm-scsi, xen, xcp-ng, hyperv, vmware,
    nvme): would this Windows start there? `share` makes a report that holds no identities; its pseudonyms are
    equal in all reports with the same `salt`. Excerpts of raw evidence never hold one: their pseudonyms are
    equal in all reports with the same `secret`; without `excerpts` there are none, which saves a tenth of the
    time.
    """
    folders = [os.fspath(folder) for folder in checks]
    wanted = _wanted(bench, disk, peer, device, yes=yes, busy_ok=busy_ok)
    if path is not None and wanted:
        raise UsageError("benchmarks measure this machine: they cannot go with a record")
    told = {"from": path, "disk": disk, "peer": peer, "device": device, "yes": yes, "busy_ok": busy_ok,
            "checks": folders, "plan": plan, "target": target, "share": share, "salt": salt}  # fmt: skip
    places = targets(target)
    with machine() if path is None else nullcontext(record_at(os.fspath(path), yes)) as recorder:
        # imported only now: the CPUID child works beside these imports
        from vaudit.pipeline import asked, audited

        measure, promises = _measure(recorder, wanted, progress), promised(plan)
        run, inside = asked(bench, told), checks_with(folders, here=path is None)
        return audited(
            recorder,
            inside,
            measure,
            run,
            salt=salt if share else None,
            plan=promises,
            target=places,
            secret=secret,
            excerpted=excerpts,
        )


def scans(
    path: StrPath,
    *,
    checks: Sequence[StrPath] = (),
    plan: str = "",
    target: str | Sequence[str] | None = None,
    share: bool = False,
    salt: str = "",
    unreadable: "Callable[[EvidenceError], None] | None" = None,
) -> "Iterator[Report]":
    """Audits every machine at a path, one after another: those of a folder or an archive may be many. `plan`,
    `target`, `share` and `salt` are those of `scan`.

    `unreadable` is called with the EvidenceError of each record that cannot be used, and with one that names
    it for a fault of vaudit's own; without it the first such error ends the iteration.
    """
    from vaudit.evidence.errors import EvidenceError
    from vaudit.evidence.origin import sources
    from vaudit.evidence.recorder import Recorder
    from vaudit.pipeline import asked, audited

    folders, promises, places = [os.fspath(folder) for folder in checks], promised(plan), targets(target)
    told = {"from": path, "checks": folders, "plan": plan, "target": target, "share": share, "salt": salt}
    run = asked("off", told)
    inside, pseudonyms = checks_with(folders), salt if share else None
    for opener in sources(os.fspath(path)):
        try:
            recorder = Recorder(opener())
            report = audited(recorder, inside, run=run, salt=pseudonyms, plan=promises, target=places)
        except Exception as error:
            if unreadable is None:
                raise
            refused = error if isinstance(error, EvidenceError) else None
            unreadable(refused or EvidenceError(f"{path}: internal error: {type(error).__name__}: {error}"))
        else:
            yield report


def record(
    path: StrPath | None,
    *,
    source: StrPath | None = None,
    raw: bool = False,
    salt: str = "",
    changes: "Callable[[str], None] | None" = None,
    bench: Bench = "off",
    disk: StrPath = ".",
    peer: str | Sequence[str] | None = None,
    device: StrPath | None = None,
    yes: bool = False,
    progress: Progress | None = None,
) -> "Recorded":
    """Records this machine, or masks the record `source` of one, into a dump: what a scan reads, and what
    benchmarks recorded. Serial numbers, addresses and names are replaced by pseudonyms unless it is `raw`:
    equal ones in all records with the same `salt`, else such that no two records can be linked by them.
    `changes` is called with each line that was changed. Nothing is written where `path` is None."""
    from vaudit import files
    from vaudit.written import Recorded

    refused = files.writable(path) if path is not None else ""
    if refused:
        raise OSError(refused)
    wanted = _wanted(bench, disk, peer, device, yes=yes)
    if source is not None and (wanted or raw):
        raise UsageError("a record is masked as it is: it is neither measured nor kept raw")
    with machine() if source is None else nullcontext(record_at(os.fspath(source), yes)) as recorder:
        from vaudit.evidence.record import write as dump
        from vaudit.pipeline import scan as audit

        audit(recorder, checks_with([]), _measure(recorder, wanted, progress))
        text, masked = dump(recorder, sanitize=not raw, salt=salt, changes=changes)
    if path is not None:
        files.save(path, text, files.PRIVATE if raw else files.SHARED)
    return Recorded(sum(line[:1] == "@" for line in text.splitlines()) - 2, len(text), masked, text)


def rejudge(
    report: "Report",
    *,
    checks: Sequence[StrPath] = (),
    plan: str = "",
    target: str | Sequence[str] | None = None,
) -> "Report":
    """The report judged again, by the checks in force and those of the folders `checks`, and against `plan`
    or for the places in `target` where they are given. Its facts and benchmarks stay what they were; a shared
    report stays one."""
    from vaudit.pipeline import rejudged

    promises, places = promised(plan), targets(target)
    return rejudged(report, checks_with([os.fspath(folder) for folder in checks]), promises, places)


def share(report: "Report", *, salt: str = "") -> "Report":
    """The report without identities: names, addresses, serials and whatever may be one of a person, a machine
    or a folder. Pseudonyms are equal in all reports with the same `salt`."""
    from vaudit.masking.pseudonyms import Pseudonyms, salt_of
    from vaudit.output.share import shared

    return shared(report, Pseudonyms(salt_of(salt)))


def load(path: StrPath) -> "Report":
    """The report in a file: JSON of any version, or the HTML page that carries it. VersionError where it
    cannot be read, or where there are several."""
    from vaudit.model.versions import VersionError

    found = load_all(path)
    report = next(found, None)
    if report is None:
        raise VersionError(f"{path}: holds no report")
    if next(found, None) is not None:
        raise VersionError(f"{path}: holds several reports: iterate over vaudit.load_all")
    return report


def load_all(path: StrPath) -> "Iterator[Report]":
    """The reports in a file, one by one: of one machine, a list, or one a line (jsonl)."""
    from vaudit.stored import stored

    return stored(os.fspath(path))


def render(
    report: "Report", format: str, *, width: int = 80, color: bool = False, verbose: bool = False
) -> str:
    """The report as text in one of the formats of `vaudit scan --format`, ending with a newline. The last
    three are for `terminal`: columns, escapes for colours, and passes too. UsageError for another format."""
    from vaudit import output

    if format not in output.FORMATS:
        raise UsageError(f"format {format!r}: choose one of {', '.join(output.FORMATS)}")
    return output.render(format, report, width=width, color=color, verbose=verbose)


def _wanted(
    bench: Bench,
    disk: StrPath,
    peer: str | Sequence[str] | None,
    device: StrPath | None,
    *,
    yes: bool,
    busy_ok: bool = False,
) -> "Wanted | None":
    """What is to be measured; None for nothing. UsageError for what cannot be meant."""
    if bench not in get_args(Bench):
        raise UsageError(f"bench {bench!r}: choose one of {', '.join(get_args(Bench))}")
    if bench == "off":
        return None
    from vaudit.bench.plan import Wanted, several

    raw = None if device is None else os.fspath(device)
    return Wanted(bench, os.fspath(disk), several(peer), raw, yes, busy_ok=busy_ok)


def _measure(recorder: "Recorder", wanted: "Wanted | None", progress: Progress | None) -> "Measure | None":
    if wanted is None:
        return None
    from vaudit.measuring import measuring

    return measuring(recorder, wanted, progress or _silent)


def _silent(_line: str) -> None:
    return
