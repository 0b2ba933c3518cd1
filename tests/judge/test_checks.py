"""Loading checks, overriding them, and judging facts by them."""

from pathlib import Path

import msgspec
import pytest

from tests.machines import our_checks
from vaudit import resources
from vaudit.judge.checks import judge, load
from vaudit.judge.rules import Blame, Checks
from vaudit.model.benchmark import Benchmark
from vaudit.model.facts import Cpu, Facts, Hypervisor, Memory, Net
from vaudit.model.finding import CheckText, Finding, Fix

CARD = """
id = "net.card"
title = "A card is emulated"
severity = "high"
each = "net"
applies = "hypervisor.kind != 'none'"
fail = "it.path == 'emulated'"
message = "{it.name} is {it.path} ({it.model})"
why = "Emulation is slow."
fix.provider = "Please change {it.name}."
references = ["https://example.org/"]
[expect]
fail = ["a"]
pass = ["b"]
"""
STEAL = """
id = "cpu.steal"
title = "Steal"
severity = "medium"
fail = "cpu.steal > limits.steal"
message = "{cpu.steal:percent} stolen"
why = "Because."
[expect]
fail = ["a"]
pass = ["b"]
"""
DISK = """
id = "disk.mine"
title = "A disk turns"
severity = "low"
each = "benchmarks"
applies = "it.id == 'disk.verdict' and it.status == 'ok'"
fail = "it.verdict == 'spinning'"
message = "{it.details['mean_us']:latency}"
why = "Because."
"""
LIMITS = 'steal = { value = 0.1, unit = "share", source = "somewhere" }\n'


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A built-in folder with two checks."""
    folder = tmp_path / "checks"
    (folder / "network").mkdir(parents=True)
    (folder / "network" / "card.toml").write_text(CARD)
    (folder / "steal.toml").write_text(STEAL)
    (folder / "thresholds.toml").write_text(LIMITS)
    return folder


@pytest.fixture
def user(tmp_path: Path) -> Path:
    folder = tmp_path / "checks.d"
    folder.mkdir()
    return folder


def found(
    checks: Checks, facts: Facts, name: str, benchmarks: list[Benchmark] | None = None
) -> list[Finding]:
    findings = judge(facts, benchmarks or [], checks).findings
    return [finding for finding in findings if finding.check == name]


KVM = Hypervisor(kind="kvm", role="guest", evidence=["cpuid:40000000 0"])


def test_each_element_gives_a_finding_with_its_evidence(own):
    facts = Facts(
        hypervisor=KVM,
        net=[
            Net("eth0", path="emulated", model="RTL8139", evidence=["link:a"]),
            Net("eth1", path="paravirtual"),
        ],
    )
    bad, good = found(load(builtin=own), facts, "net.card")
    assert bad == Finding(
        check="net.card", status="fail", severity="high", subject="eth0",
        message="eth0 is emulated (RTL8139)", evidence=["link:a", "cpuid:40000000 0"],
    )  # fmt: skip
    assert judge(facts, [], load(builtin=own)).texts["net.card"] == CheckText(
        title="A card is emulated", why="Emulation is slow.", fix=Fix(provider="Please change eth0."),
        references=["https://example.org/"],
    )  # fmt: skip
    assert (good.status, good.subject, good.message) == ("pass", "eth1", "not so: A card is emulated")
    facts = msgspec.structs.replace(facts, net=facts.net[1:])
    assert judge(facts, [], load(builtin=own)).texts["net.card"] == CheckText("A card is emulated")


def test_a_fix_that_speaks_of_its_subject_stands_at_each_finding_and_any_other_once(own):
    cards = [Net("eth0", path="emulated"), Net("eth1", path="emulated"), Net("eth2", path="paravirtual")]
    judged = judge(Facts(hypervisor=KVM, net=cards), [], load(builtin=own))
    assert [each.fix for each in judged.findings if each.check == "net.card"] == [
        Fix("Please change eth0."), Fix("Please change eth1."), msgspec.UNSET,
    ]  # fmt: skip
    assert judged.texts["net.card"].fix == Fix()
    (own / "network" / "card.toml").write_text(CARD.replace("change {it.name}", "change it"))
    judged = judge(Facts(hypervisor=KVM, net=cards), [], load(builtin=own))
    assert {each.fix for each in judged.findings} == {msgspec.UNSET}
    assert judged.texts["net.card"].fix == Fix("Please change it.")


@pytest.mark.parametrize(
    ("facts", "status", "message"),
    [
        (Facts(hypervisor=Hypervisor(kind="none")), "skipped", "does not apply here"),
        (Facts(hypervisor=KVM), "skipped", "nothing to check in net"),
        (Facts(hypervisor=KVM, net=[Net("eth0")]), "unknown", "unknown: net.path is not known"),
        (Facts(net=[Net("eth0")]), "unknown", "unknown: hypervisor.kind is not known"),
        (Facts(net=[Net("a"), Net("b")]), "unknown", "unknown: hypervisor.kind is not known"),
    ],
)
def test_what_does_not_apply_is_skipped_and_what_is_not_known_is_unknown(own, facts, status, message):
    (finding,) = found(load(builtin=own), facts, "net.card")
    assert finding.status == status
    assert finding.message.startswith(message)


def test_an_applies_that_speaks_of_it_leaves_elements_out(own):
    text = CARD.replace("hypervisor.kind != 'none'", "it.path != 'software'").replace(
        "[expect]", 'unknown = "{it.name}?"\nskipped = "no card"\n[expect]'
    )
    (own / "network" / "card.toml").write_text(text)
    checks = load(builtin=own)
    cards = [Net("lo", path="software"), Net("eth0", path="physical"), Net("eth1")]
    assert [(f.subject, f.status, f.message) for f in found(checks, Facts(net=cards), "net.card")] == [
        ("eth1", "unknown", "eth1? (net.path is not known)"),
        ("eth0", "pass", "not so: A card is emulated"),
    ]
    (skipped,) = found(checks, Facts(net=cards[:1]), "net.card")
    assert (skipped.status, skipped.message) == ("skipped", "no card")


def test_an_unknown_text_about_an_element_is_not_used_where_there_is_none(own):
    (own / "network" / "card.toml").write_text(CARD.replace("[expect]", 'unknown = "{it.name}?"\n[expect]'))
    (finding,) = found(load(builtin=own), Facts(net=[Net("eth0")]), "net.card")
    assert (finding.status, finding.message) == ("unknown", "unknown: hypervisor.kind is not known")


def test_findings_come_worst_first(own):
    facts = Facts(
        cpu=Cpu(steal=0.5), hypervisor=KVM, net=[Net("a", path="paravirtual"), Net("b", path="emulated")]
    )
    order = [(f.status, f.severity) for f in judge(facts, [], load(builtin=own)).findings]
    assert order == [("fail", "high"), ("fail", "medium"), ("pass", "high")]


def test_evidence_is_deduplicated_and_bounded(own):
    ids = [f"file:/{number}" for number in range(80)]
    facts = Facts(hypervisor=KVM, net=[Net("a", path="emulated", evidence=[*ids, *ids])])
    (finding,) = found(load(builtin=own), facts, "net.card")
    assert finding.evidence == ids[:50]


def test_benchmarks_are_subjects_by_id_and_target(own, user):
    (user / "b.toml").write_text(
        """
