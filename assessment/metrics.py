"""What boards show: read-only figures over open incidents and the folded day counts, each in one query.

Every figure that is clicked opens the list it counts; so each is made of the same conditions as
`incidents.lists` (tabs and filters), and nothing here counts ended incidents except by the rollups.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessment.models import DayCount, Dimension
from gridgov.clock.levels import Level
from gridgov.dbtime import database_now
from grids.models import Area
from grids.permissions import ABOVE, Perm, scope
from incidents.lists import day_of
from incidents.models import Incident, Step
from incidents.models.incident import IS_OPEN, IncidentQuerySet
from incidents.workflow import BEING_VERIFIED, WAITING_FOR_DESK, Status


@dataclass(frozen=True)
class Numbers:
    """The head of a board."""

    waiting: int
    new_today: int
    due_today: int
    late: int
    very_late: int
    to_verify: int
    open: int
    triage: int


def within(path: str) -> Q:
    """Rows of a subtree."""
    return Q(area_path__gte=path, area_path__lt=path + ABOVE)


def numbers(rows: IncidentQuerySet, now: datetime) -> Numbers:
    """Over the open incidents of `rows` and those reported today; one query."""
    start, end = day_of(now)
    asked = {
        "waiting": Q(status__in=sorted(WAITING_FOR_DESK)),
        "new_today": Q(reported_at__gte=start),
        "due_today": IS_OPEN & Q(due_at__gte=start, due_at__lt=end),
        "late": IS_OPEN & Q(level__gte=Level.LATE),
        "very_late": IS_OPEN & Q(level__gte=Level.VERY_LATE),
        "to_verify": Q(status__in=sorted(BEING_VERIFIED)),
        "open": IS_OPEN,
        "triage": Q(status__in=sorted(WAITING_FOR_DESK), needs_triage=True),
    }
    found = rows.filter(IS_OPEN | Q(reported_at__gte=start))
    return Numbers(**found.aggregate(**{name: Count("pk", filter=rule) for name, rule in asked.items()}))


LATE = Count("pk", filter=Q(level__gte=Level.LATE))
VERY_LATE = Count("pk", filter=Q(level__gte=Level.VERY_LATE))


def by_area(rows: IncidentQuerySet) -> list[dict[str, Any]]:
    """Open incidents per area, in the order of the tree: name, path, open, late, very late, highest level."""
    grouped: Any = rows.open().values("area_id", "area__name", "area_path", "area__code", "area__kind")
    return list(
        grouped.annotate(open=Count("pk"), late=LATE, very_late=VERY_LATE, level=Max("level")).order_by("area_path")
    )


def by_unit(rows: IncidentQuerySet) -> list[dict[str, Any]]:
    """Open incidents per unit that has to act, in the order of their codes (never by score)."""
    acting = rows.open().annotate(unit=Coalesce("handling_unit_id", "holder_id"))
    acting = acting.annotate(name=Coalesce(F("handling_unit__name"), F("holder__name")))
    acting = acting.annotate(code=Coalesce(F("handling_unit__code"), F("holder__code")))
    grouped: Any = acting.values("unit", "name", "code")
    return list(grouped.annotate(open=Count("pk"), late=LATE, very_late=VERY_LATE).order_by("code"))


def stream(user: Any, path: str, *, size: int = 10) -> list[Step]:
    """The newest things that happened in a subtree, as far as the person sees them."""
    seen = Incident.objects.visible_to(user, Perm.VIEW_BOARD).filter(within(path))
    rows = Step.objects.filter(incident__in=seen).select_related("incident__category", "incident__area", "by", "unit")
    return list(rows.order_by("-at")[:size])


def daily(path: str, first: date, last: date) -> dict[str, dict[date, int]]:
    """Day → reported and ended in a subtree, from the rollups."""
    rows = DayCount.objects.between(first, last).filter(within(path), dimension=Dimension.STATUS)
    wanted = {"reported": {Status.REPORTED, Status.UNCONFIRMED}, "ended": {Status.CLOSED, Status.SELF_RESOLVED}}
    found: dict[str, dict[date, int]] = {name: {} for name in wanted}
    for line in rows.by("day", "key"):
        for name, keys in wanted.items():
            if line["key"] in keys:
                found[name][line["day"]] = found[name].get(line["day"], 0) + line["total"]
    return found


def trend(path: str, now: datetime, *, days: int = 14) -> dict[str, Any]:
    """The chart of the last days: reported and ended."""
    today = timezone.localdate(now)
    dates = [today - timedelta(days=days - 1 - n) for n in range(days)]
    found = daily(path, dates[0], today)
    return {
        "labels": [f"{day:%m-%d}" for day in dates],
        "reported": [found["reported"].get(day, 0) for day in dates],
        "ended": [found["ended"].get(day, 0) for day in dates],
    }


def board_areas(user: Any) -> list[Area]:
    """Where a person may look at a board: the tops of their posts and the levels below, grids left out."""
    tops = scope(user).paths(Perm.VIEW_BOARD)
    rows = Area.objects.visible_to(user, Perm.VIEW_BOARD).standing()
    found = list(rows.exclude(kind=Area.Kind.GRID).order_by("path")[:300])
    return found or list(rows.filter(path__in=tops).order_by("path"))


DRIFT = """
WITH entered AS (
    SELECT (s.at AT TIME ZONE %(zone)s)::date AS day, left(i.area_path, 12) AS street, s.status AS key
    FROM (SELECT *, lag(status) OVER (PARTITION BY incident_id ORDER BY seq) AS before FROM incidents_step) s
    JOIN incidents_incident i ON i.id = s.incident_id
    WHERE s.at >= %(since)s AND (s.before IS NULL OR s.before <> s.status)
), truth AS (SELECT day, street, key, count(*) AS n FROM entered GROUP BY 1, 2, 3),
kept AS (
    SELECT day, left(area_path, 12) AS street, key, sum(n) AS n FROM (
        SELECT day, area_path, key, count AS n FROM assessment_daycount WHERE dimension = 'status'
        UNION ALL SELECT day, area_path, key, delta FROM assessment_countdelta WHERE dimension = 'status'
    ) both_tables WHERE day > (%(since)s AT TIME ZONE %(zone)s)::date GROUP BY 1, 2, 3
)
SELECT coalesce(t.day, k.day), coalesce(t.street, k.street), coalesce(t.key, k.key), coalesce(t.n, 0), coalesce(k.n, 0)
FROM (SELECT * FROM truth WHERE day > (%(since)s AT TIME ZONE %(zone)s)::date) t
FULL JOIN kept k ON (k.day, k.street, k.key) = (t.day, t.street, t.key)
WHERE coalesce(t.n, 0) <> coalesce(k.n, 0)
"""


def drift(*, days: int = 40) -> list[dict[str, Any]]:
    """Where the counted statuses of the last days differ from the timelines; empty when all is well."""
    with connection.cursor() as cursor:
        since = database_now() - timedelta(days=days)
        cursor.execute(DRIFT, {"since": since, "zone": timezone.get_current_timezone_name()})
        names = ("day", "street", "key", "truth", "counted")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
