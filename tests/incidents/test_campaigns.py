"""Campaigns: what may be asked, of which objects; checked once, counted as a query, and never more than admitted."""

import hashlib
import io
import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from assessment.cards import cards
from gridgov.notices.models import Notice
from gridgov.sync.actions import attach_to_envelope, receive
from gridgov.sync.models import Attachment, Envelope
from grids.models import Building
from incidents import asking, campaign_numbers, campaign_pack
from incidents.actions import campaigns
from incidents.actions.campaign_check import Seen, check_target
from incidents.actions.campaigns import Asked
from incidents.models import Campaign, CampaignTarget, Incident
from teams import actions as teams
from teams.models import RefusedTask, TaskType
from tests import factories
from tests.cast import ROLE_NAMES
from tests.incidents.test_pages import queries
from tests.sync.conftest import picture


def item(label="有电动车在楼道充电吗", kind="yes_no", abnormal=("yes",), category="0302", choices=()):
    found = {"kind": kind, "label": label, "abnormal": list(abnormal), "category": category if abnormal else ""}
    return found | {"choices": list(choices)}


@pytest.fixture
def task(street, leader, now):
    return teams.decide_task(street, code="0201", name="消防隐患排查", admitted=True, reason="履职", by=leader, now=now)


@pytest.fixture
def asked(task, category, building, cast, now):
    other = factories.make_building(cast.areas["next_grid"], "8号楼")
    due = timezone.localdate(now) + timedelta(days=7)
    return Asked("电动车充电安全排查", task, [item(), item("数量", "number", ("3",))], due, buildings=[building, other])


@pytest.fixture
def running(asked, street, office, now):
    made = campaigns.draft_campaign(street, asked, by=office, now=now)
    return campaigns.publish_campaign(made, by=office, now=now)


@pytest.fixture
def target(running, building):
    return running.targets.get(building=building)


# ── What a checklist may ask ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "label",
    [
        *("住址", "详细地址", "门牌号", "所属网格", "网格名称", "所在社区", "楼栋名称", "楼号", "单元号", "房号"),
        *("楼层数", "户数", "有多少户", "常住人数", "户主姓名", "联系电话", "手机号", "身份证号", "经纬度"),
        *("检查日期", "检查人", "填报人", "Address", "Which grid is it in?", "Building name"),
        *("Number of households", "Phone of the owner", "Checked by"),
    ],
)  # fmt: skip
def test_a_question_for_what_the_system_knows_is_refused(label):
    assert asking.known_in(label)
    with pytest.raises(ValidationError):
        asking.check([item(label, "words", ())])


@pytest.mark.parametrize(
    "label", ["是否信教", "有无上访人员", "吸毒人员数量", "民族", "精神障碍患者", "Religion", "刑释人员"]
)
def test_what_no_list_may_say_is_refused(label):
    assert asking.fault_of(item(label, "words", ()))
    assert asking.fault_of(item("类别", "choice", (), choices=("其他", label)))


@pytest.mark.parametrize(
    "label",
    ["有电动车在楼道充电吗", "充电桩数量", "灭火器是否过期", "飞线充电几处", "疏散通道是否畅通", "Is the exit free?"],
)
def test_what_only_a_look_can_tell_may_be_asked(label):
    assert asking.fault_of(item(label)) == ""


@pytest.mark.parametrize("count", [0, 6])
def test_a_checklist_has_one_to_five_questions(count):
    with pytest.raises(ValidationError):
        asking.check([item()] * count)


@pytest.mark.parametrize(
    ("question", "answer", "wrong"),
    [
        (item(), "yes", True),
        (item(), "no", False),
        (item("数量", "number", ("3",)), 3, True),
        (item("数量", "number", ("3",)), 2, False),
        (item("数量", "number", ("3",)), None, False),
        (item("状况", "choice", ("坏",), choices=("好", "坏")), "坏", True),
        (item("备注", "words", ()), "坏", False),
    ],
)
def test_which_answers_are_findings(question, answer, wrong):
    assert asking.is_abnormal(question, answer) == wrong


# ── Admission ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ROLE_NAMES)
def test_only_the_leader_admits_tasks(cast, street, now, who):
    facts = {"code": "9", "name": "打卡", "admitted": False, "reason": "五个不得", "by": cast.people[who], "now": now}
    if who == "leader":
        assert teams.decide_task(street, **facts).admitted is False
    else:
        with pytest.raises(PermissionDenied):
            teams.decide_task(street, **facts)


def without(asked, **more):
    return Asked(**({name: getattr(asked, name) for name in asked.__slots__} | more))


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


# ── Rights ──────────────────────────────────────────────────────────────────────────────────────────────

