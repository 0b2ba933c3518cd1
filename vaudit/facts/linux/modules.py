"""The kernel's own folder and configuration: which modules are built in or lie ready, and how it was made."""

from collections.abc import Iterable

from vaudit.evidence.source import Source

CONFIGURATIONS = ("/proc/config.gz", "/boot/config-{release}", "/lib/modules/{release}/config")


def names(files: Iterable[str]) -> frozenset[str]:
    """The modules in files such as kernel/drivers/block/virtio_blk.ko.xz, with _ for -: kernels mix both."""
    named = (file.rpartition("/")[2].partition(".ko") for file in files)
    return frozenset(name.replace("-", "_") for name, end, _ in named if end)


def builtin(source: Source, release: str | None) -> frozenset[str] | None:
    """Those in modules.builtin; None where it could not be read."""
    text = source.read(f"/lib/modules/{release}/modules.builtin") if release else None
    return None if text is None else names(text.splitlines())


def configuration(source: Source, release: str | None) -> tuple[str, str] | None:
    """The text of the kernel's configuration behind a line end, and its path; None where there is none."""
    for place in CONFIGURATIONS:
        path = place.format(release=release)
        if text := source.read(path):
            return f"\n{text}", path
    return None


def configured(text: str, symbol: str) -> str:
    """How a symbol is set in a configuration, y or m and the like; empty where it is not."""
    line = f"\nCONFIG_{symbol}="
    at = text.find(line)  # a partition would copy the rest of this long text for each symbol
    return text[at + len(line) : at + len(line) + 1] if at >= 0 else ""
