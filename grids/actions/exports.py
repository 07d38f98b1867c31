"""Map files that leave: recorded before they do."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.exports import MOST
from grids.models import Area, BoundaryPlan
from grids.permissions import Perm, allows

EXPORTERS = (Perm.EDIT_AREAS, Perm.PLAN_BOUNDARIES, Perm.APPROVE_BOUNDARIES)


def may_export(user: Any, thing: Area | BoundaryPlan) -> bool:
    """Whether this person may take the map of it away: whoever changes the ground there, plans it or approves."""
    return any(allows(user, perm, thing) for perm in EXPORTERS)


@transaction.atomic
def export_map(
    thing: Area | BoundaryPlan, *, what: str, form: str, datum: str, rows: int, by: Any, now: datetime
) -> int:
    """Record that `rows` shapes of an area or a plan leave. ValidationError for none, or more than a file may hold."""
    if not may_export(by, thing):
        raise PermissionDenied(_("Your posts do not include this: %(what)s.") % {"what": _("Export a map")})
    if not rows:
        raise ValidationError(_("Nothing of this kind is drawn here on that day."), code="nothing")
    if rows > MOST:
        words = _("There are more than %(limit)s of them. Export what belongs to it one by one.")
        raise ValidationError(words, code="too_many", params={"limit": MOST})
    audit.record("grids.export_map", thing, by=by, at=now, what=what, form=form, datum=datum, rows=rows)
    return rows