PLANS = {"office"}
WORKS = {"worker", "lead"}


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
    assert [row.times for row in campaign_numbers.ledger([running.pk], own, now)] == [1]
    assert [row.times for row in campaign_numbers.ledger([running.pk], Campaign.objects.asked(), now)] == [2]


def test_a_community_asks_only_its_own_grids(cast, asked, task, desk, street, now):
    with pytest.raises(PermissionDenied):
        campaigns.draft_campaign(street, asked, by=desk, now=now)
    far = factories.make_building(cast.areas["far_grid"], "1号楼")
    with pytest.raises(ValidationError):
        campaigns.draft_campaign(cast.areas["spring"], without(asked, buildings=[far]), by=desk, now=now)
    assert campaigns.draft_campaign(cast.areas["spring"], asked, by=desk, now=now).is_draft


def test_each_worker_sees_only_own_objects(cast, running, worker, neighbour, now):
    own = {user: [str(t) for t in CampaignTarget.objects.visible_to(user)] for user in (worker, neighbour)}
    assert own == {worker: ["3号楼"], neighbour: ["8号楼"]}
    assert [card.title for card in cards(worker, now) if card.kind == "campaign"] == [running.title]
    assert [[name for _id, name, _where in campaign_pack.page(user, running, 0)["rows"]] for user in own] == [
        ["3号楼"],
        ["8号楼"],
    ]
    assert Notice.objects.filter(code="incidents.campaign_published", user=worker).count() == 1
    assert not Notice.objects.filter(user=cast.people["far_worker"]).exists()


# ── Looking ─────────────────────────────────────────────────────────────────────────────────────────────


def send(target, answers, by, now, key=None, **more):
    payload = {"target": str(target.pk), "answers": answers, "rectified": False, "words": "", **more}
    return receive(key or uuid4(), "incidents.campaign_check", payload, by=by, now=now, keep=True)


def test_an_envelope_counts_once_and_a_finding_becomes_one_incident(target, worker, lead, now):
    key = uuid4()
    assert [send(target, ["yes", 4], worker, now, key).status for _n in range(3)] == [201, 200, 200]
    target.refresh_from_db()
    assert target.finding == "incident"
    assert "电动车充电安全排查" in target.incident.description
    assert target.incident.building_id == target.building_id
    assert send(target, ["yes", 5], lead, now).changed
    assert Incident.objects.count() == 1


def test_rectified_on_the_spot_makes_no_incident(target, worker, now):
    send(target, ["yes", 1], worker, now, rectified=True)
    target.refresh_from_db()
    assert (target.finding, target.incident) == ("rectified", None)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as seen", "the older last"])
def test_what_was_seen_wrong_is_reported_in_whichever_order_the_looks_arrive(target, worker, now, order):
    looks = Seen(["yes", None], at=now - timedelta(hours=1)), Seen(["no", None], at=now)
    for which in order:
        done = check_target(target, looks[which], by=worker, now=now)
    assert (done.answers, done.finding, done.incident is not None) == (["no", None], "incident", True)


def test_too_many_objects_are_counted_and_not_loaded(street, asked, office, now, monkeypatch):
    monkeypatch.setattr(campaigns, "MOST_OBJECTS", 1)
    chosen = Building.objects.filter(pk__in=[one.pk for one in asked.buildings])
    with pytest.raises(ValidationError) as refused:
        campaigns.draft_campaign(street, replace(asked, buildings=chosen), by=office, now=now)
    assert "2" in refused.value.messages[0]
    assert chosen._result_cache is None


@pytest.mark.django_db(transaction=True)
def test_who_takes_back_waits_for_whoever_is_looking(running, target, office, worker, now):
    answers = []

    def take_back():
        try:
            answers.append(campaigns.withdraw_campaign(running, by=office, now=now))
        except ValidationError as error:
            answers.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=take_back)
    with transaction.atomic():
        check_target(target, Seen(["no", None]), by=worker, now=now)
        other.start()
        other.join(timeout=0.5)  # however long it took to begin, it may not have ended before the look counts
    other.join(timeout=30)
    assert [getattr(one, "code", one) for one in answers] == ["begun"]


@pytest.mark.parametrize("answers", [[], ["maybe", 1], [None, 1], ["yes", -1], ["yes", "x"], ["yes", 1, 2], "yes"])
def test_answers_that_make_no_sense_are_kept_for_review(target, worker, now, answers):
    assert send(target, answers, worker, now).status == 202
    target.refresh_from_db()
    assert target.finding == ""


def test_what_was_seen_after_the_end_is_refused_before_it_counts(running, target, office, worker, now):
    campaigns.end_campaign(running, by=office, now=now)
    later = now + timedelta(hours=2)
    with pytest.raises(ValidationError):
        check_target(target, Seen(["no", None], at=now + timedelta(hours=1)), by=worker, now=later)
    seen = Seen(["no", None], at=now - timedelta(hours=1))
    assert check_target(target, seen, by=worker, now=later).finding == "fine"
    assert campaigns.reopen_campaign(running, by=office, now=later).is_running


