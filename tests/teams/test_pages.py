"""The address book, people, posts and units as pages: found, called, changed, and refused where they must be."""

from datetime import timedelta

import pytest

from gridgov.audit.models import AuditEvent
from grids.models import AreaUserPermission
from teams.models import Assignment, Unit
from teams.names import initials
from tests import factories


@pytest.mark.parametrize(
    ("name", "letters"),
    [("王小勤", "wxq"), ("单雄信", "sxx"), ("尉迟恭", "ycg"), ("曾 国", "zg"), ("Li Lei", "lilei"), ("", "")],
)
def test_initials_know_surnames(name, letters):
    assert initials(name).startswith(letters[:1])
    if name != "Li Lei":
        assert initials(name) == letters


def test_book_shows_the_own_grid_and_offices_above(worker, sign_in):
    page = sign_in(worker).get("/people/").content.decode()
    assert "李长青" in page
    assert "街道网格办" in page
    assert "027-00000001" in page
    assert "孙邻格" not in page


@pytest.mark.parametrize("text", ["王小", "wxq", "1990000 0001", "worker", "春风第一网格团队"])
def test_search_finds_by_what_people_type(office, sign_in, text):
    assert "王小勤" in sign_in(office).post("/people/", {"q": text}).content.decode()


def test_search_stays_in_reach(neighbour, sign_in):
    for text in ("王小勤", "wxq", "19900000001"):
        page = sign_in(neighbour).post("/people/", {"q": text}).content.decode()
        assert "/call/" not in page


def test_mobile_is_masked_until_called(office, worker, sign_in):
    client = sign_in(office)
    page = client.get(f"/people/{worker.public_id}/").content.decode()
    assert "199****0001" in page
    assert "19900000001" not in page
    answer = client.post(f"/people/{worker.public_id}/call/")
    assert "19900000001" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(action="privacy.reveal", actor_id=office.pk).count() == 1


def test_other_peoples_colleagues_do_not_exist(neighbour, worker, other_office, sign_in):
    for reader in (neighbour, other_office):
        client = sign_in(reader)
        assert client.get(f"/people/{worker.public_id}/").status_code == 404
        assert client.post(f"/people/{worker.public_id}/call/").status_code == 404
    assert not AuditEvent.objects.filter(action="privacy.reveal").exists()


@pytest.mark.parametrize("by", ["unit", "grid"])
@pytest.mark.parametrize("count", [1, 3])
def test_book_costs_the_same_at_one_and_three(cast, office, by, count, sign_in, django_assert_num_queries):
    Assignment.objects.exclude(user=office).delete()
    for _ in range(count):
        factories.make_post(factories.make_person(), "worker", cast.areas["grid"], cast.units["team"])
    client = sign_in(office)
    client.get("/people/")
    with django_assert_num_queries(7 if by == "unit" else 6):
        client.get(f"/people/?by={by}")


def test_security_administrator_runs_a_post_from_beginning_to_end(cast, outsider, security_admin, sign_in, today):
    client = sign_in(security_admin)
    grid, team = cast.areas["grid"], cast.units["team"]
    page = f"/people/{outsider.public_id}/"
    assert "施无岗" in client.get(page).content.decode()
    form = {"role": "worker", "area": grid.pk, "unit": team.pk, "since": str(today - timedelta(days=3))}
    assert client.post(f"{page}appoint/", form).status_code == 302
    post = Assignment.objects.get(user=outsider)
    assert client.post(f"/people/posts/{post.pk}/end/", {"on": str(today)}).status_code == 302
    post.refresh_from_db()
    assert post.until == today


def test_refused_appointment_keeps_what_was_typed(cast, outsider, security_admin, sign_in, today):
    form = {"role": "worker", "area": cast.areas["street"].pk, "unit": cast.units["office"].pk, "since": str(today)}
    answer = sign_in(security_admin, "en").post(f"/people/{outsider.public_id}/appoint/", form)
    assert answer.status_code == 200
    assert "is a post at this level" in answer.content.decode()
    assert str(today) in answer.content.decode()


def test_withdraw_and_hand_over_by_page(cast, worker, outsider, security_admin, sign_in, today):
    client = sign_in(security_admin)
    form = {"successor": outsider.pk, "on": str(today + timedelta(days=1))}
    assert client.post(f"/people/{worker.public_id}/hand-over/", form).status_code == 302
    new = Assignment.objects.get(user=outsider)
    assert client.post(f"/people/posts/{new.pk}/withdraw/").status_code == 302
    assert not Assignment.objects.filter(user=outsider).exists()


