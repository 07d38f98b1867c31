"""Who lives where: dwellings of a building, households in them, and as little about a person as service needs."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov.ids import uuid7
from gridgov.privacy import crypto
from gridgov.privacy.fields import SealedField
from gridgov.privacy.masks import Kind
from grids.models import Area, Building
from grids.permissions import Perm, ReachFields, readable


class DwellingQuerySet(models.QuerySet["Dwelling"]):
    """Reads of dwellings."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_RESIDENTS) -> "DwellingQuerySet":
        """Dwellings in areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, Dwelling.reach_fields))


class Dwelling(models.Model):
    """A home: a room behind an entrance of a building. Its grid is its building's, never entered twice."""

    class Use(models.TextChoices):
        """What it is used for."""

        OWN = "own", _("Lived in by the owner")
        LET = "let", _("Rented out")
        EMPTY = "empty", _("Empty")
        SHARED = "shared", _("Shared lodging")
        OTHER = "other", _("Other use")

    reach_fields: ClassVar[ReachFields] = ReachFields()

    building = models.ForeignKey(
        Building, on_delete=models.PROTECT, related_name="dwellings", verbose_name=_("building"), db_index=False
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", editable=False)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    entrance = models.CharField(_("entrance"), max_length=10, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    room = models.CharField(_("room"), max_length=20)
    use = models.CharField(_("use"), max_length=8, choices=Use.choices, blank=True)

    objects = DwellingQuerySet.as_manager()

    class Meta:
        verbose_name = _("dwelling")
        ordering = ["building", "entrance", "room"]
        indexes = [models.Index(fields=["area_path"], name="dwelling_by_path")]
        constraints = [
            models.UniqueConstraint(fields=["building", "entrance", "room"], name="one_dwelling_per_room"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        """Building, entrance and room as they are said: 3号楼 2单元 501; the building must be loaded."""
        entrance = str(_("entrance %(number)s") % {"number": self.entrance}) if self.entrance else ""
        return " ".join(part for part in (self.building.name, entrance, self.room) if part)


class HouseholdQuerySet(models.QuerySet["Household"]):
    """Reads of households, inside `residents.protection.protected`."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_RESIDENTS) -> "HouseholdQuerySet":
        """Households in areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, Household.reach_fields))

    def present(self) -> "HouseholdQuerySet":
        """Not moved away."""
        return self.filter(left_on=None)


class Household(models.Model):
    """People who live together in a dwelling. Row security guards the table (protection.py)."""

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dwelling = models.ForeignKey(
        Dwelling, on_delete=models.PROTECT, related_name="households", verbose_name=_("dwelling")
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", editable=False)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    since_on = models.DateField(_("lives here since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        ordering = ["dwelling", "id"]
        indexes = [models.Index(fields=["area_path"], name="household_by_path")]

    def __str__(self) -> str:
        return str(self.dwelling)


class ResidentQuerySet(models.QuerySet["Resident"]):
    """Reads of residents, inside `residents.protection.protected`."""

    def visible_to(self, user: Any, perm: str = Perm.VIEW_RESIDENTS) -> "ResidentQuerySet":
        """Residents in areas where `user` holds `perm`."""
        return self.filter(readable(user, perm, Resident.reach_fields))

    def present(self) -> "ResidentQuerySet":
        """Living here: neither moved away nor removed as entered by mistake."""
        return self.filter(left_on=None, removed_at=None)

    def named(self, name: str) -> "ResidentQuerySet":
        """Of exactly this name."""
        return self.filter(name_index=blind_index("name", name))

    def phoned(self, phone: str) -> "ResidentQuerySet":
        """With exactly this phone."""
        return self.filter(phone_index=blind_index("phone", phone))

    def matching(self, text: str) -> "ResidentQuerySet":
        """Whose name, phone or identity number is exactly `text`: found by blind index, nothing is decrypted."""
        rule = Q(pk__in=[])
        for field in Resident.indexed:
            rule |= Q(**{f"{field}_index": blind_index(field, text)})
        return self.filter(rule)


def blind_index(field: str, text: str) -> bytes | None:
    """What a field of Resident is found by; None for nothing."""
    return crypto.blind_index(text, f"residents.resident.{field}") if text else None


class Resident(models.Model):
    """A person who lives in a household here. Only what docs/domain.md §3.2 requires or allows.

    Name, phone and identity number are sealed; an identity number needs a stated purpose.
    """

    class Living(models.TextChoices):
        """How the person lives here and where the household registration is."""

        REGISTERED = "registered", _("Registered and living here")
        LIVING = "living", _("Living here, registered elsewhere")
        AWAY = "away", _("Registered here, living elsewhere")
        OTHER = "other", _("Other")

    class Gender(models.TextChoices):
        """As the person says."""

        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    class Relation(models.TextChoices):
        """To the head of the household."""

        HEAD = "head", _("Head of the household")
        SPOUSE = "spouse", _("Spouse")
        CHILD = "child", _("Child")
        PARENT = "parent", _("Parent")
        OTHER = "other", _("Other relation")

    personal: ClassVar[dict[str, Kind]] = {"name": Kind.NAME, "phone": Kind.PHONE, "id_number": Kind.ID_NUMBER}
    indexed: ClassVar[tuple[str, ...]] = ("name", "phone", "id_number")
    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="residents", verbose_name=_("household")
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", editable=False)
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    name = SealedField(pgettext_lazy("person", "name"), kind=Kind.NAME, null=False, blank=False)
    name_index = models.BinaryField(max_length=16, editable=False)
    phone = SealedField(_("phone"), kind=Kind.PHONE)
    phone_index = models.BinaryField(max_length=16, null=True, editable=False)
    id_number = SealedField(_("identity number"), kind=Kind.ID_NUMBER)
    id_number_index = models.BinaryField(max_length=16, null=True, editable=False)
    id_purpose = models.CharField(_("what the number is needed for"), max_length=120, blank=True)
    living = models.CharField(_("living situation"), max_length=12, choices=Living.choices)
    relation = models.CharField(_("in the household"), max_length=8, choices=Relation.choices, blank=True)
    gender = models.CharField(_("gender"), max_length=8, choices=Gender.choices, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    since_on = models.DateField(_("lives here since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+")
    removed_at = models.DateTimeField(null=True, editable=False)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("resident")
        ordering = ["household", "id"]
        indexes = [
            models.Index(fields=["area_path"], name="resident_by_path"),
            models.Index(fields=["name_index"], name="resident_by_name"),
            models.Index(fields=["phone_index"], name="resident_by_phone"),
            models.Index(fields=["id_number_index"], name="resident_by_id_number"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(id_number=None) | ~Q(id_purpose=""), name="identity_number_has_a_purpose"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(since_on=None) | Q(left_on__gte=F("since_on")),
                name="left_after_moving_in",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def set_personal(self, field: str, text: str) -> None:
        """Seal `text` in `field` and keep its blind index beside it; "" removes both."""
        text = text.strip() if field == "name" else crypto.normalise(text)
        setattr(self, field, text)
        setattr(self, f"{field}_index", blind_index(field, text))
