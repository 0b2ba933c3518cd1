"""Named questions about a machine. Each module holds one, with the list of those who may know the answer.

A provider is a function that takes a Source and answers in the words of facts/values.py or of the model, or
says None (or nothing) where it does not know. A new provider is one function and one line in a list. Those of
Linux stand last: they may answer, with little in it, where nobody else does.
Here stands what they share: whose answer counts, and how what programs and the kernel said is called.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from vaudit.evidence.source import Source

T = TypeVar("T")

KERNEL_LOG = "call:dmesg"
"""The id of the evidence that `kernel_log` gives."""


def first(providers: Iterable[Callable[..., T | None]], *about: Any) -> T | None:
    """The answer of the first provider that knows one."""
    for provider in providers:
        answer = provider(*about)
        if answer:
            return answer
    return None


def output_id(program: str) -> str:
    """The id of the evidence that `Source.output` gives."""
    return f"run:{program}"


def call_id(name: str) -> str:
    """The id of the evidence that `Source.call` gives."""
    return f"call:{name}"


def kernel_log(source: Source) -> str:
    """The lines of the kernel log that are about virtualization; empty where it cannot be read."""
    return source.call("dmesg") or ""
