"""Roads and water lines of an area: a file replaces them whole, and can be taken back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.actions.buildings import standing
from grids.geodata.bridge import to_database
from grids.models import Area, Way, WaySet
from grids.permissions import Perm, require

Line = tuple[str, str, Any]  # class, name, a shapely MultiLineString in WGS-84


@transaction.atomic
def replace_ways(area: Area, lines: Iterable[Line], *, source: str, by: Any, now: datetime) -> WaySet:
    """The lines of `area` are these from now on; those before are kept aside."""
    require(by, Perm.EDIT_AREAS, area)
    where = standing(area)
    if where.is_grid:
        raise ValidationError(_("Roads and water belong to a community or a street."), code="too_low")
    before = WaySet.objects.current().filter(area=where).first()
    WaySet.objects.current().filter(area=where).update(until=now)
    facts = {"source": source[:120], "since": now, "created_by": by, "replaces": before}
    made = WaySet(area=where, area_path=where.path, **facts)
    made.save(force_insert=True)
    rows = [Way(set=made, kind=kind, name=name[:80], line=to_database(line)) for kind, name, line in lines]
    Way.objects.bulk_create(rows, batch_size=500)
    audit.record("grids.replace_ways", made, by=by, at=now, lines=len(rows))
    return made


@transaction.atomic
def take_back_ways(ways: WaySet, *, by: Any, now: datetime) -> None:
    """The lines before these hold again. ValidationError when these have been replaced since."""
    require(by, Perm.EDIT_AREAS, ways)
    locked = WaySet.objects.select_for_update(of=("self",)).select_related("area").get(pk=ways.pk)
    if locked.until is not None:
        raise ValidationError(
            _("The roads of %(area)s have been replaced by a later file. Take that back first.")
            % {"area": locked.area.name},
            code="replaced",
        )
    locked.until = now
    locked.save(update_fields=["until"])
    if locked.replaces_id is not None:
        WaySet.objects.filter(pk=locked.replaces_id).update(until=None)
    audit.record("grids.take_back_ways", locked, by=by, at=now)
