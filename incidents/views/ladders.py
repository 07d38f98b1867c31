"""逐级督办规则: thresholds and recipients of each level, in words beside the form, in versions."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.clock.actions import Refused
from gridgov.clock.ladder import Rungs
from gridgov.clock.ladder_actions import check
from gridgov.clock.ladders import newest
from gridgov.clock.models import LadderVersion
from gridgov.dbtime import now
from gridgov.typed import number
from grids import permissions
from grids.permissions import Perm
from incidents.actions.ladders import change_ladder, copy_ladder
from incidents.actions.limits import may_change, require_everywhere
from incidents.audience import KINDS, audiences
from incidents.limit_forms import LadderForm, NewLadderForm
from incidents.limit_table import climbers
from incidents.limit_words import ladder_said
from incidents.limits import todays
from incidents.models import Audience, Category
from incidents.what_if import ladder_impact
from incidents.workflow import Stage


def _may(request: SignedInRequest) -> None:
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)


@require_safe
def ladders(request: SignedInRequest) -> HttpResponse:
    """Every ladder in words, and what climbs it."""
    _may(request)
    versions, rules = list(newest()), todays().rules
    known = audiences(version.pk for version in versions)
    used, elsewhere = dict[str, int](), climbers(rules)
    for entry in Category.objects.offered().exclude(major=None):
        used[rules.climb(entry).code] = used.get(rules.climb(entry).code, 0) + 1
    rows = [
        {
            "version": version,
            "lines": ladder_said(version.rungs(), known[version.pk]),
            "audience": known[version.pk],
            "used": used.get(version.ladder.code, 0),
            "elsewhere": elsewhere.get(version.ladder.code, []),
        }
        for version in versions
    ]
    context = {"rows": rows, "new": NewLadderForm(ladders=_names()), "may_edit": may_change(request.user, None)}
    return render(request, "incidents/limits/ladders.html", context)


def _names() -> list[tuple[str, str]]:
    return list(newest().values_list("ladder__code", "ladder__name"))


def _proposed(form: LadderForm) -> Audience:
    said = form.cleaned_data
    return Audience(table=form.table(), returned=said["returned"], urgent=said["urgent"])


def _consequences(version: LadderVersion, rungs: Rungs, request: SignedInRequest) -> dict[str, Any]:
    """What saving would do to running deadlines; the words of a refusal in place of it."""
    try:
        check(rungs)
    except Refused as error:
        return {"wrong": str(error)}
    found = ladder_impact(version.ladder, rungs, now=now(request))
    labels = dict(Stage.choices)
    return {
        "impact": found,
        "rearmed": [{"one": one, "stage": labels.get(one.clock.stage, "")} for one in found.shown],
        "may_read": permissions.scope(request.user).holds(Perm.VIEW_INCIDENTS),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """One ladder: the table to fill in, what it says and which running deadlines it moves beside it.

    `like` in the address fills the table with an earlier version, to be looked at and saved again.
    """
    require_everywhere(request.user, Perm.EDIT_CATALOGUE)
    version = get_object_or_404(newest(), ladder__code=code)
    like = _earlier(version, request.GET.get("like", ""))
    audience = audiences([like.pk])[like.pk]
    form = LadderForm(request.POST or None, rungs=like.rungs(), audience=audience)
    context = {"lines": ladder_said(like.rungs(), audience), "audience": audience, "like": like}
    if request.method == "POST" and form.is_valid():
        proposed = _proposed(form)
        context |= {"lines": ladder_said(form.rungs(), proposed), "audience": proposed}
        if "save" in request.POST and _saved(request, version, form):
            return redirect("limits:ladders")
        context |= _consequences(version, form.rungs(), request)
    elif like.pk != version.pk:
        context |= _consequences(version, like.rungs(), request)
    context |= {"version": version, "form": form, "kinds": KINDS, "now": now(request)}
    context["stay"] = request.POST.get("running") == "stay"
    if request.headers.get("HX-Request"):
        return render(request, "incidents/limits/ladder_beside.html", context)
    rows = LadderVersion.objects.filter(ladder=version.ladder).select_related("created_by").order_by("-number")[:20]
    return render(request, "incidents/limits/ladder.html", context | {"rows": rows})


def _earlier(version: LadderVersion, asked: str) -> LadderVersion:
    wanted = number(asked)
    if wanted is None or wanted == version.number:
        return version
    return get_object_or_404(LadderVersion.objects.filter(ladder=version.ladder), number=wanted)


def _saved(request: SignedInRequest, version: LadderVersion, form: LadderForm) -> bool:
    base = number(request.POST.get("base")) or 0  # nonsense is no version: refused like an old one
    running = request.POST.get("running") != "stay"
    try:
        made, count = change_ladder(
            version.ladder, rungs=form.rungs(), audience=_proposed(form), base=base, running=running,
            by=request.user, now=now(request),
        )  # fmt: skip
    except Refused as error:
        form.add_error(None, str(error))
        return False
    if running:
        text = ngettext(
            "Saved as version %(number)s. %(count)s running deadline now follows it.",
            "Saved as version %(number)s. %(count)s running deadlines now follow it.",
            count,
        )
    else:
        text = _("Saved as version %(number)s; it counts for what begins from now on.")
    messages.success(request, text % {"number": made.number, "count": count})
    return True


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    """A further ladder, made like another; then edited."""
    require_everywhere(request.user, Perm.EDIT_CATALOGUE)
    form = NewLadderForm(request.POST, ladders=_names())
    if not form.is_valid():
        messages.error(request, _("A ladder needs a name."))
        return redirect("limits:ladders")
    facts: dict[str, Any] = form.cleaned_data
    try:
        made = copy_ladder(facts["like"], name=facts["name"], by=request.user, now=now(request))
    except Refused as error:
        messages.error(request, str(error))
        return redirect("limits:ladders")
    return redirect("limits:ladder", made.ladder.code)
