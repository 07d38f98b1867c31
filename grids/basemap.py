"""What may lie beneath our own map: a PMTiles file of the office's, or Tianditu. Never needed, never in the way.

A file that is missing or damaged becomes a sentence for a quiet note; the map is drawn without it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

HEADER = 127  # bytes (PMTiles 3, §3)
KINDS = {1: "vector", 2: "raster", 3: "raster", 4: "raster"}  # MVT, PNG, JPEG, WebP
DEEPEST = 24
MOST_BYTES = 16 * 1024 * 1024  # of one answer


@dataclass(frozen=True)
class Head:
    """What the first bytes of a file say."""

    kind: str
    max_zoom: int


class Unusable(Exception):
    """Why there is nothing to lie beneath; a sentence for the reader."""


def file() -> Path | None:
    """The configured file, whether it is there or not."""
    return Path(settings.OUTSIDE.basemap_file) if settings.OUTSIDE.basemap_file else None


def head_of(path: Path) -> Head:
    """Read the header. Unusable when it is not there or no PMTiles of version 3, or the file is cut off."""
    try:
        size = path.stat().st_size
        with path.open("rb") as source:
            head = source.read(HEADER)
    except OSError as error:
        raise Unusable(_("The file of the base map cannot be found.")) from error
    if len(head) < HEADER or head[:7] != b"PMTiles" or head[7] != 3:
        raise Unusable(_("The file of the base map is not a PMTiles file of version 3."))
    parts = [int.from_bytes(head[at : at + 8], "little") for at in range(8, 72, 8)]  # offset, length; four times
    if any(start + length > size for start, length in zip(parts[::2], parts[1::2], strict=True)):
        raise Unusable(_("The file of the base map is cut off."))
    if head[99] not in KINDS or head[101] > DEEPEST:
        raise Unusable(_("The file of the base map holds tiles of a kind that is not known."))
    return Head(KINDS[head[99]], head[101])


def described() -> dict[str, Any]:
    """For the map's script: what to draw with, or `problem` in words; {} when nothing is configured."""
    outside, path = settings.OUTSIDE, file()
    words = {"words": " · ".join(one for one in (outside.basemap_words, outside.basemap_approval) if one)}
    if path is not None:
        try:
            head = head_of(path)
        except Unusable as error:
            return {"problem": _("%(why)s The map works without it.") % {"why": error}}
        return {"kind": head.kind, "url": reverse("grids:basemap_file"), "max_zoom": head.max_zoom, **words}
    if outside.tianditu_key:
        words["words"] = " · ".join(one for one in (_("Tianditu"), words["words"]) if one)
        refused = _("Tianditu did not answer, or refused the key. The map works without it.")
        return {"kind": "tianditu", "key": outside.tianditu_key, "refused": refused, **words}
    return {}
