"""Incidents as a program sees them: the same rights and actions as the pages, once and only once."""

import json
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridgov.accounts import actions as accounts
from gridgov.problems import server_error
from incidents import actions
from incidents.models import Incident

URL = "/api/v1/incidents/"
BODY = {"category": "0302", "lon": 100.005, "lat": 10.005, "accuracy": 8, "description": "三楼堆满纸箱"}


def counted(queries):
    """Every statement but those of transactions."""
    skipped = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return [q["sql"] for q in queries if not q["sql"].startswith(skipped)]


def ids(answer):
    assert answer.status_code == 200, answer.content.decode()
    return [row["id"] for row in answer.json()["results"]]


def test_a_token_acts_as_its_person(worker, incident, now):
    token = accounts.issue_token(worker, label="test", by=None, now=now)
    assert ids(Client(headers={"authorization": f"Bearer {token}"}).get(URL)) == [str(incident.pk)]


def test_nobody_gets_a_problem_not_a_page(db, problem):
    for address in (URL, "/api/v1/areas/", "/api/v1/notices/", "/api/v1/categories/", "/api/v1/schema/"):
        answer = Client().get(address)
        problem(answer, 401)
        assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("lang", "word"), [("zh-hans", "网址有误"), ("en", "The address is wrong")])
def test_refusals_speak_the_callers_language(desk, sign_in, incident, problem, lang, word):
    client = sign_in(desk, lang=lang)
    unknown = f"{URL}00000000-0000-0000-0000-000000000000/"
    for address in (unknown, "/api/v1/nothing/"):  # a record, and an address that no view has
        assert problem(client.get(address), 404)["detail"].startswith(word)
    said = problem(client.post(URL, "{bad", content_type="application/json"), 400)["detail"]
    assert said.startswith({"zh-hans": "提交的内容格式有误", "en": "What was sent is not well-formed"}[lang])


