"""Areas from a map: in use at once, each with its boundary; what would lie over other ground is refused."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids import actions, codes
from grids.geodata import Feature, polygonal, read
from grids.geodata.bridge import to_database, to_shapely
from grids.geodata.neighbours import Fault, gaps, overlaps
from grids.imports import samples
from grids.imports.engine import CREATED, REFUSED, UNCHANGED, UPDATED, Line, Options, Outcome, Played
from grids.imports.fit import apart
from grids.imports.options import area_options
from grids.models import Area, BoundaryVersion
from grids.permissions import Perm, require

MAPS = (".geojson", ".json", ".zip", ".kml", ".kmz", ".gpkg", ".dxf")


def take_back_area(item: Any, *, by: Any, now: datetime) -> None:
    """Undo one area: its new boundary ends, the one before holds again; what was created is retired."""
    area = Area.objects.select_for_update().get(pk=item["area"])
    require(by, Perm.EDIT_AREAS, area)
    if item.get("version"):
        mine = area.boundaries.filter(pk=UUID(item["version"]), until=None)
        if not mine.exists():
            raise ValidationError(_("The boundary of %(area)s has been redrawn since.") % {"area": area})
        mine.delete()
        area.boundaries.filter(pk=item.get("before") or UUID(int=0)).update(until=None)
    if item.get("created"):
        if area.children.filter(retired_at=None).exclude(pk=area.pk).exists() or area.buildings.exists():
            raise ValidationError(_("%(area)s is in use by now: something belongs to it.") % {"area": area})
        actions.retire_area(area, by=by, now=now)
        Area.objects.filter(pk=area.pk).update(code=f"{area.code}~{area.pk}"[:32])  # the code is free again
    elif "name" in item:
        actions.rename_area(area, by=by, now=now, name=item["name"])


class AreasFromMap:
    """Polygons become areas of one level under one parent, or new boundaries of areas that exist."""

    key = "areas"
    label = gettext_lazy("Areas from a map")
    help = gettext_lazy(
        "Streets, communities or grids with their boundaries: GeoJSON, zipped Shapefile, KML, KMZ, GPKG, DXF."
    )
    perm = Perm.EDIT_AREAS
    endings = MAPS
    columns = (
        ("code", gettext_lazy("Code"), "990101001001001"),
        ("name", gettext_lazy("Name"), "春风第一网格"),
    )
    sample = samples.AREAS

    def form(self, content: bytes, name: str, by: Any) -> type[Any] | None:
        """Level, parent, columns and datum."""
        return area_options(content, name, by)

    def options(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The parent by its id, so that it is found again."""
        return {**said, "parent": said["parent"].pk if said["parent"] else None}

    def rows(self, content: bytes, name: str, options: Options) -> Iterable[tuple[int, Any]]:
        """Features; without a code column from west to east, north to south, so that made codes follow the map."""
        found = read(name, content, **{key: options.get(key, "") for key in ("crs", "encoding", "layer")}).features
        drawn = [one.geometry for one in found if one.geometry is not None and not one.geometry.is_empty]
        apart(drawn, Area.objects.filter(pk=options.get("parent") or 0).first())
        self.seen: set[str] = set()
        if not options.get("code_field"):
            found = sorted(found, key=_reading_order)
        return [(one.number, one) for one in found]

    def act(self, row: Feature, options: Options, *, by: Any, now: datetime) -> Outcome:
        """Create or update one area and give it its boundary."""
        parent = Area.objects.get(pk=options["parent"]) if options.get("parent") else None
        if row.geometry is None:
            raise ValidationError(row.problem or _("It has no shape."))
        checked = polygonal(row.geometry, row.note)
        polygon, mended = checked.geometry, checked.repaired
        code = str(row.properties.get(options.get("code_field") or "", "") or "").strip()
        name = str(row.properties.get(options.get("name_field") or "", "") or "").strip() or code
        scheme = options.get("scheme") or (parent.code_scheme if parent else codes.NATIONAL)
        if options.get("code_field"):
            self._check_code(code)
        area, undo = self._area(parent, code, name, scheme, options, by=by, now=now)
        kind = CREATED if undo.get("created") else UPDATED if "name" in undo else UNCHANGED
        held = area.boundaries.filter(until=None).first()
        shape = to_database(polygon)
        if held is None or not held.polygon.equals(shape):
            version = actions.set_boundary(area, shape, by=by, now=now, source=options.get("source", "")[:120])
            undo |= {"version": str(version.pk), "before": str(held.pk) if held else None}
            kind = CREATED if kind == CREATED else UPDATED
        note = _("repaired: %(why)s") % {"why": mended} if mended else ""
        return Outcome(kind, f"{area.name} {area.code}", note, undo if kind != UNCHANGED else None, polygon)

    def _check_code(self, code: str) -> None:
        if not code:
            raise ValidationError(_("It has no code."), code="no_code")
        if code in self.seen:
            raise ValidationError(_("The code %(code)s occurs twice in the file.") % {"code": code}, code="twice")
        self.seen.add(code)

    def _area(
        self, parent: Area | None, code: str, name: str, scheme: str, options: Options, *, by: Any, now: datetime
    ) -> tuple[Area, dict[str, Any]]:
        known = Area.objects.filter(code=code, code_scheme=scheme).first() if code else None
        if known is not None:
            if known.kind != options["kind"] or (parent and known.parent_id != parent.pk):
                raise ValidationError(_("The code %(code)s belongs to another area.") % {"code": code}, code="taken")
            undo: dict[str, Any] = {"area": known.pk}
            if name and known.name != name:
                undo["name"] = known.name
                known = actions.rename_area(known, by=by, now=now, name=name)
            return known, undo
        made = actions.create_area(
            parent, kind=options["kind"], name=name or _("unnamed"), code=code, code_scheme=scheme, by=by, now=now
        )
        return made, {"area": made.pk, "created": True}

    def judge(self, played: Played, options: Options, *, by: Any, now: datetime) -> None:
        """Overlaps and gaps among all areas of this level under the parent, those not in the file too.

        What this file would lay over other ground is refused: these areas are in use at once, without a plan's check.
        """
        parent = Area.objects.filter(pk=options.get("parent") or 0).first()
        played.area_path = parent.path if parent else ""
        drawn = BoundaryVersion.objects.filter(until=None, kind=options["kind"], area__parent=parent)
        rows = drawn.filter(area__retired_at=None).select_related("area")
        shapes = [(row.area.name, to_shapely(row.polygon)) for row in rows]
        played.faults = overlaps(shapes) + gaps(shapes) if shapes else []
        drawn_now = {item["area"] for item in played.undo if item.get("version")}
        new = {row.area.name for row in rows if row.area_id in drawn_now}
        over = [one for one in played.faults if one.kind == "overlap" and {*one.names} & new]
        played.lines += [_laid_over(one, played) for one in over]

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """See `take_back_area`."""
        take_back_area(item, by=by, now=now)


def _laid_over(fault: Fault, played: Played) -> Line:
    """A refusal under the row that brought one of the two."""
    rows = {line.label.rpartition(" ")[0]: line.number for line in played.lines}
    number = next((rows[name] for name in fault.names if name in rows), 0)
    note = _(
        "They cover the same ground: %(m2)s m². Take the file in as “Boundaries as a draft "
        "plan”: there it can be corrected."
    )
    size = formats.number_format(max(1, round(fault.area)))
    return Line(number, REFUSED, " · ".join(fault.names), note % {"m2": size})


def _reading_order(one: Feature) -> tuple[float, float]:
    if one.geometry is None or one.geometry.is_empty:
        return (0.0, 0.0)
    centre = one.geometry.centroid
    return (round(centre.x, 4), -centre.y)
