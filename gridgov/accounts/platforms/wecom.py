"""企业微信: by its code page on a desk, or silently inside its own browser. It knows neither PKCE nor nonce."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.http import urlencode

from gridgov.accounts.models import Platform
from gridgov.accounts.platforms.trips import Trip
from gridgov.outside import wecom


class SignIn:
    """Members of our own organisation only: the code is exchanged with our application's key."""

    name = Platform.WECOM.value
    label = Platform.WECOM.label

    def away(self, request: HttpRequest, trip: Trip, back: str) -> str:
        """Which page depends on where the person is."""
        own = wecom.configuration()
        common = {"appid": own.corp_id, "agentid": str(own.agent_id), "redirect_uri": back, "state": trip.state}
        if "wxwork" in request.headers.get("User-Agent", ""):
            query = urlencode(common | {"response_type": "code", "scope": "snsapi_base"})
            return f"{own.in_app_url}?{query}#wechat_redirect"
        return f"{own.sign_in_url}?{urlencode(common | {'login_type': 'CorpApp'})}"

    def who(self, answer: Mapping[str, str], trip: Trip, back: str) -> str:
        """The member's userid."""
        return wecom.who(answer.get("code", ""))
