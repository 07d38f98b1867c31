"""What the report on the standard asks about incidents: how many are open in a grid, and how many it had of late."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from grids.division import standard
from grids.models import Area
from incidents.models import Incident

LATE = timedelta(days=90)


def load_of(grids: Sequence[Area], now: datetime) -> dict[int, dict[str, Any]]:
    """Grid → open incidents, and those reported in the last ninety days; two queries."""
    rows = Incident.objects.filter(area__in=grids).order_by()
    late = rows.filter(reported_at__gt=now - LATE)
    open_ = dict(rows.open().values_list("area_id").annotate(n=Count("pk")))
    recent = dict(late.values_list("area_id").annotate(n=Count("pk")))
    return {grid.pk: {"open": open_.get(grid.pk, 0), "recent": recent.get(grid.pk, 0)} for grid in grids}


def register_own() -> None:
    """Called once, when the room opens."""
    standard.register_facts(load_of)
