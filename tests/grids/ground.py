"""What tests of the ground's pages and maps speak of: squares, the map's address, what came back."""

import json

from django.contrib.gis.geos import MultiPolygon, Polygon

MAP = "/areas/geojson/"
SIGNED = 3  # statements before any page: the session, the person, the person's rights


def square(west: float, south: float = 29.0, size: float = 0.01) -> MultiPolygon:
    """In degrees, from its south-western corner."""
    return MultiPolygon(Polygon.from_bbox((west, south, west + size, south + size)), srid=4326)


def drawn(answer) -> list[str]:
    """The labels on a map that came back."""
    assert answer.status_code == 200, answer.content.decode()
    return [one["properties"]["label"] for one in json.loads(answer.content)["features"]]


def page(answer) -> str:
    """What a page that came back says."""
    assert answer.status_code == 200
    return answer.content.decode()
