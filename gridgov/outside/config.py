"""Addresses and keys of gateways and platforms, from the environment. Half a configuration stops the program."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SMS_STYLES = ("aliyun", "json")
DEFAULT_SMS_BODY = '{"id": "{key}", "phone": "{phone}", "text": "{text}", "sign": "{sign}"}'
PUSH_HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
ROBOT_HOSTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com")


@dataclass(frozen=True, slots=True)
class Sms:
    """A gateway for text messages: Aliyun's signature, or signed JSON with a body of one's own."""

    style: str
    url: str
    key: str
    secret: str = field(repr=False)
    sign: str
    template: str
    body: Any = None
    success: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WeCom:
    """企业微信: one self-built application, for messages and sign-in."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    url: str
    sign_in_url: str
    in_app_url: str


@dataclass(frozen=True, slots=True)
class DingTalk:
    """钉钉: one internal application, for work notifications and sign-in."""

    client_id: str
    client_secret: str = field(repr=False)
    agent_id: int
    url: str
    api_url: str
    sign_in_url: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver of signed events. The first secret is the current one, the others are still signed with."""

    url: str
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Push:
    """Web push: our VAPID key, whom a push service may write to, and where subscriptions may point."""

    private_key: str = field(repr=False)
    contact: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Oidc:
    """An OpenID Connect provider: its issuer's address tells everything else."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True)
class Outside:
    """All of it; None where nothing is configured."""

    site_url: str = ""
    mail_from: str = ""
    sms: Sms | None = None
    wecom: WeCom | None = None
    dingtalk: DingTalk | None = None
    webhook: Webhook | None = None
    push: Push | None = None
    oidc: Oidc | None = None
    basemap_file: str = ""  # a PMTiles file beneath our maps
    basemap_words: str = ""  # whose map it is
    basemap_approval: str = ""  # 审图号
    tianditu_key: str = field(default="", repr=False)
    robot_hosts: tuple[str, ...] = ROBOT_HOSTS
    more_origins: tuple[str, ...] = ()
    private_hosts: frozenset[str] = frozenset()  # hosts that may lie in our own network, and may lack https

    @property
    def image_origins(self) -> list[str]:
        """Whose pictures the browser may show beside our own."""
        return ["https://*.tianditu.gov.cn"] if self.tianditu_key else []

    @property
    def sign_in_origins(self) -> list[str]:
        """Where a sign-in button may lead: the browser's form-action has to know them."""
        urls = [self.wecom.sign_in_url, self.wecom.in_app_url] if self.wecom else []
        urls += [self.dingtalk.sign_in_url] if self.dingtalk else []
        urls += [self.oidc.issuer] if self.oidc else []
        return sorted({f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, [*urls, *self.more_origins])})


T = TypeVar("T")


def need(found: T | None) -> T:
    """The configuration of something that is used only where it is configured. LookupError when it is not any more."""
    if found is None:
        raise LookupError("It is not configured.")
    return found


class Reader:
    """Reads settings of one group together: all of them or none, and only what makes sense."""

    def __init__(self, env: environ.Env) -> None:
        self.env = env
        self.private = frozenset(host.lower() for host in env.list("GRIDGOV_PRIVATE_HOSTS", default=[]))

    def text(self, name: str, default: str = "") -> str:
        """The value without blanks around it."""
        return str(self.env.str(name, default=default)).strip()

    def group(self, *names: str) -> dict[str, str] | None:
        """The values by name, None when not one is set. ImproperlyConfigured when only some are."""
        values = {name: self.text(name) for name in names}
        missing = [name for name, value in values.items() if not value]
        if len(missing) == len(names):
            return None
        if missing:
            raise ImproperlyConfigured(f"{', '.join(missing)} must be set too, or none of {', '.join(names)}.")
        return values

    def url(self, name: str, default: str = "") -> str:
        """A whole address: https, or http to a host of GRIDGOV_PRIVATE_HOSTS; no user, no fragment."""
        text = self.text(name, default).rstrip("/")
        parts = urlsplit(text)
        plain = parts.scheme == "http" and parts.hostname in self.private
        if not parts.hostname or parts.username or parts.fragment or not (parts.scheme == "https" or plain):
            raise ImproperlyConfigured(
                f"{name} is {text!r}; it must begin with https:// (http:// only to hosts in GRIDGOV_PRIVATE_HOSTS)."
            )
        return text

    def number(self, name: str, text: str) -> int:
        """A whole number above zero."""
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise ImproperlyConfigured(f"{name} is {text!r}; it must be a number.")
        return int(text)


