"""消息设置: by which ways one is told, at both doors."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gridgov.accounts import devices
from gridgov.accounts.models import Identity
from gridgov.accounts.requests import SignedInRequest
from gridgov.accounts.signing_in import person_of
from gridgov.dbtime import now
from gridgov.notices import channels, choice_actions
from gridgov.notices.channels.push import public_key
from gridgov.notices.forms import CodeForm, MailboxForm, WaysForm
from gridgov.notices.models import Mailbox, Preference, PushDevice

DESK, PHONE = "accounts/base.html", "field/base.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: SignedInRequest) -> HttpResponse:
    """At the desk."""
    return _settings(request, DESK)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: SignedInRequest) -> HttpResponse:
    """On the phone."""
    return _settings(request, PHONE)


def _back(request: SignedInRequest) -> HttpResponse:
    return redirect("notices:settings_phone" if request.POST.get("door") == "phone" else "notices:settings")


def _settings(request: SignedInRequest, layout: str, **forms_shown: Any) -> HttpResponse:
    person = person_of(request)
    ways = channels.personal()
    reached = {way.name for way in ways if person.pk in way.reaches([person])}
    saving = request.method == "POST" and not forms_shown
    chosen = Preference.objects.of(person)
    form = WaysForm(request.POST if saving else None, chosen=chosen, reached=reached)
    if saving and form.is_valid():
        choice_actions.choose(person, **form.chosen(), by=person, now=now(request))
        messages.success(request, _("Your choice is saved."))
        return _back(request)
    context = {
        "layout": layout,
        "door": "phone" if layout == PHONE else "desk",
        "person": person,
        "form": form,
        "any_way": bool(ways),
        "names": {way.name for way in ways},
        "mailbox": Mailbox.objects.filter(user=person).first(),
        "linked": set(Identity.objects.filter(user=person).values_list("platform", flat=True)),
        "push_devices": PushDevice.objects.filter(user=person).order_by("-id"),
        "push_key": public_key() if settings.OUTSIDE.push else "",
        "mailbox_form": MailboxForm(),
        "code_form": CodeForm(),
        **forms_shown,
    }
    return render(request, "notices/settings.html", context)


def _one_step(
    request: SignedInRequest, name: str, form: forms.Form, field: str, step: Callable[[], Any], done: str
) -> HttpResponse:
    """Run an action behind a small form; a refusal stands beside its field, the rest of the page as it was."""
    if form.is_valid():
        try:
            step()
        except ValidationError as refused:
            form.add_error(field, refused)
        else:
            messages.success(request, done)
            return _back(request)
    return _settings(request, PHONE if request.POST.get("door") == "phone" else DESK, **{name: form})


@require_POST
def mailbox(request: SignedInRequest) -> HttpResponse:
    """Give an e-mail address; a code goes there."""
    form, person = MailboxForm(request.POST), person_of(request)
    return _one_step(
        request,
        "mailbox_form",
        form,
        "address",
        lambda: choice_actions.set_mailbox(person, form.cleaned_data["address"], by=person, now=now(request)),
        _("A code is on its way to this address."),
    )


@require_POST
def confirm(request: SignedInRequest) -> HttpResponse:
    """Type the code."""
    form, person = CodeForm(request.POST), person_of(request)
    return _one_step(
        request,
        "code_form",
        form,
        "code",
        lambda: choice_actions.confirm_mailbox(person, form.cleaned_data["code"], by=person, now=now(request)),
        _("Your e-mail address is confirmed."),
    )


@require_POST
def remove_mailbox(request: SignedInRequest) -> HttpResponse:
    """Forget the address."""
    choice_actions.remove_mailbox(person_of(request), by=person_of(request), now=now(request))
    messages.success(request, _("Your e-mail address is removed."))
    return _back(request)


@require_POST
def add_device(request: SignedInRequest) -> HttpResponse:
    """Switch notifications on in this browser."""
    person, agent = person_of(request), request.headers.get("User-Agent", "")
    try:
        choice_actions.add_device(
            person,
            request.POST.get("subscription", ""),
            device=devices.called(agent),
            by=person,
            now=now(request),
        )
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("This browser shows notifications from now on."))
    return _back(request)


@require_POST
def remove_device(request: SignedInRequest, id: UUID) -> HttpResponse:
    """Switch notifications off in one browser."""
    row = get_object_or_404(PushDevice, user=request.user, pk=id)
    choice_actions.remove_device(row, by=person_of(request), now=now(request))
    messages.success(request, _("Notifications are off there."))
    return _back(request)
