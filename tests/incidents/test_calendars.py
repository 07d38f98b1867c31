"""Working calendars: who may change them, what is asked before, and what running deadlines do."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from gridgov.audit.models import AuditEvent
from gridgov.clock import actions, calendars
from gridgov.clock.actions import Refused
from gridgov.clock.calendar_actions import change_calendar, impact
from gridgov.clock.models import CalendarVersion, WorkCalendar
from gridgov.clock.proposals import Proposal, as_lines, parse
from gridgov.clock.seed import OFFICE, OFFICE_HOURS, seed_calendars
from gridgov.ids import uuid7
from incidents.clocks import SUBJECT
from tests import factories
from tests.clock.test_worked_cases import local

WEEK = [OFFICE_HOURS] * 5 + [[], []]
HOUR = 3600


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def office_time(db, now) -> CalendarVersion:
    """The seeded office calendar."""
    seed_calendars(now=now)
    return calendars.current(OFFICE)


@pytest.fixture
def clock(office_time):
    """Due on Monday 2026-11-23 at 10:30."""
    return actions.start(
        SUBJECT, uuid7(), "handle", budget=4 * HOUR, calendar=office_time, area_path="a", now=local("2026-11-20 16:30")
    )


def closed_monday(version: CalendarVersion) -> Proposal:
    return Proposal.of(version).with_day(date(2026, 11, 23), [], "停电")


# ── Lines ───────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_are_read_with_ranges_words_and_own_hours():
    found = parse(
        "2027-02-06 open\n2027-02-08..2027-02-10 closed 春节\n\n"
        "2027-12-31 open 08:00-12:00 半天\n２０２７－０５－０１ 放假",
        2027,
        WEEK,
    )
    assert found["2027-02-06"] == {"segments": OFFICE_HOURS, "label": ""}
    assert [found[f"2027-02-{day:02}"] for day in (8, 9, 10)] == [{"segments": [], "label": "春节"}] * 3
    assert found["2027-12-31"] == {"segments": [[480, 720]], "label": "半天"}
    assert found["2027-05-01"]["segments"] == []


def test_every_wrong_line_is_named():
    with pytest.raises(ValidationError) as error:
        parse(
            "2027-02-30 open\n2026-12-31 closed\nsomeday\n2027-01-01 closed\n"
            "2027-01-01 open\n2027-03-05..2027-03-01 off",
            2027,
            WEEK,
        )
    assert [text.split(":")[0] for text in error.value.messages] == ["Line 1", "Line 2", "Line 3", "Line 5", "Line 6"]


@pytest.mark.parametrize("text", ["", "   \n \n"])
def test_an_empty_arrangement_is_refused(text):
    with pytest.raises(ValidationError, match="at least one day"):
        parse(text, 2027, WEEK)


def test_hours_outside_the_day_are_refused():
    with pytest.raises(ValidationError, match="Line 1"):
        parse("2027-01-02 open 12:00-08:00", 2027, WEEK)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_a_year_survives_being_written_and_read(office_time, year):
    proposal = Proposal.of(office_time)
    lines = as_lines(proposal, year)
    assert proposal.with_year(year, parse(lines, year, proposal.weekly)) == proposal


# ── The action ──────────────────────────────────────────────────────────────────────────────────────────


def test_saving_makes_a_version_and_moves_what_runs(clock, office_time, office_admin, now):
    at = local("2026-11-20 17:00")
    proposal = closed_monday(office_time)
    found = impact(office_time.calendar, proposal, now=at)
    assert (found.running, found.shift.later, found.shift.earlier, found.late_at_once) == (1, 1, 0, 0)
    assert found.shift.most_later == timedelta(days=1)
    assert (found.shown[0].before, found.shown[0].after) == (local("2026-11-23 10:30"), local("2026-11-24 10:30"))
    version, clocks = change_calendar(office_time.calendar, proposal=proposal, by=office_admin, now=at)
    clock.refresh_from_db()
    assert (version.number, version.created_by, len(clocks)) == (2, office_admin, 1)
    assert (clock.calendar_version, clock.due_at) == (version, local("2026-11-24 10:30"))
    event = AuditEvent.objects.get(action="clock.change_calendar")
    assert (event.data["days"], event.data["clocks"]) == (["2026-11-23"], 1)
    assert impact(office_time.calendar, Proposal.of(version), now=at).moved == 0


def test_restoring_puts_deadlines_back(clock, office_time, office_admin):
    at = local("2026-11-20 17:00")
    change_calendar(office_time.calendar, proposal=closed_monday(office_time), by=office_admin, now=at)
    change_calendar(office_time.calendar, proposal=Proposal.of(office_time, 2), by=office_admin, now=at)
    clock.refresh_from_db()
    assert (clock.due_at, clock.calendar_version.number) == (local("2026-11-23 10:30"), 3)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(office_time, office_admin, now):
    first, second = closed_monday(office_time), Proposal.of(office_time).with_hours([[[540, 600]]] * 7)
    change_calendar(office_time.calendar, proposal=first, by=office_admin, now=now)
    with pytest.raises(Refused, match="Somebody else"):
        change_calendar(office_time.calendar, proposal=second, by=office_admin, now=now)
    assert CalendarVersion.objects.filter(calendar=office_time.calendar).count() == 2


@pytest.mark.parametrize("weekly", [[[]] * 7, WEEK])
def test_a_week_without_hours_and_an_empty_change_are_refused(office_time, office_admin, now, weekly):
    with pytest.raises(Refused):
        change_calendar(
            office_time.calendar, proposal=Proposal.of(office_time).with_hours(weekly), by=office_admin, now=now
        )


def test_natural_time_cannot_be_changed(office_time, office_admin, now):
    always = WorkCalendar.objects.get(is_always=True)
    with pytest.raises(Refused):
        change_calendar(always, proposal=Proposal(1, WEEK), by=office_admin, now=now)


# ── The pages ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def visit(sign_in, office_admin, office_time):
    """`visit("hours")` reads, `visit("hours", {…})` sends; English."""
    client = sign_in(office_admin, lang="en")

    def go(name, data=None, **more):
        args = [] if name == "list" else [OFFICE, *more.get("args", [])]
        url = reverse(f"calendars:{name}", args=args)
        return client.get(url) if data is None else client.post(url, data, follow=more.get("follow", False))

    return go


def _proposal(answer) -> dict:
    return {"proposal": answer.context["sealed"], "year": "2027"}


def test_an_arrangement_is_looked_at_before_it_is_saved(visit, clock):
    lines = "2026-11-23 closed 停电\n2026-12-31 open 08:00-12:00"
    looked = visit("arrangement", {"lines": lines}, args=[2026])
    assert "1 of 1 running deadlines moves" in looked.content.decode()
    assert CalendarVersion.objects.filter(calendar__code=OFFICE).count() == 1
    saved = visit("save", _proposal(looked), follow=True)
    assert "Saved as version 2. 1 running deadline was worked out again." in saved.content.decode()
    clock.refresh_from_db()
    assert clock.due_at == local("2026-11-24 10:30")


def test_the_cases_that_would_move_are_named(visit, incident):
    shorter = {f"d{n}_{part}": at for n in range(7) for part, at in (("begin_1", "09:00"), ("end_1", "09:30"))}
    looked = visit("hours", shorter).content.decode()
    assert incident.short_number in looked


def test_what_was_read_of_a_wrong_table_stands_there_to_be_mended(visit):
    table = SimpleUploadedFile("2027.csv", "2027-01-01,放假,元旦\n2027-13-45,放假,错\n".encode())
    page = visit("arrangement", data={"lines": "", "file": table}, args=[2027]).content.decode()
    assert "2027-01-01 放假 元旦\n2027-13-45 放假 错" in page
    assert "Choose it again" not in page


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe"])
def test_a_table_that_cannot_be_read_is_wrong_itself_and_no_line_is(visit, content):
    table = SimpleUploadedFile("2027.xlsx", content)
    page = visit("arrangement", data={"lines": "2027-01-01 closed", "file": table}, args=[2027])
    assert list(page.context["form"].errors) == ["file"]
    assert "2027-01-01 closed" in page.content.decode()


def test_a_wrong_arrangement_keeps_what_was_typed(visit):
    answer = visit("arrangement", {"lines": "2027-02-06 open\n2027-99-99 closed"}, args=[2027])
    text = answer.content.decode()
    assert "Line 2: This date does not exist." in text
    assert "2027-99-99 closed" in text


def test_weekly_hours_are_changed_and_half_a_pair_is_refused(visit):
    good = {f"d{n}_{part}": at for n in range(5) for part, at in (("begin_1", "09:00"), ("end_1", "17:00"))}
    assert visit("hours", good).context["proposal"].weekly == [[[540, 1020]]] * 5 + [[], []]
    answer = visit("hours", good | {"d5_begin_1": "10:00"})
    assert "Enter both the beginning and the end." in answer.content.decode()
    assert 'value="10:00"' in answer.content.decode()


def test_a_night_shift_ends_at_midnight(visit):
    answer = visit("hours", {"d0_begin_1": "22:00", "d0_end_1": "00:00"})
    assert answer.context["proposal"].weekly[0] == [[1320, 1440]]


@pytest.mark.parametrize(
    ("data", "segments"),
    [
        ({"kind": "closed", "label": "停电"}, []),
        ({"kind": "weekday", "weekday": "0"}, OFFICE_HOURS),
        ({"kind": "own", "begin_1": "08:00", "end_1": "12:00"}, [[480, 720]]),
    ],
)
def test_a_day_is_changed(visit, data, segments):
    answer = visit("day", data, args=["2026-11-28"])
    assert answer.context["proposal"].exceptions["2026-11-28"]["segments"] == segments


def test_a_day_goes_back_to_usual(visit):
    assert "2026-10-01" not in visit("day", {"kind": "usual"}, args=["2026-10-01"]).context["proposal"].exceptions


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "weekday", "weekday": "6"},
        {"kind": "own"},
        {"kind": "own", "begin_1": "12:00", "end_1": "08:00"},
        {"kind": "own", "begin_1": "08:00", "end_1": "12:00", "begin_2": "11:00", "end_2": "13:00"},
        {},
    ],
)
def test_a_nonsense_day_is_answered_beside_the_field(visit, data):
    answer = visit("day", data | {"label": "校庆"}, args=["2026-11-28"])
    assert answer.context["form"].errors
    assert "校庆" in answer.content.decode()


def test_a_proposal_changed_on_the_way_is_refused(visit):
    answer = visit("save", {"proposal": "eyJ9:1:x", "year": "²"}, follow=True)
    assert "open for too long" in answer.content.decode()
    assert CalendarVersion.objects.filter(calendar__code=OFFICE).count() == 1


def test_an_earlier_version_is_restored_as_a_new_one(visit):
    visit("save", _proposal(visit("day", {"kind": "closed"}, args=["2026-11-26"])))
    visit("save", _proposal(visit("restore", args=[1])))
    numbers = CalendarVersion.objects.filter(calendar__code=OFFICE).order_by("number")
    assert [version.number for version in numbers] == [1, 2, 3]
    assert numbers[2].exceptions == numbers[0].exceptions


@pytest.mark.parametrize("args", [["2026-13-01"], ["nonsense"], ["1999-01-01"]])
def test_a_day_that_is_none_does_not_exist(visit, args):
    assert visit("day", args=args).status_code == 404


def test_whoever_keeps_one_street_looks_at_calendars_and_ladders_and_changes_none(office_time, cast, sign_in, now):
    keeper = factories.make_person("易街办")
    factories.make_post(keeper, "office_admin", cast.areas["street"], cast.units["office"])
    own = sign_in(keeper)
    shown = ("calendars:list", [], 200), ("calendars:year", [OFFICE, 2026], 200), ("limits:ladders", [], 200)
    refused = ("calendars:hours", [OFFICE], 403), ("limits:ladder", ["standard"], 403)
    for name, args, status in (*shown, *refused):
        assert own.get(reverse(name, args=args)).status_code == status
    text = closed_monday(office_time).sealed()
    assert own.post(reverse("calendars:save", args=[OFFICE]), {"proposal": text}).status_code == 403
    assert own.post(reverse("calendars:create"), {"name": "夜班", "like": OFFICE}).status_code == 403
    assert own.post(reverse("limits:create_ladder"), {"name": "夜间", "like": "standard"}).status_code == 403
    assert CalendarVersion.objects.filter(calendar__code=OFFICE).count() == 1


def test_natural_time_has_no_pages(sign_in, office_admin, office_time):
    url = reverse("calendars:year", args=[calendars.NATURAL, 2026])
    assert sign_in(office_admin).get(url).status_code == 404


def test_only_who_keeps_calendars_may_save(sign_in, office, office_time):
    data = {"proposal": closed_monday(office_time).sealed(), "year": "2026"}
    assert sign_in(office).post(reverse("calendars:save", args=[OFFICE]), data).status_code == 403
    assert CalendarVersion.objects.filter(calendar__code=OFFICE).count() == 1


def test_the_year_says_in_words_what_a_day_is(visit):
    text = visit("year", args=[2026]).content.decode()
    assert "2026-02-14 Sat · make-up working day · 调休上班 · 08:00-12:00 14:00-18:00" in text
    assert "2026-10-01 Thu · closed on this day · 放假" in text


def test_a_year_that_was_not_entered_says_so(visit):
    assert "has not been entered" in visit("year", args=[2029]).content.decode()
    assert "has not been entered" not in visit("year", args=[2026]).content.decode()


QUERIES = {"list": 7, "year": 7, "hours": 6, "versions": 6, "restore": 11}  # one asks which streets there are


@pytest.mark.parametrize("more", [0, 3])
def test_pages_ask_the_same_number_of_questions_however_much_runs(visit, office_time, more):
    for _ in range(more):
        actions.start(
            SUBJECT, uuid7(), "handle", budget=60, calendar=office_time, area_path="a", now=local("2026-11-20 16:30")
        )
    visit("list")
    counts = {}
    for name, args in (("list", []), ("year", [2026]), ("hours", []), ("versions", []), ("restore", [1])):
        with CaptureQueriesContext(connection) as found:
            visit(name, args=args)
        counts[name] = len(found)
    assert counts == QUERIES | {"restore": QUERIES["restore"] + (1 if more else 0)}


def test_a_year_is_written_in_the_readers_words_and_read_back(office_time):
    with translation.override("zh-hans"):
        proposal = Proposal.of(office_time)
        assert proposal.with_year(2026, parse(as_lines(proposal, 2026), 2026, proposal.weekly)) == proposal
