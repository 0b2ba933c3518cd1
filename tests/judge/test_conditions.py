"""The condition language: what it accepts, what it refuses and with which words, and how it thinks."""

import string
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaudit.judge.conditions import Outcome
from vaudit.judge.read_conditions import MAX_TEXT, ConditionError, read_condition, read_expression
from vaudit.judge.vocabulary import Type, fields, names
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Balloon, Block, Cpu, Facts, Hypervisor, Kernel, Memory, Net

LIMITS = {"steal_fail": 0.1, "steal_warn": 0.05}
NAMES = names(LIMITS)


def values(facts: Facts, benchmarks: list[Benchmark] | None = None) -> dict[str, Any]:
    found = {name: getattr(facts, name) for name in Facts.__struct_fields__}
    return {**found, "benchmarks": benchmarks or [], "limits": LIMITS}


def ask(text: str, facts: Facts, benchmarks: list[Benchmark] | None = None) -> Outcome:
    return read_condition(text, NAMES).expression.evaluate(values(facts, benchmarks))


MACHINE = Facts(
    cpu=Cpu(threads=4, steal=0.07, vendor="AuthenticAMD", nested=False),
    hypervisor=Hypervisor(kind="kvm", role="guest"),
    containers=["docker"],
    block=[
        Block("vda", path="paravirtual", size=100, queues=4),
        Block("sda", path="emulated", size=50, queues=1),
    ],
    net=[Net("eth0", path="paravirtual", mtu=1500)],
    memory=Memory(total=1000, installed=2000, balloon=Balloon("virtio", ["stats"])),
    kernel=Kernel(release="6.1.0", parameters=["iommu=off"]),
)
SPEED = Benchmark(
    "disk.read",
    "/tmp",
    "embedded",
    "B/s",
    value=3.0,
    interval=(2.0, 4.0),
    details={"p99_us": 7.5, "congestion": "bbr"},
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hypervisor.kind == 'kvm'", True),
        ("hypervisor.kind != 'kvm'", False),
        ("hypervisor.kind in ('kvm', 'qemu')", True),
        ("hypervisor.kind not in ['kvm', 'qemu']", False),
        ("cpu.threads > 3 and cpu.threads <= 4", True),
        ("3 < cpu.threads < 4", False),
        ("cpu.steal >= limits.steal_warn and not cpu.steal >= limits.steal_fail", True),
        ("cpu.nested", False),
        ("not cpu.nested", True),
        ("cpu.nested == False", True),
        ("'AMD' in cpu.vendor", True),
        ("'iommu=off' in kernel.parameters", True),
        ("'podman' not in containers", True),
        ("len(block) == 2", True),
        ("any(b.path == 'emulated' for b in block)", True),
        ("all(b.path == 'emulated' for b in block)", False),
        ("all(b.path == 'emulated' for b in block if b.name == 'sda')", True),
        ("sum(b.size for b in block) == 150", True),
        ("min(b.queues for b in block) == 1 and max(b.queues for b in block) == 4", True),
        ("sum(1 for b in block if b.path == 'emulated') == 1", True),
        ("memory.total < 0.6 * memory.installed", True),
        ("memory.installed - memory.total == memory.total + 0", True),
        ("-cpu.threads == -4", True),
        ("memory.balloon is not None", True),
        ("memory.balloon.kind == 'virtio' and 'stats' in memory.balloon.features", True),
        ("cpu.model is None", True),
        ("any(x.details['p99_us'] > 7 and x.interval[0] == 2.0 for x in benchmarks)", True),
        ("any(any(n.name == b.name for n in net) for b in block)", False),
        ("any(b.path == 'emulated'\n  for b in block)", True),
    ],
)
def test_accepts_and_answers(text, value):
    assert ask(text, MACHINE, [SPEED]) == Outcome(value, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the condition is empty"),
        ("hypervisor.knd == 'kvm'", "no fact hypervisor.knd; did you mean hypervisor.kind?"),
        ("hypervisr.kind == 'kvm'", "no fact hypervisr; did you mean hypervisor?"),
        ("cpu.steal > limits.steel_fail", "no threshold limits.steel_fail; did you mean limits.steal_fail?"),
        (
            "any(n.path == 'emulatd' for n in net)",
            "'emulatd' is no value of net.path; one of paravirtual, emulated, passthrough, physical, soft",
        ),
        (
            "any(n.path in ('emulated', 'fast') for n in net)",
            "'fast' is no value of net.path; one of paravirtual, emulated, passthrough, physical, software",
        ),
        ("hypervisor.kind == 'unknown'", "ask 'hypervisor.kind is None' to learn whether it is not known"),
        ("cpu.threads == 'four'", "cpu.threads is a number, 'four' is a text: they cannot be compared"),
        ("cpu.nested == 1", "cpu.nested is a yes or no, 1 is a number: they cannot be compared"),
        ("cpu.vendor < 'B'", "cpu.vendor < 'B': only numbers have an order"),
        ("cpu.threads", "cpu.threads is a number, not a yes or no: compare it with something"),
        ("cpu", "cpu is a group, not a yes or no: compare it with something"),
        ("not cpu.vendor", "cpu.vendor is a text, not a yes or no: compare it with something"),
        ("cpu.vendor and cpu.nested", "cpu.vendor is a text, not a yes or no: compare it with something"),
        ("cpu.vendor == None", "ask 'cpu.vendor is None' or 'is not None', not == None"),
        ("cpu.vendor is 'x'", "'is' only asks 'is None' or 'is not None'"),
        ("cpu.vendor * 3 == 'aaa'", "cpu.vendor is a text, where a number is needed"),
        ("'a' * 9 == 'b'", "'a' is a text, where a number is needed"),
        ("cpu.threads == 0or cpu.nested", "not an expression (invalid"),
        ("cpu.threads == 1else cpu.nested", "not an expression (invalid"),
        ("cpu.threads ** 9 == 1", "only + - * / of numbers: cpu.threads ** 9"),
        ("net.path == 'emulated'", "net is a list and has no .path; go through it with any(… for x in …)"),
        ("cpu.vendor.upper == 'X'", "cpu.vendor is a text and has no .upper"),
        ("containers == 'docker'", "containers is a list and cannot be compared with =="),
        ("cpu.threads in cpu.threads", "'in' needs a list or a text on its right; cpu.threads is a number"),
        ("3 in containers", "3 is a number, containers holds texts"),
        ("open('x') == 'y'", "no function open; there are any, all, len, min, max and sum"),
        (
            "cpu.vendor.upper() == 'X'",
            "no function cpu.vendor.upper; there are any, all, len, min, max and sum",
        ),
        ("any(block)", "any goes through a list: any(… for x in …), not any(block)"),
        ("any(True for b in cpu)", "'for' goes through a list; cpu is a group"),
        ("any(True for b in block for c in block)", "one plain 'for x in list' only"),
        ("any(True for cpu in block)", "choose another name than cpu after 'for'"),
        ("len(cpu) == 1", "len counts a list; cpu is a group"),
        ("max(1, 2) == 1", "max takes one argument: max(1, 2)"),
        ("it.path == 'emulated'", "'it' has a meaning only in a check with 'each'"),
        ("cpu['threads'] == 1", "only a table takes [key], with a constant key: cpu['threads']"),
        ("any(x.interval[2] > 1 for x in benchmarks)", "benchmarks.interval takes 0 or 1, not 2"),
        ("1 if cpu.nested else 2", "not part of the language: 1 if cpu.nested else 2"),
        ("[x for x in block]", "not part of the language: [x for x in block]"),
        ("f'{cpu}' == 'x'", "not part of the language: f'{cpu}'"),
        ("(x := 1) == 1", "not part of the language: x := 1"),
        ("b'a' == b'a'", "not part of the language: b'a'"),
        ("cpu.threads = 3", "not an expression (invalid syntax"),
        ("'\\x41' == 'A'", "a condition has no backslashes"),
        ("cpu.threads in ()", "a list of words or numbers is needed: ()"),
        ("cpu.threads in (1, 'a')", "one kind of value only: (1, 'a')"),
        ("cpu.threads == " + "1 + " * 400 + "1", "characters; at most 1000 are allowed"),
        ("not " * 40 + "cpu.nested", "too deep or too long"),
        ("(" * 250 + "1" + ")" * 250, "not an expression"),
        ("1\0", "not an expression"),
        ("hypervisor.kind == 'xne'", "'xne' is no value of hypervisor.kind; did you mean 'xen'?"),
        ("any(x.id == 'disk.verdikt' for x in benchmarks)",
         "no benchmark 'disk.verdikt'; did you mean 'disk.verdict'?"),
        ("any(x.id in ('disk.read', 'disk.raed') for x in benchmarks)",
         "no benchmark 'disk.raed'; did you mean 'disk.read'?"),
        ("any(x.id != 'gpu' for x in benchmarks)", "no benchmark 'gpu'; there are disk.randread-qd1, disk."),
        ("any(x.verdict == 'spining' for x in benchmarks)", "no verdict 'spining'; did you mean 'spinning'?"),
        ("any(x.details['cap_iosp'] > 1 for x in benchmarks)",
         "no detail 'cap_iosp'; did you mean 'cap_iops'?"),
        ("any(x.engine == 'foi' for x in benchmarks)",
         "'foi' is no value of benchmarks.engine; one of embedded, buffered, fio"),
        ("any(x.verdict == 'capped' for x in benchmarks if x.id == 'disk.fdatasync')",
         "no verdict 'capped' of disk.fdatasync; there are inconclusive, sync-ok, sync-slow, sync-very-slow"),
        ("any(x.verdict == 'sync-ko' and x.id == 'disk.fdatasync' for x in benchmarks)",
         "no verdict 'sync-ko' of disk.fdatasync; did you mean 'sync-ok'?"),
        ("any(x.id == 'cpu.steal' and x.details['busy_second'] > 1 for x in benchmarks)",
         "no detail 'busy_second' of cpu.steal; did you mean 'busy_seconds'?"),
        ("any(x.id == 'disk.verdict' and x.details['threads'] > 1 for x in benchmarks)",
         "no detail 'threads' of disk.verdict; there are cap_iops, cap_bytes_per_second, mean_us"),
        ("any(x.id in ('cpu.all', 'cpu.single') and x.verdict == 'lossy' for x in benchmarks)",
         "no verdict 'lossy' of cpu.single or cpu.all; there are inconclusive"),
        ("any('cpu.steal' == x.id and x.verdict == 'capped' for x in benchmarks)",
         "no verdict 'capped' of cpu.steal; there are inconclusive, steal-none"),
        ("any(x.unit == 'ipos' for x in benchmarks)", "no unit 'ipos'; did you mean 'iops'?"),
        ("any(x.id == 'disk.read' and x.unit == 'iops' for x in benchmarks)",
         "no unit 'iops' of disk.read; there are B/s"),
        ("any(x.id == 'network.verdict' for x in benchmarks if x.id == 'disk.verdict')",
         "no benchmark 'network.verdict' here; did you mean 'disk.verdict'?"),
    ],
)  # fmt: skip
def test_refuses_when_loaded_and_says_what_to_do(text, message):
    with pytest.raises(ConditionError) as caught:
        read_condition(text, NAMES)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["cpu.__class__ is None", "cpu.evidence.__len__ is None", "__import__('os') is None", "_ is None"],
)
def test_no_underscore_is_reachable(text):
    with pytest.raises(ConditionError):
        read_condition(text, NAMES)


