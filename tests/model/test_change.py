"""Each fact says whether it is news when it differs, or changes by itself."""

from collections.abc import Iterator

import pytest
from msgspec import inspect

from vaudit.model.change import DERIVED, KEYS, NEAR, PASSING, STEADY, VOLATILE, WORDS
from vaudit.model.facts import Facts


def leaves(kind: inspect.Type, path: str = "") -> Iterator[str]:
    """The paths of all facts of a type."""
    if isinstance(kind, inspect.UnionType):
        (*inner,) = (one for one in kind.types if not isinstance(one, inspect.NoneType))
        kind = inner[0] if len(inner) == 1 else kind
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield from leaves(field.type, f"{path}.{field.encode_name}".lstrip("."))
    elif isinstance(kind, inspect.ListType):
        yield from leaves(kind.item_type, f"{path}[]")
    else:
        yield path


FACTS = list(leaves(inspect.type_info(Facts)))
NAMED = [f"{where}.{name}".lstrip(".") for where, names in STEADY.items() for name in names.split()]
DECLARED = [*NAMED, *VOLATILE, *DERIVED]


def is_said(path: str) -> bool:
    """Whether it is words about another fact."""
    return path not in DECLARED and path.rpartition(".")[2].removesuffix("[]").endswith(WORDS)


@pytest.mark.parametrize("path", FACTS)
def test_a_fact_says_whether_it_is_news_when_it_differs(path: str) -> None:
    assert is_said(path) or DECLARED.count(path) == 1, "name it in vaudit/model/change.py"


def test_nothing_is_declared_that_is_no_fact() -> None:
    assert set(DECLARED) <= set(FACTS)
    lists = {path[: path.rindex("[]") + 2] for path in FACTS if "[]" in path}
    assert set(KEYS) <= lists and set(PASSING) <= set(KEYS) and set(NEAR) <= set(NAMED)


def test_each_element_of_a_list_has_a_key_of_steady_facts() -> None:
    of_structs = {path.rpartition(".")[0] for path in NAMED if path.rpartition(".")[0].endswith("[]")}
    assert of_structs == set(KEYS)
    assert all(f"{where}.{name}" in NAMED for where, names in KEYS.items() for name in names)


def test_what_changes_by_itself_has_a_reason() -> None:
    assert all(
        len(reason.split()) >= 2 for reason in [*VOLATILE.values(), *DERIVED.values(), *PASSING.values()]
    )
