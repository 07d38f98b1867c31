"""Planning an import of areas: codes, parents, what is there already, and whether the set fits together."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids import codes
from grids.geodata import Feature, polygonal
from grids.imports import coverage
from grids.imports.plan import Plan, Row, Source, State, check_columns, number_of, text_of
from grids.models import Area, BoundaryVersion

OWN_SCHEME = "import"
ORDER = [Area.Kind.DISTRICT, Area.Kind.STREET, Area.Kind.COMMUNITY, Area.Kind.GRID]
SAME = 1e-9  # degrees: less is not a change of a boundary
MOST_TOLD = 50


@dataclass(frozen=True)
class AreaColumns:
    """Which column of the file says what; "" where none does."""

    code: str = ""
    name: str = ""
    kind: str = ""
    parent: str = ""
    households: str = ""
    persons: str = ""


@dataclass
class AreaTodo:
    """What one row asks for. `parent` is unsaved when it comes from the same file."""

    number: int
    kind: str
    name: str
    code: str
    scheme: str
    parent: Area | None = None
    parent_code: str = ""
    grid_kind: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    geometry: shapely.MultiPolygon | None = None
    repaired: str = ""
    existing: Area | None = None
    new_boundary: bool = False
    new_facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one of a kind."""
        return self.scheme, self.code


def plan_areas(
    features: list[Feature],
    *,
    kind: str,
    parent: Area | None,
    columns: AreaColumns,
    source: Source,
    scheme: str = "",
) -> Plan:
    """What importing `features` as areas of `kind` under `parent` would do. Reads only.

    ValidationError when nothing can be said at all: no rows, a column that is not there.
    """
    if not features:
        raise ValidationError(_("There is nothing in this file."), code="nothing")
    present = list(dict.fromkeys(name for feature in features for name in feature.properties))
    check_columns(present, list(vars(columns).values()))
    todos: list[AreaTodo] = []
    refused: list[Row] = []
    for feature in features:
        try:
            todos.append(_todo(feature, kind, parent, columns, scheme, source))
        except ValidationError as error:
            refused.append(_refusal(feature.number, _label(feature, columns), error))
    _find_parents(todos, parent)
    _number(todos)
    _find_existing(todos)
    twice = {key for key, count in Counter(todo.key for todo in todos if todo.code).items() if count > 1}
    rows = sorted([*refused, *(_row(todo, twice) for todo in todos)], key=lambda row: row.number)
    plan = Plan("areas", source, parent, rows)
    _fit(plan)
    return plan


def _label(feature: Feature, columns: AreaColumns) -> str:
    values = (feature.properties.get(name) for name in (columns.code, columns.name) if name)
    return " ".join(str(value)[:80] for value in values if value)


def _refusal(number: int, label: str, error: ValidationError) -> Row:
    return Row(number, label, State.REFUSED, " ".join(error.messages))


def _kind_of(text: str, default: str) -> str:
    """A level by its identifier or its name in the reader's language."""
    for one in Area.Kind:
        if text.lower() in (one.value, str(one.label).lower()):
            return one.value
    if text or not default:
        raise ValidationError(_("“%(text)s” is not a level of areas.") % {"text": text})
    return default


def _todo(
    feature: Feature, kind: str, parent: Area | None, columns: AreaColumns, scheme: str, source: Source
) -> AreaTodo:
    if feature.problem:
        raise ValidationError(feature.problem)
    cells = {name: feature.properties.get(column) if column else None for name, column in vars(columns).items()}
    code = text_of(cells["code"], 32)
    if columns.code and not code:
        raise ValidationError(_("The code is missing."))
    national = code.isascii() and code.isdigit() and (parent is None or parent.code_scheme == codes.NATIONAL)
    todo = AreaTodo(
        number=feature.number,
        kind=_kind_of(text_of(cells["kind"], 40), kind),
        name=text_of(cells["name"], 80) or code,
        code=code,
        scheme=scheme or (codes.NATIONAL if national else OWN_SCHEME),
        parent=parent,
        parent_code=text_of(cells["parent"], 32),
    )
    if not todo.name:
        raise ValidationError(_("The name is missing."))
    counted = {name: number_of(cells[name]) for name in ("households", "persons")}
    todo.facts = {name: value for name, value in counted.items() if value is not None}
    if feature.geometry is not None or source.drawn:
        checked = polygonal(feature.geometry, feature.note)
        todo.geometry, todo.repaired = checked.geometry, checked.repaired
    if todo.kind == Area.Kind.GRID:
        dedicated = todo.scheme == codes.NATIONAL and len(code) == 15 and int(code[-3:]) > 900
        todo.grid_kind = Area.GridKind.DEDICATED if dedicated else Area.GridKind.GENERAL
    return todo


def _find_parents(todos: list[AreaTodo], top: Area | None) -> None:
    """Parents named by code: in the same file first, then among areas in use; None where there is none."""
    named = {todo.parent_code for todo in todos} - {""}
    there = Area.objects.standing().filter(code__in=named)
    known = {area.code: area for area in (there.below(top.path) if top else there)}
    here = {
        todo.code: Area(kind=todo.kind, code=todo.code, code_scheme=todo.scheme, name=todo.name)
        for todo in todos
        if todo.code in named
    }
    for todo in todos:
        if todo.parent_code:
            todo.parent = known.get(todo.parent_code) or here.get(todo.parent_code)


