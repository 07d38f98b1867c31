"""Places and city assets for programs: read-only; the phones of contacts are not among what they get."""

from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_gis.fields import GeometryField

from gridgov.problems import documented
from grids.api import AreaRef, named
from grids.kinds import AssetClass, Condition, PlaceKind
from grids.models import Area, Asset, Place
from grids.things import ASSETS, PLACES, worded

POINT = {"type": "object", "nullable": True, "additionalProperties": True}


class ThingOut(serializers.ModelSerializer):
    """What both have."""

    area = AreaRef()
    point = serializers.SerializerMethodField(help_text="GeoJSON (WGS-84); null where only the grid is known.")
    kind_label = serializers.CharField(read_only=True, help_text="The kind in words.")

    @extend_schema_field(POINT)
    def get_point(self, thing: Any) -> Any:
        """Seven digits: a centimetre."""
        return GeometryField(precision=7).to_representation(thing.point) if thing.point else None


class PlaceOut(ThingOut):
    """A place (单位场所)."""

    class Meta:
        model = Place
        fields = (
            "id",
            "name",
            "kind",
            "kind_label",
            "address",
            "credit_code",
            "building",
            "area",
            "point",
            "ended_on",
            "ended_why",
        )


class AssetOut(ThingOut):
    """A city asset (部件)."""

    class Meta:
        model = Asset
        fields = (
            "id",
            "code",
            "name",
            "kind",
            "kind_label",
            "address",
            "owner",
            "condition",
            "installed_on",
            "area",
            "point",
            "ended_on",
            "ended_why",
        )


class ThingFilter(filters.FilterSet):
    """What narrows the lists."""

    under = filters.CharFilter(method="by_subtree", help_text="Code or id: this area and everything below.")
    q = filters.CharFilter(method="by_words", help_text="Part of the name, of the address or of the number.")
    ended = filters.BooleanFilter(method="by_end", help_text="true: also what is no longer listed.")

    def by_subtree(self, rows: Any, name: str, text: str) -> QuerySet[Any]:
        """The whole subtree."""
        try:
            return rows.below(named(text, Area.objects.visible_to(self.request.user)))
        except ValidationError as error:
            raise ValidationError({name: error}) from None

    def by_words(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        """As on the page."""
        return worded(PLACES if rows.model is Place else ASSETS, rows, text)

    def by_end(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Handled where the rows come from: without it only what is listed is there."""
        return rows


class PlaceFilter(ThingFilter):
    """Of places."""

    kind = filters.MultipleChoiceFilter(choices=PlaceKind.choices)

    class Meta:
        model = Place
        fields: tuple[str, ...] = ()


class AssetFilter(ThingFilter):
    """Of city assets."""

    kind = filters.CharFilter(field_name="kind", lookup_expr="startswith", help_text="Class (2 digits) or kind (4).")
    asset_class = filters.ChoiceFilter(field_name="kind", lookup_expr="startswith", choices=AssetClass.choices)
    condition = filters.MultipleChoiceFilter(choices=Condition.choices)
    owner = filters.CharFilter(help_text="Exactly as the register calls it.")

    class Meta:
        model = Asset
        fields: tuple[str, ...] = ()


class ThingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """As far as the posts of whoever asks reach."""

    model: type[Any] = Place

    def get_queryset(self) -> QuerySet[Any]:
        """What may be seen; one that ended only by its own address or on request."""
        rows = self.model.objects.visible_to(self.request.user).select_related("area")
        whole = self.action == "retrieve" or self.request.query_params.get("ended") == "true"
        return rows if whole else rows.listed()


class PlaceViewSet(ThingViewSet):
    """Places."""

    queryset = Place.objects.none()
    model = Place
    serializer_class = PlaceOut
    filterset_class = PlaceFilter
    ordering = PLACES.order
    lookup_value_converter = "uuid"

    @extend_schema(responses={200: PlaceOut(many=True), **documented(401, 422)})
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Places grid by grid."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses={200: PlaceOut, **documented(401, 404)})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One place."""
        return super().retrieve(request, *args, **kwargs)


class AssetViewSet(ThingViewSet):
    """City assets."""

    queryset = Asset.objects.none()
    model = Asset
    serializer_class = AssetOut
    filterset_class = AssetFilter
    ordering = ASSETS.order
    lookup_value_converter = "int"

    @extend_schema(responses={200: AssetOut(many=True), **documented(401, 422)})
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """City assets grid by grid."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses={200: AssetOut, **documented(401, 404)})
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One city asset."""
        return super().retrieve(request, *args, **kwargs)
