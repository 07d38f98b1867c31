"""Every dictionary of the house on one page, and the labels that an office may call differently."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.labels import words
from grids import permissions
from grids.forms import attempt
from grids.models import Area
from grids.permissions import Perm
from incidents.actions import labels as actions
from incidents.label_form import LabelForm
from incidents.models import Category
from teams.roles import Role

GROUPS: dict[str, tuple[str | Promise, str | Promise]] = {  # what the office may rename: name, where it stands
    "step": (gettext_lazy("Steps"), gettext_lazy("Buttons, timeline, operation log")),
    "status": (gettext_lazy("States"), gettext_lazy("Lists, incidents, ledger, API")),
    "level": (gettext_lazy("Levels of lateness"), gettext_lazy("Chips, maps, boards, messages")),
    "stage": (gettext_lazy("Stages with a deadline"), gettext_lazy("Step bar, supervision, “how it is worked out”")),
    "request": (gettext_lazy("Requests"), gettext_lazy("What needs an approval")),
    "channel": (gettext_lazy("Ways of reporting"), gettext_lazy("Incidents, sheet, ledger")),
    "place_kind": (gettext_lazy("Kinds of places"), gettext_lazy("Places, imports, campaigns")),
    "asset_class": (gettext_lazy("Classes of city assets"), gettext_lazy("City assets, map")),
    "asset_kind": (gettext_lazy("Kinds of city assets"), gettext_lazy("City assets, imports, campaigns")),
    "unit_kind": (gettext_lazy("Kinds of units"), gettext_lazy("Units, address book, imports")),
}


@dataclass(frozen=True)
class Dictionary:
    """One line of the page: what it is, what is in it, where it is changed or looked at."""

    name: str | Promise
    where: str | Promise
    count: int
    sample: str
    url: str
    changed: int = 0
    editable: bool = True


def _sample(values: Any) -> str:
    shown = [str(value) for value in values][:4]
    return " · ".join(shown)


def _of_labels() -> list[Dictionary]:
    found = []
    for group, (name, where) in GROUPS.items():
        keys = actions.keys_of(group)
        sample = _sample(words.said(key) for key in keys)
        changed = sum(any(words.own(key)) for key in keys)
        found.append(Dictionary(name, where, len(keys), sample, reverse("dictionaries:labels", args=[group]), changed))
    return found


def _others() -> list[Dictionary]:
    entries = list(Category.objects.exclude(major=None).filter(is_active=True).order_by("code"))
    schemes = list(Area.objects.standing().order_by("code_scheme").values_list("code_scheme", flat=True).distinct())
    named = [_("national (GB/T 2260, 10114)") if scheme == "cn" else scheme for scheme in schemes]
    rows: list[tuple[str, str, list[Any], str, bool]] = [
        (_("Incident categories"), _("Limits, responsible units, duty list"), [e.label for e in entries],
         "incidents:catalogue", True),
        (_("Working calendars"), _("Hours, holidays, make-up days"), [], "calendars:list", True),
        (_("Levels of areas"), _("The tree of areas; fixed by the national codes"), Area.Kind.labels,
         "grids:tree", False),
        (_("Schemes of codes"), _("Given by each import of areas"), named, "imports:list", True),
        (_("Roles"), _("Fixed by the program, with what each may do"), Role.labels, "teams:roles", False),
    ]  # fmt: skip
    return [
        Dictionary(name, where, len(values), _sample(values), reverse(url), editable=editable)
        for name, where, values, url, editable in rows
    ]


@require_safe
def dictionaries(request: SignedInRequest) -> HttpResponse:
    """What there is, and where it is changed."""
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)
    return render(request, "incidents/dictionaries.html", {"labels": _of_labels(), "others": _others()})


def _known(group: str) -> str:
    if group not in GROUPS:
        raise Http404
    return group


@require_http_methods(["GET", "HEAD", "POST"])
def labels(request: SignedInRequest, group: str) -> HttpResponse:
    """The labels of one dictionary in both languages; an empty field keeps the program's word."""
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)
    form = LabelForm(actions.keys_of(_known(group)), request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = attempt(form, lambda: actions.rename(group, form.wanted, by=request.user, now=now(request)))
        if changed is not None:
            messages.success(request, _("Saved. The new words are used everywhere now."))
            return redirect("dictionaries:labels", group)
    name, where = GROUPS[group]
    own = any(any(words.own(key)) for key in form.keys)
    context = {"form": form, "name": name, "where": where, "group": group, "own": own}
    return render(request, "incidents/labels.html", context)


@require_POST
def reset(request: SignedInRequest, group: str) -> HttpResponse:
    """Back to the program's own words."""
    actions.reset(_known(group), by=request.user, now=now(request))
    messages.success(request, _("The default words are back."))
    return redirect("dictionaries:labels", group)
