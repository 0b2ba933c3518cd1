"""The house's walls: which room may import which, and that data folders hold only data."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from vaudit.output import FORMATS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "vaudit"

# what a room may import of vaudit, besides itself and what lies on the ground floor
GROUND = {"vaudit", "vaudit.cloudinit", "vaudit.files", "vaudit.masking", "vaudit.resources", "vaudit.words",
          "vaudit.procfs", "vaudit.systeminfo", "vaudit.threads", "vaudit.toml", "vaudit.trust"}  # fmt: skip
ALLOWED = {
    "model": set(),
    "evidence": {"vaudit.model"},
    "facts": {"vaudit.model", "vaudit.evidence.source"},
    "bench": {"vaudit.model"},
    "judge": {"vaudit.model"},
    "output": {"vaudit.model"},
    "history": {"vaudit.model"},
}
MODEL_SEES = {"vaudit"}
"""The model stands below even the ground floor: nothing of the house but its own version."""
BY_NAME = {"vaudit", "vaudit.output", "vaudit.commands"}
"""Tables of a room's own modules, which import them by name when they are asked for."""
CONTAINERS = {"list", "tuple", "dict", "set", "frozenset"}
PURE = {
    "__future__", "_thread", "collections", "itertools", "math", "msgspec", "re", "statistics", "typing",
    "weakref",
}  # fmt: skip
"""What needs no machine, no file and no clock."""


def dotted(path: Path) -> str:
    """The module that a file is: vaudit/facts/cpu.py is vaudit.facts.cpu."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All that a file says, taken apart once for all walls."""
    return list(ast.walk(ast.parse(path.read_text())))


def imports(path: Path, text: str | None = None) -> set[str]:
    """Every module that a file names, relative imports resolved; `from a import b` gives a and a.b."""
    package = dotted(path).split(".") if path.name == "__init__.py" else dotted(path).split(".")[:-1]
    found = set()
    for node in nodes(path) if text is None else ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *(node.module or "").split(".")]).strip(".")
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


