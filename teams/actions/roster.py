"""Planning the duty roster: shifts, cells, copied weeks, rotations, swaps, and letting everyone see a month."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.notices import actions as notices
from gridgov.notices.models import Notice
from grids import permissions
from grids.models import Area
from grids.permissions import Perm
from teams.duty import after, month_ahead, paths_above
from teams.models import Assignment, DutyTurn, RosterMonth, Shift
from teams.roles import ROLES

LONGEST = timedelta(days=92)  # of one rotation
PLANNERS = [role for role, spec in ROLES.items() if Perm.PLAN_ROSTER in spec.perms]


def _one_at_a_time(area_id: int) -> None:
    """Names of an area's shifts are compared and given in turn; the area is locked before any shift, as a move does."""
    Area.objects.select_for_update(no_key=True).get(pk=area_id)


def _check_shift(area: Area, name: str, begins: time, ends: time, phone: str, own: Shift | None = None) -> None:
    if begins == ends:
        raise ValidationError({"ends": _("A shift ends at another time than it begins.")})
    same = Shift.objects.filter(area=area, name=name.strip(), retired_at=None)
    if (same.exclude(pk=own.pk) if own else same).exists():
        raise ValidationError({"name": _("There is a shift of this name already.")})
    if phone and not any(c.isdigit() for c in phone):
        raise ValidationError({"phone": _("This is not a phone number.")})


@transaction.atomic
def add_shift(area: Area, *, name: str, begins: time, ends: time, phone: str = "", by: User, now: datetime) -> Shift:
    """A shift of a street; one that ends before it begins goes on into the next day."""
    permissions.require(by, Perm.PLAN_ROSTER, area)
    _one_at_a_time(area.pk)
    _check_shift(area, name, begins, ends, phone)
    shift = Shift(area=area, area_path=area.path, name=name.strip(), begins=begins, ends=ends, phone=phone.strip())
    shift.full_clean(exclude=["area_path"])
    shift.save()
    audit.record("teams.add_shift", shift, by=by, at=now, name=shift.name)
    return shift


@transaction.atomic
def change_shift(
    shift: Shift, *, name: str, begins: time, ends: time, phone: str = "", by: User, now: datetime
) -> Shift:
    """Correct a shift; turns that are planned keep it."""
    _one_at_a_time(shift.area_id)
    locked = Shift.objects.select_for_update(of=("self",)).select_related("area").get(pk=shift.pk)
    permissions.require(by, Perm.PLAN_ROSTER, locked)
    _check_shift(locked.area, name, begins, ends, phone, locked)
    locked.name, locked.begins, locked.ends, locked.phone = name.strip(), begins, ends, phone.strip()
    locked.save()
    audit.record("teams.change_shift", locked, by=by, at=now, begins=str(begins), ends=str(ends))
    return locked


@transaction.atomic
def retire_shift(shift: Shift, *, by: User, now: datetime) -> Shift:
    """No longer planned; what was planned stays on record."""
    locked = Shift.objects.select_for_update().get(pk=shift.pk)
    permissions.require(by, Perm.PLAN_ROSTER, locked)
    locked.retired_at = locked.retired_at or now
    locked.save(update_fields=["retired_at"])
    audit.record("teams.retire_shift", locked, by=by, at=now)
    return locked


@transaction.atomic
def reopen_shift(shift: Shift, *, by: User, now: datetime) -> Shift:
    """Take `retire_shift` back."""
    _one_at_a_time(shift.area_id)
    locked = Shift.objects.select_for_update(of=("self",)).select_related("area").get(pk=shift.pk)
    permissions.require(by, Perm.PLAN_ROSTER, locked)
    _check_shift(locked.area, locked.name, locked.begins, locked.ends, locked.phone, locked)
    locked.retired_at = None
    locked.save(update_fields=["retired_at"])
    audit.record("teams.reopen_shift", locked, by=by, at=now)
    return locked


# ── Cells ───────────────────────────────────────────────────────────────────────────────────────────────


def _months(area: Area, days: Sequence[date]) -> dict[date, bool]:
    """First of a month → whether everyone sees it; the rows are made and locked, so that publishing waits."""
    firsts = sorted({day.replace(day=1) for day in days})
    RosterMonth.objects.bulk_create(
        [RosterMonth(area=area, area_path=area.path, month=first) for first in firsts], ignore_conflicts=True
    )
    rows = RosterMonth.objects.select_for_update().filter(area=area, month__in=firsts).order_by("month")
    return {row.month: row.published_at is not None for row in rows}


def _turn(shift: Shift, on: date, person: User, part: str, public: bool, *, by: User, now: datetime) -> DutyTurn:
    return DutyTurn(
        shift=shift,
        area_path=shift.area_path,
        on=on,
        person=person,
        part=part,
        is_public=public,
        planned_at=now,
        planned_by=by,
    )


