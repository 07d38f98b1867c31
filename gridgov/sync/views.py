"""Photos are never public files: each look asks the room that owns the record."""

from pathlib import Path
from uuid import UUID

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from gridgov.sync.models import Attachment
from gridgov.sync.registry import may_see

SIZES = {"thumb": "thumbnail", "full": "file"}


@require_safe
def attachment(request: HttpRequest, id: UUID, size: str) -> FileResponse:
    """One photo, as thumbnail or full; 404 for whoever may not see its record, as if it did not exist."""
    photo = get_object_or_404(Attachment, pk=id)
    if (
        size not in SIZES
        or (size == "thumb" and photo.is_sound)
        or not may_see(request.user, photo.subject_kind, photo.subject_id)
    ):
        raise Http404
    stored: FieldFile = getattr(photo, SIZES[size])
    try:
        response = FileResponse(
            stored.open("rb"), content_type=photo.mime, filename=f"{photo.sha256[:12]}{Path(str(stored.name)).suffix}"
        )
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
