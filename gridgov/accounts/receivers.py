"""Writes down what Django and allauth announce: who signed in and out, and changes of the second factor."""

from typing import Any

from allauth.mfa import signals as factor
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from gridgov.accounts import sessions
from gridgov.audit import actions as audit


@receiver(user_logged_in)
def start_session(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A fresh session gets its rules and its record."""
    sessions.begin(request, user)
    audit.record("accounts.sign_in", user, by=user)


@receiver(user_logged_out)
def end_session(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Signed out, by hand or by the clock."""
    if user is not None:
        audit.record("accounts.sign_out", user, by=user)


@receiver(factor.authenticator_added)
def factor_added(sender: Any, request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """A second factor was set up."""
    sessions.factor_added(request)
    audit.record("accounts.add_factor", user, by=user, kind=authenticator.type)


@receiver(factor.authenticator_removed)
def factor_removed(sender: Any, request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """A second factor was taken off."""
    audit.record("accounts.remove_factor", user, by=user, kind=authenticator.type)


@receiver(factor.authentication_failed)
def code_failed(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A wrong code."""
    audit.record("accounts.code_failed", user, by=None)
