"""Who hears of a request, of its answer, and that a case is no longer theirs."""

import pytest
from django.utils.translation import override

from gridgov.notices import registry
from gridgov.notices.models import Notice
from incidents import actions, words
from incidents.models import Category, Step
from incidents.workflow import Ask


def told(incident, code):
    found = Notice.objects.filter(code=code, subject_id=str(incident.pk)).order_by("user__username")
    return {notice.user.username: registry.words(registry.message(code).title, notice.params) for notice in found}


@pytest.fixture
def at_work(incident, cast, now, desk, unit_staff):
    actions.move(incident, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    return actions.move(incident, "sign", by=unit_staff, now=now)


def test_a_voiding_is_told_to_who_approves_it_and_its_answer_to_all_it_concerns(
    at_work, cast, now, desk, office, worker, unit_staff
):
    asked = actions.ask(at_work, Ask.VOID, reason="重复上报", by=desk, now=now)
    assert set(told(at_work, "incidents.asked")) == {office.username}
    actions.answer(asked, approve=True, by=office, now=now)
    heard = set(told(at_work, "incidents.answered"))
    assert {desk.username, worker.username, unit_staff.username} <= heard
    assert office.username not in heard


def test_a_refusal_is_told_to_who_asked_alone(at_work, now, office, unit_staff):
    asked = actions.ask(at_work, Ask.RETURN, reason="不归我单位管", by=unit_staff, now=now)
    actions.answer(asked, approve=False, words="请继续办理", by=office, now=now)
    assert set(told(at_work, "incidents.answered")) == {unit_staff.username}


def test_what_only_the_leader_approves_is_told_to_the_leader(at_work, now, leader, office, unit_staff):
    actions.ask(at_work, Ask.SUSPENSION, reason="等待备件到货", seconds=40 * 86400, by=unit_staff, now=now)
    assert set(told(at_work, "incidents.asked")) == {leader.username}


def test_what_the_only_person_of_the_office_asks_for_is_told_to_the_leader(incident, now, leader, office):
    actions.ask(incident, Ask.VOID, reason="重复上报", by=office, now=now)
    assert set(told(incident, "incidents.asked")) == {leader.username}


def test_the_unit_that_had_it_hears_that_another_has_it(at_work, cast, now, office, unit_staff):
    actions.move(at_work, "pass_on", by=office, now=now, unit=cast.units["spring"], words="改由社区处理")
    assert set(told(at_work, "incidents.left")) >= {unit_staff.username}


def test_a_change_says_from_what_to_what(incident, cast, category, now, desk):
    other = Category.objects.create(major=category.major, code="0303", name="消防通道堵塞", name_en="Blocked fire lane")
    actions.move(incident, "recategorise", by=desk, now=now, category=other)
    actions.move(incident, "place", by=desk, now=now, area=cast.areas["next_grid"])
    steps = Step.objects.filter(incident=incident).order_by("seq")
    assert [words.line(step).what for step in steps][1:] == [
        "更改类别：楼道堆物 → 消防通道堵塞",
        f"划入网格：{cast.areas['grid'].name} → {cast.areas['next_grid'].name}",
    ]
    with override("en"):
        assert words.line(steps[1]).what == "Change category: 楼道堆物 → Blocked fire lane"
