"""Every grid of an area against the standard: what it holds, who is missing, and what could be done about it.

Posts and incidents belong to rooms above; they register what they know about grids.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from grids.division import ground
from grids.geodata.measure import metres, square_metres
from grids.models import Area, Building, DivisionLimits
from grids.permissions import ABOVE

Facts = Callable[[Sequence[Area], datetime], dict[int, dict[str, Any]]]
People = Callable[[Area, datetime], Any]
_facts: list[Facts] = []
_people: list[People] = []
BORDER_M = 10  # grids with a shorter common border are no neighbours to move a border between


def register_facts(provider: Facts) -> None:
    """Add what a room above knows, by area id: `head` and `worker` (bool), `open` and `recent` (incidents)."""
    _facts.append(provider)


def register_people(provider: People) -> None:
    """Say who works in an area: a QuerySet of users."""
    _people.append(provider)


def people_of(area: Area, now: datetime) -> Any:
    """Who works there; None while no room knows."""
    return _people[0](area, now) if _people else None


@dataclass
class Line:
    """One grid: its numbers, and in words what is not as the standard wants it."""

    area: Area
    households: int
    persons: int
    buildings: int
    area_m2: float | None
    facts: dict[str, Any]
    marks: list[str] = field(default_factory=list)
    fits: bool = True

    @property
    def general(self) -> bool:
        """Whether the sizes of the standard are meant for it."""
        return self.area.grid_kind != Area.GridKind.DEDICATED

    @property
    def workload(self) -> int | None:
        """Open incidents and those of the last ninety days; None when nobody counts them."""
        return self.facts["open"] + self.facts["recent"] if "open" in self.facts else None


@dataclass(frozen=True)
class Suggestion:
    """What could be done, in words; `what` names the way: split (into `parts`), merge, border, anew."""

    what: str
    words: str
    one: Area | None = None
    other: Area | None = None
    parts: int = 0


@dataclass
class Section:
    """One community: its grids, how even they are, what could be done."""

    parent: Area
    limits: DivisionLimits
    lines: list[Line]
    suggestions: list[Suggestion] = field(default_factory=list)

    @property
    def loads(self) -> list[int]:
        """Households of the general grids."""
        return sorted(line.households for line in self.lines if line.general)

    @property
    def ratio(self) -> float | None:
        """Largest ÷ smallest."""
        return self.loads[-1] / self.loads[0] if self.loads and self.loads[0] else None

    @property
    def outside(self) -> int:
        """Grids that are not as the standard wants them."""
        return sum(not line.fits for line in self.lines)

    @property
    def vacant(self) -> int:
        """Grids without a head or a worker."""
        return sum(not all(line.facts.get(who, True) for who in ("head", "worker")) for line in self.lines)


def report(area: Area, *, now: datetime) -> list[Section]:
    """The communities at or under `area` with their grids; the number of queries does not grow with them."""
    below = {"path__gte": area.path, "path__lt": area.path + ABOVE}
    grids = list(Area.objects.standing().filter(kind=Area.Kind.GRID, **below).select_related("parent").order_by("path"))
    held = _held(area)
    polygons = {pk: version.drawing for pk, version in ground.current_of(grids).items()}
    known: dict[int, dict[str, Any]] = {grid.pk: {} for grid in grids}
    for provider in _facts:
        for pk, said in provider(grids, now).items():
            known[pk] |= said
    limits = list(DivisionLimits.objects.filter(kind=Area.Kind.GRID))
    sections: dict[int, Section] = {}
    for grid in grids:
        parent: Any = grid.parent
        section = sections.setdefault(parent.pk, Section(parent, _nearest(limits, parent), []))
        section.lines.append(_line(grid, held, polygons.get(grid.pk), known[grid.pk]))
    for section in sections.values():
        for line in section.lines:
            _mark(line, section.limits)
        section.suggestions = list(_suggestions(section, polygons))
    return list(sections.values())


def _held(area: Area) -> dict[int, tuple[int, int, int]]:
    """Grid → households, persons, buildings of the houses that stand there; one query."""
    rows = Building.objects.filter(area_path__gte=area.path, area_path__lt=area.path + ABOVE, retired_at=None)
    sums = rows.order_by().values_list("area_id").annotate(h=Sum("households"), p=Sum("persons"), n=Count("pk"))
    return {pk: (households or 0, persons or 0, count) for pk, households, persons, count in sums}


def _nearest(rows: list[DivisionLimits], parent: Area) -> DivisionLimits:
    """What `DivisionLimits.for_division` answers, from rows that are read already."""
    above = set(parent.ancestor_paths)
    fitting = [row for row in rows if row.area_id is None or row.area_path in above]
    return max(fitting, key=lambda row: len(row.area_path)) if fitting else DivisionLimits.of_default(Area.Kind.GRID)


def _line(grid: Area, held: dict[int, tuple[int, int, int]], polygon: Any, known: dict[str, Any]) -> Line:
    households, persons, buildings = held.get(grid.pk, (0, 0, 0))
    if not households and not persons:
        households, persons = grid.households or 0, grid.persons or 0
    area_m2 = float(square_metres(polygon)) if polygon is not None else None
    return Line(grid, households, persons, buildings, area_m2, known)


def _mark(line: Line, limits: DivisionLimits) -> None:
    if line.general:
        _sized(line, limits)
    if limits.needs_head and not line.facts.get("head", True):
        line.marks.append(_("no grid head"))
    if limits.needs_worker and line.general and not line.facts.get("worker", True):
        line.marks.append(_("no full-time worker"))
    if line.area_m2 is None:
        line.marks.append(_("no boundary yet"))


def _sized(line: Line, limits: DivisionLimits) -> None:
    most, good, least = limits.households_most, limits.households_good, limits.households_least
    if most is not None and line.households > most:
        line.marks.append(_("more than %(limit)d households") % {"limit": most})
        line.fits = False
    elif least is not None and line.households < least:
        line.marks.append(_("fewer than %(limit)d households") % {"limit": least})
        line.fits = False
    elif good is not None and line.households < good:
        line.marks.append(_("fewer than %(limit)d households: right for old estates only") % {"limit": good})
    if limits.persons_most is not None and line.persons > limits.persons_most:
        line.marks.append(_("more than %(limit)d persons") % {"limit": limits.persons_most})
        line.fits = False


def _suggestions(section: Section, polygons: dict[int, Any]) -> Iterator[Suggestion]:
    limits = section.limits
    most, least = limits.households_most, limits.households_least
    lines = [line for line in section.lines if line.general]
    near = _beside(lines, polygons)
    for line in lines:
        beside = sorted((lines[n] for n in near.get(line.area.pk, [])), key=lambda one: one.households)
        if most is not None and line.households > most:
            yield _of_large(line, beside, most)
        elif least is not None and line.households < least and beside:
            yield _of_small(line, beside, limits)
    if limits.ratio_most and section.ratio and section.ratio > limits.ratio_most:
        facts = {"ratio": f"{section.ratio:.1f}", "limit": f"{limits.ratio_most:g}"}
        words = _(
            "The largest grid has %(ratio)s times the households of the smallest (at most %(limit)s): divide again."
        )
        yield Suggestion("anew", words % facts)


def _of_large(line: Line, beside: list[Line], most: int) -> Suggestion:
    """A border moves when a neighbour has room for what is too much; else the grid is split."""
    over = line.households - most
    names = {"name": line.area.name, "n": line.households}
    if beside and beside[0].households + over <= most and over < most / 4:
        facts = names | {"other": beside[0].area.name, "over": over}
        words = _("%(name)s (%(n)d households): move its border so that about %(over)d come to %(other)s.")
        return Suggestion("border", words % facts, line.area, beside[0].area)
    parts = -(-line.households // most)
    words = _("%(name)s (%(n)d households): split it into %(parts)d.")
    return Suggestion("split", words % (names | {"parts": parts}), line.area, parts=parts)


def _of_small(line: Line, beside: list[Line], limits: DivisionLimits) -> Suggestion:
    """Merged with the smallest neighbour unless both together are too many, households or persons; else a border."""
    names = {"name": line.area.name, "n": line.households}
    sums = (
        (beside[0].households + line.households, limits.households_most),
        (beside[0].persons + line.persons, limits.persons_most),
    )
    if all(limit is None or together <= limit for together, limit in sums):
        facts = names | {"other": beside[0].area.name, "sum": beside[0].households + line.households}
        words = _("%(name)s (%(n)d households): merge it with %(other)s; together %(sum)d.")
        return Suggestion("merge", words % facts, line.area, beside[0].area)
    facts = names | {"other": beside[-1].area.name}
    words = _("%(name)s (%(n)d households): move its border so that it takes some from %(other)s.")
    return Suggestion("border", words % facts, line.area, beside[-1].area)


def _beside(lines: list[Line], polygons: dict[int, Any]) -> dict[int, list[int]]:
    """Area id → numbers of the lines it has a common border with."""
    drawn = [n for n, line in enumerate(lines) if line.area.pk in polygons]
    if len(drawn) < 2:
        return {}
    shapes = np.array([polygons[lines[n].area.pk] for n in drawn], dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="touches")
    border = metres(shapely.intersection(shapely.boundary(shapes[left]), shapely.boundary(shapes[right])))
    near: dict[int, list[int]] = {}
    for one, other, length in zip(left.tolist(), right.tolist(), np.atleast_1d(border).tolist(), strict=True):
        if length > BORDER_M:
            near.setdefault(lines[drawn[one]].area.pk, []).append(drawn[other])
    return near
