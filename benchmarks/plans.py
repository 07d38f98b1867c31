"""How long a division takes to check: the 456 里 of Taipei as children of a district, and synthetic thousands.

`make bench-plans`. Prints seconds; nothing is kept.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
django.setup()

import shapely

from grids.division.checks import Division, check
from grids.division.faults import Fault
from grids.division.repair import repaired
from grids.division.shapes import Shape, feature, many, read_shapes
from grids.models import DivisionLimits

VILLAGES = Path(__file__).resolve().parents[1] / "tests" / "data" / "boundaries" / "taipei_villages.geojson"


class Parent:
    """Stands for the divided area."""

    name = "District"


def villages() -> list[Shape]:
    """The real ones, as read."""
    found = json.loads(VILLAGES.read_text())["features"]
    polygons = [many(shapely.geometry.shape(one["geometry"])) for one in found]
    return [Shape(f"v{n}", f"里{n}", polygon, borders=("a",) * 4) for n, polygon in enumerate(polygons)]


def synthetic(count: int) -> list[Shape]:
    """A coverage of `count` crooked cells with shared corners: a bent lattice, three corners to each side."""
    side = int(np.ceil(np.sqrt(count)))
    chance = np.random.default_rng(7)
    steps = 3 * side + 1
    x, y = np.meshgrid(np.arange(steps), np.arange(steps))
    x = 120 + (x + chance.uniform(-0.3, 0.3, x.shape)) * 0.0007
    y = 30 + (y + chance.uniform(-0.3, 0.3, y.shape)) * 0.0007
    shapes = []
    for n in range(count):
        row, column = divmod(n, side)
        r, c = 3 * row, 3 * column
        ring = [(r, c + k) for k in range(3)] + [(r + k, c + 3) for k in range(3)]
        ring += [(r + 3, c + 3 - k) for k in range(3)] + [(r + 3 - k, c) for k in range(3)]
        polygon = shapely.Polygon([(x[place], y[place]) for place in ring])
        shapes.append(Shape(f"s{n}", f"格{n}", shapely.MultiPolygon([polygon]), borders=("a",) * 4))
    return shapes


def division(shapes: list[Shape], outline: Any) -> Division:
    """Without buildings: the topology is what costs."""
    return Division(Parent(), "grid", shapes, outline, [], {}, DivisionLimits.of_default("grid"))  # type: ignore[arg-type]


def timed(words: str, act: Any) -> Any:
    """Run it and say how long it took."""
    start = time.perf_counter()
    answer = act()
    print(f"  {words:<44}{time.perf_counter() - start:8.2f} s")
    return answer


def _counts(faults: list[Fault]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for fault in faults:
        if fault.code not in ("few_households",):
            counts[fault.code] = counts.get(fault.code, 0) + 1
    return counts


def one(title: str, shapes: list[Shape], *, spoil: bool) -> None:
    """Check it as it is, with a border that moved, and mended."""
    points = int(sum(shapely.get_num_coordinates(shape.geometry) for shape in shapes))
    print(f"{title}: {len(shapes)} shapes, {points} corners")
    outline = many(shapely.union_all([shape.geometry for shape in shapes]))
    collection = {"type": "FeatureCollection", "features": [feature(shape) for shape in shapes]}
    timed("read the draft as the editor sends it", lambda: read_shapes(collection, kind="grid", known={}))
    faults = timed("check", lambda: check(division(shapes, outline)))
    print("    ", _counts(faults))
    if spoil:
        first = shapes[len(shapes) // 2]
        moved = many(shapely.transform(first.geometry, lambda p: np.where(p == p[0], p + 2e-4, p)))
        spoilt = [shape.but(geometry=moved) if shape is first else shape for shape in shapes]
        made = division(spoilt, outline)
        faults = timed("check after one corner was moved carelessly", lambda: check(made))
        print("    ", _counts(faults))
    made = division(spoilt if spoil else shapes, outline)
    fixable = [fault for fault in faults if fault.fixable]
    mended = timed("propose the repair of all", lambda: repaired(made, fixable))
    print("     left after it:", _counts([f for f in check(division(mended, outline)) if f.fixable]))


def main() -> None:
    """Everything, or the numbers of shapes given."""
    sizes = [int(text) for text in sys.argv[1:]] or [3_000, 20_000]
    one("里 of Taipei", villages(), spoil=False)
    for size in sizes:
        one("synthetic", synthetic(size), spoil=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
