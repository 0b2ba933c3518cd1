"""What is shared: commands, modes of files, pseudonyms that compare or do not, words that are no names."""

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import vaudit
from tests import machines
from tests.evidence.test_masks import RAW, differences
from tests.machines.record import record as record_of
from tools.vocabulary import evidence
from tools.vocabulary import text as vocabulary_text
from vaudit.evidence import dump, record
from vaudit.evidence.gather import gathered
from vaudit.evidence.recorder import Recorder
from vaudit.evidence.sanitize import Sanitizer
from vaudit.facts.collect import collect
from vaudit.judge.checks import load as checks
from vaudit.masking import vocabulary
from vaudit.masking.identities import Identities, is_known, unknown_parts
from vaudit.output.outline import masked as told
from vaudit.pipeline import scan, scan_to_share

ROOT = Path(__file__).parent.parent
SECRETS = ("web42", "CZ3812ABCD", "hunter2", "203.0.114.7", "ASSET-4711", "444455556666", "nocloud", "alice")


def run(*words: str, **options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "vaudit", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def test_a_raw_record_is_masked_later(tmp_path: Path) -> None:
    done = run("record", "--from", str(RAW), "-o", str(tmp_path / "shared.vdump"))
    assert done.returncode == 0, done.stderr
    assert "masked:" in done.stderr
    shared = (tmp_path / "shared.vdump").read_text()
    assert not [secret for secret in SECRETS if secret in shared]
    before, after = (vaudit.scan(path) for path in (RAW, tmp_path / "shared.vdump"))
    said = [[(one.check, one.status) for one in report.findings] for report in (before, after)]
    assert said[0] == said[1]


@pytest.mark.slow
def test_pseudonyms_are_equal_with_one_salt_and_else_never(tmp_path: Path) -> None:
    def named(file: str, *more: str) -> str:
        assert run("record", "--from", str(RAW), "-o", str(tmp_path / file), *more).returncode == 0
        return (tmp_path / file).read_text()

    assert named("a", "--salt", "of mine") == named("b", "--salt", "of mine")
    pseudonyms = [set(re.findall(r"\bx[0-9a-f]{6,}\b", named(name))) for name in ("c", "d")]
    assert pseudonyms[0] and not pseudonyms[0] & pseudonyms[1]
    assert not set(re.findall(r"\bx[0-9a-f]{6,}\b", named("e", "--salt", "other"))) & pseudonyms[0]


def test_what_was_masked_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    target = tmp_path / "shared.vdump"
    piped = run("record", "--from", str(RAW), "-o", str(target), "--show")
    assert piped.returncode == 2 and "terminal" in piped.stderr and not target.exists()
    main, other = os.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "vaudit", "record", "--from", str(RAW), "--show"], cwd=ROOT, stdout=other
    )
    os.close(other)
    seen = b""
    try:
        while more := os.read(main, 65536):
            seen += more
    except OSError:
        pass
    os.close(main)
    assert done.wait() == 0
    lines = seen.decode().splitlines()
    assert any(line.startswith("- ") and "CZ3812ABCD" in line for line in lines)
    assert any(line.startswith("+ ") for line in lines)
    assert all(line[:2] in ("- ", "+ ", "@f", "@r", "@c", "@d", "@l") or not line for line in lines)


