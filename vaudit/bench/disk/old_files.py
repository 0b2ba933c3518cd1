"""Old files: is data that lay on the disk for long slower to read than the fresh test file?

Two things hide from a fresh file: a volume restored from a snapshot fetches each block at its first use (AWS
documents this for EBS), and a host's cache still holds what was just written. So blocks of big files that
have been there for days are read once, past this machine's cache. Nothing is kept of what was read.
"""

import mmap
import os
import random
import time
from collections.abc import Iterator
from math import ceil

from vaudit.bench.disk import gently
from vaudit.bench.system.buffers import page_aligned
from vaudit.bench.units import BLOCK

FOLDERS = ("/usr/lib", "/var/lib", "/usr/share", "/opt", "/var/log", "/srv")
SMALLEST = 4 << 20
DAYS = 2.0
SEARCH_SHARE = 0.4
"""Of the time, for finding such files."""
FILES = 500
"""Found, the search ends."""
READS = 200
"""Wanted in all; of each of many files 32."""


def old_files(
    folders: tuple[str, ...], device: int, seconds: float, most: int = FILES
) -> list[tuple[str, int]]:
    """(path, size) of at most so many big, old, plain files on one file system; searches for at most
    `seconds`."""
    deadline, oldest = time.monotonic() + seconds, time.time() - DAYS * 86400
    found: list[tuple[str, int]] = []
    for folder in folders:
        for entry in _walk(folder, device, deadline):
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:  # deleted meanwhile
                continue
            # of the entries of a folder Windows tells neither (os.DirEntry.stat)
            here = status.st_dev in (device, 0) and getattr(status, "st_blocks", True)
            if here and status.st_size >= SMALLEST and status.st_mtime < oldest:
                found.append((entry.path, status.st_size))
            if len(found) >= most:
                return found
    return found


def _walk(folder: str, device: int, deadline: float) -> Iterator["os.DirEntry[str]"]:
    """Plain files in and below a folder as far as it lies on this file system, until time.monotonic() is
    `deadline`; what cannot be read is passed over."""
    todo = [folder]
    while todo:
        here = todo.pop()
        try:
            if os.stat(here).st_dev != device:
                continue
            with os.scandir(here) as entries:
                for entry in entries:
                    if time.monotonic() >= deadline:
                        return
                    if entry.is_file(follow_symlinks=False):
                        yield entry
                    elif entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
        except OSError:
            continue


def read_once(files: list[tuple[str, int]], seconds: float, rested: bool = False) -> list[int]:
    """Latencies in ns of 4 KiB reads at random places, each place at most once; `rested`: with pauses, and
    no more of them than are wanted."""
    latencies: list[int] = []
    number = each(len(files), rested)
    buffer, deadline = page_aligned(BLOCK, fresh=False), time.monotonic() + seconds
    for path, size in random.sample(files, len(files)):
        if time.monotonic() >= deadline:
            break
        try:
            fd = os.open(path, os.O_RDONLY | os.O_DIRECT | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        places = random.sample(range(size // BLOCK), min(number, size // BLOCK))
        try:
            for latency in _read_some(fd, buffer, places, deadline):
                latencies.append(latency)
                if rested:
                    rest = gently.pause(latency / 1e9)
                    time.sleep(max(0.0, min(rest, deadline - time.monotonic())))
        except OSError:
            continue
        finally:
            os.close(fd)
    buffer.close()
    return latencies


def each(files: int, rested: bool) -> int:
    """Reads of each of so many files."""
    wanted = READS / max(1, files)
    return ceil(wanted) if rested else max(32, int(wanted))


def search(seconds: float, rested: bool) -> tuple[float, int]:
    """For how many of these seconds files are searched, and how many at most."""
    return (gently.SEARCH_SECONDS, gently.SEARCHED) if rested else (SEARCH_SHARE * seconds, FILES)


def _read_some(fd: int, buffer: mmap.mmap, blocks: list[int], deadline: float) -> Iterator[int]:
    """Nanoseconds of each read, until time.monotonic() is `deadline`."""
    for block in blocks:
        start = time.perf_counter_ns()
        os.preadv(fd, [buffer], block * BLOCK)
        yield time.perf_counter_ns() - start
        if time.monotonic() >= deadline:
            break


def read(folder: str, mount: str, seconds: float, rested: bool = False) -> tuple[int, list[int]]:
    """How many old files the file system of a folder has, and latencies (ns) of some blocks of them. Searched
    are the usual places first, then everything below `mount` as far as the time allows. `rested`: with pauses
    (gently.py), and after a shorter search."""
    folders = (*FOLDERS, mount) if mount else FOLDERS
    searched, most = search(seconds, rested)
    files = old_files(folders, os.stat(folder).st_dev, searched, most)
    return len(files), read_once(files, seconds - searched, rested)
