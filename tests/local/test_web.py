"""The web process as `make run` starts it, in front of a program that does nothing."""

import os
import socket
import ssl
import time
import urllib.error
import urllib.request

import pytest

from gridgov.local import places, processes, supervise
from gridgov.local.listening import Listening

MORE_THAN_THREADS = 12  # two workers with four threads each


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=["http", "https"])
def site(request, tmp_path, monkeypatch):
    """(scheme, port) of a running web process."""
    monkeypatch.setattr(places, "LOCAL", tmp_path)
    at = Listening(free_port(), https=request.param == "https")
    argv = supervise.commands(at, tmp_path)["web"]
    argv[1] = "wsgiref.simple_server:demo_app"
    process = processes.spawn(argv, env=dict(os.environ), cwd=places.ROOT)
    echo = processes.echo("web", process)
    yield at
    processes.stop(process)
    echo.join(5)


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def ask(at: Listening) -> bytes:
    return urllib.request.urlopen(f"{at.scheme}://127.0.0.1:{at.port}/", timeout=4, context=trusting()).read()


def first_answer(at: Listening) -> bytes:
    """What it says once it listens."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            return ask(at)
        except urllib.error.URLError as why:
            if not isinstance(why.reason, ConnectionRefusedError):
                raise
    raise AssertionError("it never listened")


def silent(at: Listening) -> socket.socket:
    """A connection opened ahead of need, as browsers do: the handshake is done, nothing is asked."""
    plain = socket.create_connection(("127.0.0.1", at.port), timeout=4)
    return trusting().wrap_socket(plain) if at.https else plain


def test_connections_that_ask_nothing_do_not_stop_the_site(site):
    assert first_answer(site).startswith(b"Hello world!")
    open_ahead = [silent(site) for _ in range(MORE_THAN_THREADS)]
    assert ask(site).startswith(b"Hello world!")
    late = open_ahead[0]
    late.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")  # and one that asks in the end
    assert late.recv(12) == b"HTTP/1.1 200"
    for each in open_ahead:
        each.close()
