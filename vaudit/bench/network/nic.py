"""Which offloads of a network card are on, as the kernel tells by ioctl(2): SIOCETHTOOL."""

import array
import socket
import struct

_SIOCETHTOOL = 0x8946  # linux/sockios.h
_FEATURES = {"checksums": 0x16, "segmentation (TSO)": 0x1E, "receive merging (GRO)": 0x2B}
"""ETHTOOL_GTXCSUM, ETHTOOL_GTSO, ETHTOOL_GGRO in linux/ethtool.h: each gives one 32-bit value."""


def offloads(name: str) -> dict[str, bool]:
    """Which offloads of an interface are on; what the kernel does not tell is left out."""
    import fcntl  # not on every system that this file must be importable on

    found: dict[str, bool] = {}
    try:
        any_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    except OSError:
        return found
    with any_socket:
        for feature, command in _FEATURES.items():
            value = array.array("I", [command, 0])
            asked = struct.pack("16sP", name.encode()[:15], value.buffer_info()[0]).ljust(40, b"\0")
            try:
                fcntl.ioctl(any_socket.fileno(), _SIOCETHTOOL, asked)
            except OSError:
                continue
            found[feature] = bool(value[1])
    return found
