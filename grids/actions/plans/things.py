"""Places and city assets follow the ground when a plan takes effect, and say beforehand how many will."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from grids.division.change import Change
from grids.division.preview import Preview, Row
from grids.division.shapes import Shape
from grids.division.things import SORTS, moves, touched
from grids.models import Area, Asset, Place

WORDS = {Place: _("places"), Asset: _("city assets")}


def move_things(change: Change, named: list[Shape]) -> dict[str, int]:
    """Give each the area that holds it now, by the codes that areas have now; how many of which sort changed."""
    paths = dict(Area.objects.filter(pk__in=change.ids.values()).values_list("pk", "path"))
    counts = {}
    for model in SORTS:
        targets: dict[int, list[Any]] = {}
        for thing, key in moves(touched(model, change), named, change):
            if change.ids[key] != thing.area_id:
                targets.setdefault(change.ids[key], []).append(thing.pk)
        for area, keys in targets.items():
            model.objects.filter(pk__in=keys).update(area_id=area, area_path=paths[area])
        counts[str(model._meta.model_name)] = sum(map(len, targets.values()))
    return counts


def what_moves(sender: Any, *, change: Change, **_rest: Any) -> Preview:
    """How many pass from where to where; one query a sort."""
    rows = []
    for model in SORTS:
        sums: dict[tuple[str, str], int] = {}
        for thing, key in moves(touched(model, change), change.shapes, change):
            old = change.areas[thing.area_id].name if thing.area_id in change.areas else change.plan.parent.name
            sums[old, change.name_of(key)] = sums.get((old, change.name_of(key)), 0) + 1
        rows += [Row(WORDS[model], old, new, count) for (old, new), count in sorted(sums.items())]
    return Preview(rows=tuple(rows))
