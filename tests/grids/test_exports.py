"""Maps that leave: what goes out comes in again the same, the datum is said, and it is recorded."""

import io
import zipfile
from datetime import timedelta
from urllib.parse import unquote

import pytest
import shapely
from django.urls import reverse

from gridgov.audit.models import AuditEvent
from gridgov.dbtime import database_now
from grids.actions import imports, plans
from grids.geodata import polygonal, read
from grids.models import Building
from tests.grids.divided import OLD, cell, divide, set_polygon, whole

SUFFIX = {"geojson": ".geojson", "shapefile": ".zip", "kml": ".kml", "gpkg": ".gpkg"}


@pytest.fixture
def spring(cast):
    return divide(cast).areas["spring"]


def taken(client, address: str, **said: str):
    answer = client.post(address, {"form": "geojson", "datum": "EPSG:4326", **said})
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("datum", ["EPSG:4326", "EPSG:4490", "gcj02", "bd09"])
@pytest.mark.parametrize("form", list(SUFFIX))
def test_what_is_exported_comes_in_again_the_same(sign_in, spring, form, datum, office_admin):
    address = reverse("grids:export", args=[spring.pk])
    said = {"what": "grid", "form": form, "datum": datum}
    if form == "kml" and datum != "EPSG:4326":
        assert "WGS-84" in str(sign_in(office_admin, lang="en").post(address, said).context["form"].errors["datum"])
        return
    answer = taken(sign_in(office_admin, lang="en"), address, **said)
    mark = {"EPSG:4326": "WGS84", "EPSG:4490": "CGCS2000", "gcj02": "GCJ02", "bd09": "BD09"}[datum]
    assert unquote(answer["Content-Disposition"]).endswith(f"-{mark}{SUFFIX[form]}")
    crs = datum if datum in ("gcj02", "bd09") else ""
    found = read(f"a{SUFFIX[form]}", answer.content, crs=crs).features
    assert len(found) == 6
    for nth, one in enumerate(found):
        there = polygonal(one.geometry).geometry
        assert shapely.hausdorff_distance(there, cell(nth)) < 1e-9
        assert one.properties["datum"].replace("-", "") == mark
    assert found[0].properties["name"] == "春风第一网格"


def test_a_drawing_and_a_kmz_come_in_again_the_same(sign_in, spring, office_admin):
    spring.boundaries.all().delete()
    set_polygon(spring, whole().difference(cell(1).buffer(-0.001)), database_now() - OLD)  # one with a hole
    address, client = reverse("grids:export", args=[spring.pk]), sign_in(office_admin, lang="en")
    answer = taken(client, address, what="grid", form="dxf", datum="zone")
    assert unquote(answer["Content-Disposition"]).endswith("-CGCS20004550.dxf")  # about 123° east
    found = read("a.dxf", answer.content, crs="EPSG:4550").features
    assert [one.properties["name"] for one in found][:1] == ["春风第一网格"]
    for nth, one in enumerate(found):
        assert shapely.hausdorff_distance(polygonal(one.geometry).geometry, cell(nth)) < 1e-8
    holed = read("a.dxf", taken(client, address, what="community", form="dxf").content, crs="EPSG:4326").features
    assert shapely.get_num_interior_rings(shapely.get_parts(polygonal(holed[-1].geometry).geometry)[0]) == 1
    kmz = taken(client, address, what="grid", form="kmz")
    assert len(read("a.kmz", kmz.content).features) == 6
    assert AuditEvent.objects.filter(action="grids.export_map").count() == 3


def test_a_list_of_buildings_is_taken_in_again_as_it_is(sign_in, spring, office_admin, now):
    address, client = reverse("grids:export", args=[spring.pk]), sign_in(office_admin, lang="en")
    for said, field in (({"what": "grid"}, "form"), ({"what": "points", "datum": "zone"}, "datum")):
        refused = client.post(address, {"form": "xlsx", "datum": "EPSG:4326", **said})
        assert list(refused.context["form"].errors) == [field]
    content = taken(client, address, what="points", form="xlsx", datum="gcj02").content
    batch = imports.upload("building-list", "a.xlsx", content, by=office_admin, now=now)
    played = imports.preview(batch, by=office_admin, now=now)
    assert (len(played.lines), played.count("created"), played.count("refused")) == (12, 0, 0)


def test_a_shapefile_says_utf_8_and_who_took_it(sign_in, spring, office_admin):
    answer = taken(
        sign_in(office_admin, lang="en"), reverse("grids:export", args=[spring.pk]), what="grid", form="shapefile"
    )
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("areas.cpg") == b"UTF-8"
        assert "WGS-84" in archive.read("README.txt").decode()
        assert "areas.prj" in archive.namelist()


def test_the_day_chooses_the_version(sign_in, spring, now, office_admin):
    client, address = sign_in(office_admin, lang="en"), reverse("grids:export", args=[spring.pk])
    before = f"{now - OLD - timedelta(days=2):%Y-%m-%d}"
    answer = client.post(address, {"what": "grid", "form": "geojson", "datum": "gcj02", "on": before})
    assert answer.context["form"].non_field_errors()
    assert not AuditEvent.objects.filter(action="grids.export_map").exists()
    assert len(read("a.geojson", taken(client, address, what="community").content).features) == 1
    assert AuditEvent.objects.filter(action="grids.export_map").count() == 1


def test_buildings_leave_as_points(sign_in, spring, office_admin):
    answer = taken(sign_in(office_admin, lang="en"), reverse("grids:export", args=[spring.pk]), what="points")
    found = read("b.geojson", answer.content).features
    assert {one.properties["name"] for one in found} == set(Building.objects.values_list("name", flat=True))
    assert {one.geometry.geom_type for one in found} == {"Point"}


def test_more_than_a_file_holds_is_refused_and_not_cut_short(sign_in, spring, office_admin, monkeypatch):
    for module in ("grids.exports", "grids.actions.exports"):
        monkeypatch.setattr(f"{module}.MOST", 5)
    client, address = sign_in(office_admin, lang="en"), reverse("grids:export", args=[spring.pk])
    said = {"form": "geojson", "datum": "EPSG:4326", "what": "grid"}
    answer = client.post(address, said)
    assert "There are more than 5 of them" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="grids.export_map").exists()
    monkeypatch.setattr("grids.exports.MOST", 6)
    monkeypatch.setattr("grids.actions.exports.MOST", 6)
    assert len(read("a.geojson", client.post(address, said).content).features) == 6


def test_a_plan_leaves_as_it_is_drawn(sign_in, spring, office_admin, now, worker):
    made = plans.create_plan(spring, kind="grid", name="新方案", by=office_admin, now=now)
    answer = taken(sign_in(office_admin, lang="en"), reverse("plans:export", args=[made.pk]), form="gpkg")
    assert len(read("a.gpkg", answer.content).features) == 6
    assert sign_in(worker, lang="en").get(reverse("plans:export", args=[made.pk])).status_code == 404


def test_who_only_reads_takes_nothing_away(sign_in, spring, worker):
    assert sign_in(worker, lang="en").get(reverse("grids:export", args=[spring.pk])).status_code in (403, 404)
