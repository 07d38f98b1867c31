"""A kind of record of the tests' own: the kernel knows none."""

import io
import uuid
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from gridgov.accounts.models import User
from gridgov.notices.models import Notice
from gridgov.sync import Result, registry

IMAGES = Path(__file__).parent.parent / "data" / "images"


def take(envelope, payload, *, by, now):
    """Stands for a room's handler: writes one row, refuses an empty text, doubts "?"."""
    if not payload.get("text"):
        raise ValidationError({"text": ValidationError("Say what happened, 13800000001.", code="required")})
    row = Notice.objects.create(user=by, code="test.taken", params={"text": payload["text"]}, created_at=now)
    return Result("tests.record", str(row.pk), f"/records/{row.pk}/", needs_review=payload["text"] == "?")


@pytest.fixture(autouse=True)
def _room(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(registry, "_handlers", {"tests.report": take})
    monkeypatch.setattr(registry, "_access", {**registry._access, "tests.record": owns_record})
    settings.MEDIA_ROOT = tmp_path / "media"


def owns_record(user: User, subject_id: str) -> bool:
    return Notice.objects.filter(pk=subject_id, user_id=user.pk).exists()


def records() -> int:
    """How many records came of it."""
    return Notice.objects.filter(code="test.taken").count()


@pytest.fixture
def number() -> uuid.UUID:
    return uuid.uuid4()


def image(name: str) -> bytes:
    return (IMAGES / name).read_bytes()


def upload(data: bytes, name: str = "photo.jpg") -> ContentFile:
    return ContentFile(data, name=name)


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options) -> bytes:
    """A small picture made here."""
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode != "L" else 128).save(out, form, **options)
    return out.getvalue()
