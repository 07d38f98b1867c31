"""Areas from files: real boundaries of two cities, defective files, lists, and taking an import back."""

import json
from io import StringIO

import pytest
import shapely
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from grids import actions
from grids.actions.importing import apply_areas
from grids.actions.imports import undo_import
from grids.imports import Source, State, tables
from grids.imports.areas import AreaColumns, plan_areas
from grids.models import Area, BoundaryVersion, ImportBatch
from tests import factories

DATA = settings.BASE_DIR / "tests" / "data"
BOROUGHS = DATA / "boundaries" / "nyc_boroughs_epsg2263.zip"
VILLAGES = DATA / "boundaries" / "taipei_villages.geojson"
DEFECTIVE = sorted((DATA / "geometry").rglob("*.geojson"))


def run(path, *more: str) -> str:
    out = StringIO()
    call_command("import_areas", str(path), *more, stdout=out)
    return out.getvalue()


@pytest.fixture
def city(db) -> Area:
    """A street under a foreign scheme."""
    return factories.make_area(Area.Kind.STREET, None, "New York", code="NYC", code_scheme="nyc")


NEW_YORK = ("--kind", "community", "--parent", "NYC", "--code-field", "BoroCode", "--name-field", "BoroName")


def test_the_boroughs_of_new_york(city):
    said = run(BOROUGHS, *NEW_YORK, "--scheme", "nyc-boro")
    assert "5  created" in said
    names = {area.code: area.name for area in city.children.all()}
    assert names == {"1": "Manhattan", "2": "Bronx", "3": "Brooklyn", "4": "Queens", "5": "Staten Island"}
    assert set(city.children.values_list("code_scheme", flat=True)) == {"nyc-boro"}
    assert BoundaryVersion.objects.filter(area__parent=city, until=None).count() == 5


def test_a_second_import_changes_nothing(city):
    run(BOROUGHS, *NEW_YORK)
    before = list(BoundaryVersion.objects.values_list("pk", flat=True))
    assert "5  unchanged" in run(BOROUGHS, *NEW_YORK)
    assert list(BoundaryVersion.objects.values_list("pk", flat=True)) == before
    assert ImportBatch.objects.count() == 1


def test_a_dry_run_changes_nothing(city):
    assert "Nothing was changed" in run(BOROUGHS, *NEW_YORK, "--dry-run")
    assert (city.children.count(), ImportBatch.objects.count()) == (0, 0)


def test_the_villages_of_taipei_hold_one_that_crosses_itself(city):
    found = tables.read(VILLAGES.name, VILLAGES.read_bytes())
    columns = AreaColumns(code="VILLCODE", name="VILLNAME")
    source = Source.of(VILLAGES.name, VILLAGES.read_bytes(), drawn=True)
    plan = plan_areas(found.features, kind="grid", parent=city, columns=columns, source=source)
    assert plan.counts() == {"created": 456, "updated": 0, "unchanged": 0, "refused": 0, "repaired": 1}
    assert (plan.repaired[0].label.split()[0], plan.overlaps) == ("63000080037", [])
    assert "crosses itself" in plan.repaired[0].repaired


def features(*rows: tuple[dict, shapely.Geometry | None]) -> bytes:
    found = [
        {"type": "Feature", "properties": facts, "geometry": json.loads(shapely.to_geojson(shape)) if shape else None}
        for facts, shape in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": found}).encode()


def square(column: int, row: int, size: float = 0.01) -> shapely.Polygon:
    return shapely.box(124 + column * 0.01, 29 - row * 0.01, 124 + column * 0.01 + size, 29 - row * 0.01 + size)


def plan_of(data: bytes, under: Area | None, **columns: str):
    found = tables.read("grids.geojson", data)
    source = Source.of("grids.geojson", data, drawn=True)
    named = AreaColumns(**columns)
    return plan_areas(found.features, kind="grid", parent=under, columns=named, source=source)


def test_codes_are_made_west_to_east_and_north_to_south(autumn, office_admin, now):
    rows = [({"name": f"{row}-{column}"}, square(column, row)) for row, column in ((1, 1), (0, 1), (1, 0), (0, 0))]
    plan = plan_of(features(*rows), autumn, name="name")
    apply_areas(plan, by=office_admin, now=now)
    made = Area.objects.filter(parent=autumn, name__contains="-").order_by("code")
    assert [area.name for area in made] == ["0-0", "0-1", "1-0", "1-1"]
    assert plan_of(features(*rows), autumn, name="name").changes_something is False


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1", "must have 15 digits"),
        ("990101001001050", "must begin with the code"),
        ("990101001002850", "last three digits"),
    ],
)
def test_national_codes_are_checked(autumn, code, said):
    plan = plan_of(features(({"code": code}, square(0, 0))), autumn, code="code")
    assert said in plan.refused[0].reason


