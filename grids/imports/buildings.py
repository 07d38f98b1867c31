"""Planning an import of buildings: into the grid a column names, or the one their ground lies in."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.geodata import Feature, polygonal
from grids.imports.plan import Plan, Row, Source, State, check_columns, number_of, text_of
from grids.locate import locate_many
from grids.models import Area, Building

COUNTED = ("entrances", "floors", "households", "persons")
SMALL = ("entrances", "floors")  # stored in two bytes
SAME = 1e-9


@dataclass(frozen=True)
class BuildingColumns:
    """Which column of the file says what; "" where none does."""

    grid: str = ""
    name: str = ""
    code: str = ""
    address: str = ""
    entrances: str = ""
    floors: str = ""
    households: str = ""
    persons: str = ""
    lon: str = ""
    lat: str = ""


@dataclass
class BuildingTodo:
    """What one row asks for."""

    number: int
    name: str
    code: str
    grid: str = ""
    area: Area | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    drawn: shapely.Geometry | None = None
    repaired: str = ""
    existing: Building | None = None
    new_facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, str, str]:
        """Its number in its grid, else its name there."""
        return (self.area.pk if self.area else 0, "code" if self.code else "name", self.code or self.name)


def plan_buildings(features: list[Feature], *, within: Area | None, columns: BuildingColumns, source: Source) -> Plan:
    """What importing `features` as buildings below `within` would do. Reads only."""
    if not features:
        raise ValidationError(_("There is nothing in this file."), code="nothing")
    present = list(dict.fromkeys(name for feature in features for name in feature.properties))
    check_columns(present, list(vars(columns).values()))
    todos: list[BuildingTodo] = []
    refused: list[Row] = []
    for feature in features:
        try:
            todos.append(_todo(feature, columns, source))
        except ValidationError as error:
            label = str(feature.properties.get(columns.name or columns.code, ""))[:80]
            refused.append(Row(feature.number, label, State.REFUSED, " ".join(error.messages)))
    _into_grids(todos, within)
    _find_existing(todos)
    twice = {key for key, count in Counter(todo.key for todo in todos if todo.area).items() if count > 1}
    rows = [*refused, *(_row(todo, twice, within) for todo in todos)]
    return Plan("buildings", source, within, sorted(rows, key=lambda row: row.number))


def _degrees(value: Any) -> float:
    try:
        return float(str(value).strip())
    except ValueError as error:
        raise ValidationError(_("“%(text)s” is not a coordinate.") % {"text": str(value)[:20]}) from error


def _shape(feature: Feature, columns: BuildingColumns, source: Source) -> tuple[shapely.Geometry | None, str]:
    """A point or a valid footprint; None for rows of a list without coordinates."""
    lon, lat = (feature.properties.get(name) if name else None for name in (columns.lon, columns.lat))
    if feature.geometry is None and not source.drawn:
        if lon in (None, "") or lat in (None, ""):
            return None, ""
        point = shapely.Point(_degrees(lon), _degrees(lat))
        if not (-180 <= point.x <= 180 and -90 <= point.y <= 90):
            raise ValidationError(_("The coordinates are not degrees of longitude and latitude."))
        return point, ""
    if feature.geometry is not None and feature.geometry.geom_type == "Point" and not feature.geometry.is_empty:
        return feature.geometry, ""
    checked = polygonal(feature.geometry, feature.note)
    return checked.geometry, checked.repaired


def _todo(feature: Feature, columns: BuildingColumns, source: Source) -> BuildingTodo:
    if feature.problem:
        raise ValidationError(feature.problem)
    cells = {name: feature.properties.get(column) if column else None for name, column in vars(columns).items()}
    drawn, repaired = _shape(feature, columns, source)
    code, address = text_of(cells["code"], 5), text_of(cells["address"], 200)
    name = text_of(cells["name"], 80) or address[:80] or (_("Building %(number)s") % {"number": code or feature.number})
    counted = {key: number_of(cells[key]) for key in COUNTED}
    if any((counted[key] or 0) > 32_767 for key in SMALL):
        raise ValidationError(_("A building has not that many floors or entrances."))
    facts: dict[str, Any] = {key: value for key, value in counted.items() if value is not None}
    facts |= {"name": name} | ({"code": code} if code else {}) | ({"address": address} if address else {})
    if drawn is not None:
        inside = drawn.representative_point()
        facts["point"] = Point(inside.x, inside.y, srid=4326)
        if drawn.geom_type == "MultiPolygon":
            facts["footprint"] = GEOSGeometry(memoryview(shapely.to_wkb(drawn)), srid=4326)
    return BuildingTodo(feature.number, name, code, text_of(cells["grid"], 80), None, facts, drawn, repaired)


def _into_grids(todos: list[BuildingTodo], within: Area | None) -> None:
    """By the named grid where there is one, else by the ground."""
    below = Area.objects.standing().below(within.path) if within else Area.objects.standing()
    named = {todo.grid for todo in todos} - {""}
    by_code = {area.code: area for area in below.filter(code__in=named)}
    by_name: dict[str, list[Area]] = {}
    for area in below.filter(name__in=named):
        by_name.setdefault(area.name, []).append(area)
    places = [todo for todo in todos if not todo.grid and todo.drawn is not None]
    points = [(todo.facts["point"].x, todo.facts["point"].y) for todo in places]
    found = dict(
        zip((t.number for t in places), locate_many(points, within=within.path if within else ""), strict=True)
    )
    areas = below.in_bulk({pk for pk in found.values() if pk})
    for todo in todos:
        same_name = by_name.get(todo.grid, [])
        by_word = by_code.get(todo.grid) or (same_name[0] if len(same_name) == 1 else None)
        todo.area = by_word if todo.grid else areas.get(found.get(todo.number) or 0)


def _find_existing(todos: list[BuildingTodo]) -> None:
    paths = {todo.area.pk for todo in todos if todo.area}
    there = Building.objects.filter(area__in=paths, retired_at=None).select_related("area")
    by_key: dict[tuple[int, str, str], Building] = {}
    for building in there:
        by_key[building.area_id, "name", building.name] = building
        if building.code:
            by_key[building.area_id, "code", building.code] = building
    for todo in todos:
        todo.existing = by_key.get(todo.key) if todo.area else None
        if todo.existing is not None:
            todo.new_facts = {
                name: value for name, value in todo.facts.items() if not _same(getattr(todo.existing, name), value)
            }


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, GEOSGeometry) and isinstance(other, GEOSGeometry):
        return one.equals_exact(other, SAME)
    return bool(one == other)


def _row(todo: BuildingTodo, twice: set[tuple[int, str, str]], within: Area | None) -> Row:
    label = f"{todo.code} {todo.name}".strip()
    reason = ""
    if todo.area is None and todo.grid:
        reason = _("There is no area with the code or (only one) with the name “%(grid)s”.") % {"grid": todo.grid}
    elif todo.area is None and todo.drawn is not None:
        reason = _("It lies in no area that is drawn.")
    elif todo.area is None:
        reason = _("It says neither its grid nor its place.")
    elif todo.key in twice:
        reason = _("It stands in this file more than once: %(what)s.") % {"what": label}
    if reason:
        return Row(todo.number, label, State.REFUSED, reason, geometry=todo.drawn)
    state = State.CREATED
    if todo.existing is not None:
        state = State.UPDATED if todo.new_facts else State.UNCHANGED
    into = todo.area.name if todo.area else ""
    return Row(todo.number, label, state, into, todo.repaired, todo.drawn, todo)
