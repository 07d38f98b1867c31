"""Signing in, signing out, and proving it is still you."""

from allauth.account.internal.flows import logout as allauth_logout
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password, resume_request
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts import demo, lockout, platforms, signing_in
from gridgov.accounts.forms import PasswordForm, SignInForm, locked_message


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Staff number or phone, and password; the second step follows where there is one."""
    to = signing_in.safe_next(request)
    if request.user.is_authenticated:
        return redirect(to or settings.LOGIN_REDIRECT_URL)
    form = SignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = signing_in.check(request, form.cleaned_data["login"], form.cleaned_data["password"])
        except lockout.Locked as locked:
            form.add_error(None, locked_message(locked))
        else:
            if user is not None:
                return signing_in.finish(request, user, to=to or resolve_url(settings.LOGIN_REDIRECT_URL))
            form.add_error(None, _("The staff number, phone or password is not right."))
    context = {"form": form, "next": to, "demo_people": demo.people(), "platforms": platforms.configured()}
    return render(request, "accounts/sign_in.html", context)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    allauth_logout.logout(request)
    return redirect(signing_in.safe_next(request) or settings.LOGOUT_REDIRECT_URL)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """The password again, before something delicate; then back to it."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            right = signing_in.check_again(request, form.cleaned_data["password"])
        except lockout.Locked as locked:
            form.add_error(None, locked_message(locked))
        else:
            if right:
                reauthenticate_by_password(request)
                return resume_request(request) or redirect(settings.LOGIN_REDIRECT_URL)
            form.add_error("password", _("The password is not right."))
    return render(request, "accounts/reauthenticate.html", {"form": form, "next": signing_in.safe_next(request)})


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Enter as one of the demo's people (registered only while DEMO is on)."""
    return demo.enter(request, request.POST.get("username", ""))
