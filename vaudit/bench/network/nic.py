"""What is known of the card beneath a network figure: how it is served, its queues, MTU and offloads."""

import array
import fcntl
import socket
import struct

from vaudit.bench.plan import Nic

_SIOCETHTOOL = 0x8946  # linux/sockios.h
_FEATURES = {"checksums": 0x16, "segmentation (TSO)": 0x1E, "receive merging (GRO)": 0x2B}
"""ETHTOOL_GTXCSUM, ETHTOOL_GTSO, ETHTOOL_GGRO in linux/ethtool.h: each gives one 32-bit value."""
SMALL_MTU = 1500
MANY_CPUS = 4


def offloads(name: str) -> dict[str, bool]:
    """Which offloads of an interface are on; what the kernel does not tell is left out."""
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


def remarks(nics: tuple[Nic, ...], name: str, features: dict[str, bool], cpus: int) -> list[str]:
    """What of this card bears on its figures, in words; nothing where nothing is amiss or known."""
    card = next((each for each in nics if each.name == name), None)
    said = []
    if card is not None and card.path == "emulated":
        said.append(f"the card {name} is emulated ({card.driver or 'driver not known'}), which costs CPU")
    if card is not None and card.queues == 1 and cpus >= MANY_CPUS:
        said.append(f"{name} has a single queue for {cpus} CPUs")
    if card is not None and card.mtu is not None and card.mtu < SMALL_MTU:
        said.append(f"the MTU of {name} is {card.mtu}")
    off = [feature for feature, on in features.items() if not on]
    if off:
        said.append(f"{name} works without {', '.join(off)}, which costs CPU")
    return said
