"""Schedules on a machine that runs: systemd is process 1, its timer fires, cron starts the line and mails."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.booted import boot, log

pytestmark = [
    pytest.mark.outer("systemd-nspawn", "mmdebstrap"),
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="boots a machine: needs root"),
]
TIMER = """
vaudit schedule systemd --install --bench off || exit
cd /var/lib
vaudit scan --bench off --fail-on never --format json --config /dev/null > /outside.json
# as if it had been off for two days: Persistent= makes up for that, here without a delay
mkdir -p /etc/systemd/system/vaudit.timer.d
printf '[Timer]\\nRandomizedDelaySec=0\\n' > /etc/systemd/system/vaudit.timer.d/now.conf
systemctl stop vaudit.timer
mkdir -p /var/lib/systemd/timers
touch -d '2 days ago' /var/lib/systemd/timers/stamp-vaudit.timer
systemctl daemon-reload
systemctl start vaudit.timer
for n in $(seq 60); do
    [ -e /var/lib/vaudit/last.json ] && [ "$(systemctl is-active vaudit.service)" = inactive ] && break
    sleep 1
done
cp /var/lib/vaudit/last.json /inside.json
systemctl show vaudit.service -p Result -p ExecMainStatus > /result
rm -r /etc/systemd/system/vaudit.timer.d
vaudit schedule systemd --install || exit
systemctl list-timers --all > /timers
systemctl start vaudit.service
cp /var/lib/vaudit/last.json /light.json
systemctl show vaudit.service -p Result -p ExecMainStatus >> /result
vaudit schedule systemd --remove > /removed
find /etc/systemd -name '*vaudit*' > /left
"""


def findings(path: Path) -> set[tuple[str, str, str]]:
    report: Any = json.loads(path.read_text())
    return {(one["check"], one["status"], one["subject"]) for one in report["findings"]}


def test_the_timer_fires_and_the_unit_finds_what_is_found_outside_of_it(tmp_path: Path) -> None:
    root = boot(tmp_path, TIMER)
    assert (root / "inside.json").exists(), log(root)
    assert findings(root / "inside.json") == findings(root / "outside.json")
    assert len(findings(root / "inside.json")) > 50
    assert (root / "result").read_text() == "Result=success\nExecMainStatus=0\n" * 2, log(root)
    timers = {"vaudit.timer", "vaudit-weekly.timer", "vaudit-again.timer"}
    assert timers <= set((root / "timers").read_text().split())
    measured: Any = json.loads((root / "light.json").read_text())["benchmarks"]
    assert [one for one in measured if one["id"].startswith("disk.") and one["status"] == "ok"], log(root)
    assert len((root / "removed").read_text().splitlines()) == 6
    assert (root / "left").read_text() == ""


CRON = """
mkdir /mails
printf '#!/bin/sh\\ncat > /mails/$(date +%%s%%N)\\n' > /usr/sbin/sendmail
chmod 755 /usr/sbin/sendmail
systemctl start cron
vaudit schedule cron --install --bench off || exit
cp /etc/cron.d/vaudit /made
# each minute, not at its minute of the day
sed -i 's/^[0-9]* [0-9]* /* * /' /etc/cron.d/vaudit

after_a_run() {
    until_second=$(($(date +%s) + 130))
    before=$(stat -c %y /var/lib/vaudit/last.json 2> /dev/null)
    while [ "$(date +%s)" -lt $until_second ]; do
        now=$(stat -c %y /var/lib/vaudit/last.json 2> /dev/null)
        [ "$now" != "$before" ] && break
        sleep 1
    done
    sleep 5
    ls /mails | wc -l >> /counts
}

