"""The Windows that these tests share."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.wine import wine


@pytest.fixture(scope="module")
def windows() -> Iterator[None]:
    try:
        wine.install()
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", b"") or str(error).encode()
        pytest.skip(
            f"NOT RUN: Windows' Python could not be installed: {said.decode(errors='replace')[-200:]}"
        )
    yield
    wine.restore()
    wine.close()
