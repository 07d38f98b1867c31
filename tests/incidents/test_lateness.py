"""The supervision page: what is late and with whom, by hand and by the ladder, and what leaves the street."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gridgov import paper
from gridgov.clock.sweep import sweep
from gridgov.notices.models import Notice
from incidents import actions, lateness
from incidents.actions.report import Report
from incidents.models import Incident, Referral, Supervision
from incidents.views.lateness import LateFilter
from tests.incidents.test_pages import queries

WEEKS = timedelta(days=21)


@pytest.fixture
def late(cast, incident, desk, now):
    """Dispatched three weeks ago to the enforcement team, which never signed; climbed to the highest level."""
    actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    sweep(now=now + WEEKS)
    return Incident.objects.get(pk=incident.pk)


def page(sign_in, who, query="", lang="en"):
    return sign_in(who, lang).get(reverse("incidents:supervision") + query)


def test_it_says_with_whom_it_waits_and_who_was_told(sign_in, office, leader, late):
    text = page(sign_in, office).content.decode()
    assert text.index("城管执法队") < text.index(late.short_number)
    assert "卫主任" in text  # the leader heard of the highest level
    assert "Signing" in text
    assert "by the ladder" in text


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("?stage=sign", True),
        ("?stage=handle", False),
        ("?level=4", True),
        ("?level=2", False),
        ("?unit=x", True),
    ],
)
def test_filters_narrow_and_nonsense_does_not(sign_in, office, late, query, there):
    assert (f'data-id="{late.pk}"' in page(sign_in, office, query).content.decode()) == there


def test_a_case_that_waits_for_no_unit_is_no_choice_of_a_unit():
    found = lateness.Facets(units={("", None, None): Counter({2: 1}), ("a", 7, "城管执法队"): Counter({2: 2})})
    form = LateFilter({"unit": "None"}, found=found)
    assert form.asked() == lateness.Asked()
    assert [value for value, _label in form.fields["unit"].choices] == ["", "7"]


def test_every_number_is_the_length_of_its_list(cast, sign_in, office, late):
    client = sign_in(office)
    unit = cast.units["enforcement"].pk
    for query in (f"?unit={unit}", f"?unit={unit}&level=4", f"?area={cast.areas['spring'].path}"):
        assert client.get(reverse("incidents:supervision") + query).content.decode().count("<tr data-id=") == 1, query


def test_it_costs_the_same_with_one_and_three(cast, sign_in, office, desk, late, category, building, worker, now):
    client, url = sign_in(office), reverse("incidents:supervision")
    one = queries(client, url)[1]
    for words in ("二楼", "一楼"):
        more = actions.report(Report(category=category, building=building, description=words), by=worker, now=now)
        actions.move(more, "take_in", by=desk, now=now, unit=cast.units["sanitation"])
    sweep(now=now + WEEKS)
    response, three = queries(client, url)
    assert response.content.decode().count("<tr data-id=") == 3
    assert one == three <= 8


def test_another_street_sees_nothing_of_it(sign_in, other_office, unit_staff, late):
    assert str(late.pk) not in page(sign_in, other_office).content.decode()
    assert page(sign_in, unit_staff).status_code == 403


# ── By hand ─────────────────────────────────────────────────────────────────────────────────────────────


def test_by_hand_it_is_opened_answered_and_lifted_with_words(cast, sign_in, late, office, unit_staff, now):
    client = sign_in(office, "en")
    url = reverse("incidents:supervise", args=[late.pk])
    assert "Please fill this in." in client.post(url, {"words": ""}).content.decode()
    assert client.post(url, {"words": "三日内办结", "due_on": "2099-01-01"}).status_code == 302
    made = Supervision.objects.get(number=1)
    assert (made.unit, made.stage, made.opened_by) == (cast.units["enforcement"], "sign", office)
    assert Notice.objects.filter(code="incidents.supervised", user=unit_staff).count() == 1
    actions.answer_supervision(made, words="人手不足，明日到场", by=unit_staff, now=now)
    actions.lift_supervision(made, words="已到场", by=office, now=now)
    heard = Notice.objects.filter(subject_id=str(late.pk)).values_list("code", "user")
    assert [user for code, user in heard if code == "incidents.supervision_answered"] == [office.pk]
    assert ("incidents.supervision_lifted", unit_staff.pk) in heard
    sheet = client.get(reverse("incidents:supervision_sheet", args=[made.pk])).content.decode()
    assert all(words in sheet for words in ("三日内办结", "人手不足，明日到场", "已到场"))


def test_ladder_and_hand_do_not_get_in_each_others_way(cast, incident, desk, office, now):
    actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    for words in ("请签收", "再次催签"):
        actions.open_supervision(incident, words=words, by=office, now=now)
    sweep(now=now + WEEKS)
    numbers = Supervision.objects.filter(incident=incident, stage="sign").values_list("number", flat=True)
    assert sorted(numbers) == [0, 1, 2]


@pytest.mark.parametrize("who", ["desk", "unit_staff", "other_office"])
def test_only_who_supervises_opens_one(cast, incident, who, now):
    with pytest.raises(PermissionDenied):
        actions.open_supervision(incident, words="x", by=cast.people[who], now=now)


# ── Beyond the street ───────────────────────────────────────────────────────────────────────────────────


def test_only_the_leader_lets_a_case_leave_the_street_and_once(sign_in, late, office, leader, now):
    text = sign_in(office, "en").get(reverse("incidents:referrals")).content.decode()
    assert late.short_number in text
    assert "waits for the leader in charge" in text
    with pytest.raises(PermissionDenied):
        actions.decide_referral(late, to="district", approve=True, words="x", by=office, now=now)
    said = {"to": "meeting", "decision": "approve", "words": "多部门配合"}
    assert sign_in(leader).post(reverse("incidents:refer", args=[late.pk]), said).status_code == 302
    made = Referral.objects.get()
    assert (made.approved, made.decided_by, made.to) == (True, leader, "meeting")
    with pytest.raises(ValidationError):
        actions.decide_referral(late, to="district", approve=False, words="y", by=leader, now=now)


def test_what_is_not_critical_is_not_taken_further(incident, leader, now):
    with pytest.raises(ValidationError):
        actions.decide_referral(incident, to="district", approve=True, words="x", by=leader, now=now)


# ── Sums by unit ────────────────────────────────────────────────────────────────────────────────────────


def test_sums_are_those_of_the_waits_in_the_order_of_codes(cast, sign_in, late, office, unit_staff, now):
    actions.move(late, "sign", by=unit_staff, now=now)
    rows = lateness.sums(office, now + timedelta(minutes=1))
    assert [row["unit__code"] for row in rows] == sorted(row["unit__code"] for row in rows)
    assert {row["unit__code"]: row["stages"] for row in rows} == {"CG": 1, "SQ-CF": 1}
    client = sign_in(office)
    with CaptureQueriesContext(connection) as seen:
        text = client.get(reverse("incidents:unit_sums")).content.decode()
    assert len(seen.captured_queries) <= 8
    for row in rows:
        link = f"{reverse('incidents:waits')}?unit={row['unit']}"
        assert link in text
        assert client.get(link).content.decode().count("<tr data-id=") == row["stages"]


# ── The sheet that leaves the office, and the end of a case ─────────────────────────────────────────────


def test_the_end_of_a_case_lifts_what_nobody_has_lifted_and_says_so(cast, incident, desk, office, sign_in, now):
    by_hand = actions.open_supervision(incident, words="请两日内答复。", by=office, now=now)
    lifted = actions.open_supervision(incident, words="请说明原因。", by=office, now=now)
    actions.lift_supervision(lifted, words="已说明。", by=office, now=now)
    held = list(incident.custody.values_list("seq", "unit"))
    actions.move(incident, "reject", by=desk, now=now, words="不属受理范围")
    rows = {row.pk: row for row in incident.supervisions.all()}
    assert (rows[by_hand.pk].lifted_at, rows[by_hand.pk].ended_with, rows[by_hand.pk].lifted_by) == (
        now,
        "rejected",
        None,
    )
    assert (rows[lifted.pk].ended_with, rows[lifted.pk].lifted_words) == ("", "已说明。")
    assert list(incident.custody.values_list("seq", "unit"))[: len(held)] == held
    client = sign_in(office, "en")
    assert str(by_hand.pk) not in client.get(reverse("incidents:supervisions")).content.decode()
    ended = client.get(reverse("incidents:supervisions"), {"lifted": "1"}).content.decode()
    assert "the incident has ended" in ended
    with pytest.raises(ValidationError):
        actions.answer_supervision(by_hand, words="迟到的答复", by=office, now=now)


def test_the_sheet_is_a_pdf_with_the_level_in_words_and_a_sign(
    incident, office, other_office, sign_in, now, monkeypatch
):
    made = actions.open_supervision(incident, words="请两日内答复。", by=office, now=now)
    url, seen = reverse("incidents:supervision_pdf", args=[made.pk]), []
    rendered = paper.render_to_string
    monkeypatch.setattr(paper, "render_to_string", lambda *given: seen.append(rendered(*given)) or seen[-1])
    answer = sign_in(office, "en").get(url)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    for said in (f"{incident.number}-01", "○ On time", "请两日内答复。", office.name, "和平街道"):
        assert said in seen[0]
    assert sign_in(other_office).get(url).status_code == 404
