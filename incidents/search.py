"""Finding Chinese words without a dictionary: text is cut into one- and two-character pieces."""

import re
import unicodedata

from incidents.models import Incident, IncidentSearch
from incidents.models.incident import IncidentQuerySet

SEPARATORS = re.compile(r"[\W_]+")
NUMBER = re.compile(r"\d{6}-\d{8}-\d{1,6}")
MOST_GRAMS = 600


def _plain(text: str) -> list[str]:
    """Runs of letters, digits and characters: full-width made plain, lower case, punctuation away."""
    return [run for run in SEPARATORS.split(unicodedata.normalize("NFKC", text).lower()) if run]


def grams_of(*texts: str) -> list[str]:
    """The pieces an incident is found by."""
    found: dict[str, None] = {}
    for text in texts:
        for run in _plain(text):
            for size in (1, 2):
                found.update(dict.fromkeys(run[i : i + size] for i in range(len(run) - size + 1)))
    return list(found)[:MOST_GRAMS]


def wanted(text: str) -> list[str]:
    """The pieces that all must be there: pairs of a longer word, the character itself of a single one."""
    pieces: dict[str, None] = {}
    for run in _plain(text):
        if len(run) == 1:
            pieces[run] = None
        pieces.update(dict.fromkeys(run[i : i + 2] for i in range(len(run) - 1)))
    return list(pieces)


def search(incidents: IncidentQuerySet, text: str) -> IncidentQuerySet:
    """Incidents that a person means by `text`: a number, or words of description, place, building or category."""
    text = text.strip()
    if NUMBER.fullmatch(text):
        return incidents.filter(number=text)
    pieces = wanted(text)
    if not pieces:
        return incidents if not text else incidents.none()
    return incidents.filter(search__grams__contains=pieces)


def index(incident: Incident) -> IncidentSearch:
    """The search row of an incident, not yet saved; number, words, place, building, category and area."""
    building = incident.building.name if incident.building else ""
    grams = grams_of(
        incident.number, incident.category.name, building, incident.place, incident.area.name, incident.description
    )
    return IncidentSearch(incident_id=incident.pk, grams=grams)
