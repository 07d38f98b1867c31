"""In which coordinate system a file falls where it should: each is tried, and how much lies in the parent is said.

A boundary in GCJ-02 that is taken for WGS-84 stands some hundred metres beside its place: few see it on an empty map.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _

from grids.division import ground
from grids.geodata import Feature, zones
from grids.geodata.datum import BD09, GCJ02, WGS84, transformed
from grids.geodata.features import Raw
from grids.geodata.measure import A
from grids.geodata.reading import turned, unturned
from grids.models import Area

TRIED = 300  # shapes of a file that are looked at
CORNERS = 2_000  # of a ring of theirs
LIKELY = 0.5  # share inside: from here on a system is proposed
FURTHEST = 50_000  # m from its parent: nothing of a street lies beyond
BETTER = 0.02  # of the ground: less is no difference
NAMES = {WGS84: "WGS-84", GCJ02: "GCJ-02", BD09: "BD-09"}


@dataclass(frozen=True)
class Fit:
    """What share of the file lies inside the parent (ground, of lines their length), read in one system; `said` is
    how it is read now.
    """

    crs: str
    share: float
    said: bool = False

    @property
    def name(self) -> str:
        """What the system is called."""
        return NAMES.get(self.crs, f"CGCS2000 ({self.crs})" if self.crs.startswith("EPSG:45") else self.crs[:40])

    @property
    def percent(self) -> int:
        """The share as a whole number."""
        return round(self.share * 100)


def fits(raw: Raw, outline: shapely.Geometry | None, said: str) -> list[Fit]:
    """Every system that is worth a try, the best first; none without an outline or without polygons or lines."""
    shapes = _of(raw, "Polygon") or _of(raw, "LineString")
    if outline is None or not shapes:
        return []
    said = WGS84 if said == "EPSG:4490" else said  # the same to a hand's breadth
    shapes = [_coarse(shapely.force_2d(one)) for one in shapes[:: max(1, len(shapes) // TRIED)]]
    found = [Fit(crs, _share(shapes, outline, crs), crs == said) for crs in _candidates(shapes, outline, said)]
    return sorted(found, key=lambda one: (-round(one.share, 3), not one.said))


def placed(
    content: bytes, name: str, options: Mapping[str, Any], parent: Area, *, lines: bool = False
) -> tuple[list[Feature], list[Fit]]:
    """The features of a file in WGS-84, and how well each system brings them into `parent`.

    ValidationError when none brings them near it.
    """
    said = {key: options.get(key, "") for key in ("encoding", "layer")}
    raw = unturned(name, content, crs=options.get("crs") or WGS84, lines=lines, **said)
    outline = ground.outline_of(parent)
    crs = options.get("crs") or raw.crs or guessed(raw, outline)
    tried = fits(raw, outline, crs)
    found = turned(raw, crs).features
    drawn = [one.geometry for one in found if one.geometry is not None]
    if drawn:
        nowhere(tried, shapely.box(*shapely.total_bounds(drawn)), outline, parent.name)
    return found, tried


def _coarse(shape: shapely.Geometry) -> shapely.Geometry:
    """A valid shape whose long rings have about `CORNERS` corners: enough for a share of the ground, and soon cut."""
    if shapely.get_dimensions(shape) == 2 and shapely.get_num_coordinates(shape) > CORNERS:
        rings = [shapely.get_coordinates(part.exterior) for part in shapely.get_parts(shape)]
        shape = shapely.multipolygons([shapely.Polygon(ring[:: max(1, len(ring) // CORNERS)]) for ring in rings])
    return shapely.make_valid(shape)


def _of(raw: Raw, kind: str) -> list[shapely.Geometry]:
    found = [one.geometry for one in raw.features if one.geometry is not None]
    return [geometry for geometry in found if geometry.geom_type.endswith(kind)]


def guessed(raw: Raw, outline: shapely.Geometry | None) -> str:
    """The system in which a file that does not say it falls where it should; "" when none does."""
    found = fits(raw, outline, "")
    return found[0].crs if found and found[0].share > LIKELY else ""


def _candidates(shapes: list[shapely.Geometry], outline: shapely.Geometry, said: str) -> list[str]:
    west, south, east, north = shapely.total_bounds(shapes)
    degrees = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    tried = [WGS84, GCJ02, BD09] if degrees else zones.likely(float(west + east) / 2, float(outline.centroid.x))
    return tried if said in tried or not said else [said, *tried]


def _share(shapes: list[shapely.Geometry], outline: shapely.Geometry, crs: str) -> float:
    try:
        turned = np.array([transformed(one, crs) for one in shapes], dtype=object)
    except ValidationError:
        return 0.0
    measure = shapely.area if shapely.get_dimensions(turned).max() == 2 else shapely.length
    total = float(measure(turned).sum())
    return float(measure(shapely.intersection(turned, outline)).sum()) / total if total > 0 else 0.0


def better(found: list[Fit]) -> str:
    """A sentence when another system fits clearly better than the one in use; "" when all is well."""
    now = next((one for one in found if one.said), None)
    if not found or now is None or found[0].share - now.share < BETTER:
        return ""
    return _("Read as %(best)s, %(much)s%% lie inside; as %(now)s only %(little)s%%. Look at the map and choose.") % {
        "best": found[0].name,
        "much": found[0].percent,
        "now": now.name,
        "little": now.percent,
    }


def nowhere(found: list[Fit], where: shapely.Geometry, outline: shapely.Geometry | None, parent: str) -> None:
    """ValidationError when no system brings the file near its parent: another town, or longitude for latitude."""
    if outline is None or not found or found[0].share > 0:
        return
    middle = where.centroid
    raise ValidationError(
        _(
            "Nothing in this file lies in %(parent)s, whatever the coordinate system: "
            "its middle is at %(x).4f, %(y).4f, %(far)s away. Choose another area, or another file."
        )
        % {"parent": parent, "x": middle.x, "y": middle.y, "far": far(where, outline)},
        code="elsewhere",
    )


def apart(shapes: Sequence[shapely.Geometry], parent: Area | None) -> str:
    """A sentence when none of the shapes touches the ground of `parent`: how far away they are; "" when all is well.

    ValidationError when that is further than a border can be wrong.
    """
    outline = ground.outline_of(parent) if parent is not None else None
    if outline is None or parent is None or not shapes:
        return ""
    box = shapely.box(*shapely.total_bounds(shapes))
    if shapely.intersects(box, outline):
        return ""
    facts = {"far": far(box, outline), "parent": parent.name, "x": box.centroid.x, "y": box.centroid.y}
    if _metres(box, outline) > FURTHEST:
        words = _("All of it lies %(far)s away from %(parent)s, around %(x).4f, %(y).4f: it belongs somewhere else.")
        raise ValidationError(words, code="elsewhere", params=facts)
    words = _("All of it lies %(far)s away from %(parent)s, around %(x).4f, %(y).4f. Look at the map and choose.")
    return words % facts


def far(one: shapely.Geometry, other: shapely.Geometry) -> str:
    """The shortest way between two places, in words: metres up to a kilometre, then kilometres."""
    length = _metres(one, other)
    return _("%(n)s km") % {"n": formats.number_format(round(length / 1000))} if length >= 1000 else f"{length:.0f} m"


def _metres(one: shapely.Geometry, other: shapely.Geometry) -> float:
    (west, south), (east, north) = np.radians(shapely.get_coordinates(shapely.shortest_line(one, other)))
    half = np.sin((north - south) / 2) ** 2 + np.cos(south) * np.cos(north) * np.sin((east - west) / 2) ** 2
    return 2 * A * float(np.arcsin(np.sqrt(half)))
