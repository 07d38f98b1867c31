"""An import on its way: who sees what waits, how it is thrown away, applied and taken back whole."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import translation

from grids import actions
from grids.actions import imports
from grids.imports import samples
from grids.models import Area, Building, ImportBatch
from grids.permissions import forget
from tests.grids.files import geojson, square


@pytest.fixture
def waiting(sign_in, office_admin):
    """A list of names somebody handed in and has not confirmed."""
    client = sign_in(office_admin, lang="en")
    file = io.BytesIO("grid,name\n990101001001001,王小明家\n".encode())
    file.name = "b.csv"
    url = client.post(reverse("imports:list"), {"kind": "building-list", "file": file}).url
    return client, url, ImportBatch.objects.get()


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


def test_somebody_elses_file_is_not_shown(sign_in, office_admin, security_admin, cast):
    file = io.BytesIO(geojson((square(114, 30), {})))
    file.name = "a.geojson"
    url = sign_in(office_admin).post(reverse("imports:list"), {"kind": "areas", "file": file}).url
    assert sign_in(security_admin).get(url).status_code == 404


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
    assert "discarded" in client.get(reverse("imports:list")).content.decode()
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


def test_what_was_applied_is_described_no_more(office_admin, cast, now):
    content = f"grid,name\n{cast.grids[0].code},7号楼\n".encode()
    batch = imports.upload("building-list", "a.csv", content, by=office_admin, now=now)
    imports.apply_import(batch, by=office_admin, now=now)
    with translation.override("en"), pytest.raises(ValidationError, match="applied"):
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


def test_after_a_mass_import_the_planner_knows_what_has_come(
    office_admin, cast, now, monkeypatch, django_capture_on_commit_callbacks
):
    """Else tiles take seconds until autovacuum comes by; the program's own role may not ANALYZE."""
    monkeypatch.setattr("grids.actions.stock.MANY", 2)
    rows = "".join(f"990101001001001,{n}号楼\n" for n in range(40, 57))
    batch = imports.upload("building-list", "a.csv", f"grid,name\n{rows}".encode(), by=office_admin, now=now)
    with django_capture_on_commit_callbacks(execute=True):
        imports.apply_import(batch, by=office_admin, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'grids_building'")
        assert cursor.fetchone()[0] == Building.objects.count() >= 17
