"""The duty log and the shift hand-over."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from gridgov.typed import posted
from grids import permissions
from grids.forms import attempt, saved
from grids.models import Area
from grids.permissions import Perm
from teams import actions, duty, handover
from teams.duty_forms import AnswerForm, HandOverForm, LogForm, staff
from teams.models import DutyEntry, DutyTurn, Shift, ShiftHandOver
from teams.views.roster import chosen, form_page, tabs


def keeping(request: SignedInRequest) -> Area:
    """The street, for those who keep its log."""
    permissions.require_anywhere(request.user, Perm.KEEP_DUTY_LOG)
    area, _areas = chosen(request)
    permissions.require(request.user, Perm.KEEP_DUTY_LOG, area)
    return area


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def log(request: SignedInRequest) -> HttpResponse:
    """The log, the newest line first, and the form for the next one; `?show=follow` is what is still to be followed."""
    area = keeping(request)
    form = LogForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("kind", "at", "words", "about", "follow")}
        if saved(form, lambda: actions.write_log(area, **facts, by=request.user, now=now(request))):
            messages.success(request, _("Written into the log."))  # also says that the draft has arrived
            return redirect(f"{reverse('teams:duty_log')}?area={area.pk}")
    follow = request.GET.get("show") == "follow"
    rows = DutyEntry.objects.visible_to(request.user).filter(area_path=area.path)
    rows = rows.to_follow() if follow else rows
    rows = rows.select_related("written_by", "corrects", "settles").prefetch_related("corrections", "settled_by")
    page = keyset(rows, request, by=("-id",))
    context = {
        "area": area,
        "form": form,
        "page": page,
        "lines": [{"row": row, "url": handover.case_link(row.about_id)} for row in page.rows],
        "follow": follow,
        "tabs": tabs(request, area, "duty_log"),
        "present": duty.present(area.path, now(request)),
        "now": now(request),
    }
    return render(request, "teams/roster/log.html", context)


def _entry(request: SignedInRequest, pk: Any) -> DutyEntry:
    permissions.require_anywhere(request.user, Perm.KEEP_DUTY_LOG)
    return get_object_or_404(DutyEntry.objects.visible_to(request.user).select_related("area"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def correct(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Write a line that stands for an earlier one; the earlier one stays, struck through."""
    entry = _entry(request, pk)
    initial = {name: getattr(entry, name) for name in ("kind", "at", "words", "about", "follow")}
    form = LogForm(request.POST or None, initial=initial)
    back = f"{reverse('teams:duty_log')}?area={entry.area_id}"
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in initial}
        facts |= {"corrects": entry, "by": request.user, "now": now(request)}
        if saved(form, lambda: actions.write_log(entry.area, **facts)):
            return redirect(back)
    return form_page(request, form, entry.area, _("Correct a line of the log"), _("Save as a correction"), cancel=back)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def settle(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Write what came of a line that was to be followed."""
    entry = _entry(request, pk)
    form = AnswerForm(request.POST or None)
    back = f"{reverse('teams:duty_log')}?area={entry.area_id}"
    if request.method == "POST" and form.is_valid():
        facts: dict[str, Any] = {
            "kind": entry.kind,
            "about": entry.about,
            "settles": entry,
            "by": request.user,
            "now": now(request),
        }
        if saved(form, lambda: actions.write_log(entry.area, words=form.cleaned_data["words"], **facts)):
            return redirect(back)
    return form_page(request, form, entry.area, _("What came of it"), _("Write it down"), cancel=back, about=entry)


# ── Hand-overs ──────────────────────────────────────────────────────────────────────────────────────────


@require_safe
@never_cache
def hand_overs(request: SignedInRequest) -> HttpResponse:
    """The hand-overs of a street, the newest first, and those that are missing."""
    area = keeping(request)
    rows = ShiftHandOver.objects.visible_to(request.user).filter(area_path=area.path)
    context = {
        "area": area,
        "page": keyset(rows.select_related("shift", "outgoing", "incoming"), request, by=("-id",)),
        "missing": duty.unsigned(area, now(request)),
        "may_log": True,
        "tabs": tabs(request, area, "hand_overs"),
        "now": now(request),
    }
    return render(request, "teams/roster/hand_overs.html", context)


def _choices(area: Area, request: SignedInRequest) -> list[tuple[str, str]]:
    """The shifts that can be handed over: what runs now, and what ended within a day, without a standing hand-over."""
    at, today = now(request), now(request).astimezone().date()
    days = [today - timedelta(days=n) for n in range(3)]
    done = set(ShiftHandOver.objects.standing().filter(area_path=area.path, on__in=days).values_list("shift_id", "on"))
    found = [
        (shift.span(on)[0], f"{shift.pk}:{on}", f"{on:%m-%d} {shift.name} {shift.begins:%H:%M}–{shift.ends:%H:%M}")
        for shift in Shift.objects.filter(area=area, retired_at=None)
        for on in days
        if (shift.pk, on) not in done and shift.span(on)[0] <= at < shift.span(on)[1] + timedelta(hours=24)
    ]
    return [(key, label) for _begin, key, label in sorted(found, reverse=True)]


def _next_officer(area: Area, request: SignedInRequest) -> int | None:
    """Who is entered for the shift that begins next, or has just begun."""
    today = now(request).astimezone().date()
    near = DutyTurn.objects.published().of(area, today - timedelta(days=1), today + timedelta(days=1))
    turns = near.filter(part=DutyTurn.Part.OFFICER)  # yesterday's: a night shift is still new when its day is over
    ahead = [turn for turn in turns if turn.shift.span(turn.on)[1] > now(request) and turn.person_id != request.user.pk]
    return min(ahead, key=lambda turn: turn.shift.span(turn.on)).person_id if ahead else None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def hand_over(request: SignedInRequest) -> HttpResponse:
    """Make a hand-over from what is open now, and sign it."""
    area = keeping(request)
    people = [pair for pair in staff(area, now(request).astimezone().date(), log=True) if pair[0] != request.user.pk]
    initial = {"incoming": _next_officer(area, request), "change": request.GET.get("change", "")}
    form = HandOverForm(request.POST or None, shifts=_choices(area, request), people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        shift_id, on = facts["change"].split(":")
        shift = get_object_or_404(Shift, area=area, pk=shift_id)
        said = {"on": date.fromisoformat(on), "incoming": facts["incoming"], "words": facts["words"]}
        made = attempt(
            form, lambda: actions.hand_over_shift(area, shift=shift, **said, by=request.user, now=now(request))
        )
        if made is not None:
            messages.success(request, _("Made and signed. %(name)s has been told.") % {"name": made.incoming.name})
            return redirect("teams:hand_over_sheet", made.pk)
    sections = handover.shown(handover.collect(area, now(request)))
    return render(request, "teams/roster/hand_over.html", {"area": area, "form": form, "sections": sections})


def _made(request: SignedInRequest, pk: Any) -> ShiftHandOver:
    rows = ShiftHandOver.objects.visible_to(request.user).select_related("area", "shift", "outgoing", "incoming")
    return get_object_or_404(rows, pk=pk)


@require_safe
@never_cache
def hand_over_sheet(request: SignedInRequest, pk: Any) -> HttpResponse:
    """One hand-over as it was made, to sign and to print."""
    made = _made(request, pk)
    context = {
        "made": made,
        "sections": handover.shown(made.snapshot),
        "may_sign": made.is_open and made.incoming_id == request.user.pk,
        "may_withdraw": made.is_open and made.outgoing_id == request.user.pk,
        "now": now(request),
    }
    return render(request, "teams/roster/hand_over_sheet.html", context)


@require_POST
def accept(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Sign as the incoming person."""
    made = _made(request, pk)
    try:
        actions.accept_hand_over(made, words=posted(request, "words"), by=request.user, now=now(request))
        messages.success(request, _("You have taken the shift over."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("teams:hand_over_sheet", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def refuse(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Say why it cannot be taken over like this."""
    made = _made(request, pk)
    form = AnswerForm(request.POST or None)
    back = reverse("teams:hand_over_sheet", args=[made.pk])
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        if saved(form, lambda: actions.refuse_hand_over(made, words=words, by=request.user, now=now(request))):
            messages.success(request, _("Refused. %(name)s has been told.") % {"name": made.outgoing.name})
            return redirect(back)
    return form_page(request, form, made.area, _("Refuse the hand-over"), _("Refuse"), cancel=back)


@require_POST
def withdraw(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Take it back while nobody has signed."""
    made = _made(request, pk)
    try:
        actions.withdraw_hand_over(made, by=request.user, now=now(request))
        messages.success(request, _("Taken back. Make another one when you are ready."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("teams:hand_overs")
