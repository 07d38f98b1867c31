"""What incidents hear from below: ground that moved, units that end."""

from collections import Counter
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grids.division.change import Change
from grids.division.preview import Preview, Row
from grids.signals import plan_effective, plan_previewed
from incidents.actions.follow_plan import follow_plan, touched
from incidents.models import Incident
from teams.models import Unit
from teams.signals import unit_retired


@receiver(unit_retired)
def refuse_while_cases_are_held(sender: Any, *, unit: Unit, **_rest: Any) -> None:
    """A unit with open cases cannot be dissolved: somebody must hold each of them."""
    count = Incident.objects.open().filter(holder=unit).count()
    if count:
        raise ValidationError(
            ngettext(
                "%(unit)s still holds %(count)s open incident. Dispatch it to another unit first.",
                "%(unit)s still holds %(count)s open incidents. Dispatch them to another unit first.",
                count,
            ),
            code="holds_cases",
            params={"unit": unit, "count": count},
        )


@receiver(plan_effective)
def follow(sender: Any, *, change: Change, by: Any, now: datetime, **_rest: Any) -> None:
    """In the same transaction; by now buildings, posts and teams stand where they belong."""
    follow_plan(change, by=by, now=now)


@receiver(plan_previewed)
def what_moves(sender: Any, *, change: Change, **_rest: Any) -> Preview:
    """How many open cases pass from where to where; one query, numbers only."""
    ways = Counter(_ways(change))
    rows = [Row(_("open incidents"), old, new, count) for (old, new), count in sorted(ways.items())]
    return Preview(rows=tuple(rows))


def _ways(change: Change) -> list[tuple[str, str]]:
    """(old area, new area) of each open case that would change."""
    cases = list(touched(change).order_by("pk").values_list("area_id", "building_id", "point"))
    shapes = [shape for shape in change.shapes if shape.geometry is not None]
    tree = shapely.STRtree([shape.geometry for shape in shapes])
    stays = {shape.area_id: shape.key for shape in change.shapes}
    ways = []
    for area, building, point in cases:
        key = change.where.get(building) if building else None
        if key is None and point is not None:
            found = tree.query(shapely.Point(point.x, point.y), predicate="intersects")
            key = shapes[int(np.min(found))].key if len(found) else None
        key = key or change.heirs.get(area)
        if key is not None and stays.get(area) != key:
            ways.append(
                (change.areas[area].name if area in change.areas else change.plan.parent.name, change.name_of(key))
            )
    return ways
