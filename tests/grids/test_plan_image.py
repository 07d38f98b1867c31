"""A plan on paper under a draft: laid right by three points, refused when they cannot be right, undone step by step."""

import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from gridgov.audit.models import AuditEvent
from grids.actions import imports, plans
from grids.geodata.datum import from_wgs84
from grids.geodata.measure import in_metres
from grids.geodata.tracing import STRETCHED, lay
from grids.models import BoundaryPlan, PlanImage
from tests.examples import examples
from tests.grids.divided import CELL, SOUTH, WEST, divide

SIZE = (1000, 800)
CORNERS = [(50.0, 60.0), (940.0, 90.0), (500.0, 760.0)]


def picture(kind: str = "PNG", size: tuple[int, int] = SIZE) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (240, 236, 220)).save(out, kind, exif=b"Exif\x00\x00" if kind == "JPEG" else b"")
    return out.getvalue()


def on_the_ground(pixels, scale: float, turn: float, stretch: float = 1.0, mirror: bool = False):
    """Where pixels lie that are laid `scale` m apart, turned clockwise; degrees about the middle of 春风社区."""
    x, y = np.array(pixels, dtype=float).T * np.array([[1], [-1]])
    x = (-x if mirror else x) * stretch
    angle = math.radians(-turn)
    east, north = (
        (x * math.cos(angle) - y * math.sin(angle)) * scale,
        (x * math.sin(angle) + y * math.cos(angle)) * scale,
    )
    return np.column_stack(
        [WEST + CELL + east / (111_320 * math.cos(math.radians(SOUTH))), SOUTH + CELL + north / 110_850]
    )


@given(scale=some.floats(0.05, 8), turn=some.floats(-180, 180))
@settings(max_examples=examples(60, 2000), deadline=None)
def test_three_points_give_back_the_map_they_were_taken_from(scale, turn):
    laid = lay(CORNERS, on_the_ground(CORNERS, scale, turn), SIZE)
    expected = on_the_ground([(0, 0), (SIZE[0], 0), (0, SIZE[1])], scale, turn)
    missed = in_metres(shapely.points(expected)), in_metres(shapely.points(np.array(laid.corners)))
    assert np.abs(np.array(laid.corners) - expected).max() * 111_320 < max(0.02, scale * 0.5), missed
    assert laid.metres_a_pixel == pytest.approx(scale, rel=0.01)
    assert math.cos(math.radians(laid.turned - turn)) > 0.999
    assert laid.stretch < 1.02
    assert laid.miss < 0.01 * scale * 1000


@given(stretch=some.floats(0.5, 2), turn=some.floats(-180, 180))
@settings(max_examples=examples(40, 1000), deadline=None)
def test_what_is_stretched_is_told_in_metres_and_refused_beyond_the_limit(stretch, turn):
    places = on_the_ground(CORNERS, 0.5, turn, stretch)
    much = max(stretch, 1 / stretch)
    if much > STRETCHED * 1.02:
        with pytest.raises(ValidationError, match="25") as refused:
            lay(CORNERS, places, SIZE)
        assert refused.value.code == "distorted"
    elif much < STRETCHED / 1.02:
        laid = lay(CORNERS, places, SIZE)
        assert laid.stretch == pytest.approx(much, rel=0.02)
        assert laid.miss == pytest.approx(abs(1 - stretch) * 110, rel=0.9, abs=2)


@given(scale=some.floats(0.05, 8), turn=some.floats(-180, 180))
@settings(max_examples=examples(30, 500), deadline=None)
def test_a_mirrored_image_is_refused(scale, turn):
    with pytest.raises(ValidationError) as refused:
        lay(CORNERS, on_the_ground(CORNERS, scale, turn, mirror=True), SIZE)
    assert refused.value.code == "mirrored"


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ([(0, 0), (500, 400), (1000, 800)], "collinear"),
        ([(0, 0), (0, 0), (1000, 800)], "collinear"),
        ([(0, 0), (40, 0), (0, 40)], "near"),
    ],
)
def test_points_that_fix_nothing_are_refused(image, code):
    for one, other in ((image, on_the_ground(CORNERS, 1, 0)), (CORNERS, on_the_ground(np.array(image) / 20, 1, 0))):
        with pytest.raises(ValidationError) as refused:
            lay(one, other, SIZE)
        assert refused.value.code in (code, "near")


