"""Clocks begun while the table of limits was being saved, by whoever had read the table before.

They tell it themselves: each names the version of the table its limit comes from, and began after a newer one counted.
What began before runs on or moves as whoever saved the table has said.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from gridgov.clock.actions import replan_each
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock
from gridgov.ids import uuid7_floor
from incidents.clocks import SUBJECT, IncidentClocks, terms_of
from incidents.limits import todays, version_of
from incidents.models import Incident, LimitVersion

LOOKED_BACK = timedelta(days=1)  # at saved tables: longer than beat and workers are away
SAVING = timedelta(minutes=10)  # no table takes so long to save, nor a report that has read the one before
ASTRAY = timedelta(hours=2)  # how wrong the clock may go of a machine that mints ids
BATCH = 1_000


def catch_up(now: datetime) -> int:
    """Let them run on by the limits that count now, unless they are late; how many. One statement where none is new."""
    saved = LimitVersion.objects.filter(created_at__gt=now - LOOKED_BACK, number__gt=0).defer("rules")
    found = {pk for version in saved for pk in _begun_during(version)}
    return _under_todays(found, now=now) if found else 0


def _begun_during(version: LimitVersion) -> list[UUID]:
    """Clocks that began after a table was saved, by an earlier one; of the ids that those hours can have minted."""
    first, last = version.created_at - ASTRAY, version.created_at + SAVING + ASTRAY
    rows = Clock.objects.running().filter(pk__range=(uuid7_floor(first), uuid7_floor(last)), subject_kind=SUBJECT)
    begun = rows.filter(started_at__gte=version.created_at).exclude(basis="").values_list("pk", "basis")
    return [pk for pk, basis in begun if version_of(basis) < version.number]


@transaction.atomic
def _under_todays(found: set[UUID], *, now: datetime) -> int:
    """The cases are locked before their categories and units are read, as whoever takes a step does."""
    rows = Clock.objects.running().filter(pk__in=found, level__lt=Level.LATE).order_by("pk")[:BATCH]
    subjects = {clock.subject_id for clock in rows}
    IncidentClocks().lock(subjects, wait=True)
    cases = Incident.objects.select_related("category", "holder__area", "handling_unit__area").in_bulk(subjects)
    among = todays()
    terms = {clock.pk: terms_of(cases[clock.subject_id], clock, among) for clock in rows if clock.subject_id in cases}
    return len(replan_each(terms, by=None, now=now, below=Level.LATE))