def _tell_filled(area: Area, rows: Sequence[DutyTurn], *, by: User, now: datetime) -> None:
    """Who was filled into months that everyone sees hears of it, once a month."""
    months: dict[date, dict[int, User]] = {}
    for row in rows:
        if row.is_public:
            months.setdefault(row.on.replace(day=1), {})[row.person_id] = row.person
    for month, people in months.items():
        _tell_month(area, month, list(people.values()), by=by, now=now)


def _tell_month(area: Area, month: date, people: Sequence[User], *, by: User, now: datetime) -> None:
    params = {"month": f"{month:%Y-%m}", "area": area.pk}
    notices.tell(people, "teams.roster_published", subject=area, params=params, by=by, now=now)


def _tell(people: Sequence[User], shift: Shift, on: date, *, by: User, now: datetime) -> None:
    """Who is affected by a change of a published day hears of it."""
    params = {"day": on.isoformat(), "shift": shift.name}
    notices.tell(people, "teams.turn_changed", subject=shift, params=params, by=by, now=now)


@transaction.atomic
def plan_turn(
    shift: Shift, on: date, *, leader: User | None, officers: Sequence[User], by: User, now: datetime
) -> list[DutyTurn]:
    """Say who takes a shift on a day; replaces what the cell held. In a published month those affected are told."""
    permissions.require(by, Perm.PLAN_ROSTER, shift)
    if shift.retired_at is not None:
        raise ValidationError(_("“%(shift)s” is no longer planned.") % {"shift": shift})
    if leader is not None and leader in officers:
        raise ValidationError({"officers": _("%(name)s leads this shift already.") % {"name": leader.name}})
    public = _months(shift.area, [on])[on.replace(day=1)]
    held = list(DutyTurn.objects.select_for_update(of=("self",)).select_related("person").filter(shift=shift, on=on))
    wanted = {(leader.pk, DutyTurn.Part.LEADER): leader} if leader else {}
    wanted |= {(person.pk, DutyTurn.Part.OFFICER): person for person in officers}
    gone = [turn for turn in held if (turn.person_id, turn.part) not in wanted]
    kept = {(turn.person_id, turn.part) for turn in held} - {(turn.person_id, turn.part) for turn in gone}
    DutyTurn.objects.filter(pk__in=[turn.pk for turn in gone]).delete()
    new = [
        _turn(shift, on, person, part, public, by=by, now=now)
        for (key, part), person in wanted.items()
        if (key, part) not in kept
    ]
    DutyTurn.objects.bulk_create(new)
    audit.record("teams.plan_turn", shift, by=by, at=now, on=str(on), people=[key for key, _part in wanted])
    if public:
        _tell([turn.person for turn in (*gone, *new)], shift, on, by=by, now=now)
    return new


@transaction.atomic
def copy_week(area: Area, *, source: date, target: date, by: User, now: datetime) -> int:
    """Fill the empty cells of the week of `target` with those of the week of `source`; answers how many turns."""
    permissions.require(by, Perm.PLAN_ROSTER, area)
    source, target = source - timedelta(days=source.weekday()), target - timedelta(days=target.weekday())
    if source == target:
        raise ValidationError({"target": _("Choose another week than the one that is copied.")})
    days = [target + timedelta(days=n) for n in range(7)]
    public = _months(area, days)
    filled = set(DutyTurn.objects.filter(area_path=area.path, on__in=days).values_list("shift_id", "on"))
    turns = DutyTurn.objects.of(area, source, source + timedelta(days=6)).filter(shift__retired_at=None)
    rows = [
        _turn(turn.shift, on, turn.person, turn.part, public[on.replace(day=1)], by=by, now=now)
        for turn in turns
        if (turn.shift_id, on := turn.on + (target - source)) not in filled
    ]
    DutyTurn.objects.bulk_create(rows)
    audit.record("teams.copy_week", area, by=by, at=now, source=str(source), target=str(target), turns=len(rows))
    _tell_filled(area, rows, by=by, now=now)
    return len(rows)


@transaction.atomic
def rotate(shift: Shift, *, part: str, people: Sequence[User], first: date, last: date, by: User, now: datetime) -> int:
    """Let `people` take turns, a day each, from `first` to `last`; cells that hold somebody in this part stay."""
    permissions.require(by, Perm.PLAN_ROSTER, shift)
    if not people:
        raise ValidationError({"people": _("Choose who takes turns.")})
    if last < first or last - first > LONGEST:
        raise ValidationError({"last": _("Choose a last day within three months of the first.")})
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    public = _months(shift.area, days)
    held = list(DutyTurn.objects.filter(shift=shift, on__in=days).values_list("on", "part", "person_id"))
    filled, busy = {on for on, had, _who in held if had == part}, {(on, who) for on, _had, who in held}
    rows = [
        _turn(shift, day, person, part, public[day.replace(day=1)], by=by, now=now)
        for nth, day in enumerate(days)
        if day not in filled and (day, (person := people[nth % len(people)]).pk) not in busy
    ]
    DutyTurn.objects.bulk_create(rows)
    facts = {"part": part, "first": str(first), "last": str(last), "turns": len(rows)}
    audit.record("teams.rotate", shift, by=by, at=now, **facts)
    _tell_filled(shift.area, rows, by=by, now=now)
    return len(rows)


