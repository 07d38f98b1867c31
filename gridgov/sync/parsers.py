"""Request bodies read with a limit, because a body announces its size only when it wants to."""

import io
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser, JSONParser

MAX_JSON = 512 * 1024  # bytes of one envelope


class TooLarge(APIException):
    """413."""

    status_code = 413
    default_detail = gettext_lazy("This is too large to be taken in.")
    default_code = "too_large"


def read_limited(stream: IO[bytes], limit: int) -> bytes:
    """The whole body, or TooLarge after `limit` bytes."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLarge
    return data


class EnvelopeParser(JSONParser):
    """JSON of limited size and depth, an object at the top."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The object; ParseError when it is not one."""
        data = io.BytesIO(read_limited(stream, MAX_JSON))
        try:
            return super().parse(data, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("The content is nested too deeply.")) from None


class SoundParser(BaseParser):
    """The bytes of one voice note as they are."""

    media_type = "audio/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """A file in memory, at most one byte over the limit is ever read."""
        return ContentFile(read_limited(stream, settings.VOICE_MAX_BYTES), name="voice")


class PhotoParser(BaseParser):
    """The bytes of one picture as they are."""

    media_type = "image/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """A file in memory, at most one byte over the limit is ever read."""
        return ContentFile(read_limited(stream, settings.ATTACHMENT_MAX_BYTES), name="photo")
