"""Writes the words that masking takes for no one's name into vaudit/masking/vocabulary.py.

EVIDENCE are the words that facts are read from; a host that is called like one of them is not looked for in
text. COMMON are those of vaudit's own sentences, of the recorded machines of the tests, and of words.txt:
what the kernel and dmidecode say in their messages, without given names and what people call machines.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "vaudit"
READS = ("facts/**/*.py", "evidence/linux.py", "evidence/source.py", "evidence/cpuid.py")
"""The modules whose texts are looked for in evidence."""
LINE = 108


def pieces(text: str) -> Iterator[str]:
    """The words of a text, in lower case; CamelCase is several."""
    for piece in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text):
        yield piece.lower()
    for piece in re.findall(r"[A-Za-z]+", text):
        yield piece.lower()


def literals(path: Path) -> Iterator[str]:
    """The texts in a module that are no docstrings."""
    tree = ast.parse(path.read_text())
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def evidence() -> set[str]:
    """The words that facts are read from."""
    paths = {path for pattern in READS for path in PACKAGE.glob(pattern)}
    return {word for path in paths for text in literals(path) for word in pieces(text) if len(word) > 1}


def common() -> set[str]:
    """The words of sentences, of recorded machines and of words.txt."""
    texts = [path.read_text() for path in (ROOT / "checks").rglob("*.toml")]
    texts += [
        text for path in PACKAGE.rglob("*.py") if path.name != "vocabulary.py" for text in literals(path)
    ]
    found = {word for text in texts for word in pieces(text)}
    found |= {word for word, machines in recorded().items() if machines > 1}
    found |= set(Path(__file__).with_name("words.txt").read_text().lower().split())
    return {word for word in found if 1 < len(word) <= 24} - set("abcdefghijklmnopqrstuvwxyz")


def recorded() -> dict[str, int]:
    """In how many recorded machines of the tests each word stands, outside of base64."""
    found: dict[str, int] = {}
    for path in (ROOT / "tests" / "machines").glob("*.vdump"):
        rows = [row for row in path.read_text().split("\n") if row[:1] not in ("=", "#")]
        for word in set(pieces("\n".join(rows))):
            found[word] = found.get(word, 0) + 1
    return found


def table(name: str, words: set[str], about: str) -> str:
    """A set of words as Python."""
    rows, row = [], ""
    for word in sorted(words):
        if len(row) + len(word) + 1 > LINE:
            rows, row = [*rows, row], ""
        row += f" {word}" if row else word
    body = "\n".join([*rows, row])
    return f'_{name} = """\n{body}\n"""\n{name} = frozenset(_{name}.split())\n"""{about}"""\n'


def main() -> None:
    """Writes the module."""
    target = PACKAGE / "masking" / "vocabulary.py"
    target.write_text(text())


def text() -> str:
    """The module."""
    reads = evidence()
    head = '"""Words that are no one\'s name. Made by tools/vocabulary.py."""\n\n'
    reading = table("EVIDENCE", reads, "What facts are read from: never taken for a name in running text.")
    rest = table("COMMON", common() - reads, "A name only where it is known to be this machine's.")
    return f"{head}{reading}\n{rest}"


if __name__ == "__main__":
    main()
