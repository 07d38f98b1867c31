"""Whole files that hold people's data while they wait: sealed like a field, with the same ring of keys."""

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from gridgov.privacy import crypto


def sealed(content: bytes, context: str) -> ContentFile:
    """What to store; it opens only in `context`. Held in memory, so whoever calls caps the size."""
    return ContentFile(crypto.seal_bytes(content, context))


def opened(stored: FieldFile, context: str) -> bytes:
    """The content. ValidationError (code "gone") when the file is not there or is not what was put there."""
    try:
        if not stored:
            raise FileNotFoundError
        with stored.open("rb") as source:
            return crypto.unseal_bytes(source.read(), context)
    except (FileNotFoundError, crypto.Tampered):
        raise ValidationError(_("The file is no longer kept. Upload it again."), code="gone") from None