T, F, U = "cpu.nested", "(not cpu.nested)", "cpu.iommu"
TRUE_MACHINE = Facts(cpu=Cpu(nested=True))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"{T} and {T}", True), (f"{T} and {F}", False), (f"{T} and {U}", None),
        (f"{F} and {U}", False), (f"{U} and {F}", False), (f"{U} and {U}", None), (f"{U} and {T}", None),
        (f"{T} or {U}", True), (f"{U} or {T}", True), (f"{F} or {U}", None), (f"{F} or {F}", False),
        (f"{U} or {U}", None), (f"not {U}", None), (f"not {F}", True), (f"not ({U} and {F})", True),
    ],
)  # fmt: skip
def test_truth_has_three_values(text, value):
    assert ask(text, TRUE_MACHINE).value is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("any({} for b in block)", None),
        ("any({} or b.name == 'b' for b in block)", True),
        ("all({} and b.name == 'x' for b in block)", False),
        ("all({} for b in block)", None),
        ("any(b.name == 'b' for b in block if {})", None),
        ("any(b.name == 'z' for b in block if {})", False),
        ("all(b.name == 'z' for b in block if {})", None),
        ("sum(1 for b in block if {}) == 1", None),
        ("any(True for b in net)", False),
        ("all(False for b in net)", True),
        ("sum(n.mtu for n in net) == 0", True),
        ("max(n.mtu for n in net) == 0", None),
    ],
)
def test_lists_with_unknowns(text, value):
    facts = Facts(block=[Block("a"), Block("b")])
    assert ask(text.format("b.read_only"), facts).value is value