def test_it_is_taken_back_only_before_anybody_looked(running, target, office, worker, now):
    assert campaigns.withdraw_campaign(running, by=office, now=now).is_draft
    campaigns.publish_campaign(Campaign.objects.get(pk=running.pk), by=office, now=now)
    check_target(target, Seen(["no", None]), by=worker, now=now)
    with pytest.raises(ValidationError):
        campaigns.withdraw_campaign(running, by=office, now=now)


# ── Every state × every move × every role ───────────────────────────────────────────────────────────────

STEPS = {
    "publish": ({"draft"}, "running"),
    "withdraw": ({"running"}, "draft"),
    "end": ({"running"}, "ended"),
    "reopen": ({"ended"}, "running"),
    "discard": ({"draft"}, None),
}


def put_into(campaign, status, now):
    """The row as it stands in a state, whatever led there."""
    times = {"published_at": None if status == "draft" else now, "ended_at": now if status == "ended" else None}
    Campaign.objects.filter(pk=campaign.pk).update(status=status, **times)
    return Campaign.objects.get(pk=campaign.pk)


@pytest.mark.parametrize("status", Campaign.Status.values)
def test_each_step_by_each_role_from_each_state(cast, running, now, status):
    """What the page offers is what the table says; everything else leaves the row as it was."""
    wrong = []
    for who in ROLE_NAMES:
        for name, (begins, leads) in STEPS.items():
            before = put_into(running, status, now)
            expected = leads if who in PLANS and status in begins else status
            try:
                with transaction.atomic():
                    getattr(campaigns, f"{name}_campaign")(before, by=cast.people[who], now=now)
                    found = Campaign.objects.filter(pk=running.pk).values_list("status", flat=True).first()
                    if found is None:
                        transaction.set_rollback(True)
            except (PermissionDenied, ValidationError):
                found = Campaign.objects.get(pk=running.pk).status
            if found != expected:
                wrong.append((who, status, name, found))
    assert wrong == []


@pytest.mark.parametrize("status", Campaign.Status.values)
@pytest.mark.parametrize("who", ["office", "leader", "worker"])
def test_the_page_offers_the_steps_of_the_table_and_no_other(cast, running, now, sign_in, status, who):
    put_into(running, status, now)
    answer = sign_in(cast.people[who]).get(reverse("incidents:campaign", args=[running.pk]))
    if answer.status_code != 200:
        assert who == "worker"
        return
    text = answer.content.decode()
    offered = {name for name in STEPS if reverse(f"incidents:{name}_campaign", args=[running.pk]) in text}
    assert offered == {name for name, (begins, _to) in STEPS.items() if status in begins and who in PLANS}


# ── Photos, and the way back ────────────────────────────────────────────────────────────────────────────


def with_photo(target, answers, by, now, **more):
    """As the phone does it: announce, then send."""
    data = picture()
    key, sha256 = uuid4(), hashlib.sha256(data).hexdigest()
    payload = {"target": str(target.pk), "answers": answers, "rectified": False, "words": "", **more}
    receive(key, "incidents.campaign_check", payload, by=by, now=now, keep=True, attachments=[sha256])
    attach_to_envelope(Envelope.objects.get(pk=key), ContentFile(data), sha256=sha256, by=by, now=now)


def test_photos_of_a_finding_belong_to_its_case_and_the_case_leads_back(target, worker, office, now, sign_in):
    with_photo(target, ["yes", None], worker, now)
    target.refresh_from_db()
    assert Attachment.objects.of(target.incident).count() == 1
    page = sign_in(office).get(reverse("incidents:detail", args=[target.incident_id])).content.decode()
    assert reverse("incidents:campaign", args=[target.campaign_id]) in page
    campaign = sign_in(office).get(reverse("incidents:campaign", args=[target.campaign_id])).content.decode()
    assert reverse("incidents:detail", args=[target.incident_id]) in campaign
    phone = sign_in(worker).get(reverse("incidents:field_case", args=[target.incident_id])).content.decode()
    assert reverse("incidents:field_campaign", args=[target.campaign_id]) in phone


def test_photos_of_what_was_put_right_stand_in_the_campaign(target, cast, worker, office, now, sign_in):
    with_photo(target, ["yes", None], worker, now, rectified=True)
    photo = Attachment.objects.get()
    assert photo.subject_id == str(target.pk)
    url = reverse("sync:attachment", args=[photo.pk, "thumb"])
    assert url in sign_in(office).get(reverse("incidents:campaign", args=[target.campaign_id])).content.decode()
    page = reverse("incidents:campaign", args=[target.campaign_id])
    clients = {who: sign_in(cast.people[who]) for who in ROLE_NAMES}
    seen = {who for who, client in clients.items() if client.get(url).status_code == 200}
    follow = {who for who, client in clients.items() if client.get(page).status_code == 200}
    assert seen == follow | WORKS
    assert "neighbour" not in seen


