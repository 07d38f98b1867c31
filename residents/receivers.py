"""What the register hears from the ground: who lives in a building follows it into its grid, and a grid its street."""

from typing import Any

from django.db.models import Count, QuerySet
from django.dispatch import receiver
from django.utils.translation import gettext as _

from grids.division.change import Change
from grids.division.preview import Preview, Row
from grids.models import Area, Building
from grids.signals import area_moved, building_moved, plan_effective, plan_previewed
from residents import actions
from residents.models import Dwelling, Household, Resident
from residents.protection import protected_paths


@receiver(building_moved)
def follow(sender: Any, *, building: Building, old: str, **_rest: Any) -> None:
    """In the same transaction as the move."""
    actions.follow_buildings([building.pk], building.area, old_paths=[old])


@receiver(area_moved)
def follow_above(sender: Any, *, area: Area, old: str, **_rest: Any) -> None:
    """The same when an area hangs elsewhere in the tree."""
    actions.follow_area(area, old_path=old)


@receiver(plan_effective)
def follow_plan(sender: Any, *, change: Change, **_rest: Any) -> None:
    """Who lives in the buildings that a plan moved."""
    targets: dict[str, list[int]] = {}
    for house, key in change.moved:
        targets.setdefault(key, []).append(house.pk)
    areas = Area.objects.in_bulk([change.ids[key] for key in targets])
    old = [change.plan.area_path]  # every building of the plan lies below
    for key, houses in targets.items():
        actions.follow_buildings(houses, areas[change.ids[key]], old_paths=old)


@receiver(plan_previewed)
def what_moves(sender: Any, *, change: Change, **_rest: Any) -> Preview:
    """How many of the register pass from where to where; numbers only, three queries."""
    ways = {
        house.pk: (change.areas[house.area_id].name, change.name_of(key))
        for house, key in change.moved
        if house.area_id in change.areas
    }
    path = change.plan.area_path
    with protected_paths([path]):
        counts = [
            (_("dwellings"), _counted(Dwelling.objects.filter(building__in=ways), "building")),
            (
                _("households in the register"),
                _counted(Household.objects.present().filter(dwelling__building__in=ways), "dwelling__building"),
            ),
            (
                _("residents in the register"),
                _counted(
                    Resident.objects.present().filter(household__dwelling__building__in=ways),
                    "household__dwelling__building",
                ),
            ),
        ]
    rows = []
    for what, found in counts:
        sums: dict[tuple[str, str], int] = {}
        for building, count in found.items():
            sums[ways[building]] = sums.get(ways[building], 0) + count
        rows += [Row(what, old, new, count) for (old, new), count in sorted(sums.items())]
    return Preview(rows=tuple(rows))


def _counted(rows: QuerySet[Any], column: str) -> dict[int, int]:
    return {one[column]: one["n"] for one in rows.order_by().values(column).annotate(n=Count("pk"))}
