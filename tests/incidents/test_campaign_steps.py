"""The life of a campaign: each step by each role from each state, through actions and pages; its progress."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse

from incidents import campaign_numbers
from incidents.actions import campaigns
from incidents.actions.campaign_check import Seen, check_target
from incidents.models import Campaign
from tests.cast import ROLE_NAMES
from tests.incidents.asked import PLANS
from tests.incidents.test_pages import queries


def test_it_is_taken_back_only_before_anybody_looked(running, target, office, worker, now):
    assert campaigns.withdraw_campaign(running, by=office, now=now).is_draft
    campaigns.publish_campaign(Campaign.objects.get(pk=running.pk), by=office, now=now)
    check_target(target, Seen(["no", None]), by=worker, now=now)
    with pytest.raises(ValidationError):
        campaigns.withdraw_campaign(running, by=office, now=now)


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
        ({"abnormal1": "蓝"}, "This is not an answer"),
        ({"category1": ""}, "Say what such a finding"),
        ({"names": "没有这栋楼"}, "No object fits"),
        ({"due_on": "2020-01-01"}, "over already"),
    ],
)
def test_the_form_says_what_is_wrong(running, building, office, sign_in, more, said):
    text = sign_in(office, "en").post(reverse("incidents:create_campaign"), form(running, building, **more))
    assert said in text.content.decode()
