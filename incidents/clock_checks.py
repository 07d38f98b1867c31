"""What the hourly check of the clock asks of incidents: do a case's level and its clocks say the same?"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Subquery

from gridgov.clock.checks import Finding, finding
from gridgov.clock.models import Clock
from incidents.clocks import SUBJECT
from incidents.models import Incident
from incidents.workflow import OPEN, STAGE_OF


def compare(now: datetime) -> Iterator[Finding]:
    """Open cases without a clock or with another level than the highest of their clocks; ended ones that still run."""
    running = Clock.objects.running().filter(subject_kind=SUBJECT)
    of_case = running.filter(subject_id=OuterRef("pk")).order_by("-level")
    cases = Incident.objects.filter(status__in=OPEN).order_by("pk")
    yield from finding("case_without_clock", cases.filter(~Exists(of_case), status__in=list(STAGE_OF)))
    highest = cases.annotate(highest=Subquery(of_case.values("level")[:1])).exclude(highest=None)
    yield from finding("level_differs", highest.exclude(level=F("highest")))
    ended = Incident.objects.filter(pk=OuterRef("subject_id")).exclude(status__in=OPEN)
    yield from finding("clock_of_ended_case", running.filter(Exists(ended)).order_by("pk"))
