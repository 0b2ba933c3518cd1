"""Fuzzing that is guided by coverage: an input that reaches a new line is changed further.

    python -m tests.fuzz.guided PARSER [FOLDER] [-max_total_time=60 …]

It needs the package atheris, which has wheels for some Pythons and for Linux alone. FOLDER keeps the inputs
that reached something new, for the next time; all options are libFuzzer's.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

BEGIN = 200
"""Inputs that are made to begin with."""


def main(words: Sequence[str]) -> int:
    try:
        import atheris
    except ImportError:
        print("atheris is not installed: pip install atheris", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["vaudit"]):
        from tests.fuzz.parsers import PARSERS, random_of
    if not words or words[0] not in PARSERS:
        print(f"name a parser: {', '.join(PARSERS)}", file=sys.stderr)
        return 2
    folders = [word for word in words[1:] if not word.startswith("-")]
    corpus = Path(folders[0] if folders else tempfile.mkdtemp(prefix=f"vaudit-{words[0]}-"))
    corpus.mkdir(parents=True, exist_ok=True)
    if not any(corpus.iterdir()):
        for number in range(BEGIN):
            made = PARSERS[words[0]].input(random_of(words[0], number))
            (corpus / str(number)).write_bytes(made[: 1 << 16])
    options = ["-timeout=20", "-rss_limit_mb=1024", *(word for word in words[1:] if word.startswith("-"))]
    atheris.Setup([sys.argv[0], str(corpus), *options], PARSERS[words[0]].read)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
