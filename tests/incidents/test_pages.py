"""The pages about incidents: what they cost, what they say, who gets them, what they keep when something is wrong."""

import io
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from gridgov.accounts.models import User
from gridgov.audit.models import AuditEvent
from incidents import actions
from incidents.actions.report import Report
from incidents.forms import ListFilter
from incidents.models import Duty, Incident, Supervision
from incidents.workflow import Status
from tests import factories

MARKS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def queries(client, url, **kwargs):
    """The answer and how many statements it took, transaction marks aside."""
    with CaptureQueriesContext(connection) as seen:
        response = client.get(url, **kwargs)
    return response, len([q for q in seen.captured_queries if not q["sql"].startswith(MARKS)])


@pytest.fixture
def three(incident, category, building, worker, now):
    for words in ("一楼堆物", "二楼堆物"):
        actions.report(Report(category=category, building=building, description=words), by=worker, now=now)
    return incident


@pytest.mark.parametrize(
    "query", ["?tab=all", "?tab=mine", "?tab=late", "?tab=all&q=堆物", "?tab=all&level=0&status=open"]
)
def test_list_costs_eight_queries_with_one_row_and_with_three(
    sign_in, desk, incident, category, building, worker, now, query
):
    client, url = sign_in(desk), f"{reverse('incidents:list')}?{query}"
    one = queries(client, url)[1]
    for words in ("一楼堆物", "二楼堆物"):
        actions.report(Report(category=category, building=building, description=words), by=worker, now=now)
    assert (one, queries(client, url)[1]) == (8, 8)


@pytest.mark.parametrize("name", ["list", "points"])
def test_nonsense_in_the_address_filters_nothing(sign_in, desk, incident, name):
    client, url = sign_in(desk), reverse(f"incidents:{name}")
    for field in ListFilter.base_fields:
        assert client.get(url, {"tab": "all", field: "\x00"}).status_code == 200


def test_map_of_a_case_outside_every_grid_shows_the_street(sign_in, office, category, worker, now):
    report = Report(category=category, point=Point(100.005, 10.005, srid=4326), description="堆物")
    case = actions.report(report, by=worker, now=now)
    page = sign_in(office).get(reverse("incidents:detail", args=[case.pk])).content.decode()
    assert case.needs_triage
    assert f'data-grids="{reverse("grids:geojson")}?kind=street"' in page
    assert 'data-zoom="near"' not in page


def test_case_costs_twelve_queries(sign_in, desk, three):
    response, count = queries(sign_in(desk), reverse("incidents:detail", args=[three.pk]))
    assert response.status_code == 200
    assert count <= 12


OUTSIDE = {"lon": 100.005, "lat": 10.005, "accuracy": 8}
DOORS = {  # door: (its address, who stands there, where it happened, statements); 15 is the budget
    "phone": ("incidents:field_form", "worker", "building", 13),
    "phone, outside every grid": ("incidents:field_form", "worker", "outside", 14),
    "desk": ("incidents:report", "desk", "building", 14),
    "residents": ("incidents:public_report", None, "outside", 15),
}


@pytest.mark.parametrize(("door", "who", "where", "budget"), DOORS.values(), ids=list(DOORS))
def test_a_report_costs_no_more_than_fifteen_statements_by_every_door(
    request, client, sign_in, three, category, building, street, door, who, where, budget
):
    User.objects.service("residents")  # made with the first resident's report
    client = sign_in(request.getfixturevalue(who)) if who else client
    parts = {"incidents:report": [], "incidents:public_report": [street.code, category.code]}
    url, counts = reverse(door, args=parts.get(door, [category.code])), []
    for _nth in range(2):
        data = {"client_id": uuid4(), "category": category.code, "description": "又堆了"}
        data |= {"building": building.pk} if where == "building" else OUTSIDE
        with CaptureQueriesContext(connection) as seen:
            assert client.post(url, data).status_code == (302 if who else 200)
        counts.append(len([q for q in seen.captured_queries if not q["sql"].startswith(MARKS)]))
    assert counts == [budget, budget]


def test_a_building_that_is_no_number_is_said_beside_its_field(sign_in, desk, category):
    page = sign_in(desk, lang="en").post(reverse("incidents:report"), {"category": category.code, "building": "abc"})
    assert page.status_code == 200
    assert "building" in page.context["form"].errors