def test_person_is_created_corrected_and_helped(security_admin, sign_in):
    client = sign_in(security_admin)
    made = client.post("/people/new/", {"username": "W9", "name": "新来", "phone": "19900009999"})
    assert made.status_code == 302
    page = made["Location"]
    assert client.post(f"{page}edit/", {"name": "新到", "phone": ""}).status_code == 302
    shown = client.get(page).content.decode()
    assert "新到" in shown
    assert "199****9999" in shown
    reset = client.post(f"{page}reset/")
    assert "/accounts/set/" in reset.content.decode()
    assert "<svg" in reset.content.decode()
    assert "no-store" in reset["Cache-Control"]
    assert client.post(f"{page}disable/").status_code == 302
    assert client.post(f"{page}enable/").status_code == 302


def test_who_lost_a_password_is_found_in_the_menu_also_when_disabled(security_admin, worker, sign_in):
    client = sign_in(security_admin, "en")
    assert "/people/sign-ins/" in client.get("/people/").content.decode()
    found = client.post("/people/sign-ins/", {"q": worker.username}).content.decode()
    assert f"/people/{worker.public_id}/reset/" in found
    client.post(f"/people/{worker.public_id}/disable/")
    found = client.post("/people/sign-ins/", {"q": worker.name}).content.decode()
    assert f"/people/{worker.public_id}/enable/" in found
    assert "/reset/" not in client.post("/people/sign-ins/", {"q": security_admin.username}).content.decode()


def test_taken_staff_number_is_said_beside_the_field(security_admin, worker, sign_in):
    answer = sign_in(security_admin, "en").post("/people/new/", {"username": worker.username, "name": "某人"})
    assert "This staff number is taken." in answer.content.decode()


def test_exception_is_granted_and_taken_back_by_page(cast, worker, security_admin, sign_in, today):
    client = sign_in(security_admin)
    form = {
        "perm": "view_incidents",
        "area": cast.areas["next_grid"].pk,
        "reason": "代班",
        "until": str(today + timedelta(days=5)),
    }
    assert client.post(f"/people/{worker.public_id}/exception/", form).status_code == 302
    grant = AreaUserPermission.objects.get()
    assert client.post(f"/people/exceptions/{grant.pk}/revoke/").status_code == 302
    assert not AreaUserPermission.objects.exists()


def test_units_are_founded_corrected_and_dissolved_by_page(cast, office_admin, sign_in):
    client = sign_in(office_admin)
    form = {"name": "园林所", "kind": "institution", "area": cast.areas["street"].pk}
    assert client.post("/people/units/new/", form).status_code == 302
    unit = Unit.objects.get(name="园林所")
    page = f"/people/units/{unit.pk}/"
    assert client.post(f"{page}edit/", {"name": "园林绿化所", "phone": "027-1"}).status_code == 302
    assert "园林绿化所" in client.get(page).content.decode()
    assert client.post(f"{page}retire/").status_code == 302
    assert "园林绿化所" in client.get("/people/units/?retired=1").content.decode()
    assert client.post(f"{page}reopen/").status_code == 302
    unit.refresh_from_db()
    assert unit.retired_at is None


def test_roles_are_told_in_plain_words(worker, sign_in):
    page = sign_in(worker, "en").get("/people/roles/").content.decode()
    assert "Reads the logs. Changes nothing." in page


def test_first_steps_are_computed_and_create_nothing(cast, security_admin, worker, sign_in):
    page = sign_in(security_admin, "en").get("/setup/")
    assert page.status_code == 200
    assert "done" in page.content.decode()
    assert sign_in(worker).get("/setup/").status_code == 403


def test_first_steps_open_only_doors_one_may_pass_and_name_who_has_the_key(cast, sign_in, security_admin, office_admin):
    pages = {who: sign_in(person, "en").get("/setup/") for who, person in
             (("security", security_admin), ("office", office_admin))}  # fmt: skip
    for who, page in pages.items():
        client = sign_in({"security": security_admin, "office": office_admin}[who], "en")
        doors = [url for row in page.context["rows"] for _words, url in row["doors"]]
        assert {url: client.get(url).status_code for url in doors} == dict.fromkeys(doors, 200)
        assert doors
    assert "Done by: Office administrator" in pages["security"].content.decode()


@pytest.mark.django_db
def test_first_steps_in_an_almost_empty_house(sign_in):
    district = factories.make_area("district")
    admin = factories.make_person()
    factories.make_post(admin, "security_admin", district)
    page = sign_in(admin, "en").get("/setup/").content.decode()
    assert "create_admin --role system_admin" in page
    assert "create_admin --role security_admin" not in page
