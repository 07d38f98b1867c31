"""Beside the list: saved views, and one step for the rows that were picked."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.ids import uuid_of
from grids import permissions
from grids.forms import attempt
from grids.permissions import Perm
from incidents import actions, bulk
from incidents.models import SavedView

KEY = "incidents.bulk"  # the last outcome, in the person's session: reloading its page repeats nothing


class ViewForm(forms.Form):
    """What a saved view is called."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=40)


def _list(query: str) -> str:
    return f"{reverse('incidents:list')}?{query}"


def _page(request: SignedInRequest, form: ViewForm, heading: str, back: str, **more: Any) -> HttpResponse:
    return render(request, "incidents/view_form.html", {"form": form, "heading": heading, "back": back, **more})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def save_view(request: SignedInRequest) -> HttpResponse:
    """Keep the filters of the address under a name."""
    permissions.require_anywhere(request.user, Perm.VIEW_INCIDENTS)
    query = request.GET.urlencode()
    form = ViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        made = attempt(form, lambda: actions.save_view(name, query, by=request.user, now=now(request)))
        if made is not None:
            messages.success(request, _("“%(name)s” is kept above the list.") % {"name": made.name})
            return redirect(_list(made.query))
    return _page(request, form, _("Save this view"), _list(query))


def _own(request: SignedInRequest, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit_view(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rename a view; or, when it has been deleted, offer it back."""
    view = _own(request, pk)
    form = ViewForm(request.POST or None, initial={"name": view.name})
    if request.method == "POST" and view.deleted_at is None and form.is_valid():
        name = form.cleaned_data["name"]
        if attempt(form, lambda: actions.rename_view(view, name, by=request.user, now=now(request))) is not None:
            return redirect(_list(view.query))
    return _page(request, form, view.name, _list(view.query), view=view)


@require_POST
def delete_view(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete it; the page that follows offers it back."""
    view = actions.delete_view(_own(request, pk), by=request.user, now=now(request))
    return redirect("incidents:edit_view", view.pk)


@require_POST
def restore_view(request: SignedInRequest, pk: int) -> HttpResponse:
    """Undo the deletion."""
    view = _own(request, pk)
    try:
        actions.restore_view(view, by=request.user, now=now(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("incidents:edit_view", view.pk)
    return redirect(_list(view.query))


def picked(request: SignedInRequest) -> list[str]:
    """The cases that were ticked: proper numbers only, at most a page of them."""
    asked = [uuid_of(text) for text in request.POST.getlist("pk")[: bulk.MOST]]
    return [str(pk) for pk in asked if pk is not None]


@require_POST
def take(request: SignedInRequest, name: str) -> HttpResponse:
    """One step for every picked row."""
    if name not in bulk.STEPS:
        raise Http404
    if not (pks := picked(request)):
        messages.info(request, _("Nothing was picked."))
        return redirect(_list(request.GET.urlencode()))
    outcomes = bulk.take(name, pks, by=request.user, now=now(request))
    told = {"step": name, "rows": [asdict(one) for one in outcomes], "missing": len(pks) - len(outcomes)}
    request.session[KEY] = {**told, "query": request.GET.urlencode()}
    return redirect("incidents:bulk_outcome")


@require_safe
@never_cache
def outcome(request: SignedInRequest) -> HttpResponse:
    """What became of each row."""
    permissions.require_anywhere(request.user, Perm.VIEW_INCIDENTS)
    told = request.session.get(KEY) or {"step": "", "rows": [], "query": "", "missing": 0}
    done = sum(1 for row in told["rows"] if row["done"])
    context = {
        "rows": sorted(told["rows"], key=lambda row: row["done"]),
        "done": done,
        "refused": len(told["rows"]) - done + told["missing"],
        "missing": told["missing"],
        "step": bulk.STEPS.get(told["step"], ""),
        "back": _list(told["query"]),
    }
    return render(request, "incidents/outcome.html", context)
