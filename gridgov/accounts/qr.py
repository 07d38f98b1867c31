"""QR codes drawn on the server, inline: a one-time link must not travel to anyone's image service."""

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe


def reset_link(request: HttpRequest, token: str) -> str:
    """The whole address of a one-time link; its code stands behind the #, where no log sees it."""
    return request.build_absolute_uri(reverse("accounts:set_password")) + f"#{token}"


def svg(text: str, *, label: str) -> SafeString:
    """An inline SVG of `text`, with `label` as its title for those who cannot see it."""
    code = segno.make(text, error="m", micro=False)
    return mark_safe(code.svg_inline(scale=5, border=2, light="#fff", title=label, svgclass="qr", lineclass=None))  # noqa: S308
