"""Tables as people send them: damaged, endless or not tables at all, they are refused with a sentence."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError

from gridgov.sheets import MOST_UNPACKED, rows


def _zip(content: bytes, damaged: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", content)
    data = bytearray(out.getvalue())
    if damaged:
        data[60:70] = b"\xff" * 10
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"no workbook", "format"),
        ("a.xlsx", _zip(bytes(range(256)) * 20, damaged=True), "format"),
        ("a.xlsx", _zip(b"<!DOCTYPE x>"), "format"),
        ("a.xlsx", _zip(b"\0" * (MOST_UNPACKED + 1)), "too_large"),
        ("a.csv", b'a,b\n1,"' + b"x" * 200_000, "format"),
        ("a.csv", b"\xff\xff\xff", "encoding"),
    ],
)
def test_what_is_no_table_is_refused(name, content, code):
    with pytest.raises(ValidationError) as refused:
        rows(name, content, most=10)
    assert refused.value.code == code


def test_no_more_lines_are_read_than_asked_for():
    assert len(rows("a.csv", b"1,2\n" * 1000, most=10)) == 11
