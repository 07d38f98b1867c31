"""Places and city assets from a list or a map: the columns are called the same in both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.typed import a_day
from grids import codes
from grids.actions import things as actions
from grids.actions.things import Where
from grids.geodata import read
from grids.geodata.bridge import to_database
from grids.imports import engine, samples, tables
from grids.imports.engine import CREATED, UNCHANGED, UPDATED, Options, Outcome, Played
from grids.imports.ground import MAPS, area_by_code, place_of
from grids.imports.options import thing_options
from grids.kinds import Condition, PlaceKind
from grids.models import Asset, Building, Place
from grids.permissions import Perm

PLACE_COLUMNS = (
    ("name", gettext_lazy("Name"), "春风超市"),
    ("kind", gettext_lazy("Kind"), "小商店"),
    ("address", gettext_lazy("Address"), "春风路12号"),
    ("grid", gettext_lazy("Code of the grid"), "990101001001001"),
    ("building", gettext_lazy("Building"), "12号楼"),
    ("credit_code", gettext_lazy("Unified social credit code"), "91350100M000100Y43"),
    ("contact_phone", gettext_lazy("Phone of the contact"), ""),
    ("lon", gettext_lazy("Longitude"), "114.30150"),
    ("lat", gettext_lazy("Latitude"), "30.50120"),
    ("datum", gettext_lazy("Coordinates (WGS-84, CGCS2000, GCJ-02 or BD-09)"), "CGCS2000"),
)
ASSET_COLUMNS = (
    ("code", gettext_lazy("Number"), "9901010118000012"),
    ("name", gettext_lazy("Name"), ""),
    ("address", gettext_lazy("Address or where it stands"), "春风路12号门前"),
    ("owner", gettext_lazy("Owner unit"), "市政养护队"),
    ("condition", gettext_lazy("Condition"), "完好"),
    ("installed_on", gettext_lazy("Installed on"), "2021-05-01"),
    ("grid", gettext_lazy("Code of the grid"), ""),
    ("lon", gettext_lazy("Longitude"), "114.30150"),
    ("lat", gettext_lazy("Latitude"), "30.50120"),
    ("datum", gettext_lazy("Coordinates (WGS-84, CGCS2000, GCJ-02 or BD-09)"), "CGCS2000"),
)


@dataclass(frozen=True)
class Read:
    """One row: its cells, the place that a map gives it, and why that cannot be read."""

    cells: Mapping[str, str]
    point: Any = None
    problem: str = ""

    @property
    def label(self) -> str:
        """What it is called when it is refused."""
        return (self.cells.get("name") or self.cells.get("code") or "")[:80]


def _choice(kinds: Any, text: str, what: str) -> str:
    """The key of a label in either language, or of the key itself. ValidationError for a word that is none."""
    found = tables.choices(kinds).get(text.strip().lower())
    if found is None:
        raise ValidationError(_("%(what)s: “%(text)s” is not in the list.") % {"what": what, "text": text[:40]})
    return found


def _day(text: str) -> date | None:
    if not text:
        return None
    found = a_day(text[:10].replace("/", "-").replace(".", "-"))
    if found is None:
        raise ValidationError(_("“%(text)s” is not a date. Write it like 2021-05-01.") % {"text": text[:20]})
    return found


def _where(row: Read, name: str = "") -> Where:
    """What a row says of its place: the building by its name in the grid, a point, the grid by its code.

    ValidationError for a place that cannot be read: the code of a grid does not make up for it.
    """
    if row.problem:
        raise ValidationError(row.problem)
    cells = row.cells
    grid = area_by_code(cells["grid"]) if cells.get("grid") else None
    point = row.point or place_of(cells).get("point")
    building = None
    if name:
        if grid is None:
            raise ValidationError(_("A building needs the code of its grid."), code="grid")
        building = Building.objects.filter(area=grid, name=name, retired_at=None).select_related("area").first()
        if building is None:
            raise ValidationError(_("There is no building “%(name)s” in %(grid)s.") % {"name": name, "grid": grid.name})
    return Where(building, point, grid)


class FromFile:
    """What both share: lists say everything themselves, a map is asked for its datum."""

    endings = (*tables.ENDINGS, *MAPS)
    perm = Perm.EDIT_AREAS
    columns: tuple[Any, ...] = ()
    model: type[Any] = Place

    def form(self, content: bytes, name: str, by: Any) -> type[Any] | None:
        """Layer, datum and encoding of a map; nothing for a list."""
        return None if name.lower().endswith(tables.ENDINGS) else thing_options(content, name)

    def options(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """As they are; something stands there even when both were left alone, so that the map counts as described."""
        return {**said, "map": True}

    def rows(self, content: bytes, name: str, options: Options) -> Iterable[tuple[int, Any]]:
        """Lines of the template, or features of a map whose columns are called like the template's."""
        if name.lower().endswith(tables.ENDINGS):
            return [(n, Read(row)) for n, row in tables.by_key(tables.read(content, name)[1], self.columns)]
        found = read(name, content, **{key: options.get(key, "") for key in ("crs", "encoding", "layer")}).features
        texts = [(one.number, {k: "" if v is None else str(v) for k, v in one.properties.items()}) for one in found]
        drawn = {one.number: one for one in found}
        rows = tables.by_key(texts, self.columns)
        return [(n, Read(cells, self._point(drawn[n].geometry), drawn[n].problem)) for n, cells in rows]

    def _point(self, shape: Any) -> Any:
        return None if shape is None or shape.is_empty else to_database(shape.representative_point())

    def judge(self, played: Played, options: Options, *, by: Any, now: datetime) -> None:
        """Each stands for itself."""

    def put(self, known: Any, where: Where, facts: dict[str, Any], *, by: Any, now: datetime) -> Outcome:
        """Add it, or change what the file says and the list does not; an empty cell changes nothing."""
        if known is None:
            made = actions.add(self.model, where, by=by, now=now, **facts)
            note = "" if made.area.is_grid else _("lies in no grid: to be placed in %(area)s") % {"area": made.area}
            label = f"{made.title} · {made.area.name}"
            return Outcome(CREATED, label, note, {"thing": str(made.pk)}, made=made.pk)
        given = {name: value for name, value in facts.items() if value not in ("", None)}
        before = {name: _plain(getattr(known, name)) for name in given if name != "contact_phone"}
        before |= {"lon": known.point.x, "lat": known.point.y} if known.point else {}
        before |= {"grid": known.area_id, "building": getattr(known, "building_id", None)}
        area, at = known.area_id, known.point
        anywhere = where.building or where.point or where.grid
        done = actions.correct(known, where if anywhere else None, by=by, now=now, **given)
        moved = (area, at) != (done.area_id, done.point)
        if not moved and all(_plain(getattr(done, name)) == old for name, old in before.items() if name in given):
            return Outcome(UNCHANGED, f"{done.title} · {done.area.name}")
        return Outcome(UPDATED, f"{done.title} · {done.area.name}", undo={"thing": str(done.pk), "before": before})

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """What was added goes as a mistake; what was changed is as before (a phone that was given stays)."""
        thing = self.model.objects.select_related("area").get(pk=item["thing"])
        if "before" not in item:
            if thing.ended_on is None:
                actions.close(thing, on=timezone.localdate(now), why="mistake", by=by, now=now)
            return
        said = dict(item["before"])
        lon, lat, grid, building = (said.pop(name, None) for name in ("lon", "lat", "grid", "building"))
        point = Point(lon, lat, srid=4326) if lon is not None else None
        house = Building.objects.filter(pk=building).select_related("area").first() if building else None
        where = Where(house, point, self.model._meta.get_field("area").related_model.objects.filter(pk=grid).first())
        if said.get("installed_on"):
            said["installed_on"] = parse_date(said["installed_on"])
        actions.correct(thing, where, by=by, now=now, **said)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class PlacesFromFile(FromFile):
    """Shops, schools, workshops."""

    key = "place-list"
    label = gettext_lazy("Places from a list or a map")
    help = gettext_lazy("Shops, schools, workshops: by their building, their coordinates or the code of their grid.")
    columns = PLACE_COLUMNS
    sample = samples.PLACES
    model = Place

    def act(self, row: Read, options: Options, *, by: Any, now: datetime) -> Outcome:
        """One place; known again by its credit code, else by its name in the same grid."""
        cells = row.cells
        if not cells.get("name"):
            raise ValidationError(_("It has no name."))
        kind = _choice(PlaceKind, cells.get("kind", ""), _("Kind"))
        where = _where(row, cells.get("building", ""))
        facts = {name: cells.get(name, "") for name in ("name", "address", "credit_code", "contact_phone")}
        facts["kind"] = kind
        return self.put(self._known(facts, where, by), where, facts, by=by, now=now)

    def _known(self, facts: dict[str, Any], where: Where, by: Any) -> Place | None:
        rows = Place.objects.listed().select_related("area")
        if facts["credit_code"]:
            code = codes.clean_credit_code(facts["credit_code"])
            if found := rows.filter(credit_code=code).first():
                return found
        here: Place | None = rows.filter(area=actions.area_of(where, by=by), name=facts["name"]).first()
        return here


class AssetsFromFile(FromFile):
    """Covers, lamps, bins."""

    key = "asset-list"
    label = gettext_lazy("City assets from a list or a map")
    help = gettext_lazy("Manhole covers, lamps, bins: by their official number of 16 digits and their coordinates.")
    columns = ASSET_COLUMNS
    sample = samples.ASSETS
    model = Asset

    def act(self, row: Read, options: Options, *, by: Any, now: datetime) -> Outcome:
        """One asset; known again by its number."""
        cells = row.cells
        facts: dict[str, Any] = {name: cells.get(name, "") for name in ("name", "address", "owner")}
        facts["code"] = codes.clean_asset_code(cells.get("code", ""))
        facts["installed_on"] = _day(cells.get("installed_on", ""))
        if cells.get("condition"):
            facts["condition"] = _choice(Condition, cells["condition"], _("Condition"))
        known = Asset.objects.filter(code=facts["code"]).select_related("area").first()
        return self.put(known, _where(row), facts, by=by, now=now)


def register_own() -> None:
    """Called once, when the room opens."""
    own: tuple[engine.Importer, ...] = (PlacesFromFile(), AssetsFromFile())
    for importer in own:
        engine.register(importer)
