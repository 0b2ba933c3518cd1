"""What a record holds of programs that ran on the machine, and what the kernel says when it is called."""

from vaudit.evidence.source import Source

KERNEL_LOG = "call:dmesg"
"""The id of the evidence that `kernel_log` gives."""


def output_id(program: str) -> str:
    """The id of the evidence that `Source.output` gives."""
    return f"run:{program}"


def call_id(name: str) -> str:
    """The id of the evidence that `Source.call` gives."""
    return f"call:{name}"


def kernel_log(source: Source) -> str:
    """The lines of the kernel log that are about virtualization; empty where it cannot be read."""
    return source.call("dmesg") or ""
