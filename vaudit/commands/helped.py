"""The help of the program and of its commands, as it was written when the wheel was built.

Typer, which writes it, takes twice as long to import as all else that help needs. So the wheel carries the
texts; Typer writes them where there are none, as in a checkout, and where the terminal is narrower.
"""

from collections.abc import Sequence

from vaudit import resources
from vaudit.commands import COMMANDS, GROUPS
from vaudit.commands.options import HELP
from vaudit.commands.screen import width

FOLDER = "help"
"""The folder, in that of what is ready, with a text for each of NAMES."""
NAMES = ("", *GROUPS, *COMMANDS)
"""What has help: the program, and after it what can follow its name."""
WIDTH = 80
"""The columns that Typer fills, however many there are."""


def ready(words: Sequence[str]) -> str | None:
    """The help that these words ask for; None where Typer has to write it."""
    name = " ".join(words[:-1])
    if name not in NAMES or words[-1] not in HELP or width() < WIDTH:
        return None
    try:
        with open(resources.ready(file_of(name)), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def file_of(name: str) -> str:
    """The path, in the folder of what is ready, of the help of one of NAMES."""
    return f"{FOLDER}/vaudit {name}".rstrip().replace(" ", "-") + ".txt"
