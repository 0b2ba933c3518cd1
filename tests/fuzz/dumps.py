"""Dumps: recorded machines, changed where a dump has its joints."""

import json
from functools import cache
from random import Random
from typing import NamedTuple

from tests import machines
from tests.fuzz import mutate

HEADS = (
    "@absent {}", "@absent {} dir", "@denied {}", "@error {} file no answer", "@unrecorded {}",
    "@unrecorded {} dir why",
)  # fmt: skip
ODD_LINES = (
    "@", "@ ", "@file", "@file ", "@dir /", "@registry HKLM\\SYSTEM", "@msr 3a ffffffffffffffff",
    "@msr 3a 1 2",
    "@cpuid 1 0 1 2 3", "@cpuid 1 0 1 2 3 4 5", "@cpuid ffffffffffff 0 1 2 3 4", "@run rc= x", "@run rc=x x",
    "@run rc=99999999999999999999 x", "@link /a /a", "@link /sys/class/block/vda ../../..",
    "@nonsense of 3", "@end x",
    "@meta", "@meta =", "@meta uid=x time=x machine=²", "~cut at 1 MiB", "~", "|", ">", "=", "=====",
    "# \x1b[2J", "@recording disk",
    "@device /dev/kvm x", "@firmware SMBIOS", "@binary /proc/config.gz", "@call id -u",
    "@error /proc/meminfo",
)  # fmt: skip


class Block(NamedTuple):
    """A line that begins with @, and the lines below it."""

    head: str
    content: tuple[str, ...]


@cache
def blocks(name: str) -> tuple[Block, ...]:
    """The entries of a machine, those of its first line and its last left out."""
    made, content = list[Block](), list[str]()
    for line in machines.text(name).split("\n")[::-1]:
        if line.startswith("@"):
            made.append(Block(line, tuple(content[::-1])))
            content = []
        elif line:
            content.append(line)
    return tuple(one for one in made[::-1] if one.head != "@end")


@cache
def everywhere() -> tuple[Block, ...]:
    """The entries of all machines, each head once."""
    return tuple({one.head: one for name in machines.NAMES for one in blocks(name)}.values())


def text(made: list[Block], version: int = 2) -> str:
    lines = [line for one in made for line in (one.head, *one.content)]
    return "\n".join([f"vdump {version}", *lines, "@end", ""])


def changed(random: Random, made: list[Block], times: int) -> list[Block]:
    """So many changes to the entries of a dump, which stays one more often than not."""
    for _ in range(times):
        at = random.randrange(len(made)) if made else 0
        how = random.random()
        if how < 0.55 and made:
            made[at] = _content(random, made[_with_content(random, made)])
        elif how < 0.63 and made:
            made[at] = _status(random, made[at])
        elif how < 0.7 and made:
            made[at] = Block(mutate.text(random, made[at].head).replace("\n", " "), made[at].content)
        elif how < 0.75 and made:
            del made[at : at + random.choice((1, 1, 5, 50))]
        elif how < 0.85:
            made.insert(at, random.choice(everywhere()))
        elif how < 0.9:
            made.insert(at, _content(random, random.choice(everywhere())))
        elif how < 0.95:
            made = _renamed(random, made)
        else:
            made.insert(at, Block(random.choice(ODD_LINES), ("|x",) * random.randrange(3)))
    return made


def _with_content(random: Random, made: list[Block]) -> int:
    """One of those that have content, sooner than not."""
    for _ in range(6):
        at = random.randrange(len(made))
        if made[at].content:
            return at
    return at


def _content(random: Random, one: Block) -> Block:
    """The entry with other content, which is written as its kind of content is."""
    if not one.content:
        return Block(mutate.token(random, one.head).replace("\n", " "), ())
    if one.content[0].startswith("="):
        packed = mutate.packed(random, "".join(line[1:] for line in one.content))
        return Block(one.head, tuple(f"={packed[at : at + 76]}" for at in range(0, len(packed), 76)))
    raw = "\n".join(line[1:] for line in one.content)
    is_json = one.head.startswith(("@recording", "@run rc=0 vaudit bench"))
    new = _json(random, raw) if is_json else mutate.text(random, raw)
    if random.random() < 0.02:  # as it is, with what may not stand in a dump
        return Block(one.head, tuple(f"|{line}" for line in new.split("\n")))
    return _legible(one.head, new)


def _legible(head: str, new: str) -> Block:
    """The content as the writer puts it: as text, or packed where it is none that an editor shows."""
    from base64 import b64encode

    if new.replace("\n", "").replace("\t", "").isprintable() or not head.startswith("@file"):
        return Block(head, tuple(f"|{line}" for line in new.replace("\x00", "").split("\n")))
    packed = b64encode(new.encode("utf-8", "surrogatepass")).decode()
    rows = tuple(f"={packed[at : at + 76]}" for at in range(0, len(packed), 76))
    return Block(head.replace("@file", "@binary", 1), rows)


def _json(random: Random, raw: str) -> str:
    try:
        return mutate.written(random, mutate.document(random, json.loads(raw)))
    except (ValueError, RecursionError):  # what was changed already may be nested too deeply
        return mutate.text(random, raw)


def _status(random: Random, one: Block) -> Block:
    key = one.head.split(" ")[1] if " " in one.head else "/x"
    return Block(random.choice(HEADS).format(key), ())


def _renamed(random: Random, made: list[Block]) -> list[Block]:
    """A name of a device, wherever it stands, is another."""
    keys = [one.head.split(" ")[1] for one in made if one.head.startswith(("@dir /sys/", "@link /sys/"))]
    if not keys:
        return made
    old = random.choice(random.choice(keys).split("/")[2:])
    if len(old) < 2:
        return made
    new = "".join(f"%{ord(char):02X}" if char in " %\n\r" else char for char in mutate.word(random)[:300])
    new = new.replace("/", "!").replace("\x00", "")

    def other(line: str) -> str:
        return line.replace(old, new)

    return [Block(other(one.head), tuple(map(other, one.content))) for one in made]


def some(random: Random, most: int = 0) -> list[Block]:
    """The entries of a machine; of a long one a part, which is read faster."""
    made = list(blocks(random.choice(machines.NAMES)))
    if most and len(made) > most and random.random() < 0.8:
        kept = sorted(random.sample(range(len(made)), most))
        made = [made[at] for at in kept]
    return made


def dump(random: Random, most: int = 120) -> bytes:
    """One dump."""
    return _written(random, changed(random, some(random, most), random.choice((1, 1, 2, 3, 5, 8))))


def short(random: Random) -> bytes:
    """A dump of a few entries of any machines."""
    made = random.sample(everywhere(), random.choice((2, 5, 12)))
    return _written(random, changed(random, made, random.choice((1, 1, 2, 3))))


def _written(random: Random, made: list[Block]) -> bytes:
    whole = text(made, random.choice((1, 2, 2, 2))).encode("utf-8", "surrogatepass")
    how = random.random()
    if how < 0.03:
        return mutate.data(random, whole)
    if how < 0.05:
        return whole.replace(b"\n", b"\r\n")
    return whole
