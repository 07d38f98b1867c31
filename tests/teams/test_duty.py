"""The duty roster, the log and the hand-over: planned, pointed out, published, written down, signed by two."""

import io
from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from gridgov.clock.seed import seed_calendars
from gridgov.notices.models import Notice
from grids.models import Area
from incidents import actions as incidents
from teams import actions, duty, handover
from teams.models import DutyEntry, DutyTurn, Leave, ShiftHandOver
from teams.roles import Role
from teams.views.duty import _next_officer as next_officer
from tests import factories

MONTH = date(2026, 10, 1)


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture
def shifts(street, office, now):
    seed_calendars(now=now)
    day = actions.add_shift(
        street, name="白班", begins=time(8), ends=time(18), phone="027-00000001", by=office, now=now
    )
    night = actions.add_shift(street, name="夜班", begins=time(18), ends=time(8), by=office, now=now)
    return day, night


@pytest.fixture
def planned(cast, shifts, office, now):
    """1 October: 白班 with leader and officer, 夜班 with the office."""
    people = cast.people
    actions.plan_turn(shifts[0], MONTH, leader=people["leader"], officers=[people["officer"]], by=office, now=now)
    actions.plan_turn(shifts[1], MONTH, leader=None, officers=[people["office"]], by=office, now=now)
    return shifts


# ── Who is on duty ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2026-10-01T07:59", None),
        ("2026-10-01T08:00", "officer"),
        ("2026-10-01T17:59", "officer"),
        ("2026-10-01T18:00", "office"),
        ("2026-10-02T07:59", "office"),
        ("2026-10-02T08:00", None),
    ],
)
def test_a_night_shift_goes_on_into_the_next_day(cast, street, planned, office, now, moment, who):
    actions.publish_month(street, MONTH, by=office, now=now)
    found = duty.present(cast.areas["grid"].path, at(moment))
    assert [turn.person for turn in found.officers] == ([cast.people[who]] if who else [])


def test_nobody_but_the_planners_sees_a_draft(cast, street, planned, office, worker, now, sign_in):
    url = f"{reverse('teams:roster')}?month=2026-10"
    assert "沈值班" in sign_in(office).get(url).content.decode()
    assert "沈值班" not in sign_in(worker).get(url).content.decode()
    assert duty.present(street.path, at("2026-10-01T09:00")).officers == ()
    actions.publish_month(street, MONTH, by=office, now=now)
    assert "沈值班" in sign_in(worker).get(url).content.decode()
    assert Notice.objects.filter(code="teams.roster_published").count() == 2  # leader and officer, not who published
    actions.withdraw_month(street, MONTH, by=office, now=now)
    assert "沈值班" not in sign_in(worker).get(url).content.decode()


def test_another_streets_office_neither_sees_nor_plans_it(cast, planned, street, other_office, now, sign_in):
    with pytest.raises(PermissionDenied):
        actions.plan_turn(planned[0], MONTH, leader=None, officers=[], by=other_office, now=now)
    client = sign_in(other_office)
    assert client.get(reverse("teams:plan_turn", args=[planned[0].pk, MONTH])).status_code == 404
    assert client.get(f"{reverse('teams:roster')}?area={street.pk}").status_code == 404


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


