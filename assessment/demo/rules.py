"""Limits, a unit with hours of its own, and somebody on leave, so that their pages have something to show."""

from datetime import timedelta

from django.utils import timezone

from assessment.demo.people import STREET
from assessment.demo.street import Street
from gridgov.clock import calendars
from gridgov.clock.calendar_actions import change_calendar, create_calendar
from gridgov.clock.ladder import STANDARD, Rung
from gridgov.clock.levels import Level
from gridgov.clock.proposals import Proposal
from incidents.actions.ladders import change_ladder, copy_ladder
from incidents.actions.limits import change_limits
from incidents.audience import audiences
from incidents.limits import Amount, todays
from incidents.models import Audience
from incidents.workflow import Stage
from teams import actions as teams
from teams.roles import Role

PROPERTY_HOURS = [[8 * 60, 20 * 60]]  # a property manager is there every day


def set_rules(street: Street) -> None:
    """What the office has settled before the first report comes in."""
    by, now = street.admin(Role.OFFICE_ADMIN), street.now
    made = create_calendar(name="物业服务时间", like=calendars.default(), by=by, now=now)
    change_calendar(made.calendar, proposal=Proposal.of(made).with_hours([PROPERTY_HOURS] * 7), by=by, now=now)
    rules = todays().rules.with_unit("WY-CF", made.calendar.code)
    change_limits(rules, base=0, note="物业按自己的服务时间计时", by=by, now=now)
    line: dict[str, Amount] = {Stage.HANDLE: Amount(4), Stage.ACCEPT: Amount(1), Stage.SIGN: Amount(2)}
    change_limits(todays().rules.with_line("0301", line, ""), base=1, note="消防通道当日清理", by=by, now=now)
    own: dict[str, Amount] = {Stage.HANDLE: Amount(2), Stage.SIGN: Amount(1)}
    rules = todays().rules.with_line("0401", own, "", street.areas[STREET].pk)
    change_limits(rules, base=2, note="本街道占道经营整治期间从严", by=by, now=now)


def tighten(street: Street) -> None:
    """What waits for the street warns earlier and tells its leader at once: said while cases run, which climb by it."""
    by, now = street.admin(Role.OFFICE_ADMIN), street.now
    made = copy_ladder("standard", name="街道从严", by=by, now=now)
    audience = audiences([made.pk])[made.pk]
    late = {**audience.at(Level.LATE), "roles": {"street": [Role.OFFICE, Role.LEADER]}}
    strict = Audience(table={**audience.table, str(int(Level.LATE)): late}, returned=audience.returned)
    rungs = {**STANDARD, Level.WARNING: Rung(60), Level.VERY_LATE: Rung(125, gap=2)}
    change_ladder(made.ladder, rungs=rungs, audience=strict, base=1, by=by, now=now)
    today = todays()
    line = today.rules.lines["ordinary"]
    rules = today.rules.with_line("ordinary", line, "standard", levels={"street": made.ladder.code})
    change_limits(rules, base=today.number, note="到街道一级的事项提前预警", by=by, now=now)


def put_on_leave(street: Street) -> None:
    """Somebody of the enforcement team is away this week; the head stands in."""
    today = timezone.localdate(street.now)
    teams.enter_leave(
        street.people["BM0002"], substitute=street.people["BM0001"], since_on=today,
        last_on=today + timedelta(days=4), by=street.people["BM0001"], now=street.now,
    )  # fmt: skip
