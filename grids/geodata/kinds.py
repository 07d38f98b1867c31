"""What shapes are called by who draws them, not by who reads GeoJSON."""

from django.utils.translation import pgettext, pgettext_lazy

KINDS = {
    "Point": pgettext_lazy("shape", "point"),
    "LineString": pgettext_lazy("shape", "line"),
    "LinearRing": pgettext_lazy("shape", "line"),
    "Polygon": pgettext_lazy("shape", "polygon"),
    "MultiPoint": pgettext_lazy("shape", "set of points"),
    "MultiLineString": pgettext_lazy("shape", "set of lines"),
    "MultiPolygon": pgettext_lazy("shape", "set of polygons"),
}


def kind_of(name: str) -> str:
    """The word for a type of geometry; "mixed collection" for the rest."""
    return str(KINDS.get(name) or pgettext("shape", "mixed collection"))
