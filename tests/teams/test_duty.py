"""Who is on duty, the log and the hand-over: known at any hour, written down, signed by two."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gridgov.notices.models import Notice
from grids.models import Area
from incidents import actions as incidents
from teams import actions, duty, handover
from teams.models import DutyEntry, DutyTurn, ShiftHandOver
from teams.views.duty import _next_officer as next_officer
from tests import factories
from tests.teams.october import MONTH, at

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


def test_what_came_of_a_line_is_written_by_one_of_two_at_once(street, officer, now):
    entry = actions.write_log(street, kind="call", words="漏水", follow=True, by=officer, now=now)
    with CaptureQueriesContext(connection) as seen:
        actions.write_log(street, kind="call", words="修好了", settles=entry, by=officer, now=now)
    assert any("FOR UPDATE" in one["sql"] and "teams_dutyentry" in one["sql"] for one in seen.captured_queries)
