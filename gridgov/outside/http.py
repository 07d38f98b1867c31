"""The one HTTP client: time-outs, verified TLS, no redirects, and no way into our own network by a crafted address.

A name is resolved once, every address it has is looked at, and the connection goes to the address that was looked
at: a second answer of the name server changes nothing.
"""

import ipaddress
import json
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from django.conf import settings
from urllib3.exceptions import HTTPError, TimeoutError

from gridgov.outside.trouble import Later, Refused, Trouble, Unreachable, Why

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 3.0, 5.0, 10.0
MOST_BYTES = 256 * 1024
LONGEST_WAIT = 24 * 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The answer as an object; a page of HTML with status 200 is no answer."""
        try:
            data = json.loads(self.body)
        except ValueError:
            raise Trouble(Why.UNREADABLE, self.status) from None
        if not isinstance(data, dict):
            raise Trouble(Why.UNREADABLE, self.status)
        return data


def allowed(host: str, hosts: Iterable[str]) -> bool:
    """Whether `host` is one of `hosts`; ".example.org" stands for everything below it."""
    host = host.lower()
    return any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)


def look_up(host: str, port: int) -> str:
    """One address of `host`, all of them public, unless the host is named in GRIDGOV_PRIVATE_HOSTS."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise Unreachable(Why.UNREACHABLE, "name") from None
    if host not in settings.OUTSIDE.private_hosts and any(not ipaddress.ip_address(a).is_global for a in found):
        raise Refused(Why.FORBIDDEN)
    return found[0]


def _pool(url: str) -> urllib3.HTTPConnectionPool:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    plain = parts.scheme == "http" and host in settings.OUTSIDE.private_hosts
    if not host or parts.username or not (parts.scheme == "https" or plain):
        raise Refused(Why.FORBIDDEN)
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    port = parts.port or (80 if plain else 443)
    address = look_up(host, port)
    if plain:
        return urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False)
    return urllib3.HTTPSConnectionPool(
        address,
        port,
        timeout=timeout,
        retries=False,
        cert_reqs="CERT_REQUIRED",
        server_hostname=host,
        assert_hostname=host,
    )


def _read(answer: urllib3.BaseHTTPResponse, started: float) -> bytes:
    body = b""
    for piece in answer.stream(16 * 1024, decode_content=True):
        body += piece
        if len(body) > MOST_BYTES:
            raise Trouble(Why.UNREADABLE, "too long")
        if time.monotonic() - started > WHOLE_SECONDS:
            raise Unreachable(Why.TIMEOUT)
    return body


def send(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> Answer:
    """One request, one answer of whatever status. Raises Unreachable, Refused (a forbidden address) or Trouble."""
    parts, started = urlsplit(url), time.monotonic()
    asked = "&".join(filter(None, (parts.query, urlencode(query or {}))))
    target = (parts.path or "/") + (f"?{asked}" if asked else "")
    head = {"Host": parts.netloc, "User-Agent": "gridgov", "Accept": "application/json", **(headers or {})}
    with _pool(url) as pool:
        try:
            answer = pool.urlopen(
                method, target, body=body, headers=head, redirect=False, preload_content=False, assert_same_host=False
            )
            content = _read(answer, started)
        except TimeoutError:
            raise Unreachable(Why.TIMEOUT) from None
        except (HTTPError, OSError):
            raise Unreachable(Why.UNREACHABLE) from None
    return Answer(answer.status, content, {k.lower(): v for k, v in answer.headers.items()})


def expect_success(answer: Answer) -> Answer:
    """The answer, when its status says so. 429 and 503 are Later, other 4xx Trouble, a redirect is not followed."""
    if 200 <= answer.status < 300:
        return answer
    if answer.status == 429 or (answer.status == 503 and "retry-after" in answer.headers):
        raise Later(Why.BUSY, answer.status, seconds=wait_asked(answer.headers.get("retry-after", "")))
    if answer.status in (401, 403):
        raise Trouble(Why.KEY, answer.status)
    raise Trouble(Why.STATUS, answer.status)


def wait_asked(text: str) -> float:
    """Seconds of a Retry-After header, given as a number or a date; a minute when it says nothing sensible."""
    if text.strip().isascii() and text.strip().isdigit():
        return float(min(max(int(text), 1), LONGEST_WAIT))
    try:
        seconds = parsedate_to_datetime(text).timestamp() - time.time()
    except (TypeError, ValueError):
        return 60.0
    return min(max(seconds, 1.0), float(LONGEST_WAIT))


def get_json(url: str, *, headers: Mapping[str, str] | None = None, **query: str) -> dict[str, Any]:
    """The object a GET answers with."""
    return expect_success(send("GET", url, headers=headers, query=query)).json()


def post_json(url: str, data: Any, *, headers: Mapping[str, str] | None = None, **query: str) -> dict[str, Any]:
    """The object a POST of `data` answers with."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    head = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    return expect_success(send("POST", url, body=body, headers=head, query=query)).json()
