"""Reading other systems' tickets: CSV or GeoJSON, with a map (TOML) that says which column means what.

source = "nyc311"                  # (source, id) is taken in once
home = "9901010010"                # code of the street that looks after what lies outside
[columns]                          # id, time and category are needed, the rest is welcome
id = "Unique Key"
time = "Created Date"
closed = "Closed Date"
category = "Complaint Type"
lon = "Longitude"                  # or x and y with `crs`; GeoJSON points need neither
lat = "Latitude"
text = ["Complaint Type", "Descriptor"]
place = "Incident Address"
expected = "Borough"               # where it belongs by the other system: an area's name or code
[read]
encoding = "utf-8-sig"
crs = "EPSG:4326"
time = "%m/%d/%Y %I:%M:%S %p"      # ISO 8601 without it
zone = "America/New_York"          # ours without it
[categories]                       # their word = our code
"Illegal Parking" = "0402"
default = "0611"
[expected]
"STATEN ISLAND" = "Staten Island"
"Unspecified" = ""                 # says nothing
"""

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.gis.gdal import CoordTransform, GDALException, SpatialReference
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

NEEDED = ("id", "time", "category")
KNOWN = (*NEEDED, "closed", "lon", "lat", "x", "y", "text", "place", "expected")
WGS84 = "EPSG:4326"
LONGEST_ID = 80


@dataclass(frozen=True)
class Ticket:
    """One ticket of another system, understood; `category` is a code of our catalogue."""

    external_id: str
    reported_at: datetime
    category: str
    closed_at: datetime | None = None
    point: Point | None = None
    text: str = ""
    place: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Unreadable:
    """A row that is no ticket, with the reason."""

    row: int
    reason: str


@dataclass(frozen=True)
class TicketMap:
    """What a MAP.toml says."""

    source: str
    columns: Mapping[str, Any]
    categories: Mapping[str, str]
    home: str = ""
    expected: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8-sig"
    crs: str = WGS84
    time: str = ""
    zone: tzinfo = field(default_factory=timezone.get_default_timezone)

    @cached_property
    def to_wgs84(self) -> CoordTransform | None:
        """None when nothing has to be turned."""
        if self.crs.upper() == WGS84:
            return None
        return CoordTransform(SpatialReference(self.crs), SpatialReference(WGS84))


def _wrong(sentence: str, **params: Any) -> ValidationError:
    return ValidationError(sentence % params if params else sentence)


