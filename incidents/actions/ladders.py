"""Changing who is told of what and when: thresholds in the kernel, recipients here, one version for both."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gridgov.audit import actions as audit
from gridgov.clock import ladder_actions as kernel
from gridgov.clock.actions import Terms, replan_each
from gridgov.clock.ladder import Rungs
from gridgov.clock.ladders import current
from gridgov.clock.models import Clock, Ladder, LadderVersion
from grids.permissions import Perm
from incidents.actions.limits import require_everywhere
from incidents.audience import audiences
from incidents.models import Audience


@transaction.atomic
def change_ladder(
    ladder: Ladder, *, rungs: Rungs, audience: Audience, base: int, running: bool = False, by: Any, now: datetime
) -> tuple[LadderVersion, int]:
    """Save thresholds and recipients as the next version; with `running`, what runs climbs by it as well. How many do.

    One audited action. What a case has reached stays reached; only the levels ahead are set anew. Needs EDIT_CATALOGUE
    in every street; Refused as the kernel refuses.
    """
    require_everywhere(by, Perm.EDIT_CATALOGUE)
    version = kernel.change_ladder(ladder, rungs=rungs, base=base, by=by, now=now)
    climbing = Clock.objects.running().filter(ladder_version__ladder=ladder) if running else Clock.objects.none()
    terms = {pk: Terms(ladder=version, holds=True) for pk in climbing.values_list("pk", flat=True)}
    replan_each(terms, by=by, now=now)
    _keep(version, audience, by=by, now=now, clocks=len(terms))
    return version, len(terms)


@transaction.atomic
def copy_ladder(code: str, *, name: str, by: Any, now: datetime) -> LadderVersion:
    """A further ladder that says what another says."""
    require_everywhere(by, Perm.EDIT_CATALOGUE)
    like = current(code)
    version = kernel.create_ladder(name=name, rungs=like.rungs(), by=by, now=now)
    _keep(version, audiences([like.pk])[like.pk], by=by, now=now)
    return version


def _keep(version: LadderVersion, audience: Audience, *, by: Any, now: datetime, clocks: int = 0) -> None:
    Audience.objects.create(version=version, table=audience.table, returned=audience.returned, urgent=audience.urgent)
    number = version.number
    audit.record("incidents.change_audience", version, by=by, at=now, number=number, clocks=clocks)
