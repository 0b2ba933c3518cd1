"""What a plan promises of a machine, and whether it is kept."""

from __future__ import annotations  # worked out where they are asked for: half a millisecond of a start

from typing import Literal

import msgspec

Subject = Literal[
    "processors", "dedicated", "level", "flag", "sockets", "memory", "disk", "disk-kind", "iops",
    "disk-speed", "network", "traffic", "ipv4", "ipv6", "virtualization", "paravirtual", "nested",
    "model", "unseen", "unread",
]  # fmt: skip


Word = Literal["not kept", "doubtful", "cannot tell", "kept"]
WORDS: tuple[Word, ...] = ("not kept", "doubtful", "cannot tell", "kept")
"""What most needs to be read stands first."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a plan promises, as it was understood."""

    subject: Subject
    words: str
    """In our own words: `8 GB of memory`. Only what is `unread` repeats the plan's text."""
    amount: float | None = None
    """Processors, sockets, bytes, requests a second, bytes a second, bits a second; the level of x86-64."""
    name: str = ""
    """Of a flag, a kind of disk, a hypervisor, a device or a processor: `aes`, `nvme`, `xen hvm`, `net`,
    `7443p`."""
    at_most: bool = False
    """Whether the plan says `up to`, which no smaller amount breaks."""

    @property
    def for_others(self) -> Asked:
        """The same without words of the plan's text, which may name anybody."""
        return msgspec.structs.replace(self, words=NOT_UNDERSTOOD) if self.subject == "unread" else self


NOT_UNDERSTOOD = "a part that is not understood"


class Promise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A promise held against what was found."""

    subject: Subject
    promised: str
    found: str
    """What was found, in words; `not known` where nothing tells."""
    kept: bool | None
    """None: it cannot be told."""
    because: str
    letter: str = ""
    """A sentence to send to the provider, where it is not kept."""
    evidence: list[str] = []
    doubtful: bool = False
    """What was found speaks against it, and is too little to call it broken; `kept` is then None."""

    @property
    def word(self) -> Word:
        """What a person is told first."""
        if self.kept is None:
            return "doubtful" if self.doubtful else "cannot tell"
        return "kept" if self.kept else "not kept"
