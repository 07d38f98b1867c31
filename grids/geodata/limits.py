"""How much of a file is read at all, and archives and XML that are not what they seem."""

import io
import zipfile
import zlib
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MOST_BYTES = 50 * MEGABYTE
MOST_UNPACKED = 200 * MEGABYTE
MOST_MEMBERS = 200
MOST_FEATURES = 50_000
MOST_VERTICES = 200_000
CHUNK = 64 * 1024


class _Enough(Exception):
    """The root element is there: nothing that follows can declare a DTD."""


def check_size(data: bytes) -> None:
    """ValidationError for an empty file or one larger than `MOST_BYTES`."""
    if not data:
        raise ValidationError(_("This file is empty."), code="empty")
    if len(data) > MOST_BYTES:
        raise ValidationError(
            _("This file is larger than %(limit)s MB. Split it and import the parts one by one."),
            code="too_large",
            params={"limit": MOST_BYTES // MEGABYTE},
        )


def check_count(count: int) -> None:
    """ValidationError for more rows than one import takes."""
    if count > MOST_FEATURES:
        raise ValidationError(
            _("There are more than %(limit)s rows. Split the file and import the parts one by one."),
            code="too_many",
            params={"limit": MOST_FEATURES},
        )


def check_points(count: int) -> None:
    """ValidationError for a polygon of more corners than can be reckoned with while a person waits."""
    if count > MOST_VERTICES:
        raise ValidationError(
            _("The polygon has more than %(limit)s points. Simplify it first."),
            code="too_many_points",
            params={"limit": MOST_VERTICES},
        )


def unpack(data: bytes, wanted: tuple[str, ...], *, most: int = MOST_UNPACKED) -> dict[str, bytes]:
    """The members whose names end in `wanted`, by name, counted as they stream: headers may lie about sizes."""
    damaged = ValidationError(_("This archive is damaged or protected by a password. Pack it again."), code="damaged")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) > MOST_MEMBERS:
                raise ValidationError(
                    _("There are more than %(limit)s files in this archive. Pack only those of the map."),
                    code="too_many_members",
                    params={"limit": MOST_MEMBERS},
                )
            found: dict[str, bytes] = {}
            for name in names:
                if name.lower().endswith(wanted) and not name.startswith("__MACOSX/"):
                    found[name] = _stream(archive, name, most - sum(map(len, found.values())), most)
            return found
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise damaged from error


def _stream(archive: zipfile.ZipFile, name: str, left: int, most: int) -> bytes:
    """One member, as far as `left` bytes of the `most` that the archive may hold go."""
    read = bytearray()
    with archive.open(name) as member:
        while chunk := member.read(CHUNK):
            read += chunk
            if len(read) > left:
                raise ValidationError(
                    _(
                        "This archive is far larger than it looks: unpacked, “%(name)s” goes beyond the %(limit)s MB "
                        "that are read at most. Pack the map alone, or split it and import the parts one by one."
                    ),
                    code="bomb",
                    params={"name": name[-60:], "limit": most // MEGABYTE},
                )
    return bytes(read)


def _refuse_doctype(*_facts: object) -> None:
    raise ValidationError(
        _("This file declares its own XML entities, which can hide a bomb. Save it again with another program."),
        code="dtd",
    )


def _root_found(*_facts: object) -> None:
    raise _Enough


def refuse_dtd(data: bytes) -> None:
    """ValidationError when XML declares a document type (the only place for entities), or is no XML."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = _root_found
    try:
        parser.Parse(data, True)
    except _Enough:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise ValidationError(_("This is not a well-formed XML file."), code="not_xml") from error
