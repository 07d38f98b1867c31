"""Beside the list: saved views, steps for many rows, the map's extent, and the neighbours of a case."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from gridgov.audit.models import AuditEvent
from incidents import actions
from incidents.actions.report import Report
from incidents.models import Incident, SavedView
from incidents.workflow import Status
from tests.incidents.test_pages import queries

LIST = "/incidents/"


@pytest.fixture
def three(incident, category, building, worker, now):
    more = [
        actions.report(Report(category=category, building=building, description=words), by=worker, now=now)
        for words in ("一楼堆物", "二楼堆物")
    ]
    return [incident, *more]


def test_view_is_kept_shown_renamed_deleted_and_brought_back(sign_in, desk, three):
    client = sign_in(desk, "en")
    saved = client.post("/incidents/views/save/?tab=all&q=堆物&after=xyz", {"name": "  Piled   goods "})
    view = SavedView.objects.get()
    assert (view.name, view.user, saved.url) == ("Piled goods", desk, f"{LIST}?{view.query}")
    assert "after" not in view.query
    page = client.get(saved.url).content.decode()
    assert "Piled goods" in page
    assert "Save this view" not in page
    address = reverse("incidents:edit_view", args=[view.pk])
    assert client.post(address, {"name": "Goods"}).status_code == 302
    assert client.post(f"{address}delete/").url == address
    assert "Goods" not in client.get(LIST).content.decode()
    assert "Undo" in client.get(address).content.decode()
    assert client.post(f"{address}restore/").status_code == 302
    assert "Goods" in client.get(LIST).content.decode()
    done = AuditEvent.objects.filter(action__endswith="_view").order_by("id").values_list("action", flat=True)
    assert list(done) == [f"incidents.{verb}_view" for verb in ("save", "rename", "delete", "restore")]


def test_view_is_its_owners_only(sign_in, desk, office, now, three):
    view = actions.save_view("Mine", "tab=all", by=desk, now=now)
    client = sign_in(office)
    address = reverse("incidents:edit_view", args=[view.pk])
    assert client.get(address).status_code == 404
    assert [client.post(f"{address}{verb}/").status_code for verb in ("delete", "restore")] == [404, 404]
    assert "Mine" not in client.get(LIST).content.decode()
    assert SavedView.objects.get().deleted_at is None


def test_two_views_do_not_share_a_name_and_there_are_twenty_at_most(desk, office, now, cast):
    for number in range(20):
        actions.save_view(f"V{number}", "tab=all", by=desk, now=now)
    with pytest.raises(ValidationError, match="20"):
        actions.save_view("one more", "tab=all", by=desk, now=now)
    actions.save_view("V1", "tab=all", by=office, now=now)
    first, second = SavedView.objects.visible_to(desk).order_by("pk")[:2]
    with pytest.raises(ValidationError, match=r"[vV]1"):
        actions.rename_view(first, " v1 ", by=desk, now=now)
    actions.delete_view(second, by=desk, now=now)
    actions.rename_view(first, "v1", by=desk, now=now)
    with pytest.raises(ValidationError, match=r"[vV]1"):
        actions.restore_view(second, by=desk, now=now)


def test_saved_views_add_nothing_to_the_eight_queries(sign_in, desk, now, three):
    client = sign_in(desk)
    for number in range(3):
        actions.save_view(f"V{number}", "tab=all", by=desk, now=now)
    assert queries(client, f"{LIST}?tab=all")[1] == 8


def test_a_step_for_many_tells_what_became_of_each(sign_in, desk, three, now):
    """The proposed unit gets what can be dispatched; what cannot is told and stops nothing."""
    first, second, third = three
    Incident.objects.filter(pk=second.pk).update(responsible=None)
    client = sign_in(desk, "en")
    answer = client.post("/incidents/many/take_in/?tab=all", {"pk": [str(one.pk) for one in three]}, follow=True)
    page = answer.content.decode()
    assert "2 done, 1 not done" in page
    assert "No unit is proposed" in page
    states = {row.pk: row.status for row in Incident.objects.all()}
    assert states == {first.pk: Status.DISPATCHED, second.pk: Status.REPORTED, third.pk: Status.DISPATCHED}
    assert client.get(answer.request["PATH_INFO"]).content.decode().count("Not done") == 1
    again = client.post("/incidents/many/take_in/", {"pk": [str(first.pk)]}, follow=True).content.decode()
    assert "0 done, 1 not done" in again


def test_who_may_not_take_a_step_is_told_for_each_row_and_nothing_changes(sign_in, worker, three):
    page = sign_in(worker, "en").post("/incidents/many/take_in/", {"pk": [str(one.pk) for one in three]}, follow=True)
    assert "0 done, 3 not done" in page.content.decode()
    assert set(Incident.objects.values_list("status", flat=True)) == {Status.REPORTED}


def test_rows_one_does_not_see_and_nonsense_are_left_alone(sign_in, other_office, three):
    client = sign_in(other_office, "en")
    page = client.post("/incidents/many/urge/", {"pk": [str(three[0].pk), "1'; --"]}, follow=True).content.decode()
    assert three[0].number not in page
    assert Incident.objects.get(pk=three[0].pk).urged == 0
    assert client.post("/incidents/many/close/", {"pk": [str(three[0].pk)]}).status_code == 404


def test_the_ledger_of_picked_rows_holds_only_them(sign_in, desk, three):
    body = sign_in(desk).post("/incidents/export/xlsx/", {"pk": [str(three[1].pk)]}).content
    sheet = load_workbook(io.BytesIO(body)).active
    assert [row[1].value for row in sheet.iter_rows(min_row=4)] == [three[1].number]


def test_extent_of_the_map_narrows_the_list(sign_in, desk, three):
    inside = three[0]
    Incident.objects.filter(pk=inside.pk).update(point="SRID=4326;POINT(100.005 10.005)")
    client = sign_in(desk, "en")
    page = client.get(f"{LIST}?tab=all&extent=100,10,100.01,10.01").content.decode()
    assert [one.number in page for one in three] == [True, False, False]
    assert "Map: only what it shows" in page
    for nonsense in ("1,2,3", "a,b,c,d", "9,9,1,1", "nan,nan,nan,nan"):
        page = client.get(f"{LIST}?tab=all&extent={nonsense}").content.decode()
        assert all(one.number in page for one in three)


@pytest.mark.parametrize("order", ["new", "due"])
def test_a_case_leads_to_its_neighbours_in_the_list_one_came_from(sign_in, desk, three, order):
    client = sign_in(desk)
    listed = client.get(f"{LIST}?tab=all&sort={order}").context["page"].rows
    asked = f"?list=tab%3Dall%26sort%3D{order}"
    seen = []
    for row in listed:
        beside = client.get(reverse("incidents:detail", args=[row.pk]) + asked).context["beside_list"]
        seen.append(tuple(beside.get(way, "").split("/")[-2:][0] for way in ("previous", "next")))
    pks = [str(row.pk) for row in listed]
    assert seen == [("", pks[1]), (pks[0], pks[2]), (pks[1], "")]


def test_neighbours_are_only_those_the_filters_leave(sign_in, desk, three):
    page = sign_in(desk).get(reverse("incidents:detail", args=[three[0].pk]) + "?list=tab%3Dall%26q%3D一楼&x=1")
    beside = page.context["beside_list"]
    assert str(three[1].pk) in beside["previous"] + beside.get("next", "")
    assert str(three[2].pk) not in str(beside)


def test_case_with_its_list_costs_no_more_than_twelve(sign_in, desk, three):
    response, count = queries(
        sign_in(desk), reverse("incidents:detail", args=[three[1].pk]) + "?list=tab%3Dall%26unit%3Dx%26category%3D0302"
    )
    assert (response.status_code, count <= 12) == (200, True)


def test_office_loads_the_default_catalogue_by_a_button(sign_in, office_admin, worker, cast):
    assert sign_in(worker).post("/incidents/catalogue/load/").status_code == 403
    client = sign_in(office_admin, "en")
    assert "Load the default catalogue" in client.get("/incidents/catalogue/").content.decode()
    assert client.post("/incidents/catalogue/load/", follow=True).context["headings"]
