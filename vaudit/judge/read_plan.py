"""A provider's plan, as people write it or as a TOML file has it: what it promises."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import structs

from vaudit import toml, words
from vaudit.judge import plan_text
from vaudit.model.promise import Asked, Subject

MAX_TEXT = 4000
"""Characters of a plan."""


class PlanError(ValueError):
    """A plan that cannot be understood; the text says which part of it, and how to write it."""


def read(text: str, whole: bool = False) -> list[Asked]:
    """The promises of `4 vCPU, 8 GB RAM, 160 GB NVMe, 1 Gbit/s, KVM`, or of what a seller's page says. What
    no machine shows, and what is not understood, is one promise each that names it; `whole`: the latter is
    refused. Raises PlanError, as where nothing is understood."""
    if len(text) > MAX_TEXT:
        raise PlanError(f"a plan of more than {MAX_TEXT:,} characters: name only what it promises")
    found, bare, unseen, unread = list[Asked](), list[float](), list[str](), list[str]()
    for one in map(_part, _parts(text)):
        found += one.promises
        bare += one.bare
        unseen += one.unseen
        unread += one.unread
    found = _together([*found, *_sized(bare, {one.subject for one in found})])
    _refuse(found, unseen, unread, whole)
    return [*found, *_rest("unseen", unseen), *_rest("unread", unread)]


def _parts(text: str) -> Iterator[str]:
    """The single promises; `CPU 2 RAM 4 GB SSD 50 GB`, where each is named first, is three."""
    for part in _SPLIT.split(_parted(_LABEL.sub(r"\1: ", plan_text.plain(text)))):
        pieces = _NAMED.split(part) if _NAMED.match(f" {part.strip(_EDGES)}") else [part]
        yield from filter(None, (piece.strip(_EDGES) for piece in pieces))


def _refuse(found: list[Asked], unseen: list[str], unread: list[str], whole: bool) -> None:
    """Raises where nothing, or not all of what has to be, is understood."""
    if unread and (whole or not found):
        raise PlanError(f"{words.joined(unread)} is not understood: write for example {EXAMPLE!r}")
    if unseen and not found:
        raise PlanError(f"no machine shows {words.joined(unseen)}: write for example {EXAMPLE!r}")
    if not found:
        raise PlanError(f"nothing is promised: write for example {EXAMPLE!r}")


def _together(found: list[Asked]) -> list[Asked]:
    """Each promise once; disks that are named one by one are one promise of so much disk."""
    found = list(dict.fromkeys(found))
    disks = [one for one in found if one.subject == "disk"]
    if len(disks) < 2:
        return found
    whole = _of_disk(sum(one.amount or 0 for one in disks))
    return [whole if one is disks[0] else one for one in found if one not in disks[1:]]


def _rest(subject: Subject, said: list[str]) -> Iterator[Asked]:
    if said:
        yield Asked(subject, words.joined(list(dict.fromkeys(said))))


def read_toml(text: str) -> list[Asked]:
    """The promises of a file such as `memory = "8 GB"`, by the keys of KEYS. Raises PlanError."""
    try:
        table = toml.loads(text)
    except toml.TomlError as error:
        raise PlanError(str(error)) from error
    return read(in_words(table), whole=True)


def in_words(table: Mapping[str, object]) -> str:
    """A plan in words that has the keys and values of a table. Raises PlanError."""
    return "; ".join(_line(key, value) for key, value in table.items())


def _parted(text: str) -> str:
    """With a semicolon for a comma that cannot stand inside of a number."""
    return _COUNTED_IOPS.sub(r"\1; ", _COUNTED.sub(r"\1; ", text))


EXAMPLE = "4 vCPU, 8 GB RAM, 160 GB NVMe, 1 Gbit/s, KVM"
KEYS = {
    "processors": "{} vCPU", "memory": "{} RAM", "disk": "{} disk", "iops": "{} IOPS", "network": "{}",
    "traffic": "{} traffic", "virtualization": "{}", "sockets": "{} sockets", "level": "{}", "flags": "{}",
    "dedicated": "dedicated vCPU", "paravirtual": "paravirtual {}", "nested": "nested virtualization",
    "ipv4": "IPv4", "ipv6": "IPv6",
}  # fmt: skip
"""The keys of a plan in TOML, and what each value means in a plan that is written in words."""


def _line(key: str, value: object) -> str:
    form = KEYS.get(key)
    if form is None:
        raise PlanError(f"unknown key {key!r}: a plan has {words.joined(list(KEYS))}")
    if isinstance(value, bool):
        if value == ("{}" in form):  # `memory = true`, and `ipv6 = false`, promise nothing
            raise PlanError(f"{key} = {str(value).lower()}: say what is promised, or leave the key out")
        return form
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str | int | float) for one in values):
        raise PlanError(f"{key}: a text, a number or a list of them is wanted")
    said = (str(one) for one in values)
    return "; ".join(one if _says_itself(one) else form.format(one) for one in said)


def _says_itself(text: str) -> bool:
    """Whether a value needs no word after it: `160 GB NVMe`, `4 cores`."""
    one = _part(text)
    return not one.bare and not one.unread


# A comma parts promises unless it stands inside a number, a slash unless it means "per".
_SPLIT = re.compile(
    r"[;\n\t|•]|(?<!\d),|(?<=[A-Za-z]\d),|,(?!\d)|\s[+·–—-]\s|\s/\s(?!\s{0,9}(?:s|sec|mo|month)\b)"
)
_LABEL = re.compile(
    r"(?im)((?:^|[,;|•])\s{0,9}(?:ram|memory|v?cpus?|v?cores?|disk|storage|iops|port|network|traffic))\s[–-]\s(?=\d)"
)
"""`RAM - 8 GB` in a list is `RAM: 8 GB`."""
_NAMED = re.compile(
    r"(?i)\s+(?=(?:ram|memory|v?cpus?|v?cores?|disk|storage|nvme|ssd|hdd|traffic|transfer|bandwidth|port)\s?:?\s?\d)"
)
_COUNTED = re.compile(r"(?i)\b(v?-?(?:cpu|core|processor|thread)s?[ \t]{0,9}:?[ \t]{0,9}\d{1,3}),(?=\d)")
"""`CPU: 2,1 GB RAM` are two promises: processors are whole."""
_COUNTED_IOPS = re.compile(
    r"(?i)\b(iops[ \t]{0,9}:?[ \t]{0,9}(?:\d{4,9}|\d{1,3}(?:,\d{3}){0,2}(?=,(?!\d{3}\b)))),(?=\d)"
)
"""`IOPS 3000,10 Gbps` are two promises too; in `IOPS 20,000` the comma stands inside of the number."""
_DENIED = re.compile(
    r"(?i)^(?:no|not|without|kein\w{0,2}|ohne|sans|sin)\s+|^0+\s?[x×]?\s+|\s{0,9}:?\s{0,9}\bno$"
    r"|\s+not\s+(?:supported|included|available|possible|allowed)$"
)
"""`no nested virtualization` promises nothing, and is understood."""
_PRAISE = re.compile(
    r"(?i)\b(?:pure|premium|enterprise|fast|local|block|full(?:y)?|native|public|static"
    r"|high[\s-](?:speed|performance|frequency)|pcie(?:\s?(?:gen\s?)?\d(?:\.\d)?)?(?:\s?x\d)?"
    r"|x86(?:[_-]64)?|amd64)(?![\w-])"
    r"|\b(?:dedicated|guaranteed|reserved)\s+(?=(?:ram|memory|ecc|ddr\d|ipv[46])\b)"
)
"""What sellers add and promises nothing."""
_EDGES = " \r.\"'"
_AT_MOST = re.compile(r"(?i)\bup\s?to\b|\bmax(?:imum|imal)?\b")
_TURNED = re.compile(
    r"(?i)\b(?:no|not|none|non|without|optional|kein\w*|ohne|nicht|sans|sin|senza|bez|без|нет)\b"
    r"|(?<![\d.,'])0+\s?[x×]?\s?(?=[a-z])"
)
"""Where a word turns the meaning of a part otherwise, nothing of it is a promise."""
_RAID = re.compile(r"(?i)\b(?:(?:soft|hard)ware[\s-])?raid[\s-]{0,9}(\d{0,2})(?!\w)")
_TIMES = re.compile(r"(?i)\b(\d{1,2})(?=\s*[x×]\s*\d)")
_EACH = r"(?:\s?(?:/|per|a)\s?(?:mo(?:nth)?|yr|year|h(?:ou)?r?)\b|\s?(?:monthly|yearly)\b)?"
_SERVICES = {
    "a price": rf"[$€£]\s?\d+(?:[.,]\d+)?{_EACH}"
               rf"|\d+(?:[.,]\d+)?\s?(?:[$€£]|USD\b|EUR\b|GBP\b|euros?\b){_EACH}",
    "backups": r"(?:(?:free|unlimited|daily|weekly|automatic|automated)\s+)*(?:backups?|snapshots?)\b",
    "protection against DDoS": r"(?:\d+\s?[GT]bps\s+)?"
                               r"(?:(?:free|unmetered|unlimited|always-on|anti)[\s-]+)*DDoS"
                               r"(?:[\s-]+(?:protection|protected|mitigation|schutz|filter\w*))?",
    "an uptime": r"\d{2,3}(?:[.,]\d+)?\s?%\s*"
                 r"(?:(?:network|power|SLA|guaranteed)\s+)*(?:uptime|availability|SLA)\b"
                 r"(?:\s+(?:SLA|guarantee))?",
    "support": r"(?:24\s?[/x×]\s?7(?:[/x×]365)?|ticket|e-?mail|phone|live|expert|technical)\s+support\b",
    "a control panel": r"(?:SolusVM|Virtualizor|Virtfusion|Proxmox(?:\s+VE)?|cPanel|Plesk|VNC|IPMI"
                       r"|control\s+panel)(?:\s+(?:control\s+)?panel|\s+access)?\b",
    "root access": r"(?:full\s+)?(?:root|SSH|admin(?:istrator)?)(?:\s+access|[\s-]*zugriff)\b",
}  # fmt: skip
"""What plans promise besides and no machine shows from inside, in our words."""
_UNSEEN = {name: re.compile(rf"(?i)(?<![\w.,])(?:{pattern})") for name, pattern in _SERVICES.items()}
_CLOCK = re.compile(
    r"(?i)(?:@|\bx|×|\bat)?\s?(?<![\d.,])(\d{1,4}(?:[.,]\d{1,3})?)\+?"
    r"(?:\s?[–-]\s?\d(?:[.,]\d{1,3})?)?\s?([GM]Hz)\b\+?"
)
_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,9}(?:[.,]\d{1,3})?)"
_SIZE = _NUMBER + r"\s*([KMGT])(?:i?B|igs?|igabytes?|egabytes?)?\b"
_FACTORS = {"": 1, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_FLASH = r"nvme(?:[\s/-]*ssd)?|ssds?[\s/-]*nvme|ssd"
_KIND = rf"({_FLASH}|hdd|hd|sata|sas|disk|storage|space|drive|volume)s?\b"


def _number(text: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))


def _amount(number: str, prefix: str) -> float:
    """As sellers count, in powers of ten: what they promise at the least."""
    return _number(number) * _FACTORS[prefix.upper()]


def _size(amount: float) -> str:
    """`8 GB`; megabytes that make no round gigabytes as they were written: `4,096 MB`."""
    whole_gb = amount >= 1e9 and amount % 1e8 == 0
    if whole_gb or not 1e9 <= amount < 1e12 or amount % 1e6:
        return words.rate(amount, "B")
    return f"{amount / 1e6:,.0f} MB"


def _first(found: re.Match[str], *groups: int) -> str:
    """Of some ways to write the same the one that was met."""
    return next((found[group] for group in groups if found[group]), "")


_Meaning = Callable[[re.Match[str]], Iterator[Asked]]


class _Form(NamedTuple):
    """A way in which people write a promise, and what it means."""

    pattern: re.Pattern[str]
    means: _Meaning


def _form(pattern: str, flags: int = re.IGNORECASE) -> Callable[[_Meaning], _Form]:
    return lambda means: _Form(re.compile(pattern, flags), means)


@_form(r"\bx86-64-v([1-4])\b|^\s*v([2-4])\s*$")
def _level(found: re.Match[str]) -> Iterator[Asked]:
    number = int(found[1] or found[2])
    yield Asked("level", f"x86-64-v{number}", number)


@_form(
    rf"{_SIZE}\s*(?:of\s+)?(?:(?:monthly|premium|out(?:going|bound)|in(?:coming|bound)|egress)\s+)*"
    r"(?:(?:traffic|transfer|data)\b(?:\s*(?:/|per|a)\s*mo(?:nth)?\b)?"
    r"|(?:/|per|a)\s*mo(?:nth)?\b)"
    rf"|{_SIZE}(?<=[Bb])\s*(?:of\s+)?(?:(?:monthly|premium|out(?:going|bound)|in(?:coming|bound))\s+)*bandwidth\b"
    r"(?:\s*(?:/|per|a)\s*mo(?:nth)?\b)?"
    rf"|\b(?:traffic|transfer)\s*:?\s*{_SIZE}(?!\s*(?:/\s*s|ps))"
    rf"|\bbandwidth\s*:?\s*{_SIZE}(?<=[Bb])(?!\s*(?:/\s*s|ps))(?:\s*(?:/|per|a)\s*mo(?:nth)?\b)?"
    rf"|{_SIZE}(?=\s*(?:@|at|on)\s*(?:up\s+to\s+)?\d+(?:[.,]\d+)?\s*[MG](?:bit|bps|b/s|igabit|bE))"
    r"|\b(?:unmetered|unlimited|flat(?:rate)?)[\s-]+(?:traffic|bandwidth|transfer)\b"
    r"|\b(?:traffic|bandwidth|transfer)[\s:-]+(?:unmetered|unlimited|flat(?:rate)?)\b"
    r"|\b(?:unmetered|unlimited)\b(?=\W*(?:$|@|\d|port\b|uplink\b))"
)
def _traffic(found: re.Match[str]) -> Iterator[Asked]:
    number, prefix = _first(found, 1, 3, 5, 7, 9), _first(found, 2, 4, 6, 8, 10)
    amount = _amount(number, prefix) if number else None
    yield Asked("traffic", f"{_size(amount)} of traffic" if amount else "unmetered traffic", amount)


@_form(
    rf"{_NUMBER}\s*([KMGkmg])(?:[Bb]it(?:/s|ps|s)?|bps|b/s|igabit|egabit|bE)(?!\w)(?:/s)?"
    rf"|{_NUMBER}\s*([Gg])(?:ig)?(?=\s+(?:port|uplink|network|link|connection|bandwidth)\b)",
    0,
)
def _network(found: re.Match[str]) -> Iterator[Asked]:
    amount = _amount(found[1] or found[3], found[2] or found[4])
    yield Asked("network", words.rate(amount, "bit/s"), amount)


@_form(rf"{_NUMBER}\s*([KMG])i?B(?:/s(?:ec)?|ps)\b")
def _disk_speed(found: re.Match[str]) -> Iterator[Asked]:
    amount = _amount(found[1], found[2])
    yield Asked("disk-speed", f"{words.rate(amount, 'B/s')} from the disk", amount)


@_form(
    rf"{_NUMBER}\s*(k?)\s*(?:(?:4\s?k|random|read|write|disk|sustained|guaranteed)\s+){{0,3}}IOPS\b"
    rf"|\bIOPS\s*:?\s*{_NUMBER}\s*(k?)\b"
)
def _iops(found: re.Match[str]) -> Iterator[Asked]:
    amount = _amount(found[1] or found[3], found[2] or found[4] or "")
    yield Asked("iops", f"{words.count(amount)} IOPS", amount)


_DDR = r"(?:LP)?DDR\d(?:[\s-]\d{4})?"


@_form(
    rf"(?:RAM|memory|{_DDR})\s*:?\s*{_SIZE}|{_SIZE}\s*(?:of\s+)?(?:ECC\s+)?(?:RAM|memory|mem|{_DDR})\b(?:\s*(?:ECC|RAM|{_DDR})\b)*"
)
def _memory(found: re.Match[str]) -> Iterator[Asked]:
    yield _of_memory(_amount(found[1] or found[3], found[2] or found[4]))


@_form(
    rf"(?:(?:sata|sas)\s+)?(?:{_KIND}\s*:?\s*)(?:(\d{{1,3}})\s*[x×]\s*)?{_SIZE}"
    rf"|(?:(\d{{1,3}})\s*[x×]\s*)?{_SIZE}\s*(?:of\s+)?(?:local\s+|fast\s+|raid\s*\d*\s+|s(?:ata|as)\s+(?=hdd|ssd))*{_KIND}(?:\s*{_KIND})?(?:\s*(?:space|storage|drive)s?\b)?"
)
def _disk(found: re.Match[str]) -> Iterator[Asked]:
    times = int(found[2] or found[5] or 1)
    yield _of_disk(times * _amount(found[3] or found[6], found[4] or found[7]))
    yield from _kind(found[1] or found[8])
    yield from _kind(found[9] or "")


@_form(rf"\b(?:(?:sata|sas)\s+)?({_FLASH}|hdd)s?\b")
def _disk_kind(found: re.Match[str]) -> Iterator[Asked]:
    yield from _kind(found[1])


_KINDS = {"nvme": "NVMe", "ssd": "an SSD", "hdd": "a hard disk"}


def _kind(word: str) -> Iterator[Asked]:
    """`NVMe SSD` and `SSD NVMe` are NVMe; `disk` and the like name none."""
    name = next((name for name in _KINDS if name in word.lower()), "")
    if name:
        yield Asked("disk-kind", _KINDS[name], name=name)


@_form(
    r"\b(?:nest(?:ed|ing)(?:\s+(?:virt(?:uali[sz]ation)?|KVM|VMs?))?|hardware\s+virtuali[sz]ation|VT-x|AMD-V|VMX|SVM)\b"
    r"(?:\s*/\s*(?:VT-x|AMD-V|VMX|SVM)\b)?"
)
def _nested(_: re.Match[str]) -> Iterator[Asked]:
    yield Asked("nested", "virtual machines inside")


@_form(r"(\d{1,3})\s*(?:cpu\s+)?sockets?\b")
def _sockets(found: re.Match[str]) -> Iterator[Asked]:
    yield Asked("sockets", words.many(int(found[1]), "socket"), int(found[1]))


_CPU = r"v?-?(cpu|core|processor|thread)(?:[\s-]+(?:core|thread))?s?\b"
_WORDS = {
    "one": 1,
    "two": 2,
    "dual": 2,
    "three": 3,
    "four": 4,
    "quad": 4,
    "six": 6,
    "hexa": 6,
    "eight": 8,
    "octa": 8,
}
_OWN = r"dedicated|guaranteed|exclusive|reserved"
_MAKE = r"(?:(?!IPv)[a-z][\w.-]*)\s+"
"""What stands between a number and its cores: `AMD EPYC`."""


@_form(
    rf"(?<![\d.,/])(?<!\d[–-])\b(0[.,]\d{{1,2}}|\d{{1,4}}|{'|'.join(_WORDS)})[\s-]*(?:[x×]\s*)?(?:({_OWN}|shared|virtual|physical)\s+)?(?:{_MAKE}){{0,4}}?{_CPU}"
    rf"(?:\s+({_OWN})\b)?|{_CPU}\s*:?\s*(\d{{1,4}})\b(?![.,/]\d)|\b(?:{_OWN})\s+{_CPU}|{_CPU}\s+(?:{_OWN})\b"
)
def _processors(found: re.Match[str]) -> Iterator[Asked]:
    said = found[1] or found[6]
    if said:
        unit = (found[3] or found[5]).lower().replace("cpu", "processor")
        yield _of_processors(_WORDS.get(said.lower()) or _number(said), unit)
    if not said or re.search(rf"(?i)\b(?:{_OWN})\b", found[0]):
        yield Asked("dedicated", "processors of your own")


@_form(
    r"\b(\d{1,3})\s?C\s?/?\s?(\d{1,4})\s?G(?:B?\s?/?\s?(\d{1,5})\s?G)?B?\b(?:\s*RAM\b)?|\b(?:\dS/)?(\d{1,3})\s?C\s?/\s?(\d{1,4})\s?T\b"
)
def _short(found: re.Match[str]) -> Iterator[Asked]:
    """`4C8G`, `4C8G50G`; `8C/16T`."""
    yield _of_processors(int(found[1] or found[4]), "core")
    if found[5]:
        yield _of_processors(int(found[5]), "thread")
    if found[2]:
        yield _of_memory(_amount(found[2], "G"))
    if found[3]:
        yield _of_disk(_amount(found[3], "G"))


def _of_processors(number: float, unit: str) -> Asked:
    said = words.many(int(number), unit) if number >= 1 else f"{words.figure(number)} of a {unit}"
    return Asked("processors", said, number)


_NUMBERED = r"(?:E[357][\s-]\d{4}\w{0,2}(?:\s?v\d)?" + (
    r"|i[3579]-\d{4,5}\w{0,3}|[A-Z]{0,2}-?\d{4,5}[A-Z0-9]{0,3}|\d[A-Z]\d\d)"
)


@_form(
    rf"\b(?:(?:AMD|Intel)\s+)?(?:EPYC|Ryzen(?:\s+(?:Threadripper|PRO|[3579]))*"
    rf"|Xeon(?:\s+(?:Gold|Silver|Platinum|Bronze|CPU))*|Core|Opteron|Ampere)(?:\s+CPU)?\s+({_NUMBERED})\b|\b(i[3579]-\d{{4,5}}\w{{0,3}}|E[357]-\d{{4}}\w{{0,2}}(?:\s?v\d)?)\b"
    r"|\b(?:(?:AMD|Intel)(?!-V|\s*VT)(?:\s+(EPYC|Ryzen|Xeon))?|(EPYC|Ryzen|Xeon))\b"
)
def _model(found: re.Match[str]) -> Iterator[Asked]:
    said = " ".join(found[0].split())
    named = _first(found, 1, 2, 3, 4) or said
    yield Asked("model", said, name=" ".join(named.lower().split()))


@_form(
    r"\b(KVM|Xen(?:Server)?(?:[\s-]*(?:PVH|PV|HVM|paravirtuali[sz]ed))?|(?:PVH|PV|HVM)\s+on\s+Xen"
    r"|(?:VMware\s+)?(?:ESXi|vSphere)|VMware|Hyper[\s-]?V|OpenVZ(?:\s*[67])?|LXC|bare[\s-]?metal|dedicated\s+server)\b"
)
def _virtualization(found: re.Match[str]) -> Iterator[Asked]:
    said = re.sub(r"[\s-]+", " ", found[1]).lower().replace("xenserver", "xen")
    said = re.sub(r"^(\w+) on xen$", r"xen \1", said)
    said = "openvz" if said.startswith("openvz") else said
    name = "vmware" if said.endswith(("esxi", "vsphere")) else _ALSO.get(said, said)
    yield Asked("virtualization", _PLATFORMS[name], name=name)


_ALSO = {
    "hyper v": "hyperv",
    "xen paravirtualized": "xen pv",
    "xen paravirtualised": "xen pv",
    "bare metal": "none",
    "baremetal": "none",
    "dedicated server": "none",
}
_PLATFORMS = {
    "kvm": "KVM", "xen": "Xen", "xen pv": "Xen PV", "xen pvh": "Xen PVH", "xen hvm": "Xen HVM",
    "vmware": "VMware", "hyperv": "Hyper-V", "openvz": "OpenVZ", "lxc": "LXC",
    "none": "a machine of your own",
}  # fmt: skip


_NET, _DISK = r"net(?:work)?|NIC|card|adapter|ethernet", r"blk|block|disk|storage|scsi"


@_form(
    rf"\b(?:virtio|VMXNET3?|PVSCSI|para-?virtual(?:i[sz]ed)?|PV)\b(?:[\s:-]*(?:(?:{_NET}|{_DISK}|drivers?|devices?|and|interface)s?\b))*"
    rf"|\b(?:{_NET}|{_DISK})\s*:?\s*virtio\b"
)
def _paravirtual(found: re.Match[str]) -> Iterator[Asked]:
    of_net = re.search(rf"(?i){_NET}", found[0])
    of_disk = re.search(rf"(?i){_DISK}", found[0])
    if of_net or not of_disk:
        yield Asked("paravirtual", "a paravirtual network card", name="net")
    if of_disk or not of_net:
        yield Asked("paravirtual", "a paravirtual disk", name="disk")


@_form(
    r"(?:\b\d{1,3}\s*[x×]?\s*)?\bIPv(4|6)(?:\s*(?:address(?:es)?|subnet|prefix|/\d{1,3}))*(?:\s*[/&+]\s*v(6))?"
    r"(?:\s*:\s*/?[1-9]\d{0,2}\b)?|/\d{1,3}\s*IPv(6)"
)
def _addresses(found: re.Match[str]) -> Iterator[Asked]:
    for version in filter(None, found.groups()):
        yield Asked("ipv4", "IPv4") if version == "4" else Asked("ipv6", "IPv6")


_FLAGS = {
    "aes": "aes", "aesni": "aes", "avx": "avx", "avx2": "avx2", "avx512": "avx512f", "avx512f": "avx512f",
    "sha": "sha_ni", "shani": "sha_ni", "rdrand": "rdrand",
}  # fmt: skip


@_form(r"\b(AES(?:-?NI)?|AVX(?:-?512f?|2)?|SHA(?:[-_]?NI)?|RDRAND)\b")
def _flag(found: re.Match[str]) -> Iterator[Asked]:
    name = _FLAGS[re.sub(r"[-_]", "", found[1].lower())]
    yield Asked("flag", f"the flag {name}", name=name)


_FORMS = (
    _model, _level, _short, _traffic, _network, _disk_speed, _iops, _memory, _disk, _nested, _sockets,
    _processors, _virtualization, _paravirtual, _disk_kind, _addresses, _flag,
)  # fmt: skip
"""In the order in which they are looked for: what a longer form took, a shorter one does not see."""
_BARE = re.compile(_SIZE.replace("[KMGT]", "[MGT]"), re.IGNORECASE)
_FILLING = frozenset((
    "a", "an", "the", "of", "with", "and", "up", "to", "per", "at", "least", "min", "max", "incl", "included",
    "port", "uplink", "network", "bandwidth", "link", "internet", "speed", "local", "virtual", "shared",
    "virtualization", "virtualisation", "server", "vps", "machine", "plan", "month", "address", "addresses",
    "disk", "storage", "cpu", "cpus", "vcpu", "vcpus", "core", "cores", "vcore", "vcores",
    "amd", "intel", "epyc", "xeon", "ryzen", "arm", "microsoft", "linux", "qemu", "hypervisor", "based", "by",
    "virtualized", "virtualised", "virt", "enabled", "available", "support", "supported", "supports",
    "passthrough",
    "throughput", "read", "reads", "write", "writes", "sequential", "random", "i", "o", "io", "guaranteed",
    "dedicated",
    "ram", "memory", "iops", "traffic", "ecc", "nic", "card", "x", "download", "upload", "down", "symmetric",
    "container", "containers", "yes",
    "de", "des", "du", "di", "del", "da", "le", "la", "el", "y", "et", "und",
    "mit", "avec", "con", "com", "von", "pro", "per", "e", "i", "z", "и", "с", "monthly", "nvme", "ssd",
))  # fmt: skip
"""Words that promise nothing by themselves."""


class _Read(NamedTuple):
    """What one part of a plan says."""

    promises: Sequence[Asked] = ()
    bare: Sequence[float] = ()
    """Sizes of which it does not say what they are of."""
    unseen: Sequence[str] = ()
    """What it promises that no machine shows."""
    unread: Sequence[str] = ()
    """The part itself, where it is not understood."""


def _part(text: str) -> _Read:
    """A part is understood as a whole or not at all: one word that is not known may turn its meaning."""
    strange = _Read(unread=[repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")])
    if (denied := _DENIED.sub("", text)) != text:
        twice = not denied or _DENIED.search(denied)
        return strange if twice or _part(denied).unread else _Read()
    if _TURNED.search(text):
        return strange
    unseen, rest = _without_unseen(text.replace("(s)", "s"))
    flat = _PRAISE.sub(" ", rest.replace("(", " ").replace(")", " "))
    promises, flat = _formed(flat)
    bare = [_amount(*found.groups()) for found in _BARE.finditer(flat)]
    left = re.findall(r"\w[\w-]*", _BARE.sub(" ", flat))
    if any(word.lower() not in _FILLING for word in left) or (bare and _ASIDE.search(rest)):
        return strange
    if not (promises or bare or unseen or left):
        return strange if re.search(r"\w", text) else _Read()
    if _AT_MOST.search(rest):
        promises = [_at_most(one) for one in promises]
    return _Read(promises, bare, unseen)


MAX_SHOWN = 60
"""Characters of a part that is not understood."""
_ASIDE = re.compile(rf"\([^()]*{_SIZE}[^()]*\)", re.IGNORECASE)
"""A size in brackets explains another one, or says what more would cost."""


def _formed(rest: str) -> tuple[list[Asked], str]:
    """What the forms find, and what they leave."""
    promises = list[Asked]()
    for form in _FORMS:
        for found in form.pattern.finditer(rest):
            promises += form.means(found)
        rest = form.pattern.sub(" ", rest)
    return promises, rest


def _at_most(one: Asked) -> Asked:
    if one.amount is None or one.subject == "traffic":
        return one
    return structs.replace(one, words=f"up to {one.words}", at_most=True)


def _without_unseen(text: str) -> tuple[list[str], str]:
    """What a part promises that no machine shows, and the rest of it; of disks in a RAID only so many are
    promised as it leaves."""
    said = list[str]()
    for name, pattern in _UNSEEN.items():
        text, number = pattern.subn(" ", text)
        said += [name] if number else []
    if raid := _RAID.search(text):
        text = _TIMES.sub(lambda found: str(_usable(int(found[1]), raid[1])), _RAID.sub(" ", text))
        said.append(f"RAID {raid[1]}".strip())
    said += [f"a clock of {words.figure(_number(number))} {unit}" for number, unit in _CLOCK.findall(text)]
    return said, _CLOCK.sub(" ", text)


def _usable(disks: int, level: str) -> int:
    """Of so many disks those whose size is left, which is all that a controller shows."""
    left = {"0": disks, "5": disks - 1, "6": disks - 2, "10": disks // 2}.get(level, 1)
    return max(left, 1)


def _sized(bare: list[float], said: set[Subject]) -> Iterator[Asked]:
    """What sizes are of that stand alone: sellers name the memory first, then the disk."""
    free = [make for subject, make in (("memory", _of_memory), ("disk", _of_disk)) if subject not in said]
    if len(bare) > len(free) or (len(bare) == 1 and len(free) == 2):
        size = _size(bare[-1] if len(bare) > len(free) else bare[0])
        raise PlanError(f"{size} of what? write {size} RAM or {size} disk, or {size} traffic")
    for amount, make in zip(bare, free, strict=False):
        yield make(amount)


def _of_memory(amount: float) -> Asked:
    return Asked("memory", f"{_size(amount)} of memory", amount)


def _of_disk(amount: float) -> Asked:
    return Asked("disk", f"{_size(amount)} of disk", amount)
