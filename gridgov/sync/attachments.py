"""Photos and voice notes from outside: checked by content. Photos are decoded with limits and written anew, so that
nothing hidden survives; a voice note is kept as it came and only ever served as sound.
"""

import hashlib
import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import filetype
import pillow_heif
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

pillow_heif.register_heif_opener()

STORED = "image/jpeg"
LONGEST_SIDE, THUMBNAIL_SIDE, QUALITY = 2048, 320, 85
SOUNDS = {  # what recorders of browsers write, by content → (type it is served as, ending)
    "video/webm": ("audio/webm", "webm"),
    "audio/webm": ("audio/webm", "webm"),
    "video/x-matroska": ("audio/webm", "webm"),
    "audio/mp4": ("audio/mp4", "m4a"),
    "video/mp4": ("audio/mp4", "m4a"),
    "audio/m4a": ("audio/mp4", "m4a"),
    "audio/x-m4a": ("audio/mp4", "m4a"),
    "audio/ogg": ("audio/ogg", "ogg"),
}
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF", "image/heif": "HEIF"}

# A photo has no business holding these. Long enough not to turn up in compressed pixels by chance.
FOREIGN = re.compile(rb"(?i)<script[\s>]|<\?php\s|<html[\s>]|<!doctype html|<svg\s[^>]{0,200}xmlns|%PDF-1\.\d")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that passed: the hash of what came, and the JPEGs to keep. Sides in pixels."""

    sha256: str
    full: bytes
    thumbnail: bytes
    width: int
    height: int
    mime: str = STORED
    ending: str = "jpg"


def prepare(file: File) -> Photo:
    """Check and re-encode one uploaded photo (JPEG, PNG, WebP or HEIC), or check a voice note (WebM, MP4, Ogg).

    ValidationError says what to do.
    """
    data = _read(file)
    _refuse_foreign(data)
    _scan(data)
    sound = _sound(data)
    if sound is not None:
        if len(data) > settings.VOICE_MAX_BYTES:
            raise ValidationError(
                _("This voice note is larger than %(limit)s MB. Record a shorter one."),
                code="too_large",
                params={"limit": settings.VOICE_MAX_BYTES // (1024 * 1024)},
            )
        return Photo(hashlib.sha256(data).hexdigest(), data, b"", 0, 0, *sound)
    image = _decode(data)
    full, thumbnail = _encode(image, LONGEST_SIDE), _encode(image, THUMBNAIL_SIDE)
    with Image.open(io.BytesIO(full)) as kept:
        width, height = kept.size
    return Photo(hashlib.sha256(data).hexdigest(), full, thumbnail, width, height)


def picture(file: File, *, side: int, most_bytes: int) -> Photo:
    """Check and re-encode a picture that may be larger than a photo: `side` pixels at most, no sound.

    ValidationError says what to do.
    """
    data = _read(file, most_bytes)
    if _format(data) is None:
        raise ValidationError(_("This is not a picture. Choose a PNG or JPEG file."), code="type")
    _refuse_foreign(data)
    _scan(data)
    image = _decode(data, side)
    full, thumbnail = _encode(image, side), _encode(image, THUMBNAIL_SIDE)
    return Photo(hashlib.sha256(data).hexdigest(), full, thumbnail, image.width, image.height)


def _scan(data: bytes) -> None:
    scan = settings.ATTACHMENT_SCANNER
    if scan:
        checker: Callable[[bytes], bool] = import_string(scan)
        if not checker(data):
            raise ValidationError(_("The virus scanner refused this file."), code="suspicious")


def _read(file: File, most_bytes: int = 0) -> bytes:
    limit = most_bytes or settings.ATTACHMENT_MAX_BYTES
    file.seek(0)
    data = file.read(limit + 1)
    if len(data) > limit:
        raise ValidationError(
            _("This photo is larger than %(limit)s MB. Take it again with a lower resolution."),
            code="too_large",
            params={"limit": limit // (1024 * 1024)},
        )
    if not data:
        raise ValidationError(_("This file is empty. Choose the photo again."), code="empty")
    return data


def _refuse_foreign(data: bytes) -> None:
    """Type by content, and nothing that is also a page, a script or an archive."""
    if _format(data) is None and _sound(data) is None:
        raise ValidationError(_("This is not a photo. Choose a JPEG, PNG, WebP or HEIC picture."), code="type")
    if FOREIGN.search(data) or zipfile.is_zipfile(io.BytesIO(data)):
        raise ValidationError(
            _("This file is a photo and something else at once, so it was not accepted. Take the photo again."),
            code="suspicious",
        )


def _format(data: bytes) -> str | None:
    kind = filetype.guess(data)
    return FORMATS.get(kind.mime) if kind else None


def _sound(data: bytes) -> tuple[str, str] | None:
    kind = filetype.guess(data)
    return SOUNDS.get(kind.mime) if kind else None


def _decode(data: bytes, side: int = LONGEST_SIDE) -> Image.Image:
    """The picture in RGB, turned the right way up, read no larger than needed."""
    damaged = ValidationError(_("This photo is damaged. Take it again or choose another one."), code="damaged")
    if _format(data) == "HEIF" and _boxes_cut_off(data):
        raise damaged  # libheif would show grey where the rest is missing
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own cap is stricter
            image = Image.open(io.BytesIO(data), formats=[str(_format(data))])
        _refuse_too_many_pixels(image.width * image.height)
        image.draft("RGB", (side, side))
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((side, side))
        return _flat(upright)
    except ValidationError:
        raise
    except Image.DecompressionBombError:
        _refuse_too_many_pixels(settings.ATTACHMENT_MAX_PIXELS + 1)
        raise damaged from None
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, struct.error, TypeError, LookupError) as error:
        raise damaged from error


def _boxes_cut_off(data: bytes) -> bool:
    """Whether the last top-level box (ISO/IEC 14496-12 §4.2) promises more bytes than there are."""
    start = 0
    while start + 8 <= len(data):
        size = int.from_bytes(data[start : start + 4], "big")
        if size == 1:
            size = int.from_bytes(data[start + 8 : start + 16], "big")
        if size == 0:  # to the end of the file
            return False
        start += max(size, 8)
    return start > len(data)


def _refuse_too_many_pixels(pixels: int) -> None:
    limit = settings.ATTACHMENT_MAX_PIXELS
    if pixels > limit:
        raise ValidationError(
            _("This picture has more than %(limit)s megapixels. Take it again with a lower resolution."),
            code="pixels",
            params={"limit": limit // 1_000_000},
        )


def _flat(image: Image.Image) -> Image.Image:
    """RGB on white where the picture is transparent."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        ground = Image.new("RGB", rgba.size, "white")
        ground.paste(rgba, mask=rgba.getchannel("A"))
        return ground
    return image.convert("RGB")


def _encode(image: Image.Image, side: int) -> bytes:
    """A fresh JPEG from the pixels alone: no EXIF, no place, no comment, no profile."""
    small = image.copy()
    small.thumbnail((side, side))
    small.info.clear()
    out = io.BytesIO()
    small.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def write(attachment_id: UUID, photo: Photo) -> tuple[str, str]:
    """Store both files under names made from the id; (name, thumbnail name).

    Written before the row is committed: a row never lacks its file. When the transaction is rolled back the
    files are left over, and `sweep.remove_orphans` takes them away.
    """
    stem = f"attachments/{attachment_id.hex[:5]}/{attachment_id}"
    full = default_storage.save(f"{stem}.{photo.ending}", ContentFile(photo.full))
    if not photo.thumbnail:
        return full, ""
    return full, default_storage.save(f"{stem}-thumb.jpg", ContentFile(photo.thumbnail))
