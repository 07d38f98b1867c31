"""The two sorts of things beside buildings, as the pages that serve both need to know them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov.words import plain
from grids.kinds import NINE_SMALL
from grids.layers import Feature
from grids.models import Area, Asset, Place
from grids.models.grams import Grams, Pieces
from grids.own_layers import asset_pin, place_pin
from grids.thing_forms import AssetFilter, AssetForm, PlaceFilter, PlaceForm, ThingFilter, ThingForm


@dataclass(frozen=True)
class Sort:
    """Places or city assets."""

    key: str
    model: type[Any]
    label: str | Promise
    new: str | Promise
    icon: str
    order: tuple[str, ...]
    filter: type[ThingFilter]
    form: type[ThingForm]
    pin: Callable[[Any], Feature]
    head: Sequence[str | Promise]
    line: Callable[[Any], list[Any]]
    template: str

    def url(self, name: str, *args: Any) -> str:
        """An address of this sort."""
        return reverse(f"{self.key}s:{name}", args=args)

    @property
    def addresses(self) -> dict[str, str]:
        """What every template of this sort needs."""
        return {
            "list_url": self.url("list"),
            "add_url": self.url("add"),
            "xlsx_url": self.url("export", "xlsx"),
            "csv_url": self.url("export", "csv"),
        }

    def steps(self, thing: Any) -> dict[str, str]:
        """What may be done to one."""
        return {f"{name}_url": self.url(name, thing.pk) for name in ("edit", "close", "reopen")}

    def page(self, thing: Any) -> str:
        """The address of one."""
        return self.url(self.key, thing.pk)


def _place_line(one: Place) -> list[Any]:
    building = one.building.name if one.building else ""
    return [one.name, one.kind_label, one.area.name, one.area.code, building, one.address, one.credit_code,
            *_coordinates(one), one.ended_on or ""]  # fmt: skip


def _asset_line(one: Asset) -> list[Any]:
    return [one.code, one.name, one.class_label, one.kind_label, one.area.name, one.area.code, one.address, one.owner,
            one.get_condition_display(), one.installed_on or "", *_coordinates(one), one.ended_on or ""]  # fmt: skip


def _coordinates(one: Any) -> list[Any]:
    return [round(one.point.x, 7), round(one.point.y, 7)] if one.point else ["", ""]


_END = (_("Longitude"), _("Latitude"), _("No longer listed since"))
_GRID = (_("Grid"), _("Code of the grid"))
PLACES = Sort(
    "place", Place, pgettext_lazy("thing", "Places"), _("New place"), "building-community", ("area_path", "name", "id"),
    PlaceFilter, PlaceForm, place_pin,
    (_("Name"), _("Kind"), *_GRID, _("Building"), _("Address"), _("Unified social credit code"), *_END),
    _place_line, "grids/things/place.html",
)  # fmt: skip
ASSETS = Sort(
    "asset", Asset, _("City assets"), _("New city asset"), "tag", ("area_path", "code", "id"),
    AssetFilter, AssetForm, asset_pin,
    (_("Number"), _("Name"), _("Class"), _("Kind"), *_GRID, _("Address"), _("Owner unit"), _("Condition"),
     _("Installed on"), *_END),
    _asset_line, "grids/things/asset.html",
)  # fmt: skip


def narrowed(sort: Sort, rows: Any, said: Mapping[str, str], user: Any) -> QuerySet[Any]:
    """The rows that fit what was asked."""
    if area := said.get("area"):
        found = Area.objects.visible_to(user).filter(pk=area).first()
        rows = rows.below(found) if found else rows.none()
    for name in ("condition", "owner"):
        if said.get(name):
            rows = rows.filter(**{name: said[name]})
    return narrowed_by(sort, rows, kind=said.get("kind", ""), text=said.get("q", ""))


def narrowed_by(sort: Sort, rows: Any, *, kind: str = "", text: str = "") -> Any:
    """Those of a kind ("nine": the nine small ones; two digits: a class) whose words hold `text`."""
    if kind:
        plain = {"kind__in": NINE_SMALL} if kind == "nine" else {"kind": kind}
        rows = rows.filter(**(plain if sort is PLACES or len(kind) == 4 else {"kind__startswith": kind}))
    return worded(sort, rows, text)


def holding(text: str, *columns: str) -> Q:
    """Rows where one of the columns holds `text`, or the initials of the name do; `text` as `plain` gives it."""
    cased = text.upper() != text.lower()
    rule = Q()
    for column in columns:
        rule |= Q(**{f"{column}__{'icontains' if cased else 'contains'}": text})  # most names know no capitals
    return rule | Q(initials__contains=text.lower()) if text.isascii() and text.isalnum() else rule


def _rule(sort: Sort, text: str) -> Q:
    if sort is not ASSETS:
        return holding(text, "name", "address") | Q(credit_code=text.upper())
    rule = holding(text, "name", "address", "owner") | Q(code__startswith=text)
    return rule | Q(code__endswith=text) if text.isdecimal() and len(text) >= 3 else rule


def worded(sort: Sort, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Those whose name, its initials, address or number holds `text`."""
    text = plain(text)
    if not text:
        return rows
    more = ("code", "owner") if sort is ASSETS else ("credit_code",)
    return rows.alias(grams=Grams("name", "address", *more, "initials")).filter(
        _rule(sort, text), grams__contains=Pieces(text)
    )


def first_worded(sort: Sort, rows: QuerySet[Any], text: str, most: int) -> list[Any]:
    """The first `most` of `worded` in the order of the ground; one query, which joins areas to these only."""
    keys = worded(sort, rows, text).order_by(*sort.order).values("pk")[:most]
    return list(sort.model.objects.filter(pk__in=keys).select_related("area").order_by(*sort.order))
