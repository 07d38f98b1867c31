"""Keeping the catalogue and the duty list right. A new limit counts for what is dispatched from then on."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.models import Area
from grids.permissions import Perm, require, require_anywhere
from incidents.catalogue import load_catalogue
from incidents.models import Category, Duty
from teams.models import Unit

FACTS = (
    "name", "name_en", "lead_unit", "nature", "clock", "handle_seconds", "promise_seconds", "is_emergency",
    "on_the_spot", "verification", "is_confidential", "is_public", "phrases", "is_active",
)  # fmt: skip


def _settle(category: Category) -> None:
    if category.is_emergency:
        category.clock = Category.Clock.NATURAL  # docs/domain.md §1.6: minutes count at night too
    category.full_clean()


def load_default(*, by: Any, now: datetime) -> int:
    """Add what is missing of the default catalogue; what has been edited stays. Gives how many were added."""
    require_anywhere(by, Perm.EDIT_CATALOGUE)
    return load_catalogue(by=by, now=now)


@transaction.atomic
def create_category(major: Category, *, code: str, by: Any, now: datetime, **facts: Any) -> Category:
    """Add an entry under a heading. Its code begins with the heading's; ValidationError when it is taken."""
    require_anywhere(by, Perm.EDIT_CATALOGUE)
    if not (code.isdigit() and len(code) == len(major.code) + 2 and code.startswith(major.code)):
        raise ValidationError(
            {"code": _("The code must be four digits that begin with %(heading)s.") % {"heading": major.code}}
        )
    category = Category(major=major, code=code, **{name: facts[name] for name in FACTS if name in facts})
    _settle(category)
    category.save(force_insert=True)
    audit.record("incidents.create_category", category, by=by, at=now, code=code)
    return category


@transaction.atomic
def change_category(category: Category, *, by: Any, now: datetime, **facts: Any) -> Category:
    """Change an entry; taking it out of use keeps it for what was reported under it."""
    require_anywhere(by, Perm.EDIT_CATALOGUE)
    locked = Category.objects.select_for_update().get(pk=category.pk)
    changed = sorted(name for name in FACTS if name in facts and getattr(locked, name) != facts[name])
    for name in changed:
        setattr(locked, name, facts[name])
    _settle(locked)
    locked.save()
    audit.record("incidents.change_category", locked, by=by, at=now, changed=changed)
    return locked


@transaction.atomic
def add_duty(category: Category, *, area: Area, unit: Unit, basis: str, by: Any, now: datetime) -> Duty:
    """Say that in `area` this unit answers for the category. One entry per area; the nearest above a grid decides."""
    require(by, Perm.EDIT_CATALOGUE, area)
    try:
        with transaction.atomic():
            duty = Duty.objects.create(category=category, area=area, unit=unit, basis=basis.strip())
    except IntegrityError:
        raise ValidationError(
            {"area": _("%(area)s already has an entry for this. Remove it first.") % {"area": area}}
        ) from None
    audit.record("incidents.add_duty", duty, by=by, at=now, category=category.code, unit=unit.code)
    return duty


@transaction.atomic
def remove_duty(duty: Duty, *, by: Any, now: datetime) -> None:
    """Take an entry of the duty list away: the catalogue's own unit answers again."""
    require(by, Perm.EDIT_CATALOGUE, duty.area)
    audit.record("incidents.remove_duty", duty, by=by, at=now, category=duty.category.code, unit=duty.unit.code)
    duty.delete()
