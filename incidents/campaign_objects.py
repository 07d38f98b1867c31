"""The kinds of objects that a campaign can look at: one literal table, which form, action, pages and phone read.

A new kind is a line here and a column of CampaignTarget. Each kind is found inside areas by its own filters; an
object's grid is always where the object itself is, so a boundary plan moves what is open without touching it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from grids.models import Area, Asset, Building, Place
from grids.permissions import ABOVE
from grids.things import ASSETS, PLACES, narrowed_by
from residents.models import Dwelling

Said = Mapping[str, Any]
Find = Callable[[Q, Said], QuerySet[Any]]


@dataclass(frozen=True)
class ObjectKind:
    """One kind: its column, how it is found, and its page."""

    key: str
    column: str
    find: Find
    filters: tuple[str, ...]  # fields of the form that narrow it
    page: str

    def url(self, thing: Any) -> str:
        """Where the office reads about it."""
        return reverse(self.page, args=[thing.pk])


def inside(areas: Iterable[Area]) -> Q:
    """What lies in one of the areas or below."""
    rule = Q(pk__in=[])
    for area in areas:
        rule |= Q(area_path__gte=area.path, area_path__lt=area.path + ABOVE)
    return rule


def _buildings(where: Q, said: Said) -> QuerySet[Any]:
    rows = Building.objects.filter(where, retired_at=None, area__kind=Area.Kind.GRID)
    names = [line.strip() for line in str(said.get("names") or "").splitlines() if line.strip()]
    rows = rows.filter(name__in=names) if names else rows
    return rows.filter(floors__gte=said["floors"]) if said.get("floors") else rows


def _dwellings(where: Q, said: Said) -> QuerySet[Any]:
    rows = Dwelling.objects.filter(building__in=_buildings(where, said)).select_related("building")
    return rows.filter(use=said["use"]) if said.get("use") else rows


def _places(where: Q, said: Said) -> QuerySet[Any]:
    rows = Place.objects.listed().filter(where, area__kind=Area.Kind.GRID)
    return narrowed_by(PLACES, rows, kind=said.get("place_kind") or "", text=said.get("text") or "")


def _assets(where: Q, said: Said) -> QuerySet[Any]:
    rows = Asset.objects.listed().filter(where, area__kind=Area.Kind.GRID)
    return narrowed_by(ASSETS, rows, kind=said.get("asset_kind") or "", text=said.get("text") or "")


KINDS: dict[str, ObjectKind] = {
    one.key: one
    for one in (
        ObjectKind("building", "building", _buildings, ("names", "floors"), "grids:building"),
        ObjectKind("dwelling", "dwelling", _dwellings, ("names", "floors", "use"), "residents:dwelling"),
        ObjectKind("place", "place", _places, ("place_kind", "text"), "places:place"),
        ObjectKind("asset", "asset", _assets, ("asset_kind", "text"), "assets:asset"),
    )
}


def found(kind: str, areas: Iterable[Area], said: Said) -> QuerySet[Any]:
    """The objects of a kind in the areas that fit what was said."""
    return KINDS[kind].find(inside(areas), said)
