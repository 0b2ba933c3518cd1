"""The expression language of the checks: a small part of Python's, read with `ast`, never with `eval`.

A condition is checked in full when it is compiled (names, values and types against the facts model) and is
then a tree of closures that takes a few microseconds. Its truth has three values (Kleene): None is "not
known", `False and None` is False, `True or None` is True. A comparison with something unknown is unknown;
only `is None` and `is not None` ask whether a fact is known. Where the model says "unknown" in words,
conditions see None.

Allowed: names of facts, `.attributes`, `details['key']`, `interval[0]`; text, numbers, True, False and
tuples of them; and or not; == != < <= > >= in, not in, is None; + - * / of numbers; any, all, min, max and
sum of a generator expression over a list, and len of a list. Nothing else.
"""

import ast
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from vaudit.judge.vocabulary import ANY, BOOL, NOTHING, NUMBER, TEXT, UNKNOWN, Type, fields, narrowed

MAX_TEXT = 1000
"""Characters of a condition."""
MAX_DEPTH = 24
MAX_NODES = 300

_COMPARE: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.In: ("in", lambda item, box: item in box),
    ast.NotIn: ("not in", lambda item, box: item not in box),
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class ConditionError(ValueError):
    """A condition that cannot be meant; the text says what is wrong and, where it can, what was meant."""


class Scope:
    """What one evaluation sees: values by name, and the names of facts that turned out not to be known."""

    __slots__ = ("missing", "values")

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.missing: list[str] = []


Evaluate = Callable[[Scope], Any]
Truth = Callable[[Scope], bool | None]


class Outcome(NamedTuple):
    """True, False or None (not known), and then the facts that were missing."""

    value: Any
    missing: tuple[str, ...]


class Expression(NamedTuple):
    """A compiled expression."""

    text: str
    run: Evaluate
    type: Type
    uses: frozenset[str]
    """The top-level names that it reads: cpu, net, it, …"""
    limits: frozenset[str]
    """The thresholds that it reads."""
    element: Type | None = None
    """What `it` is where this is true: `it.id == 'disk.verdict'` fixes the words and figures it can have."""

    def evaluate(self, values: Mapping[str, Any]) -> Outcome:
        """Its value for facts by name (and `it`); never raises for values of the types it was checked for."""
        scope = Scope(dict(values))
        value = self.run(scope)
        return Outcome(value, tuple(dict.fromkeys(scope.missing)) if value is None else ())


class _Node(NamedTuple):
    run: Evaluate
    type: Type
    name: str
    """How messages call it: the dotted fact, or the text of the expression."""
    constant: bool = False
    value: Any = None


def compile_condition(text: str, names: Mapping[str, Type], each: Expression | None = None) -> Expression:
    """A condition: an expression that is true or false. Raises ConditionError.

    `each` is the list through which the check goes; its element is then called `it`.
    """
    expression = compile_expression(text, names, each)
    if expression.type not in (BOOL, ANY):
        raise ConditionError(_no_truth(expression.text, expression.type))
    return expression


def compile_expression(text: str, names: Mapping[str, Type], each: Expression | None = None) -> Expression:
    """Any expression of the language, as message templates use it. Raises ConditionError."""
    text = text.strip().replace("\n", " ")
    tree = _parse(text)
    compiler = _Compiler(text, names)
    if each is not None:
        compiler.names["it"], compiler.labels["it"] = each.type.of, each.text
    compiler.learn(tree)
    node = compiler.expression(tree)
    uses, limits, element = frozenset(compiler.uses), frozenset(compiler.limits), compiler.names.get("it")
    return Expression(text, node.run, node.type, uses, limits, element)


def _parse(text: str) -> ast.expr:
    if not text:
        raise ConditionError("the condition is empty")
    if len(text) > MAX_TEXT:
        raise ConditionError(f"the condition has {len(text)} characters; at most {MAX_TEXT} are allowed")
    if "\\" in text:
        raise ConditionError("a condition has no backslashes")
    try:
        return cast(ast.Expression, compile(text, "condition", "eval", ast.PyCF_ONLY_AST)).body
    except SyntaxError as error:
        raise ConditionError(f"not an expression ({error.msg}): {text}") from None
    except (ValueError, MemoryError, RecursionError):
        raise ConditionError("not an expression that can be read") from None


