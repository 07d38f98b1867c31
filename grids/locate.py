"""Which grid holds a point at a time: exactly one answer, the same for everybody.

A point on a shared edge belongs to the grid with the lowest code; a dedicated grid (a school, a market) goes
before the general one around it. Where no grid is drawn, the community's or street's own polygon answers, so that
the record hangs from the lowest known area. A point outside everything is not lost: the caller sends it to triage.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db import connection
from django.db.models import Case, IntegerField, Q, Value, When

from grids.models import Area, BoundaryVersion

FURTHEST_ACCURACY = 500.0  # metres; a vaguer fix says nothing about borders
METRES_PER_DEGREE = 111_320.0
DEPTH = {Area.Kind.GRID: 0, Area.Kind.COMMUNITY: 1, Area.Kind.STREET: 2, Area.Kind.DISTRICT: 3}


class Certainty(StrEnum):
    """How sure the answer is."""

    INSIDE = "inside"
    NEAR = "near"  # inside, but another grid lies within the reported accuracy
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Located:
    """Where a point lies. `area` is None only when it is outside everything; `candidates` are the grids near by."""

    area: Area | None
    certainty: Certainty
    candidates: tuple[Area, ...] = ()


def _held(at: datetime | None) -> Q:
    """The versions that held at an instant; the current ones without one."""
    if at is None:
        return Q(until=None)
    return Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))


_ORDER = (
    Case(*[When(kind=kind, then=Value(depth)) for kind, depth in DEPTH.items()], output_field=IntegerField()),
    Case(When(area__grid_kind=Area.GridKind.DEDICATED, then=Value(0)), default=Value(1), output_field=IntegerField()),
    "area__code",
)


def locate(lon: float, lat: float, *, at: datetime | None = None, accuracy: float | None = None) -> Located:
    """The area that holds the point (WGS-84 degrees) at `at`, now by default. Two queries at most.

    `accuracy` in metres, as the device reported it: other grids that near make the answer NEAR.
    ValueError for coordinates that are none.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("Longitude goes from -180 to 180, latitude from -90 to 90.")
    point = Point(lon, lat, srid=4326)
    versions = BoundaryVersion.objects.filter(_held(at)).select_related("area").order_by(*_ORDER)
    inside = list(versions.filter(polygon__intersects=point)[:4])
    if at is None:
        inside = [version for version in inside if version.area.retired_at is None]
    area = inside[0].area if inside else None
    near = _near(versions, point, accuracy, except_for=area) if accuracy else ()
    if area is None:
        return Located(None, Certainty.OUTSIDE, near)
    return Located(area, Certainty.NEAR if near else Certainty.INSIDE, near)


def _near(versions, point: Point, accuracy: float, *, except_for: Area | None) -> tuple[Area, ...]:
    """Other grids whose ground comes within the accuracy; the box finds them, the sphere measures."""
    metres = min(accuracy, FURTHEST_ACCURACY)
    box = point.buffer(2 * metres / METRES_PER_DEGREE)
    found = versions.filter(kind=Area.Kind.GRID, polygon__bboverlaps=box, polygon__distance_lte=(point, D(m=metres)))
    if except_for is not None:
        found = found.exclude(area=except_for)
    return tuple(version.area for version in found[:5])


BULK = """
SELECT DISTINCT ON (p.n) p.n, b.area_id
FROM unnest(%s::int[], %s::float8[], %s::float8[]) AS p (n, lon, lat)
JOIN grids_boundaryversion b ON ST_Intersects(b.polygon, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326))
JOIN grids_area a ON a.id = b.area_id
WHERE b.until IS NULL AND a.retired_at IS NULL AND a.path >= %s AND a.path < %s
ORDER BY p.n, CASE b.kind WHEN 'grid' THEN 0 WHEN 'community' THEN 1 WHEN 'street' THEN 2 ELSE 3 END,
         CASE a.grid_kind WHEN 'dedicated' THEN 0 ELSE 1 END, a.code
"""


def locate_many(points: Iterable[tuple[float, float]], *, within: str = "") -> list[int | None]:
    """Area ids for many points in one query, by the same rule as `locate`; None outside. For imports."""
    pairs = list(points)
    answers: list[int | None] = [None] * len(pairs)
    with connection.cursor() as cursor:
        numbers = list(range(len(pairs)))
        cursor.execute(BULK, [numbers, [p[0] for p in pairs], [p[1] for p in pairs], within, within + "~"])
        for number, area_id in cursor.fetchall():
            answers[number] = area_id
    return answers
