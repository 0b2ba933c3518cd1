"""Reports on their way out, in each format and to each place that was asked for.

They are written one after another as they come, so that many machines take no more memory than one.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vaudit import output
from vaudit.commands.common import STANDARD_OUTPUT, USAGE, Stop, broken, put, refuse_unwritable, unwritten
from vaudit.words import joined

if TYPE_CHECKING:
    from vaudit.model.report import Report


class Document:
    """Reports in one format, on standard output."""

    def __init__(self, name: str, shown: Mapping[str, Any], fail_on: str, page: str = "") -> None:
        self.format = output.FORMATS[name]
        self._fail_on = fail_on
        self.asked = f"--format {name}"
        self._shown = shown
        self._count = 0
        self._has_ended = False
        self._gathered = self.format.gathering(fail_on)
        self._names: set[str] = set()
        self.page = page
        """The path of the page that it is, if it is one."""

    def add(self, report: "Report", framed: bool) -> None:
        """Writes a report; `framed`: as one of a list. Raises Stop where it cannot be written."""
        if self._gathered:
            self._gathered.add(report)
            self._count += 1
            return
        shown = {**self._shown, "page": None} if framed else self._shown
        self._put(self.format.render(report, **shown, names=self._names, fail_on=self._fail_on), framed)

    def failed(self, name: str, reason: str, framed: bool) -> None:
        """Writes that a machine could not be audited, if that is shown. Raises Stop as `add`."""
        if self._gathered:
            self._gathered.failed(name, reason)
            self._count += 1
        elif text := self.format.failed(name, reason, self._names):
            self._put(text, framed)

    def only(self, report: "Report") -> None:
        """Writes a report that is the whole document. Raises Stop where it cannot be written."""
        self.add(report, framed=False)
        self.end(framed=False)

    def end(self, framed: bool) -> None:
        """What stands behind the last report; an empty list where there was none."""
        if self._has_ended:
            return
        self._has_ended = True
        if self._gathered:
            self._write(output.harmless(self._gathered.text()))
        elif (framed or self.format.framed) and self.format.many:
            start, _, end = self.format.many
            self._write(end if self._count else start + end.lstrip("\n"))

    def _put(self, text: str, framed: bool) -> None:
        """Writes a report, or what stands in its place; `framed` as for `add`."""
        if (framed or self.format.framed) and self.format.many:
            start, between, _ = self.format.many
            text = (between if self._count else start) + text[:-1]
        self._count += 1
        self._write(text)

    def drop(self) -> None:
        """What was begun is not wanted any more."""

    def _write(self, text: str) -> None:
        put(text, self.format.media)


class File(Document):
    """Reports in the format that a file's suffix asks for. It appears whole at the end, or not at all."""

    def __init__(self, path: str, shared: bool, fail_on: str) -> None:
        from vaudit.files import PRIVATE, SHARED, Draft

        name = format_of(path)
        super().__init__(name, {}, fail_on, os.path.abspath(path) if name == "html" else "")
        self.asked = f"-o {path}"
        # what root sees of a machine is not for all of its users
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        mode = PRIVATE if is_root and not shared else SHARED
        self._path, self._draft = path, Draft(path, mode)

    def end(self, framed: bool) -> None:
        if self._count:
            super().end(framed)
            self._in_file(self._draft.keep)

    def drop(self) -> None:
        self._draft.drop()

    def _write(self, text: str) -> None:
        self._in_file(lambda: self._draft.write(text))

    def _in_file(self, do: Callable[[], None]) -> None:
        try:
            do()
        except OSError as error:
            raise unwritten(self._path, error) from error


class Documents:
    """All documents of a command: one that cannot be written does not keep the others from it."""

    def __init__(
        self,
        name: str,
        paths: Sequence[str],
        color: str,
        verbose: bool,
        *,
        shared: bool = False,
        silent: bool = False,
        fail_on: str = "high",
    ) -> None:
        """`silent`: files alone, and nothing on standard output. `fail_on`: from which severity on a failed
        check is a fault in formats for CI."""
        self._screen = output.FORMATS[name]
        # files first: whatever becomes of standard output, and of its reader, they are there
        files = [File(path, shared, fail_on) for path in paths if path != STANDARD_OUTPUT]
        self._shown = _shown(name, color, verbose)
        self._open = [*files, *([] if silent else [Document(name, self._shown, fail_on)])]
        self._failure: Stop | None = None

    @property
    def excerpts(self) -> bool:
        """Whether one of them shows the raw evidence too."""
        return any(each.format.excerpts for each in self._open)

    def refuse_many(self) -> None:
        """Raises Stop where one of them can hold one machine only."""
        for each in self._open:
            if each.format.many is None:
                able = [name for name, form in output.FORMATS.items() if form.many]
                use = joined(able, "or")
                raise Stop(USAGE, f"{each.asked} shows one machine, and these are several: use {use}")

    def add(self, report: "Report", framed: bool) -> None:
        """Puts out a report: each file whole, where it is the only one, before it is shown."""
        self._each(lambda document: document.add(report, True) if framed else document.only(report))

    def _tell_page(self) -> None:
        """Where the page lies that was written, for what is shown after it."""
        from vaudit.commands import screen

        page = next((document.page for document in self._open if document.page), "")
        self._shown["page"] = [page, screen.fetch(page)] if page else []

    def show(self, report: "Report", framed: bool) -> bool:
        """Puts out a report, if it is none that cannot be shown: then that is said on stderr, and False."""
        try:
            self.add(report, framed)
        except Stop:
            raise
        except Exception as error:
            broken(error, report.source.name)
            return False
        return True

    def failed(self, name: str, reason: str, framed: bool) -> None:
        """Says in each document that shows it that a machine could not be audited."""
        self._each(lambda document: document.failed(name, reason, framed))

    def exit_code(self, report: "Report") -> int | None:
        """What the format on standard output makes of a report; None where it leaves that to --fail-on."""
        return self._screen.exit_code(report)

    def end(self, framed: bool) -> None:
        """Puts the files in their places. Raises Stop where one of the documents could not be written."""
        self._each(lambda document: document.end(framed))
        if self._failure:
            raise self._failure

    def drop(self) -> None:
        """Leaves no unfinished file behind."""
        for each in self._open:
            each.drop()

    def _each(self, do: Callable[[Document], None]) -> None:
        for each in list(self._open):
            if self._shown and each is self._open[-1]:
                self._tell_page()
            try:
                do(each)
            except Stop as stop:
                self._failure = self._failure or stop
                self._open.remove(each)
                each.drop()


def _shown(name: str, color: str, verbose: bool) -> dict[str, Any]:
    """What a format may be told of the screen that it is shown on."""
    if not output.FORMATS[name].options:
        return {}
    from vaudit.commands import screen

    return {"width": screen.width(), "color": screen.colored(color), "verbose": verbose}


def format_of(path: str) -> str:
    """The format that a file's suffix asks for, if the file can be written. Raises Stop."""
    name = output.format_of(path)
    if name is None:
        known = " ".join(suffix for form in output.FORMATS.values() for suffix in form.suffixes)
        raise Stop(USAGE, f"-o {path}: its suffix names no format; use one of {known}")
    refuse_unwritable(path)
    return name
