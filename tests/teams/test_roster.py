"""The duty roster: planned, pointed out, published, asked for when it is not out."""

import io
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from gridgov.notices.models import Notice
from teams import actions, duty
from teams.models import DutyTurn, Leave
from teams.roles import Role
from tests import factories
from tests.teams.october import MONTH, at

# ── What a plan gets wrong ──────────────────────────────────────────────────────────────────────────────


def words(turns) -> set[tuple[str, str]]:
    return {(one.turn.person.username, str(one.words)) for one in duty.conflicts(list(turns))}


def test_conflicts_are_pointed_out(cast, shifts, street, office, now):
    day, night = shifts
    people = cast.people
    actions.plan_turn(day, MONTH, leader=None, officers=[people["officer"], people["outsider"]], by=office, now=now)
    actions.plan_turn(night, MONTH, leader=None, officers=[people["section_head"]], by=office, now=now)
    late = actions.add_shift(street, name="中班", begins=time(12), ends=time(20), by=office, now=now)
    actions.plan_turn(late, MONTH, leader=None, officers=[people["officer"]], by=office, now=now)
    found = words(DutyTurn.objects.of(street, MONTH, MONTH))
    assert {who for who, _words in found} == {"officer", "outsider", "section_head"}
    assert len(found) == 3


def test_leave_is_pointed_out(cast, planned, street, office, officer, now):
    away = {"since_on": MONTH, "last_on": MONTH, "entered_by": office, "entered_at": now}
    Leave.objects.create(user=officer, substitute=office, **away)
    assert {who for who, _words in words(DutyTurn.objects.of(street, MONTH, MONTH))} == {"officer"}


def test_a_night_and_the_day_after_it_do_not_overlap(cast, planned, street, office, now):
    actions.plan_turn(planned[0], date(2026, 10, 2), leader=None, officers=[office], by=office, now=now)
    assert words(DutyTurn.objects.of(street, MONTH, date(2026, 10, 2))) == set()


# ── Planning ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_copied_week_fills_only_empty_cells(cast, planned, street, office, now):
    week = date(2026, 10, 8)
    actions.plan_turn(planned[0], week, leader=None, officers=[cast.people["leader"]], by=office, now=now)
    assert actions.copy_week(street, source=MONTH, target=week, by=office, now=now) == 1
    day, night = (DutyTurn.objects.filter(shift=shift, on=week).get() for shift in planned)
    assert (day.person, night.person) == (cast.people["leader"], office)


def test_rotation_goes_round_and_leaves_what_stands(cast, planned, office, now):
    people = [cast.people["officer"], cast.people["leader"], office]
    last = MONTH + timedelta(days=6)
    done = actions.rotate(planned[0], part="officer", people=people, first=MONTH, last=last, by=office, now=now)
    turns = DutyTurn.objects.filter(shift=planned[0], part="officer").order_by("on")
    assert done == 6
    assert [t.person.username for t in turns] == [
        "officer",
        "leader",
        "office",
        "officer",
        "leader",
        "office",
        "officer",
    ]


def test_two_people_change_places_and_are_told_when_it_is_public(cast, planned, street, office, officer, now):
    actions.publish_month(street, MONTH, by=office, now=now)
    one, two = (DutyTurn.objects.get(shift=shift, on=MONTH, part="officer") for shift in planned)
    actions.swap(one, two, by=office, now=now)
    after = [DutyTurn.objects.get(shift=shift, on=MONTH, part="officer").person for shift in planned]
    assert after == [office, officer]
    assert Notice.objects.filter(code="teams.turn_changed", user=officer).count() == 2


def test_a_cell_is_planned_by_page_and_a_refusal_keeps_what_was_typed(cast, shifts, office, now, sign_in):
    url = reverse("teams:plan_turn", args=[shifts[0].pk, MONTH])
    person = cast.people["leader"].pk
    answer = sign_in(office, "en").post(url, {"leader": person, "officers": [person]})
    assert "leads this shift already" in answer.content.decode()
    assert sign_in(office).post(url, {"leader": person, "officers": [cast.people["officer"].pk]}).status_code == 302
    assert DutyTurn.objects.filter(shift=shifts[0], on=MONTH).count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_month_costs_the_same_with_one_and_three_turns(
    cast, planned, shifts, street, office, now, count, sign_in, django_assert_num_queries
):
    for nth in range(count):
        day = MONTH + timedelta(days=nth + 3)
        actions.plan_turn(shifts[0], day, leader=None, officers=[cast.people["officer"]], by=office, now=now)
    client = sign_in(office)
    # session, person, posts, areas, turns, shifts, posts and leave of those planned, calendars, month, time, unread
    with django_assert_num_queries(12):
        client.get(f"{reverse('teams:roster')}?month=2026-10")


