"""Open cases follow the ground when a plan takes effect: area, holder and team; clocks run on, the past stays."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from gridgov.audit import actions as audit
from grids.division.change import Change
from grids.locate import locate
from grids.models import Area
from incidents import clocks
from incidents.actions import custody
from incidents.actions.timeline import entry
from incidents.models import Duty, Incident
from incidents.search import index
from teams.models import Unit


def touched(change: Change) -> Any:
    """Open cases in areas that lose, win or go, and those that lie in what is divided without a grid."""
    return Incident.objects.open().filter(Q(area__in=change.affected) | Q(area=change.plan.parent_id))


def place_of(incident: Incident, change: Change) -> int | None:
    """The area a case belongs to now: by its building, by its point, else the heir of an area that has gone."""
    if incident.building_id is not None and incident.building is not None:
        return incident.building.area_id
    if incident.point is not None:
        found = locate(incident.point.x, incident.point.y).area
        if found is not None and found.pk in change.ids.values():
            return found.pk
    heir = change.heirs.get(incident.area_id)
    return change.ids[heir] if heir is not None else None


def follow_plan(change: Change, *, by: Any, now: datetime) -> int:
    """Give each open case the area that holds it now; how many changed. The plan's approval is the right to do so."""
    by = by or change.plan.saved_by
    rows = touched(change).select_for_update(of=("self",)).select_related("area", "holder", "handling_unit", "building")
    moved = [(incident, area) for incident in rows.order_by("pk") if (area := place_of(incident, change))]
    moved = [(incident, area) for incident, area in moved if area != incident.area_id]
    areas = Area.objects.in_bulk([area for _incident, area in moved])
    teams = _teams({*areas, *(incident.area_id for incident, _area in moved)})
    for incident, area in moved:
        _move(incident, areas[area], teams, by=by, now=now)
    _follow_duties(change, by=by, now=now)
    return len(moved)


def _follow_duties(change: Change, *, by: Any, now: datetime) -> None:
    """Who answers for what in an area that goes answers in its heir, unless that has a rule of its own."""
    heirs = {old: change.ids[key] for old, key in change.heirs.items()}
    areas = Area.objects.in_bulk(heirs.values())
    taken = set(Duty.objects.filter(area__in=areas).values_list("category_id", "area_id"))
    for duty in Duty.objects.select_for_update(of=("self",)).filter(area__in=heirs).order_by("pk"):
        old, area = duty.area_id, areas[heirs[duty.area_id]]
        if (duty.category_id, area.pk) not in taken:
            taken.add((duty.category_id, area.pk))
            duty.area = area
            duty.save()
            audit.record("incidents.move_duty", duty, by=by, at=now, old=old, new=area.pk)


def _teams(areas: set[int]) -> dict[int, Unit]:
    """Area → its grid team; the oldest of several."""
    rows = Unit.objects.standing().filter(kind=Unit.Kind.GRID_TEAM, area__in=areas).order_by("-pk")
    return {unit.area_id: unit for unit in rows}


def _move(incident: Incident, area: Area, teams: dict[int, Unit], *, by: Any, now: datetime) -> None:
    """Only what lay with the old grid's team passes on; a department or a desk keeps its case."""
    old, before = incident.area, incident.holder
    team = teams.get(area.pk)
    incident.area, incident.area_path = area, area.path
    incident.needs_triage = incident.needs_triage and not area.is_grid
    if team is not None and before is not None and _was_team(before, area):
        custody.hand_to(incident, team, now=now)
        if incident.handling_unit_id == before.pk:
            incident.handling_unit = team
        clocks.carry_on(incident, by=by, now=now)
    if incident.responsible_id is not None and incident.responsible_id == getattr(teams.get(old.pk), "pk", None):
        incident.responsible = team
    step = entry(incident, "ground_moved", by=by, now=now, words=f"{old.name} → {area.name}", old=old.pk, new=area.pk)
    incident.save()
    index(incident).save()
    step.save(force_insert=True)
    audit.record("incidents.follow_plan", incident, by=by, at=now, old=old.pk, new=area.pk)


def _was_team(unit: Unit, area: Area) -> bool:
    """A grid team of another grid; the team that came along with its ground keeps what it has."""
    return unit.kind == Unit.Kind.GRID_TEAM and unit.area_id != area.pk