def test_desk_takes_in_and_dispatches_with_one_submit(sign_in, desk, three, cast):
    url = reverse("incidents:move", args=[three.pk, "take_in"])
    sign_in(desk).post(url, {"unit": cast.units["enforcement"].pk, "words": ""})
    found = Incident.objects.get(pk=three.pk)
    assert (found.status, found.handling_unit) == (Status.DISPATCHED, cast.units["enforcement"])


def test_a_step_without_its_words_keeps_what_was_chosen(sign_in, desk, three):
    url = reverse("incidents:move", args=[three.pk, "reject"])
    response = sign_in(desk, lang="en").post(url, {"words": "  "})
    assert response.status_code == 200
    assert "field-wrong" in response.content.decode()
    assert Incident.objects.get(pk=three.pk).status == Status.REPORTED


def test_a_phone_number_in_words_is_flagged_once_then_kept_and_masked(sign_in, desk, three, cast):
    client, url = sign_in(desk), reverse("incidents:move", args=[three.pk, "urge"])
    flagged = client.post(url, {"words": "打 13800138000 找他"})
    assert flagged.status_code == 200
    assert "13800138000" in flagged.content.decode()
    client.post(url, {"words": "打 13800138000 找他", "personal_seen": "1"})
    page = client.get(reverse("incidents:detail", args=[three.pk])).content.decode()
    assert "138****8000" in page
    assert "13800138000" not in page


def test_sending_the_form_twice_reports_once(sign_in, worker, three, category, building):
    client, url = sign_in(worker), reverse("incidents:field_form", args=[category.code])
    data = {"client_id": uuid4(), "building": building.pk, "description": "楼道堆物"}
    first, second = client.post(url, data), client.post(url, data)
    assert first.url == second.url
    assert Incident.objects.count() == 4


def test_settled_on_the_spot_is_one_submit(sign_in, worker, three, category, building):
    url = reverse("incidents:field_form", args=[category.code])
    data = {"client_id": uuid4(), "building": building.pk, "description": "当场搬走了", "resolved": "1"}
    sign_in(worker).post(url, data)
    assert Incident.objects.order_by("-id").first().status == Status.SELF_RESOLVED


def test_nothing_said_and_no_place_is_refused_beside_the_field(sign_in, worker, three, category):
    url = reverse("incidents:field_form", args=[category.code])
    response = sign_in(worker).post(url, {"client_id": uuid4(), "description": ""})
    assert response.status_code == 200
    assert "field-error" in response.content.decode()
    assert Incident.objects.count() == 3


def test_five_thousand_characters_are_refused_and_kept(sign_in, worker, three, category):
    url, text = reverse("incidents:field_form", args=[category.code]), "长" * 5000
    response = sign_in(worker).post(url, {"client_id": uuid4(), "description": text})
    assert text in response.content.decode()
    assert Incident.objects.count() == 3


def test_a_photo_that_is_a_script_leaves_nothing_behind(sign_in, worker, three, category, building):
    from django.core.files.uploadedfile import SimpleUploadedFile

    url = reverse("incidents:field_form", args=[category.code])
    script = SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>" * 20, "image/jpeg")
    data = {"client_id": uuid4(), "building": building.pk, "description": "带图", "photos": script}
    response = sign_in(worker).post(url, data)
    assert response.status_code == 200
    assert "field-error" in response.content.decode()
    assert Incident.objects.count() == 3


def test_emoji_and_full_width_digits_arrive_as_typed(sign_in, worker, three, category, building):
    url, text = reverse("incidents:field_form", args=[category.code]), "３号楼🔥有烟"
    sign_in(worker).post(url, {"client_id": uuid4(), "building": building.pk, "description": text})
    assert Incident.objects.order_by("-id").first().description == text


def test_search_by_phone_is_posted_and_only_for_those_who_call_back(sign_in, desk, worker, category, building, now):
    what = Report(
        category=category, building=building, description="漏水", caller_name="李四", caller_phone="13900001111"
    )
    found = actions.report(what, by=desk, now=now)
    page = sign_in(desk).post(reverse("incidents:find"), {"q": "139 0000 1111"}).content.decode()
    assert found.short_number in page
    assert "13900001111" not in page
    assert sign_in(worker).post(reverse("incidents:find"), {"q": "13900001111"}).status_code == 302


def test_ledger_is_ready_to_print_and_recorded(sign_in, office, three):
    response = sign_in(office).post(reverse("incidents:export", args=["xlsx"]) + "?tab=all")
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet.max_row == 6
    assert (sheet.freeze_panes, sheet.page_setup.orientation) == ("C4", "landscape")
    unit = office.posts.get().unit.name  # title, unit, who and when
    assert sheet["A2"].value.startswith(f"{unit} · {office.name}")
    assert AuditEvent.objects.filter(action="incidents.export").count() == 1


