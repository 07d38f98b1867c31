"""What every reader hands on: features with their columns, and why one of them could not be read."""

from dataclasses import dataclass, field, replace
from typing import Any

import shapely


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


@dataclass(frozen=True)
class Raw:
    """What a format gives before coordinates are turned: `crs` is "" when the file does not say."""

    features: list[Feature]
    crs: str = ""
    encoding: str = ""
