"""Mounts and control groups without the names that people gave them: servers, shares, folders, machines."""

from collections.abc import Callable

from vaudit.masking.folders import folder, folders
from vaudit.masking.pseudonyms import Pseudonyms

Mask = Callable[[Pseudonyms, list[str]], str]
"""The words of a line -> the line without names."""
OWNERS = (
    "username", "user", "domain", "domainname", "addr", "clientaddr", "mountaddr", "unc", "server", "host",
    "secret", "password", "pass", "mds_namespace", "fsid", "logname", "prefixpath", "account",
    "netbiosname",
)  # fmt: skip
"""Options whose values name a server, a share or a user (mount.cifs(8), mount.ceph(8), nfs(5))."""


SECRETS = ("pass", "secret", "key", "token", "cred")
"""What the names of options hold whose values are secrets, or files of such."""


def mounts(names: Pseudonyms, data: bytes) -> bytes | None:
    """/proc/PID/mountinfo, /proc/mounts, and what mount(8) prints: numbers, sources, paths, options."""
    return _lines(names, data, _mount)


def _mount(names: Pseudonyms, words: list[str]) -> str:
    """A line of any of the three: the folders of mountinfo are its fourth and fifth word (proc(5)), that of
    /proc/mounts its second, that of mount(8) its third."""
    hidden = [_word(names, word) for word in words]
    for at in _folders(words):
        if at < len(words) and words[at].startswith("/"):
            hidden[at] = folder(names, words[at])
    return " ".join(hidden)


def _folders(words: list[str]) -> tuple[int, ...]:
    if words[1:2] == ["on"]:
        return (2,)
    if "-" not in words[6:]:
        return (1,)
    kind = words[words.index("-", 6) + 1 :][:1]
    return (4,) if kind in (["cgroup"], ["cgroup2"]) else (3, 4)


def cgroups(names: Pseudonyms, data: bytes) -> bytes | None:
    """/proc/PID/cgroup: a number, controllers, and a path."""
    return _lines(names, data, lambda names, words: names.words(" ".join(words)))


def _lines(names: Pseudonyms, data: bytes, mask: Mask) -> bytes | None:
    if b"\0" in data:
        return None
    text = names.text(data.decode("utf-8", "replace"))
    return "\n".join(mask(names, line.split(" ")) for line in text.split("\n")).encode()


def _word(names: Pseudonyms, word: str) -> str:
    """A source, a path or a list of options."""
    if word.startswith("//"):
        server, slash, share = word[2:].partition("/")
        return f"//{names.mask('server', server, 8)}{slash}{names.words(share)}"
    if ":/" in word and not word.startswith("/") and "=" not in word:
        server, _, folder = word.partition(":/")
        return f"{names.mask('server', server, 8)}:/{names.words(folder)}"
    if "=" in word:
        return ",".join(_option(names, option) for option in word.split(","))
    return folders(names, word) if word.startswith("/") else names.words(word)


def _option(names: Pseudonyms, option: str) -> str:
    name, equals, value = option.partition("=")
    name_of = name.strip("(")
    if equals and value and (name_of in OWNERS or any(word in name_of for word in SECRETS)):
        return f"{name}={names.mask('server', value, 8)}"
    if value.startswith("/"):
        return f"{names.words(name)}={folders(names, value)}"
    return names.words(option)
