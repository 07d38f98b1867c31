"""Taking a step of the workflow: the only place that writes `status`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.impossible import Impossible
from grids.models import SEGMENT, Area
from incidents import clocks
from incidents.about import owner_of
from incidents.actions import custody, ending, telling
from incidents.actions.timeline import entry
from incidents.capture import Capture
from incidents.models import Category, Incident, Step
from incidents.permissions import own_until, require
from incidents.routing import units_for
from incidents.search import index
from incidents.signals import incident_changed
from incidents.workflow import MOVES, Fact, Holder, Move, Status
from teams.models import Unit


@dataclass(frozen=True)
class Facts:
    """What a step was given beside words."""

    words: str = ""
    unit: Unit | None = None
    area: Area | None = None
    category: Category | None = None


@transaction.atomic
def move(
    incident: Incident,
    name: str,
    *,
    by: Any,
    now: datetime,
    words: str = "",
    unit: Unit | None = None,
    area: Area | None = None,
    category: Category | None = None,
    captured: Capture | None = None,
) -> Incident:
    """Take step `name` of MOVES: checks state, rights and facts on the locked row, then changes everything at once.

    Impossible when the state has moved on meanwhile; PermissionDenied without the right; ValidationError by
    field when words or a fact are missing. `captured`: when it was done, if it came later; clocks count from now.
    """
    spec = MOVES[name]
    facts = Facts(words, unit, area, category)
    locked = lock(incident)
    _check(locked, name, spec, facts, by=by, now=now)
    before, holder, place, unit_before = locked.status, locked.holder_id, locked.area_path, locked.handling_unit_id
    changed = _changed(locked, spec, facts)
    _apply(locked, name, spec, facts)
    custody.hand_to(locked, _next_holder(locked, spec), now=now)
    restart = spec.new_cycle or name == "redispatch"
    clocks.follow(locked, before, now=now, restart=restart, held_by=holder, by=by)
    if name == "recategorise":
        clocks.relimit(locked, by=by, now=now)
    elif locked.area_path != place:
        clocks.relimit(locked, by=by, now=now, came_from=place)
    ending.settle(locked, now=now)
    if spec.new_cycle:
        changed["cycle"] = locked.cycle
    given = getattr(unit, "pk", None)
    step = entry(locked, name, by=by, now=now, words=words, unit_id=given, captured=captured, **changed)
    locked.save()
    step.save(force_insert=True)
    audit.record(f"incidents.{name}", locked, by=by, at=now, before=before, after=locked.status, holder=holder)
    incident_changed.send(Incident, incident=locked, move=name, before=before, by=by, now=now)
    telling.after_move(locked, name, left=unit_before, by=by, now=now)
    return locked


def lock(incident: Incident) -> Incident:
    """The row as it is now, held until the transaction ends."""
    rows = Incident.objects.select_for_update(of=("self",))
    return rows.select_related("category", "area", "holder", "handling_unit", "responsible").get(pk=incident.pk)


def _check(incident: Incident, name: str, spec: Move, facts: Facts, *, by: Any, now: datetime) -> None:
    if spec.own:
        _check_own(incident, by, now)
    for perm in spec.needs:
        require(by, perm, incident)
    if incident.status not in spec.froms:
        raise Impossible(
            _("“%(step)s” is not possible: the incident is now “%(status)s”."),
            code="impossible",
            params={"step": spec.label, "status": Status(incident.status).label},
        )
    if spec.words_required and not facts.words.strip():
        raise ValidationError({"words": _("Please say in a few words why or how.")})
    if name == "self_resolve" and not incident.category.on_the_spot:
        raise ValidationError(_("“%(category)s” cannot be resolved on the spot.") % {"category": incident.category})
    if name in ("verify", "verify_and_close"):
        _check_not_the_fixer(incident, by)
    _check_facts(incident, spec, facts)


def _check_own(incident: Incident, by: Any, now: datetime) -> None:
    if incident.reported_by_id != by.pk:
        raise PermissionDenied(_("Only the person who reported it can take it back."))
    if now > own_until(incident):
        raise Impossible(_("A report can be taken back within 30 minutes."), code="too_late")


def _check_not_the_fixer(incident: Incident, by: Any) -> None:
    """核查: a grid worker, but not the one who fixed it (docs/domain.md §1.4)."""
    last = Step.objects.filter(incident=incident, move="resolve").order_by("-seq").first()
    if last is not None and last.by_id == by.pk:
        raise ValidationError(_("Somebody else must verify what you have handled yourself."), code="same_person")


def _check_facts(incident: Incident, spec: Move, facts: Facts) -> None:
    if Fact.UNIT in spec.facts:
        _check_unit(incident, facts.unit)
    if Fact.AREA in spec.facts:
        area, street = facts.area, incident.area_path[: 2 * SEGMENT]
        if area is None or area.retired_at is not None or not area.path.startswith(street):
            raise ValidationError({"area": _("Choose the grid it belongs to.")})
    if Fact.CATEGORY in spec.facts:
        if facts.category is None or facts.category.major_id is None:
            raise ValidationError({"category": _("Choose what it is about.")})
        if facts.category == incident.category:
            words = _("It is reported as “%(category)s” already.")
            raise ValidationError({"category": words % {"category": facts.category}})


def _check_unit(incident: Incident, unit: Unit | None) -> None:
    if unit is None:
        raise ValidationError({"unit": _("Choose the unit that is to handle it.")})
    street, inside = incident.area_path[: 2 * SEGMENT], incident.area_path.startswith(unit.area_path)
    if unit.pk == incident.holder_id and incident.status == Status.IN_PROGRESS:
        raise ValidationError({"unit": _("%(unit)s has it already.") % {"unit": unit}})
    if unit.retired_at is not None or not (inside or unit.area_path.startswith(street)):
        raise ValidationError({"unit": _("%(unit)s cannot be given work here.") % {"unit": unit}})


def _apply(incident: Incident, name: str, spec: Move, facts: Facts) -> None:
    """Change the row's own fields; custody and clocks follow."""
    if spec.to is not None:
        incident.status = spec.to
    if spec.new_cycle:
        incident.cycle += 1
    if facts.unit is not None and Fact.UNIT in spec.facts:
        incident.handling_unit = facts.unit
    if name == "place" and facts.area is not None:
        incident.area, incident.area_path = facts.area, facts.area.path
        incident.needs_triage = incident.near_boundary = False
        incident.responsible = units_for(incident.category, incident.area, owner=owner_of(incident.asset))[2]
    if name == "recategorise" and facts.category is not None:
        incident.category = facts.category
        incident.is_confidential = incident.is_confidential or facts.category.is_confidential
        incident.responsible = units_for(incident.category, incident.area, owner=owner_of(incident.asset))[2]
    if name in ("place", "recategorise"):
        index(incident).save()
    incident.urged += name == "urge"
    incident.raised += name == "raise"


def _changed(incident: Incident, spec: Move, facts: Facts) -> dict[str, Any]:
    """For the timeline: what stood there before and what stands there now, in Chinese and in English."""
    if Fact.CATEGORY in spec.facts and facts.category is not None:
        return {"changed": [*incident.category.names, *facts.category.names]}
    if Fact.AREA in spec.facts and facts.area is not None and facts.area != incident.area:
        return {"changed": [incident.area.name, "", facts.area.name, ""]}
    return {}


def _next_holder(incident: Incident, spec: Move) -> Unit | None:
    """Whoever has it next; None where it stays. What becomes confidential goes to the desk that sees it."""
    hidden = incident.is_confidential and Fact.CATEGORY in spec.facts
    if spec.holder == Holder.STAYS and not hidden:
        return None
    if spec.holder == Holder.UNIT:
        return incident.handling_unit
    desk, team, _responsible = units_for(incident.category, incident.area, confidential=incident.is_confidential)
    if spec.holder == Holder.VERIFIER:
        on_site = incident.category.verification == Category.Verification.WORKER and not incident.is_confidential
        return team if on_site and team is not None else desk
    return desk
