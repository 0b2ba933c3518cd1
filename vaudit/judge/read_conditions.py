"""Reads the expression language of the checks: a small part of Python's, read with `ast`, never with `eval`.

A condition is checked in full when it is read (names, values and types against the facts model); what comes
of it is evaluated by `conditions`.

Allowed: names of facts, `.attributes`, `details['key']`, `interval[0]`; text, numbers, True, False and
tuples of them; and or not; == != < <= > >= in, not in, is None; + - * / of numbers; any, all, min, max and
sum of a generator expression over a list, and len of a list. Nothing else.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple, cast

from vaudit.judge.conditions import UNKNOWN, Expression, Form
from vaudit.judge.rules import CheckError
from vaudit.judge.vocabulary import ANY, BOOL, NOTHING, NUMBER, TEXT, Type, fields, narrowed

MAX_TEXT = 1000
"""Characters of a condition."""
MAX_DEPTH = 24
MAX_NODES = 300

_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_ALWAYS: Form = ("value", True)


class ConditionError(ValueError):
    """A condition that cannot be meant; the text says what is wrong and, where it can, what was meant."""


@contextmanager
def blaming(file: str, key: str) -> Iterator[None]:
    """Names the file and the key in what is wrong with a condition."""
    try:
        yield
    except ConditionError as error:
        raise CheckError(f"{file}: {key}: {error}") from None


class Reading(NamedTuple):
    """What was read."""

    expression: Expression
    type: Type
    element: Type | None = None
    """What `it` is where this is true: `it.id == 'disk.verdict'` fixes the words and figures it can have."""


class _Node(NamedTuple):
    form: Form
    type: Type
    name: str
    """How messages call it: the dotted fact, or the text of the expression."""
    constant: bool = False
    value: Any = None


def read_condition(text: str, names: Mapping[str, Type], each: Reading | None = None) -> Reading:
    """A condition: an expression that is true or false. Raises ConditionError.

    `each` is the list through which the check goes; its element is then called `it`.
    """
    found = read_expression(text, names, each)
    if found.type not in (BOOL, ANY):
        raise ConditionError(_no_truth(found.expression.text, found.type))
    return found


def read_expression(text: str, names: Mapping[str, Type], each: Reading | None = None) -> Reading:
    """Any expression of the language, as message templates use it. Raises ConditionError."""
    text = text.strip().replace("\n", " ")
    tree = _parse(text)
    reader = _Reader(text, names)
    if each is not None:
        reader.names["it"], reader.labels["it"] = each.type.of, each.expression.text
    reader.learn(tree)
    node = reader.expression(tree)
    expression = Expression(text, node.form, frozenset(reader.uses), frozenset(reader.limits))
    return Reading(expression, node.type, reader.names.get("it"))


def _parse(text: str) -> ast.expr:
    if not text:
        raise ConditionError("the condition is empty")
    if len(text) > MAX_TEXT:
        raise ConditionError(f"the condition has {len(text)} characters; at most {MAX_TEXT} are allowed")
    if "\\" in text:
        raise ConditionError("a condition has no backslashes")
    try:
        with _refusing_what_python_warns_of(text):
            return cast(ast.Expression, compile(text, "condition", "eval", ast.PyCF_ONLY_AST)).body
    except SyntaxError as error:
        raise ConditionError(f"not an expression ({error.msg}): {text}") from None
    except (ValueError, MemoryError, RecursionError):
        raise ConditionError("not an expression that can be read") from None


@contextmanager
def _refusing_what_python_warns_of(text: str) -> Iterator[None]:
    """`0or x` is an expression to Python still, but with a warning on the standard error. How to treat
    warnings belongs to the whole process: so it is touched only where a letter follows a digit."""
    if not any(before.isdigit() and after.isalpha() for before, after in pairwise(text)):
        yield
        return
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


class _Reader:
    """Turns a syntax tree into a form; knows the names in sight and notes which of them are read."""

    def __init__(self, text: str, names: Mapping[str, Type]) -> None:
        self.text = text.encode()
        self.names = dict(names)
        self.labels = {name: name for name in names}
        self.uses: set[str] = set()
        self.limits: set[str] = set()
        self.local: set[str] = set()
        self.depth = self.count = 0

    def expression(self, node: ast.expr) -> _Node:
        method = _METHODS.get(type(node))
        if method is None:
            raise ConditionError(f"not part of the language: {self.source(node)}")
        self.count += 1
        self.depth += 1
        if self.depth > MAX_DEPTH or self.count > MAX_NODES:
            raise ConditionError(
                f"the condition is too deep or too long (at most {MAX_DEPTH} levels, {MAX_NODES} parts)"
            )
        found = method(self, node)
        self.depth -= 1
        return found

    def source(self, node: ast.expr) -> str:
        """The text of a part of the condition."""
        text = self.text[node.col_offset : node.end_col_offset].decode()
        return text if len(text) <= 80 else text[:77] + "..."

    def truth(self, node: ast.expr) -> Form:
        """An expression where yes or no is wanted."""
        found = self.expression(node)
        if found.type not in (BOOL, ANY):
            raise ConditionError(_no_truth(found.name, found.type))
        return found.form if found.type is BOOL else ("yes or no", found.form)

    def number(self, node: ast.expr) -> Form:
        """An expression where a number is wanted."""
        found = self.expression(node)
        if found.type not in (NUMBER, ANY):
            raise ConditionError(f"{found.name} is {_a(found.type)}, where a number is needed")
        return found.form if found.type is NUMBER else ("number", found.form)

    def learn(self, node: ast.expr) -> None:
        """Notes which benchmarks a name can only stand for where a condition is true: `x.id == 'cpu.steal'`,
        `x.id in (…)`, and either of them under `and`."""
        if b".id" not in self.text:  # most conditions speak of no benchmark
            return
        if type(node) is ast.BoolOp and type(node.op) is ast.And:
            for part in node.values:
                self.learn(part)
        elif type(node) is ast.Compare:
            left, op, right = node.left, node.ops[0], node.comparators[0]
            if type(op) is ast.Eq and type(left) is ast.Constant:
                left, right = right, left
            if type(op) in (ast.Eq, ast.In) and type(left) is ast.Attribute and left.attr == "id":
                ids = {str(one.value) for one in ast.walk(right) if type(one) is ast.Constant}
                self.narrow(left.value, ids)

    def narrow(self, name: ast.expr, ids: set[str]) -> None:
        """Notes that a name only stands for a benchmark with one of these ids."""
        if type(name) is ast.Name and name.id in self.names:
            self.names[name.id] = narrowed(self.names[name.id], ids)

    def constant(self, node: ast.Constant) -> _Node:
        value = node.value
        kinds = {str: TEXT, int: NUMBER, float: NUMBER, bool: BOOL, type(None): NOTHING}
        if type(value) not in kinds:
            raise ConditionError(f"not part of the language: {self.source(node)}")
        return _Node(("value", value), kinds[type(value)], repr(value), True, value)

    def name(self, node: ast.Name) -> _Node:
        name = node.id
        if name not in self.names:
            if name == "it":
                raise ConditionError("'it' has a meaning only in a check with 'each'")
            raise ConditionError(f"no fact {name}{_meant(name, self.names)}")
        if name not in self.local:
            self.uses.add(name)
        return _Node(("name", name), self.names[name], self.labels[name])

    def attribute(self, node: ast.Attribute) -> _Node:
        base = self.expression(node.value)
        member = node.attr
        if base.type.kind != "group":
            hint = "; go through it with any(… for x in …)" if base.type.kind == "list" else ""
            raise ConditionError(f"{base.name} is {_a(base.type)} and has no .{member}{hint}")
        known = fields(base.type)
        name = f"{base.name}.{member}"
        if member not in known:
            word = "threshold" if base.name == "limits" else "fact"
            raise ConditionError(f"no {word} {name}{_meant(member, known, base.name + '.')}")
        if base.name == "limits":
            self.limits.add(member)
            return _Node(("limit", member), NUMBER, name)
        worded = UNKNOWN in known[member].words
        return _Node(("fact", base.form, member, name, worded), known[member], name)

    def subscript(self, node: ast.Subscript) -> _Node:
        base, key = self.expression(node.value), self.expression(node.slice)
        if not key.constant or base.type.kind not in ("table", "pair"):
            raise ConditionError(f"only a table takes [key], with a constant key: {self.source(node)}")
        if base.type.kind == "table" and key.type is not TEXT:
            raise ConditionError(f"{base.name} takes a text as key, not {key.name}")
        if base.type.kind == "table":
            _check_one_of(base, key.value)
        if base.type.kind == "pair" and key.value not in (0, 1):
            raise ConditionError(f"{base.name} takes 0 or 1, not {key.name}")
        name = f"{base.name}[{key.name}]"
        return _Node(("item", base.form, key.value, name), base.type.of, name)

    def bool_op(self, node: ast.BoolOp) -> _Node:
        known = self.names
        if self.depth > 1:  # what the whole condition says of the ids was noted before
            self.names = dict(known)
            self.learn(node)
        parts = [self.truth(value) for value in node.values]
        self.names = known
        operation = "or" if isinstance(node.op, ast.Or) else "and"
        return _Node((operation, *parts), BOOL, self.source(node))

    def unary(self, node: ast.UnaryOp) -> _Node:
        if isinstance(node.op, ast.Not):
            return _Node(("not", self.truth(node.operand)), BOOL, self.source(node))
        if isinstance(node.op, ast.USub):
            return _Node(("negative", self.number(node.operand)), NUMBER, self.source(node))
        raise ConditionError(f"not part of the language: {self.source(node)}")

    def arithmetic(self, node: ast.BinOp) -> _Node:
        if type(node.op) not in _ARITHMETIC:
            raise ConditionError(f"only + - * / of numbers: {self.source(node)}")
        left, right, text = self.number(node.left), self.number(node.right), self.source(node)
        return _Node((_ARITHMETIC[type(node.op)], left, right, text), NUMBER, text)

    def sequence(self, node: ast.Tuple | ast.List) -> _Node:
        items = [self.expression(item) for item in node.elts]
        if not items or not all(item.constant and item.type is not NOTHING for item in items):
            raise ConditionError(f"a list of words or numbers is needed: {self.source(node)}")
        if len({item.type for item in items}) != 1:
            raise ConditionError(f"one kind of value only: {self.source(node)}")
        values = tuple(item.value for item in items)
        return _Node(("value", values), Type("list", of=items[0].type), self.source(node), True, values)

    def compare(self, node: ast.Compare) -> _Node:
        parts = []
        left = self.expression(node.left)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.expression(comparator)
            parts.append(self.pair(left, op, right))
            left = right
        return _Node(parts[0] if len(parts) == 1 else ("and", *parts), BOOL, self.source(node))

    def pair(self, left: _Node, op: ast.cmpop, right: _Node) -> Form:
        if isinstance(op, (ast.Is, ast.IsNot)):
            if right.type is not NOTHING or left.type is NOTHING:
                raise ConditionError("'is' only asks 'is None' or 'is not None'")
            return ("is not None" if isinstance(op, ast.IsNot) else "is None", left.form)
        sign = _COMPARE[type(op)]
        _check_pair(left, sign, right)
        return (sign, left.form, right.form)

    def call(self, node: ast.Call) -> _Node:
        name = node.func.id if isinstance(node.func, ast.Name) else self.source(node.func)
        if name not in ("any", "all", "len", "min", "max", "sum"):
            raise ConditionError(f"no function {name}; there are any, all, len, min, max and sum")
        if node.keywords or len(node.args) != 1:
            raise ConditionError(f"{name} takes one argument: {self.source(node)}")
        argument = node.args[0]
        if name == "len":
            return self.length(argument)
        if not isinstance(argument, ast.GeneratorExp):
            raise ConditionError(f"{name} goes through a list: {name}(… for x in …), not {self.source(node)}")
        return self.fold(name, argument)

    def length(self, node: ast.expr) -> _Node:
        found = self.expression(node)
        if found.type.kind != "list":
            raise ConditionError(f"len counts a list; {found.name} is {_a(found.type)}")
        return _Node(("len", found.form), NUMBER, self.source(node))

    def fold(self, name: str, node: ast.GeneratorExp) -> _Node:
        loop = node.generators[0]
        if len(node.generators) != 1 or loop.is_async or not isinstance(loop.target, ast.Name):
            raise ConditionError(f"one plain 'for x in list' only: {self.source(node)}")
        variable, box = loop.target.id, self.expression(loop.iter)
        if box.type.kind != "list":
            raise ConditionError(f"'for' goes through a list; {box.name} is {_a(box.type)}")
        if variable in self.names or variable.startswith("_"):
            raise ConditionError(f"choose another name than {variable} after 'for'")
        self.names[variable], self.labels[variable] = box.type.of, box.name
        self.local.add(variable)
        conditions = [self.truth(condition) for condition in loop.ifs]
        for condition in loop.ifs:
            self.learn(condition)
        truth = name in ("any", "all")
        body = self.truth(node.elt) if truth else self.number(node.elt)
        del self.names[variable], self.labels[variable]
        self.local.discard(variable)
        steps = (box.form, variable, ("and", *conditions) if conditions else _ALWAYS)
        text = self.source(node)
        if truth:
            return _Node((name, steps, body), BOOL, text)
        return _Node((name, steps, body, text), NUMBER, text)


_METHODS: dict[type[ast.expr], Callable[[_Reader, Any], _Node]] = {
    ast.Constant: _Reader.constant,
    ast.Name: _Reader.name,
    ast.Attribute: _Reader.attribute,
    ast.Subscript: _Reader.subscript,
    ast.BoolOp: _Reader.bool_op,
    ast.UnaryOp: _Reader.unary,
    ast.BinOp: _Reader.arithmetic,
    ast.Tuple: _Reader.sequence,
    ast.List: _Reader.sequence,
    ast.Compare: _Reader.compare,
    ast.Call: _Reader.call,
}


def _check_pair(left: _Node, sign: str, right: _Node) -> None:
    """Raises ConditionError unless comparing the two makes sense."""
    a, b = left.type, right.type
    if NOTHING in (a, b):
        raise ConditionError(f"ask '{left.name} is None' or 'is not None', not {sign} None")
    if sign in ("in", "not in"):
        _check_member(left, right)
        return
    if (a.kind not in ("text", "number", "yes or no", "any")) or b.kind in ("list", "table", "pair", "group"):
        worse = left if a.kind in ("list", "table", "pair", "group") else right
        raise ConditionError(f"{worse.name} is {_a(worse.type)} and cannot be compared with {sign}")
    if ANY not in (a, b) and a.kind != b.kind:
        raise ConditionError(f"{left.name} is {_a(a)}, {right.name} is {_a(b)}: they cannot be compared")
    if sign not in ("==", "!=") and (a.kind in ("text", "yes or no") or b.kind in ("text", "yes or no")):
        raise ConditionError(f"{left.name} {sign} {right.name}: only numbers have an order")
    _check_word(left, right)
    _check_word(right, left)


def _check_member(left: _Node, right: _Node) -> None:
    if right.type is TEXT and left.type in (TEXT, ANY):
        return
    if right.type.kind != "list":
        raise ConditionError(f"'in' needs a list or a text on its right; {right.name} is {_a(right.type)}")
    item = right.type.of
    if left.type.kind != item.kind and ANY not in (left.type, item):
        raise ConditionError(f"{left.name} is {_a(left.type)}, {right.name} holds {_plural(item)}")
    if right.constant:
        for value in right.value:
            _check_word(left, _Node(right.form, item, repr(value), True, value))
    _check_word(_Node(right.form, item, right.name), left)


def _check_word(fact: _Node, constant: _Node) -> None:
    if not constant.constant or not fact.type.words:
        return
    if constant.value == UNKNOWN and UNKNOWN in fact.type.words:
        raise ConditionError(f"ask '{fact.name} is None' to learn whether it is not known")
    _check_one_of(fact, constant.value)


MANY_WORDS = 12
"""More than so many are not listed where one of them is meant."""


def _check_one_of(fact: _Node, value: str) -> None:
    """Raises ConditionError, with what may be meant, unless the value is a word that the fact can have."""
    if not fact.type.words or value in fact.type.words:
        return
    words = [word for word in fact.type.words if word not in ("", UNKNOWN)]
    close = _close(value, words)
    meant = f"; did you mean '{close}'?" if close else ""
    if fact.type.no:
        listed = "" if close else f"; there are {', '.join(words) or 'none'}"
        raise ConditionError(fact.type.no.format(f"'{value}'") + listed + meant)
    listed = "" if close and len(words) > MANY_WORDS else f"; one of {', '.join(words)}"
    raise ConditionError(f"'{value}' is no value of {fact.name}{listed}{meant}")


def _a(kind: Type) -> str:
    article = {"yes or no": "a yes or no", "nothing": "None", "any": "a value"}
    return article.get(kind.kind, f"a {kind.kind}")


def _plural(kind: Type) -> str:
    return {"yes or no": "yes or no", "any": "values"}.get(kind.kind, f"{kind.kind}s")


def _no_truth(name: str, kind: Type) -> str:
    return f"{name} is {_a(kind)}, not a yes or no: compare it with something"


def _meant(name: str, known: Mapping[str, Any], prefix: str = "") -> str:
    close = _close(name, known)
    return f"; did you mean {prefix}{close}?" if close else f"; there are {', '.join(sorted(known))}"


def _close(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), n=1)), "")
