"""Who sees residents, what is written about them, and that nothing slips past the mask or the database's own guard."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridgov.audit.models import AuditEvent
from grids import actions as ground
from grids.models import Area
from grids.permissions import forget
from residents import actions
from residents.models import Dwelling, Household, Resident
from residents.protection import protected, protected_paths
from tests import factories
from tests.cast import ROLE_NAMES

SEE = {"worker", "lead", "desk", "office", "officer"}
ID_NUMBER = "990101193802150014"


@pytest.fixture
def door(cast, worker, now):
    """3号楼 1单元 501 in the worker's grid."""
    building = factories.make_building(cast.areas["grid"], "3号楼")
    return actions.add_dwelling(building, entrance="1", room="501", by=worker, now=now)


@pytest.fixture
def zhang(door, worker, now):
    """张明, who lives there."""
    household = actions.add_household(door, by=worker, now=now)
    return actions.add_resident(household, name="张明华", living="registered", phone="19900000001", by=worker, now=now)


def seen_by(user):
    with protected(user):
        return list(Resident.objects.visible_to(user))


@pytest.mark.parametrize("name", ROLE_NAMES)
def test_resident_is_seen_by_these_and_nobody_else(cast, zhang, name):
    assert bool(seen_by(cast.people[name])) == (name in SEE)


@pytest.mark.parametrize("name", ROLE_NAMES)
def test_page_of_a_resident_by_role(cast, zhang, sign_in, name):
    answer = sign_in(cast.people[name]).get(f"/residents/{zhang.pk}/")
    if name in SEE:
        assert answer.status_code == 200
        assert "张**" in answer.content.decode()
        assert "张明华" not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
    else:
        assert answer.status_code in (403, 404)


def test_what_is_stored_is_sealed_and_found_by_index(zhang):
    with protected_paths(["0"]), connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, name_index FROM residents_resident")
        name, phone, index = (bytes(value) for value in cursor.fetchone())
    assert "张明华".encode() not in name + phone + index
    assert b"19900000001" not in name + phone + index


def test_row_security_hides_what_a_query_forgets_to_filter(zhang, neighbour, worker):
    assert Resident.objects.count() == 0
    with protected(neighbour):
        assert Resident.objects.count() == 0
    with protected(worker):
        assert Resident.objects.count() == 1
        with protected(neighbour):
            assert Resident.objects.count() == 0
        assert Resident.objects.count() == 1
    assert Resident.objects.count() == 0


def test_row_security_refuses_writing_into_another_grid(zhang, worker, next_grid):
    from django.db import transaction, utils

    with protected(worker), pytest.raises(utils.ProgrammingError, match="row-level security"), transaction.atomic():
        Resident.objects.update(area=next_grid, area_path=next_grid.path)


@pytest.mark.parametrize("name", ["part_time", "building_head", "unit_staff", "system_admin", "officer", "neighbour"])
def test_only_field_workers_and_desks_write(cast, door, name, now):
    with pytest.raises(PermissionDenied):
        actions.add_household(door, by=cast.people[name], now=now)


def test_dwelling_is_made_once(door, worker, now):
    again = actions.add_dwelling(door.building, entrance=" 1 ", room="501 ", by=worker, now=now)
    assert again == door
    with pytest.raises(ValidationError):
        actions.add_dwelling(door.building, room="  ", by=worker, now=now)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "张3"}, "name"),
        ({"phone": "12"}, "phone"),
        ({"id_number": "990101193802150015", "id_purpose": "居住证"}, "id_number"),
        ({"id_number": ID_NUMBER}, "id_purpose"),
        ({"birth_year": 38}, "birth_year"),
    ],
)
def test_wrong_fact_names_its_field(zhang, worker, now, facts, field):
    with pytest.raises(ValidationError) as refused:
        actions.correct_resident(zhang, by=worker, now=now, **facts)
    assert list(refused.value.message_dict) == [field]


def test_correction_keeps_what_is_not_given_and_logs_no_value(zhang, worker, now):
    actions.correct_resident(zhang, id_number=ID_NUMBER, id_purpose="居住证", by=worker, now=now)
    with protected(worker):
        row = Resident.objects.get()
        assert (str(row.name), str(row.phone)) == ("张**", "199****0001")
        assert Resident.objects.matching(ID_NUMBER).get() == row
    event = AuditEvent.objects.get(action="residents.correct")
    assert event.data == {"fields": ["id_number", "id_purpose"]}


def test_full_width_digits_are_understood(zhang, worker):
    with protected(worker):
        assert Resident.objects.matching("１９９０００００００１").get() == zhang


