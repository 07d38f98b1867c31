"""Another ladder by the level of who has a case: which line names it, what moves, and that it survives a hand-over."""

from datetime import timedelta

import pytest
from django.urls import reverse

from gridgov.clock.ladder import STANDARD, Rung
from gridgov.clock.ladders import current
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock, Replan
from gridgov.clock.sweep import sweep
from gridgov.notices.models import Notice
from grids.models import Area
from incidents import actions
from incidents.actions.ladders import change_ladder, copy_ladder
from incidents.actions.limits import change_limits
from incidents.audience import audiences
from incidents.limits import Climb, Own, Rules, limit_for, todays
from incidents.models import Audience
from incidents.what_if import impact
from incidents.workflow import Stage
from teams.roles import Role

GRID, COMMUNITY, STREET, DISTRICT = (Area.Kind.GRID, Area.Kind.COMMUNITY, Area.Kind.STREET, Area.Kind.DISTRICT)
OWN = 7  # a street that says something itself


def rules(whole, own=None) -> Rules:
    made = Rules.of({"ladders": whole, "streets": {str(OWN): {"ladders": own}} if own else {}})
    assert Rules.of(made.as_json()) == made
    return made


# what is said by the whole installation, what by the street → for which level the street's case climbs what, and why
CHOICES = [
    ({}, {}, GRID, Climb("standard")),
    ({"ordinary": "a"}, {}, GRID, Climb("a", "ordinary")),
    ({"ordinary": "a", "ordinary@street": "b"}, {}, STREET, Climb("b", "ordinary", "street")),
    ({"ordinary": "a", "ordinary@street": "b"}, {}, GRID, Climb("a", "ordinary")),
    ({"ordinary": "a", "ordinary@street": "b"}, {}, "", Climb("a", "ordinary")),
    ({"ordinary@street": "b"}, {}, COMMUNITY, Climb("standard")),
    ({"ordinary@grid": "g", "03": "h"}, {}, GRID, Climb("h", "03")),
    ({"ordinary@grid": "g", "03@grid": "h", "0302": "c"}, {}, GRID, Climb("c", "0302")),
    ({"0302": "c", "0302@grid": "d"}, {}, GRID, Climb("d", "0302", "grid")),
    ({"0302": "c", "0302@grid": "d"}, {"0302": "e"}, GRID, Climb("e", "0302", "", OWN)),
    ({"0302": "c", "0302@grid": "d"}, {"0302@grid": "e"}, GRID, Climb("e", "0302", "grid", OWN)),
    ({"0302": "c", "0302@grid": "d"}, {"0302@grid": "e"}, STREET, Climb("c", "0302")),
    ({"0302": "c"}, {"ordinary@grid": "e"}, GRID, Climb("c", "0302")),
    ({"ordinary": "a"}, {"ordinary@district": "e"}, DISTRICT, Climb("e", "ordinary", "district", OWN)),
]


@pytest.mark.parametrize(("whole", "own", "level", "climb"), CHOICES)
def test_the_nearest_line_names_the_ladder_and_within_it_the_level(category, whole, own, level, climb):
    assert rules(whole, own).climb(category, OWN, level) == climb


def test_an_emergency_has_its_own_ladder_whatever_ordinary_cases_climb(category):
    category.is_emergency = True
    said = rules({"ordinary@street": "b", "emergency@street": "c"})
    assert said.climb(category, 0, STREET) == Climb("c", "emergency", "street")
    assert said.climb(category, 0, GRID) == Climb("emergency")


def test_a_line_is_replaced_with_all_its_levels_and_no_other_line_is_touched():
    said = rules({"0302": "a", "0302@grid": "b", "03@grid": "c"}).with_line("0302", {}, "", levels={"street": "d"})
    assert said.ladders == {"03@grid": "c", "0302@street": "d"}
    assert (said.climbs("0302"), said.climbs("03")) == ({"street": "d"}, {"grid": "c"})
    own = said.with_line("0302", {}, "", OWN, {"grid": "e"})
    assert (own.own(OWN).says("0302"), own.by_level) == (True, True)
    assert own.with_line("0302", {}, "", OWN).own(OWN) == Own()


@pytest.fixture
def strict(category, office_admin, now):
    """从严: warns at a tenth of the limit, and the leader hears of it at once."""
    made = copy_ladder("standard", name="从严", by=office_admin, now=now)
    table = {**audiences([made.pk])[made.pk].table, "1": {"unit": "", "roles": {"street": [Role.LEADER]}}}
    audience = Audience(table=table, returned=3, urgent=True)
    rungs = {**STANDARD, Level.WARNING: Rung(10)}
    return change_ladder(made.ladder, rungs=rungs, audience=audience, base=1, by=office_admin, now=now)[0]


def at_street(strict) -> Rules:
    today = todays().rules
    return today.with_line("ordinary", today.lines["ordinary"], "", levels={"street": strict.ladder.code})


def test_a_ladder_says_which_lines_name_it_for_one_level_or_in_one_street(strict, street, office_admin, now, sign_in):
    table = at_street(strict).with_line("0302", {}, strict.ladder.code, street.pk)
    change_limits(table, base=0, by=office_admin, now=now)
    page = sign_in(office_admin, "en").get(reverse("limits:ladders"))
    (found,) = [row for row in page.context["rows"] if row["version"].ladder == strict.ladder]
    assert (found["used"], found["elsewhere"]) == (0, ["ordinary incidents · Street", f"{street.name} · 0302 楼道堆物"])
    assert f"in part: ordinary incidents · Street; {street.name} · 0302 楼道堆物" in page.content.decode()


