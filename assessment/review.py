"""What phones handed in and nobody could take in by itself, ready to be judged by the desks of the place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from gridgov.ids import uuid_of
from gridgov.sync import review
from gridgov.sync.models import Attachment, Envelope, EnvelopeQuerySet
from gridgov.sync.registry import labels
from grids.models import Area, Asset, Building, Place
from grids.permissions import Perm, scope, within
from incidents import about
from incidents.capture import Capture
from incidents.models import CampaignTarget, Category, Incident
from incidents.workflow import MOVES
from teams.models import Assignment

MOST_COUNTED = 1000


@dataclass(frozen=True)
class Row:
    """One kept record in words."""

    envelope: Envelope
    kind: str
    why: list[str]
    facts: list[tuple[str, str]]
    photos: list[Attachment]
    incident: Incident | None
    captured: str


def reviewable(user: Any) -> EnvelopeQuerySet:
    """Records of people who had a post where this person takes reports in; confidential ones as cases are.

    The posts of the day on which it was captured count; who held none then is looked after where the last one was.
    Where the only appointment was withdrawn as a mistake, no place is known: every street's desk for confidential
    cases sees it, for nobody else would.
    """
    reach = scope(user)
    own = Assignment.objects.filter(user=OuterRef("owner"))
    then = own.filter(Q(until=None) | Q(until__gt=OuterRef("day")), since__lte=OuterRef("day"))
    last = own.order_by(F("until").desc(nulls_first=True), "-since").values("area_path")[:1]

    def of(paths: tuple[str, ...]) -> Q:
        return Q(Exists(then.filter(within(paths, "area_path")))) | ~Exists(then) & within(paths, "last_path")

    plain = of(reach.paths(Perm.ACCEPT_INCIDENTS)) & Q(is_confidential=False)
    rows = Envelope.objects.annotate(day=TruncDate(Coalesce("corrected_at", "received_at")), last_path=Subquery(last))
    desks = reach.desks(Perm.ACCEPT_INCIDENTS)
    homeless = ~Exists(own) if desks else Q(pk__in=[])
    return rows.filter(plain | of(desks) | homeless)


def may_see(user: Any, envelope_id: str) -> bool:
    """Photos of a kept record: its owner's, and whoever reviews it."""
    found = Envelope.objects.filter(pk=envelope_id)
    return found.filter(owner=user.pk).exists() or reviewable(user).filter(pk=envelope_id).exists()


def _why(problem: dict[str, str], facts: dict[str, str]) -> str:
    if problem["code"] == "denied" and "resolved" in facts:
        return _("It was resolved on the spot outside the sender’s grids, or the sender’s post has ended.")
    known = {
        "denied": _("The sender’s post does not include this, or has ended."),
        "gone": _("What it refers to is gone, or out of the sender’s sight."),
        "impossible": _("The incident had moved on; this step was no longer possible."),
        "same_person": _("The person who handled it may not verify it."),
        "too_late": _("It came too late to be taken back."),
        "refused": _("The deadline of the incident does not allow it."),
    }
    said = known.get(problem["code"])
    return said or _("Something is missing or not right: %(field)s") % {
        "field": _names().get(problem["field"], problem["field"] or "–")
    }


def _names() -> dict[str, str]:
    """What a desk can judge by, and how it is called; keys and measures of the phone are not among it."""
    return {
        "description": _("What is the matter"),
        "words": _("Words"),
        "place": _("Place in words"),
        "building": _("Building"),
        "thing": _("City asset or place"),
        "grid": _("Grid"),
        "target": _("Object"),
        "answers": _("Answers"),
        "category": _("Category"),
        "step": _("Step"),
        "incident": _("Incident"),
        "resolved": _("Already resolved"),
        "is_confidential": _("Confidential"),
    }


class Names:
    """What codes and numbers in many records mean: a query for each sort that occurs, however many rows."""

    def __init__(self, said: list[dict[str, str]], user: Any) -> None:
        def asked(name: str) -> set[str]:
            return {one[name] for one in said if name in one}

        def called(model: type[Model], numbers: Iterable[str]) -> dict[str, str]:
            keys = [int(one) for one in numbers if one.isdecimal() and len(one) < 19]
            return {str(row.pk): str(row) for row in model._default_manager.filter(pk__in=keys)}

        ids = [value for value in asked("incident") if uuid_of(value)]
        seen = Incident.objects.visible_to(user).filter(pk__in=ids).select_related("category")
        self.incidents = {str(row.pk): row for row in seen}
        self.known = {
            "category": {c.code: c.label for c in Category.objects.filter(code__in=asked("category"))},
            "building": called(Building, asked("building")),
            "grid": called(Area, asked("grid")),
            "thing": _things(asked("thing")),
            "target": _targets(asked("target"), user),
        }

    def of(self, field: str, value: str) -> str:
        """The value as people say it."""
        if field == "step":
            return str(MOVES[value].label) if value in MOVES else value
        if field == "is_confidential":
            return _("yes")
        return self.known.get(field, {}).get(value, value)


def _things(references: set[str]) -> dict[str, str]:
    """City assets and places by their references, those that have left the list too."""
    keys = [one.partition(":")[2] for one in references]
    assets = Asset.objects.filter(pk__in=[int(key) for key in keys if key.isdecimal() and len(key) < 18])
    places = Place.objects.filter(pk__in=[key for key in keys if uuid_of(key)])
    return {about.reference(row): f"{row} · {about.more(row)}" for found in (assets, places) for row in found}


def _targets(keys: set[str], user: Any) -> dict[str, str]:
    """Objects of campaigns that the reader follows, with the campaign's title."""
    ids = [key for key in keys if uuid_of(key)]
    if not ids:
        return {}
    rows = CampaignTarget.objects.visible_to(user, Perm.VIEW_BOARD).filter(pk__in=ids)
    rows = rows.select_related("campaign", "building", "place", "asset", "dwelling")
    return {str(row.pk): f"{row.campaign.title} · {row}" for row in rows}


def counted(envelopes: EnvelopeQuerySet) -> str:
    """How many, without counting on and on: whose posts each owner held then is asked of every single one."""
    found = envelopes.order_by()[: MOST_COUNTED + 1].count()
    return str(found) if found <= MOST_COUNTED else f"{MOST_COUNTED}+"


def rows(found: list[Envelope], user: Any) -> list[Row]:
    """One page of them in words."""
    said = [review.shown(envelope) for envelope in found]
    names, fields, named = Names(said, user), _names(), labels()
    photos: dict[str, list[Attachment]] = {}
    for photo in Attachment.objects.filter(subject_kind="sync.envelope", subject_id__in=[str(e.pk) for e in found]):
        photos.setdefault(photo.subject_id, []).append(photo)
    return [
        Row(
            envelope=envelope,
            kind=named.get(envelope.kind, envelope.kind),
            why=[_why(problem, facts) for problem in envelope.problems],
            facts=[(fields[f], names.of(f, v)) for f, v in facts.items() if f in fields and f != "incident"],
            photos=photos.get(str(envelope.pk), []),
            incident=names.incidents.get(facts.get("incident", "")),
            captured=captured.said() if (captured := Capture.of(envelope)) else "",
        )
        for envelope, facts in zip(found, said, strict=True)
    ]