def test_resident_moves_leaves_comes_back_and_is_removed(zhang, door, worker, now):
    other = actions.add_household(
        actions.add_dwelling(door.building, room="502", by=worker, now=now), by=worker, now=now
    )
    moved = actions.move_resident(zhang, other, on=date(2026, 1, 2), by=worker, now=now)
    assert moved.household == other
    with pytest.raises(ValidationError):
        actions.move_resident(zhang, other, on=date(2026, 1, 2), by=worker, now=now)
    with pytest.raises(ValidationError):
        actions.leave(moved, on=date(2026, 1, 1), by=worker, now=now)
    actions.leave(moved, on=date(2026, 2, 1), by=worker, now=now)
    with protected(worker):
        assert not Resident.objects.present().exists()
    actions.come_back(moved, by=worker, now=now)
    actions.remove(moved, by=worker, now=now)
    with protected(worker):
        assert not Resident.objects.present().exists()
    actions.restore(moved, by=worker, now=now)
    with protected(worker):
        assert Resident.objects.present().get() == moved


def test_nobody_is_moved_out_of_reach(zhang, cast, worker, now):
    far = factories.make_building(cast.areas["far_grid"])
    dwelling = Dwelling.objects.create(building=far, area=far.area, area_path=far.area_path, room="1")
    with protected_paths(["0"]):
        household = Household.objects.create(dwelling=dwelling, area=far.area, area_path=far.area_path)
    with pytest.raises(PermissionDenied):
        actions.move_resident(zhang, household, on=date(2026, 1, 2), by=worker, now=now)


def test_residents_follow_their_building(zhang, door, worker, neighbour, next_grid):
    old = door.building.area_path
    door.building.area, door.building.area_path = next_grid, next_grid.path
    door.building.save()
    assert actions.follow_buildings([door.building.pk], door.building.area, old_paths=[old]) == 1
    assert not seen_by(worker)
    assert seen_by(neighbour) == [zhang]


def test_residents_follow_the_action_that_moves_a_building(
    zhang, door, office_admin, worker, neighbour, next_grid, now
):
    ground.move_building(door.building, next_grid, by=office_admin, now=now)
    assert not seen_by(worker)
    assert seen_by(neighbour) == [zhang]
    assert Dwelling.objects.get().area_path == next_grid.path
    with protected(neighbour):
        assert Household.objects.get().area == next_grid


def test_residents_follow_an_area_that_moves(zhang, grid, autumn, office_admin, worker, desk, autumn_desk, now):
    assert seen_by(desk) == [zhang]
    old = grid.path
    moved = ground.move_area(grid, autumn, by=office_admin, now=now)
    for person in (worker, desk, autumn_desk):
        forget(person)
    with protected_paths([old]):
        assert not Household.objects.exists()
        assert not Resident.objects.exists()
    assert not seen_by(desk)
    assert seen_by(autumn_desk) == [zhang]
    assert seen_by(worker) == [zhang]  # the post hangs from the grid and moves with it
    with protected(worker):
        assert {row.area_path for row in (Household.objects.get(), Resident.objects.get())} == {moved.path}


