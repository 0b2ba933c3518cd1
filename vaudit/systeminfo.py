"""What Windows' systeminfo printed, in whatever language and encoding: its lines, and which is which.

The lines stand in one order in every language. Labels that are known count first; where they are not, the
type of the system, which is written alike in all languages, tells the lines about it: maker and model stand
before it, processors and firmware behind it. People cut lines out and paste the text into others.
"""

import csv
import io
from collections.abc import Iterator

import msgspec

MOST, MOST_LINES, LONGEST = 1 << 20, 4000, 400
"""Bytes, lines and characters of a line that are looked at; a systeminfo has some hundred lines."""
MOST_ITEMS = 256
_BEFORE = " \t>|#*`-"
"""What a mail, a page or an editor puts before a line."""
_CODINGS = ("gbk", "cp932", "cp949", "big5", "cp1251", "cp866", "cp850", "cp1252")
"""Tried one after the other: a label with letters beyond ASCII tells the right one."""
_CONSOLE = "cp850"
"""What consoles of western languages write; cp437 has the same letters in the same places."""
_TYPES = ("x64", "x86", "arm64", "itanium", "arm")
"""`x64-based PC`: the first word, but for languages that turn it around (`PC basato su x64`)."""
_LONGEST_TYPE = 60
_BUILDS = ("processor free", "processor checked")
_BETWEEN = 8
"""Lines from the type of the build to the type of the system: fewer where some were cut out."""

LABELS: dict[str, str] = {
    label: field
    for field, labels in {
        "name": "OS Name|Betriebssystemname|Nom du système d'exploitation|Nome SO|Название ОС"
        "|OS 名称|OS 名|Nombre del sistema operativo|Nome do sistema operacional"
        "|作業系統名稱|OS 이름",
        "version": "OS Version|Betriebssystemversion|Version du système|Versione SO|Версия ОС"
        "|OS 版本|OS バージョン|Versión del sistema operativo"
        "|Versão do sistema operacional|作業系統版本|OS 버전",
        "maker": "System Manufacturer|Systemhersteller|Fabricant du système|Produttore sistema"
        "|Изготовитель системы|系统制造商|システム製造元|Fabricante del sistema"
        "|Fabricante do sistema|系統製造商|시스템 제조업체",
        "model": "System Model|Systemmodell|Modèle du système|Modello sistema|Модель системы"
        "|系统型号|システム モデル|Modelo del sistema|Modelo el sistema|Modelo do sistema"
        "|系統型號|시스템 모델",
        "type": "System Type|Systemtyp|Type du système|Tipo sistema|Тип системы|系统类型"
        "|システムの種類|Tipo de sistema|系統類型|시스템 종류",
        "processors": "Processor(s)|Prozessor(en)|Processeur(s)|Processore|Процессор(ы)|处理器"
        "|プロセッサ|Procesador(es)|Processador(es)|處理器|프로세서",
        "firmware": "BIOS Version|BIOS-Version|Version du BIOS|Versione BIOS|Версия BIOS|BIOS 版本"
        "|BIOS バージョン|Versión del BIOS|Versão do BIOS|BIOS 버전",
        "memory": "Total Physical Memory|Gesamter physischer Speicher|Gesamter realer Speicher"
        "|Mémoire physique totale|Memoria fisica totale|Полный объем физической памяти"
        "|物理内存总量|物理メモリの合計|Cantidad total de memoria física"
        "|Memória física total|實體記憶體總計|총 실제 메모리",
        "cards": "Network Card(s)|Netzwerkkarte(n)|Carte(s) réseau|Schede di rete|Сетевые адаптеры"
        "|网卡|ネットワーク カード|Tarjeta(s) de red|Placa(s) de Rede|網路卡"
        "|네트워크 카드",
        "hyperv": "Hyper-V Requirements|Anforderungen für Hyper-V"
        "|Configuration requise pour Hyper-V|Requisiti Hyper-V|Требования Hyper-V"
        "|Hyper-V 要求|Hyper-V の要件|Requisitos Hyper-V|Requisitos do Hyper-V"
        "|Hyper-V 요구 사항",
        "vbs": "Virtualization-based security",
    }.items()
    for label in labels.split("|")
}  # fmt: skip
"""Labels in eleven languages, and what stands there; each was seen in outputs that people published."""
_TELLING = {label for label in LABELS if not label.isascii()}
_WORDS = {
    "name": "OS Name", "version": "OS Version", "build": "OS Build Type", "maker": "System Manufacturer",
    "model": "System Model", "type": "System Type", "processors": "Processor(s)", "firmware": "BIOS Version",
    "memory": "Total Physical Memory", "cards": "Network Card(s)", "hyperv": "Hyper-V Requirements",
    "vbs": "Virtualization-based security",
}  # fmt: skip
"""What is shared, as Windows in English calls it: names, owners, ids and addresses are not among it."""
_ONE_LINE = ("OS Name: ", "System Manufacturer: ")
"""What no line holds both of, but one into which a page or a log put them all."""
_PRINTED = (
    *_WORDS.values(), "Host Name", "OS Manufacturer", "OS Configuration", "Registered Owner",
    "Registered Organization", "Product ID", "Original Install Date", "System Boot Time", "System Up Time",
    "Windows Directory", "System Directory", "Boot Device", "System Locale", "Input Locale", "Time Zone",
    "Available Physical Memory", "Virtual Memory", "Page File Location(s)", "Domain", "Logon Server",
    "Hotfix(s)", "Connection Name", "DHCP Enabled", "DHCP Server", "IP address(es)",
)  # fmt: skip
"""The labels of an English systeminfo, by which such a line is taken apart."""
_HOST = "hostname"
_SAME = (_HOST, "maker", "model")
"""What one machine tells alike, however often it is asked; its release people call many ways."""
_NEEDS = ("VM Monitor Mode Extensions", "Virtualization Enabled In Firmware")
_LISTED = 4
"""Lines that say what Hyper-V would need: these two first, in every language."""
_YES = ("yes", "ja", "oui", "sí", "si", "sì", "sim", "да", "是", "はい")
_NO = ("no", "nein", "non", "não", "нет", "否", "いいえ")


