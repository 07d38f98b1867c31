"""钉钉: by its sign-in page; who is not in our organisation is nobody here. It knows neither PKCE nor nonce."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.http import urlencode

from gridgov.accounts.models import Platform
from gridgov.accounts.platforms.trips import Trip
from gridgov.outside import dingtalk


class SignIn:
    """The userid in our organisation, the same that work notifications go to."""

    name = Platform.DINGTALK.value
    label = Platform.DINGTALK.label

    def away(self, request: HttpRequest, trip: Trip, back: str) -> str:
        """Its sign-in page."""
        own = dingtalk.configuration()
        query = {
            "client_id": own.client_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "openid",
            "state": trip.state,
            "prompt": "consent",
        }
        return f"{own.sign_in_url}?{urlencode(query)}"

    def who(self, answer: Mapping[str, str], trip: Trip, back: str) -> str:
        """The platform calls the code authCode."""
        return dingtalk.who(answer.get("authCode") or answer.get("code", ""))
