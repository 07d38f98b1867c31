"""One request, in a transaction that never happened: what came back, what broke, what was written down."""

import traceback
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client

from gridgov.audit import actions as audit
from tests.fuzz.hostile import Upload, Value

BOUNDARY = "fuzz-boundary-7d1f"
Body = list[tuple[str, Value]]


@dataclass
class Answer:
    """The answer to one request."""

    status: int
    kind: str = ""
    text: str = ""
    where: str = ""  # a redirection's aim
    broke: str = ""  # the exception and the place that raised it
    wrote: list[str] = field(default_factory=list)  # audited actions


class Ledger:
    """Listens to what is recorded and what breaks while one request is answered."""

    def __init__(self) -> None:
        self.wrote: list[str] = []
        self.broke = ""
        self._record = audit.record

    def record(self, action: str, *args: Any, **facts: Any) -> Any:
        if action != "audit.refused":
            self.wrote.append(action)
        return self._record(action, *args, **facts)

    def failed(self, **_more: Any) -> None:
        self.broke = traceback.format_exc()


def form_body(pairs: Body) -> tuple[bytes, str]:
    """The fields as multipart, which carries any byte."""
    lines: list[bytes] = []
    for name, value in pairs:
        head = f'Content-Disposition: form-data; name="{name}"'
        if isinstance(value, Upload):
            lines += [
                f'--{BOUNDARY}\r\n{head}; filename="{value.name}"\r\nContent-Type: {value.kind}\r\n\r\n'.encode(),
                value.content,
            ]
        else:
            lines += [f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode(), value]
        lines.append(b"\r\n")
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


def ask(client: Client, method: str, address: str, body: bytes = b"", kind: str = "") -> Answer:
    """Send it, read the whole answer, and let nothing of it stay."""
    ledger = Ledger()
    cookies = client.cookies.copy()
    outer = transaction.atomic()
    outer._from_testcase = True  # type: ignore[attr-defined]  # a view may ask for the outermost transaction
    got_request_exception.connect(ledger.failed)
    try:
        with patch.object(audit, "record", ledger.record), outer:
            try:
                answer = _answered(client, method, address, body, kind)
            finally:
                transaction.set_rollback(True)
    finally:
        got_request_exception.disconnect(ledger.failed)
        client.cookies = cookies
    answer.wrote, answer.broke = ledger.wrote, answer.broke or ledger.broke
    return answer


def _answered(client: Client, method: str, address: str, body: bytes, kind: str) -> Answer:
    more = {"headers": {"accept-language": "en"}}
    try:
        if method == "GET":
            response = client.get(address, **more)  # type: ignore[arg-type]
        else:
            response = client.generic(method, address, body, kind, **more)  # type: ignore[arg-type]
        content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001  whatever it is, it is what we look for
        return Answer(599, broke=traceback.format_exc())
    said = response.headers.get("Content-Type", "")
    text = content.decode("utf-8", "replace") if said.startswith("text/html") else ""
    return Answer(response.status_code, said, text, response.headers.get("Location", ""))
