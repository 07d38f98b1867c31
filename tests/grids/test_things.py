"""Places and city assets: whose they are, what their numbers must be, what follows the ground, what pages cost."""

import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
import shapely
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from gridgov.audit.models import AuditEvent
from grids import codes, permissions
from grids.actions import imports, move_building, plans, things
from grids.actions.plans.things import WORDS
from grids.actions.things import Where
from grids.division.change import change_of
from grids.division.document import shapes_of
from grids.division.preview import collect
from grids.division.shapes import many
from grids.models import Asset, Building, Place
from grids.permissions import Perm
from grids.sheets import as_csv, as_xlsx
from tests import factories
from tests.examples import examples
from tests.grids.divided import CELL, cell, divide
from tests.grids.planning import fixed, go, halves, save

SIGNED = 3  # statements before any page: the session, the person, the person's rights
LIST = SIGNED + 4  # areas to choose from, rows, the time, unread notices


def at(nth: int, side: float = 0.0) -> Point:
    """A point in the cell of grid number `nth`, `side` of a cell's half to the east of its middle."""
    middle = cell(nth).centroid
    return Point(middle.x + side * CELL / 2, middle.y, srid=4326)


@pytest.fixture
def ground(cast):
    return divide(cast)


def shop(where: Where, by, now, **more) -> Place:
    return things.add(Place, where, by=by, now=now, **{"name": "春风超市", "kind": "small_shop", **more})


def lamp(where: Where, by, now, **more) -> Asset:
    return things.add(Asset, where, by=by, now=now, **{"code": "9901010118000001", **more})


# ── Numbers ──


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("9901010118000012", ""),
        ("９９０１０１ 0118 000012", ""),
        ("990101011800001", "asset_form"),
        ("99010101180000AB", "asset_form"),
        ("9901010618000012", "asset_class"),
        ("9901010018000012", "asset_class"),
        ("9901010100000012", "asset_sequence"),
        ("9901010118000000", "asset_sequence"),
    ],
)
def test_number_of_an_asset(text, code):
    if code:
        with pytest.raises(ValidationError) as caught:
            codes.clean_asset_code(text)
        assert caught.value.code == code
    else:
        assert codes.clean_asset_code(text) == "9901010118000012"


def test_credit_code_of_the_standard():
    assert codes.clean_credit_code("91350100m000100y43") == "91350100M000100Y43"


@given(st.text(codes.CREDIT_ALPHABET, min_size=17, max_size=17))
@settings(max_examples=examples(30, 500))
def test_exactly_one_last_character_fits_a_credit_code(body):
    fits = []
    for sign in codes.CREDIT_ALPHABET:
        try:
            fits.append(codes.clean_credit_code(body + sign))
        except ValidationError as error:
            assert error.code == "credit_check"  # noqa: PT017  every other sign, for this reason
    assert len(fits) == 1


# ── Where they belong ──


def test_place_belongs_where_its_building_stands_else_its_point(ground, office, now):
    grids = ground.grids
    building = grids[1].buildings.first()
    assert shop(Where(building, at(0)), office, now).area == grids[1]
    assert shop(Where(point=at(2)), office, now).area == grids[2]
    assert shop(Where(grid=grids[3]), office, now).area == grids[3]


def test_outside_every_grid_it_waits_at_the_street(ground, worker, office, now, sign_in):
    made = shop(Where(point=Point(10, 10, srid=4326)), worker, now)
    assert made.area == ground.areas["street"]
    assert made.pk not in Place.objects.visible_to(worker).values_list("pk", flat=True)
    assert "春风超市" in sign_in(office).get("/places/?state=unplaced").content.decode()
    things.correct(made, Where(point=at(0)), by=office, now=now)
    assert Place.objects.visible_to(worker).get().area == ground.grids[0]


def test_nobody_adds_beyond_the_own_grid(ground, worker, now):
    with pytest.raises(ValidationError, match="春风第二网格"):
        shop(Where(point=at(1)), worker, now)


def test_number_must_be_the_districts_and_new(ground, office, now):
    lamp(Where(point=at(0)), office, now)
    with pytest.raises(ValidationError) as caught:
        lamp(Where(point=at(0)), office, now)
    assert list(caught.value.error_dict) == ["code"]
    with pytest.raises(ValidationError, match="990101"):
        lamp(Where(point=at(0)), office, now, code="3205080118000001")


KEEPERS = {"worker", "lead", "desk", "office", "officer", "office_admin"}
REVEALERS = {"worker", "lead", "desk", "office", "officer"}


