import csv
import io
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse

from assessment.views.logs import plain_cell
from gridgov.audit import actions as audit
from gridgov.audit.models import AuditEvent
from gridgov.dbtime import database_now

OPERATIONS, SIGN_INS, ONLINE = "/settings/logs/operations/", "/settings/logs/sign-ins/", "/settings/online/"


@pytest.mark.parametrize(
    ("who", "logs", "online"),
    [
        ("audit_admin", 200, 403),
        ("system_admin", 403, 200),
        ("security_admin", 403, 403),
        ("office", 403, 403),
        ("worker", 403, 403),
        ("outsider", 403, 403),
    ],
)
def test_only_the_audit_admin_reads_logs_and_only_the_system_admin_sees_who_is_here(cast, sign_in, who, logs, online):
    client = sign_in(cast.people[who])
    assert [client.get(url).status_code for url in (OPERATIONS, SIGN_INS, ONLINE)] == [logs, logs, online]
    assert client.post("/settings/logs/operations/export/").status_code == logs


def test_refusal_is_recorded_with_who_and_where(cast, sign_in):
    sign_in(cast.people["worker"]).get(OPERATIONS)
    event = AuditEvent.objects.get(action="audit.refused")
    assert (event.actor_id, event.data) == (cast.people["worker"].pk, {"url_name": "logs:operations", "method": "GET"})


def test_nobody_signed_in_is_sent_to_the_door(client, db):
    assert client.get(OPERATIONS).url.startswith("/accounts/login/")


def test_log_costs_the_same_with_one_and_three_rows(cast, sign_in, django_assert_num_queries):
    client = sign_in(cast.people["audit_admin"])
    for rows in (1, 2):
        for number in range(rows):
            audit.record("x.step", None, by=cast.people["worker"], number=number)
        with django_assert_num_queries(5):  # session, person, posts, rows, unread messages
            client.get(OPERATIONS)


def shown(client, url):
    return [line["event"].action for line in client.get(url).context["lines"]]


def test_filters_by_who_what_about_and_when(cast, sign_in):
    worker, area = cast.people["worker"], cast.areas["grid"]
    audit.record("x.one", area, by=worker)
    audit.record("x.two", None, by=cast.people["office"])
    client = sign_in(cast.people["audit_admin"])
    assert shown(client, f"{OPERATIONS}?who={worker.username.lower()}") == ["x.one"]
    assert shown(client, f"{OPERATIONS}?what=x.t") == ["x.two"]
    assert shown(client, f"{OPERATIONS}?about=grids.area:{area.pk}") == ["x.one"]
    assert shown(client, f"{OPERATIONS}?what=x.&until=2020-01-01") == []
    assert shown(client, f"{OPERATIONS}?what=x.&since=2020-01-01") == ["x.two", "x.one"]
    english = sign_in(cast.people["audit_admin"], lang="en")
    assert "Write it as" in english.get(f"{OPERATIONS}?since=x").content.decode()
    for query in ("since=0001-01-01", "until=9999-12-31"):
        assert "not applied" in english.get(f"{OPERATIONS}?{query}").content.decode()


def test_sign_in_log_shows_sign_ins_alone(cast, sign_in):
    audit.record("x.one", None, by=cast.people["worker"])
    client = sign_in(cast.people["audit_admin"])
    assert shown(client, SIGN_INS) == ["accounts.sign_in"]


def test_other_streets_rows_are_not_shown_nor_exported(cast, sign_in):
    street, admin = cast.areas["street"], cast.people["audit_admin"]
    admin.posts.update(area=street, area_path=street.path)
    audit.record("x.there", cast.areas["other_street"], by=None)
    audit.record("x.here", cast.areas["grid"], by=None)
    client = sign_in(cast.people["audit_admin"])
    assert shown(client, f"{OPERATIONS}?what=x.") == ["x.here"]
    assert "x.there" not in client.post("/settings/logs/operations/export/").content.decode()


def test_pages_by_key_show_every_line_once(cast, sign_in):
    for number in range(60):
        audit.record("x.step", None, by=None, number=number)
    client = sign_in(cast.people["audit_admin"])
    first = client.get(f"{OPERATIONS}?what=x.")
    second = client.get(OPERATIONS + first.context["page"].next_url)
    numbers = [line["event"].data["number"] for page in (first, second) for line in page.context["lines"]]
    assert sorted(numbers) == list(range(60))  # within a millisecond ids are in any order


def test_export_is_filtered_escaped_and_recorded(cast, sign_in):
    audit.record("x.one", None, by=cast.people["worker"])
    audit.record("=cmd|x", None, by=cast.people["worker"])
    client = sign_in(cast.people["audit_admin"], lang="en")
    answer = client.post(reverse("logs:export", args=["operations"]) + f"?who={cast.people['worker'].username}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["When", "Who", "What", "About", "Area", "From", "Details"]
    assert [row[2] for row in rows[1:]] == ["'=cmd|x", "x.one"]
    assert AuditEvent.objects.get(action="audit.export").data == {"which": "operations", "rows": 2}
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
    ],
)
def test_exported_cells_are_never_formulas(value, cell):
    assert plain_cell(value) == cell


def test_menu_shows_each_only_what_the_role_may(cast, sign_in):
    for who, urls in (("audit_admin", {OPERATIONS, SIGN_INS}), ("system_admin", {ONLINE}), ("worker", set())):
        menu = sign_in(cast.people[who]).get("/accounts/").context["menu"]
        found = {entry["url"] for group in menu for entry in group["entries"]}
        assert found & {OPERATIONS, SIGN_INS, ONLINE} == urls


def test_online_names_people_without_times(cast, client):
    worker = cast.people["worker"]
    UserSession.objects.create(user=worker, ip="10.0.0.1", session_key="k", user_agent="x")
    Session.objects.create(session_key="k", session_data="", expire_date=database_now() + timedelta(hours=1))
    client.force_login(cast.people["system_admin"], backend="gridgov.accounts.backends.StaffBackend")
    page = client.get(ONLINE)
    assert page.context["people"] == [worker]
    assert worker.username not in page.content.decode()
