"""Plans that divide an area: the draft with every saved step, what it became, and the limits it is checked by."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from grids.models.area import Area
from grids.permissions import Perm, ReachFields, readable
from grids.workflow import PlanStatus


class BoundaryPlanQuerySet(models.QuerySet["BoundaryPlan"]):
    """Reads of plans."""

    def visible_to(self, user: Any, perm: str = "") -> Self:
        """The plans of areas where `user` holds `perm`; without one, whoever drafts, approves or takes work over."""
        if perm:
            return self.filter(readable(user, perm, BoundaryPlan.reach_fields))
        rule = Q(hand_overs__user_id=user.pk)
        for one in (Perm.PLAN_BOUNDARIES, Perm.APPROVE_BOUNDARIES):
            rule |= readable(user, one, BoundaryPlan.reach_fields)
        return self.filter(pk__in=BoundaryPlan.objects.filter(rule).values("pk"))

    def under_way(self) -> Self:
        """Neither in effect nor withdrawn."""
        return self.filter(status__in=[PlanStatus.DRAFT, PlanStatus.CHECKED, PlanStatus.APPROVED])


class BoundaryPlan(models.Model):
    """A whole set of polygons under one parent: drafted, checked, approved, in effect from a day on, published.

    The shapes are those of the newest `PlanStep`, whose number is `revision`. `base` says for each area which
    boundary version the draft began with ({area id: version id or None}): when the ground has moved on
    meanwhile the plan must be brought up to date before it goes on. `facts` says what each area was called and how
    its borders were described then: only what the draft changed of it is written. `became` says which area each shape
    is since it took effect ({key: area id}). `tries` counts how often its day came and it failed, `stuck` why it is
    left alone.
    """

    reach_fields: ClassVar[ReachFields] = ReachFields()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    parent = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="plans", verbose_name=_("divides"))
    area_path = models.CharField(max_length=120, db_collation="C", editable=False)
    child_kind = models.CharField(_("into"), max_length=12, choices=Area.Kind.choices)
    name = models.CharField(_("name"), max_length=80, db_collation="zh-Hans-CN-x-icu")
    status = models.CharField(_("state"), max_length=12, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    revision = models.PositiveIntegerField(default=0, editable=False)
    base = models.JSONField(default=dict, editable=False)
    facts = models.JSONField(default=dict, editable=False)
    renumber = models.BooleanField(
        _("renumber all"),
        default=False,
        help_text=_("West to east, north to south. The old numbers can still be found."),
    )
    note = models.TextField(_("why"), max_length=1000, blank=True)
    effective_on = models.DateField(_("takes effect on"), null=True, blank=True)
    effective_at = models.DateTimeField(null=True, editable=False)
    became = models.JSONField(default=dict, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    tried_at = models.DateTimeField(null=True, editable=False)
    stuck = models.CharField(max_length=400, blank=True, editable=False)
    reverts = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="reverted_by")
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(editable=False)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = BoundaryPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("boundary plan")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["area_path", "-id"], name="plan_by_path"),
            models.Index(fields=["effective_on"], condition=Q(status="approved"), name="plan_to_take_effect"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_at=None, status__in=["draft", "checked", "approved", "withdrawn"])
                | Q(effective_at__isnull=False, status__in=["effective", "published"]),
                name="plan_in_effect_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(effective_on__isnull=False), name="approved_plan_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def editable(self) -> bool:
        """Whether its shapes may change."""
        return self.status == PlanStatus.DRAFT


class PlanStep(models.Model):
    """One save of a draft: GeoJSON features of the shapes and the walls, so that nothing drawn is ever lost."""

    pk = models.CompositePrimaryKey("plan_id", "revision")
    plan = models.ForeignKey(BoundaryPlan, on_delete=models.CASCADE, related_name="steps", db_index=False)
    revision = models.PositiveIntegerField()
    shapes = models.JSONField(default=list)
    walls = models.JSONField(default=list)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("saved step")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.revision}"


class PlanNote(models.Model):
    """What happened to a plan, in the words of who did it: the history on its page."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(BoundaryPlan, on_delete=models.CASCADE, related_name="notes")
    move = models.CharField(max_length=24)
    words = models.TextField(max_length=1000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("note on a plan")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.move} {self.at:%Y-%m-%d}"


