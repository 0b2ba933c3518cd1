"""The letter to the provider: all devices and figures and all that the provider would have to change, in one
text to copy. Its own words are data (reports/letter), its sentences those of the checks.

It names neither the machine nor its folders: a disk goes by its device. A peer stands only where the network
to it is what the provider is asked about.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import json

from vaudit.model.report import Report
from vaudit.output import machine, outline, text
from vaudit.output.outline import FindingGroup, Target
from vaudit.resources import folder

WIDTH = 76
MOST_LISTED = 24
"""Things alike that are named one by one."""
_PLAN = "plan.promise"
"""The check whose findings are the promises themselves."""


def render(report: Report) -> str:
    """The letter; where there is nothing to ask for, a line that says so."""
    return (letter(report) or _words()["nothing"]) + "\n"


def letter(report: Report) -> str:
    """The letter in lines of at most 76 columns; empty where there is nothing to ask for."""
    asked = [group for group in outline.groups(report, "fail") if _sentence(report, group)]
    asked = [group for group in asked if group.first.check != _PLAN or not report.plan]
    broken = [one for one in report.plan if one.kept is False]
    mend = [group for group in asked if group.first.severity != "info"]
    if not mend and not broken:
        return ""  # what is only worth a question is no reason to write
    say = _words()
    lines = [say["subject"], "", say["hello"], "", *_opening(report, say)]
    lines += _listed(say["promised"], [one.letter or one.promised for one in broken])
    lines += _numbered(report, say, say["mend"], mend)
    lines += _numbered(report, say, say["ask"], [group for group in asked if group not in mend])
    return "\n".join([*lines, *_measured(report, say), "", *text.wrap(say["thanks"], WIDTH)])


def _words() -> dict[str, str]:
    with open(f"{folder('reports')}/letter/en.json", "rb") as file:
        return json.decode(file.read(), type=dict[str, str])


def _opening(report: Report, say: dict[str, str]) -> Iterator[str]:
    day = text.when(report.taken)[:10] or "an unknown day"
    layers = " in ".join(text.clean(one.name, 120) for one in report.facts.layers)
    devices = [f"{row.it.name}{f' and {number - 1} more' if number > 1 else ''} ({_served(row)})"
               for row, number in outline.fold(outline.hardware(report), MOST_LISTED)]  # fmt: skip
    yield from text.wrap(say["which"].format(day=day, version=text.clean(report.vaudit, 20)), WIDTH)
    yield from text.wrap(say["machine"].format(machine=machine.line(report)), WIDTH)
    if layers:
        yield from text.wrap(say["platform"].format(layers=layers), WIDTH)
    if devices:
        yield from text.wrap(say["devices"].format(devices=outline.listed(devices, MOST_LISTED)), WIDTH)


def _served(row: outline.DeviceRow) -> str:
    return ", ".join(each for each in (row.it.path, row.driver, row.figure) if each)


def _sentence(report: Report, group: FindingGroup) -> str:
    return outline.fixes(report, group.text.fix)[1]


def _numbered(report: Report, say: dict[str, str], title: str, asked: list[FindingGroup]) -> Iterator[str]:
    """What is asked for, each with all that it was seen of."""
    if asked:
        yield from ("", title)
    for number, group in enumerate(asked, 1):
        sentence = _without_folders(report, _sentence(report, group))
        others = outline.subjects(group)[1:]
        if others:
            sentence += " " + say["also"].format(names=outline.listed(others, MOST_LISTED))
        yield from _hanging(f"{number}. ", sentence)
        seen = [_without_folders(report, message) for message in group.messages]
        more = max(len(seen) - MOST_LISTED, 0) + group.more
        for message in [*seen[:MOST_LISTED], *([say["more"].format(number=more)] if more else [])]:
            yield from _hanging("   - ", message)


def _measured(report: Report, say: dict[str, str]) -> list[str]:
    said = []
    for target in outline.targets(report):
        figures = [*outline.figures(target, MOST_LISTED)]
        figures += [f"mixed {row.block} {row.rate}" for row in outline.mixed(target)]
        if figures:
            said.append(say["figures"].format(name=_name(target), figures="; ".join(figures)))
    return _listed(say["measured"], said)


def _name(target: Target) -> str:
    """What was measured, without the folder or the peer."""
    found = [*target.measured, *([target.verdict] if target.verdict else [])]
    device = next((bench.device for bench in found if bench.device), "")
    return f"{target.title} {text.clean(device, 60)}" if device else target.title


def _listed(title: str, items: list[str]) -> list[str]:
    return (
        ["", *text.wrap(title, WIDTH), *(line for item in items for line in _hanging("- ", item))]
        if items
        else []
    )


def _hanging(mark: str, said: str) -> Iterable[str]:
    first, *rest = text.wrap(text.clean(said, 1200), WIDTH - len(mark))
    return [mark + first, *(" " * len(mark) + line for line in rest)]


def _without_folders(report: Report, said: str) -> str:
    """The text with the device in the place of a folder that was measured, which is the owner's business."""
    measured = [bench for bench in report.benchmarks if re.match("/.", bench.target)]
    places = {bench.target: bench.device or "the disk" for bench in measured}
    for place, device in places.items():
        if place in said:
            said = re.sub(rf"(?<![\w./-]){re.escape(place)}(?![\w/-])", device.replace("\\", ""), said)
    return said
