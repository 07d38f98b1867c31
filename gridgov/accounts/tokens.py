"""API tokens: `Authorization: Bearer ggt_…` acts as the person it was made for; `Token ggt_…` does too."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from gridgov.accounts.models import ApiToken, User, token_hash
from gridgov.dbtime import now
from gridgov.labels import words
from gridgov.labels.models import newest_version


class TokenAuthentication(BaseAuthentication):
    """Signs a program in by its token. A wrong, revoked or disabled one is refused, not ignored."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The person and the token, or None when the request carries no such header."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() not in (b"bearer", b"token"):  # the second is what most clients of DRF send
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("The token header is not well formed."))
        found = (
            ApiToken.objects.annotate(labels_version=newest_version())
            .select_related("user")
            .filter(token_hash=token_hash(parts[1].decode("latin-1")), revoked_at=None)
        )
        token = found.filter(user__is_active=True, user__is_service=False).first()
        if token is None:
            raise AuthenticationFailed(_("The token is unknown or was revoked."))
        words.follow(token.labels_version)
        self._note_use(token, request)
        return token.user, token

    def _note_use(self, token: ApiToken, request: Request) -> None:
        present = now(request._request)
        stale = Q(last_used_at=None) | Q(last_used_at__lt=present - timedelta(minutes=1))
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=present)

    def authenticate_header(self, request: Request) -> str:
        """Makes an unauthenticated answer 401 rather than 403."""
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's description speaks of tokens."""

    target_class = "gridgov.accounts.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """`Authorization: Bearer ggt_…`"""
        return {"type": "http", "scheme": "bearer", "description": "`manage.py create_token USERNAME` makes one."}
