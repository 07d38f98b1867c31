"""How long proposals take and how good they are: the demo street, real 里 with synthetic buildings, 2,000 buildings.

`make bench-proposals`. Prints; nothing is kept.
"""

import os
import sys
import time
from typing import Any

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
django.setup()

import shapely

from assessment.demo.ground import demo_ground
from benchmarks.plans import Parent, villages
from grids.division.checks import Division
from grids.division.numbers import House
from grids.division.propose import Wishes, proposals
from grids.division.shapes import Shape, many
from grids.models import DivisionLimits

SIZE = 0.00012  # degrees: half the width of a synthetic building
HOUSEHOLDS = (10, 60)


def synthetic(outline: Any, count: int, seed: int) -> list[House]:
    """Buildings in crooked rows within an outline, 10 to 60 households each."""
    chance = np.random.default_rng(seed)
    west, south, east, north = outline.bounds
    step = (shapely.area(outline) / count) ** 0.5
    houses: list[House] = []
    for y in np.arange(south, north, step):
        for x in np.arange(west, east, step):
            point = shapely.Point(x + chance.uniform(-0.2, 0.2) * step, y + chance.uniform(-0.2, 0.2) * step)
            half = min(SIZE, step * 0.25)
            footprint = shapely.box(point.x - half, point.y - half / 2, point.x + half, point.y + half / 2)
            if shapely.contains(outline, footprint):
                load = int(chance.integers(*HOUSEHOLDS))
                houses.append(House(len(houses), f"{len(houses)}", load, 2 * load, 0, point, many(footprint)))
    return houses


def show(name: str, division: Division) -> None:
    """One line for each way."""
    began = time.perf_counter()
    for way in proposals(division, [], Wishes()):
        said = way.figures
        sys.stdout.write(
            f"{name:<28}{len(division.houses):>6} buildings {said['total']:>7} hh  {way.aim:<8}{said['grids']:>4} grids "
            f"{said['least']:>5.0f}–{said['most']:<5.0f} ratio {said['ratio'] or 0:>6.2f}  round {said['round_mean']:.2f}"
            f"/{said['round_min']:.2f}  outside {said['outside']}  cut {said['cut']}  moved {said['moved']:>6}"
            f"  {time.perf_counter() - began:6.2f} s\n"
        )


def demo(community: str) -> Division:
    """A community of the demo street; every building weighs by its ground."""
    ground = demo_ground()
    codes = [code for code in ground.areas if len(code) == 15 and code.startswith(community)]
    shapes = [
        Shape(
            f"a{n}", code, ground.areas[code], area_id=n, locked="901" in code[-3:],
            grid_kind="dedicated" if "901" in code[-3:] else "general", sources=(n,),
        )
        for n, code in enumerate(codes)
    ]  # fmt: skip
    houses = []
    for n, one in enumerate(ground.buildings):
        if one.grid in codes:
            load = max(8, round(one.footprint.area * 4e8))
            houses.append(House(n, str(n), load, 2 * load, codes.index(one.grid), one.point, one.footprint))
    limits = DivisionLimits.of_default("grid")
    return Division(Parent(), "grid", shapes, ground.areas[community], houses, {}, limits)  # type: ignore[arg-type]


def main() -> None:
    """All of it."""
    limits = DivisionLimits.of_default("grid")
    for community in ("990101001001", "990101001002"):
        show(f"demo {community}", demo(community))
    for shape in villages()[:400:100]:
        outline = shape.geometry
        division = Division(Parent(), "grid", [], outline, synthetic(outline, 60, 1), {}, limits)  # type: ignore[arg-type]
        show(f"real {shape.name}", division)
    square = shapely.MultiPolygon([shapely.box(120, 30, 120.03, 30.03)])
    houses = synthetic(square, 2000, 2)
    show("synthetic", Division(Parent(), "grid", [], square, houses, {}, limits))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
