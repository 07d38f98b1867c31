"""Laying an image of a plan on the ground by three points: where it falls, how large, how turned, how distorted.

Three pairs fix an affine change exactly, so nothing is left over to tell a good fit from a bad one. What does tell
is how far the best map without distortion (moved, turned, one scale) would miss the three points: a scan misses by
a metre or two, a point on the wrong corner by dozens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from grids.geodata.measure import in_metres

FLATTEST = 0.05  # height of the triangle ÷ its longest side: below, the three points are as good as a line
NEAREST = 0.1  # longest side of the triangle ÷ the image's diagonal: below, a pixel beside costs too many metres
LEAST_METRES = 5.0
STRETCHED = 1.25  # one direction may be this much longer than the other: more is a wrong point, not paper

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Laid:
    """Where the image lies: longitude and latitude of its upper left, upper right and lower left corner.

    `turned` is in degrees clockwise from north up, `stretch` the longer direction ÷ the shorter, `miss` in metres.
    """

    corners: tuple[tuple[float, float], ...]
    metres_a_pixel: float
    turned: float
    stretch: float
    miss: float

    def as_json(self) -> dict[str, Any]:
        """For the editor."""
        return {
            "corners": [list(corner) for corner in self.corners],
            "metres_a_pixel": round(self.metres_a_pixel, 4),
            "turned": round(self.turned, 2),
            "stretch": round(self.stretch, 4),
            "miss": round(self.miss, 2),
        }

    @property
    def ground(self) -> shapely.Polygon:
        """The ground under the image."""
        one, right, low = (np.array(corner) for corner in self.corners)
        return shapely.Polygon([one, right, right + low - one, low])


def lay(image: Sequence[tuple[float, float]], places: Sequence[tuple[float, float]], size: tuple[int, int]) -> Laid:
    """Lay an image of `size` pixels by three of its points (x to the right, y down) and their places in degrees.

    ValidationError when the points lie in a line, too near each other, run the other way round, or stretch too much.
    """
    pixels, degrees = np.array(image, dtype=float) * (1, -1), np.array(places, dtype=float)
    metres = shapely.get_coordinates(in_metres(shapely.multipoints(degrees)))
    _refuse_thin(pixels, NEAREST * float(np.hypot(*size)), _("on the image"))
    _refuse_thin(metres, LEAST_METRES, _("on the map"))
    change = _affine(pixels, metres)
    if np.linalg.det(change[:2]) <= 0:
        raise ValidationError(
            _("The three points run the other way round on the map than on the image: two of them are swapped."),
            code="mirrored",
        )
    longer, shorter = np.linalg.svd(change[:2], compute_uv=False)
    if longer > STRETCHED * shorter:
        raise ValidationError(
            _(
                "Placed like this the image would be %(much)d%% longer one way than the other; at most "
                "%(most)d%% is allowed: one of the points is in the wrong spot."
            )
            % {"much": round((longer / shorter - 1) * 100), "most": round((STRETCHED - 1) * 100)},
            code="distorted",
        )
    turn, miss = _without_distortion(pixels, metres)
    to_degrees = _affine(pixels, degrees)
    corners = np.array([(0, 0, 1), (size[0], 0, 1), (0, -size[1], 1)]) @ to_degrees
    placed = tuple((round(float(x), 9), round(float(y), 9)) for x, y in corners)
    return Laid(placed, float(np.sqrt(longer * shorter)), turn, float(longer / shorter), miss)


def _affine(points: Points, places: Points) -> Points:
    """The 3 × 2 matrix that takes [x, y, 1] of each point to its place."""
    return np.array(np.linalg.solve(np.column_stack([points, np.ones(3)]), places), dtype=np.float64)


def _refuse_thin(points: Points, least: float, where: str) -> None:
    sides = points - np.roll(points, 1, axis=0)
    longest = float(np.hypot(sides[:, 0], sides[:, 1]).max())
    if longest < least:
        raise ValidationError(
            _("The three points are too near each other %(where)s. Choose points far apart, best near the corners.")
            % {"where": where},
            code="near",
        )
    twice = abs(float(sides[0, 0] * sides[1, 1] - sides[0, 1] * sides[1, 0]))
    if twice < FLATTEST * longest * longest:
        raise ValidationError(
            _("The three points lie in a line %(where)s. Choose three that make a triangle.") % {"where": where},
            code="collinear",
        )


def _without_distortion(points: Points, places: Points) -> tuple[float, float]:
    """How far the best move, turn and scale turns (degrees clockwise) and by how many metres it misses (RMS)."""
    source, target = (one[:, 0] + 1j * one[:, 1] for one in (points, places))
    source, target = source - source.mean(), target - target.mean()
    change = np.vdot(source, target) / np.vdot(source, source).real
    missed = float(np.sqrt(np.mean(np.abs(target - change * source) ** 2)))
    return -float(np.degrees(np.angle(change))), missed
