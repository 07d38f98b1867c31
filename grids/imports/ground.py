"""The ground's own imports: areas from a map or a list, buildings from a map or a list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely import Point

from grids import actions
from grids.geodata import Feature, polygonal, read
from grids.geodata.bridge import to_database
from grids.geodata.datum import transformed
from grids.imports import engine, samples, tables
from grids.imports.area_maps import MAPS, AreasFromMap, take_back_area
from grids.imports.draft import PlanFromMap
from grids.imports.engine import CREATED, UNCHANGED, UPDATED, Options, Outcome, Played
from grids.imports.options import building_options
from grids.imports.paper import PlanFromPaper
from grids.imports.ways import WaysFromMap
from grids.locate import locate
from grids.models import Area, Building
from grids.permissions import Perm


def area_by_code(code: str, scheme: str = "") -> Area:
    """The area in use with this code. ValidationError when there is none."""
    rows = Area.objects.standing().filter(code=code)
    found = (rows.filter(code_scheme=scheme).first() if scheme else None) or rows.order_by("code_scheme").first()
    if found is None:
        raise ValidationError(_("There is no area with the code %(code)s.") % {"code": code}, code="parent")
    return found


def building_named(row: Mapping[str, str]) -> Building:
    """The one standing building of this name, in the grid whose code the line gives; without a code, anywhere."""
    name = row.get("building", "")
    rows = Building.objects.filter(name=name, retired_at=None).select_related("area")
    found = list((rows.filter(area__code=row["grid"]) if row.get("grid") else rows)[:2])
    if len(found) != 1:
        raise ValidationError(
            _("There is no single building “%(name)s”; give the code of its grid.") % {"name": name[:60]}
        )
    return found[0]


class NoOptions:
    """A list says everything itself."""

    columns: ClassVar[Sequence[tuple[str, Any, str]]]
    sample: ClassVar[dict[str, Any]] = {}

    def rows(self, content: bytes, name: str, options: Options) -> Iterable[tuple[int, Any]]:
        """Lines of the template."""
        return tables.by_key(tables.read(content, name)[1], self.columns)

    def form(self, content: bytes, name: str, by: Any) -> type[Any] | None:
        """Nothing must be said about the file."""
        return None

    def options(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """None."""
        return {}

    def judge(self, played: Played, options: Options, *, by: Any, now: datetime) -> None:
        """Rows of a list stand by themselves."""


class AreasFromList(NoOptions):
    """A list of areas without a map: a grid may exist before its boundary."""

    key = "area-list"
    label = gettext_lazy("Areas from a list")
    help = gettext_lazy("Codes, names and levels; boundaries may follow later.")
    perm = Perm.EDIT_AREAS
    endings = tables.ENDINGS
    columns = (
        ("parent", gettext_lazy("Code of what it belongs to"), "990101001001"),
        ("kind", gettext_lazy("Level (street, community, grid)"), "网格"),
        ("code", gettext_lazy("Code (empty: the next free one)"), ""),
        ("name", gettext_lazy("Name"), "春风第六网格"),
        ("households", gettext_lazy("Households"), "410"),
        ("persons", gettext_lazy("Persons"), "960"),
    )

    def act(self, row: Mapping[str, str], options: Options, *, by: Any, now: datetime) -> Outcome:
        """One area."""
        parent = area_by_code(row.get("parent", ""))
        kind = tables.choices(Area.Kind).get((row.get("kind") or "grid").strip().lower())
        if kind is None:
            raise ValidationError(_("“%(kind)s” is not a level.") % {"kind": row.get("kind", "")})
        if not row.get("name"):
            raise ValidationError(_("It has no name."))
        counts: dict[str, Any] = {name: whole_number(row.get(name, "")) for name in ("households", "persons")}
        made = actions.create_area(
            parent, kind=kind, name=row["name"], code=row.get("code", ""), code_scheme=parent.code_scheme,
            by=by, now=now, **counts,
        )  # fmt: skip
        return Outcome(CREATED, f"{made.name} {made.code}", undo={"area": made.pk, "created": True})

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """See `take_back_area`."""
        take_back_area(item, by=by, now=now)


def whole_number(text: str) -> int | None:
    """A count as people type it; None when empty."""
    text = text.replace(",", "").replace("，", "")
    if not text:
        return None
    if not text.isdecimal():
        raise ValidationError(_("“%(text)s” is not a whole number.") % {"text": text})
    return int(text)


def _put_building(area: Area, name: str, facts: dict[str, Any], *, by: Any, now: datetime) -> Outcome:
    if not name:
        raise ValidationError(_("It has no name."))
    known = Building.objects.filter(area=area, name=name, retired_at=None).first()
    if known is None:
        made = actions.create_building(area, name=name, by=by, now=now, **facts)
        return Outcome(CREATED, f"{made.name} · {area.name}", undo={"building": made.pk})
    before = {key: getattr(known, key) for key in facts if key not in ("point", "footprint")}
    changed = [key for key, value in facts.items() if value not in (None, "") and getattr(known, key) != value]
    if not changed:
        return Outcome(UNCHANGED, f"{known.name} · {area.name}")
    actions.rename_building(known, by=by, now=now, **{key: facts[key] for key in changed})
    return Outcome(UPDATED, f"{known.name} · {area.name}", undo={"building": known.pk, "before": before})


def take_back_building(item: Any, *, by: Any, now: datetime) -> None:
    """Undo one building: what was created is no longer listed, what was changed is as before (its shape stays)."""
    building = Building.objects.get(pk=item["building"])
    if "before" in item:
        actions.rename_building(building, by=by, now=now, **item["before"])
    else:
        actions.retire_building(building, by=by, now=now)


class BuildingsFromMap:
    """Footprints or points become buildings; a column or their place says in which grid."""

    key = "buildings"
    label = gettext_lazy("Buildings from a map")
    help = gettext_lazy("Footprints or points; a column or their place says in which grid they lie.")
    perm = Perm.EDIT_AREAS
    endings = MAPS
    columns = (
        ("name", gettext_lazy("Building"), "12号楼"),
        ("grid", gettext_lazy("Code of the grid"), "990101001001001"),
        ("address", gettext_lazy("Address"), "春风路12号"),
    )
    sample = samples.BUILDINGS

    def form(self, content: bytes, name: str, by: Any) -> type[Any] | None:
        """Columns and datum."""
        return building_options(content, name, by)

    def options(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """As they are."""
        return dict(said)

    def rows(self, content: bytes, name: str, options: Options) -> Iterable[tuple[int, Any]]:
        """Features in the order of the file."""
        found = read(name, content, **{key: options.get(key, "") for key in ("crs", "encoding", "layer")}).features
        return [(one.number, one) for one in found]

    def act(self, row: Feature, options: Options, *, by: Any, now: datetime) -> Outcome:
        """One building."""
        if row.geometry is None or row.geometry.is_empty:
            raise ValidationError(row.problem or _("It has no shape."))
        point = row.geometry.representative_point()
        facts: dict[str, Any] = {"point": to_database(point)}
        if row.geometry.geom_type in ("Polygon", "MultiPolygon"):
            facts["footprint"] = to_database(polygonal(row.geometry).geometry)
        value = {
            key: str(row.properties.get(options.get(f"{key}_field") or "", "") or "")
            for key in ("grid", "name", "address")
        }
        area = area_by_code(value["grid"].strip()) if value["grid"] else locate(point.x, point.y).area
        if area is None:
            raise ValidationError(_("It lies outside every area, and no column says where it belongs."))
        name = value["name"].strip() or _("Building %(n)s") % {"n": row.number}
        return _put_building(area, name, facts | {"address": value["address"][:200]}, by=by, now=now)

    def judge(self, played: Played, options: Options, *, by: Any, now: datetime) -> None:
        """Buildings may stand where they like."""

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """See `take_back_building`."""
        take_back_building(item, by=by, now=now)


DATUMS = {"": "EPSG:4326", "wgs84": "EPSG:4326", "cgcs2000": "EPSG:4490", "gcj02": "gcj02", "bd09": "bd09"}


def place_of(row: Mapping[str, str]) -> dict[str, Any]:
    """The point of a line with longitude and latitude, in WGS-84; {} without. ValidationError for half of one."""
    lon, lat = row.get("lon", ""), row.get("lat", "")
    if not lon and not lat:
        return {}
    crs = DATUMS.get(row.get("datum", "").lower().replace("-", "").replace(" ", ""))
    if crs is None:
        raise ValidationError(_("“%(datum)s” is not a known datum.") % {"datum": row["datum"][:40]}, code="datum")
    try:
        point = transformed(Point(float(lon), float(lat)), crs)
    except ValueError:
        raise ValidationError(_("Longitude and latitude must both be numbers."), code="place") from None
    if not (-180 <= point.x <= 180 and -90 <= point.y <= 90):
        raise ValidationError(_("The coordinates are not degrees of longitude and latitude."), code="not_degrees")
    return {"point": to_database(point)}


class BuildingsFromList(NoOptions):
    """A list of buildings with the code of their grid."""

    key = "building-list"
    label = gettext_lazy("Buildings from a list")
    help = gettext_lazy("Buildings are put into grids by the grid's code; no map is needed.")
    perm = Perm.EDIT_AREAS
    endings = tables.ENDINGS
    columns = (
        ("grid", gettext_lazy("Code of the grid"), "990101001001001"),
        ("name", gettext_lazy("Building"), "12号楼"),
        ("code", gettext_lazy("Number in its grid"), "012"),
        ("address", gettext_lazy("Address"), "春风路12号"),
        ("entrances", gettext_lazy("Entrances"), "3"),
        ("floors", gettext_lazy("Floors"), "6"),
        ("households", gettext_lazy("Households"), "36"),
        ("persons", gettext_lazy("Persons"), "88"),
        ("lon", gettext_lazy("Longitude"), "114.30150"),
        ("lat", gettext_lazy("Latitude"), "30.50120"),
        ("datum", gettext_lazy("Coordinates (WGS-84, CGCS2000, GCJ-02 or BD-09)"), "CGCS2000"),
    )

    def act(self, row: Mapping[str, str], options: Options, *, by: Any, now: datetime) -> Outcome:
        """One building."""
        counts = {key: whole_number(row.get(key, "")) for key in ("entrances", "floors", "households", "persons")}
        facts = {"code": row.get("code", "")[:5], "address": row.get("address", "")[:200], **counts, **place_of(row)}
        return _put_building(area_by_code(row.get("grid", "")), row.get("name", ""), facts, by=by, now=now)

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """See `take_back_building`."""
        take_back_building(item, by=by, now=now)


def register_own() -> None:
    """Called once, when the room opens."""
    own: tuple[engine.Importer, ...] = (
        PlanFromMap(),
        PlanFromPaper(),
        AreasFromMap(),
        AreasFromList(),
        BuildingsFromMap(),
        BuildingsFromList(),
        WaysFromMap(),
    )
    for importer in own:
        engine.register(importer)
