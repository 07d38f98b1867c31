"""Records from phones that nobody could take in by themselves: who sees them, and what can be done with them."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gridgov.accounts.models import User
from gridgov.clock.seed import seed_calendars
from gridgov.sync import actions as sync
from gridgov.sync.models import Attachment, Envelope
from incidents.actions import move
from incidents.models import Incident, Step
from teams.models import Assignment
from teams.roles import Role
from tests import factories
from tests.sync.conftest import picture, upload


@pytest.fixture
def case(worker, grid, enforcement_unit, now):
    return factories.make_incident(
        factories.make_building(grid), by=worker, now=now, category=factories.make_category(lead=enforcement_unit)
    )


def hand_in(kind, payload, by, now, **more):
    number = uuid.uuid4()
    receipt = sync.receive(number, kind, payload, by=by, now=now, keep=True, **more)
    return Envelope.objects.get(pk=number), receipt


def test_a_kept_record_is_seen_by_the_desks_of_its_place_alone(
    worker, case, now, desk, autumn_desk, office, other_office, sign_in
):
    hand_in("incidents.comment", {"incident": str(case.pk), "words": ""}, worker, now)
    seen = {
        who.username: sign_in(who, lang="en").get("/kept/").content.decode().count("kept-row")
        for who in (desk, office, autumn_desk, other_office)
    }
    assert seen == {"desk": 1, "office": 1, "autumn_desk": 0, "other_office": 0}


def test_a_revoked_post_keeps_its_records(worker, case, now, posts_end, office, sign_in):
    """Quarantine: what somebody captured before the post ended arrives, and the office takes it in."""
    posts_end(worker)
    category = case.category.code
    row, receipt = hand_in("incidents.report", {"category": category, "description": "井盖松动"}, worker, now)
    assert (receipt.status, receipt.problems) == (202, ({"field": "", "code": "denied"},))
    sync.attach(*row.subject, upload(picture()), by=worker, now=now)
    client = sign_in(office, lang="en")
    assert "井盖松动" in client.get("/kept/").content.decode()
    client.post(f"/kept/{row.pk}/accept/")
    incident = Incident.objects.get(description="井盖松动")
    assert incident.reported_by == office
    assert Attachment.objects.of(incident).count() == 1
    row.refresh_from_db()
    assert (row.needs_review, row.review, row.reviewed_by) == (False, "accepted", office)
    again = sync.receive(
        row.pk, "incidents.report", {"category": category, "description": "井盖松动"}, by=worker, now=now
    )
    assert (again.status, again.id) == (200, str(incident.pk))


def test_who_was_appointed_by_mistake_leaves_no_record_that_nobody_sees(worker, case, now, desk, office, sign_in):
    Assignment.objects.filter(user=worker).delete()  # as `withdraw_post` does
    worker = User.objects.get(pk=worker.pk)  # as the next request finds them
    hand_in("incidents.report", {"category": case.category.code, "description": "井盖松动"}, worker, now)
    seen = [sign_in(who).get("/kept/").content.decode().count("井盖松动") > 0 for who in (office, desk)]
    assert seen == [True, False]


def test_who_moved_to_another_street_takes_the_new_records_along_and_leaves_the_old(
    worker, case, cast, now, office, other_office, sign_in
):
    today = timezone.localdate(now)
    worker.posts.update(until=today)
    factories.make_post(worker, Role.WORKER, cast.areas["other_grid"], since=today)
    yesterday = {"captured_at": now - timedelta(days=1)}
    for words, more in (("在和平看到的", yesterday), ("在光明看到的", {})):
        hand_in("incidents.report", {"category": "none", "description": words}, worker, now, **more)
    pages = {who: sign_in(who).get("/kept/").content.decode() for who in (office, other_office)}
    assert [(("在和平看到的" in page), ("在光明看到的" in page)) for page in pages.values()] == [
        (True, False),
        (False, True),
    ]


def test_a_step_that_came_too_late_becomes_a_comment(worker, case, now, desk, office, sign_in):
    move(case, "reject", by=office, now=now, words="重复上报")
    row, receipt = hand_in(
        "incidents.step", {"incident": str(case.pk), "step": "self_resolve", "words": "已经清走"}, worker, now
    )
    assert receipt.problems == ({"field": "", "code": "impossible"},)
    sign_in(office).post(f"/kept/{row.pk}/accept/")
    step = Step.objects.get(incident=case, move="comment")
    assert "已经清走" in step.words
    assert step.by == office


def test_put_aside_needs_words_and_can_be_put_back(worker, case, now, office, sign_in):
    row, _receipt = hand_in("incidents.comment", {"incident": str(case.pk), "words": ""}, worker, now)
    client = sign_in(office, lang="en")
    client.post(f"/kept/{row.pk}/discard/", {"words": " "})
    row.refresh_from_db()
    assert row.needs_review is True
    client.post(f"/kept/{row.pk}/discard/", {"words": "空白\x00记录"})
    row.refresh_from_db()
    assert (row.needs_review, row.review, row.review_words) == (False, "discarded", "空白记录")
    assert "空白记录" in client.get("/kept/?show=aside").content.decode()
    client.post(f"/kept/{row.pk}/put-back/")
    row.refresh_from_db()
    assert (row.needs_review, row.review) == (True, "")


def test_what_is_confidential_is_for_the_street_desk_alone(worker, case, now, posts_end, desk, office, sign_in):
    """As the case itself would be: the community's desk reads neither words nor photos."""
    secret = factories.make_category(is_confidential=True, lead=case.category.lead_unit)
    posts_end(worker)
    said = {"category": case.category.code, "description": "当事人不愿公开", "is_confidential": True}
    row, _receipt = hand_in("incidents.report", said, worker, now)
    hand_in("incidents.report", {"category": secret.code, "description": "按类别保密"}, worker, now)
    Incident.objects.filter(pk=case.pk).update(is_confidential=True)
    hand_in("incidents.comment", {"incident": str(case.pk), "words": "案中留言"}, worker, now)
    photo = sync.attach(*row.subject, upload(picture()), by=worker, now=now)
    seen = {}
    for who in (desk, office):
        client = sign_in(who, lang="en")
        page = client.get("/kept/").content.decode()
        words = [text in page for text in ("当事人不愿公开", "按类别保密", "案中留言")]
        seen[who.username] = (words, client.get(reverse("sync:attachment", args=[photo.pk, "thumb"])).status_code)
    assert seen == {"desk": ([False] * 3, 404), "office": ([True] * 3, 200)}
    assert sign_in(desk).post(f"/kept/{row.pk}/accept/").status_code == 404


