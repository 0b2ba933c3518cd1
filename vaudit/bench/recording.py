"""What was recorded of a machine, room by room, and how it is kept: as JSON, its version before its content.

Each room's recording is evidence of its own (`recording:disk`). A dump that holds one is judged again at
every replay, by the borders of the day. What a later version wrote is not guessed at: it is said that it is
there.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from vaudit.bench.cpu.recording import Recording as Cpu
from vaudit.bench.day_recording import Recording as Watch
from vaudit.bench.disk.recording import Recording as Disk
from vaudit.bench.memory.recording import Recording as Memory
from vaudit.bench.network.recording import Recording as Network
from vaudit.model.learned import learned

FORMAT = 1
"""Of a recording's JSON. It grows by optional fields; anything else makes it the next one."""


class Recordings(msgspec.Struct, frozen=True):
    """What one run recorded; None where a room was not asked for, or where a record does not hold it."""

    disk: Disk | None = None
    network: Network | None = None
    cpu: Cpu | None = None
    memory: Memory | None = None
    watch: Watch | None = None
    """Many light looks at the disk and the CPUs; then there is nothing else."""


ROOMS: dict[str, type[Disk] | type[Network] | type[Cpu] | type[Memory] | type[Watch]] = {
    "disk": Disk,
    "network": Network,
    "cpu": Cpu,
    "memory": Memory,
    "watch": Watch,
}
"""In the order in which they are reported."""


class _Kept(msgspec.Struct, frozen=True):
    format: int
    recording: msgspec.Raw


def encoded(recordings: Recordings) -> dict[str, bytes]:
    """The JSON of each room that was measured, by its name."""
    made = {room: getattr(recordings, room) for room in ROOMS}
    return {
        room: msgspec.json.encode(_Kept(FORMAT, msgspec.Raw(msgspec.json.encode(one))))
        for room, one in made.items()
        if one is not None
    }


def decoded(kept: Mapping[str, bytes]) -> tuple[Recordings, dict[str, str]]:
    """The recordings, and by its name why a room's could not be read. Never raises."""
    found: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for room, data in kept.items():
        try:
            found[room] = _decoded(room, data)
        except (ValueError, RecursionError) as error:
            unread[room] = str(error)
    return Recordings(**found), unread


def _decoded(room: str, data: bytes) -> Disk | Network | Cpu | Memory | Watch:
    """One room's recording. Raises ValueError with the reason."""
    if room not in ROOMS:
        raise ValueError("this vaudit measures nothing of that name")
    try:
        kept = msgspec.json.decode(data, type=learned(_Kept))
        if kept.format > FORMAT:
            newer = f"it has format {kept.format}, and this vaudit reads format {FORMAT} at most"
            raise ValueError(f"{newer}: use a newer one")
        return msgspec.json.decode(kept.recording, type=learned(ROOMS[room]))
    except msgspec.DecodeError as error:
        raise ValueError(f"it is damaged, or from another version: {error}") from None
