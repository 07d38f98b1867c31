"""One step for many cases: each row goes through the same action, and what became of each is told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.clock.actions import Refused
from grids.permissions import Scope
from incidents import actions
from incidents.models import Incident
from incidents.workflow import MOVES, Fact, Move

MOST = 50  # as many as one page of the list shows
STEPS: dict[str, str | Promise] = {  # name of the step → words of its button
    "urge": gettext_lazy("Urge"),
    "take_in": gettext_lazy("Accept and dispatch as proposed"),
}


@dataclass(frozen=True)
class Outcome:
    """What became of one case."""

    pk: str
    number: str
    what: str
    done: bool
    words: str


def steps_for(own: Scope) -> list[tuple[str, str | Promise, Move]]:
    """(name, words, step) that the person may take somewhere; each row is asked again by its action."""
    return [(name, words, MOVES[name]) for name, words in STEPS.items() if all(map(own.holds, MOVES[name].needs))]


def _take(incident: Incident, name: str, *, by: Any, now: datetime) -> str:
    facts: dict[str, Any] = {}
    if Fact.UNIT in MOVES[name].facts:
        facts["unit"] = incident.handling_unit or incident.responsible
        if facts["unit"] is None:
            raise ValidationError(_("No unit is proposed for it. Open it and choose one."))
    after = actions.move(incident, name, by=by, now=now, **facts)
    return f"{after.get_status_display()}" + (f" → {facts['unit'].name}" if facts else "")


def take(name: str, pks: list[str], *, by: Any, now: datetime) -> list[Outcome]:
    """Take step `name` for each case the person sees, in the order given; one that is refused stops no other.

    Each row is a transaction of its own, so what is told is what is kept.
    """
    seen = {str(row.pk): row for row in Incident.objects.visible_to(by).for_list().filter(pk__in=pks)}
    outcomes = []
    for incident in (seen[pk] for pk in dict.fromkeys(pks) if pk in seen):
        try:
            done, words = True, _take(incident, name, by=by, now=now)
        except ValidationError as error:
            done, words = False, " ".join(error.messages)
        except (PermissionDenied, Refused) as error:
            done, words = False, str(error)
        outcomes.append(Outcome(str(incident.pk), incident.number, incident.category.label, done, words))
    return outcomes