MODULES = {dotted(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def of_the_house(path: Path, text: str | None = None) -> set[str]:
    """The modules of vaudit that a file imports; a package counts only where it is all that is named.

    The front door vaudit/__init__.py imports nothing: it names what each caller may have imported for it.
    """
    if path == PACKAGE / "__init__.py":
        return set()
    named = imports(path, text) & set(MODULES)
    return {name for name in named if not any(other.startswith(f"{name}.") for other in named)}


def sources(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py"))


def trespasses(room: str, path: Path, text: str | None = None) -> set[str]:
    """What a file in a room imports although a wall stands between."""
    allowed = {f"vaudit.{room}"} | ALLOWED[room] | (MODEL_SEES if room == "model" else GROUND)
    return {
        name
        for name in of_the_house(path, text)
        if name not in allowed and not any(name.startswith(f"{one}.") for one in allowed - {"vaudit"})
    }


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_what_its_wall_lets_through(room: str) -> None:
    for path in sources(room):
        assert not trespasses(room, path), path


@pytest.mark.parametrize(
    "line",
    [
        "from ..evidence import linux",
        "from ..bench import stats",
        "from vaudit.evidence import dump",
        "import vaudit.bench.stats",
        "from .. import pipeline",
    ],
)
def test_no_spelling_of_an_import_slips_through_a_wall(line: str) -> None:
    assert trespasses("facts", PACKAGE / "facts" / "layers.py", line)


def imports_by_name(path: Path) -> bool:
    """Whether a file imports what no wall sees: by a text."""
    named = {name.partition(".")[0] for name in imports(path)} & {"importlib", "imp", "pkgutil", "runpy"}
    reached = any(
        isinstance(node, ast.Attribute) and node.attr in ("modules", "__import__") for node in nodes(path)
    )
    return bool(named) or reached or "__import__" in called(path)


def test_nothing_is_imported_by_name_but_the_modules_of_a_table() -> None:
    assert {name for name, path in MODULES.items() if imports_by_name(path)} == BY_NAME
    assert all(form.module.startswith("vaudit.output.") for form in FORMATS.values())


UPSTAIRS = ("vaudit.commands", "vaudit.cli", "vaudit.main", "vaudit.__main__")


def test_only_the_program_itself_knows_its_commands() -> None:
    """A library call, a scan or a room that asks a command would turn the house upside down."""
    for name, path in MODULES.items():
        if not name.startswith(UPSTAIRS):
            assert not [seen for seen in of_the_house(path) if seen.startswith(UPSTAIRS)], name


def test_the_ground_floor_imports_nothing_of_the_house() -> None:
    for name in GROUND - {"vaudit"}:
        if name in MODULES:
            assert of_the_house(MODULES[name]) <= {"vaudit"}, name


def circles() -> Iterator[list[str]]:
    """Files that import each other, directly or around a corner."""
    arrows = {name: of_the_house(path) - {name} for name, path in MODULES.items()}
    for start in arrows:
        seen: set[str] = set()
        pending = [(start, [start])]
        while pending:
            at, way = pending.pop()
            for after in arrows[at]:
                if after == start:
                    yield way
                elif after not in seen:
                    seen.add(after)
                    pending.append((after, [*way, after]))


def test_no_files_import_each_other_in_a_circle() -> None:
    assert list(circles()) == []


def called(path: Path) -> set[str]:
    """The names of plain functions that a file calls."""
    return {
        node.func.id for node in nodes(path) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


@pytest.mark.parametrize("path", sources("facts"), ids=dotted)
def test_facts_reach_the_world_only_through_a_source(path: Path) -> None:
    outside = {name.split(".")[0] for name in imports(path)} - {"vaudit"}
    assert outside <= PURE | {"functools", "posixpath"}
    assert not called(path) & {"open", "exec", "eval", "__import__"}


OWN_NUMBERS = {"vaudit.evidence.cpuid", "vaudit.masking.pseudonyms", "vaudit.bench.system.printed"}
"""The CPUID child's answers are this program's own, and it imports nothing of the house; a hash is its own
too; and JSON's numbers are none of text."""


@pytest.mark.parametrize(
    "path", [*sources("facts"), *sources("evidence"), *sources("bench/system")], ids=dotted
)
def test_text_of_a_machine_becomes_a_number_only_in_procfs(path: Path) -> None:
    """`int` takes 4,301 digits for an error, and `³`, `_` and blanks for what they are not."""
    assert dotted(path) in OWN_NUMBERS or not called(path) & {"int", "float"}


@pytest.mark.parametrize("path", [*sources("model"), *sources("judge"), *sources("output")], ids=dotted)
def test_model_judge_and_output_never_touch_the_machine(path: Path) -> None:
    touching = {"subprocess", "platform", "socket", "psutil", "ctypes"}
    assert not {name.split(".")[0] for name in imports(path)} & touching


BENCH_ROOMS = ("system", "disk", "network", "cpu", "memory")
ABOVE_THE_ROOMS = {f"vaudit.bench.{name}" for name in ("run", "plan", "recording", "judge", "legacy")}
"""What puts the rooms together; no room knows of it."""
JUDGING = [name for name in MODULES if name.startswith("vaudit.bench.") and "judge" in name.split(".")]
"""In a folder or file of that name a recording is judged, live and on every replay: bench/*/judge/."""


@pytest.mark.parametrize("room", BENCH_ROOMS)
def test_a_room_of_bench_knows_neither_its_neighbours_nor_what_stands_above(room: str) -> None:
    others = {f"vaudit.bench.{other}." for other in BENCH_ROOMS if other not in (room, "system")}
    for path in sources(f"bench/{room}"):
        seen = of_the_house(path)
        assert not {name for name in seen if name.startswith(tuple(others))}, path
        assert not seen & ABOVE_THE_ROOMS, path


def with_all_beneath(names: set[str]) -> set[str]:
    """Modules and whatever of the house they import, directly or not."""
    found: set[str] = set()
    pending = set(names)
    while pending:
        found |= pending
        pending = {below for name in pending for below in of_the_house(MODULES[name])} - found
    return found


def test_every_room_of_bench_that_measures_has_its_judges() -> None:
    rooms = {name.split(".")[2] for name in JUDGING if name.count(".") > 2}
    assert rooms == set(BENCH_ROOMS) - {"system"}


@pytest.mark.parametrize("name", sorted(with_all_beneath(set(JUDGING))))
def test_judging_touches_no_clock_no_file_and_no_descriptor(name: str) -> None:
    """Nor does anything that it stands upon: so a record is judged as the live machine was."""
    outside = {each.split(".")[0] for each in imports(MODULES[name])} - {"vaudit"}
    assert outside <= PURE
    assert not called(MODULES[name]) & {"open", "exec", "eval", "__import__"}


@pytest.mark.parametrize("folder", ["checks", "reports"])
def test_data_folders_hold_no_python(folder: str) -> None:
    assert not list((ROOT / folder).rglob("*.py"))


def test_no_shell_is_ever_used() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.keyword) and node.arg == "shell":
                raise AssertionError(f"{path}:{node.value.lineno} uses a shell")
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("system", "popen")
                and isinstance(node.value, ast.Name)
            ):
                assert node.value.id != "os", path


def typed_reads(path: Path) -> Iterator[ast.expr]:
    """The types that msgspec is asked to read values into."""
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = [word.value for word in node.keywords if word.arg == "type"]
            what = ast.unparse(node.func)
            if what == "msgspec.json.decode":
                yield from given
            elif what in ("msgspec.convert", "msgspec.json.Decoder"):
                yield from given or node.args[what == "msgspec.convert" :][:1]


@pytest.mark.parametrize("path", sources("."), ids=dotted)
def test_no_struct_is_read_before_it_is_learned(path: Path) -> None:
    """vaudit/model/learned.py says why. Types of the standard library have nothing to learn."""
    if path.name == "learned.py":
        return
    for kind in typed_reads(path):
        assert ast.unparse(kind).startswith(("learned(", "list[msgspec.Raw]", "dict[str, msgspec.Raw]"))


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=dotted)
def test_a_field_quotes_its_whole_type_or_nothing_of_it(path: Path) -> None:
    """Python 3.10 leaves a name that is quoted inside of `list[…]` a text, which msgspec cannot read."""
    fields = [line for one in nodes(path) if isinstance(one, ast.ClassDef) for line in one.body]
    types = [line.annotation for line in fields if isinstance(line, ast.AnnAssign)]
    parts = [part for one in types for part in ast.walk(one) if isinstance(part, ast.Subscript)]
    inner = [word for part in parts if ast.unparse(part.value) in CONTAINERS for word in ast.walk(part.slice)]
    assert [
        word.value for word in inner if isinstance(word, ast.Constant) and isinstance(word.value, str)
    ] == []
