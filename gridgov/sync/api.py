"""The door for phones and programs: PUT an envelope, then PUT its photos, as often as the line needs."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gridgov import dbtime
from gridgov.problems import documented, problem
from gridgov.sync import actions
from gridgov.sync.models import Envelope
from gridgov.sync.parsers import EnvelopeParser, PhotoParser, SoundParser
from gridgov.sync.registry import handler_of

MOST_PHOTOS = 20
PHOTO_STATUS = {"too_large": 413, "pixels": 413, "type": 415, "suspicious": 415}


class AnnouncedPhoto(serializers.Serializer):
    """A photo that follows: the SHA-256 of the file as taken, in hexadecimal."""

    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")


class AnyClock(serializers.DateTimeField):
    """A time by a device's clock. What is no time is as good as not knowing; it is never a reason to refuse."""

    def to_internal_value(self, value: Any) -> Any:
        """None for nonsense, and for years that no device has lived in."""
        try:
            found = super().to_internal_value(value)
        except (serializers.ValidationError, OverflowError):
            return None
        return found if 1970 <= found.year < 2200 else None


class EnvelopeIn(serializers.Serializer):
    """What a device hands in.

    `offset` is what its clock lacks, in seconds; `owner` the public id of the person it was stamped with.
    """

    kind = serializers.CharField(max_length=60)
    payload = serializers.DictField()
    owner = serializers.UUIDField(required=False)
    captured_at = AnyClock(required=False, allow_null=True)
    offset = serializers.FloatField(required=False, allow_null=True)
    base_version = serializers.CharField(required=False, allow_blank=True, max_length=64)
    attachments = AnnouncedPhoto(many=True, required=False, max_length=MOST_PHOTOS)  # type: ignore[call-arg]

    def validate_kind(self, kind: str) -> str:
        """Only what some room takes."""
        if handler_of(kind) is None:
            raise serializers.ValidationError(_("Nothing here accepts this kind of record."), code="unknown")
        return kind

    def validate_offset(self, seconds: float | None) -> timedelta | None:
        """A clock may be wrong by any amount a date can hold; more is as good as not knowing."""
        if seconds is None or not abs(seconds) < 3_000_000_000:
            return None
        return timedelta(seconds=seconds)


class ReceiptOut(serializers.Serializer):
    """What it became. The device deletes its copy when `complete` is true, not before."""

    envelope = serializers.UUIDField()
    kind = serializers.CharField()
    id = serializers.CharField()
    url = serializers.CharField()
    needs_review = serializers.BooleanField()
    changed = serializers.BooleanField(help_text="Somebody changed it since `base_version`; it counts all the same.")
    problems = serializers.ListField(child=serializers.DictField())
    complete = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField())


def _answer(receipt: actions.Receipt, envelope: Envelope, status: int) -> Response:
    missing = actions.missing(envelope)
    body = {
        "envelope": receipt.envelope_id,
        "kind": receipt.kind,
        "id": receipt.id,
        "url": receipt.url,
        "needs_review": receipt.needs_review,
        "changed": receipt.changed,
        "problems": receipt.problems,
        "complete": not missing,
        "missing": missing,
    }
    return Response(ReceiptOut(body).data, status=status, headers={"Cache-Control": "no-store"})


def _conflict() -> Response:
    return problem(
        409, _("Something else was sent under this number, or by someone else. The first record was kept as it is.")
    )


class EnvelopeView(APIView):
    """PUT /api/v1/sync/<uuid>/"""

    parser_classes = (EnvelopeParser,)

    @extend_schema(
        request=EnvelopeIn,
        responses={200: ReceiptOut, 201: ReceiptOut, 202: ReceiptOut, **documented(401, 403, 409, 413, 415, 422, 429)},
    )
    def put(self, request: Request, envelope_id: UUID) -> Response:
        """Take one envelope in: 201 stored, 200 seen before, 202 kept for review, 409 other content or owner."""
        form = EnvelopeIn(data=request.data)
        form.is_valid(raise_exception=True)
        given: dict[str, Any] = form.validated_data
        user: Any = request.user
        if given.get("owner", user.public_id) != user.public_id:
            return _conflict()
        receipt = actions.receive(
            envelope_id,
            given["kind"],
            given["payload"],
            by=request.user,
            now=dbtime.now(request._request),
            captured_at=given.get("captured_at"),
            offset=given.get("offset"),
            base_version=given.get("base_version", ""),
            attachments=[item["sha256"] for item in given.get("attachments", [])],
            keep=True,
        )
        if receipt.status == actions.CONFLICT:
            return _conflict()
        return _answer(receipt, Envelope.objects.get(pk=envelope_id), receipt.status)


class PhotoView(APIView):
    """PUT /api/v1/sync/<uuid>/attachments/<sha256>/"""

    parser_classes = (PhotoParser, SoundParser)

    @extend_schema(
        request=OpenApiTypes.BINARY, responses={200: ReceiptOut, **documented(401, 403, 404, 413, 415, 422, 429)}
    )
    def put(self, request: Request, envelope_id: UUID, sha256: str) -> Response:
        """Take in a photo that the envelope announced; the body is the file. The same photo again is harmless."""
        user: Any = request.user
        envelope = Envelope.objects.filter(pk=envelope_id, owner=user).first()
        if envelope is None or sha256 not in envelope.photos:
            raise Http404
        file: Any = request.data
        now = dbtime.now(request._request)
        try:
            actions.attach_to_envelope(envelope, file, sha256=sha256, by=user, now=now)
        except ValidationError as error:
            return problem(PHOTO_STATUS.get(error.code or "", 422), error.messages[0], code=error.code)
        return _answer(actions.receipt_of(envelope, 200), envelope, 200)
