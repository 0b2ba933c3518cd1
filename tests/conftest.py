"""For all tests: Ctrl-C works, whoever started them, and no property has to hold within a time.

A shell starts background jobs with SIGINT ignored, and the programs that the tests start would inherit that.
Hypothesis gives each example 200 ms and complains of slow ones, which speaks of a busy machine, not of code.
"""

import signal
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("any machine"), max_examples=20)  # `make check`
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "of a test with more cases than N (one for each machine, check, word, ...) run N, evenly spread"
    parser.addoption("--sample", type=int, metavar="N", help=told)


@pytest.hookimpl(trylast=True)  # of what other options leave
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    most = config.getoption("--sample")
    if most is None:
        return
    cases = Counter(_test(item) for item in items)
    seen: Counter[str] = Counter()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        (kept if _in_sample(item, cases, seen, most) else left_out).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def _test(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _in_sample(item: pytest.Item, cases: Counter[str], seen: Counter[str], most: int) -> bool:
    """Whether a case is one of `most` at the same distance from one another, the first among them."""
    of, number = cases[_test(item)], seen[_test(item)]
    seen[_test(item)] += 1
    return of <= most or number * most % of < most


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `outer` names the programs that it runs."""
    from tests.outer import program

    for mark in item.iter_markers("outer"):
        for name in mark.args:
            program(name)
