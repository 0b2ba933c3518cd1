"""How what /proc/net lists of addresses and routes is masked: the kind of an address takes its place, and of
routes only those that lead everywhere stay."""

from vaudit import procfs
from vaudit.masking.pseudonyms import Pseudonyms

_NOWHERE = "0" * 32


def fib_trie(_names: Pseudonyms, data: bytes) -> bytes:
    text = _text(data)
    rows = ["     |-- 0.0.0.0", "        /0 universe UNICAST"] if procfs.default4(text) else []
    for kind, length in sorted(procfs.local4(text)):
        rows += [f"     |-- {kind}", f"        /{length} host LOCAL"]
    return _lines(["Main:", *rows])


def route(_names: Pseudonyms, data: bytes) -> bytes:
    nothing = "00000000"
    row = f"-\t{nothing}\t{nothing}\t0003\t0\t0\t0\t{nothing}\t0\t0\t0"
    return _lines(["Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT",
                   *([row] if procfs.default4_of_routes(_text(data)) else [])])  # fmt: skip


def if_inet6(_names: Pseudonyms, data: bytes) -> bytes:
    found = sorted(procfs.local6(_text(data)))
    return _lines([f"{kind} 00 {length:02x} 00 80 -" for kind, length in found])


def ipv6_route(_names: Pseudonyms, data: bytes) -> bytes:
    row = f"{_NOWHERE} 00 {_NOWHERE} 00 {_NOWHERE} 00000400 00000000 00000000 00000003 -"
    return _lines([row] if procfs.default6(_text(data)) else [])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _lines(rows: list[str]) -> bytes:
    return "".join(f"{row}\n" for row in rows).encode()
