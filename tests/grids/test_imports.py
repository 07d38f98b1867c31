"""Importing the ground: what is real comes in whole, what is broken says why, and everything can be taken back."""

import io
import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from gridgov import sheets
from gridgov.accounts.models import User
from grids import actions
from grids.actions import imports
from grids.imports import fit, samples
from grids.models import Area, BoundaryVersion, Building, ImportBatch
from grids.permissions import forget
from incidents.models import Incident
from tests.grids.divided import divide

DATA = Path(__file__).resolve().parents[1] / "data"
BOROUGHS = DATA / "boundaries" / "nyc_boroughs_epsg2263.zip"
VILLAGES = DATA / "boundaries" / "taipei_villages.geojson"
DEFECTIVE = sorted((DATA / "geometry").rglob("*.*json"))


def square(west: float, south: float, size: float = 0.01) -> dict:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(*features: tuple[dict, dict]) -> bytes:
    rows = [{"type": "Feature", "geometry": geometry, "properties": facts} for geometry, facts in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


@pytest.fixture
def foreign(cast, street):
    return Area.objects.create(
        kind="street",
        name="New York",
        code="NYC",
        code_scheme="nyc",
        path=street.path[:6] + "zzzzzz",
        parent=cast.areas["district"],
    )


def run(path: Path, *more: str) -> str:
    out = io.StringIO()
    call_command("import_areas", str(path), "--kind", "community", *more, stdout=out)
    return out.getvalue()


def test_five_boroughs_come_in_and_a_second_time_change_nothing(foreign):
    said = run(BOROUGHS, "--parent", "NYC", "--code-field", "BoroCode", "--name-field", "BoroName")
    assert "created    5" in said
    again = run(BOROUGHS, "--parent", "NYC", "--code-field", "BoroCode", "--name-field", "BoroName")
    assert "unchanged  5" in again
    west, south, _east, _north = Area.objects.get(name="Manhattan").boundaries.get().polygon.extent
    assert (round(west), round(south)) == (-74, 41)


def test_taipei_has_one_broken_village_and_it_is_named(foreign):
    said = run(VILLAGES, "--parent", "NYC", "--code-field", "VILLCODE", "--name-field", "VILLNAME", "--dry-run")
    assert "created    456" in said
    assert "repaired   1" in said
    assert "63000080037" in said
    assert not Area.objects.filter(parent=foreign).exists()


def test_without_codes_they_are_made_from_west_to_east(cast, office_admin, now, tmp_path):
    spring = cast.areas["spring"]
    file = tmp_path / "a.geojson"
    file.write_bytes(geojson((square(114.2, 30), {"n": "东"}), (square(114.1, 30), {"n": "西"})))
    call_command(
        "import_areas", str(file), "--kind", "grid", "--parent", spring.code, "--name-field", "n", stdout=io.StringIO()
    )
    made = Area.objects.filter(parent=spring, name__in=["东", "西"]).order_by("code")
    assert [area.name for area in made] == ["西", "东"]
    assert all(area.code.startswith(spring.code) and len(area.code) == 15 for area in made)


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([(square(114, 30), {"c": "990101001001777"}), (square(114.1, 30), {"c": "990101001001777"})], "twice"),
        ([(square(114, 30), {"c": "12"})], "15"),
        ([(square(114, 30), {"c": "990101002001001"})], "begin|belongs"),
        ([({"type": "Point", "coordinates": [114, 30]}, {"c": "990101001001777"})], "polygon"),
        ([(square(1140, 30), {"c": "990101001001777"})], "degrees"),
        ([(square(30, 114), {"c": "990101001001777"})], "swapped"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_changed(cast, tmp_path, features, said, settings):
    from django.utils import translation

    before = (Area.objects.count(), BoundaryVersion.objects.count())
    file = tmp_path / "a.geojson"
    file.write_bytes(geojson(*features))
    out = io.StringIO()
    with translation.override("en"), pytest.raises(CommandError) as error:
        call_command(
            "import_areas", str(file), "--kind", "grid", "--parent", "990101001001", "--code-field", "c", stdout=out
        )
    assert any(word in out.getvalue() + str(error.value) for word in said.split("|"))
    assert (Area.objects.count(), BoundaryVersion.objects.count()) == before


def test_a_code_of_a_dedicated_grid_makes_a_dedicated_grid(cast, tmp_path):
    file = tmp_path / "a.geojson"
    rows = [(square(114, 30), {"c": "990101001001907"}), (square(114.1, 30), {"c": "990101001001777"})]
    file.write_bytes(geojson(*rows))
    call_command(
        "import_areas", str(file), "--kind=grid", "--parent=990101001001", "--code-field=c", stdout=io.StringIO()
    )
    made = Area.objects.filter(code__in=[facts["c"] for _shape, facts in rows])
    assert set(made.values_list("code", "grid_kind")) == {
        ("990101001001907", "dedicated"),
        ("990101001001777", "general"),
    }


@pytest.mark.parametrize("path", DEFECTIVE, ids=lambda path: path.stem)
def test_defective_files_never_break_the_reader(path, cast, now):
    """74 cases: each is read, or says why not; never an error page, never half."""
    before = Area.objects.count()
    by = User.objects.service("import")
    said = {"kind": "grid", "parent": cast.areas["spring"].pk, "code_field": "", "name_field": ""}
    batch = imports.upload("areas", path.name, path.read_bytes(), by=by, now=now)
    batch = imports.choose_options(batch, said, by=by, now=now)
    with suppress(ValidationError):  # the file as a whole is no map, in words
        played = imports.preview(batch, by=by, now=now)
        assert all(line.note for line in played.refused)
    assert Area.objects.count() == before


def test_overlap_and_gap_are_found(cast, now):
    by = User.objects.service("import")
    ring = [(square(114 + 0.01 * i, 30 + 0.01 * j), {}) for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    content = geojson(*ring, (square(114.005, 30), {}))
    batch = imports.upload("areas", "a.geojson", content, by=by, now=now)
    imports.choose_options(batch, {"kind": "grid", "parent": cast.areas["spring"].pk}, by=by, now=now)
    played = imports.preview(batch, by=by, now=now)
    assert {fault.kind for fault in played.faults} == {"overlap", "gap"}
    assert len(played.refused) == 2  # it lies over two of the others
    with pytest.raises(ValidationError, match="536568"):
        imports.apply_import(batch, by=by, now=now)
    assert not cast.areas["spring"].boundaries.exists()


def test_what_lies_far_from_its_parent_or_holds_nothing_is_refused(cast, office_admin, now):
    spring = divide(cast).areas["spring"]
    for content, kind, code in (
        (geojson((square(13.4, 52.5), {"name": "Mitte"})), "areas", "elsewhere"),
        (geojson(), "areas", "nothing"),
    ):
        batch = imports.upload(kind, "a.geojson", content, by=office_admin, now=now)
        imports.choose_options(batch, {"kind": "grid", "parent": spring.pk}, by=office_admin, now=now)
        with pytest.raises(ValidationError) as refused:
            imports.preview(batch, by=office_admin, now=now)
        assert refused.value.code == code
    near = fit.apart([shapely.box(124.02, 29, 124.03, 29.01)], spring)
    assert "779 m" in near


def test_a_refused_feature_is_named(cast, office_admin, now):
    crossed = {"type": "Polygon", "coordinates": [[[124, 29], [124.01, 29.01], [124.01, 29], [124, 29.01], [124, 29]]]}
    batch = imports.upload("areas", "a.geojson", geojson((crossed, {"名": "蝴蝶格"})), by=office_admin, now=now)
    said = {"kind": "grid", "parent": cast.areas["spring"].pk, "name_field": "名"}
    played = imports.preview(imports.choose_options(batch, said, by=office_admin, now=now), by=office_admin, now=now)
    assert [(line.number, line.label) for line in played.refused] == [(1, "蝴蝶格")]


def test_an_import_is_taken_back_whole(sign_in, office_admin, cast):
    client, spring = sign_in(office_admin), cast.areas["spring"]
    file = io.BytesIO(geojson((square(114, 30), {"c": spring.code + "077", "n": "新格"})))
    file.name = "grids.geojson"
    url = client.post(reverse("imports:list"), {"kind": "areas", "file": file}).url
    said = {"kind": "grid", "parent": spring.pk, "code_field": "c", "name_field": "n"}
    assert client.post(url, said).status_code == 302
    assert "新格" in client.get(url).content.decode()
    assert not Area.objects.filter(name="新格").exists()
    client.post(url + "apply/")
    assert Area.objects.get(name="新格").boundaries.filter(until=None).exists()
    client.post(url + "undo/")
    assert Area.objects.get(name="新格").retired_at is not None
    assert ImportBatch.objects.get().undone_by == office_admin
    assert not ImportBatch.objects.get().file


def test_buildings_from_a_list_go_into_their_grids_and_route_reports(sign_in, office_admin, worker, cast, now):
    from tests import factories

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


def test_somebody_elses_file_is_not_shown(sign_in, office_admin, security_admin, cast):
    file = io.BytesIO(geojson((square(114, 30), {})))
    file.name = "a.geojson"
    url = sign_in(office_admin).post(reverse("imports:list"), {"kind": "areas", "file": file}).url
    assert sign_in(security_admin).get(url).status_code == 404


@pytest.fixture
def waiting(sign_in, office_admin):
    """A list of names somebody handed in and has not confirmed."""
    client = sign_in(office_admin, lang="en")
    file = io.BytesIO("grid,name\n990101001001001,王小明家\n".encode())
    file.name = "b.csv"
    url = client.post(reverse("imports:list"), {"kind": "building-list", "file": file}).url
    return client, url, ImportBatch.objects.get()


def test_what_waits_lies_encrypted_and_opens_for_its_own_import_only(waiting):
    client, url, batch = waiting
    stored = Path(batch.file.path).read_bytes()
    assert "王小明".encode() not in stored
    assert b"grid,name" not in stored
    assert "王小明家" in client.get(url).content.decode()
    Path(batch.file.path).write_bytes(stored[:-1] + bytes([stored[-1] ^ 1]))
    assert "no longer kept" in client.get(url).content.decode()


def test_a_file_thrown_away_is_gone_and_changes_nothing(waiting, django_capture_on_commit_callbacks):
    client, url, batch = waiting
    path = Path(batch.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url + "abandon/").status_code == 302
    assert not path.exists()
    assert "no longer kept" in client.get(url).content.decode()
    assert "thrown away" in client.get(reverse("imports:list")).content.decode()
    assert not Building.objects.exists()


def test_applied_and_forgotten_files_are_gone_from_the_disk(
    waiting, office_admin, now, django_capture_on_commit_callbacks
):
    _client, _url, batch = waiting
    path = Path(batch.file.path)
    with django_capture_on_commit_callbacks(execute=True):
        assert imports.forget_uploads(now=now) == 0
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert imports.forget_uploads(now=batch.uploaded_at + imports.KEPT * 2) == 1
    assert not path.exists()


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


def named(content: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


BOW_TIE = {"type": "Polygon", "coordinates": [[[114, 30], [114.01, 30.01], [114.01, 30], [114, 30.01], [114, 30]]]}
METRES = {"type": "Polygon", "coordinates": [[[5e5, 3e6], [6e5, 3e6], [6e5, 4e6], [5e5, 3e6]]]}
BAD_MAPS = {
    "not a map": (b"%PDF-1.7 nonsense", "plan.geojson", {}, "the content is something else"),
    "another ending": (b"x", "plan.dwg", None, "Give a file that ends in"),
    "wrong datum": (geojson((METRES, {"c": "1", "n": "x"})), "a.geojson", {}, "degrees"),
    "self-crossing ring": (geojson((BOW_TIE, {"c": "077", "n": "蝴蝶"})), "a.geojson", {}, "crosses itself"),
    "the same code twice": (
        geojson((square(114, 30), {"c": "077", "n": "甲"}), (square(114.1, 30), {"c": "077", "n": "乙"})),
        "a.geojson",
        {},
        "twice",
    ),
}


@pytest.mark.parametrize(("content", "name", "said", "answer"), BAD_MAPS.values(), ids=list(BAD_MAPS))
def test_a_bad_map_says_why_in_plain_words_and_changes_nothing(
    sign_in, office_admin, cast, content, name, said, answer
):
    client, spring, before = sign_in(office_admin, lang="en"), cast.areas["spring"], Area.objects.count()
    content = content.replace(b'"077"', f'"{spring.code}077"'.encode())
    response = client.post(reverse("imports:list"), {"kind": "areas", "file": named(content, name)})
    if said is not None:
        said = {"kind": "grid", "parent": spring.pk, "code_field": "c", "name_field": "n"}
        url = response.url
        response = client.post(url, said)
        response = client.get(url) if response.status_code == 302 else response
    page = response.content.decode()
    assert answer in page
    assert Area.objects.count() == before


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


def test_an_import_is_not_taken_back_over_a_boundary_drawn_since(office_admin, cast, now):
    grid = cast.areas["grid"]
    shape = GEOSGeometry(json.dumps(square(114.3, 30.5)), srid=4326)
    actions.set_boundary(grid, shape, by=office_admin, now=now - timedelta(days=2))
    content = json.dumps(samples.AREAS).encode()
    batch = imports.upload("areas", "a.geojson", content, by=office_admin, now=now)
    said = {"kind": "grid", "parent": cast.areas["spring"].pk, "code_field": "code", "name_field": "name"}
    imports.choose_options(batch, said, by=office_admin, now=now)
    imports.apply_import(batch, by=office_admin, now=now - timedelta(days=1))
    actions.set_boundary(grid, shape, by=office_admin, now=now)
    with pytest.raises(ValidationError):
        imports.undo_import(batch, by=office_admin, now=now)
    assert grid.boundaries.filter(until=None).count() == 1


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


def test_what_was_applied_is_described_no_more(office_admin, cast, now):
    content = f"grid,name\n{cast.grids[0].code},7号楼\n".encode()
    batch = imports.upload("building-list", "a.csv", content, by=office_admin, now=now)
    imports.apply_import(batch, by=office_admin, now=now)
    with pytest.raises(ValidationError, match="applied"):
        imports.choose_options(batch, {}, by=office_admin, now=now)


def test_whoever_lost_the_post_takes_nothing_back_there(office_admin, cast, now, other_street):
    content = geojson((square(124.0, 29.0), {"code": cast.grids[0].code, "name": cast.grids[0].name}))
    batch = imports.upload("areas", "a.geojson", content, by=office_admin, now=now)
    said = {"kind": "grid", "parent": cast.areas["spring"].pk, "code_field": "code", "name_field": "name"}
    imports.choose_options(batch, said, by=office_admin, now=now)
    imports.apply_import(batch, by=office_admin, now=now)
    post = cast.posts["office_admin"]
    post.area, post.area_path = other_street, other_street.path
    post.save()
    forget(office_admin)
    with pytest.raises(PermissionDenied):
        imports.undo_import(batch, by=office_admin, now=now)
    assert cast.grids[0].boundaries.count() == 1


def test_a_list_from_the_command_line_is_taken_back_on_the_page(sign_in, office_admin, cast, tmp_path):
    grid = cast.areas["grid"]
    (tmp_path / "buildings.csv").write_text(f"grid,name\n{grid.code},21号楼\n{grid.code},22号楼\n")
    call_command("import_buildings", tmp_path / "buildings.csv", stdout=io.StringIO())
    client, batch = sign_in(office_admin), ImportBatch.objects.get()
    assert "buildings.csv" in client.get(reverse("imports:list")).content.decode()
    client.post(reverse("imports:undo", args=[batch.pk]))
    assert not Building.objects.filter(name__in=["21号楼", "22号楼"], retired_at=None).exists()
