"""What a guest can honestly see of its memory: does it move away, does it come back slowly, how fast is it?

Pages are touched, left alone while the disk and the network are measured, and read again (pages.py). Beside
it a balloon is watched (balloon.py). Memory overcommit is a property of the host; a guest sees at most its
effects. The words go no further.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

from vaudit.bench.disk.place import MIB
from vaudit.bench.memory import pages
from vaudit.bench.memory import speed as memspeed
from vaudit.bench.memory.balloon import Count, look, moved
from vaudit.bench.plan import Plan
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.worker import Message, Tell, Wait, beside
from vaudit.model.benchmark import Benchmark

REST_SECONDS = 45.0
"""`full` waits so long when nothing else took as long: host swap and page merging take their time."""


@contextlib.contextmanager
def probe(plan: Plan) -> Iterator[Callable[[], list[Benchmark]]]:
    """Touch memory in a worker and let it rest; gives the function that reads it again and judges.

    Never raises for what happens to the memory: a worker that died is an entry with status `error`.
    """
    before = look()
    with contextlib.ExitStack() as undo:
        problem, finish = plan.memory_refusal, None
        if plan.memory_bytes:
            try:
                patience = plan.seconds + REST_SECONDS + 60.0
                work = partial(_work, plan.memory_bytes, plan.mode == "full")
                finish = undo.enter_context(beside(work, patience))
            except BenchError as error:
                problem = f"memory could not be touched: {error}"

        def results() -> list[Benchmark]:
            found: list[Benchmark] = []
            said, status = problem, "skipped" if plan.memory_refusal else "error"
            if finish is not None:
                try:
                    found = [each.benchmark for each in finish() if each.benchmark]
                except BenchError as error:
                    said = f"the memory probe ended early: {error}"
            failed = (said, status) if said else None
            return [*found, conclude(found, before, look(), failed)]  # type: ignore[arg-type]

        yield results


def _work(size: int, full: bool, tell: Tell, wait: Wait) -> None:
    """The worker's life: touch, rest until the parent calls, read again, then speed."""
    _prefer_me_when_memory_is_short()
    buffer, first = pages.touch(size)
    tell(Message(progress="memory touched"))
    touched = time.monotonic()
    if not wait(3600.0):
        return
    if full:
        time.sleep(max(0.0, REST_SECONDS - (time.monotonic() - touched)))
    rested = time.monotonic() - touched
    tell(Message(benchmark=pages.reread(buffer, first, rested)))
    if full:
        tell(Message(benchmark=pages.merging(buffer)))
    tell(Message(benchmark=memspeed.bandwidth(buffer)))
    tell(Message(benchmark=memspeed.latency(buffer)))


def _prefer_me_when_memory_is_short() -> None:
    """If memory runs out, this worker is what the kernel should kill (proc(5), oom_score_adj)."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def conclude(
    found: list[Benchmark], before: Count, after: Count,
    failed: tuple[str, Literal["skipped", "error"]] | None,
) -> Benchmark:  # fmt: skip
    """The benchmark `memory.verdict`: what was seen of a balloon and of slow pages."""
    reread = next((each for each in found if each.id == "memory.reread"), None)
    merging = next((each for each in found if each.id == "memory.merging"), None)
    went = moved(before, after)
    words, reasons = [], []
    if went is not None and went >= MIB:
        words.append("balloon-moved")
        reasons.append(f"a balloon moved by {went / MIB:,.0f} MiB while this ran")
    if merging is not None and merging.verdict == "pages-merged":
        words.append("pages-merged")
        reasons.append(merging.reason)
    if reread is not None:
        words.append({"reread-fast": "no-sign"}.get(reread.verdict, reread.verdict))
        reasons.append(reread.reason)
    if went == 0:
        reasons.append("no balloon moved")
    word = next((each for each in ("reread-slow", *words) if each in words), "inconclusive")
    return Benchmark(
        id="memory.verdict",
        target="memory",
        engine="vaudit",
        unit="",
        status=failed[1] if failed else "ok",
        verdict="" if failed else word,
        confidence="none" if failed or reread is None or word == "inconclusive" else reread.confidence,
        reason=failed[0] if failed else "; ".join(reasons),
        limits=pages.LIMITS,
        details={"balloon_moved_bytes": went, "balloon_held_bytes": after.held},
    )
