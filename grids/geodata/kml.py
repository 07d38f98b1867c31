"""KML: placemarks with their polygons, lines and points, read as plain XML without document types."""

import re
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as Xml

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from shapely.errors import ShapelyError

from grids.geodata.datum import WGS84
from grids.geodata.features import Feature, Raw, several_of
from grids.geodata.limits import check_count, refuse_dtd, unpack

SPACE = re.compile(r"\s+")


def read(data: bytes, *, layer: str | Sequence[str] = "") -> Raw:
    """Every Placemark of the file, or of the folders `layer`. ValidationError when it is not KML."""
    root = _root(data)
    if layer:
        folders = _folders(root)
        chosen = [folders[name] for name in several_of(list(folders), layer)]
        placemarks = [child for folder in chosen for child in folder if _tag(child) == "Placemark"]
    else:
        placemarks = _all(root, "Placemark")
    check_count(len(placemarks))
    return Raw([_feature(number, one) for number, one in enumerate(placemarks, 1)], WGS84, "UTF-8")


def layers(data: bytes) -> list[str]:
    """The names of the folders that hold placemarks."""
    return list(_folders(_root(data)))


def _folders(root: Xml.Element) -> dict[str, Xml.Element]:
    """By name; a name that comes again gets a number."""
    found: dict[str, Xml.Element] = {}
    for folder in _all(root, "Folder"):
        if any(_tag(child) == "Placemark" for child in folder):
            name = _text(folder, "name")[:60] or "Folder"
            found[name if name not in found else f"{name} ({len(found) + 1})"] = folder
    return found


def _root(data: bytes) -> Xml.Element:
    refuse_dtd(data)
    try:
        root = Xml.fromstring(data)  # noqa: S314 - without a document type there are no entities to expand
    except (Xml.ParseError, LookupError, ValueError) as error:
        raise ValidationError(_("This is not a well-formed XML file."), code="not_xml") from error
    if _tag(root) != "kml":
        raise ValidationError(_("This is not a KML file."), code="not_kml")
    return root


def unpacked(data: bytes) -> bytes:
    """The KML inside a KMZ: `doc.kml`, or the only one. ValidationError when there is none, or it is a bomb."""
    found = unpack(data, (".kml",))
    if not found:
        raise ValidationError(_("There is no KML file in this archive."), code="no_kml")
    return found.get("doc.kml") or next(iter(found.values()))


def _tag(element: Xml.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Xml.Element, name: str) -> list[Xml.Element]:
    return [child for child in element.iter() if _tag(child) == name]


def _text(element: Xml.Element, name: str) -> str:
    return next((child.text or "" for child in element if _tag(child) == name), "").strip()


def _feature(number: int, placemark: Xml.Element) -> Feature:
    properties: dict[str, Any] = {"name": _text(placemark, "name"), "description": _text(placemark, "description")}
    for field in _all(placemark, "SimpleData"):
        properties[field.get("name", "")] = (field.text or "").strip()
    for field in _all(placemark, "Data"):
        properties[field.get("name", "")] = _text(field, "value")
    try:
        parts = [part for child in placemark for part in _shapes(child)]
    except (ShapelyError, ValueError, IndexError, RecursionError):
        return Feature(number, properties, problem=_("The coordinates of this placemark cannot be read."))
    if not parts:
        return Feature(number, properties)
    if all(part.geom_type == "Polygon" for part in parts) and len(parts) > 1:
        return Feature(number, properties, shapely.MultiPolygon(parts))
    return Feature(number, properties, parts[0] if len(parts) == 1 else shapely.GeometryCollection(parts))


def _shapes(element: Xml.Element) -> list[shapely.Geometry]:
    tag = _tag(element)
    if tag == "MultiGeometry":
        return [part for child in element for part in _shapes(child)]
    if tag == "Polygon":
        outer = [_positions(ring) for edge in _all(element, "outerBoundaryIs") for ring in _all(edge, "LinearRing")]
        inner = [_positions(ring) for edge in _all(element, "innerBoundaryIs") for ring in _all(edge, "LinearRing")]
        return [shapely.Polygon(outer[0], inner)]
    if tag == "Point":
        return [shapely.Point(_positions(element)[0])]
    if tag == "LineString":
        return [shapely.LineString(_positions(element))]
    return []


def _positions(element: Xml.Element) -> list[tuple[float, float]]:
    """The pairs of a `coordinates` text: "lon,lat[,height] lon,lat …"."""
    text = _text(element, "coordinates")
    pairs = [item.split(",") for item in SPACE.split(text) if item]
    return [(float(pair[0]), float(pair[1])) for pair in pairs]