def test_a_comparison_with_the_unknown_is_unknown_and_says_of_what():
    outcome = ask("memory.balloon.kind == 'virtio' or cpu.threads > 2", Facts())
    assert outcome == Outcome(None, ("memory.balloon", "cpu.threads"))


def test_what_did_not_matter_is_not_called_missing():
    assert ask("cpu.iommu or (cpu.nested_paging == 'ept' and cpu.nested == False)", TRUE_MACHINE) == Outcome(
        None, ("cpu.iommu",)
    )


def test_the_word_unknown_in_the_model_is_not_known():
    assert ask("hypervisor.kind != 'none'", Facts()) == Outcome(None, ("hypervisor.kind",))
    assert ask("hypervisor.kind is None", Facts()).value is True


def test_arithmetic_that_fails_is_unknown():
    facts = Facts(cpu=Cpu(threads=0))
    assert ask("1 / cpu.threads > 1", facts) == Outcome(None, ("1 / cpu.threads",))


def test_details_of_another_type_are_unknown_not_a_crash():
    for text in (
        "x.details['congestion'] > 3",
        "x.details['congestion'] * 2 > 3",
        "-x.details['congestion'] > 3",
        "x.details['congestion']",
    ):
        assert ask(f"any({text} for x in benchmarks)", MACHINE, [SPEED]).value is None
    assert ask("sum(x.details['congestion'] for x in benchmarks) > 3", MACHINE, [SPEED]).value is None
    assert ask("any(x.details['ratio'] == 1 for x in benchmarks)", MACHINE, [SPEED]) == Outcome(
        None, ("benchmarks.details['ratio']",)
    )


