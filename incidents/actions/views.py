"""Saved views: keep a question to the list under a name, rename it, delete it and bring it back."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from incidents.models import SavedView

MOST = 20
KEPT = (
    *("tab", "sort", "q", "status", "level", "category", "area", "unit", "reported", "due"),
    *("extent", "acting", "exact"),
)


def question_of(query: str) -> str:
    """What of a list's address makes the question: where one was reading is left out."""
    given = QueryDict(query)
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if given.get(name):
            kept[name] = given[name]
    return kept.urlencode()


def _own(user: Any) -> list[SavedView]:
    """The person's views, while nobody adds another: the row of the person is held."""
    User.objects.select_for_update().get(pk=user.pk)
    return list(SavedView.objects.visible_to(user).kept())


def _check_name(name: str, others: list[SavedView]) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise ValidationError({"name": _("Give it a name.")})
    if any(plain.casefold() == other.name.casefold() for other in others):
        raise ValidationError({"name": _("You have a view called “%(name)s” already.") % {"name": plain}})
    return plain


@transaction.atomic
def save_view(name: str, query: str, *, by: Any, now: datetime) -> SavedView:
    """Keep the question `query` under `name`; ValidationError by field for a taken name or too many views."""
    others = _own(by)
    if len(others) >= MOST:
        raise ValidationError({"name": _("You have %(most)s views. Delete one first.") % {"most": MOST}})
    question = question_of(query)
    if len(question) > 600:
        raise ValidationError({"name": _("These filters are too long to keep.")})
    view = SavedView(user=by, name=_check_name(name, others), query=question, created_at=now)
    view.full_clean(exclude=["user"])
    view.save()
    audit.record("incidents.save_view", view, by=by, at=now)
    return view


@transaction.atomic
def rename_view(view: SavedView, name: str, *, by: Any, now: datetime) -> SavedView:
    """Give it another name."""
    others = [other for other in _own(by) if other.pk != view.pk]
    view = SavedView.objects.visible_to(by).kept().get(pk=view.pk)
    view.name = _check_name(name, others)
    view.full_clean(exclude=["user"])
    view.save(update_fields=["name"])
    audit.record("incidents.rename_view", view, by=by, at=now)
    return view


@transaction.atomic
def delete_view(view: SavedView, *, by: Any, now: datetime) -> SavedView:
    """Away from the list; `restore_view` brings it back."""
    view = SavedView.objects.visible_to(by).select_for_update().get(pk=view.pk)
    view.deleted_at = now
    view.save(update_fields=["deleted_at"])
    audit.record("incidents.delete_view", view, by=by, at=now)
    return view


@transaction.atomic
def restore_view(view: SavedView, *, by: Any, now: datetime) -> SavedView:
    """Undo the deletion, unless the name has been given to another meanwhile."""
    others = [other for other in _own(by) if other.pk != view.pk]
    view = SavedView.objects.visible_to(by).get(pk=view.pk)
    view.name = _check_name(view.name, others)
    view.deleted_at = None
    view.save(update_fields=["deleted_at"])
    audit.record("incidents.restore_view", view, by=by, at=now)
    return view