class _Compiler:
    """Turns a syntax tree into closures; knows the names in sight and notes which of them are read."""

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

    def truth(self, node: ast.expr) -> Truth:
        """An expression where yes or no is wanted."""
        found = self.expression(node)
        if found.type not in (BOOL, ANY):
            raise ConditionError(_no_truth(found.name, found.type))
        return found.run if found.type is BOOL else _only(found.run, bool)

    def number(self, node: ast.expr) -> Evaluate:
        """An expression where a number is wanted."""
        found = self.expression(node)
        if found.type not in (NUMBER, ANY):
            raise ConditionError(f"{found.name} is {_a(found.type)}, where a number is needed")
        return found.run if found.type is NUMBER else _only(found.run, (int, float))

    def learn(self, node: ast.expr) -> None:
        """Notes which benchmarks a name can only stand for where a condition is true: `x.id == 'cpu.steal'`,
        `x.id in (…)`, and either of them under `and`."""
        if b".id" not in self.text:  # most conditions speak of no benchmark
            return
        if type(node) is ast.BoolOp and type(node.op) is ast.And:
            for part in node.values:
                self.learn(part)
        elif type(node) is ast.Compare and type(node.left) is ast.Attribute and node.left.attr == "id":
            name, op, box = node.left.value, node.ops[0], node.comparators[0]
            if type(name) is ast.Name and name.id in self.names and type(op) in (ast.Eq, ast.In):
                ids = {str(one.value) for one in ast.walk(box) if type(one) is ast.Constant}
                self.names[name.id] = narrowed(self.names[name.id], ids)

    def constant(self, node: ast.Constant) -> _Node:
        value = node.value
        kinds = {str: TEXT, int: NUMBER, float: NUMBER, bool: BOOL, type(None): NOTHING}
        if type(value) not in kinds:
            raise ConditionError(f"not part of the language: {self.source(node)}")
        return _Node(lambda scope: value, kinds[type(value)], repr(value), True, value)

    def name(self, node: ast.Name) -> _Node:
        name = node.id
        if name not in self.names:
            if name == "it":
                raise ConditionError("'it' has a meaning only in a check with 'each'")
            raise ConditionError(f"no fact {name}{_meant(name, self.names)}")
        if name not in self.local:
            self.uses.add(name)
        return _Node(lambda scope: scope.values[name], self.names[name], self.labels[name])

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
            return _Node(lambda scope: scope.values["limits"][member], NUMBER, name)
        return _Node(_reader(base.run, member, name, known[member]), known[member], name)

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
        return _Node(
            _picker(base.run, key.value, f"{base.name}[{key.name}]"),
            base.type.of,
            f"{base.name}[{key.name}]",
        )

    def bool_op(self, node: ast.BoolOp) -> _Node:
        known = self.names
        if self.depth > 1:  # what the whole condition says of the ids was noted before
            self.names = dict(known)
            self.learn(node)
        parts = [self.truth(value) for value in node.values]
        self.names = known
        return _Node(_kleene(parts, isinstance(node.op, ast.Or)), BOOL, self.source(node))

    def unary(self, node: ast.UnaryOp) -> _Node:
        if isinstance(node.op, ast.Not):
            run = self.truth(node.operand)
            return _Node(lambda scope: None if (v := run(scope)) is None else not v, BOOL, self.source(node))
        if isinstance(node.op, ast.USub):
            run = self.number(node.operand)
            return _Node(lambda scope: None if (v := run(scope)) is None else -v, NUMBER, self.source(node))
        raise ConditionError(f"not part of the language: {self.source(node)}")

    def arithmetic(self, node: ast.BinOp) -> _Node:
        if type(node.op) not in _ARITHMETIC:
            raise ConditionError(f"only + - * / of numbers: {self.source(node)}")
        left, right = self.number(node.left), self.number(node.right)
        apply, text = _ARITHMETIC[type(node.op)], self.source(node)

        def run(scope: Scope) -> Any:
            a, b = left(scope), right(scope)
            if a is None or b is None:
                return None
            try:
                return apply(a, b)
            except ArithmeticError:
                scope.missing.append(text)
                return None

        return _Node(run, NUMBER, text)

    def sequence(self, node: ast.Tuple | ast.List) -> _Node:
        items = [self.expression(item) for item in node.elts]
        if not items or not all(item.constant and item.type is not NOTHING for item in items):
            raise ConditionError(f"a list of words or numbers is needed: {self.source(node)}")
        if len({item.type for item in items}) != 1:
            raise ConditionError(f"one kind of value only: {self.source(node)}")
        values = tuple(item.value for item in items)
        return _Node(lambda scope: values, Type("list", of=items[0].type), self.source(node), True, values)

    def compare(self, node: ast.Compare) -> _Node:
        runs = []
        left = self.expression(node.left)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.expression(comparator)
            runs.append(self.pair(left, op, right))
            left = right
        run = runs[0] if len(runs) == 1 else _kleene(runs, stop=False)
        return _Node(run, BOOL, self.source(node))

    def pair(self, left: _Node, op: ast.cmpop, right: _Node) -> Truth:
        if isinstance(op, (ast.Is, ast.IsNot)):
            if right.type is not NOTHING or left.type is NOTHING:
                raise ConditionError("'is' only asks 'is None' or 'is not None'")
            return _is_known(left.run, isinstance(op, ast.IsNot))
        sign, apply = _COMPARE[type(op)]
        _check_pair(left, sign, right)
        first, second = left.run, right.run

        def run(scope: Scope) -> bool | None:
            a, b = first(scope), second(scope)
            if a is None or b is None:
                return None
            try:
                return bool(apply(a, b))
            except TypeError:  # a value from `details`, whose type only the benchmark knows
                return None

        return run

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
        run = found.run
        return _Node(lambda scope: None if (v := run(scope)) is None else len(v), NUMBER, self.source(node))

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
        run = self.truth(node.elt) if name in ("any", "all") else self.number(node.elt)
        del self.names[variable], self.labels[variable]
        self.local.discard(variable)
        keep = _kleene(conditions, stop=False) if conditions else (lambda scope: True)
        walk = _walker(box.run, variable)
        if name in ("any", "all"):
            return _Node(_quantifier(walk, keep, run, name == "any"), BOOL, self.source(node))
        return _Node(_reducer(walk, keep, run, name, self.source(node)), NUMBER, self.source(node))


