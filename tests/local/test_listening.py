import socket

import pytest

from gridgov.local import listening
from gridgov.local.listening import Listening, Mistyped


def test_default_is_this_machine_only():
    at = listening.from_arguments({"PORT": "", "LAN": "", "HTTPS": ""})
    assert (at.bind, at.url, at.lan_url) == ("127.0.0.1:8000", "http://localhost:8000/", None)


def test_lan_and_https_change_address_and_hosts():
    at = Listening(8443, "192.0.2.7", True)
    assert at.bind == "0.0.0.0:8443"
    assert at.lan_url == "https://192.0.2.7:8443/"
    assert at.hosts == ["localhost", "127.0.0.1", "192.0.2.7"]


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80a", "８０", " "])
def test_port_that_is_none_is_refused_in_words(text):
    with pytest.raises(Mistyped, match=f"PORT={text} is not a port"):
        listening.from_arguments({"PORT": text})


@pytest.mark.parametrize("name", ["LAN", "HTTPS"])
def test_switch_takes_one_or_nothing(name):
    with pytest.raises(Mistyped, match=f"{name}=yes is not understood"):
        listening.from_arguments({name: "yes"})


def test_taken_port_is_said_with_another_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Mistyped, match=f"Port {port} is taken.*PORT={port + 1}"):
            listening.refuse_taken(Listening(port))
