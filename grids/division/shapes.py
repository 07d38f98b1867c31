"""One shape of a draft, and the way between it and GeoJSON: strict about what can be read, lenient about the rest.

A draft may overlap and have gaps; it may not hold what is no polygon on this earth.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridgov import typed
from grids.geodata import geojson
from grids.geodata.limits import MOST_FEATURES, MOST_VERTICES
from grids.models import Area

KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
BORDERS = ("east", "south", "west", "north")
LONGEST_NAME, LONGEST_BORDER = 80, 120
MOST_IN_ALL = 5 * MOST_VERTICES


@dataclass(frozen=True)
class Shape:
    """An area as it shall be. With `area_id` it continues that area; `sources` are areas whose ground it takes."""

    key: str
    name: str
    geometry: shapely.MultiPolygon | None = None
    code: str = ""
    area_id: int | None = None
    grid_kind: str = ""
    sources: tuple[int, ...] = ()
    locked: bool = False
    borders: tuple[str, str, str, str] = ("", "", "", "")

    def but(self, **changes: Any) -> "Shape":
        """The same with something changed."""
        return replace(self, **changes)

    @property
    def order(self) -> tuple[bool, bool, str, str]:
        """Who gets a point on a shared edge: dedicated grids, then the lowest code (as grids.locate does)."""
        return (self.grid_kind != Area.GridKind.DEDICATED, not self.code, self.code, self.key)


def shape_of(area: Area, polygon: Any) -> Shape:
    """The shape that continues an area as it is."""
    return Shape(
        key=f"a{area.pk}",
        name=area.name,
        geometry=polygon,
        code=area.code,
        area_id=area.pk,
        grid_kind=area.grid_kind,
        sources=(area.pk,),
        borders=tuple(getattr(area, side) for side in BORDERS),
    )


def feature(shape: Shape) -> dict[str, Any]:
    """As it is stored and sent."""
    drawn = shape.geometry is not None and not shape.geometry.is_empty
    return {
        "type": "Feature",
        "id": shape.key,
        "geometry": json.loads(shapely.to_geojson(shape.geometry)) if drawn else None,
        "properties": {
            "key": shape.key,
            "name": shape.name,
            "code": shape.code,
            "area_id": shape.area_id,
            "grid_kind": shape.grid_kind,
            "from": list(shape.sources),
            "locked": shape.locked,
            **dict(zip(BORDERS, shape.borders, strict=True)),
        },
    }


def stored(features: Iterable[dict[str, Any]]) -> list[Shape]:
    """The shapes of a saved step."""
    rows = list(features)
    texts = [json.dumps(row["geometry"]) if row["geometry"] else None for row in rows]
    return [
        _shape(row["properties"], geometry) for row, geometry in zip(rows, shapely.from_geojson(texts), strict=True)
    ]


def _shape(said: dict[str, Any], geometry: shapely.Geometry | None) -> Shape:
    return Shape(
        key=str(said["key"]),
        name=str(said.get("name") or "").strip(),
        geometry=many(geometry),
        code=str(said.get("code") or ""),
        area_id=said.get("area_id"),
        grid_kind=str(said.get("grid_kind") or ""),
        sources=tuple(said.get("from") or ()),
        locked=bool(said.get("locked")),
        borders=tuple(str(said.get(side) or "").strip() for side in BORDERS),  # type: ignore[arg-type]
    )


def drawn(shapes: Iterable[Shape]) -> list[Shape]:
    """Those that have a polygon."""
    return [shape for shape in shapes if shape.geometry is not None]


def same(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Whether two polygons have exactly the same corners, wherever their rings begin."""
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), 0))


def many(geometry: shapely.Geometry | None) -> shapely.MultiPolygon | None:
    """A MultiPolygon of the polygons in it; None of none."""
    if geometry is None or geometry.is_empty:
        return None
    if geometry.geom_type == "MultiPolygon":
        return geometry
    parts = list(shapely.get_parts(geometry))
    while any(part.geom_type in ("MultiPolygon", "GeometryCollection") for part in parts):
        parts = [piece for part in parts for piece in shapely.get_parts(part)]
    parts = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    return shapely.MultiPolygon(parts) if parts else None


