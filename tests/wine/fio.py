"""fio for Windows, built of Debian's source by mingw: `python -m tests.wine.fio` (a minute).

It takes gcc-mingw-w64-x86-64 and a network. Nothing else of the tests needs it.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.wine.wine import CACHE

FIO = CACHE / "fio" / "fio.exe"
_SOURCES = "deb-src http://deb.debian.org/debian bookworm main\n"


def build() -> None:
    """Makes it. CalledProcessError where that cannot be done."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        here.chmod(0o755)
        (here / "lists").mkdir()
        (here / "sources").write_text(_SOURCES)
        options = {"Dir::Etc::SourceList": here / "sources", "Dir::Etc::SourceParts": "/dev/null",
                   "Dir::State::Lists": here / "lists"}  # fmt: skip
        apt = ["apt-get", "-qq", *(word for name, at in options.items() for word in ("-o", f"{name}={at}"))]
        compiler = "CC=x86_64-w64-mingw32-gcc-posix"
        for words in (
            [*apt, "update"],
            [*apt, "--download-only", "source", "fio"],
            ["sh", "-c", "tar xf fio_*.orig.tar.gz && mv fio-*/ fio"],
            ["sh", "-c", f"cd fio && {compiler} ./configure --build-static --cpu=x86_64"],
            ["make", "-C", "fio", compiler, "fio"],
        ):
            subprocess.run(words, cwd=here, check=True, stdout=subprocess.DEVNULL)
        FIO.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(here / "fio" / "fio.exe", FIO)


if __name__ == "__main__":
    build()
