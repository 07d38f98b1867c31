"""All writes about residents. Each checks the right to the area, works under row security and is audited."""

import re
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.privacy import validators
from grids import permissions
from grids.models import Area, Building
from grids.permissions import Perm
from residents.models import Dwelling, Household, Resident
from residents.protection import protected, protected_paths


def clean_name(text: str) -> str:
    """1 to 50 characters without digits or signs that names do not have."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= 50 or re.search(r"[\d<>@#/\\]", name):
        raise ValidationError(_("Write the name as the person says it: up to 50 characters, no digits."))
    return name


CLEANERS: dict[str, Callable[[str], str]] = {
    "name": clean_name,
    "phone": lambda text: validators.clean_phone(text) if text.strip() else "",
    "id_number": lambda text: validators.clean_id_number(text) if text.strip() else "",
}
PLAIN = ("living", "relation", "gender", "birth_year", "id_purpose", "since_on")


@transaction.atomic
def add_dwelling(
    building: Building,
    *,
    entrance: str = "",
    room: str,
    floor: int | None = None,
    use: str = "",
    by: User,
    now: datetime,
) -> Dwelling:
    """The dwelling behind this entrance and room; made when it is not there yet."""
    permissions.require(by, Perm.EDIT_RESIDENTS, building)
    if not room.strip():
        raise ValidationError({"room": _("Write the room, for example 501.")})
    dwelling, created = Dwelling.objects.get_or_create(
        building=building,
        entrance=entrance.strip(),
        room=room.strip(),
        defaults={"area_id": building.area_id, "area_path": building.area_path, "floor": floor, "use": use},
    )
    if created:
        audit.record("residents.add_dwelling", dwelling, by=by, at=now)
    return dwelling


MOST_DWELLINGS = 400  # of one step: a tall tower


@transaction.atomic
def add_dwellings(
    building: Building, *, entrance: str = "", floors: range, rooms: range, use: str = "", by: User, now: datetime
) -> int:
    """The doors of an entrance, floor by floor: room 502 is the second on the fifth floor. How many were new.

    Those that are there already stay as they are; a floor that was not known is filled in. ValidationError.
    """
    permissions.require(by, Perm.EDIT_RESIDENTS, building)
    if not 0 < len(floors) * len(rooms) <= MOST_DWELLINGS or floors.start < 1:
        raise ValidationError(_("Give floors and rooms that make 1 to %(most)s dwellings.") % {"most": MOST_DWELLINGS})
    facts = {"area_id": building.area_id, "area_path": building.area_path, "entrance": entrance.strip(), "use": use}
    wanted = [
        Dwelling(building=building, floor=floor, room=f"{floor}{nth:02}", **facts) for floor in floors for nth in rooms
    ]
    here = Dwelling.objects.filter(building=building, entrance=entrance.strip())
    known = set(here.values_list("room", flat=True))
    made = Dwelling.objects.bulk_create([one for one in wanted if one.room not in known])
    for floor in floors:
        here.filter(floor=None, room__in=[f"{floor}{nth:02}" for nth in rooms]).update(floor=floor)
    audit.record("residents.add_dwellings", building, by=by, at=now, count=len(made))
    return len(made)


@transaction.atomic
def correct_dwelling(dwelling: Dwelling, *, floor: int | None, use: str, by: User, now: datetime) -> Dwelling:
    """Change the floor and the use. Building, entrance and room are what it is: another door is another dwelling."""
    permissions.require(by, Perm.EDIT_RESIDENTS, dwelling)
    locked = Dwelling.objects.select_for_update(of=("self",)).select_related("building").get(pk=dwelling.pk)
    new = {"floor": floor, "use": use}
    changed = sorted(name for name, value in new.items() if getattr(locked, name) != value)
    locked.floor, locked.use = floor, use
    locked.save(update_fields=list(new))
    audit.record("residents.correct_dwelling", locked, by=by, at=now, changed=changed)
    return locked


@transaction.atomic
def remove_dwelling(dwelling: Dwelling, *, by: User, now: datetime) -> None:
    """Take out one that was entered by mistake: nobody was ever listed there and no campaign names it."""
    permissions.require(by, Perm.EDIT_RESIDENTS, dwelling)
    with protected(by, Perm.EDIT_RESIDENTS):
        audit.record("residents.remove_dwelling", dwelling, by=by, at=now)
        try:
            with transaction.atomic():
                dwelling.delete()
        except models.ProtectedError:
            raise ValidationError(_("Somebody is or was listed here, or a campaign asks for it. It stays.")) from None


@transaction.atomic
def add_household(dwelling: Dwelling, *, since_on: date | None = None, by: User, now: datetime) -> Household:
    """A household that lives in `dwelling`; several may."""
    permissions.require(by, Perm.EDIT_RESIDENTS, dwelling)
    with protected(by, Perm.EDIT_RESIDENTS):
        household = Household(
            dwelling=dwelling, area_id=dwelling.area_id, area_path=dwelling.area_path, since_on=since_on
        )
        household.save(force_insert=True)
        audit.record("residents.add_household", household, by=by, at=now)
    return household


def _write(resident: Resident, facts: dict[str, Any], today: date) -> list[str]:
    """Put cleaned facts on the row; which fields changed. Raises ValidationError by field."""
    errors, changed = {}, []
    for field, value in facts.items():
        if field in CLEANERS:
            try:
                resident.set_personal(field, CLEANERS[field](value))
            except ValidationError as error:
                errors[field] = error.messages
            changed += [field, f"{field}_index"]
        elif field in PLAIN:
            setattr(resident, field, value)
            changed.append(field)
    if resident.id_number and not resident.id_purpose.strip():
        errors["id_purpose"] = [_("Say what the number is needed for, or leave the number out.")]
    if resident.birth_year is not None and not 1880 <= resident.birth_year <= today.year:
        errors["birth_year"] = [_("Write the year with four digits, for example 1956.")]
    if errors:
        raise ValidationError(errors)
    return changed


@transaction.atomic
def add_resident(
    household: Household,
    *,
    name: str,
    living: str,
    phone: str = "",
    id_number: str = "",
    id_purpose: str = "",
    relation: str = "",
    gender: str = "",
    birth_year: int | None = None,
    since_on: date | None = None,
    by: User,
    now: datetime,
) -> Resident:
    """Add a person to `household`. An identity number needs `id_purpose`. Raises ValidationError by field."""
    permissions.require(by, Perm.EDIT_RESIDENTS, household)
    facts: dict[str, Any] = {"name": name, "living": living, "relation": relation, "gender": gender}
    facts |= {"phone": phone, "id_number": id_number, "id_purpose": id_purpose}
    facts |= {"birth_year": birth_year, "since_on": since_on}
    resident = Resident(
        household=household, area_id=household.area_id, area_path=household.area_path, created_at=now, created_by=by
    )
    _write(resident, facts, timezone.localdate(now))
    with protected(by, Perm.EDIT_RESIDENTS):
        resident.save(force_insert=True)
        audit.record("residents.add_resident", resident, by=by, at=now)
    return resident


def _locked(resident: Resident, by: User) -> Resident:
    """The row, locked; inside `protected` only."""
    row = Resident.objects.select_for_update(of=("self",)).select_related("household").get(pk=resident.pk)
    permissions.require(by, Perm.EDIT_RESIDENTS, row)
    return row


@transaction.atomic
def correct_resident(resident: Resident, *, by: User, now: datetime, **facts: Any) -> Resident:
    """Change what was written about a person; what is not given stays. The audit names fields, not values."""
    with protected(by, Perm.EDIT_RESIDENTS):
        row = _locked(resident, by)
        changed = _write(row, facts, timezone.localdate(now))
        row.save(update_fields=changed)
        audit.record("residents.correct", row, by=by, at=now, fields=[f for f in changed if not f.endswith("_index")])
    return row


@transaction.atomic
def move_resident(resident: Resident, household: Household, *, on: date, by: User, now: datetime) -> Resident:
    """The person lives in another household from `on`. Both places must be in reach of `by`."""
    permissions.require(by, Perm.EDIT_RESIDENTS, household)
    with protected(by, Perm.EDIT_RESIDENTS):
        row = _locked(resident, by)
        before = row.household_id
        if before == household.pk:
            raise ValidationError(_("The person lives there already."))
        row.household, row.area_id, row.area_path = household, household.area_id, household.area_path
        row.since_on, row.left_on = on, None
        row.save(update_fields=["household", "area_id", "area_path", "since_on", "left_on"])
        audit.record("residents.move", row, by=by, at=now, before=str(before), after=str(household.pk))
    return row


@transaction.atomic
def leave(resident: Resident, *, on: date, by: User, now: datetime) -> Resident:
    """The person has moved away from here on `on`; the file stays for a year (docs/domain.md §4.1)."""
    with protected(by, Perm.EDIT_RESIDENTS):
        row = _locked(resident, by)
        if row.since_on is not None and on < row.since_on:
            raise ValidationError({"on": _("This is before the person moved in.")})
        row.left_on = on
        row.save(update_fields=["left_on"])
        audit.record("residents.leave", row, by=by, at=now, on=str(on))
    return row


def come_back(resident: Resident, *, by: User, now: datetime) -> Resident:
    """Take `leave` back."""
    return _set(resident, "residents.come_back", by=by, now=now, left_on=None)


def remove(resident: Resident, *, by: User, now: datetime) -> Resident:
    """Take out someone entered by mistake; `restore` brings the person back."""
    return _set(resident, "residents.remove", by=by, now=now, removed_at=now)


def restore(resident: Resident, *, by: User, now: datetime) -> Resident:
    """Take `remove` back."""
    return _set(resident, "residents.restore", by=by, now=now, removed_at=None)


@transaction.atomic
def _set(resident: Resident, action: str, *, by: User, now: datetime, **values: Any) -> Resident:
    """Write `values` on the locked row and record `action`."""
    with protected(by, Perm.EDIT_RESIDENTS):
        row = _locked(resident, by)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        audit.record(action, row, by=by, at=now)
    return row


@transaction.atomic
def follow_buildings(buildings: Collection[int], area: Area, *, old_paths: Collection[str]) -> int:
    """Give dwellings, households and residents of buildings that came to `area` their new grid; how many residents.

    Called when boundaries move; nobody reads anything, so there is no right to check but the boundary's own. Three
    updates, however many buildings.
    """
    where = {"area_id": area.pk, "area_path": area.path}
    Dwelling.objects.filter(building__in=buildings).update(**where)
    with protected_paths([*old_paths, area.path]):
        Household.objects.filter(dwelling__building__in=buildings).update(**where)
        return Resident.objects.filter(household__dwelling__building__in=buildings).update(**where)


@transaction.atomic
def follow_area(area: Area, *, old_path: str) -> int:
    """Give what hangs below `area` its new path; how many residents changed.

    `grids.actions.move_area` rewrites every table it can see; of these two row security shows it nothing.
    """
    with protected_paths([old_path, area.path]):
        _rewrite(Household.objects.all(), old_path, area.path)
        return _rewrite(Resident.objects.all(), old_path, area.path)


def _rewrite(rows: models.QuerySet[Any], old: str, new: str) -> int:
    """Put `new` in the place of the prefix `old`."""
    moved = rows.filter(area_path__gte=old, area_path__lt=old + permissions.ABOVE)
    return moved.update(area_path=Concat(Value(new), Substr("area_path", len(old) + 1)))