def test_the_plain_form_takes_three_photos_and_no_fourth(target, worker, sign_in):
    client = sign_in(worker, "en")
    url = reverse("incidents:field_check", args=[target.campaign_id, target.pk])
    said = {"client_id": uuid4(), "item0": "no", "item1": "", "words": ""}
    files = [SimpleUploadedFile(f"{n}.jpg", picture(size=(40 + n, 30)), "image/jpeg") for n in range(4)]
    assert "3 photos at most" in client.post(url, said | {"photos": files}).content.decode()
    for file in files:
        file.seek(0)
    assert client.post(url, said | {"photos": files[:3]}).status_code == 302
    assert Attachment.objects.of(target).count() == 3


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────


def test_progress_is_by_grid_and_community_in_the_order_of_codes(running, target, worker, now):
    check_target(target, Seen(["yes", None]), by=worker, now=now)
    (community,) = campaign_numbers.progress(running.targets.all())
    assert (community.name, community.total, community.done, community.abnormal) == ("春风社区", 2, 1, 1)
    assert [line.name for line in community.lines] == ["春风第一网格", "春风第二网格"]


def test_lists_cost_the_same_with_one_and_three(asked, running, street, office, now, sign_in):
    client = sign_in(office)
    urls = [reverse("incidents:campaigns"), reverse("incidents:burden")]
    one = [queries(client, url)[1] for url in urls]
    for _n in range(2):
        made = campaigns.draft_campaign(street, asked, by=office, now=now)
        campaigns.publish_campaign(made, by=office, now=now)
    assert [queries(client, url)[1] for url in urls] == one


def form(running, building, **more):
    said = {
        "area": running.area_id, "task_type": running.task_type_id, "title": "复查", "due_on": running.due_on,
        "objects_kind": "building", "areas": [building.area_id], "label1": "消防通道是否堵塞", "kind1": "yes_no",
        "abnormal1": "是", "category1": "0302", **{f"kind{n}": "yes_no" for n in range(2, 6)},
    }  # fmt: skip
    return said | more


def test_the_office_drafts_publishes_and_ends_through_the_pages(running, building, office, sign_in):
    client = sign_in(office, "en")
    answer = client.post(reverse("incidents:create_campaign"), form(running, building))
    made = Campaign.objects.get(title="复查")
    assert answer.url == reverse("incidents:campaign", args=[made.pk])
    for step, status in (("publish", "running"), ("withdraw", "draft"), ("publish", "running"), ("end", "ended")):
        client.post(reverse(f"incidents:{step}_campaign", args=[made.pk]))
        made.refresh_from_db()
        assert made.status == status
    assert "春风第一网格" in client.get(answer.url).content.decode()


def test_a_draft_opens_again_as_it_was_chosen(running, building, office, sign_in):
    client = sign_in(office)
    chosen = {"names": "3号楼\n8号楼", "floors": ""}
    client.post(reverse("incidents:create_campaign"), form(running, building, **chosen))
    made = Campaign.objects.get(title="复查")
    page = client.get(reverse("incidents:edit_campaign", args=[made.pk]))
    again = page.context["form"]
    assert (again["names"].value(), again["areas"].value()) == ("3号楼\n8号楼", [building.area_id])
    client.post(reverse("incidents:edit_campaign", args=[made.pk]), form(running, building, names="3号楼"))
    made.refresh_from_db()
    assert (made.chosen["names"], made.targets.count()) == ("3号楼", 1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"label1": "户主电话"}, "the system knows this already"),
        ({"task_type": ""}, "not on the list"),
        ({"abnormal1": "蓝"}, "This is no answer"),
        ({"category1": ""}, "Say what such a finding"),
        ({"names": "没有这栋楼"}, "No object fits"),
        ({"due_on": "2020-01-01"}, "over already"),
    ],
)
def test_the_form_says_what_is_wrong(running, building, office, sign_in, more, said):
    text = sign_in(office, "en").post(reverse("incidents:create_campaign"), form(running, building, **more))
    assert said in text.content.decode()


def test_the_plain_form_on_the_phone_counts_too(running, target, worker, sign_in):
    client = sign_in(worker)
    url = reverse("incidents:field_check", args=[running.pk, target.pk])
    assert client.get(url).status_code == 200
    client.post(url, {"client_id": uuid4(), "item0": "no", "item1": "", "words": ""})
    target.refresh_from_db()
    assert target.finding == "fine"
    assert "3号楼" in client.get(reverse("incidents:field_campaign", args=[running.pk])).content.decode()


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
