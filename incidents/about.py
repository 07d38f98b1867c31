"""What a report may be about besides a building: a city asset or a listed place, each under one short reference.

The reference ("asset:12", "place:0197…") is what forms, the phone and a code on a lamp post hand in.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.locate import METRES_PER_DEGREE
from grids.models import Asset, Place
from grids.permissions import Perm
from grids.things import ASSETS, PLACES, first_worded
from teams.models import Unit

NEAR = 60  # metres around the point in which something may be meant
MOST = 12
MOST_ALONG = 1500  # of each sort on a phone; both at their most are 80 kB on the line, once until something changes

Thing = Asset | Place


def reference(thing: Thing) -> str:
    """How it is named in forms and addresses."""
    return f"{thing._meta.model_name}:{thing.pk}"


def more(thing: Thing) -> str:
    """What tells it from others of its name: the number of an asset, the kind of a place."""
    return str(thing.code if isinstance(thing, Asset) else thing.kind_label)


def find(text: str) -> Thing | None:
    """What a reference names; None for none. ValidationError when it is no longer listed or never was."""
    sort, _colon, key = str(text or "").partition(":")
    if not key:
        return None
    rows: Any = None
    if sort == "asset" and key.isdecimal() and len(key) < 18:
        rows = Asset.objects.filter(pk=int(key))
    elif sort == "place":
        try:
            rows = Place.objects.filter(pk=UUID(key)).select_related("building__area")
        except ValueError:
            rows = None
    found: Thing | None = rows.listed().select_related("area").first() if rows is not None else None
    if found is None:
        raise ValidationError(
            {"thing": _("This is no longer in the list. Choose it again, or say the place in words.")}
        )
    return found


def asked(text: str) -> Thing | None:
    """The same for an address that somebody followed: nonsense names nothing."""
    try:
        return find(text)
    except ValidationError:
        return None


def named(user: Any, text: str) -> list[Thing]:
    """Assets and places in reach whose name, its initials, address or number holds `text`; two queries."""
    found: list[Thing] = []
    for sort in (ASSETS, PLACES):
        found += first_worded(sort, sort.model.objects.visible_to(user, Perm.REPORT_INCIDENTS).listed(), text, MOST)
    return found[:MOST]


def near(user: Any, point: Point) -> list[Thing]:
    """Those within 60 m, the nearest first; two queries that the index on points answers."""
    box = point.buffer(2 * NEAR / METRES_PER_DEGREE)
    found: list[Thing] = []
    for sort in (ASSETS, PLACES):
        rows = sort.model.objects.visible_to(user, Perm.REPORT_INCIDENTS).listed().select_related("area")
        found += rows.filter(point__bboverlaps=box)[: 10 * MOST]
    metres = {reference(one): one.point.distance(point) * METRES_PER_DEGREE for one in found if one.point}
    close = [one for one in found if metres[reference(one)] <= NEAR]
    return sorted(close, key=lambda one: metres[reference(one)])[:MOST]


def along(user: Any) -> tuple[list[Thing], bool]:
    """What a phone takes along to choose from without a signal, grid by grid, and whether that is all; two queries.

    No contact's phone leaves with it.
    """
    found: list[Thing] = []
    whole = True
    for sort, private in ((ASSETS, ()), (PLACES, ("contact_phone",))):
        rows = sort.model.objects.visible_to(user, Perm.REPORT_INCIDENTS).listed().select_related("area")
        rows = list(rows.defer(*private).order_by(*sort.order)[: MOST_ALONG + 1])
        found += rows[:MOST_ALONG]
        whole = whole and len(rows) <= MOST_ALONG
    return found, whole


def owner_of(thing: Thing | None) -> Unit | None:
    """The unit that owns an asset, by the name its register gives: the nearest one of this name; None without.

    Components go to their owner first, only then to whose ground it is (部件先属主后属地).
    """
    if not isinstance(thing, Asset) or not thing.owner:
        return None
    street = thing.area_path[:12]
    units: Sequence[Unit] = [
        unit
        for unit in Unit.objects.standing().filter(name=thing.owner)
        if thing.area_path.startswith(unit.area_path) or unit.area_path.startswith(street)
    ]
    return max(units, key=lambda unit: (thing.area_path.startswith(unit.area_path), len(unit.area_path)), default=None)
