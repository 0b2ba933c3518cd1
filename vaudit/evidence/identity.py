"""A pseudonym of the machine: the same in all its records and reports, and of no use for anything else.

It is made where the identity is read, so that the identity is in no ledger, no dump and no report. What it is
made from is secret enough to be its own key, as in sd_id128_get_machine_app_specific(3): a machine id is 128
random bits. The UUID of hardware may be a short serial number in disguise, so that one costs a guesser 16 MiB
and some 50 ms a try.

Machines that were cloned together with their machine id share it, and so the pseudonym.
"""

from collections.abc import Callable

import msgspec

MACHINE_IDS = ("/etc/machine-id", "/var/lib/dbus/machine-id")
HARDWARE_IDS = ("/sys/class/dmi/id/product_uuid", "/sys/hypervisor/uuid", "/proc/device-tree/vm,uuid")
PLACEHOLDERS = (
    "03000200040005000006000700080009", "00020003000400050006000700080009",
    "12345678123456789012345678901234", "123456781234567890abcddeefaabbcc",
)  # fmt: skip
"""UUIDs that firmware bears whose maker gave it none (dmidecode, and what mainboards are shipped with)."""
APPLICATION = b"vaudit machine 1"
"""Never changes: with another one every machine would be another."""
DIGITS = 32


class Identity(msgspec.Struct, frozen=True):
    """A machine's pseudonym, or why there is none."""

    id: str
    """32 hexadecimal digits; empty where nothing identifies the machine."""
    because: str
    """What it was made from, or what could not be had."""


def made(line: Callable[[str], str | None], status: Callable[[str], str]) -> Identity:
    """The pseudonym of a machine. `line` reads a file of one line, `status` tells whether it could be."""
    for path in (*MACHINE_IDS, *HARDWARE_IDS):
        secret = _secret(line(path) or "")
        if secret:
            make = _of_machine_id if path in MACHINE_IDS else _of_hardware
            return Identity(make(secret), f"made from {path}")
    tried = [f"{path} {status(path)}" for path in (*MACHINE_IDS, *HARDWARE_IDS)]
    if all(one.endswith(" unrecorded") for one in tried):
        return Identity("", "nothing identifies this machine: what would is unrecorded")
    return Identity("", f"nothing identifies this machine: {', '.join(tried)}")


def of_windows(guid: str, uuid: str) -> Identity:
    """The pseudonym of a Windows machine: of its MachineGuid, else of the UUID that its firmware bears."""
    secret = _secret(guid)
    if secret:
        return Identity(_of_machine_id(secret), "made from MachineGuid")
    secret = _secret(uuid.strip("{}"))
    if secret:
        return Identity(_of_hardware(secret), "made from HardwareConfig\\LastConfig")
    return Identity("", "nothing identifies this machine: neither MachineGuid nor HardwareConfig was read")


def recorded(id: str) -> Identity:
    """The pseudonym that a record holds."""
    if len(id) == DIGITS and not id.strip("0123456789abcdef"):
        return Identity(id, "as it was recorded")
    return Identity("", "this record holds no pseudonym of its machine")


def _secret(text: str) -> bytes:
    """The 128 bits of an id or a UUID; nothing for what is none, or stands for none."""
    digits = text.strip("\0 \n").replace("-", "").lower()
    if len(digits) != DIGITS or digits.strip("0123456789abcdef") or digits in PLACEHOLDERS:
        return b""
    return b"" if len(set(digits)) == 1 else bytes.fromhex(digits)


def _of_machine_id(secret: bytes) -> str:
    try:  # as random.py of the standard library does: hashlib would load OpenSSL for it
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b

    return blake2b(APPLICATION, digest_size=DIGITS // 2, key=secret).hexdigest()


def _of_hardware(secret: bytes) -> str:
    from hashlib import scrypt

    # the costs that RFC 7914 gives for interactive use: 16 MiB
    return scrypt(secret, salt=APPLICATION, n=1 << 14, r=8, p=1, dklen=DIGITS // 2).hex()