@transaction.atomic
def swap(turn: DutyTurn, other: DutyTurn, *, by: User, now: datetime) -> None:
    """Two people change places; both are told when the days are published."""
    rows = DutyTurn.objects.select_for_update(of=("self",)).select_related("shift", "person").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[turn.pk, other.pk])}
    if len(found) < 2:
        raise ValidationError(_("One of the two turns is no longer planned. Look at the roster again."))
    one, two = found[turn.pk], found[other.pk]
    for row in (one, two):
        permissions.require(by, Perm.PLAN_ROSTER, row)
    if one.person_id == two.person_id:
        raise ValidationError({"other": _("Both turns are taken by %(name)s.") % {"name": one.person.name}})
    first, second = one.person, two.person
    values: list[dict[str, Any]] = [
        {"shift": row.shift, "on": row.on, "part": row.part, "public": row.is_public} for row in (one, two)
    ]
    DutyTurn.objects.filter(pk__in=[one.pk, two.pk]).delete()  # first away: one may take the other's place in a cell
    try:
        with transaction.atomic():
            DutyTurn.objects.bulk_create(
                [_turn(**values[0], person=second, by=by, now=now), _turn(**values[1], person=first, by=by, now=now)]
            )
    except IntegrityError:
        raise ValidationError({"other": _("One of them is on that shift already.")}) from None
    audit.record("teams.swap_turns", one.shift, by=by, at=now, days=[str(one.on), str(two.on)])
    for row in (one, two):
        if row.is_public:
            _tell([first, second], row.shift, row.on, by=by, now=now)


# ── Months ──────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def publish_month(area: Area, month: date, *, by: User, now: datetime) -> RosterMonth:
    """Let everyone see a month; who has a turn in it is told once. An empty month is not published."""
    permissions.require(by, Perm.PLAN_ROSTER, area)
    _months(area, [month])
    row = RosterMonth.objects.select_for_update().get(area=area, month=month.replace(day=1))
    turns = DutyTurn.objects.filter(area_path=area.path, on__gte=row.month, on__lt=after(row.month))
    people = list(User.objects.filter(pk__in=turns.values("person_id")))
    if not people:
        raise ValidationError(_("Nobody is entered in this month yet."))
    turns.update(is_public=True)
    if row.published_at is None:
        row.published_at, row.published_by = now, by
        row.save(update_fields=["published_at", "published_by"])
        audit.record("teams.publish_roster", area, by=by, at=now, month=str(row.month))
        _tell_month(area, row.month, people, by=by, now=now)
    return row


@transaction.atomic
def withdraw_month(area: Area, month: date, *, by: User, now: datetime) -> RosterMonth:
    """Take a published month back into planning: nobody but the planners sees it."""
    permissions.require(by, Perm.PLAN_ROSTER, area)
    _months(area, [month])
    row = RosterMonth.objects.select_for_update().get(area=area, month=month.replace(day=1))
    DutyTurn.objects.filter(area_path=area.path, on__gte=row.month, on__lt=after(row.month)).update(is_public=False)
    row.published_at = row.published_by = None
    row.save(update_fields=["published_at", "published_by"])
    audit.record("teams.withdraw_roster", area, by=by, at=now, month=str(row.month))
    return row


def remind_of_roster(*, now: datetime) -> int:
    """Tell who plans a roster that the next month's is not out, some days before; how many were told.

    Each of them once a month, however often this is asked and by how many at once.
    """
    month = month_ahead(now)
    if month is None:
        return 0
    planned = Shift.objects.filter(retired_at=None).values("area")
    out = RosterMonth.objects.filter(month=month).exclude(published_at=None).values("area")
    streets = Area.objects.standing().filter(pk__in=planned).exclude(pk__in=out).order_by("path")
    return sum(_remind(street, month, now=now) for street in streets)


@transaction.atomic
def _remind(area: Area, month: date, *, now: datetime) -> int:
    if _months(area, [month])[month]:  # published while this waited for the month's lock
        return 0
    params = {"month": f"{month:%Y-%m}", "area": area.pk}
    about = Notice.objects.filter(subject_kind=Area._meta.label_lower, subject_id=str(area.pk))
    told = about.filter(code="teams.roster_missing", params__month=params["month"])
    posts = Assignment.objects.on(timezone.localdate(now)).filter(
        role__in=PLANNERS, area_path__in=paths_above(area.path), user__is_active=True
    )
    people = User.objects.filter(pk__in=posts.values("user")).exclude(pk__in=told.values("user")).order_by("pk")
    made = notices.tell(people, "teams.roster_missing", subject=area, params=params, now=now)
    if made:
        audit.record("teams.remind_of_roster", area, by=None, at=now, month=str(month), people=len(made))
    return len(made)
