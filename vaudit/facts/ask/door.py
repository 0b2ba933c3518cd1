r"""The door: which system is this? Asked once of each source; all other questions go to its own.

What tells is that something is there: a registry, what a program of Windows printed, an inventory that names
Windows. Everything else is taken for Linux, whose providers answer with little where a record holds little.
"""

from typing import Literal

from vaudit.evidence.source import PRINTED_BY_WINDOWS, Source

System = Literal["linux", "windows"]

_KEYS = ("HKLM\\SYSTEM\\CurrentControlSet", "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion")
_PROGRAMS = ("systeminfo", *PRINTED_BY_WINDOWS)
_INVENTORIES = ("facter", "ansible", "ohai")
_NAMED = (
    '"family":"windows"', '"osfamily":"windows"', "osfamily=>windows", "family=>windows",
    '"ansible_os_family":"windows"', '"platform_family":"windows"',
)  # fmt: skip
"""How facter, Ansible and ohai name it, without blanks."""


def system_of(source: Source) -> System:
    """The system that a source shows."""
    if source.system is None:
        source.system = "windows" if _is_windows(source) else "linux"
    return source.system


def _is_windows(source: Source) -> bool:
    return (
        any(source.held("registry", key) for key in _KEYS)
        or any(source.held("run", program) for program in _PROGRAMS)
        or any(_names_windows(source, program) for program in _INVENTORIES)
    )


def _names_windows(source: Source, program: str) -> bool:
    text = "".join((source.output(program) or "").lower().split())
    return any(name in text for name in _NAMED)
