"""Documents that others wrote: what fio and iperf3 print, stored reports, tables of firmware, checks."""

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from tests import machines
from tests.fuzz import dumps, mutate
from tests.fuzz.texts import PRINTED
from tests.machines import our_checks
from tests.machines.windows import builder, hives
from vaudit import toml
from vaudit.evidence.recorder import Recorder
from vaudit.output import render
from vaudit.pipeline import scan

TESTS = Path(__file__).parents[1]
CHECKS = TESTS.parent / "checks"
REPORTED = ("synthetic-kvm-good", "synthetic-kvm-all-emulated", "synthetic-xen-dom0", "lab-slow-20ms")
"""Machines whose reports are stored."""


@cache
def samples(*patterns: str) -> tuple[str, ...]:
    """The texts of the tests' samples."""
    found = [path for pattern in patterns for path in sorted(TESTS.glob(pattern))]
    return tuple(path.read_text(errors="replace") for path in found if path.is_file())


def fio(random: Random) -> bytes:
    return _encoded(
        _printed(random, random.choice(samples("bench/samples/*.json", "bench/samples/err/*.std*")))
    )


def iperf3(random: Random) -> bytes:
    return _encoded(_printed(random, random.choice(samples("bench/samples/net/*"))))


def _printed(random: Random, text: str) -> str:
    """What a program printed: JSON with other values, or a text that was changed."""
    start = text.find("{")
    if start >= 0 and random.random() < 0.8:
        try:
            document, end = json.JSONDecoder().raw_decode(text[start:])
            new = mutate.written(random, mutate.document(random, document))
            return text[:start] + new + text[start + end :]
        except ValueError:
            pass
    return mutate.text(random, text)


# stored reports


@cache
def reports() -> tuple[str, ...]:
    """JSON of both versions."""

    made = [render("json", scan(Recorder(machines.source(name)), our_checks())) for name in REPORTED]
    return (*made, *samples("fixtures/0.1.0/*.json"))


@cache
def short_reports() -> tuple[bytes, ...]:
    """The same, with few elements in each list and few checks."""
    return tuple(msgspec.json.encode(_few(msgspec.json.decode(text))) for text in reports())


def _few(value: Any) -> Any:
    if isinstance(value, list):
        return [_few(one) for one in value[:2]]
    if isinstance(value, dict):
        kept = list(value)[:2] if all("." in key for key in value) else value
        return {key: _few(value[key]) for key in kept}
    return value


def short_report(random: Random) -> bytes:
    """A short report, changed."""
    document = msgspec.json.decode(random.choice(short_reports()))
    return _encoded(mutate.written(random, mutate.document(random, document)))


def report(random: Random) -> dict[str, bytes]:
    """A report in a file: of JSON, in a list, a line each, or in a page."""
    made = mutate.written(random, _other_report(random))
    how = random.random()
    if how < 0.6:
        return {"report.json": _encoded(made)}
    if how < 0.7:
        return {"report.json": _encoded(f"[{made},{random.choice(reports())}]")}
    if how < 0.85:
        line = msgspec.json.encode(msgspec.json.decode(random.choice(reports()))).decode()
        return {"reports.jsonl": _encoded(f"{line}\n{made}\n{line}\n")}
    page = f'<!doctype html><script type="application/json" id="report">{made}</script>'
    return {"report.html": _encoded(page)}


def _other_report(random: Random) -> Any:
    return mutate.document(random, msgspec.json.decode(random.choice(reports())))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# tables of firmware


@cache
def tables() -> tuple[bytes, ...]:
    """SMBIOS tables: of the recorded machines, and one with every type that matters."""
    found = [machines.source(name).entry("firmware", "SMBIOS").data for name in machines.NAMES]
    return (*dict.fromkeys(data for data in found if isinstance(data, bytes)), _table())


def _table() -> bytes:
    """Structures of the usual length, each field of which numbers one of three strings, or none."""
    made = b""
    for kind in (0, 1, 2, 3, 4, 7, 9, 11, 16, 17, 19, 32, 41, 221, 127):
        length = {0: 24, 1: 27, 2: 15, 3: 22, 4: 42, 17: 40}.get(kind, 16)
        body = bytes((at * 7) % 4 for at in range(length - 4))
        made += bytes([kind, length, kind, 0]) + body + b"QEMU\0Standard PC\0SERIAL123\0\0"
    return made


