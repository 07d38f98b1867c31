"""Layers of the big map: each room registers what it can show, and the map knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import Collect, PointField
from django.contrib.gis.db.models.functions import Centroid
from django.contrib.gis.geos import Polygon
from django.db.models import Count, F, Func, Max, Min, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise

from grids.permissions import scope

MOST = 2_000  # features of one layer
MOST_PINS = 500  # points drawn one by one; above they are gathered
MOST_SIGNS = 120  # the same for things that stand close: lamps, covers, shops
NEAR = 18  # the zoom from which a finger tells such things apart: before it, their neighbours are gathered however few
CELL = 90  # pixels: what lies within becomes one cluster
PIXELS = 256  # of a tile of the web's maps, by which zoom is counted

Feature = dict[str, Any]


@dataclass(frozen=True)
class View:
    """What part of the map is looked at, and how near."""

    box: tuple[float, float, float, float]
    zoom: float
    finger: bool = False  # pointed at with a finger, not a mouse

    @property
    def ground(self) -> Polygon:
        """The box as a polygon."""
        ground = Polygon.from_bbox(self.box)
        ground.srid = 4326
        return ground


@dataclass(frozen=True)
class Rows:
    """What a layer draws, still in the database, so that only what is looked at is fetched.

    `draw` makes features of the rows it is given; more than `most` in view are gathered into clusters, coloured by
    the highest of the column `level` or marked with the `sign` of their kind (static/js/map.js), or (where `gathered`
    is false) only the first are drawn and it is said. For a finger, neighbours are gathered however few below the
    zoom `near`.
    """

    found: QuerySet[Any]
    column: str
    draw: Callable[[QuerySet[Any]], list[Feature]]
    level: str = ""
    sign: str = ""
    gathered: bool = True
    most: int = MOST_PINS
    near: float = 0


@dataclass(frozen=True)
class Shown:
    """What the map gets: `total` is how many there are in all, `here` in view; `whole` says it need not ask again."""

    features: list[Feature]
    total: int
    here: int
    whole: bool


@dataclass(frozen=True)
class Layer:
    """One switch of the map. `features(request)` gives GeoJSON features with `id`, `label` and, if any, `url`.

    A point takes the shape and colour of its `level`, a polygon those of its `kind` and `fill` (how late).
    `note` says in a sentence what is shown and how it is to be read; `shown` switches it on for who never chose.
    A layer that may be large gives `rows` instead, and the name of vector `tiles` if it has some.
    """

    order: int
    key: str
    label: str | Promise
    icon: str
    perm: str
    note: str | Promise
    features: Callable[[Any], list[Feature]] | None = None
    shown: bool = False
    rows: Callable[[Any], Rows] | None = None
    tiles: str = ""

    def show(self, request: Any, view: View | None) -> Shown:
        """What there is, or what of it is in view."""
        if self.rows is not None:
            return within(self.rows(request), view)
        assert self.features is not None
        found = self.features(request)
        return Shown(found[:MOST], len(found), len(found), whole=len(found) <= MOST)


_layers: dict[str, Layer] = {}


def register(layer: Layer) -> None:
    """Add a layer, in AppConfig.ready()."""
    _layers[layer.key] = layer


def layers_for(user: Any) -> list[Layer]:
    """The layers whose permission this person holds anywhere, in their order."""
    return sorted((one for one in _layers.values() if scope(user).holds(one.perm)), key=lambda one: one.order)


def point(lon: float, lat: float, **properties: Any) -> Feature:
    """A point feature to a tenth of a metre."""
    drawing = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "geometry": drawing, "properties": properties}


def within(rows: Rows, view: View | None) -> Shown:
    """All of them when they are few; else what is in view, one by one or gathered. At most four queries."""
    total = rows.found.count()
    if view is None or (total <= rows.most and not (view.finger and rows.near)):
        return Shown(rows.draw(rows.found)[: rows.most], total, total, whole=total <= rows.most)
    here = rows.found.filter(**{f"{rows.column}__bboverlaps": view.ground})
    count = here.count()
    if rows.gathered and (count > rows.most or (view.finger and view.zoom < rows.near)):
        return Shown(gathered(here, rows, view.zoom), total, count, whole=False)
    return Shown(rows.draw(here)[: rows.most], total, count, whole=False)


def gathered(found: QuerySet[Any], rows: Rows, zoom: float) -> list[Feature]:
    """One point for each square of the map that holds several, the thing itself where it is alone; two queries.

    A cluster says how many, and the highest level. It stands half-way between the middle of what it stands for and
    that of the square: so neighbours keep half a square between them.
    """
    side = 360 / 2**zoom / PIXELS * CELL
    middle = Centroid(rows.column)
    cell = Func(middle, Value(side), function="ST_SnapToGrid", output_field=PointField(srid=4326))
    highest = Max(rows.level) if rows.level else Value(0)
    cells = found.order_by().annotate(cell=cell).values("cell")
    middle_of, one = Centroid(Collect(F(rows.column))), Min(Cast("pk", TextField()))  # no database has min(uuid)
    cells = cells.annotate(n=Count("pk"), level=highest, middle=middle_of, one=one).order_by("-n")
    said = list(cells.values_list("n", "level", "middle", "cell", "one")[:MOST])
    alone = [one for n, _level, _middle, _cell, one in said if n == 1]
    clusters = [_cluster(nth, row, rows) for nth, (*row, _one) in enumerate(said) if row[0] > 1]
    return [*clusters, *(rows.draw(found.filter(pk__in=alone)) if alone else [])]


def _cluster(nth: int, row: list[Any], rows: Rows) -> Feature:
    count, level, middle, cell = row
    facts = {"kind": "cluster", "sign": rows.sign, "count": count, "level": level if rows.level else None}
    place = (middle.x + cell.x) / 2, (middle.y + cell.y) / 2
    return point(*place, id=f"{rows.sign}c{nth}", label=str(count), **facts)
