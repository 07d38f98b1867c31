"""Maps and lists as people hand them in."""

import io
import json
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"


def square(west: float, south: float, size: float = 0.01) -> dict:
    """As GeoJSON, in degrees, from its south-western corner."""
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(*features: tuple[dict, dict]) -> bytes:
    """A file of these shapes, each with its facts."""
    rows = [{"type": "Feature", "geometry": geometry, "properties": facts} for geometry, facts in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def named(content: bytes, name: str) -> io.BytesIO:
    """A file as a form takes it."""
    file = io.BytesIO(content)
    file.name = name
    return file
