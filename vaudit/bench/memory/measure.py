"""What a guest can honestly see of its memory: does it move away, does it come back slowly, how fast is it?

Pages are touched, left alone while the disk and the network are measured, and read again (pages.py). Beside
it a balloon is watched (balloon.py). Gives a recording; nothing is judged here.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial

from vaudit.bench.memory import pages, speed
from vaudit.bench.memory.balloon import look
from vaudit.bench.memory.plan import REST_SECONDS, MemoryPlan
from vaudit.bench.memory.recording import Recording
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.worker import Tell, Told, Wait, beside, result, results

LONGEST_REST = 3600.0
"""Seconds after which a worker whose parent never asks ends by itself."""


@contextlib.contextmanager
def probe(plan: MemoryPlan) -> Iterator[Callable[[], Recording]]:
    """Touch memory in a worker and let it rest; gives the function that reads it again.

    Never raises for what happens to the memory: a worker that died is the recording's `problem`.
    """
    before = look()
    with contextlib.ExitStack() as undo:
        problem, finish = "", None
        if plan.bytes:
            try:
                work = partial(_work, plan.bytes, plan.mode == "full")
                finish = undo.enter_context(beside(work, plan.patience))
            except BenchError as error:
                problem = f"memory could not be touched: {error}"

        def ended() -> Recording:
            recording = (
                _asked(finish) if finish is not None else Recording(refusal=plan.refusal, problem=problem)
            )
            recording.before, recording.after = before, look()
            return recording

        yield ended


def _asked(finish: Callable[[], list[Told]]) -> Recording:
    try:
        [recording] = results(finish(), Recording)
    except BenchError as error:
        return Recording(problem=f"the memory probe ended early: {error}")
    return recording


def _work(size: int, full: bool, tell: Tell, wait: Wait) -> None:
    """The worker's life: touch, rest until the parent calls, read again, then speed."""
    _prefer_me_when_memory_is_short()
    buffer, first = pages.touch(size)
    tell(Told(progress="memory touched"))
    touched = time.monotonic()
    if not wait(LONGEST_REST):
        return
    if full:
        time.sleep(max(0.0, REST_SECONDS - (time.monotonic() - touched)))
    recording = Recording(reread=pages.reread(buffer, first, time.monotonic() - touched))
    if full:
        recording.merging = pages.merging(buffer)
    recording.bandwidth = speed.bandwidth(buffer)
    recording.latency = speed.latency(buffer)
    tell(result(recording))


def _prefer_me_when_memory_is_short() -> None:
    """If memory runs out, this worker is what the kernel should kill (proc(5), oom_score_adj)."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")
