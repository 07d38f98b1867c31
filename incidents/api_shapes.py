"""What programs send and get: incidents as they leave and enter through the API, personal data masked."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gridgov import dbtime
from gridgov.privacy.masks import mask_text
from grids.api import AreaRef, FiniteField
from grids.models import Area
from incidents import permissions, words
from incidents.actions.report import LONGEST
from incidents.capture import Capture
from incidents.models import Category, Incident, Request, Step
from incidents.workflow import Ask, Fact
from teams.models import Unit


class UnitRef(serializers.ModelSerializer):
    """A unit as an incident mentions it."""

    class Meta:
        model = Unit
        fields = ("code", "name", "kind")


class CategoryRef(serializers.ModelSerializer):
    """What it is about."""

    name = serializers.CharField(source="label", read_only=True)

    class Meta:
        model = Category
        fields: tuple[str, ...] = ("code", "name")


class CategoryOut(CategoryRef):
    """An entry of the catalogue. Limits are seconds of working or natural time, as `clock` says."""

    lead_unit = UnitRef(allow_null=True)

    class Meta(CategoryRef.Meta):
        fields = (
            *CategoryRef.Meta.fields,
            *("nature", "clock", "handle_seconds", "promise_seconds", "is_emergency", "on_the_spot"),
            *("verification", "is_confidential", "is_public", "phrases", "lead_unit"),
        )


class HeadingOut(CategoryRef):
    """A heading with what can be reported under it."""

    categories = CategoryOut(many=True)

    class Meta(CategoryRef.Meta):
        fields = (*CategoryRef.Meta.fields, "icon", "categories")


class MaskedField(serializers.CharField):
    """Free text; phone and identity numbers in it are masked."""

    def to_representation(self, value: Any) -> str:
        """The text as everyone may read it."""
        return mask_text(str(value))


class IncidentOut(serializers.ModelSerializer):
    """An incident as lists show it. `holder` holds it now, `handling_unit` works on it."""

    status_label = serializers.CharField(source="get_status_display", read_only=True)
    category = CategoryRef()
    area = AreaRef()
    holder = UnitRef(allow_null=True)
    responsible = UnitRef(allow_null=True)
    handling_unit = UnitRef(allow_null=True)
    description = MaskedField()
    place = MaskedField()
    lon = serializers.FloatField(source="point.x", default=None, allow_null=True)
    lat = serializers.FloatField(source="point.y", default=None, allow_null=True)
    url = serializers.HyperlinkedIdentityField(view_name="api:incident")

    class Meta:
        model = Incident
        fields: tuple[str, ...] = (
            *("id", "url", "number", "status", "status_label", "level", "category", "area", "holder", "responsible"),
            *("handling_unit", "description", "place", "lon", "lat", "accuracy", "near_boundary", "needs_triage"),
            *("channel", "is_confidential", "reported_at", "due_at", "promised_at", "ended_at"),
        )


class StepOut(serializers.ModelSerializer):
    """One entry of the timeline. `by` is empty for what the system did."""

    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    by = serializers.SerializerMethodField()
    unit = UnitRef(allow_null=True)
    words = MaskedField()
    captured_at = serializers.SerializerMethodField(help_text="When it was done, if it reached the server later.")

    class Meta:
        model = Step
        fields = ("seq", "move", "label", "status", "at", "captured_at", "by", "unit", "words")

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_captured_at(self, step: Step) -> datetime | None:
        """By the phone's clock, put right; null for what was sent at once."""
        captured = Capture.read(step.data)
        return captured.at if captured else None

    def get_label(self, step: Step) -> str:
        """In the reader's language."""
        return words.named(step)[0]

    def get_by(self, step: Step) -> str:
        """The person's name."""
        return "" if step.by.is_service else step.by.name


class RequestOut(serializers.ModelSerializer):
    """Something that waits for somebody's approval."""

    reason = MaskedField()
    evidence = MaskedField()
    asked_by = serializers.CharField(source="asked_by.name")
    answer_words = MaskedField()

    class Meta:
        model = Request
        fields = (
            "id",
            "kind",
            "reason",
            "evidence",
            "seconds",
            "asked_by",
            "asked_at",
            "answer",
            "answered_at",
            "answer_words",
        )