@pytest.mark.parametrize(
    "text",
    [
        "any(x.verdict in ('capped', 'sync-ok') for x in benchmarks)",
        "any(x.details['mhz'] > 1 or x.details['cap_iops'] > 1 for x in benchmarks)",
        "any(x.id == 'disk.verdict' or x.details['mhz'] > 1 for x in benchmarks)",
        "any(x.id == 'cpu.all' and x.details['mhz'] > 1 for x in benchmarks) "
        "or any(x.id == 'disk.verdict' and x.details['cap_iops'] > 1 for x in benchmarks)",
        "any((x.id == 'cpu.all' and x.details['mhz'] > 1) or x.verdict == 'capped' for x in benchmarks)",
        "any(x.verdict != '' and x.id == 'network.send' for x in benchmarks)",
        "any(x.id == 'cpu.all' and x.unit == 'B/s' for x in benchmarks) and any(x.verdict == 'capped' "
        "for x in benchmarks)",
        "any(x.verdict == 'capped' for x in benchmarks if any(y.id == 'cpu.all' for y in benchmarks))",
    ],
)
def test_a_benchmark_is_known_by_its_id_only_where_the_condition_says_so(text):
    read_condition(text, NAMES)


def test_what_applies_says_of_the_id_holds_for_what_fails():
    each = read_expression("benchmarks", NAMES)
    applies = read_condition("it.status == 'ok' and it.id == 'disk.verdict'", NAMES, each)
    element = each._replace(type=Type("list", of=applies.element))
    assert read_condition("it.details['cap_iops'] < 9", NAMES, element)
    with pytest.raises(ConditionError, match=r"no verdict 'lossy' of disk\.verdict; there are local-flash"):
        read_condition("it.verdict == 'lossy'", NAMES, element)


class Words(msgspec.Struct):
    """How a model may spell that a text is one of some words."""

    plain: Literal["red", "green"]
    optional: Literal["red", "green"] | None = None
    joined: Literal["red"] | Literal["green"] | None = None
    many: list[Literal["red", "green"]] = []


class Inherited(Words):
    own: int = 0


