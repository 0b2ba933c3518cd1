"""Text and bytes in the lines of a dump.

Text is percent-escaped where it would break a line or a word, and else stands as it is; bytes are base64.
"""

import binascii

_EMPTY = "%"
"""An empty word. It cannot be anything else: a percent sign itself is written %25."""


def word(text: str) -> str:
    """One word: no white space, nothing that cannot be printed, never empty."""
    if text.isascii() and text.isprintable() and " " not in text and "%" not in text:
        return text or _EMPTY
    return "".join(char if char.isprintable() and char not in " %" else _percent(char) for char in text)


def line(text: str) -> str:
    """The rest of a line: spaces stay, but for those that an editor might take away."""
    fragile = text.startswith(" ") or text.endswith(" ") or "  " in text
    return word(text) if fragile else " ".join(map(word, text.split(" ")))


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def plain(text: str) -> str:
    """What was escaped."""
    if "%" not in text:
        return text
    if text == _EMPTY:
        return ""
    from urllib.parse import unquote_to_bytes

    data = unquote_to_bytes(text)
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:  # written by hand: no version of vaudit escapes like this
        return data.decode("utf-8", "replace")


def packed(data: bytes) -> str:
    """Base64, in one piece."""
    return binascii.b2a_base64(data, newline=False).decode()


def unpacked(text: str) -> bytes:
    """The bytes of base64. ValueError where it is not that."""
    from base64 import b64decode

    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error
