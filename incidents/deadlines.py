"""Every deadline of a case, explained: the same answer for the page and for programs."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from gridgov.clock.explain import Explanation, explain
from gridgov.clock.models import Clock, Replan
from gridgov.sync.models import Attachment
from incidents.clocks import SUBJECT
from incidents.models import Request


def explained(incident_id: UUID, *, now: datetime) -> list[Explanation]:
    """The running clocks first, each with its stretches, pauses, extensions, hand-overs and levels."""
    clocks = Clock.objects.of(SUBJECT, incident_id)
    clocks = clocks.select_related("calendar_version__calendar", "ladder_version__ladder")
    clocks = clocks.prefetch_related("pauses__approved_by", "extensions__approved_by", "hand_overs", "escalations")
    versions = ("old_calendar", "new_calendar", "old_ladder", "new_ladder")
    before = Replan.objects.select_related("by", *(f"{one}__{one.partition('_')[2]}" for one in versions))
    clocks = clocks.prefetch_related(Prefetch("replans", before.order_by("revision")))
    in_order = sorted(clocks, key=lambda one: (one.stopped_at is not None, one.started_at))
    return [explain(clock, now=now) for clock in in_order]


def evidence_of(found: Iterable[Explanation]) -> dict[str, list[Attachment]]:
    """The photos that came along when pauses were asked for, by the key of the request; no query without a pause."""
    keys = {str(row.asked_in) for one in found for row in one.clock.pauses.all() if row.asked_in}
    kept = Attachment.objects.filter(subject_kind=Request._meta.label_lower, subject_id__in=keys) if keys else ()
    photos: dict[str, list[Attachment]] = {}
    for photo in sorted(kept, key=lambda one: one.pk):
        photos.setdefault(photo.subject_id, []).append(photo)
    return photos
