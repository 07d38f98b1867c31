"""Progress of campaigns and the burden ledger, as queries: nobody reports a number that the records hold.

By grid and community, in the order of their codes; never by person, never as a ranking.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from grids.models import Area
from incidents.models import Campaign, CampaignTarget
from incidents.models.campaign import of_object

A_YEAR = timedelta(days=365)


@dataclass
class Line:
    """One area: how many objects, how many looked at, how many with a finding."""

    name: str
    code: str
    total: int = 0
    done: int = 0
    abnormal: int = 0
    lines: list["Line"] = field(default_factory=list)

    @property
    def open(self) -> int:
        """Not looked at yet."""
        return self.total - self.done

    def add(self, other: "Line") -> None:
        """Count another one in."""
        self.total, self.done, self.abnormal = (
            self.total + other.total,
            self.done + other.done,
            self.abnormal + other.abnormal,
        )
        self.lines.append(other)


def progress(targets: QuerySet[CampaignTarget]) -> list[Line]:
    """Communities with their grids, both by code: one query over the objects, one for the communities."""
    rows = (
        targets.order_by()
        .annotate(grid=of_object("area_id"))
        .values("grid")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=~Q(finding="")),
            abnormal=Count("pk", filter=Q(finding__in=["rectified", "incident"])),
        )
    )
    grids = Area.objects.select_related("parent").in_bulk({row["grid"] for row in rows})
    found: dict[int, Line] = {}
    for row in rows:
        grid = grids[row["grid"]]
        above = grid.parent or grid
        line = found.setdefault(above.pk, Line(above.name, above.code))
        numbers = {name: row[name] for name in ("total", "done", "abnormal")}
        line.add(Line(grid.name, grid.code, **numbers))
    for line in found.values():
        line.lines.sort(key=lambda one: one.code)
    return sorted(found.values(), key=lambda line: line.code)


def sum_of(lines: list[Line]) -> Line:
    """All of them together."""
    whole = Line("", "")
    for line in lines:
        whole.add(line)
    return whole


def with_counts(rows: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """With `total`, `done`, `abnormal` objects and `grids` asked."""
    return rows.annotate(
        total=Count("targets"),
        done=Count("targets", filter=~Q(targets__finding="")),
        abnormal=Count("targets", filter=Q(targets__finding__in=["rectified", "incident"])),
        grids=Count(of_object("area_id", through="targets__"), distinct=True),
    )


def ledger(pks: Iterable[UUID], asked: QuerySet[Campaign], now: datetime) -> QuerySet[Campaign]:
    """Who asked what of whom: with counts, and how often the same task was asked in the last 12 months (`times`).

    `asked`: all that the reader may see; another street's campaigns are not counted among theirs.
    """
    same = asked.filter(task_type=OuterRef("task_type"), published_at__gt=now - A_YEAR).order_by()
    times = same.values("task_type").annotate(n=Count("pk")).values("n")
    found = with_counts(Campaign.objects.filter(pk__in=list(pks))).annotate(times=Subquery(times))
    return found.select_related("area", "task_type", "asked_by", "unit")
