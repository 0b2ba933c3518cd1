"""Everything that is read has a bound, and what lies beyond it ends in one line or is said in the report."""

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests import machines
from tests.machines import our_checks
from vaudit import pipeline, stored
from vaudit.bench import legacy
from vaudit.evidence import dump, kinds, origin, source, tree
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.model import versions
from vaudit.model.report import Excerpt, Report
from vaudit.model.versions import VersionError
from vaudit.output import html, outline, share
from vaudit.output.json import compact

CHECKS = our_checks()
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="as Linux does it")
Set = Callable[[object, str, int], None]


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> Set:
    return monkeypatch.setattr


def scan(data: bytes) -> Report:
    return pipeline.scan(Recorder(dump.parse(data, "x")), CHECKS)


def refused(path: Path) -> str:
    with pytest.raises(EvidenceError) as found:
        for opener in origin.sources(str(path)):
            opener()
    assert "\n" not in str(found.value)
    return str(found.value)


# dumps


@pytest.mark.parametrize(
    "lines", ["@file /a\n" * 11, "@absent /a\n" * 11, "@new /a\n" * 11, "@dir /a\n" + "|a\n" * 21, "#\n" * 21]
)
def test_a_dump_of_too_many_answers_or_names_is_refused(bound: Set, lines: str) -> None:
    bound(dump, "MAX_ENTRIES", 10)
    bound(dump, "MAX_ROWS", 20)
    with pytest.raises(EvidenceError, match="not a dump of one machine"):
        dump.parse(f"vdump 2\n@meta\n{lines}@end\n".encode(), "x")


def test_a_line_that_names_too_much_is_damage(bound: Set) -> None:
    bound(dump, "MAX_HEAD", 100)
    with pytest.raises(EvidenceError, match="damaged at line 2: longer than"):
        dump.parse(b"vdump 2\n@meta " + b"a=b " * 50 + b"\n@end\n", "x")


def test_of_a_long_answer_the_beginning_is_kept_and_that_is_said() -> None:
    long = b"|" + b"x" * 99 + b"\n"
    for head, rows in (
        (b"@file /proc/version\n", long),
        (b"@run rc=0 lscpu\n", long),
        (b"@binary /a\n", b"=AAAA\n"),
    ):
        made = dump.parse(
            b"vdump 2\n@meta\n" + head + rows * (3 * source.MAX_FILE // len(rows)) + b"@end\n", "x"
        )
        (entry,) = made.entries
        assert entry.is_cut and entry.reason == "cut at 2 MiB"
        assert isinstance(entry.data, bytes) and len(entry.data) <= 2 * source.MAX_FILE


def test_one_line_without_end_is_cut_too() -> None:
    for mark, letter in ((b"|", b"x"), (b"=", b"A")):
        line = mark + letter * (4 * source.MAX_FILE)
        entry = kinds.parse("file", "/a", line + b"\n")
        assert entry.is_cut


def test_of_a_folder_of_too_many_names_the_first_are_looked_at_and_that_is_said(bound: Set) -> None:
    bound(source, "MAX_NAMES", 5)
    names = "".join(f"|eth{at}\n" for at in range(9))
    report = scan(f"vdump 2\n@meta\n@dir /sys/class/net\n{names}@end\n".encode())
    assert len(report.facts.net) == 5
    assert "only the beginning was looked at: dir:/sys/class/net (cut at 5 names)" in report.notes


def test_what_could_not_be_had_is_named_up_to_a_bound_and_counted(bound: Set) -> None:
    bound(pipeline, "MAX_UNSEEN", 3)
    made = machines.source("synthetic-kvm-emulated")
    lines = "".join(f"@denied {one.key}\n" for one in made.entries if one.kind == "file")
    report = scan(f"vdump 2\n@meta\n{lines}@end\n".encode())
    assert len(report.coverage.denied) == 3
    assert any(note.endswith("sources that were refused the first 3 are named") for note in report.notes)


def test_of_very_many_benchmarks_the_first_are_shown_and_that_is_said(bound: Set) -> None:
    bound(legacy, "MAX_BENCHMARKS", 2)
    one = b'{"id":"disk.read","target":"/","engine":"embedded","unit":"B/s"}'
    found, notes = legacy.read(b"[" + b",".join([one] * 5) + b"]")
    assert (len(found), notes) == (2, ["3 benchmarks more were left out"])


# archives


def tar(path: Path, *members: tuple[str, bytes, bytes], **pax: str) -> Path:
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as made:
        for name, kind, data in members:
            info = tarfile.TarInfo(name)
            info.type, info.pax_headers = kind, pax
            if kind == tarfile.SYMTYPE:
                info.linkname = data.decode()
            info.size = len(data) if kind == tarfile.REGTYPE else 0
            made.addfile(info, io.BytesIO(data))
    return path


def test_folders_and_links_of_an_archive_count_as_members(bound: Set, tmp_path: Path) -> None:
    bound(tree, "MAX_MEMBERS", 10)
    for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.REGTYPE):
        path = tar(tmp_path / "a.tar.gz", *((f"proc/{at}", kind, b"x") for at in range(11)))
        assert "more than 10 files and folders" in refused(path)
    path = tar(tmp_path / "deep.tar.gz", ("/".join("abcdefghijklm"), tarfile.REGTYPE, b"x"))
    assert "more than 10 files and folders" in refused(path)


