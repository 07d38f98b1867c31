"""The ground drawn for paper: true to a round scale, names where they fit, letters and a list where they do not."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import shapely
from django.utils.safestring import SafeString, mark_safe

METRES_A_DEGREE = 111_320.0  # of latitude; of longitude times the cosine (WGS-84 to 0.5 % within a city)
SCALES = (100, 125, 150, 175, 200, 250, 300, 350, 400, 500, 600, 700, 800, 900)  # and these times ten, a hundred …
HOUSE_NUMBER = re.compile(r"(\d{1,4})(?:号楼|号|栋|幢|#)")
MARGIN = 4.0  # millimetres of paper left free around what is drawn
SMALLEST, LARGEST = 2.4, 5.0  # millimetres: letters
BAR = 30.0  # millimetres a scale bar may be long
# What each kind of shape looks like; colours that survive a grey printer, widths in millimetres.
LOOKS = {
    "neighbour": 'fill="#f4f6f8" stroke="#c3ccd6" stroke-width="0.2"',
    "area": 'fill="#eaf1fa" stroke="#7d93ad" stroke-width="0.3"',
    "building": 'fill="#ccd5df" stroke="#8592a3" stroke-width="0.12"',
    "way": 'fill="none" stroke="#dfe3e8" stroke-width="0.9" stroke-linecap="round"',
    "main": 'fill="none" stroke="#d3d8de" stroke-width="1.5" stroke-linecap="round"',
    "water": 'fill="none" stroke="#b9d6ea" stroke-width="1.3" stroke-linecap="round"',
    "line": 'fill="none" stroke="#1a5bb8" stroke-width="0.4"',
    "border": 'fill="none" stroke="#144a97" stroke-width="0.9"',
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What to draw: a shapely geometry in degrees, how it looks (a key of LOOKS), and a name to write into it."""

    geometry: Any
    look: str
    label: str = ""


@dataclass(slots=True)
class Drawing:
    """The SVG, its scale (1:`scale`), what the bar stands for, and names that did not fit as (letter, name)."""

    svg: SafeString
    scale: int
    bar_metres: int
    bar_mm: float
    listed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def bar(self) -> SafeString:
        """The scale bar as a drawing of its own."""
        wide = self.bar_mm + 0.4
        line = f'<path fill="none" stroke="#17202b" stroke-width="0.3" d="M0.2 0V1.6H{wide - 0.2:.2f}V0"/>'
        return mark_safe(f'<svg width="{wide:.2f}mm" height="1.8mm" viewBox="0 0 {wide:.2f} 1.8">{line}</svg>')  # noqa: S308


def round_scale(wanted: float) -> int:
    """The next rounder scale that is not larger on paper: 1:2,311 becomes 1:2,500."""
    power = 1
    while SCALES[-1] * power < wanted:
        power *= 10
    return next(scale * power for scale in SCALES if scale * power >= wanted)


class _Paper:
    """Degrees to millimetres of paper."""

    def __init__(self, bounds: Sequence[float], width: float, height: float) -> None:
        west, south, east, north = bounds
        self.lon, self.lat = (west + east) / 2, (south + north) / 2
        self.metres = METRES_A_DEGREE * math.cos(math.radians(self.lat)), METRES_A_DEGREE
        wide, high = (east - west) * self.metres[0], (north - south) * self.metres[1]
        free = 2 * MARGIN
        self.scale = round_scale(max(wide / (width - free), high / (height - free), 0.1) * 1000)
        self.middle = width / 2, height / 2

    def place(self, coordinates: Any) -> Any:
        """An array of [lon, lat] as [x, y], y downwards."""
        moved = coordinates.copy()
        moved[:, 0] = (coordinates[:, 0] - self.lon) * self.metres[0] * 1000 / self.scale + self.middle[0]
        moved[:, 1] = (self.lat - coordinates[:, 1]) * self.metres[1] * 1000 / self.scale + self.middle[1]
        return moved

    def moved(self, geometry: Any) -> Any:
        """The geometry on paper."""
        return shapely.transform(geometry, self.place)