def _number(todos: list[AreaTodo]) -> None:
    """Codes for rows without one: those of the areas with these names, else new ones, west to east, north to south."""
    bare = [todo for todo in todos if not todo.code and todo.parent is not None and todo.parent.pk]
    groups: dict[tuple[int, str], list[AreaTodo]] = {}
    for todo in bare:
        groups.setdefault((todo.parent.pk, todo.kind), []).append(todo)  # type: ignore[union-attr]
    for (_pk, kind), group in groups.items():
        above = group[0].parent
        if above is None:
            continue
        names = Counter(todo.name for todo in group)
        children = above.children.filter(kind=kind, retired_at=None)
        named = {child.name: child for child in children if names[child.name] == 1}
        free = codes.free_codes(above, kind, group[0].grid_kind)
        for todo in reading_order(group):
            known = named.get(todo.name)
            todo.scheme = known.code_scheme if known else above.code_scheme
            todo.code = known.code if known else next(free, "")


def reading_order(todos: list[AreaTodo]) -> list[AreaTodo]:
    """West to east, in bands from north to south as high as half an area; rows without ground come last, as listed."""
    drawn = [todo for todo in todos if todo.geometry is not None]
    if not drawn:
        return list(todos)
    boxes = shapely.bounds([todo.geometry for todo in drawn])
    middle = shapely.get_coordinates(shapely.centroid([todo.geometry for todo in drawn]))
    band = float(np.median(boxes[:, 3] - boxes[:, 1])) / 2 or 1.0
    order, top, row = {}, None, 0
    for index in np.argsort(-middle[:, 1], kind="stable"):
        lat = middle[index, 1]
        if top is None or top - lat > band:
            top, row = lat, row + 1
        order[drawn[index].number] = (row, float(middle[index, 0]))
    return sorted(drawn, key=lambda todo: order[todo.number]) + [todo for todo in todos if todo.geometry is None]


def _find_existing(todos: list[AreaTodo]) -> None:
    """What is there under the same code, and what would be different."""
    found = Area.objects.filter(code__in=[todo.code for todo in todos]).select_related("parent")
    areas = {(area.code_scheme, area.code): area for area in found}
    versions = BoundaryVersion.objects.filter(area__in=[area.pk for area in areas.values()], until=None)
    drawn = {version.area_id: shapely.from_wkb(bytes(version.polygon.wkb)) for version in versions}
    for todo in todos:
        area = todo.existing = areas.get(todo.key) if todo.code else None
        current = drawn.get(area.pk) if area and area.retired_at is None else None
        todo.new_boundary = todo.geometry is not None and not (current is not None and _same(current, todo.geometry))
        if area is not None:
            wanted = {"name": todo.name, **todo.facts}
            todo.new_facts = {name: value for name, value in wanted.items() if getattr(area, name) != value}


def _same(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), SAME))


def _row(todo: AreaTodo, twice: set[tuple[str, str]]) -> Row:
    label = f"{todo.code} {todo.name}" if todo.name != todo.code else todo.code
    try:
        _check(todo, twice)
    except ValidationError as error:
        return Row(todo.number, label, State.REFUSED, " ".join(error.messages), geometry=todo.geometry)
    state, reason = State.CREATED, ""
    if todo.existing is not None and todo.existing.retired_at is not None:
        reason = _("It was retired and is used again.")
    elif todo.existing is not None:
        state = State.UPDATED if todo.new_facts or todo.new_boundary else State.UNCHANGED
    return Row(todo.number, label, state, reason, todo.repaired, todo.geometry, todo)


def _check(todo: AreaTodo, twice: set[tuple[str, str]]) -> None:
    if todo.key in twice:
        raise ValidationError(_("The code %(code)s stands in this file more than once.") % {"code": todo.code})
    if todo.parent is None and (todo.parent_code or todo.kind == Area.Kind.GRID):
        raise ValidationError(_("There is no area with the code %(code)s to belong to.") % {"code": todo.parent_code})
    above = todo.parent
    if above is not None and ORDER.index(Area.Kind(todo.kind)) <= ORDER.index(Area.Kind(above.kind)):
        raise ValidationError(
            _("A %(child)s cannot belong to a %(parent)s.")
            % {"child": Area.Kind(todo.kind).label, "parent": Area.Kind(above.kind).label}
        )
    if not todo.code:
        raise ValidationError(_("The code is missing."))
    area = todo.existing
    if area is None and todo.scheme == codes.NATIONAL:
        codes.check(todo.code, todo.kind, above, todo.grid_kind)
    if area is not None and (area.kind != todo.kind or (above is not None and area.parent_id != above.pk)):
        raise ValidationError(
            _("The code %(code)s belongs to %(name)s elsewhere in the tree.") % {"code": todo.code, "name": area.name}
        )


def _fit(plan: Plan) -> None:
    """Overlaps and gaps of each level, in sentences."""
    drawn = [row for row in plan.rows if row.todo is not None and row.geometry is not None]
    for kind in {row.todo.kind for row in drawn}:
        rows = [row for row in drawn if row.todo.kind == kind]
        shapes = [row.geometry for row in rows if row.geometry is not None]
        for one in coverage.overlaps(shapes)[:MOST_TOLD]:
            names = {"first": rows[one.first].label, "second": rows[one.second].label, "size": f"{one.size:,.0f}"}
            plan.overlaps.append(_("%(first)s and %(second)s overlap by %(size)s m².") % names)
        ground = plan.area.boundaries.filter(until=None).first() if plan.area else None
        within = shapely.from_wkb(bytes(ground.polygon.wkb)) if ground else None
        for gap in coverage.gaps(shapes, within)[:MOST_TOLD]:
            facts = {"size": f"{gap.size:,.0f}", "place": f"{gap.lon:.5f}, {gap.lat:.5f}"}
            plan.gaps.append(_("%(size)s m² near %(place)s belong to none of them.") % facts)
