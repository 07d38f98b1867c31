"""Which tasks the grids may be asked for is decided here, and refused tries are written down."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from grids.models import Area
from grids.permissions import Perm, require
from teams.models import RefusedTask, TaskType, Unit


@transaction.atomic
def decide_task(
    area: Area,
    *,
    code: str,
    name: str,
    admitted: bool,
    reason: str,
    by: Any,
    now: datetime,
    heading: str = "",
    owner: Unit | None = None,
    level: str = TaskType.Level.GRID,
    basis: str = "",
    rhythm: str = TaskType.Rhythm.ONCE,
    since: date | None = None,
    until: date | None = None,
) -> TaskType:
    """Admit a task to the grids of `area` or bar it; the same code again replaces the decision.

    Needs ADMIT_TASKS there. ValidationError without a reason, or when the time ends before it begins.
    """
    require(by, Perm.ADMIT_TASKS, area)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    begins = since or timezone.localdate(now)
    if until is not None and until < begins:
        raise ValidationError({"until": _("The last day is before the first.")})
    facts = {
        "name": name.strip(), "heading": heading.strip(), "owner": owner, "level": level, "basis": basis.strip(),
        "rhythm": rhythm, "admitted": admitted, "reason": reason.strip(), "since": begins, "until": until,
        "area_path": area.path, "decided_by": by, "decided_at": now,
    }  # fmt: skip
    row, _new = TaskType.objects.update_or_create(area=area, code=code.strip(), defaults=facts)
    word = "teams.admit_task" if admitted else "teams.bar_task"
    audit.record(word, row, by=by, at=now, code=row.code, reason=row.reason)
    return row


@transaction.atomic
def log_refusal(
    area: Area, *, title: str, reason: str, by: Any, now: datetime, task_type: TaskType | None = None
) -> RefusedTask:
    """Write down that something was asked for and refused; whoever may plan campaigns there has just tried to."""
    require(by, Perm.PLAN_CAMPAIGNS, area)
    row = RefusedTask.objects.create(
        area=area, area_path=area.path, task_type=task_type, title=title[:80], reason=reason[:300], asked_by=by,
        asked_at=now,
    )  # fmt: skip
    audit.record("teams.refuse_task", row, by=by, at=now)
    return row
