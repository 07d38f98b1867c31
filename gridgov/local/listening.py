"""Where the site listens: PORT, LAN and HTTPS as typed behind `make run`, checked before anything starts."""

import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass

PORT = 8000


class Mistyped(SystemExit):
    """An argument makes no sense; the message says which and what would."""


def switch(values: Mapping[str, str], name: str) -> bool:
    """`LAN=1`, `LAN=0` or nothing."""
    value = values.get(name, "")
    if value not in ("", "0", "1"):
        raise Mistyped(f"{name}={value} is not understood. Write {name}=1 to switch it on, or leave it out.")
    return value == "1"


@dataclass(frozen=True)
class Listening:
    """One address; `lan` is this machine's address in the local network, or None."""

    port: int = PORT
    lan: str | None = None
    https: bool = False

    @property
    def bind(self) -> str:
        return f"{'0.0.0.0' if self.lan else '127.0.0.1'}:{self.port}"  # noqa: S104

    @property
    def scheme(self) -> str:
        return "https" if self.https else "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}/"

    @property
    def lan_url(self) -> str | None:
        return f"{self.scheme}://{self.lan}:{self.port}/" if self.lan else None

    @property
    def hosts(self) -> list[str]:
        return ["localhost", "127.0.0.1", *([self.lan] if self.lan else [])]


def port_of(text: str) -> int:
    """A port anybody may listen on."""
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Mistyped(f"PORT={text} is not a port. Write a number from 1024 to 65535, for example PORT=8001.")
    return int(text)


def lan_address() -> str:
    """This machine's address in the local network; asks the routing table, sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
        except OSError:
            raise Mistyped("LAN=1 needs a network, and this machine is in none. Leave LAN=1 out.") from None
        return str(probe.getsockname()[0])


def from_arguments(values: Mapping[str, str]) -> Listening:
    """Read PORT, LAN and HTTPS; raises Mistyped with a sentence for the person who typed them."""
    return Listening(
        port=port_of(values.get("PORT") or str(PORT)),
        lan=lan_address() if switch(values, "LAN") else None,
        https=switch(values, "HTTPS"),
    )


def refuse_taken(listening: Listening) -> None:
    """Say clearly that the port is taken, before a server is started for nothing."""
    host, _, port = listening.bind.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as why:
            if why.errno == errno.EACCES:
                raise Mistyped(f"PORT={port} is reserved for the system. Choose one above 1023: PORT=8001.") from None
            raise Mistyped(
                f"Port {port} is taken by another program. Choose another one, for example: PORT={int(port) + 1}"
            ) from None
