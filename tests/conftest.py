"""For all tests: Ctrl-C works, whoever started them, and no property has to hold within a time.

A shell starts background jobs with SIGINT ignored, and the programs that the tests start would inherit that.
Hypothesis gives each example 200 ms and complains of slow ones, which speaks of a busy machine, not of code.
"""

import signal

import pytest
from hypothesis import HealthCheck, settings

signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("any machine"), max_examples=20)  # `make check`
settings.load_profile("any machine")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `outer` names the programs that it runs."""
    from tests.outer import program

    for mark in item.iter_markers("outer"):
        for name in mark.args:
            program(name)
