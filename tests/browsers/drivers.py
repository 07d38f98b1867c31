"""The two other browsers that apt has, each by the protocol it speaks itself: no driver from elsewhere is needed.

Firefox ESR: Marionette (JSON with its length before it, over TCP). WebKitGTK: its own WebDriver, on an Xvfb screen.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Protocol
from urllib.request import Request, urlopen

PATIENCE = 60.0


HERE = {"location": {"lat": 30.5, "lng": 114.4}, "accuracy": 12.0}
STAND_INS = {  # Firefox's own camera, microphone and position, and nobody to ask
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "permissions.default.camera": 1,
    "permissions.default.microphone": 1,
    "permissions.default.geo": 1,
    "geo.provider.network.url": "data:application/json," + json.dumps(HERE),
    "geo.provider.use_geoclue": False,
    "geo.provider.testing": True,
}


class Browser(Protocol):
    """What the walk through the pages needs."""

    name: str
    cannot: dict[str, str]  # step → why its driver cannot

    def version(self) -> str: ...
    def go(self, url: str) -> None: ...
    def run(self, script: str, *given: Any) -> Any: ...
    def close(self) -> None: ...


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
        return
    process.kill()


class Firefox:
    """Headless, with a profile of its own, in Chinese."""

    name = "Firefox ESR"
    cannot: ClassVar[dict[str, str]] = {}

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gridgov-firefox-"))
        port = free_port()
        prefs = {"marionette.port": port, "intl.accept_languages": "zh-CN", "app.update.enabled": False} | STAND_INS
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in prefs.items()]
        (self.folder / "user.js").write_text("\n".join(lines))
        command = ["firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", str(self.folder)]
        env = os.environ | {"HOME": str(self.folder)}
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.count = 0
        self.line = self._reach(port)
        self._read()  # it greets first
        self.said = self._ask("WebDriver:NewSession", {"acceptInsecureCerts": True})["capabilities"]

    def _reach(self, port: int) -> socket.socket:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def _read(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self.line.recv(1)
        data, left = b"", int(size[:-1])
        while len(data) < left:
            data += self.line.recv(left - len(data))
        return json.loads(data)

    def _ask(self, command: str, facts: dict[str, Any]) -> Any:
        self.count += 1
        data = json.dumps([0, self.count, command, facts]).encode()
        self.line.sendall(str(len(data)).encode() + b":" + data)
        _kind, _number, error, answer = self._read()
        if error:
            raise RuntimeError(f"{error['error']}: {error['message']}")
        return answer

    def version(self) -> str:
        return str(self.said["browserVersion"])

    def go(self, url: str) -> None:
        with suppress(RuntimeError):  # a page that the worker answers while the line is cut counts as an error page
            self._ask("WebDriver:Navigate", {"url": url})

    def run(self, script: str, *given: Any) -> Any:
        return self._ask("WebDriver:ExecuteScript", {"script": script, "args": list(given)})["value"]

    def close(self) -> None:
        with suppress(Exception):
            self._ask("Marionette:Quit", {"flags": ["eForceQuit"]})
        _stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


class WebKit:
    """MiniBrowser under WebKitWebDriver."""

    name = "WebKitGTK"
    cannot: ClassVar[dict[str, str]] = {"position": "it asks GeoClue over D-Bus, and its driver has no stand-in"}

    def __init__(self) -> None:
        screen, self.port = f":{free_port() % 500 + 100}", free_port()
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.folder = tempfile.mkdtemp(prefix="gridgov-webkit-")
        env = os.environ | {"DISPLAY": screen, "HOME": self.folder, "XDG_RUNTIME_DIR": self.folder}
        env |= {"WEBKIT_DISABLE_COMPOSITING_MODE": "1", "NO_AT_BRIDGE": "1", "LANGUAGE": "zh_CN"}
        self.screen = subprocess.Popen(["Xvfb", screen, "-screen", "0", "800x900x24"], **quiet)
        self.process = subprocess.Popen(["WebKitWebDriver", f"--port={self.port}"], env=env, **quiet)
        binary = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
        options = {
            "webkitgtk:browserOptions": {
                "binary": str(binary),
                "args": ["--automation", "--enable-media-stream=true", "--enable-mock-capture-devices=true"],
            }
        }
        self.session = ""
        self.session = self._begin({"capabilities": {"alwaysMatch": options}})

    def _begin(self, facts: dict[str, Any]) -> str:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.said = self._ask("POST", "/session", facts)
                return f"/session/{self.said['sessionId']}"
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)

    def _ask(self, method: str, path: str, facts: Any = None) -> Any:
        data = json.dumps(facts).encode() if facts is not None else None
        headers = {"Content-Type": "application/json"}
        request = Request(f"http://127.0.0.1:{self.port}{self.session}{path}", data, headers, method=method)
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["value"]

    def version(self) -> str:
        return str(self.said["capabilities"].get("browserVersion", "?"))

    def go(self, url: str) -> None:
        self._ask("POST", "/url", {"url": url})

    def run(self, script: str, *given: Any) -> Any:
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(given)})

    def close(self) -> None:
        with suppress(Exception):
            self._ask("DELETE", "")
        for process in (self.process, self.screen):
            _stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)