def smbios(random: Random) -> dict[str, bytes]:
    """A table as dmidecode dumps it, or as the kernel shows it, which is known by the place where it lies."""
    table = mutate.data(random, random.choice(tables()))
    if random.random() < 0.4:
        return {"dmi.bin": random.choice((b"_SM_", b"_SM3_")).ljust(32, b"\0") + table}
    return {"dmi.bin": table, "root/proc/cpuinfo": _encoded(PRINTED["root/proc/cpuinfo"])}


TREE = "/proc/device-tree"
TREE_FILES = (
    "compatible", "model", "hypervisor/compatible", "hypervisor/reg", "hypervisor/vendor",
    "fw-cfg/compatible",
    "chosen/bootargs", "serial-number", "vm,uuid", "psci/compatible", "cpus/cpu@0/compatible", "system-id",
    "host-model", "host-serial", "ibm,partition-name", "ibm,lpar-capable", "#address-cells",
)  # fmt: skip
_TREE_WORDS = (
    b"linux,dummy-virt\0", b"xen,xen-4.17\0xen,xen\0", b"qemu,pseries\0", b"arm,juno\0", b"\0\0\0\1", b"",
    b"\0", b"\xff\xfe",
    b"linux,kvm\0", b"raspberrypi,4-model-b\0brcm,bcm2711\0", b"jailhouse,cell\0", b"apple,j314s\0",
    b"crosvm\0",
)  # fmt: skip


def device_tree(random: Random) -> bytes:
    """A dump of a machine whose firmware describes it by a tree."""
    base = random.choice(("synthetic-arm-weak", "synthetic-xen-pvh", *machines.NAMES))
    made = list(dumps.blocks(base if base in machines.NAMES else machines.NAMES[0]))
    for name, content in properties(random).items():
        path = "".join(
            f"%{ord(char):02X}" if not char.isalnum() and char not in "/,-@#" else char for char in name
        )
        where = random.choice((TREE, TREE, "/sys/firmware/devicetree/base"))
        made.append(_binary(f"{where}/{path}", content))
    return dumps.text(made).encode("utf-8", "surrogatepass")


def properties(random: Random) -> dict[str, bytes]:
    """Some properties of a device tree by their paths."""
    made = {}
    for _ in range(random.choice((1, 2, 5, 9))):
        name = random.choice(TREE_FILES) if random.random() < 0.9 else mutate.word(random)[:50].split("\0")[0]
        value = random.choice(_TREE_WORDS)
        made[name] = mutate.data(random, value) if random.random() < 0.7 else value
    return made


def _binary(path: str, content: bytes) -> dumps.Block:
    from base64 import b64encode

    return dumps.Block(f"@binary {path}", (f"={b64encode(content).decode()}",))


# registry keys

_VALUES = (
    "|Parameters\\", "|@ REG_SZ text", "|Group REG_SZ SCSI miniport", "|Start REG_DWORD 0",
    "|Owners REG_MULTI_SZ a.inf b.inf",
    "|Key REG_BINARY =AQIDBA==", "|Secret REG_BINARY -", "|Q REG_QWORD 18446744073709551615",
    "|E REG_EXPAND_SZ %25x%25",
    "|Odd 0xffff0012 =AA==", "|N REG_NONE", "|%40 REG_SZ x",
    "|ImagePath REG_EXPAND_SZ system32\\drivers\\vioscsi.sys",
)  # fmt: skip
_KEYS = (
    "HKLM\\SYSTEM\\Select", "HKLM\\SYSTEM\\CurrentControlSet\\Services\\viostor", "HKLM\\SOFTWARE\\Microsoft",
    "HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS", "HKU\\.DEFAULT",
)  # fmt: skip


def registry(random: Random) -> bytes:
    """A dump with registry keys in it."""
    made = list(dumps.blocks(random.choice(machines.NAMES)))[: random.choice((5, 50, 500))]
    for _ in range(random.choice((1, 3, 9))):
        name, *rows = _registry_key(random)
        made.append(dumps.Block(f"@registry {name}", tuple(rows)))
    return dumps.text(made).encode("utf-8", "surrogatepass")


