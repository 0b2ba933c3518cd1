"""Workers as threads, where a system has no fork: what is heard of them, and how they end."""

import sys
import threading
import time

import pytest

from vaudit.bench.system import counters, threaded, worker
from vaudit.bench.system.errors import BenchError
from vaudit.bench.system.guards import Change


@pytest.fixture(autouse=True)
def no_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(counters, "_cpu_times", lambda: (0.0, 0.0, 0.0))


def test_messages_come_in_their_order_and_end_with_the_work() -> None:
    def work(tell: worker.Tell) -> None:
        for number in range(3):
            tell(worker.result(number))

    assert worker.results(list(worker.isolate(work, 10.0)), int) == [0, 1, 2]


@pytest.mark.parametrize(("error", "said"), [(BenchError("no room"), "no room"), (KeyError("x"), "KeyError")])
def test_what_goes_wrong_is_one_sentence(error: Exception, said: str) -> None:
    def work(_tell: worker.Tell) -> None:
        raise error

    with pytest.raises(BenchError, match=said):
        list(worker.isolate(work, 10.0))


@pytest.mark.parametrize(("foreign", "kind"), [(0.0, worker.Silent), (0.9, worker.Starved)])
def test_one_who_hangs_is_given_up_and_why_is_told_by_what_others_did(
    monkeypatch: pytest.MonkeyPatch, foreign: float, kind: type[BenchError]
) -> None:
    monkeypatch.setattr(threaded, "GOODBYE_SECONDS", 0.1)
    seen = Change(1.0, foreign, foreign, 1 - foreign, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0)
    monkeypatch.setattr(counters, "since", lambda _before: seen)
    forever = threading.Event()

    def work(_tell: worker.Tell) -> None:
        forever.wait()

    began = time.monotonic()
    with pytest.raises(kind):
        list(worker.isolate(work, 0.2))
    assert time.monotonic() - began < 5
    forever.set()


def test_one_whom_nobody_hears_ends_at_its_next_word() -> None:
    ended = threading.Event()

    def work(tell: worker.Tell) -> None:
        try:
            while True:
                tell(worker.Told(progress="on"))
                time.sleep(0.01)
        finally:
            ended.set()

    heard = worker.isolate(work, 30.0)
    assert next(heard).progress == "on"
    heard.close()
    assert ended.wait(5)