def test_csv_never_runs_a_formula(sign_in, office, category, building, worker, now):
    actions.report(Report(category=category, building=building, description="=1+1"), by=worker, now=now)
    text = sign_in(office).post(reverse("incidents:export", args=["csv"]) + "?tab=all").content.decode()
    assert "'=1+1" in text


def test_a_control_character_in_one_case_does_not_stop_the_ledger(sign_in, office, category, building, worker, now):
    actions.report(Report(category=category, building=building, description="上\x0b下\x01"), by=worker, now=now)
    response = sign_in(office).post(reverse("incidents:export", args=["xlsx"]) + "?tab=all")
    assert load_workbook(io.BytesIO(response.content)).active["F4"].value == "上下"


def test_a_building_of_another_street_is_not_named_in_the_report(sign_in, desk, cast):
    other = factories.make_building(cast.areas["other_grid"], "光明里7号楼")
    page = sign_in(desk).post(reverse("incidents:report"), {"building": other.pk}).content.decode()
    assert "光明里7号楼" not in page


def test_exports_hold_only_what_one_may_export(sign_in, autumn_desk, three):
    text = sign_in(autumn_desk).post(reverse("incidents:export", args=["csv"]) + "?tab=all").content.decode()
    assert three.number not in text


def test_deadline_is_explained_line_by_line(sign_in, desk, three):
    page = sign_in(desk, lang="en").get(reverse("incidents:deadline", args=[three.pk])).content.decode()
    assert "Limit:" in page
    assert page.count("<section") == 2


def test_supervision_is_answered_by_the_unit_and_lifted_by_the_office(sign_in, three, desk, office, worker, now):
    from datetime import timedelta

    from gridgov.clock.sweep import sweep

    sweep(now=now + timedelta(days=3))
    row = Supervision.objects.get(stage="accept", incident=three)
    refused = sign_in(worker).post(reverse("incidents:answer_supervision", args=[row.pk]), {"words": "忙"})
    assert refused.status_code == 403
    silent = sign_in(desk).post(reverse("incidents:answer_supervision", args=[row.pk]), {"words": " "})
    assert 'aria-invalid="true"' in silent.content.decode()
    sign_in(desk).post(reverse("incidents:answer_supervision", args=[row.pk]), {"words": "今天受理"})
    sign_in(office).post(reverse("incidents:lift_supervision", args=[row.pk]), {"words": "已受理"})
    row.refresh_from_db()
    assert (row.answered_by, row.lifted_by) == (desk, office)
    assert sign_in(office).get(reverse("incidents:lift_supervision", args=[row.pk])).status_code == 302  # an old tab


def test_catalogue_sends_for_its_limit_to_the_limits_and_a_duty_decides_before_it(
    sign_in, office_admin, category, cast, worker, building, now
):
    client, url = sign_in(office_admin), reverse("incidents:edit_category", args=[category.code])
    page = client.get(url).content.decode()
    assert reverse("limits:line", args=[category.code]) in page
    data = {"name": "楼道杂物", "nature": "problem"}
    data |= {"verification": "worker", "is_active": "on", "on_the_spot": "on"}
    assert client.post(url, data).status_code == 302
    category.refresh_from_db()
    assert (category.name, category.handle_seconds) == ("楼道杂物", 16 * 3600)
    duty = {"area": cast.areas["spring"].pk, "unit": cast.units["property"].pk, "basis": "物业条例"}
    client.post(reverse("incidents:add_duty", args=[category.code]), duty)
    made = factories.make_incident(building, by=worker, now=now, category=category)
    assert made.responsible == cast.units["property"]
    client.post(reverse("incidents:remove_duty", args=[Duty.objects.get().pk]))
    assert not Duty.objects.exists()


def test_a_comment_changed_and_sent_again_by_the_same_form_is_not_said_to_be_added(sign_in, worker, incident):
    client, url = sign_in(worker, lang="en"), reverse("incidents:comment", args=[incident.pk])
    form = {"client_id": str(uuid4()), "words": "门锁着", "door": "field"}
    client.post(url, form, follow=True)
    page = client.post(url, form | {"words": "门开了"}, follow=True).content.decode()
    assert "has been added" not in page
    assert "already sent with other content" in page
    assert list(incident.steps.filter(move="comment").values_list("words", flat=True)) == ["门锁着"]
