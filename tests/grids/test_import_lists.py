"""Lists handed in: templates, rows that are refused by name, workbooks that lie, what no column holds."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from gridgov import sheets
from grids.actions import imports
from grids.models import Area, Asset, Building, ImportBatch
from incidents.models import Incident
from tests import factories
from tests.grids.files import DATA, geojson, named, square


def test_buildings_from_a_list_go_into_their_grids_and_route_reports(sign_in, office_admin, worker, cast, now):
    client = sign_in(office_admin)
    template = load_workbook(io.BytesIO(client.get(reverse("imports:template", args=["building-list"])).content))
    sheet = template.active
    sheet.delete_rows(2)
    sheet.append([cast.areas["grid"].code, "88号楼", "088", "春风路88号", 2, 6, 24, 60])
    file = io.BytesIO()
    template.save(file)
    file.seek(0)
    file.name = "buildings.xlsx"
    url = client.post(reverse("imports:list"), {"kind": "building-list", "file": file}).url
    client.post(url + "apply/")
    building = Building.objects.get(name="88号楼")
    assert (building.area, building.households) == (cast.areas["grid"], 24)
    factories.make_incident(building, by=worker, now=now)
    assert Incident.objects.get().area == cast.areas["grid"]


def test_a_row_with_an_unknown_grid_refuses_the_list(sign_in, office_admin, cast):
    client = sign_in(office_admin, lang="en")
    file = io.BytesIO("grid,name\n990101001001001,1号\n000000000000000,2号\n".encode())
    file.name = "b.csv"
    url = client.post(reverse("imports:list"), {"kind": "building-list", "file": file}).url
    assert "There is no area" in client.get(url).content.decode()
    client.post(url + "apply/")
    assert not Building.objects.exists()


def test_a_list_with_an_orphan_and_a_code_twice_is_refused_row_by_row(sign_in, office_admin, cast):
    client = sign_in(office_admin, lang="en")
    code = cast.areas["spring"].code
    rows = (
        f"kind,code,name,parent\ngrid,{code}088,甲,{code}\ngrid,{code}088,乙,{code}\ngrid,{code}089,丙,990199999999\n"
    )
    url = client.post(reverse("imports:list"), {"kind": "area-list", "file": named(rows.encode(), "a.csv")}).url
    page = client.get(url).content.decode()
    assert "There is no area with the code 990199999999" in page
    client.post(url + "apply/")
    assert not Area.objects.filter(name__in=["甲", "乙", "丙"]).exists()


def test_a_formula_without_a_result_is_named_and_not_read_as_empty(sign_in, office_admin):
    book = Workbook()
    book.active.append(["楼栋", "网格"])
    book.active.append(["1号楼", "=1+1"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(ValidationError, match="B2"):
        sheets.rows("a.xlsx", out.getvalue(), most=10)


def test_a_workbook_that_expands_is_refused_at_once(sign_in, office_admin):
    file = io.BytesIO((DATA / "hostile-files" / "54764.xlsx").read_bytes())
    file.name = "bomb.xlsx"
    client = sign_in(office_admin)
    url = client.post(reverse("imports:list"), {"kind": "building-list", "file": file}).url
    assert "form-errors" in client.get(url).content.decode()


def test_every_import_has_a_template_and_a_map_a_sample_that_comes_in(sign_in, office_admin, cast):
    client = sign_in(office_admin)
    page = client.get(reverse("imports:list"))
    with_columns = [kind for kind in page.context["kinds"] if kind.columns]  # an image of a plan has none
    samples = ["plan", "areas", "buildings", "ways", "place-list", "asset-list"]
    assert [kind.key for kind in with_columns if kind.sample] == samples
    for kind in with_columns:
        heads = next(
            load_workbook(io.BytesIO(client.get(reverse("imports:template", args=[kind.key])).content)).active.values
        )
        assert heads == tuple(str(heading) for _key, heading, _example in kind.columns)
    sample = client.get(reverse("imports:sample", args=["areas"])).content.replace(b"990101001001", b"990101001099")
    url = client.post(reverse("imports:list"), {"kind": "areas", "file": named(sample, "s.geojson")}).url
    form = client.get(url).context["form"]
    assert (form["code_field"].value(), form["name_field"].value()) == ("code", "name")


@pytest.mark.parametrize("day", ["2021-02-30", "0001-01-01", "9999-12-31"])
def test_an_asset_with_a_day_that_does_not_exist_is_a_refused_row(sign_in, office_admin, cast, day):
    table = f"code,grid,installed_on\n9901010118000012,{cast.grids[0].code},{day}\n".encode()
    client = sign_in(office_admin)
    url = client.post(reverse("imports:list"), {"kind": "asset-list", "file": named(table, "a.csv")}).url
    assert day in client.get(url).content.decode()
    assert not Asset.objects.exists()


def test_characters_that_no_column_holds_are_left_out(office_admin, cast, now):
    content = geojson((square(124.0, 29.0), {"code": cast.grids[0].code, "na\x00me": "春\x00风\ud83d"}))
    batch = imports.upload("areas", "a.geojson", content, by=office_admin, now=now)
    said = {"kind": "grid", "parent": cast.areas["spring"].pk, "code_field": "code", "name_field": "name"}
    imports.choose_options(batch, said, by=office_admin, now=now)
    imports.apply_import(batch, by=office_admin, now=now)
    cast.grids[0].refresh_from_db()
    assert cast.grids[0].name == "春风"
    table = f"grid,name\n{cast.grids[0].code},7\x00号楼\n".encode()
    batch = imports.upload("building-list", "a.csv", table, by=office_admin, now=now)
    imports.apply_import(batch, by=office_admin, now=now)
    assert Building.objects.filter(name="7号楼").exists()


def test_a_list_from_the_command_line_is_taken_back_on_the_page(sign_in, office_admin, cast, tmp_path):
    grid = cast.areas["grid"]
    (tmp_path / "buildings.csv").write_text(f"grid,name\n{grid.code},21号楼\n{grid.code},22号楼\n")
    call_command("import_buildings", tmp_path / "buildings.csv", stdout=io.StringIO())
    client, batch = sign_in(office_admin), ImportBatch.objects.get()
    assert "buildings.csv" in client.get(reverse("imports:list")).content.decode()
    client.post(reverse("imports:undo", args=[batch.pk]))
    assert not Building.objects.filter(name__in=["21号楼", "22号楼"], retired_at=None).exists()