class Line(msgspec.Struct):
    """A label with what stands behind it and below."""

    label: str
    value: str
    below: list[tuple[int, str]]
    """How deep a line lies, and its text."""

    def items(self) -> list[str]:
        """`[01]: …`, `[02]: …`, without what lies deeper than those."""
        depth = min((depth for depth, text in self.below if _item(text)), default=0)
        return [text.partition(":")[2].strip() for at, text in self.below if at == depth and _item(text)]

    def is_deep(self) -> bool:
        """Whether more lies below its items, as it does of network cards alone."""
        depth = min((depth for depth, text in self.below if _item(text)), default=LONGEST)
        return any(at > depth for at, _ in self.below)


class Printed(msgspec.Struct, frozen=True):
    """A systeminfo, by what stands in it."""

    lines: dict[str, Line]
    by_order: list[str]
    """Those that no known label tells, but their place."""
    others: bool = False
    """Whether what another machine printed stands behind it."""

    def text(self, field: str) -> str:
        """The value; empty where it was not printed."""
        return self.lines[field].value if field in self.lines else ""

    def items(self, field: str) -> list[str]:
        return self.lines[field].items()[:MOST_ITEMS] if field in self.lines else []


def decoded(data: bytes, most: int = MOST) -> str:
    """The text in the encoding that fits: by its mark, its NULs, or the labels that are known."""
    data = data[:most]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        return data.decode(
            "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be", "replace"
        )
    for coding in ("utf-8-sig", *_CODINGS):
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if coding == "utf-8-sig" or any(line.label in _TELLING for line in _lines(text)):
            return text
    return data.decode(_CONSOLE)


def is_one(data: bytes) -> bool:
    """Whether bytes begin with a systeminfo, or one stands in them; the last line may be cut."""
    end = data.rfind(b"\n") if b"\0" not in data else len(data) & ~1
    found = parse(decoded(data[:end] if end > 0 else data))
    return bool({"maker", "model"} <= found.lines.keys() or {"name", "version"} <= found.lines.keys())


def parse(text: str) -> Printed:
    """The lines that are known by their label, else by their order."""
    whole = list(_lines(text))
    every = _first_machine(whole)
    found: dict[str, Line] = {}
    for line in every:
        field = _field(line.label)
        if field:
            found.setdefault(field, line)
    by_order = []
    for field, line in _in_order(every):
        if field not in found:
            found[field] = line
            by_order.append(field)
    for field, complete in (("cards", _counted), ("hyperv", _answered)):
        if field in found:
            complete(found[field], every[every.index(found[field]) + 1 :])
    return Printed(found, by_order, len(every) < len(whole))


def _first_machine(every: list[Line]) -> list[Line]:
    """The lines up to where those of a machine begin that tells otherwise what one tells alike."""
    told: dict[str, tuple[str, int]] = {}
    begins = -1
    for at, line in enumerate(every):
        field = _HOST if _folded(line.label) == _HOST else _field(line.label)
        if field == _HOST or (field == "name" and at != begins + 1):
            begins = at
        if field in _SAME and line.value:
            first, where = told.setdefault(field, (line.value, at))
            if first != line.value:
                return every[: begins if begins > where else at]
    return every


