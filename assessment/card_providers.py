"""Cards for Today from the rooms that have work for a phone: cases to handle or verify, and messages."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessment.cards import MOST, Card, provider
from gridgov.notices.models import Notice
from gridgov.privacy.masks import mask_text
from grids.permissions import Perm, scope
from incidents import asking
from incidents.field_doors import STEPS
from incidents.lists import mine
from incidents.models import Campaign, CampaignTarget, Incident
from incidents.permissions import leading, steps_open
from incidents.workflow import MOVES
from teams.patrols import Due, due_on, walk_data
from teams.views.walks import walk_url


def _case(incident: Incident, user: Any, now: datetime) -> Card:
    name = leading(steps_open(user, incident, now=now))
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
        yield _case(incident, user, now)


def _end_of(day: date) -> datetime:
    """The last minute of a day: what is to be done by a day has all of it, for somebody may work in the evening."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def _items(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The checklist as a phone needs it: what may be chosen, in the reader's words."""
    return [
        {
            "kind": item["kind"],
            "label": item["label"],
            "options": [(one, asking.shown(item, one)) for one in _options(item)],
        }
        for item in items
    ]


def _options(item: dict[str, Any]) -> list[str]:
    return ["yes", "no"] if item["kind"] == "yes_no" else item["choices"]


@provider
def campaigns(user: Any, now: datetime) -> Iterator[Card]:
    """One card for each running campaign with open objects in the person's grids (campaign_pack has these)."""
    if not scope(user).holds(Perm.WORK_CAMPAIGNS):
        return
    for first in CampaignTarget.objects.running_of(user).open().as_walked().select_related("campaign").first_of_each():
        yield _campaign(first.campaign, first, now)


def _campaign(found: Campaign, first: CampaignTarget, now: datetime) -> Card:
    count = first.left  # type: ignore[attr-defined]
    left = ngettext("%(n)s object to look at", "%(n)s objects to look at", count) % {"n": count}
    end = _end_of(found.due_on)
    point = first.ground.point
    return Card(
        kind="campaign",
        id=str(found.pk),
        title=found.title,
        url=reverse("incidents:field_campaign", args=[found.pk]),
        action=_("Look at them"),
        place=first.area.name,
        text=left,
        status=_("Campaign"),
        level=2 if end < now else 0,
        due_at=end,
        area_path=first.ground.area_path,
        lon=point.x if point else None,
        lat=point.y if point else None,
        offline={"purpose": found.purpose, "items": _items(found.items), "left": count},
    )


@provider
def messages(user: Any, now: datetime) -> Iterator[Card]:
    """One card for all that is unread."""
    count = Notice.objects.visible_to(user).unread_count()
    if count:
        title = ngettext("%(n)s unread message", "%(n)s unread messages", count) % {"n": count}
        yield Card("messages", "unread", title, reverse("notices:inbox"), _("Read"), icon="bell")


def _patrol(due: Due, day: date) -> Card:
    route, plan = due.plan.route, due.plan
    url = walk_url(route, plan)
    walk = walk_data(route, plan, url)
    place = next((stop for stop in walk["stops"] if stop["lon"] is not None), {"lon": None, "lat": None})
    return Card(
        kind="patrol",
        id=str(plan.pk),
        title=_("Patrol"),
        url=url,
        action=pgettext("patrol", "Continue") if due.done else _("Walk"),
        place=route.name,
        text=ngettext("%(n)s checkpoint", "%(n)s checkpoints", len(walk["stops"])) % {"n": len(walk["stops"])},
        status=_("under way") if due.done else "",
        icon="walk",
        due_at=_end_of(day),
        area_path=route.area_path,
        lon=place["lon"],
        lat=place["lat"],
        offline=walk,
    )


def patrols_of(user: Any, day: date) -> Iterator[Card]:
    """Patrols due on `day` that nobody has walked yet, and those under way."""
    open_now = [due for due in due_on(user, day) if due.done is None or due.done.ended_at is None]
    prefetch_related_objects([due.plan.route for due in open_now], "checkpoints")
    for due in open_now:
        yield _patrol(due, day)


@provider
def patrols(user: Any, now: datetime) -> Iterator[Card]:
    """Those of today."""
    return patrols_of(user, timezone.localdate(now))
