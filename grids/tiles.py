"""Vector tiles of boundaries and buildings, made by the database: what a map of thousands of shapes is drawn from.

A tile holds what its reader may see and no more than a browser bears: shapes are simplified to a pixel, what is
smaller than a pixel is left out, and when there are still too many the largest stay.
"""

from typing import Any

from django.contrib.gis.db.models import Extent, MultiPolygonField
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import BinaryField, F, FloatField, Func, QuerySet, Value

DEEPEST = 20
WIDTH = 40_075_016.685578488  # metres around the equator in Web Mercator
EXTENT = 2048  # steps across a tile; a pixel is eight of them
PIXELS = 256
MOST_SHAPES = 1_600
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


def draw(rows: QuerySet[Any], column: str, place: Place, *, ref: str, name: str, count: int) -> bytes:
    """The tile, one query. `ref` and `name` are the columns that become properties; `count` shapes touch it."""
    pixel = WIDTH / 2 ** place[0] / PIXELS
    flat = Func(column, Value(3857), function="ST_Transform", output_field=MultiPolygonField(srid=3857))
    edge = Func(*map(Value, place), function="ST_TileEnvelope", output_field=MultiPolygonField(srid=3857))
    plain = Func(flat, Value(pixel / 2), Value(value=True), function="ST_Simplify", output_field=edge.output_field)
    margin = (Value(EXTENT), Value(EXTENT // 32), Value(value=True))
    drawing = Func(plain, edge, *margin, function="ST_AsMVTGeom", output_field=BinaryField())
    size = Func(flat, function="ST_Area", output_field=FloatField())
    rows = rows.annotate(ref=F(ref), name_of=F(name), shape=drawing, size=size).filter(size__gte=pixel * pixel)
    columns = ("ref", "name_of", "shape") if count <= NAMED else ("ref", "shape")
    chosen = rows.order_by("-size", "pk").values(*columns)[:MOST_SHAPES]
    inner, parameters = chosen.query.get_compiler(connection=connection).as_sql()
    statement = f"SELECT ST_AsMVT(t, 'shapes', {EXTENT}, 'shape') FROM ({inner}) t WHERE t.shape IS NOT NULL"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return bytes(cursor.fetchone()[0] or b"")


def bounds(rows: QuerySet[Any], column: str) -> list[float] | None:
    """West, south, east, north of all rows; None of none."""
    found = rows.aggregate(box=Extent(column))["box"]
    return [float(side) for side in found] if found else None
