"""The states of a boundary plan and the steps between them: one table for buttons, actions, pages and tests."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grids.permissions import Perm


class PlanStatus(models.TextChoices):
    """How far a plan has come. `withdrawn` is the only way out; it can be taken up again."""

    DRAFT = "draft", _("Draft")
    CHECKED = "checked", _("Checked")
    APPROVED = "approved", _("Approved")
    EFFECTIVE = "effective", _("In effect")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = PlanStatus
BAR = (S.DRAFT, S.CHECKED, S.APPROVED, S.EFFECTIVE, S.PUBLISHED)
UNDER_WAY = frozenset({S.DRAFT, S.CHECKED, S.APPROVED})


@dataclass(frozen=True)
class PlanMove:
    """One step: from which states, to which, and the permission it needs on the parent area."""

    label: str | Promise
    froms: frozenset[PlanStatus]
    to: PlanStatus
    needs: Perm


PLAN_MOVES: dict[str, PlanMove] = {
    "submit": PlanMove(_("Submit for approval"), frozenset({S.DRAFT}), S.CHECKED, Perm.PLAN_BOUNDARIES),
    "send_back": PlanMove(_("Send back"), frozenset({S.CHECKED, S.APPROVED}), S.DRAFT, Perm.APPROVE_BOUNDARIES),
    "approve": PlanMove(_("Approve"), frozenset({S.CHECKED}), S.APPROVED, Perm.APPROVE_BOUNDARIES),
    "take_effect": PlanMove(_("Let it take effect now"), frozenset({S.APPROVED}), S.EFFECTIVE, Perm.PLAN_BOUNDARIES),
    "publish": PlanMove(_("Publish"), frozenset({S.EFFECTIVE}), S.PUBLISHED, Perm.PLAN_BOUNDARIES),
    "withdraw": PlanMove(_("Withdraw"), UNDER_WAY, S.WITHDRAWN, Perm.PLAN_BOUNDARIES),
    "take_up": PlanMove(_("Take it up again"), frozenset({S.WITHDRAWN}), S.DRAFT, Perm.PLAN_BOUNDARIES),
}
