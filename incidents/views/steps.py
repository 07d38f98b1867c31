"""Taking steps: one address for each, a form first where words or facts are needed."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.requests import SignedInRequest
from gridgov.clock.actions import Refused
from gridgov.dbtime import now
from gridgov.look import exact
from gridgov.privacy import actions as privacy
from gridgov.sync import actions as sync
from gridgov.sync.models import Attachment
from grids.forms import attempt
from grids.permissions import Perm, allows
from incidents import actions, permissions
from incidents.clocks import suspended_until
from incidents.field_doors import STEPS
from incidents.forms import AnswerForm, AskForm, CommentForm, MoveForm, RevealForm
from incidents.models import Incident, Request
from incidents.views.case import load
from incidents.workflow import ASKS, MOVES, RUN_ON


def tried(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Run one action; what it refuses stands beside the form, with everything that was typed."""
    try:
        return attempt(form, act) is not None
    except Refused as error:
        form.add_error(None, str(error))
        return False


def back(request: SignedInRequest, incident: Incident) -> HttpResponse:
    """To the case, by the door one came in; who no longer sees it goes to the list."""
    seen = Incident.objects.visible_to(request.user).filter(pk=incident.pk).exists()
    field = request.POST.get("door") == "field"
    if not seen:
        return redirect("assessment:today" if field else "incidents:list")
    if field:
        return redirect("incidents:field_case", incident.pk)
    kept = urlencode({"list": request.GET["list"][:1000]}) if request.GET.get("list") else ""
    return redirect(reverse("incidents:detail", args=[incident.pk]) + (f"?{kept}" if kept else ""))


def page(request: SignedInRequest, incident: Incident, form: forms.Form, **context: Any) -> HttpResponse:
    """The one page of all short forms about a case, on either door."""
    field = (request.POST.get("door") or request.GET.get("door")) == "field"
    template = "incidents/field/step.html" if field else "incidents/step.html"
    return render(request, template, {"incident": incident, "form": form, "now": now(request), **context})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def move(request: SignedInRequest, pk: Any, name: str) -> HttpResponse:
    """One step of the workflow."""
    incident = load(request, pk)
    if name not in MOVES:
        raise Http404
    spec = MOVES[name]
    form = MoveForm(request.POST or None, move=spec, incident=incident)
    if request.method != "POST" and name not in permissions.steps_open(request.user, incident, now=now(request)):
        messages.info(request, _("“%(step)s” is not open to you here now.") % {"step": spec.label})
        return redirect("incidents:detail", incident.pk)
    if request.method == "POST" and form.is_valid() and _taken(request, incident, name, form):
        messages.success(request, _("%(number)s: %(step)s") % {"number": incident.number, "step": spec.label})
        return back(request, incident)
    return page(request, incident, form, heading=spec.label, button=spec.label, step=name)


def _taken(request: SignedInRequest, incident: Incident, name: str, form: MoveForm) -> bool:
    """The step; on the phone under the form's number, as its script would hand it in, so that it counts once."""
    by, at, number = request.user, now(request), form.cleaned_data["client_id"]
    if number is None or name not in STEPS or request.POST.get("door") != "field":
        return tried(form, lambda: actions.move(incident, name, by=by, now=at, **form.facts()))
    said = {"incident": str(incident.pk), "step": name, "words": form.cleaned_data["words"]}
    got = attempt(form, lambda: sync.receive(number, "incidents.step", said, by=by, now=at))
    if got is not None and got.status == sync.CONFLICT:
        form.add_error(None, sync.SENT_ALREADY)
    return got is not None and got.status != sync.CONFLICT


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: SignedInRequest, pk: Any, kind: str) -> HttpResponse:
    """Ask for a return, more time, a suspension or voiding."""
    incident = load(request, pk)
    if kind not in ASKS:
        raise Http404
    form = AskForm(request.POST or None, request.FILES or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("reason", "evidence", "photos")}
        said["seconds"] = form.seconds()
        if tried(form, lambda: actions.ask(incident, kind, by=request.user, now=now(request), **said)):
            messages.success(request, _("Asked for. You will see the answer here."))
            return back(request, incident)
    return page(request, incident, form, heading=ASKS[kind].label, button=_("Ask for it"))


def _request(request: SignedInRequest, pk: Any) -> Request:
    seen = Incident.objects.visible_to(request.user)
    return get_object_or_404(Request.objects.select_related("incident__category").filter(incident__in=seen), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Approve or refuse a request."""
    asked = _request(request, pk)
    incident = load(request, asked.incident_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve, words = request.POST.get("answer") == "approve", form.cleaned_data["words"]
        if tried(form, lambda: actions.answer(asked, approve=approve, words=words, by=request.user, now=now(request))):
            messages.success(request, _("Approved.") if approve else _("Refused."))
            return back(request, incident)
    proof = list(Attachment.objects.of(asked))
    return page(request, incident, form, heading=ASKS[asked.kind].label, asked=asked, proof=proof)


@require_POST
def take_back(request: SignedInRequest, pk: Any) -> HttpResponse:
    """No longer wanted."""
    asked = _request(request, pk)
    try:
        actions.take_back(asked, by=request.user, now=now(request))
        messages.success(request, _("Your request has been taken back."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return back(request, asked.incident)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def run_on(request: SignedInRequest, pk: Any) -> HttpResponse:
    """The reason of a suspension is gone: the deadline runs on."""
    incident = load(request, pk)
    form = AnswerForm(request.POST or None)
    until = suspended_until(incident)
    if request.method != "POST" and not (until and permissions.may_run_on(request.user, incident)):
        messages.info(request, _("“%(step)s” is not open to you here now.") % {"step": RUN_ON})
        return back(request, incident)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        if tried(form, lambda: actions.run_on(incident, words=words, by=request.user, now=now(request))):
            messages.success(request, _("The deadline runs again."))
            return back(request, incident)
    told = _("Suspended until %(until)s at most. From now on the time counts again; another suspension needs approval.")
    note = told % {"until": exact(until)} if until else ""
    return page(request, incident, form, heading=RUN_ON, button=RUN_ON, note=note)


@require_POST
def comment(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Words or photos beside the way; the same record whether a phone's tray or this form hands it in."""
    incident = load(request, pk)
    form = CommentForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return back(request, incident)
    said = {"incident": str(incident.pk), "words": form.cleaned_data["words"]}
    files = form.cleaned_data["photos"]
    number = form.cleaned_data["client_id"]
    try:
        got = sync.receive(number, "incidents.comment", said, by=request.user, now=now(request), attachments=files)
        if got.status == sync.CONFLICT:
            messages.error(request, sync.SENT_ALREADY)
        else:
            messages.success(request, _("Your comment has been added."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return back(request, incident)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@reauthentication_required
def reveal(request: SignedInRequest, pk: Any, field: str) -> HttpResponse:
    """The caller's name or phone in full: a reason first, recorded before the value is shown."""
    incident = load(request, pk)
    if field not in Incident.personal or not allows(request.user, Perm.REVEAL_REPORTERS, incident):
        raise Http404
    form, value = RevealForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            why = form.cleaned_data["reason"]
            value = actions.reveal_reporter(incident, field, by=request.user, reason=why, now=now(request))
        except privacy.QuotaReached as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error("reason", error)
    context = {"incident": incident, "form": form, "value": value, "is_phone": field == "caller_phone"}
    return render(request, "incidents/reveal.html", context)
