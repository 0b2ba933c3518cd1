"""Schedules on a machine that runs: systemd is process 1, its timer fires, cron starts the line and mails."""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.booted import boot, log
from tests.outer import program

pytestmark = [
    pytest.mark.outer("systemd-nspawn", "mmdebstrap"),
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="boots a machine: needs root"),
]
TIMER = """
vaudit schedule systemd --install --bench off || exit
cd /var/lib
vaudit scan --bench off --fail-on never --format json --config /dev/null > /outside.json
# as if it had been off at the hour of two days: Persistent= makes up for it, without the delay of up to an hour
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
    assert {"vaudit.timer", "vaudit-weekly.timer"} <= set((root / "timers").read_text().split())
    measured: Any = json.loads((root / "light.json").read_text())["benchmarks"]
    assert [one for one in measured if one["id"].startswith("disk.") and one["status"] == "ok"], log(root)
    assert len((root / "removed").read_text().splitlines()) == 4
    assert (root / "left").read_text() == ""
