"""Reports made small: each is compressed with an earlier one of the same machine for its dictionary.

Most of a report is the same from scan to scan. DEFLATE (RFC 1951) looks back no more than 32 KiB, so each
member of a report is compressed in pieces, with the like piece of the earlier report, and some on both sides
of it, in view: 145 KiB become 10 KiB, where they would be 29 KiB alone and 24 KiB with LZMA.
"""

import zlib
from collections.abc import Iterator

import msgspec

from vaudit.model.learned import learned

_PIECE = 12 << 10
_AROUND = 8 << 10
"""Bytes of a piece, and how far a like one may have moved: a piece and its dictionary fit into 32 KiB."""
_RAW = -zlib.MAX_WBITS
"""Without a header: one checksum stands for all pieces."""
_MOST = 64 << 20
"""Bytes that what was packed may become."""


class Packed(msgspec.Struct, frozen=True, array_like=True):
    """A report made small."""

    check: int
    """CRC-32 of the report."""
    members: list[tuple[str, list[bytes]]]
    """The pieces of each member."""


def pack(report: bytes, base: bytes = b"") -> bytes:
    """A report as compact JSON made small; the same base is needed to get it back."""
    known = msgspec.json.decode(base, type=dict[str, msgspec.Raw]) if base else {}
    made: list[tuple[str, list[bytes]]] = []
    for name, value in msgspec.json.decode(report, type=dict[str, msgspec.Raw]).items():
        like = bytes(known.get(name, b""))
        made.append((name, [_small(piece, like[at:to]) for piece, at, to in _pieces(bytes(value))]))
    return msgspec.msgpack.encode(Packed(zlib.crc32(report), made))


def unpack(packed: bytes, base: bytes = b"") -> bytes:
    """The report again. ValueError for what is damaged."""
    try:
        known = msgspec.json.decode(base, type=dict[str, msgspec.Raw]) if base else {}
        read = msgspec.msgpack.decode(packed, type=learned(Packed))
        each = [
            msgspec.json.encode(name) + b":" + _whole(pieces, known.get(name))
            for name, pieces in read.members
        ]
    except (msgspec.MsgspecError, zlib.error) as error:
        raise ValueError(str(error)) from error
    whole = b"{" + b",".join(each) + b"}"
    if zlib.crc32(whole) != read.check:
        raise ValueError("damaged")
    return whole


def _whole(pieces: list[bytes], like: msgspec.Raw | None) -> bytes:
    known, found = bytes(like or b""), b""
    for number, piece in enumerate(pieces):
        at, to = _view(number)
        found += _large(piece, known[at:to])
        if len(found) > _MOST:
            raise ValueError("larger than any report")
    return found


def _pieces(value: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The pieces of a member, each with the part of the earlier one that it is likely to be like."""
    for number in range(-(-len(value) // _PIECE)):
        yield value[number * _PIECE : (number + 1) * _PIECE], *_view(number)


def _view(number: int) -> tuple[int, int]:
    return max(0, number * _PIECE - _AROUND), (number + 1) * _PIECE + _AROUND


def _small(data: bytes, like: bytes) -> bytes:
    packer = (
        zlib.compressobj(9, zlib.DEFLATED, _RAW, 9, zdict=like)
        if like
        else zlib.compressobj(9, zlib.DEFLATED, _RAW, 9)
    )
    return packer.compress(data) + packer.flush()


def _large(data: bytes, like: bytes) -> bytes:
    packer = zlib.decompressobj(_RAW, zdict=like) if like else zlib.decompressobj(_RAW)
    found = packer.decompress(data, _PIECE)
    if not packer.eof:
        raise ValueError("damaged, or more than a piece")
    return found
