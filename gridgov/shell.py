"""What every page needs around its content: the menu its reader may use, and what is waiting for them."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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


MENU: tuple[Group, ...] = (
    Group(
        _("Work"),
        (Entry(_("Areas"), "grids:tree", "map", (Perm.VIEW_AREAS,)),),
    ),
)


def menu(user: Any) -> list[dict[str, Any]]:
    """The groups and entries this person may use; empty groups disappear."""
    scope = permissions.scope(user)
    shown = []
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
    return shown


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context of every page."""
    user = getattr(request, "user", None)
    return {
        "demo": settings.DEMO,
        "menu": menu(user) if user is not None and user.is_authenticated else [],
    }
