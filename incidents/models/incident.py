"""The ticket itself, its number, where it came from and how it is found."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridgov.clock.levels import Level
from gridgov.ids import uuid7
from gridgov.labels.words import named
from gridgov.privacy.fields import SealedField
from gridgov.privacy.masks import Kind
from grids.models import Area, Asset, Building, Place
from grids.permissions import Perm, ReachFields, readable
from incidents.models.catalogue import Category
from incidents.workflow import ENDED, OPEN, WAITING_FOR_DESK, Status
from teams.models import Unit

IS_OPEN = Q(status__in=sorted(OPEN))
# What the counts of a list's tabs ask of an open incident: the index alone answers them.
COUNTED = ("id", "status", "level", "holder", "handling_unit", "reported_by", "is_confidential")


class Channel(models.TextChoices):
    """How a report came in."""

    FIELD = "field", named("channel.field", _("Grid worker"))
    DESK = "desk", named("channel.desk", _("Caller at the desk"))
    PUBLIC = "public", named("channel.public", _("Resident"))
    API = "api", named("channel.api", _("Other system"))
    IMPORT = "import", named("channel.import", _("Import"))


class LocationSource(models.TextChoices):
    """How the place is known."""

    NONE = "none", _("In words only")
    BUILDING = "building", _("Building")
    DEVICE = "device", _("Device location")
    PIN = "pin", _("Pin on the map")
    IMPORT = "import", _("Import")


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Reads of incidents; all compose with `visible_to` and keyset paging."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_INCIDENTS) -> Self:
        """What the person's posts let them see: by area, by unit, their own; confidential at desks only."""
        return self.filter(readable(user, perm, Incident.reach_fields))

    def open(self) -> Self:
        """Not ended."""
        return self.filter(IS_OPEN)

    def ended(self) -> Self:
        """Closed, settled on the spot, not accepted or void."""
        return self.filter(status__in=sorted(ENDED))

    def waiting(self) -> Self:
        """With the desk, not yet dispatched."""
        return self.filter(status__in=sorted(WAITING_FOR_DESK))

    def triage(self) -> Self:
        """Outside every grid: somebody has to say where it belongs."""
        return self.waiting().filter(needs_triage=True)

    def late(self, level: int = Level.LATE) -> Self:
        """Open and at `level` of the ladder or above."""
        return self.open().filter(level__gte=level)

    def overdue(self, now: datetime) -> Self:
        """Open, and the running stage's due time has passed."""
        return self.open().filter(due_at__lt=now)

    def reported_by_me(self, user: Any) -> Self:
        """What the person reported."""
        return self.filter(reported_by=user)

    def of_unit(self, unit_ids: Any) -> Self:
        """What the units hold or have been sent."""
        return self.filter(Q(holder__in=unit_ids) | Q(handling_unit__in=unit_ids))

    def for_list(self) -> Self:
        """With everything a list line shows, in the same query."""
        return self.select_related("category", "area", "holder", "handling_unit", "responsible", "building")


