"""A provider's plan, as people write it or as a TOML file has it: what it promises."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from vaudit import toml, words
from vaudit.model.promise import Asked, Subject

MAX_TEXT = 4000
"""Characters of a plan."""


class PlanError(ValueError):
    """A plan that cannot be understood; the text says which part of it, and how to write it."""


def read(text: str) -> list[Asked]:
    """The promises of `4 vCPU, 8 GB RAM, 160 GB NVMe, 1 Gbit/s, KVM`. Raises PlanError."""
    if len(text) > MAX_TEXT:
        raise PlanError(f"a plan of more than {MAX_TEXT:,} characters: name only what it promises")
    found, bare = list[Asked](), list[float]()
    for part in _SPLIT.split(_parted(_LABEL.sub(r"\1: ", text))):
        denied = _DENIED.sub("", part.strip(" ."))
        if denied != part.strip(" ."):
            _part(denied)  # what is denied has to be understood too
        elif denied:
            promises, sizes = _part(part.strip())
            found += promises
            bare += sizes
    found += _sized(bare, {one.subject for one in found})
    if not found:
        raise PlanError(f"nothing is promised: write for example {EXAMPLE!r}")
    return list(dict.fromkeys(found))


def read_toml(text: str) -> list[Asked]:
    """The promises of a file such as `memory = "8 GB"`, by the keys of KEYS. Raises PlanError."""
    try:
        table = toml.loads(text)
    except toml.TomlError as error:
        raise PlanError(str(error)) from error
    return read(in_words(table))


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
    try:
        return not _part(text)[1]
    except PlanError:
        return False


# A comma parts promises unless it stands inside a number, a slash unless it means "per".
_SPLIT = re.compile(
    r"[;\n|•]|(?<!\d),|(?<=[A-Za-z]\d),|,(?!\d)|\s[+·–-]\s|\s/\s(?!\s{0,9}(?:s|sec|mo|month)\b)"
)
_LABEL = re.compile(
    r"(?im)((?:^|[,;|•])\s{0,9}(?:ram|memory|v?cpus?|v?cores?|disk|storage|iops|port|network|traffic))\s[–-]\s(?=\d)"
)
"""`RAM - 8 GB` in a list is `RAM: 8 GB`."""
_COUNTED = re.compile(r"(?i)\b(v?-?(?:cpu|core|processor|thread)s?[ \t]{0,9}:?[ \t]{0,9}\d{1,3}),(?=\d)")
"""`CPU: 2,1 GB RAM` are two promises: processors are whole."""
_COUNTED_IOPS = re.compile(
    r"(?i)\b(iops[ \t]{0,9}:?[ \t]{0,9}(?:\d{4,9}|\d{1,3}(?:,\d{3}){0,2}(?=,(?!\d{3}\b)))),(?=\d)"
)
"""`IOPS 3000,10 Gbps` are two promises too; in `IOPS 20,000` the comma stands inside of the number."""
_DENIED = re.compile(
    r"(?i)^(?:no|not|without)\s+|\s{0,9}:\s{0,9}no$|\s+not\s+(?:supported|included|available|possible|allowed)$"
)
"""`no nested virtualization` promises nothing."""
_PRAISE = re.compile(
    r"(?i)\b(?:pure|premium|enterprise|fast|local|block|raid[\s-]{0,9}\d{0,2}|full(?:y)?|native|public|static|usable"
    r"|high[\s-](?:speed|performance|frequency))(?![\w-])"
    r"|\b(?:dedicated|guaranteed|reserved)\s+(?=(?:ram|memory|ecc|ddr\d|ipv[46])\b)"
    r"|\s?(?:@|\bx|×|\bat)?\s?\b\d(?:[.,]\d{1,3})?\s?GHz\b\+?"
)
"""What sellers add and no machine shows: praise, the RAID beneath, the clock of a processor."""
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


_Meaning = Callable[[re.Match[str]], Iterator[Asked]]


class _Form(NamedTuple):
    """A way in which people write a promise, and what it means."""

    pattern: re.Pattern[str]
    means: _Meaning


def _form(pattern: str, flags: int = re.IGNORECASE) -> Callable[[_Meaning], _Form]:
    return lambda means: _Form(re.compile(pattern, flags), means)


@_form(r"\bx86-64-v([1-4])\b|\bv([2-4])\b")
def _level(found: re.Match[str]) -> Iterator[Asked]:
    number = int(found[1] or found[2])
    yield Asked("level", f"x86-64-v{number}", number)


@_form(
    rf"{_SIZE}\s*(?:of\s+)?(?:(?:monthly|out(?:going|bound)|in(?:coming|bound)|egress)\s+)*"
    r"(?:(?:traffic|transfer|bandwidth|data)\b(?:\s*(?:/|per|a)\s*mo(?:nth)?\b)?|(?:/|per|a)\s*mo(?:nth)?\b)"
    rf"|\b(?:traffic|transfer)\s*:?\s*{_SIZE}"
    r"|\b(?:unmetered|unlimited)(?:\s+(?:traffic|bandwidth|transfer))?\b|\btraffic\s+flat\b"
)
def _traffic(found: re.Match[str]) -> Iterator[Asked]:
    number, prefix = found[1] or found[3], found[2] or found[4]
    amount = _amount(number, prefix) if number else None
    yield Asked("traffic", f"{words.rate(amount, 'B')} of traffic" if amount else "unmetered traffic", amount)


@_form(
    rf"{_NUMBER}\s*([KMGkmg])(?:[Bb]it(?:/s|ps|s)?|bps|b/s|igabit|egabit|bE)(?!\w)(?:/s)?"
    rf"|{_NUMBER}\s*([Gg])(?:ig)?(?=\s+(?:port|uplink|network|link|connection)\b)",
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


@_form(
    rf"(?:RAM|memory)\s*:?\s*{_SIZE}|{_SIZE}\s*(?:of\s+)?(?:ECC\s+)?(?:RAM|memory|mem|DDR\d)\b(?:\s*ECC)?(?:\s*RAM)?"
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


_CPU = r"v?-?(?:cpu|core|processor|thread)(?:\s+(?:core|thread))?s?\b"
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
_MAKE = r"(?:(?!IPv)[a-z][\w.-]*|\d{4}\w{0,3}|\d(?=\s\d{4}))\s+"
"""What stands between a number and its cores: `AMD EPYC 7763`, `Ryzen 9 7950X`."""


@_form(
    rf"\b(\d{{1,4}}|{'|'.join(_WORDS)})[\s-]*(?:[x×]\s*)?(?:({_OWN}|shared|virtual|physical)\s+)?(?:{_MAKE}){{0,4}}?{_CPU}"
    rf"(?:\s+({_OWN})\b)?|{_CPU}\s*:?\s*(\d{{1,4}})\b|\b(?:{_OWN})\s+{_CPU}|{_CPU}\s+(?:{_OWN})\b"
)
def _processors(found: re.Match[str]) -> Iterator[Asked]:
    said = found[1] or found[4]
    if said:
        number = _WORDS.get(said.lower()) or int(said)
        yield Asked("processors", words.many(number, "processor"), number)
    if not said or re.search(rf"(?i)\b(?:{_OWN})\b", found[0]):
        yield Asked("dedicated", "processors of your own")


@_form(r"\b(\d{1,3})\s?C\s?/?\s?(\d{1,4})\s?G\b")
def _short(found: re.Match[str]) -> Iterator[Asked]:
    """`4C8G`."""
    yield Asked("processors", words.many(int(found[1]), "processor"), int(found[1]))
    yield _of_memory(_amount(found[2], "G"))


@_form(
    r"\b(KVM|Xen(?:Server)?(?:[\s-]*(?:PVH|PV|HVM|paravirtuali[sz]ed))?|(?:PVH|PV|HVM)\s+on\s+Xen"
    r"|(?:VMware\s+)?(?:ESXi|vSphere)|VMware|Hyper[\s-]?V|OpenVZ|LXC|bare[\s-]?metal|dedicated\s+server)\b"
)
def _virtualization(found: re.Match[str]) -> Iterator[Asked]:
    said = re.sub(r"[\s-]+", " ", found[1]).lower().replace("xenserver", "xen")
    said = re.sub(r"^(\w+) on xen$", r"xen \1", said)
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
    r"(?:\b\d{1,3}\s*[x×]?\s*)?\bIPv(4|6)(?:\s*(?:address(?:es)?|subnet|prefix|/\d{1,3}))*(?:\s*[/&+]\s*v(6))?|/\d{1,3}\s*IPv(6)"
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
    _level, _short, _traffic, _network, _disk_speed, _iops, _memory, _disk, _nested, _sockets, _processors,
    _virtualization, _paravirtual, _disk_kind, _addresses, _flag,
)  # fmt: skip
"""In the order in which they are looked for: what a longer form took, a shorter one does not see."""
_BARE = re.compile(_SIZE, re.IGNORECASE)
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
    "ram", "memory", "iops", "traffic", "ecc", "nic", "card", "x",
))  # fmt: skip
"""Words that promise nothing by themselves."""


def _part(text: str) -> tuple[list[Asked], list[float]]:
    """What one part promises, and sizes of which it does not say what they are of. Raises PlanError."""
    rest = _PRAISE.sub(" ", text.replace("(s)", "s").replace("(", " ").replace(")", " "))
    promises = list[Asked]()
    for form in _FORMS:
        for found in form.pattern.finditer(rest):
            promises += form.means(found)
        rest = form.pattern.sub(" ", rest)
    bare = [_amount(*found.groups()) for found in _BARE.finditer(rest)]
    left = re.findall(r"\w[\w-]*", _BARE.sub(" ", rest))
    strange = [word for word in left if word.lower() not in _FILLING]
    if strange or not (left or promises or bare):
        raise PlanError(f"{text!r} is not understood: write for example {EXAMPLE!r}")
    return promises, bare


def _sized(bare: list[float], said: set[Subject]) -> Iterator[Asked]:
    """What sizes are of that stand alone: sellers name the memory first, then the disk."""
    free = [make for subject, make in (("memory", _of_memory), ("disk", _of_disk)) if subject not in said]
    if len(bare) > len(free) or (len(bare) == 1 and len(free) == 2):
        size = words.rate(bare[0], "B")
        raise PlanError(f"{size} of what? write {size} RAM or {size} disk")
    for amount, make in zip(bare, free, strict=False):
        yield make(amount)


def _of_memory(amount: float) -> Asked:
    return Asked("memory", f"{words.rate(amount, 'B')} of memory", amount)


def _of_disk(amount: float) -> Asked:
    return Asked("disk", f"{words.rate(amount, 'B')} of disk", amount)