def _path(geometry: Any) -> str:
    drawn = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "LineString":
            drawn.append("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in part.coords))
            continue
        for ring in (part.exterior, *part.interiors):
            drawn.append("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in ring.coords[:-1]) + "Z")
    return "".join(drawn)


def _along(moved: Any, name: str) -> str:
    """A road's name at the middle of its longest piece, turned with it; nothing where it is shorter than its name."""
    longest = max(shapely.get_parts(moved), key=lambda part: part.length)
    if longest.length < letters(name) * SMALLEST * 1.3:
        return ""
    (x1, y1), (x2, y2) = (longest.interpolate(share, normalized=True).coords[0] for share in (0.45, 0.55))
    angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
    angle += 180 if abs(angle) > 90 else 0
    x, y = longest.interpolate(0.5, normalized=True).coords[0]
    look = f'text-anchor="middle" fill="#5b6673" font-size="{SMALLEST}" transform="rotate({angle:.1f} {x:.2f} {y:.2f})"'
    return f'<text {look} x="{x:.2f}" y="{y + SMALLEST * 0.36:.2f}">{escape(name)}</text>'


def _room(geometry: Any) -> tuple[float, float, float]:
    """Where a name has most room: x, y and the radius of the circle that is free there.

    The middle, where it is about as good as the best place: in a long house the best place is anywhere along it.
    """
    largest = max(shapely.get_parts(geometry), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.2)
    (x, y), (to_x, to_y) = circle.coords[0], circle.coords[1]
    radius, middle = math.hypot(to_x - x, to_y - y), largest.centroid
    if largest.contains(middle) and largest.exterior.distance(middle) > 0.8 * radius:
        x, y = middle.x, middle.y
    return x, y, radius


def short(name: str) -> str:
    """What may stand for a building's name: "3" for 3号楼, 3栋 or 3幢; "" when nothing may."""
    found = HOUSE_NUMBER.fullmatch(name)
    return found[1] if found else ""


def letter(nth: int) -> str:
    """A, B … Z, AA, AB … for nth = 0, 1 …"""
    text = ""
    nth += 1
    while nth:
        nth, place = divmod(nth - 1, 26)
        text = chr(65 + place) + text
    return text


def letters(text: str) -> float:
    """How wide a text is, in heights of a letter: a Chinese character is one, a Latin one about half."""
    return sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in text) or 1.0


def _write(x: float, y: float, size: float, text: str) -> str:
    look = 'text-anchor="middle" fill="#17202b" font-weight="500"'
    return f'<text {look} x="{x:.2f}" y="{y + size * 0.36:.2f}" font-size="{size:.2f}">{escape(text)}</text>'


def _name(moved: Any, name: str, listed: list[tuple[str, str]]) -> str:
    """The name where it fits, else its number, else a letter that the list explains."""
    x, y, radius = _room(moved)
    size = min(LARGEST, 1.9 * radius / letters(name))
    if size >= SMALLEST:
        return _write(x, y, size, name)
    text = short(name)
    if not text:
        text = letter(len(listed))
        listed.append((text, name))
    return _write(x, y, max(SMALLEST, min(LARGEST, 1.2 * radius)), text)


def draw(shapes: Iterable[Shape], *, width: float, height: float, around: Sequence[float] | None = None) -> Drawing:
    """Draw `shapes`, the first at the bottom, on `width` × `height` millimetres.

    `around` (west, south, east, north) is what must be seen; without it everything is. ValueError when empty.
    """
    found = [shape for shape in shapes if not shape.geometry.is_empty]
    if not found:
        raise ValueError("There is nothing to draw.")
    bounds = around or shapely.total_bounds([shape.geometry for shape in found]).tolist()
    paper = _Paper(bounds, width, height)
    lines: list[str] = []
    names: list[str] = []
    listed: list[tuple[str, str]] = []
    for shape in found:
        moved = paper.moved(shape.geometry)
        lines.append(f'<path {LOOKS[shape.look]} stroke-linejoin="round" d="{_path(moved)}"/>')
        if shape.label and shapely.get_dimensions(moved) == 1:
            names.append(_along(moved, shape.label))
        elif shape.label:
            names.append(_name(moved, shape.label, listed))
    bar = next(m * 10**p for p in range(5, -1, -1) for m in (5, 2, 1) if m * 10**p * 1000 / paper.scale <= BAR)
    svg = f'<svg class="drawing" viewBox="0 0 {width} {height}" width="{width}mm" height="{height}mm">'
    return Drawing(
        mark_safe(svg + "".join(lines) + "".join(names) + "</svg>"),  # noqa: S308  (numbers, own classes, escaped names)
        paper.scale,
        bar,
        bar * 1000 / paper.scale,
        listed,
    )
