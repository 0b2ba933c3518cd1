"""Old blocks: some of what lay on the file system for days, read once (see old_files.py)."""

from vaudit.bench.disk.recording import Latencies, OldBlocks, Pass
from vaudit.bench.disk.session import Session
from vaudit.bench.stats import spread
from vaudit.bench.system import guards
from vaudit.bench.units import BLOCK


def measure(session: Session, seconds: float, rested: bool = False) -> OldBlocks:
    """Blocks of old files on the file system that is measured, each read once, in so many seconds at most;
    `rested`: with pauses (gently.py), beside which others may use the disk."""
    drive, where = session.drive, session.recording.where
    began, before = drive.now(), drive.sample()
    files, latencies = drive.read_old(where.target, where.mount, seconds, rested)
    guard = guards.disturbed_single if rested else guards.disturbed
    seen, moved = drive.since(before), len(latencies) * BLOCK
    session.account("read", moved)
    taken = Latencies(len(latencies), spread(latencies))
    return OldBlocks(
        files=files,
        read=Pass(began - session.began, sum(latencies) / 1e9, taken),
        disturbed=guard(seen, moved, 0, busy_ok=session.plan.busy_ok),
        guards=guards.figures(seen),
        seconds=drive.now() - began,
    )
