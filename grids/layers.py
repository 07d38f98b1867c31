"""Layers of the big map: each room registers what it can show, and the map knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from grids.permissions import scope

MOST = 2_000  # features of one layer

Feature = dict[str, Any]


@dataclass(frozen=True)
class Layer:
    """One switch of the map. `features(request)` gives GeoJSON features with `id`, `label` and, if any, `url`.

    A point takes the shape and colour of its `level`, a polygon those of its `kind` and `fill` (how late).
    `note` says in a sentence what is shown and how it is to be read; `shown` switches it on for who never chose.
    """

    order: int
    key: str
    label: str | Promise
    icon: str
    perm: str
    note: str | Promise
    features: Callable[[Any], list[Feature]]
    shown: bool = False


_layers: dict[str, Layer] = {}


def register(layer: Layer) -> None:
    """Add a layer, in AppConfig.ready()."""
    _layers[layer.key] = layer


def layers_for(user: Any) -> list[Layer]:
    """The layers whose permission this person holds anywhere, in their order."""
    return sorted((one for one in _layers.values() if scope(user).holds(one.perm)), key=lambda one: one.order)


def point(lon: float, lat: float, **properties: Any) -> Feature:
    """A point feature to a tenth of a metre."""
    drawing = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "geometry": drawing, "properties": properties}