@pytest.mark.parametrize("said", [{"building": "9" * 30}, {"incident": "这不是案件编号" + "x" * 29}])
def test_nonsense_in_a_record_can_be_looked_at(worker, now, office, case, sign_in, said):
    hand_in("incidents.report", {"description": "井盖松动", **said}, worker, now)
    assert "井盖松动" in sign_in(office).get("/kept/").content.decode()


def test_another_streets_record_cannot_be_decided(worker, case, now, other_office, sign_in):
    row, _receipt = hand_in("incidents.comment", {"incident": str(case.pk), "words": ""}, worker, now)
    client = sign_in(other_office)
    for verb in ("accept", "discard", "put-back"):
        assert client.post(f"/kept/{row.pk}/{verb}/", {"words": "x"}).status_code == 404


def test_a_desk_reads_names_and_not_the_keys_of_a_phone(worker, case, cast, now, office, sign_in):
    """Settled outside one's own grid on a walk: what it was about is named, the walk's number is not shown."""
    asset = factories.make_asset(cast.areas["next_grid"])
    walk, elsewhere = str(uuid.uuid4()), {"lon": 1.5, "lat": 2.5, "accuracy": 7}
    said = {"category": case.category.code, "thing": f"asset:{asset.pk}", "grid": cast.areas["grid"].pk, "patrol": walk}
    hand_in("incidents.report", said | elsewhere | {"resolved": "已扶正"}, worker, now)
    page = sign_in(office, lang="en").get("/kept/").content.decode()
    assert walk not in page
    assert "patrol" not in page.split("kept-row", 1)[1].split("</dl>")[0]
    assert f"{asset} · {asset.code}" in page
    assert f"<dd>{cast.areas['grid'].name}</dd>" in page
    assert "outside the sender" in page


def test_phones_are_masked_on_the_page(worker, case, now, office, sign_in):
    said = {"incident": str(uuid.uuid4()), "words": "打给 13800000001"}
    hand_in("incidents.comment", said, worker, now)
    page = sign_in(office).get("/kept/").content.decode()
    assert "13800000001" not in page
    assert "138****0001" in page


def test_somebody_changed_it_meanwhile_is_marked_and_counts(worker, case, now, office):
    _row, receipt = hand_in(
        "incidents.comment", {"incident": str(case.pk), "words": "看过了"}, worker, now, base_version="0"
    )
    assert (receipt.status, receipt.changed) == (201, True)
    case.refresh_from_db()
    same, receipt = hand_in(
        "incidents.comment", {"incident": str(case.pk), "words": "再看"}, worker, now, base_version=str(case.version)
    )
    assert (same.changed_meanwhile, receipt.changed) == (False, False)


def test_none_waits_beyond_the_page_and_counting_ends(worker, case, now, office, sign_in, monkeypatch):
    """A full page leads to the next one; thousands are not counted for a number in a tab."""
    monkeypatch.setattr("gridgov.paging.keyset.__kwdefaults__", {"size": 2})
    monkeypatch.setattr("assessment.review.MOST_COUNTED", 2)
    for nth in range(3):
        said = {"incident": str(uuid.uuid4()), "words": f"第{nth}条"}
        hand_in("incidents.comment", said, worker, now + timedelta(minutes=nth))
    client = sign_in(office, lang="en")
    first = client.get("/kept/")
    assert [f"第{nth}条" in first.content.decode() for nth in range(3)] == [False, True, True]
    assert first.context["waiting"] == "2+"
    second = client.get("/kept/" + first.context["page"].next_url)
    assert [f"第{nth}条" in second.content.decode() for nth in range(3)] == [True, False, False]


@pytest.mark.parametrize("rows", [1, 3])
def test_one_query_count_however_many_rows(worker, case, now, office, sign_in, rows, django_assert_max_num_queries):
    for n in range(rows):
        hand_in("incidents.comment", {"incident": str(case.pk), "words": "", "n": n}, worker, now)
    client = sign_in(office)
    client.get("/kept/")
    with django_assert_max_num_queries(14):
        assert client.get("/kept/").status_code == 200


@pytest.fixture
def posts_end(now):
    """End all posts of a person yesterday."""
    from datetime import timedelta

    from grids.permissions import forget
    from teams.models import Assignment

    seed_calendars(now=now)

    def end(user) -> None:
        Assignment.objects.filter(user=user).update(until=(now - timedelta(days=1)).date())
        forget(user)

    return end
