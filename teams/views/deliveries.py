"""The delivery log, and the ways messages leave by with a test message for each."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gridgov.accounts.models import User
from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.notices import channels
from gridgov.notices.models import GroupRobot, Outbox, OutboxState
from gridgov.notices.models.outbox import OutboxQuerySet
from gridgov.paging import keyset
from gridgov.typed import DayField, midnight, posted
from grids import permissions
from grids.permissions import Perm
from teams.actions import deliveries as actions
from teams.deliveries import visible_to

MOST_FOUND = 30  # people of one name
# Every way there can be, and the settings that open it; docs/operations.md explains each.
WAYS = (
    ("wecom", gettext_lazy("WeCom"), "GRIDGOV_WECOM_CORP_ID, GRIDGOV_WECOM_AGENT_ID, GRIDGOV_WECOM_SECRET"),
    (
        "dingtalk",
        gettext_lazy("DingTalk"),
        "GRIDGOV_DINGTALK_CLIENT_ID, GRIDGOV_DINGTALK_CLIENT_SECRET, GRIDGOV_DINGTALK_AGENT_ID",
    ),
    ("sms", gettext_lazy("Text message"), "GRIDGOV_SMS_STYLE, GRIDGOV_SMS_KEY, GRIDGOV_SMS_SECRET, GRIDGOV_SMS_SIGN"),
    ("mail", gettext_lazy("E-mail"), "GRIDGOV_MAIL_URL, GRIDGOV_MAIL_FROM"),
    ("push", gettext_lazy("Browser notification"), "GRIDGOV_PUSH_PRIVATE_KEY, GRIDGOV_PUSH_CONTACT"),
    ("webhook", gettext_lazy("Webhook"), "GRIDGOV_WEBHOOK_URL, GRIDGOV_WEBHOOK_SECRETS"),
    ("wecom_group", gettext_lazy("WeCom group robot"), "GRIDGOV_SITE_URL"),
    ("dingtalk_group", gettext_lazy("DingTalk group robot"), "GRIDGOV_SITE_URL"),
)
TABS = (
    ("", gettext_lazy("All")),
    (OutboxState.WAITING, gettext_lazy("Waiting")),
    (OutboxState.FAILED, gettext_lazy("Failed")),
    (OutboxState.SENT, gettext_lazy("Sent")),
    (OutboxState.CANCELLED, gettext_lazy("Taken back")),
)


def _rows(request: SignedInRequest) -> OutboxQuerySet:
    held = permissions.scope(request.user)
    if not (held.holds(Perm.VIEW_DELIVERIES) or held.holds(Perm.OPERATE_SYSTEM)):
        raise PermissionDenied
    return visible_to(request.user)


class DeliveryFilter(forms.Form):
    """Which way, to whom, from when until when. A person stands in the address by a key that says nothing of them."""

    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        required=False,
        choices=[("", gettext_lazy("all channels")), *(w[:2] for w in WAYS)],
    )
    to = forms.UUIDField(required=False, widget=forms.HiddenInput)
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Until"), required=False)

    def apply(self, rows: OutboxQuerySet) -> OutboxQuerySet:
        """`rows` without what the reader did not ask for; a wrong field filters nothing."""
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("channel"):
            rows = rows.filter(channel=asked["channel"])
        if asked.get("to"):
            rows = rows.filter(user__public_id=asked["to"])
        if asked.get("since"):
            rows = rows.filter(created_at__gte=midnight(asked["since"]))
        if asked.get("until"):
            rows = rows.filter(created_at__lt=midnight(asked["until"], plus=1))
        return rows


def _tabs(request: SignedInRequest, state: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    query = QueryDict(_without(request, "state"), mutable=True)
    tabs = []
    for code, label in TABS:
        query["state"] = code
        counted = counts.get(code, 0) if code in (OutboxState.WAITING, OutboxState.FAILED) else None
        tabs.append({"label": label, "url": f"?{query.urlencode()}", "count": counted, "current": code == state})
    return tabs


class WhoForm(forms.Form):
    """Whose deliveries: a name or an account, typed; it never stands in an address."""

    who = forms.CharField(label=gettext_lazy("To whom"), max_length=64)


def _told(request: SignedInRequest) -> Any:
    """Everybody to whom something was sent that the reader may see."""
    return User.objects.filter(pk__in=_rows(request).exclude(user=None).order_by().values("user")).order_by(
        "name", "pk"
    )


def _only(request: SignedInRequest, form: DeliveryFilter) -> list[dict[str, str]]:
    """The person whose deliveries alone are shown, with the list without them."""
    key = form.cleaned_data.get("to")
    person = _told(request).filter(public_id=key).first() if key else None
    if person is None:
        return []
    return [{"label": person.name, "url": f"?{_without(request, 'to')}"}]


def _without(request: SignedInRequest, *names: str) -> str:
    query = request.GET.copy()
    for name in ("after", "before", *names):
        query.pop(name, None)
    return query.urlencode()


@never_cache
@require_POST
def find(request: SignedInRequest) -> HttpResponse:
    """To whom: one person of this name or account is shown at once, of several one is chosen."""
    form, query = WhoForm(request.POST), QueryDict(request.POST.get("query", "")[1:500], mutable=True)
    found: list[User] = []
    if form.is_valid():
        who = form.cleaned_data["who"]
        found = list(_told(request).filter(Q(name__icontains=who) | Q(username__iexact=who))[:MOST_FOUND])
    for name in ("after", "before", "to"):
        query.pop(name, None)
    address = reverse("deliveries:log")
    links = [{"person": one, "url": f"{address}?{_with(query, one)}"} for one in found]
    if len(found) == 1:
        return redirect(f"{address}?{_with(query, found[0])}")
    return render(request, "teams/deliveries/people.html", {"form": form, "links": links, "query": query.urlencode()})


def _with(query: QueryDict, person: User) -> str:
    query["to"] = str(person.public_id)
    return query.urlencode()


@never_cache
@require_safe
def log(request: SignedInRequest) -> HttpResponse:
    """What was sent beyond the inbox: to whom, which way, when, how often it was tried and what went wrong."""
    form = DeliveryFilter(request.GET)
    rows = form.apply(_rows(request))
    state = request.GET.get("state", "")
    state = state if state in OutboxState.values else ""
    # Each of the two states has an index of its own, "in" has none.
    unsettled = Q(state=OutboxState.WAITING) | Q(state=OutboxState.FAILED)
    open_states = rows.filter(unsettled).order_by("state")
    counts = {row["state"]: row["n"] for row in open_states.values("state").annotate(n=Count("pk"))}
    shown = (rows.filter(state=state) if state else rows).select_related("user", "user__mailbox", "robot")
    channel = form.cleaned_data.get("channel", "")
    context = {
        "form": form,
        "who": WhoForm(),
        "only": _only(request, form),
        "query": _without(request),
        "tabs": _tabs(request, state, counts),
        "page": keyset(shown, request, by=("-id",)),
        "state": state,
        "keep": {"state": state} if state else {},
        "channel": channel,
        "channel_label": channels.label(channel) if channel else "",
        "count": counts.get(state, 0),
        "filtered": bool(state or any(request.GET.get(name) for name in form.fields)),
        "configured": bool(channels.configured()),
        "operates": permissions.scope(request.user).holds(Perm.OPERATE_SYSTEM),
        "now": now(request),
    }
    return render(request, "teams/deliveries/log.html", context)


def _one(request: SignedInRequest, id: UUID) -> Outbox:
    return get_object_or_404(_rows(request), pk=id)


def _back(request: SignedInRequest) -> HttpResponse:
    query = request.POST.get("query", "")
    response = redirect("deliveries:log")
    if query.startswith("?") and query.isascii() and query.isprintable():
        response["Location"] += query
    return response


@require_POST
def resend(request: SignedInRequest, id: UUID) -> HttpResponse:
    """Send one again."""
    try:
        actions.resend(_one(request, id), by=request.user, now=now(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("It is being sent again."))
    return _back(request)


@require_POST
def cancel(request: SignedInRequest, id: UUID) -> HttpResponse:
    """Take one back that waits."""
    if actions.cancel(_one(request, id), by=request.user, now=now(request)):
        messages.success(request, _("Taken back. It can be sent again from here."))
    else:
        messages.warning(request, _("It was no longer waiting."))
    return _back(request)


@require_POST
def resend_failed(request: SignedInRequest) -> HttpResponse:
    """Send all failed ones of a way again."""
    _rows(request)
    count = actions.resend_failed(posted(request, "channel", 80), by=request.user, now=now(request))
    text = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
    messages.success(request, text % {"count": count})
    return _back(request)


@require_POST
def cancel_waiting(request: SignedInRequest) -> HttpResponse:
    """Take all waiting ones of a way back."""
    _rows(request)
    count = actions.cancel_waiting(posted(request, "channel", 80), by=request.user, now=now(request))
    text = ngettext("%(count)s message taken back.", "%(count)s messages taken back.", count)
    messages.success(request, text % {"count": count})
    return _back(request)


@never_cache
@require_safe
def ways(request: SignedInRequest) -> HttpResponse:
    """Every way messages can leave by: configured or not, what waits, how the last test went."""
    permissions.require_anywhere(request.user, Perm.OPERATE_SYSTEM)
    present, names = now(request), {channel.name for channel in channels.configured()}
    depth = {row["channel"]: row for row in Outbox.objects.depth(present)}
    failed = Outbox.objects.failed_by_channel()
    tests = Outbox.objects.filter(key__startswith="test:", robot=None).order_by("channel", "-id").distinct("channel")
    tried = {row.channel: row for row in tests}
    lines = [
        {
            "name": name,
            "label": label,
            "needs": needs,
            "on": name in names,
            "depth": depth.get(name),
            "failed": failed.get(name, 0),
            "test": tried.get(name),
            "by_unit": name in GroupRobot.At.values,
        }
        for name, label, needs in WAYS
    ]
    context = {"lines": lines, "now": present, "site_url": settings.OUTSIDE.site_url}
    return render(request, "teams/deliveries/ways.html", context)


@require_POST
def try_out(request: SignedInRequest, channel: str) -> HttpResponse:
    """Send myself a test message."""
    try:
        actions.try_out(channel, by=request.user, now=now(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("The test message is on its way; its line here says how it went."))
    return redirect("deliveries:ways")
