"""The PIN of a phone: chosen there, asked after a pause, taken off again."""

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts import lockout, pins, signing_in
from gridgov.accounts.forms import ChoosePinForm, PinForm
from gridgov.accounts.requests import SignedInRequest
from gridgov.accounts.views.password import password_is_right
from gridgov.audit import actions as audit
from gridgov.dbtime import now


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: SignedInRequest) -> HttpResponse:
    """Stay signed in on this phone behind a PIN; the password first, so that a borrowed phone stays borrowed."""
    person = signing_in.person_of(request)
    if not pins.offered(person):
        messages.error(request, _("Your role asks for a second step at each sign-in, so no phone can stay signed in."))
        return redirect("accounts:me")
    form = ChoosePinForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and password_is_right(request, form):
        try:
            pins.choose(request, form.cleaned_data["pin"], lock=form.cleaned_data["lock"], by=person, now=now(request))
        except ValidationError as error:
            form.add_error("pin", error)
        else:
            messages.success(request, _("This phone stays signed in. After a pause it asks for the PIN."))
            return redirect("accounts:me")
    return render(request, "accounts/pin.html", {"form": form, "has_pin": pins.has(request)})


@require_POST
def remove(request: SignedInRequest) -> HttpResponse:
    """No longer stay signed in here."""
    pins.remove(request, by=signing_in.person_of(request), now=now(request))
    messages.success(request, _("The PIN is off. After a pause this phone is signed out."))
    return redirect("accounts:me")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: SignedInRequest) -> HttpResponse:
    """The PIN, after a pause or before a delicate page. Five wrong ones end the session."""
    person, to = signing_in.person_of(request), signing_in.safe_next(request)
    if not pins.has(request):
        return redirect(to or "home")
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if pins.enter(request, form.cleaned_data["pin"], by=person, now=now(request)):
                return redirect(to or "home")
            form.add_error("pin", _("The PIN is not right. After five wrong ones the password is asked."))
        except lockout.Locked:
            audit.record("accounts.pin_locked", person, by=None, at=now(request))
            logout(request)
            messages.error(request, _("Too many wrong PINs. Sign in with your password; what you saved is still here."))
            return redirect("account_login")
    return render(request, "accounts/unlock.html", {"form": form, "next": to, "person": person, "phone_shut": True})
