"""Quiet hours: when a message may leave the database and ring somebody (docs/domain.md §1.7).

Nights and days off of the recipient's calendar hold it back until the next morning that is worked. Inside working
hours of their own, a night shift is rung at night. The inbox, the deadline and emergencies never wait.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from gridgov.accounts.models import User
from gridgov.clock.arithmetic import Calendar
from gridgov.clock.calendars import value_of
from incidents.limits import todays
from teams.models import Assignment

FARTHEST = 40  # days looked ahead for one that is worked; beyond, nothing is held back


def _awake(minute: int, quiet: tuple[int, int]) -> bool:
    begin, end = quiet
    if begin == end:
        return True
    return end <= minute < begin if end < begin else not begin <= minute < end


def rings_at(calendar: Calendar, quiet: tuple[int, int], now: datetime) -> datetime:
    """The first moment from `now` on at which somebody who works by this calendar may be rung."""
    local = now.astimezone(calendar.tz)
    minute = local.hour * 60 + local.minute
    if any(begin <= now.timestamp() < end for begin, end in calendar.intervals(local.date())):
        return now
    if calendar.segments(local.date()) and _awake(minute, quiet):
        return now
    for ahead in range(FARTHEST):
        day = local.date() + timedelta(days=ahead)
        segments = calendar.segments(day)
        for start in sorted({quiet[1], *(begin for begin, _end in segments)}) if segments else ():
            at = datetime.combine(day, time(start // 60 % 24, start % 60), tzinfo=calendar.tz)
            if at > now:
                return at.astimezone(UTC)
    return now


def hold(users: Collection[User], code: str, urgent: bool, now: datetime) -> Mapping[int, datetime]:
    """Person → until when a message to them waits; who is not named may be rung now. Two queries for all."""
    if urgent or not users:
        return {}
    try:
        among = todays()
    except ImproperlyConfigured:  # no calendar yet: nobody has said when it is night
        return {}
    user_ids = {user.pk for user in users}
    posts = Assignment.objects.on(timezone.localdate(now)).filter(user__in=user_ids, unit__isnull=False)
    codes: dict[int, list[str]] = {}
    for user_id, unit in posts.values_list("user_id", "unit__code"):
        codes.setdefault(user_id, []).append(among.rules.units.get(unit, ""))
    found = {}
    for user_id in user_ids:
        versions = [among.by_code.get(calendar, among.office) for calendar in codes.get(user_id, [""])]
        at = min(rings_at(value_of(version), among.rules.quiet, now) for version in versions)
        if at > now:
            found[user_id] = at
    return found
