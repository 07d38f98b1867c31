"""What nobody should send: values for addresses, questions, fields and files, each picked by a seeded chance."""

from dataclasses import dataclass
from random import Random
from urllib.parse import quote_from_bytes

NIL = "00000000-0000-0000-0000-000000000000"
TEXTS: tuple[bytes, ...] = tuple(
    text.encode()
    for text in (
        "",
        " ",
        "\x00",
        "ab\x00cd",
        "\r\n",
        "\t",
        "%",
        "%00",
        "_",
        "\\",
        "'",
        '"',
        "<script>alert(1)</script>",
        "{{ 7|add:7 }}",
        "A" * 300,
        "A" * 100_000,
        "字" * 3_000,
        "字" * 30_000,
        "😀" * 300,
        "\u202e\u202dright to left\u200f\u2066",
        "\u0301" * 400,
        "\ufeff",
        "\ufffe",
        "𠮷" * 60,
        "../../etc/passwd",
        "on",
        "true",
        "null",
        "None",
        "undefined",
        "[]",
        "{}",
        "[" * 3_000,
    )
)
NUMBERS: tuple[bytes, ...] = tuple(
    text.encode()
    for text in (
        "-1",
        "0",
        "1",
        "2",
        "-0",
        "1.5",
        "1,5",
        "1e9",
        "1e400",
        "-1e400",
        "nan",
        "inf",
        "-Infinity",
        "0x10",
        "١٢",
        "９９",
        "²",
        "½",
        "1_0",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775807",
        "9223372036854775808",
        "1" + "0" * 400,
        "0." + "9" * 400,
    )
)
DAYS: tuple[bytes, ...] = tuple(
    text.encode()
    for text in (
        "2026-02-30",
        "2026-13-01",
        "0001-01-01",
        "0000-00-00",
        "9999-12-31",
        "10000-01-01",
        "-1-01-01",
        "2026-11-26",
        "26.11.2026",
        "2026-11-26T25:61",
        "9999-12-31T23:59:59+14:00",
        "0001-01-01T00:00-14:00",
        "24:00",
        "99:99",
        "2026-W53-7",
        "２０２６-11-26",
    )
)
BROKEN: tuple[bytes, ...] = (
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
    b"\x80" * 50,
    b"ab\xff",
)
KEYS: tuple[bytes, ...] = (
    NIL.encode(),
    NIL.replace("-", "").encode(),
    b"ffffffff-ffff-ffff-ffff-ffffffffffff",
    b"not-a-uuid",
    b"{" + NIL.encode() + b"}",
)
VALUES = (TEXTS, NUMBERS, DAYS, BROKEN, KEYS)
FILES: tuple[tuple[str, str, bytes], ...] = (
    ("empty.csv", "text/csv", b""),
    ("photo.jpg", "image/jpeg", b"this is no picture"),
    (
        "half.png",
        "image/png",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x06\x00\x00\x00",
    ),
    (
        "half.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        b"PK\x03\x04\x14\x00" + b"\x00" * 60,
    ),
    ("nul.csv", "text/csv", b"a,b\n\x00,\xff\xfe\n" * 20),
    ("wide.csv", "text/csv", b",".join(b"c" for _ in range(20_000)) + b"\n"),
    (
        "nan.geojson",
        "application/geo+json",
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},'
        b'"geometry":{"type":"Polygon","coordinates":[[[NaN,1e999],[0,0],[1,1],[NaN,0]]]}}]}',
    ),
    ("deep.json", "application/json", b"[" * 20_000),
    (
        "one.geojson",
        "application/geo+json",
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":null,"geometry":null}]}',
    ),
    (
        "trace.gpx",
        "application/gpx+xml",
        b'<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><gpx>&b;</gpx>',
    ),
    ("a" * 300 + ".csv", "text/csv", b"a\n1\n"),
    ("../../up.png", "image/png", b"GIF89a"),
    ("shape.zip", "application/zip", b"PK\x05\x06" + b"\x00" * 18),
    ("\u202egnp.exe", "application/octet-stream", b"MZ\x90\x00"),
)


@dataclass(frozen=True)
class Upload:
    """A file as a form sends it."""

    name: str
    kind: str
    content: bytes


Value = bytes | Upload


def value(chance: Random, near: list[bytes] | None = None) -> bytes:
    """One hostile value; half of the time one of `near`, real keys of somebody's, when there are any."""
    if near and chance.random() < 0.4:
        return chance.choice(near)
    return chance.choice(chance.choice(VALUES))


def upload(chance: Random) -> Upload:
    """A file that is not what was asked for."""
    return Upload(*chance.choice(FILES))


def segment(chance: Random) -> str:
    """A piece of an address, short enough for a server to let it in."""
    return quote_from_bytes(value(chance)[:2_000], safe="")


def query(chance: Random, names: list[str]) -> str:
    """One to three questions, some asked twice."""
    asked = [chance.choice(names) for _ in range(chance.choice((1, 1, 2, 3)))]
    pairs = [(name, value(chance)[:3_000]) for name in asked for _ in range(chance.choice((1, 1, 1, 2)))]
    return "&".join(f"{name}={quote_from_bytes(typed, safe='')}" for name, typed in pairs)