def test_rights_as_a_truth_table(cast, now):
    place = factories.make_place(cast.areas["grid"])
    allowed = {who for who, user in cast.people.items() if permissions.allows(user, Perm.KEEP_THINGS, place)}
    assert allowed == KEEPERS
    assert {w for w, u in cast.people.items() if permissions.allows(u, Perm.REVEAL_CONTACTS, place)} == REVEALERS
    for who in ("leader", "part_time", "neighbour", "unit_staff", "other_office"):
        with pytest.raises(PermissionDenied):
            things.close(place, on=timezone.localdate(now), why="gone", by=cast.people[who], now=now)


# ── What follows ──


def test_places_follow_their_building(ground, office, office_admin, now):
    building = ground.grids[0].buildings.first()
    made = shop(Where(building), office, now)
    move_building(building, ground.grids[1], by=office_admin, now=now)
    made.refresh_from_db()
    assert (made.area, made.area_path) == (ground.grids[1], ground.grids[1].path)


def test_assets_follow_their_owners_name(ground, cast, office, office_admin, now):
    from teams import actions as teams

    unit = cast.units["maintenance"]
    made = lamp(Where(point=at(0)), office, now, owner=unit.name)
    teams.edit_unit(unit, name="市政养护中心", phone="", is_desk=False, parent=None, by=office_admin, now=now)
    made.refresh_from_db()
    assert made.owner == "市政养护中心"


def test_a_plan_moves_what_lies_on_ground_that_changes_hands(ground, spring, office, office_admin, leader, now):
    """The eastern half of the first grid comes to the second one."""
    first, second = ground.grids[:2]
    draft = plans.create_plan(spring, kind="grid", name="春风重划", by=office_admin, now=now)
    stays = lamp(Where(point=at(0, -0.5)), office, now)
    moves = lamp(Where(point=at(0, 0.6)), office, now, code="9901010118000002")
    house = max(first.buildings.all(), key=lambda one: one.point.x)
    inside = shop(Where(house, at(0, -0.5)), office, now)
    waiting = shop(Where(point=Point(10, 10, srid=4326)), office, now)
    west, east = halves(0)
    shapes = {shape.area_id: shape for shape in shapes_of(draft)}
    shapes[first.pk] = shapes[first.pk].but(geometry=many(west))
    shapes[second.pk] = shapes[second.pk].but(geometry=many(shapely.union(cell(1), east)))
    saved = save(draft, list(shapes.values()), office_admin, now)
    saved = save(saved, fixed(saved), office_admin, now)
    rows = [row for one in collect(change_of(saved), by=office_admin) for row in one.rows]
    assert [(r.old, r.new, r.count) for r in rows if r.what == WORDS[Asset]] == [(first.name, second.name, 1)]
    go(saved, office_admin, leader, now + timedelta(minutes=5))
    for thing, area in ((stays, first), (moves, second), (inside, second), (waiting, ground.areas["street"])):
        thing.refresh_from_db()
        assert (thing.area_id, thing.area_path) == (area.pk, area.path)


# ── Pages ──


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("sort", ["places", "assets"])
def test_lists_cost_the_same_at_one_and_three(cast, office, sign_in, django_assert_num_queries, sort, count):
    make = factories.make_place if sort == "places" else factories.make_asset
    for grid in cast.grids[:count]:
        make(grid)
    client = sign_in(office)
    client.get(f"/{sort}/")
    with django_assert_num_queries(LIST - 1):
        page = client.get(f"/{sort}/").content.decode()
    assert page.count('<tr data-href="') == count


def test_list_is_narrowed_by_what_the_address_says(cast, office, sign_in):
    factories.make_place(cast.grids[0], "春风面馆", kind="small_restaurant")
    factories.make_place(cast.grids[1], "实验小学", kind="school", address="学府路1号")
    factories.make_asset(cast.grids[0], "9901010118000007", owner="市政养护队")
    factories.make_asset(cast.grids[1], "9901010305000008", condition="damaged")
    client = sign_in(office)

    def seen(address: str) -> set[str]:
        page = client.get(address).content.decode()
        return {word for word in ("春风面馆", "实验小学", "9901010118000007", "9901010305000008") if word in page}

    assert seen("/places/?kind=nine") == {"春风面馆"}
    assert seen("/places/?q=学府路") == {"实验小学"}
    assert seen(f"/places/?area={cast.grids[1].pk}") == {"实验小学"}
    assert seen("/places/?kind=nonsense&area=0") == {"春风面馆", "实验小学"}
    assert seen("/assets/?kind=01") == {"9901010118000007"}
    assert seen("/assets/?condition=damaged") == {"9901010305000008"}
    assert seen("/assets/?q=0008") == {"9901010305000008"}


