"""A gateway on loopback and every channel pointed at it."""

import pytest

from gridgov.notices import channels
from gridgov.notices.channels import setup
from gridgov.outside import http, tokens
from tests.notices.gateway import Gateway, outside


@pytest.fixture
def gateway(settings, monkeypatch):
    """Answers at once, in whatever mode a test asks for; time-outs are short."""
    monkeypatch.setattr(channels, "_channels", {})
    monkeypatch.setattr(http, "READ_SECONDS", 0.3)
    tokens.forget()
    with Gateway(hang_seconds=5) as running:
        settings.OUTSIDE = outside(running)
        setup.register_configured()
        yield running
