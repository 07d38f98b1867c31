"""Masks for pages: `{% load privacy %}{{ text|masked }}`."""

from typing import Any

from django import template

from gridgov.privacy import masks

register = template.Library()


@register.filter
def masked(value: Any) -> str:
    """Free text with phone and identity numbers masked; a sealed field gives its own mask."""
    return masks.mask_text(str(value)) if value else ""