def test_worker_adds_closes_and_lists_again(ground, worker, sign_in):
    client = sign_in(worker, lang="en")
    sent = {"name": "春风面馆", "kind": "small_restaurant", "lon": at(0).x, "lat": at(0).y}
    answer = client.post("/places/add/", {**sent, "credit_code": "91350100M000100Y44"})
    assert "The last character does not fit" in answer.content.decode()
    client.post("/places/add/", {**sent, "credit_code": "91350100M000100Y43", "contact_phone": "19900000001"})
    made = Place.objects.get()
    page = client.get(f"/places/{made.pk}/").content.decode()
    assert "199****0001" in page
    assert "19900000001" not in page
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused = client.post(f"/places/{made.pk}/close/", {"on": tomorrow.isoformat(), "why": "gone"})
    assert "This day has not come yet." in refused.content.decode()
    client.post(f"/places/{made.pk}/close/", {"on": timezone.localdate().isoformat(), "why": "gone"})
    assert not Place.objects.listed().exists()
    client.post(f"/places/{made.pk}/reopen/")
    assert Place.objects.listed().exists()
    words = [e.action for e in AuditEvent.objects.about("grids.place", str(made.pk)).order_by("id")]
    assert words == ["grids.add_place", "grids.close_place", "grids.reopen_place"]
    assert "put a place back on the list" in client.get(f"/places/{made.pk}/").content.decode()


def test_contacts_phone_is_shown_once_for_a_reason(ground, worker, now, sign_in, transactional_db):
    made = shop(Where(point=at(0)), worker, now, contact_phone="19900000001")
    client = sign_in(worker)
    page = client.post(f"/places/{made.pk}/reveal/", {"reason": "消防检查前联系"}).content.decode()
    assert "19900000001" in page
    assert AuditEvent.objects.filter(action="privacy.reveal", subject_id=str(made.pk)).count() == 1
    client.post(f"/places/{made.pk}/edit/", {"name": "新超市", "kind": "small_shop", "lon": at(0).x, "lat": at(0).y})
    kept = Place.objects.get()
    assert (kept.name, str(kept.contact_phone)) == ("新超市", "199****0001")


def test_export_holds_what_is_filtered_and_no_phone(ground, office, now, sign_in):
    shop(Where(point=at(0)), office, now, contact_phone="19900000001", name="=春风")
    factories.make_place(ground.grids[1], "别的店", kind="hotel")
    answer = sign_in(office, lang="en").post("/places/export.csv?kind=small_shop")
    text = answer.content.decode("utf-8-sig")
    assert "'=春风" in text
    assert "别的店" not in text
    assert "1990000" not in text
    assert AuditEvent.objects.filter(action="grids.export_things").get().data["rows"] == 1


def test_layers_show_what_is_listed_in_reach(cast, worker, sign_in):
    point = Point(124.001, 29.001, srid=4326)
    factories.make_place(cast.grids[0], "春风面馆", point=point)
    factories.make_place(cast.grids[1], "邻格店", point=point)
    factories.make_asset(cast.grids[0], "9901010305000008", point=point, condition="damaged")
    client = sign_in(worker, lang="en")
    rows = client.get("/areas/layers/places/").json()["features"]
    assert [row["properties"]["label"].split(" · ")[0] for row in rows] == ["春风面馆"]
    (bin_,) = client.get("/areas/layers/assets/").json()["features"]
    assert bin_["properties"]["kind"] == "asset-03"
    assert "Damaged" in bin_["properties"]["label"]


# ── Programs ──


def test_api_gives_what_the_posts_reach_without_phones(ground, worker, office, now, sign_in):
    made = shop(Where(point=at(0)), worker, now, contact_phone="19900000001")
    lamp(Where(point=at(1)), office, now, owner="市政养护队")
    answer = sign_in(worker).get("/api/v1/places/").json()["results"]
    assert [row["id"] for row in answer] == [str(made.pk)]
    assert "phone" not in json.dumps(answer)
    assert answer[0]["area"]["code"] == ground.grids[0].code
    assert sign_in(worker).get("/api/v1/assets/").json()["results"] == []
    client = sign_in(office)
    assert [r["kind"] for r in client.get("/api/v1/assets/?kind=01&owner=市政养护队").json()["results"]] == ["0118"]
    assert client.get("/api/v1/assets/?kind=02").json()["results"] == []


# ── Files ──


def _imported(kind, name, content, by, now):
    batch = imports.upload(kind, name, content, by=by, now=now)
    if name.endswith("json"):
        imports.choose_options(batch, {"crs": "", "encoding": "", "map": True}, by=by, now=now)
    return batch, imports.preview(batch, by=by, now=now)


