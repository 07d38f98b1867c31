"""Units are founded, renamed and dissolved. The only place that writes Unit."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from grids import permissions
from grids.actions.things import rename_owner
from grids.models import Area
from grids.permissions import Perm
from teams import signals
from teams.models import Assignment, Unit


def _check_unit(unit: Unit) -> None:
    if unit.area.retired_at is not None:
        raise ValidationError({"area": _("This area has been retired. Choose the one that took its place.")})
    if unit.kind == Unit.Kind.GRID_TEAM and not unit.area.is_grid:
        raise ValidationError({"area": _("A grid team works in a grid. Choose one.")})
    parent = unit.parent
    while parent is not None:
        if parent.pk == unit.pk:
            raise ValidationError({"parent": _("A unit cannot belong to itself or to a part of itself.")})
        parent = parent.parent
    if Unit.objects.exclude(pk=unit.pk).filter(code=unit.code).exists():
        raise ValidationError({"code": _("The code %(code)s belongs to another unit.") % {"code": unit.code}})


def _next_code(kind: str) -> str:
    """A free code where the office has none: the kind and a running number."""
    prefix = f"{kind[:2].upper()}-"
    used = set(Unit.objects.filter(code__startswith=prefix).values_list("code", flat=True))
    number = len(used) + 1
    while f"{prefix}{number:03d}" in used:
        number += 1
    return f"{prefix}{number:03d}"


@transaction.atomic
def create_unit(
    *,
    name: str,
    kind: str,
    area: Area,
    code: str = "",
    parent: Unit | None = None,
    is_desk: bool = False,
    phone: str = "",
    by: User,
    now: datetime,
) -> Unit:
    """Found a unit that works in `area`. Without a code one is made. Raises ValidationError by field."""
    permissions.require(by, Perm.EDIT_UNITS, area)
    if not name.strip():
        raise ValidationError({"name": _("A unit needs a name.")})
    unit = Unit(
        code=code or _next_code(kind),
        name=name.strip(),
        kind=kind,
        area=area,
        area_path=area.path,
        parent=parent,
        is_desk=is_desk,
        phone=phone,
    )
    _check_unit(unit)
    unit.save()
    audit.record("teams.create_unit", unit, by=by, at=now, kind=kind, desk=is_desk)
    return unit


@transaction.atomic
def edit_unit(
    unit: Unit, *, name: str, phone: str, is_desk: bool, parent: Unit | None, by: User, now: datetime
) -> Unit:
    """Rename a unit or change its phone, its desk or what it belongs to. Kind and area stay: found a new unit."""
    locked = Unit.objects.select_for_update(of=("self",)).select_related("area").get(pk=unit.pk)
    permissions.require(by, Perm.EDIT_UNITS, locked.area)
    new = {"name": name, "phone": phone, "is_desk": is_desk, "parent": parent}
    changed, called = sorted(field for field, value in new.items() if getattr(locked, field) != value), locked.name
    for field, value in new.items():
        setattr(locked, field, value)
    _check_unit(locked)
    locked.save(update_fields=list(new))
    rename_owner(called, name, under=locked.area_path, by=by, now=now)
    audit.record("teams.edit_unit", locked, by=by, at=now, changed=changed)
    return locked


@transaction.atomic
def retire_unit(unit: Unit, *, by: User, now: datetime) -> Unit:
    """Dissolve a unit in which nobody holds a post. Whoever knows of its open work may refuse by ValidationError."""
    locked = Unit.objects.select_for_update(of=("self",)).select_related("area").get(pk=unit.pk)
    permissions.require(by, Perm.EDIT_UNITS, locked.area)
    people = Assignment.objects.on(timezone.localdate(now)).filter(unit=locked).count()
    if people:
        text = ngettext(
            "%(count)s post still belongs to %(unit)s. End it or hand it over first.",
            "%(count)s posts still belong to %(unit)s. End them or hand them over first.",
            people,
        )
        raise ValidationError(text % {"count": people, "unit": locked})
    if locked.retired_at is None:
        locked.retired_at = now
        locked.save(update_fields=["retired_at"])
        audit.record("teams.retire_unit", locked, by=by, at=now)
        signals.unit_retired.send(Unit, unit=locked, by=by, now=now)
    return locked


@transaction.atomic
def reopen_unit(unit: Unit, *, by: User, now: datetime) -> Unit:
    """Take a dissolution back."""
    locked = Unit.objects.select_for_update(of=("self",)).select_related("area").get(pk=unit.pk)
    permissions.require(by, Perm.EDIT_UNITS, locked.area)
    _check_unit(locked)
    locked.retired_at = None
    locked.save(update_fields=["retired_at"])
    audit.record("teams.reopen_unit", locked, by=by, at=now)
    return locked
