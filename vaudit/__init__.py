"""vaudit: a host capability auditor. Evidence -> Facts -> Findings -> Report.

    report = vaudit.scan()                # this machine; vaudit.scan("host.vdump") a record of one
    report.facts.hypervisor.kind, report.verdict.sentence, report.failed("high")
    vaudit.render(report, "html")

docs/python-api.md shows all of it. Nothing is imported before it is used: the program starts here too.
"""

TYPE_CHECKING = False  # typing's own is not imported: see __main__.py

if TYPE_CHECKING:
    from vaudit.api import load, load_all, record, rejudge, render, scan, scans, share
    from vaudit.bench.system.errors import BenchError
    from vaudit.evidence.errors import EvidenceError
    from vaudit.machines import UsageError
    from vaudit.model.benchmark import Benchmark
    from vaudit.model.facts import Block, Cpu, Facts, Hypervisor, Layer, Memory, Net
    from vaudit.model.finding import CheckText, Finding, Fix
    from vaudit.model.report import Coverage, Origin, Report, Run, Summary, Tile, Verdict
    from vaudit.model.versions import VersionError
    from vaudit.written import Recorded

__version__ = "0.2.0.dev0"

__all__ = [
    "BenchError", "Benchmark", "Block", "CheckText", "Coverage", "Cpu", "EvidenceError", "Facts", "Finding",
    "Fix", "Hypervisor", "Layer", "Memory", "Net", "Origin", "Recorded", "Report", "Run", "Summary", "Tile",
    "UsageError", "Verdict", "VersionError", "load", "load_all", "record", "rejudge", "render", "scan",
    "scans", "share",
]  # fmt: skip

_HOMES = {
    "api": ("load", "load_all", "record", "rejudge", "render", "scan", "scans", "share"),
    "bench.system.errors": ("BenchError",),
    "evidence.errors": ("EvidenceError",),
    "machines": ("UsageError",),
    "model.benchmark": ("Benchmark",),
    "model.facts": ("Block", "Cpu", "Facts", "Hypervisor", "Layer", "Memory", "Net"),
    "model.finding": ("CheckText", "Finding", "Fix"),
    "model.report": ("Coverage", "Origin", "Report", "Run", "Summary", "Tile", "Verdict"),
    "model.versions": ("VersionError",),
    "written": ("Recorded",),
}


if not TYPE_CHECKING:  # a checker would take every name that is asked for

    def __getattr__(name: str) -> object:
        for home, names in _HOMES.items():
            if name in names:
                from importlib import import_module

                found: object = getattr(import_module(f"vaudit.{home}"), name)
                globals()[name] = found
                return found
        raise AttributeError(f"module 'vaudit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
