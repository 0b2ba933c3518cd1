"""Named questions about a machine. Each module holds one, with those who may know the answer, by system.

A provider is a function that takes a Source and answers in the words of facts/values.py or of the model, or
says None (or nothing) where it does not know. A new provider is one function and one line in a list. Which
system's are asked is decided once, in ask/door.py.
Here stands what they share: whose answer counts, and how what programs and the kernel said is called.
"""

from __future__ import annotations  # those of tables take longer to work out than the tables

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from vaudit.evidence.source import Source
from vaudit.facts.ask.door import System, system_of

T = TypeVar("T")
By = Mapping[System, Sequence[Callable[..., T]]]
"""Providers by the system that they know."""

KERNEL_LOG = "call:dmesg"
"""The id of the evidence that `kernel_log` gives."""


def first(providers: Iterable[Callable[..., T | None]], *about: Any) -> T | None:
    """The answer of the first provider that knows one."""
    for provider in providers:
        answer = provider(*about)
        if answer:
            return answer
    return None


def ask(by: By[T | None], source: Source, *about: Any) -> T | None:
    """The answer of the first provider of this source's system that knows one."""
    return first(by.get(system_of(source), ()), source, *about)


def everyone(by: By[Iterable[T]], source: Source) -> list[T]:
    """What all providers of this source's system say, one after the other."""
    return [said for provider in by.get(system_of(source), ()) for said in provider(source)]


def output_id(program: str) -> str:
    """The id of the evidence that `Source.output` gives."""
    return f"run:{program}"


def call_id(name: str) -> str:
    """The id of the evidence that `Source.call` gives."""
    return f"call:{name}"


def kernel_log(source: Source) -> str:
    """The lines of the kernel log that are about virtualization; empty where it cannot be read."""
    return source.call("dmesg") or ""
