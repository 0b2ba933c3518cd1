"""What Windows' systeminfo printed. The texts are written by hand after real ones, without identities."""

from pathlib import Path

import pytest

from tests.machines.record import Record
from vaudit import systeminfo
from vaudit.evidence.errors import EvidenceError
from vaudit.evidence.masks import of_output
from vaudit.evidence.origin import one
from vaudit.evidence.recorder import Recorder
from vaudit.facts.collect import collect
from vaudit.masking.pseudonyms import Pseudonyms
from vaudit.model.facts import Facts

ENGLISH = [
    "Host Name", "OS Name", "OS Version", "OS Manufacturer", "OS Configuration", "OS Build Type",
    "Registered Owner", "Registered Organization", "Product ID", "Original Install Date", "System Boot Time",
    "System Manufacturer", "System Model", "System Type", "Processor(s)", "BIOS Version", "Windows Directory",
    "System Directory", "Boot Device", "System Locale", "Input Locale", "Time Zone", "Total Physical Memory",
    "Domain", "Logon Server", "Hotfix(s)", "Network Card(s)", "Hyper-V Requirements",
]  # fmt: skip
FINNISH = [f"{'åäö'[n % 3]}tunniste {n}" for n in range(27)] + ["Hyper-V vaatimukset"]
"""Labels of which none is known."""
RUSSIAN = [
    "Имя узла", "Название ОС", "Версия ОС", "Изготовитель ОС", "Параметры ОС", "Построение ОС", "Владелец",
    "Организация", "Код продукта", "Дата установки", "Время загрузки", "Изготовитель системы",
    "Модель системы", "Тип системы", "Процессор(ы)", "Версия BIOS", "Папка Windows", "Системная папка",
    "Устройство загрузки", "Язык системы", "Язык ввода", "Часовой пояс", "Полный объем физической памяти",
    "Домен", "Сервер входа в сеть", "Исправление(я)", "Сетевые адаптеры", "Требования Hyper-V",
]  # fmt: skip
DETECTED = "A hypervisor has been detected. Features required for Hyper-V will not be displayed."
INTEL = "Intel64 Family 6 Model 85 Stepping 7 GenuineIntel ~2500 Mhz"
COLUMN = 40


def text(
    maker: str = "QEMU",
    model: str = "Standard PC (Q35 + ICH9, 2009)",
    firmware: str = "SeaBIOS rel-1.16.3, 4/1/2014",
    cards: tuple[str, ...] = ("Red Hat VirtIO Ethernet Adapter",),
    *,
    labels: list[str] = ENGLISH,
    colon: str = ":",
) -> str:
    blanks = " " * COLUMN
    below = {
        14: [f"{blanks}[01]{colon} {INTEL}"],
        26: [
            line
            for n, card in enumerate(cards, 1)
            for line in (
                f"{blanks}[{n:02}]{colon} {card}",
                f"{blanks}      Connection Name: zephyrine",
                f"{blanks}      [01]: 203.0.113.7",
            )
        ],
    }
    values = [
        "ZEPHYRINE", "Microsoft Windows Server 2019 Standard", "10.0.17763 N/A Build 17763",
        "Microsoft Corporation", "Standalone", "Multiprocessor Free", "Quux Owner", "Quux Ltd",
        "00429-00521-62775-AA801", "1/1/2020", "1/2/2020", maker, model, "x64-based PC", "1 Installed.",
        firmware, "C:\\Windows", "C:\\Windows\\system32", "\\Device\\HarddiskVolume1", "en", "en", "UTC",
        "4,095 MB", "quux.example", "\\\\QUUXDC", "2 Installed.", f"{len(cards)} Installed.", DETECTED,
    ]  # fmt: skip
    if len(values) == len(labels):
        # between the time zone and the domain stand more lines, which nobody needs
        lines = []
        for n, (label, value) in enumerate(zip(labels, values, strict=True)):
            lines.append(f"{label + colon:{COLUMN}}{value}")
            lines += below.get(n, [])
        return "\n".join(lines) + "\n"
    raise AssertionError(labels)


def of(content: str | bytes, folder: Path) -> Facts:
    data = content.encode() if isinstance(content, str) else content
    (folder / "systeminfo.txt").write_bytes(data)
    return collect(Recorder(one(str(folder / "systeminfo.txt"))))


def test_a_guest_of_kvm(tmp_path: Path) -> None:
    facts = of(text(), tmp_path)
    assert (facts.hypervisor.kind, facts.hypervisor.role) in (("kvm", "guest"), ("qemu", "guest"))
    assert (facts.os.family, facts.os.version, facts.os.build) == ("windows", "10.0", "17763")
    assert (facts.machine.vendor, facts.machine.product) == ("QEMU", "Standard PC (Q35 + ICH9, 2009)")
    assert (facts.cpu.vendor, facts.cpu.sockets, facts.cpu.arch) == ("GenuineIntel", 1, "x86_64")
    assert facts.memory.total == 4095 << 20
    assert [(one.path, one.driver) for one in facts.net] == [("paravirtual", "netkvm")]


