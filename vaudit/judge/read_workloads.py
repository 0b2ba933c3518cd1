"""Reads checks/workloads.toml: what people want to run, and what each of it takes."""

from collections.abc import Mapping
from typing import Any

import msgspec

from vaudit.judge.read_conditions import ConditionError, blaming, read_condition
from vaudit.judge.read_messages import read_message
from vaudit.judge.rules import Asked, CheckError, Condition, Step, Workload
from vaudit.judge.vocabulary import Type
from vaudit.model.learned import learned


def read_workloads(path: str, table: dict[str, Any], words: Mapping[str, Type]) -> list[Workload]:
    """The answers that a file asks for, in its order. Raises CheckError for the first that is wrong."""
    known = {name: kind for name, kind in words.items() if name != "workloads"}
    return [_workload(path, name, value, known) for name, value in table.items()]


def _workload(path: str, name: str, value: Any, words: Mapping[str, Type]) -> Workload:
    try:
        asked = msgspec.convert(value, learned(Asked))
    except msgspec.ValidationError as error:
        raise CheckError(f"{path}: {name}: {error}; a block has a title and [[{name}.step]]s") from None
    if not asked.steps:
        raise CheckError(f"{path}: {name}: step: an answer that asks nothing would always be yes")
    conditions = list[Condition | None]()
    for number, step in enumerate(asked.steps):
        with blaming(path, f"{name}: step {number + 1}"):
            if sum(map(bool, (step.needs, step.any, step.holds))) != 1:
                raise ConditionError("give one of needs, any and holds")
            conditions.append(_condition(step, words) if step.holds else None)
    return Workload(name, asked, conditions)


def _condition(step: Step, words: Mapping[str, Type]) -> Condition:
    if not step.because:
        raise ConditionError("because: missing; it says why not, where the condition does not hold")
    return Condition(read_condition(step.holds, words).expression, read_message(step.because, words))
