"""What the operator's page says: each sign with its state, what it means and what to do, in plain sentences."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment.watch import SWEEP, Vitals
from gridgov.clock.models import WorkCalendar
from gridgov.health.actions import BEAT, WORKER
from gridgov.look import span

FINE, TO_DO, ALARM = 0, 1, 3
FORGOTTEN_WITHIN = 2  # days: a retention that has not been kept by then does not work
Seen = Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Sign:
    """One line: `state` is FINE, TO_DO or ALARM; `todo` is shown unless it is fine."""

    name: str
    state: int
    value: str
    meaning: str
    todo: str = ""


def _waited(seconds: float) -> str:
    if seconds < 1:
        return _("up to date")
    return _("%(count)d s behind") % {"count": seconds} if seconds < 60 else span(seconds)


def _alive(name: str, process: str, seen: Seen, found: Vitals, meaning: str, todo: str) -> Sign:
    at = seen.get(process)
    age = found.seconds(at)
    late = at is None or age > settings.WATCH["heartbeat"]
    return Sign(name, ALARM if late else FINE, _("never seen") if at is None else _seen(age), meaning, todo)


def _seen(age: float) -> str:
    if age < 60:
        return _("seen %(count)d s ago") % {"count": age}
    return _("last seen %(span)s ago") % {"span": span(age)}


def processes(found: Vitals, seen: Seen) -> Iterator[Sign]:
    """Beat and worker."""
    yield _alive(
        _("Timer (beat)"),
        BEAT,
        seen,
        found,
        _("Starts every few seconds what has to be done. Without it nothing happens."),
        _("Start the process “beat” again. Nothing is lost: what is due is found in the database."),
    )
    yield _alive(
        _("Worker"),
        WORKER,
        seen,
        found,
        _("Does what the timer calls for: deadlines, messages, the audit chain, counts."),
        _("Start the process “worker” again. If beat is away too, look at beat and Redis first."),
    )


def deadlines(found: Vitals, seen: Seen) -> Iterator[Sign]:
    """Lateness of the sweep and stuck rows."""
    last = seen.get(SWEEP)
    never = last is None or found.seconds(last) > settings.WATCH["sweep"]
    late = found.late > settings.WATCH["sweep"] or never
    said = _("last look %(span)s ago") % {"span": span(found.seconds(last))} if never and last else _waited(found.late)
    yield Sign(
        _("Deadlines"),
        ALARM if late else FINE,
        said,
        _("How long the oldest due deadline has waited to be escalated. Up to a minute is usual."),
        _("See that worker and beat run; or run “manage.py escalate”. Missed levels are made up in their order."),
    )
    stuck = found.poison > settings.WATCH["poison"]
    yield Sign(
        _("Stuck deadlines"),
        ALARM if stuck else FINE,
        str(found.poison),
        _("Deadlines whose escalation fails; each is tried again automatically, after an hour at the latest."),
        _("Read the error below, fix its cause, then try again."),
    )


def flows(found: Vitals) -> Iterator[Sign]:
    """Messages, the audit chain, the boards' counts."""
    most = settings.WATCH
    for name, limit, since, meaning, todo in (
        (
            _("Messages leaving the system"),
            most["outbox"],
            found.unsent_since,
            _("How long the oldest message to a phone or another system has waited or been refused."),
            _("See the list by channel below. The inbox of each person is not affected."),
        ),
        (
            _("Audit chain"),
            most["seal"],
            found.unsealed_since,
            _("How long the oldest entry of the operation log has waited to be chained."),
            _("See that worker and beat run; the chain then catches up."),
        ),
        (
            _("Counts of the boards"),
            most["fold"],
            found.unfolded_since,
            _("How long the oldest change has waited to appear in the day counts of the boards."),
            _("See that worker and beat run; the counts then catch up."),
        ),
    ):
        late = found.seconds(since)
        yield Sign(name, ALARM if late > limit else FINE, _waited(late), meaning, todo)


def log(found: Vitals) -> Sign:
    """How far back the delivery log reaches, and whether what is too old is removed."""
    kept, oldest = settings.DELIVERY_DAYS, found.left_since
    late = oldest is not None and oldest < found.now - timedelta(days=kept + FORGOTTEN_WITHIN)
    return Sign(
        _("Delivery log"),
        TO_DO if late else FINE,
        _("empty") if oldest is None else _("back to %(day)s") % {"day": timezone.localdate(oldest).isoformat()},
        _("What has left the system is kept for %(count)d days, then removed; the inboxes are not.") % {"count": kept},
        _("See that worker and beat run: what is too old is removed every hour."),
    )


def calendar(missing: list[tuple[WorkCalendar, int]]) -> Sign:
    """The yearly arrangement of holidays."""
    value = "、".join(f"{one.name} {year}" for one, year in missing)
    return Sign(
        _("Working calendars"),
        TO_DO if missing else FINE,
        value or _("complete"),
        _("Each calendar needs the yearly arrangement of holidays and make-up days, the next year's from October on."),
        _("Ask the office to enter it under “Working calendars”: deadlines that reach into that year may be wrong."),
    )


def space(found: Vitals) -> Sign:
    """The database's size and what is left where photos lie."""
    disk = shutil.disk_usage(settings.BASE_DIR)
    little = disk.free < disk.total * 0.1
    facts = {"size": _bytes(found.size), "free": _bytes(disk.free)}
    return Sign(
        _("Space"),
        TO_DO if little else FINE,
        _("database %(size)s, %(free)s free") % facts,
        _("The size of the database, and what is free on the disk of this program. Below a tenth it is time to act."),
        _("Move old backups and logs away, or give the machine a larger disk."),
    )


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


FINDINGS: dict[str, str | Promise] = {
    "late_sweep": gettext_lazy("deadlines that were due for more than a minute"),
    "poison": gettext_lazy("deadlines whose escalation failed"),
    "no_handler": gettext_lazy("deadlines no part of the program answers for"),
    "never_due": gettext_lazy("running deadlines without a due time"),
    "paused_but_due": gettext_lazy("paused deadlines with a due time"),
    "level_unfired": gettext_lazy("deadlines at a level that no record explains"),
    "level_skipped": gettext_lazy("deadlines that passed a level without a record"),
    "case_without_clock": gettext_lazy("open incidents without a deadline"),
    "level_differs": gettext_lazy("incidents with another level than their deadlines"),
    "clock_of_ended_case": gettext_lazy("deadlines that run on although the incident has ended"),
    "late_unsupervised": gettext_lazy("late deadlines without a supervision record"),
    "untold": gettext_lazy("incidents that reached a level of which nobody was told"),
    "unsent": gettext_lazy("messages that nobody tries to deliver"),
    "drift": gettext_lazy("day counts that differ from what happened"),
}


def finding(code: str) -> str:
    """What a finding of a check is called."""
    return str(FINDINGS.get(code, code))
