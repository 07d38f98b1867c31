"""钉钉's server API as far as we use it (open.dingtalk.com): token, work notifications, who came back."""

from typing import Any

from django.conf import settings

from gridgov.outside import http, tokens
from gridgov.outside.config import DingTalk, need
from gridgov.outside.trouble import Trouble, Why

NOT_FOUND = "60121"


def configuration() -> DingTalk:
    """Ours. Called only where it is configured."""
    return need(settings.OUTSIDE.dingtalk)


def _fetch() -> tuple[str, float]:
    own = configuration()
    answer = tokens.checked(http.get_json(f"{own.url}/gettoken", appkey=own.client_id, appsecret=own.client_secret))
    return answer["access_token"], float(answer.get("expires_in", 7200))


def _call(path: str, data: dict[str, Any]) -> dict[str, Any]:
    url = f"{configuration().url}{path}"
    return tokens.call("dingtalk", _fetch, lambda token: http.post_json(url, data, access_token=token))


def send(message: dict[str, Any]) -> dict[str, Any]:
    """A work notification (工作通知)."""
    return _call("/topapi/message/corpconversation/asyncsend_v2", message)


def who(code: str) -> str:
    """The userid in our organisation behind a sign-in code; "" for somebody from outside."""
    own = configuration()
    facts = {"clientId": own.client_id, "clientSecret": own.client_secret, "code": code}
    got = http.post_json(f"{own.api_url}/v1.0/oauth2/userAccessToken", facts | {"grantType": "authorization_code"})
    head = {"x-acs-dingtalk-access-token": str(got.get("accessToken", ""))}
    union = http.get_json(f"{own.api_url}/v1.0/contact/users/me", headers=head).get("unionId")
    if not union:
        raise Trouble(Why.UNREADABLE)
    try:
        return str(_call("/topapi/user/getbyunionid", {"unionid": union})["result"]["userid"])
    except Trouble as trouble:
        if trouble.detail == NOT_FOUND:
            return ""
        raise
