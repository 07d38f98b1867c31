"""Maps handed in: what is real comes in whole, what is broken says why and changes nothing."""

import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from gridgov.accounts.models import User
from grids.actions import imports
from grids.imports import fit
from grids.imports.options import columns_of
from grids.models import Area, BoundaryVersion
from tests.grids.divided import divide
from tests.grids.files import DATA, geojson, named, square

BOROUGHS = DATA / "boundaries" / "nyc_boroughs_epsg2263.zip"
VILLAGES = DATA / "boundaries" / "taipei_villages.geojson"
DEFECTIVE = sorted((DATA / "geometry").rglob("*.*json"))
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
def test_a_wrong_row_is_named_and_nothing_is_changed(cast, tmp_path, features, said):
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
    with pytest.raises(ValidationError, match="534761"):
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


def test_a_column_is_offered_with_the_first_value_that_stands_in_it():
    rows = [{"name": None, "code": 7, "note": ""}, {"name": "春风里", "code": 8, "note": ""}]
    corners = [[100, 30], [101, 30], [101, 31], [100, 30]]
    drawn = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [corners]}}
    features = [{**drawn, "properties": row} for row in rows]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert columns_of(content, "a.geojson") == [("name", "name (春风里)"), ("code", "code (7)"), ("note", "note")]
