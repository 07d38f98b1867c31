"""The request of somebody who is signed in: what every view behind `LoginRequiredMiddleware` gets."""

from django.http import HttpRequest

from gridgov.accounts.models import User


class SignedInRequest(HttpRequest):
    """For annotations only; the middleware has seen to it that nobody else comes this far."""

    user: User
