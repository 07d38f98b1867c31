"""The words of notices about incidents, in the language of whoever reads them."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gridgov.clock.levels import Level
from incidents.workflow import MOVES, Stage

Params = Mapping[str, Any]


def moved_title(params: Params) -> str:
    """What happened: the step's own label."""
    spec = MOVES.get(params["move"])
    return _("Incident: %(step)s") % {"step": spec.label if spec else params["move"]}


def escalated_title(params: Params) -> str:
    """Which stage is how late."""
    return _("%(level)s: %(stage)s") % {"level": Level(params["level"]).label, "stage": Stage(params["stage"]).label}


def url(subject_id: str, params: Params) -> str:
    """The case."""
    return reverse("incidents:detail", args=[subject_id])
