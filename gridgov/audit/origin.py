"""Where a request comes from, known to `record()` without handing the request through every action."""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_address: ContextVar[str | None] = ContextVar("address", default=None)


def current_address() -> str | None:
    """The network address of the request being answered; None in tasks and on the command line."""
    return _address.get()


def plain_address(text: str) -> str | None:
    """One spelling for one address: IPv4 inside IPv6 unwrapped, IPv6 compressed; None for anything else."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address).partition("%")[0]


def address_of(request: HttpRequest) -> str | None:
    """The caller's address: the one our outermost own proxy saw (TRUSTED_PROXIES), else the socket's.

    What stands further left in X-Forwarded-For was written by the caller and is never believed.
    """
    hops = settings.TRUSTED_PROXIES
    if hops:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(seen) >= hops:
            return plain_address(seen[-hops])
    return plain_address(request.META.get("REMOTE_ADDR", ""))


class OriginMiddleware:
    """Remembers the address while one request is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _address.set(address_of(request))
        try:
            return self.get_response(request)
        finally:
            _address.reset(token)