def test_what_it_does_not_name_is_not_known(tmp_path: Path) -> None:
    facts = of(text(), tmp_path)
    assert (facts.block, facts.drivers) == ([], [])
    assert "block" in facts.unseen
    assert facts.cpu.threads is None


@pytest.mark.parametrize(
    ("maker", "model", "firmware", "kind"),
    [
        ("Xen", "HVM domU", "Xen 4.11.amazon, 8/24/2006", "xen"),
        ("VMware, Inc.", "VMware7,1", "VMware, Inc. VMW71.00V.96, 8/21/2018", "vmware"),
        ("VMware, Inc.", "VMware Virtual Platform", "INTEL  - 6040000", "vmware"),
        ("innotek GmbH", "VirtualBox", "innotek GmbH VirtualBox, 12/1/2006", "virtualbox"),
        ("Microsoft Corporation", "Virtual Machine", "American Megatrends Inc. 090008, 1/1/2018", "hyperv"),
        ("Amazon EC2", "t3a.small", "Amazon EC2 1.0, 10/16/2017", "kvm"),
        ("Dell Inc.", "Precision 5530", "Dell Inc. 1.7.0, 12/25/2018", "none"),
        ("System manufacturer", "System Product Name", "American Megatrends Inc. 1.0", "unknown"),
        ("N/A", "N/A", "N/A", "unknown"),
    ],
)
def test_the_firmware_names_the_platform(
    maker: str, model: str, firmware: str, kind: str, tmp_path: Path
) -> None:
    facts = of(text(maker, model, firmware, cards=("Intel(R) PRO/1000 MT Network Connection",)), tmp_path)
    assert facts.hypervisor.kind == kind
    path = {"none": "physical", "unknown": "unknown"}.get(kind, "emulated")
    assert {one.path for one in facts.net} == {path}


def test_on_the_board_of_a_computer_the_hypervisor_is_the_owners_own(tmp_path: Path) -> None:
    cards = ("Intel(R) Wireless-AC 9560", "VirtualBox Host-Only Ethernet Adapter", "Bluetooth Device (PAN)")
    facts = of(text("HUAWEI", "NBLB", "HUAWEI 1.45, 1/17/2023", cards), tmp_path)
    assert (facts.hypervisor.kind, facts.hypervisor.role) == ("none", "host")
    assert [one.path for one in facts.net] == ["physical", "software", "unknown"]


def test_a_copied_name_of_a_maker_does_not_outweigh_the_card(tmp_path: Path) -> None:
    facts = of(text("Dell Inc.", "PowerEdge R740", "Dell Inc. 2.1"), tmp_path)
    assert facts.hypervisor.kind != "none"
    assert facts.hypervisor.role == "guest"


@pytest.mark.parametrize(
    ("labels", "coding"),
    [
        (ENGLISH, "utf-16"), (ENGLISH, "utf-16-le"), (ENGLISH, "utf-16-be"), (ENGLISH, "utf-8-sig"),
        (RUSSIAN, "utf-8"), (RUSSIAN, "cp1251"), (RUSSIAN, "cp866"), (RUSSIAN, "utf-16"),
        (FINNISH, "cp850"), (FINNISH, "utf-8"), (FINNISH, "cp1252"), (FINNISH, "utf-16"),
    ],
)  # fmt: skip
def test_languages_and_encodings(labels: list[str], coding: str, tmp_path: Path) -> None:
    for end in ("\n", "\r\n"):
        facts = of(text("Xen", "HVM domU", labels=labels).replace("\n", end).encode(coding), tmp_path)
        assert (facts.hypervisor.kind, facts.os.build, len(facts.net)) == ("xen", "17763", 1)
        assert facts.windows is not None
        assert ("order" in facts.windows.build_because) == (labels is FINNISH)


def test_the_colon_of_french_and_of_chinese(tmp_path: Path) -> None:
    for colon in (" :", "\xa0:", "："):  # the last is Chinese
        assert len(of(text(colon=colon), tmp_path).net) == 1


@pytest.mark.parametrize("before", ["    ", "> ", "> > ", "\t", "| "])
def test_pasted_into_another_text(before: str, tmp_path: Path) -> None:
    quoted = "".join(f"{before}{line}\n" for line in text("Xen", "HVM domU").splitlines())
    facts = of(f"Hello,\nmy server is slow: see below.\n\n{quoted}\nThanks\n", tmp_path)
    assert (facts.hypervisor.kind, facts.memory.total, len(facts.net)) == ("xen", 4095 << 20, 1)