def read_shapes(collection: Any, *, kind: str, known: dict[int, Area]) -> list[Shape]:
    """What an editor sent. ValidationError by key of the shape, or for the whole.

    `known` are the areas that a shape may continue or come from.
    """
    shapes: list[Shape] = []
    faults: dict[str, list[str]] = {}
    for number, one in enumerate(_features(collection), 1):
        label = _label(one, number)
        try:
            shapes.append(_read(one, kind, known))
        except ValidationError as error:
            faults[label] = error.messages
    if faults:
        raise ValidationError(faults)
    _whole(shapes)
    return shapes


def read_walls(collection: Any) -> list[dict[str, Any]]:
    """The fixed lines that a proposal must not cross, as features. ValidationError when one is no line."""
    kept = []
    for one in _features(collection):
        geometry = _geometry(one, ("LineString", "MultiLineString"), _("A wall must be a line."))
        if geometry is not None:
            kept.append({"type": "Feature", "geometry": json.loads(shapely.to_geojson(geometry)), "properties": {}})
    return kept


def _features(collection: Any) -> list[Any]:
    found = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(found, list):
        raise ValidationError(_("This GeoJSON has no list of features."), code="no_features")
    if len(found) > MOST_FEATURES:
        raise ValidationError(_("There are too many shapes."), code="too_many")
    return found


def _label(one: Any, number: int) -> str:
    said = one.get("properties") if isinstance(one, dict) else None
    name = said.get("key") or said.get("name") if isinstance(said, dict) else None
    return name if isinstance(name, str) and name else f"#{number}"


def _read(one: Any, kind: str, known: dict[int, Area]) -> Shape:
    if not isinstance(one, dict) or not isinstance(one.get("properties"), dict):
        raise ValidationError(_("This is not a feature."), code="not_a_feature")
    said = one["properties"]
    if not isinstance(said.get("key"), str) or not KEY.fullmatch(said["key"]):
        raise ValidationError(_("A shape needs a key of letters and digits."), code="key")
    ids = [said.get("area_id"), *(said.get("from") or [] if isinstance(said.get("from"), list | None) else ["?"])]
    if any(type(one) is not int or one not in known for one in ids if one is not None):
        raise ValidationError(_("It comes from an area that does not belong here."), code="unknown_area")
    geometry = _geometry(one, ("Polygon", "MultiPolygon"), _("A boundary must be a polygon."))
    shape = _shape(said, geometry)
    if len(shape.name) > LONGEST_NAME or any(len(side) > LONGEST_BORDER for side in shape.borders):
        raise ValidationError(_("The name or a border in words is too long."), code="too_long")
    if any(typed.storable(text) != text for text in (shape.name, *shape.borders)):
        raise ValidationError(_("Some characters or numbers cannot be stored."), code="unreadable")
    return shape.but(**_identity(shape, kind, known))


def _identity(shape: Shape, kind: str, known: dict[int, Area]) -> dict[str, Any]:
    """What the draft may not say itself: the code, and a kind of grid that is one."""
    kinds = Area.GridKind.values if kind == Area.Kind.GRID else [""]
    area = known[shape.area_id] if shape.area_id is not None else None
    grid_kind = shape.grid_kind if shape.grid_kind in kinds else (area.grid_kind if area else kinds[0])
    return {"code": area.code if area else "", "grid_kind": grid_kind}


def _geometry(one: Any, types: tuple[str, ...], otherwise: str) -> shapely.Geometry | None:
    drawing = one.get("geometry") if isinstance(one, dict) else None
    if drawing is None:
        return None
    if not isinstance(drawing, dict) or drawing.get("type") not in types:
        raise ValidationError(otherwise, code="wrong_type")
    if not drawing.get("coordinates"):
        return None
    geometry = geojson.geometry(drawing)
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValidationError(_("The coordinates are not degrees of longitude and latitude."), code="not_degrees")
    return geometry


def _whole(shapes: list[Shape]) -> None:
    """What only shows when all are seen together."""
    if len({shape.key for shape in shapes}) < len(shapes):
        raise ValidationError(_("Two shapes have the same key."), code="key_twice")
    continued = [shape.area_id for shape in shapes if shape.area_id is not None]
    if len(set(continued)) < len(continued):
        raise ValidationError(_("Two shapes continue the same area."), code="area_twice")
    if sum(int(shapely.get_num_coordinates(shape.geometry)) for shape in shapes) > MOST_IN_ALL:
        raise ValidationError(_("The draft has too many points. Simplify it first."), code="too_many_points")
