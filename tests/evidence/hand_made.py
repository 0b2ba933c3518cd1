"""Disk images that no program here makes: vhd upon vhd, vhdx with a log or a parent. Every block by hand.

vhd: "Virtual Hard Disk Image Format Specification" 1.0, of Microsoft; vhdx: MS-VHDX.
"""

import uuid
from collections.abc import Iterable
from struct import pack, pack_into

BLOCK, SECTOR = 2 << 20, 512
DYNAMIC, DIFFERENCING = 3, 4
NOBODY = bytes(16)


def vhd(
    content: bytes, own: bytes, parent: bytes = NOBODY, name: str = "", only: Iterable[int] | None = None
) -> bytes:
    """A dynamic vhd of whole blocks, or one that holds only some of them, upon another."""
    count = -(-len(content) // BLOCK)
    held = list(range(count)) if only is None else list(only)
    footer = _footer(len(content), DIFFERENCING if parent != NOBODY else DYNAMIC, own)
    table, body = [0xFFFFFFFF] * count, b""
    start = 512 + 1024 + -(-count * 4 // SECTOR) * SECTOR
    for number in held:
        table[number] = (start + len(body)) // SECTOR
        data = content[number * BLOCK : (number + 1) * BLOCK].ljust(BLOCK, b"\0")
        body += b"\xff" * (BLOCK // SECTOR // 8) + data
    places = b"".join(pack(">I", place) for place in table)
    head = footer + _dynamic(count, parent, name) + places.ljust(start - 1536, b"\xff")
    return head + body + footer


def _footer(size: int, kind: int, own: bytes) -> bytes:
    made = bytearray(
        pack(">8sIIQI4sI4sQQHBBII", b"conectix", 2, 0x10000, 512, 0, b"hand", 0, b"Wi2k", size, size,
             size // SECTOR // 16 // 63, 16, 63, kind, 0) + own
    )  # fmt: skip
    made = made.ljust(512, b"\0")
    pack_into(">I", made, 64, _sum(made))
    return bytes(made)


def _dynamic(count: int, parent: bytes, name: str) -> bytes:
    made = bytearray(
        pack(">8sQQIIII16sII", b"cxsparse", (1 << 64) - 1, 1536, 0x10000, count, BLOCK, 0, parent, 0, 0)
    )
    made = (made + name.encode("utf-16-be").ljust(512, b"\0")).ljust(1024, b"\0")
    pack_into(">I", made, 36, _sum(made))
    return bytes(made)


def _sum(data: bytearray) -> int:
    """The ones' complement of the sum of all bytes, with the field of the checksum as zero."""
    return ~sum(data) & 0xFFFFFFFF


LOG = uuid.UUID("6f0b1c52-5d44-4b5b-9a3c-2f1a3b4c5d6e").bytes_le
_HEADERS, _METADATA = (64 << 10, 128 << 10), uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
_FILE = uuid.UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b").bytes_le
_LOCATOR = uuid.UUID("a8d35f2d-b30b-454d-abf7-d3d84834ab0c").bytes_le
_OF_VHDX = uuid.UUID("b04aefb7-d19e-4a81-b789-25b8e9445913").bytes_le


def with_log(image: bytes) -> bytes:
    """A vhdx that was not closed: both of its headers name a log."""
    made = bytearray(image)
    for at in _HEADERS:
        made[at + 48 : at + 64] = LOG
        pack_into("<I", made, at + 4, 0)
        pack_into("<I", made, at + 4, _crc32c(made[at : at + 4096]))
    return bytes(made)


def with_parent(image: bytes, name: str) -> bytes:
    """A vhdx that says of itself that it holds only what differs from another."""
    made = bytearray(image)
    metadata = next(at for at in range(1 << 20, len(made), 1 << 20) if made[at : at + 8] == b"metadata")
    count = int.from_bytes(made[metadata + 10 : metadata + 12], "little")
    for number in range(count):
        entry = metadata + 32 * (number + 1)
        if made[entry : entry + 16] == _FILE:
            at = metadata + int.from_bytes(made[entry + 16 : entry + 20], "little")
            made[at + 4] |= 2  # HasParent
    entry, at = metadata + 32 * (count + 1), 0x20000
    pairs = {
        "parent_linkage": "{" + str(uuid.UUID(int=7)) + "}",
        "relative_path": name,
        "absolute_win32_path": f"C:\\machines\\{name}",
    }
    texts = [word.encode("utf-16-le") for pair in pairs.items() for word in pair]
    table, place = b"", 20 + 12 * len(pairs)
    for key, value in zip(texts[::2], texts[1::2], strict=True):
        table += pack("<IIHH", place, place + len(key), len(key), len(value))
        place += len(key) + len(value)
    item = _OF_VHDX + pack("<HH", 0, len(pairs)) + table + b"".join(texts)
    made[entry : entry + 32] = pack("<16sIIII", _LOCATOR, at, len(item), 4, 0)
    pack_into("<H", made, metadata + 10, count + 1)
    made[metadata + at : metadata + at + len(item)] = item
    return bytes(made)


def _crc32c(data: bytearray) -> int:
    """CRC-32C (Castagnoli), a bit at a time."""
    found = 0xFFFFFFFF
    for byte in data:
        found ^= byte
        for _ in range(8):
            found = found >> 1 ^ (0x82F63B78 if found & 1 else 0)
    return found ^ 0xFFFFFFFF