def test_list_of_places_says_what_is_wrong_in_each_row(ground, office_admin, now):
    rows = [
        "name,kind,grid,building,credit_code,lon,lat",
        f"春风超市,小商店,,,,{at(0).x},{at(0).y}",
        "无类别,小行星,990101001001001,,,,",
        "假代码,小商店,990101001001001,,91350100M000100Y44,,",
        "没有楼,小商店,990101001001001,九十九号楼,,,",
        "店中楼,Small shop,990101001001001,1号楼,,,",
    ]
    _batch, played = _imported("place-list", "a.csv", "\n".join(rows).encode(), office_admin, now)
    assert [(line.number, line.kind) for line in played.lines] == [
        (2, "created"), (3, "refused"), (4, "refused"), (5, "refused"), (6, "created"),
    ]  # fmt: skip
    assert not Place.objects.exists()


def test_a_place_off_the_earth_is_refused_though_its_grid_is_named(ground, office_admin, now):
    rows = [("春风超市", [at(0).x, at(0).y]), ("春风面馆", [at(0).y, 500])]
    facts = {"kind": "小商店", "grid": "990101001001001"}
    features = [
        {"type": "Feature", "properties": facts | {"name": name}, "geometry": {"type": "Point", "coordinates": where}}
        for name, where in rows
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    _batch, played = _imported("place-list", "a.geojson", content, office_admin, now)
    assert [(line.kind, line.label) for line in played.lines] == [
        ("created", "春风超市 · 春风第一网格"),
        ("refused", "春风面馆"),
    ]
    assert "500.0000" in played.lines[1].note


def test_map_of_assets_comes_in_changes_and_is_taken_back(ground, office_admin, now):
    def file(condition: str) -> bytes:
        facts = {"code": "9901010118000012", "owner": "市政养护队", "condition": condition}
        shape = {"type": "Point", "coordinates": [at(0).x, at(0).y]}
        feature = {"type": "Feature", "properties": facts, "geometry": shape}
        return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()

    first, _played = _imported("asset-list", "a.geojson", file("完好"), office_admin, now)
    imports.apply_import(first, by=office_admin, now=now)
    _again, played = _imported("asset-list", "b.geojson", file("完好"), office_admin, now)
    assert [line.kind for line in played.lines] == ["unchanged"]
    second, played = _imported("asset-list", "c.geojson", file("破损"), office_admin, now)
    assert [line.kind for line in played.lines] == ["updated"]
    done, _played = imports.apply_import(second, by=office_admin, now=now)
    made = Asset.objects.get()
    assert (made.condition, made.area) == ("damaged", ground.grids[0])
    imports.undo_import(done, by=office_admin, now=now)
    imports.undo_import(first, by=office_admin, now=now)
    made.refresh_from_db()
    assert (made.condition, made.ended_why) == ("intact", "mistake")


def test_what_is_taken_back_before_breakfast_ends_today(ground, office_admin, now):
    early = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)  # half past six; still yesterday in UTC
    csv = f"name,kind,grid\n小店,小商店,{ground.areas['grid'].code}\n".encode()
    batch = imports.upload("place-list", "a.csv", csv, by=office_admin, now=now)
    imports.apply_import(batch, by=office_admin, now=now)
    imports.undo_import(batch, by=office_admin, now=early)
    assert Place.objects.get(name="小店").ended_on == date(2026, 11, 26)


def test_numbers_in_a_workbook_are_numbers_and_control_characters_are_left_out():
    rows = [[-73.98, 3, "=1+1", "上\x0b下", None], [True, 0, ' <楼> & "院"\n二 ', "字" * 40_000, ""]]
    content = as_xlsx(["a", "b", "c", "d", "e"], rows)
    sheet = load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in sheet[2]] == [-73.98, 3, "'=1+1", "上下", None]
    assert [cell.value for cell in sheet[3]] == [1, 0, ' <楼> & "院"\n二 ', "字" * 32_767, None]
    assert (sheet["A1"].font.bold, sheet["A2"].font.bold, sheet.freeze_panes) == (True, False, "A2")
    assert (
        len(list(load_workbook(io.BytesIO(content), read_only=True).active.rows)) == 3
    )  # reads as far as a sheet says
    assert as_csv(["a"], [[-73.98]]).decode("utf-8-sig") == "a\r\n-73.98\r\n"


def test_a_place_keeps_its_building_when_only_its_name_is_corrected(ground, office, now, sign_in):
    made = shop(Where(building=ground.areas["grid"].buildings.first()), office, now)
    Building.objects.filter(pk=made.building_id).update(retired_at=now)
    page = sign_in(office).get(f"/places/{made.pk}/edit/")
    said = {name: field.value() or "" for name, field in ((f.name, f) for f in page.context["form"])}
    sign_in(office).post(f"/places/{made.pk}/edit/", said | {"name": "新名"})
    made.refresh_from_db()
    assert (made.name, made.building_id) == ("新名", said["building"])