def _counted(cards: Line, behind: list[Line]) -> None:
    """Adds the cards that a text without columns has between their own lines: as many as it says it has."""
    if cards.is_deep():
        return
    numbers = (one for one in cards.value.split() if len(one) < 3 and one.isascii() and one.isdecimal())
    most = int(next(numbers, "0"))
    depth = min((depth for depth, text in cards.below if _item(text)), default=0)
    for line in behind:
        if _field(line.label):
            return
        items = [text for _, text in line.below if _item(text) and not _is_address(text[5:])]
        cards.below += [(depth, text) for text in items[: max(0, most - len(cards.items()))]]


def _is_address(item: str) -> bool:
    text = item.lstrip(": ").partition("%")[0].lower()
    return ("." in text or ":" in text) and not text.strip("0123456789abcdef.:")


def _answered(needs: Line, behind: list[Line]) -> None:
    """Adds what a text without columns has in lines of their own."""
    if ":" in needs.value and not needs.below:
        needs.below += [(0, f"{one.label}: {one.value}") for one in behind[: _LISTED - 1]]


class Needs(msgspec.Struct, frozen=True):
    """What Windows says of the processor's help for guests. None: it does not."""

    extension: bool | None
    """Whether the processor shows VT-x or AMD-V."""
    firmware: bool | None
    """Whether the firmware left it switched on."""


def needs(found: Printed) -> Needs | None:
    """What Hyper-V would need here; None where nothing is listed, as where a hypervisor runs already."""
    line = found.lines.get("hyperv")
    if not line or ":" not in line.value:
        return None
    rows = [one.rpartition(":") for one in (line.value, *(text for _, text in line.below)) if ":" in one]
    told = {label.strip().lower(): _is_yes(answer) for label, _, answer in rows}
    if _NEEDS[0].lower() in told:
        return Needs(*(told.get(one.lower()) for one in _NEEDS))
    first, *others = [_is_yes(answer) for _, _, answer in rows]
    return Needs(first, others[0] if len(others) == _LISTED - 1 else None)


def _is_yes(answer: str) -> bool | None:
    word = answer.strip().lower()
    return True if word in _YES else False if word in _NO else None


def shared(data: bytes) -> bytes:
    """Of a systeminfo what says nothing of its owner, as Windows in English prints it."""
    found = parse(decoded(data))
    told = []
    for field, word in _WORDS.items():
        line = found.lines.get(field)
        if line:
            told.append(f"{word + ':':26} {line.value}\n")
            if field == "hyperv":
                told += [f"{'':27}{text}\n" for _, text in line.below[:8]]
            elif field in ("processors", "cards"):
                told += [f"{'':27}[{n:02}]: {one}\n" for n, one in enumerate(found.items(field), 1)]
    return "".join(told).encode()


def _lines(text: str) -> Iterator[Line]:
    """Each label with all that is written below it, farther to the right."""
    line: tuple[int, Line] | None = None
    for depth, body in _bodies(text):
        label, colon, value = body.replace("：", ":", 1).partition(":")
        if line and (depth > line[0] + 8 or _item(body)):
            line[1].below.append((depth, body))
        elif colon and not _item(body) and label.strip():
            if line:
                yield line[1]
            line = depth, Line(label.strip(" *"), value.strip(" \t*"), [])
    if line:
        yield line[1]


def _bodies(text: str) -> Iterator[tuple[int, str]]:
    """How far to the right a line begins, and the line."""
    for raw in _rows(text):
        whole = raw[:LONGEST].expandtabs()
        body = whole.lstrip(_BEFORE)
        if body.strip():
            yield len(whole) - len(body), body.rstrip()


def _rows(text: str) -> Iterator[str]:
    """The lines; one that holds all of them taken apart, whether they stand escaped in it or side by side."""
    every = text[:MOST].splitlines()[:MOST_LINES]
    listed = ""
    for at, line in enumerate(every):
        # which PowerShell wrapped
        if listed and line.startswith("   ") and line.strip() and len(listed) < MOST_LINES:
            listed += ("      " if listed.endswith(",") else " ") + line.strip()
            continue
        if listed:
            yield from _spread(listed)
        listed = line.rstrip() if _IN_LINE in line else ""
        if line.startswith('"') and '","' in line and (rows := _of_csv(every[at : at + _WRAPPED])):
            yield from rows
            return
        if all(word in line for word in _ONE_LINE):
            yield from _apart(line)
        elif not listed:
            yield line
    yield from _spread(listed)


