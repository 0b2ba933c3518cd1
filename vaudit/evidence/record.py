"""Records this machine: runs the collectors for what they read, and writes that down."""

import os

from vaudit import __version__
from vaudit.evidence import dump, worth
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.sanitize import Sanitizer


def write(recorder: Recorder, *, sanitize: bool) -> tuple[str, dict[str, int]]:
    """The dump of all that `recorder` was asked and of what later versions will ask, and how many identities
    of each sort were masked."""
    worth.ask(recorder)
    host = recorder.name
    meta = {
        "id": recorder.identity().id,
        "kernel": recorder.call("uname -r") or "",
        "machine": recorder.call("uname -m") or "",
        "uid": recorder.call("id -u") or "",
        "time": recorder.taken,
        "vaudit": __version__,
    }
    meta = {name: value for name, value in meta.items() if value or name != "id"}
    if not sanitize:
        return dump.write(recorder.entries, meta), {}
    sanitizer = Sanitizer(os.urandom(16), [host])
    return dump.write([sanitizer.entry(entry) for entry in recorder.entries], meta), sanitizer.masked
