"""`vaudit checks` and `vaudit explain ID`."""

import pytest

from tests.machines import our_checks
from vaudit.judge.checks import load
from vaudit.judge.explain import explain, overview
from vaudit.judge.rules import CheckError

CHECKS = our_checks()


def test_the_overview_names_every_check_once():
    lines = overview(CHECKS).splitlines()
    for name, rule in CHECKS.rules.items():
        (line,) = [line for line in lines if f" {name} " in line]
        assert line.split()[0] == rule.check.severity
        assert line.endswith(rule.check.title)
    assert {"cpu", "storage", "network"} <= set(lines)


def test_the_overview_names_what_could_not_be_loaded_and_what_is_the_users(tmp_path):
    (tmp_path / "bad.toml").write_text("a = 1")
    (tmp_path / "mine.toml").write_text('id = "cpu.steal-high"\nseverity = "low"\n')
    text = overview(load([tmp_path]))
    assert f"cannot be used: {tmp_path / 'bad.toml'}: id: missing" in text
    (line,) = [line for line in text.splitlines() if "cpu.steal-high" in line]
    assert line.split()[0] == "low"
    assert f"(from {tmp_path / 'mine.toml'})" in line


def test_an_explanation_holds_everything_that_a_reader_can_check():
    text = explain(CHECKS, "cpu.steal-high")
    check = CHECKS.rules["cpu.steal-high"].check
    assert text.startswith("cpu.steal-high: Much processor time is withheld by the hypervisor (high)\n")
    assert "fails where  cpu.steal >= limits.steal_fail" in text
    assert "limits.steal_fail = 0.1 share of wanted time: vaudit" in text
    assert "To send to the provider:" in text
    for link in check.references:
        assert link in text


@pytest.mark.parametrize("name", CHECKS.rules)
def test_every_explanation_fits_a_terminal(name):
    known = CHECKS.rules[name].check.fix.commands
    typed = (*known.run, *known.back) if known else ()  # which are copied, so no line of them is broken
    for line in explain(CHECKS, name).splitlines():
        assert len(line) <= 100 or " " not in line.strip() or line.strip() in typed


def test_an_id_that_is_not_there():
    with pytest.raises(
        CheckError, match=r"no check has the id cpu\.stealhigh; did you mean cpu\.steal-high\?"
    ):
        explain(CHECKS, "cpu.stealhigh")
    with pytest.raises(CheckError, match="see `vaudit checks`"):
        explain(CHECKS, "zzz")