def _registry_key(random: Random) -> list[str]:
    """A key, and the lines of its values, one of them changed."""
    rows = random.choices(_VALUES, k=random.randrange(1, 9))
    at = random.randrange(len(rows))
    rows[at] = "|" + mutate.text(random, rows[at][1:]).replace("\n", " ")
    name = random.choice(_KEYS) if random.random() < 0.8 else mutate.text(random, random.choice(_KEYS))
    return [name.replace("\n", " "), *rows]


def key(random: Random) -> bytes:
    """A registry key alone."""
    return "".join(f"{row}\n" for row in _registry_key(random)).encode("utf-8", "surrogatepass")


# registry hives

HIVES = ("kvm-virtio-blk", "xcp-ng", "kvm-moved-from-vmware", "bare-metal-hyperv-role")
"""Made Windows machines whose hives are changed."""


@cache
def _hive(name: str) -> bytes:
    return builder.hive(name)


def hive(random: Random) -> dict[str, bytes]:
    """SYSTEM with bits turned over, pieces moved, or cut; some with a log that is no better."""
    data = bytearray(_hive(random.choice(HIVES)))
    log = hives.log(bytes(data), _hive(random.choice(HIVES)), 7) if random.random() < 0.2 else b""
    if log:
        data[4:8] = b"\x09\0\0\0"  # it was not closed
    for _ in range(random.choice((0, 1, 20, 400))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    if random.random() < 0.3:
        here, there = random.randrange(4096, len(data)), random.randrange(4096, len(data))
        data[here : here + 64] = data[there : there + 64]
    if random.random() < 0.2:
        del data[random.randrange(len(data)) :]
    made = {"SYSTEM": bytes(data)}
    return made | {"SYSTEM.LOG1": mutate.data(random, log)} if log else made


# checks

_TERMS = (
    "hypervisor.kind", "cpu.threads", "memory.total", "memory.swap", "net", "block", "it.path", "it.name",
    "it.mtu",
    "limits['memory.low']", "benchmarks", "kernel.release", "os.id", "layers", "guests", "cpu.steal", "0",
    "1", "-1",
    "1.5", "'kvm'", "''", "None", "True", "[]", "['a', 'b']", "9" * 30, "1e308", "'x' * 99",
    "hypervisor.knd", "x.y.z",
    "__import__", "it.__class__", "f'{cpu}'", "lambda: 1", "(1, 2)", "{}", "net[0]", "net[0].name",
    "block[-1].size",
)  # fmt: skip
_OPERATORS = (
    "==",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "in",
    "not in",
    "and",
    "or",
    "+",
    "-",
    "*",
    "/",
    "%",
    "//",
    "**",
    "is",
)


def condition(random: Random, depth: int = 0) -> str:
    """An expression that may be a condition."""
    how = random.random()
    if depth > 6 or how < 0.25:
        return random.choice(_TERMS)
    left = condition(random, depth + 1)
    if how < 0.65:
        return f"{left} {random.choice(_OPERATORS)} {condition(random, depth + 1)}"
    if how < 0.75:
        return f"not ({left})"
    if how < 0.85:
        return f"{random.choice(('any', 'all', 'len', 'sum', 'min', 'max', 'print', 'str'))}({left})"
    if how < 0.95:
        word = random.choice(("any", "all", "sum", "len", "max"))
        return f"{word}({left} for it in {random.choice(('net', 'block', 'layers', 'guests', 'cpu', '[1]'))})"
    return "(" * random.choice((1, 90, 900)) + left


_MESSAGES = (
    "{it.name} {it.mtu:size}", "{memory.total:size}", "{cpu.threads:x}", "{", "}", "{{}}", "{cpu}",
    "{it.name!r}", "{x}",
    "{memory.total:9999999}", "{memory.total:.99999f}", "{net}", "{hypervisor.kind:size}",
    "{cpu.steal:percent}", "{0}",
    "{memory.swap:rate}", "{it.__class__}", "{it.path:>99999999}",
)  # fmt: skip


def checks(random: Random) -> dict[str, bytes]:
    """A folder of checks."""
    names = _check_files()
    made = {}
    for at in range(random.choice((1, 1, 3))):
        raw = random.choice(names)
        if random.random() < 0.7:
            made[f"checks/{at}.toml"] = _encoded(mutate.text(random, raw))
        else:
            made[f"checks/{at}.toml"] = _encoded(_check(random, at))
    made["checks/thresholds.toml" if random.random() < 0.1 else "checks/z.toml"] = _encoded(_limits(random))
    return made


@cache
def _check_files() -> tuple[str, ...]:
    return tuple(path.read_text() for path in sorted(CHECKS.rglob("*.toml")))


def _check(random: Random, at: int) -> str:
    rows = {
        "id": f"net.made-{at}",
        "title": "T",
        "severity": random.choice(("high", "low", "info", "odd")),
        "fail": condition(random),
        "message": random.choice(_MESSAGES),
        "why": "w",
    }
    if random.random() < 0.5:
        rows["each"] = random.choice(("net", "block", "layers", "cpu", "[1]", condition(random)))
    if random.random() < 0.5:
        rows["applies"] = condition(random)
    if random.random() < 0.3:
        rows["pass"], rows["skipped"] = random.choice(_MESSAGES), random.choice(_MESSAGES)
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in rows.items())


