"""What every reader hands on: features with their columns, and why one of them could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Feature:
    """One row of a file. `number` counts from 1; `problem` says why it cannot be used, `note` what was mended."""

    number: int
    properties: dict[str, Any] = field(default_factory=dict)
    geometry: shapely.Geometry | None = None
    problem: str = ""
    note: str = ""

    def but(self, **changes: Any) -> "Feature":
        """The same with something changed."""
        return replace(self, **changes)


def one_of(layers: list[str], wanted: str) -> str:
    """The layer that is meant. ValidationError naming them all when it is not said, or not among them."""
    if wanted in layers:
        return wanted
    if len(layers) == 1 and not wanted:
        return layers[0]
    names = ", ".join(layers[:20])
    if wanted:
        raise ValidationError(
            _("There is no layer “%(layer)s” in this file, but %(names)s."),
            code="no_such_layer",
            params={"layer": wanted[:60], "names": names},
        )
    raise ValidationError(
        _("There are several layers in this file: %(names)s. Choose one."),
        code="several_layers",
        params={"names": names},
    )


def several_of(layers: list[str], wanted: str | Sequence[str]) -> list[str]:
    """The layers that are meant, all of them when none is said. ValidationError when one is not among them."""
    said = [wanted] if isinstance(wanted, str) else wanted
    return [one_of(layers, one) for one in said if one] or layers


@dataclass(frozen=True)
class Raw:
    """What a format gives before coordinates are turned: `crs` is "" when the file does not say."""

    features: list[Feature]
    crs: str = ""
    encoding: str = ""
