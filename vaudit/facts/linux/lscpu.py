"""What lscpu printed, as people paste it: indented, wrapped by a terminal, as JSON, in their own language.

Keys are known by their English name, or by what their value can only be: values are hardly translated.
Sources: util-linux sys-utils/lscpu.c, lscpu-virt.c and po/*.po.
"""

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from vaudit.evidence.source import Source
from vaudit.facts import weights as w
from vaudit.facts.ask import output_id
from vaudit.facts.linux import pasted
from vaudit.facts.signatures import LSCPU_BIOS, LSCPU_NAMES
from vaudit.facts.weights import witness
from vaudit.model.facts import HypervisorMode, Points, Witness

X86 = ("x86_64", "i686", "i586", "i486", "i386", "amd64", "x86")
_JSON_FIELD = r'"field"\s*:\s*"([^"]*)"\s*,\s*"data"\s*:\s*"?([^"\n}]*)'
_QUOTED = " \t>|*"
"""What stands before lines that are quoted or drawn in a frame."""
_MACHINES = (
    r"(x86_64|i[3-6]86|aarch64|armv\w+|ppc(?:64)?(?:le)?|s390x?|riscv(?:32|64)|loongarch(?:32|64)|mips(?:64)?"
    r"|sparc(?:64)?|ia64|alpha)"
)
_VENDORS = ("GenuineIntel", "AuthenticAMD", "HygonGenuine", "CentaurHauls", "Shanghai")
_BIOS_VENDOR = r"vendor| id|id |fabric|fornec|anbieter|constr|výrob|вироб|厂商"
_EXTENSIONS = ("VT-x", "AMD-V")
_HYPERVISOR = (
    "hyperv", "hiperv", "hypervizor", "hipervizor", "hipernadz", "гипервиз", "гіпервіз",
    "ハイパーバイザ", "超管理器", "虚拟机管理程序", "하이퍼바이저",
)  # fmt: skip
_VIRTUALIZATION = (
    "virtuali", "virtualiz", "wirtualiz", "birtualiz", "виртуал", "віртуал", "sanallaştırma", "ảo hóa",
    "仮想化", "虚拟化", "虛擬", "가상화",
)  # fmt: skip
_MODEL = (
    "model name", "modellname", "modellnamn", "modelnavn", "modelnaam", "mallinimi", "nom de modèle",
    "nombre del modelo", "nome do modelo", "nome modello", "nazwa modelu", "název modelu", "ime modela",
    "modem ismi", "имя модели", "назва моделі", "tên mô hình", "モデル名", "型号名称", "모델 이름",
)  # fmt: skip
_MOST = ("max", "maks", "máx", "макс", "最大", "tối đa", "en yüksek")
_TYPES = {
    "full": "full voll vollständig complet completo completa compleet lleno cheio plná pełna fuld täysi tam"
    " penuh полный полная повна đầy 完全仮想化 完全 全部",
    "para": "para neben paravirtualizace semi пара phần 準仮想化 半 部分",
    "none": "none kein keine rien aucun ninguno nenhum nada brak žádná ingen geen нет немає ez kosong hiçbiri"
    " không なし 无 無",
    "container": "container conteneur contenedor contentor recipiente kontener kontejnerová säiliö behållare"
    " kapsayıcı контейнер コンテナ 容器",
}
_BEHIND = frozenset(
    "lahf_lm cmp_legacy svm extapic abm sse4a misalignsse 3dnowprefetch osvw ibs skinit topoext perfctr_core"  # noqa: SIM905
    " fsgsbase bmi1 avx2 smep bmi2 erms invpcid rdseed adx smap clflushopt sha_ni xsaveopt xsavec xgetbv1"
    " tpr_shadow vnmi flexpriority ept vpcid npt lbrv svm_lock nrip_save arat".split()
)
"""Flags that the kernel lists after `hypervisor` (arch/x86/include/asm/cpufeatures.h, words 6 and up)."""
_MODES: dict[str, HypervisorMode] = {"full": "hvm", "para": "pv"}


def lscpu(source: Source) -> dict[str, str]:
    """The fields that lscpu printed, by their English names; empty where none are recorded."""
    found: dict[str, str] = {}
    for key, value in _pairs(pasted(source.output("lscpu") or "")):
        name = _english(key.strip(), value)
        found.setdefault(name, (_type(value) or value) if name == "Virtualization type" else value)
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    if text.lstrip().startswith(("{", "[")) and '"field"' in text:  # a prompt begins with [ too
        yield from ((key.rstrip("：: "), value.strip()) for key, value in re.findall(_JSON_FIELD, text))
        return
    key, lines = "", [""]
    for line in text.replace("：", ":").replace("\xa0", " ").splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            lines.append(line)  # a terminal broke the line before
            continue
        if any(part.strip() for part in lines):
            yield key, _joined(lines)
        key, lines = name.strip(_QUOTED), [value]
    if any(part.strip() for part in lines):
        yield key, _joined(lines)


