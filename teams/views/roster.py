"""The duty roster: the month as everyone sees it, and its planning by the office."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.typed import number
from grids import permissions
from grids.forms import attempt, saved
from grids.models import Area
from grids.permissions import Perm
from teams import actions, duty
from teams.duty_forms import CopyWeekForm, RotateForm, ShiftForm, SwapForm, TurnForm, staff
from teams.models import DutyTurn, RosterMonth, Shift, duty_areas


def chosen(request: SignedInRequest) -> tuple[Area, list[Area]]:
    """The street asked for with `?area=`, the first of the person's otherwise, and all of them; 404 without any."""
    areas = list(duty_areas(request.user).order_by("path")[:300])
    wanted = request.GET.get("area") or request.POST.get("area") or ""
    found = next((area for area in areas if str(area.pk) == wanted), None if wanted else next(iter(areas), None))
    if found is None:
        raise Http404
    return found, areas


def planned(request: SignedInRequest) -> Area:
    """The street, for those who plan its roster."""
    permissions.require_anywhere(request.user, Perm.PLAN_ROSTER)
    area, _areas = chosen(request)
    permissions.require(request.user, Perm.PLAN_ROSTER, area)
    return area


def address(area: Area, month: date) -> str:
    """The page of a month."""
    return f"{reverse('teams:roster')}?{urlencode({'area': area.pk, 'month': f'{month:%Y-%m}'})}"


def tabs(request: SignedInRequest, area: Area, here: str) -> list[dict[str, Any]]:
    """Roster, log and hand-overs, as far as the person may open them."""
    entries = [("roster", _("Duty roster"))]
    if permissions.allows(request.user, Perm.KEEP_DUTY_LOG, area):
        entries += [("duty_log", _("Duty log")), ("hand_overs", _("Shift hand-overs"))]
    return [
        {"label": label, "url": f"{reverse(f'teams:{name}')}?area={area.pk}", "current": name == here}
        for name, label in entries
    ]


def _published(area: Area, *months: date) -> dict[date, RosterMonth]:
    """Those of these months that everyone sees; one query."""
    records = RosterMonth.objects.filter(area=area, month__in=months).exclude(published_at=None)
    return {record.month: record for record in records.select_related("published_by")}


def month_context(request: SignedInRequest) -> dict[str, Any]:
    """The month asked for: its lines, its conflicts for those who plan, its neighbours."""
    area, areas = chosen(request)
    may_plan = permissions.allows(request.user, Perm.PLAN_ROSTER, area)
    month = duty.month_of(request.GET.get("month", ""), now(request))
    turns = DutyTurn.objects.of(area, month - timedelta(days=1), duty.after(month))
    found = list(turns if may_plan else turns.published())
    shifts = list(Shift.objects.filter(area=area).order_by("begins", "id"))
    used = {turn.shift_id for turn in found}
    shifts = [shift for shift in shifts if shift.retired_at is None or shift.pk in used]
    wrong = duty.conflicts(found) if may_plan else []
    inside = [one for one in wrong if month <= one.turn.on < duty.after(month)]
    ahead = duty.month_ahead(now(request)) if may_plan and shifts else None
    published = _published(area, month, ahead or month)
    due = ahead if ahead not in published else None
    return {
        "area": area,
        "areas": areas,
        "month": month,
        "previous_url": address(area, duty.after(month, -1)),
        "next_url": address(area, duty.after(month)),
        "shifts": shifts,
        "days": duty.sheet(shifts, found, month, inside),
        "wrong": inside,
        "record": published.get(month),
        "is_empty": not any(month <= turn.on < duty.after(month) for turn in found),
        "may_plan": may_plan,
        "due_month": due,
        "due_url": address(area, due) if due else "",
        "today": now(request).astimezone().date(),
        "query": urlencode({"area": area.pk, "month": f"{month:%Y-%m}"}),
    }