def test_foreign_codes_keep_their_own_scheme(autumn, office_admin, now):
    plan = plan_of(features(({"code": "G-7"}, square(0, 0))), autumn, code="code")
    apply_areas(plan, by=office_admin, now=now)
    assert Area.objects.get(code="G-7").code_scheme == "import"


def test_a_code_that_stands_twice_is_refused(autumn, office_admin, now):
    plan = plan_of(features(({"code": "G"}, square(0, 0)), ({"code": "G"}, square(1, 0))), autumn, code="code")
    assert [row.state for row in plan.rows] == [State.REFUSED, State.REFUSED]
    with pytest.raises(ValidationError):
        apply_areas(plan, by=office_admin, now=now)
    assert not Area.objects.filter(code="G").exists()


def test_an_orphan_is_refused(autumn):
    plan = plan_of(features(({"code": "G", "up": "none"}, square(0, 0))), autumn, code="code", parent="up")
    assert "no area with the code none" in plan.refused[0].reason


def test_overlaps_and_gaps_are_said_with_their_size(autumn):
    rows = [({"name": str(n)}, square(*place)) for n, place in enumerate([(0, 0), (1, 0), (2, 0), (0, 1), (2, 1)])]
    rows += [({"name": str(n)}, square(*place)) for n, place in enumerate([(0, 2), (1, 2), (2, 2)], 5)]
    rows.append(({"name": "over"}, square(0, 0, 0.005)))
    plan = plan_of(features(*rows), autumn, name="name")
    assert (len(plan.overlaps), len(plan.gaps)) == (1, 1)
    assert "124.01500" in plan.gaps[0]


@pytest.mark.parametrize("path", DEFECTIVE, ids=lambda path: path.stem)
def test_defective_geojson_gets_a_message_and_leaves_nothing_half_done(path, city):
    before, said = Area.objects.count(), ""
    try:
        run(path, "--kind", "grid", "--parent", "NYC", "--name-field", "")
    except CommandError as error:
        said = str(error)
    if said:
        assert (Area.objects.count(), BoundaryVersion.objects.count(), ImportBatch.objects.count()) == (before, 0, 0)
    else:
        assert Area.objects.count() == before + 1


def test_a_list_makes_areas_of_several_levels(street, office_admin, now):
    text = "编码,名称,层级,上级,户数\n990101001077,新社区,community,,\n990101001077001,新网格,grid,990101001077,310\n"
    found = tables.read("areas.csv", text.encode("gb18030"))
    columns = AreaColumns(code="编码", name="名称", kind="层级", parent="上级", households="户数")
    source = Source.of("areas.csv", text.encode(), drawn=False)
    plan = plan_areas(found.features, kind="", parent=street, columns=columns, source=source)
    apply_areas(plan, by=office_admin, now=now)
    grid = Area.objects.get(code="990101001077001")
    assert (grid.parent.name, grid.parent.parent, grid.households) == ("新社区", street, 310)


def test_undo_restores(autumn, office_admin, now):
    one = features(({"code": "G-1", "name": "旧名"}, square(0, 0)))
    first = apply_areas(plan_of(one, autumn, code="code", name="name"), by=office_admin, now=now)
    later = now.replace(year=now.year + 1)
    two = features(({"code": "G-1", "name": "新名"}, square(1, 0)), ({"code": "G-2", "name": "另一"}, square(2, 0)))
    second = apply_areas(plan_of(two, autumn, code="code", name="name"), by=office_admin, now=later)
    undo_import(second, by=office_admin, now=later.replace(year=later.year + 1))
    area = Area.objects.get(code="G-1")
    assert (area.name, area.boundaries.get(until=None).polygon.extent[0]) == ("旧名", 124.0)
    assert Area.objects.get(code="G-2").retired_at is not None
    undo_import(first, by=office_admin, now=later.replace(year=later.year + 2))
    assert Area.objects.get(code="G-1").retired_at is not None
    with pytest.raises(ValidationError):
        undo_import(first, by=office_admin, now=later)
    again = plan_of(one, autumn, code="code", name="name")
    assert [row.state for row in again.rows] == [State.CREATED]
    apply_areas(again, by=office_admin, now=later.replace(year=later.year + 3))
    assert Area.objects.get(code="G-1").retired_at is None


def test_undo_refuses_where_something_hangs(autumn, office_admin, now):
    plan = plan_of(features(({"code": "G-1"}, square(0, 0))), autumn, code="code")
    batch = apply_areas(plan, by=office_admin, now=now)
    actions.create_building(Area.objects.get(code="G-1"), name="1号楼", by=office_admin, now=now)
    with pytest.raises(ValidationError, match="hangs from it"):
        undo_import(batch, by=office_admin, now=now.replace(year=now.year + 1))
    assert Area.objects.get(code="G-1").retired_at is None


def test_only_who_may_change_areas_imports(autumn, worker, now):
    plan = plan_of(features(({"code": "G-1"}, square(0, 0))), autumn, code="code")
    with pytest.raises(PermissionDenied):
        apply_areas(plan, by=worker, now=now)
