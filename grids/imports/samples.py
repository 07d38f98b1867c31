"""Small maps to look at before making one's own: the columns that the import asks for, around one place."""

from typing import Any


def _square(lon: float, lat: float, size: float = 0.004) -> list[list[list[float]]]:
    east, north = round(lon + size, 6), round(lat + size, 6)
    return [[[lon, lat], [east, lat], [east, north], [lon, north], [lon, lat]]]


def _map(features: list[tuple[dict[str, str], float, float, float]]) -> dict[str, Any]:
    shapes = [
        {"type": "Feature", "properties": said, "geometry": {"type": "Polygon", "coordinates": _square(lon, lat, size)}}
        for said, lon, lat, size in features
    ]
    return {"type": "FeatureCollection", "features": shapes}


AREAS = _map(
    [
        ({"code": "990101001001001", "name": "春风第一网格"}, 114.3, 30.5, 0.004),
        ({"code": "990101001001002", "name": "春风第二网格"}, 114.304, 30.5, 0.004),
    ]
)
WAYS: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "春风路", "class": "主干路"},
            "geometry": {"type": "LineString", "coordinates": [[114.3, 30.504], [114.304, 30.5042], [114.308, 30.504]]},
        },
        {
            "type": "Feature",
            "properties": {"name": "清水河", "class": "河流"},
            "geometry": {"type": "LineString", "coordinates": [[114.304, 30.5], [114.3038, 30.502], [114.304, 30.504]]},
        },
    ],
}
BUILDINGS = _map(
    [
        ({"name": "1号楼", "grid": "990101001001001", "address": "春风路1号"}, 114.301, 30.501, 0.0003),
        ({"name": "2号楼", "grid": "990101001001001", "address": "春风路2号"}, 114.302, 30.501, 0.0003),
    ]
)


def _points(features: list[tuple[dict[str, str], float, float]]) -> dict[str, Any]:
    shapes = [
        {"type": "Feature", "properties": said, "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for said, lon, lat in features
    ]
    return {"type": "FeatureCollection", "features": shapes}


PLACES = _points(
    [
        ({"name": "春风超市", "kind": "小商店", "address": "春风路12号"}, 114.301, 30.501),
        ({"name": "春风面馆", "kind": "小饭店", "address": "春风路14号"}, 114.302, 30.501),
    ]
)
ASSETS = _points(
    [
        ({"code": "9901010118000012", "owner": "市政养护队", "condition": "完好"}, 114.301, 30.502),
        ({"code": "9901010305000007", "owner": "环卫所", "condition": "破损"}, 114.302, 30.502),
    ]
)
