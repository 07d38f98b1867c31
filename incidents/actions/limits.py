"""Changing the table of limits: looked at first, saved as the next version, running deadlines re-planned with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.clock.actions import Refused, Terms, plan_of, replan_each
from gridgov.clock.levels import Level
from gridgov.clock.models import Clock
from grids.permissions import Perm, require_anywhere
from incidents.clocks import SUBJECT
from incidents.limits import CATALOGUE, Limit, Rules, Today, limit_for, todays
from incidents.models import Category, Incident, LimitVersion
from incidents.workflow import Stage
from teams.models import Unit

SALT, A_DAY = "incidents.limits", 86_400
SHOWN = 12


@dataclass(frozen=True)
class Moved:
    """One running deadline that an edit would move."""

    clock: Clock
    incident: Incident
    terms: Terms
    before: datetime | None
    after: datetime | None
    level: Level  # then, at once

    @property
    def by(self) -> timedelta:
        """How far, forwards or backwards."""
        return self.after - self.before if self.before and self.after else timedelta(0)


@dataclass(frozen=True)
class Impact:
    """What saving would do: which deadlines move, the farthest first, and how many stay late as they are."""

    moved: tuple[Moved, ...]
    looked_at: int
    stay_late: int

    @property
    def later(self) -> list[Moved]:
        """Those that would have more time."""
        return [one for one in self.moved if one.by > timedelta(0)]

    @property
    def earlier(self) -> list[Moved]:
        """Those that would have less time."""
        return [one for one in self.moved if one.by < timedelta(0)]

    @property
    def raised(self) -> list[Moved]:
        """Those whose level would change at once."""
        return [one for one in self.moved if one.level != one.clock.level]

    @property
    def shown(self) -> tuple[Moved, ...]:
        """The first of them."""
        return self.moved[:SHOWN]


def sealed(rules: Rules, base: int) -> str:
    """A table as text that may travel through a form: nobody can change it on the way."""
    return signing.dumps([rules.as_json(), base], salt=SALT, compress=True)


def unsealed(text: str) -> tuple[Rules, int]:
    """The table and the version it was made from. signing.BadSignature when changed or older than a day."""
    raw, base = signing.loads(text, salt=SALT, max_age=A_DAY)
    return Rules.of(raw), base


def _same(one: Limit, other: Limit) -> bool:
    return one.seconds == other.seconds and one.calendar.pk == other.calendar.pk


def _affected(now_rules: Today, then: Today, categories: Iterable[Category]) -> set[int]:
    """Categories whose limits differ, wherever they are held."""
    units = {"", *now_rules.rules.units, *then.rules.units}
    return {
        category.pk
        for category in categories
        for stage in Stage.values
        if any(
            not _same(limit_for(category, stage, now_rules, unit), limit_for(category, stage, then, unit))
            for unit in units
        )
    }


def _clocks(category_ids: set[int]) -> Iterator[tuple[Clock, Incident]]:
    """The running clocks of cases of these categories, with their cases."""
    cases = Incident.objects.open().filter(category__in=category_ids).select_related("category")
    incidents = {case.pk: case for case in cases}
    clocks = Clock.objects.running().filter(subject_kind=SUBJECT, subject_id__in=list(incidents))
    clocks = clocks.select_related("calendar_version__calendar", "ladder_version")
    for clock in clocks.prefetch_related("pauses", "extensions"):
        yield clock, incidents[clock.subject_id]


def _is_late(clock: Clock, now: datetime) -> bool:
    """Whether its time has run out: then it keeps the limit it broke."""
    return clock.level >= Level.LATE or (clock.due_at is not None and clock.due_at <= now)


def impact(rules: Rules, *, now: datetime, among: Today | None = None) -> Impact:
    """Work out, without saving, which running deadlines would move. What is late stays late."""
    today = among or todays()
    then = today.under(rules)
    changed = _affected(today, then, Category.objects.exclude(major=None))
    codes = dict(Unit.objects.filter(code__in={*today.rules.units, *rules.units}).values_list("pk", "code"))
    moved, looked_at, late = list[Moved](), 0, 0
    for clock, incident in _clocks(changed):
        unit = codes.get(clock.unit_id or 0, "")
        limit = limit_for(incident.category, clock.stage, then, unit)
        looked_at += 1
        if _same(limit_for(incident.category, clock.stage, today, unit), limit):
            continue
        if _is_late(clock, now):
            late += 1
            continue
        moved.append(_moved(clock, incident, limit, now))
    moved = [one for one in moved if one.before != one.after or one.terms.calendar != one.clock.calendar_version]
    moved.sort(key=lambda one: abs(one.by), reverse=True)
    return Impact(tuple(moved), looked_at, late)


def _moved(clock: Clock, incident: Incident, limit: Limit, now: datetime) -> Moved:
    before = plan_of(clock).get(Level.LATE)
    kept = clock.calendar_version, clock.budget
    clock.calendar_version, clock.budget = limit.calendar, limit.seconds
    plan = plan_of(clock)
    clock.calendar_version, clock.budget = kept
    level = max((one for one, at in plan.items() if at <= now), default=Level.ON_TIME)
    terms = Terms(limit.calendar, limit.seconds, limit.basis)
    return Moved(clock, incident, terms, before, plan.get(Level.LATE), max(level, Level(clock.least_level)))


def whole(rules: Rules) -> Rules:
    """The table with the catalogue's own figures written in, so that restoring it brings all of them back."""
    lines = {scope: dict(line) for scope, line in rules.lines.items()}
    for category in Category.objects.exclude(major=None):
        for stage in (Stage.HANDLE, Stage.PROMISE):
            basis, found = rules.amount(category, stage)
            if found is not None and basis == CATALOGUE:
                lines.setdefault(category.code, {})[stage] = found
    return Rules(lines, rules.ladders, rules.units, rules.quiet)