@pytest.mark.parametrize("struct", [Words, Inherited])
@pytest.mark.parametrize(
    "text",
    ["w.plain == '{}'", "w.optional != '{}'", "w.joined in ('red', '{}')", "'{}' in w.many",
     "any(each == '{}' for each in w.many)"],
)  # fmt: skip
def test_words_of_the_model_are_checked_however_it_spells_them(struct, text):
    known = {"w": Type("group", of=struct)}
    assert read_condition(text.format("green"), known)
    with pytest.raises(
        ConditionError, match=r"'gren' is no value of w\.\w+; one of red, green; did you mean 'g"
    ):
        read_condition(text.format("gren"), known)


def test_it_is_the_element_and_bears_the_name_of_its_list():
    each = read_expression("net", NAMES)
    condition = read_condition("it.path == 'emulated'", NAMES, each).expression
    assert condition.evaluate({**values(MACHINE), "it": Net("eth0", path="emulated")}).value is True
    assert condition.evaluate({**values(MACHINE), "it": Net("eth0")}) == Outcome(None, ("net.path",))
    with pytest.raises(ConditionError, match=r"no fact net\.pth; did you mean net\.path\?"):
        read_condition("it.pth == 'emulated'", NAMES, each)


def test_it_knows_what_it_reads():
    each = read_expression("net", NAMES)
    found = read_condition(
        "it.mtu > 1 and any(b.size > 1 for b in block) and cpu.steal > limits.steal_fail", NAMES, each
    )
    assert found.expression.uses == {"it", "block", "cpu", "limits"}
    assert found.expression.limits == {"steal_fail"}


def test_every_fact_of_the_model_has_a_type():
    seen = set()

    def walk(kind: Type) -> None:
        for name, member in fields(kind).items():
            inner = member if member.kind == "group" else member.of if member.kind == "list" else None
            seen.add(name)
            if inner is not None and inner.kind == "group":
                walk(inner)

    for root in NAMES.values():
        inner = root.of if root.kind == "list" else root
        if inner.kind == "group":
            walk(inner)
    assert {"hw_virt_state", "balloon", "target", "interval", "details", "better_by", "class_"} <= seen


ATOMS = st.sampled_from(
    [
        "cpu", "cpu.threads", "cpu.steal", "cpu.nested", "cpu.__class__", "hypervisor.kind", "block", "net",
        "b",
        "b.path", "b.size", "memory.balloon", "memory.balloon.kind", "containers", "limits.steal_fail",
        "it", "benchmarks", "b.details", "b.details['p99_us']", "b.interval[0]", "None", "True", "False",
        "'emulated'",
        "'unknown'", "1", "0", "2.5", "1e999", "99999999999999999999", "('a', 'b')", "(1, 2)", "__builtins__",
        "().__class__", "kernel.parameters", "b'x'", "...",
    ]
)  # fmt: skip
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(
            ["and", "or", "==", "!=", "<", ">=", "in", "not in", "is", "is not", "+", "-", "*", "/", "%"]
        ), inner).map(" ".join),
        inner.map(lambda each: f"not ({each})"),
        inner.map(lambda each: f"-({each})"),
        inner.map(lambda each: f"({each})"),
        st.tuples(st.sampled_from(["any", "all", "sum", "min", "max", "len", "eval", "getattr"]), inner,
                  st.sampled_from(["block", "net", "benchmarks", "containers", "cpu"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]} for b in {parts[2]} if {parts[3]})"
        ),
        inner.map(lambda each: f"len({each})"),
        st.tuples(inner, st.sampled_from(["__class__", "kind", "path", "mro", "size"])).map(".".join),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]}[{pair[1]}]"),
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=400)
@given(EXPRESSIONS)
def test_random_expressions_are_refused_or_answered_but_never_crash(text):
    try:
        condition = read_condition(text, NAMES)
    except ConditionError as error:
        assert "\n" not in str(error)
        return
    assert "__" not in text
    for facts, benchmarks in ((Facts(), []), (MACHINE, [SPEED])):
        outcome = condition.expression.evaluate(values(facts, benchmarks))
        assert outcome.value is None or isinstance(outcome.value, (bool, int, float, str))


@settings(max_examples=300)
@given(st.text(alphabet=string.printable + "é\0\u2028", max_size=MAX_TEXT + 50))
def test_random_text_is_refused_in_one_line(text):
    try:
        read_condition(text, NAMES)
    except ConditionError as error:
        assert error.args
