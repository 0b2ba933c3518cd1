"""Files of fio's that a vaudit left behind which was killed while fio measured.

On Linux fio is handed an open file without a name, and nothing can be left. On Windows it makes one itself:
whoever opened it so that it is gone with its handle (FILE_FLAG_DELETE_ON_CLOSE) could not share it with fio,
which does not let its files be deleted while it has them open (FILE_SHARE_DELETE is missing in its windowsaio
engine). So the name tells whose it is, and the next run in the folder removes what a dead one left.
"""

import contextlib
import os

from vaudit.procfs import whole

_BEGIN, _END = ".vaudit-", ".fio"


def named(folder: str) -> str:
    """The path of a new file of fio's, which bears the number of this process."""
    return os.path.join(folder, f"{_BEGIN}{os.getpid()}-{os.urandom(8).hex()}{_END}")


def clear(folder: str) -> None:
    """Removes such files of processes that are not there any more; what is in use, or refused, stays."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        owner = _owner(name)
        if owner is not None and not _lives(owner):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, name))


def _owner(name: str) -> int | None:
    """The process that a file's name tells; None for other files."""
    if not (name.startswith(_BEGIN) and name.endswith(_END)):
        return None
    pid, dash, random = name[len(_BEGIN) : -len(_END)].partition("-")
    return whole(pid) if dash and len(random) == 16 and set(random) <= set("0123456789abcdef") else None


def _lives(pid: int) -> bool:
    import psutil

    return bool(psutil.pid_exists(pid))
