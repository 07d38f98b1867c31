"""Every deadline of a case, explained: the same answer for the page and for programs."""

from datetime import datetime
from uuid import UUID

from gridgov.clock.explain import Explanation, explain
from gridgov.clock.models import Clock
from incidents.clocks import SUBJECT


def explained(incident_id: UUID, *, now: datetime) -> list[Explanation]:
    """The running clocks first, each with its stretches, pauses, extensions, hand-overs and levels."""
    clocks = Clock.objects.of(SUBJECT, incident_id)
    clocks = clocks.select_related("calendar_version__calendar", "ladder_version__ladder")
    clocks = clocks.prefetch_related("pauses__approved_by", "extensions__approved_by", "hand_overs", "escalations")
    in_order = sorted(clocks, key=lambda one: (one.stopped_at is not None, one.started_at))
    return [explain(clock, now=now) for clock in in_order]
