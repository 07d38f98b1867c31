"""The plane systems of CGCS2000 (EPSG:4491–4554): which of them numbers can be metres of, and what they are called."""

from typing import Any

from django.utils.translation import gettext_lazy as _

FIRST_MERIDIAN, LAST_MERIDIAN = 75, 135
SIX_NUMBERED, SIX, THREE_NUMBERED, THREE = 4491, 4502, 4513, 4534  # the first code of each family
ZONE = 1_000_000  # metres: numbered systems write the number of the zone before the easting


def meridians(step: int) -> range:
    """The central meridians of the families, in degrees east."""
    return range(FIRST_MERIDIAN, LAST_MERIDIAN + 1, step)


def choices() -> list[Any]:
    """All systems in four groups, as choices of a form."""
    families = [
        (_("CGCS2000, 3-degree zones"), THREE, 3),
        (_("CGCS2000, 3-degree zones, numbered"), THREE_NUMBERED, 3),
        (_("CGCS2000, 6-degree zones"), SIX, 6),
        (_("CGCS2000, 6-degree zones, numbered"), SIX_NUMBERED, 6),
    ]
    return [
        (
            label,
            [(f"EPSG:{first + nth}", f"{east}° E (EPSG:{first + nth})") for nth, east in enumerate(meridians(step))],
        )
        for label, first, step in families
    ]


def zone_of(longitude: float) -> str:
    """The 3-degree system whose middle is nearest; "" where none lies within its reach."""
    number = round((longitude - FIRST_MERIDIAN) / 3)
    inside = 0 <= number < len(meridians(3)) and abs(longitude - FIRST_MERIDIAN - 3 * number) <= 3
    return f"EPSG:{THREE + number}" if inside else ""


def likely(easting: float, longitude: float) -> list[str]:
    """The systems in which this easting can lie near this longitude, the 3-degree ones first."""
    number = int(easting // ZONE)
    if number:
        found = [THREE_NUMBERED + number - 25] if 25 <= number <= 45 else []
        return [f"EPSG:{code}" for code in found + ([SIX_NUMBERED + number - 13] if 13 <= number <= 23 else [])]
    near = []
    for first, step in ((THREE, 3), (SIX, 6)):
        near += [first + nth for nth, east in enumerate(meridians(step)) if abs(east - longitude) <= step * 1.5]
    return [f"EPSG:{code}" for code in near]
