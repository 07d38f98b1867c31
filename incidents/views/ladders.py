"""逐级督办规则: thresholds and recipients of each level, in words beside the form, in versions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.clock.actions import Refused
from gridgov.clock.ladder_actions import check
from gridgov.clock.ladders import current, newest
from gridgov.clock.models import Ladder, LadderVersion
from gridgov.dbtime import now
from grids import permissions
from grids.permissions import Perm
from incidents.actions.ladders import change_ladder, copy_ladder
from incidents.audience import KINDS, audiences
from incidents.limit_forms import LadderForm, NewLadderForm
from incidents.limit_words import ladder_said
from incidents.limits import todays
from incidents.models import Audience, Category


def _may(request: SignedInRequest) -> None:
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)


@require_safe
def ladders(request: SignedInRequest) -> HttpResponse:
    """Every ladder in words, and what climbs it."""
    _may(request)
    versions, rules = list(newest()), todays().rules
    known = audiences(version.pk for version in versions)
    used: dict[str, int] = {}
    for entry in Category.objects.offered().exclude(major=None):
        used[rules.ladder(entry)] = used.get(rules.ladder(entry), 0) + 1
    rows = [
        {
            "version": version,
            "lines": ladder_said(version.rungs(), known[version.pk]),
            "audience": known[version.pk],
            "used": used.get(version.ladder.code, 0),
        }
        for version in versions
    ]
    return render(request, "incidents/limits/ladders.html", {"rows": rows, "new": NewLadderForm(ladders=_names())})


def _names() -> list[tuple[str, str]]:
    return list(newest().values_list("ladder__code", "ladder__name"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """One ladder: the table to fill in, and beside it what it says."""
    _may(request)
    version = get_object_or_404(newest(), ladder__code=code)
    audience = audiences([version.pk])[version.pk]
    form = LadderForm(request.POST or None, rungs=version.rungs(), audience=audience)
    lines, wrong = ladder_said(version.rungs(), audience), ""
    if request.method == "POST" and form.is_valid():
        proposed = Audience(
            table=form.table(), returned=form.cleaned_data["returned"], urgent=form.cleaned_data["urgent"]
        )
        lines, audience = ladder_said(form.rungs(), proposed), proposed
        try:
            check(form.rungs())
            if "save" in request.POST:
                base = int(request.POST.get("base") or 0)
                made = change_ladder(
                    version.ladder, rungs=form.rungs(), audience=proposed, base=base, by=request.user, now=now(request)
                )
                messages.success(
                    request,
                    _("Saved as version %(number)s; it counts for what begins from now on.") % {"number": made.number},
                )
                return redirect("limits:ladders")
        except Refused as error:
            wrong = str(error)
    context = {"version": version, "form": form, "lines": lines, "audience": audience, "wrong": wrong, "kinds": KINDS}
    if request.headers.get("HX-Request"):
        return render(request, "incidents/limits/ladder_words.html", context)
    rows = LadderVersion.objects.filter(ladder=version.ladder).select_related("created_by").order_by("-number")[:20]
    return render(request, "incidents/limits/ladder.html", context | {"rows": rows})


@require_POST
def restore(request: SignedInRequest, code: str, number: int) -> HttpResponse:
    """Make an earlier version of a ladder the newest again."""
    _may(request)
    ladder = get_object_or_404(Ladder, code=code)
    earlier = get_object_or_404(LadderVersion, ladder=ladder, number=number)
    audience = audiences([earlier.pk])[earlier.pk]
    try:
        base = current(code).number
        made = change_ladder(
            ladder, rungs=earlier.rungs(), audience=audience, base=base, by=request.user, now=now(request)
        )
        messages.success(request, _("Saved as version %(number)s.") % {"number": made.number})
    except Refused as error:
        messages.error(request, str(error))
    return redirect("limits:ladder", code)


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    """A further ladder, made like another; then edited."""
    _may(request)
    form = NewLadderForm(request.POST, ladders=_names())
    if not form.is_valid():
        messages.error(request, _("A ladder needs a name."))
        return redirect("limits:ladders")
    facts: dict[str, Any] = form.cleaned_data
    made = copy_ladder(facts["like"], name=facts["name"], by=request.user, now=now(request))
    return redirect("limits:ladder", made.ladder.code)
