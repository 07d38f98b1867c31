"""The catalogue of what may be reported, and the duty list: read by everyone at work, changed by the office."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from grids import permissions
from grids.forms import attempt, saved
from grids.permissions import Perm
from incidents.actions import catalogue as actions
from incidents.catalogue_forms import CategoryForm, DutyForm
from incidents.models import Category, Duty

LEFT_OUT = ("phrases", "lead_unit", "clock", "handle_seconds", "promise_seconds")


@require_safe
def catalogue(request: SignedInRequest) -> HttpResponse:
    """Every heading with its entries, limits and who answers."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    entries = Category.objects.exclude(major=None).select_related("lead_unit", "major").order_by("code")
    headings: dict[int, dict] = {}
    for major in Category.objects.majors().order_by("code"):
        headings[major.pk] = {"major": major, "entries": []}
    for entry in entries:
        headings[entry.major_id or 0]["entries"].append(entry)
    may_edit = permissions.scope(request.user).holds(Perm.EDIT_CATALOGUE)
    return render(request, "incidents/catalogue.html", {"headings": headings.values(), "may_edit": may_edit})


@require_POST
def load_default(request: SignedInRequest) -> HttpResponse:
    """The default catalogue, where entries are missing: what an office begins with."""
    added = actions.load_default(by=request.user, now=now(request))
    messages.success(request, ngettext("%(n)s entry added.", "%(n)s entries added.", added) % {"n": added})
    return redirect("incidents:catalogue")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """A new entry under the heading its code names."""
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)
    initial = {"is_public": True, "on_the_spot": True, "is_active": True, "code": request.GET.get("heading", "")}
    form = CategoryForm(request.POST or None, by=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        major = Category.objects.majors().filter(code=form.cleaned_data["code"][:2]).first()
        if major is None:
            form.add_error("code", _("There is no heading with these first two digits."))
        else:
            facts = form.cleaned_data
            made = attempt(form, lambda: actions.create_category(major, by=request.user, now=now(request), **facts))
            if made is not None:
                messages.success(request, _("%(entry)s can be reported now.") % {"entry": made.label})
                return redirect("incidents:catalogue")
    context = {"form": form, "heading": _("New entry"), "back": reverse("incidents:catalogue")}
    return render(request, "incidents/category.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Change one entry; its duty list stands beside it."""
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)
    found = get_object_or_404(Category.objects.exclude(major=None), code=code)
    initial = {name: getattr(found, name) for name in actions.FACTS if name not in LEFT_OUT}
    initial |= {"phrases": "\n".join(found.phrases), "lead_unit": found.lead_unit_id}
    form = CategoryForm(request.POST or None, by=request.user, editing=True, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, lambda: actions.change_category(found, by=request.user, now=now(request), **form.cleaned_data))
    ):
        messages.success(request, _("Saved."))
        return redirect("incidents:catalogue")
    duties = found.duties.select_related("area", "unit").order_by("area_path")
    context = {"form": form, "category": found, "duties": duties, "heading": f"{found.code} {found.label}"}
    return render(request, "incidents/category.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_duty(request: SignedInRequest, code: str) -> HttpResponse:
    """One more line of the duty list."""
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)
    found = get_object_or_404(Category.objects.exclude(major=None), code=code)
    form = DutyForm(request.POST or None, by=request.user)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, lambda: actions.add_duty(found, by=request.user, now=now(request), **form.cleaned_data))
    ):
        return redirect("incidents:edit_category", found.code)
    context = {"form": form, "heading": _("Who answers for “%(entry)s” where") % {"entry": found.label}}
    return render(request, "incidents/category.html", context)


@require_POST
def remove_duty(request: SignedInRequest, duty_id: int) -> HttpResponse:
    """Take a line away."""
    permissions.require_anywhere(request.user, Perm.EDIT_CATALOGUE)
    found = get_object_or_404(Duty.objects.select_related("category", "area", "unit"), pk=duty_id)
    actions.remove_duty(found, by=request.user, now=now(request))
    messages.success(request, _("Removed. The catalogue's own unit answers there again."))
    return redirect("incidents:edit_category", found.category.code)
