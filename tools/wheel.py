"""What is made when the wheel is built, so that an installed vaudit need not make it at every start."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Ready(BuildHookInterface):  # type: ignore[type-arg]
    """Puts a folder `ready` into the package. A checkout, and an editable installation, have none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from vaudit import cli
        from vaudit.judge import ready
        from vaudit.judge.read_checks import read
        from vaudit.output import html

        self.made = tempfile.TemporaryDirectory()
        made, checks = Path(self.made.name), Path(self.root, "checks")
        html.compile_templates(str(made / html.COMPILED))
        (made / ready.NAME).write_bytes(ready.content(read([checks], builtin=True), checks))
        cli.write_help(str(made))
        build_data["force_include"][str(made)] = "vaudit/ready"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.made.cleanup()
