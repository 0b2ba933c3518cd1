"""Reads checks from folders of TOML files."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from vaudit import files, toml
from vaudit.judge.messages import Message
from vaudit.judge.read_conditions import ConditionError, Reading, blaming, read_condition, read_expression
from vaudit.judge.read_messages import read_line, read_message
from vaudit.judge.read_workloads import read_workloads
from vaudit.judge.rules import Check, CheckError, Checks, Limit, Rule, StrPath
from vaudit.judge.vocabulary import Type, names
from vaudit.model.finding import SENTENCES, SEVERITIES, Finding, Fix
from vaudit.model.learned import learned
from vaudit.trust import distrust

THRESHOLDS, WORKLOADS = "thresholds.toml", "workloads.toml"
MAX_FILE = 256 * 1024
"""Bytes of one check file."""
MAX_COMMANDS, MAX_COMMAND = 12, 400
"""Lines of a fix's commands, and characters of one."""
NO_CHECKS = Checks({}, {})


def read(folders: Iterable[StrPath], before: Checks = NO_CHECKS, *, builtin: bool = False) -> Checks:
    """The checks in folders, which add to those `before` or, unless `builtin`, override them."""
    limits, problems = dict(before.limits), list(before.problems)
    known, workloads = dict(before.known), {one.name: one for one in before.workloads}
    tables: list[tuple[str, dict[str, Any]]] = []
    for path in (path for folder in folders for path in _toml_files(folder, problems, builtin)):
        try:
            if not builtin:
                _refuse_others(path)
            table = _read(path)
            if os.path.basename(path) == THRESHOLDS:
                limits |= _limits(path, table)
            else:
                tables.append((path, table))
        except CheckError as error:
            problems.append(_problem(path, error))
    words = names({name: limit.value for name, limit in limits.items()})
    for path, table in tables:
        try:
            if os.path.basename(path) == WORKLOADS:
                workloads |= {one.name: one for one in read_workloads(path, table, words)}
                continue
            check = _check(path, table, known, builtin)
            known[check.id] = _rule(check, path, builtin, words)
        except CheckError as error:
            problems.append(_problem(path, error))
    return Checks(known, limits, problems, list(workloads.values()))


def _toml_files(folder: StrPath, problems: list[Finding], builtin: bool) -> Iterable[str]:
    try:
        if not os.path.isdir(folder):
            raise CheckError(f"{folder}: no such folder of checks")
        if not builtin:
            _refuse_others(folder)
    except CheckError as error:
        problems.append(_problem(os.fspath(folder), error))
        return
    for base, folders, found in os.walk(folder):
        folders.sort()
        for name in sorted(found):
            if name.endswith(".toml"):
                yield os.path.join(base, name)


