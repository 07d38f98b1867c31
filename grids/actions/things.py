"""Places and city assets: added, corrected, closed and listed again; the only place that writes them.

Where one belongs is never typed twice: a place belongs where its building stands, else everything belongs where its
point lies. What lies outside every grid hangs from the street, whose list of what is to be placed shows it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.privacy.validators import clean_phone
from grids import codes
from grids.actions.buildings import standing
from grids.locate import locate
from grids.models import Area, Asset, Building, Place
from grids.permissions import Perm, allows, require, require_anywhere, scope

T = TypeVar("T", Place, Asset)


@dataclass(frozen=True, slots=True)
class Where:
    """What is known of a place on the ground. `grid` counts only where neither a building nor a point says more."""

    building: Building | None = None
    point: Point | None = None
    grid: Area | None = None


def home_of(user: Any) -> Area:
    """The street that looks after what this person adds outside every grid. ValidationError when there is none."""
    paths = scope(user).paths(Perm.KEEP_THINGS)
    above = [paths[0][:end] for end in range(6, len(paths[0]) + 1, 6)] if paths and paths[0] else []
    found = {area.kind: area for area in Area.objects.filter(path__in=above).order_by("-path")}
    for kind in (Area.Kind.STREET, Area.Kind.DISTRICT, Area.Kind.COMMUNITY, Area.Kind.GRID):
        if kind in found:
            return found[kind]
    raise ValidationError(_("It lies outside every area. Say in which grid it belongs."), code="outside")


def area_of(where: Where, *, by: Any) -> Area:
    """The area that holds it, if the person keeps the lists there. ValidationError otherwise."""
    if where.building is not None:
        found = where.building.area
    elif where.point is not None:
        found = locate(where.point.x, where.point.y).area or where.grid or home_of(by)
    else:
        found = where.grid or home_of(by)
    waits = not found.is_grid and any(path.startswith(found.path) for path in scope(by).paths(Perm.KEEP_THINGS))
    if not waits and not allows(by, Perm.KEEP_THINGS, found):
        raise ValidationError(
            _("It lies in %(area)s, where your posts do not reach.") % {"area": found.name}, code="reach"
        )
    return standing(found)


def _write(thing: Any, facts: dict[str, Any], today: date) -> list[str]:
    """Put facts on the row, by the rules of their standards; which changed. ValidationError by field."""
    cleaners = {"credit_code": codes.clean_credit_code, "code": codes.clean_asset_code}
    changed, errors = [], {}
    for name, value in facts.items():
        try:
            clean = value.strip() if isinstance(value, str) else value
            clean = cleaners[name](clean) if name in cleaners and clean else clean
            clean = clean_phone(clean) if name == "contact_phone" and clean else clean
        except ValidationError as error:
            errors[name] = error.messages
            continue
        if name == "contact_phone" or getattr(thing, name) != clean:
            setattr(thing, name, clean)
            changed.append(name)
    if isinstance(thing, Asset) and thing.code:
        thing.kind = thing.code[6:10]
    if getattr(thing, "installed_on", None) and thing.installed_on > today:
        errors["installed_on"] = [_("This day has not come yet.")]
    if errors:
        raise ValidationError(errors)
    return sorted(changed)


def _checked(thing: Any) -> None:
    if isinstance(thing, Asset):
        if Asset.objects.filter(code=thing.code).exclude(pk=thing.pk).exists():
            raise ValidationError({"code": _("This number is already in the list.")}, code="code_taken")
        _in_county(thing)
    thing.full_clean(exclude=["area_path", "created_at"], validate_unique=False)


def _in_county(asset: Asset) -> None:
    """The number begins with the county's code, where the areas have national codes."""
    area = asset.area
    if area.code_scheme == codes.NATIONAL and not area.code.startswith(asset.code[:6]):
        raise ValidationError(
            {"code": _("The number must begin with %(county)s, the code of the district.") % {"county": area.code[:6]}}
        )


