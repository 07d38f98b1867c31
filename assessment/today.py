"""What a phone takes along for a day: Today's cards, and what a report needs. Masked, small, and nothing else."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from assessment.card_providers import patrols_of
from assessment.cards import Card, cards
from grids.geojson import area_lines
from grids.models import Area, BoundaryVersion
from grids.permissions import Perm, scope
from incidents import about, own_grid
from incidents.models import Category
from incidents.views.field import headings, my_buildings, recent_categories

EVENING = 18  # o'clock


def own_grids(user: object) -> list[Area]:
    """The grids of a person's posts, the smallest areas first."""
    paths = scope(user).paths(Perm.REPORT_INCIDENTS)
    return list(Area.objects.filter(path__in=paths).order_by("path"))


def _borders(user: Any, areas: list[Area]) -> dict[str, Any]:
    """Their outlines as GeoJSON, for the map without a signal."""
    rows = BoundaryVersion.objects.visible_to(user).filter(area__in=areas, until=None, area__retired_at=None)
    features = [json.loads(line) for line in area_lines(rows, rough=True, linked=False)]
    return {"type": "FeatureCollection", "features": features}


def _card(card: Card) -> dict[str, Any]:
    return {
        "key": card.key,
        "kind": card.kind,
        "id": card.id,
        "title": card.title,
        "place": card.place,
        "text": card.text,
        "status": card.status,
        "action": card.action,
        "url": card.url,
        "level": card.level,
        "due": card.due_at.isoformat() if card.due_at else None,
        "lon": card.lon,
        "lat": card.lat,
        "offline": card.offline,
    }


def _heading(group: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {
            "code": entry.code,
            "label": entry.label,
            "initials": entry.initials,
            "phrases": entry.phrases,
            "emergency": entry.is_emergency,
            "on_the_spot": entry.on_the_spot,
        }
        for entry in group["entries"]
    ]
    major = group["major"]
    return {"label": major.label, "icon": major.icon or "clipboard-list", "entries": entries}


def _ahead(user: Any, now: datetime) -> dict[str, Any] | None:
    """In the evening also tomorrow's patrols: who sets out early may have no signal at home."""
    if timezone.localtime(now).hour < EVENING:
        return None
    day = timezone.localdate(now) + timedelta(days=1)
    return {"day": day.isoformat(), "cards": [_card(card) for card in patrols_of(user, day)]}


def day_of(user: Any, now: datetime) -> dict[str, Any]:
    """Everything, as JSON can say it; `hours` is how long it may lie on a phone without contact."""
    areas = own_grids(user)
    return {
        "owner": str(user.public_id),
        "language": get_language(),
        "made_at": now.isoformat(),
        "hours": settings.FIELD_DAY_HOURS,
        "grids": [area.name for area in areas],
        "borders": _borders(user, areas),
        "cards": [_card(card) for card in cards(user, now)],
        "ahead": _ahead(user, now),
        "buildings": [{"id": row.pk, "name": row.name} for row in my_buildings(user)],
        "recent": [entry.code for entry in recent_categories(user)],
        "headings": [_heading(group) for group in headings(Category.objects.offered())],
        "report_grids": [{"id": grid.pk, "name": grid.name} for grid in own_grid.to_ask(user)],
        "self_resolve": scope(user).holds(Perm.SELF_RESOLVE_INCIDENTS),
    }


def things_of(user: Any) -> dict[str, Any]:
    """City assets and places to report about; a row is short, for there may be thousands.

    `rows`: [reference, name, number or kind, address, place in `grids`, longitude, latitude, initials of the name];
    `whole`: nothing was left out.
    """
    things, whole = about.along(user)
    grids = list(dict.fromkeys(one.area.name for one in things))
    nth = {name: place for place, name in enumerate(grids)}
    rows = [
        [
            about.reference(one),
            one.title,
            about.more(one),
            one.address,
            nth[one.area.name],
            *_degrees(one),
            one.initials,
        ]
        for one in things
    ]
    return {"owner": str(user.public_id), "whole": whole, "grids": grids, "rows": rows}


def _degrees(thing: about.Thing) -> list[float | None]:
    return [round(thing.point.x, 6), round(thing.point.y, 6)] if thing.point else [None, None]
