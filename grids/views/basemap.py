"""The base map: what it is, and the bytes of its file in the ranges that are asked for."""

import os
import re
from pathlib import Path

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from grids import basemap, permissions
from grids.permissions import Perm

RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?")


@require_safe
def described(request: SignedInRequest) -> HttpResponse:
    """What lies beneath the map, or in words why nothing does."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    response = JsonResponse(basemap.described())
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def file(request: SignedInRequest) -> HttpResponse:
    """The part of the file that `Range` names; a file without one only when it is small."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    path = basemap.file()
    if path is None or not path.is_file():
        raise Http404
    facts = path.stat()
    etag = quote_etag(f"{facts.st_mtime_ns:x}-{facts.st_size:x}")
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    start, end = (int(asked[1]), int(asked[2] or facts.st_size)) if asked else (0, facts.st_size)
    end = min(end, facts.st_size - 1)
    if start > end or end - start >= basemap.MOST_BYTES:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{facts.st_size}"
        return response
    response = get_conditional_response(request, etag=etag) or _part(path, start, end, facts, partial=bool(asked))
    response["ETag"], response["Accept-Ranges"] = etag, "bytes"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _part(path: Path, start: int, end: int, facts: os.stat_result, *, partial: bool) -> HttpResponse:
    with path.open("rb") as source:
        source.seek(start)
        content = source.read(end - start + 1)
    response = HttpResponse(content, content_type="application/vnd.pmtiles", status=206 if partial else 200)
    if partial:
        response["Content-Range"] = f"bytes {start}-{start + len(content) - 1}/{facts.st_size}"
    return response
