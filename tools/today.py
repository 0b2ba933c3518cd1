"""docs/xen-kvm-today.md, made of reports/today.toml: `python -m tools.today`, or `make docs`."""

from pathlib import Path

from vaudit.judge.checks import load
from vaudit.judge.rules import Checks
from vaudit.judge.today import Statement, statements

PAGE = Path(__file__).parent.parent / "docs" / "xen-kvm-today.md"
BEGINNING = """# Xen, KVM and memory that is sold twice: what people say, and what holds today

Much advice about virtual machines was written when processors had no help for guests. Here is each
sentence that is still repeated, what of it holds, since when, by which source, and which check of vaudit
tells it of *your* machine. `vaudit explain WORD` shows one of them (`vaudit explain xen-hvm`). Made of
`reports/today.toml` by `make docs`.
"""


def page(checks: Checks) -> str:
    """The whole page."""
    return "\n".join([BEGINNING, *(_section(word, one, checks) for word, one in statements().items())])


def _section(word: str, one: Statement, checks: Checks) -> str:
    also = f"- other words: {', '.join(one.also)}\n" if one.also else ""
    told = [f"`{name}` ({checks.rules[name].check.title})" for name in one.checks]
    told += [one.here] if one.here else []
    sources = " ".join(f"<{source}>" for source in one.sources)
    return (
        f"## {word}\n\n> {one.said}\n\n{one.today.strip()}\n\n"
        f"- since: {one.since}\n{also}"
        f"- told of a machine by: {'; '.join(told)}\n- sources: {sources}\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(load()))
