"""The delivery log: whose deliveries one sees, sends again and takes back; the ways out; robots of group chats."""

import re

import pytest

from gridgov import notices
from gridgov.audit.models import AuditEvent
from gridgov.notices import actions as telling
from gridgov.notices import delivery, registry
from gridgov.notices.models import GroupRobot, Outbox
from tests.notices.conftest import gateway  # noqa: F401

LOG = "/settings/deliveries/"


@pytest.fixture(autouse=True)
def _message(monkeypatch):
    monkeypatch.setattr(registry, "_messages", dict(registry._messages))
    notices.register("test.late", title="Late: %(number)s")


@pytest.fixture
def client(office, sign_in):
    return sign_in(office, lang="en")


def tell(people, now, number=7):
    telling.tell(people, "test.late", subject=None, params={"number": number}, now=now, urgent=True)


def numbers(answer):
    return [row.payload["params"]["number"] for row in answer.context["page"].rows]


@pytest.mark.parametrize(
    ("reader", "seen"), [("office", [1]), ("other_office", [2]), ("system_admin", [1, 2])], ids=lambda v: str(v)
)
def test_each_office_sees_its_own_people(cast, now, sign_in, gateway, reader, seen):  # noqa: F811
    tell([cast.people["worker"]], now, 1)
    tell([cast.people["other_office"]], now, 2)
    shown = sign_in(cast.people[reader]).get(LOG).context["page"].rows
    events = [row for row in shown if row.channel == "webhook"]
    assert sorted(row.payload["params"]["number"] for row in shown) == seen
    assert bool(events) == (reader == "system_admin")  # and of people none but its own tests


@pytest.mark.parametrize("count", [1, 3])
def test_log_costs_the_same_at_any_length(client, cast, now, gateway, count, django_assert_num_queries):  # noqa: F811
    tell(list(cast.people.values())[:count], now)
    client.get(LOG)
    with django_assert_num_queries(QUERIES):
        client.get(LOG)


QUERIES = 7  # session, person, posts, counts, rows, clock, unread


def test_address_is_masked_and_words_say_why(client, worker, now, gateway):  # noqa: F811
    gateway.mode["sms"] = "number"
    tell([worker], now)
    delivery.run("sms")
    page = client.get(LOG + "?state=failed").content.decode()
    assert "199****0001" in page
    assert "19900000001" not in page
    assert "The number or address is not valid." in page
    assert "Late: 7" in page


def test_filters_by_state_way_person_and_day(client, cast, now, gateway):  # noqa: F811
    tell([cast.people["worker"]], now, 1)
    tell([cast.people["lead"]], now, 2)
    delivery.run("sms")
    for who, number in (("王小", 1), ("LEAD", 2)):
        found = client.post(LOG + "to/", {"who": who, "query": "?channel=sms"})
        assert "channel=sms&to=" in found["Location"]
        assert who not in found["Location"]
        assert numbers(client.get(found["Location"])) == [number]
    assert numbers(client.get(LOG + "?state=waiting")) == []
    assert numbers(client.get(LOG + "?channel=mail")) == []
    assert sorted(numbers(client.get(LOG + "?channel=sms&state=sent&since=2026-01-01"))) == [1, 2]
    assert numbers(client.get(LOG + "?until=2020-01-01")) == []
    for query in ("since=yesterday", "since=0001-01-01", "until=9999-12-31"):
        assert client.get(f"{LOG}?{query}").status_code == 200


def test_finding_a_person_is_a_form_with_a_token_of_its_own(client):
    client.handler.enforce_csrf_checks = True
    form = client.get(LOG).content.decode().partition(f'action="{LOG}to/"')[2].partition("</form>")[0]
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', form)
    assert token
    assert client.post(LOG + "to/", {"who": "x", "csrfmiddlewaretoken": token[1]}).status_code == 200


