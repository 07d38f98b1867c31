"""The table of limits: where a figure comes from, what an edit would move, and that what is late stays late."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from gridgov.clock.actions import Refused
from gridgov.clock.ladder import DAYS
from gridgov.clock.latecomers import catch_up
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock, Replan
from gridgov.clock.sweep import sweep
from incidents import actions, clocks, latecomers
from incidents.actions.limits import change_limits
from incidents.limits import Amount, Rules, limit_for, todays
from incidents.models import LimitVersion
from incidents.what_if import impact
from incidents.workflow import Stage
from tests import factories

HOUR = 3600


def accept(incident) -> Clock:
    return Clock.objects.running().get(subject_id=incident.pk, stage=Stage.ACCEPT)


def with_accept(hours: float, scope: str = "ordinary") -> Rules:
    rules = todays().rules
    return rules.with_line(scope, {**rules.lines.get(scope, {}), Stage.ACCEPT: Amount(hours)}, "")


def test_a_figure_is_looked_for_from_the_category_to_the_last_line(category):
    assert limit_for(category, Stage.ACCEPT, todays()).basis == "ordinary@0"
    assert limit_for(category, Stage.HANDLE, todays()).seconds == 16 * HOUR
    for scope in ("03", "0302"):
        among = todays().under(with_accept(2, scope))
        found = limit_for(category, Stage.ACCEPT, among)
        assert (found.seconds, found.basis) == (2 * HOUR, f"{scope}@1")


def test_a_working_day_is_the_day_of_the_calendar_that_counts(category):
    category.clock = "natural"
    rules = todays().rules.with_line("0302", {Stage.HANDLE: Amount(2, DAYS, "natural")}, "")
    assert limit_for(category, Stage.HANDLE, todays().under(rules)).seconds == 48 * HOUR
    rules = todays().rules.with_line("0302", {Stage.HANDLE: Amount(2, DAYS)}, "")
    assert limit_for(category, Stage.HANDLE, todays().under(rules)).seconds == 16 * HOUR


def test_todays_table_is_one_statement(category, django_assert_num_queries):
    with django_assert_num_queries(1):
        limit_for(category, Stage.PROMISE, todays())


def test_an_edit_says_what_it_moves_and_saving_moves_it(incident, office_admin, now):
    before = accept(incident)
    found = impact(with_accept(16), now=now)
    assert [(one.incident.pk, one.before) for one in found.shown] == [(incident.pk, before.due_at)]
    version, count = change_limits(with_accept(16), base=0, by=office_admin, now=now)
    after = accept(incident)
    assert (version.number, count, after.budget, after.basis) == (1, 1, 16 * HOUR, "ordinary@1")
    assert after.due_at == found.shown[0].after > before.due_at
    incident.refresh_from_db()
    assert incident.due_at == after.due_at


def test_what_is_late_stays_late(incident, office_admin, now):
    later = accept(incident).due_at + timedelta(minutes=1)
    sweep(now=later)
    found = impact(with_accept(80), now=later)
    assert (found.moved, found.stay_late) == (0, 1)
    change_limits(with_accept(80), base=0, by=office_admin, now=later)
    clock = accept(incident)
    assert (clock.level, clock.budget) == (Level.LATE, 8 * HOUR)


def test_a_shorter_limit_says_whose_level_changes_at_once(incident, office_admin, now):
    started = accept(incident).started_at
    in_a_while = accept(incident).due_at - timedelta(hours=1)
    assert in_a_while > started
    found = impact(with_accept(0.5), now=in_a_while)
    assert [one.incident.pk for one in found.shown] == [incident.pk]
    assert found.shown[0].level >= Level.LATE


def test_any_earlier_state_comes_back(category, office_admin, now):
    change_limits(with_accept(2), base=0, by=office_admin, now=now)
    line = {Stage.HANDLE: Amount(4)}
    change_limits(todays().rules.with_line("0302", line, ""), base=1, by=office_admin, now=now)
    category.refresh_from_db()
    assert category.handle_seconds == 4 * HOUR
    first = Rules.of(LimitVersion.objects.get(number=0).rules)
    change_limits(first, base=2, by=office_admin, now=now)
    category.refresh_from_db()
    assert category.handle_seconds == 16 * HOUR
    assert limit_for(category, Stage.ACCEPT, todays()).seconds == 8 * HOUR


def test_of_two_who_save_the_second_is_refused(calendars, office_admin, worker, now):
    change_limits(with_accept(2), base=0, by=office_admin, now=now)
    with pytest.raises(Refused):
        change_limits(with_accept(3), base=0, by=office_admin, now=now)
    with pytest.raises(Refused):
        change_limits(todays().rules, base=1, by=office_admin, now=now)
    with pytest.raises(PermissionDenied):
        change_limits(with_accept(3), base=1, by=worker, now=now)


def test_the_editor_shows_what_moves_and_saves_it(incident, sign_in, office_admin):
    client, url = sign_in(office_admin), reverse("limits:line", args=["ordinary"])
    typed = {f"{stage}_amount": "3" for stage in ("accept", "dispatch", "sign", "verify")}
    typed |= {f"{stage}_unit": "days" for stage in ("accept", "dispatch", "sign", "verify")} | {"ladder": "standard"}
    page = client.post(url, typed, headers={"HX-Request": "true"})
    assert incident.short_number in page.content.decode()
    saved = client.post(reverse("limits:save"), {"proposal": page.context["sealed"], "note": "试行"})
    assert saved.status_code == 302
    assert accept(incident).budget == 24 * HOUR
    assert LimitVersion.objects.first().note == "试行"


@pytest.mark.parametrize("wrong", ["", "0", "-1", "many"])
def test_a_wrong_figure_is_named_and_nothing_can_be_saved(calendars, sign_in, office_admin, wrong):
    client, url = sign_in(office_admin), reverse("limits:line", args=["ordinary"])
    page = client.post(url, {"accept_amount": wrong, "ladder": "standard"})
    assert page.status_code == 200
    assert "accept_amount" in page.context["form"].errors
    assert "sealed" not in page.context


def test_a_unit_by_its_own_calendar_counts_by_it_and_a_hand_over_keeps_what_was_used(
    incident, office_admin, office, unit_staff, cast, now
):
    change_limits(todays().rules.with_unit(cast.units["sanitation"].code, "natural"), base=0, by=office_admin, now=now)
    actions.move(incident, "take_in", by=office, now=now, unit=cast.units["enforcement"])
    actions.move(incident, "sign", by=unit_staff, now=now)
    handle = Clock.objects.running().get(subject_id=incident.pk, stage=Stage.HANDLE)
    assert handle.calendar_version.calendar.is_default
    later = now + timedelta(days=1)
    actions.move(incident, "pass_on", by=office, now=later, unit=cast.units["sanitation"], words="属环卫职责")
    passed = Clock.objects.running().get(subject_id=incident.pk, stage=Stage.HANDLE)
    assert passed.pk == handle.pk
    assert passed.calendar_version.calendar.is_always
    assert passed.legs == [[handle.calendar_version_id, later.isoformat()]]
    assert later < passed.due_at <= later + timedelta(hours=16)
    incident.refresh_from_db()
    assert (incident.holder, incident.due_at) == (cast.units["sanitation"], passed.due_at)


def test_three_returns_make_a_case_critical_whatever_the_time(incident, office, unit_staff, cast, now):
    for nth in range(3):
        step = "take_in"
        actions.move(incident, step, by=office, now=now, unit=cast.units["enforcement"])
        asked = actions.ask(incident, "return", reason="不属本单位职责", by=unit_staff, now=now)
        incident.refresh_from_db()
        assert incident.level == Level.ON_TIME, nth
        actions.answer(asked, approve=True, by=office, now=now)
        incident.refresh_from_db()
    assert incident.level == Level.CRITICAL
    promise = Clock.objects.running().get(subject_id=incident.pk, stage=Stage.PROMISE)
    assert list(promise.escalations.order_by("level").values_list("level", flat=True)) == [1, 2, 3, 4]
    assert incident.supervisions.get(stage=Stage.PROMISE).level == Level.CRITICAL


def test_a_second_extension_is_the_leaders_to_approve_and_needs_a_written_reason(
    incident, office, leader, unit_staff, cast, now
):
    from django.core.exceptions import ValidationError

    actions.move(incident, "take_in", by=office, now=now, unit=cast.units["enforcement"])
    actions.move(incident, "sign", by=unit_staff, now=now)
    first = actions.ask(incident, "extension", reason="缺料", seconds=4 * HOUR, by=unit_staff, now=now)
    actions.answer(first, approve=True, by=office, now=now)
    with pytest.raises(ValidationError, match="10"):
        actions.ask(incident, "extension", reason="缺料", seconds=4 * HOUR, by=unit_staff, now=now)
    with pytest.raises(ValidationError):
        actions.ask(
            incident, "extension", reason="材料厂家延期供货至下周三", seconds=999 * HOUR, by=unit_staff, now=now
        )
    second = actions.ask(
        incident, "extension", reason="材料厂家延期供货至下周三", seconds=4 * HOUR, by=unit_staff, now=now
    )
    with pytest.raises(ValidationError) as refused:
        actions.answer(second, approve=True, by=office, now=now)
    assert "words" in refused.value.message_dict
    assert actions.answer(second, approve=True, by=leader, now=now).answer == "approved"


def test_another_category_brings_its_own_limits(incident, office, now):
    urgent = factories.make_category("燃气泄漏", is_emergency=True, clock="natural", handle_seconds=2 * HOUR)
    actions.move(incident, "recategorise", by=office, now=now, category=urgent)
    clock = accept(incident)
    assert (clock.budget, clock.ladder_version.ladder.code) == (600, "emergency")
    incident.refresh_from_db()
    assert incident.due_at == clock.due_at == clock.started_at + timedelta(minutes=10)


# ── A street's own lines ────────────────────────────────────────────────────────────────────────────────


def own_accept(cast, hours: float, street: str = "street", scope: str = "ordinary") -> Rules:
    return todays().rules.with_line(scope, {Stage.ACCEPT: Amount(hours)}, "", cast.areas[street].pk)


def test_a_street_says_otherwise_stage_by_stage_and_its_neighbour_does_not(category, cast):
    here, there = cast.areas["grid"].path, cast.areas["other_grid"].path
    among = todays().under(own_accept(cast, 3))
    assert limit_for(category, Stage.ACCEPT, among, "", here).seconds == 3 * HOUR
    assert limit_for(category, Stage.DISPATCH, among, "", here).seconds == 4 * HOUR
    assert limit_for(category, Stage.ACCEPT, among, "", there).seconds == 8 * HOUR
    assert limit_for(category, Stage.ACCEPT, among).seconds == 8 * HOUR
    assert limit_for(category, Stage.ACCEPT, among, "", here).basis == f"ordinary@1@{cast.areas['street'].pk}"


@pytest.mark.parametrize("scope", ["0302", "03"])
def test_the_nearer_line_counts_first_whoever_says_it(category, cast, scope):
    rules = own_accept(cast, 3).with_line(scope, {Stage.ACCEPT: Amount(5)}, "")
    among, here = todays().under(rules), cast.areas["grid"].path
    assert limit_for(category, Stage.ACCEPT, among, "", here).seconds == 5 * HOUR
    own = rules.with_line(scope, {Stage.ACCEPT: Amount(2)}, "", cast.areas["street"].pk)
    assert limit_for(category, Stage.ACCEPT, todays().under(own), "", here).seconds == 2 * HOUR


def test_a_street_may_climb_another_ladder(category, cast):
    rules = todays().rules.with_line("0302", {}, "emergency", cast.areas["street"].pk)
    among = todays().under(rules)
    assert limit_for(category, Stage.ACCEPT, among, "", cast.areas["grid"].path).ladder.ladder.code == "emergency"
    assert limit_for(category, Stage.ACCEPT, among, "", cast.areas["other_grid"].path).ladder.ladder.code == "standard"


def test_a_street_s_edit_moves_its_own_cases_and_giving_it_up_moves_them_back(incident, office_admin, cast, now):
    before = accept(incident).due_at
    assert not impact(own_accept(cast, 16, "other_street"), now=now).moved
    change_limits(own_accept(cast, 16), base=0, by=office_admin, now=now)
    clock = accept(incident)
    assert (clock.budget, clock.basis) == (16 * HOUR, f"ordinary@1@{cast.areas['street'].pk}")
    inherited = todays().rules.with_line("ordinary", {}, "", cast.areas["street"].pk)
    assert inherited.as_json()["streets"] == {}
    change_limits(inherited, base=1, by=office_admin, now=now)
    assert (accept(incident).budget, accept(incident).due_at) == (8 * HOUR, before)


def test_whoever_keeps_one_street_s_limits_keeps_no_others(cast, calendars, now):
    keeper = factories.make_person("易街办")
    factories.make_post(keeper, "office_admin", cast.areas["street"], cast.units["office"])
    change_limits(own_accept(cast, 3), base=0, by=keeper, now=now)
    for refused in (own_accept(cast, 3, "other_street"), with_accept(3), Rules.of(None).with_quiet(0, 60)):
        with pytest.raises(PermissionDenied):
            change_limits(refused, base=1, by=keeper, now=now)


def test_a_case_that_comes_to_lie_in_another_street_goes_on_by_its_limits(incident, office_admin, cast, now):
    change_limits(own_accept(cast, 3, "other_street"), base=0, by=office_admin, now=now)
    before, incident.area = incident.area_path, cast.areas["other_grid"]
    incident.area_path = incident.area.path
    clocks.relimit(incident, by=office_admin, now=now, came_from=before)
    assert accept(incident).budget == 3 * HOUR
    assert incident.due_at == accept(incident).due_at


def test_what_runs_stays_where_the_office_chooses_so(incident, office_admin, now):
    before = accept(incident)
    version, count = change_limits(with_accept(16), base=0, running=False, by=office_admin, now=now)
    assert (version.number, count, accept(incident).due_at) == (1, 0, before.due_at)


def test_another_ladder_for_a_category_counts_for_its_running_deadlines(incident, office_admin, now):
    rules = todays().rules.with_line("ordinary", todays().rules.lines["ordinary"], "emergency")
    assert {one.incident.pk for one in impact(rules, now=now).shown} == {incident.pk}
    change_limits(rules, base=0, by=office_admin, now=now)
    assert accept(incident).ladder_version.ladder.code == "emergency"


def test_the_street_s_page_says_what_is_its_own_and_leads_back(incident, sign_in, office_admin, cast, now):
    street = cast.areas["street"]
    client, url = sign_in(office_admin), reverse("limits:street_line", args=[street.pk, "ordinary"])
    page = client.post(url, {"accept_amount": "3", "accept_unit": "hours"}, headers={"HX-Request": "true"})
    assert incident.short_number in page.content.decode()
    client.post(reverse("limits:save"), {"proposal": page.context["sealed"], "street": street.pk})
    assert accept(incident).budget == 3 * HOUR
    shown = client.get(reverse("limits:street", args=[street.pk]))
    inherit = reverse("limits:inherit", args=[street.pk, "ordinary"])
    assert [row["own"] for row in shown.context["last"]] == [True, False]
    assert inherit in shown.content.decode()
    assert client.get(reverse("limits:list")).context["last"][0]["cells"][0]["own"]
    back = client.get(inherit)
    client.post(reverse("limits:save"), {"proposal": back.context["sealed"], "running": "stay"})
    assert todays().rules.streets == {}
    assert accept(incident).budget == 3 * HOUR


# ── Begun while the table was being saved ───────────────────────────────────────────────────────────────


def reported_by_the_table_before(cast, worker, at, monkeypatch, *, rules, by, **how):
    """A case whose reporter had read the limits, when somebody saved others, and sent it at `at`."""
    read = todays()
    change_limits(rules, base=read.number, by=by, now=at - timedelta(seconds=1), **how)
    with monkeypatch.context() as patch:
        patch.setattr(clocks, "todays", lambda: read)
        return factories.make_incident(factories.make_building(cast.areas["grid"]), by=worker, now=at)


@pytest.mark.parametrize("running", [True, False])
def test_a_case_reported_while_limits_were_saved_comes_under_them(
    cast, category, worker, office_admin, now, monkeypatch, running
):
    case = reported_by_the_table_before(
        cast, worker, now, monkeypatch, rules=with_accept(2), by=office_admin, running=running
    )
    assert (accept(case).budget, accept(case).basis) == (8 * HOUR, "ordinary@0")
    later = now + timedelta(seconds=50)
    assert catch_up(later) == 2
    case.refresh_from_db()
    after = accept(case)
    assert (after.budget, after.basis, after.due_at) == (2 * HOUR, "ordinary@1", case.due_at)
    assert Replan.objects.get(clock=after).old_budget == 8 * HOUR
    assert catch_up(later) == 0


def test_what_ran_before_limits_were_saved_and_what_is_late_is_no_latecomer(
    cast, incident, worker, office_admin, now, monkeypatch
):
    case = reported_by_the_table_before(
        cast, worker, now + timedelta(seconds=2), monkeypatch, rules=with_accept(2), by=office_admin, running=False
    )
    Clock.objects.filter(subject_id=case.pk).update(level=Level.LATE)
    assert catch_up(now + timedelta(seconds=50)) == 0
    assert {accept(one).basis for one in (incident, case)} == {"ordinary@0"}


def test_looking_for_latecomers_costs_one_statement_when_no_table_is_new(
    incident, office_admin, now, django_assert_num_queries
):
    change_limits(with_accept(2), base=0, by=office_admin, now=now)
    with django_assert_num_queries(1):
        assert latecomers.catch_up(now + timedelta(days=2)) == 0
