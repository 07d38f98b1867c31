"""Sign-ins: made, corrected, disabled, and helped with a one-time link."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts.models import User
from gridgov.accounts.qr import reset_link, svg
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.typed import posted
from grids import permissions
from grids.forms import attempt, saved
from grids.models import AreaUserPermission
from grids.permissions import Perm
from teams import actions, search
from teams.forms import ExceptionForm, PersonForm
from teams.models import people_visible_to


def managed(request: SignedInRequest, public_id: str) -> User:
    """The person, if the reader manages sign-ins at all and sees them."""
    permissions.require_anywhere(request.user, Perm.MANAGE_ACCOUNTS)
    return get_object_or_404(people_visible_to(request.user), public_id=public_id)


def form_page(
    request: SignedInRequest, form: forms.Form, heading: str, button: str, cancel: str, crumb: str = ""
) -> HttpResponse:
    """The one page all short forms of this room share; `crumb`: where `cancel` leads, if not to the address book."""
    context = {"form": form, "heading": heading, "button": button, "cancel": cancel, "crumb": crumb}
    return render(request, "teams/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def create(request: SignedInRequest) -> HttpResponse:
    """A new person; then to their page, to appoint them."""
    permissions.require_anywhere(request.user, Perm.MANAGE_ACCOUNTS)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.create_person(**form.cleaned_data, by=request.user, now=now(request)))
        if made is not None:
            messages.success(request, _("%(name)s can be appointed now.") % {"name": made})
            return redirect("teams:person", made.public_id)
    return form_page(request, form, _("New person"), _("Create"), reverse("teams:book"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Correct a name or phone. The old phone is not shown: an empty field keeps it."""
    who = managed(request, public_id)
    form = PersonForm(request.POST or None, initial={"name": who.name})
    del form.fields["username"]
    form.fields["phone"].help_text = _("Now %(phone)s. Leave empty to keep it.") % {"phone": who.phone or _("none")}
    if request.method == "POST" and form.is_valid():
        name, phone = form.cleaned_data["name"], form.cleaned_data["phone"] or None
        if saved(form, lambda: actions.edit_person(who, name=name, phone=phone, by=request.user, now=now(request))):
            return redirect("teams:person", who.public_id)
    back = reverse("teams:person", args=[who.public_id])
    return form_page(request, form, _("Correct %(name)s") % {"name": who.name}, _("Save"), back, who.name)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_ins(request: SignedInRequest) -> HttpResponse:
    """Who lost a password or a phone is found here; the search is posted, so that no name stands in an address."""
    permissions.require_anywhere(request.user, Perm.MANAGE_ACCOUNTS)
    text = posted(request, "q", 80)
    people = search.find_people(request.user, text, timezone.localdate(), also_disabled=True) if text else []
    return render(request, "teams/sign_ins.html", {"q": text, "people": people})


@require_POST
@never_cache
def reset(request: SignedInRequest, public_id: str) -> HttpResponse:
    """A one-time link as a QR code, shown once, to be handed over in person."""
    who = managed(request, public_id)
    try:
        issued = actions.reset_password(who, by=request.user, now=now(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("teams:person", who.public_id)
    link = reset_link(request, issued.token)
    qr = svg(link, label=_("One-time link for %(name)s") % {"name": who.name})
    return render(request, "teams/reset.html", {"who": who, "link": link, "qr": qr, "expires_at": issued.expires_at})


@require_POST
def disable(request: SignedInRequest, public_id: str) -> HttpResponse:
    """End every session and let nobody sign in as this person."""
    who = managed(request, public_id)
    actions.disable_person(who, by=request.user, now=now(request))
    messages.success(request, _("%(name)s can no longer sign in.") % {"name": who})
    return redirect("teams:person", who.public_id)


@require_POST
def enable(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Give the sign-in back."""
    who = managed(request, public_id)
    actions.enable_person(who, by=request.user, now=now(request))
    messages.success(request, _("%(name)s can sign in again.") % {"name": who})
    return redirect("teams:person", who.public_id)


@require_POST
def unlink(request: SignedInRequest, public_id: str, platform: str) -> HttpResponse:
    """Take a linked account away from somebody else."""
    who = managed(request, public_id)
    if actions.unlink_account(who, platform, by=request.user, now=now(request)):
        messages.success(
            request, _("The account no longer signs %(name)s in; open sessions have ended.") % {"name": who}
        )
    return redirect("teams:person", who.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The exceptional grant: one right on one area for a while."""
    permissions.require_anywhere(request.user, Perm.APPOINT)
    who = get_object_or_404(people_visible_to(request.user), public_id=public_id)
    form = ExceptionForm(request.POST or None, by=request.user)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, lambda: actions.grant_exception(who, **form.cleaned_data, by=request.user, now=now(request)))
    ):
        return redirect("teams:person", who.public_id)
    back = reverse("teams:person", args=[who.public_id])
    return form_page(
        request, form, _("Exceptional right for %(name)s") % {"name": who.name}, _("Grant"), back, who.name
    )


@require_POST
def revoke(request: SignedInRequest, grant_id: int) -> HttpResponse:
    """Take an exceptional grant back."""
    permissions.require_anywhere(request.user, Perm.APPOINT)
    inside = permissions.within(permissions.scope(request.user).paths(Perm.APPOINT), "content_object__path")
    found = get_object_or_404(AreaUserPermission.objects.filter(inside).select_related("user"), pk=grant_id)
    actions.revoke_exception(found, by=request.user, now=now(request))
    messages.success(request, _("Taken back."))
    return redirect("teams:person", found.user.public_id)
