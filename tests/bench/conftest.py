"""What several tests of the benchmarks begin with."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from vaudit.bench.disk import engine
from vaudit.bench.disk.testfile import nameless_file
from vaudit.bench.system.errors import BenchError


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    """A file of 1 MiB of random bytes, that is 256 blocks."""
    with ExitStack() as undo:
        try:
            fd = undo.enter_context(nameless_file(str(tmp_path)))
            engine.fill(fd, engine.CHUNK, 10.0)
        except BenchError as error:
            pytest.skip(f"SKIPPED, NOT PASSED: {error}")
        yield fd
