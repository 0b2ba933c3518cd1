"""What cloud-init writes down of its cloud: the type that a machine is sold as, and nothing else of it.

/run/cloud-init/instance-data.json is for all users to read and holds names, addresses and keys
(cloudinit.readthedocs.io, explanation/instancedata); of it only this is read, and only this is shared.
"""

import msgspec

PATH = "/run/cloud-init/instance-data.json"
_PLACES = (
    ("ds", "meta_data", "instance-type"),
    ("ds", "meta_data", "instance_type"),
    ("ds", "ec2_metadata", "instance-type"),
    ("ds", "meta_data", "imds", "compute", "vmSize"),
)
"""Where EC2 and those who imitate it (OpenStack, Alibaba, Exoscale), and Azure have it."""
MOST = 64
"""Characters of the longest type."""


def instance_type(data: str | bytes) -> str:
    """`t3.micro`, `Standard_B2s`; empty where it is not told, or is no such word."""
    try:
        told = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    found = (_at(told, place) for place in _PLACES)
    return next((name for name in found if _is_type(name)), "")


def written(name: str) -> bytes:
    """The file with nothing in it but this type."""
    return msgspec.json.encode({"ds": {"meta_data": {"instance-type": name}}}) + b"\n"


def _at(told: object, place: tuple[str, ...]) -> str:
    for key in place:
        told = told.get(key) if isinstance(told, dict) else None
    return told if isinstance(told, str) else ""


def _is_type(name: str) -> bool:
    plain = name.replace(".", "").replace("-", "").replace("_", "")
    return 0 < len(name) <= MOST and plain.isascii() and plain.isalnum()
