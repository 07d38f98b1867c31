"""Saved views: a person's own questions to the list, by name."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Reads of saved views."""

    def visible_to(self, user: Any) -> Self:
        """One's own and nobody else's, whatever posts one holds."""
        return self.filter(user_id=user.pk)

    def kept(self) -> Self:
        """Not deleted."""
        return self.filter(deleted_at=None)


class SavedView(models.Model):
    """A tab, filters and an order, as the query string of the list; a deleted one can be brought back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=600, editable=False)
    created_at = models.DateTimeField(editable=False)
    deleted_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(
        null=True, blank=True, editable=False
    )

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
