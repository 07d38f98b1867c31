"""What the inbox says about boundary plans and proposals."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grids.workflow import PlanStatus

TITLES: dict[str, str | Promise] = {
    PlanStatus.DRAFT: _("Boundary plan: to be drawn again"),
    PlanStatus.APPROVED: _("Boundary plan: approved"),
    PlanStatus.EFFECTIVE: _("Boundary plan: in effect"),
    PlanStatus.WITHDRAWN: _("Boundary plan: withdrawn"),
}


def hand_over_title(params: Mapping[str, Any]) -> str | Promise:
    """What is asked."""
    return _("Please confirm your hand-over")


def hand_over_body(params: Mapping[str, Any]) -> str:
    """Which plan, and when."""
    return str(_("“%(plan)s” takes effect on %(day)s.")) % params


def moved_title(params: Mapping[str, Any]) -> str | Promise:
    """How far the plan has come."""
    return TITLES.get(str(params.get("status")), _("Boundary plan"))


def stuck_title(params: Mapping[str, Any]) -> str | Promise:
    """That it needs a person."""
    return _("Boundary plan: it could not take effect and is set aside")


def url(subject_id: str, params: Mapping[str, Any]) -> str:
    """The plan's page."""
    return reverse("plans:plan", args=[subject_id])


def proposal_title(params: Mapping[str, Any]) -> str | Promise:
    """That one need not wait any longer."""
    return _("Proposed division: worked out") if params["ways"] else _("Proposed division: nothing was found")


def proposal_body(params: Mapping[str, Any]) -> str:
    """Of what, how many ways, and why there are no more."""
    return " · ".join(filter(None, [str(params["area"]), str(params["fault"])]))


def proposal_url(subject_id: str, params: Mapping[str, Any]) -> str:
    """The proposal's page."""
    return reverse("plans:proposal", args=[subject_id])