def test_a_path_of_very_many_folders_needs_no_recursion(tmp_path: Path) -> None:
    path = tar(
        tmp_path / "a.tar.gz", ("d/" * 1900 + "x", tarfile.REGTYPE, b"x"), ("proc/a", tarfile.REGTYPE, b"x")
    )
    assert len(list(origin.sources(str(path)))) == 1


def test_names_and_links_take_memory_too(bound: Set, tmp_path: Path) -> None:
    bound(tree, "MAX_KEPT", 1000)
    many = (("proc/" + str(at) + "x" * 90, tarfile.SYMTYPE, b"y" * 90) for at in range(9))
    assert "of files: not a record" in refused(tar(tmp_path / "a.tar.gz", *many))


def test_what_is_longer_than_any_path_is_left_out(tmp_path: Path) -> None:
    long = "x" * (tree.MAX_PATH + 1)
    path = tar(tmp_path / "a.tar.gz", ("proc/a", tarfile.REGTYPE, b"x"), (long, tarfile.REGTYPE, b"x"),
               ("proc/l", tarfile.SYMTYPE, long.encode()))  # fmt: skip
    found = tree.from_archive(str(path))
    assert (sorted(found.files), found.links) == (["/proc/a"], {})


def test_what_a_tar_says_of_one_file_is_bounded(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", ("proc/a", tarfile.REGTYPE, b"x"), comment="a" * (tree.MAX_HEADERS + 1))
    assert "says too much of one file" in refused(path)


def test_links_that_lead_on_and_on_lead_nowhere() -> None:
    made = tree.Tree()
    for at in range(tree._MAX_STEPS + 10):
        made.add_folder("/" + "a/" * at + "a")
    made.add_link("/l", "a/" * 390 + "a")
    made.add_link("/m", "l/.." + "/a" * 20)
    assert made.follow("/l", "/") is not None
    assert made.follow("/m", "/") is None


def test_xz_is_unpacked_in_bounded_memory_and_a_cut_is_noticed(bound: Set, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as made:
        info = tarfile.TarInfo("proc/version")
        info.size = 200_000
        made.addfile(info, io.BytesIO(os.urandom(200_000)))
    data = lzma.compress((tmp_path / "a.tar").read_bytes())
    whole, cut = tmp_path / "whole.tar.xz", tmp_path / "cut.tar.xz"
    whole.write_bytes(data)
    assert len(tree.from_archive(str(whole)).files) == 1
    whole.write_bytes(data + b"\0" * 8 + lzma.compress(b""))
    assert len(tree.from_archive(str(whole)).files) == 1
    for less in (1, 20, len(data) // 2):
        cut.write_bytes(data[:-less])
        assert "not a readable archive" in refused(cut)
    bound(tree, "MAX_MEMORY", 1 << 20)
    assert "not a readable archive: Memory usage limit" in refused(whole)


def test_a_zip_of_very_many_names_or_of_a_rare_method_is_refused(bound: Set, tmp_path: Path) -> None:
    for method, said in ((zipfile.ZIP_LZMA, "method that is not read"), (zipfile.ZIP_BZIP2, "not read")):
        with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as made:
            made.writestr("proc/a", b"x")
        assert said in refused(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as made:
        made.writestr("proc/a", b"x")
    assert len(tree.from_archive(str(tmp_path / "b.zip")).files) == 1
    bound(tree, "MAX_DIRECTORY", 10)
    assert "holds too many files" in refused(tmp_path / "b.zip")


def test_an_archive_of_too_many_machines_is_refused(bound: Set, tmp_path: Path) -> None:
    bound(origin, "MAX_MACHINES", 3)
    inside = [(f"m{at}/proc/version", tarfile.REGTYPE, b"x") for at in range(4)]
    assert "holds 4 machines, 3 at most" in refused(tar(tmp_path / "a.tar.gz", *inside))
    assert len(list(origin.sources(str(tar(tmp_path / "a.tar.gz", *inside[:3]))))) == 3
    dumps = [(f"m{at}.vdump", tarfile.REGTYPE, b"vdump 2\n") for at in range(4)]
    with pytest.raises(EvidenceError, match="holds 4 machines"):
        next(origin.sources(str(tar(tmp_path / "b.tar.gz", *dumps))))  # before the first is looked at


@pytest.mark.parametrize("suffix", ["tar.bz2", "tar.xz", "tar.gz", "tar"])
def test_what_takes_too_long_to_unpack_is_refused(bound: Set, tmp_path: Path, suffix: str) -> None:
    inside = tar(tmp_path / "a.tar.gz", ("m/proc/version", tarfile.REGTYPE, b"x"))
    packed = tmp_path / f"b.{suffix}"
    ways = {"tar.bz2": bz2.compress, "tar.xz": lzma.compress, "tar.gz": gzip.compress, "tar": bytes}
    pack: Callable[[bytes], bytes] = ways[suffix]  # type: ignore[assignment]
    packed.write_bytes(pack(gzip.decompress(inside.read_bytes())))
    assert len(tree.from_archive(str(packed)).files) == 1
    bound(tree, "MAX_UNPACKING", 0)
    assert "takes more than 0 s to unpack" in refused(packed)


@pytest.mark.parametrize("pack", [lzma.compress, gzip.compress, bytes])
def test_a_member_of_no_known_type_that_is_larger_than_any_disk_is_cut(
    bound: Set, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    """It is said at once: passing over 8 EiB that are not there took all the time that unpacking may."""
    bound(tree, "MAX_UNPACKING", 2)
    info = tarfile.TarInfo("proc/version")
    info.type, info.size = b"Z", 1 << 62
    (tmp_path / "a.tar").write_bytes(pack(info.tobuf(tarfile.GNU_FORMAT) + b"x" * 9000))
    assert refused(tmp_path / "a.tar").endswith("not a readable archive: it is cut")


def test_what_vanishes_while_a_folder_is_looked_at_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "version").write_text("x")
    (tmp_path / "proc" / "self").symlink_to("1")

    def gone(_path: str) -> str:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(os, "readlink", gone)
    (opener,) = origin.sources(str(tmp_path))
    made = opener()
    (tmp_path / "proc" / "version").unlink()
    assert made.entry("file", "/proc/version").status == "absent"
    assert made.entry("link", "/proc/self").status == "unrecorded"


# stored reports, and what is no file


def test_a_report_of_too_many_values_is_refused(bound: Set, tmp_path: Path) -> None:
    text = compact(scan(b"vdump 2\n@meta\n@end\n"))
    path = tmp_path / "a.json"
    bound(versions, "MAX_VALUES", 50)
    for content in (text, f"[{text}]", f"{text}\n{text}\n"):
        path.write_text(content)
        with pytest.raises(VersionError, match="more than 50 values"):
            list(stored.stored(str(path)))


def heavy(many: int) -> Report:
    """A report with very many of everything, full of what HTML escapes."""
    report = scan(b"vdump 2\n@meta\n@end\n")
    finding = msgspec.structs.replace(report.findings[0], status="fail", message="<" * 300)
    return msgspec.structs.replace(
        report,
        notes=[f"note {number} &<>" for number in range(many)],
        evidence=[Excerpt(f"file:/proc/{number}", "read", "<&\n" * 200) for number in range(many)],
        findings=[
            msgspec.structs.replace(finding, check=f"a.b{number % 5000}", subject=str(number))
            for number in range(many)
        ],
    )


def test_of_a_report_with_very_many_of_all_a_page_shows_the_first_and_counts_the_rest(bound: Set) -> None:
    bound(outline, "MOST_SHOWN", 20)
    bound(html, "MOST_EMBEDDED", 50_000)
    report = heavy(100)
    page = html.render(report)
    assert page.count('<article class="excerpt"') == 20 and "and 80 more" in page
    assert "note 19 " in page and "note 20 " not in page and "80 more notes" in page
    assert "too large to be carried by its page" in page and len(page) < 400_000
    with pytest.raises(VersionError):
        html.embedded(page)
    bound(html, "MOST_EMBEDDED", 10_000_000)
    assert html.embedded(html.render(report)) == report


def test_of_a_very_large_report_the_first_is_shared_and_that_is_said(bound: Set) -> None:
    bound(share, "MOST_SHARED", 100_000)
    report = heavy(3000)
    shared = share.shared(report, Pseudonyms(b"salt"))
    assert len(compact(shared)) < 1_500_000 and len(shared.evidence) == share.MOST_ELEMENTS
    assert "of each list the first 500 elements" in shared.notes[-1].replace("x", "")


@pytest.mark.parametrize(
    "text", ['{"schema":"vaudit.report/2","facts":' + "[" * 200_000, '{"a":' * 200_000, "[" * 200_000]
)
def test_what_is_nested_without_end_is_no_report(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(VersionError, match=r"a\.json"):
        list(stored.stored(str(tmp_path / "a.json")))


@pytest.mark.slow
@LINUX
@pytest.mark.parametrize(
    "words",
    [
        "scan --from FIFO",
        "scan --from FOLDER",
        "report FIFO",
        "checks --checks FOLDER",
        "report /dev/zero",
        "scan --from /dev/zero",
        "scan --from /dev/tty",
        "record -o FIFO",
    ],
)
def test_nothing_waits_for_a_pipe_or_opens_a_device(tmp_path: Path, words: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("a.vdump", "a.toml"):
        os.mkfifo(folder / name)
    asked = words.replace("FIFO", str(folder / "a.vdump")).replace("FOLDER", str(folder)).split()
    done = subprocess.run(
        [sys.executable, "-m", "vaudit", *asked], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode in (2, 3)
    said = done.stderr or done.stdout.splitlines()[-1]
    assert "it is a " in said or "is a pipe" in said
    assert "internal" not in said


@pytest.mark.slow
@LINUX
def test_a_scan_of_proc_itself_ends_in_a_report() -> None:
    words = [
        sys.executable,
        "-m",
        "vaudit",
        "scan",
        "--from",
        "/proc",
        "--fail-on",
        "never",
        "--format",
        "paste",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_number_of_a_check_that_is_too_long_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f"id = {'9' * 5000}\n")
    (tmp_path / "b.toml").write_text("a = " + "[" * 3000)
    said = [one.message for one in load([str(tmp_path)]).problems]
    assert "a number has more digits than can be read" in said[0]
    assert "not TOML" in said[1]