after_a_run
MORE
rm -r /var/lib/vaudit
echo no folder > /var/lib/vaudit
rm -f /mails/*
for n in $(seq 130); do [ "$(ls /mails)" ] && break; sleep 1; done
cat /mails/* > /mail
cp /made /etc/cron.d/vaudit  # else it is one that somebody changed
vaudit schedule cron --remove > /removed
ls /etc/cron.d > /left
"""
NEWS = """
sed -i 's/^PRETTY_NAME=.*/PRETTY_NAME="Another Linux"/' /usr/lib/os-release
after_a_run
cat /mails/* > /told
after_a_run
"""
CHECK = """\
id = 'mine.system'
title = 'This is another system'
title_pass = 'This is the system that it was'
severity = 'high'
fail = "os.name == 'Another Linux'"
message = 'this is {os.name}'
why = 'It is made for a test.'
fix.linux = 'None.'
references = []
"""


def test_cron_runs_the_line_and_mails_news_once_and_what_went_wrong(tmp_path: Path) -> None:
    """First run no mail, second run with news one mail, third run with the same news none."""
    own = f"mkdir -p /etc/vaudit/checks.d\ncat > /etc/vaudit/checks.d/mine.toml <<'END'\n{CHECK}END\n"
    root = boot(tmp_path, own + CRON.replace("MORE", NEWS), seconds=700)
    assert (root / "counts").read_text().split() == ["0", "1", "1"], log(root)
    assert "this is Another Linux" in (root / "told").read_text(), log(root)
    (wrong,) = (root / "mail").read_text().partition("\n\n")[2].splitlines()
    assert wrong.startswith("vaudit: "), log(root)
    assert "/var/lib/vaudit" in wrong
    assert (root / "removed").read_text() == "/etc/cron.d/vaudit\n"
    assert "vaudit" not in (root / "left").read_text()


USER = """
useradd --create-home somebody
loginctl enable-linger somebody
number=$(id -u somebody)
for n in $(seq 60); do [ -S /run/user/$number/systemd/private ] && break; sleep 1; done

as_somebody() {
    setpriv --reuid somebody --regid somebody --init-groups env -i HOME=/home/somebody PATH="$PATH" \\
        XDG_RUNTIME_DIR=/run/user/$number "$@"
}

cd /home/somebody
as_somebody vaudit schedule systemd --install > /made || exit
as_somebody systemctl --user list-timers --all > /timers
as_somebody vaudit schedule systemd --install --bench off > /made || exit
# as if it had been off for two days
timers=/home/somebody/.local/share/systemd/timers
as_somebody systemctl --user stop vaudit.timer
as_somebody mkdir -p $timers /home/somebody/.config/systemd/user/vaudit.timer.d
printf '[Timer]\\nRandomizedDelaySec=0\\n' > /home/somebody/.config/systemd/user/vaudit.timer.d/now.conf
as_somebody touch -d '2 days ago' $timers/stamp-vaudit.timer
as_somebody systemctl --user daemon-reload
as_somebody systemctl --user start vaudit.timer
kept=/home/somebody/.local/state/vaudit/last.json
for n in $(seq 60); do
    [ -e $kept ] && [ "$(as_somebody systemctl --user is-active vaudit.service)" = inactive ] && break
    sleep 1
done
cp $kept /inside.json
stat -c %U $kept > /owner
as_somebody systemctl --user show vaudit.service -p Result -p ExecMainStatus > /result
as_somebody vaudit scan --bench off --fail-on never --format json --config /dev/null > /outside.json
as_somebody vaudit schedule systemd --remove > /removed
find /home/somebody/.config -name 'vaudit*' -type f > /left
"""


def test_a_lingering_users_timer_fires_without_a_login(tmp_path: Path) -> None:
    root = boot(tmp_path, USER)
    assert (root / "inside.json").exists(), log(root)
    assert {"vaudit.timer", "vaudit-weekly.timer", "vaudit-again.timer"} <= set(
        (root / "timers").read_text().split()
    )
    assert (root / "result").read_text() == "Result=success\nExecMainStatus=0\n", log(root)
    assert (root / "owner").read_text() == "somebody\n"
    assert findings(root / "inside.json") == findings(root / "outside.json")
    made = (root / "made").read_text().splitlines()
    assert made == [f"/home/somebody/.config/systemd/user/vaudit.{end}" for end in ("service", "timer")]
    assert sorted((root / "removed").read_text().splitlines()) == made
    assert (root / "left").read_text().split() == []
