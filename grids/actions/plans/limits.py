"""What a street holds its divisions against."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.models import Area, DivisionLimits
from grids.permissions import Perm, require

LIMITS = (
    "overlap_m2",
    "gap_m2",
    "gap_percent",
    "sliver_m",
    "households_least",
    "households_good",
    "households_most",
    "persons_most",
    "ratio_most",
    "needs_head",
    "needs_worker",
    "needs_borders",
)


@transaction.atomic
def set_limits(area: Area, kind: str, *, by: Any, now: datetime, **limits: Any) -> DivisionLimits:
    """The limits for divisions into `kind` at or below `area`, until a row further below says otherwise."""
    require(by, Perm.PLAN_BOUNDARIES, area)
    Area.objects.select_for_update().get(pk=area.pk)
    row = DivisionLimits.objects.filter(area=area, kind=kind).first()
    row = row or DivisionLimits(area=area, area_path=area.path, kind=kind)
    changed = sorted(name for name in LIMITS if name in limits and getattr(row, name) != limits[name])
    for name in changed:
        setattr(row, name, limits[name])
    row.full_clean(exclude=["area_path"])
    _in_order(row)
    row.save()
    audit.record("grids.set_limits", row, by=by, at=now, changed=changed, kind=kind)
    return row


def _in_order(row: DivisionLimits) -> None:
    """At least ≤ good from ≤ at most; what is not checked stands in nobody's way."""
    said = [number for number in (row.households_least, row.households_good, row.households_most) if number is not None]
    if said != sorted(said):
        raise ValidationError(
            {"households_most": _("The three numbers of households must rise: at least, from, at most.")}, code="order"
        )


@transaction.atomic
def forget_limits(area: Area, kind: str, *, by: Any, now: datetime) -> None:
    """Go back to the limits of the area above, or to the standard's."""
    require(by, Perm.PLAN_BOUNDARIES, area)
    if DivisionLimits.objects.filter(area=area, kind=kind).delete()[0]:
        audit.record("grids.forget_limits", area, by=by, at=now, kind=kind)