@pytest.mark.parametrize(
    "words", [["record"], ["record", "--raw", "--show"], ["record", "-o", "x", "--raw", "--from", "y"],
              ["record", "-o", "x", "--from", "y", "--from", "z"]],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(words: list[str]) -> None:
    assert run(*words).returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_what_root_sees_is_not_for_all_and_what_is_shared_is(tmp_path: Path, umask: int) -> None:
    def mode(name: str, *words: str) -> int:
        assert run(*words, "-o", str(tmp_path / name), umask=umask).returncode in (0, 1)
        return (tmp_path / name).stat().st_mode & 0o777

    assert mode("raw.vdump", "record", "--raw") == 0o640 & ~umask
    assert mode("shared.vdump", "record") == 0o666 & ~umask
    assert mode("shared.html", "scan", "--bench", "off", "--share") == 0o666 & ~umask
    own = 0o640 if os.geteuid() == 0 else 0o666
    assert mode("own.html", "scan", "--bench", "off") == own & ~umask


def test_a_page_says_at_its_foot_what_was_masked() -> None:
    report = vaudit.scan(RAW, share=True)
    page = vaudit.render(report, "html")
    foot = page[page.index("<footer>") :]
    assert "Made to be shared. Masked: " in foot and re.search(r"\d+ serial", foot)
    assert report.masked["serial"] > 0 and told(vaudit.scan(RAW)) == ""  # type: ignore[index]
    assert "Made to be shared" in vaudit.render(report, "terminal")
    again = vaudit.share(vaudit.scan(RAW))
    assert "Made to be shared" in vaudit.render(again, "html")


WORDS = (
    "root", "vm", "virtio", "kvm", "xen", "docker", "memory", "server", "backup", "disk", "linux",
    "debian", "host", "guest", "cloud", "amazon", "default", "system", "kernel", "intel", "qemu", "pc",
    "cpu", "eth0", "sda", "vda", "proc", "sys", "dev", "run", "etc", "lib", "modules", "class", "block",
    "net", "pci", "devices", "bus", "tsc", "flags", "balloon", "cgroup", "overlay", "standard",
    "control_d", "web", "db1", "x86_64", "amd64", "hypervisor",
)  # fmt: skip
"""Names that a host may have and that are words of its evidence."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lab-xen-dom0", "lab-kvm-virtio", "lab-container-docker", "lab-kvm-hyperv"])
def test_a_host_that_is_called_like_a_word_does_not_spoil_its_evidence(name: str) -> None:
    recorder = Recorder(machines.source(name))
    before = collect(recorder)
    for word in WORDS:
        own = Identities()
        own.add_host(word)
        own.add("name", WORDS)
        sanitizer = Sanitizer(b"salt", [word], own)
        text = dump.write(map(sanitizer.entry, list(recorder.entries)), {})
        after = collect(Recorder(dump.parse(text.encode(), "shared")))
        found = (
            after.hypervisor.kind,
            after.hypervisor.role,
            after.containers,
            len(after.block),
            len(after.net),
        )
        assert found == (before.hypervisor.kind, before.hypervisor.role, before.containers, len(before.block),
                         len(before.net)), word  # fmt: skip
        assert [one.path for one in after.block] == [one.path for one in before.block], word


@pytest.mark.slow
def test_the_words_of_the_evidence_are_known_as_such() -> None:
    """`python tools/vocabulary.py` writes them anew."""
    assert evidence() <= vocabulary.EVIDENCE
    assert is_known("virtio0") and is_known("MemTotal") and is_known("0x1f") and not is_known("zephyrine")
    assert list(unknown_parts("virtio0: kunde-lun via acme42x")) == ["kunde", "acme42x"]
    assert "EVIDENCE = frozenset" in vocabulary_text()


def test_a_list_that_could_not_be_gathered_is_said_to_be_missing_and_more_is_masked() -> None:
    bare = Recorder(dump.Dump("x", [], {}))
    own = gathered(bare)
    assert "/etc/hosts" in own.missing
    masked = Sanitizer(b"salt", (), own).text("from 10.1.2.3 on")
    assert "10.1.2.3" not in masked
    assert "10.1.2.3" in Sanitizer(b"salt").text("from 10.1.2.3 on")


def test_what_was_gathered_is_in_no_shared_record() -> None:
    recorder = Recorder(machines.source("lab-kvm-virtio"))
    collect(recorder)
    text, _ = record.write(recorder, sanitize=True)
    assert "/etc/passwd" not in text and "/etc/hosts" not in text


def test_facts_of_a_masked_machine_differ_in_masked_texts_only() -> None:
    for name in machines.RECORDED[::4]:
        recorder = Recorder(machines.source(name))
        before = collect(recorder)
        text, _ = record.write(recorder, sanitize=True)
        after = collect(Recorder(dump.parse(text.encode(), "shared")))
        for where, old, new in differences(msgspec.to_builtins(before), msgspec.to_builtins(after)):
            assert isinstance(old, str) and isinstance(new, str), (name, where, old, new)
            # a pseudonym begins with x; of a long hexadecimal number it is one too
            assert "x" in new or where.endswith(".says"), (name, where, old, new)


def test_what_an_inventory_told_is_found_in_a_shared_report_without_it() -> None:
    made = record_of().run(
        "facter", '{"virtual": "kvm", "is_virtual": true, "fqdn": "zephyrine.quux.example"}'
    )
    plain = scan(made.source(), checks())
    shared = scan_to_share(made.source(), checks())
    assert plain.facts.hypervisor.kind == shared.facts.hypervisor.kind == "kvm"
    assert [one.status for one in plain.findings] == [one.status for one in shared.findings]
    assert "zephyrine" not in vaudit.render(shared, "json")


@pytest.mark.parametrize("format", ["json", "html", "terminal", "markdown", "paste"])
def test_machines_whose_prompts_were_left_out_have_no_names_in_what_is_shared(
    tmp_path: Path, format: str
) -> None:
    lscpu = "Architecture: x86_64\nCPU(s): 2\nHypervisor vendor: KVM\nVirtualization type: full\n"
    text = f"root@zephyrine.quux.example:~# lscpu\n{lscpu}root@gatehousex:~# lscpu\n{lscpu}"
    (tmp_path / "mail.txt").write_text(text)
    assert any("zephyrine" in note for note in vaudit.scan(tmp_path / "mail.txt").notes)
    report = vaudit.scan(tmp_path / "mail.txt", share=True)
    assert any("prompts of several machines" in note for note in report.notes)
    page = vaudit.render(report, format, verbose=True)
    assert not [word for word in ("zephyrine", "quux", "gatehousex") if word in page]


@pytest.mark.parametrize("told", [True, False], ids=["by an inventory", "by the kernel"])
def test_what_an_owner_calls_a_kernel_is_in_no_shared_report(told: bool) -> None:
    made = record_of().file("/proc/sys/kernel/osrelease", "6.1.0-18-quuxflavour\n")
    if told:
        made.run("facter", '{"virtual": "kvm", "is_virtual": true}')
    for report in (scan_to_share(made.source(), checks()), vaudit.share(scan(made.source(), checks()))):
        text = vaudit.render(report, "json", verbose=True)
        assert "quux" not in text and "6.1.0-18-x" in text