def test_a_failed_move_takes_nobody_along(zhang, spring, office_admin, worker, monkeypatch, now):
    monkeypatch.setattr(actions, "follow_area", lambda *_args, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ground.move_area(spring, Area.objects.get(name="光明街道"), by=office_admin, now=now)
    assert Area.objects.get(pk=spring.pk).path == spring.path
    assert seen_by(worker) == [zhang]


def test_adding_points_out_someone_alike_then_adds_anyway(zhang, door, worker, sign_in):
    client, url = sign_in(worker), f"/residents/buildings/{door.building_id}/add/"
    form = {"entrance": "1", "room": "501", "name": "张明华", "living": "registered"}
    first = client.post(url, form)
    assert first.status_code == 200
    assert 'name="anyway"' in first.content.decode()
    assert client.post(url, form | {"anyway": "on"}).status_code == 302
    with protected(worker):
        assert Resident.objects.count() == 2


def test_bad_form_keeps_what_was_typed(door, worker, sign_in):
    answer = sign_in(worker, "en").post(
        f"/residents/buildings/{door.building_id}/add/",
        {"room": "501", "name": "张三", "living": "registered", "phone": "1"},
    )
    assert answer.status_code == 200
    assert 'value="张三"' in answer.content.decode()
    assert "11 digits" in answer.content.decode()


def test_reveal_needs_a_reason_and_leaves_a_record(zhang, worker, sign_in):
    client = sign_in(worker)
    url = f"/residents/{zhang.pk}/reveal/phone/"
    assert "19900000001" not in client.get(url).content.decode()
    assert "19900000001" not in client.post(url, {"reason": " "}).content.decode()
    assert not AuditEvent.objects.filter(action="privacy.reveal").exists()
    shown = client.post(url, {"reason": "上门走访前联系"})
    assert "19900000001" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert AuditEvent.objects.get(action="privacy.reveal").subject_id == str(zhang.pk)


@pytest.mark.parametrize("name", ["neighbour", "part_time", "system_admin", "leader", "officer"])
def test_reveal_is_refused_to_others(cast, zhang, sign_in, name):
    answer = sign_in(cast.people[name]).post(f"/residents/{zhang.pk}/reveal/phone/", {"reason": "好奇想看看"})
    assert answer.status_code in (403, 404)
    assert not AuditEvent.objects.filter(action="privacy.reveal").exists()


def test_no_field_but_the_declared_is_revealed(zhang, worker, sign_in):
    assert sign_in(worker).get(f"/residents/{zhang.pk}/reveal/name_index/").status_code == 404


def test_search_stays_in_the_own_area(zhang, worker, neighbour, sign_in):
    assert "张**" in sign_in(worker).post("/residents/search/", {"q": "张明华"}).content.decode()
    assert "张**" not in sign_in(neighbour).post("/residents/search/", {"q": "张明华"}).content.decode()


def test_search_is_never_in_an_address(worker, sign_in):
    assert sign_in(worker).get("/residents/search/?q=张明华").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_search_costs_six_statements(zhang, worker, sign_in):
    client = sign_in(worker)
    client.post("/residents/search/", {"q": "19900000001"})
    with CaptureQueriesContext(connection) as queries:
        client.post("/residents/search/", {"q": "19900000001"})
    assert len([q for q in queries if q["sql"] not in ("BEGIN", "COMMIT")]) == 6


def test_worker_goes_from_grid_to_door(zhang, door, worker, sign_in):
    client = sign_in(worker)
    assert f"/residents/buildings/{door.building_id}/" in client.get("/residents/").content.decode()
    assert (
        f"/residents/dwellings/{door.pk}/" in client.get(f"/residents/buildings/{door.building_id}/").content.decode()
    )
    assert f"/residents/{zhang.pk}/" in client.get(f"/residents/dwellings/{door.pk}/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_at_one_and_three_rows(count, door, worker, now, sign_in, django_assert_num_queries):
    household = actions.add_household(door, by=worker, now=now)
    for number in range(count):
        actions.add_resident(household, name=f"李{'甲乙丙'[number]}", living="living", by=worker, now=now)
    client = sign_in(worker)
    client.get("/residents/")
    with django_assert_num_queries(10):  # with the savepoint and the setting put back, which only a test needs
        client.get(f"/residents/dwellings/{door.pk}/")


def test_pages_change_what_they_say(zhang, door, worker, sign_in):
    client, base = sign_in(worker), f"/residents/{zhang.pk}"
    assert client.post(f"{base}/correct/", {"living": "away", "birth_year": "1956"}).status_code == 302
    assert client.post(f"{base}/leave/", {"on": "2026-01-01"}).status_code == 302
    assert client.post(f"{base}/come-back/").status_code == 302
    assert client.post(f"{base}/remove/").status_code == 302
    assert client.post(f"{base}/restore/").status_code == 302
    other = Dwelling.objects.create(building=door.building, area=door.area, area_path=door.area_path, room="9")
    assert client.post(f"{base}/move/", {"dwelling": other.pk, "on": "2026-01-02"}).status_code == 302
    with protected(worker):
        row = Resident.objects.select_related("household").get()
    assert (row.living, row.birth_year, row.household.dwelling_id) == ("away", 1956, other.pk)
    assert str(row.phone) == "199****0001"


def test_doors_of_an_entrance_are_added_at_once_corrected_and_taken_out(door, worker, neighbour, now, sign_in):
    building = door.building
    known = actions.add_dwelling(building, entrance="2", room="501", by=worker, now=now)
    client = sign_in(worker, lang="en")
    sent = {"entrance": "2", "first": 4, "last": 5, "rooms": 2, "use": "let"}
    client.post(f"/residents/buildings/{building.pk}/dwellings/", sent)
    rooms = (
        Dwelling.objects.filter(building=building, entrance="2").order_by("room").values_list("room", "floor", "use")
    )
    assert list(rooms) == [("401", 4, "let"), ("402", 4, "let"), ("501", 5, ""), ("502", 5, "let")]
    client.post(f"/residents/dwellings/{known.pk}/correct/", {"floor": 5, "use": "own"})
    known.refresh_from_db()
    assert known.use == "own"
    client.post(f"/residents/dwellings/{known.pk}/remove/")
    assert not Dwelling.objects.filter(pk=known.pk).exists()
    refused = client.post(f"/residents/buildings/{building.pk}/dwellings/", {**sent, "last": 3})
    assert "1 to 400" in refused.content.decode()
    with pytest.raises(PermissionDenied):
        actions.add_dwellings(building, floors=range(1, 3), rooms=range(1, 3), by=neighbour, now=now)


def test_a_dwelling_where_somebody_is_listed_stays(door, worker, now):
    actions.add_household(door, by=worker, now=now)
    with pytest.raises(ValidationError):
        actions.remove_dwelling(door, by=worker, now=now)
