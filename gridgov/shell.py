"""What every page needs around its content: the menu its reader may use, and what is waiting for them."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov import program
from gridgov.accounts import pins, preferences
from gridgov.notices.models import Notice
from grids import permissions
from grids.permissions import Perm


@dataclass(frozen=True)
class Entry:
    """One line of the menu: shown when any post gives one of `perms`."""

    label: str | Promise
    url_name: str
    icon: str
    perms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """A heading with its lines."""

    label: str | Promise
    entries: tuple[Entry, ...]


IMPORTERS = (Perm.EDIT_AREAS, Perm.EDIT_UNITS, Perm.APPOINT, Perm.ACCEPT_INCIDENTS)
MENU: tuple[Group, ...] = (
    Group(
        _("Work"),
        (
            Entry(_("Street board"), "assessment:board", "layout-dashboard", (Perm.VIEW_BOARD,)),
            Entry(_("Incidents"), "incidents:list", "clipboard-list", (Perm.VIEW_INCIDENTS,)),
            Entry(_("Supervision"), "incidents:supervision", "flag", (Perm.SUPERVISE_INCIDENTS,)),
            Entry(_("Kept for review"), "assessment:kept", "inbox", (Perm.ACCEPT_INCIDENTS,)),
            Entry(_("On the phone"), "assessment:today", "device-mobile", (Perm.SELF_RESOLVE_INCIDENTS,)),
            Entry(_("Patrols"), "patrols:routes", "walk", (Perm.PLAN_PATROLS,)),
            Entry(_("Areas"), "grids:tree", "map", (Perm.VIEW_AREAS,)),
            Entry(_("Map"), "grids:map", "map-2", (Perm.VIEW_AREAS,)),
            Entry(pgettext_lazy("thing", "Places"), "places:list", "building-community", (Perm.VIEW_AREAS,)),
            Entry(_("City assets"), "assets:list", "tag", (Perm.VIEW_AREAS,)),
            Entry(_("Boundary plans"), "plans:list", "vector", (Perm.PLAN_BOUNDARIES, Perm.APPROVE_BOUNDARIES)),
            Entry(_("Campaigns"), "incidents:campaigns", "list-check", (Perm.VIEW_BOARD,)),
            Entry(_("Residents"), "residents:home", "home-heart", (Perm.VIEW_RESIDENTS,)),
            Entry(_("Duty"), "teams:roster", "calendar-time", (Perm.VIEW_BOARD, Perm.KEEP_DUTY_LOG, Perm.PLAN_ROSTER)),
            Entry(_("Address book"), "teams:book", "users", (Perm.VIEW_PEOPLE,)),
        ),
    ),
    Group(
        _("Administration"),
        (
            Entry(_("First steps"), "setup", "tool", (Perm.APPOINT, Perm.EDIT_AREAS, Perm.OPERATE_SYSTEM)),
            Entry(_("Import"), "imports:list", "file-import", IMPORTERS),
            Entry(_("Units"), "teams:units", "building", (Perm.EDIT_UNITS,)),
            Entry(_("Admitted tasks"), "teams:tasks", "shield-check", (Perm.VIEW_AREAS,)),
            Entry(_("Burden ledger"), "incidents:burden", "notebook", (Perm.VIEW_BOARD,)),
            Entry(_("Catalogue"), "incidents:catalogue", "category", (Perm.VIEW_AREAS,)),
            Entry(_("Limits"), "limits:list", "clock", (Perm.EDIT_CATALOGUE,)),
            Entry(_("Ladders"), "limits:ladders", "alarm", (Perm.EDIT_CATALOGUE,)),
            Entry(_("Working calendars"), "calendars:list", "calendar", (Perm.EDIT_CALENDARS,)),
            Entry(_("Wall views"), "assessment:walls", "device-desktop", (Perm.SHARE_BOARD,)),
            Entry(_("Delivery log"), "deliveries:log", "send", (Perm.VIEW_DELIVERIES,)),
            Entry(_("Data rights by role"), "teams:roles", "key", (Perm.APPOINT, Perm.EDIT_AREAS)),
        ),
    ),
    Group(
        _("System administration"),
        (
            Entry(_("Dictionaries and labels"), "dictionaries:list", "book", (Perm.EDIT_CATALOGUE,)),
            Entry(_("Operation log"), "logs:operations", "list", (Perm.VIEW_AUDIT,)),
            Entry(_("Sign-in log"), "logs:sign_ins", "login", (Perm.VIEW_AUDIT,)),
            Entry(_("System status"), "operation:status", "activity", (Perm.OPERATE_SYSTEM,)),
            Entry(_("Message channels"), "deliveries:ways", "broadcast", (Perm.OPERATE_SYSTEM,)),
            Entry(_("API"), "api:docs", "share", (Perm.OPERATE_SYSTEM,)),
            Entry(_("Who is here now"), "logs:online", "users", (Perm.OPERATE_SYSTEM,)),
            Entry(_("Reset a sign-in"), "teams:sign_ins", "lock", (Perm.MANAGE_ACCOUNTS,)),
        ),
    ),
)


def menu(user: Any, at: str = "") -> list[dict[str, Any]]:
    """The groups and entries this person may use, the one that holds the page `at` marked; empty groups disappear."""
    scope = permissions.scope(user)
    shown: list[dict[str, Any]] = []
    for group in MENU:
        entries = []
        for entry in group.entries:
            if entry.perms and not any(scope.holds(perm) for perm in entry.perms):
                continue
            try:
                entries.append({"label": entry.label, "url": reverse(entry.url_name), "icon": entry.icon})
            except NoReverseMatch:
                continue
        if entries:
            shown.append({"label": group.label, "entries": entries})
    _mark_current([entry for group in shown for entry in group["entries"]], at)
    return shown


def _mark_current(entries: list[dict[str, Any]], at: str) -> None:
    """The entry whose address is the longest beginning of `at`: a case page belongs to its list."""
    holding = [e for e in entries if at == e["url"] or (e["url"] != "/" and at.startswith(e["url"]))]
    if holding:
        max(holding, key=lambda e: len(e["url"]))["current"] = True


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page. What costs a query is asked only by the pages that show it."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "site_name": settings.SITE_NAME or _("Grid workbench"),
        "demo": settings.DEMO,
        "basemap": bool(settings.OUTSIDE.basemap_file or settings.OUTSIDE.tianditu_key),
        "look": preferences.look(request),
        "phone_lock": SimpleLazyObject(lambda: pins.phone_lock(request)) if signed_in else None,
        "field_version": SimpleLazyObject(program.version),
        "may_search": SimpleLazyObject(lambda: permissions.scope(user).holds(Perm.VIEW_INCIDENTS))
        if signed_in
        else False,
        "may_report": SimpleLazyObject(lambda: permissions.scope(user).holds(Perm.REPORT_INCIDENTS))
        if signed_in
        else False,
        "menu": SimpleLazyObject(lambda: menu(user, request.path)) if signed_in else [],
        "unread": SimpleLazyObject(lambda: Notice.objects.visible_to(user).unread_count()) if signed_in else 0,
    }
