"""Changing a ladder: always a new version; whether clocks that run climb by it is the caller's to say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.clock.actions import Refused
from gridgov.clock.ladder import Rung, Rungs, as_json
from gridgov.clock.levels import Level
from gridgov.clock.models import Ladder, LadderVersion


def check(rungs: Mapping[Level, Rung]) -> None:
    """Refused, in words, when the levels would not come one after the other."""
    for level, rung in rungs.items():
        if rung.percent is None and rung.amount is None:
            raise Refused(_("%(level)s needs a percentage or an amount of time.") % {"level": level.label})
        if level > Level.LATE and ((rung.percent is not None and rung.percent < 100) or (rung.amount or 0) < 0):
            raise Refused(_("%(level)s cannot come before the limit.") % {"level": level.label})
    if (rungs[Level.WARNING].percent or 0) > 100:
        raise Refused(_("%(level)s must come before the limit.") % {"level": Level.WARNING.label})
    if set(rungs) != set(Level) - {Level.ON_TIME}:
        raise Refused(_("Every level needs its line."))


@transaction.atomic
def change_ladder(ladder: Ladder, *, rungs: Rungs, base: int, by: Any, now: datetime) -> LadderVersion:
    """Save the next version; nothing that runs moves here. The caller has asked for the right.

    Refused when somebody else has saved since `base`.
    """
    check(rungs)
    Ladder.objects.select_for_update().get(pk=ladder.pk)
    last = LadderVersion.objects.filter(ladder=ladder).order_by("-number").first()
    if (last.number if last else 0) != base:
        raise Refused(_("Somebody else has changed this in the meantime. Look at it and enter your change again."))
    version = LadderVersion.objects.create(
        ladder=ladder, number=base + 1, steps=as_json(rungs), created_at=now, created_by=by
    )
    audit.record("clock.change_ladder", ladder, by=by, at=now, number=version.number)
    return version


@transaction.atomic
def create_ladder(*, name: str, rungs: Rungs, by: Any, now: datetime) -> LadderVersion:
    """A further ladder, made from another's rungs. Refused when the name is taken; given in turn, as calendars' are."""
    name, number = " ".join(name.split()), len(Ladder.objects.select_for_update().order_by("pk")) + 1
    if name.casefold() in {one.name.casefold() for one in Ladder.objects.all()}:
        raise Refused(_("There is a ladder of this name already."))
    code = slugify(name)[:20] or f"ladder-{number}"
    while Ladder.objects.filter(code=code).exists():
        number += 1
        code = f"ladder-{number}"
    return change_ladder(Ladder.objects.create(code=code, name=name), rungs=rungs, base=0, by=by, now=now)
