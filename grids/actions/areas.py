"""Growing and changing the tree of areas."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids import codes
from grids.actions.boundaries import end_boundary
from grids.models import SEGMENT, Area, Asset, Place, segment
from grids.permissions import Perm, require, require_anywhere
from grids.signals import area_moved

ORDER = [Area.Kind.DISTRICT, Area.Kind.STREET, Area.Kind.COMMUNITY, Area.Kind.GRID]
ROOTS = 7_201_101  # advisory lock: one root is made at a time


def next_path(parent: Area | None) -> str:
    """The next path under `parent`, whose row the caller has locked."""
    above = parent.path if parent else ""
    last = Area.objects.filter(parent=parent).aggregate(last=Max("path"))["last"]
    number = int(last[-SEGMENT:], 36) + 1 if last else 1
    return above + segment(number)


def _lock_parent(parent: Area | None) -> Area | None:
    if parent is not None:
        return Area.objects.select_for_update().get(pk=parent.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROOTS])
    return None


def _check_level(kind: str, parent: Area | None) -> None:
    if parent is not None and ORDER.index(Area.Kind(kind)) <= ORDER.index(Area.Kind(parent.kind)):
        raise ValidationError(
            _("A %(child)s cannot belong to a %(parent)s."),
            code="level",
            params={"child": Area.Kind(kind).label, "parent": Area.Kind(parent.kind).label},
        )
    if parent is not None and parent.retired_at is not None:
        raise ValidationError(_("%(parent)s is no longer in use.") % {"parent": parent.name}, code="parent_retired")


@transaction.atomic
def create_area(
    parent: Area | None,
    *,
    kind: str,
    name: str,
    by: Any,
    now: datetime,
    code: str = "",
    code_scheme: str = codes.NATIONAL,
    grid_kind: str = "",
    **facts: Any,
) -> Area:
    """Add a node under `parent` (a root without one). An empty `code` takes the next free one.

    `facts` are households, persons, east, south, west, north. ValidationError when code, level or name do not fit.
    A root needs EDIT_AREAS somewhere; the very first one comes before there can be any post to hold it.
    """
    if parent is not None:
        require(by, Perm.EDIT_AREAS, parent)
    elif Area.objects.exists():
        require_anywhere(by, Perm.EDIT_AREAS)
    locked = _lock_parent(parent)
    _check_level(kind, locked)
    if kind == Area.Kind.GRID:
        grid_kind = grid_kind or codes.grid_kind_of(code, code_scheme)
    if not code and locked is not None:
        code_scheme, code = locked.code_scheme, codes.next_free(locked, kind, grid_kind)
    if code_scheme == codes.NATIONAL:
        codes.check(code, kind, locked, grid_kind)
    if Area.objects.filter(code_scheme=code_scheme, code=code).exists():
        raise ValidationError(_("The code %(code)s is already in use.") % {"code": code}, code="code_taken")
    area = Area(
        parent=locked,
        kind=kind,
        grid_kind=grid_kind,
        code=code,
        code_scheme=code_scheme,
        name=name.strip(),
        path=next_path(locked),
        **facts,
    )
    area.full_clean(exclude=["path"])
    area.save(force_insert=True)
    audit.record("grids.create_area", area, by=by, at=now, code=code, kind=kind)
    return area


FACTS = ("name", "households", "persons", "east", "south", "west", "north")


@transaction.atomic
def rename_area(area: Area, *, by: Any, now: datetime, **facts: Any) -> Area:
    """Change the name, the counts or the borders in words (`FACTS`) of an area."""
    require(by, Perm.EDIT_AREAS, area)
    locked = Area.objects.select_for_update().get(pk=area.pk)
    changed = sorted(name for name in FACTS if name in facts and getattr(locked, name) != facts[name])
    for name in changed:
        setattr(locked, name, facts[name])
    locked.full_clean(exclude=["path"])
    locked.save(update_fields=changed or None)
    audit.record("grids.rename_area", locked, by=by, at=now, changed=changed)
    return locked


def models_with_paths() -> list[Any]:
    """Every model that repeats its area's path in `area_path`."""
    return [m for m in apps.get_models() if any(f.name == "area_path" for f in m._meta.concrete_fields)]


@transaction.atomic
def move_area(area: Area, parent: Area, *, by: Any, now: datetime) -> Area:
    """Hang a subtree elsewhere: one prefix is rewritten everywhere it is repeated. The audit keeps old and new."""
    require(by, Perm.EDIT_AREAS, area)
    require(by, Perm.EDIT_AREAS, parent)
    locked, target = locked_pair(area.pk, parent.pk)
    return rehang(locked, target, by=by, now=now)


def locked_pair(area: int, parent: int) -> tuple[Area, Area]:
    """What is moved and where to, locked in one order whichever goes where: two moves in opposite directions wait."""
    found = {row.pk: row for row in Area.objects.select_for_update().filter(pk__in=[area, parent]).order_by("pk")}
    if missing := {area, parent} - found.keys():
        raise Area.DoesNotExist(missing)
    return found[area], found[parent]


def rehang(locked: Area, target: Area, *, by: Any, now: datetime) -> Area:
    """The same for two locked areas, once the right has been asked (an approved plan is one)."""
    if target.path.startswith(locked.path):
        raise ValidationError(_("An area cannot be put inside itself."), code="inside_itself")
    _check_level(locked.kind, target)
    old, new = locked.path, next_path(target)
    with connection.cursor() as cursor:
        for model in [Area, *models_with_paths()]:
            if model._meta.label_lower in APPEND_ONLY:
                continue
            column = "path" if model is Area else "area_path"
            cursor.execute(
                f'UPDATE "{model._meta.db_table}" SET "{column}" = %s || substr("{column}", %s) '  # noqa: S608
                f'WHERE "{column}" >= %s AND "{column}" < %s',
                [new, len(old) + 1, old, old + "~"],
            )
    Area.objects.filter(pk=locked.pk).update(parent=target)
    locked.refresh_from_db()
    audit.record("grids.move_area", locked, by=by, at=now, old=old, new=new)
    area_moved.send(Area, area=locked, old=old, new=new, by=by, now=now)
    return locked


APPEND_ONLY = {"audit.auditevent"}


@transaction.atomic
def retire_area(area: Area, *, by: Any, now: datetime) -> Area:
    """Take an area out of use; the past stays with it. Refused while children, buildings or a boundary are there."""
    require(by, Perm.EDIT_AREAS, area)
    locked = Area.objects.select_for_update().get(pk=area.pk)
    if locked.children.filter(retired_at=None).exists():
        raise ValidationError(_("Retire or move what belongs to %(area)s first.") % {"area": locked}, code="children")
    if locked.buildings.filter(retired_at=None).exists():
        raise ValidationError(_("Move the buildings of %(area)s first.") % {"area": locked}, code="buildings")
    if any(model.objects.listed().filter(area=locked).exists() for model in (Place, Asset)):
        raise ValidationError(_("Move the places and city assets of %(area)s first.") % {"area": locked}, code="things")
    end_boundary(locked, now)
    locked.retired_at = now
    locked.save(update_fields=["retired_at"])
    audit.record("grids.retire_area", locked, by=by, at=now)
    return locked