def _joined(lines: list[str]) -> str:
    """The words of a value; where a line was broken, both as two words and as one, since nothing tells."""
    parts = [line.strip(_QUOTED) for line in lines]
    words = " ".join(parts).split()
    for before, after in pairwise(parts):
        if before and after:
            words.append(before.split()[-1] + after.split()[0])
    return " ".join(takewhile(lambda word: not word.startswith(_NOTES), words))


_NOTES = ("#", "//", "<-", "<=", "←")
"""What people set before a note of theirs behind a value."""


def _english(key: str, value: str) -> str:
    """The English name of a key, by its value where that tells, else by the words that languages have."""
    folded = key.lower()
    if "bios" in folded:
        return "BIOS Vendor ID" if re.search(_BIOS_VENDOR, folded) else "BIOS Model name"
    if value in _EXTENSIONS:
        return "Virtualization"
    if value in _VENDORS:
        return "Vendor ID"
    if re.fullmatch(_MACHINES, value):
        return "Architecture"
    if re.match(r"(fpu|fp|half) (\S+ )*(vme|asimd|thumb)\b", value):
        return "Flags"
    if value in LSCPU_NAMES and any(word in folded for word in _HYPERVISOR):
        return "Hypervisor vendor"
    if any(word in folded for word in _VIRTUALIZATION) and _type(value):
        return "Virtualization type"
    if ("mhz" in folded or "мгц" in folded) and any(word in folded for word in _MOST):
        return "CPU max MHz"
    return "Model name" if folded in _MODEL else key


def _type(value: str) -> str:
    """full, para, none or container in any language; empty for what is none of them."""
    return next((name for name, words in _TYPES.items() if value.lower() in words.split()), "")


def is_whole(listed: frozenset[str]) -> bool:
    """Whether a list of x86 flags reaches past the place where `hypervisor` would stand."""
    return not listed.isdisjoint(_BEHIND)


def xen_mode(source: Source) -> HypervisorMode | None:
    """How lscpu says that Xen runs this guest; it takes a PV guest on VT-x for a full one."""
    told = lscpu(source)
    if "XEN PV" in told.get("Vulnerability Meltdown", ""):
        return "pv"
    return _MODES.get(told.get("Virtualization type", ""))


def verdict(source: Source) -> Iterator[Witness]:
    """What lscpu concluded; names that it made up of garbage are passed over."""
    told = lscpu(source)
    if not told:
        return
    vendor = told.get("Hypervisor vendor") or told.get("Hypervisor") or ""
    kind, how = LSCPU_NAMES.get(vendor), told.get("Virtualization type")
    evidence = output_id("lscpu")
    yield from _bios(told, evidence)
    if "XEN PV" in told.get("Vulnerability Meltdown", ""):
        says = "lscpu shows what the kernel says of Meltdown: XEN PV"
        yield witness(w.MELTDOWN_PV, says, evidence, Points(kind="xen"))
    if how == "container":
        return  # containers.py hears it
    if kind:
        says = f"lscpu named the hypervisor vendor {vendor!r}"
        yield witness(w.LSCPU_VENDOR, says, evidence, Points(kind=kind))
        if kind == "xen" and how == "none":
            says = "lscpu says that this is Xen's control domain"
            yield witness(w.LSCPU_DOM0, says, evidence, Points(role="host"))
    elif "Flags" not in told and told.get("Architecture") in X86 and _reached_the_end(told):
        yield witness(w.LSCPU_NONE, "lscpu named no hypervisor", evidence, Points(kind="none"))
    if told.get("CPU max MHz", "").replace(".", "").replace(",", "").isdecimal():
        says = f"lscpu shows limits of the clock (CPU max MHz {told['CPU max MHz']})"
        yield witness(w.CPUFREQ, says, evidence, Points(kind="none"))
    if told.get("Vendor ID") == "Apple" and told.get("Model name") == "-":
        says = "an Apple processor without a part number, as Apple's hypervisor shows it"
        yield witness(w.APPLE_PART, says, evidence, Points(role="guest"))


def _bios(told: dict[str, str], evidence: str) -> Iterator[Witness]:
    """The processor's maker and model by SMBIOS (type 4), which virtual firmware fills with its own names."""
    for key in ("BIOS Vendor ID", "BIOS Model name"):
        text = told.get(key, "")
        speaks = next((one for start, one in LSCPU_BIOS.items() if text.startswith(start)), None)
        if speaks:
            yield from speaks.witnesses(f"lscpu's {key} is {text!r}", evidence)


def _reached_the_end(told: dict[str, str]) -> bool:
    """Whether what lscpu lists behind a hypervisor's name was recorded too: caches, nodes, weaknesses."""
    behind = ("L1", "L2", "L3", "Vulnerab", "Virtualization type")
    # old versions count the nodes before they name the vendor
    return any(key.startswith(behind) or ("NUMA" in key and any(map(str.isdigit, key))) for key in told)