def test_of_a_cut_text_no_wrong_line_is_taken() -> None:
    """Least of all that with the name of the host or the owner."""
    every = text(labels=FINNISH).splitlines()
    for cut in range(14):
        found = systeminfo.parse("\n".join(every[:cut] + every[cut + 1 :]))
        told = {found.text(field) for field in ("name", "maker", "model", "firmware")}
        assert told <= {"", "Microsoft Windows Server 2019 Standard", "QEMU", "SeaBIOS rel-1.16.3, 4/1/2014",
                        "Standard PC (Q35 + ICH9, 2009)"}, cut  # fmt: skip


@pytest.mark.parametrize("labels", [ENGLISH, RUSSIAN, FINNISH])
def test_what_is_shared_says_nothing_of_its_owner(labels: list[str], tmp_path: Path) -> None:
    data = text(labels=labels).encode()
    kept = of_output(Pseudonyms(b"salt"), "systeminfo", data)
    assert kept is not None
    for word in ("ephyrine", "ZEPH", "Quux", "quux", "QUUX", "203.0.113", "00429", "1/2/2020"):
        assert word not in kept.decode()
    whole, shared = of(data, tmp_path), of(kept, tmp_path)
    assert (shared.hypervisor.kind, shared.os, shared.memory) == (
        whole.hypervisor.kind,
        whole.os,
        whole.memory,
    )
    assert shared.net == whole.net


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0", b"\xff\xfe", b"\xff\xfe\0", b"System Manufacturer:" * 50_000,
        ("System Manufacturer: \nSystem Model: \n" + " " * 900_000).encode(),
        b"System Manufacturer: a\nSystem Model: b\n" + b"[01]: x\n" * 200_000,
        b"Network Card(s):\nSystem Manufacturer: a\nSystem Model: b\n" + b"a: b\n" * 200_000,
        b"\xff" * 100_000, b"System Model: \x1b[2J\nSystem Manufacturer: \x1b]0;x\x07\n",
    ],
)  # fmt: skip
def test_a_hostile_text_is_read_or_refused(data: bytes, tmp_path: Path) -> None:
    try:
        facts = of(data, tmp_path)
    except EvidenceError:
        return
    assert len(facts.net) <= systeminfo.MOST_ITEMS


def test_the_pure_output_is_an_entry_of_a_dump() -> None:
    assert Record().run("systeminfo", text("Xen", "HVM domU")).facts().hypervisor.kind == "xen"


@pytest.mark.parametrize(
    "type_", ["PC basato su x64", "x64 tabanlı PC", "Počítač s platformou x64", "x64 ベース PC"]
)
@pytest.mark.parametrize("build", ["Multiprocessor Free", "Víceprocesorová verze"])
def test_languages_that_translate_the_types(type_: str, build: str, tmp_path: Path) -> None:
    """The processors tell the line before them, the time of the last start those of maker and model."""
    printed = text(labels=FINNISH).replace("x64-based PC", type_).replace("Multiprocessor Free", build)
    facts = of(printed.replace("1/2/2020", "1/2/2020, 2:00:00 PM"), tmp_path)
    assert (facts.machine.vendor, facts.machine.product) == ("QEMU", "Standard PC (Q35 + ICH9, 2009)")
    assert (facts.os.name, facts.os.build) == ("Microsoft Windows Server 2019 Standard", "17763")
    assert [one.path for one in facts.net] == ["paravirtual"]


def test_of_a_cut_text_without_known_words_no_wrong_line_is_taken() -> None:
    every = text(labels=FINNISH).replace("Multiprocessor Free", "Víceprocesorová verze")
    every = every.replace("1/1/2020", "1/1/2020, 1:00:00 PM").replace("1/2/2020", "1/2/2020, 2:00:00 PM")
    lines = every.splitlines()
    for cut in range(14):
        found = systeminfo.parse("\n".join(lines[:cut] + lines[cut + 1 :]))
        assert found.text("maker") in ("", "QEMU"), cut


def test_a_list_in_markdown(tmp_path: Path) -> None:
    lines = [
        f"- **{line.replace(':', ':**', 1)}" if line[:1] != " " else line for line in text().splitlines()
    ]
    facts = of("\n".join(lines), tmp_path)
    assert (facts.machine.vendor, facts.os.build) == ("QEMU", "17763")


def test_a_cloud_s_card_on_a_whole_machine_is_its_own(tmp_path: Path) -> None:
    card = "Amazon Elastic Network Adapter"
    metal = of(text("Amazon EC2", "i3.metal", "Amazon EC2 1.0, 10/16/2017", (card,)), tmp_path)
    assert (metal.hypervisor.kind, [one.path for one in metal.net]) == ("none", ["physical"])
    guest = of(text("Amazon EC2", "t3.small", "Amazon EC2 1.0, 10/16/2017", (card,)), tmp_path)
    assert [one.path for one in guest.net] == ["passthrough"]