def read_map(file: Path) -> TicketMap:
    """The map in a TOML file. ValidationError when it is not one."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(_("%(file)s is not a TOML file: %(why)s"), file=file.name, why=error) from None
    columns, read = told.get("columns", {}), told.get("read", {})
    missing = [name for name in NEEDED if name not in columns]
    unknown = [name for name in columns if name not in KNOWN]
    if missing or unknown or not told.get("source"):
        names = ", ".join(missing + unknown) or "source"
        raise _wrong(_("The map lacks or does not know: %(names)s."), names=names)
    try:
        zone = ZoneInfo(read["zone"]) if "zone" in read else timezone.get_default_timezone()
        SpatialReference(read.get("crs", WGS84))
    except (ZoneInfoNotFoundError, ValueError, GDALException):
        raise _wrong(_("The time zone or the coordinate system of the map is not known.")) from None
    plain = {name: read[name] for name in ("encoding", "crs", "time") if name in read}
    return TicketMap(
        source=str(told["source"])[:40],
        columns=columns,
        categories=told.get("categories", {}),
        home=str(told.get("home", "")),
        expected=told.get("expected", {}),
        zone=zone,
        **plain,
    )


def read_tickets(file: Path, by: TicketMap) -> Iterator[Ticket | Unreadable]:
    """Every row of a CSV or GeoJSON file, in its order. ValidationError when the file is neither."""
    rows = _features(file) if file.suffix.lower() in (".geojson", ".json") else _lines(file, by)
    for number, row in rows:
        try:
            yield _ticket(row, by)
        except ValidationError as error:
            yield Unreadable(number, error.messages[0])


def _lines(file: Path, by: TicketMap) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with file.open(encoding=by.encoding, newline="") as opened:
            lines = csv.DictReader(line.replace("\0", "") for line in opened)
            used = [name for column in by.columns.values() for name in _names(column)]
            absent = [name for name in used if name not in (lines.fieldnames or [])]
            if absent:
                raise _wrong(_("The file has no column %(names)s."), names=", ".join(absent))
            for row in lines:
                yield lines.line_num, row
    except (UnicodeDecodeError, LookupError):
        raise _wrong(_("The file is not written in %(encoding)s."), encoding=by.encoding) from None
    except csv.Error as error:
        raise _wrong(_("This is not a CSV file: %(why)s"), why=error) from None


def _features(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        features = json.loads(file.read_text(encoding="utf-8-sig"))["features"]
        for number, feature in enumerate(features, 1):
            yield number, {**(feature.get("properties") or {}), "": feature.get("geometry")}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _wrong(_("This is not a GeoJSON file: %(why)s"), why=error) from None


def _names(column: Any) -> list[str]:
    return [column] if isinstance(column, str) else list(column)


def _text(row: Mapping[str, Any], by: TicketMap, name: str) -> str:
    """What the row says in the column or columns for `name`; "" for nothing."""
    found = [row.get(column) for column in _names(by.columns.get(name, []))]
    return " · ".join(str(value).strip() for value in found if value not in (None, ""))


def _ticket(row: Mapping[str, Any], by: TicketMap) -> Ticket:
    external_id = _text(row, by, "id")
    if not external_id or len(external_id) > LONGEST_ID:
        raise _wrong(_("It has no number of its own."))
    reported_at = _time(_text(row, by, "time"), by)
    if reported_at is None:
        raise _wrong(_("It does not say when it was reported."))
    word = _text(row, by, "category")
    code = by.categories.get(word) or by.categories.get("default", "")
    if not code:
        raise _wrong(_("No category for “%(word)s”."), word=word)
    expected = _text(row, by, "expected")
    return Ticket(
        external_id=external_id,
        reported_at=reported_at,
        category=str(code),
        closed_at=_time(_text(row, by, "closed"), by),
        point=_point(row, by),
        text=_text(row, by, "text"),
        place=_text(row, by, "place"),
        expected=by.expected.get(expected, expected),
    )


def _time(text: str, by: TicketMap) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.strptime(text, by.time) if by.time else parse_datetime(text)  # noqa: DTZ007 - given below
        if found is None:
            raise ValueError(text)
        return found if timezone.is_aware(found) else timezone.make_aware(found, by.zone)
    except (ValueError, OverflowError):
        raise _wrong(_("“%(text)s” is not a time."), text=text[:40]) from None


def _pair(row: Mapping[str, Any], by: TicketMap) -> tuple[float, float] | None:
    geometry = row.get("")
    if isinstance(geometry, dict):
        place = geometry.get("coordinates") if geometry.get("type") == "Point" else None
        return (float(place[0]), float(place[1])) if place else None
    first, second = ("x", "y") if "x" in by.columns else ("lon", "lat")
    x, y = _text(row, by, first), _text(row, by, second)
    return (float(x), float(y)) if x and y else None


def _point(row: Mapping[str, Any], by: TicketMap) -> Point | None:
    """In WGS-84; None where nothing is given, or the 0, 0 that stands for it in many systems."""
    try:
        pair = _pair(row, by)
        if pair is None or pair == (0.0, 0.0):
            return None
        point = Point(*pair, srid=4326)
        if by.to_wgs84 is not None:
            point.transform(by.to_wgs84)
    except (TypeError, ValueError, IndexError, GDALException):
        raise _wrong(_("Its coordinates are not numbers.")) from None
    if not (-180 <= point.x <= 180 and -90 <= point.y <= 90):
        raise _wrong(_("Its coordinates do not fit the coordinate system of the map."))
    point.srid = 4326
    return point
