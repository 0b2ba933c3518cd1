"""What the guards saw in half a second of a quiet machine, and of a busy one."""

from vaudit.bench.system.guards import Change

QUIET = Change(
    seconds=0.5, busy=0.3, foreign=0.05, stolen=0.0, steal=0.0, idle=0.65, own=0.5, delay=0.01, pressure=0.0,
    read=1_000_000, written=0,
)  # fmt: skip
BUSY = Change(
    seconds=0.5, busy=1.0, foreign=0.9, stolen=0.0, steal=0.0, idle=0.0, own=0.2, delay=0.01, pressure=0.0,
    read=1_000_000, written=0,
)  # fmt: skip