def _sms(r: Reader) -> Sms | None:
    style = r.text("GRIDGOV_SMS_STYLE")
    if not style:
        return None
    if style not in SMS_STYLES:
        raise ImproperlyConfigured(f"GRIDGOV_SMS_STYLE is {style!r}; it must be one of {', '.join(SMS_STYLES)}.")
    got = r.group("GRIDGOV_SMS_KEY", "GRIDGOV_SMS_SECRET", "GRIDGOV_SMS_SIGN")
    if got is None:
        raise ImproperlyConfigured("GRIDGOV_SMS_STYLE needs GRIDGOV_SMS_KEY, GRIDGOV_SMS_SECRET and GRIDGOV_SMS_SIGN.")
    aliyun = style == "aliyun"
    template = r.text("GRIDGOV_SMS_TEMPLATE", "" if aliyun else "{title} {url}")
    if not template:
        raise ImproperlyConfigured("GRIDGOV_SMS_TEMPLATE must name the template that the gateway approved.")
    template = template if aliyun else _words("GRIDGOV_SMS_TEMPLATE", template)
    url = r.url("GRIDGOV_SMS_URL", "https://dysmsapi.aliyuncs.com" if aliyun else "")
    body = None if aliyun else _json("GRIDGOV_SMS_BODY", r.text("GRIDGOV_SMS_BODY", DEFAULT_SMS_BODY))
    name, equals, value = r.text("GRIDGOV_SMS_SUCCESS").partition("=")
    if name and not equals:
        raise ImproperlyConfigured("GRIDGOV_SMS_SUCCESS must look like code=0: a field of the answer and its value.")
    success = (name, value) if name else None
    key, secret, sign = got.values()
    return Sms(style, url, key, secret, sign, template, body, success)


