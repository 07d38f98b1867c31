"""What a proposal is put together from: blocks of ground, one building each, and who lies beside whom.

The ground nearer to a building than to any other is its block, so borders run half-way through the gaps between
buildings; a footprint belongs to its block whole. Where roads, railways or water are known, a block ends at them, and
larger ground without buildings between them is a block of its own. All lines (blocks, walls, roads, grids that are
kept, the outer border) are cut at each other once, so every union of blocks has exactly the corners of its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from grids.division.numbers import House
from grids.division.topology import joined
from grids.division.ways import Line
from grids.geodata.measure import in_metres, square_metres

STEP = 0.00008  # degrees (about 9 m): how close an outline is felt at by its neighbours
ON_WALL = 1e-10  # degrees: a stretch this near to a wall or a road runs along it
YARD_M2 = 1500.0  # ground between roads without a building is a block of its own from this size on
OVERLAP_M2 = 1.0  # buildings that overlap by more are one block
SPECK_M2 = 1.0  # open ground smaller than this that touches no block is the rounding of coordinates


@dataclass(frozen=True)
class Blocks:
    """Blocks by number; `owner` says whose each of the `faces` is."""

    houses: list[tuple[House, ...]]
    faces: Any
    owner: Any
    pairs: Any  # blocks with a common border that is no wall, each pair once
    borders: Any  # its length in metres
    barrier: Any  # how much a road, railway or water parts the two: 0 nothing … 1 a main road all along
    gaps: Any  # metres between the buildings on both sides
    areas: Any
    outlines: Any  # metres around each block
    kept: list[Any]  # the locked grids, with the corners their neighbours now have on them


@dataclass
class _Sites:
    """The buildings as they claim ground: groups of those that overlap, in the order of their keys."""

    groups: list[tuple[House, ...]]
    shapes: Any


@dataclass(frozen=True)
class _Roads:
    """The lines that divide, without what footprints cover; `strength` says how much (grids.division.ways)."""

    lines: Any
    strength: Any


def blocks_of(
    outer: Any, houses: Sequence[House], walls: Sequence[Any], locked: Sequence[Any], ways: Sequence[Line] = ()
) -> Blocks:
    """Divide `outer` without the `locked` polygons among the buildings that stand there."""
    free = shapely.difference(outer, shapely.union_all(list(locked))) if locked else outer
    sites = _sites(free, houses)
    cells = _cells(sites.shapes, outer)
    jut = _jutting(sites.shapes, cells)
    wall = shapely.union_all(list(walls)) if walls else None
    roads = _roads(sites.shapes, ways)
    lines = [shapely.boundary(outer), *shapely.boundary(list(locked)), *shapely.boundary(cells)]
    lines += [*shapely.boundary(sites.shapes[jut]), *([wall] if wall is not None else []), *roads.lines]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))
    middles = shapely.point_on_surface(faces)
    inside = [_within(one, middles) for one in locked]
    kept = [
        shapely.coverage_union_all(faces[mask]) if mask.any() else one for one, mask in zip(locked, inside, strict=True)
    ]
    mine = _within(free, middles)
    faces, middles = faces[mine], middles[mine]
    owner = _claims(sites.shapes, cells, jut, middles)
    return _assembled(sites, _Ground(faces, wall, roads), owner, kept)


@dataclass(frozen=True)
class _Ground:
    """The pieces of ground, and what parts them."""

    faces: Any
    wall: Any
    roads: _Roads


def _roads(shapes: Any, ways: Sequence[Line]) -> _Roads:
    """The lines that divide, cut where a footprint lies in their way: buildings are never parted."""
    chosen = [way for way in ways if way.divides > 0]
    lines = np.array([way.geometry for way in chosen], dtype=object)
    solid = shapes[shapely.get_dimensions(shapes) == 2] if len(shapes) else shapes
    if len(lines) and len(solid):
        lines = shapely.difference(lines, shapely.union_all(solid))
    return _Roads(lines, np.array([way.divides for way in chosen]))


def _within(area: Any, points: Any) -> Any:
    shapely.prepare(area)
    return shapely.contains(area, points)


def _sites(free: Any, houses: Sequence[House]) -> _Sites:
    placed = [house for house in houses if house.point is not None]
    mask = _within(free, [house.point for house in placed]) if placed else []
    placed = [house for house, here in zip(placed, mask, strict=True) if here]
    shapes = np.array([_solid(house) for house in placed], dtype=object)
    if not placed:
        return _Sites([], shapes)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    mine = left < right
    left, right = left[mine], right[mine]
    both = shapely.intersection(shapes[left], shapes[right])
    same = (square_metres(both) > OVERLAP_M2) | (shapely.get_dimensions(shapes[left]) == 0) if len(left) else []
    groups = joined(len(placed), zip(left[same].tolist(), right[same].tolist(), strict=True)) if len(left) else None
    groups = groups or [[number] for number in range(len(placed))]
    whole = [shapely.union_all(shapes[members]) for members in groups]
    return _Sites([tuple(placed[one] for one in members) for members in groups], np.array(whole, dtype=object))


def _solid(house: House) -> Any:
    """The footprint, or the point where none is drawn (or it lies somewhere else)."""
    if house.footprint is None:
        return house.point
    footprint = shapely.make_valid(house.footprint)
    return footprint if shapely.area(footprint) > 0 and shapely.intersects(footprint, house.point) else house.point


def _cells(shapes: Any, outer: Any) -> Any:
    """For each site the ground nearer to it than to any other; beyond `outer` too."""
    if len(shapes) < 2:
        return np.array([shapely.buffer(shapely.box(*shapely.bounds(outer)), 0.01)] * len(shapes), dtype=object)
    lines = shapely.segmentize(shapes, STEP)
    points, number = shapely.get_coordinates(lines, return_index=True)
    points, first = np.unique(np.round(points, 8), axis=0, return_index=True)
    owner = number[first]
    around = shapely.buffer(shapely.box(*shapely.bounds(outer)), 0.01)
    found = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=around, ordered=True)
    parts = shapely.get_parts(found)
    order = np.argsort(owner, kind="stable")
    groups = np.split(parts[order], np.flatnonzero(np.diff(owner[order])) + 1)
    cells = np.empty(len(shapes), dtype=object)
    cells[:] = shapely.Polygon()
    for one, pieces in zip(owner[order][np.r_[0, np.flatnonzero(np.diff(owner[order])) + 1]], groups, strict=True):
        cells[one] = shapely.union_all(pieces[shapely.get_dimensions(pieces) == 2])
    return cells


def _jutting(shapes: Any, cells: Any) -> Any:
    """The sites whose footprint is not wholly in their cell: their own outline has to be a line, too."""
    if not len(shapes):
        return np.zeros(0, dtype=bool)
    return (shapely.get_dimensions(shapes) == 2) & ~shapely.covers(cells, shapes)


def _claims(shapes: Any, cells: Any, jut: Any, middles: Any) -> Any:
    """Which site each face is nearest to; who stands on it comes first."""
    owner = np.full(len(middles), -1)
    for polygons, numbers in ((cells, np.arange(len(cells))), (shapes[jut], np.flatnonzero(jut))):
        if len(polygons):
            face, found = shapely.STRtree(polygons).query(middles, predicate="intersects")
            owner[face[::-1]] = numbers[found[::-1]]
    return owner


def _assembled(sites: _Sites, ground: _Ground, owner: Any, kept: list[Any]) -> Blocks:
    faces = ground.faces
    pairs, metres, inner, middles = sides(faces, ground.wall)
    strength = _along(middles, ground.roads)
    free = strength == 0
    rooted = _rooted(sites, faces, owner, pairs[free])
    owner = _spread(np.where(rooted, owner, -1), pairs[free], metres[free])
    houses = list(sites.groups)
    if not free.all():
        owner = _spread(_yards(faces, owner, pairs[free], houses), pairs, metres)
    keep = np.ones(len(faces), dtype=bool)
    for members in _left_over(owner, pairs):
        if square_metres(shapely.union_all(faces[members])) < SPECK_M2:
            keep[members] = False
        owner[members] = len(houses)
        houses.append(())
    outlines = np.zeros(len(houses))
    flat = in_metres(faces)
    np.add.at(outlines, owner, shapely.length(flat))
    np.subtract.at(outlines, owner[inner[0]], np.where(owner[inner[0]] == owner[inner[1]], 2 * inner[2], 0))
    areas = np.zeros(len(houses))
    np.add.at(areas, owner, shapely.area(flat))
    joint, border, barrier = _between(owner, pairs, metres, strength)
    seen = _in_sight(sites, joint, ground.wall)
    joint, border, barrier = joint[seen], border[seen], barrier[seen]
    gaps = _gaps(sites, joint)
    return Blocks(houses, faces[keep], owner[keep], joint, border, barrier, gaps, areas, outlines, kept)


def _along(middles: Any, roads: _Roads) -> Any:
    """How strongly each stretch of border parts: that of the road it runs along, 0 without one."""
    strength = np.zeros(len(middles))
    if len(roads.lines) and len(middles):
        place, road = shapely.STRtree(roads.lines).query(shapely.points(middles), "dwithin", distance=ON_WALL)
        np.maximum.at(strength, place, roads.strength[road])
    return strength


def _yards(faces: Any, owner: Any, pairs: Any, houses: list[tuple[House, ...]]) -> Any:
    """Larger ground between roads that no building reaches becomes a block of its own, added to `houses`."""
    owner = owner.copy()
    for members in _left_over(owner, pairs):
        if square_metres(shapely.union_all(faces[members])) >= YARD_M2:
            owner[members] = len(houses)
            houses.append(())
    return owner


def sides(faces: Any, wall: Any) -> tuple[Any, Any, Any, Any]:
    """Pairs of faces, metres of common borders that are no wall; (one, other, metres) of all; middles of the first."""
    rings, of_face = shapely.get_rings(faces, return_index=True)
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    flat = shapely.get_coordinates(in_metres(rings))
    same = of_ring[:-1] == of_ring[1:]
    start, end, face = points[:-1][same], points[1:][same], of_face[of_ring[:-1][same]]
    length = np.hypot(*(flat[1:][same] - flat[:-1][same]).T)
    turn = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    keys = np.where(turn[:, None], np.hstack([end, start]), np.hstack([start, end]))
    order = np.lexsort(keys.T)
    twin = np.flatnonzero((keys[order][1:] == keys[order][:-1]).all(axis=1))
    one, other = order[twin], order[twin + 1]
    whole = (face[one], face[other], length[one])
    middle = (keys[one][:, :2] + keys[one][:, 2:]) / 2
    open_ = ~shapely.dwithin(shapely.points(middle), wall, ON_WALL) if wall is not None else np.ones(len(one), bool)
    pairs = np.sort(np.column_stack(whole[:2]), axis=1)[open_]
    return pairs, length[one][open_], whole, middle[open_]


def _rooted(sites: _Sites, faces: Any, owner: Any, pairs: Any) -> Any:
    """The faces that hang together with the one their building stands on."""
    tree = shapely.STRtree(faces)
    points = [group[0].point for group in sites.groups]
    rooted = np.zeros(len(faces), dtype=bool)
    if points:
        site, face = tree.query(points, predicate="intersects")
        rooted[face[owner[face] == site]] = True
        missing = np.setdiff1d(np.arange(len(points)), site[owner[face] == site])
        rooted |= np.isin(owner, missing)
    own = pairs[owner[pairs[:, 0]] == owner[pairs[:, 1]]]
    while True:
        grow = rooted[own[:, 0]] != rooted[own[:, 1]]
        if not grow.any():
            return rooted
        rooted[own[grow].ravel()] = True


def _spread(owner: Any, pairs: Any, metres: Any) -> Any:
    """Faces without a building go to the block with which they have the longest common border, ring by ring."""
    while True:
        open_ = owner < 0
        edge = open_[pairs[:, 0]] != open_[pairs[:, 1]]
        if not edge.any():
            return owner
        first = open_[pairs[edge][:, 0]]
        face = np.where(first, pairs[edge][:, 0], pairs[edge][:, 1])
        near = owner[np.where(first, pairs[edge][:, 1], pairs[edge][:, 0])]
        keys, where = np.unique(np.column_stack([face, near]), axis=0, return_inverse=True)
        total = np.bincount(where.ravel(), metres[edge])
        best = np.lexsort((keys[:, 1], -total, keys[:, 0]))
        chosen, nth = np.unique(keys[best][:, 0], return_index=True)
        owner = owner.copy()
        owner[chosen] = keys[best][nth, 1]


def _left_over(owner: Any, pairs: Any) -> list[list[int]]:
    """Ground that walls or kept grids separate from every building, piece by piece."""
    numbers = np.flatnonzero(owner < 0)
    at = {int(face): n for n, face in enumerate(numbers)}
    inside = [(at[a], at[b]) for a, b in pairs.tolist() if a in at and b in at]
    return [[int(numbers[n]) for n in members] for members in joined(len(numbers), inside)]


def _between(owner: Any, pairs: Any, metres: Any, strength: Any) -> tuple[Any, Any, Any]:
    both = np.sort(owner[pairs], axis=1)
    apart = both[:, 0] != both[:, 1]
    if not apart.any():
        return np.zeros((0, 2), dtype=int), np.zeros(0), np.zeros(0)
    joint, where = np.unique(both[apart], axis=0, return_inverse=True)
    long = np.bincount(where.ravel(), metres[apart])
    parted = np.bincount(where.ravel(), metres[apart] * strength[apart])
    return joint, long, parted / np.maximum(long, 1e-9)


def _in_sight(sites: _Sites, joint: Any, wall: Any) -> Any:
    """Pairs of blocks whose buildings have no wall between them."""
    seen = np.ones(len(joint), dtype=bool)
    real = (joint < len(sites.groups)).all(axis=1)
    if wall is None or not real.any():
        return seen
    points = shapely.get_coordinates([group[0].point for group in sites.groups])
    lines = shapely.linestrings(points[joint[real]])
    shapely.prepare(wall)
    seen[real] = ~shapely.intersects(wall, lines)
    return seen


def _gaps(sites: _Sites, joint: Any) -> Any:
    """Metres between the buildings of two blocks; 60 where one has none."""
    gaps = np.full(len(joint), 60.0)
    count = len(sites.groups)
    if count and len(joint):
        flat = in_metres(sites.shapes)
        real = (joint < count).all(axis=1)
        gaps[real] = shapely.distance(flat[joint[real][:, 0]], flat[joint[real][:, 1]])
    return gaps
