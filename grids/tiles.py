"""Vector tiles of boundaries and buildings, made by the database: what a map of thousands of shapes is drawn from.

A tile holds what its reader may see and no more than a browser bears: shapes are simplified to a pixel, what is
smaller than a pixel is left out, and when there are still too many the largest stay.
"""

from math import atan, cos, pi, sinh
from typing import Any

from django.contrib.gis.db.models import Extent, GeometryField
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import BinaryField, Count, F, FloatField, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce

DEEPEST = 20
WIDTH = 40_075_016.685578488  # metres around the equator in Web Mercator
EXTENT = 2048  # steps across a tile; a pixel is eight of them
PIXELS = 256
MOST_SHAPES = 1_600
NEAR = 15  # zoom: from here on buildings are drawn one by one
SQUARE = 10  # pixels: how wide a square is that stands for the buildings in it
SMALL = 4.0  # metres: half the side of a building that has no footprint
SHAPE = GeometryField(srid=3857)
NAMED = 250  # shapes: in a tile of more, names could not be read anyway

Place = tuple[int, int, int]


def exists(place: Place) -> bool:
    """Whether there is such a tile."""
    z, x, y = place
    return 0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z


def box_of(place: Place) -> Polygon:
    """The tile's ground in Web Mercator, a little wider so that lines do not end at its edge."""
    z, x, y = place
    side, half = WIDTH / 2**z, WIDTH / 2
    west, north, edge = x * side - half, half - y * side, side / 32
    box = Polygon.from_bbox(
        (
            max(west - edge, -half),
            max(north - side - edge, -half),
            min(west + side + edge, half),
            min(north + edge, half),
        )
    )
    box.srid = 3857
    return box


def within(rows: QuerySet[Any], column: str, place: Place) -> QuerySet[Any]:
    """The rows whose shapes touch the tile; the index on degrees answers."""
    box = box_of(place).transform(4326, clone=True)
    return rows.filter(**{f"{column}__bboverlaps": box})


def houses_within(rows: QuerySet[Any], place: Place) -> QuerySet[Any]:
    """The buildings whose footprint touches the tile, or their point where nothing was drawn."""
    box = box_of(place).transform(4326, clone=True)
    drawn = Q(footprint__bboverlaps=box) | Q(footprint=None, point__bboverlaps=box)
    return rows.filter(drawn)


def draw_areas(rows: QuerySet[Any], place: Place, count: int) -> bytes:
    """A tile of boundaries; one query. `count` of them touch it.

    Their sizes are compared in degrees, so that only those that are drawn are turned into Web Mercator.
    """
    flat = Func("polygon", Value(3857), function="ST_Transform", output_field=SHAPE)
    facts = {"shape": _drawing(flat, place), "size": Func("polygon", function="ST_Area", output_field=FloatField())}
    rows = rows.annotate(ref=F("area_id"), name_of=F("area__name"), **facts)
    return _tile(rows.filter(size__gte=square_of(place)), ("ref", "name_of") if count <= NAMED else ("ref",))


def draw_houses(rows: QuerySet[Any], place: Place, count: int) -> bytes:
    """A tile of buildings, one query: footprints from near, from afar squares that say how many lie in them.

    A building without a footprint is a small square about its point.
    """
    pixel = pixel_of(place)
    point = Func("point", Value(3857), function="ST_Transform", output_field=SHAPE)
    if place[0] < NEAR:
        return _squares(rows, place)
    outline = Func("footprint", Value(3857), function="ST_Transform", output_field=SHAPE)
    small = Func(point, Value(max(pixel * 2, SMALL)), function="ST_Expand", output_field=SHAPE)
    shape = Coalesce(outline, small, output_field=SHAPE)
    facts = {"shape": _drawing(shape, place), "size": Func(shape, function="ST_Area", output_field=FloatField())}
    rows = rows.annotate(ref=F("pk"), name_of=F("name"), **facts)
    return _tile(rows, ("ref", "name_of") if count <= NAMED else ("ref",))


def _squares(rows: QuerySet[Any], place: Place) -> bytes:
    """How many buildings lie in each square of `SQUARE` pixels."""
    side = pixel_of(place) * SQUARE
    middle = Func(Coalesce("footprint", "point", output_field=GeometryField(srid=4326)), function="ST_Centroid")
    flat = Func(middle, Value(3857), function="ST_Transform", output_field=SHAPE)
    cell = Func(flat, Value(side), function="ST_SnapToGrid", output_field=SHAPE)
    cells = rows.order_by().annotate(cell=cell).values("cell").annotate(many=Count("pk")).order_by("-many")
    inner, parameters = cells[:MOST_SHAPES].query.get_compiler(connection=connection).as_sql()
    drawn = "ST_AsMVTGeom(ST_Expand(cell, %s), ST_TileEnvelope(%s, %s, %s), %s, %s, true)"
    statement = f"SELECT many, {drawn} AS shape FROM ({inner}) c"  # noqa: S608  (the ORM's own text)
    return _as_tile(statement, (side * 0.45, *place, EXTENT, EXTENT // 32, *parameters))


def pixel_of(place: Place) -> float:
    """Metres of Web Mercator a pixel is wide."""
    return WIDTH / 2 ** place[0] / PIXELS


def square_of(place: Place) -> float:
    """Square degrees that a pixel covers in the middle of the tile: the map stretches latitude as 1 ÷ its cosine."""
    z, _x, y = place
    latitude = atan(sinh(pi * (1 - 2 * (y + 0.5) / 2**z)))
    return (360 / 2**z / PIXELS) ** 2 * cos(latitude)


def _drawing(flat: Any, place: Place) -> Func:
    """The drawing on the tile of a shape in Web Mercator."""
    edge = Func(*map(Value, place), function="ST_TileEnvelope", output_field=SHAPE)
    plain = Func(flat, Value(pixel_of(place) / 2), Value(value=True), function="ST_Simplify", output_field=SHAPE)
    margin = (Value(EXTENT), Value(EXTENT // 32), Value(value=True))
    return Func(plain, edge, *margin, function="ST_AsMVTGeom", output_field=BinaryField())


def _tile(rows: QuerySet[Any], columns: tuple[str, ...]) -> bytes:
    chosen = rows.order_by("-size", "pk").values(*columns, "shape")[:MOST_SHAPES]
    return _as_tile(*chosen.query.get_compiler(connection=connection).as_sql())


def _as_tile(inner: str, parameters: tuple[Any, ...]) -> bytes:
    statement = f"SELECT ST_AsMVT(t, 'shapes', {EXTENT}, 'shape') FROM ({inner}) t WHERE t.shape IS NOT NULL"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return bytes(cursor.fetchone()[0] or b"")


def bounds(rows: QuerySet[Any], column: str) -> list[float] | None:
    """West, south, east, north of all rows; None of none."""
    found = rows.aggregate(box=Extent(column))["box"]
    return [float(side) for side in found] if found else None