def _limits(random: Random) -> str:
    raw = random.choice(
        ("1", "-1", "nan", "inf", "1e400", "9" * 5000, "[]", '"x"', "{ value = 1 }", "[" * 3000, "2001-01-01")
    )
    text = f'"memory.low" = {{ value = {raw}, unit = "B", source = "x" }}\n'
    return mutate.text(random, text) if random.random() < 0.4 else text


def is_toml(data: bytes) -> bool:
    try:
        toml.loads(data.decode())
    except ValueError:
        return False
    return True


# what programs printed


@cache
def outputs() -> tuple[tuple[str, str], ...]:
    """(place in a capture, text)."""
    folder = TESTS / "fixtures" / "formats"
    kept = [(f"commands/{path.name}", path.read_text(errors="replace")) for path in sorted(folder.iterdir())]
    return (*PRINTED.items(), *kept)


def loose(random: Random) -> dict[str, bytes]:
    """What one program printed, in a file whose name says nothing."""
    _, text = random.choice(outputs())
    return {"pasted": _encoded(_printed(random, text))}


LONG = 1 << 20
"""Characters: as many as of a file are read."""


def long(random: Random) -> dict[str, bytes]:
    """A megabyte of what one program or one file may hold: nothing may take longer than in proportion."""
    if random.random() < 0.3:
        made = list(dumps.blocks(random.choice(machines.NAMES)))
        at = random.randrange(len(made))
        text = mutate.long(random, "\n".join(line[1:] for line in made[at].content), LONG)
        mark = made[at].content[0][0] if made[at].content else "|"
        made[at] = made[at]._replace(content=tuple(f"{mark}{line}" for line in text.split("\n")))
        return {"a.vdump": _encoded(dumps.text(made))}
    place, text = random.choice(outputs())
    return {place: _encoded(mutate.long(random, text, LONG)), "root/proc/version": b"Linux\n"}


def cpuid(random: Random) -> dict[str, bytes]:
    """Leaves as `cpuid -r` prints them, alone or beside a processor's flags."""
    text = PRINTED["cpuid.txt"]
    for _ in range(random.choice((1, 3, 9))):
        rows = text.split("\n")
        at = random.randrange(len(rows))
        rows[at] = _leaf(random) if random.random() < 0.6 else mutate.text(random, rows[at])
        text = "\n".join(rows)
    if random.random() < 0.5:
        return {"pasted": _encoded(text)}
    info = mutate.text(random, PRINTED["root/proc/cpuinfo"])
    return {"cpuid.txt": _encoded(text), "root/proc/cpuinfo": _encoded(info), "cpuid-xen.txt": _encoded(text)}


def _leaf(random: Random) -> str:
    """A leaf of a hypervisor or of a processor, with any registers."""
    leaf = random.choice(
        (0, 1, 7, 0x21, 0x40000000, 0x40000001, 0x40000003, 0x40000100, 0x80000001, 0x8000001F)
    )
    registers = [random.choice((0, 1, 0xFFFFFFFF, 0x4B4D564B, random.getrandbits(32))) for _ in "abcd"]
    named = " ".join(f"e{name}x=0x{value:08x}" for name, value in zip("abcd", registers, strict=True))
    return f"   0x{leaf:08x} 0x{random.choice((0, 0, 1)):02x}: {named}"
