"""Setting a password: one's own, and by the one-time link the office hands over."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gridgov.accounts import actions, lockout, sessions, signing_in
from gridgov.accounts.actions import ResetRefused
from gridgov.accounts.forms import ChangePasswordForm, NewPasswordForm, locked_message
from gridgov.accounts.models import PasswordReset
from gridgov.accounts.signing_in import person_of
from gridgov.dbtime import now


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """A new password for oneself; every other device is signed out."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid() and password_is_right(request, form):
        user = actions.change_password(
            person_of(request), form.cleaned_data["new_password"], by=request.user, now=now(request)
        )
        update_session_auth_hash(request, user)
        sessions.begin(request, user)
        messages.success(request, _("The password is changed. Your other devices are signed out."))
        return redirect(signing_in.safe_next(request) or "accounts:profile")
    context = {
        "form": form,
        "next": signing_in.safe_next(request),
        "forced": person_of(request).must_change_password,
        "max_days": settings.PASSWORD_MAX_DAYS,
    }
    return render(request, "accounts/change_password.html", context)


def password_is_right(request: HttpRequest, form: Form) -> bool:
    """Whether the form's `password` is the signed-in person's; says beside the field when it is not. Counted."""
    try:
        right = signing_in.check_again(request, form.cleaned_data["password"])
    except lockout.Locked as locked:
        form.add_error("password", locked_message(locked))
        return False
    if not right:
        form.add_error("password", _("The password is not right."))
    return right


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def set_by_link(request: HttpRequest) -> HttpResponse:
    """A new password by a one-time link. An unknown, used or old code says so, and what to do.

    The code stands behind the # of the link, which no browser sends and no log sees; a script hands it over in
    the body of a POST. Without scripts the person types it.
    """
    if request.method == "GET":
        return render(request, "accounts/one_time_code.html")
    token = request.POST.get("token", "").strip()
    reset = PasswordReset.objects.usable(token, now(request))
    if reset is None:
        return _gone(request)
    typed = "new_password" in request.POST
    form = NewPasswordForm(request.POST if typed else None, user=reset.user)
    if form.is_valid():
        try:
            actions.use_reset(token, form.cleaned_data["new_password"], now=now(request))
        except ResetRefused:
            return _gone(request)
        messages.success(request, _("The new password is set. Sign in with it now."))
        return redirect("account_login")
    return render(request, "accounts/set_password.html", {"form": form, "person": reset.user, "token": token})


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/link_gone.html", status=410)
