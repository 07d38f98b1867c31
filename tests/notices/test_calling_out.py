"""How the program calls another: where it refuses to go, what it gives up, how long it waits, which tokens it keeps."""

import time

import pytest

from gridgov.outside import http, tokens
from gridgov.outside.trouble import Refused, Trouble, Unreachable, Why
from tests.notices.gateway import Gateway, outside


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.0.0.5/",
        "https://169.254.169.254/latest/",
        "https://0.0.0.0/",
        "file:///etc/passwd",
        "https://user:pw@example.org/",
        "https://",
    ],
)
def test_crafted_address_leads_nowhere(settings, url):
    settings.OUTSIDE = outside(Gateway(), private_hosts=frozenset())
    with pytest.raises(Refused) as refused:
        http.send("GET", url)
    assert refused.value.why == Why.FORBIDDEN


def test_name_that_leads_into_our_network_is_refused(settings, gateway, monkeypatch):
    monkeypatch.setattr(
        "socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.1.2.3", 443))]
    )
    with pytest.raises(Refused):
        http.send("GET", "https://rebind.example/")


def test_endless_answer_is_cut_off(gateway):
    gateway.routes["/flood"] = lambda running, handler, asked: handler.reply(200, b"[" + b"1," * 200_000)
    with pytest.raises(Trouble) as trouble:
        http.send("GET", gateway.url + "/flood")
    assert trouble.value.why == Why.UNREADABLE


def test_nobody_listening_is_unreachable(settings):
    settings.OUTSIDE = outside(Gateway())
    with pytest.raises(Unreachable):
        http.send("GET", "http://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7), ("0", 1), ("", 60), ("soon", 60), ("999999999", 86_400), ("-5", 60)]
)
def test_a_gateway_that_asks_to_wait_is_left_alone_for_so_long(header, seconds):
    assert http.wait_asked(header) == seconds


def test_token_is_fetched_once_and_again_before_it_ends(monkeypatch):
    tokens.forget()
    fetched = []
    fetch = lambda: (f"t{fetched.append(1) or len(fetched)}", 7200)  # noqa: E731
    assert [tokens.token("x", fetch), tokens.token("x", fetch)] == ["t1", "t1"]
    later = time.monotonic() + 7200 - tokens.MARGIN + 1
    monkeypatch.setattr(tokens.time, "monotonic", lambda: later)
    assert tokens.token("x", fetch) == "t2"
