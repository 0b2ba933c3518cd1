"""What Windows' msinfo32 calls the lines of its first page, in the languages in which people published them.

Maker, model and type are called as systeminfo calls them in most languages, so its labels count too. The
sections behind the first page are read in English alone: no public output shows their names in another one.
"""

from vaudit import systeminfo

LABELS: dict[str, str] = {
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
"""Those that differ from systeminfo's, and what English Windows says."""
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
MOST_LINES = 2000
"""Lines that are looked at: the first page has some fifty."""


def english(label: str) -> str:
    """How English Windows calls a line; as it is where no language is known that calls it so."""
    told = LABELS.get(label.strip())
    return told or _SHARED.get(systeminfo.LABELS.get(label.strip(), ""), label)


def translated(line: str) -> str:
    """A line of the first page as English Windows writes it."""
    label, tab, value = line.partition("\t")
    return f"{english(label.lstrip(_QUOTED))}{tab}{value}" if tab else line


def is_elsewhere(text: str) -> bool:
    """Whether a text holds such a page in another language than English."""
    seen, other = set(), False
    for line in text.split("\n", MOST_LINES)[:MOST_LINES]:
        label, tab, _ = line.lstrip(_QUOTED).partition("\t")
        if label in _IN_ENGLISH:
            return False
        told = english(label) if tab else ""
        seen |= {told} & {*_NAMES, "Version", "Processor"}
        other = other or (told != label and told in _NAMES)
    return other and len(seen) >= ENOUGH and bool(seen & {"System Manufacturer", "System Model"})
