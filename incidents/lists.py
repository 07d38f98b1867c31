"""The lists of incidents: which tab and filters mean which rows, and how many each tab holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridgov.clock.levels import Level
from gridgov.paging import beyond
from grids.permissions import ABOVE, Perm, Scope, scope, within
from incidents.models import Incident, Request
from incidents.models.incident import IncidentQuerySet
from incidents.search import search
from incidents.workflow import BEING_VERIFIED, ENDED, OPEN, WAITING_FOR_DESK, WITH_UNIT, Status

PATH = "area_path"
HORIZON = timedelta(days=365)  # how far back a filter without an index of its own looks
ORDERS = {"new": ("-reported_at", "-id"), "due": ("due_at", "id")}
TABS = {
    "mine": _("Waiting for me"),
    "waiting": _("To dispatch"),
    "grid": _("In my areas"),
    "unit": _("My unit"),
    "late": Level.LATE.label,
    "all": _("All"),
}
GROUPS = {
    "open": OPEN,
    "to_verify": BEING_VERIFIED,
    "with_unit": WITH_UNIT,
    "waiting": WAITING_FOR_DESK,
    "ended": ENDED,
}


def _in(statuses: Any) -> Q:
    return Q(status__in=sorted(statuses))


def mine(own: Scope) -> Q:
    """What waits for the person: held by their units, dispatched to them and not yet signed, new where they take
    reports in, or with a request that they may answer.
    """
    units = sorted(own.member_of)
    asked = Request.objects.filter(answer=Request.Answer.OPEN).filter(within(own.paths(Perm.APPROVE_INCIDENTS), PATH))
    return (
        Q(holder__in=units)
        | Q(handling_unit__in=units, status=Status.DISPATCHED)
        | _in(WAITING_FOR_DESK) & within(own.paths(Perm.ACCEPT_INCIDENTS), PATH)
        | Q(pk__in=asked.values("incident_id"))
    )


def tab_rules(user: Any) -> dict[str, Q]:
    """Tab → condition on open incidents that the person may see."""
    own = scope(user)
    units = sorted(own.units(Perm.HANDLE_INCIDENTS) | own.member_of)
    return {
        "mine": mine(own),
        "waiting": _in(WAITING_FOR_DESK),
        "grid": within(own.paths(Perm.VIEW_INCIDENTS), PATH),
        "unit": Q(handling_unit__in=units) | Q(holder__in=units),
        "late": Q(level__gte=Level.LATE),
    }


def counts(user: Any) -> dict[str, int]:
    """How many open incidents each tab holds; one query."""
    rules = tab_rules(user)
    asked = {name: Count("pk", filter=rule) for name, rule in rules.items()}
    return Incident.objects.visible_to(user).open().aggregate(**asked)


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see: a tab and filters, already understood (see incidents.forms.ListFilter)."""

    tab: str = "all"
    q: str = ""
    status: str = ""
    level: int | None = None
    category: str = ""
    area_path: str = ""
    unit: int | None = None
    reported: int | None = None
    due_today: bool = False
    acting: int | None = None  # the unit that has to act: the one it was dispatched to, else the holder
    exact: bool = False  # the area itself, without what lies below
    extent: tuple[float, float, float, float] | None = None  # west, south, east, north in WGS-84

    @property
    def narrow(self) -> bool:
        """Whether an index of its own carries the question; else it looks back over `HORIZON` only."""
        return self.tab != "all" or bool(self.q or self.unit or self.acting or self.reported)

    @property
    def filtered(self) -> bool:
        """Whether anything beside the tab narrows the list."""
        words = (self.q, self.status, self.category, self.area_path)
        return any([*words, self.level is not None, self.unit, self.acting, self.reported, self.due_today, self.extent])


def _by_status(rows: IncidentQuerySet, status: str) -> IncidentQuerySet:
    if status == "very_late":
        return rows.late(Level.VERY_LATE)
    return rows.filter(_in(GROUPS[status])) if status in GROUPS else rows.filter(status=status)


def apply(asked: Asked, user: Any, now: datetime) -> IncidentQuerySet:
    """The incidents that were asked for, among those the person may see."""
    rows = Incident.objects.visible_to(user)
    if asked.tab != "all":
        rows = rows.open().filter(tab_rules(user)[asked.tab])
    if asked.area_path and asked.exact:
        rows = rows.filter(area_path=asked.area_path)
    elif asked.area_path:
        rows = rows.filter(area_path__gte=asked.area_path, area_path__lt=asked.area_path + ABOVE)
    if asked.q:
        rows = search(rows, asked.q)
    if asked.status:
        rows = _by_status(rows, asked.status)
    if asked.level is not None:
        rows = rows.open().filter(level=asked.level)
    if asked.category:
        rows = rows.filter(Q(category__code=asked.category) | Q(category__major__code=asked.category))
    if asked.acting:
        rows = rows.filter(Q(handling_unit=asked.acting) | Q(handling_unit=None, holder=asked.acting))
    if asked.extent:
        rows = rows.filter(point__coveredby=Polygon.from_bbox(asked.extent))
    if asked.unit:
        rows = rows.filter(Q(handling_unit=asked.unit) | Q(holder=asked.unit))
    return _by_time(rows, asked, now)


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """Today's first instant and tomorrow's, in the area's time zone."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def _by_time(rows: IncidentQuerySet, asked: Asked, now: datetime) -> IncidentQuerySet:
    start, end = day_of(now)
    if asked.reported:
        rows = rows.filter(reported_at__gte=start - timedelta(days=asked.reported - 1))
    elif asked.filtered and not asked.narrow:
        rows = rows.filter(reported_at__gte=now - HORIZON)
    if asked.due_today:
        rows = rows.open().filter(due_at__gte=start, due_at__lt=end)
    return rows


def ordered(rows: IncidentQuerySet, order: str) -> IncidentQuerySet:
    """What a list in this order can hold: by due time only what has one."""
    return rows.open().filter(due_at__isnull=False) if order == "due" else rows


def beside(incident: Incident, rows: IncidentQuerySet, order: str) -> dict[str, Any]:
    """{"previous": id, "next": id} of the list `rows` in this order, where there are such; one query by key.

    It goes on from where the case stands even if a step has taken it out of the list meanwhile.
    """
    names = [name.lstrip("-") for name in ORDERS[order]]
    down = [name.startswith("-") for name in ORDERS[order]]
    values = [getattr(incident, name) for name in names]
    if None in values:
        return {}

    def nearest(way: str, falling: list[bool]) -> QuerySet:
        order_by = [f"-{name}" if fall else name for name, fall in zip(names, falling, strict=True)]
        found = rows.filter(beyond(names, falling, values)).order_by(*order_by)
        return found.values_list(Value(way), "pk")[:1]

    return dict(nearest("next", down).union(nearest("previous", [not one for one in down]), all=True))
