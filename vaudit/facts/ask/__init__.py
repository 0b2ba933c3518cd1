"""Named questions about a machine. Each module holds one, with the list of those who may know the answer.

A provider is a function that takes a Source and answers in the words of facts/values.py or of the model, or
says None (or nothing) where it does not know. A new provider is one function and one line in a list.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


def first(providers: Iterable[Callable[..., T | None]], *about: Any) -> T | None:
    """The answer of the first provider that knows one."""
    for provider in providers:
        answer = provider(*about)
        if answer:
            return answer
    return None