def test_a_fault_on_our_side_is_a_problem_too(rf):
    answer = server_error(rf.get("/api/v1/incidents/"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(answer.content).keys() == {"type", "title", "status", "detail"}
    assert server_error(rf.get("/board/"))["Content-Type"].startswith("text/html")


def test_neighbours_incident_is_not_there(worker, sign_in, incident, next_incident, problem, post):
    client = sign_in(worker)
    assert ids(client.get(URL)) == [str(incident.pk)]
    problem(client.get(f"{URL}{next_incident.pk}/"), 404)
    problem(post(client, f"{URL}{next_incident.pk}/urge/"), 404)
    problem(post(client, f"{URL}{next_incident.pk}/requests/", {"kind": "void", "reason": "x"}), 404)


def test_detail_masks_and_says_what_comes_next(desk, sign_in, incident):
    body = sign_in(desk, lang="en").get(f"{URL}{incident.pk}/").json()
    assert body["caller"] == {"name": "张**", "phone": "139****5678"}
    assert "13800138000" not in str(body)
    assert "138****8000" in body["description"]
    assert [step["label"] for step in body["timeline"]] == ["Reported"]
    moves = {move["name"]: move for move in body["moves"]}
    assert moves["take_in"]["facts"] == ["unit"]
    assert moves["take_in"]["url"].endswith(f"{URL}{incident.pk}/take_in/")
    assert [ask["kind"] for ask in body["asks"]] == ["void"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=reported", True),
        ("status=closed", False),
        ("level=0", True),
        ("level=2", False),
        ("category=03", True),
        ("category=0302", True),
        ("category=01", False),
        ("area=990101001001001", True),
        ("area=990101001002", False),
        ("unit=SQ-CF", True),
        ("unit=CG", False),
        ("reported_since=2026-01-01T00:00:00Z", True),
        ("reported_until=2026-01-01T00:00:00Z", False),
        ("reported_until=2026-01-01T00:00:00-20:00", False),
        ("after=WyIyMDI2LTAxLTAxVDAwOjAwOjAwLTIwOjAwIiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0", False),
        ("after=nonsense", True),
        ("q=纸箱", True),
        ("q=水管", False),
    ],
)
def test_filters_find_the_incident_or_leave_it_out(office, sign_in, incident, query, found):
    assert (ids(sign_in(office).get(f"{URL}?{query}")) == [str(incident.pk)]) is found


@pytest.mark.parametrize("query", ["status=lost", "level=9", "area=nowhere", "reported_since=yesterday", "q=%00"])
def test_filters_that_make_no_sense_say_so(office, sign_in, problem, query):
    assert list(problem(sign_in(office).get(f"{URL}?{query}"), 422)["errors"]) == [query.split("=")[0]]


def test_create_is_routed_and_a_replay_adds_nothing(worker, sign_in, category, ground, grid, post, problem):
    client, key = sign_in(worker), str(uuid.uuid4())
    first, again = (post(client, URL, {**BODY, "client_id": key}) for _time in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["area"]["id"] == grid.pk
    assert first.json()["channel"] == "api"
    problem(post(client, URL, {**BODY, "description": "别的", "client_id": key}), 409)
    assert Incident.objects.count() == 1


def test_another_person_cannot_answer_under_the_same_key(worker, neighbour, sign_in, category, ground, post, problem):
    key = str(uuid.uuid4())
    post(sign_in(worker), URL, {**BODY, "client_id": key})
    problem(post(sign_in(neighbour), URL, {**BODY, "client_id": key}), 409)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": "9999"}, "category"),
        ({"category": None}, "category"),
        ({"lon": 200}, "lon"),
        ({"building": 999_999}, "building"),
        ({"description": "长" * 2001}, "description"),
        ({"client_id": "1"}, "client_id"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_what_is_wrong_is_said_by_field(worker, sign_in, category, post, problem, change, field, lang):
    body = problem(post(sign_in(worker, lang=lang), URL, {**BODY, **change}), 422)
    assert list(body["errors"]) == [field]
    text = body["title"] + "".join(body["errors"][field])
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text) is (lang == "zh-hans"), text
    assert not Incident.objects.exists()


def test_who_may_not_report_is_refused(unit_staff, sign_in, category, post, problem):
    problem(post(sign_in(unit_staff), URL, BODY), 403)


def test_moves_carry_a_case_to_its_end(desk, unit_staff, lead, sign_in, incident, post, problem):
    def take(client, name, **facts):
        return post(client, f"{URL}{incident.pk}/{name}/", facts)

    staff = sign_in(unit_staff)
    assert take(sign_in(desk), "take_in", unit="CG").json()["status"] == "dispatched"
    assert take(staff, "sign").json()["holder"]["code"] == "CG"
    assert problem(take(staff, "resolve"), 422)["errors"]["words"]
    assert take(staff, "resolve", words="已清理").json()["status"] == "resolved"
    assert take(sign_in(lead), "verify").json()["status"] == "verified"
    assert take(sign_in(desk), "close").json()["status"] == "closed"
    steps = sign_in(desk).get(f"{URL}{incident.pk}/").json()["timeline"]
    assert [step["move"] for step in steps] == ["report", "take_in", "sign", "resolve", "verify", "close"]


def test_forbidden_move_is_403_and_out_of_order_is_409(worker, desk, sign_in, incident, post, problem):
    problem(post(sign_in(worker), f"{URL}{incident.pk}/close/"), 403)
    body = problem(post(sign_in(desk, lang="en"), f"{URL}{incident.pk}/close/"), 409)
    assert "Reported" in body["detail"]
    problem(post(sign_in(desk), f"{URL}{incident.pk}/teleport/"), 404)
    assert problem(post(sign_in(desk), f"{URL}{incident.pk}/take_in/", {"unit": "none"}), 422)["errors"]["unit"]


def test_requests_are_asked_answered_and_taken_back(
    incident, desk, office, unit_staff, sign_in, post, problem, now, cast
):
    moved = actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    actions.move(moved, "sign", by=unit_staff, now=now)
    staff, address = sign_in(unit_staff), f"{URL}{incident.pk}/requests/"
    asked = post(staff, address, {"kind": "extension", "reason": "等配件", "seconds": 3600})
    assert asked.status_code == 201
    problem(post(staff, f"{address}{asked.json()['id']}/answer/", {"approve": True}), 403)
    answered = post(sign_in(office), f"{address}{asked.json()['id']}/answer/", {"approve": True})
    assert answered.json()["answer"] == "approved"
    problem(post(sign_in(office), f"{address}{asked.json()['id']}/answer/", {"approve": True}), 409)
    second = post(staff, address, {"kind": "return", "reason": "不属本队"})
    assert post(staff, f"{address}{second.json()['id']}/take_back/").json()["answer"] == "withdrawn"


def test_notices_are_read_once(unit_staff, desk, incident, sign_in, post, now, cast, problem):
    actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    client = sign_in(unit_staff, lang="en")
    [row] = client.get("/api/v1/notices/?unread=true").json()["results"]
    assert row["body"].startswith(incident.number)
    assert post(client, f"/api/v1/notices/{row['id']}/read/").json()["read_at"]
    assert client.get("/api/v1/notices/?unread=true").json()["results"] == []
    problem(post(sign_in(desk), f"/api/v1/notices/{row['id']}/read/"), 404)


def test_categories_come_by_heading(worker, sign_in, category):
    [heading] = sign_in(worker, lang="en").get("/api/v1/categories/").json()
    assert (heading["code"], heading["name"]) == ("03", "Safety hazards")
    assert heading["categories"][0]["lead_unit"]["code"] == "CG"


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_few_questions(office, worker, sign_in, incident, building, category, now, count):
    from incidents.actions.report import Report

    for _more in range(count - 1):
        actions.report(Report(category=category, building=building), by=worker, now=now)
    client = sign_in(office)
    with CaptureQueriesContext(connection) as context:
        assert len(ids(client.get(URL))) == count
    assert len(counted(context.captured_queries)) == 4


def test_create_stays_within_its_budget(worker, sign_in, category, ground, post):
    client = sign_in(worker)
    with CaptureQueriesContext(connection) as context:
        assert post(client, URL, BODY).status_code == 201
    statements = counted(context.captured_queries)
    assert len(statements) == 14  # near a boundary and answered with the whole incident; 15 is the budget
