"""A large file of which only the pages that are looked at are read."""

from collections.abc import Callable

PAGE = 64 << 10

Read = Callable[[int, int], bytes]
"""Place and number of bytes -> so many bytes, or those that are there."""


class Paged:
    """Bytes that can be cut out and changed, as those of a private mapping; what is changed stays here."""

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._size = size
        self._pages: dict[int, bytearray] = {}

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, where: slice) -> bytes:
        begin, end, _ = where.indices(self._size)
        first, inside = divmod(begin, PAGE)
        if end <= begin:
            return b""
        if end - first * PAGE <= PAGE:
            return bytes(self._page(first)[inside : inside + end - begin])
        last = (end - 1) // PAGE
        found = b"".join(self._page(number) for number in range(first, last + 1))
        return found[inside : inside + end - begin]

    def __setitem__(self, where: slice, data: bytes) -> None:
        begin, end, _ = where.indices(self._size)
        done = 0
        while begin + done < end:
            number, inside = divmod(begin + done, PAGE)
            piece = data[done : done + PAGE - inside]
            self._page(number)[inside : inside + len(piece)] = piece
            done += len(piece)

    def grow(self, size: int) -> None:
        """Adds zeros at the end."""
        self._size = max(self._size, size)

    def _page(self, number: int) -> bytearray:
        """A whole page; behind the end of the file it holds zeros."""
        if number not in self._pages:
            data = self._read(number * PAGE, PAGE)
            self._pages[number] = bytearray(data + bytes(PAGE - len(data)))
        return self._pages[number]