def handle(incident) -> Clock:
    return Clock.objects.running().select_related("ladder_version__ladder").get(
        subject_id=incident.pk, stage=Stage.HANDLE
    )  # fmt: skip


def in_hand(incident, unit, *, office, now):
    """Taken in by the office and with this unit."""
    actions.move(incident, "take_in", by=office, now=now, unit=unit)
    incident.refresh_from_db()
    return incident


def test_handing_over_between_levels_changes_thresholds_and_recipients_and_keeps_the_time_used(
    incident, strict, cast, office, office_admin, lead, unit_staff, leader, now
):
    change_limits(at_street(strict), base=0, by=office_admin, now=now)
    in_hand(incident, cast.units["team"], office=office, now=now)
    actions.move(incident, "sign", by=lead, now=now)
    before = handle(incident)
    assert (before.ladder_version.ladder.code, before.ladder_basis) == ("standard", "")
    later = now + timedelta(minutes=30)
    actions.move(incident, "pass_on", by=office, now=later, unit=cast.units["enforcement"], words="超出网格权限")
    after = handle(incident)
    assert (after.pk, after.due_at, after.legs) == (before.pk, before.due_at, [])
    assert (after.ladder_version, after.ladder_basis) == (strict, "ordinary:street@1")
    assert after.next_at < before.next_at
    row = Replan.objects.get(clock=after)
    assert (row.verb, row.old_ladder, row.new_ladder) == ("handed_over", before.ladder_version, strict)
    sweep(now=after.next_at)
    told = Notice.objects.filter(code="incidents.escalated", subject_id=str(incident.pk))
    assert set(told.values_list("user", flat=True)) == {leader.pk}


def test_an_edit_says_who_would_climb_what_and_saving_moves_them(
    incident, strict, cast, office, office_admin, unit_staff, now
):
    in_hand(incident, cast.units["enforcement"], office=office, now=now)
    actions.move(incident, "sign", by=unit_staff, now=now)
    before, table = handle(incident), at_street(strict)
    found = impact(table, now=now)
    assert [(one.clock.pk, one.before, one.after, one.terms.ladder) for one in found.shown] == [
        (before.pk, before.due_at, before.due_at, strict)
    ]
    assert (found.climbing, found.moved, found.shift.later, found.shift.earlier) == (1, 1, 0, 0)
    change_limits(table, base=0, by=office_admin, now=now)
    after = handle(incident)
    assert (after.ladder_version, after.ladder_basis, after.due_at) == (strict, "ordinary:street@1", before.due_at)
    promise = Clock.objects.running().get(subject_id=incident.pk, stage=Stage.PROMISE)
    assert promise.ladder_version == current()
    other = table.with_line("ordinary", table.lines["ordinary"], "", levels={"grid": strict.ladder.code})
    assert list(impact(other, now=now).terms) == [before.pk]  # back to the one for all


def test_a_limit_at_a_level_is_that_of_its_line(category, strict):
    among = todays().under(at_street(strict))
    found = {level: limit_for(category, Stage.HANDLE, among, level=level) for level in ("", GRID, STREET)}
    assert {level: one.ladder.ladder.code for level, one in found.items()} == {
        "": "standard", GRID: "standard", STREET: strict.ladder.code
    }  # fmt: skip
    assert len({one.seconds for one in found.values()}) == 1


def test_the_office_finds_it_sees_what_moves_saves_it_and_reads_why(
    incident, strict, cast, office, office_admin, unit_staff, sign_in, now
):
    in_hand(incident, cast.units["enforcement"], office=office, now=now)
    actions.move(incident, "sign", by=unit_staff, now=now)
    client, url = sign_in(office_admin), reverse("limits:line", args=["ordinary"])
    form = client.get(url).context["form"]
    data = {name: field.initial for name, field in form.fields.items() if field.initial is not None}
    page = client.post(url, data | {"ladder_street": strict.ladder.code}, headers={"HX-Request": "true"})
    assert incident.short_number in page.content.decode()
    assert "从严" in page.content.decode()
    client.post(reverse("limits:save"), {"proposal": page.context["sealed"]})
    assert handle(incident).ladder_version == strict
    shown = client.get(reverse("limits:list"))
    assert shown.context["last"][0]["levels"] == [{"level": str(STREET.label), "ladder": "从严"}]
    reader = sign_in(office)
    why = reader.get(reverse("incidents:deadline", args=[incident.pk])).content.decode()
    assert "从严" in why
    assert "一般事项" in why
    api = reader.get(f"/api/v1/incidents/{incident.pk}/deadlines/").json()
    mine = next(one for one in api if one["stage"] == "handle")
    assert (mine["ladder"], mine["ladder_rule"]) == (strict.ladder.code, "ordinary:street@1")
    assert [(one["old_ladder"], one["new_ladder"], one["why"]) for one in mine["replans"]] == [
        ("standard", strict.ladder.code, "replanned")
    ]
