"""From the points of a phone to a line: what is kept, where a gap is a gap. Pure functions.

A fix is kept after max(10 m, accuracy / 2) or 30 s; dropped when vaguer than 50 m or faster than 12 m/s; after 60 s or
200 m without one a new segment begins. The phone does the same before it sends; doing it twice changes nothing.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from teams.models.track_field import Fix, Segments

NEAR, PATIENCE = 10.0, 30.0
VAGUE, FAST = 50.0, 12.0
GAP_SECONDS, GAP_METRES = 60.0, 200.0
MOST_POINTS = 60  # of a chunk
LATEST = 7_258_118_400  # the year 2200, in seconds since 1970: no clock of a phone is that wrong
RADIUS = 6_371_008.8


@dataclass(frozen=True, order=True, slots=True)
class Point:
    """One position: seconds since 1970 first, so that points sort by time. `accuracy` in metres, None when unknown."""

    at: float
    lon: float
    lat: float
    accuracy: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What became of the points; `gaps` are the places where the phone gave none while it should have."""

    segments: Segments
    gaps: int


def metres(one: Point, other: Point) -> float:
    """How far apart, on a sphere."""
    north = math.radians(other.lat - one.lat)
    east = math.radians(other.lon - one.lon)
    a = math.sin(north / 2) ** 2
    a += math.cos(math.radians(one.lat)) * math.cos(math.radians(other.lat)) * math.sin(east / 2) ** 2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(a)))


def read(rows: Iterable[Sequence[float | None]]) -> list[Point]:
    """Points of a chunk, [[longitude, latitude, seconds, accuracy], …]. ValueError for what is none."""
    points = []
    for row in rows:
        lon, lat, at = (float(value) for value in row[:3])  # type: ignore[arg-type]
        accuracy = None if len(row) < 4 or row[3] is None else float(row[3])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90 and 0 < at < LATEST):
            raise ValueError("no position")
        if accuracy is not None and not 0 <= accuracy < 1e7:
            raise ValueError("no accuracy")
        points.append(Point(at, lon, lat, accuracy))
    return points


def line_of(points: Iterable[Point], recording: Sequence[tuple[float, float]] = ((-math.inf, math.inf),)) -> Line:
    """The line through `points` (any order, any repetition) while recording was on: [(from, until), …] in seconds."""
    found = sorted(set(points), key=lambda p: (p.at, p.lon, p.lat, p.accuracy or 0.0))
    segments: list[list[Fix]] = []
    gaps = 0
    for begin, end in recording:
        parts = _segments([p for p in found if begin <= p.at <= end and (p.accuracy is None or p.accuracy <= VAGUE)])
        gaps += max(len(parts) - 1, 0)
        segments += [[(p.lon, p.lat, p.at) for p in part] for part in parts if len(part) > 1]
    return Line(segments, gaps)


def _segments(points: Sequence[Point]) -> list[list[Point]]:
    parts: list[list[Point]] = []
    for point in points:
        last = parts[-1][-1] if parts else None
        if last is None or point.at - last.at > GAP_SECONDS:
            parts.append([point])
            continue
        away, passed = metres(last, point), point.at - last.at
        if away > FAST * passed:
            continue  # nobody on foot: the phone was mistaken
        if away > GAP_METRES:
            parts.append([point])
        elif away >= max(NEAR, (point.accuracy or 0.0) / 2) or passed >= PATIENCE:
            parts[-1].append(point)
    return parts


def untimed_line(points: Sequence[Point]) -> Line:
    """The line of a file that knows no times: in the order of the file, a gap where two points are 200 m apart."""
    parts: list[list[Point]] = []
    for point in points:
        if not parts or metres(parts[-1][-1], point) > GAP_METRES:
            parts.append([point])
        elif metres(parts[-1][-1], point) > 0:
            parts[-1].append(point)
    return Line([[(p.lon, p.lat, p.at) for p in part] for part in parts if len(part) > 1], max(len(parts) - 1, 0))


def recording_of(facts: Iterable[tuple[str, float]]) -> list[tuple[float, float]]:
    """When recording was on, from facts in their order: between start or resume and pause or end.

    A start that has not arrived yet is taken as given.
    """
    spans: list[tuple[float, float]] = []
    since: float | None = -math.inf
    for kind, at in facts:
        if kind in ("start", "resume"):
            since = at if since is None or since == -math.inf else since
        elif since is not None:
            spans.append((since, at))
            since = None
        if kind == "end":
            return spans
    return [*spans, (since, math.inf)] if since is not None else spans
