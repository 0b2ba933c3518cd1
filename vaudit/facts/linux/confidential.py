"""What Linux shows of a guest whose memory its host cannot read: devices, files, and the kernel log.

Sources: Linux arch/x86/mm/mem_encrypt.c, arch/x86/coco, drivers/virt/coco, arch/s390/kernel/uv.c,
arch/powerpc/kernel/secure_boot.c, arch/arm64/kernel/rsi.c, arch/x86/kernel/cpu/mshyperv.c; systemd
src/basic/confidential-virt.c. Hosts name SEV and TDX too: no line or file that they have is heard.
"""

from collections.abc import Iterator

from vaudit.evidence.source import Source
from vaudit.facts.ask import KERNEL_LOG, kernel_log, output_id
from vaudit.facts.linux import after, fields
from vaudit.facts.values import Protected
from vaudit.model.facts import Confidential

_MISC = "/sys/class/misc"
_DEVICES: dict[str, Confidential] = {
    "sev-guest": "sev-snp",
    "tdx_guest": "tdx",
    "tdx-guest": "tdx",
    "tdx-attest": "tdx",
}
_FILES: tuple[tuple[str, str, Confidential], ...] = (
    ("/sys/firmware/uv/prot_virt_guest", "1", "protvirt"),
    ("/sys/devices/system/cpu/svm", "1", "pef"),
)
_PROVIDERS: dict[str, Confidential] = {"sev_guest": "sev-snp", "tdx_guest": "tdx", "arm_cca_guest": "cca"}
_REPORTS = "/sys/kernel/config/tsm/report"
_PLATFORM = "/sys/devices/platform"
_ISOLATION: dict[str, Confidential] = {"1": "vbs", "2": "sev-snp", "3": "tdx"}
"""The lowest digit of Hyper-V's group B (TLFS, HV_ISOLATION_TYPE)."""
_WORDS: tuple[tuple[str, Confidential], ...] = (
    ("SEV-SNP", "sev-snp"),
    ("vTom", "sev-snp"),
    ("SEV-ES", "sev-es"),
    ("SEV", "sev"),
    ("TDX", "tdx"),
)
"""What the kernel calls them, the most exact first."""
_LINES: tuple[tuple[str, Confidential], ...] = (
    ("SEV: SNP running at VMPL", "sev-snp"),
    ("SEV: SNP guest platform device", "sev-snp"),
    ("Initialized SEV guest driver", "sev-snp"),
    ("AMD Secure Encrypted Virtualization (SEV) active", "sev"),
    ("tdx: Guest detected", "tdx"),
    ("using TDX aware idle", "tdx"),
    ("RME: Using RSI version", "cca"),
)
HEARD = ("encryption", "sev: ", "sev guest", "tdx", "rme: ")
"""What the lines of the kernel log hold, in lower case, that are looked for here."""
_SYSTEMD = "Detected confidential virtualization "
_NAMES: tuple[Confidential, ...] = ("sev", "sev-es", "sev-snp", "tdx", "protvirt", "cca")


def shown(source: Source) -> list[Protected]:
    """Every sign of it, in no order of trust."""
    return [*_devices(source), *_files(source), *_log(source), *_printed(source)]


def _devices(source: Source) -> Iterator[Protected]:
    for folder in (_MISC, "/dev"):
        for name in source.names(folder):
            if name in _DEVICES:
                says = f"the device {name} is there, which talks to what protects a guest"
                yield Protected(_DEVICES[name], says, f"dir:{folder}", "device")
    if "arm-cca-dev" in source.names(_PLATFORM):
        says = "the device arm-cca-dev is there, which a realm has"
        yield Protected("cca", says, f"dir:{_PLATFORM}", "device")


def _files(source: Source) -> Iterator[Protected]:
    for path, value, name in _FILES:
        if source.line(path) == value:
            yield Protected(name, f"{path} is {value}", f"file:{path}", "device")
    for report in source.names(_REPORTS):
        path = f"{_REPORTS}/{report}/provider"
        provider = source.line(path) or ""
        if provider in _PROVIDERS:
            yield Protected(_PROVIDERS[provider], f"{path} is {provider}", f"file:{path}", "device")
    if "tdx_guest" in fields(source.read("/proc/cpuinfo") or "").get("flags", "").split():
        yield Protected("tdx", "the flag tdx_guest is listed", "file:/proc/cpuinfo", "cpu-flag")


def _log(source: Source) -> Iterator[Protected]:
    text = kernel_log(source)
    if not text:
        return
    for mark in ("Memory Encryption Features active:", "SEV: Status:"):
        named = after(text, mark)
        name = next((name for word, name in _WORDS if word in named), None)
        if name:
            yield _said(name, f"{mark} {named}")
    for words, name in _LINES:
        if words in text:
            yield _said(name, words)
    group = after(text, "Hyper-V: Isolation Config: Group A ").partition("Group B 0x")[2].strip()
    if group[-1:] in _ISOLATION:
        yield _said(_ISOLATION[group[-1]], f"Hyper-V isolates this guest (type {group[-1]})")
    word = after(text, _SYSTEMD).strip("'. ")
    yield from _named(word, f"systemd detected {word!r}", KERNEL_LOG)


def _printed(source: Source) -> Iterator[Protected]:
    """The word of `systemd-detect-virt --cvm`, which stands where the others do."""
    for word in (source.output("systemd-detect-virt") or "").split():
        evidence = output_id("systemd-detect-virt")
        yield from _named(word, f"systemd-detect-virt said {word!r}", evidence)


def _named(word: str, says: str, evidence: str) -> Iterator[Protected]:
    for name in _NAMES:
        if word == name:
            yield Protected(name, says, evidence, "kernel-log")


def _said(name: Confidential, words: str) -> Protected:
    return Protected(name, f"the kernel log says {words!r}", KERNEL_LOG, "kernel-log")
