"""What a check is: as its file has it, and as a rule that facts are judged by."""

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

import msgspec

from vaudit.judge.conditions import Expression
from vaudit.judge.messages import Message, render, typed
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Actor, Facts, NeedName
from vaudit.model.finding import Commands, Finding, Fix, Severity
from vaudit.model.promise import Promise
from vaudit.model.report import Grade, TileName

StrPath = str | os.PathLike[str]


class CheckError(ValueError):
    """A check that cannot be used; the text is one line: file, key, what is wrong, what to do."""


System = Literal["linux", "windows"]
SYSTEMS: tuple[System, ...] = ("linux", "windows")


def is_for(systems: Sequence[System], facts: Facts) -> bool:
    """Whether what is about some systems is about a machine: one that names none is taken for Linux."""
    return not systems or (facts.os.family or "linux") in systems


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of recorded machines on which the check must fail and must pass."""

    fail: list[str] = []
    passed: list[str] = msgspec.field(name="pass", default=[])


class Blame(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a failed check speaks in a tile of the first screen: the tile's word is no better than this."""

    name: TileName
    word: Grade
    because: str = ""
    """What the tile says of it, a template as messages are; empty where the tile's figures say it already."""


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One check as its file has it. Conditions are in the language of `read_conditions`, messages in that of
    `read_messages`."""

    id: str
    title: str
    severity: Severity
    fail: str
    message: str
    """What is said when it fails."""
    why: str
    title_pass: str = ""
    """The title where it passes: `Little processor time is withheld`."""
    applies: str = ""
    """Where false, the check is skipped; may speak of `it`, and then leaves out elements."""
    each: str = ""
    """A list; the check is made for each element."""
    passed: str = msgspec.field(name="pass", default="")
    unknown: str = ""
    skipped: str = ""
    fix: Fix = Fix()
    references: list[str] = []
    tile: Blame | None = None
    group: Literal["", "tuning"] = ""
    """A check for tuning tells of no fault: it has a place of its own, and never makes an exit code."""
    expect: Expect = Expect()
    systems: list[System] = []
    """The systems that it is about; without any it is about all. On others it says nothing at all."""
    enabled: bool = True
    """A check that is switched off has no finding; its tile still tells what is so."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that a kind of software takes, as checks/workloads.toml has it: needs, any of
    some, or a condition."""

    needs: list[NeedName] = []
    """All of them have to be met."""
    any: list[NeedName] = []
    """One of them has to be met."""
    holds: str = ""
    """A condition, in the language of the checks, that has to be so."""
    because: str = ""
    """What is said where it is not so: a template as messages are."""
    actor: Actor | None = None
    """Who could change it."""
    slower: bool = False
    """Without it the software runs all the same, but worse."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of software that people want to run, as checks/workloads.toml has it."""

    title: str
    steps: list[Step] = msgspec.field(name="step")
    """In the order in which they decide."""
    systems: list[System] = []
    """Those on which people ask for it; without any on all."""


class Condition(msgspec.Struct, frozen=True):
    """What a step asks, read and found sound."""

    holds: Expression
    because: Message


class Workload(msgspec.Struct, frozen=True):
    """A kind of software with its conditions read."""

    name: str
    asked: Asked
    conditions: list[Condition | None]
    """One for each step; None where it names needs."""

    @property
    def limits(self) -> frozenset[str]:
        """The names of the thresholds that its conditions read."""
        return frozenset[str]().union(*(one.holds.limits for one in self.conditions if one))


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A threshold and where it comes from."""

    value: float
    unit: str = ""
    source: str = ""


class Rule(msgspec.Struct):
    """A check whose conditions and messages were read and found sound."""

    check: Check
    file: str
    builtin: bool
    fail: Expression
    """What makes it fail."""
    applies: Expression | None
    """Where the check applies; None everywhere."""
    each: Expression | None
    """The list that the check goes through."""
    messages: dict[str, Message]
    """Its texts, by their key in the file; those that are empty are left out."""

    @property
    def folder(self) -> str:
        """The subject: the name of the folder that the check lies in."""
        return os.path.basename(os.path.dirname(self.file))

    @property
    def limits(self) -> list[str]:
        """The names of the thresholds that its conditions read."""
        return sorted(self.fail.limits | (self.applies.limits if self.applies else frozenset()))

    def say(self, key: str, values: Mapping[str, Any]) -> str:
        """A text of the check with its `{expressions}` filled in; empty where it has none."""
        return render(self.messages.get(key, ()), values)

    def commands(self, values: Mapping[str, Any]) -> Commands | msgspec.UnsetType:
        """The commands of its fix with what is filled in; none where a shell would take one of the values for
        more than a name."""
        known = self.check.fix.commands
        if not known:
            return msgspec.UNSET
        run, back = (typed(self.messages.get(f"fix.commands.{key}", ()), values) for key in ("run", "back"))
        if run is None or back is None:
            return msgspec.UNSET
        return msgspec.structs.replace(known, run=tuple(run.split("\n")), back=tuple(back.splitlines()))


class Checks(msgspec.Struct, frozen=True, dict=True):
    """All checks that are known, by id, and what could not be loaded."""

    known: dict[str, Rule]
    limits: dict[str, Limit]
    problems: list[Finding] = []
    workloads: list[Workload] = []
    """What people want to run, in the order in which it is shown."""

    @cached_property
    def borders(self) -> dict[str, float]:
        """The values of the thresholds."""
        return {name: limit.value for name, limit in self.limits.items()}

    def values(
        self, facts: Facts, benchmarks: Sequence[Benchmark], promises: Sequence[Promise] = ()
    ) -> dict[str, Any]:
        """What conditions and messages speak of, by its name."""
        found: dict[str, Any] = {name: getattr(facts, name) for name in Facts.__struct_fields__}
        found.update(dict.fromkeys(facts.unseen))  # what nobody could look at is no empty list
        measured = {"benchmarks": list(benchmarks), "promises": list(promises)}
        return found | measured | {"limits": self.borders}

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Those in force, in the order of their ids."""
        return {key: self.known[key] for key in sorted(self.known) if self.known[key].check.enabled}

    @cached_property
    def silent(self) -> list[Rule]:
        """Those that are switched off and speak in a tile."""
        return [rule for rule in self.known.values() if rule.check.tile and not rule.check.enabled]
