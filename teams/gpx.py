"""GPX in and out: other programs' files, however odd, never break a patrol; one's own track is one's own to take."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as Xml

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from grids.geodata.limits import MEGABYTE, refuse_dtd
from teams.tracks import Point

MOST_BYTES = 10 * MEGABYTE
MOST_POINTS = 50_000
NOT_GPX = gettext_noop("This is not a GPX file. Export the track as GPX where it was recorded, and choose that file.")
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # a clock that stands before satellites were of use is not set


@dataclass(slots=True)
class Found:
    """What a file holds. `timed` is false when any time is missing or cannot be: then none is believed."""

    points: list[Point] = field(default_factory=list)
    timed: bool = True
    skipped: int = 0


def read(data: bytes, *, now: datetime) -> Found:
    """Tracks, or else routes, of a GPX file of version 1.0 or 1.1. ValidationError when it is none."""
    if len(data) > MOST_BYTES:
        raise ValidationError(_("This file is larger than 10 MB."), code="too_large")
    refuse_dtd(data)
    try:
        root = Xml.fromstring(data)  # noqa: S314 - without a document type there are no entities to expand
    except (Xml.ParseError, LookupError, ValueError) as error:
        raise ValidationError(_(NOT_GPX), code="not_xml") from error
    if _tag(root) != "gpx":
        raise ValidationError(_(NOT_GPX), code="not_gpx")
    rows = [one for one in root.iter() if _tag(one) == "trkpt"] or [one for one in root.iter() if _tag(one) == "rtept"]
    if len(rows) > MOST_POINTS:
        raise ValidationError(_("There are more than 50,000 points in this file."), code="too_many")
    found = Found()
    for row in rows:
        _take(found, row, now)
    if not found.points:
        raise ValidationError(_("There is no track in this file."), code="empty")
    if not found.timed:
        found.points = [Point(0.0, point.lon, point.lat) for point in found.points]
    return found


def _take(found: Found, row: Any, now: datetime) -> None:
    try:
        lon, lat = float(row.get("lon", "")), float(row.get("lat", ""))
    except ValueError:
        lon = lat = math.nan
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        found.skipped += 1
        return
    at = _time(row)
    if at is None or not EARLIEST <= at <= now + timedelta(days=1):
        found.timed = False
    found.points.append(Point(at.timestamp() if at else 0.0, lon, lat))


def _time(row: Any) -> datetime | None:
    text = next((child.text or "" for child in row if _tag(child) == "time"), "").strip()
    try:
        at = parse_datetime(text)
    except (ValueError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def write(segments: Any, *, name: str) -> bytes:
    """GPX 1.1: one track, a segment for each stretch without a gap."""
    root = Xml.Element("gpx", version="1.1", creator="gridgov", xmlns="http://www.topografix.com/GPX/1/1")
    track = Xml.SubElement(root, "trk")
    Xml.SubElement(track, "name").text = name
    for segment in segments:
        part = Xml.SubElement(track, "trkseg")
        for lon, lat, at in segment:
            point = Xml.SubElement(part, "trkpt", lat=f"{lat:.7f}", lon=f"{lon:.7f}")
            Xml.SubElement(point, "time").text = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    return Xml.tostring(root, encoding="utf-8", xml_declaration=True)
