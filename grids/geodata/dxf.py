"""DXF: the closed lines and hatches of a drawing, named by the text that stands in them, else by their layer.

Where lines are asked for, open ones too: they have a layer and no name.
"""

import io
from collections.abc import Sequence
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.geodata.features import Feature, Raw, several_of
from grids.geodata.limits import MOST_VERTICES, check_count

LINES = {"LWPOLYLINE", "POLYLINE", "HATCH"}
OPEN = {"LINE", "LWPOLYLINE", "POLYLINE", "ARC", "SPLINE"}
WORDS = {"TEXT", "MTEXT"}
FINE = 2e-5  # of the drawing's width: how far a straightened arc may leave it
MOST_ENTITIES = 200_000


def read(data: bytes, *, lines: bool = False, layer: str | Sequence[str] = "") -> Raw:
    """Every closed shape of the model space (with `lines` every line), or those of some layers.

    Words name the shape around them, whichever layer they stand on. A drawing never says its coordinate system.
    """
    entities = _entities(data)
    found = _lines(entities) if lines else _closed(entities)
    if not found:
        closed = _("There is no closed line and no hatch in this drawing.")
        raise ValidationError(_("There is no line in this drawing.") if lines else closed, code="no_shapes")
    chosen = several_of(sorted({one for one, _shape in found}), layer)
    found = [(one, shape) for one, shape in found if one in chosen]
    check_count(len(found))
    return Raw(_named(found, [] if lines else _texts(entities), nameless=lines), "", "UTF-8")


def layers(data: bytes, *, lines: bool = False) -> list[str]:
    """The names of the layers that hold closed shapes (with `lines`, lines). ValidationError when it is damaged."""
    entities = _entities(data)
    return sorted({one for one, _shape in (_lines(entities) if lines else _closed(entities))})


def _entities(data: bytes) -> list[Any]:
    import ezdxf
    from ezdxf import recover

    try:
        drawing, _auditor = recover.read(io.BytesIO(data))
    except (ezdxf.DXFError, OSError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise ValidationError(
            _("This DXF file cannot be read. Save it again as DXF (text, not binary)."), code="damaged"
        ) from error
    entities = list(drawing.modelspace())
    if len(entities) > MOST_ENTITIES:
        check_count(len(entities))
    return entities


def _closed(entities: list[Any]) -> list[tuple[str, shapely.Geometry]]:
    return [pair for entity in entities if entity.dxftype() in LINES for pair in _shapes(entity)]


def _lines(entities: list[Any]) -> list[tuple[str, shapely.Geometry]]:
    from ezdxf import path

    found = []
    for entity in entities:
        if entity.dxftype() not in OPEN:
            continue
        one = path.make_path(entity)
        width = max(one.start.distance(one.end), 1.0)
        points = [(point.x, point.y) for point in one.flattening(width * FINE * 10)]
        if len(set(points)) > 1:
            found.append((str(entity.dxf.layer), shapely.LineString(points)))
    return found


def _shapes(entity: Any) -> list[tuple[str, shapely.Geometry]]:
    """The rings of one entity as polygons; holes of a hatch are cut out."""
    from ezdxf import path

    kind = entity.dxftype()
    if kind != "HATCH" and not (entity.is_closed or _meets(entity)):
        return []
    rings = [
        ring
        for one in (path.from_hatch(entity) if kind == "HATCH" else [path.make_path(entity)])
        if (ring := _ring(one))
    ]
    if not rings:
        return []
    if sum(len(ring.exterior.coords) for ring in rings) > MOST_VERTICES:  # refused by name once it is read
        return [(str(entity.dxf.layer), shapely.MultiPolygon(rings))]
    whole = rings[0]
    for ring in rings[1:]:
        whole = whole.symmetric_difference(ring) if whole.is_valid and ring.is_valid else whole
    return [(str(entity.dxf.layer), whole)]


def _meets(entity: Any) -> bool:
    """Whether a line that is not marked as closed ends where it began."""
    points = (
        list(entity.get_points("xy"))
        if entity.dxftype() == "LWPOLYLINE"
        else [v.dxf.location.vec2 for v in entity.vertices]
    )
    return len(points) > 3 and tuple(points[0]) == tuple(points[-1])


def _ring(one: Any) -> shapely.Polygon | None:
    corners = [(point.x, point.y) for point in one.control_vertices()]
    if len(corners) < 3:
        return None
    width = max(x for x, _y in corners) - min(x for x, _y in corners)
    points = [(point.x, point.y) for point in one.flattening(max(width * FINE, 1e-9))] if one.has_curves else corners
    if len(set(points)) < 3:
        return None
    return shapely.Polygon(points)


def _texts(entities: list[Any]) -> list[tuple[shapely.Point, str]]:
    found = []
    for entity in entities:
        if entity.dxftype() in WORDS:
            said = entity.plain_text() if hasattr(entity, "plain_text") else entity.dxf.text
            place = entity.dxf.insert
            found.append((shapely.Point(place.x, place.y), " ".join(str(said).split())[:80]))
    return found


def _named(
    shapes: list[tuple[str, shapely.Geometry]], texts: list[tuple[shapely.Point, str]], *, nameless: bool
) -> list[Feature]:
    """Each shape with the first text inside it as its name, else its layer; lines have none."""
    inside: dict[int, str] = {}
    if texts:
        tree = shapely.STRtree([shape for _layer, shape in shapes])
        for text, shape in sorted(tree.query([point for point, _said in texts], predicate="intersects").T.tolist()):
            inside.setdefault(shape, texts[text][1])
    return [
        Feature(number, ({} if nameless else {"name": inside.get(number - 1, layer)}) | {"layer": layer}, shape)
        for number, (layer, shape) in enumerate(shapes, 1)
    ]