class MoveOut(serializers.Serializer):
    """A step that lies open to whoever asks; POST to `url`."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    url = serializers.CharField()
    words_required = serializers.BooleanField()
    facts = serializers.ListField(child=serializers.ChoiceField(choices=Fact.choices))


class AskOut(serializers.Serializer):
    """What whoever asks may ask for; POST it to `…/requests/`."""

    kind = serializers.ChoiceField(choices=Ask.choices)
    label = serializers.CharField()  # type: ignore[assignment]


class CallerOut(serializers.Serializer):
    """Who called, masked."""

    name = serializers.CharField()
    phone = serializers.CharField()


class IncidentDetail(IncidentOut):
    """An incident with its timeline and what whoever asks may do next."""

    building = serializers.CharField(source="building.name", default=None, allow_null=True)
    reported_by = serializers.CharField(source="reported_by.name")
    caller = serializers.SerializerMethodField(help_text="Masked; null when nobody called.")
    timeline = StepOut(many=True, source="timeline_rows")
    moves = serializers.SerializerMethodField()
    asks = serializers.SerializerMethodField()
    requests = RequestOut(many=True, source="request_rows")

    class Meta(IncidentOut.Meta):
        fields = (
            *IncidentOut.Meta.fields,
            *("building", "reported_by", "caller", "timeline", "moves", "asks", "requests"),
        )

    @extend_schema_field(CallerOut(allow_null=True))
    def get_caller(self, incident: Incident) -> dict[str, str] | None:
        """Names and phones leave through `reveal` only."""
        if not (incident.caller_name or incident.caller_phone):
            return None
        return {"name": str(incident.caller_name), "phone": str(incident.caller_phone)}

    @extend_schema_field(MoveOut(many=True))
    def get_moves(self, incident: Incident) -> list[dict[str, Any]]:
        """By state and right; the action asks again."""
        request = self.context["request"]
        here = request.build_absolute_uri(f"/api/v1/incidents/{incident.pk}/")
        return [
            {
                "name": name,
                "label": str(move.label),
                "url": f"{here}{name}/",
                "words_required": move.words_required,
                "facts": [fact.value for fact in move.facts],
            }
            for name, move in permissions.steps_open(request.user, incident, now=dbtime.now(request._request)).items()
        ]

    @extend_schema_field(AskOut(many=True))
    def get_asks(self, incident: Incident) -> list[dict[str, str]]:
        """By state and right."""
        found = permissions.asks_open(self.context["request"].user, incident)
        return [{"kind": str(kind), "label": str(spec.label)} for kind, spec in found.items()]


class ReportIn(serializers.Serializer):
    """A report. A building goes before a point; without either the street's desk places it."""

    category = serializers.CharField(max_length=8, help_text="Code of something offered by `/categories/`.")
    lon = FiniteField(required=False, min_value=-180, max_value=180, help_text="Degrees, WGS-84.")
    lat = FiniteField(required=False, min_value=-90, max_value=90)
    accuracy = FiniteField(required=False, min_value=0, max_value=1_000_000, help_text="Metres.")
    building = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="Its id.")
    place = serializers.CharField(required=False, allow_blank=True, max_length=200, help_text="The place in words.")
    description = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)
    client_id = serializers.UUIDField(required=False, help_text="Your key: the same report again is not a second one.")


class ByCode(serializers.SlugRelatedField):
    """Something named by its code; the first where two schemes share one."""

    def to_internal_value(self, data: Any) -> Any:
        """The row."""
        if not isinstance(data, str) or "\x00" in data:
            self.fail("invalid")
        rows: Any = self.get_queryset()
        found = rows.filter(code=data).order_by("pk").first()
        if found is None:
            self.fail("does_not_exist", slug_name="code", value=data)
        return found


class MoveIn(serializers.Serializer):
    """What a step may need; the incident's `moves` say which."""

    words = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)
    unit = ByCode("code", queryset=Unit.objects.standing(), required=False, help_text="Code of a unit.")
    area = ByCode("code", queryset=Area.objects.standing(), required=False, help_text="Code of a grid.")
    category = ByCode("code", queryset=Category.objects.offered(), required=False, help_text="Code of a category.")


class AskIn(serializers.Serializer):
    """Something that somebody else must approve."""

    kind = serializers.ChoiceField(choices=Ask.choices)
    reason = serializers.CharField(max_length=500)
    evidence = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text="What shows the reason, in words."
    )
    seconds = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="How much, for an extension or a suspension."
    )


class AnswerIn(serializers.Serializer):
    """The answer to a request."""

    approve = serializers.BooleanField()
    words = serializers.CharField(required=False, allow_blank=True, max_length=500, help_text="Needed to refuse.")


class RunOnIn(serializers.Serializer):
    """Why a suspended case runs on before its time."""

    words = serializers.CharField(required=False, allow_blank=True, max_length=500)