_METHODS: dict[type[ast.expr], Callable[[_Compiler, Any], _Node]] = {
    ast.Constant: _Compiler.constant,
    ast.Name: _Compiler.name,
    ast.Attribute: _Compiler.attribute,
    ast.Subscript: _Compiler.subscript,
    ast.BoolOp: _Compiler.bool_op,
    ast.UnaryOp: _Compiler.unary,
    ast.BinOp: _Compiler.arithmetic,
    ast.Tuple: _Compiler.sequence,
    ast.List: _Compiler.sequence,
    ast.Compare: _Compiler.compare,
    ast.Call: _Compiler.call,
}


def _reader(base: Evaluate, member: str, name: str, kind: Type) -> Evaluate:
    worded = UNKNOWN in kind.words

    def read(scope: Scope) -> Any:
        group = base(scope)
        if group is None:
            return None  # the group itself was noted as missing
        value = getattr(group, member)
        if value is None or (worded and value == UNKNOWN):
            scope.missing.append(name)
            return None
        return value

    return read


def _picker(base: Evaluate, key: Any, name: str) -> Evaluate:
    def pick(scope: Scope) -> Any:
        table = base(scope)
        if table is None:
            return None
        value = table.get(key) if isinstance(table, dict) else table[key]
        if value is None:
            scope.missing.append(name)
        return value

    return pick


def _only(run: Evaluate, kinds: type | tuple[type, ...]) -> Evaluate:
    """For values of `details`, whose types only the benchmark knows: others count as not known."""

    def checked(scope: Scope) -> Any:
        value = run(scope)
        return value if isinstance(value, kinds) else None

    return checked


def _is_known(run: Evaluate, wanted: bool) -> Truth:
    def known(scope: Scope) -> bool:
        mark = len(scope.missing)
        value = run(scope)
        del scope.missing[mark:]
        return (value is not None) is wanted

    return known


def _kleene(parts: list[Truth], stop: bool) -> Truth:
    """`and` (stop=False) or `or` (stop=True) of three-valued parts; what decides forgets what was missing."""

    def run(scope: Scope) -> bool | None:
        mark = len(scope.missing)
        result: bool | None = not stop
        for part in parts:
            value = part(scope)
            if value is stop:
                del scope.missing[mark:]
                return stop
            if value is None:
                result = None
        return result

    return run


def _walker(box: Evaluate, variable: str) -> Callable[[Scope], Iterator[None] | None]:
    def walk(scope: Scope) -> Iterator[None] | None:
        items = box(scope)
        return None if items is None else steps(scope, items)

    def steps(scope: Scope, items: list[Any]) -> Iterator[None]:
        for item in items:
            scope.values[variable] = item
            yield

    return walk


def _quantifier(walk: Callable[[Scope], Iterator[None] | None], keep: Truth, run: Truth, stop: bool) -> Truth:
    def quantify(scope: Scope) -> bool | None:
        mark = len(scope.missing)
        steps = walk(scope)
        if steps is None:
            return None
        result: bool | None = not stop
        for _ in steps:
            kept = keep(scope)
            if kept is False:
                continue
            value = run(scope)
            if value is stop and kept:
                del scope.missing[mark:]
                return stop
            if value is None or value is stop:
                result = None
        if result is not None:
            del scope.missing[mark:]
        return result

    return quantify


def _reducer(
    walk: Callable[[Scope], Iterator[None] | None], keep: Truth, run: Evaluate, name: str, text: str
) -> Callable[[Scope], Any]:
    def reduce(scope: Scope) -> Any:
        steps = walk(scope)
        if steps is None:
            return None
        values = []
        for _ in steps:
            kept = keep(scope)
            if kept is False:
                continue
            value = run(scope) if kept else None
            if value is None:
                return None
            values.append(value)
        if name == "sum":
            return sum(values)
        if not values:
            scope.missing.append(text)
            return None
        return min(values) if name == "min" else max(values)

    return reduce


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
            _check_word(left, _Node(right.run, item, repr(value), True, value))
    _check_word(_Node(right.run, item, right.name), left)


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
