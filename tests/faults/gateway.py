"""A provider of text messages on this machine, which can fail, hang, and take a message without saying so."""

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FINE, FAILS, HANGS, ACKS_TWICE = "fine", "fails", "hangs", "acks twice"
HANG = 4.0  # seconds: longer than the channel waits


class Gateway:
    """Counts what it took by key, as a provider does that drops a repetition."""

    def __init__(self) -> None:
        self.mode = FINE
        self.taken: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, key: str) -> int | None:
        """The status to answer; None: say nothing at all and hang up."""
        with self._lock:
            self.asked[key] += 1
            first = self.asked[key] == 1
        if first and self.mode == FAILS:
            return 500
        if first and self.mode == HANGS and hash(key) % 10 == 0:
            time.sleep(HANG)
            return None
        with self._lock:
            self.taken[key] += 1
        return None if first and self.mode == ACKS_TWICE else 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = gateway.answer(body["key"])
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        return Handler
