"""Whether a geometry can be the ground of an area; what can be mended without changing it is mended, and said."""

import re
from dataclasses import dataclass
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.geodata.kinds import kind_of
from grids.geodata.limits import check_points

TOLERATED = 0.001  # share of the area that a repair may change
PLACE = re.compile(r"\[([-\d.e]+) ([-\d.e]+)\]")


@dataclass(frozen=True)
class Checked:
    """A valid MultiPolygon in WGS-84, and in words what was repaired ("" when nothing was)."""

    geometry: shapely.MultiPolygon
    repaired: str = ""


def sound(polygons: Any) -> Any:
    """Crooked polygons (one or an array) straightened: crossings become corners, what collapses to a line goes."""
    return shapely.make_valid(polygons, method="structure", keep_collapsed=False)


def polygonal(geometry: shapely.Geometry | None, note: str = "") -> Checked:
    """The geometry as a valid MultiPolygon. ValidationError says why it cannot be one, and where."""
    if geometry is None or geometry.is_empty:
        raise ValidationError(_("The geometry is not structured as GeoJSON requires."), code="empty")
    check_points(int(shapely.get_num_coordinates(geometry)))
    polygons = _polygons(geometry)
    if shapely.is_valid(polygons):
        return Checked(polygons, note)
    return Checked(_repaired(polygons), " ".join(filter(None, [note, _where(polygons)])))


def _polygons(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    parts = list(shapely.get_parts(geometry))
    while any(part.geom_type in ("GeometryCollection", "MultiPolygon") for part in parts):
        parts = [piece for part in parts for piece in shapely.get_parts(part)]
    if not parts or any(part.geom_type != "Polygon" for part in parts):
        kind = next((part.geom_type for part in parts if part.geom_type != "Polygon"), geometry.geom_type)
        words = _("This is a %(type)s; an area needs a polygon.")
        raise ValidationError(words, code="not_a_polygon", params={"type": kind_of(kind)})
    return shapely.MultiPolygon(parts)


def _repaired(polygons: shapely.MultiPolygon) -> shapely.MultiPolygon:
    mended = sound(polygons)
    before, after = shapely.area(polygons), shapely.area(mended)
    polygonal_still = mended.geom_type in ("Polygon", "MultiPolygon") and not mended.is_empty
    if not polygonal_still or before <= 0 or abs(after - before) / before >= TOLERATED:
        raise ValidationError(
            _("%(where)s Repairing it would change the area; draw it again."),
            code="invalid",
            params={"where": _where(polygons)},
        )
    return mended if mended.geom_type == "MultiPolygon" else shapely.MultiPolygon([mended])


def _where(polygons: shapely.MultiPolygon) -> str:
    """GEOS's reason in a sentence, with the place."""
    reason = str(shapely.is_valid_reason(polygons))
    place = PLACE.search(reason)
    at = f"{float(place[1]):.6f}, {float(place[2]):.6f}" if place else ""
    if "Self-intersection" in reason and at:
        return _("The ring crosses itself at %(place)s.") % {"place": at}
    if "Too few points" in reason:
        return _("The ring has fewer than three corners.")
    if ("Hole" in reason or "hole" in reason) and at:
        return _("A hole does not lie inside its polygon, at %(place)s.") % {"place": at}
    return _("The polygon is not valid (%(reason)s).") % {"reason": reason}
