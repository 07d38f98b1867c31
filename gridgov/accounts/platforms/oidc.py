"""OpenID Connect: code with PKCE and nonce; the ID token is checked against the provider's published keys."""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.http import urlencode
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gridgov.accounts.models import Platform
from gridgov.accounts.platforms.trips import Trip
from gridgov.outside import http
from gridgov.outside.config import Oidc, need
from gridgov.outside.trouble import Refused, Trouble, Why

ALGORITHMS = ["RS256", "PS256", "ES256"]
KEPT_SECONDS = 600
LEEWAY = 60
_descriptions: dict[str, tuple[float, dict[str, Any]]] = {}


def _description(own: Oidc) -> dict[str, Any]:
    """The provider's own description, kept for ten minutes; it has to name the issuer we asked."""
    known = _descriptions.get(own.issuer)
    if known is None or known[0] < time.monotonic():
        found = http.get_json(f"{own.issuer}/.well-known/openid-configuration")
        needed = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if any(not isinstance(found.get(name), str) for name in needed) or found["issuer"].rstrip("/") != own.issuer:
            raise Trouble(Why.UNREADABLE, "description")
        known = _descriptions[own.issuer] = (time.monotonic() + KEPT_SECONDS, found)
    return known[1]


def _checked(token: str, own: Oidc, description: dict[str, Any], nonce: str) -> dict[str, Any]:
    """The claims of an ID token: signed by the provider, for us, still valid, and for this very journey."""
    keys = http.get_json(description["jwks_uri"])
    rules = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": description["issuer"]},
        aud={"essential": True, "value": own.client_id},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        rules.validate(decoded.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Refused(Why.KEY, type(error).__name__) from None
    claims = dict(decoded.claims)
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != own.client_id:
        raise Refused(Why.KEY, "azp")
    return claims


class SignIn:
    """Any provider that describes itself under its issuer's address."""

    name = Platform.OIDC.value

    @property
    def label(self) -> str | Promise:
        """As the office calls it (GRIDGOV_OIDC_NAME)."""
        return need(settings.OUTSIDE.oidc).name

    def away(self, request: HttpRequest, trip: Trip, back: str) -> str:
        """Its authorization endpoint, with the hash of a secret that only this session knows."""
        own = need(settings.OUTSIDE.oidc)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(trip.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": own.client_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "openid",
            "state": trip.state,
            "nonce": trip.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        url = _description(own)["authorization_endpoint"]
        return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"

    def who(self, answer: Mapping[str, str], trip: Trip, back: str) -> str:
        """Issuer and subject: another provider's same subject is somebody else."""
        own = need(settings.OUTSIDE.oidc)
        description = _description(own)
        facts = {
            "grant_type": "authorization_code",
            "code": answer.get("code", ""),
            "redirect_uri": back,
            "code_verifier": trip.verifier,
        }
        pair = f"{quote(own.client_id, safe='')}:{quote(own.client_secret, safe='')}"
        head = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": "Basic " + base64.b64encode(pair.encode()).decode(),
        }
        body = urlencode(facts).encode()
        got = http.expect_success(http.send("POST", description["token_endpoint"], body=body, headers=head)).json()
        claims = _checked(str(got.get("id_token", "")), own, description, trip.nonce)
        return json.dumps([claims["iss"], str(claims["sub"])])
