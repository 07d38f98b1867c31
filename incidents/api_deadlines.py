"""期限怎么算的, for programs: every segment, holiday, pause, hand-over and rule of every deadline of a case."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from gridgov import dbtime
from gridgov.clock.explain import Explanation, Waited
from gridgov.clock.levels import Level
from gridgov.problems import documented
from incidents.api_shapes import MaskedField
from incidents.deadlines import evidence_of, explained
from incidents.limit_words import basis_said, climb_said
from incidents.models import Incident
from incidents.workflow import Stage
from teams.models import Unit

REASONS = ("", "make_up", "own_hours", "break", "night", "weekend", "holiday", "pause", "folded")


class SegmentOut(serializers.Serializer[Any]):
    """A stretch of time, one after the other without gap; `counts` adds up to the limit at the due time."""

    begin = serializers.DateTimeField()
    end = serializers.DateTimeField()
    counts = serializers.FloatField(source="counted", help_text="Seconds that count; 0 where none do.")
    total = serializers.FloatField(help_text="Seconds counted so far.")
    reason = serializers.ChoiceField(choices=REASONS, help_text="Why it counts or does not; empty: ordinary hours.")
    name = serializers.CharField(source="label", help_text="What the calendar calls the holiday.")
    days = serializers.IntegerField(help_text="Whole days passed over.")


class PauseOut(serializers.Serializer[Any]):
    """A pause as approved, and the working time it kept from being counted."""

    begin = serializers.DateTimeField()
    end = serializers.DateTimeField(allow_null=True)
    at_most = serializers.DateTimeField()
    seconds = serializers.FloatField()
    reason = MaskedField()
    evidence = MaskedField(help_text="What shows the reason, in words; empty for none.")
    photos = serializers.SerializerMethodField(help_text="How many photos of evidence came along.")

    def get_photos(self, found: Waited) -> int:
        """Of the request it was asked for in."""
        return len(self.context["proof"].get(str(found.asked_in), ()))


class ExtensionOut(serializers.Serializer[Any]):
    """Approved additional time."""

    number = serializers.IntegerField()
    seconds = serializers.IntegerField()
    approved_by = serializers.CharField(source="approved_by.name")
    approved_at = serializers.DateTimeField()


class HandOverOut(serializers.Serializer[Any]):
    """Another unit carried on with what had been used."""

    at = serializers.DateTimeField()
    from_unit = serializers.CharField(allow_null=True, help_text="Its code.")
    to_unit = serializers.CharField(allow_null=True)
    used = serializers.FloatField()


class ReplanOut(serializers.Serializer[Any]):
    """What it was counted by until an edit of calendar, limit or ladder or a hand-over, and since then."""

    at = serializers.DateTimeField()
    by = serializers.CharField(source="by.name", default=None, allow_null=True)
    why = serializers.ChoiceField(choices=("replanned", "handed_over"), source="verb")
    old_limit = serializers.IntegerField(source="old_budget", help_text="Seconds.")
    new_limit = serializers.IntegerField(source="new_budget")
    old_calendar = serializers.CharField(source="old_calendar.calendar.code")
    old_calendar_version = serializers.IntegerField(source="old_calendar.number")
    new_calendar = serializers.CharField(source="new_calendar.calendar.code")
    new_calendar_version = serializers.IntegerField(source="new_calendar.number")
    old_ladder = serializers.CharField(source="old_ladder.ladder.code")
    old_ladder_version = serializers.IntegerField(source="old_ladder.number")
    new_ladder = serializers.CharField(source="new_ladder.ladder.code")
    new_ladder_version = serializers.IntegerField(source="new_ladder.number")
    old_due_at = serializers.DateTimeField(allow_null=True)
    new_due_at = serializers.DateTimeField(allow_null=True)


class LevelOut(serializers.Serializer[Any]):
    """A step of the ladder: after how many counted seconds, when, and when it was fired."""

    level = serializers.ChoiceField(choices=Level.choices)
    after = serializers.FloatField(source="seconds")
    at = serializers.DateTimeField()
    reached = serializers.BooleanField()
    fired_at = serializers.DateTimeField(allow_null=True)
    late_by = serializers.FloatField(allow_null=True, help_text="Seconds between planned and fired.")


class DeadlineOut(serializers.Serializer[Any]):
    """One deadline with everything it is made of."""

    stage = serializers.ChoiceField(choices=Stage.choices, source="clock.stage")
    cycle = serializers.IntegerField(source="clock.cycle")
    started_at = serializers.DateTimeField(source="clock.started_at")
    stopped_at = serializers.DateTimeField(source="clock.stopped_at", allow_null=True)
    outcome = serializers.CharField(source="clock.outcome")
    level = serializers.IntegerField(source="clock.level")
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null while it is paused.")
    latest = serializers.DateTimeField(allow_null=True, help_text="When it is due if a pause takes its maximum.")
    limit = serializers.IntegerField(source="budget", help_text="Seconds.")
    extended = serializers.IntegerField(source="extra")
    used = serializers.FloatField()
    origin = serializers.SerializerMethodField(help_text="Where the limit comes from, in words.")
    rule = serializers.CharField(
        source="clock.basis", help_text="The same as line@version; a street's own line adds @ and its key."
    )
    calendar = serializers.CharField(source="clock.calendar_version.calendar.code")
    calendar_version = serializers.IntegerField(source="clock.calendar_version.number")
    natural = serializers.BooleanField()
    years_missing = serializers.ListField(
        child=serializers.IntegerField(), source="unknown",
        help_text="Years on its way without an arrangement: their holidays are not counted.",
    )  # fmt: skip
    ladder = serializers.CharField(source="clock.ladder_version.ladder.code")
    ladder_version = serializers.IntegerField(source="clock.ladder_version.number")
    ladder_origin = serializers.SerializerMethodField(help_text="Which line names the ladder, in words.")
    ladder_rule = serializers.CharField(
        source="clock.ladder_basis",
        help_text="The same as line@version; line:level where it counts for one level of areas alone.",
    )
    segments = SegmentOut(many=True, source="stretches")
    pauses = PauseOut(many=True)
    extensions = ExtensionOut(many=True, source="clock.extensions.all")
    hand_overs = serializers.SerializerMethodField()
    replans = ReplanOut(many=True, source="clock.replans.all")
    levels = serializers.SerializerMethodField()

    def get_ladder_origin(self, found: Explanation) -> str:
        """In the reader's language."""
        return climb_said(found.clock.ladder_basis)

    def get_origin(self, found: Explanation) -> str:
        """In the reader's language."""
        return basis_said(found.clock.basis)

    @extend_schema_field(HandOverOut(many=True))
    def get_hand_overs(self, found: Explanation) -> list[dict[str, Any]]:
        """With the units' codes."""
        codes = self.context["units"]
        rows = [
            {
                "at": one.at,
                "from_unit": codes.get(one.from_unit_id),
                "to_unit": codes.get(one.to_unit_id),
                "used": one.used,
            }
            for one in found.hand_overs
        ]
        return list(HandOverOut(rows, many=True).data)

    @extend_schema_field(LevelOut(many=True))
    def get_levels(self, found: Explanation) -> list[dict[str, Any]]:
        """Lateness as seconds."""
        rows = [
            {
                "level": one.level,
                "seconds": one.seconds,
                "at": one.at,
                "reached": one.reached,
                "fired_at": one.fired_at,
                "late_by": one.late_by.total_seconds() if isinstance(one.late_by, timedelta) else None,
            }
            for one in found.levels
        ]
        return list(LevelOut(rows, many=True).data)


class DeadlineViewSet(viewsets.GenericViewSet[Incident]):
    """How the deadlines of an incident were worked out."""

    queryset = Incident.objects.none()
    serializer_class = DeadlineOut
    pagination_class = None
    filter_backends = ()

    @extend_schema(operation_id="incidents_deadlines", responses={200: DeadlineOut(many=True), **documented(401, 404)})
    def list(self, request: Request, pk: UUID) -> Response:
        """Every deadline the incident had, the running ones first: segments, holidays, pauses, hand-overs, rules."""
        incident = get_object_or_404(Incident.objects.visible_to(request.user), pk=pk)
        found = explained(incident.pk, now=dbtime.now(request._request))
        handed = [row for one in found for row in one.hand_overs]
        ids = {pk for row in handed for pk in (row.from_unit_id, row.to_unit_id) if pk is not None}
        units = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "code")) if ids else {}
        context = {"units": units, "proof": evidence_of(found)}
        return Response(DeadlineOut(found, many=True, context=context).data)
