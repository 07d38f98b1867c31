"""What the office calls things; a label without a row has the words of the program."""

from django.db import models
from django.db.models import IntegerField, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class Label(models.Model):
    """One label in both languages; an empty language keeps the program's word.

    Rows are never deleted, and `version` grows with each change (under one lock): the highest tells a process
    whether what it read is still what holds.
    """

    key = models.CharField(max_length=60, primary_key=True)
    zh = models.CharField(_("Chinese"), max_length=16, blank=True)
    en = models.CharField(_("English"), max_length=32, blank=True)
    version = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["-version"], name="label_newest")]

    def __str__(self) -> str:
        return self.key


def newest_version() -> Coalesce:
    """The version of all labels, as a column for a query that every request makes anyway (0: never changed)."""
    highest = Label.objects.order_by("-version").values("version")[:1]
    return Coalesce(Subquery(highest), Value(0), output_field=IntegerField())
