"""What is late: at which stage, with whom it waits and since when, and what the ladder did about it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Extract, JSONObject
from django.utils.dateparse import parse_datetime

from gridgov.clock.levels import Level
from gridgov.clock.models import Clock, Escalation
from gridgov.notices.models import Notice
from grids.permissions import ABOVE, Perm, ReachFields, readable
from incidents.models import Incident, Supervision, Wait
from incidents.models.incident import IncidentQuerySet
from incidents.waits import SUBJECT
from incidents.workflow import STAGE_OF, Stage, Status

DAYS = 30  # how far back the sums by unit look
ORDER = ("unit_code", "reported_at", "id")
_SENT = Q(status=Status.DISPATCHED)


def _of_awaited(name: str) -> Case:
    """A column of the unit a case waits for: the one it was sent to until that signs, its holder after."""
    return Case(When(_SENT, then=F(f"handling_unit{name}")), default=F(f"holder{name}"))


def late(user: Any) -> Any:
    """Every late case the person supervises, with the unit it waits for."""
    rows = Incident.objects.visible_to(user).late()
    rows = rows.filter(readable(user, Perm.SUPERVISE_INCIDENTS, ReachFields()))
    return rows.annotate(
        unit_id=_of_awaited("_id"),
        unit_name=_of_awaited("__name"),
        unit_code=Coalesce(_of_awaited("__code"), Value(""), output_field=CharField()),
    )


@dataclass(frozen=True)
class Asked:
    """What narrows the page; "" or None for everything."""

    stage: str = ""
    unit: int | None = None
    level: int | None = None
    area_path: str = ""

    def apply(self, rows: Any) -> Any:
        """Only these."""
        if self.stage:
            rows = rows.filter(status__in=[status for status, stage in STAGE_OF.items() if stage == self.stage])
        if self.unit:
            rows = rows.filter(unit_id=self.unit)
        if self.level:
            rows = rows.filter(level=self.level)
        if self.area_path:
            rows = rows.filter(area_path__gte=self.area_path, area_path__lt=self.area_path + ABOVE)
        return rows


@dataclass
class Facets:
    """How many late cases there are, by what one can narrow: one statement."""

    units: dict[tuple[str, int, str], Counter[int]] = field(default_factory=dict)  # (code, id, name) → level → number
    stages: Counter[str] = field(default_factory=Counter)
    levels: Counter[int] = field(default_factory=Counter)
    areas: dict[tuple[str, str], int] = field(default_factory=dict)  # (path, name) → number


def facets(rows: Any) -> Facets:
    """Counted over `rows`; areas are the communities, and what lies outside any."""
    found = Facets()
    grouped: Any = rows.order_by().values_list(
        "unit_code", "unit_id", "unit_name", "status", "level", "area__kind", "area__path", "area__name",
        "area__parent__path", "area__parent__name",
    ).annotate(n=Count("pk"))  # fmt: skip
    for code, unit, name, status, level, kind, path, area, above, above_name, n in grouped:
        found.units.setdefault((code, unit, name), Counter())[level] += n
        found.stages[STAGE_OF[status]] += n
        found.levels[level] += n
        place = (above, above_name) if kind == "grid" else (path, area)
        found.areas[place] = found.areas.get(place, 0) + n
    found.units = dict(sorted(found.units.items()))
    return found


def with_ladder(rows: Any) -> Any:
    """Beside each case: its running clocks, every level fired with lateness and who was told, open supervisions."""
    told = Notice.objects.filter(
        subject_kind=Incident._meta.label_lower,
        subject_id=Cast(OuterRef("clock__subject_id"), CharField()),
        code="incidents.escalated",
        created_at=OuterRef("fired_at"),
    )
    names = ArraySubquery(told.order_by("user__name").values("user__name"))
    seconds = Extract("late_by", "epoch")
    fired = Escalation.objects.filter(clock__subject_id=OuterRef("pk"), clock__stopped_at=None)
    fired_rows = fired.order_by("fired_at", "level").values(
        json=JSONObject(level="level", stage="clock__stage", at="fired_at", late=seconds, told=names)
    )
    open_ones = Supervision.objects.filter(incident=OuterRef("pk"), lifted_at=None).order_by("id")
    open_rows = open_ones.values(json=JSONObject(id="id", by_hand="number", answered="answered_at"))
    clocks = (
        Clock.objects.running().filter(subject_kind=SUBJECT, subject_id=OuterRef("pk")).exclude(stage=Stage.PROMISE)
    )
    return rows.annotate(
        fired=ArraySubquery(fired_rows),
        supervised=ArraySubquery(open_rows),
        waits_since=Subquery(clocks.values("started_at")[:1]),
    ).select_related("category", "area", "building")


def line(incident: Any) -> dict[str, Any]:
    """One case ready for the page."""
    return {
        "row": incident,
        "stage": STAGE_OF[incident.status].label,
        "fired": [
            {
                "level": one["level"],
                "stage": Stage(one["stage"]).label,
                "at": parse_datetime(one["at"]),
                "late": float(one["late"] or 0),
                "told": one["told"],
            }
            for one in incident.fired
        ],
        "supervised": incident.supervised,
        "answered": bool(incident.supervised) and all(one["answered"] for one in incident.supervised),
    }


def sums(user: Any, now: datetime, *, days: int = DAYS, area_path: str = "") -> list[dict[str, Any]]:
    """Per unit what ended in the last days: stages, those beyond their limit, time used, late and paused.

    In the order of the units' codes, never by a figure; one statement.
    """
    rows = waits(user, now, days=days, area_path=area_path).exclude(unit=None)
    grouped: Any = rows.order_by().values("unit", "unit__code", "unit__name")
    return list(
        grouped.annotate(
            stages=Count("clock_id"),
            late_stages=Count("clock_id", filter=Q(late__gt=0)),
            used_sum=Sum("used"),
            late_sum=Sum("late"),
            paused_sum=Sum("paused"),
        ).order_by("unit__code")
    )


def waits(user: Any, now: datetime, *, days: int = DAYS, area_path: str = "") -> QuerySet[Wait]:
    """The waits that ended in the last days, the promise to the resident left out."""
    rows = Wait.objects.visible_to(user).of_stages().filter(until__gte=now - timedelta(days=days))
    return rows.filter(area_path__gte=area_path, area_path__lt=area_path + ABOVE) if area_path else rows


def proposed(user: Any) -> IncidentQuerySet:
    """拟提请区级 / 联席会议: open cases at the highest level, the oldest first."""
    rows = Incident.objects.visible_to(user).late(Level.CRITICAL)
    return rows.filter(readable(user, Perm.SUPERVISE_INCIDENTS, ReachFields()))
