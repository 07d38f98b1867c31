"""The words of notices about duty, in the language of whoever reads them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Params = Mapping[str, Any]


def _roster(subject_id: str, params: Params) -> str:
    return f"{reverse('teams:roster')}?month={params['month']}&area={params['area']}"


def _month(subject_id: str, params: Params) -> str:
    return f"{reverse('teams:roster')}?month={params['day'][:7]}"


def _hand_over(subject_id: str, params: Params) -> str:
    return reverse("teams:hand_over_sheet", args=[subject_id])


def all_messages() -> tuple[tuple[str, str | Promise, Callable[[str, Params], str]], ...]:
    """(code, title, where one acts)."""
    return (
        ("teams.roster_published", _("The duty roster of %(month)s is out; you have turns in it"), _roster),
        ("teams.roster_missing", _("The duty roster of %(month)s has not been published yet"), _roster),
        ("teams.turn_changed", _("Duty roster changed: %(day)s %(shift)s"), _month),
        ("teams.hand_over_waits", _("A shift is handed over to you: %(day)s %(shift)s"), _hand_over),
        ("teams.hand_over_refused", _("Your hand-over was refused: %(day)s %(shift)s"), _hand_over),
    )
