"""The inbox for programs."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from gridgov import dbtime
from gridgov.notices import actions
from gridgov.notices.models import Notice
from gridgov.problems import documented


class NoticeOut(serializers.ModelSerializer):
    """One message, worded in the reader's language."""

    title = serializers.CharField(read_only=True)
    body = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True, help_text="The page where the reader can act; may be empty.")

    class Meta:
        model = Notice
        fields = ("id", "code", "title", "body", "url", "urgent", "subject_kind", "subject_id", "created_at", "read_at")
        read_only_fields = fields


class NoticeFilter(filters.FilterSet):
    """What narrows the list."""

    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", help_text="true: only unread ones.")

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()


class NoticeViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Notice]):
    """What concerns whoever asks."""

    queryset = Notice.objects.none()
    serializer_class = NoticeOut
    filterset_class = NoticeFilter
    ordering = ("-id",)
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Notice]:
        """A notice is its reader's alone."""
        return Notice.objects.visible_to(self.request.user)

    @extend_schema(responses={200: NoticeOut(many=True), **documented(401, 422)})
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="notices_read", request=None, responses={200: NoticeOut, **documented(401, 404)})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: Any = None) -> Response:
        """Mark as read; again keeps the first time."""
        notice = self.get_object()
        actions.mark_read(notice, by=request.user, now=dbtime.now(request._request))
        notice.refresh_from_db(fields=["read_at"])
        return Response(NoticeOut(notice).data)
