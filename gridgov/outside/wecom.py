"""企业微信's server API as far as we use it (developer.work.weixin.qq.com): token, messages, who came back."""

from typing import Any

from django.conf import settings

from gridgov.outside import http, tokens
from gridgov.outside.config import WeCom, need


def _fetch() -> tuple[str, float]:
    own = configuration()
    answer = http.get_json(f"{own.url}/cgi-bin/gettoken", corpid=own.corp_id, corpsecret=own.secret)
    answer = tokens.checked(answer)
    return answer["access_token"], float(answer.get("expires_in", 7200))


def configuration() -> WeCom:
    """Ours. Called only where it is configured."""
    return need(settings.OUTSIDE.wecom)


def send(message: dict[str, Any]) -> dict[str, Any]:
    """An application message (应用消息)."""
    url = f"{configuration().url}/cgi-bin/message/send"
    return tokens.call("wecom", _fetch, lambda token: http.post_json(url, message, access_token=token))


def who(code: str) -> str:
    """The member's userid behind a sign-in code; "" for somebody who is not a member of ours."""
    url = f"{configuration().url}/cgi-bin/auth/getuserinfo"
    answer = tokens.call("wecom", _fetch, lambda token: http.get_json(url, access_token=token, code=code))
    return str(answer.get("userid") or answer.get("UserId") or "")
