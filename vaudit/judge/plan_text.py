"""A plan as sellers' pages print it (tables, bullets, marks, other languages) in the plain English words that
read_plan knows. Nothing is judged here, and what has no English word stays as it is."""

import re
import unicodedata


def plain(text: str) -> str:
    """The same plan: one promise a line where the page had rows or marks, numbers without marks of
    thousands, units and the usual words in English."""
    text = _GROUPED.sub("", _without_tags(text) if "<" in text or "&" in text else text)
    text = unicodedata.normalize("NFKC", text).replace("\u2044", "/")  # of `½`
    text = _cards(_rows("".join(map(_mark, text))))
    for pattern, word in _PATTERNS:
        text = pattern.sub(word, text)
    return text


def _without_tags(text: str) -> str:
    """Cells of a row with tabs between them, rows and items in lines of their own."""
    import html

    text = re.sub(r"(?i)</t[dh]\s*>\s*(?=<t[dh]\b)", "\t", text)
    text = re.sub(r"(?i)</?(?:tr|li|ul|ol|p|div|table|br|h\d|dt|dd)\b[^<>]{0,999}>", "\n", text)
    return html.unescape(re.sub(r"</?[A-Za-z][^<>]{0,999}>", " ", text))


_GROUPED = re.compile(
    r"(?i)(?<=\d)['’\u00a0\u202f](?=\d{3}(?!\d))"
    r"|(?<=[1-9])\.(?=\d{3}\s?(?:[KM]i?[Bo]\b|IOPS|M(?:bit|bps|b/s)))|(?<=[1-9]\d)\.(?=\d{3}\s?IOPS)"
    r"|(?<=[1-9])\.(?=000\s?G(?:i?B|o)\b)"
)
"""Marks of thousands: `20'000`, and the point of `8.192 MB`, of which nobody sells a fraction."""

_CROSSES = frozenset("✗✘✕✖❌❎🚫⛔")
_SIGNS = frozenset("®™©℠°")
_BULLETS = frozenset("»›‣◦▪▫■□●○→")


def _mark(letter: str) -> str:
    """A tick, an emoji or a bullet begins another line; a cross says no; invisible letters go."""
    if letter in _CROSSES:
        return " no "
    kind = unicodedata.category(letter)
    if letter in _SIGNS or kind in ("Cf", "Me", "Mn"):
        return ""
    return "\n" if letter in _BULLETS or kind == "So" else letter


def _rows(text: str) -> str:
    """Rows of a table: its head over its only row in pairs, else cell by cell."""
    if "\t" not in text:
        return text
    lines = [[cell.strip() for cell in line.strip().split("\t")] for line in text.splitlines()]
    rows = [cells for cells in lines if len(cells) > 1]
    if len(rows) == 2 and len(rows[0]) == len(rows[1]) > 2 and not re.search(r"\d", " ".join(rows[0])):
        return "\n".join(f"{name}: {cell}" for name, cell in zip(*rows, strict=True))
    return "\n".join((": " if len(cells) == 2 else "\n").join(cells) for cells in lines)


