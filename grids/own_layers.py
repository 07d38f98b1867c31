"""What the ground itself shows on the big map: borders, buildings, places, city assets, roads and water."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grids.kinds import AssetClass
from grids.layers import MOST, MOST_SIGNS, NEAR, Feature, Layer, Rows, point, register
from grids.models import Area, Asset, BoundaryVersion, Building, Place, Way, WaySet
from grids.permissions import Perm


def _houses(found: QuerySet[Any]) -> list[Feature]:
    drawn = found.annotate(drawing=AsGeoJSON("place", precision=7)).order_by("area_path", "name", "pk")
    return [
        {
            "type": "Feature",
            "geometry": json.loads(drawing),
            "properties": {
                "id": f"b{pk}",
                "label": f"{name} · {area}",
                "kind": "building",
                "url": reverse("grids:building", args=[pk]),
            },
        }
        for pk, name, area, drawing in drawn.values_list("pk", "name", "area__name", "drawing")[:MOST]
    ]


def buildings(request: Any) -> Rows:
    """Footprints, or points where nothing was drawn."""
    found = Building.objects.visible_to(request.user).filter(retired_at=None)
    place = Coalesce("footprint", "point", output_field=GeometryField(srid=4326))
    return Rows(found.annotate(place=place).exclude(place=None), "place", _houses, most=MOST)


def _lines(found: QuerySet[Any]) -> list[Feature]:
    drawn = found.annotate(drawing=AsGeoJSON("line", precision=7)).order_by("pk")
    return [
        {
            "type": "Feature",
            "geometry": json.loads(drawing),
            "properties": {
                "id": f"w{pk}",
                "label": " · ".join(filter(None, [name, str(Way.Kind(kind).label)])),
                "kind": f"way-{kind}",
            },
        }
        for pk, kind, name, drawing in drawn.values_list("pk", "kind", "name", "drawing")[:MOST]
    ]


def ways(request: Any) -> Rows:
    """Roads, railways and water where the reader may see the area they were imported for."""
    sets = WaySet.objects.visible_to(request.user).current()
    return Rows(Way.objects.filter(set__in=sets), "line", _lines, gathered=False, most=MOST)


def _borders(found: QuerySet[Any]) -> list[Feature]:
    drawn = found.annotate(drawing=AsGeoJSON("polygon", precision=7), label=F("area__name")).order_by("area__path")
    return [
        {
            "type": "Feature",
            "geometry": json.loads(drawing),
            "properties": {"id": area, "label": label, "kind": kind, "url": reverse("grids:area", args=[area])},
        }
        for area, label, kind, drawing in drawn.values_list("area", "label", "kind", "drawing")[:MOST]
    ]


def borders(kind: str) -> Callable[[Any], Rows]:
    """The polygons of one level."""

    def rows(request: Any) -> Rows:
        found = BoundaryVersion.objects.visible_to(request.user)
        found = found.filter(kind=kind, until=None, area__retired_at=None)
        return Rows(found, "polygon", _borders, most=MOST)

    return rows


BORDERS = (
    (1, "streets", Area.Kind.STREET, _("Borders of streets"), "building-community"),
    (2, "communities", Area.Kind.COMMUNITY, _("Borders of communities"), "home"),
    (3, "grids", Area.Kind.GRID, _("Borders of grids"), "grid-dots"),
)


def place_pin(place: Place) -> Feature:
    """One place as a point; its area must be loaded."""
    assert place.point is not None
    label = f"{place.title} · {place.kind_label} · {place.area.name}"
    url = reverse("places:place", args=[place.pk])
    return point(place.point.x, place.point.y, id=f"p{place.pk}", label=label, kind="place", url=url)


def asset_pin(asset: Asset) -> Feature:
    """One asset as a point with the sign of its class; its area must be loaded."""
    assert asset.point is not None
    said = [asset.title, asset.kind_label] if asset.name else [asset.title]
    said += [str(asset.get_condition_display())] if asset.condition != "intact" else []
    label = " · ".join([*said, asset.area.name])
    url = reverse("assets:asset", args=[asset.pk])
    kind = f"asset-{asset.kind[:2]}" if asset.kind[:2] in AssetClass.values else "asset-05"
    return point(asset.point.x, asset.point.y, id=f"a{asset.pk}", label=label, kind=kind, url=url)


def places(request: Any) -> Rows:
    """The places that are listed and have a point."""
    found = Place.objects.visible_to(request.user).listed().exclude(point=None).select_related("area")
    return Rows(
        found,
        "point",
        lambda rows: [place_pin(one) for one in rows.order_by("area_path", "name", "pk")[:MOST]],
        sign="place",
        most=MOST_SIGNS,
        near=NEAR,
    )


def assets(request: Any) -> Rows:
    """The same for city assets."""
    found = Asset.objects.visible_to(request.user).listed().exclude(point=None).select_related("area")
    return Rows(
        found,
        "point",
        lambda rows: [asset_pin(one) for one in rows.order_by("area_path", "code")[:MOST]],
        sign="asset",
        most=MOST_SIGNS,
        near=NEAR,
    )


def register_own() -> None:
    """Called once, when the room opens."""
    perm = Perm.VIEW_AREAS
    for order, key, kind, label, icon in BORDERS:
        shown = kind == Area.Kind.GRID
        note = _("As they stand today; the name where there is room for it.")
        register(Layer(order, key, label, icon, perm, note, shown=shown, rows=borders(kind), tiles=str(kind)))
    note = _("Footprints, or a point where none was drawn; from afar, how many lie together.")
    register(Layer(10, "buildings", _("Buildings"), "building", perm, note, rows=buildings, tiles="buildings"))
    note = _("As they were imported.")
    register(Layer(12, "ways", _("Roads and water"), "route", perm, note, rows=ways))
    note = _("Shops, schools, workshops and other places that are listed: a small house.")
    register(Layer(14, "places", pgettext_lazy("thing", "Places"), "building-community", perm, note, rows=places))
    note = _("Lamps, covers, bins and other city assets: the sign in the ring tells the class.")
    register(Layer(16, "assets", _("City assets"), "tag", perm, note, rows=assets))