def _json(name: str, text: str) -> Any:
    try:
        body = json.loads(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not JSON.") from None
    if not isinstance(body, dict) or "{phone}" not in text or "{text}" not in text:
        raise ImproperlyConfigured(f"{name} must be a JSON object that holds {{phone}} and {{text}}.")
    return body


def _words(name: str, text: str) -> str:
    """A text whose {placeholders} are those we fill."""
    try:
        text.format_map(dict.fromkeys(("title", "body", "url", "sign"), ""))
    except (KeyError, ValueError, IndexError, AttributeError):
        raise ImproperlyConfigured(
            f"{name} may hold {{title}}, {{body}}, {{url}} and {{sign}}, and no other brace."
        ) from None
    return text


def _wecom(r: Reader) -> WeCom | None:
    got = r.group("GRIDGOV_WECOM_CORP_ID", "GRIDGOV_WECOM_AGENT_ID", "GRIDGOV_WECOM_SECRET")
    if got is None:
        return None
    corp_id, agent_id, secret = got.values()
    return WeCom(
        corp_id,
        r.number("GRIDGOV_WECOM_AGENT_ID", agent_id),
        secret,
        url=r.url("GRIDGOV_WECOM_URL", "https://qyapi.weixin.qq.com"),
        sign_in_url=r.url("GRIDGOV_WECOM_SIGN_IN_URL", "https://login.work.weixin.qq.com/wwlogin/sso/login"),
        in_app_url=r.url("GRIDGOV_WECOM_IN_APP_URL", "https://open.weixin.qq.com/connect/oauth2/authorize"),
    )


def _dingtalk(r: Reader) -> DingTalk | None:
    got = r.group("GRIDGOV_DINGTALK_CLIENT_ID", "GRIDGOV_DINGTALK_CLIENT_SECRET", "GRIDGOV_DINGTALK_AGENT_ID")
    if got is None:
        return None
    client_id, secret, agent_id = got.values()
    return DingTalk(
        client_id,
        secret,
        r.number("GRIDGOV_DINGTALK_AGENT_ID", agent_id),
        url=r.url("GRIDGOV_DINGTALK_URL", "https://oapi.dingtalk.com"),
        api_url=r.url("GRIDGOV_DINGTALK_API_URL", "https://api.dingtalk.com"),
        sign_in_url=r.url("GRIDGOV_DINGTALK_SIGN_IN_URL", "https://login.dingtalk.com/oauth2/auth"),
    )


def _webhook(r: Reader) -> Webhook | None:
    if r.group("GRIDGOV_WEBHOOK_URL", "GRIDGOV_WEBHOOK_SECRETS") is None:
        return None
    secrets = tuple(s.strip() for s in r.env.list("GRIDGOV_WEBHOOK_SECRETS") if s.strip())
    if any(len(secret) < 24 for secret in secrets):
        raise ImproperlyConfigured("Each of GRIDGOV_WEBHOOK_SECRETS must have at least 24 characters.")
    return Webhook(r.url("GRIDGOV_WEBHOOK_URL"), secrets)


def _push(r: Reader) -> Push | None:
    got = r.group("GRIDGOV_PUSH_PRIVATE_KEY", "GRIDGOV_PUSH_CONTACT")
    if got is None:
        return None
    key, contact = got.values()
    try:
        raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ImproperlyConfigured("GRIDGOV_PUSH_PRIVATE_KEY must be what `manage.py make_push_key` printed.")
    if not contact.startswith(("mailto:", "https://")):
        raise ImproperlyConfigured("GRIDGOV_PUSH_CONTACT must begin with mailto: or https://.")
    more = tuple(r.env.list("GRIDGOV_PUSH_HOSTS", default=[]))
    return Push(key, contact, (*PUSH_HOSTS, *more))


def _oidc(r: Reader) -> Oidc | None:
    got = r.group("GRIDGOV_OIDC_ISSUER", "GRIDGOV_OIDC_CLIENT_ID", "GRIDGOV_OIDC_CLIENT_SECRET")
    if got is None:
        return None
    _issuer, client_id, secret = got.values()
    return Oidc(r.url("GRIDGOV_OIDC_ISSUER"), client_id, secret, r.text("GRIDGOV_OIDC_NAME", "OpenID"))


def _basemap(r: Reader) -> dict[str, str]:
    names = ("file", "words", "approval")
    found = {f"basemap_{name}": r.text(f"GRIDGOV_BASEMAP_{name.upper()}") for name in names}
    key = r.text("GRIDGOV_TIANDITU_KEY")
    if key and not (key.isascii() and key.isalnum()):
        raise ImproperlyConfigured("GRIDGOV_TIANDITU_KEY must be letters and digits.")
    if key and found["basemap_file"]:
        raise ImproperlyConfigured("GRIDGOV_BASEMAP_FILE and GRIDGOV_TIANDITU_KEY exclude each other: set one.")
    return {**found, "tianditu_key": key}


def read(env: environ.Env) -> Outside:
    """Everything outside that this installation may speak to. ImproperlyConfigured says which value is wrong."""
    r = Reader(env)
    found: dict[str, Any] = {
        "sms": _sms(r),
        "wecom": _wecom(r),
        "dingtalk": _dingtalk(r),
        "webhook": _webhook(r),
        "push": _push(r),
        "oidc": _oidc(r),
        "mail_from": r.text("GRIDGOV_MAIL_FROM"),
    }
    if bool(found["mail_from"]) != bool(r.text("GRIDGOV_MAIL_URL")):
        raise ImproperlyConfigured("GRIDGOV_MAIL_URL and GRIDGOV_MAIL_FROM belong together: set both or none.")
    needed = any(found.values())
    site = r.url("GRIDGOV_SITE_URL") if needed or r.text("GRIDGOV_SITE_URL") else ""
    robots = (*ROBOT_HOSTS, *r.env.list("GRIDGOV_ROBOT_HOSTS", default=[]))
    origins = tuple(r.env.list("GRIDGOV_SIGN_IN_ORIGINS", default=[]))
    found |= _basemap(r)
    return Outside(site_url=site, robot_hosts=robots, more_origins=origins, private_hosts=r.private, **found)
