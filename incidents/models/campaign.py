"""Campaigns (专项任务): objects × a short checklist × a day, and what was found at each object."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Coalesce, JSONObject, NullIf, RowNumber
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov.ids import uuid7
from gridgov.privacy.masks import Kind as Mask
from grids.models import Area, Asset, Building, Place
from grids.permissions import Perm, ReachFields, readable
from incidents.models.incident import Incident
from residents.models import Dwelling
from teams.models import TaskType, Unit


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Reads of campaigns."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_BOARD) -> "CampaignQuerySet":
        """Those of areas where `user` holds `perm`; once published, also those with an object in such an area."""
        rule = readable(user, perm, Campaign.reach_fields)
        mine = CampaignTarget.objects.column_of_own("campaign_id", user, perm)
        return self.filter(rule | (Q(pk__in=mine) & ~Q(status=Campaign.Status.DRAFT)))

    def running(self) -> "CampaignQuerySet":
        """Published and not ended."""
        return self.filter(status=Campaign.Status.RUNNING)

    def asked(self) -> "CampaignQuerySet":
        """What has been asked of the grids: whatever was published."""
        return self.exclude(status=Campaign.Status.DRAFT)


class Campaign(models.Model):
    """The office asks the grids to look at objects, with at most five short questions, until a day.

    `items`: [{"kind", "label", "choices", "abnormal", "category"}]; `abnormal` lists the answers that are a finding
    (of a number: the smallest value that is one), `category` is the code of what such a finding is reported as.
    """

    class Status(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        ENDED = "ended", pgettext_lazy("campaign", "Ended")

    class Objects(models.TextChoices):
        """What is looked at."""

        BUILDING = "building", _("Buildings")
        DWELLING = "dwelling", _("Dwellings")
        PLACE = "place", pgettext_lazy("thing", "Places")
        ASSET = "asset", _("City assets")

    reach_fields: ClassVar[ReachFields] = ReachFields()
    personal: ClassVar[dict[str, Mask]] = {}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    task_type = models.ForeignKey(TaskType, on_delete=models.PROTECT, related_name="+", verbose_name=_("task"))
    title = models.CharField(_("title"), max_length=40)
    purpose = models.CharField(_("what it is for"), max_length=300, blank=True)
    objects_kind = models.CharField(_("objects"), max_length=8, choices=Objects.choices)
    items = models.JSONField(_("checklist"), default=list)
    chosen = models.JSONField(default=dict)  # by which areas and filters the objects were chosen, as the form gave them
    due_on = models.DateField(_("to be done by"))
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.DRAFT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("for unit"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["area_path", "-id"], name="campaign_by_path"),
            models.Index(fields=["due_on"], condition=Q(status="running"), name="campaign_running"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", published_at=None) | (~Q(status="draft") & Q(published_at__isnull=False)),
                name="campaign_published_has_its_time",
            ),
            models.CheckConstraint(
                condition=(Q(status="ended") & Q(ended_at__isnull=False)) | (~Q(status="ended") & Q(ended_at=None)),
                name="campaign_ended_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        """Whether objects may be looked at."""
        return self.status == self.Status.RUNNING

    @property
    def is_draft(self) -> bool:
        """Whether it may still be changed."""
        return self.status == self.Status.DRAFT


WALK = ("walked", "building__code", "building__name", "dwelling__room", "place__name", "asset__code", "id")


def _own_objects(user: Any, perm: str) -> dict[str, models.QuerySet]:
    """By the column of a target: the objects in areas where `user` holds `perm`."""
    kinds: dict[str, Any] = {"building": Building, "place": Place, "asset": Asset}
    return {name: model.objects.visible_to(user, perm).values("pk") for name, model in kinds.items()}


class CampaignTargetQuerySet(models.QuerySet["CampaignTarget"]):
    """Reads of the objects of campaigns."""

    def visible_to(self, user: Any, perm: str = Perm.WORK_CAMPAIGNS) -> "CampaignTargetQuerySet":
        """The objects in areas where `user` holds `perm`: of one campaign, or a single one."""
        rules = [Q(**{f"{name}__in": own}) for name, own in _own_objects(user, perm).items()]
        return self.filter(rules[0] | rules[1] | rules[2])

    def running_of(self, user: Any, perm: str = Perm.WORK_CAMPAIGNS) -> "CampaignTargetQuerySet":
        """The same of all campaigns that run; one query now, for their keys.

        As a condition, with OR or as a subquery behind ten joins, PostgreSQL would read every object of every campaign
        there ever was to find those of one grid.
        """
        running = {"campaign__status": Campaign.Status.RUNNING}
        keys = CampaignTarget.objects.column_of_own("pk", user, perm, **running).values_list("pk", flat=True)
        return self.filter(pk__in=list(keys))

    def column_of_own(self, column: str, user: Any, perm: str, **more: Any) -> Any:
        """A column of what lies in areas where `user` holds `perm`, each sort of object found by its own index."""
        each = [
            self.filter(**{f"{name}__in": own}, **more).order_by().values(column)
            for name, own in _own_objects(user, perm).items()
        ]
        return each[0].union(*each[1:], all=True)

    def open(self) -> "CampaignTargetQuerySet":
        """Not looked at yet."""
        return self.filter(finding="")

    def as_walked(self) -> "CampaignTargetQuerySet":
        """Grid by grid, object by object, with what a line shows."""
        kinds = ("building__area", "dwelling__building", "place__area", "asset__area", "incident")
        return self.select_related(*kinds).annotate(walked=of_object("area_path")).order_by(*WALK)

    def first_of_each(self) -> "CampaignTargetQuerySet":
        """The first of each campaign as one walks, with how many there are (`left`); after `as_walked`."""
        each: dict[str, Any] = {"partition_by": F("campaign")}
        rows = self.annotate(left=Window(Count("pk"), **each), nth=Window(RowNumber(), order_by=WALK, **each))
        return rows.filter(nth=1)


def of_object(column: str, *, through: str = "") -> Coalesce:
    """A column of whatever object a target is: of its building, its place or its asset."""
    return Coalesce(*(f"{through}{one}__{column}" for one in ("building", "place", "asset")))


class CampaignTarget(models.Model):
    """One object of a campaign and what was found there: a building, a dwelling in it, a place or a city asset.

    It has no area of its own: its grid is always that of the object, whatever boundary plan takes effect.
    """

    class Finding(models.TextChoices):
        """What was found."""

        FINE = "fine", _("In order")
        RECTIFIED = "rectified", _("Put right on the spot")
        INCIDENT = "incident", _("Became an incident")

    personal: ClassVar[dict[str, Mask]] = {}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets", db_index=False)
    building = models.ForeignKey(Building, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=list)
    words = models.CharField(max_length=200, blank=True)
    finding = models.CharField(max_length=9, choices=Finding.choices, blank=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="campaign_targets")
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CampaignTargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("object of a campaign")
        ordering = ["id"]
        indexes = [models.Index(fields=["building", "campaign"], name="campaign_target_by_building")]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "building", "dwelling", "place", "asset"],
                nulls_distinct=False,
                name="one_target_per_object",
            ),
            models.CheckConstraint(
                condition=Q(building__isnull=False, place=None, asset=None)
                | Q(place__isnull=False, building=None, dwelling=None, asset=None)
                | Q(asset__isnull=False, building=None, dwelling=None, place=None),
                name="campaign_target_is_one_object",
            ),
            models.CheckConstraint(
                condition=Q(finding="", checked_at=None) | (~Q(finding="") & Q(checked_at__isnull=False)),
                name="campaign_target_checked_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.dwelling.address if self.dwelling else str(self.ground)

    @property
    def ground(self) -> Building | Place | Asset:
        """What lies in the grid: the building (of a dwelling too), the place or the asset."""
        found = self.building or self.place or self.asset
        assert found is not None  # campaign_target_is_one_object
        return found

    @property
    def area(self) -> Area:
        """The grid in which it lies today."""
        return self.ground.area

    @property
    def where(self) -> str:
        """What leads there beside the name: the address of a lamp or a shop, else the grid."""
        thing = self.place or self.asset
        return (thing.address if thing else "") or self.area.name


def found_at() -> Subquery:
    """For rows of incidents: at which object of which campaign it was found; NULL when it was not."""
    rows = CampaignTarget.objects.filter(incident=OuterRef("pk")).order_by("id")
    called = Coalesce("building__name", "place__name", NullIf("asset__name", Value("")), "asset__code")
    facts = JSONObject(campaign="campaign_id", title="campaign__title", object=called)
    return Subquery(rows.values(facts=facts)[:1])
