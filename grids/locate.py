"""Which grid holds a point at a time: exactly one answer, the same for everybody.

A point on a shared edge belongs to the grid with the lowest code; a dedicated grid (a school, a market) goes
before the general one around it. Where no grid is drawn, the community's or street's own polygon answers, so that
the record hangs from the lowest known area. A point outside everything is not lost: the caller sends it to triage.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.gis.db.models import PointField
from django.contrib.gis.geos import Point
from django.db.models import Case, F, FloatField, Func, IntegerField, Q, Value, When

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
    """The area that holds the point (WGS-84 degrees) at `at`, now by default. One query.

    `accuracy` in metres, as the device reported it: other grids that near make the answer NEAR.
    ValueError for coordinates that are none.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("Longitude goes from -180 to 180, latitude from -90 to 90.")
    point = Point(lon, lat, srid=4326)
    holds = Q(polygon__intersects=point)
    near = _near(point, min(accuracy, FURTHEST_ACCURACY)) if accuracy else Q(pk__in=[])
    versions = BoundaryVersion.objects.filter(_held(at)).select_related("area").order_by(*_ORDER)
    found = versions.annotate(holds=Case(When(holds, then=Value(True)), default=Value(False)), metres=_metres(point))
    rows = list(found.filter(holds | near).order_by("-holds", *_ORDER)[:12])
    standing = (row for row in rows if row.holds and (at is not None or row.area.retired_at is None))
    area = next((row.area for row in standing), None)
    grids = [row.area for row in rows if row.kind == Area.Kind.GRID and row.area != area]
    others = tuple(grids[:5]) if accuracy else ()
    if area is None:
        return Located(None, Certainty.OUTSIDE, others)
    return Located(area, Certainty.NEAR if others else Certainty.INSIDE, others)


def _metres(point: Point) -> Func:
    return Func(
        F("polygon"), Value(point, PointField(srid=4326)), function="ST_DistanceSphere", output_field=FloatField()
    )


def _near(point: Point, metres: float) -> Q:
    """Grids whose ground comes within the accuracy; the box finds them, the sphere measures."""
    box = point.buffer(2 * metres / METRES_PER_DEGREE)
    return Q(kind=Area.Kind.GRID, polygon__bboverlaps=box, metres__lte=metres)