def test_of_several_of_one_name_one_is_chosen_and_nobody_else_s_people_are_found(client, cast, now, gateway):  # noqa: F811
    for name in ("worker", "lead", "other_office"):
        tell([cast.people[name]], now, 1)
    cast.people["lead"].name = cast.people["worker"].name + "二"
    cast.people["lead"].save()
    several = client.post(LOG + "to/", {"who": cast.people["worker"].name})
    assert [one["person"] for one in several.context["links"]] == [cast.people["worker"], cast.people["lead"]]
    for nobody in (cast.people["other_office"].name, "无此人", ""):
        page = client.post(LOG + "to/", {"who": nobody})
        assert (page.status_code, page.context["links"]) == (200, [])
    alone = client.get(several.context["links"][0]["url"])
    assert [one["label"] for one in alone.context["only"]] == [cast.people["worker"].name]
    hidden = client.get(f"{LOG}?to={cast.people['other_office'].public_id}")
    assert (numbers(hidden), hidden.context["only"]) == ([], [])


def test_failed_is_sent_again_under_its_key_and_sent_as_a_new_one(client, worker, now, gateway):  # noqa: F811
    gateway.mode["sms"] = "number"
    tell([worker], now)
    delivery.run("sms")
    row = Outbox.objects.get(channel="sms")
    gateway.mode["sms"] = "ok"
    client.post(f"{LOG}{row.pk}/resend/", {"query": "?state=failed"})
    delivery.run("sms")
    assert gateway.accepted["sms"] == {row.key: 1}
    for _click in range(2):
        client.post(f"{LOG}{row.pk}/resend/")
    delivery.run("sms")
    assert len(gateway.accepted["sms"]) == 2  # pressed twice, sent once
    assert set(Outbox.objects.filter(channel="sms").values_list("state", flat=True)) == {"sent"}
    assert AuditEvent.objects.filter(action="notices.resend").count() == 2


def test_all_failed_of_one_way_in_my_areas_go_again(client, cast, now, gateway):  # noqa: F811
    gateway.mode["sms"] = "number"
    tell([cast.people["worker"], cast.people["lead"], cast.people["other_office"]], now)
    delivery.run("sms")
    client.post(LOG + "resend-failed/", {"channel": "sms"})
    states = dict(Outbox.objects.filter(channel="sms").values_list("user__username", "state"))
    assert states == {"worker": "waiting", "lead": "waiting", "other_office": "failed"}
    event = AuditEvent.objects.get(action="notices.resend_failed")
    assert event.data == {"channel": "sms", "count": 2}


def test_what_no_way_is_called_sends_nothing_and_no_query_breaks_the_answer(client):
    for name in ("resend-failed/", "cancel-waiting/"):
        for query in ("?a\r\nb: c", "?a\rb", "?状态"):
            answer = client.post(LOG + name, {"channel": "\x00", "query": query})
            assert (answer.status_code, answer["Location"]) == (302, LOG)


def test_waiting_is_taken_back_and_given_again(client, worker, now, gateway):  # noqa: F811
    tell([worker], now)
    row = Outbox.objects.get(channel="sms")
    client.post(f"{LOG}{row.pk}/cancel/")
    assert delivery.run("sms") == 0
    client.post(f"{LOG}{row.pk}/cancel/")  # a second time changes nothing
    assert AuditEvent.objects.filter(action="notices.cancel").count() == 1
    client.post(f"{LOG}{row.pk}/resend/")
    assert delivery.run("sms") == 1
    tell([worker], now)
    client.post(LOG + "cancel-waiting/", {"channel": "sms"})
    assert delivery.run("sms") == 0


def test_row_taken_back_while_it_was_on_its_way_stays_taken_back(client, worker, now, gateway):  # noqa: F811
    tell([worker], now)
    (claimed,) = delivery.claim(now, "sms")
    client.post(f"{LOG}{claimed.pk}/cancel/")
    gateway.mode["sms"] = ["error", "ok"]
    delivery.deliver(claimed, now=now)
    assert Outbox.objects.get(channel="sms").state == "cancelled"
    delivery.deliver(claimed, now=now)  # it was too late to take it back: the log does not hide that
    assert Outbox.objects.get(channel="sms").state == "sent"


@pytest.mark.parametrize("who", ["other_office", "worker", "audit_admin", "system_admin"])
@pytest.mark.parametrize("verb", ["resend", "cancel"])
def test_others_cannot_touch_it(cast, now, sign_in, gateway, who, verb):  # noqa: F811
    tell([cast.people["worker"]], now)
    row = Outbox.objects.get(channel="sms")
    assert sign_in(cast.people[who]).post(f"{LOG}{row.pk}/{verb}/").status_code in (403, 404)
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("waiting", now)


