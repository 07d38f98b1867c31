"""A real HTTP server on loopback that speaks each gateway's shape and fails as they do.

    with Gateway() as gateway:
        gateway.mode["sms"] = "hang"          # or several in turn: ["drop", "ok"]
        …
        gateway.accepted["sms"]               # dedupe key → how often the gateway took it
        gateway.delivered("sms")              # the keys as a gateway that drops repetitions passes them on

`outside(gateway)` gives the settings (`settings.OUTSIDE`) that point every channel at it, so that other programs (the
fault rows) can start it with `python -m tests.notices.gateway PORT` and set `mode` by `POST /_mode {"sms": "hang"}`,
read `GET /_seen`. Modes:

    ok        takes it                      twice     takes it and counts it twice (acknowledged twice)
    error     500                           html      200 with a page instead of data
    busy      429 with Retry-After: 7       hang      answers after `hang_seconds`, too late
    drop      takes it, then cuts the line  expired   the access token is refused until a new one is fetched
    number    the number or member is wrong redirect  302 to somewhere else
"""

import json
import sys
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gridgov.outside.config import DEFAULT_SMS_BODY, DingTalk, Outside, Sms, Webhook, WeCom

SECRETS = ("the current secret of the webhook", "the secret that is on its way out")


class Server(ThreadingHTTPServer):
    """Says nothing about lines that were cut: here that is the point."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet."""