def _into_catalogue(rules: Rules, then: Today) -> None:
    """What lists and the API show of the categories follows the table."""
    changed = []
    for category in Category.objects.exclude(major=None).select_for_update().order_by("pk"):
        line, before = rules.lines.get(category.code, {}), (category.handle_seconds, category.promise_seconds)
        if not line:
            continue
        natural = category.is_emergency or rules.natural(category)
        category.handle_seconds = limit_for(category, Stage.HANDLE, then).seconds
        said = line.get(Stage.PROMISE)
        category.promise_seconds = limit_for(category, Stage.PROMISE, then).seconds if said else None
        category.clock = Category.Clock.NATURAL if natural else Category.Clock.WORKING
        if before != (category.handle_seconds, category.promise_seconds):
            changed.append(category)
    Category.objects.bulk_update(changed, ["handle_seconds", "promise_seconds", "clock"])


@transaction.atomic
def change_limits(rules: Rules, *, base: int, note: str = "", by: Any, now: datetime) -> tuple[LimitVersion, int]:
    """Save the table as the next version and re-plan what runs by it: one audited action. How many moved.

    Needs EDIT_CATALOGUE. Refused when somebody has saved since version `base`. What is late keeps its limit.
    """
    require_anywhere(by, Perm.EDIT_CATALOGUE)
    among = todays()
    if among.number != base:
        raise Refused(_("Somebody else has changed this in the meantime. Look at it and enter your change again."))
    if rules.as_json() == among.rules.as_json():
        raise Refused(_("Nothing has changed."))
    moved = impact(rules, now=now, among=among).moved
    kept = whole(rules)
    rows = [LimitVersion(number=base + 1, rules=kept.as_json(), note=note.strip()[:200], created_at=now, created_by=by)]
    if base == 0:  # what the street began with can be restored as well
        rows.insert(0, LimitVersion(number=0, rules=whole(among.rules).as_json(), created_at=now))
    try:
        with transaction.atomic():
            version = LimitVersion.objects.bulk_create(rows)[-1]
    except IntegrityError:
        raise Refused(
            _("Somebody else has changed this in the meantime. Look at it and enter your change again.")
        ) from None
    _into_catalogue(kept, among.under(kept))
    replan_each({one.clock.pk: one.terms for one in moved}, by=by, now=now)
    audit.record("incidents.change_limits", version, by=by, at=now, number=version.number, clocks=len(moved))
    return version, len(moved)