class Incident(models.Model):
    """事件. Hangs from the lowest known area; the street itself when it lies outside every grid.

    `level`, `due_at` and `promised_at` are derived from the clocks (incidents.clocks), `holder` from the custody
    chain; both are kept here because every list shows them. Only `incidents.actions` writes `status`.
    """

    personal: ClassVar[dict[str, Kind]] = {"caller_name": Kind.NAME, "caller_phone": Kind.PHONE}
    reach_fields: ClassVar[ReachFields] = ReachFields(
        units=("holder_id", "handling_unit_id"), owners=("reported_by_id",), confidential="is_confidential"
    )

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("number"), max_length=24, db_collation="C", editable=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="incidents", verbose_name=_("grid"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.REPORTED)
    cycle = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=0, editable=False)  # the number of the newest timeline entry
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.ON_TIME)
    raised = models.PositiveSmallIntegerField(_("raised"), default=0)
    urged = models.PositiveSmallIntegerField(_("urged"), default=0)
    holder = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("holder"), editable=False,
        db_index=False,
    )  # fmt: skip
    responsible = models.ForeignKey(  # by duty list or catalogue; it sees nothing before the case is dispatched to it
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible unit")
    )
    handling_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handling unit"),
        db_index=False,
    )  # fmt: skip
    description = models.TextField(_("what is the matter"), max_length=2000)
    place = models.CharField(_("place in words"), max_length=200, blank=True)
    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("building")
    )
    asset = models.ForeignKey(
        Asset, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("city asset"),
    )  # fmt: skip
    listed_place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("place"),
    )  # fmt: skip
    point = models.PointField(srid=4326, null=True, blank=True)
    accuracy = models.FloatField(_("accuracy (m)"), null=True, blank=True)
    location_source = models.CharField(max_length=8, choices=LocationSource.choices, default=LocationSource.NONE)
    near_boundary = models.BooleanField(default=False)
    needs_triage = models.BooleanField(default=False)
    channel = models.CharField(_("came in by"), max_length=8, choices=Channel.choices, default=Channel.FIELD)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("reported by"),
        db_index=False,
    )  # fmt: skip
    caller_name = SealedField(_("caller's name"), kind=Kind.NAME)
    caller_phone = SealedField(_("caller's phone"), kind=Kind.PHONE)
    caller_phone_index = models.BinaryField(max_length=16, null=True, editable=False)
    follow_code = models.CharField(max_length=64, blank=True, editable=False)  # hash of the resident's look-up code
    is_confidential = models.BooleanField(_("confidential"), default=False)
    reported_at = models.DateTimeField(_("reported"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    promised_at = models.DateTimeField(_("promised"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="incident_newest"),
            models.Index(F("reported_at").desc(), F("id").desc(), name="incident_open", condition=IS_OPEN),
            models.Index(fields=["area_path", "-reported_at"], name="incident_by_path"),
            models.Index(fields=["area_path"], name="incident_open_by_path", condition=IS_OPEN, include=COUNTED),
            models.Index(fields=["due_at", "id"], name="incident_open_by_due", condition=IS_OPEN),
            models.Index(fields=["holder", "-reported_at"], name="incident_by_holder"),
            models.Index(fields=["handling_unit", "-reported_at"], name="incident_by_unit"),
            models.Index(fields=["reported_by", "-reported_at"], name="incident_by_reporter"),
            models.Index(fields=["number"], name="incident_by_number"),
            models.Index(fields=["asset", "-reported_at"], name="incident_by_asset", condition=Q(asset__isnull=False)),
            models.Index(
                fields=["listed_place", "-reported_at"],
                name="incident_by_place",
                condition=Q(listed_place__isnull=False),
            ),
            models.Index(
                fields=["caller_phone_index"], name="incident_by_caller", condition=Q(caller_phone_index__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(IS_OPEN & Q(ended_at=None)) | (~IS_OPEN & Q(ended_at__isnull=False)),
                name="incident_ended_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def short_number(self) -> str:
        """The number without the district, which is the same in every line of a list."""
        return self.number.partition("-")[2]

    @property
    def thing(self) -> Asset | Place | None:
        """The city asset or the listed place that it is about."""
        return self.asset or self.listed_place

    @property
    def is_open(self) -> bool:
        """Whether work is still to be done."""
        return self.status in OPEN


class CaseNumber(models.Model):
    """A number belongs to one incident. Narrow on its own, so that incidents may be partitioned by time."""

    number = models.CharField(max_length=24, primary_key=True, db_collation="C")
    incident_id = models.UUIDField()

    def __str__(self) -> str:
        return self.number


class ExternalId(models.Model):
    """Which incident another system's ticket became: importing it again adds nothing."""

    pk = models.CompositePrimaryKey("source", "external_id")
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    incident_id = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class IncidentSearch(models.Model):
    """The one- and two-character pieces of an incident's words: Chinese has no spaces."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, primary_key=True, related_name="search")
    grams = ArrayField(models.CharField(max_length=2))

    class Meta:
        indexes = [GinIndex(fields=["grams"], name="incident_search_grams")]

    def __str__(self) -> str:
        return str(self.incident_id)