class Gateway:
    """Starts on a free port; thread-safe enough for what tests do."""

    def __init__(self, port: int = 0, hang_seconds: float = 30) -> None:
        self.mode: dict[str, Any] = {}
        self.hang_seconds = hang_seconds
        self.accepted: dict[str, Counter[str]] = defaultdict(Counter)
        self.requests: list[dict[str, Any]] = []
        self.tokens: dict[str, int] = Counter()
        self.routes = dict(ROUTES)
        self.closing = threading.Event()
        self.server = Server(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "Gateway":
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def next_mode(self, name: str) -> str:
        """The mode of this request: a list is used up one by one, its last one stays."""
        mode = self.mode.get(name, "ok")
        if isinstance(mode, list):
            return mode.pop(0) if len(mode) > 1 else mode[0]
        return mode

    def delivered(self, name: str) -> list[str]:
        """What reached somebody, when the gateway drops a key it has seen."""
        return sorted(self.accepted[name])

    def token(self, name: str) -> str:
        """The token that is valid now."""
        return f"{name}-token-{self.tokens[name]}"


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def _serve(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            asked = {
                "path": parts.path,
                "query": {k: v[0] for k, v in parse_qs(parts.query).items()},
                "headers": {k.lower(): v for k, v in self.headers.items()},
                "body": body,
                "method": self.command,
            }
            if parts.path.startswith("/_"):
                return self.reply(200, _control(gateway, asked))
            gateway.requests.append(asked)
            route = gateway.routes.get(parts.path) or gateway.routes.get("/" + parts.path.split("/")[1] + "/*")
            if route is None:
                return self.reply(404, {"error": "no such address"})
            return route(gateway, self, asked)

        def reply(self, status: int, data: Any, **headers: str) -> None:
            """An answer of JSON, or of what bytes there are."""
            raw = data if isinstance(data, bytes) else json.dumps(data).encode()
            self.send_response(status)
            kind = "text/html" if raw.startswith(b"<") else "application/json"
            for name, value in {"Content-Type": kind, **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def cut(self) -> None:
            """Close the line without an answer."""
            self.close_connection = True
            self.connection.close()

    return Handler


def _control(gateway: Gateway, asked: dict[str, Any]) -> Any:
    if asked["path"] == "/_mode":
        gateway.mode.update(json.loads(asked["body"]))
    return {"mode": gateway.mode, "seen": {name: dict(keys) for name, keys in gateway.accepted.items()}}


def message(name: str, key: Any, took: Any, refuses: Any) -> Any:
    """A route that takes a message: `key(asked)` is its dedupe key, `took`/`refuses` the answers of this gateway."""

    def serve(gateway: Gateway, handler: Any, asked: dict[str, Any]) -> None:
        mode = gateway.next_mode(name)
        plain = {
            "error": (500, {"error": "something broke"}, {}),
            "html": (200, b"<html><body>Welcome to the hotel</body></html>", {}),
            "busy": (429, {"error": "slow down"}, {"Retry_After": "7"}),
            "redirect": (302, {}, {"Location": "http://127.0.0.1:1/elsewhere"}),
        }
        if mode in plain:
            status, data, headers = plain[mode]
            return handler.reply(status, data, **headers)
        if mode == "hang":
            gateway.closing.wait(gateway.hang_seconds)
            return handler.cut()
        if mode == "number":
            return handler.reply(*refuses)
        if mode == "expired" and asked["query"].get("access_token") == f"{name}-token-1":
            return handler.reply(200, {"errcode": 42001, "errmsg": "access_token expired"})
        gateway.accepted[name][key(asked)] += 2 if mode == "twice" else 1
        return handler.cut() if mode == "drop" else handler.reply(200, took)

    return serve


def token(name: str) -> Any:
    """A route that gives out access tokens."""

    def serve(gateway: Gateway, handler: Any, asked: dict[str, Any]) -> None:
        gateway.tokens[name] += 1
        handler.reply(200, {"errcode": 0, "access_token": gateway.token(name), "expires_in": 7200})

    return serve


def body(asked: dict[str, Any]) -> dict[str, Any]:
    """The JSON that was sent."""
    return json.loads(asked["body"])


ROUTES: dict[str, Any] = {
    "/sms": message("sms", lambda a: a["headers"]["idempotency-key"], {"code": 0}, (400, {"code": 3})),
    "/aliyun/": message(
        "aliyun", lambda a: a["query"]["OutId"], {"Code": "OK"}, (200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"})
    ),
    "/cgi-bin/gettoken": token("wecom"),
    "/cgi-bin/message/send": message(
        "wecom", lambda a: body(a)["textcard"]["description"], {"errcode": 0}, (200, {"errcode": 81013})
    ),
    "/cgi-bin/webhook/send": message(
        "wecom_group", lambda a: body(a)["text"]["content"], {"errcode": 0}, (200, {"errcode": 93000})
    ),
    "/gettoken": token("dingtalk"),
    "/topapi/message/corpconversation/asyncsend_v2": message(
        "dingtalk",
        lambda a: body(a)["msg"]["action_card"]["markdown"],
        {"errcode": 0, "task_id": 1},
        (200, {"errcode": 33012}),
    ),
    "/robot/send": message(
        "dingtalk_group", lambda a: body(a)["text"]["content"], {"errcode": 0}, (200, {"errcode": 310000})
    ),
    "/hook": message("webhook", lambda a: a["headers"]["webhook-id"], {}, (410, {})),
    "/push/*": message("push", lambda a: a["path"], {}, (410, {})),
}


def outside(gateway: Gateway, **more: Any) -> Outside:
    """Settings with which every channel that has a gateway speaks to this one."""
    url = gateway.url
    facts: dict[str, Any] = {
        "site_url": "https://grid.example.gov.cn",
        "mail_from": "grid@example.gov.cn",
        "sms": Sms(
            "json",
            f"{url}/sms",
            "key",
            "a secret",
            "和平街道",
            "{title} {url}",
            json.loads(DEFAULT_SMS_BODY),
            ("code", "0"),
        ),
        "wecom": WeCom("corp", 1_000_002, "a secret", url, f"{url}/wecom/sign-in", f"{url}/wecom/in-app"),
        "dingtalk": DingTalk("client", "a secret", 77, url, url, f"{url}/dingtalk/sign-in"),
        "webhook": Webhook(f"{url}/hook", SECRETS),
        "robot_hosts": ("127.0.0.1",),
        "private_hosts": frozenset({"127.0.0.1"}),
    }
    return Outside(**{**facts, **more})


if __name__ == "__main__":
    with Gateway(int(sys.argv[1])) as running:
        sys.stdout.write(running.url + "\n")
        sys.stdout.flush()
        while True:
            time.sleep(3600)