def _cards(text: str) -> str:
    """`vCPU` above `4`, `RAM` above `8 GB`, … or the other way round: each pair in one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    names = [re.fullmatch(r"(?:[^\W\d]|[\s/-]){2,30}:?", line) is not None for line in lines]
    if (
        len(lines) < 4
        or len(lines) % 2
        or names[::2] == names[1::2]
        or len({*names[::2]}) + len({*names[1::2]}) > 2
    ):
        return text
    order = (0, 1) if names[0] else (1, 0)
    pairs = zip(lines[order[0] :: 2], lines[order[1] :: 2], strict=True)
    return "\n".join(
        f"{name.rstrip(':')}: {value}" if names[0] else f"{value} {name}" for name, value in pairs
    )


_WORDS = {
    "cores": r"(?:prozessor|cpu)?-?kerne?n?|c(?:œ|oe)urs?|n[úu]cleos?|nuclei|rdzeni(?:e|a|em|ach)?|rdzeń|ядро"
             r"|ядр[аы]|ядер|jader|jádra|çekirdek|kernen",
    "RAM": r"arbeitsspeicher|hauptspeicher|ram-speicher|m[ée]moire(?:\s+vive)?|mem[óo]ria|pamięci?|pamięć"
           r"|geheugen|werkgeheugen|озу|оперативн\w+\s+памят\w+|память|памяти|bellek",
    "storage": r"speicherplatz|stockage|almacenamiento|armazenamento|archiviazione|opslag|schijfruimte"
               r"|espace(?:\s+disque)?|spazio(?:\s+disco)?|espacio(?:\s+en\s+disco)?",
    "disk": r"festplatten?(?:speicher(?:platz)?)?|disques?(?:\s+durs?)?|discos?|dysku?"
            r"|диск\w{0,2}|накопител\w+",
    "traffic": r"datentransfer|datenvolumen|trafic|tr[áa]fico|traffico|transferu|verkeer|трафик\w{0,2}",
    "unlimited": r"unbegrenzt\w{0,2}|unlimitiert\w{0,2}|unbeschränkt\w{0,2}|illimit[ée]e?s?|ilimitad[oa]s?"
                 r"|illimitat[oaie]|nielimitowan\w+|bez\s+limitu|onbeperkt|неограничен\w*|безлимит\w*",
    "bandwidth": r"anbindung|bandbreite|bande\s+passante|ancho\s+de\s+banda|largura\s+de\s+banda"
                 r"|larghezza\s+di\s+banda",
    "dedicated": r"dediziert\w{0,2}|d[ée]di[ée]e?s?|dedicad[oa]s?|dedicat[oaie]|dedykowan\w+|выделенн\w+",
    "shared": r"geteilt\w{0,2}|partag[ée]e?s?|compartid[oa]s?|condivis[oaie]",
    "up to": r"bis\s+zu|jusqu['’]à|hasta|fino\s+a|até|до",
    "included": r"inklusive|inkl\.?|inbegriffen|inclus\w{0,2}|incluid[oa]s?|incluso",
    "month": r"monat|mois|mese?s?|maand|месяц|мес",
    "yes": r"ja|oui|sí|да|tak",
    "Gbit/s": r"гбит(?:/с(?:ек)?)?",
    "Mbit/s": r"мбит(?:/с(?:ек)?)?",
}  # fmt: skip
"""English → what it is called elsewhere, a whole word."""
_SIGNS_OF = {
    "cores": "核心|核|コア|코어", "RAM": "内存|記憶體|記憶体|メモリー?|메모리",
    "disk": "硬盘|硬碟|ディスク|ストレージ|디스크", "unlimited": "不限|無制限|无限|무제한",
    "traffic": "流量|転送量|트래픽", "bandwidth": "带宽|帯域|頻寬|대역폭",
}  # fmt: skip
"""The same where words have no spaces between them."""
_UNITS = [
    (re.compile(r"(?i)\b(ssd|nvme|hdd)[\s-]+(?:speicher(?:platz)?|festplatten?)(?!\w)"), r"\1 storage"),
    (re.compile(r"(\d\s?[KMGT])o\b"), r"\1B"),  # French octets
    *((re.compile(rf"(?i)(\d\s?){one[0]}[бb]\b"), rf"\1{one[1]}B") for one in ("кK", "мM", "гG", "тT")),
    (re.compile(r"(\d)\s*核\s*(\d+)\s*G(?![A-Za-z])"), r"\1C\2G"),
    (re.compile(r"(\d\s*[MG])\s*(?:bps)?\s*(?:带宽|頻寬|帯域|대역폭)"), r"\1bit/s "),
]  # fmt: skip
_PATTERNS = [
    *_UNITS,
    *((re.compile(rf"(?i)(?<![^\W\d_])(?:{theirs})(?!\w)"), ours) for ours, theirs in _WORDS.items()),
    *((re.compile(theirs), f" {ours} ") for ours, theirs in _SIGNS_OF.items()),
    (re.compile(r"(?i)(?<=[KMGT]B)\s+(?:de\s+la|del?|di|da|do|van|von|av)\s+"), " of "),
]  # fmt: skip
