"""Roads, railways and water from a map: the lines of one area, replaced as a whole."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import shapely
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.actions.ways import replace_ways, take_back_ways
from grids.geodata import Feature
from grids.imports import samples
from grids.imports.engine import CREATED, REFUSED, UNCHANGED, Options, Outcome, Played
from grids.imports.fit import placed
from grids.imports.options import way_options
from grids.models import Area, Way, WaySet
from grids.permissions import Perm

# What maps call the classes, in lower case; OpenStreetMap's words among them.
CALLED = {
    Way.Kind.MAIN: "main motorway trunk primary secondary 主干路 主干道 快速路 次干路 次干道 国道 省道 高速 高速公路",
    Way.Kind.ROAD: "road tertiary unclassified residential living_street 支路 道路 街道 县道 乡道 路 街",
    Way.Kind.LANE: "lane service footway path pedestrian cycleway steps track alley 巷 胡同 弄 小路 小区路 村道 步行街",
    Way.Kind.RAIL: "rail railway light_rail subway tram 铁路 轨道 轻轨",
    Way.Kind.WATER: "water river stream canal ditch drain 水 水系 水域 河 河流 渠 沟渠 湖 湖泊 江",
}
KINDS = {word: kind for kind, words in CALLED.items() for word in words.split()} | {
    str(kind.value): kind for kind in Way.Kind
}


def lines_of(geometry: Any) -> Any:
    """The lines of a geometry as one MultiLineString: of ground its outline, of points nothing; None without any."""
    parts = list(shapely.get_parts(geometry))
    while any(part.geom_type.startswith(("Multi", "GeometryCollection")) for part in parts):
        parts = [piece for part in parts for piece in shapely.get_parts(part)]
    lines = [part for part in parts if part.geom_type in ("LineString", "LinearRing")]
    lines += [ring for part in parts if part.geom_type == "Polygon" for ring in (part.exterior, *part.interiors)]
    found = [shapely.LineString(line.coords) for line in lines if len(line.coords) > 1 and line.length > 0]
    return shapely.MultiLineString(found) if found else None


class WaysFromMap:
    """Lines become the roads and water of one area, in place of those it had."""

    key = "ways"
    label = gettext_lazy("Roads and water")
    help = gettext_lazy("Lines with a name and a class: they replace those the street or community had.")
    perm = Perm.EDIT_AREAS
    endings = (".geojson", ".json", ".zip", ".kml", ".kmz", ".gpkg", ".dxf")
    columns = (
        ("name", gettext_lazy("Name"), "春风路"),
        ("class", gettext_lazy("Class"), "主干路"),
    )
    sample = samples.WAYS

    def form(self, content: bytes, name: str, by: Any) -> type[Any] | None:
        """Whose they are, columns and datum."""
        return way_options(content, name, by)

    def options(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The area by its id, so that it is found again."""
        return {**said, "area": said["area"].pk}

    def rows(self, content: bytes, name: str, options: Options) -> Iterable[tuple[int, Any]]:
        """Features, each with how well the file fits where it is put."""
        area = Area.objects.get(pk=options["area"])
        found, tried = placed(content, name, options, area, lines=True)
        return [(one.number, (one, tried)) for one in found]

    def act(self, row: Any, options: Options, *, by: Any, now: datetime) -> Outcome:
        """One line, not kept yet; points are left out."""
        one, tried = cast("tuple[Feature, Any]", row)
        if one.geometry is None and one.problem:
            raise ValidationError(one.problem)
        name, said = (
            str(one.properties.get(options.get(f"{key}_field") or "") or "").strip() for key in ("name", "class")
        )
        line = lines_of(one.geometry) if one.geometry is not None else None
        if line is None:
            return Outcome(UNCHANGED, name, _("left out: there is no line"))
        kind = KINDS.get(said.lower())
        note = "" if kind or not said else _("class “%(said)s” is not known here") % {"said": said[:40]}
        kind = kind or Way.Kind(options.get("kind") or Way.Kind.ROAD)
        label = " · ".join(filter(None, [name, str(kind.label)]))
        return Outcome(CREATED, label, note, shape=line, made=((kind.value, name, line), tried))

    def judge(self, played: Played, options: Options, *, by: Any, now: datetime) -> None:
        """Put them in the place of what was there, and say in which system the file fits best."""
        if not played.made:
            if any(line.kind == REFUSED for line in played.lines):
                return
            raise ValidationError(_("There is no line in this file."), code="empty")
        played.fits = played.made[0][1]
        area = Area.objects.get(pk=options["area"])
        made = replace_ways(area, [one for one, _fit in played.made], source=_("From a file"), by=by, now=now)
        played.undo, played.area_path = [{"ways": str(made.pk)}], area.path

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """What was there before holds again."""
        take_back_ways(WaySet.objects.get(pk=UUID(item["ways"])), by=by, now=now)
