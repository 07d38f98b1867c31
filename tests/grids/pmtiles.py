"""The smallest PMTiles file there is: one vector tile of the whole world, all of it land."""

import json


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, content: bytes | int) -> bytes:
    """One field of a protocol buffer."""
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _land() -> bytes:
    """A tile of Mapbox' format, version 2, with the layer `earth`: a square as wide as the tile."""
    steps = [9, 0, 0, 26, 8192, 0, 0, 8192, 8191, 0, 15]
    shape = _field(3, 3) + _field(4, b"".join(map(_varint, steps)))
    return _field(3, _field(15, 2) + _field(1, b"earth") + _field(2, shape) + _field(5, 4096))


def pmtiles(tile: bytes = b"") -> bytes:
    """Header, one directory with one entry, metadata, no leaves, one tile; nothing is compressed."""
    tile = tile or _land()
    directory = b"".join(map(_varint, [1, 0, 1, len(tile), 1]))  # entries; id, run, length, offset + 1 of each
    metadata = json.dumps({"name": "world"}).encode()
    root, meta = 127, 127 + len(directory)
    leaves = meta + len(metadata)
    places = [root, len(directory), meta, len(metadata), leaves, 0, leaves, len(tile), 1, 1, 1]
    head = b"PMTiles\x03" + b"".join(number.to_bytes(8, "little") for number in places)
    head += bytes([1, 1, 1, 1, 0, 3])  # clustered, both uncompressed, vector, zoom 0 to 3
    corners = (-1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    head += b"".join(number.to_bytes(4, "little", signed=True) for number in corners) + bytes([0]) + bytes(8)
    return head + directory + metadata + tile