def _refuse_others(path: StrPath) -> None:
    """Raises CheckError where root would follow what others wrote."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    try:
        reason = distrust(path)
    except OSError as error:
        raise CheckError(f"{path}: cannot be read: {error.strerror}") from None
    if reason:
        advice = "chown -R root: and chmod -R go-w it, or run vaudit as another user"
        raise CheckError(f"{path}: not trusted by root: {reason}; {advice}")


def _read(path: str) -> dict[str, Any]:
    try:
        content = files.beginning(path, MAX_FILE + 1)
        if len(content) > MAX_FILE:
            raise CheckError(f"{path}: larger than {MAX_FILE // 1024} KiB; a check is a small TOML file")
        return toml.loads(content.decode())
    except OSError as error:
        raise CheckError(f"{path}: cannot be read: {error.strerror}") from None
    except (toml.TomlError, UnicodeDecodeError) as error:
        raise CheckError(f"{path}: not TOML: {error}; correct that line") from None


def _limits(path: str, table: dict[str, Any]) -> dict[str, Limit]:
    found = {}
    for name, value in table.items():
        raw = value if isinstance(value, dict) else {"value": value, "source": path}
        try:
            found[name] = msgspec.convert(raw, learned(Limit))
        except msgspec.ValidationError as error:
            raise CheckError(f'{path}: {name}: {error}; write {{ value = 1, source = "…" }}') from None
    return found


def _check(path: str, table: dict[str, Any], known: Mapping[str, Rule], builtin: bool) -> Check:
    """The check in a file. One that is known already gives what the file leaves out."""
    key = table.get("id")
    if not isinstance(key, str) or not key:
        raise CheckError(f'{path}: id: missing; a check begins with id = "subject.name"')
    if builtin and key in known:
        raise CheckError(f"{path}: id: {key} is already the id of another check; choose another")
    check = _converted(path, (msgspec.to_builtins(known[key].check) if key in known else {}) | table)
    if builtin and not (check.expect.fail and check.expect.passed):
        raise CheckError(f"{path}: expect: name recorded machines for both fail and pass")
    return check


def _converted(path: str, table: dict[str, Any]) -> Check:
    for key in table:
        if key not in Check.__struct_encode_fields__:
            raise CheckError(f"{path}: {key}: no such key; {_meant(key, Check.__struct_encode_fields__)}")
    if table.get("severity") not in SEVERITIES and "severity" in table:
        raise CheckError(f"{path}: severity: {table['severity']!r} is none of {', '.join(SEVERITIES)}")
    for key in ("title", "severity", "fail", "message", "why"):
        if key not in table:
            raise CheckError(f"{path}: {key}: missing; every check needs it")
    try:
        return msgspec.convert(table, learned(Check))
    except msgspec.ValidationError as error:
        raise CheckError(f"{path}: {error}; correct its type or its name") from None


def _rule(check: Check, path: str, builtin: bool, words: Mapping[str, Type]) -> Rule:
    """The check with its conditions and texts read. Raises CheckError for the first that is wrong."""
    each = applies = None
    with blaming(path, "each"):
        each = _list(check.each, words) if check.each else None
    with blaming(path, "applies"):
        applies = read_condition(check.applies, words, each) if check.applies else None
    element = _element(each, applies)
    with blaming(path, "fail"):
        fail = read_condition(check.fail, words, element)
    messages = _messages(check, path, words, element)
    return Rule(
        check,
        path,
        builtin,
        fail=fail.expression,
        applies=applies and applies.expression,
        each=each and each.expression,
        messages=messages,
    )


def _list(text: str, words: Mapping[str, Type]) -> Reading:
    found = read_expression(text, words)
    if found.type.kind != "list":
        raise ConditionError(f"{found.expression.text} is not a list")
    return found


def _element(each: Reading | None, applies: Reading | None) -> Reading | None:
    """The list that a check goes through, as far as it applies: benchmarks with the ids that it names."""
    kind = applies.element if applies else None
    return each if each is None or kind is None else each._replace(type=each.type._replace(of=kind))


def _messages(
    check: Check, path: str, words: Mapping[str, Type], element: Reading | None
) -> dict[str, Message]:
    texts = {"message": check.message, "pass": check.passed, "unknown": check.unknown}
    texts |= {f"fix.{name}": getattr(check.fix, name) for name in SENTENCES}
    with blaming(path, "fix.commands"):
        texts |= _commands(check.fix)
    texts["tile.because"] = check.tile.because if check.tile else ""
    texts["skipped"] = check.skipped
    found = {}
    for key, text in texts.items():
        with blaming(path, key):
            read = read_line if key.startswith("fix.commands.") else read_message
            found[key] = read(text, words, None if key == "skipped" else element)
    return {key: message for key, message in found.items() if message}


def _commands(fix: Fix) -> dict[str, str]:
    """The commands of a fix as texts, a line each. Raises ConditionError for what nobody could type."""
    if not fix.commands:
        return {}
    for line in (*fix.commands.run, *fix.commands.back):
        if not line.strip() or len(line) > MAX_COMMAND or not line.isprintable():
            raise ConditionError(f"a command is one line of at most {MAX_COMMAND} characters: {line[:60]!r}")
    if not 0 < len(fix.commands.run) <= MAX_COMMANDS >= len(fix.commands.back) or not fix.linux:
        raise ConditionError(f"1 to {MAX_COMMANDS} commands stand beside the sentence of fix.linux")
    return {f"fix.commands.{key}": "\n".join(getattr(fix.commands, key)) for key in ("run", "back")}


def _problem(path: str, error: CheckError) -> Finding:
    return Finding(
        check=os.path.basename(path).removesuffix(".toml"),
        status="error",
        severity="low",
        subject=path,
        message=str(error),
    )


def _meant(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