@require_safe
@never_cache
def roster(request: SignedInRequest) -> HttpResponse:
    """One month like the sheet on the wall: a line a day, a column a shift."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    try:
        context = month_context(request)
    except Http404:
        if duty_areas(request.user).exists():
            raise
        may_found = permissions.scope(request.user).holds(Perm.EDIT_AREAS)  # the menu leads here on the first day
        return render(request, "teams/roster/none.html", {"may_found": may_found})
    return render(request, "teams/roster/month.html", context | {"tabs": tabs(request, context["area"], "roster")})


@require_safe
@never_cache
def duty_now(request: SignedInRequest) -> HttpResponse:
    """Who is on duty, as a part of other pages: the top bar, and Me on the phone (`?as=me`)."""
    area = duty_areas(request.user).order_by("path").first()
    present = duty.present(area.path, now(request)) if area else None
    response = render(request, "teams/roster/now.html", {"present": present, "large": request.GET.get("as") == "me"})
    response["Cache-Control"] = "private, max-age=60"  # the browser asks once a minute, whatever page it shows
    return response


@require_safe
@never_cache
def duty_board(request: SignedInRequest) -> HttpResponse:
    """The same for the head of the board, with what is missing: nobody entered, a hand-over nobody signed."""
    permissions.require_anywhere(request.user, Perm.VIEW_BOARD)
    here = get_object_or_404(Area.objects.visible_to(request.user, Perm.VIEW_BOARD), pk=number(request.GET.get("area")))
    streets = Area.objects.filter(path__in=duty.paths_above(here.path), kind=Area.Kind.STREET)
    area = streets.first()
    if area is None:
        return HttpResponse()
    context = {
        "area": area,
        "present": duty.present(area.path, now(request)),
        "missing": duty.unsigned(area, now(request)),
        "may_plan": permissions.allows(request.user, Perm.PLAN_ROSTER, area),
        "may_log": permissions.allows(request.user, Perm.KEEP_DUTY_LOG, area),
        "now": now(request),
    }
    return render(request, "teams/roster/board.html", context)


# ── Planning ────────────────────────────────────────────────────────────────────────────────────────────


def form_page(request: SignedInRequest, form: Any, area: Area, heading: str, button: str, **more: Any) -> HttpResponse:
    """The one page of all forms about the roster."""
    context = {"form": form, "area": area, "heading": heading, "button": button, **more}
    context.setdefault("cancel", f"{reverse('teams:roster')}?area={area.pk}")
    return render(request, "teams/roster/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def plan(request: SignedInRequest, shift_id: int, on: date) -> HttpResponse:
    """One cell: who takes the shift on this day."""
    permissions.require_anywhere(request.user, Perm.PLAN_ROSTER)
    shift = get_object_or_404(
        Shift.objects.select_related("area").filter(area__in=duty_areas(request.user)), pk=shift_id
    )
    permissions.require(request.user, Perm.PLAN_ROSTER, shift)
    turns = list(DutyTurn.objects.filter(shift=shift, on=on).select_related("person"))
    initial = {
        "leader": next((turn.person_id for turn in turns if turn.part == DutyTurn.Part.LEADER), None),
        "officers": [turn.person_id for turn in turns if turn.part == DutyTurn.Part.OFFICER],
    }
    people = staff(shift.area, on)
    known = {pk for pk, _label in people}
    people += [(turn.person_id, turn.person.name) for turn in turns if turn.person_id not in known]
    form = TurnForm(request.POST or None, people=people, initial=initial)
    back = address(shift.area, on)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if saved(form, lambda: actions.plan_turn(shift, on, **facts, by=request.user, now=now(request))):
            return redirect(f"{back}#day-{on:%d}")
    heading = _("%(day)s · %(shift)s") % {"day": on, "shift": shift.name}
    return form_page(request, form, shift.area, heading, _("Save"), cancel=back, turns=turns)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def copy_week(request: SignedInRequest) -> HttpResponse:
    """Take a week over into another one."""
    area = planned(request)
    monday = now(request).astimezone().date() - timedelta(days=now(request).astimezone().weekday())
    form = CopyWeekForm(request.POST or None, initial={"source": monday, "target": monday + timedelta(days=7)})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        done = attempt(form, lambda: actions.copy_week(area, **facts, by=request.user, now=now(request)))
        if done is not None:
            said = ngettext("%(count)s turn copied into empty cells.", "%(count)s turns copied into empty cells.", done)
            messages.success(request, said % {"count": done})
            return redirect(address(area, facts["target"]))
    return form_page(request, form, area, _("Copy a week"), _("Copy"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rotate(request: SignedInRequest) -> HttpResponse:
    """Let people take turns over a stretch of days."""
    area = planned(request)
    first = duty.month_of(request.GET.get("month", ""), now(request))
    initial = {"first": first, "last": duty.after(first) - timedelta(days=1)}
    form = RotateForm(request.POST or None, area=area, people=staff(area, first), initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        shift = facts.pop("shift")
        done = attempt(form, lambda: actions.rotate(shift, **facts, by=request.user, now=now(request)))
        if done is not None:
            said = ngettext("%(count)s turn filled in.", "%(count)s turns filled in.", done)
            messages.success(request, said % {"count": done})
            return redirect(address(area, facts["first"]))
    return form_page(request, form, area, _("Fill in by turns"), _("Fill in"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def swap(request: SignedInRequest, turn_id: int) -> HttpResponse:
    """Two people change places."""
    permissions.require_anywhere(request.user, Perm.PLAN_ROSTER)
    rows = DutyTurn.objects.filter(shift__area__in=duty_areas(request.user)).select_related("shift__area", "person")
    turn = get_object_or_404(rows, pk=turn_id)
    permissions.require(request.user, Perm.PLAN_ROSTER, turn)
    form = SwapForm(request.POST or None, turn=turn)
    if request.method == "POST" and form.is_valid():
        other = form.cleaned_data["other"]
        if saved(form, lambda: actions.swap(turn, other, by=request.user, now=now(request)) or True):
            messages.success(request, _("Swapped."))
            return redirect(address(turn.shift.area, turn.on))
    words = {"name": turn.person.name, "day": turn.on, "shift": turn.shift.name}
    heading = _("Swap: %(name)s, %(day)s %(shift)s") % words
    return form_page(request, form, turn.shift.area, heading, _("Swap"), cancel=address(turn.shift.area, turn.on))


def _month_step(request: SignedInRequest, act: Any, done: str) -> HttpResponse:
    area = planned(request)
    month = duty.month_of(request.POST.get("month", ""), now(request))
    try:
        act(area, month, by=request.user, now=now(request))
        messages.success(request, done)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(address(area, month))


@require_POST
def publish(request: SignedInRequest) -> HttpResponse:
    """Let everyone see the month."""
    return _month_step(request, actions.publish_month, _("Published. Everyone with a turn in it has been told."))


@require_POST
def withdraw(request: SignedInRequest) -> HttpResponse:
    """Take the month back into planning."""
    return _month_step(request, actions.withdraw_month, _("Back in planning; only the office sees it now."))


# ── Shifts ──────────────────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def shifts(request: SignedInRequest) -> HttpResponse:
    """The shifts of a street; a new one."""
    area = planned(request)
    form = ShiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if saved(form, lambda: actions.add_shift(area, **facts, by=request.user, now=now(request))):
            return redirect(f"{reverse('teams:shifts')}?area={area.pk}")
    rows = Shift.objects.filter(area=area).order_by("begins", "id")
    return render(request, "teams/roster/shifts.html", {"form": form, "area": area, "rows": rows})


def _shift(request: SignedInRequest, shift_id: int) -> Shift:
    permissions.require_anywhere(request.user, Perm.PLAN_ROSTER)
    rows = Shift.objects.select_related("area").filter(area__in=duty_areas(request.user))
    return get_object_or_404(rows, pk=shift_id)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_shift(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Correct a shift."""
    shift = _shift(request, shift_id)
    initial = {name: getattr(shift, name) for name in ("name", "begins", "ends", "phone")}
    form = ShiftForm(request.POST or None, initial=initial)
    back = f"{reverse('teams:shifts')}?area={shift.area_id}"
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if saved(form, lambda: actions.change_shift(shift, **facts, by=request.user, now=now(request))):
            return redirect(back)
    return form_page(request, form, shift.area, _("Correct %(name)s") % {"name": shift.name}, _("Save"), cancel=back)


@require_POST
def retire_shift(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """No longer plan a shift."""
    shift = _shift(request, shift_id)
    actions.retire_shift(shift, by=request.user, now=now(request))
    messages.success(request, _("“%(shift)s” is no longer planned.") % {"shift": shift.name})
    return redirect(f"{reverse('teams:shifts')}?area={shift.area_id}")


@require_POST
def reopen_shift(request: SignedInRequest, shift_id: int) -> HttpResponse:
    """Plan a shift again."""
    shift = _shift(request, shift_id)
    try:
        actions.reopen_shift(shift, by=request.user, now=now(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(f"{reverse('teams:shifts')}?area={shift.area_id}")