def test_the_sheet_and_the_spreadsheet_hold_the_month(planned, street, office, now, sign_in):
    client = sign_in(office)
    assert "沈值班" in client.get(f"{reverse('teams:roster_sheet')}?month=2026-10").content.decode()
    page = load_workbook(io.BytesIO(client.get(f"{reverse('teams:roster_xlsx')}?month=2026-10").content)).active
    first = [cell.value for cell in page[4]]
    assert first[2:6] == ["卫主任", "沈值班", None, "褚网格"]
    assert page.max_row == 3 + 31
    assert first[-1] == "放假"


@pytest.mark.parametrize("month", ["0001-01", "9999-12", "2026-13", "\x00"])
def test_a_month_no_calendar_reaches_is_this_one(planned, office, sign_in, month):
    for name in ("roster", "roster_sheet", "roster_xlsx"):
        assert sign_in(office).get(reverse(f"teams:{name}"), {"month": month}).status_code == 200


def test_who_is_filled_into_a_published_month_hears_of_it(cast, street, planned, office, now):
    people = cast.people
    actions.publish_month(street, MONTH, by=office, now=now)
    Notice.objects.all().delete()
    actions.copy_week(street, source=MONTH, target=MONTH + timedelta(days=7), by=office, now=now)
    told = Notice.objects.filter(code="teams.roster_published").values_list("user", flat=True)
    assert set(told) == {people["leader"].pk, people["officer"].pk}
    Notice.objects.all().delete()
    days = {"first": MONTH + timedelta(days=20), "last": MONTH + timedelta(days=45)}
    actions.rotate(planned[0], part="officer", people=[people["officer"]], by=office, now=now, **days)
    (one,) = Notice.objects.all()  # November is not published
    assert (one.user, one.params["month"]) == (people["officer"], "2026-10")


# ── A month that is not out ─────────────────────────────────────────────────────────────────────────────


def reminded(moment: datetime) -> list[str]:
    """Who is told at this moment that October is not out."""
    known = Notice.objects.filter(code="teams.roster_missing")
    before = set(known.values_list("pk", flat=True))
    told = actions.remind_of_roster(now=moment)
    found = known.exclude(pk__in=before)
    assert told == len(found)
    return sorted(found.values_list("user__username", flat=True))


def test_who_plans_is_told_once_some_days_before_that_a_month_is_not_out(cast, planned, street, office, now):
    assert reminded(at("2026-09-25T23:58")) == []
    assert reminded(at("2026-09-26T00:01")) == ["office"]  # the other street has no shifts
    assert reminded(at("2026-09-26T00:01")) == reminded(at("2026-09-30T23:58")) == []
    (one,) = Notice.objects.filter(code="teams.roster_missing")
    assert one.url == f"{reverse('teams:roster')}?month=2026-10&area={street.pk}"
    factories.make_post(cast.people["unit_staff"], Role.OFFICE, street, cast.units["office"])
    assert reminded(at("2026-09-30T09:00")) == ["unit_staff"]
    assert reminded(at("2026-10-27T09:00")) == ["office", "unit_staff"]  # November's


def test_nobody_is_told_of_a_month_that_is_out_or_of_a_roster_that_is_not_kept(planned, street, office, now):
    actions.publish_month(street, MONTH, by=office, now=now)
    assert reminded(at("2026-09-28T09:00")) == []
    actions.withdraw_month(street, MONTH, by=office, now=now)
    for shift in planned:
        actions.retire_shift(shift, by=office, now=now)
    assert reminded(at("2026-09-28T09:00")) == []


def test_of_two_workers_who_look_at_once_one_tells(planned, street, now):
    with CaptureQueriesContext(connection) as seen:
        assert actions.remind_of_roster(now=at("2026-09-28T09:00")) == 1
    statements = [query["sql"] for query in seen.captured_queries]
    lock = next(n for n, sql in enumerate(statements) if "teams_rostermonth" in sql and "FOR UPDATE" in sql)
    assert lock < next(n for n, sql in enumerate(statements) if "roster_missing" in sql and sql.startswith("SELECT"))


def test_the_roster_says_to_who_plans_that_the_next_month_is_not_out(
    planned, street, office, worker, now, sign_in, monkeypatch
):
    monkeypatch.setattr(duty, "month_ahead", lambda _now: MONTH)
    page = f"{reverse('teams:roster')}?month=2026-09"
    seen = {person: sign_in(person, "en").get(page).content.decode() for person in (office, worker)}
    assert ["2026-10 has not been published yet" in text for text in seen.values()] == [True, False]
    assert 'month=2026-10">Look at it' in seen[office]
    actions.publish_month(street, MONTH, by=office, now=now)
    assert "has not been published yet" not in sign_in(office, "en").get(page).content.decode()
