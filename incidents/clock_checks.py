"""What the hourly check of the clock asks of incidents: do level, clocks, records and messages of a case agree?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Subquery
from django.db.models.functions import Cast

from gridgov.clock.checks import Finding, finding
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock
from gridgov.notices import channels
from gridgov.notices.models import Notice, Outbox
from incidents.clocks import SUBJECT
from incidents.models import Incident, Step, Supervision
from incidents.workflow import OPEN, STAGE_OF

LATELY = timedelta(hours=2)  # two runs of the check: what one of them missed the next one finds
STUCK = timedelta(minutes=30)  # a message that is due so long and was never tried: nobody delivers
TOLD = "incidents.escalated"


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
    record = Supervision.objects.filter(
        incident=OuterRef("subject_id"), stage=OuterRef("stage"), cycle=OuterRef("cycle"), number=0
    )
    late = running.filter(~Exists(record), level__gte=Level.LATE)
    yield from finding("late_unsupervised", late.order_by("pk"))


def undelivered(now: datetime) -> Iterator[Finding]:
    """Levels of which nobody was told, and messages that do not leave."""
    since = now - LATELY
    about = Notice.objects.filter(code=TOLD, subject_kind=SUBJECT, subject_id=OuterRef("case"), created_at__gte=since)
    reached = Step.objects.filter(move="escalated", at__gte=since).annotate(case=Cast("incident_id", CharField()))
    cases = Incident.objects.filter(pk__in=reached.filter(~Exists(about)).values("incident_id"))
    yield from finding("untold", cases.order_by("pk"))
    names = [channel.name for channel in channels.configured()]
    stuck = Outbox.objects.due(now - STUCK).filter(channel__in=names, attempts=0)
    yield from finding("unsent", stuck.order_by("pk"))
