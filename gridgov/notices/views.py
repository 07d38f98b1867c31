"""The inbox: what concerns the reader, what is unread first at hand."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gridgov import dbtime
from gridgov.accounts.requests import SignedInRequest
from gridgov.ids import uuid_of
from gridgov.notices import actions, registry
from gridgov.notices.models import Notice
from gridgov.paging import keyset


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """The newest notices, the unread ones unless `show=all`; `read` names one that was just marked."""
    show_all = request.GET.get("show") == "all"
    mine = Notice.objects.visible_to(request.user)
    unread = mine.unread_count()
    tabs = [
        {"label": _("Unread"), "url": reverse("notices:inbox"), "count": unread, "current": not show_all},
        {"label": _("All"), "url": "?show=all", "count": None, "current": show_all},
    ]
    page = keyset(mine if show_all else mine.unread(), request, by=("-id",))
    lines = registry.about(request.user, page.rows)
    for notice in page.rows:
        notice.about = lines.get((notice.subject_kind, notice.subject_id), "")
    context = {
        "page": page,
        "tabs": tabs,
        "show_all": show_all,
        "unread": unread,
        "just_read": uuid_of(request.GET.get("read", "")),
        "now": dbtime.now(request),
    }
    return render(request, "notices/inbox.html", context)


@require_safe
def bell(request: SignedInRequest) -> HttpResponse:
    """The bell with its count, as the shell shows it; asked for each minute while the page is visible."""
    return render(request, "shell/bell.html", {"unread": Notice.objects.visible_to(request.user).unread_count()})


@require_POST
def open_notice(request: SignedInRequest, id: UUID) -> HttpResponse:
    """Mark as read and go where the reader can act."""
    notice = _mine(request, id)
    actions.mark_read(notice, by=request.user, now=dbtime.now(request))
    return redirect(notice.url or "notices:inbox")


@require_POST
def read(request: SignedInRequest, id: UUID) -> HttpResponse:
    """Mark one as read; the list it leaves offers to undo that."""
    actions.mark_read(_mine(request, id), by=request.user, now=dbtime.now(request))
    return redirect(f"{reverse('notices:inbox')}?read={id}")


@require_POST
def unread(request: SignedInRequest, id: UUID) -> HttpResponse:
    """Undo: mark one as unread."""
    actions.mark_unread(_mine(request, id), by=request.user, now=dbtime.now(request))
    return redirect("notices:inbox")


@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark all as read."""
    count = actions.mark_all_read(by=request.user, now=dbtime.now(request))
    if count:
        text = ngettext("%(count)s message marked as read.", "%(count)s messages marked as read.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("Nothing was unread."))
    return redirect("notices:inbox")


def _mine(request: SignedInRequest, id: UUID) -> Notice:
    return get_object_or_404(Notice.objects.visible_to(request.user), pk=id)
