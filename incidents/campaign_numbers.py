"""Progress of campaigns and the burden ledger, as queries: nobody reports a number that the records hold.

By grid and community, in the order of their codes; never by person, never as a ranking.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from grids.models import Area
from incidents.models import Campaign, CampaignTarget
from incidents.models.campaign import of_object

A_YEAR = timedelta(days=365)
COUNTED = {
    "total": Count("pk"),
    "done": Count("pk", filter=~Q(finding="")),
    "abnormal": Count("pk", filter=Q(finding__in=["rectified", "incident"])),
}


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
    rows: Any = targets.order_by().annotate(grid=of_object("area_id")).values("grid").annotate(**COUNTED)
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


def counts(pks: Iterable[UUID], **more: Any) -> dict[UUID, dict[str, int]]:
    """Campaign → `total`, `done`, `abnormal` of its objects, and what `more` counts: the objects alone are read."""
    pks = list(pks)
    rows: Any = (
        CampaignTarget.objects.filter(campaign__in=pks).order_by().values("campaign").annotate(**COUNTED, **more)
    )
    nothing = dict.fromkeys([*COUNTED, *more], 0)
    return dict.fromkeys(pks, nothing) | {row["campaign"]: row for row in rows}


def ledger(rows: Iterable[Campaign], asked: QuerySet[Campaign], now: datetime) -> list[Any]:
    """The same campaigns with `total` objects, the `grids` asked, and how often the same task was asked in the last
    12 months (`times`), which is counted once for each task and not again for each campaign of it.

    `asked`: all that the reader may see; another street's campaigns are not counted among theirs.
    """
    found: list[Any] = list(rows)
    numbers = counts([row.pk for row in found], grids=Count(of_object("area_id"), distinct=True))
    same = asked.filter(task_type__in={row.task_type_id for row in found}, published_at__gt=now - A_YEAR)
    times = dict(same.order_by().values_list("task_type").annotate(n=Count("pk")))
    for row in found:
        row.total, row.grids = numbers[row.pk]["total"], numbers[row.pk]["grids"]
        row.times = times.get(row.task_type_id, 0)
    return found
