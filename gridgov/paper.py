"""Pages to print: HTML becomes PDF on A4 or A3, with the machine's own fonts, and nothing is fetched from anywhere."""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

SIZES = ("a4", "a3")
STYLE = "css/paper.css"


def size_of(asked: str | None) -> str:
    """The paper asked for, A4 when it is none we know."""
    size = (asked or "").lower()
    return size if size in SIZES else SIZES[0]


def pdf(template: str, context: dict[str, Any], *, now: datetime) -> bytes:
    """`template` as PDF. Pictures come as data: addresses; any other address is left blank.

    WeasyPrint is imported here, because it takes a second that only who prints should wait.
    """
    import weasyprint
    from PIL import ImageFile
    from weasyprint.urls import URLFetcher

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint allows it for the whole process: damaged photos would pass

    html = render_to_string(template, {**context, "demo": settings.DEMO, "printed_at": timezone.localtime(now)})
    style = weasyprint.CSS(string=Path(str(finders.find(STYLE))).read_text(encoding="utf-8"))
    return weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"})).write_pdf(
        stylesheets=[style]
    )


def response(content: bytes, file_name: str) -> HttpResponse:
    """To be looked at in the browser and printed or kept from there."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(file_name)}.pdf"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
