"""The words of notices about incidents, in the language of whoever reads them."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov import notices
from gridgov.clock.levels import Level
from gridgov.notices.registry import Kind
from gridgov.privacy.masks import mask_text
from incidents.models import Incident, Request
from incidents.workflow import MOVES, RUN_ON, Ask, Stage

Params = Mapping[str, Any]


def moved_title(params: Params) -> str:
    """What happened: the step's own label."""
    labels = {name: move.label for name, move in MOVES.items()} | {"run_on": RUN_ON}
    return _("Incident: %(step)s") % {"step": labels.get(params["move"], params["move"])}


def escalated_title(params: Params) -> str:
    """Which stage is how late."""
    return _("%(level)s: %(stage)s") % {"level": Level(params["level"]).label, "stage": Stage(params["stage"]).label}


def asked_title(params: Params) -> str:
    """What waits for an answer."""
    return _("Waits for your answer: %(what)s") % {"what": Ask(params["what"]).label}


def answered_title(params: Params) -> str:
    """What became of a request, in the words of the timeline."""
    approved = params["answer"] == Request.Answer.APPROVED
    words = _("Approved: %(what)s") if approved else _("Refused: %(what)s")
    return words % {"what": Ask(params["what"]).label}


def list_url(subject_id: str, params: Params) -> str:
    """The list of what waits: the case itself is no longer theirs to see."""
    return reverse("incidents:list")


def answered_url(subject_id: str, params: Params) -> str:
    """The case, unless it has just left the unit that asked."""
    gone = params["what"] == Ask.RETURN and params["answer"] == Request.Answer.APPROVED
    return list_url(subject_id, params) if gone else url(subject_id, params)


def url(subject_id: str, params: Params) -> str:
    """The case."""
    return reverse("incidents:detail", args=[subject_id])


def campaign_url(subject_id: str, params: Params) -> str:
    """Where its objects stand on the phone."""
    return reverse("incidents:field_campaign", args=[subject_id])


def lines(user: Any, ids: list[str]) -> dict[str, str]:
    """Number, category and place of each case, as far as the reader may see it; one query."""
    rows = Incident.objects.visible_to(user).filter(pk__in=ids).select_related("category", "building", "area")
    return {str(row.pk): " · ".join([row.short_number, row.category.label, _place(row)]) for row in rows}


def _place(row: Incident) -> str:
    return (row.building.name if row.building else "") or mask_text(row.place) or row.area.name


def register_own() -> None:
    """The messages of this room."""
    notices.register_subject(Incident._meta.label_lower, lines)
    about = gettext_lazy("%(number)s · %(category)s")
    notices.register(
        "incidents.moved",
        title=moved_title,
        body=about,
        url=url,
        kind=Kind.WORK,
    )
    notices.register("incidents.asked", title=asked_title, body=about, url=url, kind=Kind.WORK)
    notices.register("incidents.answered", title=answered_title, body=about, url=answered_url, kind=Kind.WORK)
    given_away = gettext_lazy("Given to another unit: nothing more to do here")
    notices.register("incidents.left", title=given_away, body=about, url=list_url, kind=Kind.WORK)
    notices.register("incidents.escalated", title=escalated_title, body="%(number)s", url=url, kind=Kind.DEADLINE)
    notices.register(
        "incidents.campaign_published",
        title=gettext_lazy("New campaign: %(title)s, by %(day)s"),
        url=campaign_url,
        kind=Kind.WORK,
    )
    supervised = gettext_lazy("Supervised by the office: %(number)s")
    notices.register("incidents.supervised", title=supervised, url=url, kind=Kind.DEADLINE)
    answered = gettext_lazy("Your supervision was answered: %(number)s")
    notices.register("incidents.supervision_answered", title=answered, url=url, kind=Kind.DEADLINE)
    lifted = gettext_lazy("Supervision lifted: %(number)s")
    notices.register("incidents.supervision_lifted", title=lifted, url=url, kind=Kind.DEADLINE)
