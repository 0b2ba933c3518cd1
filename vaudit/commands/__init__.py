"""The commands: each a module with its `Options` and `run(options) -> exit code`; `bench disk` is bench_disk.

Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 usage; 3 could not audit, or could not write.
Heavy modules are imported inside functions, so that a scan feels instant.
"""

from typing import Any

COMMANDS = {
    "scan": "Audit this machine, or a record of one, and report.",
    "record": "Record what a scan reads, so that it can be replayed elsewhere.",
    "evidence": "List what a scan reads, and what root would add.",
    "report": "Show a stored report again, in any format.",
    "diff": "Say what changed between two scans, the worst first.",
    "history": "Show what kept reports say over time.",
    "accept": "Say that what changed is the new normal: it is news no more.",
    "checks": "List all checks.",
    "explain": "Say what a check looks at, why it matters and what to do.",
    "schedule": "Scan this machine each day, by systemd or cron.",
    "nagios": "Answer Nagios and Icinga from the newest kept report.",
    "prometheus": "Print the newest kept report as metrics, and alert rules for them.",
    "config": "Show what is configured, and where it comes from.",
    "schema": "Print the JSON Schema of the report.",
    "completion": "Print what makes a shell complete commands, options and check ids.",
    "watch": "Look every ten minutes for a day, and show the worst hour.",
    "peer": "Serve other hosts' network benchmarks for a while.",
    "bench disk": "Measure a disk alone: the class that it falls into, and why.",
    "bench network": "Measure the network to an iperf3 server alone, in both directions.",
}
"""What each does, in the order of `vaudit --help`."""
GROUPS = {"bench": "Measure one thing alone."}
"""What the commands with a common first word do."""


def command(name: str) -> Any:
    """The module of one of COMMANDS."""
    # as import_module does it, which a scan would have to import first
    return __import__(f"vaudit.commands.{name.replace(' ', '_')}", fromlist=["run"])
