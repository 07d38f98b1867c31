"""Shapes as a DXF drawing: closed lines, hatches where there are holes, and each name as words inside its shape."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import shapely

LETTERS = 12  # of a name, side by side, are as wide as its shape


def as_dxf(layer: str, names: Sequence[str], shapes: Iterable[shapely.Geometry]) -> bytes:
    """A drawing with one layer for the shapes and one for the words. DXF does not say its system: its name must."""
    import ezdxf
    from ezdxf import units

    drawing = ezdxf.new("R2010", units=units.M)
    space: Any = drawing.modelspace()
    for name, shape in zip(names, shapes, strict=True):
        for part in shapely.get_parts(shape):
            _draw(space, part, layer)
        place = shapely.point_on_surface(shape)
        height = max(shapely.area(shapely.envelope(shape)) ** 0.5 / LETTERS, 1e-6)
        space.add_text(name, height=height, dxfattribs={"layer": f"{layer}-names", "insert": (place.x, place.y)})
    out = io.StringIO()
    drawing.write(out)
    return out.getvalue().encode()


def _draw(space: Any, part: shapely.Geometry, layer: str) -> None:
    if part.geom_type == "Point":
        space.add_point((part.x, part.y), dxfattribs={"layer": layer})
        return
    rings = [shapely.get_coordinates(ring)[:-1].tolist() for ring in (part.exterior, *part.interiors)]
    if len(rings) == 1:
        space.add_lwpolyline(rings[0], close=True, dxfattribs={"layer": layer})
        return
    hatch = space.add_hatch(dxfattribs={"layer": layer})
    for ring in rings:
        hatch.paths.add_polyline_path(ring, is_closed=True)