_IN_LINE = ",[01]: "
"""What `/fo csv` makes of what stands below a label."""


def _spread(line: str) -> list[str]:
    """What stands in one line below each other again, as far to the right as systeminfo writes it."""
    for number in range(1, 100):
        line = line.replace(f",[{number:02}]: ", f"\n{' ' * 27}[{number:02}]: ")
    return line.replace(",      ", "\n" + " " * 33).splitlines()


def _of_csv(lines: list[str]) -> list[str]:
    """`systeminfo /fo csv`: a line of labels, and one of values."""
    rows = csv.reader(lines)
    try:
        labels, values = next(rows, []), next(rows, [])
    except csv.Error:
        return []
    if len(labels) != len(values) or sum(bool(_field(one)) for one in labels) < _ENOUGH:
        return []
    return [row for pair in zip(labels, values, strict=True) for row in _spread(": ".join(pair))]


_ENOUGH, _WRAPPED = 4, 40
"""Labels that are known of those of a systeminfo, and lines into which a console may have wrapped the two."""


def _apart(line: str) -> list[str]:
    if "\\n" in line:
        return line.replace("\\r\\n", "\n").replace("\\n", "\n").splitlines()[:MOST_LINES]
    for label in _PRINTED:
        line = line.replace(f" {label}:", f"\n{label}:")
    for number in range(1, 100):
        line = line.replace(f" [{number:02}]: ", f"\n[{number:02}]: ")
    return line.splitlines()[:MOST_LINES]


def _item(text: str) -> bool:
    """French has a blank before its colons, and not always the same one."""
    return text[:1] == "[" and text[1:3].isdigit() and "".join(text[3:6].split()).startswith("]:")


def _folded(label: str) -> str:
    """A label as it is looked for: consoles lose accents, and so do mails."""
    plain = "".join(one for one in label.lower() if one.isascii() and one.isalpha())
    return plain if len(plain) * 2 > len(label) else "".join(label.lower().split())


_BY_LABEL = {_folded(label): field for label, field in LABELS.items()}


def _field(label: str) -> str:
    return _BY_LABEL.get(_folded(label), "")


def _in_order(every: list[Line]) -> Iterator[tuple[str, Line]]:
    """What the values and the places of lines tell."""
    at = next((n for n in range(len(every)) if _is_type(every, n)), None)
    build = next((n for n, line in enumerate(every) if line.value.lower().endswith(_BUILDS)), None)
    if build is not None:
        yield "build", every[build]
    if at is None:
        return
    yield "type", every[at]
    if at > 2 and (at - build == _BETWEEN if build is not None else _stands_behind_start(every, at)):
        yield "maker", every[at - 2]
        yield "model", every[at - 1]
    yield from _release(every[max(build - 4, 0) : build] if build is not None else _before_version(every))
    behind = every[at + 1 :]
    if behind and any("Family" in one for one in behind[0].items()):
        yield "processors", behind[0]
        if len(behind) > 1 and not _is_folder(behind[1]):
            yield "firmware", behind[1]
    if len(behind) > 8 and _is_folder(behind[2]) and _is_folder(behind[3]) and behind[8].value[:1].isdigit():
        yield "memory", behind[8]
    for line in behind[1:]:
        if line.is_deep():
            yield "cards", line
        if "Hyper-V" in line.label:
            yield "hyperv", line


def _release(before: list[Line]) -> Iterator[tuple[str, Line]]:
    """Name and version stand at the beginning of four lines; what else may stand there names an owner."""
    if len(before) == 4 and before[1].value[:1].isdigit() and "Windows" in before[0].value:
        yield "name", before[0]
        yield "version", before[1]


def _before_version(every: list[Line]) -> list[Line]:
    """The name, the version and two more lines, by numbers with two points that stand behind the name."""
    for at, line in enumerate(every[1:-2], 1):
        numbers = line.value.partition(" ")[0].split(".")
        if len(numbers) == 3 and all(one.isascii() and one.isdigit() for one in numbers):
            return every[at - 1 : at + 3]
    return []


def _is_folder(line: Line) -> bool:
    return line.value[1:3] == ":\\"


def _is_type(every: list[Line], at: int) -> bool:
    """Whether a line's value begins with a type, or holds one and the processors stand behind it."""
    first, *rest = every[at].value.lower().replace("-", " ").split() or [""]
    if first in _TYPES and every[at].value.lower().startswith(tuple(f"{one}-" for one in _TYPES)):
        return True
    if not {first, *rest} & set(_TYPES) or len(every[at].value) > _LONGEST_TYPE or at + 1 == len(every):
        return False
    return any(" Family " in one for one in every[at + 1].items())


