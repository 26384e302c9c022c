"""A headless Chromium over its own protocol (websockets comes with Prefect; no test package is needed).

    with Browser() as browser, browser.page() as page:
        page.open(url)
        page.value("document.title"), page.requests, page.messages

Found by TAOJIN_CHROMIUM or by its usual names; where there is none, `find` says so and tests skip.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SECONDS = 30


def find() -> str | None:
    """The browser's path; None where there is none."""
    return os.environ.get("TAOJIN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One process with an empty profile."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        quiet = (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--remote-debugging-port=0",
            "--hide-scrollbars",
            "--mute-audio",
        )
        self.process = subprocess.Popen(
            [find() or "", *quiet, f"--user-data-dir={self.folder.name}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        told = Path(self.folder.name) / "DevToolsActivePort"
        deadline = time.monotonic() + SECONDS
        while not (told.exists() and told.read_text().count("\n")):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("the browser did not start")
            time.sleep(0.05)
        port, path = told.read_text().split("\n")[:2]
        self.address = f"ws://127.0.0.1:{port}{path}"

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    @contextmanager
    def page(self) -> Iterator[Page]:
        """A tab of its own."""
        with connect(self.address, max_size=None, open_timeout=SECONDS) as socket:
            page = Page(socket)
            yield page
            page.call("Target.closeTarget", {"targetId": page.target}, root=True)


class Page:
    """One tab: what it asked for, what it said, what is in it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.number = 0
        self.session = ""
        self.events: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.messages: list[str] = []
        self.target = self.call("Target.createTarget", {"url": "about:blank"}, root=True)["targetId"]
        self.session = self.call("Target.attachToTarget", {"targetId": self.target, "flatten": True}, root=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, parameters: dict[str, Any] | None = None, root: bool = False) -> dict[str, Any]:
        self.number += 1
        session = {} if root or not self.session else {"sessionId": self.session}
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters or {}} | session))
        while True:
            told = json.loads(self.socket.recv(timeout=SECONDS))
            if told.get("id") == self.number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                return told["result"]
            self._heard(told)

    def open(self, url: str) -> None:
        """Go to an address and wait until it has loaded."""
        self.requests.clear()
        self.messages.clear()
        self.events.clear()
        self.call("Page.navigate", {"url": url})
        self.loaded()
        self.value("new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)))")

    def open_quietly(self, url: str) -> None:
        """As `open`, where scripts are off."""
        self.events.clear()
        self.call("Page.navigate", {"url": url})
        self.loaded()

    def loaded(self) -> None:
        """Wait for the page that is on its way; `events` was cleared before."""
        while not any(e["method"] == "Page.loadEventFired" for e in self.events):
            self._heard(json.loads(self.socket.recv(timeout=SECONDS)))

    def value(self, expression: str) -> Any:
        """What an expression is, in the page; it runs beside the page's policy, not under it."""
        asked = {"expression": expression, "returnByValue": True, "awaitPromise": True}
        answer = self.call("Runtime.evaluate", asked)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"].get("value")

    def look(self, width: int, height: int, scheme: str = "light") -> None:
        """A window of this size in light or dark."""
        self.call("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.call("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def key(self, key: str, code: str = "", modifiers: int = 0) -> None:
        """Press a key."""
        text = {"text": key} if len(key) == 1 and not modifiers else {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            given = {
                "type": kind,
                "key": key,
                "code": code or key,
                "modifiers": modifiers,
                "windowsVirtualKeyCode": 13 if key == "Enter" else 9 if key == "Tab" else 0,
            }
            self.call("Input.dispatchKeyEvent", given | (text if kind == "keyDown" else {}))

    def picture(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def _heard(self, told: dict[str, Any]) -> None:
        method, given = told.get("method", ""), told.get("params", {})
        self.events.append({"method": method})
        if method == "Network.requestWillBeSent":
            self.requests.append(given["request"]["url"])
        elif method == "Log.entryAdded":
            self.messages.append(given["entry"]["text"])
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.messages.append(json.dumps(given)[:400])
        elif method == "Page.javascriptDialogOpening":
            self.messages.append("a dialog opened")