# ── The log ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_masked_kept_and_corrected_by_another(street, officer, now):
    line = actions.write_log(street, kind="call", words="居民 13800000001 来电", by=officer, now=now)
    assert "13800000001" not in line.words
    fixed = actions.write_log(street, kind="call", words="居民来电两次", corrects=line, by=officer, now=now)
    assert list(DutyEntry.objects.standing()) == [fixed]
    with pytest.raises(ValidationError):
        actions.write_log(street, kind="call", words="再改", corrects=line, by=officer, now=now)
    for spoil in (lambda: DutyEntry.objects.update(words="x"), lambda: DutyEntry.objects.filter(pk=fixed.pk).delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            spoil()


def test_a_line_of_a_year_that_cannot_be_read_again_is_refused(street, officer, sign_in):
    client, url = sign_in(officer, "en"), f"{reverse('teams:duty_log')}?area={street.pk}"
    for year in ("0001", "1899"):
        page = client.post(url, {"kind": "other", "at": f"{year}-01-01T00:00", "words": "来访"})
        assert "between 1900 and 2999" in page.content.decode()
    assert not DutyEntry.objects.exists()
    assert client.post(url, {"kind": "other", "at": "2026-01-01T00:00", "words": "来访"}).status_code == 302


def test_what_is_to_be_followed_ends_with_what_came_of_it(street, officer, now):
    line = actions.write_log(street, kind="visit", words="明早再来", follow=True, by=officer, now=now)
    assert list(DutyEntry.objects.to_follow()) == [line]
    actions.write_log(street, kind="visit", words="已接待", settles=line, by=officer, now=now)
    assert not DutyEntry.objects.to_follow().exists()


@pytest.mark.parametrize("who", ["worker", "desk", "other_office", "section_head"])
def test_only_who_keeps_the_log_writes(cast, street, who, now):
    with pytest.raises(PermissionDenied):
        actions.write_log(street, kind="call", words="x", by=cast.people[who], now=now)


def test_a_case_is_found_by_its_short_number_without_reading_every_number(cast, officer, worker, now):
    case = factories.make_incident(factories.make_building(cast.areas["grid"]), by=worker, now=now)
    with CaptureQueriesContext(connection) as asked:
        assert handover.find_case(case.short_number, officer) == (case.number, case.pk)
        assert handover.find_case(case.short_number[1:], officer) is None
    assert [one["sql"] for one in asked if " LIKE " in one["sql"]] == []


def test_a_line_names_a_case_only_if_its_writer_sees_it(cast, street, officer, worker, now, sign_in):
    case = factories.make_incident(factories.make_building(cast.areas["grid"]), by=worker, now=now)
    client, url = sign_in(officer, "en"), reverse("teams:duty_log")
    said = {"kind": "incident", "words": "已派人", "at": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M")}
    assert "no incident with this number" in client.post(url, {**said, "about": "1-2-3"}).content.decode()
    assert client.post(url, {**said, "about": case.short_number}).status_code == 302
    assert DutyEntry.objects.get().about_id == case.pk
    assert reverse("incidents:detail", args=[case.pk]) in client.get(url).content.decode()


# ── The hand-over ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def running(street, officer, office, leader, now):
    """A shift that runs at any hour, with the officer on it today and yesterday."""
    shift = actions.add_shift(street, name="全天", begins=time(0), ends=time.max, by=office, now=now)
    today = timezone.localdate(now)
    for day in (today, today - timedelta(days=1)):
        actions.plan_turn(shift, day, leader=leader, officers=[officer], by=office, now=now)
        actions.publish_month(street, day.replace(day=1), by=office, now=now)
    return shift


def test_a_hand_over_keeps_what_was_open_and_is_signed_by_both(
    cast, street, running, officer, office, worker, desk, now
):
    case = factories.make_incident(factories.make_building(cast.areas["grid"]), by=worker, now=now)
    incidents.move(case, "take_in", by=desk, now=now, unit=cast.units["enforcement"])
    today = timezone.localdate(now)
    made = actions.hand_over_shift(street, shift=running, on=today, incoming=office, words="注意", by=officer, now=now)
    kept = {part["key"]: part["items"] for part in made.snapshot}
    assert [item["id"] for item in kept["unsigned"]] == [str(case.pk)]
    incidents.move(case, "sign", by=cast.people["unit_staff"], now=now)
    made.refresh_from_db()
    assert {part["key"]: part["items"] for part in made.snapshot} == kept
    with pytest.raises(PermissionDenied):
        actions.accept_hand_over(made, by=officer, now=now)
    actions.accept_hand_over(made, by=office, now=now)
    with pytest.raises(ValidationError):
        actions.refuse_hand_over(made, words="晚了", by=office, now=now)


def test_a_refused_hand_over_makes_room_for_another(street, running, officer, office, now):
    today = timezone.localdate(now)
    made = actions.hand_over_shift(street, shift=running, on=today, incoming=office, by=officer, now=now)
    with pytest.raises(ValidationError):
        actions.hand_over_shift(street, shift=running, on=today, incoming=office, by=officer, now=now)
    with pytest.raises(ValidationError):
        actions.refuse_hand_over(made, words=" ", by=office, now=now)
    actions.refuse_hand_over(made, words="少了一件", by=office, now=now)
    again = actions.hand_over_shift(street, shift=running, on=today, incoming=office, by=officer, now=now)
    actions.withdraw_hand_over(again, by=officer, now=now)
    assert ShiftHandOver.objects.standing().count() == 0


def test_a_missing_signature_shows_on_the_board_after_an_hour(street, running, officer, office, now, sign_in):
    today = timezone.localdate(now)
    ended = running.span(today - timedelta(days=1))[1]
    assert duty.unsigned(street, ended + timedelta(minutes=59)) == []
    assert [change.on for change in duty.unsigned(street, ended + timedelta(minutes=61))] == [today - timedelta(days=1)]
    yesterday = today - timedelta(days=1)
    made = actions.hand_over_shift(street, shift=running, on=yesterday, incoming=office, by=officer, now=now)
    assert duty.unsigned(street, ended + timedelta(minutes=61))[0].hand_over == made
    actions.accept_hand_over(made, by=office, now=now)
    assert duty.unsigned(street, ended + timedelta(minutes=61)) == []


def test_a_missing_signature_leads_on_for_whoever_keeps_the_log(
    street, running, office, office_admin, now, sign_in, monkeypatch
):
    ended = running.span(timezone.localdate(now) - timedelta(days=1))[1]
    missing = duty.unsigned(street, ended + timedelta(minutes=61))
    monkeypatch.setattr(duty, "unsigned", lambda *_asked: missing)
    board, door = f"{reverse('teams:duty_board')}?area={street.pk}", reverse("teams:hand_over_shift")
    seen = {person: sign_in(person, "en").get(board).content.decode() for person in (office, office_admin)}
    assert all("nobody has handed it over" in page for page in seen.values())
    assert [door in page for page in seen.values()] == [True, False]


def test_the_first_day_has_no_street_and_says_so(cast, office_admin, worker, sign_in):
    Area.objects.filter(kind=Area.Kind.STREET).update(retired_at="2026-01-01T00:00Z")
    pages = [sign_in(person, "en").get(reverse("teams:roster")).content.decode() for person in (office_admin, worker)]
    assert all("No street yet" in page for page in pages)
    assert [reverse("setup") in page.split("<main")[1] for page in pages] == [True, False]


def test_hand_over_by_page(cast, street, running, officer, office, now, sign_in):
    client = sign_in(officer)
    url = reverse("teams:hand_over_shift")
    today = timezone.localdate(now)
    said = {"change": f"{running.pk}:{today}", "incoming": office.pk, "words": "平安"}
    answer = client.post(url, said)
    made = ShiftHandOver.objects.get()
    assert answer["Location"] == reverse("teams:hand_over_sheet", args=[made.pk])
    other = sign_in(office)
    assert "平安" in other.get(answer["Location"]).content.decode()
    assert other.post(reverse("teams:accept_hand_over", args=[made.pk])).status_code == 302
    made.refresh_from_db()
    assert made.accepted_at is not None
    assert sign_in(cast.people["worker"]).get(answer["Location"]).status_code == 404


@pytest.mark.parametrize(
    ("moment", "who"),
    [("2026-10-01T23:20", "office"), ("2026-10-02T00:05", "office"), ("2026-10-02T07:35", "leader")],
)
def test_the_next_officer_is_of_the_night_shift_also_after_midnight(
    cast, street, officer, office, leader, now, rf, moment, who
):
    shifts = [
        actions.add_shift(street, name=name, begins=begins, ends=ends, by=office, now=now)
        for name, begins, ends in (("晚班", time(15, 30), time(23, 30)), ("夜班", time(23, 30), time(7, 30)))
    ]
    morning = actions.add_shift(street, name="早班", begins=time(7, 30), ends=time(15, 30), by=office, now=now)
    turns = ((shifts[0], MONTH, officer), (shifts[1], MONTH, office), (morning, date(2026, 10, 2), leader))
    for shift, on, person in turns:
        actions.plan_turn(shift, on, leader=None, officers=[person], by=office, now=now)
    actions.publish_month(street, MONTH, by=office, now=now)
    request = rf.get("/")
    request.user, request._database_now = officer, at(moment)
    assert next_officer(street, request) == cast.people[who].pk


def test_board_and_top_bar_say_who_is_on_duty_or_that_nobody_is(cast, street, running, office, worker, now, sign_in):
    board = f"{reverse('teams:duty_board')}?area={street.pk}"
    assert "沈值班" in sign_in(office).get(board).content.decode()
    now_url = reverse("teams:duty_now") + "?as=me"
    assert "沈值班" in sign_in(worker).get(now_url).content.decode()
    assert reverse("teams:roster") not in sign_in(cast.people["system_admin"]).get(now_url).content.decode()
    for nonsense in ("", "abc", "²", "9" * 30):
        assert sign_in(office).get(reverse("teams:duty_board"), {"area": nonsense}).status_code == 404
    DutyTurn.objects.all().delete()
    assert "Nobody is entered" in sign_in(office, "en").get(board).content.decode()


def test_sections_are_all_named(street, now):
    assert [part["key"] for part in handover.collect(street, now)] == [
        "emergencies", "late", "unsigned", "supervisions", "requests", "follow",
    ]  # fmt: skip


def test_what_is_open_is_counted_only_where_not_all_of_it_is_kept(street, officer, now, monkeypatch):
    for words in ("漏水", "停电", "积雪"):
        actions.write_log(street, kind="call", words=words, follow=True, by=officer, now=now)
    with CaptureQueriesContext(connection) as seen:
        part = handover.collect(street, now)[-1]
    assert (part["total"], len(part["items"])) == (3, 3)
    assert not any("COUNT(" in one["sql"] for one in seen.captured_queries)
    monkeypatch.setattr(handover, "MOST", 2)
    part = handover.collect(street, now)[-1]
    assert (part["total"], len(part["items"])) == (3, 2)


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


def test_what_came_of_a_line_is_written_by_one_of_two_at_once(street, officer, now):
    entry = actions.write_log(street, kind="call", words="漏水", follow=True, by=officer, now=now)
    with CaptureQueriesContext(connection) as seen:
        actions.write_log(street, kind="call", words="修好了", settles=entry, by=officer, now=now)
    assert any("FOR UPDATE" in one["sql"] and "teams_dutyentry" in one["sql"] for one in seen.captured_queries)
