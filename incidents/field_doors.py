"""What the phone hands in about a case that is there already: steps, verifications, comments, photos.

Events, never edits: two phones that knew nothing of each other may both hand in, in any order. What has become
impossible meanwhile is refused here and therefore kept by the door for somebody to look at.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.clock.actions import Refused
from gridgov.sync import Result, register
from incidents import campaign_doors
from incidents.actions.comment import comment as add_comment
from incidents.actions.move import move
from incidents.capture import Capture
from incidents.doors import is_of_secret
from incidents.models import Incident
from incidents.workflow import MOVES, Fact

# Steps a phone may take: they ask for words at most, never for a choice that a phone cannot know offline.
STEPS = {name for name, spec in MOVES.items() if not set(spec.facts) & {Fact.UNIT, Fact.AREA, Fact.CATEGORY}}


def _incident(payload: dict[str, Any], by: Any) -> Incident:
    """The case, if the person sees it. Incident.DoesNotExist otherwise."""
    try:
        return Incident.objects.visible_to(by).get(pk=str(payload.get("incident")))
    except (ValidationError, ValueError, TypeError):
        raise ValidationError({"incident": _("This is not an incident.")}) from None


def _words(payload: dict[str, Any]) -> str:
    words = payload.get("words") or ""
    if not isinstance(words, str):
        raise ValidationError({"words": _("This must be text.")})
    return words


def _result(envelope: Any, incident: Incident, seen: int) -> Result:
    """`changed`: the phone had looked at an older version."""
    changed = bool(envelope.base_version) and envelope.base_version != str(seen)
    url = reverse("incidents:detail", args=[incident.pk])
    return Result(Incident._meta.label_lower, str(incident.pk), url, changed=changed)


def step(envelope: Any, payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
    """Handler of `incidents.step`: incident (id), step (name of a move, verifications included), words."""
    name = payload.get("step")
    if not isinstance(name, str) or name not in STEPS:
        raise ValidationError({"step": _("This step cannot be taken from a phone.")})
    incident = _incident(payload, by)
    seen = incident.version
    try:
        moved = move(incident, name, by=by, now=now, words=_words(payload), captured=Capture.of(envelope))
    except Refused as error:
        raise ValidationError(str(error), code="refused") from error
    return _result(envelope, moved, seen)


def comment(envelope: Any, payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
    """Handler of `incidents.comment`: incident (id), words; photos come as attachments. Photos alone need no words."""
    incident = _incident(payload, by)
    seen, words = incident.version, _words(payload)
    if not words.strip() and envelope.photos:
        words = _("Photos")
    commented = add_comment(incident, words, by=by, now=now, captured=Capture.of(envelope))
    return _result(envelope, commented, seen)


def step_as_comment(envelope: Any, payload: dict[str, Any], *, by: Any, now: datetime) -> Result:
    """What may still be made of a step that came too late: its words, under its name, in the timeline."""
    name = str(payload.get("step"))
    label = str(MOVES[name].label) if name in MOVES else name
    said = {**payload, "words": _("%(step)s (came too late): %(words)s") % {"step": label, "words": _words(payload)}}
    return comment(envelope, said, by=by, now=now)


def register_own() -> None:
    """The kinds that speak of what is there already: a case, an object of a campaign."""
    register("incidents.comment", comment, label=gettext_lazy("Comment"), secret=is_of_secret)
    label = gettext_lazy("Step of an incident")
    register("incidents.step", step, label=label, salvage=step_as_comment, secret=is_of_secret)
    campaign_doors.register_own()
