"""Where a report belongs: one grid, one team, one desk, one responsible unit, and why (docs/domain.md §8).

A building decides before a polygon: people know where they live, a phone knows where it thinks it is. What lies
outside every grid goes to the street's triage; nothing is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.gis.geos import Point
from django.db.models import F, Q, Subquery

from grids.locate import Certainty, locate
from grids.models import Area, Building
from incidents.models import Category, Duty
from teams.models import Unit


@dataclass(frozen=True)
class Route:
    """The answer. `reasons` are codes: listed, building, inside, near, coarse, outside, own_grid, told_grid or
    no_place, and owner.
    """

    area: Area
    needs_triage: bool
    near_boundary: bool
    desk: Unit | None
    team: Unit | None
    responsible: Unit | None
    reasons: tuple[str, ...] = ()
    candidates: tuple[Area, ...] = field(default=())

    @property
    def first_holder(self) -> Unit | None:
        """Who holds a new report: the desk; the grid's team where no desk has been set up."""
        return self.desk or self.team


Presume = Callable[[], tuple[Area, str] | None]


@dataclass(frozen=True)
class _Ground:
    area: Area
    triage: bool
    near: bool
    reason: str
    candidates: tuple[Area, ...] = ()


def _ground(
    home: Callable[[], Area],
    building: Building | None,
    point: Point | None,
    accuracy: float | None,
    known: Area | None,
    presume: Presume,
) -> _Ground:
    if known is not None and known.is_grid:
        return _Ground(known, False, False, "listed")
    if building is not None:
        return _Ground(building.area, not building.area.is_grid, False, "building")
    if point is None:
        own = presume() if known is None else None
        if own is not None:
            return _Ground(own[0], False, False, own[1])
        area = home()
        return _Ground(area, not area.is_grid, False, "no_place")
    found = locate(point.x, point.y, accuracy=accuracy)
    if found.area is None:
        return _Ground(home(), True, bool(found.candidates), "outside", found.candidates)
    if not found.area.is_grid:
        return _Ground(found.area, True, bool(found.candidates), "coarse", found.candidates)
    near = found.certainty == Certainty.NEAR
    return _Ground(found.area, False, near, "near" if near else "inside", found.candidates)


def units_for(
    category: Category, area: Area, *, confidential: bool = False, owner: Unit | None = None
) -> tuple[Unit | None, Unit | None, Unit | None]:
    """(desk, team, responsible unit) for a category in an area; one query.

    The desk is the nearest one above; for what is confidential the highest one, the street's own. Who is named by
    the duty list answers, retired or not: the page that lists duties says so. A city asset is its `owner`'s first.
    """
    on_duty = Duty.objects.nearest(category, area).values("unit_id")[:1]
    wanted = Q(area_path__in=area.ancestor_paths, is_desk=True) | Q(area=area, kind=Unit.Kind.GRID_TEAM)
    standing = Q(retired_at=None) & (wanted | Q(pk=category.lead_unit_id))
    found = Unit.objects.annotate(on_duty=Subquery(on_duty)).filter(standing | Q(pk=F("on_duty"))).order_by("pk")
    duty = next((unit for unit in found if unit.pk == unit.on_duty), None)
    units = [unit for unit in found if unit.retired_at is None]
    desks = [unit for unit in units if unit.is_desk and area.path.startswith(unit.area_path)]
    nearest = min if confidential else max
    desk = nearest(desks, key=lambda unit: len(unit.area_path), default=None)
    team = next((u for u in units if u.kind == Unit.Kind.GRID_TEAM and u.area_id == area.pk), None)
    lead = next((unit for unit in units if unit.pk == category.lead_unit_id), None)
    return desk, team, owner or duty or lead or team or desk


def route(
    category: Category,
    home: Callable[[], Area],
    *,
    building: Building | None = None,
    point: Point | None = None,
    accuracy: float | None = None,
    confidential: bool = False,
    known: Area | None = None,
    owner: Unit | None = None,
    presume: Presume = lambda: None,
) -> Route:
    """Where a report of `category` goes. `home` tells, when asked, the street that looks after what lies outside.

    `known` is the grid of the city asset or place it is about, `owner` the unit that owns the asset; `presume` tells,
    when asked, the grid of a report that names no place at all, and why that one.
    """
    ground = _ground(home, building, point, accuracy, known, presume)
    desk, team, responsible = units_for(category, ground.area, confidential=confidential, owner=owner)
    return Route(
        area=ground.area,
        needs_triage=ground.triage,
        near_boundary=ground.near,
        desk=desk,
        team=team,
        responsible=responsible,
        reasons=(ground.reason, "owner") if owner is not None else (ground.reason,),
        candidates=ground.candidates,
    )
