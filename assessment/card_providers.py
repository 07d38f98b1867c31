"""Cards for Today from the rooms that have work for a phone: cases to handle or verify, and messages."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessment.cards import MOST, Card, provider
from gridgov.notices.models import Notice
from gridgov.privacy.masks import mask_text
from grids.permissions import scope
from incidents.field_doors import STEPS
from incidents.lists import mine
from incidents.models import Incident
from incidents.permissions import leading, steps_open
from incidents.workflow import MOVES
from teams.patrols import Due, due_on, walk_data
from teams.views.walks import walk_url


def _case(incident: Incident, user: Any) -> Card:
    name = leading(steps_open(user, incident))
    step = MOVES[name] if name else None
    point = incident.point
    words = mask_text(incident.description)
    place = incident.building.name if incident.building else mask_text(incident.place) or incident.area.name
    known: dict[str, Any] = {
        "incident": str(incident.pk),
        "version": str(incident.version),
        "number": incident.number,
        "words": words,
    }
    if step is not None and name in STEPS:
        known |= {"step": name, "label": str(step.label), "required": step.words_required}
    return Card(
        kind="incident",
        id=str(incident.pk),
        title=incident.category.label,
        url=reverse("incidents:field_case", args=[incident.pk]),
        action=str(step.label) if step else _("Look"),
        place=place,
        text=Truncator(words).chars(60),
        status=incident.get_status_display(),
        level=incident.level,
        due_at=incident.due_at,
        area_path=incident.area_path,
        lon=point.x if point else None,
        lat=point.y if point else None,
        offline=known,
    )


@provider
def cases(user: Any, now: datetime) -> Iterator[Card]:
    """What waits for the person: to be handled, or to be verified on site."""
    rows = Incident.objects.visible_to(user).open().filter(mine(scope(user)))
    for incident in rows.for_list().order_by("due_at", "id")[:MOST]:
        yield _case(incident, user)


@provider
def messages(user: Any, now: datetime) -> Iterator[Card]:
    """One card for all that is unread."""
    count = Notice.objects.visible_to(user).unread_count()
    if count:
        title = ngettext("%(n)s unread message", "%(n)s unread messages", count) % {"n": count}
        yield Card("messages", "unread", title, reverse("notices:inbox"), _("Read"), icon="bell")


def _patrol(due: Due, now: datetime) -> Card:
    route, plan = due.plan.route, due.plan
    url = walk_url(route, plan)
    end_of_day = timezone.localtime(now).replace(hour=23, minute=59, second=0, microsecond=0)
    walk = walk_data(route, plan, url)
    place = next((stop for stop in walk["stops"] if stop["lon"] is not None), {"lon": None, "lat": None})
    return Card(
        kind="patrol",
        id=str(plan.pk),
        title=_("Patrol"),
        url=url,
        action=pgettext("patrol", "Go on") if due.done else _("Walk"),
        place=route.name,
        text=ngettext("%(n)s checkpoint", "%(n)s checkpoints", len(walk["stops"])) % {"n": len(walk["stops"])},
        status=_("under way") if due.done else "",
        icon="walk",
        due_at=end_of_day,
        area_path=route.area_path,
        lon=place["lon"],
        lat=place["lat"],
        offline=walk,
    )


@provider
def patrols(user: Any, now: datetime) -> Iterator[Card]:
    """Patrols due today that nobody has walked yet, and those under way."""
    for due in due_on(user, timezone.localdate(now)):
        if due.done is None or due.done.ended_at is None:
            yield _patrol(due, now)
