r"""How a Windows was left on its disk: asleep or not, its volume closed or not, the files of its drivers.

Only a record that holds the disk tells; a registry alone does not.
"""

from vaudit.evidence.source import DIRTY, DRIVERS, HIBERFIL, Source
from vaudit.facts.windows.services import Service

_ASLEEP, _AWAKE = (b"hibr", b"HIBR"), (b"wake", b"WAKE", b"\0\0\0\0")
"""How hiberfil.sys begins while it holds the memory of a machine, and when it was read (ntfs-3g(8), "Windows
hibernation"; libyal, "Windows Hibernation File format")."""
_FOLDERS = ("system32\\drivers\\", "\\systemroot\\system32\\drivers\\")
"""How the path of a driver begins that lies in the usual folder."""


def hibernated(source: Source) -> bool | None:
    """Whether it sleeps, its kernel alone too; None where the record does not tell."""
    if source.status("file", HIBERFIL) == "absent":
        return False
    begin = (source.binary(HIBERFIL) or b"")[:4]
    return True if begin in _ASLEEP else False if begin in _AWAKE else None


def unclean(source: Source) -> bool | None:
    """Whether its volume was not closed."""
    return {"dirty": True, "not dirty": False}.get((source.call(DIRTY) or "").strip())


def has_file(source: Source, service: Service) -> bool | None:
    """Whether the file of a driver lies where it is started from; None where nobody could look."""
    entry = source.entry("dir", DRIVERS)
    path = service.image.lower() or f"{_FOLDERS[0]}{service.name.lower()}.sys"
    folder = next((one for one in _FOLDERS if path.startswith(one)), None)
    if entry.status != "read" or entry.is_cut or folder is None:
        return None
    return path.removeprefix(folder) in {name.lower() for name in source.names(DRIVERS)}
