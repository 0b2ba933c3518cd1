"""The letter to the provider: everything that it takes, and nobody's name."""

import msgspec
import pytest

from tests import machines
from tests.output.samples import ALL, bad, bare_metal, bench, empty, finding, good, report
from tests.output.test_every_string import behind_every_word
from vaudit.evidence.recorder import Recorder
from vaudit.judge.checks import load
from vaudit.judge.read_plan import read
from vaudit.model.facts import Facts
from vaudit.model.finding import Fix
from vaudit.model.report import Origin, Report
from vaudit.output import html
from vaudit.output.letter import render
from vaudit.pipeline import scan
from vaudit.resources import folder


def recorded(name: str, plan: str = "") -> Report:
    return scan(Recorder(machines.source(name)), load(), plan=read(plan) if plan else ())


def folded(text: str) -> str:
    return " ".join(text.split())


def test_it_names_every_device_that_a_complaint_is_about() -> None:
    made = folded(render(recorded("synthetic-kvm-device-zoo")))
    for said in (
        "sdb is served by an emulated controller",
        "nvme0n1",
        "The same goes for",
        "vdb (paravirtual, virtio_blk",
        "eth1 (",
    ):
        assert said in made


def test_it_holds_the_machine_its_figures_and_every_sentence_for_the_provider() -> None:
    shown = recorded("lab-slow-iops-1000")
    made = folded(render(shown))
    assert "It is: QEMU Virtual CPU version 2.5+, 1 vCPU" in made
    assert "4K read QD1 1,197 IOPS" in made
    assert "±84.4 MB/s" in made, "what is doubtful is marked"
    for one in shown.findings:
        if one.status == "fail":
            assert folded(shown.about(one).fix.provider) in made


def test_a_promise_that_is_not_kept_comes_first_and_once() -> None:
    made = folded(render(recorded("lab-kvm-virtio", "8 GB RAM, 64 vCPU")))
    assert made.index("It is not what my plan promises: - My plan promises") < made.index("Thank you")
    assert made.count("8 GB of memory") == 1


def test_two_hundred_alike_are_one_request_that_says_how_many_there_are() -> None:
    disks = [
        finding(
            "disk.cache",
            "fail",
            "medium",
            subject=f"sd{i}",
            message=f"sd{i} lies",
            fix=Fix("Please mend it."),
        )
        for i in range(200)
    ]
    made = folded(render(report(Facts(), disks)))
    assert made.count("Please mend it.") == 1
    assert "- sd0 lies" in made
    assert "and 176 more like this" in made


def test_it_tells_neither_the_host_nor_a_folder_nor_the_peer_of_a_mere_figure() -> None:
    said = finding(
        "a.b",
        "fail",
        "high",
        message="behind /srv/acme-shop a head moves",
        fix=Fix("Is /srv/acme-shop an SSD?"),
    )
    benches = [
        bench("disk.randread-qd1", 89, "iops", target="/srv/acme-shop", device="vda"),
        bench("network.send", 1e9, "bit/s", target="peer.acme.example:5201", device=None),
    ]
    made = folded(render(report(bad().facts, [said], benchmarks=benches, source=Origin("machine", "acme-1"))))
    assert "acme" not in made
    assert "behind vda a head moves" in made
    assert "Is vda an SSD?" in made
    assert "Disk vda: 4K read QD1 89 IOPS" in made


@pytest.mark.parametrize("make", [good, empty])
def test_without_a_complaint_there_is_none(make) -> None:
    assert render(make()) == "Nothing was found that a provider would have to change.\n"
    assert "<textarea" not in html.render(make())


@pytest.mark.parametrize("name", sorted(ALL))
def test_its_lines_fit_a_mail(name: str) -> None:
    assert max(map(len, render(ALL[name]()).splitlines())) <= 76


def test_a_hostile_machine_makes_it_no_longer_than_a_mail_can_be() -> None:
    assert len(render(behind_every_word("W" * 10_000))) < 100_000


def test_the_page_has_it_to_copy_without_a_script() -> None:
    page = html.render(bare_metal_with_a_letter())
    start, end = page.index("<textarea"), page.index("</textarea>")
    shown = page[page.index(">", start) + 1 : end].strip("\n")
    assert shown.replace("&#39;", "'").replace("&amp;", "&") + "\n" == render(bare_metal_with_a_letter())
    assert 'for="letter-text"' in page
    assert '<a href="#letter">' in page


def bare_metal_with_a_letter() -> Report:
    said = finding("a.b", "fail", "high", message="it's 'so' & so", fix=Fix("Please mend it."))
    return report(bare_metal().facts, [said])


def test_its_words_are_data_and_each_of_them_is_used() -> None:
    with open(f"{folder('reports')}/letter/en.json", "rb") as file:
        words = msgspec.json.decode(file.read(), type=dict[str, str])
    code = (machines.FOLDER.parent.parent / "vaudit/output/letter.py").read_text()
    assert [word for word in words if f'"{word}"' not in code] == []
