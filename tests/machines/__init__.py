"""The machines that checks name under [expect]: recorded dumps, and small hand-written fact files."""

from functools import cache
from pathlib import Path

import msgspec

from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Facts

FOLDER = Path(__file__).parent


class Machine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a check judges."""

    facts: Facts
    benchmarks: list[Benchmark] = []


@cache
def machine(name: str) -> Machine:
    """`NAME.vdump` replayed, or `facts/NAME.json`: a Facts object, or one beside its benchmarks."""
    dump, written = FOLDER / f"{name}.vdump", FOLDER / "facts" / f"{name}.json"
    if dump.is_file():
        from vaudit.evidence.dump import read
        from vaudit.facts.collect import collect

        return Machine(collect(read(str(dump))))
    content = msgspec.json.decode(written.read_bytes())
    return msgspec.convert(content if "facts" in content else {"facts": content}, Machine)
