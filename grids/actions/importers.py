"""The two kinds of import of this room, as the registry knows them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from grids.actions.importing import apply_areas, apply_buildings, undo_areas, undo_buildings
from grids.geodata import Reading
from grids.imports.areas import AreaColumns, plan_areas
from grids.imports.buildings import BuildingColumns, plan_buildings
from grids.imports.plan import Plan, Source
from grids.imports.registry import Column, Importer
from grids.models import Area
from grids.permissions import Perm


def _plan_areas(
    reading: Reading, *, area: Area | None, columns: dict[str, str], source: Source, level: str = "", scheme: str = ""
) -> Plan:
    named = AreaColumns(**columns)
    return plan_areas(reading.features, kind=level, parent=area, columns=named, scheme=scheme, source=source)


def _plan_buildings(
    reading: Reading, *, area: Area | None, columns: dict[str, str], source: Source, **_more: Any
) -> Plan:
    return plan_buildings(reading.features, within=area, columns=BuildingColumns(**columns), source=source)


HOUSEHOLDS = Column("households", _("Households"), ("households", "户数"), "320")
PERSONS = Column("persons", _("Persons"), ("persons", "人数", "人口"), "780")
IMPORTERS = (
    Importer(
        kind="areas",
        label=_("Areas"),
        perm=Perm.EDIT_AREAS,
        icon="map",
        columns=(
            Column("code", _("Code"), ("code", "编码", "代码", "网格编码"), "990101001001001"),
            Column("name", _("Name"), ("name", "名称", "网格名称"), "第一网格"),
            Column("kind", _("Level"), ("kind", "level", "层级"), "grid"),
            Column("parent", _("Code of the area it belongs to"), ("parent", "上级编码"), "990101001001"),
            HOUSEHOLDS,
            PERSONS,
        ),
        plan=_plan_areas,
        apply=apply_areas,
        undo=undo_areas,
        geodata=True,
        settings=("level", "scheme"),
    ),
    Importer(
        kind="buildings",
        label=_("Buildings"),
        perm=Perm.EDIT_AREAS,
        icon="building",
        columns=(
            Column("grid", _("Grid, by code or name"), ("grid", "网格", "网格编码", "所属网格"), "990101001001001"),
            Column("name", _("Building"), ("name", "building", "楼栋", "名称"), "3号楼"),
            Column("code", _("Number in its grid"), ("code", "number", "编号", "楼栋编号"), "00003"),
            Column("address", _("Address"), ("address", "addr", "地址"), "和平路12号"),
            Column("entrances", _("Entrances"), ("entrances", "单元数"), "3"),
            Column("floors", _("Floors"), ("floors", "building:levels", "层数"), "6"),
            HOUSEHOLDS,
            PERSONS,
            Column("lon", _("Longitude"), ("lon", "longitude", "经度")),
            Column("lat", _("Latitude"), ("lat", "latitude", "纬度")),
        ),
        plan=_plan_buildings,
        apply=apply_buildings,
        undo=undo_buildings,
        geodata=True,
    ),
)
