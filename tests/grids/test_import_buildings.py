"""Buildings from files: into grids by their ground, by a column, or by a list without any ground."""

from io import StringIO

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from grids import actions
from grids.actions.importing import apply_buildings
from grids.actions.imports import undo_import
from grids.imports import Plan, Source, tables
from grids.imports.buildings import BuildingColumns, plan_buildings
from grids.models import Building
from residents import actions as residents
from tests.grids.test_import_areas import features, square


def plan_of(data: bytes, file: str = "houses.geojson", **columns: str) -> Plan:
    source = Source.of(file, data, drawn=not tables.is_list(file))
    found = tables.read(file, data)
    return plan_buildings(found.features, within=None, columns=BuildingColumns(**columns), source=source)


@pytest.fixture
def ground(grid, office_admin, now):
    from django.contrib.gis.geos import GEOSGeometry

    polygon = GEOSGeometry(shapely.to_wkt(square(0, 0)), srid=4326)
    actions.set_boundary(grid, polygon, by=office_admin, now=now.replace(year=now.year - 1))
    return grid


HOUSE = shapely.box(124.001, 29.001, 124.002, 29.002)


def test_footprints_and_points_find_their_grid(ground, office_admin, now):
    rows = features(({"name": "1号楼"}, HOUSE), ({"name": "2号楼"}, shapely.Point(124.005, 29.005)))
    apply_buildings(plan_of(rows, name="name"), by=office_admin, now=now)
    first, second = Building.objects.filter(area=ground).order_by("name")
    assert (first.footprint is not None, second.footprint, second.point.x) == (True, None, 124.005)
    assert plan_of(rows, name="name").changes_something is False


def test_a_building_outside_is_refused_and_nothing_is_taken(ground, office_admin, now):
    plan = plan_of(features(({"name": "1号楼"}, HOUSE), ({"name": "2号楼"}, square(5, 5))), name="name")
    assert [row.number for row in plan.refused] == [2]
    with pytest.raises(ValidationError):
        apply_buildings(plan, by=office_admin, now=now)
    assert not Building.objects.exists()


LIST = "网格,楼栋,编号,层数\n990101001001001,1号楼,00001,6\n春风第二网格,1号楼,00001,18\n"


def test_a_list_puts_buildings_into_grids_without_boundaries(cast, office_admin, now):
    columns = {"grid": "网格", "name": "楼栋", "code": "编号", "floors": "层数"}
    batch = apply_buildings(plan_of(LIST.encode(), "houses.csv", **columns), by=office_admin, now=now)
    assert [b.floors for b in Building.objects.order_by("area__code")] == [6, 18]
    changed = plan_of(LIST.replace(",6\n", ",7\n").encode(), "houses.csv", **columns)
    assert changed.counts()["updated"] == 1
    second = apply_buildings(changed, by=office_admin, now=now)
    undo_import(second, by=office_admin, now=now)
    assert Building.objects.get(area=cast.areas["grid"]).floors == 6
    undo_import(batch, by=office_admin, now=now)
    assert not Building.objects.filter(retired_at=None).exists()


def test_undo_refuses_where_people_live(ground, office_admin, worker, now):
    batch = apply_buildings(plan_of(features(({"name": "1号楼"}, HOUSE)), name="name"), by=office_admin, now=now)
    residents.add_dwelling(Building.objects.get(), room="101", by=worker, now=now)
    with pytest.raises(ValidationError, match="hangs from it"):
        undo_import(batch, by=office_admin, now=now)


def test_an_undone_change_gives_the_footprint_back(ground, office_admin, now):
    apply_buildings(plan_of(features(({"name": "1号楼"}, HOUSE)), name="name"), by=office_admin, now=now)
    before = Building.objects.get().footprint
    moved = shapely.box(124.003, 29.003, 124.004, 29.004)
    batch = apply_buildings(plan_of(features(({"name": "1号楼"}, moved)), name="name"), by=office_admin, now=now)
    assert Building.objects.get().footprint != before
    undo_import(batch, by=office_admin, now=now)
    assert Building.objects.get().footprint == before


def test_the_command_tells_and_refuses(ground, tmp_path):
    path, out = tmp_path / "houses.csv", StringIO()
    path.write_text(LIST)
    more = ("--grid-field", "网格", "--name-field", "楼栋", "--code-field", "编号")
    call_command("import_buildings", str(path), *more, stdout=out)
    assert "2  created" in out.getvalue()
    with pytest.raises(CommandError, match="no column"):
        call_command("import_buildings", str(path), "--grid-field", "grid", stdout=out)
