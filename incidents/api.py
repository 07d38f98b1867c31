"""Incidents for programs: the same actions, the same rights, the same one door as the pages and the phone."""

from datetime import UTC
from itertools import groupby
from typing import Any
from uuid import UUID

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from gridgov import dbtime
from gridgov.clock.levels import Level
from gridgov.ids import uuid7
from gridgov.problems import documented, problem
from gridgov.sync import actions as door
from grids.api import named
from grids.models import Area
from incidents import actions
from incidents.api_shapes import (
    AnswerIn,
    AskIn,
    HeadingOut,
    IncidentDetail,
    IncidentOut,
    MoveIn,
    ReportIn,
    RequestOut,
    RunOnIn,
)
from incidents.lists import HORIZON
from incidents.models import Category, Incident
from incidents.models import Request as Asked
from incidents.models.incident import Channel, IncidentQuerySet
from incidents.search import search
from incidents.workflow import MOVES, Status
from teams.models import Unit

MOVE = OpenApiParameter("move", str, OpenApiParameter.PATH, enum=list(MOVES), description="One of `moves`.")


class CategoryViewSet(viewsets.GenericViewSet[Category]):
    """The catalogue as it is offered today."""

    queryset = Category.objects.none()
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses={200: HeadingOut(many=True), **documented(401)})
    def list(self, request: Request) -> Response:
        """What can be reported, by heading, with its limits."""
        rows = Category.objects.offered().select_related("major", "lead_unit").order_by("major__code", "code")
        headings = []
        for _major, entries in groupby(rows, key=lambda row: row.major_id):
            offered = list(entries)
            heading: Any = offered[0].major
            heading.categories = offered
            headings.append(heading)
        return Response(HeadingOut(headings, many=True).data)


class InstantFilter(filters.IsoDateTimeFilter):
    """An instant with any offset ISO 8601 allows; PostgreSQL knows none beyond 16 hours."""

    def filter(self, qs: Any, value: Any) -> Any:
        """Compares in UTC."""
        try:
            return super().filter(qs, value.astimezone(UTC) if value else value)
        except OverflowError:
            raise ValidationError({self.parent_name: _("Enter a valid date/time.")}) from None

    @property
    def parent_name(self) -> str:
        """The parameter it is asked by."""
        return next(name for name, one in self.parent.filters.items() if one is self)


class IncidentFilter(filters.FilterSet):
    """What narrows the list."""

    status = filters.MultipleChoiceFilter(choices=Status.choices)
    level = filters.ChoiceFilter(choices=Level.choices, help_text="Open, and at this level of the ladder.")
    category = filters.CharFilter(method="by_category", help_text="Code of a category or of a heading.")
    area = filters.CharFilter(method="by_area", help_text="Code or id: in this area or below.")
    unit = filters.CharFilter(method="by_unit", help_text="Code: held by it or handled by it.")
    reported_since = InstantFilter(field_name="reported_at", lookup_expr="gte")
    reported_until = InstantFilter(field_name="reported_at", lookup_expr="lt")
    q = filters.CharFilter(method="by_words", help_text="A number, or words of the text, the place or the category.")

    class Meta:
        model = Incident
        fields: tuple[str, ...] = ()

    def by_category(self, rows: QuerySet[Incident], name: str, code: str) -> QuerySet[Incident]:
        """The entry or all of a heading."""
        return rows.filter(Q(category__code=code) | Q(category__major__code=code))

    def by_area(self, rows: QuerySet[Incident], name: str, text: str) -> QuerySet[Incident]:
        """The subtree."""
        try:
            area = named(text, Area.objects.all())
        except ValidationError as error:
            raise ValidationError({name: error}) from None
        return rows.filter(area_path__gte=area.path, area_path__lt=area.path + "~")

    def by_unit(self, rows: IncidentQuerySet, name: str, code: str) -> QuerySet[Incident]:
        """Holder or handling unit."""
        return rows.of_unit(Unit.objects.filter(code=code).values("pk"))

    def by_words(self, rows: IncidentQuerySet, name: str, text: str) -> QuerySet[Incident]:
        """As the desk searches."""
        return search(rows, text)

    def filter_queryset(self, queryset: QuerySet[Incident]) -> QuerySet[Incident]:
        """What no index carries looks back over a year, unless `reported_since` says how far."""
        asked = self.form.cleaned_data
        rows = super().filter_queryset(queryset.open() if asked["level"] else queryset)  # type: ignore[attr-defined]
        narrow = [asked[name] for name in ("area", "unit", "reported_since", "q") if asked[name]]
        if not narrow and (asked["status"] or asked["category"]):
            rows = rows.filter(reported_at__gte=dbtime.now(self.request._request) - HORIZON)
        return rows


class IncidentViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Incident]):
    """Incidents that whoever asks may see."""

    queryset = Incident.objects.none()
    serializer_class = IncidentOut
    filterset_class = IncidentFilter
    ordering = ("-reported_at", "-id")

    def get_queryset(self) -> QuerySet[Incident]:
        """The one rule of who sees what."""
        return Incident.objects.visible_to(self.request.user).for_list()

    @extend_schema(responses={200: IncidentOut(many=True), **documented(401, 422)})
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The newest first. `status` and `category` alone look back over a year; `reported_since` widens that."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses={200: IncidentDetail, **documented(401, 404)})
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One incident with its timeline, its open requests and the steps that lie open to you."""
        rows = self.get_queryset().select_related("reported_by")
        incident: Any = get_object_or_404(rows, pk=pk)
        incident.timeline_rows = incident.steps.select_related("by", "unit").order_by("seq")
        incident.request_rows = incident.requests.select_related("asked_by")
        return Response(IncidentDetail(incident, context=self.get_serializer_context()).data)

    @extend_schema(
        request=ReportIn, responses={201: IncidentOut, 200: IncidentOut, **documented(401, 403, 409, 413, 422)}
    )
    def create(self, request: Request) -> Response:
        """Report. The same `client_id` with the same content answers 200 and adds nothing; other content is 409."""
        given = ReportIn(data=request.data)
        given.is_valid(raise_exception=True)
        payload = {**given.validated_data, "channel": Channel.API}
        envelope_id = payload.pop("client_id", None) or uuid7()
        receipt = door.receive(
            envelope_id, "incidents.report", payload, by=request.user, now=dbtime.now(request._request)
        )
        if receipt.status == door.CONFLICT:
            return problem(409, _("Another report was sent under this client_id. It was kept as it is."))
        incident = Incident.objects.for_list().get(pk=receipt.id)
        return self._answer(incident, status=receipt.status)

    @extend_schema(
        operation_id="incidents_move",
        parameters=[MOVE],
        request=MoveIn,
        responses={200: IncidentOut, **documented(401, 403, 404, 409, 422)},
    )
    def move(self, request: Request, pk: UUID, move: str) -> Response:
        """Take a step. 409 when it does not lead on from where the incident stands now."""
        if move not in MOVES:
            raise NotFound
        given = MoveIn(data=request.data)
        given.is_valid(raise_exception=True)
        moved = actions.move(
            self.get_object(), move, by=request.user, now=dbtime.now(request._request), **given.validated_data
        )
        return self._answer(moved)

    @extend_schema(
        operation_id="incidents_ask", request=AskIn, responses={201: RequestOut, **documented(401, 403, 404, 409, 422)}
    )
    def ask(self, request: Request, pk: UUID) -> Response:
        """Ask for a return, an extension, a suspension or voiding."""
        given = AskIn(data=request.data)
        given.is_valid(raise_exception=True)
        now = dbtime.now(request._request)
        asked = actions.ask(self.get_object(), by=request.user, now=now, **given.validated_data)
        return Response(RequestOut(asked).data, status=201)

    @extend_schema(
        operation_id="incidents_answer",
        request=AnswerIn,
        responses={200: RequestOut, **documented(401, 403, 404, 409, 422)},
    )
    def answer(self, request: Request, pk: UUID, request_id: UUID) -> Response:
        """Approve or refuse what was asked for."""
        given = AnswerIn(data=request.data)
        given.is_valid(raise_exception=True)
        asked = self._asked(request_id)
        answered = actions.answer(asked, by=request.user, now=dbtime.now(request._request), **given.validated_data)
        return Response(RequestOut(answered).data)

    @extend_schema(
        operation_id="incidents_take_back", request=None, responses={200: RequestOut, **documented(401, 403, 404, 409)}
    )
    def take_back(self, request: Request, pk: UUID, request_id: UUID) -> Response:
        """Who asked no longer wants it."""
        asked = self._asked(request_id)
        taken = actions.take_back(asked, by=request.user, now=dbtime.now(request._request))
        return Response(RequestOut(taken).data)

    @extend_schema(
        operation_id="incidents_run_on",
        request=RunOnIn,
        responses={200: IncidentOut, **documented(401, 403, 404, 409, 422)},
    )
    def run_on(self, request: Request, pk: UUID) -> Response:
        """End a suspension before its maximum. 409 when none is open."""
        given = RunOnIn(data=request.data)
        given.is_valid(raise_exception=True)
        now = dbtime.now(request._request)
        running = actions.run_on(self.get_object(), by=request.user, now=now, **given.validated_data)
        return self._answer(running)

    def _asked(self, request_id: UUID) -> Asked:
        return get_object_or_404(Asked.objects.select_related("asked_by"), pk=request_id, incident=self.get_object())

    def _answer(self, incident: Incident, *, status: int = 200) -> Response:
        return Response(IncidentOut(incident, context=self.get_serializer_context()).data, status=status)
