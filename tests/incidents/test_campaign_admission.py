"""Who may ask grids for what: admitted tasks, refusals that stay, the ledger of what is asked."""

import io
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from grids.models import Building
from incidents import campaign_numbers
from incidents.actions import campaigns
from incidents.actions.campaign_check import Seen, check_target
from incidents.models import Campaign
from teams import actions as teams
from teams.models import RefusedTask, TaskType
from tests import factories
from tests.cast import ROLE_NAMES
from tests.incidents.asked import PLANS, WORKS, item, without


@pytest.mark.parametrize("who", ROLE_NAMES)
def test_only_the_leader_admits_tasks(cast, street, now, who):
    facts = {"code": "9", "name": "打卡", "admitted": False, "reason": "五个不得", "by": cast.people[who], "now": now}
    if who == "leader":
        assert teams.decide_task(street, **facts).admitted is False
    else:
        with pytest.raises(PermissionDenied):
            teams.decide_task(street, **facts)


def test_a_barred_or_missing_task_or_known_question_is_refused_and_stands_in_the_ledger(
    asked, street, office, leader, now
):
    barred = teams.decide_task(street, code="8", name="报数排名", admitted=False, reason="不得排名", by=leader, now=now)
    for wrong in ({"task_type": barred}, {"task_type": None}, {"items": [item("住址", "words", ())]}):
        with pytest.raises(ValidationError):
            campaigns.draft_campaign(street, without(asked, **wrong), by=office, now=now)
    reasons = list(RefusedTask.objects.order_by("id").values_list("reason", flat=True))
    assert "不得排名" in reasons[0]
    assert len(reasons) == 3
    assert not Campaign.objects.exists()


def test_what_is_barred_after_drafting_is_not_published(asked, task, street, office, leader, now):
    made = campaigns.draft_campaign(street, asked, by=office, now=now)
    teams.decide_task(street, code="0201", name="消防隐患排查", admitted=False, reason="重复", by=leader, now=now)
    with pytest.raises(ValidationError):
        campaigns.publish_campaign(Campaign.objects.get(pk=made.pk), by=office, now=now)
    assert RefusedTask.objects.count() == 1


@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (5, True), (6, False)])
def test_an_admission_holds_from_until(task, now, days, holds):
    day = timezone.localdate(now)
    row = TaskType(name="x", admitted=True, since=day, until=day + timedelta(days=5))
    assert (row.refusal(day + timedelta(days=days)) == "") == holds


@pytest.mark.parametrize("who", ROLE_NAMES)
def test_who_plans_and_who_looks(cast, asked, street, running, target, now, who):
    person = cast.people[who]
    if who in PLANS:
        assert campaigns.draft_campaign(street, asked, by=person, now=now).is_draft
    else:
        with pytest.raises(PermissionDenied):
            campaigns.draft_campaign(street, asked, by=person, now=now)
    if who in WORKS:
        assert check_target(target, Seen(["no", None]), by=person, now=now).finding == "fine"
    else:
        with pytest.raises(PermissionDenied):
            check_target(target, Seen(["no", None]), by=person, now=now)


def test_ledger_counts_how_often_the_readers_own_grids_were_asked(running, office, now):
    elsewhere = Campaign.objects.get(pk=running.pk)
    elsewhere.pk, elsewhere.area_path = uuid4(), "another street"
    elsewhere.save(force_insert=True)
    own = Campaign.objects.asked().visible_to(office)
    assert [row.times for row in campaign_numbers.ledger([running], own, now)] == [1]
    assert [row.times for row in campaign_numbers.ledger([running], Campaign.objects.asked(), now)] == [2]


def test_a_community_asks_only_its_own_grids(cast, asked, task, desk, street, now):
    with pytest.raises(PermissionDenied):
        campaigns.draft_campaign(street, asked, by=desk, now=now)
    far = factories.make_building(cast.areas["far_grid"], "1号楼")
    with pytest.raises(ValidationError):
        campaigns.draft_campaign(cast.areas["spring"], without(asked, buildings=[far]), by=desk, now=now)
    assert campaigns.draft_campaign(cast.areas["spring"], asked, by=desk, now=now).is_draft


def test_too_many_objects_are_counted_and_not_loaded(street, asked, office, now, monkeypatch):
    monkeypatch.setattr(campaigns, "MOST_OBJECTS", 1)
    chosen = Building.objects.filter(pk__in=[one.pk for one in asked.buildings])
    with pytest.raises(ValidationError) as refused:
        campaigns.draft_campaign(street, replace(asked, buildings=chosen), by=office, now=now)
    assert "2" in refused.value.messages[0]
    assert chosen._result_cache is None


def test_the_ledger_leaves_as_a_spreadsheet(asked, running, street, office, now, sign_in):
    with pytest.raises(ValidationError):
        campaigns.draft_campaign(street, without(asked, task_type=None, title="=SUM(A1)"), by=office, now=now)
    body = sign_in(office).post(reverse("incidents:burden_xlsx")).content
    book = load_workbook(io.BytesIO(body))
    asked_rows, refused = (list(sheet.values) for sheet in book.worksheets)
    assert asked_rows[1][7:12] == (1, 2, 2, 2, 4)
    assert refused[1][2] == "'=SUM(A1)"


def test_everyone_reads_the_admission_list_and_the_leader_changes_it(task, worker, leader, sign_in):
    assert "消防隐患排查" in sign_in(worker).get(reverse("teams:tasks")).content.decode()
    client, url = sign_in(leader), reverse("teams:change_task", args=[task.pk])
    said = {"name": task.name, "admitted": "no", "reason": "与消防站重复", "level": "grid", "rhythm": "once"}
    assert client.get(url).status_code == 200
    assert client.post(url, said).status_code == 302
    task.refresh_from_db()
    assert (task.admitted, task.reason) == (False, "与消防站重复")
    assert sign_in(worker).get(url).status_code == 403


def test_the_ledger_counts_each_task_once_however_many_campaigns(running, office, now, django_assert_num_queries):
    own = Campaign.objects.asked().visible_to(office)
    copies = [Campaign.objects.get(pk=running.pk) for _n in range(4)]
    for one in copies[1:]:
        one.pk = uuid4()
        one.save(force_insert=True)
    for rows in (copies[:1], copies):
        with django_assert_num_queries(2):
            assert [row.times for row in campaign_numbers.ledger(rows, own, now)] == [4] * len(rows)
