"""Areas for programs: the tree with its boundaries, and which grid holds a point."""

import math
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_gis.fields import GeometryField

from gridgov.problems import documented
from grids.locate import Certainty, locate
from grids.models import Area, AreaQuerySet
from grids.permissions import Perm, require_anywhere


class FiniteField(serializers.FloatField):
    """A number that is one: neither NaN nor infinite."""

    def to_internal_value(self, data: Any) -> float:
        """The number."""
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class InstantField(serializers.DateTimeField):
    """An instant, or a time from the office's wall; one that no other zone can say is none."""

    def to_internal_value(self, value: Any) -> Any:
        """The first hours of the year 1 are the year 0 in UTC."""
        try:
            return super().to_internal_value(value)
        except OverflowError:
            self.fail("overflow")


class AreaRef(serializers.ModelSerializer):
    """An area as others mention it."""

    class Meta:
        model = Area
        fields = ("id", "code", "name", "kind")


class AreaOut(serializers.ModelSerializer):
    """A node of the tree."""

    class Meta:
        model = Area
        fields: tuple[str, ...] = (
            "id",
            "code",
            "code_scheme",
            "name",
            "kind",
            "grid_kind",
            "parent",
            "households",
            "persons",
        )


class AreaDetail(AreaOut):
    """A node with what a map and a notice board need."""

    above = serializers.SerializerMethodField(help_text="From the root down to its parent.")
    boundary = serializers.SerializerMethodField(help_text="The current polygon as GeoJSON (WGS-84); null before one.")

    class Meta(AreaOut.Meta):
        fields = (*AreaOut.Meta.fields, "east", "south", "west", "north", "above", "boundary")

    @extend_schema_field(AreaRef(many=True))
    def get_above(self, area: Area) -> Any:
        """One query."""
        return AreaRef(Area.objects.filter(path__in=area.ancestor_paths[:-1]), many=True).data

    @extend_schema_field({"type": "object", "nullable": True, "additionalProperties": True})
    def get_boundary(self, area: Area) -> Any:
        """One query."""
        current = area.boundaries.filter(until=None).first()
        return GeometryField(precision=7).to_representation(current.polygon) if current else None


def named(text: str, areas: AreaQuerySet) -> Area:
    """The area whose code `text` is, or whose id. ValidationError when `areas` has none."""
    found = areas.filter(code=text).order_by("pk").first()
    if found is None and text.isdecimal() and len(text) < 18:
        found = areas.filter(pk=int(text)).first()
    if found is None:
        raise ValidationError(_("There is no area “%(code)s”.") % {"code": text})
    return found


class AreaFilter(filters.FilterSet):
    """What narrows the list."""

    kind = filters.MultipleChoiceFilter(choices=Area.Kind.choices)
    parent = filters.CharFilter(method="by_parent", help_text="Code or id of the area directly above.")
    under = filters.CharFilter(method="by_subtree", help_text="Code or id: this area and everything below.")
    q = filters.CharFilter(method="by_words", help_text="Part of the name, or the beginning of the code.")

    class Meta:
        model = Area
        fields: tuple[str, ...] = ()

    def _area(self, name: str, text: str) -> Area:
        try:
            return named(text, Area.objects.visible_to(self.request.user))
        except ValidationError as error:
            raise ValidationError({name: error}) from None

    def by_parent(self, rows: QuerySet[Area], name: str, text: str) -> QuerySet[Area]:
        """Children."""
        return rows.filter(parent=self._area(name, text))

    def by_subtree(self, rows: AreaQuerySet, name: str, text: str) -> QuerySet[Area]:
        """The whole subtree."""
        return rows.below(self._area(name, text).path)

    def by_words(self, rows: QuerySet[Area], name: str, text: str) -> QuerySet[Area]:
        """Name or code."""
        return rows.filter(Q(name__contains=text) | Q(code__startswith=text))


class LocateIn(serializers.Serializer):
    """A point, and how and when it was taken."""

    lon = FiniteField(min_value=-180, max_value=180, help_text="Degrees, WGS-84.")
    lat = FiniteField(min_value=-90, max_value=90)
    accuracy = FiniteField(required=False, min_value=0, max_value=1_000_000, help_text="Metres, as the device says.")
    at = InstantField(required=False, help_text="By the boundaries that held then; now by default.")


class LocateOut(serializers.Serializer):
    """Which area holds it. `near`: another grid lies within the accuracy; `outside`: no area at all."""

    certainty = serializers.ChoiceField(choices=[item.value for item in Certainty])
    area = AreaRef(allow_null=True)
    candidates = AreaRef(many=True, help_text="Other grids within the accuracy.")


class AreaViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Area]):
    """The tree of areas, as far as the posts of whoever asks reach."""

    queryset = Area.objects.none()
    serializer_class = AreaOut
    filterset_class = AreaFilter
    ordering = ("path",)
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Area]:
        """What may be seen, without what has been retired."""
        return Area.objects.visible_to(self.request.user).standing()

    @extend_schema(responses={200: AreaOut(many=True), **documented(401, 422)})
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Areas in the order of the tree, parents before children."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses={200: AreaDetail, **documented(401, 404)})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One area with its boundary."""
        return Response(AreaDetail(self.get_object()).data)

    @extend_schema(
        operation_id="areas_locate",
        parameters=[LocateIn],
        responses={200: LocateOut, **documented(401, 403, 422)},
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def locate(self, request: Request) -> Response:
        """Which grid holds a point: exactly one answer, the same for everybody."""
        require_anywhere(request.user, Perm.VIEW_AREAS)
        asked = LocateIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = locate(**asked.validated_data)
        return Response(LocateOut(found).data)
