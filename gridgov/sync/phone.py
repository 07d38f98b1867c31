"""What a phone asks before it hands anything in: who is signed in, a fresh token, the time, and its key."""

from typing import Any

from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gridgov import dbtime
from gridgov.problems import documented
from gridgov.sync import keys

NO_STORE = {"Cache-Control": "no-store"}


class SessionOut(serializers.Serializer):
    """Whose session this is."""

    owner = serializers.UUIDField(help_text="Public id of the person; records stamped with another are not sent.")
    csrf = serializers.CharField(help_text="For the header X-CSRFToken of the requests that follow.")
    now = serializers.DateTimeField(help_text="The server's time: what the device's clock lacks is the difference.")


class DeviceIn(serializers.Serializer):
    """Which phone asks: a random number that it gave itself."""

    device = serializers.UUIDField()


class KeyOut(serializers.Serializer):
    """The person's capture key on this phone."""

    owner = serializers.UUIDField()
    key = serializers.CharField(help_text="256 bits in base64, for AES-GCM.")


class SessionView(APIView):
    """GET /api/v1/sync/session/"""

    @extend_schema(responses={200: SessionOut, **documented(401, 403)})
    def get(self, request: Request) -> Response:
        """Asked at the beginning of each delivery, so that a token is never queued; 401 when nobody is signed in."""
        user: Any = request.user
        body = {"owner": user.public_id, "csrf": get_token(request._request), "now": dbtime.now(request._request)}
        return Response(SessionOut(body).data, headers=NO_STORE)


class KeyView(APIView):
    """POST /api/v1/sync/key/"""

    @extend_schema(request=DeviceIn, responses={200: KeyOut, **documented(401, 403, 422)})
    def post(self, request: Request) -> Response:
        """The key by which your records lie encrypted on this phone until they have arrived. Yours alone."""
        given = DeviceIn(data=request.data)
        given.is_valid(raise_exception=True)
        user: Any = request.user
        key = keys.capture_key(user, given.validated_data["device"], by=user, now=dbtime.now(request._request))
        return Response(KeyOut({"owner": user.public_id, "key": key}).data, headers=NO_STORE)
