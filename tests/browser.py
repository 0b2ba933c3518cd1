"""Chromium without a library: its DevTools protocol over two pipes, as far as pages and pictures need it.

https://chromedevtools.github.io/devtools-protocol/ says what each method takes and gives.
"""

import base64
import json
import os
import select
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

SECONDS = 120.0
"""For one answer, on a machine that is busy with other tests."""
FLAGS = (
    "--headless", "--no-sandbox", "--remote-debugging-pipe", "--hide-scrollbars", "--no-first-run",
    "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none", "--disable-lcd-text",
)  # fmt: skip
"""Without a sandbox, as root has none there: it opens our own pages only."""
READ, WRITE = 3, 4
"""The descriptors on which Chromium listens and answers."""


class Browser:
    """One page of a Chromium without a window. Use it in a `with`."""

    def __init__(self, program: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="vaudit-chromium-", ignore_cleanup_errors=True)
        to_it, self._to = os.pipe()
        self._from, from_it = os.pipe()
        words = [program, *FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        shell = f'exec "$0" "$@" {READ}<&{to_it} {WRITE}>&{from_it}'
        self._process = subprocess.Popen(
            ["bash", "-c", shell, *words], pass_fds=(to_it, from_it), stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_it)
        os.close(from_it)
        self._number, self._buffer, self._session = 0, b"", ""

    def __enter__(self) -> "Browser":
        pages = [one for one in self.do("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        target = (
            pages[0]["targetId"] if pages else self.do("Target.createTarget", url="about:blank")["targetId"]
        )
        self._session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.do("Page.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def do(self, method: str, **given: Any) -> dict[str, Any]:
        """Calls a method of the protocol. Raises RuntimeError with what Chromium says."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": given}
        if self._session:
            asked["sessionId"] = self._session
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == self._number:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']}")
                result: dict[str, Any] = said["result"]
                return result

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(until - time.monotonic(), 0))
            part = os.read(self._from, 1 << 20) if ready else b""
            if not part:
                raise RuntimeError("Chromium does not answer")
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told

    def open(self, page: Path, width: int, height: int = 900, *, dark: bool = False, media: str = "") -> None:
        """Shows a page in a window of so many pixels, on a medium (`print`), and waits until it is there."""
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                mobile=False)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.do("Emulation.setEmulatedMedia", features=[scheme], media=media)
        self.do("Page.navigate", url=page.as_uri())
        while self.ask("document.readyState + location.href") != f"complete{page.as_uri()}":
            time.sleep(0.05)

    def ask(self, script: str) -> Any:
        """What an expression is worth there, or what it promises. The page's own policy does not hold it."""
        told = self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(str(told["exceptionDetails"])[:2000])
        return told["result"].get("value")

    def picture(self, *, whole: bool = False) -> bytes:
        """A PNG of the window, or of the whole page."""
        found = self.do("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(found["data"])

    def printed(self) -> bytes:
        """The page as a PDF on A4."""
        found = self.do("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
        return base64.b64decode(found["data"])
