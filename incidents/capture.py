"""When something was captured on a phone without a signal, and when it arrived: two times worth telling apart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from gridgov.look import near
from gridgov.sync.models import Envelope

APART = timedelta(minutes=5)  # less is the way through the air
BELIEVED = timedelta(days=366)  # more is a clock that had lost its date


@dataclass(frozen=True, slots=True)
class Capture:
    """By the phone's clock, put right by what it lacked; and by the database's."""

    at: datetime
    received_at: datetime

    @classmethod
    def of(cls, envelope: Envelope) -> "Capture | None":
        """None where there is nothing to tell apart: sent at once, no time given, or a time nobody can believe."""
        at, received_at = envelope.corrected_at, envelope.received_at
        if at is None or not APART <= received_at - at <= BELIEVED:
            return None
        return cls(at, received_at)

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Capture | None":
        """From what the timeline keeps; None of what was never offline."""
        times = [parse_datetime(data.get(name, "")) for name in ("captured_at", "received_at")]
        return cls(times[0], times[1]) if times[0] and times[1] else None

    def said(self, as_time: Callable[[datetime], str] = near) -> str:
        """Both times for a page; for paper `as_time` is `exact`."""
        times = {"at": as_time(self.at), "received": as_time(self.received_at)}
        return _("Captured %(at)s, received %(received)s") % times

    def data(self) -> dict[str, str]:
        """For the timeline to keep."""
        return {"captured_at": self.at.isoformat(), "received_at": self.received_at.isoformat()}