class HandOver(models.Model):
    """One person whose work a plan moves, and whether that person has said it is handed over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(BoundaryPlan, on_delete=models.CASCADE, related_name="hand_overs", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32)
    words = models.CharField(_("what was handed over"), max_length=400, blank=True)
    confirmed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("hand-over")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["plan", "user", "area"], name="one_hand_over_each")]

    def __str__(self) -> str:
        return f"{self.plan} · {self.user}"


class AreaLineage(models.Model):
    """`new` covers ground that was `old`'s before a plan took effect, directly or through areas in between."""

    old = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="became", db_index=False)
    new = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="came_from")
    plan = models.ForeignKey(BoundaryPlan, on_delete=models.PROTECT, related_name="lineage")
    at = models.DateTimeField()
    is_direct = models.BooleanField(default=True)
    ground_m2 = models.FloatField(default=0)
    buildings = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("lineage")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="one_lineage_each"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="nothing_comes_from_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class FormerCode(models.Model):
    """A code that was an area's until a plan numbered anew; it is never given again."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="former_codes")
    code = models.CharField(_("former code"), max_length=32)
    code_scheme = models.CharField(max_length=16)
    until = models.DateTimeField()
    plan = models.ForeignKey(BoundaryPlan, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("former code")
        indexes = [models.Index(fields=["code_scheme", "code"], name="former_code")]

    def __str__(self) -> str:
        return self.code


def _share(**more: Any) -> Any:
    return models.FloatField(validators=[MinValueValidator(0), MaxValueValidator(10_000_000)], **more)


class DivisionLimits(models.Model):
    """What a division is checked by (docs/domain.md §1.2): a row per area and kind of child; no area: the default.

    The nearest row at or above the divided area counts. Empty means: not checked.
    """

    reach_fields: ClassVar[ReachFields] = ReachFields()

    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("area"), db_index=False
    )
    area_path = models.CharField(max_length=120, db_collation="C", editable=False, blank=True)
    kind = models.CharField(_("level"), max_length=12, choices=Area.Kind.choices)
    overlap_m2 = _share(verbose_name=_("overlap allowed (m²)"), default=1)
    gap_m2 = _share(verbose_name=_("uncovered ground allowed (m²)"), default=500)
    gap_percent = _share(verbose_name=_("uncovered ground allowed (%)"), default=0.5)
    sliver_m = _share(verbose_name=_("gaps narrower than this are slivers (m)"), default=1)
    households_least = models.PositiveIntegerField(_("households at least"), null=True, blank=True)
    households_good = models.PositiveIntegerField(_("households from"), null=True, blank=True)
    households_most = models.PositiveIntegerField(_("households at most"), null=True, blank=True)
    persons_most = models.PositiveIntegerField(_("persons at most"), null=True, blank=True)
    ratio_most = _share(verbose_name=_("largest ÷ smallest at most"), null=True, blank=True)
    needs_head = models.BooleanField(_("a head for each"), default=True)
    needs_worker = models.BooleanField(_("a full-time worker for each"), default=True)
    needs_borders = models.BooleanField(_("borders in words"), default=True)

    class Meta:
        verbose_name = _("limits of a division")
        constraints = [models.UniqueConstraint(fields=["area", "kind"], name="one_row_of_limits", nulls_distinct=False)]

    def __str__(self) -> str:
        return f"{self.area or '—'} · {self.kind}"

    @classmethod
    def for_division(cls, parent: Area, kind: str) -> "DivisionLimits":
        """The row that counts for a division of `parent` into `kind`; the defaults when nobody wrote one."""
        rows = cls.objects.filter(Q(area=None) | Q(area_path__in=parent.ancestor_paths), kind=kind)
        return rows.order_by(Length("area_path").desc()).first() or cls.of_default(kind)

    @classmethod
    def of_default(cls, kind: str) -> "DivisionLimits":
        """Unsaved: the standard's numbers for grids, none for higher levels."""
        if kind != Area.Kind.GRID:
            return cls(kind=kind, needs_head=False, needs_worker=False, needs_borders=False)
        return cls(
            kind=kind, households_least=200, households_good=300, households_most=500, persons_most=1200, ratio_most=3
        )