id = "b"
title = "t"
severity = "info"
each = "benchmarks"
applies = "it.status == 'ok'"
fail = "it.details['p99_us'] > 5"
message = "{it.details['p99_us']:latency}"
why = "w"
"""
    )
    one = Benchmark("disk.read", "/tmp", "fio", "us", details={"p99_us": 1500.0}, evidence=["run:fio"])
    none = Benchmark("disk.write", "/tmp", "fio", "us")
    failed, unknown = found(load([user], own), Facts(), "b", [one, none])
    assert (failed.subject, failed.message, failed.evidence) == ("disk.read /tmp", "1.5 ms", ["run:fio"])
    assert (unknown.status, unknown.message) == (
        "unknown",
        "unknown: benchmarks.details['p99_us'] is not known",
    )


def test_a_user_check_is_added_beside_the_built_in_ones(own, user):
    (user / "mine.toml").write_text(
        STEAL.replace("cpu.steal", "memory.mine", 1).replace("cpu.steal > limits.steal", "memory.total < 5")
    )
    checks = load([user], own)
    assert checks.problems == []
    assert sorted(checks.rules) == ["cpu.steal", "memory.mine", "net.card"]
    (finding,) = found(checks, Facts(memory=Memory(total=1)), "memory.mine")
    assert finding.status == "fail"


def test_a_user_file_overrides_the_keys_that_it_names(own, user):
    (user / "less.toml").write_text('id = "net.card"\nseverity = "low"\nmessage = "mine: {it.name}"\n')
    facts = Facts(hypervisor=KVM, net=[Net("eth0", path="emulated")])
    checks = load([user], own)
    (finding,) = found(checks, facts, "net.card")
    why = judge(facts, [], checks).texts["net.card"].why
    assert (finding.severity, finding.message, why) == ("low", "mine: eth0", "Emulation is slow.")


def test_a_user_file_switches_a_check_off(own, user):
    (user / "off.toml").write_text('id = "net.card"\nenabled = false\n')
    assert list(load([user], own).rules) == ["cpu.steal"]


def test_a_user_threshold_overrides(own, user):
    (user / "thresholds.toml").write_text("steal = 0.4\n")
    checks = load([user], own)
    assert checks.limits["steal"].source == str(user / "thresholds.toml")
    (finding,) = found(checks, Facts(cpu=Cpu(steal=0.3)), "cpu.steal")
    assert finding.status == "pass"


LOWERS = """tile.name = "devices"
tile.word = "fair"
tile.because = "{it.name} is slow"
[expect]"""


def test_a_check_that_fails_lowers_the_tile_that_it_names(own):
    (own / "network" / "card.toml").write_text(CARD.replace("[expect]", LOWERS))
    facts = Facts(hypervisor=KVM, net=[Net("eth0", path="emulated"), Net("eth1", path="physical")])
    assert judge(facts, [], load(builtin=own)).blames == [Blame("devices", "fair", "eth0 is slow")]


def test_a_check_that_is_switched_off_has_no_finding_but_its_tile_tells_what_is_so(own, user):
    (own / "network" / "card.toml").write_text(CARD.replace("[expect]", LOWERS))
    (user / "off.toml").write_text('id = "net.card"\nenabled = false\n')
    judged = judge(Facts(hypervisor=KVM, net=[Net("eth0", path="emulated")]), [], load([user], own))
    assert judged.blames == [Blame("devices", "fair", "eth0 is slow")]
    assert "net.card" not in judged.texts
    assert [each.check for each in judged.findings] == ["cpu.steal"]


def test_a_benchmark_that_is_worse_than_its_check_lowers_the_tile_further(user):
    (user / "disk.toml").write_text(
        DISK.replace("spinning", "contended") + 'tile = { name = "storage", word = "fair" }\n'
    )
    disk = Benchmark("disk.verdict", "/", "vaudit", "", verdict="contended")
    assert judge(Facts(), [disk], load([user])).blames == [Blame("storage", "poor")]
    (user / "disk.toml").write_text(
        DISK.replace("spinning", "capped") + 'tile = { name = "storage", word = "fair" }\n'
    )
    capped = msgspec.structs.replace(disk, verdict="capped")
    assert judge(Facts(), [capped], load([user])).blames == [Blame("storage", "fair")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id = ?", "not TOML: Invalid value (at line 1, column 6); correct that line"),
        ("a = 1", 'id: missing; a check begins with id = "subject.name"'),
        ('id = "x"', "title: missing; every check needs it"),
        (STEAL.replace("message", "mesage"), "mesage: no such key; did you mean message?"),
        (STEAL.replace('"medium"', '"hgh"'), "severity: 'hgh' is none of info, low, medium, high"),
        (STEAL.replace('"Because."', "3"), "Expected `str`, got `int` - at `$.why`; correct its type"),
        (STEAL.replace("cpu.steal >", "cpu.stel >"), "fail: no fact cpu.stel; did you mean cpu.steal?"),
        (STEAL.replace("limits.steal", "limits.stel"), "fail: no threshold limits.stel; did you mean"),
        (STEAL.replace("{cpu.steal:", "{cpu.stel:"), "message: no fact cpu.stel; did you mean cpu.steal?"),
        (STEAL.replace(":percent", ":percnt"), "message: no format 'percnt' in {cpu.steal:percnt}; one"),
        (STEAL.replace("percent}", "percent"), "message: a '{' without its '}'"),
        (STEAL.replace("why", 'each = "cpu"\nwhy'), "each: cpu is not a list"),
        (STEAL.replace("why", 'applies = "cpu.threads"\nwhy'), "applies: cpu.threads is a number"),
        (STEAL.replace("why", 'skipped = "{it.name}"\nwhy'), "skipped: 'it' has a meaning only in a"),
        (STEAL.replace("why", 'pass = "{cpu}"\nwhy'), "pass: {cpu} cannot be shown; name one of its facts"),
        (STEAL.replace("why", 'fix.linux = "{cpu.x}"\nwhy'), "fix.linux: no fact cpu.x"),
        (CARD.replace("[expect]", LOWERS.replace("it.name", "it.nam")), "tile.because: no fact net.nam; did"),
        (CARD.replace("[expect]", LOWERS.replace("fair", "bad")), "Invalid enum value 'bad' - at `$.tile."),
        (DISK.replace("disk.verdict", "disk.verdikt"),
         "applies: no benchmark 'disk.verdikt'; did you mean 'disk.verdict'?"),
        (DISK.replace("spinning", "spining"),
         "fail: no verdict 'spining' of disk.verdict; did you mean 'spinning'?"),
        (DISK.replace("mean_us", "maen_us"),
         "message: no detail 'maen_us' of disk.verdict; did you mean 'mean_us'?"),
    ],
)  # fmt: skip
def test_a_bad_user_check_is_one_error_finding_and_nothing_else(own, user, text, message):
    path = user / "bad.toml"
    path.write_text(text)
    checks = load([user], own)
    facts = Facts(cpu=Cpu(steal=0.5))
    (error,) = [finding for finding in judge(facts, [], checks).findings if finding.status == "error"]
    assert error.message.startswith(f"{path}: {message}")
    assert "\n" not in error.message
    (finding,) = found(checks, facts, "cpu.steal")  # the built-in one is still in force
    assert finding.status == "fail"


def test_a_bad_file_that_bears_the_name_of_a_check_takes_no_text_from_it(own, user):
    (user / "net.card.toml").write_text("a = 1")
    checks = load([user], own)
    judged = judge(Facts(hypervisor=KVM, net=[Net("eth0", path="emulated")]), [], checks)
    assert [each.status for each in judged.findings if each.check == "net.card"] == ["fail", "error"]
    assert judged.texts["net.card"].title == "A card is emulated"
    assert judged.texts["net.card"].why == "Emulation is slow."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "not TOML"),
        (b"#" * (300 * 1024), "larger than 256 KiB; a check is a small TOML file"),
        (b"a = " + b"[" * 20000, "not TOML"),
    ],
)
def test_a_file_that_is_no_check_is_named(own, user, content, message):
    (user / "bad.toml").write_bytes(content)
    (problem,) = load([user], own).problems
    assert message in problem.message


def test_a_folder_that_is_not_there_is_named(own, tmp_path):
    (problem,) = load([tmp_path / "none"], own).problems
    assert problem.message == f"{tmp_path / 'none'}: no such folder of checks"


def test_a_wrong_threshold_is_named_and_the_old_one_stays(own, user):
    (user / "thresholds.toml").write_text('steal = "much"\n')
    checks = load([user], own)
    assert "steal: Expected `float`, got `str`" in checks.problems[0].message
    assert checks.limits["steal"].value == 0.1


def test_a_built_in_check_must_name_machines_and_have_an_id_of_its_own(own):
    (own / "again.toml").write_text(STEAL)
    (own / "bare.toml").write_text(STEAL.replace("cpu.steal", "x", 1).replace('pass = ["b"]', ""))
    messages = [problem.message for problem in load(builtin=own).problems]
    assert messages == [
        f"{own / 'bare.toml'}: expect: name recorded machines for both fail and pass",
        f"{own / 'steal.toml'}: id: cpu.steal is already the id of another check; choose another",
    ]


def test_a_damaged_built_in_check_does_not_break_the_scan(own):
    (own / "steal.toml").write_text(STEAL.replace("limits.steal", "limits.gone"))
    checks = load(builtin=own)
    findings = judge(Facts(hypervisor=KVM, net=[Net("eth0", path="emulated")]), [], checks).findings
    assert [finding.status for finding in findings] == ["fail", "error"]
    assert "no threshold limits.gone" in findings[1].message


def test_text_of_a_machine_is_only_ever_shown(own):
    """Braces and attributes in a device name are not looked at again."""
    name = "{cpu.__class__}{0}%s" + "x" * 5000
    facts = Facts(hypervisor=KVM, net=[Net(name, path="emulated")])
    (finding,) = found(load(builtin=own), facts, "net.card")
    assert finding.message.startswith("{cpu.__class__}{0}%sxxx")
    assert len(finding.message) < 300


def test_the_built_in_folder_loads_without_a_problem():
    checks = our_checks()
    assert checks.problems == []
    assert len(checks.rules) >= 30
    folders = {rule.folder for rule in checks.rules.values()}
    assert folders >= {"cpu", "hypervisor", "storage", "network", "memory", "drivers", "kernel"}


def test_the_built_in_folder_holds_data_only():
    kinds = {path.suffix for path in Path(resources.folder("checks")).rglob("*") if path.is_file()}
    assert kinds == {".toml"}


def test_nothing_is_known_of_an_empty_machine():
    """Without any evidence no check passes or fails."""
    statuses = {f.check: f.status for f in judge(Facts(), [], our_checks()).findings}
    assert not {name for name, status in statuses.items() if status in ("pass", "fail", "error")}
