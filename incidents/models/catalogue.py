"""What may be reported, and which unit answers for it where (事件目录、权责清单)."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Length
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from grids.models import Area
from grids.models.called import Called
from teams.models import Unit


def in_language(chinese: str, english: str) -> str:
    """The one of two names that the reader speaks; the Chinese one where there is no English."""
    return english if english and not (get_language() or "zh").startswith("zh") else chinese


class CategoryQuerySet(models.QuerySet["Category"]):
    """Reads of the catalogue."""

    def offered(self) -> "CategoryQuerySet":
        """What can be reported today: active minors of active majors."""
        return self.filter(is_active=True, major__is_active=True)

    def for_residents(self) -> "CategoryQuerySet":
        """What the residents' door takes: no emergencies (they call), nothing the office keeps to itself."""
        return self.filter(is_public=True, is_emergency=False)

    def majors(self) -> "CategoryQuerySet":
        """The headings."""
        return self.filter(major=None)


class Category(Called):
    """An entry of the catalogue: a major heading (no `major`) or something that can be reported.

    Limits are seconds: of the calendar's working time for WORKING, of any time for NATURAL (docs/domain.md §1.6).
    """

    class Clock(models.TextChoices):
        """Which time counts."""

        WORKING = "working", _("Working time")
        NATURAL = "natural", _("Around the clock")

    class Verification(models.TextChoices):
        """Who says that it is solved."""

        WORKER = "worker", _("A grid worker on site")
        RESIDENT = "resident", _("The resident, by call-back")
        NONE = "none", _("The desk, by the result")

    class Nature(models.TextChoices):
        """What the reporter wants."""

        PROBLEM = "problem", _("Problem")
        REQUEST = "request", _("Request")
        COMPLAINT = "complaint", _("Complaint")
        ADVICE = "advice", _("Advice")
        EMERGENCY = "emergency", _("Emergency")

    major = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="minors", verbose_name=_("heading")
    )
    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    lead_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible unit")
    )
    nature = models.CharField(_("nature"), max_length=12, choices=Nature.choices, default=Nature.PROBLEM)
    clock = models.CharField(_("which time counts"), max_length=8, choices=Clock.choices, default=Clock.WORKING)
    handle_seconds = models.PositiveIntegerField(_("limit to handle"), default=8 * 3600)
    promise_seconds = models.PositiveIntegerField(_("promised to the resident"), null=True, blank=True)
    is_emergency = models.BooleanField(_("emergency"), default=False)
    on_the_spot = models.BooleanField(_("may be resolved on the spot"), default=True)
    verification = models.CharField(
        _("verified by"), max_length=8, choices=Verification.choices, default=Verification.WORKER
    )
    is_confidential = models.BooleanField(_("confidential"), default=False)
    is_public = models.BooleanField(_("residents may report it"), default=True)
    phrases = ArrayField(models.CharField(max_length=40), size=3, default=list, blank=True, verbose_name=_("phrases"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language; the Chinese one where there is no English."""
        return in_language(self.name, self.name_en)

    @property
    def names(self) -> tuple[str, str]:
        """Chinese and English, as the timeline keeps them."""
        return self.name, self.name_en


class DutyQuerySet(models.QuerySet["Duty"]):
    """Reads of the duty list."""

    def nearest(self, category: Category, area: Area) -> "DutyQuerySet":
        """The entries for `category` that hold in `area`, the nearest first; none when the catalogue decides."""
        found = self.filter(category=category, area_path__in=area.ancestor_paths)
        return found.order_by(Length("area_path").desc())


class Duty(models.Model):
    """权责清单条目: in this area this unit answers for this category, by this rule."""

    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, related_name="duties", verbose_name=_("category"), db_index=False
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duties", verbose_name=_("responsible unit"))
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty")
        ordering = ["category__code", "area_path"]
        constraints = [models.UniqueConstraint(fields=["category", "area"], name="one_duty_per_category_and_area")]

    def __str__(self) -> str:
        return f"{self.category} · {self.area} → {self.unit}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.area_path = self.area.path
        super().save(*args, **kwargs)
