"""What does this system alone show of its platform? Here every provider is heard, not only the first."""

from vaudit.evidence.source import Source
from vaudit.facts.linux import board, boot, records, s390
from vaudit.model.facts import Witness

PROVIDERS = (
    board.device_tree,
    board.cpuinfo,
    s390.sysinfo,
    boot.log,
    boot.clock,
    records.lscpu,
    records.lspci,
    records.disks,
    board.sparc,
    boot.zone,
)


def signals(source: Source) -> list[Witness]:
    """All that they say, in no order of trust."""
    return [said for provider in PROVIDERS for said in provider(source)]
