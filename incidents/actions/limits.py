"""Changing the table of limits: looked at first, saved as the next version, running deadlines re-planned with it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.clock.actions import Refused, replan_each
from gridgov.clock.levels import Level
from grids.models import Area
from grids.permissions import Perm, allows, require_anywhere, scope
from incidents.limits import CATALOGUE, Rules, Today, limit_for, todays
from incidents.models import Category, LimitVersion
from incidents.what_if import impact
from incidents.workflow import Stage

SALT, A_DAY = "incidents.limits", 86_400


def sealed(rules: Rules, base: int) -> str:
    """A table as text that may travel through a form: nobody can change it on the way."""
    return signing.dumps([rules.as_json(), base], salt=SALT, compress=True)


def unsealed(text: str) -> tuple[Rules, int]:
    """The table and the version it was made from. signing.BadSignature when changed or older than a day."""
    raw, base = signing.loads(text, salt=SALT, max_age=A_DAY)
    return Rules.of(raw), base


def whole(rules: Rules) -> Rules:
    """The table with the catalogue's own figures written in, so that restoring it brings all of them back."""
    lines = {scope: dict(line) for scope, line in rules.lines.items()}
    for category in Category.objects.exclude(major=None):
        for stage in (Stage.HANDLE, Stage.PROMISE):
            found = rules.found(category, stage)
            if found.amount is not None and found.scope == CATALOGUE:
                lines.setdefault(category.code, {})[stage] = found.amount
    return replace(rules, lines=lines)


def _into_catalogue(rules: Rules, then: Today) -> None:
    """What lists and the API show of the categories follows the table of the whole installation."""
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


def may_change(user: Any, street: Area | None, perm: Perm = Perm.EDIT_CATALOGUE) -> bool:
    """Whether somebody keeps the limits of a street; without one, those of the whole installation.

    Those are for who keeps the limits of every street in it: else one street's office would set the others' deadlines.
    """
    streets = [street] if street else Area.objects.standing().filter(kind=Area.Kind.STREET)
    return scope(user).holds(perm) and all(allows(user, perm, one) for one in streets)


def require_everywhere(by: Any, perm: Perm) -> None:
    """PermissionDenied unless `by` holds it in every street: calendars and ladders count in all of them."""
    require_anywhere(by, perm)
    if not may_change(by, None, perm):
        raise PermissionDenied(_("Your posts do not include this: %(what)s.") % {"what": _("every street")})


def _require(rules: Rules, among: Today, by: Any) -> None:
    """PermissionDenied unless `by` may change every part that differs."""
    require_anywhere(by, Perm.EDIT_CATALOGUE)
    different = rules.differing(among.rules)
    for street in (None, *Area.objects.filter(pk__in=different)):
        if (street or 0 in different) and not may_change(by, street):
            raise PermissionDenied(
                _("Your posts do not include this: %(what)s.") % {"what": street or _("every street")}
            )


@transaction.atomic
def change_limits(
    rules: Rules, *, base: int, note: str = "", running: bool = True, by: Any, now: datetime
) -> tuple[LimitVersion, int]:
    """Save the table as the next version and re-plan what runs by it: one audited action. How many moved.

    Needs EDIT_CATALOGUE wherever it differs. Refused when somebody has saved since version `base`. What is late keeps
    its limit; so does all that runs, unless `running`.
    """
    among = todays()
    _require(rules, among, by)
    if among.number != base:
        raise Refused(_("Somebody else has changed this in the meantime. Look at it and enter your change again."))
    if rules.as_json() == among.rules.as_json():
        raise Refused(_("Nothing has changed."))
    terms = impact(rules, now=now, among=among).terms if running else {}
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
    count = len(replan_each(terms, by=by, now=now, below=Level.LATE))
    audit.record("incidents.change_limits", version, by=by, at=now, number=version.number, clocks=count)
    return version, count