def _put(thing: Any, where: Where, *, by: Any) -> Area:
    """Let it belong where it is."""
    area = area_of(where, by=by)
    thing.area, thing.area_path = area, area.path
    thing.point = where.point or (where.building.point if where.building else None)
    if isinstance(thing, Place):
        thing.building = where.building
    return area


@transaction.atomic
def add(model: type[T], where: Where, *, by: Any, now: datetime, **facts: Any) -> T:
    """Add a place or an asset. Needs KEEP_THINGS where it lies. ValidationError by field when facts do not fit."""
    require_anywhere(by, Perm.KEEP_THINGS)
    thing = model(created_at=now)
    _write(thing, facts, timezone.localdate(now))
    _put(thing, where, by=by)
    _checked(thing)
    try:
        with transaction.atomic():
            thing.save(force_insert=True)
    except IntegrityError:  # two people added the same number at once
        raise ValidationError({"code": _("This number is already in the list.")}, code="code_taken") from None
    audit.record(f"grids.add_{model._meta.model_name}", thing, by=by, at=now)
    return thing


def _locked(thing: T, *, by: Any) -> T:
    model: Any = type(thing)
    locked: T = model.objects.select_for_update(of=("self",)).select_related("area").get(pk=thing.pk)
    require(by, Perm.KEEP_THINGS, locked)
    return locked


@transaction.atomic
def correct(thing: T, where: Where | None = None, *, by: Any, now: datetime, **facts: Any) -> T:
    """Change what is known; with `where`, also where it belongs. Needs KEEP_THINGS here and there."""
    locked = _locked(thing, by=by)
    changed = _write(locked, facts, timezone.localdate(now))
    old = locked.area_id
    if where is not None:
        before = (locked.area_id, locked.point, getattr(locked, "building_id", None))
        _put(locked, where, by=by)
        if before != (locked.area_id, locked.point, getattr(locked, "building_id", None)):
            changed.append("where")
    _checked(locked)
    if changed:
        locked.save()
        moved = {"old": old, "new": locked.area_id} if old != locked.area_id else {}
        audit.record(f"grids.correct_{_word(locked)}", locked, by=by, at=now, changed=changed, **moved)
    return locked


@transaction.atomic
def close(thing: T, *, on: date, why: str, by: Any, now: datetime) -> T:
    """Take it off the list from `on`; its past stays. ValidationError for a day that has not come."""
    locked = _locked(thing, by=by)
    if locked.ended_on is not None:
        raise ValidationError(_("It is no longer listed already."), code="ended")
    if on > timezone.localdate(now):
        raise ValidationError({"on": _("This day has not come yet.")})
    locked.ended_on, locked.ended_why = on, why
    locked.save(update_fields=["ended_on", "ended_why"])
    audit.record(f"grids.close_{_word(locked)}", locked, by=by, at=now, why=why, on=on.isoformat())
    return locked


@transaction.atomic
def reopen(thing: T, *, by: Any, now: datetime) -> T:
    """List it again."""
    locked = _locked(thing, by=by)
    standing(locked.area)
    if locked.ended_on is not None:
        locked.ended_on, locked.ended_why = None, ""
        locked.save(update_fields=["ended_on", "ended_why"])
        audit.record(f"grids.reopen_{_word(locked)}", locked, by=by, at=now)
    return locked


def _word(thing: Any) -> str:
    return str(thing._meta.model_name)


@transaction.atomic
def rename_owner(old: str, new: str, *, under: str, by: Any, now: datetime) -> int:
    """Let the assets below `under` follow an owner that is called otherwise now; how many did."""
    rows = Asset.objects.filter(owner=old, area_path__startswith=under)
    count = rows.update(owner=new) if old and new and old != new else 0
    if count:
        audit.record("grids.rename_owner", None, by=by, at=now, count=count)
    return count