def test_administrator_sees_every_way_and_tries_one(system_admin, now, sign_in, gateway, settings):  # noqa: F811
    client = sign_in(system_admin, lang="en")
    page = client.get(LOG + "ways/").content.decode()
    assert "GRIDGOV_PUSH_PRIVATE_KEY" in page
    client.post(LOG + "ways/sms/try/")
    row = Outbox.objects.get()
    assert (row.user, row.channel, row.urgent) == (system_admin, "sms", True)
    delivery.run("sms")
    answer = client.get(LOG + "ways/")
    assert next(line for line in answer.context["lines"] if line["name"] == "sms")["test"].state == "sent"
    refused = client.post(LOG + "ways/wecom/try/", follow=True).content.decode()
    assert "No address of yours is known" in refused
    assert Outbox.objects.count() == 1


@pytest.mark.parametrize("who", ["office", "security_admin", "worker"])
def test_only_the_system_administrator_tries_ways(cast, sign_in, gateway, who):  # noqa: F811
    assert sign_in(cast.people[who]).post(LOG + "ways/sms/try/").status_code == 403
    assert not Outbox.objects.exists()


def robot_facts(gateway, **more):  # noqa: F811
    url = f"{gateway.url}/robot/send?access_token=t"
    return {"at": "dingtalk_group", "label": "执法队群", "url": url, "secret": "SEC", **more}


def test_unit_gets_a_group_that_hears_of_its_work(cast, now, sign_in, gateway):  # noqa: F811
    client, unit = sign_in(cast.people["office_admin"]), cast.units["enforcement"]
    page = f"/people/units/{unit.pk}/robots/"
    assert client.post(page, robot_facts(gateway)).status_code == 302
    robot = GroupRobot.objects.get()
    assert "access_token" not in client.get(page).content.decode()
    telling.tell_groups([unit.pk, None], "test.late", subject=None, params={"number": 1}, now=now)
    client.post(f"/people/robots/{robot.pk}/try/")
    assert delivery.run("dingtalk_group") == 2
    assert len(gateway.accepted["dingtalk_group"]) == 2
    assert "sign" in gateway.requests[-1]["query"]
    assert (
        sorted(row.channel for row in sign_in(cast.people["office"]).get(LOG).context["page"].rows)
        == ["dingtalk_group"] * 2
    )
    assert [line["test"].state for line in client.get(page).context["robots"]] == ["sent"]
    client.post(f"/people/robots/{robot.pk}/retire/")
    refused = sign_in(cast.people["office"], lang="en").post(
        f"{LOG}{Outbox.objects.latest('id').pk}/resend/", follow=True
    )
    assert "is out of use" in refused.content.decode()
    assert telling.tell_groups([unit.pk], "test.late", subject=None, params={"number": 1}, now=now) == 0
    client.post(f"/people/robots/{robot.pk}/reopen/")
    assert telling.tell_groups([unit.pk], "test.late", subject=None, params={"number": 1}, now=now) == 1


@pytest.mark.parametrize(
    "url", ["https://evil.example/hook", "http://127.0.0.1.evil.example/", "ftp://127.0.0.1/", "https://u:p@127.0.0.1/"]
)
def test_robot_leads_to_the_platforms_only(cast, sign_in, gateway, url):  # noqa: F811
    client, unit = sign_in(cast.people["office_admin"], lang="en"), cast.units["enforcement"]
    answer = client.post(f"/people/units/{unit.pk}/robots/", robot_facts(gateway, url=url))
    assert "must begin with https://" in answer.content.decode()
    assert not GroupRobot.objects.exists()


@pytest.mark.parametrize("who", ["office", "worker", "system_admin"])
def test_only_editors_of_units_connect_groups(cast, now, sign_in, gateway, who):  # noqa: F811
    unit = cast.units["enforcement"]
    client = sign_in(cast.people[who])
    assert client.post(f"/people/units/{unit.pk}/robots/", robot_facts(gateway)).status_code in (403, 404)
    assert not GroupRobot.objects.exists()
