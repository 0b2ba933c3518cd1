"""Fetches pip for a Python that has none: `python3 tools/pip.py FILE` writes its wheel there.

Debian splits ensurepip, which brings pip along, off into python3-venv. What is fetched is one version whose
checksum stands here, from the package index that pip itself would ask: who serves it can send nothing else.
"""

import configparser
import hashlib
import os
import re
import sys
import urllib.parse
import urllib.request

WHEEL = "pip-26.0.1-py3-none-any.whl"
SHA256 = "bdb1b08f4274833d62c1aa29e20907365a2ceb950410df15fc9521bad440122b"
PYPI = "https://pypi.org/simple"
FILES = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
"""Where pip's own settings lie, the later ones above the earlier."""
SECONDS = 60


def index() -> str:
    """The package index that pip would ask."""
    settings = configparser.RawConfigParser(strict=False)
    settings.read(map(os.path.expanduser, FILES))
    configured = settings.get("global", "index-url", fallback=PYPI)
    return os.environ.get("PIP_INDEX_URL") or configured


def fetched(url: str) -> tuple[str, bytes]:
    """Where something really lies, and what it holds. OSError where it cannot be had."""
    if not url.startswith(("https://", "http://")):
        raise OSError(f"{url}: no address of the web")
    asked = urllib.request.Request(url, headers={"Accept": "text/html"})  # noqa: S310 - looked at above
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
        return answer.url, answer.read()


def wheel(base: str) -> bytes:
    """The wheel from a package index. OSError where it has none, or one that is another."""
    page, listed = fetched(f"{base.rstrip('/')}/pip/")
    found = re.search(rf'href="([^"#]*{re.escape(WHEEL)})["#]', listed.decode("utf-8", "replace"))
    if not found:
        raise OSError(f"{page} does not list {WHEEL}")
    place, content = fetched(urllib.parse.urljoin(page, found[1]))
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise OSError(f"{place} is not the {WHEEL} that is meant: its checksum is another")
    return content


def main() -> None:
    try:
        content = wheel(index())
    except (OSError, configparser.Error) as error:
        sys.exit(f"vaudit: pip cannot be fetched: {error}")
    with open(sys.argv[1], "wb") as file:
        file.write(content)


if __name__ == "__main__":
    main()