# ── Under a plan ──
@pytest.fixture
def plan(cast, office_admin, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    spring = divide(cast).areas["spring"]
    return plans.create_plan(spring, kind="grid", name="重划", by=office_admin, now=now)


def points(datum: str = "", scale: float = 1.0) -> list[dict]:
    places = on_the_ground(CORNERS, scale, 0)
    places = from_wgs84(places, datum) if datum else places
    return [
        {"x": x, "y": y, "lon": lon, "lat": lat, "datum": datum}
        for (x, y), (lon, lat) in zip(CORNERS, places.tolist(), strict=True)
    ]


def file(content: bytes | None = None, name: str = "规划图.png") -> ContentFile:
    return ContentFile(content or picture(), name=name)


def test_an_image_is_laid_laid_anew_undone_removed_and_put_back(plan, office_admin, now):
    facts = {"by": office_admin, "now": now}
    first = plans.add_image(plan, file(), **facts)
    assert (first.width, first.height) == SIZE
    plans.fix_image(plan, points(), **facts)
    laid = plans.fix_image(plan, points(scale=0.5), **facts).fixed["laid"]
    assert laid["metres_a_pixel"] == pytest.approx(0.5, rel=0.01)
    assert plans.unfix_image(plan, **facts).fixed["laid"]["metres_a_pixel"] == pytest.approx(1, rel=0.01)
    assert plans.unfix_image(plan, **facts).fixed is None
    plans.remove_image(plan, **facts)
    with pytest.raises(ValidationError):
        plans.fix_image(plan, points(), **facts)
    assert plans.restore_image(plan, 1, **facts).removed_at is None
    plans.add_image(plan, file(picture("JPEG"), "b.JPG"), **facts)
    assert list(PlanImage.objects.filter(removed_at=None).values_list("nth", flat=True)) == [2]
    kinds = AuditEvent.objects.filter(action__contains="plan_image").values_list("action", flat=True)
    assert {k.rpartition(".")[2] for k in kinds} == {
        "add_plan_image", "fix_plan_image", "unfix_plan_image", "remove_plan_image", "restore_plan_image",
    }  # fmt: skip


def test_points_typed_in_gcj02_lie_where_those_in_wgs84_do(plan, office_admin, now):
    facts = {"by": office_admin, "now": now}
    plans.add_image(plan, file(), **facts)
    plain = plans.fix_image(plan, points(), **facts).fixed["laid"]["corners"]
    shifted = plans.fix_image(plan, points("gcj02"), **facts).fixed
    assert np.abs(np.array(shifted["laid"]["corners"]) - plain).max() < 1e-7
    assert shifted["points"][0]["said"] == [points("gcj02")[0]["lon"], points("gcj02")[0]["lat"]]


def test_what_is_no_image_is_not_kept(plan, office_admin, now, tmp_path):
    facts = {"by": office_admin, "now": now}
    wrong = {
        "a.gif": picture("GIF"),
        "b.png": b"%PDF-1.7 not a picture",
        "c.jpg": picture("JPEG")[:300],
        "d.png": picture() + b"<script>alert(1)</script>",
        "e.png": b"",
    }
    for name, content in wrong.items():
        with pytest.raises(ValidationError):
            plans.add_image(plan, ContentFile(content, name=name), **facts)
    assert not PlanImage.objects.exists()
    assert [one for one in Path(tmp_path).rglob("*") if one.is_file()] == []


def test_an_image_laid_elsewhere_or_outside_itself_is_refused(plan, office_admin, now):
    facts = {"by": office_admin, "now": now}
    plans.add_image(plan, file(), **facts)
    swapped = [{**one, "lon": one["lat"], "lat": one["lon"] - 60} for one in points()]
    away = [{**one, "lon": one["lon"] + 0.2} for one in points()]
    for wrong, code in ((away, "elsewhere"), (points()[:2], "three"), ([{"x": 1}] * 3, "point")):
        with pytest.raises(ValidationError) as refused:
            plans.fix_image(plan, wrong, **facts)
        assert refused.value.code == code
    with pytest.raises(ValidationError):
        plans.fix_image(plan, swapped, **facts)
    with pytest.raises(ValidationError):
        plans.fix_image(plan, [{**points()[0], "x": 4000}, *points()[1:]], **facts)
    assert PlanImage.objects.get().fixings == []


def test_rights_are_those_of_the_plan(plan, office_admin, worker, outsider, sign_in, now):
    plans.add_image(plan, file(), by=office_admin, now=now)
    client = sign_in(office_admin)
    said = client.get(reverse("plans:image", args=[plan.pk])).json()
    assert said["image"]["size"] == list(SIZE)
    seen = client.get(said["image"]["url"])
    assert (seen["Content-Type"], seen["Cache-Control"]) == ("image/jpeg", "private, no-store")
    stored = PlanImage.objects.get().file.open().read()
    assert seen.content[:3] == b"\xff\xd8\xff"
    assert seen.content[:200] not in stored  # sealed
    for who in (worker, outsider):
        with pytest.raises(PermissionDenied):
            plans.remove_image(plan, by=who, now=now)
        assert sign_in(who).get(said["image"]["url"]).status_code == 404
        assert sign_in(who).post(reverse("plans:remove_image", args=[plan.pk])).status_code == 404
    BoundaryPlan.objects.filter(pk=plan.pk).update(status="checked")
    answer = sign_in(office_admin).post(reverse("plans:remove_image", args=[plan.pk]))
    assert answer.status_code == 409
    assert answer.json()["detail"]


def test_the_editor_is_told_why_points_are_refused(plan, office_admin, sign_in, now):
    plans.add_image(plan, file(), by=office_admin, now=now)
    client = sign_in(office_admin)
    address = reverse("plans:fix_image", args=[plan.pk])
    good = client.post(address, json.dumps({"points": points()}), content_type="application/json")
    assert good.json()["image"]["laid"]["stretch"] == pytest.approx(1, abs=0.02)
    bad = client.post(address, json.dumps({"points": points()[::-1][:2]}), content_type="application/json")
    assert (bad.status_code, bool(bad.json()["detail"])) == (422, True)
    assert client.post(address, "{", content_type="application/json").status_code == 422


def test_the_wizard_makes_a_draft_over_an_image_and_takes_it_back(cast, office_admin, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    spring = divide(cast).areas["spring"]
    facts = {"by": office_admin, "now": now}
    batch = imports.upload("plan-image", "图纸.jpg", picture("JPEG"), **facts)
    imports.choose_options(batch, {"parent": spring.pk, "kind": "grid", "plan_name": "描图"}, **facts)
    assert imports.preview(batch, **facts).summary["created"] == 1
    assert not BoundaryPlan.objects.exists()
    assert len([one for one in Path(tmp_path).rglob("*") if one.is_file()]) == 1  # what was handed in, nothing more
    imports.apply_import(batch, **facts)
    made = BoundaryPlan.objects.get(name="描图")
    assert made.images.get().file_name == "图纸.jpg"
    batch.refresh_from_db()
    imports.undo_import(batch, **facts)
    made.refresh_from_db()
    assert made.status == "withdrawn"
    broken = imports.upload("plan-image", "坏.png", b"\x89PNG\r\n\x1a\nnothing", **facts)
    imports.choose_options(broken, {"parent": spring.pk, "kind": "grid", "plan_name": "坏"}, **facts)
    with pytest.raises(ValidationError):
        imports.preview(broken, **facts)


def test_a_point_beyond_every_number_is_refused_in_words(plan, office_admin, sign_in, now):
    plans.add_image(plan, file(), by=office_admin, now=now)
    wild = [*points()[:2], points()[2] | {"x": 10**400}]
    answer = sign_in(office_admin).post(
        reverse("plans:fix_image", args=[plan.pk]), json.dumps({"points": wild}), content_type="application/json"
    )
    assert answer.status_code == 422