def _stands_behind_start(every: list[Line], at: int) -> bool:
    """Whether the last start stands three lines before the type, as it does where nothing was cut out."""
    return [_is_moment(line.value) for line in every[at - 3 : at]] == [True, False, False]


def _is_moment(value: str) -> bool:
    """Whether a value holds a time of day, as that of the last start does: `1/2/2022, 2:00:00 PM`."""
    return any(word.count(":") == 2 and word.replace(":", "").isdigit() for word in value.split())


OF_MSINFO: dict[str, str] = {
    label: english
    for english, labels in {
        "OS Name": "Nom du système d’exploitation|Nombre del SO|Имя ОС|操作系统名称",
        "Version": "Versión|Версия|版本",
        "System Manufacturer": "Fabricant",
        "System Model": "Modèle|システムモデル",
        "System Type": "Type|Tipo do sistema|Тип",
        "Processor": "Prozessor|Processeur|Procesador|Processador|Процессор|处理器|プロセッサ",
        "BIOS Version/Date": "BIOS-Version/-Datum|Version du BIOS/Date|Versión y fecha de BIOS"
        "|Versão/data do BIOS|Versione/data BIOS|BIOS 版本/日期|BIOS バージョン/日付",
    }.items()
    for label in labels.split("|")
}  # fmt: skip
"""What msinfo32 calls the lines of its first page, where that differs from systeminfo's labels, which count
too; and what English Windows says. The sections behind it are read in English alone: no public output shows
their names in another language."""
_SHARED = {
    "name": "OS Name", "maker": "System Manufacturer", "model": "System Model", "type": "System Type",
    "memory": "Total Physical Memory",
}  # fmt: skip
"""Fields of systeminfo that msinfo32 has too."""
_NAMES = {"OS Name", "System Manufacturer", "System Model", "System Type", "BIOS Version/Date"}
_IN_ENGLISH = ("OS Name", "System Manufacturer", "System Model")
ENOUGH = 3
"""Lines of different meaning that tell such a page from other tables: words such as "type" stand in many."""
_QUOTED = " >|*`"
"""What a mail or a page puts before a line; tabs stand between its cells."""


def in_english(label: str) -> str:
    """How English Windows calls a line; as it is where no language is known that calls it so."""
    told = OF_MSINFO.get(label.strip())
    return told or _SHARED.get(LABELS.get(label.strip(), ""), label)


def with_tab(line: str) -> str:
    """A line whose tab a page made blanks of, with a tab again."""
    if "\t" in line or "  " not in line:
        return line
    label, _, value = line.partition("  ")
    return f"{label}\t{value.strip()}"


_OF_ONE = ("System Name", "System Manufacturer", "System Model")
"""What msinfo32 prints of a machine alike, however often it is asked."""


def _each(text: str) -> Iterator[str]:
    """The lines, without a list of all: msinfo32 writes megabytes."""
    return (line.removesuffix("\n") for line in io.StringIO(text))


def first_page(text: str) -> Iterator[str]:
    """The lines of msinfo32 up to where another machine's begin."""
    told: dict[str, str] = {}
    for line in _each(text):
        if _tells_otherwise(line, told):
            return
        yield line


def shows_several(text: str) -> bool:
    """Whether msinfo32's lines are of several machines."""
    told: dict[str, str] = {}
    return any(_tells_otherwise(line, told) for line in _each(text))


def _tells_otherwise(line: str, told: dict[str, str]) -> bool:
    """Whether a line contradicts what was told before; words such as "Fabricant" stand for devices too."""
    label, tab, value = with_tab(line.lstrip(_QUOTED)).partition("\t")
    name = _SHARED.get(LABELS.get(label.strip(), ""), label.strip())
    return bool(tab) and name in _OF_ONE and told.setdefault(name, value.strip()) != value.strip()


def of_msinfo(line: str) -> str:
    """A line of the first page as English Windows writes it."""
    label, tab, value = with_tab(line).partition("\t")
    return f"{in_english(label.lstrip(_QUOTED))}{tab}{value}" if tab else line


def is_msinfo_elsewhere(text: str) -> bool:
    """Whether a text holds such a page in another language than English."""
    seen, other = set(), False
    for line in text.split("\n", MOST_LINES)[:MOST_LINES]:
        label, tab, _ = with_tab(line.lstrip(_QUOTED)).partition("\t")
        if label in _IN_ENGLISH:
            return False
        told = in_english(label) if tab else ""
        seen |= {told} & {*_NAMES, "Version", "Processor"}
        other = other or (told != label and told in _NAMES)
    return other and len(seen) >= ENOUGH and bool(seen & {"System Manufacturer", "System Model"})
