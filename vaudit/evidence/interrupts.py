"""The lines of /proc/interrupts about virtualization, without a column for each processor.

Names: arch/x86/kernel/irq.c (HYP, HRE, HVS), drivers/xen/events/events_base.c, drivers/virtio.
"""

from collections.abc import Iterator

_WORDS = (b"HYP:", b"HRE:", b"HVS:", b"xen-", b"virtio")
"""What such lines hold."""
_LABELS = (b"HYP", b"HRE", b"HVS")
_LONGEST = 120
"""Characters of a name that are kept."""


def interrupts(data: bytes) -> Iterator[tuple[int, str]]:
    """How often since boot, and the name: `HYP`, or what made it (`PCI-MSI 1-edge virtio0-input.0`)."""
    for line in data.split(b"\n"):
        if any(word in line for word in _WORDS):
            label, colon, rest = line.strip().partition(b":")
            counts, words = _counted(rest.split())
            name = label if label in _LABELS else b" ".join(words)
            if colon and counts and name:
                yield sum(counts), name.decode("ascii", "replace")[:_LONGEST]


def _counted(words: list[bytes]) -> tuple[list[int], list[bytes]]:
    """The columns of processors, and what stands behind them."""
    end = next((at for at, word in enumerate(words) if not word.isdigit() or len(word) > 20), len(words))
    return [int(word) for word in words[:end]], words[end:]
