"""Message templates: expressions in braces, each with an optional format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.judge import messages
from vaudit.judge.messages import FORMATS
from vaudit.judge.read_conditions import ConditionError
from vaudit.judge.read_messages import read_message
from vaudit.judge.vocabulary import names

NAMES = names({"low": 0.25})


def render(text: str, **cpu: object) -> str:
    from vaudit.model.facts import Cpu, Facts

    facts = Facts(cpu=Cpu(**cpu), containers=["docker", "lxc"])  # type: ignore[arg-type]
    values = {name: getattr(facts, name) for name in Facts.__struct_fields__}
    return messages.render(read_message(text, NAMES), {**values, "limits": {"low": 0.25}})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("no braces", "no braces"),
        ("{cpu.threads} threads, {cpu.vendor}", "4 threads, AMD"),
        ("{cpu.steal:percent} of {limits.low:percent}", "3.4 % of 25 %"),
        ("{cpu.threads * 1024 * 1024 * 512:size}", "2 GiB"),
        ("{cpu.threads:size}", "4 B"),
        ("{1054720000:size}", "1,006 MiB"),
        ("{cpu.mhz * 1000:latency}, {cpu.mhz * 10000}", "2.4 s, 24,000,000"),
        ("{cpu.mhz * 1000000:rate}", "2.4 Gbit/s"),
        ("{cpu.mhz:latency} {cpu.threads:latency}", "2.4 ms 4 µs"),
        ("{cpu.mhz * 1000:count}", "2,400,000"),
        ("{cpu.mhz / 7}", "343"),
        ("{containers}", "docker, lxc"),
        ("{len(containers)}", "2"),
        ("{cpu.nested}", "yes"),
        ("{cpu.model}, {cpu.iommu_groups:count}", "not known, not known"),
        ("a processor[[ ({cpu.vendor})]]", "a processor (AMD)"),
        ("a processor[[ ({cpu.model})]]", "a processor"),
        ("[[{cpu.model}: ]]{cpu.threads} threads[[, {cpu.steal:percent} stolen]]", "4 threads, 3.4 % stolen"),
        ("[[{cpu.iommu_groups:count} groups]]", ""),
    ],
)
def test_renders(text, said):
    assert render(text, threads=4, vendor="AMD", steal=0.034, mhz=2400.0, nested=True) == said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{cpu.stel}", "no fact cpu.stel; did you mean cpu.steal?"),
        ("{cpu.steal", "a '{' without its '}'"),
        ("a[[ b {cpu.steal}", "a '[[' without its ']]'"),
        ("a[[ b ]]", "an aside fills in one fact"),
        ("[[{cpu.model} {cpu.vendor}]]", "an aside fills in one fact"),
        ("cpu.steal}", "a '}' without its '{'"),
        ("{}", "the condition is empty"),
        ("{cpu.steal:.2f}", "no format '.2f'"),
        ("{cpu.vendor:percent}", "'percent' shows numbers; cpu.vendor is a text"),
        ("{cpu}", "{cpu} cannot be shown"),
        ("{block}", "{block} cannot be shown"),
        ("{cpu.__class__}", "no fact cpu.__class__"),
        ("{cpu!r}", "not an expression"),
    ],
)
def test_refuses_when_read(text, message):
    with pytest.raises(ConditionError, match=r"^") as caught:
        read_message(text, NAMES)
    assert message in str(caught.value)


def test_a_value_is_clipped():
    assert len(render("{cpu.model}", model="x" * 100_000)) == 200


def test_lists_of_sentences_are_set_apart():
    from vaudit.judge.messages import plain

    assert plain(["a, b", "c"]) == "a, b; c"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=0), st.sampled_from(sorted(FORMATS)))
def test_formats_are_short_for_any_number(number, form):
    if form == "count" and number > 1e15:
        return
    assert len(FORMATS[form](number)) < 30
